/* Byte rings with range sets: see buffer_int.h.
 *
 * 1. capacity is 0 or a power of two; every offset in [base, base + capacity) has its own place.
 * 2. base <= next <= end; acked and lost lie in [base, next) and share no byte.
 * 3. The first acked range never starts at base: it would have moved base.
 * 4. Out-of-order ranges are bounded by the capacity of the ring, which does not shrink under
 *    them as the span from base to the furthest byte does when something is read. One range more
 *    may begin at base, since what is missing there is all that makes the holes go (JT-62): a
 *    piece from base on is always taken. */
#include "jet/buffer_int.h"
#include "jet/limits.h"

#define RING_MIN 1024u

static void ring_get(const uint8_t *ring, uint32_t capacity, uint64_t offset, uint8_t *out,
		     size_t len)
{
	if (len == 0)
		return;
	size_t at = (size_t)(offset & (capacity - 1)),
	       head = capacity - at < len ? capacity - at : len;
	memcpy(out, ring + at, head);
	memcpy(out + head, ring, len - head);
}

static void ring_set(uint8_t *ring, uint32_t capacity, uint64_t offset, const uint8_t *in,
		     size_t len)
{
	if (len == 0)
		return;
	size_t at = (size_t)(offset & (capacity - 1)),
	       head = capacity - at < len ? capacity - at : len;
	memcpy(ring + at, in, head);
	memcpy(ring, in + head, len - head);
}

static uint32_t grown_to(uint32_t capacity, uint64_t need)
{
	uint32_t grown = capacity ? capacity : RING_MIN;
	while (grown < need)
		grown *= 2;
	return grown;
}

/* Makes room for `need` bytes from base on, keeping the `used` bytes that are there. */
static gn_err ring_grow(uint8_t **ring, uint32_t *capacity, struct gn_alloc *alloc, uint64_t base,
			uint64_t used, uint64_t need)
{
	if (need <= *capacity)
		return GN_OK;
	GN_ASSERT(used <= *capacity && need <= UINT32_MAX / 2);
	uint32_t grown = grown_to(*capacity, need);
	uint8_t *p = gn_mem_resize(alloc, NULL, grown);
	if (!p)
		return GN_NOMEM;
	for (uint64_t o = base, end = base + used; o < end;) {
		size_t at = (size_t)(o & (*capacity - 1)), n = *capacity - at;
		n = end - o < n ? (size_t)(end - o) : n;
		ring_set(p, grown, o, *ring + at, n);
		o += n;
	}
	gn_mem_free(alloc, *ring);
	*ring = p;
	*capacity = grown;
	return GN_OK;
}

void jet_sendbuf_fini(struct jet_sendbuf *b, struct gn_alloc *alloc)
{
	gn_mem_free(alloc, b->ring);
	jet_ranges_fini(&b->acked, alloc);
	jet_ranges_fini(&b->lost, alloc);
	b->ring = NULL;
	b->capacity = 0;
	b->base = b->next = b->end;
}

gn_err jet_sendbuf_write(struct jet_sendbuf *b, struct gn_alloc *alloc, struct gn_slice data)
{
	uint64_t used = b->end - b->base;
	GN_TRY(ring_grow(&b->ring, &b->capacity, alloc, b->base, used, used + data.len));
	ring_set(b->ring, b->capacity, b->end, data.p, data.len);
	b->end += data.len;
	return GN_OK;
}

bool jet_sendbuf_peek(const struct jet_sendbuf *b, uint64_t credit, uint64_t *offset, uint64_t *len)
{
	if (b->lost.count) {
		*offset = b->lost.r[0].lo;
		*len = b->lost.r[0].hi - *offset;
		return true;
	}
	uint64_t end = b->end < credit ? b->end : credit;
	if (b->next >= end)
		return false;
	*offset = b->next;
	*len = end - b->next;
	return true;
}

void jet_sendbuf_copy(const struct jet_sendbuf *b, uint64_t offset, uint8_t *out, size_t len)
{
	GN_ASSERT(offset >= b->base && offset + len <= b->end);
	ring_get(b->ring, b->capacity, offset, out, len);
}

void jet_sendbuf_sent(struct jet_sendbuf *b, uint64_t offset, size_t len)
{
	GN_ASSERT(offset <= b->next && offset + len <= b->end);
	if (offset == b->next)
		b->next += len;
	else
		jet_ranges_drop_below(&b->lost, offset + len); /* peek gave the first lost range */
}

gn_err jet_sendbuf_acked(struct jet_sendbuf *b, struct gn_alloc *alloc, uint64_t offset,
			 uint64_t len)
{
	uint64_t lo = offset > b->base ? offset : b->base, hi = offset + len;
	GN_ASSERT(hi <= b->next);
	if (lo >= hi)
		return GN_OK;
	if (b->lost.count)
		GN_TRY(jet_ranges_cut(&b->lost, alloc, lo, hi));
	if (lo == b->base)
		b->base = hi;
	else
		GN_TRY(jet_ranges_add(&b->acked, alloc, lo, hi, JET_SENT_MAX));
	jet_ranges_drop_below(&b->acked, b->base);
	if (b->acked.count && b->acked.r[0].lo == b->base) { /* the base came to it, or into it */
		b->base = b->acked.r[0].hi;
		jet_ranges_drop_below(&b->acked, b->base);
	}
	return GN_OK;
}

gn_err jet_sendbuf_lost(struct jet_sendbuf *b, struct gn_alloc *alloc, uint64_t offset,
			uint64_t len)
{
	uint64_t lo = offset > b->base ? offset : b->base, hi = offset + len;
	GN_ASSERT(hi <= b->next);
	for (uint32_t i = jet_ranges_find(&b->acked, lo); lo < hi; i++) {
		/* the parts between acknowledged ranges */
		uint64_t stop = i < b->acked.count && b->acked.r[i].lo < hi ? b->acked.r[i].lo : hi;
		if (lo < stop)
			GN_TRY(jet_ranges_add(&b->lost, alloc, lo, stop, JET_SENT_MAX));
		lo = stop < hi ? b->acked.r[i].hi : hi;
	}
	return GN_OK;
}

void jet_sendbuf_trim(struct jet_sendbuf *b, struct gn_alloc *alloc)
{
	if (b->base == b->end) {
		gn_mem_free(alloc, b->ring);
		b->ring = NULL;
		b->capacity = 0;
	}
	if (b->acked.count == 0)
		jet_ranges_fini(&b->acked, alloc);
	if (b->lost.count == 0)
		jet_ranges_fini(&b->lost, alloc);
}

void jet_sendbuf_validate(const struct jet_sendbuf *b)
{
	GN_ASSERT(b->base <= b->next && b->next <= b->end && b->end - b->base <= b->capacity);
	GN_ASSERT((b->capacity & (b->capacity - 1)) == 0);
	jet_ranges_validate(&b->acked);
	jet_ranges_validate(&b->lost);
	if (b->acked.count)
		GN_ASSERT(b->acked.r[0].lo > b->base &&
			  b->acked.r[b->acked.count - 1].hi <= b->next);
	if (b->lost.count)
		GN_ASSERT(b->lost.r[0].lo >= b->base && b->lost.r[b->lost.count - 1].hi <= b->next);
	for (uint32_t i = 0; i < b->lost.count; i++) {
		uint32_t k = jet_ranges_find(&b->acked, b->lost.r[i].lo);
		GN_ASSERT(k == b->acked.count || b->acked.r[k].lo >= b->lost.r[i].hi);
	}
}

void jet_recvbuf_fini(struct jet_recvbuf *b, struct gn_alloc *alloc)
{
	gn_mem_free(alloc, b->ring);
	jet_ranges_fini(&b->have, alloc);
	b->ring = NULL;
	b->capacity = 0;
}

uint64_t jet_recvbuf_span(const struct jet_recvbuf *b)
{
	return b->have.count ? b->have.r[b->have.count - 1].hi - b->base : 0;
}

uint32_t jet_recvbuf_growth(const struct jet_recvbuf *b, uint64_t offset, size_t len)
{
	uint64_t hi = offset + len, span = hi > b->base && len ? hi - b->base : 0;
	GN_ASSERT(span <= UINT32_MAX / 2);
	return span > b->capacity ? grown_to(b->capacity, span) - b->capacity : 0;
}

gn_err jet_recvbuf_put(struct jet_recvbuf *b, struct gn_alloc *alloc, uint64_t offset,
		       struct gn_slice data)
{
	uint64_t hi = offset + data.len;
	if (hi <= b->base || data.len == 0)
		return GN_OK;
	if (offset < b->base) {
		data = gn_slice_sub(data, (size_t)(b->base - offset), data.len);
		offset = b->base;
	}
	uint64_t used = jet_recvbuf_span(b);
	uint64_t span = hi - b->base > used ? hi - b->base : used;
	GN_TRY(ring_grow(&b->ring, &b->capacity, alloc, b->base, used, span));
	GN_TRY(jet_ranges_add(&b->have, alloc, offset, hi,
			      JET_RECV_RANGES(b->capacity) + (offset == b->base)));
	ring_set(b->ring, b->capacity, offset, data.p, data.len);
	return GN_OK;
}

size_t jet_recvbuf_readable(const struct jet_recvbuf *b)
{
	return b->have.count && b->have.r[0].lo == b->base ? (size_t)(b->have.r[0].hi - b->base)
							   : 0;
}

void jet_recvbuf_peek(const struct jet_recvbuf *b, uint8_t *out, size_t len)
{
	GN_ASSERT(len <= jet_recvbuf_readable(b));
	ring_get(b->ring, b->capacity, b->base, out, len);
}

size_t jet_recvbuf_read(struct jet_recvbuf *b, uint8_t *out, size_t cap)
{
	size_t n = jet_recvbuf_readable(b);
	n = n < cap ? n : cap;
	if (n == 0)
		return 0;
	jet_recvbuf_peek(b, out, n);
	b->base += n;
	jet_ranges_drop_below(&b->have, b->base);
	return n;
}

void jet_recvbuf_trim(struct jet_recvbuf *b, struct gn_alloc *alloc)
{
	if (b->have.count == 0)
		jet_recvbuf_fini(b, alloc);
}

void jet_recvbuf_validate(const struct jet_recvbuf *b)
{
	jet_ranges_validate(&b->have);
	GN_ASSERT((b->capacity & (b->capacity - 1)) == 0);
	if (b->have.count == 0)
		return;
	GN_ASSERT(b->have.r[0].lo >= b->base && jet_recvbuf_span(b) <= b->capacity);
	GN_ASSERT(b->have.count <= JET_RECV_RANGES(b->capacity) + (b->have.r[0].lo == b->base));
}
