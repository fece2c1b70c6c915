/* Names that look like others (NA-16). Scripts are kept apart by names_script.c; what is left is
 * drawn alike within one script (rn and m, l and 1) or is a whole word of another (Cyrillic
 * "сосо"). Each label has a skeleton, as in UTS 39: letters that most typefaces draw alike are
 * one there. Names have no case, so letters alike as capitals count, too (I and l).
 *
 * The table is short and made by hand: Latin, Cyrillic, Greek, Armenian. It does not know
 * accents and other marks, other scripts, signs of Chinese or Japanese; and only names that this
 * node has seen are compared. So what it tells is a hint, and its silence says nothing. */
#include "records/name_int.h"

static const struct {
	uint16_t from; /* code point */
	char to[3];
} alike[] = {
	/* clang-format off */
	/* Latin, and its letters for phonetics */
	{'0', "o"}, {'1', "l"}, {'i', "l"}, {'m', "rn"}, {'w', "vv"}, {0x131, "l"}, {0x138, "k"},
	{0x251, "a"}, {0x261, "g"}, {0x269, "l"}, {0x1d04, "c"}, {0x1d0f, "o"}, {0x1d1c, "u"},
	{0x1d20, "v"}, {0x1d21, "vv"}, {0x1d22, "z"},
	/* Cyrillic: a v e k m n o r s t u kh i j dz shha palochka komi-d qa we izhitsa
	 * straight-u */
	{0x430, "a"}, {0x432, "b"}, {0x435, "e"}, {0x43a, "k"}, {0x43c, "rn"}, {0x43d, "h"},
	{0x43e, "o"}, {0x440, "p"}, {0x441, "c"}, {0x442, "t"}, {0x443, "y"}, {0x445, "x"},
	{0x456, "l"}, {0x458, "j"}, {0x455, "s"}, {0x4bb, "h"}, {0x4cf, "l"}, {0x501, "d"},
	{0x51b, "q"}, {0x51d, "vv"}, {0x475, "v"}, {0x4af, "y"},
	/* Greek: alpha gamma epsilon eta iota kappa mu nu omicron rho sigma sigma tau upsilon
	 * chi omega */
	{0x3b1, "a"}, {0x3b3, "y"}, {0x3b5, "e"}, {0x3b7, "n"}, {0x3b9, "l"}, {0x3ba, "k"},
	{0x3bc, "u"}, {0x3bd, "v"}, {0x3bf, "o"}, {0x3c1, "p"}, {0x3c3, "o"}, {0x3c2, "c"},
	{0x3c4, "t"}, {0x3c5, "u"}, {0x3c7, "x"}, {0x3c9, "vv"},
	/* Armenian: za gim ho yi vo ra co seh oh */
	{0x566, "q"}, {0x563, "q"}, {0x570, "h"}, {0x575, "j"}, {0x578, "n"}, {0x57c, "n"},
	{0x581, "g"}, {0x57d, "u"}, {0x585, "o"},
	/* clang-format on */
};

static size_t shape_of(uint32_t letter, uint32_t out[2])
{
	for (size_t i = 0; i < GN_COUNT(alike); i++)
		if (alike[i].from == letter) {
			out[0] = (uint8_t)alike[i].to[0];
			out[1] = (uint8_t)alike[i].to[1];
			return alike[i].to[1] ? 2 : 1;
		}
	out[0] = letter;
	return 1;
}

bool gn_name_look(const struct gn_name *name, struct gn_hash *out)
{
	struct gn_slice text = gn_name_text(name);
	uint32_t letters[64], shapes[128];
	size_t count, n = 0;
	struct gn_hash pid;
	while (text.len && memchr(text.p, '.', text.len)) /* the last label is the claimed one */
		text = gn_slice_sub(text, 1, text.len);
	if (gn_pid_parse(text, &pid) == GN_OK || !gn_name_letters(text, letters, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		n += shape_of(letters[i], shapes + n);
	gn_sha256(&(struct gn_slice){(const uint8_t *)shapes, n * sizeof *shapes}, 1, out);
	return true;
}
