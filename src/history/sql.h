/* What the history wants of a database: statements with numbered arguments, rows as text. Two
 * implementations, SQLite and PostgreSQL, chosen by one line of configuration; the SQL is the
 * common subset, with $1, $2.. in order of first use. One thread at a time. */
#ifndef GN_HISTORY_SQL_H
#define GN_HISTORY_SQL_H

#include "base/base.h"
#include "history/limits.h"

struct gn_sql_arg {
	enum { GN_SQL_NULL, GN_SQL_INT, GN_SQL_TEXT } kind;
	int64_t integer;
	struct gn_slice text; /* borrowed for the call; UTF-8 */
};
#define GN_SQL_I(v) ((struct gn_sql_arg){GN_SQL_INT, (int64_t)(v), {0}})
#define GN_SQL_T(s) ((struct gn_sql_arg){GN_SQL_TEXT, 0, (s)})
#define GN_SQL_N ((struct gn_sql_arg){GN_SQL_NULL, 0, {0}})

/* columns[i] is NULL for NULL; valid during the call. */
typedef void gn_sql_row(void *user, const char *const *columns, int count);

struct gn_sql {
	gn_err (*run)(struct gn_sql *s, const char *sql, const struct gn_sql_arg *args,
		      size_t count, gn_sql_row *row, void *user);
	void (*close)(struct gn_sql *s);
	int64_t changes; /* rows the last statement changed */
	char why[HISTORY_WHY];
};

/* path: the database's file, made when it is not there, and 0600 from then on. */
GN_MUST gn_err gn_history_open_sqlite(const char *path, struct gn_sql **out, char why[HISTORY_WHY]);
/* The same to read only: never made, never changed. */
GN_MUST gn_err gn_history_read_sqlite(const char *path, struct gn_sql **out, char why[HISTORY_WHY]);
/* conninfo as of libpq. GN_UNSUPPORTED when built without it. */
GN_MUST gn_err gn_history_open_postgresql(const char *conninfo, struct gn_sql **out,
					  char why[HISTORY_WHY]);

#define GN_SQL_RUN(s, sql, row, user, ...)                                                         \
	(s)->run((s), (sql), (const struct gn_sql_arg[]){__VA_ARGS__},                             \
		 sizeof((const struct gn_sql_arg[]){__VA_ARGS__}) / sizeof(struct gn_sql_arg),     \
		 (row), (user))
#define GN_SQL_DO(s, sql) (s)->run((s), (sql), NULL, 0, NULL, NULL)

#endif
