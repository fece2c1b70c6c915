/* How a node is reached, and what it can: said by itself, hearsay until then, told once a minute,
 * and what becomes of a server that is not reached directly (RE-17, OV-7). */
#include "overlay/contact_int.h"
#include "overlay/message_int.h"
#include "overlay/ring_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CAN (GN_OVERLAY_CAN_SMALL | GN_OVERLAY_CAN_DIALS)

static struct net net;

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static const struct gn_pk *key(unsigned i)
{
	return &net.node[i].cfg.node_key.pk;
}

static struct gn_ov_contact *seen(unsigned by, unsigned of)
{
	struct gn_ov_contact *c = gn_ov_contact_get(net.node[by].ov, key(of));
	assert_non_null(c);
	return c;
}

static void reach(unsigned i, uint8_t how, uint8_t can)
{
	gn_overlay_reach(net.node[i].ov, how, can, net.now);
	net_pump(&net, i);
}

/* What node 1 is to node 0 after one of `hello`: as it says, unless a later version says more. */
static void links_are_told_once_a_minute(void **state)
{
	(void)state;
	net_build(&net, 91, 3);
	assert_int_equal(seen(0, 1)->c.reach, GN_OVERLAY_REACH_UNKNOWN);
	uint64_t before = net_counter(&net, 1, "sent");
	reach(1, GN_OVERLAY_REACH_DIRECT, CAN);
	assert_int_equal(net_counter(&net, 1, "sent"), before + 2); /* each link, once */
	reach(1, GN_OVERLAY_REACH_DIRECT, CAN);
	assert_int_equal(net_counter(&net, 1, "sent"), before + 2);
	net_run(&net, 10 * GN_SEC);
	for (unsigned i = 0; i < 3; i += 2) {
		assert_int_equal(seen(i, 1)->c.reach, GN_OVERLAY_REACH_DIRECT);
		assert_int_equal(seen(i, 1)->c.can, CAN);
	}
	gn_time told = net.now - 10 * GN_SEC;
	reach(1, GN_OVERLAY_REACH_DIRECT, 0); /* again, too soon: it waits, and the last counts */
	reach(1, GN_OVERLAY_REACH_DIRECT, GN_OVERLAY_CAN_BULK);
	net_run(&net, told + GN_OV_REACH_TELL - GN_MSEC - net.now);
	assert_int_equal(seen(0, 1)->c.can, CAN);
	net_run(&net, GN_MSEC + NET_DELAY);
	assert_int_equal(seen(0, 1)->c.can, GN_OVERLAY_CAN_BULK);
	struct gn_overlay_info info;
	gn_overlay_info(net.node[1].ov, &info);
	assert_true(info.server && info.self.reach == GN_OVERLAY_REACH_DIRECT);
}

/* A HELLO of node 1 as it may say it. */
static void hello(uint8_t how, uint8_t can)
{
	struct gn_slice bytes;
	struct gn_fbb b = gn_ov_builder(net.node[1].ov);
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	memcpy(pk.b, key(1)->b, 32);
	memcpy(nonce.b, net.node[1].cfg.nonce, 8);
	gn_fbref body = gn_fb_hello_make(&b, &(struct gn_fb_hello_args){.pk = &pk,
									.nonce = &nonce,
									.class = 1,
									.mode = 1,
									.version = GN_OV_VERSION,
									.reach = how,
									.can = can});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){.body_type = GN_FB_OVERLAY_BODY_HELLO,
							 .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(
		gn_overlay_recv(net.node[0].ov, key(1), &net.node[1].cfg.addrs[0], bytes, net.now),
		GN_OK);
	net_pump(&net, 0);
}

static void what_later_versions_say_is_unknown(void **state)
{
	(void)state;
	net_build(&net, 92, 2);
	hello(GN_OVERLAY_REACH_NO_UDP, 0x80);
	assert_int_equal(seen(0, 1)->c.reach, GN_OVERLAY_REACH_NO_UDP);
	assert_int_equal(seen(0, 1)->c.can, 0x80);
	hello(GN_OVERLAY_REACH_NO_UDP + 1, 0x80);
	assert_int_equal(seen(0, 1)->c.reach, GN_OVERLAY_REACH_UNKNOWN);
	hello(0, 0); /* as nodes of earlier releases, which do not know the field */
	assert_int_equal(seen(0, 1)->c.can, 0);
}

static void anothers_word_is_hearsay_and_goes_no_further(void **state)
{
	(void)state;
	net_build(&net, 93, 2);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_contact c = net_somebody(3);
	c.reach = GN_OVERLAY_REACH_DIRECT;
	c.can = CAN;
	struct gn_ov_contact *k = gn_ov_contact_hear(ov, &c, NULL, 0, key(1), net.now);
	assert_non_null(k);
	assert_int_equal(k->c.reach, GN_OVERLAY_REACH_DIRECT);
	/* passed on, once it has answered us, but by its own word alone */
	k->direct = net.now;
	for (unsigned own = 0; own < 2; own++) {
		struct gn_slice bytes;
		struct gn_fb_contact got;
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref ref = gn_ov_put_contact(ov, &b, k, net.now);
		assert_int_equal(gn_fbb_finish(&b, ref, NULL, &bytes), GN_OK);
		assert_int_equal(gn_fb_contact_verify(bytes, &got), GN_OK);
		assert_int_equal(gn_fb_contact_reach(got), own ? GN_OVERLAY_REACH_HARD : 0);
		assert_int_equal(gn_fb_contact_can(got), own ? CAN : 0);
		c.reach = GN_OVERLAY_REACH_HARD;
		assert_ptr_equal(gn_ov_contact_meet(ov, &c, net.now), k);
	}
	/* its own word stands against another's, */
	c.reach = GN_OVERLAY_REACH_DIRECT;
	(void)gn_ov_contact_hear(ov, &c, NULL, 0, key(1), net.now + GN_SEC);
	assert_int_equal(k->c.reach, GN_OVERLAY_REACH_HARD);
	/* and who does not know says nothing */
	struct gn_contact other = net_somebody(4);
	other.reach = GN_OVERLAY_REACH_EASY;
	struct gn_ov_contact *o = gn_ov_contact_hear(ov, &other, NULL, 0, key(1), net.now);
	other.reach = 0;
	(void)gn_ov_contact_hear(ov, &other, NULL, 0, key(1), net.now + GN_SEC);
	assert_int_equal(o->c.reach, GN_OVERLAY_REACH_EASY);
}

/* RE-11: nobody tells where one is that hides; that it is there is told, and asking for it costs
 * who told of it as an address does. */
static void one_that_hides_is_told_without_an_address(void **state)
{
	(void)state;
	net_build(&net, 94, 3);
	struct gn_overlay *ov = net.node[0].ov, *to = net.node[2].ov;
	struct gn_contact c = net_somebody(3);
	to->cfg.pow_bits = 0;
	for (unsigned hides = 0; hides < 2; hides++) {
		struct gn_slice bytes;
		struct gn_fb_contact got;
		struct gn_ov_told told;
		c.can = hides ? GN_OVERLAY_CAN_HIDE : 0;
		struct gn_ov_contact *k = gn_ov_contact_meet(ov, &c, net.now);
		assert_non_null(k);
		assert_int_equal(k->c.addr_count, 1); /* we know it */
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref ref = gn_ov_put_contact(ov, &b, k, net.now);
		assert_int_equal(gn_fbb_finish(&b, ref, NULL, &bytes), GN_OK);
		assert_int_equal(gn_fb_contact_verify(bytes, &got), GN_OK);
		assert_true(gn_ov_get_contact(to, got, &c.addrs[0], &told));
		assert_int_equal(told.c.addr_count, !hides);
		if (!hides)
			continue;
		struct gn_ov_contact *heard =
			gn_ov_contact_hear(to, &told.c, NULL, 0, key(0), net.now);
		uint8_t debt = seen(2, 0)->debt;
		assert_true(gn_ov_dial(to, heard, net.now));
		assert_int_equal(seen(2, 0)->debt, debt + 1);
	}
}

/* An answer still holds as many contacts that say all there is to say. */
static void a_datagram_holds_ten_that_say_it(void **state)
{
	(void)state;
	net_build(&net, 100, 1);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *list[GN_OV_REPLY_CONTACTS];
	gn_fbref refs[GN_OV_REPLY_CONTACTS];
	struct gn_slice bytes;
	for (uint32_t i = 0; i < GN_OV_REPLY_CONTACTS; i++) {
		list[i] = net_prove(&net, i);
		list[i]->introduced = true;
		list[i]->coord.err = 0.5;
		list[i]->c.load = list[i]->c.class = list[i]->c.can = 1;
		list[i]->c.reach = GN_OVERLAY_REACH_DIRECT;
	}
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_ov_choice choice = {list, GN_COUNT(list), GN_OV_DATAGRAM_MAX - GN_OV_NODES_BYTES};
	assert_int_equal(gn_ov_put_contacts(ov, &b, choice, refs, net.now + GN_SEC),
			 GN_OV_REPLY_CONTACTS);
	gn_fbref body = gn_fb_nodes_make(
		&b, &(struct gn_fb_nodes_args){
			    .contacts = {refs, GN_COUNT(refs)}, .leaf_digest = 1, .mine = true});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 1, .body_type = GN_FB_OVERLAY_BODY_NODES, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	print_message("%zu bytes\n", bytes.len);
	assert_true(bytes.len <= GN_OV_DATAGRAM_MAX);
}

static bool is_server(unsigned i)
{
	struct gn_overlay_info info;
	gn_overlay_info(net.node[i].ov, &info);
	return info.server;
}

static bool holds(unsigned i, const struct net_record *r)
{
	struct gn_overlay_held held;
	return gn_overlay_held_of(net.node[i].ov, &r->r.key, &held);
}

static void who_is_not_direct_is_a_client_and_hands_over(void **state)
{
	static struct net_record r;
	struct gn_sk alice;
	(void)state;
	net_init(&net, 94);
	gn_sk_new(&net.rand, &alice);
	net.ttl = 86400;
	for (unsigned i = 0; i < 7; i++) {
		net_add(&net);
		net.node[i].cfg.r = 3;
		net.node[i].cfg.w = 2;
		net.node[i].cfg.rq = 2;
	}
	for (unsigned i = 0; i < 7; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	net_record(&net, &r, &alice, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 0, &r, 2), GN_OK);
	net_run(&net, 60 * GN_SEC);
	unsigned gone[2], n = 0, holders = 0;
	for (unsigned i = 0; i < 7; i++) {
		holders += holds(i, &r);
		if (holds(i, &r) && n < 2)
			gone[n++] = i;
	}
	assert_true(holders >= 3);
	reach(gone[0], GN_OVERLAY_REACH_EASY, 0);
	reach(gone[1], GN_OVERLAY_REACH_NO_UDP, 0);
	assert_false(is_server(gone[0]) || is_server(gone[1]));
	net_run(&net, 60 * GN_SEC);
	unsigned servers = 0;
	for (unsigned i = 0; i < 7; i++)
		servers += holds(i, &r) && is_server(i);
	assert_true(servers >= 3);
	for (unsigned i = 0; i < 7; i++) /* and all know it */
		if (i != gone[0])
			assert_int_equal(seen(i, gone[0])->c.mode, GN_FB_NODE_MODE_CLIENT);
	assert_int_equal(net_get(&net, gone[0], &r.r.key, 2), GN_OK);
	/* direct again, and a server: not before the minute is over */
	reach(gone[0], GN_OVERLAY_REACH_DIRECT, 0);
	assert_true(is_server(gone[0]));
	/* unknown changes nothing */
	net_run(&net, GN_OV_REACH_TELL);
	reach(gone[0], GN_OVERLAY_REACH_UNKNOWN, 0);
	assert_true(is_server(gone[0]));
	net_run(&net, 10 * GN_SEC);
	assert_int_equal(seen(gone[1], gone[0])->c.mode, GN_FB_NODE_MODE_SERVER);
}

static struct gn_hash refused_key;

static bool refuses(void *user, const struct gn_hash *k, const struct gn_record *in)
{
	(void)in;
	return user == &refused_key && gn_hash_eq(k, &refused_key);
}

/* OV-98: told to hold nothing it is a client and hands over; told to hold, a server again. */
static void who_holds_nothing_is_a_client(void **state)
{
	static struct net_record r, second;
	struct gn_sk alice;
	(void)state;
	net_init(&net, 95);
	gn_sk_new(&net.rand, &alice);
	net.ttl = 86400;
	for (unsigned i = 0; i < 5; i++) {
		net_add(&net);
		net.node[i].cfg.r = 3;
		net.node[i].cfg.w = 2;
		net.node[i].cfg.rq = 2;
		net.node[i].cfg.refuses = refuses;
	}
	for (unsigned i = 0; i < 5; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	net_record(&net, &r, &alice, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 0, &r, 2), GN_OK);
	net_run(&net, 60 * GN_SEC);
	unsigned at = 0;
	while (!holds(at, &r))
		at++;
	gn_overlay_hold(net.node[at].ov, true, net.now); /* nothing new */
	assert_true(is_server(at));
	gn_overlay_hold(net.node[at].ov, false, net.now);
	net_pump(&net, at);
	assert_false(is_server(at));
	reach(at, GN_OVERLAY_REACH_DIRECT, 0); /* which does not make it one */
	assert_false(is_server(at));
	/* long before half of its life, once it knows others for long enough to believe them */
	net_run(&net, GN_OV_STANDING + 7200 * GN_SEC);
	assert_false(holds(at, &r));
	assert_int_equal(net_get(&net, at, &r.r.key, 2), GN_OK);
	net_record(&net, &second, &alice, 16, "y", 1, "body");
	assert_int_equal(net_put(&net, at, &second, 2), GN_OK);
	net_run(&net, 60 * GN_SEC);
	assert_false(holds(at, &second));
	gn_overlay_hold(net.node[at].ov, true, net.now);
	net_pump(&net, at);
	assert_true(is_server(at));
	/* and what one node refuses it lets go, and does not take from those who have it */
	net_run(&net, 1200 * GN_SEC);
	at = 0;
	while (!holds(at, &r))
		at++;
	refused_key = r.r.key;
	net.node[at].cfg.user = &refused_key;
	net.node[at].ov->cfg.user = &refused_key;
	gn_overlay_forget(net.node[at].ov, &refused_key, net.now);
	net_pump(&net, at);
	assert_false(holds(at, &r));
	assert_int_equal(net_counter(&net, at, "records_refused"), 1);
	net_run(&net, 1800 * GN_SEC);
	assert_false(holds(at, &r));
	unsigned others = 0;
	for (unsigned i = 0; i < 5; i++)
		others += holds(i, &r);
	assert_true(others >= 2);
	assert_int_equal(net_get(&net, at, &r.r.key, 2), GN_OK);
}

static void what_a_client_alone_held_comes_to_others(void **state)
{
	static struct net_record r;
	struct gn_sk alice;
	(void)state;
	net_init(&net, 96);
	net.ttl = 86400;
	gn_sk_new(&net.rand, &alice);
	for (unsigned i = 0; i < 4; i++) {
		net_add(&net);
		net.node[i].cfg.r = 3;
		net.node[i].cfg.w = 1;
		net.node[i].cfg.rq = 1;
	}
	net_start(&net, 0);
	net_run(&net, 10 * GN_SEC);
	net_record(&net, &r, &alice, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 0, &r, 1), GN_OK);
	reach(0, GN_OVERLAY_REACH_HARD, 0); /* before the others are there */
	for (unsigned i = 1; i < 4; i++)
		net_start(&net, i);
	net_run(&net, 120 * GN_SEC);
	unsigned servers = 0;
	for (unsigned i = 1; i < 4; i++)
		servers += holds(i, &r);
	assert_int_equal(servers, 3);
	assert_false(is_server(0));
}

/* A newcomer behind a router: a client however long it runs, and its timer does not spin. */
static void no_probation_makes_it_a_server(void **state)
{
	(void)state;
	net_init(&net, 95);
	for (unsigned i = 0; i < 3; i++)
		net_add(&net);
	net.node[2].cfg.probation_off = false;
	net_start(&net, 0);
	net_start(&net, 1);
	net_run(&net, 20 * GN_SEC);
	net_start(&net, 2);
	reach(2, GN_OVERLAY_REACH_EASY, 0);
	net_run(&net, 2 * GN_OV_PROBATION);
	assert_false(is_server(2));
	assert_true(gn_overlay_deadline(net.node[2].ov) > net.now);
	reach(2, GN_OVERLAY_REACH_DIRECT, 0);
	assert_true(is_server(2));
}

/* What it says of how it is reached makes nobody dial: not where it is said to be direct, nor where
 * it can dial back. */
static void no_word_of_it_makes_anybody_dial(void **state)
{
	uint64_t nowhere[2];
	(void)state;
	for (unsigned said = 0; said < 2; said++) {
		net_build(&net, 97, 3);
		for (uint32_t i = 0; i < 40; i++) {
			struct gn_contact c = net_somebody(i);
			c.reach = said ? GN_OVERLAY_REACH_DIRECT : 0;
			c.can = said ? 0xff : 0;
			(void)gn_ov_contact_hear(net.node[0].ov, &c, NULL, 0, key(1), net.now);
		}
		net_run(&net, 600 * GN_SEC);
		nowhere[said] = net.nowhere;
		if (!said)
			net_free(&net);
	}
	assert_int_equal(nowhere[0], nowhere[1]);
	assert_true(nowhere[0] > 0);
}

/* ---- whom to try as a relay ---- */

static void a_link_is_linked_while_its_session_is_up(void **state)
{
	(void)state;
	struct gn_contact at;
	net_build(&net, 98, 2);
	assert_true(gn_overlay_linked(net.node[0].ov, key(1), &at));
	assert_true(gn_pk_eq(&at.pk, key(1)));
	assert_true(gn_overlay_linked(net.node[0].ov, key(1), NULL));
	assert_false(gn_overlay_linked(net.node[0].ov, key(0), NULL));
	gn_overlay_peer_down(net.node[0].ov, key(1), GN_CLOSED, net.now);
	assert_false(gn_overlay_linked(net.node[0].ov, key(1), NULL));
}

/* Node 0 has links with 10, 11, 12; 11 told of 20, 10 and 12 list it: all are drawn from alike. */
static void relays_are_drawn_of_who_told_and_who_lists(void **state)
{
	(void)state;
	struct gn_contact out[4];
	net_build(&net, 99, 1);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *link[3];
	struct gn_contact c = net_somebody(20);
	for (uint32_t i = 0; i < 3; i++) {
		link[i] = net_link(&net, 10 + i);
		link[i]->up = true;
	}
	assert_int_equal(gn_overlay_relays_for(ov, &c.pk, out, 4), 0); /* never heard of */
	struct gn_ov_contact *k = gn_ov_contact_hear(ov, &c, NULL, 0, &link[1]->c.pk, net.now);
	assert_non_null(k);
	for (uint32_t i = 0; i < 3; i += 2)
		link[i]->link->theirs[link[i]->link->their_count++] = k->theta;
	assert_int_equal(gn_overlay_relays_for(ov, &c.pk, out, 4), 3);
	assert_int_equal(gn_overlay_relays_for(ov, &c.pk, out, 0), 0);
	for (unsigned max = 1; max <= 4; max++) {
		unsigned first[3] = {0};
		for (unsigned n = 0; n < 300; n++) {
			unsigned many = gn_overlay_relays_for(ov, &c.pk, out, max);
			assert_int_equal(many, max < 3 ? max : 3);
			for (unsigned i = 0; i < 3; i++) {
				first[i] += gn_pk_eq(&out[0].pk, &link[i]->c.pk);
				for (unsigned k2 = 1; k2 < many; k2++)
					assert_false(gn_pk_eq(&out[k2].pk, &out[k2 - 1].pk));
			}
		}
		for (unsigned i = 0; i < 3; i++)
			assert_in_range(first[i], 60, 140);
	}
	link[1]->link->miss = 1; /* who does not answer, is gone, or no server, is none */
	assert_int_equal(gn_overlay_relays_for(ov, &c.pk, out, 4), 2);
	link[0]->up = false;
	assert_int_equal(gn_overlay_relays_for(ov, &c.pk, out, 4), 1);
	assert_true(gn_pk_eq(&out[0].pk, &link[2]->c.pk));
	ov->client_links++;
	link[2]->c.mode = GN_FB_NODE_MODE_CLIENT;
	assert_int_equal(gn_overlay_relays_for(ov, &c.pk, out, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(links_are_told_once_a_minute, take_down),
		cmocka_unit_test_teardown(what_later_versions_say_is_unknown, take_down),
		cmocka_unit_test_teardown(anothers_word_is_hearsay_and_goes_no_further, take_down),
		cmocka_unit_test_teardown(one_that_hides_is_told_without_an_address, take_down),
		cmocka_unit_test_teardown(a_datagram_holds_ten_that_say_it, take_down),
		cmocka_unit_test_teardown(who_is_not_direct_is_a_client_and_hands_over, take_down),
		cmocka_unit_test_teardown(who_holds_nothing_is_a_client, take_down),
		cmocka_unit_test_teardown(what_a_client_alone_held_comes_to_others, take_down),
		cmocka_unit_test_teardown(no_probation_makes_it_a_server, take_down),
		cmocka_unit_test_teardown(no_word_of_it_makes_anybody_dial, take_down),
		cmocka_unit_test_teardown(a_link_is_linked_while_its_session_is_up, take_down),
		cmocka_unit_test_teardown(relays_are_drawn_of_who_told_and_who_lists, take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
