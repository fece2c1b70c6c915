/* X25519 and ML-KEM-768 against the published vectors. */
#include "crypto/testing/known.h"

#include <stdlib.h>

#include <openssl/err.h>

/* RFC 7748 section 6.1. */
static void x25519_answers_rfc7748(void **state)
{
	(void)state;
	uint8_t a[32], b[32], pa[32], pb[32], k[32];
	assert_int_equal(
		gn_unhex(GN_LIT("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
			 a, 32),
		GN_OK);
	assert_int_equal(
		gn_unhex(GN_LIT("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
			 b, 32),
		GN_OK);
	gn_x25519_public(a, pa);
	gn_x25519_public(b, pb);
	assert_hex(pa, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
	assert_hex(pb, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
	assert_int_equal(gn_x25519(a, pb, k), GN_OK);
	assert_hex(k, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	assert_int_equal(gn_x25519(b, pa, k), GN_OK);
	assert_hex(k, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

static void points_of_small_order_are_refused(void **state)
{
	(void)state;
	uint8_t a[32] = {1}, k[32] = {0xaa}, zero[32] = {0}, one[32] = {1};
	assert_int_equal(gn_x25519(a, zero, k), GN_KEY);
	assert_int_equal(gn_x25519(a, one, k), GN_KEY);
	assert_int_equal(k[0], 0xaa);
	assert_int_equal(ERR_peek_error(), 0);
}

static void give(void *user, uint8_t *out, size_t len)
{
	assert_int_equal(len, 32);
	memcpy(out, user, len);
}

/* The first key-generation and encapsulation vectors of BoringSSL (mlkem768_keygen_tests.txt,
 * mlkem768_encap_tests.txt), which are the official ones with FIPS 203's inputs; long values by
 * their SHA-256. */
static void ml_kem_answers_the_published_vectors(void **state)
{
	(void)state;
	uint8_t seed[GN_KEM_SEED_LEN], pk[GN_KEM_PK_LEN], ct[GN_KEM_CT_LEN], k[32], back[32], m[32];
	struct gn_rand r = {give, m};
	assert_int_equal(
		gn_unhex(GN_LIT("7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d"
				"8626ed79d451140800e03b59b956f8210e556067407d13dc90fa9e8b872bfb8f"),
			 seed, sizeof seed),
		GN_OK);
	assert_int_equal(
		gn_unhex(GN_LIT("147c03f7a5bebba406c8fae1874d7f13c80efe79a3a9a874cc09fe76f6997615"),
			 m, 32),
		GN_OK);
	assert_int_equal(gn_kem_public(seed, pk), GN_OK);
	assert_sha256(GN_SLICE(pk),
		      "86adbca81f4fee893e2fb58fb98aa2fe188f501fed268d7f4056f8c05c4e53c4");
	assert_int_equal(gn_kem_encap(&r, pk, ct, k), GN_OK);
	assert_sha256(GN_SLICE(ct),
		      "36829a2f35cbf4deb62c0a12a15c22dae9f8d2c252566fc24f88abe805cb575e");
	assert_hex(k, "e7184a0975ee3470878d2d159ec83129c8aec253d4ee17b4810311d198cd0368");
	assert_int_equal(gn_kem_decap(seed, ct, back), GN_OK);
	assert_memory_equal(back, k, 32);
}

static void a_changed_ciphertext_gives_another_secret(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 1);
	struct gn_rand r = gn_prng_rand(&g);
	uint8_t seed[GN_KEM_SEED_LEN], pk[GN_KEM_PK_LEN], ct[GN_KEM_CT_LEN], k[32], back[32],
		again[32];
	gn_rand_fill(&r, seed, sizeof seed);
	assert_int_equal(gn_kem_public(seed, pk), GN_OK);
	assert_int_equal(gn_kem_encap(&r, pk, ct, k), GN_OK);
	for (size_t i = 0; i < sizeof ct; i += 61) {
		ct[i] ^= 1;
		assert_int_equal(gn_kem_decap(seed, ct, back), GN_OK);
		assert_memory_not_equal(back, k, 32);
		assert_int_equal(gn_kem_decap(seed, ct, again), GN_OK);
		assert_memory_equal(back, again, 32);
		ct[i] ^= 1;
	}
	memset(pk, 0xff, 3); /* a coefficient of 4095 is above q */
	assert_int_equal(gn_kem_encap(&r, pk, ct, k), GN_KEY);
	assert_int_equal(ERR_peek_error(), 0);
}

/* q - 1 is a coefficient, q is none: in each half of three bytes, at both ends; and encapsulation
 * says the same. */
static void keys_are_checked(void **state)
{
	(void)state;
	static const uint8_t edge[4][3] = {
		{0x00, 0x0d, 0x00}, {0x01, 0x0d, 0x00}, {0x00, 0x00, 0xd0}, {0x00, 0x10, 0xd0}};
	struct gn_prng g;
	gn_prng_init(&g, 2);
	struct gn_rand r = gn_prng_rand(&g);
	uint8_t seed[GN_KEM_SEED_LEN] = {1}, pk[GN_KEM_PK_LEN], ct[GN_KEM_CT_LEN], k[32];
	for (size_t at = 0; at < GN_KEM_PK_LEN - 32; at += GN_KEM_PK_LEN - 32 - 3) {
		for (int i = 0; i < 4; i++) {
			assert_int_equal(gn_kem_public(seed, pk), GN_OK);
			memcpy(pk + at, edge[i], 3);
			memset(pk + sizeof pk - 32, 0xff, 32); /* not coefficients */
			assert_int_equal(gn_kem_check(pk), i % 2 ? GN_KEY : GN_OK);
			assert_int_equal(gn_kem_encap(&r, pk, ct, k), i % 2 ? GN_KEY : GN_OK);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x25519_answers_rfc7748),
		cmocka_unit_test(points_of_small_order_are_refused),
		cmocka_unit_test(ml_kem_answers_the_published_vectors),
		cmocka_unit_test(a_changed_ciphertext_gives_another_secret),
		cmocka_unit_test(keys_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
