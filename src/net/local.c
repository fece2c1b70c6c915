#include "net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool gn_local_address(const char *path, struct sockaddr_un *addr, int *dir)
{
	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	*dir = -1;
	if (strlen(path) < sizeof addr->sun_path) {
		strcpy(addr->sun_path, path);
		return true;
	}
	char *folder = strdup(path), *file = strdup(path);
	if (folder && file)
		*dir = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int len = *dir < 0 ? -1
			   : snprintf(addr->sun_path, sizeof addr->sun_path, "/proc/self/fd/%d/%s",
				      *dir, basename(file));
	free(folder);
	free(file);
	return len > 0 && (size_t)len < sizeof addr->sun_path;
}

gn_err gn_local_dial(const char *path, int *fd)
{
	struct sockaddr_un addr;
	int dir;
	gn_err err = GN_OK;
	*fd = -1;
	if (!gn_local_address(path, &addr, &dir)) {
		err = dir < 0 && errno == ENOENT ? GN_NOT_FOUND : GN_RANGE;
		goto out;
	}
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0) {
		err = GN_IO;
	} else if (connect(*fd, (const struct sockaddr *)&addr, sizeof addr) != 0) {
		err = errno == ENOENT || errno == ENOTDIR ? GN_NOT_FOUND
		      : errno == ECONNREFUSED             ? GN_CLOSED
		      : errno == EACCES                   ? GN_DENIED
		      : errno == EAGAIN                   ? GN_BUSY
							  : GN_IO;
		close(*fd);
		*fd = -1;
	}
out:
	if (dir >= 0)
		close(dir);
	return err;
}
