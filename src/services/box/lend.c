/* What workers ask of a queue's holder: items to work on, more time, and to take what became of
 * one; and what the other holders say of that.
 *
 * 1. Lent is what this holder lends, by class and age; what is another's only when nobody lent it
 *    for BOX_LATE_LEND times as many as are nearer.
 * 2. A report counts for the current delivery: late but not lent again is taken, after that it is
 *    Stale. The same report once more is answered as the first.
 * Rules BX-33..BX-39. */
#include "services/box/engine_int.h"

static void answer_why(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		       gn_err err, struct box_refusal why)
{
	why.err = err;
	b->count.refused_denied += err == GN_DENIED;
	b->count.stale += err == GN_STALE;
	box_send_done(b, &from->who, from->request, &why, &h->key);
}

static void answer(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		   gn_err err, const char *limit)
{
	answer_why(b, from, h, err, (struct box_refusal){.limit = limit});
}

static const struct box_show *worker_of(struct gn_box *b, const struct box_from *from,
					struct box_held *h, uint16_t shown)
{
	GN_ASSERT(h->rules);
	return h->queue ? box_shown(b, &from->who.pk, shown, h, GN_BOXREC_WORKER) : NULL;
}

static uint32_t seconds_of(const struct box_held *h, uint32_t asked)
{
	GN_ASSERT(h->rules && h->queue);
	return asked && asked < h->rules->lease ? asked : h->rules->lease;
}

/* ---- lending ---- */

struct lending {
	struct box_lenders lenders;
	struct box_item *items[BOX_LEASES];
	uint32_t count, most;
	uint64_t largest; /* bytes: one that is larger its token never allows */
};

enum { MINE, LATE, NOT_MINE }; /* LATE: others' to lend, and nobody lends it */

static unsigned whose(const struct gn_box *b, const struct lending *l, const struct box_item *it)
{
	uint32_t before = box_lenders_before(&l->lenders, it);
	if (before == 0 || before == UINT32_MAX)
		return before == 0 ? MINE : NOT_MINE;
	gn_time since = it->turn ? it->turn->until : it->stood;
	return b->now - since >= (gn_time)before * BOX_LATE_LEND ? LATE : NOT_MINE;
}

struct found { /* of one class */
	struct box_item *items[BOX_LEASES];
	uint32_t count;
};

/* What is cheap to see comes first: a queue has ten thousand, and each request looks at them. */
static bool may_be_free(const struct gn_box *b, const struct lending *l, const struct box_item *it)
{
	return !it->acked && it->len <= l->largest &&
	       !(it->turn && (it->turn->ending || it->turn->until > b->now));
}

/* In one round: by class, within it in the holder's order, those of others after our own. */
static void collect(struct gn_box *b, struct box_held *h, struct lending *l)
{
	struct found found[NOT_MINE][BOX_CLASSES] = {0};
	uint8_t least = BOX_CLASSES; /* those above it are enough: one of these changes nothing */
	for (uint32_t i = 0; i < h->count && least; i++) {
		struct box_item *it = h->items[i];
		uint8_t cls = box_class(it->cls);
		if (cls > least || !may_be_free(b, l, it))
			continue;
		unsigned who = whose(b, l, it);
		struct found *f = who < NOT_MINE ? &found[who][cls - 1] : NULL;
		if (!f || f->count == l->most || !box_turn_is_free(b, it))
			continue;
		f->items[f->count++] = it;
		if (who == MINE && f->count == l->most)
			least = cls - 1;
	}
	for (unsigned who = 0; who < NOT_MINE; who++)
		for (unsigned cls = 0; cls < BOX_CLASSES; cls++)
			for (uint32_t i = 0; i < found[who][cls].count && l->count < l->most; i++)
				l->items[l->count++] = found[who][cls].items[i];
}

/* Those that a worker has from this box, as far as is known here. */
static uint32_t lent_to(const struct gn_box *b, const struct box_held *h, const struct gn_pk *key)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < h->count; i++)
		count += box_turn_is_lent(b, h->items[i]) &&
			 gn_pk_eq(&h->items[i]->turn->worker, key);
	return count;
}

void box_on_lease(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_lease m)
{
	const struct box_show *s = worker_of(b, from, h, gn_fb_box_lease_shown(m));
	struct lending l = {.most = gn_fb_box_lease_count(m)};
	struct gn_box_id ids[BOX_LEASES];
	struct box_feed *f;
	if (!s) {
		answer(b, from, h, GN_DENIED, NULL);
		return;
	}
	struct gn_pk worker = s->key;
	uint32_t seconds = seconds_of(h, gn_fb_box_lease_seconds(m)), lent = lent_to(b, h, &worker);
	if (lent >= BOX_WORKER_LEASES) {
		answer(b, from, h, GN_QUOTA, BOX_LIMIT(BOX_WORKER_LEASES));
		return;
	}
	l.most = l.most ? l.most : 1;
	l.most = l.most < BOX_LEASES ? l.most : BOX_LEASES;
	l.most = l.most < BOX_WORKER_LEASES - lent ? l.most : BOX_WORKER_LEASES - lent;
	b->caused.hashed += (uint64_t)h->count * 8; /* it looks through them */
	box_lenders_look(b, h, &l.lenders);
	if (b->now - b->ready_at >= BOX_SILENT) { /* before, others may know better */
		l.largest = box_limited_largest(b, s);
		collect(b, h, &l);
		if (l.count == 0 && l.largest < UINT64_MAX) { /* it is told why */
			l.largest = UINT64_MAX;
			collect(b, h, &l);
		}
	}
	struct box_refusal why = {.err = GN_OK};
	gn_err err = box_limited_lend(b, from, s, l.items, &l.count, &why);
	if (err != GN_OK) {
		answer_why(b, from, h, err, why);
		return;
	}
	bool limited = s->limited;
	for (uint32_t i = 0; i < l.count; i++)
		ids[i] = box_id_of(&l.items[i]->hash);
	if (l.count == 0) {
		b->count.leases_none++;
		answer(b, from, h, GN_OK, NULL);
		return;
	}
	err = box_feed_add(b, from, h, FEED_LEASE,
			   gn_slice((const uint8_t *)ids, l.count * sizeof ids[0]), &f);
	if (err != GN_OK) {
		answer(b, from, h, err, BOX_LIMIT(BOX_FEEDS_PEER));
		return;
	}
	if (limited)
		box_limited_lent(b, from, l.items, l.count);
	for (uint32_t i = 0; i < l.count; i++) {
		b->count.lent_late += box_lenders_before(&l.lenders, l.items[i]) != 0;
		if (box_turn_lend(b, l.items[i], &worker, seconds) != GN_OK)
			b->count.nomem++; /* the feed passes over it */
	}
}

/* ---- what a worker says ---- */

/* Its current delivery? GN_EXISTS: over; GN_STALE; GN_NOT_FOUND; GN_BUSY. `it` may be NULL. */
static gn_err current(struct gn_box *b, const struct box_item *it, const struct gn_pk *worker,
		      uint16_t delivery)
{
	if (!it || it->state == BOX_STORING || (it->state == BOX_WENT && !it->acked))
		return GN_NOT_FOUND;
	if (it->acked || box_item_over(it, box_unix(b)))
		return GN_EXISTS;
	const struct box_turn *t = it->turn;
	if (t && t->ending)
		return GN_BUSY;
	if (delivery == 0 || (t && delivery < t->delivery))
		return GN_STALE;
	if (t && delivery == t->delivery)
		return gn_pk_eq(&t->worker, worker) && t->state == GN_FB_BOX_TURN_STATE_LENT
			       ? GN_OK
			       : GN_STALE;
	return GN_PENDING; /* a delivery that was not told here */
}

void box_on_extend(struct gn_box *b, const struct box_from *from, struct box_held *h,
		   struct gn_fb_box_extend m)
{
	const struct box_show *s = worker_of(b, from, h, gn_fb_box_extend_shown(m));
	struct gn_box_id id = box_id(gn_fb_box_extend_id(m));
	if (!s) {
		answer(b, from, h, GN_DENIED, NULL);
		return;
	}
	struct box_item *it = box_item_get(b, &h->key, &id);
	gn_err err = current(b, it, &s->key, gn_fb_box_extend_delivery(m));
	if (err == GN_OK)
		box_turn_extend(b, it, seconds_of(h, gn_fb_box_extend_seconds(m)));
	answer(b, from, h, err == GN_PENDING ? GN_NOT_FOUND : err, NULL);
}

static gn_err take_report(struct gn_box *b, const struct box_from *from, struct box_held *h,
			  struct gn_fb_box_report m, const char **limit)
{
	const struct box_show *s = worker_of(b, from, h, gn_fb_box_report_shown(m));
	struct gn_box_id id = box_id(gn_fb_box_report_id(m));
	struct gn_fb_sig fb_sig = gn_fb_box_report_sig(m);
	struct gn_boxrec_outcome o = {.box = h->key,
				      .delivery = gn_fb_box_report_delivery(m),
				      .end = gn_fb_box_report_end(m),
				      .outcome = gn_fb_box_report_outcome(m)};
	struct box_turn_value v = {.end = o.end, .delivery = o.delivery, .outcome = o.outcome};
	struct box_waiter to = {from->who, from->request};
	if (!s)
		return GN_DENIED;
	*limit = BOX_LIMIT(BOX_OUTCOME_MAX);
	if (o.outcome.len > BOX_OUTCOME_MAX)
		return GN_TOO_LARGE;
	*limit = NULL;
	if (o.end > GN_BOXREC_HOPELESS)
		return GN_MALFORMED;
	memcpy(o.id, id.b, sizeof o.id);
	memcpy(v.sig.b, fb_sig.b, sizeof v.sig.b);
	v.worker = s->key;
	v.token = gn_slice(s->token, s->token_len);
	struct box_item *it = box_item_get(b, &h->key, &id);
	bool same = it && box_item_ended(it) && it->turn->delivery == o.delivery &&
		    gn_pk_eq(&it->turn->worker, &v.worker);
	if (same) /* the answer was lost */
		return GN_OK;
	gn_err err = current(b, it, &v.worker, o.delivery);
	if (err != GN_OK && err != GN_PENDING)
		return err;
	b->caused.checks++;
	b->caused.hashed += o.outcome.len;
	GN_TRY(gn_boxrec_outcome_check(&v.worker, &o, &v.sig));
	if (err == GN_PENDING && o.delivery > h->rules->deliveries)
		return GN_STALE;
	if (o.end == GN_BOXREC_FAILED && o.delivery < h->rules->deliveries) {
		uint32_t after = gn_fb_box_report_after(m);
		b->count.failed++;
		if (err == GN_OK)
			box_turn_rest(b, it, after < BOX_REST_MAX ? after : BOX_REST_MAX);
		return GN_OK;
	}
	v.state = o.end == GN_BOXREC_DONE ? GN_FB_BOX_TURN_STATE_DONE : GN_FB_BOX_TURN_STATE_DEAD;
	GN_TRY(box_turn_end(b, it, &v, &to));
	box_turn_tell(b, it, &v);
	return GN_AGAIN; /* answered when it is durable */
}

void box_on_report(struct gn_box *b, const struct box_from *from, struct box_held *h,
		   struct gn_fb_box_report m)
{
	const char *limit = NULL;
	gn_err err = take_report(b, from, h, m, &limit);
	if (err != GN_AGAIN)
		answer(b, from, h, err, limit);
}

/* ---- what another holder says ---- */

/* May this key work here, by the descriptor or by this chain? */
static gn_err may_work(struct gn_box *b, const struct box_held *h, const struct gn_pk *worker,
		       struct gn_slice token)
{
	struct gn_pk bearer;
	uint64_t end = 1; /* it may have ended since */
	if (gn_boxrec_refuses(h->rules, worker))
		return GN_DENIED;
	if (token.len == 0)
		return gn_boxrec_works(h->rules, worker) ? GN_OK : GN_DENIED;
	GN_TRY(box_token_check(b, h, token, GN_FB_ACTION_LEASE, &bearer, &end));
	return gn_pk_eq(&bearer, worker) ? GN_OK : GN_DENIED;
}

static gn_err believe_end(struct gn_box *b, struct box_held *h, struct box_item *it,
			  struct gn_fb_box_turn m)
{
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_fb_sig fb_sig = gn_fb_box_turn_sig(m);
	struct box_turn_value v = {.state = gn_fb_box_turn_state(m),
				   .end = gn_fb_box_turn_end(m),
				   .delivery = gn_fb_box_turn_delivery(m),
				   .worker = gn_wire_key_get(gn_fb_box_turn_worker(m)),
				   .outcome = gn_fb_box_turn_outcome(m),
				   .token = gn_fb_box_turn_token(m)};
	struct gn_boxrec_outcome o = {
		.box = h->key, .delivery = v.delivery, .end = v.end, .outcome = v.outcome};
	memcpy(v.sig.b, fb_sig.b, sizeof v.sig.b);
	memcpy(o.id, id.b, sizeof o.id);
	bool done = v.state == GN_FB_BOX_TURN_STATE_DONE;
	bool fits = done ? v.end == GN_BOXREC_DONE
			 : v.end == GN_BOXREC_HOPELESS || (v.end == GN_BOXREC_FAILED &&
							   v.delivery >= h->rules->deliveries);
	if (!fits || v.outcome.len > BOX_OUTCOME_MAX || v.token.len > BOX_TOKEN_MAX)
		return GN_DENIED; /* of attempts everyone judges alone */
	GN_TRY(may_work(b, h, &v.worker, v.token));
	b->caused.checks++;
	GN_TRY(gn_boxrec_outcome_check(&v.worker, &o, &v.sig));
	if (it->turn && it->turn->ending)
		return GN_OK;
	return box_turn_end(b, it, &v, NULL);
}

static gn_err take_turn(struct gn_box *b, const struct box_from *from, struct box_held *h,
			struct gn_fb_box_turn m)
{
	struct gn_box_id id = box_id(gn_fb_box_turn_id(m));
	struct box_item *it = box_item_get(b, &h->key, &id);
	uint8_t state = gn_fb_box_turn_state(m);
	uint16_t delivery = gn_fb_box_turn_delivery(m);
	uint32_t left = gn_fb_box_turn_left(m);
	struct gn_pk worker = gn_wire_key_get(gn_fb_box_turn_worker(m));
	if (!h->queue || !box_is_holder(b, h, &from->who.pk) || state > GN_FB_BOX_TURN_STATE_DEAD ||
	    delivery > h->rules->deliveries)
		return GN_DENIED;
	if (!it || it->state == BOX_WENT || it->acked)
		return GN_OK; /* not here, or over */
	if (state >= GN_FB_BOX_TURN_STATE_DONE)
		return believe_end(b, h, it, m);
	uint16_t mark = (uint16_t)((unsigned)state << 14 | delivery), own = box_turn_mark(it);
	bool same = it->turn && mark == own && gn_pk_eq(&it->turn->worker, &worker);
	if (delivery == 0 || (it->turn && it->turn->ending) ||
	    (!same && !box_turn_later(mark, own)))
		return GN_OK;
	if (!same && state == GN_FB_BOX_TURN_STATE_LENT)
		box_limited_told(b, h, &worker, it);
	uint32_t most = state == GN_FB_BOX_TURN_STATE_LENT ? h->rules->lease : BOX_REST_MAX;
	return box_turn_told(b, it, state, delivery, &worker, left < most ? left : most);
}

void box_on_turn(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_turn m)
{
	gn_err err = take_turn(b, from, h, m);
	b->count.turns_in += err == GN_OK;
	b->count.turns_refused += err != GN_OK;
}
