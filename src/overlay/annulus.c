/* Long links: about two per side in every annulus, an annulus being the angles between 2^-j and
 * 2^-(j+1) of a half turn: a band of equal hyperbolic width, so links are spread evenly in
 * hyperbolic distance (OV-4, OV-24). One of the two goes to the contact with the least round
 * trip, the other to any, so that fast neighbours cannot be all we see. */
#include "overlay/overlay_int.h"

struct gn_ov_place gn_ov_place_of(const struct gn_overlay *ov, uint64_t theta)
{
	uint64_t sep = gn_sep(theta, ov->theta);
	return (struct gn_ov_place){sep ? gn_ov_annulus(sep) : 63, (theta - ov->theta) >> 63 != 0};
}

uint32_t gn_ov_links_max(const struct gn_overlay *ov)
{
	return ov->cfg.class > 1 ? GN_OV_LINKS_MAX_2 : GN_OV_LINKS_MAX;
}

static bool same(struct gn_ov_place a, struct gn_ov_place b)
{
	return a.annulus == b.annulus && a.ccw == b.ccw;
}

/* Links to servers there; *prefix: how many of them share an address prefix with c. */
static unsigned links_there(const struct gn_overlay *ov, struct gn_ov_place at,
			    const struct gn_contact *c, unsigned *prefix)
{
	unsigned n = 0;
	*prefix = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		const struct gn_ov_contact *k = ov->contacts[i];
		if (!k->link || k->c.mode != GN_FB_NODE_MODE_SERVER ||
		    !same(gn_ov_place_of(ov, k->theta), at))
			continue;
		n++;
		*prefix += c && gn_ov_same_prefix(c, &k->c);
	}
	return n;
}

/* Prefix caps are against many identities behind one public prefix; private and loopback
 * networks are exempt unless the owner says that they count (OV-25). */
bool gn_ov_prefix_exempt(const struct gn_overlay *ov, const struct gn_contact *c)
{
	return ov->cfg.prefix_cap == 255 || c->addr_count == 0 ||
	       gn_share_exempt(&c->addrs[0], ov->cfg.count_local);
}

bool gn_ov_same_prefix(const struct gn_contact *a, const struct gn_contact *b)
{
	return a->addr_count && b->addr_count &&
	       gn_addr_prefix(&a->addrs[0]) == gn_addr_prefix(&b->addrs[0]);
}

static bool prefix_ok(const struct gn_overlay *ov, const struct gn_contact *c, unsigned sharing)
{
	return gn_ov_prefix_exempt(ov, c) || sharing < ov->cfg.prefix_cap;
}

bool gn_ov_counts_beside(const struct gn_overlay *ov, const struct gn_addr *a,
			 const struct gn_addr *addrs, uint32_t count)
{
	unsigned same = 0;
	bool exempt = ov->cfg.prefix_cap == 255 || a->port == 0 ||
		      gn_share_exempt(a, ov->cfg.count_local);
	for (uint32_t i = 0; i < count && !exempt; i++)
		same += addrs[i].port && gn_addr_prefix(&addrs[i]) == gn_addr_prefix(a);
	return same < ov->cfg.prefix_cap;
}

unsigned gn_ov_distinct(const struct gn_overlay *ov, const struct gn_addr *addrs, uint32_t count)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < count; i++)
		n += gn_ov_counts_beside(ov, &addrs[i], addrs, i);
	return n;
}

static unsigned scaled(const struct gn_overlay *ov, unsigned n)
{
	return ov->cfg.class > 1 ? 2 * n : n;
}

bool gn_ov_annulus_room(struct gn_overlay *ov, const struct gn_ov_contact *c)
{
	unsigned sharing, n = links_there(ov, gn_ov_place_of(ov, c->theta), &c->c, &sharing);
	if (n >= scaled(ov, GN_OV_ANNULUS_CAP)) {
		ov->count.annulus_full++;
		return false;
	}
	if (!prefix_ok(ov, &c->c, sharing)) {
		ov->count.prefix_full++;
		return false;
	}
	return true;
}

/* The contact to link next: at random, or by predicted round trip with some play. NULL: no
 * candidate. */
static struct gn_ov_contact *choose(struct gn_overlay *ov, struct gn_ov_place at, bool blind,
				    gn_time now)
{
	struct gn_ov_contact *best = NULL;
	double best_score = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (c->link || c->refused_until > now || !gn_ov_contact_usable(ov, c, now) ||
		    !same(gn_ov_place_of(ov, c->theta), at))
			continue;
		double play = gn_rand_unit(ov->env.rand);
		double score =
			blind ? play : (double)gn_ov_rtt_hat(ov, c, NULL) * (0.7 + 0.6 * play);
		unsigned sharing;
		if (best && score >= best_score)
			continue;
		(void)links_there(ov, at, &c->c, &sharing);
		if (!prefix_ok(ov, &c->c, sharing))
			continue;
		best = c;
		best_score = score;
	}
	return best;
}

static void fill_one(struct gn_overlay *ov, struct gn_ov_place at, unsigned *finds, gn_time now)
{
	unsigned sharing, want = scaled(ov, GN_OV_ANNULUS_WANT),
			  have = links_there(ov, at, NULL, &sharing);
	for (; have < want; have++) {
		struct gn_ov_contact *c = choose(ov, at, have % 2 != 0, now);
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
	struct gn_ov_contact *worst = NULL;
	unsigned n = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (!c->link || c->link->state != GN_OV_LINK_UP ||
		    c->c.mode != GN_FB_NODE_MODE_SERVER || !same(gn_ov_place_of(ov, c->theta), at))
			continue;
		n++;
		/* leaf_since: both ends agree on who is a leaf once news has spread; until then
		 * it stays */
		if (!c->link->leaf && now - c->link->leaf_since > 2 * ov->cfg.ping_leaf &&
		    (!worst || c->srtt > worst->srtt))
			worst = c;
	}
	if (n <= scaled(ov, GN_OV_ANNULUS_CAP) || !worst)
		return false;
	gn_ov_link_drop(ov, worst, true, now);
	return true;
}

void gn_ov_annulus_trim(struct gn_overlay *ov, gn_time now)
{
	for (unsigned j = 0; j < 64; j++)
		for (unsigned side = 0; side < 2; side++)
			while (trim_one(ov, (struct gn_ov_place){j, side != 0}, now))
				;
}
