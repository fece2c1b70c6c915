/* Manifests: the list of a site's files as one FlatBuffer, files sorted by path, so that finding
 * one is a binary search in the bytes as they came. What makes a manifest valid is checked alike
 * when it is made and when it is opened.
 *
 * 1. An open manifest has only allowed paths, in strictly ascending order, none of which clash;
 *    every file's blocks fit its size and root.
 * 2. Entry and not-found page exist; header rules cannot break an HTTP answer.
 * 3. A packed file lies whole in a pack of the manifest.
 * Rules: docs/spec/services.md BU-1..BU-5, BU-18. */
#include "records/manifest_int.h"

struct gn_manifest {
	uint8_t *bytes; /* owned */
	size_t len;
	struct gn_fb_manifest root;
};

/* ---- sorting, clashes ---- */

void gn_bundle_sort(const struct gn_slice *paths, uint32_t *index, uint32_t *scratch, size_t count,
		    gn_bundle_order order)
{
	for (size_t i = 0; i < count; i++)
		index[i] = (uint32_t)i;
	uint32_t *from = index, *to = scratch;
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t low = 0; low < count; low += 2 * width) {
			size_t middle = low + width < count ? low + width : count,
			       high = low + 2 * width < count ? low + 2 * width : count;
			if (middle == high ||
			    order(paths[from[middle - 1]], paths[from[middle]]) <= 0) {
				/* in order as it is */
				memcpy(to + low, from + low, (high - low) * sizeof *to);
				continue;
			}
			for (size_t a = low, b = middle, out = low; out < high; out++)
				to[out] = a < middle && (b == high ||
							 order(paths[from[a]], paths[from[b]]) <= 0)
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

gn_err gn_bundle_find_clash(struct gn_alloc *alloc, const struct gn_slice *paths, size_t count,
			    size_t clash[2])
{
	gn_err err = GN_OK;
	if (count < 2)
		return GN_OK;
	uint32_t *index = GN_NEW_ARRAY(alloc, uint32_t, 2 * count);
	if (!index)
		return GN_NOMEM;
	gn_bundle_sort(paths, index, index + count, count, gn_bundle_fold_order);
	for (size_t i = 1; i < count && err == GN_OK; i++) {
		if (gn_bundle_path_clash(paths[index[i - 1]], paths[index[i]])) {
			clash[0] = index[i - 1];
			clash[1] = index[i];
			err = GN_EXISTS;
		}
	}
	gn_mem_free(alloc, index);
	return err;
}

/* ---- what may stand in a manifest ---- */

static bool all_printable(struct gn_slice s, bool spaces)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < (spaces ? 0x20 : 0x21) || s.p[i] >= 0x7f)
			return false;
	return true;
}

const char *gn_bundle_shape_fault(const struct gn_bundle_file *file)
{
	if (file->pack && (file->size == 0 || file->size > file->pack_len ||
			   file->offset > file->pack_len - file->size))
		return "the file does not lie in its pack";
	if (!file->pack &&
	    (file->offset || file->size > (uint64_t)GN_FILE_BLOCKS * GN_BLOCK ||
	     file->blocks.len != gn_tree_block_count(file->size) * sizeof(struct gn_hash)))
		return "the blocks do not fit the size";
	return NULL;
}

const char *gn_bundle_file_fault(const struct gn_bundle_file *file)
{
	const char *why = NULL;
	if (gn_bundle_path_check(file->path, &why) != GN_OK)
		return why;
	if (file->mime.len > MANIFEST_MIME_MAX || !all_printable(file->mime, true))
		return "the content type is too long or not printable";
	if (file->pack == 0 && !gn_merkle_file_ok(file->size, &file->root, file->blocks))
		return "the blocks do not fit the size or the root";
	return gn_bundle_shape_fault(file);
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

/* What older tools let into a manifest, and no gateway sends. */
static const char *const dropped_headers[] = {
	"clear-site-data",
	"content-encoding",
	"cross-origin-opener-policy",
	"cross-origin-resource-policy",
	"origin-agent-cluster",
	"proxy-connection",
	"service-worker-allowed",
	"set-cookie2",
	"x-content-type-options",
};

static bool is_among(struct gn_slice name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (gn_same_word(name, gn_str(list[i])))
			return true;
	return false;
}

bool gn_bundle_header_allowed(struct gn_slice name)
{
	struct gn_slice cors = GN_LIT("access-control-");
	return name.len > 0 && !is_among(name, reserved_headers, GN_COUNT(reserved_headers)) &&
	       !is_among(name, dropped_headers, GN_COUNT(dropped_headers)) &&
	       !gn_same_word(gn_slice_sub(name, 0, cors.len), cors);
}

const char *gn_bundle_header_fault(const struct gn_bundle_header *h)
{
	if (h->glob.len == 0 || h->glob.len > MANIFEST_HEADER_MAX || h->name.len == 0 ||
	    h->name.len > MANIFEST_HEADER_MAX || h->value.len > MANIFEST_HEADER_MAX ||
	    !gn_utf8_ok(h->glob))
		return "a header rule is empty or longer than 4,096 bytes";
	for (size_t i = 0; i < h->name.len; i++) {
		uint8_t c = h->name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return "a header name has a character other than letters, digits, '-' and "
			       "'_'";
	}
	if (!all_printable(h->value, true))
		return "a header value has a character that is not printable ASCII";
	if (is_among(h->name, reserved_headers, GN_COUNT(reserved_headers)))
		return "a header that a site may not set";
	return NULL;
}

/* ---- opening ---- */

static void file_view(const struct gn_manifest *m, struct gn_fb_bundle_file f,
		      struct gn_bundle_file *out)
{
	out->path = gn_fb_bundle_file_path(f);
	out->mime = gn_fb_bundle_file_mime(f);
	out->size = gn_fb_bundle_file_size(f);
	memcpy(out->root.b, gn_fb_bundle_file_root(f).b, sizeof out->root.b);
	out->blocks = gn_fb_bundle_file_blocks_bytes(f);
	out->pack = gn_fb_bundle_file_pack(f);
	out->offset = out->pack_len = 0;
	if (out->pack == 0)
		return;
	out->offset = gn_fb_bundle_file_offset(f);
	out->blocks = gn_slice(NULL, 0);
	/* never in a manifest that opened: its length is 0 */
	if (out->pack > gn_fb_manifest_packs_len(m->root))
		return;
	out->pack_len = gn_fb_manifest_pack_lens_at(m->root, out->pack - 1);
	out->blocks = gn_slice(gn_fb_manifest_packs_bytes(m->root).p +
				       (size_t)(out->pack - 1) * sizeof(struct gn_hash),
			       sizeof(struct gn_hash));
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
		if (gn_bundle_file_fault(&f) ||
		    (i && gn_bundle_path_order(paths[i - 1], paths[i]) >= 0))
			err = GN_MALFORMED;
	}
	if (err == GN_OK)
		err = gn_bundle_find_clash(alloc, paths, count, clash);
	if (err == GN_EXISTS)
		err = GN_MALFORMED;
	gn_mem_free(alloc, paths);
	return err;
}

static gn_err check_manifest(struct gn_alloc *alloc, const struct gn_manifest *m)
{
	struct gn_bundle_file f;
	struct gn_slice entry = gn_fb_manifest_entry(m->root),
			not_found = gn_fb_manifest_not_found(m->root);
	uint32_t version = gn_fb_manifest_version(m->root),
		 packs = gn_fb_manifest_packs_len(m->root);
	if (version != MANIFEST_PLAIN && version != MANIFEST_PACKS)
		return GN_VERSION;
	if (packs > (version == MANIFEST_PACKS ? MANIFEST_PACKS_MAX : 0) ||
	    packs != gn_fb_manifest_pack_lens_len(m->root))
		return GN_MALFORMED;
	for (uint32_t i = 0; i < packs; i++) {
		uint32_t len = gn_fb_manifest_pack_lens_at(m->root, i);
		if (len == 0 || len > GN_BLOCK)
			return GN_MALFORMED;
	}
	if (gn_manifest_count(m) > GN_BUNDLE_FILES ||
	    gn_fb_manifest_headers_len(m->root) > MANIFEST_HEADERS_OPEN ||
	    gn_fb_manifest_deleted_len(m->root) > GN_BUNDLE_FILES ||
	    gn_fb_manifest_label(m->root).len > GN_RECORD_LABEL_MAX)
		return GN_MALFORMED;
	for (uint32_t i = 0; i < gn_fb_manifest_headers_len(m->root); i++) {
		struct gn_bundle_header h;
		header_view(gn_fb_manifest_headers_at(m->root, i), &h);
		if (gn_bundle_header_fault(&h))
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
	if (bytes.len == 0 || bytes.len > MANIFEST_MAX)
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
	file_view(m, gn_fb_manifest_files_at(m->root, (uint32_t)i), out);
}

static gn_err find_exact(const struct gn_manifest *m, struct gn_slice path,
			 struct gn_bundle_file *out)
{
	size_t low = 0, high = gn_manifest_count(m);
	while (low < high) {
		size_t middle = (low + high) / 2;
		struct gn_fb_bundle_file f = gn_fb_manifest_files_at(m->root, (uint32_t)middle);
		int c = gn_bundle_path_order(gn_fb_bundle_file_path(f), path);
		if (c == 0) {
			file_view(m, f, out);
			return GN_OK;
		}
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return GN_NOT_FOUND;
}

gn_err gn_manifest_find(const struct gn_manifest *m, struct gn_slice path,
			struct gn_bundle_file *out)
{
	char text[GN_PATH_MAX];
	struct gn_slice other;
	gn_err err = find_exact(m, path, out);
	for (int form = 0; err == GN_NOT_FOUND && form < 2; form++)
		if (gn_bundle_path_form(path, form == 0, text, &other) && !gn_slice_eq(other, path))
			err = find_exact(m, other, out);
	return err;
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
					 .pack_count = gn_fb_manifest_packs_len(m->root),
					 .entry = gn_fb_manifest_entry(m->root),
					 .not_found = gn_fb_manifest_not_found(m->root),
					 .header_count = gn_fb_manifest_headers_len(m->root),
					 .deleted_count = gn_fb_manifest_deleted_len(m->root)};
	memcpy(out->owner.b, gn_fb_manifest_owner(m->root).b, sizeof out->owner.b);
	memcpy(out->prev.b, gn_fb_manifest_prev(m->root).b, sizeof out->prev.b);
}

void gn_manifest_pack_at(const struct gn_manifest *m, size_t i, struct gn_bundle_pack *out)
{
	GN_ASSERT(i < gn_fb_manifest_packs_len(m->root));
	memcpy(out->root.b, gn_fb_manifest_packs_at(m->root, (uint32_t)i).b, sizeof out->root.b);
	out->len = gn_fb_manifest_pack_lens_at(m->root, (uint32_t)i);
}

/* ---- header rules ---- */

bool gn_manifest_header_next(const struct gn_manifest *m, struct gn_slice path, size_t *at,
			     struct gn_bundle_header *out)
{
	uint32_t count = gn_fb_manifest_headers_len(m->root);
	for (count = count < GN_BUNDLE_RULES ? count : GN_BUNDLE_RULES; *at < count;) {
		struct gn_bundle_header h;
		header_view(gn_fb_manifest_headers_at(m->root, (uint32_t)(*at)++), &h);
		if (gn_bundle_glob_matches(h.glob, path)) {
			*out = h;
			return true;
		}
	}
	return false;
}

size_t gn_manifest_rules_ignored(const struct gn_manifest *m)
{
	uint32_t count = gn_fb_manifest_headers_len(m->root);
	size_t ignored = count > GN_BUNDLE_RULES ? count - GN_BUNDLE_RULES : 0;
	for (uint32_t i = 0; i < count && i < GN_BUNDLE_RULES; i++)
		ignored += gn_fb_bundle_header_glob(gn_fb_manifest_headers_at(m->root, i)).len >
			   GN_GLOB_MAX;
	return ignored;
}

size_t gn_manifest_deleted(const struct gn_manifest *before, const struct gn_bundle_file *files,
			   size_t count, struct gn_slice *out)
{
	size_t n = gn_manifest_count(before), k = 0, deleted = 0;
	for (size_t i = 0; i < n; i++) { /* both sorted by path */
		struct gn_bundle_file old;
		gn_manifest_at(before, i, &old);
		while (k < count && gn_bundle_path_order(files[k].path, old.path) < 0)
			k++;
		if (k == count || !gn_slice_eq(files[k].path, old.path))
			out[deleted++] = old.path;
	}
	return deleted;
}
