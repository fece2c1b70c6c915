/* The formats that outlive a version: FlatBuffers, verified once at the border, and the signed
 * record around everything that is stored. Signed bytes are hashed as they came and never
 * encoded again. Allocates nothing; slices in the structs below are borrowed from the bytes they
 * were read from. Rules: docs/spec/wire.md. */
#ifndef GN_WIRE_WIRE_H
#define GN_WIRE_WIRE_H

#include "crypto/crypto.h"
#include "wire/fb.h"
#include "wire/generated/common_fb.h"
#include "wire/generated/record_fb.h"
#include "wire/limits.h"

/* ---- records ---- */

/* A Record whose form and limits are checked. */
struct gn_record {
	struct gn_slice bytes;        /* the whole Record, without what follows it (WR-24) */
	struct gn_slice signed_bytes; /* what the signatures cover */
	struct gn_sig sig;
	struct gn_slice pq_sig; /* GN_PQ_SIG_LEN bytes, or absent */
	uint16_t type;          /* enum gn_fb_record_type */
	uint8_t salt;
	struct gn_pk owner;
	struct gn_slice label; /* UTF-8; len 0 when absent */
	uint64_t seq;
	uint64_t created;     /* Unix seconds */
	uint32_t ttl;         /* seconds */
	struct gn_slice prev; /* 32 bytes, or absent */
	struct gn_slice body; /* not verified: use the body's own _verify */
	struct gn_slice token;
	struct gn_hash hash; /* SHA-256(signed_bytes): the name of this version */
	struct gn_hash key;  /* K, the place on the disk */
};

/* From a stranger: form, limits, Ed25519, and for identity and prekeys records ML-DSA by the key in
 * the body (WR-10..WR-14, WR-24). GN_MALFORMED, GN_TOO_LARGE, GN_RANGE (ttl), GN_SIGNATURE; *out is
 * then untouched. The time is the caller's to judge: gn_record_fresh. */
GN_MUST gn_err gn_wire_record_open(struct gn_slice in, struct gn_record *out);
/* The same without signatures, for bytes that were checked when they came (own storage). */
GN_MUST gn_err gn_wire_record_parse(struct gn_slice in, struct gn_record *out);
/* The signatures of what was parsed: open is parse and this. GN_SIGNATURE, GN_MALFORMED. */
GN_MUST gn_err gn_wire_record_verify(const struct gn_record *r);
/* unix_now in seconds. GN_EXPIRED past created + ttl, GN_RANGE when created lies more than
 * GN_RECORD_AHEAD_MAX ahead. */
GN_MUST gn_err gn_record_fresh(const struct gn_record *r, uint64_t unix_now);
/* Order of versions, by (seq, hash): negative when a is older, 0 when they are the same version
 * (WR-15). */
int gn_record_compare(const struct gn_record *a, const struct gn_record *b);

/* K = SHA-256("geonet/key/1" || type be16 || subject || label || salt): subject is the owner key
 * and label the record's, but for names (type 3) subject is SHA-256(label) and the label part is
 * empty, so a name has one place whoever owns it. Delegated names (with a dot) lie under the key
 * of whoever signed them, as every other type: nobody can sit on another's (WR-13). Providers (type
 * 15) lie as names do. owner may be NULL for these and for names without a dot. */
void gn_wire_record_key(uint16_t type, const struct gn_pk *owner, struct gn_slice label,
			uint8_t salt, struct gn_hash *out);

/* What a new record says; see struct gn_record. The owner is the signing key. */
struct gn_record_fields {
	uint16_t type;
	uint8_t salt;
	struct gn_slice label, prev, body, token;
	uint64_t seq, created;
	uint32_t ttl;
};

/* What a record is made in the place of: filled when that is opened, given back when it is made
 * anew (WR-22). All zero: a first record. */
struct gn_before {
	struct gn_slice body;   /* borrowed; what it says beyond the fields that we know is kept */
	struct gn_hash hash[2]; /* prev, by salt; zero: none */
	/* it says something outside its body that would be lost: made anew it is GN_VERSION,
	 * unless false */
	bool beyond;
};
void gn_wire_before(const struct gn_record *r, struct gn_before *out);
/* For gn_record_fields.prev; borrows. */
struct gn_slice gn_before_prev(const struct gn_before *b, uint8_t salt);

/* Appends a signed Record to out; GN_RECORD_MAX bytes of room always suffice. pq_seed:
 * GN_PQ_SEED_LEN bytes for an identity or prekeys, NULL for other types. GN_TOO_LARGE (room or
 * limits), GN_RANGE (ttl), GN_TEXT (label not UTF-8), GN_USAGE (prev not 32 bytes, pq_seed against
 * the type). */
GN_MUST gn_err gn_wire_record_make(const struct gn_sk *owner, const uint8_t *pq_seed,
				   const struct gn_record_fields *fields, struct gn_buf *out);

/* In two steps, for keys that sign elsewhere (a browser, a token): first the bytes to sign under
 * GN_RECORD_DOMAIN, then the Record around them. Both use the same storage, which is not touched
 * in between. pq_sig: of an identity, of prekeys. */
#define GN_RECORD_DOMAIN "geonet/record/1"
struct gn_record_builder {
	struct gn_fbb fbb;
	struct gn_slice signed_bytes; /* in the storage */
};
GN_MUST gn_err gn_wire_signed_make(struct gn_record_builder *b, void *storage, size_t cap,
				   const struct gn_pk *owner,
				   const struct gn_record_fields *fields);
GN_MUST gn_err gn_wire_signed_wrap(struct gn_record_builder *b, const struct gn_sig *sig,
				   struct gn_slice pq_sig, struct gn_slice *out);

/* ---- receipts ---- */

/* A holder keeps version (seq, hash) of key until held_until (WR-17). */
struct gn_receipt {
	struct gn_hash key;    /* K of the record, or a block's hash */
	uint64_t seq;          /* 0 for a block */
	struct gn_hash hash;   /* of the record's signed bytes, or the block's hash again */
	uint64_t held_until;   /* Unix seconds */
	struct gn_hash holder; /* node id */
	struct gn_pk holder_key;
	struct gn_sig sig;
};

/* Fills holder_key and sig from the node key. */
void gn_wire_receipt_sign(const struct gn_sk *node, struct gn_receipt *r);
/* GN_SIGNATURE. That holder follows from holder_key is the overlay's to check. */
GN_MUST gn_err gn_wire_receipt_verify(const struct gn_receipt *r);
/* To and from a message. */
gn_fbref gn_wire_receipt_put(struct gn_fbb *b, const struct gn_receipt *r);
void gn_wire_receipt_get(struct gn_fb_receipt t, struct gn_receipt *out);

/* ---- small conversions ---- */

/* Errors between nodes: numbers that stay (WR-19). Unknown codes read as GN_REMOTE, errors
 * without a number are Failed. */
uint8_t gn_wire_code(gn_err err);
gn_err gn_wire_err(uint8_t code);

struct gn_fb_addr gn_wire_addr(const struct gn_addr *a, uint8_t carrier);
struct gn_addr gn_wire_addr_get(struct gn_fb_addr a);
/* Keys, hashes and signatures as tables have them, and back. */
static inline struct gn_fb_key gn_wire_key(const struct gn_pk *pk)
{
	struct gn_fb_key out;
	memcpy(out.b, pk->b, sizeof out.b);
	return out;
}
static inline struct gn_pk gn_wire_key_get(struct gn_fb_key key)
{
	struct gn_pk out;
	memcpy(out.b, key.b, sizeof out.b);
	return out;
}
static inline struct gn_fb_hash gn_wire_hash(const uint8_t b[32])
{
	struct gn_fb_hash out;
	memcpy(out.b, b, sizeof out.b);
	return out;
}
static inline struct gn_hash gn_wire_hash_get(struct gn_fb_hash hash)
{
	struct gn_hash out;
	memcpy(out.b, hash.b, sizeof out.b);
	return out;
}
static inline struct gn_sig gn_wire_sig_get(struct gn_fb_sig sig)
{
	struct gn_sig out;
	memcpy(out.b, sig.b, sizeof out.b);
	return out;
}

#endif
