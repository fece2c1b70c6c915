/* A new file, written without a name and linked into its place, which overwrites nothing; whatever
 * ends this program, nothing is left. Where a file cannot be without a name it has one beside its
 * place meanwhile. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "geonet/people/whole.h"

#include "geonet/frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct whole *w, int why)
{
	if (why == EEXIST)
		cli_fail(w->cli, CLI_FAILED, "exists",
			 "%s is there already, and nothing is overwritten: say another name",
			 w->path);
	else
		cli_fail(w->cli, CLI_FAILED, "io", "%s: %s", w->path, strerror(why));
	return false;
}

/* As /proc calls it, by which it gets its name. */
static void path_of(int fd, char out[32])
{
	snprintf(out, 32, "/proc/self/fd/%d", fd);
}

/* -1: the file system, or the system, has none. */
static int open_nameless(const struct whole *w)
{
	char path[32];
	struct stat st;
	int fd = openat(w->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	path_of(fd, path);
	if (fd < 0 || stat(path, &st) == 0)
		return fd;
	close(fd);
	return -1;
}

bool whole_open(struct cli *cli, const char *path, struct whole *w)
{
	struct stat st;
	const char *slash = strrchr(path, '/');
	*w = (struct whole){.cli = cli, .path = path, .dir = -1, .fd = -1};
	w->folder = slash == path ? cli_format("/")
		    : slash       ? cli_format("%.*s", (int)(slash - path), path)
				  : cli_format(".");
	w->name = cli_format("%s", slash ? slash + 1 : path);
	w->dir = open(w->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0)
		return failed(w, errno);
	if (!*w->name || fstatat(w->dir, w->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return failed(w, EEXIST);
	w->fd = open_nameless(w);
	if (w->fd >= 0)
		return true;
	w->part = cli_format(".geonet-%ld.part", (long)getpid());
	w->fd = openat(w->dir, w->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return w->fd >= 0 || failed(w, errno);
}

bool whole_write(struct whole *w, struct gn_slice data)
{
	while (data.len) {
		ssize_t n = write(w->fd, data.p, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed(w, n < 0 ? errno : EIO);
		data = gn_slice_sub(data, (size_t)n, data.len - (size_t)n);
	}
	return true;
}

bool whole_finish(struct whole *w)
{
	char path[32];
	if (fsync(w->fd) != 0)
		return failed(w, errno);
	if (!w->part) {
		path_of(w->fd, path);
		if (linkat(AT_FDCWD, path, w->dir, w->name, AT_SYMLINK_FOLLOW) != 0)
			return failed(w, errno);
		return fsync(w->dir) == 0 || failed(w, errno);
	}
	if (linkat(w->dir, w->part, w->dir, w->name, 0) != 0) {
		int why = errno;
		if (why != EPERM && why != EOPNOTSUPP && why != ENOSYS)
			return failed(w, why);
		/* a file system without links: a name that is surely ours, then taken over */
		int fd = openat(w->dir, w->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			return failed(w, errno);
		close(fd);
		if (renameat(w->dir, w->part, w->dir, w->name) != 0)
			return failed(w, errno);
	} else if (unlinkat(w->dir, w->part, 0) != 0) {
		cli_warn(w->cli, "%s/%s could not be removed: %s", w->folder, w->part,
			 strerror(errno));
	}
	free(w->part);
	w->part = NULL;
	return fsync(w->dir) == 0 || failed(w, errno);
}

void whole_close(struct whole *w)
{
	if (w->part && w->fd >= 0)
		(void)!unlinkat(w->dir, w->part, 0);
	if (w->fd >= 0)
		close(w->fd);
	if (w->dir >= 0)
		close(w->dir);
	free(w->folder);
	free(w->name);
	free(w->part);
}
