/* Text as base/text.h says. Every decoder accepts exactly one text for each value. */
#include "base/text.h"

/* ---- letters and hex ---- */

bool gn_same_word(struct gn_slice a, struct gn_slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (gn_lower(a.p[i]) != gn_lower(b.p[i]))
			return false;
	return true;
}

void gn_hex(struct gn_slice in, char *out)
{
	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = "0123456789abcdef"[in.p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[in.p[i] & 15];
	}
	out[2 * in.len] = 0;
}

int gn_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

gn_err gn_unhex(struct gn_slice in, uint8_t *out, size_t len)
{
	if (in.len != 2 * len)
		return GN_TEXT;
	for (size_t i = 0; i < in.len; i++)
		if (gn_hex_digit(in.p[i]) < 0)
			return GN_TEXT;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(gn_hex_digit(in.p[2 * i]) << 4 | gn_hex_digit(in.p[2 * i + 1]));
	return GN_OK;
}

/* ---- base64 ---- */

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char urlsafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

gn_err gn_base64(struct gn_slice in, bool url, char *out, size_t cap)
{
	const char *digits = url ? urlsafe : standard;
	size_t need = url ? (in.len * 4 + 2) / 3 : (in.len + 2) / 3 * 4;
	if (need >= cap)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < in.len; i += 3) {
		size_t n = in.len - i < 3 ? in.len - i : 3;
		uint32_t v = (uint32_t)in.p[i] << 16 | (n > 1 ? (uint32_t)in.p[i + 1] << 8 : 0) |
			     (n > 2 ? in.p[i + 2] : 0);
		for (size_t k = 0; k < 4; k++)
			if (k <= n)
				*out++ = digits[v >> (18 - 6 * k) & 63];
			else if (!url)
				*out++ = '=';
	}
	*out = 0;
	return GN_OK;
}

gn_err gn_unbase64(struct gn_slice text, bool url, struct gn_buf *out)
{
	const char *digits = url ? urlsafe : standard;
	size_t len = text.len, pad = 0, start = out->len;
	while (!url && pad < 2 && pad < len && text.p[len - 1 - pad] == '=')
		pad++;
	if ((!url && len % 4) || (url && len % 4 == 1) || (len -= pad) % 4 == 1)
		return GN_TEXT;
	if (len * 3 / 4 > out->cap - out->len)
		return GN_TOO_LARGE;
	uint32_t v = 0;
	for (size_t i = 0; i < len; i++) {
		const char *d = text.p[i] ? strchr(digits, text.p[i]) : NULL;
		if (!d) {
			out->len = start;
			return GN_TEXT;
		}
		v = v << 6 | (uint32_t)(d - digits);
		if (i % 4)
			out->p[out->len++] = (uint8_t)(v >> (6 - 2 * (i % 4)));
	}
	/* bits of the last digit that stand for nothing */
	unsigned left = len % 4 ? 6 * (unsigned)(len % 4) % 8 : 0;
	if (v & ((1u << left) - 1)) {
		out->len = start;
		return GN_TEXT;
	}
	return GN_OK;
}

gn_err gn_unbase64_exact(struct gn_slice text, bool url, void *out, size_t len)
{
	uint8_t bytes[256];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	GN_ASSERT(len <= sizeof bytes);
	if (gn_unbase64(text, url, &buf) || buf.len != len)
		return GN_TEXT;
	memcpy(out, bytes, len);
	return GN_OK;
}

/* ---- UTF-8 ---- */

/* Bytes of the character that s begins with; 0: it is not well-formed. */
static size_t char_len(struct gn_slice s)
{
	uint8_t c = s.p[0];
	size_t more = c < 0x80                ? 0
		      : c >= 0xc2 && c < 0xe0 ? 1
		      : c >= 0xe0 && c < 0xf0 ? 2
		      : c >= 0xf0 && c < 0xf5 ? 3
					      : 4;
	if (more > 3 || more >= s.len)
		return 0;
	for (size_t k = 1; k <= more; k++)
		if ((s.p[k] & 0xc0) != 0x80)
			return 0;
	uint8_t d = more ? s.p[1] : 0;
	if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) || (c == 0xf0 && d < 0x90) ||
	    (c == 0xf4 && d > 0x8f))
		return 0;
	return more + 1;
}

bool gn_utf8_ok(struct gn_slice s)
{
	for (size_t i = 0, n; i < s.len; i += n)
		if ((n = char_len((struct gn_slice){s.p + i, s.len - i})) == 0)
			return false;
	return true;
}

static bool plain_char(const uint8_t *p, size_t len)
{
	uint32_t c = len > 1 ? p[0] & (0x7fu >> len) : p[0];
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3fu);
	return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && !(c >= 0x2028 && c <= 0x202e) &&
	       !(c >= 0x2060 && c <= 0x2064) && !(c >= 0x2066 && c <= 0x2069) &&
	       !(c >= 0xe0000 && c <= 0xe007f) && c != 0x200b && c != 0xfeff;
}

bool gn_plain_ok(struct gn_slice s)
{
	for (size_t i = 0, n; i < s.len; i += n)
		if ((n = char_len((struct gn_slice){s.p + i, s.len - i})) == 0 ||
		    !plain_char(s.p + i, n))
			return false;
	return true;
}

void gn_plain(struct gn_slice s, char *out, size_t cap)
{
	static const char digits[] = "0123456789abcdef";
	GN_ASSERT(cap > 0);
	for (size_t i = 0; i < s.len;) {
		size_t n = char_len((struct gn_slice){s.p + i, s.len - i});
		bool plain = n && s.p[i] != '\\' && plain_char(s.p + i, n);
		n = n ? n : 1;
		if ((plain ? n : 4 * n) >= cap)
			break;
		cap -= plain ? n : 4 * n;
		for (size_t end = i + n; i < end; i++) {
			if (!plain) {
				*out++ = '\\';
				*out++ = 'x';
				*out++ = digits[s.p[i] >> 4];
			}
			*out++ = plain ? (char)s.p[i] : digits[s.p[i] & 15];
		}
	}
	*out = 0;
}
