/* Which ports of a router are tried, each once: first those that follow the newest one in steps of
 * delta, then those around the ones that are known, then any above the well-known ones (RE-23).
 *
 * 1. No port comes twice, and none below JET_GUESS_LEAST.
 * 2. A draw is a place to begin at, and the first from there on that did not come yet. */
#include "jet/guess_int.h"

#define MOST 65535u

static bool was(const struct jet_ports *p, uint32_t port)
{
	return p->seen[port / 64] >> (port % 64) & 1;
}

static void mark(struct jet_ports *p, uint32_t port)
{
	GN_ASSERT(port <= MOST && !was(p, port));
	p->seen[port / 64] |= UINT64_C(1) << (port % 64);
	if (port >= p->lo && port <= p->hi && p->near)
		p->near--;
}

void jet_ports_init(struct jet_ports *p, uint16_t last, int16_t delta, uint16_t span)
{
	uint32_t around = (uint32_t)span + JET_GUESS_AROUND;
	uint32_t lo = last > around ? last - around : 0, hi = last + around;
	lo = lo < JET_GUESS_LEAST ? JET_GUESS_LEAST : lo;
	hi = hi > MOST ? MOST : hi;
	*p = (struct jet_ports){.last = last, .delta = delta, .lo = (uint16_t)lo};
	p->hi = (uint16_t)hi;
	p->near = span && hi >= lo ? hi - lo + 1 : 0;
}

/* The next that follows the newest one; 0: there is none, or it came already. */
static uint32_t step(struct jet_ports *p)
{
	GN_ASSERT(p->delta != 0);
	int64_t wide = (int64_t)MOST + 1 - JET_GUESS_LEAST;
	int64_t at = (int64_t)p->last - JET_GUESS_LEAST + (int64_t)p->delta * ++p->steps;
	at = (at % wide + wide) % wide;
	uint32_t port = (uint32_t)at + JET_GUESS_LEAST;
	return was(p, port) ? 0 : port;
}

static uint32_t draw(const struct jet_ports *p, uint32_t lo, uint32_t hi, struct gn_rand *rand)
{
	GN_ASSERT(lo >= JET_GUESS_LEAST && lo <= hi && hi <= MOST);
	uint32_t port = lo + (uint32_t)gn_rand_below(rand, (uint64_t)hi - lo + 1);
	while (was(p, port))
		port = port == hi ? lo : port + 1;
	return port;
}

uint16_t jet_ports_next(struct jet_ports *p, struct gn_rand *rand)
{
	uint32_t port = 0;
	while (!port && p->delta && p->steps < JET_GUESS_STEPS)
		port = step(p);
	if (!port)
		port = p->near ? draw(p, p->lo, p->hi, rand) : draw(p, JET_GUESS_LEAST, MOST, rand);
	mark(p, port);
	return (uint16_t)port;
}
