/* Paths of a site, their types, and what a URL stands for (BU-1, BU-2, BU-6). */
#include "records/head.h"
#include "records/manifest_int.h"
#include "wire/generated/bodies_fb.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gn_alloc heap;

static int setup(void **state)
{
	(void)state;
	gn_alloc_heap(&heap, 512u << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return heap.count == 0 ? 0 : -1; /* nothing leaks */
}

/* ---- paths ---- */

static void path_rules(void **state)
{
	(void)state;
	static const struct {
		const char *path, *word; /* word: of the sentence, NULL = allowed */
	} table[] = {
		{"a", NULL},
		{"a/b/c.html", NULL},
		{"\xd0\xb0/\xd0\xb1", NULL},
		{".well-known/x", NULL},
		{"a b", NULL},
		{"...", NULL},
		{"..a", NULL},
		{"", "empty"},
		{"/a", "relative"},
		{"a//b", "empty part"},
		{"a/", "empty part"},
		{".", "part"},
		{"..", "part"},
		{"a/../b", "part"},
		{"a/.", "part"},
		{"a\\b", "backslash"},
		{"a\nb", "control"},
		{"a\x7f", "control"},
		{"\xff", "UTF-8"},
		{"a/\xc0\xaf", "UTF-8"},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		const char *why = NULL;
		gn_err err = gn_bundle_path_check(gn_str(table[i].path), &why);
		if (err != (table[i].word ? GN_USAGE : GN_OK) ||
		    (table[i].word && !strstr(why, table[i].word)))
			fail_msg("'%s': %s", table[i].path, why ? why : "allowed");
	}
	static char longest[GN_PATH_MAX + 1];
	memset(longest, 'x', sizeof longest);
	const char *why;
	assert_int_equal(gn_bundle_path_check(gn_slice(longest, GN_PATH_MAX), &why), GN_OK);
	assert_int_equal(gn_bundle_path_check(gn_slice(longest, GN_PATH_MAX + 1), &why), GN_USAGE);
	assert_int_equal(gn_bundle_path_check(gn_slice("a\0b", 3), &why), GN_USAGE);
}

static void clashes_are_found_on_every_level(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool clash;
	} table[] = {
		{"a", "a", true},
		{"a", "A", true},
		{"a", "b", false},
		{"a/x", "A/y", true},
		{"a/x", "a/y", false},
		{"a", "a/b", true},
		{"A", "a/b", true},
		{"a/b", "a.b", false},
		{"x/A/1", "x/a/2", true},
		{"x/A/1", "y/a/2", false},
		{"a", "ab", false},
		{"\xd0\x90", "\xd0\xb0", true},                 /* Cyrillic A, a */
		{"\xc3\x84/x", "\xc3\xa4/y", true},             /* A, a with diaeresis */
		{"\xe1\xba\x9e", "\xc3\x9f", true},             /* capital and small sharp s */
		{"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8", true}, /* Deseret */
		{"k", "\xe2\x84\xaa", true},                    /* Kelvin sign */
		{"\xc3\xa4", "\xc3\xa5", false},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_slice paths[] = {gn_str(table[i].a), GN_LIT("zz"), gn_str(table[i].b),
					   GN_LIT("0")};
		size_t clash[2];
		gn_err err = gn_bundle_find_clash(&heap, paths, 4, clash);
		if (err != (table[i].clash ? GN_EXISTS : GN_OK))
			fail_msg("%s and %s", table[i].a, table[i].b);
	}
}

static void types_by_suffix(void **state)
{
	(void)state;
	assert_string_equal(gn_bundle_mime(GN_LIT("a/b.HTML")), "text/html; charset=utf-8");
	assert_string_equal(gn_bundle_mime(GN_LIT("a.tar.gz")), "application/gzip");
	assert_string_equal(
		gn_bundle_mime(GN_LIT("a.docx")),
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document");
	assert_string_equal(gn_bundle_mime(GN_LIT("a.jxl")), "image/jxl");
	assert_string_equal(gn_bundle_mime(GN_LIT("a.py")), "text/plain; charset=utf-8");
	assert_string_equal(gn_bundle_mime(GN_LIT("a.d/b")), "application/octet-stream");
	assert_string_equal(gn_bundle_mime(GN_LIT("a.")), "application/octet-stream");
	assert_string_equal(gn_bundle_mime(GN_LIT("")), "application/octet-stream");
}

/* BU-26: without a suffix by what it begins with. */
static void types_by_first_bytes(void **state)
{
	static const char text[] = "text/plain; charset=utf-8",
			  bytes[] = "application/octet-stream";
	char long_one[GN_TYPE_LOOK + 1];
	(void)state;
	struct {
		const char *path;
		struct gn_slice begins;
		const char *type;
	} table[] = {{"README", GN_LIT("hello\n\tthere\r\n"), text},
		     {"a.d/.profile", GN_LIT("x"), text},
		     {"a.d/.b.bin", GN_LIT("x"), bytes},
		     {"a.html", GN_LIT("\xff"), "text/html; charset=utf-8"},
		     {"README", GN_LIT(""), bytes},
		     {"README", GN_LIT("a\0b"), bytes},
		     {"README", GN_LIT("a\x7f"), bytes},
		     {"README", GN_LIT("a\x0b"), bytes},
		     {"README", GN_LIT("\xd0\xbf\xd1"), bytes}};
	for (size_t i = 0; i < GN_COUNT(table); i++)
		if (strcmp(gn_bundle_type(gn_str(table[i].path), table[i].begins), table[i].type))
			fail_msg("%zu: %s", i, table[i].path);
	/* a character may be cut where the look ends, and nowhere else */
	memset(long_one, 'a', sizeof long_one);
	memcpy(long_one + GN_TYPE_LOOK - 1, "\xd0\xbf", 2);
	struct gn_slice all = gn_slice(long_one, sizeof long_one);
	assert_string_equal(gn_bundle_type(GN_LIT("a"), all), text);
	memcpy(long_one + GN_TYPE_LOOK - 5, "\xff", 1);
	assert_string_equal(gn_bundle_type(GN_LIT("a"), all), bytes);
}

static void lists_of_paths(void **state)
{
	char why[256];
	(void)state;
	struct gn_slice good[] = {GN_LIT("a/b"), GN_LIT("a/c"), GN_LIT("d")},
			bad[] = {GN_LIT("a"), GN_LIT("b/../c")},
			twice[] = {GN_LIT("a"), GN_LIT("A")};
	assert_int_equal(gn_bundle_paths_check(&heap, good, 3, why), GN_OK);
	assert_int_equal(gn_bundle_paths_check(&heap, bad, 2, why), GN_USAGE);
	assert_non_null(strstr(why, "b/../c: "));
	assert_int_equal(gn_bundle_paths_check(&heap, twice, 2, why), GN_USAGE);
	assert_non_null(strstr(why, "A: differs"));
}

/* ---- manifests ---- */

static struct gn_bundle_file file_of(struct gn_slice path, uint64_t size, struct gn_hash *storage)
{
	struct gn_bundle_file f = {.path = path, .size = size};
	size_t n = (size_t)gn_tree_block_count(size);
	for (size_t i = 0; i < n; i++)
		memset(storage[i].b, (int)(i + 1), 32);
	f.blocks = gn_slice(storage, n * 32);
	if (n)
		gn_merkle_root(storage, n, &f.root);
	else
		gn_merkle_leaf(GN_LIT(""), &f.root);
	return f;
}

static gn_err make(const struct gn_manifest_args *args, struct gn_buf *out, char why[256])
{
	out->cap = gn_manifest_make_max(args);
	out->len = 0;
	out->p = malloc(out->cap);
	gn_err err = gn_manifest_make(&heap, args, out, why);
	if (err != GN_OK) {
		free(out->p);
		out->p = NULL;
	}
	return err;
}

static void what_is_gone(void **state)
{
	static const char *const before[] = {"a", "b/c", "b/d", "e"};
	struct gn_bundle_file old[4], now[] = {{.path = GN_LIT("b/c")}, {.path = GN_LIT("b/cc")}};
	struct gn_manifest_args args = {.files = old, .file_count = 4, .seq = 1};
	struct gn_manifest *m;
	struct gn_slice gone[4];
	struct gn_hash none;
	struct gn_buf out;
	char why[256];
	(void)state;
	for (size_t i = 0; i < 4; i++)
		old[i] = file_of(gn_str(before[i]), 0, &none);
	assert_int_equal(make(&args, &out, why), GN_OK);
	assert_int_equal(gn_manifest_open(&heap, gn_buf_slice(&out), &m), GN_OK);
	assert_int_equal(gn_manifest_deleted(m, now, 2, gone), 3);
	assert_true(gn_slice_eq(gone[0], GN_LIT("a")) && gn_slice_eq(gone[1], GN_LIT("b/d")) &&
		    gn_slice_eq(gone[2], GN_LIT("e")));
	assert_int_equal(gn_manifest_deleted(m, old, 4, gone), 0);
	assert_int_equal(gn_manifest_deleted(m, NULL, 0, gone), 4);
	gn_manifest_free(&heap, m);
	free(out.p);
}

/* ---- URLs, headers ---- */

static void paths_have_one_form(void **state)
{
	char out[GN_PATH_MAX], path[GN_PATH_MAX + 2];
	struct gn_slice text;
	size_t len = 0;
	(void)state;
	assert_int_equal(gn_bundle_path_nfc(GN_LIT("e\xcc\x81/a"), out, &len), GN_OK);
	assert_true(gn_slice_eq(gn_slice(out, len), GN_LIT("\xc3\xa9/a")));
	assert_int_equal(gn_bundle_path_nfc(GN_LIT("plain"), out, &len), GN_OK);
	assert_true(gn_slice_eq(gn_slice(out, len), GN_LIT("plain")));
	assert_int_equal(gn_bundle_path_nfc(GN_LIT("\xff"), out, &len), GN_TEXT);
	for (size_t i = 0; i < sizeof path; i += 2)
		memcpy(path + i, "\xc3\xa9", 2);
	assert_int_equal(gn_bundle_path_nfc(gn_slice(path, GN_PATH_MAX), out, &len), GN_OK);
	assert_int_equal(len, GN_PATH_MAX);
	assert_int_equal(gn_bundle_path_nfc(gn_slice(path, GN_PATH_MAX + 2), out, &len),
			 GN_TOO_LARGE);
	/* 1,536 bytes in NFD */
	assert_false(gn_bundle_path_form(gn_slice(path, GN_PATH_MAX), false, out, &text));
	assert_true(gn_bundle_path_form(gn_slice(path, 2 * (GN_PATH_MAX / 3)), false, out, &text));
}

static void urls_resolve_as_a_web_server_would(void **state)
{
	(void)state;
	static const char *const paths[] = {"index.html",   "404.html",
					    "a b.txt",      "docs/index.html",
					    "docs/x.css",   "\xc3\xa4.html",
					    "plain",        "%41",
					    "u\xcc\x88.txt"}; /* an older program's: in NFD */
	static const struct {
		const char *url, *path;
		gn_err err;
		int status;
		bool redirect;
	} table[] = {
		{"/", "index.html", GN_OK, 200, false},
		{"/index.html", "index.html", GN_OK, 200, false},
		{"/a%20b.txt", "a b.txt", GN_OK, 200, false},
		{"/%C3%a4.html", "\xc3\xa4.html", GN_OK, 200, false},
		{"/a%CC%88.html", "\xc3\xa4.html", GN_OK, 200, false},
		{"/u%CC%88.txt", "u\xcc\x88.txt", GN_OK, 200, false},
		{"/%C3%bc.txt", "u\xcc\x88.txt", GN_OK, 200, false},
		{"/%FC.txt", "404.html", GN_OK, 404, false},
		{"/docs/", "docs/index.html", GN_OK, 200, false},
		{"/docs", "docs/index.html", GN_OK, 301, true},
		{"/docs/x.css", "docs/x.css", GN_OK, 200, false},
		{"/plain", "plain", GN_OK, 200, false},
		{"/plain/", "404.html", GN_OK, 404, false},
		{"/%2541", "%41", GN_OK, 200, false},
		{"/docs%2Fx.css", "404.html", GN_OK, 404, false},
		{"//", "404.html", GN_OK, 404, false},
		{"/../index.html", "404.html", GN_OK, 404, false},
		{"/plain%00", "404.html", GN_OK, 404, false},
		{"/nothing", "404.html", GN_OK, 404, false},
		{"/%4", NULL, GN_USAGE, 0, false},
		{"/%zz", NULL, GN_USAGE, 0, false},
		{"plain", NULL, GN_USAGE, 0, false},
		{"", NULL, GN_USAGE, 0, false},
	};
	struct gn_bundle_file files[GN_COUNT(paths)], f;
	for (size_t i = 0; i < GN_COUNT(paths); i++)
		files[i] = file_of(gn_str(paths[i]), 0, NULL);
	struct gn_bundle_header headers[] = {{GN_LIT("*"), GN_LIT("X-All"), GN_LIT("1")},
					     {GN_LIT("docs/*.c?s"), GN_LIT("X-Css"), GN_LIT("2")}},
				h;
	struct gn_manifest_args args = {.files = files,
					.file_count = GN_COUNT(paths),
					.headers = headers,
					.header_count = 2};
	struct gn_manifest *m;
	struct gn_buf out;
	char why[256];
	assert_int_equal(make(&args, &out, why), GN_OK);
	assert_int_equal(gn_manifest_open(&heap, gn_buf_slice(&out), &m), GN_OK);
	free(out.p);
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		int status = 0;
		bool redirect = false;
		gn_err err = gn_manifest_resolve(m, gn_str(table[i].url), &f, &status, &redirect);
		if (err != table[i].err || status != table[i].status ||
		    redirect != table[i].redirect ||
		    (err == GN_OK && !gn_slice_eq(f.path, gn_str(table[i].path))))
			fail_msg("%s: %s %d", table[i].url, gn_err_name(err), status);
	}
	size_t at = 0;
	assert_true(gn_manifest_header_next(m, GN_LIT("docs/x.css"), &at, &h));
	assert_true(gn_slice_eq(h.name, GN_LIT("X-All")));
	assert_true(gn_manifest_header_next(m, GN_LIT("docs/x.css"), &at, &h));
	assert_true(gn_slice_eq(h.name, GN_LIT("X-Css")));
	assert_false(gn_manifest_header_next(m, GN_LIT("docs/x.css"), &at, &h));
	at = 0;
	assert_true(gn_manifest_header_next(m, GN_LIT("plain"), &at, &h));
	assert_false(gn_manifest_header_next(m, GN_LIT("plain"), &at, &h));
	gn_manifest_free(&heap, m);

	/* no entry, no 404 page */
	args = (struct gn_manifest_args){.files = &files[6], .file_count = 1};
	assert_int_equal(make(&args, &out, why), GN_OK);
	assert_int_equal(gn_manifest_open(&heap, gn_buf_slice(&out), &m), GN_OK);
	free(out.p);
	int status;
	bool redirect;
	assert_int_equal(gn_manifest_resolve(m, GN_LIT("/"), &f, &status, &redirect), GN_NOT_FOUND);
	assert_int_equal(gn_manifest_resolve(m, GN_LIT("/x"), &f, &status, &redirect),
			 GN_NOT_FOUND);
	gn_manifest_free(&heap, m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_rules),
		cmocka_unit_test(clashes_are_found_on_every_level),
		cmocka_unit_test(types_by_suffix),
		cmocka_unit_test(types_by_first_bytes),
		cmocka_unit_test(lists_of_paths),
		cmocka_unit_test(what_is_gone),
		cmocka_unit_test(paths_have_one_form),
		cmocka_unit_test(urls_resolve_as_a_web_server_would),
	};
	return cmocka_run_group_tests_name("bundles_manifest", tests, setup, teardown);
}
