/* Made by tools/fbc from overlay.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_OVERLAY_FB_H
#define GN_WIRE_OVERLAY_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_node_mode {
	GN_FB_NODE_MODE_CLIENT = 0,
	GN_FB_NODE_MODE_SERVER = 1,
};

static const struct gn_fb_word gn_fbwords_node_mode[] = {{"client", 0}, {"server", 1}, {NULL, 0}};

enum gn_fb_link_kind {
	GN_FB_LINK_KIND_LEAF = 0,
	GN_FB_LINK_KIND_LONG = 1,
};

static const struct gn_fb_word gn_fbwords_link_kind[] = {{"leaf", 0}, {"long", 1}, {NULL, 0}};

enum gn_fb_overlay_body {
	GN_FB_OVERLAY_BODY_NONE = 0,
	GN_FB_OVERLAY_BODY_HELLO = 1,
	GN_FB_OVERLAY_BODY_PING = 2,
	GN_FB_OVERLAY_BODY_PONG = 3,
	GN_FB_OVERLAY_BODY_DELTA = 4,
	GN_FB_OVERLAY_BODY_LINK = 5,
	GN_FB_OVERLAY_BODY_LINK_OK = 6,
	GN_FB_OVERLAY_BODY_LINK_NO = 7,
	GN_FB_OVERLAY_BODY_UNLINK = 8,
	GN_FB_OVERLAY_BODY_FIND = 9,
	GN_FB_OVERLAY_BODY_NODES = 10,
	GN_FB_OVERLAY_BODY_GET = 11,
	GN_FB_OVERLAY_BODY_VALUE = 12,
	GN_FB_OVERLAY_BODY_PUT = 13,
	GN_FB_OVERLAY_BODY_ACK = 14,
	GN_FB_OVERLAY_BODY_STALE = 15,
	GN_FB_OVERLAY_BODY_NOT_MINE = 16,
	GN_FB_OVERLAY_BODY_DIGEST = 17,
	GN_FB_OVERLAY_BODY_WANT = 18,
	GN_FB_OVERLAY_BODY_PUSH = 19,
	GN_FB_OVERLAY_BODY_RELAY = 20,
	GN_FB_OVERLAY_BODY_BUSY = 21,
	GN_FB_OVERLAY_BODY_REFUSED = 22,
	GN_FB_OVERLAY_BODY_RECORD_VERSION = 23,
};

/* Network coordinate in milliseconds: plane, height, relative error in 1/255. */
struct gn_fb_vivaldi {
	int16_t x;
	int16_t y;
	int16_t h;
	uint8_t err;
	uint8_t reserved;
};
static const struct gn_fb_member gn_fbmembers_vivaldi[] = {
	{"x", offsetof(struct gn_fb_vivaldi, x), 0, 2, 1, GN_FB_INT},
	{"y", offsetof(struct gn_fb_vivaldi, y), 2, 2, 1, GN_FB_INT},
	{"h", offsetof(struct gn_fb_vivaldi, h), 4, 2, 1, GN_FB_INT},
	{"err", offsetof(struct gn_fb_vivaldi, err), 6, 1, 1, GN_FB_UINT},
	{"reserved", offsetof(struct gn_fb_vivaldi, reserved), 7, 1, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_vivaldi = {gn_fbmembers_vivaldi, 5, sizeof(struct gn_fb_vivaldi), 8, 2};

/* First 8 bytes of a record's key and of its version's hash (big-endian), and the seq that is held. */
struct gn_fb_key_seq {
	uint64_t key8;
	uint64_t seq;
	uint64_t hash8;
};
static const struct gn_fb_member gn_fbmembers_key_seq[] = {
	{"key8", offsetof(struct gn_fb_key_seq, key8), 0, 8, 1, GN_FB_UINT},
	{"seq", offsetof(struct gn_fb_key_seq, seq), 8, 8, 1, GN_FB_UINT},
	{"hash8", offsetof(struct gn_fb_key_seq, hash8), 16, 8, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_key_seq = {gn_fbmembers_key_seq, 3, sizeof(struct gn_fb_key_seq), 24, 8};

/* ---- Contact ---- */

/* A node as told by another; its id is checked against pk and nonce before use. */
struct gn_fb_contact {
	struct gn_fbt t;
};
struct gn_fb_contact_args {
	const struct gn_fb_key *pk;
	const struct gn_fb_nonce *nonce;
	struct {
		const struct gn_fb_addr *p;
		size_t count;
	} addrs;
	const struct gn_fb_vivaldi *vivaldi;
	/* 0 idle .. 255. */
	uint8_t load;
	uint8_t class;
	/* Seconds since it was last heard of, 65,535 = more. */
	uint16_t age;
	uint8_t mode;
	/* How it is reached: 0 not known, 1 directly, 2 behind an easy router, 3 behind a hard one, 4 without UDP (RE-17). */
	uint8_t reach;
	/* What it does for others: 1 small circuits, 2 bulk, 4 wss, 8 TURN, 16 dials. */
	uint8_t can;
};
static const struct gn_fb_field gn_fbfields_contact[] = {
	{"pk", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_args, pk), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_contact_args, nonce), 0, 0, true, UINT64_C(0x0), &gn_fblayout_nonce, NULL, NULL, false},
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 2, offsetof(struct gn_fb_contact_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"vivaldi", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_contact_args, vivaldi), 0, 0, false, UINT64_C(0x0), &gn_fblayout_vivaldi, NULL, NULL, false},
	{"load", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_contact_args, load), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_contact_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"age", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_contact_args, age), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mode", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_contact_args, mode), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_node_mode, false},
	{"reach", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_contact_args, reach), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"can", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_contact_args, can), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact = {"Contact", NULL, gn_fbfields_contact, 10};

GN_MUST static inline gn_err gn_fb_contact_verify(struct gn_slice in, struct gn_fb_contact *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact, &out->t);
}
static inline gn_fbref gn_fb_contact_make(struct gn_fbb *b, const struct gn_fb_contact_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact, args);
}
static inline bool gn_fb_contact_has_pk(struct gn_fb_contact t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_contact_pk(struct gn_fb_contact t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_contact_has_nonce(struct gn_fb_contact t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_nonce gn_fb_contact_nonce(struct gn_fb_contact t)
{
	struct gn_fb_nonce v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_nonce, &v);
	return v;
}
static inline bool gn_fb_contact_has_addrs(struct gn_fb_contact t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_contact_addrs_len(struct gn_fb_contact t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_addr gn_fb_contact_addrs_at(struct gn_fb_contact t, uint32_t i)
{
	struct gn_fb_addr v;
	gn_fbt_struct_at(t.t, 2, &gn_fblayout_addr, i, &v);
	return v;
}
static inline bool gn_fb_contact_has_vivaldi(struct gn_fb_contact t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_vivaldi gn_fb_contact_vivaldi(struct gn_fb_contact t)
{
	struct gn_fb_vivaldi v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_vivaldi, &v);
	return v;
}
static inline uint8_t gn_fb_contact_load(struct gn_fb_contact t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_contact_class(struct gn_fb_contact t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline uint16_t gn_fb_contact_age(struct gn_fb_contact t)
{
	return (uint16_t)gn_fbt_bits(t.t, 6, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_contact_mode(struct gn_fb_contact t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_contact_reach(struct gn_fb_contact t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_contact_can(struct gn_fb_contact t)
{
	return (uint8_t)gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0));
}

/* ---- Hello ---- */

struct gn_fb_hello {
	struct gn_fbt t;
};
struct gn_fb_hello_args {
	const struct gn_fb_key *pk;
	const struct gn_fb_nonce *nonce;
	uint8_t class;
	uint8_t mode;
	struct {
		const struct gn_fb_addr *p;
		size_t count;
	} addrs;
	uint16_t version;
	/* Which proof-of-work rule the nonce obeys. */
	uint8_t pow_version;
	/* Unix seconds of its start. */
	uint64_t since;
	/* Answers a Hello, and is not answered. */
	bool reply;
	/* Unix seconds by the sender's own wall clock; 0: it does not say. */
	uint64_t time;
	/* As in Contact. */
	uint8_t reach;
	uint8_t can;
};
static const struct gn_fb_field gn_fbfields_hello[] = {
	{"pk", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_hello_args, pk), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_hello_args, nonce), 0, 0, true, UINT64_C(0x0), &gn_fblayout_nonce, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_hello_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mode", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_hello_args, mode), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_node_mode, false},
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_hello_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_hello_args, version), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pow_version", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_hello_args, pow_version), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"since", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_hello_args, since), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reply", GN_FB_SCALAR, GN_FB_BOOL, 8, offsetof(struct gn_fb_hello_args, reply), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_hello_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reach", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_hello_args, reach), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"can", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_hello_args, can), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_hello = {"Hello", NULL, gn_fbfields_hello, 12};

GN_MUST static inline gn_err gn_fb_hello_verify(struct gn_slice in, struct gn_fb_hello *out)
{
	return gn_fb_verify(in, &gn_fbtype_hello, &out->t);
}
static inline gn_fbref gn_fb_hello_make(struct gn_fbb *b, const struct gn_fb_hello_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_hello, args);
}
static inline bool gn_fb_hello_has_pk(struct gn_fb_hello t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_hello_pk(struct gn_fb_hello t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_hello_has_nonce(struct gn_fb_hello t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_nonce gn_fb_hello_nonce(struct gn_fb_hello t)
{
	struct gn_fb_nonce v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_nonce, &v);
	return v;
}
static inline uint8_t gn_fb_hello_class(struct gn_fb_hello t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_hello_mode(struct gn_fb_hello t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_hello_has_addrs(struct gn_fb_hello t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_hello_addrs_len(struct gn_fb_hello t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_addr gn_fb_hello_addrs_at(struct gn_fb_hello t, uint32_t i)
{
	struct gn_fb_addr v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_addr, i, &v);
	return v;
}
static inline uint16_t gn_fb_hello_version(struct gn_fb_hello t)
{
	return (uint16_t)gn_fbt_bits(t.t, 5, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_hello_pow_version(struct gn_fb_hello t)
{
	return (uint8_t)gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_hello_since(struct gn_fb_hello t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline bool gn_fb_hello_reply(struct gn_fb_hello t)
{
	return gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_hello_time(struct gn_fb_hello t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_hello_reach(struct gn_fb_hello t)
{
	return (uint8_t)gn_fbt_bits(t.t, 10, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_hello_can(struct gn_fb_hello t)
{
	return (uint8_t)gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0));
}

/* ---- Delta ---- */

/* Changes of the sender's link list. */
struct gn_fb_delta {
	struct gn_fbt t;
};
struct gn_fb_delta_args {
	/* The receiver's version this applies to; 0: the list is complete. */
	uint32_t from_version;
	uint32_t to_version;
	struct {
		const gn_fbref *p;
		size_t count;
	} add; /* Contact */
	/* First 8 bytes of ids, big-endian. */
	struct {
		const uint64_t *p;
		size_t count;
	} del;
};
static const struct gn_fb_field gn_fbfields_delta[] = {
	{"from_version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_delta_args, from_version), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"to_version", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_delta_args, to_version), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"add", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_delta_args, add), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
	{"del", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_delta_args, del), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_delta = {"Delta", NULL, gn_fbfields_delta, 4};

GN_MUST static inline gn_err gn_fb_delta_verify(struct gn_slice in, struct gn_fb_delta *out)
{
	return gn_fb_verify(in, &gn_fbtype_delta, &out->t);
}
static inline gn_fbref gn_fb_delta_make(struct gn_fbb *b, const struct gn_fb_delta_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_delta, args);
}
static inline uint32_t gn_fb_delta_from_version(struct gn_fb_delta t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_delta_to_version(struct gn_fb_delta t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_delta_has_add(struct gn_fb_delta t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_delta_add_len(struct gn_fb_delta t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_contact gn_fb_delta_add_at(struct gn_fb_delta t, uint32_t i)
{
	return (struct gn_fb_contact){gn_fbt_table_at(t.t, 2, i)};
}
static inline bool gn_fb_delta_has_del(struct gn_fb_delta t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_delta_del_len(struct gn_fb_delta t)
{
	return gn_fbt_count(t.t, 3);
}
static inline uint64_t gn_fb_delta_del_at(struct gn_fb_delta t, uint32_t i)
{
	return (uint64_t)gn_fbt_bits_at(t.t, 3, 8, i);
}

/* ---- Ping ---- */

struct gn_fb_ping {
	struct gn_fbt t;
};
struct gn_fb_ping_args {
	/* Version of the receiver's list that the sender has. */
	uint32_t list_version;
	uint8_t load;
	const struct gn_fb_vivaldi *vivaldi;
	uint64_t leaf_digest;
	uint8_t mode;
	/* As in Hello. */
	uint64_t time;
};
static const struct gn_fb_field gn_fbfields_ping[] = {
	{"list_version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_ping_args, list_version), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"load", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_ping_args, load), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"vivaldi", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_ping_args, vivaldi), 0, 0, false, UINT64_C(0x0), &gn_fblayout_vivaldi, NULL, NULL, false},
	{"leaf_digest", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_ping_args, leaf_digest), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mode", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_ping_args, mode), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_node_mode, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_ping_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_ping = {"Ping", NULL, gn_fbfields_ping, 6};

GN_MUST static inline gn_err gn_fb_ping_verify(struct gn_slice in, struct gn_fb_ping *out)
{
	return gn_fb_verify(in, &gn_fbtype_ping, &out->t);
}
static inline gn_fbref gn_fb_ping_make(struct gn_fbb *b, const struct gn_fb_ping_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_ping, args);
}
static inline uint32_t gn_fb_ping_list_version(struct gn_fb_ping t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_ping_load(struct gn_fb_ping t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_ping_has_vivaldi(struct gn_fb_ping t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_vivaldi gn_fb_ping_vivaldi(struct gn_fb_ping t)
{
	struct gn_fb_vivaldi v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_vivaldi, &v);
	return v;
}
static inline uint64_t gn_fb_ping_leaf_digest(struct gn_fb_ping t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_ping_mode(struct gn_fb_ping t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_ping_time(struct gn_fb_ping t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}

/* ---- Pong ---- */

struct gn_fb_pong {
	struct gn_fbt t;
};
struct gn_fb_pong_args {
	uint32_t list_version;
	uint8_t load;
	const struct gn_fb_vivaldi *vivaldi;
	uint64_t leaf_digest;
	gn_fbref delta; /* Delta */
	uint8_t mode;
	/* As in Hello. */
	uint64_t time;
};
static const struct gn_fb_field gn_fbfields_pong[] = {
	{"list_version", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_pong_args, list_version), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"load", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_pong_args, load), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"vivaldi", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_pong_args, vivaldi), 0, 0, false, UINT64_C(0x0), &gn_fblayout_vivaldi, NULL, NULL, false},
	{"leaf_digest", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_pong_args, leaf_digest), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"delta", GN_FB_TABLE, GN_FB_UINT, 4, offsetof(struct gn_fb_pong_args, delta), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_delta}, NULL, false},
	{"mode", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_pong_args, mode), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_node_mode, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_pong_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_pong = {"Pong", NULL, gn_fbfields_pong, 7};

GN_MUST static inline gn_err gn_fb_pong_verify(struct gn_slice in, struct gn_fb_pong *out)
{
	return gn_fb_verify(in, &gn_fbtype_pong, &out->t);
}
static inline gn_fbref gn_fb_pong_make(struct gn_fbb *b, const struct gn_fb_pong_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_pong, args);
}
static inline uint32_t gn_fb_pong_list_version(struct gn_fb_pong t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_pong_load(struct gn_fb_pong t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_pong_has_vivaldi(struct gn_fb_pong t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_vivaldi gn_fb_pong_vivaldi(struct gn_fb_pong t)
{
	struct gn_fb_vivaldi v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_vivaldi, &v);
	return v;
}
static inline uint64_t gn_fb_pong_leaf_digest(struct gn_fb_pong t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_pong_has_delta(struct gn_fb_pong t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_delta gn_fb_pong_delta(struct gn_fb_pong t)
{
	return (struct gn_fb_delta){gn_fbt_table(t.t, 4)};
}
static inline uint8_t gn_fb_pong_mode(struct gn_fb_pong t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_pong_time(struct gn_fb_pong t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}

/* ---- Link ---- */

struct gn_fb_link {
	struct gn_fbt t;
};
struct gn_fb_link_args {
	uint8_t kind;
	uint8_t annulus;
	/* Version of the receiver's list that the sender has. */
	uint32_t list_version;
	/* Who asks. */
	gn_fbref hello; /* Hello */
};
static const struct gn_fb_field gn_fbfields_link[] = {
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_link_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_link_kind, false},
	{"annulus", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_link_args, annulus), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"list_version", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_link_args, list_version), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hello", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_link_args, hello), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_hello}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_link = {"Link", NULL, gn_fbfields_link, 4};

GN_MUST static inline gn_err gn_fb_link_verify(struct gn_slice in, struct gn_fb_link *out)
{
	return gn_fb_verify(in, &gn_fbtype_link, &out->t);
}
static inline gn_fbref gn_fb_link_make(struct gn_fbb *b, const struct gn_fb_link_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_link, args);
}
static inline uint8_t gn_fb_link_kind(struct gn_fb_link t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_link_annulus(struct gn_fb_link t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_link_list_version(struct gn_fb_link t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline bool gn_fb_link_has_hello(struct gn_fb_link t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_hello gn_fb_link_hello(struct gn_fb_link t)
{
	return (struct gn_fb_hello){gn_fbt_table(t.t, 3)};
}

/* ---- LinkOk ---- */

struct gn_fb_link_ok {
	struct gn_fbt t;
};
struct gn_fb_link_ok_args {
	gn_fbref delta; /* Delta */
	gn_fbref hello; /* Hello */
	/* Version of the asker's list that the sender has. */
	uint32_t list_version;
	/* The asker is in the sender's leaf set. */
	uint8_t kind;
};
static const struct gn_fb_field gn_fbfields_link_ok[] = {
	{"delta", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_link_ok_args, delta), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_delta}, NULL, false},
	{"hello", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_link_ok_args, hello), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_hello}, NULL, false},
	{"list_version", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_link_ok_args, list_version), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_link_ok_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_link_kind, false},
};
static const struct gn_fb_type gn_fbtype_link_ok = {"LinkOk", NULL, gn_fbfields_link_ok, 4};

GN_MUST static inline gn_err gn_fb_link_ok_verify(struct gn_slice in, struct gn_fb_link_ok *out)
{
	return gn_fb_verify(in, &gn_fbtype_link_ok, &out->t);
}
static inline gn_fbref gn_fb_link_ok_make(struct gn_fbb *b, const struct gn_fb_link_ok_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_link_ok, args);
}
static inline bool gn_fb_link_ok_has_delta(struct gn_fb_link_ok t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_delta gn_fb_link_ok_delta(struct gn_fb_link_ok t)
{
	return (struct gn_fb_delta){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_link_ok_has_hello(struct gn_fb_link_ok t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hello gn_fb_link_ok_hello(struct gn_fb_link_ok t)
{
	return (struct gn_fb_hello){gn_fbt_table(t.t, 1)};
}
static inline uint32_t gn_fb_link_ok_list_version(struct gn_fb_link_ok t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_link_ok_kind(struct gn_fb_link_ok t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}

/* ---- LinkNo ---- */

struct gn_fb_link_no {
	struct gn_fbt t;
};
struct gn_fb_link_no_args {
	uint8_t code;
	/* Up to 3 others of the annulus. */
	struct {
		const gn_fbref *p;
		size_t count;
	} alternatives; /* Contact */
	/* Milliseconds until there is a place to ask for; 0: not said. */
	uint16_t wait;
};
static const struct gn_fb_field gn_fbfields_link_no[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_link_no_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"alternatives", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_link_no_args, alternatives), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
	{"wait", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_link_no_args, wait), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_link_no = {"LinkNo", NULL, gn_fbfields_link_no, 3};

GN_MUST static inline gn_err gn_fb_link_no_verify(struct gn_slice in, struct gn_fb_link_no *out)
{
	return gn_fb_verify(in, &gn_fbtype_link_no, &out->t);
}
static inline gn_fbref gn_fb_link_no_make(struct gn_fbb *b, const struct gn_fb_link_no_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_link_no, args);
}
static inline uint8_t gn_fb_link_no_code(struct gn_fb_link_no t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_link_no_has_alternatives(struct gn_fb_link_no t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_link_no_alternatives_len(struct gn_fb_link_no t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_contact gn_fb_link_no_alternatives_at(struct gn_fb_link_no t, uint32_t i)
{
	return (struct gn_fb_contact){gn_fbt_table_at(t.t, 1, i)};
}
static inline uint16_t gn_fb_link_no_wait(struct gn_fb_link_no t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}

/* ---- Unlink ---- */

struct gn_fb_unlink {
	struct gn_fbt t;
};
struct gn_fb_unlink_args {
	uint8_t code;
};
static const struct gn_fb_field gn_fbfields_unlink[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_unlink_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
};
static const struct gn_fb_type gn_fbtype_unlink = {"Unlink", NULL, gn_fbfields_unlink, 1};

GN_MUST static inline gn_err gn_fb_unlink_verify(struct gn_slice in, struct gn_fb_unlink *out)
{
	return gn_fb_verify(in, &gn_fbtype_unlink, &out->t);
}
static inline gn_fbref gn_fb_unlink_make(struct gn_fbb *b, const struct gn_fb_unlink_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_unlink, args);
}
static inline uint8_t gn_fb_unlink_code(struct gn_fb_unlink t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}

/* ---- Find ---- */

struct gn_fb_find {
	struct gn_fbt t;
};
struct gn_fb_find_args {
	uint64_t theta;
	/* Breaks ties of theta. */
	const struct gn_fb_hash *target;
	/* Most contacts wanted. */
	uint8_t limit;
};
static const struct gn_fb_field gn_fbfields_find[] = {
	{"theta", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_find_args, theta), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"target", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_find_args, target), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_find_args, limit), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_find = {"Find", NULL, gn_fbfields_find, 3};

GN_MUST static inline gn_err gn_fb_find_verify(struct gn_slice in, struct gn_fb_find *out)
{
	return gn_fb_verify(in, &gn_fbtype_find, &out->t);
}
static inline gn_fbref gn_fb_find_make(struct gn_fbb *b, const struct gn_fb_find_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_find, args);
}
static inline uint64_t gn_fb_find_theta(struct gn_fb_find t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_find_has_target(struct gn_fb_find t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_find_target(struct gn_fb_find t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_find_limit(struct gn_fb_find t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}

/* ---- Nodes ---- */

struct gn_fb_nodes {
	struct gn_fbt t;
};
struct gn_fb_nodes_args {
	/* Nearest known on both sides. */
	struct {
		const gn_fbref *p;
		size_t count;
	} contacts; /* Contact */
	uint64_t leaf_digest;
	/* The sender is one of the R nearest it knows (and has nothing, when it answers a GET). */
	bool mine;
};
static const struct gn_fb_field gn_fbfields_nodes[] = {
	{"contacts", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_nodes_args, contacts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
	{"leaf_digest", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_nodes_args, leaf_digest), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mine", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_nodes_args, mine), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_nodes = {"Nodes", NULL, gn_fbfields_nodes, 3};

GN_MUST static inline gn_err gn_fb_nodes_verify(struct gn_slice in, struct gn_fb_nodes *out)
{
	return gn_fb_verify(in, &gn_fbtype_nodes, &out->t);
}
static inline gn_fbref gn_fb_nodes_make(struct gn_fbb *b, const struct gn_fb_nodes_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_nodes, args);
}
static inline bool gn_fb_nodes_has_contacts(struct gn_fb_nodes t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_nodes_contacts_len(struct gn_fb_nodes t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_contact gn_fb_nodes_contacts_at(struct gn_fb_nodes t, uint32_t i)
{
	return (struct gn_fb_contact){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint64_t gn_fb_nodes_leaf_digest(struct gn_fb_nodes t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_nodes_mine(struct gn_fb_nodes t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- Get ---- */

struct gn_fb_get {
	struct gn_fbt t;
};
struct gn_fb_get_args {
	const struct gn_fb_hash *key;
	uint64_t min_seq;
	/* Not 0: an Ack with receipt and proof is wanted instead of the record (OV-68). */
	uint64_t nonce;
	/* A RecordVersion will do instead of the record (OV-50). */
	bool version;
};
static const struct gn_fb_field gn_fbfields_get[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_get_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"min_seq", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_get_args, min_seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nonce", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_get_args, nonce), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"version", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_get_args, version), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_get = {"Get", NULL, gn_fbfields_get, 4};

GN_MUST static inline gn_err gn_fb_get_verify(struct gn_slice in, struct gn_fb_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_get, &out->t);
}
static inline gn_fbref gn_fb_get_make(struct gn_fbb *b, const struct gn_fb_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_get, args);
}
static inline bool gn_fb_get_has_key(struct gn_fb_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_get_key(struct gn_fb_get t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_get_min_seq(struct gn_fb_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_get_nonce(struct gn_fb_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_get_version(struct gn_fb_get t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}

/* ---- RecordVersion ---- */

/* Of the record that a Get asks for: what is held. */
struct gn_fb_record_version {
	struct gn_fbt t;
};
struct gn_fb_record_version_args {
	uint64_t seq;
	const struct gn_fb_hash *hash;
};
static const struct gn_fb_field gn_fbfields_record_version[] = {
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_record_version_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hash", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_record_version_args, hash), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record_version = {"RecordVersion", NULL, gn_fbfields_record_version, 2};

GN_MUST static inline gn_err gn_fb_record_version_verify(struct gn_slice in, struct gn_fb_record_version *out)
{
	return gn_fb_verify(in, &gn_fbtype_record_version, &out->t);
}
static inline gn_fbref gn_fb_record_version_make(struct gn_fbb *b, const struct gn_fb_record_version_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record_version, args);
}
static inline uint64_t gn_fb_record_version_seq(struct gn_fb_record_version t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_record_version_has_hash(struct gn_fb_record_version t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_record_version_hash(struct gn_fb_record_version t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}

/* ---- Value ---- */

struct gn_fb_value {
	struct gn_fbt t;
};
struct gn_fb_value_args {
	/* A Record (record.fbs). */
	struct gn_slice record;
	uint64_t leaf_digest;
	/* Other holders. */
	struct {
		const gn_fbref *p;
		size_t count;
	} contacts; /* Contact */
};
static const struct gn_fb_field gn_fbfields_value[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_value_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"leaf_digest", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_value_args, leaf_digest), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"contacts", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_value_args, contacts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_value = {"Value", NULL, gn_fbfields_value, 3};

GN_MUST static inline gn_err gn_fb_value_verify(struct gn_slice in, struct gn_fb_value *out)
{
	return gn_fb_verify(in, &gn_fbtype_value, &out->t);
}
static inline gn_fbref gn_fb_value_make(struct gn_fbb *b, const struct gn_fb_value_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_value, args);
}
static inline bool gn_fb_value_has_record(struct gn_fb_value t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_value_record(struct gn_fb_value t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_value_leaf_digest(struct gn_fb_value t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_value_has_contacts(struct gn_fb_value t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_value_contacts_len(struct gn_fb_value t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_contact gn_fb_value_contacts_at(struct gn_fb_value t, uint32_t i)
{
	return (struct gn_fb_contact){gn_fbt_table_at(t.t, 2, i)};
}

/* ---- Put ---- */

struct gn_fb_put {
	struct gn_fbt t;
};
struct gn_fb_put_args {
	struct gn_slice record;
	/* Capability token chain. */
	struct gn_slice token;
	/* Compare and set: only over this seq, when `compare`. */
	bool compare;
	uint64_t compare_seq;
};
static const struct gn_fb_field gn_fbfields_put[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_put_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_put_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"compare", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_put_args, compare), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"compare_seq", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_put_args, compare_seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_put = {"Put", NULL, gn_fbfields_put, 4};

GN_MUST static inline gn_err gn_fb_put_verify(struct gn_slice in, struct gn_fb_put *out)
{
	return gn_fb_verify(in, &gn_fbtype_put, &out->t);
}
static inline gn_fbref gn_fb_put_make(struct gn_fbb *b, const struct gn_fb_put_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_put, args);
}
static inline bool gn_fb_put_has_record(struct gn_fb_put t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_put_record(struct gn_fb_put t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_put_has_token(struct gn_fb_put t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_put_token(struct gn_fb_put t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_put_compare(struct gn_fb_put t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_put_compare_seq(struct gn_fb_put t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- Ack ---- */

struct gn_fb_ack {
	struct gn_fbt t;
};
struct gn_fb_ack_args {
	/* Absent in the answer to a Push. */
	gn_fbref receipt; /* Receipt */
	uint64_t leaf_digest;
	/* In the answer to a Get with a nonce: what only who has the record's bytes can say (OV-68). */
	const struct gn_fb_hash *proof;
};
static const struct gn_fb_field gn_fbfields_ack[] = {
	{"receipt", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_ack_args, receipt), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_receipt}, NULL, false},
	{"leaf_digest", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_ack_args, leaf_digest), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"proof", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_ack_args, proof), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_ack = {"Ack", NULL, gn_fbfields_ack, 3};

GN_MUST static inline gn_err gn_fb_ack_verify(struct gn_slice in, struct gn_fb_ack *out)
{
	return gn_fb_verify(in, &gn_fbtype_ack, &out->t);
}
static inline gn_fbref gn_fb_ack_make(struct gn_fbb *b, const struct gn_fb_ack_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_ack, args);
}
static inline bool gn_fb_ack_has_receipt(struct gn_fb_ack t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_receipt gn_fb_ack_receipt(struct gn_fb_ack t)
{
	return (struct gn_fb_receipt){gn_fbt_table(t.t, 0)};
}
static inline uint64_t gn_fb_ack_leaf_digest(struct gn_fb_ack t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_ack_has_proof(struct gn_fb_ack t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_ack_proof(struct gn_fb_ack t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}

/* ---- Stale ---- */

struct gn_fb_stale {
	struct gn_fbt t;
};
struct gn_fb_stale_args {
	/* The newer record, or the one that keeps the place. */
	struct gn_slice record;
	/* Stale or Exists. */
	uint8_t code;
};
static const struct gn_fb_field gn_fbfields_stale[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_stale_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_stale_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
};
static const struct gn_fb_type gn_fbtype_stale = {"Stale", NULL, gn_fbfields_stale, 2};

GN_MUST static inline gn_err gn_fb_stale_verify(struct gn_slice in, struct gn_fb_stale *out)
{
	return gn_fb_verify(in, &gn_fbtype_stale, &out->t);
}
static inline gn_fbref gn_fb_stale_make(struct gn_fbb *b, const struct gn_fb_stale_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_stale, args);
}
static inline bool gn_fb_stale_has_record(struct gn_fb_stale t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_stale_record(struct gn_fb_stale t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint8_t gn_fb_stale_code(struct gn_fb_stale t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}

/* ---- NotMine ---- */

struct gn_fb_not_mine {
	struct gn_fbt t;
};
struct gn_fb_not_mine_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} contacts; /* Contact */
	uint64_t leaf_digest;
};
static const struct gn_fb_field gn_fbfields_not_mine[] = {
	{"contacts", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_not_mine_args, contacts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
	{"leaf_digest", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_not_mine_args, leaf_digest), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_not_mine = {"NotMine", NULL, gn_fbfields_not_mine, 2};

GN_MUST static inline gn_err gn_fb_not_mine_verify(struct gn_slice in, struct gn_fb_not_mine *out)
{
	return gn_fb_verify(in, &gn_fbtype_not_mine, &out->t);
}
static inline gn_fbref gn_fb_not_mine_make(struct gn_fbb *b, const struct gn_fb_not_mine_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_not_mine, args);
}
static inline bool gn_fb_not_mine_has_contacts(struct gn_fb_not_mine t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_not_mine_contacts_len(struct gn_fb_not_mine t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_contact gn_fb_not_mine_contacts_at(struct gn_fb_not_mine t, uint32_t i)
{
	return (struct gn_fb_contact){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint64_t gn_fb_not_mine_leaf_digest(struct gn_fb_not_mine t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- Digest ---- */

struct gn_fb_digest {
	struct gn_fbt t;
};
struct gn_fb_digest_args {
	/* Keys whose first 8 bytes lie in [from, to], wrapping. */
	uint64_t from;
	uint64_t to;
	/* Ascending by key8. */
	struct {
		const struct gn_fb_key_seq *p;
		size_t count;
	} held;
	struct gn_slice bloom;
	/* Instead of `held`: how many there are, and the sum of their fingerprints (OV-62). */
	uint32_t count;
	uint64_t sum;
};
static const struct gn_fb_field gn_fbfields_digest[] = {
	{"from", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_digest_args, from), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"to", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_digest_args, to), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held", GN_FB_STRUCTS, GN_FB_UINT, 2, offsetof(struct gn_fb_digest_args, held), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key_seq, NULL, NULL, false},
	{"bloom", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_digest_args, bloom), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_digest_args, count), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sum", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_digest_args, sum), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_digest = {"Digest", NULL, gn_fbfields_digest, 6};

GN_MUST static inline gn_err gn_fb_digest_verify(struct gn_slice in, struct gn_fb_digest *out)
{
	return gn_fb_verify(in, &gn_fbtype_digest, &out->t);
}
static inline gn_fbref gn_fb_digest_make(struct gn_fbb *b, const struct gn_fb_digest_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_digest, args);
}
static inline uint64_t gn_fb_digest_from(struct gn_fb_digest t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_digest_to(struct gn_fb_digest t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_digest_has_held(struct gn_fb_digest t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_digest_held_len(struct gn_fb_digest t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_key_seq gn_fb_digest_held_at(struct gn_fb_digest t, uint32_t i)
{
	struct gn_fb_key_seq v;
	gn_fbt_struct_at(t.t, 2, &gn_fblayout_key_seq, i, &v);
	return v;
}
static inline bool gn_fb_digest_has_bloom(struct gn_fb_digest t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_digest_bloom(struct gn_fb_digest t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint32_t gn_fb_digest_count(struct gn_fb_digest t)
{
	return (uint32_t)gn_fbt_bits(t.t, 4, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_digest_sum(struct gn_fb_digest t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}

/* ---- Want ---- */

struct gn_fb_want {
	struct gn_fbt t;
};
struct gn_fb_want_args {
	/* First 8 bytes of keys. */
	struct {
		const uint64_t *p;
		size_t count;
	} keys;
	/* The sums differ: send every entry. */
	bool all;
};
static const struct gn_fb_field gn_fbfields_want[] = {
	{"keys", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_want_args, keys), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"all", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_want_args, all), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_want = {"Want", NULL, gn_fbfields_want, 2};

GN_MUST static inline gn_err gn_fb_want_verify(struct gn_slice in, struct gn_fb_want *out)
{
	return gn_fb_verify(in, &gn_fbtype_want, &out->t);
}
static inline gn_fbref gn_fb_want_make(struct gn_fbb *b, const struct gn_fb_want_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_want, args);
}
static inline bool gn_fb_want_has_keys(struct gn_fb_want t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_want_keys_len(struct gn_fb_want t)
{
	return gn_fbt_count(t.t, 0);
}
static inline uint64_t gn_fb_want_keys_at(struct gn_fb_want t, uint32_t i)
{
	return (uint64_t)gn_fbt_bits_at(t.t, 0, 8, i);
}
static inline bool gn_fb_want_all(struct gn_fb_want t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- Push ---- */

struct gn_fb_push {
	struct gn_fbt t;
};
struct gn_fb_push_args {
	struct gn_slice record;
};
static const struct gn_fb_field gn_fbfields_push[] = {
	{"record", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_push_args, record), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_push = {"Push", NULL, gn_fbfields_push, 1};

GN_MUST static inline gn_err gn_fb_push_verify(struct gn_slice in, struct gn_fb_push *out)
{
	return gn_fb_verify(in, &gn_fbtype_push, &out->t);
}
static inline gn_fbref gn_fb_push_make(struct gn_fbb *b, const struct gn_fb_push_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_push, args);
}
static inline bool gn_fb_push_has_record(struct gn_fb_push t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_push_record(struct gn_fb_push t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- Relay ---- */

/* Forward to one of the receiver's own linked peers. */
struct gn_fb_relay {
	struct gn_fbt t;
};
struct gn_fb_relay_args {
	const struct gn_fb_hash *target;
	/* An OverlayMessage. */
	struct gn_slice inner;
	/* Links it may still cross, 1 or 2. */
	uint8_t hops;
	/* On the way back: who sent it. */
	gn_fbref origin; /* Contact */
};
static const struct gn_fb_field gn_fbfields_relay[] = {
	{"target", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_args, target), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"inner", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_args, inner), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hops", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_args, hops), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"origin", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_relay_args, origin), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay = {"Relay", NULL, gn_fbfields_relay, 4};

GN_MUST static inline gn_err gn_fb_relay_verify(struct gn_slice in, struct gn_fb_relay *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay, &out->t);
}
static inline gn_fbref gn_fb_relay_make(struct gn_fbb *b, const struct gn_fb_relay_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay, args);
}
static inline bool gn_fb_relay_has_target(struct gn_fb_relay t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_relay_target(struct gn_fb_relay t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_relay_has_inner(struct gn_fb_relay t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_relay_inner(struct gn_fb_relay t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_relay_hops(struct gn_fb_relay t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_relay_has_origin(struct gn_fb_relay t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_contact gn_fb_relay_origin(struct gn_fb_relay t)
{
	return (struct gn_fb_contact){gn_fbt_table(t.t, 3)};
}

/* ---- Busy ---- */

struct gn_fb_busy {
	struct gn_fbt t;
};
struct gn_fb_busy_args {
	uint32_t retry_ms;
	struct {
		const gn_fbref *p;
		size_t count;
	} holders; /* Contact */
};
static const struct gn_fb_field gn_fbfields_busy[] = {
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_busy_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"holders", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_busy_args, holders), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_contact}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_busy = {"Busy", NULL, gn_fbfields_busy, 2};

GN_MUST static inline gn_err gn_fb_busy_verify(struct gn_slice in, struct gn_fb_busy *out)
{
	return gn_fb_verify(in, &gn_fbtype_busy, &out->t);
}
static inline gn_fbref gn_fb_busy_make(struct gn_fbb *b, const struct gn_fb_busy_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_busy, args);
}
static inline uint32_t gn_fb_busy_retry_ms(struct gn_fb_busy t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_busy_has_holders(struct gn_fb_busy t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_busy_holders_len(struct gn_fb_busy t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_contact gn_fb_busy_holders_at(struct gn_fb_busy t, uint32_t i)
{
	return (struct gn_fb_contact){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- Refused ---- */

struct gn_fb_refused {
	struct gn_fbt t;
};
struct gn_fb_refused_args {
	uint8_t code;
};
static const struct gn_fb_field gn_fbfields_refused[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_refused_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
};
static const struct gn_fb_type gn_fbtype_refused = {"Refused", NULL, gn_fbfields_refused, 1};

GN_MUST static inline gn_err gn_fb_refused_verify(struct gn_slice in, struct gn_fb_refused *out)
{
	return gn_fb_verify(in, &gn_fbtype_refused, &out->t);
}
static inline gn_fbref gn_fb_refused_make(struct gn_fbb *b, const struct gn_fb_refused_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_refused, args);
}
static inline uint8_t gn_fb_refused_code(struct gn_fb_refused t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}

/* ---- OverlayMessage ---- */

struct gn_fb_overlay_message {
	struct gn_fbt t;
};
struct gn_fb_overlay_message_args {
	/* Chosen by who asks, not 0; the answer repeats it. 0: no answer is wanted. */
	uint64_t request;
	uint8_t body_type; /* GN_FB_OVERLAY_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_overlay_message[] = {
	{"request", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_overlay_message_args, request), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_overlay_message_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 2, offsetof(struct gn_fb_overlay_message_args, body), 23, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_hello, &gn_fbtype_ping, &gn_fbtype_pong, &gn_fbtype_delta, &gn_fbtype_link, &gn_fbtype_link_ok, &gn_fbtype_link_no, &gn_fbtype_unlink, &gn_fbtype_find, &gn_fbtype_nodes, &gn_fbtype_get, &gn_fbtype_value, &gn_fbtype_put, &gn_fbtype_ack, &gn_fbtype_stale, &gn_fbtype_not_mine, &gn_fbtype_digest, &gn_fbtype_want, &gn_fbtype_push, &gn_fbtype_relay, &gn_fbtype_busy, &gn_fbtype_refused, &gn_fbtype_record_version}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_overlay_message = {"OverlayMessage", "GNOV", gn_fbfields_overlay_message, 3};

#define GN_FB_OVERLAY_MESSAGE_IDENTIFIER "GNOV"

GN_MUST static inline gn_err gn_fb_overlay_message_verify(struct gn_slice in, struct gn_fb_overlay_message *out)
{
	return gn_fb_verify(in, &gn_fbtype_overlay_message, &out->t);
}
static inline gn_fbref gn_fb_overlay_message_make(struct gn_fbb *b, const struct gn_fb_overlay_message_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_overlay_message, args);
}
static inline uint64_t gn_fb_overlay_message_request(struct gn_fb_overlay_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_overlay_message_has_body(struct gn_fb_overlay_message t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint8_t gn_fb_overlay_message_body_type(struct gn_fb_overlay_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, 0);
}
static inline struct gn_fb_hello gn_fb_overlay_message_body_as_hello(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_hello){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_HELLO)};
}
static inline struct gn_fb_ping gn_fb_overlay_message_body_as_ping(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_ping){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_PING)};
}
static inline struct gn_fb_pong gn_fb_overlay_message_body_as_pong(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_pong){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_PONG)};
}
static inline struct gn_fb_delta gn_fb_overlay_message_body_as_delta(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_delta){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_DELTA)};
}
static inline struct gn_fb_link gn_fb_overlay_message_body_as_link(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_link){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_LINK)};
}
static inline struct gn_fb_link_ok gn_fb_overlay_message_body_as_link_ok(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_link_ok){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_LINK_OK)};
}
static inline struct gn_fb_link_no gn_fb_overlay_message_body_as_link_no(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_link_no){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_LINK_NO)};
}
static inline struct gn_fb_unlink gn_fb_overlay_message_body_as_unlink(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_unlink){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_UNLINK)};
}
static inline struct gn_fb_find gn_fb_overlay_message_body_as_find(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_find){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_FIND)};
}
static inline struct gn_fb_nodes gn_fb_overlay_message_body_as_nodes(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_nodes){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_NODES)};
}
static inline struct gn_fb_get gn_fb_overlay_message_body_as_get(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_get){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_GET)};
}
static inline struct gn_fb_value gn_fb_overlay_message_body_as_value(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_value){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_VALUE)};
}
static inline struct gn_fb_put gn_fb_overlay_message_body_as_put(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_put){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_PUT)};
}
static inline struct gn_fb_ack gn_fb_overlay_message_body_as_ack(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_ack){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_ACK)};
}
static inline struct gn_fb_stale gn_fb_overlay_message_body_as_stale(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_stale){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_STALE)};
}
static inline struct gn_fb_not_mine gn_fb_overlay_message_body_as_not_mine(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_not_mine){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_NOT_MINE)};
}
static inline struct gn_fb_digest gn_fb_overlay_message_body_as_digest(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_digest){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_DIGEST)};
}
static inline struct gn_fb_want gn_fb_overlay_message_body_as_want(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_want){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_WANT)};
}
static inline struct gn_fb_push gn_fb_overlay_message_body_as_push(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_push){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_PUSH)};
}
static inline struct gn_fb_relay gn_fb_overlay_message_body_as_relay(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_relay){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_RELAY)};
}
static inline struct gn_fb_busy gn_fb_overlay_message_body_as_busy(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_busy){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_BUSY)};
}
static inline struct gn_fb_refused gn_fb_overlay_message_body_as_refused(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_refused){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_REFUSED)};
}
static inline struct gn_fb_record_version gn_fb_overlay_message_body_as_record_version(struct gn_fb_overlay_message t)
{
	return (struct gn_fb_record_version){gn_fbt_member(t.t, 2, GN_FB_OVERLAY_BODY_RECORD_VERSION)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_overlay[] = {
	&gn_fbtype_contact,
	&gn_fbtype_hello,
	&gn_fbtype_delta,
	&gn_fbtype_ping,
	&gn_fbtype_pong,
	&gn_fbtype_link,
	&gn_fbtype_link_ok,
	&gn_fbtype_link_no,
	&gn_fbtype_unlink,
	&gn_fbtype_find,
	&gn_fbtype_nodes,
	&gn_fbtype_get,
	&gn_fbtype_record_version,
	&gn_fbtype_value,
	&gn_fbtype_put,
	&gn_fbtype_ack,
	&gn_fbtype_stale,
	&gn_fbtype_not_mine,
	&gn_fbtype_digest,
	&gn_fbtype_want,
	&gn_fbtype_push,
	&gn_fbtype_relay,
	&gn_fbtype_busy,
	&gn_fbtype_refused,
	&gn_fbtype_overlay_message,
};

#endif
