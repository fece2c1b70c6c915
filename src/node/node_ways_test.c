/* Whole nodes behind NATs: who cannot be reached is reached by a relay at which it has a place, the
 * session goes on when the relay's session is another, and whoever is not asked relays nothing.
 * Rules RE-13, RE-30..RE-32. */
#include "node/testing/two_home.h"

static void who_is_linked_is_reached_by_the_link(void **state)
{
	(void)state;
	make("port", "sym");
	assert_false(whole_takes_calls(&w, SECOND));
	assert_true(peer_at(0, SECOND)->linked);
	if (session_of(FIRST, SECOND))
		fail_msg("they met before");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_not_equal(session_of(FIRST, SECOND), 0);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_int_equal(info_of(SECOND, FIRST).kind, GN_WAY_RELAY);
	assert_int_equal(counter_of(0, "opened"), 1);
	whole_free(&w);
}

static void a_relay_that_is_off_refuses(void **state)
{
	(void)state;
	make("port", "sym");
	gn_relay_give(whole_node(&w, 0)->relay, &(struct gn_relay_give){.level = GN_RELAY_OFF},
		      w.now);
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	assert_int_equal(counter_of(0, "opened"), 0);
	assert_true(counter_of(0, "open_off") > 0);
	whole_free(&w);
}

static void who_answers_directly_needs_no_relay(void **state)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	(void)state;
	make("port", NULL);
	whole_kill(&w, SECOND); /* nobody is linked to it any more, and it begins anew */
	whole_run_for(&w, 120 * GN_SEC);
	whole_start(&w, SECOND);
	whole_run_for(&w, GN_SEC);
	m.to = (struct gn_contact){
		.pk = *key_of(SECOND), .addr_count = 1, .addrs = {w.nodes[SECOND]->told}};
	uint64_t before = counter_of(0, "opened"); /* by who looked for it meanwhile */
	whole_moved(&w, FIRST);
	gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
	tell_home(FIRST, SECOND, 0);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_UDP);
	assert_int_equal(counter_of(0, "opened"), before);
	whole_free(&w);
}

/* An address is known, and is nobody's: a second later the relays are asked. */
static void an_old_address_costs_a_second(void **state)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	struct gn_sk nobody;
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){9, 9, 9}, &nobody);
	const struct gn_pk key = nobody.pk;
	make("port", "sym");
	m.to = (struct gn_contact){
		.pk = key, .addr_count = 1, .addrs = {gn_addr_v4(99, 1, 2, 3, 4)}};
	whole_moved(&w, FIRST); /* it knows what time it is */
	gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
	gn_node_peers_found(
		whole_node(&w, FIRST),
		&(struct gn_node_found){.pk = key, .home_count = 1, .homes = {{.pk = *key_of(0)}}});
	whole_moved(&w, FIRST);
	whole_run_for(&w, GN_NODE_DIAL_RELAY - GN_MSEC);
	assert_int_equal(counter_of(FIRST, "asked"), 0);
	whole_run_for(&w, 2 * GN_MSEC);
	assert_int_equal(counter_of(FIRST, "asked"), 1);
	whole_run_for(&w, 40 * GN_SEC); /* nothing led there, and nothing is left of it */
	assert_int_equal(whole_node(&w, FIRST)->ways.circuits.count, 0);
	assert_null(peers_of(whole_node(&w, FIRST), &key));
	whole_free(&w);
}

/* One that fits into what a small circuit lets through at once. */
static void a_large_message_comes_whole(void **state)
{
	static uint8_t bytes[40000];
	struct gn_overlay_message m = {.bytes = GN_SLICE(bytes), .reliable = true};
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	m.to.pk = *key_of(SECOND);
	gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 1);
	assert_int_equal(peer_at(FIRST, SECOND)->queued, 0);
	whole_free(&w);
}

static void send_bytes(unsigned from, unsigned to, struct gn_slice bytes)
{
	struct gn_overlay_message m = {.bytes = bytes, .reliable = true, .to.pk = *key_of(to)};
	whole_moved(&w, from);
	gn_node_peers_send(whole_node(&w, from), &m, GN_JET_FILES);
	whole_moved(&w, from);
}

/* Both ends know what a small circuit lets through, and wait for it: what is large comes as fast as
 * it can, by whoever it is sent, and the relay has next to nothing to drop (RE-33). */
static void a_small_circuit_is_not_overrun(void **state)
{
	static uint8_t bytes[70000];
	(void)state;
	make("port", "sym");
	gn_relay_give(whole_node(&w, 0)->relay, &(struct gn_relay_give){.level = GN_RELAY_SMALL},
		      w.now);
	tell_home(FIRST, SECOND, 0);
	for (unsigned i = 0; i < 3; i++) { /* 64 KiB at once, then 2 KiB a second */
		send_bytes(FIRST, SECOND, GN_SLICE(bytes));
		whole_run_for(&w, 5 * GN_SEC);
		assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
		whole_run_for(&w, 35 * GN_SEC);
		assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, i + 1);
	}
	send_bytes(SECOND, FIRST, gn_slice(bytes, 40000)); /* the one that was called */
	whole_run_for(&w, 30 * GN_SEC);
	assert_int_equal(whole_node(&w, FIRST)->peers.count.dropped_kind, 1);
	assert_in_range(counter_of(0, "drop_rate"), 0, 4);
	whole_free(&w);
}

/* A relay has at least so much to give, or it would be none: what it says is not believed below. */
static void a_rate_of_nothing_is_not_believed(void **state)
{
	static uint8_t bytes[GN_NODE_CIRCUIT_SPARE + 20 * GN_NODE_CIRCUIT_RATE];
	struct gn_node_circuit was;
	struct gn_way main;
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	struct gn_node *node = whole_node(&w, FIRST);
	node->ways.spares = whole_node(&w, SECOND)->ways.spares = GN_NODE_SPARES; /* no other way */
	assert_int_equal(gn_jet_ways(node->jet, session_of(FIRST, SECOND), &main, 1), 1);
	const struct gn_relay_event little = {.kind = GN_RELAY_CALLED,
					      .op = gn_node_ways_circuit(node, main.link)->op,
					      .rate = {1, 1}};
	assert_int_equal(gn_node_ways_event(node, &little, &was), GN_NODE_WAYS_NOTHING);
	send_bytes(FIRST, SECOND, GN_SLICE(bytes));
	whole_run_for(&w, 15 * GN_SEC);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 1);
	whole_run_for(&w, 15 * GN_SEC);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 2);
	whole_free(&w);
}

/* The sessions to the relay are others than before; the circuit is the same (ways.h). */
static void a_circuit_outlives_its_sessions(void **state)
{
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	gn_jet_id before = session_of(FIRST, SECOND), old = session_of(FIRST, 0), fresh;
	struct gn_way to = {.addr = w.nodes[0]->told};
	assert_int_equal(gn_jet_connect(whole_node(&w, FIRST)->jet, &to, key_of(0), w.now, &fresh),
			 GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(session_of(FIRST, 0), fresh);
	assert_int_equal(gn_jet_close(whole_node(&w, FIRST)->jet, old, 0, "", w.now), GN_OK);
	whole_moved(&w, FIRST);
	say(FIRST, SECOND);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(session_of(FIRST, SECOND), before);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 2);
	assert_int_equal(counter_of(0, "opened"), 1);
	whole_free(&w);
}

/* The circuit is there until the goodbye has gone. */
static void whoever_is_left_hears_of_it(void **state)
{
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_not_equal(session_of(FIRST, SECOND), 0);
	whole_moved(&w, SECOND);
	assert_int_equal(gn_jet_close(whole_node(&w, SECOND)->jet, session_of(SECOND, FIRST), 0,
				      "idle", w.now),
			 GN_OK);
	whole_moved(&w, SECOND);
	whole_run_for(&w, GN_NODE_LINK_LEAVES / 2);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	whole_run_for(&w, GN_NODE_LINK_LEAVES + 2 * GN_NODE_SWEEP);
	assert_int_equal(whole_node(&w, FIRST)->ways.circuits.count, 0);
	assert_int_equal(whole_node(&w, SECOND)->ways.circuits.count, 0);
	whole_free(&w);
}

/* The relay gives the circuit up under a session: what is said then is not written into it, and
 * goes by another. */
static void a_circuit_that_is_taken_loses_nothing(void **state)
{
	(void)state;
	make("port", "sym");
	tell_homes(FIRST, key_of(SECOND), 2, (unsigned[]){0, 1});
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	struct gn_node *node = whole_node(&w, FIRST);
	struct gn_way main;
	assert_int_equal(gn_jet_ways(node->jet, session_of(FIRST, SECOND), &main, 1), 1);
	unsigned by = gn_pk_eq(&gn_node_ways_circuit(node, main.link)->relay, key_of(0)) ? 0 : 1;
	whole_moved(&w, by);
	gn_relay_give(whole_node(&w, by)->relay, &(struct gn_relay_give){.level = GN_RELAY_OFF},
		      w.now);
	whole_moved(&w, by);
	for (unsigned i = 0; i < 200 && gn_node_ways_circuit(node, main.link); i++)
		whole_run_for(&w, 10 * GN_MSEC);
	assert_null(gn_node_ways_circuit(node, main.link));
	say(FIRST, SECOND);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 2);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	whole_free(&w);
}

/* Whatever kind of link it is on: a session is lost when its link is gone, not before. */
static void any_link_that_is_there_is_a_way(void **state)
{
	static const struct gn_way_info spare = {.kind = GN_WAY_SPARE};
	const uint32_t link = 1u << 30;
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	struct gn_node *node = whole_node(&w, FIRST);
	gn_jet_id id = session_of(FIRST, SECOND);
	struct session *s = gn_map_get(&node->peers.by_session, &id);
	assert_non_null(s);
	assert_false(peers_lost(node, s));
	uint32_t was = s->link;
	s->link = link;
	assert_true(peers_lost(node, s));
	assert_int_equal(gn_jet_way(node->jet, link, &spare), GN_OK);
	assert_false(peers_lost(node, s));
	gn_jet_way_gone(node->jet, link, w.now);
	assert_true(peers_lost(node, s));
	s->link = 0;
	assert_false(peers_lost(node, s));
	s->link = was;
	whole_free(&w);
}

static void a_relay_that_dies_is_left_for_another(void **state)
{
	(void)state;
	make("port", "sym");
	tell_homes(FIRST, key_of(SECOND), 2, (unsigned[]){0, 1});
	whole_kill(&w, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_int_equal(counter_of(1, "opened"), 1);
	whole_free(&w);
}

/* Nothing is known but the key: the node record names the homes (RE-17). */
static void a_key_is_enough(void **state)
{
	(void)state;
	make("port", "sym");
	struct gn_node *second = whole_node(&w, SECOND);
	whole_moved(&w, SECOND); /* it knows what time it is */
	/* it sees itself under other addresses than its own */
	assert_int_equal(second->homes.reached, GN_OVERLAY_REACH_HARD);
	whole_run_for(&w, GN_NODE_RECORD_EVERY + 10 * GN_SEC);
	unsigned ready = 0;
	for (unsigned i = 0; i < GN_NODE_PLACES; i++)
		ready += second->homes.places[i].ready;
	assert_int_equal(ready, 2);
	whole_moved(&w, FIRST); /* it knows what time it is */
	assert_int_equal(gn_node_peers_reach(whole_node(&w, FIRST), key_of(SECOND)), GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_int_equal(peer_at(FIRST, SECOND)->home_count, 2);
	/* directly reached again: the places are given back */
	gn_node_homes_reached(second, GN_OVERLAY_REACH_DIRECT);
	whole_moved(&w, SECOND);
	whole_run_for(&w, 10 * GN_SEC);
	for (unsigned i = 0; i < GN_NODE_PLACES; i++)
		assert_int_equal(second->homes.places[i].op, 0);
	whole_free(&w);
}

static void a_key_of_nobody_ends(void **state)
{
	struct gn_sk nobody;
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){9, 9, 9}, &nobody);
	make("port", "sym");
	whole_moved(&w, FIRST); /* it knows what time it is */
	assert_int_equal(gn_node_peers_reach(whole_node(&w, FIRST), &nobody.pk), GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 20 * GN_SEC);
	assert_null(peers_of(whole_node(&w, FIRST), &nobody.pk));
	assert_int_equal(whole_node(&w, FIRST)->homes.finds.count, 0);
	whole_free(&w);
}

/* Nobody answers, whoever sends (RE-2, RE-30). */
static void strangers_packets_are_counted(void **state)
{
	uint8_t packet[100] = {GN_RELAY_BYTE};
	struct gn_way from = {.addr = gn_addr_v4(99, 9, 9, 9, 9)};
	(void)state;
	make(NULL, NULL);
	uint64_t before = w.nodes[0]->packets;
	gn_node_recv(whole_node(&w, 0), &from, GN_SLICE(packet));
	assert_int_equal(counter_of(0, "relay-packet-stranger"), 1);
	packet[0] = 0x1f;
	gn_node_recv(whole_node(&w, 0), &from, GN_SLICE(packet));
	assert_int_equal(counter_of(0, "packet-unknown-first"), 1);
	/* a peer's, of no circuit; too short, too long */
	from.addr = w.nodes[1]->told;
	packet[0] = GN_RELAY_BYTE;
	gn_node_recv(whole_node(&w, 0), &from, GN_SLICE(packet));
	assert_int_equal(counter_of(0, "relay-call-refused"), 1);
	gn_node_recv(whole_node(&w, 0), &from, gn_slice(packet, 1));
	gn_node_recv(whole_node(&w, 0), &from, gn_slice(packet, 37));
	assert_int_equal(counter_of(0, "drop_length"), 2);
	whole_moved(&w, 0);
	assert_int_equal(w.nodes[0]->packets, before);
	whole_free(&w);
}

/* What comes out of a circuit is jet's alone. */
static void nothing_is_relayed_twice(void **state)
{
	uint8_t packet[100] = {GN_RELAY_BYTE};
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	struct gn_way inside;
	assert_int_equal(
		gn_jet_ways(whole_node(&w, SECOND)->jet, session_of(SECOND, FIRST), &inside, 1), 1);
	assert_int_not_equal(inside.link, 0);
	gn_node_recv(whole_node(&w, SECOND), &inside, GN_SLICE(packet));
	assert_int_equal(counter_of(SECOND, "relay-packet-stranger"), 1);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_linked_is_reached_by_the_link),
		cmocka_unit_test(a_relay_that_is_off_refuses),
		cmocka_unit_test(who_answers_directly_needs_no_relay),
		cmocka_unit_test(an_old_address_costs_a_second),
		cmocka_unit_test(a_large_message_comes_whole),
		cmocka_unit_test(a_small_circuit_is_not_overrun),
		cmocka_unit_test(a_rate_of_nothing_is_not_believed),
		cmocka_unit_test(a_circuit_outlives_its_sessions),
		cmocka_unit_test(whoever_is_left_hears_of_it),
		cmocka_unit_test(a_circuit_that_is_taken_loses_nothing),
		cmocka_unit_test(any_link_that_is_there_is_a_way),
		cmocka_unit_test(a_relay_that_dies_is_left_for_another),
		cmocka_unit_test(a_key_is_enough),
		cmocka_unit_test(a_key_of_nobody_ends),
		cmocka_unit_test(strangers_packets_are_counted),
		cmocka_unit_test(nothing_is_relayed_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
