/* Writing answers. What the socket takes at once is not copied; the rest waits in libuv as
 * blocks, counted in `queued`.
 *
 * 1. Above config.write_high queued gn_http_write says stop; on_drain comes in a later turn when
 *    a quarter or less is queued. gn_http_more says it too when all answers together have
 *    written GN_HTTP_TURN_BYTES in this turn of the loop; then they are drained by turns, so
 *    those who take what they get as fast as it comes do not keep the loop to themselves.
 * 2. A broken connection takes no more bytes and its request's calls do nothing; conn_close
 *    follows in the next turn.
 * 3. An answer ends whole (length kept, last chunk sent) or the connection is cut. */
#include "net/http_conn.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

struct block {
	uv_write_t req;
	struct conn *c;
	size_t len;
	uint8_t data[];
};

void conn_break(struct conn *c)
{
	c->broken = true;
	conn_mark_ready(c);
}

static bool may_go_on(const struct conn *c)
{
	const struct gn_http_request *r = c->request;
	return r && r->want_drain && !r->ended && !c->broken &&
	       c->queued <= c->http->config.write_high / 4;
}

void conn_go_on_soon(struct conn *c)
{
	if (may_go_on(c) && !c->in_line)
		conn_line_up(c);
}

void conn_drain(struct conn *c)
{
	if (!may_go_on(c))
		return;
	c->request->want_drain = false;
	c->http->handler.on_drain(c->http->handler.user, c->request);
}

static void on_written(uv_write_t *req, int status)
{
	struct block *b = GN_CONTAINER(req, struct block, req);
	struct conn *c = b->c;
	c->queued -= b->len;
	free(b);
	if (c->state == CONN_CLOSING)
		return;
	c->since = uv_now(c->http->config.loop);
	if (status < 0) {
		c->http->count.gone += c->request != NULL && !c->broken;
		conn_break(c);
		return;
	}
	conn_go_on_soon(c);
	if (c->request && c->queued == 0 && (c->request->ended || c->state == CONN_TUNNEL))
		conn_mark_ready(c);
}

/* Copies what is left after skip bytes into a block that libuv keeps. */
static void put_block(struct conn *c, const uv_buf_t *bufs, unsigned count, size_t skip, size_t len)
{
	struct block *b = malloc(sizeof *b + len);
	if (!b) {
		c->http->count.nomem++;
		conn_break(c);
		return;
	}
	b->c = c;
	b->len = 0;
	for (unsigned i = 0; i < count; i++) {
		size_t cut = skip < bufs[i].len ? skip : bufs[i].len;
		if (bufs[i].len > cut)
			memcpy(b->data + b->len, bufs[i].base + cut, bufs[i].len - cut);
		b->len += bufs[i].len - cut;
		skip -= cut;
	}
	uv_buf_t all = uv_buf_init((char *)b->data, (unsigned)b->len);
	c->queued += b->len;
	if (uv_write(&b->req, &c->io.stream, &all, 1, on_written) != 0) {
		c->queued -= b->len;
		free(b);
		conn_break(c);
	}
}

void conn_put(struct conn *c, const uv_buf_t *bufs, unsigned count)
{
	size_t len = 0;
	int n = 0;
	if (c->broken || c->state == CONN_CLOSING)
		return;
	for (unsigned i = 0; i < count; i++)
		len += bufs[i].len;
	if (c->queued == 0)
		n = uv_try_write(&c->io.stream, bufs, count);
	if (n == UV_EAGAIN)
		n = 0;
	if (n < 0) {
		c->http->count.gone += c->request != NULL;
		conn_break(c);
		return;
	}
	c->http->spent += len;
	c->put += len;
	if ((size_t)n < len)
		put_block(c, bufs, count, (size_t)n, len - (size_t)n);
}

/* ---- heads ---- */

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} table[] = {
		{101, "Switching Protocols"},
		{200, "OK"},
		{201, "Created"},
		{202, "Accepted"},
		{204, "No Content"},
		{206, "Partial Content"},
		{301, "Moved Permanently"},
		{302, "Found"},
		{303, "See Other"},
		{304, "Not Modified"},
		{307, "Temporary Redirect"},
		{308, "Permanent Redirect"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{409, "Conflict"},
		{412, "Precondition Failed"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{416, "Range Not Satisfiable"},
		{417, "Expectation Failed"},
		{421, "Misdirected Request"},
		{429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{502, "Bad Gateway"},
		{503, "Service Unavailable"},
		{504, "Gateway Timeout"},
		{505, "HTTP Version Not Supported"},
		{507, "Insufficient Storage"},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++)
		if (table[i].status == status)
			return table[i].text;
	return "";
}

/* RFC 9110 section 5.6.7, in English whatever the locale. */
static const char *date_now(struct gn_http *http)
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t now = time(NULL);
	struct tm tm;
	if (now != http->date_at && gmtime_r(&now, &tm)) {
		http->date_at = now;
		snprintf(http->date, sizeof http->date, "%s, %02d %s %04d %02d:%02d:%02d GMT",
			 days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
			 (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min, tm.tm_sec);
	}
	return http->date;
}

struct text {
	char *p;
	size_t len, cap;
};

static void add_line(struct text *t, const char *name, struct gn_slice value)
{
	size_t name_len = strlen(name);
	if (t->cap - t->len < name_len + value.len + 4)
		return;
	t->len += (size_t)snprintf(t->p + t->len, name_len + 3, "%s: ", name);
	if (value.len)
		memcpy(t->p + t->len, value.p, value.len);
	t->len += value.len;
	memcpy(t->p + t->len, "\r\n", 2);
	t->len += 2;
}

static bool is_ours(const char *name)
{
	static const char *const ours[] = {"date", "connection", "content-length",
					   "transfer-encoding"};
	for (size_t i = 0; i < GN_COUNT(ours); i++) {
		size_t k = 0;
		while (name[k] && (name[k] | 0x20) == (ours[i][k] | 0x20))
			k++;
		if (!name[k] && !ours[i][k])
			return true;
	}
	return false;
}

/* The answer's head in text; decides how its end will be told, and whether the connection lives
 * on. */
static void make_head(struct gn_http_request *r, int status, const struct gn_http_field *fields,
		      size_t count, uint64_t length, struct text *t)
{
	struct conn *c = r->conn;
	char number[24];
	bool bare = status == 204 || status < 200;
	r->started = true;
	r->length = length;
	r->silent = r->head.method == GN_HTTP_HEAD || bare || status == 304;
	r->chunked_out = length == UINT64_MAX && !r->silent && !r->head.old;
	if (!r->body_done || (length == UINT64_MAX && !r->silent && r->head.old))
		c->close_after = true;
	t->len = (size_t)snprintf(t->p, 64, "HTTP/1.1 %03d %s\r\n", status, reason(status));
	add_line(t, "Date", gn_str(date_now(c->http)));
	if (c->close_after)
		add_line(t, "Connection", GN_LIT("close"));
	if (r->chunked_out)
		add_line(t, "Transfer-Encoding", GN_LIT("chunked"));
	if (length != UINT64_MAX && !bare && (status != 304 || length)) {
		snprintf(number, sizeof number, "%llu", (unsigned long long)length);
		add_line(t, "Content-Length", gn_str(number));
	}
	t->len += (size_t)snprintf(t->p + t->len, t->cap - t->len, "%s", c->http->config.always);
	t->cap -= 2;
	for (size_t i = 0; i < count; i++)
		if (gn_http_field_ok(&fields[i]) && !is_ours(fields[i].name))
			add_line(t, fields[i].name, fields[i].value);
	memcpy(t->p + t->len, "\r\n", 2);
	t->len += 2;
}

static uv_buf_t buf_of(struct gn_slice s)
{
	/* libuv reads only, its type does not say so */
	return uv_buf_init((char *)(uintptr_t)s.p, (unsigned)s.len);
}

void conn_put_refusal(struct conn *c, struct gn_http_request *r, const struct gn_http_refusal *why)
{
	char body[256], head[512 + GN_HTTP_ALWAYS], id[GN_HTTP_ID_MAX] = "",
						    line[GN_HTTP_ID_MAX + 20] = "";
	if (c->http->config.request_id) {
		c->http->config.request_id(c->http->handler.user, r, id);
		snprintf(line, sizeof line, "X-Request-ID: %s\r\n", id);
	}
	int n = snprintf(body, sizeof body,
			 "{\"error\": {\"code\": \"%s\", \"message\": \"%s\", \"details\": {}}}\n",
			 c->http->config.error_code(why->err), why->text);
	GN_ASSERT(n > 0 && (size_t)n < sizeof body);
	int h = snprintf(head, sizeof head,
			 "HTTP/1.1 %d %s\r\nDate: %s\r\n%s%sConnection: close\r\nContent-Type: "
			 "application/json\r\nContent-Length: %d\r\n\r\n",
			 why->status, reason(why->status), date_now(c->http), line,
			 c->http->config.always, n);
	GN_ASSERT(h > 0 && (size_t)h < sizeof head);
	uv_buf_t bufs[] = {uv_buf_init(head, (unsigned)h), uv_buf_init(body, (unsigned)n)};
	conn_put(c, bufs, 2);
}

/* ---- the owner's calls ---- */

static bool is_dead(const struct gn_http_request *r)
{
	return r->conn->broken || r->conn->state == CONN_CLOSING;
}

static void end_answer(struct gn_http_request *r)
{
	r->ended = true;
	conn_mark_ready(r->conn);
}

void gn_http_respond(struct gn_http_request *r, int status, const struct gn_http_field *fields,
		     size_t count, struct gn_slice body)
{
	char head[GN_HTTP_ANSWER_HEAD];
	struct text t = {head, 0, sizeof head};
	GN_ASSERT(!r->started && body.len <= UINT32_MAX);
	if (is_dead(r))
		return;
	make_head(r, status, fields, count, body.len, &t);
	uv_buf_t bufs[] = {uv_buf_init(head, (unsigned)t.len), buf_of(body)};
	r->written = body.len;
	conn_put(r->conn, bufs, r->silent || body.len == 0 ? 1 : 2);
	end_answer(r);
}

void gn_http_start(struct gn_http_request *r, int status, const struct gn_http_field *fields,
		   size_t count, uint64_t length)
{
	char head[GN_HTTP_ANSWER_HEAD];
	struct text t = {head, 0, sizeof head};
	GN_ASSERT(!r->started);
	if (is_dead(r))
		return;
	make_head(r, status, fields, count, length, &t);
	conn_put(r->conn, &(uv_buf_t){.base = head, .len = t.len}, 1);
}

bool gn_http_write(struct gn_http_request *r, struct gn_slice data)
{
	struct conn *c = r->conn;
	char size[24];
	if (is_dead(r))
		return false;
	GN_ASSERT(r->started && !r->ended && data.len <= UINT32_MAX / 2);
	if (r->silent || data.len == 0)
		return true;
	GN_ASSERT(r->length == UINT64_MAX || data.len <= r->length - r->written);
	r->written += data.len;
	uv_buf_t bufs[3] = {
		{.base = size, .len = 0}, buf_of(data), uv_buf_init((char *)(uintptr_t)"\r\n", 2)};
	if (r->chunked_out) {
		bufs[0].len = (size_t)snprintf(size, sizeof size, "%zx\r\n", data.len);
		conn_put(c, bufs, 3);
	} else {
		conn_put(c, bufs + 1, 1);
	}
	if (c->broken)
		return false;
	if (c->queued <= c->http->config.write_high)
		return true;
	r->want_drain = true;
	return false;
}

bool gn_http_more(struct gn_http_request *r)
{
	struct conn *c = r->conn;
	if (is_dead(r))
		return false;
	if (c->http->spent < GN_HTTP_TURN_BYTES)
		return true;
	r->want_drain = true;
	conn_go_on_soon(c);
	return false;
}

uint64_t gn_http_behind(const struct gn_http_request *r)
{
	return r->conn->behind;
}

void gn_http_end(struct gn_http_request *r)
{
	static char last[] = "0\r\n\r\n";
	if (is_dead(r))
		return;
	GN_ASSERT(r->started && !r->ended);
	if (!r->silent && r->length != UINT64_MAX && r->written != r->length) {
		gn_http_abort(r);
		return;
	}
	if (r->chunked_out)
		conn_put(r->conn, &(uv_buf_t){.base = last, .len = sizeof last - 1}, 1);
	end_answer(r);
}

void gn_http_abort(struct gn_http_request *r)
{
	struct conn *c = r->conn;
	if (is_dead(r))
		return;
	c->http->count.aborted++;
	c->reset = r->started && !r->silent && !r->chunked_out && r->length == UINT64_MAX;
	conn_break(c);
}

void gn_http_upgrade(struct gn_http_request *r, const char *protocol,
		     const struct gn_http_field *fields, size_t count)
{
	struct conn *c = r->conn;
	char head[GN_HTTP_ANSWER_HEAD];
	struct text t = {head, 0, sizeof head - 2};
	GN_ASSERT(!r->started && r->body_done);
	if (is_dead(r))
		return;
	r->started = r->tunnel = true;
	r->length = UINT64_MAX;
	c->close_after = true;
	t.len = (size_t)snprintf(t.p, 64, "HTTP/1.1 101 %s\r\n", reason(101));
	add_line(&t, "Connection", GN_LIT("Upgrade"));
	add_line(&t, "Upgrade", gn_str(protocol));
	for (size_t i = 0; i < count; i++)
		if (gn_http_field_ok(&fields[i]) && !is_ours(fields[i].name))
			add_line(&t, fields[i].name, fields[i].value);
	memcpy(t.p + t.len, "\r\n", 2);
	conn_put(c, &(uv_buf_t){.base = head, .len = t.len + 2}, 1);
	if (c->state == CONN_WAIT) {
		c->state = CONN_TUNNEL;
		conn_mark_ready(c);
	}
}

void gn_http_body_resume(struct gn_http_request *r)
{
	r->resumed = true;
	conn_mark_ready(r->conn);
}

/* ---- what was asked ---- */

enum gn_http_method gn_http_method(const struct gn_http_request *r)
{
	return r->head.method;
}

struct gn_slice gn_http_path(const struct gn_http_request *r)
{
	return r->head.path;
}

struct gn_slice gn_http_query(const struct gn_http_request *r)
{
	return r->head.query;
}

struct gn_slice gn_http_header(const struct gn_http_request *r, const char *name)
{
	enum gn_http_header_id id = gn_http_header_find(name);
	return id < GN_HTTP_H_PUBLIC ? r->head.headers[id] : (struct gn_slice){NULL, 0};
}

static bool is_origin(struct gn_slice origin, struct gn_slice scheme, struct gn_slice host)
{
	return gn_slice_eq(gn_slice_sub(origin, 0, scheme.len), scheme) &&
	       gn_slice_eq(gn_slice_sub(origin, scheme.len, SIZE_MAX), host);
}

bool gn_http_is_prefetch(const struct gn_http_request *r)
{
	return gn_http_header(r, "sec-purpose").p || gn_http_header(r, "purpose").p ||
	       gn_http_header(r, "x-moz").p;
}

bool gn_http_is_foreign(const struct gn_http_request *r, bool tls)
{
	struct gn_slice origin = gn_http_header(r, "origin"),
			site = gn_http_header(r, "sec-fetch-site"),
			host = gn_http_header(r, "host");
	if ((site.p && !gn_slice_eq(site, GN_LIT("same-origin")) &&
	     !gn_slice_eq(site, GN_LIT("none"))) ||
	    gn_http_is_prefetch(r))
		return true;
	return origin.p && !is_origin(origin, GN_LIT("http://"), host) &&
	       !(tls && is_origin(origin, GN_LIT("https://"), host));
}

void gn_http_peer(const struct gn_http_request *r, struct gn_addr *out)
{
	conn_peer(r->conn, out);
}

bool gn_http_has_body(const struct gn_http_request *r)
{
	return !r->body_done;
}

bool gn_http_connection_has(const struct gn_http_request *r, const char *word)
{
	return r->head.headers[GN_HTTP_H_CONNECTION].p &&
	       gn_http_list_has(r->head.headers[GN_HTTP_H_CONNECTION], word);
}

bool gn_http_is_unix(const struct gn_http_request *r)
{
	return r->conn->is_unix;
}

bool gn_http_peer_uid(const struct gn_http_request *r, uint32_t *uid)
{
	if (r->conn->has_uid)
		*uid = r->conn->uid;
	return r->conn->has_uid;
}

bool gn_http_loopback_uid(const struct gn_http_request *r, uint32_t *uid)
{
	uv_os_fd_t fd;
	unsigned found;
	if (gn_http_is_unix(r) || uv_fileno(&r->conn->io.handle, &fd) != 0 ||
	    !gn_os_tcp_owner(fd, &found))
		return false;
	*uid = found;
	return true;
}

void gn_http_set_user(struct gn_http_request *r, void *user)
{
	r->user = user;
}

void *gn_http_user(const struct gn_http_request *r)
{
	return r->user;
}
