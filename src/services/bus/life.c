/* Made, freed, asked. */
#include "services/bus/engine_int.h"

gn_err gn_bus_new(const struct gn_env *env, const struct gn_bus_config *config, gn_time now,
		  struct gn_bus **out)
{
	GN_ASSERT(config->overlay && (!config->apart || config->no_root));
	struct gn_bus *b = GN_NEW(env->alloc, struct gn_bus);
	struct gn_share_config topics = {.total = BUS_HELD,
					 .per_key = BUS_HELD_PEER,
					 .per_prefix = BUS_HELD / BUS_HELD_PART,
					 .crowded = BUS_HELD / 2,
					 .holders_max = BUS_HELD,
					 .count_local = config->count_local};
	struct gn_share_config stored = {.total = BUS_STORED,
					 .per_key = BUS_STORED_PEER,
					 .per_prefix = BUS_STORED / BUS_STORED_PART,
					 .crowded = BUS_STORED / 2,
					 .holders_max = BUS_SUBSCRIBED,
					 .count_local = config->count_local};
	struct gn_share_config leases = {.total = BUS_SUBSCRIBED,
					 .per_key = BUS_SUBSCRIBED_PEER,
					 .per_prefix = BUS_SUBSCRIBED / BUS_SUBSCRIBED_PART,
					 .crowded = BUS_SUBSCRIBED / 2,
					 .holders_max = BUS_SUBSCRIBED,
					 .count_local = config->count_local};
	if (!b)
		return GN_NOMEM;
	b->env = *env;
	b->cfg = *config;
	bus_message_init(b);
	b->now = now;
	b->wake = GN_NEVER;
	b->sweep = now + BUS_SWEEP;
	gn_frame_init(&b->frame, env, config->apart ? NULL : config->overlay, BUS_OPS,
		      BUS_LOOKUPS + 2 * BUS_VIEWS);
	gn_map_init(&b->held, env, sizeof(struct gn_hash), sizeof(void *), BUS_HELD);
	gn_map_init(&b->views, env, sizeof(struct gn_hash), sizeof(void *), BUS_VIEWS);
	gn_map_init(&b->asks, env, sizeof(uint64_t), sizeof(struct bus_ask), BUS_ASKS);
	gn_heap_init(&b->held_timers, env->alloc);
	gn_heap_init(&b->view_timers, env->alloc);
	gn_ring_init(&b->askers, env->alloc, sizeof(uint64_t), BUS_ASKS);
	gn_ring_init(&b->signs, env->alloc, sizeof(uint64_t), BUS_VIEWS);
	gn_share_init(&b->leases, env, &leases);
	gn_share_init(&b->topics, env, &topics);
	gn_share_init(&b->stored, env, &stored);
	*out = b;
	return GN_OK;
}

void gn_bus_free(struct gn_bus *b)
{
	if (!b)
		return;
	bus_blob_drop(b, b->shown);
	b->shown = NULL;
	while (b->views.count)
		bus_view_free(b, GN_MAP_AT(&b->views, struct bus_view *, 0));
	while (b->held.count)
		bus_held_free(b, GN_MAP_AT(&b->held, struct bus_held *, 0));
	for (struct bus_pending *p; (p = bus_rules_ready(b));)
		gn_mem_free(b->env.alloc, p);
	gn_frame_out_free(&b->out);
	GN_ASSERT(b->bytes == 0 && b->queue_bytes == 0 && b->serving_count == 0);
	GN_ASSERT(b->leases.used == 0 && b->topics.used == 0 && b->stored.used == 0);
	gn_share_fini(&b->leases);
	gn_share_fini(&b->topics);
	gn_share_fini(&b->stored);
	gn_map_fini(&b->held);
	gn_map_fini(&b->views);
	gn_map_fini(&b->asks);
	gn_heap_fini(&b->held_timers);
	gn_heap_fini(&b->view_timers);
	gn_ring_fini(&b->askers);
	gn_ring_fini(&b->signs);
	gn_frame_fini(&b->frame);
	gn_mem_free(b->env.alloc, b);
}

/* ---- queries ---- */

void gn_bus_info(const struct gn_bus *b, struct gn_bus_info *out)
{
	*out = (struct gn_bus_info){.topics = b->held.count,
				    .followed = b->views.count,
				    .operations = b->frame.ops.count,
				    .bytes = b->bytes};
	for (uint32_t i = 0; i < b->held.count; i++)
		out->subscribers += GN_MAP_AT(&b->held, struct bus_held *, i)->sub_count;
	for (uint32_t i = 0; i < b->views.count; i++)
		out->links += GN_MAP_AT(&b->views, struct bus_view *, i)->link_count;
}

bool gn_bus_counter_at(const struct gn_bus *b, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/bus/counters.def"
#undef X
	};
	return gn_counter_at(names, &b->count, GN_COUNT(names), i, out);
}

static uint32_t validate_held(const struct bus_held *h, uint64_t *stored)
{
	size_t kept = 0, retained = 0;
	unsigned values = 0;
	gn_map_validate(&h->publishers);
	GN_ASSERT(h->sub_count <= BUS_SUBSCRIBERS && h->kept_count <= BUS_KEPT &&
		  h->retained_count <= BUS_RETAINED && h->prefix_count <= BUS_PREFIXES);
	for (unsigned i = 0; i < h->kept_count; i++)
		kept += bus_kept_at(h, i)->len;
	for (unsigned i = 0; i < h->retained_count; i++) {
		GN_ASSERT(h->retained[i]->stored);
		retained += h->retained[i]->len;
	}
	*stored += retained;
	gn_map_validate(&h->by_peer);
	GN_ASSERT(h->by_peer.count == h->sub_count);
	for (uint32_t i = 1; i < h->sub_count; i++)
		GN_ASSERT(h->subs[i - 1]->rtt >= h->subs[i]->rtt);
	GN_ASSERT(kept == h->kept_bytes && retained == h->retained_bytes &&
		  kept <= BUS_KEPT_BYTES && retained <= BUS_RETAINED_BYTES);
	for (uint32_t i = 0; i < h->publishers.count; i++) {
		const struct bus_publisher *p =
			GN_MAP_AT(&h->publishers, struct bus_publisher *, i);
		values += p->retained;
		*stored += p->will ? p->will->len : 0;
		GN_ASSERT(p->retained <= BUS_RETAINED_ONE);
		GN_ASSERT(h->index_used[p->index / 64] >> p->index % 64 & 1);
	}
	GN_ASSERT(values == h->retained_count);
	return h->sub_count;
}

void gn_bus_validate(const struct gn_bus *b)
{
	uint64_t subscribers = 0, stored = 0;
	uint32_t servings = 0, lookups = 0, queued = 0, ops = 0;
	gn_map_validate(&b->held);
	gn_map_validate(&b->views);
	gn_map_validate(&b->asks);
	gn_heap_validate(&b->held_timers);
	gn_heap_validate(&b->view_timers);
	gn_frame_validate(&b->frame);
	gn_share_validate(&b->leases);
	gn_share_validate(&b->topics);
	gn_share_validate(&b->stored);
	GN_ASSERT(!b->out.building);
	for (uint32_t i = 0; i < b->held.count; i++) {
		const struct bus_held *h = GN_MAP_AT(&b->held, struct bus_held *, i);
		subscribers += validate_held(h, &stored);
		servings += h->servings;
		lookups += h->get != 0;
	}
	for (uint32_t i = 0; i < b->views.count; i++) {
		const struct bus_view *v = GN_MAP_AT(&b->views, struct bus_view *, i);
		GN_ASSERT(v->link_count <= BUS_LINKS_MAX && v->want_count <= BUS_WANTS);
		for (const struct bus_local *l = v->locals; l; l = l->next, ops++)
			queued += l->count;
		for (const struct bus_post *p = v->posts; p; p = p->next)
			ops++;
		for (const struct bus_post *p = v->wills; p; p = p->next)
			ops++;
	}
	GN_ASSERT(b->topics.used == b->held.count && stored == b->stored.used);
	GN_ASSERT(subscribers == b->leases.used && servings == b->serving_count &&
		  lookups == b->lookups && ops == b->frame.ops.count);
	GN_ASSERT(queued <= BUS_OPS * BUS_QUEUE && b->queue_bytes <= BUS_QUEUE_BYTES);
}
