/* X25519 (RFC 7748) and ML-KEM-768 (FIPS 203) for sessions between people. Both take their
 * randomness from the caller, so a simulation gives the same bytes for the same seed.
 *
 * 1. A private ML-KEM key is its 64-byte seed; the expanded key lives inside one call. */
#include "crypto/crypto.h"
#include "crypto/ossl_int.h"
#include <openssl/core_names.h>
#include <openssl/params.h>

#define KEM_Q 3329u /* ML-KEM's modulus */

void gn_x25519_public(const uint8_t secret[GN_X25519_LEN], uint8_t pk[GN_X25519_LEN])
{
	size_t len = GN_X25519_LEN;
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key_ex(gn_crypto_algs()->lib, "X25519", NULL,
							secret, GN_X25519_LEN);
	GN_ASSERT(key != NULL);
	OSSL_MUST(EVP_PKEY_get_raw_public_key(key, pk, &len));
	EVP_PKEY_free(key);
}

gn_err gn_x25519(const uint8_t secret[GN_X25519_LEN], const uint8_t peer[GN_X25519_LEN],
		 uint8_t shared[GN_X25519_LEN])
{
	OSSL_LIB_CTX *lib = gn_crypto_algs()->lib;
	gn_err err = GN_NOMEM;
	uint8_t out[GN_X25519_LEN];
	size_t len = sizeof out;
	EVP_PKEY *mine =
		EVP_PKEY_new_raw_private_key_ex(lib, "X25519", NULL, secret, GN_X25519_LEN);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key_ex(lib, "X25519", NULL, peer, GN_X25519_LEN);
	EVP_PKEY_CTX *ctx = mine ? EVP_PKEY_CTX_new_from_pkey(lib, mine, NULL) : NULL;
	if (ctx && theirs && EVP_PKEY_derive_init(ctx) > 0 &&
	    EVP_PKEY_derive_set_peer_ex(ctx, theirs, 0) > 0)
		/* OpenSSL refuses a result of zeros */
		err = EVP_PKEY_derive(ctx, out, &len) > 0 ? GN_OK : GN_KEY;
	if (err == GN_OK)
		memcpy(shared, out, sizeof out);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(mine);
	gn_wipe(out, sizeof out);
	ERR_clear_error();
	return err;
}

static EVP_PKEY *kem_key(const char *name, const uint8_t *bytes, size_t len, int selection)
{
	EVP_PKEY *key = NULL;
	/* OpenSSL's parameters are not const but only read. */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes, len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(gn_crypto_algs()->lib, "ML-KEM-768", NULL);
	if (ctx && (EVP_PKEY_fromdata_init(ctx) <= 0 ||
		    EVP_PKEY_fromdata(ctx, &key, selection, params) <= 0))
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

gn_err gn_kem_public(const uint8_t seed[GN_KEM_SEED_LEN], uint8_t pk[GN_KEM_PK_LEN])
{
	size_t len = 0;
	EVP_PKEY *key =
		kem_key(OSSL_PKEY_PARAM_ML_KEM_SEED, seed, GN_KEM_SEED_LEN, EVP_PKEY_KEYPAIR);
	bool ok = key && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, pk,
							 GN_KEM_PK_LEN, &len) > 0;
	GN_ASSERT(!ok || len == GN_KEM_PK_LEN);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok ? GN_OK : GN_NOMEM;
}

gn_err gn_kem_check(const uint8_t pk[GN_KEM_PK_LEN])
{
	/* section 7.2, modulus check: two coefficients of 12 bits in three bytes, each below q */
	for (size_t i = 0; i < GN_KEM_PK_LEN - 32; i += 3) {
		unsigned first = pk[i] | (pk[i + 1] & 0xfu) << 8,
			 second = pk[i + 1] >> 4 | (unsigned)pk[i + 2] << 4;
		if (first >= KEM_Q || second >= KEM_Q)
			return GN_KEY;
	}
	return GN_OK;
}

gn_err gn_kem_encap(struct gn_rand *rand, const uint8_t pk[GN_KEM_PK_LEN],
		    uint8_t ct[GN_KEM_CT_LEN], uint8_t shared[GN_KEM_SHARED_LEN])
{
	uint8_t m[32];
	size_t ct_len = GN_KEM_CT_LEN, shared_len = GN_KEM_SHARED_LEN;
	EVP_PKEY *key = kem_key(OSSL_PKEY_PARAM_PUB_KEY, pk, GN_KEM_PK_LEN, EVP_PKEY_PUBLIC_KEY);
	if (!key) {
		ERR_clear_error();
		return GN_KEY;
	}
	gn_rand_fill(rand, m, sizeof m);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_KEM_PARAM_IKME, m, sizeof m),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(gn_crypto_algs()->lib, key, NULL);
	bool ok = ctx && EVP_PKEY_encapsulate_init(ctx, params) > 0 &&
		  EVP_PKEY_encapsulate(ctx, ct, &ct_len, shared, &shared_len) > 0;
	GN_ASSERT(!ok || (ct_len == GN_KEM_CT_LEN && shared_len == GN_KEM_SHARED_LEN));
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	gn_wipe(m, sizeof m);
	ERR_clear_error();
	return ok ? GN_OK : GN_NOMEM;
}

gn_err gn_kem_decap(const uint8_t seed[GN_KEM_SEED_LEN], const uint8_t ct[GN_KEM_CT_LEN],
		    uint8_t shared[GN_KEM_SHARED_LEN])
{
	size_t len = GN_KEM_SHARED_LEN;
	EVP_PKEY *key =
		kem_key(OSSL_PKEY_PARAM_ML_KEM_SEED, seed, GN_KEM_SEED_LEN, EVP_PKEY_KEYPAIR);
	EVP_PKEY_CTX *ctx =
		key ? EVP_PKEY_CTX_new_from_pkey(gn_crypto_algs()->lib, key, NULL) : NULL;
	bool ok = ctx && EVP_PKEY_decapsulate_init(ctx, NULL) > 0 &&
		  EVP_PKEY_decapsulate(ctx, shared, &len, ct, GN_KEM_CT_LEN) > 0;
	GN_ASSERT(!ok || len == GN_KEM_SHARED_LEN);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok ? GN_OK : GN_NOMEM;
}
