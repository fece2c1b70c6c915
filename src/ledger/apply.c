/* Records change the book here and nowhere else; this file has the rules every record obeys and
 * the ones about who there is.
 *
 * 1. seq grows by one, time never falls and stays where sums with it fit, GENESIS comes first.
 * 2. A handler checks everything, takes the memory it needs, and only then changes anything: it
 *    cannot fail half way. */
#include "ledger/book_int.h"

static bool settings_ok(const struct gn_ledger_settings *s)
{
	return s->max_hops >= 1 && s->max_hops <= ROUTE_HOPS_MAX && s->max_paths >= 1 &&
	       s->max_paths <= ROUTE_PATHS_MAX && s->expiry_s >= 1 &&
	       s->expiry_s <= s->expiry_s_max && s->expiry_s_max <= 86400;
}

static gn_err apply_genesis(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_GENESIS && b->seq == 0);
	if (b->begun || r->u.genesis.version != 1 || !settings_ok(&r->u.genesis.settings))
		return GN_CORRUPT;
	b->begun = true;
	lg_book_of_hub(b, &r->u.genesis.hub);
	b->settings = r->u.genesis.settings;
	return GN_OK;
}

static gn_err apply_settings(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_SETTINGS && b->begun);
	if (!settings_ok(&r->u.genesis.settings))
		return GN_RANGE;
	b->settings = r->u.genesis.settings;
	return GN_OK;
}

/* ---- signatures' order ---- */

/* ---- participants ---- */

static gn_err apply_participant(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_PARTICIPANT);
	struct gn_hash pid;
	uint32_t there;
	lg_pid(&r->u.participant.pk, &pid);
	if (lg_find_participant(b, &pid, &there) == GN_OK)
		return GN_EXISTS;
	if (r->sign.signer != b->participant_count)
		return GN_CORRUPT;
	GN_TRY(lg_signed_check(b, r));
	GN_TRY(lg_participant_reserve(b));
	lg_participant_add(b, &r->u.participant.pk, r->u.participant.kind);
	b->participants[r->sign.signer].seq = r->sign.seq;
	return GN_OK;
}

static gn_err apply_profile(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_PROFILE);
	GN_TRY(lg_signed_check(b, r));
	lg_signed_note(b, r);
	return GN_OK;
}

/* No debt either way and no line of its own: it may leave (LG-10). */
static bool is_free(const struct lg_book *b, uint32_t participant)
{
	GN_ASSERT(participant < b->participant_count);
	for (uint32_t e = 0; e < b->eq_count; e++) {
		const struct lg_eq *q = b->eqs[e];
		uint32_t node;
		if (lg_find_node(q, participant, &node))
			continue;
		for (uint32_t i = 0; i < q->nodes[node].degree; i++) {
			const struct lg_pair *p = &q->pairs[q->half_pair[q->nodes[node].off + i]];
			unsigned mine = p->node[1] == node;
			if (p->x != 0 || p->reserved[0] || p->reserved[1] ||
			    (lg_line_flags(p, mine) & (LINE_OPEN | LINE_CLOSING)))
				return false;
		}
	}
	return true;
}

static void set_end_flags(struct lg_book *b, uint32_t participant)
{
	GN_ASSERT(participant < b->participant_count);
	for (uint32_t e = 0; e < b->eq_count; e++) {
		struct lg_eq *q = b->eqs[e];
		uint32_t node;
		if (lg_find_node(q, participant, &node))
			continue;
		for (uint32_t i = 0; i < q->nodes[node].degree; i++) {
			struct lg_pair *p = &q->pairs[q->half_pair[q->nodes[node].off + i]];
			bool inactive = b->participants[q->nodes[p->node[0]].participant].status !=
						GN_PARTICIPANT_ACTIVE ||
					b->participants[q->nodes[p->node[1]].participant].status !=
						GN_PARTICIPANT_ACTIVE;
			p->slot[0] = (p->slot[0] & ~(uint32_t)PAIR_END_INACTIVE) |
				     (inactive ? PAIR_END_INACTIVE : 0);
		}
		lg_node_settle(q, node);
	}
}

/* LG-64 */
static gn_err apply_leave(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_LEAVE);
	GN_TRY(lg_signed_check(b, r));
	if (r->sign.profile != GN_PROFILE_V1)
		return GN_CORRUPT;
	if (!is_free(b, r->sign.signer))
		return GN_STATE;
	b->participants[r->sign.signer].status = GN_PARTICIPANT_LEFT;
	set_end_flags(b, r->sign.signer);
	lg_signed_note(b, r);
	return GN_OK;
}

static gn_err apply_status(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_STATUS);
	if (r->u.status.participant >= b->participant_count)
		return GN_NOT_FOUND;
	struct lg_participant *p = &b->participants[r->u.status.participant];
	if (r->u.status.status_before != p->status || r->u.status.level_before != p->level)
		return GN_CORRUPT;
	if (p->status == GN_PARTICIPANT_DELETED)
		return GN_STATE;
	if (r->u.status.status >= GN_PARTICIPANT_LEFT && !is_free(b, r->u.status.participant))
		return GN_STATE;
	bool changes = p->status != r->u.status.status;
	p->status = r->u.status.status;
	p->level = r->u.status.level;
	if (changes)
		set_end_flags(b, r->u.status.participant);
	return GN_OK;
}

/* ---- equivalents ---- */

static gn_err change_equivalent(struct lg_book *b, struct lg_eq *q, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_EQUIVALENT && q == b->eqs[r->eq]);
	if (!gn_slice_eq(gn_str(q->code), r->u.equivalent.code))
		return GN_CORRUPT;
	if (q->precision != r->u.equivalent.precision && q->pair_count > 0)
		return GN_STATE; /* amounts that stand would change their meaning */
	uint8_t *info = gn_mem_new(b->env.alloc, r->u.equivalent.info.len + 1);
	if (!info)
		return GN_NOMEM;
	if (r->u.equivalent.info.len)
		memcpy(info, r->u.equivalent.info.p, r->u.equivalent.info.len);
	gn_mem_free(b->env.alloc, q->info.p);
	q->info = (struct gn_buf){info, r->u.equivalent.info.len, r->u.equivalent.info.len};
	q->precision = r->u.equivalent.precision;
	bool changes = q->active != r->u.equivalent.active;
	q->active = r->u.equivalent.active;
	for (uint32_t i = 0; changes && i < q->pair_count; i++)
		lg_pair_settle(q, i);
	return GN_OK;
}

static gn_err apply_equivalent(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_EQUIVALENT);
	uint32_t there;
	if (!lg_code_ok(r->u.equivalent.code) || r->u.equivalent.precision > GN_PRECISION_MAX ||
	    r->u.equivalent.info.len > JSON_TEXT_MAX)
		return GN_USAGE;
	if (r->eq < b->eq_count)
		return change_equivalent(b, b->eqs[r->eq], r);
	if (r->eq != b->eq_count)
		return GN_CORRUPT;
	if (lg_find_eq(b, r->u.equivalent.code, &there) == GN_OK)
		return GN_EXISTS;
	return lg_eq_add(b, r->u.equivalent.code, r->u.equivalent.precision, r->u.equivalent.active,
			 r->u.equivalent.info);
}

/* ---- all records ---- */

static gn_err apply_checkpoint(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_CHECKPOINT);
	struct gn_hash now;
	if (b->own_checkpoint)
		return GN_OK;
	lg_state_hash(b, &now);
	return gn_hash_eq(&now, &r->u.state) ? GN_OK : GN_HASH;
}

/* LG-65: changes nothing. */
static gn_err apply_verify(const struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_VERIFY);
	struct gn_hash pid;
	uint32_t there;
	lg_pid(&r->u.verify.who, &pid);
	bool known = lg_find_participant(b, &pid, &there) == GN_OK ||
		     lg_find_officer(b, &r->u.verify.who) || gn_pk_is_zero(&r->u.verify.who);
	return known && (r->eq == UINT32_MAX || r->eq < b->eq_count) ? GN_OK : GN_NOT_FOUND;
}

static gn_err apply_by_type(struct lg_book *b, const struct gn_record_view *r)
{
	switch (r->type) {
	case GN_REC_GENESIS: return apply_genesis(b, r);
	case GN_REC_SETTINGS: return apply_settings(b, r);
	case GN_REC_EQUIVALENT: return apply_equivalent(b, r);
	case GN_REC_PARTICIPANT: return apply_participant(b, r);
	case GN_REC_PROFILE: return apply_profile(b, r);
	case GN_REC_STATUS: return apply_status(b, r);
	case GN_REC_LEAVE: return apply_leave(b, r);
	case GN_REC_LINE: return lg_apply_line(b, r);
	case GN_REC_DISPUTE: return lg_apply_dispute(b, r);
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE: return lg_apply_payment(b, r);
	case GN_REC_FAILED: return lg_apply_failed(b, r);
	case GN_REC_VOTE:
	case GN_REC_ANSWER: return lg_apply_answer(b, r);
	case GN_REC_COMMIT:
	case GN_REC_ABORT:
	case GN_REC_REJECT: return lg_apply_end(b, r);
	case GN_REC_CLEARING: return lg_apply_clearing(b, r);
	case GN_REC_PROPOSE: return lg_apply_propose(b, r);
	case GN_REC_CHECKPOINT: return apply_checkpoint(b, r);
	case GN_REC_ROLE: return lg_apply_role(b, r);
	case GN_REC_VERIFY: return apply_verify(b, r);
	case GN_REC_NOTE: return GN_OK;
	}
	return GN_CORRUPT;
}

gn_err lg_apply(struct lg_book *b, const struct gn_record_view *r)
{
	if (r->seq != b->seq + 1 || r->time < b->time || b->begun == (r->type == GN_REC_GENESIS))
		return GN_CORRUPT;
	if (r->time > REC_TIME_MAX)
		return GN_RANGE;
	GN_TRY(lg_officer_check(b, r));
	GN_TRY(apply_by_type(b, r));
	lg_officer_note(b, r);
	b->seq = r->seq;
	b->time = r->time;
	lg_keys_forget(&b->keys, r->time);
	return GN_OK;
}
