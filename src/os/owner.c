/* Whose a connection over loopback is: the kernel tells who owns each socket of TCP, as SO_PEERCRED
 * does for local ones. */
#include "os/os_int.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ENDS 96 /* characters of two addresses and ports in hex */

/* As /proc/net/tcp has the other end's line: its own address first. */
static void ends_of(const struct sockaddr_in *peer, const struct sockaddr_in *own, bool v6,
		    char out[ENDS])
{
	char mapped[32] = "";
	if (v6)
		snprintf(mapped, sizeof mapped, "%016X%08X", 0u, htonl(0xffff));
	snprintf(out, ENDS, "%s%08X:%04X %s%08X:%04X", mapped, peer->sin_addr.s_addr,
		 ntohs(peer->sin_port), mapped, own->sin_addr.s_addr, ntohs(own->sin_port));
}

/* Its user and inode, if the line is of those ends. A socket that its process has closed has no
 * inode, and a user that says nothing. */
static bool is_of(const char *line, const char *ends, unsigned *uid)
{
	char at[ENDS], to[ENDS], both[2 * ENDS + 1], *rest;
	int n = 0;
	if (sscanf(line,
		   " %*[0-9]: %95[0-9A-F:] %95[0-9A-F:] %*[0-9A-F] %*[0-9A-F:] %*[0-9A-F:] "
		   "%*[0-9A-F] %n",
		   at, to, &n) != 2 ||
	    !n)
		return false;
	snprintf(both, sizeof both, "%s %s", at, to);
	unsigned long owner = strtoul(line + n, &rest, 10);
	(void)strtoul(rest, &rest, 10); /* requests without an answer */
	if (strcmp(both, ends) != 0 || strtoul(rest, NULL, 10) == 0)
		return false;
	*uid = (unsigned)owner;
	return true;
}

static bool find(const char *file, const char *ends, unsigned *uid)
{
	FILE *f = fopen(file, "re");
	char line[512];
	bool found = false;
	while (f && !found && fgets(line, sizeof line, f))
		found = is_of(line, ends, uid);
	if (f)
		fclose(f);
	return found;
}

bool gn_os_tcp_owner(int fd, unsigned *uid)
{
	static const char *const files[] = {"/proc/net/tcp", "/proc/net/tcp6"};
	struct sockaddr_in peer, own;
	socklen_t peer_len = sizeof peer, own_len = sizeof own;
	char ends[ENDS];
	if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&own, &own_len) != 0 || peer.sin_family != AF_INET ||
	    own.sin_family != AF_INET)
		return false;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		ends_of(&peer, &own, v6 != 0, ends);
		if (find(files[v6], ends, uid))
			return true;
	}
	return false;
}
