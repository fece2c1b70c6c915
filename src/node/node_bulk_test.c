/* Who has much to send over a small circuit asks for one of bulk (RE-33, RE-31), by whole nodes in
 * virtual time. */
#include "node/testing/two_home.h"

#include "services/relay/testing/inside.h"

#define MUCH 600000u /* bytes: five minutes of a small circuit */

/* A tunnel, by which much goes. */
static struct {
	unsigned from, to;
	uint64_t out, in;
	size_t sent, came;
} t;

static void give(unsigned relay, enum gn_relay_give_level level)
{
	gn_relay_give(whole_node(&w, relay)->relay,
		      &(struct gn_relay_give){.level = level, .bulk_rate = 1u << 20}, w.now);
	whole_moved(&w, relay);
}

/* The two at home talk by the first relay, or by the first two. */
static void begin(unsigned homes)
{
	make("sym", "sym");
	whole_run_for(&w, 60 * GN_SEC);
	tell_homes(FIRST, key_of(SECOND), homes, (unsigned[]){0, 1});
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
}

static const struct gn_node_circuit *main_of(unsigned at, unsigned of)
{
	struct gn_way main;
	assert_int_equal(gn_jet_ways(whole_node(&w, at)->jet, session_of(at, of), &main, 1), 1);
	return gn_node_ways_circuit(whole_node(&w, at), main.link);
}

static void join(unsigned from, unsigned to)
{
	const struct gn_tunnel_dial d = {.pk = *key_of(to),
					 .service = GN_LIT("send/1"),
					 .class = GN_JET_FILES,
					 .patience = 60 * GN_SEC};
	memset(&t, 0, sizeof t);
	t.from = from;
	t.to = to;
	whole_moved(&w, to);
	assert_int_equal(gn_node_tunnel_listen(whole_node(&w, to), d.service, NULL, NULL, &t.in),
			 GN_OK);
	whole_moved(&w, from);
	assert_int_equal(gn_node_tunnel_dial(whole_node(&w, from), &d, &t.out), GN_OK);
	whole_moved(&w, from);
	whole_run_for(&w, 3 * GN_SEC);
}

static void carry(size_t much)
{
	static const uint8_t zeros[65536];
	static uint8_t room[65536];
	size_t n = much - t.sent < sizeof zeros ? much - t.sent : sizeof zeros;
	bool end;
	whole_moved(&w, t.from);
	if (gn_node_tunnel_write(whole_node(&w, t.from), t.out, gn_slice(zeros, n), &n) == GN_OK)
		t.sent += n;
	whole_moved(&w, t.from);
	whole_run_for(&w, 100 * GN_MSEC);
	whole_moved(&w, t.to);
	while (gn_node_tunnel_read(whole_node(&w, t.to), t.in, room, sizeof room, &n, &end) ==
		       GN_OK &&
	       n)
		t.came += n;
	whole_moved(&w, t.to);
}

/* Sends so much more; seconds until it was there, or `most`. */
static unsigned send_much(size_t much, unsigned most)
{
	unsigned tenths = 0;
	much += t.came;
	for (; t.came < much && tenths < 10 * most; tenths++)
		carry(much);
	return tenths / 10;
}

static void much_gets_a_circuit_of_bulk(void **state)
{
	(void)state;
	begin(1);
	join(FIRST, SECOND);
	gn_jet_id id = session_of(FIRST, SECOND);
	assert_true(main_of(FIRST, SECOND)->small && main_of(SECOND, FIRST)->small);
	give(0, GN_RELAY_COMMONS);
	assert_in_range(send_much(50000, 20), 0, 19); /* that small ones do, too */
	whole_run_for(&w, 30 * GN_SEC);
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), 0);
	unsigned took = send_much(MUCH, 300);
	print_message("%u kB in %u s\n", MUCH / 1000, took);
	assert_in_range(took, 1, 60);
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), 1);
	assert_int_equal(counter_of(FIRST, "relay-bulk"), 1);
	assert_false(main_of(FIRST, SECOND)->small || main_of(SECOND, FIRST)->small);
	/* no more are asked for, and it is the session's that it was opened for */
	(void)send_much(MUCH, 60);
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), 1);
	assert_int_equal(session_of(FIRST, SECOND), id);
	assert_int_equal(gn_jet_close(whole_node(&w, FIRST)->jet, id, 0, "", w.now), GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(whole_node(&w, FIRST)->ways.spares, 0);
	whole_free(&w);
}

/* Nobody gives any: the session stays where it is, and relays are asked less and less. */
static void who_is_refused_stays(void **state)
{
	(void)state;
	begin(1);
	join(FIRST, SECOND);
	gn_jet_id id = session_of(FIRST, SECOND);
	(void)send_much(MUCH, GN_NODE_BULK_AFTER / GN_SEC - 1);
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), 0);
	(void)send_much(MUCH, 50);
	uint64_t round = counter_of(FIRST, "relay-bulk-asked");
	assert_in_range(round, 1, 1 + GN_NODE_HOMES + GN_NODE_RELAYS);
	(void)send_much(MUCH, 100); /* 150: again after 60, and not yet after 120 more */
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), 2 * round);
	assert_in_range(t.came, 150u * 1024, 64 * 1024 + 160u * 2048);
	assert_int_equal(counter_of(FIRST, "relay-bulk"), 0);
	assert_int_equal(session_of(FIRST, SECOND), id);
	/* not later than so, however often */
	struct session *s = gn_map_get(&whole_node(&w, FIRST)->peers.by_session, &id);
	s->bulk_rounds = GN_NODE_BULK_ROUNDS;
	s->bulk_at = 0;
	(void)send_much(MUCH, 15);
	assert_int_equal(s->bulk_rounds, GN_NODE_BULK_ROUNDS);
	gn_time most = GN_NODE_BULK_AGAIN << GN_NODE_BULK_ROUNDS;
	assert_true(s->bulk_at - w.now <= most && s->bulk_at - w.now > most - 15 * GN_SEC);
	whole_free(&w);
}

/* What a relay says that it lets through tells one from the other, at both ends. */
static void a_circuit_is_small_by_its_rate(void **state)
{
	(void)state;
	begin(1);
	const struct gn_node_circuit *c = main_of(SECOND, FIRST);
	struct gn_relay_event e = {.kind = GN_RELAY_CALLED, .op = c->op, .rate = {0, 65536}};
	struct gn_node_circuit out;
	for (int more = 1; more >= 0; more--) {
		e.rate.rate = GN_NODE_CIRCUIT_SMALL + (uint32_t)more;
		assert_int_equal(gn_node_ways_event(whole_node(&w, SECOND), &e, &out),
				 GN_NODE_WAYS_NOTHING);
		assert_int_equal(c->small, !more);
	}
	whole_free(&w);
}

/* A relay says that more goes than does, at both ends: it is left for bulk elsewhere, as one that
 * says the truth is. */
static void a_rate_that_is_a_lie_holds_nobody(void **state)
{
	static const uint32_t lies[] = {RELAY_SMALL_RATE + 1, RELAY_COMMONS_RATE / 2,
					RELAY_COMMONS_RATE, 1u << 20};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(lies); i++) {
		begin(2);
		join(FIRST, SECOND);
		for (unsigned k = 2; k < SERVERS; k++)
			give(k, GN_RELAY_COMMONS);
		for (unsigned end = 0; end < 2; end++) {
			unsigned at = end ? SECOND : FIRST;
			struct gn_node_circuit out;
			struct gn_relay_event e = {.kind = GN_RELAY_CALLED,
						   .op = main_of(at, end ? FIRST : SECOND)->op,
						   .rate = {lies[i], 65536}};
			assert_int_equal(gn_node_ways_event(whole_node(&w, at), &e, &out),
					 GN_NODE_WAYS_NOTHING);
		}
		unsigned took = send_much(MUCH, 400);
		print_message("%u: %u kB in %u s\n", lies[i], MUCH / 1000, took);
		assert_in_range(took, 1, 60);
		whole_free(&w);
	}
}

/* The end that was called has much to send: by the other's homes, which it looks up. */
static void who_was_called_asks(void **state)
{
	(void)state;
	begin(1);
	join(SECOND, FIRST);
	for (unsigned i = 1; i < SERVERS; i++)
		give(i, GN_RELAY_COMMONS);
	peers_of(whole_node(&w, SECOND), key_of(FIRST))->home_count = 0;
	whole_node(&w, FIRST)->ways.spares += GN_NODE_SPARES; /* else one stands by, and is taken */
	(void)send_much(MUCH, (GN_NODE_BULK_AFTER + GN_NODE_FIND_TIME) / GN_SEC - 1);
	assert_int_equal(counter_of(SECOND, "relay-bulk-asked"), 0);
	unsigned took = send_much(MUCH, 300);
	print_message("%u kB in %u s\n", MUCH / 1000, took);
	assert_in_range(took, 1, 60);
	assert_int_equal(counter_of(SECOND, "relay-bulk"), 1);
	assert_true(peer_at(SECOND, FIRST)->home_count > 0);
	assert_false(main_of(SECOND, FIRST)->small);
	whole_node(&w, FIRST)->ways.spares -= GN_NODE_SPARES;
	whole_free(&w);
}

/* What was given ends: the session is on a small one again, and does not ask before its time. */
static void what_ends_is_not_asked_for_at_once(void **state)
{
	(void)state;
	begin(1);
	join(FIRST, SECOND);
	give(0, GN_RELAY_COMMONS);
	assert_in_range(send_much(MUCH, 200), 1, 60);
	uint64_t asked = counter_of(FIRST, "relay-bulk-asked");
	give(0, GN_RELAY_SMALL);
	(void)send_much(MUCH, 15);
	assert_true(main_of(FIRST, SECOND)->small);
	give(0, GN_RELAY_COMMONS);
	(void)send_much(MUCH, 10);
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), asked);
	assert_in_range(send_much(MUCH, 120), 1, 119);
	/* the relay that the session is on now refuses, the next does not */
	assert_int_equal(counter_of(FIRST, "relay-bulk-asked"), asked + 2);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(much_gets_a_circuit_of_bulk),
		cmocka_unit_test(who_is_refused_stays),
		cmocka_unit_test(a_circuit_is_small_by_its_rate),
		cmocka_unit_test(a_rate_that_is_a_lie_holds_nobody),
		cmocka_unit_test(who_was_called_asks),
		cmocka_unit_test(what_ends_is_not_asked_for_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
