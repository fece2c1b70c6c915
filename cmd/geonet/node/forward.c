/* forward: a port of this machine, or a socket in a folder, whose connections another node makes to
 * something that it reaches. Each connection has a process of its own, which joins it with a tunnel
 * (client_join).
 *
 * What is let to the node is its owner's: a port is open to every user of the machine, so who comes
 * there is looked up in the kernel, and others than this user and root are closed. A socket has its
 * mode. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"
#include "geonet/token/token.h"

#include "os/os.h"
#include "wire/generated/app_tunnel_fb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KIND(name) {GN_FB_APP_BODY_APP_TUNNEL, GN_FB_APP_TUNNEL_BODY_##name}
#define CONNECTIONS 64u /* at once: each is a process and a connection to the node */
#define BUSY_TRIES 10   /* a second apart: what a token's issuer took back is being looked up */
#define SERVICE 256u

struct forwarding {
	struct cli *cli;
	struct gn_fb_key key;
	char service[SERVICE];
	char target[SERVICE]; /* HOST:PORT of it */
	struct token_text token;
	struct gn_slice chain; /* its bytes; empty: none */
	bool stands;
	bool only_own; /* others than this user and root are closed */
};

static const struct gn_app_kind is_kind = KIND(TUNNEL_IS);

static void told(void *user, struct gn_app_kind kind, struct gn_fbt table)
{
	struct forwarding *f = user;
	(void)table;
	f->stands |= kind.member == is_kind.member;
}

/* Why nothing came of a connection. */
static void tell_trouble(const struct forwarding *f, const struct reply *r)
{
	const char *to = out_text(f->target);
	switch (r->err) {
	case GN_DENIED:
		cli_warn(f->cli,
			 "that node does not let this one connect to %s; its owner allows it by: "
			 "geonet up --forward %s, or by a token",
			 to, to);
		return;
	case GN_NOT_FOUND:
		cli_warn(f->cli, "connection refused: nothing listens at %s there", to);
		return;
	case GN_REMOTE: cli_warn(f->cli, "that node does not get to %s", to); return;
	case GN_TIMEOUT:
		cli_warn(f->cli, "%s did not answer there, or that node did not, in time", to);
		return;
	case GN_LIMIT: cli_warn(f->cli, "that node has as many connections as it may"); return;
	default: cli_warn(f->cli, "%s", node_doubt(r->json ? r->message : gn_err_text(r->err)));
	}
}

/* In a process of its own; its exit status. */
static int serve(struct forwarding *f, int fd)
{
	static const struct timespec second = {1, 0};
	struct gn_fb_tunnel_dial_args args = {.key = &f->key,
					      .service = gn_str(f->service),
					      .class = 2,
					      .token = f->chain,
					      .rule = node_rule(f->cli)};
	struct join join = {.kind = KIND(TUNNEL_DIAL),
			    .open = is_kind,
			    .args = &args,
			    .in = fd,
			    .out = fd,
			    .told = told,
			    .user = f};
	struct reply r;
	int exit = client_join(f->cli, &join, &r);
	for (int i = 0; i < BUSY_TRIES && r.err == GN_BUSY && !f->stands; i++) {
		reply_free(&r);
		nanosleep(&second, NULL);
		exit = client_join(f->cli, &join, &r);
	}
	if (exit && r.err && !f->stands) {
		struct linger reset = {1, 0}; /* whoever connected sees that it failed */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		tell_trouble(f, &r);
	}
	reply_free(&r);
	return exit;
}

/* ---- listening ---- */

static int listen_at(struct cli *cli, uint64_t port, int *out)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t len = sizeof at;
	int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)&at, &len)) {
		int exit =
			cli_fail(cli, CLI_FAILED, "port-taken",
				 "port %llu of this machine cannot be opened: %s%s",
				 (unsigned long long)port, strerror(errno),
				 errno == EADDRINUSE ? "; give another, or 0 for a free one" : "");
		if (fd >= 0)
			close(fd);
		return exit;
	}
	*out = fd;
	if (cli->json) {
		printf("{\"port\": %u}\n", ntohs(at.sin_port));
		fflush(stdout);
	} else {
		cli_note(cli, "listening at 127.0.0.1:%u; end it with Ctrl-C", ntohs(at.sin_port));
	}
	return CLI_OK;
}

/* One that no process serves any more is taken away. */
static bool is_left_over(const char *path, const struct sockaddr_un *at)
{
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool left = fd >= 0 && lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
		    st.st_uid == geteuid() &&
		    connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 &&
		    errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return left && unlink(path) == 0;
}

static int listen_in(struct cli *cli, const char *path, int *out)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof at.sun_path)
		return cli_fail(cli, CLI_USAGE, "usage", "a socket's path has at most %zu bytes",
				sizeof at.sun_path - 1);
	memcpy(at.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t before = umask(0177);
	bool bound = fd >= 0 && (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 ||
				 (errno == EADDRINUSE && is_left_over(path, &at) &&
				  bind(fd, (struct sockaddr *)&at, sizeof at) == 0));
	int why = errno;
	umask(before);
	if (!bound || listen(fd, 64)) {
		int exit = cli_fail(cli, CLI_FAILED, "port-taken", "%s: %s", out_text(path),
				    why == EADDRINUSE || why == EEXIST ? "something is there"
								       : strerror(why));
		if (fd >= 0)
			close(fd);
		return exit;
	}
	*out = fd;
	if (cli->json) {
		json_t *j = json_pack("{ss}", "socket", path);
		json_dumpf(j, stdout, 0);
		putchar('\n');
		fflush(stdout);
		json_decref(j);
	} else {
		cli_note(cli, "listening at %s; end it with Ctrl-C", out_text(path));
	}
	return CLI_OK;
}

/* Another user of this machine has none of the node's rights. */
static bool may_come(const struct forwarding *f, int fd)
{
	unsigned uid;
	if (!f->only_own)
		return true;
	bool known = gn_os_tcp_owner(fd, &uid);
	if (known && (uid == geteuid() || uid == 0))
		return true;
	if (known)
		cli_warn(f->cli,
			 "another user of this machine (%u) came and was closed: "
			 "--any-user lets all in",
			 uid);
	return false;
}

static unsigned reap(unsigned running)
{
	while (running && waitpid(-1, NULL, WNOHANG) > 0)
		running--;
	return running;
}

static void nothing(int signal_number)
{
	(void)signal_number;
}

static int accept_all(struct forwarding *f, int listener)
{
	GN_ASSERT(listener >= 0);
	unsigned running = 0;
	pid_t parent = getpid();
	struct sigaction ended = {.sa_handler = nothing}; /* accept returns, to count them */
	sigaction(SIGCHLD, &ended, NULL);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		running = reap(running);
		if (fd < 0 && errno != EINTR && errno != ECONNABORTED && errno != EMFILE)
			return cli_fail(f->cli, CLI_FAILED, "io", "no more connections: %s",
					strerror(errno));
		if (fd < 0)
			continue;
		if (!may_come(f, fd)) {
			close(fd);
			continue;
		}
		pid_t child = running < CONNECTIONS ? fork() : -1;
		if (child == 0) {
			close(listener);
			prctl(PR_SET_PDEATHSIG, SIGTERM); /* it ends with the command */
			_exit(getppid() == parent ? serve(f, fd) : CLI_FAILED);
		}
		if (child < 0)
			cli_warn(f->cli, "%u connections run, as many as may: one more was closed",
				 running);
		running += child > 0;
		close(fd);
	}
}

/* ---- what was asked ---- */

static bool port_of(const char *text, bool zero, uint64_t *out)
{
	return gn_os_setting_number(text, zero ? 0 : 1, 65535, false, out);
}

/* The service forward/HOST/PORT of "[HOST:]PORT". */
static bool service_of(const char *text, struct forwarding *f)
{
	const char *colon = strrchr(text, ':');
	uint64_t port;
	if (!port_of(colon ? colon + 1 : text, false, &port))
		return false;
	const char *host = colon ? text : "localhost";
	int len = colon ? (int)(colon - text) : 9;
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	int n = snprintf(f->service, SERVICE, "forward/%.*s/%u", len, host, (unsigned)port);
	snprintf(f->target, SERVICE, colon ? "%s" : "localhost:%s", text);
	return len > 0 && !memchr(host, '/', (size_t)len) && n > 0 && n < (int)SERVICE;
}

int cmd_forward(struct cli *cli)
{
	static struct forwarding f; /* a chain is large */
	struct gn_pk peer;
	uint64_t port = 0;
	const char *token = cli_option(cli, "token");
	int listener = -1;
	const char *path = strchr(cli->args[0], '/') ? cli->args[0] : NULL;
	if (!path && !port_of(cli->args[0], true, &port))
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is no port, nor the path of a socket, which has a /",
				out_text(cli->args[0]));
	if (!service_of(cli->args[2], &f))
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not [HOST:]PORT",
				out_text(cli->args[2]));
	if (token && !token_read(cli, token, &f.token))
		return CLI_USAGE;
	if (token)
		f.chain = f.token.token.bytes;
	f.cli = cli;
	int exit = node_key(cli, cli->args[1], &peer);
	if (exit == CLI_OK) {
		memcpy(f.key.b, peer.b, sizeof f.key.b);
		f.only_own = !path && !cli_flag(cli, "any-user");
		exit = path ? listen_in(cli, path, &listener) : listen_at(cli, port, &listener);
	}
	if (exit == CLI_OK)
		exit = accept_all(&f, listener);
	return exit;
}
