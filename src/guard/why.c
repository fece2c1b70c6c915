/* What people ask and say: why somebody is limited, who is heaviest, how much is going on.
 * Nothing here changes a decision. */
#include "guard/guard_int.h"

/* ---- what people ask ---- */

/* The subject's bucket, and whether it gives; said as a charge would say it. */
static gn_err look(const struct gn_guard *g, const struct gn_guard_subject *who, bool pressed,
		   gn_time now, gn_time *full_at, struct gn_guard_why *why)
{
	static const struct gn_bucket full = {0};
	if (who->kind == GN_GUARD_PREFIX) {
		gn_time host = gn_prefix_full_at(g, &who->addr, GN_HOST, true, now),
			net = gn_prefix_full_at(g, &who->addr, GN_NET, true, now);
		*full_at = host > net ? host : net;
		return gn_prefix_ready(g, &who->addr, true, now, &why->limit, &why->until);
	}
	const struct gn_bucket *b = gn_guard_bucket(g, who);
	b = b || !gn_guard_room(g, who, now) ? b : &full;
	*full_at = b ? b->full_at : 0;
	return gn_exact_ready(g, who, b, pressed, now, &why->limit, &why->until);
}

static const char *reason(const struct gn_guard_why *why)
{
	static const struct {
		const char *limit, *text;
	} limits[] = {
		{"guard-host", "refused: this address has used up its share"},
		{"guard-net", "refused: its network has used up its share"},
		{"guard-key", "refused: this key has used up its share"},
		{"guard-token", "refused: this token has used up its share"},
		{"guard-tokens-full", "refused: too many ask at one time to count another"},
	};
	if (why->allowed)
		return "allowed anything by the operator";
	if (why->exempt)
		return "a local network: it has no share";
	for (size_t i = 0; i < GN_COUNT(limits); i++)
		if (strcmp(why->limit, limits[i].limit) == 0)
			return limits[i].text;
	return "served";
}

void gn_guard_why(const struct gn_guard *g, const struct gn_guard_subject *who, gn_time now,
		  struct gn_guard_why *out)
{
	struct gn_guard_why why = {.limit = "", .reason = "guard is off: nothing is limited"};
	if (!g->t) {
		*out = why;
		return;
	}
	struct gn_rate r = gn_guard_rate(who);
	struct gn_load load = g->load; /* asking does not move it */
	gn_time full_at;
	gn_load_tick(&load, g->config.capacity, now);
	why.effort = load.effort;
	why.pressure = load.pressure;
	why.exempt = who->kind == GN_GUARD_PREFIX && gn_prefix_exempt(g, &who->addr);
	why.allowed = gn_guard_is_allowed(g, who, now);
	why.limited = look(g, who, gn_load_presses(&load), now, &full_at, &why) != GN_OK;
	why.reason = reason(&why);
	why.rate = r.rate;
	why.burst = gn_gcra_left(0, r, now);
	why.left = gn_gcra_left(full_at, r, now);
	const struct gn_guard_account *a = gn_top_find(&g->t->top, gn_guard_print(g, who));
	why.counted = a != NULL;
	if (a)
		why.account = *a;
	*out = why;
}

size_t gn_guard_list(const struct gn_guard *g, struct gn_guard_account *out, size_t most)
{
	bool told[GN_GUARD_TOP] = {false};
	size_t n = 0;
	for (; g->t && n < most && n < g->t->top.count; n++) {
		const struct gn_top *t = &g->t->top;
		uint32_t best = GN_GUARD_TOP;
		for (uint32_t i = 0; i < t->count; i++)
			if (!told[i] &&
			    (best == GN_GUARD_TOP || t->account[i].work > t->account[best].work))
				best = i;
		told[best] = true;
		out[n] = t->account[best];
	}
	return n;
}

void gn_guard_status(const struct gn_guard *g, gn_time now, struct gn_guard_status *out)
{
	struct gn_load load = g->load; /* asking does not move it */
	gn_load_tick(&load, g->config.capacity, now);
	*out = (struct gn_guard_status){
		.on = g->t != NULL,
		.load = load.permille,
		.effort = load.effort,
		.pressure = load.pressure,
		.cost = load.cost,
		.capacity = g->config.capacity,
		.memory = sizeof *g + (g->t ? sizeof *g->t : 0),
	};
	for (int lane = 0; lane < GN_LANES; lane++)
		out->waiting += g->lanes.waiting[lane];
}

bool gn_guard_counter_at(const struct gn_guard *g, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "counters.def"
#undef X
	};
	return gn_counter_at(names, g->counters, GN_GUARD_C_COUNT, i, out);
}

void gn_guard_validate(const struct gn_guard *g)
{
	GN_ASSERT(g->load.effort <= GN_EFFORT_MAX && g->load.permille <= 1000 && g->load.cost > 0);
	if (!g->t)
		return;
	uint32_t waiting[GN_LANES] = {0};
	for (uint32_t i = 0; i < GN_GUARD_WAITING; i++)
		if (g->t->wait[i].used)
			waiting[g->t->wait[i].lane]++;
	for (int lane = 0; lane < GN_LANES; lane++)
		GN_ASSERT(waiting[lane] == g->lanes.waiting[lane]);
	GN_ASSERT(g->t->top.count <= GN_GUARD_TOP && g->t->allowed_count <= GN_GUARD_ALLOWED);
	GN_ASSERT(g->t->once.count <= GN_ONCE_COUNT);
	for (uint32_t i = 0; i < g->t->top.count; i++)
		GN_ASSERT(g->t->top.account[i].work >= g->t->top.account[i].work_error);
}
