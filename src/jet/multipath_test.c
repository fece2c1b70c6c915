/* Several paths of a session: opened, measured, chosen, suspected, left and closed (RE-3 to RE-7),
 * in virtual time from seeds; no stream byte is lost. What holds with a peer that knows one path
 * only is path_test.c. */
#include "jet/grade_int.h"
#include "jet/testing/several.h"

static const struct jet_sim_link_config far = {
	.delay = 40 * GN_MSEC, .rate = 20000000, .queue = 200000};

static struct world *start(uint64_t seed, const struct jet_sim_link_config *first,
			   const struct gn_jet_config *config)
{
	static const struct gn_way_info infos[] = {
		[RELAY] = {.kind = GN_WAY_RELAY, .prefix = 9, .mtu = 1443},
		[OTHER] = {.kind = GN_WAY_SPARE}};
	return several_start(seed, first, config, infos);
}

static void set_link(struct world *w, int link, struct jet_sim_link_config config)
{
	for (int k = 0; k < 2; k++)
		w->p.sim.links[link < 0 ? k : w->wire[link]->links[k]].config = config;
}

static void bulk(struct world *w, uint64_t bytes)
{
	for (int i = 0; i < 2; i++) {
		app_send(&w->p.sim, i, bytes, true, GN_JET_FILES);
		jet_sim_flush(&w->p.sim, i);
	}
}

/* A little each second, so that the session does not end for being idle. */
static void trickle(struct world *w, int seconds)
{
	for (int i = 0; i < seconds; i++) {
		app_send(&w->p.sim, 0, 1000, true, GN_JET_FILES);
		run(w, GN_SEC);
	}
}

static void finish(struct world *w)
{
	assert_true(jet_sim_run_until(&w->p.sim, pair_all_done, w->p.sim.now + 120 * GN_SEC));
	pair_check(&w->p);
	assert_int_equal(w->p.app[0].closed + w->p.app[1].closed, 0);
	pair_fini(&w->p);
	free(w);
}

static unsigned proven(struct world *w, int i)
{
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(jet(w, i), session(w, i)->id, &info), GN_OK);
	return info.paths;
}

/* RE-3: ids are issued ahead, as many as both know; at once the smaller of both counts. */
static void test_ids_are_as_many_as_both_know(void **state)
{
	(void)state;
	static const uint8_t cases[][3] = {{0, 0, 8}, {8, 2, 2}, {2, 8, 2}, {5, 3, 3}, {1, 8, 4}};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_jet_config c[2] = {{.paths = cases[i][0]}, {.paths = cases[i][1]}};
		struct pair p;
		pair_init(&p, i, &c[0], &c[1], &near);
		pair_connect(&p);
		jet_sim_run(&p.sim, p.sim.now + GN_SEC);
		for (int k = 0; k < 2; k++) {
			const struct jet_session *s = forge_session(p.sim.nodes[k].jet);
			unsigned issued = 0;
			for (int n = 0; n < JET_PATHS_MAX; n++)
				issued += s->cid_tx[n].set;
			assert_int_equal(s->slots, cases[i][2]);
			assert_int_equal(issued, cases[i][2]);
			assert_int_equal(s->multi, cases[i][0] != 1);
		}
		pair_fini(&p);
	}
	struct gn_jet *none;
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	struct gn_rand rand = gn_rand_system();
	struct gn_env env = {&alloc, &rand, NULL};
	assert_int_equal(gn_jet_new(&env, &(struct gn_jet_config){.paths = 9}, &none), GN_USAGE);
}

/* RE-5: a path that is cheaper by enough carries after three seconds, at both ends; the old one
 * stands by. */
static void test_the_cheaper_path_carries(void **state)
{
	(void)state;
	for (int opener = 0; opener < 2; opener++) {
		struct world *w = start(1 + (uint64_t)opener, &far, NULL);
		open_path(w, opener, OTHER);
		run(w, 2 * GN_SEC);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(proven(w, i), 2);
			assert_int_equal(session(w, i)->path->id, 0);
		}
		bulk(w, 3000000);
		run(w, 6 * GN_SEC);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(session(w, i)->path->id, opener ? 2 : 1);
			assert_int_equal(w->p.app[i].why, GN_JET_WHY_CHEAPER);
			assert_int_equal(proven(w, i), 2);
			assert_int_equal(session(w, i)->peer_main, opener ? 2 : 1);
		}
		finish(w);
	}
}

/* A relay that is as fast costs 30 ms more: it stands by and carries nothing. */
static void test_a_relay_must_be_worth_it(void **state)
{
	(void)state;
	struct world *w = start(3, &near, NULL);
	open_path(w, 0, RELAY);
	bulk(w, 4000000);
	run(w, 15 * GN_SEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(session(w, i)->path->id, 0);
		assert_int_equal(w->p.app[i].moved, 0);
	}
	finish(w);
}

/* RE-6: when nothing comes on the path in use, what was in flight goes again on the spare one
 * within a few round trips, at both ends. */
static void test_a_path_that_goes_dark_is_left(void **state)
{
	(void)state;
	for (uint64_t seed = 10; seed < 20; seed++) {
		struct world *w = start(seed, &near, NULL);
		open_path(w, (int)(seed % 2), RELAY);
		run(w, GN_SEC);
		bulk(w, 6000000);
		run(w, 300 * GN_MSEC);
		cut(w, -1, true);
		gn_time at = w->p.sim.now;
		run(w, 1500 * GN_MSEC);
		for (int i = 0; i < 2; i++) {
			assert_true(session(w, i)->path->way.link == RELAY);
			assert_true(w->p.app[i].moved_at - at < GN_SEC);
			assert_true(w->p.app[i].last_read_at > at + 300 * GN_MSEC);
		}
		finish(w);
	}
}

/* The path that was dark is closed when its checks find no answer, and can be opened anew. */
static void test_a_dark_path_is_closed(void **state)
{
	(void)state;
	struct world *w = start(21, &near, NULL);
	open_path(w, 0, RELAY);
	run(w, GN_SEC);
	bulk(w, 2000000);
	run(w, 100 * GN_MSEC);
	cut(w, -1, true);
	trickle(w, 90);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(proven(w, i), 1);
		assert_null(jet_path_find(session(w, i), 0));
	}
	cut(w, -1, false);
	assert_int_equal(gn_jet_path_open(jet(w, 0), w->p.id, &w->p.sim.nodes[1].way, w->p.sim.now),
			 GN_OK);
	run(w, 2 * GN_SEC);
	assert_int_equal(proven(w, 0), 2);
	bulk(w, 2000000);
	run(w, 6 * GN_SEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(session(w, i)->path->way.link, 0);
		assert_int_equal(w->p.app[i].why, GN_JET_WHY_DIRECT);
	}
	finish(w);
}

/* Only one direction dies: who hears nothing leaves, and tells the other. */
static void test_one_direction_goes_dark(void **state)
{
	(void)state;
	for (int dark = 0; dark < 2; dark++) {
		struct world *w = start(30 + (uint64_t)dark, &near, NULL);
		open_path(w, 0, RELAY);
		run(w, GN_SEC);
		bulk(w, 6000000);
		run(w, 300 * GN_MSEC);
		w->p.sim.links[dark].down = true;
		run(w, 2 * GN_SEC);
		for (int i = 0; i < 2; i++)
			assert_int_equal(session(w, i)->path->way.link, RELAY);
		finish(w);
	}
}

/* A link that is gone is left at once, and nothing is sent there by choice again. */
static void test_a_link_that_is_gone(void **state)
{
	(void)state;
	struct world *w = start(40, &far, NULL);
	open_path(w, 0, OTHER);
	bulk(w, 8000000);
	run(w, 8 * GN_SEC);
	assert_int_equal(session(w, 0)->path->way.link, OTHER);
	bulk(w, 3000000);
	run(w, 50 * GN_MSEC);
	cut(w, OTHER, true);
	for (int i = 0; i < 2; i++) {
		gn_jet_way_gone(jet(w, i), OTHER, w->p.sim.now);
		jet_sim_flush(&w->p.sim, i);
		assert_int_equal(session(w, i)->path->way.link, 0);
		assert_int_equal(session(w, i)->why, GN_JET_WHY_WAY_GONE);
	}
	finish(w);
}

/* Without a spare the owner is told, once; another path that it opens carries as soon as it has
 * answered. */
static void test_without_a_spare_the_owner_is_told(void **state)
{
	(void)state;
	struct world *w = start(50, &near, NULL);
	bulk(w, 6000000);
	run(w, 200 * GN_MSEC);
	cut(w, -1, true);
	run(w, 2 * GN_SEC);
	for (int i = 0; i < 2; i++)
		assert_int_equal(w->p.app[i].suspects, 1);
	open_path(w, 0, RELAY);
	run(w, GN_SEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(session(w, i)->path->way.link, RELAY);
		assert_int_equal(w->p.app[i].suspects, 1);
	}
	finish(w);
}

/* Another network: the old address is nobody's, the first packet from the new one is answered,
 * and the path goes on there. */
static void test_a_change_of_network(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		struct world *w = start(60 + (uint64_t)who, &near, NULL);
		bulk(w, 9000000);
		for (uint8_t k = 0; k < 4; k++) {
			run(w, 300 * GN_MSEC);
			w->p.sim.nodes[who].way.addr =
				gn_addr_v4(10, 9, 0, k, (uint16_t)(5000 + k));
			gn_jet_network(jet(w, who), w->p.sim.now);
			jet_sim_flush(&w->p.sim, who);
			run(w, 200 * GN_MSEC);
			assert_true(gn_way_eq(&session(w, 1 - who)->path->way,
					      &w->p.sim.nodes[who].way));
		}
		finish(w);
	}
}

/* A NAT forgets an idle session: the next packet comes from another port, and is answered. */
static void test_a_nat_rebinds(void **state)
{
	(void)state;
	for (uint64_t seed = 70; seed < 75; seed++) {
		struct world *w = start(seed, &near, NULL);
		for (uint8_t k = 0; k < 4; k++) {
			bulk(w, 1000000);
			run(w, 300 * GN_MSEC);
			w->p.sim.nodes[0].way.addr = gn_addr_v4(10, 9, 0, k, (uint16_t)(5000 + k));
		}
		bulk(w, 1000);
		run(w, 2 * GN_SEC);
		assert_true(gn_way_eq(&session(w, 1)->path->way, &w->p.sim.nodes[0].way));
		assert_int_equal(w->p.app[1].why, GN_JET_WHY_REBOUND);
		assert_int_equal(session(w, 1)->why, GN_JET_WHY_REBOUND);
		assert_int_equal(session(w, 0)->why, GN_JET_WHY_FIRST);
		finish(w);
	}
}

/* RE-4: each end learns where its packets come from, on each path that is no relay's, and anew
 * when that changes. */
static void test_each_end_learns_its_address(void **state)
{
	(void)state;
	struct world *w = start(80, &near, NULL);
	open_path(w, 0, OTHER);
	open_path(w, 0, RELAY);
	run(w, GN_SEC);
	for (int i = 0; i < 2; i++) {
		const struct app *a = &w->p.app[i];
		assert_true(gn_addr_eq(&a->seen[0], &w->p.sim.nodes[i].way.addr));
		assert_true(gn_addr_eq(&a->seen[1], &w->wire[OTHER]->addr[i]));
		assert_int_equal(a->seen[3].port, 0);
	}
	w->p.sim.nodes[0].way.addr = gn_addr_v4(10, 9, 0, 1, 999);
	bulk(w, 100000);
	run(w, GN_SEC);
	assert_true(gn_addr_eq(&w->p.app[0].seen[0], &w->p.sim.nodes[0].way.addr));
	finish(w);
}

/* RE-3, RE-5: four proven paths are kept, and two spares after half a minute. */
static void test_spares_are_few(void **state)
{
	(void)state;
	struct world *w = start(90, &near, NULL);
	for (uint32_t link = 3; link <= 6; link++) {
		struct jet_sim_wire *wire = jet_sim_wire(&w->p.sim, 0, 1, link, &far);
		struct gn_way to = jet_sim_wire_to(wire, 1);
		assert_int_equal(gn_jet_path_open(jet(w, 0), w->p.id, &to, w->p.sim.now), GN_OK);
		assert_int_equal(gn_jet_path_open(jet(w, 0), w->p.id, &to, w->p.sim.now),
				 GN_EXISTS);
		run(w, GN_SEC);
		assert_int_equal(proven(w, 0), link < 5 ? link - 1 : JET_PATHS_KEPT);
	}
	trickle(w, 60);
	for (int i = 0; i < 2; i++)
		assert_int_equal(proven(w, i), 1 + JET_SPARES);
	finish(w);
}

/* All own ids in use: one more is refused; one that failed frees its place. */
static void test_ids_run_out_and_come_back(void **state)
{
	(void)state;
	struct world *w = start(95, &near, NULL);
	struct gn_way nowhere = {.addr = gn_addr_v4(203, 0, 113, 1, 1)};
	for (int i = 0; i < 4; i++, nowhere.addr.port++)
		assert_int_equal(gn_jet_path_open(jet(w, 0), w->p.id, &nowhere, w->p.sim.now),
				 GN_OK);
	assert_int_equal(gn_jet_path_open(jet(w, 0), w->p.id, &nowhere, w->p.sim.now), GN_LIMIT);
	run(w, 20 * GN_SEC);
	assert_int_equal(w->p.app[0].move_failed, 1); /* one event for what failed together */
	assert_int_equal(proven(w, 0), 1);
	open_path(w, 0, OTHER);
	run(w, GN_SEC);
	assert_int_equal(proven(w, 0), 2);
	assert_int_equal(gn_jet_path_close(jet(w, 0), w->p.id, 0, w->p.sim.now), GN_STATE);
	assert_int_equal(gn_jet_path_close(jet(w, 0), w->p.id, 5, w->p.sim.now), GN_NOT_FOUND);
	uint32_t id = session(w, 0)->paths[1]   ? session(w, 0)->paths[1]->id
		      : session(w, 0)->paths[3] ? session(w, 0)->paths[3]->id
						: 0;
	assert_int_equal(gn_jet_path_close(jet(w, 0), w->p.id, id, w->p.sim.now), GN_OK);
	jet_sim_flush(&w->p.sim, 0);
	run(w, GN_SEC);
	for (int i = 0; i < 2; i++)
		assert_int_equal(proven(w, i), 1);
	bulk(w, 100000);
	finish(w);
}

/* Decision 152: each end is on a path of its own and gives up the other's, before either hears of
 * it. Only the client closes, so one is left that both take. */
static void test_both_give_up_the_others_path(void **state)
{
	(void)state;
	for (uint64_t seed = 96; seed < 99; seed++) {
		struct world *w = start(seed, &near, NULL);
		open_path(w, 0, OTHER);
		run(w, GN_SEC);
		struct jet_session *server = session(w, 1);
		assert_int_equal(jet_grade_take(server, jet_path_find(server, 1), GN_JET_WHY_ASKED,
						w->p.sim.now),
				 GN_OK);
		for (int i = 0; i < 2; i++)
			assert_int_equal(gn_jet_path_close(jet(w, i), session(w, i)->id, i ? 0 : 1,
							   w->p.sim.now),
					 GN_OK);
		bulk(w, 200000);
		run(w, 2 * GN_SEC);
		for (int i = 0; i < 2; i++)
			assert_int_equal(session(w, i)->path->id, 0);
		finish(w);
	}
}

/* RE-7: where nothing came for half a minute, one datagram goes at a time. */
static void test_silence_needs_consent(void **state)
{
	(void)state;
	struct world *w = start(100, &near, NULL);
	run(w, 29 * GN_SEC);
	app_send(&w->p.sim, 0, 20000, true, GN_JET_FILES);
	jet_sim_flush(&w->p.sim, 0);
	assert_true(session(w, 0)->path->space.out > 5);
	run(w, 32 * GN_SEC);
	cut(w, -1, true);
	app_send(&w->p.sim, 0, 20000, true, GN_JET_FILES);
	jet_sim_flush(&w->p.sim, 0);
	assert_int_equal(session(w, 0)->path->space.out, 1);
	run(w, 30 * GN_MSEC); /* less than a probe timeout; a challenge has joined it */
	assert_int_equal(session(w, 0)->path->space.out, 2);
	cut(w, -1, false);
	finish(w);
}

/* RE-1: the batch of a link leaves what it asked for free before each packet, and no packet is
 * longer than the link takes. */
static size_t longest;

static bool measure(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)sim, (void)from, (void)to, (void)data;
	longest = len > longest ? len : longest;
	return true;
}

static void test_a_link_says_how_it_is_sent_on(void **state)
{
	(void)state;
	struct world *w = start(110, &far, NULL);
	static const struct gn_way_info narrow = {.kind = GN_WAY_SPARE, .prefix = 9, .mtu = 1300};
	for (int i = 0; i < 2; i++)
		assert_int_equal(gn_jet_way(jet(w, i), OTHER, &narrow), GN_OK);
	open_path(w, 0, OTHER);
	bulk(w, 6000000);
	run(w, 8 * GN_SEC);
	assert_int_equal(session(w, 0)->path->way.link, OTHER);
	longest = 0;
	w->p.sim.tap = measure;
	bulk(w, 3000000);
	run(w, 2 * GN_SEC);
	assert_int_equal(longest, JET_MTU_BASE);
	finish(w);
}

/* RE-9: class 1 goes on both paths, so what one loses comes over the other without waiting; bulk
 * does not, and nothing is read twice. */
static void test_class_1_goes_twice(void **state)
{
	(void)state;
	gn_time late[2] = {0};
	for (int spare = 0; spare < 2; spare++) {
		struct world *w = start(120, &near, NULL);
		if (spare)
			open_path(w, 0, RELAY);
		trickle(w, 2);
		struct jet_sim_link_config lossy = near;
		lossy.loss = 200000;
		set_link(w, -1, lossy);
		for (int i = 0; i < 200; i++) {
			gn_time sent = w->p.sim.now;
			app_send(&w->p.sim, 0, 100, true, GN_JET_CRITICAL);
			jet_sim_flush(&w->p.sim, 0);
			run(w, 200 * GN_MSEC);
			gn_time took = w->p.app[1].last_read_at - sent;
			late[spare] += took > 30 * GN_MSEC;
		}
		uint64_t copied = jet_sim_counter(&w->p.sim, 0, "packets-copied");
		assert_true(spare ? copied >= 50 : copied == 0);
		app_send(&w->p.sim, 0, 1000000, true, GN_JET_FILES);
		run(w, 5 * GN_SEC);
		assert_int_equal(jet_sim_counter(&w->p.sim, 0, "packets-copied"), copied);
		set_link(w, -1, near);
		finish(w);
	}
	assert_true(late[0] >= 20 && late[1] <= 2);
}

/* Ways come and go at random under loss: the streams end whole. */
static void test_ways_come_and_go(void **state)
{
	(void)state;
	for (uint64_t seed = 200; seed < 212; seed++) {
		struct world *w = start(seed, &near, NULL);
		struct gn_prng g;
		gn_prng_init(&g, seed);
		bulk(w, 5000000);
		for (int i = 0; i < 40; i++) {
			uint64_t r = gn_prng_next(&g);
			uint32_t link = 1 + (uint32_t)(r % 2);
			int node = (int)(r >> 8 & 1);
			struct gn_way to = jet_sim_wire_to(w->wire[link], 1 - node);
			struct jet_sim_link_config c = r >> 16 & 1 ? near : far;
			c.loss = (uint32_t)(r >> 20 & 3) * 20000;
			set_link(w, r >> 24 & 1 ? -1 : (int)link, c);
			gn_err ignored = gn_jet_path_open(jet(w, node), session(w, node)->id, &to,
							  w->p.sim.now);
			(void)ignored;
			cut(w, (int)link, r >> 32 & 1);
			if ((r >> 40 & 7) == 0)
				gn_jet_network(jet(w, node), w->p.sim.now);
			if ((r >> 48 & 7) == 0)
				w->p.sim.nodes[0].way.addr.port++;
			jet_sim_flush(&w->p.sim, 0);
			jet_sim_flush(&w->p.sim, 1);
			run(w, (gn_time)(r >> 52 & 1023) * GN_MSEC);
		}
		finish(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_are_as_many_as_both_know),
		cmocka_unit_test(test_the_cheaper_path_carries),
		cmocka_unit_test(test_a_relay_must_be_worth_it),
		cmocka_unit_test(test_a_path_that_goes_dark_is_left),
		cmocka_unit_test(test_a_dark_path_is_closed),
		cmocka_unit_test(test_one_direction_goes_dark),
		cmocka_unit_test(test_a_link_that_is_gone),
		cmocka_unit_test(test_without_a_spare_the_owner_is_told),
		cmocka_unit_test(test_a_change_of_network),
		cmocka_unit_test(test_a_nat_rebinds),
		cmocka_unit_test(test_each_end_learns_its_address),
		cmocka_unit_test(test_spares_are_few),
		cmocka_unit_test(test_ids_run_out_and_come_back),
		cmocka_unit_test(test_both_give_up_the_others_path),
		cmocka_unit_test(test_silence_needs_consent),
		cmocka_unit_test(test_a_link_says_how_it_is_sent_on),
		cmocka_unit_test(test_class_1_goes_twice),
		cmocka_unit_test(test_ways_come_and_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
