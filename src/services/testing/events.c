/* Events in the order of their times. */
#include "services/testing/world_int.h"

#include <stdlib.h>

static bool svc_before(const struct svc_event *a, const struct svc_event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

struct svc_event *svc_add(struct svc *s, enum svc_kind kind, unsigned node, gn_time at)
{
	struct svc_event *e = svc_need(calloc(1, sizeof *e));
	*e = (struct svc_event){.kind = kind,
				.node = node,
				.at = at > s->now ? at : s->now,
				.order = s->order++,
				.generation = s->nodes[node].generation};
	if (s->heap_count == s->heap_cap) {
		s->heap_cap = s->heap_cap ? 2 * s->heap_cap : 256;
		s->heap = svc_need(realloc(s->heap, s->heap_cap * sizeof(struct svc_event *)));
	}
	size_t i = s->heap_count++;
	for (; i > 0 && svc_before(e, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
	return e;
}

struct svc_event *svc_pop(struct svc *s)
{
	struct svc_event *first = s->heap[0], *last = s->heap[--s->heap_count];
	size_t i = 0;
	for (size_t c; (c = 2 * i + 1) < s->heap_count; i = c) {
		c += c + 1 < s->heap_count && svc_before(s->heap[c + 1], s->heap[c]);
		if (!svc_before(s->heap[c], last))
			break;
		s->heap[i] = s->heap[c];
	}
	if (s->heap_count)
		s->heap[i] = last;
	return first;
}

uint8_t *svc_copy(struct gn_slice s)
{
	uint8_t *p = svc_need(malloc(s.len + 1));
	if (s.len)
		memcpy(p, s.p, s.len);
	return p;
}
