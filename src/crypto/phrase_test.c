/* Phrases and the keys that come from them, against the published vectors of BIP-39 and
 * SLIP-0010. */

#include "crypto/phrase_int.h"
#include "crypto/testing/known.h"
#include <stdio.h>
#include <stdlib.h>

/* The 256-bit vectors of the BIP (its passphrase is "TREZOR"). */
static const struct {
	uint8_t byte;
	const char *phrase, *seed;
} bip39[] = {
	{0x00,
	 "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
	 "abandon abandon abandon "
	 "abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
	 "bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd3097170af7a4d73245cafa9c3cca8d"
	 "561a7c3"
	 "de6f5d4a10be8ed2a5e608d68f92fcc8"},
	{0x7f,
	 "legal winner thank year wave sausage worth useful legal winner thank year wave sausage "
	 "worth useful legal winner thank year wave sausage worth title",
	 "bc09fca1804f7e69da93c2f2028eb238c227f2e9dda30cd63699232578480a4021b146ad717fbb7e451ce9eb8"
	 "35f4362"
	 "0bf5c514db0f8add49f5d121449d3e87"},
	{0x80,
	 "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount "
	 "doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless",
	 "c0c519bd0e91a2ed54357d9d1ebef6f5af218a153624cf4f2da911a0ed8f7a09e2ef61af0aca007096df43002"
	 "2f7a2b6"
	 "fb91661a9589097069720d015e4e982f"},
	{0xff,
	 "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
	 "zoo zoo zoo vote",
	 "dd48c104698c30cfe2b6142103248622fb7bb0ff692eebb00089b32d22484e1613912f0a5b694407be899ffd3"
	 "1ed3992"
	 "c456cdf60f5d4564b8ba3f05a69890ad"},
};

static void phrases_answer_bip39(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(bip39); i++) {
		uint8_t entropy[32], back[32], seed[64];
		char phrase[GN_PHRASE_MAX];
		unsigned bad;
		memset(entropy, bip39[i].byte, sizeof entropy);
		gn_phrase(entropy, phrase);
		assert_string_equal(phrase, bip39[i].phrase);
		assert_int_equal(gn_phrase_parse(gn_str(phrase), back, &bad), GN_OK);
		assert_memory_equal(back, entropy, sizeof back);
		gn_bip39_seed(phrase, "TREZOR", seed);
		assert_hex(seed, bip39[i].seed);
	}
}

static void the_list_is_sorted(void **state)
{
	(void)state;
	assert_string_equal(gn_bip39_words[0], "abandon");
	assert_string_equal(gn_bip39_words[BIP39_WORDS - 1], "zoo");
	for (int i = 1; i < BIP39_WORDS; i++)
		assert_true(strcmp(gn_bip39_words[i - 1], gn_bip39_words[i]) < 0);
}

static void any_entropy_comes_back_however_it_is_typed(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 11);
	struct gn_rand r = gn_prng_rand(&g);
	for (int i = 0; i < 200; i++) {
		uint8_t entropy[32], back[32];
		char phrase[GN_PHRASE_MAX], typed[2 * GN_PHRASE_MAX + 8] = "\n ";
		unsigned bad;
		gn_rand_fill(&r, entropy, sizeof entropy);
		gn_phrase(entropy, phrase);
		size_t n = 2;
		for (const char *c = phrase; *c; c++) {
			if (*c == ' ')
				typed[n++] = "\t\n\r "[gn_rand_below(&r, 4)];
			typed[n++] = (char)(*c >= 'a' && gn_rand_below(&r, 2) ? *c - 32 : *c);
		}
		typed[n++] = '\n';
		assert_int_equal(gn_phrase_parse(gn_slice(typed, n), back, &bad), GN_OK);
		assert_memory_equal(back, entropy, sizeof back);
	}
}

static void mistakes_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned bad;
	} t[] = {
		{"", 24},
		{"abandon abandon", 24},
		{"abandon abandonn", 1},
		{"legal winner thank year wave sausage worth useful legal winner thank year wave "
		 "sausage worth useful legal winner thank year wave sausage worth worth",
		 24}, /* checksum */
		{"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
		 "zoo zoo zoo vote vote",
		 24},
		{"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
		 "zoo zoo zoo voted",
		 23},
		{"zoo zo\xc3\xb6", 1},
		{"zoo, zoo", 0},
		{"abandonabandonabandonabandon", 0},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		uint8_t entropy[32] = {0xaa};
		unsigned bad = 99;
		assert_int_equal(gn_phrase_parse(gn_str(t[i].text), entropy, &bad), GN_TEXT);
		assert_int_equal(bad, t[i].bad);
		assert_int_equal(entropy[0], 0xaa);
	}
	static char endless[1025];
	uint8_t entropy[32];
	unsigned bad;
	memset(endless, ' ', sizeof endless);
	memcpy(endless, bip39[3].phrase, strlen(bip39[3].phrase));
	assert_int_equal(gn_phrase_parse(gn_slice(endless, 1024), entropy, &bad), GN_OK);
	assert_int_equal(gn_phrase_parse(gn_slice(endless, 1025), entropy, &bad), GN_TEXT);
}

/* SLIP-0010, test vectors 1 and 2 for ed25519. */
static void derivation_answers_slip10(void **state)
{
	(void)state;
	uint8_t seed[16], key[32], chain[32];
	struct gn_sk sk;
	static const uint32_t path[] = {0, 1, 2, 2, 1000000000};
	for (unsigned i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)i;
	gn_slip10(GN_SLICE(seed), NULL, 0, key, chain);
	assert_hex(key, "2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7");
	assert_hex(chain, "90046a93de5380a72b5e45010748567d5ea02bbf6522f979e05c0d8d8ca9fffb");
	gn_slip10(GN_SLICE(seed), path, 1, key, chain);
	assert_hex(key, "68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3");
	gn_slip10(GN_SLICE(seed), path, 5, key, chain);
	assert_hex(key, "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793");
	gn_sk_from_seed(key, &sk);
	assert_hex(sk.pk.b, "3c24da049451555d51a7014a37337aa4e12d41e485abccfa46b47dfb2af54b7a");
}

/* Computed from the rule in crypto.h with Python's hmac and hashlib over the seed of
 * python3-mnemonic. */
static void identity_keys_of_the_zero_entropy(void **state)
{
	(void)state;
	static const struct {
		const char *sk, *pq;
	} t[] = {
		{"43f1b1dc6141609e26f4e36b4a7da97b0a3a09928daea4e13b01292ff0447899",
		 "ae88e512b52f27abfc17992abbcd6a9cefcbc48c6eaa434d1adba266f178d1bc"},
		{"ffaae9f12f94da3b8eaf4d891e270ce757448aeb09244f8f7311ad6b5be19a74",
		 "f916099cb1520ed13fe9e13183a251b0d38762a8a31db8d8df81b87744b3c6cc"},
	};
	uint8_t entropy[32] = {0};
	struct gn_identity_keys keys;
	for (uint32_t n = 0; n < GN_COUNT(t); n++) {
		assert_int_equal(gn_identity_derive(entropy, n, &keys), GN_OK);
		assert_hex(keys.sk.seed, t[n].sk);
		assert_hex(keys.pq_seed, t[n].pq);
	}
	assert_int_equal(gn_identity_derive(entropy, 0x7fffffff, &keys), GN_OK);
	assert_int_equal(gn_identity_derive(entropy, 0x80000000, &keys), GN_RANGE);
	gn_identity_wipe(&keys);
	for (size_t i = 0; i < sizeof keys; i++)
		assert_int_equal(((const uint8_t *)&keys)[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phrases_answer_bip39),
		cmocka_unit_test(the_list_is_sorted),
		cmocka_unit_test(any_entropy_comes_back_however_it_is_typed),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(derivation_answers_slip10),
		cmocka_unit_test(identity_keys_of_the_zero_entropy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
