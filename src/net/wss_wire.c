/* What is said over a connection, as bytes in and bytes out: a proxy's CONNECT, the upgrade of HTTP
 * to WebSocket, frames (RFC 9110 section 9.3.6, RFC 6455, RE-45).
 *
 *     HEAD -> open [upgrade asked and granted] -> over [close, or what breaks the protocol]
 *
 * 1. A head is gathered to its end or to WSS_HEAD_MAX, and judged whole; the bytes after it are
 *    frames.
 * 2. After the last words (a refusal, a close) nothing else is said, and nothing is heard.
 * 3. Whoever asks for anything else learns that it is not found, and no more: also a page in a
 *    browser, which an Origin tells. */
#include "net/wss_int.h"

#include <stdio.h>

#define PATH "/geonet/1"
#define PROTOCOL "geonet.1"

static const struct gn_http_limits limits = {1024, WSS_HEAD_MAX, WSS_HEAD_MAX};

/* ---- texts ---- */

static bool begins(struct gn_slice s, const char *with)
{
	return gn_same_word(gn_slice_sub(s, 0, strlen(with)), gn_str(with));
}

/* "host[:port]", lower case. */
static gn_err host_parse(struct gn_slice text, uint16_t port, struct wss_host *out)
{
	struct wss_host h = {.port = port};
	struct gn_buf name = {(uint8_t *)h.host, 0, sizeof h.host - 1};
	struct gn_addr address;
	char with_port[sizeof h.host + 2];
	uint16_t said = 0;
	GN_TRY(gn_http_host(text, &name, &said));
	bool bracketed = h.host[0] == '[';
	if (!bracketed && name.len > WSS_HOST_MAX)
		return GN_TOO_LARGE;
	if (said)
		h.port = said;
	snprintf(with_port, sizeof with_port, "%s:1", h.host);
	h.is_name = gn_addr_parse(gn_str(with_port), &address) != GN_OK;
	if (bracketed && h.is_name)
		return GN_TEXT;
	*out = h;
	return GN_OK;
}

gn_err wss_url_parse(struct gn_slice url, struct wss_host *out)
{
	static const char scheme[] = "wss://";
	if (!begins(url, scheme))
		return GN_TEXT;
	struct gn_slice rest = gn_slice_sub(url, strlen(scheme), SIZE_MAX);
	const uint8_t *slash = rest.len ? memchr(rest.p, '/', rest.len) : NULL;
	if (!slash ||
	    !gn_slice_eq(gn_slice_sub(rest, (size_t)(slash - rest.p), SIZE_MAX), GN_LIT(PATH)))
		return GN_TEXT;
	return host_parse(gn_slice(rest.p, (size_t)(slash - rest.p)), 443, out);
}

/* The user part of a proxy's address, percent-encoded, as base64. */
static gn_err basic(struct gn_slice user, char out[WSS_BASIC_MAX + 1])
{
	uint8_t plain[WSS_BASIC_MAX];
	struct gn_buf b = {plain, 0, sizeof plain};
	gn_err err = gn_http_unescape(user, &b);
	if (!err && !memchr(user.p, ':', user.len))
		err = gn_buf_put(&b, GN_LIT(":"));
	if (!err)
		err = gn_base64(gn_buf_slice(&b), false, out, WSS_BASIC_MAX + 1);
	gn_wipe(plain, sizeof plain);
	return err;
}

gn_err wss_proxy_parse(struct gn_slice text, struct wss_proxy *out)
{
	struct wss_proxy p = {0};
	GN_ASSERT(text.p);
	if (begins(text, "http://"))
		text = gn_slice(text.p + strlen("http://"), text.len - strlen("http://"));
	for (size_t i = 0; i + 2 < text.len; i++)
		if (memcmp(text.p + i, "://", 3) == 0)
			return GN_UNSUPPORTED;
	if (text.len && text.p[text.len - 1] == '/')
		text.len--;
	size_t at = text.len; /* of the last '@' */
	while (at && text.p[at - 1] != '@')
		at--;
	gn_err err = at > 1 ? basic(gn_slice_sub(text, 0, at - 1), p.basic) : GN_OK;
	if (!err)
		err = host_parse(gn_slice_sub(text, at, SIZE_MAX), 80, &p.at);
	if (!err)
		*out = p;
	gn_wipe(&p, sizeof p);
	return err ? GN_TEXT : GN_OK;
}

static struct gn_slice trim(struct gn_slice s)
{
	while (s.len && (*s.p == ' ' || *s.p == '.'))
		s = gn_slice(s.p + 1, s.len - 1);
	while (s.len && s.p[s.len - 1] == ' ')
		s.len--;
	return s;
}

bool wss_proxy_spared(struct gn_slice list, const struct wss_host *host)
{
	struct gn_slice name = gn_str(host->host);
	while (list.len) {
		const uint8_t *comma = memchr(list.p, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.p) : list.len;
		struct gn_slice word = trim(gn_slice(list.p, len));
		list = gn_slice_sub(list, len + 1, SIZE_MAX);
		if (gn_slice_eq(word, GN_LIT("*")) || gn_same_word(word, name))
			return true;
		if (host->is_name && word.len && word.len < name.len &&
		    name.p[name.len - word.len - 1] == '.' &&
		    gn_same_word(word, gn_slice_sub(name, name.len - word.len, SIZE_MAX)))
			return true;
	}
	return false;
}

/* ---- heads ---- */

void wss_wire_init(struct wss_wire *w, bool client, bool behind, struct gn_rand *rand)
{
	*w = (struct wss_wire){.client = client, .behind = behind, .rand = rand};
}

/* All or nothing. */
static void say(struct gn_buf *out, const char *text)
{
	(void)!gn_buf_put(out, gn_str(text));
}

static void say_host(struct gn_buf *out, const struct wss_host *to, bool always)
{
	char port[8];
	say(out, to->host);
	snprintf(port, sizeof port, ":%u", to->port);
	if (always || to->port != 443)
		say(out, port);
}

void wss_wire_connect(const struct wss_host *to, const struct wss_proxy *proxy, struct gn_buf *out)
{
	say(out, "CONNECT ");
	say_host(out, to, true);
	say(out, " HTTP/1.1\r\nHost: ");
	say_host(out, to, true);
	if (proxy->basic[0]) {
		say(out, "\r\nProxy-Authorization: Basic ");
		say(out, proxy->basic);
	}
	say(out, "\r\n\r\n");
}

void wss_wire_ask(struct wss_wire *w, const struct wss_host *to, struct gn_buf *out)
{
	uint8_t nonce[16];
	char key[25];
	gn_rand_fill(w->rand, nonce, sizeof nonce);
	gn_err err = gn_base64(GN_SLICE(nonce), false, key, sizeof key);
	GN_ASSERT(err == GN_OK && w->client && !w->open);
	gn_ws_accept_text(gn_str(key), w->accept);
	say(out, "GET " PATH " HTTP/1.1\r\nHost: ");
	say_host(out, to, false);
	say(out, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		 "Sec-WebSocket-Protocol: " PROTOCOL "\r\nSec-WebSocket-Key: ");
	say(out, key);
	say(out, "\r\n\r\n");
}

/* Gathers a head; GN_OK: it is whole, and what follows is still in in. */
static gn_err gather(struct wss_wire *w, struct gn_slice *in, struct gn_slice *head)
{
	size_t had = w->head_len, room = sizeof w->bytes - had;
	struct gn_slice part = gn_slice_sub(*in, 0, room);
	if (part.len)
		memcpy(w->bytes + had, part.p, part.len);
	w->head_len += part.len;
	size_t end = gn_http_head_end(gn_slice(w->bytes, w->head_len), &w->scanned);
	if (!end) {
		*in = gn_slice_sub(*in, part.len, SIZE_MAX);
		return w->head_len == sizeof w->bytes ? GN_TOO_LARGE : GN_AGAIN;
	}
	*in = gn_slice_sub(*in, end > had ? end - had : 0, SIZE_MAX);
	*head = gn_slice(w->bytes, end);
	w->head_len = w->scanned = 0;
	return GN_OK;
}

gn_err wss_wire_connected(struct wss_wire *w, struct gn_slice *in)
{
	struct gn_slice bytes;
	struct gn_http_head head;
	int status;
	GN_TRY(gather(w, in, &bytes));
	if (!gn_http_answer_parse(bytes, &limits, &status, &head))
		return GN_PROTOCOL;
	if (status / 100 == 2)
		return GN_OK;
	return status == 407 || status == 403 ? GN_DENIED : GN_UNREACHABLE;
}

static gn_err begin_frames(struct wss_wire *w, struct wss_event *event)
{
	gn_ws_parser_init(&w->parser, (struct gn_buf){w->bytes, 0, WSS_MESSAGE_MAX});
	w->parser.binary = true;
	w->parser.of_server = w->client;
	w->open = true;
	*event = (struct wss_event){.kind = WSS_OPENED};
	return GN_OK;
}

/* The last entry is the web server's; what stands before it the client may have written. */
static void take_forwarded(struct wss_wire *w, struct gn_slice list)
{
	char text[64];
	struct gn_addr from;
	size_t at = list.len, colons = 0;
	if (!list.p)
		return;
	while (at && list.p[at - 1] != ',')
		at--;
	struct gn_slice last = trim(gn_slice(list.p + at, list.len - at));
	if (!last.len || last.len > sizeof text - 5)
		return;
	for (size_t i = 0; i < last.len; i++)
		colons += last.p[i] == ':';
	bool v6 = colons > 1 && last.p[0] != '[',
	     has_port = colons && !v6 && last.p[last.len - 1] != ']';
	snprintf(text, sizeof text, "%s%.*s%s%s", v6 ? "[" : "", (int)last.len,
		 (const char *)last.p, v6 ? "]" : "", has_port ? "" : ":1");
	if (gn_addr_parse(gn_str(text), &from) == GN_OK && from.port)
		w->from = from;
}

static bool asks_for_us(const struct gn_http_head *head)
{
	struct gn_ws_asked asked = {
		.method = head->method,
		.upgrade = head->headers[GN_HTTP_H_UPGRADE],
		.key = head->headers[GN_HTTP_H_SEC_WEBSOCKET_KEY],
		.version = head->headers[GN_HTTP_H_SEC_WEBSOCKET_VERSION],
		.connection = gn_http_list_has(head->headers[GN_HTTP_H_CONNECTION], "upgrade"),
		.has_body = head->chunked || head->content_length};
	return gn_slice_eq(head->path, GN_LIT(PATH)) && !head->query.len &&
	       !head->headers[GN_HTTP_H_ORIGIN].p && gn_ws_asked_ok(&asked) &&
	       gn_http_list_has(head->headers[GN_HTTP_H_SEC_WEBSOCKET_PROTOCOL], PROTOCOL);
}

static gn_err refuse(struct wss_wire *w, const char *status, gn_err err, struct gn_buf *out)
{
	say(out, "HTTP/1.1 ");
	say(out, status);
	say(out, "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
	w->over = true;
	return err;
}

static gn_err next_request(struct wss_wire *w, struct gn_slice *in, struct gn_buf *out,
			   struct wss_event *event)
{
	struct gn_slice bytes;
	struct gn_http_head head;
	struct gn_http_refusal why;
	char accept[29];
	gn_err err = gather(w, in, &bytes);
	if (err == GN_TOO_LARGE)
		return refuse(w, "431 Request Header Fields Too Large", err, out);
	if (err)
		return err;
	if (!gn_http_head_parse(bytes, &limits, &head, &why))
		return refuse(w, "400 Bad Request", GN_PROTOCOL, out);
	if (!asks_for_us(&head))
		return refuse(w, "404 Not Found", GN_NOT_FOUND, out);
	if (w->behind)
		take_forwarded(w, head.headers[GN_HTTP_H_X_FORWARDED_FOR]);
	gn_ws_accept_text(head.headers[GN_HTTP_H_SEC_WEBSOCKET_KEY], accept);
	say(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Protocol: " PROTOCOL "\r\nSec-WebSocket-Accept: ");
	say(out, accept);
	say(out, "\r\n\r\n");
	return begin_frames(w, event);
}

static gn_err next_answer(struct wss_wire *w, struct gn_slice *in, struct wss_event *event)
{
	struct gn_slice bytes;
	struct gn_http_head head;
	int status = 0;
	gn_err err = gather(w, in, &bytes);
	if (err == GN_AGAIN)
		return err;
	w->over = true;
	if (err)
		return err;
	if (!gn_http_answer_parse(bytes, &limits, &status, &head))
		return GN_PROTOCOL;
	if (status != 101)
		return GN_NOT_FOUND;
	if (!gn_same_word(head.headers[GN_HTTP_H_UPGRADE], GN_LIT("websocket")) ||
	    !gn_http_list_has(head.headers[GN_HTTP_H_CONNECTION], "upgrade") ||
	    !gn_slice_eq(head.headers[GN_HTTP_H_SEC_WEBSOCKET_ACCEPT], gn_str(w->accept)) ||
	    !gn_slice_eq(head.headers[GN_HTTP_H_SEC_WEBSOCKET_PROTOCOL], GN_LIT(PROTOCOL)))
		return GN_PROTOCOL;
	w->over = false;
	return begin_frames(w, event);
}

/* ---- frames ---- */

/* A control frame; data is 125 bytes at most. */
static void put(struct wss_wire *w, enum gn_ws_kind kind, struct gn_slice data, struct gn_buf *out)
{
	uint8_t frame[14 + 125], head[14], mask[4], *payload = frame + 14;
	GN_ASSERT(data.len <= 125 && w->open);
	if (data.len)
		memcpy(payload, data.p, data.len);
	if (w->client)
		gn_rand_fill(w->rand, mask, sizeof mask);
	size_t n = w->client ? gn_ws_mask(kind, mask, payload, data.len, head)
			     : gn_ws_head(kind, data.len, head);
	memcpy(payload - n, head, n);
	(void)!gn_buf_put(out, gn_slice(payload - n, n + data.len));
}

void wss_wire_ping(struct wss_wire *w, struct gn_buf *out)
{
	put(w, GN_WS_PING, GN_LIT(""), out);
}

void wss_wire_close(struct wss_wire *w, uint16_t code, struct gn_buf *out)
{
	const uint8_t bytes[] = {(uint8_t)(code >> 8), (uint8_t)code};
	if (w->open && !w->over)
		put(w, GN_WS_CLOSE, gn_slice(bytes, code ? sizeof bytes : 0), out);
	w->over = true;
}

size_t wss_wire_frame(struct wss_wire *w, uint8_t *at, size_t len)
{
	uint8_t head[14], mask[4];
	size_t prefix = w->client ? WSS_PREFIX_CLIENT : WSS_PREFIX_SERVER, n;
	GN_ASSERT(len > 0 && len <= WSS_MESSAGE_MAX);
	if (w->client) {
		gn_rand_fill(w->rand, mask, sizeof mask);
		n = gn_ws_mask(GN_WS_BINARY, mask, at + prefix, len, head);
	} else {
		n = gn_ws_head(GN_WS_BINARY, len, head);
	}
	GN_ASSERT(n <= prefix);
	memcpy(at + prefix - n, head, n);
	return prefix - n;
}

static gn_err next_frame(struct wss_wire *w, struct gn_slice *in, struct gn_buf *out,
			 struct wss_event *event)
{
	struct gn_ws_message m;
	uint16_t code = 0;
	size_t used;
	gn_err err = gn_ws_parse(&w->parser, *in, &used, &m, &code);
	*in = gn_slice_sub(*in, used, SIZE_MAX);
	if (err == GN_AGAIN)
		return err;
	if (err) {
		wss_wire_close(w, code, out);
		return err;
	}
	*event = (struct wss_event){.kind = WSS_HEARD};
	switch (m.kind) {
	case GN_WS_BINARY: *event = (struct wss_event){WSS_DATAGRAM, m.data}; break;
	case GN_WS_PING: put(w, GN_WS_PONG, m.data, out); break;
	case GN_WS_CLOSE: wss_wire_close(w, m.data.len ? 1000 : 0, out); return GN_CLOSED;
	case GN_WS_TEXT:
	case GN_WS_PONG: break;
	}
	return GN_OK;
}

gn_err wss_wire_next(struct wss_wire *w, struct gn_slice *in, struct gn_buf *out,
		     struct wss_event *event)
{
	GN_ASSERT(out->cap - out->len >= WSS_SAY_MAX);
	if (w->over)
		return GN_CLOSED;
	if (w->open)
		return next_frame(w, in, out, event);
	return w->client ? next_answer(w, in, event) : next_request(w, in, out, event);
}
