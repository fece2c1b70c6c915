/* Request heads, chunked bodies and the helpers on their values, with what must hold whatever
 * comes in. */
#include "net/http_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct gn_slice part, const uint8_t *data, size_t len)
{
	if (part.p && part.len)
		GN_ASSERT((part.p >= data && part.p + part.len <= data + len) ||
			  part.len == 1 /* the "/" of "http://host" */);
}

static void helpers(struct gn_slice s)
{
	static uint8_t text[1 << 16];
	struct gn_buf out = {text, 0, sizeof text};
	uint64_t first = 0, last = 0;
	uint16_t port;
	if (gn_http_range(s, 1000, &first, &last) == GN_OK)
		GN_ASSERT(first <= last && last < 1000);
	gn_http_etag_match(s, GN_LIT("\"tag\""));
	if (gn_http_unescape(s, &out) == GN_OK)
		GN_ASSERT(out.len <= s.len && !memchr(text, 0, out.len));
	out.len = 0;
	if (gn_http_query_value(s, "w", &out) == GN_OK)
		GN_ASSERT(out.len <= s.len);
	out.len = 0;
	if (gn_http_host(s, &out, &port) == GN_OK)
		GN_ASSERT(out.len && out.len <= s.len);
}

static void head(const uint8_t *data, size_t len)
{
	static const struct gn_http_limits limits = {200, 300, 1000};
	struct gn_http_head h;
	struct gn_http_refusal why = {0};
	size_t scanned = 0, end = gn_http_head_end(gn_slice(data, len), &scanned), slow = 0;
	GN_ASSERT(end <= len);
	scanned = 0;
	/* byte by byte it ends at the same place */
	for (size_t n = 0; n <= len && !slow && len < 512; n++)
		slow = gn_http_head_end(gn_slice(data, n), &scanned);
	GN_ASSERT(len >= 512 || slow == end);
	why = gn_http_head_overrun(gn_slice(data, len), &limits);
	GN_ASSERT(why.status == 0 || (why.status >= 400 && why.text));
	if (!end)
		return;
	if (!gn_http_head_parse(gn_slice(data, end), &limits, &h, &why)) {
		GN_ASSERT(why.status >= 400 && why.status < 600 && why.text);
		return;
	}
	GN_ASSERT(h.path.len && h.path.len + h.query.len <= limits.path);
	inside(h.path, data, end);
	inside(h.query, data, end);
	helpers(h.path);
	helpers(h.query);
	for (unsigned i = 0; i < GN_HTTP_H_COUNT; i++) {
		inside(h.headers[i], data, end);
		helpers(h.headers[i]);
		if (h.headers[i].p)
			GN_ASSERT(gn_http_field_ok(&(struct gn_http_field){"x", h.headers[i]}));
	}
	GN_ASSERT(!h.chunked || h.content_length == 0);
}

static void chunks(const uint8_t *data, size_t len)
{
	struct gn_http_chunks c = {0};
	for (size_t at = 0; at < len;) {
		struct gn_slice piece;
		size_t used, step = 1 + data[at] % 64;
		if (step > len - at)
			step = len - at;
		if (gn_http_chunks_next(&c, gn_slice(data + at, step), &piece, &used) != GN_OK)
			return;
		GN_ASSERT(used <= step && piece.len <= used);
		inside(piece, data + at, step);
		if (used == 0) {
			GN_ASSERT(c.state == GN_CHUNK_END);
			return;
		}
		at += used;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t none[1];
	head(len ? data : none, len);
	chunks(len ? data : none, len);
	helpers(gn_slice(len ? data : none, len < 4096 ? len : 4096));
	return 0;
}
