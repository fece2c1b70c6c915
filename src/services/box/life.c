/* Made and freed. */
#include "services/box/engine_int.h"

void box_op_free(struct gn_box *b, struct gn_frame_op *op)
{
	switch ((enum box_op_kind)op->kind) {
	case OP_DEPOSIT:
	case OP_CHECK: box_put_free(b, GN_CONTAINER(op, struct box_put, op)); break;
	case OP_FOLLOW: box_read_free(b, GN_CONTAINER(op, struct box_read, op)); break;
	case OP_WORK: box_work_free(b, GN_CONTAINER(op, struct box_work, op)); break;
	}
}

static void init_maps(struct gn_box *b)
{
	const struct gn_env *env = &b->env;
	struct gn_share_config feeding = {.total = BOX_FEEDS,
					  .per_key = BOX_FEEDS_PEER,
					  .per_prefix = BOX_FEEDS / BOX_FEEDS_PART,
					  .crowded = BOX_FEEDS / 2,
					  .holders_max = BOX_FEEDS};
	gn_map_init(&b->held, env, sizeof(struct gn_pk), sizeof(void *), BOX_HELD);
	gn_map_init(&b->items, env, sizeof(struct gn_hash), sizeof(void *), BOX_INDEX + BOX_GONE);
	gn_map_init(&b->stores, env, sizeof(uint64_t), sizeof(struct box_store), BOX_STORES);
	gn_map_init(&b->loads, env, sizeof(uint64_t), sizeof(struct box_load), BOX_LOADS);
	gn_map_init(&b->peers, env, sizeof(struct gn_pk), sizeof(void *), BOX_PEERS);
	gn_map_init(&b->feeds, env, sizeof(uint64_t), sizeof(void *), BOX_FEEDS);
	gn_share_init(&b->feeding, env, &feeding);
	gn_map_init(&b->wanted, env, sizeof(struct gn_hash), sizeof(struct box_wanted), BOX_WANTED);
	gn_map_init(&b->asks, env, sizeof(uint64_t), sizeof(void *), BOX_ASKS);
	gn_map_init(&b->doors, env, sizeof(struct box_door_key), sizeof(void *), BOX_DOORS);
	gn_heap_init(&b->weights, env->alloc);
	gn_heap_init(&b->sums, env->alloc);
	gn_heap_init(&b->timers, env->alloc);
	gn_heap_init(&b->turns, env->alloc);
	gn_map_init(&b->endings, env, sizeof(uint64_t), sizeof(struct box_ending), BOX_STORES);
	gn_map_init(&b->limited, env, sizeof(struct box_limited_key), sizeof(struct box_limited),
		    BOX_LIMITED);
	gn_map_init(&b->nears, env, sizeof(struct box_near_key), sizeof(struct box_near),
		    BOX_NEARS);
	gn_ring_init(&b->old_turns, env->alloc, sizeof(struct box_turn_value), BOX_INDEX);
	gn_ring_init(&b->acks, env->alloc, sizeof(struct box_ack), BOX_INDEX + BOX_GONE);
	gn_ring_init(&b->signs, env->alloc, sizeof(struct box_door_key), BOX_DOORS);
}

gn_err gn_box_new(const struct gn_env *env, const struct gn_box_config *config, gn_time now,
		  struct gn_box **out)
{
	GN_ASSERT(config->overlay && config->kv);
	struct gn_box *b = GN_NEW(env->alloc, struct gn_box);
	if (!b)
		return GN_NOMEM;
	b->value = gn_mem_new(env->alloc, gn_box_value_max());
	if (!b->value) {
		gn_mem_free(env->alloc, b);
		return GN_NOMEM;
	}
	b->env = *env;
	b->cfg = *config;
	box_message_init(b);
	b->now = now;
	b->wake = b->members_look = b->doors_look = GN_NEVER;
	b->sweep = now + BOX_SWEEP;
	b->position = (uint64_t)(now / GN_USEC);
	gn_frame_init(&b->frame, env, config->overlay, BOX_DEPOSITS + BOX_FOLLOWS + BOX_WORKS,
		      BOX_LOOKUPS + 2 * (BOX_DEPOSITS + BOX_FOLLOWS + BOX_WORKS));
	init_maps(b);
	*out = b;
	return GN_OK;
}

static void free_held(struct gn_box *b)
{
	while (b->items.count) {
		struct box_item *it = GN_MAP_AT(&b->items, struct box_item *, 0);
		box_item_remove(b, it, false);
	}
	while (b->held.count)
		box_held_free(b, GN_MAP_AT(&b->held, struct box_held *, 0));
	for (struct box_pending *p; (p = box_rules_ready(b));)
		gn_mem_free(b->env.alloc, p);
}

void gn_box_free(struct gn_box *b)
{
	if (!b)
		return;
	while (b->frame.ops.count)
		box_op_free(b, GN_MAP_AT(&b->frame.ops, struct gn_frame_op *, 0));
	while (b->asks.count)
		box_ask_free(b, GN_MAP_AT(&b->asks, struct box_ask *, 0));
	for (struct box_ask *a; (a = box_ask_lost(b));)
		gn_mem_free(b->env.alloc, a);
	while (b->doors.count)
		box_door_free(b, GN_MAP_AT(&b->doors, struct box_door *, 0));
	while (b->peers.count) {
		struct gn_pk pk = GN_MAP_AT(&b->peers, struct box_peer *, 0)->pk;
		box_peer_drop(b, &pk);
	}
	free_held(b);
	box_limited_free(b);
	gn_frame_out_free(&b->out);
	struct gn_map *maps[] = {&b->held,  &b->items,   &b->stores, &b->loads,
				 &b->peers, &b->feeds,   &b->wanted, &b->asks,
				 &b->doors, &b->endings, &b->nears};
	for (size_t i = 0; i < GN_COUNT(maps); i++)
		gn_map_fini(maps[i]);
	gn_share_fini(&b->feeding);
	gn_heap_fini(&b->weights);
	gn_heap_fini(&b->sums);
	gn_heap_fini(&b->timers);
	gn_heap_fini(&b->turns);
	gn_ring_fini(&b->acks);
	gn_ring_fini(&b->signs);
	gn_ring_fini(&b->old_turns);
	gn_frame_fini(&b->frame);
	gn_mem_free(b->env.alloc, b->value);
	gn_wipe(&b->cfg.node_key, sizeof b->cfg.node_key);
	gn_mem_free(b->env.alloc, b);
}
