/* Officers (LG-57..LG-60): who has which role, that a command was signed by one who had it, and
 * that a record says what was signed. The same reading serves the live decision and the later
 * check, so they cannot drift apart.
 *
 * 1. Once there is an admin with a key, no officer's record is without a signature:
 *    lg_officer_check refuses it live and in replay.
 * 2. An officer whose role was taken away stays in the list with role none, so that old texts of
 *    theirs never fit again. */
#include "ledger/engine_int.h"

struct lg_officer *lg_find_officer(const struct lg_book *b, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < b->officer_count; i++)
		if (gn_pk_eq(&b->officers[i].pk, pk))
			return &b->officers[i];
	return NULL;
}

static uint32_t count_admins(const struct lg_book *b)
{
	GN_ASSERT(b->officer_count <= b->officer_cap);
	uint32_t n = 0;
	for (uint32_t i = 0; i < b->officer_count; i++)
		n += b->officers[i].role == GN_ROLE_ADMIN;
	return n;
}

static enum gn_role role_needed(enum gn_record_type type)
{
	return type == GN_REC_SETTINGS || type == GN_REC_EQUIVALENT || type == GN_REC_ROLE
		       ? GN_ROLE_ADMIN
		       : GN_ROLE_OPERATOR;
}

gn_err lg_officer_check(const struct lg_book *b, const struct gn_record_view *r)
{
	if (!lg_rec_admin(r))
		return GN_OK;
	if (r->admin.bytes.len == 0)
		return !gn_pk_is_zero(&r->admin.actor) ? GN_SIGNATURE
		       : count_admins(b) > 0           ? GN_DENIED
						       : GN_OK;
	const struct lg_officer *o = lg_find_officer(b, &r->admin.actor);
	if (!o || o->role != r->admin.role || o->role < role_needed(r->type))
		return GN_DENIED;
	return r->admin.seq > o->seq ? GN_OK : GN_CONFLICT;
}

gn_err lg_officer_rank(const struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_STATUS && r->u.status.participant < b->participant_count);
	const struct lg_officer *o =
		lg_find_officer(b, &b->participants[r->u.status.participant].pk);
	if (!o)
		return GN_OK;
	if (o->role > r->admin.role)
		return GN_DENIED;
	return r->u.status.status == GN_PARTICIPANT_DELETED && o->role == GN_ROLE_ADMIN &&
			       count_admins(b) == 1
		       ? GN_CONFLICT
		       : GN_OK;
}

void lg_officer_note(struct lg_book *b, const struct gn_record_view *r)
{
	struct lg_officer *o =
		lg_rec_admin(r) && r->admin.bytes.len ? lg_find_officer(b, &r->admin.actor) : NULL;
	if (o)
		o->seq = r->admin.seq;
}

gn_err lg_officer_put(struct lg_book *b, const struct gn_pk *pk, uint8_t role, uint64_t seq,
		      struct gn_slice name)
{
	GN_ASSERT(name.len <= OFFICER_NAME_MAX);
	struct lg_officer *o = lg_find_officer(b, pk);
	if (!o) {
		GN_TRY(lg_grow(b->env.alloc, &b->officers, &b->officer_cap,
			       (uint64_t)b->officer_count + 1, BOOK_OFFICERS_MAX,
			       sizeof *b->officers));
		o = &b->officers[b->officer_count++];
		*o = (struct lg_officer){.pk = *pk, .seq = seq};
		lg_pid(pk, &o->pid);
	}
	o->role = role;
	o->name_len = (uint8_t)name.len;
	memset(o->name, 0, sizeof o->name);
	if (name.len)
		memcpy(o->name, name.p, name.len);
	return GN_OK;
}

gn_err lg_apply_role(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_ROLE);
	const struct lg_officer *o = lg_find_officer(b, &r->u.role.pk);
	uint8_t before = o ? o->role : GN_ROLE_NONE;
	if (r->u.role.name.len > OFFICER_NAME_MAX || gn_pk_is_zero(&r->u.role.pk))
		return GN_USAGE;
	if (r->u.role.before != before)
		return GN_CORRUPT;
	if (!o && r->u.role.role == GN_ROLE_NONE)
		return GN_NOT_FOUND;
	if (before == GN_ROLE_ADMIN && r->u.role.role != GN_ROLE_ADMIN && count_admins(b) == 1)
		return GN_CONFLICT; /* the last admin stays */
	return lg_officer_put(b, &r->u.role.pk, r->u.role.role, 0, r->u.role.name);
}

/* ---- what was signed against what is recorded ---- */

static bool same_text(struct gn_slice raw, struct gn_slice text)
{
	uint8_t plain[OP_TEXT_MAX];
	struct gn_buf out = {plain, 0, sizeof plain};
	return !raw.p ? text.len == 0
		      : gn_json_unescape(raw, &out) == GN_OK &&
				gn_slice_eq(gn_buf_slice(&out), text);
}

static gn_err same_settings(const struct lg_book *b, const struct gn_record_view *r,
			    const struct gn_op_admin *c)
{
	GN_ASSERT(r->type == GN_REC_SETTINGS);
	SAME(c->command == GN_COMMAND_SETTINGS);
	for (unsigned k = 0; k < GN_SETTING_RATE_KEY; k++) {
		int64_t want = c->set & 1u << k ? c->value[k]
						: gn_setting_get(&b->settings, (enum gn_setting)k);
		SAME(gn_setting_get(&r->u.genesis.settings, (enum gn_setting)k) == want);
	}
	return GN_OK;
}

static gn_err same_line(const struct lg_book *b, const struct gn_record_view *r,
			const struct gn_op_admin *c)
{
	GN_ASSERT(r->type == GN_REC_DISPUTE);
	uint32_t from, to, pair;
	unsigned side;
	SAME(c->command == GN_COMMAND_LINE && r->eq < b->eq_count &&
	     gn_slice_eq(c->code, gn_str(b->eqs[r->eq]->code)));
	SAME(lg_find_participant(b, &c->pid, &from) == GN_OK &&
	     lg_find_participant(b, &c->pid2, &to) == GN_OK);
	SAME(lg_find_line(b->eqs[r->eq], from, to, &pair, &side) == GN_OK &&
	     pair == r->u.dispute.pair && side == r->u.dispute.side);
	SAME(r->u.dispute.on == c->frozen);
	return GN_OK;
}

static gn_err same_command(const struct lg_book *b, const struct gn_record_view *r,
			   const struct gn_op_admin *c)
{
	uint32_t who;
	if (r->admin.role < gn_command_role(c->command))
		return GN_DENIED;
	SAME(same_text(c->reason, r->admin.reason));
	switch (r->type) {
	case GN_REC_SETTINGS: return same_settings(b, r, c);
	case GN_REC_EQUIVALENT:
		SAME(c->command == GN_COMMAND_EQUIVALENT &&
		     gn_slice_eq(c->code, r->u.equivalent.code) &&
		     gn_slice_eq(c->info, r->u.equivalent.info));
		SAME(c->precision == r->u.equivalent.precision &&
		     c->active == r->u.equivalent.active);
		return GN_OK;
	case GN_REC_STATUS:
		SAME(c->command == GN_COMMAND_PARTICIPANT &&
		     lg_find_participant(b, &c->pid, &who) == GN_OK &&
		     who == r->u.status.participant);
		SAME((c->has_status ? c->status : r->u.status.status_before) == r->u.status.status);
		SAME((c->has_level ? c->level : r->u.status.level_before) == r->u.status.level);
		return GN_OK;
	case GN_REC_DISPUTE: return same_line(b, r, c);
	case GN_REC_ABORT:
	case GN_REC_REJECT:
		SAME(c->command == GN_COMMAND_ABORT &&
		     memcmp(c->key.b, r->key.b, sizeof c->key.b) == 0);
		return GN_OK;
	case GN_REC_ROLE:
		SAME(c->command == GN_COMMAND_ROLE && gn_pk_eq(&c->officer, &r->u.role.pk) &&
		     c->role == r->u.role.role);
		SAME(same_text(c->name, r->u.role.name));
		return GN_OK;
	/* a NOTE says the command itself: what it does stands in no record, or in those after it */
	case GN_REC_NOTE:
		SAME(gn_slice_eq(r->u.note, c->body));
		SAME(c->command == GN_COMMAND_CLEAR || c->command == GN_COMMAND_SNAPSHOT ||
		     (c->command == GN_COMMAND_SETTINGS &&
		      !(c->set & ((1u << GN_SETTING_RATE_KEY) - 1))));
		return GN_OK;
	/* no officer makes these */
	case GN_REC_GENESIS:
	case GN_REC_PARTICIPANT:
	case GN_REC_PROFILE:
	case GN_REC_LINE:
	case GN_REC_LEAVE:
	case GN_REC_PAYMENT:
	case GN_REC_FAILED:
	case GN_REC_PREPARE:
	case GN_REC_VOTE:
	case GN_REC_COMMIT:
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE:
	case GN_REC_ANSWER:
	case GN_REC_CHECKPOINT:
	case GN_REC_VERIFY: break;
	}
	return GN_CORRUPT;
}

gn_err lg_check_command(const struct lg_book *b, const struct gn_record_view *r, uint64_t now,
			struct gn_op *op)
{
	GN_ASSERT(lg_rec_admin(r) && r->admin.bytes.len > 0);
	struct gn_op_admin c;
	struct gn_hash pid;
	lg_pid(&r->admin.actor, &pid);
	GN_TRY(gn_op_parse(GN_PROFILE_V1, GN_OP_ADMIN, r->admin.bytes, op));
	GN_TRY(lg_check_envelope(b, op, now));
	if (!gn_hash_eq(&pid, &op->signer))
		return GN_SIGNATURE;
	GN_TRY(gn_op_admin_parse(op->body, &c));
	return same_command(b, r, &c);
}

/* ---- questions ---- */

static void show_officer(const struct lg_officer *o, struct gn_ledger_officer *out)
{
	GN_ASSERT(o->name_len <= OFFICER_NAME_MAX);
	*out = (struct gn_ledger_officer){.pk = o->pk,
					  .pid = o->pid,
					  .role = (enum gn_role)o->role,
					  .seq = o->seq,
					  .name = gn_slice(o->name, o->name_len)};
}

bool gn_ledger_officer(const struct gn_ledger *l, uint32_t i, struct gn_ledger_officer *out)
{
	if (i >= l->book.officer_count)
		return false;
	show_officer(&l->book.officers[i], out);
	return true;
}

gn_err gn_ledger_find_officer(const struct gn_ledger *l, const struct gn_hash *pid,
			      struct gn_ledger_officer *out)
{
	for (uint32_t i = 0; i < l->book.officer_count; i++)
		if (gn_hash_eq(&l->book.officers[i].pid, pid)) {
			show_officer(&l->book.officers[i], out);
			return GN_OK;
		}
	return GN_NOT_FOUND;
}

bool gn_ledger_has_admin(const struct gn_ledger *l)
{
	return count_admins(&l->book) > 0;
}
