/* Made by tools/fbc from box.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_BOX_FB_H
#define GN_WIRE_BOX_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_box_role {
	GN_FB_BOX_ROLE_DEPOSITOR = 0,
	GN_FB_BOX_ROLE_READER = 1,
	GN_FB_BOX_ROLE_REMOVER = 2,
	GN_FB_BOX_ROLE_WORKER = 3,
};

static const struct gn_fb_word gn_fbwords_box_role[] = {{"depositor", 0}, {"reader", 1}, {"remover", 2}, {"worker", 3}, {NULL, 0}};

enum gn_fb_box_state {
	GN_FB_BOX_STATE_UNKNOWN = 0,
	GN_FB_BOX_STATE_HELD = 1,
	GN_FB_BOX_STATE_TAKEN = 2,
	GN_FB_BOX_STATE_EXPIRED = 3,
};

static const struct gn_fb_word gn_fbwords_box_state[] = {{"unknown", 0}, {"held", 1}, {"taken", 2}, {"expired", 3}, {NULL, 0}};

enum gn_fb_box_turn_state {
	GN_FB_BOX_TURN_STATE_WAITS = 0,
	GN_FB_BOX_TURN_STATE_LENT = 1,
	GN_FB_BOX_TURN_STATE_DONE = 2,
	GN_FB_BOX_TURN_STATE_DEAD = 3,
};

static const struct gn_fb_word gn_fbwords_box_turn_state[] = {{"waits", 0}, {"lent", 1}, {"done", 2}, {"dead", 3}, {NULL, 0}};

enum gn_fb_box_end {
	GN_FB_BOX_END_DONE = 0,
	GN_FB_BOX_END_FAILED = 1,
	GN_FB_BOX_END_HOPELESS = 2,
	GN_FB_BOX_END_ATTEMPTS = 3,
};

static const struct gn_fb_word gn_fbwords_box_end[] = {{"done", 0}, {"failed", 1}, {"hopeless", 2}, {"attempts", 3}, {NULL, 0}};

enum gn_fb_box_message_body {
	GN_FB_BOX_MESSAGE_BODY_NONE = 0,
	GN_FB_BOX_MESSAGE_BODY_BOX_SHOW = 1,
	GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT = 2,
	GN_FB_BOX_MESSAGE_BODY_BOX_HELD = 3,
	GN_FB_BOX_MESSAGE_BODY_BOX_ASK = 4,
	GN_FB_BOX_MESSAGE_BODY_BOX_STATES = 5,
	GN_FB_BOX_MESSAGE_BODY_BOX_LIST = 6,
	GN_FB_BOX_MESSAGE_BODY_BOX_LISTED = 7,
	GN_FB_BOX_MESSAGE_BODY_BOX_FETCH = 8,
	GN_FB_BOX_MESSAGE_BODY_BOX_WATCH = 9,
	GN_FB_BOX_MESSAGE_BODY_BOX_ITEM = 10,
	GN_FB_BOX_MESSAGE_BODY_BOX_ACK = 11,
	GN_FB_BOX_MESSAGE_BODY_BOX_SUM = 12,
	GN_FB_BOX_MESSAGE_BODY_BOX_IDS = 13,
	GN_FB_BOX_MESSAGE_BODY_BOX_WANT = 14,
	GN_FB_BOX_MESSAGE_BODY_BOX_COPY = 15,
	GN_FB_BOX_MESSAGE_BODY_BOX_DONE = 16,
	GN_FB_BOX_MESSAGE_BODY_BOX_LEASE = 17,
	GN_FB_BOX_MESSAGE_BODY_BOX_EXTEND = 18,
	GN_FB_BOX_MESSAGE_BODY_BOX_REPORT = 19,
	GN_FB_BOX_MESSAGE_BODY_BOX_TURN = 20,
};

/* First 16 bytes of SHA-256(item). */
struct gn_fb_item_id {
	uint8_t b[16];
};
static const struct gn_fb_member gn_fbmembers_item_id[] = {
	{"b", offsetof(struct gn_fb_item_id, b), 0, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_item_id = {gn_fbmembers_item_id, 1, sizeof(struct gn_fb_item_id), 16, 1};

/* The box key's word for a deposit key: 112 bytes. sig: Ed25519 by the box key over "geonet/box/certificate/1" || box || the
 * 48 bytes before. */
struct gn_fb_box_certificate {
	uint8_t key[32];
	/* Unix seconds, little-endian as every number here. */
	uint64_t until;
	/* Items and KiB that may lie untaken at once. */
	uint32_t items;
	uint32_t kib;
	uint8_t sig[64];
};
static const struct gn_fb_member gn_fbmembers_box_certificate[] = {
	{"key", offsetof(struct gn_fb_box_certificate, key), 0, 1, 32, GN_FB_UINT},
	{"until", offsetof(struct gn_fb_box_certificate, until), 32, 8, 1, GN_FB_UINT},
	{"items", offsetof(struct gn_fb_box_certificate, items), 40, 4, 1, GN_FB_UINT},
	{"kib", offsetof(struct gn_fb_box_certificate, kib), 44, 4, 1, GN_FB_UINT},
	{"sig", offsetof(struct gn_fb_box_certificate, sig), 48, 1, 64, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_box_certificate = {gn_fbmembers_box_certificate, 5, sizeof(struct gn_fb_box_certificate), 112, 8};

/* Leading zero bits of SHA-256("geonet/box/puzzle/1" || box || day be64 || SHA-256(item) || nonce). */
struct gn_fb_box_work {
	/* Unix seconds / 86,400. */
	uint32_t day;
	uint32_t reserved;
	uint8_t nonce[8];
};
static const struct gn_fb_member gn_fbmembers_box_work[] = {
	{"day", offsetof(struct gn_fb_box_work, day), 0, 4, 1, GN_FB_UINT},
	{"reserved", offsetof(struct gn_fb_box_work, reserved), 4, 4, 1, GN_FB_UINT},
	{"nonce", offsetof(struct gn_fb_box_work, nonce), 8, 1, 8, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_box_work = {gn_fbmembers_box_work, 3, sizeof(struct gn_fb_box_work), 16, 4};

/* Ed25519 by an open invite's key over "geonet/box/invite/1" || box || SHA-256(item). */
struct gn_fb_box_invite {
	uint8_t key[32];
	uint8_t sig[64];
};
static const struct gn_fb_member gn_fbmembers_box_invite[] = {
	{"key", offsetof(struct gn_fb_box_invite, key), 0, 1, 32, GN_FB_UINT},
	{"sig", offsetof(struct gn_fb_box_invite, sig), 32, 1, 64, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_box_invite = {gn_fbmembers_box_invite, 2, sizeof(struct gn_fb_box_invite), 96, 1};

struct gn_fb_box_entry {
	uint64_t at;
	uint32_t size;
	uint32_t reserved;
	uint8_t id[16];
};
static const struct gn_fb_member gn_fbmembers_box_entry[] = {
	{"at", offsetof(struct gn_fb_box_entry, at), 0, 8, 1, GN_FB_UINT},
	{"size", offsetof(struct gn_fb_box_entry, size), 8, 4, 1, GN_FB_UINT},
	{"reserved", offsetof(struct gn_fb_box_entry, reserved), 12, 4, 1, GN_FB_UINT},
	{"id", offsetof(struct gn_fb_box_entry, id), 16, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_box_entry = {gn_fbmembers_box_entry, 4, sizeof(struct gn_fb_box_entry), 32, 8};

/* ---- BoxShow ---- */

/* Says once per session by which right later requests come. They name it in `shown`. sig: Ed25519 by the key over
 * "geonet/box/show/1" || role || box || receiver's node key || exporter of this session. */
struct gn_fb_box_show {
	struct gn_fbt t;
};
struct gn_fb_box_show_args {
	const struct gn_fb_key *box;
	uint16_t shown;
	uint8_t role;
	/* Reader or ack key of the descriptor; absent with a certificate or token. */
	const struct gn_fb_key *key;
	const struct gn_fb_box_certificate *certificate;
	/* Capability token chain (token.fbs): introductions. */
	struct gn_slice token;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_box_show[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_show_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_show_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"role", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_show_args, role), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_box_role, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_box_show_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"certificate", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_box_show_args, certificate), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_certificate, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_box_show_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_box_show_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_show = {"BoxShow", NULL, gn_fbfields_box_show, 7};

GN_MUST static inline gn_err gn_fb_box_show_verify(struct gn_slice in, struct gn_fb_box_show *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_show, &out->t);
}
static inline gn_fbref gn_fb_box_show_make(struct gn_fbb *b, const struct gn_fb_box_show_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_show, args);
}
static inline bool gn_fb_box_show_has_box(struct gn_fb_box_show t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_show_box(struct gn_fb_box_show t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_box_show_shown(struct gn_fb_box_show t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_show_role(struct gn_fb_box_show t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_show_has_key(struct gn_fb_box_show t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_box_show_key(struct gn_fb_box_show t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_show_has_certificate(struct gn_fb_box_show t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_box_certificate gn_fb_box_show_certificate(struct gn_fb_box_show t)
{
	struct gn_fb_box_certificate v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_box_certificate, &v);
	return v;
}
static inline bool gn_fb_box_show_has_token(struct gn_fb_box_show t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_box_show_token(struct gn_fb_box_show t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_box_show_has_sig(struct gn_fb_box_show t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_sig gn_fb_box_show_sig(struct gn_fb_box_show t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_sig, &v);
	return v;
}

/* ---- BoxDeposit ---- */

struct gn_fb_box_deposit {
	struct gn_fbt t;
};
struct gn_fb_box_deposit_args {
	const struct gn_fb_key *box;
	struct gn_slice item;
	/* Seconds. */
	uint32_t ttl;
	/* 0: none shown. */
	uint16_t shown;
	const struct gn_fb_box_work *work;
	const struct gn_fb_box_invite *invite;
	/* With a certificate or token: Ed25519 by its key over "geonet/box/deposit/1" || box || SHA-256(item). */
	const struct gn_fb_sig *sig;
	/* Queue: 1, lent first, to 4; 0 is 3. */
	uint8_t class;
};
static const struct gn_fb_field gn_fbfields_box_deposit[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_deposit_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_deposit_args, item), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_deposit_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_deposit_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"work", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_box_deposit_args, work), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_work, NULL, NULL, false},
	{"invite", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_box_deposit_args, invite), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_invite, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_box_deposit_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_deposit_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_deposit = {"BoxDeposit", NULL, gn_fbfields_box_deposit, 8};

GN_MUST static inline gn_err gn_fb_box_deposit_verify(struct gn_slice in, struct gn_fb_box_deposit *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_deposit, &out->t);
}
static inline gn_fbref gn_fb_box_deposit_make(struct gn_fbb *b, const struct gn_fb_box_deposit_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_deposit, args);
}
static inline bool gn_fb_box_deposit_has_box(struct gn_fb_box_deposit t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_deposit_box(struct gn_fb_box_deposit t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_deposit_has_item(struct gn_fb_box_deposit t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_deposit_item(struct gn_fb_box_deposit t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_box_deposit_ttl(struct gn_fb_box_deposit t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_deposit_shown(struct gn_fb_box_deposit t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline bool gn_fb_box_deposit_has_work(struct gn_fb_box_deposit t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_box_work gn_fb_box_deposit_work(struct gn_fb_box_deposit t)
{
	struct gn_fb_box_work v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_box_work, &v);
	return v;
}
static inline bool gn_fb_box_deposit_has_invite(struct gn_fb_box_deposit t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_box_invite gn_fb_box_deposit_invite(struct gn_fb_box_deposit t)
{
	struct gn_fb_box_invite v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_box_invite, &v);
	return v;
}
static inline bool gn_fb_box_deposit_has_sig(struct gn_fb_box_deposit t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_sig gn_fb_box_deposit_sig(struct gn_fb_box_deposit t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_sig, &v);
	return v;
}
static inline uint8_t gn_fb_box_deposit_class(struct gn_fb_box_deposit t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}

/* ---- BoxHeld ---- */

/* Answers a deposit that is durable. */
struct gn_fb_box_held {
	struct gn_fbt t;
};
struct gn_fb_box_held_args {
	gn_fbref custody; /* Custody */
};
static const struct gn_fb_field gn_fbfields_box_held[] = {
	{"custody", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_box_held_args, custody), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_custody}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_held = {"BoxHeld", NULL, gn_fbfields_box_held, 1};

GN_MUST static inline gn_err gn_fb_box_held_verify(struct gn_slice in, struct gn_fb_box_held *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_held, &out->t);
}
static inline gn_fbref gn_fb_box_held_make(struct gn_fbb *b, const struct gn_fb_box_held_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_held, args);
}
static inline bool gn_fb_box_held_has_custody(struct gn_fb_box_held t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_custody gn_fb_box_held_custody(struct gn_fb_box_held t)
{
	return (struct gn_fb_custody){gn_fbt_table(t.t, 0)};
}

/* ---- BoxAsk ---- */

/* Without ids it asks whether the box lies here. */
struct gn_fb_box_ask {
	struct gn_fbt t;
};
struct gn_fb_box_ask_args {
	const struct gn_fb_key *box;
	struct {
		const struct gn_fb_item_id *p;
		size_t count;
	} ids;
	uint16_t shown;
};
static const struct gn_fb_field gn_fbfields_box_ask[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_ask_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_ask_args, ids), 0, 0, false, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_ask_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_ask = {"BoxAsk", NULL, gn_fbfields_box_ask, 3};

GN_MUST static inline gn_err gn_fb_box_ask_verify(struct gn_slice in, struct gn_fb_box_ask *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_ask, &out->t);
}
static inline gn_fbref gn_fb_box_ask_make(struct gn_fbb *b, const struct gn_fb_box_ask_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_ask, args);
}
static inline bool gn_fb_box_ask_has_box(struct gn_fb_box_ask t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_ask_box(struct gn_fb_box_ask t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_ask_has_ids(struct gn_fb_box_ask t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_box_ask_ids_len(struct gn_fb_box_ask t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_ask_ids_at(struct gn_fb_box_ask t, uint32_t i)
{
	struct gn_fb_item_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_item_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_ask_ids_bytes(struct gn_fb_box_ask t)
{
	return gn_fbt_elements(t.t, 1, 16);
}
static inline uint16_t gn_fb_box_ask_shown(struct gn_fb_box_ask t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}

/* ---- BoxStates ---- */

struct gn_fb_box_states {
	struct gn_fbt t;
};
struct gn_fb_box_states_args {
	/* BoxState, in the order asked. */
	struct gn_slice states;
};
static const struct gn_fb_field gn_fbfields_box_states[] = {
	{"states", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_box_states_args, states), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_states = {"BoxStates", NULL, gn_fbfields_box_states, 1};

GN_MUST static inline gn_err gn_fb_box_states_verify(struct gn_slice in, struct gn_fb_box_states *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_states, &out->t);
}
static inline gn_fbref gn_fb_box_states_make(struct gn_fbb *b, const struct gn_fb_box_states_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_states, args);
}
static inline bool gn_fb_box_states_has_states(struct gn_fb_box_states t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_box_states_states(struct gn_fb_box_states t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- BoxList ---- */

/* Positions are the holder's own and mean nothing elsewhere; 0: from the start. */
struct gn_fb_box_list {
	struct gn_fbt t;
};
struct gn_fb_box_list_args {
	const struct gn_fb_key *box;
	uint16_t shown;
	uint64_t after;
	uint16_t limit;
	/* Queue: what is not over, too. */
	bool all;
};
static const struct gn_fb_field gn_fbfields_box_list[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_list_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_list_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_list_args, after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_list_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"all", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_box_list_args, all), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_list = {"BoxList", NULL, gn_fbfields_box_list, 5};

GN_MUST static inline gn_err gn_fb_box_list_verify(struct gn_slice in, struct gn_fb_box_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_list, &out->t);
}
static inline gn_fbref gn_fb_box_list_make(struct gn_fbb *b, const struct gn_fb_box_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_list, args);
}
static inline bool gn_fb_box_list_has_box(struct gn_fb_box_list t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_list_box(struct gn_fb_box_list t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_box_list_shown(struct gn_fb_box_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_list_after(struct gn_fb_box_list t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_list_limit(struct gn_fb_box_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline bool gn_fb_box_list_all(struct gn_fb_box_list t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}

/* ---- BoxListed ---- */

struct gn_fb_box_listed {
	struct gn_fbt t;
};
struct gn_fb_box_listed_args {
	struct {
		const struct gn_fb_box_entry *p;
		size_t count;
	} entries;
	/* Ask again after this; 0: that was all. */
	uint64_t next;
};
static const struct gn_fb_field gn_fbfields_box_listed[] = {
	{"entries", GN_FB_STRUCTS, GN_FB_UINT, 0, offsetof(struct gn_fb_box_listed_args, entries), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_entry, NULL, NULL, false},
	{"next", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_listed_args, next), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_listed = {"BoxListed", NULL, gn_fbfields_box_listed, 2};

GN_MUST static inline gn_err gn_fb_box_listed_verify(struct gn_slice in, struct gn_fb_box_listed *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_listed, &out->t);
}
static inline gn_fbref gn_fb_box_listed_make(struct gn_fbb *b, const struct gn_fb_box_listed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_listed, args);
}
static inline bool gn_fb_box_listed_has_entries(struct gn_fb_box_listed t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_box_listed_entries_len(struct gn_fb_box_listed t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_box_entry gn_fb_box_listed_entries_at(struct gn_fb_box_listed t, uint32_t i)
{
	struct gn_fb_box_entry v;
	gn_fbt_struct_at(t.t, 0, &gn_fblayout_box_entry, i, &v);
	return v;
}
static inline uint64_t gn_fb_box_listed_next(struct gn_fb_box_listed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- BoxFetch ---- */

/* Each item comes as its own BoxItem with the request's number, `left` counting down to 0. */
struct gn_fb_box_fetch {
	struct gn_fbt t;
};
struct gn_fb_box_fetch_args {
	const struct gn_fb_key *box;
	struct {
		const struct gn_fb_item_id *p;
		size_t count;
	} ids;
	uint16_t shown;
};
static const struct gn_fb_field gn_fbfields_box_fetch[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_fetch_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_fetch_args, ids), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_fetch_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_fetch = {"BoxFetch", NULL, gn_fbfields_box_fetch, 3};

GN_MUST static inline gn_err gn_fb_box_fetch_verify(struct gn_slice in, struct gn_fb_box_fetch *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_fetch, &out->t);
}
static inline gn_fbref gn_fb_box_fetch_make(struct gn_fbb *b, const struct gn_fb_box_fetch_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_fetch, args);
}
static inline bool gn_fb_box_fetch_has_box(struct gn_fb_box_fetch t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_fetch_box(struct gn_fb_box_fetch t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_fetch_has_ids(struct gn_fb_box_fetch t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_box_fetch_ids_len(struct gn_fb_box_fetch t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_fetch_ids_at(struct gn_fb_box_fetch t, uint32_t i)
{
	struct gn_fb_item_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_item_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_fetch_ids_bytes(struct gn_fb_box_fetch t)
{
	return gn_fbt_elements(t.t, 1, 16);
}
static inline uint16_t gn_fb_box_fetch_shown(struct gn_fb_box_fetch t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}

/* ---- BoxWatch ---- */

/* Items come as BoxItem with the request's number, until `seconds` after the last BoxWatch. Answered by BoxDone. */
struct gn_fb_box_watch {
	struct gn_fbt t;
};
struct gn_fb_box_watch_args {
	const struct gn_fb_key *box;
	uint16_t shown;
	uint64_t after;
	uint16_t seconds;
	bool all;
};
static const struct gn_fb_field gn_fbfields_box_watch[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_watch_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_watch_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_watch_args, after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seconds", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_watch_args, seconds), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"all", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_box_watch_args, all), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_watch = {"BoxWatch", NULL, gn_fbfields_box_watch, 5};

GN_MUST static inline gn_err gn_fb_box_watch_verify(struct gn_slice in, struct gn_fb_box_watch *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_watch, &out->t);
}
static inline gn_fbref gn_fb_box_watch_make(struct gn_fbb *b, const struct gn_fb_box_watch_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_watch, args);
}
static inline bool gn_fb_box_watch_has_box(struct gn_fb_box_watch t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_watch_box(struct gn_fb_box_watch t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_box_watch_shown(struct gn_fb_box_watch t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_watch_after(struct gn_fb_box_watch t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_watch_seconds(struct gn_fb_box_watch t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline bool gn_fb_box_watch_all(struct gn_fb_box_watch t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}

/* ---- BoxItem ---- */

struct gn_fb_box_item {
	struct gn_fbt t;
};
struct gn_fb_box_item_args {
	const struct gn_fb_key *box;
	const struct gn_fb_item_id *id;
	/* Absent: gone, `code` says why. */
	struct gn_slice item;
	uint8_t code;
	uint64_t at;
	/* Items still to come for this request. */
	uint16_t left;
	/* Unix seconds. */
	uint64_t until;
	uint64_t deposited;
	/* The deposit key, when a certificate or token let it in; the invite's, and `sig` is its word. */
	const struct gn_fb_key *by;
	/* Queue: class, number of the last delivery, seconds of the lease that is lent. */
	uint8_t class;
	uint16_t delivery;
	uint32_t lease;
	/* Queue: BoxTurnState; how it ended, as in BoxTurn. */
	uint8_t state;
	const struct gn_fb_key *worker;
	uint8_t end;
	struct gn_slice outcome;
	const struct gn_fb_sig *sig;
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_box_item[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_item_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_box_item_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_box_item_args, item), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_item_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"at", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_item_args, at), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"left", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_item_args, left), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_box_item_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deposited", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_item_args, deposited), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"by", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_box_item_args, by), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_box_item_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"delivery", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_box_item_args, delivery), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_box_item_args, lease), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_box_item_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 13, offsetof(struct gn_fb_box_item_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"end", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_box_item_args, end), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"outcome", GN_FB_SCALARS, GN_FB_UINT, 15, offsetof(struct gn_fb_box_item_args, outcome), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 16, offsetof(struct gn_fb_box_item_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 17, offsetof(struct gn_fb_box_item_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_item = {"BoxItem", NULL, gn_fbfields_box_item, 18};

GN_MUST static inline gn_err gn_fb_box_item_verify(struct gn_slice in, struct gn_fb_box_item *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_item, &out->t);
}
static inline gn_fbref gn_fb_box_item_make(struct gn_fbb *b, const struct gn_fb_box_item_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_item, args);
}
static inline bool gn_fb_box_item_has_box(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_item_box(struct gn_fb_box_item t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_item_has_id(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_item_id(struct gn_fb_box_item t)
{
	struct gn_fb_item_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_item_id, &v);
	return v;
}
static inline bool gn_fb_box_item_has_item(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_box_item_item(struct gn_fb_box_item t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint8_t gn_fb_box_item_code(struct gn_fb_box_item t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_item_at(struct gn_fb_box_item t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_item_left(struct gn_fb_box_item t)
{
	return (uint16_t)gn_fbt_bits(t.t, 5, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_item_until(struct gn_fb_box_item t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_item_deposited(struct gn_fb_box_item t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_item_has_by(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_key gn_fb_box_item_by(struct gn_fb_box_item t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_box_item_class(struct gn_fb_box_item t)
{
	return (uint8_t)gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_item_delivery(struct gn_fb_box_item t)
{
	return (uint16_t)gn_fbt_bits(t.t, 10, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_item_lease(struct gn_fb_box_item t)
{
	return (uint32_t)gn_fbt_bits(t.t, 11, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_item_state(struct gn_fb_box_item t)
{
	return (uint8_t)gn_fbt_bits(t.t, 12, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_item_has_worker(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_fb_key gn_fb_box_item_worker(struct gn_fb_box_item t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 13, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_box_item_end(struct gn_fb_box_item t)
{
	return (uint8_t)gn_fbt_bits(t.t, 14, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_item_has_outcome(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 15);
}
static inline struct gn_slice gn_fb_box_item_outcome(struct gn_fb_box_item t)
{
	return gn_fbt_bytes(t.t, 15);
}
static inline bool gn_fb_box_item_has_sig(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_fb_sig gn_fb_box_item_sig(struct gn_fb_box_item t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 16, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_box_item_has_token(struct gn_fb_box_item t)
{
	return gn_fbt_has(t.t, 17);
}
static inline struct gn_slice gn_fb_box_item_token(struct gn_fb_box_item t)
{
	return gn_fbt_bytes(t.t, 17);
}

/* ---- BoxAck ---- */

/* Sent to each holder of the set. */
struct gn_fb_box_ack {
	struct gn_fbt t;
};
struct gn_fb_box_ack_args {
	const struct gn_fb_key *box;
	struct {
		const struct gn_fb_item_id *p;
		size_t count;
	} ids;
	uint16_t shown;
};
static const struct gn_fb_field gn_fbfields_box_ack[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_ack_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_ack_args, ids), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_ack_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_ack = {"BoxAck", NULL, gn_fbfields_box_ack, 3};

GN_MUST static inline gn_err gn_fb_box_ack_verify(struct gn_slice in, struct gn_fb_box_ack *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_ack, &out->t);
}
static inline gn_fbref gn_fb_box_ack_make(struct gn_fbb *b, const struct gn_fb_box_ack_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_ack, args);
}
static inline bool gn_fb_box_ack_has_box(struct gn_fb_box_ack t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_ack_box(struct gn_fb_box_ack t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_ack_has_ids(struct gn_fb_box_ack t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_box_ack_ids_len(struct gn_fb_box_ack t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_ack_ids_at(struct gn_fb_box_ack t, uint32_t i)
{
	struct gn_fb_item_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_item_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_ack_ids_bytes(struct gn_fb_box_ack t)
{
	return gn_fbt_elements(t.t, 1, 16);
}
static inline uint16_t gn_fb_box_ack_shown(struct gn_fb_box_ack t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}

/* ---- BoxSum ---- */

/* Of all ids held whose first `bits` bits (0 or 4) are those of `part`. Answered by BoxDone when it is the same here, else by
 * BoxIds. */
struct gn_fb_box_sum {
	struct gn_fbt t;
};
struct gn_fb_box_sum_args {
	const struct gn_fb_key *box;
	uint32_t count;
	const struct gn_fb_item_id *xor;
	uint8_t bits;
	uint8_t part;
};
static const struct gn_fb_field gn_fbfields_box_sum[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_sum_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_sum_args, count), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"xor", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_sum_args, xor), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"bits", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_sum_args, bits), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"part", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_sum_args, part), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_sum = {"BoxSum", NULL, gn_fbfields_box_sum, 5};

GN_MUST static inline gn_err gn_fb_box_sum_verify(struct gn_slice in, struct gn_fb_box_sum *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_sum, &out->t);
}
static inline gn_fbref gn_fb_box_sum_make(struct gn_fbb *b, const struct gn_fb_box_sum_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_sum, args);
}
static inline bool gn_fb_box_sum_has_box(struct gn_fb_box_sum t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_sum_box(struct gn_fb_box_sum t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_box_sum_count(struct gn_fb_box_sum t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_box_sum_has_xor(struct gn_fb_box_sum t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_item_id gn_fb_box_sum_xor(struct gn_fb_box_sum t)
{
	struct gn_fb_item_id v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_item_id, &v);
	return v;
}
static inline uint8_t gn_fb_box_sum_bits(struct gn_fb_box_sum t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_sum_part(struct gn_fb_box_sum t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}

/* ---- BoxIds ---- */

/* All ids held of that part. */
struct gn_fb_box_ids {
	struct gn_fbt t;
};
struct gn_fb_box_ids_args {
	const struct gn_fb_key *box;
	struct {
		const struct gn_fb_item_id *p;
		size_t count;
	} ids;
	uint8_t bits;
	uint8_t part;
	/* Queue: of each id 2 bytes, BoxTurnState in the upper 2 bits, the number of its last delivery below. */
	struct gn_slice turns;
};
static const struct gn_fb_field gn_fbfields_box_ids[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_ids_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_ids_args, ids), 0, 0, false, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"bits", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_ids_args, bits), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"part", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_ids_args, part), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"turns", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_box_ids_args, turns), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_ids = {"BoxIds", NULL, gn_fbfields_box_ids, 5};

GN_MUST static inline gn_err gn_fb_box_ids_verify(struct gn_slice in, struct gn_fb_box_ids *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_ids, &out->t);
}
static inline gn_fbref gn_fb_box_ids_make(struct gn_fbb *b, const struct gn_fb_box_ids_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_ids, args);
}
static inline bool gn_fb_box_ids_has_box(struct gn_fb_box_ids t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_ids_box(struct gn_fb_box_ids t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_ids_has_ids(struct gn_fb_box_ids t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_box_ids_ids_len(struct gn_fb_box_ids t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_ids_ids_at(struct gn_fb_box_ids t, uint32_t i)
{
	struct gn_fb_item_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_item_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_ids_ids_bytes(struct gn_fb_box_ids t)
{
	return gn_fbt_elements(t.t, 1, 16);
}
static inline uint8_t gn_fb_box_ids_bits(struct gn_fb_box_ids t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_ids_part(struct gn_fb_box_ids t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_ids_has_turns(struct gn_fb_box_ids t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_box_ids_turns(struct gn_fb_box_ids t)
{
	return gn_fbt_bytes(t.t, 4);
}

/* ---- BoxWant ---- */

struct gn_fb_box_want {
	struct gn_fbt t;
};
struct gn_fb_box_want_args {
	const struct gn_fb_key *box;
	struct {
		const struct gn_fb_item_id *p;
		size_t count;
	} ids;
};
static const struct gn_fb_field gn_fbfields_box_want[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_want_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_want_args, ids), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_want = {"BoxWant", NULL, gn_fbfields_box_want, 2};

GN_MUST static inline gn_err gn_fb_box_want_verify(struct gn_slice in, struct gn_fb_box_want *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_want, &out->t);
}
static inline gn_fbref gn_fb_box_want_make(struct gn_fbb *b, const struct gn_fb_box_want_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_want, args);
}
static inline bool gn_fb_box_want_has_box(struct gn_fb_box_want t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_want_box(struct gn_fb_box_want t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_want_has_ids(struct gn_fb_box_want t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_box_want_ids_len(struct gn_fb_box_want t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_want_ids_at(struct gn_fb_box_want t, uint32_t i)
{
	struct gn_fb_item_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_item_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_want_ids_bytes(struct gn_fb_box_want t)
{
	return gn_fbt_elements(t.t, 1, 16);
}

/* ---- BoxCopy ---- */

/* A copy for another holder, with what let it in: one of work, invite, certificate or token with sig. */
struct gn_fb_box_copy {
	struct gn_fbt t;
};
struct gn_fb_box_copy_args {
	const struct gn_fb_key *box;
	struct gn_slice item;
	uint64_t until;
	uint64_t deposited;
	const struct gn_fb_box_work *work;
	const struct gn_fb_box_invite *invite;
	const struct gn_fb_box_certificate *certificate;
	struct gn_slice token;
	const struct gn_fb_sig *sig;
	/* Reader keys that acknowledged it, bit i: key i of the descriptor. */
	uint32_t acked;
	uint8_t class;
};
static const struct gn_fb_field gn_fbfields_box_copy[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_copy_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_copy_args, item), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_copy_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deposited", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_copy_args, deposited), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"work", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_box_copy_args, work), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_work, NULL, NULL, false},
	{"invite", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_box_copy_args, invite), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_invite, NULL, NULL, false},
	{"certificate", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_box_copy_args, certificate), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_certificate, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_box_copy_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_box_copy_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"acked", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_box_copy_args, acked), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_box_copy_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_copy = {"BoxCopy", NULL, gn_fbfields_box_copy, 11};

GN_MUST static inline gn_err gn_fb_box_copy_verify(struct gn_slice in, struct gn_fb_box_copy *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_copy, &out->t);
}
static inline gn_fbref gn_fb_box_copy_make(struct gn_fbb *b, const struct gn_fb_box_copy_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_copy, args);
}
static inline bool gn_fb_box_copy_has_box(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_copy_box(struct gn_fb_box_copy t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_copy_has_item(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_copy_item(struct gn_fb_box_copy t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint64_t gn_fb_box_copy_until(struct gn_fb_box_copy t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_copy_deposited(struct gn_fb_box_copy t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_copy_has_work(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_box_work gn_fb_box_copy_work(struct gn_fb_box_copy t)
{
	struct gn_fb_box_work v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_box_work, &v);
	return v;
}
static inline bool gn_fb_box_copy_has_invite(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_box_invite gn_fb_box_copy_invite(struct gn_fb_box_copy t)
{
	struct gn_fb_box_invite v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_box_invite, &v);
	return v;
}
static inline bool gn_fb_box_copy_has_certificate(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_box_certificate gn_fb_box_copy_certificate(struct gn_fb_box_copy t)
{
	struct gn_fb_box_certificate v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_box_certificate, &v);
	return v;
}
static inline bool gn_fb_box_copy_has_token(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_box_copy_token(struct gn_fb_box_copy t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_box_copy_has_sig(struct gn_fb_box_copy t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_sig gn_fb_box_copy_sig(struct gn_fb_box_copy t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_sig, &v);
	return v;
}
static inline uint32_t gn_fb_box_copy_acked(struct gn_fb_box_copy t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_copy_class(struct gn_fb_box_copy t)
{
	return (uint8_t)gn_fbt_bits(t.t, 10, 1, UINT64_C(0x0));
}

/* ---- BoxLease ---- */

/* A worker asks for up to `count` items. Each comes as BoxItem with the request's number, `left` counting down; BoxDone
 * with Ok: none now. */
struct gn_fb_box_lease {
	struct gn_fbt t;
};
struct gn_fb_box_lease_args {
	const struct gn_fb_key *box;
	uint16_t shown;
	uint8_t count;
	uint32_t seconds;
};
static const struct gn_fb_field gn_fbfields_box_lease[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_lease_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_lease_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_lease_args, count), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seconds", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_lease_args, seconds), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_lease = {"BoxLease", NULL, gn_fbfields_box_lease, 4};

GN_MUST static inline gn_err gn_fb_box_lease_verify(struct gn_slice in, struct gn_fb_box_lease *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_lease, &out->t);
}
static inline gn_fbref gn_fb_box_lease_make(struct gn_fbb *b, const struct gn_fb_box_lease_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_lease, args);
}
static inline bool gn_fb_box_lease_has_box(struct gn_fb_box_lease t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_lease_box(struct gn_fb_box_lease t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_box_lease_shown(struct gn_fb_box_lease t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_lease_count(struct gn_fb_box_lease t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_lease_seconds(struct gn_fb_box_lease t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}

/* ---- BoxExtend ---- */

/* Answered by BoxDone: Stale, lent to another since; Exists, it is over. */
struct gn_fb_box_extend {
	struct gn_fbt t;
};
struct gn_fb_box_extend_args {
	const struct gn_fb_key *box;
	uint16_t shown;
	const struct gn_fb_item_id *id;
	uint16_t delivery;
	uint32_t seconds;
};
static const struct gn_fb_field gn_fbfields_box_extend[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_extend_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_extend_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_extend_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"delivery", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_extend_args, delivery), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seconds", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_extend_args, seconds), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_extend = {"BoxExtend", NULL, gn_fbfields_box_extend, 5};

GN_MUST static inline gn_err gn_fb_box_extend_verify(struct gn_slice in, struct gn_fb_box_extend *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_extend, &out->t);
}
static inline gn_fbref gn_fb_box_extend_make(struct gn_fbb *b, const struct gn_fb_box_extend_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_extend, args);
}
static inline bool gn_fb_box_extend_has_box(struct gn_fb_box_extend t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_extend_box(struct gn_fb_box_extend t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_box_extend_shown(struct gn_fb_box_extend t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline bool gn_fb_box_extend_has_id(struct gn_fb_box_extend t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_item_id gn_fb_box_extend_id(struct gn_fb_box_extend t)
{
	struct gn_fb_item_id v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_item_id, &v);
	return v;
}
static inline uint16_t gn_fb_box_extend_delivery(struct gn_fb_box_extend t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_extend_seconds(struct gn_fb_box_extend t)
{
	return (uint32_t)gn_fbt_bits(t.t, 4, 4, UINT64_C(0x0));
}

/* ---- BoxReport ---- */

/* What became of it, answered as BoxExtend when it is durable. sig: by the worker's key, docs/spec/services.md BD-13. */
struct gn_fb_box_report {
	struct gn_fbt t;
};
struct gn_fb_box_report_args {
	const struct gn_fb_key *box;
	uint16_t shown;
	const struct gn_fb_item_id *id;
	uint16_t delivery;
	uint8_t end;
	struct gn_slice outcome;
	const struct gn_fb_sig *sig;
	/* Failed: seconds before it is lent again. */
	uint32_t after;
};
static const struct gn_fb_field gn_fbfields_box_report[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_report_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"shown", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_report_args, shown), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_report_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"delivery", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_report_args, delivery), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"end", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_report_args, end), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_box_end, false},
	{"outcome", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_box_report_args, outcome), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_box_report_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_report_args, after), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_report = {"BoxReport", NULL, gn_fbfields_box_report, 8};

GN_MUST static inline gn_err gn_fb_box_report_verify(struct gn_slice in, struct gn_fb_box_report *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_report, &out->t);
}
static inline gn_fbref gn_fb_box_report_make(struct gn_fbb *b, const struct gn_fb_box_report_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_report, args);
}
static inline bool gn_fb_box_report_has_box(struct gn_fb_box_report t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_report_box(struct gn_fb_box_report t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_box_report_shown(struct gn_fb_box_report t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline bool gn_fb_box_report_has_id(struct gn_fb_box_report t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_item_id gn_fb_box_report_id(struct gn_fb_box_report t)
{
	struct gn_fb_item_id v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_item_id, &v);
	return v;
}
static inline uint16_t gn_fb_box_report_delivery(struct gn_fb_box_report t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_report_end(struct gn_fb_box_report t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_report_has_outcome(struct gn_fb_box_report t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_box_report_outcome(struct gn_fb_box_report t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_box_report_has_sig(struct gn_fb_box_report t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_sig gn_fb_box_report_sig(struct gn_fb_box_report t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_sig, &v);
	return v;
}
static inline uint32_t gn_fb_box_report_after(struct gn_fb_box_report t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}

/* ---- BoxTurn ---- */

/* Of a holder to the others: how it stands with an item. */
struct gn_fb_box_turn {
	struct gn_fbt t;
};
struct gn_fb_box_turn_args {
	const struct gn_fb_key *box;
	const struct gn_fb_item_id *id;
	uint16_t delivery;
	uint8_t state;
	const struct gn_fb_key *worker;
	/* Seconds that it is lent or rests. */
	uint32_t left;
	/* Done, Dead: as it was reported, with the chain of a worker by token. */
	uint8_t end;
	struct gn_slice outcome;
	const struct gn_fb_sig *sig;
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_box_turn[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_turn_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_box_turn_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_item_id, NULL, NULL, false},
	{"delivery", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_turn_args, delivery), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_turn_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_box_turn_state, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_box_turn_args, worker), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"left", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_turn_args, left), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"end", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_box_turn_args, end), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_box_end, false},
	{"outcome", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_box_turn_args, outcome), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_box_turn_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 9, offsetof(struct gn_fb_box_turn_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_turn = {"BoxTurn", NULL, gn_fbfields_box_turn, 10};

GN_MUST static inline gn_err gn_fb_box_turn_verify(struct gn_slice in, struct gn_fb_box_turn *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_turn, &out->t);
}
static inline gn_fbref gn_fb_box_turn_make(struct gn_fbb *b, const struct gn_fb_box_turn_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_turn, args);
}
static inline bool gn_fb_box_turn_has_box(struct gn_fb_box_turn t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_turn_box(struct gn_fb_box_turn t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_turn_has_id(struct gn_fb_box_turn t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_item_id gn_fb_box_turn_id(struct gn_fb_box_turn t)
{
	struct gn_fb_item_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_item_id, &v);
	return v;
}
static inline uint16_t gn_fb_box_turn_delivery(struct gn_fb_box_turn t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_turn_state(struct gn_fb_box_turn t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_turn_has_worker(struct gn_fb_box_turn t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_key gn_fb_box_turn_worker(struct gn_fb_box_turn t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_box_turn_left(struct gn_fb_box_turn t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_turn_end(struct gn_fb_box_turn t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_turn_has_outcome(struct gn_fb_box_turn t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_box_turn_outcome(struct gn_fb_box_turn t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_box_turn_has_sig(struct gn_fb_box_turn t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_sig gn_fb_box_turn_sig(struct gn_fb_box_turn t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_box_turn_has_token(struct gn_fb_box_turn t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_box_turn_token(struct gn_fb_box_turn t)
{
	return gn_fbt_bytes(t.t, 9);
}

/* ---- BoxDone ---- */

/* Answers BoxShow, BoxWatch, BoxAck, BoxSum, BoxExtend, BoxReport; refuses any request. */
struct gn_fb_box_done {
	struct gn_fbt t;
};
struct gn_fb_box_done_args {
	uint8_t code;
	/* Which limit, in its name of limits.h. */
	struct gn_slice limit;
	/* ProofOfWork: bits that would do. */
	uint8_t bits;
	uint32_t retry_ms;
	/* NotFound: the present set as far as known. */
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} holders;
};
static const struct gn_fb_field gn_fbfields_box_done[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_done_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_box_done_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bits", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_done_args, bits), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_done_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"holders", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_box_done_args, holders), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_done = {"BoxDone", NULL, gn_fbfields_box_done, 5};

GN_MUST static inline gn_err gn_fb_box_done_verify(struct gn_slice in, struct gn_fb_box_done *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_done, &out->t);
}
static inline gn_fbref gn_fb_box_done_make(struct gn_fbb *b, const struct gn_fb_box_done_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_done, args);
}
static inline uint8_t gn_fb_box_done_code(struct gn_fb_box_done t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_done_has_limit(struct gn_fb_box_done t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_done_limit(struct gn_fb_box_done t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_box_done_bits(struct gn_fb_box_done t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_done_retry_ms(struct gn_fb_box_done t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline bool gn_fb_box_done_has_holders(struct gn_fb_box_done t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_box_done_holders_len(struct gn_fb_box_done t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_key gn_fb_box_done_holders_at(struct gn_fb_box_done t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_done_holders_bytes(struct gn_fb_box_done t)
{
	return gn_fbt_elements(t.t, 4, 32);
}

/* ---- BoxMessage ---- */

struct gn_fb_box_message {
	struct gn_fbt t;
};
struct gn_fb_box_message_args {
	/* Chosen by who asks, not 0; the answer repeats it. 0: no answer is wanted. */
	uint64_t request;
	uint8_t body_type; /* GN_FB_BOX_MESSAGE_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_box_message[] = {
	{"request", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_message_args, request), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_box_message_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 2, offsetof(struct gn_fb_box_message_args, body), 20, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_box_show, &gn_fbtype_box_deposit, &gn_fbtype_box_held, &gn_fbtype_box_ask, &gn_fbtype_box_states, &gn_fbtype_box_list, &gn_fbtype_box_listed, &gn_fbtype_box_fetch, &gn_fbtype_box_watch, &gn_fbtype_box_item, &gn_fbtype_box_ack, &gn_fbtype_box_sum, &gn_fbtype_box_ids, &gn_fbtype_box_want, &gn_fbtype_box_copy, &gn_fbtype_box_done, &gn_fbtype_box_lease, &gn_fbtype_box_extend, &gn_fbtype_box_report, &gn_fbtype_box_turn}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_message = {"BoxMessage", "GNBX", gn_fbfields_box_message, 3};

#define GN_FB_BOX_MESSAGE_IDENTIFIER "GNBX"

GN_MUST static inline gn_err gn_fb_box_message_verify(struct gn_slice in, struct gn_fb_box_message *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_message, &out->t);
}
static inline gn_fbref gn_fb_box_message_make(struct gn_fbb *b, const struct gn_fb_box_message_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_message, args);
}
static inline uint64_t gn_fb_box_message_request(struct gn_fb_box_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_message_has_body(struct gn_fb_box_message t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint8_t gn_fb_box_message_body_type(struct gn_fb_box_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, 0);
}
static inline struct gn_fb_box_show gn_fb_box_message_body_as_box_show(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_show){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_SHOW)};
}
static inline struct gn_fb_box_deposit gn_fb_box_message_body_as_box_deposit(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_deposit){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT)};
}
static inline struct gn_fb_box_held gn_fb_box_message_body_as_box_held(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_held){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_HELD)};
}
static inline struct gn_fb_box_ask gn_fb_box_message_body_as_box_ask(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_ask){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_ASK)};
}
static inline struct gn_fb_box_states gn_fb_box_message_body_as_box_states(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_states){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_STATES)};
}
static inline struct gn_fb_box_list gn_fb_box_message_body_as_box_list(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_list){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_LIST)};
}
static inline struct gn_fb_box_listed gn_fb_box_message_body_as_box_listed(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_listed){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_LISTED)};
}
static inline struct gn_fb_box_fetch gn_fb_box_message_body_as_box_fetch(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_fetch){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_FETCH)};
}
static inline struct gn_fb_box_watch gn_fb_box_message_body_as_box_watch(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_watch){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_WATCH)};
}
static inline struct gn_fb_box_item gn_fb_box_message_body_as_box_item(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_item){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_ITEM)};
}
static inline struct gn_fb_box_ack gn_fb_box_message_body_as_box_ack(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_ack){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_ACK)};
}
static inline struct gn_fb_box_sum gn_fb_box_message_body_as_box_sum(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_sum){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_SUM)};
}
static inline struct gn_fb_box_ids gn_fb_box_message_body_as_box_ids(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_ids){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_IDS)};
}
static inline struct gn_fb_box_want gn_fb_box_message_body_as_box_want(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_want){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_WANT)};
}
static inline struct gn_fb_box_copy gn_fb_box_message_body_as_box_copy(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_copy){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_COPY)};
}
static inline struct gn_fb_box_done gn_fb_box_message_body_as_box_done(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_done){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_DONE)};
}
static inline struct gn_fb_box_lease gn_fb_box_message_body_as_box_lease(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_lease){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_LEASE)};
}
static inline struct gn_fb_box_extend gn_fb_box_message_body_as_box_extend(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_extend){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_EXTEND)};
}
static inline struct gn_fb_box_report gn_fb_box_message_body_as_box_report(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_report){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_REPORT)};
}
static inline struct gn_fb_box_turn gn_fb_box_message_body_as_box_turn(struct gn_fb_box_message t)
{
	return (struct gn_fb_box_turn){gn_fbt_member(t.t, 2, GN_FB_BOX_MESSAGE_BODY_BOX_TURN)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_box[] = {
	&gn_fbtype_box_show,
	&gn_fbtype_box_deposit,
	&gn_fbtype_box_held,
	&gn_fbtype_box_ask,
	&gn_fbtype_box_states,
	&gn_fbtype_box_list,
	&gn_fbtype_box_listed,
	&gn_fbtype_box_fetch,
	&gn_fbtype_box_watch,
	&gn_fbtype_box_item,
	&gn_fbtype_box_ack,
	&gn_fbtype_box_sum,
	&gn_fbtype_box_ids,
	&gn_fbtype_box_want,
	&gn_fbtype_box_copy,
	&gn_fbtype_box_lease,
	&gn_fbtype_box_extend,
	&gn_fbtype_box_report,
	&gn_fbtype_box_turn,
	&gn_fbtype_box_done,
	&gn_fbtype_box_message,
};

#endif
