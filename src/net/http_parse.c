/* Pure helpers over HTTP's texts: ranges, entity tags, percent-escapes, queries, hosts. Each
 * reads one header's or path's bytes as a client sent them; none allocates, and none writes its
 * results before it has seen the whole input. */
#include "net/http_int.h"

static struct gn_slice trim(struct gn_slice s)
{
	while (s.len && (*s.p == ' ' || *s.p == '\t'))
		s = gn_slice(s.p + 1, s.len - 1);
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Digits only; a number too big for 64 bits is as good as the largest one. False when there is
 * no digit or another character. */
static bool number(struct gn_slice s, uint64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		unsigned digit = s.p[i] - (unsigned)'0';
		v = v > (UINT64_MAX - digit) / 10 ? UINT64_MAX : v * 10 + digit;
	}
	*out = v;
	return s.len > 0;
}

uint64_t gn_http_lag(uint64_t lag_ms, uint64_t elapsed_ms, uint64_t bytes, uint64_t rate)
{
	uint64_t due = lag_ms + elapsed_ms, paid = bytes / rate * 1000 + bytes % rate * 1000 / rate;
	return due > paid ? due - paid : 0;
}

gn_err gn_http_range(struct gn_slice value, uint64_t size, uint64_t *first, uint64_t *last)
{
	static const char unit[] = "bytes=";
	value = trim(value);
	if (value.len < sizeof unit - 1)
		return GN_UNSUPPORTED;
	for (size_t i = 0; i < sizeof unit - 1; i++)
		if (gn_lower(value.p[i]) != unit[i])
			return GN_UNSUPPORTED;
	struct gn_slice spec = trim(gn_slice_sub(value, sizeof unit - 1, SIZE_MAX));
	const uint8_t *dash = spec.len ? memchr(spec.p, '-', spec.len) : NULL;
	if (!dash || memchr(spec.p, ',', spec.len))
		/* a malformed Range is ignored, as an unknown one is (RFC 9110 section 14.2) */
		return GN_UNSUPPORTED;
	struct gn_slice from = gn_slice(spec.p, (size_t)(dash - spec.p)),
			to = gn_slice(dash + 1, spec.len - from.len - 1);
	uint64_t a = 0, b = UINT64_MAX;
	if ((from.len && !number(from, &a)) || (to.len && !number(to, &b)) ||
	    (!from.len && !to.len))
		return GN_UNSUPPORTED;
	if (!from.len) { /* the last b bytes */
		if (b == 0 || size == 0)
			return GN_RANGE;
		*first = b < size ? size - b : 0;
		*last = size - 1;
		return GN_OK;
	}
	if (b < a)
		return GN_UNSUPPORTED;
	if (a >= size)
		return GN_RANGE;
	*first = a;
	*last = b < size ? b : size - 1;
	return GN_OK;
}

/* Weak comparison (RFC 9110 section 8.8.3.2). */
bool gn_http_etag_match(struct gn_slice list, struct gn_slice etag)
{
	if (etag.len > 2 && etag.p[0] == 'W' && etag.p[1] == '/')
		etag = gn_slice_sub(etag, 2, SIZE_MAX);
	if (gn_slice_eq(trim(list), GN_LIT("*")))
		return true;
	for (size_t i = 0; i < list.len;) {
		if (list.p[i] == ' ' || list.p[i] == '\t' || list.p[i] == ',') {
			i++;
			continue;
		}
		if (list.len - i >= 2 && list.p[i] == 'W' && list.p[i + 1] == '/')
			i += 2;
		if (i == list.len || list.p[i] != '"')
			return false;
		const uint8_t *end = memchr(list.p + i + 1, '"', list.len - i - 1);
		if (!end)
			return false;
		size_t len = (size_t)(end + 1 - (list.p + i));
		if (gn_slice_eq(gn_slice(list.p + i, len), etag))
			return true;
		i += len;
	}
	return false;
}

static gn_err unescape(struct gn_slice in, bool plus, struct gn_buf *out)
{
	size_t need = 0;
	for (size_t i = 0; i < in.len; i++, need++) {
		if (in.p[i] == 0)
			return GN_TEXT;
		if (in.p[i] != '%')
			continue;
		if (in.len - i < 3 || gn_hex_digit(in.p[i + 1]) < 0 ||
		    gn_hex_digit(in.p[i + 2]) < 0 || (in.p[i + 1] == '0' && in.p[i + 2] == '0'))
			return GN_TEXT;
		i += 2;
	}
	if (need > out->cap - out->len)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.p[i];
		if (c == '%') {
			c = (uint8_t)(gn_hex_digit(in.p[i + 1]) << 4 | gn_hex_digit(in.p[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		out->p[out->len++] = c;
	}
	return GN_OK;
}

gn_err gn_http_unescape(struct gn_slice in, struct gn_buf *out)
{
	return unescape(in, false, out);
}

gn_err gn_http_query_value(struct gn_slice query, const char *name, struct gn_buf *out)
{
	struct gn_slice want = gn_str(name);
	for (size_t at = 0; at < query.len;) {
		const uint8_t *amp = memchr(query.p + at, '&', query.len - at);
		size_t len = amp ? (size_t)(amp - (query.p + at)) : query.len - at;
		struct gn_slice pair = gn_slice(query.p + at, len);
		const uint8_t *eq = len ? memchr(pair.p, '=', pair.len) : NULL;
		size_t name_len = eq ? (size_t)(eq - pair.p) : pair.len;
		if (gn_slice_eq(gn_slice(pair.p, name_len), want))
			return unescape(gn_slice_sub(pair, name_len + (eq != NULL), SIZE_MAX), true,
					out);
		at += len + 1;
	}
	return GN_NOT_FOUND;
}

/* Length of the host in "host", "host:port", "[v6]:port"; 0 when it is none. */
static size_t host_len(struct gn_slice v)
{
	if (v.len && v.p[0] == '[') {
		size_t i = 1;
		while (i < v.len && (gn_hex_digit(v.p[i]) >= 0 || v.p[i] == ':' || v.p[i] == '.'))
			i++;
		return i > 2 && i < v.len && v.p[i] == ']' ? i + 1 : 0;
	}
	size_t i = 0;
	while (i < v.len &&
	       (gn_hex_digit(v.p[i]) >= 0 || (gn_lower(v.p[i]) >= 'a' && gn_lower(v.p[i]) <= 'z') ||
		v.p[i] == '-' || v.p[i] == '.' || v.p[i] == '_'))
		i++;
	return i <= 255 ? i : 0;
}

gn_err gn_http_host(struct gn_slice value, struct gn_buf *out, uint16_t *port)
{
	size_t len = host_len(value);
	uint64_t number_port = 0;
	if (!len)
		return GN_TEXT;
	if (len < value.len) {
		struct gn_slice digits = gn_slice_sub(value, len + 1, SIZE_MAX);
		if (value.p[len] != ':' || (digits.len && !number(digits, &number_port)) ||
		    number_port > 65535)
			return GN_TEXT;
	}
	if (len > out->cap - out->len)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < len; i++)
		out->p[out->len++] = gn_lower(value.p[i]);
	*port = (uint16_t)number_port;
	return GN_OK;
}

bool gn_http_is_local(struct gn_slice host)
{
	return gn_slice_eq(host, GN_LIT("localhost")) || gn_slice_eq(host, GN_LIT("127.0.0.1")) ||
	       gn_slice_eq(host, GN_LIT("[::1]"));
}
