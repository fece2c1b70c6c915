/* Made by tools/fbc from app_box.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_BOX_FB_H
#define GN_WIRE_APP_BOX_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_box_way {
	GN_FB_BOX_WAY_WORK = 0,
	GN_FB_BOX_WAY_INVITE = 1,
	GN_FB_BOX_WAY_CERTIFICATE = 2,
	GN_FB_BOX_WAY_TOKEN = 3,
};

static const struct gn_fb_word gn_fbwords_box_way[] = {{"work", 0}, {"invite", 1}, {"certificate", 2}, {"token", 3}, {NULL, 0}};

enum gn_fb_app_box_body {
	GN_FB_APP_BOX_BODY_NONE = 0,
	GN_FB_APP_BOX_BODY_BOX_SEND = 1,
	GN_FB_APP_BOX_BODY_BOX_SENT = 2,
	GN_FB_APP_BOX_BODY_BOX_CHECK = 3,
	GN_FB_APP_BOX_BODY_BOX_CHECK_IS = 4,
	GN_FB_APP_BOX_BODY_BOX_FOLLOW = 5,
	GN_FB_APP_BOX_BODY_BOX_GOT = 6,
	GN_FB_APP_BOX_BODY_BOX_FOLLOWING = 7,
	GN_FB_APP_BOX_BODY_BOX_SIGN = 8,
	GN_FB_APP_BOX_BODY_BOX_SIGNED = 9,
	GN_FB_APP_BOX_BODY_BOX_TAKE = 10,
	GN_FB_APP_BOX_BODY_BOX_DROP = 11,
	GN_FB_APP_BOX_BODY_QUEUE_WORK = 12,
	GN_FB_APP_BOX_BODY_QUEUE_TASK = 13,
	GN_FB_APP_BOX_BODY_QUEUE_MORE = 14,
	GN_FB_APP_BOX_BODY_QUEUE_END = 15,
	GN_FB_APP_BOX_BODY_QUEUE_OVER = 16,
};

/* ---- BoxProof ---- */

/* What lets an item in: one of these. */
struct gn_fb_box_proof {
	struct gn_fbt t;
};
struct gn_fb_box_proof_args {
	uint8_t way;
	/* Work: Unix day and 8 bytes. */
	uint32_t day;
	uint64_t nonce;
	/* Invite: its key. */
	const struct gn_fb_key *invite;
	/* 112 bytes; a token's chain. */
	struct gn_slice certificate;
	struct gn_slice token;
	/* Over the item; not of work. */
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_box_proof[] = {
	{"way", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_proof_args, way), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_box_way, false},
	{"day", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_proof_args, day), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nonce", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_proof_args, nonce), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"invite", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_box_proof_args, invite), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"certificate", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_box_proof_args, certificate), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_box_proof_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_box_proof_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_proof = {"BoxProof", NULL, gn_fbfields_box_proof, 7};

GN_MUST static inline gn_err gn_fb_box_proof_verify(struct gn_slice in, struct gn_fb_box_proof *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_proof, &out->t);
}
static inline gn_fbref gn_fb_box_proof_make(struct gn_fbb *b, const struct gn_fb_box_proof_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_proof, args);
}
static inline uint8_t gn_fb_box_proof_way(struct gn_fb_box_proof t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_proof_day(struct gn_fb_box_proof t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_proof_nonce(struct gn_fb_box_proof t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_proof_has_invite(struct gn_fb_box_proof t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_box_proof_invite(struct gn_fb_box_proof t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_proof_has_certificate(struct gn_fb_box_proof t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_box_proof_certificate(struct gn_fb_box_proof t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_box_proof_has_token(struct gn_fb_box_proof t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_box_proof_token(struct gn_fb_box_proof t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_box_proof_has_sig(struct gn_fb_box_proof t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_sig gn_fb_box_proof_sig(struct gn_fb_box_proof t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_sig, &v);
	return v;
}

/* ---- BoxSend ---- */

/* BoxSent as custodies come, and once more, without `more`, when it is over. */
struct gn_fb_box_send {
	struct gn_fbt t;
};
struct gn_fb_box_send_args {
	const struct gn_fb_key *box;
	/* It lies at two places. */
	bool front;
	struct gn_slice item;
	/* Seconds. */
	uint32_t ttl;
	gn_fbref proof; /* BoxProof */
	/* Custodies of one set that mean stored; 0: 3. */
	uint8_t w;
	/* To two nodes beyond the set too, as readers look there: holders may lie. */
	bool wide;
	/* Of a queue: 1, lent first, to 4; 0 is 3. */
	uint8_t class;
	uint8_t session;
	/* Fresh: 0, a key and a relay of its own; else one for all that this user asks with the same number. */
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_box_send[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_send_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"front", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_box_send_args, front), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_box_send_args, item), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_send_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"proof", GN_FB_TABLE, GN_FB_UINT, 4, offsetof(struct gn_fb_box_send_args, proof), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_box_proof}, NULL, false},
	{"w", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_send_args, w), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wide", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_box_send_args, wide), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_send_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_box_send_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_box_send_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_send = {"BoxSend", NULL, gn_fbfields_box_send, 10};

GN_MUST static inline gn_err gn_fb_box_send_verify(struct gn_slice in, struct gn_fb_box_send *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_send, &out->t);
}
static inline gn_fbref gn_fb_box_send_make(struct gn_fbb *b, const struct gn_fb_box_send_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_send, args);
}
static inline bool gn_fb_box_send_has_box(struct gn_fb_box_send t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_send_box(struct gn_fb_box_send t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_send_front(struct gn_fb_box_send t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_box_send_has_item(struct gn_fb_box_send t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_box_send_item(struct gn_fb_box_send t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint32_t gn_fb_box_send_ttl(struct gn_fb_box_send t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline bool gn_fb_box_send_has_proof(struct gn_fb_box_send t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_box_proof gn_fb_box_send_proof(struct gn_fb_box_send t)
{
	return (struct gn_fb_box_proof){gn_fbt_table(t.t, 4)};
}
static inline uint8_t gn_fb_box_send_w(struct gn_fb_box_send t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_send_wide(struct gn_fb_box_send t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}
static inline uint8_t gn_fb_box_send_class(struct gn_fb_box_send t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_send_session(struct gn_fb_box_send t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_send_share(struct gn_fb_box_send t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0x0));
}

/* ---- BoxSent ---- */

struct gn_fb_box_sent {
	struct gn_fbt t;
};
struct gn_fb_box_sent_args {
	/* Of the last one: number of base/err.def, 0 all who were asked hold it. */
	uint16_t code;
	uint8_t held;
	uint8_t of;
	gn_fbref custody; /* Custody */
	/* What the holders said: which limit, how many bits of work would do. */
	struct gn_slice limit;
	uint8_t bits;
};
static const struct gn_fb_field gn_fbfields_box_sent[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_sent_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_sent_args, held), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_sent_args, of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"custody", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_box_sent_args, custody), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_custody}, NULL, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_box_sent_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bits", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_sent_args, bits), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_sent = {"BoxSent", NULL, gn_fbfields_box_sent, 6};

GN_MUST static inline gn_err gn_fb_box_sent_verify(struct gn_slice in, struct gn_fb_box_sent *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_sent, &out->t);
}
static inline gn_fbref gn_fb_box_sent_make(struct gn_fbb *b, const struct gn_fb_box_sent_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_sent, args);
}
static inline uint16_t gn_fb_box_sent_code(struct gn_fb_box_sent t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_sent_held(struct gn_fb_box_sent t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_sent_of(struct gn_fb_box_sent t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_sent_has_custody(struct gn_fb_box_sent t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_custody gn_fb_box_sent_custody(struct gn_fb_box_sent t)
{
	return (struct gn_fb_custody){gn_fbt_table(t.t, 3)};
}
static inline bool gn_fb_box_sent_has_limit(struct gn_fb_box_sent t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_box_sent_limit(struct gn_fb_box_sent t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline uint8_t gn_fb_box_sent_bits(struct gn_fb_box_sent t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}

/* ---- BoxCheck ---- */

/* What has become of an item: without its proof holders say no more than held or unknown. */
struct gn_fb_box_check {
	struct gn_fbt t;
};
struct gn_fb_box_check_args {
	const struct gn_fb_key *box;
	bool front;
	const struct gn_fb_hash *item;
	gn_fbref proof; /* BoxProof */
	uint8_t session;
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_box_check[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_check_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"front", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_box_check_args, front), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"item", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_check_args, item), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"proof", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_box_check_args, proof), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_box_proof}, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_check_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_check_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_check = {"BoxCheck", NULL, gn_fbfields_box_check, 6};

GN_MUST static inline gn_err gn_fb_box_check_verify(struct gn_slice in, struct gn_fb_box_check *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_check, &out->t);
}
static inline gn_fbref gn_fb_box_check_make(struct gn_fbb *b, const struct gn_fb_box_check_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_check, args);
}
static inline bool gn_fb_box_check_has_box(struct gn_fb_box_check t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_check_box(struct gn_fb_box_check t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_check_front(struct gn_fb_box_check t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_box_check_has_item(struct gn_fb_box_check t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_box_check_item(struct gn_fb_box_check t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_box_check_has_proof(struct gn_fb_box_check t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_box_proof gn_fb_box_check_proof(struct gn_fb_box_check t)
{
	return (struct gn_fb_box_proof){gn_fbt_table(t.t, 3)};
}
static inline uint8_t gn_fb_box_check_session(struct gn_fb_box_check t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_check_share(struct gn_fb_box_check t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}

/* ---- BoxCheckIs ---- */

struct gn_fb_box_check_is {
	struct gn_fbt t;
};
struct gn_fb_box_check_is_args {
	uint8_t held;
	uint8_t taken;
	uint8_t of;
	uint16_t code;
};
static const struct gn_fb_field gn_fbfields_box_check_is[] = {
	{"held", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_check_is_args, held), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"taken", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_check_is_args, taken), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_check_is_args, of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_check_is_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_check_is = {"BoxCheckIs", NULL, gn_fbfields_box_check_is, 4};

GN_MUST static inline gn_err gn_fb_box_check_is_verify(struct gn_slice in, struct gn_fb_box_check_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_check_is, &out->t);
}
static inline gn_fbref gn_fb_box_check_is_make(struct gn_fbb *b, const struct gn_fb_box_check_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_check_is, args);
}
static inline uint8_t gn_fb_box_check_is_held(struct gn_fb_box_check_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_check_is_taken(struct gn_fb_box_check_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_check_is_of(struct gn_fb_box_check_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_check_is_code(struct gn_fb_box_check_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}

/* ---- BoxFollow ---- */

/* Lasts until it is cancelled: BoxGot for each item, once; BoxFollowing when holders have listed all. */
struct gn_fb_box_follow {
	struct gn_fbt t;
};
struct gn_fb_box_follow_args {
	const struct gn_fb_key *box;
	bool front;
	/* This device's keys in the descriptor. */
	const struct gn_fb_key *read;
	const struct gn_fb_key *ack;
	/* An old box: listed now and then, not watched. */
	bool poll;
	/* Of a queue: not only what has ended, but each as it stands when it is read. */
	bool all;
	/* Of a queue: a chain with Deposit, whose bearer `read` is: what they put in, and no more. */
	struct gn_slice token;
	uint8_t session;
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_box_follow[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_follow_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"front", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_box_follow_args, front), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"read", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_follow_args, read), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ack", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_box_follow_args, ack), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"poll", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_box_follow_args, poll), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"all", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_box_follow_args, all), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 6, offsetof(struct gn_fb_box_follow_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_follow_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_box_follow_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_follow = {"BoxFollow", NULL, gn_fbfields_box_follow, 9};

GN_MUST static inline gn_err gn_fb_box_follow_verify(struct gn_slice in, struct gn_fb_box_follow *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_follow, &out->t);
}
static inline gn_fbref gn_fb_box_follow_make(struct gn_fbb *b, const struct gn_fb_box_follow_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_follow, args);
}
static inline bool gn_fb_box_follow_has_box(struct gn_fb_box_follow t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_follow_box(struct gn_fb_box_follow t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_follow_front(struct gn_fb_box_follow t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_box_follow_has_read(struct gn_fb_box_follow t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_box_follow_read(struct gn_fb_box_follow t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_follow_has_ack(struct gn_fb_box_follow t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_box_follow_ack(struct gn_fb_box_follow t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_follow_poll(struct gn_fb_box_follow t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_box_follow_all(struct gn_fb_box_follow t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_box_follow_has_token(struct gn_fb_box_follow t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_box_follow_token(struct gn_fb_box_follow t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline uint8_t gn_fb_box_follow_session(struct gn_fb_box_follow t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_follow_share(struct gn_fb_box_follow t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
}

/* ---- BoxGot ---- */

struct gn_fb_box_got {
	struct gn_fbt t;
};
struct gn_fb_box_got_args {
	/* 16 bytes. */
	struct gn_slice id;
	struct gn_slice item;
	/* Deposit key, or the invite's, whose signature over the item (BD-8) is `sig`, which the node has
	 * not checked; absent: work. */
	const struct gn_fb_key *by;
	/* Unix seconds. */
	uint64_t deposited;
	uint64_t until;
	/* Of a queue: BoxTurnState and BoxEnd of box.fbs, how often it was lent, for how many seconds
	 * more; who worked last, and what they say of it, checked; the chain by which they work. */
	uint8_t class;
	uint8_t state;
	uint8_t end;
	uint16_t delivery;
	uint32_t lease;
	const struct gn_fb_key *worker;
	struct gn_slice outcome;
	const struct gn_fb_sig *sig;
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_box_got[] = {
	{"id", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_box_got_args, id), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_got_args, item), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"by", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_got_args, by), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"deposited", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_got_args, deposited), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_got_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_got_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_box_got_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"end", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_got_args, end), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"delivery", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_box_got_args, delivery), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_box_got_args, lease), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 10, offsetof(struct gn_fb_box_got_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"outcome", GN_FB_SCALARS, GN_FB_UINT, 11, offsetof(struct gn_fb_box_got_args, outcome), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 12, offsetof(struct gn_fb_box_got_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 13, offsetof(struct gn_fb_box_got_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_got = {"BoxGot", NULL, gn_fbfields_box_got, 14};

GN_MUST static inline gn_err gn_fb_box_got_verify(struct gn_slice in, struct gn_fb_box_got *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_got, &out->t);
}
static inline gn_fbref gn_fb_box_got_make(struct gn_fbb *b, const struct gn_fb_box_got_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_got, args);
}
static inline bool gn_fb_box_got_has_id(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_box_got_id(struct gn_fb_box_got t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_box_got_has_item(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_got_item(struct gn_fb_box_got t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_box_got_has_by(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_box_got_by(struct gn_fb_box_got t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_box_got_deposited(struct gn_fb_box_got t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_got_until(struct gn_fb_box_got t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_got_class(struct gn_fb_box_got t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_got_state(struct gn_fb_box_got t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_got_end(struct gn_fb_box_got t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_got_delivery(struct gn_fb_box_got t)
{
	return (uint16_t)gn_fbt_bits(t.t, 8, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_got_lease(struct gn_fb_box_got t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}
static inline bool gn_fb_box_got_has_worker(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 10);
}
static inline struct gn_fb_key gn_fb_box_got_worker(struct gn_fb_box_got t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 10, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_got_has_outcome(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 11);
}
static inline struct gn_slice gn_fb_box_got_outcome(struct gn_fb_box_got t)
{
	return gn_fbt_bytes(t.t, 11);
}
static inline bool gn_fb_box_got_has_sig(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_fb_sig gn_fb_box_got_sig(struct gn_fb_box_got t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 12, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_box_got_has_token(struct gn_fb_box_got t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_box_got_token(struct gn_fb_box_got t)
{
	return gn_fbt_bytes(t.t, 13);
}

/* ---- BoxFollowing ---- */

struct gn_fb_box_following {
	struct gn_fbt t;
};
struct gn_fb_box_following_args {
	uint8_t holders;
};
static const struct gn_fb_field gn_fbfields_box_following[] = {
	{"holders", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_following_args, holders), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_following = {"BoxFollowing", NULL, gn_fbfields_box_following, 1};

GN_MUST static inline gn_err gn_fb_box_following_verify(struct gn_slice in, struct gn_fb_box_following *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_following, &out->t);
}
static inline gn_fbref gn_fb_box_following_make(struct gn_fbb *b, const struct gn_fb_box_following_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_following, args);
}
static inline uint8_t gn_fb_box_following_holders(struct gn_fb_box_following t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}

/* ---- BoxSign ---- */

/* To who calls, within BoxSend, BoxCheck, BoxFollow: sign for this session (docs/spec/services.md
 * BD-10), answered by BoxSigned. */
struct gn_fb_box_sign {
	struct gn_fbt t;
};
struct gn_fb_box_sign_args {
	uint64_t sign;
	const struct gn_fb_key *box;
	uint8_t role;
	const struct gn_fb_key *key;
	const struct gn_fb_key *holder;
	const struct gn_fb_hash *exporter;
};
static const struct gn_fb_field gn_fbfields_box_sign[] = {
	{"sign", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_sign_args, sign), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"box", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_box_sign_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"role", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_sign_args, role), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_box_sign_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"holder", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_box_sign_args, holder), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"exporter", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_box_sign_args, exporter), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_sign = {"BoxSign", NULL, gn_fbfields_box_sign, 6};

GN_MUST static inline gn_err gn_fb_box_sign_verify(struct gn_slice in, struct gn_fb_box_sign *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_sign, &out->t);
}
static inline gn_fbref gn_fb_box_sign_make(struct gn_fbb *b, const struct gn_fb_box_sign_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_sign, args);
}
static inline uint64_t gn_fb_box_sign_sign(struct gn_fb_box_sign t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_sign_has_box(struct gn_fb_box_sign t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_box_sign_box(struct gn_fb_box_sign t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_box_sign_role(struct gn_fb_box_sign t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_sign_has_key(struct gn_fb_box_sign t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_box_sign_key(struct gn_fb_box_sign t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_sign_has_holder(struct gn_fb_box_sign t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_key gn_fb_box_sign_holder(struct gn_fb_box_sign t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_sign_has_exporter(struct gn_fb_box_sign t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_hash gn_fb_box_sign_exporter(struct gn_fb_box_sign t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_hash, &v);
	return v;
}

/* ---- BoxSigned ---- */

struct gn_fb_box_signed {
	struct gn_fbt t;
};
struct gn_fb_box_signed_args {
	uint64_t sign;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_box_signed[] = {
	{"sign", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_signed_args, sign), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_box_signed_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_signed = {"BoxSigned", NULL, gn_fbfields_box_signed, 2};

GN_MUST static inline gn_err gn_fb_box_signed_verify(struct gn_slice in, struct gn_fb_box_signed *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_signed, &out->t);
}
static inline gn_fbref gn_fb_box_signed_make(struct gn_fbb *b, const struct gn_fb_box_signed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_signed, args);
}
static inline uint64_t gn_fb_box_signed_sign(struct gn_fb_box_signed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_signed_has_sig(struct gn_fb_box_signed t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_box_signed_sig(struct gn_fb_box_signed t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}

/* ---- BoxTake ---- */

/* This device has it safe: holders may let it go. Of a box that this connection follows. */
struct gn_fb_box_take {
	struct gn_fbt t;
};
struct gn_fb_box_take_args {
	const struct gn_fb_key *box;
	struct gn_slice id;
};
static const struct gn_fb_field gn_fbfields_box_take[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_take_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"id", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_take_args, id), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_take = {"BoxTake", NULL, gn_fbfields_box_take, 2};

GN_MUST static inline gn_err gn_fb_box_take_verify(struct gn_slice in, struct gn_fb_box_take *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_take, &out->t);
}
static inline gn_fbref gn_fb_box_take_make(struct gn_fbb *b, const struct gn_fb_box_take_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_take, args);
}
static inline bool gn_fb_box_take_has_box(struct gn_fb_box_take t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_take_box(struct gn_fb_box_take t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_take_has_id(struct gn_fb_box_take t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_take_id(struct gn_fb_box_take t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- BoxDrop ---- */

/* The same for one that was not shown; of a queue: that nobody shall work on it. */
struct gn_fb_box_drop {
	struct gn_fbt t;
};
struct gn_fb_box_drop_args {
	const struct gn_fb_key *box;
	struct gn_slice id;
};
static const struct gn_fb_field gn_fbfields_box_drop[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_drop_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"id", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_drop_args, id), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_drop = {"BoxDrop", NULL, gn_fbfields_box_drop, 2};

GN_MUST static inline gn_err gn_fb_box_drop_verify(struct gn_slice in, struct gn_fb_box_drop *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_drop, &out->t);
}
static inline gn_fbref gn_fb_box_drop_make(struct gn_fbb *b, const struct gn_fb_box_drop_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_drop, args);
}
static inline bool gn_fb_box_drop_has_box(struct gn_fb_box_drop t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_drop_box(struct gn_fb_box_drop t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_drop_has_id(struct gn_fb_box_drop t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_drop_id(struct gn_fb_box_drop t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- QueueWork ---- */

/* Works at a queue until it is cancelled: QueueTask for each item that is lent, up to `slots` at
 * once, QueueOver when it is none of ours any more. */
struct gn_fb_queue_work {
	struct gn_fbt t;
};
struct gn_fb_queue_work_args {
	const struct gn_fb_key *box;
	/* A worker's in the descriptor, or by token: its bearer's signs. */
	const struct gn_fb_key *key;
	struct gn_slice token;
	/* Of a lease; 0: as long as the queue lets. */
	uint32_t seconds;
	uint8_t slots;
	/* One item, and no other when that is over. */
	bool once;
};
static const struct gn_fb_field gn_fbfields_queue_work[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_queue_work_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_queue_work_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_queue_work_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seconds", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_queue_work_args, seconds), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"slots", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_queue_work_args, slots), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"once", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_queue_work_args, once), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_queue_work = {"QueueWork", NULL, gn_fbfields_queue_work, 6};

GN_MUST static inline gn_err gn_fb_queue_work_verify(struct gn_slice in, struct gn_fb_queue_work *out)
{
	return gn_fb_verify(in, &gn_fbtype_queue_work, &out->t);
}
static inline gn_fbref gn_fb_queue_work_make(struct gn_fbb *b, const struct gn_fb_queue_work_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_queue_work, args);
}
static inline bool gn_fb_queue_work_has_box(struct gn_fb_queue_work t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_queue_work_box(struct gn_fb_queue_work t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_queue_work_has_key(struct gn_fb_queue_work t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_queue_work_key(struct gn_fb_queue_work t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_queue_work_has_token(struct gn_fb_queue_work t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_queue_work_token(struct gn_fb_queue_work t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint32_t gn_fb_queue_work_seconds(struct gn_fb_queue_work t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_queue_work_slots(struct gn_fb_queue_work t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline bool gn_fb_queue_work_once(struct gn_fb_queue_work t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}

/* ---- QueueTask ---- */

struct gn_fb_queue_task {
	struct gn_fbt t;
};
struct gn_fb_queue_task_args {
	/* 16 bytes. */
	struct gn_slice id;
	struct gn_slice item;
	uint16_t delivery;
	/* Seconds. */
	uint32_t lease;
	uint8_t class;
	const struct gn_fb_key *by;
	/* Unix seconds. */
	uint64_t deposited;
	uint64_t until;
	const struct gn_fb_key *holder;
};
static const struct gn_fb_field gn_fbfields_queue_task[] = {
	{"id", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_queue_task_args, id), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_queue_task_args, item), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"delivery", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_queue_task_args, delivery), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_queue_task_args, lease), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_queue_task_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"by", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_queue_task_args, by), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"deposited", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_queue_task_args, deposited), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_queue_task_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"holder", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_queue_task_args, holder), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_queue_task = {"QueueTask", NULL, gn_fbfields_queue_task, 9};

GN_MUST static inline gn_err gn_fb_queue_task_verify(struct gn_slice in, struct gn_fb_queue_task *out)
{
	return gn_fb_verify(in, &gn_fbtype_queue_task, &out->t);
}
static inline gn_fbref gn_fb_queue_task_make(struct gn_fbb *b, const struct gn_fb_queue_task_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_queue_task, args);
}
static inline bool gn_fb_queue_task_has_id(struct gn_fb_queue_task t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_queue_task_id(struct gn_fb_queue_task t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_queue_task_has_item(struct gn_fb_queue_task t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_queue_task_item(struct gn_fb_queue_task t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint16_t gn_fb_queue_task_delivery(struct gn_fb_queue_task t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_queue_task_lease(struct gn_fb_queue_task t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_queue_task_class(struct gn_fb_queue_task t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline bool gn_fb_queue_task_has_by(struct gn_fb_queue_task t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_key gn_fb_queue_task_by(struct gn_fb_queue_task t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_queue_task_deposited(struct gn_fb_queue_task t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_queue_task_until(struct gn_fb_queue_task t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline bool gn_fb_queue_task_has_holder(struct gn_fb_queue_task t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_key gn_fb_queue_task_holder(struct gn_fb_queue_task t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_key, &v);
	return v;
}

/* ---- QueueMore ---- */

/* More time for one that this connection works on. A refusal comes as QueueOver. */
struct gn_fb_queue_more {
	struct gn_fbt t;
};
struct gn_fb_queue_more_args {
	const struct gn_fb_key *box;
	struct gn_slice id;
	uint32_t seconds;
};
static const struct gn_fb_field gn_fbfields_queue_more[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_queue_more_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"id", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_queue_more_args, id), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seconds", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_queue_more_args, seconds), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_queue_more = {"QueueMore", NULL, gn_fbfields_queue_more, 3};

GN_MUST static inline gn_err gn_fb_queue_more_verify(struct gn_slice in, struct gn_fb_queue_more *out)
{
	return gn_fb_verify(in, &gn_fbtype_queue_more, &out->t);
}
static inline gn_fbref gn_fb_queue_more_make(struct gn_fbb *b, const struct gn_fb_queue_more_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_queue_more, args);
}
static inline bool gn_fb_queue_more_has_box(struct gn_fb_queue_more t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_queue_more_box(struct gn_fb_queue_more t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_queue_more_has_id(struct gn_fb_queue_more t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_queue_more_id(struct gn_fb_queue_more t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_queue_more_seconds(struct gn_fb_queue_more t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- QueueEnd ---- */

/* What became of it; whether that counts comes as QueueOver. sig: by the worker's key,
 * docs/spec/services.md BD-13. */
struct gn_fb_queue_end {
	struct gn_fbt t;
};
struct gn_fb_queue_end_args {
	const struct gn_fb_key *box;
	struct gn_slice id;
	/* BoxEnd of box.fbs. */
	uint8_t end;
	struct gn_slice outcome;
	const struct gn_fb_sig *sig;
	/* Failed: seconds before it is lent again. */
	uint32_t after;
};
static const struct gn_fb_field gn_fbfields_queue_end[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_queue_end_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"id", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_queue_end_args, id), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"end", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_queue_end_args, end), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"outcome", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_queue_end_args, outcome), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_queue_end_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_queue_end_args, after), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_queue_end = {"QueueEnd", NULL, gn_fbfields_queue_end, 6};

GN_MUST static inline gn_err gn_fb_queue_end_verify(struct gn_slice in, struct gn_fb_queue_end *out)
{
	return gn_fb_verify(in, &gn_fbtype_queue_end, &out->t);
}
static inline gn_fbref gn_fb_queue_end_make(struct gn_fbb *b, const struct gn_fb_queue_end_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_queue_end, args);
}
static inline bool gn_fb_queue_end_has_box(struct gn_fb_queue_end t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_queue_end_box(struct gn_fb_queue_end t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_queue_end_has_id(struct gn_fb_queue_end t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_queue_end_id(struct gn_fb_queue_end t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_queue_end_end(struct gn_fb_queue_end t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_queue_end_has_outcome(struct gn_fb_queue_end t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_queue_end_outcome(struct gn_fb_queue_end t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_queue_end_has_sig(struct gn_fb_queue_end t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_sig gn_fb_queue_end_sig(struct gn_fb_queue_end t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_sig, &v);
	return v;
}
static inline uint32_t gn_fb_queue_end_after(struct gn_fb_queue_end t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}

/* ---- QueueOver ---- */

/* code: number of base/err.def; 0 it counts, Stale it is lent to another, Exists it is over. id zeros
 * and Denied: no holder lets this worker in, now; and Quota: a limit of its token is used up for now, as a holder says. */
struct gn_fb_queue_over {
	struct gn_fbt t;
};
struct gn_fb_queue_over_args {
	struct gn_slice id;
	uint16_t code;
	bool reported;
};
static const struct gn_fb_field gn_fbfields_queue_over[] = {
	{"id", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_queue_over_args, id), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_queue_over_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reported", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_queue_over_args, reported), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_queue_over = {"QueueOver", NULL, gn_fbfields_queue_over, 3};

GN_MUST static inline gn_err gn_fb_queue_over_verify(struct gn_slice in, struct gn_fb_queue_over *out)
{
	return gn_fb_verify(in, &gn_fbtype_queue_over, &out->t);
}
static inline gn_fbref gn_fb_queue_over_make(struct gn_fbb *b, const struct gn_fb_queue_over_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_queue_over, args);
}
static inline bool gn_fb_queue_over_has_id(struct gn_fb_queue_over t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_queue_over_id(struct gn_fb_queue_over t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint16_t gn_fb_queue_over_code(struct gn_fb_queue_over t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline bool gn_fb_queue_over_reported(struct gn_fb_queue_over t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- AppBox ---- */

struct gn_fb_app_box {
	struct gn_fbt t;
};
struct gn_fb_app_box_args {
	uint8_t body_type; /* GN_FB_APP_BOX_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_box[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_box_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_box_args, body), 16, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_box_send, &gn_fbtype_box_sent, &gn_fbtype_box_check, &gn_fbtype_box_check_is, &gn_fbtype_box_follow, &gn_fbtype_box_got, &gn_fbtype_box_following, &gn_fbtype_box_sign, &gn_fbtype_box_signed, &gn_fbtype_box_take, &gn_fbtype_box_drop, &gn_fbtype_queue_work, &gn_fbtype_queue_task, &gn_fbtype_queue_more, &gn_fbtype_queue_end, &gn_fbtype_queue_over}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_box = {"AppBox", NULL, gn_fbfields_app_box, 2};

GN_MUST static inline gn_err gn_fb_app_box_verify(struct gn_slice in, struct gn_fb_app_box *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_box, &out->t);
}
static inline gn_fbref gn_fb_app_box_make(struct gn_fbb *b, const struct gn_fb_app_box_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_box, args);
}
static inline bool gn_fb_app_box_has_body(struct gn_fb_app_box t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_box_body_type(struct gn_fb_app_box t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_box_send gn_fb_app_box_body_as_box_send(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_send){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_SEND)};
}
static inline struct gn_fb_box_sent gn_fb_app_box_body_as_box_sent(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_sent){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_SENT)};
}
static inline struct gn_fb_box_check gn_fb_app_box_body_as_box_check(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_check){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_CHECK)};
}
static inline struct gn_fb_box_check_is gn_fb_app_box_body_as_box_check_is(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_check_is){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_CHECK_IS)};
}
static inline struct gn_fb_box_follow gn_fb_app_box_body_as_box_follow(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_follow){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_FOLLOW)};
}
static inline struct gn_fb_box_got gn_fb_app_box_body_as_box_got(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_got){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_GOT)};
}
static inline struct gn_fb_box_following gn_fb_app_box_body_as_box_following(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_following){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_FOLLOWING)};
}
static inline struct gn_fb_box_sign gn_fb_app_box_body_as_box_sign(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_sign){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_SIGN)};
}
static inline struct gn_fb_box_signed gn_fb_app_box_body_as_box_signed(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_signed){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_SIGNED)};
}
static inline struct gn_fb_box_take gn_fb_app_box_body_as_box_take(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_take){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_TAKE)};
}
static inline struct gn_fb_box_drop gn_fb_app_box_body_as_box_drop(struct gn_fb_app_box t)
{
	return (struct gn_fb_box_drop){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_BOX_DROP)};
}
static inline struct gn_fb_queue_work gn_fb_app_box_body_as_queue_work(struct gn_fb_app_box t)
{
	return (struct gn_fb_queue_work){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_QUEUE_WORK)};
}
static inline struct gn_fb_queue_task gn_fb_app_box_body_as_queue_task(struct gn_fb_app_box t)
{
	return (struct gn_fb_queue_task){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_QUEUE_TASK)};
}
static inline struct gn_fb_queue_more gn_fb_app_box_body_as_queue_more(struct gn_fb_app_box t)
{
	return (struct gn_fb_queue_more){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_QUEUE_MORE)};
}
static inline struct gn_fb_queue_end gn_fb_app_box_body_as_queue_end(struct gn_fb_app_box t)
{
	return (struct gn_fb_queue_end){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_QUEUE_END)};
}
static inline struct gn_fb_queue_over gn_fb_app_box_body_as_queue_over(struct gn_fb_app_box t)
{
	return (struct gn_fb_queue_over){gn_fbt_member(t.t, 1, GN_FB_APP_BOX_BODY_QUEUE_OVER)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_box[] = {
	&gn_fbtype_box_proof,
	&gn_fbtype_box_send,
	&gn_fbtype_box_sent,
	&gn_fbtype_box_check,
	&gn_fbtype_box_check_is,
	&gn_fbtype_box_follow,
	&gn_fbtype_box_got,
	&gn_fbtype_box_following,
	&gn_fbtype_box_sign,
	&gn_fbtype_box_signed,
	&gn_fbtype_box_take,
	&gn_fbtype_box_drop,
	&gn_fbtype_queue_work,
	&gn_fbtype_queue_task,
	&gn_fbtype_queue_more,
	&gn_fbtype_queue_end,
	&gn_fbtype_queue_over,
	&gn_fbtype_app_box,
};

#endif
