/* Where the node's socket is, and whether somebody is there. */
#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SERVICE_SOCKET "/run/geonet/app.sock" /* of a node that is the machine's service */

/* A file of the folder; a long path goes through the folder's descriptor, kept open in *dir. */
static char *socket_in(const char *data, const char *name, int *dir)
{
	char *path = cli_format("%s/%s", data, name);
	if (strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path)
		return path;
	if (*dir < 0)
		*dir = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dir >= 0) {
		free(path);
		path = cli_format("/proc/self/fd/%d/%s", *dir, name);
	}
	return path;
}

char *client_socket(struct cli *cli, bool own, int *dir)
{
	const char *set = getenv("GEONET_SOCKET");
	*dir = -1;
	if (set && *set && !own)
		return cli_format("%s", set);
	char *path = socket_in(cli->data, "app.sock", dir);
	if (access(path, F_OK) == 0)
		return path;
	char *old = socket_in(cli->data, "api.sock", dir); /* of a node of before */
	if (access(old, F_OK) == 0) {
		free(path);
		return old;
	}
	free(old);
	if (!own && !cli_option(cli, "data") && access(SERVICE_SOCKET, F_OK) == 0) {
		free(path);
		return cli_format("%s", SERVICE_SOCKET);
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

int client_dial(struct cli *cli, bool own)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int dir, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *path = client_socket(cli, own, &dir);
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

int client_agent_dial(struct cli *cli)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	const char *set = getenv("GEONET_AGENT");
	int dir = -1, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *path = set && *set ? cli_format("%s", set)
				 : socket_in(cli->data, "agent/agent.sock", &dir);
	bool fits = strlen(path) < sizeof addr.sun_path;
	if (fits)
		strcpy(addr.sun_path, path);
	if (fd >= 0 && (!fits || connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0)) {
		close(fd);
		fd = -1;
	}
	if (dir >= 0)
		close(dir);
	free(path);
	return fd;
}

int client_no_agent(struct cli *cli)
{
	bool given = cli_option(cli, "data") != NULL;
	return cli_fail(cli, CLI_NO_NODE, "no-agent",
			"no agent is running for %s; start one with: geonet agent up%s%s",
			cli->data, given ? " --data " : "", given ? cli->data : "");
}

bool client_agent_alive(struct cli *cli)
{
	int fd = client_agent_dial(cli);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool client_alive(struct cli *cli)
{
	int fd = client_dial(cli, true);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}
