/* Copies of the store: as backups, and before a migration. A copy is made under another name by
 * SQLite's backup, page by page through a VFS of its own, and renamed when it is whole. It gets a
 * new epoch and no events, so that cursors of the store it is a copy of mean nothing in it; and no
 * files whose bytes still come: another life may have sealed more of them under the same keys.
 *
 *    none -> under way [gn_agent_backup_begin] -> copied [gn_agent_backup_step, 0 left]
 *         -> none [gn_agent_backup_end: renamed, or given up]
 *
 * Spec: AG-28, AG-29. */
#include "agent/db_int.h"

#include <stdio.h>
#include <stdlib.h>

struct gn_agent_backup {
	struct gn_agent_db *db; /* borrowed */
	struct agent_vfs *vfs;  /* owned */
	sqlite3 *copy;          /* owned */
	sqlite3_backup *work;   /* owned */
	char name[80], temporary[96];
	bool done;
	bool away; /* for another device */
};

/* What is this device's alone: sessions, prekeys and boxes must not live twice (people.md,
 * "Recovery"). */
static const char stays[] =
	"DELETE FROM e2ee; DELETE FROM outbox; DELETE FROM items; DELETE FROM written;"
	"DELETE FROM clients; DELETE FROM files WHERE state > 0;"
	"DELETE FROM meta WHERE name = 'boxes' OR name GLOB 'own.*' OR name GLOB 'prekeys*'"
	" OR name GLOB 'told.*' OR name GLOB 'presence*';";

static void let_go(struct gn_agent_backup *b)
{
	sqlite3_backup_finish(b->work);
	sqlite3_close(b->copy);
	agent_vfs_free(b->vfs);
	b->db->backup = NULL;
	free(b);
}

static gn_err failed(struct gn_agent_backup *b, int rc)
{
	if (b->vfs->fault)
		return b->vfs->fault;
	gn_err err = agent_db_code(b->copy, rc);
	if (b->db->vfs->fault || err == GN_CORRUPT)
		return agent_db_damaged(b->db, GN_CORRUPT);
	/* what sqlite3_backup_step says is not kept with the connection */
	return agent_db_refuse(b->db, err, "%s/%s: %s", b->db->root, b->temporary,
			       sqlite3_errcode(b->copy) ? sqlite3_errmsg(b->copy)
							: sqlite3_errstr(rc));
}

static gn_err begin(struct gn_agent_db *db, const char *name, const uint8_t *key, bool away,
		    struct gn_agent_backup **out)
{
	if (db->backup || db->writing)
		return GN_STATE;
	struct gn_agent_backup *b = calloc(1, sizeof *b);
	if (!b)
		return GN_NOMEM;
	b->db = db;
	b->away = away;
	gn_err err = GN_OK;
	if (snprintf(b->name, sizeof b->name, "%s", name) >= (int)sizeof b->name ||
	    strcmp(name, db->name) == 0)
		err = agent_db_refuse(db, GN_USAGE, "%s: not a name for a copy", name);
	snprintf(b->temporary, sizeof b->temporary, "%s.new", b->name);
	if (!err)
		err = agent_vfs_new(key, db->vfs->rand, db->vfs->real->zName, &b->vfs);
	if (!err)
		err = agent_db_empty(db, b->temporary);
	if (!err)
		err = agent_db_connect(db, b->vfs, b->temporary, &b->copy);
	if (!err && sqlite3_exec(b->copy, "PRAGMA journal_mode=MEMORY", NULL, NULL, NULL))
		err = failed(b, SQLITE_IOERR);
	if (!err && !(b->work = sqlite3_backup_init(b->copy, "main", db->db, "main")))
		err = failed(b, SQLITE_IOERR);
	if (err) {
		let_go(b);
		return err;
	}
	*out = db->backup = b;
	return GN_OK;
}

gn_err gn_agent_backup_begin(struct gn_agent_db *db, const char *name, struct gn_agent_backup **out)
{
	return begin(db, name, db->vfs->key, false, out);
}

gn_err gn_agent_backup_begin_for(struct gn_agent_db *db, const char *name,
				 const uint8_t key[GN_AGENT_DB_KEY], struct gn_agent_backup **out)
{
	return begin(db, name, key, true, out);
}

gn_err gn_agent_backup_step(struct gn_agent_backup *b, unsigned pages, unsigned *left)
{
	if (b->done)
		return GN_STATE;
	int rc = sqlite3_backup_step(b->work, pages && pages < INT32_MAX ? (int)pages : 1);
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_BUSY && rc != SQLITE_LOCKED)
		return failed(b, rc);
	b->done = rc == SQLITE_DONE;
	int remaining = sqlite3_backup_remaining(b->work);
	*left = b->done ? 0 : remaining > 0 ? (unsigned)remaining : 1;
	return GN_OK;
}

/* Stores of version 1 had none. */
static bool has_files(sqlite3 *copy)
{
	return sqlite3_table_column_metadata(copy, NULL, "files", NULL, NULL, NULL, NULL, NULL,
					     NULL) == SQLITE_OK;
}

/* Closed and opened anew, because only then SQLite goes by the header it copied. */
static gn_err finish(struct gn_agent_backup *b)
{
	char sql[640];
	int rc = sqlite3_backup_finish(b->work);
	b->work = NULL;
	if (rc != SQLITE_OK)
		return failed(b, rc);
	sqlite3_close(b->copy);
	GN_TRY(agent_db_connect(b->db, b->vfs, b->temporary, &b->copy));
	snprintf(sql, sizeof sql,
		 "BEGIN; DELETE FROM events; %s"
		 "UPDATE meta SET value = x'%016llx' WHERE name = 'epoch'; COMMIT",
		 b->away              ? stays
		 : has_files(b->copy) ? "DELETE FROM files WHERE state = 1;"
				      : "",
		 (unsigned long long)(gn_rand_u64(b->vfs->rand) >> 1));
	rc = sqlite3_exec(b->copy, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return failed(b, rc);
	rc = sqlite3_close(b->copy); /* takes its WAL in */
	b->copy = NULL;
	if (rc != SQLITE_OK || b->vfs->fault)
		return agent_db_refuse(b->db, GN_IO, "%s/%s cannot be closed", b->db->root,
				       b->temporary);
	gn_err err = gn_os_sync(b->db->dir, b->temporary);
	if (!err)
		err = gn_os_rename(b->db->dir, b->temporary, b->name);
	return err ? agent_db_os_failed(b->db, err) : GN_OK;
}

gn_err gn_agent_backup_end(struct gn_agent_backup *b)
{
	struct gn_agent_db *db = b->db;
	char temporary[96];
	bool done = b->done;
	gn_err err = done ? finish(b) : GN_OK;
	memcpy(temporary, b->temporary, sizeof temporary);
	let_go(b);
	if (err || !done) {
		static const char *const ends[] = {"", "-wal", "-shm"};
		for (size_t i = 0; i < GN_COUNT(ends); i++) {
			char beside[112];
			snprintf(beside, sizeof beside, "%s%s", temporary, ends[i]);
			(void)!gn_os_remove(db->dir, beside);
		}
	}
	return err;
}

gn_err agent_db_copy(struct gn_agent_db *db, const char *name)
{
	struct gn_agent_backup *b;
	unsigned left = 1;
	GN_TRY(gn_agent_backup_begin(db, name, &b));
	gn_err err = GN_OK;
	while (!err && left)
		err = gn_agent_backup_step(b, 1024, &left);
	gn_err ended = gn_agent_backup_end(b);
	return err ? err : ended;
}
