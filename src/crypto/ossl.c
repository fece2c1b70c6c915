/* One library context and the fetched algorithms. Fetching by name costs a locked lookup, so it
 * is done once; the table lives as long as the process. */
#include "crypto/ossl_int.h"
#include <openssl/crypto.h>
#include <openssl/obj_mac.h>

static struct gn_crypto_algs algs;
static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void fetch(void)
{
	OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
	GN_ASSERT(lib != NULL);
	algs.lib = lib;
	algs.sha256 = EVP_MD_fetch(lib, "SHA2-256", NULL);
	algs.sha384 = EVP_MD_fetch(lib, "SHA2-384", NULL);
	algs.sha512 = EVP_MD_fetch(lib, "SHA2-512", NULL);
	algs.sha1 = EVP_MD_fetch(lib, "SHA1", NULL);
	algs.md5 = EVP_MD_fetch(lib, "MD5", NULL);
	algs.aes128_gcm = EVP_CIPHER_fetch(lib, "AES-128-GCM", NULL);
	algs.aes256_gcm = EVP_CIPHER_fetch(lib, "AES-256-GCM", NULL);
	algs.chacha20_poly1305 = EVP_CIPHER_fetch(lib, "ChaCha20-Poly1305", NULL);
	algs.aes128_ecb = EVP_CIPHER_fetch(lib, "AES-128-ECB", NULL);
	algs.aes256_ecb = EVP_CIPHER_fetch(lib, "AES-256-ECB", NULL);
	algs.chacha20 = EVP_CIPHER_fetch(lib, "ChaCha20", NULL);
	algs.ed25519 = EVP_SIGNATURE_fetch(lib, "ED25519", NULL);
	algs.ml_dsa_65 = EVP_SIGNATURE_fetch(lib, "ML-DSA-65", NULL);
	GN_ASSERT(algs.sha256 && algs.sha384 && algs.sha512 && algs.sha1 && algs.md5);
	GN_ASSERT(algs.aes128_gcm && algs.aes256_gcm && algs.chacha20_poly1305);
	GN_ASSERT(algs.aes128_ecb && algs.aes256_ecb && algs.chacha20);
	GN_ASSERT(algs.ed25519 && algs.ml_dsa_65);
	algs.p256 = EC_GROUP_new_by_curve_name_ex(lib, NULL, NID_X9_62_prime256v1);
	GN_ASSERT(algs.p256 != NULL);
}

const struct gn_crypto_algs *gn_crypto_algs(void)
{
	OSSL_MUST(CRYPTO_THREAD_run_once(&once, fetch));
	return &algs;
}
