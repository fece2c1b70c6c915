/* What officers and the hub itself decide: settings, equivalents, statuses, disputes, aborts.
 * The hub has judged the right to do it; the record keeps who, why, and what was before. */
#include "ledger/engine_int.h"

static gn_err admin_equivalent(struct gn_ledger *l, const struct gn_ledger_admin *a,
			       struct gn_record_view *r)
{
	GN_ASSERT(a->kind == GN_ADMIN_EQUIVALENT);
	struct gn_json j;
	r->type = GN_REC_EQUIVALENT;
	r->u.equivalent.code = a->code;
	r->u.equivalent.precision = a->precision;
	r->u.equivalent.active = a->active;
	r->u.equivalent.info = a->info;
	if (a->info.len) {
		GN_TRY(gn_json_check(a->info, &j));
		if (j.values[0].kind != GN_JSON_OBJECT)
			return GN_USAGE;
	}
	if (lg_find_eq(&l->book, a->code, &r->eq))
		r->eq = l->book.eq_count;
	else if (!gn_slice_eq(gn_str(l->book.eqs[r->eq]->code), a->code))
		return GN_EXISTS; /* differs by case alone */
	return a->precision > GN_PRECISION_MAX ? GN_RANGE : GN_OK;
}

static gn_err admin_status(struct gn_ledger *l, const struct gn_ledger_admin *a,
			   struct gn_record_view *r)
{
	GN_ASSERT(a->kind == GN_ADMIN_STATUS);
	r->type = GN_REC_STATUS;
	GN_TRY(lg_find_participant(&l->book, &a->pid, &r->u.status.participant));
	const struct lg_participant *p = &l->book.participants[r->u.status.participant];
	r->u.status.status = a->status;
	r->u.status.level = a->level;
	r->u.status.status_before = p->status;
	r->u.status.level_before = p->level;
	return a->status > GN_PARTICIPANT_DELETED ? GN_RANGE : lg_officer_rank(&l->book, r);
}

static gn_err admin_dispute(struct gn_ledger *l, const struct gn_ledger_admin *a,
			    struct gn_record_view *r)
{
	GN_ASSERT(a->kind == GN_ADMIN_DISPUTE);
	uint32_t from, to;
	unsigned side;
	r->type = GN_REC_DISPUTE;
	GN_TRY(lg_find_eq(&l->book, a->code, &r->eq));
	GN_TRY(lg_find_participant(&l->book, &a->pid, &from));
	GN_TRY(lg_find_participant(&l->book, &a->pid2, &to));
	GN_TRY(lg_find_line(l->book.eqs[r->eq], from, to, &r->u.dispute.pair, &side));
	r->u.dispute.side = (uint8_t)side;
	r->u.dispute.on = a->active;
	return GN_OK;
}

/* LG-57: who.bytes are this very command. */
static gn_err check_signed(const struct gn_ledger *l, const struct gn_ledger_admin *a,
			   struct gn_record_view *r, gn_time now)
{
	if (!r->admin.bytes.len)
		return GN_OK;
	struct gn_op op;
	if (!a->checked)
		GN_TRY(gn_op_verify(&r->admin.actor, r->admin.bytes, &r->admin.sig));
	GN_TRY(lg_check_command(&l->book, r, gn_unix(now > l->book.time ? now : l->book.time),
				&op));
	const struct lg_officer *o = lg_find_officer(&l->book, &r->admin.actor);
	r->admin.seq = op.seq;
	GN_TRY(lg_check_jump(&op, o ? o->seq : 0));
	return lg_check_age(&op, now);
}

static gn_err admin_abort(struct gn_ledger *l, const struct gn_ledger_admin *a, uint64_t ticket,
			  gn_time now)
{
	GN_ASSERT(a->kind == GN_ADMIN_ABORT);
	struct lg_open *o = lg_find_open(&l->book, &a->key);
	const struct lg_key *k = lg_find_key(&l->book, &a->key);
	if (o) {
		struct gn_record_view r = {.type = GN_REC_ABORT,
					   .admin = a->who,
					   .key = a->key,
					   .u.end.by_admin = true};
		GN_TRY(check_signed(l, a, &r, now));
		return lg_end(l, o, GN_FAILURE_STOPPED, &r.admin, ticket, now);
	}
	return k ? GN_CONFLICT : GN_NOT_FOUND; /* it has ended */
}

static void admin_role(const struct gn_ledger *l, const struct gn_ledger_admin *a,
		       struct gn_record_view *r)
{
	GN_ASSERT(a->kind == GN_ADMIN_ROLE);
	const struct lg_officer *o = lg_find_officer(&l->book, &a->pk);
	r->type = GN_REC_ROLE;
	r->u.role.pk = a->pk;
	r->u.role.role = a->role;
	r->u.role.before = o ? o->role : GN_ROLE_NONE;
	r->u.role.name = a->info;
}

gn_err gn_ledger_command(const struct gn_ledger *l, const struct gn_op_admin *c,
			 struct gn_ledger_admin *out)
{
	uint32_t number;
	switch (c->command) {
	case GN_COMMAND_SETTINGS:
		out->kind = c->set & ((1u << GN_SETTING_RATE_KEY) - 1) ? GN_ADMIN_SETTINGS
								       : GN_ADMIN_NOTE;
		out->info = c->body;
		out->settings = l->book.settings;
		for (unsigned k = 0; k < GN_SETTINGS; k++)
			if (c->set & 1u << k)
				gn_setting_put(&out->settings, (enum gn_setting)k, c->value[k]);
		return GN_OK;
	case GN_COMMAND_EQUIVALENT:
		out->kind = GN_ADMIN_EQUIVALENT;
		out->code = c->code;
		out->precision = c->precision;
		out->active = c->active;
		out->info = c->info;
		return GN_OK;
	case GN_COMMAND_PARTICIPANT:
		GN_TRY(lg_find_participant(&l->book, &c->pid, &number));
		out->kind = GN_ADMIN_STATUS;
		out->pid = c->pid;
		out->status = c->has_status ? c->status : l->book.participants[number].status;
		out->level = c->has_level ? c->level : l->book.participants[number].level;
		return GN_OK;
	case GN_COMMAND_LINE:
		out->kind = GN_ADMIN_DISPUTE;
		out->code = c->code;
		out->pid = c->pid;
		out->pid2 = c->pid2;
		out->active = c->frozen;
		return GN_OK;
	case GN_COMMAND_ABORT:
		out->kind = GN_ADMIN_ABORT;
		out->key = c->key;
		return GN_OK;
	case GN_COMMAND_ROLE:
		out->kind = GN_ADMIN_ROLE;
		out->pk = c->officer;
		out->role = c->role;
		out->info = c->name;
		return GN_OK;
	case GN_COMMAND_CLEAR:
	case GN_COMMAND_SNAPSHOT:
	case GN_COMMANDS:
	default:
		out->kind = GN_ADMIN_NOTE;
		out->info = c->body;
		return GN_OK;
	}
}

gn_err gn_ledger_admin(struct gn_ledger *l, const struct gn_ledger_admin *a, uint64_t ticket,
		       gn_time now)
{
	struct gn_record_view r = {.admin = a->who};
	uint32_t eq;
	if (l->state != LG_RUNNING || l->config.verify)
		return GN_STATE;
	if (a->who.reason.len > OP_TEXT_MAX || a->who.bytes.len > JSON_TEXT_MAX ||
	    a->info.len > JSON_TEXT_MAX)
		return GN_TOO_LARGE;
	switch (a->kind) {
	case GN_ADMIN_SETTINGS:
		r.type = GN_REC_SETTINGS;
		r.u.genesis.settings = a->settings;
		break;
	case GN_ADMIN_EQUIVALENT: GN_TRY(admin_equivalent(l, a, &r)); break;
	case GN_ADMIN_STATUS: GN_TRY(admin_status(l, a, &r)); break;
	case GN_ADMIN_DISPUTE: GN_TRY(admin_dispute(l, a, &r)); break;
	case GN_ADMIN_ABORT: return admin_abort(l, a, ticket, now);
	case GN_ADMIN_NOTE:
		r.type = GN_REC_NOTE;
		r.u.note = a->info;
		break;
	case GN_ADMIN_ROLE: admin_role(l, a, &r); break;
	case GN_ADMIN_VERIFY:
		r.type = GN_REC_VERIFY;
		r.u.verify.who = a->pk;
		r.eq = UINT32_MAX;
		if (a->code.len)
			GN_TRY(lg_find_eq(&l->book, a->code, &r.eq));
		break;
	case GN_ADMIN_CLEAR:
		GN_TRY(lg_find_eq(&l->book, a->code, &eq));
		return a->max_len < 3 || a->max_len > 6
			       ? GN_RANGE
			       : lg_clear_cycles(l, eq, a->max_len, ticket, now);
	default: return GN_USAGE;
	}
	GN_TRY(check_signed(l, a, &r, now));
	GN_TRY(lg_commit(l, &r, ticket, GN_TX_NONE, now));
	if (a->kind == GN_ADMIN_SETTINGS) { /* schedules start anew */
		l->next5 = a->settings.cycle5_s ? now + a->settings.cycle5_s * GN_SEC : GN_NEVER;
		l->next6 = a->settings.cycle6_s ? now + a->settings.cycle6_s * GN_SEC : GN_NEVER;
	}
	return GN_OK;
}
