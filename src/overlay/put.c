/* PUT, once its lookup knows the set: the record goes to the R nearest, ourselves among them
 * when we are one; W signed receipts are what "stored" means (OV-54..OV-57).
 *
 *   candidate:  UNSENT -> SENT      [send_put]
 *               SENT   -> STORED    [receipt]
 *               SENT   -> DECLINED  [stale, refused, not mine]
 *               SENT   -> UNSENT    [timeout: once more; what another says for it: itself]
 *               SENT   -> FAILED    [timeout] */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

static gn_fbref make_put(const struct gn_ov_op *op, struct gn_fbb *b)
{
	return gn_fb_put_make(b, &(struct gn_fb_put_args){.record = op->record.bytes});
}

static void send_put(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *c, gn_time now)
{
	GN_ASSERT(c->put == GN_OV_UNSENT && !c->self);
	struct gn_ov_way way = {0};
	bool through =
		!c->itself && gn_ov_relay_way(ov, op, gn_ov_contact_get(ov, &c->c.pk), now, &way);
	struct gn_ov_request *r =
		through ? gn_ov_request_through(ov, GN_FB_OVERLAY_BODY_PUT, &c->c, &way.by->c.pk,
						way.rtt, now)
			: gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PUT, &c->c, now);
	if (!r) {
		c->put = GN_OV_FAILED;
		return;
	}
	r->op = op->id;
	r->tries = c->put_tries;
	gn_ov_request_load(ov, r, op->record.bytes.len,
			   now + 2 * (r->dead_at - now) + GN_OV_STORE_TIME);
	c->put = GN_OV_SENT;
	c->via = r->via;
	c->request = r->id;
	c->sent = now;
	op->rpcs++;
	if (through) {
		uint8_t bytes[GN_OV_RELAY_INNER];
		struct gn_slice inner;
		struct gn_fbb in = gn_fbb(bytes, sizeof bytes);
		bool fits =
			gn_ov_finish(&in, r->id, GN_FB_OVERLAY_BODY_PUT, make_put(op, &in), &inner);
		GN_ASSERT(fits); /* by GN_OV_RELAY_RECORD */
		gn_ov_relay_ask(ov, &way, r, inner, now);
		return;
	}
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = make_put(op, &b);
	(void)gn_ov_send(ov, &b, &c->c, r->id, GN_FB_OVERLAY_BODY_PUT, body);
}

static void end_put(struct gn_overlay *ov, struct gn_ov_op *op, unsigned counted, gn_time now)
{
	GN_ASSERT(op->storing && !op->ended);
	gn_err err = GN_QUORUM;
	if (counted >= op->w)
		err = GN_OK;
	else if (op->saw_exists)
		err = GN_EXISTS;
	else if (op->saw_stale)
		err = GN_STALE;
	else if (op->refusal != GN_OK &&
		 (op->receipt_count == 0 || op->refusal == GN_PROOF_OF_WORK))
		err = op->refusal;
	for (uint32_t i = 0; i < op->cand_count; i++)
		if (op->cands[i].put == GN_OV_STORED) {
			op->hops = op->cands[i].depth;
			break;
		}
	gn_ov_op_end(ov, op, err, now);
}

void gn_ov_put_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_PUT && op->storing && !op->ended);
	unsigned rank = 0, pending = 0, answered = 0, width = gn_ov_op_width(ov, op);
	unsigned have = gn_ov_distinct(ov, op->receipt_addrs, op->receipt_count);
	for (uint32_t i = 0; i < op->cand_count && rank < width; i++) {
		struct gn_ov_cand *c = &op->cands[i];
		if (c->state == GN_OV_DEAD || c->not_mine || c->put == GN_OV_FAILED)
			continue;
		rank++;
		answered += c->state == GN_OV_ANSWERED;
		if (c->put == GN_OV_UNSENT && c->self) {
			c->put = GN_OV_SENT;
			/* answers by gn_ov_op_local */
			gn_ov_job_put(ov, &(struct gn_ov_asker){.to = &ov->self, .op = op->id},
				      false, &op->record, now);
		} else if (c->put == GN_OV_UNSENT) {
			send_put(ov, op, c, now);
		}
		pending += c->put == GN_OV_SENT;
	}
	/* In a crowd the receipts of the nearest few must not end it before the others have been
	 * asked (OV-54). */
	unsigned more = answered > op->count ? answered - op->count : 0;
	if (have >= op->w + more || pending == 0)
		end_put(ov, op, have, now);
}

void gn_ov_put_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_PUT);
	struct gn_ov_op *op = gn_ov_op_get(ov, r->op);
	struct gn_ov_cand *c = op ? gn_ov_cand_of(op, &r->to.pk) : NULL;
	struct gn_ov_contact *k = gn_ov_contact_get(ov, &r->to.pk);
	bool current = c && c->request == r->id && c->put == GN_OV_SENT, relayed = r->relayed;
	if (relayed)
		gn_ov_relay_missed(ov, r, now);
	gn_ov_request_free(ov, r);
	if (k && k->link)
		gn_ov_link_probe(ov, k->link, now);
	if (!current)
		return;
	gn_ov_step_record(op, c, GN_TIMEOUT, now);
	c->put_tries = (uint8_t)(c->put_tries + !relayed);
	c->put = c->put_tries < 2 ? GN_OV_UNSENT : GN_OV_FAILED;
	gn_ov_op_wake(ov, op);
}

/* The candidate whose PUT this answers; *op is set, the request freed. */
static struct gn_ov_cand *put_answered(struct gn_overlay *ov, struct gn_ov_request *r,
				       struct gn_ov_op **op)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_PUT);
	*op = gn_ov_op_get(ov, r->op);
	struct gn_ov_cand *c = *op ? gn_ov_cand_of(*op, &r->to.pk) : NULL;
	bool current = c && c->request == r->id && c->put == GN_OV_SENT;
	gn_ov_request_free(ov, r);
	return current ? c : NULL;
}

/* What another said for it, other than a receipt, is no answer: it is asked itself, or, when it is
 * only that the other cannot, as anybody else can. */
static bool asked_anew(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *c,
		       const struct gn_ov_from *from)
{
	GN_ASSERT(c->put == GN_OV_SENT);
	if (!from->via)
		return false;
	c->itself = c->itself || !from->relay_said;
	c->put = GN_OV_UNSENT;
	gn_ov_op_wake(ov, op);
	return true;
}

void gn_ov_put_receipt(struct gn_ov_op *op, struct gn_ov_cand *c, const struct gn_receipt *r)
{
	GN_ASSERT(op->kind == GN_OV_PUT && c->put == GN_OV_SENT);
	c->put = GN_OV_STORED;
	if (op->receipt_count == GN_COUNT(op->receipts))
		return;
	struct gn_overlay_receipt *out = &op->receipts[op->receipt_count];
	memcpy(out->holder.b, r->holder.b, 32);
	out->pk = r->holder_key;
	out->sig = r->sig;
	out->held_until = r->held_until;
	op->receipt_addrs[op->receipt_count++] =
		c->self ? (struct gn_addr){.port = 0} : c->c.addrs[0];
}

void gn_ov_on_ack(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ack m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_ACK);
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	struct gn_ov_op *op;
	if (!r)
		return;
	if (r->kind == GN_FB_OVERLAY_BODY_PUSH) {
		struct gn_ov_held *h = gn_ov_held_get(ov, &r->key);
		if (h && gn_hash_eq(&h->hash, &r->hash) && from->contact)
			gn_ov_synced_add(h, &from->contact->c.id);
		gn_ov_request_free(ov, r);
		return;
	}
	if (r->prove) {
		gn_ov_hand_over_proof(ov, r, m, now);
		gn_ov_request_free(ov, r);
		return;
	}
	struct gn_ov_cand *c = put_answered(ov, r, &op);
	if (!c)
		return;
	struct gn_receipt receipt = {0}; /* of nothing, when there is none */
	if (gn_fb_ack_has_receipt(m))
		gn_wire_receipt_get(gn_fb_ack_receipt(m), &receipt);
	gn_err outcome = GN_OK;
	if (gn_ov_receipt_ok(&receipt, &op->key, op->record.seq, &op->record.hash, &c->c)) {
		uint32_t at = op->receipt_count;
		gn_ov_put_receipt(op, c, &receipt);
		if (from->via && op->receipt_count > at) /* where it is nobody knows but by him */
			op->receipt_addrs[at] = from->via->c.addrs[0];
	} else {
		ov->count.receipts_bad++;
		if (asked_anew(ov, op, c, from))
			return;
		c->put = GN_OV_DECLINED;
		outcome = GN_SIGNATURE;
	}
	gn_ov_step_record(op, c, outcome, now);
	gn_ov_op_wake(ov, op);
}

/* Another version stands in the way; it is kept for the owner to see when its signature holds. */
static void stands_against(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_slice bytes,
			   bool check, gn_err why)
{
	GN_ASSERT(op->kind == GN_OV_PUT);
	struct gn_record r;
	gn_err err = check ? gn_wire_record_open(bytes, &r) : gn_wire_record_parse(bytes, &r);
	if (err != GN_OK || !gn_hash_eq(&r.key, &op->key)) {
		ov->count.values_bad++;
		return;
	}
	if (why == GN_EXISTS)
		op->saw_exists = true;
	else if (gn_record_compare(&op->record, &r) < 0)
		op->saw_stale = true;
	for (uint32_t i = 0; i < op->value_count; i++)
		if (gn_hash_eq(&op->values[i].record.hash, &r.hash)) {
			op->values[i].holders++;
			return;
		}
	(void)gn_ov_values_add(ov, op, &r);
}

void gn_ov_on_stale(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_stale m,
		    gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_STALE);
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	struct gn_ov_op *op;
	if (!r)
		return;
	if (r->kind == GN_FB_OVERLAY_BODY_PUSH) { /* it has a newer one: then we want that */
		struct gn_hash key = r->key;
		gn_ov_request_free(ov, r);
		gn_ov_take_pushed(ov, &from->c, 0, &key, gn_fb_stale_record(m), now);
		return;
	}
	struct gn_ov_cand *c = put_answered(ov, r, &op);
	if (!c)
		return;
	gn_err why = gn_wire_err(gn_fb_stale_code(m)) == GN_EXISTS ? GN_EXISTS : GN_STALE;
	if (asked_anew(ov, op, c, from))
		return;
	c->put = GN_OV_DECLINED;
	stands_against(ov, op, gn_fb_stale_record(m), true, why);
	gn_ov_step_record(op, c, why, now);
	gn_ov_op_wake(ov, op);
}

void gn_ov_on_not_mine(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_not_mine m,
		       gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_NOT_MINE);
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	struct gn_ov_op *op;
	if (!r)
		return;
	struct gn_ov_cand *c = put_answered(ov, r, &op), by;
	if (!c || asked_anew(ov, op, c, from))
		return;
	c->put = GN_OV_DECLINED;
	c->not_mine = true;
	by = *c;
	gn_ov_step_record(op, c, GN_DENIED, now);
	uint32_t n = gn_fb_not_mine_contacts_len(m);
	for (uint32_t i = 0; i < n && i < GN_OV_FIND_CONTACTS; i++) {
		struct gn_ov_told told;
		if (gn_ov_get_contact(ov, gn_fb_not_mine_contacts_at(m, i), &from->c.addrs[0],
				      &told))
			gn_ov_lookup_learn(ov, op, &by, &told, &from->c.pk);
	}
	gn_ov_op_wake(ov, op);
}

void gn_ov_on_refused(struct gn_overlay *ov, struct gn_ov_from *from, gn_err why, gn_time now)
{
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	struct gn_ov_op *op;
	if (!r)
		return;
	if (r->kind == GN_FB_OVERLAY_BODY_PUT) {
		struct gn_ov_cand *c = put_answered(ov, r, &op);
		if (!c || asked_anew(ov, op, c, from))
			return;
		c->put = GN_OV_DECLINED;
		if (op->refusal == GN_OK)
			op->refusal = why;
		gn_ov_step_record(op, c, why, now);
		gn_ov_op_wake(ov, op);
	} else if (r->kind == GN_FB_OVERLAY_BODY_GET || r->kind == GN_FB_OVERLAY_BODY_FIND) {
		struct gn_ov_cand *c = gn_ov_lookup_answer(ov, r, now, &op);
		gn_ov_request_free(ov, r);
		if (c) {
			c->state = from->via ? GN_OV_NEW : GN_OV_DEAD;
			c->itself = c->itself || (from->via && !from->relay_said);
		}
		if (op)
			gn_ov_op_wake(ov, op);
	} else if (r->kind == GN_FB_OVERLAY_BODY_PUSH || r->kind == GN_FB_OVERLAY_BODY_DIGEST) {
		ov->count.pushes_refused++;
		gn_ov_request_free(ov, r);
	} else { /* HELLO */
		ov->other_work = ov->other_work || why == GN_PROOF_OF_WORK;
		gn_ov_join_hello(ov, r, NULL, now);
		gn_ov_request_free(ov, r);
	}
}

void gn_ov_put_local(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_PUT && op->local.came);
	struct gn_ov_cand *self = gn_ov_cand_of(op, &ov->self.pk);
	const struct gn_ov_local *said = &op->local;
	op->local.came = false;
	if (!self || self->put != GN_OV_SENT)
		return;
	self->sent = op->started;
	if (said->stored) {
		gn_ov_put_receipt(op, self, &said->receipt);
	} else {
		self->put = GN_OV_DECLINED;
		if (said->record.p)
			stands_against(ov, op, said->record, false, said->err);
		else if (op->refusal == GN_OK)
			op->refusal = said->err;
	}
	gn_ov_step_record(op, self, said->err, now);
}

/* ---- the holder's side ---- */

void gn_ov_on_put(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_put m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_PUT);
	struct gn_record r;
	ov->count.asked_put++;
	ov->load_served++;
	if (!from->request) {
		ov->count.messages_refused++;
		return;
	}
	gn_err err = gn_wire_record_parse(gn_fb_put_record(m), &r);
	if (err != GN_OK) {
		ov->count.record_malformed++;
		gn_ov_refuse(ov, &from->c, from->request, err);
		return;
	}
	uint64_t theta = gn_ov_theta(r.key.b);
	if (!gn_ov_answers_for(ov, theta)) {
		ov->count.record_not_mine++;
		struct gn_ov_nodes nodes = {.type = GN_FB_OVERLAY_BODY_NOT_MINE,
					    .theta = theta,
					    .limit = GN_OV_REPLY_CONTACTS};
		gn_ov_send_nodes(ov, from, &nodes, now);
		return;
	}
	const struct gn_ov_held *h = gn_ov_held_get(ov, &r.key);
	if (h && gn_fb_put_compare(m) && h->seq != gn_fb_put_compare_seq(m)) {
		ov->count.record_denied++;
		gn_ov_refuse(ov, &from->c, from->request, GN_DENIED);
		return;
	}
	if (!(h && gn_hash_eq(&h->hash, &r.hash))) /* held already: verified then */
		err = gn_wire_record_verify(&r);
	if (err != GN_OK) {
		ov->count.record_signature++;
		gn_ov_refuse(ov, &from->c, from->request, err);
		return;
	}
	gn_ov_job_put(ov, &(struct gn_ov_asker){.to = &from->c, .request = from->request}, false,
		      &r, now);
}
