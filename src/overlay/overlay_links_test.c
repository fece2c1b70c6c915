/* Links between servers: refusals, places, leaves that are none, prefix caps (OV-13, OV-20,
 * OV-25, OV-56). */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
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

/* An answer of `who` to a LINK of node 0. */
static void answer_link(const struct gn_contact *who, uint64_t request, uint8_t kind, uint16_t wait)
{
	static uint8_t storage[2048];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	gn_fbref body =
		kind == GN_FB_OVERLAY_BODY_LINK_NO
			? gn_fb_link_no_make(&b,
					     &(struct gn_fb_link_no_args){.code = GN_FB_CODE_BUSY,
									  .wait = wait})
			: gn_fb_link_ok_make(
				  &b, &(struct gn_fb_link_ok_args){.kind = GN_FB_LINK_KIND_LEAF});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = request, .body_type = kind, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_overlay_recv(net.node[0].ov, &who->pk, &who->addrs[0], bytes, net.now),
			 GN_OK);
	net_pump(&net, 0);
}

/* The LINK of node 0 that `who` has not answered; 0: there is none. */
static uint64_t link_asked(const struct gn_contact *who)
{
	const struct gn_ov_contact *c = gn_ov_contact_get(net.node[0].ov, &who->pk);
	return c && c->link && c->link->state == GN_OV_LINK_ASKED ? c->link->ping : 0;
}

static void speaks(const struct gn_contact *who)
{
	gn_ov_begin(net.node[0].ov, net.now);
	assert_non_null(gn_ov_link_meet(net.node[0].ov, who, net.now));
	gn_overlay_tick(net.node[0].ov, net.now);
}

/* OV-20: what a neighbour answers does not make us ask it on and on. */
static void who_refuses_a_link_is_not_asked_on_and_on(void **state)
{
	(void)state;
	net_build(&net, 41, 3);
	struct gn_sk sk;
	struct gn_contact who = {.mode = GN_FB_NODE_MODE_SERVER, .addr_count = 1};
	gn_sk_new(&net.rand, &sk);
	who.pk = sk.pk;
	who.addrs[0] = gn_addr_v4(127, 0, 9, 9, 7000);
	assert_int_equal(gn_overlay_id_search(&who.pk, NET_POW, 0, 100000, who.nonce), GN_OK);
	gn_overlay_id_make(&who.pk, who.nonce, &who.id);
	speaks(&who);
	for (unsigned round = 0; round < 2; round++) {
		assert_true(link_asked(&who) != 0);
		/* "in a millisecond" */
		answer_link(&who, link_asked(&who), GN_FB_OVERLAY_BODY_LINK_NO, 1);
		assert_int_equal(link_asked(&who), 0);
		net_run(&net, GN_OV_LEAF_LEAST - 10 * GN_MSEC);
		assert_int_equal(link_asked(&who), 0);
		net_run(&net, 2 * GN_OV_LEAF_SOON + 20 * GN_MSEC);
		assert_true(link_asked(&who) != 0); /* believed once .. */
		answer_link(&who, link_asked(&who), GN_FB_OVERLAY_BODY_LINK_NO, 1);
		net_run(&net, GN_OV_LEAF_AGAIN - 10 * GN_MSEC);
		speaks(&who);
		assert_int_equal(link_asked(&who), 0); /* .. in that time */
		net_run(&net, 20 * GN_MSEC);
	}
	assert_true(link_asked(&who) != 0);
	/* that tells nothing of itself */
	answer_link(&who, link_asked(&who), GN_FB_OVERLAY_BODY_LINK_OK, 0);
	assert_int_equal(link_asked(&who), 0);
	for (unsigned i = 0; i < 10; i++) { /* though it speaks */
		net_run(&net, GN_OV_TOMB / 10 - GN_SEC);
		speaks(&who);
		assert_int_equal(link_asked(&who), 0);
	}
}

/* OV-13: one key works for two places; what it made us do is remembered of the key. */
static void a_key_with_two_places_is_no_two_nodes(void **state)
{
	(void)state;
	net_build(&net, 43, 3);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_sk sk;
	struct gn_contact at[2] = {{.mode = GN_FB_NODE_MODE_SERVER, .addr_count = 1}};
	gn_sk_new(&net.rand, &sk);
	at[0].pk = sk.pk;
	at[0].addrs[0] = gn_addr_v4(127, 0, 9, 9, 7000);
	at[1] = at[0];
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(
			gn_overlay_id_search(&sk.pk, NET_POW, 1000000 * i, 100000, at[i].nonce),
			GN_OK);
		gn_overlay_id_make(&sk.pk, at[i].nonce, &at[i].id);
	}
	assert_memory_not_equal(at[0].id.b, at[1].id.b, 32);
	speaks(&at[0]);
	struct gn_ov_contact *c = gn_ov_contact_get(ov, &sk.pk);
	c->client_since = c->forgot_at = c->digest_at = c->knocked = net.now - GN_SEC;
	c->flips_at = net.now + 30 * GN_SEC;
	gn_time flips = c->flips_at, before = net.now - GN_SEC;
	net_run(&net, 10 * GN_SEC);
	speaks(&at[1]); /* its nonce was lost */
	c = gn_ov_contact_get(ov, &sk.pk);
	assert_memory_equal(c->c.id.b, at[1].id.b, 32);
	assert_true(c->flips_at == flips && c->client_since == before && c->forgot_at == before &&
		    c->digest_at == before && c->knocked == before);
	assert_int_equal(gn_ov_seen(c, net.now), 0); /* there it is new */
	gn_overlay_validate(ov);
	for (unsigned i = 0; i < 2; i++) {
		gn_ov_begin(ov, net.now);
		assert_null(gn_ov_link_meet(ov, &at[0], net.now));
		assert_memory_equal(gn_ov_contact_get(ov, &sk.pk)->c.id.b, at[1].id.b, 32);
		assert_int_equal(ov->count.moves_refused, i + 1);
		net_run(&net, GN_OV_MOVE_EVERY / 2 - GN_SEC);
	}
	net_run(&net, 2 * GN_SEC);
	speaks(&at[0]);
	assert_memory_equal(gn_ov_contact_get(ov, &sk.pk)->c.id.b, at[0].id.b, 32);
	gn_overlay_validate(ov);
}

/* OV-21: who refuses was no member, so nothing follows for the records. */
static void a_refused_link_moves_no_members(void **state)
{
	(void)state;
	net_build(&net, 42, 3);
	struct gn_overlay *ov = net.node[0].ov;
	for (unsigned up = 0; up < 2; up++) {
		struct gn_ov_contact *c = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
		assert_true(c && c->link && c->link->state == GN_OV_LINK_UP);
		if (!up) { /* as if it had been asked a moment ago */
			gn_ov_link_drop(ov, c, false, net.now);
			c->refused_until = c->leaf_refused_until = 0;
			gn_ov_link_ask(ov, c, true, net.now);
			assert_true(c->link && c->link->state == GN_OV_LINK_ASKED);
		}
		ov->members_dirty = ov->ring_changed = ov->leaf_dirty = false;
		gn_ov_link_drop(ov, c, false, net.now);
		assert_int_equal(ov->members_dirty, up);
		assert_int_equal(ov->ring_changed, up);
		assert_true(ov->leaf_dirty);
		net_run(&net, 120 * GN_SEC);
	}
}

static unsigned put_in_one_prefix(uint8_t first, uint8_t cap, bool count_local)
{
	struct net_record r;
	struct gn_sk owner;
	net_init(&net, 10);
	for (unsigned i = 0; i < 5; i++) {
		net_add(&net);
		net.node[i].cfg.addrs[0] = gn_addr_v4(first, 1, 2, (uint8_t)(10 + i), 7000);
		net.node[i].cfg.prefix_cap = cap;
		net.node[i].cfg.count_local = count_local;
	}
	for (unsigned i = 0; i < 5; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	net_expect_full_mesh(&net, 5); /* leaf links have no caps: the ring must close */
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "x", 1, "x");
	gn_err err = net_put(&net, 0, &r, 5);
	assert_true(err == GN_OK || err == GN_QUORUM);
	assert_int_equal(net.result.receipts, 5);
	net_free(&net);
	return err == GN_OK;
}

static void receipts_of_one_public_prefix_count_twice_at_most(void **state)
{
	(void)state;
	assert_true(put_in_one_prefix(127, 0, false)); /* loopback */
	assert_true(put_in_one_prefix(10, 0, false));  /* private */
	assert_false(put_in_one_prefix(127, 0, true)); /* unless they count */
	assert_false(
		/* public, the default cap of 2 (our own does not count against it) */
		put_in_one_prefix(20, 0, false));
	assert_true(put_in_one_prefix(20, 255, false)); /* switched off */
	net_init(&net, 1);
}

static void expect_few_of_one_prefix(uint8_t first, bool count_local, unsigned cap)
{
	net_init(&net, 11);
	net_add(&net);
	net.node[0].cfg.count_local = count_local;
	net_start(&net, 0);
	net_run(&net, 10 * GN_SEC);
	struct gn_overlay *ov = net.node[0].ov;
	unsigned linked = 0;
	for (unsigned i = 0; i < 400 && linked < 6; i++) { /* servers of one /24 in one annulus */
		struct gn_sk sk;
		struct gn_contact c = {.mode = GN_FB_NODE_MODE_SERVER,
				       .addr_count = 1,
				       .addrs = {gn_addr_v4(first, 1, 2, (uint8_t)i, 7000)}};
		gn_sk_new(&net.rand, &sk);
		c.pk = sk.pk;
		assert_int_equal(gn_overlay_id_search(&c.pk, NET_POW, 0, 100000, c.nonce), GN_OK);
		gn_overlay_id_make(&c.pk, c.nonce, &c.id);
		struct gn_ov_place at = gn_ov_place_of(ov, gn_ov_theta(c.id.b));
		if (at.annulus != 1 || at.ccw)
			continue;
		struct gn_ov_contact *k = gn_ov_contact_hear(ov, &c, NULL, 0, NULL, net.now);
		assert_non_null(k);
		bool room = gn_ov_annulus_room(ov, k);
		assert_int_equal(room, linked < cap);
		gn_ov_link_ask(ov, k, false, net.now);
		linked++;
	}
	assert_int_equal(linked, 6);
	assert_int_equal(net_counter(&net, 0, "prefix_full") > 0, cap == GN_OV_PREFIX_MAX);
	assert_true(net_counter(&net, 0, "annulus_full") > 0);
	net_free(&net);
}

static void annuli_take_few_of_one_prefix(void **state)
{
	(void)state;
	expect_few_of_one_prefix(20, false, GN_OV_PREFIX_MAX);
	/* loopback, private: as many as an annulus takes */
	expect_few_of_one_prefix(127, false, GN_OV_ANNULUS_CAP);
	expect_few_of_one_prefix(10, false, GN_OV_ANNULUS_CAP);
	expect_few_of_one_prefix(127, true, GN_OV_PREFIX_MAX); /* unless they count */
	expect_few_of_one_prefix(10, true, GN_OV_PREFIX_MAX);
	net_init(&net, 1);
}

#define CLAIMS 200

struct claimant {
	struct gn_sk sk;
	struct gn_contact c;
	uint64_t sep;
};

static int by_sep(const void *a, const void *b)
{
	const struct claimant *x = a, *y = b;
	return x->sep < y->sep ? -1 : x->sep > y->sep;
}

static void claim_leaf(struct gn_overlay *ov, const struct claimant *who)
{
	uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addr = gn_wire_addr(&who->c.addrs[0], GN_FB_CARRIER_UDP);
	struct gn_slice message;
	memcpy(pk.b, who->c.pk.b, 32);
	memcpy(nonce.b, who->c.nonce, 8);
	gn_fbref hello =
		gn_fb_hello_make(&b, &(struct gn_fb_hello_args){.pk = &pk,
								.nonce = &nonce,
								.class = 1,
								.mode = GN_FB_NODE_MODE_SERVER,
								.addrs = {&addr, 1},
								.version = 1});
	gn_fbref link = gn_fb_link_make(
		&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF, .hello = hello});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 7, .body_type = GN_FB_OVERLAY_BODY_LINK, .body = link});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &message),
			 GN_OK);
	(void)gn_overlay_recv(ov, &who->c.pk, &who->c.addrs[0], message, net.now);
}

static bool is_linked(const struct gn_overlay *ov, const struct claimant *who)
{
	const struct gn_ov_contact *c = gn_ov_contact_get(ov, &who->c.pk);
	return c && c->link;
}

/* Their order is the attacker's: at random they are held to the caps, farthest first each is
 * nearer than all before. */
static void claim_all(bool farthest_first, uint32_t *links)
{
	static struct claimant who[CLAIMS];
	net_build(&net, 31, 1);
	struct gn_overlay *ov = net.node[0].ov;
	for (unsigned i = 0; i < CLAIMS; i++) {
		struct claimant *w = &who[i];
		gn_sk_new(&net.rand, &w->sk);
		w->c = (struct gn_contact){
			.pk = w->sk.pk,
			.mode = GN_FB_NODE_MODE_SERVER,
			.addr_count = 1,
			.addrs = {gn_addr_v4(127, 1, 1, 1, (uint16_t)(1000 + i))}};
		assert_int_equal(gn_overlay_id_search(&w->c.pk, NET_POW, 0, 100000, w->c.nonce),
				 GN_OK);
		gn_overlay_id_make(&w->c.pk, w->c.nonce, &w->c.id);
		w->sep = gn_ov_sep(gn_ov_theta(w->c.id.b), ov->theta);
	}
	if (farthest_first)
		qsort(who, CLAIMS, sizeof *who, by_sep);
	for (unsigned i = 0; i < CLAIMS; i++)
		claim_leaf(ov, &who[farthest_first ? CLAIMS - 1 - i : i]);
	gn_overlay_validate(ov);
	*links = ov->link_count;
	qsort(who, CLAIMS, sizeof *who, by_sep);
	unsigned side[2] = {0, 0};
	for (unsigned i = 0; i < CLAIMS; i++) { /* whoever is a neighbour has a link */
		unsigned *n = &side[(gn_ov_theta(who[i].c.id.b) - ov->theta) >> 63];
		if ((*n)++ < ov->cfg.l)
			assert_true(is_linked(ov, &who[i]));
	}
}

static void who_says_leaf_and_is_none_is_a_link_like_any_other(void **state)
{
	uint32_t links;
	(void)state;
	claim_all(false, &links);
	assert_true(links < GN_OV_LINKS_MAX);
	assert_true(net_counter(&net, 0, "annulus_full") > 0);
	net_free(&net);
	claim_all(true, &links);
	assert_int_equal(links, GN_OV_LINKS_MAX);
	assert_true(net_counter(&net, 0, "links_gave_way") > 0);
}

static void refuse_as_client(const struct gn_ov_contact *c)
{
	static uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	const struct gn_contact who = c->c;
	gn_fbref body = gn_fb_link_no_make(
		&b, &(struct gn_fb_link_no_args){.code = GN_FB_CODE_UNSUPPORTED});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){.request = c->link->ping,
							 .body_type = GN_FB_OVERLAY_BODY_LINK_NO,
							 .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_overlay_recv(net.node[0].ov, &who.pk, &who.addrs[0], bytes, net.now),
			 GN_OK);
}

/* Of a mode that no version has, it says that it is a client: where links are full its own ends,
 * and the refusal finds none. */
static void a_refusal_may_end_its_link_early(void **state)
{
	(void)state;
	net_build(&net, 32, 1);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *c = NULL;
	for (uint32_t i = 1; i <= 60; i++)
		(void)net_link(&net, i);
	for (uint32_t i = 61; i < 200; i++) {
		c = net_prove(&net, i);
		if (!gn_ov_annulus_room(ov, c) && !gn_ov_leaf_claim(ov, c))
			break;
	}
	gn_ov_link_ask(ov, c, false, net.now);
	assert_non_null(c->link);
	assert_true(c->link->ping != 0);
	c->c.mode = 2; /* as its HELLO says */
	ov->client_links++;
	uint32_t links = ov->link_count;
	refuse_as_client(c);
	assert_null(c->link);
	assert_int_equal(ov->link_count, links - 1);
	gn_overlay_validate(ov);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(who_refuses_a_link_is_not_asked_on_and_on, take_down),
		cmocka_unit_test_teardown(a_key_with_two_places_is_no_two_nodes, take_down),
		cmocka_unit_test_teardown(a_refused_link_moves_no_members, take_down),
		cmocka_unit_test_teardown(a_refusal_may_end_its_link_early, take_down),
		cmocka_unit_test_teardown(receipts_of_one_public_prefix_count_twice_at_most,
					  take_down),
		cmocka_unit_test_teardown(annuli_take_few_of_one_prefix, take_down),
		cmocka_unit_test_teardown(who_says_leaf_and_is_none_is_a_link_like_any_other,
					  take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
