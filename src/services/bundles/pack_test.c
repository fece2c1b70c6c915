/* Packs: manifests with them, and files read out of them through a network (BU-18). */
#include "services/bundles/bundles_int.h"
#include "services/bundles/test_int.h"

#include <stdio.h>

static struct gn_alloc heap;

#define FILES 200

struct site {
	struct gn_bundle_file files[FILES];
	struct gn_bundle_pack pack;
	char paths[FILES][16];
};

/* Files of 1.. bytes one behind the other in `data`. */
static void make_site(struct site *t, const uint8_t *data, struct gn_hash *pack, uint32_t len)
{
	uint32_t at = 0, each = len / FILES;
	t->pack = (struct gn_bundle_pack){*pack, len};
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(t->paths[i], sizeof t->paths[i], "f%03u.txt", i);
		struct gn_bundle_file *f = &t->files[i];
		*f = (struct gn_bundle_file){
			.path = gn_str(t->paths[i]), .size = each, .pack = 1, .offset = at};
		gn_merkle_leaf(gn_slice(data + at, each), &f->root);
		at += each;
	}
}

static gn_err make(const struct site *t, size_t files, size_t packs, struct gn_buf *out)
{
	struct gn_manifest_args args = {
		.files = t->files, .file_count = files, .packs = &t->pack, .pack_count = packs};
	char why[256];
	*out = (struct gn_buf){.cap = gn_manifest_make_max(&args)};
	out->p = svc_need(malloc(out->cap));
	return gn_manifest_make(&heap, &args, out, why);
}

static void files_are_read_out_of_a_pack(void **state)
{
	(void)state;
	const uint32_t size = 3 * GN_CHUNK + 1001;
	gn_alloc_heap(&heap, 64u << 20);
	network(8, 64u << 20);
	uint8_t *data = random_bytes(size, 5);
	struct svc_wait w;
	publish(data, size, 2, &w);
	unsigned reader = stranger(&w);
	struct site t;
	struct gn_hash pack;
	struct gn_buf bytes;
	struct gn_manifest *m;
	memcpy(pack.b, w.blocks, sizeof pack.b);
	make_site(&t, data, &pack, size);
	assert_int_equal(make(&t, FILES, 1, &bytes), GN_OK);
	assert_int_equal(gn_manifest_open(&heap, gn_buf_slice(&bytes), &m), GN_OK);
	struct gn_manifest_args info;
	gn_manifest_info(m, &info);
	assert_int_equal(info.pack_count, 1);
	for (unsigned i = 0; i < FILES; i++) {
		struct gn_bundle_file f;
		uint64_t got;
		gn_manifest_at(m, i, &f);
		assert_int_equal(f.size, size / FILES);
		assert_int_equal(f.pack_len, size);
		assert_memory_equal(f.blocks.p, pack.b, 32);
		assert_int_equal(svc_read(&s, reader, &f, 0, f.size, data + f.offset, &got, NULL),
				 GN_OK);
		assert_int_equal(got, f.size);
		assert_int_equal(
			svc_read(&s, reader, &f, f.size - 3, 2, data + f.offset, &got, NULL),
			GN_OK);
		gn_op op;
		assert_int_equal(
			gn_bundles_read(s.nodes[reader].bundles, &f, 1, f.size, s.now, &op),
			GN_RANGE);
	}
	/* What one file brought serves its neighbours, once it is on the disk. */
	assert_in_range(svc_bundles_count(&s, reader, "chunks_got"), 4, 16);
	gn_manifest_free(&heap, m);
	free(bytes.p);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
	assert_int_equal(heap.count, 0);
}

static void a_site_without_packs_is_as_it_was(void **state)
{
	(void)state;
	struct site t = {0};
	struct gn_buf out;
	gn_alloc_heap(&heap, 64u << 20);
	t.files[0] = (struct gn_bundle_file){.path = GN_LIT("a")};
	gn_merkle_leaf(GN_LIT(""), &t.files[0].root);
	assert_int_equal(make(&t, 1, 0, &out), GN_OK);
	struct gn_fb_manifest m;
	assert_int_equal(gn_fb_manifest_verify(gn_buf_slice(&out), &m), GN_OK);
	assert_int_equal(gn_fb_manifest_version(m), BUNDLES_VERSION_PLAIN);
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
		struct site t = {.pack.len = table[i].pack_len};
		struct gn_buf out;
		struct gn_manifest *m = NULL;
		t.files[0] = (struct gn_bundle_file){.path = GN_LIT("a"),
						     .size = table[i].size,
						     .pack = table[i].pack,
						     .offset = table[i].offset};
		gn_err err = make(&t, 1, 1, &out);
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
			&b, &(struct gn_fb_manifest_args){.version = BUNDLES_VERSION_PACKS,
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
			&b,
			&(struct gn_fb_manifest_args){.version = fault == 1 ? BUNDLES_VERSION_PLAIN
									    : BUNDLES_VERSION_PACKS,
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
		cmocka_unit_test(files_are_read_out_of_a_pack),
		cmocka_unit_test(a_site_without_packs_is_as_it_was),
		cmocka_unit_test(files_lie_whole_in_their_packs),
		cmocka_unit_test(packs_belong_to_version_2),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
