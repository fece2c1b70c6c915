/* Texts: known answers, and that each value has exactly one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/base.h"

static void words_are_the_same_in_either_case(void **state)
{
	(void)state;
	assert_true(gn_same_word(gn_str("Content-LENGTH"), gn_str("content-length")));
	assert_true(gn_same_word(gn_str(""), gn_str("")));
	assert_false(gn_same_word(gn_str("a"), gn_str("ab")));
	/* 32 apart, but no letters; and letters that are not ASCII's */
	assert_false(gn_same_word(gn_str("@"), gn_str("`")));
	assert_false(gn_same_word(gn_str("\xc0"), gn_str("\xe0")));
	for (unsigned c = 0; c < 256; c++)
		assert_int_equal(gn_lower((uint8_t)c), c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static void hex_both_ways(void **state)
{
	(void)state;
	char text[9];
	uint8_t back[4] = {9, 9, 9, 9};
	gn_hex(GN_LIT("\x00\xff\x1a\xb2"), text);
	assert_string_equal(text, "00ff1ab2");
	assert_int_equal(gn_unhex(gn_str("00FF1aB2"), back, 4), GN_OK);
	assert_memory_equal(back, "\x00\xff\x1a\xb2", 4);
	static const char *const bad[] = {"",           "00ff1ab",  "00ff1ab2c",
					  "00ff1ab2c0", "00ff1abg", "00ff1ab/",
					  "00ff1ab:",   "00ff1ab@", " 0ff1ab2"};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_unhex(gn_str(bad[i]), back, 4), GN_TEXT);
	assert_memory_equal(back, "\x00\xff\x1a\xb2", 4);
}

/* The grammar of RFC 3629 section 4, slowly: every code point has exactly one encoding. */
static void utf8_accepts_exactly_the_encodings(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		uint8_t s[4];
		size_t n = 0;
		if (c < 0x80) {
			s[n++] = (uint8_t)c;
		} else if (c < 0x800) {
			s[n++] = (uint8_t)(0xc0 | c >> 6);
		} else if (c < 0x10000) {
			s[n++] = (uint8_t)(0xe0 | c >> 12);
			s[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
		} else {
			s[n++] = (uint8_t)(0xf0 | c >> 18);
			s[n++] = (uint8_t)(0x80 | (c >> 12 & 63));
			s[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
		}
		if (c >= 0x80)
			s[n++] = (uint8_t)(0x80 | (c & 63));
		bool want = !(c >= 0xd800 && c <= 0xdfff) && c <= 0x10ffff;
		if (gn_utf8_ok(gn_slice(s, n)) != want)
			fail_msg("U+%04X", (unsigned)c);
		if (n > 1 && gn_utf8_ok(gn_slice(s, n - 1)))
			fail_msg("U+%04X cut short", (unsigned)c);
	}
	static const char *const bad[] = {"\x80",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xe0\x9f\xbf",
					  "\xf0\x8f\xbf\xbf",
					  "\xf5\x80\x80\x80",
					  "\xff",
					  "a\xc3",
					  "\xc3(",
					  "\xe2\x82(",
					  "\xf0\x9f\x98("};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_false(gn_utf8_ok(gn_str(bad[i])));
	assert_true(gn_utf8_ok(gn_slice(NULL, 0)));
	assert_true(gn_utf8_ok(GN_LIT("a\0b")));
}

static void base64_is_that_of_rfc_4648(void **state)
{
	(void)state;
	static const char *const in[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
	static const char *const out[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
					  "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	char text[32];
	uint8_t bytes[16];
	for (size_t i = 0; i < GN_COUNT(in); i++) {
		assert_int_equal(gn_base64(gn_str(in[i]), false, text, sizeof text), GN_OK);
		assert_string_equal(text, out[i]);
		assert_int_equal(gn_unbase64_exact(gn_str(text), false, bytes, i), GN_OK);
		assert_memory_equal(bytes, in[i], i);
		assert_int_equal(gn_base64(gn_str(in[i]), true, text, sizeof text), GN_OK);
		assert_int_equal(gn_unbase64_exact(gn_str(text), true, bytes, i), GN_OK);
	}
	static const char *const bad[] = {
		"Zg=", "Zg", "Z===", "Zh==", "Zm9=", "Zm 8", "Zm-v", "=m8=", "Zg==Zg=="};
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		struct gn_buf buf = {bytes, 0, sizeof bytes};
		assert_int_equal(gn_unbase64(gn_str(bad[i]), false, &buf), GN_TEXT);
		assert_int_equal(buf.len, 0);
	}
}

static void plain_text_forges_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		bool ok;
	} rows[] = {{"", "", true},
		    {"Zo\xc3\xab \xe4\xb8\xad \xf0\x9f\x98\x80",
		     "Zo\xc3\xab \xe4\xb8\xad \xf0\x9f\x98\x80", true},
		    {"a\nb\r\t\x1b[0m\x7f", "a\\x0ab\\x0d\\x09\\x1b[0m\\x7f", false},
		    /* not what a line end becomes */
		    {"C:\\x0a", "C:\\x5cx0a", true},
		    /* C1, right to left */
		    {"\xc2\x85\xe2\x80\xae", "\\xc2\\x85\\xe2\\x80\\xae", false},
		    {"\xe2\x81\xa6\xef\xbb\xbf", "\\xe2\\x81\\xa6\\xef\\xbb\\xbf", false},
		    {"\xf3\xa0\x80\x81", "\\xf3\\xa0\\x80\\x81", false}, /* tags */
		    {"\xff\xc3", "\\xff\\xc3", false}};
	char out[64];
	for (size_t i = 0; i < GN_COUNT(rows); i++) {
		gn_plain(gn_str(rows[i].in), out, sizeof out);
		assert_string_equal(out, rows[i].out);
		assert_int_equal(gn_plain_ok(gn_str(rows[i].in)), rows[i].ok);
		for (size_t cap = 1; cap <= strlen(rows[i].out) + 1; cap++) {
			/* cut, never in the middle */
			memset(out, '?', sizeof out);
			gn_plain(gn_str(rows[i].in), out, cap);
			assert_true(strlen(out) < cap && out[cap] == '?' &&
				    gn_utf8_ok(gn_str(out)));
			assert_memory_equal(out, rows[i].out, strlen(out));
		}
	}
	gn_plain(gn_slice("\0", 1), out, sizeof out);
	assert_string_equal(out, "\\x00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_the_same_in_either_case),
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(utf8_accepts_exactly_the_encodings),
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(plain_text_forges_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
