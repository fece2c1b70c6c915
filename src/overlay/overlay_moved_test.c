/* Nodes that are at another address than others remember find each other again (OV-36). */
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

/* `first`.. end and start again at once, each at another address, with what they remember of the
 * others and node 0 to begin at; node 0 stays where it is unless it is one of them. */
static void move_all(uint64_t seed, unsigned first)
{
	struct gn_contact known[NODES][NODES];
	unsigned known_count[NODES] = {0};
	struct gn_overlay_peer p;
	build(seed);
	for (unsigned i = first; i < NODES; i++) {
		while (known_count[i] < NODES &&
		       gn_overlay_peer_at(net.node[i].ov, known_count[i], &p))
			known[i][known_count[i]++] = p.contact;
		assert_int_equal(known_count[i], NODES - 1);
		net_stop(&net, i);
		net.node[i].cfg.addrs[0].port += 100;
	}
	for (unsigned i = first; i < NODES; i++) {
		net_start_alone(&net, i);
		for (unsigned k = 0; k < known_count[i]; k++)
			assert_int_equal(gn_overlay_hint(net.node[i].ov, &known[i][k], net.now),
					 GN_OK);
		assert_int_equal(gn_overlay_bootstrap(net.node[i].ov, &net.node[0].cfg.addrs[0],
						      NULL, net.now),
				 GN_OK);
		net_pump(&net, i);
	}
	net_run(&net, 60 * GN_SEC);
	for (unsigned i = 0; i < NODES; i++) {
		struct gn_overlay_info info;
		gn_overlay_info(net.node[i].ov, &info);
		print_message("node %u: %u links\n", i, info.links);
	}
	for (unsigned i = 0; i < NODES; i++) {
		struct gn_overlay_info info;
		gn_overlay_info(net.node[i].ov, &info);
		assert_int_equal(info.links, NODES - 1);
	}
}

static void a_network_that_moved_finds_itself(void **state)
{
	(void)state;
	move_all(86, 0);
}

static void those_who_moved_around_one_that_stayed_find_each_other(void **state)
{
	(void)state;
	move_all(87, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_network_that_moved_finds_itself, take_down),
		cmocka_unit_test_teardown(those_who_moved_around_one_that_stayed_find_each_other,
					  take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
