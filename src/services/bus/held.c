/* Topics at a root: made when somebody asks for one whose record lies here, freed when nobody has
 * for a while, or when others need the place and nobody follows it. Rules BS-4, BS-16. */
#include "services/bus/engine_int.h"

static bool idle(const struct bus_held *h)
{
	return h->sub_count == 0 && !h->get && !h->servings && h->retained_count == 0;
}

/* The one without subscribers that was unused for longest. */
static bool make_place(struct gn_bus *b)
{
	GN_ASSERT(b->held.count >= BUS_HELD);
	struct bus_held *oldest = NULL;
	for (uint32_t i = 0; i < b->held.count; i++) {
		struct bus_held *h = GN_MAP_AT(&b->held, struct bus_held *, i);
		if (idle(h) && (!oldest || h->used < oldest->used))
			oldest = h;
	}
	if (!oldest)
		return false;
	b->count.held_gave_way++;
	bus_held_free(b, oldest);
	return true;
}

struct bus_held *bus_held_need(struct gn_bus *b, const struct gn_hash *topic,
			       const struct gn_contact *from)
{
	GN_ASSERT(b->held.count <= BUS_HELD);
	struct bus_held *h = bus_held_get(b, topic);
	if (h)
		return h;
	if (b->held.count >= BUS_HELD && !make_place(b))
		return NULL;
	struct gn_holder holder = bus_holder(from);
	if (gn_share_ask(&b->topics, &holder, 1) != GN_OK) {
		b->count.held_refused++;
		return NULL;
	}
	h = GN_NEW(b->env.alloc, struct bus_held);
	struct bus_held **at = h ? gn_map_put(&b->held, topic) : NULL;
	if (!at || gn_share_take(&b->topics, &holder, 1) != GN_OK) {
		if (at)
			(void)gn_map_remove(&b->held, topic);
		b->count.nomem++;
		gn_mem_free(b->env.alloc, h);
		return NULL;
	}
	*at = h;
	h->holder = holder;
	gn_map_init(&h->by_peer, &b->env, sizeof(struct gn_pk), sizeof(void *), BUS_SUBSCRIBERS);
	h->topic = *topic;
	h->used = b->now;
	gn_map_init(&h->publishers, &b->env, sizeof(uint64_t), sizeof(void *), BUS_PUBLISHERS);
	return h;
}

void bus_held_free(struct gn_bus *b, struct bus_held *h)
{
	bus_serve_drop(b, h);
	if (h->get) {
		GN_ASSERT(b->lookups > 0);
		b->lookups--;
		gn_frame_find_drop(&b->frame, &h->get);
	}
	for (struct bus_pending *p = h->pending_first, *next; p; p = next) {
		next = p->next;
		b->pending--;
		b->pending_bytes -= p->len;
		gn_mem_free(b->env.alloc, p);
	}
	while (h->sub_count)
		bus_sub_remove(b, h, h->sub_count - 1);
	while (h->retained_count)
		bus_retained_drop(b, h, h->retained_count - 1);
	while (h->publishers.count)
		bus_publisher_drop(b, h, GN_MAP_AT(&h->publishers, struct bus_publisher *, 0));
	bus_kept_sweep(b, h, GN_NEVER);
	for (unsigned i = 0; i < BUS_WAITS; i++)
		bus_blob_drop(b, h->waits[i].message);
	gn_heap_remove(&b->held_timers, &h->timer);
	gn_map_fini(&h->publishers);
	gn_map_fini(&h->by_peer);
	gn_share_give(&b->topics, &h->holder, 1);
	gn_mem_free(b->env.alloc, h->subs);
	gn_mem_free(b->env.alloc, h->rules);
	(void)gn_map_remove(&b->held, &h->topic);
	gn_mem_free(b->env.alloc, h);
}
