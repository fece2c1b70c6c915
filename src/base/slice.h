/* Bytes: a slice is borrowed and read-only; a buf is the caller's storage being filled; a reader
 * and a writer walk them in network byte order with one sticky error flag, so that a parser
 * checks once at its end. */
#ifndef GN_BASE_SLICE_H
#define GN_BASE_SLICE_H

#include "base/err.h"
#include <string.h>

struct gn_slice {
	const uint8_t *p; /* borrowed; NULL means absent */
	size_t len;
};

struct gn_buf {
	uint8_t *p; /* owned by whoever made it */
	size_t len, cap;
};

#define GN_SLICE(array) ((struct gn_slice){(const uint8_t *)(array), sizeof(array)})
#define GN_LIT(literal) ((struct gn_slice){(const uint8_t *)("" literal), sizeof(literal) - 1})

static inline struct gn_slice gn_slice(const void *p, size_t len)
{
	return (struct gn_slice){p, len};
}
static inline struct gn_slice gn_str(const char *s)
{
	return (struct gn_slice){(const uint8_t *)s, s ? strlen(s) : 0};
}
static inline struct gn_slice gn_buf_slice(const struct gn_buf *b)
{
	return (struct gn_slice){b->p, b->len};
}
static inline bool gn_slice_eq(struct gn_slice a, struct gn_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}
/* The part [off, off+len), clipped to what is there. */
static inline struct gn_slice gn_slice_sub(struct gn_slice s, size_t off, size_t len)
{
	if (off > s.len)
		off = s.len;
	if (len > s.len - off)
		len = s.len - off;
	return (struct gn_slice){s.p ? s.p + off : NULL, len};
}

/* Append, all or nothing; GN_TOO_LARGE when it does not fit. */
GN_MUST gn_err gn_buf_put(struct gn_buf *b, struct gn_slice s);

struct gn_reader {
	const uint8_t *p, *end;
	bool bad; /* once set, every read gives zeros */
};

static inline struct gn_reader gn_reader(struct gn_slice s)
{
	return (struct gn_reader){s.p, s.p ? s.p + s.len : s.p, false};
}
static inline size_t gn_reader_left(const struct gn_reader *r)
{
	return (size_t)(r->end - r->p);
}
uint8_t gn_read_u8(struct gn_reader *r);
uint16_t gn_read_be16(struct gn_reader *r);
uint32_t gn_read_be32(struct gn_reader *r);
uint64_t gn_read_be64(struct gn_reader *r);
/* QUIC variable-length integer, 0..2^62-1 (RFC 9000 section 16). */
uint64_t gn_read_varint(struct gn_reader *r);
struct gn_slice gn_read_bytes(struct gn_reader *r, size_t len);

struct gn_writer {
	uint8_t *p, *end, *start;
	bool bad; /* once set, every write is dropped */
};

static inline struct gn_writer gn_writer(void *p, size_t cap)
{
	return (struct gn_writer){p, (uint8_t *)p + cap, p, false};
}
static inline size_t gn_writer_len(const struct gn_writer *w)
{
	return (size_t)(w->p - w->start);
}
static inline size_t gn_writer_left(const struct gn_writer *w)
{
	return (size_t)(w->end - w->p);
}
void gn_write_u8(struct gn_writer *w, uint8_t v);
void gn_write_be16(struct gn_writer *w, uint16_t v);
void gn_write_be32(struct gn_writer *w, uint32_t v);
void gn_write_be64(struct gn_writer *w, uint64_t v);
/* What no varint holds, from 2^62 on, marks the writer bad. */
void gn_write_varint(struct gn_writer *w, uint64_t v);
void gn_write_bytes(struct gn_writer *w, struct gn_slice s);
/* 1, 2, 4 or 8 bytes; v must be below 2^62. */
size_t gn_varint_len(uint64_t v);

static inline uint32_t gn_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void gn_put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}
static inline uint64_t gn_be64(const uint8_t *p)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}
static inline void gn_put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

/* True when all len bytes at p are zero, as of an absent key or hash. Not for secrets: it stops at
 * the first that is not. */
static inline bool gn_is_zero(const void *p, size_t len)
{
	const uint8_t *b = p;
	while (len && *b == 0) {
		b++;
		len--;
	}
	return len == 0;
}

#endif
