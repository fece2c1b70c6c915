/* Trees and manifests: made, opened, refused (BU-3, BU-4). */
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
	static struct gn_tree_hasher h;
	struct gn_prng prng;
	gn_prng_init(&prng, 11);
	struct gn_rand rand = gn_prng_rand(&prng);
	gn_rand_fill(&rand, data, sizeof data);
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		for (unsigned way = 0; way < 3; way++) {
			struct gn_hash blocks[4], root, expected;
			gn_tree_hasher_init(&h, blocks, 4);
			for (size_t at = 0; at < sizes[i];) {
				size_t n = way == 0   ? sizes[i]
					   : way == 1 ? 1 + gn_rand_below(&rand, 100000)
						      : GN_CHUNK;
				n = n < sizes[i] - at ? n : sizes[i] - at;
				assert_int_equal(gn_tree_hasher_put(&h, gn_slice(data + at, n)),
						 GN_OK);
				at += n;
			}
			gn_tree_hasher_end(&h, &root);
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
	gn_tree_hasher_init(&h, blocks, 1);
	assert_int_equal(gn_tree_hasher_put(&h, gn_slice(data, GN_BLOCK)), GN_OK);
	assert_int_equal(gn_tree_hasher_put(&h, gn_slice(data, 1)), GN_TOO_LARGE);
	gn_tree_hasher_init(&h, NULL, 0);
	gn_tree_hasher_end(&h, &empty);
	gn_sha256(&(struct gn_slice){(const uint8_t *)"", 1}, 1, &zero);
	assert_memory_equal(&empty, &zero, sizeof zero);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hasher_equals_the_naive_tree),
		cmocka_unit_test(manifests_of_all_sizes_come_back),
		cmocka_unit_test(bad_manifests_are_not_made),
		cmocka_unit_test(lying_manifests_are_not_opened),
		cmocka_unit_test(making_and_opening_survive_any_failed_allocation),
		cmocka_unit_test(manifest_format_does_not_drift),
	};
	return cmocka_run_group_tests_name("bundles_manifest", tests, setup, teardown);
}
