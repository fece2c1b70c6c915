/* Two ends behind boxes that translate addresses, with a relay between them and a server that tells
 * each where it is seen: which pairs become direct, how soon, and what is sent to whom before
 * (RE-18, RE-20, RE-21). */
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/testing/relayed.h"

static void tell(struct world *w, int i)
{
	relayed_tell(w, i, (struct gn_jet_offer){0});
}

/* Pairs of RE-71's table that become direct without guessing. */
static bool expected(const char *a, const char *b)
{
	static const char *const easy[] = {"open", "full", "addr"}, *const port[] = {"port", "cg"},
				 *const hard[] = {"sym", "small"};
	bool ea = false, eb = false, pa = false, pb = false, ha = false, hb = false;
	for (size_t i = 0; i < GN_COUNT(easy); i++) {
		ea |= strcmp(a, easy[i]) == 0;
		eb |= strcmp(b, easy[i]) == 0;
	}
	for (size_t i = 0; i < GN_COUNT(port); i++) {
		pa |= strcmp(a, port[i]) == 0;
		pb |= strcmp(b, port[i]) == 0;
		ha |= strcmp(a, hard[i]) == 0;
		hb |= strcmp(b, hard[i]) == 0;
	}
	return (ea && (eb || pb || hb)) || (eb && (pa || ha)) || (pa && pb);
}

/* RE-20: which pairs become direct is as the table says; within three seconds. */
static void test_pairs(void **state)
{
	(void)state;
	static const char *const kinds[] = {"open", "full", "addr", "port", "cg", "sym", "small"};
	for (size_t a = 0; a < GN_COUNT(kinds); a++)
		for (size_t b = 0; b < GN_COUNT(kinds); b++)
			for (int keep = 0; keep < 2; keep++) {
				struct world *w =
					relayed_start(100 * a + b, kinds[a], kinds[b], keep);
				for (int i = 0; i < 2; i++)
					tell(w, i);
				bool direct = jet_sim_run_until(&w->sim, relayed_direct,
								w->sim.now + 3 * GN_SEC);
				if (direct != expected(kinds[a], kinds[b]))
					print_message("%s to %s, strays %s: %s\n", kinds[a],
						      kinds[b], keep ? "kept" : "dropped",
						      direct ? "direct" : "not direct");
				assert_int_equal(direct, expected(kinds[a], kinds[b]));
				relayed_end(w);
			}
}

/* The session goes on the direct path once it has been better for three seconds; no byte is lost,
 * and class says why. */
static void test_the_session_moves(void **state)
{
	(void)state;
	struct world *w = relayed_start(1, "port", "port", false);
	app_send(&w->sim, 0, 6000000, true, GN_JET_FILES);
	jet_sim_flush(&w->sim, 0);
	for (int i = 0; i < 2; i++)
		tell(w, i);
	jet_sim_run(&w->sim, w->sim.now + 15 * GN_SEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(relayed(w, i)->path->way.link, 0);
		assert_int_equal(w->app[i].why, GN_JET_WHY_DIRECT);
		assert_int_equal(w->app[i].closed, 0);
	}
	assert_int_equal(w->app[1].received, 6000000);
	relayed_end(w);
}

/* An address of a TURN server's is told as that, and tried when nothing else has answered. */
static void test_turn_is_tried_last(void **state)
{
	(void)state;
	struct gn_jet_offer offered;
	struct world *w = relayed_start(3, "port", "port", false);
	assert_int_equal(gn_jet_offered(jet(w, 0), w->app[0].id, &offered), GN_NOT_FOUND);
	for (int i = 0; i < 2; i++)
		relayed_tell(w, i, (struct gn_jet_offer){.list[0].turn = true});
	assert_false(jet_sim_run_until(&w->sim, relayed_direct, w->sim.now + 750 * GN_MSEC));
	assert_true(jet_sim_run_until(&w->sim, relayed_direct, w->sim.now + GN_SEC));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(w->app[i].offered, 1);
		assert_int_equal(gn_jet_offered(jet(w, i), w->app[i].id, &offered), GN_OK);
		assert_int_equal(offered.count, 2);
		assert_true(offered.list[0].turn && offered.list[1].turn);
		assert_true(gn_addr_eq(&offered.list[1].addr, &w->app[!i].seen[0]));
	}
	assert_int_equal(JET_PUNCH_TURN, 5);
	relayed_end(w);
}

/* Not a packet goes to a candidate before both have told theirs and the volley begins. */
static uint64_t early;

static bool watch(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)sim, (void)data;
	early += from == 0 && to == 1 && len == JET_CHECK_LEN;
	return true;
}

static void test_nothing_goes_before_the_volley(void **state)
{
	(void)state;
	struct world *w = relayed_start(2, "port", "port", true);
	early = 0;
	w->sim.tap = watch;
	tell(w, 0);
	jet_sim_run(&w->sim, w->sim.now + 10 * GN_SEC);
	assert_int_equal(early, 0);
	assert_int_equal(jet_sim_counter(&w->sim, 0, "punches"), 0);
	tell(w, 1);
	jet_sim_run(&w->sim, w->sim.now + 3 * GN_SEC);
	assert_true(early > 0);
	assert_int_equal(jet_sim_counter(&w->sim, 0, "punch-hits"), 1);
	relayed_end(w);
}

/* Two that cannot: seven volleys to each address and no more, then again after 35 s and, twice as
 * late, after 70; a new offer begins anew, but not within 5 s. */
static void test_what_fails_is_tried_again_later(void **state)
{
	(void)state;
	struct world *w = relayed_start(3, "sym", "sym", false);
	for (int i = 0; i < 2; i++)
		tell(w, i);
	gn_time began = w->sim.now;
	static const struct {
		gn_time at;
		int tries;
	} steps[] = {{34 * GN_SEC, 1}, {45 * GN_SEC, 2}, {100 * GN_SEC, 2}, {120 * GN_SEC, 3}};
	for (size_t i = 0; i < GN_COUNT(steps); i++) {
		while (w->sim.now < began + steps[i].at) {
			app_send(&w->sim, 0, 100, true, GN_JET_FILES); /* it must not fall idle */
			jet_sim_run(&w->sim, w->sim.now + GN_SEC);
		}
		for (int k = 0; k < 2; k++)
			assert_int_equal(jet_sim_counter(&w->sim, k, "punches"), steps[i].tries);
	}
	for (int i = 0; i < 4; i++) {
		tell(w, 0);
		app_send(&w->sim, 0, 100, true, GN_JET_FILES);
		jet_sim_run(&w->sim, w->sim.now + GN_SEC);
	}
	assert_int_equal(jet_sim_counter(&w->sim, 0, "punches"), 4);
	assert_non_null(relayed(w, 0)); /* the one with the server has fallen idle */
	assert_non_null(relayed(w, 1));
	relayed_end(w);
}

/* RE-18: a private address is sent to only where both ends look the same from outside; multicast
 * never; of more than 16 the rest is passed over. */
static void test_which_addresses_are_tried(void **state)
{
	(void)state;
	struct world *w = relayed_start(4, "open", "open", false);
	struct gn_jet_offer offer = {.count = 4};
	offer.list[0].addr = gn_addr_v4(192, 168, 1, 7, 4433);
	offer.list[1].addr = gn_addr_v4(224, 0, 0, 1, 4433);
	offer.list[2].addr = gn_addr_v4(255, 255, 255, 255, 4433);
	offer.list[3].addr = gn_addr_v4(198, 51, 100, 77, 4433);
	assert_int_equal(gn_jet_offer(jet(w, 1), w->app[1].id, &offer, w->sim.now), GN_OK);
	jet_sim_flush(&w->sim, 1);
	struct gn_jet_offer mine = {.count = 1};
	mine.list[0].addr = gn_addr_v4(198, 51, 100, 78, 4433);
	assert_int_equal(gn_jet_offer(jet(w, 0), w->app[0].id, &mine, w->sim.now), GN_OK);
	jet_sim_flush(&w->sim, 0);
	jet_sim_run(&w->sim, w->sim.now + GN_SEC);
	const struct jet_punch *u = relayed(w, 0)->punch;
	assert_int_equal(u->count, 1);
	assert_true(gn_addr_eq(&u->ways[0].way.addr, &offer.list[3].addr));
	/* seen as the same address: the one network is tried first */
	jet_sim_run(&w->sim, w->sim.now + 10 * GN_SEC);
	mine.list[0].addr = gn_addr_v4(198, 51, 100, 77, 99);
	assert_int_equal(gn_jet_offer(jet(w, 0), w->app[0].id, &mine, w->sim.now), GN_OK);
	jet_sim_flush(&w->sim, 0);
	jet_sim_run(&w->sim, w->sim.now + GN_SEC);
	assert_int_equal(u->count, 2);
	assert_true(gn_addr_eq(&u->ways[0].way.addr, &offer.list[0].addr));
	relayed_end(w);
}

/* A peer names addresses of somebody else: few packets go to one network, and new offers bring no
 * more tries than three at once, then one in 35 s. */
static void test_a_peers_word_is_no_flood(void **state)
{
	(void)state;
	struct world *w = relayed_start(4, "open", "open", false);
	struct gn_jet_offer mine = {.count = 1}, theirs = {.count = GN_JET_CANDIDATES};
	mine.list[0].addr = gn_addr_v4(198, 51, 100, 78, 4433);
	assert_int_equal(gn_jet_offer(jet(w, 0), w->app[0].id, &mine, w->sim.now), GN_OK);
	jet_sim_flush(&w->sim, 0);
	uint64_t before = jet(w, 0)->counters[JET_C_PUNCHES];
	for (unsigned i = 0; i < 70; i++) { /* of 5 s */
		for (uint32_t k = 0; k < theirs.count; k++)
			theirs.list[k].addr =
				gn_addr_v4(203, 0, 113, (uint8_t)k, (uint16_t)(1 + i));
		(void)!gn_jet_offer(jet(w, 1), w->app[1].id, &theirs, w->sim.now);
		jet_sim_flush(&w->sim, 1);
		jet_sim_run(&w->sim, w->sim.now + JET_PUNCH_EVERY);
		if (i == 0)
			assert_int_equal(relayed(w, 0)->punch->count, JET_PUNCH_SAME);
	}
	assert_in_range(jet(w, 0)->counters[JET_C_PUNCHES] - before, 70 / 7 + JET_PUNCH_HURRIES - 1,
			70 / 7 + JET_PUNCH_HURRIES + 1);
	relayed_end(w);
}

/* Who dialled names somebody else's addresses and says `go` anew and anew: all of it is at most
 * three times what came from him. */
static void test_who_says_go_pays(void **state)
{
	(void)state;
	struct world *w = relayed_start(4, "open", "open", false);
	struct gn_jet_offer mine = {.count = 1}, theirs = {.count = GN_JET_CANDIDATES};
	mine.list[0].addr = gn_addr_v4(198, 51, 100, 78, 4433);
	assert_int_equal(gn_jet_offer(jet(w, 1), w->app[1].id, &mine, w->sim.now), GN_OK);
	jet_sim_flush(&w->sim, 1);
	uint64_t before = jet(w, 1)->counters[JET_C_PUNCHES];
	for (unsigned i = 0; i < 40; i++) {
		for (uint32_t k = 0; k < theirs.count; k++)
			theirs.list[k].addr = gn_addr_v4(203, 0, (uint8_t)(113 + k / 4), (uint8_t)k,
							 (uint16_t)(1 + i));
		assert_int_equal(gn_jet_offer(jet(w, 0), w->app[0].id, &theirs, w->sim.now), GN_OK);
		jet_sim_flush(&w->sim, 0);
		jet_sim_run(&w->sim, w->sim.now + JET_PUNCH_EVERY);
		const struct jet_session *s = relayed(w, 1);
		assert_true(s->punch->spent <= JET_AMPLIFICATION * s->bytes_received);
	}
	const struct jet_session *s = relayed(w, 1);
	assert_in_range(jet(w, 1)->counters[JET_C_PUNCHES] - before, 38, 41);
	assert_int_equal(s->punch->spent % JET_PUNCH_COST, 0);
	assert_true(s->bytes_sent <= (JET_AMPLIFICATION + 1) * s->bytes_received);
	assert_true(jet(w, 1)->counters[JET_C_PUNCH_LIMIT] > 0);
	relayed_end(w);
}

/* Loss of offers, of `go`, of challenges: it becomes direct all the same, later. */
static void test_under_loss(void **state)
{
	(void)state;
	for (uint64_t seed = 10; seed < 30; seed++) {
		struct world *w = relayed_start(seed, "port", "addr", false);
		for (int i = 0; i < w->sim.link_count; i++)
			w->sim.links[i].config.loss = 200000;
		for (int i = 0; i < 2; i++)
			tell(w, i);
		bool direct = false;
		for (int i = 0; i < 130 && !direct; i++) {
			app_send(&w->sim, 0, 100, true, GN_JET_FILES);
			direct = jet_sim_run_until(&w->sim, relayed_direct, w->sim.now + GN_SEC);
		}
		assert_true(direct);
		relayed_end(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_the_session_moves),
		cmocka_unit_test(test_turn_is_tried_last),
		cmocka_unit_test(test_nothing_goes_before_the_volley),
		cmocka_unit_test(test_what_fails_is_tried_again_later),
		cmocka_unit_test(test_which_addresses_are_tried),
		cmocka_unit_test(test_a_peers_word_is_no_flood),
		cmocka_unit_test(test_who_says_go_pays),
		cmocka_unit_test(test_under_loss),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
