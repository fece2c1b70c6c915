/* Long links: about two per side in every annulus, an annulus being the angles between 2^-j and
 * 2^-(j+1) of a half turn: a band of equal hyperbolic width, so links are spread evenly in
 * hyperbolic distance (OV-4, OV-24). Here: where somebody stands, and whether there is room;
 * fill.c chooses. */
#include "overlay/ring_int.h"

struct gn_ov_place gn_ov_place_of(const struct gn_overlay *ov, uint64_t theta)
{
	uint64_t sep = gn_ov_sep(theta, ov->theta);
	return (struct gn_ov_place){sep ? gn_ov_annulus(sep) : 63, (theta - ov->theta) >> 63 != 0};
}

uint32_t gn_ov_links_max(const struct gn_overlay *ov)
{
	return ov->cfg.class > 1 ? GN_OV_LINKS_MAX_2 : GN_OV_LINKS_MAX;
}

bool gn_ov_place_eq(struct gn_ov_place a, struct gn_ov_place b)
{
	return a.annulus == b.annulus && a.ccw == b.ccw;
}

/* Links to servers there; *prefix: how many of them share an address prefix with c. */
unsigned gn_ov_links_there(const struct gn_overlay *ov, struct gn_ov_place at,
			   const struct gn_contact *c, unsigned *prefix)
{
	GN_ASSERT(at.annulus < 64);
	unsigned n = 0;
	*prefix = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		const struct gn_ov_contact *k = ov->contacts[i];
		if (!k->link || k->c.mode != GN_FB_NODE_MODE_SERVER ||
		    !gn_ov_place_eq(gn_ov_place_of(ov, k->theta), at))
			continue;
		n++;
		*prefix += c && gn_ov_same_prefix(c, &k->c);
	}
	return n;
}

unsigned gn_ov_scaled(const struct gn_overlay *ov, unsigned n)
{
	GN_ASSERT(ov->cfg.class > 0);
	return ov->cfg.class > 1 ? 2 * n : n;
}

bool gn_ov_annulus_room(struct gn_overlay *ov, const struct gn_ov_contact *c)
{
	unsigned sharing, n = gn_ov_links_there(ov, gn_ov_place_of(ov, c->theta), &c->c, &sharing);
	if (n >= gn_ov_scaled(ov, GN_OV_ANNULUS_CAP)) {
		ov->count.annulus_full++;
		return false;
	}
	if (!gn_ov_prefix_ok(ov, &c->c, sharing)) {
		ov->count.prefix_full++;
		return false;
	}
	return true;
}
