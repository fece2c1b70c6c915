/* Streams and datagrams over simulated links: integrity under every impairment, goodput, fairness, determinism. */
#include "jet/sim_test.h"

static void test_streams_and_datagrams_both_ways(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 10 * GN_MSEC};
	pair_init(&p, 1, NULL, NULL, &link);
	pair_connect(&p);
	app_send(&p.sim, 0, 100000, false, GN_JET_INTERACTIVE);
	app_send(&p.sim, 0, 1, true, GN_JET_CRITICAL);
	app_send(&p.sim, 1, 300000, true, GN_JET_FILES);
	assert_int_equal(gn_jet_datagram(p.sim.nodes[0].jet, p.id, GN_JET_INTERACTIVE, GN_LIT("hello"), GN_NEVER), GN_OK);
	assert_true(jet_sim_run_until(&p.sim, pair_all_done, p.sim.now + 5 * GN_SEC));
	pair_check(&p);
	assert_int_equal(p.app[1].datagrams, 1);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_and_datagrams_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
