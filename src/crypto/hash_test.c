/* Known answers for hashes, key derivation and the small tools, each with its source. */
#include "crypto/testing/known.h"

#include <stdlib.h>

static void sha256_joins_its_parts(void **state)
{
	(void)state;
	struct gn_hash h;
	gn_sha256((struct gn_slice[]){GN_LIT("a"), {NULL, 0}, GN_LIT("bc")}, 3,
		  &h); /* FIPS 180-4 example "abc" */
	assert_hex(h.b, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	gn_sha256(NULL, 0, &h);
	assert_hex(h.b, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	gn_sha256_tagged("ab", GN_LIT("c"), &h);
	assert_hex(h.b, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void hmac_answers_rfc4231(void **state)
{
	(void)state;
	uint8_t key[131];
	struct gn_hash h;
	memset(key, 0x0b, 20);
	gn_hmac_sha256(gn_slice(key, 20), GN_LIT("Hi There"), &h);
	assert_hex(h.b, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	memset(key, 0xaa, sizeof key);
	gn_hmac_sha256(GN_SLICE(key),
		       GN_LIT("Test Using Larger Than Block-Size Key - Hash Key "
			      "First"),
		       &h);
	assert_hex(h.b, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hkdf_answers_rfc5869(void **state)
{
	(void)state;
	uint8_t ikm[22], salt[13], info[10], okm[42];
	memset(ikm, 0x0b, sizeof ikm);
	for (unsigned i = 0; i < sizeof salt; i++)
		salt[i] = (uint8_t)i;
	for (unsigned i = 0; i < sizeof info; i++)
		info[i] = (uint8_t)(0xf0 + i);
	gn_hkdf(GN_SLICE(ikm), GN_SLICE(salt), GN_SLICE(info), okm, sizeof okm); /* case 1 */
	assert_hex(
		okm,
		"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185"
		"865");
	gn_hkdf(GN_SLICE(ikm), gn_slice(NULL, 0), gn_slice(NULL, 0), okm, sizeof okm); /* case 3 */
	assert_hex(
		okm,
		"8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a9"
		"6c8");
}

/* RFC 9001 appendix A.1: the keys of a QUIC Initial packet. */
static void expand_label_answers_rfc9001(void **state)
{
	(void)state;
	uint8_t salt[20], id[8], secret[32], out[32];
	struct gn_hash initial;
	assert_int_equal(gn_unhex(GN_LIT("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), salt, 20),
			 GN_OK);
	assert_int_equal(gn_unhex(GN_LIT("8394c8f03e515708"), id, 8), GN_OK);
	gn_hmac_sha256(GN_SLICE(salt), GN_SLICE(id), &initial); /* HKDF-Extract */
	gn_hkdf_expand_label(GN_SLICE(initial.b), false, "client in", secret, 32);
	assert_hex(secret, "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea");
	gn_hkdf_expand_label(GN_SLICE(secret), false, "quic key", out, 16);
	assert_hex(out, "1f369613dd76d5467730efcbe3b1a22d");
	gn_hkdf_expand_label(GN_SLICE(secret), false, "quic iv", out, 12);
	assert_hex(out, "fa044b2f42a3fd3b46fb255c");
	gn_hkdf_expand_label(GN_SLICE(secret), false, "quic hp", out, 16);
	assert_hex(out, "9f50449e04a0e810283a1e9933adedd2");
}

/* No published vector is at hand for SHA-384, so a second implementation: OpenSSL's own key
 * derivation for TLS 1.3. */
static void expand_label_agrees_with_openssl_for_sha384(void **state);

/* The reference implementation's test suite (phc-winner-argon2, test.c), version 0x13, one lane. */
static void argon2id_answers_its_reference(void **state)
{
	(void)state;
	uint8_t out[32];
	assert_int_equal(gn_argon2id(GN_LIT("password"), GN_LIT("somesalt"), 2, 256, out, 32),
			 GN_OK);
	assert_hex(out, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
	assert_int_equal(gn_argon2id(GN_LIT("password"), GN_LIT("diffsalt"), 2, 65536, out, 32),
			 GN_OK);
	assert_hex(out, "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c");
}

static void argon2id_refuses_what_is_out_of_bounds(void **state)
{
	(void)state;
	uint8_t out[32];
	struct gn_slice pass = GN_LIT("p"), salt = GN_LIT("somesalt");
	assert_int_equal(gn_argon2id(pass, salt, 0, 256, out, 32), GN_RANGE);
	assert_int_equal(gn_argon2id(pass, salt, 65, 256, out, 32), GN_RANGE);
	assert_int_equal(gn_argon2id(pass, salt, 1, 7, out, 32), GN_RANGE);
	assert_int_equal(gn_argon2id(pass, salt, 1, (1u << 20) + 1, out, 32), GN_RANGE);
	assert_int_equal(gn_argon2id(pass, GN_LIT("seven b"), 1, 8, out, 32), GN_RANGE);
	assert_int_equal(gn_argon2id(pass, salt, 1, 8, out, 3), GN_RANGE);
	assert_int_equal(gn_argon2id(gn_slice(NULL, 0), salt, 1, 8, out, 32), GN_OK);
}

static void equal_ct_compares_every_byte(void **state)
{
	(void)state;
	uint8_t a[33] = {0}, b[33] = {0};
	assert_true(gn_equal_ct(a, b, sizeof a));
	assert_true(gn_equal_ct(NULL, NULL, 0));
	for (size_t i = 0; i < sizeof a; i++) {
		a[i] ^= 1;
		assert_false(gn_equal_ct(a, b, sizeof a));
		a[i] ^= 1;
	}
}

static void a_hasher_gives_what_sha256_does(void **state)
{
	(void)state;
	struct gn_hasher *hasher = gn_hasher_new(), *begun = gn_hasher_new();
	uint8_t in[200] = {0};
	for (size_t i = 0; i < sizeof in; i++) {
		struct gn_slice parts[] = {gn_slice(in, i), gn_slice(in + i, sizeof in - i)};
		struct gn_hash once, again;
		in[i] = (uint8_t)i;
		gn_sha256(parts, 1 + i % 2, &once);
		gn_hasher_sha256(hasher, parts, 1 + i % 2, &again);
		assert_memory_equal(once.b, again.b, sizeof once.b);
		gn_hmac_sha256(parts[0], parts[1], &once); /* keys longer than a block too */
		gn_hasher_hmac_sha256(hasher, parts[0], parts[1], &again);
		assert_memory_equal(once.b, again.b, sizeof once.b);
		gn_sha256(parts, 2, &once);
		gn_hasher_begin(begun);
		gn_hasher_add(begun, parts[0]);
		for (int twice = 0; twice < 2; twice++) { /* it stays as it is */
			gn_hasher_after(hasher, begun, parts[1], &again);
			assert_memory_equal(once.b, again.b, sizeof once.b);
		}
	}
	gn_hasher_free(hasher);
	gn_hasher_free(begun);
}

static void zero_bits_count_from_the_front(void **state)
{
	(void)state;
	struct gn_hash h = {{0}};
	assert_int_equal(gn_hash_zero_bits(&h), 256);
	for (unsigned i = 0; i < 256; i++) {
		memset(h.b, 0, sizeof h.b);
		h.b[i / 8] = (uint8_t)(0xff >> i % 8);
		assert_int_equal(gn_hash_zero_bits(&h), i);
	}
}

static void system_randomness_does_not_repeat(void **state)
{
	(void)state;
	struct gn_rand r = gn_rand_system();
	uint8_t a[32], b[32];
	gn_rand_fill(&r, a, sizeof a);
	gn_rand_fill(&r, b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

static void expand_label_agrees_with_openssl_for_sha384(void **state)
{
	(void)state;
	uint8_t secret[48], ours[100], theirs[100];
	for (unsigned i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)(7 * i);
	char md[] = "SHA384", prefix[] = "tls13 ", label[] = "geonet ku";
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, md, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, sizeof secret),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX, prefix, 6),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL, label, strlen(label)),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	assert_true(EVP_KDF_derive(ctx, theirs, sizeof theirs, params) > 0);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	gn_hkdf_expand_label(GN_SLICE(secret), true, label, ours, sizeof ours);
	assert_memory_equal(ours, theirs, sizeof ours);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_joins_its_parts),
		cmocka_unit_test(hmac_answers_rfc4231),
		cmocka_unit_test(hkdf_answers_rfc5869),
		cmocka_unit_test(expand_label_answers_rfc9001),
		cmocka_unit_test(expand_label_agrees_with_openssl_for_sha384),
		cmocka_unit_test(argon2id_answers_its_reference),
		cmocka_unit_test(argon2id_refuses_what_is_out_of_bounds),
		cmocka_unit_test(equal_ct_compares_every_byte),
		cmocka_unit_test(a_hasher_gives_what_sha256_does),
		cmocka_unit_test(zero_bits_count_from_the_front),
		cmocka_unit_test(system_randomness_does_not_repeat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
