/* RE-10: sessions with an open stream outlast their peer's silence: a laptop that sleeps, a tunnel,
 * another network meanwhile; how long, at what cost, and how many. */
#include "jet/mark_int.h"
#include "jet/park_int.h"
#include "jet/session_int.h"
#include "jet/testing/ends.h"
#include "jet/testing/pair.h"
#include "jet/timers_int.h"
#include <stdlib.h>

static const struct jet_sim_link_config line = {
	.delay = 10 * GN_MSEC, .rate = 20000000, .queue = 200000};

static struct jet_session *session(struct pair *p, int i)
{
	return forge_session(p->sim.nodes[i].jet);
}

static void run(struct pair *p, gn_time t)
{
	jet_sim_run(&p->sim, p->sim.now + t);
}

static struct pair *start(uint64_t seed, const struct gn_jet_config *a,
			  const struct gn_jet_config *b)
{
	struct pair *p = calloc(1, sizeof *p);
	assert_non_null(p);
	pair_init(p, seed, a, b, &line);
	pair_connect(p);
	run(p, GN_SEC);
	return p;
}

static void send_both(struct pair *p, uint64_t bytes)
{
	for (int i = 0; i < 2; i++) {
		app_send(&p->sim, i, bytes, true, GN_JET_FILES);
		jet_sim_flush(&p->sim, i);
	}
}

static void finish(struct pair *p)
{
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 60 * GN_SEC));
	pair_check(p);
	assert_int_equal(p->app[0].closed + p->app[1].closed, 0);
	pair_fini(p);
	free(p);
}

/* Sleeps for ten minutes in the middle of a transfer, and wakes where it was or in another network:
 * no byte is lost, and what stood still goes on at once. */
static void test_a_laptop_sleeps(void **state)
{
	(void)state;
	for (int k = 0; k < 8; k++) {
		int who = k & 1;
		struct pair *p = start(1 + (uint64_t)k, NULL, NULL);
		send_both(p, 8000000);
		run(p, 400 * GN_MSEC);
		p->sim.nodes[who].asleep = true;
		run(p, 600 * GN_SEC);
		assert_true(jet_is_parked(session(p, 1 - who)));
		p->sim.nodes[who].asleep = false;
		if (k & 2)
			p->sim.nodes[who].way.addr = gn_addr_v4(10, 9, 0, 1, 5000);
		gn_time woken = p->sim.now;
		if (k & 4) /* the timers run before the owner sees how long it has slept */
			gn_jet_tick(p->sim.nodes[who].jet, woken);
		gn_jet_network(p->sim.nodes[who].jet, woken);
		jet_sim_flush(&p->sim, who);
		run(p, 500 * GN_MSEC);
		for (int i = 0; i < 2; i++) {
			assert_false(jet_is_parked(session(p, i)));
			assert_true(p->app[i].last_read_at > woken);
		}
		finish(p);
	}
}

/* Both are there, and nothing between them for as long: they find each other by their challenges,
 * which are few. */
static void test_a_tunnel(void **state)
{
	(void)state;
	struct pair *p = start(20, NULL, NULL);
	send_both(p, 8000000);
	run(p, 400 * GN_MSEC);
	for (int i = 0; i < 2; i++)
		p->sim.links[i].down = true;
	run(p, 120 * GN_SEC);
	uint64_t lost = p->sim.links[0].lost;
	run(p, 600 * GN_SEC);
	assert_true(p->sim.links[0].lost - lost >= 9 && p->sim.links[0].lost - lost <= 11);
	for (int i = 0; i < 2; i++) {
		assert_true(jet_is_parked(session(p, i)));
		p->sim.links[i].down = false;
	}
	run(p, JET_PARK_PROBE_MAX);
	for (int i = 0; i < 2; i++)
		assert_false(jet_is_parked(session(p, i)));
	finish(p);
}

/* A stream that is open and quiet is reason enough; without one the idle timeout holds, and so it
 * does with one that was given up, before or later, and with a peer of an older day. */
static void test_what_lingers(void **state)
{
	(void)state;
	static const struct gn_jet_config one_path = {.paths = 1};
	enum { NO_STREAM, QUIET, GIVEN_UP, GIVEN_UP_LATER, OLD_PEER, CASES };
	for (int k = NO_STREAM; k < CASES; k++) {
		struct pair *p = start(30 + (uint64_t)k, NULL, k == OLD_PEER ? &one_path : NULL);
		struct gn_jet *jet = p->sim.nodes[0].jet;
		gn_jet_stream stream = 0;
		size_t taken;
		if (k != NO_STREAM) {
			assert_int_equal(
				gn_jet_stream_open(jet, p->id, false, GN_JET_INTERACTIVE, &stream),
				GN_OK);
			assert_int_equal(
				gn_jet_stream_write(jet, p->id, stream, GN_LIT("x"), false, &taken),
				GN_OK);
			jet_sim_flush(&p->sim, 0);
		}
		run(p, GN_SEC);
		p->sim.nodes[1].asleep = true;
		run(p, k == GIVEN_UP_LATER ? 100 * GN_SEC : GN_SEC);
		if (k == GIVEN_UP || k == GIVEN_UP_LATER) {
			assert_int_equal(p->app[0].closed, 0);
			assert_int_equal(gn_jet_stream_reset(jet, p->id, stream, 1), GN_OK);
			assert_int_equal(gn_jet_stream_stop(jet, p->id, stream, 1), GN_OK);
			jet_sim_flush(&p->sim, 0);
			run(p, k == GIVEN_UP ? 70 * GN_SEC : GN_SEC);
			assert_int_equal(p->app[0].closed, 1);
		}
		run(p, 300 * GN_SEC);
		assert_int_equal(p->app[0].closed, k != QUIET);
		assert_int_equal(jet_sim_counter(&p->sim, 0, "sessions-parked"),
				 k == QUIET || k == GIVEN_UP_LATER);
		pair_fini(p);
		free(p);
	}
}

/* The smaller of both ends' times counts. */
static void test_how_long(void **state)
{
	(void)state;
	static const struct gn_jet_config shorter = {.linger = 200 * GN_SEC};
	for (int k = 0; k < 3; k++) {
		struct pair *p =
			start(40 + (uint64_t)k, k == 1 ? &shorter : NULL, k == 2 ? &shorter : NULL);
		gn_time most = k ? shorter.linger : JET_LINGER;
		for (int i = 0; i < 2; i++)
			assert_int_equal(session(p, i)->linger, most);
		send_both(p, 8000000);
		run(p, 400 * GN_MSEC);
		p->sim.nodes[1].asleep = true;
		run(p, most - GN_SEC);
		assert_int_equal(p->app[0].closed, 0);
		run(p, 2 * GN_SEC);
		assert_int_equal(p->app[0].closed, 1);
		assert_int_equal(p->app[0].err, GN_TIMEOUT);
		pair_fini(p);
		free(p);
	}
}

/* ---- limits ---- */

static void write_some(struct ends *e, struct jet_session *s, size_t len, size_t expected)
{
	static const uint8_t bytes[20000];
	gn_jet_stream stream;
	size_t taken;
	assert_int_equal(gn_jet_stream_open(e->jet[0], s->id, true, GN_JET_INTERACTIVE, &stream),
			 GN_OK);
	assert_int_equal(
		gn_jet_stream_write(e->jet[0], s->id, stream, gn_slice(bytes, len), true, &taken),
		GN_OK);
	assert_int_equal(taken, expected);
}

static unsigned sent(struct ends *e)
{
	unsigned n = 0;
	while (ends_send(e, 0))
		n++;
	return n;
}

/* Parked at the limit, not before; then challenges at once each, later and later, and nothing else;
 * a packet wakes it, and so does the network. */
static void test_times(void **state)
{
	(void)state;
	for (int network = 0; network < 2; network++) {
		struct ends *e = ends_several();
		struct jet_session *s = e->s[0];
		gn_time began = e->now;
		write_some(e, s, 3000, 3000);
		sent(e);
		assert_int_equal(s->idle_at, began);
		ends_tick(e, 0, began + JET_PARK_AFTER - 1);
		assert_false(jet_is_parked(s));
		ends_tick(e, 0, began + JET_PARK_AFTER);
		assert_true(jet_is_parked(s));
		write_some(e, s, 10, 0); /* it waits */
		static const gn_time waits[] = {JET_PARK_PROBE, 2 * JET_PARK_PROBE,
						JET_PARK_PROBE_MAX, JET_PARK_PROBE_MAX};
		for (size_t i = 0; i < GN_COUNT(waits); i++) {
			gn_time next = e->now + waits[i];
			ends_tick(e, 0, e->now + 6 * GN_SEC); /* the last one has failed */
			e->now = next - 1;
			gn_jet_tick(e->jet[0], e->now);
			assert_int_equal(sent(e), 0);
			e->now = next;
			gn_jet_tick(e->jet[0], e->now);
			assert_int_equal(sent(e), 2); /* a path each, */
			gn_jet_tick(e->jet[0], e->now + JET_RELIABLE_SILENCE - 1);
			assert_int_equal(sent(e), 0); /* once */
		}
		if (network) {
			e->now += JET_RELIABLE_SILENCE; /* the test's clock, too */
			gn_jet_network(e->jet[0], e->now);
			assert_false(jet_is_parked(s));
			assert_true(sent(e) >= 2);
			ends_tick(e, 0, e->now + JET_PARK_AFTER - 1);
			assert_false(jet_is_parked(s));
			ends_tick(e, 0, e->now + 1);
			assert_true(jet_is_parked(s));
		} else {
			uint8_t packet[2048];
			size_t len = forge_packet(e->s[1], GN_LIT("\x01"), packet);
			assert_int_equal(ends_give(e, 0, gn_slice(packet, len)), GN_OK);
			assert_false(jet_is_parked(s));
			assert_int_equal(s->path->pto_count, 0);
			assert_true(sent(e) > 0);
			assert_true(s->path->cc.in_flight > 3000); /* it goes again */
		}
		ends_free(e);
	}
}

/* Another session of end 0, of the n-th key and prefix, that has something in flight. */
static struct jet_session *another(struct ends *e, uint32_t key, uint8_t prefix)
{
	struct gn_way way = {.addr = gn_addr_v4(203, prefix, 1, 1, 1)};
	struct jet_session *s = forge_open(e->jet[0], false, &way, e->now);
	memcpy(&s->holder.key, &key, sizeof key);
	forge_several(s);
	memcpy(s->cid_tx, e->s[0]->cid_tx, sizeof s->cid_tx);
	return s;
}

static void park_it(struct ends *e, struct jet_session *s)
{
	gn_jet_stream stream;
	assert_int_equal(gn_jet_stream_open(e->jet[0], s->id, true, GN_JET_INTERACTIVE, &stream),
			 GN_OK);
	s->sent_since = true;
	s->idle_at = e->now - JET_PARK_AFTER;
	assert_int_equal(jet_park_tick(s, e->now), GN_OK);
}

static void test_places_of_a_key(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *all[JET_PARKED_PER_KEY + 1], *other = another(e, 2, 9);
	park_it(e, other);
	for (uint8_t i = 0; i <= JET_PARKED_PER_KEY; i++) {
		assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 0);
		all[i] = another(e, 1, i);
		park_it(e, all[i]);
	}
	assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 1);
	assert_int_equal(all[0]->state, JET_S_DRAINING); /* the oldest of the key */
	assert_true(jet_is_parked(other) && jet_is_parked(all[1]) &&
		    jet_is_parked(all[JET_PARKED_PER_KEY]));
	gn_jet_validate(e->jet[0]);
	ends_free(e);
}

/* In a crowd, above three quarters. */
static void test_places_of_a_prefix(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	uint32_t crowd = JET_PARKED - JET_PARKED / 4, key = 1;
	struct jet_session *first = another(e, key++, 200), *mine[JET_PARKED_PER_PREFIX + 1];
	park_it(e, first);
	for (uint32_t i = 0; i <= JET_PARKED_PER_PREFIX; i++) {
		mine[i] = another(e, key++, 201);
		if (i < JET_PARKED_PER_PREFIX)
			park_it(e, mine[i]);
	}
	for (; key <= crowd + 2; key++)
		park_it(e, another(e, key, (uint8_t)(key % 199)));
	assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 0);
	park_it(e, mine[JET_PARKED_PER_PREFIX]);
	assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 1);
	assert_int_equal(mine[0]->state, JET_S_DRAINING);
	assert_true(jet_is_parked(first));
	gn_jet_validate(e->jet[0]);
	ends_free(e);
}

static void test_places(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *first = NULL;
	for (uint32_t i = 0; i <= JET_PARKED; i++) {
		assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 0);
		struct jet_session *s = another(e, 1 + i, (uint8_t)i);
		first = first ? first : s;
		park_it(e, s);
		assert_true(jet_is_parked(s));
	}
	assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 1);
	assert_int_equal(first->state, JET_S_DRAINING);
	gn_jet_validate(e->jet[0]);
	ends_free(e);
}

static void test_bytes(void **state)
{
	(void)state;
	for (uint64_t past = 0; past < 2; past++) {
		struct ends *e = ends_several();
		struct jet_session *first = another(e, 1, 1), *s = another(e, 2, 2);
		park_it(e, first);
		write_some(e, s, 5000, 5000);
		uint64_t others = JET_PARKED_BYTES - 5000 + past;
		first->parked_bytes += others; /* as if it held them */
		e->jet[0]->parked.bytes += others;
		park_it(e, s);
		assert_int_equal(ends_count(e, 0, "sessions-parked-left"), past);
		assert_int_equal(first->state, past ? JET_S_DRAINING : JET_S_OPEN);
		assert_true(jet_is_parked(s));
		assert_int_equal(e->jet[0]->parked.bytes, past ? 5000 : JET_PARKED_BYTES);
		gn_jet_validate(e->jet[0]);
		ends_free(e);
	}
}

/* Others hold all there is, and none of them can leave. */
static void test_no_place(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = another(e, 1, 1);
	write_some(e, s, 5000, 5000);
	s->sent_since = true;
	s->idle_at = e->now - JET_PARK_AFTER;
	e->jet[0]->parked.bytes = JET_PARKED_BYTES - 5000 + 1;
	gn_jet_tick(e->jet[0], e->now);
	jet_session_tick(s, e->now);
	assert_int_equal(s->state, JET_S_CLOSING);
	assert_int_equal(s->close_err, GN_TIMEOUT);
	assert_int_equal(ends_count(e, 0, "sessions-parked-left"), 1);
	e->jet[0]->parked.bytes = 0;
	ends_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_laptop_sleeps),
		cmocka_unit_test(test_a_tunnel),
		cmocka_unit_test(test_what_lingers),
		cmocka_unit_test(test_how_long),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_places_of_a_key),
		cmocka_unit_test(test_places_of_a_prefix),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_no_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
