/* Whole nodes behind boxes of each kind find out what they stand behind, by dial-back among
 * themselves; what is found decides whether they keep homes. Rules RE-40, RE-41. */
#include "node/peers_int.h"
#include "node/testing/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOME 3 /* the one at home; the others have public addresses, which their owners gave */
#define NODES 8

static struct whole w;
static const char *kind;

static bool behind(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	if (node != HOME || !kind)
		return false;
	assert_true(jet_sim_nat_named(gn_str(kind), nat));
	*carrier = strcmp(kind, "cg") == 0;
	return true;
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 2);
}

static void make(const char *of, bool given)
{
	static const uint16_t ports[2];
	kind = of;
	whole_init(&w, &(struct whole_options){.seed = 11,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .nat = behind,
					       .hooks = {.running = on_running}});
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		if (!given && i == HOME) /* the owner says nothing of its address */
			gn_dialback_ports(whole_node(&w, i)->dialback, ports, NULL);
		whole_run_for(&w, 5 * GN_SEC);
	}
}

static struct gn_dialback_result measured(void)
{
	struct gn_dialback_result r;
	whole_run_for(&w, 60 * GN_SEC);
	gn_dialback_last(whole_node(&w, HOME)->dialback, &r);
	return r;
}

static void each_kind_is_found(void **state)
{
	static const struct {
		const char *name;
		enum gn_overlay_reached reached;
		enum gn_dialback_rule mapping, filtering;
	} kinds[] = {
		{"port", GN_OVERLAY_REACH_EASY, GN_DIALBACK_NONE, GN_DIALBACK_PORT},
		{"cg", GN_OVERLAY_REACH_EASY, GN_DIALBACK_NONE, GN_DIALBACK_PORT},
		{"sym", GN_OVERLAY_REACH_HARD, GN_DIALBACK_PORT, GN_DIALBACK_PORT},
		{"small", GN_OVERLAY_REACH_HARD, GN_DIALBACK_PORT, GN_DIALBACK_PORT},
		/* those who came later have called */
		{NULL, GN_OVERLAY_REACH_DIRECT, GN_DIALBACK_NONE, GN_DIALBACK_NONE},
		{"full", GN_OVERLAY_REACH_DIRECT, GN_DIALBACK_NONE, GN_DIALBACK_NONE},
		/* all who could try are known to it: what is seen from outside stays the guess */
		{"addr", GN_OVERLAY_REACH_EASY, GN_DIALBACK_NONE, GN_DIALBACK_UNKNOWN},
		{"blocked", GN_OVERLAY_REACH_UNKNOWN, GN_DIALBACK_UNKNOWN, GN_DIALBACK_UNKNOWN},
	};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(kinds); i++) {
		make(kinds[i].name, false);
		struct gn_dialback_result r = measured();
		print_message(
			"%s: asked %u told %u came %u why %s mapping %d filtering %d reach %d\n",
			kinds[i].name ? kinds[i].name : "open", r.asked, r.told, r.came,
			gn_dialback_why_text(r.why), r.mapping, r.filtering, r.reach);
		assert_int_equal(whole_node(&w, HOME)->homes.reached, kinds[i].reached);
		assert_int_equal(r.mapping, kinds[i].mapping);
		assert_int_equal(r.filtering, kinds[i].filtering);
		size_t own = whole_node(&w, HOME)->alloc[10].peak;
		assert_in_range(own, 1, GN_NODE_MEMORY_DIALBACK / 4);
		whole_free(&w);
	}
}

static unsigned homes_of(unsigned i)
{
	unsigned n = 0;
	for (unsigned k = 0; k < GN_NODE_PLACES; k++)
		n += whole_node(&w, i)->homes.places[k].op != 0;
	return n;
}

/* RE-42: how many of the nine kinds; and who is not direct has homes, without being told. */
static void what_is_found_decides(void **state)
{
	unsigned of;
	(void)state;
	make("blocked", false);
	(void)measured();
	assert_int_equal(gn_node_reached_kinds(whole_node(&w, HOME), &of), 0);
	assert_int_equal(of, 0);
	assert_true(whole_node(&w, HOME)->reached_since == 0);
	whole_free(&w);
	make("sym", false);
	(void)measured();
	assert_int_equal(homes_of(HOME), 2);
	assert_string_equal(gn_node_reached_text(whole_node(&w, HOME)), "hard");
	assert_int_equal(gn_node_reached_kinds(whole_node(&w, HOME), &of), 3);
	assert_int_equal(of, 9);
	assert_true(whole_node(&w, HOME)->reached_since > 0);
	assert_int_equal(homes_of(0), 0);
	assert_string_equal(gn_node_reached_text(whole_node(&w, 0)), "direct");
	assert_int_equal(gn_node_reached_kinds(whole_node(&w, 0), &of), 7);
	whole_free(&w);
}

/* Its owner gave the address, and nothing comes there: that is found, too. */
static void a_given_address_that_does_not_answer(void **state)
{
	(void)state;
	make("port", true);
	assert_int_equal(measured().reach, GN_DIALBACK_REACH_EASY);
	whole_free(&w);
	make("full", true);
	assert_int_equal(measured().reach, GN_DIALBACK_REACH_DIRECT);
	whole_free(&w);
}

/* The router forgot all, and its address is another: peers say so, and it is measured anew. */
static void another_network_is_measured(void **state)
{
	struct gn_dialback_result before, after;
	(void)state;
	make("port", false);
	before = measured();
	struct gn_addr other = gn_addr_v4(60, 60, 60, 60, 7780);
	gn_node_dialback_seen(whole_node(&w, HOME), &before.seen);
	whole_moved(&w, HOME);
	whole_run_for(&w, 70 * GN_SEC);
	gn_dialback_last(whole_node(&w, HOME)->dialback, &after);
	assert_true(after.at == before.at);
	gn_node_dialback_seen(whole_node(&w, HOME), &other);
	whole_moved(&w, HOME);
	whole_run_for(&w, 10 * GN_SEC);
	gn_dialback_last(whole_node(&w, HOME)->dialback, &after);
	assert_true(after.at > before.at);
	assert_int_equal(after.reach, GN_DIALBACK_REACH_EASY);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_found),
		cmocka_unit_test(what_is_found_decides),
		cmocka_unit_test(a_given_address_that_does_not_answer),
		cmocka_unit_test(another_network_is_measured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
