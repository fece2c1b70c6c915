/* An index from hashes to numbers of entries that lie elsewhere: open addressing with linear
 * probing, slots of 4 bytes. The caller compares; the index never looks at entries except
 * through `hash` when it grows or closes a hole. Nobody iterates over it. */
#ifndef GN_LEDGER_INDEX_INT_H
#define GN_LEDGER_INDEX_INT_H

#include "base/base.h"

struct lg_index {
	uint32_t *slots; /* entry number + 1, 0 = free; size is mask + 1 */
	uint32_t mask, count;
};

typedef uint64_t lg_hash_fn(const void *user, uint32_t entry);

static inline uint64_t lg_mix(uint64_t h)
{
	h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

/* for (uint32_t s = lg_index_first(x, h), e; lg_index_at(x, s, &e); s = lg_index_after(x, s))
 * ... the entries whose hash may be h. */
static inline uint32_t lg_index_first(const struct lg_index *x, uint64_t hash)
{
	return (uint32_t)hash & x->mask;
}
static inline bool lg_index_at(const struct lg_index *x, uint32_t s, uint32_t *entry)
{
	if (!x->slots || x->slots[s] == 0)
		return false;
	*entry = x->slots[s] - 1;
	return true;
}
static inline uint32_t lg_index_after(const struct lg_index *x, uint32_t s)
{
	return (s + 1) & x->mask;
}

/* Makes room for `more` entries; so many lg_index_add cannot fail then. */
GN_MUST gn_err lg_index_reserve(struct lg_index *x, struct gn_alloc *alloc, uint32_t more,
				lg_hash_fn *hash, const void *user);
void lg_index_add(struct lg_index *x, uint64_t hash, uint32_t entry);
/* The entry must be in. */
void lg_index_remove(struct lg_index *x, uint64_t hash, uint32_t entry, lg_hash_fn *fn,
		     const void *user);
void lg_index_fini(struct lg_index *x, struct gn_alloc *alloc);

/* Room for `need` elements of a growing array, by halves. */
GN_MUST gn_err lg_grow(struct gn_alloc *alloc, void *array, uint32_t *capacity, uint64_t need,
		       uint64_t max, size_t size);

#endif
