/* Wrong wall clocks: set while the node runs, wrong from the start, of one node, of all, of
 * liars (OV-80..OV-85). */
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DAYS(n) ((n) * 86400 * GN_SEC)

static struct net net;
static gn_time ahead[NET_MAX]; /* of each machine's wall clock */
static struct gn_sk alice, bob;

/* Runs on, and each node looks at its wall clock every few seconds. */
static void run(gn_time span)
{
	for (gn_time end = net.now + span; net.now < end;) {
		for (unsigned i = 0; i < net.count; i++)
			if (net.node[i].ov)
				gn_overlay_clock(net.node[i].ov, net.now + ahead[i], net.now);
		net_run(&net, gn_time_min(5 * GN_SEC, end - net.now));
	}
}

static void run_long(gn_time span)
{
	for (gn_time end = net.now + span; net.now < end;
	     run(gn_time_min(10 * GN_SEC, end - net.now)))
		net_run(&net, gn_time_min(3600 * GN_SEC, end - net.now));
}

/* `count` nodes; node i is in prefix 203.0.(i / each).0/24, or with each 0 at a loopback address
 * of its own. */
static void build(unsigned count, unsigned each)
{
	net_init(&net, 77);
	memset(ahead, 0, sizeof ahead);
	for (unsigned i = 0; i < count; i++) {
		net_add(&net);
		net.node[i].cfg.addrs[0] =
			each ? gn_addr_v4(203, 0, (uint8_t)(i / each), (uint8_t)(i + 1), 7000)
			     : gn_addr_v4(127, 0, 0, (uint8_t)(i + 1), 7000);
	}
	for (unsigned i = 0; i < count; i++)
		net_start(&net, i);
	run(30 * GN_SEC);
	gn_sk_new(&net.rand, &alice);
	gn_sk_new(&net.rand, &bob);
	run(200 * GN_SEC); /* everybody has pinged everybody */
}

static void put(struct net_record *r, const char *label)
{
	net_record(&net, r, &alice, 16, label, 1, label);
	assert_int_equal(net_put(&net, 0, r, net.count < 5 ? net.count : 5), GN_OK);
}

static struct gn_overlay_info info(unsigned i)
{
	struct gn_overlay_info out;
	gn_overlay_info(net.node[i].ov, &out);
	return out;
}

static bool near(gn_time a, gn_time b)
{
	return a - b < 5 * GN_SEC && b - a < 5 * GN_SEC;
}

static void a_clock_set_for_a_moment_changes_nothing(void **state)
{
	(void)state;
	struct net_record r, later;
	build(5, 0);
	put(&r, "kept");
	ahead[0] = DAYS(40);
	run(25 * GN_SEC);
	assert_true(near(info(0).clock_ahead, DAYS(40)));
	assert_int_equal(info(0).clock_peers, 4);
	assert_true(info(0).clock_not_used);
	assert_true(near(gn_overlay_time_own(net.node[0].ov, net.now), net.now));
	assert_int_equal(info(1).clock_ahead, 0); /* one liar among four is no reason for doubt */
	assert_int_equal(info(0).records, 1);
	assert_int_equal(net_get(&net, 0, &r.r.key, 5), GN_OK);
	ahead[0] = 0;
	run(25 * GN_SEC);
	assert_int_equal(info(0).clock_ahead, 0);
	put(&later, "afterwards"); /* not from its past */
	assert_int_equal(gn_overlay_time(net.node[0].ov, net.now), net.now);
	assert_int_equal(
		net_counter(&net, 0, "records_forgotten") + net_counter(&net, 0, "clock_steps"), 0);
	net_free(&net);
}

static void nobody_to_ask_and_a_clock_that_was_set_holds_for_ten_minutes(void **state)
{
	(void)state;
	struct net_record r;
	build(1, 0);
	put(&r, "alone");
	ahead[0] = DAYS(40);
	run(590 * GN_SEC);
	assert_int_equal(info(0).records, 1);
	assert_true(near(info(0).clock_ahead, DAYS(40)));
	assert_int_equal(info(0).clock_peers, 0);
	run(20 * GN_SEC); /* it seems to be meant */
	assert_int_equal(info(0).records, 0);
	assert_int_equal(info(0).expired, 1);
	assert_int_equal(info(0).clock_ahead, 0);
	ahead[0] = 0;
	run(620 * GN_SEC);
	assert_int_equal(info(0).records, 1); /* shown again */
	assert_int_equal(net_get(&net, 0, &r.r.key, 1), GN_OK);
	net_free(&net);
}

static void all_set_ahead_and_back_again_lose_nothing(void **state)
{
	(void)state;
	struct net_record r;
	build(5, 0);
	put(&r, "everywhere");
	for (unsigned i = 0; i < 5; i++)
		ahead[i] = DAYS(40);
	run(25 * GN_SEC);
	for (unsigned i = 0; i < 5; i++)
		ahead[i] = 0;
	run(300 * GN_SEC);
	assert_int_equal(net_get(&net, 1, &r.r.key, 5), GN_OK);
	for (unsigned i = 0; i < 5; i++)
		ahead[i] = DAYS(40);
	run(900 * GN_SEC); /* all clocks of the world say so: it is later */
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(info(i).records, 0);
		assert_int_equal(info(i).clock_ahead, 0);
		assert_non_null(net_file(&net.node[i], &r.r.key));
	}
	assert_int_equal(net_get(&net, 1, &r.r.key, 5), GN_NOT_FOUND);
	run_long(DAYS(6)); /* in running time: still kept */
	for (unsigned i = 0; i < 5; i++)
		ahead[i] = -DAYS(6);
	run(900 * GN_SEC);
	assert_int_equal(net_get(&net, 1, &r.r.key, 5), GN_OK);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(info(i).records, 1);
	net_free(&net);
}

static void a_start_with_a_wrong_clock_drops_nothing_and_goes_by_the_peers(void **state)
{
	(void)state;
	struct net_record r;
	build(5, 1);
	put(&r, "restart");
	net_stop(&net, 2);
	ahead[2] = DAYS(40);
	run(10 * GN_SEC);
	net_start(&net, 2);
	gn_overlay_clock(net.node[2].ov, net.now + ahead[2], net.now);
	assert_int_equal(info(2).records + info(2).expired, 1);
	run(200 * GN_SEC);
	assert_non_null(net_file(&net.node[2], &r.r.key));
	assert_int_equal(info(2).records, 1);
	assert_true(near(info(2).clock_ahead, DAYS(40)));
	assert_int_equal(info(2).clock_peers, 4);
	assert_true(near(gn_overlay_time(net.node[2].ov, net.now), net.now));
	/* who is right? */
	assert_true(near(gn_overlay_time_own(net.node[2].ov, net.now), net.now + DAYS(40)));
	assert_false(info(2).clock_not_used);
	ahead[2] = 0; /* its owner sets it right */
	run(30 * GN_SEC);
	assert_int_equal(info(2).clock_ahead, 0);
	net_free(&net);
}

/* What node 0 says of a record that was made `ahead` of the true time. */
static gn_err offered(gn_time by)
{
	struct net_record r;
	gn_op op;
	net.now += by;
	net_record(&net, &r, &bob, 16, "offered", 1, "x");
	net.now -= by;
	gn_err err = gn_overlay_put(net.node[0].ov, r.r.bytes, 1, net.now, &op);
	if (err == GN_OK)
		net_wait(&net, op, 0);
	return err;
}

/* Nodes 1.. lie by `by`, `each` of them to a prefix; do they make node 0 doubt its clock? */
static bool in_doubt(unsigned count, unsigned each, bool count_local, gn_time by)
{
	struct net_record r;
	build(count, each);
	put(&r, "target");
	net.node[0].ov->cfg.count_local = count_local;
	for (unsigned i = 1; i < count; i++)
		ahead[i] = by;
	run(400 * GN_SEC);
	assert_int_equal(info(0).records, 1); /* nothing is hidden on hearsay .. */
	assert_int_equal(net_get(&net, 0, &r.r.key, 1), GN_OK);
	assert_int_equal(offered(0), GN_OK);             /* .. nor refused */
	assert_int_equal(info(0).clock_peers > 0, true); /* it is told in any case */
	bool doubt = offered(by) == GN_OK;
	assert_int_equal(gn_overlay_time(net.node[0].ov, net.now) - net.now < -DAYS(1),
			 doubt && by < 0);
	assert_int_equal(gn_overlay_time_latest(net.node[0].ov, net.now) - net.now > DAYS(1),
			 doubt && by > 0);
	/* what is signed is of now */
	assert_true(near(gn_overlay_time_own(net.node[0].ov, net.now), net.now));
	assert_false(doubt && gn_overlay_time_sure(net.node[0].ov, net.now));
	net_free(&net);
	return doubt;
}

static void liars_make_records_live_never_dead(void **state)
{
	(void)state;
	assert_true(in_doubt(4, 1, false, DAYS(40)));
	assert_true(in_doubt(4, 1, false, -DAYS(40)));
	assert_true(in_doubt(12, 0, false, DAYS(40)));
}

static void a_prefix_has_one_voice_and_three_make_a_vote(void **state)
{
	(void)state;
	assert_false(in_doubt(2, 1, false, DAYS(40))); /* one peer */
	assert_false(in_doubt(8, 4, false, DAYS(40))); /* seven peers of two prefixes */
	assert_true(in_doubt(4, 0, false, DAYS(40)));  /* on private networks an address .. */
	assert_false(in_doubt(4, 0, true, DAYS(40)));  /* .. unless they count like public ones */
}

/* Many keys at one loopback address are one voice. */
static void a_machine_of_sybils_has_one_voice(void **state)
{
	(void)state;
	struct net_record r;
	net_init(&net, 79);
	memset(ahead, 0, sizeof ahead);
	for (unsigned i = 0; i < 13; i++) {
		net_add(&net);
		if (i < 5)
			net.node[i].cfg.addrs[0] = gn_addr_v4(10, 0, 0, (uint8_t)(i + 1), 7000);
	}
	for (unsigned i = 0; i < 5; i++)
		net_start(&net, i);
	gn_sk_new(&net.rand, &alice);
	gn_sk_new(&net.rand, &bob);
	run(200 * GN_SEC);
	put(&r, "honest");
	for (unsigned i = 5; i < 13; i++) { /* eight against five */
		ahead[i] = DAYS(40);
		net_start(&net, i);
	}
	run(600 * GN_SEC);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(info(i).records, 1);
		assert_int_equal(info(i).clock_ahead, 0);
	}
	assert_int_equal(offered(0), GN_OK);
	net_free(&net);
}

/* Who came a moment ago says nothing of the time, and who is gone neither. */
static void voices_are_of_those_known_for_long_whose_links_live(void **state)
{
	(void)state;
	build(2, 1);
	run_long(3 * 3600 * GN_SEC);
	for (unsigned i = 2; i < 6; i++) {
		net_add(&net);
		net.node[i].cfg.addrs[0] = gn_addr_v4(203, 0, (uint8_t)i, 1, 7000);
		ahead[i] = DAYS(40);
		net_start(&net, i);
	}
	run(3000 * GN_SEC);
	assert_int_equal(info(0).links, 5);
	assert_int_equal(info(0).clock_peers, 0);
	assert_int_not_equal(offered(DAYS(40)), GN_OK);
	run(1200 * GN_SEC);
	assert_int_equal(info(0).clock_peers, 4);
	assert_int_equal(offered(DAYS(40)), GN_OK);
	for (unsigned i = 2; i < 6; i++)
		gn_overlay_peer_down(net.node[0].ov, &net.node[i].cfg.node_key.pk, GN_TIMEOUT,
				     net.now);
	for (unsigned i = 2; i < 6; i++)
		net_stop(&net, i);
	run(15 * GN_SEC);
	assert_int_equal(info(0).clock_peers, 0);
	assert_int_not_equal(offered(DAYS(40)), GN_OK);
	net_free(&net);
}

static void two_thirds_must_agree(void **state)
{
	(void)state;
	build(5, 1);
	ahead[1] = ahead[2] = DAYS(40);
	ahead[3] = -DAYS(10);
	ahead[0] = DAYS(2);
	run(400 * GN_SEC);
	assert_int_equal(info(0).records, 0);
	assert_true(near(gn_overlay_time(net.node[0].ov, net.now) - net.now, 0) ||
		    /* its own, held or followed */
		    near(gn_overlay_time(net.node[0].ov, net.now) - net.now, DAYS(2)));
	run(400 * GN_SEC);
	assert_true(near(gn_overlay_time(net.node[0].ov, net.now) - net.now, DAYS(2)));
	net_free(&net);
}

static gn_err expired_is_free(const struct gn_record *held, const struct gn_record *in,
			      uint32_t names, gn_time now)
{
	(void)names;
	bool theirs = held && memcmp(held->owner.b, in->owner.b, 32) != 0 &&
		      gn_unix(now) <= held->created + held->ttl;
	return theirs ? GN_EXISTS : GN_OK;
}

static void liars_give_no_name_away(void **state)
{
	(void)state;
	struct net_record hers, his;
	struct gn_overlay_held held;
	build(4, 1);
	net.node[0].ov->cfg.admit[3] = expired_is_free;
	net_record(&net, &hers, &alice, 3, "shop", 1, "hers");
	assert_int_equal(net_put(&net, 0, &hers, 4), GN_OK);
	for (unsigned i = 1; i < 4; i++)
		ahead[i] = DAYS(40);
	run(400 * GN_SEC);
	net.now += DAYS(40);
	net_record(&net, &his, &bob, 3, "shop", 1, "his");
	net.now -= DAYS(40);
	assert_int_not_equal(net_put(&net, 0, &his, 4), GN_OK);
	assert_true(gn_overlay_held_of(net.node[0].ov, &hers.r.key, &held) && held.shown);
	assert_memory_equal(held.owner.b, alice.pk.b, 32);
	net_free(&net);
}

static void a_lapsed_name_is_not_given_away_by_a_clock_in_doubt(void **state)
{
	(void)state;
	struct net_record hers, his;
	net_init(&net, 78);
	memset(ahead, 0, sizeof ahead);
	net_add(&net);
	net.node[0].cfg.admit[3] = expired_is_free;
	net_start(&net, 0);
	run(30 * GN_SEC);
	gn_sk_new(&net.rand, &alice);
	gn_sk_new(&net.rand, &bob);
	net_record(&net, &hers, &alice, 3, "shop", 1, "hers");
	assert_int_equal(net_put(&net, 0, &hers, 1), GN_OK);
	net_stop(&net, 0);
	ahead[0] = DAYS(40); /* the machine starts with a wrong clock, and nobody is there to ask */
	net_start(&net, 0);
	run(30 * GN_SEC);
	assert_int_equal(info(0).expired, 1);
	net.now += DAYS(40); /* a claim of that day */
	net_record(&net, &his, &bob, 3, "shop", 1, "his");
	net.now -= DAYS(40);
	assert_int_equal(net_put(&net, 0, &his, 1), GN_EXISTS);
	run(3700 * GN_SEC); /* it has been so for an hour, and nobody contradicts */
	net.now += DAYS(40);
	net_record(&net, &his, &bob, 3, "shop", 2, "his");
	net.now -= DAYS(40);
	assert_int_equal(net_put(&net, 0, &his, 1), GN_OK);
	net_free(&net);
}

static void clocks_differ_by_more_than_a_step(void **state)
{
	(void)state;
	assert_false(gn_ov_clock_differ(0, GN_OV_CLOCK_STEP));
	assert_true(gn_ov_clock_differ(0, GN_OV_CLOCK_STEP + 1));
	assert_true(gn_ov_clock_differ(GN_OV_CLOCK_STEP + 1, 0));
	struct gn_ov_clock c = {.votes = GN_OV_CLOCK_VOTES, .agree = GN_OV_CLOCK_VOTES};
	assert_true(gn_ov_clock_vote(&c));
	c.votes = c.agree = GN_OV_CLOCK_VOTES - 1;
	assert_false(gn_ov_clock_vote(&c));
}

/* A record says itself when it was made, and a clock may have been as far back. */
static void what_was_made_in_the_first_second_ends_as_any(void **state)
{
	(void)state;
	struct net_record first, second;
	net_init(&net, 78);
	memset(ahead, 0, sizeof ahead);
	net_add(&net);
	net_start(&net, 0);
	ahead[0] = -NET_START; /* a machine without a clock of its own */
	run(30 * GN_SEC);
	gn_sk_new(&net.rand, &alice);
	gn_time now = net.now;
	net.now = 0;
	net_record(&net, &first, &alice, 16, "x", 1, "1");
	net.now = now;
	assert_int_equal(first.r.created, 0);
	assert_int_equal(net_put(&net, 0, &first, 1), GN_OK);
	ahead[0] = 0;
	run(620 * GN_SEC);
	assert_int_equal(info(0).expired, 1);
	net_record(&net, &second, &alice, 16, "x", 2, "2");
	assert_int_equal(net_put(&net, 0, &second, 1), GN_OK);
	assert_int_equal(info(0).records, 1);
	net_free(&net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_differ_by_more_than_a_step),
		cmocka_unit_test(a_clock_set_for_a_moment_changes_nothing),
		cmocka_unit_test(nobody_to_ask_and_a_clock_that_was_set_holds_for_ten_minutes),
		cmocka_unit_test(all_set_ahead_and_back_again_lose_nothing),
		cmocka_unit_test(a_start_with_a_wrong_clock_drops_nothing_and_goes_by_the_peers),
		cmocka_unit_test(liars_make_records_live_never_dead),
		cmocka_unit_test(a_machine_of_sybils_has_one_voice),
		cmocka_unit_test(voices_are_of_those_known_for_long_whose_links_live),
		cmocka_unit_test(a_prefix_has_one_voice_and_three_make_a_vote),
		cmocka_unit_test(two_thirds_must_agree),
		cmocka_unit_test(liars_give_no_name_away),
		cmocka_unit_test(a_lapsed_name_is_not_given_away_by_a_clock_in_doubt),
		cmocka_unit_test(what_was_made_in_the_first_second_ends_as_any),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
