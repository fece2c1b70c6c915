/* Whose a connection over loopback is: the kernel tells who owns each socket of TCP, as SO_PEERCRED
 * does for local ones. */
#include "os/os_int.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ENDS 96 /* characters of an address and port in hex, and more than a field may have */

/* An end of a connection as the kernel shows it: words of 32 bits in the machine's order. */
static void end_of(const struct sockaddr_storage *sa, bool v6, char out[ENDS])
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *six = (const void *)sa;
	uint32_t word[4] = {0, 0, htonl(0xffff), v4->sin_addr.s_addr};
	if (sa->ss_family == AF_INET6)
		memcpy(word, &six->sin6_addr, sizeof word);
	if (v6)
		snprintf(out, ENDS, "%08X%08X%08X%08X:%04X", word[0], word[1], word[2], word[3],
			 ntohs(sa->ss_family == AF_INET6 ? six->sin6_port : v4->sin_port));
	else
		snprintf(out, ENDS, "%08X:%04X", word[3], ntohs(v4->sin_port));
}

/* As /proc/net/tcp has the other end's line: its own address first. */
static void ends_of(const struct sockaddr_storage *peer, const struct sockaddr_storage *own,
		    bool v6, char out[2 * ENDS + 1])
{
	char from[ENDS], to[ENDS];
	end_of(peer, v6, from);
	end_of(own, v6, to);
	snprintf(out, 2 * ENDS + 1, "%s %s", from, to);
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
	struct sockaddr_storage peer = {0}, own = {0};
	socklen_t peer_len = sizeof peer, own_len = sizeof own;
	char ends[2 * ENDS + 1];
	if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&own, &own_len) != 0 ||
	    peer.ss_family != own.ss_family ||
	    (peer.ss_family != AF_INET && peer.ss_family != AF_INET6))
		return false;
	for (unsigned v6 = peer.ss_family == AF_INET6; v6 < 2; v6++) {
		ends_of(&peer, &own, v6 != 0, ends);
		if (find(files[v6], ends, uid))
			return true;
	}
	return false;
}
