/* Paths, clashes, trees, manifests, URLs and heads. */
#include "records/head.h"
#include "records/manifest_int.h"
#include "wire/generated/bodies_fb.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 UINT64_C(1767225600)

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

/* ---- trees ---- */

/* RFC 9162 section 2.1.1, as it is written there. */
static void naive_root(const uint8_t *data, size_t len, size_t chunks, struct gn_hash *out)
{
	if (chunks <= 1) {
		gn_merkle_leaf(gn_slice(data, len), out);
		return;
	}
	size_t k = 1;
	while (k * 2 < chunks)
		k *= 2;
	struct gn_hash left, right;
	naive_root(data, k * GN_CHUNK, k, &left);
	naive_root(data + k * GN_CHUNK, len - k * GN_CHUNK, chunks - k, &right);
	gn_merkle_node(&left, &right, out);
}

static void hasher_equals_the_naive_tree(void **state)
{
	(void)state;
	static const size_t sizes[] = {0,
				       1,
				       GN_CHUNK - 1,
				       GN_CHUNK,
				       GN_CHUNK + 1,
				       GN_BLOCK - 1,
				       GN_BLOCK,
				       GN_BLOCK + 1,
				       2 * GN_BLOCK,
				       GN_BLOCK * 7 / 2};
	static uint8_t data[GN_BLOCK * 7 / 2];
	static struct gn_file_hasher h;
	struct gn_prng prng;
	gn_prng_init(&prng, 11);
	struct gn_rand rand = gn_prng_rand(&prng);
	gn_rand_fill(&rand, data, sizeof data);
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		for (unsigned way = 0; way < 3; way++) {
			struct gn_hash blocks[4], root, expected;
			gn_file_hasher_init(&h, blocks, 4);
			for (size_t at = 0; at < sizes[i];) {
				size_t n = way == 0   ? sizes[i]
					   : way == 1 ? 1 + gn_rand_below(&rand, 100000)
						      : GN_CHUNK;
				n = n < sizes[i] - at ? n : sizes[i] - at;
				assert_int_equal(gn_file_hasher_put(&h, gn_slice(data + at, n)),
						 GN_OK);
				at += n;
			}
			gn_file_hasher_end(&h, &root);
			naive_root(data, sizes[i], (sizes[i] + GN_CHUNK - 1) / GN_CHUNK, &expected);
			assert_memory_equal(&root, &expected, sizeof root);
			assert_int_equal(h.block_count, (sizes[i] + GN_BLOCK - 1) / GN_BLOCK);
			assert_true(gn_merkle_file_ok(sizes[i], &root,
						      gn_slice(blocks, h.block_count * 32)));
			root.b[5] ^= 1;
			assert_false(gn_merkle_file_ok(sizes[i], &root,
						       gn_slice(blocks, h.block_count * 32)));
		}
	}
	struct gn_hash blocks[1], empty, zero;
	gn_file_hasher_init(&h, blocks, 1);
	assert_int_equal(gn_file_hasher_put(&h, gn_slice(data, GN_BLOCK)), GN_OK);
	assert_int_equal(gn_file_hasher_put(&h, gn_slice(data, 1)), GN_TOO_LARGE);
	gn_file_hasher_init(&h, NULL, 0);
	gn_file_hasher_end(&h, &empty);
	gn_sha256(&(struct gn_slice){(const uint8_t *)"", 1}, 1, &zero);
	assert_memory_equal(&empty, &zero, sizeof zero);
}

/* ---- manifests ---- */

static struct gn_bundle_file file_of(struct gn_slice path, uint64_t size, struct gn_hash *storage)
{
	struct gn_bundle_file f = {.path = path, .size = size};
	size_t n = (size_t)gn_file_block_count(size);
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

static void manifest_round_trip(size_t count)
{
	struct gn_bundle_file *files = calloc(count + 1, sizeof *files);
	struct gn_hash one[1];
	char(*paths)[64] = calloc(count + 1, sizeof *paths), why[256];
	for (size_t i = 0; i < count; i++) {
		snprintf(paths[i], sizeof paths[i], "d%zu/file-%zu.txt", i * 7919 % 97,
			 i * 104729 % (count + 1));
		files[i] = file_of(gn_str(paths[i]), i % 3 ? 1000 : 0, one);
	}
	struct gn_bundle_header headers[] = {
		{GN_LIT("*.txt"), GN_LIT("Cache-Control"), GN_LIT("max-age=60")}};
	struct gn_slice deleted[] = {GN_LIT("old/one"), GN_LIT("gone")};
	struct gn_manifest_args args = {.owner = {{1, 2, 3}},
					.label = GN_LIT("blog"),
					.seq = 9,
					.created = T0,
					.files = files,
					.file_count = count,
					.headers = headers,
					.header_count = 1,
					.prev = {{4}},
					.deleted = deleted,
					.deleted_count = 2},
				info;
	struct gn_buf out;
	struct gn_manifest *m;
	if (make(&args, &out, why) != GN_OK)
		fail_msg("%s", why);
	assert_int_equal(gn_manifest_open(&heap, gn_buf_slice(&out), &m), GN_OK);
	assert_int_equal(gn_manifest_count(m), count);
	gn_manifest_info(m, &info);
	assert_memory_equal(&info.owner, &args.owner, 32);
	assert_memory_equal(&info.prev, &args.prev, 32);
	assert_int_equal(info.seq, 9);
	assert_int_equal(info.deleted_count, 2);
	assert_true(gn_slice_eq(info.label, args.label));
	struct gn_slice last = {NULL, 0};
	for (size_t i = 0; i < count; i++) {
		struct gn_bundle_file f, g;
		gn_manifest_at(m, i, &f);
		assert_true(i == 0 || gn_bundle_path_order(last, f.path) < 0);
		last = f.path;
		assert_int_equal(gn_manifest_find(m, files[i].path, &g), GN_OK);
		assert_int_equal(g.size, files[i].size);
		assert_memory_equal(&g.root, &files[i].root, 32);
		assert_true(gn_slice_eq(g.blocks, files[i].blocks));
		assert_true(gn_slice_eq(g.mime, GN_LIT("text/plain; charset=utf-8")));
	}
	struct gn_bundle_file f;
	assert_int_equal(gn_manifest_find(m, GN_LIT("no such file"), &f), GN_NOT_FOUND);
	assert_true(gn_slice_eq(gn_manifest_bytes(m), gn_buf_slice(&out)));
	gn_manifest_free(&heap, m);
	free(out.p);
	free(paths);
	free(files);
}

static void manifests_of_all_sizes_come_back(void **state)
{
	(void)state;
	manifest_round_trip(0);
	manifest_round_trip(1);
	manifest_round_trip(2);
	manifest_round_trip(1000);
	manifest_round_trip(GN_BUNDLE_FILES);
}

static void bad_manifests_are_not_made(void **state)
{
	(void)state;
	struct gn_hash blocks[3];
	struct gn_buf out;
	char why[256];
	static const struct {
		const char *a, *b, *word;
	} table[] = {
		{"a", "../b", "../b: the path"},
		{"a", "a", "a: is there twice"},
		{"Read.me", "read.ME", "only by case"},
		{"docs", "docs/a", "a file and a folder"},
		{"x\ny", "b", "control"},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_bundle_file files[] = {file_of(gn_str(table[i].a), 0, blocks),
						 file_of(gn_str(table[i].b), 0, blocks)};
		struct gn_manifest_args args = {.files = files, .file_count = 2};
		assert_int_equal(make(&args, &out, why), GN_USAGE);
		if (!strstr(why, table[i].word))
			fail_msg("%s", why);
	}
	struct gn_bundle_file file = file_of(GN_LIT("a"), GN_BLOCK + 1, blocks);
	struct gn_manifest_args args = {.files = &file, .file_count = 1};
	file.size = GN_BLOCK;
	assert_int_equal(make(&args, &out, why), GN_USAGE);
	file.size = GN_BLOCK + 1;
	file.root.b[0] ^= 1;
	assert_int_equal(make(&args, &out, why), GN_USAGE);
	file.root.b[0] ^= 1;
	args.entry = GN_LIT("b");
	assert_int_equal(make(&args, &out, why), GN_USAGE);
	args.entry = GN_LIT("a");
	static const char *const names[] = {"Content-Length", "Set-Cookie", "a b", "X-A\r\nB", ""};
	for (size_t i = 0; i < GN_COUNT(names); i++) {
		struct gn_bundle_header h = {GN_LIT("*"), gn_str(names[i]), GN_LIT("1")};
		args.headers = &h;
		args.header_count = 1;
		assert_int_equal(make(&args, &out, why), GN_USAGE);
	}
	struct gn_bundle_header h = {GN_LIT("*"), GN_LIT("X-A"), GN_LIT("1\r\nX-B: 2")};
	args.headers = &h;
	assert_int_equal(make(&args, &out, why), GN_USAGE);
	h.value = GN_LIT("1");
	assert_int_equal(make(&args, &out, why), GN_OK);
	free(out.p);
	args.file_count = GN_BUNDLE_FILES + 1;
	out = (struct gn_buf){0};
	assert_int_equal(gn_manifest_make(&heap, &args, &out, why), GN_LIMIT);
	args.file_count = 1;
	assert_int_equal(gn_manifest_make(&heap, &args, &out, why), GN_TOO_LARGE);
}

/* Manifests that only a liar makes: well-formed FlatBuffers whose content breaks a rule. */
static void lying_manifests_are_not_opened(void **state)
{
	(void)state;
	static uint8_t storage[4096];
	struct gn_fb_hash zero_root;
	struct gn_hash empty;
	gn_merkle_leaf(GN_LIT(""), &empty);
	memcpy(zero_root.b, empty.b, 32);
	for (unsigned fault = 0; fault < 8; fault++) {
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		const char *first = fault == 1   ? "b"
				    : fault == 2 ? "../a"
						 : "a",
			   *second = fault == 3   ? "A"
				     : fault == 1 ? "a"
						  : "b";
		if (fault == 4)
			zero_root.b[0] ^= 1;
		gn_fbref files[2] = {
			gn_fb_bundle_file_make(
				&b, &(struct gn_fb_bundle_file_args){.path = gn_str(first),
								     .root = &zero_root,
								     .size = fault == 5}),
			gn_fb_bundle_file_make(&b,
					       &(struct gn_fb_bundle_file_args){
						       .path = gn_str(second),
						       .root = &zero_root,
						       .mime = fault == 6 ? GN_LIT("text\r\nX: y")
									  : GN_LIT("text/plain")})};
		struct gn_fb_key owner = {{1}};
		struct gn_fb_manifest_args args = {
			.version = fault == 7 ? 3 : 1, .owner = &owner, .files = {files, 2}};
		if (fault == 3) { /* sorted, but clashing */
			gn_fbref swap = files[0];
			files[0] = files[1];
			files[1] = swap;
		}
		struct gn_slice bytes;
		struct gn_manifest *m = NULL;
		assert_int_equal(gn_fbb_finish(&b, gn_fb_manifest_make(&b, &args),
					       GN_FB_MANIFEST_IDENTIFIER, &bytes),
				 GN_OK);
		gn_err err = gn_manifest_open(&heap, bytes, &m);
		if (err != (fault == 0 ? GN_OK : fault == 7 ? GN_VERSION : GN_MALFORMED))
			fail_msg("fault %u: %s", fault, gn_err_name(err));
		gn_manifest_free(&heap, m);
		if (fault == 4)
			zero_root.b[0] ^= 1;
	}
}

static void making_and_opening_survive_any_failed_allocation(void **state)
{
	(void)state;
	struct gn_hash blocks[1];
	struct gn_bundle_file files[] = {file_of(GN_LIT("b"), 0, blocks),
					 file_of(GN_LIT("a"), 5, blocks)};
	struct gn_manifest_args args = {.files = files, .file_count = 2};
	struct gn_manifest *m = NULL;
	struct gn_buf out;
	char why[256];
	unsigned failed = 0;
	for (uint64_t n = 1;; n++) {
		heap.fail_at = n;
		gn_err err = make(&args, &out, why);
		if (err == GN_OK) {
			err = gn_manifest_open(&heap, gn_buf_slice(&out), &m);
			free(out.p);
		}
		bool done = heap.fail_at != 0;
		heap.fail_at = 0;
		if (done) {
			assert_int_equal(err, GN_OK);
			break;
		}
		assert_int_equal(err, GN_NOMEM);
		assert_int_equal(heap.count, 0);
		failed++;
	}
	assert_in_range(failed, 5, 50);
	gn_manifest_free(&heap, m);
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

/* ---- heads ---- */

static struct gn_head_version version_of(uint8_t n, struct gn_hash *blocks, size_t count)
{
	struct gn_head_version v = {.total_size = 1000u * n,
				    .manifest_size = (count - 1) * GN_BLOCK + n,
				    .manifest_blocks = gn_slice(blocks, count * 32)};
	for (size_t i = 0; i < count; i++)
		memset(blocks[i].b, n, 32);
	gn_merkle_root(blocks, count, &v.manifest);
	return v;
}

static void heads_keep_sixteen_versions(void **state)
{
	(void)state;
	static struct gn_hash blocks[40][GN_MANIFEST_BLOCKS];
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_sk sk;
	uint8_t seed[32] = {1};
	gn_sk_from_seed(seed, &sk);
	struct gn_head head = {.owner = sk.pk,
			       .label = GN_LIT("blog"),
			       .created = T0,
			       .ttl = GN_BUNDLE_TTL},
		       back;
	struct gn_buf out = {storage, 0, sizeof storage};
	struct gn_hash key, sum;
	char hex[65];
	assert_int_equal(gn_head_record(&sk, &head, &out), GN_USAGE); /* no version yet */
	for (uint8_t n = 1; n <= 20; n++) {
		struct gn_head_version v =
			/* the largest manifests */
			version_of(n, blocks[n], n == 3 ? 1 : GN_MANIFEST_BLOCKS);
		gn_head_advance(&head, &v);
		out.len = 0;
		assert_int_equal(gn_head_record(&sk, &head, &out), GN_OK);
		assert_int_equal(gn_head_open(gn_buf_slice(&out), &back), GN_OK);
		assert_int_equal(back.seq, n);
		assert_int_equal(back.now.version, n);
		assert_int_equal(back.previous_count,
				 n - 1 < GN_HEAD_HISTORY ? n - 1 : GN_HEAD_HISTORY);
		for (size_t i = 0; i < back.previous_count; i++)
			assert_int_equal(back.previous[i].version, n - 1 - i);
		assert_memory_equal(&back.now.manifest, &v.manifest, 32);
		assert_true(gn_slice_eq(back.now.manifest_blocks, v.manifest_blocks));
	}
	struct gn_head_version old = head.previous[4];
	gn_head_advance(&head, &(struct gn_head_version){.manifest = old.manifest,
							 .manifest_size = old.manifest_size,
							 .total_size = old.total_size,
							 .manifest_blocks = old.manifest_blocks});
	/* rolled back: an old manifest under a new number */
	assert_int_equal(head.now.version, 21);
	struct gn_record r;
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&out), &r), GN_OK);
	gn_head_key(&sk.pk, GN_LIT("blog"), &key);
	assert_memory_equal(&key, &r.key, 32);
	gn_sha256(&r.bytes, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(
		/* docs/spec/services.md, vectors */
		hex, "1b1ef559f6df393057774b656bc00e2eb22f60597bbcbea2e506efd12497fd6f");
	storage[out.len / 2] ^= 1;
	assert_int_not_equal(gn_head_open(gn_buf_slice(&out), &back), GN_OK);
}

static void manifest_format_does_not_drift(void **state)
{
	(void)state;
	struct gn_hash blocks[2], sum;
	struct gn_bundle_file files[] = {file_of(GN_LIT("index.html"), 5, blocks),
					 file_of(GN_LIT("a.bin"), 0, NULL)};
	struct gn_manifest_args args = {.owner = {{7}},
					.label = GN_LIT("x"),
					.seq = 1,
					.created = T0,
					.files = files,
					.file_count = 2};
	struct gn_buf out;
	char why[256], hex[65];
	assert_int_equal(make(&args, &out, why), GN_OK);
	gn_sha256(&(struct gn_slice){out.p, out.len}, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	free(out.p);
	assert_string_equal(
		/* docs/spec/services.md, vectors */
		hex, "0524ab865cae93ab6e7c8fdff3c9a254399abc0ecf37684e8846e53d067ba3bd");
}

/* BU-7: fields of a later schema, in the body and in a version, outlive a publication by this
 * version. */
static void what_a_newer_version_wrote_is_kept(void **state)
{
	(void)state;
	struct {
		struct gn_fb_site_version_args now;
		uint64_t packs;
	} version_args = {.packs = 55};
	struct {
		struct gn_fb_site_body_args now;
		struct gn_slice motto;
	} body_args = {.motto = GN_LIT("onward")};
	struct gn_fb_field version_fields[6], body_fields[3];
	memcpy(version_fields, gn_fbfields_site_version, sizeof gn_fbfields_site_version);
	version_fields[5] = (struct gn_fb_field){
		.name = "packs",
		.slot = 5,
		.size = 8,
		.c_offset = (uint16_t)((uint8_t *)&version_args.packs - (uint8_t *)&version_args)};
	memcpy(body_fields, gn_fbfields_site_body, sizeof gn_fbfields_site_body);
	body_fields[2] = (struct gn_fb_field){
		.name = "motto",
		.kind = GN_FB_STRING,
		.slot = 2,
		.c_offset = (uint16_t)((uint8_t *)&body_args.motto - (uint8_t *)&body_args)};
	struct gn_fb_type version_type = {"SiteVersion", NULL, version_fields, 6};
	const struct gn_fb_type *const version_types[] = {&version_type};
	body_fields[0].types = body_fields[1].types = version_types;
	struct gn_fb_type body_type = {"SiteBody", NULL, body_fields, 3};

	static struct gn_hash blocks[24][GN_MANIFEST_BLOCKS];
	static uint8_t storage[4096], records[2][GN_RECORD_MAX];
	uint8_t seed[32] = {1};
	struct gn_sk sk;
	gn_sk_from_seed(seed, &sk);
	struct gn_head_version first = version_of(1, blocks[0], 1);
	struct gn_fb_hash root;
	memcpy(root.b, first.manifest.b, sizeof root.b);
	version_args.now = (struct gn_fb_site_version_args){
		.manifest = &root,
		.manifest_len = first.manifest_size,
		.manifest_blocks =
			{(const struct gn_fb_hash *)(const void *)first.manifest_blocks.p, 1},
		.version = 1};
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	body_args.now.now = gn_fbb_table(&b, &version_type, &version_args);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_SITE,
					  .label = GN_LIT("blog"),
					  .seq = 1,
					  .created = T0,
					  .ttl = GN_BUNDLE_TTL};
	assert_int_equal(
		gn_fbb_finish(&b, gn_fbb_table(&b, &body_type, &body_args), NULL, &fields.body),
		GN_OK);
	struct gn_buf out = {records[0], 0, GN_RECORD_MAX};
	assert_int_equal(gn_wire_record_make(&sk, NULL, &fields, &out), GN_OK);

	for (uint8_t n = 2; n <= 17; n++) {
		struct gn_head head;
		struct gn_record r, before;
		struct gn_fbt t;
		assert_int_equal(gn_head_open(gn_buf_slice(&out), &head), GN_OK);
		assert_int_equal(gn_wire_record_open(gn_buf_slice(&out), &before), GN_OK);
		struct gn_head_version v = version_of(n, blocks[n], 1);
		gn_head_advance(&head, &v);
		out = (struct gn_buf){records[n % 2], 0, GN_RECORD_MAX};
		assert_int_equal(gn_head_record(&sk, &head, &out), GN_OK);
		assert_int_equal(gn_wire_record_open(gn_buf_slice(&out), &r), GN_OK);
		assert_true(gn_slice_eq(r.prev, GN_SLICE(before.hash.b)));
		assert_int_equal(gn_fb_verify(r.body, &body_type, &t), GN_OK);
		assert_true(gn_slice_eq(gn_fbt_bytes(t, 2), GN_LIT("onward")));
		assert_int_equal(gn_fbt_count(t, 1), n - 1);
		assert_int_equal(gn_fbt_bits(gn_fbt_table_at(t, 1, n - 2u), 5, 8, 0), 55);
		assert_int_equal(gn_head_open(gn_buf_slice(&out), &head), GN_OK);
		assert_int_equal(head.now.version, n);
		assert_int_equal(head.previous[n - 2].version, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_rules),
		cmocka_unit_test(clashes_are_found_on_every_level),
		cmocka_unit_test(types_by_suffix),
		cmocka_unit_test(hasher_equals_the_naive_tree),
		cmocka_unit_test(manifests_of_all_sizes_come_back),
		cmocka_unit_test(bad_manifests_are_not_made),
		cmocka_unit_test(lying_manifests_are_not_opened),
		cmocka_unit_test(making_and_opening_survive_any_failed_allocation),
		cmocka_unit_test(paths_have_one_form),
		cmocka_unit_test(urls_resolve_as_a_web_server_would),
		cmocka_unit_test(heads_keep_sixteen_versions),
		cmocka_unit_test(what_a_newer_version_wrote_is_kept),
		cmocka_unit_test(manifest_format_does_not_drift),
	};
	return cmocka_run_group_tests_name("bundles_manifest", tests, setup, teardown);
}
