/* Clearing that needs consent (LG-47), inline clearing, schedules: who is asked, what yes and no
 * do, and what has changed meanwhile. */
#include "ledger/testing/one_hub.h"

enum { A, B, C, D };
static char offer_id[33];

static int setup(void **state)
{
	(void)state;
	return one_hub(10, 4);
}

/* A owes B owes C owes A 100 each; B's and C's lines ask. */
static void ring(void)
{
	trust(B, A, "100.00", "{\"auto_clearing\":false}");
	trust(C, B, "100.00", "{\"auto_clearing\":false}");
	trust(A, C, "100.00", NULL);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "100.00"), GN_OK);
	assert_int_equal(hub_pay(&h, B, C, "UAH", "100.00"), GN_OK);
	assert_int_equal(hub_pay(&h, C, A, "UAH", "100.00"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000); /* nothing cleared by itself */
}

static gn_amount_sum optimum(bool asking, struct gn_clearing **out)
{
	assert_int_equal(gn_ledger_clearing_new(h.l, &h.env, GN_LIT("UAH"), asking, out), GN_OK);
	assert_int_equal(gn_clearing_run(*out, UINT64_MAX), GN_OK);
	return gn_clearing_total(*out);
}

static gn_err offer(void)
{
	struct gn_clearing *with, *without;
	gn_amount_sum less = optimum(false, &without);
	optimum(true, &with);
	uint64_t ticket = ++h.ticket;
	gn_err err = gn_ledger_offer(h.l, GN_LIT("UAH"), with, less, ticket, h.now);
	gn_clearing_free(with);
	gn_clearing_free(without);
	if (err)
		return err;
	struct hub_result *r = hub_outcome(&h, ticket);
	gn_hex(GN_SLICE(r->key.b), offer_id);
	return r->err;
}

static struct gn_ledger_tx ask(void)
{
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	assert_int_equal(gn_unhex(gn_str(offer_id), key.b, sizeof key.b), GN_OK);
	gn_ledger_tx(h.l, &key, &tx);
	return tx;
}

static gn_err answer(unsigned who, bool yes)
{
	char body[128];
	snprintf(body, sizeof body, "{\"answer\":\"%s\",\"tx_id\":\"%s\"}", yes ? "yes" : "no",
		 offer_id);
	return hub_do(&h, who, GN_OP_CONSENT, body, offer_id);
}

static void test_all_yes_clears(void **state)
{
	(void)state;
	struct gn_clearing *job;
	ring();
	assert_true(optimum(false, &job) == 0);
	gn_clearing_free(job);
	h.hold = true;
	assert_int_equal(offer(), 0);
	gn_ledger_tick(h.l, h.now);
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	assert_true(gn_ledger_open_tx(h.l, 0, &key, &tx));
	assert_int_equal(tx.state, GN_TX_PROPOSED);
	h.hold = false;
	hub_run(&h);
	gn_hex(GN_SLICE(key.b), offer_id);
	assert_int_equal(ask().state, GN_TX_WAITING);
	assert_int_equal(ask().asked, 2);
	assert_int_equal(offer(), GN_EXISTS);
	assert_int_equal(answer(A, true), GN_DENIED); /* his line does not ask */
	assert_int_equal(answer(B, true), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
	assert_int_equal(ask().answered, 1);
	assert_int_equal(answer(C, true), GN_OK);
	assert_int_equal(ask().state, GN_TX_COMMITTED);
	assert_int_equal(hub_debt(&h, 0, A, B) + hub_debt(&h, 0, B, C) + hub_debt(&h, 0, C, A), 0);
	struct gn_ledger_equivalent e;
	assert_int_equal(gn_ledger_equivalent(h.l, 0, &e), GN_OK);
	assert_true(e.cleared[GN_CLEARING_CONSENT] == 30000);
	assert_int_equal(offer(), GN_AGAIN); /* nothing more to gain */
}

static void test_one_no_rejects(void **state)
{
	(void)state;
	ring();
	assert_int_equal(offer(), GN_OK);
	assert_int_equal(answer(B, true), GN_OK);
	assert_int_equal(answer(C, false), GN_OK);
	assert_int_equal(ask().state, GN_TX_REJECTED);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
	assert_int_equal(answer(C, true), GN_OK); /* too late; told the outcome */
	assert_int_equal(h.results[h.ticket % HUB_RESULTS].state, GN_TX_REJECTED);
	assert_int_equal(offer(), GN_OK); /* it may be tried again */
}

static void test_offers_expire_by_record(void **state)
{
	(void)state;
	ring();
	assert_int_equal(offer(), GN_OK);
	assert_int_equal(answer(B, true), GN_OK);
	h.now += OFFER_EXPIRY;
	hub_run(&h);
	assert_int_equal(ask().state, GN_TX_REJECTED);
	assert_int_equal(ask().code, 7);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
}

static void test_only_what_is_still_there_is_cleared(void **state)
{
	(void)state;
	ring();
	assert_int_equal(offer(), GN_OK);
	assert_int_equal(answer(B, true), GN_OK);
	assert_int_equal(hub_pay(&h, B, A, "UAH", "70.00"), GN_OK); /* A owes B only 30 now */
	assert_int_equal(answer(C, true), GN_OK);
	assert_int_equal(ask().state, GN_TX_COMMITTED);
	assert_int_equal(hub_debt(&h, 0, A, B), 0);
	assert_int_equal(hub_debt(&h, 0, B, C), 7000);
	assert_int_equal(hub_debt(&h, 0, C, A), 7000);
}

static void test_nothing_left_is_a_rejection(void **state)
{
	(void)state;
	ring();
	assert_int_equal(offer(), GN_OK);
	assert_int_equal(hub_pay(&h, B, A, "UAH", "100.00"), GN_OK);
	assert_int_equal(answer(B, true), GN_OK);
	assert_int_equal(answer(C, true), GN_OK);
	assert_int_equal(ask().state, GN_TX_REJECTED);
	assert_int_equal(hub_debt(&h, 0, B, C), 10000);
}

static void test_a_line_that_begins_to_ask_is_respected(void **state)
{
	(void)state;
	ring();
	assert_int_equal(offer(), GN_OK);
	assert_int_equal(hub_change(&h, 0, A, C, ",\"policy\":{\"auto_clearing\":false}"), GN_OK);
	assert_int_equal(answer(B, true), GN_OK);
	assert_int_equal(answer(C, true), GN_OK);
	assert_int_equal(ask().state, GN_TX_REJECTED); /* A was never asked */
	assert_int_equal(hub_debt(&h, 0, C, A), 10000);
}

static void test_offers_survive_a_restart(void **state)
{
	(void)state;
	ring();
	assert_int_equal(offer(), GN_OK);
	assert_int_equal(answer(B, true), GN_OK);
	struct gn_hash before = hub_hash(&h), after;
	hub_close(&h);
	hub_open(&h);
	after = hub_hash(&h);
	assert_memory_equal(before.b, after.b, 32);
	assert_int_equal(ask().answered, 1);
	assert_int_equal(answer(C, true), GN_OK);
	assert_int_equal(ask().state, GN_TX_COMMITTED);
}

/* LG-40: three and four at once, five on the hour, six on the day. */
static void test_cycles_by_length_and_time(void **state)
{
	(void)state;
	struct gn_ledger_equivalent e;
	for (unsigned len = 3; len <= 6; len++) {
		hub_close(&h);
		sim_free(&h.disk);
		hub_init(&h, len);
		hub_open(&h);
		assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
		for (unsigned i = 0; i < len; i++)
			hub_join(&h);
		for (unsigned i = 0; i < len; i++)
			trust((i + 1) % len, i, "10.00", NULL);
		for (unsigned i = 0; i < len; i++)
			assert_int_equal(hub_pay(&h, i, (i + 1) % len, "UAH", "10.00"), GN_OK);
		assert_int_equal(gn_ledger_equivalent(h.l, 0, &e), GN_OK);
		assert_true(e.cleared[GN_CLEARING_INLINE] == (len <= 4 ? 1000 * len : 0));
		h.now += 3600 * GN_SEC - 1;
		hub_run(&h);
		assert_int_equal(hub_debt(&h, 0, 0, 1), len <= 4 ? 0 : 1000);
		h.now += 1;
		hub_run(&h);
		assert_int_equal(hub_debt(&h, 0, 0, 1), len <= 5 ? 0 : 1000);
		h.now += 82800 * GN_SEC;
		hub_run(&h);
		assert_int_equal(hub_debt(&h, 0, 0, 1), 0);
		assert_int_equal(gn_ledger_equivalent(h.l, 0, &e), GN_OK);
		assert_true(e.cleared[GN_CLEARING_PERIODIC] == (len > 4 ? 1000 * len : 0));
	}
}

/* Reserved parts of a debt are not cleared: what is promised to a payment stays there. */
static void test_clearing_leaves_what_is_reserved(void **state)
{
	(void)state;
	struct gn_clearing *job;
	trust(B, A, "100.00", NULL);
	trust(C, B, "100.00", NULL);
	trust(A, C, "100.00", NULL);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "100.00"), GN_OK);
	assert_int_equal(hub_pay(&h, B, C, "UAH", "100.00"), GN_OK);
	trust(D, A, "100.00", "{\"ask\":true}");
	/* B -> A nets 30 of A's debt, A -> D asks D */
	assert_int_equal(hub_pay(&h, B, D, "UAH", "30.00"), GN_OK);
	assert_int_equal(hub_pay(&h, C, A, "UAH", "100.00"), GN_OK); /* closes the ring */
	assert_int_equal(hub_debt(&h, 0, A, B), 3000);
	assert_int_equal(hub_debt(&h, 0, B, C), 3000);
	assert_true(optimum(true, &job) == 0);
	gn_clearing_free(job);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(test_all_yes_clears),
		T(test_one_no_rejects),
		T(test_offers_expire_by_record),
		T(test_only_what_is_still_there_is_cleared),
		T(test_nothing_left_is_a_rejection),
		T(test_a_line_that_begins_to_ask_is_respected),
		T(test_offers_survive_a_restart),
		T(test_cycles_by_length_and_time),
		T(test_clearing_leaves_what_is_reserved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
