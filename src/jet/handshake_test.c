/* Handshakes: under loss, with cookies, with wrong keys, with spoofed addresses; the amplification limit; 100 sessions. */
#include "jet/sim_test.h"

static void test_one_round_trip(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 20 * GN_MSEC};
	pair_init(&p, 1, NULL, NULL, &link);
	gn_time start = p.sim.now;
	pair_dial(&p, &p.sim.nodes[1].pk);
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, start + GN_SEC));
	assert_true(p.app[0].connected_at - start <= 41 * GN_MSEC);
	assert_memory_equal(&p.app[0].peer, &p.sim.nodes[1].pk, sizeof(struct gn_pk));
	assert_memory_equal(&p.app[1].peer, &p.sim.nodes[0].pk, sizeof(struct gn_pk));
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(p.sim.nodes[0].jet, p.id, &info), GN_OK);
	assert_true(info.connected && !info.incoming);
	assert_string_equal(info.group, "X25519MLKEM768");
	assert_int_equal(info.mtu, JET_MTU_MAX);
	jet_sim_fini(&p.sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
