/* Derivations against answers computed elsewhere (Python's hmac), and seals. Rules EE-1, EE-2. */
#include "crypto/testing/known.h"
#include "e2ee/kdf_int.h"

static void derivations(void **state)
{
	(void)state;
	struct e2ee_chain chain = {.n = 6}, other;
	uint8_t key[32], salt[32], in[32], t[32];
	for (uint8_t i = 0; i < 32; i++)
		chain.key[i] = salt[i] = i;
	e2ee_chain_step(&chain, key);
	assert_hex(key, "9b4c8120a4823a95f47cde17a244f4507244ee6e3957d1fab9fa29b44d3829b7");
	assert_hex(chain.key, "4304c22c84a53755ab08ead8d97a8d429be5efa480682d7ad1da27f73e1fbe1d");
	assert_int_equal(chain.n, 7);
	memcpy(chain.key, salt, 32);
	e2ee_chain_step(&chain, NULL);
	assert_hex(chain.key, "4304c22c84a53755ab08ead8d97a8d429be5efa480682d7ad1da27f73e1fbe1d");

	memset(in, 7, 32);
	e2ee_root_step(salt, in, &chain, key);
	assert_hex(salt, "c5e6977c680f5201dcefec9fe2267ac8db123629689b91393bc71ec7e0f0d817");
	assert_hex(chain.key, "0858ea416017f3c424b248c66634784d6c76f53937fa10934073836eb596c75e");
	assert_hex(key, "49fa4abf67a542f3f00f8d8a88ad7055d512fbab3f91056c16921293425b27a2");
	assert_int_equal(chain.n, 0);

	for (uint8_t i = 0; i < 32; i++)
		salt[i] = i;
	memset(in, 8, 32);
	e2ee_epoch_step(salt, in, 258, &chain, &other);
	assert_hex(salt, "5e8270fe6055d8df96a787ad84593ee3193863ff6b722df05e29e8ec79e30453");
	assert_hex(chain.key, "c5b348bd65a765b7b0117a798bf8052d67eb2890e4526bb2c2777ab57a8a5658");
	assert_hex(other.key, "f5eead4d30d07f51c3afde44b867721f46bfc1f31f3438655f4abc719f1dd60d");

	for (uint8_t i = 0; i < 32; i++)
		salt[i] = i;
	memset(in, 9, 32);
	memset(t, 10, 32);
	e2ee_message_key(salt, in, t, key);
	assert_hex(key, "55d2509214f23581b4270e0351b58ad014ecf8005d3fd840b72afb56a034f8e7");
}

static void seals(void **state)
{
	(void)state;
	uint8_t key[32] = {1}, nonce[12] = {2}, zeros[12] = {0},
		data[21 + 16] = "what is to be sealed";
	struct gn_slice ad = GN_LIT("associated"), none = gn_slice(NULL, 0);
	assert_int_equal(e2ee_seal(key, nonce, ad, data, 21), GN_OK);
	uint8_t copy[sizeof data];
	memcpy(copy, data, sizeof data);
	assert_int_equal(e2ee_open(key, nonce, none, copy, sizeof copy), GN_AUTH);
	memcpy(copy, data, sizeof data);
	assert_int_equal(e2ee_open(key, NULL, ad, copy, sizeof copy), GN_AUTH);
	memcpy(copy, data, sizeof data);
	assert_int_equal(e2ee_open(key, nonce, ad, copy, sizeof copy), GN_OK);
	assert_string_equal((char *)copy, "what is to be sealed");
	/* no nonce is a nonce of zeros */
	assert_int_equal(e2ee_seal(key, NULL, none, data, 21), GN_OK);
	assert_int_equal(e2ee_open(key, zeros, none, data, sizeof data), GN_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(derivations), cmocka_unit_test(seals)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
