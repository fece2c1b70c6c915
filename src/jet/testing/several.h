/* Two ends in virtual time with two ways besides the one by which they meet: a relay's, and
 * another. Wires are there, and not used before a test opens a path. */
#ifndef GN_JET_TESTING_SEVERAL_H
#define GN_JET_TESTING_SEVERAL_H

#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"

#include <stdlib.h>

#define RELAY 1
#define OTHER 2

static const struct jet_sim_link_config near = {
	.delay = 10 * GN_MSEC, .rate = 50000000, .queue = 200000};

struct world {
	struct pair p;
	struct jet_sim_wire *wire[3];
};

static inline struct gn_jet *jet(struct world *w, int i)
{
	return w->p.sim.nodes[i].jet;
}

static inline struct jet_session *session(struct world *w, int i)
{
	return forge_session(jet(w, i));
}

static inline void run(struct world *w, gn_time t)
{
	jet_sim_run(&w->p.sim, w->p.sim.now + t);
}

/* first: between the two. infos: of RELAY and OTHER. They are connected for a second by then; freed
 * by the caller. */
static inline struct world *several_start(uint64_t seed, const struct jet_sim_link_config *first,
					  const struct gn_jet_config *config,
					  const struct gn_way_info infos[OTHER + 1])
{
	struct world *w = calloc(1, sizeof *w);
	pair_init(&w->p, seed, config, config, first);
	w->p.sim.validate = true;
	for (uint32_t link = RELAY; link <= OTHER; link++) {
		w->wire[link] = jet_sim_wire(&w->p.sim, 0, 1, link, &near);
		for (int i = 0; i < 2; i++)
			assert_int_equal(gn_jet_way(jet(w, i), link, &infos[link]), GN_OK);
	}
	pair_connect(&w->p);
	run(w, GN_SEC);
	return w;
}

/* No packet goes over it any more, without a word. -1: by which they met. */
static inline void cut(struct world *w, int link, bool down)
{
	for (int k = 0; k < 2; k++)
		w->p.sim.links[link < 0 ? k : w->wire[link]->links[k]].down = down;
}

static inline void open_path(struct world *w, int node, uint32_t link)
{
	struct gn_way to = jet_sim_wire_to(w->wire[link], 1 - node);
	assert_int_equal(gn_jet_path_open(jet(w, node), session(w, node)->id, &to, w->p.sim.now),
			 GN_OK);
	jet_sim_flush(&w->p.sim, node);
}

#endif
