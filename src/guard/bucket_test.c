/* Buckets: at the limit and one past it, in time and in number; the sketch's bystanders and its
 * changing key; single use; the heaviest. */
#include "guard/testing/fixture.h"
#include <stdlib.h>

static struct gn_guard_subject v6(uint8_t a, uint8_t sixth, uint8_t eighth, uint8_t last)
{
	struct gn_addr addr = {{0x20, a, [5] = sixth, [7] = eighth, [15] = last}, 1};
	return gn_guard_of_addr(&addr);
}

static void test_gcra(void **state)
{
	(void)state;
	struct gn_rate r = {1000, 2 * GN_SEC}; /* a unit each millisecond, 2,000 at once */
	gn_time at = 0;
	for (int i = 0; i < 2000; i++) {
		assert_true(gn_gcra_ready(at, r.burst, T0));
		assert_int_equal(gn_gcra_left(at, r, T0), 2000 - i);
		at = gn_gcra_take(at, r, 1, T0);
	}
	assert_false(gn_gcra_ready(at, r.burst, T0));
	assert_int_equal(gn_gcra_left(at, r, T0), 0);
	assert_true(gn_gcra_until(at, r.burst) == T0 + 1); /* when something is in it again */
	assert_true(gn_gcra_ready(at, r.burst, T0 + 1));
	at = gn_gcra_take(at, r, 5000, T0 + 1); /* overdrawn: five seconds for it */
	assert_false(gn_gcra_ready(at, r.burst, T0 + 5 * GN_SEC));
	assert_true(gn_gcra_ready(at, r.burst, T0 + 5 * GN_SEC + 1));
	at = gn_gcra_take(at, r, UINT64_MAX, T0);
	assert_true(gn_gcra_ready(at, r.burst, T0 + GN_DEBT_MAX + 1));
	assert_false(gn_gcra_ready(at, r.burst, T0 + GN_DEBT_MAX));
	r.rate = UINT32_MAX;
	assert_true(gn_gcra_take(0, r, UINT64_MAX, T0) <= T0 + 2 * GN_SEC);
}

static uint64_t taken_until_refused(struct gn_guard *g, const struct gn_guard_subject *who,
				    uint64_t work, gn_time now, gn_err want)
{
	uint64_t n = 0;
	struct gn_guard_verdict v;
	gn_err err;
	while ((err = gn_guard_charge(g, who, work, now, &v)) == GN_OK && n < 100000000)
		n++;
	assert_int_equal(err, want);
	assert_int_equal(v.answer, GN_GUARD_REFUSE);
	assert_true(v.until > now);
	assert_int_equal(gn_guard_charge(g, who, 0, v.until - 1, NULL), want);
	assert_int_equal(gn_guard_charge(g, who, 0, v.until, NULL), GN_OK);
	return n * work;
}

static void test_key_and_prefix_limits(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_subject who = subject_of_key(1), other = subject_of_key(2),
				host = subject_v4(198, 51, 100, 7),
				mate = subject_v4(198, 51, 100, 8),
				far = subject_v4(198, 51, 101, 7);
	struct gn_guard_verdict v;
	struct gn_guard_why why;
	assert_int_equal(taken_until_refused(f.g, &who, 100, T0, GN_QUOTA), 5 * GN_KEY_RATE);
	assert_int_equal(gn_guard_charge(f.g, &who, 1, T0, &v), GN_QUOTA);
	assert_string_equal(v.limit, "guard-key");
	assert_int_equal(gn_guard_charge(f.g, &other, 1, T0, &v), GN_OK);
	assert_int_equal(taken_until_refused(f.g, &host, 100, T0, GN_LIMIT), 2 * GN_PREFIX_RATE);
	/* the net's bucket is empty too */
	assert_int_equal(gn_guard_charge(f.g, &mate, 1, T0, &v), GN_LIMIT);
	assert_string_equal(v.limit, "guard-net");
	assert_int_equal(gn_guard_charge(f.g, &host, 1, T0, &v), GN_LIMIT);
	assert_string_equal(v.limit, "guard-host");
	assert_int_equal(gn_guard_charge(f.g, &far, 1, T0, &v), GN_OK);
	gn_guard_why(f.g, &host, T0, &why);
	assert_true(why.limited && !why.exempt && !why.allowed && why.left == 0 && why.counted);
	assert_int_equal(why.rate, GN_PREFIX_RATE);
	assert_int_equal(why.burst, 2 * GN_PREFIX_RATE);
	assert_string_equal(why.limit, "guard-host");
	assert_int_equal(gn_guard_charge(f.g, &host, 1, why.until, NULL), GN_OK);
	struct gn_guard_subject six = v6(1, 1, 1, 1), same64 = v6(1, 1, 1, 2),
				same48 = v6(1, 1, 2, 1), else48 = v6(1, 2, 1, 1);
	assert_int_equal(taken_until_refused(f.g, &six, 100, T0, GN_LIMIT), 2 * GN_PREFIX_RATE);
	assert_int_equal(gn_guard_charge(f.g, &same64, 1, T0, &v), GN_LIMIT);
	assert_string_equal(v.limit, "guard-host");
	assert_int_equal(gn_guard_charge(f.g, &same48, 1, T0, &v), GN_LIMIT);
	assert_string_equal(v.limit, "guard-net");
	assert_int_equal(gn_guard_charge(f.g, &else48, 1, T0, &v), GN_OK);
	fixture_close(&f);
}

static void test_local_prefixes_are_exempt_unless_counted(void **state)
{
	(void)state;
	for (int count = 0; count < 2; count++) {
		struct fixture f;
		fixture_open(&f, &(struct gn_guard_config){.count_local = count});
		struct gn_guard_subject locals[] = {subject_v4(127, 0, 0, 1),
						    subject_v4(10, 1, 2, 3),
						    subject_v4(192, 168, 1, 1)};
		for (size_t i = 0; i < GN_COUNT(locals); i++) {
			for (int k = 0; k < 3; k++)
				gn_guard_debit(f.g, &locals[i], 10 * GN_PREFIX_RATE, T0);
			assert_int_equal(gn_guard_charge(f.g, &locals[i], 1, T0, NULL),
					 count ? GN_LIMIT : GN_OK);
			struct gn_guard_why why;
			gn_guard_why(f.g, &locals[i], T0, &why);
			assert_int_equal(why.exempt, !count);
			assert_int_equal(why.limited, count);
		}
		struct gn_guard_subject who = subject_of_key(1); /* keys never are */
		gn_guard_debit(f.g, &who, 10 * 5 * GN_KEY_RATE, T0);
		assert_int_equal(gn_guard_charge(f.g, &who, 1, T0, NULL), GN_QUOTA);
		fixture_close(&f);
	}
}

static void test_allow_and_forgive(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_subject both[] = {subject_of_key(1), subject_v4(198, 51, 100, 7)};
	for (int i = 0; i < 2; i++) {
		gn_guard_debit(f.g, &both[i], 100 * GN_KEY_RATE, T0);
		assert_int_not_equal(gn_guard_charge(f.g, &both[i], 1, T0, NULL), GN_OK);
		assert_int_equal(gn_guard_allow(f.g, &both[i], T0 + 10 * GN_SEC), GN_OK);
		assert_int_equal(gn_guard_charge(f.g, &both[i], 1, T0, NULL), GN_OK);
		assert_int_not_equal(gn_guard_charge(f.g, &both[i], 1, T0 + 10 * GN_SEC, NULL),
				     GN_OK);
		assert_int_equal(gn_guard_allow(f.g, &both[i], GN_NEVER), GN_OK);
		assert_int_equal(gn_guard_charge(f.g, &both[i], 1, T0 + 10 * GN_SEC, NULL), GN_OK);
		struct gn_guard_allowed a;
		assert_true(gn_guard_allowed_at(f.g, 0, &a) && !gn_guard_allowed_at(f.g, 1, &a));
		assert_true(a.until == GN_NEVER && a.who.kind == both[i].kind);
		assert_int_equal(gn_guard_allow(f.g, &both[i], 0), GN_OK);
		assert_int_not_equal(gn_guard_charge(f.g, &both[i], 1, T0 + 10 * GN_SEC, NULL),
				     GN_OK);
		gn_guard_forgive(f.g, &both[i]);
		assert_int_equal(gn_guard_charge(f.g, &both[i], 1, T0 + 10 * GN_SEC, NULL), GN_OK);
		struct gn_guard_why why;
		gn_guard_why(f.g, &both[i], T0 + 10 * GN_SEC, &why);
		assert_true(why.left == why.burst - 1);
	}
	for (uint32_t i = 0; i < GN_GUARD_ALLOWED; i++) {
		struct gn_guard_subject who = subject_of_key(100 + i);
		assert_int_equal(gn_guard_allow(f.g, &who, GN_NEVER), GN_OK);
	}
	assert_int_equal(gn_guard_allow(f.g, &both[0], GN_NEVER), GN_LIMIT);
	fixture_close(&f);
}

/* Only a full bucket is given up: no number of other keys makes one forget what it owes. */
static void test_keys_are_exact(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_subject debtor = subject_of_key(0);
	gn_guard_debit(f.g, &debtor, 60 * GN_KEY_RATE, T0);
	for (uint32_t i = 1; i < 10 * GN_GUARD_KEYS; i++) {
		/* each refilled before the next thousand come */
		struct gn_guard_subject who = subject_of_key(i);
		assert_int_equal(gn_guard_charge(f.g, &who, 1, T0 + i * 10 * GN_USEC, NULL), GN_OK);
	}
	assert_int_equal(gn_guard_charge(f.g, &debtor, 1, T0 + 10 * GN_SEC, NULL), GN_QUOTA);
	fixture_close(&f);
}

static void test_tokens_have_their_own_limits(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_verdict v;
	struct gn_guard_subject a = {.kind = GN_GUARD_TOKEN,
				     .id = {1},
				     .rate = 10,
				     .burst = 30 * GN_SEC},
				b = a;
	b.id[0] = 2;
	assert_int_equal(taken_until_refused(f.g, &a, 1, T0, GN_QUOTA), 300);
	assert_int_equal(gn_guard_charge(f.g, &a, 1, T0, &v), GN_QUOTA);
	assert_string_equal(v.limit, "guard-token");
	assert_int_equal(gn_guard_charge(f.g, &b, 1, T0, &v), GN_OK);
	gn_err err = GN_OK;
	uint32_t n = 0;
	for (; n < 2 * GN_GUARD_TOKENS && err == GN_OK; n++) {
		/* each owes for 10 s: more than the table can know */
		struct gn_guard_subject who = a;
		gn_put_be64(who.id + 8, n + 1);
		err = gn_guard_charge(f.g, &who, 100, T0, &v);
	}
	assert_int_equal(err, GN_NO_SPACE);
	print_message("  %u tokens at one time\n", n - 1);
	assert_true(n > GN_GUARD_TOKENS / 2 && n <= GN_GUARD_TOKENS + 1);
	fixture_close(&f);
}

/* ---- sketch ---- */

static void heavy(struct gn_sketch *s, uint64_t n, gn_time now)
{
	for (uint64_t i = 0; i < n; i++)
		gn_sketch_set(s, (uint64_t[]){1, i}, now + GN_PREFIX_BURST);
}

static uint64_t hit(const struct gn_sketch *s, uint64_t bystanders, gn_time now)
{
	uint64_t wrong = 0;
	for (uint64_t i = 0; i < bystanders; i++)
		wrong += !gn_gcra_ready(gn_sketch_get(s, (uint64_t[]){2, i}, 0), GN_PREFIX_BURST,
					now);
	return wrong;
}

static void test_sketch_spares_bystanders(void **state)
{
	(void)state;
	struct gn_sketch *s = calloc(1, sizeof *s);
	struct gn_sip_key root = {{11, 12}};
	gn_sketch_turn(s, &root, T0);
	heavy(s, 100, T0);
	for (uint64_t i = 0; i < 100; i++)
		assert_false(gn_gcra_ready(gn_sketch_get(s, (uint64_t[]){1, i}, 0), GN_PREFIX_BURST,
					   T0));
	uint64_t wrong = hit(s, 1000000, T0); /* expected 0.35 */
	print_message("  100 heavy prefixes: %llu of 1,000,000 others limited\n",
		      (unsigned long long)wrong);
	assert_true(wrong <= 5);
	/* and it does not fall off a cliff: (1 - (1 - 1/4096)^2000)^4 = 0.022 */
	heavy(s, 2000, T0);
	wrong = hit(s, 100000, T0);
	print_message("  2,000 heavy prefixes: %llu of 100,000 others limited\n",
		      (unsigned long long)wrong);
	assert_true(wrong > 500 && wrong < 6000);
	free(s);
}

static void test_sketch_turns(void **state)
{
	(void)state;
	struct gn_sketch *s = calloc(1, sizeof *s);
	struct gn_sip_key root = {{11, 12}};
	uint64_t id[2] = {1, 5};
	gn_sketch_turn(s, &root, T0);
	gn_time now = T0 + GN_SKETCH_LIFE - 1;
	gn_sketch_set(s, id, now + GN_PREFIX_BURST);
	gn_sketch_turn(s, &root, now);
	assert_int_equal(s->turns, 1);
	struct gn_sip_key before = s->key[s->current];
	gn_sketch_turn(s, &root, now + 1);
	assert_int_equal(s->turns, 2);
	assert_memory_not_equal(&before, &s->key[s->current], sizeof before);
	/* what it owes is not forgotten at the turn */
	assert_true(gn_sketch_get(s, id, 0) == now + GN_PREFIX_BURST);
	gn_sketch_set(s, id, now + 2 * GN_PREFIX_BURST);
	assert_true(gn_sketch_get(s, id, 0) == now + 2 * GN_PREFIX_BURST);
	gn_sketch_clear(s, id);
	assert_true(gn_sketch_get(s, id, 0) == 0);
	/* Whoever shared all cells with a heavy one does not after the turn. */
	uint64_t victim = 0;
	while (victim < 100000 &&
	       gn_gcra_ready(gn_sketch_get(s, (uint64_t[]){2, victim}, 0), GN_PREFIX_BURST, now)) {
		gn_sketch_set(s, (uint64_t[]){3, victim}, now + GN_PREFIX_BURST);
		victim++;
	}
	assert_true(victim < 100000);
	gn_sketch_turn(s, &root, now + 2 * GN_SKETCH_LIFE);
	assert_true(gn_gcra_ready(gn_sketch_get(s, (uint64_t[]){2, victim}, 0), GN_PREFIX_BURST,
				  now + 2 * GN_SKETCH_LIFE));
	free(s);
}

/* ---- single use, the heaviest ---- */

static void test_once(void **state)
{
	(void)state;
	struct gn_once *o = calloc(1, sizeof *o);
	struct gn_prng prng;
	gn_prng_init(&prng, 5);
	static uint64_t prints[3 * GN_ONCE_COUNT];
	uint64_t wrong = 0;
	for (uint32_t i = 0; i < GN_COUNT(prints); i++) {
		prints[i] = gn_prng_next(&prng);
		wrong += gn_once_seen(o, prints[i]);
		gn_once_mark(o, prints[i]);
		assert_true(gn_once_seen(o, prints[i]));
		if (i >= GN_ONCE_COUNT)
			/* the last 16,384 at the least */
			assert_true(gn_once_seen(o, prints[i - GN_ONCE_COUNT]));
	}
	print_message("  %llu of %u new ones taken for used\n", (unsigned long long)wrong,
		      (unsigned)GN_COUNT(prints));
	assert_true(wrong < GN_COUNT(prints) / 400);
	uint32_t forgotten = 0;
	for (uint32_t i = 0; i < GN_ONCE_COUNT; i++)
		forgotten += !gn_once_seen(o, prints[i]);
	assert_true(forgotten > GN_ONCE_COUNT * 9 / 10);
	free(o);
}

static void test_the_heaviest_are_found(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_account list[GN_GUARD_TOP];
	for (uint32_t round = 0; round < 200; round++) {
		gn_time now = T0 + round * GN_SEC;
		for (uint32_t i = 0; i < 10; i++) { /* ten heavy keys */
			struct gn_guard_subject who = subject_of_key(i);
			gn_guard_debit(f.g, &who, 1000 + i, now);
		}
		for (uint32_t i = 0; i < 300; i++) { /* among many light ones */
			struct gn_guard_subject who = subject_of_key(1000 + round * 300 + i);
			gn_guard_debit(f.g, &who, 1, now);
		}
	}
	size_t n = gn_guard_list(f.g, list, GN_GUARD_TOP);
	assert_int_equal(n, GN_GUARD_TOP);
	for (uint32_t i = 0; i < 10; i++) {
		struct gn_guard_subject want = subject_of_key(9 - i);
		assert_memory_equal(list[i].who.id, want.id, 32);
		assert_true(list[i].work - list[i].work_error <= 200 * (1009 - i) &&
			    list[i].work >= 200 * (1009 - i));
		assert_int_equal(list[i].admitted, 200);
	}
	for (size_t i = 1; i < n; i++)
		assert_true(list[i - 1].work >= list[i].work);
	assert_int_equal(gn_guard_list(f.g, list, 3), 3);
	fixture_close(&f);
}

static void test_off_limits_nothing(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, &(struct gn_guard_config){.off = true});
	assert_true(f.alloc.used < 4096);
	struct gn_guard_subject who = subject_of_key(1);
	struct gn_guard_why why;
	struct gn_guard_status status;
	struct gn_guard_account a;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(gn_guard_charge(f.g, &who, GN_WORK_MAX, T0, NULL), GN_OK);
	gn_guard_debit(f.g, &who, 1, T0);
	gn_guard_forgive(f.g, &who);
	gn_guard_load(f.g, 1000000);
	assert_int_equal(gn_guard_allow(f.g, &who, GN_NEVER), GN_OK);
	gn_guard_why(f.g, &who, T0, &why);
	gn_guard_status(f.g, T0, &status);
	assert_true(!why.limited && !status.on && gn_guard_list(f.g, &a, 1) == 0);
	fixture_close(&f);
}

static void test_memory(void **state)
{
	(void)state;
	struct fixture f;
	struct gn_guard *g;
	fixture_open(&f, NULL);
	print_message("  %zu KiB\n", f.alloc.used / 1024);
	assert_true(f.alloc.used < 2u << 20);
	for (uint64_t nth = 1; nth <= 2; nth++) {
		f.alloc.fail_at = nth;
		assert_int_equal(gn_guard_new(&f.env, &(struct gn_guard_config){0}, &g), GN_NOMEM);
	}
	fixture_close(&f);
}

static uint32_t pressure(const struct fixture *f, gn_time now)
{
	struct gn_guard_status s;
	gn_guard_status(f->g, now, &s);
	return s.pressure;
}

/* GU-18: fifty keys, each within its tenth of a core, ask for all that they get; a light one
 * beside them is always served, and what all are given stays near half a core once their bursts
 * are used up. */
static void test_lawful_shares_do_not_add_up(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_subject light = subject_of_key(1000),
				token = {.kind = GN_GUARD_TOKEN, .rate = 1000000, .burst = GN_SEC};
	uint64_t given = 0;
	gn_time now = T0;
	for (int ms = 0; ms < 20000; ms++, now += GN_MSEC) {
		uint64_t room = 900; /* what one core gets done in a millisecond beside the rest */
		for (uint32_t n = 0; n < 50 && room >= 50; n++) {
			struct gn_guard_subject who = subject_of_key((uint32_t)ms % 50 + n);
			if (gn_guard_charge(f.g, &who, 50, now, NULL) == GN_OK) {
				room -= 50;
				given += ms >= 5000 ? 50 : 0;
			}
		}
		if (ms % 20 == 0)
			assert_int_equal(gn_guard_charge(f.g, &light, 5, now, NULL), GN_OK);
	}
	print_message("  %.2f of a core\n", (double)given / 15e6);
	assert_true(given > 15000000 / 5 && given < 15000000 * 6 / 10);
	uint32_t p = pressure(&f, now);
	assert_true(p > GN_PRESSURE_ONE && p <= GN_PRESSURE_MAX);
	/* paid for */
	assert_int_equal(taken_until_refused(f.g, &token, 100, now, GN_QUOTA), 1000000);
	assert_int_equal(pressure(&f, now + 7 * GN_SEC), GN_PRESSURE_ONE);
	assert_int_equal(gn_guard_charge(f.g, &light, 5, now + 7 * GN_SEC, NULL), GN_OK);
	fixture_close(&f);
}

static void test_pressure_follows_charged_work(void **state)
{
	(void)state;
	const uint64_t half = 50000; /* of a core, in a tenth of a second */
	const struct {
		uint64_t work;
		uint32_t from, to;
	} cases[] = {{half, 8, 8},
		     {half + 1, 8, 16},
		     {half + 1, 256, 512},
		     {half + 1, 512, 512},
		     {half, 64, 56},
		     {0, 9, 8},
		     {0, 8, 8}};
	struct fixture f;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		fixture_open(&f, NULL);
		struct gn_guard_subject who = subject_of_key(1), home = subject_v4(127, 0, 0, 1);
		assert_int_equal(gn_guard_charge(f.g, &who, 0, T0, NULL), GN_OK);
		f.g->load.pressure = cases[i].from;
		gn_guard_debit(f.g, &who, cases[i].work, T0);
		gn_guard_debit(f.g, &home, half + 1, T0); /* exempt: it neither pays nor presses */
		assert_int_equal(pressure(&f, T0 + GN_EFFORT_EVERY - 1), cases[i].from);
		assert_int_equal(pressure(&f, T0 + GN_EFFORT_EVERY), cases[i].to);
		fixture_close(&f);
	}
}

static struct gn_guard_subject at(struct gn_guard_subject who, struct gn_addr addr)
{
	who.addr = addr;
	return who;
}

/* GU-18: 300 keys of one /24, each far within its share, ask for more than half a core; an
 * honest key elsewhere goes on being served, as the price stays low. Were it theirs alone, the
 * price would be what makes their 300 shares fit. */
static void test_one_network_does_not_press_the_others(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_subject busy = at(subject_of_key(1000), gn_addr_v4(198, 51, 100, 1, 1));
	uint32_t refused = 0, most = 0;
	for (int ms = 0; ms < 20000; ms++) {
		gn_time now = T0 + ms * GN_MSEC;
		for (uint32_t n = (uint32_t)ms % 25; n < 300; n += 25) {
			struct gn_guard_subject one =
				at(subject_of_key(n), gn_addr_v4(203, 0, 113, (uint8_t)n, 1));
			/* forty times a second each */
			(void)!gn_guard_charge(f.g, &one, 45, now, NULL);
		}
		if (ms % 10 == 0 && gn_guard_charge(f.g, &busy, 150, now, NULL) != GN_OK)
			refused++;
		uint32_t p = pressure(&f, now);
		most = p > most ? p : most;
	}
	print_message("  pressure %u eighths at most, %u of 2000 refused\n", most, refused);
	assert_true(most > GN_PRESSURE_ONE && most <= 4 * GN_PRESSURE_ONE);
	assert_int_equal(refused, 0);
	fixture_close(&f);
}

/* GU-18: a prefix pays for its keys while there is pressure, and only then; not for who is
 * allowed anything. */
static void test_a_prefix_pays_under_pressure(void **state)
{
	(void)state;
	struct gn_addr there = gn_addr_v4(203, 0, 113, 1, 1), home = gn_addr_v4(127, 0, 0, 1, 1);
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_guard_subject net = gn_guard_of_addr(&there), one = at(subject_of_key(1), there),
				other = at(subject_of_key(2), there);
	struct gn_guard_subject near = at(subject_of_key(3), home), nowhere = subject_of_key(4);
	const uint64_t share = GN_PREFIX_RATE * 2;
	gn_guard_debit(f.g, &one, share + 1, T0); /* while nothing presses it is the key's alone */
	assert_int_equal(gn_guard_charge(f.g, &net, 0, T0, NULL), GN_OK);
	f.g->load.charged = 0;
	f.g->load.pressure = GN_PRESSURE_ONE + 1;
	gn_guard_debit(f.g, &one, share, T0);
	assert_int_equal(gn_guard_charge(f.g, &net, 0, T0, NULL), GN_LIMIT);
	assert_int_equal(gn_guard_charge(f.g, &other, 1, T0, &f.v), GN_LIMIT);
	assert_string_equal(f.v.limit, "guard-host");
	struct gn_guard_why why;
	gn_guard_why(f.g, &other, T0, &why);
	assert_true(why.limited && why.until == f.v.until && strcmp(why.limit, "guard-host") == 0);
	assert_int_equal(gn_guard_charge(f.g, &nowhere, 1, T0, NULL), GN_OK);
	gn_guard_debit(f.g, &near, share * 2, T0); /* exempt */
	assert_int_equal(gn_guard_charge(f.g, &near, 1, T0, NULL), GN_OK);
	assert_int_equal(gn_guard_allow(f.g, &other, GN_NEVER), GN_OK);
	assert_int_equal(gn_guard_charge(f.g, &other, 1, T0, NULL), GN_OK);
	assert_int_equal(gn_guard_allow(f.g, &other, 0), GN_OK);
	f.g->load.pressure = GN_PRESSURE_ONE;
	assert_int_equal(gn_guard_charge(f.g, &other, 1, T0, NULL), GN_OK);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gcra),
		cmocka_unit_test(test_key_and_prefix_limits),
		cmocka_unit_test(test_local_prefixes_are_exempt_unless_counted),
		cmocka_unit_test(test_allow_and_forgive),
		cmocka_unit_test(test_keys_are_exact),
		cmocka_unit_test(test_tokens_have_their_own_limits),
		cmocka_unit_test(test_sketch_spares_bystanders),
		cmocka_unit_test(test_sketch_turns),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_the_heaviest_are_found),
		cmocka_unit_test(test_off_limits_nothing),
		cmocka_unit_test(test_lawful_shares_do_not_add_up),
		cmocka_unit_test(test_pressure_follows_charged_work),
		cmocka_unit_test(test_one_network_does_not_press_the_others),
		cmocka_unit_test(test_a_prefix_pays_under_pressure),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
