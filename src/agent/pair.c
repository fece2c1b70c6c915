/* The app becomes a client: the person's tool asks for a code, the browser proves that it has it,
 * and is given an id and a secret of its own.
 *
 *   code: free -> waits [ClientPair] -> used [ClientClaim] -> free [its time is over]
 *                                    -> free [its time is over]
 *
 * 1. A code is a client whose secret is its 32 bytes: both ends prove it before anything is said
 *    (AP-12), so who holds the port of before learns nothing of it, and it never travels. It may
 *    ask how the agent is, unlock it, and claim.
 * 2. A used code is kept until its time is over, so that who comes second is told.
 * 3. A client that was made so has an id that names it: nonce 8, tag 8, and its secret follows from
 *    that. So it is known while the store is closed, and can unlock it. Once the store is open what
 *    stands there counts: one that was removed may nothing.
 *
 * Rules: AG-121, AG-122. */
#include "agent/door.h"

/* ---- ids ---- */

static void id_of_code(const uint8_t code[32], uint8_t out[32])
{
	const struct gn_slice parts[] = {GN_LIT("geonet/agent/pair/1"), gn_slice(code, 32)};
	struct gn_hash hash;
	gn_sha256(parts, GN_COUNT(parts), &hash);
	memcpy(out, hash.b, 32);
}

/* What follows from the readers' root, which is there when the device is. */
static bool derive(const struct gn_agent *a, const char *what, struct gn_slice id, uint8_t out[32])
{
	return gn_agent_vault_app(a->vault, what, id, out) == GN_OK;
}

static bool tag_of(const struct gn_agent *a, const uint8_t nonce[8], uint8_t tag[8])
{
	uint8_t whole[32];
	bool ok = derive(a, "client", gn_slice(nonce, 8), whole);
	memcpy(tag, whole, 8);
	gn_wipe(whole, sizeof whole);
	return ok;
}

bool agent_pair_made(const struct gn_agent *a, const uint8_t id[32])
{
	uint8_t tag[8];
	return tag_of(a, id, tag) && gn_equal_ct(tag, id + 8, 8) && gn_is_zero(id + 16, 16);
}

bool agent_pair_make(struct gn_agent *a, uint8_t id[32])
{
	memset(id, 0, 32);
	gn_rand_fill(&a->host.rand, id, 8);
	return tag_of(a, id, id + 8);
}

bool agent_pair_made_secret(const struct gn_agent *a, const uint8_t id[32], uint8_t out[32])
{
	return agent_pair_made(a, id) && derive(a, "secret", gn_slice(id, 16), out);
}

/* ---- codes ---- */

static void forget_old(struct gn_agent *a)
{
	for (size_t i = 0; i < AGENT_PAIRS; i++)
		if (a->pairs[i].until && a->pairs[i].until <= a->now)
			gn_wipe(&a->pairs[i], sizeof a->pairs[i]);
}

struct agent_pair *agent_pair_find(struct gn_agent *a, const uint8_t id[32])
{
	forget_old(a);
	for (size_t i = 0; i < AGENT_PAIRS; i++)
		if (a->pairs[i].until && memcmp(a->pairs[i].id, id, 32) == 0)
			return &a->pairs[i];
	return NULL;
}

bool agent_pair_secret(struct gn_agent *a, const uint8_t id[32], uint8_t out[32])
{
	const struct agent_pair *p = agent_pair_find(a, id);
	if (p)
		memcpy(out, p->code, 32);
	return p != NULL;
}

bool agent_pair_is(const uint8_t id[32])
{
	return !gn_is_zero(id + 16, 16); /* clients' ids end with zeros, these are hashes */
}

/* A free place, else the one that ends first. */
static struct agent_pair *place(struct gn_agent *a)
{
	struct agent_pair *best = &a->pairs[0];
	forget_old(a);
	for (size_t i = 0; i < AGENT_PAIRS; i++)
		if (a->pairs[i].until < best->until)
			best = &a->pairs[i];
	return best;
}

struct agent_pair *agent_pair_new(struct gn_agent *a)
{
	struct agent_pair *p = place(a);
	gn_rand_fill(&a->host.rand, p->code, sizeof p->code);
	id_of_code(p->code, p->id);
	p->used = false;
	p->until = a->now + AGENT_PAIR_KEEP;
	return p;
}
