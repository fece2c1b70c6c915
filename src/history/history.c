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

static const char *const drops[] = {
	"DROP TABLE IF EXISTS meta",
	"DROP TABLE IF EXISTS participants",
	"DROP TABLE IF EXISTS "
	"equivalents",
	"DROP TABLE IF EXISTS lines",
	"DROP TABLE IF EXISTS pairs",
	"DROP TABLE IF EXISTS "
	"transactions",
	"DROP TABLE IF EXISTS answers",
	"DROP TABLE IF EXISTS clearings",
	"DROP TABLE IF EXISTS "
	"clearing_edges",
	"DROP TABLE IF EXISTS audit",
	"DROP TABLE IF EXISTS asked",
};

static const char *const creates[] = {
	"CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
	"CREATE TABLE IF NOT EXISTS participants (number BIGINT PRIMARY KEY, pid TEXT NOT NULL, "
	"public_key TEXT NOT "
	"NULL, kind INTEGER NOT NULL, status INTEGER NOT NULL, "
	"level INTEGER NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL, profile TEXT, created "
	"BIGINT NOT NULL, "
	"updated BIGINT NOT NULL)",
	"CREATE INDEX IF NOT EXISTS participants_pid ON participants (pid)",
	"CREATE TABLE IF NOT EXISTS equivalents (number BIGINT PRIMARY KEY, code TEXT NOT NULL, "
	"precision_ INTEGER NOT "
	"NULL, active INTEGER NOT NULL, info TEXT NOT NULL, "
	"created BIGINT NOT NULL, updated BIGINT NOT NULL)",
	"CREATE TABLE IF NOT EXISTS pairs (eq BIGINT NOT NULL, pair BIGINT NOT NULL, lower BIGINT "
	"NOT NULL, higher "
	"BIGINT NOT NULL, PRIMARY KEY (eq, pair))",
	"CREATE TABLE IF NOT EXISTS lines (eq BIGINT NOT NULL, owner BIGINT NOT NULL, debtor "
	"BIGINT NOT NULL, lim "
	"BIGINT NOT NULL, status INTEGER NOT NULL, "
	"created BIGINT NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY (eq, owner, debtor))",
	"CREATE TABLE IF NOT EXISTS transactions (seq BIGINT PRIMARY KEY, type TEXT NOT NULL, "
	"tx_id TEXT NOT NULL, "
	"tx_key TEXT, initiator BIGINT, other BIGINT, eq BIGINT, "
	"amount BIGINT, state TEXT NOT NULL, code INTEGER NOT NULL, description TEXT, routes TEXT, "
	"details TEXT, "
	"created BIGINT NOT NULL, decided BIGINT, profile INTEGER, "
	"signed TEXT, signature TEXT)",
	/* of older hubs: without what lists are filtered by */
	"DROP INDEX IF EXISTS transactions_initiator",
	"DROP INDEX IF EXISTS transactions_other",
	"CREATE INDEX IF NOT EXISTS transactions_made ON transactions (initiator, seq, type, "
	"state, eq, created)",
	"CREATE INDEX IF NOT EXISTS transactions_got ON transactions (other, seq, type, state, eq, "
	"created, initiator)",
	"CREATE INDEX IF NOT EXISTS transactions_key ON transactions (tx_key)",
	"CREATE INDEX IF NOT EXISTS transactions_id ON transactions (tx_id)",
	"CREATE TABLE IF NOT EXISTS answers (seq BIGINT PRIMARY KEY, tx_key TEXT NOT NULL, "
	"participant BIGINT, yes "
	"INTEGER NOT NULL, at BIGINT NOT NULL, signed TEXT, signature TEXT)",
	"CREATE TABLE IF NOT EXISTS clearings (seq BIGINT PRIMARY KEY, eq BIGINT NOT NULL, mode "
	"INTEGER NOT NULL, "
	"total TEXT NOT NULL, without_ TEXT, gain TEXT, gain_myriad BIGINT, cause BIGINT, "
	"certificate TEXT, tx_key "
	"TEXT, "
	"state TEXT NOT NULL, code INTEGER NOT NULL, created BIGINT NOT NULL, decided BIGINT)",
	"CREATE INDEX IF NOT EXISTS clearings_key ON clearings (tx_key)",
	"CREATE TABLE IF NOT EXISTS clearing_edges (seq BIGINT NOT NULL, debtor BIGINT NOT NULL, "
	"creditor BIGINT NOT "
	"NULL, amount BIGINT NOT NULL, PRIMARY KEY (seq, debtor, creditor))",
	"CREATE INDEX IF NOT EXISTS clearing_edges_debtor ON clearing_edges (debtor, seq)",
	"CREATE INDEX IF NOT EXISTS clearing_edges_creditor ON clearing_edges (creditor, seq)",
	"CREATE TABLE IF NOT EXISTS asked (tx_key TEXT NOT NULL, participant BIGINT NOT NULL, "
	"PRIMARY KEY (tx_key, "
	"participant))",
	"CREATE INDEX IF NOT EXISTS clearings_open ON clearings (seq) WHERE state = "
	"'WAITING_CONFIRMATIONS'",
	"CREATE TABLE IF NOT EXISTS audit (seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT "
	"NOT NULL, role "
	"INTEGER NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, "
	"reason TEXT NOT NULL, before_ TEXT, after_ TEXT)",
	"CREATE INDEX IF NOT EXISTS audit_public ON audit (seq) WHERE " GN_HISTORY_PUBLIC,
	"CREATE INDEX IF NOT EXISTS audit_head ON audit (substr(target, 1, 43), seq)",
	"CREATE INDEX IF NOT EXISTS audit_tail ON audit (substr(target, length(target) - 42), seq)",
};

/* ---- what is kept in memory ---- */

const char *gn_history_pid(const struct gn_history *h, uint32_t number)
{
	return number < h->pid_count ? h->pids[number] : "";
}

struct equivalent_note *gn_history_equivalent(const struct gn_history *h, uint32_t number)
{
	return number < h->equivalent_count ? &h->equivalents[number] : NULL;
}

bool gn_history_pair(void *user, uint32_t eq, uint32_t pair, char lower[GN_PID_MAX],
		     char higher[GN_PID_MAX])
{
	const struct gn_history *h = user;
	const struct equivalent_note *e = gn_history_equivalent(h, eq);
	if (!e || pair >= e->pair_count)
		return false;
	memcpy(lower, h->pids[e->pairs[pair].lower], GN_PID_MAX);
	memcpy(higher, h->pids[e->pairs[pair].higher], GN_PID_MAX);
	return true;
}

static gn_err note_pid(struct gn_history *h, uint32_t number, const char *pid)
{
	if (number >= h->pid_cap) {
		uint32_t cap = number * 2 + 64;
		void *p = realloc(h->pids, (size_t)cap * sizeof *h->pids);
		if (!p)
			return GN_NOMEM;
		h->pids = p;
		h->pid_cap = cap;
	}
	if (number != h->pid_count && number >= h->pid_count)
		return GN_CORRUPT;
	snprintf(h->pids[number], GN_PID_MAX, "%s", pid);
	if (number == h->pid_count)
		h->pid_count++;
	return GN_OK;
}

static gn_err note_equivalent(struct gn_history *h, uint32_t number, const char *code,
			      unsigned precision)
{
	if (number > h->equivalent_count)
		return GN_CORRUPT;
	if (number == h->equivalent_count) {
		void *p = realloc(h->equivalents, (number + 1) * sizeof *h->equivalents);
		if (!p)
			return GN_NOMEM;
		h->equivalents = p;
		memset(&h->equivalents[h->equivalent_count++], 0, sizeof *h->equivalents);
	}
	snprintf(h->equivalents[number].code, sizeof h->equivalents[number].code, "%s", code);
	h->equivalents[number].precision = (uint8_t)precision;
	return GN_OK;
}

static gn_err note_pair(struct gn_history *h, uint32_t eq, uint32_t pair, uint32_t lower,
			uint32_t higher)
{
	struct equivalent_note *e = gn_history_equivalent(h, eq);
	if (!e || pair > e->pair_count || lower >= h->pid_count || higher >= h->pid_count)
		return GN_CORRUPT;
	if (pair >= e->pair_cap) {
		uint32_t cap = pair * 2 + 64;
		void *p = realloc(e->pairs, (size_t)cap * sizeof *e->pairs);
		if (!p)
			return GN_NOMEM;
		e->pairs = p;
		e->pair_cap = cap;
	}
	e->pairs[pair].lower = lower;
	e->pairs[pair].higher = higher;
	if (pair == e->pair_count)
		e->pair_count++;
	return GN_OK;
}

struct loading {
	struct gn_history *h;
	gn_err err;
	char value[80];
};

static void load_pid(void *user, const char *const *c, int n)
{
	struct loading *l = user;
	(void)n;
	if (!l->err)
		l->err = note_pid(l->h, (uint32_t)strtoul(c[0], NULL, 10), c[1]);
}

static void load_equivalent(void *user, const char *const *c, int n)
{
	struct loading *l = user;
	(void)n;
	if (!l->err)
		l->err = note_equivalent(l->h, (uint32_t)strtoul(c[0], NULL, 10), c[1],
					 (unsigned)atoi(c[2]));
}

static void load_pair(void *user, const char *const *c, int n)
{
	struct loading *l = user;
	(void)n;
	if (!l->err)
		l->err = note_pair(
			l->h, (uint32_t)strtoul(c[0], NULL, 10), (uint32_t)strtoul(c[1], NULL, 10),
			(uint32_t)strtoul(c[2], NULL, 10), (uint32_t)strtoul(c[3], NULL, 10));
}

static void load_meta(void *user, const char *const *c, int n)
{
	struct loading *l = user;
	(void)n;
	if (strcmp(c[0], "watermark") == 0)
		l->h->watermark = strtoull(c[1], NULL, 10);
	else if (strcmp(c[0], "settings") == 0)
		snprintf(l->h->settings, sizeof l->h->settings, "%s", c[1]);
	else if (strcmp(c[0], "identity") == 0)
		snprintf(l->value, sizeof l->value, "%s", c[1]);
}

static void forget(struct gn_history *h)
{
	for (uint32_t i = 0; i < h->equivalent_count; i++)
		free(h->equivalents[i].pairs);
	free(h->equivalents);
	free(h->pids);
	h->equivalents = NULL;
	h->pids = NULL;
	h->equivalent_count = h->pid_count = h->pid_cap = 0;
	h->watermark = 0;
	h->settings[0] = 0;
}

static void identity(const struct gn_history *h, char out[80])
{
	char hex[65];
	gn_hex(GN_SLICE(h->hub.b), hex);
	snprintf(out, 80, GN_HISTORY_SCHEMA " %s", hex);
}

static gn_err set_meta(struct gn_history *h, const char *name, const char *value)
{
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO "
			  "UPDATE SET value = "
			  "excluded.value",
			  NULL, NULL, GN_SQL_T(gn_str(name)), GN_SQL_T(gn_str(value)));
}

static gn_err create(struct gn_history *h)
{
	char text[80];
	for (size_t i = 0; i < GN_COUNT(creates); i++)
		GN_TRY(GN_SQL_DO(h->sql, creates[i]));
	identity(h, text);
	return set_meta(h, "identity", text);
}

static gn_err clear(struct gn_history *h)
{
	forget(h);
	for (size_t i = 0; i < GN_COUNT(drops); i++)
		GN_TRY(GN_SQL_DO(h->sql, drops[i]));
	return create(h);
}

static gn_err load(struct gn_history *h)
{
	struct loading l = {.h = h};
	char want[80];
	GN_TRY(GN_SQL_DO(h->sql, creates[0]));
	GN_TRY(h->sql->run(h->sql, "SELECT name, value FROM meta", NULL, 0, load_meta, &l));
	identity(h, want);
	if (strcmp(l.value, want) != 0)
		return clear(h);
	GN_TRY(create(h));
	GN_TRY(h->sql->run(h->sql, "SELECT number, pid FROM participants ORDER BY number", NULL, 0,
			   load_pid, &l));
	GN_TRY(h->sql->run(h->sql,
			   "SELECT number, code, precision_ FROM equivalents ORDER BY "
			   "number",
			   NULL, 0, load_equivalent, &l));
	GN_TRY(h->sql->run(h->sql, "SELECT eq, pair, lower, higher FROM pairs ORDER BY eq, pair",
			   NULL, 0, load_pair, &l));
	return l.err == GN_CORRUPT ? clear(h) : l.err;
}

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
	if (!err && (err = load(h)))
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
	forget(h);
	free(h);
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

/* ---- records ---- */

static gn_err audit(struct gn_history *h, const struct gn_record_view *r, const char *action,
		    const char *target, const char *before, const char *after)
{
	char actor[GN_PID_MAX] = "";
	static const struct gn_pk nobody;
	if (memcmp(&r->admin.actor, &nobody, sizeof nobody) != 0)
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

static gn_err feed_settings(struct gn_history *h, const struct gn_record_view *r)
{
	char before[sizeof h->settings];
	memcpy(before, h->settings, sizeof before);
	settings_text(&r->u.genesis.settings, h->settings, sizeof h->settings);
	GN_TRY(set_meta(h, "settings", h->settings));
	return r->type == GN_REC_SETTINGS ? audit(h, r, "settings", "hub", before, h->settings)
					  : GN_OK;
}

static gn_err feed_equivalent(struct gn_history *h, const struct gn_record_view *r)
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
	GN_TRY(note_equivalent(h, r->eq, code, r->u.equivalent.precision));
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
	return audit(h, r, fresh ? "equivalent.create" : "equivalent.update", code,
		     fresh ? NULL : before, after);
}

/* A raw JSON string as plain text; out->len 0 when it is absent or too long. */
static void unescape(struct gn_slice raw, struct gn_buf *out)
{
	out->len = 0;
	if (raw.p && gn_json_unescape(raw, out))
		out->len = 0;
}

static gn_err feed_participant(struct gn_history *h, const struct gn_record_view *r,
			       const struct gn_op *op)
{
	char pid[GN_PID_MAX], key[64];
	uint8_t name[GN_HISTORY_NAME_MAX], folded[GN_HISTORY_NAME_MAX];
	struct gn_buf text = {name, 0, sizeof name}, fold = {folded, 0, sizeof folded};
	gn_pid(&r->u.participant.pk, pid);
	GN_TRY(gn_base64(GN_SLICE(r->u.participant.pk.b), false, key, sizeof key));
	unescape(op->display_name, &text);
	gn_history_fold(gn_buf_slice(&text), &fold);
	uint32_t number = h->pid_count;
	GN_TRY(note_pid(h, number, pid));
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

static gn_err feed_profile(struct gn_history *h, const struct gn_record_view *r,
			   const struct gn_op *op)
{
	uint8_t name[GN_HISTORY_NAME_MAX], folded[GN_HISTORY_NAME_MAX];
	struct gn_buf text = {name, 0, sizeof name}, fold = {folded, 0, sizeof folded};
	unescape(op->display_name, &text);
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

static gn_err set_status(struct gn_history *h, uint32_t participant,
			 enum gn_participant_status status, gn_time now)
{
	return GN_SQL_RUN(h->sql,
			  "UPDATE participants SET status = $1, updated = $2 WHERE number "
			  "= $3",
			  NULL, NULL, GN_SQL_I(status), GN_SQL_I(now), GN_SQL_I(participant));
}

static gn_err feed_status(struct gn_history *h, const struct gn_record_view *r)
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
	return audit(h, r, "participant.status", gn_history_pid(h, r->u.status.participant), before,
		     after);
}

struct tx_row {
	const char *type, *state;
	struct gn_slice tx_id;
	int64_t other, eq, amount;
	unsigned code;
	json_t *routes, *details; /* freed here */
	bool decided, has_key;
};

static gn_err put_tx(struct gn_history *h, const struct gn_record_view *r, const struct gn_op *op,
		     const struct tx_row *t)
{
	char key[33] = "", sig[96] = "",
	     *routes = t->routes ? json_dumps(t->routes, JSON_COMPACT) : NULL,
	     *details = t->details ? json_dumps(t->details, JSON_COMPACT) : NULL;
	uint8_t description[OP_TEXT_MAX + 1];
	struct gn_buf text = {description, 0, sizeof description};
	gn_hex(GN_SLICE(r->key.b), key);
	gn_err err = gn_base64(GN_SLICE(r->sign.sig.b), false, sig, sizeof sig);
	unescape(op->description, &text);
	if (!err)
		err = GN_SQL_RUN(h->sql,
				 "INSERT INTO transactions (seq, type, tx_id, tx_key, initiator, "
				 "other, eq, amount, "
				 "state, code, description, routes, details, created, decided, "
				 "profile, signed, "
				 "signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
				 "$12, $13, $14, $15, "
				 "$16, $17, $18)",
				 NULL, NULL, GN_SQL_I(r->seq), GN_SQL_T(gn_str(t->type)),
				 GN_SQL_T(t->tx_id), t->has_key ? GN_SQL_T(gn_str(key)) : GN_SQL_N,
				 GN_SQL_I(r->sign.signer), GN_SQL_I(t->other), GN_SQL_I(t->eq),
				 GN_SQL_I(t->amount), GN_SQL_T(gn_str(t->state)), GN_SQL_I(t->code),
				 op->description.p ? GN_SQL_T(gn_buf_slice(&text)) : GN_SQL_N,
				 routes ? GN_SQL_T(gn_str(routes)) : GN_SQL_N,
				 details ? GN_SQL_T(gn_str(details)) : GN_SQL_N, GN_SQL_I(r->time),
				 t->decided ? GN_SQL_I(r->time) : GN_SQL_N,
				 GN_SQL_I(r->sign.profile), GN_SQL_T(r->sign.bytes),
				 GN_SQL_T(gn_str(sig)));
	free(routes);
	free(details);
	json_decref(t->routes);
	json_decref(t->details);
	return err;
}

static gn_err feed_line(struct gn_history *h, const struct gn_record_view *r,
			const struct gn_op *op)
{
	static const char *const types[] = {"TRUST_LINE_CREATE", "TRUST_LINE_UPDATE",
					    "TRUST_LINE_CLOSE", "TRUST_LINE_CLOSE"};
	uint32_t from = r->u.line.from, to = r->u.line.to;
	uint32_t lower = r->u.line.side ? to : from, higher = r->u.line.side ? from : to;
	char id[GN_LINE_ID_LEN + 1];
	struct gn_line_id line = {(uint16_t)r->eq, r->u.line.pair, r->u.line.version,
				  r->u.line.side};
	GN_TRY(note_pair(h, r->eq, r->u.line.pair, lower, higher));
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
	return put_tx(h, r, op,
		      &(struct tx_row){types[r->u.line.action & 3], "COMMITTED", gn_str(id), to,
				       r->eq, r->u.line.limit, 0, NULL, NULL, true, false});
}

/* Who a prepared payment or an offer asks: they may know its outcome, whenever they ask (HB-9). */
static gn_err put_asked(struct gn_history *h, const struct gn_record_view *r, struct gn_hops asked)
{
	char key[33];
	uint32_t who;
	gn_hex(GN_SLICE(r->key.b), key);
	while (gn_rec_next_number(&asked, &who))
		GN_TRY(GN_SQL_RUN(
			h->sql,
			"INSERT INTO asked (tx_key, participant) VALUES ($1, $2) ON CONFLICT "
			"(tx_key, participant) "
			"DO NOTHING",
			NULL, NULL, GN_SQL_T(gn_str(key)), GN_SQL_I(who)));
	return GN_OK;
}

static gn_err feed_payment(struct gn_history *h, const struct gn_record_view *r,
			   const struct gn_op *op)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	bool committed = r->type == GN_REC_PAYMENT;
	if (!e)
		return GN_CORRUPT;
	if (!committed)
		GN_TRY(put_asked(h, r, r->u.payment.asked));
	json_t *routes = gn_history_routes_json(r->u.payment.routes, r->eq, e->precision,
						gn_history_pair, h);
	json_t *details = json_pack("{ss}", "search", gn_ledger_routed_name(r->u.payment.mode));
	if (!committed)
		json_object_set_new(details, "expires_at",
				    gn_history_time_json(r->u.payment.expiry));
	return put_tx(
		h, r, op,
		&(struct tx_row){"PAYMENT",
				 gn_tx_state_name(committed ? GN_TX_COMMITTED : GN_TX_PREPARE),
				 op->tx_id, r->u.payment.payee, r->eq, r->u.payment.amount, 0,
				 routes, details, committed, true});
}

static gn_err feed_failed(struct gn_history *h, const struct gn_record_view *r,
			  const struct gn_op *op)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	struct gn_slice raises = r->u.failed.raises;
	struct gn_hop line;
	gn_amount raise;
	if (!e)
		return GN_CORRUPT;
	json_t *details = json_object(), *list = json_array();
	gn_history_amount_json(details, "requested", r->u.failed.amount, e->precision);
	gn_history_amount_json(details, "available", r->u.failed.available, e->precision);
	while (gn_rec_next_raise(&raises, &line, &raise)) {
		char end[2][GN_PID_MAX];
		if (!gn_history_pair(h, r->eq, line.pair, end[0], end[1]))
			continue;
		json_t *item =
			json_pack("{ss ss}", "owner", end[line.dir], "debtor", end[!line.dir]);
		gn_history_amount_json(item, "raise", raise, e->precision);
		json_array_append_new(list, item);
	}
	json_object_set_new(details, "raises", list);
	return put_tx(h, r, op,
		      &(struct tx_row){"PAYMENT", gn_tx_state_name(GN_TX_ABORTED), op->tx_id,
				       r->u.failed.payee, r->eq, r->u.failed.amount,
				       r->u.failed.code, NULL, details, true, true});
}

static gn_err feed_answer(struct gn_history *h, const struct gn_record_view *r)
{
	char key[33], sig[96];
	gn_hex(GN_SLICE(r->key.b), key);
	GN_TRY(gn_base64(GN_SLICE(r->sign.sig.b), false, sig, sizeof sig));
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO answers (seq, tx_key, participant, yes, at, signed, "
			  "signature) VALUES ($1, $2, "
			  "$3, $4, $5, $6, $7)",
			  NULL, NULL, GN_SQL_I(r->seq), GN_SQL_T(gn_str(key)),
			  GN_SQL_I(r->sign.signer), GN_SQL_I(r->u.answer.yes), GN_SQL_I(r->time),
			  GN_SQL_T(r->sign.bytes), GN_SQL_T(gn_str(sig)));
}

static gn_err feed_end(struct gn_history *h, const struct gn_record_view *r)
{
	char key[33];
	bool reject = r->type == GN_REC_REJECT;
	const char *state = gn_tx_state_name(r->type == GN_REC_COMMIT ? GN_TX_COMMITTED
					     : reject                 ? GN_TX_REJECTED
								      : GN_TX_ABORTED);
	gn_hex(GN_SLICE(r->key.b), key);
	if (r->type != GN_REC_COMMIT && r->u.end.by_admin)
		GN_TRY(audit(h, r, reject ? "clearing.reject" : "payment.abort", key, NULL, NULL));
	if (reject)
		return GN_SQL_RUN(h->sql,
				  "UPDATE clearings SET state = $1, code = $2, decided = $3 WHERE "
				  "tx_key = $4 AND "
				  "decided IS NULL",
				  NULL, NULL, GN_SQL_T(gn_str(state)), GN_SQL_I(r->u.end.code),
				  GN_SQL_I(r->time), GN_SQL_T(gn_str(key)));
	return GN_SQL_RUN(
		h->sql,
		"UPDATE transactions SET state = $1, code = $2, decided = $3 WHERE tx_key = $4 AND "
		"decided IS NULL",
		NULL, NULL, GN_SQL_T(gn_str(state)), GN_SQL_I(r->u.end.code), GN_SQL_I(r->time),
		GN_SQL_T(gn_str(key)));
}

static gn_err put_edge(struct gn_history *h, uint64_t seq, uint32_t eq, struct gn_hop debt,
		       gn_amount amount)
{
	const struct equivalent_note *e = gn_history_equivalent(h, eq);
	if (!e || debt.pair >= e->pair_count)
		return GN_CORRUPT;
	uint32_t lower = e->pairs[debt.pair].lower, higher = e->pairs[debt.pair].higher;
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO clearing_edges (seq, debtor, creditor, amount) VALUES ($1, "
			  "$2, $3, $4) ON "
			  "CONFLICT (seq, debtor, creditor) DO UPDATE "
			  "SET amount = clearing_edges.amount + excluded.amount",
			  NULL, NULL, GN_SQL_I(seq), GN_SQL_I(debt.dir ? higher : lower),
			  GN_SQL_I(debt.dir ? lower : higher), GN_SQL_I(amount));
}

static bool is_zero(const void *p, size_t len)
{
	const uint8_t *b = p;
	for (size_t i = 0; i < len; i++)
		if (b[i])
			return false;
	return true;
}

/* What an offer brings beyond what clears without asking: as text, and in 1/10000 of that. */
struct gain {
	char without[GN_AMOUNT_TEXT_MAX], more[GN_AMOUNT_TEXT_MAX];
	int64_t myriad; /* -1: without asking nothing clears */
};

static void gain_of(const struct gn_record_view *r, unsigned precision, struct gain *g)
{
	gn_amount_sum without = r->u.clearing.without, more = r->u.clearing.total - without;
	gn_amount_text(without, precision, g->without);
	gn_amount_text(more, precision, g->more);
	g->myriad = without > 0
			    ? (int64_t)(more / without * 10000 + more % without * 10000 / without)
			    : -1;
}

static gn_err feed_clearing(struct gn_history *h, const struct gn_record_view *r)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	char key[33], total[GN_AMOUNT_TEXT_MAX], certificate[65];
	struct gn_slice cycles = r->u.clearing.cycles, edges = r->u.clearing.edges;
	bool offer = r->type == GN_REC_PROPOSE,
	     answers_offer = !offer && !is_zero(&r->key, sizeof r->key);
	bool proven = !is_zero(&r->u.clearing.certificate, sizeof r->u.clearing.certificate);
	struct gain gain;
	struct gn_hops hops;
	struct gn_hop hop;
	gn_amount amount;
	if (!e)
		return GN_CORRUPT;
	gn_hex(GN_SLICE(r->key.b), key);
	gn_hex(GN_SLICE(r->u.clearing.certificate.b), certificate);
	gn_amount_text(r->u.clearing.total, e->precision, total);
	gain_of(r, e->precision, &gain);
	if (offer)
		GN_TRY(put_asked(h, r, r->u.clearing.asked));
	if (answers_offer)
		GN_TRY(GN_SQL_RUN(
			h->sql,
			"UPDATE clearings SET state = 'COMMITTED', decided = $1 WHERE tx_key = $2 "
			"AND decided IS NULL",
			NULL, NULL, GN_SQL_I(r->time), GN_SQL_T(gn_str(key))));
	GN_TRY(GN_SQL_RUN(
		h->sql,
		"INSERT INTO clearings (seq, eq, mode, total, without_, gain, gain_myriad, cause, "
		"certificate, "
		"tx_key, state, code, created, decided) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		"$9, $10, "
		"$11, 0, $12, $13)",
		NULL, NULL, GN_SQL_I(r->seq), GN_SQL_I(r->eq),
		GN_SQL_I(offer ? GN_CLEARING_CONSENT : r->u.clearing.mode), GN_SQL_T(gn_str(total)),
		offer ? GN_SQL_T(gn_str(gain.without)) : GN_SQL_N,
		offer ? GN_SQL_T(gn_str(gain.more)) : GN_SQL_N,
		offer && gain.myriad >= 0 ? GN_SQL_I(gain.myriad) : GN_SQL_N,
		GN_SQL_I(r->u.clearing.cause), proven ? GN_SQL_T(gn_str(certificate)) : GN_SQL_N,
		offer || answers_offer ? GN_SQL_T(gn_str(key)) : GN_SQL_N,
		GN_SQL_T(gn_str(gn_tx_state_name(offer ? GN_TX_WAITING : GN_TX_COMMITTED))),
		GN_SQL_I(r->time), offer ? GN_SQL_N : GN_SQL_I(r->time)));
	while (gn_rec_next_route(&cycles, &amount, &hops))
		while (gn_rec_next_hop(&hops, &hop))
			GN_TRY(put_edge(h, r->seq, r->eq, hop, amount));
	while (gn_rec_next_edge(&edges, &hop, &amount))
		GN_TRY(put_edge(h, r->seq, r->eq, hop, amount));
	return GN_OK;
}

static gn_err feed_dispute(struct gn_history *h, const struct gn_record_view *r)
{
	char end[2][GN_PID_MAX], target[2 * GN_PID_MAX + 4];
	if (!gn_history_pair(h, r->eq, r->u.dispute.pair, end[0], end[1]))
		return GN_CORRUPT;
	snprintf(target, sizeof target, "%s -> %s", end[r->u.dispute.side],
		 end[!r->u.dispute.side]);
	return audit(h, r, r->u.dispute.on ? "trustline.freeze" : "trustline.unfreeze", target,
		     NULL, NULL);
}

/* A command that has no record of its own: what it names is its target, the rest is shown as it
 * was given. */
static gn_err feed_note(struct gn_history *h, const struct gn_record_view *r)
{
	struct gn_op_admin c;
	char code[17] = "hub";
	json_t *j = json_loadb((const char *)r->u.note.p, r->u.note.len, 0, NULL);
	if (gn_op_admin_parse(r->u.note, &c)) {
		json_decref(j);
		return audit(h, r, "note", "", NULL, NULL);
	}
	if (c.code.p)
		snprintf(code, sizeof code, "%.*s", (int)c.code.len, (const char *)c.code.p);
	json_object_del(j, "command");
	json_object_del(j, "reason");
	char *after = json_dumps(j, JSON_COMPACT);
	gn_err err = audit(h, r, gn_command_name(c.command), code, NULL, after);
	free(after);
	json_decref(j);
	return err;
}

static gn_err feed_verify(struct gn_history *h, const struct gn_record_view *r)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	struct gn_record_view by = *r;
	by.admin.actor = r->u.verify.who; /* its role is 0: as a participant */
	return audit(h, &by, "integrity.verify", e ? e->code : "hub", NULL, NULL);
}

static gn_err feed_role(struct gn_history *h, const struct gn_record_view *r)
{
	static const char *const roles[] = {"none", "auditor", "operator", "admin"};
	char pid[GN_PID_MAX], before[48];
	bool revoked = r->u.role.role == GN_ROLE_NONE;
	gn_pid(&r->u.role.pk, pid);
	snprintf(before, sizeof before, "{\"role\":\"%s\"}", roles[r->u.role.before & 3]);
	json_t *j = json_pack("{ss so}", "role", roles[r->u.role.role & 3], "name",
			      gn_history_text_json(r->u.role.name));
	char *after = json_dumps(j, JSON_COMPACT);
	gn_err err =
		audit(h, r, revoked ? "role.revoke" : "role.grant", pid,
		      r->u.role.before == GN_ROLE_NONE ? NULL : before, revoked ? NULL : after);
	free(after);
	json_decref(j);
	return err;
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
	case GN_REC_SETTINGS: return feed_settings(h, r);
	case GN_REC_EQUIVALENT: return feed_equivalent(h, r);
	case GN_REC_PARTICIPANT: return feed_participant(h, r, op);
	case GN_REC_PROFILE: return feed_profile(h, r, op);
	case GN_REC_STATUS: return feed_status(h, r);
	case GN_REC_LEAVE: return set_status(h, r->sign.signer, GN_PARTICIPANT_LEFT, r->time);
	case GN_REC_LINE: return feed_line(h, r, op);
	case GN_REC_DISPUTE: return feed_dispute(h, r);
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE: return feed_payment(h, r, op);
	case GN_REC_FAILED: return feed_failed(h, r, op);
	case GN_REC_VOTE:
	case GN_REC_ANSWER: return feed_answer(h, r);
	case GN_REC_COMMIT:
	case GN_REC_ABORT:
	case GN_REC_REJECT: return feed_end(h, r);
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE: return feed_clearing(h, r);
	case GN_REC_ROLE: return feed_role(h, r);
	case GN_REC_NOTE: return feed_note(h, r);
	case GN_REC_VERIFY: return feed_verify(h, r);
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
	return set_meta(h, "watermark", mark);
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
