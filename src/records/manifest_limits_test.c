/* Bounds of manifests, each at the limit and one past it. */
#include "records/head.h"
#include "records/manifest_int.h"
#include "wire/generated/bodies_fb.h"
#include <setjmp.h>
#include <stdarg.h>
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
	return heap.count == 0 ? 0 : -1;
}

/* Opens what b has built, with root. */
static gn_err open_built(struct gn_fbb *b, gn_fbref root)
{
	struct gn_slice bytes;
	struct gn_manifest *m = NULL;
	assert_int_equal(gn_fbb_finish(b, root, GN_FB_MANIFEST_IDENTIFIER, &bytes), GN_OK);
	gn_err err = gn_manifest_open(&heap, bytes, &m);
	gn_manifest_free(&heap, m);
	return err;
}

/* One past the limit nothing is copied, let alone read. */
static void bytes_of_a_manifest(void **state)
{
	(void)state;
	struct gn_manifest *m = NULL;
	uint8_t *bytes = calloc(1, MANIFEST_MAX + 1);
	assert_non_null(bytes);
	assert_int_equal(gn_manifest_open(&heap, gn_slice(bytes, MANIFEST_MAX + 1), &m),
			 GN_MALFORMED);
	assert_true(heap.peak < MANIFEST_MAX);
	assert_int_equal(gn_manifest_open(&heap, gn_slice(bytes, MANIFEST_MAX), &m), GN_MALFORMED);
	assert_true(heap.peak >= MANIFEST_MAX);
	free(bytes);
}

static void bytes_that_a_head_may_name(void **state)
{
	(void)state;
	static struct gn_hash blocks[GN_MANIFEST_BLOCKS + 1];
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_sk sk;
	uint8_t seed[32] = {1};
	gn_sk_from_seed(seed, &sk);
	for (size_t past = 0; past < 2; past++) {
		size_t count = GN_MANIFEST_BLOCKS + past;
		struct gn_head head = {.owner = sk.pk,
				       .label = GN_LIT("blog"),
				       .seq = 1,
				       .created = UINT64_C(1767225600),
				       .ttl = GN_BUNDLE_TTL,
				       .now = {.version = 1,
					       .total_size = 1,
					       .manifest_size = MANIFEST_MAX + past,
					       .manifest_blocks = gn_slice(blocks, count * 32)}};
		struct gn_buf out = {storage, 0, sizeof storage};
		gn_merkle_root(blocks, count, &head.now.manifest);
		assert_int_equal(gn_head_record(&sk, &head, &out), past ? GN_USAGE : GN_OK);
	}
}

static void rules_of_a_manifest_that_opens(void **state)
{
	(void)state;
	static uint8_t storage[65536];
	gn_fbref rules[MANIFEST_HEADERS_OPEN + 1];
	struct gn_fb_key owner = {{1}};
	for (size_t count = MANIFEST_HEADERS_OPEN; count <= MANIFEST_HEADERS_OPEN + 1; count++) {
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		for (size_t i = 0; i < count; i++)
			rules[i] = gn_fb_bundle_header_make(
				&b, &(struct gn_fb_bundle_header_args){.glob = GN_LIT("*"),
								       .name = GN_LIT("x-a"),
								       .value = GN_LIT("1")});
		gn_fbref root = gn_fb_manifest_make(
			&b, &(struct gn_fb_manifest_args){.version = MANIFEST_PLAIN,
							  .owner = &owner,
							  .headers = {rules, count}});
		assert_int_equal(open_built(&b, root),
				 count <= MANIFEST_HEADERS_OPEN ? GN_OK : GN_MALFORMED);
	}
}

static void bytes_of_a_rule(void **state)
{
	(void)state;
	static uint8_t text[MANIFEST_HEADER_MAX + 1];
	memset(text, 'a', sizeof text);
	for (unsigned part = 0; part < 3; part++)
		for (size_t past = 0; past < 2; past++) {
			struct gn_slice s = gn_slice(text, MANIFEST_HEADER_MAX + past);
			struct gn_bundle_header h = {part == 0 ? s : GN_LIT("a"),
						     part == 1 ? s : GN_LIT("a"),
						     part == 2 ? s : GN_LIT("a")};
			assert_int_equal(gn_bundle_header_fault(&h) != NULL, past);
		}
}

static void bytes_of_a_type(void **state)
{
	(void)state;
	static char mime[MANIFEST_MIME_MAX + 1];
	memset(mime, 'a', sizeof mime);
	for (size_t past = 0; past < 2; past++) {
		struct gn_bundle_file f = {.path = GN_LIT("a"),
					   .mime = gn_slice(mime, MANIFEST_MIME_MAX + past)};
		gn_merkle_leaf(GN_LIT(""), &f.root);
		assert_int_equal(gn_bundle_file_fault(&f) != NULL, past);
	}
}

static void packs_of_a_manifest(void **state)
{
	(void)state;
	size_t cap = (MANIFEST_PACKS_MAX + 1) * 36u + 4096;
	uint8_t *storage = malloc(cap);
	struct gn_fb_hash *roots = calloc(MANIFEST_PACKS_MAX + 1, sizeof *roots);
	uint32_t *lens = calloc(MANIFEST_PACKS_MAX + 1, sizeof *lens);
	struct gn_fb_key owner = {{1}};
	assert_true(storage && roots && lens);
	for (size_t i = 0; i <= MANIFEST_PACKS_MAX; i++)
		lens[i] = 1;
	for (size_t past = 0; past < 2; past++) {
		size_t count = MANIFEST_PACKS_MAX + past;
		struct gn_fbb b = gn_fbb(storage, cap);
		gn_fbref root = gn_fb_manifest_make(
			&b, &(struct gn_fb_manifest_args){.version = MANIFEST_PACKS,
							  .owner = &owner,
							  .packs = {roots, count},
							  .pack_lens = {lens, count}});
		assert_int_equal(open_built(&b, root), past ? GN_MALFORMED : GN_OK);
	}
	free(lens);
	free(roots);
	free(storage);
}

/* Blocks are counted here, not read. */
static void blocks_of_a_file(void **state)
{
	(void)state;
	static const uint8_t none;
	struct gn_bundle_file f = {.size = (uint64_t)GN_FILE_BLOCKS * GN_BLOCK,
				   .blocks = gn_slice(&none, GN_FILE_BLOCKS * 32u)};
	assert_null(gn_bundle_shape_fault(&f));
	f.size++;
	f.blocks.len += 32;
	assert_non_null(gn_bundle_shape_fault(&f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_of_a_manifest, setup, teardown),
		cmocka_unit_test(bytes_that_a_head_may_name),
		cmocka_unit_test_setup_teardown(rules_of_a_manifest_that_opens, setup, teardown),
		cmocka_unit_test(bytes_of_a_rule),
		cmocka_unit_test(bytes_of_a_type),
		cmocka_unit_test_setup_teardown(packs_of_a_manifest, setup, teardown),
		cmocka_unit_test(blocks_of_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
