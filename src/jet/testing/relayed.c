/* Two ends, their boxes, a relay and a server: relayed.h. */
#include "jet/testing/relayed.h"
#include "jet/session_int.h"
#include <stdlib.h>

static const struct jet_sim_link_config wire = {
	.delay = 20 * GN_MSEC, .rate = 50000000, .queue = 200000};

static void behind(struct world *w, int node, const char *kind, bool keep)
{
	struct jet_sim_nat nat;
	if (strcmp(kind, "open") == 0)
		return;
	assert_true(jet_sim_nat_named(gn_str(kind), &nat));
	nat.stray_keep = keep;
	struct jet_sim_box *up = NULL;
	if (strcmp(kind, "cg") == 0) { /* a home's behind a carrier's */
		up = jet_sim_nat(&w->sim, &nat, NULL, node);
		assert_true(jet_sim_nat_named(gn_str("port"), &nat));
		nat.stray_keep = keep;
	}
	jet_sim_behind(&w->sim, node, jet_sim_nat(&w->sim, &nat, up, node));
}

static bool all_connected(struct jet_sim *sim)
{
	struct app *a = sim->nodes[0].user, *b = sim->nodes[1].user;
	return a->connected >= 2 && b->connected >= 2;
}

struct world *relayed_start(uint64_t seed, const char *a, const char *b, bool keep)
{
	static const struct gn_way_info relay = {.kind = GN_WAY_RELAY, .prefix = 9};
	struct world *w = calloc(1, sizeof *w);
	gn_jet_id id;
	jet_sim_init(&w->sim, seed);
	w->sim.validate = true;
	for (int i = 0; i < 3; i++) {
		jet_sim_node(&w->sim, NULL);
		w->sim.nodes[i].on_event = app_event;
		w->sim.nodes[i].user = &w->app[i];
		w->sim.nodes[i].way.addr = gn_addr_v4(192, 0, 2, (uint8_t)(i + 1), 4433);
	}
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < i; k++)
			jet_sim_join(&w->sim, i, k, &wire);
	behind(w, 0, a, keep);
	behind(w, 1, b, keep);
	w->relay = jet_sim_wire(&w->sim, 0, 1, RELAY, &wire);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(gn_jet_way(jet(w, i), RELAY, &relay), GN_OK);
		assert_int_equal(
			gn_jet_connect(jet(w, i), &w->sim.nodes[SERVER].way, NULL, w->sim.now, &id),
			GN_OK);
		jet_sim_flush(&w->sim, i);
	}
	jet_sim_run(&w->sim, w->sim.now + 500 * GN_MSEC);
	struct gn_way to = jet_sim_wire_to(w->relay, 1);
	assert_int_equal(gn_jet_connect(jet(w, 0), &to, NULL, w->sim.now, &id), GN_OK);
	jet_sim_flush(&w->sim, 0);
	assert_true(jet_sim_run_until(&w->sim, all_connected, w->sim.now + 5 * GN_SEC));
	jet_sim_run(&w->sim, w->sim.now + 300 * GN_MSEC);
	return w;
}

void relayed_end(struct world *w)
{
	jet_sim_fini(&w->sim);
	free(w);
}

struct jet_session *relayed(struct world *w, int i)
{
	return forge_find(jet(w, i), w->app[i].id);
}

void relayed_tell(struct world *w, int i, struct gn_jet_offer offer)
{
	bool turn = offer.list[0].turn;
	offer.count = 1;
	offer.list[0] =
		(struct gn_jet_candidate){.origin = GN_JET_HOST, .addr = w->sim.nodes[i].way.addr};
	if (w->sim.nodes[i].box)
		offer.list[offer.count++] = (struct gn_jet_candidate){.origin = GN_JET_REFLEXIVE,
								      .addr = w->app[i].seen[0]};
	for (uint32_t k = 0; k < offer.count; k++)
		offer.list[k].turn = turn;
	assert_int_equal(gn_jet_offer(jet(w, i), w->app[i].id, &offer, w->sim.now), GN_OK);
	jet_sim_flush(&w->sim, i);
}

bool relayed_direct(struct jet_sim *sim)
{
	for (int i = 0; i < 2; i++) {
		const struct app *a = sim->nodes[i].user;
		const struct jet_session *s = forge_find(sim->nodes[i].jet, a->id);
		bool direct = false;
		for (int k = 0; s && k < JET_PATHS_MAX; k++)
			direct |= s->paths[k] && s->paths[k]->validated &&
				  s->paths[k]->way.link != RELAY && !s->paths[k]->punching;
		if (!direct)
			return false;
	}
	return true;
}
