/* Sealing through OpenSSL's EVP with the key set once and only the nonce per call, and the
 * header-protection mask of QUIC (RFC 9001 section 5.4). The lengths are checked by callers;
 * OpenSSL's calls fail on a wrong tag alone.
 *
 * 1. A nonce is used once per key: the caller's packet numbers see to it.
 * 2. Which algorithm is best is asked of OpenSSL, not of the CPU: what counts is the code it
 *    will run. */
#include "crypto/crypto.h"
#include "crypto/ossl_int.h"
#include <openssl/crypto.h>
#include <stdlib.h>

size_t gn_aead_key_len(enum gn_aead_alg alg)
{
	return alg == GN_AES_128_GCM ? 16 : 32;
}

/* "OPENSSL_ia32cap=0x<word 0>:..." with CPUID.1 EDX in the low and ECX in the high half of word
 * 0 (OPENSSL_ia32cap(3)), or "OPENSSL_armcap=0x..." (arm_arch.h). Other CPUs: no promise. */
static bool aes_is_fast(void)
{
	const char *info = OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS);
	const char *value = info ? strchr(info, '=') : NULL;
	if (!value)
		return false;
	unsigned long long word = strtoull(value + 1, NULL, 0);
	const unsigned long long x86 = 1ull << 57 | 1ull << 33,
				 arm = 1ull << 2 | 1ull << 5; /* AES and carry-less product */
	if (!strncmp(info, "OPENSSL_ia32cap", 15))
		return (word & x86) == x86;
	return !strncmp(info, "OPENSSL_armcap", 14) && (word & arm) == arm;
}

enum gn_aead_alg gn_aead_best(void)
{
	return aes_is_fast() ? GN_AES_256_GCM : GN_CHACHA20_POLY1305;
}

static EVP_CIPHER *cipher_of(enum gn_aead_alg alg, bool mask)
{
	const struct gn_crypto_algs *a = gn_crypto_algs();
	switch (alg) {
	case GN_AES_128_GCM: return mask ? a->aes128_ecb : a->aes128_gcm;
	case GN_AES_256_GCM: return mask ? a->aes256_ecb : a->aes256_gcm;
	case GN_CHACHA20_POLY1305: return mask ? a->chacha20 : a->chacha20_poly1305;
	}
	GN_UNREACHABLE("an unknown algorithm");
}

static EVP_CIPHER_CTX *keyed(EVP_CIPHER *cipher, const uint8_t *key, bool sealing)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	if (ctx && EVP_CipherInit_ex2(ctx, cipher, key, NULL, sealing, NULL) <= 0) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* What a refused call may have left; asking first is cheaper where nothing is, as after a tag that
 * does not fit. */
static void drop_errors(void)
{
	if (ERR_peek_error())
		ERR_clear_error();
}

gn_err gn_aead_init(struct gn_aead *a, enum gn_aead_alg alg, bool sealing, struct gn_slice key,
		    struct gn_slice hp_key)
{
	GN_ASSERT(key.len == gn_aead_key_len(alg));
	GN_ASSERT(!hp_key.p || hp_key.len == gn_aead_key_len(alg));
	struct gn_aead made = {.alg = alg, .sealing = sealing};
	made.cipher = keyed(cipher_of(alg, false), key.p, sealing);
	if (hp_key.p)
		made.hp = keyed(cipher_of(alg, true), hp_key.p, true);
	if (made.hp)
		EVP_CIPHER_CTX_set_padding(made.hp, 0); /* one block of ECB is one block */
	if (!made.cipher || (hp_key.p && !made.hp)) {
		gn_aead_fini(&made);
		ERR_clear_error();
		return GN_NOMEM;
	}
	*a = made;
	return GN_OK;
}

void gn_aead_rekey(struct gn_aead *a, struct gn_slice key)
{
	GN_ASSERT(a->cipher != NULL && !a->hp && key.len == gn_aead_key_len(a->alg));
	OSSL_MUST(EVP_CipherInit_ex2(a->cipher, NULL, key.p, NULL, -1, NULL));
}

void gn_aead_fini(struct gn_aead *a)
{
	EVP_CIPHER_CTX_free(a->cipher); /* wipes the key schedule */
	EVP_CIPHER_CTX_free(a->hp);
	a->cipher = a->hp = NULL;
}

gn_err gn_aead_seal(struct gn_aead *a, const uint8_t nonce[GN_AEAD_NONCE], struct gn_slice aad,
		    uint8_t *data, size_t len)
{
	GN_ASSERT(a->cipher != NULL && a->sealing);
	int n = 0, final = 0;
	if (len > INT32_MAX || aad.len > INT32_MAX)
		return GN_TOO_LARGE;
	if (EVP_EncryptInit_ex2(a->cipher, NULL, NULL, nonce, NULL) <= 0 ||
	    (aad.len && EVP_EncryptUpdate(a->cipher, NULL, &n, aad.p, (int)aad.len) <= 0) ||
	    (len && EVP_EncryptUpdate(a->cipher, data, &n, data, (int)len) <= 0) ||
	    EVP_EncryptFinal_ex(a->cipher, data + len, &final) <= 0 ||
	    EVP_CIPHER_CTX_ctrl(a->cipher, EVP_CTRL_AEAD_GET_TAG, GN_AEAD_TAG, data + len) <= 0) {
		drop_errors();
		return GN_CRYPTO;
	}
	return GN_OK;
}

gn_err gn_aead_open(struct gn_aead *a, const uint8_t nonce[GN_AEAD_NONCE], struct gn_slice aad,
		    uint8_t *data, size_t len)
{
	GN_ASSERT(a->cipher != NULL && !a->sealing);
	int n = 0, final = 0;
	if (len > INT32_MAX || aad.len > INT32_MAX)
		return GN_TOO_LARGE;
	if (len < GN_AEAD_TAG)
		return GN_AUTH;
	len -= GN_AEAD_TAG;
	if (EVP_DecryptInit_ex2(a->cipher, NULL, NULL, nonce, NULL) <= 0 ||
	    EVP_CIPHER_CTX_ctrl(a->cipher, EVP_CTRL_AEAD_SET_TAG, GN_AEAD_TAG, data + len) <= 0 ||
	    (aad.len && EVP_DecryptUpdate(a->cipher, NULL, &n, aad.p, (int)aad.len) <= 0) ||
	    (len && EVP_DecryptUpdate(a->cipher, data, &n, data, (int)len) <= 0) ||
	    EVP_DecryptFinal_ex(a->cipher, data + len, &final) <= 0) {
		drop_errors();
		return GN_AUTH;
	}
	return GN_OK;
}

void gn_aead_mask(struct gn_aead *a, const uint8_t sample[16], uint8_t mask[5])
{
	GN_ASSERT(a->hp != NULL);
	static const uint8_t zeros[5];
	uint8_t out[32];
	int n = 0;
	if (a->alg == GN_CHACHA20_POLY1305) {
		/* sample = counter (little-endian) || nonce, which is OpenSSL's 16-byte IV */
		OSSL_MUST(EVP_EncryptInit_ex2(a->hp, NULL, NULL, sample, NULL));
		OSSL_MUST(EVP_EncryptUpdate(a->hp, out, &n, zeros, sizeof zeros));
	} else {
		OSSL_MUST(EVP_EncryptUpdate(a->hp, out, &n, sample, 16));
	}
	GN_ASSERT(n >= 5);
	memcpy(mask, out, 5);
}
