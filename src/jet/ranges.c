/* Range sets over one sorted array: appending and touching the last range are O(1), everything
 * else a binary search and a memmove.
 *
 * 1. r[i].lo < r[i].hi < r[i+1].lo: ranges never touch. */
#include "jet/ranges_int.h"

void jet_ranges_fini(struct jet_ranges *s, struct gn_alloc *alloc)
{
	gn_mem_free(alloc, s->r);
	*s = (struct jet_ranges){0};
}

uint32_t jet_ranges_find(const struct jet_ranges *s, uint64_t v)
{
	uint32_t lo = 0, hi = s->count;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (s->r[mid].hi > v)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

bool jet_ranges_has(const struct jet_ranges *s, uint64_t v)
{
	uint32_t i = jet_ranges_find(s, v);
	return i < s->count && s->r[i].lo <= v;
}

static gn_err insert_range(struct jet_ranges *s, struct gn_alloc *alloc, uint32_t at,
			   struct jet_range range)
{
	GN_ASSERT(at <= s->count);
	if (s->count == s->capacity) {
		uint32_t capacity = s->capacity ? s->capacity * 2 : 4;
		struct jet_range *r = gn_mem_resize(alloc, s->r, capacity * sizeof *r);
		if (!r)
			return GN_NOMEM;
		s->r = r;
		s->capacity = capacity;
	}
	memmove(s->r + at + 1, s->r + at, (s->count - at) * sizeof *s->r);
	s->r[at] = range;
	s->count++;
	return GN_OK;
}

static void erase_ranges(struct jet_ranges *s, uint32_t at, uint32_t n)
{
	GN_ASSERT(at + n <= s->count);
	if (n == 0)
		return;
	memmove(s->r + at, s->r + at + n, (s->count - at - n) * sizeof *s->r);
	s->count -= n;
}

gn_err jet_ranges_add(struct jet_ranges *s, struct gn_alloc *alloc, uint64_t lo, uint64_t hi,
		      uint32_t limit)
{
	GN_ASSERT(lo < hi);
	struct jet_range *last = s->count ? &s->r[s->count - 1] : NULL;
	if (last && lo >= last->lo && lo <= last->hi) {
		last->hi = hi > last->hi ? hi : last->hi;
		return GN_OK;
	}
	uint32_t at = !last || lo > last->hi ? s->count : jet_ranges_find(s, lo ? lo - 1 : 0),
		 end = at;
	while (end < s->count && s->r[end].lo <= hi)
		end++;
	if (end == at)
		return s->count >= limit ? GN_LIMIT
					 : insert_range(s, alloc, at, (struct jet_range){lo, hi});
	s->r[at].lo = lo < s->r[at].lo ? lo : s->r[at].lo;
	s->r[at].hi = hi > s->r[end - 1].hi ? hi : s->r[end - 1].hi;
	erase_ranges(s, at + 1, end - at - 1);
	return GN_OK;
}

gn_err jet_ranges_cut(struct jet_ranges *s, struct gn_alloc *alloc, uint64_t lo, uint64_t hi)
{
	GN_ASSERT(lo < hi);
	uint32_t at = jet_ranges_find(s, lo);
	if (at < s->count && s->r[at].lo < lo && s->r[at].hi > hi) {
		GN_TRY(insert_range(s, alloc, at + 1, (struct jet_range){hi, s->r[at].hi}));
		s->r[at].hi = lo;
		return GN_OK;
	}
	if (at < s->count && s->r[at].lo < lo)
		s->r[at++].hi = lo;
	uint32_t end = at;
	while (end < s->count && s->r[end].hi <= hi)
		end++;
	if (end < s->count && s->r[end].lo < hi)
		s->r[end].lo = hi;
	erase_ranges(s, at, end - at);
	return GN_OK;
}

void jet_ranges_drop_below(struct jet_ranges *s, uint64_t v)
{
	erase_ranges(s, 0, jet_ranges_find(s, v));
	if (s->count && s->r[0].lo < v)
		s->r[0].lo = v;
}

void jet_ranges_validate(const struct jet_ranges *s)
{
	GN_ASSERT(s->count <= s->capacity);
	for (uint32_t i = 0; i < s->count; i++) {
		GN_ASSERT(s->r[i].lo < s->r[i].hi);
		GN_ASSERT(i == 0 || s->r[i - 1].hi < s->r[i].lo);
	}
}
