/* For tests and simulations only: puts guard into a state that otherwise takes a flood. */
#ifndef GN_GUARD_FORCE_SIM_H
#define GN_GUARD_FORCE_SIM_H

#include "guard/guard_int.h"

/* Strangers owe this from now on; it stays until the load has fallen for some tenths of a second. */
static inline void gn_force_effort(struct gn_guard *g, uint32_t effort, gn_time now)
{
	g->load.effort = effort;
	g->load.window_at = now;
}

/* Strangers find no capacity until then. */
static inline void gn_force_wait(struct gn_guard *g, gn_time until)
{
	g->lanes.total_full_at = g->lanes.full_at[GN_LANE_STRANGER] = until + GN_LANE_BURST;
}

static inline uint64_t gn_force_counter(const struct gn_guard *g, const char *name)
{
	struct gn_guard_counter c;
	for (size_t i = 0; gn_guard_counter_at(g, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_ASSERT(!"a counter of this name");
	return 0;
}

#endif
