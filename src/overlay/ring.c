/* The part of the circle that counts: links that are up to servers, and ourselves, sorted; the
 * nearest of them to a key; who may claim to be a leaf of ours. With the leaf sets right, every
 * node knows the replica set of every key near it exactly; nothing but integers and ids decides
 * (OV-3, OV-20..OV-22). */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"

void gn_ov_ring_touch(struct gn_overlay *ov)
{
	ov->members_dirty = ov->leaf_dirty = ov->ring_changed = true;
}

void gn_ov_members_update(struct gn_overlay *ov)
{
	GN_ASSERT(ov->contact_count <= ov->contact_cap);
	if (!ov->members_dirty)
		return;
	ov->members_dirty = false;
	uint32_t n = 0;
	bool own = !ov->server;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (!own && memcmp(ov->self.id.b, c->c.id.b, 32) < 0) {
			ov->members[n++] = (struct gn_ov_member){ov->self.id, ov->theta, NULL};
			own = true;
		}
		if (c->link && c->link->state == GN_OV_LINK_UP &&
		    c->c.mode == GN_FB_NODE_MODE_SERVER)
			ov->members[n++] = (struct gn_ov_member){c->c.id, c->theta, c};
	}
	if (!own)
		ov->members[n++] = (struct gn_ov_member){ov->self.id, ov->theta, NULL};
	GN_ASSERT(n <= GN_COUNT(ov->members));
	ov->member_count = n;
}

uint32_t gn_ov_server_links(struct gn_overlay *ov)
{
	gn_ov_members_update(ov);
	return ov->member_count - ov->server;
}

static uint32_t member_place(const struct gn_overlay *ov, uint64_t theta)
{
	uint32_t low = 0, high = ov->member_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (ov->members[mid].theta < theta)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t gn_ov_set_of(struct gn_overlay *ov, uint64_t theta, struct gn_ov_member *out, uint32_t max)
{
	GN_ASSERT(max > 0);
	gn_ov_members_update(ov);
	uint32_t n = ov->member_count, count = 0;
	if (n == 0)
		return 0;
	uint32_t up = member_place(ov, theta) % n, down = (up + n - 1) % n;
	while (count < n && count < max) {
		const struct gn_ov_member *a = &ov->members[up], *b = &ov->members[down];
		if (gn_ov_nearer(theta, &a->id, &b->id) <= 0) {
			out[count++] = *a;
			up = (up + 1) % n;
		} else {
			out[count++] = *b;
			down = (down + n - 1) % n;
		}
	}
	return count;
}

uint32_t gn_ov_rank_of(struct gn_overlay *ov, uint64_t theta, const struct gn_node_id *id)
{
	gn_ov_members_update(ov);
	uint32_t rank = 0;
	for (uint32_t i = 0; i < ov->member_count; i++) {
		const struct gn_ov_member *m = &ov->members[i];
		bool sure = !m->contact || m->contact->link->miss == 0;
		rank += sure && gn_ov_nearer(theta, &m->id, id) < 0;
	}
	return rank;
}

/* Walking to it, are fewer than L links that answer in between? Who says leaf and is none is a
 * long link like any other. */
static bool is_near(const struct gn_overlay *ov, const struct gn_ov_contact *c, bool ccw)
{
	GN_ASSERT(ov->contact_count > 0);
	uint32_t n = ov->contact_count, at = gn_ov_contact_place(ov, &ov->self.id) % n, between = 0;
	for (uint32_t i = 0; i < n && between < ov->cfg.l; i++) {
		const struct gn_ov_contact *k =
			ov->contacts[ccw ? (at + n - 1 - i) % n : (at + i) % n];
		if (k == c)
			return true;
		between += k->link && k->link->state == GN_OV_LINK_UP && k->link->miss == 0 &&
			   k->c.mode == GN_FB_NODE_MODE_SERVER;
	}
	return false;
}

bool gn_ov_leaf_claim(const struct gn_overlay *ov, const struct gn_ov_contact *c)
{
	GN_ASSERT(ov->contact_count > 0);
	return is_near(ov, c, false) || is_near(ov, c, true);
}

/* Changes with every member of the leaf set: the sum of its ids' first bytes, order-free. */
uint64_t gn_ov_leaf_digest(const struct gn_overlay *ov)
{
	uint64_t sum = ov->server ? ov->theta : 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		const struct gn_ov_contact *c = ov->contacts[i];
		if (c->link && c->link->leaf && c->link->state == GN_OV_LINK_UP)
			sum += c->theta * UINT64_C(0x9e3779b97f4a7c15);
	}
	return sum;
}

double gn_ov_gap(const struct gn_overlay *ov)
{
	return 0x1p64 / (ov->n_est > 1 ? ov->n_est : 1);
}
