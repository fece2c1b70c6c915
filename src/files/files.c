/* Real files, as files.h says. */
#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "records/tree.h"

static gn_err err_of(int e)
{
	switch (e) {
	case ENOENT:
	case ENOTDIR: return GN_NOT_FOUND;
	case EEXIST: return GN_EXISTS;
	case ENOSPC:
	case EDQUOT: return GN_DISK_FULL;
	default: return GN_IO;
	}
}

/* The folder of the name's last part, open; -1. *last is that part. */
static int open_above(int base, const char *name, bool make, const char **last)
{
	int at = dup(base);
	for (const char *slash; at >= 0 && (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		char part[256];
		snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
		if (make && mkdirat(at, part, 0777) != 0 && errno != EEXIST) {
			close(at);
			return -1;
		}
		int below = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = below;
	}
	*last = name;
	return at;
}

static gn_err do_stat(int at, const char *name, struct gn_transfer_result *result)
{
	struct stat st;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_of(errno);
	result->size = (uint64_t)st.st_size;
	result->mtime = (int64_t)st.st_mtim.tv_sec * GN_SEC + st.st_mtim.tv_nsec;
	result->kind = S_ISREG(st.st_mode)   ? GN_TRANSFER_FILE
		       : S_ISDIR(st.st_mode) ? GN_TRANSFER_FOLDER
					     : GN_TRANSFER_OTHER;
	return GN_OK;
}

static gn_err do_read(struct gn_files *f, int at, const char *name,
		      const struct gn_transfer_request *r, struct gn_transfer_result *result)
{
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t got = 0;
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && got < r->len) {
		n = pread(fd, f->room + got, r->len - got, (off_t)(r->offset + got));
		got += n > 0 ? (size_t)n : 0;
	}
	gn_err err = n < 0 ? err_of(errno) : GN_OK;
	if (fd >= 0)
		close(fd);
	result->data = gn_slice(f->room, got);
	return err;
}

static gn_err write_all(int fd, uint64_t offset, struct gn_slice data)
{
	ssize_t n = 1;
	for (size_t put = 0; n > 0 && put < data.len; put += n > 0 ? (size_t)n : 0)
		n = pwrite(fd, data.p + put, data.len - put, (off_t)(offset + put));
	return n < 0 ? err_of(errno) : GN_OK;
}

static gn_err do_write(int at, const char *name, int flags, mode_t mode, uint64_t offset,
		       struct gn_slice data)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags,
			mode);
	gn_err err = fd < 0 ? err_of(errno) : write_all(fd, offset, data);
	if (fd >= 0)
		close(fd);
	return err;
}

static gn_err do_state(struct gn_files *f, const struct gn_transfer_request *r)
{
	int fd = openat(f->state_in, f->state,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	gn_err err = fd < 0 ? err_of(errno) : gn_files_is_ours(fd) ? GN_OK : GN_DENIED;
	if (!err && r->op == GN_TRANSFER_WRITE)
		err = write_all(fd, r->offset, r->data);
	else if (!err)
		err = fsync(fd) != 0 || fsync(f->state_in) != 0 ? err_of(errno) : GN_OK;
	if (fd >= 0)
		close(fd);
	return err;
}

static gn_err do_source(struct gn_files *f, const struct gn_transfer_request *r,
			struct gn_transfer_result *result)
{
	char name[4097];
	struct gn_slice source = gn_transfer_source(f->t, r->file);
	snprintf(name, sizeof name, "%.*s", (int)source.len, (const char *)source.p);
	return r->op == GN_TRANSFER_STAT ? do_stat(f->source, name, result)
					 : do_read(f, f->source, name, r, result);
}

/* Over something empty of our own, made there where nothing was. */
static gn_err rename_over(const struct gn_files *f, int at, const char *last, const char *name2)
{
	struct stat st;
	if (fstatat(at, last, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_of(errno);
	bool folder = S_ISDIR(st.st_mode);
	int fd = folder ? mkdirat(f->dest, name2, 0700)
			: openat(f->dest, name2, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_of(errno);
	if (!folder)
		close(fd);
	if (renameat(at, last, f->dest, name2) == 0)
		return GN_OK;
	gn_err err = err_of(errno);
	(void)unlinkat(f->dest, name2, folder ? AT_REMOVEDIR : 0);
	return err;
}

/* A second name does not replace; then the first goes. Folders have none, nor has FAT. */
static gn_err rename_plain(const struct gn_files *f, int at, const char *last, const char *name2)
{
	if (linkat(at, last, f->dest, name2, 0) == 0)
		return unlinkat(at, last, 0) == 0 ? GN_OK : err_of(errno);
	return errno == EEXIST ? GN_EXISTS : rename_over(f, at, last, name2);
}

static gn_err do_rename(struct gn_files *f, int at, const char *last, const char *name2)
{
	/* both are names of the first level */
	gn_err err = GN_OK;
	if (!f->plain && syscall(SYS_renameat2, at, last, f->dest, name2, RENAME_NOREPLACE) != 0) {
		f->plain = errno == EINVAL || errno == ENOSYS;
		err = f->plain ? GN_OK : err_of(errno);
	}
	if (!err && f->plain)
		err = rename_plain(f, at, last, name2);
	return err ? err : fsync(f->dest) == 0 ? GN_OK : GN_IO;
}

bool gn_files_is_ours(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

gn_err gn_files_sync(int dest)
{
	return syscall(SYS_syncfs, dest) == 0 ? GN_OK : GN_IO;
}

uint64_t gn_files_free(int folder)
{
	struct statvfs v;
	return fstatvfs(folder, &v) == 0 ? (uint64_t)v.f_bavail * v.f_frsize : UINT64_MAX;
}

gn_err gn_files_do(struct gn_files *f, const struct gn_transfer_request *r,
		   struct gn_transfer_result *result)
{
	const char *last;
	gn_err err = GN_INTERNAL;
	*result = (struct gn_transfer_result){.size = 0};
	if (r->place == GN_TRANSFER_STATE)
		return do_state(f, r);
	if (r->place == GN_TRANSFER_SOURCE)
		return do_source(f, r, result);
	if (r->op == GN_TRANSFER_SYNC)
		return gn_files_sync(f->dest);
	int at = open_above(f->dest, r->name, r->op == GN_TRANSFER_WRITE, &last);
	if (at < 0)
		return err_of(errno);
	switch (r->op) {
	case GN_TRANSFER_STAT: err = do_stat(at, last, result); break;
	case GN_TRANSFER_READ: err = do_read(f, at, last, r, result); break;
	case GN_TRANSFER_MAKE:
		err = r->len ? (mkdirat(at, last, 0777) ? err_of(errno) : GN_OK)
			     : do_write(at, last, O_EXCL, 0666, 0, gn_slice(NULL, 0));
		break;
	case GN_TRANSFER_WRITE: err = do_write(at, last, 0, 0666, r->offset, r->data); break;
	case GN_TRANSFER_RENAME: err = do_rename(f, at, last, r->name2); break;
	case GN_TRANSFER_SYNC: break;
	}
	close(at);
	return err;
}
