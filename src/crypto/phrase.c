/* 32 bytes of entropy as 24 words (BIP-39): the entropy, then the first byte of its SHA-256, cut
 * into 24 indices of 11 bits.
 *
 * 1. A parsed phrase has a right checksum, and printing it again gives the same words.
 * 2. Whatever was made on the way is wiped. */
#include "crypto/limits.h"
#include "crypto/phrase_int.h"

#define BITS 11
#define BYTES 33 /* 32 of entropy, 1 of checksum */

static uint8_t checksum(const uint8_t entropy[32])
{
	struct gn_hash h;
	gn_sha256(&(struct gn_slice){entropy, 32}, 1, &h);
	uint8_t first = h.b[0];
	gn_wipe(&h, sizeof h);
	return first;
}

void gn_phrase(const uint8_t entropy[32], char out[GN_PHRASE_MAX])
{
	uint8_t bytes[BYTES];
	memcpy(bytes, entropy, 32);
	bytes[32] = checksum(entropy);
	size_t at = 0;
	for (unsigned i = 0; i < GN_PHRASE_WORDS; i++) {
		unsigned index = 0;
		for (unsigned bit = i * BITS; bit < (i + 1) * BITS; bit++)
			index = index << 1 | ((unsigned)bytes[bit / 8] >> (7 - bit % 8) & 1u);
		size_t len = strlen(gn_bip39_words[index]);
		GN_ASSERT(at + len + 1 <= GN_PHRASE_MAX);
		memcpy(out + at, gn_bip39_words[index], len);
		at += len;
		out[at++] = i + 1 < GN_PHRASE_WORDS ? ' ' : 0;
	}
	gn_wipe(bytes, sizeof bytes);
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word in lower case, terminated; false at the end of the text. A word that is too long
 * comes out as "". */
static bool next_word(struct gn_reader *r, char word[BIP39_WORD_MAX + 1])
{
	size_t len = 0;
	while (r->p < r->end && is_space(*r->p))
		r->p++;
	if (r->p == r->end)
		return false;
	for (; r->p < r->end && !is_space(*r->p); r->p++, len++)
		if (len < BIP39_WORD_MAX)
			word[len] = (char)(*r->p >= 'A' && *r->p <= 'Z' ? *r->p + 32 : *r->p);
	word[len <= BIP39_WORD_MAX ? len : 0] = 0;
	return true;
}

unsigned gn_bip39_index(const char *word)
{
	unsigned low = 0, high = BIP39_WORDS;
	while (low < high) {
		unsigned mid = (low + high) / 2;
		int order = strcmp(gn_bip39_words[mid], word);
		if (order == 0)
			return mid;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return BIP39_WORDS;
}

gn_err gn_phrase_parse(struct gn_slice text, uint8_t entropy[32], unsigned *bad)
{
	uint8_t bytes[BYTES] = {0};
	char word[BIP39_WORD_MAX + 1];
	unsigned count = 0;
	gn_err err = GN_TEXT;
	*bad = GN_PHRASE_WORDS;
	if (text.len > PHRASE_TEXT_MAX)
		return GN_TEXT;
	for (struct gn_reader r = gn_reader(text); next_word(&r, word); count++) {
		if (count == GN_PHRASE_WORDS)
			goto out;
		unsigned index = gn_bip39_index(word);
		if (index == BIP39_WORDS) {
			*bad = count;
			goto out;
		}
		for (unsigned i = 0, bit = count * BITS; i < BITS; i++, bit++)
			bytes[bit / 8] |=
				(uint8_t)((index >> (BITS - 1 - i) & 1u) << (7 - bit % 8));
	}
	if (count == GN_PHRASE_WORDS && checksum(bytes) == bytes[32]) {
		memcpy(entropy, bytes, 32);
		err = GN_OK;
	}
out:
	gn_wipe(bytes, sizeof bytes);
	gn_wipe(word, sizeof word);
	return err;
}
