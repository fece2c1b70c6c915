/* A bounded first-in first-out queue of fixed-size elements; grows by doubling up to its limit. */
#ifndef GN_BASE_RING_H
#define GN_BASE_RING_H

#include "base/env.h"

struct gn_ring {
	struct gn_alloc *alloc;
	uint8_t *elements;
	uint32_t size;                         /* bytes of one element */
	uint32_t head, count, capacity, limit; /* elements */
};

void gn_ring_init(struct gn_ring *r, struct gn_alloc *alloc, uint32_t size, uint32_t limit);
void gn_ring_fini(struct gn_ring *r);
/* Copies *element in. GN_LIMIT when full, GN_NOMEM. */
GN_MUST gn_err gn_ring_push(struct gn_ring *r, const void *element);
/* Copies the oldest out; false when empty. */
bool gn_ring_pop(struct gn_ring *r, void *element);
/* i = 0 is the oldest; NULL past the end. Valid until the next push or pop. */
void *gn_ring_at(const struct gn_ring *r, uint32_t i);

#endif
