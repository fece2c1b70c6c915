/* Who is on a relay has a circuit through another, to stand by, and leaves a relay that drops,
 * repeats or holds up what goes by it. Rules RE-35, RE-37. */
#include "node/testing/two_home.h"

#include "services/relay/testing/inside.h"

static gn_err (*plain)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
		       uint16_t segment, size_t *sent);
static unsigned times = 1; /* that the bad relay sends what it relays */
static unsigned drops;     /* of a hundred of these packets that it drops */
static unsigned number;    /* of packets that it relayed */

static gn_err bad_relay(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			uint16_t segment, size_t *sent)
{
	gn_err err = GN_OK;
	if (packets.p[0] != GN_RELAY_BYTE)
		return plain(node, to, packets, segment, sent);
	*sent = packets.len;
	if (number++ * 37 % 100 < drops)
		return GN_OK;
	for (unsigned i = 0; i < times && !err; i++)
		err = plain(node, to, packets, segment, sent);
	return err;
}

static void turn_bad(unsigned relay)
{
	plain = whole_node(&w, relay)->outside.send;
	whole_node(&w, relay)->outside.send = bad_relay;
	times = 1;
	drops = number = 0;
}

static const struct gn_node_circuit *circuit_by(unsigned at, unsigned relay)
{
	const struct gn_map *all = &whole_node(&w, at)->ways.circuits;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		if (gn_pk_eq(&c->relay, key_of(relay)) && c->circuit)
			return c;
	}
	return NULL;
}

/* The relay by which the session goes; SERVERS: by none. */
static unsigned main_by(unsigned at, unsigned of)
{
	struct gn_way main;
	if (gn_jet_ways(whole_node(&w, at)->jet, session_of(at, of), &main, 1) == 0 || !main.link)
		return SERVERS;
	const struct gn_node_circuit *c = gn_node_ways_circuit(whole_node(&w, at), main.link);
	for (unsigned i = 0; c && i < SERVERS; i++)
		if (gn_pk_eq(&c->relay, key_of(i)))
			return i;
	return SERVERS;
}

/* The two at home talk by one of the first two servers; which. */
static unsigned begin(void)
{
	make("port", "sym");
	tell_homes(FIRST, key_of(SECOND), 2, (unsigned[]){0, 1});
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	unsigned by = main_by(FIRST, SECOND);
	assert_true(by < 2);
	/* nothing that is said is of use to it */
	gn_node_peers_hold(whole_node(&w, SECOND), session_of(SECOND, FIRST), true);
	return by;
}

static void talk_for(unsigned seconds)
{
	for (unsigned i = 0; i < seconds * 10; i++) {
		say(FIRST, SECOND);
		whole_run_for(&w, 100 * GN_MSEC);
	}
}

/* How often the other's record was, in so many seconds. */
static unsigned looked_up_in(unsigned seconds)
{
	const struct gn_map *finds = &whole_node(&w, FIRST)->homes.finds;
	unsigned times_ = 0;
	for (unsigned i = 0; i < seconds * 1000; i++) {
		uint32_t before = finds->count;
		if (i % 100 == 0)
			say(FIRST, SECOND);
		whole_run_for(&w, GN_MSEC);
		times_ += finds->count > before;
	}
	return times_;
}

static unsigned paths(void)
{
	return info_of(FIRST, SECOND).paths;
}

static void a_second_relay_stands_by(void **state)
{
	(void)state;
	unsigned by = begin();
	assert_int_equal(paths(), 1);
	assert_null(circuit_by(FIRST, !by));
	talk_for(6);
	assert_null(circuit_by(FIRST, !by)); /* not before 10 s */
	talk_for(7);
	assert_int_equal(paths(), 2);
	assert_int_equal(info_of(SECOND, FIRST).paths, 2);
	assert_int_equal(main_by(FIRST, SECOND), by);
	assert_int_equal(counter_of(FIRST, "relay-spare"), 1);
	assert_int_equal(counter_of(SECOND, "relay-spare"), 0); /* who called has it */
	assert_true(circuit_by(SECOND, !by)->called && circuit_by(SECOND, !by)->proven);
	/* it is kept alive, and no other is opened */
	talk_for(40);
	assert_int_equal(paths(), 2);
	assert_int_equal(counter_of(FIRST, "relay-spare"), 1);
	/* with the session it ends, at both ends */
	gn_jet_id id = session_of(FIRST, SECOND);
	assert_int_equal(gn_jet_close(whole_node(&w, FIRST)->jet, id, 0, "", w.now), GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 2 * GN_NODE_LINK_LEAVES + 2 * GN_NODE_SPARE_LOOK);
	assert_null(circuit_by(FIRST, !by));
	assert_null(circuit_by(SECOND, !by));
	assert_int_equal(whole_node(&w, FIRST)->ways.spares, 0);
	whole_free(&w);
}

/* It may have another place than is known: that is looked up, once. */
static void without_another_relay_there_is_none(void **state)
{
	(void)state;
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	for (unsigned i = 1; i < SERVERS; i++)
		gn_relay_give(whole_node(&w, i)->relay,
			      &(struct gn_relay_give){.level = GN_RELAY_OFF}, w.now);
	talk_for(1);
	gn_jet_id id = session_of(SECOND, FIRST); /* which what is said is of no use to */
	gn_node_peers_hold(whole_node(&w, SECOND), id, true);
	talk_for(8);
	assert_int_equal(looked_up_in(112), 1);
	assert_int_equal(paths(), 1);
	assert_int_equal(whole_node(&w, FIRST)->ways.spares, 0);
	gn_node_peers_hold(whole_node(&w, SECOND), id, false);
	assert_in_range(counter_of(FIRST, "asked"), 1, 16);
	whole_free(&w);
}

/* Half of this node's own circuits stand by at most; after a try that brought none it waits. */
static void so_many_stand_by(void **state)
{
	(void)state;
	unsigned by = begin();
	struct gn_node *node = whole_node(&w, FIRST);
	node->ways.spares = GN_NODE_SPARES;
	talk_for(20);
	assert_null(circuit_by(FIRST, !by));
	node->ways.spares = GN_NODE_SPARES - 1;
	talk_for((unsigned)(GN_NODE_SPARE_AGAIN / GN_SEC));
	assert_int_equal(paths(), 2);
	assert_int_equal(node->ways.spares, GN_NODE_SPARES);
	assert_true(GN_NODE_SPARES <= (GN_NODE_LINKS - GN_NODE_CALLS) / 2);
	node->ways.spares = 1;
	whole_free(&w);
}

/* A packet was lost, and the relay is none the worse: it answers when it is asked. */
static void one_that_was_silent_for_a_moment_is_kept(void **state)
{
	(void)state;
	unsigned by = begin();
	talk_for(15);
	turn_bad(by);
	drops = 100;
	for (unsigned i = 0; i < 40 && main_by(FIRST, SECOND) == by; i++) {
		say(FIRST, SECOND);
		whole_run_for(&w, 20 * GN_MSEC);
	}
	assert_int_equal(main_by(FIRST, SECOND), !by);
	drops = 0;
	talk_for(20);
	assert_non_null(circuit_by(FIRST, by));
	assert_false(gn_relay_is_bad(whole_node(&w, FIRST)->relay, key_of(by), w.now));
	whole_free(&w);
}

/* ---- RE-37: left in 5, 10, 3 s ---- */

/* How long until nothing goes by that relay any more; a session that is on another by then. */
static gn_time left_after(unsigned by, const char *what, gn_time every, size_t bytes)
{
	static uint8_t junk[1100];
	struct gn_overlay_message m = {
		.bytes = gn_slice(junk, bytes), .reliable = true, .to.pk = *key_of(SECOND)};
	gn_time began = w.now, moved = 0;
	while (circuit_by(FIRST, by) && w.now - began < 60 * GN_SEC) {
		whole_moved(&w, FIRST);
		gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
		whole_moved(&w, FIRST);
		whole_run_for(&w, every);
		if (!moved && main_by(FIRST, SECOND) != by)
			moved = w.now - began;
	}
	print_message("%s: on another after %.2f s, left after %.2f s\n", what,
		      (double)moved / GN_SEC, (double)(w.now - began) / GN_SEC);
	assert_int_equal(main_by(FIRST, SECOND), !by);
	return w.now - began;
}

static void one_that_holds_up_is_left_in_three_seconds(void **state)
{
	(void)state;
	unsigned by = begin();
	talk_for(15);
	turn_bad(by);
	drops = 100;
	assert_true(left_after(by, "stall", 100 * GN_MSEC, 8) <=
		    RELAY_BAD_SILENT + GN_NODE_JUDGE_SILENT + 100 * GN_MSEC);
	whole_free(&w);
}

/* Before there is a spare circuit: another is opened at once. */
static void also_one_that_does_from_the_beginning(void **state)
{
	(void)state;
	unsigned by = begin();
	turn_bad(by);
	drops = 100;
	assert_true(left_after(by, "stall at once", 100 * GN_MSEC, 8) <=
		    RELAY_BAD_SILENT + GN_NODE_JUDGE_SILENT + 100 * GN_MSEC);
	whole_free(&w);
}

static void one_that_drops_is_left_in_five_seconds(void **state)
{
	(void)state;
	unsigned by = begin();
	talk_for(15);
	turn_bad(by);
	drops = 30;
	assert_true(left_after(by, "drop", 20 * GN_MSEC, 8) <= 5 * GN_SEC);
	whole_free(&w);
}

static void one_that_repeats_is_left_in_ten_seconds(void **state)
{
	(void)state;
	unsigned by = begin();
	talk_for(15);
	turn_bad(by);
	times = 2;
	assert_true(left_after(by, "replay", 100 * GN_MSEC, 8) <= 10 * GN_SEC);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_relay_stands_by),
		cmocka_unit_test(without_another_relay_there_is_none),
		cmocka_unit_test(so_many_stand_by),
		cmocka_unit_test(one_that_was_silent_for_a_moment_is_kept),
		cmocka_unit_test(one_that_holds_up_is_left_in_three_seconds),
		cmocka_unit_test(also_one_that_does_from_the_beginning),
		cmocka_unit_test(one_that_drops_is_left_in_five_seconds),
		cmocka_unit_test(one_that_repeats_is_left_in_ten_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
