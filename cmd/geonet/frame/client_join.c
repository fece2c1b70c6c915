/* A call whose stream is joined with two descriptors: what is read goes, what comes is written,
 * each way at its own pace. What is not written yet is not granted anew, so who reads slowly here
 * holds the other end back, and at most a window of it is kept.
 *
 * 1. Nothing waits but in poll: a write is as large as poll promises (a pipe's page, or what a
 *    socket takes without waiting).
 * 2. The call is over when its last answer is there and all that came is written. */
#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"
#include "host/client.h"
#include "os/os.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ 65536u
#define PAGE 4096u /* bytes that a pipe takes when poll says that it can be written */

struct joining {
	struct join *join;
	struct reply *reply;
	struct gn_host_client *client;
	int fd;
	uint64_t call;
	bool asked, open, done;
	bool read_all;  /* of in: it is at its end */
	bool ended;     /* the other end has said all */
	bool closed;    /* out is */
	bool out_sock;  /* out is a socket, */
	bool out_whole; /* or a file, which takes all at once */
	gn_err failed;
	struct client_kept kept; /* came, and is not written */
};

static void begin(struct joining *j)
{
	struct gn_fbb *b = gn_host_client_builder(j->client);
	gn_fbref ref = gn_fbb_table(b, gn_app_type(j->join->kind), j->join->args);
	j->failed = gn_host_client_call(j->client, j->join->kind, ref, GN_HOST_CLIENT_LASTS,
					gn_os_steady(), &j->call);
	j->asked = !j->failed;
}

/* One of the two descriptors is of no use any more: the other end hears it. */
static void give_up(struct joining *j, gn_err err)
{
	if (j->reply->err)
		return;
	j->reply->err = err;
	gn_host_client_send_end(j->client, j->call, err, gn_os_steady());
}

/* ---- out ---- */

static void write_out(struct joining *j)
{
	size_t n = j->kept.len;
	if (!j->out_sock && !j->out_whole && n > PAGE)
		n = PAGE;
	ssize_t done = j->out_sock ? send(j->join->out, j->kept.bytes + j->kept.at, n,
					  MSG_DONTWAIT | MSG_NOSIGNAL)
				   : write(j->join->out, j->kept.bytes + j->kept.at, n);
	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done < 0) {
		j->kept.len = 0;
		give_up(j, errno == ENOSPC ? GN_DISK_FULL : GN_CLOSED);
		return;
	}
	client_kept_drop(&j->kept, (size_t)done);
	gn_host_client_taken(j->client, j->call, (size_t)done, gn_os_steady());
}

/* All that came is written: who reads it sees its end. */
static void close_out(struct joining *j)
{
	if (j->closed || !j->ended || j->kept.len)
		return;
	j->closed = true;
	if (j->out_sock)
		shutdown(j->join->out, SHUT_WR);
	else
		close(j->join->out);
}

/* ---- in ---- */

static void read_in(struct joining *j, size_t room)
{
	static uint8_t bytes[READ];
	ssize_t n = read(j->join->in, bytes, room < READ ? room : READ);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		gn_host_client_send(j->client, j->call, gn_slice(bytes, (size_t)n), gn_os_steady());
		j->join->sent += (uint64_t)n;
		return;
	}
	j->read_all = true;
	if (n == 0)
		gn_host_client_send_end(j->client, j->call, GN_OK, gn_os_steady());
	else
		give_up(j, errno == ECONNRESET ? GN_CLOSED : GN_IO);
}

/* ---- the node ---- */

static void tell(struct joining *j, const struct gn_host_client_event *e)
{
	if (!e->type)
		return;
	if (j->join->told)
		j->join->told(j->join->user, e->kind, e->table);
	j->open |= e->kind.area == j->join->open.area && e->kind.member == j->join->open.member;
}

static void hear_one(struct joining *j, const struct gn_host_client_event *e)
{
	switch (e->what) {
	case GN_HOST_CLIENT_READY: begin(j); break;
	case GN_HOST_CLIENT_ANSWER:
		if (e->more)
			tell(j, e);
		j->done |= !e->more;
		break;
	case GN_HOST_CLIENT_FAILED:
		j->done = true;
		if (j->reply->err) /* we gave it up */
			break;
		if (e->fault.unknown && e->fault.err == GN_CLOSED)
			j->failed = GN_CLOSED;
		else
			client_take_error(j->reply, &e->fault);
		break;
	case GN_HOST_CLIENT_OVER:
		j->failed = j->failed ? j->failed : e->fault.err;
		j->done = true;
		break;
	case GN_HOST_CLIENT_DATA:
		client_kept_add(&j->kept, e->bytes);
		j->join->received += e->bytes.len;
		break;
	case GN_HOST_CLIENT_END: j->ended = true; break;
	case GN_HOST_CLIENT_EVENT:
	case GN_HOST_CLIENT_GAP:
	case GN_HOST_CLIENT_ROOM: break; /* it is asked for each time */
	}
}

static void hear(struct joining *j)
{
	struct gn_host_client_event e;
	while (!j->done && gn_host_client_next(j->client, gn_os_steady(), &e))
		hear_one(j, &e);
}

static void from_node(struct joining *j)
{
	static uint8_t bytes[READ];
	size_t n = client_read(j->client, j->fd, bytes, sizeof bytes);
	for (size_t at = 0; at < n && !j->done;) {
		at += gn_host_client_recv(j->client, gn_slice(bytes + at, n - at), gn_os_steady());
		hear(j);
	}
	hear(j);
}

/* ---- both ---- */

enum { NODE, IN, OUT };

static void wait_for(struct joining *j, size_t room, struct pollfd p[3])
{
	gn_time now = gn_os_steady(), at = gn_host_client_deadline(j->client);
	bool out = gn_host_client_out(j->client).len > 0;
	gn_time wait = at == GN_NEVER ? GN_SEC : at > now ? at - now : 0;
	wait = wait < GN_SEC ? wait : GN_SEC;
	p[NODE] = (struct pollfd){.fd = j->fd, .events = (short)(POLLIN | (out ? POLLOUT : 0))};
	p[IN] = (struct pollfd){.fd = room ? j->join->in : -1, .events = POLLIN};
	p[OUT] = (struct pollfd){.fd = j->kept.len ? j->join->out : -1, .events = POLLOUT};
	if (j->done)
		p[NODE].fd = -1;
	if (poll(p, 3, (int)(wait / GN_MSEC) + 1) < 0)
		p[NODE].revents = p[IN].revents = p[OUT].revents = 0;
}

static void join_all(struct joining *j)
{
	const gn_time until = j->join->until;
	while (!j->failed && (!j->done || (j->kept.len && !j->reply->err))) {
		struct pollfd p[3];
		if (until && !j->open && gn_os_steady() >= until) {
			j->reply->err = GN_TIMEOUT;
			return;
		}
		bool reads = j->open && !j->read_all && !j->done && !j->reply->err;
		size_t room = reads ? gn_host_client_room(j->client, j->call) : 0;
		client_write(j->client, j->fd);
		wait_for(j, room, p);
		if (p[NODE].revents & ~POLLOUT)
			from_node(j);
		if (p[OUT].revents)
			write_out(j);
		if (p[IN].revents && !j->done)
			read_in(j, room);
		close_out(j);
		gn_host_client_tick(j->client, gn_os_steady());
		hear(j);
	}
	close_out(j);
}

static void look_at_out(struct joining *j)
{
	struct stat s;
	bool known = fstat(j->join->out, &s) == 0;
	j->out_sock = known && S_ISSOCK(s.st_mode);
	j->out_whole = known && S_ISREG(s.st_mode);
}

int client_join(struct cli *cli, struct join *join, struct reply *reply)
{
	struct gn_host_client_config config = {.origin = NULL};
	*reply = (struct reply){.err = GN_OK};
	struct joining *j = cli_alloc(sizeof *j);
	memset(j, 0, sizeof *j);
	j->join = join;
	j->reply = reply;
	j->fd = client_dial(cli, false);
	if (j->fd < 0) {
		free(j);
		return client_none(cli);
	}
	look_at_out(j);
	j->client = client_engine(j->fd, &config);
	if (j->client)
		join_all(j);
	else
		j->failed = GN_NOMEM;
	if (j->client)
		client_write(j->client, j->fd); /* that we gave it up */
	gn_host_client_free(j->client);
	close(j->fd);
	gn_err failed = j->failed;
	free(j);
	if (failed)
		return client_tell_failed(cli, false, failed);
	reply->message = json_text(json_object_get(reply->json, "error"), "message");
	return client_exit_of(reply);
}
