/* Relays that are bad are noticed and left for an hour, and others are not. Rule RE-37. */
#include "node/testing/two_home.h"

#include "services/relay/testing/inside.h"

static gn_err (*plain)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
		       uint16_t segment, size_t *sent);
static unsigned times;  /* that the relay sends what it relays */
static unsigned drops;  /* of a hundred of these packets that it drops */
static unsigned number; /* of packets that it relayed */

/* What the relay sends itself goes as it should. */
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

/* The two at home talk by the first server. */
static void begin(void)
{
	make("port", "sym");
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	turn_bad(0);
}

static bool left(unsigned by)
{
	return gn_relay_is_bad(whole_node(&w, by)->relay, key_of(0), w.now);
}

static void talk_for(unsigned seconds)
{
	for (unsigned i = 0; i < seconds * 10; i++) {
		say(FIRST, SECOND);
		whole_run_for(&w, 100 * GN_MSEC);
	}
}

static void a_good_relay_is_kept(void **state)
{
	(void)state;
	begin();
	talk_for(70);
	assert_false(left(FIRST) || left(SECOND));
	assert_int_equal(counter_of(FIRST, "relay-left"), 0);
	whole_free(&w);
}

static bool blamed(unsigned by)
{
	return gn_node_ways_blamed(whole_node(&w, by), key_of(0),
				   key_of(by == FIRST ? SECOND : FIRST));
}

/* That may be the peer's doing: the two leave it, and it is a relay for all others. */
static void one_that_repeats_is_left_with_that_peer_in_ten_seconds(void **state)
{
	(void)state;
	begin();
	times = 2;
	talk_for(10);
	assert_true(blamed(FIRST) || blamed(SECOND));
	assert_false(left(FIRST) || left(SECOND));
	unsigned who = blamed(FIRST) ? FIRST : SECOND;
	assert_true(counter_of(who, "relay-blamed") == 1 && counter_of(who, "left_bad") == 0);
	/* for an hour it is not asked; they talk by the other */
	uint64_t opened = counter_of(1, "opened");
	tell_homes(who, key_of(who == FIRST ? SECOND : FIRST), 2, (unsigned[]){0, 1});
	whole_run_for(&w, 30 * GN_SEC);
	say(who, who == FIRST ? SECOND : FIRST);
	whole_run_for(&w, 10 * GN_SEC);
	assert_true(counter_of(1, "opened") > opened);
	assert_int_equal(counter_of(who, "relay-blamed"), 1); /* once an hour */
	whole_free(&w);
}

/* With two peers of different prefixes it is the relay itself. */
static void one_that_repeats_with_two_is_left_by_all(void **state)
{
	(void)state;
	begin();
	struct gn_pk other = someone(1);
	struct gn_addr elsewhere = gn_addr_v4(77, 1, 2, 3, 4);
	whole_moved(&w, FIRST);
	assert_false(gn_node_ways_blame(whole_node(&w, FIRST), key_of(0), &other, &elsewhere));
	whole_moved(&w, SECOND);
	assert_false(gn_node_ways_blame(whole_node(&w, SECOND), key_of(0), &other, &elsewhere));
	times = 2;
	talk_for(10);
	assert_true(left(FIRST) || left(SECOND));
	unsigned who = left(FIRST) ? FIRST : SECOND;
	assert_true(counter_of(who, "relay-left") == 1 && counter_of(who, "left_bad") == 1);
	/* for an hour it is not asked; they talk by the other */
	times = 1;
	uint64_t opened = counter_of(1, "opened");
	whole_run_for(&w, 30 * GN_SEC);
	tell_homes(FIRST, key_of(SECOND), 2, (unsigned[]){0, 1});
	say(FIRST, SECOND);
	whole_run_for(&w, 10 * GN_SEC);
	if (who == FIRST)
		assert_true(counter_of(1, "opened") > opened);
	assert_true(left(who));
	whole_free(&w);
}

/* Who blames a relay: peers of one prefix are one, those of whom none is known none; and not for
 * ever. */
static void one_network_is_one_voice(void **state)
{
	(void)state;
	make("port", "sym");
	struct gn_node *node = whole_node(&w, FIRST);
	whole_moved(&w, FIRST);
	struct gn_addr none = {.port = 0}, at = gn_addr_v4(77, 1, 2, 3, 4),
		       beside = gn_addr_v4(77, 1, 2, 9, 9), apart = gn_addr_v4(77, 1, 3, 3, 4);
	struct gn_pk relay = someone(9), peer[4];
	for (uint8_t i = 0; i < 4; i++)
		peer[i] = someone(i);
	assert_false(gn_node_ways_blame(node, &relay, &peer[0], &at));
	assert_false(gn_node_ways_blame(node, &relay, &peer[1], &beside));
	assert_false(gn_node_ways_blame(node, &peer[3], &peer[2], &apart)); /* another relay */
	assert_true(gn_node_ways_blamed(node, &relay, &peer[1]));
	assert_false(gn_node_ways_blamed(node, &relay, &peer[2]));
	node->now += GN_NODE_BLAMED_FOR;
	assert_false(gn_node_ways_blamed(node, &relay, &peer[1]));
	assert_false(gn_node_ways_blame(node, &relay, &peer[2], &none));
	assert_false(gn_node_ways_blame(node, &relay, &peer[2], &apart)); /* the same peer */
	node->now += GN_NODE_BLAMED_FOR;
	assert_false(gn_node_ways_blame(node, &relay, &peer[2], &none));
	assert_false(gn_node_ways_blame(node, &relay, &peer[3], &none));
	/* who says nothing of where it is may be who says it, and one machine has both families */
	struct gn_addr six = {.ip = {0x2a, 1, 2, 3}, .port = 4};
	assert_false(gn_node_ways_blame(node, &relay, &peer[0], &six));
	assert_false(gn_node_ways_blame(node, &relay, &peer[1], &at));
	assert_true(gn_node_ways_blame(node, &relay, &peer[0], &apart));
	assert_true(gn_node_ways_blame(node, &relay, &peer[1], &at));
	/* the oldest gives way */
	for (unsigned i = 0; i < GN_NODE_BLAMES; i++) {
		assert_true(gn_node_ways_blamed(node, &relay, &peer[1]));
		node->now++;
		(void)gn_node_ways_blame(node, &peer[0], &peer[1], &none);
	}
	assert_false(gn_node_ways_blamed(node, &relay, &peer[1]));
	node->now = w.now;
	whole_free(&w);
}

/* Once the peer is heard by another: 5 s until another session is begun, and until that is up. */
static void one_that_lets_nothing_through_is_left_when_another_does(void **state)
{
	(void)state;
	begin();
	drops = 100;
	gn_time began = w.now;
	tell_homes(FIRST, key_of(SECOND), 2, (unsigned[]){0, 1});
	for (unsigned i = 0; i < 400 && !blamed(FIRST); i++) {
		say(FIRST, SECOND);
		whole_run_for(&w, 100 * GN_MSEC);
	}
	assert_true(w.now - began <= 20 * GN_SEC);
	assert_true(blamed(FIRST));
	whole_free(&w);
}

/* As many as are allowed in a minute are no sign. */
static void few_that_come_twice_are_forgiven(void **state)
{
	(void)state;
	begin();
	for (unsigned minute = 0; minute < 6; minute++) {
		times = 2;
		for (unsigned i = 0; i < RELAY_BAD_REPLAYS / 2 - 1; i++) {
			say(FIRST, SECOND);
			whole_run_for(&w, GN_NODE_JUDGE / 5);
		}
		times = 1;
		talk_for(59);
	}
	assert_false(left(FIRST) || left(SECOND));
	whole_free(&w);
}

/* Silence is nobody's fault while nothing else of the peer is heard. */
static void a_peer_that_is_gone_is_not_its_relays_fault(void **state)
{
	(void)state;
	begin();
	struct gn_pk second = *key_of(SECOND);
	struct gn_overlay_message m = {
		.bytes = GN_LIT("12345678"), .reliable = true, .to.pk = second};
	whole_kill(&w, SECOND);
	for (unsigned i = 0; i < 20; i++) {
		say(FIRST, 0); /* the relay answers */
		whole_moved(&w, FIRST);
		gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_INTERACTIVE);
		whole_moved(&w, FIRST);
		whole_run_for(&w, GN_SEC);
	}
	assert_false(left(FIRST));
	assert_false(gn_node_ways_blamed(whole_node(&w, FIRST), key_of(0), &second));
	assert_int_equal(counter_of(FIRST, "relay-blamed"), 0);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_relay_is_kept),
		cmocka_unit_test(one_that_repeats_is_left_with_that_peer_in_ten_seconds),
		cmocka_unit_test(one_that_repeats_with_two_is_left_by_all),
		cmocka_unit_test(one_network_is_one_voice),
		cmocka_unit_test(one_that_lets_nothing_through_is_left_when_another_does),
		cmocka_unit_test(few_that_come_twice_are_forgiven),
		cmocka_unit_test(a_peer_that_is_gone_is_not_its_relays_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
