/* Whom we can reach through others: linked peers that are alive, and those that list somebody as
 * linked with them (RE-17, RE-32). */
#include "overlay/contact_int.h"

static bool is_linked(const struct gn_ov_contact *c)
{
	return c && c->up && c->link && c->link->state == GN_OV_LINK_UP;
}

static bool is_alive(const struct gn_ov_contact *c)
{
	return is_linked(c) && c->link->miss == 0 && gn_ov_is_server(c);
}

static bool lists(const struct gn_ov_link *l, uint64_t theta)
{
	GN_ASSERT(l->their_count <= GN_OV_DELTA_MAX);
	for (uint32_t i = 0; i < l->their_count; i++)
		if (l->theirs[i] == theta)
			return true;
	return false;
}

bool gn_overlay_linked(const struct gn_overlay *ov, const struct gn_pk *pk, struct gn_contact *out)
{
	const struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	if (!is_linked(c))
		return false;
	if (out)
		*out = c->c;
	return true;
}

unsigned gn_overlay_relays_for(const struct gn_overlay *ov, const struct gn_pk *target,
			       struct gn_contact *out, unsigned max)
{
	const struct gn_ov_contact *k = gn_ov_contact_get(ov, target),
				   *teller = k ? gn_ov_contact_get(ov, &k->teller) : NULL;
	unsigned n = 0;
	if (max > 0 && is_alive(teller))
		out[n++] = teller->c;
	for (uint32_t i = 0; k && i < ov->contact_count && n < max; i++) {
		const struct gn_ov_contact *c = ov->contacts[i];
		if (c != k && c != teller && is_alive(c) && lists(c->link, k->theta))
			out[n++] = c->c;
	}
	return n;
}
