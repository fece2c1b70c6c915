/* The largest circulation, found through its complement: r = d - f must keep every net position,
 * cost 1 per unit, and be as small as possible. Primal-dual: labels are shortest distances under
 * reduced costs (Dial's buckets), flow goes along arcs of reduced cost 0 until nobody reaches
 * anybody there, until no net debtor has anything left to send. With unit costs a dozen or two
 * relabellings suffice.
 *
 *   RELABEL -> OPEN -> LEVELS <-> SEND; LEVELS -> RELABEL [no way left] | DONE [nothing left]
 *   anytime: RELABEL -> OPEN [lg_round_begin], LEVELS -> RELABEL [lg_round_end]
 *
 * 1. Outside rounding every arc with capacity has cost + p[tail] - p[head] >= 0.
 * 2. excess[n] is what n still has to send (> 0) or to receive (< 0); it sums to 0 in every part
 *    and reaches 0.
 * 3. Who still lacks something has label 0. */
#include "ledger/clearing_int.h"

/* ---- Dial: everybody's distance to the nearest who lacks; level, next and queue are distance
 * and list links ---- */

static void bucket_put(struct gn_clearing *c, uint32_t n, uint32_t dist)
{
	GN_ASSERT(n < c->nodes && dist <= 2 * c->nodes + 1);
	uint32_t head = c->bucket[dist];
	c->level[n] = dist;
	c->next[n] = head;
	c->queue[n] = LG_NONE;
	if (head != LG_NONE)
		c->queue[head] = n;
	c->bucket[dist] = n;
	if (dist > c->bucket_top)
		c->bucket_top = dist;
}

static void bucket_remove(struct gn_clearing *c, uint32_t n)
{
	GN_ASSERT(n < c->nodes && c->level[n] != LG_NONE);
	if (c->queue[n] != LG_NONE)
		c->next[c->queue[n]] = c->next[n];
	else
		c->bucket[c->level[n]] = c->next[n];
	if (c->next[n] != LG_NONE)
		c->queue[c->next[n]] = c->queue[n];
}

/* Labels of who lacks are 0 and those of who has excess minus an earlier shortest distance, both
 * of paths without circles: no distance that matters reaches 2 * nodes, and what lies past the
 * buckets is left out. */
static void settle_node(struct gn_clearing *c, uint32_t n)
{
	GN_ASSERT(c->level[n] != LG_NONE);
	uint32_t buckets = 2 * c->nodes + 2;
	for (uint32_t a = c->first[n]; a < c->first[n + 1]; a++) {
		uint32_t from = c->to[a] & ARC_NODE,
			 dist = c->level[n] + (uint32_t)-lg_reduced(c, n, a);
		dist = c->to[a] & ARC_IN && dist < buckets ? dist : LG_NONE;
		if (dist >= c->level[from])
			continue;
		if (c->level[from] != LG_NONE)
			bucket_remove(c, from);
		bucket_put(c, from, dist);
	}
	c->work += c->first[n + 1] - c->first[n];
}

static void relabel(struct gn_clearing *c)
{
	GN_ASSERT(c->left != 0);
	uint32_t wanted = 0, met = 0, d;
	for (uint32_t i = 0; i <= c->bucket_top; i++)
		c->bucket[i] = LG_NONE;
	c->bucket_top = 0;
	for (uint32_t n = 0; n < c->nodes; n++) {
		c->level[n] = LG_NONE;
		wanted += c->excess[n] > 0;
		if (c->excess[n] < 0)
			bucket_put(c, n, 0);
	}
	for (d = 0; met < wanted; d++) {
		/* r = d is feasible, so everybody with excess reaches somebody who lacks */
		GN_ASSERT(d <= c->bucket_top);
		for (uint32_t n; met < wanted && (n = c->bucket[d]) != LG_NONE;) {
			bucket_remove(c, n);
			met += c->excess[n] > 0;
			settle_node(c, n);
		}
	}
	for (uint32_t n = 0; n < c->nodes && d > 0; n++)
		c->p[n] -= (int32_t)(c->level[n] < d - 1 ? c->level[n] : d - 1);
	c->work += c->nodes;
}

/* ---- steps ---- */

static void next_phase(struct gn_clearing *c)
{
	GN_ASSERT(c->step == LG_RELABEL);
	if (c->left == 0) {
		lg_publish(c);
		c->step = LG_DONE;
	} else if (c->anytime && c->work - c->round_ended > c->round_ended - c->round_began) {
		lg_round_begin(c); /* half of the work at most, since later ones cost less */
		c->step = LG_OPEN;
	} else {
		relabel(c);
		c->step = LG_OPEN;
	}
}

void lg_exact_run(struct gn_clearing *c, uint64_t stop)
{
	while (c->step != LG_DONE && c->work < stop) {
		switch (c->step) {
		case LG_RELABEL: next_phase(c); break;
		case LG_OPEN:
			lg_tight_open(c);
			c->step = LG_LEVELS;
			break;
		case LG_LEVELS:
			if (lg_tight_levels(c)) {
				c->step = LG_SEND;
				break;
			}
			if (c->rounding)
				lg_round_end(c);
			c->step = LG_RELABEL;
			break;
		case LG_SEND: lg_tight_send(c, stop); break;
		case LG_DONE: break;
		}
	}
}
