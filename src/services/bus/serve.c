/* Shares. A root serves those who have it as their primary, farthest first, and then says so to
 * their other roots. A root that is the other one for some waits 1.6 round trips and 30 ms for that
 * word from each of their primaries, and serves in its place when it does not come. A word about a
 * message that has not come here is remembered, and the message asked for after a while.
 *
 *   wait:  free -> waiting [bus_serve_wait] -> free [the word came; or it was served here]
 *               -> told    [the word, and no message] -> free [it came; or pulled, and late]
 *
 * 1. Copies are made only while less than BUS_OUT_BYTES wait to leave.
 * 2. What has no room at its receiver is not sent: the receiver has a gap, and asks.
 * Rule BS-8. */
#include "services/bus/engine_int.h"

static struct gn_contact contact_of(const struct bus_subscriber *s)
{
	return bus_contact(&s->pk, &s->addr);
}

/* seq of the one before it that its filters let through (BS-12). */
static uint64_t before_of(const struct bus_held *h, struct bus_subscriber *s,
			  const struct bus_blob *m)
{
	uint64_t before = 0;
	unsigned looked = 0;
	if (!s->filters || m->said.flags & GN_FB_BUS_FLAG_WILL)
		return 0;
	for (unsigned i = h->kept_count; i-- > 0 && looked < BUS_BEFORE;) {
		const struct gn_said *k = &bus_kept_at(h, i)->said;
		if (gn_pk_eq(&k->publisher, &m->said.publisher) && k->epoch == m->said.epoch &&
		    k->seq < m->said.seq && k->seq > before && ++looked &&
		    bus_sub_wants(s, k->subject))
			before = k->seq;
	}
	return before;
}

void bus_deliver_to(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s,
		    const struct bus_blob *m, bool with_token)
{
	GN_ASSERT(m->refs > 0);
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&m->said.publisher));
	struct gn_slice token = {NULL, 0};
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	if (p && p->token.bytes && (with_token || !(s->knows[p->index / 64] >> p->index % 64 & 1)))
		token = gn_slice(p->token.bytes, p->token.len);
	if (!bus_room(b, &s->pk, m->len + token.len)) {
		b->count.no_room++;
		return;
	}
	struct gn_fbb *fbb = bus_message_begin(b, m->len + token.len);
	if (!fbb)
		return;
	if (token.len)
		s->knows[p->index / 64] |= UINT64_C(1) << p->index % 64;
	struct gn_contact to = contact_of(s);
	struct gn_fb_bus_deliver_args args = {.topic = &topic,
					      .message = bus_said_put(fbb, &m->said, token),
					      .before = before_of(h, s, m)};
	bus_message_end(b, &to, 0, GN_FB_BUS_FRAME_BODY_BUS_DELIVER,
			gn_fb_bus_deliver_make(fbb, &args));
	b->count.delivered++;
}

/* ---- the word that a share was served ---- */

static void say_served(struct gn_bus *b, const struct bus_serving *v)
{
	GN_ASSERT(v->share == SHARE_OWN);
	const struct bus_held *h = v->held;
	struct gn_pk told[BUS_ROOTS];
	unsigned count = 0;
	for (uint32_t i = 0; i < h->sub_count && count < BUS_ROOTS; i++) {
		const struct bus_subscriber *s = h->subs[i];
		bool known = !s->primary || gn_is_zero(s->other.b, sizeof s->other.b) ||
			     gn_pk_eq(&s->other, &b->cfg.node);
		for (unsigned k = 0; k < count && !known; k++)
			known = gn_pk_eq(&told[k], &s->other);
		if (!known)
			told[count++] = s->other;
	}
	struct gn_contact set[BUS_ROOTS];
	unsigned roots = count ? bus_roots_of(b, &h->topic, set) : 0;
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	struct gn_fb_bus_id id = bus_blob_id(v->message);
	for (unsigned k = 0; k < count; k++) {
		struct gn_contact to = {.pk = told[k]};
		for (unsigned i = 0; i < roots; i++)
			if (gn_pk_eq(&set[i].pk, &told[k]))
				to = set[i];
		struct gn_fbb *fbb = bus_message_begin(b, 0);
		if (!fbb)
			return;
		bus_message_end(b, &to, 0, GN_FB_BUS_FRAME_BODY_BUS_SERVED,
				gn_fb_bus_served_make(fbb, &(struct gn_fb_bus_served_args){
								   .topic = &topic, .id = &id}));
	}
}

/* ---- serving ---- */

static void serving_free(struct gn_bus *b, struct bus_serving *v)
{
	GN_ASSERT(b->serving_count > 0 && v->held->servings > 0);
	b->serving_count--;
	v->held->servings--;
	bus_blob_drop(b, v->message);
	gn_mem_free(b->env.alloc, v);
}

void bus_serve(struct gn_bus *b, struct bus_held *h, struct bus_blob *m, enum bus_share share,
	       const struct gn_pk *other)
{
	GN_ASSERT((share == SHARE_OTHER) == (other != NULL));
	struct bus_serving *v =
		b->serving_count < BUS_SERVINGS ? GN_NEW(b->env.alloc, struct bus_serving) : NULL;
	if (!v) {
		b->count.servings_full++;
		return;
	}
	v->held = h;
	v->message = bus_blob_ref(m);
	v->share = share;
	if (other)
		v->other = *other;
	if (b->serving_last)
		b->serving_last->next = v;
	else
		b->serving_first = v;
	b->serving_last = v;
	b->serving_count++;
	h->servings++;
}

static bool is_for(const struct bus_serving *v, struct bus_subscriber *s)
{
	GN_ASSERT(v->share != SHARE_OTHER || !gn_is_zero(v->other.b, sizeof v->other.b));
	bool share = v->share == SHARE_ALL   ? true
		     : v->share == SHARE_OWN ? s->primary
					     : !s->primary && gn_pk_eq(&s->other, &v->other);
	return share && bus_sub_wants(s, v->message->said.subject);
}

/* False: no room for more. */
static bool run_one(struct gn_bus *b, struct bus_serving *v)
{
	GN_ASSERT(v->held->servings > 0 && v->message->refs > 0);
	while (v->at < v->held->sub_count) {
		if (b->out.bulk.bytes > BUS_OUT_BYTES)
			return false;
		struct bus_subscriber *s = v->held->subs[v->at++];
		if (s->looked > BUS_LOOKED) {
			b->count.looked_full++;
			continue; /* it has a gap, and asks when it has paid */
		}
		if (s->until <= b->now || !is_for(v, s))
			continue;
		bus_deliver_to(b, v->held, s, v->message, false);
		b->count.delivered_backup += v->share == SHARE_OTHER;
		b->caused.bytes += v->message->len;
	}
	if (v->share == SHARE_OWN)
		say_served(b, v);
	return true;
}

void bus_serve_run(struct gn_bus *b)
{
	GN_ASSERT(!b->out.building);
	while (b->serving_first && run_one(b, b->serving_first)) {
		struct bus_serving *v = b->serving_first;
		b->serving_first = v->next;
		if (!b->serving_first)
			b->serving_last = NULL;
		serving_free(b, v);
	}
}

void bus_serve_drop(struct gn_bus *b, const struct bus_held *h)
{
	struct bus_serving *last = NULL;
	for (struct bus_serving **at = &b->serving_first; *at;) {
		struct bus_serving *v = *at;
		if (h && v->held != h) {
			last = v;
			at = &v->next;
			continue;
		}
		*at = v->next;
		serving_free(b, v);
	}
	b->serving_last = last;
}

/* ---- waiting for other roots ---- */

static struct bus_wait *wait_of(struct bus_held *h, const struct gn_fb_bus_id *id,
				const struct gn_pk *primary)
{
	for (unsigned i = 0; i < BUS_WAITS; i++)
		if (h->waits[i].used && bus_id_eq(&h->waits[i].id, id) &&
		    gn_pk_eq(&h->waits[i].primary, primary))
			return &h->waits[i];
	return NULL;
}

static void wait_free(struct gn_bus *b, struct bus_wait *w)
{
	GN_ASSERT(w->used);
	bus_blob_drop(b, w->message);
	*w = (struct bus_wait){.used = false};
}

static struct bus_wait *wait_new(struct gn_bus *b, struct bus_held *h)
{
	for (unsigned i = 0; i < BUS_WAITS; i++)
		if (!h->waits[i].used)
			return &h->waits[i];
	b->count.waits_full++;
	return NULL;
}

static void wait_for(struct gn_bus *b, struct bus_held *h, struct bus_blob *m,
		     const struct gn_pk *primary)
{
	GN_ASSERT(m->refs > 0);
	struct gn_fb_bus_id id = bus_blob_id(m);
	struct bus_wait *w = wait_of(h, &id, primary);
	if (w) {
		if (!w->message) /* it has said so before the message came */
			wait_free(b, w);
		return;
	}
	w = wait_new(b, h);
	if (!w) { /* rather twice than never */
		bus_serve(b, h, m, SHARE_OTHER, primary);
		return;
	}
	*w = (struct bus_wait){.used = true,
			       .id = id,
			       .primary = *primary,
			       .message = bus_blob_ref(m),
			       .due = b->now + bus_patience(b, primary)};
	bus_held_wake(b, h, w->due);
}

void bus_serve_wait(struct gn_bus *b, struct bus_held *h, struct bus_blob *m)
{
	struct gn_pk seen[BUS_ROOTS];
	unsigned count = 0;
	for (uint32_t i = 0; i < h->sub_count && count < BUS_ROOTS; i++) {
		const struct bus_subscriber *s = h->subs[i];
		bool known = s->primary || s->until <= b->now ||
			     gn_is_zero(s->other.b, sizeof s->other.b);
		for (unsigned k = 0; k < count && !known; k++)
			known = gn_pk_eq(&seen[k], &s->other);
		if (!known)
			seen[count++] = s->other;
	}
	for (unsigned k = 0; k < count; k++)
		wait_for(b, h, m, &seen[k]);
}

static void pull(struct gn_bus *b, struct bus_held *h, const struct bus_wait *w)
{
	GN_ASSERT(w->used && !w->message && !w->pulled);
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	struct gn_contact set[BUS_ROOTS], to = {.pk = w->primary};
	unsigned roots = bus_roots_of(b, &h->topic, set);
	for (unsigned i = 0; i < roots; i++)
		if (gn_pk_eq(&set[i].pk, &w->primary))
			to = set[i];
	struct gn_fbb *fbb = bus_message_begin(b, 0);
	if (!fbb)
		return;
	b->count.pulled++;
	bus_message_end(b, &to, 0, GN_FB_BUS_FRAME_BODY_BUS_PULL,
			gn_fb_bus_pull_make(fbb, &(struct gn_fb_bus_pull_args){
							 .topic = &topic, .ids = {&w->id, 1}}));
}

void bus_serve_due(struct gn_bus *b, struct bus_held *h, gn_time *next)
{
	for (unsigned i = 0; i < BUS_WAITS; i++) {
		struct bus_wait *w = &h->waits[i];
		if (!w->used)
			continue;
		if (w->due > b->now) {
			*next = gn_time_min(*next, w->due);
		} else if (w->message) {
			bus_serve(b, h, w->message, SHARE_OTHER, &w->primary);
			wait_free(b, w);
		} else if (!w->pulled) {
			pull(b, h, w);
			w->pulled = true;
			w->due = b->now + BUS_ASK_TIME;
			*next = gn_time_min(*next, w->due);
		} else {
			wait_free(b, w);
		}
	}
}

/* Messages of which this root alone has told, BS-8. */
static unsigned told_by(const struct bus_held *h, const struct gn_pk *root)
{
	unsigned n = 0;
	for (unsigned i = 0; i < BUS_WAITS; i++)
		n += h->waits[i].used && !h->waits[i].message &&
		     gn_pk_eq(&h->waits[i].primary, root);
	return n;
}

void bus_on_served(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		   struct gn_fb_bus_served m)
{
	GN_ASSERT(h->rules);
	struct gn_fb_bus_id id = gn_fb_bus_served_id(m);
	struct bus_wait *w = wait_of(h, &id, &from->who.pk);
	const struct bus_publisher *p = bus_publisher_get(h, id.publisher8);
	if (!bus_is_root_of(b, &h->topic, &from->who.pk)) {
		b->count.served_false++;
		return;
	}
	b->count.served_in++;
	if (w && w->message)
		wait_free(b, w);
	if (told_by(h, &from->who.pk) >= BUS_WAITS_ROOT) {
		b->count.waits_full++;
		return;
	}
	if (w || (p && bus_window_look(&p->window, id.epoch, id.seq ? id.seq : 1) != BUS_NEW))
		return;
	w = wait_new(b, h);
	if (!w)
		return;
	*w = (struct bus_wait){
		.used = true, .id = id, .primary = from->who.pk, .due = b->now + BUS_PULL_ROOT};
	bus_held_wake(b, h, w->due);
}
