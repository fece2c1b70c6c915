/* Wills: a message that its publisher signed beforehand, told when its lease lapses. The node that
 * brought it renews it; the will itself says which one that is, so that nobody who has heard it
 * brings it elsewhere and lets it lapse. One root's word is not enough: it counts when two say that
 * the lease lapsed, and while it lives here two others do not count either.
 *
 *   none -> kept [bus_on_will] -> kept [renewed] -> none [taken back]
 *                              -> told [it lapsed here and at another root; or nobody renews it
 *                                       here any more and two others say so]
 *
 * Invariant: after a will nothing of its epoch or an earlier one is taken. Rule BS-11. */
#include "services/bus/engine_int.h"

static void drop_will(struct gn_bus *b, struct bus_publisher *p)
{
	GN_ASSERT(!p->will || p->will->refs > 0);
	bus_store_give(b, p->will);
	bus_blob_drop(b, p->will);
	p->will = NULL;
	p->lapsed_count = 0;
}

static void tell(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p)
{
	GN_ASSERT(p->will && p->will->stored);
	struct bus_refusal why = {.err = GN_OK};
	struct bus_blob *m = bus_blob_ref(p->will);
	struct gn_contact who = bus_contact(&m->holder.key, &m->holder.addr);
	if (m->said.epoch < p->window.epoch) { /* its publisher has begun anew since */
		b->count.wills_old++;
		drop_will(b, p);
		bus_blob_drop(b, m);
		return;
	}
	p->ended = m->said.epoch > p->ended ? m->said.epoch : p->ended;
	drop_will(b, p);
	b->count.wills_told++;
	if (m->said.flags & GN_FB_BUS_FLAG_RETAINED)
		(void)!bus_retain(b, h, p, m, &who, &why);
	bus_serve(b, h, m, SHARE_ALL, NULL);
	bus_blob_drop(b, m);
}

static void note(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p,
		 const struct gn_pk *by, uint64_t epoch)
{
	GN_ASSERT(p->lapsed_count <= GN_COUNT(p->lapsed));
	struct gn_contact set[BUS_ROOTS];
	unsigned needed = bus_roots_of(b, &h->topic, set) > 1 ? 2 : 1;
	if (epoch != p->lapsed_epoch) {
		p->lapsed_epoch = epoch;
		p->lapsed_count = 0;
	}
	for (unsigned i = 0; i < p->lapsed_count; i++)
		if (gn_pk_eq(&p->lapsed[i], by))
			return;
	if (p->lapsed_count < GN_COUNT(p->lapsed))
		p->lapsed[p->lapsed_count++] = *by;
	bool lives = p->will_until > b->now;
	if (p->will && p->will->said.epoch == epoch && !lives && p->lapsed_count >= needed)
		tell(b, h, p);
}

bool bus_will_kept(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p,
		   const struct gn_pk *by, uint64_t epoch)
{
	GN_ASSERT(h->rules && p);
	struct gn_contact set[BUS_ROOTS];
	unsigned needed = bus_roots_of(b, &h->topic, set) > 2 ? 2 : 1;
	if (p->will && p->will->said.epoch == epoch && p->will_until > b->now)
		return false; /* it lives here */
	note(b, h, p, by, epoch);
	return epoch <= p->ended || (p->lapsed_epoch == epoch && p->lapsed_count >= needed);
}

static void say_lapsed(struct gn_bus *b, const struct bus_held *h, const struct bus_publisher *p)
{
	GN_ASSERT(p->will);
	struct gn_contact set[BUS_ROOTS];
	unsigned n = bus_roots_of(b, &h->topic, set);
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	struct gn_fb_key key = gn_wire_key(&p->pk);
	for (unsigned i = 0; i < n; i++) {
		struct gn_fbb *fbb =
			gn_pk_eq(&set[i].pk, &b->cfg.node) ? NULL : bus_message_begin(b, 0);
		if (!fbb)
			continue;
		struct gn_fb_bus_lapsed_args args = {
			.topic = &topic, .publisher = &key, .epoch = p->will->said.epoch};
		bus_message_end(b, &set[i], 0, GN_FB_BUS_FRAME_BODY_BUS_LAPSED,
				gn_fb_bus_lapsed_make(fbb, &args));
	}
}

void bus_wills_due(struct gn_bus *b, struct bus_held *h, gn_time *next)
{
	for (uint32_t i = 0; i < h->publishers.count; i++) {
		struct bus_publisher *p = GN_MAP_AT(&h->publishers, struct bus_publisher *, i);
		if (!p->will)
			continue;
		if (p->will_until > b->now) {
			*next = gn_time_min(*next, p->will_until);
			continue;
		}
		bool said = false;
		for (unsigned k = 0; k < p->lapsed_count; k++)
			said = said || (p->lapsed_epoch == p->will->said.epoch &&
					gn_pk_eq(&p->lapsed[k], &b->cfg.node));
		if (said)
			continue;
		b->count.wills_lapsed++;
		say_lapsed(b, h, p);
		note(b, h, p, &b->cfg.node, p->will->said.epoch);
	}
}

void bus_on_lapsed(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		   struct gn_fb_bus_lapsed m)
{
	struct gn_pk pk = gn_wire_key_get(gn_fb_bus_lapsed_publisher(m));
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&pk));
	if (!bus_is_root_of(b, &h->topic, &from->who.pk) || !p || !gn_pk_eq(&p->pk, &pk) ||
	    !p->will || gn_fb_bus_lapsed_epoch(m) != p->will->said.epoch) {
		b->count.lapsed_false++;
		return;
	}
	note(b, h, p, &from->who.pk, p->will->said.epoch);
}

/* ---- bringing, renewing, taking back ---- */

/* Is it the node that the will names? */
static bool may_bring(const struct gn_pk *node, struct gn_fb_bus_will m)
{
	struct gn_hash salt = gn_wire_hash_get(gn_fb_bus_will_salt(m)), by;
	struct gn_said said;
	struct gn_slice token;
	gn_said_by(node, &salt, &by);
	return bus_said_get(gn_fb_bus_will_message(m), &said, &token) == GN_OK &&
	       bus_hash_eq(&by, &said.by);
}

/* BS-16: of an open topic's places for wills a prefix has a quarter. */
static bool prefix_is_full(const struct gn_bus *b, const struct bus_held *h,
			   const struct gn_contact *who)
{
	GN_ASSERT(h->rules && h->publishers.count <= BUS_PUBLISHERS);
	unsigned same = 0;
	if (h->rules->publish != GN_FB_TOPIC_ADMISSION_OPEN)
		return false;
	for (uint32_t i = 0; i < h->publishers.count; i++) {
		const struct bus_publisher *p =
			GN_MAP_AT(&h->publishers, struct bus_publisher *, i);
		same += p->will && bus_same_net(b, &p->will->holder.addr, who);
	}
	return same >= BUS_PUBLISHERS / BUS_RETAINED_PART;
}

/* WR-37: a will is a message of its publisher's token. */
static gn_err may_leave(struct gn_bus *b, const struct bus_held *h, const struct bus_entry *e,
			const struct gn_contact *who, struct bus_refusal *why)
{
	GN_ASSERT(h->rules && e->by);
	if (gn_topicrec_publishes(h->rules, &e->said.publisher))
		return GN_OK;
	return bus_limits(b, &e->by->token, &e->said, who, true, why);
}

/* The one of before stays when this one finds no place. */
static gn_err replace_will(struct gn_bus *b, const struct bus_held *h, const struct bus_entry *e,
			   const struct gn_contact *who, struct bus_refusal *why)
{
	struct bus_blob *blob = bus_blob_new(b, &e->said);
	if (!blob)
		return GN_NOMEM;
	gn_err err = may_leave(b, h, e, who, why);
	if (err == GN_OK)
		err = bus_store_take(b, blob, who, why);
	if (err != GN_OK) {
		bus_blob_drop(b, blob);
		return err;
	}
	drop_will(b, e->by);
	e->by->will = blob;
	return GN_OK;
}

static gn_err bring(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		    struct gn_fb_bus_will m, struct bus_refusal *why)
{
	GN_ASSERT(h->rules);
	struct gn_pk pk = gn_wire_key_get(gn_fb_bus_will_publisher(m));
	struct bus_entry e;
	if (!may_bring(&from->who.pk, m)) {
		b->count.wills_false++;
		return GN_DENIED;
	}
	GN_TRY(bus_admit(b, h, &from->who, gn_fb_bus_will_message(m), false, &e, why));
	if (!(e.said.flags & GN_FB_BUS_FLAG_WILL) || !gn_pk_eq(&pk, &e.said.publisher))
		return GN_MALFORMED;
	struct bus_publisher *p = e.by;
	if (e.said.epoch <= p->ended || e.said.epoch < p->window.epoch ||
	    (p->will && e.said.epoch < p->will->said.epoch))
		return GN_STALE;
	if (!p->will && prefix_is_full(b, h, &from->who)) {
		why->limit = BUS_LIMIT(BUS_RETAINED_PART);
		return GN_QUOTA;
	}
	if (!p->will || !gn_slice_eq(p->will->said.bytes, e.said.bytes)) /* else: this again */
		GN_TRY(replace_will(b, h, &e, &from->who, why));
	p->lapsed_count = 0;
	p->will_by = from->who.pk;
	p->will_until = b->now + e.said.lease * GN_SEC;
	b->count.wills++;
	bus_held_wake(b, h, p->will_until);
	return GN_OK;
}

static gn_err renew(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		    struct gn_fb_bus_will m)
{
	struct gn_pk pk = gn_wire_key_get(gn_fb_bus_will_publisher(m));
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&pk));
	if (!p || !gn_pk_eq(&p->pk, &pk) || !p->will ||
	    p->will->said.epoch != gn_fb_bus_will_epoch(m) || !gn_pk_eq(&p->will_by, &from->who.pk))
		return p && gn_fb_bus_will_epoch(m) <= p->ended ? GN_STALE : GN_NOT_FOUND;
	if (gn_fb_bus_will_lease(m) == 0) {
		drop_will(b, p);
		return GN_OK;
	}
	p->will_until = b->now + p->will->said.lease * GN_SEC;
	p->lapsed_count = 0;
	p->used = b->now;
	bus_held_wake(b, h, p->will_until);
	return GN_OK;
}

void bus_on_will(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		 struct gn_fb_bus_will m)
{
	struct bus_refusal why = {.err = GN_OK};
	why.err = gn_fb_bus_will_has_message(m) ? bring(b, from, h, m, &why) : renew(b, from, h, m);
	bus_send_done(b, from, &why, NULL);
}
