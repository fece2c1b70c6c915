/* Anytime clearing (LG-44): cycles of three and four first, then negative cycles of the residual graph until there are none.
 *
 * 1. Debt arcs hold d - f, their reverses f; only whole cycles are changed, so f is a circulation at every moment.
 * 2. parent[n] is an arc that lowered p[n] last; a circle of such arcs is a negative cycle. Where an arc has no capacity any more
 *    its parent entry is dropped.
 * 3. A round in which no label falls proves f optimal, with p as potentials. */
#include "ledger/clearing_int.h"

static uint32_t tail_of(const struct gn_clearing *c, uint32_t arc)
{
	return c->arcs[c->arcs[arc].twin].to & ARC_NODE;
}

static void push(struct gn_clearing *c, uint32_t arc, gn_amount a)
{
	c->arcs[arc].cap -= a;
	c->arcs[c->arcs[arc].twin].cap += a;
	c->total += c->arcs[arc].to & ARC_DEBT ? a : -a;
}

/* ---- greedy ---- */

static void clear_path(struct gn_clearing *c, const uint32_t *arcs, uint32_t count)
{
	gn_amount a = GN_AMOUNT_MAX;
	for (uint32_t i = 0; i < count; i++)
		a = gn_amount_min(a, c->arcs[arcs[i]].cap);
	for (uint32_t i = 0; i < count; i++)
		push(c, arcs[i], a);
}

static bool owes(const struct gn_clearing *c, uint32_t arc)
{
	return (c->arcs[arc].to & ARC_DEBT) && c->arcs[arc].cap > 0;
}

/* Cycles of up to four that pass the debt `first` of u; mark[x] is the arc x -> u. */
static void clear_through(struct gn_clearing *c, uint32_t u, uint32_t first)
{
	uint32_t v = c->arcs[first].to & ARC_NODE;
	for (uint32_t i = c->first[v]; i < c->first[v + 1] && c->arcs[first].cap > 0; i++) {
		uint32_t w = c->arcs[i].to & ARC_NODE;
		if (owes(c, i) && c->mark[w] && owes(c, c->mark[w] - 1))
			clear_path(c, (uint32_t[]){first, i, c->mark[w] - 1}, 3);
	}
	for (uint32_t i = c->first[v]; i < c->first[v + 1] && c->arcs[first].cap > 0; i++) {
		uint32_t w = c->arcs[i].to & ARC_NODE;
		for (uint32_t k = c->first[w]; w != u && k < c->first[w + 1] && owes(c, i) && c->arcs[first].cap > 0; k++) {
			uint32_t z = c->arcs[k].to & ARC_NODE;
			if (z != v && z != u && owes(c, k) && c->mark[z] && owes(c, c->mark[z] - 1))
				clear_path(c, (uint32_t[]){first, i, k, c->mark[z] - 1}, 4);
		}
		c->work += c->first[w + 1] - c->first[w];
	}
}

static void set_marks(struct gn_clearing *c, uint32_t u, bool set)
{
	for (uint32_t i = c->first[u]; i < c->first[u + 1]; i++)
		if (!(c->arcs[i].to & ARC_DEBT))
			c->mark[c->arcs[i].to & ARC_NODE] = set ? c->arcs[i].twin + 1 : 0;
}

void lg_greedy_run(struct gn_clearing *c, uint64_t stop)
{
	for (; c->at_node < c->nodes && c->work < stop; c->at_node++) {
		uint32_t u = c->at_node;
		set_marks(c, u, true);
		for (uint32_t i = c->first[u]; i < c->first[u + 1]; i++)
			if (owes(c, i))
				clear_through(c, u, i);
		set_marks(c, u, false);
		c->work += c->first[u + 1] - c->first[u];
	}
	if (c->at_node == c->nodes)
		c->stage = GN_CLEARING_IMPROVE;
	lg_clearing_read_f(c, false);
}

/* ---- improvement ---- */

static bool lower_labels(struct gn_clearing *c)
{
	bool fell = false;
	for (uint32_t n = 0; n < c->nodes; n++)
		for (uint32_t i = c->first[n]; i < c->first[n + 1]; i++) {
			const struct lg_arc *a = &c->arcs[i];
			uint32_t to = a->to & ARC_NODE;
			int32_t label = c->p[n] + (a->to & ARC_DEBT ? -1 : 1);
			if (a->cap > 0 && label < c->p[to]) {
				c->p[to] = label;
				c->parent[to] = i + 1;
				fell = true;
			}
		}
	c->work += 2 * (uint64_t)c->kept + c->nodes;
	return fell;
}

/* The circle of parents through n: cleared along, and taken out of the parents. */
static bool cancel(struct gn_clearing *c, uint32_t n)
{
	gn_amount a = GN_AMOUNT_MAX;
	uint32_t at = n;
	do {
		a = gn_amount_min(a, c->arcs[c->parent[at] - 1].cap);
		at = tail_of(c, c->parent[at] - 1);
	} while (at != n);
	do {
		uint32_t arc = c->parent[at] - 1;
		if (a > 0)
			push(c, arc, a);
		if (a > 0 || c->arcs[arc].cap == 0)
			c->parent[at] = 0;
		at = tail_of(c, arc);
	} while (at != n);
	return a > 0;
}

/* Follows parents from every node; level[n] = the walk that met it + 1. */
static void cancel_circles(struct gn_clearing *c)
{
	for (uint32_t n = 0; n < c->nodes; n++)
		c->level[n] = 0;
	for (uint32_t start = 0; start < c->nodes; start++) {
		uint32_t at = start;
		while (!c->level[at] && c->parent[at]) {
			c->level[at] = start + 1;
			at = tail_of(c, c->parent[at] - 1);
		}
		if (c->level[at] == start + 1 && c->parent[at])
			cancel(c, at);
		c->level[at] = c->level[at] ? c->level[at] : start + 1;
	}
	c->work += c->nodes;
}

void lg_improve_run(struct gn_clearing *c, uint64_t stop)
{
	while (c->work < stop) {
		if (!lower_labels(c)) {
			c->stage = GN_CLEARING_DONE;
			break;
		}
		cancel_circles(c);
	}
	lg_clearing_read_f(c, false);
}
