/* SHA-2, HMAC, HKDF, Argon2id and the small tools around them. HMAC (RFC 2104) and HKDF (RFC
 * 5869) are written on the hash: OpenSSL's MAC objects cost more than the hashing of a cookie,
 * and these cannot fail.
 *
 * 1. Every hash starts its context anew, so none sees another's bytes; contexts are wiped as they
 *    are freed.
 * 2. Blocks that hold keys are wiped before return. */
#include "crypto/crypto.h"
#include "crypto/limits.h"
#include "crypto/ossl_int.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#define BLOCK_MAX 128 /* of SHA-384 and SHA-512 */

static void digest(EVP_MD_CTX *ctx, const EVP_MD *md, const struct gn_slice *parts, size_t count,
		   uint8_t *out)
{
	GN_ASSERT(count <= HASH_PARTS_MAX);
	OSSL_MUST(EVP_DigestInit_ex2(ctx, md, NULL));
	for (size_t i = 0; i < count; i++)
		if (parts[i].len)
			OSSL_MUST(EVP_DigestUpdate(ctx, parts[i].p, parts[i].len));
	OSSL_MUST(EVP_DigestFinal_ex(ctx, out, NULL));
}

void gn_crypto_digest(const EVP_MD *md, const struct gn_slice *parts, size_t count, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	GN_ASSERT(ctx != NULL);
	digest(ctx, md, parts, count, out);
	EVP_MD_CTX_free(ctx);
}

static void hmac(EVP_MD_CTX *ctx, const EVP_MD *md, struct gn_slice key,
		 const struct gn_slice *parts, size_t count, uint8_t *out)
{
	GN_ASSERT(count < HASH_PARTS_MAX);
	size_t block = (size_t)EVP_MD_get_block_size(md), size = (size_t)EVP_MD_get_size(md);
	GN_ASSERT(block <= BLOCK_MAX && size <= DIGEST_MAX);
	uint8_t pad[BLOCK_MAX] = {0}, inner[DIGEST_MAX];
	struct gn_slice all[HASH_PARTS_MAX];
	if (key.len > block)
		digest(ctx, md, &key, 1, pad);
	else if (key.len)
		memcpy(pad, key.p, key.len);
	/* all of it: a number that the compiler knows is done in a few steps */
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36;
	all[0] = gn_slice(pad, block);
	for (size_t i = 0; i < count; i++)
		all[i + 1] = parts[i];
	digest(ctx, md, all, count + 1, inner);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	digest(ctx, md, (struct gn_slice[]){gn_slice(pad, block), gn_slice(inner, size)}, 2, out);
	gn_wipe(pad, sizeof pad);
	gn_wipe(inner, sizeof inner);
}

void gn_crypto_hmac(const EVP_MD *md, struct gn_slice key, const struct gn_slice *parts,
		    size_t count, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	GN_ASSERT(ctx != NULL);
	hmac(ctx, md, key, parts, count, out);
	EVP_MD_CTX_free(ctx);
}

/* RFC 5869 section 2.3. */
static void expand(const EVP_MD *md, struct gn_slice prk, struct gn_slice info, uint8_t *out,
		   size_t len)
{
	size_t size = (size_t)EVP_MD_get_size(md), done = 0;
	GN_ASSERT(len <= 255 * size);
	uint8_t t[DIGEST_MAX];
	for (uint8_t i = 1; done < len; i++) {
		struct gn_slice parts[] = {gn_slice(t, i == 1 ? 0 : size), info, gn_slice(&i, 1)};
		gn_crypto_hmac(md, prk, parts, 3, t);
		size_t n = len - done < size ? len - done : size;
		memcpy(out + done, t, n);
		done += n;
	}
	gn_wipe(t, sizeof t);
}

void gn_sha256(const struct gn_slice *parts, size_t count, struct gn_hash *out)
{
	gn_crypto_digest(gn_crypto_algs()->sha256, parts, count, out->b);
}

struct gn_hasher *gn_hasher_new(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	GN_ASSERT(ctx != NULL);
	return (struct gn_hasher *)ctx;
}

void gn_hasher_sha256(struct gn_hasher *hasher, const struct gn_slice *parts, size_t count,
		      struct gn_hash *out)
{
	digest((EVP_MD_CTX *)hasher, gn_crypto_algs()->sha256, parts, count, out->b);
}

void gn_hasher_hmac_sha256(struct gn_hasher *hasher, struct gn_slice key, struct gn_slice msg,
			   struct gn_hash *out)
{
	hmac((EVP_MD_CTX *)hasher, gn_crypto_algs()->sha256, key, &msg, 1, out->b);
}

void gn_hasher_begin(struct gn_hasher *hasher)
{
	int ok = EVP_DigestInit_ex((EVP_MD_CTX *)hasher, gn_crypto_algs()->sha256, NULL);
	GN_ASSERT(ok == 1);
}

void gn_hasher_add(struct gn_hasher *hasher, struct gn_slice part)
{
	int ok = EVP_DigestUpdate((EVP_MD_CTX *)hasher, part.p, part.len);
	GN_ASSERT(ok == 1);
}

void gn_hasher_end(struct gn_hasher *hasher, struct gn_hash *out)
{
	int ok = EVP_DigestFinal_ex((EVP_MD_CTX *)hasher, out->b, NULL);
	GN_ASSERT(ok == 1);
}

void gn_hasher_after(struct gn_hasher *hasher, const struct gn_hasher *begun, struct gn_slice last,
		     struct gn_hash *out)
{
	OSSL_MUST(EVP_MD_CTX_copy_ex((EVP_MD_CTX *)hasher, (const EVP_MD_CTX *)begun));
	gn_hasher_add(hasher, last);
	gn_hasher_end(hasher, out);
}

void gn_hasher_free(struct gn_hasher *hasher)
{
	EVP_MD_CTX_free((EVP_MD_CTX *)hasher);
}

void gn_sha256_tagged(const char *domain, struct gn_slice msg, struct gn_hash *out)
{
	gn_sha256((struct gn_slice[]){gn_str(domain), msg}, 2, out);
}

void gn_hmac_sha256(struct gn_slice key, struct gn_slice msg, struct gn_hash *out)
{
	gn_crypto_hmac(gn_crypto_algs()->sha256, key, &msg, 1, out->b);
}

void gn_hmac_sha256_parts(struct gn_slice key, const struct gn_slice *parts, size_t count,
			  uint8_t out[32])
{
	gn_crypto_hmac(gn_crypto_algs()->sha256, key, parts, count, out);
}

void gn_hmac_sha1(struct gn_slice key, const struct gn_slice *parts, size_t count, uint8_t out[20])
{
	gn_crypto_hmac(gn_crypto_algs()->sha1, key, parts, count, out);
}

void gn_md5(const struct gn_slice *parts, size_t count, uint8_t out[16])
{
	gn_crypto_digest(gn_crypto_algs()->md5, parts, count, out);
}

void gn_hkdf(struct gn_slice ikm, struct gn_slice salt, struct gn_slice info, uint8_t *out,
	     size_t len)
{
	struct gn_hash prk;
	/* no salt is a key of zeros, which is what HMAC pads an empty key to */
	gn_hmac_sha256(salt, ikm, &prk);
	expand(gn_crypto_algs()->sha256, GN_SLICE(prk.b), info, out, len);
	gn_wipe(&prk, sizeof prk);
}

void gn_hkdf_expand_label(struct gn_slice secret, bool sha384, const char *label, uint8_t *out,
			  size_t len)
{
	uint8_t info[64];
	struct gn_slice name = gn_str(label);
	GN_ASSERT(len <= UINT16_MAX);
	struct gn_writer w = gn_writer(info, sizeof info);
	gn_write_be16(&w, (uint16_t)len);
	gn_write_u8(&w, (uint8_t)(6 + name.len));
	gn_write_bytes(&w, GN_LIT("tls13 "));
	gn_write_bytes(&w, name);
	gn_write_u8(&w, 0);
	GN_ASSERT(!w.bad);
	const struct gn_crypto_algs *a = gn_crypto_algs();
	expand(sha384 ? a->sha384 : a->sha256, secret, gn_slice(info, gn_writer_len(&w)), out, len);
}

gn_err gn_argon2id(struct gn_slice pass, struct gn_slice salt, uint32_t passes, uint32_t memory_kib,
		   uint8_t *out, size_t len)
{
	if (passes == 0 || passes > ARGON2_PASSES_MAX || memory_kib < ARGON2_MEMORY_MIN_KIB ||
	    memory_kib > ARGON2_MEMORY_MAX_KIB || salt.len < 8 || len < 4)
		return GN_RANGE;
	gn_err err = GN_NOMEM;
	uint32_t lanes = 1;
	/* OpenSSL's parameters are not const but only read. */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_PASSWORD,
			(void *)(uintptr_t)(pass.len ? (const void *)pass.p : ""), pass.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.p,
						  salt.len),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &passes),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_MEMCOST, &memory_kib),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_LANES, &lanes),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(gn_crypto_algs()->lib, "ARGON2ID", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	if (ctx && EVP_KDF_derive(ctx, out, len, params) > 0)
		err = GN_OK;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	ERR_clear_error();
	return err;
}

bool gn_equal_ct(const void *a, const void *b, size_t len)
{
	return len == 0 || CRYPTO_memcmp(a, b, len) == 0;
}

static void fill_system(void *user, uint8_t *out, size_t len)
{
	(void)user;
	OSSL_MUST(RAND_priv_bytes_ex(gn_crypto_algs()->lib, out, len, 0));
}

struct gn_rand gn_rand_system(void)
{
	return (struct gn_rand){fill_system, NULL};
}

unsigned gn_hash_zero_bits(const struct gn_hash *h)
{
	unsigned n = 0;
	for (; n < 256 && !(h->b[n / 8] & 0x80u >> n % 8); n++)
		;
	return n;
}
