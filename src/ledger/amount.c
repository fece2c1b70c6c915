/* Text of amounts: only what can be said in exactly one value, and nothing rounded. */
#include "ledger/amount.h"

#define TEXT_IN_MAX 40 /* characters of an amount that is typed */

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

gn_err gn_amount_parse(struct gn_slice text, unsigned precision, gn_amount *out)
{
	GN_ASSERT(precision <= GN_PRECISION_MAX);
	gn_amount v = 0;
	size_t i = 0;
	unsigned decimals = 0;
	if (text.len == 0 || text.len > TEXT_IN_MAX || !digit(text.p[0]))
		return GN_AMOUNT;
	if (text.p[0] == '0' && text.len > 1 && text.p[1] != '.')
		return GN_AMOUNT;
	for (bool point = false; i < text.len; i++) {
		uint8_t c = text.p[i];
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (!digit(c) || (point && ++decimals > precision))
			return GN_AMOUNT;
		if (v > (GN_AMOUNT_MAX - (c - '0')) / 10)
			return GN_AMOUNT;
		v = v * 10 + (c - '0');
	}
	if (text.p[text.len - 1] == '.')
		return GN_AMOUNT;
	for (; decimals < precision; decimals++) {
		if (v > GN_AMOUNT_MAX / 10)
			return GN_AMOUNT;
		v *= 10;
	}
	*out = v;
	return GN_OK;
}

void gn_amount_text(gn_amount_sum amount, unsigned precision, char out[GN_AMOUNT_TEXT_MAX])
{
	GN_ASSERT(precision <= GN_PRECISION_MAX);
	char digits[GN_AMOUNT_TEXT_MAX];
	unsigned n = 0;
	bool negative = amount < 0;
	for (unsigned place = 0; amount != 0 || place <= precision; place++) {
		int d = (int)(amount % 10);
		if (place == precision && precision > 0)
			digits[n++] = '.';
		digits[n++] = (char)('0' + (d < 0 ? -d : d));
		amount /= 10;
		GN_ASSERT(n < GN_AMOUNT_TEXT_MAX - 3);
	}
	if (negative)
		*out++ = '-';
	while (n > 0)
		*out++ = digits[--n];
	*out = 0;
}
