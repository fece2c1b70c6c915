/* Codes as text: code.h. A text is cut into parts at white space and dashes (those that telephones
 * make of a hyphen, too); the first is a number, the others are words of the list.
 *
 * 1. What parses has one text, by gn_code_text, whatever was typed.
 * 2. Nothing but the parsed code keeps what was typed; the wrong part is told to who typed it. */
#include "crypto/code.h"

#include "crypto/limits.h"
#include "crypto/phrase_int.h"
#include <stdio.h>

#define PARTS (1 + GN_CODE_WORDS)

void gn_code_new(struct gn_rand *rand, unsigned place, struct gn_code *out)
{
	GN_ASSERT(place < CODE_PLACES);
	out->place = (uint16_t)place;
	for (size_t i = 0; i < GN_CODE_WORDS; i++)
		out->words[i] = (uint16_t)gn_rand_below(rand, BIP39_WORDS);
}

void gn_code_text(const struct gn_code *code, char out[GN_CODE_MAX])
{
	GN_ASSERT(code->place < CODE_PLACES);
	GN_ASSERT(code->words[0] < BIP39_WORDS && code->words[1] < BIP39_WORDS);
	int n = snprintf(out, GN_CODE_MAX, "%u-%s-%s", code->place, gn_bip39_words[code->words[0]],
			 gn_bip39_words[code->words[1]]);
	GN_ASSERT(n > 0 && n < GN_CODE_MAX);
}

/* Bytes of a separator at p; 0: none. U+2010 to U+2015 are the dashes of Unicode. */
static size_t separator(const struct gn_reader *r)
{
	uint8_t c = *r->p;
	if (c == ' ' || c == '-' || (c >= '\t' && c <= '\r'))
		return 1;
	return gn_reader_left(r) >= 3 && c == 0xe2 && r->p[1] == 0x80 && r->p[2] >= 0x90 &&
			       r->p[2] <= 0x95
		       ? 3
		       : 0;
}

/* False: nothing is left. */
static bool next_part(struct gn_reader *r, struct gn_slice *out)
{
	while (r->p < r->end && separator(r))
		r->p += separator(r);
	const uint8_t *start = r->p;
	while (r->p < r->end && !separator(r))
		r->p++;
	*out = gn_slice(start, (size_t)(r->p - start));
	return out->len > 0;
}

static bool read_place(struct gn_slice s, uint16_t *out)
{
	unsigned place = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		place = place * 10 + (s.p[i] - '0');
		if (place >= CODE_PLACES)
			return false;
	}
	*out = (uint16_t)place;
	return true;
}

/* A word whole, or cut after CODE_PREFIX letters or later. */
static bool read_word(struct gn_slice s, uint16_t *out)
{
	char word[BIP39_WORD_MAX + 1] = {0};
	if (s.len > BIP39_WORD_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		word[i] = (char)gn_lower(s.p[i]);
	unsigned index = gn_bip39_index(word);
	for (unsigned i = 0; index == BIP39_WORDS && s.len >= CODE_PREFIX && i < BIP39_WORDS; i++)
		if (!strncmp(gn_bip39_words[i], word, s.len))
			index = i;
	gn_wipe(word, sizeof word);
	*out = (uint16_t)index;
	return index < BIP39_WORDS;
}

/* Letters to put in, take out or change until one is the other (Levenshtein 1966). */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[GN_CODE_SAID];
	size_t len = strlen(b);
	GN_ASSERT(len < GN_CODE_SAID);
	for (unsigned j = 0; j <= len; j++)
		row[j] = j;
	for (unsigned i = 1; *a; a++, i++) {
		unsigned across = row[0];
		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			unsigned change = across + (*a != b[j - 1]);
			unsigned other = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
			across = row[j];
			row[j] = change < other ? change : other;
		}
	}
	return row[len];
}

/* Least for what looks most like what was said: letters apart, then the longer equal beginning. */
static unsigned unlike(const char *said, const char *word)
{
	unsigned same = 0;
	while (said[same] && said[same] == word[same])
		same++;
	return distance(said, word) * GN_CODE_SAID - same;
}

static const char *nearest_to(const char *said)
{
	const char *best = gn_bip39_words[0];
	for (unsigned i = 1; i < BIP39_WORDS; i++)
		if (unlike(said, gn_bip39_words[i]) < unlike(said, best))
			best = gn_bip39_words[i];
	return best;
}

static gn_err refuse(struct gn_code_wrong *wrong, unsigned part, struct gn_slice said)
{
	*wrong = (struct gn_code_wrong){.part = part};
	for (size_t i = 0; i < said.len && i + 1 < sizeof wrong->said; i++)
		wrong->said[i] =
			(char)(said.p[i] > ' ' && said.p[i] < 0x7f ? gn_lower(said.p[i]) : '?');
	if (part > 0 && part < PARTS)
		wrong->nearest = nearest_to(wrong->said);
	return GN_TEXT;
}

gn_err gn_code_parse(struct gn_slice text, struct gn_code *out, struct gn_code_wrong *wrong)
{
	struct gn_reader r = gn_reader(text);
	struct gn_slice part;
	struct gn_code code;
	unsigned count = 0;
	if (text.len > CODE_TEXT_MAX)
		return refuse(wrong, PARTS, gn_slice(NULL, 0));
	for (; next_part(&r, &part); count++)
		if (count == PARTS)
			return refuse(wrong, PARTS, part);
		else if (count == 0 ? !read_place(part, &code.place)
				    : !read_word(part, &code.words[count - 1]))
			return refuse(wrong, count, part);
	if (count < PARTS)
		return refuse(wrong, PARTS, gn_slice(NULL, 0));
	*out = code;
	return GN_OK;
}
