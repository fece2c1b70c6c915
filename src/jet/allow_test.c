/* Which ways a session may take (RE-11): what is not allowed is left at once, neither sends nor is
 * heard any more, and no stream byte is lost. */
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"

#define RELAY 1
#define OTHER 2 /* a socket besides, on the other end's network */

static const struct jet_sim_link_config near = {
	.delay = 10 * GN_MSEC, .rate = 50000000, .queue = 200000};
static const struct jet_sim_link_config far = {
	.delay = 40 * GN_MSEC, .rate = 50000000, .queue = 200000};
static struct pair p;
static struct jet_sim_wire *wires[3];

static struct gn_jet *jet(int i)
{
	return p.sim.nodes[i].jet;
}

static struct jet_session *session(int i)
{
	return forge_session(jet(i));
}

static void run(gn_time t)
{
	jet_sim_run(&p.sim, p.sim.now + t);
}

static void start(uint64_t seed)
{
	static const struct gn_way_info infos[] = {
		[RELAY] = {.kind = GN_WAY_RELAY, .prefix = 9, .mtu = 1443},
		[OTHER] = {.kind = GN_WAY_SPARE}};
	pair_init(&p, seed, NULL, NULL, &near);
	p.sim.validate = true;
	for (uint32_t link = RELAY; link <= OTHER; link++) {
		wires[link] = jet_sim_wire(&p.sim, 0, 1, link, link == RELAY ? &far : &near);
		for (int i = 0; i < 2; i++)
			assert_int_equal(gn_jet_way(jet(i), link, &infos[link]), GN_OK);
	}
	pair_connect(&p);
	run(GN_SEC);
}

static gn_err open_path(int i, uint32_t link)
{
	struct gn_way to = jet_sim_wire_to(wires[link], 1 - i);
	gn_err err = gn_jet_path_open(jet(i), session(i)->id, &to, p.sim.now);
	jet_sim_flush(&p.sim, i);
	return err;
}

static void bulk(uint64_t bytes)
{
	for (int i = 0; i < 2; i++) {
		app_send(&p.sim, i, bytes, true, GN_JET_FILES);
		jet_sim_flush(&p.sim, i);
	}
}

/* Packets that end i has put on the shared socket. */
static uint64_t direct_packets(int i)
{
	return p.sim.links[p.sim.route[i][1 - i] - 1].packets;
}

static void finish(void)
{
	assert_true(jet_sim_run_until(&p.sim, pair_all_done, p.sim.now + 120 * GN_SEC));
	pair_check(&p);
	assert_int_equal(p.app[0].closed + p.app[1].closed, 0);
	pair_fini(&p);
}

/* Whichever end has the rule, in the midst of bytes both ways: it sends nothing more elsewhere, and
 * the other end follows. */
static void what_is_not_allowed_is_left_at_once(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		start(200 + (uint64_t)who);
		assert_int_equal(open_path(0, RELAY), GN_OK);
		run(GN_SEC);
		assert_int_equal(session(who)->path->way.link, 0);
		bulk(4000000);
		run(300 * GN_MSEC);
		uint64_t before = direct_packets(who);
		assert_int_equal(
			gn_jet_allow(jet(who), session(who)->id, GN_JET_ALLOW_RELAY, p.sim.now),
			GN_OK);
		jet_sim_flush(&p.sim, who);
		assert_int_equal(session(who)->path->way.link, RELAY);
		assert_int_equal(session(who)->why, GN_JET_WHY_POLICY);
		run(2 * GN_SEC);
		assert_int_equal(session(1 - who)->path->way.link, RELAY);
		uint64_t others = direct_packets(1 - who);
		bulk(100000);
		run(60 * GN_SEC);
		assert_int_equal(direct_packets(who), before);
		assert_int_equal(direct_packets(1 - who), others);
		struct gn_jet_info info;
		assert_int_equal(gn_jet_info(jet(who), session(who)->id, &info), GN_OK);
		assert_int_equal(info.indirect, GN_JET_INDIRECT_POLICY);
		assert_int_equal(info.paths, 1);
		finish();
	}
}

/* Nothing that is allowed is there: nothing changes, and the owner closes it. */
static void a_session_without_such_a_path_goes_on(void **state)
{
	(void)state;
	start(210);
	bulk(400000);
	assert_int_equal(gn_jet_allow(jet(0), session(0)->id, GN_JET_ALLOW_RELAY, p.sim.now),
			 GN_POLICY);
	assert_int_equal(gn_jet_allow(jet(0), 12345, GN_JET_ALLOW_RELAY, p.sim.now), GN_NOT_FOUND);
	assert_int_equal(session(0)->forbidden, 0);
	/* a private address is the own network: what allows that changes nothing */
	assert_int_equal(gn_jet_allow(jet(0), session(0)->id, GN_JET_ALLOW_LAN, p.sim.now), GN_OK);
	assert_int_equal(p.app[0].moved, 0);
	finish();
}

/* The other end opens a path by a way that this one does not allow: it is not answered. */
static void what_comes_otherwise_is_dropped(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		start(220 + (uint64_t)who);
		assert_int_equal(open_path(0, RELAY), GN_OK);
		run(GN_SEC);
		assert_int_equal(
			gn_jet_allow(jet(who), session(who)->id, GN_JET_ALLOW_RELAY, p.sim.now),
			GN_OK);
		jet_sim_flush(&p.sim, who);
		run(GN_SEC);
		assert_int_equal(open_path(who, OTHER), GN_POLICY);
		assert_int_equal(open_path(1 - who, OTHER), GN_OK);
		run(20 * GN_SEC);
		assert_int_equal(p.sim.links[wires[OTHER]->links[who]].packets, 0);
		assert_true(jet_sim_counter(&p.sim, who, "packet-policy") > 0);
		assert_int_equal(p.app[1 - who].move_failed, 1);
		bulk(100000);
		finish();
	}
}

/* It is allowed again: a path may be opened, and is taken. */
static void a_rule_ends(void **state)
{
	(void)state;
	start(230);
	assert_int_equal(open_path(0, RELAY), GN_OK);
	run(GN_SEC);
	assert_int_equal(gn_jet_allow(jet(0), session(0)->id, GN_JET_ALLOW_RELAY, p.sim.now),
			 GN_OK);
	run(GN_SEC);
	assert_int_equal(gn_jet_allow(jet(0), session(0)->id, GN_JET_ALLOW_ALL, p.sim.now), GN_OK);
	assert_int_equal(open_path(0, OTHER), GN_OK);
	run(GN_SEC);
	for (int i = 0; i < 15; i++) { /* there is no choice for 10 s */
		bulk(10000);
		run(GN_SEC);
	}
	assert_int_equal(session(0)->path->way.link, OTHER);
	assert_int_equal(session(0)->why, GN_JET_WHY_DIRECT);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_allowed_is_left_at_once),
		cmocka_unit_test(a_session_without_such_a_path_goes_on),
		cmocka_unit_test(what_comes_otherwise_is_dropped),
		cmocka_unit_test(a_rule_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
