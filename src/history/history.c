/* Records become rows. One transaction per batch of records, the watermark in it, so that the
 * tables are always those of some record.
 *
 * 1. What a row says comes from records alone: the same journal gives the same tables.
 * 2. Numbers of participants, equivalents and pairs are those of the ledger; their texts are
 *    kept in memory, read back at the start. */
#include "history/history_int.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

gn_err gn_history_open(const char *kind, const char *path, const struct gn_pk *hub,
		       struct gn_history **out, char why[HISTORY_WHY])
{
	static const char postgresql[] = "postgresql ";
	struct gn_history *h = calloc(1, sizeof *h);
	if (!h)
		return GN_NOMEM;
	h->hub = *hub;
	bool sqlite = strcmp(kind, "sqlite") == 0;
	gn_err err = sqlite ? gn_history_open_sqlite(path, &h->sql, why)
			    : gn_history_open_postgresql(
				      strncmp(kind, postgresql, sizeof postgresql - 1) == 0
					      ? kind + sizeof postgresql - 1
					      : kind,
				      &h->sql, why);
	if (!err && (err = gn_history_load(h)))
		snprintf(why, HISTORY_WHY, "%s", h->sql->why);
	if (err) {
		gn_history_close(h);
		return err;
	}
	*out = h;
	return GN_OK;
}

void gn_history_close(struct gn_history *h)
{
	if (!h)
		return;
	if (h->sql)
		h->sql->close(h->sql);
	gn_history_forget(h);
	free(h);
}

static void take_mark(void *user, const char *const *c, int n)
{
	GN_ASSERT(n == 1);
	*(uint64_t *)user = c[0] ? strtoull(c[0], NULL, 10) : 0;
}

static void take_any(void *user, const char *const *c, int n)
{
	(void)c;
	(void)n;
	*(bool *)user = true;
}

gn_err gn_history_known(const char *path, const struct gn_pk *hub, uint64_t *seq,
			char why[HISTORY_WHY])
{
	struct gn_sql *sql;
	char hex[65];
	bool made = false;
	*seq = 0;
	gn_hex(GN_SLICE(hub->b), hex);
	GN_TRY(gn_history_read_sqlite(path, &sql, why));
	gn_err err = sql->run(sql, "SELECT 1 FROM sqlite_master WHERE name = 'meta'", NULL, 0,
			      take_any, &made);
	if (!err && made)
		err = GN_SQL_RUN(sql,
				 "SELECT (SELECT value FROM meta WHERE name = 'watermark') FROM "
				 "meta WHERE name = 'identity' AND value LIKE '%' || $1",
				 take_mark, seq, GN_SQL_T(gn_str(hex)));
	if (err)
		snprintf(why, HISTORY_WHY, "%s", sql->why);
	sql->close(sql);
	return err;
}

uint64_t gn_history_watermark(const struct gn_history *h)
{
	return h->watermark;
}

const char *gn_history_why(const struct gn_history *h)
{
	return *h->why ? h->why : h->sql->why;
}

bool gn_history_lost(const struct gn_history *h)
{
	return h->lost;
}

static gn_err feed_one(struct gn_history *h, const struct gn_record_view *r, struct gn_op *op)
{
	memset(op, 0, sizeof *op);
	if (r->sign.present) {
		static const enum gn_op_kind kinds[] = {[GN_REC_PARTICIPANT] = GN_OP_REGISTER,
							[GN_REC_PROFILE] = GN_OP_PROFILE,
							[GN_REC_LEAVE] = GN_OP_LEAVE,
							[GN_REC_PAYMENT] = GN_OP_PAYMENT,
							[GN_REC_FAILED] = GN_OP_PAYMENT,
							[GN_REC_PREPARE] = GN_OP_PAYMENT,
							[GN_REC_VOTE] = GN_OP_VOTE,
							[GN_REC_ANSWER] = GN_OP_CONSENT};
		static const enum gn_op_kind line_kinds[] = {GN_OP_LINE_CREATE, GN_OP_LINE_UPDATE,
							     GN_OP_LINE_CLOSE, GN_OP_LINE_CLOSE};
		enum gn_op_kind kind =
			r->type == GN_REC_LINE ? line_kinds[r->u.line.action & 3] : kinds[r->type];
		GN_TRY(gn_op_parse(r->sign.profile ? GN_PROFILE_V1 : GN_PROFILE_V0,
				   r->sign.profile ? GN_OP_KINDS : kind, r->sign.bytes, op));
	}
	switch (r->type) {
	case GN_REC_GENESIS:
	case GN_REC_SETTINGS: return gn_history_feed_settings(h, r);
	case GN_REC_EQUIVALENT: return gn_history_feed_equivalent(h, r);
	case GN_REC_PARTICIPANT: return gn_history_feed_participant(h, r, op);
	case GN_REC_PROFILE: return gn_history_feed_profile(h, r, op);
	case GN_REC_STATUS: return gn_history_feed_status(h, r);
	case GN_REC_LEAVE:
		return gn_history_set_status(h, r->sign.signer, GN_PARTICIPANT_LEFT, r->time);
	case GN_REC_LINE: return gn_history_feed_line(h, r, op);
	case GN_REC_DISPUTE: return gn_history_feed_dispute(h, r);
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE: return gn_history_feed_payment(h, r, op);
	case GN_REC_FAILED: return gn_history_feed_failed(h, r, op);
	case GN_REC_VOTE:
	case GN_REC_ANSWER: return gn_history_feed_answer(h, r);
	case GN_REC_COMMIT:
	case GN_REC_ABORT:
	case GN_REC_REJECT: return gn_history_feed_end(h, r);
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE: return gn_history_feed_clearing(h, r);
	case GN_REC_ROLE: return gn_history_feed_role(h, r);
	case GN_REC_NOTE: return gn_history_feed_note(h, r);
	case GN_REC_VERIFY: return gn_history_feed_verify(h, r);
	case GN_REC_CHECKPOINT: return GN_OK;
	}
	return GN_OK; /* of a later version: nothing that is asked for here */
}

static gn_err feed_all(struct gn_history *h, struct gn_slice payload, uint64_t first_seq,
		       uint32_t count, struct gn_op *op)
{
	char mark[24];
	size_t off = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_record_view r;
		GN_TRY(gn_rec_next(payload, &off, first_seq + i, &r));
		if (r.seq <= h->watermark)
			continue;
		GN_TRY(feed_one(h, &r, op));
	}
	snprintf(mark, sizeof mark, "%llu", (unsigned long long)(first_seq + count - 1));
	return gn_history_set_meta(h, "watermark", mark);
}

gn_err gn_history_feed(struct gn_history *h, struct gn_slice payload, uint64_t first_seq,
		       uint32_t count)
{
	h->why[0] = 0;
	if (count == 0 || first_seq + count - 1 <= h->watermark)
		return GN_OK;
	if (first_seq > h->watermark + 1) {
		snprintf(h->why, sizeof h->why, "records %llu to %llu are missing",
			 (unsigned long long)h->watermark + 1, (unsigned long long)first_seq - 1);
		return GN_CORRUPT;
	}
	struct gn_op *op = malloc(sizeof *op);
	if (!op)
		return GN_NOMEM;
	gn_err err = GN_SQL_DO(h->sql, "BEGIN");
	if (!err)
		err = feed_all(h, payload, first_seq, count, op);
	free(op);
	if (!err)
		err = GN_SQL_DO(h->sql, "COMMIT");
	if (err) {
		snprintf(h->why, sizeof h->why, "%s",
			 *h->sql->why ? h->sql->why : gn_err_text(err));
		(void)!GN_SQL_DO(h->sql, "ROLLBACK");
		return err;
	}
	h->watermark = first_seq + count - 1;
	return GN_OK;
}
