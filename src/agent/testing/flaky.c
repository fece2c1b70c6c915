/* See flaky.h. Before each write the bytes that it covers are kept, until the file is synced. */
#include "agent/testing/flaky.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECTOR 512
#define FILES 8

struct undo {
	struct undo *before;
	sqlite3_int64 offset, size; /* size: of the file before */
	int len;
	uint8_t bytes[];
};

static struct {
	char path[512];
	struct undo *last;
} files[FILES];

static struct {
	sqlite3_vfs vfs, *real;
	uint64_t left, count;
	int code;
} flaky;

struct file {
	sqlite3_file base;
	sqlite3_file *real;
	int index;
};

static struct file *file_of(sqlite3_file *f)
{
	return (struct file *)(void *)f;
}

/* A full disk refuses bytes alone. */
static int fails(bool bytes)
{
	if (!bytes && flaky.code == SQLITE_FULL)
		return SQLITE_OK;
	flaky.count++;
	if (!flaky.code || flaky.left > 0) {
		flaky.left -= flaky.left > 0;
		return SQLITE_OK;
	}
	return flaky.code;
}

static void drop(int index)
{
	for (struct undo *u = files[index].last, *before; u; u = before) {
		before = u->before;
		free(u);
	}
	files[index].last = NULL;
}

static void keep(struct file *f, int len, sqlite3_int64 offset)
{
	struct undo *u = calloc(1, sizeof *u + (size_t)len);
	if (!u)
		abort();
	u->before = files[f->index].last;
	u->offset = offset;
	u->len = len;
	f->real->pMethods->xFileSize(f->real, &u->size);
	if (len)
		f->real->pMethods->xRead(f->real, u->bytes, len, offset);
	files[f->index].last = u;
}

static int f_close(sqlite3_file *file)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xClose(f->real);
}
static int f_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xRead(f->real, out, len, offset);
}
static int f_write(sqlite3_file *file, const void *in, int len, sqlite3_int64 offset)
{
	struct file *f = file_of(file);
	int rc = fails(true);
	if (rc != SQLITE_OK) {
		/* half of it, the first time */
		if (flaky.code == SQLITE_FULL && flaky.count % 2) {
			keep(f, len / 2, offset);
			f->real->pMethods->xWrite(f->real, in, len / 2, offset);
		}
		return rc == SQLITE_FULL ? rc : SQLITE_IOERR_WRITE;
	}
	keep(f, len, offset);
	return f->real->pMethods->xWrite(f->real, in, len, offset);
}
static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct file *f = file_of(file);
	sqlite3_int64 old;
	if (fails(false))
		return SQLITE_IOERR_TRUNCATE;
	f->real->pMethods->xFileSize(f->real, &old);
	if (old > size && old - size < INT32_MAX)
		keep(f, (int)(old - size), size);
	return f->real->pMethods->xTruncate(f->real, size);
}
static int f_sync(sqlite3_file *file, int flags)
{
	struct file *f = file_of(file);
	(void)flags; /* nothing is synced in truth: the tests are to be quick */
	if (fails(false))
		return SQLITE_IOERR_FSYNC;
	drop(f->index);
	return SQLITE_OK;
}
static int f_size(sqlite3_file *file, sqlite3_int64 *out)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xFileSize(f->real, out);
}
static int f_lock(sqlite3_file *file, int level)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xLock(f->real, level);
}
static int f_unlock(sqlite3_file *file, int level)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xUnlock(f->real, level);
}
static int f_reserved(sqlite3_file *file, int *out)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xCheckReservedLock(f->real, out);
}
static int f_control(sqlite3_file *file, int op, void *arg)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xFileControl(f->real, op, arg);
}
static int f_sector(sqlite3_file *file)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xSectorSize(f->real);
}
static int f_traits(sqlite3_file *file)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xDeviceCharacteristics(f->real);
}
static int f_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xShmMap(f->real, page, size, extend, out);
}
static int f_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xShmLock(f->real, offset, n, flags);
}
static void f_shm_barrier(sqlite3_file *file)
{
	struct file *f = file_of(file);
	f->real->pMethods->xShmBarrier(f->real);
}
static int f_shm_unmap(sqlite3_file *file, int gone)
{
	struct file *f = file_of(file);
	return f->real->pMethods->xShmUnmap(f->real, gone);
}

static const sqlite3_io_methods methods = {
	2,          f_close,       f_read,      f_write,   f_truncate, f_sync,   f_size,
	f_lock,     f_unlock,      f_reserved,  f_control, f_sector,   f_traits, f_shm_map,
	f_shm_lock, f_shm_barrier, f_shm_unmap, NULL,      NULL};

static int index_of(const char *path)
{
	for (int i = 0; i < FILES; i++)
		if (!strcmp(files[i].path, path))
			return i;
	for (int i = 0; i < FILES; i++)
		if (!files[i].path[0]) {
			snprintf(files[i].path, sizeof files[i].path, "%s", path);
			return i;
		}
	abort();
}

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
	struct file *f = file_of(file);
	(void)vfs;
	memset(f, 0, sizeof *f);
	f->real = (sqlite3_file *)(void *)(f + 1);
	f->index = index_of(path);
	int rc = flaky.real->xOpen(flaky.real, path, f->real, flags, out);
	if (rc == SQLITE_OK)
		f->base.pMethods = &methods;
	return rc;
}
static int v_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	if (fails(false))
		return SQLITE_IOERR_DELETE;
	int rc = flaky.real->xDelete(flaky.real, path, sync);
	drop(index_of(path));
	return rc;
}

const char *flaky_name(void)
{
	if (flaky.real)
		return "flaky";
	flaky.real = sqlite3_vfs_find(NULL);
	flaky.vfs = *flaky.real; /* its functions do not look at which it is */
	flaky.vfs.zName = "flaky";
	flaky.vfs.pNext = NULL;
	flaky.vfs.szOsFile = (int)sizeof(struct file) + flaky.real->szOsFile;
	flaky.vfs.xOpen = v_open;
	flaky.vfs.xDelete = v_delete;
	if (sqlite3_vfs_register(&flaky.vfs, 0) != SQLITE_OK)
		abort();
	return "flaky";
}

void flaky_set(uint64_t after, int code)
{
	flaky.left = after;
	flaky.code = code;
	flaky.count = 0;
}

uint64_t flaky_count(void)
{
	return flaky.count;
}

void flaky_forget(void)
{
	for (int i = 0; i < FILES; i++) {
		drop(i);
		files[i].path[0] = 0;
	}
}

/* Of one write: it came to the disk whole, or not, or some of its sectors did. */
static void put_back(FILE *f, const struct undo *u, struct gn_prng *g)
{
	unsigned how = (unsigned)(gn_prng_next(g) % 3);
	for (int at = 0; at < u->len;) {
		sqlite3_int64 place = u->offset + at;
		int n = SECTOR - (int)(place % SECTOR);
		n = n > u->len - at ? u->len - at : n;
		if (how == 1 || (how == 2 && (gn_prng_next(g) & 1))) {
			fseek(f, (long)place, SEEK_SET);
			fwrite(u->bytes + at, 1, (size_t)n, f);
		}
		at += n;
	}
}

void flaky_cut(struct gn_prng *g)
{
	for (int i = 0; i < FILES; i++) {
		FILE *f = files[i].last ? fopen(files[i].path, "r+b") : NULL;
		for (const struct undo *u = files[i].last; f && u; u = u->before) {
			put_back(f, u, g);
			fflush(f);
			if (gn_prng_next(g) % 16 == 0 && ftruncate(fileno(f), u->size))
				abort();
		}
		if (f)
			fclose(f);
	}
	flaky_forget();
}
