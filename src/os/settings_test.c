/* Settings files and numbers in them. */
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char seen[256];

static gn_err note(void *user, struct gn_slice name, struct gn_slice value, char *why, size_t cap)
{
	char n[16], v[16];
	assert_ptr_equal(user, seen);
	if (!gn_os_setting_text(name, n, sizeof n) || !gn_os_setting_text(value, v, sizeof v) ||
	    strcmp(n, "bad") == 0) {
		snprintf(why, cap, "'%.8s' is not good", n);
		return GN_USAGE;
	}
	snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s=%s;", n, v);
	return GN_OK;
}

static gn_err parse(const char *text, char why[64])
{
	seen[0] = why[0] = 0;
	return gn_os_settings(gn_str(text), note, seen, why, 64);
}

static void lines_are_names_and_values(void **state)
{
	(void)state;
	char why[64];
	assert_int_equal(parse("a = 1\n# all\n\n \t b=2 = 3 # rest\r\nc=\n=d", why), GN_OK);
	assert_string_equal(seen, "a=1;b=2 = 3;c=;=d;");
	assert_int_equal(parse("", why), GN_OK);
	assert_int_equal(parse("a=1\n\nbad = x\nz=1", why), GN_USAGE);
	assert_string_equal(why, "line 3: 'bad' is not good");
	assert_string_equal(seen, "a=1;");
	assert_int_equal(parse("a=1\nword", why), GN_USAGE);
	assert_string_equal(why, "line 2: expected \"name = value\"");
	assert_int_equal(parse("a=1234567890123456", why), GN_USAGE); /* one past what fits */
	assert_int_equal(parse("a=123456789012345", why), GN_OK);
	assert_int_equal(gn_os_settings(gn_slice("a=1\0x", 5), note, seen, why, sizeof why),
			 GN_USAGE);
}

static void numbers_have_bounds(void **state)
{
	(void)state;
	uint64_t v = 7;
	assert_true(gn_os_setting_number("0", 0, 9, false, &v) && v == 0);
	assert_true(gn_os_setting_number("9", 0, 9, false, &v) && v == 9);
	static const char *const bad[] = {
		"10", "", "-1", "+1", "1 ", " 1", "x", "1K", "99999999999999999999"};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_false(gn_os_setting_number(bad[i], 0, 9, false, &v));
	assert_false(gn_os_setting_number("1", 2, 9, false, &v));
	assert_int_equal(v, 9);
	assert_true(gn_os_setting_number("3K", 0, 1u << 20, true, &v) && v == 3072);
	assert_true(gn_os_setting_number("16777215T", 0, UINT64_MAX, true, &v));
	assert_false(gn_os_setting_number("16777216T", 0, UINT64_MAX, true, &v));
	assert_false(gn_os_setting_number("1KK", 0, UINT64_MAX, true, &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_names_and_values),
					   cmocka_unit_test(numbers_have_bounds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
