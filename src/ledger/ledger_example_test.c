/* Every example of the source document, in the consistent reading, on a running ledger with real
 * signatures. */
#include "ledger/testing/one_hub.h"

enum { A, B, C, X, Y, Z };

static int setup(void **state)
{
	(void)state;
	hub_init(&h, 1);
	h.real_signatures = true;
	hub_open_with(&h, 6);
	return 0;
}

/* Section 2: codes and precisions of the table, lower-case letters included. */
static void test_equivalents_of_the_table(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		unsigned precision;
	} table[] = {{"USD", 2}, {"HOUR", 2}, {"HOUR_DEV", 2}, {"kWh", 3}, {"LOCAL", 2}};
	for (size_t i = 0; i < GN_COUNT(table); i++)
		assert_int_equal(hub_equivalent(&h, table[i].code, table[i].precision, true),
				 GN_OK);
	assert_int_equal(hub_equivalent(&h, "KWH", 3, true), GN_EXISTS);
	assert_int_equal(hub_equivalent(&h, "UAH ", 2, true), GN_USAGE);
	assert_int_equal(hub_equivalent(&h, "WAYTOOLONGCODE_17", 2, true), GN_USAGE);
	assert_int_equal(hub_equivalent(&h, "DEEP", 9, true), GN_RANGE);
	assert_int_equal(hub_trust(&h, A, B, "kWh", "12.345", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, A, C, "kWh", "12.3456", NULL), GN_AMOUNT);
}

/* Section 3: Alice lets Bob owe her up to 500; nobody asked Bob, and nothing follows for the
 * other direction. */
static void test_alice_trusts_bob_with_500(void **state)
{
	(void)state;
	struct gn_ledger_line line;
	assert_int_equal(hub_trust(&h, A, B, "UAH", "500", NULL), GN_OK);
	assert_int_equal(gn_ledger_line(h.l, 0, A, B, &line), GN_OK);
	assert_int_equal(line.status, GN_LINE_ACTIVE);
	assert_int_equal(line.limit, 50000);
	assert_int_equal(line.available_credit, 50000);
	assert_int_equal(line.pay_capacity, 50000);
	assert_int_equal(gn_ledger_line(h.l, 0, B, A, &line), GN_OK);
	assert_int_equal(line.status, GN_LINE_NONE);
	assert_int_equal(hub_pay(&h, B, A, "UAH", "300"), GN_OK); /* section 4: X owes Y 300 */
	assert_int_equal(hub_debt(&h, 0, B, A), 30000);
	assert_int_equal(hub_debt(&h, 0, A, B), 0);
	assert_int_equal(hub_pay(&h, B, A, "UAH", "200.01"), GN_NO_CAPACITY);
	assert_int_equal(hub_pay(&h, B, A, "UAH", "200.00"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, B, A), 50000);
	/* netting needs no line B -> A */
	assert_int_equal(hub_pay(&h, A, B, "UAH", "500.00"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, B, A), 0);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "0.01"), GN_NO_ROUTE); /* nobody lets A owe */
}

/* Section 5: A pays C 100 over B. Lines are B -> A 200 and C -> B 150. */
static void test_a_pays_c_over_b(void **state)
{
	(void)state;
	assert_int_equal(hub_trust(&h, B, A, "UAH", "200", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, B, "UAH", "150", NULL), GN_OK);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "100"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
	assert_int_equal(hub_debt(&h, 0, B, C), 10000);
	struct gn_ledger_line line;
	assert_int_equal(gn_ledger_line(h.l, 0, B, A, &line), GN_OK);
	assert_int_equal(line.available_credit, 10000); /* limit(B -> A) - debt[A -> B] */
	assert_int_equal(gn_ledger_line(h.l, 0, C, B, &line), GN_OK);
	assert_int_equal(line.available_credit, 5000);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "50.01"), GN_NO_CAPACITY);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "50"), GN_OK);
	struct gn_ledger_balance b;
	assert_int_equal(gn_ledger_balance(h.l, 0, B, &b), GN_OK);
	assert_true(b.debt == 15000 && b.credit == 15000);
}

/* Section 5: 100 in two parts, 60 over X and 40 over Y, Z. */
static void test_multipath_splits_60_and_40(void **state)
{
	(void)state;
	assert_int_equal(hub_trust(&h, X, A, "UAH", "60", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, X, "UAH", "60", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, Y, A, "UAH", "50", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, Z, Y, "UAH", "50", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, Z, "UAH", "50", NULL), GN_OK);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "100"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, X), 6000);
	assert_int_equal(hub_debt(&h, 0, X, C), 6000);
	assert_int_equal(hub_debt(&h, 0, A, Y), 4000);
	assert_int_equal(hub_debt(&h, 0, Z, C), 4000);
}

/* Section 6: three debts of 100 in a ring vanish, by inline clearing as soon as the ring closes. */
static void test_ring_of_three_clears(void **state)
{
	(void)state;
	assert_int_equal(hub_trust(&h, B, A, "UAH", "100", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, B, "UAH", "100", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, A, C, "UAH", "100", NULL), GN_OK);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "100"), GN_OK);
	assert_int_equal(hub_pay(&h, B, C, "UAH", "100"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
	assert_int_equal(hub_pay(&h, C, A, "UAH", "100"), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, B), 0);
	assert_int_equal(hub_debt(&h, 0, B, C), 0);
	assert_int_equal(hub_debt(&h, 0, C, A), 0);
	struct gn_ledger_equivalent e;
	assert_int_equal(gn_ledger_equivalent(h.l, 0, &e), GN_OK);
	assert_true(e.cleared[GN_CLEARING_INLINE] == 30000);
}

/* Section 7: a repeated transaction is safe, its id names one transaction only. */
static void test_tx_id_admits_no_duplicates(void **state)
{
	(void)state;
	char body[1024];
	uint64_t ticket;
	assert_int_equal(hub_trust(&h, B, A, "UAH", "500", NULL), GN_OK);
	hub_payment_body(&h, B, "UAH", "100", NULL, "00000000-0000-4000-8000-000000000001", body);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body,
					  "00000000-0000-4000-8000-000000000001", &ticket),
				 GN_OK);
		struct hub_result *r = hub_outcome(&h, ticket);
		assert_int_equal(r->err, GN_OK);
		assert_int_equal(r->state, GN_TX_COMMITTED);
		assert_int_equal(r->repeated, i > 0);
	}
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
	hub_payment_body(&h, B, "UAH", "101", NULL, "00000000-0000-4000-8000-000000000001", body);
	assert_int_equal(hub_do(&h, A, GN_OP_PAYMENT, body, "00000000-0000-4000-8000-000000000001"),
			 GN_CONFLICT);
	assert_int_equal(hub_debt(&h, 0, A, B), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_equivalents_of_the_table, setup, one_hub_end),
		cmocka_unit_test_setup_teardown(test_alice_trusts_bob_with_500, setup, one_hub_end),
		cmocka_unit_test_setup_teardown(test_a_pays_c_over_b, setup, one_hub_end),
		cmocka_unit_test_setup_teardown(test_multipath_splits_60_and_40, setup,
						one_hub_end),
		cmocka_unit_test_setup_teardown(test_ring_of_three_clears, setup, one_hub_end),
		cmocka_unit_test_setup_teardown(test_tx_id_admits_no_duplicates, setup,
						one_hub_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
