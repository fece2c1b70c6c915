/* A connection: a socket, TLS in it, HTTP and frames in that.
 *
 *     client: RESOLVE -> CONNECT [wss_conn_dial] -> PROXY -> TLS -> UPGRADE -> OPEN
 *     server: TLS -> UPGRADE -> OPEN, behind a web server UPGRADE -> OPEN
 *     TLS.. -> LINGER [wss_conn_end: last words are on their way], any -> GONE [wss_conn_drop]
 *     GONE -> freed [wss_conn_let_go, when neither libuv nor a function above holds it]
 *
 * 1. Events come from on_poll and from the sweep, never from within a call of the owner's; after
 *    each of them the state is looked at again, for the owner may have closed.
 * 2. In LINGER and GONE the owner knows nothing of it any more. */
#define _GNU_SOURCE /* TCP_USER_TIMEOUT */
#include "net/wss_int.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define TLS_READ 16384 /* TLS_PIPE_PIECE_MAX, and a record's plaintext */
#define READS 4        /* in one turn of the loop */

static void on_poll(uv_poll_t *handle, int status, int events);

static uint64_t now_of(const struct wss_conn *c)
{
	return uv_now(c->wss->config.loop);
}

static void enter(struct wss_conn *c, enum wss_state state)
{
	c->state = state;
	c->since = c->heard = now_of(c);
}

/* ---- the end ---- */

static void hold(struct wss_conn *c)
{
	GN_ASSERT(c->handles < UINT8_MAX);
	c->handles++;
}

void wss_conn_let_go(struct wss_conn *c)
{
	struct gn_wss *wss = c->wss;
	GN_ASSERT(c->handles > 0);
	if (--c->handles || c->state != WSS_GONE)
		return;
	gn_wipe(&c->proxy, sizeof c->proxy);
	free(c);
	wss_release(wss);
}

static void on_poll_closed(uv_handle_t *handle)
{
	struct wss_conn *c = handle->data;
	free(handle);
	wss_conn_let_go(c);
}

static void close_socket(struct wss_conn *c)
{
	if (c->poll)
		uv_close((uv_handle_t *)c->poll, on_poll_closed);
	c->poll = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void wss_conn_drop(struct wss_conn *c)
{
	struct gn_wss *wss = c->wss;
	if (c->state == WSS_GONE)
		return;
	hold(c);
	c->state = WSS_GONE;
	*(c->prev ? &c->prev->next : &wss->first) = c->next;
	*(c->next ? &c->next->prev : &wss->last) = c->prev;
	gn_tls_pipe_free(c->tls);
	c->tls = NULL;
	c->out.len = 0;
	if (c->resolving)
		(void)uv_cancel((uv_req_t *)&c->resolve);
	close_socket(c);
	wss_conn_let_go(c);
}

/* ---- last words ---- */

/* Shuts our side once all is out; who reads then closes his. */
static void linger_on(struct wss_conn *c)
{
	wss_flush(c);
	if (c->broken) {
		wss_conn_drop(c);
		return;
	}
	if (!wss_waiting(c) && !c->ended) {
		c->ended = true;
		shutdown(c->fd, SHUT_WR);
	}
	wss_poll_for(c);
}

static void begin_linger(struct wss_conn *c)
{
	bool speaks = c->fd >= 0 && !c->broken && c->state >= WSS_TLS;
	if (speaks && c->tls)
		gn_tls_pipe_end(c->tls);
	if (!speaks) {
		wss_conn_drop(c);
		return;
	}
	enter(c, WSS_LINGER);
	linger_on(c);
}

void wss_conn_end(struct wss_conn *c, gn_err why)
{
	const struct gn_carrier_events *events = &c->wss->config.events;
	bool told = c->told;
	GN_ASSERT(c->state != WSS_GONE && c->state != WSS_LINGER);
	c->told = false;
	hold(c);
	if (why == GN_LIMIT)
		wss_conn_drop(c); /* its place is another's */
	else
		begin_linger(c);
	if (told)
		events->closed(events->user, &c->carrier, why);
	wss_conn_let_go(c); /* NOLINT(clang-analyzer-unix.Malloc): held above */
}

static void carrier_proven(struct gn_carrier *carrier)
{
	((struct wss_conn *)carrier)->proven = true;
}

static void carrier_close(struct gn_carrier *carrier)
{
	struct wss_conn *c = (struct wss_conn *)carrier;
	uint8_t bytes[WSS_SAY_MAX];
	struct gn_buf words = {bytes, 0, sizeof bytes};
	if (c->state == WSS_GONE || c->state == WSS_LINGER)
		return; /* within events.closed */
	c->told = false;
	wss_wire_close(&c->wire, 1000, &words);
	wss_say(c, &words);
	begin_linger(c);
}

/* ---- beginning ---- */

struct wss_conn *wss_conn_new(struct gn_wss *wss, int fd, const struct gn_addr *peer)
{
	struct wss_conn *c = calloc(1, sizeof *c);
	if (!c) {
		wss->counters[GN_WSS_C_NOMEM]++;
		return NULL;
	}
	bool client = fd < 0;
	c->info = (struct gn_way_info){
		.kind = GN_WAY_WSS,
		.reliable = true,
		.metered = client && wss->config.metered,
		.prefix = client ? WSS_PREFIX_CLIENT : WSS_PREFIX_SERVER,
		.mtu = WSS_MESSAGE_MAX,
	};
	c->carrier = (struct gn_carrier){.info = &c->info,
					 .incoming = !client,
					 .send = wss_send,
					 .room = wss_room,
					 .close = carrier_close,
					 .proven = carrier_proven};
	if (peer) {
		c->carrier.peer = *peer;
		c->prefix = gn_addr_prefix(peer);
	}
	c->wss = wss;
	c->fd = fd;
	c->out = (struct gn_buf){c->out_bytes, 0, sizeof c->out_bytes};
	c->born = now_of(c);
	wss_wire_init(&c->wire, client, wss->config.behind, wss->config.rand);
	c->prev = wss->last;
	*(c->prev ? &c->prev->next : &wss->first) = c;
	wss->last = c;
	wss->handles++;
	wss->on_poll = on_poll;
	wss_sweep_on(wss);
	return c;
}

/* RE-8, RE-45. Best effort: a kernel without one of them carries all the same. */
static void tune(int fd)
{
	int on = 1, lowat = WSS_LOWAT;
	unsigned timeout = WSS_STALL_MS;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof lowat);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

static gn_err watch(struct wss_conn *c)
{
	uv_poll_t *poll = malloc(sizeof *poll);
	if (!poll)
		return GN_NOMEM;
	if (uv_poll_init(c->wss->config.loop, poll, c->fd) != 0) {
		free(poll);
		return GN_IO;
	}
	poll->data = c;
	c->poll = poll;
	hold(c);
	wss_poll_for(c);
	return GN_OK;
}

gn_err wss_conn_begin(struct wss_conn *c)
{
	tune(c->fd);
	enter(c, c->wss->config.behind ? WSS_UPGRADE : WSS_TLS);
	return watch(c);
}

gn_err wss_conn_dial(struct wss_conn *c)
{
	close_socket(c);
	while (c->at_next < c->at_count) {
		const struct gn_addr *a = &c->at[c->at_next++];
		struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(a->port)};
		struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(a->port)};
		bool is_v4 = gn_addr_is_v4(a);
		memcpy(&v6.sin6_addr, a->ip, 16);
		memcpy(&v4.sin_addr, a->ip + 12, 4);
		c->fd = socket(is_v4 ? AF_INET : AF_INET6,
			       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (c->fd < 0)
			return GN_IO;
		tune(c->fd);
		if (connect(c->fd, is_v4 ? (const void *)&v4 : &v6,
			    is_v4 ? sizeof v4 : sizeof v6) == 0 ||
		    errno == EINPROGRESS) {
			c->carrier.peer = *a;
			enter(c, WSS_CONNECT);
			GN_TRY(watch(c));
			return GN_AGAIN;
		}
		close_socket(c);
	}
	return GN_UNREACHABLE;
}

static gn_err begin_tls(struct wss_conn *c)
{
	enter(c, WSS_TLS);
	return gn_tls_pipe_new(c->wss->client_tls, c->to.is_name ? c->to.host : NULL, &c->tls);
}

/* The TCP connection is there, or not. */
static gn_err connected(struct wss_conn *c)
{
	int error = 0;
	socklen_t len = sizeof error;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error)
		return wss_conn_dial(c);
	if (!c->proxy.at.host[0])
		return begin_tls(c);
	enter(c, WSS_PROXY);
	wss_wire_connect(&c->to, &c->proxy, &c->out);
	gn_wipe(c->proxy.basic, sizeof c->proxy.basic);
	return GN_OK;
}

/* ---- reading ---- */

static bool listens(const struct wss_conn *c)
{
	return c->state != WSS_GONE && c->state != WSS_LINGER;
}

bool wss_conn_place(struct gn_wss *wss, const struct gn_addr *from, const struct wss_conn *but)
{
	struct wss_conn *gives_way;
	while (wss_admit(wss, from, but, &gives_way)) {
		if (!gives_way)
			return true;
		if (gives_way->state == WSS_LINGER)
			wss_conn_drop(gives_way);
		else
			wss_conn_end(gives_way, GN_LIMIT);
	}
	return false;
}

/* GN_LIMIT when it does not come in after all. */
static gn_err opened(struct wss_conn *c)
{
	const struct gn_carrier_events *events = &c->wss->config.events;
	if (c->wire.from.port) {
		c->carrier.peer = c->wire.from;
		c->prefix = gn_addr_prefix(&c->carrier.peer);
		if (!wss_conn_place(c->wss, &c->carrier.peer, c))
			return GN_LIMIT;
		if (!listens(c)) /* the owner freed all when it heard who gave way */
			return GN_CLOSED;
	}
	enter(c, WSS_OPEN);
	c->told = true;
	c->wss->counters[GN_WSS_C_OPENED]++;
	events->opened(events->user, &c->carrier);
	return GN_OK;
}

static gn_err feed_plain(struct wss_conn *c, struct gn_slice in)
{
	const struct gn_carrier_events *events = &c->wss->config.events;
	uint8_t bytes[WSS_SAY_MAX];
	struct wss_event e;
	gn_err err = GN_OK;
	while (!err && listens(c)) {
		struct gn_buf words = {bytes, 0, sizeof bytes};
		err = wss_wire_next(&c->wire, &in, &words, &e);
		wss_say(c, &words);
		if (err)
			break;
		c->heard = now_of(c);
		c->pinged = false;
		if (e.kind == WSS_OPENED) {
			err = opened(c);
		} else if (e.kind == WSS_DATAGRAM) {
			c->wss->counters[GN_WSS_C_PACKETS_IN]++;
			c->wss->counters[GN_WSS_C_BYTES_IN] += e.datagram.len;
			events->received(events->user, &c->carrier, &c->carrier.peer, e.datagram);
		}
	}
	return err == GN_AGAIN ? GN_OK : err;
}

/* A client asks when TLS is there, a server waits to be asked. */
static void tls_is_open(struct wss_conn *c)
{
	uint8_t bytes[WSS_SAY_MAX];
	struct gn_buf words = {bytes, 0, sizeof bytes};
	enter(c, WSS_UPGRADE);
	if (c->carrier.incoming)
		return;
	wss_wire_ask(&c->wire, &c->to, &words);
	wss_say(c, &words);
}

static gn_err feed_tls(struct wss_conn *c, struct gn_slice in)
{
	uint8_t bytes[TLS_READ];
	gn_err err = in.len ? gn_tls_pipe_recv(c->tls, in) : GN_OK;
	while (!err && listens(c)) {
		struct gn_buf plain = {bytes, 0, sizeof bytes};
		err = gn_tls_pipe_read(c->tls, &plain);
		if (c->state == WSS_TLS && gn_tls_pipe_open(c->tls))
			tls_is_open(c);
		if (!err)
			err = feed_plain(c, gn_buf_slice(&plain));
	}
	return err == GN_AGAIN ? GN_OK : err;
}

/* The first bytes of who came in: a handshake begins, if it may. */
static gn_err greeted(struct wss_conn *c)
{
	if (!wss_admit_hello(c->wss, &c->carrier.peer))
		return GN_LIMIT;
	return gn_tls_pipe_new(c->wss->server_tls, NULL, &c->tls);
}

static gn_err feed(struct wss_conn *c, struct gn_slice in)
{
	if (c->state == WSS_TLS && !c->tls)
		GN_TRY(greeted(c));
	if (c->state == WSS_PROXY) {
		gn_err err = wss_wire_connected(&c->wire, &in);
		if (!err)
			err = begin_tls(c);
		if (err)
			return err == GN_AGAIN ? GN_OK : err;
	}
	return c->tls ? feed_tls(c, in) : feed_plain(c, in);
}

static gn_err read_all(struct wss_conn *c)
{
	uint8_t bytes[TLS_READ];
	gn_err err = GN_OK;
	for (unsigned i = 0; i < READS && !err && c->state != WSS_GONE && wss_reads(c); i++) {
		ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
			return GN_OK;
		if (n <= 0)
			return GN_CLOSED;
		if (c->state != WSS_LINGER)
			err = feed(c, gn_slice(bytes, (size_t)n));
	}
	return err;
}

/* ---- the loop ---- */

static void count_end(struct wss_conn *c, gn_err err)
{
	uint64_t *counters = c->wss->counters;
	counters[GN_WSS_C_NOT_FOUND] += err == GN_NOT_FOUND;
	counters[GN_WSS_C_NOMEM] += err == GN_NOMEM;
	counters[GN_WSS_C_BROKEN] += err == GN_CRYPTO || err == GN_PROTOCOL ||
				     err == GN_TOO_LARGE || err == GN_UNSUPPORTED;
}

static void tell_room(struct wss_conn *c)
{
	const struct gn_carrier_events *events = &c->wss->config.events;
	if (c->state != WSS_OPEN || !c->want_room || wss_waiting(c) > WSS_QUEUE_MAX / 2)
		return;
	c->want_room = false;
	events->room(events->user, &c->carrier);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct wss_conn *c = handle->data;
	gn_err err = status < 0 || c->broken ? GN_CLOSED : GN_OK;
	hold(c); /* whatever the owner does, it is there until the end of this */
	if (c->state == WSS_CONNECT) {
		err = connected(c);
		err = err == GN_AGAIN ? GN_OK : err;
	} else if (!err && events & UV_READABLE) {
		err = read_all(c);
	}
	if (err && c->state == WSS_LINGER) {
		wss_conn_drop(c);
	} else if (err && listens(c)) {
		count_end(c, err);
		wss_conn_end(c, err);
	} else if (c->state == WSS_LINGER) {
		linger_on(c);
	} else if (listens(c) && c->fd >= 0 && c->state != WSS_CONNECT) {
		wss_flush(c);
		tell_room(c);
		wss_poll_for(c);
	}
	wss_conn_let_go(c); /* NOLINT(clang-analyzer-unix.Malloc): held above */
}

/* Which deadline the connection missed; GN_WSS_COUNTERS: none. */
static enum wss_counter missed(const struct wss_conn *c, uint64_t now)
{
	const struct gn_wss_config *config = &c->wss->config;
	bool client = !c->carrier.incoming;
	if (client && c->state < WSS_OPEN && now - c->born >= config->ms.dial)
		return GN_WSS_C_TIMEOUT_DIAL;
	if (!client && c->state == WSS_TLS && now - c->since >= config->ms.tls)
		return GN_WSS_C_TIMEOUT_TLS;
	if (!client && c->state == WSS_UPGRADE && now - c->since >= config->ms.upgrade)
		return GN_WSS_C_TIMEOUT_UPGRADE;
	if (!client && !c->proven && c->state == WSS_OPEN && now - c->since >= config->ms.proof)
		return GN_WSS_C_TIMEOUT_PROOF;
	if (c->state == WSS_OPEN && now - c->heard >= config->ms.idle)
		return GN_WSS_C_TIMEOUT_IDLE;
	if (c->state == WSS_OPEN && wss_waiting(c) && now - c->took >= config->ms.stall)
		return GN_WSS_C_TIMEOUT_STALL;
	return GN_WSS_COUNTERS;
}

bool wss_conn_sweep(struct wss_conn *c, uint64_t now)
{
	uint8_t bytes[WSS_SAY_MAX];
	struct gn_buf words = {bytes, 0, sizeof bytes};
	const struct gn_wss_config *config = &c->wss->config;
	enum wss_counter why = missed(c, now);
	if (c->state == WSS_LINGER) {
		if (now - c->since < config->ms.linger)
			return false;
		wss_conn_drop(c);
		return true;
	}
	if (why != GN_WSS_COUNTERS || c->broken) {
		if (why != GN_WSS_COUNTERS)
			c->wss->counters[why]++;
		wss_conn_end(c, c->broken ? GN_CLOSED : GN_TIMEOUT);
		return true;
	}
	if (c->state == WSS_CONNECT && now - c->since >= config->ms.connect &&
	    wss_conn_dial(c) != GN_AGAIN) {
		wss_conn_end(c, GN_TIMEOUT);
		return true;
	}
	if (c->state == WSS_OPEN && !c->pinged && now - c->heard >= config->ms.ping) {
		c->pinged = true;
		wss_wire_ping(&c->wire, &words);
		wss_say(c, &words);
		wss_flush(c);
		wss_poll_for(c);
	}
	return false;
}
