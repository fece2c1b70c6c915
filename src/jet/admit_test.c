/* Strangers at an endpoint with guard, in virtual time: a client that owes effort finds the
 * answer, goes by a pass the next time, gives up when it is asked for more than it has; hellos
 * that wait are let in by effort; a key that asks for too much is told so. */
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"

struct world {
	struct pair p;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_guard *guard;
	struct gn_jet_config client, server;
};

static void world_init(struct world *w, uint64_t seed, bool off)
{
	static const struct jet_sim_link_config link = {.delay = 10 * GN_MSEC};
	gn_alloc_heap(&w->alloc, 16u << 20);
	gn_prng_init(&w->prng, seed);
	w->rand = gn_prng_rand(&w->prng);
	struct gn_env env = {&w->alloc, &w->rand, NULL};
	struct gn_guard_config config = {.off = off, .secret = {1}};
	assert_int_equal(gn_guard_new(&env, &config, &w->guard), GN_OK);
	w->server.guard = w->guard;
	pair_init(&w->p, seed, &w->client, &w->server, &link);
}

static void world_fini(struct world *w)
{
	gn_guard_validate(w->guard);
	pair_fini(&w->p);
	gn_guard_free(w->guard);
	assert_int_equal(w->alloc.used, 0);
}

static void owe(struct world *w, uint32_t effort)
{
	gn_guard_force(w->guard, effort, 0, w->p.sim.now);
}

static uint64_t guarded(const struct world *w, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_guard_counter_at(w->guard, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

static bool client_is_over(struct jet_sim *sim)
{
	return ((struct app *)sim->nodes[0].user)->connected ||
	       ((struct app *)sim->nodes[0].user)->closed;
}

static void dial(struct world *w)
{
	w->p.app[0].connected = w->p.app[0].closed = 0;
	pair_dial(&w->p, &w->p.sim.nodes[1].pk);
}

static uint64_t client(struct world *w, const char *name)
{
	return jet_sim_counter(&w->p.sim, 0, name);
}

static void test_client_solves_what_it_owes(void **state)
{
	(void)state;
	struct world w = {0};
	world_init(&w, 1, false);
	owe(&w, 6);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, w.p.sim.now + 5 * GN_SEC));
	assert_int_equal(client(&w, "puzzles-solved"), 1);
	assert_int_equal(guarded(&w, "guard-answers-met"), 1);
	world_fini(&w);
}

/* One nonce per tick, and the client's other sessions go on meanwhile. */
static void test_solving_stalls_nobody(void **state)
{
	(void)state;
	struct world w = {0};
	w.client.effort_max = UINT32_MAX;
	w.client.no_passes = true;
	world_init(&w, 2, false);
	jet_sim_run(&w.p.sim, w.p.sim.now + GN_SEC);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, w.p.sim.now + GN_SEC));
	struct jet_session *open = forge_session(w.p.sim.nodes[0].jet);
	owe(&w, GN_EFFORT_MAX); /* more than will be found here */
	jet_sim_run(&w.p.sim, w.p.sim.now + 100 * GN_MSEC);
	gn_jet_id first = open->id;
	dial(&w);
	gn_jet_id owing = w.p.id;
	w.p.app[0].id = first;
	for (int i = 0; i < 100 && jet_list_empty(&w.p.sim.nodes[0].jet->solving); i++)
		jet_sim_run(&w.p.sim, w.p.sim.now + GN_MSEC);
	struct gn_jet *jet = w.p.sim.nodes[0].jet;
	for (int i = 0; i < 3; i++) {
		gn_time at = gn_jet_deadline(jet);
		assert_true(at <= jet->now + JET_SOLVE_EVERY);
		gn_jet_tick(jet, at);
		jet_sim_flush(&w.p.sim, 0);
	}
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(jet, owing, &info), GN_OK);
	/* given up in the middle of it */
	assert_int_equal(gn_jet_close(jet, owing, 0, "", w.p.sim.now), GN_OK);
	assert_null(jet->solver);
	assert_true(jet_list_empty(&jet->solving));
	app_send(&w.p.sim, 0, 20000, true, GN_JET_FILES);
	jet_sim_flush(&w.p.sim, 0);
	assert_true(jet_sim_run_until(&w.p.sim, pair_all_done, w.p.sim.now + 5 * GN_SEC));
	world_fini(&w);
}

static void test_too_dear_is_busy(void **state)
{
	(void)state;
	for (int battery = 0; battery < 2; battery++) {
		struct world w = {0};
		w.client.effort_max = battery ? 0 : 20;
		w.client.no_effort = battery;
		world_init(&w, 3, false);
		owe(&w, 21);
		dial(&w);
		assert_true(jet_sim_run_until(&w.p.sim, client_is_over, w.p.sim.now + 5 * GN_SEC));
		assert_int_equal(w.p.app[0].err, GN_BUSY);
		assert_int_equal(client(&w, "puzzles-solved"), 0);
		world_fini(&w);
	}
}

static void test_known_clients_show_a_pass(void **state)
{
	(void)state;
	for (int unlinked = 0; unlinked < 2; unlinked++) {
		struct world w = {0};
		struct gn_pk server;
		uint8_t pass[GN_PASS_LEN], next[GN_PASS_LEN];
		w.client.no_passes = unlinked;
		world_init(&w, 4, false);
		struct gn_jet *jet = w.p.sim.nodes[0].jet;
		dial(&w);
		jet_sim_run(&w.p.sim, w.p.sim.now + GN_SEC);
		assert_int_equal(gn_jet_pass_at(jet, 0, &server, pass), !unlinked);
		/* the grease alone */
		assert_int_equal(jet_sim_counter(&w.p.sim, 0, "frame-unknown-skipped"), 1);
		owe(&w, 4);
		dial(&w);
		jet_sim_run(&w.p.sim, w.p.sim.now + 500 * GN_MSEC);
		assert_int_equal(w.p.app[0].connected, 1);
		assert_int_equal(client(&w, "puzzles-solved"), unlinked);
		assert_int_equal(guarded(&w, "guard-passes-used"), !unlinked);
		if (!unlinked) { /* and has another one for the next time */
			assert_true(gn_jet_pass_at(jet, 0, &server, next) &&
				    !gn_jet_pass_at(jet, 1, &server, next));
			assert_memory_equal(&server, &w.p.sim.nodes[1].pk, sizeof server);
			assert_memory_not_equal(pass, next, sizeof pass);
		}
		world_fini(&w);
	}
}

/* A pass that the server does not know any more: the next Retry finds none, and it is solved. */
static void test_a_stale_pass_costs_a_round_trip(void **state)
{
	(void)state;
	struct world w = {0};
	static const uint8_t stale[GN_PASS_LEN] = {9};
	world_init(&w, 5, false);
	owe(&w, 2);
	assert_int_equal(gn_jet_pass_put(w.p.sim.nodes[0].jet, &w.p.sim.nodes[1].pk, stale), GN_OK);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, w.p.sim.now + 5 * GN_SEC));
	assert_int_equal(client(&w, "puzzles-solved"), 1);
	assert_true(guarded(&w, "guard-pass-bad") > 0);
	world_fini(&w);
}

static void test_kept_passes_are_bounded(void **state)
{
	(void)state;
	struct world w = {0};
	world_init(&w, 6, false);
	struct gn_jet *jet = w.p.sim.nodes[0].jet;
	struct gn_pk server = {{0}};
	uint8_t pass[GN_PASS_LEN] = {0};
	for (uint32_t i = 0; i <= JET_PASSES; i++) {
		gn_put_be64(server.b, i);
		gn_put_be64(pass, i);
		assert_int_equal(gn_jet_pass_put(jet, &server, pass), GN_OK);
	}
	uint32_t n = 0;
	bool newest = false, oldest = false;
	for (; gn_jet_pass_at(jet, n, &server, pass); n++) {
		newest |= gn_be64(server.b) == JET_PASSES;
		oldest |= gn_be64(server.b) == 0;
		assert_memory_equal(server.b, pass, 8);
	}
	assert_int_equal(n, JET_PASSES);
	assert_true(newest && !oldest);
	world_fini(&w);
}

/* Capacity that is gone: a hello waits, both of its datagrams, and is let in as soon as there is
 * some. */
static void test_hellos_wait_for_capacity(void **state)
{
	(void)state;
	struct world w = {0};
	w.server.always_retry = true;
	world_init(&w, 7, false);
	gn_time later = w.p.sim.now + 300 * GN_MSEC;
	gn_guard_force(w.guard, 0, later, w.p.sim.now);
	dial(&w);
	jet_sim_run(&w.p.sim, w.p.sim.now + 100 * GN_MSEC);
	assert_int_equal(jet_sim_counter(&w.p.sim, 1, "hello-waited"), 1);
	assert_int_equal(gn_jet_session_count(w.p.sim.nodes[1].jet), 0);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, later + GN_SEC));
	assert_true(w.p.app[0].connected_at >= later &&
		    w.p.app[0].connected_at <= later + 50 * GN_MSEC);
	assert_int_equal(jet_sim_counter(&w.p.sim, 0, "packets-lost"), 0);
	world_fini(&w);
}

/* Hellos that nobody lets in are not kept for ever, and their memory is given back. */
static void test_waiting_ends(void **state)
{
	(void)state;
	struct world w = {0};
	w.server.always_retry = true;
	w.client.handshake_timeout = 2 * GN_SEC;
	world_init(&w, 8, false);
	gn_guard_force(w.guard, 0, w.p.sim.now + 20 * GN_SEC, w.p.sim.now);
	dial(&w);
	jet_sim_run(&w.p.sim, w.p.sim.now + 3 * GN_SEC);
	assert_int_equal(w.p.app[0].err, GN_TIMEOUT);
	jet_sim_run(&w.p.sim, w.p.sim.now + 20 * GN_SEC);
	assert_true(gn_guard_deadline(w.guard) == GN_NEVER);
	assert_int_equal(jet_sim_counter(&w.p.sim, 1, "sessions-in"), 0);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, w.p.sim.now + GN_SEC));
	world_fini(&w);
}

static void test_a_key_pays_for_its_handshakes(void **state)
{
	(void)state;
	struct world w = {0};
	world_init(&w, 9, false);
	struct gn_guard_subject who = gn_guard_of_key(&w.p.sim.nodes[0].pk);
	gn_guard_debit(w.guard, &who, 6 * GN_KEY_RATE, w.p.sim.now);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_closed, w.p.sim.now + GN_SEC));
	assert_int_equal(w.p.app[1].connected, 0);
	assert_int_equal(w.p.app[0].err, GN_BUSY);
	assert_string_equal(w.p.app[0].reason, "the share of this key is used up");
	jet_sim_run(&w.p.sim, w.p.sim.now + 7 * GN_SEC);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, w.p.sim.now + GN_SEC));
	world_fini(&w);
}

/* A client of the day before: it echoes the token that it was given, and no more. */
static void test_cookie_alone_is_enough_while_nothing_is_owed(void **state)
{
	(void)state;
	struct world w = {0};
	w.server.always_retry = true;
	w.client.no_effort = w.client.no_passes = true;
	world_init(&w, 11, false);
	dial(&w);
	assert_true(jet_sim_run_until(&w.p.sim, pair_is_connected, w.p.sim.now + GN_SEC));
	world_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_solves_what_it_owes),
		cmocka_unit_test(test_solving_stalls_nobody),
		cmocka_unit_test(test_too_dear_is_busy),
		cmocka_unit_test(test_known_clients_show_a_pass),
		cmocka_unit_test(test_a_stale_pass_costs_a_round_trip),
		cmocka_unit_test(test_kept_passes_are_bounded),
		cmocka_unit_test(test_hellos_wait_for_capacity),
		cmocka_unit_test(test_waiting_ends),
		cmocka_unit_test(test_a_key_pays_for_its_handshakes),
		cmocka_unit_test(test_cookie_alone_is_enough_while_nothing_is_owed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
