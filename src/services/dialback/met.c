/* Addresses that were sent to: two filters of bits (Bloom 1970) in turn, each written for
 * DIALBACK_MET_FOR, so that each is remembered for once to twice that. */
#include "services/dialback/engine_int.h"

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= UINT64_C(0x9e3779b97f4a7c15);
	x ^= x >> 29;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	return x ^ x >> 32;
}

static uint64_t spread(const struct dialback_met *m, const struct gn_addr *addr)
{
	return mix(mix(gn_be64(addr->ip) ^ m->seed) ^ gn_be64(addr->ip + 8) ^ m->seed >> 7);
}

static void turn(struct dialback_met *m, gn_time now)
{
	if (m->turned && now < m->turned + DIALBACK_MET_FOR)
		return;
	if (m->turned && now >= m->turned + 2 * DIALBACK_MET_FOR)
		memset(m->bits, 0, sizeof m->bits);
	m->which ^= 1;
	memset(m->bits[m->which], 0, sizeof m->bits[m->which]);
	m->turned = now;
}

void dialback_met_put(struct dialback_met *m, const struct gn_addr *addr, gn_time now)
{
	turn(m, now);
	GN_ASSERT(m->turned && m->which < 2);
	uint64_t h = spread(m, addr);
	for (unsigned i = 0; i < 2; i++, h >>= 32)
		m->bits[m->which][h % DIALBACK_MET_BITS / 8] |= (uint8_t)(1u << (h & 7));
}

static bool is_in(const uint8_t *bits, uint64_t h)
{
	bool in = true;
	for (unsigned i = 0; i < 2; i++, h >>= 32)
		in = in && bits[h % DIALBACK_MET_BITS / 8] >> (h & 7) & 1;
	return in;
}

bool dialback_met_has(const struct dialback_met *m, const struct gn_addr *addr, gn_time now)
{
	uint64_t h = spread(m, addr);
	if (!m->turned || now >= m->turned + 2 * DIALBACK_MET_FOR)
		return false;
	return is_in(m->bits[0], h) || is_in(m->bits[1], h);
}
