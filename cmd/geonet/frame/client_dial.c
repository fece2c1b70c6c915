/* Where the node's socket is, and whether somebody is there. */
#define _GNU_SOURCE /* struct ucred */
#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
	if (access(cli->data, X_OK) != 0 && errno == EACCES)
		return cli_fail(cli, CLI_NO_NODE, "denied",
				"%s is closed to you, as another user's is: whether a node runs "
				"there cannot be seen; name a folder of yours with --data",
				cli->data);
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

/* ---- this person's agent ---- */

/* Is DATA the place where a user's data is when nothing is said? Its agent has the socket in the
 * runtime directory (cmd/geonet-agent). */
static bool is_own_place(const struct cli *cli)
{
	const char *xdg = getenv("XDG_DATA_HOME");
	char *place = xdg && *xdg ? cli_format("%s/geonet", xdg)
				  : cli_format("%s/.local/share/geonet", gn_os_home());
	size_t len = strlen(place);
	while (len > 1 && place[len - 1] == '/')
		place[--len] = 0;
	bool own = strcmp(place, cli->data) == 0;
	free(place);
	return own;
}

/* Connected to somebody of this user's; -1: nobody is there, or another user, whom *other then
 * names. Nothing was said to them. */
static int dial_agent(const char *path, uint32_t *other)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t len = sizeof peer;
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || strlen(path) >= sizeof addr.sun_path) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	strcpy(addr.sun_path, path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0) {
		if (peer.uid == geteuid())
			return fd;
		*other = peer.uid;
	} else if (errno == EACCES) { /* no word of whose it is, if its folder is closed */
		*other = stat(path, &st) == 0 ? st.st_uid : (uint32_t)-2;
	}
	close(fd);
	return -1;
}

/* $GEONET_AGENT alone where it is set; else the runtime directory, then DATA. *path: the last one
 * that was tried, to be freed. */
static int find_agent(struct cli *cli, char **path, uint32_t *other)
{
	const char *set = getenv("GEONET_AGENT"), *runtime = getenv("XDG_RUNTIME_DIR");
	int dir = -1, fd = -1;
	*other = (uint32_t)-1;
	*path = NULL;
	if (set && *set)
		*path = cli_format("%s", set);
	else if (runtime && *runtime == '/' && is_own_place(cli))
		*path = cli_format("%s/geonet/agent.sock", runtime);
	if (*path)
		fd = dial_agent(*path, other);
	if (fd >= 0 || *other != (uint32_t)-1 || (set && *set))
		return fd;
	free(*path);
	*path = cli_format("%s/agent/agent.sock", cli->data);
	char *reach = socket_in(cli->data, "agent/agent.sock", &dir);
	fd = dial_agent(reach, other);
	free(reach);
	if (dir >= 0)
		close(dir);
	return fd;
}

int client_agent_dial(struct cli *cli, char **path)
{
	uint32_t other;
	return find_agent(cli, path, &other);
}

int client_no_agent(struct cli *cli)
{
	bool given = cli_option(cli, "data") != NULL;
	char *path;
	uint32_t other;
	int fd = find_agent(cli, &path, &other), exit;
	if (fd >= 0)
		close(fd);
	if (other == (uint32_t)-2)
		exit = cli_fail(cli, CLI_FAILED, gn_err_name(GN_DENIED),
				"%s is not this user's: nothing was said to it", path);
	else if (other != (uint32_t)-1)
		exit = cli_fail(cli, CLI_FAILED, gn_err_name(GN_DENIED),
				"who listens at %s is user %u, not you (%u): nothing was said to "
				"them; end that program, or choose another place with "
				"geonet-agent --socket and GEONET_AGENT",
				path, (unsigned)other, (unsigned)geteuid());
	else
		exit = cli_fail(cli, CLI_NO_NODE, "no-agent",
				"no agent is running for %s; start one with: geonet agent up%s%s",
				cli->data, given ? " --data " : "", given ? cli->data : "");
	free(path);
	return exit;
}

bool client_agent_alive(struct cli *cli)
{
	char *path;
	int fd = client_agent_dial(cli, &path);
	free(path);
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
