/* Items on their way to peers: what was asked for by id, what is watched, copies for another
 * holder. Each feed has one item read from the disk at a time, while the peer has room; they take
 * turns.
 *
 *   feed:  idle -> loading [feed_step: there is a next one] -> idle [its item is sent]
 *          any  -> ended   [all sent; the peer is gone; a watch was not renewed]
 *
 * A load is found by its feed's number, never by a pointer: feeds end while one is under way.
 * Rules BX-17, BX-18. */
#include "services/box/engine_int.h"

gn_err box_feed_add(struct gn_box *b, const struct box_from *from, struct box_held *h,
		    enum box_feed_kind kind, struct gn_slice ids, struct box_feed **out)
{
	uint32_t count = (uint32_t)(ids.len / sizeof(struct gn_box_id));
	struct box_peer *p = box_peer_need(b, &from->who.pk);
	GN_ASSERT(count <= BOX_IDS);
	uint64_t number = gn_frame_number(&b->frame);
	struct gn_holder by = box_holder(&from->who);
	gn_err err = p ? gn_share_take(&b->feeding, &by, 1) : GN_BUSY;
	if (err != GN_OK) {
		b->count.feeds_full++;
		return GN_BUSY;
	}
	struct box_feed *f = gn_mem_resize(b->env.alloc, NULL, sizeof *f + ids.len);
	struct box_feed **at = f ? gn_map_put(&b->feeds, &number) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, f);
		gn_share_give(&b->feeding, &by, 1);
		b->count.nomem++;
		return GN_BUSY;
	}
	*at = f;
	*f = (struct box_feed){.kind = kind,
			       .number = number,
			       .request = from->request,
			       .to = from->who,
			       .box = h->key,
			       .count = count,
			       .until = GN_NEVER};
	if (ids.len)
		memcpy(f->ids, ids.p, ids.len);
	p->feeds++;
	if (kind == FEED_WATCH) {
		f->next_watch = h->watch_first;
		h->watch_first = f;
		h->watches++;
		b->watches++;
	}
	box_feed_wake(b, f);
	*out = f;
	return GN_OK;
}

/* ---- one step ---- */

/* What it passes over it does not look at again: if it ends later, it has a new position then. */
static struct box_item *next_watched(const struct gn_box *b, struct box_feed *f)
{
	GN_ASSERT(f->kind == FEED_WATCH);
	const struct box_held *h = box_held_get(b, &f->box);
	GN_ASSERT(h);
	for (uint32_t i = box_items_after(h, f->after); i < h->count; i++) {
		struct box_item *it = h->items[i];
		if (it->state == BOX_STORING)
			return NULL; /* they come in order */
		if (!(it->acked & 1u << f->reader) && !box_item_over(it, box_unix(b)) &&
		    !box_item_hidden(it, f->all))
			return it;
		f->after = it->at;
	}
	return NULL;
}

/* Of a queue: how it stands, and how it ended when that could be read. */
static void add_turn(const struct gn_box *b, const struct box_item *it,
		     const struct box_turn_value *v, struct gn_fb_box_item_args *args,
		     struct gn_fb_key *worker, struct gn_fb_sig *sig)
{
	GN_ASSERT(it->box->queue);
	const struct box_turn *t = it->turn;
	args->class = it->cls;
	if (!t)
		return;
	*worker = gn_wire_key(&t->worker);
	args->state = t->state;
	args->end = t->end;
	args->delivery = t->delivery;
	args->lease = box_item_ended(it) ? 0 : box_turn_left(b, it);
	args->worker = worker;
	if (!v)
		return;
	memcpy(sig->b, v->sig.b, sizeof sig->b);
	args->sig = sig;
	args->outcome = v->outcome;
	args->token = v->token;
}

/* What its feed has read of how it ended; false: nothing. */
static bool turn_read(const struct box_feed *f, struct box_turn_value *v)
{
	struct gn_reader r = gn_reader(gn_slice(f->turn, f->turn_len));
	return f->turn && box_value_is_turn(&r) && box_turn_value_get(&r, v) == GN_OK;
}

/* stored: its value; NULL: err says why not. */
static void send_item(struct gn_box *b, const struct box_feed *f, const struct gn_box_id *id,
		      const struct box_item *it, const struct box_value *stored, gn_err err)
{
	struct gn_slice item = stored ? stored->item : gn_slice(NULL, 0);
	GN_ASSERT(f->kind != FEED_COPY && f->kind != FEED_TURN);
	struct box_turn_value v = {.state = 0};
	bool ended = it && turn_read(f, &v);
	struct gn_fbb *fbb = box_message_begin(b, item.len + v.outcome.len + v.token.len);
	if (!fbb)
		return;
	struct gn_fb_key box = gn_wire_key(&f->box), by, worker;
	struct gn_fb_sig sig;
	struct gn_fb_item_id fb_id = box_fb_id(id);
	struct gn_fb_box_item_args args = {
		.box = &box,
		.id = &fb_id,
		.item = item,
		.code = gn_wire_code(err),
		.left = (uint16_t)(f->count > f->at ? f->count - f->at - 1 : 0)};
	if (it) {
		args.at = it->at;
		args.until = it->until;
		args.deposited = it->deposited;
		by = gn_wire_key(&it->by);
		args.by = gn_pk_is_zero(&it->by) ? NULL : &by;
		if (stored && stored->proof.way == GN_BOX_INVITE) {
			memcpy(sig.b, stored->proof.sig.b, sizeof sig.b);
			args.sig = &sig;
		}
		if (it->box->queue)
			add_turn(b, it, ended ? &v : NULL, &args, &worker, &sig);
	}
	b->count.watch_items += f->kind == FEED_WATCH;
	b->count.fetched += f->kind == FEED_FETCH;
	box_message_end(b, &f->to, f->request, GN_FB_BOX_MESSAGE_BODY_BOX_ITEM,
			gn_fb_box_item_make(fbb, &args));
}

/* Is the next to be read how it ended? Readers get that with the item, holders after it. */
static bool wants_turn(const struct box_feed *f, const struct box_item *it)
{
	switch (f->kind) {
	case FEED_TURN: return true;
	case FEED_COPY: return f->read_turn;
	case FEED_FETCH:
	case FEED_WATCH: return box_item_ended(it) && !f->read_turn;
	case FEED_LEASE: break;
	}
	return false;
}

/* May it still have this one? */
static bool is_for(const struct box_feed *f, const struct box_item *it)
{
	if (f->kind == FEED_TURN || (f->kind == FEED_COPY && f->read_turn))
		return box_item_ended(it);
	return f->kind != FEED_LEASE ||
	       (it->turn && it->turn->state == GN_FB_BOX_TURN_STATE_LENT && !it->acked);
}

/* The next item that it can have; those that are not there are answered at once. */
static struct box_item *next_of(struct gn_box *b, struct box_feed *f)
{
	GN_ASSERT(f->at <= f->count);
	if (f->kind == FEED_WATCH)
		return next_watched(b, f);
	for (; f->at < f->count; f->at++) {
		struct box_item *it = box_item_get(b, &f->box, &f->ids[f->at]);
		if (it && it->state == BOX_STANDS && !box_item_over(it, box_unix(b)) &&
		    is_for(f, it))
			return it;
		f->read_turn = false;
		if (f->kind == FEED_FETCH || f->kind == FEED_LEASE)
			send_item(b, f, &f->ids[f->at], NULL, NULL, GN_NOT_FOUND);
	}
	return NULL;
}

static bool has_room(const struct gn_box *b, const struct box_feed *f, uint32_t len)
{
	return b->loads.count < BOX_LOADS &&
	       b->out.bulk.bytes + b->out.local.bytes < BOX_OUT_BYTES &&
	       (!b->cfg.room || gn_pk_eq(&f->to.pk, &b->cfg.node_key.pk) ||
		b->cfg.room(b->cfg.user, &f->to.pk) >= len);
}

static void look_later(struct gn_box *b)
{
	b->wake = gn_time_min(b->wake, b->now + BOX_STORE_WAIT);
}

/* It was sent, or cannot be. */
static void feed_advance(struct gn_box *b, struct box_feed *f, const struct box_item *it)
{
	GN_ASSERT(!f->loading);
	if (f->kind == FEED_COPY && !f->read_turn && it && box_item_ended(it)) {
		f->read_turn = true; /* its turn, too */
		box_feed_wake(b, f);
		return;
	}
	f->read_turn = false;
	gn_mem_free(b->env.alloc, f->turn);
	f->turn = NULL;
	if (f->kind != FEED_WATCH)
		f->at++;
	else if (it)
		f->after = it->at;
	box_feed_wake(b, f);
}

/* How it ended was read; NULL: it could not be. */
static void turn_done(struct gn_box *b, struct box_feed *f, const struct box_item *it,
		      const struct gn_slice *value)
{
	struct box_turn_value v;
	struct gn_reader r = gn_reader(value ? *value : gn_slice(NULL, 0));
	bool right = value && box_value_is_turn(&r) && box_turn_value_get(&r, &v) == GN_OK &&
		     v.state >= GN_FB_BOX_TURN_STATE_DONE;
	if (f->kind == FEED_COPY || f->kind == FEED_TURN) {
		if (right)
			box_turn_send(b, &f->to, it, &v);
		f->read_turn = true;
		feed_advance(b, f, it);
		return;
	}
	f->read_turn = true;
	f->turn = right ? gn_mem_new(b->env.alloc, value->len) : NULL;
	f->turn_len = f->turn ? (uint32_t)value->len : 0;
	if (f->turn)
		memcpy(f->turn, value->p, value->len);
	box_feed_wake(b, f);
}

/* Reads its next item, or ends it, or lets it rest. */
static void feed_step(struct gn_box *b, struct box_feed *f)
{
	GN_ASSERT(!f->loading);
	struct box_item *it = next_of(b, f);
	if (!it) {
		if (f->kind == FEED_WATCH)
			box_feed_rest(b, f);
		else
			box_feed_end(b, f);
		return;
	}
	uint64_t number = f->number;
	struct box_load *load = has_room(b, f, it->len) ? gn_map_put(&b->loads, &number) : NULL;
	if (!load) {
		look_later(b);
		return;
	}
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_hash key;
	box_index_key(&f->box, &id, &key);
	load->key = key;
	load->turn = wants_turn(f, it);
	if (load->turn)
		box_turn_key(&f->box, &it->hash, &key);
	bool turn = load->turn;
	gn_err err = gn_kv_load(b->cfg.kv, &key, gn_frame_ticket(TICKET_LOAD, number, 0), b->now);
	if (err == GN_OK) {
		f->loading = true;
		box_feed_rest(b, f);
		return;
	}
	(void)gn_map_remove(&b->loads, &number);
	if (err != GN_BUSY && turn)
		turn_done(b, f, it, NULL);
	else if (err != GN_BUSY)
		box_item_remove(b, it, false); /* the log does not have it */
	look_later(b);
}

void box_feeds_run(struct gn_box *b)
{
	for (struct box_feed *f = b->feed_first, *next; f; f = next) {
		next = f->next;
		feed_step(b, f);
	}
}

void box_feeds_look(struct gn_box *b)
{
	for (uint32_t i = b->feeds.count; i-- > 0;) {
		struct box_feed *f = GN_MAP_AT(&b->feeds, struct box_feed *, i);
		if (f->until <= b->now)
			box_feed_end(b, f);
	}
}

void box_feeds_new_item(struct gn_box *b, const struct box_held *h)
{
	GN_ASSERT(h->watches == 0 || h->watch_first);
	for (struct box_feed *f = h->watch_first; f; f = f->next_watch)
		if (!f->loading)
			box_feed_wake(b, f);
}

void box_feed_loaded(struct gn_box *b, uint64_t number, const struct gn_kv_event *e)
{
	struct box_load *load = gn_map_get(&b->loads, &number);
	if (!load)
		return;
	struct gn_hash key = load->key;
	bool turn = load->turn;
	(void)gn_map_remove(&b->loads, &number);
	struct box_feed **f = gn_map_get(&b->feeds, &number);
	struct box_item **at = gn_map_get(&b->items, &key), *it = at ? *at : NULL;
	struct box_value v;
	if (turn) {
		if (!f)
			return;
		(*f)->loading = false;
		if (it && it->state == BOX_STANDS)
			turn_done(b, *f, it, e->err == GN_OK ? &e->value : NULL);
		else
			box_feed_wake(b, *f);
		return;
	}
	gn_err err = e->err == GN_OK ? box_value_get(e->value, &v) : e->err;
	bool lost = err == GN_CORRUPT || err == GN_NOT_FOUND;
	if (it && it->state == BOX_STANDS && lost) {
		box_item_remove(b, it, true); /* another holder has it */
		it = NULL;
	}
	if (!f)
		return;
	(*f)->loading = false;
	if (it && it->state == BOX_STANDS) {
		struct gn_box_id id = box_id_of(&it->hash);
		if (err == GN_OK && (*f)->kind == FEED_COPY) {
			box_send_copy(b, *f, &v, it);
			if (it->turn && !box_item_ended(it))
				box_turn_send(b, &(*f)->to, it, NULL);
		} else if ((*f)->kind != FEED_COPY) {
			send_item(b, *f, &id, it, err == GN_OK ? &v : NULL, err);
		}
		feed_advance(b, *f, it);
	} else {
		box_feed_wake(b, *f); /* its next step says that it went */
	}
}
