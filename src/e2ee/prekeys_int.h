/* Private halves of published prekeys, and the set-ups that used them (EE-8, EE-10). */
#ifndef GN_E2EE_PREKEYS_INT_H
#define GN_E2EE_PREKEYS_INT_H

#include "e2ee/e2ee.h"
#include "e2ee/kdf_int.h"

struct e2ee_prekey {
	uint32_t id;
	bool last;          /* else one of the few */
	struct gn_pk owner; /* the identity it was published under */
	uint8_t secret[GN_X25519_LEN];
	uint8_t seed[GN_KEM_SEED_LEN]; /* secret */
	uint8_t x25519[GN_X25519_LEN];
	uint8_t kem_hash[E2EE_KEY]; /* SHA-256 of the ML-KEM public key */
};

/* A set-up that was opened. */
struct e2ee_remembered {
	uint32_t last, other; /* numbers of the halves it used */
	uint64_t session;     /* which may be gone */
	uint64_t owner;       /* whose it is: the key's first bytes */
};

struct e2ee_prekeys {
	struct gn_alloc *alloc;
	struct e2ee_prekey *at; /* owned */
	uint32_t count, capacity;
	struct gn_map remembered; /* SHA-256(ek) -> struct e2ee_remembered */
};

void e2ee_prekeys_init(struct e2ee_prekeys *p, const struct gn_env *env);
void e2ee_prekeys_fini(struct e2ee_prekeys *p);
/* Draws; all or nothing. */
GN_MUST gn_err e2ee_prekeys_make(struct e2ee_prekeys *p, const struct gn_pk *owner, uint32_t id,
				 size_t few, struct gn_rand *rand, struct gn_e2ee_prekeys *out);
/* One of theirs is remembered under this. */
uint64_t e2ee_remembered_as(const struct gn_pk *owner);
/* May one more of theirs be? */
bool e2ee_prekeys_have_room(const struct e2ee_prekeys *p, const struct gn_pk *owner);
/* GN_LIMIT, GN_EXISTS, GN_NOMEM. */
GN_MUST gn_err e2ee_prekeys_put(struct e2ee_prekeys *p, const struct e2ee_prekey *key);
void e2ee_prekeys_erase(struct e2ee_prekeys *p, const uint32_t *ids, size_t count);
/* NULL: it is not there (any more). */
const struct e2ee_prekey *e2ee_prekeys_get(const struct e2ee_prekeys *p, uint32_t id);
/* For epoch 1: struct e2ee_lasts' find. */
bool e2ee_prekeys_find_last(const void *user, const uint8_t hash[E2EE_KEY],
			    uint8_t seed[GN_KEM_SEED_LEN]);

#endif
