/* The index keeps load under two thirds and closes holes by pulling later members of a run back,
 * so lookups stop at a free slot. */
#include "ledger/index_int.h"

#define SLOTS_MIN 16u

gn_err lg_index_reserve(struct lg_index *x, struct gn_alloc *alloc, uint32_t more, lg_hash_fn *hash,
			const void *user)
{
	GN_ASSERT(!x->slots || x->count < x->mask);
	uint64_t size = x->slots ? (uint64_t)x->mask + 1 : 0, need = (uint64_t)x->count + more;
	if (need * 3 <= size * 2)
		return GN_OK;
	size = size ? size : SLOTS_MIN;
	while (need * 3 > size * 2)
		size *= 2;
	if (size > UINT32_MAX / 2)
		return GN_LIMIT;
	uint32_t *slots = GN_NEW_ARRAY(alloc, uint32_t, size);
	if (!slots)
		return GN_NOMEM;
	struct lg_index grown = {.slots = slots, .mask = (uint32_t)size - 1};
	for (uint32_t s = 0; x->slots && s <= x->mask; s++)
		if (x->slots[s])
			lg_index_add(&grown, hash(user, x->slots[s] - 1), x->slots[s] - 1);
	gn_mem_free(alloc, x->slots);
	*x = grown;
	return GN_OK;
}

void lg_index_add(struct lg_index *x, uint64_t hash, uint32_t entry)
{
	GN_ASSERT(x->slots && x->count < x->mask);
	uint32_t s = (uint32_t)hash & x->mask;
	while (x->slots[s])
		s = (s + 1) & x->mask;
	x->slots[s] = entry + 1;
	x->count++;
}

void lg_index_remove(struct lg_index *x, uint64_t hash, uint32_t entry, lg_hash_fn *fn,
		     const void *user)
{
	GN_ASSERT(x->slots && x->count > 0);
	uint32_t s = (uint32_t)hash & x->mask;
	while (x->slots[s] != entry + 1) {
		GN_ASSERT(x->slots[s]);
		s = (s + 1) & x->mask;
	}
	x->slots[s] = 0;
	x->count--;
	for (uint32_t t = (s + 1) & x->mask; x->slots[t]; t = (t + 1) & x->mask) {
		uint32_t home = (uint32_t)fn(user, x->slots[t] - 1) & x->mask;
		if (((t - home) & x->mask) >= ((t - s) & x->mask)) {
			x->slots[s] = x->slots[t];
			x->slots[t] = 0;
			s = t;
		}
	}
}

void lg_index_fini(struct lg_index *x, struct gn_alloc *alloc)
{
	gn_mem_free(alloc, x->slots);
	*x = (struct lg_index){0};
}

gn_err lg_grow(struct gn_alloc *alloc, void *array, uint32_t *capacity, uint64_t need, uint64_t max,
	       size_t size)
{
	GN_ASSERT(size > 0);
	if (need <= *capacity)
		return GN_OK;
	if (need > max)
		return GN_LIMIT;
	uint64_t room = *capacity + *capacity / 2 + 8;
	room = room < need ? need : room > max ? max : room;
	void *old, *grown;
	memcpy(&old, array, sizeof old);
	grown = gn_mem_resize(alloc, old, room * size);
	if (!grown)
		return GN_NOMEM;
	memcpy(array, &grown, sizeof grown);
	*capacity = (uint32_t)room;
	return GN_OK;
}
