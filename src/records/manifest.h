/* Manifests: the list of a site's files with their trees, packs and header rules (records.md Sites
 * and files). Pure functions make, check and ask them. */
#ifndef GN_RECORDS_MANIFEST_H
#define GN_RECORDS_MANIFEST_H

#include "records/tree.h"
#include "wire/wire.h"

#define GN_PATH_MAX 1024 /* bytes */
#define GN_BUNDLE_FILES 100000
#define GN_BUNDLE_COPIES 3    /* default nodes that keep a block */
#define GN_MANIFEST_BLOCKS 64 /* a manifest is a file of at most 64 MiB */
#define GN_BUNDLE_RULES 32    /* header rules that count */
#define GN_GLOB_MAX 256       /* bytes of a rule's glob */
/* bytes of all rules' names and values: one answer may carry them all in its head */
#define GN_BUNDLE_HEADERS 8192
#define GN_TYPE_LOOK 4096     /* bytes of a file by which its type is told (BU-26) */
#define GN_PACK_FILE GN_CHUNK /* bytes of a file that is worth packing at most */

/* Relative UTF-8, no "..", no empty part, no control character; *why names the rule broken. */
GN_MUST gn_err gn_bundle_path_check(struct gn_slice path, const char **why);
/* The path in Unicode's form NFC, as a site has it (BU-1), into out; *len its length. GN_TEXT:
 * no UTF-8; GN_TOO_LARGE. */
GN_MUST gn_err gn_bundle_path_nfc(struct gn_slice path, char out[GN_PATH_MAX], size_t *len);
/* '*' any run of bytes, '?' one; a glob over GN_GLOB_MAX matches nothing (BU-5). */
bool gn_bundle_glob_matches(struct gn_slice glob, struct gn_slice path);
/* By file name suffix; "application/octet-stream" when unknown. */
const char *gn_bundle_mime(struct gn_slice path);

/* The same; of a file without a suffix by what it begins with, GN_TYPE_LOOK bytes or all: text when
 * that is UTF-8 without control characters (BU-26). */
const char *gn_bundle_type(struct gn_slice path, struct gn_slice begins);
/* Each path by BU-1, and no two of them together (BU-2). GN_USAGE with why naming the path;
 * GN_NOMEM. */
GN_MUST gn_err gn_bundle_paths_check(struct gn_alloc *alloc, const struct gn_slice *paths,
				     size_t count, char why[256]);

struct gn_bundle_file {
	struct gn_slice path, mime;
	uint64_t size;
	struct gn_hash root;
	struct gn_slice blocks; /* n * 32 bytes; of a packed file the pack's hash alone */
	/* BU-18. 0: blocks are its own; else it is size bytes from offset on of the packs[pack -
	 * 1], which has pack_len bytes. */
	uint32_t pack, pack_len, offset;
};
/* A block that many small files share. */
struct gn_bundle_pack {
	struct gn_hash root;
	uint32_t len;
};
struct gn_bundle_header {
	struct gn_slice glob, name, value;
};
struct gn_manifest_args {
	struct gn_pk owner;
	struct gn_slice label;
	uint64_t seq, created;
	const struct gn_bundle_file *files; /* any order; sorted by path inside */
	size_t file_count;
	/* a manifest with packs is of version 2: older nodes refuse it with GN_VERSION */
	const struct gn_bundle_pack *packs;
	size_t pack_count;
	/* paths; defaults index.html and 404.html when such files exist */
	struct gn_slice entry, not_found;
	const struct gn_bundle_header *headers;
	size_t header_count;
	struct gn_hash prev;            /* root of the manifest replaced; all zero: none */
	const struct gn_slice *deleted; /* paths of the previous version that are gone */
	size_t deleted_count;
};
/* Bytes of storage that always suffice for gn_manifest_make. */
size_t gn_manifest_make_max(const struct gn_manifest_args *args);
/* GN_USAGE with why naming the path: bad path, duplicate, names that differ only by case on one
 * level, a file where a folder is, blocks that do not fit size or root, a header that may not be
 * set; GN_LIMIT: too many files; GN_TOO_LARGE: out's capacity. out->len bytes at out->p. alloc:
 * for sorting, freed on return. */
GN_MUST gn_err gn_manifest_make(struct gn_alloc *alloc, const struct gn_manifest_args *args,
				struct gn_buf *out, char why[256]);

struct gn_manifest; /* verified, indexed by path */
/* Copies bytes. GN_MALFORMED. */
GN_MUST gn_err gn_manifest_open(struct gn_alloc *alloc, struct gn_slice bytes,
				struct gn_manifest **out);
void gn_manifest_free(struct gn_alloc *alloc, struct gn_manifest *m);
size_t gn_manifest_count(const struct gn_manifest *m);
/* sorted by path */
void gn_manifest_at(const struct gn_manifest *m, size_t i, struct gn_bundle_file *out);
/* By its name in either of Unicode's forms: sites were published from systems that write é as e
 * and an accent (BU-1). */
GN_MUST gn_err gn_manifest_find(const struct gn_manifest *m, struct gn_slice path,
				struct gn_bundle_file *out);
/* Paths of `before` that are not among files, sorted by path: into out, which has room for all of
 * its files. How many; they borrow from it. */
size_t gn_manifest_deleted(const struct gn_manifest *before, const struct gn_bundle_file *files,
			   size_t count, struct gn_slice *out);
/* What a web server would send for a URL path ("/", "/docs/", "/a%20b"), without the query: a
 * file or the entry of a directory with *status 200, the not-found page with 404, and with 301
 * *redirect when "/docs" must become "/docs/". GN_NOT_FOUND when the site has no such page and
 * no not-found page, GN_USAGE when the path is not well encoded. */
GN_MUST gn_err gn_manifest_resolve(const struct gn_manifest *m, struct gn_slice url_path,
				   struct gn_bundle_file *out, int *status, bool *redirect);
/* The next header whose glob ('*' any run, '?' one byte) matches the path; *at is where to look,
 * 0 at first. False past the last. One pass over all rules costs at most GN_BUNDLE_RULES *
 * GN_PATH_MAX steps of a few words. */
bool gn_manifest_header_next(const struct gn_manifest *m, struct gn_slice path, size_t *at,
			     struct gn_bundle_header *out);
/* May a site set this header? Not what frames the answer, names its type, keeps sites apart in a
 * browser or leads it to another server (BU-5). Letters of any case. */
bool gn_bundle_header_allowed(struct gn_slice name);
/* Rules of an older manifest that have no effect: those past GN_BUNDLE_RULES, and globs over
 * GN_GLOB_MAX (BU-5). */
size_t gn_manifest_rules_ignored(const struct gn_manifest *m);
struct gn_slice gn_manifest_bytes(const struct gn_manifest *m);
/* Pack i of info's pack_count. */
void gn_manifest_pack_at(const struct gn_manifest *m, size_t i, struct gn_bundle_pack *out);
/* Everything but files, packs, headers and deleted paths; slices borrow from m. */
void gn_manifest_info(const struct gn_manifest *m, struct gn_manifest_args *out);

/* NULL when a reader can stand on what the file says: as many blocks as its size needs, or its
 * place in a pack. The root is not counted again: that was done when the manifest was opened. */
const char *gn_bundle_shape_fault(const struct gn_bundle_file *file);

#endif
