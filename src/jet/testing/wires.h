/* Two ends with a session over a reliable way (WebSocket over TCP) in virtual time, UDP beside it,
 * and further wires. */
#ifndef GN_JET_TESTING_WIRES_H
#define GN_JET_TESTING_WIRES_H

#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

#define WSS 1
#define WSS_HEAD 8 /* bytes before each packet */

static const struct gn_way_info wss = {.kind = GN_WAY_WSS, .reliable = true, .prefix = WSS_HEAD};

struct world {
	struct pair p;
	struct jet_sim_wire *wire[3]; /* by their links */
};

static inline struct jet_session *session(struct world *w, int i)
{
	return forge_session(w->p.sim.nodes[i].jet);
}

static inline void run(struct world *w, gn_time t)
{
	jet_sim_run(&w->p.sim, w->p.sim.now + t);
}

static inline void wire(struct world *w, uint32_t link, const struct jet_sim_link_config *carrier)
{
	w->wire[link] = jet_sim_wire(&w->p.sim, 0, 1, link, carrier);
	for (int i = 0; i < 2; i++)
		assert_int_equal(gn_jet_way(w->p.sim.nodes[i].jet, link, &wss), GN_OK);
}

/* The session is over the wire WSS; others up to `last` are there, and UDP, and not used. */
static inline struct world *world_new(uint64_t seed, const struct jet_sim_link_config *direct,
				      const struct jet_sim_link_config *carrier,
				      const struct gn_jet_config *config, uint32_t last)
{
	struct world *w = calloc(1, sizeof *w);
	pair_init(&w->p, seed, config, config, direct);
	for (uint32_t link = WSS; link <= last; link++)
		wire(w, link, carrier);
	struct gn_way to = jet_sim_wire_to(w->wire[WSS], 1);
	assert_int_equal(gn_jet_connect(w->p.sim.nodes[0].jet, &to, &w->p.sim.nodes[1].pk,
					w->p.sim.now, &w->p.id),
			 GN_OK);
	w->p.app[0].id = w->p.id;
	assert_true(jet_sim_run_until(&w->p.sim, pair_is_connected, w->p.sim.now + 10 * GN_SEC));
	run(w, GN_SEC);
	return w;
}

static inline void world_free(struct world *w)
{
	pair_fini(&w->p);
	free(w);
}

static inline void open_path(struct world *w, const struct gn_way *to)
{
	assert_int_equal(gn_jet_path_open(w->p.sim.nodes[0].jet, w->p.id, to, w->p.sim.now), GN_OK);
	jet_sim_flush(&w->p.sim, 0);
}

#endif
