/* Sockets for guesses of ports (RE-23): as many as are asked for, as many at a time as there are
 * places, and none is left when nobody wants them. */
#include "node/testing/turned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>

static struct gn_jet_event asked(void)
{
	return (struct gn_jet_event){
		.kind = GN_JET_GUESS,
		.id = 7, /* of no session */
		.way.addr = gn_addr_v4(127, 0, 0, 1, gn_udp_port(turned.client)),
		.count = 4,
	};
}

/* jet does not want them: what was opened is closed, and its links are gone. */
static void what_nobody_wants_is_closed(void **state)
{
	struct gn_node *node = &turned.node;
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct gn_jet_event e = asked();
		gn_node_guess_event(node, &e);
		assert_int_equal(node->guesses.count, 0);
		assert_null(node->guesses.first);
		assert_int_equal(node->ways.carriers.count, 0);
		assert_int_equal(node->ways.last_link, 4 * (i + 1));
	}
	uv_run(&node->host.loop, UV_RUN_NOWAIT);
}

static void places_are_bounded(void **state)
{
	struct gn_node *node = &turned.node;
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		struct gn_jet_event e = asked();
		uint32_t before = node->ways.last_link;
		node->guesses.count = GN_NODE_GUESSES - !past;
		gn_node_guess_event(node, &e);
		assert_int_equal(node->ways.last_link - before, past ? 0 : 4);
	}
	node->guesses.count = 0;
}

/* Events of sessions that guessed nothing. */
static void others_events_are_nothing(void **state)
{
	(void)state;
	for (int kind = 0; kind <= GN_JET_STREAMS; kind++) {
		struct gn_jet_event e = {.kind = (enum gn_jet_event_kind)kind, .id = 7};
		if (kind != GN_JET_GUESS)
			gn_node_guess_event(&turned.node, &e);
	}
	gn_node_guess_stop(&turned.node);
	assert_int_equal(turned.node.guesses.count, 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, turned_set_up, turned_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_nobody_wants_is_closed),
		T(places_are_bounded),
		T(others_events_are_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
