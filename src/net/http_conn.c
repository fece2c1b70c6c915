/* Reading a connection: bytes become heads and bodies, one request after the other.
 *
 *     HEAD -> TURN [feed: a whole head] TURN -> HEAD -> BODY [conn_turn] BODY -> WAIT
 *     [body_over] WAIT -> HEAD [finish: kept alive] WAIT, BODY -> LINGER [finish] HEAD -> LINGER
 *     [conn_refuse] BODY, WAIT -> TUNNEL [body_over, gn_http_upgrade] -> LINGER [finish]
 *     HEAD -> TUNNEL [begin_raw] any -> CLOSING [conn_close]
 *
 * 1. Bytes that cannot be used yet are kept in `in`: a head's beginning, a body its owner did
 *    not take, the next request while this one is answered. Reading stops when they are too
 *    many, and TCP tells the client.
 * 2. An answer that begins before the body is all here ends the connection: what follows could
 *    not be told from a request.
 * 3. A connection lingers before it closes, since closing with unread bytes makes the kernel
 *    throw the answer away.
 * 4. A tunnel whose client has not taken what it was sent is not read: what it says may have to
 *    be answered. */
#include "net/http_conn.h"

#include <stdlib.h>

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	(void)hint;
	struct conn *c = handle->data;
	unsigned len = c->state == CONN_HEAD ? GN_HTTP_HEAD_READ : sizeof c->http->read_buffer;
	*buf = uv_buf_init((char *)c->http->read_buffer, len); /* emptied before the next read */
}

static void update_reading(struct conn *c)
{
	if (c->state == CONN_CLOSING)
		return;
	bool want = !c->broken && c->state != CONN_TURN;
	if (c->state == CONN_BODY)
		want = want && c->in_len == 0;
	else if (c->state == CONN_WAIT)
		want = want && c->in_len < GN_HTTP_READ && !c->half_closed;
	else if (c->state == CONN_TUNNEL)
		want = want && c->queued == 0;
	if (want == c->reading)
		return;
	c->reading = want;
	if (want && uv_read_start(&c->io.stream, on_alloc, on_read) != 0)
		conn_break(c);
	else if (!want)
		uv_read_stop(&c->io.stream);
}

static bool stash(struct conn *c, struct gn_slice s)
{
	if (s.len == 0)
		return true;
	if (c->in_len + s.len > c->in_cap) {
		size_t cap = c->in_len + s.len + 1024;
		uint8_t *p = malloc(cap);
		if (!p) {
			c->http->count.nomem++;
			conn_break(c);
			return false;
		}
		if (c->in_len)
			memcpy(p, c->in, c->in_len);
		conn_forget(c);
		c->in = p;
		c->in_cap = cap;
	}
	memcpy(c->in + c->in_len, s.p, s.len);
	c->in_len += s.len;
	return true;
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	(void)req;
	(void)status; /* what is wrong with the connection, reading tells too */
}

/* The answer is all given to libuv: end our side after it, and throw away what comes until the
 * client ends his. */
static void linger(struct conn *c)
{
	c->state = CONN_LINGER;
	c->since = c->waits = uv_now(c->http->config.loop);
	c->in_len = 0;
	if (uv_shutdown(&c->shutdown, &c->io.stream, on_shutdown) != 0)
		conn_break(c);
	update_reading(c);
}

void conn_refuse(struct conn *c, const struct gn_http_refusal *why)
{
	struct gn_http_request *r = c->request;
	c->request = NULL;
	conn_put_refusal(c, r, why);
	linger(c);
	if (r) {
		c->http->handler.on_closed(c->http->handler.user, r);
		free(r);
	}
}

/* ---- requests ---- */

/* Parses the complete head in data. */
static void feed_head(struct conn *c, struct gn_slice data)
{
	static char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct gn_http *http = c->http;
	struct gn_http_refusal why;
	struct gn_http_head head;
	struct gn_http_request *r = calloc(1, sizeof *r + data.len);
	if (!r) {
		http->count.nomem++;
		conn_break(c);
		return;
	}
	memcpy(r->text, data.p, data.len);
	if (!gn_http_head_parse(gn_slice(r->text, data.len), &http->config.limits, &head, &why)) {
		free(r);
		http->count.refused_head++;
		conn_refuse(c, &why);
		return;
	}
	http->count.requests++;
	r->conn = c;
	r->head = head;
	r->body_done = !head.chunked && head.content_length == 0;
	c->request = r;
	c->close_after = !head.keep_alive;
	c->waits = uv_now(http->config.loop);
	c->chunks = (struct gn_http_chunks){0};
	c->body_left = head.content_length;
	c->state = CONN_BODY;
	c->body_in = c->body_ms = 0;
	http->handler.on_request(http->handler.user, r);
	if (c->state == CONN_BODY && !r->started && head.expect_continue)
		conn_put(c, &(uv_buf_t){.base = go_on, .len = sizeof go_on - 1}, 1);
}

/* HEAD -> TUNNEL: the client speaks another protocol from its first byte on. */
static void begin_raw(struct conn *c)
{
	struct gn_http_request *r = calloc(1, sizeof *r);
	if (!r) {
		c->http->count.nomem++;
		conn_break(c);
		return;
	}
	r->conn = c;
	r->started = r->tunnel = r->body_done = r->body_told = true;
	r->length = UINT64_MAX;
	c->request = r;
	c->close_after = true;
	c->state = CONN_TUNNEL;
	c->raw = true;
	c->http->conn_count--;
	c->http->raw_count++;
	c->http->count.raw++;
	conn_raw_room(c->http);
	if (c->http->raw_count > c->http->config.raw_max + c->http->refusing_max) {
		/* its owner makes room for those before */
		c->http->count.refused_busy++;
		c->request = NULL;
		free(r);
		conn_break(c);
		return;
	}
	c->http->handler.on_raw(c->http->handler.user, r);
}

/* Hands body bytes to the owner; returns how many are done with. */
static size_t give(struct conn *c, struct gn_slice data)
{
	struct gn_http_request *r = c->request;
	size_t taken = 0;
	if (r->ended || data.len == 0)
		return data.len;
	r->resumed = false;
	c->http->handler.on_body(c->http->handler.user, r, data, &taken);
	GN_ASSERT(taken <= data.len);
	if (c->state == CONN_CLOSING)
		return data.len;
	/* a resume from within counts in the next turn */
	r->paused = taken < data.len && !r->ended;
	return r->ended ? data.len : taken;
}

static void body_over(struct conn *c)
{
	struct gn_http_request *r = c->request;
	r->body_done = true;
	c->state = r->tunnel ? CONN_TUNNEL : CONN_WAIT;
	c->since = uv_now(c->http->config.loop);
	if (r->ended || r->body_told || r->tunnel)
		return;
	r->body_told = true;
	c->http->handler.on_body_end(c->http->handler.user, r);
}

/* Body bytes with a known length. */
static size_t feed_counted(struct conn *c, struct gn_slice data)
{
	size_t used =
		give(c, gn_slice_sub(data, 0,
				     c->body_left < data.len ? (size_t)c->body_left : data.len));
	c->body_left -= used;
	if (c->state == CONN_BODY && c->body_left == 0)
		body_over(c);
	return used;
}

/* Body bytes in chunks. What the owner does not take is found again: the decoder steps only over
 * what was taken. */
static size_t feed_chunked(struct conn *c, struct gn_slice data)
{
	struct gn_http_chunks next = c->chunks;
	struct gn_slice piece;
	size_t used;
	if (gn_http_chunks_next(&next, data, &piece, &used) != GN_OK) {
		c->http->count.refused_body++;
		struct gn_http_request *r = c->request;
		if (r->started)
			conn_break(c);
		else
			conn_refuse(c, &(struct gn_http_refusal){400, GN_USAGE,
								 "the chunked body is malformed"});
		return data.len;
	}
	size_t taken = give(c, piece);
	if (taken < piece.len) { /* the piece is the last of what was used */
		size_t rest = piece.len - taken;
		if (next.state == GN_CHUNK_DATA_CR)
			next.state = GN_CHUNK_DATA;
		next.left += rest;
		used -= rest;
	}
	if (c->state == CONN_CLOSING)
		return data.len;
	c->chunks = next;
	if (next.state == GN_CHUNK_END)
		body_over(c);
	return used;
}

static size_t feed_body(struct conn *c, struct gn_slice data)
{
	if (c->request->body_done) {
		body_over(c);
		return 0;
	}
	return c->request->head.chunked ? feed_chunked(c, data) : feed_counted(c, data);
}

/* Uses up what it can of data; returns how much. */
static size_t feed(struct conn *c, struct gn_slice data)
{
	size_t done = 0;
	while (!c->broken) {
		struct gn_slice rest = gn_slice_sub(data, done, SIZE_MAX);
		enum conn_state before = c->state;
		size_t used = 0;
		bool is_raw = c->state == CONN_HEAD && rest.len && c->is_unix && !c->scanned &&
			      rest.p && rest.p[0] == 0 && c->http->handler.on_raw;
		if (is_raw) {
			begin_raw(c);
		} else if (c->state == CONN_HEAD && rest.len) {
			size_t len = gn_http_head_end(rest, &c->scanned);
			struct gn_http_refusal why = gn_http_head_overrun(
				len ? gn_slice_sub(rest, 0, len) : rest, &c->http->config.limits);
			if (why.status) {
				c->http->count.refused_head++;
				conn_refuse(c, &why);
			} else if (len && !c->has_turn) {
				c->state = CONN_TURN;
				conn_line_up(c);
			} else if (len) {
				c->has_turn = false;
				feed_head(c, gn_slice_sub(rest, 0, len));
				used = len;
			}
		} else if (c->state == CONN_BODY && (rest.len || c->request->body_done)) {
			used = feed_body(c, rest);
		} else if (c->state == CONN_TUNNEL && rest.len) {
			used = give(c, rest);
			GN_ASSERT(c->state == CONN_CLOSING || used == rest.len);
		} else if (c->state == CONN_LINGER || c->state == CONN_CLOSING) {
			return data.len;
		}
		done += used;
		if (used == 0 && c->state == before)
			break;
		if (c->state == CONN_BODY && c->request->paused && !c->request->ended)
			break;
		c->since = uv_now(c->http->config.loop);
	}
	return done;
}

static void feed_stash(struct conn *c)
{
	size_t len = c->in_len, used;
	bool blocked = c->state == CONN_TURN || c->state == CONN_WAIT ||
		       (c->state == CONN_BODY && c->request->paused && !c->request->ended);
	if (blocked || c->state == CONN_CLOSING)
		return;
	/* The owner may answer from inside, never read: `in` stays where it is meanwhile. */
	used = feed(c, gn_slice(c->in, len));
	if (c->state == CONN_CLOSING)
		return;
	if (c->in_len) { /* not emptied by linger() */
		c->in_len -= used;
		memmove(c->in, c->in + used, c->in_len);
		gn_wipe(c->in + c->in_len, used);
	}
	if (c->in_len == 0)
		conn_forget(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = stream->data;
	if (c->state == CONN_CLOSING || n == 0)
		return;
	if (n < 0) {
		/* The end of the client's bytes while the whole answer is on its way is a
		 * half-close: let it arrive. */
		if (n == UV_EOF && c->state == CONN_WAIT && c->request->ended) {
			c->half_closed = c->close_after = true;
			update_reading(c);
			return;
		}
		c->http->count.gone += c->request != NULL;
		conn_close(c);
		return;
	}
	struct gn_slice data = gn_slice(buf->base, (size_t)n);
	if (c->state == CONN_HEAD && c->in_len == 0)
		c->since = uv_now(c->http->config.loop); /* the head's clock begins */
	c->body_in += c->state == CONN_BODY ? data.len : 0;
	if (c->in_len == 0) {
		size_t used = feed(c, data);
		if (c->state != CONN_CLOSING && c->state != CONN_LINGER)
			stash(c, gn_slice_sub(data, used, SIZE_MAX));
	} else if (stash(c, data)) {
		feed_stash(c);
	}
	gn_wipe(buf->base, data.len); /* it is every connection's, and a passphrase may be in it */
	update_reading(c);
}

/* The answer has left: the request is over. */
static void finish(struct conn *c)
{
	struct gn_http_request *r = c->request;
	bool whole = r->body_done && c->state == CONN_WAIT;
	if (c->in_line)
		line_leave(c);
	c->request = NULL;
	c->http->handler.on_closed(c->http->handler.user, r);
	free(r);
	if (c->state == CONN_CLOSING)
		return;
	if (c->close_after || !whole) {
		linger(c);
		return;
	}
	c->state = CONN_HEAD;
	c->scanned = 0;
	c->since = c->waits = uv_now(c->http->config.loop);
}

void conn_begin(struct conn *c)
{
	c->state = CONN_HEAD;
	update_reading(c);
}

void conn_turn(struct conn *c)
{
	c->state = CONN_HEAD;
	c->has_turn = true;
	feed_stash(c);
	update_reading(c);
}

void conn_run(struct conn *c)
{
	if (c->broken) {
		conn_close(c);
		return;
	}
	conn_go_on_soon(c);
	if (c->state == CONN_BODY && c->request->resumed)
		c->request->paused = c->request->resumed = false;
	if (c->state != CONN_CLOSING && c->in_len)
		feed_stash(c);
	if (c->state != CONN_CLOSING && c->request && c->request->ended && c->queued == 0) {
		finish(c);
		if (c->state == CONN_HEAD && c->in_len)
			feed_stash(c);
	}
	update_reading(c);
}
