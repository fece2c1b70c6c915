/* Which letters may stand together in a label, and how many there are: names that look like
 * others are claimed to deceive, and short ones are few. "Highly restrictive" of UTS 39: one
 * script, or Latin beside those that Chinese, Japanese or Korean is written with; digits,
 * hyphens and marks go with any. Labels are judged as people see them, not in their "xn--" form.
 * Rules: docs/spec/services.md NA-4, NA-15. */
#include "records/name_int.h"

#include <idn2.h>
#include <stdlib.h>
#include <unictype.h>

enum { LATIN = 1, HAN = 2, HIRAGANA = 4, KATAKANA = 8, BOPOMOFO = 16, HANGUL = 32, OTHER = 64 };

static const struct {
	const char *name;
	unsigned bit;
} together[] = {{"Latin", LATIN},       {"Han", HAN},           {"Hiragana", HIRAGANA},
		{"Katakana", KATAKANA}, {"Bopomofo", BOPOMOFO}, {"Hangul", HANGUL}};

static unsigned bit_of(const uc_script_t *script)
{
	for (size_t i = 0; i < GN_COUNT(together); i++)
		if (strcmp(script->name, together[i].name) == 0)
			return together[i].bit;
	return OTHER;
}

bool gn_name_letters(struct gn_slice label, uint32_t out[64], size_t *count)
{
	char text[64];
	uint32_t *u = NULL;
	GN_ASSERT(label.len < sizeof text);
	memcpy(text, label.p, label.len);
	text[label.len] = 0;
	if (idn2_to_unicode_8z4z(text, &u, 0) != IDN2_OK)
		return false;
	for (*count = 0; u[*count] && *count < 64; ++*count)
		out[*count] = u[*count];
	idn2_free(u);
	return true;
}

static bool one_script(struct gn_slice label)
{
	static const unsigned sets[] = {LATIN | HAN | HIRAGANA | KATAKANA, LATIN | HAN | BOPOMOFO,
					LATIN | HAN | HANGUL};
	uint32_t u[64];
	size_t n;
	unsigned seen = 0;
	const uc_script_t *other = NULL;
	if (!gn_name_letters(label, u, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const uc_script_t *script = uc_script(u[i]);
		if (!script || strcmp(script->name, "Common") == 0 ||
		    strcmp(script->name, "Inherited") == 0)
			continue;
		unsigned bit = bit_of(script);
		if (bit == OTHER && other && other != script)
			return false;
		other = bit == OTHER ? script : other;
		seen |= bit;
	}
	for (size_t i = 0; i < GN_COUNT(sets); i++)
		if ((seen & ~sets[i]) == 0)
			return true;
	return seen == OTHER;
}

gn_err gn_name_script(const struct gn_name *name, const char **why)
{
	struct gn_slice rest = gn_name_text(name);
	struct gn_hash pid;
	while (rest.len) {
		size_t n = 0;
		while (n < rest.len && rest.p[n] != '.')
			n++;
		struct gn_slice label = gn_slice_sub(rest, 0, n);
		bool coded = n > 4 && memcmp(label.p, "xn--", 4) == 0 &&
			     gn_pid_parse(label, &pid) != GN_OK;
		if (coded && !one_script(label)) {
			if (why)
				*why = "a label mixes letters of different scripts, which is how "
				       "names are made to look like others";
			return GN_TEXT;
		}
		rest = gn_slice_sub(rest, n < rest.len ? n + 1 : n, rest.len);
	}
	return GN_OK;
}

/* NA-4 */
unsigned gn_name_bits(const struct gn_name *name, uint32_t names)
{
	static const uint8_t more[] = {6, 6, 6, 6, 4, 2, 1}; /* by letters of the label */
	uint32_t u[64];
	size_t n = strlen(name->text);
	unsigned bits = GN_NAME_POW_BITS;
	if (name->form != GN_NAME_GLOBAL)
		return 0;
	if (n > 4 && memcmp(name->text, "xn--", 4) == 0 &&
	    !gn_name_letters(gn_name_text(name), u, &n))
		n = 0;
	bits += n < GN_COUNT(more) ? more[n] : 0;
	for (; names >= NAME_FEW && bits < NAME_BITS_MAX; names /= 2)
		bits++;
	return bits;
}
