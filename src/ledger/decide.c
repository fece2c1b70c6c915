/* What a signed request becomes: a record, or an error that leaves no trace. Reads the
 * operation, resolves its names to numbers, and leaves judging to lg_apply, which both live and
 * replay obey. */
#include "ledger/engine_int.h"

static gn_err decide_register(struct gn_ledger *l, const struct lg_item *item, gn_time now)
{
	GN_ASSERT(item->op.kind == GN_OP_REGISTER);
	struct gn_record_view r = {.type = GN_REC_PARTICIPANT};
	lg_fill_signed(item, l->book.participant_count, &r.sign);
	r.u.participant.pk = item->op.public_key;
	r.u.participant.kind = gn_slice_eq(item->op.type, GN_LIT("hub")) ? GN_PARTICIPANT_HUB
			       : gn_slice_eq(item->op.type, GN_LIT("business"))
				       ? GN_PARTICIPANT_BUSINESS
				       : GN_PARTICIPANT_PERSON;
	return lg_commit(l, &r, item->ticket, GN_TX_NONE, now);
}

/* PROFILE or LEAVE: what is signed is all there is. */
static gn_err decide_bare(struct gn_ledger *l, const struct lg_item *item, enum gn_record_type type,
			  uint32_t signer, gn_time now)
{
	GN_ASSERT(signer < l->book.participant_count);
	struct gn_record_view r = {.type = type};
	lg_fill_signed(item, signer, &r.sign);
	return lg_commit(l, &r, item->ticket, GN_TX_NONE, now);
}

/* ---- trust lines ---- */

/* Makes the line what was signed, and copies its list: applying the record replaces the line's
 * own. */
static gn_err commit_line(struct gn_ledger *l, const struct lg_item *item, struct gn_record_view *r,
			  gn_time now)
{
	GN_ASSERT(r->type == GN_REC_LINE && r->eq < l->book.eq_count);
	GN_TRY(lg_line_signed(&l->book, &item->op, r));
	struct gn_slice *blocked = &r->u.line.policy.blocked;
	GN_TRY(lg_scratch(l, blocked->len));
	if (blocked->len)
		memcpy(l->scratch, blocked->p, blocked->len);
	*blocked = gn_slice(l->scratch, blocked->len);
	return lg_commit(l, r, item->ticket, GN_TX_NONE, now);
}

static gn_err decide_create(struct gn_ledger *l, const struct lg_item *item, uint32_t signer,
			    gn_time now)
{
	GN_ASSERT(item->op.kind == GN_OP_LINE_CREATE && signer < l->book.participant_count);
	const struct gn_op *op = &item->op;
	struct gn_record_view r = {.type = GN_REC_LINE};
	unsigned side = 0;
	lg_fill_signed(item, signer, &r.sign);
	GN_TRY(lg_find_eq(&l->book, op->equivalent, &r.eq));
	const struct lg_eq *q = l->book.eqs[r.eq];
	if (!gn_slice_eq(op->equivalent, gn_str(q->code)))
		return GN_NOT_FOUND;
	GN_TRY(lg_find_participant(&l->book, &op->to, &r.u.line.to));
	r.u.line.from = signer;
	r.u.line.action = GN_LINE_DO_CREATE;
	bool there = signer != r.u.line.to &&
		     lg_place_line(q, signer, r.u.line.to, &r.u.line.pair, &side);
	r.u.line.side = (uint8_t)side;
	r.u.line.version = 1;
	if (there) /* by itself: gcc 14 loads it first in a conditional expression, there or not */
		r.u.line.version += q->pairs[r.u.line.pair].version[side] >> 8;
	r.u.line.first = r.u.line.version > 1;
	return commit_line(l, item, &r, now);
}

/* A line that is named by one of its ids; only its owner may change it, and only the version, to
 * whom and in what he names, if he names them (LG-11). */
static gn_err find_own_line(const struct gn_ledger *l, const struct gn_op *op, uint32_t signer,
			    struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_LINE);
	struct gn_line_id id;
	if (gn_line_id_parse(op->line_id, &id) || id.eq >= l->book.eq_count ||
	    id.pair >= l->book.eqs[id.eq]->pair_count)
		return GN_NOT_FOUND;
	const struct lg_eq *q = l->book.eqs[id.eq];
	const struct lg_pair *p = &q->pairs[id.pair];
	if (p->version[id.side] == 0)
		return GN_NOT_FOUND;
	if (q->nodes[p->node[id.side]].participant != signer)
		return GN_DENIED;
	uint32_t now = p->version[id.side] >> 8;
	if (id.version < lg_line_born(q, hop_of(id.pair, id.side)) || id.version > now ||
	    (op->has_version && op->version != now))
		return GN_CONFLICT;
	r->eq = id.eq;
	r->u.line.pair = id.pair;
	r->u.line.side = id.side;
	r->u.line.from = signer;
	r->u.line.to = q->nodes[p->node[1 - id.side]].participant;
	r->u.line.version = now + 1;
	return lg_line_named(&l->book, op, r) ? GN_OK : GN_CONFLICT;
}

static gn_err decide_change(struct gn_ledger *l, const struct lg_item *item, uint32_t signer,
			    gn_time now)
{
	GN_ASSERT(item->op.kind == GN_OP_LINE_UPDATE || item->op.kind == GN_OP_LINE_CLOSE);
	struct gn_record_view r = {.type = GN_REC_LINE};
	lg_fill_signed(item, signer, &r.sign);
	GN_TRY(find_own_line(l, &item->op, signer, &r));
	const struct lg_pair *p = &l->book.eqs[r.eq]->pairs[r.u.line.pair];
	unsigned d = 1u - r.u.line.side;
	bool loaded = lg_debt(p, d) > 0 || p->reserved[d] > 0;
	r.u.line.action = item->op.kind == GN_OP_LINE_UPDATE ? GN_LINE_DO_UPDATE
			  : loaded && item->op.when_repaid   ? GN_LINE_DO_CLOSING
							     : GN_LINE_DO_CLOSE;
	return commit_line(l, item, &r, now);
}

/* ---- all requests ---- */

static gn_err decide_op(struct gn_ledger *l, const struct lg_item *item, gn_time now)
{
	uint32_t signer = item->who;
	if (item->op.kind == GN_OP_REGISTER) {
		GN_TRY(lg_check_age(&item->op, l->clock));
		GN_TRY(lg_check_jump(&item->op, 0));
		GN_TRY(lg_check_envelope(&l->book, &item->op, gn_unix(now)));
		return decide_register(l, item, now);
	}
	if (signer == LG_NOBODY) {
		struct gn_hash pid;
		lg_pid(&item->signer, &pid);
		GN_TRY(lg_find_participant(&l->book, &pid, &signer));
	}
	if (item->op.kind == GN_OP_PAYMENT)
		return lg_decide_payment(l, item, signer, now);
	GN_TRY(lg_check_age(&item->op, l->clock));
	GN_TRY(lg_check_jump(&item->op, l->book.participants[signer].seq));
	GN_TRY(lg_check_envelope(&l->book, &item->op, gn_unix(now)));
	switch (item->op.kind) {
	case GN_OP_PROFILE: return decide_bare(l, item, GN_REC_PROFILE, signer, now);
	case GN_OP_LEAVE: return decide_bare(l, item, GN_REC_LEAVE, signer, now);
	case GN_OP_LINE_CREATE: return decide_create(l, item, signer, now);
	case GN_OP_LINE_UPDATE:
	case GN_OP_LINE_CLOSE: return decide_change(l, item, signer, now);
	case GN_OP_VOTE:
	case GN_OP_CONSENT: return lg_decide_answer(l, item, signer, now);
	case GN_OP_REGISTER:
	case GN_OP_PAYMENT:
	case GN_OP_ADMIN:
	case GN_OP_KINDS:
	default: return GN_UNSUPPORTED;
	}
}

void lg_decide(struct gn_ledger *l, const struct lg_item *item, gn_time now)
{
	GN_ASSERT(l->state == LG_RUNNING && item->op.kind < GN_OP_KINDS);
	gn_time at = now > l->book.time ? now : l->book.time;
	gn_err err = decide_op(l, item, at);
	if (!err)
		return;
	l->info.refused += err != GN_AGAIN;
	/* what it was refused by may be a record that is not durable yet, the same request's own
	 * first one among them */
	lg_answer(l, &(struct lg_result){.ticket = item->ticket,
					 .err = err,
					 .key = item->key,
					 .after = l->book.seq});
}
