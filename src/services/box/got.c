/* Items that came for a reader and wait to be shown: only what its id says, once; of a queue, with
 * how it ended, if that is by the worker who is named. Rules BX-28, BX-40. */
#include "services/box/engine_int.h"

/* How an item of a queue ended is by the worker who is named; else it is a lie. */
static bool outcome_ok(const struct box_read *r, const struct gn_box_id *id,
		       struct gn_fb_box_item m)
{
	uint8_t state = gn_fb_box_item_state(m);
	struct gn_boxrec_outcome o = {.box = r->follow.place.box,
				      .delivery = gn_fb_box_item_delivery(m),
				      .end = gn_fb_box_item_end(m),
				      .outcome = gn_fb_box_item_outcome(m)};
	struct gn_fb_sig fb_sig = gn_fb_box_item_sig(m);
	struct gn_pk worker = gn_wire_key_get(gn_fb_box_item_worker(m));
	struct gn_sig sig;
	memcpy(sig.b, fb_sig.b, sizeof sig.b);
	memcpy(o.id, id->b, sizeof o.id);
	if (state < GN_FB_BOX_TURN_STATE_DONE || o.end == GN_FB_BOX_END_ATTEMPTS)
		return o.outcome.len == 0 && state <= GN_FB_BOX_TURN_STATE_DEAD &&
		       state != GN_FB_BOX_TURN_STATE_DONE;
	return o.outcome.len <= BOX_OUTCOME_MAX && gn_fb_box_item_token(m).len <= BOX_TOKEN_MAX &&
	       (state == GN_FB_BOX_TURN_STATE_DONE) == (o.end == GN_FB_BOX_END_DONE) &&
	       gn_boxrec_outcome_check(&worker, &o, &sig) == GN_OK;
}

static struct box_got *got_of(struct gn_box *b, const struct gn_box_id *id, struct gn_fb_box_item m)
{
	struct gn_slice parts[] = {gn_fb_box_item_item(m), gn_fb_box_item_outcome(m),
				   gn_fb_box_item_token(m)};
	size_t len = parts[0].len + parts[1].len + parts[2].len;
	struct box_got *got = gn_mem_resize(b->env.alloc, NULL, sizeof *got + len);
	if (!got) {
		b->count.nomem++;
		return NULL;
	}
	*got = (struct box_got){.id = *id,
				.deposited = gn_fb_box_item_deposited(m),
				.until = gn_fb_box_item_until(m),
				.cls = gn_fb_box_item_class(m),
				.state = gn_fb_box_item_state(m),
				.end = gn_fb_box_item_end(m),
				.delivery = gn_fb_box_item_delivery(m),
				.lease = gn_fb_box_item_lease(m),
				.len = (uint32_t)parts[0].len,
				.outcome_len = (uint32_t)parts[1].len,
				.token_len = (uint32_t)parts[2].len};
	struct gn_fb_sig sig = gn_fb_box_item_sig(m);
	memcpy(got->sig.b, sig.b, sizeof got->sig.b);
	if (gn_fb_box_item_has_by(m))
		got->by = gn_wire_key_get(gn_fb_box_item_by(m));
	if (gn_fb_box_item_has_worker(m))
		got->worker = gn_wire_key_get(gn_fb_box_item_worker(m));
	uint8_t *p = got->bytes;
	for (size_t i = 0; i < GN_COUNT(parts); p += parts[i++].len)
		if (parts[i].len)
			memcpy(p, parts[i].p, parts[i].len);
	return got;
}

void box_read_item(struct gn_box *b, struct box_read *r, unsigned target, struct gn_fb_box_item m)
{
	GN_ASSERT(target < r->target_count);
	struct gn_box_id id = box_id(gn_fb_box_item_id(m));
	struct gn_slice item = gn_fb_box_item_item(m);
	struct gn_hash hash;
	if (item.len == 0) {
		box_seen_unname(r, target, &id);
		return;
	}
	gn_sha256(&item, 1, &hash);
	struct gn_box_id real = box_id_of(&hash);
	if (!box_id_eq(&real, &id) || item.len > BOX_ITEM_MAX || !outcome_ok(r, &id, m)) {
		b->count.items_false++;
		r->targets[target].lies++;
		box_seen_unname(r, target, &id);
		return;
	}
	struct box_seen *s = box_seen_name(b, r, target, &id);
	if (!s || s->state == SEEN_SHOWN) {
		b->count.items_again += s != NULL;
		return;
	}
	if (r->got_bytes >= 2 * BOX_READ_BYTES) { /* a watch: fetched when there is room */
		b->count.read_waits++;
		return;
	}
	struct box_got *got = got_of(b, &id, m);
	if (!got)
		return;
	r->unfetched -= s->state == SEEN_NAMED;
	s->state = SEEN_SHOWN;
	if (r->got_last)
		r->got_last->next = got;
	else
		r->got_first = got;
	r->got_last = got;
	r->got_bytes += item.len;
	r->targets[target].bytes += item.len;
	b->count.items_in++;
	gn_frame_tell(&b->frame, &r->op);
}

void box_got_show(struct box_read *r, struct box_got *got, struct gn_box_event *out)
{
	GN_ASSERT(r->got_bytes >= got->len && !r->shown);
	r->got_bytes -= got->len;
	r->shown = got; /* until the next event */
	out->kind = GN_BOX_ITEM;
	out->id = got->id;
	out->item = gn_slice(got->bytes, got->len);
	out->by = got->by;
	out->deposited = got->deposited;
	out->until = got->until;
	out->cls = got->cls;
	out->state = got->state;
	out->end = got->end;
	out->delivery = got->delivery;
	out->lease = got->lease;
	out->worker = got->worker;
	out->sig = got->sig;
	out->outcome = gn_slice(got->bytes + got->len, got->outcome_len);
	out->token = gn_slice(got->bytes + got->len + got->outcome_len, got->token_len);
}
