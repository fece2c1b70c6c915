/* Money as integers: minor units of an equivalent, with checked text forms. */
#ifndef GN_LEDGER_AMOUNT_H
#define GN_LEDGER_AMOUNT_H

#include "base/base.h"

/* Minor units (of 10^-precision). Amounts and limits lie in 0..GN_AMOUNT_MAX, so sums of eight
 * stay within int64; sums over many pairs are gn_amount_sum (LG-1). */
typedef int64_t gn_amount;
__extension__ typedef __int128 gn_amount_sum;

#define GN_AMOUNT_MAX INT64_C(1000000000000000000)
#define GN_PRECISION_MAX 8u
#define GN_AMOUNT_TEXT_MAX 48 /* a sum with sign, point and terminator */

/* "100.00" -> 10000 at precision 2 (LG-20). GN_AMOUNT: not a plain decimal, too many decimals,
 * or above GN_AMOUNT_MAX. */
GN_MUST gn_err gn_amount_parse(struct gn_slice text, unsigned precision, gn_amount *out);
/* 10000 -> "100.00": always `precision` decimals, sign only when negative. */
void gn_amount_text(gn_amount_sum amount, unsigned precision, char out[GN_AMOUNT_TEXT_MAX]);

static inline gn_amount gn_amount_min(gn_amount a, gn_amount b)
{
	return a < b ? a : b;
}
static inline gn_amount gn_amount_max(gn_amount a, gn_amount b)
{
	return a > b ? a : b;
}

#endif
