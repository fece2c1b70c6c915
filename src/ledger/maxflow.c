/* Exact max-flow over one equivalent (Dinic), its minimum cut, and the cheapest raises (LG-35,
 * LG-36). Works on residual capacities of its own beside the adjacency, so the book is only
 * read.
 *
 * 1. residual[i] + residual[twin(i)] = initial[i] + initial[twin(i)] for every pair's two
 *    half-edges.
 * 2. Policies that belong to one hop are in its capacity; block lists belong to paths and are
 *    the caller's (lg_flow_ban). */
#include "ledger/route_int.h"

static gn_amount hop_capacity(const struct lg_flow_net *f, uint32_t pair, unsigned d, bool ask)
{
	GN_ASSERT(pair < f->q->pair_count && d < 2);
	const struct lg_pair *p = &f->q->pairs[pair];
	gn_amount cap = lg_cap(f->q, p, d);
	if (cap == 0 || !lg_middle_allowed(p, d, f->source, f->target) ||
	    (!ask && (lg_line_flags(p, 1 - d) & LINE_ASK)))
		return 0;
	return gn_amount_min(cap, lg_policy_cap(f->q, pair, d, f->target, f->now));
}

static uint32_t neighbour(const struct lg_flow_net *f, uint32_t half)
{
	return f->q->half[half].to & HALF_NODE;
}

/* The other end of the pair that half-edge `half` of `node` belongs to. */
static uint32_t twin(const struct lg_flow_net *f, uint32_t node, uint32_t half)
{
	const struct lg_pair *p = &f->q->pairs[f->q->half_pair[half]];
	unsigned other = p->node[0] == node;
	return f->q->nodes[p->node[other]].off + (p->slot[other] >> 8);
}

static uint32_t half_hop(const struct lg_flow_net *f, uint32_t node, uint32_t half)
{
	return hop_of(f->q->half_pair[half], node > neighbour(f, half));
}

gn_err lg_flow_open(struct lg_flow_net *f, struct gn_alloc *alloc, const struct lg_book *b,
		    const struct lg_eq *q, const struct lg_request *want, bool ask)
{
	GN_ASSERT(want->payer < q->node_count && want->payee < q->node_count);
	*f = (struct lg_flow_net){.alloc = alloc,
				  .b = b,
				  .q = q,
				  .source = want->payer,
				  .target = want->payee,
				  .now = want->now,
				  .work = UINT64_MAX};
	f->residual = GN_NEW_ARRAY(alloc, gn_amount, q->half_count);
	f->initial = GN_NEW_ARRAY(alloc, gn_amount, q->half_count);
	f->level = GN_NEW_ARRAY(alloc, uint32_t, q->node_count);
	f->next = GN_NEW_ARRAY(alloc, uint32_t, q->node_count);
	f->queue = GN_NEW_ARRAY(alloc, uint32_t, q->node_count);
	if (!f->residual || !f->initial || !f->level || !f->next || !f->queue) {
		lg_flow_close(f);
		return GN_NOMEM;
	}
	for (uint32_t n = 0; n < q->node_count; n++)
		for (uint32_t i = q->nodes[n].off; i < q->nodes[n].off + q->nodes[n].degree; i++)
			f->residual[i] = f->initial[i] =
				hop_capacity(f, q->half_pair[i], n > neighbour(f, i), ask);
	for (uint32_t k = 0; k < want->avoid_count; k++) {
		const struct lg_node *n = &q->nodes[want->avoid[k]];
		for (uint32_t i = n->off; i < n->off + n->degree; i++) {
			uint32_t t = twin(f, want->avoid[k], i);
			if (want->avoid[k] != f->source && want->avoid[k] != f->target)
				f->residual[i] = f->initial[i] = f->residual[t] = f->initial[t] = 0;
		}
	}
	return GN_OK;
}

void lg_flow_close(struct lg_flow_net *f)
{
	gn_mem_free(f->alloc, f->residual);
	gn_mem_free(f->alloc, f->initial);
	gn_mem_free(f->alloc, f->level);
	gn_mem_free(f->alloc, f->next);
	gn_mem_free(f->alloc, f->queue);
	*f = (struct lg_flow_net){0};
}

void lg_flow_ban(struct lg_flow_net *f, uint32_t hop)
{
	GN_ASSERT(hop_pair(hop) < f->q->pair_count);
	const struct lg_pair *p = &f->q->pairs[hop_pair(hop)];
	unsigned d = hop_dir(hop);
	uint32_t half = f->q->nodes[p->node[d]].off + (p->slot[d] >> 8);
	f->initial[half] = 0;
	memcpy(f->residual, f->initial, f->q->half_count * sizeof *f->residual);
	f->flow = 0;
}

/* ---- Dinic ---- */

static void spend_work(struct lg_flow_net *f, uint32_t work)
{
	f->work -= f->work < work ? f->work : work;
}

/* level = distance from the source + 1; 0 = not reached. */
static bool build_levels(struct lg_flow_net *f)
{
	GN_ASSERT(f->level && f->queue);
	const struct lg_eq *q = f->q;
	uint32_t begin = 0, end = 1;
	memset(f->level, 0, q->node_count * sizeof *f->level);
	f->level[f->source] = 1;
	f->queue[0] = f->source;
	while (begin < end && !f->level[f->target]) {
		uint32_t n = f->queue[begin++];
		spend_work(f, q->nodes[n].degree);
		for (uint32_t i = q->nodes[n].off; i < q->nodes[n].off + q->nodes[n].degree; i++) {
			uint32_t to = neighbour(f, i);
			if (f->residual[i] > 0 && !f->level[to]) {
				f->level[to] = f->level[n] + 1;
				f->queue[end++] = to;
			}
		}
	}
	return f->level[f->target] != 0;
}

/* Advances from `n` along an admissible half-edge; the node's degree when there is none left. */
static uint32_t admissible(struct lg_flow_net *f, uint32_t n)
{
	const struct lg_node *node = &f->q->nodes[n];
	for (; f->next[n] < node->degree; f->next[n]++) {
		uint32_t i = node->off + f->next[n];
		if (f->residual[i] > 0 && f->level[neighbour(f, i)] == f->level[n] + 1)
			break;
	}
	return f->next[n];
}

/* One augmenting path in the level graph: queue is the stack of half-edges walked. False: the
 * level graph is exhausted. */
static bool augment_path(struct lg_flow_net *f, gn_amount enough)
{
	GN_ASSERT(enough > f->flow);
	const struct lg_eq *q = f->q;
	uint32_t depth = 0, at = f->source;
	while (at != f->target) {
		uint32_t k = admissible(f, at);
		if (k < q->nodes[at].degree) {
			f->queue[depth++] = q->nodes[at].off + k;
			at = neighbour(f, f->queue[depth - 1]);
		} else if (depth == 0) {
			return false;
		} else {
			f->level[at] = 0; /* a dead end */
			depth--;
			const struct lg_pair *p = &q->pairs[q->half_pair[f->queue[depth]]];
			at = p->node[p->node[0] == at];
		}
	}
	spend_work(f, depth);
	gn_amount push = enough - f->flow;
	for (uint32_t i = 0; i < depth; i++)
		push = gn_amount_min(push, f->residual[f->queue[i]]);
	at = f->source;
	for (uint32_t i = 0; i < depth; i++) {
		f->residual[f->queue[i]] -= push;
		f->residual[twin(f, at, f->queue[i])] += push;
		at = neighbour(f, f->queue[i]);
	}
	f->flow += push;
	return true;
}

void lg_flow_run(struct lg_flow_net *f, gn_amount enough)
{
	GN_ASSERT(enough <= GN_AMOUNT_MAX);
	while (f->flow < enough && f->work > 0 && build_levels(f)) {
		memset(f->next, 0, f->q->node_count * sizeof *f->next);
		while (f->flow < enough && f->work > 0 && augment_path(f, enough))
			;
	}
}

/* ---- paths ---- */

/* Moves one unit of bookkeeping: `a` less of the flow over this half-edge. */
static void unflow(struct lg_flow_net *f, uint32_t node, uint32_t half, gn_amount a)
{
	GN_ASSERT(a > 0);
	f->residual[half] += a;
	f->residual[twin(f, node, half)] -= a;
}

/* Next half-edge of `at` that carries flow; the flow over it. */
static gn_amount carries_flow(struct lg_flow_net *f, uint32_t at, uint32_t *half)
{
	const struct lg_node *n = &f->q->nodes[at];
	for (; f->next[at] < n->degree; f->next[at]++) {
		*half = n->off + f->next[at];
		if (f->residual[*half] < f->initial[*half])
			return f->initial[*half] - f->residual[*half];
	}
	return 0;
}

/* Lowers the flow along stack[from..to) of half-edges that starts at `at` by its smallest. */
static gn_amount drain_path(struct lg_flow_net *f, uint32_t at, const uint32_t *stack,
			    uint32_t count, gn_amount most)
{
	GN_ASSERT(count > 0);
	for (uint32_t i = 0; i < count; i++)
		most = gn_amount_min(most, f->initial[stack[i]] - f->residual[stack[i]]);
	for (uint32_t i = 0; i < count; i++) {
		unflow(f, at, stack[i], most);
		at = neighbour(f, stack[i]);
	}
	return most;
}

/* Walks flow from the source; a node met twice closes a circle of flow, which is dissolved on
 * the spot. level[n] = place on the stack + 1. Ends at the target with the path on the stack. */
static uint32_t walk_flow(struct lg_flow_net *f)
{
	uint32_t depth = 0, at = f->source, half;
	memset(f->level, 0, f->q->node_count * sizeof *f->level);
	f->level[at] = 1;
	while (at != f->target) {
		gn_amount some = carries_flow(f, at, &half);
		GN_ASSERT(some > 0);
		f->queue[depth++] = half;
		at = neighbour(f, half);
		if (f->level[at]) {
			uint32_t start = f->level[at] - 1;
			drain_path(f, at, f->queue + start, depth - start, INT64_MAX);
			for (uint32_t i = start; i + 1 < depth; i++) {
				uint32_t node = neighbour(f, f->queue[i]);
				f->level[node] = 0;
			}
			depth = start;
		}
		f->level[at] = depth + 1;
	}
	return depth;
}

gn_err lg_flow_paths(struct lg_flow_net *f,
		     bool (*visit)(void *user, gn_amount amount, const uint32_t *hops,
				   uint32_t count),
		     void *user)
{
	GN_ASSERT(f->flow >= 0);
	uint32_t *hops = GN_NEW_ARRAY(f->alloc, uint32_t, f->q->node_count);
	if (!hops)
		return GN_NOMEM;
	bool more = true;
	memset(f->next, 0, f->q->node_count * sizeof *f->next);
	for (gn_amount left = f->flow; left > 0 && more;) {
		uint32_t depth = walk_flow(f), at = f->source;
		for (uint32_t i = 0; i < depth; i++) {
			hops[i] = half_hop(f, at, f->queue[i]);
			at = neighbour(f, f->queue[i]);
		}
		gn_amount a = drain_path(f, f->source, f->queue, depth, left);
		left -= a;
		more = visit(user, a, hops, depth);
	}
	gn_mem_free(f->alloc, hops);
	return GN_OK;
}

/* ---- why not more ---- */

/* Why hop d carries nothing more. */
static struct gn_ledger_cut cut_of(const struct lg_flow_net *f, uint32_t pair, unsigned d)
{
	const struct lg_eq *q = f->q;
	const struct lg_pair *p = &q->pairs[pair];
	uint32_t who[2] = {q->nodes[p->node[d]].participant, q->nodes[p->node[1 - d]].participant};
	struct gn_ledger_cut cut = {.owner = who[1],
				    .debtor = who[0],
				    .by = who[1],
				    .limit = p->limit[1 - d],
				    .used = gn_amount_max(0, lg_debt(p, d))};
	unsigned flags = lg_line_flags(p, 1 - d);
	bool own_line_bars = p->node[d] != f->source && (lg_line_flags(p, d) & LINE_NO_MIDDLE);
	const struct lg_extra *e =
		flags & LINE_EXTRA ? lg_find_extra(q, hop_of(pair, 1 - d)) : NULL;
	if (p->slot[0] & PAIR_END_INACTIVE) {
		cut.cause = GN_CAUSE_SUSPENDED;
		cut.by = f->b->participants[who[0]].status != GN_PARTICIPANT_ACTIVE ? who[0]
										    : who[1];
	} else if (flags & LINE_DISPUTE) {
		cut.cause = GN_CAUSE_DISPUTE;
	} else if (flags & LINE_FROZEN) {
		cut.cause = GN_CAUSE_FROZEN;
	} else if (flags & LINE_CLOSING) {
		cut.cause = GN_CAUSE_CLOSING;
	} else if (!q->active) {
		cut.cause = GN_CAUSE_INACTIVE;
	} else if (!lg_middle_allowed(p, d, f->source, f->target)) {
		cut.cause = GN_CAUSE_NO_MIDDLE;
		cut.by = own_line_bars ? who[0] : who[1];
	} else if (e && lg_policy_cap(q, pair, d, f->target, f->now) < lg_cap(q, p, d)) {
		bool daily = e->daily_limit >= 0 &&
			     e->daily_limit - (e->day == lg_day(f->now) ? e->used : 0) <=
				     lg_policy_cap(q, pair, d, f->target, f->now);
		cut.cause = daily ? GN_CAUSE_DAILY : GN_CAUSE_HOP;
	}
	return cut;
}

void lg_flow_cut(struct lg_flow_net *f, struct gn_ledger_why *why)
{
	const struct lg_eq *q = f->q;
	why->cut_count = why->cut_total = 0;
	if (build_levels(f))
		return; /* not at the maximum: nothing is cut */
	for (uint32_t k = 0; k < q->node_count; k++) {
		/* the payer's own lines first: he may see them (LG-61) */
		uint32_t n = (f->source + k) % q->node_count;
		for (uint32_t i = q->nodes[n].off;
		     f->level[n] && i < q->nodes[n].off + q->nodes[n].degree; i++) {
			uint32_t to = neighbour(f, i);
			const struct lg_pair *p = &q->pairs[q->half_pair[i]];
			unsigned d = p->node[1] == n;
			if (f->level[to] || !(lg_line_flags(p, 1 - d) & (LINE_OPEN | LINE_CLOSING)))
				continue;
			if (why->cut_count < ROUTE_RAISES_MAX)
				why->cut[why->cut_count++] = cut_of(f, q->half_pair[i], d);
			why->cut_total++;
		}
	}
}

static struct gn_ledger_raise *find_raise(struct gn_ledger_why *why, uint32_t owner,
					  uint32_t debtor)
{
	for (uint32_t k = 0; k < why->raise_count; k++)
		if (why->raises[k].owner == owner && why->raises[k].debtor == debtor)
			return &why->raises[k];
	return NULL;
}

/* How much more the line of this hop would carry if its owner raised it as he likes: nothing
 * when it is not open, or somebody's policy is in the way and not the limit. */
static gn_amount raise_room(const struct lg_flow_net *f, uint32_t node, uint32_t half,
			    struct gn_ledger_why *why)
{
	uint32_t pair = f->q->half_pair[half];
	const struct lg_pair *p = &f->q->pairs[pair];
	unsigned d = p->node[1] == node, flags = lg_line_flags(p, 1 - d);
	if ((flags & (LINE_OPEN | LINE_FROZEN | LINE_DISPUTE)) != LINE_OPEN ||
	    (p->slot[0] & PAIR_END_INACTIVE) || !f->q->active ||
	    !lg_middle_allowed(p, d, f->source, f->target))
		return 0;
	if (!(flags & LINE_EXTRA))
		return GN_AMOUNT_MAX;
	const struct lg_extra *e = lg_find_extra(f->q, hop_of(pair, 1 - d));
	gn_amount policy = lg_policy_cap(f->q, pair, d, f->target, f->now);
	if (e->blocked_count > 0 || policy == INT64_MAX)
		return e->blocked_count > 0 ? 0 : GN_AMOUNT_MAX;
	const struct gn_ledger_raise *raised = find_raise(
		why, f->q->nodes[neighbour(f, half)].participant, f->q->nodes[node].participant);
	return gn_amount_max(0, policy - f->initial[half] - (raised ? raised->raise : 0));
}

/* 0-1 search: level = number of raises + 1, next = half-edge by which a node was reached. The
 * deque is two queues: nodes of this cost in queue from the front, nodes of the next cost from
 * the back. */
static bool cheapest(struct lg_flow_net *f, struct gn_ledger_why *why, uint32_t *reached_by)
{
	const struct lg_eq *q = f->q;
	const uint32_t far = UINT32_MAX;
	memset(f->level, 0xff, q->node_count * sizeof *f->level);
	f->level[f->source] = 0;
	uint32_t head = 0, tail = 0;
	f->queue[tail++] = f->source;
	for (uint32_t cost = 0; tail > 0; cost++) {
		/* this cost: everything reached so far at it, growing over free half-edges */
		while (head < tail) {
			uint32_t n = f->queue[head++];
			for (uint32_t i = q->nodes[n].off; i < q->nodes[n].off + q->nodes[n].degree;
			     i++) {
				uint32_t to = neighbour(f, i);
				if (f->residual[i] > 0 && f->level[to] == far) {
					f->level[to] = cost;
					reached_by[to] = i;
					f->queue[tail++] = to;
				}
			}
		}
		if (f->level[f->target] != far)
			return true;
		uint32_t before = tail;
		for (uint32_t k = 0; k < before; k++) {
			uint32_t n = f->queue[k];
			for (uint32_t i = q->nodes[n].off;
			     f->level[n] == cost && i < q->nodes[n].off + q->nodes[n].degree; i++) {
				uint32_t to = neighbour(f, i);
				if (f->level[to] == far && raise_room(f, n, i, why) > 0) {
					f->level[to] = cost + 1;
					reached_by[to] = i;
					f->queue[tail++] = to;
				}
			}
		}
		if (tail == before)
			return false;
	}
	return false;
}

static bool add_raise(const struct lg_flow_net *f, uint32_t node, uint32_t half, gn_amount a,
		      struct gn_ledger_why *why)
{
	GN_ASSERT(a > 0);
	const struct lg_pair *p = &f->q->pairs[f->q->half_pair[half]];
	uint32_t owner = f->q->nodes[neighbour(f, half)].participant,
		 debtor = f->q->nodes[node].participant;
	gn_amount limit = p->limit[p->node[0] == node];
	struct gn_ledger_raise *r = find_raise(why, owner, debtor);
	if ((!r && why->raise_count == ROUTE_RAISES_MAX) ||
	    (r ? r->raise : 0) + a > GN_AMOUNT_MAX - limit)
		return false;
	if (!r) {
		r = &why->raises[why->raise_count++];
		*r = (struct gn_ledger_raise){owner, debtor, limit, 0};
	}
	r->raise += a;
	return true;
}

gn_err lg_flow_raises(struct lg_flow_net *f, gn_amount missing, struct gn_ledger_why *why)
{
	GN_ASSERT(missing >= 0);
	const struct lg_eq *q = f->q;
	uint32_t *by = GN_NEW_ARRAY(f->alloc, uint32_t, q->node_count);
	if (!by)
		return GN_NOMEM;
	why->raise_count = 0;
	bool fits = true;
	for (unsigned rounds = 0;
	     missing > 0 && fits && rounds < 4 * ROUTE_RAISES_MAX && cheapest(f, why, by);
	     rounds++) {
		gn_amount push = missing;
		for (uint32_t at = f->target, from; at != f->source; at = from) {
			const struct lg_pair *p = &q->pairs[q->half_pair[by[at]]];
			from = p->node[p->node[0] == at];
			push = gn_amount_min(push, f->residual[by[at]] > 0
							   ? f->residual[by[at]]
							   : raise_room(f, from, by[at], why));
		}
		for (uint32_t at = f->target, from; at != f->source; at = from) {
			const struct lg_pair *p = &q->pairs[q->half_pair[by[at]]];
			from = p->node[p->node[0] == at];
			if (f->residual[by[at]] > 0)
				f->residual[by[at]] -= push;
			else
				fits &= add_raise(f, from, by[at], push, why);
			f->residual[twin(f, from, by[at])] += push;
		}
		missing -= push;
	}
	why->raises_suffice = fits && missing == 0;
	gn_mem_free(f->alloc, by);
	return GN_OK;
}
