/* Timers: a binary min-heap of nodes that live inside the caller's objects; a node knows its
 * place, so moving or removing one is O(log n). Equal times keep no order: break ties by your
 * own key if two nodes must agree. */
#ifndef GN_BASE_HEAP_H
#define GN_BASE_HEAP_H

#include "base/env.h"

struct gn_heap_node {
	gn_time at;
	uint32_t place; /* index + 1; 0 = not in a heap */
};

struct gn_heap {
	struct gn_alloc *alloc;
	struct gn_heap_node **nodes; /* borrowed pointers */
	uint32_t count, capacity;
};

void gn_heap_init(struct gn_heap *h, struct gn_alloc *alloc);
void gn_heap_fini(struct gn_heap *h);
/* Insert, or move if it is in already. GN_NOMEM leaves the heap as it was. */
GN_MUST gn_err gn_heap_set(struct gn_heap *h, struct gn_heap_node *n, gn_time at);
/* No-op when n is not in. */
void gn_heap_remove(struct gn_heap *h, struct gn_heap_node *n);
/* The earliest, or NULL. */
struct gn_heap_node *gn_heap_first(const struct gn_heap *h);
gn_time gn_heap_deadline(const struct gn_heap *h);
void gn_heap_validate(const struct gn_heap *h);

/* The object that holds a node (or any member). */
#define GN_CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#endif
