/* The tables, and what of them is kept in memory: made, dropped when they are of another hub or
 * schema, read at the start. */
#include "history/history_int.h"

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
		l->err = gn_history_note_pid(l->h, (uint32_t)strtoul(c[0], NULL, 10), c[1]);
}

static void load_equivalent(void *user, const char *const *c, int n)
{
	struct loading *l = user;
	(void)n;
	if (!l->err)
		l->err = gn_history_note_equivalent(l->h, (uint32_t)strtoul(c[0], NULL, 10), c[1],
						    (unsigned)strtoul(c[2], NULL, 10));
}

static void load_pair(void *user, const char *const *c, int n)
{
	struct loading *l = user;
	(void)n;
	if (!l->err)
		l->err = gn_history_note_pair(
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

static void identity(const struct gn_history *h, char out[80])
{
	char hex[65];
	gn_hex(GN_SLICE(h->hub.b), hex);
	snprintf(out, 80, GN_HISTORY_SCHEMA " %s", hex);
}

gn_err gn_history_set_meta(struct gn_history *h, const char *name, const char *value)
{
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO "
			  "UPDATE SET value = "
			  "excluded.value",
			  NULL, NULL, GN_SQL_T(gn_str(name)), GN_SQL_T(gn_str(value)));
}

static gn_err create_tables(struct gn_history *h)
{
	char text[80];
	for (size_t i = 0; i < GN_COUNT(creates); i++)
		GN_TRY(GN_SQL_DO(h->sql, creates[i]));
	identity(h, text);
	return gn_history_set_meta(h, "identity", text);
}

static gn_err clear_tables(struct gn_history *h)
{
	gn_history_forget(h);
	for (size_t i = 0; i < GN_COUNT(drops); i++)
		GN_TRY(GN_SQL_DO(h->sql, drops[i]));
	return create_tables(h);
}

gn_err gn_history_load(struct gn_history *h)
{
	struct loading l = {.h = h};
	char want[80];
	GN_TRY(GN_SQL_DO(h->sql, creates[0]));
	GN_TRY(h->sql->run(h->sql, "SELECT name, value FROM meta", NULL, 0, load_meta, &l));
	identity(h, want);
	if (strcmp(l.value, want) != 0)
		return clear_tables(h);
	GN_TRY(create_tables(h));
	GN_TRY(h->sql->run(h->sql, "SELECT number, pid FROM participants ORDER BY number", NULL, 0,
			   load_pid, &l));
	GN_TRY(h->sql->run(h->sql,
			   "SELECT number, code, precision_ FROM equivalents ORDER BY "
			   "number",
			   NULL, 0, load_equivalent, &l));
	GN_TRY(h->sql->run(h->sql, "SELECT eq, pair, lower, higher FROM pairs ORDER BY eq, pair",
			   NULL, 0, load_pair, &l));
	return l.err == GN_CORRUPT ? clear_tables(h) : l.err;
}
