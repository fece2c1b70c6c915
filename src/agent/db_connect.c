/* Files of the store and connections to them.
 *
 * 1. A file is made by os, 0600, before SQLite sees it; those beside it get its mode.
 * 2. Nothing temporary reaches the disk: temp_store is memory, and the VFS refuses any other file.
 * 3. The schema is trusted, as triggers that write to the index need: it is sealed like the rest.
 *
 * Spec: AG-20, AG-24. */
#include "agent/db_int.h"

#include <stdio.h>

static const char settings[] =
	"PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
	"PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON;";

gn_err agent_db_path(const struct gn_agent_db *db, const char *name, char out[AGENT_PATH])
{
	int n = snprintf(out, AGENT_PATH, "%s/%s", db->root, name);
	return n > 0 && n < AGENT_PATH ? GN_OK : GN_TOO_LARGE;
}

gn_err agent_db_os_failed(struct gn_agent_db *db, gn_err err)
{
	return agent_db_refuse(db, err, "%s/%.300s", db->root, gn_os_why());
}

gn_err agent_db_empty(struct gn_agent_db *db, const char *name)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < GN_COUNT(ends); i++) {
		char beside[96];
		if (snprintf(beside, sizeof beside, "%s%s", name, ends[i]) >= (int)sizeof beside)
			return agent_db_refuse(db, GN_USAGE, "%s: the name is too long", name);
		gn_err err = gn_os_remove(db->dir, beside);
		if (err)
			return agent_db_os_failed(db, err);
	}
	gn_err err = gn_os_write_at(db->dir, name, 0, gn_slice(NULL, 0));
	return err ? agent_db_os_failed(db, err) : GN_OK;
}

gn_err agent_db_connect(struct gn_agent_db *db, struct agent_vfs *vfs, const char *name,
			sqlite3 **out)
{
	char path[AGENT_PATH];
	int reserve = AGENT_PAGE_RESERVED;
	*out = NULL;
	GN_TRY(agent_db_path(db, name, path));
	int rc = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs->name);
	if (rc == SQLITE_OK)
		rc = sqlite3_file_control(*out, NULL, SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(*out, 1);
		sqlite3_db_config(*out, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_busy_timeout(*out, AGENT_BUSY_MS);
		rc = sqlite3_exec(*out, settings, NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK)
		return GN_OK;
	gn_err err = vfs->fault ? vfs->fault : agent_db_code(*out, rc);
	if (err == GN_CORRUPT)
		(void)agent_db_damaged(db, err);
	else
		(void)agent_db_refuse(db, err, "%s: %s", path,
				      *out ? sqlite3_errmsg(*out) : "no memory");
	sqlite3_close(*out);
	*out = NULL;
	return err;
}
