/* Circular array of elements; capacity is a power of two. */
#include "base/ring.h"

void gn_ring_init(struct gn_ring *r, struct gn_alloc *alloc, uint32_t size, uint32_t limit)
{
	GN_ASSERT(size > 0 && limit > 0 && limit <= UINT32_C(1) << 30);
	*r = (struct gn_ring){.alloc = alloc, .size = size, .limit = limit};
}

void gn_ring_fini(struct gn_ring *r)
{
	gn_mem_free(r->alloc, r->elements);
	r->elements = NULL;
	r->count = r->capacity = r->head = 0;
}

void *gn_ring_at(const struct gn_ring *r, uint32_t i)
{
	if (i >= r->count)
		return NULL;
	return r->elements + (size_t)((r->head + i) & (r->capacity - 1)) * r->size;
}

gn_err gn_ring_push(struct gn_ring *r, const void *element)
{
	if (r->count == r->limit)
		return GN_LIMIT;
	if (r->count == r->capacity) {
		uint32_t capacity = r->capacity ? r->capacity * 2 : 8;
		uint8_t *grown = GN_NEW_ARRAY(r->alloc, uint8_t, (size_t)capacity * r->size);
		if (!grown)
			return GN_NOMEM;
		for (uint32_t i = 0; i < r->count; i++)
			memcpy(grown + (size_t)i * r->size, gn_ring_at(r, i), r->size);
		gn_mem_free(r->alloc, r->elements);
		r->elements = grown;
		r->capacity = capacity;
		r->head = 0;
	}
	r->count++;
	memcpy(gn_ring_at(r, r->count - 1), element, r->size);
	return GN_OK;
}

bool gn_ring_pop(struct gn_ring *r, void *element)
{
	if (r->count == 0)
		return false;
	memcpy(element, gn_ring_at(r, 0), r->size);
	r->head = (r->head + 1) & (r->capacity - 1);
	r->count--;
	return true;
}
