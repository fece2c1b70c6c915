/* Keeping the annuli filled: one of the two links wanted in each goes to the contact with the
 * least round trip, the other to any, so that fast neighbours cannot be all we see; what is over
 * the cap goes (OV-24). */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/op_int.h"
#include "overlay/ring_int.h"

/* The contact to link next: at random, or by predicted round trip with some play. NULL: no
 * candidate. */
static struct gn_ov_contact *choose_link(struct gn_overlay *ov, struct gn_ov_place at, bool blind,
					 gn_time now)
{
	GN_ASSERT(at.annulus < 64);
	struct gn_ov_contact *best = NULL;
	double best_score = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (c->link || c->refused_until > now || !gn_ov_contact_usable(ov, c, now) ||
		    !gn_ov_place_eq(gn_ov_place_of(ov, c->theta), at))
			continue;
		double play = gn_rand_unit(ov->env.rand);
		double score =
			blind ? play : (double)gn_ov_rtt_hat(ov, c, NULL) * (0.7 + 0.6 * play);
		unsigned sharing;
		if (best && score >= best_score)
			continue;
		(void)gn_ov_links_there(ov, at, &c->c, &sharing);
		if (!gn_ov_prefix_ok(ov, &c->c, sharing))
			continue;
		best = c;
		best_score = score;
	}
	return best;
}

static void fill_one(struct gn_overlay *ov, struct gn_ov_place at, unsigned *finds, gn_time now)
{
	GN_ASSERT(at.annulus > 0 && at.annulus < 63);
	unsigned sharing, want = gn_ov_scaled(ov, GN_OV_ANNULUS_WANT),
			  have = gn_ov_links_there(ov, at, NULL, &sharing);
	for (; have < want; have++) {
		struct gn_ov_contact *c = choose_link(ov, at, have % 2 != 0, now);
		if (!c)
			break;
		gn_ov_link_ask(ov, c, false, now);
	}
	double expected = ov->n_est / (double)(UINT64_C(2) << at.annulus);
	if (have == 0 && expected >= 2 && *finds > 0) {
		(*finds)--;
		uint64_t low = UINT64_C(1) << (63 - at.annulus),
			 sep = low + gn_rand_below(ov->env.rand, low);
		gn_ov_find_theta(ov, at.ccw ? ov->theta - sep : ov->theta + sep, GN_OV_FOR_FILL,
				 NULL, now);
	}
}

void gn_ov_annulus_fill(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->joined);
	unsigned finds = 2;
	if (!ov->server)
		return;
	for (unsigned j = 1; j < 63 && (UINT64_C(1) << (63 - j)) > ov->leaf_reach / 2; j++) {
		fill_one(ov, (struct gn_ov_place){j, false}, &finds, now);
		fill_one(ov, (struct gn_ov_place){j, true}, &finds, now);
	}
}

/* One link over the cap goes: the slowest that is nobody's leaf. */
static bool trim_one(struct gn_overlay *ov, struct gn_ov_place at, gn_time now)
{
	GN_ASSERT(at.annulus < 64);
	struct gn_ov_contact *worst = NULL;
	unsigned n = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (!c->link || c->link->state != GN_OV_LINK_UP ||
		    c->c.mode != GN_FB_NODE_MODE_SERVER ||
		    !gn_ov_place_eq(gn_ov_place_of(ov, c->theta), at))
			continue;
		n++;
		/* leaf_since: both ends agree on who is a leaf once news has spread; until then
		 * it stays */
		if (!c->link->leaf && now - c->link->leaf_since > 2 * ov->cfg.ping_leaf &&
		    (!worst || c->srtt > worst->srtt))
			worst = c;
	}
	if (n <= gn_ov_scaled(ov, GN_OV_ANNULUS_CAP) || !worst)
		return false;
	gn_ov_link_drop(ov, worst, true, now);
	return true;
}

void gn_ov_annulus_trim(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->joined);
	for (unsigned j = 0; j < 64; j++)
		for (unsigned side = 0; side < 2; side++)
			while (trim_one(ov, (struct gn_ov_place){j, side != 0}, now))
				;
}
