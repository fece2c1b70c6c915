/* Made by tools/fbc from relay.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_RELAY_FB_H
#define GN_WIRE_RELAY_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_relay_lane {
	GN_FB_RELAY_LANE_SMALL = 1,
	GN_FB_RELAY_LANE_BULK = 2,
};

/* Why a circuit ends. Unknown ones read as None: it ends all the same. */
enum gn_fb_relay_why {
	GN_FB_RELAY_WHY_NONE = 0,
	/* The other end closed it. */
	GN_FB_RELAY_WHY_CLOSED = 1,
	/* The other end's session is over, or the next relay's. */
	GN_FB_RELAY_WHY_GONE = 2,
	/* No packet for a minute. */
	GN_FB_RELAY_WHY_IDLE = 3,
	/* The longest idle one gave its place to another. */
	GN_FB_RELAY_WHY_FULL = 4,
	/* The key's day, or the token's limit, is used up. */
	GN_FB_RELAY_WHY_QUOTA = 5,
	/* What the relay gives in a month is used up. */
	GN_FB_RELAY_WHY_MONTH = 6,
	/* The token is over, or was taken back. */
	GN_FB_RELAY_WHY_TOKEN = 7,
	/* The relay gives this no longer. */
	GN_FB_RELAY_WHY_POLICY = 8,
};

static const struct gn_fb_word gn_fbwords_relay_why[] = {{"none", 0}, {"closed", 1}, {"gone", 2}, {"idle", 3}, {"full", 4}, {"quota", 5}, {"month", 6}, {"token", 7}, {"policy", 8}, {NULL, 0}};

enum gn_fb_relay_frame_body {
	GN_FB_RELAY_FRAME_BODY_NONE = 0,
	GN_FB_RELAY_FRAME_BODY_RELAY_OPEN = 1,
	GN_FB_RELAY_FRAME_BODY_RELAY_OPENED = 2,
	GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED = 3,
	GN_FB_RELAY_FRAME_BODY_RELAY_RESERVE = 4,
	GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED = 5,
	GN_FB_RELAY_FRAME_BODY_RELAY_CLOSE = 6,
	GN_FB_RELAY_FRAME_BODY_RELAY_NOTE = 7,
	GN_FB_RELAY_FRAME_BODY_RELAY_CALLED = 8,
};

/* ---- RelayOpen ---- */

/* Answered by RelayOpened or RelayRefused. */
struct gn_fb_relay_open {
	struct gn_fbt t;
};
struct gn_fb_relay_open_args {
	const struct gn_fb_key *target;
	/* RelayLane bits that would do: bulk is given where it can be. */
	uint8_t lanes;
	/* Opened at that relay, by this one as its client. */
	const struct gn_fb_key *via;
	/* Capability token chain (token.fbs) whose bearer is the session's key: Use of `relay`. */
	struct gn_slice token;
	/* The target may be told where the sender is, once it has answered. */
	bool show;
	/* With `via`: a chain for that relay, whose bearer is this one. */
	struct gn_slice via_token;
};
static const struct gn_fb_field gn_fbfields_relay_open[] = {
	{"target", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_open_args, target), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"lanes", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_open_args, lanes), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"via", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_open_args, via), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_relay_open_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"show", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_relay_open_args, show), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"via_token", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_relay_open_args, via_token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_open = {"RelayOpen", NULL, gn_fbfields_relay_open, 6};

GN_MUST static inline gn_err gn_fb_relay_open_verify(struct gn_slice in, struct gn_fb_relay_open *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_open, &out->t);
}
static inline gn_fbref gn_fb_relay_open_make(struct gn_fbb *b, const struct gn_fb_relay_open_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_open, args);
}
static inline bool gn_fb_relay_open_has_target(struct gn_fb_relay_open t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_relay_open_target(struct gn_fb_relay_open t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint8_t gn_fb_relay_open_lanes(struct gn_fb_relay_open t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_relay_open_has_via(struct gn_fb_relay_open t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_relay_open_via(struct gn_fb_relay_open t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_relay_open_has_token(struct gn_fb_relay_open t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_relay_open_token(struct gn_fb_relay_open t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_relay_open_show(struct gn_fb_relay_open t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_relay_open_has_via_token(struct gn_fb_relay_open t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_relay_open_via_token(struct gn_fb_relay_open t)
{
	return gn_fbt_bytes(t.t, 5);
}

/* ---- RelayOpened ---- */

struct gn_fb_relay_opened {
	struct gn_fbt t;
};
struct gn_fb_relay_opened_args {
	/* In each packet to this relay and from it. */
	uint64_t circuit;
	/* The RelayLane that it is. */
	uint8_t lane;
	/* Unix seconds; 0: no end is known. */
	uint64_t until;
	/* Bytes of the day, or of the month, that are left; 2^64 - 1: nobody counts. */
	uint64_t left;
	const struct gn_fb_addr *you;
	/* Absent: the target does not allow it. */
	const struct gn_fb_addr *target;
	/* Bytes a second that it lets through, both ways together, and at once from now on; 0: not said. */
	uint32_t rate;
	uint32_t burst;
};
static const struct gn_fb_field gn_fbfields_relay_opened[] = {
	{"circuit", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_opened_args, circuit), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lane", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_opened_args, lane), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_opened_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"left", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_relay_opened_args, left), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"you", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_relay_opened_args, you), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"target", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_relay_opened_args, target), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"rate", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_relay_opened_args, rate), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"burst", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_relay_opened_args, burst), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_opened = {"RelayOpened", NULL, gn_fbfields_relay_opened, 8};

GN_MUST static inline gn_err gn_fb_relay_opened_verify(struct gn_slice in, struct gn_fb_relay_opened *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_opened, &out->t);
}
static inline gn_fbref gn_fb_relay_opened_make(struct gn_fbb *b, const struct gn_fb_relay_opened_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_opened, args);
}
static inline uint64_t gn_fb_relay_opened_circuit(struct gn_fb_relay_opened t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_relay_opened_lane(struct gn_fb_relay_opened t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_relay_opened_until(struct gn_fb_relay_opened t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_relay_opened_left(struct gn_fb_relay_opened t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline bool gn_fb_relay_opened_has_you(struct gn_fb_relay_opened t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_addr gn_fb_relay_opened_you(struct gn_fb_relay_opened t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_addr, &v);
	return v;
}
static inline bool gn_fb_relay_opened_has_target(struct gn_fb_relay_opened t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_addr gn_fb_relay_opened_target(struct gn_fb_relay_opened t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_addr, &v);
	return v;
}
static inline uint32_t gn_fb_relay_opened_rate(struct gn_fb_relay_opened t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_relay_opened_burst(struct gn_fb_relay_opened t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}

/* ---- RelayOther ---- */

struct gn_fb_relay_other {
	struct gn_fbt t;
};
struct gn_fb_relay_other_args {
	const struct gn_fb_key *pk;
	struct {
		const struct gn_fb_addr *p;
		size_t count;
	} addrs;
};
static const struct gn_fb_field gn_fbfields_relay_other[] = {
	{"pk", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_other_args, pk), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"addrs", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_other_args, addrs), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_other = {"RelayOther", NULL, gn_fbfields_relay_other, 2};

GN_MUST static inline gn_err gn_fb_relay_other_verify(struct gn_slice in, struct gn_fb_relay_other *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_other, &out->t);
}
static inline gn_fbref gn_fb_relay_other_make(struct gn_fbb *b, const struct gn_fb_relay_other_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_other, args);
}
static inline bool gn_fb_relay_other_has_pk(struct gn_fb_relay_other t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_relay_other_pk(struct gn_fb_relay_other t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_relay_other_has_addrs(struct gn_fb_relay_other t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_relay_other_addrs_len(struct gn_fb_relay_other t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_relay_other_addrs_at(struct gn_fb_relay_other t, uint32_t i)
{
	struct gn_fb_addr v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_addr, i, &v);
	return v;
}

/* ---- RelayRefused ---- */

struct gn_fb_relay_refused {
	struct gn_fbt t;
};
struct gn_fb_relay_refused_args {
	uint8_t code;
	/* Which limit, in its name of limits.h. */
	struct gn_slice limit;
	/* 0: not by waiting. */
	uint32_t retry_ms;
	/* At most 3 relays that may do it. */
	struct {
		const gn_fbref *p;
		size_t count;
	} others; /* RelayOther */
};
static const struct gn_fb_field gn_fbfields_relay_refused[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_refused_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_refused_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_refused_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"others", GN_FB_TABLES, GN_FB_UINT, 3, offsetof(struct gn_fb_relay_refused_args, others), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_relay_other}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_refused = {"RelayRefused", NULL, gn_fbfields_relay_refused, 4};

GN_MUST static inline gn_err gn_fb_relay_refused_verify(struct gn_slice in, struct gn_fb_relay_refused *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_refused, &out->t);
}
static inline gn_fbref gn_fb_relay_refused_make(struct gn_fbb *b, const struct gn_fb_relay_refused_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_refused, args);
}
static inline uint8_t gn_fb_relay_refused_code(struct gn_fb_relay_refused t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_relay_refused_has_limit(struct gn_fb_relay_refused t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_relay_refused_limit(struct gn_fb_relay_refused t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_relay_refused_retry_ms(struct gn_fb_relay_refused t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline bool gn_fb_relay_refused_has_others(struct gn_fb_relay_refused t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_relay_refused_others_len(struct gn_fb_relay_refused t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_relay_other gn_fb_relay_refused_others_at(struct gn_fb_relay_refused t, uint32_t i)
{
	return (struct gn_fb_relay_other){gn_fbt_table_at(t.t, 3, i)};
}

/* ---- RelayReserve ---- */

/* Circuits to the sender may be opened until then. Answered by RelayReserved or RelayRefused. */
struct gn_fb_relay_reserve {
	struct gn_fbt t;
};
struct gn_fb_relay_reserve_args {
	/* Seconds, an hour at most; 0: no longer. */
	uint32_t ttl;
	/* Callers may be told the address. */
	bool show;
};
static const struct gn_fb_field gn_fbfields_relay_reserve[] = {
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_reserve_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"show", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_relay_reserve_args, show), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_reserve = {"RelayReserve", NULL, gn_fbfields_relay_reserve, 2};

GN_MUST static inline gn_err gn_fb_relay_reserve_verify(struct gn_slice in, struct gn_fb_relay_reserve *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_reserve, &out->t);
}
static inline gn_fbref gn_fb_relay_reserve_make(struct gn_fbb *b, const struct gn_fb_relay_reserve_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_reserve, args);
}
static inline uint32_t gn_fb_relay_reserve_ttl(struct gn_fb_relay_reserve t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_relay_reserve_show(struct gn_fb_relay_reserve t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- RelayReserved ---- */

struct gn_fb_relay_reserved {
	struct gn_fbt t;
};
struct gn_fb_relay_reserved_args {
	/* Seconds; 0: given back. */
	uint32_t ttl;
	const struct gn_fb_addr *you;
};
static const struct gn_fb_field gn_fbfields_relay_reserved[] = {
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_reserved_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"you", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_reserved_args, you), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_reserved = {"RelayReserved", NULL, gn_fbfields_relay_reserved, 2};

GN_MUST static inline gn_err gn_fb_relay_reserved_verify(struct gn_slice in, struct gn_fb_relay_reserved *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_reserved, &out->t);
}
static inline gn_fbref gn_fb_relay_reserved_make(struct gn_fbb *b, const struct gn_fb_relay_reserved_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_reserved, args);
}
static inline uint32_t gn_fb_relay_reserved_ttl(struct gn_fb_relay_reserved t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline bool gn_fb_relay_reserved_has_you(struct gn_fb_relay_reserved t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_relay_reserved_you(struct gn_fb_relay_reserved t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}

/* ---- RelayClose ---- */

/* By an end of a circuit. Not answered. */
struct gn_fb_relay_close {
	struct gn_fbt t;
};
struct gn_fb_relay_close_args {
	uint64_t circuit;
	uint8_t why;
};
static const struct gn_fb_field gn_fbfields_relay_close[] = {
	{"circuit", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_close_args, circuit), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_close_args, why), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_relay_why, false},
};
static const struct gn_fb_type gn_fbtype_relay_close = {"RelayClose", NULL, gn_fbfields_relay_close, 2};

GN_MUST static inline gn_err gn_fb_relay_close_verify(struct gn_slice in, struct gn_fb_relay_close *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_close, &out->t);
}
static inline gn_fbref gn_fb_relay_close_make(struct gn_fbb *b, const struct gn_fb_relay_close_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_close, args);
}
static inline uint64_t gn_fb_relay_close_circuit(struct gn_fb_relay_close t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_relay_close_why(struct gn_fb_relay_close t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}

/* ---- RelayNote ---- */

/* By the relay. */
struct gn_fb_relay_note {
	struct gn_fbt t;
};
struct gn_fb_relay_note_args {
	uint64_t circuit;
	uint64_t left;
	/* 0: it is over. */
	uint32_t ends_ms;
	uint8_t why;
};
static const struct gn_fb_field gn_fbfields_relay_note[] = {
	{"circuit", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_note_args, circuit), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"left", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_note_args, left), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ends_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_note_args, ends_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_relay_note_args, why), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_relay_why, false},
};
static const struct gn_fb_type gn_fbtype_relay_note = {"RelayNote", NULL, gn_fbfields_relay_note, 4};

GN_MUST static inline gn_err gn_fb_relay_note_verify(struct gn_slice in, struct gn_fb_relay_note *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_note, &out->t);
}
static inline gn_fbref gn_fb_relay_note_make(struct gn_fbb *b, const struct gn_fb_relay_note_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_note, args);
}
static inline uint64_t gn_fb_relay_note_circuit(struct gn_fb_relay_note t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_relay_note_left(struct gn_fb_relay_note t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_relay_note_ends_ms(struct gn_fb_relay_note t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_relay_note_why(struct gn_fb_relay_note t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}

/* ---- RelayCalled ---- */

/* By the relay to whom a circuit was opened, when their first packet comes. */
struct gn_fb_relay_called {
	struct gn_fbt t;
};
struct gn_fb_relay_called_args {
	uint64_t circuit;
	/* As in RelayOpened. */
	uint32_t rate;
	uint32_t burst;
	/* Where who opened it is, if that allows it. */
	const struct gn_fb_addr *caller;
};
static const struct gn_fb_field gn_fbfields_relay_called[] = {
	{"circuit", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_called_args, circuit), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rate", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_called_args, rate), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"burst", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_called_args, burst), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"caller", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_relay_called_args, caller), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_called = {"RelayCalled", NULL, gn_fbfields_relay_called, 4};

GN_MUST static inline gn_err gn_fb_relay_called_verify(struct gn_slice in, struct gn_fb_relay_called *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_called, &out->t);
}
static inline gn_fbref gn_fb_relay_called_make(struct gn_fbb *b, const struct gn_fb_relay_called_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_called, args);
}
static inline uint64_t gn_fb_relay_called_circuit(struct gn_fb_relay_called t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_relay_called_rate(struct gn_fb_relay_called t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_relay_called_burst(struct gn_fb_relay_called t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline bool gn_fb_relay_called_has_caller(struct gn_fb_relay_called t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_addr gn_fb_relay_called_caller(struct gn_fb_relay_called t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_addr, &v);
	return v;
}

/* ---- RelayFrame ---- */

struct gn_fb_relay_frame {
	struct gn_fbt t;
};
struct gn_fb_relay_frame_args {
	/* Chosen by who asks, not 0; the answer repeats it. 0: no answer is wanted. */
	uint64_t request;
	uint8_t body_type; /* GN_FB_RELAY_FRAME_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_relay_frame[] = {
	{"request", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_relay_frame_args, request), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_relay_frame_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 2, offsetof(struct gn_fb_relay_frame_args, body), 8, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_relay_open, &gn_fbtype_relay_opened, &gn_fbtype_relay_refused, &gn_fbtype_relay_reserve, &gn_fbtype_relay_reserved, &gn_fbtype_relay_close, &gn_fbtype_relay_note, &gn_fbtype_relay_called}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_relay_frame = {"RelayFrame", "GNRL", gn_fbfields_relay_frame, 3};

#define GN_FB_RELAY_FRAME_IDENTIFIER "GNRL"

GN_MUST static inline gn_err gn_fb_relay_frame_verify(struct gn_slice in, struct gn_fb_relay_frame *out)
{
	return gn_fb_verify(in, &gn_fbtype_relay_frame, &out->t);
}
static inline gn_fbref gn_fb_relay_frame_make(struct gn_fbb *b, const struct gn_fb_relay_frame_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_relay_frame, args);
}
static inline uint64_t gn_fb_relay_frame_request(struct gn_fb_relay_frame t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_relay_frame_has_body(struct gn_fb_relay_frame t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint8_t gn_fb_relay_frame_body_type(struct gn_fb_relay_frame t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, 0);
}
static inline struct gn_fb_relay_open gn_fb_relay_frame_body_as_relay_open(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_open){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_OPEN)};
}
static inline struct gn_fb_relay_opened gn_fb_relay_frame_body_as_relay_opened(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_opened){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_OPENED)};
}
static inline struct gn_fb_relay_refused gn_fb_relay_frame_body_as_relay_refused(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_refused){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED)};
}
static inline struct gn_fb_relay_reserve gn_fb_relay_frame_body_as_relay_reserve(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_reserve){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_RESERVE)};
}
static inline struct gn_fb_relay_reserved gn_fb_relay_frame_body_as_relay_reserved(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_reserved){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED)};
}
static inline struct gn_fb_relay_close gn_fb_relay_frame_body_as_relay_close(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_close){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_CLOSE)};
}
static inline struct gn_fb_relay_note gn_fb_relay_frame_body_as_relay_note(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_note){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_NOTE)};
}
static inline struct gn_fb_relay_called gn_fb_relay_frame_body_as_relay_called(struct gn_fb_relay_frame t)
{
	return (struct gn_fb_relay_called){gn_fbt_member(t.t, 2, GN_FB_RELAY_FRAME_BODY_RELAY_CALLED)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_relay[] = {
	&gn_fbtype_relay_open,
	&gn_fbtype_relay_opened,
	&gn_fbtype_relay_other,
	&gn_fbtype_relay_refused,
	&gn_fbtype_relay_reserve,
	&gn_fbtype_relay_reserved,
	&gn_fbtype_relay_close,
	&gn_fbtype_relay_note,
	&gn_fbtype_relay_called,
	&gn_fbtype_relay_frame,
};

#endif
