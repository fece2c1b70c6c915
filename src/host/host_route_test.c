/* Paths, routes and numbers of requests. */
#include "host/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct own { /* a program's */
	struct gn_host_route route;
	int run;
};

static const struct own routes[] = {
	{{GN_HTTP_GET, "/", GN_HOST_ROUTE_OPEN}, 1},
	{{GN_HTTP_GET, "/a/*", 0}, 2},
	{{GN_HTTP_POST, "/a/*", GN_HOST_ROUTE_BODY}, 3},
	{{GN_HTTP_GET, "/a/me", 0}, 4},
	{{GN_HTTP_DELETE, "/b/*/*", 0}, 5},
	{{0}, 0},
};

static struct gn_host_paths paths = {
	.routes = routes, .route_size = sizeof routes[0], .arg_max = GN_HOST_ARG};

static int find(enum gn_http_method method, const char *path, gn_host_args args, bool *other)
{
	const struct gn_host_route *r =
		gn_host_route_find(&paths, method, gn_str(path), args, other);
	return r ? ((const struct own *)(const void *)r)->run : 0;
}

static void paths_match_by_segment(void **state)
{
	gn_host_args args;
	(void)state;
	assert_true(gn_host_path_match(&paths, "/api/v1/find/*", gn_str("/api/v1/find/abc"), args));
	assert_string_equal(args[0], "abc");
	assert_true(gn_host_path_match(&paths, "/a/*/*", gn_str("/a/x%2Fy/z"), args));
	assert_string_equal(args[0], "x/y");
	assert_string_equal(args[GN_HOST_ARGS - 1], "z"); /* the last that there is room for */
	assert_true(gn_host_path_match(&paths, "/a/*/b", gn_str("/a/%ff/b"), args));
	assert_false(gn_host_path_match(&paths, "/a/*", gn_str("/a/"), args));
	assert_false(gn_host_path_match(&paths, "/a/*", gn_str("/a/b/c"), args));
	assert_false(gn_host_path_match(&paths, "/a/*", gn_str("/a"), args));
	assert_false(gn_host_path_match(&paths, "/a/*", gn_str("/a/%00"), args));
	assert_false(gn_host_path_match(&paths, "/a", gn_str("/a/"), args));
	assert_false(gn_host_path_match(&paths, "/ab", gn_str("/a"), args));
}

static void an_argument_has_a_length_and_may_have_to_be_text(void **state)
{
	gn_host_args args;
	char path[GN_HOST_ARG + 8];
	struct gn_host_paths p = paths;
	(void)state;
	memset(path, 'x', sizeof path);
	memcpy(path, "/a/", 3);
	for (size_t most = 128; most <= GN_HOST_ARG; most *= 2) {
		p.arg_max = most;
		assert_true(gn_host_path_match(&p, "/a/*", gn_slice(path, 3 + most - 1), args));
		assert_int_equal(strlen(args[0]), most - 1);
		assert_false(gn_host_path_match(&p, "/a/*", gn_slice(path, 3 + most), args));
	}
	p.text_args = true;
	assert_true(gn_host_path_match(&p, "/a/*", gn_str("/a/%c3%bc"), args));
	assert_false(gn_host_path_match(&p, "/a/*", gn_str("/a/%c3"), args));
}

static void a_route_is_of_a_method_and_a_path(void **state)
{
	gn_host_args args = {"left", ""};
	bool other;
	(void)state;
	assert_int_equal(find(GN_HTTP_GET, "/", args, &other), 1);
	assert_string_equal(args[0], "");
	assert_int_equal(find(GN_HTTP_GET, "/a/me", args, &other), 2); /* the first that fits */
	assert_string_equal(args[0], "me");
	assert_int_equal(find(GN_HTTP_HEAD, "/a/b", args, &other), 2);
	assert_int_equal(find(GN_HTTP_POST, "/a/c", args, &other), 3);
	assert_string_equal(args[0], "c");
	assert_int_equal(find(GN_HTTP_DELETE, "/a/d", args, &other), 0);
	assert_true(other);
	assert_string_equal(args[0], "c"); /* what was not found changes nothing */
	assert_int_equal(find(GN_HTTP_HEAD, "/b/1/2", args, &other), 0);
	assert_true(other);
	assert_int_equal(find(GN_HTTP_GET, "/c", args, &other), 0);
	assert_false(other);
	assert_int_equal(find(GN_HTTP_GET, "/a/b/", args, &other), 0);
	paths.end_slash = true;
	assert_int_equal(find(GN_HTTP_GET, "/a/b/", args, &other), 2);
	assert_int_equal(find(GN_HTTP_GET, "/a/b//", args, &other), 0);
	assert_int_equal(find(GN_HTTP_GET, "/", args, &other), 1);
	paths.end_slash = false;
}

static void numbers_end_at_their_bound(void **state)
{
	static const char *const bad[] = {
		"", "-1", "1x", " 1", "0x1", "18446744073709551616", "99999999999999999999999"};
	uint64_t v = 7;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_host_decimal(gn_str(bad[i]), UINT64_MAX, &v), GN_RANGE);
	assert_int_equal(gn_host_decimal(gn_str("9"), 8, &v), GN_RANGE);
	assert_int_equal(v, 7);
	assert_int_equal(gn_host_decimal(gn_str("8"), 8, &v), GN_OK);
	assert_int_equal(v, 8);
	assert_int_equal(gn_host_decimal(gn_str("007"), 8, &v), GN_OK);
	assert_int_equal(v, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_match_by_segment),
		cmocka_unit_test(an_argument_has_a_length_and_may_have_to_be_text),
		cmocka_unit_test(a_route_is_of_a_method_and_a_path),
		cmocka_unit_test(numbers_end_at_their_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
