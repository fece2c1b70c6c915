/* Routing: bounds, several paths, exact flow, and what clearing leaves alone. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

#define CROWD 20

static int setup(void **state)
{
	(void)state;
	return one_hub(9, CROWD);
}

static void test_quantised_capacity_never_promises_more(void **state)
{
	(void)state;
	gn_amount v = 0;
	for (unsigned i = 0; i < 200000; i++) {
		uint16_t q = lg_quantise(v), next = lg_quantise(v + 1);
		assert_true(next >= q && next - q <= 1);
		unsigned e = q >> 11;
		gn_amount low = e == 0 ? (gn_amount)q : (gn_amount)(2048 + (q & 2047)) << (e - 1);
		assert_true(low <= v);
		if (v < (INT64_C(1) << 42))
			assert_true((v - low) * 2000 <= v); /* at most 0.05 % lost */
		v += 1 + v / 700;
		if (v > GN_AMOUNT_MAX)
			break;
	}
	assert_int_equal(lg_quantise(2047), 2047);
	assert_int_equal(lg_quantise(2048), 2048);
	assert_int_equal(lg_quantise(INT64_MAX), UINT16_MAX);
}

/* Capacities that rounding cannot tell apart are told apart. */
static void test_rounding_never_decides(void **state)
{
	(void)state;
	trust(1, 0, "100000.01", NULL);
	assert_int_equal(pay(0, 1, "100000.02"), GN_NO_CAPACITY);
	assert_int_equal(pay(0, 1, "100000.01"), GN_OK);
	trust(2, 0, "10000000000000000", NULL);
	assert_int_equal(pay(0, 2, "9999999999999999.99"), GN_OK);
	assert_int_equal(pay(0, 2, "0.02"), GN_NO_CAPACITY);
	assert_int_equal(pay(0, 2, "0.01"), GN_OK);
}

static void test_six_hops_and_not_seven(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++)
		trust(i + 1, i, "10.00", NULL);
	assert_int_equal(pay(0, 6, "1.00"), GN_OK);
	/* there is a chain: bounds are in the way */
	assert_int_equal(pay(0, 7, "1.00"), GN_NO_CAPACITY);
	hub_routing(&h, 7, 3, false, true);
	assert_int_equal(pay(0, 7, "1.00"), GN_OK);
	hub_routing(&h, 6, 3, true, true);
	assert_int_equal(pay(0, 8, "1.00"), GN_OK); /* exact flow knows no hops */
}

/* LG-62: off by default; then 10 hops and 10 paths, not 11, after what the settings allow, and
 * not where the payer has bounds of his own. */
static void test_a_second_search_goes_further(void **state)
{
	(void)state;
	struct gn_ledger_why why;
	struct gn_ledger_admin a = {.kind = GN_ADMIN_SETTINGS};
	for (unsigned i = 0; i < 11; i++)
		trust(i + 1, i, "10.00", NULL);
	assert_true(pay(0, 10, "1.00") != GN_OK);
	gn_ledger_settings_default(&a.settings);
	assert_false(a.settings.second_search);
	a.settings.second_search = true;
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	hub_run(&h);
	assert_int_equal(gn_ledger_can_pay(h.l, 0, 0, 10, 100, NULL, NULL), GN_OK);
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 10, 100, &why), GN_OK);
	assert_true(why.can_pay == 100 && why.hops == 10 && why.search == GN_ROUTED_SECOND);
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 6, 100, &why), GN_OK);
	assert_int_equal(why.search, GN_ROUTED_PATHS);
	assert_int_equal(pay(0, 10, "1.00"), GN_OK);
	assert_true(pay(0, 11, "1.00") != GN_OK);
	hub_close(&h);
	hub_open(&h); /* the journal and the state keep the setting and how the way was found */
	assert_int_equal(pay(0, 10, "1.00"), GN_OK);
}

static void test_the_shortest_way_is_taken(void **state)
{
	(void)state;
	trust(1, 0, "10.00", NULL);
	trust(2, 1, "10.00", NULL);
	trust(3, 2, "10.00", NULL);
	trust(4, 0, "10.00", NULL);
	trust(3, 4, "10.00", NULL);
	assert_int_equal(pay(0, 3, "5.00"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, 4, 3), 500);
	assert_int_equal(pay(0, 3, "10.00"), GN_OK); /* now the longer one, whole */
	assert_int_equal(hub_debt(&h, 0, 2, 3), 1000);
}

/* A second path that must undo part of the first: only cancelling finds it. */
static void test_paths_may_cancel_each_other(void **state)
{
	(void)state;
	trust(1, 0, "10.00", NULL);
	trust(2, 0, "10.00", NULL);
	/* 0 -> 1 -> 3 -> 5 first, then 0 -> 2 -> 3 must push it back over 1 -> 4 */
	trust(3, 1, "10.00", NULL);
	trust(3, 2, "10.00", NULL);
	trust(4, 1, "10.00", NULL);
	trust(5, 3, "10.00", NULL);
	trust(5, 4, "10.00", NULL);
	hub_routing(&h, 6, 2, false, true);
	assert_int_equal(pay(0, 5, "20.00"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, 3, 5), 1000);
	assert_int_equal(hub_debt(&h, 0, 4, 5), 1000);
}

static void test_three_paths_and_not_four(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 4; i++) {
		trust(i, 0, "10.00", NULL);
		trust(5, i, "10.00", NULL);
	}
	assert_int_equal(pay(0, 5, "30.01"), GN_NO_CAPACITY);
	assert_int_equal(pay(0, 5, "30.00"), GN_OK);
	assert_int_equal(pay(5, 0, "30.00"), GN_OK);
	hub_routing(&h, 6, 4, false, true);
	assert_int_equal(pay(0, 5, "40.00"), GN_OK);
	assert_int_equal(pay(5, 0, "40.00"), GN_OK);
	hub_routing(&h, 6, 1, true, true);
	/* one path allowed, but exact flow takes four */
	assert_int_equal(pay(0, 5, "40.00"), GN_OK);
}

/* ---- metamorphic (I14) ---- */

static gn_amount flow(unsigned a, unsigned b)
{
	gn_amount out = -1;
	assert_int_equal(gn_ledger_max_flow(h.l, 0, a, b, &out, NULL, NULL), GN_OK);
	return out;
}

static void random_graph(unsigned lines, unsigned payments)
{
	char text[24];
	for (unsigned i = 0; i < lines; i++) {
		hub_money(100 + (gn_amount)gn_rand_below(&h.rand, 50000), text);
		(void)!hub_trust(&h, (unsigned)gn_rand_below(&h.rand, CROWD),
				 (unsigned)gn_rand_below(&h.rand, CROWD), "UAH", text, NULL);
	}
	for (unsigned i = 0; i < payments; i++) {
		unsigned a = (unsigned)gn_rand_below(&h.rand, CROWD),
			 b = (unsigned)gn_rand_below(&h.rand, CROWD);
		hub_money(1 + (gn_amount)gn_rand_below(&h.rand, 9000), text);
		if (a != b)
			(void)!pay(a, b, text);
	}
}

static void test_clearing_leaves_every_max_flow_as_it_was(void **state)
{
	(void)state;
	hub_routing(&h, 6, 3, true, false);
	random_graph(90, 200);
	static gn_amount before[CROWD][CROWD];
	for (int round = 0; round < 2; round++) {
		for (unsigned a = 0; a < CROWD; a++)
			for (unsigned b = 0; b < CROWD; b++)
				before[a][b] = a != b ? flow(a, b) : 0;
		struct gn_ledger_equivalent e;
		if (round == 0) {
			struct gn_ledger_admin admin = {
				.kind = GN_ADMIN_CLEAR, .code = GN_LIT("UAH"), .max_len = 4};
			assert_int_equal(gn_ledger_admin(h.l, &admin, ++h.ticket, h.now), GN_OK);
		} else {
			struct gn_clearing *job;
			assert_int_equal(
				gn_ledger_clearing_new(h.l, &h.env, GN_LIT("UAH"), false, &job),
				GN_OK);
			assert_int_equal(gn_clearing_run(job, UINT64_MAX), GN_OK);
			assert_int_equal(
				gn_ledger_clear(h.l, GN_LIT("UAH"), job, ++h.ticket, h.now), GN_OK);
			gn_clearing_free(job);
		}
		hub_run(&h);
		assert_int_equal(gn_ledger_equivalent(h.l, 0, &e), GN_OK);
		assert_true(e.cleared[round ? GN_CLEARING_EXACT : GN_CLEARING_PERIODIC] > 0);
		for (unsigned a = 0; a < CROWD; a++)
			for (unsigned b = 0; b < CROWD; b++)
				if (a != b)
					assert_int_equal(flow(a, b), before[a][b]);
	}
	struct gn_clearing *job; /* and nothing is left to clear */
	assert_int_equal(gn_ledger_clearing_new(h.l, &h.env, GN_LIT("UAH"), false, &job), GN_OK);
	assert_int_equal(gn_clearing_run(job, UINT64_MAX), GN_OK);
	assert_true(gn_clearing_total(job) == 0);
	assert_int_equal(gn_ledger_clear(h.l, GN_LIT("UAH"), job, ++h.ticket, h.now), GN_AGAIN);
	gn_clearing_free(job);
}

static void test_a_payment_shifts_its_own_flow_and_that_of_nobody_balanced(void **state)
{
	(void)state;
	char text[24];
	hub_routing(&h, 6, 3, true, true);
	random_graph(90, 50);
	for (unsigned i = 0; i < 60; i++) {
		unsigned a = (unsigned)gn_rand_below(&h.rand, CROWD),
			 b = (unsigned)gn_rand_below(&h.rand, CROWD);
		gn_amount v = 1 + (gn_amount)gn_rand_below(&h.rand, 9000);
		if (a == b)
			continue;
		gn_amount there = flow(a, b), back = flow(b, a);
		hub_money(v, text);
		assert_int_equal(pay(a, b, text) == GN_OK, there >= v);
		assert_int_equal(flow(a, b), there >= v ? there - v : there);
		assert_int_equal(flow(b, a), there >= v ? back + v : back);
	}
}

static gn_amount told;
static unsigned paths;
static void tell(void *user, gn_amount amount, const uint32_t *people, uint32_t count)
{
	const unsigned *ends = user;
	assert_true(amount > 0 && count >= 2 && people[0] == ends[0] &&
		    people[count - 1] == ends[1]);
	told += amount;
	paths++;
}

static void test_max_flow_is_told_as_paths(void **state)
{
	(void)state;
	hub_routing(&h, 6, 3, true, true);
	random_graph(90, 50);
	for (unsigned a = 0; a < CROWD; a++)
		for (unsigned b = 0; b < CROWD; b++) {
			gn_amount out;
			if (a == b)
				continue;
			told = paths = 0;
			assert_int_equal(
				gn_ledger_max_flow(h.l, 0, a, b, &out, tell, (unsigned[]){a, b}),
				GN_OK);
			assert_int_equal(told, out);
		}
}

/* What a copy of the ledger finds for this payment; routes into storage. */
static struct gn_ledger_flow find_on_copy(unsigned from, unsigned to, const char *amount,
					  uint8_t storage[1024])
{
	char body[1024];
	uint8_t bytes[2048];
	struct gn_buf state = {0}, text = {bytes, 0, sizeof bytes};
	struct gn_ledger *copy;
	struct gn_ledger_flow found;
	hub_payment_body(&h, to, "UAH", amount, NULL, "any", body);
	struct gn_op_envelope e = {.kind = GN_OP_PAYMENT,
				   .hub = h.hub_key.pk,
				   .signer = h.key[from].pk,
				   .tx_id = GN_LIT("any"),
				   .ts = (int64_t)gn_unix(h.now)};
	assert_int_equal(gn_op_wrap(&e, gn_str(body), &text), GN_OK);
	struct gn_ledger_request r = {
		.profile = GN_PROFILE_V1, .kind = GN_OP_PAYMENT, .bytes = gn_buf_slice(&text)};
	assert_int_equal(gn_ledger_state(h.l, h.env.alloc, &state), GN_OK);
	assert_int_equal(gn_ledger_follower(&h.env, gn_buf_slice(&state), &copy), GN_OK);
	assert_int_equal(gn_ledger_find_flow(copy, &r, h.now, &found), GN_OK);
	assert_true(found.routes.len <= 1024);
	if (found.routes.len)
		memcpy(storage, found.routes.p, found.routes.len);
	found.routes.p = storage;
	gn_ledger_free(copy);
	gn_mem_free(h.env.alloc, state.p);
	return found;
}

/* LG-35: what paths do not carry is looked for elsewhere, leaves no record until it comes back,
 * and is judged anew when it does. */
static void test_a_flow_is_looked_for_on_a_copy(void **state)
{
	(void)state;
	uint8_t storage[1024], other[1024];
	hub_routing(&h, 6, 3, true, false);
	for (unsigned i = 1; i <= 4; i++) {
		trust(i, 0, "50.00", NULL);
		trust(5, i, "50.00", NULL);
	}
	h.flow_elsewhere = true;
	uint64_t seq = gn_ledger_seq(h.l);
	assert_int_equal(pay(0, 5, "150.00"), GN_OK); /* three paths carry it */
	assert_int_equal(gn_ledger_seq(h.l), ++seq);
	assert_int_equal(pay(5, 0, "150.00"), GN_OK);
	seq++;
	assert_int_equal(pay(0, 5, "200.00"), GN_AGAIN);
	assert_int_equal(gn_ledger_seq(h.l), seq);
	struct gn_ledger_flow found = find_on_copy(0, 5, "200.00", storage),
			      none = find_on_copy(0, 5, "200.01", other);
	assert_int_equal(found.count, 4);
	assert_int_equal(none.count, 0);
	h.flow = &none; /* there is none: the end, with its record */
	assert_int_equal(pay(0, 5, "200.01"), GN_NO_CAPACITY);
	assert_int_equal(gn_ledger_seq(h.l), ++seq);
	h.flow = NULL;
	assert_int_equal(pay(0, 1, "0.01"), GN_OK); /* meanwhile another */
	seq++;
	h.flow = &found; /* fits no more: look again, or, when there is no again, the end */
	assert_int_equal(pay(0, 5, "200.00"), GN_AGAIN);
	assert_int_equal(gn_ledger_seq(h.l), seq);
	h.flow_elsewhere = false;
	assert_int_equal(pay(0, 5, "200.00"), GN_NO_CAPACITY);
	assert_int_equal(gn_ledger_seq(h.l), ++seq);
	h.flow = NULL;
	assert_int_equal(pay(1, 0, "0.01"), GN_OK);
	seq++;
	h.flow = &found;
	assert_int_equal(pay(0, 5, "200.00"), GN_OK);
	assert_int_equal(gn_ledger_seq(h.l), ++seq);
	assert_int_equal(flow(0, 5), 0);
}

/* The work of a max-flow is counted and bounded: with as much as it takes it is whole, with a
 * path less it stops. */
static void test_a_flow_stops_when_its_work_is_done(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 4; i++) {
		trust(i, 0, "50.00", NULL);
		trust(5, i, "50.00", NULL);
	}
	const struct lg_eq *q = h.l->book.eqs[0];
	struct lg_request want = {.now = h.now};
	assert_int_equal(lg_find_node(q, 0, &want.payer), GN_OK);
	assert_int_equal(lg_find_node(q, 5, &want.payee), GN_OK);
	struct lg_flow_net f;
	uint64_t takes = 0;
	for (int round = 0; round < 3; round++) {
		/* unbounded, bounded by what that took, by a path of two hops less */
		assert_int_equal(lg_flow_open(&f, h.env.alloc, &h.l->book, q, &want, true), GN_OK);
		uint64_t given = f.work = round == 0 ? f.work : round == 1 ? takes : takes - 2;
		lg_flow_run(&f, 20000);
		assert_true(round < 2 ? f.flow == 20000 : f.flow < 20000);
		takes = round == 0 ? given - f.work : takes;
		lg_flow_close(&f);
	}
}

static void test_the_same_state_gives_the_same_path(void **state)
{
	(void)state;
	random_graph(80, 60);
	struct gn_hash first = hub_hash(&h), second;
	hub_close(&h);
	sim_free(&h.disk);
	struct gn_sk hub_key = h.hub_key;
	hub_init(&h, 9); /* everything again from the same seed */
	h.hub_key = hub_key;
	hub_open(&h);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
	for (int i = 0; i < CROWD; i++)
		hub_join(&h);
	random_graph(80, 60);
	second = hub_hash(&h);
	assert_memory_equal(first.b, second.b, 32);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(test_quantised_capacity_never_promises_more),
		T(test_rounding_never_decides),
		T(test_six_hops_and_not_seven),
		T(test_a_second_search_goes_further),
		T(test_the_shortest_way_is_taken),
		T(test_paths_may_cancel_each_other),
		T(test_three_paths_and_not_four),
		T(test_clearing_leaves_every_max_flow_as_it_was),
		T(test_a_payment_shifts_its_own_flow_and_that_of_nobody_balanced),
		T(test_max_flow_is_told_as_paths),
		T(test_a_flow_is_looked_for_on_a_copy),
		T(test_a_flow_stops_when_its_work_is_done),
		T(test_the_same_state_gives_the_same_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
