/* CUBIC and the pacer alone, driven by hand. */
#include "jet/cc_int.h"
#include "jet/limits.h"
#include "jet/pacer_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MTU 1400u
#define RTT (40 * GN_MSEC)
#define START (1000 * GN_SEC)

static void ack(struct jet_cc *cc, uint64_t bytes, gn_time rtt, bool limited, bool round,
		gn_time now)
{
	struct jet_cc_ack a = {.bytes = bytes,
			       .prior = cc->cwnd,
			       .newest_sent = now - rtt,
			       .rtt = rtt,
			       .srtt = rtt,
			       .rtt_min = RTT,
			       .limited = limited,
			       .round = round};
	cc->ops->acked(cc, &a, now);
	jet_cc_validate(cc);
}

/* One round trip of a full window. */
static gn_time one_round(struct jet_cc *cc, gn_time rtt, gn_time now)
{
	uint64_t window = cc->cwnd;
	for (uint64_t done = 0; done < window; done += 2 * MTU)
		ack(cc, 2 * MTU, rtt, true, done == 0,
		    now + rtt + (gn_time)(done * 1000 / window) * GN_USEC);
	return now + rtt + GN_MSEC;
}

static void test_slow_start_doubles_and_loss_takes_a_third(void **state)
{
	(void)state;
	struct jet_cc cc = {0};
	gn_time now = START;
	jet_cc_init(&cc, jet_cc_find("cubic"), MTU, now);
	assert_int_equal(cc.cwnd, JET_CWND_INITIAL_PACKETS * MTU);
	uint64_t before = cc.cwnd;
	now = one_round(&cc, RTT, now);
	assert_true(cc.cwnd >= 2 * before - 2 * MTU && cc.cwnd <= 2 * before + 2 * MTU);
	for (int i = 0; i < 3; i++)
		now = one_round(&cc, RTT, now);
	before = cc.cwnd;
	cc.ops->lost(&cc, MTU, now - RTT, false, now);
	assert_true(cc.cwnd >= before * 69 / 100 && cc.cwnd <= before * 71 / 100);
	assert_false(jet_cc_slow_start(&cc));
	before = cc.cwnd;
	/* sent before the reduction: the same event */
	cc.ops->lost(&cc, MTU, now - RTT / 2, false, now + RTT / 2);
	assert_int_equal(cc.cwnd, before);
	cc.ops->lost(&cc, MTU, now + 1, false, now + RTT);
	assert_true(cc.cwnd < before);
}

static void test_growth_is_concave_then_convex(void **state)
{
	(void)state;
	struct jet_cc cc = {0};
	gn_time now = START;
	jet_cc_init(&cc, jet_cc_find(NULL), MTU, now);
	cc.cwnd = 1000 * MTU;
	cc.ops->lost(&cc, MTU, now - 1, false, now);
	double k = 9.086; /* cbrt(0.3 * 1000 / 0.4) seconds until the old window is reached again */
	double early = 0, middle = 0, late = 0;
	for (gn_time t = now; t < now + 18 * GN_SEC;) {
		uint64_t before = cc.cwnd;
		gn_time next = one_round(&cc, RTT, t);
		double grown = (double)(cc.cwnd - before) / MTU, at = (double)(t - now) / GN_SEC;
		if (at < 1)
			early += grown;
		else if (at > k - 0.5 && at < k + 0.5)
			middle += grown;
		else if (at > 17)
			late += grown;
		t = next;
		if (at > k + 0.4 && at < k + 0.6)
			assert_true(cc.cwnd > 980 * MTU && cc.cwnd < 1020 * MTU);
	}
	assert_true(early > 5 * middle && late > 5 * middle);
}

static void test_unused_window_does_not_grow(void **state)
{
	(void)state;
	struct jet_cc cc = {0};
	jet_cc_init(&cc, jet_cc_find(NULL), MTU, START);
	uint64_t before = cc.cwnd;
	for (int i = 0; i < 100; i++)
		ack(&cc, MTU, RTT, false, false, START + i * RTT);
	assert_int_equal(cc.cwnd, before);
	cc.ops->lost(&cc, MTU, START + 200 * RTT, false, START + 201 * RTT);
	before = cc.cwnd;
	ack(&cc, MTU, RTT, true, false, START + 203 * RTT);
	for (int i = 0; i < 1000; i++)
		ack(&cc, MTU, RTT, false, false, START + (204 + i) * RTT);
	ack(&cc, MTU, RTT, true, false, START + 1205 * RTT);
	assert_true(cc.cwnd <= before + 3 * MTU); /* 40 idle seconds earned nothing */
}

static void test_spurious_loss_is_undone_and_persistent_congestion_is_not(void **state)
{
	(void)state;
	struct jet_cc cc = {0};
	jet_cc_init(&cc, jet_cc_find(NULL), MTU, START);
	gn_time now = one_round(&cc, RTT, START);
	uint64_t before = cc.cwnd;
	cc.ops->lost(&cc, MTU, now, false, now + RTT);
	assert_true(cc.cwnd < before);
	cc.ops->spurious(&cc, now + RTT);
	assert_int_equal(cc.cwnd, before);
	assert_true(jet_cc_slow_start(&cc));
	cc.ops->lost(&cc, MTU, now + 2 * RTT, true, now + 3 * RTT);
	assert_int_equal(cc.cwnd, JET_CWND_MIN_PACKETS * MTU);
	for (int i = 0; i < 100; i++)
		cc.ops->lost(&cc, MTU, now + (4 + i) * RTT, true, now + (5 + i) * RTT);
	jet_cc_validate(&cc);
}

static void test_rising_delay_ends_slow_start(void **state)
{
	(void)state;
	struct jet_cc cc = {0};
	gn_time now = START;
	jet_cc_init(&cc, jet_cc_find(NULL), MTU, now);
	for (int i = 0; i < 4; i++)
		now = one_round(&cc, RTT, now);
	assert_true(jet_cc_slow_start(&cc));
	for (int i = 0; i < 8; i++)
		now = one_round(&cc, RTT + (i + 1) * 10 * GN_MSEC, now);
	assert_false(jet_cc_slow_start(&cc));
	assert_true(cc.cwnd < 4000000); /* twelve doublings would be 57 MB */
}

/* ---- pacer ---- */

static void test_pacer_holds_the_rate_whatever_the_wakeups(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct gn_prng g;
		struct jet_pacer p;
		gn_time now = START, end = START + 10 * GN_SEC;
		uint64_t rate, sent = 0;
		gn_prng_init(&g, seed);
		rate = 200000 + gn_prng_next(&g) % 100000000;
		jet_pacer_init(&p, MTU, now);
		/* rate = window * 1.25 / 1.25 s */
		jet_pacer_set(&p, rate, GN_SEC * 5 / 4, false, now);
		assert_true(p.rate > rate * 99 / 100 && p.rate < rate * 101 / 100);
		while (now < end) {
			uint64_t burst = 0;
			while (jet_pacer_ready(&p, now)) {
				jet_pacer_sent(&p, MTU);
				burst += MTU;
			}
			sent += burst;
			assert_true(burst <= 2 * jet_pacer_quantum(&p) +
						     (JET_CWND_INITIAL_PACKETS + 1) * MTU);
			gn_time next = jet_pacer_deadline(&p);
			assert_true(next > now);
			/* late by less than a quantum */
			now = next + (gn_time)(gn_prng_next(&g) % 900) * GN_USEC;
		}
		double want = (double)rate * (double)(now - START) / GN_SEC;
		assert_true((double)sent > want * 0.97 - 10 * MTU &&
			    (double)sent < want * 1.03 + 40 * MTU);
	}
}

static void test_pacer_quantum_is_clamped(void **state)
{
	(void)state;
	struct jet_pacer p;
	jet_pacer_init(&p, MTU, START);
	jet_pacer_set(&p, 10000, GN_SEC, false, START);
	assert_int_equal(jet_pacer_quantum(&p), 2 * MTU);
	jet_pacer_set(&p, UINT64_C(10000000000), GN_SEC, false, START);
	assert_int_equal(jet_pacer_quantum(&p), JET_QUANTUM_MAX);
	jet_pacer_set(&p, 0, GN_SEC, false, START);
	assert_true(p.rate > 0 && jet_pacer_deadline(&p) < START + 10 * GN_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow_start_doubles_and_loss_takes_a_third),
		cmocka_unit_test(test_growth_is_concave_then_convex),
		cmocka_unit_test(test_unused_window_does_not_grow),
		cmocka_unit_test(test_spurious_loss_is_undone_and_persistent_congestion_is_not),
		cmocka_unit_test(test_rising_delay_ends_slow_start),
		cmocka_unit_test(test_pacer_holds_the_rate_whatever_the_wakeups),
		cmocka_unit_test(test_pacer_quantum_is_clamped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
