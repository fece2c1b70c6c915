/* How far the nodes that answer for a key reach (OV-35). The set of a key is the R nearest
 * members, and whoever lies within the reach of it: half the way that R nodes take on average.
 * So identities heaped up in one place cannot push everybody else out of the set: in nearly
 * every ring some honest node is within that angle, however many are nearer.
 *
 * The reach needs to know how dense the ring is, from more than the own neighbourhood, which may
 * be the heap itself: the least of our own estimate and the median of what the link lists of
 * peers say whom we have known for long. */
#include "overlay/ring_int.h"

gn_time gn_ov_seen(const struct gn_ov_contact *c, gn_time now)
{
	return c->since ? now - c->since : 0;
}

bool gn_ov_standing(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	return c->since && gn_ov_seen(c, now) >= gn_time_min(GN_OV_STANDING, (now - ov->start) / 2);
}

bool gn_ov_trusted(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	bool young = !ov->restored && ov->held_bytes < ov->cfg.bytes_max / 4;
	return young ? gn_ov_standing(ov, c, now)
		     : c->since && gn_ov_seen(c, now) >= GN_OV_STANDING;
}

/* Keeps the `max` smallest, ascending. */
static uint32_t keep_least(uint64_t *a, uint32_t n, uint32_t max, uint64_t v)
{
	GN_ASSERT(max > 0 && n <= max);
	uint32_t at = n < max ? n : max - 1;
	if (v == 0 || (n == max && v >= a[max - 1]))
		return n;
	for (; at > 0 && a[at - 1] > v; at--)
		a[at] = a[at - 1];
	a[at] = v;
	return n < max ? n + 1 : max;
}

/* Nodes in the ring by the leaf set of a linked peer, which its list contains; 0: the list is
 * too short. */
static double by_list(const struct gn_overlay *ov, const struct gn_ov_link *l)
{
	GN_ASSERT(l->their_count <= GN_OV_DELTA_MAX);
	uint64_t cw[GN_OV_L_MAX], ccw[GN_OV_L_MAX], at = l->contact->theta;
	uint32_t side = ov->cfg.l, cws = 0, ccws = 0;
	if (l->their_count + 1 < 2 * side)
		return 0;
	for (uint32_t i = 0; i <= l->their_count; i++) {
		/* the last: ourselves, whom it does not list to us */
		uint64_t theta = i < l->their_count ? l->theirs[i] : ov->server ? ov->theta : at;
		cws = keep_least(cw, cws, side, theta - at);
		ccws = keep_least(ccw, ccws, side, at - theta);
	}
	if (cws < side || ccws < side)
		return 0;
	return 2.0 * side * 0x1p64 / ((double)cw[side - 1] + (double)ccw[side - 1]);
}

static double count_nodes(const struct gn_overlay *ov, gn_time now)
{
	double of[GN_OV_LINKS_MAX_2];
	struct gn_addr at_addr[GN_OV_LINKS_MAX_2];
	uint32_t n = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		const struct gn_ov_contact *c = ov->contacts[i];
		double v = c->link && gn_ov_standing(ov, c, now) ? by_list(ov, c->link) : 0;
		/* a person has many keys (OV-56) */
		if (v < 1 || !gn_ov_counts_beside(ov, &c->c.addrs[0], at_addr, n))
			continue;
		at_addr[n] = c->c.addrs[0];
		uint32_t at = n++;
		for (; at > 0 && of[at - 1] > v; at--)
			of[at] = of[at - 1];
		of[at] = v;
	}
	/* a client's few neighbours tell nothing */
	bool own = ov->server || ov->cfg.probation_off || n == 0;
	double median = n ? of[(n - 1) / 2] : ov->n_est;
	return own && ov->n_est < median ? ov->n_est : median;
}

uint64_t gn_ov_reach(struct gn_overlay *ov)
{
	gn_time now = ov->now_seen;
	if (ov->reach_at && now - ov->reach_at < GN_OV_REACH_EVERY && ov->reach_n == ov->n_est)
		return ov->reach;
	ov->reach_at = now;
	ov->reach_n = ov->n_est;
	double n = count_nodes(ov, now), reach = ov->cfg.r / 4.0 * 0x1p64 / (n > 1 ? n : 1);
	ov->reach = reach < 0x1p63 ? (uint64_t)reach : UINT64_C(1) << 63;
	return ov->reach;
}

/* Where more lie within the reach than comes by chance, those above the usual number take
 * nobody's place: as many more behind them answer too, so that a heap holds no record alone. */
static uint32_t heap_of(const struct gn_overlay *ov, uint32_t within)
{
	uint32_t r = ov->cfg.r, most = GN_OV_SET_MAX - r;
	if (within <= r + r / 4)
		return 0;
	return within - r / 2 < most ? within - r / 2 : most;
}

uint32_t gn_ov_holders_of(struct gn_overlay *ov, uint64_t theta,
			  struct gn_ov_member out[GN_OV_SET_MAX])
{
	GN_ASSERT(ov->cfg.r <= GN_OV_SET_MAX);
	uint32_t n = gn_ov_set_of(ov, theta, out, GN_OV_SET_MAX), within = 0;
	uint64_t reach = gn_ov_reach(ov);
	while (within < n && gn_ov_sep(out[within].theta, theta) <= reach)
		within++;
	uint32_t most = ov->cfg.r + heap_of(ov, within);
	most = most > within ? most : within;
	return n < most ? n : most;
}

/* A holder sees no more of a heap than its leaf set has room for, so it takes less for one: in
 * one of twenty places by chance, where it then accepts what a writer would not send it. */
bool gn_ov_answers_for(struct gn_overlay *ov, uint64_t theta)
{
	struct gn_ov_member set[GN_OV_SET_MAX];
	uint64_t reach = gn_ov_reach(ov);
	uint32_t r = ov->cfg.r, within = 0;
	if (!ov->server)
		return false;
	uint32_t rank = gn_ov_rank_of(ov, theta, &ov->self.id),
		 n = gn_ov_set_of(ov, theta, set, GN_OV_SET_MAX);
	while (within < n && gn_ov_sep(set[within].theta, theta) <= reach)
		within++;
	return rank < r || gn_ov_sep(ov->theta, theta) <= reach ||
	       (within >= r && rank < r + within - r / 2);
}

unsigned gn_ov_op_width(struct gn_overlay *ov, const struct gn_ov_op *op)
{
	GN_ASSERT(op->count > 0);
	if (op->kind == GN_OV_FIND)
		return op->count;
	unsigned wide = op->widened ? 2 : 1, n = 0, heap = 0,
		 most = op->widened ? GN_OV_REGION_MAX : GN_OV_SET_MAX;
	uint64_t reach = gn_ov_reach(ov),
		 within = wide == 2 && reach < UINT64_C(1) << 62 ? 2 * reach : reach;
	for (uint32_t i = 0; i < op->cand_count && op->cands[i].sep <= within && n < most; i++) {
		bool there = op->cands[i].state != GN_OV_DEAD && !op->cands[i].not_mine;
		n += there;
		heap += there && op->cands[i].state == GN_OV_ANSWERED && op->cands[i].sep <= reach;
	}
	unsigned all = wide * op->count + heap_of(ov, heap); /* invented ones make none */
	return n > all ? n : all;
}
