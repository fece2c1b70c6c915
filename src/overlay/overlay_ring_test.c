/* The ring: joining by addresses alone, probation, deaths, restarts, isolation, identities
 * without work. */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static void one_node_is_useful_alone(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk owner;
	net_build(&net, 1, 1);
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "x", 1, "alone");
	assert_int_equal(net.node[0].joined, 1);
	assert_int_equal(net.node[0].servers, 1);
	assert_int_equal(net.node[0].isolated, 0);
	assert_int_equal(net_put(&net, 0, &r, 1), GN_OK);
	assert_int_equal(net_put(&net, 0, &r, 2), GN_QUORUM);
	assert_int_equal(net.result.receipts, 1);
	assert_int_equal(net_get(&net, 0, &r.r.key, 0), GN_OK);
	assert_int_equal(net.messages, 0);
}

static void nodes_find_each_other_by_address_alone(void **state)
{
	(void)state;
	for (unsigned count = 2; count <= 9; count++) {
		net_build(&net, count, count);
		net_expect_full_mesh(&net, count);
		for (unsigned i = 0; i < count; i++) {
			assert_int_equal(net.node[i].linked, count - 1 + net.node[i].unlinked);
			assert_int_equal(net.node[i].joined, 1);
		}
		net_free(&net);
	}
	net_init(&net, 1);
}

static void find_names_the_nearest_with_ourselves_among_them(void **state)
{
	(void)state;
	net_build(&net, 3, 7);
	struct gn_hash key = {{0x42, 9}};
	gn_op op;
	assert_int_equal(gn_overlay_find(net.node[4].ov, &key, 7, net.now, &op), GN_OK);
	net_wait(&net, op, 4);
	assert_int_equal(net.result.err, GN_OK);
	assert_int_equal(net.result.contacts, 7);
	for (unsigned i = 1; i < 7; i++)
		assert_true(gn_ov_nearer(gn_ov_theta(key.b), &net.result.contact[i - 1].id,
					 &net.result.contact[i].id) < 0);
}

/* Who named a candidate stands in the trace; a later word of the same one changes nothing. */
static void a_step_says_who_named_whom(void **state)
{
	(void)state;
	struct gn_hash key = {{0x42, 9}};
	struct gn_ov_op *op;
	static const struct gn_node_id nobody;
	net_build(&net, 3, 1);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_cand by = {.c = net_somebody(1), .depth = 1},
			  later = {.c = net_somebody(2), .depth = 1};
	struct gn_ov_told told = {.c = net_somebody(3)};
	assert_int_equal(gn_ov_op_new(ov, GN_OV_FIND, GN_OV_USER, &key, net.now, &op), GN_OK);
	gn_ov_lookup_add(ov, op, &by.c, NULL, 1);
	gn_ov_lookup_learn(ov, op, &by, &told, &by.c.pk);
	gn_ov_lookup_learn(ov, op, &later, &told, &later.c.pk);
	gn_ov_step_record(op, gn_ov_cand_of(op, &by.c.pk), GN_OK, net.now);
	gn_ov_step_record(op, gn_ov_cand_of(op, &told.c.pk), GN_OK, net.now);
	assert_memory_equal(op->steps[0].by.b, nobody.b, sizeof nobody.b);
	assert_memory_equal(op->steps[1].by.b, by.c.id.b, sizeof by.c.id.b);
	gn_ov_op_wake(ov, op);
	gn_ov_settle(ov, net.now);
	net_run(&net, GN_SEC);
}

static void a_node_on_probation_holds_nothing_and_does_everything(void **state)
{
	(void)state;
	struct net_record r, s;
	struct gn_sk owner;
	net_init(&net, 4);
	for (unsigned i = 0; i < 4; i++)
		net_add(&net);
	net.node[3].cfg.probation_off = false;
	for (unsigned i = 0; i < 4; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "x", 1, "from a client");
	assert_int_equal(net.node[3].joined, 1);
	assert_int_equal(net.node[3].servers, 0);
	assert_int_equal(net_put(&net, 3, &r, 3), GN_OK);
	assert_int_equal(net_put(&net, 3, &r, 4), GN_QUORUM);
	assert_null(net_file(&net.node[3], &r.r.key));
	assert_int_equal(net_get(&net, 3, &r.r.key, 3), GN_OK);
	for (unsigned i = 0; i < 3; i++) {
		struct gn_ov_member set[8];
		assert_int_equal(gn_ov_set_of(net.node[i].ov, 0, set, 8), 3);
	}
	net_run(&net, 600 * GN_SEC);
	assert_int_equal(net.node[3].servers, 1);
	net_expect_full_mesh(&net, 4);
	net_run(&net, 60 * GN_SEC);
	assert_non_null(net_file(&net.node[3], &r.r.key)); /* its part came without help */
	net_record(&net, &s, &owner, 16, "y", 1, "to a server");
	assert_int_equal(net_put(&net, 3, &s, 4), GN_OK);
}

/* OV-7: nobody is there who could watch it. */
static void a_founder_has_no_probation(void **state)
{
	(void)state;
	net_init(&net, 5);
	for (unsigned i = 0; i < 2; i++) {
		net_add(&net);
		net.node[i].cfg.probation_off = false;
	}
	net_start_alone(&net, 0);
	net_pump(&net, 0);
	net_run(&net, 10 * GN_SEC);
	assert_int_equal(net.node[0].servers, 1);
	net_start(&net, 1);
	net_run(&net, 60 * GN_SEC);
	assert_int_equal(net.node[1].joined, 1);
	assert_int_equal(net.node[1].servers, 0);
	assert_int_equal(net.node[0].servers, 1);
}

static void the_dead_are_noticed_within_a_leaf_period(void **state)
{
	(void)state;
	net_build(&net, 5, 6);
	net.node[2].deaf = true;
	net_run(&net, 70 * GN_SEC);
	for (unsigned i = 0; i < 6; i++) {
		struct gn_overlay_info info;
		if (i == 2)
			continue;
		gn_overlay_info(net.node[i].ov, &info);
		assert_int_equal(info.links, 4);
		assert_int_equal(net.node[i].unlinked, 1);
	}
	assert_int_equal(net.node[2].isolated, 1);
	net.node[2].deaf = false; /* and it comes back by itself */
	net_run(&net, 90 * GN_SEC);
	net_expect_full_mesh(&net, 6);
}

static void a_restarted_node_gets_its_replicas_back(void **state)
{
	(void)state;
	struct net_record r[12], newer;
	struct gn_sk owner;
	net_build(&net, 6, 5);
	gn_sk_new(&net.rand, &owner);
	for (unsigned i = 0; i < 12; i++) {
		char label[8];
		snprintf(label, sizeof label, "%u", i);
		net_record(&net, &r[i], &owner, 16, label, 1, "body");
		assert_int_equal(net_put(&net, i % 5, &r[i], 5), GN_OK);
	}
	net_stop(&net, 1);
	net_record(&net, &newer, &owner, 16, "0", 2, "while you were away");
	assert_int_equal(net_put(&net, 0, &newer, 4), GN_OK);
	for (unsigned i = 0; i < 6; i++) { /* half of its disk is gone, the rest is stale */
		struct net_file *f = &net.node[1].files[0];
		free(f->bytes);
		*f = net.node[1].files[--net.node[1].file_count];
	}
	net_start(&net, 1);
	net_run(&net, 60 * GN_SEC);
	assert_int_equal(net.node[1].file_count, 12);
	assert_int_equal(gn_ov_held_get(net.node[1].ov, &newer.r.key)->seq, 2);
	net_expect_full_mesh(&net, 5);
}

/* OV-44, in whatever order links came up: with some seeds a link is up before its peer has
 * become a server. */
static void expect_knocks(uint64_t seed)
{
	net_build(&net, seed, 3);
	net_stop(&net, 1);
	net_stop(&net, 2);
	net_run(&net, 120 * GN_SEC);
	assert_int_equal(net.node[0].isolated, 1);
	uint64_t before = net.messages;
	net_run(&net, 3600 * GN_SEC);
	uint64_t knocks = net.messages - before;
	assert_true(knocks > 300 &&
		    /* at most about 2 addresses x 3 tries and 3 old contacts x 3 a minute */
		    knocks < 1500);
	net_start(&net, 1);
	net_start(&net, 2);
	net_run(&net, 90 * GN_SEC);
	net_expect_full_mesh(&net, 3);
	net_free(&net);
}

static void alone_again_it_keeps_knocking_with_patience(void **state)
{
	(void)state;
	for (uint64_t seed = 7; seed < 19; seed++)
		expect_knocks(seed);
	net_init(&net, 1);
}

static void two_founders_become_one_network(void **state)
{
	(void)state;
	net_init(&net, 8);
	for (unsigned i = 0; i < 4; i++)
		net_add(&net);
	for (unsigned i = 0; i < 4; i++)
		net.node[i].deaf = true; /* each believes to be the first */
	for (unsigned i = 0; i < 4; i++)
		net_start(&net, i);
	net_run(&net, 30 * GN_SEC);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(net.node[i].servers, 1);
		net.node[i].deaf = false;
	}
	net_run(&net, 150 * GN_SEC);
	net_expect_full_mesh(&net, 4);
}

static void identities_without_work_stay_outside(void **state)
{
	(void)state;
	net_init(&net, 9);
	for (unsigned i = 0; i < 3; i++)
		net_add(&net);
	struct gn_overlay_config *lazy = &net.node[2].cfg;
	struct gn_node_id id;
	do { /* a nonce that does not fit */
		lazy->nonce[0]++;
		gn_overlay_id_make(&lazy->node_key.pk, lazy->nonce, &id);
	} while (gn_overlay_id_work(&id) >= NET_POW);
	struct gn_overlay *ov;
	net_start(&net, 0);
	net_start(&net, 1);
	assert_int_equal(gn_overlay_new(&net.node[0].env, lazy, net.now, &ov), GN_PROOF_OF_WORK);
	lazy->pow_off = true; /* it believes that none is needed */
	net_start(&net, 2);
	net_run(&net, 120 * GN_SEC);
	for (unsigned i = 0; i < 2; i++) {
		struct gn_overlay_info info;
		gn_overlay_info(net.node[i].ov, &info);
		assert_int_equal(info.links, 1);
		assert_true(net_counter(&net, i, "pow_refused") > 0);
	}
}

static void a_late_reply_to_hello_is_not_answered(void **state)
{
	(void)state;
	net_build(&net, 12, 2);
	struct gn_fbb b = gn_ov_builder(net.node[0].ov);
	uint64_t before = net.messages;
	gn_fbref body = gn_ov_put_hello(net.node[0].ov, &b, true);
	assert_int_equal(gn_ov_send(net.node[0].ov, &b, &net.node[1].ov->self, 77,
				    GN_FB_OVERLAY_BODY_HELLO, body),
			 GN_OK);
	net_pump(&net, 0);
	net_run(&net, GN_SEC);
	assert_int_equal(net.messages, before + 1);
}

static void the_carriers_news_shorten_waiting(void **state)
{
	(void)state;
	net_build(&net, 13, 3);
	net_stop(&net, 2);
	struct gn_hash key = {{7}};
	gn_op op;
	assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 3, net.now, &op), GN_OK);
	net.result.done = false;
	net_pump(&net, 0);
	net_run(&net, 20 * GN_MSEC);
	assert_false(net.result.done);
	gn_overlay_peer_down(net.node[0].ov, &net.node[2].cfg.node_key.pk, GN_UNREACHABLE, net.now);
	net_pump(&net, 0);
	net_run(&net, 20 * GN_MSEC);
	assert_true(net.result.done);
	assert_int_equal(net.result.contacts, 2);
}

static void hints_alone_are_enough_to_join(void **state)
{
	(void)state;
	net_build(&net, 14, 3);
	unsigned i = net_add(&net);
	struct net_node *x = &net.node[i];
	gn_alloc_heap(&x->alloc, 64u << 20);
	x->rand = gn_prng_rand(&x->prng);
	x->env = (struct gn_env){.alloc = &x->alloc, .rand = &x->rand};
	assert_int_equal(gn_overlay_new(&x->env, &x->cfg, net.now, &x->ov), GN_OK);
	struct gn_contact hint = net.node[1].ov->self, bad = hint;
	bad.nonce[3] ^= 1;
	assert_int_equal(gn_overlay_hint(x->ov, &bad, net.now), GN_PROOF_OF_WORK);
	assert_int_equal(gn_overlay_hint(x->ov, &hint, net.now), GN_OK);
	net_pump(&net, i);
	net_run(&net, 60 * GN_SEC);
	net_expect_full_mesh(&net, 4);
}

/* OV-51: who was silent or too busy may have it. */
static void what_the_silent_may_have_is_not_called_missing(void **state)
{
	(void)state;
	struct gn_hash key;
	net_build(&net, 44, 10); /* of which 8 are the set */
	gn_wire_record_key(16, &net.node[1].cfg.node_key.pk, gn_str("nothing"), 0, &key);
	for (unsigned i = 6; i < 10; i++)
		net.node[i].deaf = true;
	assert_int_equal(net_get(&net, 0, &key, 0), GN_NOT_FOUND);
	net.node[5].deaf = net.node[4].deaf = net.node[3].deaf = true;
	assert_int_equal(net_get(&net, 0, &key, 0), GN_TIMEOUT);
}

/* What a node knows of a set without asking: the same as the network says, near its own place. */
static void a_set_is_known_and_its_changes_are_told(void **state)
{
	(void)state;
	struct gn_contact set[GN_OVERLAY_SET_MAX];
	struct gn_overlay_event e;
	struct gn_hash key;
	net_build(&net, 5, 9);
	memcpy(key.b, net.node[3].ov->self.id.b, sizeof key.b);
	assert_int_equal(gn_overlay_set(net.node[3].ov, &key, GN_OVERLAY_SET_MAX, set), 9);
	assert_int_equal(gn_overlay_set(net.node[3].ov, &key, 4, set), 4);
	assert_memory_equal(set[0].id.b, key.b, sizeof key.b);
	for (unsigned i = 1; i < 4; i++)
		assert_true(gn_ov_sep(gn_ov_theta(set[i - 1].id.b), gn_ov_theta(key.b)) <=
			    gn_ov_sep(gn_ov_theta(set[i].id.b), gn_ov_theta(key.b)));
	/* told once, however often it changed */
	net.node[3].ov->members_changed = true;
	assert_true(gn_overlay_next_event(net.node[3].ov, &e));
	assert_int_equal(e.kind, GN_OVERLAY_MEMBERS);
	assert_false(gn_overlay_next_event(net.node[3].ov, &e));
	gn_ov_ring_touch(net.node[3].ov);
	gn_overlay_tick(net.node[3].ov, net.now);
	while (gn_overlay_next_event(net.node[3].ov, &e) && e.kind != GN_OVERLAY_MEMBERS)
		;
	assert_int_equal(e.kind, GN_OVERLAY_MEMBERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_node_is_useful_alone, take_down),
		cmocka_unit_test_teardown(nodes_find_each_other_by_address_alone, take_down),
		cmocka_unit_test_teardown(find_names_the_nearest_with_ourselves_among_them,
					  take_down),
		cmocka_unit_test_teardown(a_step_says_who_named_whom, take_down),
		cmocka_unit_test_teardown(a_set_is_known_and_its_changes_are_told, take_down),
		cmocka_unit_test_teardown(a_node_on_probation_holds_nothing_and_does_everything,
					  take_down),
		cmocka_unit_test_teardown(a_founder_has_no_probation, take_down),
		cmocka_unit_test_teardown(the_dead_are_noticed_within_a_leaf_period, take_down),
		cmocka_unit_test_teardown(a_restarted_node_gets_its_replicas_back, take_down),
		cmocka_unit_test_teardown(alone_again_it_keeps_knocking_with_patience, take_down),
		cmocka_unit_test_teardown(two_founders_become_one_network, take_down),
		cmocka_unit_test_teardown(identities_without_work_stay_outside, take_down),
		cmocka_unit_test_teardown(a_late_reply_to_hello_is_not_answered, take_down),
		cmocka_unit_test_teardown(the_carriers_news_shorten_waiting, take_down),
		cmocka_unit_test_teardown(hints_alone_are_enough_to_join, take_down),
		cmocka_unit_test_teardown(what_the_silent_may_have_is_not_called_missing,
					  take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
