/* Who gets in: the proof is checked against the descriptor, then there must be a place.
 *
 *   front     invites and introductions have two fifths of the places, 16 for one of them; work has
 *             the rest, where the item with the fewest bits gives way to one with more
 *   others    a certificate has what it says, and not over a quarter of what is free with its own
 *
 * 1. Cheap checks come first: a signature is checked only for what would have a place by its key.
 * 2. A copy from another holder is judged by the same proof, of the day it was made.
 * 3. Nothing gives way before everything else about the newcomer is right.
 * Rules BX-4..BX-9, BX-46. */
#include "services/box/engine_int.h"

#define DAY 86400u

static gn_err refuse(struct box_refusal *why, gn_err err, const char *limit)
{
	GN_ASSERT(err != GN_OK);
	why->err = err;
	why->limit = limit;
	return err;
}

/* ---- proofs ---- */

static uint64_t token_end(const struct gn_token *t)
{
	GN_ASSERT(t->count > 0);
	uint64_t end = UINT64_MAX;
	for (size_t i = 0; i < t->count; i++)
		end = t->blocks[i].expires < end ? t->blocks[i].expires : end;
	return end;
}

/* At the box of a topic its tokens are as good: who publishes deposits, who subscribes reads. */
static gn_err topic_grants(const struct gn_token *t, const struct box_held *h, uint64_t action,
			   uint64_t at)
{
	GN_ASSERT(h->rules->topic[0]);
	uint8_t text[GN_TOKEN_RESOURCE_MAX];
	struct gn_buf resource = {text, 0, sizeof text};
	struct gn_slice parts[] = {GN_LIT("topic"), gn_str(h->rules->topic)};
	if (action != GN_FB_ACTION_DEPOSIT && action != GN_FB_ACTION_SUBSCRIBE)
		return GN_DENIED;
	GN_TRY(gn_token_resource(parts, GN_COUNT(parts), &resource));
	return gn_token_grants(t, box_issuer(h), gn_buf_slice(&resource),
			       action == GN_FB_ACTION_DEPOSIT ? GN_FB_ACTION_PUBLISH : action, at);
}

gn_err box_token_check(struct gn_box *b, const struct box_held *h, struct gn_slice token,
		       uint64_t action, struct gn_pk *bearer, uint64_t *until)
{
	char path[4 + 64 + 1]; /* and the zero of gn_hex */
	struct gn_token *t = &b->token;
	GN_ASSERT(h->rules);
	if (token.len > BOX_TOKEN_MAX)
		return GN_TOO_LARGE;
	b->caused.checks += GN_TOKEN_BLOCKS_MAX / 2;
	GN_TRY(gn_token_open(token, t, NULL));
	uint64_t end = token_end(t), now = box_unix(b);
	memcpy(path, "box/", 4);
	gn_hex(GN_SLICE(h->key.b), path + 4);
	uint64_t at = *until && end <= now ? end - 1 : now;
	gn_err err = gn_token_grants(t, box_issuer(h), gn_str(path), action, at);
	if (err != GN_OK && h->rules->topic[0])
		err = topic_grants(t, h, action, at);
	GN_TRY(err);
	*bearer = *gn_token_bearer(t);
	*until = end;
	return GN_OK;
}

static gn_err admit_work(struct gn_box *b, const struct box_held *h, const struct gn_box_proof *p,
			 bool copy, struct box_entry *e, struct box_refusal *why)
{
	GN_ASSERT(h->rules && p->way == GN_BOX_WORK);
	unsigned bits = 0;
	uint64_t now = box_unix(b), day = now / DAY, made = p->work.day;
	if (h->rules->bits == 0)
		return refuse(why, GN_DENIED, NULL);
	bool old = copy && made <= day && day - made <= h->rules->item_ttl / DAY + 1;
	gn_err err = gn_boxrec_work_check(&h->key, &e->hash, &p->work, h->rules->bits,
					  old ? made * DAY : now, &bits);
	if (err == GN_PROOF_OF_WORK)
		why->bits = h->rules->bits;
	if (err != GN_OK)
		return refuse(why, err == GN_RANGE ? GN_EXPIRED : err,
			      err == GN_PROOF_OF_WORK ? "bits" : NULL);
	e->bits = bits < UINT8_MAX ? (uint8_t)bits : UINT8_MAX;
	e->last = (made + 2) * DAY + h->rules->item_ttl;
	return GN_OK;
}

static gn_err admit_invite(struct gn_box *b, const struct box_held *h, const struct gn_box_proof *p,
			   struct box_entry *e, struct box_refusal *why)
{
	GN_ASSERT(h->rules && p->way == GN_BOX_INVITE);
	/* an invite that was closed since lets no copy in either: nobody knows when it was */
	if (h->rules->kind != GN_FB_BOX_KIND_FRONT || !gn_boxrec_invites(h->rules, &p->invite))
		return refuse(why, GN_DENIED, NULL);
	b->caused.checks++;
	if (gn_boxrec_invite_check(&p->invite, &h->key, &e->hash, &p->sig) != GN_OK)
		return refuse(why, GN_SIGNATURE, NULL);
	e->by = p->invite;
	return GN_OK;
}

static gn_err admit_certificate(struct gn_box *b, const struct box_held *h,
				const struct gn_box_proof *p, bool copy, struct box_entry *e,
				struct box_refusal *why)
{
	GN_ASSERT(h->rules && p->way == GN_BOX_CERTIFICATE);
	const struct gn_boxcert *c = &p->certificate;
	uint64_t now = box_unix(b), ttl = h->rules->item_ttl;
	if (gn_boxrec_refuses(h->rules, &c->key))
		return refuse(why, GN_DENIED, NULL);
	bool late = copy && c->until <= now && now - c->until < ttl;
	/* one that was shown has been checked, but for the time since */
	gn_err err = c->until > now ? GN_OK : GN_EXPIRED;
	if (copy)
		err = gn_boxcert_check(&h->key, c, late ? c->until - 1 : now);
	b->caused.checks += copy ? 2 : 1;
	if (err == GN_OK)
		err = gn_boxrec_deposit_check(&c->key, &h->key, &e->hash, &p->sig);
	if (err != GN_OK)
		return refuse(why, err, NULL);
	e->by = c->key;
	e->items = c->items;
	e->kib = c->kib;
	e->last = c->until < UINT64_MAX - ttl ? c->until + ttl : UINT64_MAX;
	return GN_OK;
}

static gn_err admit_token(struct gn_box *b, const struct box_held *h, const struct gn_box_proof *p,
			  bool copy, struct box_entry *e, struct box_refusal *why)
{
	GN_ASSERT(h->rules && p->way == GN_BOX_TOKEN);
	uint64_t end = copy;
	gn_err err = box_token_check(b, h, p->token, GN_FB_ACTION_DEPOSIT, &e->by, &end);
	if (err == GN_OK && gn_boxrec_refuses(h->rules, &e->by))
		err = GN_DENIED;
	b->caused.checks++;
	if (err == GN_OK)
		err = gn_boxrec_deposit_check(&e->by, &h->key, &e->hash, &p->sig);
	if (err != GN_OK)
		return refuse(why, err, NULL);
	e->items = h->queue || h->rules->topic[0] ? UINT32_MAX : BOX_INVITE_ONE;
	e->kib = UINT32_MAX;
	e->last = end < UINT64_MAX - h->rules->item_ttl ? end + h->rules->item_ttl : UINT64_MAX;
	return GN_OK;
}

gn_err box_admit_proof(struct gn_box *b, const struct box_held *h, const struct gn_box_proof *proof,
		       bool copy, struct box_entry *e, struct box_refusal *why)
{
	GN_ASSERT(h->rules && e->len > 0);
	e->way = (uint8_t)proof->way;
	e->last = UINT64_MAX;
	e->items = e->kib = UINT32_MAX;
	if (e->len > h->rules->item_max || e->len > BOX_ITEM_MAX)
		return refuse(why, GN_TOO_LARGE, BOX_LIMIT(BOX_ITEM_MAX));
	gn_err err = GN_DENIED;
	switch (proof->way) {
	case GN_BOX_WORK: err = admit_work(b, h, proof, copy, e, why); break;
	case GN_BOX_INVITE: err = admit_invite(b, h, proof, e, why); break;
	case GN_BOX_CERTIFICATE: err = admit_certificate(b, h, proof, copy, e, why); break;
	case GN_BOX_TOKEN: err = admit_token(b, h, proof, copy, e, why); break;
	}
	if (err == GN_OK && e->last <= box_unix(b))
		err = refuse(why, GN_EXPIRED, NULL);
	b->count.refused_proof += err != GN_OK;
	return err;
}

/* ---- places ---- */

struct held_now { /* of what nobody has taken */
	uint32_t worked, invited, by;
	uint64_t by_bytes;
	struct box_item *least; /* with the fewest bits, of equals the oldest */
};

static struct held_now count_held(const struct box_held *h, const struct gn_pk *by)
{
	GN_ASSERT(h->untaken <= h->count);
	struct held_now n = {.worked = 0};
	for (uint32_t i = 0; i < h->count; i++) {
		struct box_item *it = h->items[i];
		if (it->acked)
			continue;
		if (it->way == GN_BOX_WORK) {
			n.worked++;
			if (it->state == BOX_STANDS && (!n.least || it->bits < n.least->bits))
				n.least = it;
			continue;
		}
		n.invited++;
		if (gn_pk_eq(&it->by, by)) {
			n.by++;
			n.by_bytes += it->len;
		}
	}
	return n;
}

/* For one with work, when those places are taken. */
static gn_err work_place(const struct held_now *n, uint32_t places, const struct box_entry *e,
			 struct box_refusal *why, struct box_item **gives)
{
	if (n->worked < places)
		return GN_OK;
	if (!n->least)
		return refuse(why, GN_BUSY, BOX_LIMIT(BOX_WORK_PLACES));
	if (n->least->bits >= e->bits) {
		why->bits = n->least->bits < UINT8_MAX ? (uint8_t)(n->least->bits + 1) : UINT8_MAX;
		return refuse(why, GN_PROOF_OF_WORK, BOX_LIMIT(BOX_WORK_PLACES));
	}
	*gives = n->least;
	return GN_OK;
}

static gn_err front_place(struct box_held *h, const struct box_entry *e, struct box_refusal *why,
			  struct box_item **gives)
{
	GN_ASSERT(h->rules->kind == GN_FB_BOX_KIND_FRONT);
	struct held_now n = count_held(h, &e->by);
	uint32_t all = h->rules->items, invites = all * 2 / 5, work;
	invites = invites < BOX_INVITE_PLACES ? invites : BOX_INVITE_PLACES;
	work = all - invites < BOX_WORK_PLACES ? all - invites : BOX_WORK_PLACES;
	if (e->way == GN_BOX_WORK)
		return work_place(&n, work, e, why, gives);
	if (n.by >= BOX_INVITE_ONE)
		return refuse(why, GN_QUOTA, BOX_LIMIT(BOX_INVITE_ONE));
	if (n.invited >= invites)
		return refuse(why, GN_NO_SPACE, BOX_LIMIT(BOX_INVITE_PLACES));
	return GN_OK;
}

/* Its own count, the one more and what is free: at most so much of that. */
static bool within_share(uint64_t own, uint64_t more, uint64_t all, uint64_t used)
{
	GN_ASSERT(more > 0);
	uint64_t left = all > used ? all - used : 0;
	return own == 0 || (own + more) * BOX_CERTIFICATE_SHARE <= left + own;
}

static gn_err private_place(struct box_held *h, const struct box_entry *e, struct box_refusal *why)
{
	GN_ASSERT(h->rules->kind != GN_FB_BOX_KIND_FRONT);
	const struct gn_boxrec *r = h->rules;
	struct held_now n = count_held(h, &e->by);
	if (n.by >= e->items)
		return refuse(why, GN_QUOTA, "certificate.items");
	if ((n.by_bytes + e->len + 1023) / 1024 > e->kib)
		return refuse(why, GN_QUOTA, "certificate.kib");
	if (h->untaken >= r->items)
		return refuse(why, GN_NO_SPACE, "items");
	if (h->untaken_bytes + e->len > r->bytes)
		return refuse(why, GN_NO_SPACE, "bytes");
	if (!within_share(n.by, 1, r->items, h->untaken) ||
	    !within_share(n.by_bytes, e->len, r->bytes, h->untaken_bytes))
		return refuse(why, GN_QUOTA, BOX_LIMIT(BOX_CERTIFICATE_SHARE));
	return GN_OK;
}

/* What was taken goes, oldest first, while there is too much of all. */
static void let_taken_go(struct gn_box *b, struct box_held *h, uint32_t len)
{
	GN_ASSERT(h->rules && len > 0);
	uint64_t items = (uint64_t)h->rules->items * BOX_DELIVERED,
		 bytes = h->rules->bytes * BOX_DELIVERED;
	for (uint32_t bits = BOX_TOLD, i = 0; h->count >= items || h->bytes + len > bytes;) {
		struct box_item *it = i < h->count ? h->items[i] : NULL;
		if (!it && bits == UINT32_MAX)
			return;
		if (!it) { /* then those that were taken by hearsay */
			bits = UINT32_MAX;
			i = 0;
		} else if (it->state == BOX_STANDS && it->acked & bits) {
			b->count.taken_gave_way++;
			box_item_went(b, it);
		} else {
			i++;
		}
	}
}

gn_err box_admit_place(struct gn_box *b, struct box_held *h, const struct box_entry *e,
		       struct box_refusal *why)
{
	GN_ASSERT(h->rules && e->len > 0 && why->err == GN_OK);
	struct box_item *gives = NULL;
	bool front = h->rules->kind == GN_FB_BOX_KIND_FRONT;
	gn_err err = front ? front_place(h, e, why, &gives) : private_place(h, e, why);
	if (err == GN_OK && b->items.count - b->gone >= BOX_INDEX)
		err = refuse(why, GN_NO_SPACE, BOX_LIMIT(BOX_INDEX));
	b->count.refused_quota += err == GN_QUOTA;
	b->count.refused_space += err == GN_NO_SPACE;
	if (err != GN_OK)
		return err;
	if (gives) {
		b->count.work_gave_way++;
		box_item_went(b, gives);
	}
	let_taken_go(b, h, e->len);
	err = box_room_make(b, h, e->len);
	if (err == GN_OK)
		return GN_OK;
	b->count.refused_space++;
	return refuse(why, GN_NO_SPACE, "bytes_max");
}
