/* Site heads: versions, and what a newer program wrote (BU-7). */
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
		cmocka_unit_test(heads_keep_sixteen_versions),
		cmocka_unit_test(what_a_newer_version_wrote_is_kept),
	};
	return cmocka_run_group_tests_name("bundles_manifest", tests, setup, teardown);
}
