/* An older store brought to this program's version: a copy first, then all steps in one
 * transaction. A newer store is refused, and nothing of it is changed.
 *
 *    version v -> copied to NAME.v<v> -> version of the schema [agent_db_migrate]
 *
 * Spec: AG-29. */
#include "agent/db_int.h"

#include <stdio.h>

/* What schema.sql has of each version, and the one before had not. */
const char *const agent_db_steps[GN_AGENT_DB_VERSION - 1] = {
	/* 2 */
	"CREATE TABLE files(id INTEGER PRIMARY KEY AUTOINCREMENT, chat BLOB NOT NULL,"
	" mine INTEGER NOT NULL, content BLOB NOT NULL, state INTEGER NOT NULL,"
	" at INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE(content, chat, mine));"
	"CREATE INDEX files_state ON files(state) WHERE state > 0;",
};

static gn_err take_steps(struct gn_agent_db *db, const struct agent_schema *schema, unsigned from)
{
	char sql[48];
	GN_TRY(agent_db_exec(db, "BEGIN IMMEDIATE"));
	gn_err err = GN_OK;
	for (unsigned v = from; v < schema->version && !err; v++)
		err = agent_db_exec(db, schema->steps[v - 1]);
	snprintf(sql, sizeof sql, "PRAGMA user_version=%u", schema->version);
	if (!err)
		err = agent_db_exec(db, sql);
	if (!err)
		err = agent_db_exec(db, "COMMIT");
	if (err && !sqlite3_get_autocommit(db->db))
		(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

gn_err agent_db_migrate(struct gn_agent_db *db, const struct agent_schema *schema)
{
	uint64_t version;
	char copy[80];
	GN_TRY(agent_db_number(db, "PRAGMA user_version", &version));
	if (version == schema->version)
		return GN_OK;
	if (version == 0)
		return agent_db_refuse(db, GN_CORRUPT, "%s/%s is no store of an agent", db->root,
				       db->name);
	if (version > schema->version)
		return agent_db_refuse(
			db, GN_VERSION,
			"%s/%s was written by a newer GeoNet (its version is %llu, this program "
			"knows %u). Nothing was changed; use the newer program, or the copy "
			"%s.v%u if it is there",
			db->root, db->name, (unsigned long long)version, schema->version, db->name,
			schema->version);
	snprintf(copy, sizeof copy, "%s.v%u", db->name, (unsigned)version);
	GN_TRY(agent_db_copy(db, copy));
	return take_steps(db, schema, (unsigned)version);
}
