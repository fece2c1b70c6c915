/* The set-up of a session: what a and b compute alike from each other's published keys. Rules
 * EE-3..9. */
#ifndef GN_E2EE_SETUP_INT_H
#define GN_E2EE_SETUP_INT_H

#include "e2ee/prekeys_int.h"

#define E2EE_IDS 8     /* number of `last`, number of the prekey of x_b and kem_b */
#define E2EE_BLOCK 152 /* owner 32, device 32, dh 32, seq 8, hash 32, sealed */
#define E2EE_FIRST (E2EE_IDS + GN_X25519_LEN + GN_KEM_CT_LEN + E2EE_BLOCK)
#define E2EE_SK 192 /* bytes that a session begins from */

/* This device, with the public half of its key. */
struct e2ee_own {
	struct gn_e2ee_own is; /* dh is secret */
	uint8_t dh_pk[GN_X25519_LEN];
};

/* What both sides hold after it: SK is used at once and wiped. */
struct e2ee_session_keys {
	uint8_t t[E2EE_KEY]; /* names the session; associated data of all its seals */
	uint8_t sk[E2EE_SK]; /* secret */
};

/* a: draws choice (when there are few), ek, m. `first` has the true ids. GN_KEY: a key of the peer
 * is of no use; GN_NOMEM. */
GN_MUST gn_err e2ee_setup_make(const struct e2ee_own *own, const struct gn_e2ee_peer *peer,
			       struct gn_rand *rand, uint8_t first[E2EE_FIRST],
			       struct e2ee_session_keys *out);

/* The ids as on the wire, and back: XORed with the first 8 of HMAC(hint secret, "ids" || ek). */
void e2ee_setup_mask(const uint8_t hint[32], uint8_t first[E2EE_FIRST]);

/* b: what a set-up says, with true ids. */
struct e2ee_offer {
	const uint8_t *first;                   /* borrowed, E2EE_FIRST bytes, true ids */
	const struct e2ee_prekey *last, *other; /* the halves it names; borrowed */
	uint8_t dh_last[GN_X25519_LEN],
		dh_other[GN_X25519_LEN]; /* secret: DH(ek, s_b), (ek, x_b) */
	uint8_t ss[GN_KEM_SHARED_LEN];   /* secret */
	struct gn_e2ee_claim claim;
};
void e2ee_setup_ek_hash(const uint8_t first[E2EE_FIRST], struct gn_hash *out);
/* GN_NOT_FOUND: a half is not there; GN_KEY: zeros; GN_AUTH: the block does not open; GN_NOMEM. */
GN_MUST gn_err e2ee_setup_open(const struct e2ee_prekeys *halves, const uint8_t first[E2EE_FIRST],
			       struct e2ee_offer *out);
/* The session that it means if `owner` is b's. GN_KEY. */
GN_MUST gn_err e2ee_setup_answer(const struct e2ee_own *own, const struct gn_pk *owner,
				 const struct e2ee_offer *offer, struct e2ee_session_keys *out);

#endif
