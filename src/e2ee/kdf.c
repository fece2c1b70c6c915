/* Every derivation of the ratchets, each with its own label (EE-1), and the one seal.
 *
 * 1. A key that was the input of a step is gone after it.
 * 2. Intermediate bytes are wiped here; who asked wipes what it got. */
#include "e2ee/kdf_int.h"

void e2ee_chain_step_by(struct gn_hasher *hasher, struct e2ee_chain *chain, uint8_t out[E2EE_KEY])
{
	static const uint8_t one = 1, two = 2;
	struct gn_hash h;
	GN_ASSERT(chain->n < UINT32_MAX);
	if (out) {
		gn_hasher_hmac_sha256(hasher, GN_SLICE(chain->key), gn_slice(&one, 1), &h);
		memcpy(out, h.b, E2EE_KEY);
	}
	gn_hasher_hmac_sha256(hasher, GN_SLICE(chain->key), gn_slice(&two, 1), &h);
	memcpy(chain->key, h.b, E2EE_KEY);
	chain->n++;
	gn_wipe(&h, sizeof h);
}

void e2ee_chain_step(struct e2ee_chain *chain, uint8_t out[E2EE_KEY])
{
	struct gn_hasher *hasher = gn_hasher_new();
	e2ee_chain_step_by(hasher, chain, out);
	gn_hasher_free(hasher);
}

/* out = 32 bytes for salt (which may be an input), first, second. */
static void three_keys(uint8_t salt[E2EE_KEY], const uint8_t in[32], struct gn_slice info,
		       uint8_t first[E2EE_KEY], uint8_t second[E2EE_KEY])
{
	uint8_t out[3 * E2EE_KEY];
	gn_hkdf(gn_slice(in, 32), gn_slice(salt, E2EE_KEY), info, out, sizeof out);
	memcpy(salt, out, E2EE_KEY);
	memcpy(first, out + E2EE_KEY, E2EE_KEY);
	memcpy(second, out + 2 * E2EE_KEY, E2EE_KEY);
	gn_wipe(out, sizeof out);
}

void e2ee_root_step(uint8_t root[E2EE_KEY], const uint8_t dh[GN_X25519_LEN],
		    struct e2ee_chain *chain, uint8_t next_header[E2EE_KEY])
{
	three_keys(root, dh, GN_LIT("geonet/e2ee/rk/1"), chain->key, next_header);
	chain->n = 0;
}

void e2ee_epoch_step(uint8_t p[E2EE_KEY], const uint8_t ss[GN_KEM_SHARED_LEN], uint32_t epoch,
		     struct e2ee_chain *a_to_b, struct e2ee_chain *b_to_a)
{
	uint8_t info[32];
	struct gn_writer w = gn_writer(info, sizeof info);
	gn_write_bytes(&w, GN_LIT("geonet/e2ee/pq/1"));
	gn_write_be32(&w, epoch);
	GN_ASSERT(!w.bad && epoch > 0);
	three_keys(p, ss, gn_slice(info, gn_writer_len(&w)), a_to_b->key, b_to_a->key);
	a_to_b->n = b_to_a->n = 0;
}

void e2ee_message_key(const uint8_t mk_dh[E2EE_KEY], const uint8_t mk_pq[E2EE_KEY],
		      const uint8_t t[E2EE_KEY], uint8_t out[E2EE_KEY])
{
	uint8_t info[64];
	struct gn_writer w = gn_writer(info, sizeof info);
	gn_write_bytes(&w, GN_LIT("geonet/e2ee/mk/1"));
	gn_write_bytes(&w, gn_slice(t, E2EE_KEY));
	GN_ASSERT(!w.bad);
	gn_hkdf(gn_slice(mk_pq, E2EE_KEY), gn_slice(mk_dh, E2EE_KEY),
		gn_slice(info, gn_writer_len(&w)), out, E2EE_KEY);
}

static const uint8_t zero_nonce[E2EE_NONCE];

gn_err e2ee_seal(const uint8_t key[E2EE_KEY], const uint8_t *nonce, struct gn_slice ad,
		 uint8_t *data, size_t len)
{
	struct gn_aead a;
	GN_TRY(gn_aead_init(&a, GN_CHACHA20_POLY1305, true, gn_slice(key, E2EE_KEY),
			    gn_slice(NULL, 0)));
	gn_err err = gn_aead_seal(&a, nonce ? nonce : zero_nonce, ad, data, len);
	gn_aead_fini(&a);
	return err;
}

gn_err e2ee_try(struct gn_aead *trial, const uint8_t key[E2EE_KEY], const uint8_t *nonce,
		struct gn_slice ad, uint8_t *data, size_t len)
{
	if (trial->cipher)
		gn_aead_rekey(trial, gn_slice(key, E2EE_KEY));
	else
		GN_TRY(gn_aead_init(trial, GN_CHACHA20_POLY1305, false, gn_slice(key, E2EE_KEY),
				    gn_slice(NULL, 0)));
	return gn_aead_open(trial, nonce ? nonce : zero_nonce, ad, data, len);
}

gn_err e2ee_open(const uint8_t key[E2EE_KEY], const uint8_t *nonce, struct gn_slice ad,
		 uint8_t *data, size_t len)
{
	struct gn_aead a = {0};
	gn_err err = e2ee_try(&a, key, nonce, ad, data, len);
	gn_aead_fini(&a);
	return err;
}
