/* Gates: GCRA for each key, in times. A full bucket is forgotten when its place is needed. */
#include "services/dialback/engine_int.h"

void dialback_gate_init(struct dialback_gate *g, const struct gn_env *env, gn_time apart,
			unsigned burst)
{
	GN_ASSERT(burst > 0 && apart > 0);
	g->apart = apart;
	g->burst = burst;
	gn_map_init(&g->full_at, env, sizeof(uint64_t), sizeof(gn_time), DIALBACK_GATE);
}

void dialback_gate_fini(struct dialback_gate *g)
{
	GN_ASSERT(g->full_at.count <= DIALBACK_GATE);
	gn_map_fini(&g->full_at);
}

gn_time dialback_gate_at(const struct dialback_gate *g, uint64_t key, gn_time now)
{
	GN_ASSERT(g->burst > 0);
	const gn_time *full = gn_map_get(&g->full_at, &key);
	return full && *full > now ? *full - (gn_time)(g->burst - 1) * g->apart : now;
}

static void forget_full(struct dialback_gate *g, gn_time now)
{
	for (uint32_t i = g->full_at.count; i-- > 0;) {
		uint64_t key = *(const uint64_t *)gn_map_key_at(&g->full_at, i);
		if (GN_MAP_AT(&g->full_at, gn_time, i) <= now)
			(void)gn_map_remove(&g->full_at, &key);
	}
}

bool dialback_gate_take(struct dialback_gate *g, uint64_t key, gn_time now)
{
	GN_ASSERT(g->burst > 0 && now < GN_NEVER - g->apart);
	if (g->full_at.count >= DIALBACK_GATE)
		forget_full(g, now);
	gn_time *full = gn_map_put(&g->full_at, &key);
	if (!full)
		return false;
	*full = (*full > now ? *full : now) + g->apart;
	return true;
}
