/* Reading a segment from its beginning to its durable end, piece by piece: what recovery and
 * compaction share. They never run at one time. */
#include "store/kv_int.h"

struct log_scan kv_scan_of(const struct gn_kv *kv, uint32_t at)
{
	GN_ASSERT(at < kv->segment_count);
	const struct kv_segment *s = &kv->segments[at], *next = s + 1;
	struct log_scan scan;
	bool ended = at + 1 < kv->segment_count && next->header_ok &&
		     !gn_is_zero(&next->prev, sizeof next->prev);
	log_scan_init(&scan, kv->salt, s->number, s->bytes, s->header_ok ? &s->prev : NULL,
		      ended ? &next->prev : NULL);
	return scan;
}

/* What a READ at the scan's offset gave: a short answer is the end of the file; bytes behind the
 * segment's end are debris. */
struct gn_slice kv_scan_piece(struct gn_kv *kv, struct gn_slice data)
{
	GN_ASSERT(data.len <= KV_PIECE);
	struct log_scan *s = &kv->scan;
	if (data.len < KV_PIECE && s->offset + data.len < s->size)
		s->size = s->offset + data.len;
	return gn_slice_sub(data, 0, s->size > s->offset ? s->size - s->offset : 0);
}
