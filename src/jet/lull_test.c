/* What flowed and stops, what carries again, and what is slow: who finds out, and how soon (RE-5 to
 * RE-7), in virtual time. */
#include "jet/grade_int.h"
#include "jet/testing/several.h"

static struct world *start(uint64_t seed, uint32_t rate)
{
	const struct gn_way_info infos[] = {
		[RELAY] = {.kind = GN_WAY_RELAY,
			   .prefix = 9,
			   .mtu = 1443,
			   .rate = {rate, rate ? 20 * GN_SEC : 0}},
		[OTHER] = {.kind = GN_WAY_RELAY, .prefix = 9, .mtu = 1443}};
	return several_start(seed, &near, NULL, infos);
}

static void finish(struct world *w)
{
	assert_int_equal(w->p.app[0].closed + w->p.app[1].closed, 0);
	pair_fini(&w->p);
	free(w);
}

static void send_file(struct world *w, uint64_t bytes)
{
	app_send(&w->p.sim, 0, bytes, true, GN_JET_FILES);
	jet_sim_flush(&w->p.sim, 0);
}

/* By the relay's way alone, while a file goes. */
static struct world *on_relay(uint64_t seed, uint32_t rate)
{
	struct world *w = start(seed, rate);
	open_path(w, 0, RELAY);
	run(w, GN_SEC);
	send_file(w, 30000000);
	run(w, 500 * GN_MSEC);
	cut(w, -1, true);
	run(w, 2 * GN_SEC);
	return w;
}

/* Nothing of the receiver's is under way that would be missed. */
static void test_who_only_receives_misses_what_flowed(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct world *w = start(seed, 0);
		send_file(w, 20000000);
		run(w, GN_SEC + (gn_time)seed * 7 * GN_MSEC);
		cut(w, -1, true);
		gn_time most = JET_FLOW_GAP + 4 * jet_pto(session(w, 1)->path, JET_APP);
		run(w, most);
		assert_true(most < GN_SEC);
		assert_int_equal(w->p.app[1].suspects, 1);
		finish(w);
	}
}

/* A session whose reader does not read: an open stream, and nothing comes. */
static struct world *lull(void)
{
	struct world *w = start(6, 0);
	w->p.app[1].deaf = true;
	send_file(w, 20000000);
	run(w, 150 * GN_MSEC);
	assert_int_equal(session(w, 1)->path->run, JET_FLOW_RUN);
	return w;
}

static void test_a_lull_is_asked_about_once(void **state)
{
	(void)state;
	struct world *w = lull();
	const struct jet_path *p = session(w, 1)->path;
	run(w, 2 * GN_SEC);
	gn_time asked = p->probe.sent_at[0];
	assert_true(p->probe.check && w->p.sim.now - asked < 2 * GN_SEC);
	run(w, 2 * GN_SEC);
	assert_int_equal(p->probe.sent_at[0], asked);
	assert_int_equal(w->p.app[1].suspects, 0);
	finish(w);
}

static gn_time asked_after(struct jet_session *s, uint8_t packets, gn_time var)
{
	struct jet_path *p = s->path;
	p->run = packets;
	p->rtt.var = var;
	p->probe.at = GN_NEVER;
	p->probe.tries = 0;
	p->check_every = 0;
	p->asked_at = 0; /* nothing else is due */
	return jet_grade_deadline(s) - p->heard_at;
}

/* JET_FLOW_RUN, JET_FLOW_GAP: the limits, and one short of them. */
static void test_what_flows(void **state)
{
	(void)state;
	struct world *w = lull();
	struct jet_session *s = session(w, 1);
	struct jet_path *p = s->path;
	assert_int_equal(asked_after(s, JET_FLOW_RUN, 0), JET_FLOW_GAP);
	assert_int_equal(asked_after(s, JET_FLOW_RUN - 1, 0), JET_CHECK_MAIN);
	/* a slow path pauses for longer */
	gn_time after = asked_after(s, JET_FLOW_RUN, GN_SEC);
	assert_int_equal(after, jet_pto(p, JET_APP));
	p->reliable = true; /* whose challenge says nothing soon */
	assert_int_equal(asked_after(s, JET_FLOW_RUN, 0), JET_CHECK_MAIN);
	p->reliable = false;
	/* one after the other, and not */
	for (int late = 0; late < 2; late++) {
		p->rtt.var = 0;
		p->run = 5;
		p->validated = true;
		s->jet->now = p->heard_at + JET_FLOW_GAP - 1 + late;
		assert_int_equal(jet_grade_answered(s, p, false, s->jet->now), GN_OK);
		assert_int_equal(p->run, late ? 0 : 6);
	}
	finish(w);
}

/* A path by which nothing came for long is asked seldom: at once when its link goes by another
 * connection. */
static void test_a_way_that_is_back(void **state)
{
	(void)state;
	for (int told = 0; told < 2; told++) {
		struct world *w = on_relay(7, 0);
		struct jet_session *s = session(w, 1);
		assert_int_equal(s->path->way.link, RELAY);
		cut(w, RELAY, true);
		run(w, 15 * GN_SEC);
		assert_true(s->path->suspect);
		cut(w, RELAY, false);
		gn_jet_way_back(jet(w, 1), told ? RELAY : OTHER, w->p.sim.now);
		jet_sim_flush(&w->p.sim, 1);
		run(w, 50 * GN_MSEC);
		assert_int_equal(s->path->suspect, !told);
		assert_int_equal(session(w, 0)->path->suspect, !told);
		finish(w);
	}
}

/* That a way is slow is said, not measured: it is left as soon as there is another one. */
static void test_a_slow_way_is_left_at_once(void **state)
{
	(void)state;
	static const uint32_t rates[] = {1920, 13000, 16000};
	for (size_t i = 0; i < GN_COUNT(rates); i++) {
		struct world *w = on_relay(8 + i, rates[i]);
		for (int k = 0; k < 2; k++)
			assert_int_equal(session(w, k)->path->way.link, RELAY);
		open_path(w, 1, OTHER);
		run(w, 300 * GN_MSEC);
		bool slow = 1452 * GN_SEC / rates[i] >= JET_SLOW_BY;
		assert_int_equal(slow, i < 2);
		for (int k = 0; k < 2; k++)
			assert_int_equal(session(w, k)->path->way.link, slow ? OTHER : RELAY);
		finish(w);
	}
}

/* Both write a little each 20 ms while a router gets another public address, and another port again
 * a moment later: where it comes from now is asked, and not for a second where it was first. */
static void test_a_router_has_another_address(void **state)
{
	(void)state;
	for (uint64_t seed = 20; seed < 30; seed++) {
		struct world *w = start(seed, 0);
		gn_time at = 0, rebound = 0;
		for (int i = 0; i < 160; i++) {
			for (int k = 0; k < 2; k++) {
				app_send(&w->p.sim, k, 64, true, GN_JET_FILES);
				jet_sim_flush(&w->p.sim, k);
			}
			run(w, 20 * GN_MSEC);
			if (i == 60) {
				w->p.sim.nodes[0].way.addr = gn_addr_v4(10, 9, 0, 1, 5000);
				at = w->p.sim.now;
			}
			if (i == 61 + (int)(seed % 3)) {
				w->p.sim.nodes[0].way.addr.port++;
				at = w->p.sim.now;
			}
			if (i > 64 && !rebound &&
			    gn_way_eq(&session(w, 1)->path->way, &w->p.sim.nodes[0].way))
				rebound = w->p.sim.now;
		}
		assert_true(rebound && rebound - at < 200 * GN_MSEC);
		finish(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_only_receives_misses_what_flowed),
		cmocka_unit_test(test_a_lull_is_asked_about_once),
		cmocka_unit_test(test_what_flows),
		cmocka_unit_test(test_a_way_that_is_back),
		cmocka_unit_test(test_a_slow_way_is_left_at_once),
		cmocka_unit_test(test_a_router_has_another_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
