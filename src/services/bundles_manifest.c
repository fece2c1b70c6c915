/* Manifests: the list of a site's files as one FlatBuffer, files sorted by path, so that finding one is a binary search
 * in the bytes as they came. What makes a manifest valid is checked alike when it is made and when it is opened.
 *
 * 1. An open manifest has only allowed paths, in strictly ascending order, none of which clash; every file's blocks fit
 * its size and root.
 * 2. Entry and not-found page exist; header rules cannot break an HTTP answer.
 * Rules: docs/spec/services.md BU-1..BU-5. */
#include "services/bundles_int.h"
#include <stdio.h>

#define VERSION 1
#define TABLE_OVERHEAD 96 /* bytes of a table beside its strings and vectors, with padding and offsets, at most */

struct gn_manifest {
	uint8_t *bytes; /* owned */
	size_t len;
	struct gn_fb_manifest root;
};

/* ---- sorting, clashes ---- */

void bundles_sort(const struct gn_slice *paths, uint32_t *index, uint32_t *scratch, size_t count, bundles_order order)
{
	for (size_t i = 0; i < count; i++)
		index[i] = (uint32_t)i;
	uint32_t *from = index, *to = scratch;
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t low = 0; low < count; low += 2 * width) {
			size_t middle = low + width < count ? low + width : count,
			       high = low + 2 * width < count ? low + 2 * width : count;
			for (size_t a = low, b = middle, out = low; out < high; out++)
				to[out] = a < middle && (b == high || order(paths[from[a]], paths[from[b]]) <= 0)
						  ? from[a++]
						  : from[b++];
		}
		uint32_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != index)
		memcpy(index, from, count * sizeof *index);
}

gn_err bundles_find_clash(struct gn_alloc *alloc, const struct gn_slice *paths, size_t count, size_t clash[2])
{
	gn_err err = GN_OK;
	if (count < 2)
		return GN_OK;
	uint32_t *index = GN_NEW_ARRAY(alloc, uint32_t, 2 * count);
	if (!index)
		return GN_NOMEM;
	bundles_sort(paths, index, index + count, count, bundles_fold_order);
	for (size_t i = 1; i < count && err == GN_OK; i++) {
		if (bundles_path_clash(paths[index[i - 1]], paths[index[i]])) {
			clash[0] = index[i - 1];
			clash[1] = index[i];
			err = GN_EXISTS;
		}
	}
	gn_mem_free(alloc, index);
	return err;
}

/* ---- what may stand in a manifest ---- */

static bool printable(struct gn_slice s, bool spaces)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < (spaces ? 0x20 : 0x21) || s.p[i] >= 0x7f)
			return false;
	return true;
}

const char *bundles_file_fault(const struct gn_bundle_file *file)
{
	const char *why = NULL;
	if (gn_bundle_path_check(file->path, &why) != GN_OK)
		return why;
	if (file->mime.len > BUNDLES_MIME_MAX || !printable(file->mime, true))
		return "the content type is too long or not printable";
	if (!bundles_tree_ok(file->size, &file->root, file->blocks))
		return "the blocks do not fit the size or the root";
	return NULL;
}

/* Headers that frame the answer, or that only the gateway may set. */
static const char *const reserved_headers[] = {
	"connection",
	"content-length",
	"content-range",
	"content-type",
	"date",
	"etag",
	"host",
	"keep-alive",
	"proxy-authenticate",
	"set-cookie",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
	"alt-svc",
	"strict-transport-security",
	"accept-ranges",
};

const char *bundles_header_fault(const struct gn_bundle_header *h)
{
	if (h->glob.len == 0 || h->glob.len > BUNDLES_HEADER_MAX || h->name.len == 0 ||
	    h->name.len > BUNDLES_HEADER_MAX || h->value.len > BUNDLES_HEADER_MAX || !gn_utf8_ok(h->glob))
		return "a header rule is empty or longer than 4,096 bytes";
	for (size_t i = 0; i < h->name.len; i++) {
		uint8_t c = h->name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
		      c == '_'))
			return "a header name has a character other than letters, digits, '-' and '_'";
	}
	if (!printable(h->value, true))
		return "a header value has a character that is not printable ASCII";
	for (size_t i = 0; i < GN_COUNT(reserved_headers); i++)
		if (bundles_equal_ascii(h->name, reserved_headers[i]))
			return "a header that a site may not set";
	return NULL;
}

/* ---- making ---- */

size_t gn_manifest_make_max(const struct gn_manifest_args *args)
{
	size_t sum = 512 + args->label.len + args->entry.len + args->not_found.len;
	for (size_t i = 0; i < args->file_count; i++) {
		const struct gn_bundle_file *f = &args->files[i];
		sum += TABLE_OVERHEAD + 64 + f->path.len + (f->mime.len ? f->mime.len : 64) + f->blocks.len;
	}
	for (size_t i = 0; i < args->header_count; i++)
		sum += TABLE_OVERHEAD + args->headers[i].glob.len + args->headers[i].name.len +
		       args->headers[i].value.len;
	for (size_t i = 0; i < args->deleted_count; i++)
		sum += 16 + args->deleted[i].len;
	return sum;
}

static gn_err refuse(char why[256], gn_err err, struct gn_slice path, const char *sentence)
{
	int shown = path.len < 160 ? (int)path.len : 160;
	snprintf(why, 256, "%.*s%s: %s", shown, (const char *)path.p, path.len > 160 ? "..." : "", sentence);
	return err;
}

static gn_err refuse_clash(char why[256], struct gn_slice a, struct gn_slice b)
{
	const char *sentence =
		gn_slice_eq(a, b) ? "is there twice"
		: a.len != b.len  ? "is a file and a folder, or differs from another path only by case on one level"
				  : "differs from another path only by case on one level";
	return refuse(why, GN_USAGE, b, sentence);
}

/* What make works with; all from alloc, freed together. */
struct scratch {
	struct gn_slice *paths;
	uint32_t *index; /* by path; then room to sort */
	gn_fbref *refs;
};

static gn_err check_args(struct gn_alloc *alloc, const struct gn_manifest_args *args, const struct scratch *s,
			 char why[256])
{
	size_t clash[2];
	for (size_t i = 0; i < args->file_count; i++) {
		const char *fault = bundles_file_fault(&args->files[i]);
		if (fault)
			return refuse(why, GN_USAGE, args->files[i].path, fault);
	}
	for (size_t i = 0; i < args->header_count; i++) {
		const char *fault = bundles_header_fault(&args->headers[i]);
		if (fault)
			return refuse(why, GN_USAGE, args->headers[i].name, fault);
	}
	for (size_t i = 0; i < args->deleted_count; i++) {
		const char *fault;
		if (gn_bundle_path_check(args->deleted[i], &fault) != GN_OK)
			return refuse(why, GN_USAGE, args->deleted[i], fault);
	}
	gn_err err = bundles_find_clash(alloc, s->paths, args->file_count, clash);
	return err == GN_EXISTS ? refuse_clash(why, s->paths[clash[0]], s->paths[clash[1]]) : err;
}

/* Where `path` is in the sorted index, or count. */
static size_t find_sorted(const struct scratch *s, size_t count, struct gn_slice path)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (bundles_path_order(s->paths[s->index[middle]], path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && gn_slice_eq(s->paths[s->index[low]], path) ? low : count;
}

/* The page given, which must exist, or the default when such a file exists. */
static gn_err choose_page(const struct scratch *s, size_t count, struct gn_slice given, const char *otherwise,
			  struct gn_slice *out, char why[256])
{
	struct gn_slice path = given.len ? given : gn_str(otherwise);
	bool found = find_sorted(s, count, path) < count;
	if (!found && given.len)
		return refuse(why, GN_USAGE, given, "is named as a page of the site but is not among its files");
	*out = found ? path : gn_slice(NULL, 0);
	return GN_OK;
}

static gn_err build(const struct gn_manifest_args *args, const struct scratch *s, struct gn_slice entry,
		    struct gn_slice not_found, const struct gn_slice *deleted, struct gn_buf *out)
{
	static const struct gn_hash none;
	struct gn_fbb b = gn_fbb(out->p, out->cap);
	gn_fbref headers[BUNDLES_HEADERS_MAX];
	struct gn_slice bytes;
	struct gn_fb_key owner;
	struct gn_fb_hash prev;
	memcpy(owner.b, args->owner.b, sizeof owner.b);
	memcpy(prev.b, args->prev.b, sizeof prev.b);
	for (size_t i = 0; i < args->header_count; i++) {
		const struct gn_bundle_header *h = &args->headers[i];
		headers[i] = gn_fb_bundle_header_make(
			&b, &(struct gn_fb_bundle_header_args){
				    .glob = h->glob, .name = h->name, .value = h->value.p ? h->value : GN_LIT("")});
	}
	for (size_t i = args->file_count; i-- > 0;) {
		const struct gn_bundle_file *f = &args->files[s->index[i]];
		struct gn_fb_hash root;
		memcpy(root.b, f->root.b, sizeof root.b);
		s->refs[i] = gn_fb_bundle_file_make(
			&b,
			&(struct gn_fb_bundle_file_args){
				.path = f->path,
				.size = f->size,
				.mime = f->mime.len ? f->mime : gn_str(gn_bundle_mime(f->path)),
				.root = &root,
				.blocks = {f->blocks.len ? (const struct gn_fb_hash *)(const void *)f->blocks.p : NULL,
					   f->blocks.len / 32}});
	}
	struct gn_fb_manifest_args m = {
		.version = VERSION,
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
	};
	GN_TRY(gn_fbb_finish(&b, gn_fb_manifest_make(&b, &m), GN_FB_MANIFEST_IDENTIFIER, &bytes));
	memmove(out->p, bytes.p, bytes.len);
	out->len = bytes.len;
	return GN_OK;
}

gn_err gn_manifest_make(struct gn_alloc *alloc, const struct gn_manifest_args *args, struct gn_buf *out, char why[256])
{
	struct gn_slice entry, not_found;
	size_t count = args->file_count;
	why[0] = 0;
	if (count > GN_BUNDLE_FILES || args->deleted_count > GN_BUNDLE_FILES ||
	    args->header_count > BUNDLES_HEADERS_MAX)
		return refuse(why, GN_LIMIT, GN_LIT("manifest"), "more than 100,000 files or 256 header rules");
	if (args->label.len > GN_RECORD_LABEL_MAX || !gn_utf8_ok(args->label))
		return refuse(why, GN_USAGE, GN_LIT("label"), "longer than 255 bytes or not UTF-8");
	struct scratch s = {GN_NEW_ARRAY(alloc, struct gn_slice, count + 1),
			    GN_NEW_ARRAY(alloc, uint32_t, 2 * count + 1), GN_NEW_ARRAY(alloc, gn_fbref, count + 1)};
	gn_err err = s.paths && s.index && s.refs ? GN_OK : GN_NOMEM;
	if (err == GN_OK) {
		for (size_t i = 0; i < count; i++)
			s.paths[i] = args->files[i].path;
		bundles_sort(s.paths, s.index, s.index + count, count, bundles_path_order);
		err = check_args(alloc, args, &s, why);
	}
	if (err == GN_OK)
		err = choose_page(&s, count, args->entry, "index.html", &entry, why);
	if (err == GN_OK)
		err = choose_page(&s, count, args->not_found, "404.html", &not_found, why);
	if (err == GN_OK)
		err = build(args, &s, entry, not_found, args->deleted, out);
	gn_mem_free(alloc, s.refs);
	gn_mem_free(alloc, s.index);
	gn_mem_free(alloc, s.paths);
	return err;
}

/* ---- opening ---- */

static void file_view(struct gn_fb_bundle_file f, struct gn_bundle_file *out)
{
	out->path = gn_fb_bundle_file_path(f);
	out->mime = gn_fb_bundle_file_mime(f);
	out->size = gn_fb_bundle_file_size(f);
	memcpy(out->root.b, gn_fb_bundle_file_root(f).b, sizeof out->root.b);
	out->blocks = gn_fb_bundle_file_blocks_bytes(f);
}

static void header_view(struct gn_fb_bundle_header h, struct gn_bundle_header *out)
{
	out->glob = gn_fb_bundle_header_glob(h);
	out->name = gn_fb_bundle_header_name(h);
	out->value = gn_fb_bundle_header_value(h);
}

static gn_err check_files(struct gn_alloc *alloc, const struct gn_manifest *m)
{
	size_t count = gn_manifest_count(m), clash[2];
	struct gn_slice *paths = GN_NEW_ARRAY(alloc, struct gn_slice, count + 1);
	gn_err err = paths ? GN_OK : GN_NOMEM;
	for (size_t i = 0; i < count && err == GN_OK; i++) {
		struct gn_bundle_file f;
		gn_manifest_at(m, i, &f);
		paths[i] = f.path;
		if (bundles_file_fault(&f) || (i && bundles_path_order(paths[i - 1], paths[i]) >= 0))
			err = GN_MALFORMED;
	}
	if (err == GN_OK)
		err = bundles_find_clash(alloc, paths, count, clash);
	if (err == GN_EXISTS)
		err = GN_MALFORMED;
	gn_mem_free(alloc, paths);
	return err;
}

static gn_err check_manifest(struct gn_alloc *alloc, const struct gn_manifest *m)
{
	struct gn_bundle_file f;
	struct gn_slice entry = gn_fb_manifest_entry(m->root), not_found = gn_fb_manifest_not_found(m->root);
	if (gn_fb_manifest_version(m->root) != VERSION)
		return GN_VERSION;
	if (gn_manifest_count(m) > GN_BUNDLE_FILES || gn_fb_manifest_headers_len(m->root) > BUNDLES_HEADERS_MAX ||
	    gn_fb_manifest_deleted_len(m->root) > GN_BUNDLE_FILES ||
	    gn_fb_manifest_label(m->root).len > GN_RECORD_LABEL_MAX)
		return GN_MALFORMED;
	for (uint32_t i = 0; i < gn_fb_manifest_headers_len(m->root); i++) {
		struct gn_bundle_header h;
		header_view(gn_fb_manifest_headers_at(m->root, i), &h);
		if (bundles_header_fault(&h))
			return GN_MALFORMED;
	}
	GN_TRY(check_files(alloc, m));
	if ((entry.p && gn_manifest_find(m, entry, &f) != GN_OK) ||
	    (not_found.p && gn_manifest_find(m, not_found, &f) != GN_OK))
		return GN_MALFORMED;
	return GN_OK;
}

gn_err gn_manifest_open(struct gn_alloc *alloc, struct gn_slice bytes, struct gn_manifest **out)
{
	if (bytes.len == 0 || bytes.len > BUNDLES_MANIFEST_MAX)
		return GN_MALFORMED;
	struct gn_manifest *m = GN_NEW(alloc, struct gn_manifest);
	if (!m)
		return GN_NOMEM;
	m->len = bytes.len;
	m->bytes = gn_mem_new(alloc, bytes.len);
	gn_err err = m->bytes ? GN_OK : GN_NOMEM;
	if (err == GN_OK) {
		memcpy(m->bytes, bytes.p, bytes.len);
		err = gn_fb_manifest_verify(gn_manifest_bytes(m), &m->root);
	}
	if (err == GN_OK)
		err = check_manifest(alloc, m);
	if (err != GN_OK) {
		gn_manifest_free(alloc, m);
		return err;
	}
	*out = m;
	return GN_OK;
}

void gn_manifest_free(struct gn_alloc *alloc, struct gn_manifest *m)
{
	if (!m)
		return;
	gn_mem_free(alloc, m->bytes);
	gn_mem_free(alloc, m);
}

/* ---- queries ---- */

size_t gn_manifest_count(const struct gn_manifest *m)
{
	return gn_fb_manifest_files_len(m->root);
}

void gn_manifest_at(const struct gn_manifest *m, size_t i, struct gn_bundle_file *out)
{
	GN_ASSERT(i < gn_manifest_count(m));
	file_view(gn_fb_manifest_files_at(m->root, (uint32_t)i), out);
}

gn_err gn_manifest_find(const struct gn_manifest *m, struct gn_slice path, struct gn_bundle_file *out)
{
	size_t low = 0, high = gn_manifest_count(m);
	while (low < high) {
		size_t middle = (low + high) / 2;
		struct gn_fb_bundle_file f = gn_fb_manifest_files_at(m->root, (uint32_t)middle);
		int c = bundles_path_order(gn_fb_bundle_file_path(f), path);
		if (c == 0) {
			file_view(f, out);
			return GN_OK;
		}
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return GN_NOT_FOUND;
}

struct gn_slice gn_manifest_bytes(const struct gn_manifest *m)
{
	return gn_slice(m->bytes, m->len);
}

void gn_manifest_info(const struct gn_manifest *m, struct gn_manifest_args *out)
{
	*out = (struct gn_manifest_args){.label = gn_fb_manifest_label(m->root),
					 .seq = gn_fb_manifest_seq(m->root),
					 .created = gn_fb_manifest_created(m->root),
					 .file_count = gn_manifest_count(m),
					 .entry = gn_fb_manifest_entry(m->root),
					 .not_found = gn_fb_manifest_not_found(m->root),
					 .header_count = gn_fb_manifest_headers_len(m->root),
					 .deleted_count = gn_fb_manifest_deleted_len(m->root)};
	memcpy(out->owner.b, gn_fb_manifest_owner(m->root).b, sizeof out->owner.b);
	memcpy(out->prev.b, gn_fb_manifest_prev(m->root).b, sizeof out->prev.b);
}

/* '*' any run of characters, '?' one; only the last star is ever tried again, so the work is at most the product of the
 * lengths. */
static bool glob_matches(struct gn_slice glob, struct gn_slice path)
{
	size_t g = 0, p = 0, star = SIZE_MAX, mark = 0;
	while (p < path.len) {
		if (g < glob.len && glob.p[g] == '*') {
			star = g++;
			mark = p;
		} else if (g < glob.len && (glob.p[g] == '?' || glob.p[g] == path.p[p])) {
			g++;
			p++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			p = ++mark;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.p[g] == '*')
		g++;
	return g == glob.len;
}

bool gn_manifest_header_at(const struct gn_manifest *m, struct gn_slice path, size_t i, struct gn_bundle_header *out)
{
	for (uint32_t n = 0; n < gn_fb_manifest_headers_len(m->root); n++) {
		struct gn_bundle_header h;
		header_view(gn_fb_manifest_headers_at(m->root, n), &h);
		if (glob_matches(h.glob, path) && i-- == 0) {
			*out = h;
			return true;
		}
	}
	return false;
}
