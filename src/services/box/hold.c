/* A deposit: admitted, written, and answered with the signed custody when it is durable.
 *
 *   request -> refused [admit.c]
 *           -> STORING [box_keep: the log takes it] -> custody [box_stored] | Failed
 *           -> custody [it is here already: a double costs nothing]
 *
 * A custody is signed for what a crash cannot lose, and for nothing else. Rules BX-3, BX-12. */
#include "services/box/engine_int.h"

static void send_custody(struct gn_box *b, const struct box_waiter *to, const struct box_item *it)
{
	struct gn_overlay_info info;
	struct gn_fbb *fbb = to->request ? box_message_begin(b, 0) : NULL;
	if (!fbb)
		return;
	GN_ASSERT(it->state == BOX_STANDS);
	gn_overlay_info(b->cfg.overlay, &info);
	struct gn_custody c = {.box = it->box->key, .item = it->hash, .held_until = it->until};
	memcpy(c.holder.b, info.self.id.b, sizeof c.holder.b);
	gn_custody_make(&b->cfg.node_key, &c);
	b->count.custodies++;
	gn_fbref custody = gn_custody_put(fbb, &c);
	box_message_end(
		b, &to->to, to->request, GN_FB_BOX_MESSAGE_BODY_BOX_HELD,
		gn_fb_box_held_make(fbb, &(struct gn_fb_box_held_args){.custody = custody}));
}

/* Who deposits the same meanwhile waits for the same. */
static gn_err wait_for(struct gn_box *b, const struct gn_hash *key, const struct box_from *from)
{
	GN_ASSERT(b->stores.count <= BOX_STORES);
	for (uint32_t i = 0; i < b->stores.count; i++) {
		struct box_store *s = gn_map_value_at(&b->stores, i);
		if (memcmp(s->key.b, key->b, 32) != 0)
			continue;
		if (s->waiter_count == BOX_WAITERS)
			break;
		s->waiters[s->waiter_count++] = (struct box_waiter){from->who, from->request};
		return GN_OK;
	}
	return GN_BUSY;
}

gn_err box_keep(struct gn_box *b, const struct box_from *from, struct box_held *h,
		const struct box_value *v, const struct box_entry *e, uint32_t acked)
{
	struct box_item in = {.hash = e->hash,
			      .state = BOX_STORING,
			      .way = e->way,
			      .bits = e->bits,
			      .len = e->len,
			      .acked = acked,
			      .until = v->until,
			      .deposited = v->deposited,
			      .by = e->by,
			      .cls = v->cls ? v->cls : box_class(0)};
	struct gn_box_id id = box_id_of(&e->hash);
	uint64_t number = gn_frame_number(&b->frame);
	struct gn_buf bytes = {b->value, 0, gn_box_value_max()};
	GN_ASSERT(v->item.len == e->len && v->until > 0);
	GN_TRY(box_value_put(v, &bytes));
	struct box_store *s = gn_map_put(&b->stores, &number);
	if (!s)
		return GN_BUSY;
	box_index_key(&h->key, &id, &s->key);
	gn_err err = gn_kv_put(b->cfg.kv, &s->key, gn_buf_slice(&bytes),
			       gn_frame_ticket(TICKET_STORE, number, 0), b->now);
	if (err == GN_OK && !box_item_add(b, h, &in))
		err = GN_NOMEM; /* the value is found at the next start */
	if (err != GN_OK) {
		(void)gn_map_remove(&b->stores, &number);
		return err;
	}
	if (from)
		s->waiters[s->waiter_count++] = (struct box_waiter){from->who, from->request};
	uint64_t days = (v->until - box_unix(b) + 86399) / 86400;
	b->caused.byte_days += e->len * days;
	return GN_OK;
}

void box_stored(struct gn_box *b, uint64_t number, gn_err err)
{
	GN_ASSERT(number > 0);
	const struct box_store *at = gn_map_get(&b->stores, &number);
	if (!at)
		return;
	struct box_store s = *at;
	(void)gn_map_remove(&b->stores, &number);
	struct box_item **item = gn_map_get(&b->items, &s.key), *it = item ? *item : NULL;
	struct box_refusal why = {.err = err == GN_OK ? GN_EXPIRED : GN_IO};
	if (it && it->state == BOX_STORING && err == GN_OK) {
		box_item_stands(b, it);
		if (it->acked)
			box_store_ack(b, it);
		for (unsigned i = 0; i < s.waiter_count; i++)
			send_custody(b, &s.waiters[i], it);
		box_feeds_new_item(b, it->box);
		return;
	}
	b->count.store_failed += err != GN_OK;
	if (it && it->state == BOX_STORING)
		box_item_remove(b, it, false);
	for (unsigned i = 0; i < s.waiter_count; i++)
		box_send_done(b, &s.waiters[i].to, s.waiters[i].request, &why, NULL);
}

/* ---- the request ---- */

static void fill_key(uint8_t *out, const uint8_t *in, size_t len)
{
	memcpy(out, in, len);
}

/* What it comes with. GN_DENIED: nothing, or a right that was not shown. */
static gn_err proof_of(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		       struct gn_fb_box_deposit m, struct gn_box_proof *p)
{
	GN_ASSERT(h->rules);
	*p = (struct gn_box_proof){.way = GN_BOX_WORK};
	if (gn_fb_box_deposit_has_work(m)) {
		struct gn_fb_box_work w = gn_fb_box_deposit_work(m);
		p->work.day = w.day;
		fill_key(p->work.nonce, w.nonce, sizeof p->work.nonce);
		return GN_OK;
	}
	if (gn_fb_box_deposit_has_invite(m)) {
		struct gn_fb_box_invite i = gn_fb_box_deposit_invite(m);
		p->way = GN_BOX_INVITE;
		fill_key(p->invite.b, i.key, 32);
		fill_key(p->sig.b, i.sig, 64);
		return GN_OK;
	}
	const struct box_show *s =
		box_shown(b, &from->who.pk, gn_fb_box_deposit_shown(m), h, GN_BOXREC_DEPOSITOR);
	if (!s || !gn_fb_box_deposit_has_sig(m))
		return GN_DENIED;
	struct gn_fb_sig sig = gn_fb_box_deposit_sig(m);
	fill_key(p->sig.b, sig.b, 64);
	p->way = (enum gn_box_way)s->way;
	p->certificate = s->certificate;
	p->token = gn_slice(s->token, s->token_len);
	return GN_OK;
}

/* BX-45: what it costs is its key's, too. Of a chain that is its bearer's. */
static gn_err pays(struct gn_box *b, const struct box_from *from, const struct box_held *h,
		   uint16_t shown, const struct gn_box_proof *p, struct box_refusal *why)
{
	GN_ASSERT(h->rules);
	if (p->way != GN_BOX_CERTIFICATE && p->way != GN_BOX_TOKEN)
		return GN_OK;
	const struct box_show *s = box_shown(b, &from->who.pk, shown, h, GN_BOXREC_DEPOSITOR);
	GN_ASSERT(s); /* proof_of saw it */
	bool many = h->rules->kind == GN_FB_BOX_KIND_GROUP || h->queue;
	gn_err err = b->cfg.pays ? b->cfg.pays(b->cfg.user, &s->key, many) : GN_OK;
	b->caused.by = s->key;
	b->caused.many = many;
	b->count.refused_rate += err != GN_OK;
	if (err == GN_OK)
		return GN_OK;
	why->limit = "guard-token";
	return GN_BUSY;
}

static gn_err take_deposit(struct gn_box *b, const struct box_from *from, struct box_held *h,
			   struct gn_fb_box_deposit m, struct box_refusal *why)
{
	GN_ASSERT(h->rules && why->err == GN_OK);
	struct box_value v = {.box = h->key,
			      .deposited = box_unix(b),
			      .effort = h->effort,
			      .cls = box_class(gn_fb_box_deposit_class(m)),
			      .item = gn_fb_box_deposit_item(m)};
	uint32_t ttl = gn_fb_box_deposit_ttl(m);
	struct box_entry e = {.len = (uint32_t)v.item.len};
	if (v.item.len == 0 || ttl < BOX_TTL_MIN) {
		why->limit = ttl < BOX_TTL_MIN ? BOX_LIMIT(BOX_TTL_MIN) : NULL;
		return GN_MALFORMED;
	}
	if (v.item.len > h->rules->item_max) {
		why->limit = BOX_LIMIT(BOX_ITEM_MAX);
		return GN_TOO_LARGE;
	}
	GN_TRY(proof_of(b, from, h, m, &v.proof));
	GN_TRY(pays(b, from, h, gn_fb_box_deposit_shown(m), &v.proof, why));
	gn_sha256(&v.item, 1, &e.hash);
	b->caused.hashed += v.item.len;
	GN_TRY(box_admit_proof(b, h, &v.proof, false, &e, why));
	struct gn_box_id id = box_id_of(&e.hash);
	struct box_item *it = box_item_get(b, &h->key, &id);
	if (it && it->state == BOX_STANDS && box_item_over(it, box_unix(b)) &&
	    gn_overlay_time_sure(b->cfg.overlay, b->now)) {
		box_item_remove(b, it, true); /* not swept yet; it may come again */
		it = NULL;
	}
	if (it && it->state == BOX_WENT && it->acked & BOX_TOLD)
		return GN_EXISTS;
	if (it && it->state != BOX_WENT) {
		struct box_waiter w = {from->who, from->request};
		struct gn_hash key;
		b->count.deposits_again++;
		if (it->state == BOX_STANDS) {
			send_custody(b, &w, it);
			return GN_OK;
		}
		box_index_key(&h->key, &id, &key);
		return wait_for(b, &key, from);
	}
	if (b->stores.count >= BOX_STORES) {
		why->limit = BOX_LIMIT(BOX_STORES);
		return GN_BUSY;
	}
	GN_TRY(box_limited_ask(b, h, from, &e, why));
	GN_TRY(box_admit_place(b, h, &e, why));
	ttl = ttl < h->rules->item_ttl ? ttl : h->rules->item_ttl;
	v.until = box_unix_latest(b) + ttl;
	v.until = v.until < e.last ? v.until : e.last;
	GN_TRY(box_keep(b, from, h, &v, &e, 0));
	box_limited_draw(b, h, from, &e);
	return GN_OK;
}

void box_on_deposit(struct gn_box *b, const struct box_from *from, struct box_held *h,
		    struct gn_fb_box_deposit m)
{
	struct box_refusal why = {.err = GN_OK};
	b->count.deposits++;
	gn_err err = take_deposit(b, from, h, m, &why);
	if (err == GN_OK)
		return;
	b->count.refused_denied += err == GN_DENIED;
	b->count.refused_busy += err == GN_BUSY;
	why.err = err;
	why.retry_ms = err == GN_BUSY ? 1000 : why.retry_ms;
	box_send_done(b, &from->who, from->request, &why, &h->key);
}
