/* The largest circulation, found through its complement: r = d - f must keep every net position, cost 1 per unit, and be as small as
 * possible. Primal-dual: labels p are shortest distances under reduced costs (Dial's buckets), flow goes along arcs of reduced cost 0
 * (Dinic), until no net debtor has anything left to send. With unit costs a dozen or two relabellings suffice.
 *
 * 1. Every arc with capacity has cost + p[tail] - p[head] >= 0.
 * 2. excess[n] is what n still has to send (> 0) or to receive (< 0) inside its part; it sums to 0 and reaches 0.
 * 3. r is feasible, and so f = d - r a circulation, only when a part is finished: until then its f stays 0. */
#include "ledger/clearing_int.h"

#define NONE UINT32_MAX

static int32_t cost(const struct lg_arc *a)
{
	return a->to & ARC_DEBT ? 1 : -1;
}

static int32_t reduced(const struct gn_clearing *c, uint32_t n, const struct lg_arc *a)
{
	return cost(a) + c->p[n] - c->p[a->to & ARC_NODE];
}

static void open_part(struct gn_clearing *c)
{
	c->left = 0;
	for (uint32_t n = c->part[c->at_part]; n < c->part[c->at_part + 1]; n++) {
		c->p[n] = 0;
		c->excess[n] = 0;
		for (uint32_t i = c->first[n]; i < c->first[n + 1]; i++)
			c->excess[n] += c->arcs[i].to & ARC_DEBT ? c->arcs[i].cap : -c->arcs[c->arcs[i].twin].cap;
		if (c->excess[n] > 0)
			c->left += c->excess[n];
		c->work += c->first[n + 1] - c->first[n];
	}
	c->part_open = c->relabel = true;
}

/* ---- Dial: distances from whoever has excess to the nearest who lacks ---- */

static void bucket_put(struct gn_clearing *c, uint32_t n, int32_t dist)
{
	uint32_t head = c->bucket[dist];
	c->dist[n] = dist;
	c->bucket_next[n] = head;
	c->bucket_prev[n] = NONE;
	if (head != NONE)
		c->bucket_prev[head] = n;
	c->bucket[dist] = n;
}

static void bucket_remove(struct gn_clearing *c, uint32_t n)
{
	if (c->bucket_prev[n] != NONE)
		c->bucket_next[c->bucket_prev[n]] = c->bucket_next[n];
	else
		c->bucket[c->dist[n]] = c->bucket_next[n];
	if (c->bucket_next[n] != NONE)
		c->bucket_prev[c->bucket_next[n]] = c->bucket_prev[n];
}

/* Who still has excess has label 0, so no distance that matters exceeds the number of nodes: what lies past the buckets is left out. */
static void settle_node(struct gn_clearing *c, uint32_t n, int32_t buckets)
{
	for (uint32_t i = c->first[n]; i < c->first[n + 1]; i++) {
		const struct lg_arc *a = &c->arcs[i];
		uint32_t to = a->to & ARC_NODE;
		if (a->cap == 0)
			continue;
		int32_t d = c->dist[n] + reduced(c, n, a);
		if (d >= c->dist[to] || d >= buckets)
			continue;
		if (c->dist[to] != INT32_MAX)
			bucket_remove(c, to);
		bucket_put(c, to, d);
	}
	c->work += c->first[n + 1] - c->first[n];
}

static void relabel(struct gn_clearing *c)
{
	uint32_t begin = c->part[c->at_part], end = c->part[c->at_part + 1];
	int32_t buckets = (int32_t)(2 * (end - begin) + 2), d;
	for (int32_t i = 0; i < buckets; i++)
		c->bucket[i] = NONE;
	for (uint32_t n = begin; n < end; n++)
		c->dist[n] = INT32_MAX;
	for (uint32_t n = begin; n < end; n++)
		if (c->excess[n] > 0)
			bucket_put(c, n, 0);
	for (d = 0;; d++) {
		bool reached = false;
		GN_ASSERT(d < buckets); /* r = d is feasible, so somebody who lacks is always reached */
		for (uint32_t n; (n = c->bucket[d]) != NONE && !reached;) {
			bucket_remove(c, n);
			reached = c->excess[n] < 0;
			if (!reached)
				settle_node(c, n, buckets);
		}
		if (reached)
			break;
	}
	for (uint32_t n = begin; n < end; n++)
		c->p[n] += c->dist[n] < d ? c->dist[n] : d;
	c->relabel = false;
}

/* ---- Dinic on arcs of reduced cost 0 ---- */

static bool admissible(const struct gn_clearing *c, uint32_t n, const struct lg_arc *a)
{
	return a->cap > 0 && reduced(c, n, a) == 0;
}

/* Levels from everybody with excess (1) to the first level that has somebody who lacks. */
static bool build_levels(struct gn_clearing *c)
{
	uint32_t begin = c->part[c->at_part], end = c->part[c->at_part + 1], head = 0, tail = 0, last = NONE;
	for (uint32_t n = begin; n < end; n++) {
		c->level[n] = 0;
		c->next[n] = c->first[n];
		if (c->excess[n] > 0) {
			c->level[n] = 1;
			c->queue[tail++] = n;
		}
	}
	for (; head < tail && c->level[c->queue[head]] < last; head++) {
		uint32_t n = c->queue[head];
		for (uint32_t i = c->first[n]; i < c->first[n + 1]; i++) {
			uint32_t to = c->arcs[i].to & ARC_NODE;
			if (c->level[to] || !admissible(c, n, &c->arcs[i]))
				continue;
			c->level[to] = c->level[n] + 1;
			c->queue[tail++] = to;
			if (c->excess[to] < 0)
				last = c->level[to];
		}
		c->work += c->first[n + 1] - c->first[n];
	}
	return last != NONE;
}

/* Sends `push` along stack[0..depth); returns the depth of the first arc that is full. */
static uint32_t send(struct gn_clearing *c, uint32_t depth, gn_amount push)
{
	uint32_t keep = depth;
	for (uint32_t i = depth; i-- > 0;) {
		struct lg_arc *a = &c->arcs[c->stack[i]];
		a->cap -= push;
		c->arcs[a->twin].cap += push;
		if (a->cap == 0)
			keep = i;
	}
	return keep;
}

/* All that one node can send through the level graph, depth first. */
static void discharge(struct gn_clearing *c, uint32_t source)
{
	uint32_t depth = 0, at = source;
	while (c->excess[source] > 0) {
		if (c->excess[at] < 0) {
			gn_amount push = GN_AMOUNT_MAX;
			for (uint32_t i = 0; i < depth; i++)
				push = gn_amount_min(push, c->arcs[c->stack[i]].cap);
			if (push > c->excess[source])
				push = (gn_amount)c->excess[source];
			if (push > -c->excess[at])
				push = (gn_amount)-c->excess[at];
			c->excess[source] -= push;
			c->excess[at] += push;
			c->left -= push;
			depth = send(c, depth, push);
			at = depth ? c->arcs[c->stack[depth - 1]].to & ARC_NODE : source;
			continue;
		}
		uint32_t *i = &c->next[at];
		while (*i < c->first[at + 1] &&
		       !(c->level[c->arcs[*i].to & ARC_NODE] == c->level[at] + 1 && admissible(c, at, &c->arcs[*i])))
			++*i;
		if (*i < c->first[at + 1]) {
			c->stack[depth++] = *i;
			at = c->arcs[*i].to & ARC_NODE;
		} else if (depth == 0) {
			return;
		} else {
			c->level[at] = 0; /* a dead end */
			depth--;
			at = c->arcs[c->arcs[c->stack[depth]].twin].to & ARC_NODE;
		}
	}
}

static void blocking_flow(struct gn_clearing *c)
{
	uint32_t begin = c->part[c->at_part], end = c->part[c->at_part + 1];
	for (uint32_t n = begin; n < end; n++)
		if (c->excess[n] > 0)
			discharge(c, n);
	c->work += end - begin;
}

/* ---- parts ---- */

static void next_part(struct gn_clearing *c)
{
	c->part_open = false;
	c->at_part++;
}

void lg_exact_run(struct gn_clearing *c, uint64_t stop)
{
	while (c->at_part < c->part_count && c->work < stop) {
		if (c->part[c->at_part + 1] - c->part[c->at_part] < 3) { /* no cycle without three */
			next_part(c);
			continue;
		}
		if (!c->part_open)
			open_part(c);
		if (c->left == 0) {
			next_part(c);
			continue;
		}
		if (c->relabel)
			relabel(c);
		if (build_levels(c))
			blocking_flow(c);
		else
			c->relabel = true;
	}
	if (c->at_part < c->part_count)
		return;
	lg_clearing_read_f(c, true);
	c->stage = GN_CLEARING_DONE;
}
