/* Ed25519 (RFC 8032) over domain || parts. The signed bytes are put together first, because
 * Ed25519 hashes them twice and OpenSSL takes them in one piece.
 *
 * 1. sk.pk is always the public key of sk.seed: both halves of a signature depend on it (only
 *    gn_sk_* make a gn_sk).
 * 2. A public key of small order never verifies (CR-11): one signature of it can fit many
 *    messages, and its owner could deny what was signed. OpenSSL checks that S is reduced, so a
 *    signature has one form.
 * 3. A failed verification leaves nothing on OpenSSL's error queue. */
#include "crypto/crypto.h"
#include "crypto/limits.h"
#include "crypto/ossl_int.h"
#include <openssl/core_names.h>
#include <openssl/params.h>

_Static_assert(sizeof((struct gn_crypto_message *)0)->stack == SIGNED_ON_STACK,
	       "limits.h and ossl_int.h agree");

gn_err gn_crypto_message_init(struct gn_crypto_message *m, const char *domain,
			      const struct gn_slice *parts, size_t count)
{
	GN_ASSERT(count <= HASH_PARTS_MAX);
	struct gn_slice prefix = gn_str(domain);
	size_t len = prefix.len;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > SIGNED_MAX || len + parts[i].len > SIGNED_MAX)
			return GN_TOO_LARGE;
		len += parts[i].len;
	}
	m->len = len;
	m->p = len <= sizeof m->stack ? m->stack : OPENSSL_malloc(len);
	if (!m->p)
		return GN_NOMEM;
	struct gn_writer w = gn_writer(m->p, len);
	gn_write_bytes(&w, prefix);
	for (size_t i = 0; i < count; i++)
		gn_write_bytes(&w, parts[i]);
	GN_ASSERT(!w.bad && gn_writer_len(&w) == len);
	return GN_OK;
}

void gn_crypto_message_fini(struct gn_crypto_message *m)
{
	if (m->p != m->stack)
		OPENSSL_free(m->p);
	m->p = NULL;
}

/* With both halves given OpenSSL does not compute the public one again, which would cost as much
 * as signing. */
EVP_PKEY *gn_crypto_ed25519_pair(const struct gn_sk *sk)
{
	EVP_PKEY *key = NULL;
	struct gn_sk copy = *sk; /* OpenSSL's parameters are not const */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, copy.seed,
						  sizeof copy.seed),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.pk.b,
						  sizeof copy.pk.b),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(gn_crypto_algs()->lib, "ED25519", NULL);
	if (ctx && (EVP_PKEY_fromdata_init(ctx) <= 0 ||
		    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0))
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	gn_wipe(&copy, sizeof copy);
	return key;
}

EVP_PKEY *gn_crypto_ed25519_public(const struct gn_pk *pk)
{
	return EVP_PKEY_new_raw_public_key_ex(gn_crypto_algs()->lib, "ED25519", NULL, pk->b,
					      sizeof pk->b);
}

/* The y coordinates of the eight points of small order, and the two of them that have a second
 * encoding (y + p); the top bit is the sign of x. */
bool gn_crypto_small_order(const struct gn_pk *pk)
{
	static const uint8_t y[7][32] = {
		{0},
		{1},
		{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
		 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
		 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
		{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
		 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
		 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
		{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	};
	struct gn_pk k = *pk;
	k.b[31] &= 0x7f;
	for (size_t i = 0; i < GN_COUNT(y); i++)
		if (!memcmp(k.b, y[i], sizeof k.b))
			return true;
	return false;
}

void gn_sk_from_seed(const uint8_t seed[32], struct gn_sk *out)
{
	struct gn_sk sk;
	size_t len = sizeof sk.pk.b;
	memcpy(sk.seed, seed, sizeof sk.seed);
	EVP_PKEY *key =
		EVP_PKEY_new_raw_private_key_ex(gn_crypto_algs()->lib, "ED25519", NULL, seed, 32);
	GN_ASSERT(key != NULL);
	OSSL_MUST(EVP_PKEY_get_raw_public_key(key, sk.pk.b, &len));
	GN_ASSERT(len == sizeof sk.pk.b);
	EVP_PKEY_free(key);
	*out = sk;
	gn_wipe(&sk, sizeof sk);
}

void gn_sk_new(struct gn_rand *rand, struct gn_sk *out)
{
	uint8_t seed[32];
	gn_rand_fill(rand, seed, sizeof seed);
	gn_sk_from_seed(seed, out);
	gn_wipe(seed, sizeof seed);
}

void gn_sk_wipe(struct gn_sk *sk)
{
	gn_wipe(sk, sizeof *sk);
}

void gn_sign(const struct gn_sk *sk, const char *domain, const struct gn_slice *parts, size_t count,
	     struct gn_sig *out)
{
	struct gn_crypto_message m;
	gn_err err = gn_crypto_message_init(&m, domain, parts, count);
	GN_ASSERT(err == GN_OK);
	size_t len = sizeof out->b;
	EVP_PKEY *key = gn_crypto_ed25519_pair(sk);
	EVP_PKEY_CTX *ctx =
		key ? EVP_PKEY_CTX_new_from_pkey(gn_crypto_algs()->lib, key, NULL) : NULL;
	GN_ASSERT(ctx != NULL);
	OSSL_MUST(EVP_PKEY_sign_message_init(ctx, gn_crypto_algs()->ed25519, NULL));
	OSSL_MUST(EVP_PKEY_sign(ctx, out->b, &len, m.p, m.len));
	GN_ASSERT(len == sizeof out->b);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	gn_crypto_message_fini(&m);
}

gn_err gn_verify(const struct gn_pk *pk, const char *domain, const struct gn_slice *parts,
		 size_t count, const struct gn_sig *sig)
{
	struct gn_crypto_message m;
	if (gn_crypto_small_order(pk))
		return GN_SIGNATURE;
	GN_TRY(gn_crypto_message_init(&m, domain, parts, count));
	gn_err err = GN_NOMEM;
	EVP_PKEY *key = gn_crypto_ed25519_public(pk);
	EVP_PKEY_CTX *ctx =
		key ? EVP_PKEY_CTX_new_from_pkey(gn_crypto_algs()->lib, key, NULL) : NULL;
	if (ctx && EVP_PKEY_verify_message_init(ctx, gn_crypto_algs()->ed25519, NULL) > 0)
		err = EVP_PKEY_verify(ctx, sig->b, sizeof sig->b, m.p, m.len) == 1 ? GN_OK
										   : GN_SIGNATURE;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	gn_crypto_message_fini(&m);
	ERR_clear_error();
	return err;
}
