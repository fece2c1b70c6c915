/* Files in the data directory: positioned reads and writes, durable renames and removals, small
 * files whole. */
#include "os/os_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gn_err open_file(const struct gn_os_dir *dir, const char *name, int flags, int *fd)
{
	int parent;
	const char *leaf;
	GN_TRY(gn_os_parent(dir, name, (flags & O_CREAT) != 0, &parent, &leaf));
	*fd = openat(parent, leaf, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	gn_err err = *fd < 0 ? gn_os_fail(name) : GN_OK;
	gn_os_parent_close(dir, parent);
	GN_ASSERT(err || *fd >= 0);
	return err;
}

static gn_err read_all(int fd, const char *name, uint64_t offset, struct gn_buf *out)
{
	while (out->len < out->cap) {
		ssize_t n = pread(fd, out->p + out->len, out->cap - out->len, (off_t)offset);
		if (n < 0 && errno != EINTR)
			return gn_os_fail(name);
		if (n == 0)
			break;
		out->len += n > 0 ? (size_t)n : 0;
		offset += n > 0 ? (uint64_t)n : 0;
	}
	return GN_OK;
}

gn_err gn_os_read_at(const struct gn_os_dir *dir, const char *name, uint64_t offset,
		     struct gn_buf *out)
{
	int fd;
	GN_TRY(open_file(dir, name, O_RDONLY, &fd));
	gn_err err = read_all(fd, name, offset, out);
	close(fd);
	return err;
}

static gn_err write_all(int fd, const char *name, uint64_t offset, struct gn_slice data)
{
	for (size_t done = 0; done < data.len;) {
		ssize_t n = pwrite(fd, data.p + done, data.len - done, (off_t)(offset + done));
		if (n < 0 && errno != EINTR)
			return gn_os_fail(name);
		done += n > 0 ? (size_t)n : 0;
	}
	return GN_OK;
}

gn_err gn_os_write_at(const struct gn_os_dir *dir, const char *name, uint64_t offset,
		      struct gn_slice data)
{
	int fd;
	GN_TRY(open_file(dir, name, O_WRONLY | O_CREAT, &fd));
	gn_err err = write_all(fd, name, offset, data);
	if (close(fd) && !err)
		err = gn_os_fail(name);
	return err;
}

/* The folder's entries: a new or renamed file is durable only with them. */
static gn_err sync_folder(const struct gn_os_dir *dir, const char *name)
{
	int parent;
	const char *leaf;
	GN_TRY(gn_os_parent(dir, name, false, &parent, &leaf));
	gn_err err = fsync(parent) ? gn_os_fail(name) : GN_OK;
	gn_os_parent_close(dir, parent);
	return err;
}

gn_err gn_os_sync(const struct gn_os_dir *dir, const char *name)
{
	int fd;
	GN_TRY(open_file(dir, name, O_RDONLY, &fd));
	gn_err err = fdatasync(fd) ? gn_os_fail(name) : GN_OK;
	close(fd);
	return err ? err : sync_folder(dir, name);
}

gn_err gn_os_truncate(const struct gn_os_dir *dir, const char *name, uint64_t len)
{
	int fd;
	GN_TRY(open_file(dir, name, O_WRONLY, &fd));
	gn_err err = ftruncate(fd, (off_t)len) ? gn_os_fail(name) : GN_OK;
	close(fd);
	return err;
}

gn_err gn_os_rename(const struct gn_os_dir *dir, const char *from, const char *to)
{
	int a, b;
	const char *leaf_a, *leaf_b;
	GN_TRY(gn_os_parent(dir, from, false, &a, &leaf_a));
	gn_err err = gn_os_parent(dir, to, true, &b, &leaf_b);
	if (!err) {
		err = renameat(a, leaf_a, b, leaf_b) || fsync(b) || (a != b && fsync(a))
			      ? gn_os_fail(from)
			      : GN_OK;
		gn_os_parent_close(dir, b);
	}
	gn_os_parent_close(dir, a);
	return err;
}

gn_err gn_os_remove(const struct gn_os_dir *dir, const char *name)
{
	int parent;
	const char *leaf;
	gn_err err = gn_os_parent(dir, name, false, &parent, &leaf);
	if (err)
		return err == GN_NOT_FOUND ? GN_OK : err;
	if (unlinkat(parent, leaf, 0) && errno != ENOENT)
		err = gn_os_fail(name);
	else if (fsync(parent))
		err = gn_os_fail(name);
	gn_os_parent_close(dir, parent);
	return err;
}

gn_err gn_os_file_read(const struct gn_os_dir *dir, const char *name, struct gn_buf *out)
{
	int fd;
	uint8_t more;
	struct stat st;
	struct gn_buf rest = {&more, 0, 1};
	size_t before = out->len;
	GN_TRY(open_file(dir, name, O_RDONLY, &fd));
	gn_err err = fstat(fd, &st) ? gn_os_fail(name) : GN_OK;
	if (!err && st.st_uid != geteuid())
		err = gn_os_refuse(GN_DENIED, name,
				   "this file belongs to another user: run the program as that "
				   "user, or chown it if you know how it came here");
	if (!err && (st.st_mode & 077))
		err = gn_os_refuse(GN_DENIED, name,
				   "others may read or write this file: run chmod 600 on it, and "
				   "if it holds a key, make a new one");
	if (!err)
		err = read_all(fd, name, 0, out);
	if (!err)
		err = read_all(fd, name, out->len - before, &rest);
	close(fd);
	return err        ? err
	       : rest.len ? gn_os_refuse(GN_TOO_LARGE, name, "the file is larger than it may be")
			  : GN_OK;
}

/* Atomic as a rename, which would replace what another program has just put there. */
static gn_err link_new(const struct gn_os_dir *dir, const char *from, const char *to)
{
	int parent;
	const char *leaf, *slash = strrchr(from, '/');
	GN_TRY(gn_os_parent(dir, to, false, &parent, &leaf));
	gn_err err = GN_OK;
	if (linkat(parent, slash ? slash + 1 : from, parent, leaf, 0))
		err = errno == EEXIST ? gn_os_refuse(GN_EXISTS, to, "it is there already")
				      : gn_os_fail(to);
	else if (fsync(parent))
		err = gn_os_fail(to);
	gn_os_parent_close(dir, parent);
	return err;
}

static gn_err file_put(const struct gn_os_dir *dir, const char *name, struct gn_slice data,
		       bool replace)
{
	char temporary[PATH_TEXT];
	int fd;
	if (snprintf(temporary, sizeof temporary, "%s.new", name) >= (int)sizeof temporary)
		return gn_os_refuse(GN_USAGE, name, "the name is too long");
	GN_TRY(gn_os_remove(dir, temporary));
	GN_TRY(open_file(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, &fd));
	gn_err err = write_all(fd, temporary, 0, data);
	if (!err && fsync(fd))
		err = gn_os_fail(temporary);
	close(fd);
	if (!err)
		err = replace ? gn_os_rename(dir, temporary, name) : link_new(dir, temporary, name);
	if (err || !replace)
		(void)!gn_os_remove(dir, temporary);
	return err;
}

gn_err gn_os_file_write(const struct gn_os_dir *dir, const char *name, struct gn_slice data)
{
	return file_put(dir, name, data, true);
}

gn_err gn_os_file_make(const struct gn_os_dir *dir, const char *name, struct gn_slice data)
{
	return file_put(dir, name, data, false);
}
