/* Nodes whose network lets no UDP pass: by a connection to one node they are in the network, and
 * are reached by others; a connection that does not do what it said is given up. A peer that was
 * started anew is met again though the session before waits for it. Rules RE-8, RE-10, RE-45. */
#include "node/peers_int.h"
#include "node/testing/wired.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 3
#define SHUT 3 /* the node behind a router that lets no UDP pass */
#define OTHER 4
#define NODES 5

static struct whole w;

static struct wired wires;
static struct wired_end *ends; /* of the shut node's connection */

static bool behind(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	(void)carrier;
	return node >= SERVERS && jet_sim_nat_named(gn_str(node == SHUT ? "blocked" : "port"), nat);
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	if (node != SHUT)
		whole_bootstrap_first(&w, node, 2);
}

static void run(gn_time span)
{
	wired_run(&wires, span);
}

static void make(void)
{
	whole_init(&w, &(struct whole_options){.seed = 12,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .nat = behind,
					       .hooks = {.running = on_running}});
	wired_init(&wires, &w);
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		run(5 * GN_SEC);
	}
	run(20 * GN_SEC);
}

/* The shut node's connection to the first server. */
static void connect_ends(void)
{
	ends = wired_connect(&wires, SHUT, 0);
	gn_node_peers_begin(
		whole_node(&w, SHUT),
		&(struct gn_way){ends[0].carrier.peer, gn_node_ways_link(&ends[0].carrier)});
	whole_moved(&w, SHUT);
	wired_move(&wires);
}

static const struct gn_pk *key_of(unsigned i)
{
	return &whole_node(&w, i)->key.pk;
}

static struct gn_jet_info info_of(unsigned at, unsigned of)
{
	struct gn_jet_info info;
	struct gn_node *node = whole_node(&w, at);
	assert_int_equal(gn_jet_info(node->jet, gn_node_peers_session(node, key_of(of)), &info),
			 GN_OK);
	return info;
}

static uint64_t counter_of(unsigned i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_node_ways_counter_at(whole_node(&w, i), k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static void by_a_connection_a_node_is_in_the_network(void **state)
{
	(void)state;
	make();
	assert_int_equal(gn_node_peers_session(whole_node(&w, SHUT), key_of(0)), 0);
	connect_ends();
	run(20 * GN_SEC);
	assert_int_equal(info_of(SHUT, 0).kind, GN_WAY_WSS);
	assert_int_equal(info_of(0, SHUT).kind, GN_WAY_WSS);
	assert_int_equal(info_of(SHUT, 0).packets_lost, 0);
	/* it has a place there, and whoever knows its key reaches it */
	gn_node_homes_reached(whole_node(&w, SHUT), GN_OVERLAY_REACH_NO_UDP);
	whole_moved(&w, SHUT);
	run(20 * GN_SEC);
	whole_moved(&w, OTHER);
	assert_int_equal(gn_node_peers_reach(whole_node(&w, OTHER), key_of(SHUT)), GN_OK);
	whole_moved(&w, OTHER);
	run(5 * GN_SEC);
	assert_int_equal(info_of(OTHER, SHUT).kind, GN_WAY_RELAY);
	assert_int_equal(counter_of(0, "carrier-lost"), 0);
	whole_free(&w);
}

static void a_connection_that_takes_nothing_is_given_up(void **state)
{
	(void)state;
	make();
	connect_ends();
	run(2 * GN_SEC);
	assert_int_equal(info_of(SHUT, 0).kind, GN_WAY_WSS);
	ends[0].refuses = true; /* and has said before that it takes some */
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	m.to.pk = *key_of(0);
	gn_node_peers_send(whole_node(&w, SHUT), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, SHUT);
	assert_true(ends[0].closed);
	assert_int_equal(counter_of(SHUT, "carrier-lost"), 1);
	assert_int_equal(gn_node_ways_link(&ends[0].carrier), 0);
	assert_null(gn_node_ways_carrier_of(whole_node(&w, SHUT), 1));
	whole_free(&w);
}

static size_t no_room(const struct gn_carrier *c)
{
	(void)c;
	return 0;
}

static unsigned ways(void)
{
	struct gn_way found[4];
	struct gn_node *node = whole_node(&w, SHUT);
	gn_jet_id id = gn_node_peers_session(node, &whole_node(&w, 0)->key.pk);
	return gn_jet_ways(node->jet, id, found, GN_COUNT(found));
}

/* The shut node's session wants another connection; both ends have it. */
static struct gn_node_begin *second(void)
{
	make();
	connect_ends();
	struct gn_node *node = whole_node(&w, SHUT);
	struct gn_node_begin *b = &node->carriers.begins[0];
	run(10 * GN_SEC);
	*b = (struct gn_node_begin){.url.text = "wss://n0",
				    .carrier = &ends[0].carrier,
				    .open = true,
				    .link = gn_node_ways_link(&ends[0].carrier)};
	node->carriers.begin_count = node->carriers.given = 1;
	wired_dials(&wires, SHUT);
	struct gn_jet_event e = {.kind = GN_JET_CROWDED,
				 .id = gn_node_peers_session(node, &whole_node(&w, 0)->key.pk),
				 .way.link = b->link};
	unsigned before = wires.count;
	whole_moved(&w, SHUT);
	gn_node_carriers_event(node, &e);
	gn_node_carriers_event(node, &e); /* one is enough */
	assert_int_equal(wires.count, before + 2);
	assert_ptr_equal(b->second, &ends[2].carrier);
	run(2 * GN_SEC);
	assert_int_equal(ways(), 2);
	assert_int_equal(b->second_link, gn_node_ways_link(&ends[2].carrier));
	return b;
}

/* The first server ends the connection of that end of its own. */
static void server_ends(unsigned i)
{
	whole_moved(&w, 0);
	gn_node_ways_carrier_end(whole_node(&w, 0), gn_node_ways_link(&ends[i].carrier));
	assert_true(ends[i].closed);
	wired_move(&wires);
}

/* RE-8: it is a path of the session, until it closes; the session goes on by it when the first one
 * does; it goes with the session. */
static void a_second_connection_is_a_path(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		struct gn_node_begin *b = second();
		struct gn_node *node = whole_node(&w, SHUT);
		uint32_t link = b->second_link;
		whole_moved(&w, SHUT);
		if (how == 0) {
			server_ends(3);
			assert_int_equal(b->open, true);
		} else if (how == 1) {
			server_ends(1);
			assert_int_equal(b->link, link);
			assert_ptr_equal(b->carrier, &ends[2].carrier);
			assert_true(b->open);
		} else {
			struct gn_jet_event e = {.kind = GN_JET_CLOSED, .id = b->crowded};
			gn_node_carriers_event(node, &e);
			assert_true(ends[2].closed);
		}
		assert_null(b->second);
		assert_int_equal(b->second_link, 0);
		run(2 * GN_SEC);
		assert_int_equal(info_of(SHUT, 0).way.link, b->link); /* it goes on */
		node->carriers.begin_count = 0;
		whole_free(&w);
	}
}

static void so_many_connections_are_links(void **state)
{
	static struct gn_carrier many[GN_NODE_CARRIERS + 1];
	static const struct gn_way_info info = {
		.kind = GN_WAY_WSS, .prefix = GN_NODE_CARRIER_PREFIX, .mtu = 1500};
	(void)state;
	make();
	struct gn_node *node = whole_node(&w, 0);
	for (unsigned i = 0; i < GN_COUNT(many); i++) {
		many[i] = (struct gn_carrier){.info = &info, .room = no_room, .peer.port = 1};
		assert_int_equal(gn_node_ways_carrier(node, &many[i]),
				 i < GN_NODE_CARRIERS ? GN_OK : GN_LIMIT);
	}
	gn_node_ways_carrier_drop(node, &many[7]);
	assert_int_equal(gn_node_ways_carrier(node, &many[GN_NODE_CARRIERS]), GN_OK);
	whole_free(&w);
}

/* The server forgets all; the session with it would wait half an hour for a stream that is open. */
static void a_peer_that_began_anew_is_met_again(void **state)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	(void)state;
	make();
	m.to.pk = *key_of(0);
	assert_true(peers_of(whole_node(&w, OTHER), key_of(0))->up);
	gn_jet_id before = gn_node_peers_session(whole_node(&w, OTHER), key_of(0));
	whole_kill(&w, 0);
	whole_start(&w, 0);
	whole_moved(&w, OTHER);
	gn_node_peers_send(whole_node(&w, OTHER), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, OTHER);
	run(GN_NODE_SILENT + 20 * GN_SEC);
	assert_true(GN_NODE_SILENT_AGAIN > GN_NODE_SILENT);
	gn_jet_id now = gn_node_peers_session(whole_node(&w, OTHER), key_of(0));
	assert_int_not_equal(now, 0);
	assert_int_not_equal(now, before);
	struct gn_jet_info info;
	run(10 * GN_SEC);
	assert_int_equal(gn_jet_info(whole_node(&w, OTHER)->jet, before, &info), GN_NOT_FOUND);
	whole_free(&w);
}

static void places_to_begin_at(void **state)
{
	(void)state;
	assert_int_equal(GN_NODE_BEGINS, GN_NODE_BOOTSTRAP);
	assert_true(gn_node_carriers_url("wss://example.net/geonet/1"));
	assert_true(gn_node_carriers_url("quic://192.0.2.1:443"));
	assert_false(gn_node_carriers_url("example.net:7777"));
	assert_true(GN_NODE_QUIC_ROUNDS >= 44); /* a batch of jet's, in packets of QUIC */
	assert_true(GN_NODE_CARRIER_ALONE <= 5 * GN_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_a_connection_a_node_is_in_the_network),
		cmocka_unit_test(a_connection_that_takes_nothing_is_given_up),
		cmocka_unit_test(a_second_connection_is_a_path),
		cmocka_unit_test(so_many_connections_are_links),
		cmocka_unit_test(a_peer_that_began_anew_is_met_again),
		cmocka_unit_test(places_to_begin_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
