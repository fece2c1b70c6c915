/* Made by tools/fbc from app_node.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_NODE_FB_H
#define GN_WIRE_APP_NODE_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

/* Moved: a session goes another way (its peer says which, and why). */
enum gn_fb_node_event_kind {
	GN_FB_NODE_EVENT_KIND_STATUS = 0,
	GN_FB_NODE_EVENT_KIND_LINKED = 1,
	GN_FB_NODE_EVENT_KIND_UNLINKED = 2,
	GN_FB_NODE_EVENT_KIND_LOOKED = 3,
	GN_FB_NODE_EVENT_KIND_MOVED = 4,
};

static const struct gn_fb_word gn_fbwords_node_event_kind[] = {{"status", 0}, {"linked", 1}, {"unlinked", 2}, {"looked", 3}, {"moved", 4}, {NULL, 0}};

enum gn_fb_app_node_body {
	GN_FB_APP_NODE_BODY_NONE = 0,
	GN_FB_APP_NODE_BODY_NODE_STATUS = 1,
	GN_FB_APP_NODE_BODY_NODE_STATUS_IS = 2,
	GN_FB_APP_NODE_BODY_NODE_SHUTDOWN = 3,
	GN_FB_APP_NODE_BODY_NODE_PEERS = 4,
	GN_FB_APP_NODE_BODY_NODE_PEERS_IS = 5,
	GN_FB_APP_NODE_BODY_NODE_LOOKUPS = 6,
	GN_FB_APP_NODE_BODY_NODE_LOOKUPS_IS = 7,
	GN_FB_APP_NODE_BODY_NODE_COUNTERS = 8,
	GN_FB_APP_NODE_BODY_NODE_COUNTERS_IS = 9,
	GN_FB_APP_NODE_BODY_NODE_PING = 10,
	GN_FB_APP_NODE_BODY_NODE_PING_IS = 11,
	GN_FB_APP_NODE_BODY_NODE_NETCHECK = 12,
	GN_FB_APP_NODE_BODY_NODE_NETCHECK_IS = 13,
	GN_FB_APP_NODE_BODY_NODE_GIVE = 14,
	GN_FB_APP_NODE_BODY_NODE_GIVE_IS = 15,
	GN_FB_APP_NODE_BODY_NODE_REFUSE = 16,
	GN_FB_APP_NODE_BODY_NODE_REFUSED = 17,
	GN_FB_APP_NODE_BODY_NODE_REFUSED_IS = 18,
	GN_FB_APP_NODE_BODY_NODE_PATH = 19,
	GN_FB_APP_NODE_BODY_NODE_PATH_IS = 20,
	GN_FB_APP_NODE_BODY_NODE_DISK = 21,
	GN_FB_APP_NODE_BODY_NODE_DISK_IS = 22,
	GN_FB_APP_NODE_BODY_NODE_BOXES = 23,
	GN_FB_APP_NODE_BODY_NODE_BOXES_IS = 24,
};

enum gn_fb_app_record_body {
	GN_FB_APP_RECORD_BODY_NONE = 0,
	GN_FB_APP_RECORD_BODY_RECORD_PUT = 1,
	GN_FB_APP_RECORD_BODY_RECORD_STORED = 2,
	GN_FB_APP_RECORD_BODY_RECORD_GET = 3,
	GN_FB_APP_RECORD_BODY_RECORD_VALUES = 4,
	GN_FB_APP_RECORD_BODY_NAME_RESOLVE = 5,
	GN_FB_APP_RECORD_BODY_NAME_IS = 6,
	GN_FB_APP_RECORD_BODY_NAME_PUT = 7,
	GN_FB_APP_RECORD_BODY_NAME_STORED = 8,
	GN_FB_APP_RECORD_BODY_RECORD_FIND = 9,
	GN_FB_APP_RECORD_BODY_RECORD_FOUND = 10,
};

enum gn_fb_app_event_body {
	GN_FB_APP_EVENT_BODY_NONE = 0,
	GN_FB_APP_EVENT_BODY_EVENTS_ON = 1,
	GN_FB_APP_EVENT_BODY_EVENTS_OFF = 2,
	GN_FB_APP_EVENT_BODY_NODE_EVENT = 3,
};

enum gn_fb_app_file_body {
	GN_FB_APP_FILE_BODY_NONE = 0,
	GN_FB_APP_FILE_BODY_FILE_ADD = 1,
	GN_FB_APP_FILE_BODY_FILE_ADDED = 2,
	GN_FB_APP_FILE_BODY_FILE_GET = 3,
	GN_FB_APP_FILE_BODY_FILE_IS = 4,
	GN_FB_APP_FILE_BODY_BLOCKS_SPREAD = 5,
	GN_FB_APP_FILE_BODY_PROGRESS = 6,
	GN_FB_APP_FILE_BODY_SITE_GET = 7,
	GN_FB_APP_FILE_BODY_SITE_IS = 8,
	GN_FB_APP_FILE_BODY_SITES_LIST = 9,
	GN_FB_APP_FILE_BODY_SITES_LIST_IS = 10,
	GN_FB_APP_FILE_BODY_SITE_UNPUBLISH = 11,
};

enum gn_fb_app_stream_body {
	GN_FB_APP_STREAM_BODY_NONE = 0,
	GN_FB_APP_STREAM_BODY_STREAM_DATA = 1,
	GN_FB_APP_STREAM_BODY_STREAM_GRANT = 2,
	GN_FB_APP_STREAM_BODY_STREAM_END = 3,
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

/* ---- NodeBegin ---- */

/* Where the node begins, and whether it answered. */
struct gn_fb_node_begin {
	struct gn_fbt t;
};
struct gn_fb_node_begin_args {
	struct gn_slice host;
	bool answered;
	struct {
		const struct gn_slice *p;
		size_t count;
	} addrs;
};
static const struct gn_fb_field gn_fbfields_node_begin[] = {
	{"host", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_begin_args, host), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"answered", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_node_begin_args, answered), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"addrs", GN_FB_STRINGS, GN_FB_UINT, 2, offsetof(struct gn_fb_node_begin_args, addrs), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_begin = {"NodeBegin", NULL, gn_fbfields_node_begin, 3};

GN_MUST static inline gn_err gn_fb_node_begin_verify(struct gn_slice in, struct gn_fb_node_begin *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_begin, &out->t);
}
static inline gn_fbref gn_fb_node_begin_make(struct gn_fbb *b, const struct gn_fb_node_begin_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_begin, args);
}
static inline bool gn_fb_node_begin_has_host(struct gn_fb_node_begin t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_begin_host(struct gn_fb_node_begin t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_node_begin_answered(struct gn_fb_node_begin t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_begin_has_addrs(struct gn_fb_node_begin t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_node_begin_addrs_len(struct gn_fb_node_begin t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_slice gn_fb_node_begin_addrs_at(struct gn_fb_node_begin t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 2, i);
}

/* ---- NodeClock ---- */

struct gn_fb_node_clock {
	struct gn_fbt t;
};
struct gn_fb_node_clock_args {
	int64_t ahead_s;
	uint32_t peers;
	bool used;
	struct gn_slice text;
};
static const struct gn_fb_field gn_fbfields_node_clock[] = {
	{"ahead_s", GN_FB_SCALAR, GN_FB_INT, 0, offsetof(struct gn_fb_node_clock_args, ahead_s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peers", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_clock_args, peers), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"used", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_node_clock_args, used), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_node_clock_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_clock = {"NodeClock", NULL, gn_fbfields_node_clock, 4};

GN_MUST static inline gn_err gn_fb_node_clock_verify(struct gn_slice in, struct gn_fb_node_clock *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_clock, &out->t);
}
static inline gn_fbref gn_fb_node_clock_make(struct gn_fbb *b, const struct gn_fb_node_clock_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_clock, args);
}
static inline int64_t gn_fb_node_clock_ahead_s(struct gn_fb_node_clock t)
{
	return (int64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_clock_peers(struct gn_fb_node_clock t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_clock_used(struct gn_fb_node_clock t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_clock_has_text(struct gn_fb_node_clock t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_node_clock_text(struct gn_fb_node_clock t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- NodeTurn ---- */

struct gn_fb_node_turn {
	struct gn_fbt t;
};
struct gn_fb_node_turn_args {
	struct gn_slice server;
	struct gn_slice state;
	struct gn_slice address;
	struct gn_slice why;
};
static const struct gn_fb_field gn_fbfields_node_turn[] = {
	{"server", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_turn_args, server), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"state", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_node_turn_args, state), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"address", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_node_turn_args, address), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_node_turn_args, why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_turn = {"NodeTurn", NULL, gn_fbfields_node_turn, 4};

GN_MUST static inline gn_err gn_fb_node_turn_verify(struct gn_slice in, struct gn_fb_node_turn *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_turn, &out->t);
}
static inline gn_fbref gn_fb_node_turn_make(struct gn_fbb *b, const struct gn_fb_node_turn_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_turn, args);
}
static inline bool gn_fb_node_turn_has_server(struct gn_fb_node_turn t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_turn_server(struct gn_fb_node_turn t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_node_turn_has_state(struct gn_fb_node_turn t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_node_turn_state(struct gn_fb_node_turn t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_node_turn_has_address(struct gn_fb_node_turn t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_node_turn_address(struct gn_fb_node_turn t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_node_turn_has_why(struct gn_fb_node_turn t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_node_turn_why(struct gn_fb_node_turn t)
{
	return gn_fbt_bytes(t.t, 3);
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
	/* Of UDP; of HTTP on localhost, 0: none. */
	uint16_t port;
	uint16_t http;
	/* The node's folder, for who owns it. */
	struct gn_slice data;
	uint32_t pid;
	bool server;
	double size;
	uint8_t hops_max;
	uint8_t hops_p99;
	/* founder, alone, joining, joined: a word of docs/spec/node.md. */
	struct gn_slice reach;
	struct {
		const gn_fbref *p;
		size_t count;
	} bootstrap; /* NodeBegin */
	uint8_t pow_bits;
	bool other_work;
	uint8_t w;
	uint16_t leaf_cw;
	uint16_t leaf_ccw;
	uint32_t known;
	uint64_t record_bytes;
	uint32_t expired;
	/* Absent: this machine's clock is right as far as peers say. */
	gn_fbref clock; /* NodeClock */
	uint32_t blocks;
	uint32_t blocks_own;
	uint32_t blocks_held;
	uint64_t block_cached;
	uint64_t sent;
	uint64_t received;
	uint64_t lookups;
	uint64_t lookups_failed;
	/* How others reach it, as it was found to be: unknown, direct, easy, hard, no-udp (docs/spec/reach.md
	 * RE-40), and for how long. */
	struct gn_slice reached;
	uint64_t reached_s;
	/* Throwaway keys (docs/spec/reach.md RE-55): yes, strict or no; contexts and their sessions now, how
	 * many of these go without a relay. */
	struct gn_slice fresh;
	uint32_t fresh_contexts;
	uint32_t fresh_sessions;
	uint32_t fresh_direct;
	/* The TURN server whose address is used, too (docs/spec/reach.md RE-47): its name, what stands
	 * (wait, open, ask, live), the address, why there is none. */
	gn_fbref turn; /* NodeTurn */
};
static const struct gn_fb_field gn_fbfields_node_status_is[] = {
	{"version", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_status_is_args, version), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_status_is_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_node_status_is_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_node_status_is_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"urls", GN_FB_STRINGS, GN_FB_UINT, 4, offsetof(struct gn_fb_node_status_is_args, urls), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"network", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_node_status_is_args, network), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"uptime_s", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_node_status_is_args, uptime_s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"joined", GN_FB_SCALAR, GN_FB_BOOL, 7, offsetof(struct gn_fb_node_status_is_args, joined), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sessions", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_node_status_is_args, sessions), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"links", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_node_status_is_args, links), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"estimate", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_node_status_is_args, estimate), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_node_status_is_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"clock_off_ms", GN_FB_SCALAR, GN_FB_INT, 12, offsetof(struct gn_fb_node_status_is_args, clock_off_ms), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_node_status_is_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"start_done", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_node_status_is_args, start_done), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rss", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_node_status_is_args, rss), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"records", GN_FB_SCALAR, GN_FB_UINT, 16, offsetof(struct gn_fb_node_status_is_args, records), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"block_bytes", GN_FB_SCALAR, GN_FB_UINT, 17, offsetof(struct gn_fb_node_status_is_args, block_bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"box_bytes", GN_FB_SCALAR, GN_FB_UINT, 18, offsetof(struct gn_fb_node_status_is_args, box_bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"block_max", GN_FB_SCALAR, GN_FB_UINT, 19, offsetof(struct gn_fb_node_status_is_args, block_max), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"box_max", GN_FB_SCALAR, GN_FB_UINT, 20, offsetof(struct gn_fb_node_status_is_args, box_max), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops_predicted", GN_FB_SCALAR, GN_FB_FLOAT, 21, offsetof(struct gn_fb_node_status_is_args, hops_predicted), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops_observed", GN_FB_SCALAR, GN_FB_FLOAT, 22, offsetof(struct gn_fb_node_status_is_args, hops_observed), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"port", GN_FB_SCALAR, GN_FB_UINT, 23, offsetof(struct gn_fb_node_status_is_args, port), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"http", GN_FB_SCALAR, GN_FB_UINT, 24, offsetof(struct gn_fb_node_status_is_args, http), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"data", GN_FB_STRING, GN_FB_UINT, 25, offsetof(struct gn_fb_node_status_is_args, data), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pid", GN_FB_SCALAR, GN_FB_UINT, 26, offsetof(struct gn_fb_node_status_is_args, pid), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"server", GN_FB_SCALAR, GN_FB_BOOL, 27, offsetof(struct gn_fb_node_status_is_args, server), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_FLOAT, 28, offsetof(struct gn_fb_node_status_is_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops_max", GN_FB_SCALAR, GN_FB_UINT, 29, offsetof(struct gn_fb_node_status_is_args, hops_max), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops_p99", GN_FB_SCALAR, GN_FB_UINT, 30, offsetof(struct gn_fb_node_status_is_args, hops_p99), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reach", GN_FB_STRING, GN_FB_UINT, 31, offsetof(struct gn_fb_node_status_is_args, reach), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bootstrap", GN_FB_TABLES, GN_FB_UINT, 32, offsetof(struct gn_fb_node_status_is_args, bootstrap), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_begin}, NULL, false},
	{"pow_bits", GN_FB_SCALAR, GN_FB_UINT, 33, offsetof(struct gn_fb_node_status_is_args, pow_bits), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"other_work", GN_FB_SCALAR, GN_FB_BOOL, 34, offsetof(struct gn_fb_node_status_is_args, other_work), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"w", GN_FB_SCALAR, GN_FB_UINT, 35, offsetof(struct gn_fb_node_status_is_args, w), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"leaf_cw", GN_FB_SCALAR, GN_FB_UINT, 36, offsetof(struct gn_fb_node_status_is_args, leaf_cw), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"leaf_ccw", GN_FB_SCALAR, GN_FB_UINT, 37, offsetof(struct gn_fb_node_status_is_args, leaf_ccw), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"known", GN_FB_SCALAR, GN_FB_UINT, 38, offsetof(struct gn_fb_node_status_is_args, known), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"record_bytes", GN_FB_SCALAR, GN_FB_UINT, 39, offsetof(struct gn_fb_node_status_is_args, record_bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expired", GN_FB_SCALAR, GN_FB_UINT, 40, offsetof(struct gn_fb_node_status_is_args, expired), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"clock", GN_FB_TABLE, GN_FB_UINT, 41, offsetof(struct gn_fb_node_status_is_args, clock), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_clock}, NULL, false},
	{"blocks", GN_FB_SCALAR, GN_FB_UINT, 42, offsetof(struct gn_fb_node_status_is_args, blocks), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"blocks_own", GN_FB_SCALAR, GN_FB_UINT, 43, offsetof(struct gn_fb_node_status_is_args, blocks_own), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"blocks_held", GN_FB_SCALAR, GN_FB_UINT, 44, offsetof(struct gn_fb_node_status_is_args, blocks_held), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"block_cached", GN_FB_SCALAR, GN_FB_UINT, 45, offsetof(struct gn_fb_node_status_is_args, block_cached), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sent", GN_FB_SCALAR, GN_FB_UINT, 46, offsetof(struct gn_fb_node_status_is_args, sent), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"received", GN_FB_SCALAR, GN_FB_UINT, 47, offsetof(struct gn_fb_node_status_is_args, received), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lookups", GN_FB_SCALAR, GN_FB_UINT, 48, offsetof(struct gn_fb_node_status_is_args, lookups), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lookups_failed", GN_FB_SCALAR, GN_FB_UINT, 49, offsetof(struct gn_fb_node_status_is_args, lookups_failed), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reached", GN_FB_STRING, GN_FB_UINT, 50, offsetof(struct gn_fb_node_status_is_args, reached), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reached_s", GN_FB_SCALAR, GN_FB_UINT, 51, offsetof(struct gn_fb_node_status_is_args, reached_s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_STRING, GN_FB_UINT, 52, offsetof(struct gn_fb_node_status_is_args, fresh), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh_contexts", GN_FB_SCALAR, GN_FB_UINT, 53, offsetof(struct gn_fb_node_status_is_args, fresh_contexts), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh_sessions", GN_FB_SCALAR, GN_FB_UINT, 54, offsetof(struct gn_fb_node_status_is_args, fresh_sessions), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh_direct", GN_FB_SCALAR, GN_FB_UINT, 55, offsetof(struct gn_fb_node_status_is_args, fresh_direct), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"turn", GN_FB_TABLE, GN_FB_UINT, 56, offsetof(struct gn_fb_node_status_is_args, turn), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_turn}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_status_is = {"NodeStatusIs", NULL, gn_fbfields_node_status_is, 57};

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
static inline uint16_t gn_fb_node_status_is_port(struct gn_fb_node_status_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 23, 2, UINT64_C(0x0));
}
static inline uint16_t gn_fb_node_status_is_http(struct gn_fb_node_status_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 24, 2, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_has_data(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 25);
}
static inline struct gn_slice gn_fb_node_status_is_data(struct gn_fb_node_status_is t)
{
	return gn_fbt_bytes(t.t, 25);
}
static inline uint32_t gn_fb_node_status_is_pid(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 26, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_server(struct gn_fb_node_status_is t)
{
	return gn_fbt_bits(t.t, 27, 1, UINT64_C(0x0)) != 0;
}
static inline double gn_fb_node_status_is_size(struct gn_fb_node_status_is t)
{
	return gn_fb_double(gn_fbt_bits(t.t, 28, 8, UINT64_C(0x0)));
}
static inline uint8_t gn_fb_node_status_is_hops_max(struct gn_fb_node_status_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 29, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_node_status_is_hops_p99(struct gn_fb_node_status_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 30, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_has_reach(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 31);
}
static inline struct gn_slice gn_fb_node_status_is_reach(struct gn_fb_node_status_is t)
{
	return gn_fbt_bytes(t.t, 31);
}
static inline bool gn_fb_node_status_is_has_bootstrap(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 32);
}
static inline uint32_t gn_fb_node_status_is_bootstrap_len(struct gn_fb_node_status_is t)
{
	return gn_fbt_count(t.t, 32);
}
static inline struct gn_fb_node_begin gn_fb_node_status_is_bootstrap_at(struct gn_fb_node_status_is t, uint32_t i)
{
	return (struct gn_fb_node_begin){gn_fbt_table_at(t.t, 32, i)};
}
static inline uint8_t gn_fb_node_status_is_pow_bits(struct gn_fb_node_status_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 33, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_other_work(struct gn_fb_node_status_is t)
{
	return gn_fbt_bits(t.t, 34, 1, UINT64_C(0x0)) != 0;
}
static inline uint8_t gn_fb_node_status_is_w(struct gn_fb_node_status_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 35, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_node_status_is_leaf_cw(struct gn_fb_node_status_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 36, 2, UINT64_C(0x0));
}
static inline uint16_t gn_fb_node_status_is_leaf_ccw(struct gn_fb_node_status_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 37, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_known(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 38, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_record_bytes(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 39, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_expired(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 40, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_has_clock(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 41);
}
static inline struct gn_fb_node_clock gn_fb_node_status_is_clock(struct gn_fb_node_status_is t)
{
	return (struct gn_fb_node_clock){gn_fbt_table(t.t, 41)};
}
static inline uint32_t gn_fb_node_status_is_blocks(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 42, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_blocks_own(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 43, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_blocks_held(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 44, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_block_cached(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 45, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_sent(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 46, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_received(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 47, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_lookups(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 48, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_status_is_lookups_failed(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 49, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_has_reached(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 50);
}
static inline struct gn_slice gn_fb_node_status_is_reached(struct gn_fb_node_status_is t)
{
	return gn_fbt_bytes(t.t, 50);
}
static inline uint64_t gn_fb_node_status_is_reached_s(struct gn_fb_node_status_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 51, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_has_fresh(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 52);
}
static inline struct gn_slice gn_fb_node_status_is_fresh(struct gn_fb_node_status_is t)
{
	return gn_fbt_bytes(t.t, 52);
}
static inline uint32_t gn_fb_node_status_is_fresh_contexts(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 53, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_fresh_sessions(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 54, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_status_is_fresh_direct(struct gn_fb_node_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 55, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_status_is_has_turn(struct gn_fb_node_status_is t)
{
	return gn_fbt_has(t.t, 56);
}
static inline struct gn_fb_node_turn gn_fb_node_status_is_turn(struct gn_fb_node_status_is t)
{
	return (struct gn_fb_node_turn){gn_fbt_table(t.t, 56)};
}

/* ---- LookupStep ---- */

/* One request of a lookup. `code` is of base/err.def. */
struct gn_fb_lookup_step {
	struct gn_fbt t;
};
struct gn_fb_lookup_step_args {
	const struct gn_fb_hash *node;
	const struct gn_fb_addr *addr;
	uint8_t depth;
	uint16_t code;
	uint64_t at_us;
	uint64_t rtt_us;
	/* Who named it; absent: this node knew it. */
	const struct gn_fb_hash *named_by;
};
static const struct gn_fb_field gn_fbfields_lookup_step[] = {
	{"node", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_lookup_step_args, node), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"addr", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_lookup_step_args, addr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"depth", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_lookup_step_args, depth), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_lookup_step_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"at_us", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_lookup_step_args, at_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rtt_us", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_lookup_step_args, rtt_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"named_by", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_lookup_step_args, named_by), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_lookup_step = {"LookupStep", NULL, gn_fbfields_lookup_step, 7};

GN_MUST static inline gn_err gn_fb_lookup_step_verify(struct gn_slice in, struct gn_fb_lookup_step *out)
{
	return gn_fb_verify(in, &gn_fbtype_lookup_step, &out->t);
}
static inline gn_fbref gn_fb_lookup_step_make(struct gn_fbb *b, const struct gn_fb_lookup_step_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_lookup_step, args);
}
static inline bool gn_fb_lookup_step_has_node(struct gn_fb_lookup_step t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_lookup_step_node(struct gn_fb_lookup_step t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_lookup_step_has_addr(struct gn_fb_lookup_step t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_lookup_step_addr(struct gn_fb_lookup_step t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}
static inline uint8_t gn_fb_lookup_step_depth(struct gn_fb_lookup_step t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_lookup_step_code(struct gn_fb_lookup_step t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_lookup_step_at_us(struct gn_fb_lookup_step t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_lookup_step_rtt_us(struct gn_fb_lookup_step t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline bool gn_fb_lookup_step_has_named_by(struct gn_fb_lookup_step t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_hash gn_fb_lookup_step_named_by(struct gn_fb_lookup_step t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_hash, &v);
	return v;
}

/* ---- Lookup ---- */

struct gn_fb_lookup {
	struct gn_fbt t;
};
struct gn_fb_lookup_args {
	uint64_t op;
	struct gn_slice kind;
	const struct gn_fb_hash *key;
	uint16_t code;
	uint32_t hops;
	uint64_t took_us;
	uint64_t at;
	struct {
		const gn_fbref *p;
		size_t count;
	} steps; /* LookupStep */
	/* The set that was asked, nearest to the key first, 8 at most. */
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} holders;
};
static const struct gn_fb_field gn_fbfields_lookup[] = {
	{"op", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_lookup_args, op), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_lookup_args, kind), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_lookup_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_lookup_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_lookup_args, hops), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_us", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_lookup_args, took_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"at", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_lookup_args, at), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"steps", GN_FB_TABLES, GN_FB_UINT, 7, offsetof(struct gn_fb_lookup_args, steps), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_lookup_step}, NULL, false},
	{"holders", GN_FB_STRUCTS, GN_FB_UINT, 8, offsetof(struct gn_fb_lookup_args, holders), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_lookup = {"Lookup", NULL, gn_fbfields_lookup, 9};

GN_MUST static inline gn_err gn_fb_lookup_verify(struct gn_slice in, struct gn_fb_lookup *out)
{
	return gn_fb_verify(in, &gn_fbtype_lookup, &out->t);
}
static inline gn_fbref gn_fb_lookup_make(struct gn_fbb *b, const struct gn_fb_lookup_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_lookup, args);
}
static inline uint64_t gn_fb_lookup_op(struct gn_fb_lookup t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_lookup_has_kind(struct gn_fb_lookup t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_lookup_kind(struct gn_fb_lookup t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_lookup_has_key(struct gn_fb_lookup t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_lookup_key(struct gn_fb_lookup t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline uint16_t gn_fb_lookup_code(struct gn_fb_lookup t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_lookup_hops(struct gn_fb_lookup t)
{
	return (uint32_t)gn_fbt_bits(t.t, 4, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_lookup_took_us(struct gn_fb_lookup t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_lookup_at(struct gn_fb_lookup t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline bool gn_fb_lookup_has_steps(struct gn_fb_lookup t)
{
	return gn_fbt_has(t.t, 7);
}
static inline uint32_t gn_fb_lookup_steps_len(struct gn_fb_lookup t)
{
	return gn_fbt_count(t.t, 7);
}
static inline struct gn_fb_lookup_step gn_fb_lookup_steps_at(struct gn_fb_lookup t, uint32_t i)
{
	return (struct gn_fb_lookup_step){gn_fbt_table_at(t.t, 7, i)};
}
static inline bool gn_fb_lookup_has_holders(struct gn_fb_lookup t)
{
	return gn_fbt_has(t.t, 8);
}
static inline uint32_t gn_fb_lookup_holders_len(struct gn_fb_lookup t)
{
	return gn_fbt_count(t.t, 8);
}
static inline struct gn_fb_hash gn_fb_lookup_holders_at(struct gn_fb_lookup t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 8, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_lookup_holders_bytes(struct gn_fb_lookup t)
{
	return gn_fbt_elements(t.t, 8, 32);
}

/* ---- NodeDisk ---- */

/* What this node's picture of the disk needs besides its peers and status: where the nodes stand that
 * it knows to answer for keys, and how many hops its own operations took. */
struct gn_fb_node_disk {
	struct gn_fbt t;
};
struct gn_fb_node_disk_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_node_disk = {"NodeDisk", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_node_disk_verify(struct gn_slice in, struct gn_fb_node_disk *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_disk, &out->t);
}
static inline gn_fbref gn_fb_node_disk_make(struct gn_fbb *b, const struct gn_fb_node_disk_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_disk, args);
}

/* ---- NodeDiskIs ---- */

struct gn_fb_node_disk_is {
	struct gn_fbt t;
};
struct gn_fb_node_disk_is_args {
	uint32_t known;
	/* Angles, in 2^-64 of a turn, clockwise; of more than 400 none. */
	struct {
		const uint64_t *p;
		size_t count;
	} angles;
	/* How many stand in each 360th of the turn, from angle 0 on. */
	struct {
		const uint32_t *p;
		size_t count;
	} ticks;
	/* How many operations took 0, 1, 2.. hops, without the zeros at the end. */
	struct {
		const uint64_t *p;
		size_t count;
	} hops;
};
static const struct gn_fb_field gn_fbfields_node_disk_is[] = {
	{"known", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_node_disk_is_args, known), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"angles", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_node_disk_is_args, angles), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ticks", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_node_disk_is_args, ticks), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_node_disk_is_args, hops), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_disk_is = {"NodeDiskIs", NULL, gn_fbfields_node_disk_is, 4};

GN_MUST static inline gn_err gn_fb_node_disk_is_verify(struct gn_slice in, struct gn_fb_node_disk_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_disk_is, &out->t);
}
static inline gn_fbref gn_fb_node_disk_is_make(struct gn_fbb *b, const struct gn_fb_node_disk_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_disk_is, args);
}
static inline uint32_t gn_fb_node_disk_is_known(struct gn_fb_node_disk_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_disk_is_has_angles(struct gn_fb_node_disk_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_node_disk_is_angles_len(struct gn_fb_node_disk_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline uint64_t gn_fb_node_disk_is_angles_at(struct gn_fb_node_disk_is t, uint32_t i)
{
	return (uint64_t)gn_fbt_bits_at(t.t, 1, 8, i);
}
static inline bool gn_fb_node_disk_is_has_ticks(struct gn_fb_node_disk_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_node_disk_is_ticks_len(struct gn_fb_node_disk_is t)
{
	return gn_fbt_count(t.t, 2);
}
static inline uint32_t gn_fb_node_disk_is_ticks_at(struct gn_fb_node_disk_is t, uint32_t i)
{
	return (uint32_t)gn_fbt_bits_at(t.t, 2, 4, i);
}
static inline bool gn_fb_node_disk_is_has_hops(struct gn_fb_node_disk_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_node_disk_is_hops_len(struct gn_fb_node_disk_is t)
{
	return gn_fbt_count(t.t, 3);
}
static inline uint64_t gn_fb_node_disk_is_hops_at(struct gn_fb_node_disk_is t, uint32_t i)
{
	return (uint64_t)gn_fbt_bits_at(t.t, 3, 8, i);
}

/* ---- NodeBoxes ---- */

/* Boxes that are followed by this node's owner, each place of them: its key, and who holds it there as
 * was found when it was last looked for (none: it was not found yet). Nobody is asked. */
struct gn_fb_node_boxes {
	struct gn_fbt t;
};
struct gn_fb_node_boxes_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_node_boxes = {"NodeBoxes", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_node_boxes_verify(struct gn_slice in, struct gn_fb_node_boxes *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_boxes, &out->t);
}
static inline gn_fbref gn_fb_node_boxes_make(struct gn_fbb *b, const struct gn_fb_node_boxes_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_boxes, args);
}

/* ---- NodeBox ---- */

struct gn_fb_node_box {
	struct gn_fbt t;
};
struct gn_fb_node_box_args {
	const struct gn_fb_key *box;
	const struct gn_fb_hash *place;
	bool front;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} holders;
};
static const struct gn_fb_field gn_fbfields_node_box[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_box_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"place", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_box_args, place), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"front", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_node_box_args, front), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"holders", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_node_box_args, holders), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_box = {"NodeBox", NULL, gn_fbfields_node_box, 4};

GN_MUST static inline gn_err gn_fb_node_box_verify(struct gn_slice in, struct gn_fb_node_box *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_box, &out->t);
}
static inline gn_fbref gn_fb_node_box_make(struct gn_fbb *b, const struct gn_fb_node_box_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_box, args);
}
static inline bool gn_fb_node_box_has_box(struct gn_fb_node_box t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_box_box(struct gn_fb_node_box t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_box_has_place(struct gn_fb_node_box t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_node_box_place(struct gn_fb_node_box t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_node_box_front(struct gn_fb_node_box t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_box_has_holders(struct gn_fb_node_box t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_node_box_holders_len(struct gn_fb_node_box t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_hash gn_fb_node_box_holders_at(struct gn_fb_node_box t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_node_box_holders_bytes(struct gn_fb_node_box t)
{
	return gn_fbt_elements(t.t, 3, 32);
}

/* ---- NodeBoxesIs ---- */

struct gn_fb_node_boxes_is {
	struct gn_fbt t;
};
struct gn_fb_node_boxes_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} boxes; /* NodeBox */
};
static const struct gn_fb_field gn_fbfields_node_boxes_is[] = {
	{"boxes", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_node_boxes_is_args, boxes), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_box}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_boxes_is = {"NodeBoxesIs", NULL, gn_fbfields_node_boxes_is, 1};

GN_MUST static inline gn_err gn_fb_node_boxes_is_verify(struct gn_slice in, struct gn_fb_node_boxes_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_boxes_is, &out->t);
}
static inline gn_fbref gn_fb_node_boxes_is_make(struct gn_fbb *b, const struct gn_fb_node_boxes_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_boxes_is, args);
}
static inline bool gn_fb_node_boxes_is_has_boxes(struct gn_fb_node_boxes_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_node_boxes_is_boxes_len(struct gn_fb_node_boxes_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_node_box gn_fb_node_boxes_is_boxes_at(struct gn_fb_node_boxes_is t, uint32_t i)
{
	return (struct gn_fb_node_box){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- NodePeer ---- */

struct gn_fb_node_peer {
	struct gn_fbt t;
};
struct gn_fb_node_peer_args {
	const struct gn_fb_hash *id;
	const struct gn_fb_key *key;
	const struct gn_fb_addr *addr;
	bool linked;
	bool leaf;
	bool up;
	uint8_t annulus;
	uint64_t rtt_us;
	uint64_t seen_ms;
	uint64_t sent;
	uint64_t received;
	struct gn_slice suite;
	struct gn_slice group;
	/* What carries the session, why it is on that path, and how many stand by, itself included. */
	struct gn_slice carrier;
	struct gn_slice why;
	uint8_t paths;
	/* Why it runs over somebody else; empty: it does not. Words: docs/spec/reach.md RE-12. */
	struct gn_slice indirect;
	/* The narrowest rule about its paths (RE-11); empty: none says anything. */
	struct gn_slice rule;
};
static const struct gn_fb_field gn_fbfields_node_peer[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_peer_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_peer_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addr", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_node_peer_args, addr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"linked", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_node_peer_args, linked), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"leaf", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_node_peer_args, leaf), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"up", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_node_peer_args, up), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"annulus", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_node_peer_args, annulus), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rtt_us", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_node_peer_args, rtt_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seen_ms", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_node_peer_args, seen_ms), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sent", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_node_peer_args, sent), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"received", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_node_peer_args, received), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"suite", GN_FB_STRING, GN_FB_UINT, 11, offsetof(struct gn_fb_node_peer_args, suite), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"group", GN_FB_STRING, GN_FB_UINT, 12, offsetof(struct gn_fb_node_peer_args, group), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"carrier", GN_FB_STRING, GN_FB_UINT, 13, offsetof(struct gn_fb_node_peer_args, carrier), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_STRING, GN_FB_UINT, 14, offsetof(struct gn_fb_node_peer_args, why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"paths", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_node_peer_args, paths), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"indirect", GN_FB_STRING, GN_FB_UINT, 16, offsetof(struct gn_fb_node_peer_args, indirect), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 17, offsetof(struct gn_fb_node_peer_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_peer = {"NodePeer", NULL, gn_fbfields_node_peer, 18};

GN_MUST static inline gn_err gn_fb_node_peer_verify(struct gn_slice in, struct gn_fb_node_peer *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_peer, &out->t);
}
static inline gn_fbref gn_fb_node_peer_make(struct gn_fbb *b, const struct gn_fb_node_peer_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_peer, args);
}
static inline bool gn_fb_node_peer_has_id(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_node_peer_id(struct gn_fb_node_peer t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_node_peer_has_key(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_node_peer_key(struct gn_fb_node_peer t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_peer_has_addr(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_addr gn_fb_node_peer_addr(struct gn_fb_node_peer t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_addr, &v);
	return v;
}
static inline bool gn_fb_node_peer_linked(struct gn_fb_node_peer t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_peer_leaf(struct gn_fb_node_peer t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_peer_up(struct gn_fb_node_peer t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline uint8_t gn_fb_node_peer_annulus(struct gn_fb_node_peer t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_peer_rtt_us(struct gn_fb_node_peer t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_peer_seen_ms(struct gn_fb_node_peer t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_peer_sent(struct gn_fb_node_peer t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_peer_received(struct gn_fb_node_peer t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_peer_has_suite(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 11);
}
static inline struct gn_slice gn_fb_node_peer_suite(struct gn_fb_node_peer t)
{
	return gn_fbt_bytes(t.t, 11);
}
static inline bool gn_fb_node_peer_has_group(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_slice gn_fb_node_peer_group(struct gn_fb_node_peer t)
{
	return gn_fbt_bytes(t.t, 12);
}
static inline bool gn_fb_node_peer_has_carrier(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_node_peer_carrier(struct gn_fb_node_peer t)
{
	return gn_fbt_bytes(t.t, 13);
}
static inline bool gn_fb_node_peer_has_why(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 14);
}
static inline struct gn_slice gn_fb_node_peer_why(struct gn_fb_node_peer t)
{
	return gn_fbt_bytes(t.t, 14);
}
static inline uint8_t gn_fb_node_peer_paths(struct gn_fb_node_peer t)
{
	return (uint8_t)gn_fbt_bits(t.t, 15, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_peer_has_indirect(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_slice gn_fb_node_peer_indirect(struct gn_fb_node_peer t)
{
	return gn_fbt_bytes(t.t, 16);
}
static inline bool gn_fb_node_peer_has_rule(struct gn_fb_node_peer t)
{
	return gn_fbt_has(t.t, 17);
}
static inline struct gn_slice gn_fb_node_peer_rule(struct gn_fb_node_peer t)
{
	return gn_fbt_bytes(t.t, 17);
}

/* ---- NodePeers ---- */

/* `after`: the id of the last one of the page before. */
struct gn_fb_node_peers {
	struct gn_fbt t;
};
struct gn_fb_node_peers_args {
	const struct gn_fb_hash *after;
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_node_peers[] = {
	{"after", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_peers_args, after), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_peers_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_peers = {"NodePeers", NULL, gn_fbfields_node_peers, 2};

GN_MUST static inline gn_err gn_fb_node_peers_verify(struct gn_slice in, struct gn_fb_node_peers *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_peers, &out->t);
}
static inline gn_fbref gn_fb_node_peers_make(struct gn_fbb *b, const struct gn_fb_node_peers_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_peers, args);
}
static inline bool gn_fb_node_peers_has_after(struct gn_fb_node_peers t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_node_peers_after(struct gn_fb_node_peers t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint16_t gn_fb_node_peers_limit(struct gn_fb_node_peers t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}

/* ---- NodePeersIs ---- */

struct gn_fb_node_peers_is {
	struct gn_fbt t;
};
struct gn_fb_node_peers_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} peers; /* NodePeer */
	bool more;
};
static const struct gn_fb_field gn_fbfields_node_peers_is[] = {
	{"peers", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_node_peers_is_args, peers), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_peer}, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_node_peers_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_peers_is = {"NodePeersIs", NULL, gn_fbfields_node_peers_is, 2};

GN_MUST static inline gn_err gn_fb_node_peers_is_verify(struct gn_slice in, struct gn_fb_node_peers_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_peers_is, &out->t);
}
static inline gn_fbref gn_fb_node_peers_is_make(struct gn_fbb *b, const struct gn_fb_node_peers_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_peers_is, args);
}
static inline bool gn_fb_node_peers_is_has_peers(struct gn_fb_node_peers_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_node_peers_is_peers_len(struct gn_fb_node_peers_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_node_peer gn_fb_node_peers_is_peers_at(struct gn_fb_node_peers_is t, uint32_t i)
{
	return (struct gn_fb_node_peer){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_node_peers_is_more(struct gn_fb_node_peers_is t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- NodeLookups ---- */

struct gn_fb_node_lookups {
	struct gn_fbt t;
};
struct gn_fb_node_lookups_args {
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_node_lookups[] = {
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_node_lookups_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_lookups = {"NodeLookups", NULL, gn_fbfields_node_lookups, 1};

GN_MUST static inline gn_err gn_fb_node_lookups_verify(struct gn_slice in, struct gn_fb_node_lookups *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_lookups, &out->t);
}
static inline gn_fbref gn_fb_node_lookups_make(struct gn_fbb *b, const struct gn_fb_node_lookups_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_lookups, args);
}
static inline uint16_t gn_fb_node_lookups_limit(struct gn_fb_node_lookups t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}

/* ---- NodeLookupsIs ---- */

struct gn_fb_node_lookups_is {
	struct gn_fbt t;
};
struct gn_fb_node_lookups_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} lookups; /* Lookup */
};
static const struct gn_fb_field gn_fbfields_node_lookups_is[] = {
	{"lookups", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_node_lookups_is_args, lookups), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_lookup}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_lookups_is = {"NodeLookupsIs", NULL, gn_fbfields_node_lookups_is, 1};

GN_MUST static inline gn_err gn_fb_node_lookups_is_verify(struct gn_slice in, struct gn_fb_node_lookups_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_lookups_is, &out->t);
}
static inline gn_fbref gn_fb_node_lookups_is_make(struct gn_fbb *b, const struct gn_fb_node_lookups_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_lookups_is, args);
}
static inline bool gn_fb_node_lookups_is_has_lookups(struct gn_fb_node_lookups_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_node_lookups_is_lookups_len(struct gn_fb_node_lookups_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_lookup gn_fb_node_lookups_is_lookups_at(struct gn_fb_node_lookups_is t, uint32_t i)
{
	return (struct gn_fb_lookup){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- NodeCounters ---- */

struct gn_fb_node_counters {
	struct gn_fbt t;
};
struct gn_fb_node_counters_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_node_counters = {"NodeCounters", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_node_counters_verify(struct gn_slice in, struct gn_fb_node_counters *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_counters, &out->t);
}
static inline gn_fbref gn_fb_node_counters_make(struct gn_fbb *b, const struct gn_fb_node_counters_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_counters, args);
}

/* ---- NodeCounter ---- */

struct gn_fb_node_counter {
	struct gn_fbt t;
};
struct gn_fb_node_counter_args {
	struct gn_slice name;
	uint64_t value;
};
static const struct gn_fb_field gn_fbfields_node_counter[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_counter_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"value", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_counter_args, value), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_counter = {"NodeCounter", NULL, gn_fbfields_node_counter, 2};

GN_MUST static inline gn_err gn_fb_node_counter_verify(struct gn_slice in, struct gn_fb_node_counter *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_counter, &out->t);
}
static inline gn_fbref gn_fb_node_counter_make(struct gn_fbb *b, const struct gn_fb_node_counter_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_counter, args);
}
static inline bool gn_fb_node_counter_has_name(struct gn_fb_node_counter t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_counter_name(struct gn_fb_node_counter t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_node_counter_value(struct gn_fb_node_counter t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- NodeCountersIs ---- */

struct gn_fb_node_counters_is {
	struct gn_fbt t;
};
struct gn_fb_node_counters_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} counters; /* NodeCounter */
};
static const struct gn_fb_field gn_fbfields_node_counters_is[] = {
	{"counters", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_node_counters_is_args, counters), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_counter}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_counters_is = {"NodeCountersIs", NULL, gn_fbfields_node_counters_is, 1};

GN_MUST static inline gn_err gn_fb_node_counters_is_verify(struct gn_slice in, struct gn_fb_node_counters_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_counters_is, &out->t);
}
static inline gn_fbref gn_fb_node_counters_is_make(struct gn_fbb *b, const struct gn_fb_node_counters_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_counters_is, args);
}
static inline bool gn_fb_node_counters_is_has_counters(struct gn_fb_node_counters_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_node_counters_is_counters_len(struct gn_fb_node_counters_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_node_counter gn_fb_node_counters_is_counters_at(struct gn_fb_node_counters_is t, uint32_t i)
{
	return (struct gn_fb_node_counter){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- NodeShutdown ---- */

struct gn_fb_node_shutdown {
	struct gn_fbt t;
};
struct gn_fb_node_shutdown_args {
	uint32_t within_ms;
};
static const struct gn_fb_field gn_fbfields_node_shutdown[] = {
	{"within_ms", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_node_shutdown_args, within_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
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

/* ---- NodePing ---- */

/* A session with that node, by whatever way there is, and one round trip on it. Its record is looked up
 * where nothing is known of it. patience_ms: 0: 15,000; 60,000 at most.
 * `rule`: which ways it may take, as long as the call lasts (docs/spec/reach.md RE-11). */
struct gn_fb_node_ping {
	struct gn_fbt t;
};
struct gn_fb_node_ping_args {
	const struct gn_fb_key *key;
	uint32_t patience_ms;
	struct gn_slice rule;
};
static const struct gn_fb_field gn_fbfields_node_ping[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_ping_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"patience_ms", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_ping_args, patience_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_node_ping_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_ping = {"NodePing", NULL, gn_fbfields_node_ping, 3};

GN_MUST static inline gn_err gn_fb_node_ping_verify(struct gn_slice in, struct gn_fb_node_ping *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_ping, &out->t);
}
static inline gn_fbref gn_fb_node_ping_make(struct gn_fbb *b, const struct gn_fb_node_ping_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_ping, args);
}
static inline bool gn_fb_node_ping_has_key(struct gn_fb_node_ping t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_ping_key(struct gn_fb_node_ping t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_node_ping_patience_ms(struct gn_fb_node_ping t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_ping_has_rule(struct gn_fb_node_ping t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_node_ping_rule(struct gn_fb_node_ping t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- NodePingIs ---- */

struct gn_fb_node_ping_is {
	struct gn_fbt t;
};
struct gn_fb_node_ping_is_args {
	const struct gn_fb_key *key;
	const struct gn_fb_addr *addr;
	uint64_t rtt_us;
	/* How long it took until there was a session; 0: there was one. */
	uint64_t connect_us;
	/* As in NodePeer. */
	struct gn_slice carrier;
	struct gn_slice why;
	uint8_t paths;
	/* The relay's, where it goes by one. */
	const struct gn_fb_key *relay;
	/* As in NodePeer. */
	struct gn_slice indirect;
	struct gn_slice rule;
};
static const struct gn_fb_field gn_fbfields_node_ping_is[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_ping_is_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addr", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_ping_is_args, addr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"rtt_us", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_node_ping_is_args, rtt_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"connect_us", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_node_ping_is_args, connect_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"carrier", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_node_ping_is_args, carrier), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_node_ping_is_args, why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"paths", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_node_ping_is_args, paths), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"relay", GN_FB_STRUCT, GN_FB_UINT, 7, offsetof(struct gn_fb_node_ping_is_args, relay), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"indirect", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_node_ping_is_args, indirect), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 9, offsetof(struct gn_fb_node_ping_is_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_ping_is = {"NodePingIs", NULL, gn_fbfields_node_ping_is, 10};

GN_MUST static inline gn_err gn_fb_node_ping_is_verify(struct gn_slice in, struct gn_fb_node_ping_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_ping_is, &out->t);
}
static inline gn_fbref gn_fb_node_ping_is_make(struct gn_fbb *b, const struct gn_fb_node_ping_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_ping_is, args);
}
static inline bool gn_fb_node_ping_is_has_key(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_ping_is_key(struct gn_fb_node_ping_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_ping_is_has_addr(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_node_ping_is_addr(struct gn_fb_node_ping_is t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}
static inline uint64_t gn_fb_node_ping_is_rtt_us(struct gn_fb_node_ping_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_ping_is_connect_us(struct gn_fb_node_ping_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_ping_is_has_carrier(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_node_ping_is_carrier(struct gn_fb_node_ping_is t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_node_ping_is_has_why(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_node_ping_is_why(struct gn_fb_node_ping_is t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline uint8_t gn_fb_node_ping_is_paths(struct gn_fb_node_ping_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_ping_is_has_relay(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_fb_key gn_fb_node_ping_is_relay(struct gn_fb_node_ping_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 7, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_ping_is_has_indirect(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_node_ping_is_indirect(struct gn_fb_node_ping_is t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_node_ping_is_has_rule(struct gn_fb_node_ping_is t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_node_ping_is_rule(struct gn_fb_node_ping_is t)
{
	return gn_fbt_bytes(t.t, 9);
}

/* ---- NodePath ---- */

/* Rules about paths (docs/spec/reach.md RE-11). Without `key`: all of them. `rule`: holds for that node
 * from now on, also after a restart; "any" ends it. Answered by NodePathIs.
 * `contact` instead of `key`: the rule is of a person, by their key, and holds for the nodes that are
 * theirs: `nodes` (`listed`; 4 at most) in place of those before, else those. "any" ends it. */
struct gn_fb_node_path {
	struct gn_fbt t;
};
struct gn_fb_node_path_args {
	const struct gn_fb_key *key;
	struct gn_slice rule;
	const struct gn_fb_key *contact;
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} nodes;
	bool listed;
};
static const struct gn_fb_field gn_fbfields_node_path[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_path_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_node_path_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"contact", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_node_path_args, contact), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"nodes", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_node_path_args, nodes), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"listed", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_node_path_args, listed), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_path = {"NodePath", NULL, gn_fbfields_node_path, 5};

GN_MUST static inline gn_err gn_fb_node_path_verify(struct gn_slice in, struct gn_fb_node_path *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_path, &out->t);
}
static inline gn_fbref gn_fb_node_path_make(struct gn_fbb *b, const struct gn_fb_node_path_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_path, args);
}
static inline bool gn_fb_node_path_has_key(struct gn_fb_node_path t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_path_key(struct gn_fb_node_path t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_path_has_rule(struct gn_fb_node_path t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_node_path_rule(struct gn_fb_node_path t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_node_path_has_contact(struct gn_fb_node_path t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_node_path_contact(struct gn_fb_node_path t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_path_has_nodes(struct gn_fb_node_path t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_node_path_nodes_len(struct gn_fb_node_path t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_key gn_fb_node_path_nodes_at(struct gn_fb_node_path t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_node_path_nodes_bytes(struct gn_fb_node_path t)
{
	return gn_fbt_elements(t.t, 3, 32);
}
static inline bool gn_fb_node_path_listed(struct gn_fb_node_path t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}

/* ---- NodePathRule ---- */

/* `contact`: whose rule it is; absent: the node's for that peer. */
struct gn_fb_node_path_rule {
	struct gn_fbt t;
};
struct gn_fb_node_path_rule_args {
	const struct gn_fb_key *key;
	struct gn_slice rule;
	const struct gn_fb_key *contact;
};
static const struct gn_fb_field gn_fbfields_node_path_rule[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_path_rule_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"rule", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_node_path_rule_args, rule), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"contact", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_node_path_rule_args, contact), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_path_rule = {"NodePathRule", NULL, gn_fbfields_node_path_rule, 3};

GN_MUST static inline gn_err gn_fb_node_path_rule_verify(struct gn_slice in, struct gn_fb_node_path_rule *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_path_rule, &out->t);
}
static inline gn_fbref gn_fb_node_path_rule_make(struct gn_fbb *b, const struct gn_fb_node_path_rule_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_path_rule, args);
}
static inline bool gn_fb_node_path_rule_has_key(struct gn_fb_node_path_rule t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_path_rule_key(struct gn_fb_node_path_rule t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_path_rule_has_rule(struct gn_fb_node_path_rule t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_node_path_rule_rule(struct gn_fb_node_path_rule t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_node_path_rule_has_contact(struct gn_fb_node_path_rule t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_node_path_rule_contact(struct gn_fb_node_path_rule t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}

/* ---- NodePathIs ---- */

/* `own`: the node's. */
struct gn_fb_node_path_is {
	struct gn_fbt t;
};
struct gn_fb_node_path_is_args {
	struct gn_slice own;
	struct {
		const gn_fbref *p;
		size_t count;
	} rules; /* NodePathRule */
};
static const struct gn_fb_field gn_fbfields_node_path_is[] = {
	{"own", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_path_is_args, own), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rules", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_node_path_is_args, rules), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_path_rule}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_path_is = {"NodePathIs", NULL, gn_fbfields_node_path_is, 2};

GN_MUST static inline gn_err gn_fb_node_path_is_verify(struct gn_slice in, struct gn_fb_node_path_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_path_is, &out->t);
}
static inline gn_fbref gn_fb_node_path_is_make(struct gn_fbb *b, const struct gn_fb_node_path_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_path_is, args);
}
static inline bool gn_fb_node_path_is_has_own(struct gn_fb_node_path_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_path_is_own(struct gn_fb_node_path_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_node_path_is_has_rules(struct gn_fb_node_path_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_node_path_is_rules_len(struct gn_fb_node_path_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_node_path_rule gn_fb_node_path_is_rules_at(struct gn_fb_node_path_is t, uint32_t i)
{
	return (struct gn_fb_node_path_rule){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- NodeNetcheck ---- */

/* How this node is reached, measured anew unless that was done within a minute; answered in 5 s.
 * `long`: how long the box before it keeps a quiet flow is measured, too: minutes. */
struct gn_fb_node_netcheck {
	struct gn_fbt t;
};
struct gn_fb_node_netcheck_args {
	bool long_;
};
static const struct gn_fb_field gn_fbfields_node_netcheck[] = {
	{"long", GN_FB_SCALAR, GN_FB_BOOL, 0, offsetof(struct gn_fb_node_netcheck_args, long_), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_netcheck = {"NodeNetcheck", NULL, gn_fbfields_node_netcheck, 1};

GN_MUST static inline gn_err gn_fb_node_netcheck_verify(struct gn_slice in, struct gn_fb_node_netcheck *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_netcheck, &out->t);
}
static inline gn_fbref gn_fb_node_netcheck_make(struct gn_fbb *b, const struct gn_fb_node_netcheck_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_netcheck, args);
}
static inline bool gn_fb_node_netcheck_long(struct gn_fb_node_netcheck t)
{
	return gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0)) != 0;
}

/* ---- NodeNetcheckRelay ---- */

struct gn_fb_node_netcheck_relay {
	struct gn_fbt t;
};
struct gn_fb_node_netcheck_relay_args {
	const struct gn_fb_key *key;
	const struct gn_fb_addr *addr;
	uint64_t rtt_us;
	bool home;
};
static const struct gn_fb_field gn_fbfields_node_netcheck_relay[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_netcheck_relay_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addr", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_netcheck_relay_args, addr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"rtt_us", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_node_netcheck_relay_args, rtt_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"home", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_node_netcheck_relay_args, home), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_netcheck_relay = {"NodeNetcheckRelay", NULL, gn_fbfields_node_netcheck_relay, 4};

GN_MUST static inline gn_err gn_fb_node_netcheck_relay_verify(struct gn_slice in, struct gn_fb_node_netcheck_relay *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_netcheck_relay, &out->t);
}
static inline gn_fbref gn_fb_node_netcheck_relay_make(struct gn_fbb *b, const struct gn_fb_node_netcheck_relay_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_netcheck_relay, args);
}
static inline bool gn_fb_node_netcheck_relay_has_key(struct gn_fb_node_netcheck_relay t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_netcheck_relay_key(struct gn_fb_node_netcheck_relay t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_netcheck_relay_has_addr(struct gn_fb_node_netcheck_relay t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_node_netcheck_relay_addr(struct gn_fb_node_netcheck_relay t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}
static inline uint64_t gn_fb_node_netcheck_relay_rtt_us(struct gn_fb_node_netcheck_relay t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_netcheck_relay_home(struct gn_fb_node_netcheck_relay t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}

/* ---- NodeNetcheckIs ---- */

struct gn_fb_node_netcheck_is {
	struct gn_fbt t;
};
struct gn_fb_node_netcheck_is_args {
	/* As in NodeStatusIs; `why` it is not direct, one word: never, nobody, all-know, lost, filtered. */
	struct gn_slice reached;
	struct gn_slice why;
	/* Unknown, none, addr, port: what the box before it looks at. */
	struct gn_slice mapping;
	struct gn_slice filtering;
	/* Nodes that were asked, that had a stranger send, whose strangers got through. */
	uint8_t asked;
	uint8_t told;
	uint8_t came;
	/* Where others see it; where strangers' packets come. Absent: nobody said, nowhere. */
	const struct gn_fb_addr *seen;
	const struct gn_fb_addr *proven;
	/* Since it was measured. */
	uint64_t age_s;
	/* Sessions by UDP over IPv4, over IPv6, by relays. */
	uint32_t udp_4;
	uint32_t udp_6;
	uint32_t relayed;
	/* The nearest nodes that may relay for it, its homes first. */
	struct {
		const gn_fbref *p;
		size_t count;
	} relays; /* NodeNetcheckRelay */
	/* With how many of the kinds of network that docs/spec/reach.md RE-71 names it has direct paths; 0 of 0:
	 * not known. */
	uint8_t kinds;
	uint8_t kinds_of;
	uint16_t port;
	/* How long a quiet flow lives in the box before it, and when that was found (Unix seconds); 0: not known.
	 * What keeps ours alive; why it is not known: no-router, nobody, lost, limit, running (RE-22). */
	uint32_t lifetime_s;
	uint64_t lifetime_at;
	uint32_t keep_alive_s;
	struct gn_slice lifetime_why;
};
static const struct gn_fb_field gn_fbfields_node_netcheck_is[] = {
	{"reached", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_netcheck_is_args, reached), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_node_netcheck_is_args, why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mapping", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_node_netcheck_is_args, mapping), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"filtering", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_node_netcheck_is_args, filtering), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"asked", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_node_netcheck_is_args, asked), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"told", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_node_netcheck_is_args, told), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"came", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_node_netcheck_is_args, came), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seen", GN_FB_STRUCT, GN_FB_UINT, 7, offsetof(struct gn_fb_node_netcheck_is_args, seen), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"proven", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_node_netcheck_is_args, proven), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"age_s", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_node_netcheck_is_args, age_s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"udp_4", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_node_netcheck_is_args, udp_4), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"udp_6", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_node_netcheck_is_args, udp_6), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"relayed", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_node_netcheck_is_args, relayed), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"relays", GN_FB_TABLES, GN_FB_UINT, 13, offsetof(struct gn_fb_node_netcheck_is_args, relays), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_netcheck_relay}, NULL, false},
	{"kinds", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_node_netcheck_is_args, kinds), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kinds_of", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_node_netcheck_is_args, kinds_of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"port", GN_FB_SCALAR, GN_FB_UINT, 16, offsetof(struct gn_fb_node_netcheck_is_args, port), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lifetime_s", GN_FB_SCALAR, GN_FB_UINT, 17, offsetof(struct gn_fb_node_netcheck_is_args, lifetime_s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lifetime_at", GN_FB_SCALAR, GN_FB_UINT, 18, offsetof(struct gn_fb_node_netcheck_is_args, lifetime_at), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"keep_alive_s", GN_FB_SCALAR, GN_FB_UINT, 19, offsetof(struct gn_fb_node_netcheck_is_args, keep_alive_s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lifetime_why", GN_FB_STRING, GN_FB_UINT, 20, offsetof(struct gn_fb_node_netcheck_is_args, lifetime_why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_netcheck_is = {"NodeNetcheckIs", NULL, gn_fbfields_node_netcheck_is, 21};

GN_MUST static inline gn_err gn_fb_node_netcheck_is_verify(struct gn_slice in, struct gn_fb_node_netcheck_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_netcheck_is, &out->t);
}
static inline gn_fbref gn_fb_node_netcheck_is_make(struct gn_fbb *b, const struct gn_fb_node_netcheck_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_netcheck_is, args);
}
static inline bool gn_fb_node_netcheck_is_has_reached(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_netcheck_is_reached(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_node_netcheck_is_has_why(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_node_netcheck_is_why(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_node_netcheck_is_has_mapping(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_node_netcheck_is_mapping(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_node_netcheck_is_has_filtering(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_node_netcheck_is_filtering(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint8_t gn_fb_node_netcheck_is_asked(struct gn_fb_node_netcheck_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_node_netcheck_is_told(struct gn_fb_node_netcheck_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_node_netcheck_is_came(struct gn_fb_node_netcheck_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_netcheck_is_has_seen(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_fb_addr gn_fb_node_netcheck_is_seen(struct gn_fb_node_netcheck_is t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 7, &gn_fblayout_addr, &v);
	return v;
}
static inline bool gn_fb_node_netcheck_is_has_proven(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_addr gn_fb_node_netcheck_is_proven(struct gn_fb_node_netcheck_is t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_addr, &v);
	return v;
}
static inline uint64_t gn_fb_node_netcheck_is_age_s(struct gn_fb_node_netcheck_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_netcheck_is_udp_4(struct gn_fb_node_netcheck_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 10, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_netcheck_is_udp_6(struct gn_fb_node_netcheck_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 11, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_netcheck_is_relayed(struct gn_fb_node_netcheck_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 12, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_netcheck_is_has_relays(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 13);
}
static inline uint32_t gn_fb_node_netcheck_is_relays_len(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_count(t.t, 13);
}
static inline struct gn_fb_node_netcheck_relay gn_fb_node_netcheck_is_relays_at(struct gn_fb_node_netcheck_is t, uint32_t i)
{
	return (struct gn_fb_node_netcheck_relay){gn_fbt_table_at(t.t, 13, i)};
}
static inline uint8_t gn_fb_node_netcheck_is_kinds(struct gn_fb_node_netcheck_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 14, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_node_netcheck_is_kinds_of(struct gn_fb_node_netcheck_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 15, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_node_netcheck_is_port(struct gn_fb_node_netcheck_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 16, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_netcheck_is_lifetime_s(struct gn_fb_node_netcheck_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 17, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_netcheck_is_lifetime_at(struct gn_fb_node_netcheck_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 18, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_netcheck_is_keep_alive_s(struct gn_fb_node_netcheck_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 19, 4, UINT64_C(0x0));
}
static inline bool gn_fb_node_netcheck_is_has_lifetime_why(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_has(t.t, 20);
}
static inline struct gn_slice gn_fb_node_netcheck_is_lifetime_why(struct gn_fb_node_netcheck_is t)
{
	return gn_fbt_bytes(t.t, 20);
}

/* ---- NodeGive ---- */

/* What the node does for others (docs/spec/reach.md RE-64). `name`, `value`: relay, rate, month, hold,
 * turn or metered is this from now on, also after a restart; without `name` nothing changes. Answered by
 * NodeGiveIs. */
struct gn_fb_node_give {
	struct gn_fbt t;
};
struct gn_fb_node_give_args {
	struct gn_slice name;
	struct gn_slice value;
};
static const struct gn_fb_field gn_fbfields_node_give[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_give_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"value", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_node_give_args, value), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_give = {"NodeGive", NULL, gn_fbfields_node_give, 2};

GN_MUST static inline gn_err gn_fb_node_give_verify(struct gn_slice in, struct gn_fb_node_give *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_give, &out->t);
}
static inline gn_fbref gn_fb_node_give_make(struct gn_fbb *b, const struct gn_fb_node_give_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_give, args);
}
static inline bool gn_fb_node_give_has_name(struct gn_fb_node_give t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_give_name(struct gn_fb_node_give t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_node_give_has_value(struct gn_fb_node_give t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_node_give_value(struct gn_fb_node_give t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- NodeGaveMonth ---- */

struct gn_fb_node_gave_month {
	struct gn_fbt t;
};
struct gn_fb_node_gave_month_args {
	struct gn_slice month;
	uint64_t small;
	uint64_t bulk;
	uint64_t turn;
};
static const struct gn_fb_field gn_fbfields_node_gave_month[] = {
	{"month", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_gave_month_args, month), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"small", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_gave_month_args, small), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bulk", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_node_gave_month_args, bulk), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"turn", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_node_gave_month_args, turn), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_gave_month = {"NodeGaveMonth", NULL, gn_fbfields_node_gave_month, 4};

GN_MUST static inline gn_err gn_fb_node_gave_month_verify(struct gn_slice in, struct gn_fb_node_gave_month *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_gave_month, &out->t);
}
static inline gn_fbref gn_fb_node_gave_month_make(struct gn_fbb *b, const struct gn_fb_node_gave_month_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_gave_month, args);
}
static inline bool gn_fb_node_gave_month_has_month(struct gn_fb_node_gave_month t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_gave_month_month(struct gn_fb_node_gave_month t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_node_gave_month_small(struct gn_fb_node_gave_month t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_gave_month_bulk(struct gn_fb_node_gave_month t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_gave_month_turn(struct gn_fb_node_gave_month t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- NodeGaveTo ---- */

struct gn_fb_node_gave_to {
	struct gn_fbt t;
};
struct gn_fb_node_gave_to_args {
	const struct gn_fb_key *key;
	bool token;
	uint64_t small;
	uint64_t bulk;
};
static const struct gn_fb_field gn_fbfields_node_gave_to[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_gave_to_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_node_gave_to_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"small", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_node_gave_to_args, small), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bulk", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_node_gave_to_args, bulk), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_gave_to = {"NodeGaveTo", NULL, gn_fbfields_node_gave_to, 4};

GN_MUST static inline gn_err gn_fb_node_gave_to_verify(struct gn_slice in, struct gn_fb_node_gave_to *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_gave_to, &out->t);
}
static inline gn_fbref gn_fb_node_gave_to_make(struct gn_fbb *b, const struct gn_fb_node_gave_to_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_gave_to, args);
}
static inline bool gn_fb_node_gave_to_has_key(struct gn_fb_node_gave_to t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_gave_to_key(struct gn_fb_node_gave_to t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_gave_to_token(struct gn_fb_node_gave_to t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_node_gave_to_small(struct gn_fb_node_gave_to t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_gave_to_bulk(struct gn_fb_node_gave_to t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- NodeGiveIs ---- */

struct gn_fb_node_give_is {
	struct gn_fbt t;
};
struct gn_fb_node_give_is_args {
	/* off, small, tokens or commons. */
	struct gn_slice relay;
	/* Bytes a second of each lane; of a month; of others' blocks. */
	uint64_t rate;
	uint64_t month;
	uint64_t hold;
	bool hold_nothing;
	bool turn;
	bool metered;
	/* Names of what `geonet give` said; the others are the settings'. */
	struct {
		const struct gn_slice *p;
		size_t count;
	} said;
	/* Months, the present one first: "2026-11". */
	struct {
		const gn_fbref *p;
		size_t count;
	} months; /* NodeGaveMonth */
	/* Who had most in this month. */
	struct {
		const gn_fbref *p;
		size_t count;
	} by; /* NodeGaveTo */
	/* When the next month begins. */
	uint64_t month_ends;
	/* Now: circuits of each lane, places of others. */
	uint32_t small;
	uint32_t bulk;
	uint32_t places;
	uint32_t refused;
	/* Bytes of others' blocks and records that are held. */
	uint64_t held_blocks;
	uint64_t held_records;
};
static const struct gn_fb_field gn_fbfields_node_give_is[] = {
	{"relay", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_node_give_is_args, relay), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rate", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_give_is_args, rate), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"month", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_node_give_is_args, month), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hold", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_node_give_is_args, hold), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hold_nothing", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_node_give_is_args, hold_nothing), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"turn", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_node_give_is_args, turn), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"metered", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_node_give_is_args, metered), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"said", GN_FB_STRINGS, GN_FB_UINT, 7, offsetof(struct gn_fb_node_give_is_args, said), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"months", GN_FB_TABLES, GN_FB_UINT, 8, offsetof(struct gn_fb_node_give_is_args, months), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_gave_month}, NULL, false},
	{"by", GN_FB_TABLES, GN_FB_UINT, 9, offsetof(struct gn_fb_node_give_is_args, by), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_gave_to}, NULL, false},
	{"month_ends", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_node_give_is_args, month_ends), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"small", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_node_give_is_args, small), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bulk", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_node_give_is_args, bulk), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"places", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_node_give_is_args, places), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"refused", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_node_give_is_args, refused), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held_blocks", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_node_give_is_args, held_blocks), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held_records", GN_FB_SCALAR, GN_FB_UINT, 16, offsetof(struct gn_fb_node_give_is_args, held_records), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_give_is = {"NodeGiveIs", NULL, gn_fbfields_node_give_is, 17};

GN_MUST static inline gn_err gn_fb_node_give_is_verify(struct gn_slice in, struct gn_fb_node_give_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_give_is, &out->t);
}
static inline gn_fbref gn_fb_node_give_is_make(struct gn_fbb *b, const struct gn_fb_node_give_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_give_is, args);
}
static inline bool gn_fb_node_give_is_has_relay(struct gn_fb_node_give_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_node_give_is_relay(struct gn_fb_node_give_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_node_give_is_rate(struct gn_fb_node_give_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_give_is_month(struct gn_fb_node_give_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_give_is_hold(struct gn_fb_node_give_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_node_give_is_hold_nothing(struct gn_fb_node_give_is t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_give_is_turn(struct gn_fb_node_give_is t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_give_is_metered(struct gn_fb_node_give_is t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_node_give_is_has_said(struct gn_fb_node_give_is t)
{
	return gn_fbt_has(t.t, 7);
}
static inline uint32_t gn_fb_node_give_is_said_len(struct gn_fb_node_give_is t)
{
	return gn_fbt_count(t.t, 7);
}
static inline struct gn_slice gn_fb_node_give_is_said_at(struct gn_fb_node_give_is t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 7, i);
}
static inline bool gn_fb_node_give_is_has_months(struct gn_fb_node_give_is t)
{
	return gn_fbt_has(t.t, 8);
}
static inline uint32_t gn_fb_node_give_is_months_len(struct gn_fb_node_give_is t)
{
	return gn_fbt_count(t.t, 8);
}
static inline struct gn_fb_node_gave_month gn_fb_node_give_is_months_at(struct gn_fb_node_give_is t, uint32_t i)
{
	return (struct gn_fb_node_gave_month){gn_fbt_table_at(t.t, 8, i)};
}
static inline bool gn_fb_node_give_is_has_by(struct gn_fb_node_give_is t)
{
	return gn_fbt_has(t.t, 9);
}
static inline uint32_t gn_fb_node_give_is_by_len(struct gn_fb_node_give_is t)
{
	return gn_fbt_count(t.t, 9);
}
static inline struct gn_fb_node_gave_to gn_fb_node_give_is_by_at(struct gn_fb_node_give_is t, uint32_t i)
{
	return (struct gn_fb_node_gave_to){gn_fbt_table_at(t.t, 9, i)};
}
static inline uint64_t gn_fb_node_give_is_month_ends(struct gn_fb_node_give_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_give_is_small(struct gn_fb_node_give_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 11, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_give_is_bulk(struct gn_fb_node_give_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 12, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_give_is_places(struct gn_fb_node_give_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 13, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_node_give_is_refused(struct gn_fb_node_give_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 14, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_give_is_held_blocks(struct gn_fb_node_give_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 15, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_node_give_is_held_records(struct gn_fb_node_give_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 16, 8, UINT64_C(0x0));
}

/* ---- NodeRefuse ---- */

/* A hash, of a block, file, site's manifest or the key of a record, that this node neither holds nor
 * gives from now on; `end`: it is no longer refused. Answered by AppOk. */
struct gn_fb_node_refuse {
	struct gn_fbt t;
};
struct gn_fb_node_refuse_args {
	const struct gn_fb_hash *hash;
	bool end;
};
static const struct gn_fb_field gn_fbfields_node_refuse[] = {
	{"hash", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_refuse_args, hash), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"end", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_node_refuse_args, end), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_refuse = {"NodeRefuse", NULL, gn_fbfields_node_refuse, 2};

GN_MUST static inline gn_err gn_fb_node_refuse_verify(struct gn_slice in, struct gn_fb_node_refuse *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_refuse, &out->t);
}
static inline gn_fbref gn_fb_node_refuse_make(struct gn_fbb *b, const struct gn_fb_node_refuse_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_refuse, args);
}
static inline bool gn_fb_node_refuse_has_hash(struct gn_fb_node_refuse t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_node_refuse_hash(struct gn_fb_node_refuse t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_node_refuse_end(struct gn_fb_node_refuse t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- NodeRefused ---- */

/* Those that are refused, from the place `from` on. */
struct gn_fb_node_refused {
	struct gn_fbt t;
};
struct gn_fb_node_refused_args {
	uint32_t from;
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_node_refused[] = {
	{"from", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_node_refused_args, from), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_node_refused_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_refused = {"NodeRefused", NULL, gn_fbfields_node_refused, 2};

GN_MUST static inline gn_err gn_fb_node_refused_verify(struct gn_slice in, struct gn_fb_node_refused *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_refused, &out->t);
}
static inline gn_fbref gn_fb_node_refused_make(struct gn_fbb *b, const struct gn_fb_node_refused_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_refused, args);
}
static inline uint32_t gn_fb_node_refused_from(struct gn_fb_node_refused t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint16_t gn_fb_node_refused_limit(struct gn_fb_node_refused t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}

/* ---- NodeRefusedIs ---- */

struct gn_fb_node_refused_is {
	struct gn_fbt t;
};
struct gn_fb_node_refused_is_args {
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} hashes;
	bool more;
};
static const struct gn_fb_field gn_fbfields_node_refused_is[] = {
	{"hashes", GN_FB_STRUCTS, GN_FB_UINT, 0, offsetof(struct gn_fb_node_refused_is_args, hashes), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_node_refused_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_refused_is = {"NodeRefusedIs", NULL, gn_fbfields_node_refused_is, 2};

GN_MUST static inline gn_err gn_fb_node_refused_is_verify(struct gn_slice in, struct gn_fb_node_refused_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_refused_is, &out->t);
}
static inline gn_fbref gn_fb_node_refused_is_make(struct gn_fbb *b, const struct gn_fb_node_refused_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_refused_is, args);
}
static inline bool gn_fb_node_refused_is_has_hashes(struct gn_fb_node_refused_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_node_refused_is_hashes_len(struct gn_fb_node_refused_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_node_refused_is_hashes_at(struct gn_fb_node_refused_is t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 0, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_node_refused_is_hashes_bytes(struct gn_fb_node_refused_is t)
{
	return gn_fbt_elements(t.t, 0, 32);
}
static inline bool gn_fb_node_refused_is_more(struct gn_fb_node_refused_is t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- EventsOn ---- */

/* Bit n of `kinds`: NodeEventKind n; 0: all. What is kept after `cursor` of the same `epoch` is told
 * first; AppGap comes before when something of it is gone. */
struct gn_fb_events_on {
	struct gn_fbt t;
};
struct gn_fb_events_on_args {
	uint64_t kinds;
	uint64_t cursor;
	uint64_t epoch;
};
static const struct gn_fb_field gn_fbfields_events_on[] = {
	{"kinds", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_events_on_args, kinds), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cursor", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_events_on_args, cursor), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_events_on_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_events_on = {"EventsOn", NULL, gn_fbfields_events_on, 3};

GN_MUST static inline gn_err gn_fb_events_on_verify(struct gn_slice in, struct gn_fb_events_on *out)
{
	return gn_fb_verify(in, &gn_fbtype_events_on, &out->t);
}
static inline gn_fbref gn_fb_events_on_make(struct gn_fbb *b, const struct gn_fb_events_on_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_events_on, args);
}
static inline uint64_t gn_fb_events_on_kinds(struct gn_fb_events_on t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_events_on_cursor(struct gn_fb_events_on t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_events_on_epoch(struct gn_fb_events_on t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- EventsOff ---- */

struct gn_fb_events_off {
	struct gn_fbt t;
};
struct gn_fb_events_off_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_events_off = {"EventsOff", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_events_off_verify(struct gn_slice in, struct gn_fb_events_off *out)
{
	return gn_fb_verify(in, &gn_fbtype_events_off, &out->t);
}
static inline gn_fbref gn_fb_events_off_make(struct gn_fbb *b, const struct gn_fb_events_off_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_events_off, args);
}

/* ---- NodeEvent ---- */

struct gn_fb_node_event {
	struct gn_fbt t;
};
struct gn_fb_node_event_args {
	uint8_t kind;
	gn_fbref status; /* NodeStatusIs */
	gn_fbref peer; /* NodePeer */
	gn_fbref lookup; /* Lookup */
};
static const struct gn_fb_field gn_fbfields_node_event[] = {
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_node_event_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_node_event_kind, false},
	{"status", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_node_event_args, status), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_status_is}, NULL, false},
	{"peer", GN_FB_TABLE, GN_FB_UINT, 2, offsetof(struct gn_fb_node_event_args, peer), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_peer}, NULL, false},
	{"lookup", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_node_event_args, lookup), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_lookup}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_event = {"NodeEvent", NULL, gn_fbfields_node_event, 4};

GN_MUST static inline gn_err gn_fb_node_event_verify(struct gn_slice in, struct gn_fb_node_event *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_event, &out->t);
}
static inline gn_fbref gn_fb_node_event_make(struct gn_fbb *b, const struct gn_fb_node_event_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_event, args);
}
static inline uint8_t gn_fb_node_event_kind(struct gn_fb_node_event t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_event_has_status(struct gn_fb_node_event t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_node_status_is gn_fb_node_event_status(struct gn_fb_node_event t)
{
	return (struct gn_fb_node_status_is){gn_fbt_table(t.t, 1)};
}
static inline bool gn_fb_node_event_has_peer(struct gn_fb_node_event t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_node_peer gn_fb_node_event_peer(struct gn_fb_node_event t)
{
	return (struct gn_fb_node_peer){gn_fbt_table(t.t, 2)};
}
static inline bool gn_fb_node_event_has_lookup(struct gn_fb_node_event t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_lookup gn_fb_node_event_lookup(struct gn_fb_node_event t)
{
	return (struct gn_fb_lookup){gn_fbt_table(t.t, 3)};
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
	/* As of BoxSend: whom holders see who puts it. */
	uint8_t session;
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_record_put[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_record_put_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_record_put_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"w", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_put_args, w), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"keep", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_record_put_args, keep), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"compare", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_record_put_args, compare), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"compare_seq", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_record_put_args, compare_seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_record_put_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_record_put_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_put = {"RecordPut", NULL, gn_fbfields_record_put, 8};

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
static inline uint8_t gn_fb_record_put_session(struct gn_fb_record_put t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_record_put_share(struct gn_fb_record_put t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
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
	uint64_t took_us;
	struct {
		const gn_fbref *p;
		size_t count;
	} steps; /* LookupStep */
	/* A newer version was there instead (`code` is not 0, nothing was stored). */
	struct gn_slice newer;
};
static const struct gn_fb_field gn_fbfields_record_stored[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_record_stored_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_record_stored_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_stored_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"receipts", GN_FB_TABLES, GN_FB_UINT, 3, offsetof(struct gn_fb_record_stored_args, receipts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_receipt}, NULL, false},
	{"hops", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_record_stored_args, hops), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_ms", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_record_stored_args, took_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_us", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_record_stored_args, took_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"steps", GN_FB_TABLES, GN_FB_UINT, 7, offsetof(struct gn_fb_record_stored_args, steps), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_lookup_step}, NULL, false},
	{"newer", GN_FB_SCALARS, GN_FB_UINT, 8, offsetof(struct gn_fb_record_stored_args, newer), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_stored = {"RecordStored", NULL, gn_fbfields_record_stored, 9};

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
static inline uint64_t gn_fb_record_stored_took_us(struct gn_fb_record_stored t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline bool gn_fb_record_stored_has_steps(struct gn_fb_record_stored t)
{
	return gn_fbt_has(t.t, 7);
}
static inline uint32_t gn_fb_record_stored_steps_len(struct gn_fb_record_stored t)
{
	return gn_fbt_count(t.t, 7);
}
static inline struct gn_fb_lookup_step gn_fb_record_stored_steps_at(struct gn_fb_record_stored t, uint32_t i)
{
	return (struct gn_fb_lookup_step){gn_fbt_table_at(t.t, 7, i)};
}
static inline bool gn_fb_record_stored_has_newer(struct gn_fb_record_stored t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_record_stored_newer(struct gn_fb_record_stored t)
{
	return gn_fbt_bytes(t.t, 8);
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
	/* As of BoxSend: whom holders see who asks; `local` is not read then. */
	uint8_t session;
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_record_get[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_record_get_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_record_get_args, type), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"quorum", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_get_args, quorum), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"min_seq", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_record_get_args, min_seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_record_get_args, after), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"local", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_record_get_args, local), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh_s", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_record_get_args, fresh_s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_record_get_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_record_get_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_get = {"RecordGet", NULL, gn_fbfields_record_get, 9};

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
static inline uint8_t gn_fb_record_get_session(struct gn_fb_record_get t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_record_get_share(struct gn_fb_record_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
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
	uint32_t held_by;
};
static const struct gn_fb_field gn_fbfields_record_value[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_record_value_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"holders", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_record_value_args, holders), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"held_by", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_value_args, held_by), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_value = {"RecordValue", NULL, gn_fbfields_record_value, 3};

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
static inline uint32_t gn_fb_record_value_held_by(struct gn_fb_record_value t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- RecordValues ---- */

/* `code`: why there may be more than was found. */
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
	uint16_t code;
	uint32_t hops;
	uint64_t took_us;
	struct {
		const gn_fbref *p;
		size_t count;
	} steps; /* LookupStep */
};
static const struct gn_fb_field gn_fbfields_record_values[] = {
	{"values", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_record_values_args, values), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_record_value}, NULL, false},
	{"after", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_record_values_args, after), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_record_values_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"asked", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_record_values_args, asked), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"answered", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_record_values_args, answered), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_ms", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_record_values_args, took_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_record_values_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_record_values_args, hops), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_us", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_record_values_args, took_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"steps", GN_FB_TABLES, GN_FB_UINT, 9, offsetof(struct gn_fb_record_values_args, steps), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_lookup_step}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_values = {"RecordValues", NULL, gn_fbfields_record_values, 10};

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
static inline uint16_t gn_fb_record_values_code(struct gn_fb_record_values t)
{
	return (uint16_t)gn_fbt_bits(t.t, 6, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_record_values_hops(struct gn_fb_record_values t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_record_values_took_us(struct gn_fb_record_values t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
}
static inline bool gn_fb_record_values_has_steps(struct gn_fb_record_values t)
{
	return gn_fbt_has(t.t, 9);
}
static inline uint32_t gn_fb_record_values_steps_len(struct gn_fb_record_values t)
{
	return gn_fbt_count(t.t, 9);
}
static inline struct gn_fb_lookup_step gn_fb_record_values_steps_at(struct gn_fb_record_values t, uint32_t i)
{
	return (struct gn_fb_lookup_step){gn_fbt_table_at(t.t, 9, i)};
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
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_name_resolve_args, name), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_name_resolve_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
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
	{"type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_name_entry_args, type), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"value", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_name_entry_args, value), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_name_entry_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
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
	/* Of the names' two salts; `code`: what kept the answer from being whole; `looks_like`: a name that
	 * is known here and is read as the same. */
	uint8_t held_0;
	uint8_t held_1;
	uint16_t code;
	struct gn_slice looks_like;
	uint64_t age_s;
	uint64_t took_us;
};
static const struct gn_fb_field gn_fbfields_name_is[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_name_is_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"form", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_name_is_args, form), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_name_is_args, owner), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"pinned", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_name_is_args, pinned), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_name_is_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_name_is_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"entries", GN_FB_TABLES, GN_FB_UINT, 6, offsetof(struct gn_fb_name_is_args, entries), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_name_entry}, NULL, false},
	{"record", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_name_is_args, record), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"holders", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_name_is_args, holders), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held_0", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_name_is_args, held_0), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held_1", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_name_is_args, held_1), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_name_is_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"looks_like", GN_FB_STRING, GN_FB_UINT, 12, offsetof(struct gn_fb_name_is_args, looks_like), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"age_s", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_name_is_args, age_s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_us", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_name_is_args, took_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_name_is = {"NameIs", NULL, gn_fbfields_name_is, 15};

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
static inline uint8_t gn_fb_name_is_held_0(struct gn_fb_name_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_name_is_held_1(struct gn_fb_name_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 10, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_name_is_code(struct gn_fb_name_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 11, 2, UINT64_C(0x0));
}
static inline bool gn_fb_name_is_has_looks_like(struct gn_fb_name_is t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_slice gn_fb_name_is_looks_like(struct gn_fb_name_is t)
{
	return gn_fbt_bytes(t.t, 12);
}
static inline uint64_t gn_fb_name_is_age_s(struct gn_fb_name_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 13, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_name_is_took_us(struct gn_fb_name_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 14, 8, UINT64_C(0x0));
}

/* ---- NamePut ---- */

/* The two records of a claim or renewal, at their two places. */
struct gn_fb_name_put {
	struct gn_fbt t;
};
struct gn_fb_name_put_args {
	struct gn_slice first;
	struct gn_slice second;
	uint8_t w;
};
static const struct gn_fb_field gn_fbfields_name_put[] = {
	{"first", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_name_put_args, first), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"second", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_name_put_args, second), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"w", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_name_put_args, w), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_name_put = {"NamePut", NULL, gn_fbfields_name_put, 3};

GN_MUST static inline gn_err gn_fb_name_put_verify(struct gn_slice in, struct gn_fb_name_put *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_put, &out->t);
}
static inline gn_fbref gn_fb_name_put_make(struct gn_fbb *b, const struct gn_fb_name_put_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_put, args);
}
static inline bool gn_fb_name_put_has_first(struct gn_fb_name_put t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_name_put_first(struct gn_fb_name_put t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_name_put_has_second(struct gn_fb_name_put t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_name_put_second(struct gn_fb_name_put t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_name_put_w(struct gn_fb_name_put t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}

/* ---- NameStored ---- */

/* `code`: QUORUM when fewer than w signed at a place. */
struct gn_fb_name_stored {
	struct gn_fbt t;
};
struct gn_fb_name_stored_args {
	uint16_t code;
	struct gn_slice name;
	uint8_t held_0;
	uint8_t held_1;
	struct gn_slice looks_like;
	uint64_t took_us;
};
static const struct gn_fb_field gn_fbfields_name_stored[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_name_stored_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_name_stored_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held_0", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_name_stored_args, held_0), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held_1", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_name_stored_args, held_1), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"looks_like", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_name_stored_args, looks_like), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_us", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_name_stored_args, took_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_name_stored = {"NameStored", NULL, gn_fbfields_name_stored, 6};

GN_MUST static inline gn_err gn_fb_name_stored_verify(struct gn_slice in, struct gn_fb_name_stored *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_stored, &out->t);
}
static inline gn_fbref gn_fb_name_stored_make(struct gn_fbb *b, const struct gn_fb_name_stored_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_stored, args);
}
static inline uint16_t gn_fb_name_stored_code(struct gn_fb_name_stored t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_name_stored_has_name(struct gn_fb_name_stored t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_name_stored_name(struct gn_fb_name_stored t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_name_stored_held_0(struct gn_fb_name_stored t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_name_stored_held_1(struct gn_fb_name_stored t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_name_stored_has_looks_like(struct gn_fb_name_stored t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_name_stored_looks_like(struct gn_fb_name_stored t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline uint64_t gn_fb_name_stored_took_us(struct gn_fb_name_stored t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}

/* ---- RecordFind ---- */

/* The `count` nodes nearest to a key (8, at most 24), and the way there. */
struct gn_fb_record_find {
	struct gn_fbt t;
};
struct gn_fb_record_find_args {
	const struct gn_fb_hash *key;
	uint8_t count;
};
static const struct gn_fb_field gn_fbfields_record_find[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_record_find_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_record_find_args, count), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_find = {"RecordFind", NULL, gn_fbfields_record_find, 2};

GN_MUST static inline gn_err gn_fb_record_find_verify(struct gn_slice in, struct gn_fb_record_find *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_find, &out->t);
}
static inline gn_fbref gn_fb_record_find_make(struct gn_fbb *b, const struct gn_fb_record_find_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_find, args);
}
static inline bool gn_fb_record_find_has_key(struct gn_fb_record_find t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_record_find_key(struct gn_fb_record_find t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_record_find_count(struct gn_fb_record_find t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}

/* ---- RecordNode ---- */

struct gn_fb_record_node {
	struct gn_fbt t;
};
struct gn_fb_record_node_args {
	const struct gn_fb_hash *id;
	const struct gn_fb_key *key;
	const struct gn_fb_addr *addr;
};
static const struct gn_fb_field gn_fbfields_record_node[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_record_node_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_record_node_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addr", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_record_node_args, addr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_node = {"RecordNode", NULL, gn_fbfields_record_node, 3};

GN_MUST static inline gn_err gn_fb_record_node_verify(struct gn_slice in, struct gn_fb_record_node *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_node, &out->t);
}
static inline gn_fbref gn_fb_record_node_make(struct gn_fbb *b, const struct gn_fb_record_node_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_node, args);
}
static inline bool gn_fb_record_node_has_id(struct gn_fb_record_node t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_record_node_id(struct gn_fb_record_node t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_record_node_has_key(struct gn_fb_record_node t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_record_node_key(struct gn_fb_record_node t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_record_node_has_addr(struct gn_fb_record_node t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_addr gn_fb_record_node_addr(struct gn_fb_record_node t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_addr, &v);
	return v;
}

/* ---- RecordFound ---- */

struct gn_fb_record_found {
	struct gn_fbt t;
};
struct gn_fb_record_found_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} nodes; /* RecordNode */
	uint32_t hops;
	uint64_t took_us;
	struct {
		const gn_fbref *p;
		size_t count;
	} steps; /* LookupStep */
};
static const struct gn_fb_field gn_fbfields_record_found[] = {
	{"nodes", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_record_found_args, nodes), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_record_node}, NULL, false},
	{"hops", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_record_found_args, hops), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"took_us", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_record_found_args, took_us), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"steps", GN_FB_TABLES, GN_FB_UINT, 3, offsetof(struct gn_fb_record_found_args, steps), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_lookup_step}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_found = {"RecordFound", NULL, gn_fbfields_record_found, 4};

GN_MUST static inline gn_err gn_fb_record_found_verify(struct gn_slice in, struct gn_fb_record_found *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_found, &out->t);
}
static inline gn_fbref gn_fb_record_found_make(struct gn_fbb *b, const struct gn_fb_record_found_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_found, args);
}
static inline bool gn_fb_record_found_has_nodes(struct gn_fb_record_found t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_record_found_nodes_len(struct gn_fb_record_found t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_record_node gn_fb_record_found_nodes_at(struct gn_fb_record_found t, uint32_t i)
{
	return (struct gn_fb_record_node){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint32_t gn_fb_record_found_hops(struct gn_fb_record_found t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_record_found_took_us(struct gn_fb_record_found t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_record_found_has_steps(struct gn_fb_record_found t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_record_found_steps_len(struct gn_fb_record_found t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_lookup_step gn_fb_record_found_steps_at(struct gn_fb_record_found t, uint32_t i)
{
	return (struct gn_fb_lookup_step){gn_fbt_table_at(t.t, 3, i)};
}

/* ---- FileAdd ---- */

/* The bytes come on this call's stream, answered when it ended. */
struct gn_fb_file_add {
	struct gn_fbt t;
};
struct gn_fb_file_add_args {
	uint64_t size;
};
static const struct gn_fb_field gn_fbfields_file_add[] = {
	{"size", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_file_add_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_file_add = {"FileAdd", NULL, gn_fbfields_file_add, 1};

GN_MUST static inline gn_err gn_fb_file_add_verify(struct gn_slice in, struct gn_fb_file_add *out)
{
	return gn_fb_verify(in, &gn_fbtype_file_add, &out->t);
}
static inline gn_fbref gn_fb_file_add_make(struct gn_fbb *b, const struct gn_fb_file_add_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_file_add, args);
}
static inline uint64_t gn_fb_file_add_size(struct gn_fb_file_add t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}

/* ---- FileAdded ---- */

struct gn_fb_file_added {
	struct gn_fbt t;
};
struct gn_fb_file_added_args {
	const struct gn_fb_hash *root;
	uint64_t size;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} blocks;
};
static const struct gn_fb_field gn_fbfields_file_added[] = {
	{"root", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_file_added_args, root), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_file_added_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"blocks", GN_FB_STRUCTS, GN_FB_UINT, 2, offsetof(struct gn_fb_file_added_args, blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_file_added = {"FileAdded", NULL, gn_fbfields_file_added, 3};

GN_MUST static inline gn_err gn_fb_file_added_verify(struct gn_slice in, struct gn_fb_file_added *out)
{
	return gn_fb_verify(in, &gn_fbtype_file_added, &out->t);
}
static inline gn_fbref gn_fb_file_added_make(struct gn_fbb *b, const struct gn_fb_file_added_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_file_added, args);
}
static inline bool gn_fb_file_added_has_root(struct gn_fb_file_added t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_file_added_root(struct gn_fb_file_added t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_file_added_size(struct gn_fb_file_added t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_file_added_has_blocks(struct gn_fb_file_added t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_file_added_blocks_len(struct gn_fb_file_added t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_file_added_blocks_at(struct gn_fb_file_added t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 2, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_file_added_blocks_bytes(struct gn_fb_file_added t)
{
	return gn_fbt_elements(t.t, 2, 32);
}

/* ---- FileGet ---- */

/* FileIs, then the bytes on this call's stream, every one verified, then AppOk. `count` 0: to the end. */
struct gn_fb_file_get {
	struct gn_fbt t;
};
struct gn_fb_file_get_args {
	const struct gn_fb_hash *root;
	uint64_t size;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} blocks;
	uint64_t offset;
	uint64_t count;
};
static const struct gn_fb_field gn_fbfields_file_get[] = {
	{"root", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_file_get_args, root), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_file_get_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"blocks", GN_FB_STRUCTS, GN_FB_UINT, 2, offsetof(struct gn_fb_file_get_args, blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"offset", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_file_get_args, offset), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_file_get_args, count), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_file_get = {"FileGet", NULL, gn_fbfields_file_get, 5};

GN_MUST static inline gn_err gn_fb_file_get_verify(struct gn_slice in, struct gn_fb_file_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_file_get, &out->t);
}
static inline gn_fbref gn_fb_file_get_make(struct gn_fbb *b, const struct gn_fb_file_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_file_get, args);
}
static inline bool gn_fb_file_get_has_root(struct gn_fb_file_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_file_get_root(struct gn_fb_file_get t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_file_get_size(struct gn_fb_file_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_file_get_has_blocks(struct gn_fb_file_get t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_file_get_blocks_len(struct gn_fb_file_get t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_file_get_blocks_at(struct gn_fb_file_get t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 2, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_file_get_blocks_bytes(struct gn_fb_file_get t)
{
	return gn_fbt_elements(t.t, 2, 32);
}
static inline uint64_t gn_fb_file_get_offset(struct gn_fb_file_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_file_get_count(struct gn_fb_file_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}

/* ---- FileIs ---- */

struct gn_fb_file_is {
	struct gn_fbt t;
};
struct gn_fb_file_is_args {
	uint64_t size;
	uint64_t offset;
	uint64_t count;
	struct gn_slice mime;
};
static const struct gn_fb_field gn_fbfields_file_is[] = {
	{"size", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_file_is_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"offset", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_file_is_args, offset), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_file_is_args, count), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_file_is_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_file_is = {"FileIs", NULL, gn_fbfields_file_is, 4};

GN_MUST static inline gn_err gn_fb_file_is_verify(struct gn_slice in, struct gn_fb_file_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_file_is, &out->t);
}
static inline gn_fbref gn_fb_file_is_make(struct gn_fbb *b, const struct gn_fb_file_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_file_is, args);
}
static inline uint64_t gn_fb_file_is_size(struct gn_fb_file_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_file_is_offset(struct gn_fb_file_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_file_is_count(struct gn_fb_file_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_file_is_has_mime(struct gn_fb_file_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_file_is_mime(struct gn_fb_file_is t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- SpreadSite ---- */

/* The version is known by the root of its manifest. */
struct gn_fb_spread_site {
	struct gn_fbt t;
};
struct gn_fb_spread_site_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
	const struct gn_fb_hash *root;
};
static const struct gn_fb_field gn_fbfields_spread_site[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_spread_site_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_spread_site_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_spread_site_args, root), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_spread_site = {"SpreadSite", NULL, gn_fbfields_spread_site, 3};

GN_MUST static inline gn_err gn_fb_spread_site_verify(struct gn_slice in, struct gn_fb_spread_site *out)
{
	return gn_fb_verify(in, &gn_fbtype_spread_site, &out->t);
}
static inline gn_fbref gn_fb_spread_site_make(struct gn_fbb *b, const struct gn_fb_spread_site_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_spread_site, args);
}
static inline bool gn_fb_spread_site_has_owner(struct gn_fb_spread_site t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_spread_site_owner(struct gn_fb_spread_site t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_spread_site_has_label(struct gn_fb_spread_site t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_spread_site_label(struct gn_fb_spread_site t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_spread_site_has_root(struct gn_fb_spread_site t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_spread_site_root(struct gn_fb_spread_site t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}

/* ---- BlocksSpread ---- */

/* Copies of blocks to other nodes: Progress as it goes on, the last one with `code`. `once`: the node
 * does not look after them afterwards. `site`: they are all blocks of this version of a site, which it
 * keeps as its own from then on (docs/spec/services.md BU-21). */
struct gn_fb_blocks_spread {
	struct gn_fbt t;
};
struct gn_fb_blocks_spread_args {
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} blocks;
	uint8_t copies;
	uint64_t keep_until;
	bool once;
	gn_fbref site; /* SpreadSite */
};
static const struct gn_fb_field gn_fbfields_blocks_spread[] = {
	{"blocks", GN_FB_STRUCTS, GN_FB_UINT, 0, offsetof(struct gn_fb_blocks_spread_args, blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"copies", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_blocks_spread_args, copies), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"keep_until", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_blocks_spread_args, keep_until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"once", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_blocks_spread_args, once), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"site", GN_FB_TABLE, GN_FB_UINT, 4, offsetof(struct gn_fb_blocks_spread_args, site), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_spread_site}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_blocks_spread = {"BlocksSpread", NULL, gn_fbfields_blocks_spread, 5};

GN_MUST static inline gn_err gn_fb_blocks_spread_verify(struct gn_slice in, struct gn_fb_blocks_spread *out)
{
	return gn_fb_verify(in, &gn_fbtype_blocks_spread, &out->t);
}
static inline gn_fbref gn_fb_blocks_spread_make(struct gn_fbb *b, const struct gn_fb_blocks_spread_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_blocks_spread, args);
}
static inline bool gn_fb_blocks_spread_has_blocks(struct gn_fb_blocks_spread t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_blocks_spread_blocks_len(struct gn_fb_blocks_spread t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_blocks_spread_blocks_at(struct gn_fb_blocks_spread t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 0, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_blocks_spread_blocks_bytes(struct gn_fb_blocks_spread t)
{
	return gn_fbt_elements(t.t, 0, 32);
}
static inline uint8_t gn_fb_blocks_spread_copies(struct gn_fb_blocks_spread t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_blocks_spread_keep_until(struct gn_fb_blocks_spread t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_blocks_spread_once(struct gn_fb_blocks_spread t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_blocks_spread_has_site(struct gn_fb_blocks_spread t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_spread_site gn_fb_blocks_spread_site(struct gn_fb_blocks_spread t)
{
	return (struct gn_fb_spread_site){gn_fbt_table(t.t, 4)};
}

/* ---- Progress ---- */

struct gn_fb_progress {
	struct gn_fbt t;
};
struct gn_fb_progress_args {
	uint64_t done;
	uint64_t total;
	uint16_t code;
};
static const struct gn_fb_field gn_fbfields_progress[] = {
	{"done", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_progress_args, done), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"total", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_progress_args, total), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_progress_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_progress = {"Progress", NULL, gn_fbfields_progress, 3};

GN_MUST static inline gn_err gn_fb_progress_verify(struct gn_slice in, struct gn_fb_progress *out)
{
	return gn_fb_verify(in, &gn_fbtype_progress, &out->t);
}
static inline gn_fbref gn_fb_progress_make(struct gn_fbb *b, const struct gn_fb_progress_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_progress, args);
}
static inline uint64_t gn_fb_progress_done(struct gn_fb_progress t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_progress_total(struct gn_fb_progress t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_progress_code(struct gn_fb_progress t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}

/* ---- SiteGet ---- */

/* What a site says: with `path` SiteIs, FileIs, that file on the stream and AppOk; with `manifest`
 * the manifest on the stream instead; with neither SiteIs alone. */
struct gn_fb_site_get {
	struct gn_fbt t;
};
struct gn_fb_site_get_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
	struct gn_slice path;
	uint64_t version;
	bool fresh;
	uint64_t offset;
	uint64_t count;
	bool manifest;
};
static const struct gn_fb_field gn_fbfields_site_get[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_site_get_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_site_get_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"path", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_site_get_args, path), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_site_get_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_site_get_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"offset", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_site_get_args, offset), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_site_get_args, count), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"manifest", GN_FB_SCALAR, GN_FB_BOOL, 7, offsetof(struct gn_fb_site_get_args, manifest), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_site_get = {"SiteGet", NULL, gn_fbfields_site_get, 8};

GN_MUST static inline gn_err gn_fb_site_get_verify(struct gn_slice in, struct gn_fb_site_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_site_get, &out->t);
}
static inline gn_fbref gn_fb_site_get_make(struct gn_fbb *b, const struct gn_fb_site_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_site_get, args);
}
static inline bool gn_fb_site_get_has_owner(struct gn_fb_site_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_site_get_owner(struct gn_fb_site_get t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_site_get_has_label(struct gn_fb_site_get t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_site_get_label(struct gn_fb_site_get t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_site_get_has_path(struct gn_fb_site_get t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_site_get_path(struct gn_fb_site_get t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint64_t gn_fb_site_get_version(struct gn_fb_site_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_site_get_fresh(struct gn_fb_site_get t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_site_get_offset(struct gn_fb_site_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_site_get_count(struct gn_fb_site_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline bool gn_fb_site_get_manifest(struct gn_fb_site_get t)
{
	return gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0)) != 0;
}

/* ---- SiteIs ---- */

struct gn_fb_site_is {
	struct gn_fbt t;
};
struct gn_fb_site_is_args {
	struct gn_slice head;
	uint64_t version;
	uint32_t files;
	uint64_t age_s;
};
static const struct gn_fb_field gn_fbfields_site_is[] = {
	{"head", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_site_is_args, head), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_site_is_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_site_is_args, files), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"age_s", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_site_is_args, age_s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_site_is = {"SiteIs", NULL, gn_fbfields_site_is, 4};

GN_MUST static inline gn_err gn_fb_site_is_verify(struct gn_slice in, struct gn_fb_site_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_site_is, &out->t);
}
static inline gn_fbref gn_fb_site_is_make(struct gn_fbb *b, const struct gn_fb_site_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_site_is, args);
}
static inline bool gn_fb_site_is_has_head(struct gn_fb_site_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_site_is_head(struct gn_fb_site_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_site_is_version(struct gn_fb_site_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_site_is_files(struct gn_fb_site_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_site_is_age_s(struct gn_fb_site_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- SitesList ---- */

/* What this node keeps published, from the place `from` on, 50 at once, at most 500. */
struct gn_fb_sites_list {
	struct gn_fbt t;
};
struct gn_fb_sites_list_args {
	uint32_t from;
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_sites_list[] = {
	{"from", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_sites_list_args, from), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_sites_list_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_sites_list = {"SitesList", NULL, gn_fbfields_sites_list, 2};

GN_MUST static inline gn_err gn_fb_sites_list_verify(struct gn_slice in, struct gn_fb_sites_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_sites_list, &out->t);
}
static inline gn_fbref gn_fb_sites_list_make(struct gn_fbb *b, const struct gn_fb_sites_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_sites_list, args);
}
static inline uint32_t gn_fb_sites_list_from(struct gn_fb_sites_list t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint16_t gn_fb_sites_list_limit(struct gn_fb_sites_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}

/* ---- SiteKept ---- */

struct gn_fb_site_kept {
	struct gn_fbt t;
};
struct gn_fb_site_kept_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
	const struct gn_fb_hash *root;
	uint64_t version;
	uint64_t expires;
	uint64_t spread;
	uint64_t keep_until;
	uint8_t copies;
	uint32_t blocks;
	/* A version waits for its head; one is out. */
	bool pending;
	bool published;
	bool listed;
	uint32_t versions;
	bool partial;
};
static const struct gn_fb_field gn_fbfields_site_kept[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_site_kept_args, owner), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_site_kept_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_site_kept_args, root), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_site_kept_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_site_kept_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"spread", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_site_kept_args, spread), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"keep_until", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_site_kept_args, keep_until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"copies", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_site_kept_args, copies), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"blocks", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_site_kept_args, blocks), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pending", GN_FB_SCALAR, GN_FB_BOOL, 9, offsetof(struct gn_fb_site_kept_args, pending), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"published", GN_FB_SCALAR, GN_FB_BOOL, 10, offsetof(struct gn_fb_site_kept_args, published), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"listed", GN_FB_SCALAR, GN_FB_BOOL, 11, offsetof(struct gn_fb_site_kept_args, listed), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"versions", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_site_kept_args, versions), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"partial", GN_FB_SCALAR, GN_FB_BOOL, 13, offsetof(struct gn_fb_site_kept_args, partial), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_site_kept = {"SiteKept", NULL, gn_fbfields_site_kept, 14};

GN_MUST static inline gn_err gn_fb_site_kept_verify(struct gn_slice in, struct gn_fb_site_kept *out)
{
	return gn_fb_verify(in, &gn_fbtype_site_kept, &out->t);
}
static inline gn_fbref gn_fb_site_kept_make(struct gn_fbb *b, const struct gn_fb_site_kept_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_site_kept, args);
}
static inline bool gn_fb_site_kept_has_owner(struct gn_fb_site_kept t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_site_kept_owner(struct gn_fb_site_kept t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_site_kept_has_label(struct gn_fb_site_kept t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_site_kept_label(struct gn_fb_site_kept t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_site_kept_has_root(struct gn_fb_site_kept t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_site_kept_root(struct gn_fb_site_kept t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_site_kept_version(struct gn_fb_site_kept t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_site_kept_expires(struct gn_fb_site_kept t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_site_kept_spread(struct gn_fb_site_kept t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_site_kept_keep_until(struct gn_fb_site_kept t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_site_kept_copies(struct gn_fb_site_kept t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_site_kept_blocks(struct gn_fb_site_kept t)
{
	return (uint32_t)gn_fbt_bits(t.t, 8, 4, UINT64_C(0x0));
}
static inline bool gn_fb_site_kept_pending(struct gn_fb_site_kept t)
{
	return gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_site_kept_published(struct gn_fb_site_kept t)
{
	return gn_fbt_bits(t.t, 10, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_site_kept_listed(struct gn_fb_site_kept t)
{
	return gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_site_kept_versions(struct gn_fb_site_kept t)
{
	return (uint32_t)gn_fbt_bits(t.t, 12, 4, UINT64_C(0x0));
}
static inline bool gn_fb_site_kept_partial(struct gn_fb_site_kept t)
{
	return gn_fbt_bits(t.t, 13, 1, UINT64_C(0x0)) != 0;
}

/* ---- SitesListIs ---- */

struct gn_fb_sites_list_is {
	struct gn_fbt t;
};
struct gn_fb_sites_list_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} sites; /* SiteKept */
	bool more;
};
static const struct gn_fb_field gn_fbfields_sites_list_is[] = {
	{"sites", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_sites_list_is_args, sites), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_site_kept}, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_sites_list_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_sites_list_is = {"SitesListIs", NULL, gn_fbfields_sites_list_is, 2};

GN_MUST static inline gn_err gn_fb_sites_list_is_verify(struct gn_slice in, struct gn_fb_sites_list_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_sites_list_is, &out->t);
}
static inline gn_fbref gn_fb_sites_list_is_make(struct gn_fbb *b, const struct gn_fb_sites_list_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_sites_list_is, args);
}
static inline bool gn_fb_sites_list_is_has_sites(struct gn_fb_sites_list_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_sites_list_is_sites_len(struct gn_fb_sites_list_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_site_kept gn_fb_sites_list_is_sites_at(struct gn_fb_sites_list_is t, uint32_t i)
{
	return (struct gn_fb_site_kept){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_sites_list_is_more(struct gn_fb_sites_list_is t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- SiteUnpublish ---- */

/* Its blocks are let go; what others hold fades. */
struct gn_fb_site_unpublish {
	struct gn_fbt t;
};
struct gn_fb_site_unpublish_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
};
static const struct gn_fb_field gn_fbfields_site_unpublish[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_site_unpublish_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_site_unpublish_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_site_unpublish = {"SiteUnpublish", NULL, gn_fbfields_site_unpublish, 2};

GN_MUST static inline gn_err gn_fb_site_unpublish_verify(struct gn_slice in, struct gn_fb_site_unpublish *out)
{
	return gn_fb_verify(in, &gn_fbtype_site_unpublish, &out->t);
}
static inline gn_fbref gn_fb_site_unpublish_make(struct gn_fbb *b, const struct gn_fb_site_unpublish_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_site_unpublish, args);
}
static inline bool gn_fb_site_unpublish_has_owner(struct gn_fb_site_unpublish t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_site_unpublish_owner(struct gn_fb_site_unpublish t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_site_unpublish_has_label(struct gn_fb_site_unpublish t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_site_unpublish_label(struct gn_fb_site_unpublish t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- StreamData ---- */

/* Bytes of a call, either way, under the call's number: no more than was granted. 256 KiB may be sent
 * at first. */
struct gn_fb_stream_data {
	struct gn_fbt t;
};
struct gn_fb_stream_data_args {
	uint64_t stream;
	struct gn_slice bytes;
};
static const struct gn_fb_field gn_fbfields_stream_data[] = {
	{"stream", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_stream_data_args, stream), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_stream_data_args, bytes), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_stream_data = {"StreamData", NULL, gn_fbfields_stream_data, 2};

GN_MUST static inline gn_err gn_fb_stream_data_verify(struct gn_slice in, struct gn_fb_stream_data *out)
{
	return gn_fb_verify(in, &gn_fbtype_stream_data, &out->t);
}
static inline gn_fbref gn_fb_stream_data_make(struct gn_fbb *b, const struct gn_fb_stream_data_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_stream_data, args);
}
static inline uint64_t gn_fb_stream_data_stream(struct gn_fb_stream_data t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_stream_data_has_bytes(struct gn_fb_stream_data t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_stream_data_bytes(struct gn_fb_stream_data t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- StreamGrant ---- */

struct gn_fb_stream_grant {
	struct gn_fbt t;
};
struct gn_fb_stream_grant_args {
	uint64_t stream;
	uint32_t bytes;
};
static const struct gn_fb_field gn_fbfields_stream_grant[] = {
	{"stream", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_stream_grant_args, stream), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_stream_grant_args, bytes), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_stream_grant = {"StreamGrant", NULL, gn_fbfields_stream_grant, 2};

GN_MUST static inline gn_err gn_fb_stream_grant_verify(struct gn_slice in, struct gn_fb_stream_grant *out)
{
	return gn_fb_verify(in, &gn_fbtype_stream_grant, &out->t);
}
static inline gn_fbref gn_fb_stream_grant_make(struct gn_fbb *b, const struct gn_fb_stream_grant_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_stream_grant, args);
}
static inline uint64_t gn_fb_stream_grant_stream(struct gn_fb_stream_grant t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_stream_grant_bytes(struct gn_fb_stream_grant t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}

/* ---- StreamEnd ---- */

/* Nothing more comes this way; `code`: it is given up. */
struct gn_fb_stream_end {
	struct gn_fbt t;
};
struct gn_fb_stream_end_args {
	uint64_t stream;
	uint16_t code;
};
static const struct gn_fb_field gn_fbfields_stream_end[] = {
	{"stream", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_stream_end_args, stream), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_stream_end_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_stream_end = {"StreamEnd", NULL, gn_fbfields_stream_end, 2};

GN_MUST static inline gn_err gn_fb_stream_end_verify(struct gn_slice in, struct gn_fb_stream_end *out)
{
	return gn_fb_verify(in, &gn_fbtype_stream_end, &out->t);
}
static inline gn_fbref gn_fb_stream_end_make(struct gn_fbb *b, const struct gn_fb_stream_end_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_stream_end, args);
}
static inline uint64_t gn_fb_stream_end_stream(struct gn_fb_stream_end t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_stream_end_code(struct gn_fb_stream_end t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
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
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_node_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_node_args, body), 24, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_status, &gn_fbtype_node_status_is, &gn_fbtype_node_shutdown, &gn_fbtype_node_peers, &gn_fbtype_node_peers_is, &gn_fbtype_node_lookups, &gn_fbtype_node_lookups_is, &gn_fbtype_node_counters, &gn_fbtype_node_counters_is, &gn_fbtype_node_ping, &gn_fbtype_node_ping_is, &gn_fbtype_node_netcheck, &gn_fbtype_node_netcheck_is, &gn_fbtype_node_give, &gn_fbtype_node_give_is, &gn_fbtype_node_refuse, &gn_fbtype_node_refused, &gn_fbtype_node_refused_is, &gn_fbtype_node_path, &gn_fbtype_node_path_is, &gn_fbtype_node_disk, &gn_fbtype_node_disk_is, &gn_fbtype_node_boxes, &gn_fbtype_node_boxes_is}, NULL, false},
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
static inline struct gn_fb_node_peers gn_fb_app_node_body_as_node_peers(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_peers){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_PEERS)};
}
static inline struct gn_fb_node_peers_is gn_fb_app_node_body_as_node_peers_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_peers_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_PEERS_IS)};
}
static inline struct gn_fb_node_lookups gn_fb_app_node_body_as_node_lookups(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_lookups){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_LOOKUPS)};
}
static inline struct gn_fb_node_lookups_is gn_fb_app_node_body_as_node_lookups_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_lookups_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_LOOKUPS_IS)};
}
static inline struct gn_fb_node_counters gn_fb_app_node_body_as_node_counters(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_counters){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_COUNTERS)};
}
static inline struct gn_fb_node_counters_is gn_fb_app_node_body_as_node_counters_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_counters_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_COUNTERS_IS)};
}
static inline struct gn_fb_node_ping gn_fb_app_node_body_as_node_ping(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_ping){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_PING)};
}
static inline struct gn_fb_node_ping_is gn_fb_app_node_body_as_node_ping_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_ping_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_PING_IS)};
}
static inline struct gn_fb_node_netcheck gn_fb_app_node_body_as_node_netcheck(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_netcheck){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_NETCHECK)};
}
static inline struct gn_fb_node_netcheck_is gn_fb_app_node_body_as_node_netcheck_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_netcheck_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_NETCHECK_IS)};
}
static inline struct gn_fb_node_give gn_fb_app_node_body_as_node_give(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_give){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_GIVE)};
}
static inline struct gn_fb_node_give_is gn_fb_app_node_body_as_node_give_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_give_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_GIVE_IS)};
}
static inline struct gn_fb_node_refuse gn_fb_app_node_body_as_node_refuse(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_refuse){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_REFUSE)};
}
static inline struct gn_fb_node_refused gn_fb_app_node_body_as_node_refused(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_refused){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_REFUSED)};
}
static inline struct gn_fb_node_refused_is gn_fb_app_node_body_as_node_refused_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_refused_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_REFUSED_IS)};
}
static inline struct gn_fb_node_path gn_fb_app_node_body_as_node_path(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_path){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_PATH)};
}
static inline struct gn_fb_node_path_is gn_fb_app_node_body_as_node_path_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_path_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_PATH_IS)};
}
static inline struct gn_fb_node_disk gn_fb_app_node_body_as_node_disk(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_disk){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_DISK)};
}
static inline struct gn_fb_node_disk_is gn_fb_app_node_body_as_node_disk_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_disk_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_DISK_IS)};
}
static inline struct gn_fb_node_boxes gn_fb_app_node_body_as_node_boxes(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_boxes){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_BOXES)};
}
static inline struct gn_fb_node_boxes_is gn_fb_app_node_body_as_node_boxes_is(struct gn_fb_app_node t)
{
	return (struct gn_fb_node_boxes_is){gn_fbt_member(t.t, 1, GN_FB_APP_NODE_BODY_NODE_BOXES_IS)};
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
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_record_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_record_args, body), 10, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_record_put, &gn_fbtype_record_stored, &gn_fbtype_record_get, &gn_fbtype_record_values, &gn_fbtype_name_resolve, &gn_fbtype_name_is, &gn_fbtype_name_put, &gn_fbtype_name_stored, &gn_fbtype_record_find, &gn_fbtype_record_found}, NULL, false},
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
static inline struct gn_fb_name_put gn_fb_app_record_body_as_name_put(struct gn_fb_app_record t)
{
	return (struct gn_fb_name_put){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_NAME_PUT)};
}
static inline struct gn_fb_name_stored gn_fb_app_record_body_as_name_stored(struct gn_fb_app_record t)
{
	return (struct gn_fb_name_stored){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_NAME_STORED)};
}
static inline struct gn_fb_record_find gn_fb_app_record_body_as_record_find(struct gn_fb_app_record t)
{
	return (struct gn_fb_record_find){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_RECORD_FIND)};
}
static inline struct gn_fb_record_found gn_fb_app_record_body_as_record_found(struct gn_fb_app_record t)
{
	return (struct gn_fb_record_found){gn_fbt_member(t.t, 1, GN_FB_APP_RECORD_BODY_RECORD_FOUND)};
}

/* ---- AppEvent ---- */

struct gn_fb_app_event {
	struct gn_fbt t;
};
struct gn_fb_app_event_args {
	uint8_t body_type; /* GN_FB_APP_EVENT_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_event[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_event_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_event_args, body), 3, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_events_on, &gn_fbtype_events_off, &gn_fbtype_node_event}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_event = {"AppEvent", NULL, gn_fbfields_app_event, 2};

GN_MUST static inline gn_err gn_fb_app_event_verify(struct gn_slice in, struct gn_fb_app_event *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_event, &out->t);
}
static inline gn_fbref gn_fb_app_event_make(struct gn_fbb *b, const struct gn_fb_app_event_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_event, args);
}
static inline bool gn_fb_app_event_has_body(struct gn_fb_app_event t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_event_body_type(struct gn_fb_app_event t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_events_on gn_fb_app_event_body_as_events_on(struct gn_fb_app_event t)
{
	return (struct gn_fb_events_on){gn_fbt_member(t.t, 1, GN_FB_APP_EVENT_BODY_EVENTS_ON)};
}
static inline struct gn_fb_events_off gn_fb_app_event_body_as_events_off(struct gn_fb_app_event t)
{
	return (struct gn_fb_events_off){gn_fbt_member(t.t, 1, GN_FB_APP_EVENT_BODY_EVENTS_OFF)};
}
static inline struct gn_fb_node_event gn_fb_app_event_body_as_node_event(struct gn_fb_app_event t)
{
	return (struct gn_fb_node_event){gn_fbt_member(t.t, 1, GN_FB_APP_EVENT_BODY_NODE_EVENT)};
}

/* ---- AppFile ---- */

struct gn_fb_app_file {
	struct gn_fbt t;
};
struct gn_fb_app_file_args {
	uint8_t body_type; /* GN_FB_APP_FILE_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_file[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_file_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_file_args, body), 11, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_file_add, &gn_fbtype_file_added, &gn_fbtype_file_get, &gn_fbtype_file_is, &gn_fbtype_blocks_spread, &gn_fbtype_progress, &gn_fbtype_site_get, &gn_fbtype_site_is, &gn_fbtype_sites_list, &gn_fbtype_sites_list_is, &gn_fbtype_site_unpublish}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_file = {"AppFile", NULL, gn_fbfields_app_file, 2};

GN_MUST static inline gn_err gn_fb_app_file_verify(struct gn_slice in, struct gn_fb_app_file *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_file, &out->t);
}
static inline gn_fbref gn_fb_app_file_make(struct gn_fbb *b, const struct gn_fb_app_file_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_file, args);
}
static inline bool gn_fb_app_file_has_body(struct gn_fb_app_file t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_file_body_type(struct gn_fb_app_file t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_file_add gn_fb_app_file_body_as_file_add(struct gn_fb_app_file t)
{
	return (struct gn_fb_file_add){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_FILE_ADD)};
}
static inline struct gn_fb_file_added gn_fb_app_file_body_as_file_added(struct gn_fb_app_file t)
{
	return (struct gn_fb_file_added){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_FILE_ADDED)};
}
static inline struct gn_fb_file_get gn_fb_app_file_body_as_file_get(struct gn_fb_app_file t)
{
	return (struct gn_fb_file_get){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_FILE_GET)};
}
static inline struct gn_fb_file_is gn_fb_app_file_body_as_file_is(struct gn_fb_app_file t)
{
	return (struct gn_fb_file_is){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_FILE_IS)};
}
static inline struct gn_fb_blocks_spread gn_fb_app_file_body_as_blocks_spread(struct gn_fb_app_file t)
{
	return (struct gn_fb_blocks_spread){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_BLOCKS_SPREAD)};
}
static inline struct gn_fb_progress gn_fb_app_file_body_as_progress(struct gn_fb_app_file t)
{
	return (struct gn_fb_progress){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_PROGRESS)};
}
static inline struct gn_fb_site_get gn_fb_app_file_body_as_site_get(struct gn_fb_app_file t)
{
	return (struct gn_fb_site_get){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_SITE_GET)};
}
static inline struct gn_fb_site_is gn_fb_app_file_body_as_site_is(struct gn_fb_app_file t)
{
	return (struct gn_fb_site_is){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_SITE_IS)};
}
static inline struct gn_fb_sites_list gn_fb_app_file_body_as_sites_list(struct gn_fb_app_file t)
{
	return (struct gn_fb_sites_list){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_SITES_LIST)};
}
static inline struct gn_fb_sites_list_is gn_fb_app_file_body_as_sites_list_is(struct gn_fb_app_file t)
{
	return (struct gn_fb_sites_list_is){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_SITES_LIST_IS)};
}
static inline struct gn_fb_site_unpublish gn_fb_app_file_body_as_site_unpublish(struct gn_fb_app_file t)
{
	return (struct gn_fb_site_unpublish){gn_fbt_member(t.t, 1, GN_FB_APP_FILE_BODY_SITE_UNPUBLISH)};
}

/* ---- AppStream ---- */

struct gn_fb_app_stream {
	struct gn_fbt t;
};
struct gn_fb_app_stream_args {
	uint8_t body_type; /* GN_FB_APP_STREAM_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_stream[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_stream_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_stream_args, body), 3, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_stream_data, &gn_fbtype_stream_grant, &gn_fbtype_stream_end}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_stream = {"AppStream", NULL, gn_fbfields_app_stream, 2};

GN_MUST static inline gn_err gn_fb_app_stream_verify(struct gn_slice in, struct gn_fb_app_stream *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_stream, &out->t);
}
static inline gn_fbref gn_fb_app_stream_make(struct gn_fbb *b, const struct gn_fb_app_stream_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_stream, args);
}
static inline bool gn_fb_app_stream_has_body(struct gn_fb_app_stream t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_stream_body_type(struct gn_fb_app_stream t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_stream_data gn_fb_app_stream_body_as_stream_data(struct gn_fb_app_stream t)
{
	return (struct gn_fb_stream_data){gn_fbt_member(t.t, 1, GN_FB_APP_STREAM_BODY_STREAM_DATA)};
}
static inline struct gn_fb_stream_grant gn_fb_app_stream_body_as_stream_grant(struct gn_fb_app_stream t)
{
	return (struct gn_fb_stream_grant){gn_fbt_member(t.t, 1, GN_FB_APP_STREAM_BODY_STREAM_GRANT)};
}
static inline struct gn_fb_stream_end gn_fb_app_stream_body_as_stream_end(struct gn_fb_app_stream t)
{
	return (struct gn_fb_stream_end){gn_fbt_member(t.t, 1, GN_FB_APP_STREAM_BODY_STREAM_END)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_node[] = {
	&gn_fbtype_node_status,
	&gn_fbtype_node_begin,
	&gn_fbtype_node_clock,
	&gn_fbtype_node_turn,
	&gn_fbtype_node_status_is,
	&gn_fbtype_lookup_step,
	&gn_fbtype_lookup,
	&gn_fbtype_node_disk,
	&gn_fbtype_node_disk_is,
	&gn_fbtype_node_boxes,
	&gn_fbtype_node_box,
	&gn_fbtype_node_boxes_is,
	&gn_fbtype_node_peer,
	&gn_fbtype_node_peers,
	&gn_fbtype_node_peers_is,
	&gn_fbtype_node_lookups,
	&gn_fbtype_node_lookups_is,
	&gn_fbtype_node_counters,
	&gn_fbtype_node_counter,
	&gn_fbtype_node_counters_is,
	&gn_fbtype_node_shutdown,
	&gn_fbtype_node_ping,
	&gn_fbtype_node_ping_is,
	&gn_fbtype_node_path,
	&gn_fbtype_node_path_rule,
	&gn_fbtype_node_path_is,
	&gn_fbtype_node_netcheck,
	&gn_fbtype_node_netcheck_relay,
	&gn_fbtype_node_netcheck_is,
	&gn_fbtype_node_give,
	&gn_fbtype_node_gave_month,
	&gn_fbtype_node_gave_to,
	&gn_fbtype_node_give_is,
	&gn_fbtype_node_refuse,
	&gn_fbtype_node_refused,
	&gn_fbtype_node_refused_is,
	&gn_fbtype_events_on,
	&gn_fbtype_events_off,
	&gn_fbtype_node_event,
	&gn_fbtype_record_put,
	&gn_fbtype_record_stored,
	&gn_fbtype_record_get,
	&gn_fbtype_record_value,
	&gn_fbtype_record_values,
	&gn_fbtype_name_resolve,
	&gn_fbtype_name_entry,
	&gn_fbtype_name_is,
	&gn_fbtype_name_put,
	&gn_fbtype_name_stored,
	&gn_fbtype_record_find,
	&gn_fbtype_record_node,
	&gn_fbtype_record_found,
	&gn_fbtype_file_add,
	&gn_fbtype_file_added,
	&gn_fbtype_file_get,
	&gn_fbtype_file_is,
	&gn_fbtype_spread_site,
	&gn_fbtype_blocks_spread,
	&gn_fbtype_progress,
	&gn_fbtype_site_get,
	&gn_fbtype_site_is,
	&gn_fbtype_sites_list,
	&gn_fbtype_site_kept,
	&gn_fbtype_sites_list_is,
	&gn_fbtype_site_unpublish,
	&gn_fbtype_stream_data,
	&gn_fbtype_stream_grant,
	&gn_fbtype_stream_end,
	&gn_fbtype_app_node,
	&gn_fbtype_app_record,
	&gn_fbtype_app_event,
	&gn_fbtype_app_file,
	&gn_fbtype_app_stream,
};

#endif
