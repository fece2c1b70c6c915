/* Made by tools/fbc from bodies.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_BODIES_FB_H
#define GN_WIRE_BODIES_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_member_kind {
	GN_FB_MEMBER_KIND_DEVICE = 0,
	GN_FB_MEMBER_KIND_NODE = 1,
};

static const struct gn_fb_word gn_fbwords_member_kind[] = {{"device", 0}, {"node", 1}, {NULL, 0}};

enum gn_fb_member_right {
	GN_FB_MEMBER_RIGHT_MESSAGE = 1,
	GN_FB_MEMBER_RIGHT_PUBLISH = 2,
	GN_FB_MEMBER_RIGHT_DELEGATE = 4,
	GN_FB_MEMBER_RIGHT_ADMIN = 8,
};

enum gn_fb_prekey_kind {
	GN_FB_PREKEY_KIND_X25519 = 0,
	GN_FB_PREKEY_KIND_X25519_ONE_TIME = 1,
	GN_FB_PREKEY_KIND_ML_KEM768 = 2,
	GN_FB_PREKEY_KIND_ML_KEM768_ONE_TIME = 3,
};

static const struct gn_fb_word gn_fbwords_prekey_kind[] = {{"x25519", 0}, {"x25519-one-time", 1}, {"ml-kem768", 2}, {"ml-kem768-one-time", 3}, {NULL, 0}};

enum gn_fb_node_capability {
	GN_FB_NODE_CAPABILITY_RELAY = 1,
	GN_FB_NODE_CAPABILITY_GATEWAY = 2,
	GN_FB_NODE_CAPABILITY_MAILBOX = 4,
	GN_FB_NODE_CAPABILITY_HUB = 8,
	GN_FB_NODE_CAPABILITY_BOOTSTRAP = 16,
	GN_FB_NODE_CAPABILITY_TURN = 32,
};

/* DNS types have their DNS numbers; ours are of the private range. */
enum gn_fb_name_type {
	GN_FB_NAME_TYPE_A = 1,
	GN_FB_NAME_TYPE_CNAME = 5,
	GN_FB_NAME_TYPE_MX = 15,
	GN_FB_NAME_TYPE_TXT = 16,
	GN_FB_NAME_TYPE_AAAA = 28,
	GN_FB_NAME_TYPE_SRV = 33,
	GN_FB_NAME_TYPE_HTTPS = 65,
	GN_FB_NAME_TYPE_CAA = 257,
	GN_FB_NAME_TYPE_PID = 65280,
	GN_FB_NAME_TYPE_SITE = 65281,
	GN_FB_NAME_TYPE_CHAT = 65282,
	GN_FB_NAME_TYPE_MAIL = 65283,
	GN_FB_NAME_TYPE_MAILBOX = 65284,
	GN_FB_NAME_TYPE_WALLET = 65285,
};

static const struct gn_fb_word gn_fbwords_name_type[] = {{"a", 1}, {"cname", 5}, {"mx", 15}, {"txt", 16}, {"aaaa", 28}, {"srv", 33}, {"https", 65}, {"caa", 257}, {"pid", 65280}, {"site", 65281}, {"chat", 65282}, {"mail", 65283}, {"mailbox", 65284}, {"wallet", 65285}, {NULL, 0}};

enum gn_fb_box_kind {
	GN_FB_BOX_KIND_FRONT = 0,
	GN_FB_BOX_KIND_PRIVATE = 1,
	GN_FB_BOX_KIND_GROUP = 2,
	GN_FB_BOX_KIND_QUEUE = 3,
};

static const struct gn_fb_word gn_fbwords_box_kind[] = {{"front", 0}, {"private", 1}, {"group", 2}, {"queue", 3}, {NULL, 0}};

enum gn_fb_topic_admission {
	GN_FB_TOPIC_ADMISSION_OPEN = 0,
	GN_FB_TOPIC_ADMISSION_OWNER = 1,
	GN_FB_TOPIC_ADMISSION_TOKEN = 2,
};

static const struct gn_fb_word gn_fbwords_topic_admission[] = {{"open", 0}, {"owner", 1}, {"token", 2}, {NULL, 0}};

/* One version in the log of an identity: seq and SHA-256(signed) of that record. */
struct gn_fb_version {
	uint64_t seq;
	uint8_t hash[32];
};
static const struct gn_fb_member gn_fbmembers_version[] = {
	{"seq", offsetof(struct gn_fb_version, seq), 0, 8, 1, GN_FB_UINT},
	{"hash", offsetof(struct gn_fb_version, hash), 8, 1, 32, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_version = {gn_fbmembers_version, 2, sizeof(struct gn_fb_version), 40, 8};

/* The two keys that one device made for this box. */
struct gn_fb_box_reader {
	/* Lists, fetches, watches; lies unsealed on the device. */
	uint8_t read[32];
	/* Acknowledges; sealed with the device's vault. */
	uint8_t ack[32];
};
static const struct gn_fb_member gn_fbmembers_box_reader[] = {
	{"read", offsetof(struct gn_fb_box_reader, read), 0, 1, 32, GN_FB_UINT},
	{"ack", offsetof(struct gn_fb_box_reader, ack), 32, 1, 32, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_box_reader = {gn_fbmembers_box_reader, 2, sizeof(struct gn_fb_box_reader), 64, 1};

/* One entry of the list below. */
struct gn_fb_revoked_token {
	/* SHA-256 of the revoked block. */
	uint8_t id[32];
	/* Unix seconds: the list drops it after. */
	uint64_t expires;
};
static const struct gn_fb_member gn_fbmembers_revoked_token[] = {
	{"id", offsetof(struct gn_fb_revoked_token, id), 0, 1, 32, GN_FB_UINT},
	{"expires", offsetof(struct gn_fb_revoked_token, expires), 32, 8, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_revoked_token = {gn_fbmembers_revoked_token, 2, sizeof(struct gn_fb_revoked_token), 40, 8};

/* ---- MemberKey ---- */

/* A key that acts for the identity. */
struct gn_fb_member_key {
	struct gn_fbt t;
};
struct gn_fb_member_key_args {
	const struct gn_fb_key *key;
	uint8_t kind;
	/* Bits: MemberRight, unknown ones are kept and grant nothing. */
	uint32_t rights;
	/* Unix seconds. */
	uint64_t since;
	uint64_t expires;
	struct gn_slice name;
	/* SHA-256 of a device's ML-DSA-65 key, which its prekeys record (type 8) shows. */
	const struct gn_fb_hash *pq_hash;
};
static const struct gn_fb_field gn_fbfields_member_key[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_member_key_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_member_key_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_member_kind, false},
	{"rights", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_member_key_args, rights), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"since", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_member_key_args, since), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_member_key_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_member_key_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pq_hash", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_member_key_args, pq_hash), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_member_key = {"MemberKey", NULL, gn_fbfields_member_key, 7};

GN_MUST static inline gn_err gn_fb_member_key_verify(struct gn_slice in, struct gn_fb_member_key *out)
{
	return gn_fb_verify(in, &gn_fbtype_member_key, &out->t);
}
static inline gn_fbref gn_fb_member_key_make(struct gn_fbb *b, const struct gn_fb_member_key_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_member_key, args);
}
static inline bool gn_fb_member_key_has_key(struct gn_fb_member_key t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_member_key_key(struct gn_fb_member_key t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_member_key_kind(struct gn_fb_member_key t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_member_key_rights(struct gn_fb_member_key t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_member_key_since(struct gn_fb_member_key t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_member_key_expires(struct gn_fb_member_key t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline bool gn_fb_member_key_has_name(struct gn_fb_member_key t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_member_key_name(struct gn_fb_member_key t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_member_key_has_pq_hash(struct gn_fb_member_key t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_hash gn_fb_member_key_pq_hash(struct gn_fb_member_key t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_hash, &v);
	return v;
}

/* ---- Prekey ---- */

struct gn_fb_prekey {
	struct gn_fbt t;
};
struct gn_fb_prekey_args {
	uint32_t id;
	uint8_t kind;
	struct gn_slice public_key;
	/* Ed25519 of the member key that holds the private half. */
	struct gn_slice sig;
	/* Unix seconds. */
	uint64_t expires;
	const struct gn_fb_key *member;
};
static const struct gn_fb_field gn_fbfields_prekey[] = {
	{"id", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_prekey_args, id), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_prekey_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_prekey_kind, false},
	{"public_key", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_prekey_args, public_key), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_prekey_args, sig), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_prekey_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"member", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_prekey_args, member), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_prekey = {"Prekey", NULL, gn_fbfields_prekey, 6};

GN_MUST static inline gn_err gn_fb_prekey_verify(struct gn_slice in, struct gn_fb_prekey *out)
{
	return gn_fb_verify(in, &gn_fbtype_prekey, &out->t);
}
static inline gn_fbref gn_fb_prekey_make(struct gn_fbb *b, const struct gn_fb_prekey_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_prekey, args);
}
static inline uint32_t gn_fb_prekey_id(struct gn_fb_prekey t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_prekey_kind(struct gn_fb_prekey t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_prekey_has_public_key(struct gn_fb_prekey t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_prekey_public_key(struct gn_fb_prekey t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_prekey_has_sig(struct gn_fb_prekey t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_prekey_sig(struct gn_fb_prekey t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint64_t gn_fb_prekey_expires(struct gn_fb_prekey t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline bool gn_fb_prekey_has_member(struct gn_fb_prekey t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_key gn_fb_prekey_member(struct gn_fb_prekey t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_key, &v);
	return v;
}

/* ---- Recovery ---- */

/* k of n guardians can bring the identity back. */
struct gn_fb_recovery {
	struct gn_fbt t;
};
struct gn_fb_recovery_args {
	/* SHA-256 of the guardians' keys in ascending order. */
	const struct gn_fb_hash *guardians;
	uint8_t k;
	uint8_t n;
};
static const struct gn_fb_field gn_fbfields_recovery[] = {
	{"guardians", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_recovery_args, guardians), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"k", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_recovery_args, k), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"n", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_recovery_args, n), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_recovery = {"Recovery", NULL, gn_fbfields_recovery, 3};

GN_MUST static inline gn_err gn_fb_recovery_verify(struct gn_slice in, struct gn_fb_recovery *out)
{
	return gn_fb_verify(in, &gn_fbtype_recovery, &out->t);
}
static inline gn_fbref gn_fb_recovery_make(struct gn_fbb *b, const struct gn_fb_recovery_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_recovery, args);
}
static inline bool gn_fb_recovery_has_guardians(struct gn_fb_recovery t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_recovery_guardians(struct gn_fb_recovery t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_recovery_k(struct gn_fb_recovery t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_recovery_n(struct gn_fb_recovery t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}

/* ---- IdentityBody ---- */

struct gn_fb_identity_body {
	struct gn_fbt t;
};
struct gn_fb_identity_body_args {
	/* ML-DSA-65 public key, 1,952 bytes. */
	struct gn_slice pq_key;
	/* SHA-256 of the next Ed25519 key: the only key that may follow this one. */
	const struct gn_fb_hash *next;
	/* Rotation: the key this one follows, and its last record, whose `next` is the hash of our owner key. */
	const struct gn_fb_key *previous;
	const struct gn_fb_hash *previous_record;
	/* Rotation: the key that follows, in the last record of the old one. */
	const struct gn_fb_key *successor;
	gn_fbref recovery; /* Recovery */
	struct {
		const gn_fbref *p;
		size_t count;
	} members; /* MemberKey */
	/* Unused: prekeys are records of their own (type 8). */
	struct {
		const gn_fbref *p;
		size_t count;
	} prekeys; /* Prekey */
	struct gn_slice display_name;
	/* The application's, at most 4 KiB. */
	struct gn_slice profile;
	/* The versions before this one, newest first, at most 64. */
	struct {
		const struct gn_fb_version *p;
		size_t count;
	} history;
	/* Key of the front box. */
	const struct gn_fb_key *front;
};
static const struct gn_fb_field gn_fbfields_identity_body[] = {
	{"pq_key", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_identity_body_args, pq_key), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"next", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_identity_body_args, next), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"previous", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_identity_body_args, previous), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"previous_record", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_identity_body_args, previous_record), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"successor", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_identity_body_args, successor), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"recovery", GN_FB_TABLE, GN_FB_UINT, 5, offsetof(struct gn_fb_identity_body_args, recovery), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_recovery}, NULL, false},
	{"members", GN_FB_TABLES, GN_FB_UINT, 6, offsetof(struct gn_fb_identity_body_args, members), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_member_key}, NULL, false},
	{"prekeys", GN_FB_TABLES, GN_FB_UINT, 7, offsetof(struct gn_fb_identity_body_args, prekeys), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_prekey}, NULL, false},
	{"display_name", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_identity_body_args, display_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"profile", GN_FB_SCALARS, GN_FB_UINT, 9, offsetof(struct gn_fb_identity_body_args, profile), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"history", GN_FB_STRUCTS, GN_FB_UINT, 10, offsetof(struct gn_fb_identity_body_args, history), 0, 0, false, UINT64_C(0x0), &gn_fblayout_version, NULL, NULL, false},
	{"front", GN_FB_STRUCT, GN_FB_UINT, 11, offsetof(struct gn_fb_identity_body_args, front), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_identity_body = {"IdentityBody", NULL, gn_fbfields_identity_body, 12};

GN_MUST static inline gn_err gn_fb_identity_body_verify(struct gn_slice in, struct gn_fb_identity_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_identity_body, &out->t);
}
static inline gn_fbref gn_fb_identity_body_make(struct gn_fbb *b, const struct gn_fb_identity_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_identity_body, args);
}
static inline bool gn_fb_identity_body_has_pq_key(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_identity_body_pq_key(struct gn_fb_identity_body t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_identity_body_has_next(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_identity_body_next(struct gn_fb_identity_body t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_identity_body_has_previous(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_identity_body_previous(struct gn_fb_identity_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_identity_body_has_previous_record(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_hash gn_fb_identity_body_previous_record(struct gn_fb_identity_body t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_identity_body_has_successor(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_key gn_fb_identity_body_successor(struct gn_fb_identity_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_identity_body_has_recovery(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_recovery gn_fb_identity_body_recovery(struct gn_fb_identity_body t)
{
	return (struct gn_fb_recovery){gn_fbt_table(t.t, 5)};
}
static inline bool gn_fb_identity_body_has_members(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 6);
}
static inline uint32_t gn_fb_identity_body_members_len(struct gn_fb_identity_body t)
{
	return gn_fbt_count(t.t, 6);
}
static inline struct gn_fb_member_key gn_fb_identity_body_members_at(struct gn_fb_identity_body t, uint32_t i)
{
	return (struct gn_fb_member_key){gn_fbt_table_at(t.t, 6, i)};
}
static inline bool gn_fb_identity_body_has_prekeys(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 7);
}
static inline uint32_t gn_fb_identity_body_prekeys_len(struct gn_fb_identity_body t)
{
	return gn_fbt_count(t.t, 7);
}
static inline struct gn_fb_prekey gn_fb_identity_body_prekeys_at(struct gn_fb_identity_body t, uint32_t i)
{
	return (struct gn_fb_prekey){gn_fbt_table_at(t.t, 7, i)};
}
static inline bool gn_fb_identity_body_has_display_name(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_identity_body_display_name(struct gn_fb_identity_body t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_identity_body_has_profile(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_identity_body_profile(struct gn_fb_identity_body t)
{
	return gn_fbt_bytes(t.t, 9);
}
static inline bool gn_fb_identity_body_has_history(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 10);
}
static inline uint32_t gn_fb_identity_body_history_len(struct gn_fb_identity_body t)
{
	return gn_fbt_count(t.t, 10);
}
static inline struct gn_fb_version gn_fb_identity_body_history_at(struct gn_fb_identity_body t, uint32_t i)
{
	struct gn_fb_version v;
	gn_fbt_struct_at(t.t, 10, &gn_fblayout_version, i, &v);
	return v;
}
static inline bool gn_fb_identity_body_has_front(struct gn_fb_identity_body t)
{
	return gn_fbt_has(t.t, 11);
}
static inline struct gn_fb_key gn_fb_identity_body_front(struct gn_fb_identity_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 11, &gn_fblayout_key, &v);
	return v;
}

/* ---- NodeHome ---- */

/* A relay at which the node has a place: circuits to it are opened there. */
struct gn_fb_node_home {
	struct gn_fbt t;
};
struct gn_fb_node_home_args {
	const struct gn_fb_key *relay;
	const struct gn_fb_addr *addr;
	/* As in NodeBody.urls. */
	struct gn_slice url;
};
static const struct gn_fb_field gn_fbfields_node_home[] = {
	{"relay", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_node_home_args, relay), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addr", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_node_home_args, addr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"url", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_node_home_args, url), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_home = {"NodeHome", NULL, gn_fbfields_node_home, 3};

GN_MUST static inline gn_err gn_fb_node_home_verify(struct gn_slice in, struct gn_fb_node_home *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_home, &out->t);
}
static inline gn_fbref gn_fb_node_home_make(struct gn_fbb *b, const struct gn_fb_node_home_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_home, args);
}
static inline bool gn_fb_node_home_has_relay(struct gn_fb_node_home t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_node_home_relay(struct gn_fb_node_home t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_home_has_addr(struct gn_fb_node_home t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_node_home_addr(struct gn_fb_node_home t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}
static inline bool gn_fb_node_home_has_url(struct gn_fb_node_home t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_node_home_url(struct gn_fb_node_home t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- NodeBody ---- */

struct gn_fb_node_body {
	struct gn_fbt t;
};
struct gn_fb_node_body_args {
	struct {
		const struct gn_fb_addr *p;
		size_t count;
	} addrs;
	/* Carriers that need a name: wss://host/path, https://host:port. */
	struct {
		const struct gn_slice *p;
		size_t count;
	} urls;
	/* NodeCapability, unknown bits are kept. */
	uint64_t capabilities;
	/* Capacity: 0 half, 1 one, 2 two. */
	uint8_t class;
	struct gn_slice software;
	/* The identity that runs it. */
	const struct gn_fb_key *operator;
	const struct gn_fb_nonce *nonce;
	/* At most 2. */
	struct {
		const gn_fbref *p;
		size_t count;
	} homes; /* NodeHome */
};
static const struct gn_fb_field gn_fbfields_node_body[] = {
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 0, offsetof(struct gn_fb_node_body_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"urls", GN_FB_STRINGS, GN_FB_UINT, 1, offsetof(struct gn_fb_node_body_args, urls), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"capabilities", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_node_body_args, capabilities), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_node_body_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"software", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_node_body_args, software), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"operator", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_node_body_args, operator), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_node_body_args, nonce), 0, 0, false, UINT64_C(0x0), &gn_fblayout_nonce, NULL, NULL, false},
	{"homes", GN_FB_TABLES, GN_FB_UINT, 7, offsetof(struct gn_fb_node_body_args, homes), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_node_home}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_node_body = {"NodeBody", NULL, gn_fbfields_node_body, 8};

GN_MUST static inline gn_err gn_fb_node_body_verify(struct gn_slice in, struct gn_fb_node_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_node_body, &out->t);
}
static inline gn_fbref gn_fb_node_body_make(struct gn_fbb *b, const struct gn_fb_node_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_node_body, args);
}
static inline bool gn_fb_node_body_has_addrs(struct gn_fb_node_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_node_body_addrs_len(struct gn_fb_node_body t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_addr gn_fb_node_body_addrs_at(struct gn_fb_node_body t, uint32_t i)
{
	struct gn_fb_addr v;
	gn_fbt_struct_at(t.t, 0, &gn_fblayout_addr, i, &v);
	return v;
}
static inline bool gn_fb_node_body_has_urls(struct gn_fb_node_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_node_body_urls_len(struct gn_fb_node_body t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_slice gn_fb_node_body_urls_at(struct gn_fb_node_body t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 1, i);
}
static inline uint64_t gn_fb_node_body_capabilities(struct gn_fb_node_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_node_body_class(struct gn_fb_node_body t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_node_body_has_software(struct gn_fb_node_body t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_node_body_software(struct gn_fb_node_body t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_node_body_has_operator(struct gn_fb_node_body t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_key gn_fb_node_body_operator(struct gn_fb_node_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_node_body_has_nonce(struct gn_fb_node_body t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_nonce gn_fb_node_body_nonce(struct gn_fb_node_body t)
{
	struct gn_fb_nonce v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_nonce, &v);
	return v;
}
static inline bool gn_fb_node_body_has_homes(struct gn_fb_node_body t)
{
	return gn_fbt_has(t.t, 7);
}
static inline uint32_t gn_fb_node_body_homes_len(struct gn_fb_node_body t)
{
	return gn_fbt_count(t.t, 7);
}
static inline struct gn_fb_node_home gn_fb_node_body_homes_at(struct gn_fb_node_body t, uint32_t i)
{
	return (struct gn_fb_node_home){gn_fbt_table_at(t.t, 7, i)};
}

/* ---- NameRecord ---- */

struct gn_fb_name_record {
	struct gn_fbt t;
};
struct gn_fb_name_record_args {
	/* NameType. */
	uint16_t type;
	/* As in a zone file; keys as PID. */
	struct gn_slice value;
	/* Seconds. */
	uint32_t ttl;
};
static const struct gn_fb_field gn_fbfields_name_record[] = {
	{"type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_name_record_args, type), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"value", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_name_record_args, value), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_name_record_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_name_record = {"NameRecord", NULL, gn_fbfields_name_record, 3};

GN_MUST static inline gn_err gn_fb_name_record_verify(struct gn_slice in, struct gn_fb_name_record *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_record, &out->t);
}
static inline gn_fbref gn_fb_name_record_make(struct gn_fbb *b, const struct gn_fb_name_record_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_record, args);
}
static inline uint16_t gn_fb_name_record_type(struct gn_fb_name_record t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_name_record_has_value(struct gn_fb_name_record t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_name_record_value(struct gn_fb_name_record t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_name_record_ttl(struct gn_fb_name_record t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- Transfer ---- */

/* The previous owner gives the name away: Ed25519 under "geonet/name-transfer/1" over SHA-256(name) || new owner || seq be64.
 * Renewals keep it, so that a holder who missed the transfer still learns of it. */
struct gn_fb_transfer {
	struct gn_fbt t;
};
struct gn_fb_transfer_args {
	const struct gn_fb_key *previous_owner;
	const struct gn_fb_sig *sig;
	/* The first record's seq under the new owner. */
	uint64_t seq;
};
static const struct gn_fb_field gn_fbfields_transfer[] = {
	{"previous_owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_transfer_args, previous_owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_transfer_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_transfer_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_transfer = {"Transfer", NULL, gn_fbfields_transfer, 3};

GN_MUST static inline gn_err gn_fb_transfer_verify(struct gn_slice in, struct gn_fb_transfer *out)
{
	return gn_fb_verify(in, &gn_fbtype_transfer, &out->t);
}
static inline gn_fbref gn_fb_transfer_make(struct gn_fbb *b, const struct gn_fb_transfer_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_transfer, args);
}
static inline bool gn_fb_transfer_has_previous_owner(struct gn_fb_transfer t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_transfer_previous_owner(struct gn_fb_transfer t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_transfer_has_sig(struct gn_fb_transfer t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_transfer_sig(struct gn_fb_transfer t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}
static inline uint64_t gn_fb_transfer_seq(struct gn_fb_transfer t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- NameBody ---- */

struct gn_fb_name_body {
	struct gn_fbt t;
};
struct gn_fb_name_body_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} records; /* NameRecord */
	/* The claim: Unix day of the first one, and a puzzle on (name, owner, epoch). */
	uint64_t epoch;
	const struct gn_fb_nonce *puzzle;
	gn_fbref transfer; /* Transfer */
};
static const struct gn_fb_field gn_fbfields_name_body[] = {
	{"records", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_name_body_args, records), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_name_record}, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_name_body_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"puzzle", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_name_body_args, puzzle), 0, 0, false, UINT64_C(0x0), &gn_fblayout_nonce, NULL, NULL, false},
	{"transfer", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_name_body_args, transfer), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_transfer}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_name_body = {"NameBody", NULL, gn_fbfields_name_body, 4};

GN_MUST static inline gn_err gn_fb_name_body_verify(struct gn_slice in, struct gn_fb_name_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_name_body, &out->t);
}
static inline gn_fbref gn_fb_name_body_make(struct gn_fbb *b, const struct gn_fb_name_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_name_body, args);
}
static inline bool gn_fb_name_body_has_records(struct gn_fb_name_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_name_body_records_len(struct gn_fb_name_body t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_name_record gn_fb_name_body_records_at(struct gn_fb_name_body t, uint32_t i)
{
	return (struct gn_fb_name_record){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint64_t gn_fb_name_body_epoch(struct gn_fb_name_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_name_body_has_puzzle(struct gn_fb_name_body t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_nonce gn_fb_name_body_puzzle(struct gn_fb_name_body t)
{
	struct gn_fb_nonce v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_nonce, &v);
	return v;
}
static inline bool gn_fb_name_body_has_transfer(struct gn_fb_name_body t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_transfer gn_fb_name_body_transfer(struct gn_fb_name_body t)
{
	return (struct gn_fb_transfer){gn_fbt_table(t.t, 3)};
}

/* ---- SiteVersion ---- */

/* A version of a site: its manifest (bundle.fbs) as a file, and enough to read it without asking anyone else. */
struct gn_fb_site_version {
	struct gn_fbt t;
};
struct gn_fb_site_version_args {
	/* Root of the manifest. */
	const struct gn_fb_hash *manifest;
	/* Bytes of the manifest. */
	uint64_t manifest_len;
	/* The manifest's blocks, in order. */
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} manifest_blocks;
	/* Counts up from 1. */
	uint64_t version;
	/* Bytes of all files. */
	uint64_t total_size;
};
static const struct gn_fb_field gn_fbfields_site_version[] = {
	{"manifest", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_site_version_args, manifest), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"manifest_len", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_site_version_args, manifest_len), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"manifest_blocks", GN_FB_STRUCTS, GN_FB_UINT, 2, offsetof(struct gn_fb_site_version_args, manifest_blocks), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_site_version_args, version), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"total_size", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_site_version_args, total_size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_site_version = {"SiteVersion", NULL, gn_fbfields_site_version, 5};

GN_MUST static inline gn_err gn_fb_site_version_verify(struct gn_slice in, struct gn_fb_site_version *out)
{
	return gn_fb_verify(in, &gn_fbtype_site_version, &out->t);
}
static inline gn_fbref gn_fb_site_version_make(struct gn_fbb *b, const struct gn_fb_site_version_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_site_version, args);
}
static inline bool gn_fb_site_version_has_manifest(struct gn_fb_site_version t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_site_version_manifest(struct gn_fb_site_version t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_site_version_manifest_len(struct gn_fb_site_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_site_version_has_manifest_blocks(struct gn_fb_site_version t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_site_version_manifest_blocks_len(struct gn_fb_site_version t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_site_version_manifest_blocks_at(struct gn_fb_site_version t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 2, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_site_version_manifest_blocks_bytes(struct gn_fb_site_version t)
{
	return gn_fbt_elements(t.t, 2, 32);
}
static inline uint64_t gn_fb_site_version_version(struct gn_fb_site_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_site_version_total_size(struct gn_fb_site_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}

/* ---- SiteBody ---- */

struct gn_fb_site_body {
	struct gn_fbt t;
};
struct gn_fb_site_body_args {
	gn_fbref now; /* SiteVersion */
	/* The versions before, newest first, at most 16. */
	struct {
		const gn_fbref *p;
		size_t count;
	} previous; /* SiteVersion */
};
static const struct gn_fb_field gn_fbfields_site_body[] = {
	{"now", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_site_body_args, now), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_site_version}, NULL, false},
	{"previous", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_site_body_args, previous), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_site_version}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_site_body = {"SiteBody", NULL, gn_fbfields_site_body, 2};

GN_MUST static inline gn_err gn_fb_site_body_verify(struct gn_slice in, struct gn_fb_site_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_site_body, &out->t);
}
static inline gn_fbref gn_fb_site_body_make(struct gn_fbb *b, const struct gn_fb_site_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_site_body, args);
}
static inline bool gn_fb_site_body_has_now(struct gn_fb_site_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_site_version gn_fb_site_body_now(struct gn_fb_site_body t)
{
	return (struct gn_fb_site_version){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_site_body_has_previous(struct gn_fb_site_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_site_body_previous_len(struct gn_fb_site_body t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_site_version gn_fb_site_body_previous_at(struct gn_fb_site_body t, uint32_t i)
{
	return (struct gn_fb_site_version){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- BoxBody ---- */

struct gn_fb_box_body {
	struct gn_fbt t;
};
struct gn_fb_box_body_args {
	uint8_t kind;
	/* One per device, at most 8 (groups: one pair for all members, whose `ack` counts for nothing). */
	struct {
		const struct gn_fb_box_reader *p;
		size_t count;
	} readers;
	/* Seconds an item may stay; items and bytes nobody has taken; bytes of one item. */
	uint32_t ttl;
	uint32_t items;
	uint64_t bytes;
	uint32_t item_max;
	/* Leading zero bits a stranger's deposit needs; 0: strangers may not deposit. */
	uint8_t bits;
	/* Unix day of the work, and leading zero bits, at least 20, of SHA-256("geonet/box/descriptor/1" || box || epoch be64
	 * || nonce). */
	uint64_t epoch;
	const struct gn_fb_nonce *nonce;
	/* Keys of open invites, and of refused certificates, at most 64 each. */
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} invites;
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} refused;
	/* The box that follows; deposits go there. */
	const struct gn_fb_key *successor;
	/* Queue: seconds of a lease at most, deliveries before an item is dead. */
	uint32_t lease;
	uint16_t deliveries;
	/* Queue: keys of workers, at most 64; others show a token. */
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} workers;
	/* Whose tokens (introductions) let in; absent: the box key's own. */
	const struct gn_fb_key *issuer;
	/* Group: label of the issuer's topic whose messages lie here. Who shows Publish for it deposits, who shows Subscribe reads. */
	struct gn_slice topic;
};
static const struct gn_fb_field gn_fbfields_box_body[] = {
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_box_body_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_box_kind, false},
	{"readers", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_body_args, readers), 0, 0, false, UINT64_C(0x0), &gn_fblayout_box_reader, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_box_body_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"items", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_box_body_args, items), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_body_args, bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"item_max", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_box_body_args, item_max), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bits", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_box_body_args, bits), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_box_body_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_box_body_args, nonce), 0, 0, true, UINT64_C(0x0), &gn_fblayout_nonce, NULL, NULL, false},
	{"invites", GN_FB_STRUCTS, GN_FB_UINT, 9, offsetof(struct gn_fb_box_body_args, invites), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"refused", GN_FB_STRUCTS, GN_FB_UINT, 10, offsetof(struct gn_fb_box_body_args, refused), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"successor", GN_FB_STRUCT, GN_FB_UINT, 11, offsetof(struct gn_fb_box_body_args, successor), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_box_body_args, lease), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deliveries", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_box_body_args, deliveries), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"workers", GN_FB_STRUCTS, GN_FB_UINT, 14, offsetof(struct gn_fb_box_body_args, workers), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"issuer", GN_FB_STRUCT, GN_FB_UINT, 15, offsetof(struct gn_fb_box_body_args, issuer), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"topic", GN_FB_STRING, GN_FB_UINT, 16, offsetof(struct gn_fb_box_body_args, topic), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_body = {"BoxBody", NULL, gn_fbfields_box_body, 17};

GN_MUST static inline gn_err gn_fb_box_body_verify(struct gn_slice in, struct gn_fb_box_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_body, &out->t);
}
static inline gn_fbref gn_fb_box_body_make(struct gn_fbb *b, const struct gn_fb_box_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_body, args);
}
static inline uint8_t gn_fb_box_body_kind(struct gn_fb_box_body t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_box_body_has_readers(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_box_body_readers_len(struct gn_fb_box_body t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_box_reader gn_fb_box_body_readers_at(struct gn_fb_box_body t, uint32_t i)
{
	struct gn_fb_box_reader v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_box_reader, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_body_readers_bytes(struct gn_fb_box_body t)
{
	return gn_fbt_elements(t.t, 1, 64);
}
static inline uint32_t gn_fb_box_body_ttl(struct gn_fb_box_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_body_items(struct gn_fb_box_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_body_bytes(struct gn_fb_box_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_box_body_item_max(struct gn_fb_box_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_box_body_bits(struct gn_fb_box_body t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_box_body_epoch(struct gn_fb_box_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline bool gn_fb_box_body_has_nonce(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_nonce gn_fb_box_body_nonce(struct gn_fb_box_body t)
{
	struct gn_fb_nonce v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_nonce, &v);
	return v;
}
static inline bool gn_fb_box_body_has_invites(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 9);
}
static inline uint32_t gn_fb_box_body_invites_len(struct gn_fb_box_body t)
{
	return gn_fbt_count(t.t, 9);
}
static inline struct gn_fb_key gn_fb_box_body_invites_at(struct gn_fb_box_body t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 9, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_body_invites_bytes(struct gn_fb_box_body t)
{
	return gn_fbt_elements(t.t, 9, 32);
}
static inline bool gn_fb_box_body_has_refused(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 10);
}
static inline uint32_t gn_fb_box_body_refused_len(struct gn_fb_box_body t)
{
	return gn_fbt_count(t.t, 10);
}
static inline struct gn_fb_key gn_fb_box_body_refused_at(struct gn_fb_box_body t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 10, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_body_refused_bytes(struct gn_fb_box_body t)
{
	return gn_fbt_elements(t.t, 10, 32);
}
static inline bool gn_fb_box_body_has_successor(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 11);
}
static inline struct gn_fb_key gn_fb_box_body_successor(struct gn_fb_box_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 11, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_box_body_lease(struct gn_fb_box_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 12, 4, UINT64_C(0x0));
}
static inline uint16_t gn_fb_box_body_deliveries(struct gn_fb_box_body t)
{
	return (uint16_t)gn_fbt_bits(t.t, 13, 2, UINT64_C(0x0));
}
static inline bool gn_fb_box_body_has_workers(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 14);
}
static inline uint32_t gn_fb_box_body_workers_len(struct gn_fb_box_body t)
{
	return gn_fbt_count(t.t, 14);
}
static inline struct gn_fb_key gn_fb_box_body_workers_at(struct gn_fb_box_body t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 14, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_box_body_workers_bytes(struct gn_fb_box_body t)
{
	return gn_fbt_elements(t.t, 14, 32);
}
static inline bool gn_fb_box_body_has_issuer(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 15);
}
static inline struct gn_fb_key gn_fb_box_body_issuer(struct gn_fb_box_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 15, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_body_has_topic(struct gn_fb_box_body t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_slice gn_fb_box_body_topic(struct gn_fb_box_body t)
{
	return gn_fbt_bytes(t.t, 16);
}

/* ---- TopicBody ---- */

struct gn_fb_topic_body {
	struct gn_fbt t;
};
struct gn_fb_topic_body_args {
	/* Who publishes; who subscribes (Owner: keys in `keys`). */
	uint8_t publish;
	uint8_t subscribe;
	/* Payloads are opaque to roots. */
	bool sealed;
	/* Subscribers keep lazy links. */
	bool mesh;
	/* Where quorum messages are deposited. */
	const struct gn_fb_key *box;
	/* Messages a second: one publisher (0: 20), all (0: 200); bytes of a payload (0: 16,384). */
	uint32_t rate;
	uint32_t rate_all;
	uint32_t payload_max;
	/* Owner admission: these besides the owner, at most 256. */
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} keys;
};
static const struct gn_fb_field gn_fbfields_topic_body[] = {
	{"publish", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_body_args, publish), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_topic_admission, false},
	{"subscribe", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_body_args, subscribe), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_topic_admission, false},
	{"sealed", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_topic_body_args, sealed), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mesh", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_topic_body_args, mesh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"box", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_topic_body_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"rate", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_topic_body_args, rate), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rate_all", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_topic_body_args, rate_all), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"payload_max", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_topic_body_args, payload_max), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"keys", GN_FB_STRUCTS, GN_FB_UINT, 8, offsetof(struct gn_fb_topic_body_args, keys), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_body = {"TopicBody", NULL, gn_fbfields_topic_body, 9};

GN_MUST static inline gn_err gn_fb_topic_body_verify(struct gn_slice in, struct gn_fb_topic_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_body, &out->t);
}
static inline gn_fbref gn_fb_topic_body_make(struct gn_fbb *b, const struct gn_fb_topic_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_body, args);
}
static inline uint8_t gn_fb_topic_body_publish(struct gn_fb_topic_body t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_topic_body_subscribe(struct gn_fb_topic_body t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_topic_body_sealed(struct gn_fb_topic_body t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_topic_body_mesh(struct gn_fb_topic_body t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_topic_body_has_box(struct gn_fb_topic_body t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_key gn_fb_topic_body_box(struct gn_fb_topic_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_topic_body_rate(struct gn_fb_topic_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_topic_body_rate_all(struct gn_fb_topic_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_topic_body_payload_max(struct gn_fb_topic_body t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline bool gn_fb_topic_body_has_keys(struct gn_fb_topic_body t)
{
	return gn_fbt_has(t.t, 8);
}
static inline uint32_t gn_fb_topic_body_keys_len(struct gn_fb_topic_body t)
{
	return gn_fbt_count(t.t, 8);
}
static inline struct gn_fb_key gn_fb_topic_body_keys_at(struct gn_fb_topic_body t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 8, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_topic_body_keys_bytes(struct gn_fb_topic_body t)
{
	return gn_fbt_elements(t.t, 8, 32);
}

/* ---- RevocationBody ---- */

/* label "": the whole list. label of 64 hex digits (a token's id): this token alone, for who needs it at once. */
struct gn_fb_revocation_body {
	struct gn_fbt t;
};
struct gn_fb_revocation_body_args {
	const struct gn_fb_hash *token;
	/* Unix seconds. */
	uint64_t revoked;
	struct gn_slice reason;
	/* Ascending by id, at most 1,024. */
	struct {
		const struct gn_fb_revoked_token *p;
		size_t count;
	} list;
};
static const struct gn_fb_field gn_fbfields_revocation_body[] = {
	{"token", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_revocation_body_args, token), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"revoked", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_revocation_body_args, revoked), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_revocation_body_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"list", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_revocation_body_args, list), 0, 0, false, UINT64_C(0x0), &gn_fblayout_revoked_token, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_revocation_body = {"RevocationBody", NULL, gn_fbfields_revocation_body, 4};

GN_MUST static inline gn_err gn_fb_revocation_body_verify(struct gn_slice in, struct gn_fb_revocation_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_revocation_body, &out->t);
}
static inline gn_fbref gn_fb_revocation_body_make(struct gn_fbb *b, const struct gn_fb_revocation_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_revocation_body, args);
}
static inline bool gn_fb_revocation_body_has_token(struct gn_fb_revocation_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_revocation_body_token(struct gn_fb_revocation_body t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_revocation_body_revoked(struct gn_fb_revocation_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_revocation_body_has_reason(struct gn_fb_revocation_body t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_revocation_body_reason(struct gn_fb_revocation_body t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_revocation_body_has_list(struct gn_fb_revocation_body t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_revocation_body_list_len(struct gn_fb_revocation_body t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_revoked_token gn_fb_revocation_body_list_at(struct gn_fb_revocation_body t, uint32_t i)
{
	struct gn_fb_revoked_token v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_revoked_token, i, &v);
	return v;
}

/* ---- PrekeySet ---- */

struct gn_fb_prekey_set {
	struct gn_fbt t;
};
struct gn_fb_prekey_set_args {
	uint32_t id;
	const struct gn_fb_key *x25519;
	/* ML-KEM-768, 1,184 bytes. */
	struct gn_slice kem;
};
static const struct gn_fb_field gn_fbfields_prekey_set[] = {
	{"id", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_prekey_set_args, id), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"x25519", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_prekey_set_args, x25519), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"kem", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_prekey_set_args, kem), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_prekey_set = {"PrekeySet", NULL, gn_fbfields_prekey_set, 3};

GN_MUST static inline gn_err gn_fb_prekey_set_verify(struct gn_slice in, struct gn_fb_prekey_set *out)
{
	return gn_fb_verify(in, &gn_fbtype_prekey_set, &out->t);
}
static inline gn_fbref gn_fb_prekey_set_make(struct gn_fbb *b, const struct gn_fb_prekey_set_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_prekey_set, args);
}
static inline uint32_t gn_fb_prekey_set_id(struct gn_fb_prekey_set t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_prekey_set_has_x25519(struct gn_fb_prekey_set t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_prekey_set_x25519(struct gn_fb_prekey_set t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_prekey_set_has_kem(struct gn_fb_prekey_set t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_prekey_set_kem(struct gn_fb_prekey_set t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- PrekeysBody ---- */

/* Owner: the device key. pq_sig as in identity records, by pq_key (WR-14). */
struct gn_fb_prekeys_body {
	struct gn_fbt t;
};
struct gn_fb_prekeys_body_args {
	/* The identity's key. */
	const struct gn_fb_key *identity;
	/* ML-DSA-65, 1,952 bytes; SHA-256 is MemberKey.pq_hash. */
	struct gn_slice pq_key;
	/* X25519. */
	const struct gn_fb_key *dh;
	gn_fbref last; /* PrekeySet */
	/* At most 4. */
	struct {
		const gn_fbref *p;
		size_t count;
	} few; /* PrekeySet */
};
static const struct gn_fb_field gn_fbfields_prekeys_body[] = {
	{"identity", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_prekeys_body_args, identity), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"pq_key", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_prekeys_body_args, pq_key), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"dh", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_prekeys_body_args, dh), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"last", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_prekeys_body_args, last), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_prekey_set}, NULL, false},
	{"few", GN_FB_TABLES, GN_FB_UINT, 4, offsetof(struct gn_fb_prekeys_body_args, few), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_prekey_set}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_prekeys_body = {"PrekeysBody", NULL, gn_fbfields_prekeys_body, 5};

GN_MUST static inline gn_err gn_fb_prekeys_body_verify(struct gn_slice in, struct gn_fb_prekeys_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_prekeys_body, &out->t);
}
static inline gn_fbref gn_fb_prekeys_body_make(struct gn_fbb *b, const struct gn_fb_prekeys_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_prekeys_body, args);
}
static inline bool gn_fb_prekeys_body_has_identity(struct gn_fb_prekeys_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_prekeys_body_identity(struct gn_fb_prekeys_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_prekeys_body_has_pq_key(struct gn_fb_prekeys_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_prekeys_body_pq_key(struct gn_fb_prekeys_body t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_prekeys_body_has_dh(struct gn_fb_prekeys_body t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_prekeys_body_dh(struct gn_fb_prekeys_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_prekeys_body_has_last(struct gn_fb_prekeys_body t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_prekey_set gn_fb_prekeys_body_last(struct gn_fb_prekeys_body t)
{
	return (struct gn_fb_prekey_set){gn_fbt_table(t.t, 3)};
}
static inline bool gn_fb_prekeys_body_has_few(struct gn_fb_prekeys_body t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_prekeys_body_few_len(struct gn_fb_prekeys_body t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_prekey_set gn_fb_prekeys_body_few_at(struct gn_fb_prekeys_body t, uint32_t i)
{
	return (struct gn_fb_prekey_set){gn_fbt_table_at(t.t, 4, i)};
}

/* ---- ChainBody ---- */

/* Where a signed membership chain is: a group's (label ""), later a space's. Owner: a key that the
 * chain's admins have. */
struct gn_fb_chain_body {
	struct gn_fbt t;
};
struct gn_fb_chain_body_args {
	/* SHA-256 of the newest entry, and its seq. */
	const struct gn_fb_hash *head;
	uint64_t at;
	/* Sealed bundle: the newest snapshot and the entries since. */
	const struct gn_fb_hash *root;
	uint64_t root_len;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} root_blocks;
	/* Where entries and messages lie. */
	const struct gn_fb_key *box;
};
static const struct gn_fb_field gn_fbfields_chain_body[] = {
	{"head", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_body_args, head), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"at", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_body_args, at), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_body_args, root), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"root_len", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_body_args, root_len), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"root_blocks", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_chain_body_args, root_blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"box", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_chain_body_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_body = {"ChainBody", NULL, gn_fbfields_chain_body, 6};

GN_MUST static inline gn_err gn_fb_chain_body_verify(struct gn_slice in, struct gn_fb_chain_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_body, &out->t);
}
static inline gn_fbref gn_fb_chain_body_make(struct gn_fbb *b, const struct gn_fb_chain_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_body, args);
}
static inline bool gn_fb_chain_body_has_head(struct gn_fb_chain_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_chain_body_head(struct gn_fb_chain_body t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_chain_body_at(struct gn_fb_chain_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chain_body_has_root(struct gn_fb_chain_body t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_chain_body_root(struct gn_fb_chain_body t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_chain_body_root_len(struct gn_fb_chain_body t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chain_body_has_root_blocks(struct gn_fb_chain_body t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_chain_body_root_blocks_len(struct gn_fb_chain_body t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_chain_body_root_blocks_at(struct gn_fb_chain_body t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_chain_body_root_blocks_bytes(struct gn_fb_chain_body t)
{
	return gn_fbt_elements(t.t, 4, 32);
}
static inline bool gn_fb_chain_body_has_box(struct gn_fb_chain_body t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_key gn_fb_chain_body_box(struct gn_fb_chain_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_key, &v);
	return v;
}

/* ---- ProviderBody ---- */

/* Label: what is given ("code/4821"); salt: one of 8 places for it. Owner: a key of this record alone. */
struct gn_fb_provider_body {
	struct gn_fbt t;
};
struct gn_fb_provider_body_args {
	/* The node that gives it. */
	const struct gn_fb_key *node;
};
static const struct gn_fb_field gn_fbfields_provider_body[] = {
	{"node", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_provider_body_args, node), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_provider_body = {"ProviderBody", NULL, gn_fbfields_provider_body, 1};

GN_MUST static inline gn_err gn_fb_provider_body_verify(struct gn_slice in, struct gn_fb_provider_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_provider_body, &out->t);
}
static inline gn_fbref gn_fb_provider_body_make(struct gn_fbb *b, const struct gn_fb_provider_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_provider_body, args);
}
static inline bool gn_fb_provider_body_has_node(struct gn_fb_provider_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_provider_body_node(struct gn_fb_provider_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_bodies[] = {
	&gn_fbtype_member_key,
	&gn_fbtype_prekey,
	&gn_fbtype_recovery,
	&gn_fbtype_identity_body,
	&gn_fbtype_node_home,
	&gn_fbtype_node_body,
	&gn_fbtype_name_record,
	&gn_fbtype_transfer,
	&gn_fbtype_name_body,
	&gn_fbtype_site_version,
	&gn_fbtype_site_body,
	&gn_fbtype_box_body,
	&gn_fbtype_topic_body,
	&gn_fbtype_revocation_body,
	&gn_fbtype_prekey_set,
	&gn_fbtype_prekeys_body,
	&gn_fbtype_chain_body,
	&gn_fbtype_provider_body,
};

#endif
