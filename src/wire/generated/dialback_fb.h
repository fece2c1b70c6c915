/* Made by tools/fbc from dialback.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_DIALBACK_FB_H
#define GN_WIRE_DIALBACK_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_dial_frame_body {
	GN_FB_DIAL_FRAME_BODY_NONE = 0,
	GN_FB_DIAL_FRAME_BODY_DIAL_ASK = 1,
	GN_FB_DIAL_FRAME_BODY_DIAL_TOLD = 2,
	GN_FB_DIAL_FRAME_BODY_DIAL_REFUSED = 3,
	GN_FB_DIAL_FRAME_BODY_DIAL_FOR = 4,
	GN_FB_DIAL_FRAME_BODY_DIAL_DONE = 5,
	GN_FB_DIAL_FRAME_BODY_DIAL_SEEN = 6,
	GN_FB_DIAL_FRAME_BODY_DIAL_HOLD = 7,
	GN_FB_DIAL_FRAME_BODY_DIAL_HELD = 8,
};

/* ---- DialAsk ---- */

/* To where the asker's packets come from, and nowhere else. Answered by DialTold or DialRefused. */
struct gn_fb_dial_ask {
	struct gn_fbt t;
};
struct gn_fb_dial_ask_args {
	/* Random: what comes back is known by it. */
	uint64_t nonce;
	/* Of the asker's own IP, 1 to 4; 0: the one that its packets come from. */
	struct {
		const uint16_t *p;
		size_t count;
	} ports;
	/* First 8 bytes of the keys to whom the asker has spoken, 32 at most: others prove more. */
	struct {
		const uint64_t *p;
		size_t count;
	} known;
	/* So that a request is not shorter than what is sent for it. */
	struct gn_slice pad;
};
static const struct gn_fb_field gn_fbfields_dial_ask[] = {
	{"nonce", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_ask_args, nonce), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ports", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_ask_args, ports), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"known", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_dial_ask_args, known), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pad", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_dial_ask_args, pad), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_ask = {"DialAsk", NULL, gn_fbfields_dial_ask, 4};

GN_MUST static inline gn_err gn_fb_dial_ask_verify(struct gn_slice in, struct gn_fb_dial_ask *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_ask, &out->t);
}
static inline gn_fbref gn_fb_dial_ask_make(struct gn_fbb *b, const struct gn_fb_dial_ask_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_ask, args);
}
static inline uint64_t gn_fb_dial_ask_nonce(struct gn_fb_dial_ask t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_dial_ask_has_ports(struct gn_fb_dial_ask t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_dial_ask_ports_len(struct gn_fb_dial_ask t)
{
	return gn_fbt_count(t.t, 1);
}
static inline uint16_t gn_fb_dial_ask_ports_at(struct gn_fb_dial_ask t, uint32_t i)
{
	return (uint16_t)gn_fbt_bits_at(t.t, 1, 2, i);
}
static inline bool gn_fb_dial_ask_has_known(struct gn_fb_dial_ask t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_dial_ask_known_len(struct gn_fb_dial_ask t)
{
	return gn_fbt_count(t.t, 2);
}
static inline uint64_t gn_fb_dial_ask_known_at(struct gn_fb_dial_ask t, uint32_t i)
{
	return (uint64_t)gn_fbt_bits_at(t.t, 2, 8, i);
}
static inline bool gn_fb_dial_ask_has_pad(struct gn_fb_dial_ask t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_dial_ask_pad(struct gn_fb_dial_ask t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- DialTold ---- */

struct gn_fb_dial_told {
	struct gn_fbt t;
};
struct gn_fb_dial_told_args {
	/* Bit n - 1: packets n are on their way. */
	uint8_t sent;
	/* Where the asker's packets come from. */
	const struct gn_fb_addr *you;
	/* Who sends packets 1. */
	const struct gn_fb_addr *by;
	/* The port that packets 2 come from, where packets 4 are answered; 0: there is none. */
	uint16_t second;
};
static const struct gn_fb_field gn_fbfields_dial_told[] = {
	{"sent", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_told_args, sent), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"you", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_told_args, you), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"by", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_dial_told_args, by), 0, 0, false, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"second", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_dial_told_args, second), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_told = {"DialTold", NULL, gn_fbfields_dial_told, 4};

GN_MUST static inline gn_err gn_fb_dial_told_verify(struct gn_slice in, struct gn_fb_dial_told *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_told, &out->t);
}
static inline gn_fbref gn_fb_dial_told_make(struct gn_fbb *b, const struct gn_fb_dial_told_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_told, args);
}
static inline uint8_t gn_fb_dial_told_sent(struct gn_fb_dial_told t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_dial_told_has_you(struct gn_fb_dial_told t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_dial_told_you(struct gn_fb_dial_told t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}
static inline bool gn_fb_dial_told_has_by(struct gn_fb_dial_told t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_addr gn_fb_dial_told_by(struct gn_fb_dial_told t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_addr, &v);
	return v;
}
static inline uint16_t gn_fb_dial_told_second(struct gn_fb_dial_told t)
{
	return (uint16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}

/* ---- DialRefused ---- */

struct gn_fb_dial_refused {
	struct gn_fbt t;
};
struct gn_fb_dial_refused_args {
	uint8_t code;
	/* 0: not by waiting. */
	uint32_t retry_ms;
};
static const struct gn_fb_field gn_fbfields_dial_refused[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_refused_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_refused_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_refused = {"DialRefused", NULL, gn_fbfields_dial_refused, 2};

GN_MUST static inline gn_err gn_fb_dial_refused_verify(struct gn_slice in, struct gn_fb_dial_refused *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_refused, &out->t);
}
static inline gn_fbref gn_fb_dial_refused_make(struct gn_fbb *b, const struct gn_fb_dial_refused_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_refused, args);
}
static inline uint8_t gn_fb_dial_refused_code(struct gn_fb_dial_refused t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_dial_refused_retry_ms(struct gn_fb_dial_refused t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}

/* ---- DialFor ---- */

/* From who was asked to another, which sends packets 1. Answered by DialDone or DialRefused. */
struct gn_fb_dial_for {
	struct gn_fbt t;
};
struct gn_fb_dial_for_args {
	uint64_t nonce;
	/* One IP: where the sender has a session with the asker. */
	const struct gn_fb_addr *to;
	struct {
		const uint16_t *p;
		size_t count;
	} ports;
	struct gn_slice pad;
};
static const struct gn_fb_field gn_fbfields_dial_for[] = {
	{"nonce", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_for_args, nonce), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"to", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_for_args, to), 0, 0, true, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
	{"ports", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_dial_for_args, ports), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pad", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_dial_for_args, pad), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_for = {"DialFor", NULL, gn_fbfields_dial_for, 4};

GN_MUST static inline gn_err gn_fb_dial_for_verify(struct gn_slice in, struct gn_fb_dial_for *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_for, &out->t);
}
static inline gn_fbref gn_fb_dial_for_make(struct gn_fbb *b, const struct gn_fb_dial_for_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_for, args);
}
static inline uint64_t gn_fb_dial_for_nonce(struct gn_fb_dial_for t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_dial_for_has_to(struct gn_fb_dial_for t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_dial_for_to(struct gn_fb_dial_for t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}
static inline bool gn_fb_dial_for_has_ports(struct gn_fb_dial_for t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_dial_for_ports_len(struct gn_fb_dial_for t)
{
	return gn_fbt_count(t.t, 2);
}
static inline uint16_t gn_fb_dial_for_ports_at(struct gn_fb_dial_for t, uint32_t i)
{
	return (uint16_t)gn_fbt_bits_at(t.t, 2, 2, i);
}
static inline bool gn_fb_dial_for_has_pad(struct gn_fb_dial_for t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_dial_for_pad(struct gn_fb_dial_for t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- DialDone ---- */

struct gn_fb_dial_done {
	struct gn_fbt t;
};
struct gn_fb_dial_done_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_dial_done = {"DialDone", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_dial_done_verify(struct gn_slice in, struct gn_fb_dial_done *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_done, &out->t);
}
static inline gn_fbref gn_fb_dial_done_make(struct gn_fbb *b, const struct gn_fb_dial_done_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_done, args);
}

/* ---- DialSeen ---- */

/* A packet 4 came from there. Not answered. */
struct gn_fb_dial_seen {
	struct gn_fbt t;
};
struct gn_fb_dial_seen_args {
	uint64_t nonce;
	const struct gn_fb_addr *you;
};
static const struct gn_fb_field gn_fbfields_dial_seen[] = {
	{"nonce", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_seen_args, nonce), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"you", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_seen_args, you), 0, 0, true, UINT64_C(0x0), &gn_fblayout_addr, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_seen = {"DialSeen", NULL, gn_fbfields_dial_seen, 2};

GN_MUST static inline gn_err gn_fb_dial_seen_verify(struct gn_slice in, struct gn_fb_dial_seen *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_seen, &out->t);
}
static inline gn_fbref gn_fb_dial_seen_make(struct gn_fbb *b, const struct gn_fb_dial_seen_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_seen, args);
}
static inline uint64_t gn_fb_dial_seen_nonce(struct gn_fb_dial_seen t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_dial_seen_has_you(struct gn_fb_dial_seen t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_addr gn_fb_dial_seen_you(struct gn_fb_dial_seen t)
{
	struct gn_fb_addr v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_addr, &v);
	return v;
}

/* ---- DialHold ---- */

/* From who wants to know how long a quiet flow lives (RE-22) to a node that answers so much later a packet 5,
 * which is to come from the sender's IP. Answered by DialHeld or DialRefused. */
struct gn_fb_dial_hold {
	struct gn_fbt t;
};
struct gn_fb_dial_hold_args {
	uint64_t nonce;
	uint32_t after_ms;
	struct gn_slice pad;
};
static const struct gn_fb_field gn_fbfields_dial_hold[] = {
	{"nonce", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_hold_args, nonce), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after_ms", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_hold_args, after_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pad", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_dial_hold_args, pad), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_hold = {"DialHold", NULL, gn_fbfields_dial_hold, 3};

GN_MUST static inline gn_err gn_fb_dial_hold_verify(struct gn_slice in, struct gn_fb_dial_hold *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_hold, &out->t);
}
static inline gn_fbref gn_fb_dial_hold_make(struct gn_fbb *b, const struct gn_fb_dial_hold_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_hold, args);
}
static inline uint64_t gn_fb_dial_hold_nonce(struct gn_fb_dial_hold t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_dial_hold_after_ms(struct gn_fb_dial_hold t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_dial_hold_has_pad(struct gn_fb_dial_hold t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_dial_hold_pad(struct gn_fb_dial_hold t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- DialHeld ---- */

struct gn_fb_dial_held {
	struct gn_fbt t;
};
struct gn_fb_dial_held_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_dial_held = {"DialHeld", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_dial_held_verify(struct gn_slice in, struct gn_fb_dial_held *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_held, &out->t);
}
static inline gn_fbref gn_fb_dial_held_make(struct gn_fbb *b, const struct gn_fb_dial_held_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_held, args);
}

/* ---- DialFrame ---- */

struct gn_fb_dial_frame {
	struct gn_fbt t;
};
struct gn_fb_dial_frame_args {
	/* Chosen by who asks, not 0; the answer repeats it. */
	uint64_t request;
	uint8_t body_type; /* GN_FB_DIAL_FRAME_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_dial_frame[] = {
	{"request", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_dial_frame_args, request), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_dial_frame_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 2, offsetof(struct gn_fb_dial_frame_args, body), 8, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_dial_ask, &gn_fbtype_dial_told, &gn_fbtype_dial_refused, &gn_fbtype_dial_for, &gn_fbtype_dial_done, &gn_fbtype_dial_seen, &gn_fbtype_dial_hold, &gn_fbtype_dial_held}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_dial_frame = {"DialFrame", "GNDB", gn_fbfields_dial_frame, 3};

#define GN_FB_DIAL_FRAME_IDENTIFIER "GNDB"

GN_MUST static inline gn_err gn_fb_dial_frame_verify(struct gn_slice in, struct gn_fb_dial_frame *out)
{
	return gn_fb_verify(in, &gn_fbtype_dial_frame, &out->t);
}
static inline gn_fbref gn_fb_dial_frame_make(struct gn_fbb *b, const struct gn_fb_dial_frame_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_dial_frame, args);
}
static inline uint64_t gn_fb_dial_frame_request(struct gn_fb_dial_frame t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_dial_frame_has_body(struct gn_fb_dial_frame t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint8_t gn_fb_dial_frame_body_type(struct gn_fb_dial_frame t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, 0);
}
static inline struct gn_fb_dial_ask gn_fb_dial_frame_body_as_dial_ask(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_ask){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_ASK)};
}
static inline struct gn_fb_dial_told gn_fb_dial_frame_body_as_dial_told(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_told){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_TOLD)};
}
static inline struct gn_fb_dial_refused gn_fb_dial_frame_body_as_dial_refused(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_refused){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_REFUSED)};
}
static inline struct gn_fb_dial_for gn_fb_dial_frame_body_as_dial_for(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_for){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_FOR)};
}
static inline struct gn_fb_dial_done gn_fb_dial_frame_body_as_dial_done(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_done){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_DONE)};
}
static inline struct gn_fb_dial_seen gn_fb_dial_frame_body_as_dial_seen(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_seen){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_SEEN)};
}
static inline struct gn_fb_dial_hold gn_fb_dial_frame_body_as_dial_hold(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_hold){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_HOLD)};
}
static inline struct gn_fb_dial_held gn_fb_dial_frame_body_as_dial_held(struct gn_fb_dial_frame t)
{
	return (struct gn_fb_dial_held){gn_fbt_member(t.t, 2, GN_FB_DIAL_FRAME_BODY_DIAL_HELD)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_dialback[] = {
	&gn_fbtype_dial_ask,
	&gn_fbtype_dial_told,
	&gn_fbtype_dial_refused,
	&gn_fbtype_dial_for,
	&gn_fbtype_dial_done,
	&gn_fbtype_dial_seen,
	&gn_fbtype_dial_hold,
	&gn_fbtype_dial_held,
	&gn_fbtype_dial_frame,
};

#endif
