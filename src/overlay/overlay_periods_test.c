/* Limits of links, of who is known, and of how far is asked: each at the limit and one past it.
 * Time is what a test says it is; no message goes on its way but where a test hands it over. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;

/* A server, and two that have not begun yet: clients. */
static int build(void **state)
{
	(void)state;
	net_build(&net, 74, 1);
	for (unsigned i = 1; i < 3; i++) {
		net_add(&net);
		net_start_alone(&net, i);
	}
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static void say(unsigned from, struct gn_fbb *b, uint8_t type, gn_fbref body, gn_time now)
{
	struct gn_slice m;
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = 9, .body_type = (enum gn_fb_overlay_body)type, .body = body});
	assert_int_equal(gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &m), GN_OK);
	assert_int_equal(gn_overlay_recv(net.node[0].ov, &net.node[from].cfg.node_key.pk,
					 &net.node[from].cfg.addrs[0], m, now),
			 GN_OK);
}

static void say_link(unsigned from, gn_time now)
{
	struct gn_fbb b = gn_ov_builder(net.node[from].ov);
	gn_fbref hello = gn_ov_put_hello(net.node[from].ov, &b, false);
	gn_fbref body = gn_fb_link_make(
		&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LONG, .hello = hello});
	say(from, &b, GN_FB_OVERLAY_BODY_LINK, body, now);
}

/* The last message of the type that waits to be taken; those before it are gone. */
static struct gn_fb_overlay_message last_said(uint8_t type)
{
	static uint8_t bytes[GN_OV_MESSAGE_MAX];
	struct gn_fb_overlay_message m;
	struct gn_overlay_message out;
	size_t len = 0;
	while (gn_overlay_next_message(net.node[0].ov, &out)) {
		assert_int_equal(gn_fb_overlay_message_verify(out.bytes, &m), GN_OK);
		if (gn_fb_overlay_message_body_type(m) != type)
			continue;
		memcpy(bytes, out.bytes.p, out.bytes.len);
		len = out.bytes.len;
	}
	assert_int_not_equal(len, 0);
	assert_int_equal(gn_fb_overlay_message_verify(gn_slice(bytes, len), &m), GN_OK);
	return m;
}

static bool within(gn_time at, gn_time want, unsigned percent)
{
	return at >= want - want * percent / 100 && at <= want + want * percent / 100;
}

/* ---- links of clients ---- */

static void a_client_keeps_few_links(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	ov->server = ov->cfg.probation_off = false;
	for (uint32_t i = 0; i < 4 * GN_OV_CLIENT_LINKS; i++)
		assert_non_null(net_hear(&net, i));
	assert_true(ov->cfg.l > GN_OV_CLIENT_LINKS);
	gn_ov_leaf_update(ov, net.now);
	assert_int_equal(ov->link_count, 2 * GN_OV_CLIENT_LINKS);
}

/* WR-3: enum values of a later version pass; who is no server by our reading is a client. */
static void who_is_of_a_mode_not_known_is_a_client(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (uint8_t mode = 7; mode < 9; mode++) {
		net.node[1].ov->self.mode = mode;
		say_link(1, net.now + mode * GN_OV_FLIP_EVERY);
		assert_int_equal(ov->link_count, 1);
		assert_int_equal(ov->client_links, 1);
		gn_overlay_validate(ov);
	}
	net.node[1].ov->self.mode = GN_FB_NODE_MODE_SERVER;
	say_link(1, net.now + 9 * GN_OV_FLIP_EVERY);
	assert_int_equal(ov->client_links, 0);
	gn_overlay_validate(ov);
}

static void nobody_takes_a_clients_place_at_once(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	gn_time now = net.now;
	ov->cfg.clients_max = 1;
	say_link(1, now);
	assert_int_equal(ov->client_links, 1);
	say_link(2, now + GN_OV_CLIENT_STAY - 1);
	assert_int_equal(net_counter(&net, 0, "links_refused"), 1);
	assert_int_equal(net_counter(&net, 0, "links_gave_way"), 0);
	say_link(2, now + GN_OV_CLIENT_STAY);
	assert_int_equal(net_counter(&net, 0, "links_refused"), 1);
	assert_int_equal(net_counter(&net, 0, "links_gave_way"), 1);
	assert_int_equal(ov->client_links, 1);
}

static void who_is_refused_hears_of_a_few_others(void **state)
{
	(void)state;
	net.node[0].ov->cfg.clients_max = 1;
	say_link(1, net.now);
	for (uint32_t i = 0; i < GN_OV_ALTERNATIVES + 1; i++) {
		(void)net_prove(&net, i);
		say_link(2, net.now);
		struct gn_fb_link_no no = gn_fb_overlay_message_body_as_link_no(
			last_said(GN_FB_OVERLAY_BODY_LINK_NO));
		assert_int_equal(gn_fb_link_no_alternatives_len(no),
				 i < GN_OV_ALTERNATIVES ? i + 1 : GN_OV_ALTERNATIVES);
	}
}

static void who_links_anew_is_new_again_now_and_then(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct net_record r;
	struct gn_sk owner;
	gn_time now = net.now,
		at[] = {now, now + 1, now + GN_OV_FORGET_EVERY, now + GN_OV_FORGET_EVERY + 1};
	gn_sk_new(&net.rand, &owner);
	assert_true(net_hold(&net, GN_OV_BY_PUT, &(struct gn_holder){0}, &owner, 16, "a", &r));
	struct gn_ov_held *h = gn_ov_held_get(ov, &r.r.key);
	say_link(1, now);
	for (unsigned i = 0; i < GN_COUNT(at); i++) {
		gn_ov_synced_add(h, &net.node[1].id);
		say_link(1, at[i]);
		assert_int_equal(gn_ov_synced(h, &net.node[1].id), i % 2);
	}
	say_link(1, now + 2 * GN_OV_FORGET_EVERY - 1);
	assert_true(gn_ov_synced(h, &net.node[1].id));
}

/* ---- long links ---- */

static void wanted_in_an_annulus(uint8_t class, unsigned want)
{
	struct gn_overlay *ov = net.node[0].ov;
	unsigned sharing;
	ov->cfg.class = class;
	for (uint32_t i = 0; i < 100; i++)
		assert_non_null(net_hear(&net, i));
	ov->leaf_reach = UINT64_C(1) << 60;
	gn_ov_annulus_fill(ov, net.now);
	for (unsigned side = 0; side < 2; side++) {
		struct gn_ov_place at = {1, side != 0};
		assert_int_equal(gn_ov_links_there(ov, at, NULL, &sharing), want);
	}
}

static void two_links_are_wanted_in_an_annulus(void **state)
{
	(void)state;
	wanted_in_an_annulus(1, GN_OV_ANNULUS_WANT);
}

static void a_large_node_wants_twice_as_many(void **state)
{
	(void)state;
	wanted_in_an_annulus(2, 2 * GN_OV_ANNULUS_WANT);
}

static void annuli_are_looked_at_now_and_then(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (unsigned i = 0; i < 100; i++) {
		gn_ov_fill_due(ov, net.now);
		assert_true(within(ov->tasks[GN_OV_TASK_FILL].node.at - net.now, GN_OV_FILL, 10));
	}
}

/* ---- who is known ---- */

static void news_of_the_buried_may_be_a_little_older_than_it_says(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	gn_time past = 10 * GN_SEC, later = net.now + past;
	const struct gn_pk *teller = &net_prove(&net, 3)->c.pk;
	for (uint32_t i = 1; i < 3; i++) { /* one that has answered, one that has not */
		struct gn_ov_contact *c = i == 1 ? net_prove(&net, i) : net_hear(&net, i);
		struct gn_contact said = net_somebody(i);
		gn_ov_contact_bury(ov, c, net.now);
		(void)gn_ov_contact_hear(ov, &said, NULL, past - GN_OV_NEWS, teller, later);
		assert_true(c->tomb_until > later);
		(void)gn_ov_contact_hear(ov, &said, NULL, past - GN_OV_NEWS - 1, teller, later);
		assert_int_equal(c->tomb_until, 0);
	}
}

static void an_answer_without_a_record_names_so_many(void **state)
{
	(void)state;
	struct gn_fb_hash key = {{3}};
	for (uint32_t i = 0; i < GN_OV_REPLY_CONTACTS + 1; i++) {
		net_prove(&net, i)->c.addr_count = 0; /* more would fit a datagram */
		struct gn_fbb b = gn_ov_builder(net.node[1].ov);
		gn_fbref body = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &key});
		say(1, &b, GN_FB_OVERLAY_BODY_GET, body, net.now);
		struct gn_fb_nodes nodes =
			gn_fb_overlay_message_body_as_nodes(last_said(GN_FB_OVERLAY_BODY_NODES));
		uint32_t n = i + 1;
		assert_int_equal(gn_fb_nodes_contacts_len(nodes),
				 n < GN_OV_REPLY_CONTACTS ? n : GN_OV_REPLY_CONTACTS);
	}
}

/* ---- how far is asked ---- */

static void density(uint64_t reach)
{
	struct gn_overlay *ov = net.node[0].ov;
	ov->reach = reach;
	ov->reach_at = ov->now_seen;
	ov->reach_n = ov->n_est;
}

static void the_density_is_taken_now_and_then(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	gn_time now = ov->now_seen;
	density(12345);
	ov->now_seen = now + GN_OV_REACH_EVERY - 1;
	assert_int_equal(gn_ov_reach(ov), 12345);
	ov->now_seen = now + GN_OV_REACH_EVERY;
	assert_int_not_equal(gn_ov_reach(ov), 12345);
}

static void so_many_answer_for_a_key(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_member set[GN_OV_SET_MAX];
	density(UINT64_C(1) << 63);
	for (uint32_t i = 0; i < GN_OV_SET_MAX + 1; i++) {
		uint32_t members = i + 1; /* ourselves among them */
		assert_int_equal(gn_ov_holders_of(ov, 7, set),
				 members < GN_OV_SET_MAX ? members : GN_OV_SET_MAX);
		(void)net_link(&net, i);
	}
}

static void so_many_are_asked_for_a_key(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_hash key = {{0}};
	struct gn_ov_op *op;
	density(UINT64_C(1) << 63);
	assert_int_equal(gn_ov_op_new(ov, GN_OV_GET, GN_OV_USER, &key, net.now, &op), GN_OK);
	op->count = 8;
	for (unsigned wide = 0; wide < 2; wide++) {
		unsigned most = wide ? GN_OV_REGION_MAX : GN_OV_SET_MAX;
		op->widened = wide != 0;
		for (op->cand_count = most - 1; op->cand_count <= most + 1; op->cand_count++)
			assert_int_equal(gn_ov_op_width(ov, op),
					 op->cand_count < most ? op->cand_count : most);
	}
	op->cand_count = 0;
}

static void joining_asks_the_neighbours_on_both_sides_up_to_some(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (unsigned l = GN_OV_CHOICE / 2 - 1; l <= GN_OV_CHOICE / 2 + 1; l++) {
		ov->cfg.l = l;
		gn_ov_find_theta(ov, ov->theta, GN_OV_FOR_JOIN, NULL, net.now);
		const struct gn_ov_op *op =
			GN_MAP_AT(&ov->ops, struct gn_ov_op *, ov->ops.count - 1);
		assert_int_equal(op->count, 2u * l < GN_OV_CHOICE ? 2u * l : GN_OV_CHOICE);
	}
	gn_ov_settle(ov, net.now);
}

static void one_of_the_nearest_is_asked_so_often(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_hash key = {{1}};
	gn_op id;
	(void)net_prove(&net, 1);
	gn_ov_settle(ov, net.now); /* it is a leaf: a link is asked for */
	uint64_t sent = ov->count.sent;
	assert_int_equal(gn_overlay_find(ov, &key, 8, net.now, &id), GN_OK);
	assert_int_equal(ov->count.sent - sent, 1);
	struct gn_ov_request *r =
		GN_MAP_AT(&ov->requests, struct gn_ov_request *, ov->requests.count - 1);
	assert_int_equal(r->kind, GN_FB_OVERLAY_BODY_FIND);
	for (unsigned i = 2; i <= GN_OV_SENDS + 1; i++) {
		gn_ov_lookup_hedge(ov, r, net.now + GN_MSEC);
		assert_int_equal(ov->count.sent - sent, i < GN_OV_SENDS ? i : GN_OV_SENDS);
	}
	gn_ov_settle(ov, net.now);
}

/* OV-32: of who wants 12, the last four are not asked two at a time. */
static void all_that_are_wanted_are_asked_at_once(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_hash key = {{0}};
	uint64_t asked[2];
	gn_op id;
	for (uint32_t i = 0; i < 200; i++)
		(void)net_prove(&net, i);
	gn_ov_settle(ov, net.now);
	ov->n_est = 400; /* so that those within are fewer than are wanted */
	for (unsigned k = 0; k < 2; k++) {
		uint64_t sent = ov->count.sent;
		assert_int_equal(gn_overlay_find(ov, &key, k ? 12 : 8, net.now, &id), GN_OK);
		asked[k] = ov->count.sent - sent;
		unsigned within = 0, wide = k ? 12 : 8;
		for (uint32_t i = 0; i < 200; i++) {
			struct gn_contact c = net_somebody(i);
			within += (double)gn_ov_sep(gn_ov_theta(c.id.b), 0) <=
				  0.6 * wide * gn_ov_gap(ov);
		}
		assert_true(within > 2 && within < wide);
		assert_int_equal(asked[k], within);
		/* and its owner may know */
		struct gn_contact near[24];
		struct gn_overlay_event e;
		bool told = false;
		while (gn_overlay_next_event(ov, &e))
			told = told || e.kind == GN_OVERLAY_NEAR;
		assert_true(told && !ov->near_asked);
		assert_true(gn_overlay_find_near(ov, id, 24, near) >= within);
		assert_int_equal(gn_overlay_find_near(ov, id, 2, near), 2);
		assert_int_equal(gn_overlay_find_near(ov, id + 1, 24, near), 0);
	}
	assert_true(asked[1] > asked[0]);
}

/* ---- beginning, and healing ---- */

static struct gn_overlay *begun(void)
{
	struct gn_overlay *ov;
	struct gn_contact there = net_somebody(1);
	assert_int_equal(gn_overlay_new(&net.node[0].env, &net.node[0].cfg, net.now, &ov), GN_OK);
	assert_int_equal(gn_overlay_bootstrap(ov, &there.addrs[0], NULL, net.now), GN_OK);
	return ov;
}

static void who_reaches_nobody_begins_again_ever_more_seldom(void **state)
{
	(void)state;
	struct gn_overlay *ov = begun();
	for (gn_time wait = GN_OV_BOOT_FIRST, i = 0; i < 10; i++) {
		assert_int_equal(ov->boot_backoff, wait);
		gn_ov_join_due(ov, net.now);
		assert_true(within(ov->tasks[GN_OV_TASK_JOIN].node.at - net.now, wait, 20));
		wait = 2 * wait < GN_OV_BOOT_LAST ? 2 * wait : GN_OV_BOOT_LAST;
	}
	assert_int_equal(ov->boot_backoff, GN_OV_BOOT_LAST);
	gn_overlay_free(ov);
}

static void who_reaches_nobody_for_a_while_is_the_first(void **state)
{
	(void)state;
	struct gn_overlay *ov = begun();
	gn_ov_join_due(ov, net.now + GN_OV_ALONE - 1);
	assert_false(ov->joined);
	gn_ov_join_due(ov, net.now + GN_OV_ALONE);
	assert_true(ov->joined);
	gn_overlay_free(ov);
}

static void a_lost_link_is_healed_at_once_and_then_ever_more_seldom(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *c = net_link(&net, 1);
	struct gn_ov_timer *heal = &ov->tasks[GN_OV_TASK_HEAL];
	ov->heal_backoff = ov->cfg.heal;
	gn_ov_link_drop(ov, c, false, net.now);
	assert_int_equal(ov->heal_backoff, GN_OV_HEAL_FIRST);
	assert_true(within(heal->node.at - net.now, GN_OV_HEAL_FIRST, 20));
	for (gn_time wait = GN_OV_HEAL_FIRST, i = 0; i < 12; i++) {
		gn_ov_heal_due(ov, net.now);
		wait = 2 * wait < ov->cfg.heal ? 2 * wait : ov->cfg.heal;
		assert_int_equal(ov->heal_backoff, wait);
		assert_true(within(heal->node.at - net.now, wait, 20));
	}
	assert_int_equal(ov->heal_backoff, ov->cfg.heal);
	(void)net_link(&net, 2);
	ov->cfg.l = 1; /* enough */
	gn_ov_heal_due(ov, net.now);
	assert_int_equal(ov->heal_backoff, GN_OV_HEAL_FIRST);
	assert_true(within(heal->node.at - net.now, ov->cfg.heal, 20));
	gn_ov_settle(ov, net.now);
}

int main(void)
{
#define LIMIT(f) cmocka_unit_test_setup_teardown(f, build, take_down)
	const struct CMUnitTest tests[] = {
		LIMIT(a_client_keeps_few_links),
		LIMIT(who_is_of_a_mode_not_known_is_a_client),
		LIMIT(nobody_takes_a_clients_place_at_once),
		LIMIT(who_is_refused_hears_of_a_few_others),
		LIMIT(who_links_anew_is_new_again_now_and_then),
		LIMIT(two_links_are_wanted_in_an_annulus),
		LIMIT(a_large_node_wants_twice_as_many),
		LIMIT(annuli_are_looked_at_now_and_then),
		LIMIT(news_of_the_buried_may_be_a_little_older_than_it_says),
		LIMIT(an_answer_without_a_record_names_so_many),
		LIMIT(the_density_is_taken_now_and_then),
		LIMIT(so_many_answer_for_a_key),
		LIMIT(so_many_are_asked_for_a_key),
		LIMIT(joining_asks_the_neighbours_on_both_sides_up_to_some),
		LIMIT(one_of_the_nearest_is_asked_so_often),
		LIMIT(all_that_are_wanted_are_asked_at_once),
		LIMIT(who_reaches_nobody_begins_again_ever_more_seldom),
		LIMIT(who_reaches_nobody_for_a_while_is_the_first),
		LIMIT(a_lost_link_is_healed_at_once_and_then_ever_more_seldom),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
