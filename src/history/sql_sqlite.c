/* The history's default database: SQLite in WAL mode. Statements are prepared once and kept by
 * the address of their text, which is a literal. The journal is the truth, so losing the last
 * moments in a power cut is fine (synchronous=NORMAL): the feed starts again at the watermark
 * that survived. */
#include "history/sql.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATEMENTS_MAX 96 /* different statements of the history */
#define COLUMNS_MAX 32

struct sqlite {
	struct gn_sql base;
	sqlite3 *db;
	struct {
		const char *sql; /* by address */
		sqlite3_stmt *statement;
	} kept[STATEMENTS_MAX];
	unsigned kept_count;
};

static gn_err failed(struct sqlite *s)
{
	snprintf(s->base.why, sizeof s->base.why, "SQLite: %s", sqlite3_errmsg(s->db));
	int code = sqlite3_errcode(s->db) & 0xff;
	return code == SQLITE_FULL                               ? GN_DISK_FULL
	       : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? GN_CORRUPT
								 : GN_IO;
}

static gn_err prepare(struct sqlite *s, const char *sql, sqlite3_stmt **out)
{
	for (unsigned i = 0; i < s->kept_count; i++)
		if (s->kept[i].sql == sql) {
			*out = s->kept[i].statement;
			return GN_OK;
		}
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
		return failed(s);
	GN_ASSERT(s->kept_count < STATEMENTS_MAX);
	s->kept[s->kept_count].sql = sql;
	s->kept[s->kept_count++].statement = *out;
	return GN_OK;
}

static int bind(sqlite3_stmt *st, int i, const struct gn_sql_arg *a)
{
	switch (a->kind) {
	case GN_SQL_INT: return sqlite3_bind_int64(st, i, a->integer);
	case GN_SQL_TEXT:
		return sqlite3_bind_text(st, i, a->text.p ? (const char *)a->text.p : "",
					 (int)a->text.len, SQLITE_STATIC);
	case GN_SQL_NULL:
	default: return sqlite3_bind_null(st, i);
	}
}

static gn_err run(struct gn_sql *base, const char *sql, const struct gn_sql_arg *args, size_t count,
		  gn_sql_row *row, void *user)
{
	struct sqlite *s = (struct sqlite *)base;
	sqlite3_stmt *st;
	GN_TRY(prepare(s, sql, &st));
	gn_err err = GN_OK;
	for (size_t i = 0; i < count && !err; i++)
		if (bind(st, (int)i + 1, &args[i]) != SQLITE_OK)
			err = failed(s);
	while (!err) {
		int got = sqlite3_step(st);
		if (got == SQLITE_DONE)
			break;
		if (got != SQLITE_ROW) {
			err = failed(s);
			break;
		}
		const char *columns[COLUMNS_MAX];
		int n = sqlite3_column_count(st);
		GN_ASSERT(n <= COLUMNS_MAX);
		for (int i = 0; i < n; i++)
			columns[i] = (const char *)sqlite3_column_text(st, i);
		if (row)
			row(user, columns, n);
	}
	base->changes = sqlite3_changes64(s->db);
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return err;
}

static void close_it(struct gn_sql *base)
{
	struct sqlite *s = (struct sqlite *)base;
	for (unsigned i = 0; i < s->kept_count; i++)
		sqlite3_finalize(s->kept[i].statement);
	sqlite3_close(s->db);
	free(s);
}

static gn_err open_file(const char *path, int flags, const char *pragmas, struct gn_sql **out,
			char why[HISTORY_WHY])
{
	struct sqlite *s = calloc(1, sizeof *s);
	if (!s)
		return GN_NOMEM;
	s->base.run = run;
	s->base.close = close_it;
	int code = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(s->db, pragmas, NULL, NULL, NULL);
	if (code != SQLITE_OK) {
		gn_err err = failed(s);
		snprintf(why, HISTORY_WHY, "%s: %s", path, sqlite3_errmsg(s->db));
		close_it(&s->base);
		return err;
	}
	*out = &s->base;
	return GN_OK;
}

gn_err gn_history_open_sqlite(const char *path, struct gn_sql **out, char why[HISTORY_WHY])
{
	/* SQLite makes its files for all to read, as those of older hubs are, and those beside the
	 * first like the first */
	int fd = *path == ':' ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)!fchmod(fd, 0600); /* another's stays as it is */
		close(fd);
	}
	return open_file(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			 "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA "
			 "busy_timeout=5000",
			 out, why);
}

gn_err gn_history_read_sqlite(const char *path, struct gn_sql **out, char why[HISTORY_WHY])
{
	return open_file(path, SQLITE_OPEN_READONLY, "", out, why);
}
