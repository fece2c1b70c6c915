/* How it stands with an item of a queue. A delivery has a number; what a worker says counts for the
 * current one alone. Lending is noted and told to the others of the set, never waited for: after
 * a crash a count may be low. How it ended is signed by the worker, durable before it is answered,
 * and believed by every holder for the signature alone.
 *
 *   WAITS -> LENT [box_turn_lend] -> LENT [box_turn_extend]
 *   LENT  -> WAITS [box_turn_rest: it failed]    LENT: free again when its time is over
 *   LENT  -> DONE | DEAD [box_turn_end: reported]
 *   LENT  -> DEAD [box_turns_due: the last delivery, and nothing came]
 *
 * 1. A state is replaced only by a later one: done, dead, a higher delivery, its rest.
 * 2. What is over counts as taken, and has a new position: readers see it then.
 * Rules BX-34, BX-37..BX-40. */
#include "services/box/engine_int.h"

#define DELIVERY_MASK 0x3fffu

uint16_t box_turn_mark(const struct box_item *it)
{
	const struct box_turn *t = it->turn;
	if (!t)
		return 0;
	GN_ASSERT(t->delivery <= DELIVERY_MASK);
	return (uint16_t)((unsigned)t->state << 14 | t->delivery);
}

static uint32_t order_of(uint16_t mark)
{
	unsigned state = mark >> 14, delivery = mark & DELIVERY_MASK;
	if (state >= GN_FB_BOX_TURN_STATE_DONE) /* done beats dead */
		return UINT32_MAX - (state == GN_FB_BOX_TURN_STATE_DEAD);
	return 2 * delivery + (state == GN_FB_BOX_TURN_STATE_WAITS);
}

bool box_turn_later(uint16_t mark, uint16_t than)
{
	return order_of(mark) > order_of(than);
}

static uint16_t deliveries_of(const struct box_item *it)
{
	return it->box->rules ? it->box->rules->deliveries : UINT16_MAX;
}

/* Nobody reported the last delivery. */
static void die(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->turn && !it->turn->ending);
	struct box_turn_value v = {.state = GN_FB_BOX_TURN_STATE_DEAD,
				   .end = GN_FB_BOX_END_ATTEMPTS,
				   .delivery = it->turn->delivery,
				   .worker = it->turn->worker};
	if (box_turn_end(b, it, &v, NULL) != GN_OK)
		(void)!gn_heap_set(&b->turns, &it->turn->timer, b->now + GN_SEC);
}

bool box_turn_is_free(struct gn_box *b, struct box_item *it)
{
	struct box_turn *t = it->turn;
	if (it->state != BOX_STANDS || it->acked || box_item_over(it, box_unix(b)))
		return false;
	if (!t)
		return true;
	if (t->ending || t->until > b->now)
		return false;
	if (t->delivery < deliveries_of(it))
		return true;
	if (t->until + BOX_LATE <= b->now)
		die(b, it);
	return false;
}

/* ---- telling ---- */

void box_turn_tell(struct gn_box *b, const struct box_item *it, const struct box_turn_value *v)
{
	struct gn_contact set[GN_BOX_SET];
	uint32_t n = gn_overlay_set(b->cfg.overlay, &it->box->place[0], GN_BOX_SET, set);
	GN_ASSERT(n <= GN_BOX_SET);
	for (uint32_t i = 0; i < n; i++)
		if (!gn_pk_eq(&set[i].pk, &b->cfg.node_key.pk)) {
			box_turn_send(b, &set[i], it, v);
			b->caused.hashed += BOX_TELL_COST;
		}
}

/* ---- changes ---- */

static void note(struct gn_box *b, const struct box_item *it)
{
	const struct box_turn *t = it->turn;
	struct box_turn_value v = {.box = it->box->key,
				   .hash = it->hash,
				   .until = it->until,
				   .lent = box_unix(b) + box_turn_left(b, it),
				   .state = t->state,
				   .delivery = t->delivery,
				   .worker = t->worker};
	/* lost, its count is low by one (BX-38) */
	(void)!box_store_turn(b, &v, gn_frame_ticket(TICKET_ACK, 0, 0));
}

/* The last delivery is looked after. */
static void watch_last(struct gn_box *b, struct box_item *it)
{
	struct box_turn *t = it->turn;
	GN_ASSERT(t);
	if (t->state != GN_FB_BOX_TURN_STATE_LENT || t->delivery < deliveries_of(it))
		gn_heap_remove(&b->turns, &t->timer);
	else if (gn_heap_set(&b->turns, &t->timer, t->until + BOX_LATE) != GN_OK)
		b->count.nomem++; /* a lease request finds it */
}

gn_err box_turn_lend(struct gn_box *b, struct box_item *it, const struct gn_pk *worker,
		     uint32_t seconds)
{
	struct box_turn *t = box_turn_need(b, it);
	if (!t)
		return GN_NOMEM;
	GN_ASSERT(!t->ending && t->delivery < DELIVERY_MASK);
	t->state = GN_FB_BOX_TURN_STATE_LENT;
	t->delivery++;
	t->worker = *worker;
	t->until = b->now + seconds * GN_SEC;
	watch_last(b, it);
	note(b, it);
	box_turn_tell(b, it, NULL);
	b->count.lent++;
	return GN_OK;
}

void box_turn_extend(struct gn_box *b, struct box_item *it, uint32_t seconds)
{
	GN_ASSERT(it->turn && it->turn->state == GN_FB_BOX_TURN_STATE_LENT);
	it->turn->until = b->now + seconds * GN_SEC;
	watch_last(b, it);
	b->count.extended++;
	if (it->turn->told && b->now - it->turn->told < BOX_TELL_EVERY)
		return; /* one message of a worker is seven of ours */
	it->turn->told = b->now;
	box_turn_tell(b, it, NULL);
}

void box_turn_rest(struct gn_box *b, struct box_item *it, uint32_t seconds)
{
	GN_ASSERT(it->turn && it->turn->state == GN_FB_BOX_TURN_STATE_LENT);
	it->turn->state = GN_FB_BOX_TURN_STATE_WAITS;
	it->turn->until = b->now + seconds * GN_SEC;
	watch_last(b, it);
	note(b, it);
	box_turn_tell(b, it, NULL);
}

gn_err box_turn_told(struct gn_box *b, struct box_item *it, uint8_t state, uint16_t delivery,
		     const struct gn_pk *worker, uint32_t left)
{
	struct box_turn *t = box_turn_need(b, it);
	GN_ASSERT(state < GN_FB_BOX_TURN_STATE_DONE && delivery <= DELIVERY_MASK);
	if (!t)
		return GN_NOMEM;
	t->state = state;
	t->delivery = delivery;
	t->worker = *worker;
	t->until = b->now + left * GN_SEC;
	watch_last(b, it);
	note(b, it);
	return GN_OK;
}

gn_err box_turn_end(struct gn_box *b, struct box_item *it, struct box_turn_value *v,
		    const struct box_waiter *to)
{
	struct box_turn *t = box_turn_need(b, it);
	uint64_t number = gn_frame_number(&b->frame);
	struct gn_box_id id = box_id_of(&it->hash);
	if (!t)
		return GN_NOMEM;
	GN_ASSERT(!t->ending && v->state >= GN_FB_BOX_TURN_STATE_DONE);
	v->box = it->box->key;
	v->hash = it->hash;
	v->until = it->until;
	struct box_ending *e = gn_map_put(&b->endings, &number);
	if (!e)
		return GN_BUSY;
	gn_err err = box_store_turn(b, v, gn_frame_ticket(TICKET_TURN, number, 0));
	if (err != GN_OK) {
		(void)gn_map_remove(&b->endings, &number);
		return err;
	}
	*e = (struct box_ending){
		.state = v->state, .end = v->end, .delivery = v->delivery, .worker = v->worker};
	box_index_key(&it->box->key, &id, &e->key);
	if (to)
		e->waiter = *to;
	t->ending = true;
	gn_heap_remove(&b->turns, &t->timer);
	return GN_OK;
}

static void over(struct gn_box *b, struct box_item *it, const struct box_ending *e)
{
	struct box_turn *t = it->turn;
	GN_ASSERT(t && e->state >= GN_FB_BOX_TURN_STATE_DONE);
	t->state = e->state;
	t->end = e->end;
	t->delivery = e->delivery;
	t->worker = e->worker;
	b->count.done += e->state == GN_FB_BOX_TURN_STATE_DONE;
	b->count.dead += e->state == GN_FB_BOX_TURN_STATE_DEAD;
	box_item_ack(b, it, BOX_ACK_OVER);
	box_item_last(b, it);
	box_feeds_new_item(b, it->box);
}

void box_turn_ended(struct gn_box *b, uint64_t number, gn_err err)
{
	const struct box_ending *at = gn_map_get(&b->endings, &number);
	GN_ASSERT(number > 0);
	if (!at)
		return;
	struct box_ending e = *at;
	(void)gn_map_remove(&b->endings, &number);
	struct box_item **item = gn_map_get(&b->items, &e.key), *it = item ? *item : NULL;
	struct box_refusal why = {.err = err == GN_OK ? GN_OK : GN_IO};
	if (it && it->turn && it->turn->ending) {
		it->turn->ending = false;
		if (err == GN_OK && it->state == BOX_STANDS)
			over(b, it, &e);
	}
	b->count.store_failed += err != GN_OK;
	box_send_done(b, &e.waiter.to, e.waiter.request, &why, NULL);
}

void box_turns_due(struct gn_box *b)
{
	for (struct gn_heap_node *n; (n = gn_heap_first(&b->turns)) && n->at <= b->now;) {
		struct box_turn *t = GN_CONTAINER(n, struct box_turn, timer);
		gn_heap_remove(&b->turns, n);
		if (!t->ending && t->state == GN_FB_BOX_TURN_STATE_LENT &&
		    t->item->state == BOX_STANDS && !t->item->acked)
			die(b, t->item);
	}
}

void box_turn_restored(struct gn_box *b, const struct box_turn_value *v)
{
	struct gn_box_id id = box_id_of(&v->hash);
	struct box_item *it = box_item_get(b, &v->box, &id);
	uint64_t now = box_unix(b);
	GN_ASSERT(!b->ready);
	struct box_turn *t = it && it->state == BOX_STANDS ? box_turn_need(b, it) : NULL;
	if (!t)
		return;
	it->box->queue = true;
	t->state = v->state;
	t->end = v->end;
	t->delivery = v->delivery & DELIVERY_MASK;
	t->worker = v->worker;
	t->until = b->now +
		   (v->lent > now && v->lent - now < 86400 ? (gn_time)(v->lent - now) * GN_SEC : 0);
	if (v->state >= GN_FB_BOX_TURN_STATE_DONE && !(it->acked & BOX_ACK_OVER))
		box_item_ack(b, it, BOX_ACK_OVER); /* the log lost that */
}
