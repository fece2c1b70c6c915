/* Made by tools/fbc from app.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_FB_H
#define GN_WIRE_APP_FB_H

#include "wire/fb.h"
#include "wire/generated/app_node_fb.h"
#include "wire/generated/app_box_fb.h"
#include "wire/generated/app_topic_fb.h"
#include "wire/generated/app_agent_fb.h"
#include "wire/generated/app_tunnel_fb.h"

enum gn_fb_app_role {
	GN_FB_APP_ROLE_CLIENT = 0,
	GN_FB_APP_ROLE_AGENT = 1,
	GN_FB_APP_ROLE_NODE = 2,
	GN_FB_APP_ROLE_PLUGIN = 3,
	GN_FB_APP_ROLE_WORKER = 4,
};

static const struct gn_fb_word gn_fbwords_app_role[] = {{"client", 0}, {"agent", 1}, {"node", 2}, {"plugin", 3}, {"worker", 4}, {NULL, 0}};

enum gn_fb_app_body {
	GN_FB_APP_BODY_NONE = 0,
	GN_FB_APP_BODY_APP_HELLO = 1,
	GN_FB_APP_BODY_APP_CHALLENGE = 2,
	GN_FB_APP_BODY_APP_PROOF = 3,
	GN_FB_APP_BODY_APP_READY = 4,
	GN_FB_APP_BODY_APP_ERROR = 5,
	GN_FB_APP_BODY_APP_OK = 6,
	GN_FB_APP_BODY_APP_CANCEL = 7,
	GN_FB_APP_BODY_APP_PING = 8,
	GN_FB_APP_BODY_APP_PONG = 9,
	GN_FB_APP_BODY_APP_BYE = 10,
	GN_FB_APP_BODY_APP_GAP = 11,
	GN_FB_APP_BODY_APP_NODE = 12,
	GN_FB_APP_BODY_APP_RECORD = 13,
	GN_FB_APP_BODY_APP_EVENT = 14,
	GN_FB_APP_BODY_APP_FILE = 15,
	GN_FB_APP_BODY_APP_STREAM = 16,
	GN_FB_APP_BODY_APP_BOX = 17,
	GN_FB_APP_BODY_APP_AGENT = 18,
	GN_FB_APP_BODY_APP_CONTACT = 19,
	GN_FB_APP_BODY_APP_CHAT = 20,
	GN_FB_APP_BODY_APP_TOLD = 21,
	GN_FB_APP_BODY_APP_TOPIC = 22,
	GN_FB_APP_BODY_APP_JOB = 23,
	GN_FB_APP_BODY_APP_TUNNEL = 24,
	GN_FB_APP_BODY_APP_WALLET = 25,
};

/* ---- AppHello ---- */

/* First frame of whoever connected. */
struct gn_fb_app_hello {
	struct gn_fbt t;
};
struct gn_fb_app_hello_args {
	uint16_t version_min;
	uint16_t version_max;
	uint8_t role;
	/* Program and version, for logs. */
	struct gn_slice software;
	/* Token id where a token is asked (WebSocket, TCP, plugins); absent: the socket's uid. */
	const struct gn_fb_hash *client;
	const struct gn_fb_hash *nonce;
	/* Receives no frame above this (0: 1 MiB). */
	uint32_t frame_max;
};
static const struct gn_fb_field gn_fbfields_app_hello[] = {
	{"version_min", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_hello_args, version_min), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"version_max", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_app_hello_args, version_max), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"role", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_app_hello_args, role), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_app_role, false},
	{"software", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_app_hello_args, software), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"client", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_app_hello_args, client), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_app_hello_args, nonce), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"frame_max", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_app_hello_args, frame_max), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_hello = {"AppHello", NULL, gn_fbfields_app_hello, 7};

GN_MUST static inline gn_err gn_fb_app_hello_verify(struct gn_slice in, struct gn_fb_app_hello *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_hello, &out->t);
}
static inline gn_fbref gn_fb_app_hello_make(struct gn_fbb *b, const struct gn_fb_app_hello_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_hello, args);
}
static inline uint16_t gn_fb_app_hello_version_min(struct gn_fb_app_hello t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline uint16_t gn_fb_app_hello_version_max(struct gn_fb_app_hello t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_app_hello_role(struct gn_fb_app_hello t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_app_hello_has_software(struct gn_fb_app_hello t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_app_hello_software(struct gn_fb_app_hello t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_app_hello_has_client(struct gn_fb_app_hello t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_app_hello_client(struct gn_fb_app_hello t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_app_hello_has_nonce(struct gn_fb_app_hello t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_hash gn_fb_app_hello_nonce(struct gn_fb_app_hello t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_hash, &v);
	return v;
}
static inline uint32_t gn_fb_app_hello_frame_max(struct gn_fb_app_hello t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}

/* ---- AppChallenge ---- */

/* Answers AppHello where a token is asked: HMAC-SHA-256(token, "geonet/app/server/1" || client's
 * nonce || server's nonce || origin). The client checks it and answers AppProof. origin: what the client
 * dialled, what the server is bound to ("http://localhost:7781"), never a header's word. */
struct gn_fb_app_challenge {
	struct gn_fbt t;
};
struct gn_fb_app_challenge_args {
	const struct gn_fb_hash *nonce;
	const struct gn_fb_hash *mac;
};
static const struct gn_fb_field gn_fbfields_app_challenge[] = {
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_app_challenge_args, nonce), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"mac", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_app_challenge_args, mac), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_challenge = {"AppChallenge", NULL, gn_fbfields_app_challenge, 2};

GN_MUST static inline gn_err gn_fb_app_challenge_verify(struct gn_slice in, struct gn_fb_app_challenge *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_challenge, &out->t);
}
static inline gn_fbref gn_fb_app_challenge_make(struct gn_fbb *b, const struct gn_fb_app_challenge_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_challenge, args);
}
static inline bool gn_fb_app_challenge_has_nonce(struct gn_fb_app_challenge t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_app_challenge_nonce(struct gn_fb_app_challenge t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_app_challenge_has_mac(struct gn_fb_app_challenge t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_app_challenge_mac(struct gn_fb_app_challenge t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}

/* ---- AppProof ---- */

/* HMAC-SHA-256(token, "geonet/app/client/1" || client's nonce || server's nonce || origin). */
struct gn_fb_app_proof {
	struct gn_fbt t;
};
struct gn_fb_app_proof_args {
	const struct gn_fb_hash *mac;
};
static const struct gn_fb_field gn_fbfields_app_proof[] = {
	{"mac", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_app_proof_args, mac), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_proof = {"AppProof", NULL, gn_fbfields_app_proof, 1};

GN_MUST static inline gn_err gn_fb_app_proof_verify(struct gn_slice in, struct gn_fb_app_proof *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_proof, &out->t);
}
static inline gn_fbref gn_fb_app_proof_make(struct gn_fbb *b, const struct gn_fb_app_proof_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_proof, args);
}
static inline bool gn_fb_app_proof_has_mac(struct gn_fb_app_proof t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_app_proof_mac(struct gn_fb_app_proof t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}

/* ---- AppReady ---- */

/* The connection may be used: at once where the uid decides. */
struct gn_fb_app_ready {
	struct gn_fbt t;
};
struct gn_fb_app_ready_args {
	uint16_t version;
	uint8_t role;
	struct gn_slice software;
	/* Rights of this connection: resources and actions as tokens have them; "*" all. */
	struct {
		const struct gn_slice *p;
		size_t count;
	} rights;
	/* Bounds of this connection: frames in work, live subscriptions, streams, bytes unread before it
	 * is cut, a frame. */
	uint16_t outstanding;
	uint16_t subscriptions;
	uint16_t streams;
	uint32_t unread_max;
	uint32_t frame_max;
	/* Changes when the server lost its memory: cursors and subscriptions are then void. */
	uint64_t epoch;
	uint64_t cursor;
	/* Unix milliseconds by this side's estimate. */
	uint64_t time;
	/* What this side cannot do, by name of the first table of each group ("Dial"). */
	struct {
		const struct gn_slice *p;
		size_t count;
	} absent;
};
static const struct gn_fb_field gn_fbfields_app_ready[] = {
	{"version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_ready_args, version), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"role", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_app_ready_args, role), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_app_role, false},
	{"software", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_app_ready_args, software), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rights", GN_FB_STRINGS, GN_FB_UINT, 3, offsetof(struct gn_fb_app_ready_args, rights), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"outstanding", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_app_ready_args, outstanding), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"subscriptions", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_app_ready_args, subscriptions), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"streams", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_app_ready_args, streams), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"unread_max", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_app_ready_args, unread_max), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"frame_max", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_app_ready_args, frame_max), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_app_ready_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cursor", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_app_ready_args, cursor), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_app_ready_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"absent", GN_FB_STRINGS, GN_FB_UINT, 12, offsetof(struct gn_fb_app_ready_args, absent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_ready = {"AppReady", NULL, gn_fbfields_app_ready, 13};

GN_MUST static inline gn_err gn_fb_app_ready_verify(struct gn_slice in, struct gn_fb_app_ready *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_ready, &out->t);
}
static inline gn_fbref gn_fb_app_ready_make(struct gn_fbb *b, const struct gn_fb_app_ready_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_ready, args);
}
static inline uint16_t gn_fb_app_ready_version(struct gn_fb_app_ready t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_app_ready_role(struct gn_fb_app_ready t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_app_ready_has_software(struct gn_fb_app_ready t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_app_ready_software(struct gn_fb_app_ready t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_app_ready_has_rights(struct gn_fb_app_ready t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_app_ready_rights_len(struct gn_fb_app_ready t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_slice gn_fb_app_ready_rights_at(struct gn_fb_app_ready t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 3, i);
}
static inline uint16_t gn_fb_app_ready_outstanding(struct gn_fb_app_ready t)
{
	return (uint16_t)gn_fbt_bits(t.t, 4, 2, UINT64_C(0x0));
}
static inline uint16_t gn_fb_app_ready_subscriptions(struct gn_fb_app_ready t)
{
	return (uint16_t)gn_fbt_bits(t.t, 5, 2, UINT64_C(0x0));
}
static inline uint16_t gn_fb_app_ready_streams(struct gn_fb_app_ready t)
{
	return (uint16_t)gn_fbt_bits(t.t, 6, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_app_ready_unread_max(struct gn_fb_app_ready t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_app_ready_frame_max(struct gn_fb_app_ready t)
{
	return (uint32_t)gn_fbt_bits(t.t, 8, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_app_ready_epoch(struct gn_fb_app_ready t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_app_ready_cursor(struct gn_fb_app_ready t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_app_ready_time(struct gn_fb_app_ready t)
{
	return (uint64_t)gn_fbt_bits(t.t, 11, 8, UINT64_C(0x0));
}
static inline bool gn_fb_app_ready_has_absent(struct gn_fb_app_ready t)
{
	return gn_fbt_has(t.t, 12);
}
static inline uint32_t gn_fb_app_ready_absent_len(struct gn_fb_app_ready t)
{
	return gn_fbt_count(t.t, 12);
}
static inline struct gn_slice gn_fb_app_ready_absent_at(struct gn_fb_app_ready t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 12, i);
}

/* ---- AppError ---- */

/* Of any call, instead of its answer. Nothing was done, unless `unknown`. */
struct gn_fb_app_error {
	struct gn_fbt t;
};
struct gn_fb_app_error_args {
	/* Number of base/err.def. */
	uint16_t code;
	/* One sentence with the context; what to do next. */
	struct gn_slice detail;
	struct gn_slice next;
	/* Which limit, and when to come back. */
	struct gn_slice limit;
	uint32_t retry_ms;
	/* The value that was there instead (conflict, range). */
	struct gn_slice actual;
	/* Outcome unknown: it may have been done; ask again with the same id. */
	bool unknown;
	/* One word for programs, where the call has such words (docs/spec/agent.md AG-146): it stays the same, and
	 * `detail` says it to people. */
	struct gn_slice kind;
};
static const struct gn_fb_field gn_fbfields_app_error[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_error_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"detail", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_app_error_args, detail), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"next", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_app_error_args, next), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_app_error_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_app_error_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"actual", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_app_error_args, actual), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"unknown", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_app_error_args, unknown), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_app_error_args, kind), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_error = {"AppError", NULL, gn_fbfields_app_error, 8};

GN_MUST static inline gn_err gn_fb_app_error_verify(struct gn_slice in, struct gn_fb_app_error *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_error, &out->t);
}
static inline gn_fbref gn_fb_app_error_make(struct gn_fbb *b, const struct gn_fb_app_error_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_error, args);
}
static inline uint16_t gn_fb_app_error_code(struct gn_fb_app_error t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_app_error_has_detail(struct gn_fb_app_error t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_app_error_detail(struct gn_fb_app_error t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_app_error_has_next(struct gn_fb_app_error t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_app_error_next(struct gn_fb_app_error t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_app_error_has_limit(struct gn_fb_app_error t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_app_error_limit(struct gn_fb_app_error t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint32_t gn_fb_app_error_retry_ms(struct gn_fb_app_error t)
{
	return (uint32_t)gn_fbt_bits(t.t, 4, 4, UINT64_C(0x0));
}
static inline bool gn_fb_app_error_has_actual(struct gn_fb_app_error t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_app_error_actual(struct gn_fb_app_error t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_app_error_unknown(struct gn_fb_app_error t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_app_error_has_kind(struct gn_fb_app_error t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_app_error_kind(struct gn_fb_app_error t)
{
	return gn_fbt_bytes(t.t, 7);
}

/* ---- AppOk ---- */

/* Of any call that gives nothing back. */
struct gn_fb_app_ok {
	struct gn_fbt t;
};
struct gn_fb_app_ok_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_app_ok = {"AppOk", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_app_ok_verify(struct gn_slice in, struct gn_fb_app_ok *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_ok, &out->t);
}
static inline gn_fbref gn_fb_app_ok_make(struct gn_fbb *b, const struct gn_fb_app_ok_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_ok, args);
}

/* ---- AppCancel ---- */

/* Ends a call: exactly one answer follows, its own or AppError CANCELLED. */
struct gn_fb_app_cancel {
	struct gn_fbt t;
};
struct gn_fb_app_cancel_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_app_cancel = {"AppCancel", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_app_cancel_verify(struct gn_slice in, struct gn_fb_app_cancel *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_cancel, &out->t);
}
static inline gn_fbref gn_fb_app_cancel_make(struct gn_fbb *b, const struct gn_fb_app_cancel_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_cancel, args);
}

/* ---- AppPing ---- */

struct gn_fb_app_ping {
	struct gn_fbt t;
};
struct gn_fb_app_ping_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_app_ping = {"AppPing", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_app_ping_verify(struct gn_slice in, struct gn_fb_app_ping *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_ping, &out->t);
}
static inline gn_fbref gn_fb_app_ping_make(struct gn_fbb *b, const struct gn_fb_app_ping_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_ping, args);
}

/* ---- AppPong ---- */

struct gn_fb_app_pong {
	struct gn_fbt t;
};
struct gn_fb_app_pong_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_app_pong = {"AppPong", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_app_pong_verify(struct gn_slice in, struct gn_fb_app_pong *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_pong, &out->t);
}
static inline gn_fbref gn_fb_app_pong_make(struct gn_fbb *b, const struct gn_fb_app_pong_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_pong, args);
}

/* ---- AppBye ---- */

/* Last frame of either side. */
struct gn_fb_app_bye {
	struct gn_fbt t;
};
struct gn_fb_app_bye_args {
	uint16_t code;
	struct gn_slice detail;
	/* Come back after this. */
	uint32_t retry_ms;
};
static const struct gn_fb_field gn_fbfields_app_bye[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_bye_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"detail", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_app_bye_args, detail), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_app_bye_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_bye = {"AppBye", NULL, gn_fbfields_app_bye, 3};

GN_MUST static inline gn_err gn_fb_app_bye_verify(struct gn_slice in, struct gn_fb_app_bye *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_bye, &out->t);
}
static inline gn_fbref gn_fb_app_bye_make(struct gn_fbb *b, const struct gn_fb_app_bye_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_bye, args);
}
static inline uint16_t gn_fb_app_bye_code(struct gn_fb_app_bye t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_app_bye_has_detail(struct gn_fb_app_bye t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_app_bye_detail(struct gn_fb_app_bye t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_app_bye_retry_ms(struct gn_fb_app_bye t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- AppGap ---- */

/* Events between the cursor and this frame's are gone: read the state anew. */
struct gn_fb_app_gap {
	struct gn_fbt t;
};
struct gn_fb_app_gap_args {
	uint64_t first;
};
static const struct gn_fb_field gn_fbfields_app_gap[] = {
	{"first", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_gap_args, first), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_gap = {"AppGap", NULL, gn_fbfields_app_gap, 1};

GN_MUST static inline gn_err gn_fb_app_gap_verify(struct gn_slice in, struct gn_fb_app_gap *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_gap, &out->t);
}
static inline gn_fbref gn_fb_app_gap_make(struct gn_fbb *b, const struct gn_fb_app_gap_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_gap, args);
}
static inline uint64_t gn_fb_app_gap_first(struct gn_fb_app_gap t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}

/* ---- AppFrame ---- */

struct gn_fb_app_frame {
	struct gn_fbt t;
};
struct gn_fb_app_frame_args {
	/* Chosen by who calls, counting up from 1, never used twice on a connection; answers repeat it.
	 * 0: an event, a ping. */
	uint64_t call;
	/* More answers of this call follow (subscriptions, progress). */
	bool more;
	/* Call: milliseconds; 0: the call's default (10 s; subscriptions: none). Passed on less what is spent. */
	uint32_t deadline_ms;
	/* Event: its place in this side's order; 0: not replayed. */
	uint64_t cursor;
	uint8_t body_type; /* GN_FB_APP_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_frame[] = {
	{"call", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_frame_args, call), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_app_frame_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deadline_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_app_frame_args, deadline_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cursor", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_app_frame_args, cursor), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_app_frame_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 5, offsetof(struct gn_fb_app_frame_args, body), 25, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_app_hello, &gn_fbtype_app_challenge, &gn_fbtype_app_proof, &gn_fbtype_app_ready, &gn_fbtype_app_error, &gn_fbtype_app_ok, &gn_fbtype_app_cancel, &gn_fbtype_app_ping, &gn_fbtype_app_pong, &gn_fbtype_app_bye, &gn_fbtype_app_gap, &gn_fbtype_app_node, &gn_fbtype_app_record, &gn_fbtype_app_event, &gn_fbtype_app_file, &gn_fbtype_app_stream, &gn_fbtype_app_box, &gn_fbtype_app_agent, &gn_fbtype_app_contact, &gn_fbtype_app_chat, &gn_fbtype_app_told, &gn_fbtype_app_topic, &gn_fbtype_app_job, &gn_fbtype_app_tunnel, &gn_fbtype_app_wallet}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_frame = {"AppFrame", "GNAP", gn_fbfields_app_frame, 6};

#define GN_FB_APP_FRAME_IDENTIFIER "GNAP"

GN_MUST static inline gn_err gn_fb_app_frame_verify(struct gn_slice in, struct gn_fb_app_frame *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_frame, &out->t);
}
static inline gn_fbref gn_fb_app_frame_make(struct gn_fbb *b, const struct gn_fb_app_frame_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_frame, args);
}
static inline uint64_t gn_fb_app_frame_call(struct gn_fb_app_frame t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_app_frame_more(struct gn_fb_app_frame t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_app_frame_deadline_ms(struct gn_fb_app_frame t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_app_frame_cursor(struct gn_fb_app_frame t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_app_frame_has_body(struct gn_fb_app_frame t)
{
	return gn_fbt_has(t.t, 5);
}
static inline uint8_t gn_fb_app_frame_body_type(struct gn_fb_app_frame t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, 0);
}
static inline struct gn_fb_app_hello gn_fb_app_frame_body_as_app_hello(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_hello){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_HELLO)};
}
static inline struct gn_fb_app_challenge gn_fb_app_frame_body_as_app_challenge(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_challenge){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_CHALLENGE)};
}
static inline struct gn_fb_app_proof gn_fb_app_frame_body_as_app_proof(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_proof){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_PROOF)};
}
static inline struct gn_fb_app_ready gn_fb_app_frame_body_as_app_ready(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_ready){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_READY)};
}
static inline struct gn_fb_app_error gn_fb_app_frame_body_as_app_error(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_error){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_ERROR)};
}
static inline struct gn_fb_app_ok gn_fb_app_frame_body_as_app_ok(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_ok){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_OK)};
}
static inline struct gn_fb_app_cancel gn_fb_app_frame_body_as_app_cancel(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_cancel){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_CANCEL)};
}
static inline struct gn_fb_app_ping gn_fb_app_frame_body_as_app_ping(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_ping){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_PING)};
}
static inline struct gn_fb_app_pong gn_fb_app_frame_body_as_app_pong(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_pong){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_PONG)};
}
static inline struct gn_fb_app_bye gn_fb_app_frame_body_as_app_bye(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_bye){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_BYE)};
}
static inline struct gn_fb_app_gap gn_fb_app_frame_body_as_app_gap(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_gap){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_GAP)};
}
static inline struct gn_fb_app_node gn_fb_app_frame_body_as_app_node(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_node){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_NODE)};
}
static inline struct gn_fb_app_record gn_fb_app_frame_body_as_app_record(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_record){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_RECORD)};
}
static inline struct gn_fb_app_event gn_fb_app_frame_body_as_app_event(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_event){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_EVENT)};
}
static inline struct gn_fb_app_file gn_fb_app_frame_body_as_app_file(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_file){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_FILE)};
}
static inline struct gn_fb_app_stream gn_fb_app_frame_body_as_app_stream(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_stream){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_STREAM)};
}
static inline struct gn_fb_app_box gn_fb_app_frame_body_as_app_box(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_box){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_BOX)};
}
static inline struct gn_fb_app_agent gn_fb_app_frame_body_as_app_agent(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_agent){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_AGENT)};
}
static inline struct gn_fb_app_contact gn_fb_app_frame_body_as_app_contact(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_contact){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_CONTACT)};
}
static inline struct gn_fb_app_chat gn_fb_app_frame_body_as_app_chat(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_chat){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_CHAT)};
}
static inline struct gn_fb_app_told gn_fb_app_frame_body_as_app_told(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_told){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_TOLD)};
}
static inline struct gn_fb_app_topic gn_fb_app_frame_body_as_app_topic(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_topic){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_TOPIC)};
}
static inline struct gn_fb_app_job gn_fb_app_frame_body_as_app_job(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_job){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_JOB)};
}
static inline struct gn_fb_app_tunnel gn_fb_app_frame_body_as_app_tunnel(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_tunnel){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_TUNNEL)};
}
static inline struct gn_fb_app_wallet gn_fb_app_frame_body_as_app_wallet(struct gn_fb_app_frame t)
{
	return (struct gn_fb_app_wallet){gn_fbt_member(t.t, 5, GN_FB_APP_BODY_APP_WALLET)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app[] = {
	&gn_fbtype_app_hello,
	&gn_fbtype_app_challenge,
	&gn_fbtype_app_proof,
	&gn_fbtype_app_ready,
	&gn_fbtype_app_error,
	&gn_fbtype_app_ok,
	&gn_fbtype_app_cancel,
	&gn_fbtype_app_ping,
	&gn_fbtype_app_pong,
	&gn_fbtype_app_bye,
	&gn_fbtype_app_gap,
	&gn_fbtype_app_frame,
};

#endif
