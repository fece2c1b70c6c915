/* Bidirectional breadth-first search with hop bound. Both sides grow level by level, the one
 * whose frontier has the smaller sum of degrees first, so the first meeting is a shortest path.
 *
 * 1. A node's visit record counts only when its stamp equals the epoch; nothing is cleared
 *    between searches.
 * 2. Marked in both directions without a hop: a node to be avoided; it is neither entered nor
 *    met.
 * 3. The side that scans looks at half-edges of its own node: `out` going forward, `in` going
 *    backward. */
#include "ledger/route_int.h"

#define AHEAD 6 /* visit records fetched before they are needed */

void lg_router_init(struct lg_router *r, struct gn_alloc *alloc)
{
	*r = (struct lg_router){.alloc = alloc};
}

void lg_router_fini(struct lg_router *r)
{
	gn_mem_free(r->alloc, r->visits);
	gn_mem_free(r->alloc, r->queue[0]);
	gn_mem_free(r->alloc, r->queue[1]);
	*r = (struct lg_router){0};
}

static gn_err prepare_visits(struct lg_router *r, const struct lg_eq *q)
{
	uint32_t before = r->visit_cap;
	GN_TRY(lg_grow(r->alloc, &r->queue[0], &r->queue_cap[0], q->node_count, BOOK_NODES_MAX,
		       sizeof(uint32_t)));
	GN_TRY(lg_grow(r->alloc, &r->queue[1], &r->queue_cap[1], q->node_count, BOOK_NODES_MAX,
		       sizeof(uint32_t)));
	GN_TRY(lg_grow(r->alloc, &r->visits, &r->visit_cap, q->node_count, BOOK_NODES_MAX,
		       sizeof *r->visits));
	if (r->visit_cap > before)
		memset(r->visits + before, 0, (r->visit_cap - before) * sizeof *r->visits);
	if (++r->epoch == 0) {
		memset(r->visits, 0, r->visit_cap * sizeof *r->visits);
		r->epoch = 1;
	}
	return GN_OK;
}

/* The rare half of the test: policies, bans, and capacities that rounding left open. */
static bool hop_allowed(const struct lg_query *s, uint32_t hop, bool exact)
{
	const struct lg_pair *p = &s->q->pairs[hop_pair(hop)];
	unsigned d = hop_dir(hop);
	if (exact && lg_cap(s->q, p, d) < s->amount)
		return false;
	if (!((p->version[0] | p->version[1]) & (LINE_NO_MIDDLE | LINE_ASK | LINE_EXTRA)))
		return true;
	if (!lg_middle_allowed(p, d, s->source, s->target) ||
	    (!s->ask && (lg_line_flags(p, 1 - d) & LINE_ASK)))
		return false;
	for (uint32_t i = 0; i < s->banned_count; i++)
		if (s->banned[i] == hop)
			return false;
	gn_amount room = lg_policy_cap(s->q, hop_pair(hop), d, s->target, s->now);
	for (uint32_t i = 0; i < s->used_count && room != INT64_MAX; i++)
		room -= s->used[i].hop == hop ? s->used[i].a : 0;
	return room >= s->amount;
}

static bool hop_has_line(const struct lg_query *s, uint32_t hop)
{
	const struct lg_pair *p = &s->q->pairs[hop_pair(hop)];
	unsigned d = hop_dir(hop);
	return (lg_line_flags(p, 1 - d) & (LINE_OPEN | LINE_CLOSING)) || lg_debt(p, d) < 0;
}

struct side {
	uint32_t *queue;
	uint32_t begin, end; /* frontier: queue[begin..end) */
	uint32_t next;       /* end of what the coming level has so far */
	uint64_t degrees;    /* of the frontier */
	unsigned depth;
};

/* One level of one side. True: met at `node` over `hop`. Specialised for each mode and direction
 * by inlining. */
static inline __attribute__((always_inline)) bool
expand(struct lg_router *r, const struct lg_query *s, struct side *side, const bool forward,
       const enum lg_search_mode mode, uint16_t code, uint32_t *hop_out)
{
	const struct lg_eq *q = s->q;
	struct lg_visit *visits = r->visits;
	const uint32_t epoch = r->epoch;
	uint64_t degrees = 0;
	for (uint32_t k = side->begin; k < side->end; k++) {
		uint32_t node = side->queue[k];
		const struct lg_node *n = &q->nodes[node];
		const struct lg_half *h = q->half + n->off, *end = h + n->degree;
		const uint32_t *pair = q->half_pair + n->off;
		r->work += n->degree;
		if (k + 2 < side->end) {
			const struct lg_node *soon = &q->nodes[side->queue[k + 2]];
			__builtin_prefetch(q->half + soon->off);
			__builtin_prefetch(q->half_pair + soon->off);
		}
		for (; h < end; h++, pair++) {
			if (h + AHEAD < end)
				__builtin_prefetch(&visits[h[AHEAD].to & HALF_NODE]);
			if (mode == LG_BY_DEBT && !(h->to & (forward ? HALF_OWES : HALF_OWED)))
				continue;
			uint16_t cap = forward ? h->out : h->in;
			if (mode == LG_BY_CAPACITY && cap < code)
				continue;
			uint32_t to = h->to & HALF_NODE;
			struct lg_visit *v = &visits[to];
			if ((forward ? v->forward : v->backward) == epoch)
				continue;
			/* the hop runs from node to `to`, or back; the lower node has direction
			 * 0 */
			uint32_t hop = hop_of(*pair, forward ? node > to : to > node);
			if (mode == LG_BY_CAPACITY && (cap == code || (h->to & HALF_SPECIAL)) &&
			    !hop_allowed(s, hop, cap == code))
				continue;
			if (mode == LG_BY_LINES && !hop_has_line(s, hop))
				continue;
			if (forward) {
				v->forward = epoch;
				v->forward_hop = hop;
			} else {
				v->backward = epoch;
				v->backward_hop = hop;
			}
			if ((forward ? v->backward : v->forward) == epoch) {
				*hop_out = to;
				return true;
			}
			degrees += q->nodes[to].degree;
			side->queue[side->next++] = to;
		}
	}
	side->begin = side->end;
	side->end = side->next;
	side->degrees = degrees;
	side->depth++;
	return false;
}

static void join_halves(const struct lg_router *r, const struct lg_query *s, uint32_t meet,
			struct lg_path *out)
{
	const struct lg_pair *pairs = s->q->pairs;
	uint32_t n = 0;
	for (uint32_t at = meet; at != s->source; n++) {
		GN_ASSERT(n < ROUTE_HOPS_MAX);
		out->hops[n] = r->visits[at].forward_hop;
		at = pairs[hop_pair(out->hops[n])].node[hop_dir(out->hops[n])];
	}
	for (uint32_t i = 0; i < n / 2; i++) {
		uint32_t swap = out->hops[i];
		out->hops[i] = out->hops[n - 1 - i];
		out->hops[n - 1 - i] = swap;
	}
	for (uint32_t at = meet; at != s->target; n++) {
		GN_ASSERT(n < ROUTE_HOPS_MAX);
		out->hops[n] = r->visits[at].backward_hop;
		at = pairs[hop_pair(out->hops[n])].node[1 - hop_dir(out->hops[n])];
	}
	out->count = n;
}

static inline __attribute__((always_inline)) bool run(struct lg_router *r, const struct lg_query *s,
						      const enum lg_search_mode mode,
						      struct lg_path *out)
{
	uint16_t code = mode == LG_BY_CAPACITY ? lg_quantise(s->amount) : 0;
	struct side f = {.queue = r->queue[0],
			 .end = 1,
			 .next = 1,
			 .degrees = s->q->nodes[s->source].degree};
	struct side b = {.queue = r->queue[1],
			 .end = 1,
			 .next = 1,
			 .degrees = s->q->nodes[s->target].degree};
	uint32_t meet;
	f.queue[0] = s->source;
	b.queue[0] = s->target;
	while (f.depth + b.depth < s->max_hops && f.begin < f.end && b.begin < b.end) {
		bool met = f.degrees <= b.degrees ? expand(r, s, &f, true, mode, code, &meet)
						  : expand(r, s, &b, false, mode, code, &meet);
		if (met) {
			if (out)
				join_halves(r, s, meet, out);
			return true;
		}
	}
	return false;
}

gn_err lg_search(struct lg_router *r, const struct lg_query *s, struct lg_path *out, bool *found)
{
	GN_ASSERT(s->source < s->q->node_count && s->target < s->q->node_count);
	GN_ASSERT(s->source != s->target && (!out || s->max_hops <= ROUTE_HOPS_MAX) &&
		  s->amount >= 0);
	GN_TRY(prepare_visits(r, s->q));
	for (uint32_t i = 0; i < s->avoid_count; i++)
		r->visits[s->avoid[i]].forward = r->visits[s->avoid[i]].backward = r->epoch;
	r->visits[s->source].forward = r->epoch;
	r->visits[s->source].backward = 0;
	r->visits[s->target].backward = r->epoch;
	r->visits[s->target].forward = 0;
	switch (s->mode) {
	case LG_BY_CAPACITY: *found = run(r, s, LG_BY_CAPACITY, out); break;
	case LG_BY_LINES: *found = run(r, s, LG_BY_LINES, out); break;
	case LG_BY_DEBT: *found = run(r, s, LG_BY_DEBT, out); break;
	}
	return GN_OK;
}
