/* Rows of what officers do: settings, equivalents, roles, disputes, and the audit log. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

gn_err gn_history_audit(struct gn_history *h, const struct gn_record_view *r, const char *action,
			const char *target, const char *before, const char *after)
{
	char actor[GN_PID_MAX] = "";
	if (!gn_pk_is_zero(&r->admin.actor))
		gn_pid(&r->admin.actor, actor);
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO audit (seq, at, actor, role, action, target, reason, "
			  "before_, after_) VALUES "
			  "($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			  NULL, NULL, GN_SQL_I(r->seq), GN_SQL_I(r->time), GN_SQL_T(gn_str(actor)),
			  GN_SQL_I(r->admin.role), GN_SQL_T(gn_str(action)),
			  GN_SQL_T(gn_str(target)), GN_SQL_T(r->admin.reason),
			  before ? GN_SQL_T(gn_str(before)) : GN_SQL_N,
			  after ? GN_SQL_T(gn_str(after)) : GN_SQL_N);
}

static void settings_text(const struct gn_ledger_settings *s, char *out, size_t cap)
{
	snprintf(out, cap,
		 "{\"max_hops\":%u,\"max_paths\":%u,\"maxflow\":%s,\"second_search\":%s,"
		 "\"inline_clearing\":%s,"
		 "\"accept_v0\":%s,\"cycle5_"
		 "s\":%u,\"cycle6_s\":%u,\"exact_s\":%u,\"expiry_s\":%u,\"expiry_s_max\":%u}",
		 s->max_hops, s->max_paths, s->maxflow ? "true" : "false",
		 s->second_search ? "true" : "false", s->inline_clearing ? "true" : "false",
		 s->accept_v0 ? "true" : "false", s->cycle5_s, s->cycle6_s, s->exact_s, s->expiry_s,
		 s->expiry_s_max);
}

gn_err gn_history_feed_settings(struct gn_history *h, const struct gn_record_view *r)
{
	char before[sizeof h->settings];
	memcpy(before, h->settings, sizeof before);
	settings_text(&r->u.genesis.settings, h->settings, sizeof h->settings);
	GN_TRY(gn_history_set_meta(h, "settings", h->settings));
	return r->type == GN_REC_SETTINGS
		       ? gn_history_audit(h, r, "settings", "hub", before, h->settings)
		       : GN_OK;
}

gn_err gn_history_feed_equivalent(struct gn_history *h, const struct gn_record_view *r)
{
	char code[17], before[48] = "", after[48];
	const struct equivalent_note *old = gn_history_equivalent(h, r->eq);
	snprintf(code, sizeof code, "%.*s", (int)r->u.equivalent.code.len,
		 (const char *)r->u.equivalent.code.p);
	if (old)
		snprintf(before, sizeof before, "{\"precision\":%u}", old->precision);
	snprintf(after, sizeof after, "{\"active\":%s,\"precision\":%u}",
		 r->u.equivalent.active ? "true" : "false", r->u.equivalent.precision);
	bool fresh = !old;
	GN_TRY(gn_history_note_equivalent(h, r->eq, code, r->u.equivalent.precision));
	GN_TRY(GN_SQL_RUN(h->sql,
			  "INSERT INTO equivalents (number, code, precision_, active, info, "
			  "created, updated) VALUES "
			  "($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (number) DO UPDATE "
			  "SET precision_ = excluded.precision_, active = excluded.active, info = "
			  "excluded.info, "
			  "updated = excluded.updated",
			  NULL, NULL, GN_SQL_I(r->eq), GN_SQL_T(gn_str(code)),
			  GN_SQL_I(r->u.equivalent.precision), GN_SQL_I(r->u.equivalent.active),
			  GN_SQL_T(r->u.equivalent.info), GN_SQL_I(r->time), GN_SQL_I(r->time)));
	return gn_history_audit(h, r, fresh ? "equivalent.create" : "equivalent.update", code,
				fresh ? NULL : before, after);
}

gn_err gn_history_feed_dispute(struct gn_history *h, const struct gn_record_view *r)
{
	char end[2][GN_PID_MAX], target[2 * GN_PID_MAX + 4];
	if (!gn_history_pair(h, r->eq, r->u.dispute.pair, end[0], end[1]))
		return GN_CORRUPT;
	snprintf(target, sizeof target, "%s -> %s", end[r->u.dispute.side],
		 end[!r->u.dispute.side]);
	return gn_history_audit(h, r, r->u.dispute.on ? "trustline.freeze" : "trustline.unfreeze",
				target, NULL, NULL);
}

/* A command that has no record of its own: what it names is its target, the rest is shown as it
 * was given. */
gn_err gn_history_feed_note(struct gn_history *h, const struct gn_record_view *r)
{
	struct gn_op_admin c;
	char code[17] = "hub";
	json_t *j = json_loadb((const char *)r->u.note.p, r->u.note.len, 0, NULL);
	if (gn_op_admin_parse(r->u.note, &c)) {
		json_decref(j);
		return gn_history_audit(h, r, "note", "", NULL, NULL);
	}
	if (c.code.p)
		snprintf(code, sizeof code, "%.*s", (int)c.code.len, (const char *)c.code.p);
	json_object_del(j, "command");
	json_object_del(j, "reason");
	char *after = json_dumps(j, JSON_COMPACT);
	gn_err err = gn_history_audit(h, r, gn_command_name(c.command), code, NULL, after);
	free(after);
	json_decref(j);
	return err;
}

gn_err gn_history_feed_verify(struct gn_history *h, const struct gn_record_view *r)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	struct gn_record_view by = *r;
	by.admin.actor = r->u.verify.who; /* its role is 0: as a participant */
	return gn_history_audit(h, &by, "integrity.verify", e ? e->code : "hub", NULL, NULL);
}

gn_err gn_history_feed_role(struct gn_history *h, const struct gn_record_view *r)
{
	static const char *const roles[] = {"none", "auditor", "operator", "admin"};
	char pid[GN_PID_MAX], before[48];
	bool revoked = r->u.role.role == GN_ROLE_NONE;
	gn_pid(&r->u.role.pk, pid);
	snprintf(before, sizeof before, "{\"role\":\"%s\"}", roles[r->u.role.before & 3]);
	json_t *j = json_pack("{ss so}", "role", roles[r->u.role.role & 3], "name",
			      gn_history_text_json(r->u.role.name));
	char *after = json_dumps(j, JSON_COMPACT);
	gn_err err = gn_history_audit(h, r, revoked ? "role.revoke" : "role.grant", pid,
				      r->u.role.before == GN_ROLE_NONE ? NULL : before,
				      revoked ? NULL : after);
	free(after);
	json_decref(j);
	return err;
}
