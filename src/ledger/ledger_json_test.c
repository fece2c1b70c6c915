/* Canonical JSON has one form for every value, accepts only that one where bytes are signed, and
 * keeps its bounds. */
#include "ledger/json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static gn_err canonical(const char *in, size_t len, char *out, size_t cap)
{
	static struct gn_json j;
	struct gn_buf b = {(uint8_t *)out, 0, cap - 1};
	GN_TRY(gn_json_parse(gn_slice(in, len), &j));
	GN_TRY(gn_json_write(&j, &b));
	out[b.len] = 0;
	return GN_OK;
}

static void test_writes_the_one_form(void **state)
{
	(void)state;
	static const char *cases[][2] = {
		{"{}", "{}"},
		{" [ ] ", "[]"},
		{"{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"},
		{"{\"a\":{\"z\":[1,2,{\"y\":1,\"x\":null}]},\"A\":true}",
		 "{\"A\":true,\"a\":{\"z\":[1,2,{\"x\":null,\"y\":1}]}}"},
		{"\"\\u0041\\/\\u00e9\\ud83d\\ude00\"", "\"A/\xc3\xa9\xf0\x9f\x98\x80\""},
		{"\"\\u0000\\u001F\\b\\f\\n\\r\\t\\\"\\\\\\u007f\"",
		 "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\x7f\""},
		{"-0", "0"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"9223372036854775807", "9223372036854775807"},
		{"{\"\":1,\"\\u0000\":2,\"\\\"\":3,\"!\":4}",
		 "{\"\":1,\"\\u0000\":2,\"!\":4,\"\\\"\":3}"},
		{"{\"a\":1,\"ab\":2,\"B\":3}", "{\"B\":3,\"a\":1,\"ab\":2}"},
		{"[true , false,null,\"x\" ]", "[true,false,null,\"x\"]"},
		/* code point order: U+FFFF before U+10000, unlike UTF-16 */
		{"{\"\xf0\x90\x80\x80\":1,\"\xef\xbf\xbf\":2}",
		 "{\"\xef\xbf\xbf\":2,\"\xf0\x90\x80\x80\":1}"},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		char out[256];
		assert_int_equal(canonical(cases[i][0], strlen(cases[i][0]), out, sizeof out),
				 GN_OK);
		assert_string_equal(out, cases[i][1]);
		assert_int_equal(gn_json_check(gn_str(cases[i][1]), NULL), GN_OK);
		assert_int_equal(gn_json_check(gn_str(cases[i][0]), NULL),
				 strcmp(cases[i][0], cases[i][1]) == 0 ? GN_OK : GN_CANONICAL);
	}
}

static void test_refuses_what_has_no_form(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		gn_err err;
	} cases[] = {
		{"", GN_MALFORMED},
		{"{", GN_MALFORMED},
		{"{}{}", GN_MALFORMED},
		{"[1,]", GN_MALFORMED},
		{"{\"a\":1,}", GN_MALFORMED},
		{"{a:1}", GN_MALFORMED},
		{"'a'", GN_MALFORMED},
		{"01", GN_MALFORMED},
		{"+1", GN_MALFORMED},
		{"-", GN_MALFORMED},
		{"nul", GN_MALFORMED},
		{"NaN", GN_MALFORMED},
		{"\"\\x\"", GN_MALFORMED},
		{"\"\t\"", GN_MALFORMED},
		{"\"a", GN_MALFORMED},
		{"\"\\ud800\"", GN_MALFORMED},
		{"\"\\udc00\"", GN_MALFORMED},
		{"\"\\ud800\\ud800\"", GN_MALFORMED},
		{"\"\\u12\"", GN_MALFORMED},
		{"\"\xff\"", GN_MALFORMED},
		{"\"\xed\xa0\x80\"", GN_MALFORMED},
		{"\"\xc0\xaf\"", GN_MALFORMED},
		{"[1 2]", GN_MALFORMED},
		{"{\"a\" 1}", GN_MALFORMED},
		{"]", GN_MALFORMED},
		{"[}", GN_MALFORMED},
		{"1.5", GN_RANGE},
		{"1e3", GN_RANGE},
		{"1E3", GN_RANGE},
		{"0.0", GN_RANGE},
		{"9223372036854775808", GN_RANGE},
		{"-9223372036854775809", GN_RANGE},
		{"99999999999999999999999", GN_RANGE},
		{"{\"a\":1,\"a\":2}", GN_EXISTS},
		{"{\"a\":1,\"\\u0061\":2}", GN_EXISTS},
		{"// x\n1", GN_MALFORMED},
		{"\xef\xbb\xbf{}", GN_MALFORMED},
	};
	static struct gn_json j;
	for (size_t i = 0; i < GN_COUNT(cases); i++)
		assert_int_equal(gn_json_parse(gn_str(cases[i].in), &j), cases[i].err);
	assert_int_equal(gn_json_parse(gn_slice("1\0", 2), &j), GN_MALFORMED);
}

static void test_bounds_hold_at_the_limit_and_one_past(void **state)
{
	(void)state;
	static char text[JSON_TEXT_MAX + 2];
	static struct gn_json j;
	for (unsigned depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		assert_int_equal(gn_json_parse(gn_slice(text, 2 * depth), &j),
				 depth <= JSON_DEPTH_MAX ? GN_OK : GN_TOO_LARGE);
	}
	for (unsigned values = JSON_VALUES_MAX; values <= JSON_VALUES_MAX + 1; values++) {
		size_t len = 0;
		text[len++] = '[';
		for (unsigned i = 1; i < values; i++) {
			text[len++] = '7';
			text[len++] = ',';
		}
		text[len - 1] = ']';
		assert_int_equal(gn_json_check(gn_slice(text, len), &j),
				 values <= JSON_VALUES_MAX ? GN_OK : GN_TOO_LARGE);
	}
	for (size_t len = JSON_TEXT_MAX; len <= JSON_TEXT_MAX + 1; len++) {
		memset(text, 'x', len);
		text[0] = text[len - 1] = '"';
		assert_int_equal(gn_json_check(gn_slice(text, len), &j),
				 len <= JSON_TEXT_MAX ? GN_OK : GN_TOO_LARGE);
	}
	char small[4];
	assert_int_equal(canonical("\"abc\"", 5, small, sizeof small), GN_TOO_LARGE);
}

static void test_members_are_found_and_strings_decoded(void **state)
{
	(void)state;
	static struct gn_json j;
	assert_int_equal(
		gn_json_check(gn_str("{\"a\":{\"b\":[1,2]},\"n\":-5,\"s\":\"x\\n\xc3\xa9\"}"), &j),
		GN_OK);
	const struct gn_json_value *a = gn_json_get(&j, 0, "a");
	assert_non_null(a);
	assert_true(gn_slice_eq(a->text, GN_LIT("{\"b\":[1,2]}")));
	const struct gn_json_value *b = gn_json_get(&j, gn_json_index(&j, a), "b");
	assert_non_null(b);
	assert_int_equal(b->count, 2);
	assert_int_equal(gn_json_get(&j, 0, "n")->integer, -5);
	assert_null(gn_json_get(&j, 0, "b"));
	assert_null(gn_json_get(&j, gn_json_index(&j, b), "b"));
	uint8_t out[8];
	struct gn_buf buf = {out, 0, sizeof out};
	assert_int_equal(gn_json_unescape(gn_json_get(&j, 0, "s")->text, &buf), GN_OK);
	assert_int_equal(buf.len, 4);
	assert_memory_equal(out, "x\n\xc3\xa9", 4);
	buf.len = 0;
	assert_int_equal(gn_json_put_string(&buf, gn_str("\"\n")), GN_OK);
	assert_memory_equal(out, "\"\\\"\\n\"", buf.len);
	assert_int_equal(gn_json_put_string(&buf, gn_str("\xff")), GN_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_the_one_form),
		cmocka_unit_test(test_refuses_what_has_no_form),
		cmocka_unit_test(test_bounds_hold_at_the_limit_and_one_past),
		cmocka_unit_test(test_members_are_found_and_strings_decoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
