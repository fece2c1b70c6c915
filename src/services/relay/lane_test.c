/* Lanes: what one circuit may send, and equal parts of what all may, against a slow model that
 * gives each what it wants as long as there is some. Rule RE-33. */
#include "services/relay/testing/peers.h"

#include <stdlib.h>

static int start(void **state)
{
	(void)state;
	begin(1);
	return 0;
}

/* ---- one circuit ---- */

static void a_small_circuit_has_a_burst_and_then_its_rate(void **state)
{
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	uint64_t c = last.circuit;
	uint32_t sent_ = 0;
	while (send_(10, c, 1024, 1))
		sent_++;
	/* what the 5 ms of queue hold lets one more through, which overdraws */
	assert_int_equal(sent_, RELAY_BURST / 1024 + 1);
	assert_int_equal(count("drop_rate"), 1);
	now += GN_SEC;
	sent_ = send_(10, c, 512, 10);
	assert_int_equal(sent_, (RELAY_SMALL_RATE - 1024 + 10 + 511) / 512);
	assert_int_equal(count("drop_rate"), 1 + 10 - sent_);
	now += 1000 * GN_SEC;
	assert_int_equal(send_(10, c, 1024, RELAY_TRAIN), RELAY_TRAIN);
	assert_int_equal(count("drop_share"), 0);
}

static void who_opens_another_has_no_second_burst(void **state)
{
	uint64_t bytes = 0;
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	for (unsigned i = 0; i < 2 * RELAY_CIRCUITS_KEY; i++) {
		assert_int_equal(open_(10, 11, SMALL), GN_OK);
		for (uint32_t n; (n = send_(10, last.circuit, 1024, RELAY_TRAIN));)
			bytes += (uint64_t)n * 1024;
		close_by(10, session_of(10), last.circuit);
		now += GN_SEC / 16; /* so that the lane is not what it is too much for */
	}
	/* 64 bursts, and what comes back of them in 8 s; each overdraws by a packet */
	uint64_t most = RELAY_CIRCUITS_KEY * (uint64_t)RELAY_BURST + 8 * RELAY_BURST_RATE;
	assert_true(bytes < most + 128 * 1500);
	assert_true(bytes > most - 128 * 1500);
	now += 100 * GN_SEC;
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	assert_int_equal(send_(10, last.circuit, 1024, RELAY_TRAIN), RELAY_TRAIN);
	/* what was not used is given back */
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(open_(10, 11, SMALL), GN_OK);
		close_by(10, session_of(10), last.circuit);
	}
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	assert_int_equal(send_(10, last.circuit, 1024, 60), 60);
}

static void the_commons_has_a_rate_and_a_day(void **state)
{
	uint64_t bytes = 0;
	(void)state;
	struct gn_relay_give g = {.level = GN_RELAY_COMMONS, .bulk_rate = 1u << 30};
	gn_relay_give(r, &g, now);
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, BULK), GN_OK);
	uint64_t c = last.circuit;
	assert_int_equal(last.left, RELAY_COMMONS_DAY);
	while (send_(10, c, 1024, 1))
		bytes += 1024;
	assert_true(bytes >= RELAY_BURST && bytes <= RELAY_BURST + 2048);
	now += GN_SEC;
	uint64_t second = 0;
	while (send_(10, c, 1024, 1))
		second += 1024;
	assert_true(second >= RELAY_COMMONS_RATE - 2048 && second <= RELAY_COMMONS_RATE + 2048);
	/* the day, but for a packet */
	struct gn_pk pk = pk_of(10);
	struct relay_account **a = gn_map_get(&r->accounts, pk.b);
	now += 10 * GN_SEC;
	(*a)->commons = RELAY_COMMONS_DAY - 2000;
	assert_int_equal(send_(10, c, 1000, 3), 2);
	assert_int_equal(count("drop_quota"), 1);
	assert_int_equal(open_(10, 11, BULK), GN_QUOTA);
	assert_string_equal(last.limit, "RELAY_COMMONS_DAY");
	assert_int_equal(last.retry_ms, (86400 - gn_unix(now) % 86400) * 1000);
	assert_int_equal(open_(10, 11, BULK | SMALL), GN_OK);
	assert_int_equal(last.lane, SMALL);
	clear();
	run_for(GN_MSEC);
	assert_int_equal(heard_by(10)->why, WHY(QUOTA));
	assert_true(heard_by(10)->ends_ms > 0 && heard_by(10)->ends_ms <= 1000);
	assert_non_null(heard_by(11));
	run_for(GN_SEC);
	assert_int_equal(heard_by(10)->ends_ms, 0);
	assert_int_equal(count("closed_quota"), 1);
	assert_int_equal(r->bulk.circuits, 0);
	run_for((gn_time)(86400 - gn_unix(now) % 86400) * GN_SEC);
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, BULK), GN_OK);
	assert_int_equal(last.left, RELAY_COMMONS_DAY);
	assert_int_equal(count("opened_bulk"), 2);
}

/* ---- all of a lane ---- */

#define FLOWS 64

struct flow {
	double wants, got, lost; /* bytes */
	gn_time next;
	uint32_t len;
	struct relay_debt debt;
};

static int by_wants(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The slow model: who wants least first, the rest is shared by those who want more. */
static double part_of(const double *wants, unsigned count_, double rate)
{
	double sorted[FLOWS];
	memcpy(sorted, wants, count_ * sizeof *wants);
	qsort(sorted, count_, sizeof *sorted, by_wants);
	for (unsigned i = 0; i < count_; i++) {
		double part = rate / (count_ - i);
		if (sorted[i] > part)
			return part;
		rate -= sorted[i];
	}
	return 1e18; /* there is enough for all */
}

static void run_flows(struct relay_lane *l, struct flow *f, unsigned count_, gn_time span)
{
	gn_time stop = now + span;
	while (now < stop) {
		unsigned first = 0;
		for (unsigned i = 1; i < count_; i++)
			if (f[i].next < f[first].next)
				first = i;
		struct flow *x = &f[first];
		now = x->next > now ? x->next : now;
		uint32_t n = 1 + (uint32_t)gn_rand_below(&rnd, 8);
		uint32_t k = relay_lane_ask(l, &x->debt, x->len, n, now);
		assert_true(k <= n);
		if (k)
			relay_lane_take(l, &x->debt, (uint64_t)k * x->len);
		x->got += (double)k * x->len;
		x->lost += (double)(n - k) * x->len;
		/* in the mean as much as it wants */
		double gap = (double)n * x->len / x->wants * (double)GN_SEC;
		x->next += (gn_time)(gap * (0.5 + gn_rand_unit(&rnd)));
	}
	relay_lane_validate(l);
}

static void share_out(uint64_t seed)
{
	static struct relay_lane lane;
	static struct flow f[FLOWS];
	double wants[FLOWS], rate = (double)(1u << 20), seconds = 60;
	gn_prng_init(&prng, seed);
	memset(&lane, 0, sizeof lane);
	relay_lane_rate(&lane, 1u << 20, RELAY_ROOM_MAX, now);
	unsigned n = 2 + (unsigned)gn_rand_below(&rnd, FLOWS - 2);
	for (unsigned i = 0; i < n; i++) {
		f[i] = (struct flow){.wants = 1000 + gn_rand_unit(&rnd) * gn_rand_unit(&rnd) * 8 *
							     rate / n,
				     .len = 200 + (uint32_t)gn_rand_below(&rnd, 1252),
				     .next = now};
		wants[i] = f[i].wants;
	}
	run_flows(&lane, f, n, 5 * GN_SEC); /* until what it has at once is used */
	for (unsigned i = 0; i < n; i++)
		f[i].got = f[i].lost = 0;
	run_flows(&lane, f, n, (gn_time)seconds * GN_SEC);
	double part = part_of(wants, n, rate), all = 0;
	for (unsigned i = 0; i < n; i++) {
		double had = f[i].got / seconds, due = wants[i] < part ? wants[i] : part;
		all += had;
		if ((f[i].lost > 0 && had < due * 0.85) || had > part * 1.1 ||
		    (wants[i] < part * 0.3 && f[i].lost > f[i].got * 0.02))
			fail_msg("seed %llu: flow %u of %u wants %.0f, part %.0f, had %.0f, "
				 "lost %.0f",
				 (unsigned long long)seed, i, n, wants[i], part, had, f[i].lost);
	}
	assert_true(all < rate * 1.02);
}

static void what_is_too_much_is_shared_in_equal_parts(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		share_out(seed);
}

static void a_lane_has_its_room_at_once_and_one_packet_more(void **state)
{
	static struct relay_lane lane;
	struct relay_debt a = {0}, b = {0};
	(void)state;
	for (uint64_t room = RELAY_ROOM_MIN; room <= RELAY_ROOM_MAX; room *= 64) {
		memset(&lane, 0, sizeof lane);
		a.until = b.until = 0;
		relay_lane_rate(&lane, 1000, room, now);
		uint32_t taken = 0, k;
		while ((k = relay_lane_ask(&lane, &a, 1024, RELAY_TRAIN, now))) {
			relay_lane_take(&lane, &a, k * UINT64_C(1024));
			taken += k * 1024;
		}
		/* alone it may owe half: as much as it leaves */
		assert_in_range(taken, room / 2, room / 2 + 1024);
		assert_int_equal(relay_lane_ask(&lane, &b, 1024, 1, now), 1);
		/* even when there is no room: who owes nothing has one */
		lane.backlog += room / RELAY_QUANTUM;
		assert_int_equal(relay_lane_ask(&lane, &b, RELAY_PACKET_MAX, 5, now), 1);
		lane.backlog -= room / RELAY_QUANTUM;
		relay_lane_validate(&lane);
		/* and all is paid in its time */
		now += (gn_time)(room / 2 + 1024 + RELAY_QUANTUM) * GN_SEC / 1000;
		assert_int_equal(relay_lane_ask(&lane, &a, 1024, 1, now), 1);
		assert_int_equal(lane.debtors, 0);
		assert_int_equal(lane.backlog, 0);
	}
	assert_true(RELAY_ROUNDS > (RELAY_ROOM_MAX + 2 * RELAY_PACKET_MAX) / RELAY_QUANTUM + 1);
}

/* One after the other takes what there is and is over: all of them had no more than one. */
static void what_is_owed_by_who_is_over_is_paid(void **state)
{
	static struct relay_lane lane;
	uint64_t all = 0, rate = 1u << 20;
	(void)state;
	relay_lane_rate(&lane, rate, RELAY_ROOM_MAX, now);
	for (unsigned i = 0; i < 20; i++) {
		struct relay_debt d = {0};
		uint32_t k;
		while ((k = relay_lane_ask(&lane, &d, 1024, RELAY_TRAIN, now))) {
			relay_lane_take(&lane, &d, k * UINT64_C(1024));
			all += k * UINT64_C(1024);
		}
		assert_true(relay_lane_leave(&lane, &d) > 0);
		assert_int_equal(lane.debtors, 0);
	}
	/* each may have a packet where nothing is left */
	assert_in_range(all, RELAY_ROOM_MAX - 20 * 1024, RELAY_ROOM_MAX + 20 * 1024);
	struct relay_debt d = {0};
	for (unsigned part = 1; part <= 2; part++) {
		now += (gn_time)(all / 2) * GN_SEC / (gn_time)rate;
		assert_true(relay_lane_ask(&lane, &d, 1024, RELAY_TRAIN, now) > 1);
		assert_in_range(lane.orphan, all - part * all / 2, all - part * all / 2 + 1024);
	}
}

static void a_relay_shares_small_packets_and_bulk_apart(void **state)
{
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, BULK), GN_OK);
	uint64_t big = last.circuit;
	assert_int_equal(open_(12, 11, SMALL), GN_OK);
	uint64_t little = last.circuit;
	uint32_t k = 0, all = 0;
	while ((k = send_(10, big, 1024, RELAY_TRAIN)))
		all += k;
	assert_int_equal(all, RELAY_ROOM_MIN / 2 / 1024 + 1); /* the room of 1 MiB/s for 5 ms */
	assert_true(count("drop_share") > 0);
	assert_int_equal(send_(12, little, 1024, RELAY_TRAIN), RELAY_TRAIN);
	assert_true(RELAY_RATE == 1u << 20 && RELAY_QUEUE == 5 * GN_MSEC);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		T(a_small_circuit_has_a_burst_and_then_its_rate),
		T(who_opens_another_has_no_second_burst),
		T(the_commons_has_a_rate_and_a_day),
		T(what_is_too_much_is_shared_in_equal_parts),
		T(a_lane_has_its_room_at_once_and_one_packet_more),
		T(what_is_owed_by_who_is_over_is_paid),
		T(a_relay_shares_small_packets_and_bulk_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
