/* What discovery finds, as places to begin at (RE-44): how many, who gives way, what the owner has.
 * tests/lan_test.py has real links. */
#include "node/testing/whole.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct whole w;

static struct gn_node *node(void)
{
	return whole_node(&w, 0);
}

/* Node 1 and up are on the network of node 0. */
static void begin(unsigned nodes)
{
	whole_init(&w, &(struct whole_options){.seed = 3, .nodes = nodes, .pow_bits = 1});
	for (unsigned i = 0; i < nodes; i++) {
		whole_add(&w);
		whole_start(&w, i);
	}
	whole_run_for(&w, GN_SEC);
}

static struct gn_addr nobody(unsigned i)
{
	return gn_addr_v4(10, 0, 0, (uint8_t)(i + 1), 7777);
}

static void find(const struct gn_addr *addr, uint32_t interface)
{
	gn_node_lan_found(node(), &(struct gn_mdns_found){*addr, interface});
	whole_moved(&w, 0);
}

static void find_nobody(unsigned i)
{
	struct gn_addr addr = nobody(i);
	find(&addr, 1);
}

static bool begins_at(const struct gn_addr *addr)
{
	gn_time when;
	return gn_overlay_bootstrap_answered(node()->overlay, addr, &when);
}

static bool begins_at_nobody(unsigned i)
{
	struct gn_addr addr = nobody(i);
	return begins_at(&addr);
}

static void who_is_found_is_linked(void **state)
{
	struct gn_overlay_info info;
	(void)state;
	begin(2);
	find(&w.nodes[1]->addr, 1);
	whole_run_for(&w, 5 * GN_SEC);
	gn_overlay_info(node()->overlay, &info);
	assert_int_equal(info.links, 1);
	whole_free(&w);
}

/* One past the limit takes the place of who never answered, and of nobody else. */
static void who_does_not_answer_gives_way(void **state)
{
	(void)state;
	begin(LAN_BOOTSTRAPS + 1);
	for (unsigned i = 0; i < LAN_BOOTSTRAPS; i++)
		find_nobody(i);
	assert_int_equal(node()->lan.count, LAN_BOOTSTRAPS);
	find_nobody(0); /* it is there already */
	assert_int_equal(node()->lan.count, LAN_BOOTSTRAPS);
	find_nobody(LAN_BOOTSTRAPS);
	assert_true(begins_at_nobody(LAN_BOOTSTRAPS));
	assert_int_equal(node()->lan.full, 0);
	for (unsigned i = 0; i < LAN_BOOTSTRAPS; i++)
		find(&w.nodes[i + 1]->addr, 1);
	whole_run_for(&w, 60 * GN_SEC); /* all of these answer: it was alone */
	for (unsigned i = 0; i < LAN_BOOTSTRAPS; i++)
		assert_true(begins_at(&w.nodes[i + 1]->addr));
	find_nobody(0);
	assert_false(begins_at_nobody(0));
	assert_int_equal(node()->lan.full, 1); /* "lan-full" */
	whole_free(&w);
}

static void what_is_the_owners_stays(void **state)
{
	(void)state;
	begin(1);
	struct gn_addr addr = nobody(0);
	assert_int_equal(gn_overlay_bootstrap(node()->overlay, &addr, NULL, w.now), GN_OK);
	for (unsigned i = 0; i <= LAN_BOOTSTRAPS; i++)
		find_nobody(i);
	assert_true(begins_at_nobody(0));
	/* another network: what was found on the one before is no place any more */
	gn_node_lan_network(node(), &(struct gn_os_net){.count = 0});
	assert_int_equal(node()->lan.count, 0);
	assert_true(begins_at_nobody(0));
	assert_false(begins_at_nobody(1));
	whole_free(&w);
}

/* Of two interfaces one is there still. */
static void what_was_found_elsewhere_goes(void **state)
{
	(void)state;
	begin(1);
	struct gn_addr here = nobody(0), there = nobody(1);
	find(&here, 1);
	find(&there, 2);
	struct gn_os_net net = {
		.count = 1,
		.addrs[0] = {.addr = gn_addr_v4(10, 0, 0, 99, 0), .interface = 1, .lan = true}};
	gn_node_lan_network(node(), &net);
	assert_true(begins_at(&here));
	assert_false(begins_at(&there));
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_found_is_linked),
		cmocka_unit_test(who_does_not_answer_gives_way),
		cmocka_unit_test(what_is_the_owners_stays),
		cmocka_unit_test(what_was_found_elsewhere_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
