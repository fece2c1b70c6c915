/* Keys out of keys, and sealing: what every other file here is made of. Rules EE-1, EE-2. */
#ifndef GN_E2EE_KDF_INT_H
#define GN_E2EE_KDF_INT_H

#include "crypto/crypto.h"

#define E2EE_KEY 32   /* bytes of every symmetric key, chain key and hash here */
#define E2EE_NONCE 12 /* of a seal */
#define E2EE_TAG GN_AEAD_TAG

/* A chain of message keys: the key number n is the next. */
struct e2ee_chain {
	uint8_t key[E2EE_KEY]; /* secret */
	uint32_t n;
};

/* The key number chain->n, then one step on; out NULL: the step alone. The caller sees to it that
 * n does not wrap round. */
void e2ee_chain_step(struct e2ee_chain *chain, uint8_t out[E2EE_KEY]);
/* The same, for who takes many steps and holds a hasher over them. */
void e2ee_chain_step_by(struct gn_hasher *hasher, struct e2ee_chain *chain, uint8_t out[E2EE_KEY]);

/* HKDF(salt root, dh, "geonet/e2ee/rk/1", 96): root becomes the next one. */
void e2ee_root_step(uint8_t root[E2EE_KEY], const uint8_t dh[GN_X25519_LEN],
		    struct e2ee_chain *chain, uint8_t next_header[E2EE_KEY]);
/* HKDF(salt p, ss, "geonet/e2ee/pq/1" || e, 96): p becomes the next one. */
void e2ee_epoch_step(uint8_t p[E2EE_KEY], const uint8_t ss[GN_KEM_SHARED_LEN], uint32_t epoch,
		     struct e2ee_chain *a_to_b, struct e2ee_chain *b_to_a);
/* HKDF(salt mk_dh, mk_pq, "geonet/e2ee/mk/1" || t) */
void e2ee_message_key(const uint8_t mk_dh[E2EE_KEY], const uint8_t mk_pq[E2EE_KEY],
		      const uint8_t t[E2EE_KEY], uint8_t out[E2EE_KEY]);

/* ChaCha20-Poly1305 in place; nonce NULL is zeros, for keys that are used once. GN_NOMEM; open:
 * GN_AUTH, and data is then of no use. len: of the plain text for seal, with the tag for open. */
GN_MUST gn_err e2ee_seal(const uint8_t key[E2EE_KEY], const uint8_t *nonce, struct gn_slice ad,
			 uint8_t *data, size_t len);
GN_MUST gn_err e2ee_open(const uint8_t key[E2EE_KEY], const uint8_t *nonce, struct gn_slice ad,
			 uint8_t *data, size_t len);
/* e2ee_open with one key after another; *trial begins as zeros and ends with gn_aead_fini. */
GN_MUST gn_err e2ee_try(struct gn_aead *trial, const uint8_t key[E2EE_KEY], const uint8_t *nonce,
			struct gn_slice ad, uint8_t *data, size_t len);

#endif
