/* Made by tools/fbc from common.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_COMMON_FB_H
#define GN_WIRE_COMMON_FB_H

#include "wire/fb.h"

/* As whom holders and roots see who asks: this node, or a throwaway key of the day behind a relay
 * (docs/spec/reach.md RE-55). */
enum gn_fb_session_as {
	GN_FB_SESSION_AS_NODE = 0,
	GN_FB_SESSION_AS_FRESH = 1,
};

static const struct gn_fb_word gn_fbwords_session_as[] = {{"node", 0}, {"fresh", 1}, {NULL, 0}};

enum gn_fb_carrier {
	GN_FB_CARRIER_UDP = 0,
	GN_FB_CARRIER_QUIC = 1,
	GN_FB_CARRIER_TLS = 2,
	GN_FB_CARRIER_WEB_SOCKET = 3,
	GN_FB_CARRIER_RELAY = 4,
};

static const struct gn_fb_word gn_fbwords_carrier[] = {{"udp", 0}, {"quic", 1}, {"tls", 2}, {"web-socket", 3}, {"relay", 4}, {NULL, 0}};

/* Why a request was not served. Numbers are for ever (gn_err's are not). */
enum gn_fb_code {
	GN_FB_CODE_OK = 0,
	GN_FB_CODE_FAILED = 1,
	GN_FB_CODE_BUSY = 2,
	GN_FB_CODE_NOT_FOUND = 3,
	GN_FB_CODE_DENIED = 4,
	GN_FB_CODE_QUOTA = 5,
	GN_FB_CODE_NO_SPACE = 6,
	GN_FB_CODE_TOO_LARGE = 7,
	GN_FB_CODE_MALFORMED = 8,
	GN_FB_CODE_BAD_HASH = 9,
	GN_FB_CODE_BAD_SIGNATURE = 10,
	GN_FB_CODE_STALE = 11,
	GN_FB_CODE_EXPIRED = 12,
	GN_FB_CODE_UNSUPPORTED = 13,
	GN_FB_CODE_PROOF_OF_WORK = 14,
	GN_FB_CODE_EXISTS = 15,
	GN_FB_CODE_RANGE = 16,
};

static const struct gn_fb_word gn_fbwords_code[] = {{"ok", 0}, {"failed", 1}, {"busy", 2}, {"not-found", 3}, {"denied", 4}, {"quota", 5}, {"no-space", 6}, {"too-large", 7}, {"malformed", 8}, {"bad-hash", 9}, {"bad-signature", 10}, {"stale", 11}, {"expired", 12}, {"unsupported", 13}, {"proof-of-work", 14}, {"exists", 15}, {"range", 16}, {NULL, 0}};

/* Ed25519 public key (RFC 8032). */
struct gn_fb_key {
	uint8_t b[32];
};
static const struct gn_fb_member gn_fbmembers_key[] = {
	{"b", offsetof(struct gn_fb_key, b), 0, 1, 32, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_key = {gn_fbmembers_key, 1, sizeof(struct gn_fb_key), 32, 1};

/* SHA-256. */
struct gn_fb_hash {
	uint8_t b[32];
};
static const struct gn_fb_member gn_fbmembers_hash[] = {
	{"b", offsetof(struct gn_fb_hash, b), 0, 1, 32, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_hash = {gn_fbmembers_hash, 1, sizeof(struct gn_fb_hash), 32, 1};

/* Ed25519 signature. */
struct gn_fb_sig {
	uint8_t b[64];
};
static const struct gn_fb_member gn_fbmembers_sig[] = {
	{"b", offsetof(struct gn_fb_sig, b), 0, 1, 64, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_sig = {gn_fbmembers_sig, 1, sizeof(struct gn_fb_sig), 64, 1};

/* What makes a node's id together with its key. */
struct gn_fb_nonce {
	uint8_t b[8];
};
static const struct gn_fb_member gn_fbmembers_nonce[] = {
	{"b", offsetof(struct gn_fb_nonce, b), 0, 1, 8, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_nonce = {gn_fbmembers_nonce, 1, sizeof(struct gn_fb_nonce), 8, 1};

/* Where a node listens. */
struct gn_fb_addr {
	/* IPv4 is mapped (::ffff:a.b.c.d). */
	uint8_t ip[16];
	uint16_t port;
	/* Carrier; unknown ones are passed on and not dialled. */
	uint8_t carrier;
	/* 0. */
	uint8_t reserved;
};
static const struct gn_fb_member gn_fbmembers_addr[] = {
	{"ip", offsetof(struct gn_fb_addr, ip), 0, 1, 16, GN_FB_UINT},
	{"port", offsetof(struct gn_fb_addr, port), 16, 2, 1, GN_FB_UINT},
	{"carrier", offsetof(struct gn_fb_addr, carrier), 18, 1, 1, GN_FB_UINT},
	{"reserved", offsetof(struct gn_fb_addr, reserved), 19, 1, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_addr = {gn_fbmembers_addr, 4, sizeof(struct gn_fb_addr), 20, 2};

/* ---- Receipt ---- */

/* A holder's promise to keep a version until held_until (docs/spec/wire.md WR-17). For a block: key and hash are the
 * block's hash, seq is 0. */
struct gn_fb_receipt {
	struct gn_fbt t;
};
struct gn_fb_receipt_args {
	const struct gn_fb_hash *key;
	uint64_t seq;
	const struct gn_fb_hash *hash;
	/* Unix seconds. */
	uint64_t held_until;
	/* Node id of the holder, as the overlay makes it from its key and nonce. */
	const struct gn_fb_hash *holder;
	/* The holder's node key, which signed. */
	const struct gn_fb_key *holder_key;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_receipt[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_receipt_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_receipt_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hash", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_receipt_args, hash), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"held_until", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_receipt_args, held_until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"holder", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_receipt_args, holder), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"holder_key", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_receipt_args, holder_key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_receipt_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_receipt = {"Receipt", NULL, gn_fbfields_receipt, 7};

GN_MUST static inline gn_err gn_fb_receipt_verify(struct gn_slice in, struct gn_fb_receipt *out)
{
	return gn_fb_verify(in, &gn_fbtype_receipt, &out->t);
}
static inline gn_fbref gn_fb_receipt_make(struct gn_fbb *b, const struct gn_fb_receipt_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_receipt, args);
}
static inline bool gn_fb_receipt_has_key(struct gn_fb_receipt t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_receipt_key(struct gn_fb_receipt t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_receipt_seq(struct gn_fb_receipt t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_receipt_has_hash(struct gn_fb_receipt t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_receipt_hash(struct gn_fb_receipt t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_receipt_held_until(struct gn_fb_receipt t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_receipt_has_holder(struct gn_fb_receipt t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_receipt_holder(struct gn_fb_receipt t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_receipt_has_holder_key(struct gn_fb_receipt t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_key gn_fb_receipt_holder_key(struct gn_fb_receipt t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_receipt_has_sig(struct gn_fb_receipt t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_sig gn_fb_receipt_sig(struct gn_fb_receipt t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_sig, &v);
	return v;
}

/* ---- Custody ---- */

/* A holder's promise to keep a box's item: Ed25519 by holder_key over "geonet/custody/1" || box || item ||
 * held_until be64 || holder. */
struct gn_fb_custody {
	struct gn_fbt t;
};
struct gn_fb_custody_args {
	const struct gn_fb_key *box;
	/* SHA-256(item). */
	const struct gn_fb_hash *item;
	/* Unix seconds. */
	uint64_t held_until;
	/* Node id of the holder, and its node key, which signed. */
	const struct gn_fb_hash *holder;
	const struct gn_fb_key *holder_key;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_custody[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_custody_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"item", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_custody_args, item), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"held_until", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_custody_args, held_until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"holder", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_custody_args, holder), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"holder_key", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_custody_args, holder_key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_custody_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_custody = {"Custody", NULL, gn_fbfields_custody, 6};

GN_MUST static inline gn_err gn_fb_custody_verify(struct gn_slice in, struct gn_fb_custody *out)
{
	return gn_fb_verify(in, &gn_fbtype_custody, &out->t);
}
static inline gn_fbref gn_fb_custody_make(struct gn_fbb *b, const struct gn_fb_custody_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_custody, args);
}
static inline bool gn_fb_custody_has_box(struct gn_fb_custody t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_custody_box(struct gn_fb_custody t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_custody_has_item(struct gn_fb_custody t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_custody_item(struct gn_fb_custody t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_custody_held_until(struct gn_fb_custody t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_custody_has_holder(struct gn_fb_custody t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_hash gn_fb_custody_holder(struct gn_fb_custody t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_custody_has_holder_key(struct gn_fb_custody t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_key gn_fb_custody_holder_key(struct gn_fb_custody t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_custody_has_sig(struct gn_fb_custody t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_sig gn_fb_custody_sig(struct gn_fb_custody t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_sig, &v);
	return v;
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_common[] = {
	&gn_fbtype_receipt,
	&gn_fbtype_custody,
};

#endif
