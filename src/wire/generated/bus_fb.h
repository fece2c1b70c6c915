/* Made by tools/fbc from bus.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_BUS_FB_H
#define GN_WIRE_BUS_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

/* Bits of BusSaid.flags. Sealed: opaque to roots, as the record says. Quorum: it lies in the topic's box, too. */
enum gn_fb_bus_flag {
	GN_FB_BUS_FLAG_NONE = 0,
	GN_FB_BUS_FLAG_RETAINED = 1,
	GN_FB_BUS_FLAG_WILL = 2,
	GN_FB_BUS_FLAG_SEALED = 4,
	GN_FB_BUS_FLAG_QUORUM = 8,
};

static const struct gn_fb_word gn_fbwords_bus_flag[] = {{"none", 0}, {"retained", 1}, {"will", 2}, {"sealed", 4}, {"quorum", 8}, {NULL, 0}};

enum gn_fb_bus_frame_body {
	GN_FB_BUS_FRAME_BODY_NONE = 0,
	GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE = 1,
	GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED = 2,
	GN_FB_BUS_FRAME_BODY_BUS_PUBLISH = 3,
	GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED = 4,
	GN_FB_BUS_FRAME_BODY_BUS_DELIVER = 5,
	GN_FB_BUS_FRAME_BODY_BUS_SERVED = 6,
	GN_FB_BUS_FRAME_BODY_BUS_PULL = 7,
	GN_FB_BUS_FRAME_BODY_BUS_LOST = 8,
	GN_FB_BUS_FRAME_BODY_BUS_WILL = 9,
	GN_FB_BUS_FRAME_BODY_BUS_LAPSED = 10,
	GN_FB_BUS_FRAME_BODY_BUS_SYNC = 11,
	GN_FB_BUS_FRAME_BODY_BUS_KEPT = 12,
	GN_FB_BUS_FRAME_BODY_BUS_LINK = 13,
	GN_FB_BUS_FRAME_BODY_BUS_HAVE = 14,
	GN_FB_BUS_FRAME_BODY_BUS_DONE = 15,
};

struct gn_fb_bus_id {
	/* First 8 bytes of the publisher's key, big-endian. */
	uint64_t publisher8;
	uint64_t epoch;
	uint64_t seq;
};
static const struct gn_fb_member gn_fbmembers_bus_id[] = {
	{"publisher8", offsetof(struct gn_fb_bus_id, publisher8), 0, 8, 1, GN_FB_UINT},
	{"epoch", offsetof(struct gn_fb_bus_id, epoch), 8, 8, 1, GN_FB_UINT},
	{"seq", offsetof(struct gn_fb_bus_id, seq), 16, 8, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_bus_id = {gn_fbmembers_bus_id, 3, sizeof(struct gn_fb_bus_id), 24, 8};

/* ---- BusSaid ---- */

/* What a publisher says. Signed as bytes: Ed25519 by `publisher` over "geonet/bus/1" || K of the topic's record || these bytes. */
struct gn_fb_bus_said {
	struct gn_fbt t;
};
struct gn_fb_bus_said_args {
	/* Below the topic's label, at most 255 bytes and 32 tokens; absent: the topic itself. */
	struct gn_slice subject;
	const struct gn_fb_key *publisher;
	/* Unix milliseconds of the publisher's start. */
	uint64_t epoch;
	/* From 1 in each epoch; a will 2^64 - 1. */
	uint64_t seq;
	/* Unix milliseconds. */
	uint64_t time;
	uint8_t flags;
	/* Retained, wills: Unix seconds until it counts. */
	uint64_t until;
	/* At most 16,384 bytes; a retained one without takes the value away. */
	struct gn_slice payload;
	/* Will: seconds of its lease. */
	uint16_t lease;
	/* Will: SHA-256("geonet/bus/will/1" || node key || salt) of the node that brings it. */
	const struct gn_fb_hash *by;
};
static const struct gn_fb_field gn_fbfields_bus_said[] = {
	{"subject", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_said_args, subject), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"publisher", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_said_args, publisher), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_said_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_bus_said_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_bus_said_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"flags", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_bus_said_args, flags), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_bus_said_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"payload", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_bus_said_args, payload), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_bus_said_args, lease), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"by", GN_FB_STRUCT, GN_FB_UINT, 9, offsetof(struct gn_fb_bus_said_args, by), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_said = {"BusSaid", NULL, gn_fbfields_bus_said, 10};

GN_MUST static inline gn_err gn_fb_bus_said_verify(struct gn_slice in, struct gn_fb_bus_said *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_said, &out->t);
}
static inline gn_fbref gn_fb_bus_said_make(struct gn_fbb *b, const struct gn_fb_bus_said_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_said, args);
}
static inline bool gn_fb_bus_said_has_subject(struct gn_fb_bus_said t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_bus_said_subject(struct gn_fb_bus_said t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_bus_said_has_publisher(struct gn_fb_bus_said t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_bus_said_publisher(struct gn_fb_bus_said t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_bus_said_epoch(struct gn_fb_bus_said t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_bus_said_seq(struct gn_fb_bus_said t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_bus_said_time(struct gn_fb_bus_said t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_bus_said_flags(struct gn_fb_bus_said t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_bus_said_until(struct gn_fb_bus_said t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline bool gn_fb_bus_said_has_payload(struct gn_fb_bus_said t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_bus_said_payload(struct gn_fb_bus_said t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline uint16_t gn_fb_bus_said_lease(struct gn_fb_bus_said t)
{
	return (uint16_t)gn_fbt_bits(t.t, 8, 2, UINT64_C(0x0));
}
static inline bool gn_fb_bus_said_has_by(struct gn_fb_bus_said t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_fb_hash gn_fb_bus_said_by(struct gn_fb_bus_said t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 9, &gn_fblayout_hash, &v);
	return v;
}

/* ---- BusMessage ---- */

struct gn_fb_bus_message {
	struct gn_fbt t;
};
struct gn_fb_bus_message_args {
	/* A buffer whose root is BusSaid. */
	struct gn_slice said;
	const struct gn_fb_sig *sig;
	/* The publisher's capability token, where the topic asks one and who receives this may not know it. */
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_bus_message[] = {
	{"said", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_message_args, said), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_message_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_message_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_message = {"BusMessage", NULL, gn_fbfields_bus_message, 3};

GN_MUST static inline gn_err gn_fb_bus_message_verify(struct gn_slice in, struct gn_fb_bus_message *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_message, &out->t);
}
static inline gn_fbref gn_fb_bus_message_make(struct gn_fbb *b, const struct gn_fb_bus_message_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_message, args);
}
static inline bool gn_fb_bus_message_has_said(struct gn_fb_bus_message t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_bus_message_said(struct gn_fb_bus_message t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_bus_message_has_sig(struct gn_fb_bus_message t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_bus_message_sig(struct gn_fb_bus_message t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_bus_message_has_token(struct gn_fb_bus_message t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_bus_message_token(struct gn_fb_bus_message t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- BusPeer ---- */

struct gn_fb_bus_peer {
	struct gn_fbt t;
};
struct gn_fb_bus_peer_args {
	const struct gn_fb_key *pk;
	struct {
		const struct gn_fb_addr *p;
		size_t count;
	} addrs;
};
static const struct gn_fb_field gn_fbfields_bus_peer[] = {
	{"pk", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_peer_args, pk), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_peer_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_peer = {"BusPeer", NULL, gn_fbfields_bus_peer, 2};

GN_MUST static inline gn_err gn_fb_bus_peer_verify(struct gn_slice in, struct gn_fb_bus_peer *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_peer, &out->t);
}
static inline gn_fbref gn_fb_bus_peer_make(struct gn_fbb *b, const struct gn_fb_bus_peer_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_peer, args);
}
static inline bool gn_fb_bus_peer_has_pk(struct gn_fb_bus_peer t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_bus_peer_pk(struct gn_fb_bus_peer t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_bus_peer_has_addrs(struct gn_fb_bus_peer t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_bus_peer_addrs_len(struct gn_fb_bus_peer t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_bus_peer_addrs_at(struct gn_fb_bus_peer t, uint32_t i)
{
	struct gn_fb_addr v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_addr, i, &v);
	return v;
}

/* ---- BusSubscribe ---- */

/* Begins or renews a lease. Answered by BusSubscribed or BusDone. */
struct gn_fb_bus_subscribe {
	struct gn_fbt t;
};
struct gn_fb_bus_subscribe_args {
	/* K of the topic's record. */
	const struct gn_fb_hash *topic;
	/* Subjects, `*` one token, `>` the rest; none: all. */
	struct {
		const struct gn_slice *p;
		size_t count;
	} filters;
	bool primary;
	/* The subscriber's other root. */
	const struct gn_fb_key *other;
	/* Seconds; 0 ends. */
	uint16_t lease;
	/* Wants lazy links. */
	bool mesh;
	/* What it has, newest per publisher: what came since comes first. */
	struct {
		const struct gn_fb_bus_id *p;
		size_t count;
	} have;
	/* Where the record asks: who subscribes, by which token, and Ed25519 over "geonet/bus/show/1" || topic || root's node key ||
	 * exporter of this session. Once per session. */
	const struct gn_fb_key *key;
	struct gn_slice token;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_bus_subscribe[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_subscribe_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"filters", GN_FB_STRINGS, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_subscribe_args, filters), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"primary", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_bus_subscribe_args, primary), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"other", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_bus_subscribe_args, other), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_bus_subscribe_args, lease), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mesh", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_bus_subscribe_args, mesh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"have", GN_FB_STRUCTS, GN_FB_UINT, 6, offsetof(struct gn_fb_bus_subscribe_args, have), 0, 0, false, UINT64_C(0x0), &gn_fblayout_bus_id, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 7, offsetof(struct gn_fb_bus_subscribe_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 8, offsetof(struct gn_fb_bus_subscribe_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 9, offsetof(struct gn_fb_bus_subscribe_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_subscribe = {"BusSubscribe", NULL, gn_fbfields_bus_subscribe, 10};

GN_MUST static inline gn_err gn_fb_bus_subscribe_verify(struct gn_slice in, struct gn_fb_bus_subscribe *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_subscribe, &out->t);
}
static inline gn_fbref gn_fb_bus_subscribe_make(struct gn_fbb *b, const struct gn_fb_bus_subscribe_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_subscribe, args);
}
static inline bool gn_fb_bus_subscribe_has_topic(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_subscribe_topic(struct gn_fb_bus_subscribe t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_subscribe_has_filters(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_bus_subscribe_filters_len(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_slice gn_fb_bus_subscribe_filters_at(struct gn_fb_bus_subscribe t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 1, i);
}
static inline bool gn_fb_bus_subscribe_primary(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_bus_subscribe_has_other(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_bus_subscribe_other(struct gn_fb_bus_subscribe t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline uint16_t gn_fb_bus_subscribe_lease(struct gn_fb_bus_subscribe t)
{
	return (uint16_t)gn_fbt_bits(t.t, 4, 2, UINT64_C(0x0));
}
static inline bool gn_fb_bus_subscribe_mesh(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_bus_subscribe_has_have(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 6);
}
static inline uint32_t gn_fb_bus_subscribe_have_len(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_count(t.t, 6);
}
static inline struct gn_fb_bus_id gn_fb_bus_subscribe_have_at(struct gn_fb_bus_subscribe t, uint32_t i)
{
	struct gn_fb_bus_id v;
	gn_fbt_struct_at(t.t, 6, &gn_fblayout_bus_id, i, &v);
	return v;
}
static inline bool gn_fb_bus_subscribe_has_key(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_fb_key gn_fb_bus_subscribe_key(struct gn_fb_bus_subscribe t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 7, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_bus_subscribe_has_token(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_bus_subscribe_token(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_bus_subscribe_has_sig(struct gn_fb_bus_subscribe t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_fb_sig gn_fb_bus_subscribe_sig(struct gn_fb_bus_subscribe t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 9, &gn_fblayout_sig, &v);
	return v;
}

/* ---- BusSubscribed ---- */

struct gn_fb_bus_subscribed {
	struct gn_fbt t;
};
struct gn_fb_bus_subscribed_args {
	uint16_t lease;
	uint32_t subscribers;
	/* Others to link to. */
	struct {
		const gn_fbref *p;
		size_t count;
	} peers; /* BusPeer */
	/* The roots as this one knows them: first 8 bytes of their ids, XORed. */
	uint64_t set;
};
static const struct gn_fb_field gn_fbfields_bus_subscribed[] = {
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_subscribed_args, lease), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"subscribers", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_subscribed_args, subscribers), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peers", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_subscribed_args, peers), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_peer}, NULL, false},
	{"set", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_bus_subscribed_args, set), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_subscribed = {"BusSubscribed", NULL, gn_fbfields_bus_subscribed, 4};

GN_MUST static inline gn_err gn_fb_bus_subscribed_verify(struct gn_slice in, struct gn_fb_bus_subscribed *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_subscribed, &out->t);
}
static inline gn_fbref gn_fb_bus_subscribed_make(struct gn_fbb *b, const struct gn_fb_bus_subscribed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_subscribed, args);
}
static inline uint16_t gn_fb_bus_subscribed_lease(struct gn_fb_bus_subscribed t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline uint32_t gn_fb_bus_subscribed_subscribers(struct gn_fb_bus_subscribed t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_bus_subscribed_has_peers(struct gn_fb_bus_subscribed t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_bus_subscribed_peers_len(struct gn_fb_bus_subscribed t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_bus_peer gn_fb_bus_subscribed_peers_at(struct gn_fb_bus_subscribed t, uint32_t i)
{
	return (struct gn_fb_bus_peer){gn_fbt_table_at(t.t, 2, i)};
}
static inline uint64_t gn_fb_bus_subscribed_set(struct gn_fb_bus_subscribed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- BusPublish ---- */

/* Answered by BusPublished. */
struct gn_fb_bus_publish {
	struct gn_fbt t;
};
struct gn_fb_bus_publish_args {
	const struct gn_fb_hash *topic;
	gn_fbref message; /* BusMessage */
};
static const struct gn_fb_field gn_fbfields_bus_publish[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_publish_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"message", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_publish_args, message), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_message}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_publish = {"BusPublish", NULL, gn_fbfields_bus_publish, 2};

GN_MUST static inline gn_err gn_fb_bus_publish_verify(struct gn_slice in, struct gn_fb_bus_publish *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_publish, &out->t);
}
static inline gn_fbref gn_fb_bus_publish_make(struct gn_fbb *b, const struct gn_fb_bus_publish_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_publish, args);
}
static inline bool gn_fb_bus_publish_has_topic(struct gn_fb_bus_publish t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_publish_topic(struct gn_fb_bus_publish t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_publish_has_message(struct gn_fb_bus_publish t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_bus_message gn_fb_bus_publish_message(struct gn_fb_bus_publish t)
{
	return (struct gn_fb_bus_message){gn_fbt_table(t.t, 1)};
}

/* ---- BusPublished ---- */

struct gn_fb_bus_published {
	struct gn_fbt t;
};
struct gn_fb_bus_published_args {
	uint8_t code;
	struct gn_slice limit;
	uint32_t retry_ms;
	uint32_t subscribers;
	uint64_t set;
};
static const struct gn_fb_field gn_fbfields_bus_published[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_published_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_published_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_published_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"subscribers", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_bus_published_args, subscribers), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"set", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_bus_published_args, set), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_published = {"BusPublished", NULL, gn_fbfields_bus_published, 5};

GN_MUST static inline gn_err gn_fb_bus_published_verify(struct gn_slice in, struct gn_fb_bus_published *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_published, &out->t);
}
static inline gn_fbref gn_fb_bus_published_make(struct gn_fbb *b, const struct gn_fb_bus_published_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_published, args);
}
static inline uint8_t gn_fb_bus_published_code(struct gn_fb_bus_published t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_bus_published_has_limit(struct gn_fb_bus_published t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_bus_published_limit(struct gn_fb_bus_published t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_bus_published_retry_ms(struct gn_fb_bus_published t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_bus_published_subscribers(struct gn_fb_bus_published t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_bus_published_set(struct gn_fb_bus_published t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}

/* ---- BusDeliver ---- */

/* Root to subscriber, subscriber to subscriber; root to root when it was pulled. */
struct gn_fb_bus_deliver {
	struct gn_fbt t;
};
struct gn_fb_bus_deliver_args {
	const struct gn_fb_hash *topic;
	gn_fbref message; /* BusMessage */
	/* To who has filters: seq of the message before it that they let through; 0: not known. */
	uint64_t before;
};
static const struct gn_fb_field gn_fbfields_bus_deliver[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_deliver_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"message", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_deliver_args, message), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_message}, NULL, false},
	{"before", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_deliver_args, before), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_deliver = {"BusDeliver", NULL, gn_fbfields_bus_deliver, 3};

GN_MUST static inline gn_err gn_fb_bus_deliver_verify(struct gn_slice in, struct gn_fb_bus_deliver *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_deliver, &out->t);
}
static inline gn_fbref gn_fb_bus_deliver_make(struct gn_fbb *b, const struct gn_fb_bus_deliver_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_deliver, args);
}
static inline bool gn_fb_bus_deliver_has_topic(struct gn_fb_bus_deliver t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_deliver_topic(struct gn_fb_bus_deliver t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_deliver_has_message(struct gn_fb_bus_deliver t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_bus_message gn_fb_bus_deliver_message(struct gn_fb_bus_deliver t)
{
	return (struct gn_fb_bus_message){gn_fbt_table(t.t, 1)};
}
static inline uint64_t gn_fb_bus_deliver_before(struct gn_fb_bus_deliver t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- BusServed ---- */

/* Root to the other root of those it served: this share was served. */
struct gn_fb_bus_served {
	struct gn_fbt t;
};
struct gn_fb_bus_served_args {
	const struct gn_fb_hash *topic;
	const struct gn_fb_bus_id *id;
};
static const struct gn_fb_field gn_fbfields_bus_served[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_served_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_served_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_bus_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_served = {"BusServed", NULL, gn_fbfields_bus_served, 2};

GN_MUST static inline gn_err gn_fb_bus_served_verify(struct gn_slice in, struct gn_fb_bus_served *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_served, &out->t);
}
static inline gn_fbref gn_fb_bus_served_make(struct gn_fbb *b, const struct gn_fb_bus_served_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_served, args);
}
static inline bool gn_fb_bus_served_has_topic(struct gn_fb_bus_served t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_served_topic(struct gn_fb_bus_served t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_served_has_id(struct gn_fb_bus_served t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_bus_id gn_fb_bus_served_id(struct gn_fb_bus_served t)
{
	struct gn_fb_bus_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_bus_id, &v);
	return v;
}

/* ---- BusPull ---- */

/* Answered by BusDeliver each, or BusLost. */
struct gn_fb_bus_pull {
	struct gn_fbt t;
};
struct gn_fb_bus_pull_args {
	const struct gn_fb_hash *topic;
	struct {
		const struct gn_fb_bus_id *p;
		size_t count;
	} ids;
};
static const struct gn_fb_field gn_fbfields_bus_pull[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_pull_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_pull_args, ids), 0, 0, true, UINT64_C(0x0), &gn_fblayout_bus_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_pull = {"BusPull", NULL, gn_fbfields_bus_pull, 2};

GN_MUST static inline gn_err gn_fb_bus_pull_verify(struct gn_slice in, struct gn_fb_bus_pull *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_pull, &out->t);
}
static inline gn_fbref gn_fb_bus_pull_make(struct gn_fbb *b, const struct gn_fb_bus_pull_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_pull, args);
}
static inline bool gn_fb_bus_pull_has_topic(struct gn_fb_bus_pull t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_pull_topic(struct gn_fb_bus_pull t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_pull_has_ids(struct gn_fb_bus_pull t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_bus_pull_ids_len(struct gn_fb_bus_pull t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_bus_id gn_fb_bus_pull_ids_at(struct gn_fb_bus_pull t, uint32_t i)
{
	struct gn_fb_bus_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_bus_id, i, &v);
	return v;
}

/* ---- BusLost ---- */

/* These are not kept here any more, or are none that the filters let through. */
struct gn_fb_bus_lost {
	struct gn_fbt t;
};
struct gn_fb_bus_lost_args {
	const struct gn_fb_hash *topic;
	struct {
		const struct gn_fb_bus_id *p;
		size_t count;
	} ids;
};
static const struct gn_fb_field gn_fbfields_bus_lost[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_lost_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_lost_args, ids), 0, 0, true, UINT64_C(0x0), &gn_fblayout_bus_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_lost = {"BusLost", NULL, gn_fbfields_bus_lost, 2};

GN_MUST static inline gn_err gn_fb_bus_lost_verify(struct gn_slice in, struct gn_fb_bus_lost *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_lost, &out->t);
}
static inline gn_fbref gn_fb_bus_lost_make(struct gn_fbb *b, const struct gn_fb_bus_lost_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_lost, args);
}
static inline bool gn_fb_bus_lost_has_topic(struct gn_fb_bus_lost t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_lost_topic(struct gn_fb_bus_lost t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_lost_has_ids(struct gn_fb_bus_lost t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_bus_lost_ids_len(struct gn_fb_bus_lost t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_bus_id gn_fb_bus_lost_ids_at(struct gn_fb_bus_lost t, uint32_t i)
{
	struct gn_fb_bus_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_bus_id, i, &v);
	return v;
}

/* ---- BusWill ---- */

/* Kept until the lease lapses. The same without message renews, from the same node; with lease 0 it ends. Answered by BusDone. */
struct gn_fb_bus_will {
	struct gn_fbt t;
};
struct gn_fb_bus_will_args {
	const struct gn_fb_hash *topic;
	const struct gn_fb_key *publisher;
	uint64_t epoch;
	gn_fbref message; /* BusMessage */
	uint16_t lease;
	/* With message: what `by` was made with. */
	const struct gn_fb_hash *salt;
};
static const struct gn_fb_field gn_fbfields_bus_will[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_will_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"publisher", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_will_args, publisher), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_will_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"message", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_bus_will_args, message), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_message}, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_bus_will_args, lease), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"salt", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_bus_will_args, salt), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_will = {"BusWill", NULL, gn_fbfields_bus_will, 6};

GN_MUST static inline gn_err gn_fb_bus_will_verify(struct gn_slice in, struct gn_fb_bus_will *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_will, &out->t);
}
static inline gn_fbref gn_fb_bus_will_make(struct gn_fbb *b, const struct gn_fb_bus_will_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_will, args);
}
static inline bool gn_fb_bus_will_has_topic(struct gn_fb_bus_will t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_will_topic(struct gn_fb_bus_will t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_will_has_publisher(struct gn_fb_bus_will t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_bus_will_publisher(struct gn_fb_bus_will t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_bus_will_epoch(struct gn_fb_bus_will t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_bus_will_has_message(struct gn_fb_bus_will t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_bus_message gn_fb_bus_will_message(struct gn_fb_bus_will t)
{
	return (struct gn_fb_bus_message){gn_fbt_table(t.t, 3)};
}
static inline uint16_t gn_fb_bus_will_lease(struct gn_fb_bus_will t)
{
	return (uint16_t)gn_fbt_bits(t.t, 4, 2, UINT64_C(0x0));
}
static inline bool gn_fb_bus_will_has_salt(struct gn_fb_bus_will t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_hash gn_fb_bus_will_salt(struct gn_fb_bus_will t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_hash, &v);
	return v;
}

/* ---- BusLapsed ---- */

/* This publisher's lease lapsed here. The will counts when two say so. */
struct gn_fb_bus_lapsed {
	struct gn_fbt t;
};
struct gn_fb_bus_lapsed_args {
	const struct gn_fb_hash *topic;
	const struct gn_fb_key *publisher;
	uint64_t epoch;
};
static const struct gn_fb_field gn_fbfields_bus_lapsed[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_lapsed_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"publisher", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_lapsed_args, publisher), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_lapsed_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_lapsed = {"BusLapsed", NULL, gn_fbfields_bus_lapsed, 3};

GN_MUST static inline gn_err gn_fb_bus_lapsed_verify(struct gn_slice in, struct gn_fb_bus_lapsed *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_lapsed, &out->t);
}
static inline gn_fbref gn_fb_bus_lapsed_make(struct gn_fbb *b, const struct gn_fb_bus_lapsed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_lapsed, args);
}
static inline bool gn_fb_bus_lapsed_has_topic(struct gn_fb_bus_lapsed t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_lapsed_topic(struct gn_fb_bus_lapsed t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_lapsed_has_publisher(struct gn_fb_bus_lapsed t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_bus_lapsed_publisher(struct gn_fb_bus_lapsed t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_bus_lapsed_epoch(struct gn_fb_bus_lapsed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- BusSync ---- */

/* A new root asks for what is retained. Answered by BusKept each, then BusDone. */
struct gn_fb_bus_sync {
	struct gn_fbt t;
};
struct gn_fb_bus_sync_args {
	const struct gn_fb_hash *topic;
};
static const struct gn_fb_field gn_fbfields_bus_sync[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_sync_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_sync = {"BusSync", NULL, gn_fbfields_bus_sync, 1};

GN_MUST static inline gn_err gn_fb_bus_sync_verify(struct gn_slice in, struct gn_fb_bus_sync *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_sync, &out->t);
}
static inline gn_fbref gn_fb_bus_sync_make(struct gn_fbb *b, const struct gn_fb_bus_sync_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_sync, args);
}
static inline bool gn_fb_bus_sync_has_topic(struct gn_fb_bus_sync t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_sync_topic(struct gn_fb_bus_sync t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}

/* ---- BusKept ---- */

struct gn_fb_bus_kept {
	struct gn_fbt t;
};
struct gn_fb_bus_kept_args {
	const struct gn_fb_hash *topic;
	gn_fbref message; /* BusMessage */
};
static const struct gn_fb_field gn_fbfields_bus_kept[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_kept_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"message", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_kept_args, message), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_message}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_kept = {"BusKept", NULL, gn_fbfields_bus_kept, 2};

GN_MUST static inline gn_err gn_fb_bus_kept_verify(struct gn_slice in, struct gn_fb_bus_kept *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_kept, &out->t);
}
static inline gn_fbref gn_fb_bus_kept_make(struct gn_fbb *b, const struct gn_fb_bus_kept_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_kept, args);
}
static inline bool gn_fb_bus_kept_has_topic(struct gn_fb_bus_kept t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_kept_topic(struct gn_fb_bus_kept t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_kept_has_message(struct gn_fb_bus_kept t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_bus_message gn_fb_bus_kept_message(struct gn_fb_bus_kept t)
{
	return (struct gn_fb_bus_message){gn_fbt_table(t.t, 1)};
}

/* ---- BusLink ---- */

/* Answered by BusDone. */
struct gn_fb_bus_link {
	struct gn_fbt t;
};
struct gn_fb_bus_link_args {
	const struct gn_fb_hash *topic;
	bool drop;
};
static const struct gn_fb_field gn_fbfields_bus_link[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_link_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"drop", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_bus_link_args, drop), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_link = {"BusLink", NULL, gn_fbfields_bus_link, 2};

GN_MUST static inline gn_err gn_fb_bus_link_verify(struct gn_slice in, struct gn_fb_bus_link *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_link, &out->t);
}
static inline gn_fbref gn_fb_bus_link_make(struct gn_fbb *b, const struct gn_fb_bus_link_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_link, args);
}
static inline bool gn_fb_bus_link_has_topic(struct gn_fb_bus_link t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_link_topic(struct gn_fb_bus_link t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_link_drop(struct gn_fb_bus_link t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- BusHave ---- */

struct gn_fb_bus_have {
	struct gn_fbt t;
};
struct gn_fb_bus_have_args {
	const struct gn_fb_hash *topic;
	const struct gn_fb_bus_id *id;
};
static const struct gn_fb_field gn_fbfields_bus_have[] = {
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_have_args, topic), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_have_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_bus_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_have = {"BusHave", NULL, gn_fbfields_bus_have, 2};

GN_MUST static inline gn_err gn_fb_bus_have_verify(struct gn_slice in, struct gn_fb_bus_have *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_have, &out->t);
}
static inline gn_fbref gn_fb_bus_have_make(struct gn_fbb *b, const struct gn_fb_bus_have_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_have, args);
}
static inline bool gn_fb_bus_have_has_topic(struct gn_fb_bus_have t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_bus_have_topic(struct gn_fb_bus_have t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_bus_have_has_id(struct gn_fb_bus_have t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_bus_id gn_fb_bus_have_id(struct gn_fb_bus_have t)
{
	struct gn_fb_bus_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_bus_id, &v);
	return v;
}

/* ---- BusDone ---- */

/* Answers what has no answer of its own; refuses anything. */
struct gn_fb_bus_done {
	struct gn_fbt t;
};
struct gn_fb_bus_done_args {
	uint8_t code;
	/* Which limit, in its name of limits.h. */
	struct gn_slice limit;
	uint32_t retry_ms;
	/* NotFound: the present roots as far as known. */
	struct {
		const gn_fbref *p;
		size_t count;
	} roots; /* BusPeer */
};
static const struct gn_fb_field gn_fbfields_bus_done[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_done_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_done_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_done_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"roots", GN_FB_TABLES, GN_FB_UINT, 3, offsetof(struct gn_fb_bus_done_args, roots), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_peer}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_done = {"BusDone", NULL, gn_fbfields_bus_done, 4};

GN_MUST static inline gn_err gn_fb_bus_done_verify(struct gn_slice in, struct gn_fb_bus_done *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_done, &out->t);
}
static inline gn_fbref gn_fb_bus_done_make(struct gn_fbb *b, const struct gn_fb_bus_done_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_done, args);
}
static inline uint8_t gn_fb_bus_done_code(struct gn_fb_bus_done t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_bus_done_has_limit(struct gn_fb_bus_done t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_bus_done_limit(struct gn_fb_bus_done t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_bus_done_retry_ms(struct gn_fb_bus_done t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline bool gn_fb_bus_done_has_roots(struct gn_fb_bus_done t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_bus_done_roots_len(struct gn_fb_bus_done t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_bus_peer gn_fb_bus_done_roots_at(struct gn_fb_bus_done t, uint32_t i)
{
	return (struct gn_fb_bus_peer){gn_fbt_table_at(t.t, 3, i)};
}

/* ---- BusFrame ---- */

struct gn_fb_bus_frame {
	struct gn_fbt t;
};
struct gn_fb_bus_frame_args {
	/* Chosen by who asks, not 0; the answer repeats it. 0: no answer is wanted. */
	uint64_t request;
	uint8_t body_type; /* GN_FB_BUS_FRAME_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_bus_frame[] = {
	{"request", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_bus_frame_args, request), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_bus_frame_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 2, offsetof(struct gn_fb_bus_frame_args, body), 15, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_bus_subscribe, &gn_fbtype_bus_subscribed, &gn_fbtype_bus_publish, &gn_fbtype_bus_published, &gn_fbtype_bus_deliver, &gn_fbtype_bus_served, &gn_fbtype_bus_pull, &gn_fbtype_bus_lost, &gn_fbtype_bus_will, &gn_fbtype_bus_lapsed, &gn_fbtype_bus_sync, &gn_fbtype_bus_kept, &gn_fbtype_bus_link, &gn_fbtype_bus_have, &gn_fbtype_bus_done}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_bus_frame = {"BusFrame", "GNBS", gn_fbfields_bus_frame, 3};

#define GN_FB_BUS_FRAME_IDENTIFIER "GNBS"

GN_MUST static inline gn_err gn_fb_bus_frame_verify(struct gn_slice in, struct gn_fb_bus_frame *out)
{
	return gn_fb_verify(in, &gn_fbtype_bus_frame, &out->t);
}
static inline gn_fbref gn_fb_bus_frame_make(struct gn_fbb *b, const struct gn_fb_bus_frame_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_bus_frame, args);
}
static inline uint64_t gn_fb_bus_frame_request(struct gn_fb_bus_frame t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_bus_frame_has_body(struct gn_fb_bus_frame t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint8_t gn_fb_bus_frame_body_type(struct gn_fb_bus_frame t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, 0);
}
static inline struct gn_fb_bus_subscribe gn_fb_bus_frame_body_as_bus_subscribe(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_subscribe){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE)};
}
static inline struct gn_fb_bus_subscribed gn_fb_bus_frame_body_as_bus_subscribed(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_subscribed){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED)};
}
static inline struct gn_fb_bus_publish gn_fb_bus_frame_body_as_bus_publish(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_publish){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_PUBLISH)};
}
static inline struct gn_fb_bus_published gn_fb_bus_frame_body_as_bus_published(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_published){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED)};
}
static inline struct gn_fb_bus_deliver gn_fb_bus_frame_body_as_bus_deliver(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_deliver){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_DELIVER)};
}
static inline struct gn_fb_bus_served gn_fb_bus_frame_body_as_bus_served(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_served){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_SERVED)};
}
static inline struct gn_fb_bus_pull gn_fb_bus_frame_body_as_bus_pull(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_pull){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_PULL)};
}
static inline struct gn_fb_bus_lost gn_fb_bus_frame_body_as_bus_lost(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_lost){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_LOST)};
}
static inline struct gn_fb_bus_will gn_fb_bus_frame_body_as_bus_will(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_will){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_WILL)};
}
static inline struct gn_fb_bus_lapsed gn_fb_bus_frame_body_as_bus_lapsed(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_lapsed){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_LAPSED)};
}
static inline struct gn_fb_bus_sync gn_fb_bus_frame_body_as_bus_sync(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_sync){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_SYNC)};
}
static inline struct gn_fb_bus_kept gn_fb_bus_frame_body_as_bus_kept(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_kept){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_KEPT)};
}
static inline struct gn_fb_bus_link gn_fb_bus_frame_body_as_bus_link(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_link){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_LINK)};
}
static inline struct gn_fb_bus_have gn_fb_bus_frame_body_as_bus_have(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_have){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_HAVE)};
}
static inline struct gn_fb_bus_done gn_fb_bus_frame_body_as_bus_done(struct gn_fb_bus_frame t)
{
	return (struct gn_fb_bus_done){gn_fbt_member(t.t, 2, GN_FB_BUS_FRAME_BODY_BUS_DONE)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_bus[] = {
	&gn_fbtype_bus_said,
	&gn_fbtype_bus_message,
	&gn_fbtype_bus_peer,
	&gn_fbtype_bus_subscribe,
	&gn_fbtype_bus_subscribed,
	&gn_fbtype_bus_publish,
	&gn_fbtype_bus_published,
	&gn_fbtype_bus_deliver,
	&gn_fbtype_bus_served,
	&gn_fbtype_bus_pull,
	&gn_fbtype_bus_lost,
	&gn_fbtype_bus_will,
	&gn_fbtype_bus_lapsed,
	&gn_fbtype_bus_sync,
	&gn_fbtype_bus_kept,
	&gn_fbtype_bus_link,
	&gn_fbtype_bus_have,
	&gn_fbtype_bus_done,
	&gn_fbtype_bus_frame,
};

#endif
