/* A VFS of SQLite that seals what it hands on to the system's: pages of the store where they stand,
 * frames of its WAL (db_wal.c). One is made for each store and holds its key.
 *
 * 1. Only a store and its WAL are ever opened. Rollback journals and temporary files would hold
 *    plain pages: they are refused, and the store is set up so that SQLite wants none (db.c).
 * 2. Every page within the file is sealed: where SQLite leaves a hole, sealed zeros are written.
 * 3. After the first damage nothing is written, cut or deleted any more, so that nothing is made of
 *    what was misread, and a WAL is not thrown away with a wrong key.
 * 4. No page is mapped: xFetch is not offered. The shared memory beside a WAL has page numbers
 *    alone and passes as it is, as locks do.
 *
 * Spec: AG-20..24. */
#include "agent/db_vfs_int.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_LOOK 100 /* bytes of a file that SQLite reads before all else, for the page size */

static struct agent_file *file_of(sqlite3_file *f)
{
	return (struct agent_file *)(void *)f;
}
static struct agent_vfs *vfs_of(sqlite3_vfs *v)
{
	return v->pAppData;
}

/* ---- pages ---- */

/* The page at this place, opened into f->frame. */
static int load_page(struct agent_file *f, sqlite3_int64 at)
{
	sqlite3_int64 size;
	int rc = f->real->pMethods->xRead(f->real, f->frame, AGENT_PAGE, at);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		/* nothing there is an end, half a page is not */
		if ((rc = agent_file_size(f, &size)) != SQLITE_OK)
			return rc;
		return at < size ? agent_vfs_fault(f->vfs, GN_CORRUPT) : SQLITE_IOERR_SHORT_READ;
	}
	if (rc == SQLITE_OK && agent_page_open(&f->sealer, (uint64_t)at, f->frame))
		rc = agent_vfs_fault(f->vfs, GN_CORRUPT);
	return rc;
}

static int read_pages(struct agent_file *f, uint8_t *out, int len, sqlite3_int64 offset)
{
	sqlite3_int64 at = offset - offset % (int)AGENT_PAGE;
	if (offset + len > at + (int)AGENT_PAGE)
		return SQLITE_IOERR_READ;
	gn_err fault = f->vfs->fault;
	int rc = load_page(f, at);
	if (rc == SQLITE_CORRUPT && offset == 0 && len == FIRST_LOOK) {
		/* before the WAL, where the page may be whole: as an empty file has it */
		f->vfs->fault = fault;
		rc = SQLITE_OK;
		memset(out, 0, (size_t)len);
	} else if (rc == SQLITE_OK)
		memcpy(out, f->frame + (offset - at), (size_t)len);
	else
		memset(out, 0, (size_t)len);
	return rc;
}

static int store_page(struct agent_file *f, sqlite3_int64 at)
{
	if (agent_page_seal(&f->sealer, (uint64_t)at, f->frame))
		return SQLITE_IOERR_WRITE;
	return f->real->pMethods->xWrite(f->real, f->frame, AGENT_PAGE, at);
}

/* Sealed zeros from the file's end to `end`. */
static int fill_up(struct agent_file *f, sqlite3_int64 end)
{
	sqlite3_int64 size;
	int rc = agent_file_size(f, &size);
	size -= size % (int)AGENT_PAGE; /* half a page is what a full disk left */
	for (; rc == SQLITE_OK && size < end; size += AGENT_PAGE) {
		memset(f->frame, 0, AGENT_PAGE);
		rc = store_page(f, size);
	}
	return rc;
}

static int write_page(struct agent_file *f, const uint8_t *in, int len, sqlite3_int64 offset)
{
	if (offset % (int)AGENT_PAGE || len != (int)AGENT_PAGE)
		return SQLITE_IOERR_WRITE;
	int rc = fill_up(f, offset);
	if (rc != SQLITE_OK)
		return rc;
	memcpy(f->frame, in, AGENT_PAGE);
	return store_page(f, offset);
}

/* ---- what SQLite calls ---- */

static int file_close(sqlite3_file *file)
{
	struct agent_file *f = file_of(file);
	int rc = f->wal && !f->vfs->fault ? agent_wal_flush(f) : SQLITE_OK;
	int closed = f->real->pMethods->xClose(f->real);
	agent_sealer_fini(&f->sealer);
	gn_wipe(f->frame, sizeof f->frame);
	gn_wipe(f->header, sizeof f->header);
	return rc == SQLITE_OK ? closed : rc;
}

static int file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset)
{
	struct agent_file *f = file_of(file);
	return f->wal ? agent_wal_read(f, out, len, offset) : read_pages(f, out, len, offset);
}

static int file_write(sqlite3_file *file, const void *in, int len, sqlite3_int64 offset)
{
	struct agent_file *f = file_of(file);
	if (f->vfs->fault)
		return SQLITE_IOERR_WRITE;
	return f->wal ? agent_wal_write(f, in, len, offset) : write_page(f, in, len, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct agent_file *f = file_of(file);
	if (f->vfs->fault || (!f->wal && size % (int)AGENT_PAGE))
		return SQLITE_IOERR_TRUNCATE;
	int rc = f->wal ? agent_wal_flush(f) : fill_up(f, size);
	return rc == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, size) : rc;
}

static int file_sync(sqlite3_file *file, int flags)
{
	struct agent_file *f = file_of(file);
	if (f->vfs->fault)
		return SQLITE_IOERR_FSYNC;
	return f->wal ? agent_wal_sync(f, flags) : f->real->pMethods->xSync(f->real, flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
	struct agent_file *f = file_of(file);
	int rc = f->wal && !f->vfs->fault ? agent_wal_flush(f) : SQLITE_OK;
	return rc == SQLITE_OK ? agent_file_size(f, out) : rc;
}

static int file_lock(sqlite3_file *file, int level)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xLock(f->real, level);
}
static int file_unlock(sqlite3_file *file, int level)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xUnlock(f->real, level);
}
static int file_reserved(sqlite3_file *file, int *out)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xCheckReservedLock(f->real, out);
}

/* What would change a file's size or map it stays here. */
static int file_control(sqlite3_file *file, int op, void *arg)
{
	struct agent_file *f = file_of(file);
	switch (op) {
	case SQLITE_FCNTL_SIZE_HINT:
	case SQLITE_FCNTL_CHUNK_SIZE: return SQLITE_OK;
	case SQLITE_FCNTL_MMAP_SIZE: *(sqlite3_int64 *)arg = 0; return SQLITE_OK;
	case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
	case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
	case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE: return SQLITE_NOTFOUND;
	default: return f->real->pMethods->xFileControl(f->real, op, arg);
	}
}

static int file_sector(sqlite3_file *file)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xSectorSize(f->real);
}

/* A frame is written whole, so what SQLite assumes of a page holds for it: what is beside it stays
 * as it is. That a write is atomic nobody says. */
static int file_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xShmMap(f->real, page, size, extend, out);
}
static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xShmLock(f->real, offset, n, flags);
}
static void shm_barrier(sqlite3_file *file)
{
	struct agent_file *f = file_of(file);
	f->real->pMethods->xShmBarrier(f->real);
}
static int shm_unmap(sqlite3_file *file, int delete)
{
	struct agent_file *f = file_of(file);
	return f->real->pMethods->xShmUnmap(f->real, delete);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, /* without xFetch */
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		    int *flags_out)
{
	struct agent_vfs *v = vfs_of(vfs);
	struct agent_file *f = file_of(file);
	memset(f, 0, sizeof *f);
	if (!path || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) {
		v->refused++;
		return SQLITE_CANTOPEN;
	}
	f->vfs = v;
	f->wal = (flags & SQLITE_OPEN_WAL) != 0;
	f->torn = AGENT_TORN_NOT;
	f->real = (sqlite3_file *)(void *)(f + 1);
	int rc = v->real->xOpen(v->real, path, f->real, flags, flags_out);
	if (rc == SQLITE_OK && agent_sealer_init(&f->sealer, v->key, v->rand))
		rc = SQLITE_NOMEM;
	if (rc == SQLITE_OK)
		f->base.pMethods = &methods;
	else if (f->real->pMethods)
		f->real->pMethods->xClose(f->real);
	return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->fault ? SQLITE_IOERR_DELETE : v->real->xDelete(v->real, path, sync);
}
static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xAccess(v->real, path, flags, out);
}
static int vfs_path(sqlite3_vfs *vfs, const char *path, int cap, char *out)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xFullPathname(v->real, path, cap, out);
}
static int vfs_random(sqlite3_vfs *vfs, int len, char *out)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xRandomness(v->real, len, out);
}
static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xSleep(v->real, us);
}
static int vfs_time(sqlite3_vfs *vfs, double *out)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xCurrentTime(v->real, out);
}
static int vfs_error(sqlite3_vfs *vfs, int cap, char *out)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xGetLastError(v->real, cap, out);
}
static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	struct agent_vfs *v = vfs_of(vfs);
	return v->real->xCurrentTimeInt64(v->real, out);
}

gn_err agent_vfs_new(const uint8_t key[AGENT_KEY], struct gn_rand *rand, const char *base,
		     struct agent_vfs **out)
{
	sqlite3_vfs *real = sqlite3_vfs_find(base);
	struct agent_vfs *v = real ? calloc(1, sizeof *v) : NULL;
	if (!v)
		return GN_NOMEM;
	GN_ASSERT(real->iVersion >= 2);
	v->real = real;
	v->rand = rand;
	v->round = 1;
	memcpy(v->key, key, sizeof v->key);
	snprintf(v->name, sizeof v->name, "geonet-%p", (void *)v);
	v->vfs = (sqlite3_vfs){.iVersion = 2,
			       .szOsFile = (int)sizeof(struct agent_file) + real->szOsFile,
			       .mxPathname = real->mxPathname,
			       .zName = v->name,
			       .pAppData = v,
			       .xOpen = vfs_open,
			       .xDelete = vfs_delete,
			       .xAccess = vfs_access,
			       .xFullPathname = vfs_path,
			       .xRandomness = vfs_random,
			       .xSleep = vfs_sleep,
			       .xCurrentTime = vfs_time,
			       .xGetLastError = vfs_error,
			       .xCurrentTimeInt64 = vfs_time64};
	if (sqlite3_vfs_register(&v->vfs, false) != SQLITE_OK) {
		gn_wipe(v, sizeof *v);
		free(v);
		return GN_NOMEM;
	}
	*out = v;
	return GN_OK;
}

void agent_vfs_free(struct agent_vfs *v)
{
	if (!v)
		return;
	sqlite3_vfs_unregister(&v->vfs);
	gn_wipe(v, sizeof *v);
	free(v);
}

/* ---- whose file it is ---- */

/* Of the first pages: does one open, has one the key's mark? */
static int try_pages(struct agent_file *f, bool *opens, bool *marked)
{
	sqlite3_int64 size;
	int rc = agent_file_size(f, &size);
	if (rc == SQLITE_OK && size < (int)AGENT_PAGE)
		return SQLITE_IOERR_SHORT_READ;
	for (unsigned i = 0; rc == SQLITE_OK && i < AGENT_PAGES_TRIED && !*opens; i++) {
		sqlite3_int64 at = (sqlite3_int64)i * AGENT_PAGE;
		if (at + (int)AGENT_PAGE > size)
			break;
		rc = f->real->pMethods->xRead(f->real, f->frame, AGENT_PAGE, at);
		if (rc != SQLITE_OK)
			break;
		*marked |= agent_page_marked(&f->sealer, f->frame);
		*opens = agent_page_open(&f->sealer, (uint64_t)at, f->frame) == GN_OK;
	}
	return rc;
}

gn_err agent_vfs_check(struct agent_vfs *v, const char *path)
{
	bool opens = false, marked = false;
	struct agent_file *f = calloc(1, (size_t)v->vfs.szOsFile);
	if (!f)
		return GN_NOMEM;
	int rc =
		vfs_open(&v->vfs, path, &f->base, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, NULL);
	if (rc == SQLITE_OK) {
		rc = try_pages(f, &opens, &marked);
		(void)file_close(&f->base);
	}
	free(f);
	return rc == SQLITE_IOERR_SHORT_READ ? GN_TRUNCATED
	       : rc != SQLITE_OK             ? GN_IO
	       : opens                       ? GN_OK
	       : marked                      ? GN_CORRUPT
					     : GN_KEY;
}
