/* All keys of a person from the entropy of the phrase: Ed25519 the way wallets derive it (BIP-39
 * seed, SLIP-0010), so that other tools can restore it, and the ML-DSA-65 seed beside it by
 * HKDF.
 *
 * 1. Knowing the keys of number n tells nothing of those of n + 1: each comes from the root by a
 *    one-way function. */
#include "crypto/limits.h"
#include "crypto/ossl_int.h"
#include "crypto/phrase_int.h"

#define PURPOSE 74u
#define BIP39_ROUNDS 2048

void gn_bip39_seed(const char *phrase, const char *passphrase, uint8_t seed[64])
{
	const EVP_MD *md = gn_crypto_algs()->sha512;
	uint8_t u[64];
	struct gn_slice key = gn_str(phrase);
	struct gn_slice salt[] = {GN_LIT("mnemonic"), gn_str(passphrase),
				  GN_LIT("\0\0\0\1")}; /* block 1 is all of it */
	gn_crypto_hmac(md, key, salt, 3, u);
	memcpy(seed, u, sizeof u);
	for (int i = 1; i < BIP39_ROUNDS; i++) {
		gn_crypto_hmac(md, key, &(struct gn_slice){u, sizeof u}, 1, u);
		for (size_t j = 0; j < sizeof u; j++)
			seed[j] ^= u[j];
	}
	gn_wipe(u, sizeof u);
}

void gn_slip10(struct gn_slice seed, const uint32_t *path, size_t count, uint8_t key[32],
	       uint8_t chain[32])
{
	const EVP_MD *md = gn_crypto_algs()->sha512;
	uint8_t node[64], index[4];
	gn_crypto_hmac(md, GN_LIT("ed25519 seed"), &seed, 1, node);
	for (size_t i = 0; i < count; i++) {
		GN_ASSERT(path[i] < 0x80000000u);
		struct gn_writer w = gn_writer(index, sizeof index);
		gn_write_be32(&w, 0x80000000u | path[i]);
		struct gn_slice parts[] = {GN_LIT("\0"), gn_slice(node, 32), GN_SLICE(index)};
		gn_crypto_hmac(md, gn_slice(node + 32, 32), parts, 3, node);
	}
	memcpy(key, node, 32);
	memcpy(chain, node + 32, 32);
	gn_wipe(node, sizeof node);
}

gn_err gn_identity_derive(const uint8_t entropy[32], uint32_t n, struct gn_identity_keys *out)
{
	if (n >= 0x80000000u)
		return GN_RANGE;
	char phrase[GN_PHRASE_MAX];
	uint8_t seed[64], key[32], chain[32], info[15] = "geonet/pq/1";
	gn_phrase(entropy, phrase);
	gn_bip39_seed(phrase, "", seed);
	gn_slip10(GN_SLICE(seed), (uint32_t[]){PURPOSE, n}, 2, key, chain);
	gn_sk_from_seed(key, &out->sk);
	struct gn_writer w = gn_writer(info + 11, 4);
	gn_write_be32(&w, n);
	gn_hkdf(gn_slice(entropy, 32), gn_slice(NULL, 0), GN_SLICE(info), out->pq_seed,
		sizeof out->pq_seed);
	gn_wipe(phrase, sizeof phrase);
	gn_wipe(seed, sizeof seed);
	gn_wipe(key, sizeof key);
	gn_wipe(chain, sizeof chain);
	return GN_OK;
}

void gn_identity_wipe(struct gn_identity_keys *keys)
{
	gn_wipe(keys, sizeof *keys);
}
