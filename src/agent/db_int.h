/* Shared by the files of the store: the open database, statements, the schema. */
#ifndef GN_AGENT_DB_INT_H
#define GN_AGENT_DB_INT_H

#include "agent/db.h"
#include "agent/db_vfs_int.h"

#define AGENT_PATH 768 /* bytes of a path with its zero */

/* What a store of this program looks like; tests have others. */
struct agent_schema {
	unsigned version;
	const char *sql;          /* makes one of this version */
	const char *const *steps; /* steps[i] leads from version i + 1 to i + 2 */
};
extern const char agent_schema[]; /* schema.sql */
extern const char *const agent_db_steps[GN_AGENT_DB_VERSION - 1];

struct gn_agent_db {
	const struct gn_os_dir *dir; /* borrowed */
	char root[AGENT_PATH], name[64];
	struct agent_vfs *vfs; /* owned */
	sqlite3 *db;           /* owned */
	struct {
		const char *sql; /* by address */
		sqlite3_stmt *statement;
	} kept[AGENT_STATEMENTS_MAX];
	unsigned kept_count;
	bool writing;                   /* a transaction is open */
	gn_err failed;                  /* what ended it */
	struct gn_agent_backup *backup; /* borrowed: the one under way */
	char why[GN_AGENT_WHY];
};

/* Sets why; err. */
gn_err agent_db_refuse(struct gn_agent_db *db, gn_err err, const char *fmt, ...) GN_PRINTF(3, 4);
/* A failure of SQLite as ours; db may be NULL. */
gn_err agent_db_code(sqlite3 *db, int rc);
/* The sentence of a file of which bytes were changed; err. */
gn_err agent_db_damaged(struct gn_agent_db *db, gn_err err);
/* What SQLite's last failure is to us. */
gn_err agent_db_error(struct gn_agent_db *db, int rc);
/* Statements in a row, literals of ours. */
GN_MUST gn_err agent_db_exec(struct gn_agent_db *db, const char *sql);

/* ---- one statement: made, bound in order, stepped, ended ---- */

struct agent_q {
	struct gn_agent_db *db;
	sqlite3_stmt *st; /* NULL once it ended */
	int at;
	gn_err err;
};
/* sql: a literal, kept prepared by its address. */
struct agent_q agent_q(struct gn_agent_db *db, const char *sql);
/* Of a transaction: GN_STATE when it is over, and what ended it. */
struct agent_q agent_q_tx(struct gn_agent_tx *tx, const char *sql);
void agent_q_int(struct agent_q *q, uint64_t v); /* GN_RANGE from 2^63 on */
void agent_q_blob(struct agent_q *q, struct gn_slice s);
void agent_q_text(struct agent_q *q, struct gn_slice s); /* GN_TEXT */
/* GN_OK: a row; GN_NOT_FOUND: no more, and it ended. */
GN_MUST gn_err agent_q_row(struct agent_q *q);
/* To its end. */
GN_MUST gn_err agent_q_run(struct agent_q *q);
void agent_q_end(struct agent_q *q);
uint64_t agent_q_get(const struct agent_q *q, int column);
struct gn_slice agent_q_bytes(const struct agent_q *q, int column);
/* Exactly len bytes: GN_CORRUPT. */
GN_MUST gn_err agent_q_exact(const struct agent_q *q, int column, void *out, size_t len);

/* After the last row that was wanted: ends it; that there are no more is no error. */
static inline gn_err agent_q_over(struct agent_q *q, gn_err err)
{
	agent_q_end(q);
	return err == GN_NOT_FOUND ? GN_OK : err;
}

/* One row of numbers alone. */
GN_MUST gn_err agent_db_number(struct gn_agent_db *db, const char *sql, uint64_t *out);

static inline unsigned agent_limit(unsigned limit)
{
	return !limit ? AGENT_LIMIT_DEFAULT : limit > AGENT_LIMIT_MAX ? AGENT_LIMIT_MAX : limit;
}

/* ---- opening ---- */

/* base NULL: the system's VFS. */
GN_MUST gn_err agent_db_open_as(const struct gn_agent_db_place *place, bool make,
				const struct agent_schema *schema, const char *base,
				struct gn_agent_db **out, char why[GN_AGENT_WHY]);
/* os failed: err, and its sentence in why. */
gn_err agent_db_os_failed(struct gn_agent_db *db, gn_err err);
/* "ROOT/NAME" and what follows. GN_TOO_LARGE. */
GN_MUST gn_err agent_db_path(const struct gn_agent_db *db, const char *name, char out[AGENT_PATH]);
/* An empty file, 0600, and none beside it. */
GN_MUST gn_err agent_db_empty(struct gn_agent_db *db, const char *name);
/* A connection through db's VFS or another; *out is NULL on failure. */
GN_MUST gn_err agent_db_connect(struct gn_agent_db *db, struct agent_vfs *vfs, const char *name,
				sqlite3 **out);
/* To the version of the schema, from an older one; the copy is made first. */
GN_MUST gn_err agent_db_migrate(struct gn_agent_db *db, const struct agent_schema *schema);
/* The whole copy at once. */
GN_MUST gn_err agent_db_copy(struct gn_agent_db *db, const char *name);

#endif
