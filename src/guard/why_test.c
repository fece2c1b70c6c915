/* What people are told (GU-19), in scripted cases: after each the sentence, the limit and its
 * end are those of what then happens: who is said to be refused is refused until that very
 * moment, everybody else is served. Shares of resources likewise. */
#include "guard/share.h"
#include "guard/testing/fixture.h"
#include <stdio.h>

#define SERVED "served"
#define LOCAL "a local network: it has no share"
#define ALLOWED "allowed anything by the operator"
#define KEY_USED "refused: this key has used up its share"
#define HOST_USED "refused: this address has used up its share"
#define NET_USED "refused: its network has used up its share"

static struct gn_guard_subject token(uint32_t n)
{
	struct gn_guard_subject who = {.kind = GN_GUARD_TOKEN, .rate = 1000, .burst = GN_SEC};
	gn_put_be64(who.id, n);
	return who;
}

static struct gn_guard_subject v6(uint8_t sixth, uint8_t eighth, uint8_t last)
{
	struct gn_addr addr = {{0x20, 1, [5] = sixth, [7] = eighth, [15] = last}, 1};
	return gn_guard_of_addr(&addr);
}

/* In small pieces, so that its own work is no pressure: seconds of its whole share more than the
 * burst. */
static void overdraw(struct fixture *f, const struct gn_guard_subject *who, unsigned seconds)
{
	struct gn_rate r = gn_guard_rate(who);
	gn_guard_debit(f->g, who, r.rate * (uint64_t)(r.burst / GN_SEC + seconds), f->now);
}

/* ---- what happens before somebody asks why ---- */

static void nothing(struct fixture *f)
{
	(void)f;
}

static void key_asks_a_little(struct fixture *f)
{
	struct gn_guard_subject who = subject_of_key(1);
	assert_int_equal(gn_guard_charge(f->g, &who, 1000, f->now, NULL), GN_OK);
}

static void key_asks_too_much(struct fixture *f)
{
	struct gn_guard_subject who = subject_of_key(1);
	overdraw(f, &who, 3);
}

static void key_waits(struct fixture *f)
{
	key_asks_too_much(f);
	f->now += 3 * GN_SEC + 1;
}

static void key_in_deep_debt(struct fixture *f)
{
	struct gn_guard_subject who = subject_of_key(1);
	for (int i = 0; i < 3; i++)
		overdraw(f, &who, 100000);
}

static void key_allowed(struct fixture *f)
{
	struct gn_guard_subject who = subject_of_key(1);
	key_asks_too_much(f);
	assert_int_equal(gn_guard_allow(f->g, &who, f->now + GN_SEC), GN_OK);
}

static void allowance_over(struct fixture *f)
{
	key_allowed(f);
	f->now += GN_SEC;
}

static void allowance_taken_back(struct fixture *f)
{
	struct gn_guard_subject who = subject_of_key(1);
	key_allowed(f);
	assert_int_equal(gn_guard_allow(f->g, &who, 0), GN_OK);
}

static void key_forgiven(struct fixture *f)
{
	struct gn_guard_subject who = subject_of_key(1);
	key_asks_too_much(f);
	gn_guard_forgive(f->g, &who);
}

static void host_asks_too_much(struct fixture *f)
{
	struct gn_guard_subject who = subject_v4(198, 51, 100, 7);
	overdraw(f, &who, 3);
}

static void host_then_its_mate(struct fixture *f)
{
	struct gn_guard_subject mate = subject_v4(198, 51, 100, 8);
	host_asks_too_much(f);
	gn_guard_debit(f->g, &mate, GN_PREFIX_RATE, f->now);
}

static void host_forgiven(struct fixture *f)
{
	struct gn_guard_subject who = subject_v4(198, 51, 100, 7);
	host_asks_too_much(f);
	gn_guard_forgive(f->g, &who);
}

static void net_allowed(struct fixture *f)
{
	struct gn_guard_subject mate = subject_v4(198, 51, 100, 200);
	host_asks_too_much(f);
	assert_int_equal(gn_guard_allow(f->g, &mate, GN_NEVER), GN_OK);
}

static void six_asks_too_much(struct fixture *f)
{
	struct gn_guard_subject who = v6(1, 1, 1);
	overdraw(f, &who, 3);
}

static void loopback_asks_too_much(struct fixture *f)
{
	struct gn_guard_subject who = subject_v4(127, 0, 0, 1);
	overdraw(f, &who, 3);
}

static void token_used_up(struct fixture *f)
{
	struct gn_guard_subject who = token(1);
	overdraw(f, &who, 3);
}

/* So many tokens at one time that one more finds no place. */
static void tokens_everywhere(struct fixture *f)
{
	for (uint32_t n = 2; n < 2 * GN_GUARD_TOKENS; n++) {
		struct gn_guard_subject who = token(n);
		gn_guard_debit(f->g, &who, 1000, f->now);
	}
}

static void no_room_but_allowed(struct fixture *f)
{
	struct gn_guard_subject who = token(1);
	tokens_everywhere(f);
	assert_int_equal(gn_guard_allow(f->g, &who, GN_NEVER), GN_OK);
}

/* In a victim's name: a million hellos that prove nothing. */
static void spoofed(struct fixture *f)
{
	struct gn_addr victim = gn_addr_v4(198, 51, 100, 7, 4433);
	struct gn_guard_verdict v;
	for (uint32_t n = 0; n < 1000000; n++) {
		struct gn_guard_hello h = {.from = &victim};
		gn_put_be64(h.cid, n);
		gn_guard_hello(f->g, &h, f->now, &v);
	}
	assert_int_equal(v.answer, GN_GUARD_COOKIE);
}

static void puzzle_asked(struct fixture *f)
{
	gn_guard_force(f->g, 40, 0, f->now);
}

static void puzzle_over(struct fixture *f)
{
	puzzle_asked(f);
	f->now += 10 * GN_SEC;
}

/* Ten others take 0.6 of a core for two seconds; what this key asks for would be lawful in
 * peace. */
static void pressed(struct fixture *f)
{
	for (int ms = 0; ms < 2000; ms++, f->now += GN_MSEC) {
		struct gn_guard_subject other = subject_of_key(10 + (uint32_t)ms % 10),
					who = subject_of_key(1);
		gn_guard_debit(f->g, &other, 600, f->now);
		gn_guard_debit(f->g, &who, 50, f->now);
	}
}

static const struct {
	const char *name;
	void (*play)(struct fixture *f);
	struct gn_guard_subject who;
	const char *reason, *limit;
	gn_time wait;    /* until it is served; -1: not told here */
	uint32_t effort; /* that a stranger owes */
	struct gn_guard_config config;
	bool counted; /* among the heaviest */
} cases[] = {
#define KEY(n)                                                                                     \
	{                                                                                          \
		.kind = GN_GUARD_KEY, .id = { 9, [15] = n }                                        \
	}
#define TOKEN(n) {.kind = GN_GUARD_TOKEN, .id = {[7] = n}, .rate = 1000, .burst = GN_SEC}
#define V4(a, b, c, d) {.addr = {{[10] = 0xff, 0xff, a, b, c, d}, 1}}
#define V6(sixth, eighth, last) {.addr = {{0x20, 1, [5] = sixth, [7] = eighth, [15] = last}, 1}}
	{"unknown key", nothing, KEY(1), SERVED, "", .wait = 0},
	{"key within its share", key_asks_a_little, KEY(1), SERVED, "", .counted = true},
	{"key over its share", key_asks_too_much, KEY(1), KEY_USED, "guard-key", 3 * GN_SEC + 1,
	 .counted = true},
	{"another key beside it", key_asks_too_much, KEY(2), SERVED, "", .wait = 0},
	{"key after its time", key_waits, KEY(1), SERVED, "", .counted = true},
	{"key in deep debt", key_in_deep_debt, KEY(1), KEY_USED, "guard-key", GN_DEBT_MAX + 1,
	 .counted = true},
	{"key allowed", key_allowed, KEY(1), ALLOWED, "", .counted = true},
	{"allowance over", allowance_over, KEY(1), KEY_USED, "guard-key", 2 * GN_SEC + 1,
	 .counted = true},
	{"allowance taken back", allowance_taken_back, KEY(1), KEY_USED, "guard-key",
	 3 * GN_SEC + 1, .counted = true},
	{"key forgiven", key_forgiven, KEY(1), SERVED, "", .counted = true},
	{"address over its share", host_asks_too_much, V4(198, 51, 100, 7), HOST_USED, "guard-host",
	 3 * GN_SEC + 1, .counted = true},
	{"its neighbour", host_asks_too_much, V4(198, 51, 100, 8), NET_USED, "guard-net",
	 3 * GN_SEC + 1, .counted = true},
	{"the next network", host_asks_too_much, V4(198, 51, 101, 7), SERVED, "", .wait = 0},
	{"an address whose network owes more than it does", host_then_its_mate, V4(198, 51, 100, 7),
	 NET_USED, "guard-net", 4 * GN_SEC + 1, .counted = true},
	{"address forgiven", host_forgiven, V4(198, 51, 100, 7), SERVED, "", .counted = true},
	{"address of an allowed network", net_allowed, V4(198, 51, 100, 7), ALLOWED, "",
	 .counted = true},
	{"same /64", six_asks_too_much, V6(1, 1, 2), HOST_USED, "guard-host", 3 * GN_SEC + 1,
	 .counted = true},
	{"same /48", six_asks_too_much, V6(1, 2, 1), NET_USED, "guard-net", 3 * GN_SEC + 1,
	 .counted = true},
	{"next /48", six_asks_too_much, V6(2, 1, 1), SERVED, "", .wait = 0},
	{"loopback", loopback_asks_too_much, V4(127, 0, 0, 1), LOCAL, "", .counted = true},
	{"loopback that counts", loopback_asks_too_much, V4(127, 0, 0, 1), HOST_USED, "guard-host",
	 3 * GN_SEC + 1, .config = {.count_local = true}, .counted = true},
	{"token used up", token_used_up, TOKEN(1), "refused: this token has used up its share",
	 "guard-token", 3 * GN_SEC + 1, .counted = true},
	{"no place for a token", tokens_everywhere, TOKEN(1),
	 "refused: too many ask at one time to count another", "guard-tokens-full", .wait = -1},
	{"no place, but allowed", no_room_but_allowed, TOKEN(1), ALLOWED, "", .wait = 0},
	{"victim of spoofed hellos", spoofed, V4(198, 51, 100, 7), SERVED, "", .wait = 0},
	{"puzzle asked", puzzle_asked, V4(198, 51, 100, 7), SERVED, "", .effort = 40},
	{"puzzle over", puzzle_over, V4(198, 51, 100, 7), SERVED, "", .wait = 0},
	{"under pressure", pressed, KEY(1), KEY_USED, "guard-key", -1, .counted = true},
	{"guard off", key_asks_too_much, KEY(1), "guard is off: nothing is limited", "",
	 .config = {.off = true}},
};

/* What is told is what happens: to a charge now, a moment before its end, and at its end. */
static void happens(struct fixture *f, const struct gn_guard_subject *who,
		    const struct gn_guard_why *why)
{
	struct gn_guard_verdict v;
	gn_err err = gn_guard_charge(f->g, who, 0, f->now, &v);
	assert_int_equal(err != GN_OK, why->limited);
	if (!why->limited)
		return;
	assert_string_equal(v.limit, why->limit);
	assert_true(v.until == why->until && why->until > f->now);
	if (err == GN_NO_SPACE)
		return;
	assert_int_equal(why->left, 0);
	assert_int_equal(gn_guard_charge(f->g, who, 0, why->until - 1, NULL), err);
	assert_int_equal(gn_guard_charge(f->g, who, 0, why->until, NULL), GN_OK);
}

static void test_scripted(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct fixture f;
		struct gn_guard_why why;
		print_message("  %s\n", cases[i].name);
		fixture_open(&f, &cases[i].config);
		cases[i].play(&f);
		gn_guard_why(f.g, &cases[i].who, f.now, &why);
		assert_string_equal(why.reason, cases[i].reason);
		assert_string_equal(why.limit, cases[i].limit);
		assert_int_equal(why.limited, cases[i].limit[0] != 0);
		if (cases[i].wait >= 0)
			assert_int_equal(why.until ? why.until - f.now : 0, cases[i].wait);
		assert_int_equal(why.effort, cases[i].effort);
		assert_int_equal(why.counted, cases[i].counted);
		happens(&f, &cases[i].who, &why);
		fixture_close(&f);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	struct fixture f;
	struct gn_guard_subject who = subject_of_key(1);
	struct gn_guard_why why;
	fixture_open(&f, &(struct gn_guard_config){0});
	gn_guard_why(f.g, &who, f.now, &why);
	assert_int_equal(why.rate, GN_KEY_RATE);
	assert_int_equal(why.burst, 5 * GN_KEY_RATE);
	assert_int_equal(why.left, why.burst);
	key_asks_a_little(&f);
	gn_guard_why(f.g, &who, f.now, &why);
	assert_int_equal(why.left, why.burst - 1000);
	assert_int_equal(why.account.work, 1000);
	key_asks_too_much(&f);
	assert_int_equal(gn_guard_charge(f.g, &who, 1, f.now, NULL), GN_QUOTA);
	gn_guard_why(f.g, &who, f.now, &why);
	assert_int_equal(why.account.refused, 1);
	assert_int_equal(why.pressure, GN_PRESSURE_ONE);
	pressed(&f);
	gn_guard_why(f.g, &who, f.now, &why);
	assert_true(why.pressure > GN_PRESSURE_ONE);
	fixture_close(&f);
}

/* ---- shares ---- */

static struct gn_holder holder(uint8_t k, uint8_t net)
{
	struct gn_holder h = {.key = {{k}}};
	if (net)
		h.addr = gn_addr_v4(198, 51, net, 7, 1);
	return h;
}

static void test_shares(void **state)
{
	(void)state;
	const struct gn_share_config config = {
		.total = 20, .per_key = 4, .per_prefix = 6, .crowded = 15, .holders_max = 100};
	const struct {
		const char *name;
		uint8_t others;       /* keys of networks of their own that hold 4 each */
		uint64_t one, mate;   /* held by key 1 and key 2 of network 1 */
		struct gn_holder who; /* is asked about */
		const char *reason;
		uint64_t held_key, held_prefix;
	} shares[] = {
		{"holds nothing", 0, 0, 0, holder(1, 0), "", 0, 0},
		{"one below its share", 0, 3, 0, holder(1, 0), "", 3, 0},
		{"key at its share", 0, 4, 0, holder(1, 0), "as much as one key may hold", 4, 0},
		{"another key", 0, 4, 0, holder(2, 0), "", 0, 0},
		{"network, no crowd", 0, 4, 2, holder(0, 1), "", 0, 6},
		{"network in a crowd", 3, 4, 2, holder(0, 1),
		 "as much as one network may hold while it is crowded", 0, 6},
		{"below its share in a crowd", 3, 4, 1, holder(0, 1), "", 0, 5},
		{"another network in the crowd", 3, 4, 2, holder(0, 2), "", 0, 0},
		{"full", 4, 4, 0, holder(9, 0), "all of it is taken", 0, 0},
		{"key at its share of what is full", 4, 4, 0, holder(1, 0),
		 "as much as one key may hold", 4, 0},
	};
	for (size_t i = 0; i < GN_COUNT(shares); i++) {
		struct fixture f;
		struct gn_share s;
		struct gn_holder one = holder(1, 1), mate = holder(2, 1);
		print_message("  %s\n", shares[i].name);
		fixture_open(&f, &(struct gn_guard_config){.off = true});
		gn_share_init(&s, &f.env, &config);
		for (uint8_t n = 0; n < shares[i].others; n++) {
			struct gn_holder other = holder(10 + n, 10 + n);
			assert_int_equal(gn_share_take(&s, &other, 4), GN_OK);
		}
		assert_int_equal(gn_share_take(&s, &one, shares[i].one), GN_OK);
		assert_int_equal(gn_share_take(&s, &mate, shares[i].mate), GN_OK);
		gn_err err = gn_share_ask(&s, &shares[i].who, 1);
		assert_string_equal(gn_share_reason(err), shares[i].reason);
		struct gn_share_held held = gn_share_held(&s, &shares[i].who);
		assert_int_equal(held.key, shares[i].held_key);
		assert_int_equal(held.prefix, shares[i].held_prefix);
		/* what is told is what happens */
		assert_int_equal(gn_share_take(&s, &shares[i].who, 1), err);
		gn_share_fini(&s);
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripted),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_shares),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
