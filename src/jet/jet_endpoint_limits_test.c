/* Limits of an endpoint, each at the limit and one past it: how many sessions, who waits, what is
 * answered to strangers, how long it waits for what. */
#include "jet/admit_int.h"
#include "jet/handshake_int.h"
#include "jet/mark_int.h"
#include "jet/testing/ends.h"
#include "jet/token_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ends *ends_new(const struct gn_jet_config *config)
{
	struct ends *e = malloc(sizeof *e);
	ends_init(e, config);
	return e;
}

static struct gn_way stranger(unsigned n)
{
	return (struct gn_way){.addr = gn_addr_v4(198, (uint8_t)(n >> 8), (uint8_t)n, 1, 1000)};
}

/* ---- sessions ---- */

static gn_err dial(struct ends *e, gn_jet_id *id)
{
	return gn_jet_connect(e->jet[0], &e->way[1], NULL, e->now, id);
}

static void test_dials(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	struct gn_jet *jet = e->jet[0];
	uint32_t others = JET_SESSIONS - 1 - jet->dials;
	gn_jet_id id;
	jet->dials += others;
	assert_int_equal(dial(e, &id), GN_OK);
	assert_int_equal(dial(e, &id), GN_LIMIT);
	assert_int_equal(ends_count(e, 0, "session-limit"), 1);
	assert_int_equal(ends_count(e, 0, "sessions-out"), 1);
	assert_int_equal(jet->open.max, JET_SESSIONS); /* and as many that come in */
	jet->dials -= others;
	ends_free(e);
}

/* So many half-open ones are there when another hello comes. */
static void meet_stranger(uint32_t there, uint64_t retries)
{
	struct ends *e = ends_new(NULL);
	gn_jet_id id;
	while (ends_send(e, 0))
		;
	assert_int_equal(dial(e, &id), GN_OK);
	assert_true(ends_send(e, 0));
	e->jet[1]->half_open += there;
	gn_err err = ends_give(e, 1, gn_slice(e->out, e->batch.segment));
	assert_true(retries || err == GN_OK);
	e->jet[1]->half_open -= there;
	assert_int_equal(ends_count(e, 1, "retry-sent"), retries);
	assert_int_equal(ends_count(e, 1, "sessions-in"), 1 - retries);
	ends_free(e);
}

static void test_strangers_before_a_cookie_is_asked_for(void **state)
{
	(void)state;
	meet_stranger(JET_STRANGERS - 1, 0);
	meet_stranger(JET_STRANGERS, 1);
}

static uint64_t of_prefix(struct ends *e, uint32_t max)
{
	struct jet_seats seats;
	jet_seats_init(&seats, e->jet[1], max, max);
	uint32_t taken = 0;
	/* crowded by lone ones, then a prefix takes what it gets */
	for (unsigned i = 0; i < max - max / 4; i++) {
		struct gn_holder lone = {.addr = stranger(i).addr};
		assert_int_equal(gn_share_take(&seats.share, &lone, 1), GN_OK);
	}
	struct gn_holder many = {.addr = stranger(max).addr};
	while (gn_share_take(&seats.share, &many, 1) == GN_OK)
		taken++;
	jet_seats_fini(&seats, e->jet[1]);
	return taken;
}

static void test_the_share_of_a_prefix(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	assert_int_equal(of_prefix(e, JET_SEAT_SHARE), JET_SEAT_SHARE_MIN);
	assert_int_equal(of_prefix(e, JET_SEAT_SHARE * (JET_SEAT_SHARE_MIN + 1) - 1),
			 JET_SEAT_SHARE_MIN);
	assert_int_equal(of_prefix(e, JET_SEAT_SHARE * (JET_SEAT_SHARE_MIN + 1)),
			 JET_SEAT_SHARE_MIN + 1);
	ends_free(e);
}

static struct gn_prng counted_prng;
static unsigned drawn;

static void count_draws(void *user, uint8_t *out, size_t len)
{
	(void)user;
	struct gn_rand inner = gn_prng_rand(&counted_prng);
	drawn++;
	gn_rand_fill(&inner, out, len);
}

/* The work for a newcomer does not grow with the table. */
static void test_seats_weighed(void **state)
{
	(void)state;
	for (uint32_t max = 32; max <= 256; max *= 2) {
		struct ends *e = ends_new(&(struct gn_jet_config){.sessions_max = max});
		struct gn_jet *jet = e->jet[1];
		struct gn_rand counting = {count_draws, NULL}, *was = jet->env.rand;
		struct jet_leaver leaver;
		gn_prng_init(&counted_prng, max);
		for (unsigned i = 0; i <= max; i++) {
			struct gn_way from = stranger(i);
			struct jet_session *s = forge_open(jet, true, &from, e->now);
			memcpy(s->holder.key.b, &(unsigned){i + 1}, sizeof i);
			drawn = 0;
			jet->env.rand = &counting;
			assert_int_equal(jet_seat_take(&jet->open, s, e->now, &leaver), GN_OK);
			jet->env.rand = was;
			assert_int_equal(drawn, i < max ? 0 : JET_SEATS_WEIGHED);
		}
		assert_non_null(leaver.session);
		ends_free(e);
	}
}

static uint32_t half_open_of(uint32_t sessions_max)
{
	struct ends *e = ends_new(&(struct gn_jet_config){.sessions_max = sessions_max});
	uint32_t max = e->jet[1]->half.max;
	struct jet_session *s;
	for (unsigned i = 0; i < max; i++) {
		struct gn_way from = stranger(i);
		assert_int_equal(jet_session_new(e->jet[1], true, &from, e->now, &s), GN_OK);
	}
	assert_int_equal(ends_count(e, 1, "half-open-limit"), 0);
	struct gn_way from = stranger(max);
	assert_int_equal(jet_session_new(e->jet[1], true, &from, e->now, &s), GN_OK);
	assert_int_equal(ends_count(e, 1, "half-open-limit"), 1);
	assert_int_equal(e->jet[1]->half.count, max);
	ends_free(e);
	return max;
}

static void test_half_open_sessions(void **state)
{
	(void)state;
	uint32_t more = JET_HALF_OPEN_PART * (JET_HALF_OPEN_MIN + 1);
	assert_int_equal(half_open_of(more - 1), JET_HALF_OPEN_MIN);
	assert_int_equal(half_open_of(more), JET_HALF_OPEN_MIN + 1);
}

static uint32_t linger_of(uint32_t sessions_max)
{
	struct ends *e = ends_new(&(struct gn_jet_config){.sessions_max = sessions_max});
	for (unsigned i = 0; i < 2 * JET_LINGER_MIN; i++) {
		struct gn_way from = stranger(i);
		struct jet_session *s = forge_open(e->jet[1], true, &from, e->now);
		assert_int_equal(gn_jet_close(e->jet[1], s->id, 0, "", e->now), GN_OK);
		for (int k = 0; k < 3; k++) /* sent, told, freed */
			ends_tick(e, 1, e->now);
	}
	/* with the ends' own, which has no seat either */
	uint32_t stay = gn_jet_session_count(e->jet[1]);
	ends_free(e);
	return stay;
}

static void test_closed_sessions_that_stay(void **state)
{
	(void)state;
	uint32_t more = JET_LINGER_PART * (JET_LINGER_MIN + 1);
	assert_int_equal(linger_of(more - 1), JET_LINGER_MIN);
	assert_int_equal(linger_of(more), JET_LINGER_MIN + 1);
}

/* ---- what strangers send ---- */

static void put_long(struct gn_writer *w, enum jet_long type, uint32_t version, unsigned n)
{
	uint8_t dcid[JET_CID_LEN] = {9, (uint8_t)(n >> 8), (uint8_t)n}, scid[JET_CID_LEN] = {8};
	gn_write_u8(w, (uint8_t)(JET_FLAG_FIXED | JET_FLAG_LONG | (unsigned)type << 2));
	gn_write_be32(w, version);
	gn_write_bytes(w, GN_SLICE(dcid));
	gn_write_bytes(w, GN_SLICE(scid));
}

static void test_packets_of_a_datagram(void **state)
{
	(void)state;
	static const uint8_t body[40];
	for (unsigned n = JET_PACKETS_PER_DATAGRAM - 1; n <= JET_PACKETS_PER_DATAGRAM + 1; n++) {
		struct ends *e = ends_new(NULL);
		uint8_t bytes[512];
		struct gn_writer w = gn_writer(bytes, sizeof bytes);
		for (unsigned i = 0; i < n; i++) {
			put_long(&w, JET_LONG_HANDSHAKE, JET_VERSION, i);
			gn_write_be16(&w, sizeof body);
			gn_write_bytes(&w, GN_SLICE(body));
		}
		assert_int_equal(ends_give(e, 1, gn_slice(bytes, gn_writer_len(&w))), GN_NOT_FOUND);
		assert_int_equal(ends_count(e, 1, "packet-unknown-session"),
				 n < JET_PACKETS_PER_DATAGRAM ? n : JET_PACKETS_PER_DATAGRAM);
		ends_free(e);
	}
}

static void test_answers_that_wait_to_be_sent(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	uint8_t bytes[JET_MTU_BASE] = {0};
	for (unsigned i = 0; i <= JET_STATELESS_QUEUE; i++) {
		struct gn_way from = stranger(i);
		struct gn_writer w = gn_writer(bytes, sizeof bytes);
		assert_int_equal(ends_count(e, 1, "stateless-queue-full"), 0);
		put_long(&w, JET_LONG_INITIAL, 77, i);
		assert_int_equal(gn_jet_recv(e->jet[1], &from, GN_SLICE(bytes), e->now),
				 GN_VERSION);
	}
	assert_int_equal(ends_count(e, 1, "packet-version"), JET_STATELESS_QUEUE + 1);
	assert_int_equal(ends_count(e, 1, "version-sent"), JET_STATELESS_QUEUE);
	assert_int_equal(ends_count(e, 1, "stateless-queue-full"), 1);
	ends_free(e);
}

/* A hello with a cookie, whose rest is noise. */
static gn_err hello_with_cookie(struct ends *e, unsigned n, uint8_t noise)
{
	uint8_t bytes[JET_MTU_BASE], cookie[GN_COOKIE_LEN], original[JET_CID_LEN] = {1};
	struct gn_way from = stranger(n);
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	put_long(&w, JET_LONG_INITIAL, JET_VERSION, n);
	gn_guard_cookie(e->jet[1]->guard, &from.addr, bytes + 5, original, 0, e->now, cookie);
	gn_write_varint(&w, sizeof cookie);
	gn_write_bytes(&w, GN_SLICE(cookie));
	gn_write_be16(&w, (uint16_t)(gn_writer_left(&w) - 2));
	memset(w.p, noise, gn_writer_left(&w));
	return gn_jet_recv(e->jet[1], &from, GN_SLICE(bytes), e->now);
}

/* With a guard of its own at the server, which has no capacity for some time. */
static struct ends *guarded(struct gn_guard **guard)
{
	struct ends *e = ends_new(NULL);
	struct gn_env env = {&e->alloc, &e->rand, NULL};
	assert_int_equal(gn_guard_new(&env, &(struct gn_guard_config){.secret = {1}}, guard),
			 GN_OK);
	e->jet[1]->guard = *guard;
	gn_guard_force(*guard, 0, e->now + GN_SEC, e->now);
	return e;
}

static void guarded_free(struct ends *e, struct gn_guard *guard)
{
	gn_guard_free(guard);
	ends_free(e);
}

static void test_datagrams_of_a_hello_that_waits(void **state)
{
	(void)state;
	struct gn_guard *guard;
	struct ends *e = guarded(&guard);
	for (uint8_t i = 0; i < JET_WAITING_DATAGRAMS; i++) {
		assert_int_equal(hello_with_cookie(e, 1, i), GN_AGAIN);
		assert_int_equal(hello_with_cookie(e, 1, i), GN_REPLAY);
	}
	assert_int_equal(hello_with_cookie(e, 1, JET_WAITING_DATAGRAMS), GN_LIMIT);
	assert_int_equal(ends_count(e, 1, "hello-waited"), 1);
	guarded_free(e, guard);
}

static void test_hellos_let_in_at_once(void **state)
{
	(void)state;
	struct gn_guard *guard;
	struct ends *e = guarded(&guard);
	for (unsigned i = 0; i <= JET_ADMIT_PER_TICK; i++)
		assert_int_equal(hello_with_cookie(e, i, 0), GN_AGAIN);
	gn_jet_tick(e->jet[1], e->now + 2 * GN_SEC); /* noise does not open, but it was its turn */
	assert_int_equal(ends_count(e, 1, "packet-auth"), JET_ADMIT_PER_TICK);
	gn_jet_tick(e->jet[1], e->now + 2 * GN_SEC);
	assert_int_equal(ends_count(e, 1, "packet-auth"), JET_ADMIT_PER_TICK + 1);
	guarded_free(e, guard);
}

static void test_a_network_without_a_share_is_refused(void **state)
{
	(void)state;
	struct gn_guard *guard;
	struct ends *e = guarded(&guard);
	struct gn_way from = stranger(3);
	struct gn_guard_subject who = gn_guard_of_addr(&from.addr);
	assert_int_equal(hello_with_cookie(e, 3, 0), GN_AGAIN);
	assert_int_equal(ends_count(e, 1, "hello-refused"), 0);
	gn_guard_debit(guard, &who, UINT32_MAX, e->now);
	from = stranger(4);
	who = gn_guard_of_addr(&from.addr);
	gn_guard_debit(guard, &who, UINT32_MAX, e->now);
	assert_true(hello_with_cookie(e, 4, 0) != GN_OK);
	assert_int_equal(ends_count(e, 1, "hello-refused"), 1);
	guarded_free(e, guard);
}

/* ---- what a client follows ---- */

static void test_retries_followed(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	gn_jet_id id;
	assert_int_equal(dial(e, &id), GN_OK);
	struct jet_session *s = forge_find(e->jet[0], id);
	static const uint8_t cookie[20] = {1};
	for (uint8_t i = 0; i <= JET_RETRIES; i++) {
		uint8_t retry[256], scid[JET_CID_LEN] = {50, i};
		size_t len = jet_retry_write(retry, sizeof retry, s->cid_rx[0].cid, scid,
					     s->cid_tx[0].cid, GN_SLICE(cookie));
		assert_int_equal(ends_give(e, 0, gn_slice(retry, len)),
				 i < JET_RETRIES ? GN_OK : GN_AUTH);
	}
	assert_int_equal(s->hs->retries, JET_RETRIES);
	assert_int_equal(ends_count(e, 0, "retry-bad"), 1);
	assert_int_equal(s->state, JET_S_HANDSHAKE);
	ends_free(e);
}

static void test_effort_of_a_client(void **state)
{
	(void)state;
	for (uint32_t past = 0; past < 2; past++) {
		struct ends *e = ends_new(NULL);
		uint8_t cookie[GN_COOKIE_LEN], scid[JET_CID_LEN] = {1};
		gn_jet_id id;
		assert_int_equal(dial(e, &id), GN_OK);
		struct jet_session *s = forge_find(e->jet[0], id);
		gn_guard_cookie(e->jet[1]->guard, &e->way[0].addr, scid, scid, JET_EFFORT + past,
				e->now, cookie);
		assert_int_equal(jet_token_follow(s, GN_SLICE(cookie)), past ? GN_BUSY : GN_OK);
		assert_int_equal(jet_token_owed(s), !past);
		ends_free(e);
	}
}

/* ---- time ---- */

static void test_an_idle_session(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	struct jet_session *s = e->s[0];
	s->new_cid_due = 0; /* it has nothing to say */
	jet_wake(s);
	ends_tick(e, 0, ENDS_START);
	ends_tick(e, 0, ENDS_START + JET_SWEEP_AFTER - 1);
	assert_false(s->swept);
	ends_tick(e, 0, ENDS_START + JET_SWEEP_AFTER);
	assert_true(s->swept);
	ends_tick(e, 0, ENDS_START + JET_IDLE_TIMEOUT - 1);
	assert_int_equal(s->state, JET_S_OPEN);
	assert_int_equal(ends_count(e, 0, "fault-timeout"), 0);
	assert_true(gn_jet_deadline(e->jet[0]) == ENDS_START + JET_IDLE_TIMEOUT);
	ends_tick(e, 0, ENDS_START + JET_IDLE_TIMEOUT);
	assert_int_equal(ends_count(e, 0, "fault-timeout"), 1);
	for (int i = 0; i < 2; i++) /* told, freed */
		ends_tick(e, 0, ENDS_START + JET_IDLE_TIMEOUT);
	assert_int_equal(gn_jet_session_count(e->jet[0]), 0);
	ends_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dials),
		cmocka_unit_test(test_strangers_before_a_cookie_is_asked_for),
		cmocka_unit_test(test_the_share_of_a_prefix),
		cmocka_unit_test(test_seats_weighed),
		cmocka_unit_test(test_half_open_sessions),
		cmocka_unit_test(test_closed_sessions_that_stay),
		cmocka_unit_test(test_packets_of_a_datagram),
		cmocka_unit_test(test_answers_that_wait_to_be_sent),
		cmocka_unit_test(test_datagrams_of_a_hello_that_waits),
		cmocka_unit_test(test_hellos_let_in_at_once),
		cmocka_unit_test(test_a_network_without_a_share_is_refused),
		cmocka_unit_test(test_retries_followed),
		cmocka_unit_test(test_effort_of_a_client),
		cmocka_unit_test(test_an_idle_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
