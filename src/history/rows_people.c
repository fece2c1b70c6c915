/* Rows of participants, and of their trust lines. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

gn_err gn_history_feed_participant(struct gn_history *h, const struct gn_record_view *r,
				   const struct gn_op *op)
{
	char pid[GN_PID_MAX], key[64];
	uint8_t name[GN_HISTORY_NAME_MAX], folded[GN_HISTORY_NAME_MAX];
	struct gn_buf text = {name, 0, sizeof name}, fold = {folded, 0, sizeof folded};
	gn_pid(&r->u.participant.pk, pid);
	GN_TRY(gn_base64(GN_SLICE(r->u.participant.pk.b), false, key, sizeof key));
	gn_history_unescape(op->display_name, &text);
	gn_history_fold(gn_buf_slice(&text), &fold);
	uint32_t number = h->pid_count;
	GN_TRY(gn_history_note_pid(h, number, pid));
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO participants (number, pid, public_key, kind, status, level, "
			  "name, folded, "
			  "profile, created, updated) VALUES ($1, $2, $3, $4, 0, 0, $5, $6, $7, "
			  "$8, $9)",
			  NULL, NULL, GN_SQL_I(number), GN_SQL_T(gn_str(pid)),
			  GN_SQL_T(gn_str(key)), GN_SQL_I(r->u.participant.kind),
			  GN_SQL_T(gn_buf_slice(&text)), GN_SQL_T(gn_buf_slice(&fold)),
			  op->user_profile.p ? GN_SQL_T(op->user_profile) : GN_SQL_N,
			  GN_SQL_I(r->time), GN_SQL_I(r->time));
}

gn_err gn_history_feed_profile(struct gn_history *h, const struct gn_record_view *r,
			       const struct gn_op *op)
{
	uint8_t name[GN_HISTORY_NAME_MAX], folded[GN_HISTORY_NAME_MAX];
	struct gn_buf text = {name, 0, sizeof name}, fold = {folded, 0, sizeof folded};
	gn_history_unescape(op->display_name, &text);
	gn_history_fold(gn_buf_slice(&text), &fold);
	return GN_SQL_RUN(h->sql,
			  "UPDATE participants SET name = COALESCE($1, name), folded = "
			  "COALESCE($2, folded), profile = "
			  "COALESCE($3, profile), updated = $4 WHERE number = $5",
			  NULL, NULL, op->display_name.p ? GN_SQL_T(gn_buf_slice(&text)) : GN_SQL_N,
			  op->display_name.p ? GN_SQL_T(gn_buf_slice(&fold)) : GN_SQL_N,
			  op->user_profile.p ? GN_SQL_T(op->user_profile) : GN_SQL_N,
			  GN_SQL_I(r->time), GN_SQL_I(r->sign.signer));
}

gn_err gn_history_set_status(struct gn_history *h, uint32_t participant,
			     enum gn_participant_status status, gn_time now)
{
	return GN_SQL_RUN(h->sql,
			  "UPDATE participants SET status = $1, updated = $2 WHERE number "
			  "= $3",
			  NULL, NULL, GN_SQL_I(status), GN_SQL_I(now), GN_SQL_I(participant));
}

gn_err gn_history_feed_status(struct gn_history *h, const struct gn_record_view *r)
{
	static const char *const names[] = {"active", "suspended", "left", "deleted"};
	char before[64], after[64];
	snprintf(before, sizeof before, "{\"status\":\"%s\",\"verification_level\":%u}",
		 names[r->u.status.status_before & 3], r->u.status.level_before);
	snprintf(after, sizeof after, "{\"status\":\"%s\",\"verification_level\":%u}",
		 names[r->u.status.status & 3], r->u.status.level);
	GN_TRY(GN_SQL_RUN(h->sql,
			  "UPDATE participants SET status = $1, level = $2, updated = $3 "
			  "WHERE number = $4",
			  NULL, NULL, GN_SQL_I(r->u.status.status), GN_SQL_I(r->u.status.level),
			  GN_SQL_I(r->time), GN_SQL_I(r->u.status.participant)));
	return gn_history_audit(h, r, "participant.status",
				gn_history_pid(h, r->u.status.participant), before, after);
}

gn_err gn_history_feed_line(struct gn_history *h, const struct gn_record_view *r,
			    const struct gn_op *op)
{
	static const char *const types[] = {"TRUST_LINE_CREATE", "TRUST_LINE_UPDATE",
					    "TRUST_LINE_CLOSE", "TRUST_LINE_CLOSE"};
	uint32_t from = r->u.line.from, to = r->u.line.to;
	uint32_t lower = r->u.line.side ? to : from, higher = r->u.line.side ? from : to;
	char id[GN_LINE_ID_LEN + 1];
	struct gn_line_id line = {(uint16_t)r->eq, r->u.line.pair, r->u.line.version,
				  r->u.line.side};
	GN_TRY(gn_history_note_pair(h, r->eq, r->u.line.pair, lower, higher));
	GN_TRY(GN_SQL_RUN(
		h->sql,
		"INSERT INTO pairs (eq, pair, lower, higher) VALUES ($1, $2, $3, $4) ON CONFLICT "
		"(eq, pair) DO NOTHING",
		NULL, NULL, GN_SQL_I(r->eq), GN_SQL_I(r->u.line.pair), GN_SQL_I(lower),
		GN_SQL_I(higher)));
	GN_TRY(GN_SQL_RUN(h->sql,
			  "INSERT INTO lines (eq, owner, debtor, lim, status, created, updated) "
			  "VALUES ($1, $2, $3, "
			  "$4, $5, $6, $7) ON CONFLICT (eq, owner, debtor) DO UPDATE "
			  "SET lim = excluded.lim, status = excluded.status, updated = "
			  "excluded.updated",
			  NULL, NULL, GN_SQL_I(r->eq), GN_SQL_I(from), GN_SQL_I(to),
			  GN_SQL_I(r->u.line.limit), GN_SQL_I(r->u.line.status), GN_SQL_I(r->time),
			  GN_SQL_I(r->time)));
	gn_line_id_text(&line, id);
	return gn_history_put_tx(h, r, op,
				 &(struct tx_row){types[r->u.line.action & 3], "COMMITTED",
						  gn_str(id), to, r->eq, r->u.line.limit, 0, NULL,
						  NULL, true, false});
}
