/* Questions to the history: one statement each, answered as the JSON that the API gives. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

struct asking {
	struct gn_history *h;
	json_t *out;
	/* who asks: OFFERS, whose edges; payments, whose lines may be named (-1: all) */
	int64_t who;
	gn_amount_sum sum; /* of his debts in the offer at hand */
};

static json_t *text_or_null(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *parsed_or_null(const char *s)
{
	json_t *j = s ? json_loads(s, JSON_DECODE_ANY, NULL) : NULL;
	return j ? j : json_null();
}

static json_t *time_of(const char *s)
{
	return gn_history_time_json(s ? strtoll(s, NULL, 10) : 0);
}

static uint32_t number_of(const char *s)
{
	return s ? (uint32_t)strtoul(s, NULL, 10) : UINT32_MAX;
}

/* ---- participants ---- */

static const char *const kinds[] = {"person", "business", "hub"};
static const char *const statuses[] = {"active", "suspended", "left", "deleted"};

#define PARTICIPANT_COLUMNS "pid, public_key, kind, status, level, name, profile, created, updated"

static void row_participant(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	(void)n;
	json_t *item =
		json_pack("{ss ss ss ss ss si so s{so} so so}", "pid", c[0], "display_name", c[5],
			  "type", kinds[number_of(c[2]) % 3], "public_key", c[1], "status",
			  statuses[number_of(c[3]) & 3], "verification_level", (int)number_of(c[4]),
			  "profile", parsed_or_null(c[6]), "public_stats", "member_since",
			  time_of(c[7]), "created_at", time_of(c[7]), "updated_at", time_of(c[8]));
	if (json_is_array(a->out)) {
		json_array_append_new(a->out, item);
	} else {
		json_decref(a->out);
		a->out = item;
	}
}

static void row_total(void *user, const char *const *c, int n)
{
	(void)n;
	*(int64_t *)user = strtoll(c[0], NULL, 10);
}

/* The rows so far as {items, total}. */
static gn_err paged(struct asking *a, int64_t total)
{
	a->out = json_pack("{so sI}", "items", a->out, "total", (json_int_t)total);
	return GN_OK;
}

#define PARTICIPANTS_WHERE                                                                         \
	"($1 = '%%' OR folded LIKE $2 ESCAPE '\\' OR lower(pid) LIKE $3 ESCAPE '\\') "             \
	"AND ($4 < 0 OR kind = $5) AND ($6 < 0 OR status = $7)"

static gn_err ask_participants(struct asking *a, const struct gn_history_query *q)
{
	uint8_t folded[GN_HISTORY_NAME_MAX], like[2 * GN_HISTORY_NAME_MAX + 2];
	struct gn_buf fold = {folded, 0, sizeof folded};
	size_t n = 0;
	gn_history_fold(gn_str(q->text), &fold);
	like[n++] = '%';
	for (size_t i = 0; i < fold.len; i++) {
		if (strchr("%_\\", folded[i]))
			like[n++] = '\\';
		like[n++] = folded[i];
	}
	like[n++] = '%';
	a->out = json_array();
	GN_TRY(GN_SQL_RUN(
		a->h->sql,
		"SELECT " PARTICIPANT_COLUMNS " FROM participants WHERE " PARTICIPANTS_WHERE
		" ORDER BY number LIMIT $8 OFFSET $9",
		row_participant, a, GN_SQL_T(gn_slice(like, n)), GN_SQL_T(gn_slice(like, n)),
		GN_SQL_T(gn_slice(like, n)), GN_SQL_I(q->person_kind), GN_SQL_I(q->person_kind),
		GN_SQL_I(q->person_status), GN_SQL_I(q->person_status), GN_SQL_I(q->limit),
		GN_SQL_I(q->offset)));
	int64_t total = 0;
	GN_TRY(GN_SQL_RUN(a->h->sql, "SELECT COUNT(*) FROM participants WHERE " PARTICIPANTS_WHERE,
			  row_total, &total, GN_SQL_T(gn_slice(like, n)),
			  GN_SQL_T(gn_slice(like, n)), GN_SQL_T(gn_slice(like, n)),
			  GN_SQL_I(q->person_kind), GN_SQL_I(q->person_kind),
			  GN_SQL_I(q->person_status), GN_SQL_I(q->person_status)));
	return paged(a, total);
}

static void row_name(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	(void)n;
	json_array_append_new(a->out, json_string(c[0]));
}

/* ---- times of lines ---- */

static void row_line(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	char key[64];
	(void)n;
	snprintf(key, sizeof key, "%s/%s/%s", c[0], c[1], c[2]);
	json_object_set_new(a->out, key, json_pack("[oo]", time_of(c[3]), time_of(c[4])));
}

static void row_equivalent(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	(void)n;
	json_object_set_new(a->out, c[0], json_pack("[oo]", time_of(c[1]), time_of(c[2])));
}

/* "EQUIVALENT/OWNER/DEBTOR", numbers. */
static bool read_line_key(const char *text, uint32_t out[3])
{
	char *end;
	for (int i = 0; text && i < 3; i++) {
		out[i] = (uint32_t)strtoul(text, &end, 10);
		if (end == text || *end != (i < 2 ? '/' : 0))
			return false;
		text = end + 1;
	}
	return text != NULL;
}

static gn_err ask_line_times(struct asking *a, const json_t *lines)
{
	size_t i;
	json_t *item;
	json_array_foreach(lines, i, item)
	{
		uint32_t key[3];
		if (!read_line_key(json_string_value(json_object_get(item, "_key")), key))
			return GN_INTERNAL;
		GN_TRY(GN_SQL_RUN(a->h->sql,
				  "SELECT eq, owner, debtor, created, updated FROM lines WHERE eq "
				  "= $1 AND owner = $2 "
				  "AND debtor = $3",
				  row_line, a, GN_SQL_I(key[0]), GN_SQL_I(key[1]),
				  GN_SQL_I(key[2])));
	}
	return GN_OK;
}

/* ---- payments ---- */

#define TX_COLUMNS                                                                                 \
	"t.seq, t.type, t.tx_id, t.initiator, t.other, t.eq, t.amount, t.state, t.code, "          \
	"t.description, t.routes, t.details, t.created, t.decided, t.signed, t.signature"

static void row_tx(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	const struct equivalent_note *e = gn_history_equivalent(a->h, number_of(c[5]));
	char code[8];
	json_t *error = json_null(), *details = parsed_or_null(c[11]);
	uint32_t k = c[8] ? number_of(c[8]) : 0;
	(void)n;
	if (k > 0) {
		static const char *const why[] = {
			[1] = "no chain of trust lines leads to the payee",
			[2] = "the trust lines cannot carry this amount",
			[6] = "someone who was asked said no",
			[7] = "not everyone who was asked answered in time",
			[8] = "an operator aborted it"};
		snprintf(code, sizeof code, "E%03u", k % 1000);
		error = json_pack("{ss ss so}", "code", code, "message",
				  k < GN_COUNT(why) && why[k] ? why[k] : "it was not possible",
				  "details", json_incref(details));
		if (a->who >= 0)
			gn_history_own_raises(json_object_get(error, "details"),
					      gn_history_pid(a->h, (uint32_t)a->who));
	}
	json_t *item = json_pack(
		"{ss ss ss ss ss ss so so so so so sI}", "tx_id", c[2], "type", c[1], "status",
		c[7], "from", gn_history_pid(a->h, number_of(c[3])), "to",
		gn_history_pid(a->h, number_of(c[4])), "equivalent", e ? e->code : "", "routes",
		c[10] ? parsed_or_null(c[10]) : json_array(), "error", error, "description",
		text_or_null(c[9]), "created_at", time_of(c[12]), "committed_at",
		strcmp(c[7], "COMMITTED") == 0 ? time_of(c[13]) : json_null(), "seq",
		(json_int_t)strtoll(c[0], NULL, 10));
	gn_history_amount_json(item, "amount", c[6] ? strtoll(c[6], NULL, 10) : 0,
			       e ? e->precision : 0);
	bool waits = strcmp(c[7], gn_tx_state_name(GN_TX_PREPARE)) == 0;
	json_t *expires = waits ? json_object_get(details, "expires_at") : NULL;
	json_object_set_new(item, "expires_at", expires ? json_incref(expires) : json_null());
	json_object_del(details, "expires_at");
	json_object_set_new(item, "search", json_incref(json_object_get(details, "search")));
	if (!json_object_get(item, "search"))
		json_object_set_new(item, "search", json_null());
	json_object_del(details, "search");
	json_decref(details);
	if (json_is_array(a->out)) {
		json_array_append_new(a->out, item);
		return;
	}
	json_object_set_new(item, "signed", text_or_null(c[14]));
	json_object_set_new(item, "signature", text_or_null(c[15]));
	json_decref(a->out);
	a->out = item;
}

#define PAYMENTS(whose)                                                                            \
	"SELECT seq FROM transactions WHERE " whose                                                \
	" AND type = $2 AND ($3 < 0 OR eq = $4) AND ($5 = '' OR state = "                          \
	"$6) AND created >= $7 AND created < $8"
#define PAYMENTS_PAGE(seqs)                                                                        \
	"SELECT " TX_COLUMNS " FROM (" seqs                                                        \
	" ORDER BY 1 DESC LIMIT $9 OFFSET $10) u JOIN transactions t ON t.seq = "                  \
	"u.seq ORDER BY t.seq DESC"
#define SENT "initiator = $1"
#define RECEIVED "other = $1"
#define RECEIVED_ALONE "other = $1 AND COALESCE(initiator, -1) <> $1"

/* Each half by an index that holds what is asked for, the newest first; the rows themselves are
 * read for the page alone (HB-58). */
static gn_err ask_payments(struct asking *a, const struct gn_history_query *q)
{
	static const char *const by_direction[] = {
		PAYMENTS_PAGE(PAYMENTS(SENT) " UNION ALL " PAYMENTS(RECEIVED_ALONE)),
		PAYMENTS_PAGE(PAYMENTS(SENT)), PAYMENTS_PAGE(PAYMENTS(RECEIVED))};
	const char *sql =
		q->who < 0 ? PAYMENTS_PAGE(PAYMENTS("$1 < 0")) : by_direction[q->direction];
	a->out = json_array();
	return GN_SQL_RUN(a->h->sql, sql, row_tx, a, GN_SQL_I(q->who),
			  GN_SQL_T(gn_str(*q->type ? q->type : "PAYMENT")), GN_SQL_I(q->eq),
			  GN_SQL_I(q->eq), GN_SQL_T(gn_str(q->status)), GN_SQL_T(gn_str(q->status)),
			  GN_SQL_I(q->from * GN_SEC), GN_SQL_I(q->to ? q->to * GN_SEC : INT64_MAX),
			  GN_SQL_I(q->limit), GN_SQL_I(q->offset));
}

static gn_err ask_payment(struct asking *a, const struct gn_history_query *q)
{
	a->out = json_null();
	return GN_SQL_RUN(a->h->sql,
			  "SELECT " TX_COLUMNS " FROM transactions t WHERE (t.tx_id = $1 OR "
			  "t.tx_key = $2) AND ($3 < 0 "
			  "OR t.initiator = $4 OR (t.other = $5 AND t.type = 'PAYMENT')) "
			  "ORDER BY CASE WHEN t.initiator = $6 THEN 0 ELSE 1 END, t.seq LIMIT 1",
			  row_tx, a, GN_SQL_T(gn_str(q->text)), GN_SQL_T(gn_str(q->text)),
			  GN_SQL_I(q->who), GN_SQL_I(q->who), GN_SQL_I(q->who), GN_SQL_I(q->who));
}

static void row_open(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	struct asking one = {.h = a->h, .out = json_null(), .who = a->who};
	row_tx(&one, c, n - 1);
	json_object_del(one.out, "signed");
	json_object_del(one.out, "signature");
	json_object_set_new(a->out, c[n - 1], one.out);
}

/* One row by its key each: how much waits for others costs nothing. */
static gn_err ask_open(struct asking *a, const json_t *keys)
{
	size_t i;
	json_t *item;
	a->out = json_object();
	json_array_foreach(keys, i, item)
	{
		const char *key = json_string_value(json_object_get(item, "key"));
		GN_TRY(GN_SQL_RUN(a->h->sql,
				  "SELECT " TX_COLUMNS ", t.tx_key FROM transactions t WHERE "
				  "t.tx_key = $1 AND t.state "
				  "= 'PREPARE_IN_PROGRESS'",
				  row_open, a, GN_SQL_T(gn_str(key))));
	}
	return GN_OK;
}

/* ---- clearings ---- */

static void row_clearing(void *user, const char *const *c, int n)
{
	static const char *const modes[] = {"inline", "periodic", "exact", "consent"};
	struct asking *a = user;
	const struct equivalent_note *e = gn_history_equivalent(a->h, number_of(c[1]));
	(void)n;
	json_t *last = json_array_get(a->out, json_array_size(a->out) - 1);
	json_int_t seq = strtoll(c[0], NULL, 10);
	if (!last || json_integer_value(json_object_get(last, "seq")) != seq) {
		last = json_pack("{sI ss ss ss ss so so so so s[]}", "seq", seq, "equivalent",
				 e ? e->code : "", "mode", modes[number_of(c[2]) & 3], "total",
				 c[3], "status", c[4], "offer", text_or_null(c[5]), "certificate",
				 text_or_null(c[6]), "created_at", time_of(c[7]), "decided_at",
				 time_of(c[8]), "edges");
		json_array_append_new(a->out, last);
	}
	if (!c[9])
		return;
	json_t *edge = json_pack("{ss ss}", "debtor", gn_history_pid(a->h, number_of(c[9])),
				 "creditor", gn_history_pid(a->h, number_of(c[10])));
	gn_history_amount_json(edge, "amount", strtoll(c[11], NULL, 10), e ? e->precision : 0);
	json_array_append_new(json_object_get(last, "edges"), edge);
}

/* An offer that everybody agreed to is not a clearing besides the one it led to. */
#define IS_SHOWN "(c.without_ IS NULL OR c.state <> 'COMMITTED')"

/* Numbers stand in the order in which SQLite meets them. */
static gn_err ask_clearings(struct asking *a, const struct gn_history_query *q)
{
	a->out = json_array();
	if (q->who < 0)
		return GN_SQL_RUN(
			a->h->sql,
			"SELECT c.seq, c.eq, c.mode, c.total, c.state, c.tx_key, c.certificate, "
			"c.created, "
			"c.decided, NULL, NULL, NULL FROM clearings c WHERE ($1 < 0 OR c.eq = $2) "
			"AND " IS_SHOWN " ORDER BY c.seq DESC LIMIT $3 OFFSET $4",
			row_clearing, a, GN_SQL_I(q->eq), GN_SQL_I(q->eq), GN_SQL_I(q->limit),
			GN_SQL_I(q->offset));
	return GN_SQL_RUN(a->h->sql,
			  "SELECT c.seq, c.eq, c.mode, c.total, c.state, c.tx_key, c.certificate, "
			  "c.created, "
			  "c.decided, e.debtor, e.creditor, e.amount FROM "
			  "(SELECT c.* FROM (SELECT seq FROM clearing_edges WHERE debtor = $1 "
			  "UNION SELECT seq FROM "
			  "clearing_edges WHERE creditor = $2) x JOIN clearings c ON c.seq = x.seq "
			  "WHERE ($3 < 0 OR "
			  "c.eq = $4) AND " IS_SHOWN
			  " ORDER BY c.seq DESC LIMIT $5 OFFSET $6) c JOIN clearing_edges e ON "
			  "e.seq = c.seq "
			  "AND (e.debtor = $7 OR e.creditor = $8) ORDER BY c.seq DESC, e.debtor, "
			  "e.creditor",
			  row_clearing, a, GN_SQL_I(q->who), GN_SQL_I(q->who), GN_SQL_I(q->eq),
			  GN_SQL_I(q->eq), GN_SQL_I(q->limit), GN_SQL_I(q->offset),
			  GN_SQL_I(q->who), GN_SQL_I(q->who));
}

static void row_offer(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	const struct equivalent_note *e = gn_history_equivalent(a->h, number_of(c[1]));
	(void)n;
	json_t *offer = json_object_get(a->out, c[0]);
	if (!offer) {
		offer = json_pack(
			"{ss ss so so so so s[]}", "equivalent", e ? e->code : "", "total", c[2],
			"without", text_or_null(c[3]), "gain", text_or_null(c[4]), "gain_percent",
			c[5] ? json_real((double)strtoll(c[5], NULL, 10) / 100) : json_null(),
			"created_at", time_of(c[6]), "edges");
		json_object_set_new(a->out, c[0], offer);
		a->sum = 0;
	}
	/* what he would owe less, which is what he would be owed less (LG-38) */
	a->sum += c[7] && strtoll(c[7], NULL, 10) == a->who ? strtoll(c[9], NULL, 10) : 0;
	gn_history_amount_json(offer, "amount", a->sum, e ? e->precision : 0);
	if (!c[7])
		return;
	json_t *edge = json_pack("{ss ss}", "debtor", gn_history_pid(a->h, number_of(c[7])),
				 "creditor", gn_history_pid(a->h, number_of(c[8])));
	gn_history_amount_json(edge, "amount", strtoll(c[9], NULL, 10), e ? e->precision : 0);
	json_array_append_new(json_object_get(offer, "edges"), edge);
}

static gn_err ask_offers(struct asking *a, const struct gn_history_query *q)
{
	a->out = json_object();
	return GN_SQL_RUN(a->h->sql,
			  "SELECT c.tx_key, c.eq, c.total, c.without_, c.gain, c.gain_myriad, "
			  "c.created, e.debtor, "
			  "e.creditor, e.amount FROM clearings c LEFT JOIN clearing_edges e ON "
			  "e.seq = c.seq AND "
			  "(e.debtor = $1 OR e.creditor = $2) WHERE c.state = "
			  "'WAITING_CONFIRMATIONS' "
			  "ORDER BY c.seq, e.debtor, e.creditor",
			  row_offer, a, GN_SQL_I(q->who), GN_SQL_I(q->who));
}

static void row_yes(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	(void)c;
	(void)n;
	json_decref(a->out);
	a->out = json_true();
}

static gn_err ask_may_know(struct asking *a, const struct gn_history_query *q)
{
	a->out = json_false();
	return GN_SQL_RUN(a->h->sql,
			  "SELECT 1 FROM asked WHERE tx_key = $1 AND participant = $2 UNION ALL "
			  "SELECT 1 FROM "
			  "transactions WHERE tx_key = $3 AND (initiator = $4 OR other = $5) LIMIT "
			  "1",
			  row_yes, a, GN_SQL_T(gn_str(q->text)), GN_SQL_I(q->who),
			  GN_SQL_T(gn_str(q->text)), GN_SQL_I(q->who), GN_SQL_I(q->who));
}

/* ---- audit, counts ---- */

static void row_audit(void *user, const char *const *c, int n)
{
	static const char *const roles[] = {"hub", "auditor", "operator", "admin"};
	struct asking *a = user;
	uint32_t number = number_of(c[3]);
	const char *role = number == 0 && *c[2] ? "participant" : roles[number & 3];
	(void)n;
	json_array_append_new(a->out,
			      json_pack("{sI so ss ss ss ss ss so so}", "seq",
					(json_int_t)strtoll(c[0], NULL, 10), "timestamp",
					time_of(c[1]), "actor", c[2], "role", role, "action", c[4],
					"target", c[5], "reason", c[6], "before",
					parsed_or_null(c[7]), "after", parsed_or_null(c[8])));
}

/* HB-32: what was decided for the hub as a whole, and what was decided about one and one's lines
 * ("PID -> PID"); by whom and why is the officers' own. Each part has an index, by the first and
 * the last 43 characters of the target: a PID has 43 or 44 (HB-58). */
#define AUDIT_COLUMNS "seq, at, actor, role, action, target, reason, before_, after_"
#define AUDIT_ALL "SELECT " AUDIT_COLUMNS " FROM audit"
/* clang-format off */
#define AUDIT_PUBLIC \
	AUDIT_ALL " WHERE " GN_HISTORY_PUBLIC \
	" UNION ALL " AUDIT_ALL " WHERE substr(target, 1, 43) = $1 " \
	"AND (target = $2 OR target LIKE $3 || ' -> %') AND NOT (" GN_HISTORY_PUBLIC ")" \
	" UNION ALL " AUDIT_ALL " WHERE substr(target, length(target) - 42) = $4 " \
	"AND target LIKE '% -> ' || $5 AND NOT (" GN_HISTORY_PUBLIC ")"
/* clang-format on */

static gn_err ask_audit(struct asking *a, const struct gn_history_query *q)
{
	int64_t total = 0;
	size_t i;
	json_t *item;
	struct gn_slice pid = gn_str(q->text), head = gn_slice_sub(pid, 0, 43),
			tail = gn_slice_sub(pid, pid.len > 43 ? pid.len - 43 : 0, 43);
	a->out = json_array();
	if (!pid.len) {
		GN_TRY(GN_SQL_RUN(a->h->sql, AUDIT_ALL " ORDER BY seq DESC LIMIT $1 OFFSET $2",
				  row_audit, a, GN_SQL_I(q->limit), GN_SQL_I(q->offset)));
		GN_TRY(GN_SQL_RUN(a->h->sql,
				  "SELECT COUNT(*) FROM (SELECT 1 FROM audit LIMIT $1) u",
				  row_total, &total, GN_SQL_I(HISTORY_COUNT_MAX + 1)));
		return paged(a, total);
	}
	GN_TRY(GN_SQL_RUN(a->h->sql, AUDIT_PUBLIC " ORDER BY 1 DESC LIMIT $6 OFFSET $7", row_audit,
			  a, GN_SQL_T(head), GN_SQL_T(pid), GN_SQL_T(pid), GN_SQL_T(tail),
			  GN_SQL_T(pid), GN_SQL_I(q->limit), GN_SQL_I(q->offset)));
	GN_TRY(GN_SQL_RUN(a->h->sql, "SELECT COUNT(*) FROM (" AUDIT_PUBLIC " LIMIT $6) u",
			  row_total, &total, GN_SQL_T(head), GN_SQL_T(pid), GN_SQL_T(pid),
			  GN_SQL_T(tail), GN_SQL_T(pid), GN_SQL_I(HISTORY_COUNT_MAX + 1)));
	json_array_foreach(a->out, i, item)
	{
		json_object_set_new(item, "actor", json_null());
		json_object_set_new(item, "reason", json_null());
	}
	return paged(a, total);
}

static void row_count(void *user, const char *const *c, int n)
{
	struct asking *a = user;
	(void)n;
	json_object_set_new(a->out, c[0], json_integer(strtoll(c[1], NULL, 10)));
}

json_t *gn_history_ask(struct gn_history *h, const struct gn_history_query *q)
{
	struct asking a = {.h = h, .who = q->who};
	gn_err err = GN_UNSUPPORTED;
	h->why[0] = 0;
	switch (q->kind) {
	case GN_HQ_NAMES:
		a.out = json_array();
		err = h->sql->run(h->sql, "SELECT name FROM participants ORDER BY number", NULL, 0,
				  row_name, &a);
		break;
	case GN_HQ_PARTICIPANTS: err = ask_participants(&a, q); break;
	case GN_HQ_PARTICIPANT:
		a.out = json_null();
		err = GN_SQL_RUN(h->sql,
				 "SELECT " PARTICIPANT_COLUMNS " FROM participants WHERE "
				 "number = $1",
				 row_participant, &a, GN_SQL_I(q->who));
		break;
	case GN_HQ_EQUIVALENT_TIMES:
		a.out = json_object();
		err = h->sql->run(h->sql, "SELECT code, created, updated FROM equivalents", NULL, 0,
				  row_equivalent, &a);
		break;
	case GN_HQ_LINE_TIMES:
		a.out = json_object();
		err = ask_line_times(&a, q->lines);
		break;
	case GN_HQ_PAYMENTS: err = ask_payments(&a, q); break;
	case GN_HQ_PAYMENT: err = ask_payment(&a, q); break;
	case GN_HQ_OPEN: err = ask_open(&a, q->keys); break;
	case GN_HQ_OFFERS: err = ask_offers(&a, q); break;
	case GN_HQ_MAY_KNOW: err = ask_may_know(&a, q); break;
	case GN_HQ_TRANSACTIONS: err = gn_history_transactions(h, q, &a.out); break;
	case GN_HQ_CLEARINGS: err = ask_clearings(&a, q); break;
	case GN_HQ_AUDIT: err = ask_audit(&a, q); break;
	case GN_HQ_NOTHING:
		a.out = json_null();
		err = GN_SQL_DO(h->sql, "SELECT 1");
		break;
	case GN_HQ_STATS:
		a.out = json_object();
		err = h->sql->run(h->sql,
				  "SELECT type || ' ' || state, COUNT(*) FROM transactions GROUP "
				  "BY type, state",
				  NULL, 0, row_count, &a);
		break;
	case GN_HQ_USED_REFRESH: break; /* feed.c keeps those elsewhere */
	}
	if (err) {
		h->lost = err == GN_UNREACHABLE;
		snprintf(h->why, sizeof h->why, "%s",
			 *h->sql->why ? h->sql->why : gn_err_text(err));
		json_decref(a.out);
		return NULL;
	}
	return a.out;
}
