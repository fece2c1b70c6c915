/* Link lists travel as differences: each side of a link remembers the other's list and the
 * version of its own that the other has, so a PONG carries only what changed since. The lists
 * are the two-hop knowledge that lookups start from (OV-23). */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"

/* Our list now: servers with a link that is up, in ring order. */
static uint32_t own_list(const struct gn_overlay *ov, struct gn_ov_contact **out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < ov->contact_count && n < GN_OV_DELTA_MAX; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (c->link && c->link->state == GN_OV_LINK_UP &&
		    c->c.mode == GN_FB_NODE_MODE_SERVER)
			out[n++] = c;
	}
	return n;
}

static bool has_id(const uint64_t *list, uint32_t count, uint64_t v)
{
	GN_ASSERT(count <= GN_OV_DELTA_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (list[i] == v)
			return true;
	return false;
}

gn_fbref gn_ov_put_delta(struct gn_overlay *ov, struct gn_fbb *b, struct gn_ov_link *l,
			 uint32_t seen, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	GN_ASSERT(l->our_count <= GN_OV_DELTA_MAX && l->pending_count <= GN_OV_DELTA_MAX);
	if (seen == ov->list_version)
		return 0;
	if (seen && seen == l->pending_version) { /* it took what we sent last */
		memcpy(l->ours, l->pending, sizeof l->ours);
		l->our_count = l->pending_count;
		l->our_version = seen;
	}
	bool full = seen == 0 || seen != l->our_version;
	struct gn_ov_contact *list[GN_OV_DELTA_MAX];
	gn_fbref add[GN_OV_DELTA_MAX];
	uint64_t del[GN_OV_DELTA_MAX], now_ids[GN_OV_DELTA_MAX];
	uint32_t count = own_list(ov, list), adds = 0, dels = 0;
	for (uint32_t i = 0; i < count; i++) {
		now_ids[i] = list[i]->theta;
		if (list[i] != l->contact &&
		    (full || !has_id(l->ours, l->our_count, list[i]->theta)))
			add[adds++] = gn_ov_put_contact(ov, b, list[i], now);
	}
	for (uint32_t i = 0; !full && i < l->our_count; i++)
		if (!has_id(now_ids, count, l->ours[i]))
			del[dels++] = l->ours[i];
	memcpy(l->pending, now_ids, count * sizeof *now_ids);
	l->pending_count = count;
	l->pending_version = ov->list_version;
	return gn_fb_delta_make(b, &(struct gn_fb_delta_args){
					   .from_version = full ? 0 : seen,
					   .to_version = ov->list_version,
					   .add = {add, adds},
					   .del = {del, dels},
				   });
}

static struct gn_ov_contact *by_theta(const struct gn_overlay *ov, uint64_t theta)
{
	struct gn_node_id id = {{0}};
	gn_put_be64(id.b, theta);
	uint32_t at = gn_ov_contact_place(ov, &id);
	return at < ov->contact_count && ov->contacts[at]->theta == theta ? ov->contacts[at] : NULL;
}

/* The peer has it no more: if it was the last whose word we had for that contact, it is no
 * candidate until heard of again. What it did not list costs nothing: the rest walks all
 * contacts. */
static void forget_id(struct gn_overlay *ov, struct gn_ov_link *l, uint64_t theta, gn_time now)
{
	GN_ASSERT(l->their_count <= GN_OV_DELTA_MAX);
	uint32_t at = 0;
	while (at < l->their_count && l->theirs[at] != theta)
		at++;
	if (at == l->their_count)
		return;
	l->theirs[at] = l->theirs[--l->their_count];
	struct gn_ov_contact *c = by_theta(ov, theta);
	bool listed = false;
	for (uint32_t i = 0; c && i < ov->contact_count && !listed; i++) {
		const struct gn_ov_link *k = ov->contacts[i]->link;
		listed = k && has_id(k->theirs, k->their_count, theta);
	}
	if (c && !c->link && !listed && c->direct <= c->heard - ov->cfg.ping_long)
		c->heard = now - gn_ov_fresh(ov) - 1;
}

void gn_ov_get_delta(struct gn_overlay *ov, struct gn_ov_link *l, struct gn_fb_delta d, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	uint32_t adds = gn_fb_delta_add_len(d), dels = gn_fb_delta_del_len(d),
		 from = gn_fb_delta_from_version(d);
	if (adds > GN_OV_DELTA_MAX || dels > GN_OV_DELTA_MAX) {
		ov->count.messages_refused++;
		return;
	}
	if (from != 0 && from != l->their_version)
		return; /* built on what we do not have: our next PING says so */
	if (from == 0)
		l->their_count = 0;
	for (uint32_t i = 0; i < dels; i++)
		forget_id(ov, l, gn_fb_delta_del_at(d, i), now);
	for (uint32_t i = 0; i < adds; i++) {
		struct gn_ov_told told;
		if (!gn_ov_get_contact(ov, gn_fb_delta_add_at(d, i), &l->contact->c.addrs[0],
				       &told))
			continue;
		uint64_t theta = gn_ov_theta(told.c.id.b);
		if (l->their_count < GN_OV_DELTA_MAX && !has_id(l->theirs, l->their_count, theta))
			l->theirs[l->their_count++] = theta;
		(void)gn_ov_contact_hear(ov, &told.c, &told.coord, told.age, &l->contact->c.pk,
					 now);
	}
	l->their_version = gn_fb_delta_to_version(d);
}

void gn_ov_on_delta(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_delta m,
		    gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_DELTA);
	struct gn_ov_link *l = from->contact ? from->contact->link : NULL;
	if (!l || l->state != GN_OV_LINK_UP) {
		ov->count.messages_refused++;
		return;
	}
	gn_ov_get_delta(ov, l, m, now);
}

/* The peer answered and its list did not change: whom it lists it holds for alive. */
void gn_ov_list_alive(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	GN_ASSERT(l->state == GN_OV_LINK_UP);
	GN_ASSERT(l->their_count <= GN_OV_DELTA_MAX);
	for (uint32_t i = 0; i < l->their_count; i++) {
		struct gn_ov_contact *c = by_theta(ov, l->theirs[i]);
		gn_time word = now - ov->cfg.ping_long; /* it may not have looked since */
		if (c && c->heard < word)
			c->heard = word;
	}
}
