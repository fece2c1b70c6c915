/* What a signature says against what a record says (LG-25, LG-54). The same reading of an
 * operation serves the live decision and the later check, so they cannot drift apart. */
#include "ledger/engine_int.h"

static gn_err read_amount(struct gn_slice text, unsigned precision, gn_amount *out)
{
	GN_ASSERT(precision <= GN_PRECISION_MAX);
	*out = -1;
	return text.p ? gn_amount_parse(text, precision, out) : GN_OK;
}

gn_err lg_read_policy(const struct gn_op_policy *p, unsigned precision, struct gn_rec_policy *out)
{
	GN_ASSERT(p->blocked_count <= OP_BLOCKED_MAX);
	*out = (struct gn_rec_policy){.auto_clearing = p->auto_clearing,
				      .can_be_intermediate = p->can_be_intermediate,
				      .ask = p->ask};
	GN_TRY(read_amount(p->daily_limit, precision, &out->daily_limit));
	GN_TRY(read_amount(p->max_hop_usage, precision, &out->max_hop_usage));
	out->blocked_count = p->blocked_count;
	out->blocked = gn_slice(p->blocked, p->blocked_count * sizeof p->blocked[0]);
	return GN_OK;
}

static bool is_participant(const struct lg_book *b, const struct gn_hash *pid, uint32_t number)
{
	uint32_t found;
	return lg_find_participant(b, pid, &found) == GN_OK && found == number;
}

static gn_err same_payment(const struct lg_book *b, const struct gn_record_view *r,
			   const struct gn_op *op, uint32_t payer, uint32_t payee, gn_amount amount)
{
	struct gn_tx_key key;
	gn_amount signed_amount;
	SAME(op->kind == GN_OP_PAYMENT && r->eq < b->eq_count && payer == r->sign.signer);
	SAME(gn_slice_eq(op->equivalent, gn_str(b->eqs[r->eq]->code)) &&
	     is_participant(b, &op->to, payee));
	SAME(gn_amount_parse(op->amount, b->eqs[r->eq]->precision, &signed_amount) == GN_OK &&
	     signed_amount == amount);
	gn_tx_key(&b->participants[payer].pk, op->tx_id, &key);
	SAME(memcmp(key.b, r->key.b, sizeof key.b) == 0);
	return GN_OK;
}

static gn_err same_constraints(const struct lg_book *b, const struct gn_record_view *r,
			       const struct gn_op *op)
{
	GN_ASSERT(r->type == GN_REC_PAYMENT || r->type == GN_REC_PREPARE);
	struct gn_slice routes = r->u.payment.routes;
	struct gn_hops hops;
	struct gn_hop h;
	gn_amount a;
	SAME(!op->max_paths || r->u.payment.route_count <= op->max_paths);
	SAME(r->type != GN_REC_PREPARE || !op->timeout_ms ||
	     r->u.payment.expiry - r->time <= op->timeout_ms * GN_MSEC);
	while (gn_rec_next_route(&routes, &a, &hops)) {
		SAME(!op->max_hops || hops.count <= op->max_hops);
		while (op->avoid_count > 0 && gn_rec_next_hop(&hops, &h) && hops.count > 0) {
			const struct lg_eq *q = b->eqs[r->eq];
			SAME(h.pair < q->pair_count);
			uint32_t middle = q->nodes[q->pairs[h.pair].node[1 - h.dir]].participant;
			for (uint32_t i = 0; i < op->avoid_count; i++)
				SAME(!is_participant(b, &op->avoid[i], middle));
		}
	}
	return GN_OK;
}

static gn_err same_policy(const struct gn_rec_policy *a, const struct gn_rec_policy *b)
{
	SAME(a->auto_clearing == b->auto_clearing &&
	     a->can_be_intermediate == b->can_be_intermediate && a->ask == b->ask);
	SAME(a->daily_limit == b->daily_limit && a->max_hop_usage == b->max_hop_usage &&
	     gn_slice_eq(a->blocked, b->blocked));
	return GN_OK;
}

/* ---- trust lines ---- */

static void policy_before(const struct lg_eq *q, uint32_t pair, unsigned side,
			  struct gn_rec_policy *out)
{
	GN_ASSERT(pair < q->pair_count && side < 2);
	unsigned f = lg_line_flags(&q->pairs[pair], side);
	const struct lg_extra *e = f & LINE_EXTRA ? lg_find_extra(q, hop_of(pair, side)) : NULL;
	*out = (struct gn_rec_policy){.auto_clearing = !(f & LINE_NO_AUTO),
				      .can_be_intermediate = !(f & LINE_NO_MIDDLE),
				      .ask = f & LINE_ASK,
				      .daily_limit = -1,
				      .max_hop_usage = -1};
	if (!e)
		return;
	out->daily_limit = e->daily_limit;
	out->max_hop_usage = e->max_hop_usage;
	out->blocked_count = e->blocked_count;
	out->blocked = gn_slice(e->blocked, e->blocked_count * sizeof *e->blocked);
}

/* Limit, status and policy before a change of this kind, or what a new line has. */
static void line_before(const struct lg_eq *q, struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_LINE);
	static const struct gn_rec_policy fresh = {.auto_clearing = true,
						   .can_be_intermediate = true,
						   .daily_limit = -1,
						   .max_hop_usage = -1};
	r->u.line.limit = 0;
	r->u.line.status = GN_LINE_ACTIVE;
	r->u.line.policy = fresh;
	if (r->u.line.action == GN_LINE_DO_CREATE)
		return;
	const struct lg_pair *p = &q->pairs[r->u.line.pair];
	unsigned side = r->u.line.side;
	policy_before(q, r->u.line.pair, side, &r->u.line.policy);
	if (r->u.line.action == GN_LINE_DO_UPDATE) {
		r->u.line.limit = p->limit[side];
		r->u.line.status =
			lg_line_flags(p, side) & LINE_FROZEN ? GN_LINE_FROZEN : GN_LINE_ACTIVE;
	} else if (r->u.line.action == GN_LINE_DO_CLOSING) {
		r->u.line.limit = gn_amount_max(0, lg_debt(p, 1 - side)) + p->reserved[1 - side];
		r->u.line.status = GN_LINE_CLOSING;
	} else {
		r->u.line.status = GN_LINE_CLOSED;
	}
}

gn_err lg_line_signed(const struct lg_book *b, const struct gn_op *op, struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_LINE && r->eq < b->eq_count);
	const struct lg_eq *q = b->eqs[r->eq];
	line_before(q, r);
	if (op->limit.p)
		GN_TRY(gn_amount_parse(op->limit, q->precision, &r->u.line.limit));
	if (op->has_policy)
		GN_TRY(lg_read_policy(&op->policy, q->precision, &r->u.line.policy));
	if (op->has_status)
		r->u.line.status = op->frozen ? GN_LINE_FROZEN : GN_LINE_ACTIVE;
	return GN_OK;
}

bool lg_line_named(const struct lg_book *b, const struct gn_op *op, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_LINE && r->eq < b->eq_count);
	return (!op->to_text.p || is_participant(b, &op->to, r->u.line.to)) &&
	       (!op->equivalent.p || gn_slice_eq(op->equivalent, gn_str(b->eqs[r->eq]->code)));
}

static gn_err same_line(const struct lg_book *b, const struct gn_record_view *r,
			const struct gn_op *op)
{
	GN_ASSERT(r->type == GN_REC_LINE);
	struct gn_record_view want = *r;
	struct gn_line_id id;
	SAME(r->eq < b->eq_count && r->u.line.from == r->sign.signer && lg_line_named(b, op, r));
	const struct lg_eq *q = b->eqs[r->eq];
	if (op->kind == GN_OP_LINE_CREATE) {
		SAME(r->u.line.action == GN_LINE_DO_CREATE);
	} else {
		SAME(op->kind == (r->u.line.action == GN_LINE_DO_UPDATE ? GN_OP_LINE_UPDATE
									: GN_OP_LINE_CLOSE) &&
		     r->u.line.action != GN_LINE_DO_CREATE);
		SAME(gn_line_id_parse(op->line_id, &id) == GN_OK && id.eq == r->eq &&
		     id.pair == r->u.line.pair && id.side == r->u.line.side);
		SAME(id.pair < q->pair_count &&
		     id.version >= lg_line_born(q, hop_of(id.pair, id.side)) &&
		     id.version < r->u.line.version);
		SAME(!op->has_version || op->version + 1 == r->u.line.version);
		SAME(op->when_repaid || r->u.line.action != GN_LINE_DO_CLOSING);
	}
	SAME(lg_line_signed(b, op, &want) == GN_OK);
	SAME(want.u.line.limit == r->u.line.limit && want.u.line.status == r->u.line.status);
	return same_policy(&want.u.line.policy, &r->u.line.policy);
}

/* ---- all records ---- */

static uint8_t kind_of(struct gn_slice type)
{
	return gn_slice_eq(type, GN_LIT("hub"))        ? GN_PARTICIPANT_HUB
	       : gn_slice_eq(type, GN_LIT("business")) ? GN_PARTICIPANT_BUSINESS
						       : GN_PARTICIPANT_PERSON;
}

static gn_err same_answer(const struct lg_book *b, const struct gn_record_view *r,
			  const struct gn_op *op)
{
	GN_ASSERT(r->type == GN_REC_VOTE || r->type == GN_REC_ANSWER);
	struct gn_tx_key key;
	uint32_t initiator;
	SAME(op->yes == r->u.answer.yes);
	if (r->type == GN_REC_VOTE) {
		SAME(op->kind == GN_OP_VOTE &&
		     lg_find_participant(b, &op->initiator, &initiator) == GN_OK);
		gn_tx_key(&b->participants[initiator].pk, op->tx_id, &key);
	} else {
		SAME(op->kind == GN_OP_CONSENT &&
		     gn_unhex(op->tx_id, key.b, sizeof key.b) == GN_OK);
	}
	SAME(memcmp(key.b, r->key.b, sizeof key.b) == 0);
	return GN_OK;
}

static gn_err same_op(const struct lg_book *b, const struct gn_record_view *r,
		      const struct gn_op *op)
{
	GN_ASSERT(lg_rec_signed(r->type));
	switch (r->type) {
	case GN_REC_PARTICIPANT:
		SAME(op->kind == GN_OP_REGISTER &&
		     gn_pk_eq(&op->public_key, &r->u.participant.pk) &&
		     kind_of(op->type) == r->u.participant.kind);
		return GN_OK;
	case GN_REC_PROFILE: SAME(op->kind == GN_OP_PROFILE); return GN_OK;
	case GN_REC_LEAVE: SAME(op->kind == GN_OP_LEAVE); return GN_OK;
	case GN_REC_LINE: return same_line(b, r, op);
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE:
		GN_TRY(same_payment(b, r, op, r->u.payment.payer, r->u.payment.payee,
				    r->u.payment.amount));
		return same_constraints(b, r, op);
	case GN_REC_FAILED:
		return same_payment(b, r, op, r->u.failed.payer, r->u.failed.payee,
				    r->u.failed.amount);
	case GN_REC_VOTE:
	case GN_REC_ANSWER: return same_answer(b, r, op);
	/* nobody signs these as a participant */
	case GN_REC_GENESIS:
	case GN_REC_SETTINGS:
	case GN_REC_EQUIVALENT:
	case GN_REC_STATUS:
	case GN_REC_DISPUTE:
	case GN_REC_COMMIT:
	case GN_REC_ABORT:
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE:
	case GN_REC_REJECT:
	case GN_REC_CHECKPOINT:
	case GN_REC_NOTE:
	case GN_REC_ROLE:
	case GN_REC_VERIFY: break;
	}
	return GN_CORRUPT;
}

/* Which operation the bytes must be: those of v0 do not say it. */
static enum gn_op_kind v0_kind(const struct gn_record_view *r)
{
	GN_ASSERT(lg_rec_signed(r->type));
	if (r->type == GN_REC_PARTICIPANT)
		return GN_OP_REGISTER;
	if (r->type == GN_REC_PROFILE)
		return GN_OP_PROFILE;
	if (r->type != GN_REC_LINE)
		return GN_OP_PAYMENT;
	return r->u.line.action == GN_LINE_DO_CREATE   ? GN_OP_LINE_CREATE
	       : r->u.line.action == GN_LINE_DO_UPDATE ? GN_OP_LINE_UPDATE
						       : GN_OP_LINE_CLOSE;
}

gn_err lg_verify_record(const struct lg_book *b, const struct gn_record_view *r)
{
	struct gn_op op;
	struct gn_hash pid;
	if (lg_rec_admin(r) && r->admin.bytes.len) {
		GN_TRY(gn_op_verify(&r->admin.actor, r->admin.bytes, &r->admin.sig));
		GN_TRY(lg_check_command(b, r, gn_unix(r->time), &op));
		SAME(op.seq == r->admin.seq);
	}
	if (!lg_rec_signed(r->type))
		return GN_OK;
	bool joins = r->type == GN_REC_PARTICIPANT;
	SAME(joins || r->sign.signer < b->participant_count);
	const struct gn_pk *pk = joins ? &r->u.participant.pk : &b->participants[r->sign.signer].pk;
	GN_TRY(gn_op_verify(pk, r->sign.bytes, &r->sign.sig));
	SAME(r->sign.profile == GN_PROFILE_V1 ||
	     (r->type != GN_REC_VOTE && r->type != GN_REC_ANSWER && r->type != GN_REC_LEAVE));
	GN_TRY(gn_op_parse((enum gn_op_profile)r->sign.profile,
			   r->sign.profile == GN_PROFILE_V1 ? GN_OP_KINDS : v0_kind(r),
			   r->sign.bytes, &op));
	GN_TRY(lg_check_envelope(b, &op, gn_unix(r->time)));
	lg_pid(pk, &pid);
	SAME(op.profile == GN_PROFILE_V0 || gn_hash_eq(&pid, &op.signer));
	SAME(op.seq == r->sign.seq);
	SAME(gn_slice_eq(lg_signed_body(r->sign.profile, r->sign.bytes), op.body));
	return same_op(b, r, &op);
}
