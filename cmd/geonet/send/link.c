/* The connection of link.h: host's engine speaks (host/client.h); here are the socket and the
 * signals. */
#include "geonet/send/link.h"

#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"
#include "os/os.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define GREET (10 * GN_SEC)

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

void link_heed(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction heed = {.sa_handler = on_interrupt}, before;
	sigemptyset(&heed.sa_mask);
	interrupted = 0;
	for (size_t i = 0; i < GN_COUNT(numbers); i++) {
		sigaction(numbers[i], NULL, &before);
		if (before.sa_handler != SIG_IGN) /* nohup */
			sigaction(numbers[i], &heed, NULL);
	}
}

bool link_interrupted(void)
{
	return interrupted != 0;
}

static void read_in(struct link *l)
{
	if (l->in_len)
		return;
	l->in_at = 0;
	l->in_len = client_read(l->client, l->fd, l->in, sizeof l->in);
}

void link_wait(struct link *l, struct pollfd *more, unsigned count, gn_time until)
{
	struct pollfd fds[4] = {{.fd = l->fd, .events = POLLIN}};
	gn_time now = gn_os_steady(), at = gn_host_client_deadline(l->client);
	GN_ASSERT(count < GN_COUNT(fds));
	client_write(l->client, l->fd);
	if (gn_host_client_out(l->client).len)
		fds[0].events |= POLLOUT;
	for (unsigned i = 0; i < count; i++)
		fds[1 + i] = more[i];
	at = until < at ? until : at;
	gn_time wait = at == GN_NEVER || at - now > GN_SEC ? GN_SEC : at > now ? at - now : 0;
	if (poll(fds, 1 + count, (int)((wait + GN_MSEC - 1) / GN_MSEC)) > 0) {
		for (unsigned i = 0; i < count; i++)
			more[i].revents = fds[1 + i].revents;
		if (fds[0].revents & ~POLLOUT)
			read_in(l);
	}
	gn_host_client_tick(l->client, gn_os_steady());
	client_write(l->client, l->fd);
}

bool link_next(struct link *l, struct gn_host_client_event *out)
{
	for (bool stuck = false; !l->over;) {
		if (gn_host_client_next(l->client, gn_os_steady(), out)) {
			l->moves++;
			l->over = out->what == GN_HOST_CLIENT_OVER;
			l->err = l->over ? out->fault.err : GN_OK;
			return !l->over;
		}
		if (stuck || !l->in_len)
			return false;
		size_t n = gn_host_client_recv(l->client, gn_slice(l->in + l->in_at, l->in_len),
					       gn_os_steady());
		l->in_at += n;
		l->in_len -= n;
		stuck = n == 0;
	}
	return false;
}

/* Until the node has said what it is. */
static bool greet(struct cli *cli, struct link *l)
{
	struct gn_host_client_event e;
	gn_time until = gn_os_steady() + GREET;
	while (!l->over && gn_os_steady() < until) {
		link_wait(l, NULL, 0, until);
		if (!link_next(l, &e))
			continue;
		uint64_t time = e.what == GN_HOST_CLIENT_READY
					? gn_fb_app_ready_time((struct gn_fb_app_ready){e.table})
					: 0;
		if (time)
			cli_now_is(cli, time / 1000);
		if (e.what == GN_HOST_CLIENT_READY)
			return true;
	}
	cli_fail(cli, CLI_FAILED, "io", "the node cannot be asked: %s",
		 gn_err_text(l->err ? l->err : GN_TIMEOUT));
	return false;
}

struct link *link_open(struct cli *cli)
{
	struct gn_host_client_config config = {.origin = NULL};
	int fd = client_dial(cli, false);
	if (fd < 0) {
		client_none(cli);
		return NULL;
	}
	struct link *l = cli_alloc(sizeof *l);
	*l = (struct link){.fd = fd};
	l->client = client_engine(fd, &config);
	if (l->client && greet(cli, l))
		return l;
	link_close(l);
	return NULL;
}

void link_close(struct link *l)
{
	if (!l)
		return;
	gn_host_client_free(l->client);
	close(l->fd);
	free(l);
}
