/* Ed25519 and ML-DSA-65: known answers, and that every changed bit of key, domain, message or
 * signature is refused. */

#include "crypto/testing/known.h"
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>

/* RFC 8032 section 7.1, tests 1-3. */
static void ed25519_answers_rfc8032(void **state)
{
	(void)state;
	static const struct {
		const char *seed, *pk, *msg, *sig;
	} t[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc"
		 "61e39701cf9b46bd25bf"
		 "5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e4"
		 "58f3613d0f11d8c387b2"
		 "eaeb4302aeeb00d291612bb0c00"},
		{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290a"
		 "e67f760984dc6594a7c1"
		 "5e9716ed28dc027beceea1ec40a"},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		uint8_t seed[32], msg[2];
		struct gn_sk sk;
		struct gn_sig sig;
		assert_int_equal(gn_unhex(gn_str(t[i].seed), seed, 32), GN_OK);
		struct gn_slice m = gn_slice(msg, strlen(t[i].msg) / 2);
		assert_int_equal(gn_unhex(gn_str(t[i].msg), msg, m.len), GN_OK);
		gn_sk_from_seed(seed, &sk);
		assert_hex(sk.pk.b, t[i].pk);
		gn_sign(&sk, "", &m, 1, &sig);
		assert_hex(sig.b, t[i].sig);
		assert_int_equal(gn_verify(&sk.pk, "", &m, 1, &sig), GN_OK);
	}
}

static void signatures_cover_domain_and_parts_in_order(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 1);
	struct gn_rand r = gn_prng_rand(&g);
	struct gn_sk sk;
	struct gn_sig sig, same;
	gn_sk_new(&r, &sk);
	struct gn_slice parts[] = {GN_LIT("one"), GN_LIT("two")}, joined = GN_LIT("onetwo"),
			swapped[] = {parts[1], parts[0]};
	gn_sign(&sk, "geonet/test/1", parts, 2, &sig);
	gn_sign(&sk, "geonet/test/1", &joined, 1, &same);
	assert_memory_equal(&sig, &same, sizeof sig);
	assert_int_equal(gn_verify(&sk.pk, "geonet/test/1", parts, 2, &sig), GN_OK);
	assert_int_equal(gn_verify(&sk.pk, "geonet/test/2", parts, 2, &sig), GN_SIGNATURE);
	assert_int_equal(gn_verify(&sk.pk, "geonet/test/1", swapped, 2, &sig), GN_SIGNATURE);
	assert_int_equal(gn_verify(&sk.pk, "geonet/test/1", parts, 1, &sig), GN_SIGNATURE);
	gn_sk_wipe(&sk);
	assert_hex(sk.seed, "0000000000000000000000000000000000000000000000000000000000000000");
}

static void every_changed_bit_is_refused(void **state)
{
	(void)state;
	uint8_t seed[32] = {7};
	struct gn_sk sk;
	struct gn_sig sig;
	struct gn_slice m = GN_LIT("message");
	gn_sk_from_seed(seed, &sk);
	gn_sign(&sk, "d", &m, 1, &sig);
	for (unsigned bit = 0; bit < 512; bit += 3) {
		struct gn_sig bad = sig;
		bad.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(gn_verify(&sk.pk, "d", &m, 1, &bad), GN_SIGNATURE);
	}
	for (unsigned bit = 0; bit < 256; bit += 3) {
		struct gn_pk bad = sk.pk;
		bad.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(gn_verify(&bad, "d", &m, 1, &sig), GN_SIGNATURE);
	}
	assert_int_equal(ERR_peek_error(), 0);
}

/* With a key of order 1 the signature R = S = 0 in the exponent fits any message: OpenSSL alone
 * takes it. */
static void keys_of_small_order_verify_nothing(void **state)
{
	(void)state;
	struct gn_pk pk = {{1}};
	struct gn_sig sig = {{1}};
	struct gn_slice m = GN_LIT("anything");
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pk.b, sizeof pk.b);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert_true(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) > 0);
	assert_int_equal(EVP_DigestVerify(ctx, sig.b, sizeof sig.b, m.p, m.len), 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	assert_int_equal(gn_verify(&pk, "", &m, 1, &sig), GN_SIGNATURE);
	pk.b[31] = 0x80;
	assert_int_equal(gn_verify(&pk, "", &m, 1, &sig), GN_SIGNATURE);
}

static void long_messages_sign_up_to_the_limit(void **state)
{
	(void)state;
	uint8_t seed[32] = {7}, *big = calloc(1, (1u << 20) + 1);
	struct gn_sk sk;
	struct gn_sig sig;
	gn_sk_from_seed(seed, &sk);
	assert_non_null(big);
	/* with the domain's byte */
	static const size_t lens[] = {1023, 1024, 65536, (1u << 20) - 1};
	for (size_t i = 0; i < GN_COUNT(lens); i++) {
		struct gn_slice m = gn_slice(big, lens[i]);
		gn_sign(&sk, "d", &m, 1, &sig);
		assert_int_equal(gn_verify(&sk.pk, "d", &m, 1, &sig), GN_OK);
		m.len--;
		assert_int_equal(gn_verify(&sk.pk, "d", &m, 1, &sig), GN_SIGNATURE);
	}
	struct gn_slice over = gn_slice(big, 1u << 20);
	assert_int_equal(gn_verify(&sk.pk, "d", &over, 1, &sig), GN_TOO_LARGE);
	free(big);
}

/* NIST ACVP-Server, ML-DSA-keyGen-FIPS204 tcId 26 (public key by its SHA-256). The signature was
 * computed with the ML-DSA of Go 1.26's standard library, a second implementation. */
static void ml_dsa_answers_acvp_and_another_implementation(void **state)
{
	(void)state;
	uint8_t seed[GN_PQ_SEED_LEN];
	static uint8_t pk[GN_PQ_PK_LEN], sig[GN_PQ_SIG_LEN];
	assert_int_equal(
		gn_unhex(GN_LIT("8ab6448bf58f897d528a8de9f8e59329ac929a9cde7edf3e27e01bc9ef128a67"),
			 seed, 32),
		GN_OK);
	assert_int_equal(gn_pq_public(seed, pk), GN_OK);
	assert_sha256(GN_SLICE(pk),
		      "b0cc1d6464e1528a478108d4be94be4aca4c7ae69d9595b1e6b752713442022a");
	for (unsigned i = 0; i < 32; i++)
		seed[i] = (uint8_t)i;
	assert_int_equal(gn_pq_public(seed, pk), GN_OK);
	assert_sha256(GN_SLICE(pk),
		      "d666806e11cee19a7c989f7445f90dd419cf4d2d51db8c0fdb4c0f0a542238c9");
	assert_int_equal(gn_pq_sign(seed, "geonet/test/1", GN_LIT("abc"), sig), GN_OK);
	assert_sha256(GN_SLICE(sig),
		      "288d1fe3d585db8f2b6a6b2d78a5975e859a3f5814c3e118799dd12db281074c");
	assert_int_equal(gn_pq_verify(pk, "geonet/test/1", GN_LIT("abc"), sig), GN_OK);
	assert_int_equal(gn_pq_verify(pk, "geonet/test/2", GN_LIT("abc"), sig), GN_SIGNATURE);
	assert_int_equal(gn_pq_verify(pk, "geonet/test/1", GN_LIT("abd"), sig), GN_SIGNATURE);
	for (size_t i = 0; i < sizeof sig; i += 97) {
		sig[i] ^= 0x10;
		assert_int_equal(gn_pq_verify(pk, "geonet/test/1", GN_LIT("abc"), sig),
				 GN_SIGNATURE);
		sig[i] ^= 0x10;
	}
	for (size_t i = 0; i < sizeof pk; i += 97) {
		pk[i] ^= 0x10;
		assert_int_equal(gn_pq_verify(pk, "geonet/test/1", GN_LIT("abc"), sig),
				 GN_SIGNATURE);
		pk[i] ^= 0x10;
	}
	assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519_answers_rfc8032),
		cmocka_unit_test(signatures_cover_domain_and_parts_in_order),
		cmocka_unit_test(every_changed_bit_is_refused),
		cmocka_unit_test(keys_of_small_order_verify_nothing),
		cmocka_unit_test(long_messages_sign_up_to_the_limit),
		cmocka_unit_test(ml_dsa_answers_acvp_and_another_implementation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
