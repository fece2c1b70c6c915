/* TURN over TCP, for who is where UDP is blocked, and over TLS on the same port: a hello of TLS
 * begins with 0x16, no message of TURN does.
 *
 *   STRANGER -> CLIENT  [it has an allocation]
 *            -> closed  [15 s without; it gave way to a newcomer; its prefix took its share]
 *   CLIENT   -> STRANGER [the allocation ended]
 *   any      -> closed  [its end; nothing acknowledged for 30 s; what it sends is none of TURN's]
 *
 * 1. When places are all taken the oldest stranger of the prefix that has most of them gives way,
 *    the newcomer's counting one more, first of those that have sent nothing; clients stay.
 * 2. What waits for one is bounded; whole messages are lost beyond it, as over UDP.
 * 3. A connection that is closed says nothing more to the engine: gn_node_turn_gone was the last.
 *
 * Rule RE-51. */
#include "node/turn_int.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BACKLOG 64
#define PIECE 16384 /* bytes read at once: crypto's TLS_PIPE_PIECE_MAX */
#define TLS_HELLO 0x16

struct turn_conn {
	struct gn_node *node;
	struct turn_conn *next;
	struct gn_turn_from way;
	uv_tcp_t tcp;
	bool closing;
	bool broken;   /* a message was cut on its way: closed in the next sweep */
	bool begun;    /* its first byte was seen */
	gn_time since; /* it came, or was last seen to have an allocation */
	struct gn_turn_stream in;
	struct gn_tls_pipe *tls; /* NULL: plain */
	size_t queued;           /* bytes that libuv has */
};

struct turn_tcp {
	uv_tcp_t listener;       /* first: freed when it is closed */
	struct turn_conn *conns; /* the oldest first */
	uint32_t serial;
	gn_time swept;
	struct gn_tls_pipe_ctx *tls; /* NULL: no certificate */
	uint8_t piece[PIECE], plain[PIECE];
};

struct write {
	uv_write_t request;
	struct turn_conn *conn;
	size_t len;
	uint8_t bytes[];
};

/* ---- its end ---- */

static void conn_closed(uv_handle_t *handle)
{
	struct turn_conn *c = handle->data;
	gn_tls_pipe_free(c->tls);
	free(c);
}

static void conn_close(struct turn_conn *c)
{
	if (c->closing) /* what there was may be gone with it */
		return;
	struct turn_conn **at = &c->node->turn->tcp->conns;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->closing = true;
	uv_close((uv_handle_t *)&c->tcp, conn_closed);
	gn_node_turn_gone(c->node, &c->way);
}

/* ---- what it is told ---- */

static void written(uv_write_t *request, int status)
{
	struct write *w = (struct write *)request; /* its first member */
	w->conn->queued -= w->len;
	if (status < 0)
		conn_close(w->conn);
	free(w);
}

/* All of it, now or by libuv; false: no memory, or it broke. */
static bool write_all(struct turn_conn *c, struct gn_slice bytes)
{
	uv_buf_t now = uv_buf_init((char *)(uintptr_t)bytes.p, (unsigned)bytes.len);
	int n = c->queued ? UV_EAGAIN : uv_try_write((uv_stream_t *)&c->tcp, &now, 1);
	if (n < 0 && n != UV_EAGAIN)
		return false;
	struct gn_slice rest = gn_slice_sub(bytes, n > 0 ? (size_t)n : 0, SIZE_MAX);
	if (!rest.len)
		return true;
	struct write *w = malloc(sizeof *w + rest.len);
	if (!w)
		return false;
	w->conn = c;
	w->len = rest.len;
	memcpy(w->bytes, rest.p, rest.len);
	uv_buf_t later = uv_buf_init((char *)w->bytes, (unsigned)rest.len);
	if (uv_write(&w->request, (uv_stream_t *)&c->tcp, &later, 1, written)) {
		free(w);
		return false;
	}
	c->queued += rest.len;
	return true;
}

static bool flush_tls(struct turn_conn *c)
{
	uint8_t sealed[4096];
	while (gn_tls_pipe_pending(c->tls)) {
		struct gn_buf out = {sealed, 0, sizeof sealed};
		gn_tls_pipe_take(c->tls, &out);
		if (!write_all(c, gn_buf_slice(&out)))
			return false;
	}
	return true;
}

/* A message whole or not at all; never closes, since who gives it may be at work with its relay. */
static bool send_to(struct turn_tcp *tcp, uint32_t conn, struct gn_slice bytes)
{
	struct turn_conn *c = tcp->conns;
	while (c && c->way.conn != conn)
		c = c->next;
	if (!c || c->broken || c->queued + bytes.len > GN_NODE_TURN_QUEUE)
		return false;
	c->broken = c->tls ? gn_tls_pipe_write(c->tls, bytes) != GN_OK || !flush_tls(c)
			   : !write_all(c, bytes);
	return !c->broken;
}

/* ---- what it says ---- */

static bool is_client(const struct turn_conn *c)
{
	return gn_node_turn_is_client(c->node, &c->way);
}

static bool take(struct turn_conn *c, struct gn_slice bytes)
{
	struct gn_slice message;
	gn_err err;
	gn_turn_stream_feed(&c->in, bytes);
	while ((err = gn_turn_stream_next(&c->in, &message)) == GN_OK) {
		err = gn_node_turn_take(c->node, &c->way, message);
		if (c->closing || err == GN_MALFORMED)
			return false;
	}
	return err == GN_AGAIN;
}

static bool take_tls(struct turn_conn *c, struct gn_slice sealed)
{
	struct turn_tcp *tcp = c->node->turn->tcp;
	bool good = gn_tls_pipe_recv(c->tls, sealed) == GN_OK;
	gn_err err = GN_OK;
	while (good && err == GN_OK) {
		struct gn_buf plain = {tcp->plain, 0, sizeof tcp->plain};
		err = gn_tls_pipe_read(c->tls, &plain);
		good = (err == GN_OK || err == GN_AGAIN) && take(c, gn_buf_slice(&plain));
	}
	return !c->closing && flush_tls(c) && good;
}

/* False: it is to be closed. */
static bool take_piece(struct turn_conn *c, struct gn_slice bytes)
{
	struct turn_tcp *tcp = c->node->turn->tcp;
	if (!c->begun && bytes.p[0] == TLS_HELLO &&
	    (!tcp->tls || gn_tls_pipe_new(tcp->tls, NULL, &c->tls) != GN_OK))
		return false;
	c->begun = true;
	return c->tls ? take_tls(c, bytes) : take(c, bytes);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct turn_conn *c = handle->data;
	(void)wanted;
	*out = uv_buf_init((char *)c->node->turn->tcp->piece, PIECE);
}

/* A stranger pays for our time, that of TLS with it. */
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct turn_conn *c = stream->data;
	struct gn_node *node = c->node;
	gn_node_woken(node);
	if (n == 0)
		return;
	bool client = is_client(c);
	bool good = n > 0 && (client || gn_node_turn_may(node, &c->way.addr));
	gn_time began = node->outside.cpu();
	if (good)
		good = take_piece(c, gn_slice((const uint8_t *)buf->base, (size_t)n));
	if (!client)
		gn_node_turn_pays(node, &c->way.addr, node->outside.cpu() - began);
	if (!good)
		conn_close(c);
}

/* ---- who comes ---- */

enum crowd { ALL, STRANGERS, SILENT };

static bool is_of(const struct turn_conn *c, enum crowd crowd)
{
	return crowd == ALL || (!is_client(c) && (crowd == STRANGERS || !c->begun));
}

/* Connections of a prefix or of all. */
static unsigned count(const struct turn_tcp *tcp, const uint64_t *prefix, enum crowd crowd)
{
	unsigned n = 0;
	for (const struct turn_conn *c = tcp->conns; c; c = c->next)
		n += (!prefix || gn_addr_prefix(&c->way.addr) == *prefix) && is_of(c, crowd);
	return n;
}

/* The oldest of the crowd and this prefix, or of the one that has most of them. */
static struct turn_conn *oldest(const struct turn_tcp *tcp, uint64_t newcomer, bool own,
				enum crowd crowd)
{
	struct turn_conn *found = NULL;
	unsigned most = 0;
	for (struct turn_conn *c = tcp->conns; c; c = c->next) {
		uint64_t prefix = gn_addr_prefix(&c->way.addr);
		if (!is_of(c, crowd) || (own && prefix != newcomer))
			continue;
		unsigned n = count(tcp, &prefix, crowd) + (prefix == newcomer);
		if (n > most) {
			most = n;
			found = c;
		}
	}
	return found;
}

/* Is there a place for one more from there? */
static bool place(struct gn_node *node, const struct gn_addr *from)
{
	struct gn_node_turn *t = node->turn;
	uint64_t prefix = gn_addr_prefix(from);
	bool own = gn_node_turn_counted(node, from) &&
		   count(t->tcp, &prefix, ALL) >= GN_NODE_TURN_CONNS_PREFIX;
	if (!own && count(t->tcp, NULL, ALL) < GN_NODE_TURN_CONNS)
		return true;
	struct turn_conn *gives_way = oldest(t->tcp, prefix, own, SILENT);
	if (!gives_way)
		gives_way = oldest(t->tcp, prefix, own, STRANGERS);
	if (!gives_way)
		return false;
	t->count.evicted++;
	conn_close(gives_way);
	return true;
}

static void conn_begin(struct turn_conn *c)
{
	struct gn_node_turn *t = c->node->turn;
	struct turn_conn **at = &t->tcp->conns;
	unsigned dead = 2 * GN_NODE_TURN_STRANGER / GN_MSEC;
	int room = GN_NODE_TURN_KERNEL;
	uv_os_fd_t fd;
	while (*at)
		at = &(*at)->next;
	*at = c;
	t->count.connected++;
	c->way.conn = ++t->tcp->serial ? t->tcp->serial : ++t->tcp->serial;
	c->since = c->node->now;
	gn_turn_stream_init(&c->in);
	uv_tcp_nodelay(&c->tcp, 1);
	uv_send_buffer_size((uv_handle_t *)&c->tcp, &room);
	if (uv_fileno((uv_handle_t *)&c->tcp, &fd) == 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof dead);
	if (uv_read_start((uv_stream_t *)&c->tcp, on_room, on_read))
		conn_close(c);
}

static bool whose(struct turn_conn *c)
{
	struct sockaddr_storage sa;
	int len = sizeof sa;
	return uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&sa, &len) == 0 &&
	       gn_os_addr((const struct sockaddr *)&sa, &c->way.addr);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct gn_node *node = listener->data;
	struct turn_conn *c = status == 0 ? calloc(1, sizeof *c) : NULL;
	if (!c)
		return;
	gn_node_woken(node);
	c->node = node;
	uv_tcp_init(&node->host.loop, &c->tcp);
	c->tcp.data = c;
	bool here = uv_accept(listener, (uv_stream_t *)&c->tcp) == 0 && whose(c);
	if (here && gn_node_turn_may(node, &c->way.addr) && place(node, &c->way.addr)) {
		conn_begin(c);
		return;
	}
	node->turn->count.refused += here;
	uv_close((uv_handle_t *)&c->tcp, conn_closed);
}

/* ---- life ---- */

gn_time gn_node_turn_tcp_tick(struct gn_node *node)
{
	struct turn_tcp *tcp = node->turn->tcp;
	if (!tcp || !tcp->conns)
		return GN_NEVER;
	if (node->now - tcp->swept < GN_NODE_TURN_SWEEP)
		return tcp->swept + GN_NODE_TURN_SWEEP;
	tcp->swept = node->now;
	for (struct turn_conn *c = tcp->conns, *next; c; c = next) {
		next = c->next;
		if (c->broken) {
			conn_close(c);
		} else if (is_client(c)) {
			c->since = node->now;
		} else if (node->now - c->since >= GN_NODE_TURN_STRANGER) {
			node->turn->count.quiet++;
			conn_close(c);
		}
	}
	return tcp->swept + GN_NODE_TURN_SWEEP;
}

static gn_err read_pem(const char *path, struct gn_buf *out)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return gn_os_fail(path);
	out->len = fread(out->p, 1, out->cap, f);
	fclose(f);
	return out->len == out->cap ? GN_TOO_LARGE : GN_OK;
}

static gn_err read_certificate(struct gn_node *node, char why[GN_HOST_WHY])
{
	const struct gn_node_config *config = &node->config;
	const size_t room = GN_NODE_TURN_PEM + 1; /* one more tells a file that is too large */
	uint8_t *bytes = malloc(2 * room);
	if (!bytes)
		return GN_NOMEM;
	struct gn_buf cert = {bytes, 0, room}, key = {bytes + room, 0, room};
	gn_err err = read_pem(config->turn_cert, &cert);
	if (!err)
		err = read_pem(config->turn_key, &key);
	if (!err && !(cert.len && key.len))
		err = GN_KEY;
	if (!err)
		err = gn_tls_pipe_server(gn_buf_slice(&cert), gn_buf_slice(&key), node->now,
					 &node->turn->tcp->tls);
	gn_wipe(bytes, 2 * room);
	free(bytes);
	return err ? gn_host_why(why, err,
				 "turn-cert %.200s and turn-key %.200s are no certificate and its "
				 "key that can be read: %s",
				 config->turn_cert, config->turn_key, gn_err_text(err))
		   : GN_OK;
}

static int listen_at(struct gn_node *node, uv_tcp_t *listener)
{
	uint16_t port = node->config.turn_tcp;
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	uv_ip6_addr("::", port, &v6);
	uv_ip4_addr("0.0.0.0", port, &v4);
	int failed = uv_tcp_bind(listener, (const struct sockaddr *)&v6, 0);
	if (failed == UV_EAFNOSUPPORT || failed == UV_EADDRNOTAVAIL)
		failed = uv_tcp_bind(listener, (const struct sockaddr *)&v4, 0);
	return failed ? failed : uv_listen((uv_stream_t *)listener, BACKLOG, on_connection);
}

gn_err gn_node_turn_tcp_new(struct gn_node *node, char why[GN_HOST_WHY])
{
	const struct gn_node_config *config = &node->config;
	struct turn_tcp *tcp = calloc(1, sizeof *tcp);
	if (!tcp)
		return GN_NOMEM;
	node->turn->tcp = tcp;
	node->turn->to_conn = send_to;
	uv_tcp_init(&node->host.loop, &tcp->listener);
	tcp->listener.data = node;
	if (!*config->turn_cert != !*config->turn_key)
		return gn_host_why(why, GN_USAGE, "turn-cert and turn-key are needed together");
	if (*config->turn_cert)
		GN_TRY(read_certificate(node, why));
	int failed = listen_at(node, &tcp->listener);
	return failed ? gn_host_why(why, failed == UV_EADDRINUSE ? GN_PORT_TAKEN : GN_IO,
				    "TCP port %u cannot be opened for TURN (turn-tcp): %s",
				    config->turn_tcp, uv_strerror(failed))
		      : GN_OK;
}

static void listener_closed(uv_handle_t *handle)
{
	free(GN_CONTAINER(handle, struct turn_tcp, listener));
}

void gn_node_turn_tcp_free(struct gn_node *node)
{
	struct turn_tcp *tcp = node->turn->tcp;
	if (!tcp)
		return;
	while (tcp->conns)
		conn_close(tcp->conns);
	node->turn->tcp = NULL;
	gn_tls_pipe_ctx_free(tcp->tls);
	uv_close((uv_handle_t *)&tcp->listener, listener_closed);
}
