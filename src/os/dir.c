/* The data directory: opened once, locked, and the root of every file name. Names are resolved component by component with
 * O_NOFOLLOW, so nothing inside or outside can lead a name elsewhere. */
#include "os/os_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static _Thread_local char why[512];

const char *gn_os_why(void)
{
	return why;
}

gn_err gn_os_fail(const char *what)
{
	int e = errno;
	snprintf(why, sizeof why, "%.380s: %s", what, strerror(e));
	switch (e) {
	case ENOENT: return GN_NOT_FOUND;
	case ENOSPC:
	case EDQUOT: return GN_DISK_FULL;
	case EACCES:
	case EPERM: return GN_DENIED;
	case EADDRINUSE: return GN_PORT_TAKEN;
	case ENOMEM: return GN_NOMEM;
	default: return GN_IO;
	}
}

gn_err gn_os_refuse(gn_err err, const char *what, const char *text)
{
	snprintf(why, sizeof why, "%.380s: %s", what, text);
	return err;
}

/* Every folder of the path that is missing, 0700. */
static gn_err make_path(const char *path)
{
	char part[PATH_TEXT];
	size_t len = strlen(path);
	if (len == 0 || len >= sizeof part)
		return gn_os_refuse(GN_USAGE, path, "the path is empty or too long");
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != 0)
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (mkdir(part, 0700) && errno != EEXIST)
			return gn_os_fail(part);
	}
	return GN_OK;
}

static gn_err take_lock(struct gn_os_dir *dir, const char *path)
{
	dir->lock = openat(dir->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (dir->lock < 0)
		return gn_os_fail(path);
	if (flock(dir->lock, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? gn_os_refuse(GN_BUSY, path, "another node is running on this directory") : gn_os_fail(path);
	return GN_OK;
}

gn_err gn_os_dir_open(const char *path, struct gn_os_dir **out)
{
	struct stat st;
	GN_TRY(make_path(path));
	struct gn_os_dir *dir = malloc(sizeof *dir);
	if (!dir)
		return gn_os_refuse(GN_NOMEM, path, "out of memory");
	*dir = (struct gn_os_dir){.lock = -1};
	dir->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gn_err err = dir->fd < 0 || fstat(dir->fd, &st) ? gn_os_fail(path) : GN_OK;
	if (!err && st.st_uid != geteuid())
		err = gn_os_refuse(GN_DENIED, path, "the directory belongs to another user");
	if (!err && (st.st_mode & 077) && fchmod(dir->fd, 0700))
		err = gn_os_fail(path);
	if (!err)
		err = take_lock(dir, path);
	if (err)
		gn_os_dir_close(dir);
	else
		*out = dir;
	return err;
}

void gn_os_dir_close(struct gn_os_dir *dir)
{
	if (!dir)
		return;
	if (dir->lock >= 0)
		close(dir->lock);
	if (dir->fd >= 0)
		close(dir->fd);
	free(dir);
}

uint64_t gn_os_dir_free_bytes(const struct gn_os_dir *dir)
{
	struct statvfs fs;
	return fstatvfs(dir->fd, &fs) ? 0 : (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* Relative, no empty part, no "." or "..". */
static bool name_ok(const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || len >= PATH_TEXT || name[0] == '/' || name[len - 1] == '/')
		return false;
	for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
		size_t n = strcspn(part, "/");
		if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
	}
	return true;
}

gn_err gn_os_parent(const struct gn_os_dir *dir, const char *name, bool make, int *parent, const char **leaf)
{
	if (!name_ok(name))
		return gn_os_refuse(GN_USAGE, name, "not a file name inside the data directory");
	int at = dir->fd;
	const char *part = name;
	for (const char *slash; (slash = strchr(part, '/')); part = slash + 1) {
		char folder[PATH_TEXT];
		memcpy(folder, part, (size_t)(slash - part));
		folder[slash - part] = 0;
		if (make && mkdirat(at, folder, 0700) == 0)
			(void)!fsync(at); /* the new folder's entry; its failure shows at the file's own sync */
		int next = openat(at, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		gn_err err = next < 0 ? gn_os_fail(name) : GN_OK;
		if (at != dir->fd)
			close(at);
		if (err)
			return err;
		at = next;
	}
	*parent = at;
	*leaf = part;
	return GN_OK;
}

void gn_os_parent_close(const struct gn_os_dir *dir, int parent)
{
	if (parent != dir->fd)
		close(parent);
}

gn_err gn_os_list(const struct gn_os_dir *dir, const char *name, struct gn_buf *out)
{
	char inside[PATH_TEXT + 2];
	int parent = dir->fd;
	const char *leaf;
	if (*name) { /* "x/." gives x as the parent */
		if (!name_ok(name))
			return gn_os_refuse(GN_USAGE, name, "not a folder name inside the data directory");
		snprintf(inside, sizeof inside, "%s/_", name);
		gn_err err = gn_os_parent(dir, inside, false, &parent, &leaf);
		if (err)
			return err == GN_NOT_FOUND ? GN_OK : err;
	}
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gn_os_parent_close(dir, parent);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	if (!stream)
		return gn_os_fail(name);
	gn_err err = GN_OK;
	for (struct dirent *e; !err && (e = readdir(stream));) {
		struct stat st;
		char line[PATH_TEXT + 32];
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || fstatat(dirfd(stream), e->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		int n = snprintf(line, sizeof line, "%llu %.255s\n", (unsigned long long)st.st_size, e->d_name);
		err = gn_buf_put(out, gn_slice(line, (size_t)n));
	}
	closedir(stream);
	return err;
}
