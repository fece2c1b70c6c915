/* Who we know, found by key and by place in the ring, and what can be seen from a contact alone. */
#include "overlay/contact_int.h"

struct gn_ov_contact *gn_ov_contact_get(const struct gn_overlay *ov, const struct gn_pk *pk)
{
	struct gn_ov_contact **at = gn_map_get(&ov->by_pk, pk->b);
	return at ? *at : NULL;
}

uint32_t gn_ov_contact_place(const struct gn_overlay *ov, const struct gn_node_id *id)
{
	uint32_t low = 0, high = ov->contact_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (memcmp(ov->contacts[mid]->c.id.b, id->b, 32) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool gn_ov_contact_valid(const struct gn_overlay *ov, const struct gn_contact *c)
{
	struct gn_node_id id;
	gn_overlay_id_make(&c->pk, c->nonce, &id);
	return memcmp(id.b, c->id.b, 32) == 0 && gn_overlay_id_work(&id) >= ov->cfg.pow_bits;
}

int gn_ov_nearer(uint64_t theta, const struct gn_node_id *a, const struct gn_node_id *b)
{
	uint64_t sa = gn_ov_sep(gn_ov_theta(a->b), theta), sb = gn_ov_sep(gn_ov_theta(b->b), theta);
	return sa != sb ? (sa < sb ? -1 : 1) : memcmp(a->b, b->b, 32);
}

bool gn_ov_proven(const struct gn_ov_contact *c)
{
	return c->direct != 0 || c->up;
}
