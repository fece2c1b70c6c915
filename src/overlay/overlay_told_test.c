/* Another's word: a linked peer lists a hundred invented nodes. Few of them are dialled, once;
 * lookups do not wait for them a second time; what we have not heard ourselves is not passed on. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/ring_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIARS_LIST 96
#define LIAR 6
#define NODES 7

static struct net net;
static struct gn_sk alice;

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* The liar's link list: invented keys at one address, or at one port each. */
static void lie(unsigned to, bool one_address, uint64_t near)
{
	static uint8_t storage[1 << 16];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref add[LIARS_LIST];
	struct gn_slice bytes;
	for (unsigned i = 0; i < LIARS_LIST; i++) {
		struct gn_sk sk;
		struct gn_fb_key pk;
		struct gn_fb_nonce nonce;
		struct gn_node_id id;
		struct gn_addr a =
			gn_addr_v4(127, 9, 9, 9, (uint16_t)(one_address ? 4000 : 4000 + i));
		struct gn_fb_addr addr = gn_wire_addr(&a, GN_FB_CARRIER_UDP);
		struct gn_fb_vivaldi v = {.h = 1, .err = 1}; /* very near, it says */
		gn_sk_new(&net.rand, &sk);
		for (uint64_t try = 0;; try++) { /* within 1/64 of the circle */
			gn_put_be64(nonce.b, try);
			gn_overlay_id_make(&sk.pk, nonce.b, &id);
			if (gn_overlay_id_work(&id) >= NET_POW &&
			    gn_ov_sep(gn_ov_theta(id.b), near) < UINT64_C(1) << 58)
				break;
		}
		memcpy(pk.b, sk.pk.b, 32);
		add[i] = gn_fb_contact_make(
			&b, &(struct gn_fb_contact_args){.pk = &pk,
							 .nonce = &nonce,
							 .addrs = {&addr, 1},
							 .vivaldi = &v,
							 .class = 1,
							 .mode = GN_FB_NODE_MODE_SERVER});
	}
	gn_fbref body = gn_fb_delta_make(
		&b, &(struct gn_fb_delta_args){.to_version = 1000, .add = {add, LIARS_LIST}});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){.body_type = GN_FB_OVERLAY_BODY_DELTA,
							 .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_overlay_recv(net.node[to].ov, &net.node[LIAR].cfg.node_key.pk,
					 &net.node[LIAR].cfg.addrs[0], bytes, net.now),
			 GN_OK);
	net_pump(&net, to);
}

/* Seven nodes of sets of four, so that invented ones can be a whole set. */
static void build(uint64_t seed)
{
	net_init(&net, seed);
	net.ttl = 86400;
	for (unsigned i = 0; i < NODES; i++) {
		net_add(&net);
		net.node[i].cfg.r = 4;
		net.node[i].cfg.w = 3;
		net.node[i].cfg.rq = 2;
	}
	for (unsigned i = 0; i < NODES; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	gn_sk_new(&net.rand, &alice);
	net.nowhere = 0;
}

static void invented_nodes_are_dialled_a_few_times_and_never_again(void **state)
{
	(void)state;
	build(81);
	/* as neighbours of ours: leaf links are asked for at once */
	lie(0, false, net.node[0].ov->theta);
	net_run(&net, 60 * GN_SEC);
	assert_true(net.nowhere <= 2 * GN_OV_TOLD_DIALS);
	print_message("dials in a minute: %llu\n", (unsigned long long)net.nowhere);
	for (unsigned i = 0; i < 20; i++) {
		net_run(&net, 180 * GN_SEC);
		/* and more of them every three minutes, for an hour */
		lie(0, false, net.node[0].ov->theta);
	}
	print_message("dials in an hour: %llu\n", (unsigned long long)net.nowhere);
	assert_true(net.nowhere <= 4 * GN_OV_TOLD_DIALS);
	assert_true(net_counter(&net, 0, "told_full") > 0); /* nor does it fill our memory */
	struct gn_overlay_info info;
	gn_overlay_info(net.node[0].ov, &info);
	assert_int_equal(info.links, NODES - 1);
}

static void an_address_is_dialled_for_one_invented_key_only(void **state)
{
	(void)state;
	build(82);
	lie(0, true, net.node[0].ov->theta);
	net_run(&net, 590 * GN_SEC);
	assert_int_equal(net.nowhere, 1);
	assert_true(net_counter(&net, 0, "told_refused") > 0);
}

static void lookups_wait_for_a_liar_three_times_at_most(void **state)
{
	(void)state;
	struct net_record r, s;
	build(83);
	net_record(&net, &r, &alice, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 1, &r, 3), GN_OK);
	lie(0, false, gn_ov_theta(r.r.key.b));
	assert_int_equal(net_get(&net, 0, &r.r.key, 1), GN_OK);
	print_message("first get %lld ms\n", (long long)(net.result.took / GN_MSEC));
	assert_true(net.result.took <= GN_SEC); /* the first answer is an honest one's */
	assert_int_equal(net_get(&net, 0, &r.r.key, 2), GN_OK);
	print_message("first quorum %lld ms\n", (long long)(net.result.took / GN_MSEC));
	assert_true(net.result.took <= 3 * GN_SEC);
	net_record(&net, &s, &alice, 16, "x", 2, "body 2");
	assert_int_equal(net_put(&net, 0, &s, 3), GN_OK);
	print_message("first put %lld ms\n", (long long)(net.result.took / GN_MSEC));
	assert_true(net.result.took <= 6 * GN_SEC);
	/* Four of twelve are dialled at once, so three lookups wait for a dial in all. */
	for (unsigned i = 0, slow = 2; i < 10; i++) {
		lie(0, false, gn_ov_theta(r.r.key.b));
		assert_int_equal(net_get(&net, 0, &r.r.key, 2), GN_OK);
		slow += net.result.took > 100 * GN_MSEC;
		net_record(&net, &s, &alice, 16, "x", 3 + i, "body n");
		assert_int_equal(net_put(&net, 0, &s, 3), GN_OK);
		slow += net.result.took > 100 * GN_MSEC;
		assert_true(slow <= GN_OV_TOLD_DIALS / 4);
	}
	assert_true(net.nowhere <= 3 * GN_OV_TOLD_DIALS);
}

static void who_told_of_it_raises_nobody_and_hearsay_is_not_passed_on(void **state)
{
	(void)state;
	build(84);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_sk sk;
	struct gn_contact c = {.mode = GN_FB_NODE_MODE_SERVER,
			       .addr_count = 1,
			       .addrs = {gn_addr_v4(127, 9, 9, 9, 4000)}};
	gn_sk_new(&net.rand, &sk);
	c.pk = sk.pk;
	assert_int_equal(gn_overlay_id_search(&c.pk, NET_POW, 0, 100000, c.nonce), GN_OK);
	gn_overlay_id_make(&c.pk, c.nonce, &c.id);
	struct gn_ov_contact *k = gn_ov_contact_hear(ov, &c, NULL, 0,
						     &net.node[LIAR].cfg.node_key.pk, net.now),
			     *near[64];
	assert_non_null(k);
	assert_true(gn_ov_contact_usable(ov, k, net.now));
	uint32_t n = gn_ov_contact_nearest(ov, k->theta, false, net.now, near, 64);
	assert_true(n == NODES && near[0] == k);
	assert_int_equal(gn_ov_contact_nearest(ov, k->theta, true, net.now, near, 64), NODES - 1);
	assert_true(gn_ov_dial(ov, k, net.now));
	gn_ov_contact_bury(ov, k, net.now);
	net_run(&net, 100 * GN_SEC);
	assert_ptr_equal(
		gn_ov_contact_hear(ov, &c, NULL, 0, &net.node[LIAR].cfg.node_key.pk, net.now), k);
	assert_false(gn_ov_contact_usable(ov, k, net.now));
	/* Another may, who has heard it since; the next dial is theirs to answer for. */
	struct gn_ov_contact *other = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
	unsigned debt = other->debt;
	assert_ptr_equal(gn_ov_contact_hear(ov, &c, NULL, 200 * GN_SEC, &other->c.pk, net.now), k);
	assert_false(gn_ov_contact_usable(ov, k, net.now)); /* before we buried it */
	assert_ptr_equal(gn_ov_contact_hear(ov, &c, NULL, 0, &other->c.pk, net.now), k);
	assert_true(gn_ov_contact_usable(ov, k, net.now));
	assert_true(gn_ov_dial(ov, k, net.now));
	assert_int_equal(other->debt, debt + 1);
	/* One that has spoken to us is raised by others' word as before. */
	struct gn_ov_contact *real = gn_ov_contact_get(ov, &net.node[3].cfg.node_key.pk);
	gn_ov_link_dead(ov, real, net.now);
	assert_false(gn_ov_contact_usable(ov, real, net.now));
	net.now += 10 * GN_SEC;
	assert_ptr_equal(gn_ov_contact_hear(ov, &net.node[3].ov->self, NULL, 0,
					    &net.node[2].cfg.node_key.pk, net.now),
			 real);
	assert_true(gn_ov_contact_usable(ov, real, net.now));
}

static void credit_comes_back_with_every_answer(void **state)
{
	(void)state;
	build(85);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *teller = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
	for (unsigned i = 0; i < 3u * GN_OV_TOLD_DIALS; i++) {
		struct gn_sk sk;
		struct gn_contact c = {.mode = GN_FB_NODE_MODE_CLIENT,
				       .addr_count = 1,
				       .addrs = {gn_addr_v4(127, 9, 9, 9, (uint16_t)(4000 + i))}};
		gn_sk_new(&net.rand, &sk);
		c.pk = sk.pk;
		assert_int_equal(gn_overlay_id_search(&c.pk, NET_POW, 0, 100000, c.nonce), GN_OK);
		gn_overlay_id_make(&c.pk, c.nonce, &c.id);
		struct gn_ov_contact *k =
			gn_ov_contact_hear(ov, &c, NULL, 0, &teller->c.pk, net.now);
		assert_non_null(k);
		assert_true(gn_ov_dialable(ov, k, net.now) == gn_ov_dial(ov, k, net.now));
		if (i < GN_OV_TOLD_DIALS) /* these exist */
			gn_ov_contact_alive(ov, k, net.now);
	}
	/* the rest has used all credit up */
	assert_int_equal(teller->debt, GN_OV_TOLD_DIALS + teller->good);
	assert_true(teller->good >= GN_OV_TOLD_DIALS);
}

/* A contact of an invented node with its work. */
static struct gn_contact invented(struct gn_addr at)
{
	struct gn_sk sk;
	struct gn_contact c = {.mode = GN_FB_NODE_MODE_SERVER, .addr_count = 1, .addrs = {at}};
	gn_sk_new(&net.rand, &sk);
	c.pk = sk.pk;
	assert_int_equal(gn_overlay_id_search(&c.pk, NET_POW, 0, 100000, c.nonce), GN_OK);
	gn_overlay_id_make(&c.pk, c.nonce, &c.id);
	return c;
}

static void what_is_not_remembered_is_not_asked(void **state)
{
	(void)state;
	build(89);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *liar = gn_ov_contact_get(ov, &net.node[LIAR].cfg.node_key.pk);
	struct gn_ov_told told = {.c = invented(gn_addr_v4(127, 9, 9, 9, 4000))};
	struct gn_ov_op *op;
	struct gn_hash key = {{1}};
	assert_int_equal(gn_ov_op_new(ov, GN_OV_FIND, GN_OV_FOR_HEAL, &key, net.now, &op), GN_OK);
	gn_ov_coord_init(&told.coord);
	liar->told = GN_OV_TOLD_MAX;
	gn_ov_lookup_learn(ov, op, NULL, &told, &liar->c.pk);
	assert_int_equal(op->cand_count, 0);
	/* it was known, and had to make room for others */
	gn_ov_lookup_add(ov, op, &told.c, NULL, 1);
	assert_int_equal(op->cand_count, 1);
	gn_ov_op_wake(ov, op);
	gn_ov_settle(ov, net.now);
	net_pump(&net, 0);
	assert_int_equal(net.nowhere, 0);
}

/* An honest node's address is not used up by the first who names it with a key of his own. */
static void an_invented_key_does_not_take_an_address_from_others(void **state)
{
	(void)state;
	build(90);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_addr at = gn_addr_v4(127, 9, 9, 9, 4000);
	struct gn_ov_contact *k[5];
	for (unsigned i = 0; i < 5; i++) {
		const struct gn_pk *teller = &net.node[i < 2 ? LIAR : i - 1].cfg.node_key.pk;
		struct gn_contact c = invented(at);
		k[i] = gn_ov_contact_hear(ov, &c, NULL, 0, teller, net.now);
		assert_non_null(k[i]);
	}
	assert_true(gn_ov_dial(ov, k[0], net.now));
	assert_false(gn_ov_dial(ov, k[1], net.now)); /* by the same word */
	assert_true(gn_ov_dial(ov, k[2], net.now));  /* by another's */
	assert_true(gn_ov_dial(ov, k[3], net.now));  /* the third key .. */
	assert_false(gn_ov_dial(ov, k[4], net.now)); /* .. is the last */
	assert_int_equal(GN_OV_DIAL_KEYS, 3);
	net_run(&net, GN_OV_TOMB + GN_SEC);
	assert_false(gn_ov_proven(k[4]));
	assert_true(gn_ov_dial(ov, k[4], net.now)); /* in ten minutes again */
}

/* A contact of four addresses has four dialled. */
static void each_address_of_a_dial_costs(void **state)
{
	(void)state;
	build(91);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *teller = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
	unsigned dials = 0, all = GN_OV_TOLD_DIALS + teller->good - teller->debt;
	for (unsigned i = 0; i < GN_OV_TOLD_DIALS + GN_OV_TOLD_GOOD; i++) {
		struct gn_contact c = invented(gn_addr_v4(127, 9, 9, 9, (uint16_t)(4000 + i)));
		for (c.addr_count = 1; c.addr_count < GN_CONTACT_ADDRS; c.addr_count++)
			c.addrs[c.addr_count] =
				gn_addr_v4(127, 9, 9, 9, (uint16_t)(4000 + i + 100 * c.addr_count));
		struct gn_ov_contact *k =
			gn_ov_contact_hear(ov, &c, NULL, 0, &teller->c.pk, net.now);
		assert_non_null(k);
		assert_true(gn_ov_hearsay(k));
		dials += gn_ov_dial(ov, k, net.now);
	}
	assert_int_equal(dials, (all + GN_CONTACT_ADDRS - 1) / GN_CONTACT_ADDRS);
	assert_false(gn_ov_hearsay(teller));
}

static enum gn_overlay_dial dial_at(const struct gn_contact *c, const struct gn_addr *at)
{
	return gn_overlay_may_dial(net.node[0].ov, &c->pk, at, net.now);
}

/* It speaks from its first address; what it says of three others is hearsay. */
static void who_names_other_addresses_of_its_own_has_them_knocked_at(void **state)
{
	(void)state;
	build(95);
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_addr others[] = {gn_addr_v4(127, 9, 9, 9, 4001),
					 gn_addr_v4(127, 9, 9, 9, 4002),
					 gn_addr_v4(127, 9, 9, 9, 4003)};
	struct gn_contact c[4];
	for (unsigned i = 0; i < 4; i++) {
		c[i] = invented(gn_addr_v4(127, 8, 8, 8, (uint16_t)(5000 + i)));
		memcpy(c[i].addrs + 1, others, sizeof others);
		c[i].addr_count = 4;
		assert_non_null(gn_ov_link_meet(ov, &c[i], net.now));
		gn_overlay_peer_down(ov, &c[i].pk, GN_CLOSED, net.now);
		for (unsigned k = 0; k < 3; k++) /* three keys for each */
			assert_int_equal(dial_at(&c[i], &others[k]), i < GN_OV_DIAL_KEYS
									     ? GN_OVERLAY_KNOCK
									     : GN_OVERLAY_NO_DIAL);
		for (unsigned k = 0; k < 3; k++) /* once */
			assert_int_equal(dial_at(&c[i], &others[k]), GN_OVERLAY_NO_DIAL);
		assert_int_equal(dial_at(&c[i], &c[i].addrs[0]), GN_OVERLAY_CONNECT);
	}
	net.now += GN_OV_TOMB;
	assert_int_equal(dial_at(&c[3], &others[1]), GN_OVERLAY_KNOCK);
	/* It answered there: that is where it is, and the other is a place where it has been. */
	gn_overlay_peer_up(ov, &c[3].pk, &others[1], net.now);
	gn_overlay_peer_down(ov, &c[3].pk, GN_CLOSED, net.now);
	assert_int_equal(dial_at(&c[3], &others[1]), GN_OVERLAY_CONNECT);
	assert_int_equal(dial_at(&c[3], &c[3].addrs[0]), GN_OVERLAY_KNOCK);
}

/* It has answered us, and never said where else it is. */
static void another_says_of_a_proven_node_where_to_knock(void **state)
{
	(void)state;
	build(96);
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_addr was = gn_addr_v4(127, 8, 8, 8, 5000),
			     said = gn_addr_v4(127, 9, 9, 9, 4000);
	struct gn_contact c = invented(was);
	struct gn_ov_contact *k =
		gn_ov_contact_hear(ov, &c, NULL, 0, &net.node[LIAR].cfg.node_key.pk, net.now);
	assert_non_null(k);
	assert_int_equal(dial_at(&c, &was), GN_OVERLAY_KNOCK);
	gn_overlay_peer_up(ov, &c.pk, &was, net.now);
	gn_ov_contact_alive(ov, k, net.now);
	gn_overlay_peer_down(ov, &c.pk, GN_CLOSED, net.now);
	c.addrs[0] = said;
	assert_ptr_equal(
		gn_ov_contact_hear(ov, &c, NULL, 0, &net.node[LIAR].cfg.node_key.pk, net.now), k);
	assert_int_equal(k->c.addr_count, 2);
	assert_int_equal(dial_at(&c, &was), GN_OVERLAY_CONNECT);
	assert_int_equal(dial_at(&c, &said), GN_OVERLAY_KNOCK);
	assert_int_equal(dial_at(&net.node[1].ov->self, &said), GN_OVERLAY_KNOCK);
	/* the owner says so too */
	assert_int_equal(gn_overlay_bootstrap(ov, &said, &c.pk, net.now), GN_OK);
	assert_int_equal(dial_at(&c, &said), GN_OVERLAY_CONNECT);
	assert_int_equal(dial_at(&net.node[2].ov->self, &said), GN_OVERLAY_KNOCK);
	gn_overlay_bootstrap_drop(ov, &said);
}

/* One invented key at ever new addresses costs credit as many keys do. */
static void a_key_told_at_many_addresses_is_dialled_for_credit_only(void **state)
{
	(void)state;
	build(88);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *liar = gn_ov_contact_get(ov, &net.node[LIAR].cfg.node_key.pk),
			     *k = NULL;
	struct gn_sk sk;
	struct gn_contact c = {.mode = GN_FB_NODE_MODE_SERVER, .addr_count = 1};
	unsigned dials = 0, all = GN_OV_TOLD_DIALS + liar->good - liar->debt;
	uint64_t before = net_counter(&net, 0, "told_dials");
	gn_sk_new(&net.rand, &sk);
	c.pk = sk.pk;
	assert_int_equal(gn_overlay_id_search(&c.pk, NET_POW, 0, 100000, c.nonce), GN_OK);
	gn_overlay_id_make(&c.pk, c.nonce, &c.id);
	for (unsigned i = 0; i < 100; i++) {
		c.addrs[0] = gn_addr_v4(127, 9, 9, 9, (uint16_t)(4000 + i));
		k = gn_ov_contact_hear(ov, &c, NULL, 0, &liar->c.pk, net.now);
		assert_non_null(k);
		/* nor is its word taken */
		assert_true(i < all || k->c.addrs[0].port == 4000 + all - 1);
		if (gn_ov_contact_usable(ov, k, net.now) && gn_ov_dial(ov, k, net.now))
			dials += k->c.addrs[0].port == 4000 + i;
		if (i % 2) /* while it is being dialled, and after */
			gn_ov_contact_bury(ov, k, net.now);
	}
	assert_int_equal(dials, all);
	assert_int_equal(net_counter(&net, 0, "told_dials") - before, all);
	/* What was tried is not tried again, whoever tells it. */
	gn_ov_contact_bury(ov, k, net.now);
	c.addrs[0].port = 4000;
	k = gn_ov_contact_hear(ov, &c, NULL, 100 * GN_SEC, &net.node[1].cfg.node_key.pk, net.now);
	assert_false(gn_ov_contact_usable(ov, k, net.now));
}

/* A node that exists, told and dialled. */
static void tell_right(struct gn_ov_contact *teller, struct gn_addr at)
{
	struct gn_contact c = invented(at);
	struct gn_ov_contact *k =
		gn_ov_contact_hear(net.node[0].ov, &c, NULL, 0, &teller->c.pk, net.now);
	assert_non_null(k);
	assert_true(gn_ov_dial(net.node[0].ov, k, net.now));
	gn_ov_contact_alive(net.node[0].ov, k, net.now);
}

/* OV-36: a person with two keys is not two who vouch for each other. */
static void nobody_earns_by_his_own_nodes(void **state)
{
	(void)state;
	build(90);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *teller = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
	teller->good = teller->debt = 0;
	/* exempt prefixes say nothing of who it is */
	tell_right(teller, gn_addr_v4(127, 0, 0, 9, 4000));
	assert_int_equal(teller->good, 1);
	ov->cfg.count_local = true;
	tell_right(teller, gn_addr_v4(127, 0, 0, 9, 4001));
	assert_int_equal(teller->good, 1);
	assert_int_equal(teller->debt, 0);
	tell_right(teller, gn_addr_v4(127, 0, 1, 9, 4002));
	assert_int_equal(teller->good, 2);
}

/* OV-36: who tells of a node on another's account does not say where it is; who takes it over
 * does. */
static void another_does_not_say_where_a_told_node_is(void **state)
{
	(void)state;
	build(91);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *one = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk),
			     *two = gn_ov_contact_get(ov, &net.node[2].cfg.node_key.pk);
	struct gn_contact right = invented(gn_addr_v4(127, 9, 9, 9, 4000)), wrong = right;
	wrong.addrs[0].port = 4001;
	struct gn_ov_contact *k = gn_ov_contact_hear(ov, &right, NULL, 0, &one->c.pk, net.now);
	one->good = two->good = one->debt = 0;
	two->debt = 1;
	(void)gn_ov_contact_hear(ov, &wrong, NULL, 0, &two->c.pk, net.now);
	assert_int_equal(k->c.addrs[0].port, 4000);
	assert_true(gn_pk_eq(&k->teller, &one->c.pk));
	one->debt = 2;
	(void)gn_ov_contact_hear(ov, &wrong, NULL, 0, &two->c.pk, net.now);
	assert_int_equal(k->c.addrs[0].port, 4001);
	assert_true(gn_pk_eq(&k->teller, &two->c.pk));
}

/* What is kept over a restart is our own word then, so hearsay is marked. */
static void hearsay_is_shown_as_such(void **state)
{
	(void)state;
	build(92);
	lie(0, false, net.node[0].ov->theta);
	struct gn_overlay_peer p;
	unsigned hearsay = 0;
	for (uint32_t i = 0; gn_overlay_peer_at(net.node[0].ov, i, &p); i++) {
		assert_false(p.hearsay && p.linked);
		hearsay += p.hearsay;
	}
	assert_int_equal(hearsay, LIARS_LIST);
}

/* OV-35: the median of what peers list is not one prefix's to say. */
static void one_prefix_does_not_say_how_dense_the_ring_is(void **state)
{
	(void)state;
	net_init(&net, 93);
	for (unsigned i = 0; i < 9; i++) {
		net_add(&net);
		net.node[i].cfg.r = net.node[i].cfg.l = 4;
		net.node[i].cfg.w = net.node[i].cfg.rq = 2;
		net.node[i].cfg.addrs[0] =
			gn_addr_v4(127, 0, (uint8_t)(i < 4 ? i : 4), (uint8_t)i, 7000);
	}
	for (unsigned i = 0; i < 9; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	struct gn_overlay *ov = net.node[0].ov;
	ov->server = ov->cfg.probation_off = false; /* a client goes by its peers alone */
	ov->reach_at = 0;
	uint64_t before = gn_ov_reach(ov);
	for (unsigned i = 4; i < 9; i++) {
		/* five of one prefix say that the ring is full of nodes */
		struct gn_ov_contact *c = gn_ov_contact_get(ov, &net.node[i].cfg.node_key.pk);
		assert_non_null(c->link);
		c->link->their_count = 0;
		for (uint64_t k = 1; k <= 20; k++) {
			c->link->theirs[c->link->their_count++] = c->theta + (k << 30);
			c->link->theirs[c->link->their_count++] = c->theta - (k << 30);
		}
	}
	ov->reach_at = 0;
	assert_true(gn_ov_reach(ov) < before / 1000); /* exempt: it is */
	ov->cfg.count_local = true;
	ov->reach_at = 0;
	assert_true(gn_ov_reach(ov) > before / 2);
}

static void debts_are_forgiven_every_hour_and_not_at_the_start(void **state)
{
	(void)state;
	build(90);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *liar = gn_ov_contact_get(ov, &net.node[LIAR].cfg.node_key.pk);
	gn_time at = ov->start + GN_OV_FORGIVE;
	/* a clock that has run for long */
	assert_true(at - net.now > GN_SEC && ov->start > GN_OV_FORGIVE);
	liar->debt = GN_OV_TOLD_DIALS;
	gn_ov_contact_sweep(ov, at - 1);
	assert_int_equal(liar->debt, GN_OV_TOLD_DIALS);
	gn_ov_contact_sweep(ov, at);
	assert_int_equal(liar->debt, GN_OV_TOLD_DIALS / 2);
	gn_ov_contact_sweep(ov, at + GN_OV_FORGIVE - 1);
	assert_int_equal(liar->debt, GN_OV_TOLD_DIALS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(invented_nodes_are_dialled_a_few_times_and_never_again,
					  take_down),
		cmocka_unit_test_teardown(an_address_is_dialled_for_one_invented_key_only,
					  take_down),
		cmocka_unit_test_teardown(lookups_wait_for_a_liar_three_times_at_most, take_down),
		cmocka_unit_test_teardown(who_told_of_it_raises_nobody_and_hearsay_is_not_passed_on,
					  take_down),
		cmocka_unit_test_teardown(credit_comes_back_with_every_answer, take_down),
		cmocka_unit_test_teardown(nobody_earns_by_his_own_nodes, take_down),
		cmocka_unit_test_teardown(another_does_not_say_where_a_told_node_is, take_down),
		cmocka_unit_test_teardown(hearsay_is_shown_as_such, take_down),
		cmocka_unit_test_teardown(one_prefix_does_not_say_how_dense_the_ring_is, take_down),
		cmocka_unit_test_teardown(an_invented_key_does_not_take_an_address_from_others,
					  take_down),
		cmocka_unit_test_teardown(each_address_of_a_dial_costs, take_down),
		cmocka_unit_test_teardown(who_names_other_addresses_of_its_own_has_them_knocked_at,
					  take_down),
		cmocka_unit_test_teardown(another_says_of_a_proven_node_where_to_knock, take_down),
		cmocka_unit_test_teardown(what_is_not_remembered_is_not_asked, take_down),
		cmocka_unit_test_teardown(a_key_told_at_many_addresses_is_dialled_for_credit_only,
					  take_down),
		cmocka_unit_test_teardown(debts_are_forgiven_every_hour_and_not_at_the_start,
					  take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
