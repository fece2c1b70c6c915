/* Whole nodes behind NATs: what may be tried, asked for, called and kept at a time, at each bound
 * and one past it. Rules RE-13, RE-17, RE-30..RE-35. */
#include "node/testing/two_home.h"
#include "records/noderec.h"

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
	assert_true(!circuit_of(SECOND) || !circuit_of(SECOND)->called);
	assert_int_equal(whole_node(&w, SECOND)->ways.calls, 0);
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

/* Where a relay sees who comes by another relay is that one's address, not theirs: nothing goes to
 * them from there, and they have no place to be called at, nor call. */
static void who_comes_by_a_relay_has_no_place(void **state)
{
	struct gn_relay_info info;
	uint32_t link;
	gn_op op;
	(void)state;
	make("sym", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_int_equal(
		gn_relay_reserve(whole_node(&w, FIRST)->relay, key_of(SECOND), true, w.now, &op),
		GN_OK);
	assert_int_equal(gn_node_ways_open(whole_node(&w, FIRST), NULL, key_of(SECOND), key_of(1),
					   NULL, &link),
			 GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 2 * GN_SEC);
	gn_relay_info(whole_node(&w, SECOND)->relay, &info);
	assert_int_equal(info.reservations, 0);
	assert_int_equal(info.small.circuits + info.bulk.circuits, 0);
	assert_int_equal(counter_of(SECOND, "over_others"), 2);
	whole_free(&w);
}

static unsigned calls_by(unsigned at, unsigned relay)
{
	const struct gn_node_ways *ways = &whole_node(&w, at)->ways;
	unsigned n = 0;
	for (uint32_t i = 0; i < ways->circuits.count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(&ways->circuits, i);
		n += c->called && gn_pk_eq(&c->relay, key_of(relay));
	}
	return n;
}

/* Others have all places for calls: a relay by which fewer came gets its part. */
static void no_relays_have_all_calls(void **state)
{
	(void)state;
	make("port", "sym");
	whole_moved(&w, SECOND);
	struct gn_node_ways *ways = &whole_node(&w, SECOND)->ways;
	uint64_t circuit = 1;
	for (unsigned relay = 0; relay < 3; relay++)
		for (unsigned i = 0; i < 64; i++)
			call_by(relay, SECOND, circuit++, GN_NODE_CALL_MIN);
	assert_int_equal(ways->calls, 3 * 64);
	for (uint32_t i = 0; i < ways->circuits.count; i++) { /* whoever calls proves a key */
		struct gn_node_circuit *c = gn_map_value_at(&ways->circuits, i);
		c->proven = c->called;
	}
	ways->calls += GN_NODE_CALLS - 3 * 64; /* the rest is by more relays of theirs */
	for (unsigned i = 0; i < 100; i++)
		call_by(3, SECOND, circuit++, GN_NODE_CALL_MIN);
	assert_int_equal(ways->calls, GN_NODE_CALLS);
	assert_in_range(calls_by(SECOND, 3), 47, 49);
	for (unsigned relay = 0; relay < 3; relay++)
		assert_in_range(calls_by(SECOND, relay), 47, 49);
	ways->calls -= GN_NODE_CALLS - 3 * 64;
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
		assert_int_equal(gn_node_ways_open(node, NULL, key_of(0), &pk, NULL, &link), GN_OK);
	}
	struct gn_pk pk = someone(200);
	assert_int_equal(gn_node_ways_open(node, NULL, key_of(0), &pk, NULL, &link), GN_LIMIT);
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

static void change_reach(struct gn_node *node)
{
	whole_moved(&w, FIRST); /* it knows what time it is */
	gn_node_homes_reached(node, GN_OVERLAY_REACH_UNKNOWN);
	gn_node_homes_reached(node, GN_OVERLAY_REACH_DIRECT);
	whole_moved(&w, FIRST);
}

static void the_own_record_is_put_at_times(void **state)
{
	(void)state;
	make(NULL, NULL);
	struct gn_node *node = whole_node(&w, FIRST);
	whole_run_for(&w, 2 * GN_NODE_RECORD_EVERY); /* all that it had to say is said */
	gn_time put[3];
	for (unsigned i = 0; i < 2; i++) { /* one home seldom comes alone */
		change_reach(node);
		whole_run_for(&w, GN_NODE_RECORD_SETTLE + GN_SEC);
		put[i] = node->homes.published;
		assert_in_range(w.now - put[i], 0, GN_SEC);
	}
	change_reach(node);
	whole_run_for(&w, GN_NODE_RECORD_EVERY + GN_NODE_HOMES_LOOK);
	put[2] = node->homes.published;
	assert_in_range(put[2], put[0] + GN_NODE_RECORD_EVERY,
			put[0] + GN_NODE_RECORD_EVERY + GN_SEC);
	whole_run_for(&w, put[2] + GN_NODE_RECORD_AGAIN - GN_SEC - w.now);
	assert_true(node->homes.published == put[2]);
	whole_run_for(&w, 2 * GN_NODE_HOMES_LOOK);
	assert_true(node->homes.published >= put[2] + GN_NODE_RECORD_AGAIN);
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

/* What a record says of private networks, of this machine, or of many machines, is passed over. */
static void records_lead_into_no_private_network(void **state)
{
	(void)state;
	make("port", "sym");
	const struct gn_addr good = gn_addr_v4(81, 2, 3, 4, 5);
	const struct gn_addr bad[] = {gn_addr_v4(10, 0, 0, 1, 80),
				      gn_addr_v4(127, 0, 0, 1, 80),
				      gn_addr_v4(192, 168, 1, 1, 80),
				      gn_addr_v4(172, 16, 0, 1, 80),
				      gn_addr_v4(169, 254, 169, 254, 80),
				      gn_addr_v4(224, 0, 0, 251, 5353),
				      gn_addr_v4(100, 64, 0, 1, 80),
				      gn_addr_v4(255, 255, 255, 255, 9),
				      {.ip = {0xfd, [15] = 1}, .port = 80},
				      {.ip = {0xfe, 0x80, [15] = 1}, .port = 80},
				      {.ip = {0xff, 2, [15] = 1}, .port = 80},
				      {.ip = {[15] = 1}, .port = 80}};
	struct gn_node *node = whole_node(&w, FIRST);
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){1}, &sk);
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		struct gn_noderec r = {.seq = 1 + i,
				       .created = gn_node_unix(node),
				       .ttl = GN_NODEREC_TTL,
				       .addr_count = 2,
				       .addrs = {bad[i], good},
				       .home_count = 2,
				       .homes = {{.relay = someone(1), .addr = bad[i]},
						 {.relay = someone(2), .addr = good}}};
		uint8_t bytes[GN_NODE_OWN_RECORD];
		struct gn_buf buf = {bytes, 0, sizeof bytes};
		gn_op op = 77;
		struct gn_node_found found;
		assert_int_equal(gn_noderec_record(&sk, &r, &buf), GN_OK);
		struct gn_overlay_value value = {.record = gn_buf_slice(&buf)};
		struct gn_overlay_event e = {.op = op, .values = &value, .value_count = 1};
		whole_moved(&w, FIRST);
		*(struct gn_pk *)gn_map_put(&node->homes.finds, &op) = sk.pk;
		assert_true(gn_node_homes_overlay_event(node, &e, &found));
		assert_int_equal(found.addr_count, 1);
		assert_true(gn_addr_eq(&found.addrs[0], &good));
		assert_int_equal(found.home_count, 2); /* the relay may be known otherwise */
		assert_int_equal(found.homes[0].addr_count, 0);
		assert_int_equal(found.homes[1].addr_count, 1);
	}
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_records_are_looked_up),
		cmocka_unit_test(addresses_are_tried_one_by_one),
		cmocka_unit_test(a_session_that_relays_is_kept),
		cmocka_unit_test(calls_end),
		cmocka_unit_test(so_many_call),
		cmocka_unit_test(calls_give_way),
		cmocka_unit_test(who_comes_by_a_relay_has_no_place),
		cmocka_unit_test(no_relays_have_all_calls),
		cmocka_unit_test(so_many_circuits_are_asked_for),
		cmocka_unit_test(who_refuses_a_place_is_no_home),
		cmocka_unit_test(who_was_dialled_may_call_and_leave),
		cmocka_unit_test(a_relayed_packet_has_a_length),
		cmocka_unit_test(the_own_record_is_put_at_times),
		cmocka_unit_test(homes_have_room),
		cmocka_unit_test(records_lead_into_no_private_network),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
