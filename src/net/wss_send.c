/* What a connection says: packets as frames, words of the protocol, into TLS and to the kernel.
 *
 * 1. What the kernel did not take is in `out`, and beyond it in TLS's own output; together they are
 *    what room() subtracts, and no packet is taken over WSS_QUEUE_MAX.
 *    While more than words may take waits, nothing is read: what is read may have to be answered,
 *    by TLS, too (new keys), and who does not take that says no more.
 * 2. A packet is changed (masked, framed) only when it is taken. */
#include "net/wss_int.h"

#include <errno.h>
#include <sys/socket.h>

size_t wss_waiting(const struct wss_conn *c)
{
	return c->out.len + (c->tls ? gn_tls_pipe_pending(c->tls) : 0);
}

bool wss_reads(const struct wss_conn *c)
{
	return wss_waiting(c) <= WSS_QUEUE_MAX + WSS_SLACK;
}

void wss_poll_for(struct wss_conn *c)
{
	if (!c->poll || c->state == WSS_GONE)
		return;
	int events = c->state == WSS_CONNECT ? UV_WRITABLE : wss_reads(c) ? UV_READABLE : 0;
	if (wss_waiting(c) || c->broken)
		events |= UV_WRITABLE;
	if (uv_poll_start(c->poll, events, c->wss->on_poll) != 0)
		c->broken = true; /* the sweep sees it */
}

void wss_flush(struct wss_conn *c)
{
	for (;;) {
		if (c->tls)
			gn_tls_pipe_take(c->tls, &c->out);
		if (c->out.len == 0 || c->broken)
			return;
		ssize_t n = send(c->fd, c->out.p, c->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			c->broken = errno != EAGAIN && errno != EWOULDBLOCK;
			return;
		}
		c->took = uv_now(c->wss->config.loop);
		c->out.len -= (size_t)n;
		memmove(c->out.p, c->out.p + n, c->out.len);
	}
}

/* Bytes of ours into TLS, or as they are. */
static void put(struct wss_conn *c, struct gn_slice data)
{
	if (!wss_waiting(c))
		c->took = uv_now(c->wss->config.loop);
	if (!data.len)
		return;
	if (c->tls ? gn_tls_pipe_write(c->tls, data) != GN_OK : gn_buf_put(&c->out, data) != GN_OK)
		c->broken = true;
}

void wss_say(struct wss_conn *c, const struct gn_buf *words)
{
	if (words->len && wss_waiting(c) + words->len + WSS_RECORD <= WSS_QUEUE_MAX + WSS_SLACK)
		put(c, gn_buf_slice(words));
}

size_t wss_room(const struct gn_carrier *carrier)
{
	const struct wss_conn *c = (const struct wss_conn *)carrier;
	size_t used = wss_waiting(c);
	return c->state == WSS_OPEN && !c->broken && used < WSS_QUEUE_MAX ? WSS_QUEUE_MAX - used
									  : 0;
}

/* Packets that fit are framed and put; those whose heads fill their prefix stand in one piece.
 * Returns the bytes of data that were taken. */
static size_t put_packets(struct wss_conn *c, uint8_t *data, size_t len, size_t segment)
{
	size_t room = wss_room(&c->carrier), at = 0, run = 0;
	while (at < len) {
		size_t n = segment < len - at ? segment : len - at;
		GN_ASSERT(n > c->info.prefix);
		if (n + WSS_RECORD > room)
			break;
		room -= n + WSS_RECORD;
		size_t unused = wss_wire_frame(&c->wire, data + at, n - c->info.prefix);
		if (unused) {
			put(c, gn_slice(data + run, at - run));
			run = at + unused;
		}
		at += n;
		c->wss->counters[GN_WSS_C_PACKETS_OUT]++;
		c->wss->counters[GN_WSS_C_BYTES_OUT] += n - c->info.prefix;
	}
	put(c, gn_slice(data + run, at - run));
	return at;
}

gn_err wss_send(struct gn_carrier *carrier, const struct gn_addr *to, const struct gn_buf *data,
		uint16_t segment, size_t *sent)
{
	struct wss_conn *c = (struct wss_conn *)carrier;
	size_t taken = 1;
	(void)to; /* there is nobody else */
	GN_ASSERT(segment > c->info.prefix);
	*sent = 0;
	if (segment - c->info.prefix > WSS_MESSAGE_MAX)
		return GN_TOO_LARGE;
	while (*sent < data->len && taken) {
		taken = put_packets(c, data->p + *sent, data->len - *sent, segment);
		*sent += taken;
		wss_flush(c);
	}
	/* who asks for room first, and sends no more than that, waits for the event as well */
	c->want_room = *sent < data->len || wss_room(carrier) < WSS_QUEUE_MAX / 2;
	wss_poll_for(c);
	c->wss->counters[GN_WSS_C_SEND_FULL] += *sent < data->len;
	return *sent < data->len ? GN_AGAIN : GN_OK;
}
