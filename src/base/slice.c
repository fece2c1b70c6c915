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
