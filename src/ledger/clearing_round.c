/* Anytime clearing (LG-44): what the exact method has sent so far is completed along shortest
 * paths whatever they cost; then r keeps every net position, and f = d - r is a clearing. It is
 * shown when it clears more than the one before, and the exact method goes on from where it was.
 *
 * 1. Between lg_round_begin and lg_round_end arcs and excess are a trial; the exact method's are
 *    in saved_*.
 * 2. edges[].f and total change in lg_publish only, together. */
#include "ledger/clearing_int.h"

void lg_round_begin(struct gn_clearing *c)
{
	GN_ASSERT(c->anytime && !c->rounding);
	for (uint32_t i = 0; i < c->edge_count; i++)
		if (c->arc_of[i] != LG_NONE)
			c->saved_cap[i] = c->cap[c->twin[c->arc_of[i]]];
	for (uint32_t n = 0; n < c->nodes; n++)
		c->saved_excess[n] = c->excess[n];
	c->saved_left = c->left;
	c->rounding = true;
	c->round_began = c->work;
	c->work += c->kept;
}

static void set_remaining(struct gn_clearing *c, uint32_t edge, gn_amount r)
{
	uint32_t debt = c->arc_of[edge], back = c->twin[debt];
	gn_amount d = c->edges[edge].d;
	uint32_t more = r < d, less = r > 0;
	c->cap[debt] = d - r;
	c->cap[back] = r;
	c->to[debt] =
		(c->to[debt] & ~(ARC_OUT | ARC_IN)) | (more ? ARC_OUT : 0) | (less ? ARC_IN : 0);
	c->to[back] =
		(c->to[back] & ~(ARC_OUT | ARC_IN)) | (less ? ARC_OUT : 0) | (more ? ARC_IN : 0);
}

void lg_round_end(struct gn_clearing *c)
{
	GN_ASSERT(c->rounding && c->left == 0);
	lg_publish(c);
	for (uint32_t i = 0; i < c->edge_count; i++)
		if (c->arc_of[i] != LG_NONE)
			set_remaining(c, i, c->saved_cap[i]);
	for (uint32_t n = 0; n < c->nodes; n++)
		c->excess[n] = c->saved_excess[n];
	c->left = c->saved_left;
	c->rounding = false;
	c->work += c->kept;
	c->round_ended = c->work;
}

void lg_publish(struct gn_clearing *c)
{
	gn_amount_sum total = 0;
	for (uint32_t i = 0; i < c->edge_count; i++)
		if (c->arc_of[i] != LG_NONE)
			total += c->cap[c->arc_of[i]];
	if (total <= c->total && c->left == 0 && c->rounding)
		return;
	for (uint32_t i = 0; i < c->edge_count; i++)
		if (c->arc_of[i] != LG_NONE)
			c->edges[i].f = c->cap[c->arc_of[i]];
	c->total = total;
}
