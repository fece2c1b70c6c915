/* Files read out of packs through a network (BU-18). */
#include "services/bundles/bundles.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;

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
	svc_network(&s, 8, 64u << 20);
	uint8_t *data = svc_random_bytes(size, 5);
	struct svc_wait w;
	svc_publish(&s, data, size, 2, &w);
	unsigned reader = svc_without(&s, &w);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_out_of_a_pack),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
