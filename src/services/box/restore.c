/* The index at the start of a node, made anew from the log: items as they are read, and what was
 * acknowledged once all of them are known, since the log says it in any order. Rule BX-13. */
#include "services/box/engine_int.h"

/* Turns wait as acks do. */
static void restore_turn(struct gn_box *b, struct gn_reader *r)
{
	struct box_turn_value v;
	if (box_turn_value_get(r, &v) != GN_OK) {
		b->count.restored_bad++;
		return;
	}
	v.token = v.outcome = gn_slice(NULL, 0); /* they stay in the log */
	if (gn_ring_push(&b->old_turns, &v) != GN_OK)
		b->count.nomem++;
}

static struct box_item *restored_item(struct gn_box *b, const struct gn_pk *box,
				      const struct box_item *in)
{
	GN_ASSERT(in->state == BOX_STORING);
	struct gn_box_id id = box_id_of(&in->hash);
	struct box_item *it = box_item_get(b, box, &id);
	struct box_held *h = it ? it->box : box_held_need(b, box);
	return it ? it : h ? box_item_add(b, h, in) : NULL;
}

static void restore_item(struct gn_box *b, const struct box_value *v)
{
	GN_ASSERT(v->item.len > 0);
	struct gn_hash hash;
	gn_sha256(&v->item, 1, &hash);
	struct box_item in = {.hash = hash,
			      .state = BOX_STORING,
			      .way = (uint8_t)v->proof.way,
			      .len = (uint32_t)v->item.len,
			      .until = v->until,
			      .deposited = v->deposited,
			      .cls = box_class(v->cls)};
	if (v->proof.way == GN_BOX_INVITE)
		in.by = v->proof.invite;
	else if (v->proof.way == GN_BOX_CERTIFICATE)
		in.by = v->proof.certificate.key;
	if (v->proof.way == GN_BOX_WORK) {
		unsigned bits = 0;
		(void)!gn_boxrec_work_check(&v->box, &hash, &v->proof.work, 0,
					    (uint64_t)v->proof.work.day * 86400, &bits);
		in.bits = (uint8_t)bits;
	}
	if (v->proof.way == GN_BOX_TOKEN) {
		struct gn_token *t = &b->token;
		if (gn_token_open(v->proof.token, t, NULL) == GN_OK)
			in.by = *gn_token_bearer(t);
	}
	struct box_item *it = restored_item(b, &v->box, &in);
	if (!it)
		return;
	if (it->state == BOX_STORING && it->len == in.len)
		box_item_stands(b, it);
	if (v->effort > it->box->effort)
		it->box->effort = v->effort;
	box_weight_set(b, it->box);
	b->count.restored++;
}

/* Acks wait until all items are known. */
static void restore_ack(struct gn_box *b, struct gn_reader *r)
{
	struct box_ack a = {.until = gn_read_be64(r), .readers = gn_read_be32(r)};
	struct gn_slice box = gn_read_bytes(r, 32), hash = gn_read_bytes(r, 32);
	if (r->bad || gn_reader_left(r) || a.readers == 0) {
		b->count.restored_bad++;
		return;
	}
	memcpy(a.box.b, box.p, 32);
	memcpy(a.hash.b, hash.p, 32);
	if (gn_ring_push(&b->acks, &a) != GN_OK)
		b->count.nomem++;
}

void box_restore(struct gn_box *b, struct gn_slice value)
{
	GN_ASSERT(!b->ready);
	struct box_value v;
	struct gn_reader r = gn_reader(value), t = gn_reader(value);
	if (box_value_is_turn(&t))
		restore_turn(b, &t);
	else if (box_value_is_ack(&r))
		restore_ack(b, &r);
	else if (box_value_get(value, &v) == GN_OK)
		restore_item(b, &v);
	else /* of a later version, or nothing of ours */
		b->count.restored_bad++;
}

static void apply_ack(struct gn_box *b, const struct box_ack *a)
{
	GN_ASSERT(a->readers != 0);
	struct gn_box_id id = box_id_of(&a->hash);
	struct box_item *it = box_item_get(b, &a->box, &id);
	struct box_item none = {.hash = a->hash, .until = a->until, .state = BOX_STORING};
	bool gone = !it;
	if (!it)
		it = restored_item(b, &a->box, &none);
	if (!it || it->state != (gone ? BOX_STORING : BOX_STANDS))
		return;
	if (gone)
		box_item_stands(b, it);
	it->box->untaken -= !it->acked;
	it->box->untaken_bytes -= it->acked ? 0 : it->len;
	b->untaken -= !it->acked;
	it->acked = a->readers;
	if (gone)
		box_item_went(b, it);
}

void box_restored(struct gn_box *b)
{
	GN_ASSERT(!b->ready);
	struct box_ack a;
	while (gn_ring_pop(&b->acks, &a))
		apply_ack(b, &a);
	struct box_turn_value v;
	while (gn_ring_pop(&b->old_turns, &v))
		box_turn_restored(b, &v);
	b->ready = true;
	b->ready_at = b->now;
}
