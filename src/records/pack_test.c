/* Manifests with packs (BU-18). */
#include "records/manifest_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gn_alloc heap;

static gn_err make(const struct gn_bundle_file *file, const struct gn_bundle_pack *pack,
		   size_t packs, struct gn_buf *out)
{
	struct gn_manifest_args args = {
		.files = file, .file_count = 1, .packs = pack, .pack_count = packs};
	char why[256];
	*out = (struct gn_buf){.cap = gn_manifest_make_max(&args)};
	out->p = malloc(out->cap);
	assert_non_null(out->p);
	return gn_manifest_make(&heap, &args, out, why);
}

static void a_site_without_packs_is_as_it_was(void **state)
{
	(void)state;
	struct gn_bundle_file file = {.path = GN_LIT("a")};
	struct gn_buf out;
	gn_alloc_heap(&heap, 64u << 20);
	gn_merkle_leaf(GN_LIT(""), &file.root);
	assert_int_equal(make(&file, NULL, 0, &out), GN_OK);
	struct gn_fb_manifest m;
	assert_int_equal(gn_fb_manifest_verify(gn_buf_slice(&out), &m), GN_OK);
	assert_int_equal(gn_fb_manifest_version(m), MANIFEST_PLAIN);
	assert_false(gn_fb_manifest_has_packs(m));
	free(out.p);
}

/* What may not be made is not opened either. */
static void files_lie_whole_in_their_packs(void **state)
{
	(void)state;
	static const struct {
		uint32_t pack_len, pack, offset;
		uint64_t size;
		bool good;
	} table[] = {
		{100, 1, 0, 100, true},
		{100, 1, 99, 1, true},
		{100, 1, 0, 101, false},
		{100, 1, 100, 1, false},
		{100, 1, UINT32_MAX, 2, false},
		{100, 1, 0, UINT64_MAX, false},
		{100, 2, 0, 1, false},
		{100, 1, 5, 0, false},
		{0, 1, 0, 0, false},
		{GN_BLOCK, 1, 0, GN_BLOCK, true},
		{GN_BLOCK + 1, 1, 0, 1, false},
	};
	gn_alloc_heap(&heap, 64u << 20);
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_bundle_pack pack = {.len = table[i].pack_len};
		struct gn_buf out;
		struct gn_manifest *m = NULL;
		struct gn_bundle_file f = {.path = GN_LIT("a"),
					   .size = table[i].size,
					   .pack = table[i].pack,
					   .offset = table[i].offset};
		gn_err err = make(&f, &pack, 1, &out);
		if ((err == GN_OK) != table[i].good)
			fail_msg("making row %zu: %s", i, gn_err_name(err));
		free(out.p);

		uint8_t storage[2048];
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		struct gn_fb_hash root = {{1}};
		struct gn_fb_key owner = {{1}};
		gn_fbref file = gn_fb_bundle_file_make(
			&b, &(struct gn_fb_bundle_file_args){.path = GN_LIT("a"),
							     .size = table[i].size,
							     .root = &root,
							     .pack = table[i].pack,
							     .offset = table[i].offset});
		gn_fbref top = gn_fb_manifest_make(
			&b, &(struct gn_fb_manifest_args){.version = MANIFEST_PACKS,
							  .owner = &owner,
							  .files = {&file, 1},
							  .packs = {&root, 1},
							  .pack_lens = {&table[i].pack_len, 1}});
		struct gn_slice bytes;
		assert_int_equal(gn_fbb_finish(&b, top, GN_FB_MANIFEST_IDENTIFIER, &bytes), GN_OK);
		err = gn_manifest_open(&heap, bytes, &m);
		if (err != (table[i].good ? GN_OK : GN_MALFORMED))
			fail_msg("opening row %zu: %s", i, gn_err_name(err));
		gn_manifest_free(&heap, m);
	}
}

/* Packs in a manifest of version 1, or as many lengths as packs: neither is there for a reader
 * to guess about. */
static void packs_belong_to_version_2(void **state)
{
	(void)state;
	gn_alloc_heap(&heap, 64u << 20);
	for (unsigned fault = 0; fault < 3; fault++) {
		uint8_t storage[2048];
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		struct gn_fb_hash roots[2] = {{{1}}, {{2}}};
		struct gn_fb_key owner = {{1}};
		uint32_t lens[2] = {10, 10};
		struct gn_slice bytes;
		struct gn_manifest *m = NULL;
		gn_fbref top = gn_fb_manifest_make(
			&b, &(struct gn_fb_manifest_args){.version = fault == 1 ? MANIFEST_PLAIN
										: MANIFEST_PACKS,
							  .owner = &owner,
							  .packs = {roots, 2},
							  .pack_lens = {lens, fault == 2 ? 1 : 2}});
		assert_int_equal(gn_fbb_finish(&b, top, GN_FB_MANIFEST_IDENTIFIER, &bytes), GN_OK);
		assert_int_equal(gn_manifest_open(&heap, bytes, &m), fault ? GN_MALFORMED : GN_OK);
		gn_manifest_free(&heap, m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_without_packs_is_as_it_was),
		cmocka_unit_test(files_lie_whole_in_their_packs),
		cmocka_unit_test(packs_belong_to_version_2),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
