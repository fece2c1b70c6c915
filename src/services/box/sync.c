/* Holders of one box compare what they have: a sum of ids with the neighbours on the ring every ten
 * minutes, and with everyone of the set when its members changed. Where it differs, ids; what one
 * lacks it asks for, and gets with what once let it in.
 *
 *   A                      B
 *   Sum  --------------->     the same: Done
 *        <---------------  Ids
 *   Want ---------------> .. Copy, each admitted as a deposit was
 *   Ids  --------------->     A has more: now B wants
 *
 * 1. Only what was asked for is taken, and only with its proof: a holder that lies fills nothing.
 * 2. An id that went here is not asked for again until its end.
 * 3. That readers have taken an item is believed of a copy alone, for an item that was not here,
 *    and no further than that it leaves others room: the word of one holder removes nothing and
 *    hides nothing anywhere. Readers tell each holder themselves.
 * Rules BX-8, BX-14, BX-20..BX-24, BX-43. */
#include "services/box/engine_int.h"

#include <stdlib.h>

#define MARK 2 /* bytes of BoxIds.turns for an id */

/* ---- the set ---- */

static unsigned places_of(const struct box_held *h)
{
	return h->rules && h->rules->kind == GN_FB_BOX_KIND_FRONT ? 2 : 1;
}

bool box_is_holder(struct gn_box *b, const struct box_held *h, const struct gn_pk *pk)
{
	GN_ASSERT(places_of(h) <= 2);
	struct gn_contact set[BOX_SET_WIDE];
	for (unsigned p = 0; p < places_of(h); p++) {
		uint32_t n = gn_overlay_set(b->cfg.overlay, &h->place[p], BOX_SET_WIDE, set);
		for (uint32_t i = 0; i < n; i++)
			if (gn_pk_eq(&set[i].pk, pk))
				return true;
	}
	b->count.strangers++;
	return false;
}

/* ---- sums ---- */

static bool in_part(const uint8_t *id, unsigned bits, unsigned part)
{
	GN_ASSERT(bits == 0 || bits == 4);
	return bits == 0 || id[0] >> 4 == part;
}

static uint32_t sum_of(const struct gn_box *b, const struct box_held *h, unsigned bits,
		       unsigned part, struct gn_fb_item_id * xor)
{
	uint32_t count = 0;
	memset(xor, 0, sizeof *xor);
	for (uint32_t i = 0; i < h->count; i++) {
		const struct box_item *it = h->items[i];
		if (it->state != BOX_STANDS || !in_part(it->hash.b, bits, part) ||
		    box_item_over(it, box_unix(b)))
			continue;
		for (size_t k = 0; k < sizeof xor->b; k++)
			xor->b[k] ^= it->hash.b[k];
		uint16_t mark = box_turn_mark(it);
		xor->b[14] ^= (uint8_t)(mark >> 8);
		xor->b[15] ^= (uint8_t)mark;
		count++;
	}
	return count;
}

static void send_sums(struct gn_box *b, struct box_held *h, const struct gn_contact *to)
{
	GN_ASSERT(h->count > 0);
	unsigned bits = h->count > BOX_SUM_IDS ? 4 : 0, parts = bits ? BOX_SUM_PARTS : 1;
	struct gn_fb_key box = gn_wire_key(&h->key);
	for (unsigned part = 0; part < parts; part++) {
		struct gn_fbb *fbb = box_message_begin(b, 0);
		struct gn_fb_item_id xor ;
		if (!fbb)
			return;
		struct gn_fb_box_sum_args args = {.box = &box,
						  .count = sum_of(b, h, bits, part, &xor),
						  .xor = &xor,
						  .bits = (uint8_t)bits,
						  .part = (uint8_t)part};
		b->count.sums_out++;
		box_message_end(b, to, gn_frame_number(&b->frame), GN_FB_BOX_MESSAGE_BODY_BOX_SUM,
				gn_fb_box_sum_make(fbb, &args));
	}
}

static void send_ids(struct gn_box *b, struct box_held *h, const struct gn_contact *to,
		     uint64_t request, unsigned bits, unsigned part)
{
	GN_ASSERT(part < BOX_SUM_PARTS);
	struct gn_fb_key box = gn_wire_key(&h->key);
	size_t most = h->count < BOX_SUM_IDS ? h->count : BOX_SUM_IDS;
	struct gn_fb_item_id *ids =
		most ? GN_NEW_ARRAY(b->env.alloc, struct gn_fb_item_id, most) : NULL;
	uint8_t *marks = ids && h->queue ? gn_mem_new(b->env.alloc, most * MARK) : NULL;
	struct gn_fbb *fbb =
		most && !ids ? NULL : box_message_begin(b, most * (sizeof *ids + MARK) + 1);
	size_t count = 0;
	for (uint32_t i = 0; fbb && i < h->count && count < most; i++) {
		const struct box_item *it = h->items[i];
		if (it->state != BOX_STANDS || !in_part(it->hash.b, bits, part) ||
		    box_item_over(it, box_unix(b)))
			continue;
		if (marks) {
			marks[MARK * count] = (uint8_t)(box_turn_mark(it) >> 8);
			marks[MARK * count + 1] = (uint8_t)box_turn_mark(it);
		}
		memcpy(ids[count++].b, it->hash.b, sizeof ids->b);
	}
	if (fbb)
		box_message_end(
			b, to, request, GN_FB_BOX_MESSAGE_BODY_BOX_IDS,
			gn_fb_box_ids_make(
				fbb, &(struct gn_fb_box_ids_args){
					     .box = &box,
					     .ids = {ids, count},
					     .bits = (uint8_t)bits,
					     .part = (uint8_t)part,
					     .turns = gn_slice(marks, marks ? MARK * count : 0)}));
	gn_mem_free(b->env.alloc, marks);
	gn_mem_free(b->env.alloc, ids);
}

static bool part_ok(unsigned bits, unsigned part)
{
	return bits == 0 ? part == 0 : bits == 4 && part < BOX_SUM_PARTS;
}

static void refuse(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		   gn_err err)
{
	struct box_refusal why = {.err = err};
	box_send_done(b, &from->who, from->request, &why, &h->key);
}

void box_on_sum(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_sum m)
{
	GN_ASSERT(h->rules);
	unsigned bits = gn_fb_box_sum_bits(m), part = gn_fb_box_sum_part(m);
	struct gn_fb_item_id own, theirs = gn_fb_box_sum_xor(m);
	if (!part_ok(bits, part) || !box_is_holder(b, h, &from->who.pk)) {
		refuse(b, from, h, GN_DENIED);
		return;
	}
	uint32_t count = sum_of(b, h, bits, part, &own);
	b->caused.hashed += (uint64_t)h->count * sizeof own.b;
	if (count == gn_fb_box_sum_count(m) && memcmp(own.b, theirs.b, sizeof own.b) == 0) {
		b->count.sums_same++;
		refuse(b, from, h, GN_OK);
		return;
	}
	send_ids(b, h, &from->who, from->request, bits, part);
}

/* ---- ids ---- */

static void send_want(struct gn_box *b, const struct box_held *h, const struct gn_contact *to,
		      const struct gn_fb_item_id *ids, size_t count)
{
	GN_ASSERT(count <= BOX_IDS);
	struct gn_fb_key box = gn_wire_key(&h->key);
	struct gn_fbb *fbb = count ? box_message_begin(b, count * sizeof *ids) : NULL;
	if (fbb)
		box_message_end(
			b, to, gn_frame_number(&b->frame), GN_FB_BOX_MESSAGE_BODY_BOX_WANT,
			gn_fb_box_want_make(fbb, &(struct gn_fb_box_want_args){
							 .box = &box, .ids = {ids, count}}));
}

static bool was_asked(const struct gn_box *b, const struct box_wanted *w, uint64_t who)
{
	for (unsigned i = 0; i < BOX_WANTED_FROM; i++)
		if (w->from[i] == who && b->now - w->at[i] < BOX_WANTED_TIME)
			return true;
	return false;
}

/* Not here, not gone, and this one was not asked for it lately, nor another just now. */
static bool is_wanted(struct gn_box *b, const struct box_held *h, const struct gn_pk *from,
		      const struct gn_box_id *id)
{
	struct gn_hash key;
	uint64_t who = gn_be64(from->b);
	GN_ASSERT(b->wanted.count <= BOX_WANTED);
	box_index_key(&h->key, id, &key);
	if (gn_map_get(&b->items, &key))
		return false;
	struct box_wanted *w = gn_map_get(&b->wanted, &key);
	if (w && (b->now - w->at[0] < BOX_WANTED_NEXT || was_asked(b, w, who)))
		return false;
	w = w ? w : gn_map_put(&b->wanted, &key);
	if (!w)
		return false;
	memmove(&w->at[1], &w->at[0], sizeof w->at - sizeof w->at[0]);
	memmove(&w->from[1], &w->from[0], sizeof w->from - sizeof w->from[0]);
	w->at[0] = b->now;
	w->from[0] = who;
	return true;
}

/* What was not brought in time makes room. */
static void forget_wanted(struct gn_box *b)
{
	for (uint32_t i = b->wanted.count; i-- > 0;) {
		const struct box_wanted *w = gn_map_value_at(&b->wanted, i);
		if (b->now - w->at[0] >= BOX_WANTED_TIME)
			(void)gn_map_remove(&b->wanted, gn_map_key_at(&b->wanted, i));
	}
}

/* How many more may be asked of this holder: with its own a quarter of what is left, so that those
 * who name what there is not leave room for others. */
static uint32_t wanted_room(struct gn_box *b, const struct gn_pk *from)
{
	uint32_t asked = 0;
	forget_wanted(b);
	for (uint32_t i = 0; i < b->wanted.count; i++)
		asked += was_asked(b, gn_map_value_at(&b->wanted, i), gn_be64(from->b));
	uint32_t most = (BOX_WANTED - b->wanted.count + asked) / BOX_WANTED_SHARE;
	return asked < most ? most - asked : 0;
}

static void want_missing(struct gn_box *b, struct box_held *h, const struct gn_contact *to,
			 struct gn_slice ids)
{
	struct gn_fb_item_id want[BOX_IDS];
	uint32_t room = wanted_room(b, &to->pk);
	size_t count = 0;
	for (size_t i = 0; i < ids.len / sizeof(struct gn_box_id) && room; i++) {
		struct gn_box_id id = box_id_at(ids, i);
		if (!is_wanted(b, h, &to->pk, &id))
			continue;
		want[count++] = box_fb_id(&id);
		room--;
		if (count < BOX_IDS)
			continue;
		send_want(b, h, to, want, count);
		count = 0;
	}
	send_want(b, h, to, want, count);
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gn_box_id));
}

/* Do we have one of this part that is not among them? */
static bool has_more(struct gn_box *b, const struct box_held *h, struct gn_slice ids, unsigned bits,
		     unsigned part)
{
	GN_ASSERT(ids.len % sizeof(struct gn_box_id) == 0);
	size_t count = ids.len / sizeof(struct gn_box_id);
	bool more = false;
	struct gn_box_id *sorted =
		count ? GN_NEW_ARRAY(b->env.alloc, struct gn_box_id, count) : NULL;
	if (count && !sorted)
		return false;
	if (count) {
		memcpy(sorted, ids.p, ids.len);
		qsort(sorted, count, sizeof *sorted, compare_ids);
	}
	for (uint32_t i = 0; i < h->count && !more; i++) {
		const struct box_item *it = h->items[i];
		struct gn_box_id id = box_id_of(&it->hash);
		more = it->state == BOX_STANDS && in_part(it->hash.b, bits, part) &&
		       !box_item_over(it, box_unix(b)) &&
		       !(count && bsearch(&id, sorted, count, sizeof id, compare_ids));
	}
	gn_mem_free(b->env.alloc, sorted);
	return more;
}

/* How it stands with what both have: where we know more we tell it. True: it knows more of some. */
static bool compare_turns(struct gn_box *b, struct box_held *h, const struct box_from *from,
			  struct gn_slice ids, struct gn_slice marks)
{
	GN_ASSERT(h->queue);
	struct gn_box_id ended[BOX_IDS];
	uint32_t count = 0;
	bool behind = false;
	for (size_t i = 0; i < ids.len / sizeof *ended && (i + 1) * MARK <= marks.len; i++) {
		struct gn_box_id id = box_id_at(ids, i);
		uint16_t theirs = (uint16_t)(marks.p[MARK * i] << 8 | marks.p[MARK * i + 1]);
		const struct box_item *it = box_item_get(b, &h->key, &id);
		if (!it || it->state != BOX_STANDS)
			continue;
		behind = behind || box_turn_later(theirs, box_turn_mark(it));
		if (!box_turn_later(box_turn_mark(it), theirs))
			continue;
		if (!box_item_ended(it))
			box_turn_send(b, &from->who, it, NULL);
		else if (count < BOX_IDS) /* the rest next time */
			ended[count++] = id;
	}
	struct box_feed *f;
	struct gn_slice bytes = gn_slice((const uint8_t *)ended, count * sizeof *ended);
	if (count && box_feed_add(b, from, h, FEED_TURN, bytes, &f) != GN_OK)
		b->count.feeds_full++;
	return behind;
}

void box_on_ids(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_ids m)
{
	GN_ASSERT(h->rules);
	struct gn_slice ids = gn_fb_box_ids_ids_bytes(m);
	unsigned bits = gn_fb_box_ids_bits(m), part = gn_fb_box_ids_part(m);
	if (ids.len / sizeof(struct gn_box_id) > BOX_SUM_IDS || !part_ok(bits, part) ||
	    !box_is_holder(b, h, &from->who.pk))
		return;
	b->caused.hashed += 4 * ids.len; /* each is looked for by a hash */
	want_missing(b, h, &from->who, ids);
	bool behind = h->queue && compare_turns(b, h, from, ids, gn_fb_box_ids_turns(m));
	/* an answer; else it has ours */
	if (from->request && (behind || has_more(b, h, ids, bits, part)))
		send_ids(b, h, &from->who, 0, bits, part);
}

/* ---- copies ---- */

void box_on_want(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_want m)
{
	GN_ASSERT(h->rules);
	struct box_feed *f;
	struct gn_slice ids = gn_fb_box_want_ids_bytes(m);
	if (ids.len / sizeof(struct gn_box_id) > BOX_IDS || !box_is_holder(b, h, &from->who.pk)) {
		refuse(b, from, h, GN_DENIED);
		return;
	}
	gn_err err = box_feed_add(b, from, h, FEED_COPY, ids, &f);
	if (err != GN_OK)
		refuse(b, from, h, err);
}

static gn_err take_copy(struct gn_box *b, const struct box_from *from, struct box_held *h,
			struct gn_fb_box_copy m)
{
	GN_ASSERT(h->rules);
	struct box_refusal why = {.err = GN_OK};
	struct box_value v = {.box = h->key,
			      .until = gn_fb_box_copy_until(m),
			      .deposited = gn_fb_box_copy_deposited(m),
			      .effort = h->effort,
			      .cls = box_class(gn_fb_box_copy_class(m)),
			      .item = gn_fb_box_copy_item(m)};
	struct box_entry e = {.len = (uint32_t)v.item.len};
	struct gn_hash key;
	uint64_t now = box_unix(b), most = box_unix_latest(b) + h->rules->item_ttl;
	uint32_t readers = (1u << h->rules->reader_count) - 1;
	if (v.item.len == 0 || v.item.len > h->rules->item_max)
		return GN_TOO_LARGE;
	b->caused.hashed += v.item.len; /* also what nobody asked for */
	gn_sha256(&v.item, 1, &e.hash);
	struct gn_box_id id = box_id_of(&e.hash);
	box_index_key(&h->key, &id, &key);
	if (!gn_map_remove(&b->wanted, &key) || gn_map_get(&b->items, &key) ||
	    !box_is_holder(b, h, &from->who.pk))
		return GN_DENIED;
	GN_TRY(box_copy_proof(m, &v.proof));
	GN_TRY(box_admit_proof(b, h, &v.proof, true, &e, &why));
	v.until = v.until < e.last ? v.until : e.last;
	v.until = v.until < most ? v.until : most;
	v.deposited = v.deposited < now ? v.deposited : now;
	if (v.until <= now)
		return GN_EXPIRED;
	if (b->stores.count >= BOX_STORES)
		return GN_BUSY;
	GN_TRY(box_admit_place(b, h, &e, &why));
	return box_keep(b, NULL, h, &v, &e, (gn_fb_box_copy_acked(m) & readers) << BOX_HEARD);
}

void box_on_copy(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_copy m)
{
	gn_err err = take_copy(b, from, h, m);
	b->count.copies_in += err == GN_OK;
	b->count.copies_refused += err != GN_OK;
}

/* ---- when ---- */

static uint32_t set_of(struct gn_box *b, const struct box_held *h, unsigned place,
		       struct gn_contact set[GN_BOX_SET], bool *self)
{
	GN_ASSERT(place < 2);
	uint32_t n = gn_overlay_set(b->cfg.overlay, &h->place[place], GN_BOX_SET, set), out = 0;
	*self = false;
	for (uint32_t i = 0; i < n; i++)
		if (gn_pk_eq(&set[i].pk, &b->cfg.node_key.pk))
			*self = true;
		else
			set[out++] = set[i];
	return out;
}

/* The two of the set next to us on the ring; the nearest two when we are none of it any more. */
static void sum_neighbours(struct gn_box *b, struct box_held *h, const struct gn_contact *set,
			   uint32_t n, bool self)
{
	GN_ASSERT(n <= GN_BOX_SET);
	struct gn_overlay_info info;
	uint32_t up = 0, down = n > 1;
	if (n == 0)
		return;
	gn_overlay_info(b->cfg.overlay, &info);
	uint64_t own = gn_ov_theta(info.self.id.b);
	for (uint32_t i = 0; self && i < n; i++) {
		uint64_t t = gn_ov_theta(set[i].id.b);
		if (t - own < gn_ov_theta(set[up].id.b) - own)
			up = i;
		if (own - t < own - gn_ov_theta(set[down].id.b))
			down = i;
	}
	send_sums(b, h, &set[up]);
	if (down != up)
		send_sums(b, h, &set[down]);
}

static void sum_due(struct gn_box *b, struct box_held *h)
{
	GN_ASSERT(h->sum.at <= b->now);
	struct gn_contact set[GN_BOX_SET];
	bool self;
	for (unsigned p = 0; p < places_of(h) && h->count; p++) {
		uint32_t n = set_of(b, h, p, set, &self);
		for (uint32_t i = 0; h->again && i < n; i++)
			send_sums(b, h, &set[i]);
		if (!h->again)
			sum_neighbours(b, h, set, n, self);
	}
	h->again -= h->again > 0;
	gn_time next = h->again ? BOX_SUM_AGAIN : BOX_SUM_EVERY;
	if (h->count == 0)
		gn_heap_remove(&b->sums, &h->sum);
	else /* moving what is in needs no memory */
		(void)!gn_heap_set(&b->sums, &h->sum,
				   b->now + next +
					   (gn_time)gn_rand_below(b->env.rand, (uint64_t)next / 8));
}

/* Has its set changed since it was last looked at? */
static void look_at_members(struct gn_box *b, struct box_held *h)
{
	GN_ASSERT(h->member_count <= 2 * GN_BOX_SET);
	struct gn_contact set[GN_BOX_SET];
	uint64_t now[2 * GN_BOX_SET];
	uint32_t count = 0;
	bool self, fresh = false;
	for (unsigned p = 0; p < places_of(h); p++) {
		uint32_t n = set_of(b, h, p, set, &self);
		for (uint32_t i = 0; i < n; i++) {
			bool known = false;
			now[count++] = gn_ov_theta(set[i].id.b);
			for (uint32_t k = 0; k < h->member_count; k++)
				known = known || h->members[k] == now[count - 1];
			fresh = fresh || !known;
		}
	}
	memcpy(h->members, now, count * sizeof now[0]);
	h->member_count = count;
	if (!fresh || h->count == 0)
		return;
	h->again = BOX_SUM_ROUNDS;
	/* many boxes are not compared in one moment */
	gn_time spread = gn_time_min((gn_time)b->held.count * BOX_SUM_PACE, BOX_SUM_AGAIN);
	gn_time later = (gn_time)gn_rand_below(b->env.rand, (uint64_t)spread + 1);
	if (gn_heap_set(&b->sums, &h->sum, b->now + later) != GN_OK)
		b->count.nomem++;
}

/* A walk under way is not begun anew, else links that come and go would never let it end. */
void box_sync_members(struct gn_box *b)
{
	b->members_again = b->members_look != GN_NEVER;
	if (b->members_again)
		return;
	b->members_at = 0;
	b->members_look = b->now + BOX_SUM_SOON;
}

static void walk_members(struct gn_box *b)
{
	uint32_t end = b->members_at + BOX_SUMS;
	GN_ASSERT(b->members_look <= b->now);
	for (; b->members_at < end && b->members_at < b->held.count; b->members_at++)
		look_at_members(b, GN_MAP_AT(&b->held, struct box_held *, b->members_at));
	b->members_look = b->now + BOX_STORE_WAIT;
	if (b->members_at < b->held.count)
		return;
	b->members_look = GN_NEVER;
	if (b->members_again)
		box_sync_members(b);
}

void box_sync_tick(struct gn_box *b)
{
	struct gn_heap_node *n;
	if (!b->ready)
		return;
	if (b->members_look <= b->now)
		walk_members(b);
	for (unsigned i = 0; i < BOX_SUMS && (n = gn_heap_first(&b->sums)) && n->at <= b->now; i++)
		sum_due(b, GN_CONTAINER(n, struct box_held, sum));
}

/* Items whose end came, once the clock is one to give things up by; boxes with nothing left. */
void box_sweep(struct gn_box *b)
{
	GN_ASSERT(b->ready);
	bool sure = gn_overlay_time_sure(b->cfg.overlay, b->now);
	uint64_t now = box_unix(b);
	for (uint32_t i = b->held.count; i-- > 0;) {
		struct box_held *h = GN_MAP_AT(&b->held, struct box_held *, i);
		for (uint32_t k = h->count; sure && k-- > 0;)
			if (h->items[k]->state == BOX_STANDS && box_item_over(h->items[k], now)) {
				b->count.expired++;
				box_item_remove(b, h->items[k], true);
			}
	}
	for (struct box_item *it = b->gone_first, *next; it && sure; it = next) {
		next = it->next_gone;
		if (box_item_over(it, now))
			box_item_remove(b, it, true);
	}
	for (uint32_t i = b->held.count; i-- > 0;)
		box_held_look(b, GN_MAP_AT(&b->held, struct box_held *, i));
	forget_wanted(b);
	b->sweep = b->now + BOX_SWEEP;
}
