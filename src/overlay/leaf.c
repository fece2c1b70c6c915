/* The leaf set: the L nearest servers on each side, linked; how many nodes there are, by how
 * dense they lie (OV-20..OV-22). */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"

/* The first `max` contacts that qualify, walking away from our own place. Who has refused is
 * asked again when its time is over. */
static uint32_t walk_side(struct gn_overlay *ov, bool ccw, uint32_t max, gn_time now,
			  struct gn_ov_contact **out)
{
	GN_ASSERT(max <= GN_OV_L_MAX);
	uint32_t n = ov->contact_count, found = 0;
	if (n == 0)
		return 0;
	uint32_t at = gn_ov_contact_place(ov, &ov->self.id) % n;
	for (uint32_t i = 0; i < n && found < max; i++) {
		uint32_t at_i = ccw ? (at + n - 1 - i) % n : (at + i) % n;
		struct gn_ov_contact *c = ov->contacts[at_i];
		if (!gn_ov_contact_usable(ov, c, now))
			continue;
		if (c->link || c->leaf_refused_until <= now)
			out[found++] = c;
		else
			gn_ov_task_soon(ov, GN_OV_TASK_FILL, c->leaf_refused_until);
	}
	return found;
}

static double estimate_nodes(const struct gn_overlay *ov, struct gn_ov_contact *const *cw,
			     uint32_t cws, struct gn_ov_contact *const *ccw, uint32_t ccws)
{
	GN_ASSERT(cws <= GN_OV_L_MAX && ccws <= GN_OV_L_MAX);
	uint32_t l = ov->cfg.l, servers = 1;
	GN_ASSERT(l > 0);
	for (uint32_t i = 0; i < ov->contact_count; i++)
		servers += gn_ov_contact_usable(ov, ov->contacts[i], ov->now_seen);
	if (cws < l || ccws < l || servers <= 2 * l + 1)
		return servers;
	/* clockwise from the farthest to the farthest */
	uint64_t span = cw[l - 1]->theta - ccw[l - 1]->theta;
	return 2.0 * l * 0x1p64 / (span ? (double)span : 1);
}

void gn_ov_leaf_update(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->cfg.l > 0 && ov->cfg.l <= GN_OV_L_MAX);
	ov->leaf_dirty = false;
	if (ov->own_find && !ov->joined) {
		/* its result tells our true neighbours; the first contact is none of them */
		ov->leaf_dirty = true;
		return;
	}
	struct gn_ov_contact *cw[GN_OV_L_MAX], *ccw[GN_OV_L_MAX];
	bool full = ov->server || (ov->cfg.probation_off && !gn_ov_kept_out(ov));
	uint32_t want = full ? ov->cfg.l : GN_OV_CLIENT_LINKS;
	uint32_t cws = walk_side(ov, false, want, now, cw),
		 ccws = walk_side(ov, true, want, now, ccw);
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_link *l = ov->contacts[i]->link;
		if (l && l->leaf) {
			l->leaf = false;
			l->leaf_since = now;
		}
	}
	for (uint32_t i = 0; i < cws + ccws; i++) {
		struct gn_ov_contact *c = i < cws ? cw[i] : ccw[i - cws];
		gn_ov_link_ask(ov, c, true, now);
		if (c->link)
			c->link->leaf = true;
	}
	ov->leaf_cw = ov->leaf_ccw = 0;
	for (uint32_t i = 0; i < cws; i++)
		ov->leaf_cw += cw[i]->link && cw[i]->link->state == GN_OV_LINK_UP;
	for (uint32_t i = 0; i < ccws; i++)
		ov->leaf_ccw += ccw[i]->link && ccw[i]->link->state == GN_OV_LINK_UP;
	ov->leaf_reach = UINT64_MAX;
	if (cws == want && ccws == want) {
		uint64_t a = gn_ov_sep(cw[want - 1]->theta, ov->theta),
			 b = gn_ov_sep(ccw[want - 1]->theta, ov->theta);
		ov->leaf_reach = a > b ? a : b;
	}
	ov->n_est = estimate_nodes(ov, cw, cws, ccw, ccws);
}
