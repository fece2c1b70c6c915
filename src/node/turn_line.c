/* A line to a TURN server: UDP, TCP or TLS (turn_way.h). Nobody believes the server's certificate:
 * it proves itself by the password that both know, and reads nothing of what it relays.
 *
 *   RESOLVE -> CONNECT [the name has an address] -> OPEN [TCP and TLS stand; UDP at once]
 *   any     -> lost [told once; the owner closes it]
 *
 * 1. Memory goes when libuv holds neither the handle nor a name that it looks up.
 * 2. What waits for a stream is bounded; a message that is over it is lost as over UDP. */
#define _GNU_SOURCE /* getaddrinfo */
#include "crypto/crypto.h"
#include "node/node_int.h"
#include "node/turn_way.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECE 16384 /* bytes read at once: crypto's TLS_PIPE_PIECE_MAX */

struct line {
	struct gn_node_turn_line line; /* first */
	struct gn_node_turn_told told;
	struct gn_node_turn_server server;
	struct uv_loop_s *loop;
	struct gn_addr at;
	uv_getaddrinfo_t resolve;
	uv_connect_t connect;
	union {
		uv_handle_t any;
		uv_udp_t udp;
		uv_tcp_t tcp;
	} handle;
	bool resolving, has_handle, closing, open;
	struct gn_tls_pipe_ctx *ctx;
	struct gn_tls_pipe *tls;
	struct gn_turn_stream in;
	size_t queued;
	uint8_t piece[PIECE], plain[PIECE];
};
struct write {
	uv_write_t request;
	struct line *line;
	size_t len;
	uint8_t bytes[];
};

/* ---- its end ---- */

static void release(struct line *l)
{
	if (!l->closing || l->resolving || l->has_handle)
		return;
	gn_tls_pipe_free(l->tls);
	gn_tls_pipe_ctx_free(l->ctx);
	free(l);
}

static void handle_closed(uv_handle_t *handle)
{
	struct line *l = handle->data;
	l->has_handle = false;
	release(l);
}

static void line_close(struct gn_node_turn_line *line)
{
	struct line *l = (struct line *)line;
	l->closing = true;
	if (l->resolving)
		uv_cancel((uv_req_t *)&l->resolve);
	if (l->has_handle)
		uv_close(&l->handle.any, handle_closed);
	release(l);
}

static void lose(struct line *l, gn_err why)
{
	if (!l->closing)
		l->told.lost(l->told.user, why);
}

/* ---- out ---- */

static void written(uv_write_t *request, int status)
{
	struct write *w = (struct write *)request; /* its first member */
	struct line *l = w->line;
	l->queued -= w->len;
	free(w);
	if (status < 0)
		lose(l, GN_CLOSED);
}

static bool write_all(struct line *l, struct gn_slice bytes)
{
	uv_buf_t now = uv_buf_init((char *)(uintptr_t)bytes.p, (unsigned)bytes.len);
	int n = l->queued ? UV_EAGAIN : uv_try_write((uv_stream_t *)&l->handle.tcp, &now, 1);
	if (n < 0 && n != UV_EAGAIN)
		return false;
	struct gn_slice rest = gn_slice_sub(bytes, n > 0 ? (size_t)n : 0, SIZE_MAX);
	if (!rest.len)
		return true;
	struct write *w = malloc(sizeof *w + rest.len);
	if (!w)
		return false;
	w->line = l;
	w->len = rest.len;
	memcpy(w->bytes, rest.p, rest.len);
	uv_buf_t later = uv_buf_init((char *)w->bytes, (unsigned)rest.len);
	if (uv_write(&w->request, (uv_stream_t *)&l->handle.tcp, &later, 1, written)) {
		free(w);
		return false;
	}
	l->queued += rest.len;
	return true;
}

static bool flush_tls(struct line *l)
{
	uint8_t sealed[4096];
	while (gn_tls_pipe_pending(l->tls)) {
		struct gn_buf out = {sealed, 0, sizeof sealed};
		gn_tls_pipe_take(l->tls, &out);
		if (!write_all(l, gn_buf_slice(&out)))
			return false;
	}
	return true;
}

static bool line_send(struct gn_node_turn_line *line, struct gn_slice message)
{
	struct line *l = (struct line *)line;
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)message.p, (unsigned)message.len);
	if (!l->open || l->closing)
		return false;
	if (l->server.transport == GN_NODE_TURN_UDP)
		return uv_udp_try_send(&l->handle.udp, &buf, 1, NULL) >= 0;
	if (l->queued + message.len > GN_NODE_TURN_LINE_QUEUE)
		return false;
	if (!l->tls)
		return write_all(l, message);
	return gn_tls_pipe_write(l->tls, message) == GN_OK && flush_tls(l);
}

/* ---- in ---- */

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct line *l = handle->data;
	(void)wanted;
	*out = uv_buf_init((char *)l->piece, PIECE);
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from,
			unsigned flags)
{
	struct line *l = udp->data;
	if (n > 0 && from && !(flags & UV_UDP_PARTIAL))
		l->told.got(l->told.user, gn_slice((const uint8_t *)buf->base, (size_t)n));
}

static gn_err take(struct line *l, struct gn_slice bytes)
{
	struct gn_slice message;
	gn_err err = GN_OK;
	gn_turn_stream_feed(&l->in, bytes);
	while (!l->closing && (err = gn_turn_stream_next(&l->in, &message)) == GN_OK)
		l->told.got(l->told.user, message);
	return err == GN_AGAIN ? GN_OK : err;
}

static void opened(struct line *l)
{
	l->open = true;
	l->told.open(l->told.user, &l->at);
}

static gn_err take_tls(struct line *l, struct gn_slice sealed)
{
	gn_err err = gn_tls_pipe_recv(l->tls, sealed);
	while (!err && !l->closing) {
		struct gn_buf plain = {l->plain, 0, sizeof l->plain};
		gn_err end = gn_tls_pipe_read(l->tls, &plain);
		if (!l->open && gn_tls_pipe_open(l->tls)) {
			if (!flush_tls(l))
				return GN_CLOSED;
			opened(l);
		}
		if (!l->closing && plain.len)
			err = take(l, gn_buf_slice(&plain));
		if (end)
			err = err ? err : end;
	}
	return err && err != GN_AGAIN ? err : l->closing || flush_tls(l) ? GN_OK : GN_CLOSED;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct line *l = stream->data;
	if (n == 0)
		return;
	struct gn_slice bytes = gn_slice((const uint8_t *)buf->base, n > 0 ? (size_t)n : 0);
	gn_err err = n < 0 ? GN_CLOSED : l->tls ? take_tls(l, bytes) : take(l, bytes);
	if (err)
		lose(l, err);
}

/* ---- its beginning ---- */

/* Says hello. */
static gn_err begin_tls(struct line *l)
{
	struct gn_buf plain = {l->plain, 0, sizeof l->plain};
	struct gn_addr number;
	char text[sizeof l->server.host + 8];
	snprintf(text, sizeof text, strchr(l->server.host, ':') ? "[%s]:1" : "%s:1",
		 l->server.host);
	bool is_name = gn_addr_parse(gn_str(text), &number) != GN_OK;
	GN_TRY(gn_tls_pipe_others(&l->ctx));
	GN_TRY(gn_tls_pipe_new(l->ctx, is_name ? l->server.host : NULL, &l->tls));
	gn_err err = gn_tls_pipe_read(l->tls, &plain);
	return err != GN_AGAIN ? GN_CRYPTO : flush_tls(l) ? GN_OK : GN_CLOSED;
}

static void on_connected(uv_connect_t *request, int status)
{
	struct line *l = request->data;
	if (l->closing)
		return;
	gn_err err = status < 0 ? GN_UNREACHABLE : GN_OK;
	gn_turn_stream_init(&l->in);
	if (!err && uv_read_start((uv_stream_t *)&l->handle.tcp, on_room, on_read))
		err = GN_IO;
	(void)uv_tcp_nodelay(&l->handle.tcp, 1);
	if (!err && l->server.transport == GN_NODE_TURN_TLS)
		err = begin_tls(l);
	if (err)
		lose(l, err);
	else if (!l->tls)
		opened(l);
}

static gn_err connect_to(struct line *l, const struct sockaddr *to)
{
	bool udp = l->server.transport == GN_NODE_TURN_UDP;
	if (udp ? uv_udp_init(l->loop, &l->handle.udp) : uv_tcp_init(l->loop, &l->handle.tcp))
		return GN_NOMEM;
	l->has_handle = true;
	l->handle.any.data = l;
	l->connect.data = l;
	if (!udp)
		return uv_tcp_connect(&l->connect, &l->handle.tcp, to, on_connected)
			       ? GN_UNREACHABLE
			       : GN_OK;
	if (uv_udp_connect(&l->handle.udp, to) ||
	    uv_udp_recv_start(&l->handle.udp, on_room, on_datagram))
		return GN_UNREACHABLE;
	opened(l);
	return GN_OK;
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
	struct line *l = request->data;
	gn_err err =
		status < 0 || !found || !gn_os_addr(found->ai_addr, &l->at) ? GN_NOT_FOUND : GN_OK;
	l->resolving = false;
	if (!err && !l->closing)
		err = connect_to(l, found->ai_addr);
	uv_freeaddrinfo(found);
	if (l->closing)
		release(l);
	else if (err)
		lose(l, err);
}

gn_err gn_node_turn_line(struct uv_loop_s *loop, const struct gn_node_turn_server *server,
			 const struct gn_addr *at, const struct gn_node_turn_told *told,
			 struct gn_node_turn_line **out)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct line *l = calloc(1, sizeof *l);
	char host[sizeof server->host], port[8], text[GN_ADDR_TEXT_MAX];
	if (!l)
		return GN_NOMEM;
	l->line = (struct gn_node_turn_line){line_send, line_close};
	l->told = *told;
	l->server = *server;
	l->loop = loop;
	snprintf(host, sizeof host, "%s", server->host);
	snprintf(port, sizeof port, "%u", at ? at->port : server->port);
	if (at) {
		gn_addr_text(at, text);
		char *colon = strrchr(text, ':');
		*colon = 0;
		bool v6 = text[0] == '[';
		snprintf(host, sizeof host, "%.*s", (int)(strlen(text) - 2 * v6), text + v6);
	}
	l->resolve.data = l;
	if (uv_getaddrinfo(loop, &l->resolve, on_resolved, host, port, &hints)) {
		free(l);
		return GN_NOMEM;
	}
	l->resolving = true;
	*out = &l->line;
	return GN_OK;
}
