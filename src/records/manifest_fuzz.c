/* Manifests: any bytes; one that opens has only allowed files, finds each of them, resolves any
 * URL without harm, and is made again from its own parts. */
#include "records/manifest_int.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void look(const struct gn_manifest *m, const uint8_t *data, size_t len)
{
	struct gn_bundle_file f, g;
	struct gn_bundle_header h;
	int status;
	bool redirect;
	for (size_t i = 0; i < gn_manifest_count(m); i++) {
		gn_manifest_at(m, i, &f);
		GN_ASSERT(!gn_bundle_file_fault(&f));
		gn_err err = gn_manifest_find(m, f.path, &g);
		GN_ASSERT(err == GN_OK && gn_slice_eq(f.path, g.path) && f.size == g.size);
		for (size_t at = 0; gn_manifest_header_next(m, f.path, &at, &h);)
			GN_ASSERT(!gn_bundle_header_fault(&h));
	}
	gn_err err =
		gn_manifest_resolve(m, gn_slice(data, len < 40 ? len : 40), &f, &status, &redirect);
	GN_ASSERT(err == GN_OK || err == GN_NOT_FOUND || err == GN_USAGE);
	err = gn_manifest_resolve(m, GN_LIT("/"), &f, &status, &redirect);
	GN_ASSERT(err == GN_OK || err == GN_NOT_FOUND);
}

/* The same files give a manifest that opens with as many. */
static void remake(struct gn_alloc *alloc, const struct gn_manifest *m)
{
	struct gn_manifest_args args;
	size_t count = gn_manifest_count(m);
	struct gn_bundle_file *files = calloc(count + 1, sizeof *files);
	struct gn_manifest *again;
	char why[256];
	gn_manifest_info(m, &args);
	struct gn_bundle_pack *packs = calloc(args.pack_count + 1, sizeof *packs);
	GN_ASSERT(files && packs);
	for (size_t i = 0; i < args.pack_count; i++)
		gn_manifest_pack_at(m, i, &packs[i]);
	args.packs = packs;
	for (size_t i = 0; i < count; i++)
		gn_manifest_at(m, count - 1 - i, &files[i]);
	args.files = files;
	args.header_count = args.deleted_count = 0;
	struct gn_buf out = {.cap = gn_manifest_make_max(&args)};
	out.p = malloc(out.cap);
	GN_ASSERT(out.p);
	gn_err err = gn_manifest_make(alloc, &args, &out, why);
	if (err == GN_OK)
		err = gn_manifest_open(alloc, gn_buf_slice(&out), &again);
	GN_ASSERT(err == GN_OK && gn_manifest_count(again) == count);
	gn_manifest_free(alloc, again);
	free(out.p);
	free(packs);
	free(files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_manifest *m = NULL;
	const char *why;
	gn_alloc_heap(&alloc, 64u << 20);
	(void)!gn_bundle_path_check(gn_slice(data, len), &why);
	(void)gn_bundle_mime(gn_slice(data, len));
	if (gn_manifest_open(&alloc, gn_slice(data, len), &m) == GN_OK) {
		look(m, data, len);
		remake(&alloc, m);
		gn_manifest_free(&alloc, m);
	}
	GN_ASSERT(alloc.count == 0);
	return 0;
}
