/* Case folding of names. */
#include "history/history_int.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void folds_to(const char *text, const char *want)
{
	uint8_t bytes[256];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	gn_history_fold(gn_str(text), &out);
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(bytes, want, out.len);
}

static void letters_fold_and_nothing_else_changes(void **state)
{
	(void)state;
	folds_to("", "");
	folds_to("Alice [@`{] 09", "alice [@`{] 09");
	folds_to("АЛИСА Ёлка ЇЖ", "алиса ёлка їж");
	folds_to("ÀÉÎÕÜ×÷ßẞ ŁŽĲ", "àéîõü×÷ßß łžĳ");
	folds_to("ΣΊΣΥΦΟΣ ς", "σίσυφοσ σ"); /* both small sigmas are one */
	folds_to("ԱՅԲ ᏸ ǅ Ⱥ Å", "այբ Ᏸ ǆ ⱥ å");
	folds_to("\xf0\x90\x90\x80 \xf0\x9f\x98\x80 日本",
		 "\xf0\x90\x90\xa8 \xf0\x9f\x98\x80 日本");
	folds_to("I ı İ", "i ı İ"); /* no language is assumed */
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
	(void)state;
	uint8_t bytes[5];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	gn_history_fold(gn_str("ЖЖЖ"), &out);
	assert_int_equal(out.len, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_fold_and_nothing_else_changes),
		cmocka_unit_test(what_does_not_fit_is_left_out_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
