/* Who lacks what, without sending it: an offer lists keys with versions, the answer names those
 * that are wanted; between ring neighbours a sum over everything both should hold comes first
 * (OV-62..OV-64). */
#include "overlay/message_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

static uint64_t fingerprint_of(const struct gn_ov_held *h)
{
	return (gn_be64(h->key.b) ^ (gn_be64(h->hash.b) * UINT64_C(0x9e3779b97f4a7c15))) *
	       UINT64_C(0xbf58476d1ce4e5b9);
}

/* Are both we and the peer among the R nearest? */
static bool is_shared(struct gn_overlay *ov, const struct gn_ov_held *h,
		      const struct gn_ov_contact *peer)
{
	GN_ASSERT(peer != NULL);
	struct gn_ov_member set[GN_OV_R_MAX];
	uint32_t n = gn_ov_set_of(ov, gn_ov_theta(h->key.b), set, ov->cfg.r);
	bool self = false, other = false;
	for (uint32_t i = 0; i < n && !h->graced; i++) {
		self = self || !set[i].contact;
		other = other || set[i].contact == peer;
	}
	return self && other;
}

static uint32_t sum_with(struct gn_overlay *ov, const struct gn_ov_contact *peer, uint64_t *sum)
{
	GN_ASSERT(!ov->sort_dirty || ov->sorted_count == ov->held.count);
	uint32_t n = 0;
	*sum = 0;
	for (uint32_t i = 0; i < ov->sorted_count; i++)
		if (is_shared(ov, ov->sorted[i], peer)) {
			*sum += fingerprint_of(ov->sorted[i]);
			n++;
		}
	return n;
}

void gn_ov_offer(struct gn_overlay *ov, const struct gn_contact *to, struct gn_ov_held *const *list,
		 uint32_t count, gn_time now)
{
	struct gn_fb_key_seq entries[GN_OV_DIGEST_KEYS];
	GN_ASSERT(count > 0 && count <= GN_OV_DIGEST_KEYS);
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_DIGEST, to, now);
	if (!r) {
		ov->repair_left = true;
		return;
	}
	r->offered = GN_NEW_ARRAY(ov->env.alloc, uint64_t, count);
	if (!r->offered) {
		ov->count.nomem++;
		gn_ov_request_free(ov, r);
		return;
	}
	r->offered_count = count;
	for (uint32_t i = 0; i < count; i++) {
		r->offered[i] = gn_be64(list[i]->key.b);
		entries[i] = (struct gn_fb_key_seq){r->offered[i], list[i]->seq,
						    gn_be64(list[i]->hash.b)};
	}
	ov->count.digests++;
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_fb_digest_make(
		&b, &(struct gn_fb_digest_args){.to = UINT64_MAX, .held = {entries, count}});
	(void)gn_ov_send(ov, &b, to, r->id, GN_FB_OVERLAY_BODY_DIGEST, body);
}

static void send_sum(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c && c->link);
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_DIGEST, &c->c, now);
	if (!r)
		return;
	uint64_t sum;
	uint32_t n = sum_with(ov, c, &sum);
	ov->count.digests++;
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_fb_digest_make(
		&b, &(struct gn_fb_digest_args){.to = UINT64_MAX, .count = n, .sum = sum});
	(void)gn_ov_send(ov, &b, &c->c, r->id, GN_FB_OVERLAY_BODY_DIGEST, body);
}

/* Anti-entropy with the neighbour on each side (OV-64). */
void gn_ov_digest_due(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->tasks[GN_OV_TASK_DIGEST].node.place);
	gn_ov_task_set(ov, GN_OV_TASK_DIGEST, now + gn_ov_spread(ov, ov->cfg.digest, 10));
	gn_ov_members_update(ov);
	if (ov->server || gn_ov_kept_out(ov))
		gn_ov_repair_soon(ov, now);
	if (!ov->server || ov->member_count < 2)
		return;
	uint32_t self = 0, n = ov->member_count;
	while (ov->members[self].contact)
		self++;
	struct gn_ov_contact *next = ov->members[(self + 1) % n].contact,
			     *before = ov->members[(self + n - 1) % n].contact;
	send_sum(ov, next, now);
	if (before != next)
		send_sum(ov, before, now);
}

static void send_want(struct gn_overlay *ov, const struct gn_ov_from *from, const uint64_t *keys,
		      uint32_t count, bool all)
{
	GN_ASSERT(count <= GN_OV_DIGEST_KEYS);
	GN_ASSERT(from->request != 0);
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body =
		gn_fb_want_make(&b, &(struct gn_fb_want_args){.keys = {keys, count}, .all = all});
	(void)gn_ov_send(ov, &b, &from->c, from->request, GN_FB_OVERLAY_BODY_WANT, body);
}

/* One offered entry: do we want it? What we have in a newer version goes the other way. */
static bool is_wanted(struct gn_overlay *ov, const struct gn_ov_from *from, struct gn_fb_key_seq e,
		      gn_time now)
{
	GN_ASSERT(from->contact != NULL);
	struct gn_ov_held *h = gn_ov_held_by8(ov, e.key8);
	if (!h)
		return gn_ov_rank_of(ov, e.key8, &ov->self.id) < 2u * ov->cfg.r ||
		       gn_ov_answers_for(ov, e.key8);
	uint64_t hash8 = gn_be64(h->hash.b);
	if (h->seq == e.seq && hash8 == e.hash8) {
		gn_ov_synced_add(h, &from->contact->c.id);
		return false;
	}
	if (h->seq < e.seq || (h->seq == e.seq && hash8 < e.hash8))
		return true;
	uint64_t len = h->len;
	if (gn_ov_push(ov, &h->key, &from->c.pk, now)) {
		ov->caused.records++;
		ov->caused.bytes += len;
	}
	return false;
}

/* Summing up walks all records, so it is for ring neighbours alone, and not too often.
 * GN_DENIED, GN_BUSY. */
static gn_err may_ask(struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c->link && c->link->contact == c);
	gn_ov_members_update(ov);
	uint32_t self = 0, at = 0, n = ov->member_count;
	GN_ASSERT(ov->server && n > 0); /* we are one */
	for (uint32_t i = 0; i < n; i++) {
		self = ov->members[i].contact ? self : i;
		at = ov->members[i].contact == c ? i : at;
	}
	uint32_t far = (at + n - self) % n;
	if (ov->members[at].contact != c || (far > GN_OV_SUM_NEAR && n - far > GN_OV_SUM_NEAR))
		return GN_DENIED;
	bool soon = (c->digest_at && now - c->digest_at < GN_OV_SUM_EVERY) ||
		    (ov->sum_at && now - ov->sum_at < GN_OV_SUM_ANY);
	return soon ? GN_BUSY : GN_OK;
}

void gn_ov_on_digest(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_digest m,
		     gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_DIGEST);
	uint32_t n = gn_fb_digest_held_len(m), wants = 0;
	uint64_t keys[GN_OV_DIGEST_KEYS];
	if (!from->contact || !from->contact->link || !from->request || n > GN_OV_DIGEST_KEYS ||
	    !ov->server) {
		ov->count.messages_refused++;
		gn_ov_refuse(ov, &from->c, from->request, GN_DENIED);
		return;
	}
	if (n == 0) {
		uint64_t sum;
		gn_err err = may_ask(ov, from->contact, now);
		if (err != GN_OK) {
			gn_ov_refuse(ov, &from->c, from->request, err);
			return;
		}
		from->contact->digest_at = ov->sum_at = now;
		bool equal = sum_with(ov, from->contact, &sum) == gn_fb_digest_count(m) &&
			     sum == gn_fb_digest_sum(m);
		ov->count.digest_equal += equal;
		ov->count.digest_wanted += !equal;
		send_want(ov, from, keys, 0, !equal);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct gn_fb_key_seq e = gn_fb_digest_held_at(m, i);
		if (is_wanted(ov, from, e, now))
			keys[wants++] = e.key8;
	}
	ov->count.digest_wanted += wants;
	send_want(ov, from, keys, wants, false);
}

/* The neighbour's sum differs: everything we share, entry by entry. */
static void offer_all(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c != NULL);
	struct gn_ov_held *list[GN_OV_DIGEST_KEYS];
	uint32_t n = 0, offers = 0;
	for (uint32_t i = 0; i < ov->sorted_count && offers < GN_OV_OFFERS_MAX; i++) {
		if (is_shared(ov, ov->sorted[i], c))
			list[n++] = ov->sorted[i];
		if (n == GN_OV_DIGEST_KEYS || (n && i + 1 == ov->sorted_count)) {
			gn_ov_offer(ov, &c->c, list, n, now);
			n = 0;
			offers++;
		}
	}
}

void gn_ov_on_want(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_want m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_WANT);
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	if (!r)
		return;
	uint32_t wants = gn_fb_want_keys_len(m);
	for (uint32_t i = 0; i < r->offered_count && from->contact; i++) {
		struct gn_ov_held *h = gn_ov_held_by8(ov, r->offered[i]);
		bool want = false;
		for (uint32_t k = 0; k < wants && !want; k++)
			want = gn_fb_want_keys_at(m, k) == r->offered[i];
		if (h && want)
			(void)gn_ov_push(ov, &h->key, &from->c.pk, now);
		else if (h)
			gn_ov_synced_add(h, &from->contact->c.id);
	}
	bool all = from->contact && !r->offered && gn_fb_want_all(m);
	gn_ov_request_free(ov, r);
	if (all)
		offer_all(ov, from->contact, now);
}
