/* Made by tools/fbc from app_site.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_SITE_FB_H
#define GN_WIRE_APP_SITE_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_own_site_stage {
	GN_FB_OWN_SITE_STAGE_READING = 0,
	GN_FB_OWN_SITE_STAGE_SIGNING = 1,
	GN_FB_OWN_SITE_STAGE_SENDING = 2,
	GN_FB_OWN_SITE_STAGE_SPREADING = 3,
	GN_FB_OWN_SITE_STAGE_PUTTING = 4,
};

static const struct gn_fb_word gn_fbwords_own_site_stage[] = {{"reading", 0}, {"signing", 1}, {"sending", 2}, {"spreading", 3}, {"putting", 4}, {NULL, 0}};

enum gn_fb_app_site_body {
	GN_FB_APP_SITE_BODY_NONE = 0,
	GN_FB_APP_SITE_BODY_OWN_SITES_LIST = 1,
	GN_FB_APP_SITE_BODY_OWN_SITES_IS = 2,
	GN_FB_APP_SITE_BODY_OWN_SITE_VERSIONS = 3,
	GN_FB_APP_SITE_BODY_OWN_SITE_VERSIONS_IS = 4,
	GN_FB_APP_SITE_BODY_OWN_SITE_BEGIN = 5,
	GN_FB_APP_SITE_BODY_OWN_SITE_DRAFT = 6,
	GN_FB_APP_SITE_BODY_OWN_SITE_FILE = 7,
	GN_FB_APP_SITE_BODY_OWN_SITE_FILE_IS = 8,
	GN_FB_APP_SITE_BODY_OWN_SITE_DROP = 9,
	GN_FB_APP_SITE_BODY_OWN_SITE_COMMIT = 10,
	GN_FB_APP_SITE_BODY_OWN_SITE_STEP = 11,
	GN_FB_APP_SITE_BODY_OWN_SITE = 12,
	GN_FB_APP_SITE_BODY_OWN_SITE_ROLL_BACK = 13,
	GN_FB_APP_SITE_BODY_OWN_SITE_REMOVE = 14,
};

/* ---- OwnSitesList ---- */

/* Those that the node keeps published. */
struct gn_fb_own_sites_list {
	struct gn_fbt t;
};
struct gn_fb_own_sites_list_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_own_sites_list = {"OwnSitesList", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_own_sites_list_verify(struct gn_slice in, struct gn_fb_own_sites_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_sites_list, &out->t);
}
static inline gn_fbref gn_fb_own_sites_list_make(struct gn_fbb *b, const struct gn_fb_own_sites_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_sites_list, args);
}

/* ---- OwnSite ---- */

struct gn_fb_own_site {
	struct gn_fbt t;
};
struct gn_fb_own_site_args {
	struct gn_slice label;
	/* Where a browser of this machine shows it; absent: it has no name, or the node serves no port. */
	struct gn_slice url;
	/* The name that leads to it, without ".geo". */
	struct gn_slice name;
	uint64_t version;
	/* Of the version, and until when it is found. */
	uint64_t created;
	uint64_t expires;
	uint64_t bytes;
	uint32_t files;
	/* Nodes that keep each block, of how many that was asked. */
	uint8_t copies;
	uint8_t wanted;
	/* Nodes that signed for the version; `few`: fewer than the node asks for. */
	uint32_t receipts;
	bool few;
	/* What is wrong, of err.def, and what to do: the site could not be read; its name was not set. */
	uint16_t code;
	struct gn_slice reason;
};
static const struct gn_fb_field gn_fbfields_own_site[] = {
	{"label", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"url", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_args, url), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_own_site_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"created", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_own_site_args, created), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_own_site_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"bytes", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_own_site_args, bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_own_site_args, files), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"copies", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_own_site_args, copies), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wanted", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_own_site_args, wanted), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"receipts", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_own_site_args, receipts), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"few", GN_FB_SCALAR, GN_FB_BOOL, 11, offsetof(struct gn_fb_own_site_args, few), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_own_site_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 13, offsetof(struct gn_fb_own_site_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site = {"OwnSite", NULL, gn_fbfields_own_site, 14};

GN_MUST static inline gn_err gn_fb_own_site_verify(struct gn_slice in, struct gn_fb_own_site *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site, &out->t);
}
static inline gn_fbref gn_fb_own_site_make(struct gn_fbb *b, const struct gn_fb_own_site_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site, args);
}
static inline bool gn_fb_own_site_has_label(struct gn_fb_own_site t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_label(struct gn_fb_own_site t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_own_site_has_url(struct gn_fb_own_site t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_own_site_url(struct gn_fb_own_site t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_own_site_has_name(struct gn_fb_own_site t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_own_site_name(struct gn_fb_own_site t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint64_t gn_fb_own_site_version(struct gn_fb_own_site t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_created(struct gn_fb_own_site t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_expires(struct gn_fb_own_site t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_bytes(struct gn_fb_own_site t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_own_site_files(struct gn_fb_own_site t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_own_site_copies(struct gn_fb_own_site t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_own_site_wanted(struct gn_fb_own_site t)
{
	return (uint8_t)gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_own_site_receipts(struct gn_fb_own_site t)
{
	return (uint32_t)gn_fbt_bits(t.t, 10, 4, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_few(struct gn_fb_own_site t)
{
	return gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0)) != 0;
}
static inline uint16_t gn_fb_own_site_code(struct gn_fb_own_site t)
{
	return (uint16_t)gn_fbt_bits(t.t, 12, 2, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_has_reason(struct gn_fb_own_site t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_own_site_reason(struct gn_fb_own_site t)
{
	return gn_fbt_bytes(t.t, 13);
}

/* ---- OwnSitesIs ---- */

struct gn_fb_own_sites_is {
	struct gn_fbt t;
};
struct gn_fb_own_sites_is_args {
	struct gn_slice pid;
	struct {
		const gn_fbref *p;
		size_t count;
	} sites; /* OwnSite */
};
static const struct gn_fb_field gn_fbfields_own_sites_is[] = {
	{"pid", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_sites_is_args, pid), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sites", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_own_sites_is_args, sites), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_own_site}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_sites_is = {"OwnSitesIs", NULL, gn_fbfields_own_sites_is, 2};

GN_MUST static inline gn_err gn_fb_own_sites_is_verify(struct gn_slice in, struct gn_fb_own_sites_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_sites_is, &out->t);
}
static inline gn_fbref gn_fb_own_sites_is_make(struct gn_fbb *b, const struct gn_fb_own_sites_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_sites_is, args);
}
static inline bool gn_fb_own_sites_is_has_pid(struct gn_fb_own_sites_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_sites_is_pid(struct gn_fb_own_sites_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_own_sites_is_has_sites(struct gn_fb_own_sites_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_own_sites_is_sites_len(struct gn_fb_own_sites_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_own_site gn_fb_own_sites_is_sites_at(struct gn_fb_own_sites_is t, uint32_t i)
{
	return (struct gn_fb_own_site){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- OwnSiteVersions ---- */

struct gn_fb_own_site_versions {
	struct gn_fbt t;
};
struct gn_fb_own_site_versions_args {
	struct gn_slice label;
};
static const struct gn_fb_field gn_fbfields_own_site_versions[] = {
	{"label", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_versions_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_versions = {"OwnSiteVersions", NULL, gn_fbfields_own_site_versions, 1};

GN_MUST static inline gn_err gn_fb_own_site_versions_verify(struct gn_slice in, struct gn_fb_own_site_versions *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_versions, &out->t);
}
static inline gn_fbref gn_fb_own_site_versions_make(struct gn_fbb *b, const struct gn_fb_own_site_versions_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_versions, args);
}
static inline bool gn_fb_own_site_versions_has_label(struct gn_fb_own_site_versions t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_versions_label(struct gn_fb_own_site_versions t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- OwnSiteVersion ---- */

/* `created` 0: its list of files could not be read. */
struct gn_fb_own_site_version {
	struct gn_fbt t;
};
struct gn_fb_own_site_version_args {
	uint64_t version;
	uint64_t created;
	uint64_t bytes;
	uint32_t files;
	bool now;
};
static const struct gn_fb_field gn_fbfields_own_site_version[] = {
	{"version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_version_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"created", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_version_args, created), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"bytes", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_version_args, bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_own_site_version_args, files), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"now", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_own_site_version_args, now), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_version = {"OwnSiteVersion", NULL, gn_fbfields_own_site_version, 5};

GN_MUST static inline gn_err gn_fb_own_site_version_verify(struct gn_slice in, struct gn_fb_own_site_version *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_version, &out->t);
}
static inline gn_fbref gn_fb_own_site_version_make(struct gn_fbb *b, const struct gn_fb_own_site_version_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_version, args);
}
static inline uint64_t gn_fb_own_site_version_version(struct gn_fb_own_site_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_version_created(struct gn_fb_own_site_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_version_bytes(struct gn_fb_own_site_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_own_site_version_files(struct gn_fb_own_site_version t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_version_now(struct gn_fb_own_site_version t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}

/* ---- OwnSiteVersionsIs ---- */

/* The newest first. */
struct gn_fb_own_site_versions_is {
	struct gn_fbt t;
};
struct gn_fb_own_site_versions_is_args {
	struct gn_slice label;
	struct {
		const gn_fbref *p;
		size_t count;
	} versions; /* OwnSiteVersion */
};
static const struct gn_fb_field gn_fbfields_own_site_versions_is[] = {
	{"label", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_versions_is_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"versions", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_versions_is_args, versions), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_own_site_version}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_versions_is = {"OwnSiteVersionsIs", NULL, gn_fbfields_own_site_versions_is, 2};

GN_MUST static inline gn_err gn_fb_own_site_versions_is_verify(struct gn_slice in, struct gn_fb_own_site_versions_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_versions_is, &out->t);
}
static inline gn_fbref gn_fb_own_site_versions_is_make(struct gn_fbb *b, const struct gn_fb_own_site_versions_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_versions_is, args);
}
static inline bool gn_fb_own_site_versions_is_has_label(struct gn_fb_own_site_versions_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_versions_is_label(struct gn_fb_own_site_versions_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_own_site_versions_is_has_versions(struct gn_fb_own_site_versions_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_own_site_versions_is_versions_len(struct gn_fb_own_site_versions_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_own_site_version gn_fb_own_site_versions_is_versions_at(struct gn_fb_own_site_versions_is t, uint32_t i)
{
	return (struct gn_fb_own_site_version){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- OwnSitePath ---- */

/* `mime` absent: by the name, else by the first bytes (services.md BU-26). */
struct gn_fb_own_site_path {
	struct gn_fbt t;
};
struct gn_fb_own_site_path_args {
	struct gn_slice path;
	uint64_t size;
	struct gn_slice mime;
};
static const struct gn_fb_field gn_fbfields_own_site_path[] = {
	{"path", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_path_args, path), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_path_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_path_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_path = {"OwnSitePath", NULL, gn_fbfields_own_site_path, 3};

GN_MUST static inline gn_err gn_fb_own_site_path_verify(struct gn_slice in, struct gn_fb_own_site_path *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_path, &out->t);
}
static inline gn_fbref gn_fb_own_site_path_make(struct gn_fbb *b, const struct gn_fb_own_site_path_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_path, args);
}
static inline bool gn_fb_own_site_path_has_path(struct gn_fb_own_site_path t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_path_path(struct gn_fb_own_site_path t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_own_site_path_size(struct gn_fb_own_site_path t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_path_has_mime(struct gn_fb_own_site_path t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_own_site_path_mime(struct gn_fb_own_site_path t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- OwnSiteBegin ---- */

/* A draft, which ends with this connection. */
struct gn_fb_own_site_begin {
	struct gn_fbt t;
};
struct gn_fb_own_site_begin_args {
	struct gn_slice label;
	struct {
		const gn_fbref *p;
		size_t count;
	} files; /* OwnSitePath */
};
static const struct gn_fb_field gn_fbfields_own_site_begin[] = {
	{"label", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_begin_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_begin_args, files), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_own_site_path}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_begin = {"OwnSiteBegin", NULL, gn_fbfields_own_site_begin, 2};

GN_MUST static inline gn_err gn_fb_own_site_begin_verify(struct gn_slice in, struct gn_fb_own_site_begin *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_begin, &out->t);
}
static inline gn_fbref gn_fb_own_site_begin_make(struct gn_fbb *b, const struct gn_fb_own_site_begin_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_begin, args);
}
static inline bool gn_fb_own_site_begin_has_label(struct gn_fb_own_site_begin t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_begin_label(struct gn_fb_own_site_begin t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_own_site_begin_has_files(struct gn_fb_own_site_begin t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_own_site_begin_files_len(struct gn_fb_own_site_begin t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_own_site_path gn_fb_own_site_begin_files_at(struct gn_fb_own_site_begin t, uint32_t i)
{
	return (struct gn_fb_own_site_path){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- OwnSiteDraft ---- */

struct gn_fb_own_site_draft {
	struct gn_fbt t;
};
struct gn_fb_own_site_draft_args {
	uint64_t draft;
	uint32_t files;
	uint64_t bytes;
};
static const struct gn_fb_field gn_fbfields_own_site_draft[] = {
	{"draft", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_draft_args, draft), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_draft_args, files), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_draft_args, bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_draft = {"OwnSiteDraft", NULL, gn_fbfields_own_site_draft, 3};

GN_MUST static inline gn_err gn_fb_own_site_draft_verify(struct gn_slice in, struct gn_fb_own_site_draft *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_draft, &out->t);
}
static inline gn_fbref gn_fb_own_site_draft_make(struct gn_fbb *b, const struct gn_fb_own_site_draft_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_draft, args);
}
static inline uint64_t gn_fb_own_site_draft_draft(struct gn_fb_own_site_draft t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_own_site_draft_files(struct gn_fb_own_site_draft t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_draft_bytes(struct gn_fb_own_site_draft t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- OwnSiteFile ---- */

/* The bytes of one of its files come on this call's stream; one at a time. Answered when the node has
 * them. */
struct gn_fb_own_site_file {
	struct gn_fbt t;
};
struct gn_fb_own_site_file_args {
	uint64_t draft;
	uint32_t index;
};
static const struct gn_fb_field gn_fbfields_own_site_file[] = {
	{"draft", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_file_args, draft), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"index", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_file_args, index), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_file = {"OwnSiteFile", NULL, gn_fbfields_own_site_file, 2};

GN_MUST static inline gn_err gn_fb_own_site_file_verify(struct gn_slice in, struct gn_fb_own_site_file *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_file, &out->t);
}
static inline gn_fbref gn_fb_own_site_file_make(struct gn_fbb *b, const struct gn_fb_own_site_file_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_file, args);
}
static inline uint64_t gn_fb_own_site_file_draft(struct gn_fb_own_site_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_own_site_file_index(struct gn_fb_own_site_file t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}

/* ---- OwnSiteFileIs ---- */

struct gn_fb_own_site_file_is {
	struct gn_fbt t;
};
struct gn_fb_own_site_file_is_args {
	uint32_t index;
	const struct gn_fb_hash *root;
	struct gn_slice mime;
};
static const struct gn_fb_field gn_fbfields_own_site_file_is[] = {
	{"index", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_file_is_args, index), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_file_is_args, root), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_file_is_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_file_is = {"OwnSiteFileIs", NULL, gn_fbfields_own_site_file_is, 3};

GN_MUST static inline gn_err gn_fb_own_site_file_is_verify(struct gn_slice in, struct gn_fb_own_site_file_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_file_is, &out->t);
}
static inline gn_fbref gn_fb_own_site_file_is_make(struct gn_fbb *b, const struct gn_fb_own_site_file_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_file_is, args);
}
static inline uint32_t gn_fb_own_site_file_is_index(struct gn_fb_own_site_file_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_file_is_has_root(struct gn_fb_own_site_file_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_own_site_file_is_root(struct gn_fb_own_site_file_is t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_own_site_file_is_has_mime(struct gn_fb_own_site_file_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_own_site_file_is_mime(struct gn_fb_own_site_file_is t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- OwnSiteDrop ---- */

struct gn_fb_own_site_drop {
	struct gn_fbt t;
};
struct gn_fb_own_site_drop_args {
	uint64_t draft;
};
static const struct gn_fb_field gn_fbfields_own_site_drop[] = {
	{"draft", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_drop_args, draft), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_drop = {"OwnSiteDrop", NULL, gn_fbfields_own_site_drop, 1};

GN_MUST static inline gn_err gn_fb_own_site_drop_verify(struct gn_slice in, struct gn_fb_own_site_drop *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_drop, &out->t);
}
static inline gn_fbref gn_fb_own_site_drop_make(struct gn_fbb *b, const struct gn_fb_own_site_drop_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_drop, args);
}
static inline uint64_t gn_fb_own_site_drop_draft(struct gn_fb_own_site_drop t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}

/* ---- OwnSiteCommit ---- */

/* OwnSiteStep as it goes on, then OwnSite. Where it fails the version before stays, and the draft.
 * `name`: of this person, leads to the site from then on. The passphrase, where there is one. */
struct gn_fb_own_site_commit {
	struct gn_fbt t;
};
struct gn_fb_own_site_commit_args {
	uint64_t draft;
	struct gn_slice entry;
	struct gn_slice not_found;
	struct gn_slice name;
	struct gn_slice passphrase;
};
static const struct gn_fb_field gn_fbfields_own_site_commit[] = {
	{"draft", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_commit_args, draft), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"entry", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_commit_args, entry), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"not_found", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_commit_args, not_found), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_own_site_commit_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_own_site_commit_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_commit = {"OwnSiteCommit", NULL, gn_fbfields_own_site_commit, 5};

GN_MUST static inline gn_err gn_fb_own_site_commit_verify(struct gn_slice in, struct gn_fb_own_site_commit *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_commit, &out->t);
}
static inline gn_fbref gn_fb_own_site_commit_make(struct gn_fbb *b, const struct gn_fb_own_site_commit_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_commit, args);
}
static inline uint64_t gn_fb_own_site_commit_draft(struct gn_fb_own_site_commit t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_commit_has_entry(struct gn_fb_own_site_commit t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_own_site_commit_entry(struct gn_fb_own_site_commit t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_own_site_commit_has_not_found(struct gn_fb_own_site_commit t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_own_site_commit_not_found(struct gn_fb_own_site_commit t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_own_site_commit_has_name(struct gn_fb_own_site_commit t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_own_site_commit_name(struct gn_fb_own_site_commit t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_own_site_commit_has_passphrase(struct gn_fb_own_site_commit t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_own_site_commit_passphrase(struct gn_fb_own_site_commit t)
{
	return gn_fbt_bytes(t.t, 4);
}

/* ---- OwnSiteStep ---- */

/* Spreading: copies that have a receipt, of how many. */
struct gn_fb_own_site_step {
	struct gn_fbt t;
};
struct gn_fb_own_site_step_args {
	uint8_t stage;
	uint64_t done;
	uint64_t total;
};
static const struct gn_fb_field gn_fbfields_own_site_step[] = {
	{"stage", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_step_args, stage), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_own_site_stage, false},
	{"done", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_step_args, done), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"total", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_step_args, total), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_step = {"OwnSiteStep", NULL, gn_fbfields_own_site_step, 3};

GN_MUST static inline gn_err gn_fb_own_site_step_verify(struct gn_slice in, struct gn_fb_own_site_step *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_step, &out->t);
}
static inline gn_fbref gn_fb_own_site_step_make(struct gn_fbb *b, const struct gn_fb_own_site_step_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_step, args);
}
static inline uint8_t gn_fb_own_site_step_stage(struct gn_fb_own_site_step t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_step_done(struct gn_fb_own_site_step t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_own_site_step_total(struct gn_fb_own_site_step t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- OwnSiteRollBack ---- */

/* `version` 0: the one before. As OwnSiteCommit. */
struct gn_fb_own_site_roll_back {
	struct gn_fbt t;
};
struct gn_fb_own_site_roll_back_args {
	struct gn_slice label;
	uint64_t version;
	struct gn_slice passphrase;
};
static const struct gn_fb_field gn_fbfields_own_site_roll_back[] = {
	{"label", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_roll_back_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_roll_back_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_own_site_roll_back_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_roll_back = {"OwnSiteRollBack", NULL, gn_fbfields_own_site_roll_back, 3};

GN_MUST static inline gn_err gn_fb_own_site_roll_back_verify(struct gn_slice in, struct gn_fb_own_site_roll_back *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_roll_back, &out->t);
}
static inline gn_fbref gn_fb_own_site_roll_back_make(struct gn_fbb *b, const struct gn_fb_own_site_roll_back_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_roll_back, args);
}
static inline bool gn_fb_own_site_roll_back_has_label(struct gn_fb_own_site_roll_back t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_roll_back_label(struct gn_fb_own_site_roll_back t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_own_site_roll_back_version(struct gn_fb_own_site_roll_back t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_own_site_roll_back_has_passphrase(struct gn_fb_own_site_roll_back t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_own_site_roll_back_passphrase(struct gn_fb_own_site_roll_back t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- OwnSiteRemove ---- */

struct gn_fb_own_site_remove {
	struct gn_fbt t;
};
struct gn_fb_own_site_remove_args {
	struct gn_slice label;
	struct gn_slice passphrase;
};
static const struct gn_fb_field gn_fbfields_own_site_remove[] = {
	{"label", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_own_site_remove_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_own_site_remove_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_own_site_remove = {"OwnSiteRemove", NULL, gn_fbfields_own_site_remove, 2};

GN_MUST static inline gn_err gn_fb_own_site_remove_verify(struct gn_slice in, struct gn_fb_own_site_remove *out)
{
	return gn_fb_verify(in, &gn_fbtype_own_site_remove, &out->t);
}
static inline gn_fbref gn_fb_own_site_remove_make(struct gn_fbb *b, const struct gn_fb_own_site_remove_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_own_site_remove, args);
}
static inline bool gn_fb_own_site_remove_has_label(struct gn_fb_own_site_remove t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_own_site_remove_label(struct gn_fb_own_site_remove t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_own_site_remove_has_passphrase(struct gn_fb_own_site_remove t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_own_site_remove_passphrase(struct gn_fb_own_site_remove t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- AppSite ---- */

struct gn_fb_app_site {
	struct gn_fbt t;
};
struct gn_fb_app_site_args {
	uint8_t body_type; /* GN_FB_APP_SITE_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_site[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_site_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_site_args, body), 14, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_own_sites_list, &gn_fbtype_own_sites_is, &gn_fbtype_own_site_versions, &gn_fbtype_own_site_versions_is, &gn_fbtype_own_site_begin, &gn_fbtype_own_site_draft, &gn_fbtype_own_site_file, &gn_fbtype_own_site_file_is, &gn_fbtype_own_site_drop, &gn_fbtype_own_site_commit, &gn_fbtype_own_site_step, &gn_fbtype_own_site, &gn_fbtype_own_site_roll_back, &gn_fbtype_own_site_remove}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_site = {"AppSite", NULL, gn_fbfields_app_site, 2};

GN_MUST static inline gn_err gn_fb_app_site_verify(struct gn_slice in, struct gn_fb_app_site *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_site, &out->t);
}
static inline gn_fbref gn_fb_app_site_make(struct gn_fbb *b, const struct gn_fb_app_site_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_site, args);
}
static inline bool gn_fb_app_site_has_body(struct gn_fb_app_site t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_site_body_type(struct gn_fb_app_site t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_own_sites_list gn_fb_app_site_body_as_own_sites_list(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_sites_list){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITES_LIST)};
}
static inline struct gn_fb_own_sites_is gn_fb_app_site_body_as_own_sites_is(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_sites_is){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITES_IS)};
}
static inline struct gn_fb_own_site_versions gn_fb_app_site_body_as_own_site_versions(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_versions){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_VERSIONS)};
}
static inline struct gn_fb_own_site_versions_is gn_fb_app_site_body_as_own_site_versions_is(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_versions_is){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_VERSIONS_IS)};
}
static inline struct gn_fb_own_site_begin gn_fb_app_site_body_as_own_site_begin(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_begin){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_BEGIN)};
}
static inline struct gn_fb_own_site_draft gn_fb_app_site_body_as_own_site_draft(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_draft){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_DRAFT)};
}
static inline struct gn_fb_own_site_file gn_fb_app_site_body_as_own_site_file(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_file){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_FILE)};
}
static inline struct gn_fb_own_site_file_is gn_fb_app_site_body_as_own_site_file_is(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_file_is){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_FILE_IS)};
}
static inline struct gn_fb_own_site_drop gn_fb_app_site_body_as_own_site_drop(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_drop){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_DROP)};
}
static inline struct gn_fb_own_site_commit gn_fb_app_site_body_as_own_site_commit(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_commit){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_COMMIT)};
}
static inline struct gn_fb_own_site_step gn_fb_app_site_body_as_own_site_step(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_step){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_STEP)};
}
static inline struct gn_fb_own_site gn_fb_app_site_body_as_own_site(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE)};
}
static inline struct gn_fb_own_site_roll_back gn_fb_app_site_body_as_own_site_roll_back(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_roll_back){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_ROLL_BACK)};
}
static inline struct gn_fb_own_site_remove gn_fb_app_site_body_as_own_site_remove(struct gn_fb_app_site t)
{
	return (struct gn_fb_own_site_remove){gn_fbt_member(t.t, 1, GN_FB_APP_SITE_BODY_OWN_SITE_REMOVE)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_site[] = {
	&gn_fbtype_own_sites_list,
	&gn_fbtype_own_site,
	&gn_fbtype_own_sites_is,
	&gn_fbtype_own_site_versions,
	&gn_fbtype_own_site_version,
	&gn_fbtype_own_site_versions_is,
	&gn_fbtype_own_site_path,
	&gn_fbtype_own_site_begin,
	&gn_fbtype_own_site_draft,
	&gn_fbtype_own_site_file,
	&gn_fbtype_own_site_file_is,
	&gn_fbtype_own_site_drop,
	&gn_fbtype_own_site_commit,
	&gn_fbtype_own_site_step,
	&gn_fbtype_own_site_roll_back,
	&gn_fbtype_own_site_remove,
	&gn_fbtype_app_site,
};

#endif
