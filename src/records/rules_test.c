/* Header rules: globs against the obvious search, bounds, and what of an older manifest counts
 * (BU-5). */
#include "records/manifest_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gn_alloc heap;

static int setup(void **state)
{
	(void)state;
	gn_alloc_heap(&heap, 64u << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return heap.count == 0 ? 0 : -1;
}

/* Every way, tried one after the other. */
static bool obvious(struct gn_slice glob, struct gn_slice path)
{
	if (glob.len == 0)
		return path.len == 0;
	struct gn_slice rest = gn_slice(glob.p + 1, glob.len - 1);
	if (glob.p[0] == '*')
		return obvious(rest, path) ||
		       (path.len > 0 && obvious(glob, gn_slice(path.p + 1, path.len - 1)));
	return path.len > 0 && (glob.p[0] == '?' || glob.p[0] == path.p[0]) &&
	       obvious(rest, gn_slice(path.p + 1, path.len - 1));
}

static void globs_match_as_the_obvious_search_does(void **state)
{
	(void)state;
	struct gn_prng prng;
	gn_prng_init(&prng, 7);
	struct gn_rand rand = gn_prng_rand(&prng);
	unsigned hits = 0;
	for (unsigned i = 0; i < 200000; i++) {
		uint8_t glob[12], path[12];
		size_t g = gn_rand_below(&rand, 8), p = gn_rand_below(&rand, 10);
		for (size_t k = 0; k < g; k++)
			glob[k] = (uint8_t)"aab?*"[gn_rand_below(&rand, 5)];
		for (size_t k = 0; k < p; k++)
			path[k] = (uint8_t)"aab"[gn_rand_below(&rand, 3)];
		bool want = obvious(gn_slice(glob, g), gn_slice(path, p));
		hits += want;
		if (gn_bundle_glob_matches(gn_slice(glob, g), gn_slice(path, p)) != want)
			fail_msg("'%.*s' on '%.*s'", (int)g, glob, (int)p, path);
	}
	assert_true(hits > 20000);
}

static void globs_may_have_256_bytes(void **state)
{
	(void)state;
	static uint8_t glob[GN_GLOB_MAX + 1], path[GN_PATH_MAX];
	memset(glob, 'a', sizeof glob);
	memset(path, 'a', sizeof path);
	for (size_t len = 60; len <= GN_GLOB_MAX; len++) { /* over the edges of words */
		assert_true(gn_bundle_glob_matches(gn_slice(glob, len), gn_slice(path, len)));
		assert_false(gn_bundle_glob_matches(gn_slice(glob, len), gn_slice(path, len - 1)));
		assert_false(gn_bundle_glob_matches(gn_slice(glob, len), gn_slice(path, len + 1)));
	}
	glob[10] = '*';
	assert_true(
		gn_bundle_glob_matches(gn_slice(glob, GN_GLOB_MAX), gn_slice(path, GN_PATH_MAX)));
	assert_false(gn_bundle_glob_matches(gn_slice(glob, GN_GLOB_MAX + 1),
					    gn_slice(path, GN_PATH_MAX)));
}

static gn_err make(const struct gn_bundle_header *headers, size_t count, struct gn_buf *out,
		   char why[256])
{
	struct gn_bundle_file file = {.path = GN_LIT("index.html")};
	gn_merkle_leaf(GN_LIT(""), &file.root);
	struct gn_manifest_args args = {
		.files = &file, .file_count = 1, .headers = headers, .header_count = count};
	*out = (struct gn_buf){.cap = gn_manifest_make_max(&args)};
	out->p = malloc(out->cap);
	return gn_manifest_make(&heap, &args, out, why);
}

static void thirty_two_rules_of_256_bytes_are_taken(void **state)
{
	(void)state;
	static uint8_t glob[GN_GLOB_MAX + 1];
	struct gn_bundle_header headers[GN_BUNDLE_RULES + 1], h;
	struct gn_buf out;
	struct gn_manifest *m;
	char why[256];
	memset(glob, '*', sizeof glob);
	for (size_t i = 0; i < GN_COUNT(headers); i++)
		headers[i] = (struct gn_bundle_header){gn_slice(glob, GN_GLOB_MAX), GN_LIT("x-a"),
						       GN_LIT("1")};
	assert_int_equal(make(headers, GN_BUNDLE_RULES, &out, why), GN_OK);
	assert_int_equal(gn_manifest_open(&heap, gn_buf_slice(&out), &m), GN_OK);
	assert_int_equal(gn_manifest_rules_ignored(m), 0);
	size_t at = 0, n = 0;
	while (gn_manifest_header_next(m, GN_LIT("index.html"), &at, &h))
		n++;
	assert_int_equal(n, GN_BUNDLE_RULES);
	gn_manifest_free(&heap, m);
	free(out.p);
	assert_int_equal(make(headers, GN_BUNDLE_RULES + 1, &out, why), GN_LIMIT);
	assert_non_null(strstr(why, "32 header rules"));
	free(out.p);
	headers[3].glob.len = GN_GLOB_MAX + 1;
	assert_int_equal(make(headers, 4, &out, why), GN_USAGE);
	assert_non_null(strstr(why, "256 bytes"));
	free(out.p);
}

/* As a program before this rule made it: 64 rules, one glob of 4,096 bytes among the first. */
static gn_fbref older_rule(struct gn_fbb *b, size_t i)
{
	static uint8_t longest[4096];
	memset(longest, '*', sizeof longest);
	return gn_fb_bundle_header_make(
		b, &(struct gn_fb_bundle_header_args){
			   .glob = i == 5 ? gn_slice(longest, sizeof longest) : GN_LIT("*"),
			   .name = GN_LIT("x-a"),
			   .value = i < GN_BUNDLE_RULES ? GN_LIT("early") : GN_LIT("late")});
}

static void an_older_manifest_opens_and_its_first_32_rules_count(void **state)
{
	(void)state;
	static uint8_t storage[65536];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref rules[64];
	struct gn_fb_key owner = {{1}};
	struct gn_slice bytes;
	struct gn_manifest *m;
	struct gn_bundle_header h;
	for (size_t i = 0; i < GN_COUNT(rules); i++)
		rules[i] = older_rule(&b, i);
	gn_fbref root = gn_fb_manifest_make(
		&b, &(struct gn_fb_manifest_args){.version = MANIFEST_PLAIN,
						  .owner = &owner,
						  .headers = {rules, GN_COUNT(rules)}});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_MANIFEST_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_manifest_open(&heap, bytes, &m), GN_OK);
	assert_int_equal(gn_manifest_rules_ignored(m), 64 - GN_BUNDLE_RULES + 1);
	size_t at = 0, n = 0;
	while (gn_manifest_header_next(m, GN_LIT("index.html"), &at, &h)) {
		assert_true(gn_slice_eq(h.value, GN_LIT("early")));
		n++;
	}
	assert_int_equal(n, GN_BUNDLE_RULES - 1);
	gn_manifest_free(&heap, m);
}

/* BU-5. */
static void a_site_sets_no_header_that_is_not_its_own(void **state)
{
	static const char *const refused[] = {"set-cookie",
					      "Set-Cookie2",
					      "access-control-allow-origin",
					      "Access-Control-Allow-Credentials",
					      "access-control-",
					      "clear-site-data",
					      "service-worker-allowed",
					      "Origin-Agent-Cluster",
					      "Cross-Origin-Opener-Policy",
					      "cross-origin-resource-policy",
					      "x-content-type-options",
					      "alt-svc",
					      "content-length",
					      "content-encoding",
					      "content-range",
					      "content-type",
					      "transfer-encoding",
					      "connection",
					      "proxy-connection",
					      "keep-alive",
					      "upgrade",
					      "etag",
					      "accept-ranges",
					      "date",
					      "host",
					      ""};
	static const char *const taken[] = {"cache-control", "x-test", "Content-Security-Policy",
					    "access-control", "Cross-Origin-Embedder-Policy"};
	static uint8_t value[GN_BUNDLE_HEADERS / 2];
	struct gn_buf out;
	char why[256];
	(void)state;
	memset(value, 'v', sizeof value);
	for (size_t i = 0; i < GN_COUNT(refused); i++) {
		struct gn_bundle_header h = {GN_LIT("*"), gn_str(refused[i]), GN_LIT("1")};
		assert_false(gn_bundle_header_allowed(gn_str(refused[i])));
		assert_int_equal(make(&h, 1, &out, why), GN_USAGE);
		free(out.p);
	}
	for (size_t i = 0; i < GN_COUNT(taken); i++)
		assert_true(gn_bundle_header_allowed(gn_str(taken[i])));
	struct gn_bundle_header two[] = {
		{GN_LIT("a"), GN_LIT("x-a"), gn_slice(value, sizeof value - 3)},
		{GN_LIT("b"), GN_LIT("x-b"), gn_slice(value, sizeof value - 3)}};
	assert_int_equal(make(two, 2, &out, why), GN_OK);
	free(out.p);
	two[1].name = GN_LIT("x-bb"); /* one past the limit */
	assert_int_equal(make(two, 2, &out, why), GN_USAGE);
	assert_non_null(strstr(why, "8,192"));
	free(out.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(globs_match_as_the_obvious_search_does, setup,
						teardown),
		cmocka_unit_test_setup_teardown(globs_may_have_256_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(thirty_two_rules_of_256_bytes_are_taken, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			an_older_manifest_opens_and_its_first_32_rules_count, setup, teardown),
		cmocka_unit_test_setup_teardown(a_site_sets_no_header_that_is_not_its_own, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
