/* Statements of the store: prepared once, kept by the address of their text, bound in order. An
 * error sticks to its statement, so that a caller binds without looking and sees it at the step.
 *
 *    agent_q -> bound [agent_q_int, _blob, _text] -> row [agent_q_row] -> ended [agent_q_row at the
 *    last, agent_q_run, agent_q_end]
 *
 * 1. What was bound is borrowed until the statement ends, and not kept after it.
 * 2. What the disk or the memory fails within a transaction ends it: nothing that follows is
 *    written, and commit says the same. */
#include "agent/db_int.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

gn_err agent_db_refuse(struct gn_agent_db *db, gn_err err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(db->why, sizeof db->why, fmt, args);
	va_end(args);
	return err;
}

gn_err agent_db_code(sqlite3 *db, int rc)
{
	int os = sqlite3_system_errno(db);
	switch (rc & 0xff) {
	case SQLITE_FULL: return GN_DISK_FULL;
	case SQLITE_NOMEM: return GN_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return GN_BUSY;
	case SQLITE_TOOBIG: return GN_TOO_LARGE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* the statements are ours: the schema is not */
	case SQLITE_CONSTRAINT: return GN_CORRUPT;
	default: return os == ENOSPC || os == EDQUOT ? GN_DISK_FULL : GN_IO;
	}
}

gn_err agent_db_damaged(struct gn_agent_db *db, gn_err err)
{
	return agent_db_refuse(
		db, err,
		"%s/%s is damaged: bytes of it were changed. Nothing is written to it any more; "
		"put back a backup, or another device's copy",
		db->root, db->name);
}

gn_err agent_db_error(struct gn_agent_db *db, int rc)
{
	gn_err err =
		db->vfs->fault ? agent_db_damaged(db, db->vfs->fault) : agent_db_code(db->db, rc);
	if (!db->vfs->fault)
		(void)agent_db_refuse(db, err, "%s/%s: %s", db->root, db->name,
				      sqlite3_errmsg(db->db));
	if (db->writing && !db->failed)
		db->failed = err;
	return err;
}

gn_err agent_db_exec(struct gn_agent_db *db, const char *sql)
{
	int rc = sqlite3_exec(db->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? GN_OK : agent_db_error(db, rc);
}

static sqlite3_stmt *find(struct gn_agent_db *db, const char *sql)
{
	for (unsigned i = 0; i < db->kept_count; i++)
		if (db->kept[i].sql == sql)
			return db->kept[i].statement;
	return NULL;
}

struct agent_q agent_q(struct gn_agent_db *db, const char *sql)
{
	struct agent_q q = {.db = db, .st = find(db, sql)};
	if (q.st) {
		/* a visitor that asks what is being read to it */
		if (sqlite3_stmt_busy(q.st))
			q = (struct agent_q){.db = db, .err = GN_STATE};
		return q;
	}
	int rc = sqlite3_prepare_v3(db->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q.st, NULL);
	if (rc != SQLITE_OK) {
		q.err = agent_db_error(db, rc);
		return q;
	}
	GN_ASSERT(db->kept_count < AGENT_STATEMENTS_MAX);
	db->kept[db->kept_count].sql = sql;
	db->kept[db->kept_count++].statement = q.st;
	return q;
}

struct agent_q agent_q_tx(struct gn_agent_tx *tx, const char *sql)
{
	struct agent_q none = {.db = tx->db, .err = GN_STATE};
	if (!tx->db)
		return none;
	GN_ASSERT(tx->db->writing);
	none.err = tx->db->failed;
	return none.err ? none : agent_q(tx->db, sql);
}

static void bound(struct agent_q *q, int rc)
{
	if (rc != SQLITE_OK)
		q->err = agent_db_error(q->db, rc);
}

void agent_q_int(struct agent_q *q, uint64_t v)
{
	if (!q->err && v > INT64_MAX)
		q->err = GN_RANGE;
	if (!q->err)
		bound(q, sqlite3_bind_int64(q->st, ++q->at, (sqlite3_int64)v));
}

void agent_q_blob(struct agent_q *q, struct gn_slice s)
{
	if (!q->err)
		bound(q, sqlite3_bind_blob64(q->st, ++q->at, s.len ? s.p : (const uint8_t *)"",
					     s.len, SQLITE_STATIC));
}

void agent_q_text(struct agent_q *q, struct gn_slice s)
{
	if (!q->err && (!gn_utf8_ok(s) || (s.len && memchr(s.p, 0, s.len))))
		q->err = GN_TEXT;
	if (!q->err)
		bound(q, sqlite3_bind_text64(q->st, ++q->at, s.len ? (const char *)s.p : "", s.len,
					     SQLITE_STATIC, SQLITE_UTF8));
}

void agent_q_end(struct agent_q *q)
{
	if (!q->st)
		return;
	sqlite3_reset(q->st);
	sqlite3_clear_bindings(q->st);
	q->st = NULL;
}

gn_err agent_q_row(struct agent_q *q)
{
	int rc = q->err ? SQLITE_OK : sqlite3_step(q->st);
	if (!q->err && rc == SQLITE_ROW)
		return GN_OK;
	if (!q->err)
		q->err = rc == SQLITE_DONE ? GN_NOT_FOUND : agent_db_error(q->db, rc);
	agent_q_end(q);
	return q->err;
}

gn_err agent_q_run(struct agent_q *q)
{
	gn_err err;
	while (!(err = agent_q_row(q)))
		;
	return err == GN_NOT_FOUND ? GN_OK : err;
}

uint64_t agent_q_get(const struct agent_q *q, int column)
{
	return (uint64_t)sqlite3_column_int64(q->st, column);
}

struct gn_slice agent_q_bytes(const struct agent_q *q, int column)
{
	const void *p = sqlite3_column_blob(q->st, column);
	int len = sqlite3_column_bytes(q->st, column);
	return gn_slice(p ? p : "", len > 0 ? (size_t)len : 0);
}

gn_err agent_q_exact(const struct agent_q *q, int column, void *out, size_t len)
{
	struct gn_slice s = agent_q_bytes(q, column);
	if (s.len != len)
		return agent_db_refuse(q->db, GN_CORRUPT, "%s/%s: a row is not as it was written",
				       q->db->root, q->db->name);
	memcpy(out, s.p, len);
	return GN_OK;
}

gn_err agent_db_number(struct gn_agent_db *db, const char *sql, uint64_t *out)
{
	struct agent_q q = agent_q(db, sql);
	gn_err err = agent_q_row(&q);
	if (!err)
		*out = agent_q_get(&q, 0);
	agent_q_end(&q);
	return err;
}
