/* Base58 with Bitcoin's alphabet, and the PID: base58 of the SHA-256 of a public key. Plain long division: inputs are
 * short.
 *
 * 1. One text per byte string: as many leading '1' as leading zero bytes, so decoding and encoding again gives the
 * text. */
#include "crypto/crypto.h"
#include "crypto/limits.h"

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

gn_err gn_base58(struct gn_slice in, char *out, size_t cap)
{
	if (in.len > BASE58_BYTES_MAX)
		return GN_TOO_LARGE;
	uint8_t digits[BASE58_CHARS_MAX]; /* least significant first */
	size_t zeros = 0, n = 0;
	while (zeros < in.len && in.p[zeros] == 0)
		zeros++;
	for (size_t i = zeros; i < in.len; i++) {
		unsigned carry = in.p[i];
		for (size_t j = 0; j < n || carry; j++) {
			GN_ASSERT(j < sizeof digits);
			if (j == n)
				digits[n++] = 0;
			carry += 256u * digits[j];
			digits[j] = (uint8_t)(carry % 58);
			carry /= 58;
		}
	}
	if (zeros + n + 1 > cap)
		return GN_TOO_LARGE;
	memset(out, '1', zeros);
	for (size_t i = 0; i < n; i++)
		out[zeros + i] = alphabet[digits[n - 1 - i]];
	out[zeros + n] = 0;
	return GN_OK;
}

gn_err gn_unbase58(struct gn_slice text, uint8_t *out, size_t len)
{
	uint8_t bytes[BASE58_BYTES_MAX]; /* least significant first */
	size_t zeros = 0, n = 0;
	if (text.len > BASE58_CHARS_MAX || len > sizeof bytes)
		return GN_TEXT;
	while (zeros < text.len && text.p[zeros] == '1')
		zeros++;
	for (size_t i = zeros; i < text.len; i++) {
		const char *c = text.p[i] ? strchr(alphabet, text.p[i]) : NULL;
		if (!c)
			return GN_TEXT;
		unsigned carry = (unsigned)(c - alphabet);
		for (size_t j = 0; j < n || carry; j++) {
			if (j == sizeof bytes)
				return GN_TEXT;
			if (j == n)
				bytes[n++] = 0;
			carry += 58u * bytes[j];
			bytes[j] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	if (zeros + n != len)
		return GN_TEXT;
	memset(out, 0, zeros);
	for (size_t i = 0; i < n; i++)
		out[zeros + i] = bytes[n - 1 - i];
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
