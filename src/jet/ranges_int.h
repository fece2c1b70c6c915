/* A set of 62-bit numbers as sorted, disjoint, non-touching ranges [lo, hi): packet numbers
 * received, bytes acknowledged, bytes to send again, bytes received out of order. Owned storage;
 * empty sets own nothing after jet_ranges_fini. */
#ifndef GN_JET_RANGES_INT_H
#define GN_JET_RANGES_INT_H

#include "base/base.h"

struct jet_range {
	uint64_t lo, hi;
};

struct jet_ranges {
	struct jet_range *r; /* owned */
	uint32_t count, capacity;
};

void jet_ranges_fini(struct jet_ranges *s, struct gn_alloc *alloc);
/* Adds [lo, hi), lo < hi. GN_LIMIT when more than `limit` ranges would be needed, GN_NOMEM; the
 * set is then unchanged. */
GN_MUST gn_err jet_ranges_add(struct jet_ranges *s, struct gn_alloc *alloc, uint64_t lo,
			      uint64_t hi, uint32_t limit);
/* Removes [lo, hi). GN_NOMEM when a split finds no memory; the set is then unchanged. */
GN_MUST gn_err jet_ranges_cut(struct jet_ranges *s, struct gn_alloc *alloc, uint64_t lo,
			      uint64_t hi);
/* Removes everything below v. */
void jet_ranges_drop_below(struct jet_ranges *s, uint64_t v);
bool jet_ranges_has(const struct jet_ranges *s, uint64_t v);
/* Index of the first range with hi > v, or count. */
uint32_t jet_ranges_find(const struct jet_ranges *s, uint64_t v);
void jet_ranges_validate(const struct jet_ranges *s);

#endif
