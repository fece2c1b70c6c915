/* Tables for the pure helpers, and the chunk decoder fed in every split. */
#include "net/http_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void lags(void **state)
{
	const uint64_t rate = GN_HTTP_ANSWER_RATE;
	(void)state;
	assert_int_equal(gn_http_lag(0, 1000, 0, rate), 1000);
	assert_int_equal(gn_http_lag(0, 1000, rate, rate), 0);
	/* a thousandth below is behind */
	assert_int_equal(gn_http_lag(0, 1000, rate - rate / 1000, rate), 1);
	assert_int_equal(gn_http_lag(0, 1000, 48000, rate), 634); /* 384 kbit/s */
	assert_int_equal(gn_http_lag(4000, 1000, 2 * rate, rate), 3000);
	assert_int_equal(gn_http_lag(0, 1000, 100 * rate, rate), 0); /* nothing is saved up: */
	assert_int_equal(gn_http_lag(gn_http_lag(0, 1000, 100 * rate, rate), 1000, 0, rate), 1000);
	assert_int_equal(gn_http_lag(0, 0, UINT64_MAX, rate), 0);
	uint64_t lag = 0;
	for (int second = 0; second < 3600; second++) /* a slow line of 384 kbit/s is never late */
		lag = gn_http_lag(lag, 1000, 48000, 1024);
	assert_int_equal(lag, 0);
}

static void ranges(void **state)
{
	static const struct {
		const char *value;
		uint64_t size;
		gn_err err;
		uint64_t first, last;
	} table[] = {
		{"bytes=0-0", 10, GN_OK, 0, 0},
		{"bytes=2-5", 10, GN_OK, 2, 5},
		{"bytes=2-", 10, GN_OK, 2, 9},
		{"bytes=-3", 10, GN_OK, 7, 9},
		{"bytes=-30", 10, GN_OK, 0, 9},
		{"bytes=9-99999999999999999999999", 10, GN_OK, 9, 9},
		{"BYTES = 1-2", 10, GN_UNSUPPORTED, 0, 0},
		{" Bytes= 1-2 ", 10, GN_OK, 1, 2},
		{"bytes=10-", 10, GN_RANGE, 0, 0},
		{"bytes=99999999999999999999999-", 10, GN_RANGE, 0, 0},
		{"bytes=-0", 10, GN_RANGE, 0, 0},
		{"bytes=0-", 0, GN_RANGE, 0, 0},
		{"bytes=-1", 0, GN_RANGE, 0, 0},
		{"bytes=5-2", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=0-1,3-4", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=-", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=a-b", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=1 -2", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=+1-2", 10, GN_UNSUPPORTED, 0, 0},
		{"lines=1-2", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=", 10, GN_UNSUPPORTED, 0, 0},
		{"", 10, GN_UNSUPPORTED, 0, 0},
		{"bytes=0-18446744073709551615", UINT64_MAX, GN_OK, 0, UINT64_MAX - 1},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		uint64_t first = 0, last = 0;
		gn_err err = gn_http_range(gn_str(table[i].value), table[i].size, &first, &last);
		if (err != table[i].err || first != table[i].first || last != table[i].last)
			fail_msg("\"%s\": %s %llu-%llu", table[i].value, gn_err_name(err),
				 (unsigned long long)first, (unsigned long long)last);
	}
}

static void entity_tags(void **state)
{
	static const struct {
		const char *list, *tag;
		bool match;
	} table[] = {
		{"\"a\"", "\"a\"", true},
		{"W/\"a\"", "\"a\"", true},
		{"\"a\"", "W/\"a\"", true},
		{"\"b\", \"a\"", "\"a\"", true},
		{"\"b\" ,W/\"a\"", "\"a\"", true},
		{"\"x,\", \"a\"", "\"a\"", true},
		{"*", "\"a\"", true},
		{" * ", "\"a\"", true},
		{"\"b\"", "\"a\"", false},
		{"a", "\"a\"", false},
		{"\"a", "\"a\"", false},
		{"\"aa\"", "\"a\"", false},
		{"W/", "\"a\"", false},
		{"", "\"a\"", false},
		{",,", "\"a\"", false},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++)
		if (gn_http_etag_match(gn_str(table[i].list), gn_str(table[i].tag)) !=
		    table[i].match)
			fail_msg("%s in %s", table[i].tag, table[i].list);
}

static void escapes_and_queries(void **state)
{
	static const struct {
		const char *in;
		gn_err err;
		const char *out;
	} table[] = {
		{"/a%20b+c", GN_OK, "/a b+c"},
		{"%41%e4%BD%a0", GN_OK, "A\xe4\xbd\xa0"},
		{"", GN_OK, ""},
		{"%", GN_TEXT, NULL},
		{"%4", GN_TEXT, NULL},
		{"%4g", GN_TEXT, NULL},
		{"%00", GN_TEXT, NULL},
		{"a%2", GN_TEXT, NULL},
	};
	static const struct {
		const char *query, *name;
		gn_err err;
		const char *out;
	} values[] = {
		{"a=1&b=x+y%26z", "b", GN_OK, "x y&z"}, {"a=1&b=2", "a", GN_OK, "1"},
		{"a=1&b=2", "c", GN_NOT_FOUND, NULL},   {"a&b=2", "a", GN_OK, ""},
		{"aa=1&a=2&a=3", "a", GN_OK, "2"},      {"", "a", GN_NOT_FOUND, NULL},
		{"a=%zz", "a", GN_TEXT, NULL},          {"&&a==1&", "a", GN_OK, "=1"},
		{"b=a=1", "a", GN_NOT_FOUND, NULL},
	};
	uint8_t text[64];
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_buf out = {text, 0, sizeof text};
		assert_int_equal(gn_http_unescape(gn_str(table[i].in), &out), table[i].err);
		assert_true(gn_slice_eq(gn_buf_slice(&out), gn_str(table[i].out)));
	}
	for (size_t i = 0; i < GN_COUNT(values); i++) {
		struct gn_buf out = {text, 0, sizeof text};
		assert_int_equal(gn_http_query_value(gn_str(values[i].query), values[i].name, &out),
				 values[i].err);
		assert_true(gn_slice_eq(gn_buf_slice(&out), gn_str(values[i].out)));
	}
	struct gn_buf tight = {text, 0, 3};
	assert_int_equal(gn_http_unescape(GN_LIT("%61bc"), &tight), GN_OK);
	tight.len = 0;
	assert_int_equal(gn_http_unescape(GN_LIT("%61bcd"), &tight), GN_TOO_LARGE);
	assert_int_equal(tight.len, 0);
}

static void hosts(void **state)
{
	static const struct {
		const char *in;
		gn_err err;
		const char *host;
		uint16_t port;
	} table[] = {
		{"Welcome.geo.localhost:7780", GN_OK, "welcome.geo.localhost", 7780},
		{"localhost", GN_OK, "localhost", 0},
		{"127.0.0.1:1", GN_OK, "127.0.0.1", 1},
		{"[::1]:65535", GN_OK, "[::1]", 65535},
		{"[::1]", GN_OK, "[::1]", 0},
		{"a_b", GN_OK, "a_b", 0},
		{"x:", GN_OK, "x", 0},
		{"x:65536", GN_TEXT, NULL, 9},
		{"x:-1", GN_TEXT, NULL, 9},
		{"x:1a", GN_TEXT, NULL, 9},
		{"x y", GN_TEXT, NULL, 9},
		{"a@b", GN_TEXT, NULL, 9},
		{"x/..", GN_TEXT, NULL, 9},
		{"[::1", GN_TEXT, NULL, 9},
		{"[]", GN_TEXT, NULL, 9},
		{"[::1]x", GN_TEXT, NULL, 9},
		{":80", GN_TEXT, NULL, 9},
		{"", GN_TEXT, NULL, 9},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		uint8_t text[64];
		uint16_t port = 9;
		struct gn_buf out = {text, 0, sizeof text};
		if (gn_http_host(gn_str(table[i].in), &out, &port) != table[i].err ||
		    port != table[i].port ||
		    !gn_slice_eq(gn_buf_slice(&out), gn_str(table[i].host)))
			fail_msg("\"%s\"", table[i].in);
	}
}

/* Feeds text in two pieces, cut at every place; the body must be the same. */
static gn_err decode(struct gn_slice text, size_t cut, char *body, bool *over)
{
	struct gn_http_chunks c = {0};
	size_t len = 0, at = 0;
	for (int half = 0; half < 2; half++) {
		size_t end = half ? text.len : cut;
		for (;;) {
			struct gn_slice data;
			size_t used;
			GN_TRY(gn_http_chunks_next(&c, gn_slice_sub(text, at, end - at), &data,
						   &used));
			if (!used)
				break;
			memcpy(body + len, data.len ? data.p : text.p, data.len);
			len += data.len;
			at += used;
		}
	}
	body[len] = 0;
	*over = c.state == GN_CHUNK_END;
	return GN_OK;
}

static void chunks_decode_the_same_however_they_are_cut(void **state)
{
	static const struct {
		const char *in;
		gn_err err;
		const char *body;
		bool over;
	} table[] = {
		{"3\r\nabc\r\n0\r\n\r\n", GN_OK, "abc", true},
		{"3;x=y\r\nabc\r\nA \r\n0123456789\r\n00\r\nT: 1\r\nU: 2\r\n\r\nrest", GN_OK,
		 "abc0123456789", true},
		{"3\r\nab", GN_OK, "ab", false},
		{"0\r\n", GN_OK, "", false},
		{"\r\n", GN_MALFORMED, "", false},
		{"3\nabc\r\n", GN_MALFORMED, "", false},
		{"3\r\nabcd", GN_MALFORMED, "", false},
		{"g\r\n", GN_MALFORMED, "", false},
		{"-1\r\n", GN_MALFORMED, "", false},
		{"1234567890abcdef\r\n", GN_MALFORMED, "", false},
		{"0\r\nT: 1\n\r\n", GN_MALFORMED, "", false},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_slice in = gn_str(table[i].in);
		for (size_t cut = 0; cut <= in.len; cut++) {
			char body[128];
			bool over = false;
			assert_int_equal(decode(in, cut, body, &over), table[i].err);
			if (table[i].err)
				continue;
			assert_string_equal(body, table[i].body);
			assert_int_equal(over, table[i].over);
		}
	}
}

static void the_end_of_a_head_is_found_however_it_arrives(void **state)
{
	static const char *const heads[] = {"GET / HTTP/1.1\r\nA: b\r\n\r\nrest",
					    "\r\n\r\nGET / HTTP/1.1\r\n\r\nrest", "A\n\nrest",
					    "\n\nrest"};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(heads); i++) {
		size_t len = strlen(heads[i]), scanned = 0, end = 0;
		for (size_t n = 0; n <= len && !end; n++)
			end = gn_http_head_end(gn_slice(heads[i], n), &scanned);
		assert_string_equal(heads[i] + end, "rest");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(lags),
		cmocka_unit_test(entity_tags),
		cmocka_unit_test(escapes_and_queries),
		cmocka_unit_test(hosts),
		cmocka_unit_test(chunks_decode_the_same_however_they_are_cut),
		cmocka_unit_test(the_end_of_a_head_is_found_however_it_arrives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
