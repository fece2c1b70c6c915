/* Places for clients: who comes, who gives way, and what becomes of those that turn into
 * servers (OV-7, OV-25). */
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

/* Node 0 and `count` clients that greet it one after the other. Addresses of 127/8 count, with
 * prefixes of three bytes: the first `alone` clients have one each, the others share one; cap:
 * links of a prefix in an annulus, 255: all. */
static void meet_clients(unsigned count, uint8_t clients_max, unsigned alone, uint8_t cap,
			 gn_time probation)
{
	net_init(&net, 11);
	for (unsigned i = 0; i <= count; i++) {
		struct gn_overlay_config *c = &net.node[net_add(&net)].cfg;
		c->probation_off = i == 0;
		c->probation = probation;
		c->r = c->l = 1;
		c->prefix_cap = cap;
		c->clients_max = clients_max;
		c->count_local = true;
		c->addrs[0] =
			gn_addr_v4(127, 0, i <= alone ? (uint8_t)i : 200, 1, (uint16_t)(7000 + i));
	}
	net_start(&net, 0);
	for (unsigned i = 1; i <= count; i++) {
		net_start_alone(&net, i);
		assert_int_equal(gn_overlay_bootstrap(net.node[i].ov, &net.node[0].cfg.addrs[0],
						      NULL, net.now),
				 GN_OK);
		net_run(&net, 20 * GN_SEC);
	}
}

/* OV-26 */
static void clients_give_way_to_new_ones(void **state)
{
	(void)state;
	meet_clients(5, 3, 5, 1, 3600 * GN_SEC);
	assert_int_equal(net.node[0].ov->client_links, 3);
	/* the newest has its place */
	assert_int_equal(net.node[5].linked - net.node[5].unlinked, 1);
	uint64_t before = net_counter(&net, 0, "links_gave_way");
	net_run(&net, 300 * GN_SEC); /* who had to go comes back, and each has his minute */
	assert_in_range(net_counter(&net, 0, "links_gave_way") - before, 9, 3 * 300 / 60);
	for (unsigned i = 1; i <= 5; i++)
		assert_true(net.node[i].linked >= 2);
	net_run(&net, GN_OV_CLIENT_TIME);
	before = net_counter(&net, 0, "links_gave_way");
	net_run(&net, 300 * GN_SEC); /* none of them is new here any more */
	assert_int_equal(net_counter(&net, 0, "links_gave_way"), before);
}

static void clients_of_one_prefix_share_their_places_among_themselves(void **state)
{
	const unsigned others = 8, more = 6, last = others + GN_OV_CLIENTS_PREFIX + more;
	(void)state;
	meet_clients(last, 0, others, 1, 3600 * GN_SEC);
	assert_int_equal(net.node[0].ov->client_links, others + GN_OV_CLIENTS_PREFIX);
	assert_true(net_counter(&net, 0, "links_gave_way") >= more);
	/* the newest has its place */
	assert_int_equal(net.node[last].linked - net.node[last].unlinked, 1);
	for (unsigned i = 1; i <= others; i++)
		assert_int_equal(net.node[i].unlinked, 0);
}

/* Node 0 and a client that is one for an hour, in one prefix; whether prefixes count. */
static void meet_newcomer(bool count_local)
{
	net_init(&net, 12);
	for (unsigned i = 0; i < 2; i++) {
		struct gn_overlay_config *c = &net.node[net_add(&net)].cfg;
		c->probation_off = i == 0;
		c->probation = 3600 * GN_SEC;
		c->r = c->l = 1;
		c->ping_leaf = 3600 * GN_SEC; /* strangers answer none */
		c->count_local = count_local;
		c->addrs[0] = gn_addr_v4(127, 0, 200, 1, (uint16_t)(7000 + i));
	}
	net_start(&net, 0);
	net_run(&net, 10 * GN_SEC);
}

/* Identity number i, of the same prefix, asks node 0 for a client's link. */
static void stranger_asks(unsigned i)
{
	static struct gn_sk keys[256];
	static uint8_t nonces[256][8], storage[2048];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_addr from = gn_addr_v4(127, 0, 200, 2, (uint16_t)(8000 + i));
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_slice bytes;
	static const struct gn_pk none;
	if (gn_pk_eq(&keys[i].pk, &none)) {
		gn_sk_new(&net.rand, &keys[i]);
		assert_int_equal(gn_overlay_id_search(&keys[i].pk, NET_POW, 0, 100000, nonces[i]),
				 GN_OK);
	}
	memcpy(pk.b, keys[i].pk.b, 32);
	memcpy(nonce.b, nonces[i], 8);
	gn_fbref h = gn_fb_hello_make(&b, &(struct gn_fb_hello_args){.pk = &pk,
								     .nonce = &nonce,
								     .class = 1,
								     .mode = GN_FB_NODE_MODE_CLIENT,
								     .version = 1});
	gn_fbref body = gn_fb_link_make(
		&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF, .hello = h});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 1, .body_type = GN_FB_OVERLAY_BODY_LINK, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_overlay_recv(net.node[0].ov, &keys[i].pk, &from, bytes, net.now),
			 GN_OK);
	net_pump(&net, 0);
}

static void newcomer_comes(void)
{
	net_start_alone(&net, 1);
	assert_int_equal(
		gn_overlay_bootstrap(net.node[1].ov, &net.node[0].cfg.addrs[0], NULL, net.now),
		GN_OK);
}

/* `count` strangers ask by turns, one every `pause` or so, for so long; in how many of a hundred
 * turns the newcomer has its link. */
static unsigned by_turns(unsigned count, gn_time pause, gn_time span)
{
	static unsigned next;
	unsigned turns = 0, linked = 0;
	for (gn_time end = net.now + span; net.now < end; turns++) {
		stranger_asks(next++ % count);
		net_run(&net, pause / 2 + (gn_time)gn_rand_below(&net.rand, (uint64_t)pause));
		linked += net.node[1].linked - net.node[1].unlinked;
	}
	return 100 * linked / turns;
}

/* OV-26: 200 identities of the newcomer's own prefix, one every 1.5 s. */
static void strangers_by_turns_do_not_keep_a_newcomer_out(void **state)
{
	(void)state;
	meet_newcomer(true);
	(void)by_turns(200, 5 * GN_MSEC, 350 * GN_MSEC); /* 70 at once */
	(void)by_turns(200, 1500 * GN_MSEC, 15 * GN_SEC);
	newcomer_comes();
	(void)by_turns(200, 1500 * GN_MSEC, 65 * GN_SEC);
	unsigned part = by_turns(200, 1500 * GN_MSEC, 600 * GN_SEC);
	print_message("linked for %u %% of ten minutes, let go %u times\n", part,
		      net.node[1].unlinked);
	assert_true(part >= 70);
	assert_int_equal(net.node[0].ov->client_links, GN_OV_CLIENTS_PREFIX);
}

/* OV-26: 110 that ask every second have no place to take from who is new once they have been
 * there for long. */
static void strangers_that_ask_on_and_on_hold_no_place_for_ever(void **state)
{
	(void)state;
	meet_newcomer(false);
	(void)by_turns(110, 100 * GN_MSEC, 60 * GN_SEC);
	assert_int_equal(net.node[0].ov->client_links, GN_OV_CLIENTS_MAX);
	(void)by_turns(110, GN_SEC, 1200 * GN_SEC);
	newcomer_comes();
	assert_int_equal(by_turns(110, GN_SEC, 10 * GN_SEC) > 0, 1);
	assert_int_equal(by_turns(110, GN_SEC, 600 * GN_SEC), 100);
	assert_int_equal(net.node[1].unlinked, 0);
}

/* OV-26: a machine that was off for a quarter of an hour begins anew, and needs us as anybody
 * who is new. */
static void a_client_that_comes_back_is_new_again(void **state)
{
	(void)state;
	meet_newcomer(true);
	newcomer_comes();
	net_run(&net, 30 * GN_SEC);
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *c = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
	assert_true(c && c->link && c->link->state == GN_OV_LINK_UP);
	net_stop(&net, 1);
	gn_ov_link_drop(ov, c, false, net.now); /* it said goodbye */
	for (unsigned i = 0; i < GN_OV_CLIENTS_PREFIX; i++)
		stranger_asks(i);
	assert_int_equal(ov->client_links, GN_OV_CLIENTS_PREFIX);
	net_run(&net, GN_OV_CLIENT_TIME - 10 * GN_SEC);
	newcomer_comes();
	net_run(&net, 8 * GN_SEC);
	assert_null(c->link); /* not yet */
	net_run(&net, GN_OV_LEAF_AGAIN + 5 * GN_SEC);
	assert_true(c->link && c->link->state == GN_OV_LINK_UP);
	assert_int_equal(ov->client_links, GN_OV_CLIENTS_PREFIX);
}

/* Links of node 0 to servers past the `cap` that they may have in one place. */
static unsigned over_cap(unsigned cap)
{
	unsigned there[2][64] = {{0}}, over = 0;
	const struct gn_overlay *ov = net.node[0].ov;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		struct gn_ov_place at = gn_ov_place_of(ov, c->theta);
		if (c->link && c->c.mode == GN_FB_NODE_MODE_SERVER && !gn_ov_leaf_claim(ov, c))
			over += ++there[at.ccw][at.annulus] > cap;
	}
	return over;
}

/* OV-24, OV-25, OV-26: but for one that was a true leaf until another came nearer. */
static void expect_caps(unsigned cap, unsigned seconds)
{
	unsigned most = 0;
	for (unsigned i = 0; i < seconds; i++) {
		net_run(&net, GN_SEC);
		most = over_cap(cap) > most ? over_cap(cap) : most;
	}
	assert_int_equal(net.node[0].ov->client_links, 0);
	assert_true(most <= 1);
}

static void clients_that_become_servers_pass_by_no_cap(void **state)
{
	(void)state;
	meet_clients(GN_OV_CLIENTS_PREFIX, 0, 0, 1, 300 * GN_SEC);
	expect_caps(1, 400);
}

static void clients_that_become_servers_pass_by_no_cap_where_prefixes_are_exempt(void **state)
{
	(void)state;
	meet_clients(30, 0, 0, 255, 700 * GN_SEC);
	expect_caps(GN_OV_ANNULUS_CAP, 800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(clients_give_way_to_new_ones, take_down),
		cmocka_unit_test_teardown(clients_of_one_prefix_share_their_places_among_themselves,
					  take_down),
		cmocka_unit_test_teardown(strangers_by_turns_do_not_keep_a_newcomer_out, take_down),
		cmocka_unit_test_teardown(a_client_that_comes_back_is_new_again, take_down),
		cmocka_unit_test_teardown(strangers_that_ask_on_and_on_hold_no_place_for_ever,
					  take_down),
		cmocka_unit_test_teardown(clients_that_become_servers_pass_by_no_cap, take_down),
		cmocka_unit_test_teardown(
			clients_that_become_servers_pass_by_no_cap_where_prefixes_are_exempt,
			take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
