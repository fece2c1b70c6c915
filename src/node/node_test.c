/* The node's pure parts: configuration and what the API reads from requests. */
#include "node/api_parse.h"
#include "node/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static gn_err set(struct gn_node_config *c, const char *name, const char *value)
{
	char why[GN_NODE_WHY] = "";
	gn_err err = gn_node_config_set(c, gn_str(name), gn_str(value), why);
	if (err)
		assert_true(strlen(why) > 0);
	return err;
}

static void settings_take_good_values_and_refuse_bad_ones(void **state)
{
	struct gn_node_config c;
	(void)state;
	gn_node_config_default(&c);
	assert_int_equal(set(&c, "port", "0"), GN_OK);
	assert_int_equal(set(&c, "port", "65535"), GN_OK);
	assert_int_equal(c.port, 65535);
	assert_int_equal(set(&c, "port", "65536"), GN_USAGE);
	assert_int_equal(set(&c, "port", ""), GN_USAGE);
	assert_int_equal(set(&c, "port", "-1"), GN_USAGE);
	assert_int_equal(set(&c, "port", "12x"), GN_USAGE);
	assert_int_equal(c.port, 65535);
	assert_int_equal(set(&c, "http", "off"), GN_OK);
	assert_true(c.http_off);
	assert_int_equal(set(&c, "store-limit", "3G"), GN_OK);
	assert_true(c.store_limit == UINT64_C(3) << 30);
	assert_int_equal(set(&c, "store-limit", "3X"), GN_USAGE);
	assert_int_equal(set(&c, "store-limit", "99999999999T"), GN_USAGE);
	assert_int_equal(set(&c, "log", "loud"), GN_USAGE);
	assert_int_equal(set(&c, "colour", "red"), GN_USAGE);
	assert_int_equal(set(&c, "bootstrap", "example.net"), GN_USAGE);
	assert_int_equal(set(&c, "bootstrap", "::1:7"), GN_USAGE);
	for (unsigned i = 0; i < GN_NODE_BOOTSTRAP; i++)
		assert_int_equal(set(&c, "bootstrap", i % 2 ? "[::1]:7777" : "example.net:7777"), GN_OK);
	assert_int_equal(set(&c, "bootstrap", "example.net:7777"), GN_USAGE); /* one past the limit */
	char data[92];
	memset(data, 'd', sizeof data);
	data[90] = 0;
	assert_int_equal(set(&c, "data", data), GN_OK);
	data[90] = 'd';
	data[91] = 0;
	assert_int_equal(set(&c, "data", data), GN_USAGE);
}

static void a_file_is_taken_whole_or_not_at_all(void **state)
{
	struct gn_node_config c;
	char why[GN_NODE_WHY] = "";
	(void)state;
	gn_node_config_default(&c);
	assert_int_equal(gn_node_config_parse(&c, gn_str("# a node\nport = 7000 # here\r\n\n  log=warn"), why), GN_OK);
	assert_int_equal(c.port, 7000);
	assert_int_equal(c.log, GN_LOG_WARN);
	assert_int_equal(gn_node_config_parse(&c, gn_str("port = 7001\nlog = loud\n"), why), GN_USAGE);
	assert_non_null(strstr(why, "line 2"));
	assert_non_null(strstr(why, "loud"));
	assert_int_equal(c.port, 7000);
	assert_int_equal(gn_node_config_parse(&c, gn_str("port 7001\n"), why), GN_USAGE);
	assert_int_equal(gn_node_config_parse(&c, gn_slice("log = \0x", 8), why), GN_USAGE);
}

static void paths_match_by_segment(void **state)
{
	char args[2][GN_NODE_ARG];
	(void)state;
	assert_true(gn_api_path_match("/api/v1/find/*", gn_str("/api/v1/find/abc"), args));
	assert_string_equal(args[0], "abc");
	assert_true(gn_api_path_match("/a/*/*", gn_str("/a/x%2Fy/z"), args));
	assert_string_equal(args[0], "x/y");
	assert_string_equal(args[1], "z");
	assert_false(gn_api_path_match("/a/*", gn_str("/a/"), args));
	assert_false(gn_api_path_match("/a/*", gn_str("/a/b/c"), args));
	assert_false(gn_api_path_match("/a/*", gn_str("/a"), args));
	assert_false(gn_api_path_match("/a/*", gn_str("/a/%00"), args));
	char longest[GN_NODE_ARG + 8];
	memset(longest, 'x', sizeof longest);
	memcpy(longest, "/a/", 3);
	assert_true(gn_api_path_match("/a/*", gn_slice(longest, 3 + GN_NODE_ARG - 1), args));
	assert_false(gn_api_path_match("/a/*", gn_slice(longest, 3 + GN_NODE_ARG), args));
}

/* RFC 4648 section 10. */
static void base64_of_the_rfc(void **state)
{
	static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
	static const char *const coded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	static const char *const bad[] = {"Z", "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9*", "=m9v"};
	uint8_t *out;
	size_t len;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(plain); i++) {
		assert_int_equal(gn_api_unbase64(gn_str(coded[i]), &out, &len), GN_OK);
		assert_int_equal(len, strlen(plain[i]));
		assert_memory_equal(out, plain[i], len);
		free(out);
	}
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_api_unbase64(gn_str(bad[i]), &out, &len), GN_TEXT);
}

static void spread_bodies(void **state)
{
	struct gn_api_spread s;
	char json[256], hex[65];
	(void)state;
	memset(hex, 'a', 64);
	hex[64] = 0;
	snprintf(json, sizeof json, "{\"blocks\":[\"%s\"],\"copies\":8,\"keep_until\":9}", hex);
	assert_int_equal(gn_api_spread_parse(gn_str(json), &s), GN_OK);
	assert_true(s.count == 1 && s.copies == 8 && s.keep_until == 9 && s.hashes[31] == 0xaa);
	free(s.hashes);
	snprintf(json, sizeof json, "{\"blocks\":[\"%s\"],\"copies\":9}", hex);
	assert_int_equal(gn_api_spread_parse(gn_str(json), &s), GN_RANGE);
	assert_int_equal(gn_api_spread_parse(gn_str("{\"blocks\":[]}"), &s), GN_USAGE);
	assert_int_equal(gn_api_spread_parse(gn_str("{\"blocks\":[\"aa\"]}"), &s), GN_USAGE);
	assert_int_equal(gn_api_spread_parse(gn_str("[1]"), &s), GN_USAGE);
	assert_int_equal(gn_api_spread_parse(gn_str(""), &s), GN_USAGE);
}

static void guard_settings(void **state)
{
	struct gn_node_config c;
	(void)state;
	gn_node_config_default(&c);
	assert_true(c.guard == GN_NODE_GUARD_ON && !c.guard_count_local);
	assert_int_equal(set(&c, "guard", "cookie"), GN_OK);
	assert_int_equal(c.guard, GN_NODE_GUARD_COOKIE);
	assert_int_equal(set(&c, "guard", "off"), GN_OK);
	assert_int_equal(c.guard, GN_NODE_GUARD_OFF);
	assert_int_equal(set(&c, "guard", "maybe"), GN_USAGE);
	assert_int_equal(c.guard, GN_NODE_GUARD_OFF);
	assert_int_equal(set(&c, "guard-local", "count"), GN_OK);
	assert_true(c.guard_count_local);
	assert_int_equal(set(&c, "guard-local", "exempt"), GN_OK);
	assert_false(c.guard_count_local);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_take_good_values_and_refuse_bad_ones),
		cmocka_unit_test(a_file_is_taken_whole_or_not_at_all),
		cmocka_unit_test(paths_match_by_segment),
		cmocka_unit_test(base64_of_the_rfc),
		cmocka_unit_test(spread_bodies),
		cmocka_unit_test(guard_settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
