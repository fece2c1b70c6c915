/* SipHash-2-4 (Aumasson and Bernstein 2012): a keyed hash of short inputs, for tables that
 * strangers fill and for the puzzle. Inline: the puzzle's solver lives on it. */
#ifndef GN_GUARD_SIP_INT_H
#define GN_GUARD_SIP_INT_H

#include "base/base.h"

struct gn_sip_key {
	uint64_t k[2];
};

static inline uint64_t gn_sip_rotate(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static inline void gn_sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = gn_sip_rotate(v[1], 13) ^ v[0];
	v[0] = gn_sip_rotate(v[0], 32);
	v[2] += v[3];
	v[3] = gn_sip_rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = gn_sip_rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = gn_sip_rotate(v[1], 17) ^ v[2];
	v[2] = gn_sip_rotate(v[2], 32);
}

/* Of `count` words, each as its 8 bytes, least significant first. */
static inline uint64_t gn_sip(const struct gn_sip_key *key, const uint64_t *words, size_t count)
{
	uint64_t v[4] = {
		key->k[0] ^ UINT64_C(0x736f6d6570736575), key->k[1] ^ UINT64_C(0x646f72616e646f6d),
		key->k[0] ^ UINT64_C(0x6c7967656e657261), key->k[1] ^ UINT64_C(0x7465646279746573)};
	for (size_t i = 0; i <= count; i++) {
		uint64_t m = i < count ? words[i] : (uint64_t)(count * 8) << 56;
		v[3] ^= m;
		gn_sip_round(v);
		gn_sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		gn_sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
