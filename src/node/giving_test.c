/* What an owner gives, gave and refuses, as texts and counts. Rule RE-64. */
#include "node/giving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define LINE "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

static struct giving g, other;
static char why[GN_HOST_WHY];
static uint8_t *text;
static struct gn_buf out;

static int begin(void **state)
{
	(void)state;
	memset(&g, 0, sizeof g);
	memset(&other, 0, sizeof other);
	why[0] = 0;
	text = malloc(GIVING_REFUSED_TEXT);
	assert_non_null(text);
	out = (struct gn_buf){text, 0, GIVING_REFUSED_TEXT};
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(text);
	return 0;
}

static gn_err set(const char *name, const char *value)
{
	return giving_set(&g, gn_str(name), gn_str(value), why);
}

static void what_is_said_is_kept_and_read_again(void **state)
{
	(void)state;
	g.wish = (struct giving_wish){.relay = GN_RELAY_SMALL, .rate = 5, .month = 6, .hold = 7};
	other.wish = g.wish;
	assert_int_equal(set("relay", "commons"), GN_OK);
	assert_int_equal(set("month", "100G"), GN_OK);
	assert_int_equal(set("hold", "nothing"), GN_OK);
	assert_true(g.wish.hold_nothing && g.wish.hold == 7);
	giving_write(&g, &out);
	assert_int_equal(giving_read(&other, gn_buf_slice(&out), why), GN_OK);
	assert_int_equal(other.wish.relay, GN_RELAY_COMMONS);
	assert_int_equal(other.wish.month, UINT64_C(100) << 30);
	assert_true(other.wish.hold_nothing);
	assert_int_equal(other.wish.rate, 5); /* not said: as the settings have it */
	assert_memory_equal(other.said, g.said, sizeof g.said);
	assert_int_equal(set("hold", "5M"), GN_OK);
	assert_true(!g.wish.hold_nothing && g.wish.hold == 5u << 20);
	assert_int_equal(set("turn", "on"), GN_OK);
	assert_int_equal(set("metered", "yes"), GN_OK);
	assert_true(g.wish.turn && g.wish.metered);
}

static void what_cannot_be_given_changes_nothing(void **state)
{
	static const char *const wrong[][2] = {
		{"relay", "much"}, {"rate", "0"},        {"rate", "fast"}, {"month", "0"},
		{"hold", "-1"},    {"metered", "maybe"}, {"speed", "1"},   {"nothing", "nothing"}};
	(void)state;
	assert_int_equal(set("relay", "small"), GN_OK);
	const struct giving before = g;
	for (size_t i = 0; i < GN_COUNT(wrong); i++) {
		assert_int_equal(set(wrong[i][0], wrong[i][1]), GN_USAGE);
		assert_true(why[0] != 0);
		assert_memory_equal(&g, &before, sizeof g);
	}
	/* a file whose second line is wrong is none */
	assert_int_equal(giving_read(&g, GN_LIT("relay = commons\nrelay = x\n"), why), GN_USAGE);
	assert_memory_equal(&g, &before, sizeof g);
}

static void limits_hold_at_their_value(void **state)
{
	char least[32], most[32], below[32], above[32];
	const struct {
		const char *name;
		uint64_t least, most;
	} of[] = {{"rate", GIVING_RATE_MIN, GIVING_RATE_MAX},
		  {"month", GIVING_MONTH_MIN, GIVING_MONTH_MAX},
		  {"hold", 0, GN_NODE_STORE_MAX}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(of); i++) {
		snprintf(least, sizeof least, "%llu", (unsigned long long)of[i].least);
		snprintf(most, sizeof most, "%llu", (unsigned long long)of[i].most);
		snprintf(below, sizeof below, "%llu", (unsigned long long)of[i].least - 1);
		snprintf(above, sizeof above, "%llu", (unsigned long long)of[i].most + 1);
		assert_int_equal(set(of[i].name, least), GN_OK);
		assert_int_equal(set(of[i].name, most), GN_OK);
		assert_int_equal(set(of[i].name, below), GN_USAGE);
		assert_int_equal(set(of[i].name, above), GN_USAGE);
	}
}

static void months_begin_when_they_do(void **state)
{
	static const struct {
		uint64_t at;
		unsigned year, month;
		uint64_t end;
	} cases[] = {{0, 1970, 1, 31 * 86400},
		     {1767225600 - 1, 2025, 12, 1767225600},
		     {1767225600, 2026, 1, 1769904000},
		     {1709164800 + 86399, 2024, 2, 1709251200}, /* the 29th */
		     {951782400, 2000, 2, 951868800},           /* and that of 2000 */
		     {4107542399, 2100, 2, 4107542400},         /* which has none */
		     {UINT64_MAX, 9999, 12, 253402300800}};
	uint64_t stop;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		assert_int_equal(giving_month_of(cases[i].at, &stop),
				 cases[i].year * 12 + cases[i].month - 1);
		assert_int_equal(stop, cases[i].end);
	}
	assert_int_equal(giving_month_of(UINT64_MAX, &stop), GIVING_MONTH_LAST);
}

static void a_month_is_begun_once(void **state)
{
	(void)state;
	uint32_t now = 2026 * 12;
	giving_month(&g, now)->small = 10;
	giving_month(&g, now + 1)->small = 20;
	assert_int_equal(giving_month(&g, now)->small, 10); /* set back */
	assert_int_equal(giving_month(&g, now + 1)->small, 20);
	/* as many as are remembered, then the farthest goes */
	for (unsigned i = 2; i < GIVING_MONTHS; i++)
		giving_month(&g, now + i)->small = 1;
	assert_int_equal(giving_month(&g, now)->small, 10);
	giving_month(&g, now + GIVING_MONTHS)->small = 1;
	assert_int_equal(giving_month(&g, now + 1)->small, 20);
	assert_int_equal(giving_month(&g, now)->small, 0);
	/* a clock that was in another millennium is nothing to forget while there is room */
	memset(&g, 0, sizeof g);
	giving_month(&g, 6000 * 12)->small = 3;
	giving_month(&g, now)->small = 4;
	assert_int_equal(giving_month(&g, 6000 * 12)->small, 3);
}

static struct gn_relay_given had(unsigned who, uint64_t small, uint64_t bulk)
{
	struct gn_relay_given v = {.small = small, .bulk = bulk};
	gn_put_be32(v.id, who);
	return v;
}

static void who_had_least_is_forgotten_first(void **state)
{
	(void)state;
	struct gn_relay_given v;
	for (unsigned i = 0; i < GIVING_BY; i++) {
		v = had(i, 1000 + i, 0);
		giving_add_by(&g, 100, &v);
	}
	v = had(7, 0, 5);
	giving_add_by(&g, 100, &v); /* the same once more */
	assert_int_equal(g.by_count, GIVING_BY);
	assert_int_equal(g.by[7].small + g.by[7].bulk, 1007 + 5);
	v.token = true; /* a token is nobody's key */
	giving_add_by(&g, 100, &v);
	assert_int_equal(g.by_count, GIVING_BY);
	assert_true(g.by[0].token && g.by[0].bulk == 5);
	g.by[9].month = 90; /* of another month */
	v = had(77777, 1, 0);
	giving_add_by(&g, 100, &v);
	assert_int_equal(g.by[9].month, 100);
	assert_int_equal(g.by[9].small, 1);
}

static void counts_are_read_as_they_were_written(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GIVING_MONTHS; i++)
		*giving_month(&g, 24000 + i) =
			(struct giving_month){24000 + i, GIVING_MOST, GIVING_MOST - i, GIVING_MOST};
	for (unsigned i = 0; i < GIVING_BY; i++) {
		struct gn_relay_given v = had(i, GIVING_MOST, GIVING_MOST);
		v.token = i % 2;
		giving_add_by(&g, GIVING_MONTH_LAST, &v);
	}
	out.cap = GIVING_COUNTS_TEXT; /* all of it has room there */
	giving_write_counts(&g, &out);
	assert_int_equal(giving_read_counts(&other, gn_buf_slice(&out), why), GN_OK);
	assert_memory_equal(other.months, g.months, sizeof g.months);
	assert_int_equal(other.by_count, GIVING_BY);
	assert_memory_equal(other.by, g.by, sizeof g.by);
}

static void what_is_no_count_is_named_with_its_line(void **state)
{
	static char long_number[128]; /* a word that is too long */
	static const char *const wrong[] = {"2026-11 all 1 2",
					    "2026-11 all 1 2 3 4",
					    "2026-13 all 1 2 3",
					    "2026-0 all 1 2 3",
					    "1969-12 all 1 2 3",
					    "2026-11 some 1 2 3",
					    "2026-11 all 1 2 72057594037927937",
					    "2026-11 all 1 2 -3",
					    "2026-11 key 0102 1 2",
					    "2026-11 key " LINE " 1 2\n2026-11 key " LINE " 1 2",
					    "2026-11 all 1 2 3\n2026-11 all 1 2 3",
					    "2026-11 all 1 2 3k",
					    long_number};
	(void)state;
	snprintf(long_number, sizeof long_number, "2026-11 all 1 2 %080u", 1);
	for (size_t i = 0; i < GN_COUNT(wrong); i++) {
		giving_month(&g, 5)->small = 1;
		assert_int_equal(giving_read_counts(&g, gn_str(wrong[i]), why), GN_USAGE);
		assert_memory_equal(why, "line ", 5);
		assert_int_equal(g.by_count, 0);
		assert_int_equal(g.months[0].month, 0);
	}
	assert_int_equal(
		giving_read_counts(
			&g, GN_LIT("# nothing\n\n 2026-11 all 1 2 72057594037927936 # x"), why),
		GN_OK);
	assert_int_equal(giving_month(&g, 2026 * 12 + 10)->turn, GIVING_MOST);
}

static void too_many_counts_are_none(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= GIVING_MONTHS; i++)
		out.len += (size_t)sprintf((char *)out.p + out.len, "20%02u-01 all 0 0 0\n", i);
	assert_int_equal(giving_read_counts(&g, gn_buf_slice(&out), why), GN_USAGE);
	out.len -= 18;
	assert_int_equal(giving_read_counts(&g, gn_buf_slice(&out), why), GN_OK);
	out.len = 0;
	for (unsigned i = 0; i <= GIVING_BY; i++)
		out.len += (size_t)sprintf((char *)out.p + out.len, "2026-01 key %064x 1 1\n", i);
	size_t one = (size_t)sprintf(why, "2026-01 key %064x 1 1\n", GIVING_BY);
	assert_int_equal(giving_read_counts(&g, gn_buf_slice(&out), why), GN_USAGE);
	out.len -= one;
	assert_int_equal(giving_read_counts(&g, gn_buf_slice(&out), why), GN_OK);
	assert_int_equal(g.by_count, GIVING_BY);
}

static void what_is_refused_is_a_hash_a_line(void **state)
{
	struct gn_alloc mem;
	struct gn_prng prng;
	struct gn_map set_;
	(void)state;
	gn_alloc_heap(&mem, 64u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&mem, &rand, NULL};
	gn_map_init(&set_, &env, sizeof(struct gn_hash), sizeof(uint8_t), GIVING_REFUSED);
	assert_int_equal(
		giving_read_refused(&set_, GN_LIT("# a\n" LINE "\r\n\n " LINE " # b\n"), why),
		GN_OK);
	assert_int_equal(set_.count, 1);
	assert_int_equal(giving_read_refused(&set_, GN_LIT("\n" LINE " 1"), why), GN_USAGE);
	assert_string_equal(why, "line 2: it is no hash of 64 hex digits");
	assert_int_equal(giving_read_refused(&set_, GN_LIT("0102"), why), GN_USAGE);
	for (unsigned i = 1; i < GIVING_REFUSED; i++)
		out.len += (size_t)sprintf((char *)out.p + out.len, "%064x\n", i);
	assert_int_equal(giving_read_refused(&set_, gn_buf_slice(&out), why), GN_OK);
	assert_int_equal(set_.count, GIVING_REFUSED);
	assert_int_equal(giving_read_refused(&set_, GN_LIT(LINE), why), GN_OK); /* is there */
	out.len = 0;
	giving_write_refused(&set_, &out);
	assert_int_equal(giving_read_refused(&set_, gn_buf_slice(&out), why), GN_OK);
	out.len = (size_t)sprintf((char *)out.p, "%064x\n", GIVING_REFUSED);
	assert_int_equal(giving_read_refused(&set_, gn_buf_slice(&out), why), GN_USAGE);
	gn_map_fini(&set_);
	assert_int_equal(mem.count, 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_said_is_kept_and_read_again),
		T(what_cannot_be_given_changes_nothing),
		T(limits_hold_at_their_value),
		T(months_begin_when_they_do),
		T(a_month_is_begun_once),
		T(who_had_least_is_forgotten_first),
		T(counts_are_read_as_they_were_written),
		T(what_is_no_count_is_named_with_its_line),
		T(too_many_counts_are_none),
		T(what_is_refused_is_a_hash_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
