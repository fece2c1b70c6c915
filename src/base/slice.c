/* Readers and writers with a sticky error, hex, UTF-8 check. */
#include "base/slice.h"

gn_err gn_buf_put(struct gn_buf *b, struct gn_slice s)
{
	GN_ASSERT(b->len <= b->cap);
	if (s.len > b->cap - b->len)
		return GN_TOO_LARGE;
	if (s.len)
		memcpy(b->p + b->len, s.p, s.len);
	b->len += s.len;
	return GN_OK;
}

static uint64_t read_be(struct gn_reader *r, size_t n)
{
	if (r->bad || gn_reader_left(r) < n) {
		r->bad = true;
		return 0;
	}
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | *r->p++;
	return v;
}

uint8_t gn_read_u8(struct gn_reader *r)
{
	return (uint8_t)read_be(r, 1);
}
uint16_t gn_read_be16(struct gn_reader *r)
{
	return (uint16_t)read_be(r, 2);
}
uint32_t gn_read_be32(struct gn_reader *r)
{
	return (uint32_t)read_be(r, 4);
}
uint64_t gn_read_be64(struct gn_reader *r)
{
	return read_be(r, 8);
}

uint64_t gn_read_varint(struct gn_reader *r)
{
	if (r->bad || r->p == r->end) {
		r->bad = true;
		return 0;
	}
	unsigned log = *r->p >> 6;
	uint64_t v = read_be(r, (size_t)1 << log);
	return r->bad ? 0 : v & (UINT64_MAX >> (64 - ((8u << log) - 2)));
}

struct gn_slice gn_read_bytes(struct gn_reader *r, size_t len)
{
	if (r->bad || gn_reader_left(r) < len) {
		r->bad = true;
		return (struct gn_slice){NULL, 0};
	}
	struct gn_slice s = {r->p, len};
	r->p += len;
	return s;
}

static void write_be(struct gn_writer *w, uint64_t v, size_t n)
{
	if (w->bad || gn_writer_left(w) < n) {
		w->bad = true;
		return;
	}
	for (size_t i = n; i-- > 0; v >>= 8)
		w->p[i] = (uint8_t)v;
	w->p += n;
}

void gn_write_u8(struct gn_writer *w, uint8_t v)
{
	write_be(w, v, 1);
}
void gn_write_be16(struct gn_writer *w, uint16_t v)
{
	write_be(w, v, 2);
}
void gn_write_be32(struct gn_writer *w, uint32_t v)
{
	write_be(w, v, 4);
}
void gn_write_be64(struct gn_writer *w, uint64_t v)
{
	write_be(w, v, 8);
}

size_t gn_varint_len(uint64_t v)
{
	GN_ASSERT(v < (uint64_t)1 << 62);
	return v < 64 ? 1 : v < 16384 ? 2 : v < 1073741824 ? 4 : 8;
}

void gn_write_varint(struct gn_writer *w, uint64_t v)
{
	if (v >> 62) {
		w->bad = true;
		return;
	}
	size_t n = gn_varint_len(v);
	uint64_t log = n == 1 ? 0 : n == 2 ? 1 : n == 4 ? 2 : 3;
	write_be(w, v | log << (n * 8 - 2), n);
}

void gn_write_bytes(struct gn_writer *w, struct gn_slice s)
{
	if (w->bad || gn_writer_left(w) < s.len) {
		w->bad = true;
		return;
	}
	if (s.len)
		memcpy(w->p, s.p, s.len);
	w->p += s.len;
}

void gn_hex(struct gn_slice in, char *out)
{
	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = "0123456789abcdef"[in.p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[in.p[i] & 15];
	}
	out[2 * in.len] = 0;
}

static int hex_digit(uint8_t c)
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
		if (hex_digit(in.p[i]) < 0)
			return GN_TEXT;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_digit(in.p[2 * i]) << 4 | hex_digit(in.p[2 * i + 1]));
	return GN_OK;
}

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
