/* The store opened, made, closed; transactions. A new store is made under another name and renamed
 * when it is whole, so there is never half of one.
 *
 *    none -> made [create] -> open [connect_it, agent_db_migrate] -> closed [gn_agent_db_close]
 *    transaction: none -> writing [gn_agent_tx_begin] -> none [commit, abort]
 *
 * 1. The key is proven on the file before SQLite sees it: with a wrong one it would take the WAL
 *    for empty and, closing, delete it.
 * 2. WAL with synchronous FULL: what was committed was synced. Nothing temporary reaches the disk:
 *    temp_store is memory, and the VFS refuses any other file.
 *
 * Spec: AG-24..27. */
#include "agent/db_int.h"

#include <stdio.h>
#include <stdlib.h>

/* Only ours and closed to others; GN_NOT_FOUND. */
static gn_err check_file(struct gn_agent_db *db, const char *name)
{
	uint8_t nothing;
	struct gn_buf none = {&nothing, 0, 0};
	gn_err err = gn_os_file_read(db->dir, name, &none);
	return !err || err == GN_TOO_LARGE ? GN_OK : agent_db_os_failed(db, err);
}

static gn_err set_up(struct gn_agent_db *db, const struct agent_schema *schema,
		     struct gn_rand *rand)
{
	char sql[192];
	GN_TRY(agent_db_exec(db, "PRAGMA page_size=4096; PRAGMA journal_mode=MEMORY; BEGIN"));
	GN_TRY(agent_db_exec(db, schema->sql));
	snprintf(sql, sizeof sql,
		 "PRAGMA user_version=%u;"
		 "INSERT INTO meta(name, value) VALUES('epoch', x'%016llx')",
		 schema->version, (unsigned long long)(gn_rand_u64(rand) >> 1));
	GN_TRY(agent_db_exec(db, sql));
	return agent_db_exec(db, "COMMIT; PRAGMA journal_mode=WAL");
}

static gn_err create(struct gn_agent_db *db, const struct agent_schema *schema,
		     struct gn_rand *rand)
{
	char name[80];
	snprintf(name, sizeof name, "%s.new", db->name);
	GN_TRY(agent_db_empty(db, name));
	GN_TRY(agent_db_connect(db, db->vfs, name, &db->db));
	gn_err err = set_up(db, schema, rand);
	if (sqlite3_close(db->db) != SQLITE_OK && !err)
		err = GN_IO;
	db->db = NULL;
	if (err)
		return err;
	if (!(err = gn_os_sync(db->dir, name)))
		err = gn_os_rename(db->dir, name, db->name);
	return err ? agent_db_os_failed(db, err) : GN_OK;
}

static gn_err explain(struct gn_agent_db *db, gn_err err)
{
	switch ((int)err) {
	case GN_OK: return GN_OK;
	case GN_KEY:
		return agent_db_refuse(
			db, err,
			"%s/%s is sealed with the key of another device.key: put back the one it "
			"was made with",
			db->root, db->name);
	case GN_CORRUPT:
	case GN_TRUNCATED: return agent_db_damaged(db, GN_CORRUPT);
	default: return agent_db_refuse(db, err, "%s/%s: %s", db->root, db->name, gn_err_text(err));
	}
}

static gn_err connect_it(struct gn_agent_db *db)
{
	char path[AGENT_PATH], sql[192], wal[80];
	GN_TRY(agent_db_path(db, db->name, path));
	snprintf(wal, sizeof wal, "%s-wal", db->name);
	gn_err err = check_file(db, wal);
	if (err && err != GN_NOT_FOUND)
		return err;
	GN_TRY(explain(db, agent_vfs_check(db->vfs, path)));
	GN_TRY(agent_db_connect(db, db->vfs, db->name, &db->db));
	snprintf(sql, sizeof sql,
		 "PRAGMA journal_mode=WAL; PRAGMA cache_size=-%d; PRAGMA wal_autocheckpoint=%d;"
		 "PRAGMA journal_size_limit=%u",
		 AGENT_CACHE_KIB, AGENT_CHECKPOINT_PAGES, AGENT_WAL_KEPT);
	return agent_db_exec(db, sql);
}

/* A new one would take the place of the store that its WAL is of, and that of its WAL. */
static gn_err check_gone(struct gn_agent_db *db)
{
	char wal[80];
	snprintf(wal, sizeof wal, "%s-wal", db->name);
	gn_err err = check_file(db, wal);
	if (err)
		return err == GN_NOT_FOUND ? GN_OK : err;
	return agent_db_refuse(db, GN_CORRUPT,
			       "%s/%s is gone, and %s is there: put it back, or a backup elsewhere",
			       db->root, db->name, wal);
}

static gn_err open_it(struct gn_agent_db *db, bool make, const struct agent_schema *schema,
		      struct gn_rand *rand)
{
	gn_err err = check_file(db, db->name);
	if (err == GN_NOT_FOUND && make) {
		err = check_gone(db);
		err = err ? err : create(db, schema, rand);
	}
	if (!err)
		err = connect_it(db);
	return err ? err : agent_db_migrate(db, schema);
}

gn_err agent_db_open_as(const struct gn_agent_db_place *place, bool make,
			const struct agent_schema *schema, const char *base,
			struct gn_agent_db **out, char why[GN_AGENT_WHY])
{
	struct gn_agent_db *db = calloc(1, sizeof *db);
	gn_err err = db ? GN_OK : GN_NOMEM;
	snprintf(why, GN_AGENT_WHY, "%s", gn_err_text(GN_NOMEM));
	if (!err) {
		db->dir = place->dir;
		int root = snprintf(db->root, sizeof db->root, "%s", place->root);
		int name = snprintf(db->name, sizeof db->name, "%s", place->name);
		if (root + 96 >= (int)sizeof db->root || name >= (int)sizeof db->name)
			err = agent_db_refuse(db, GN_USAGE, "the path is too long");
	}
	if (!err)
		err = agent_vfs_new(place->key, place->rand, base, &db->vfs);
	if (!err)
		err = open_it(db, make, schema, place->rand);
	if (!err) {
		*out = db;
		return GN_OK;
	}
	if (db && db->why[0])
		snprintf(why, GN_AGENT_WHY, "%s", db->why);
	gn_agent_db_close(db);
	return err;
}

gn_err gn_agent_db_open(const struct gn_agent_db_place *place, bool make, struct gn_agent_db **out,
			char why[GN_AGENT_WHY])
{
	static const struct agent_schema schema = {
		.version = GN_AGENT_DB_VERSION, .sql = agent_schema, .steps = agent_db_steps};
	return agent_db_open_as(place, make, &schema, NULL, out, why);
}

void gn_agent_db_close(struct gn_agent_db *db)
{
	if (!db)
		return;
	GN_ASSERT(!db->backup);
	if (db->writing)
		gn_agent_tx_abort(&(struct gn_agent_tx){db});
	for (unsigned i = 0; i < db->kept_count; i++)
		sqlite3_finalize(db->kept[i].statement);
	int rc = sqlite3_close(db->db);
	GN_ASSERT(rc != SQLITE_BUSY);
	agent_vfs_free(db->vfs);
	gn_wipe(db, sizeof *db);
	free(db);
}

const char *gn_agent_db_why(const struct gn_agent_db *db)
{
	return db->why;
}

gn_err gn_agent_db_check(struct gn_agent_db *db)
{
	struct agent_q q = agent_q(db, "PRAGMA integrity_check(1)");
	gn_err err = agent_q_row(&q);
	if (!err && db->vfs->fault)
		err = agent_db_damaged(db, db->vfs->fault);
	else if (!err && !gn_slice_eq(agent_q_bytes(&q, 0), GN_LIT("ok")))
		err = agent_db_refuse(db, GN_CORRUPT, "%s/%s is damaged: %s", db->root, db->name,
				      (const char *)sqlite3_column_text(q.st, 0));
	agent_q_end(&q);
	if (err)
		return err;
	return agent_db_exec(db,
			     "INSERT INTO message_text(message_text) VALUES('integrity-check')");
}

/* FTS5 notes beside its words that some are gone, and drops both when it merges: 'merge' with a
 * negative number of pages begins to make one piece of all, a positive one goes on. */
gn_err gn_agent_db_tidy(struct gn_agent_db *db, bool begin, bool *more)
{
	if (db->writing)
		return GN_STATE;
	int before = sqlite3_total_changes(db->db);
	GN_TRY(agent_db_exec(
		db, begin ? "INSERT INTO message_text(message_text, rank) VALUES('merge', -64)"
			  : "INSERT INTO message_text(message_text, rank) VALUES('merge', 64)"));
	*more = begin || sqlite3_total_changes(db->db) - before >= 2;
	return GN_OK;
}

/* ---- transactions ---- */

gn_err gn_agent_tx_begin(struct gn_agent_db *db, struct gn_agent_tx *out)
{
	*out = (struct gn_agent_tx){NULL};
	if (db->writing)
		return GN_STATE;
	GN_TRY(agent_db_exec(db, "BEGIN IMMEDIATE"));
	db->writing = true;
	db->failed = GN_OK;
	*out = (struct gn_agent_tx){db};
	return GN_OK;
}

gn_err gn_agent_tx_commit(struct gn_agent_tx *tx)
{
	struct gn_agent_db *db = tx->db;
	if (!db)
		return GN_STATE;
	GN_ASSERT(db->writing);
	gn_err err = db->failed ? db->failed : agent_db_exec(db, "COMMIT");
	if (!err) {
		db->writing = false;
		tx->db = NULL;
		return GN_OK;
	}
	gn_agent_tx_abort(tx);
	return err;
}

void gn_agent_tx_abort(struct gn_agent_tx *tx)
{
	struct gn_agent_db *db = tx->db;
	tx->db = NULL;
	if (!db || !db->writing)
		return;
	db->writing = false;
	if (!sqlite3_get_autocommit(db->db)) /* SQLite may have given it up itself */
		(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
}
