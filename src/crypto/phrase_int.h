/* The word list, and the key derivation of wallets, for the files that turn a phrase into keys. */
#ifndef GN_CRYPTO_PHRASE_INT_H
#define GN_CRYPTO_PHRASE_INT_H

#include "crypto/crypto.h"

#define BIP39_WORDS 2048
#define BIP39_WORD_MAX 8

/* Sorted; made at build time (module.cmake). */
extern const char gn_bip39_words[BIP39_WORDS][BIP39_WORD_MAX + 1];
/* BIP39_WORDS when it is not in the list. */
unsigned gn_bip39_index(const char *word);

/* BIP-39: PBKDF2-HMAC-SHA512(phrase, "mnemonic" || passphrase, 2048). */
void gn_bip39_seed(const char *phrase, const char *passphrase, uint8_t seed[64]);
/* SLIP-0010 for ed25519: the private key (an Ed25519 seed) and chain code at a path of hardened
 * indices, given without their top bit; count 0 is the master. */
void gn_slip10(struct gn_slice seed, const uint32_t *path, size_t count, uint8_t key[32],
	       uint8_t chain[32]);

#endif
