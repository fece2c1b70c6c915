/* Whose a connection over loopback is: the kernel tells who owns each socket of TCP, as SO_PEERCRED
 * does for local ones. */
#include "os/os_int.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
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

/* A socket that its process has closed has no inode, and a user that says nothing. */
static bool find(const char *file, const char *ends, unsigned *uid)
{
	FILE *f = fopen(file, "re");
	char line[512], at[ENDS], to[ENDS], both[2 * ENDS + 1];
	unsigned owner;
	unsigned long inode;
	bool found = false;
	while (f && !found && fgets(line, sizeof line, f)) {
		if (sscanf(line,
			   " %*[0-9]: %95[0-9A-F:] %95[0-9A-F:] %*x %*x:%*x %*x:%*x %*x %u %*u %lu",
			   at, to, &owner, &inode) != 4)
			continue;
		snprintf(both, sizeof both, "%s %s", at, to);
		found = strcmp(both, ends) == 0 && inode != 0;
	}
	if (f)
		fclose(f);
	if (found)
		*uid = owner;
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
