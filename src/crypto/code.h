/* A code that one person reads to another: `4821-orbit-lemon`, a place where the sender is found
 * and two of BIP-39's words that only the two know (22 bits, one guess a run: spake2.h). Rule
 * RE-60. */
#ifndef GN_CRYPTO_CODE_H
#define GN_CRYPTO_CODE_H

#include "base/base.h"

#define GN_CODE_WORDS 2
#define GN_CODE_MAX 23  /* "9999", two words of 8 letters, two dashes, a terminator */
#define GN_CODE_SAID 25 /* of a wrong part, as it is shown; a terminator */

struct gn_code {
	uint16_t place;                /* 0..9999 */
	uint16_t words[GN_CODE_WORDS]; /* secret: indices into the list */
};

/* What is wrong with a text, for who typed it. */
struct gn_code_wrong {
	unsigned part;           /* 0: the place, 1, 2: a word, 3: too few parts or too many */
	char said[GN_CODE_SAID]; /* what stands there, plain, in lower case, cut */
	const char *nearest; /* of a word: the one of the list that looks most like it; or NULL */
};

/* Words by chance; the place is the caller's. */
void gn_code_new(struct gn_rand *rand, unsigned place, struct gn_code *out);
/* The one text of a code: what both make the key from (gn_spake2_scalar). */
void gn_code_text(const struct gn_code *code, char out[GN_CODE_MAX]);
/* Forgives case, spaces and other dashes for dashes, zeros before the place, and words cut after
 * four letters or later. GN_TEXT: wrong says where. */
GN_MUST gn_err gn_code_parse(struct gn_slice text, struct gn_code *out,
			     struct gn_code_wrong *wrong);

#endif
