/* Letting go of a record that others answer for by now (OV-66, OV-68). A copy is dropped only
 * when W members of its set have shown that they have it: a signed receipt, and a hash over a
 * nonce of ours and the record's bytes. Members that we have not known for long, more than two
 * of one prefix, and sets that lie too dense to have come by chance do not count; and before
 * half of the record's life is over a copy goes only when room is short, or nothing is to be held.
 *
 *   held, not ours -> [due] LOADING -> ASKED [loaded] -> dropped [proof, W of them]
 *   LOADING, ASKED -> held [time over]: again after an hour */
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

/* Room is short, or there is to be none: copies that are not ours go before half of their life is
 * over. */
static bool short_of_room(const struct gn_overlay *ov)
{
	return ov->holds_nothing || 4ull * ov->held.count >= 3ull * ov->cfg.records_max ||
	       ov->held_bytes / 3 >= ov->cfg.bytes_max / 4;
}

/* May this member's word count for dropping? */
static bool counts_for(const struct gn_ov_member *m, gn_time now)
{
	GN_ASSERT(!m->contact || !m->contact->link || m->contact->link->contact == m->contact);
	return m->contact && m->contact->link && m->contact->link->miss == 0 &&
	       gn_ov_seen(m->contact, now) >= GN_OV_STANDING;
}

/* The R nearest members if W of them can count and they do not lie too dense, else 0. */
static uint32_t takers_of(struct gn_overlay *ov, const struct gn_hash *key,
			  struct gn_ov_member *set, gn_time now)
{
	uint64_t theta = gn_ov_theta(key->b);
	struct gn_addr addrs[GN_OV_R_MAX];
	uint32_t n = gn_ov_set_of(ov, theta, set, ov->cfg.r), good = 0;
	if (n < ov->cfg.r || gn_ov_sep(set[n - 1].theta, theta) <= gn_ov_reach(ov))
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (counts_for(&set[i], now))
			addrs[good++] = set[i].contact->c.addrs[0];
	return gn_ov_distinct(ov, addrs, good) >= ov->cfg.w ? n : 0;
}

static struct gn_ov_leaving *leaving_of(struct gn_overlay *ov, const struct gn_hash *key,
					gn_time now)
{
	for (unsigned i = 0; i < GN_OV_LEAVING_MAX; i++)
		if (ov->leaving[i].until > now && gn_hash_eq(&ov->leaving[i].key, key))
			return &ov->leaving[i];
	return NULL;
}

void gn_ov_hand_over(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(h->left != 0 && !h->graced);
	struct gn_ov_member set[GN_OV_R_MAX];
	struct gn_ov_leaving *free = NULL;
	bool half = gn_ov_unix(ov, now) >= h->created + h->ttl / 2;
	if (now - h->left < GN_OV_HAND_OVER || (!half && !short_of_room(ov)) ||
	    (h->asked && now - h->asked < GN_OV_PROVE_AGAIN) || !takers_of(ov, &h->key, set, now))
		return;
	for (unsigned i = 0; i < GN_OV_LEAVING_MAX && !free; i++)
		if (ov->leaving[i].until <= now)
			free = &ov->leaving[i];
	const struct gn_ov_asker by = {.to = &ov->self};
	if (!free || gn_ov_job_load(ov, GN_OV_JOB_PROVE, &by, &h->key, now) != GN_OK)
		return; /* the next pass tries again */
	h->asked = now;
	*free = (struct gn_ov_leaving){
		.key = h->key, .hash = h->hash, .until = now + GN_OV_PROVE_TIME};
}

void gn_ov_hand_over_loaded(struct gn_overlay *ov, const struct gn_record *record, gn_time now)
{
	GN_ASSERT(record->bytes.len > 0);
	struct gn_ov_member set[GN_OV_R_MAX];
	uint32_t n = leaving_of(ov, &record->key, now) ? takers_of(ov, &record->key, set, now) : 0;
	for (uint32_t i = 0; i < n; i++) {
		struct gn_ov_request *r = NULL;
		if (counts_for(&set[i], now))
			r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_GET, &set[i].contact->c, now);
		if (!r)
			continue;
		uint64_t nonce = gn_rand_u64(ov->env.rand) | 1;
		r->prove = true;
		r->key = record->key;
		r->hash = record->hash;
		gn_ov_stored_proof(nonce, &set[i].id, record->bytes, &r->proof);
		struct gn_fb_hash key;
		memcpy(key.b, record->key.b, 32);
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref body = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &key,
									    .min_seq = record->seq,
									    .nonce = nonce});
		(void)gn_ov_send(ov, &b, &set[i].contact->c, r->id, GN_FB_OVERLAY_BODY_GET, body);
	}
}

void gn_ov_hand_over_proof(struct gn_overlay *ov, const struct gn_ov_request *r, struct gn_fb_ack m,
			   gn_time now)
{
	GN_ASSERT(r->prove && r->kind == GN_FB_OVERLAY_BODY_GET);
	struct gn_ov_leaving *l = leaving_of(ov, &r->key, now);
	struct gn_ov_held *h = gn_ov_held_get(ov, &r->key);
	struct gn_receipt receipt;
	if (!l || !h || !gn_hash_eq(&h->hash, &r->hash) || !gn_hash_eq(&l->hash, &r->hash) ||
	    l->count == GN_COUNT(l->holders))
		return;
	if (!gn_fb_ack_has_receipt(m) || !gn_fb_ack_has_proof(m)) {
		ov->count.proofs_bad++;
		return;
	}
	gn_wire_receipt_get(gn_fb_ack_receipt(m), &receipt);
	if (memcmp(gn_fb_ack_proof(m).b, r->proof.b, 32) != 0 ||
	    receipt.held_until < h->created + h->ttl ||
	    !gn_ov_receipt_ok(&receipt, &h->key, h->seq, &h->hash, &r->to)) {
		ov->count.proofs_bad++;
		return;
	}
	for (uint32_t i = 0; i < l->count; i++)
		if (memcmp(l->holders[i].b, r->to.id.b, 32) == 0)
			return;
	l->holders[l->count] = r->to.id;
	l->addrs[l->count++] = r->to.addrs[0];
	/* What it was asked for may have changed meanwhile: the set is looked at once more. */
	struct gn_ov_member set[GN_OV_R_MAX];
	if (gn_ov_distinct(ov, l->addrs, l->count) < ov->cfg.w || h->left == 0 ||
	    !takers_of(ov, &h->key, set, now))
		return;
	l->until = 0;
	ov->count.records_handed_over++;
	gn_ov_held_drop(ov, h, true);
}
