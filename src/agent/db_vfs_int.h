/* The VFS that seals a store's files, and what its two files share. */
#ifndef GN_AGENT_DB_VFS_INT_H
#define GN_AGENT_DB_VFS_INT_H

#include "agent/db_page_int.h"
#include <sqlite3.h>

#define AGENT_TORN_NOT INT64_MAX

struct agent_vfs {
	sqlite3_vfs vfs;   /* what SQLite sees; named uniquely */
	sqlite3_vfs *real; /* the system's, or a test's */
	char name[32];
	uint8_t key[AGENT_KEY]; /* secret */
	struct gn_rand *rand;   /* borrowed */
	gn_err fault;           /* the first thing wrong with a file: nothing is written any more */
	uint32_t round;         /* of the WAL: what is written now belongs to it (db_wal.c) */
	bool committed;         /* a transaction ended in it and was not synced yet */
	uint32_t refused;       /* files that SQLite wanted and did not get: temporary ones */
};

/* base NULL: the system's. GN_NOMEM. */
GN_MUST gn_err agent_vfs_new(const uint8_t key[AGENT_KEY], struct gn_rand *rand, const char *base,
			     struct agent_vfs **out);
/* After the last file is closed; NULL is fine. */
void agent_vfs_free(struct agent_vfs *v);
/* Before SQLite opens a store: is this its key? GN_KEY, GN_CORRUPT (no page is whole), GN_TRUNCATED
 * (no bytes), GN_IO. */
GN_MUST gn_err agent_vfs_check(struct agent_vfs *v, const char *path);

struct agent_file {
	sqlite3_file base; /* what SQLite sees */
	struct agent_vfs *vfs;
	sqlite3_file *real; /* lies behind this struct */
	struct agent_sealer sealer;
	bool wal;
	uint8_t frame[AGENT_FRAME]; /* work space */
	/* of a WAL */
	bool pending; /* a header that waits for its page */
	sqlite3_int64 pending_at;
	uint8_t header[AGENT_FRAME_HEAD];
	sqlite3_int64 torn; /* frames from here on were never acknowledged */
};

/* A file is damaged: remembered, and what SQLite is to be told. */
static inline int agent_vfs_fault(struct agent_vfs *v, gn_err err)
{
	if (!v->fault)
		v->fault = err;
	return SQLITE_CORRUPT;
}
static inline int agent_file_size(struct agent_file *f, sqlite3_int64 *out)
{
	return f->real->pMethods->xFileSize(f->real, out);
}

/* A WAL's part (db_wal.c). */
int agent_wal_read(struct agent_file *f, uint8_t *out, int len, sqlite3_int64 offset);
int agent_wal_write(struct agent_file *f, const uint8_t *in, int len, sqlite3_int64 offset);
/* Whatever waits is written. */
int agent_wal_flush(struct agent_file *f);
int agent_wal_sync(struct agent_file *f, int flags);

#endif
