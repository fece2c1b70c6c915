/* Made by tools/fbc from app_node.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_NODE_FB_H
#define GN_WIRE_APP_NODE_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_app_node_body {
	GN_FB_APP_NODE_BODY_NONE = 0,
	GN_FB_APP_NODE_BODY_NODE_STATUS = 1,
	GN_FB_APP_NODE_BODY_NODE_STATUS_IS = 2,
	GN_FB_APP_NODE_BODY_NODE_SHUTDOWN = 3,
};

enum gn_fb_app_record_body {
	GN_FB_APP_RECORD_BODY_NONE = 0,
	GN_FB_APP_RECORD_BODY_RECORD_PUT = 1,
	GN_FB_APP_RECORD_BODY_RECORD_STORED = 2,
	GN_FB_APP_RECORD_BODY_RECORD_GET = 3,
	GN_FB_APP_RECORD_BODY_RECORD_VALUES = 4,
	GN_FB_APP_RECORD_BODY_NAME_RESOLVE = 5,
	GN_FB_APP_RECORD_BODY_NAME_IS = 6,
};

/* ---- NodeStatus ---- */

struct gn_fb_node_status {
	struct gn_fbt t;
};
struct gn_fb_node_status_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_node_status = {"NodeStatus", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_node_status_verify(struct gn_slice in, struct gn_fb_node_status *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_status, &out->t);
}
static inline gn_fbref gn_fb_node_status_make(struct gn_fbb *b, const struct gn_fb_node_status_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_status, args);
}

/* ---- NodeStatusIs ---- */

struct gn_fb_node_status_is {
	struct gn_fbt t;
};
struct gn_fb_node_status_is_args {
	struct gn_slice version;
	const struct gn_fb_hash *id;
	const struct gn_fb_key *key;
	struct {
		const struct gn_fb_addr *p;
		size_t count;
	} addrs;
	struct {
		const struct gn_slice *p;
		size_t count;
	} urls;
	struct gn_slice network;
	uint64_t uptime_s;
	bool joined;
	uint32_t sessions;
	uint32_t links;
	uint32_t estimate;
	/* Node's estimate of time, Unix milliseconds, and how far this machine's clock is off. */
	uint64_t time;
	int64_t clock_off_ms;
	/* What waits: next try in ms, share of the start-up work done in 1/100. */
	uint32_t retry_ms;
	uint8_t start_done;
	uint64_t rss;
	uint64_t records;
	uint64_t block_bytes;
	uint64_t box_bytes;
	uint64_t block_max;
	uint64_t box_max;
	float hops_predicted;
	float hops_observed;
};
static const struct gn_fb_field gn_fbfields_node_status_is[] = {
	{"version", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_status_is_args, version), 0, 0, false, UINT64_C(0x0), NULL, NULL},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_status_is_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_node_status_is_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL},
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_node_status_is_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL},
	{"urls", GN_FB_STRINGS, GN_FB_UINT, 4, offsetof(struct gn_fb_node_status_is_args, urls), 0, 0, false, UINT64_C(0x0), NULL, NULL},
	{"network", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_node_status_is_args, network), 0, 0, false, UINT64_C(0x0), NULL, NULL},
	{"uptime_s", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_node_status_is_args, uptime_s), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"joined", GN_FB_SCALAR, GN_FB_BOOL, 7, offsetof(struct gn_fb_node_status_is_args, joined), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"sessions", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_node_status_is_args, sessions), 0, 4, false, UINT64_C(0x0), NULL, NULL},
	{"links", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_node_status_is_args, links), 0, 4, false, UINT64_C(0x0), NULL, NULL},
	{"estimate", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_node_status_is_args, estimate), 0, 4, false, UINT64_C(0x0), NULL, NULL},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_node_status_is_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"clock_off_ms", GN_FB_SCALAR, GN_FB_INT, 12, offsetof(struct gn_fb_node_status_is_args, clock_off_ms), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_node_status_is_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL},
	{"start_done", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_node_status_is_args, start_done), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"rss", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_node_status_is_args, rss), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"records", GN_FB_SCALAR, GN_FB_UINT, 16, offsetof(struct gn_fb_node_status_is_args, records), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"block_bytes", GN_FB_SCALAR, GN_FB_UINT, 17, offsetof(struct gn_fb_node_status_is_args, block_bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"box_bytes", GN_FB_SCALAR, GN_FB_UINT, 18, offsetof(struct gn_fb_node_status_is_args, box_bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"block_max", GN_FB_SCALAR, GN_FB_UINT, 19, offsetof(struct gn_fb_node_status_is_args, block_max), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"box_max", GN_FB_SCALAR, GN_FB_UINT, 20, offsetof(struct gn_fb_node_status_is_args, box_max), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"hops_predicted", GN_FB_SCALAR, GN_FB_FLOAT, 21, offsetof(struct gn_fb_node_status_is_args, hops_predicted), 0, 4, false, UINT64_C(0x0), NULL, NULL},
	{"hops_observed", GN_FB_SCALAR, GN_FB_FLOAT, 22, offsetof(struct gn_fb_node_status_is_args, hops_observed), 0, 4, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_node_status_is = {"NodeStatusIs", NULL, gn_fbfields_node_status_is, 23};

GN_MUST static inline gn_err gn_fb_node_status_is_verify(struct gn_slice in, struct gn_fb_node_status_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_status_is, &out->t);
}
static inline gn_fbref gn_fb_node_status_is_make(struct gn_fbb *b, const struct gn_fb_node_status_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_status_is, args);
}
static inline bool gn_fb_node_status_is_has_version(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_status_is_version(struct gn_fb_node_status_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_node_status_is_has_id(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_node_status_is_id(struct gn_fb_node_status_is t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_node_status_is_has_key(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_node_status_is_key(struct gn_fb_node_status_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_status_is_has_addrs(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_node_status_is_addrs_len(struct gn_fb_node_status_is t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_addr gn_fb_node_status_is_addrs_at(struct gn_fb_node_status_is t, uint32_t i)
{
	struct gn_fb_addr v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_addr, i, &v);
	return v;
}
static inline bool gn_fb_node_status_is_has_urls(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_node_status_is_urls_len(struct gn_fb_node_status_is t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_slice gn_fb_node_status_is_urls_at(struct gn_fb_node_status_is t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 4, i);
}
static inline bool gn_fb_node_status_is_has_network(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_node_status_is_network(struct gn_fb_node_status_is t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline uint64_t gn_fb_node_status_is_uptime_s(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_joined(struct gn_fb_node_status_is t)
{
	return gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_node_status_is_sessions(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 8, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_links(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_estimate(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 10, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_time(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 11, 8, UINT64_C(0x0));
}
static inline int64_t gn_fb_node_status_is_clock_off_ms(struct gn_fb_node_status_is t)
{
	return (int64_t)gn_fbt_bits(t.t, 12, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_retry_ms(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 13, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_node_status_is_start_done(struct gn_fb_node_status_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 14, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_rss(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 15, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_records(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 16, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_block_bytes(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 17, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_box_bytes(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 18, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_block_max(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 19, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_box_max(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 20, 8, UINT64_C(0x0));
}
static inline float gn_fb_node_status_is_hops_predicted(struct gn_fb_node_status_is t)
{
	return gn_fb_float(gn_fbt_bits(t.t, 21, 4, UINT64_C(0x0)));
}
static inline float gn_fb_node_status_is_hops_observed(struct gn_fb_node_status_is t)
{
	return gn_fb_float(gn_fbt_bits(t.t, 22, 4, UINT64_C(0x0)));
}

/* ---- NodeShutdown ---- */

struct gn_fb_node_shutdown {
	struct gn_fbt t;
};
struct gn_fb_node_shutdown_args {
	uint32_t within_ms;
};
static const struct gn_fb_field gn_fbfields_node_shutdown[] = {
	{"within_ms", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_node_shutdown_args, within_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_node_shutdown = {"NodeShutdown", NULL, gn_fbfields_node_shutdown, 1};

GN_MUST static inline gn_err gn_fb_node_shutdown_verify(struct gn_slice in, struct gn_fb_node_shutdown *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_shutdown, &out->t);
}
static inline gn_fbref gn_fb_node_shutdown_make(struct gn_fbb *b, const struct gn_fb_node_shutdown_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_shutdown, args);
}
static inline uint32_t gn_fb_node_shutdown_within_ms(struct gn_fb_node_shutdown t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}

/* ---- RecordPut ---- */

/* `keep`: the node refreshes this very record until its ttl ends (a new version needs the signer). */
struct gn_fb_record_put {
	struct gn_fbt t;
};
struct gn_fb_record_put_args {
	struct gn_slice record;
	struct gn_slice token;
	uint8_t w;
	bool keep;
	bool compare;
	uint64_t compare_seq;
};
static const struct gn_fb_field gn_fbfields_record_put[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_record_put_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_record_put_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"w", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_put_args, w), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"keep", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_record_put_args, keep), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"compare", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_record_put_args, compare), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"compare_seq", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_record_put_args, compare_seq), 0, 8, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_record_put = {"RecordPut", NULL, gn_fbfields_record_put, 6};

GN_MUST static inline gn_err gn_fb_record_put_verify(struct gn_slice in, struct gn_fb_record_put *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_put, &out->t);
}
static inline gn_fbref gn_fb_record_put_make(struct gn_fbb *b, const struct gn_fb_record_put_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_put, args);
}
static inline bool gn_fb_record_put_has_record(struct gn_fb_record_put t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_record_put_record(struct gn_fb_record_put t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_record_put_has_token(struct gn_fb_record_put t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_record_put_token(struct gn_fb_record_put t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_record_put_w(struct gn_fb_record_put t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_record_put_keep(struct gn_fb_record_put t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_record_put_compare(struct gn_fb_record_put t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_record_put_compare_seq(struct gn_fb_record_put t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}

/* ---- RecordStored ---- */

/* `code`: QUORUM when fewer than w signed; what was reached stands beside it. */
struct gn_fb_record_stored {
	struct gn_fbt t;
};
struct gn_fb_record_stored_args {
	uint16_t code;
	const struct gn_fb_hash *key;
	uint64_t seq;
	struct {
		const gn_fbref *p;
		size_t count;
	} receipts; /* Receipt */
	uint8_t hops;
	uint32_t took_ms;
};
static const struct gn_fb_field gn_fbfields_record_stored[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_record_stored_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_record_stored_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_stored_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"receipts", GN_FB_TABLES, GN_FB_UINT, 3, offsetof(struct gn_fb_record_stored_args, receipts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_receipt}},
	{"hops", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_record_stored_args, hops), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"took_ms", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_record_stored_args, took_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_record_stored = {"RecordStored", NULL, gn_fbfields_record_stored, 6};

GN_MUST static inline gn_err gn_fb_record_stored_verify(struct gn_slice in, struct gn_fb_record_stored *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_stored, &out->t);
}
static inline gn_fbref gn_fb_record_stored_make(struct gn_fbb *b, const struct gn_fb_record_stored_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_stored, args);
}
static inline uint16_t gn_fb_record_stored_code(struct gn_fb_record_stored t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_record_stored_has_key(struct gn_fb_record_stored t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_record_stored_key(struct gn_fb_record_stored t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_record_stored_seq(struct gn_fb_record_stored t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_record_stored_has_receipts(struct gn_fb_record_stored t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_record_stored_receipts_len(struct gn_fb_record_stored t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_receipt gn_fb_record_stored_receipts_at(struct gn_fb_record_stored t, uint32_t i)
{
	return (struct gn_fb_receipt){gn_fbt_table_at(t.t, 3, i)};
}
static inline uint8_t gn_fb_record_stored_hops(struct gn_fb_record_stored t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_record_stored_took_ms(struct gn_fb_record_stored t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}

/* ---- RecordGet ---- */

/* `quorum` 1: first valid; `min_seq`; sets: pages by owner. */
struct gn_fb_record_get {
	struct gn_fbt t;
};
struct gn_fb_record_get_args {
	const struct gn_fb_hash *key;
	uint16_t type;
	uint8_t quorum;
	uint64_t min_seq;
	const struct gn_fb_key *after;
	bool local;
	uint32_t fresh_s;
};
static const struct gn_fb_field gn_fbfields_record_get[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_record_get_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL},
	{"type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_record_get_args, type), 0, 2, false, UINT64_C(0x0), NULL, NULL},
	{"quorum", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_get_args, quorum), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"min_seq", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_record_get_args, min_seq), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"after", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_record_get_args, after), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL},
	{"local", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_record_get_args, local), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"fresh_s", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_record_get_args, fresh_s), 0, 4, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_record_get = {"RecordGet", NULL, gn_fbfields_record_get, 7};

GN_MUST static inline gn_err gn_fb_record_get_verify(struct gn_slice in, struct gn_fb_record_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_get, &out->t);
}
static inline gn_fbref gn_fb_record_get_make(struct gn_fbb *b, const struct gn_fb_record_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_get, args);
}
static inline bool gn_fb_record_get_has_key(struct gn_fb_record_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_record_get_key(struct gn_fb_record_get t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint16_t gn_fb_record_get_type(struct gn_fb_record_get t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_record_get_quorum(struct gn_fb_record_get t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_record_get_min_seq(struct gn_fb_record_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_record_get_has_after(struct gn_fb_record_get t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_key gn_fb_record_get_after(struct gn_fb_record_get t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_record_get_local(struct gn_fb_record_get t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_record_get_fresh_s(struct gn_fb_record_get t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}

/* ---- RecordValue ---- */

struct gn_fb_record_value {
	struct gn_fbt t;
};
struct gn_fb_record_value_args {
	struct gn_slice record;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} holders;
};
static const struct gn_fb_field gn_fbfields_record_value[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_record_value_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL},
	{"holders", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_record_value_args, holders), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL},
};
static const struct gn_fb_type gn_fbtype_record_value = {"RecordValue", NULL, gn_fbfields_record_value, 2};

GN_MUST static inline gn_err gn_fb_record_value_verify(struct gn_slice in, struct gn_fb_record_value *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_value, &out->t);
}
static inline gn_fbref gn_fb_record_value_make(struct gn_fbb *b, const struct gn_fb_record_value_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_value, args);
}
static inline bool gn_fb_record_value_has_record(struct gn_fb_record_value t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_record_value_record(struct gn_fb_record_value t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_record_value_has_holders(struct gn_fb_record_value t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_record_value_holders_len(struct gn_fb_record_value t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_record_value_holders_at(struct gn_fb_record_value t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_record_value_holders_bytes(struct gn_fb_record_value t)
{
	return gn_fbt_elements(t.t, 1, 32);
}

/* ---- RecordValues ---- */

struct gn_fb_record_values {
	struct gn_fbt t;
};
struct gn_fb_record_values_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} values; /* RecordValue */
	const struct gn_fb_key *after;
	bool more;
	uint8_t asked;
	uint8_t answered;
	uint32_t took_ms;
};
static const struct gn_fb_field gn_fbfields_record_values[] = {
	{"values", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_record_values_args, values), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_record_value}},
	{"after", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_record_values_args, after), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_record_values_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"asked", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_record_values_args, asked), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"answered", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_record_values_args, answered), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"took_ms", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_record_values_args, took_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_record_values = {"RecordValues", NULL, gn_fbfields_record_values, 6};

GN_MUST static inline gn_err gn_fb_record_values_verify(struct gn_slice in, struct gn_fb_record_values *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_values, &out->t);
}
static inline gn_fbref gn_fb_record_values_make(struct gn_fbb *b, const struct gn_fb_record_values_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_values, args);
}
static inline bool gn_fb_record_values_has_values(struct gn_fb_record_values t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_record_values_values_len(struct gn_fb_record_values t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_record_value gn_fb_record_values_values_at(struct gn_fb_record_values t, uint32_t i)
{
	return (struct gn_fb_record_value){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_record_values_has_after(struct gn_fb_record_values t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_record_values_after(struct gn_fb_record_values t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_record_values_more(struct gn_fb_record_values t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline uint8_t gn_fb_record_values_asked(struct gn_fb_record_values t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_record_values_answered(struct gn_fb_record_values t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_record_values_took_ms(struct gn_fb_record_values t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}

/* ---- NameResolve ---- */

struct gn_fb_name_resolve {
	struct gn_fbt t;
};
struct gn_fb_name_resolve_args {
	struct gn_slice name;
	bool fresh;
};
static const struct gn_fb_field gn_fbfields_name_resolve[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_name_resolve_args, name), 0, 0, true, UINT64_C(0x0), NULL, NULL},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_name_resolve_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_name_resolve = {"NameResolve", NULL, gn_fbfields_name_resolve, 2};

GN_MUST static inline gn_err gn_fb_name_resolve_verify(struct gn_slice in, struct gn_fb_name_resolve *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_resolve, &out->t);
}
static inline gn_fbref gn_fb_name_resolve_make(struct gn_fbb *b, const struct gn_fb_name_resolve_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_resolve, args);
}
static inline bool gn_fb_name_resolve_has_name(struct gn_fb_name_resolve t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_name_resolve_name(struct gn_fb_name_resolve t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_name_resolve_fresh(struct gn_fb_name_resolve t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- NameEntry ---- */

struct gn_fb_name_entry {
	struct gn_fbt t;
};
struct gn_fb_name_entry_args {
	uint16_t type;
	struct gn_slice value;
	uint32_t ttl;
};
static const struct gn_fb_field gn_fbfields_name_entry[] = {
	{"type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_name_entry_args, type), 0, 2, false, UINT64_C(0x0), NULL, NULL},
	{"value", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_name_entry_args, value), 0, 0, false, UINT64_C(0x0), NULL, NULL},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_name_entry_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_name_entry = {"NameEntry", NULL, gn_fbfields_name_entry, 3};

GN_MUST static inline gn_err gn_fb_name_entry_verify(struct gn_slice in, struct gn_fb_name_entry *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_entry, &out->t);
}
static inline gn_fbref gn_fb_name_entry_make(struct gn_fbb *b, const struct gn_fb_name_entry_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_entry, args);
}
static inline uint16_t gn_fb_name_entry_type(struct gn_fb_name_entry t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_name_entry_has_value(struct gn_fb_name_entry t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_name_entry_value(struct gn_fb_name_entry t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_name_entry_ttl(struct gn_fb_name_entry t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- NameIs ---- */

struct gn_fb_name_is {
	struct gn_fbt t;
};
struct gn_fb_name_is_args {
	struct gn_slice name;
	uint8_t form;
	const struct gn_fb_key *owner;
	const struct gn_fb_key *pinned;
	uint64_t seq;
	uint64_t expires;
	struct {
		const gn_fbref *p;
		size_t count;
	} entries; /* NameEntry */
	struct gn_slice record;
	uint8_t holders;
};
static const struct gn_fb_field gn_fbfields_name_is[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_name_is_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL},
	{"form", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_name_is_args, form), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_name_is_args, owner), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL},
	{"pinned", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_name_is_args, pinned), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_name_is_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_name_is_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL},
	{"entries", GN_FB_TABLES, GN_FB_UINT, 6, offsetof(struct gn_fb_name_is_args, entries), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_name_entry}},
	{"record", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_name_is_args, record), 0, 1, false, UINT64_C(0x0), NULL, NULL},
	{"holders", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_name_is_args, holders), 0, 1, false, UINT64_C(0x0), NULL, NULL},
};
static const struct gn_fb_type gn_fbtype_name_is = {"NameIs", NULL, gn_fbfields_name_is, 9};

GN_MUST static inline gn_err gn_fb_name_is_verify(struct gn_slice in, struct gn_fb_name_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_is, &out->t);
}
static inline gn_fbref gn_fb_name_is_make(struct gn_fbb *b, const struct gn_fb_name_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_is, args);
}
static inline bool gn_fb_name_is_has_name(struct gn_fb_name_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_name_is_name(struct gn_fb_name_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint8_t gn_fb_name_is_form(struct gn_fb_name_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_name_is_has_owner(struct gn_fb_name_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_name_is_owner(struct gn_fb_name_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_name_is_has_pinned(struct gn_fb_name_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_name_is_pinned(struct gn_fb_name_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_name_is_seq(struct gn_fb_name_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_name_is_expires(struct gn_fb_name_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline bool gn_fb_name_is_has_entries(struct gn_fb_name_is t)
{
	return gn_fbt_has(t.t, 6);
}
static inline uint32_t gn_fb_name_is_entries_len(struct gn_fb_name_is t)
{
	return gn_fbt_count(t.t, 6);
}
static inline struct gn_fb_name_entry gn_fb_name_is_entries_at(struct gn_fb_name_is t, uint32_t i)
{
	return (struct gn_fb_name_entry){gn_fbt_table_at(t.t, 6, i)};
}
static inline bool gn_fb_name_is_has_record(struct gn_fb_name_is t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_name_is_record(struct gn_fb_name_is t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline uint8_t gn_fb_name_is_holders(struct gn_fb_name_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0));
}

/* ---- AppNode ---- */

struct gn_fb_app_node {
	struct gn_fbt t;
};
struct gn_fb_app_node_args {
	uint8_t body_type; /* GN_FB_APP_NODE_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_node[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_node_args, body_type), 0, 1, false, 0, NULL, NULL},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_node_args, body), 3, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_status, &gn_fbtype_node_status_is, &gn_fbtype_node_shutdown}},
};
static const struct gn_fb_type gn_fbtype_app_node = {"AppNode", NULL, gn_fbfields_app_node, 2};

GN_MUST static inline gn_err gn_fb_app_node_verify(struct gn_slice in, struct gn_fb_app_node *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_node, &out->t);
}
static inline gn_fbref gn_fb_app_node_make(struct gn_fbb *b, const struct gn_fb_app_node_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_node, args);
}
static inline bool gn_fb_app_node_has_body(struct gn_fb_app_node t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_node_body_type(struct gn_fb_app_node t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_node_status gn_fb_app_node_body_as_node_status(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_status){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_STATUS)};
}
static inline struct gn_fb_node_status_is gn_fb_app_node_body_as_node_status_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_status_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_STATUS_IS)};
}
static inline struct gn_fb_node_shutdown gn_fb_app_node_body_as_node_shutdown(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_shutdown){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_SHUTDOWN)};
}

/* ---- AppRecord ---- */

struct gn_fb_app_record {
	struct gn_fbt t;
};
struct gn_fb_app_record_args {
	uint8_t body_type; /* GN_FB_APP_RECORD_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_record[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_record_args, body_type), 0, 1, false, 0, NULL, NULL},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_record_args, body), 6, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_record_put, &gn_fbtype_record_stored, &gn_fbtype_record_get, &gn_fbtype_record_values, &gn_fbtype_name_resolve, &gn_fbtype_name_is}},
};
static const struct gn_fb_type gn_fbtype_app_record = {"AppRecord", NULL, gn_fbfields_app_record, 2};

GN_MUST static inline gn_err gn_fb_app_record_verify(struct gn_slice in, struct gn_fb_app_record *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_record, &out->t);
}
static inline gn_fbref gn_fb_app_record_make(struct gn_fbb *b, const struct gn_fb_app_record_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_record, args);
}
static inline bool gn_fb_app_record_has_body(struct gn_fb_app_record t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_record_body_type(struct gn_fb_app_record t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_record_put gn_fb_app_record_body_as_record_put(struct gn_fb_app_record t)
{
	return (struct gn_fb_record_put){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_RECORD_PUT)};
}
static inline struct gn_fb_record_stored gn_fb_app_record_body_as_record_stored(struct gn_fb_app_record t)
{
	return (struct gn_fb_record_stored){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_RECORD_STORED)};
}
static inline struct gn_fb_record_get gn_fb_app_record_body_as_record_get(struct gn_fb_app_record t)
{
	return (struct gn_fb_record_get){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_RECORD_GET)};
}
static inline struct gn_fb_record_values gn_fb_app_record_body_as_record_values(struct gn_fb_app_record t)
{
	return (struct gn_fb_record_values){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_RECORD_VALUES)};
}
static inline struct gn_fb_name_resolve gn_fb_app_record_body_as_name_resolve(struct gn_fb_app_record t)
{
	return (struct gn_fb_name_resolve){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_NAME_RESOLVE)};
}
static inline struct gn_fb_name_is gn_fb_app_record_body_as_name_is(struct gn_fb_app_record t)
{
	return (struct gn_fb_name_is){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_NAME_IS)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_node[] = {
	&gn_fbtype_node_status,
	&gn_fbtype_node_status_is,
	&gn_fbtype_node_shutdown,
	&gn_fbtype_record_put,
	&gn_fbtype_record_stored,
	&gn_fbtype_record_get,
	&gn_fbtype_record_value,
	&gn_fbtype_record_values,
	&gn_fbtype_name_resolve,
	&gn_fbtype_name_entry,
	&gn_fbtype_name_is,
	&gn_fbtype_app_node,
	&gn_fbtype_app_record,
};

#endif
