/* How long quiet flows live in the box before a node: measured by itself, used, kept, and not
 * believed for ever (RE-22). */
#include "node/testing/two_home.h"

static gn_time keep_of(unsigned i)
{
	return whole_node(&w, i)->lifetimes.keep;
}

static const struct gn_node_lifetime_of *known(unsigned i)
{
	return gn_node_lifetime_now(whole_node(&w, i));
}

static void home(unsigned unreplied, unsigned replied)
{
	make("port", "sym");
	for (unsigned i = FIRST; i <= SECOND; i++) {
		w.nodes[i]->box->nat.unreplied = unreplied * GN_SEC;
		w.nodes[i]->box->nat.replied = replied * GN_SEC;
	}
}

static void a_lifetime_is_measured_and_used(void **state)
{
	(void)state;
	home(30, 40);
	assert_int_equal(keep_of(FIRST), GN_NODE_KEEP_ALIVE); /* at first */
	whole_run_for(&w, 1800 * GN_SEC);
	for (unsigned i = FIRST; i <= SECOND; i++) {
		assert_non_null(known(i));
		assert_in_range(known(i)->seconds, 30, 40);
		assert_int_equal(keep_of(i), known(i)->seconds * GN_SEC / 10 * 7);
	}
	for (unsigned i = 0; i < SERVERS; i++) /* nothing is before them */
		assert_null(known(i));
	uint32_t seconds = known(FIRST)->seconds;
	whole_kill(&w, FIRST);
	whole_start(&w, FIRST);
	whole_run_for(&w, 90 * GN_SEC);
	assert_non_null(known(FIRST));
	assert_int_equal(known(FIRST)->seconds, seconds);
	assert_int_equal(keep_of(FIRST), seconds * GN_SEC / 10 * 7);
	whole_free(&w);
}

/* 0.7 of it, but 15 to 120 s. */
static void what_is_used_has_bounds(void **state)
{
	(void)state;
	home(30, 600);
	whole_run_for(&w, 1800 * GN_SEC);
	assert_int_equal(known(FIRST)->seconds, 240);
	assert_int_equal(keep_of(FIRST), GN_NODE_KEEP_MAX);
	whole_free(&w);
	home(10, 12);
	whole_run_for(&w, 1800 * GN_SEC);
	assert_in_range(known(FIRST)->seconds, 1, 12);
	assert_int_equal(keep_of(FIRST), GN_NODE_KEEP_MIN);
	whole_free(&w);
}

/* A path by which nothing came for as long was left for another: it was not kept alive. */
static void a_path_that_died_in_silence_halves_it(void **state)
{
	(void)state;
	home(30, 600);
	whole_run_for(&w, 1800 * GN_SEC);
	assert_int_equal(keep_of(FIRST), GN_NODE_KEEP_MAX);
	struct gn_node *node = whole_node(&w, FIRST);
	struct gn_jet_event e = {
		.kind = GN_JET_MOVED, .why = GN_JET_WHY_SUSPECT, .id = session_of(FIRST, 0)};
	assert_int_not_equal(e.id, 0);
	whole_moved(&w, FIRST);
	gn_node_lifetime_event(node, &e); /* it was heard a moment ago */
	assert_int_equal(keep_of(FIRST), GN_NODE_KEEP_MAX);
	node->lifetimes.keep = GN_NODE_KEEP_ALIVE;
	w.opt.loss = 1;
	whole_run_for(&w, 45 * GN_SEC);
	e.why = GN_JET_WHY_CHEAPER;
	gn_node_lifetime_event(node, &e);
	assert_non_null(known(FIRST));
	e.why = GN_JET_WHY_SUSPECT;
	node->lifetimes.keep = 40 * GN_SEC;
	gn_node_lifetime_event(node, &e);
	assert_int_equal(keep_of(FIRST), 20 * GN_SEC);
	assert_null(known(FIRST));
	gn_node_lifetime_event(node, &e);
	assert_int_equal(keep_of(FIRST), GN_NODE_KEEP_MIN);
	whole_free(&w);
}

/* The oldest of GN_NODE_LIFETIMES networks gives way to one more. */
static void networks_are_few(void **state)
{
	(void)state;
	make(NULL, NULL);
	struct gn_node *node = whole_node(&w, FIRST);
	for (uint64_t net = 1; net <= GN_NODE_LIFETIMES; net++)
		*(struct gn_node_lifetime_of *)gn_map_put(&node->lifetimes.nets, &net) =
			(struct gn_node_lifetime_of){40, 1000 + net};
	for (unsigned i = 0; i < 2; i++) {
		struct gn_addr at = gn_addr_v4(99, (uint8_t)i, 1, 1, 1);
		struct gn_dialback_life l = {
			.why = GN_DIALBACK_LIFE_KNOWN, .lifetime = 100 * GN_SEC, .at = w.now};
		whole_moved(&w, FIRST);
		gn_node_lifetime_network(node, &at);
		assert_int_equal(node->lifetimes.due, w.now + GN_NODE_LIFETIME_SOON);
		gn_node_lifetime_found(node, &l);
		assert_int_equal(node->lifetimes.due, w.now + GN_NODE_LIFETIME_EVERY);
		assert_int_equal(node->lifetimes.nets.count, GN_NODE_LIFETIMES);
		uint64_t gone = i + 1;
		assert_null(gn_map_get(&node->lifetimes.nets, &gone));
		assert_int_equal(known(FIRST)->seconds, 100);
		assert_int_equal(keep_of(FIRST), 70 * GN_SEC);
		l.why = GN_DIALBACK_LIFE_LOST; /* what is known stands */
		gn_node_lifetime_found(node, &l);
		assert_int_equal(node->lifetimes.due, w.now + GN_NODE_LIFETIME_AGAIN);
		assert_int_equal(keep_of(FIRST), 70 * GN_SEC);
	}
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lifetime_is_measured_and_used),
		cmocka_unit_test(what_is_used_has_bounds),
		cmocka_unit_test(a_path_that_died_in_silence_halves_it),
		cmocka_unit_test(networks_are_few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
