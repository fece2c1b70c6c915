/* Where the node's socket is, and whether somebody is there. */
#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The socket's path; a long one goes through the folder's descriptor, kept open in *dir. */
char *client_socket(const char *data, int *dir)
{
	char *path = cli_format("%s/api.sock", data);
	*dir = -1;
	if (strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path)
		return path;
	*dir = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dir >= 0) {
		free(path);
		path = cli_format("/proc/self/fd/%d/api.sock", *dir);
	}
	return path;
}

int client_none(struct cli *cli)
{
	bool given = cli_option(cli, "data") != NULL;
	return cli_fail(cli, CLI_NO_NODE, "no-node",
			"no node is running for %s; start one with: geonet up%s%s", cli->data,
			given ? " --data " : "", given ? cli->data : "");
}

int client_dial(const char *data)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int dir, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *path = client_socket(data, &dir);
	if (fd >= 0 && strlen(path) < sizeof addr.sun_path) {
		strcpy(addr.sun_path, path);
		if (connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0) {
			close(fd);
			fd = -1;
		}
	}
	if (dir >= 0)
		close(dir);
	free(path);
	return fd;
}

bool client_alive(struct cli *cli)
{
	int fd = client_dial(cli->data);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}
