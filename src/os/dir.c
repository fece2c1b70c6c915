/* The data directory: opened once, locked, and the root of every file name. Names are resolved
 * component by component with O_NOFOLLOW, so nothing inside or outside can lead a name
 * elsewhere. */
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

#define LOCK_NAME "lock"

static _Thread_local char why[512];

const char *gn_os_why(void)
{
	return why;
}

/* What a person can do something with; the rest in the system's own words. */
static const struct {
	int code;
	gn_err err;
	const char *text;
} reasons[] = {
	{ENOENT, GN_NOT_FOUND, "there is no such file or folder"},
	{ENOSPC, GN_DISK_FULL, "the disk is full"},
	{EDQUOT, GN_DISK_FULL, "the disk quota is used up"},
	{EACCES, GN_DENIED, "permission denied"},
	{EPERM, GN_DENIED, "the operation is not permitted"},
	{EROFS, GN_DENIED, "the file system is read-only"},
	{EADDRINUSE, GN_PORT_TAKEN, "the port is taken by another program"},
	{ENOMEM, GN_NOMEM, "out of memory"},
	{EMFILE, GN_IO, "too many files are open in this process (see ulimit -n)"},
	{ENFILE, GN_IO, "too many files are open on this machine"},
	{ELOOP, GN_IO, "a symbolic link is in the way"},
	{ENOTDIR, GN_IO, "a file is where a folder should be, or a symbolic link"},
	{EISDIR, GN_IO, "a folder is where a file should be"},
	{EFBIG, GN_IO, "the file is larger than the system allows"},
	{EIO, GN_IO, "the disk reports an error"},
};

gn_err gn_os_fail(const char *what)
{
	int e = errno;
	for (size_t i = 0; i < GN_COUNT(reasons); i++)
		if (reasons[i].code == e)
			return gn_os_refuse(reasons[i].err, what, reasons[i].text);
	return gn_os_refuse(GN_IO, what, strerror(e));
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

/* The lock goes with the process, however that ends; the number in the file is for the message
 * alone. */
static gn_err take_lock(struct gn_os_dir *dir, const char *path, const char *lock)
{
	char text[64] = "another process";
	dir->lock = openat(dir->fd, lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (dir->lock < 0)
		return gn_os_fail(path);
	if (flock(dir->lock, LOCK_EX | LOCK_NB) == 0) {
		int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
		if (ftruncate(dir->lock, 0) == 0)
			(void)!pwrite(dir->lock, text, (size_t)n, 0);
		return GN_OK;
	}
	if (errno != EWOULDBLOCK)
		return gn_os_fail(path);
	char pid[16] = "";
	ssize_t n = pread(dir->lock, pid, sizeof pid - 1, 0);
	if (n > 0 && strspn(pid, "0123456789") > 0)
		snprintf(text, sizeof text, "process %.*s", (int)strspn(pid, "0123456789"), pid);
	char sentence[128];
	snprintf(sentence, sizeof sentence, "%s is running on this directory", text);
	return gn_os_refuse(GN_BUSY, path, sentence);
}

/* NULL: errno is 0 at the end, else why it was not reached. */
static struct dirent *next_entry(DIR *stream)
{
	struct dirent *e;
	errno = 0;
	while ((e = readdir(stream)) &&
	       (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0))
		errno = 0;
	return e;
}

static bool is_empty(int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	bool empty = stream && !next_entry(stream) && errno == 0;
	if (stream)
		closedir(stream);
	else if (copy >= 0)
		close(copy);
	return empty;
}

gn_err gn_os_dir_close_to_others(int fd, const char *path)
{
	struct stat st, lock;
	if (fstat(fd, &st))
		return gn_os_fail(path);
	if (st.st_uid != geteuid())
		return gn_os_refuse(GN_DENIED, path, "the directory belongs to another user");
	if ((st.st_mode & 077) == 0)
		return GN_OK;
	if (fstatat(fd, LOCK_NAME, &lock, AT_SYMLINK_NOFOLLOW) && !is_empty(fd))
		return gn_os_refuse(
			GN_DENIED, path,
			"the directory is open to others and holds files: choose another one, or "
			"run chmod 700");
	return fchmod(fd, 0700) ? gn_os_fail(path) : GN_OK;
}

gn_err gn_os_dir_open(const char *path, struct gn_os_dir **out)
{
	return gn_os_dir_open_as(path, LOCK_NAME, out);
}

gn_err gn_os_dir_open_as(const char *path, const char *lock, struct gn_os_dir **out)
{
	GN_TRY(make_path(path));
	struct gn_os_dir *dir = malloc(sizeof *dir);
	if (!dir)
		return gn_os_refuse(GN_NOMEM, path, "out of memory");
	*dir = (struct gn_os_dir){.lock = -1};
	dir->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gn_err err = GN_OK;
	if (dir->fd < 0)
		err = gn_os_fail(path);
	else if (!(err = gn_os_dir_close_to_others(dir->fd, path)))
		err = take_lock(dir, path, lock);
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

void gn_os_dir_space(const struct gn_os_dir *dir, uint64_t *left, uint64_t *whole)
{
	struct statvfs fs;
	*left = *whole = 0;
	if (fstatvfs(dir->fd, &fs))
		return;
	*left = (uint64_t)fs.f_bavail * fs.f_frsize;
	/* without what is root's */
	*whole = (uint64_t)(fs.f_blocks - fs.f_bfree + fs.f_bavail) * fs.f_frsize;
}

/* Relative, no empty part, no "." or "..". */
static bool name_ok(const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || len >= PATH_TEXT || name[0] == '/' || name[len - 1] == '/')
		return false;
	for (const char *part = name; part;
	     part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
		size_t n = strcspn(part, "/");
		if (n == 0 || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
	}
	return true;
}

gn_err gn_os_parent(const struct gn_os_dir *dir, const char *name, bool make, int *parent,
		    const char **leaf)
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
			/* the new folder's entry; its failure shows at the file's own sync */
			(void)!fsync(at);
		int next = openat(at, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		gn_err err = next < 0 ? gn_os_fail(name) : GN_OK;
		if (at != dir->fd)
			close(at);
		if (next < 0)
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
			return gn_os_refuse(GN_USAGE, name,
					    "not a folder name inside the data directory");
		snprintf(inside, sizeof inside, "%s/_", name);
		gn_err err = gn_os_parent(dir, inside, false, &parent, &leaf);
		if (err)
			return err == GN_NOT_FOUND ? GN_OK : err;
	}
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gn_os_parent_close(dir, parent);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	gn_err err = stream ? GN_OK : gn_os_fail(name);
	if (!stream && fd >= 0)
		close(fd);
	if (!stream)
		return err;
	int folder = dirfd(stream);
	GN_ASSERT(folder >= 0);
	for (struct dirent *e; !err && (e = next_entry(stream));) {
		struct stat st;
		char line[PATH_TEXT + 32];
		if (strchr(e->d_name, '\n'))
			continue; /* a name with a line end would be two lines */
		if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW)) {
			err = errno == ENOENT ? GN_OK : gn_os_fail(name); /* gone meanwhile */
			continue;
		}
		int n = snprintf(line, sizeof line, "%llu %.255s\n", (unsigned long long)st.st_size,
				 e->d_name);
		err = gn_buf_put(out, gn_slice(line, (size_t)n));
	}
	if (!err && errno) /* the end was not reached */
		err = gn_os_fail(name);
	closedir(stream);
	return err;
}
