/* Identity records (records.md type 1): what a person's key says of itself, signed by Ed25519
 * and ML-DSA-65. Pure functions. */
#ifndef GN_SERVICES_IDENTITY_H
#define GN_SERVICES_IDENTITY_H

#include "wire/generated/bodies_fb.h"
#include "wire/wire.h"

#define GN_IDENTITY_KEYS 32    /* device and node keys in one record */
#define GN_IDENTITY_DEVICES 8  /* of them devices with right Message: an envelope has a wrap each */
#define GN_IDENTITY_HISTORY 64 /* versions before: who reads once a month still finds theirs */

struct gn_identity_key { /* a device's or node's key that this identity vouches for */
	struct gn_pk pk;
	uint8_t kind;            /* enum gn_fb_member_kind; unknown ones are kept */
	struct gn_slice name;    /* for people, <= 64 bytes */
	uint32_t rights;         /* bit set, WR rules */
	uint64_t since, expires; /* Unix seconds; since: when it was first listed */
	struct gn_hash pq_hash;  /* SHA-256 of a device's ML-DSA-65 key; zero: none */
};
/* What names a version, whichever place it was read at (ID-8). */
struct gn_identity_version {
	uint64_t seq;
	struct gn_hash hash;
};
struct gn_identity {
	struct gn_pk owner;
	uint64_t seq, created;
	uint32_t ttl;
	struct gn_slice pq_pk;        /* GN_PQ_PK_LEN bytes */
	struct gn_hash next;          /* SHA-256 of the next Ed25519 key: commitment for rotation */
	struct gn_slice display_name; /* <= 128 bytes UTF-8 */
	struct gn_slice profile;      /* opaque, <= 4 KiB */
	struct gn_hash recovery;      /* hash of a k-of-n set; all zero: none, for now */
	struct gn_pk old_owner;       /* rotation: the owner replaced; all zero: none, for now */
	struct gn_identity_key keys[GN_IDENTITY_KEYS];
	size_t key_count;
	struct gn_pk front; /* key of the front box; zero: none */
	/* the version that was read, and those before it, newest first; a record with a higher seq
	 * has both as its history */
	struct gn_identity_version version, history[GN_IDENTITY_HISTORY];
	size_t history_count;
	struct gn_before before; /* ID-5, ID-6 */
};
/* The signed record for a salt (0 and 1 are both put). owner, pq_pk and next are derived from
 * the phrase's entropy, what `in` says of them is not used. What the record in `before` says
 * beyond the fields here stays. GN_USAGE: a text is too long or not UTF-8, the history
 * has no order; GN_LIMIT: a ninth device; GN_RANGE: ttl; GN_TOO_LARGE; GN_VERSION:
 * before.beyond. */
GN_MUST gn_err gn_identity_record(const uint8_t entropy[32], const struct gn_identity *in,
				  uint8_t salt, struct gn_buf *out);
/* Checks form, limits and both signatures; borrows from record. out->before is this record: to
 * publish it again, raise seq and created. GN_MALFORMED, GN_SIGNATURE. */
GN_MUST gn_err gn_identity_open(struct gn_slice record, struct gn_identity *out);
/* The devices that messages are sent to and believed from at this time (ID-9), as places in
 * id->keys; returns how many. */
size_t gn_identity_devices(const struct gn_identity *id, uint64_t unix_now,
			   size_t at[GN_IDENTITY_DEVICES]);
/* Is that one of them, with this ML-DSA-65 key? GN_NOT_FOUND: not listed as a device, which is how
 * one is revoked; GN_DENIED: without right Message, or past the eighth; GN_EXPIRED; GN_KEY: another
 * key. */
GN_MUST gn_err gn_identity_device(const struct gn_identity *id, const struct gn_pk *device,
				  const uint8_t pq_pk[GN_PQ_PK_LEN], uint64_t unix_now);
void gn_identity_key_of(const struct gn_pk *owner, uint8_t salt, struct gn_hash *key);
/* The holder's rule for type 1 (config.admit[1] of the overlay, which has checked both
 * signatures): well formed and newer. */
gn_err gn_identity_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now);

#endif
