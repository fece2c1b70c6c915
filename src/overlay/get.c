/* GET: a lookup whose questions ask for the record. Ends on the first valid record, or when a
 * read quorum of the set has answered; members that were behind get the newest (OV-50..OV-53). */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

static struct gn_ov_value *value_of(struct gn_ov_op *op, const struct gn_hash *hash)
{
	for (uint32_t i = 0; i < op->value_count; i++)
		if (gn_hash_eq(&op->values[i].record.hash, hash))
			return &op->values[i];
	return NULL;
}

void gn_ov_get_value(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *cand,
		     struct gn_slice bytes, bool check, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_GET && !op->ended);
	struct gn_record r;
	gn_err err = gn_wire_record_parse(bytes, &r);
	struct gn_ov_value *same = err == GN_OK ? value_of(op, &r.hash) : NULL;
	if (err == GN_OK && !same && check) /* equal signed bytes were verified before */
		err = gn_wire_record_verify(&r);
	if (err == GN_OK &&
	    (!gn_hash_eq(&r.key, &op->key) || (op->get.type && r.type != op->get.type)))
		err = GN_KEY;
	if (err == GN_OK)
		err = gn_record_fresh(&r, gn_unix(gn_ov_live(ov, &r, now)));
	if (err == GN_OK && r.seq < op->get.min_seq)
		err = GN_STALE;
	if (err != GN_OK) {
		ov->count.values_bad++;
		if (err == GN_SIGNATURE)
			ov->count.record_signature++;
		return;
	}
	if (same)
		same->holders++;
	else if (!gn_ov_values_add(ov, op, &r))
		return;
	if (op->value_count == 1 && op->values[0].holders == 1)
		op->hops = cand->depth;
	cand->has_value = true;
	cand->mine = true;
	cand->version = r.hash;
}

void gn_ov_get_local(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_GET && !op->local_pending);
	if (op->get.no_local || !gn_ov_held_get(ov, &op->key))
		return;
	struct gn_ov_cand *self = gn_ov_cand_of(op, &ov->self.pk);
	if (!self) { /* a client that still has it from before */
		struct gn_ov_cand n = {
			.c = ov->self, .sep = gn_ov_sep(ov->theta, op->theta), .self = true};
		gn_ov_cand_insert(ov, op, &n);
		self = gn_ov_cand_of(op, &ov->self.pk);
	}
	const struct gn_ov_asker by = {.to = &ov->self, .op = op->id};
	if (!self)
		return;
	if (gn_ov_job_load(ov, GN_OV_JOB_GET, &by, &op->key, now) != GN_OK) {
		/* or the lookup would ask ourselves */
		self->state = ov->server ? self->state : GN_OV_DEAD;
		return;
	}
	self->state = GN_OV_SUSPECT; /* no slot of the lookup */
	op->local_pending = true;
}

void gn_ov_get_local_done(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_GET && op->local.came);
	struct gn_ov_cand *self = gn_ov_cand_of(op, &ov->self.pk);
	op->local.came = false;
	if (!self)
		return;
	op->local_pending = false;
	self->state = ov->server ? GN_OV_ANSWERED : GN_OV_DEAD;
	if (op->local.record.p)
		gn_ov_get_value(ov, op, self, op->local.record, false, now);
}

/* Have as many members of the set shown a record as the quorum wants? Who has nothing does not
 * count while others still can answer, or liars could end it; and in a crowd, of more than R
 * that answer, all beyond R count against it. */
static bool is_quorate(struct gn_overlay *ov, const struct gn_ov_op *op)
{
	GN_ASSERT(op->value_count > 0);
	unsigned members = 0, answered = 0, rank = 0, width = gn_ov_op_width(ov, op);
	for (uint32_t i = 0; i < op->cand_count && rank < width; i++) {
		const struct gn_ov_cand *c = &op->cands[i];
		if (c->state == GN_OV_DEAD)
			continue;
		rank++;
		answered += c->state == GN_OV_ANSWERED;
		members += c->state == GN_OV_ANSWERED && c->has_value &&
			   !gn_ov_relay_echo(op, c, width, true);
	}
	return members >= op->get.quorum + (answered > ov->cfg.r ? answered - ov->cfg.r : 0);
}

/* OV-53: the newest goes to members that answered without it. No answer is waited for. */
static void repair_read(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->value_count > 0 && !op->ended);
	const struct gn_ov_value *newest = &op->values[0];
	unsigned rank = 0, width = gn_ov_op_width(ov, op);
	for (uint32_t i = 0; i < op->cand_count && rank < width; i++) {
		struct gn_ov_cand *c = &op->cands[i];
		if (c->state == GN_OV_DEAD)
			continue;
		rank++;
		if (c->state != GN_OV_ANSWERED || !c->mine ||
		    (c->has_value && memcmp(c->version.b, newest->record.hash.b, 32) == 0))
			continue;
		ov->count.read_repairs++;
		if (c->self) {
			gn_ov_job_put(ov, &(struct gn_ov_asker){.to = &ov->self}, true,
				      &newest->record, now);
			continue;
		}
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref body = gn_fb_push_make(
			&b, &(struct gn_fb_push_args){.record = newest->record.bytes});
		(void)gn_ov_send(ov, &b, &c->c, 0, GN_FB_OVERLAY_BODY_PUSH, body);
	}
}

/* OV-51: nobody showed the record. It may be there while as many of the nearest are silent as a
 * PUT wants receipts: of those whom we know to have answered before, or anybody could invent
 * them. */
static gn_err why_none(const struct gn_overlay *ov, const struct gn_ov_op *op)
{
	GN_ASSERT(op->kind == GN_OV_GET && op->value_count == 0);
	unsigned rank = 0, silent = 0;
	for (uint32_t i = 0; i < op->cand_count && rank < ov->cfg.r; i++) {
		const struct gn_ov_cand *c = &op->cands[i];
		const struct gn_ov_contact *k = gn_ov_contact_get(ov, &c->c.pk);
		bool gone = c->state == GN_OV_DEAD && !c->self;
		if (gone && !(k && gn_ov_proven(k)))
			continue;
		rank++;
		silent += gone;
	}
	if (gn_ov_op_reached(ov, op) != GN_OK)
		return GN_UNREACHABLE;
	return silent >= ov->cfg.w ? GN_TIMEOUT : GN_NOT_FOUND;
}

bool gn_ov_get_done(struct gn_overlay *ov, struct gn_ov_op *op, bool exhausted, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_GET && !op->ended);
	bool enough = op->value_count > 0 && (op->get.quorum == 1 || is_quorate(ov, op));
	if (op->value_count > 0 && !enough && exhausted) /* a newer one may be behind a crowd */
		enough = !op->probes && !gn_ov_lookup_probe(ov, op, op->count, now);
	if (enough) {
		if (op->get.quorum > 1)
			repair_read(ov, op, now);
		gn_ov_op_end(ov, op, GN_OK, now);
		return true;
	}
	if (!exhausted || op->local_pending || op->probes)
		return false;
	if (!op->widened && op->cand_count > op->count) {
		/* the set has it not; those around it may */
		op->widened = true;
		ov->count.widened++;
		return false;
	}
	if (gn_ov_lookup_probe(ov, op, op->count, now))
		return false;
	gn_ov_op_end(ov, op, why_none(ov, op), now);
	return true;
}

static void send_version(struct gn_overlay *ov, const struct gn_ov_from *from,
			 const struct gn_ov_held *h)
{
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_fb_hash hash;
	memcpy(hash.b, h->hash.b, sizeof hash.b);
	gn_fbref body = gn_fb_record_version_make(
		&b, &(struct gn_fb_record_version_args){.seq = h->seq, .hash = &hash});
	(void)gn_ov_send(ov, &b, &from->c, from->request, GN_FB_OVERLAY_BODY_RECORD_VERSION, body);
}

void gn_ov_on_get(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_get m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_GET);
	struct gn_hash key;
	struct gn_fb_hash k = gn_fb_get_key(m);
	memcpy(key.b, k.b, 32);
	ov->count.asked_get++;
	ov->load_served++;
	if (!from->request) {
		ov->count.messages_refused++;
		return;
	}
	if (gn_ov_refuses(ov, &key, NULL)) {
		ov->count.gets_refused++;
		gn_ov_refuse(ov, &from->c, from->request, GN_DENIED);
		return;
	}
	const struct gn_ov_held *h = gn_ov_held_get(ov, &key);
	bool held = h && h->seq >= gn_fb_get_min_seq(m) && !h->graced;
	if (held && gn_fb_get_version(m) && !gn_fb_get_nonce(m)) {
		send_version(ov, from, h);
		return;
	}
	if (held) {
		/* A proof is for those we share links with: nobody else needs one, and it costs
		 * a signature and the record read. One that makes a copy a promise is for those
		 * of standing. */
		const struct gn_ov_link *l = from->contact ? from->contact->link : NULL;
		uint64_t nonce = l && l->state == GN_OV_LINK_UP ? gn_fb_get_nonce(m) : 0;
		bool may = !gn_ov_copy(h) || (nonce && gn_ov_trusted(ov, from->contact, now));
		gn_err err = (nonce ? may : gn_ov_room(ov, &from->c, h->len)) ? GN_OK : GN_BUSY;
		if (err == GN_OK)
			err = gn_ov_job_load(ov, GN_OV_JOB_GET,
					     &(struct gn_ov_asker){.to = &from->c,
								   .request = from->request,
								   .nonce = nonce},
					     &key, now);
		if (err == GN_OK && nonce) {
			ov->caused.records++;
			ov->caused.bytes += h->len;
		}
		if (err != GN_OK)
			gn_ov_refuse(ov, &from->c, from->request, GN_BUSY);
		return;
	}
	uint64_t theta = gn_ov_theta(key.b);
	bool mine = gn_ov_answers_for(ov, theta);
	struct gn_ov_nodes nodes = {.type = GN_FB_OVERLAY_BODY_NODES,
				    .theta = theta,
				    .limit = GN_OV_REPLY_CONTACTS,
				    .mine = mine};
	gn_ov_send_nodes(ov, from, &nodes, now);
}

void gn_ov_on_value(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_value m,
		    gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_VALUE);
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	const struct gn_contact *word = gn_ov_word_of(from);
	struct gn_ov_op *op;
	if (!r)
		return;
	struct gn_ov_cand *c = gn_ov_lookup_answer(ov, r, now, &op), by = {0};
	gn_ov_request_free(ov, r);
	if (!c)
		return;
	gn_ov_get_value(ov, op, c, gn_fb_value_record(m), true, now);
	if (from->via && !c->has_value) { /* it may have had a good one */
		c->state = GN_OV_NEW;
		c->itself = true;
	}
	by = *c;
	uint32_t n = gn_fb_value_contacts_len(m);
	for (uint32_t i = 0; i < n && i < GN_OV_FIND_CONTACTS; i++) {
		struct gn_ov_told told;
		if (gn_ov_get_contact(ov, gn_fb_value_contacts_at(m, i), &word->addrs[0], &told))
			gn_ov_lookup_learn(ov, op, &by, &told, &word->pk);
	}
	gn_ov_op_wake(ov, op);
}
