/* Sealing: known answers of the standards, round trips of every algorithm and length, and that
 * no changed bit opens. */
#include "crypto/crypto.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <openssl/err.h>

#include <cmocka.h>

static size_t unhex(const char *text, uint8_t *out)
{
	size_t len = strlen(text) / 2;
	assert_int_equal(gn_unhex(gn_str(text), out, len), GN_OK);
	return len;
}

struct vector {
	enum gn_aead_alg alg;
	const char *key, *nonce, *aad, *plain, *sealed;
};

static const struct vector vectors[] = {
	/* RFC 8439 section 2.8.2 */
	{GN_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	 "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
	 "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a2049662"
	 "04920636f756c64"
	 "206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e736"
	 "37265656e20776f"
	 "756c642062652069742e",
	 "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69d"
	 "a92728b1a71de0a"
	 "9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3"
	 "ff4def08e4b7a9d"
	 "e576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"},
	/* RFC 9001 appendix A.5: a short-header packet */
	{GN_CHACHA20_POLY1305, "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8",
	 "e0459b3474bdd0e46d417eb0", "4200bff4", "01", "655e5cd55c41f69080575d7999c25a5bfb"},
	/* The GCM specification (McGrew and Viega), test cases 2 and 14 */
	{GN_AES_128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "",
	 "00000000000000000000000000000000",
	 "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
	{GN_AES_256_GCM, "0000000000000000000000000000000000000000000000000000000000000000",
	 "000000000000000000000000", "", "00000000000000000000000000000000",
	 "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
};

static void sealing_answers_the_standards(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];
		uint8_t key[32], nonce[12], aad[32], data[256], want[256];
		struct gn_slice k = gn_slice(key, unhex(v->key, key));
		unhex(v->nonce, nonce);
		struct gn_slice ad = gn_slice(aad, unhex(v->aad, aad));
		size_t len = unhex(v->plain, data), sealed = unhex(v->sealed, want);
		struct gn_aead seal, open;
		assert_int_equal(gn_aead_init(&seal, v->alg, true, k, gn_slice(NULL, 0)), GN_OK);
		assert_int_equal(gn_aead_init(&open, v->alg, false, k, gn_slice(NULL, 0)), GN_OK);
		assert_int_equal(gn_aead_seal(&seal, nonce, ad, data, len), GN_OK);
		assert_int_equal(sealed, len + GN_AEAD_TAG);
		assert_memory_equal(data, want, sealed);
		assert_int_equal(gn_aead_open(&open, nonce, ad, data, sealed), GN_OK);
		unhex(v->plain, want);
		assert_memory_equal(data, want, len);
		gn_aead_fini(&seal);
		gn_aead_fini(&open);
	}
}

/* RFC 9001 appendix A.2 and A.5. */
static void a_context_takes_another_key(void **state)
{
	(void)state;
	for (int alg = GN_AES_128_GCM; alg <= GN_CHACHA20_POLY1305; alg++) {
		uint8_t keys[4][32] = {{1}, {2}, {3}, {4}}, nonce[12] = {5}, data[4][64];
		size_t len = gn_aead_key_len((enum gn_aead_alg)alg);
		struct gn_aead seal = {0}, open = {0};
		for (int i = 0; i < 4; i++) { /* each as a context of its own makes it */
			struct gn_slice key = gn_slice(keys[i], len);
			memset(data[i], 7, sizeof data[i]);
			assert_int_equal(gn_aead_init(&seal, (enum gn_aead_alg)alg, true, key,
						      gn_slice(NULL, 0)),
					 GN_OK);
			assert_int_equal(gn_aead_seal(&seal, nonce, key, data[i], 48), GN_OK);
			gn_aead_fini(&seal);
		}
		assert_int_equal(gn_aead_init(&open, (enum gn_aead_alg)alg, false,
					      gn_slice(keys[0], len), gn_slice(NULL, 0)),
				 GN_OK);
		for (int i = 0; i < 16; i++) {
			uint8_t copy[64];
			struct gn_slice key = gn_slice(keys[i % 4], len);
			memcpy(copy, data[i / 4], sizeof copy);
			gn_aead_rekey(&open, key);
			assert_int_equal(gn_aead_open(&open, nonce, key, copy, sizeof copy),
					 i % 4 == i / 4 ? GN_OK : GN_AUTH);
			assert_true(i % 4 != i / 4 || (copy[0] == 7 && copy[47] == 7));
			assert_int_equal(ERR_peek_error(), 0);
		}
		gn_aead_fini(&open);
	}
}

static void mask_answers_rfc9001(void **state)
{
	(void)state;
	static const struct {
		enum gn_aead_alg alg;
		const char *key, *sample, *mask;
	} t[] = {
		{GN_AES_128_GCM, "9f50449e04a0e810283a1e9933adedd2",
		 "d1b1c98dd7689fb8ec11d242b123dc9b", "437b9aec36"},
		{GN_CHACHA20_POLY1305,
		 "25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4",
		 "5e5cd55c41f69080575d7999c25a5bfb", "aefefe7d03"},
		/* AES-256 of a block: FIPS 197 appendix C.3 */
		{GN_AES_256_GCM, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		 "00112233445566778899aabbccddeeff", "8ea2b7ca51"},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		uint8_t key[32], sample[16], want[5], mask[5];
		struct gn_slice k = gn_slice(key, unhex(t[i].key, key));
		unhex(t[i].sample, sample);
		unhex(t[i].mask, want);
		struct gn_aead a;
		assert_int_equal(gn_aead_init(&a, t[i].alg, true, k, k), GN_OK);
		for (int again = 0; again < 2; again++) {
			memset(mask, 0, sizeof mask);
			gn_aead_mask(&a, sample, mask);
			assert_memory_equal(mask, want, 5);
		}
		gn_aead_fini(&a);
	}
}

static void contexts_serve_many_packets_of_any_length(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 7);
	struct gn_rand r = gn_prng_rand(&g);
	for (int alg = GN_AES_128_GCM; alg <= GN_CHACHA20_POLY1305; alg++) {
		uint8_t key[32], nonce[12] = {0}, data[1600], copy[1600], aad[40];
		gn_rand_fill(&r, key, sizeof key);
		struct gn_slice k = gn_slice(key, gn_aead_key_len((enum gn_aead_alg)alg));
		struct gn_aead seal, open;
		assert_int_equal(gn_aead_init(&seal, (enum gn_aead_alg)alg, true, k, k), GN_OK);
		assert_int_equal(gn_aead_init(&open, (enum gn_aead_alg)alg, false, k, k), GN_OK);
		for (int i = 0; i < 300; i++) {
			size_t len = i < 20 ? (size_t)i : (size_t)gn_rand_below(&r, 1500);
			struct gn_slice ad =
				gn_slice(aad, (size_t)gn_rand_below(&r, sizeof aad + 1));
			gn_rand_fill(&r, data, len);
			gn_rand_fill(&r, aad, sizeof aad);
			memcpy(copy, data, len);
			nonce[0] = (uint8_t)i;
			nonce[1] = (uint8_t)(i >> 8);
			assert_int_equal(gn_aead_seal(&seal, nonce, ad, data, len), GN_OK);
			if (i % 3 == 0) { /* a bad packet in between must not disturb the next */
				uint8_t bad[1600];
				memcpy(bad, data, len + GN_AEAD_TAG);
				bad[gn_rand_below(&r, len + GN_AEAD_TAG)] ^= 4;
				assert_int_equal(
					gn_aead_open(&open, nonce, ad, bad, len + GN_AEAD_TAG),
					GN_AUTH);
			}
			assert_int_equal(gn_aead_open(&open, nonce, ad, data, len + GN_AEAD_TAG),
					 GN_OK);
			assert_memory_equal(data, copy, len);
		}
		gn_aead_fini(&seal);
		gn_aead_fini(&open);
	}
	assert_int_equal(ERR_peek_error(), 0);
}

static void no_changed_bit_opens(void **state)
{
	(void)state;
	uint8_t key[32] = {1}, nonce[12] = {2}, aad[8] = {3}, sealed[48] = {4}, data[48];
	struct gn_aead seal, open;
	assert_int_equal(
		gn_aead_init(&seal, GN_AES_256_GCM, true, GN_SLICE(key), gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(
		gn_aead_init(&open, GN_AES_256_GCM, false, GN_SLICE(key), gn_slice(NULL, 0)),
		GN_OK);
	assert_int_equal(gn_aead_seal(&seal, nonce, GN_SLICE(aad), sealed, 32), GN_OK);
	for (unsigned bit = 0; bit < 8 * sizeof sealed; bit++) {
		memcpy(data, sealed, sizeof data);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(gn_aead_open(&open, nonce, GN_SLICE(aad), data, sizeof data),
				 GN_AUTH);
	}
	for (size_t len = 0; len < sizeof sealed; len++) {
		memcpy(data, sealed, sizeof data);
		assert_int_equal(gn_aead_open(&open, nonce, GN_SLICE(aad), data, len), GN_AUTH);
	}
	memcpy(data, sealed, sizeof data);
	assert_int_equal(gn_aead_open(&open, nonce, gn_slice(aad, 7), data, sizeof data), GN_AUTH);
	nonce[11] ^= 1;
	memcpy(data, sealed, sizeof data);
	assert_int_equal(gn_aead_open(&open, nonce, GN_SLICE(aad), data, sizeof data), GN_AUTH);
	gn_aead_fini(&seal);
	gn_aead_fini(&open);
	gn_aead_fini(&open); /* twice is fine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealing_answers_the_standards),
		cmocka_unit_test(a_context_takes_another_key),
		cmocka_unit_test(mask_answers_rfc9001),
		cmocka_unit_test(contexts_serve_many_packets_of_any_length),
		cmocka_unit_test(no_changed_bit_opens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
