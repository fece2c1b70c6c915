/* Made by tools/fbc from record.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_RECORD_FB_H
#define GN_WIRE_RECORD_FB_H

#include "wire/fb.h"

enum gn_fb_record_type {
	GN_FB_RECORD_TYPE_NONE = 0,
	GN_FB_RECORD_TYPE_IDENTITY = 1,
	GN_FB_RECORD_TYPE_NODE = 2,
	GN_FB_RECORD_TYPE_NAME = 3,
	GN_FB_RECORD_TYPE_SITE = 4,
	GN_FB_RECORD_TYPE_BOX = 5,
	GN_FB_RECORD_TYPE_TOPIC = 6,
	GN_FB_RECORD_TYPE_REVOCATION = 7,
	GN_FB_RECORD_TYPE_PREKEYS = 8,
	GN_FB_RECORD_TYPE_CHAIN = 9,
	GN_FB_RECORD_TYPE_PROVIDER = 15,
	GN_FB_RECORD_TYPE_APPLICATION = 16,
	GN_FB_RECORD_TYPE_PRIVATE = 32768,
};

static const struct gn_fb_word gn_fbwords_record_type[] = {{"none", 0}, {"identity", 1}, {"node", 2}, {"name", 3}, {"site", 4}, {"box", 5}, {"topic", 6}, {"revocation", 7}, {"prekeys", 8}, {"chain", 9}, {"provider", 15}, {"application", 16}, {"private", 32768}, {NULL, 0}};

/* ---- Record ---- */

/* What travels and is stored. Signatures cover the bytes of `signed` as they are, under the domain "geonet/record/1". */
struct gn_fb_record {
	struct gn_fbt t;
};
struct gn_fb_record_args {
	/* A FlatBuffer whose root is Signed. */
	struct gn_slice signed_;
	/* Ed25519, 64 bytes. */
	struct gn_slice sig;
	/* ML-DSA-65, 3,309 bytes; required in identity and prekeys records. */
	struct gn_slice pq_sig;
};
static const struct gn_fb_field gn_fbfields_record[] = {
	{"signed", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_record_args, signed_), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_record_args, sig), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pq_sig", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_record_args, pq_sig), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_record = {"Record", "GNRC", gn_fbfields_record, 3};

#define GN_FB_RECORD_IDENTIFIER "GNRC"

GN_MUST static inline gn_err gn_fb_record_verify(struct gn_slice in, struct gn_fb_record *out)
{
	return gn_fb_verify(in, &gn_fbtype_record, &out->t);
}
static inline gn_fbref gn_fb_record_make(struct gn_fbb *b, const struct gn_fb_record_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_record, args);
}
static inline bool gn_fb_record_has_signed(struct gn_fb_record t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_record_signed(struct gn_fb_record t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_record_has_sig(struct gn_fb_record t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_record_sig(struct gn_fb_record t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_record_has_pq_sig(struct gn_fb_record t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_record_pq_sig(struct gn_fb_record t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- Signed ---- */

struct gn_fb_signed {
	struct gn_fbt t;
};
struct gn_fb_signed_args {
	/* RecordType; unknown ones are stored, not interpreted. */
	uint16_t type;
	/* Ed25519 public key, 32 bytes. */
	struct gn_slice owner;
	/* At most 255 bytes. The normalised name in records of type 3. */
	struct gn_slice label;
	/* Chooses one of several places on the disk. */
	uint8_t salt;
	uint64_t seq;
	/* Unix seconds. */
	uint64_t created;
	/* Seconds, 60 to 2,592,000. */
	uint32_t ttl;
	/* SHA-256 of the `signed` that this version replaces, 32 bytes. */
	struct gn_slice prev;
	/* A table of bodies.fbs, or an application's bytes. */
	struct gn_slice body;
	/* Capability token chain, at most 4 KiB. */
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_signed[] = {
	{"type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_signed_args, type), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"owner", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_signed_args, owner), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_signed_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"salt", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_signed_args, salt), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_signed_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"created", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_signed_args, created), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_signed_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"prev", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_signed_args, prev), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body", GN_FB_SCALARS, GN_FB_UINT, 8, offsetof(struct gn_fb_signed_args, body), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 9, offsetof(struct gn_fb_signed_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_signed = {"Signed", NULL, gn_fbfields_signed, 10};

GN_MUST static inline gn_err gn_fb_signed_verify(struct gn_slice in, struct gn_fb_signed *out)
{
	return gn_fb_verify(in, &gn_fbtype_signed, &out->t);
}
static inline gn_fbref gn_fb_signed_make(struct gn_fbb *b, const struct gn_fb_signed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_signed, args);
}
static inline uint16_t gn_fb_signed_type(struct gn_fb_signed t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_signed_has_owner(struct gn_fb_signed t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_signed_owner(struct gn_fb_signed t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_signed_has_label(struct gn_fb_signed t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_signed_label(struct gn_fb_signed t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint8_t gn_fb_signed_salt(struct gn_fb_signed t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_signed_seq(struct gn_fb_signed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_signed_created(struct gn_fb_signed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_signed_ttl(struct gn_fb_signed t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}
static inline bool gn_fb_signed_has_prev(struct gn_fb_signed t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_signed_prev(struct gn_fb_signed t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_signed_has_body(struct gn_fb_signed t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_signed_body(struct gn_fb_signed t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_signed_has_token(struct gn_fb_signed t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_signed_token(struct gn_fb_signed t)
{
	return gn_fbt_bytes(t.t, 9);
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_record[] = {
	&gn_fbtype_record,
	&gn_fbtype_signed,
};

#endif
