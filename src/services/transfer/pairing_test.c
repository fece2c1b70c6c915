/* Two that pair by a code, or resume: who is right, who guesses, who repeats what was said in
 * another session; and the code's life. Rule RE-61. */
#include "services/transfer/pairing.h"

#include "services/transfer/frame_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (1000 * GN_SEC)

static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_code right = {4821, {7, 2000}}, wrong = {4821, {7, 2001}};
static struct gn_transfer_code code;
static struct gn_pairing a, b;
static struct gn_pairing_config ca, cb;
static uint8_t wire[2][1024]; /* what each said last */
static size_t wire_len[2];

static int start(void **state)
{
	(void)state;
	gn_prng_init(&prng, 3);
	rnd = gn_prng_rand(&prng);
	gn_transfer_code_init(&code, &right, T0);
	ca = (struct gn_pairing_config){.role = GN_SPAKE2_A, .typed = &right};
	gn_rand_fill(&rnd, &ca.a, 32);
	gn_rand_fill(&rnd, &ca.b, 32);
	gn_rand_fill(&rnd, ca.exported, 32);
	cb = ca;
	cb.role = GN_SPAKE2_B;
	cb.typed = NULL;
	cb.code = &code;
	return 0;
}

static void say(struct gn_pairing *from, struct gn_pairing *to, gn_time now)
{
	unsigned i = from == &b;
	wire_len[i] = gn_pairing_send(from, wire[i], sizeof wire[i]);
	size_t taken = gn_pairing_recv(to, gn_slice(wire[i], wire_len[i]), now);
	assert_true(taken == wire_len[i] || to->state != GN_PAIRING_RUNS);
}

static void run(gn_time now)
{
	gn_pairing_init(&a, &rnd, &ca, now);
	gn_pairing_init(&b, &rnd, &cb, now);
	for (int i = 0; i < 3; i++) {
		say(&a, &b, now);
		say(&b, &a, now);
	}
}

static void both(enum gn_pairing_state want)
{
	assert_int_equal(a.state, want);
	assert_int_equal(b.state, want);
	if (want == GN_PAIRING_DONE)
		assert_memory_equal(&a.secret, &b.secret, sizeof a.secret);
	/* nothing of the run is left */
	assert_true(gn_is_zero(&a.spake, sizeof a.spake) && gn_is_zero(&b.spake, sizeof b.spake));
	assert_true(gn_is_zero(a.text, sizeof a.text) && gn_is_zero(b.text, sizeof b.text));
	assert_true(gn_is_zero(&a.held, sizeof a.held) && gn_is_zero(&b.held, sizeof b.held));
}

static void by_code(void **state)
{
	(void)state;
	run(T0);
	both(GN_PAIRING_DONE);
	assert_false(gn_is_zero(&a.secret, sizeof a.secret));
	assert_true(code.used && code.failures == 0 && !a.resumed);
	/* its one success was that */
	run(T0 + 60 * GN_SEC);
	both(GN_PAIRING_FAILED);
	assert_int_equal(a.err, GN_EXPIRED);
	/* who gave it out may be who opened the session */
	gn_transfer_code_init(&code, &right, T0);
	ca.typed = NULL;
	ca.code = &code;
	cb.code = NULL;
	cb.typed = &right;
	run(T0);
	both(GN_PAIRING_DONE);
	assert_true(code.used);
}

static void by_wrong_code(void **state)
{
	(void)state;
	ca.typed = &wrong;
	run(T0);
	both(GN_PAIRING_FAILED);
	assert_int_equal(a.err, GN_AUTH);
	assert_int_equal(b.err, GN_AUTH);
	assert_true(strstr(b.why, "code") != NULL);
	assert_int_equal(code.failures, 1);
	/* also when who gave it out opened the session */
	ca.typed = NULL;
	ca.code = &code;
	cb.code = NULL;
	cb.typed = &wrong;
	run(T0 + CODE_APART);
	both(GN_PAIRING_FAILED);
	assert_int_equal(code.failures, 2);
}

/* A guess is spent when it can be judged, also by who leaves then. */
static void guess_and_go(void **state)
{
	(void)state;
	ca.typed = &wrong;
	for (unsigned i = 0; i < CODE_FAILURES; i++) {
		gn_pairing_init(&a, &rnd, &ca, T0 + i * CODE_APART);
		gn_pairing_init(&b, &rnd, &cb, T0 + i * CODE_APART);
		assert_int_equal(gn_transfer_code_state(&code, T0 + i * CODE_APART), GN_OK);
		say(&a, &b, T0 + i * CODE_APART);
		say(&b, &a, T0 + i * CODE_APART); /* A knows now that it is wrong */
		assert_int_equal(code.failures, i + 1);
		gn_pairing_wipe(&b);
	}
	ca.typed = &right;
	run(T0 + 100 * GN_SEC);
	both(GN_PAIRING_FAILED);
	assert_int_equal(a.err, GN_EXPIRED);
	assert_int_equal(code.refused, 1);
}

static void ten_thousand_guesses(void **state)
{
	unsigned heard = 0;
	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		gn_time now = T0 + i * 50 * GN_MSEC;
		struct gn_code guess = {4821, {(uint16_t)(i / 2048), (uint16_t)(i % 2000)}};
		ca.typed = &guess;
		uint32_t before = code.failures;
		run(now);
		both(GN_PAIRING_FAILED);
		heard += code.failures - before;
		assert_true(a.err == GN_AUTH || a.err == GN_BUSY || a.err == GN_EXPIRED);
	}
	assert_int_equal(heard, 3);
	assert_int_equal(code.refused, 10000 - 3);
}

static void apart(void **state)
{
	(void)state;
	ca.typed = &wrong;
	run(T0);
	run(T0 + CODE_APART - 1);
	assert_int_equal(a.err, GN_BUSY);
	assert_int_equal(code.failures, 1);
	ca.typed = &right;
	run(T0 + CODE_APART);
	both(GN_PAIRING_DONE);
}

static void life(void **state)
{
	(void)state;
	assert_int_equal(gn_transfer_code_state(&code, T0 + CODE_LIFE - 1), GN_OK);
	assert_int_equal(gn_transfer_code_state(&code, T0 + CODE_LIFE), GN_EXPIRED);
	run(T0 + CODE_LIFE - 1);
	both(GN_PAIRING_DONE);
	gn_transfer_code_init(&code, &right, T0);
	run(T0 + CODE_LIFE);
	both(GN_PAIRING_FAILED);
	assert_int_equal(a.err, GN_EXPIRED);
}

/* Two runs at once, both with the right code: one of them has it. */
static void one_success(void **state)
{
	struct gn_pairing b2, a2;
	(void)state;
	gn_pairing_init(&a, &rnd, &ca, T0);
	gn_pairing_init(&b, &rnd, &cb, T0);
	gn_pairing_init(&a2, &rnd, &ca, T0);
	gn_pairing_init(&b2, &rnd, &cb, T0);
	say(&a, &b, T0);
	say(&a2, &b2, T0 + CODE_APART);
	say(&b, &a, T0);
	say(&b2, &a2, T0 + CODE_APART);
	say(&a, &b, T0);
	assert_int_equal(b.state, GN_PAIRING_DONE);
	say(&a2, &b2, T0 + CODE_APART);
	assert_int_equal(b2.state, GN_PAIRING_FAILED);
	assert_int_equal(b2.err, GN_EXPIRED);
}

static void bound_to_session(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		start(NULL);
		uint8_t *other = i == 0 ? cb.exported : i == 1 ? cb.a.b : cb.b.b;
		other[5] ^= 1;
		run(T0);
		both(GN_PAIRING_FAILED);
		assert_int_equal(a.err, GN_AUTH);
	}
}

static void times_out(void **state)
{
	(void)state;
	gn_pairing_init(&a, &rnd, &ca, T0);
	assert_true(gn_pairing_deadline(&a) == T0 + PAIRING_TIME);
	gn_pairing_tick(&a, T0 + PAIRING_TIME - 1);
	assert_int_equal(a.state, GN_PAIRING_RUNS);
	gn_pairing_tick(&a, T0 + PAIRING_TIME);
	assert_int_equal(a.state, GN_PAIRING_FAILED);
	assert_int_equal(a.err, GN_TIMEOUT);
	assert_true(gn_pairing_deadline(&a) == GN_NEVER);
}

/* ---- resuming ---- */

static struct gn_transfer_secret secret;

static void pair_first(void)
{
	run(T0);
	both(GN_PAIRING_DONE);
	secret = a.secret;
	/* another session, in which the other one opened */
	gn_rand_fill(&rnd, ca.exported, 32);
	memcpy(cb.exported, ca.exported, 32);
	ca.typed = NULL;
	ca.secret = cb.secret = &secret;
}

static void resumes(void **state)
{
	(void)state;
	pair_first();
	run(T0 + 3600 * GN_SEC); /* the code is dead */
	both(GN_PAIRING_DONE);
	assert_true(a.resumed && b.resumed);
	assert_memory_equal(&a.secret, &secret, sizeof secret);
}

static void resumes_with_nobody_else(void **state)
{
	(void)state;
	pair_first();
	struct gn_transfer_secret other = secret;
	cb.secret = &other;
	for (unsigned i = 0; i < 2; i++) {
		other = secret;
		(i ? other.key : other.id)[3] ^= 1;
		run(T0);
		both(GN_PAIRING_FAILED);
		assert_int_equal(a.err, GN_EXPIRED);
	}
	cb.secret = NULL;
	run(T0);
	both(GN_PAIRING_FAILED);
	for (unsigned i = 0; i < 3; i++) { /* bound to the session, as a code is */
		cb.secret = ca.secret;
		memcpy(cb.exported, ca.exported, 32);
		cb.a = ca.a;
		cb.b = ca.b;
		(i == 0 ? cb.exported : i == 1 ? cb.a.b : cb.b.b)[0] ^= 1;
		run(T0);
		both(GN_PAIRING_FAILED);
	}
}

/* What was said in one session is said again in another, or back to who said it. */
static void replays(void **state)
{
	uint8_t hello[2][128];
	size_t len[2];
	(void)state;
	pair_first();
	gn_pairing_init(&a, &rnd, &ca, T0);
	gn_pairing_init(&b, &rnd, &cb, T0);
	say(&a, &b, T0);
	say(&b, &a, T0);
	both(GN_PAIRING_DONE);
	for (unsigned i = 0; i < 2; i++) {
		len[i] = wire_len[i];
		assert_int_equal(len[i], FRAME_HEAD + 48);
		memcpy(hello[i], wire[i], len[i]);
	}
	gn_pairing_init(&a, &rnd, &ca, T0); /* a mirror */
	(void)gn_pairing_recv(&a, gn_slice(hello[0], len[0]), T0);
	assert_int_equal(a.state, GN_PAIRING_FAILED);
	gn_rand_fill(&rnd, ca.exported, 32); /* another session */
	memcpy(cb.exported, ca.exported, 32);
	gn_pairing_init(&a, &rnd, &ca, T0);
	gn_pairing_init(&b, &rnd, &cb, T0);
	(void)gn_pairing_recv(&b, gn_slice(hello[0], len[0]), T0);
	assert_int_equal(b.state, GN_PAIRING_FAILED);
	(void)gn_pairing_recv(&a, gn_slice(hello[1], len[1]), T0);
	assert_int_equal(a.state, GN_PAIRING_FAILED);
}

/* ---- other bytes ---- */

static void feed(struct gn_pairing *p, uint8_t type, size_t len)
{
	uint8_t frame[600] = {type};
	gn_put_be32(frame + 1, (uint32_t)len);
	(void)gn_pairing_recv(p, gn_slice(frame, FRAME_HEAD + (len < 512 ? len : 512)), T0);
}

static void other_bytes(void **state)
{
	static const struct {
		uint8_t type;
		size_t len;
	} bad[] = {{0, 0},
		   {FRAME_MANIFEST, 10},
		   {FRAME_DONE, 0},
		   {FRAME_SHARE, GN_SPAKE2_MESSAGE - 1},
		   {FRAME_SHARE, GN_SPAKE2_MESSAGE + 1},
		   {FRAME_SHARE, GN_SPAKE2_MESSAGE}, /* no point */
		   {FRAME_SHARE, GN_SPAKE2_MESSAGE + GN_SPAKE2_CONFIRM},
		   {FRAME_CONFIRM, 32},
		   {FRAME_RESUME, 47},
		   {FRAME_RESUME, 49},
		   {FRAME_STOP, 0},
		   {FRAME_STOP, 2 + TRANSFER_REASON_MAX},
		   {200, 5}};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		gn_transfer_code_init(&code, &right, T0);
		gn_pairing_init(&b, &rnd, &cb, T0);
		feed(&b, bad[i].type, bad[i].len);
		assert_int_equal(b.state, GN_PAIRING_FAILED);
		assert_int_equal(b.err, GN_PROTOCOL);
		gn_pairing_init(&a, &rnd, &ca, T0);
		feed(&a, bad[i].type, bad[i].len);
		assert_int_equal(a.state, GN_PAIRING_FAILED);
		assert_int_equal(a.err, GN_PROTOCOL);
	}
	gn_pairing_init(&b, &rnd, &cb, T0); /* the longest sentence */
	feed(&b, FRAME_STOP, 1 + TRANSFER_REASON_MAX);
	assert_int_equal(b.err, GN_REMOTE);
}

/* What comes behind the last frame is the transfer's, and bytes may come one by one. */
static void leaves_the_rest(void **state)
{
	uint8_t more[200];
	(void)state;
	gn_pairing_init(&a, &rnd, &ca, T0);
	gn_pairing_init(&b, &rnd, &cb, T0);
	say(&a, &b, T0);
	for (size_t n; (n = gn_pairing_send(&b, more, 1)) != 0;)
		assert_int_equal(gn_pairing_recv(&a, gn_slice(more, n), T0), 1);
	assert_int_equal(a.state, GN_PAIRING_DONE);
	size_t n = gn_pairing_send(&a, more, sizeof more);
	more[n] = FRAME_MANIFEST;
	assert_int_equal(gn_pairing_recv(&b, gn_slice(more, n + 1), T0), n);
	both(GN_PAIRING_DONE);
	assert_int_equal(gn_pairing_recv(&b, gn_slice(more, n), T0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(by_code, start),
		cmocka_unit_test_setup(by_wrong_code, start),
		cmocka_unit_test_setup(guess_and_go, start),
		cmocka_unit_test_setup(ten_thousand_guesses, start),
		cmocka_unit_test_setup(apart, start),
		cmocka_unit_test_setup(life, start),
		cmocka_unit_test_setup(one_success, start),
		cmocka_unit_test_setup(bound_to_session, start),
		cmocka_unit_test_setup(times_out, start),
		cmocka_unit_test_setup(resumes, start),
		cmocka_unit_test_setup(resumes_with_nobody_else, start),
		cmocka_unit_test_setup(replays, start),
		cmocka_unit_test_setup(other_bytes, start),
		cmocka_unit_test_setup(leaves_the_rest, start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
