/* Reed-Solomon over GF(2^8) with the polynomial 0x11d. Byte j of chunk i is the value at the field
 * element i of the polynomial of degree 3 or less that passes through byte j of the four quarters
 * at 0, 1, 2, 3. Both directions are one sum with Lagrange's coefficients: from 0..3 to i, and from
 * the indices that came to 0..3.
 *
 * 1. Chunks 0-3 are the quarters as they are: their coefficients are 0 and 1.
 * 2. No table of secrets: which bytes are multiplied shows in the cache, and what is multiplied
 *    here is sealed in transit but is a public key or a ciphertext, no secret. */
#include "e2ee/chunk_int.h"

static uint8_t gf_mul(uint8_t a, uint8_t b)
{
	unsigned sum = 0, x = a;
	for (; b; b >>= 1) {
		if (b & 1)
			sum ^= x;
		x = x << 1 ^ (x & 0x80 ? 0x11d : 0);
	}
	return (uint8_t)sum;
}

/* a^254, which is 1/a; 0 has none. */
static uint8_t gf_inverse(uint8_t a)
{
	uint8_t out = 1;
	GN_ASSERT(a != 0);
	for (int i = 0; i < 7; i++) {
		a = gf_mul(a, a); /* a^2, a^4, .. a^128: their product is a^254 */
		out = gf_mul(out, a);
	}
	return out;
}

/* The coefficient of the value at from[k] in the value at `to`. */
static uint8_t coefficient(const uint8_t from[E2EE_QUARTERS], unsigned k, uint8_t to)
{
	uint8_t above = 1, below = 1;
	for (unsigned m = 0; m < E2EE_QUARTERS; m++) {
		if (m == k)
			continue;
		above = gf_mul(above, (uint8_t)(to ^ from[m]));
		below = gf_mul(below, (uint8_t)(from[k] ^ from[m]));
	}
	return gf_mul(above, gf_inverse(below));
}

/* The values at `to` of the polynomials whose values at from[k] are the bytes of chunk k. */
static void values_at(const uint8_t from[E2EE_QUARTERS], const uint8_t *chunks, uint8_t to,
		      uint8_t out[E2EE_CHUNK])
{
	memset(out, 0, E2EE_CHUNK);
	for (unsigned k = 0; k < E2EE_QUARTERS; k++) {
		uint8_t c = coefficient(from, k, to), row[8];
		/* c * byte is the sum of c * 2^bit over the bits of the byte */
		for (unsigned bit = 0; bit < 8; bit++)
			row[bit] = gf_mul(c, (uint8_t)(1u << bit));
		for (size_t j = 0; j < E2EE_CHUNK && c; j++) {
			uint8_t byte = chunks[k * E2EE_CHUNK + j], sum = 0;
			for (unsigned bit = 0; bit < 8; bit++)
				sum ^= (uint8_t)(byte >> bit & 1 ? row[bit] : 0);
			out[j] ^= sum;
		}
	}
}

void e2ee_chunk(const uint8_t object[E2EE_OBJECT], uint8_t index, uint8_t out[E2EE_CHUNK])
{
	static const uint8_t quarters[E2EE_QUARTERS] = {0, 1, 2, 3};
	GN_ASSERT(index < E2EE_CHUNK_INDICES);
	values_at(quarters, object, index, out);
}

void e2ee_unchunk(const uint8_t index[E2EE_QUARTERS], const uint8_t *chunks,
		  uint8_t out[E2EE_OBJECT])
{
	for (unsigned k = 0; k < E2EE_QUARTERS; k++)
		for (unsigned m = 0; m < k; m++)
			GN_ASSERT(index[k] != index[m]);
	for (uint8_t q = 0; q < E2EE_QUARTERS; q++)
		values_at(index, chunks, q, out + q * E2EE_CHUNK);
}
