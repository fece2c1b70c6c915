/* Whole nodes behind NATs: who cannot be reached is reached by a relay at which it has a place, the
 * session goes on when the relay's session is another, and whoever is not asked relays nothing.
 * Rules RE-13, RE-30..RE-32. */
#include "node/peers_int.h"
#include "node/testing/whole.h"
#include "records/noderec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 4 /* with public addresses; then two at home */
#define NODES 6
#define FIRST 4 /* the ones at home */
#define SECOND 5

static struct whole w;
static const char *kinds[NODES];

static bool behind(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	if (!kinds[node])
		return false;
	assert_true(jet_sim_nat_named(gn_str(kinds[node]), nat));
	*carrier = strcmp(kinds[node], "cg") == 0;
	return true;
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	for (unsigned i = 0; i < 2 && i < w.count; i++)
		if (i != node)
			(void)!gn_overlay_bootstrap(whole_node(&w, node)->overlay,
						    &w.nodes[i]->told, NULL, w.now);
}

static void make(const char *first, const char *second)
{
	kinds[FIRST] = first;
	kinds[SECOND] = second;
	whole_init(&w, &(struct whole_options){.seed = 11,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .nat = behind,
					       .hooks = {.running = on_running}});
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
	whole_run_for(&w, 30 * GN_SEC);
}

static const struct gn_pk *key_of(unsigned i)
{
	return &whole_node(&w, i)->key.pk;
}

static const struct peer *peer_at(unsigned at, unsigned of)
{
	return peers_of(whole_node(&w, at), key_of(of));
}

static gn_jet_id session_of(unsigned at, unsigned of)
{
	return gn_node_peers_session(whole_node(&w, at), key_of(of));
}

/* A message that asks for nothing, to a peer of which nobody told an address. */
static void say(unsigned from, unsigned to)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	m.to.pk = *key_of(to);
	gn_node_peers_send(whole_node(&w, from), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, from);
}

static void tell_homes(unsigned at, const struct gn_pk *of, unsigned count, const unsigned *relays)
{
	struct gn_node_found found = {.pk = *of, .home_count = count};
	for (unsigned i = 0; i < count; i++)
		found.homes[i] = (struct gn_contact){.pk = *key_of(relays[i]),
						     .addr_count = 1,
						     .addrs = {w.nodes[relays[i]]->told}};
	whole_moved(&w, at);
	(void)!gn_node_peers_reach(whole_node(&w, at), of);
	gn_node_peers_found(whole_node(&w, at), &found);
}

static void tell_home(unsigned at, unsigned of, unsigned relay)
{
	tell_homes(at, key_of(of), 1, &relay);
}

static uint64_t counter_of(unsigned i, const char *name)
{
	const struct gn_node *node = whole_node(&w, i);
	struct gn_counter c;
	for (size_t k = 0; gn_relay_counter_at(node->relay, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	for (size_t k = 0; gn_node_ways_counter_at(node, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static struct gn_jet_info info_of(unsigned at, unsigned of)
{
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(whole_node(&w, at)->jet, session_of(at, of), &info), GN_OK);
	return info;
}

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

/* ---- limits ---- */

static struct gn_pk someone(uint8_t n)
{
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){7, n}, &sk);
	return sk.pk;
}

static void so_many_records_are_looked_up(void **state)
{
	(void)state;
	make(NULL, NULL);
	struct gn_node *node = whole_node(&w, 0);
	whole_moved(&w, 0);
	for (unsigned i = 0; i < GN_NODE_FINDS; i++) {
		struct gn_pk pk = someone((uint8_t)i);
		assert_int_equal(gn_node_homes_find(node, &pk), GN_OK);
	}
	struct gn_pk pk = someone(200);
	assert_int_equal(gn_node_homes_find(node, &pk), GN_LIMIT);
	whole_moved(&w, 0);
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(node->homes.finds.count, 0);
	assert_int_equal(gn_node_homes_find(node, &pk), GN_OK);
	whole_free(&w);
}

/* The next address is tried when the one before has not answered for so long. */
static void addresses_are_tried_one_by_one(void **state)
{
	struct gn_pk pk = someone(1);
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	(void)state;
	make("port", NULL);
	m.to = (struct gn_contact){.pk = pk,
				   .addr_count = 3,
				   .addrs = {gn_addr_v4(99, 1, 1, 1, 4), gn_addr_v4(99, 2, 2, 2, 4),
					     gn_addr_v4(99, 3, 3, 3, 4)}};
	whole_moved(&w, FIRST);
	gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
	const struct dial *d = peers_of(whole_node(&w, FIRST), &pk)->dial;
	whole_moved(&w, FIRST);
	assert_int_equal(d->try_count, 1);
	whole_run_for(&w, GN_NODE_DIAL_NEXT - GN_MSEC);
	assert_int_equal(d->try_count, 1);
	whole_run_for(&w, 2 * GN_MSEC);
	assert_int_equal(d->try_count, 2);
	whole_run_for(&w, GN_NODE_DIAL_NEXT);
	assert_int_equal(d->try_count, 3);
	assert_true(d->try_count < GN_NODE_TRIES);
	whole_free(&w);
}

static void a_session_that_relays_is_kept(void **state)
{
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	struct gn_node *node = whole_node(&w, FIRST);
	uint64_t era = peer_at(FIRST, 0)->era;
	assert_true(gn_node_ways_busy(node, era));
	node->now += GN_NODE_RELAYED_LIFE;
	assert_false(gn_node_ways_busy(node, era));
	whole_free(&w);
}

static gn_err full_socket(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			  uint16_t segment, size_t *sent)
{
	(void)node;
	(void)to;
	(void)packets;
	(void)segment;
	*sent = 0;
	return GN_AGAIN;
}

static struct gn_node_circuit *circuit_of(unsigned i)
{
	struct gn_node_ways *ways = &whole_node(&w, i)->ways;
	return ways->circuits.count ? gn_map_value_at(&ways->circuits, 0) : NULL;
}

/* Who calls has a place for so long without a proof; who is silent has none. */
static void calls_end(void **state)
{
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	struct gn_node_circuit *c = circuit_of(SECOND);
	assert_true(c->called && c->proven && !circuit_of(FIRST)->called);
	assert_int_equal(whole_node(&w, SECOND)->ways.calls, 1);
	c->proven = false;
	c->used = w.now - GN_NODE_CALL_PROOF + 7 * GN_SEC;
	whole_run_for(&w, GN_SEC);
	assert_non_null(circuit_of(SECOND));
	whole_run_for(&w, 12 * GN_SEC);
	assert_null(circuit_of(SECOND));
	assert_int_equal(whole_node(&w, SECOND)->ways.calls, 0);
	whole_free(&w);
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	whole_kill(&w, FIRST);
	whole_run_for(&w, GN_NODE_CIRCUIT_IDLE + 2 * GN_NODE_SWEEP_IDLE);
	assert_null(circuit_of(SECOND));
	whole_free(&w);
}

static void so_many_call(void **state)
{
	(void)state;
	make("port", "sym");
	whole_node(&w, SECOND)->ways.calls = GN_NODE_CALLS;
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	assert_true(counter_of(SECOND, "relay-call-refused") > 0);
	whole_node(&w, SECOND)->ways.calls = GN_NODE_CALLS - 1;
	whole_run_for(&w, 10 * GN_SEC); /* it says hello again */
	assert_int_not_equal(session_of(FIRST, SECOND), 0);
	whole_free(&w);
}

/* A first packet of that length, as if the relay had sent it by a circuit that is not known. */
static void call_by(unsigned relay, unsigned to, uint64_t circuit, size_t len)
{
	uint8_t packet[GN_RELAY_PREFIX + GN_NODE_RELAYED_MTU] = {GN_RELAY_BYTE};
	struct gn_way from = {.addr = w.nodes[relay]->told};
	gn_put_be64(packet + 1, circuit);
	packet[GN_RELAY_PREFIX] = 0x3f; /* the long header of jet */
	gn_node_recv(whole_node(&w, to), &from, gn_slice(packet, GN_RELAY_PREFIX + len));
}

/* Whoever can send from the relay's address makes calls: the oldest gives way to the newest. */
static void calls_give_way(void **state)
{
	(void)state;
	make("port", "sym");
	whole_moved(&w, SECOND);
	struct gn_node_ways *ways = &whole_node(&w, SECOND)->ways;
	call_by(0, SECOND, 1, GN_NODE_CALL_MIN - 1);
	assert_int_equal(ways->calls, 0);
	for (uint64_t i = 1; i <= 70; i++)
		call_by(0, SECOND, i, GN_NODE_CALL_MIN);
	assert_int_equal(ways->calls, 64); /* of one relay */
	bool newest = false, oldest = false;
	for (uint32_t i = 0; i < ways->circuits.count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(&ways->circuits, i);
		newest |= c->circuit == 70;
		oldest |= c->circuit == 1;
	}
	assert_true(newest && !oldest);
	whole_free(&w);
}

static void so_many_circuits_are_asked_for(void **state)
{
	uint32_t link;
	(void)state;
	make("port", "sym");
	struct gn_node *node = whole_node(&w, FIRST);
	whole_moved(&w, FIRST);
	for (unsigned i = 0; i < GN_NODE_ASKED; i++) {
		struct gn_pk pk = someone((uint8_t)i);
		assert_int_equal(gn_node_ways_open(node, key_of(0), &pk, &link), GN_OK);
	}
	struct gn_pk pk = someone(200);
	assert_int_equal(gn_node_ways_open(node, key_of(0), &pk, &link), GN_LIMIT);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 30 * GN_SEC); /* they are refused, and nobody waits for them */
	assert_int_equal(node->ways.asked, 0);
	assert_int_equal(node->ways.circuits.count, 0);
	whole_free(&w);
}

/* Two relays give no places: others are asked, and those not for a while. */
static void who_refuses_a_place_is_no_home(void **state)
{
	(void)state;
	make("port", "sym");
	struct gn_node *node = whole_node(&w, SECOND);
	for (unsigned i = 0; i < 2; i++)
		gn_relay_give(whole_node(&w, i)->relay,
			      &(struct gn_relay_give){.level = GN_RELAY_OFF}, w.now);
	whole_moved(&w, SECOND);
	gn_node_homes_reached(node, GN_OVERLAY_REACH_UNKNOWN);
	whole_moved(&w, SECOND);
	whole_run_for(&w, 2 * GN_NODE_HOMES_LOOK);
	gn_node_homes_reached(node, GN_OVERLAY_REACH_HARD);
	whole_moved(&w, SECOND);
	whole_run_for(&w, GN_NODE_BARRED_FOR / 10);
	unsigned ready = 0;
	for (unsigned i = 0; i < GN_NODE_PLACES; i++) {
		const struct gn_node_place *p = &node->homes.places[i];
		ready += p->ready;
		for (unsigned k = 0; k < 2 && p->ready; k++)
			assert_memory_not_equal(&p->relay, key_of(k), sizeof p->relay);
	}
	assert_int_equal(ready, 2);
	assert_true(node->homes.barred_next <= GN_NODE_BARRED);
	whole_free(&w);
}

/* It is dialled in vain, calls itself, and leaves: what was dialled is still under way. */
static void who_was_dialled_may_call_and_leave(void **state)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	(void)state;
	make(NULL, NULL);
	whole_kill(&w, SECOND);
	whole_run_for(&w, 120 * GN_SEC);
	whole_start(&w, SECOND);
	whole_run_for(&w, GN_SEC);
	whole_moved(&w, FIRST);
	m.to = (struct gn_contact){
		.pk = *key_of(SECOND), .addr_count = 1, .addrs = {gn_addr_v4(99, 9, 9, 9, 9)}};
	gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, FIRST);
	whole_moved(&w, SECOND);
	m.to = (struct gn_contact){
		.pk = *key_of(FIRST), .addr_count = 1, .addrs = {w.nodes[FIRST]->told}};
	gn_node_peers_send(whole_node(&w, SECOND), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, SECOND);
	whole_run_for(&w, 500 * GN_MSEC);
	assert_int_not_equal(session_of(SECOND, FIRST), 0);
	assert_int_equal(
		gn_jet_close(whole_node(&w, SECOND)->jet, session_of(SECOND, FIRST), 0, "", w.now),
		GN_OK);
	whole_moved(&w, SECOND);
	whole_run_for(&w, 30 * GN_SEC);
	whole_free(&w);
}

/* What jet sends there fits into what the relay takes (RE-30). */
static void a_relayed_packet_has_a_length(void **state)
{
	uint8_t packet[GN_NODE_RELAYED_MTU + GN_RELAY_PREFIX + 1] = {GN_RELAY_BYTE};
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	const struct gn_node_circuit *c = gn_map_value_at(&whole_node(&w, FIRST)->ways.circuits, 0);
	gn_put_be64(packet + 1, c->circuit);
	struct gn_way from = {.addr = gn_node_peers_addr(whole_node(&w, 0), key_of(FIRST))};
	uint64_t sent = w.nodes[0]->packets;
	gn_node_recv(whole_node(&w, 0), &from, gn_slice(packet, sizeof packet));
	assert_int_equal(counter_of(0, "drop_length"), 1);
	assert_int_equal(w.nodes[0]->packets, sent);
	gn_node_recv(whole_node(&w, 0), &from, gn_slice(packet, sizeof packet - 1));
	assert_int_equal(counter_of(0, "drop_length"), 1);
	assert_int_equal(w.nodes[0]->packets, sent + 1);
	/* nothing waits for a socket that is full */
	whole_node(&w, 0)->outside.send = full_socket;
	gn_node_recv(whole_node(&w, 0), &from, gn_slice(packet, sizeof packet - 1));
	assert_int_equal(counter_of(0, "relay-packet-lost"), 1);
	whole_free(&w);
}

static void the_own_record_is_put_at_times(void **state)
{
	(void)state;
	make(NULL, NULL);
	struct gn_node *node = whole_node(&w, 0);
	whole_moved(&w, 0);
	gn_node_homes_reached(node, GN_OVERLAY_REACH_DIRECT);
	whole_moved(&w, 0);
	whole_run_for(&w, GN_NODE_RECORD_SETTLE + GN_SEC);
	gn_time first = node->homes.published;
	assert_int_not_equal(first, 0);
	gn_node_homes_reached(node, GN_OVERLAY_REACH_UNKNOWN);
	gn_node_homes_reached(node, GN_OVERLAY_REACH_DIRECT);
	whole_moved(&w, 0);
	whole_run_for(&w, GN_NODE_RECORD_EVERY + GN_NODE_HOMES_LOOK);
	gn_time second = node->homes.published;
	assert_true(second >= first + GN_NODE_RECORD_EVERY);
	whole_run_for(&w, second + GN_NODE_RECORD_AGAIN - GN_SEC - w.now);
	assert_true(node->homes.published == second);
	whole_run_for(&w, 2 * GN_NODE_HOMES_LOOK);
	assert_true(node->homes.published >= second + GN_NODE_RECORD_AGAIN);
	whole_free(&w);
}

/* Every home that can be has room in the record, and in what is compared. */
static void homes_have_room(void **state)
{
	(void)state;
	assert_int_equal(GN_NODE_HOMES, GN_NODEREC_HOMES);
	/* one dial tries all of a contact's addresses, and all relays that may be asked */
	assert_true(GN_NODE_TRIES >= GN_CONTACT_ADDRS + 1 + GN_NODE_RELAYS);
	/* as the relay's engine has them: compared at a time, held, for others in 700 bytes each */
	assert_int_equal(GN_NODE_HOME_CANDIDATES, 64);
	assert_true(GN_NODE_LINKS >= 1024);
	assert_true(GN_NODE_MEMORY_RELAY >= (4096u * 700u + (1u << 20)));
	struct gn_noderec r = {.seq = 1,
			       .created = 1,
			       .ttl = GN_NODEREC_TTL,
			       .addr_count = GN_NODEREC_ADDRS,
			       .home_count = GN_NODEREC_HOMES};
	for (unsigned i = 0; i < GN_NODEREC_ADDRS; i++)
		r.addrs[i] = gn_addr_v4(1, 2, 3, 4, 5);
	for (unsigned i = 0; i < GN_NODEREC_HOMES; i++)
		r.homes[i].addr = r.addrs[0];
	uint8_t bytes[GN_NODE_OWN_RECORD];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){1}, &sk);
	assert_int_equal(gn_noderec_record(&sk, &r, &buf), GN_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_linked_is_reached_by_the_link),
		cmocka_unit_test(a_relay_that_is_off_refuses),
		cmocka_unit_test(who_answers_directly_needs_no_relay),
		cmocka_unit_test(an_old_address_costs_a_second),
		cmocka_unit_test(a_large_message_comes_whole),
		cmocka_unit_test(a_circuit_outlives_its_sessions),
		cmocka_unit_test(a_relay_that_dies_is_left_for_another),
		cmocka_unit_test(a_key_is_enough),
		cmocka_unit_test(a_key_of_nobody_ends),
		cmocka_unit_test(strangers_packets_are_counted),
		cmocka_unit_test(nothing_is_relayed_twice),
		cmocka_unit_test(so_many_records_are_looked_up),
		cmocka_unit_test(addresses_are_tried_one_by_one),
		cmocka_unit_test(a_session_that_relays_is_kept),
		cmocka_unit_test(calls_end),
		cmocka_unit_test(so_many_call),
		cmocka_unit_test(calls_give_way),
		cmocka_unit_test(so_many_circuits_are_asked_for),
		cmocka_unit_test(who_refuses_a_place_is_no_home),
		cmocka_unit_test(who_was_dialled_may_call_and_leave),
		cmocka_unit_test(a_relayed_packet_has_a_length),
		cmocka_unit_test(the_own_record_is_put_at_times),
		cmocka_unit_test(homes_have_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
