/* Whose work it is, and how many of one address prefix count: many identities behind one public
 * prefix are one person's (OV-25, OV-56). */
#include "overlay/ring_int.h"

struct gn_holder gn_ov_holder_of(const struct gn_contact *c)
{
	GN_ASSERT(c->addr_count <= GN_CONTACT_ADDRS);
	struct gn_holder h = {.key = c->pk};
	if (c->addr_count)
		h.addr = c->addrs[0];
	return h;
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

bool gn_ov_prefix_ok(const struct gn_overlay *ov, const struct gn_contact *c, unsigned sharing)
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
