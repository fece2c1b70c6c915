/* Amounts are exact in both directions and nothing else is taken for one. */
#include "ledger/amount.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_reads_what_it_writes(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		unsigned precision;
		gn_amount v;
		const char *out;
	} cases[] = {
		{"0", 0, 0, "0"},
		{"0", 2, 0, "0.00"},
		{"100.00", 2, 10000, "100.00"},
		{"100", 2, 10000, "100.00"},
		{"0.5", 2, 50, "0.50"},
		{"0.01", 2, 1, "0.01"},
		{"12.345", 3, 12345, "12.345"},
		{"1000000000000000000", 0, GN_AMOUNT_MAX, "1000000000000000000"},
		{"10000000000", 8, GN_AMOUNT_MAX, "10000000000.00000000"},
		{"0.00000001", 8, 1, "0.00000001"},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		gn_amount v = -1;
		char text[GN_AMOUNT_TEXT_MAX];
		assert_int_equal(gn_amount_parse(gn_str(cases[i].in), cases[i].precision, &v),
				 GN_OK);
		assert_int_equal(v, cases[i].v);
		gn_amount_text(v, cases[i].precision, text);
		assert_string_equal(text, cases[i].out);
		gn_amount again = -1;
		assert_int_equal(gn_amount_parse(gn_str(text), cases[i].precision, &again), GN_OK);
		assert_int_equal(again, v);
	}
}

static void test_refuses_everything_else(void **state)
{
	(void)state;
	static const char *bad[] = {"",
				    "-1",
				    "+1",
				    " 1",
				    "1 ",
				    "1.",
				    ".5",
				    "1.234",
				    "100.000",
				    "1e2",
				    "1E2",
				    "01",
				    "00",
				    "1,5",
				    "0x1",
				    "NaN",
				    "Infinity",
				    "1..2",
				    "1.2.3",
				    "10000000000000000.01",
				    "10000000000000001",
				    "99999999999999999999999999",
				    "00000000000000000000000000000000000000001",
				    "1\n",
				    "\xd9\xa1"};
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		gn_amount v = 77;
		assert_int_equal(gn_amount_parse(gn_str(bad[i]), 2, &v), GN_AMOUNT);
		assert_int_equal(v, 77);
	}
}

static void test_sums_and_signs_are_written_whole(void **state)
{
	(void)state;
	char text[GN_AMOUNT_TEXT_MAX];
	gn_amount_text(-5, 2, text);
	assert_string_equal(text, "-0.05");
	gn_amount_text((gn_amount_sum)GN_AMOUNT_MAX * GN_AMOUNT_MAX, 2, text);
	assert_string_equal(text, "10000000000000000000000000000000000.00");
	gn_amount_text(-(gn_amount_sum)GN_AMOUNT_MAX * GN_AMOUNT_MAX, 8, text);
	assert_string_equal(text, "-10000000000000000000000000000.00000000");
	gn_amount_text(-7, 0, text);
	assert_string_equal(text, "-7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_what_it_writes),
		cmocka_unit_test(test_refuses_everything_else),
		cmocka_unit_test(test_sums_and_signs_are_written_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
