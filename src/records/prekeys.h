/* Prekeys (records.md type 8): what a device publishes so that others can set up sessions with it
 * while it is away. Signed by the device's Ed25519 and ML-DSA-65 keys, and worth something only
 * together with the identity record that lists that device. Pure. Rules: docs/spec/services.md
 * PK-1..PK-5. The structs have the shape of gn_e2ee_prekeys, member by member. */
#ifndef GN_RECORDS_PREKEYS_H
#define GN_RECORDS_PREKEYS_H

#include "records/identity.h"

#define GN_PREKEYS_FEW 4 /* besides `last` */
#define GN_PREKEYS_TTL (14u * 86400u)

struct gn_prekey { /* a public half */
	uint32_t id;
	uint8_t x25519[GN_X25519_LEN];
	uint8_t kem[GN_KEM_PK_LEN];
};
struct gn_prekeys {
	struct gn_pk device; /* owner of the record */
	uint64_t seq, created;
	uint32_t ttl;
	struct gn_pk identity; /* whose device it says it is: gn_prekeys_judge */
	uint8_t pq_pk[GN_PQ_PK_LEN];
	uint8_t dh[GN_X25519_LEN];
	struct gn_prekey last, few[GN_PREKEYS_FEW];
	size_t few_count;
	/* what the record replaces: its hashes alone, since all that it says is keys and is made
	 * anew */
	struct gn_before before;
};

void gn_prekeys_key(const struct gn_pk *device, uint8_t salt, struct gn_hash *key);
/* The signed record for a salt (0 and 1 are both put). pq_seed: the device's; pq_pk follows from
 * it, and device is the signing key: what `in` says of both is not used. GN_USAGE: too many few, or
 * a number twice; GN_RANGE: ttl; GN_VERSION: before.beyond. */
GN_MUST gn_err gn_prekeys_record(const struct gn_sk *device, const uint8_t pq_seed[GN_PQ_SEED_LEN],
				 const struct gn_prekeys *in, uint8_t salt, struct gn_buf *out);
/* Form, limits and both signatures; out->before.body borrows. ML-KEM keys are not looked into:
 * gn_e2ee_believe does. GN_MALFORMED, GN_TOO_LARGE, GN_RANGE, GN_SIGNATURE; *out is then
 * untouched. */
GN_MUST gn_err gn_prekeys_open(struct gn_slice record, struct gn_prekeys *out);
/* Are these the keys of a device of `owner`, whose identity record is id (opened; how old it may be
 * is the caller's to say)? GN_KEY: of another identity, or another ML-DSA key than is listed;
 * GN_EXPIRED, GN_RANGE: the prekeys' own time, or the device's; GN_NOT_FOUND, GN_DENIED: as
 * gn_identity_device. */
GN_MUST gn_err gn_prekeys_judge(const struct gn_prekeys *p, const struct gn_identity *id,
				const struct gn_pk *owner, uint64_t unix_now);
/* The holder's rule for type 8 (config.admit[8] of the overlay, which has checked both
 * signatures). */
gn_err gn_prekeys_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			gn_time now);

#endif
