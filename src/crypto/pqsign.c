/* ML-DSA-65 (FIPS 204), pure, empty context, deterministic: from a 32-byte seed the same key and
 * the same signature on every machine. It signs identity records, never packets: a key is
 * expanded from its seed each time.
 *
 * 1. The seed is all there is of a private key; the expanded one lives inside one call. */
#include "crypto/crypto.h"
#include "crypto/limits.h"
#include "crypto/ossl_int.h"
#include <openssl/core_names.h>
#include <openssl/params.h>

static EVP_PKEY *from_param(const char *name, const void *bytes, size_t len, int selection)
{
	EVP_PKEY *key = NULL;
	/* OpenSSL's parameters are not const but only read. */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes, len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(gn_crypto_algs()->lib, "ML-DSA-65", NULL);
	if (ctx && (EVP_PKEY_fromdata_init(ctx) <= 0 ||
		    EVP_PKEY_fromdata(ctx, &key, selection, params) <= 0))
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *from_seed(const uint8_t seed[GN_PQ_SEED_LEN])
{
	return from_param(OSSL_PKEY_PARAM_ML_DSA_SEED, seed, GN_PQ_SEED_LEN, EVP_PKEY_KEYPAIR);
}

gn_err gn_pq_public(const uint8_t seed[GN_PQ_SEED_LEN], uint8_t pk[GN_PQ_PK_LEN])
{
	size_t len = 0;
	EVP_PKEY *key = from_seed(seed);
	bool ok = key && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, pk,
							 GN_PQ_PK_LEN, &len) > 0;
	GN_ASSERT(!ok || len == GN_PQ_PK_LEN);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok ? GN_OK : GN_NOMEM;
}

gn_err gn_pq_sign(const uint8_t seed[GN_PQ_SEED_LEN], const char *domain, struct gn_slice msg,
		  uint8_t sig[GN_PQ_SIG_LEN])
{
	struct gn_crypto_message m;
	GN_TRY(gn_crypto_message_init(&m, domain, &msg, 1));
	int deterministic = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_DETERMINISTIC, &deterministic),
		OSSL_PARAM_construct_end(),
	};
	size_t len = GN_PQ_SIG_LEN;
	EVP_PKEY *key = from_seed(seed);
	EVP_PKEY_CTX *ctx =
		key ? EVP_PKEY_CTX_new_from_pkey(gn_crypto_algs()->lib, key, NULL) : NULL;
	bool ok = ctx && EVP_PKEY_sign_message_init(ctx, gn_crypto_algs()->ml_dsa_65, params) > 0 &&
		  EVP_PKEY_sign(ctx, sig, &len, m.p, m.len) > 0;
	GN_ASSERT(!ok || len == GN_PQ_SIG_LEN);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	gn_crypto_message_fini(&m);
	ERR_clear_error();
	return ok ? GN_OK : GN_NOMEM;
}

gn_err gn_pq_verify(const uint8_t pk[GN_PQ_PK_LEN], const char *domain, struct gn_slice msg,
		    const uint8_t sig[GN_PQ_SIG_LEN])
{
	struct gn_crypto_message m;
	GN_TRY(gn_crypto_message_init(&m, domain, &msg, 1));
	/* every string of the right length is a public key (FIPS 204 algorithm 23) */
	gn_err err = GN_NOMEM;
	EVP_PKEY *key = from_param(OSSL_PKEY_PARAM_PUB_KEY, pk, GN_PQ_PK_LEN, EVP_PKEY_PUBLIC_KEY);
	EVP_PKEY_CTX *ctx =
		key ? EVP_PKEY_CTX_new_from_pkey(gn_crypto_algs()->lib, key, NULL) : NULL;
	if (ctx && EVP_PKEY_verify_message_init(ctx, gn_crypto_algs()->ml_dsa_65, NULL) > 0)
		err = EVP_PKEY_verify(ctx, sig, GN_PQ_SIG_LEN, m.p, m.len) == 1 ? GN_OK
										: GN_SIGNATURE;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	gn_crypto_message_fini(&m);
	ERR_clear_error();
	return err;
}
