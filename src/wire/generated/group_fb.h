/* Made by tools/fbc from group.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_GROUP_FB_H
#define GN_WIRE_GROUP_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_role {
	GN_FB_ROLE_NONE = 0,
	GN_FB_ROLE_READER = 1,
	GN_FB_ROLE_WRITER = 2,
	GN_FB_ROLE_ADMIN = 3,
	GN_FB_ROLE_OWNER = 4,
};

static const struct gn_fb_word gn_fbwords_role[] = {{"none", 0}, {"reader", 1}, {"writer", 2}, {"admin", 3}, {"owner", 4}, {NULL, 0}};

enum gn_fb_chain_act {
	GN_FB_CHAIN_ACT_NONE = 0,
	GN_FB_CHAIN_ACT_CHAIN_CREATE = 1,
	GN_FB_CHAIN_ACT_CHAIN_ADD = 2,
	GN_FB_CHAIN_ACT_CHAIN_REMOVE = 3,
	GN_FB_CHAIN_ACT_CHAIN_ROLE = 4,
	GN_FB_CHAIN_ACT_CHAIN_SETTINGS = 5,
	GN_FB_CHAIN_ACT_CHAIN_EPOCH = 6,
	GN_FB_CHAIN_ACT_CHAIN_CLOSE = 7,
	GN_FB_CHAIN_ACT_CHAIN_LEAVE = 8,
};

struct gn_fb_leaf_cut {
	/* Messages that count, from 0, in the epoch that ends. */
	uint64_t count;
	uint32_t leaf;
	uint32_t reserved;
};
static const struct gn_fb_member gn_fbmembers_leaf_cut[] = {
	{"count", offsetof(struct gn_fb_leaf_cut, count), 0, 8, 1, GN_FB_UINT},
	{"leaf", offsetof(struct gn_fb_leaf_cut, leaf), 8, 4, 1, GN_FB_UINT},
	{"reserved", offsetof(struct gn_fb_leaf_cut, reserved), 12, 4, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_leaf_cut = {gn_fbmembers_leaf_cut, 3, sizeof(struct gn_fb_leaf_cut), 16, 8};

/* ---- LeafKey ---- */

/* A device in the group. A number names one device for ever. */
struct gn_fb_leaf_key {
	struct gn_fbt t;
};
struct gn_fb_leaf_key_args {
	uint32_t leaf;
	const struct gn_fb_key *device;
	/* Where its seals go when there is no session with it. */
	const struct gn_fb_key *x25519;
	/* ML-KEM-768, 1,184 bytes. */
	struct gn_slice kem;
	/* SHA-256 of the device's ML-DSA-65 key. */
	const struct gn_fb_hash *pq_hash;
};
static const struct gn_fb_field gn_fbfields_leaf_key[] = {
	{"leaf", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_leaf_key_args, leaf), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"device", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_leaf_key_args, device), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"x25519", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_leaf_key_args, x25519), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"kem", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_leaf_key_args, kem), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pq_hash", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_leaf_key_args, pq_hash), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_leaf_key = {"LeafKey", NULL, gn_fbfields_leaf_key, 5};

GN_MUST static inline gn_err gn_fb_leaf_key_verify(struct gn_slice in, struct gn_fb_leaf_key *out)
{
	return gn_fb_verify(in, &gn_fbtype_leaf_key, &out->t);
}
static inline gn_fbref gn_fb_leaf_key_make(struct gn_fbb *b, const struct gn_fb_leaf_key_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_leaf_key, args);
}
static inline uint32_t gn_fb_leaf_key_leaf(struct gn_fb_leaf_key t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_leaf_key_has_device(struct gn_fb_leaf_key t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_leaf_key_device(struct gn_fb_leaf_key t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_leaf_key_has_x25519(struct gn_fb_leaf_key t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_leaf_key_x25519(struct gn_fb_leaf_key t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_leaf_key_has_kem(struct gn_fb_leaf_key t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_leaf_key_kem(struct gn_fb_leaf_key t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_leaf_key_has_pq_hash(struct gn_fb_leaf_key t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_leaf_key_pq_hash(struct gn_fb_leaf_key t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_hash, &v);
	return v;
}

/* ---- ChainMember ---- */

struct gn_fb_chain_member {
	struct gn_fbt t;
};
struct gn_fb_chain_member_args {
	const struct gn_fb_key *person;
	uint8_t role;
	struct {
		const gn_fbref *p;
		size_t count;
	} leaves; /* LeafKey */
	/* Their deposit key of this epoch. */
	const struct gn_fb_key *deposit;
};
static const struct gn_fb_field gn_fbfields_chain_member[] = {
	{"person", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_member_args, person), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"role", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_member_args, role), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_role, false},
	{"leaves", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_member_args, leaves), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_leaf_key}, NULL, false},
	{"deposit", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_member_args, deposit), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_member = {"ChainMember", NULL, gn_fbfields_chain_member, 4};

GN_MUST static inline gn_err gn_fb_chain_member_verify(struct gn_slice in, struct gn_fb_chain_member *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_member, &out->t);
}
static inline gn_fbref gn_fb_chain_member_make(struct gn_fbb *b, const struct gn_fb_chain_member_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_member, args);
}
static inline bool gn_fb_chain_member_has_person(struct gn_fb_chain_member t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_chain_member_person(struct gn_fb_chain_member t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_chain_member_role(struct gn_fb_chain_member t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_chain_member_has_leaves(struct gn_fb_chain_member t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_chain_member_leaves_len(struct gn_fb_chain_member t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_leaf_key gn_fb_chain_member_leaves_at(struct gn_fb_chain_member t, uint32_t i)
{
	return (struct gn_fb_leaf_key){gn_fbt_table_at(t.t, 2, i)};
}
static inline bool gn_fb_chain_member_has_deposit(struct gn_fb_chain_member t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_chain_member_deposit(struct gn_fb_chain_member t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}

/* ---- ChainCreate ---- */

struct gn_fb_chain_create {
	struct gn_fbt t;
};
struct gn_fb_chain_create_args {
	struct gn_slice name;
	struct {
		const gn_fbref *p;
		size_t count;
	} members; /* ChainMember */
	/* Of the head's record, and where entries and messages lie. */
	const struct gn_fb_key *key;
	const struct gn_fb_key *box;
};
static const struct gn_fb_field gn_fbfields_chain_create[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_create_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"members", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_create_args, members), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chain_member}, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_create_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"box", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_create_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_create = {"ChainCreate", NULL, gn_fbfields_chain_create, 4};

GN_MUST static inline gn_err gn_fb_chain_create_verify(struct gn_slice in, struct gn_fb_chain_create *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_create, &out->t);
}
static inline gn_fbref gn_fb_chain_create_make(struct gn_fbb *b, const struct gn_fb_chain_create_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_create, args);
}
static inline bool gn_fb_chain_create_has_name(struct gn_fb_chain_create t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_chain_create_name(struct gn_fb_chain_create t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_chain_create_has_members(struct gn_fb_chain_create t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_chain_create_members_len(struct gn_fb_chain_create t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_chain_member gn_fb_chain_create_members_at(struct gn_fb_chain_create t, uint32_t i)
{
	return (struct gn_fb_chain_member){gn_fbt_table_at(t.t, 1, i)};
}
static inline bool gn_fb_chain_create_has_key(struct gn_fb_chain_create t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_chain_create_key(struct gn_fb_chain_create t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_chain_create_has_box(struct gn_fb_chain_create t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_chain_create_box(struct gn_fb_chain_create t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}

/* ---- ChainAdd ---- */

struct gn_fb_chain_add {
	struct gn_fbt t;
};
struct gn_fb_chain_add_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} members; /* ChainMember */
	uint32_t history;
};
static const struct gn_fb_field gn_fbfields_chain_add[] = {
	{"members", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_add_args, members), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chain_member}, NULL, false},
	{"history", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_add_args, history), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_add = {"ChainAdd", NULL, gn_fbfields_chain_add, 2};

GN_MUST static inline gn_err gn_fb_chain_add_verify(struct gn_slice in, struct gn_fb_chain_add *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_add, &out->t);
}
static inline gn_fbref gn_fb_chain_add_make(struct gn_fbb *b, const struct gn_fb_chain_add_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_add, args);
}
static inline bool gn_fb_chain_add_has_members(struct gn_fb_chain_add t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_chain_add_members_len(struct gn_fb_chain_add t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_chain_member gn_fb_chain_add_members_at(struct gn_fb_chain_add t, uint32_t i)
{
	return (struct gn_fb_chain_member){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint32_t gn_fb_chain_add_history(struct gn_fb_chain_add t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}

/* ---- ChainRemove ---- */

/* A person with all leaves, or some leaves alone (a device that is no more). */
struct gn_fb_chain_remove {
	struct gn_fbt t;
};
struct gn_fb_chain_remove_args {
	const struct gn_fb_key *person;
	struct {
		const uint32_t *p;
		size_t count;
	} leaves;
	struct {
		const struct gn_fb_leaf_cut *p;
		size_t count;
	} cuts;
	struct gn_slice reason;
};
static const struct gn_fb_field gn_fbfields_chain_remove[] = {
	{"person", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_remove_args, person), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"leaves", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_remove_args, leaves), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cuts", GN_FB_STRUCTS, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_remove_args, cuts), 0, 0, false, UINT64_C(0x0), &gn_fblayout_leaf_cut, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_remove_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_remove = {"ChainRemove", NULL, gn_fbfields_chain_remove, 4};

GN_MUST static inline gn_err gn_fb_chain_remove_verify(struct gn_slice in, struct gn_fb_chain_remove *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_remove, &out->t);
}
static inline gn_fbref gn_fb_chain_remove_make(struct gn_fbb *b, const struct gn_fb_chain_remove_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_remove, args);
}
static inline bool gn_fb_chain_remove_has_person(struct gn_fb_chain_remove t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_chain_remove_person(struct gn_fb_chain_remove t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_chain_remove_has_leaves(struct gn_fb_chain_remove t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_chain_remove_leaves_len(struct gn_fb_chain_remove t)
{
	return gn_fbt_count(t.t, 1);
}
static inline uint32_t gn_fb_chain_remove_leaves_at(struct gn_fb_chain_remove t, uint32_t i)
{
	return (uint32_t)gn_fbt_bits_at(t.t, 1, 4, i);
}
static inline bool gn_fb_chain_remove_has_cuts(struct gn_fb_chain_remove t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_chain_remove_cuts_len(struct gn_fb_chain_remove t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_leaf_cut gn_fb_chain_remove_cuts_at(struct gn_fb_chain_remove t, uint32_t i)
{
	struct gn_fb_leaf_cut v;
	gn_fbt_struct_at(t.t, 2, &gn_fblayout_leaf_cut, i, &v);
	return v;
}
static inline bool gn_fb_chain_remove_has_reason(struct gn_fb_chain_remove t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_chain_remove_reason(struct gn_fb_chain_remove t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- ChainRole ---- */

struct gn_fb_chain_role {
	struct gn_fbt t;
};
struct gn_fb_chain_role_args {
	const struct gn_fb_key *person;
	uint8_t role;
};
static const struct gn_fb_field gn_fbfields_chain_role[] = {
	{"person", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_role_args, person), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"role", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_role_args, role), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_role, false},
};
static const struct gn_fb_type gn_fbtype_chain_role = {"ChainRole", NULL, gn_fbfields_chain_role, 2};

GN_MUST static inline gn_err gn_fb_chain_role_verify(struct gn_slice in, struct gn_fb_chain_role *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_role, &out->t);
}
static inline gn_fbref gn_fb_chain_role_make(struct gn_fbb *b, const struct gn_fb_chain_role_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_role, args);
}
static inline bool gn_fb_chain_role_has_person(struct gn_fb_chain_role t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_chain_role_person(struct gn_fb_chain_role t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_chain_role_role(struct gn_fb_chain_role t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}

/* ---- ChainSettings ---- */

struct gn_fb_chain_settings {
	struct gn_fbt t;
};
struct gn_fb_chain_settings_args {
	struct gn_slice name;
	struct gn_slice about;
	struct gn_slice picture;
	uint32_t expire;
	/* Who may write at least. */
	uint8_t writers;
};
static const struct gn_fb_field gn_fbfields_chain_settings[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_settings_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"about", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_settings_args, about), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"picture", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_settings_args, picture), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expire", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_settings_args, expire), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"writers", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_chain_settings_args, writers), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_role, false},
};
static const struct gn_fb_type gn_fbtype_chain_settings = {"ChainSettings", NULL, gn_fbfields_chain_settings, 5};

GN_MUST static inline gn_err gn_fb_chain_settings_verify(struct gn_slice in, struct gn_fb_chain_settings *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_settings, &out->t);
}
static inline gn_fbref gn_fb_chain_settings_make(struct gn_fbb *b, const struct gn_fb_chain_settings_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_settings, args);
}
static inline bool gn_fb_chain_settings_has_name(struct gn_fb_chain_settings t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_chain_settings_name(struct gn_fb_chain_settings t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_chain_settings_has_about(struct gn_fb_chain_settings t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_chain_settings_about(struct gn_fb_chain_settings t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_chain_settings_has_picture(struct gn_fb_chain_settings t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_chain_settings_picture(struct gn_fb_chain_settings t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint32_t gn_fb_chain_settings_expire(struct gn_fb_chain_settings t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_chain_settings_writers(struct gn_fb_chain_settings t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}

/* ---- ChainEpoch ---- */

struct gn_fb_chain_epoch {
	struct gn_fbt t;
};
struct gn_fb_chain_epoch_args {
	uint32_t epoch;
	/* First 16 of SHA-256("geonet/e2ee/commit/1" || S_e). */
	struct gn_slice commitment;
	/* Bundle of seals, sorted by hint. */
	const struct gn_fb_hash *seals;
	uint64_t seals_len;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} seals_blocks;
	/* A new key of the head, and a new box, when an admin left. */
	const struct gn_fb_key *key;
	const struct gn_fb_key *box;
};
static const struct gn_fb_field gn_fbfields_chain_epoch[] = {
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_epoch_args, epoch), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"commitment", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_epoch_args, commitment), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seals", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_epoch_args, seals), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"seals_len", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_epoch_args, seals_len), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seals_blocks", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_chain_epoch_args, seals_blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_chain_epoch_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"box", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_chain_epoch_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_epoch = {"ChainEpoch", NULL, gn_fbfields_chain_epoch, 7};

GN_MUST static inline gn_err gn_fb_chain_epoch_verify(struct gn_slice in, struct gn_fb_chain_epoch *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_epoch, &out->t);
}
static inline gn_fbref gn_fb_chain_epoch_make(struct gn_fbb *b, const struct gn_fb_chain_epoch_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_epoch, args);
}
static inline uint32_t gn_fb_chain_epoch_epoch(struct gn_fb_chain_epoch t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_chain_epoch_has_commitment(struct gn_fb_chain_epoch t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_chain_epoch_commitment(struct gn_fb_chain_epoch t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_chain_epoch_has_seals(struct gn_fb_chain_epoch t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_chain_epoch_seals(struct gn_fb_chain_epoch t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_chain_epoch_seals_len(struct gn_fb_chain_epoch t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chain_epoch_has_seals_blocks(struct gn_fb_chain_epoch t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_chain_epoch_seals_blocks_len(struct gn_fb_chain_epoch t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_chain_epoch_seals_blocks_at(struct gn_fb_chain_epoch t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_chain_epoch_seals_blocks_bytes(struct gn_fb_chain_epoch t)
{
	return gn_fbt_elements(t.t, 4, 32);
}
static inline bool gn_fb_chain_epoch_has_key(struct gn_fb_chain_epoch t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_key gn_fb_chain_epoch_key(struct gn_fb_chain_epoch t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_chain_epoch_has_box(struct gn_fb_chain_epoch t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_key gn_fb_chain_epoch_box(struct gn_fb_chain_epoch t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_key, &v);
	return v;
}

/* ---- ChainClose ---- */

struct gn_fb_chain_close {
	struct gn_fbt t;
};
struct gn_fb_chain_close_args {
	struct gn_slice reason;
};
static const struct gn_fb_field gn_fbfields_chain_close[] = {
	{"reason", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_close_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_close = {"ChainClose", NULL, gn_fbfields_chain_close, 1};

GN_MUST static inline gn_err gn_fb_chain_close_verify(struct gn_slice in, struct gn_fb_chain_close *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_close, &out->t);
}
static inline gn_fbref gn_fb_chain_close_make(struct gn_fbb *b, const struct gn_fb_chain_close_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_close, args);
}
static inline bool gn_fb_chain_close_has_reason(struct gn_fb_chain_close t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_chain_close_reason(struct gn_fb_chain_close t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- ChainLeave ---- */

/* What a member signed who leaves, brought in by an admin. */
struct gn_fb_chain_leave {
	struct gn_fbt t;
};
struct gn_fb_chain_leave_args {
	const struct gn_fb_key *person;
	const struct gn_fb_key *device;
	const struct gn_fb_sig *sig;
	struct {
		const struct gn_fb_leaf_cut *p;
		size_t count;
	} cuts;
};
static const struct gn_fb_field gn_fbfields_chain_leave[] = {
	{"person", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_leave_args, person), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"device", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_leave_args, device), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_leave_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"cuts", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_leave_args, cuts), 0, 0, false, UINT64_C(0x0), &gn_fblayout_leaf_cut, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_leave = {"ChainLeave", NULL, gn_fbfields_chain_leave, 4};

GN_MUST static inline gn_err gn_fb_chain_leave_verify(struct gn_slice in, struct gn_fb_chain_leave *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_leave, &out->t);
}
static inline gn_fbref gn_fb_chain_leave_make(struct gn_fbb *b, const struct gn_fb_chain_leave_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_leave, args);
}
static inline bool gn_fb_chain_leave_has_person(struct gn_fb_chain_leave t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_chain_leave_person(struct gn_fb_chain_leave t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_chain_leave_has_device(struct gn_fb_chain_leave t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_chain_leave_device(struct gn_fb_chain_leave t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_chain_leave_has_sig(struct gn_fb_chain_leave t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_sig gn_fb_chain_leave_sig(struct gn_fb_chain_leave t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_chain_leave_has_cuts(struct gn_fb_chain_leave t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_chain_leave_cuts_len(struct gn_fb_chain_leave t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_leaf_cut gn_fb_chain_leave_cuts_at(struct gn_fb_chain_leave t, uint32_t i)
{
	struct gn_fb_leaf_cut v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_leaf_cut, i, &v);
	return v;
}

/* ---- ChainEntry ---- */

struct gn_fb_chain_entry {
	struct gn_fbt t;
};
struct gn_fb_chain_entry_args {
	/* Counts up from 1. */
	uint64_t seq;
	/* SHA-256 of the entry before. */
	const struct gn_fb_hash *prev;
	const struct gn_fb_key *device;
	const struct gn_fb_key *person;
	/* Unix milliseconds. */
	uint64_t time;
	uint8_t act_type; /* GN_FB_CHAIN_ACT_... */
	gn_fbref act;
};
static const struct gn_fb_field gn_fbfields_chain_entry[] = {
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_entry_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"prev", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_entry_args, prev), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"device", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_entry_args, device), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"person", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_chain_entry_args, person), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_chain_entry_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"act_type", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_chain_entry_args, act_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"act", GN_FB_UNION, GN_FB_UINT, 6, offsetof(struct gn_fb_chain_entry_args, act), 8, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chain_create, &gn_fbtype_chain_add, &gn_fbtype_chain_remove, &gn_fbtype_chain_role, &gn_fbtype_chain_settings, &gn_fbtype_chain_epoch, &gn_fbtype_chain_close, &gn_fbtype_chain_leave}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_entry = {"ChainEntry", NULL, gn_fbfields_chain_entry, 7};

GN_MUST static inline gn_err gn_fb_chain_entry_verify(struct gn_slice in, struct gn_fb_chain_entry *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_entry, &out->t);
}
static inline gn_fbref gn_fb_chain_entry_make(struct gn_fbb *b, const struct gn_fb_chain_entry_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_entry, args);
}
static inline uint64_t gn_fb_chain_entry_seq(struct gn_fb_chain_entry t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chain_entry_has_prev(struct gn_fb_chain_entry t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_chain_entry_prev(struct gn_fb_chain_entry t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_chain_entry_has_device(struct gn_fb_chain_entry t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_chain_entry_device(struct gn_fb_chain_entry t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_chain_entry_has_person(struct gn_fb_chain_entry t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_chain_entry_person(struct gn_fb_chain_entry t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_chain_entry_time(struct gn_fb_chain_entry t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chain_entry_has_act(struct gn_fb_chain_entry t)
{
	return gn_fbt_has(t.t, 6);
}
static inline uint8_t gn_fb_chain_entry_act_type(struct gn_fb_chain_entry t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, 0);
}
static inline struct gn_fb_chain_create gn_fb_chain_entry_act_as_chain_create(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_create){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_CREATE)};
}
static inline struct gn_fb_chain_add gn_fb_chain_entry_act_as_chain_add(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_add){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_ADD)};
}
static inline struct gn_fb_chain_remove gn_fb_chain_entry_act_as_chain_remove(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_remove){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_REMOVE)};
}
static inline struct gn_fb_chain_role gn_fb_chain_entry_act_as_chain_role(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_role){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_ROLE)};
}
static inline struct gn_fb_chain_settings gn_fb_chain_entry_act_as_chain_settings(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_settings){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_SETTINGS)};
}
static inline struct gn_fb_chain_epoch gn_fb_chain_entry_act_as_chain_epoch(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_epoch){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_EPOCH)};
}
static inline struct gn_fb_chain_close gn_fb_chain_entry_act_as_chain_close(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_close){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_CLOSE)};
}
static inline struct gn_fb_chain_leave gn_fb_chain_entry_act_as_chain_leave(struct gn_fb_chain_entry t)
{
	return (struct gn_fb_chain_leave){gn_fbt_member(t.t, 6, GN_FB_CHAIN_ACT_CHAIN_LEAVE)};
}

/* ---- ChainSigned ---- */

/* Ed25519 by the device over "geonet/chain/1" || chain || entry, chain being SHA-256 of the first
 * entry, zeros in the first; create and role also by its ML-DSA-65 key, over the same. */
struct gn_fb_chain_signed {
	struct gn_fbt t;
};
struct gn_fb_chain_signed_args {
	struct gn_slice entry;
	const struct gn_fb_sig *sig;
	struct gn_slice pq_sig;
};
static const struct gn_fb_field gn_fbfields_chain_signed[] = {
	{"entry", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_chain_signed_args, entry), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_chain_signed_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"pq_sig", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_chain_signed_args, pq_sig), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chain_signed = {"ChainSigned", "GNCH", gn_fbfields_chain_signed, 3};

#define GN_FB_CHAIN_SIGNED_IDENTIFIER "GNCH"

GN_MUST static inline gn_err gn_fb_chain_signed_verify(struct gn_slice in, struct gn_fb_chain_signed *out)
{
	return gn_fb_verify(in, &gn_fbtype_chain_signed, &out->t);
}
static inline gn_fbref gn_fb_chain_signed_make(struct gn_fbb *b, const struct gn_fb_chain_signed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chain_signed, args);
}
static inline bool gn_fb_chain_signed_has_entry(struct gn_fb_chain_signed t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_chain_signed_entry(struct gn_fb_chain_signed t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_chain_signed_has_sig(struct gn_fb_chain_signed t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_chain_signed_sig(struct gn_fb_chain_signed t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_chain_signed_has_pq_sig(struct gn_fb_chain_signed t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_chain_signed_pq_sig(struct gn_fb_chain_signed t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_group[] = {
	&gn_fbtype_leaf_key,
	&gn_fbtype_chain_member,
	&gn_fbtype_chain_create,
	&gn_fbtype_chain_add,
	&gn_fbtype_chain_remove,
	&gn_fbtype_chain_role,
	&gn_fbtype_chain_settings,
	&gn_fbtype_chain_epoch,
	&gn_fbtype_chain_close,
	&gn_fbtype_chain_leave,
	&gn_fbtype_chain_entry,
	&gn_fbtype_chain_signed,
};

#endif
