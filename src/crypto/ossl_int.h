/* What the files of this module share of OpenSSL: one library context of our own, so that
 * neither openssl.cnf nor another library in the process changes what we compute, and the
 * algorithms fetched from it once. */
#ifndef GN_CRYPTO_OSSL_INT_H
#define GN_CRYPTO_OSSL_INT_H

#include "crypto/crypto.h"
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

struct gn_crypto_algs {
	OSSL_LIB_CTX *lib;
	EVP_MD *sha256, *sha384, *sha512;
	EVP_MD *sha1, *md5; /* of STUN, where they are what the protocol says */
	EVP_CIPHER *aes128_gcm, *aes256_gcm, *chacha20_poly1305, *aes128_ecb, *aes256_ecb,
		*chacha20;
	EVP_SIGNATURE *ed25519, *ml_dsa_65;
	EC_GROUP *p256; /* of SPAKE2; only read */
};

/* Shared, made at the first call, never freed. Thread-safe. */
const struct gn_crypto_algs *gn_crypto_algs(void);

/* md(parts in order); out has the digest's size. At most HASH_PARTS_MAX parts. */
void gn_crypto_digest(const EVP_MD *md, const struct gn_slice *parts, size_t count, uint8_t *out);
/* RFC 2104 over the parts; at most HASH_PARTS_MAX - 1 parts. */
void gn_crypto_hmac(const EVP_MD *md, struct gn_slice key, const struct gn_slice *parts,
		    size_t count, uint8_t *out);

/* domain || parts as one piece, for signature schemes that take nothing else. */
struct gn_crypto_message {
	uint8_t *p; /* owned unless it is stack */
	size_t len;
	uint8_t stack[1024];
};
/* GN_TOO_LARGE above SIGNED_MAX, GN_NOMEM. */
GN_MUST gn_err gn_crypto_message_init(struct gn_crypto_message *m, const char *domain,
				      const struct gn_slice *parts, size_t count);
void gn_crypto_message_fini(struct gn_crypto_message *m);

/* An Ed25519 key pair for OpenSSL, owned by the caller; NULL when memory is out. */
EVP_PKEY *gn_crypto_ed25519_pair(const struct gn_sk *sk);
EVP_PKEY *gn_crypto_ed25519_public(const struct gn_pk *pk);
bool gn_crypto_small_order(const struct gn_pk *pk);

/* OpenSSL refused what it cannot refuse but for want of memory: functions without a result end
 * here. */
/* Bytes of the largest digest here, SHA-512. */
#define DIGEST_MAX 64

#define OSSL_MUST(expr) GN_ASSERT((expr) > 0)

#endif
