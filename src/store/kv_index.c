/* Where each key's durable value is, and in which files: places and segments, their sums, and what
 * every other part of the log needs (requests, buffers, the end of all).
 *
 * 1. live_bytes is the sum over segments of the entries that places point to; file_bytes of all
 *    their bytes. */
#include "store/kv_int.h"

#include <stdio.h>

struct kv_segment *kv_segment_find(struct gn_kv *kv, uint32_t number)
{
	uint32_t low = 0, high = kv->segment_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (kv->segments[mid].number == number)
			return &kv->segments[mid];
		if (kv->segments[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

gn_err kv_segment_push(struct gn_kv *kv, const struct kv_segment *s)
{
	GN_ASSERT(kv->segment_count <= kv->segment_cap);
	if (kv->segment_count == KV_SEGMENTS)
		return GN_LIMIT;
	if (kv->segment_count == kv->segment_cap) {
		uint32_t cap = kv->segment_cap ? kv->segment_cap * 2 : 8;
		struct kv_segment *grown =
			gn_mem_resize(kv->env.alloc, kv->segments, cap * sizeof *grown);
		if (!grown)
			return GN_NOMEM;
		kv->segments = grown;
		kv->segment_cap = cap;
	}
	uint32_t at = kv->segment_count++;
	for (; at > 0 && kv->segments[at - 1].number > s->number; at--)
		kv->segments[at] = kv->segments[at - 1];
	kv->segments[at] = *s;
	return GN_OK;
}

static void unlive(struct gn_kv *kv, const struct kv_place *p)
{
	if (p->segment == 0)
		return;
	struct kv_segment *s = kv_segment_find(kv, p->segment);
	uint32_t stored = log_stored(p->len);
	GN_ASSERT(s && s->live >= stored && kv->live_bytes >= stored);
	s->live -= stored;
	kv->live_bytes -= stored;
}

/* The value of p's key is at a new place now. */
void kv_place_set(struct gn_kv *kv, struct kv_place *p, uint32_t segment, uint32_t offset,
		  uint32_t len)
{
	struct kv_segment *s = kv_segment_find(kv, segment);
	GN_ASSERT(s && segment > 0);
	unlive(kv, p);
	kv->holes -= p->segment == 0;
	p->segment = segment;
	p->offset = offset;
	p->len = len;
	s->live += log_stored(len);
	kv->live_bytes += log_stored(len);
}

/* The key has no durable value any more; its entry goes unless a queued put needs the place. */
void kv_place_clear(struct gn_kv *kv, const struct gn_hash *key, struct kv_place *p)
{
	GN_ASSERT(p->segment > 0 || kv->holes > 0);
	unlive(kv, p);
	kv->holes += p->segment != 0;
	p->segment = p->offset = p->len = 0;
	if (p->pending == 0) {
		kv->holes--;
		gn_map_remove(&kv->index, key);
	}
}

void kv_request(struct gn_kv *kv, enum gn_disk_op op, uint32_t segment, uint64_t offset,
		uint64_t len, struct gn_disk_request *out)
{
	GN_ASSERT(kv->state != KV_FAILED);
	*out = (struct gn_disk_request){
		.op = op, .token = ++kv->serial, .offset = offset, .len = len};
	snprintf(out->name, sizeof out->name, "%s/%08x.log", kv->config.dir, segment);
}

gn_err kv_buf_reserve(struct gn_kv *kv, struct gn_buf *b, size_t more)
{
	GN_ASSERT(b->len <= b->cap);
	if (b->cap - b->len >= more)
		return GN_OK;
	size_t cap = b->cap ? b->cap : 4096;
	while (cap - b->len < more)
		cap *= 2;
	uint8_t *p = gn_mem_resize(kv->env.alloc, b->p, cap);
	if (!p)
		return GN_NOMEM;
	b->p = p;
	b->cap = cap;
	return GN_OK;
}

/* Empties; memory of a burst is given back. */
void kv_buf_trim(struct gn_kv *kv, struct gn_buf *b)
{
	b->len = 0;
	if (b->cap > 65536) {
		gn_mem_free(kv->env.alloc, b->p);
		*b = (struct gn_buf){0};
	}
}

/* Recovery cannot go on. */
void kv_fail(struct gn_kv *kv, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	GN_ASSERT(kv->state != KV_READY && err != GN_OK);
	kv->state = KV_FAILED;
	kv->failed = err;
	gn_log(kv->env.log, GN_LOG_ERROR, "store", "log.failed", "%s: %s", kv->config.dir,
	       gn_err_text(err));
}
