/* How far each device of a chat has been heard. A device numbers what it says; a number beyond the
 * next one, or one that somebody else has seen, shows a gap, which closes as its messages come.
 *
 * 1. Gaps of one device do not touch, and lie at or below its top.
 * 2. A gap misses all its numbers but where there was no room to part it or to keep two apart: then
 *    only how many is known, and it closes when so many came. Who numbers wildly blurs their own
 *    lines alone.
 * 3. Nothing is refused by number: a device that was put back counts anew, and what it says is
 *    taken by its name.
 *
 * Spec: PE-11..PE-13. */
#include "people/chain_int.h"

static bool exact(const struct people_gap *g)
{
	return g->missing == g->to - g->from + 1;
}

struct people_chain *people_chain_get(const struct people_chains *c, uint64_t device)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (c->at[i].device == device)
			return &c->at[i];
	return NULL;
}

/* The chain that gives way: heard of longest ago, never the first, our own. Its gaps are no longer
 * counted, their lines stay. */
static struct people_chain *give_way(struct people_chains *c)
{
	struct people_chain *oldest = &c->at[1];
	for (uint32_t i = 2; i < c->count; i++)
		if (c->at[i].heard < oldest->heard)
			oldest = &c->at[i];
	uint32_t kept = 0;
	for (uint32_t i = 0; i < c->gap_count; i++) {
		if (c->gaps[i].device == oldest->device)
			c->missing -= c->gaps[i].missing;
		else
			c->gaps[kept++] = c->gaps[i];
	}
	c->gap_count = kept;
	return oldest;
}

struct people_chain *people_chain_put(struct people_chains *c, struct gn_alloc *alloc,
				      uint64_t device, bool mine, uint64_t base)
{
	struct people_chain *chain = people_chain_get(c, device);
	if (chain)
		return chain;
	if (c->count >= PEOPLE_CHAINS_MAX) {
		chain = give_way(c);
	} else {
		chain = gn_mem_resize(alloc, c->at, (c->count + 1) * sizeof *c->at);
		if (!chain)
			return NULL;
		c->at = chain;
		chain = &c->at[c->count++];
	}
	*chain = (struct people_chain){.device = device, .top = base, .mine = mine};
	return chain;
}

/* ---- gaps ---- */

static void tell(struct people_gap_changes *changes, const struct people_gap *g, bool mine,
		 bool gone)
{
	for (unsigned i = 0; i < changes->count; i++) {
		if (changes->at[i].gap.number == g->number) {
			changes->at[i] = (struct people_gap_change){*g, mine, gone};
			return;
		}
	}
	GN_ASSERT(changes->count < GN_COUNT(changes->at));
	changes->at[changes->count++] = (struct people_gap_change){*g, mine, gone};
}

static void remove_gap(struct people_chains *c, uint32_t i)
{
	c->missing -= c->gaps[i].missing;
	memmove(&c->gaps[i], &c->gaps[i + 1], (c->gap_count - i - 1) * sizeof *c->gaps);
	c->gap_count--;
}

static bool mine_of(const struct people_chains *c, uint64_t device)
{
	const struct people_chain *chain = people_chain_get(c, device);
	return chain && chain->mine;
}

/* Makes the two lowest gaps of one device one. Some device has two: there are more gaps than
 * devices. */
static void merge(struct people_chains *c, struct people_gap_changes *changes)
{
	for (uint32_t i = 0; i < c->gap_count; i++) {
		for (uint32_t k = i + 1; k < c->gap_count; k++) {
			struct people_gap *a = &c->gaps[i], *b = &c->gaps[k];
			if (a->device != b->device)
				continue;
			GN_ASSERT(a->to < b->from);
			bool mine = mine_of(c, a->device);
			tell(changes, b, mine, true);
			a->to = b->to;
			a->missing += b->missing;
			c->missing += b->missing;
			remove_gap(c, k);
			tell(changes, a, mine, false);
			return;
		}
	}
	GN_UNREACHABLE("as many gaps as devices");
}

/* Gaps of one device stay in rising order: a new one goes before the first that is above it. */
static gn_err add_gap(struct people_chains *c, struct gn_alloc *alloc, const struct people_gap *gap,
		      struct people_gap_changes *changes)
{
	if (c->gap_count == PEOPLE_GAPS_MAX)
		merge(c, changes);
	struct people_gap *gaps = gn_mem_resize(alloc, c->gaps, (c->gap_count + 1) * sizeof *gaps);
	if (!gaps)
		return GN_NOMEM;
	c->gaps = gaps;
	uint32_t at = 0;
	while (at < c->gap_count && !(gaps[at].device == gap->device && gaps[at].from > gap->from))
		at++;
	memmove(&gaps[at + 1], &gaps[at], (c->gap_count - at) * sizeof *gaps);
	gaps[at] = *gap;
	gaps[at].number = ++c->next_gap;
	c->gap_count++;
	c->missing += gap->missing;
	tell(changes, &gaps[at], mine_of(c, gap->device), false);
	return GN_OK;
}

/* Number seq has come. */
static gn_err fill(struct people_chains *c, struct gn_alloc *alloc,
		   const struct people_chain *chain, uint64_t seq,
		   struct people_gap_changes *changes)
{
	for (uint32_t i = 0; i < c->gap_count; i++) {
		struct people_gap *g = &c->gaps[i];
		if (g->device != chain->device || seq < g->from || seq > g->to)
			continue;
		if (g->missing == 1) {
			tell(changes, g, chain->mine, true);
			remove_gap(c, i);
			return GN_OK;
		}
		bool whole = exact(g) && c->gap_count < PEOPLE_GAPS_MAX;
		g->missing--;
		c->missing--;
		if (!whole || seq == g->from || seq == g->to) {
			g->from += whole && seq == g->from;
			g->to -= whole && seq == g->to;
			tell(changes, g, chain->mine, false);
			return GN_OK;
		}
		struct people_gap above = *g;
		g->to = seq - 1;
		c->missing -= g->missing;
		g->missing = g->to - g->from + 1;
		c->missing += g->missing;
		above.from = seq + 1;
		above.missing = above.to - above.from + 1;
		tell(changes, g, chain->mine, false);
		return add_gap(c, alloc, &above, changes);
	}
	return GN_OK;
}

gn_err people_chain_heard(struct people_chains *c, struct gn_alloc *alloc,
			  struct people_chain *chain, uint64_t seq, uint64_t order,
			  struct people_gap_changes *changes)
{
	if (seq <= chain->top)
		return GN_OK;
	for (uint32_t i = c->gap_count; i-- > 0;) {
		struct people_gap *g = &c->gaps[i];
		if (g->device != chain->device || g->to != chain->top)
			continue;
		g->missing += seq - chain->top;
		c->missing += seq - chain->top;
		g->to = chain->top = seq;
		tell(changes, g, chain->mine, false);
		return GN_OK;
	}
	struct people_gap gap = {.device = chain->device,
				 .from = chain->top + 1,
				 .to = seq,
				 .missing = seq - chain->top,
				 .order = order};
	chain->top = seq;
	return add_gap(c, alloc, &gap, changes);
}

gn_err people_chain_took(struct people_chains *c, struct gn_alloc *alloc,
			 struct people_chain *chain, uint64_t seq, const struct gn_content_id *id,
			 uint64_t order, struct people_gap_changes *changes)
{
	GN_ASSERT(seq > 0);
	chain->heard = ++c->clock;
	if (seq <= chain->top)
		return fill(c, alloc, chain, seq, changes);
	GN_TRY(people_chain_heard(c, alloc, chain, seq - 1, order, changes));
	chain->top = seq;
	chain->last = *id;
	return GN_OK;
}

/* ---- what is said of it ---- */

size_t people_chain_seen(const struct people_chains *c, uint64_t own,
			 struct gn_content_seen out[GN_CONTENT_SEEN_MAX])
{
	uint64_t below = UINT64_MAX;
	size_t n = 0;
	while (n < GN_CONTENT_SEEN_MAX) {
		const struct people_chain *next = NULL;
		for (uint32_t i = 0; i < c->count; i++) {
			const struct people_chain *k = &c->at[i];
			if (k->device != own && k->top > 0 && k->heard > 0 && k->heard < below &&
			    (!next || k->heard > next->heard))
				next = k;
		}
		if (!next)
			break;
		below = next->heard;
		out[n++] = (struct gn_content_seen){.device = next->device, .seq = next->top};
	}
	return n;
}

void people_chains_fini(struct people_chains *c, struct gn_alloc *alloc)
{
	gn_mem_free(alloc, c->at);
	gn_mem_free(alloc, c->gaps);
	*c = (struct people_chains){0};
}

void people_chains_validate(const struct people_chains *c)
{
	uint64_t missing = 0;
	GN_ASSERT(c->count <= PEOPLE_CHAINS_MAX && c->gap_count <= PEOPLE_GAPS_MAX);
	for (uint32_t i = 0; i < c->gap_count; i++) {
		const struct people_gap *g = &c->gaps[i];
		const struct people_chain *chain = people_chain_get(c, g->device);
		missing += g->missing;
		GN_ASSERT(chain && g->from <= g->to && g->to <= chain->top && g->number > 0);
		GN_ASSERT(g->missing > 0 && g->missing <= g->to - g->from + 1);
		for (uint32_t k = i + 1; k < c->gap_count; k++)
			GN_ASSERT(c->gaps[k].device != g->device || c->gaps[k].from > g->to + 1);
	}
	GN_ASSERT(missing == c->missing);
}
