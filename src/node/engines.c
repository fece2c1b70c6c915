/* The engines: made from the settings, each with memory of its own, and freed in the opposite
 * order. */
#include "node/charge.h"
#include "node/node_int.h"

#include "records/admit.h"

enum {
	ALLOC_JET,
	ALLOC_OVERLAY,
	ALLOC_KV,
	ALLOC_BLOCKS,
	ALLOC_SERVICES,
	ALLOC_NODE,
	ALLOC_BOX_LOG,
	ALLOC_BOX,
	ALLOC_BUS,
	ALLOC_RELAY,
	ALLOC_DIALBACK
};

static void own_addrs(const struct gn_node *node, struct gn_overlay_config *c)
{
	struct gn_addr found;
	if (gn_node_policy_hidden(node)) {
		c->can = GN_OVERLAY_CAN_HIDE;
		return;
	}
	if (*node->config.advertise &&
	    gn_addr_parse(gn_str(node->config.advertise), &found) == GN_OK) {
		c->addrs[c->addr_count++] = found;
		return;
	}
	c->addr_count = gn_node_moving_own(node, c->addrs);
}

static size_t room_for(void *user, const struct gn_pk *peer)
{
	return gn_node_fresh_is(user, peer) ? SIZE_MAX : gn_node_peers_room(user, peer);
}

static bool record_room(void *user, const struct gn_pk *peer, size_t bytes)
{
	return gn_node_fresh_is(user, peer) || gn_node_peers_takes(user, peer, bytes);
}

/* A context of this node itself has something here, too (fresh.h). */
static bool exporter_of(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	const struct gn_node *node = user;
	return gn_node_fresh_exporter(node, peer, out) ||
	       gn_node_peers_exporter(user, peer, ours, out);
}

/* Boxes and their log, whose entries are items and what was acknowledged of them. */
static gn_err new_box(struct gn_node *node, const struct gn_env *log, const struct gn_env *own)
{
	struct gn_kv_config kv = {.dir = "boxes",
				  .value_max = gn_box_value_max(),
				  .entries_max = GN_NODE_BOX_ENTRIES,
				  .bytes_max = node->config.box_limit + GN_NODE_BOX_LOG_MIN};
	struct gn_box_config box = {.overlay = node->overlay,
				    .node_key = node->key,
				    .bytes_max = node->config.box_limit,
				    .exporter = exporter_of,
				    .room = room_for,
				    .pays = gn_node_token_pays,
				    .user = node,
				    .lists = node->lists,
				    .quota = node->quota};
	GN_TRY(gn_kv_new(log, &kv, &node->box_log));
	box.kv = node->box_log;
	gn_err err = gn_box_new(own, &box, node->now, &node->box);
	gn_sk_wipe(&box.node_key);
	return err;
}

static gn_time rtt_to(void *user, const struct gn_pk *peer)
{
	const struct gn_node *node = user;
	struct gn_jet_info info;
	gn_jet_id id = gn_node_peers_session(node, peer);
	return id && gn_jet_info(node->jet, id, &info) == GN_OK ? info.srtt : 0;
}

/* What waits in a peer's queue comes late, and what it does not take is asked for again. */
static size_t bus_room(void *user, const struct gn_pk *peer)
{
	bool takes =
		gn_node_fresh_is(user, peer) || gn_node_peers_takes(user, peer, GN_MESSAGE_MAX);
	return takes ? SIZE_MAX : 0;
}

static gn_err new_bus(struct gn_node *node, const struct gn_env *env)
{
	struct gn_bus_config bus = {.overlay = node->overlay,
				    .node = node->key.pk,
				    .exporter = exporter_of,
				    .room = bus_room,
				    .rtt = rtt_to,
				    .user = node,
				    .count_local = node->config.guard_count_local,
				    .lists = node->lists,
				    .quota = node->quota};
	return gn_bus_new(env, &bus, node->now, &node->bus);
}

/* Nothing is relayed to one of a release before: it would not understand, and who called would
 * wait. */
static bool linked_to(void *user, const struct gn_pk *peer, uint64_t *era, struct gn_addr *addr)
{
	return gn_node_peers_linked(user, peer, era, addr) && !gn_node_peers_before(user, peer);
}

/* One hop more only to where this node is linked by itself. */
static bool may_relay(void *user, const struct gn_pk *relay)
{
	uint64_t era;
	struct gn_addr addr;
	return linked_to(user, relay, &era, &addr);
}

static gn_err new_relay(struct gn_node *node, const struct gn_env *env)
{
	struct gn_pk issuer;
	if (gn_unhex(gn_str(node->config.issuer), issuer.b, sizeof issuer.b))
		issuer = node->key.pk; /* nobody was named: the node's own */
	struct gn_relay_config relay = {.node = node->key.pk,
					.issuer = issuer,
					.give.level = GN_RELAY_OFF, /* until give.c says */
					.linked = linked_to,
					.relays = may_relay,
					.user = node,
					.count_local = node->config.guard_count_local,
					.overlay = node->overlay,
					.lists = node->lists,
					.quota = node->quota};
	return gn_relay_new(env, &relay, node->now, &node->relay);
}

gn_err gn_node_engines_new(struct gn_node *node)
{
	static const size_t budgets[] = {[ALLOC_JET] = GN_NODE_MEMORY_JET,
					 [ALLOC_OVERLAY] = GN_NODE_MEMORY_OVERLAY,
					 [ALLOC_KV] = GN_NODE_MEMORY_KV,
					 [ALLOC_BLOCKS] = GN_NODE_MEMORY_BLOCKS,
					 [ALLOC_SERVICES] = GN_NODE_MEMORY_SERVICES,
					 [ALLOC_NODE] = GN_NODE_MEMORY_OWN,
					 [ALLOC_BOX_LOG] = GN_NODE_MEMORY_BOX_LOG,
					 [ALLOC_BOX] = GN_NODE_MEMORY_BOX,
					 [ALLOC_BUS] = GN_NODE_MEMORY_BUS,
					 [ALLOC_RELAY] = GN_NODE_MEMORY_RELAY,
					 [ALLOC_DIALBACK] = GN_NODE_MEMORY_DIALBACK};
	struct gn_env env[GN_COUNT(budgets)];
	for (int i = 0; i < (int)GN_COUNT(budgets); i++) {
		gn_alloc_heap(&node->alloc[i], budgets[i]);
		env[i] = gn_host_env(&node->host, &node->alloc[i]);
	}
	node->env = env[ALLOC_NODE];
	gn_node_policy_init(node);
	gn_node_lifetime_init(node);
	gn_node_peers_init(node);
	gn_node_tunnels_init(node);
	gn_node_fresh_init(node);
	gn_node_offers_init(node);
	GN_TRY(gn_node_guard_new(node, &env[ALLOC_JET]));
	struct gn_jet_config jet = {.node_key = node->key,
				    .keep_alive = GN_NODE_KEEP_ALIVE,
				    .unused_timeout = GN_NODE_UNUSED,
				    .guard = node->guard,
				    .count_local = node->config.guard_count_local,
				    .always_retry = node->config.guard == GN_NODE_GUARD_COOKIE};
	GN_TRY(gn_jet_new(&env[ALLOC_JET], &jet, &node->jet));
	struct gn_overlay_config overlay = {
		.node_key = node->key,
		.pow_bits = node->config.pow_bits,
		.w = node->config.w,
		.probation = node->config.probation * GN_SEC,
		.probation_off = node->config.probation == 0,
		.awaits_bootstrap = node->config.bootstrap_count > 0,
		.count_local = node->config.guard_count_local,
		.room = record_room,
		.refuses = gn_node_refuses_record,
		.user = node,
		.bytes_max = node->config.record_limit,
		.records_max = (uint32_t)(node->config.record_limit / GN_NODE_RECORD_PLACE)};
	memcpy(overlay.nonce, node->nonce, sizeof overlay.nonce);
	for (unsigned type = 0; type < GN_COUNT(overlay.admit); type++)
		overlay.admit[type] = gn_admit_rule((uint16_t)type);
	overlay.grace[3] = gn_name_grace;
	own_addrs(node, &overlay);
	GN_TRY(gn_overlay_new(&env[ALLOC_OVERLAY], &overlay, node->now, &node->overlay));
	struct gn_kv_config kv = {.dir = "records"};
	GN_TRY(gn_kv_new(&env[ALLOC_KV], &kv, &node->kv));
	struct gn_blocks_config blocks = {.dir = "blocks",
					  .bytes_max = UINT64_MAX / 2,
					  .cached_max = node->config.store_limit};
	GN_TRY(gn_blocks_new(&env[ALLOC_BLOCKS], &blocks, &node->blocks));
	struct gn_lists_config lists = {.overlay = node->overlay,
					.count_local = node->config.guard_count_local};
	GN_TRY(gn_lists_new(&env[ALLOC_SERVICES], &lists, &node->lists));
	GN_TRY(gn_quota_new(&env[ALLOC_SERVICES], node->config.guard_count_local, &node->quota));
	GN_TRY(gn_names_new(&env[ALLOC_SERVICES], node->overlay, &node->names));
	struct gn_bundles_config bundles = {.overlay = node->overlay,
					    .blocks = node->blocks,
					    .node_key = node->key,
					    .peer_bytes_max = node->config.store_limit,
					    .count_local = node->config.guard_count_local,
					    .no_cache = node->config.store_limit == 0,
					    .reads_max = GN_NODE_READERS + GN_NODE_READERS_SMALL +
							 GN_NODE_OPENS,
					    .room = room_for,
					    .refuses = gn_node_refuses_hash,
					    .user = node};
	gn_err err = gn_bundles_new(&env[ALLOC_SERVICES], &bundles, &node->bundles);
	gn_sk_wipe(&jet.node_key); /* each has its own copy and wipes it */
	gn_sk_wipe(&overlay.node_key);
	gn_sk_wipe(&bundles.node_key);
	GN_TRY(err);
	GN_TRY(new_box(node, &env[ALLOC_BOX_LOG], &env[ALLOC_BOX]));
	GN_TRY(new_bus(node, &env[ALLOC_BUS]));
	GN_TRY(new_relay(node, &env[ALLOC_RELAY]));
	gn_node_give_init(node);
	return gn_node_dialback_new(node, &env[ALLOC_DIALBACK]);
}

void gn_node_engines_free(struct gn_node *node)
{
	gn_node_give_fini(node);
	gn_node_policy_fini(node);
	gn_node_lifetime_fini(node);
	gn_node_fresh_fini(node);
	gn_dialback_free(node->dialback);
	gn_relay_free(node->relay);
	gn_bus_free(node->bus);
	gn_box_free(node->box);
	gn_kv_free(node->box_log);
	gn_bundles_free(node->bundles);
	gn_names_free(node->names);
	gn_lists_free(node->lists);
	gn_quota_free(node->quota);
	gn_blocks_free(node->blocks);
	gn_kv_free(node->kv);
	gn_overlay_free(node->overlay);
	gn_node_offers_fini(node);
	gn_node_tunnels_fini(node);
	gn_node_peers_fini(node);
	gn_jet_free(node->jet);
	gn_guard_free(node->guard);
}
