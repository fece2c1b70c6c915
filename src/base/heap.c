/* Binary heap with back-indices. Invariant: nodes[i]->place == i + 1 and no child is earlier
 * than its parent. */
#include "base/heap.h"

void gn_heap_init(struct gn_heap *h, struct gn_alloc *alloc)
{
	*h = (struct gn_heap){.alloc = alloc};
}

void gn_heap_fini(struct gn_heap *h)
{
	for (uint32_t i = 0; i < h->count; i++)
		h->nodes[i]->place = 0;
	gn_mem_free(h->alloc, h->nodes);
	*h = (struct gn_heap){.alloc = h->alloc};
}

static void place(struct gn_heap *h, uint32_t i, struct gn_heap_node *n)
{
	h->nodes[i] = n;
	n->place = i + 1;
}

static void sift(struct gn_heap *h, uint32_t i, struct gn_heap_node *n)
{
	while (i > 0 && n->at < h->nodes[(i - 1) / 2]->at) {
		place(h, i, h->nodes[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (uint32_t c; (c = 2 * i + 1) < h->count; i = c) {
		c += c + 1 < h->count && h->nodes[c + 1]->at < h->nodes[c]->at;
		if (n->at <= h->nodes[c]->at)
			break;
		place(h, i, h->nodes[c]);
	}
	place(h, i, n);
}

gn_err gn_heap_set(struct gn_heap *h, struct gn_heap_node *n, gn_time at)
{
	if (n->place == 0) {
		if (h->count == h->capacity) {
			uint32_t capacity = h->capacity ? h->capacity * 2 : 16;
			void *grown =
				gn_mem_resize(h->alloc, h->nodes, capacity * sizeof *h->nodes);
			if (!grown)
				return GN_NOMEM;
			h->nodes = grown;
			h->capacity = capacity;
		}
		place(h, h->count++, n);
	}
	n->at = at;
	sift(h, n->place - 1, n);
	return GN_OK;
}

void gn_heap_remove(struct gn_heap *h, struct gn_heap_node *n)
{
	if (n->place == 0)
		return;
	uint32_t i = n->place - 1;
	GN_ASSERT(i < h->count && h->nodes[i] == n);
	struct gn_heap_node *last = h->nodes[--h->count];
	n->place = 0;
	if (last != n)
		sift(h, i, last);
}

struct gn_heap_node *gn_heap_first(const struct gn_heap *h)
{
	return h->count ? h->nodes[0] : NULL;
}

gn_time gn_heap_deadline(const struct gn_heap *h)
{
	return h->count ? h->nodes[0]->at : GN_NEVER;
}

void gn_heap_validate(const struct gn_heap *h)
{
	for (uint32_t i = 0; i < h->count; i++) {
		GN_ASSERT(h->nodes[i]->place == i + 1);
		GN_ASSERT(i == 0 || h->nodes[(i - 1) / 2]->at <= h->nodes[i]->at);
	}
}
