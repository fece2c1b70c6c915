/* Base58 with Bitcoin's alphabet, and the PID: base58 of the SHA-256 of a public key. Long
 * division on 32-bit limbs, five digits at a time: 58^5 fits in a limb, and so a PID takes some
 * hundred multiplications.
 *
 * 1. One text per byte string: as many leading '1' as leading zero bytes, so decoding and
 *    encoding again gives the text. */
#include "crypto/crypto.h"
#include "crypto/limits.h"

#define GROUP 5u /* digits */
#define LIMBS (BASE58_BYTES_MAX / 4)

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const uint32_t powers[GROUP + 1] = {1, 58, 3364, 195112, 11316496, 656356768};

/* 0..57, or 58 for what is no digit. Not constant-time: PIDs are public. */
static uint32_t digit(uint8_t c)
{
	static const uint8_t digits[] = {
		0,  1,  2,  3,  4,  5,  6,  7,  8,  58, 58, 58, 58, 58, 58, 58, 9,  10, 11,
		12, 13, 14, 15, 16, 58, 17, 18, 19, 20, 21, 58, 22, 23, 24, 25, 26, 27, 28,
		29, 30, 31, 32, 58, 58, 58, 58, 58, 58, 33, 34, 35, 36, 37, 38, 39, 40, 41,
		42, 43, 58, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57,
	}; /* '1' to 'z' */
	return c >= '1' && c <= 'z' ? digits[c - '1'] : 58;
}

gn_err gn_base58(struct gn_slice in, char *out, size_t cap)
{
	if (in.len > BASE58_BYTES_MAX)
		return GN_TOO_LARGE;
	uint32_t limbs[LIMBS] = {0}; /* most significant first */
	char text[BASE58_CHARS_MAX + GROUP];
	size_t zeros = 0, at = sizeof text, first = LIMBS - (in.len + 3) / 4;
	while (zeros < in.len && in.p[zeros] == 0)
		zeros++;
	for (size_t i = 0; i < in.len; i++)
		limbs[LIMBS - 1 - (in.len - 1 - i) / 4] |= (uint32_t)in.p[i]
							   << (in.len - 1 - i) % 4 * 8;
	while (first < LIMBS && limbs[first] == 0)
		first++;
	while (first < LIMBS) {
		uint64_t rest = 0;
		for (size_t i = first; i < LIMBS; i++) {
			rest = rest << 32 | limbs[i];
			limbs[i] = (uint32_t)(rest / powers[GROUP]);
			rest %= powers[GROUP];
		}
		GN_ASSERT(at >= GROUP);
		for (unsigned k = 0; k < GROUP; k++, rest /= 58)
			text[--at] = alphabet[rest % 58];
		while (first < LIMBS && limbs[first] == 0)
			first++;
	}
	while (at < sizeof text && text[at] == '1') /* of the last group */
		at++;
	size_t n = sizeof text - at;
	if (zeros + n + 1 > cap)
		return GN_TOO_LARGE;
	memset(out, '1', zeros);
	memcpy(out + zeros, text + at, n);
	out[zeros + n] = 0;
	return GN_OK;
}

gn_err gn_unbase58(struct gn_slice text, uint8_t *out, size_t len)
{
	/* least significant first; one more than fits, so that an overflow shows */
	uint32_t limbs[LIMBS + 1] = {0};
	size_t zeros = 0, used = 0;
	if (text.len > BASE58_CHARS_MAX || len > BASE58_BYTES_MAX)
		return GN_TEXT;
	while (zeros < text.len && text.p[zeros] == '1')
		zeros++;
	for (size_t i = zeros; i < text.len;) {
		uint32_t group = 0;
		unsigned k = 0;
		for (; k < GROUP && i < text.len; k++, i++) {
			uint32_t d = digit(text.p[i]);
			if (d == 58)
				return GN_TEXT;
			group = group * 58 + d;
		}
		uint64_t carry = group;
		for (size_t j = 0; j < used || carry; j++) {
			if (j == GN_COUNT(limbs))
				return GN_TEXT;
			used = j == used ? used + 1 : used;
			carry += (uint64_t)limbs[j] * powers[k];
			limbs[j] = (uint32_t)carry;
			carry >>= 32;
		}
	}
	size_t n = 4 * used;
	while (n > 0 && (uint8_t)(limbs[(n - 1) / 4] >> (n - 1) % 4 * 8) == 0)
		n--;
	if (zeros + n != len)
		return GN_TEXT;
	memset(out, 0, zeros);
	for (size_t i = 0; i < n; i++)
		out[len - 1 - i] = (uint8_t)(limbs[i / 4] >> i % 4 * 8);
	return GN_OK;
}

void gn_pid(const struct gn_pk *pk, char out[GN_PID_MAX])
{
	struct gn_hash h;
	gn_sha256(&(struct gn_slice){pk->b, sizeof pk->b}, 1, &h);
	gn_err err = gn_base58(GN_SLICE(h.b), out, GN_PID_MAX);
	GN_ASSERT(err == GN_OK);
}

gn_err gn_pid_parse(struct gn_slice text, struct gn_hash *out)
{
	return gn_unbase58(text, out->b, sizeof out->b);
}
