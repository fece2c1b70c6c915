/* Connections of TCP that this node makes for others, each joined with its tunnel.
 *
 *   OFFERED [right] -> resolved -> connected: accepted -> bytes -> OVER, closed
 *                                  refused [no address takes it in GN_NODE_FORWARD_DIAL]:
 *                                  NOT_FOUND nothing listens there, REMOTE no way or no such name,
 *                                  TIMEOUT
 *
 * 1. At most a piece each way is kept: what came by the tunnel and is being written, and what came
 *    by TCP and the tunnel did not take; meanwhile neither is read on.
 * 2. An end of one way is passed on after what came before it; a break of one end resets the other.
 * 3. A place is kept by who talks: one on which nothing was said in GN_NODE_FORWARD_MUTE ends, and
 *    one whose one way has ended, or whose tunnel has, when nothing moves in GN_NODE_FORWARD_HALF.
 * 4. A connection is freed when libuv has let go of all its handles and requests. */
#include "node/forward.h"

#include "node/node_int.h"

#include <stdlib.h>

struct forward_conn {
	struct gn_node *node;
	struct forward_conn *next, **link;
	uint64_t id; /* of its tunnel; 0: that is over */
	struct gn_pk pk;
	uv_tcp_t tcp;
	uv_timer_t late;
	uv_getaddrinfo_t ask;
	uv_connect_t connect;
	uv_write_t write;
	uv_shutdown_t shut;
	struct addrinfo *addrs, *addr; /* owned; the next to be tried */
	unsigned refs;                 /* handles that are open, requests under way */
	bool has_tcp, connected, closing;
	bool refused;                      /* by an address where nothing listens */
	bool writing, said_all, shut_down; /* towards TCP: all came by the tunnel; and is written */
	bool read_all, told_end;           /* of TCP; and the tunnel knows it */
	uint8_t out[GN_NODE_FORWARD_PIECE];
	uint8_t in[GN_NODE_FORWARD_PIECE];
	size_t in_at, in_len;
	bool talked;   /* a byte went or came, */
	gn_time moved; /* the last; or since when it stands */
};

static void unref(struct forward_conn *f)
{
	if (--f->refs)
		return;
	uv_freeaddrinfo(f->addrs);
	free(f);
}

static void on_closed(uv_handle_t *handle)
{
	unref(handle->data);
}

static void close_all(struct forward_conn *f, bool reset)
{
	if (f->closing)
		return;
	f->closing = true;
	*f->link = f->next;
	if (f->next)
		f->next->link = f->link;
	uv_close((uv_handle_t *)&f->late, on_closed);
	uv_cancel((uv_req_t *)&f->ask);
	if (f->has_tcp && (!reset || uv_tcp_close_reset(&f->tcp, on_closed)))
		uv_close((uv_handle_t *)&f->tcp, on_closed);
}

/* The tunnel ends because of TCP. */
static void fail(struct forward_conn *f, gn_err code)
{
	uint64_t id = f->id;
	f->id = 0;
	if (id && f->connected)
		gn_node_tunnel_reset(f->node, id, code);
	else if (id)
		gn_node_tunnel_refuse(f->node, id, code);
	close_all(f, true);
}

/* ---- tunnel -> TCP ---- */

static void move_out(struct forward_conn *f);

static void on_shut(uv_shutdown_t *req, int status)
{
	struct forward_conn *f = req->data;
	(void)status;
	gn_node_woken(f->node);
	f->shut_down = true;
	if (!f->id)
		close_all(f, false);
	unref(f);
}

static void on_written(uv_write_t *req, int status)
{
	struct forward_conn *f = req->data;
	gn_node_woken(f->node);
	f->writing = false;
	f->moved = f->node->now;
	if (status < 0 && !f->closing)
		fail(f, GN_CLOSED);
	else if (!f->closing)
		move_out(f);
	unref(f);
}

static void shut(struct forward_conn *f)
{
	f->said_all = true;
	f->shut.data = f;
	if (uv_shutdown(&f->shut, (uv_stream_t *)&f->tcp, on_shut) == 0)
		f->refs++;
	else
		fail(f, GN_CLOSED);
}

static void move_out(struct forward_conn *f)
{
	size_t len;
	bool end;
	if (f->writing || f->said_all || !f->connected || !f->id)
		return;
	gn_err err = gn_node_tunnel_read(f->node, f->id, f->out, sizeof f->out, &len, &end);
	if (err)
		return; /* GN_AGAIN; or GN_TUNNEL_OVER follows */
	uv_buf_t buf = uv_buf_init((char *)f->out, (unsigned)len);
	if (len) {
		f->write.data = f;
		if (uv_write(&f->write, (uv_stream_t *)&f->tcp, &buf, 1, on_written)) {
			fail(f, GN_CLOSED);
			return;
		}
		f->writing = f->talked = true;
		f->moved = f->node->now;
		f->refs++;
	}
	if (end)
		shut(f); /* behind what is being written */
}

/* ---- TCP -> tunnel ---- */

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct forward_conn *f = handle->data;
	(void)wanted;
	*buf = uv_buf_init((char *)f->in, f->in_len ? 0 : sizeof f->in);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void move_in(struct forward_conn *f)
{
	size_t taken = 0;
	if (!f->connected || !f->id)
		return;
	if (f->in_len) {
		if (gn_node_tunnel_write(f->node, f->id, gn_slice(f->in + f->in_at, f->in_len),
					 &taken))
			return; /* GN_TUNNEL_OVER follows */
		f->moved = taken ? f->node->now : f->moved;
		f->in_at += taken;
		f->in_len -= taken;
		if (f->in_len)
			return; /* GN_TUNNEL_ROOM follows */
	}
	f->in_at = 0;
	if (f->read_all)
		f->told_end = f->told_end || gn_node_tunnel_end(f->node, f->id);
	else
		uv_read_start((uv_stream_t *)&f->tcp, give_room, on_read);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct forward_conn *f = stream->data;
	(void)buf;
	gn_node_woken(f->node);
	if (n == 0 || !f->id)
		return;
	uv_read_stop(stream);
	if (n < 0 && n != UV_EOF) {
		fail(f, GN_CLOSED);
		return;
	}
	f->read_all = n == UV_EOF;
	f->in_len = n > 0 ? (size_t)n : 0;
	f->talked |= n > 0;
	f->moved = f->node->now;
	f->in_at = 0;
	move_in(f);
}

/* ---- dialling ---- */

static void dial_next(struct forward_conn *f);

bool forward_is_idle(bool talked, bool half, gn_time quiet)
{
	return (!talked && quiet >= GN_NODE_FORWARD_MUTE) ||
	       (half && quiet >= GN_NODE_FORWARD_HALF);
}

static void on_look(uv_timer_t *timer)
{
	struct forward_conn *f = timer->data;
	gn_node_woken(f->node);
	gn_time quiet = f->node->now - f->moved;
	if (forward_is_idle(f->talked, f->read_all || f->said_all || !f->id, quiet))
		fail(f, GN_TIMEOUT);
}

static void begin(struct forward_conn *f)
{
	uv_timer_start(&f->late, on_look, GN_NODE_FORWARD_LOOK / GN_MSEC,
		       GN_NODE_FORWARD_LOOK / GN_MSEC);
	uv_tcp_nodelay(&f->tcp, 1);
	uv_tcp_keepalive(&f->tcp, 1, GN_NODE_FORWARD_ALIVE);
	f->moved = f->node->now;
	f->connected = true;
	gn_node_tunnel_accept(f->node, f->id);
	move_in(f);
}

static void on_connected(uv_connect_t *req, int status)
{
	struct forward_conn *f = req->data;
	gn_node_woken(f->node);
	f->refused |= status == UV_ECONNREFUSED;
	if (!f->closing && f->id && status == 0)
		begin(f);
	else if (!f->closing)
		dial_next(f);
	unref(f);
}

static void on_dropped(uv_handle_t *handle)
{
	struct forward_conn *f = handle->data;
	if (!f->closing)
		dial_next(f);
	unref(f);
}

/* The next address; the socket of the one before is let go first. */
static void dial_next(struct forward_conn *f)
{
	if (f->has_tcp) {
		f->has_tcp = false;
		uv_close((uv_handle_t *)&f->tcp, on_dropped);
		return;
	}
	struct addrinfo *a = f->addr;
	if (!a || uv_tcp_init(&f->node->host.loop, &f->tcp)) {
		fail(f, f->refused ? GN_NOT_FOUND : GN_REMOTE);
		return;
	}
	f->addr = a->ai_next;
	f->has_tcp = true;
	f->tcp.data = f->connect.data = f;
	f->refs++;
	if (uv_tcp_connect(&f->connect, &f->tcp, a->ai_addr, on_connected) == 0)
		f->refs++;
	else
		dial_next(f);
}

static void on_resolved(uv_getaddrinfo_t *req, int status, struct addrinfo *addrs)
{
	struct forward_conn *f = req->data;
	gn_node_woken(f->node);
	f->addrs = f->addr = addrs;
	if (!f->closing && status == 0)
		dial_next(f);
	else if (!f->closing)
		fail(f, GN_REMOTE);
	unref(f);
}

static void on_late(uv_timer_t *timer)
{
	struct forward_conn *f = timer->data;
	gn_node_woken(f->node);
	fail(f, GN_TIMEOUT);
}

static unsigned held_by(const struct gn_node *node, const struct gn_pk *pk)
{
	unsigned n = 0;
	for (const struct forward_conn *f = node->forwards; f; f = f->next)
		n += gn_pk_eq(&f->pk, pk);
	return n;
}

static gn_err take(struct gn_node *node, const struct gn_tunnel_event *e)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
					      .ai_flags = AI_ADDRCONFIG};
	struct forward_to to;
	GN_TRY(forward_right(node, e, &to));
	if (held_by(node, &e->pk) >= GN_NODE_FORWARD_CONNS) /* of all there are GN_NODE_TUNNELS */
		return GN_LIMIT;
	struct forward_conn *f = calloc(1, sizeof *f);
	if (!f)
		return GN_NOMEM;
	f->node = node;
	f->id = e->id;
	f->pk = e->pk;
	f->ask.data = f->late.data = f;
	uv_timer_init(&node->host.loop, &f->late);
	uv_timer_start(&f->late, on_late, GN_NODE_FORWARD_DIAL / GN_MSEC, 0);
	f->refs = 1;
	f->next = node->forwards;
	f->link = &node->forwards;
	if (f->next)
		f->next->link = &f->next;
	node->forwards = f;
	if (uv_getaddrinfo(&node->host.loop, &f->ask, on_resolved, to.host, to.port, &hints) == 0)
		f->refs++;
	else
		fail(f, GN_REMOTE);
	return GN_OK;
}

/* ---- the tunnel ---- */

static void on_over(struct forward_conn *f, gn_err err)
{
	f->id = 0;
	if (err)
		close_all(f, true);
	else if (f->shut_down)
		close_all(f, false);
	/* else what is written goes first (on_shut) */
}

void gn_node_forward_event(struct gn_node *node, const struct gn_tunnel_event *e)
{
	if (e->what == GN_TUNNEL_OFFERED) {
		gn_err err = take(node, e);
		if (err)
			gn_node_tunnel_refuse(node, e->id, err);
		return;
	}
	struct forward_conn *f = node->forwards;
	while (f && f->id != e->id)
		f = f->next;
	if (!f)
		return;
	switch (e->what) {
	case GN_TUNNEL_READABLE: move_out(f); break;
	case GN_TUNNEL_ROOM: move_in(f); break;
	case GN_TUNNEL_OVER: on_over(f, e->err); break;
	case GN_TUNNEL_OPEN:
	case GN_TUNNEL_OFFERED: break;
	}
}

void gn_node_forward_close(struct gn_node *node)
{
	while (node->forwards)
		close_all(node->forwards, true);
}
