/* The HTTP server: listening sockets, the list of connections, turns of the loop, timeouts. Reading
 * is in http_conn.c, writing in http_answer.c, whose turn it is in http_turn.c, a connection's life
 * in http_life.c, the parser in http_head.c.
 *
 * 1. A connection has at most one request; requests_max bounds both. Over it the connection that
 *    has been without a whole request for longest gives way: idle, still sending or already
 *    answered; when there is none, the one whose client is furthest behind in taking its answer.
 *    Who sends or reads slowly shuts nobody out.
 *
 * Why not libwebsockets: see docs/decisions/010-http.md. */
#define _GNU_SOURCE /* struct ucred */
#include "net/http_conn.h"
#include "net/local.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void on_handle_closed(uv_handle_t *handle)
{
	http_release(handle->data);
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;
	struct gn_http *http = l->http;
	free(l->path);
	free(l);
	http_release(http);
}

/* ---- connections ---- */

static void on_turn(uv_idle_t *idle)
{
	struct gn_http *http = idle->data;
	struct conn *c = http->ready;
	http->ready = NULL;
	http->spent = 0;
	uv_idle_stop(idle);
	while (c) {
		struct conn *next = c->ready_next;
		c->ready = false;
		if (c->state != CONN_CLOSING)
			conn_run(c);
		c = next;
	}
	while ((c = line_next_writer(http)) != NULL)
		conn_drain(c);
	for (unsigned n = 0; (c = line_next_request(http, n)) != NULL; n++)
		conn_turn(c);
	if (line_waits(http))
		uv_idle_start(idle, on_turn);
}

/* The one that has been without a whole request for longest, of those that had this many ms for
 * it; NULL: none. */
static struct conn *find_waiting(struct gn_http *http, uint64_t grace)
{
	uint64_t now = uv_now(http->config.loop);
	struct conn *best = NULL;
	for (struct conn *c = http->conns; c; c = c->next) {
		bool body = c->state == CONN_BODY && !c->request->started && !c->request->paused;
		bool over = c->state == CONN_LINGER && c->queued == 0;
		if ((over || ((c->state == CONN_HEAD || body) && now - c->waits >= grace)) &&
		    (!best || c->waits < best->waits))
			best = c;
	}
	return best;
}

/* The one whose client is furthest behind, by timeouts.give at least; NULL when all keep up. */
static struct conn *find_behind(struct gn_http *http)
{
	struct conn *best = NULL;
	for (struct conn *c = http->conns; c; c = c->next)
		if ((c->state == CONN_WAIT || (c->state == CONN_TUNNEL && !c->raw)) &&
		    c->behind >= http->config.timeouts.give &&
		    (!best || c->behind >= best->behind)) /* the older of two */
			best = c;
	return best;
}

static void give_way(struct conn *c)
{
	if (c->state == CONN_WAIT || c->state == CONN_TUNNEL) {
		/* cut so that the client sees a broken transfer */
		c->http->count.gave_way++;
		gn_http_abort(c->request);
		conn_close(c);
		return;
	}
	if (c->state == CONN_BODY || c->in_len)
		conn_put_refusal(c, c->request,
				 &(struct gn_http_refusal){503, GN_BUSY,
							   "too many requests at "
							   "once, try again"});
	c->http->count.gave_way += c->state == CONN_BODY || c->in_len;
	conn_close(c);
}

static void late_body(struct conn *c)
{
	if (c->state == CONN_BODY && !c->request->started)
		conn_refuse(c, &(struct gn_http_refusal){408, GN_TIMEOUT,
							 "the request's body did "
							 "not arrive in time"});
	else
		conn_close(c);
}

/* How the client takes its answer. When the kernel has nothing for it, it took all that it was
 * given. */
static void sweep_answer(struct conn *c, uint64_t elapsed)
{
	int fd, kernel = 0;
	if (uv_fileno(&c->io.handle, &fd) || ioctl(fd, SIOCOUTQ, &kernel))
		kernel = 0;
	uint64_t out = uv_stream_get_write_queue_size(&c->io.stream) + (uint64_t)kernel;
	uint64_t taken = out < c->put ? c->put - out : 0,
		 more = taken > c->taken ? taken - c->taken : 0;
	bool waits = kernel && c->state != CONN_HEAD && c->state != CONN_TURN;
	c->taken = taken;
	c->behind = waits ? gn_http_lag(c->behind, elapsed, more, GN_HTTP_ANSWER_RATE) : 0;
	c->late = waits ? gn_http_lag(c->late, elapsed, more, GN_HTTP_LEAST_RATE) : 0;
}

static void sweep_one(struct conn *c, uint64_t now)
{
	struct gn_http *http = c->http;
	const struct gn_http_timeouts *limit = &http->config.timeouts;
	uint64_t age = now - c->since;
	if (c->state == CONN_BODY && !c->request->paused)
		c->body_ms += now - (c->swept > c->waits ? c->swept : c->waits);
	sweep_answer(c, now - c->swept);
	c->swept = now;
	if (c->late >= limit->stall) {
		http->count.timeout_stall++;
		late_body(c);
	} else if (c->state == CONN_LINGER && c->queued == 0) {
		if (age >= GN_HTTP_LINGER_MS)
			conn_close(c);
	} else if (c->state == CONN_HEAD && c->in_len && age >= limit->head) {
		http->count.timeout_head++;
		conn_refuse(c, &(struct gn_http_refusal){408, GN_TIMEOUT,
							 "the request did not "
							 "arrive in time"});
	} else if (c->state == CONN_HEAD && !c->in_len && age >= limit->idle) {
		http->count.timeout_idle++;
		conn_close(c);
	} else if (c->state == CONN_BODY && c->request->paused) {
		c->since = now;
	} else if (c->state == CONN_BODY &&
		   c->body_ms >= limit->body + c->body_in * 1000 / GN_HTTP_LEAST_RATE) {
		http->count.timeout_body++;
		late_body(c);
	} else if (c->state == CONN_BODY && age >= limit->stall) {
		http->count.timeout_stall++;
		late_body(c);
	}
}

static void on_sweep(uv_timer_t *timer)
{
	struct gn_http *http = timer->data;
	uint64_t now = uv_now(http->config.loop);
	for (struct conn *c = http->conns, *next; c; c = next) {
		next = c->next;
		sweep_one(c, now);
	}
}

static uint64_t sweep_every(const struct gn_http_timeouts *t)
{
	uint32_t least = t->head < t->idle ? t->head : t->idle;
	if (t->stall < least)
		least = t->stall;
	if (t->body < least)
		least = t->body;
	return least / 4 < 10 ? 10 : least / 4 > 1000 ? 1000 : least / 4;
}

static void look_at_peer(struct conn *c)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	int fd;
	if (uv_fileno(&c->io.handle, &fd) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid != (uid_t)-1) {
		c->has_uid = true;
		c->uid = peer.uid;
	}
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct listener *l = stream->data;
	struct gn_http *http = l->http;
	struct conn *c = status == 0 ? calloc(1, sizeof *c) : NULL;
	if (!c) {
		http->count.nomem += status == 0;
		return;
	}
	if (l->is_unix)
		uv_pipe_init(http->config.loop, &c->io.pipe, 0);
	else
		uv_tcp_init(http->config.loop, &c->io.tcp);
	c->io.handle.data = c;
	c->http = http;
	c->is_unix = l->is_unix;
	http->handles++;
	while (http->conn_count >= http->config.requests_max) {
		/* those that are being refused count too */
		struct conn *victim = find_waiting(http, GN_HTTP_SPEAK_MS);
		victim = victim ? victim : find_behind(http);
		victim = victim ? victim : find_waiting(http, 0);
		if (!victim)
			break;
		give_way(victim);
	}
	if (uv_accept(stream, &c->io.stream) ||
	    http->conn_count >= http->config.requests_max + http->refusing_max) {
		uv_close(&c->io.handle, conn_on_closed);
		return;
	}
	http->count.connections++;
	c->next = http->conns;
	if (c->next)
		c->next->prev = c;
	http->conns = c;
	c->since = c->waits = c->swept = uv_now(http->config.loop);
	if (http->conn_count++ + http->raw_count == 0)
		uv_timer_start(&http->sweep, on_sweep, sweep_every(&http->config.timeouts),
			       sweep_every(&http->config.timeouts));
	if (l->is_unix)
		look_at_peer(c);
	else
		uv_tcp_nodelay(&c->io.tcp, 1);
	line_begin(c);
	conn_begin(c);
	if (http->conn_count > http->config.requests_max) {
		http->count.refused_busy++;
		conn_refuse(c, &(struct gn_http_refusal){503, GN_BUSY,
							 "too many requests at once, "
							 "try again"});
	}
}

/* ---- listening ---- */

static struct listener *listener_new(struct gn_http *http, bool is_unix)
{
	struct listener *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	if (is_unix)
		uv_pipe_init(http->config.loop, &l->io.pipe, 0);
	else
		uv_tcp_init(http->config.loop, &l->io.tcp);
	l->io.handle.data = l;
	l->http = http;
	l->is_unix = is_unix;
	l->next = http->listeners;
	http->listeners = l;
	http->handles++;
	return l;
}

/* The newest listener goes. */
static void listener_drop(struct gn_http *http)
{
	struct listener *l = http->listeners;
	struct stat st;
	if (l->path && lstat(l->path, &st) == 0 && st.st_ino == l->ino && st.st_dev == l->dev)
		unlink(l->path);
	http->listeners = l->next;
	uv_close(&l->io.handle, on_listener_closed);
}

/* *port 0: a free one is chosen and told. 0 or libuv's error. */
static int listen_tcp(struct gn_http *http, const char *ip, uint16_t *port)
{
	struct sockaddr_storage addr = {0};
	struct listener *l = listener_new(http, false);
	if (!l)
		return UV_ENOMEM;
	int err = strchr(ip, ':') ? uv_ip6_addr(ip, *port, (struct sockaddr_in6 *)&addr)
				  : uv_ip4_addr(ip, *port, (struct sockaddr_in *)&addr);
	if (!err)
		err = uv_tcp_bind(&l->io.tcp, (const struct sockaddr *)&addr, 0);
	if (!err)
		err = uv_listen(&l->io.stream, GN_HTTP_BACKLOG, on_connection);
	int len = sizeof addr;
	if (!err)
		err = uv_tcp_getsockname(&l->io.tcp, (struct sockaddr *)&addr, &len);
	if (err) {
		listener_drop(http);
		return err;
	}
	/* at the same place for IPv6 */
	*port = ntohs(((const struct sockaddr_in *)&addr)->sin_port);
	return 0;
}

static gn_err listen_port(struct gn_http *http)
{
	int err = 0;
	for (int tries = 0; tries < 16; tries++) {
		uint16_t port = http->config.port;
		err = listen_tcp(http, "127.0.0.1", &port);
		if (err)
			break;
		err = listen_tcp(http, "::1", &port);
		if (err == 0 || err == UV_EADDRNOTAVAIL || err == UV_EAFNOSUPPORT ||
		    err == UV_EINVAL) {
			http->port = port;
			return GN_OK;
		}
		listener_drop(http);
		if (err != UV_EADDRINUSE || http->config.port)
			break; /* else: free on one of the two alone; take another */
	}
	return err == UV_EADDRINUSE ? GN_PORT_TAKEN : err == UV_ENOMEM ? GN_NOMEM : GN_IO;
}

/* A socket file that nobody answers on is left from a crash: it goes. */
static gn_err clear_stale(const char *path, const struct sockaddr_un *addr)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return errno == ENOENT ? GN_OK : GN_IO;
	if (!S_ISSOCK(st.st_mode))
		return GN_IO;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return GN_IO;
	int answered =
		connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0 || errno == EAGAIN;
	close(fd);
	if (answered)
		return GN_PORT_TAKEN;
	return unlink(path) == 0 ? GN_OK : GN_IO;
}

/* A socket at the path, with this mode from its first moment. */
static gn_err bind_unix(const char *path, unsigned mode, int *out, struct stat *st)
{
	struct sockaddr_un addr;
	int dir, fd = -1;
	gn_err err = GN_IO;
	if (!gn_local_address(path, &addr, &dir))
		goto out;
	err = clear_stale(path, &addr);
	if (err)
		goto out;
	err = GN_IO;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Linux gives the file the socket's own mode. */
	if (fd < 0 || fchmod(fd, mode) != 0 ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof addr) != 0)
		goto out;
	if (chmod(path, mode) != 0 || lstat(path, st) != 0)
		goto out;
	*out = fd;
	fd = -1;
	err = GN_OK;
out:
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	return err;
}

static gn_err listen_unix(struct gn_http *http, const char *path, unsigned mode)
{
	struct stat st;
	int fd;
	if (!path)
		return GN_OK;
	GN_TRY(bind_unix(path, mode, &fd, &st));
	struct listener *l = listener_new(http, true);
	if (!l) {
		close(fd);
		return GN_NOMEM;
	}
	l->path = strdup(path);
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	if (!l->path || uv_pipe_open(&l->io.pipe, fd) != 0) {
		close(fd);
		listener_drop(http);
		return l->path ? GN_IO : GN_NOMEM;
	}
	return uv_listen(&l->io.stream, GN_HTTP_BACKLOG, on_connection) == 0 ? GN_OK : GN_IO;
}

/* ---- life ---- */

static void default_u32(uint32_t *v, uint32_t value)
{
	if (*v == 0)
		*v = value;
}

gn_err gn_http_new(const struct gn_http_config *config, const struct gn_http_handler *handler,
		   struct gn_http **out)
{
	GN_ASSERT(config->loop && handler->on_request && handler->on_body && handler->on_body_end &&
		  handler->on_drain && handler->on_closed);
	struct gn_http *http = calloc(1, sizeof *http);
	if (!http)
		return GN_NOMEM;
	http->config = *config;
	http->handler = *handler;
	default_u32(&http->config.requests_max, 256);
	/* the other half of the files is for everything that must not fail for a stranger's sake */
	uint32_t half = gn_os_files() / 2;
	http->refusing_max = half / 4 < GN_HTTP_REFUSING_MAX ? half / 4 : GN_HTTP_REFUSING_MAX;
	half -= http->refusing_max;
	if (handler->on_raw) {
		uint32_t left = half > http->config.requests_max ? half - http->config.requests_max
								 : 0,
			 least = half / 4;
		default_u32(&http->config.raw_max, 256);
		if (http->config.raw_max > (left > least ? left : least))
			http->config.raw_max = left > least ? left : least;
		half -= http->config.raw_max;
	}
	if (http->config.requests_max > half)
		http->config.requests_max = half;
	default_u32(&http->config.write_high, 256 * 1024);
	http->config.always = config->always ? config->always : "";
	GN_ASSERT(strlen(http->config.always) <= GN_HTTP_ALWAYS);
	default_u32(&http->config.limits.path, 4096);
	default_u32(&http->config.limits.header, 16384);
	default_u32(&http->config.limits.headers, 32768);
	default_u32(&http->config.timeouts.head, 10000);
	default_u32(&http->config.timeouts.idle, 60000);
	default_u32(&http->config.timeouts.stall, 60000);
	default_u32(&http->config.timeouts.body, 30000);
	default_u32(&http->config.timeouts.give, 2000);
	if (!http->config.error_code)
		http->config.error_code = gn_err_name;
	uv_timer_init(config->loop, &http->sweep);
	uv_idle_init(config->loop, &http->turn);
	http->on_turn = on_turn;
	http->sweep.data = http->turn.data = http;
	http->handles = 2;
	gn_err err = GN_OK;
	http->config.unix_path = http->config.unix_also = http->config.unix_open = NULL;
	err = listen_unix(http, config->unix_path, 0600);
	if (!err)
		err = listen_unix(http, config->unix_also, 0600);
	if (!err)
		err = listen_unix(http, config->unix_open, 0666);
	if (!err && !config->no_port)
		err = listen_port(http);
	if (err) {
		gn_http_free(http);
		return err;
	}
	*out = http;
	return GN_OK;
}

void gn_http_free(struct gn_http *http)
{
	if (!http)
		return;
	GN_ASSERT(!http->freeing);
	http->freeing = true;
	while (http->conns)
		conn_close(http->conns);
	while (http->listeners)
		listener_drop(http);
	uv_close((uv_handle_t *)&http->sweep, on_handle_closed);
	uv_close((uv_handle_t *)&http->turn, on_handle_closed);
}

uint16_t gn_http_port(const struct gn_http *http)
{
	return http->port;
}

uint32_t gn_http_raw_max(const struct gn_http *http)
{
	return http->config.raw_max;
}

bool gn_http_counter_at(const struct gn_http *http, size_t i, struct gn_counter *out)
{
	const struct gn_counter all[] = {{"open", http->conn_count},
					 {"raw-open", http->raw_count},
#define X(name) {#name, http->count.name},
					 GN_HTTP_COUNTERS(X)
#undef X
	};
	if (i >= GN_COUNT(all))
		return false;
	*out = all[i];
	return true;
}
