/* Making a manifest: what the publisher gives, checked as whoever opens it will check it, sorted
 * and built. Rules: docs/spec/services.md BU-1..BU-5, BU-18. */
#include "records/manifest_int.h"

#include <stdio.h>

/* bytes of a table beside its strings and vectors, with padding and offsets, at most */
#define TABLE_OVERHEAD 96

size_t gn_manifest_make_max(const struct gn_manifest_args *args)
{
	size_t sum = 512 + args->label.len + args->entry.len + args->not_found.len;
	for (size_t i = 0; i < args->file_count; i++) {
		const struct gn_bundle_file *f = &args->files[i];
		sum += TABLE_OVERHEAD + 64 + f->path.len + (f->mime.len ? f->mime.len : 64) +
		       f->blocks.len;
	}
	for (size_t i = 0; i < args->header_count; i++)
		sum += TABLE_OVERHEAD + args->headers[i].glob.len + args->headers[i].name.len +
		       args->headers[i].value.len;
	for (size_t i = 0; i < args->deleted_count; i++)
		sum += 16 + args->deleted[i].len;
	return sum + args->pack_count * (sizeof(struct gn_hash) + 4);
}

static gn_err refuse_file(char why[256], gn_err err, struct gn_slice path, const char *sentence)
{
	int shown = path.len < 160 ? (int)path.len : 160;
	snprintf(why, 256, "%.*s%s: %s", shown, (const char *)path.p, path.len > 160 ? "..." : "",
		 sentence);
	return err;
}

static gn_err refuse_clash(char why[256], struct gn_slice a, struct gn_slice b)
{
	const char *sentence =
		gn_slice_eq(a, b) ? "is there twice"
		: a.len != b.len  ? "is a file and a folder, or differs from another path only by "
				    "case on one level"
				  : "differs from another path only by case on one level";
	return refuse_file(why, GN_USAGE, b, sentence);
}

gn_err gn_bundle_paths_check(struct gn_alloc *alloc, const struct gn_slice *paths, size_t count,
			     char why[256])
{
	const char *fault = "";
	size_t clash[2];
	for (size_t i = 0; i < count; i++)
		if (gn_bundle_path_check(paths[i], &fault) != GN_OK)
			return refuse_file(why, GN_USAGE, paths[i], fault);
	gn_err err = gn_bundle_find_clash(alloc, paths, count, clash);
	return err == GN_EXISTS ? refuse_clash(why, paths[clash[0]], paths[clash[1]]) : err;
}

/* What make works with; all from alloc, freed together. */
struct scratch {
	struct gn_slice *paths;
	uint32_t *index; /* by path; then room to sort */
	gn_fbref *refs;
	struct gn_fb_hash *packs;
	uint32_t *pack_lens;
};

static gn_err check_args(struct gn_alloc *alloc, const struct gn_manifest_args *args,
			 const struct scratch *s, char why[256])
{
	size_t clash[2];
	for (size_t i = 0; i < args->file_count; i++) {
		struct gn_bundle_file f = args->files[i];
		if (f.pack > args->pack_count)
			return refuse_file(why, GN_USAGE, f.path,
					   "lies in a pack that the manifest does not have");
		f.pack_len = f.pack ? args->packs[f.pack - 1].len : 0;
		const char *fault = gn_bundle_file_fault(&f);
		if (fault)
			return refuse_file(why, GN_USAGE, f.path, fault);
	}
	for (size_t i = 0; i < args->pack_count; i++)
		if (args->packs[i].len == 0 || args->packs[i].len > GN_BLOCK)
			return refuse_file(why, GN_USAGE, GN_LIT("manifest"),
					   "a pack is empty or longer than a block");
	size_t header_bytes = 0;
	for (size_t i = 0; i < args->header_count; i++) {
		const struct gn_bundle_header *h = &args->headers[i];
		const char *fault = h->glob.len > GN_GLOB_MAX ? "the glob is longer than 256 bytes"
							      : gn_bundle_header_fault(h);
		if (!fault && !gn_bundle_header_allowed(h->name))
			fault = "a header that a site may not set";
		header_bytes += h->name.len + h->value.len;
		if (!fault && header_bytes > GN_BUNDLE_HEADERS)
			fault = "with this one the site's headers are longer than 8,192 bytes";
		if (fault)
			return refuse_file(why, GN_USAGE, h->name, fault);
	}
	for (size_t i = 0; i < args->deleted_count; i++) {
		const char *fault;
		if (gn_bundle_path_check(args->deleted[i], &fault) != GN_OK)
			return refuse_file(why, GN_USAGE, args->deleted[i], fault);
	}
	gn_err err = gn_bundle_find_clash(alloc, s->paths, args->file_count, clash);
	return err == GN_EXISTS ? refuse_clash(why, s->paths[clash[0]], s->paths[clash[1]]) : err;
}

/* Where `path` is in the sorted index, or count. */
static size_t find_sorted(const struct scratch *s, size_t count, struct gn_slice path)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (gn_bundle_path_order(s->paths[s->index[middle]], path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && gn_slice_eq(s->paths[s->index[low]], path) ? low : count;
}

/* The page given, which must exist, or the default when such a file exists. */
static gn_err choose_page(const struct scratch *s, size_t count, struct gn_slice given,
			  const char *otherwise, struct gn_slice *out, char why[256])
{
	struct gn_slice path = given.len ? given : gn_str(otherwise);
	bool found = find_sorted(s, count, path) < count;
	if (!found && given.len)
		return refuse_file(why, GN_USAGE, given,
				   "is named as a page of the site but is not among its files");
	*out = found ? path : gn_slice(NULL, 0);
	return GN_OK;
}

static gn_err build_bytes(const struct gn_manifest_args *args, const struct scratch *s,
			  struct gn_slice entry, struct gn_slice not_found,
			  const struct gn_slice *deleted, struct gn_buf *out)
{
	static const struct gn_hash none;
	struct gn_fbb b = gn_fbb(out->p, out->cap);
	gn_fbref headers[GN_BUNDLE_RULES];
	struct gn_slice bytes;
	struct gn_fb_key owner;
	struct gn_fb_hash prev;
	memcpy(owner.b, args->owner.b, sizeof owner.b);
	memcpy(prev.b, args->prev.b, sizeof prev.b);
	for (size_t i = 0; i < args->header_count; i++) {
		const struct gn_bundle_header *h = &args->headers[i];
		headers[i] = gn_fb_bundle_header_make(
			&b, &(struct gn_fb_bundle_header_args){.glob = h->glob,
							       .name = h->name,
							       .value = h->value.p ? h->value
										   : GN_LIT("")});
	}
	for (size_t i = args->file_count; i-- > 0;) {
		const struct gn_bundle_file *f = &args->files[s->index[i]];
		struct gn_fb_hash root;
		memcpy(root.b, f->root.b, sizeof root.b);
		s->refs[i] = gn_fb_bundle_file_make(
			&b, &(struct gn_fb_bundle_file_args){
				    .path = f->path,
				    .size = f->size,
				    .mime = f->mime.len ? f->mime : gn_str(gn_bundle_mime(f->path)),
				    .root = &root,
				    .blocks = {f->blocks.len && !f->pack
						       ? (const struct gn_fb_hash *)(const void *)
								 f->blocks.p
						       : NULL,
					       f->pack ? 0 : f->blocks.len / 32},
				    .pack = f->pack,
				    .offset = f->pack ? f->offset : 0});
	}
	for (size_t i = 0; i < args->pack_count; i++) {
		memcpy(s->packs[i].b, args->packs[i].root.b, sizeof s->packs[i].b);
		s->pack_lens[i] = args->packs[i].len;
	}
	struct gn_fb_manifest_args m = {
		.version = args->pack_count ? MANIFEST_PACKS : MANIFEST_PLAIN,
		.owner = &owner,
		.label = args->label.len ? args->label : gn_slice(NULL, 0),
		.seq = args->seq,
		.created = args->created,
		.files = {s->refs, args->file_count},
		.deleted = {args->deleted_count ? deleted : NULL, args->deleted_count},
		.prev = memcmp(args->prev.b, none.b, sizeof none.b) ? &prev : NULL,
		.entry = entry,
		.not_found = not_found,
		.headers = {args->header_count ? headers : NULL, args->header_count},
		.packs = {args->pack_count ? s->packs : NULL, args->pack_count},
		.pack_lens = {args->pack_count ? s->pack_lens : NULL, args->pack_count},
	};
	GN_TRY(gn_fbb_finish(&b, gn_fb_manifest_make(&b, &m), GN_FB_MANIFEST_IDENTIFIER, &bytes));
	memmove(out->p, bytes.p, bytes.len);
	out->len = bytes.len;
	return GN_OK;
}

gn_err gn_manifest_make(struct gn_alloc *alloc, const struct gn_manifest_args *args,
			struct gn_buf *out, char why[256])
{
	struct gn_slice entry, not_found;
	size_t count = args->file_count;
	why[0] = 0;
	if (count > GN_BUNDLE_FILES || args->deleted_count > GN_BUNDLE_FILES ||
	    args->pack_count > MANIFEST_PACKS_MAX)
		return refuse_file(why, GN_LIMIT, GN_LIT("manifest"), "more than 100,000 files");
	if (args->header_count > GN_BUNDLE_RULES)
		return refuse_file(why, GN_LIMIT, GN_LIT("manifest"), "more than 32 header rules");
	if (args->label.len > GN_RECORD_LABEL_MAX || !gn_utf8_ok(args->label))
		return refuse_file(why, GN_USAGE, GN_LIT("label"),
				   "longer than 255 bytes or not UTF-8");
	struct scratch s = {GN_NEW_ARRAY(alloc, struct gn_slice, count + 1),
			    GN_NEW_ARRAY(alloc, uint32_t, 2 * count + 1),
			    GN_NEW_ARRAY(alloc, gn_fbref, count + 1),
			    GN_NEW_ARRAY(alloc, struct gn_fb_hash, args->pack_count + 1),
			    GN_NEW_ARRAY(alloc, uint32_t, args->pack_count + 1)};
	gn_err err = s.paths && s.index && s.refs && s.packs && s.pack_lens ? GN_OK : GN_NOMEM;
	if (err == GN_OK) {
		for (size_t i = 0; i < count; i++)
			s.paths[i] = args->files[i].path;
		gn_bundle_sort(s.paths, s.index, s.index + count, count, gn_bundle_path_order);
		err = check_args(alloc, args, &s, why);
	}
	if (err == GN_OK)
		err = choose_page(&s, count, args->entry, "index.html", &entry, why);
	if (err == GN_OK)
		err = choose_page(&s, count, args->not_found, "404.html", &not_found, why);
	if (err == GN_OK)
		err = build_bytes(args, &s, entry, not_found, args->deleted, out);
	gn_mem_free(alloc, s.pack_lens);
	gn_mem_free(alloc, s.packs);
	gn_mem_free(alloc, s.refs);
	gn_mem_free(alloc, s.index);
	gn_mem_free(alloc, s.paths);
	return err;
}
