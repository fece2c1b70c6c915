/* Made by tools/fbc from bundle.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_BUNDLE_FB_H
#define GN_WIRE_BUNDLE_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

/* ---- BundleFile ---- */

struct gn_fb_bundle_file {
	struct gn_fbt t;
};
struct gn_fb_bundle_file_args {
	/* Relative, UTF-8, '/' between parts. */
	struct gn_slice path;
	/* Bytes. */
	uint64_t size;
	struct gn_slice mime;
	/* Root of the Merkle tree over the file's 64 KiB chunks. */
	const struct gn_fb_hash *root;
	/* Subtree roots of its 1 MiB blocks, in order; none when it lies in a pack. */
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} blocks;
	/* 0: not packed; else it lies in packs[pack - 1] of the manifest (version 2). */
	uint32_t pack;
	/* Where it begins in its pack, bytes. */
	uint32_t offset;
};
static const struct gn_fb_field gn_fbfields_bundle_file[] = {
	{"path", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_bundle_file_args, path), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_bundle_file_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_bundle_file_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_bundle_file_args, root), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"blocks", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_bundle_file_args, blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"pack", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_bundle_file_args, pack), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"offset", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_bundle_file_args, offset), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bundle_file = {"BundleFile", NULL, gn_fbfields_bundle_file, 7};

GN_MUST static inline gn_err gn_fb_bundle_file_verify(struct gn_slice in, struct gn_fb_bundle_file *out)
{
	return gn_fb_verify(in, &gn_fbtype_bundle_file, &out->t);
}
static inline gn_fbref gn_fb_bundle_file_make(struct gn_fbb *b, const struct gn_fb_bundle_file_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bundle_file, args);
}
static inline bool gn_fb_bundle_file_has_path(struct gn_fb_bundle_file t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_bundle_file_path(struct gn_fb_bundle_file t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_bundle_file_size(struct gn_fb_bundle_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_bundle_file_has_mime(struct gn_fb_bundle_file t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_bundle_file_mime(struct gn_fb_bundle_file t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_bundle_file_has_root(struct gn_fb_bundle_file t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_hash gn_fb_bundle_file_root(struct gn_fb_bundle_file t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bundle_file_has_blocks(struct gn_fb_bundle_file t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_bundle_file_blocks_len(struct gn_fb_bundle_file t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_bundle_file_blocks_at(struct gn_fb_bundle_file t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_bundle_file_blocks_bytes(struct gn_fb_bundle_file t)
{
	return gn_fbt_elements(t.t, 4, 32);
}
static inline uint32_t gn_fb_bundle_file_pack(struct gn_fb_bundle_file t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_bundle_file_offset(struct gn_fb_bundle_file t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}

/* ---- BundleHeader ---- */

/* Header that the gateway adds to answers whose path matches the glob. */
struct gn_fb_bundle_header {
	struct gn_fbt t;
};
struct gn_fb_bundle_header_args {
	struct gn_slice glob;
	struct gn_slice name;
	struct gn_slice value;
};
static const struct gn_fb_field gn_fbfields_bundle_header[] = {
	{"glob", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_bundle_header_args, glob), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_bundle_header_args, name), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"value", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_bundle_header_args, value), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bundle_header = {"BundleHeader", NULL, gn_fbfields_bundle_header, 3};

GN_MUST static inline gn_err gn_fb_bundle_header_verify(struct gn_slice in, struct gn_fb_bundle_header *out)
{
	return gn_fb_verify(in, &gn_fbtype_bundle_header, &out->t);
}
static inline gn_fbref gn_fb_bundle_header_make(struct gn_fbb *b, const struct gn_fb_bundle_header_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bundle_header, args);
}
static inline bool gn_fb_bundle_header_has_glob(struct gn_fb_bundle_header t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_bundle_header_glob(struct gn_fb_bundle_header t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_bundle_header_has_name(struct gn_fb_bundle_header t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_bundle_header_name(struct gn_fb_bundle_header t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_bundle_header_has_value(struct gn_fb_bundle_header t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_bundle_header_value(struct gn_fb_bundle_header t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- Manifest ---- */

struct gn_fb_manifest {
	struct gn_fbt t;
};
struct gn_fb_manifest_args {
	uint16_t version;
	const struct gn_fb_key *owner;
	struct gn_slice label;
	uint64_t seq;
	/* Unix seconds. */
	uint64_t created;
	struct {
		const gn_fbref *p;
		size_t count;
	} files; /* BundleFile */
	/* Paths of the previous version that are gone. */
	struct {
		const struct gn_slice *p;
		size_t count;
	} deleted;
	/* Root of the previous manifest. */
	const struct gn_fb_hash *prev;
	/* What "/" gives. */
	struct gn_slice entry;
	/* What a missing path gives. */
	struct gn_slice not_found;
	struct {
		const gn_fbref *p;
		size_t count;
	} headers; /* BundleHeader */
	/* Blocks that many small files share, and the bytes of each (version 2). */
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} packs;
	struct {
		const uint32_t *p;
		size_t count;
	} pack_lens;
};
static const struct gn_fb_field gn_fbfields_manifest[] = {
	{"version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_manifest_args, version), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_manifest_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_manifest_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_manifest_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"created", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_manifest_args, created), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_TABLES, GN_FB_UINT, 5, offsetof(struct gn_fb_manifest_args, files), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bundle_file}, NULL, false},
	{"deleted", GN_FB_STRINGS, GN_FB_UINT, 6, offsetof(struct gn_fb_manifest_args, deleted), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"prev", GN_FB_STRUCT, GN_FB_UINT, 7, offsetof(struct gn_fb_manifest_args, prev), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"entry", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_manifest_args, entry), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"not_found", GN_FB_STRING, GN_FB_UINT, 9, offsetof(struct gn_fb_manifest_args, not_found), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"headers", GN_FB_TABLES, GN_FB_UINT, 10, offsetof(struct gn_fb_manifest_args, headers), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bundle_header}, NULL, false},
	{"packs", GN_FB_STRUCTS, GN_FB_UINT, 11, offsetof(struct gn_fb_manifest_args, packs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"pack_lens", GN_FB_SCALARS, GN_FB_UINT, 12, offsetof(struct gn_fb_manifest_args, pack_lens), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_manifest = {"Manifest", "GNMF", gn_fbfields_manifest, 13};

#define GN_FB_MANIFEST_IDENTIFIER "GNMF"

GN_MUST static inline gn_err gn_fb_manifest_verify(struct gn_slice in, struct gn_fb_manifest *out)
{
	return gn_fb_verify(in, &gn_fbtype_manifest, &out->t);
}
static inline gn_fbref gn_fb_manifest_make(struct gn_fbb *b, const struct gn_fb_manifest_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_manifest, args);
}
static inline uint16_t gn_fb_manifest_version(struct gn_fb_manifest t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_manifest_has_owner(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_manifest_owner(struct gn_fb_manifest t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_manifest_has_label(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_manifest_label(struct gn_fb_manifest t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint64_t gn_fb_manifest_seq(struct gn_fb_manifest t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_manifest_created(struct gn_fb_manifest t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline bool gn_fb_manifest_has_files(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 5);
}
static inline uint32_t gn_fb_manifest_files_len(struct gn_fb_manifest t)
{
	return gn_fbt_count(t.t, 5);
}
static inline struct gn_fb_bundle_file gn_fb_manifest_files_at(struct gn_fb_manifest t, uint32_t i)
{
	return (struct gn_fb_bundle_file){gn_fbt_table_at(t.t, 5, i)};
}
static inline bool gn_fb_manifest_has_deleted(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 6);
}
static inline uint32_t gn_fb_manifest_deleted_len(struct gn_fb_manifest t)
{
	return gn_fbt_count(t.t, 6);
}
static inline struct gn_slice gn_fb_manifest_deleted_at(struct gn_fb_manifest t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 6, i);
}
static inline bool gn_fb_manifest_has_prev(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_fb_hash gn_fb_manifest_prev(struct gn_fb_manifest t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 7, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_manifest_has_entry(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_manifest_entry(struct gn_fb_manifest t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_manifest_has_not_found(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_manifest_not_found(struct gn_fb_manifest t)
{
	return gn_fbt_bytes(t.t, 9);
}
static inline bool gn_fb_manifest_has_headers(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 10);
}
static inline uint32_t gn_fb_manifest_headers_len(struct gn_fb_manifest t)
{
	return gn_fbt_count(t.t, 10);
}
static inline struct gn_fb_bundle_header gn_fb_manifest_headers_at(struct gn_fb_manifest t, uint32_t i)
{
	return (struct gn_fb_bundle_header){gn_fbt_table_at(t.t, 10, i)};
}
static inline bool gn_fb_manifest_has_packs(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 11);
}
static inline uint32_t gn_fb_manifest_packs_len(struct gn_fb_manifest t)
{
	return gn_fbt_count(t.t, 11);
}
static inline struct gn_fb_hash gn_fb_manifest_packs_at(struct gn_fb_manifest t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 11, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_manifest_packs_bytes(struct gn_fb_manifest t)
{
	return gn_fbt_elements(t.t, 11, 32);
}
static inline bool gn_fb_manifest_has_pack_lens(struct gn_fb_manifest t)
{
	return gn_fbt_has(t.t, 12);
}
static inline uint32_t gn_fb_manifest_pack_lens_len(struct gn_fb_manifest t)
{
	return gn_fbt_count(t.t, 12);
}
static inline uint32_t gn_fb_manifest_pack_lens_at(struct gn_fb_manifest t, uint32_t i)
{
	return (uint32_t)gn_fbt_bits_at(t.t, 12, 4, i);
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_bundle[] = {
	&gn_fbtype_bundle_file,
	&gn_fbtype_bundle_header,
	&gn_fbtype_manifest,
};

#endif
