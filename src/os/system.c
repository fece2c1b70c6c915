/* Clock, resolver, interfaces, and what the process knows of itself. */
#include "os/os_int.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static gn_time clock_of(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (gn_time)t.tv_sec * GN_SEC + t.tv_nsec;
}

static gn_time anchor; /* wall minus monotonic at the first call; written once */
static pthread_once_t anchored = PTHREAD_ONCE_INIT;

static void set_anchor(void)
{
	anchor = clock_of(CLOCK_REALTIME) - clock_of(CLOCK_MONOTONIC);
}

gn_time gn_os_now(void)
{
	pthread_once(&anchored, set_anchor);
	return clock_of(CLOCK_MONOTONIC) + anchor;
}

void gn_os_time_text(gn_time t, char *out, size_t cap)
{
	time_t seconds = (time_t)gn_unix(t);
	struct tm tm;
	GN_ASSERT(cap >= 21);
	gmtime_r(&seconds, &tm);
	strftime(out, cap, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static bool addr_from(const struct sockaddr *sa, struct gn_addr *out)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)sa;
		const uint8_t *b = (const void *)&v4->sin_addr;
		*out = gn_addr_v4(b[0], b[1], b[2], b[3], ntohs(v4->sin_port));
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)sa;
		memcpy(out->ip, &v6->sin6_addr, 16);
		out->port = ntohs(v6->sin6_port);
		return true;
	}
	return false;
}

gn_err gn_os_resolve(const char *host_port, struct gn_addr *out, size_t cap, size_t *count)
{
	char host[256];
	const char *colon = strrchr(host_port, ':');
	size_t len = colon ? (size_t)(colon - host_port) : 0;
	if (!colon || len == 0 || len >= sizeof host || !colon[1])
		return gn_os_refuse(GN_TEXT, host_port, "expected HOST:PORT");
	bool v6 = host_port[0] == '[' && host_port[len - 1] == ']';
	memcpy(host, host_port + v6, len - 2 * (size_t)v6);
	host[len - 2 * (size_t)v6] = 0;
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV}, *list = NULL;
	int rc = getaddrinfo(host, colon + 1, &hints, &list);
	if (rc)
		return gn_os_refuse(GN_NOT_FOUND, host_port, gai_strerror(rc));
	*count = 0;
	for (struct addrinfo *a = list; a && *count < cap; a = a->ai_next)
		*count += addr_from(a->ai_addr, &out[*count]);
	freeaddrinfo(list);
	return *count ? GN_OK : gn_os_refuse(GN_NOT_FOUND, host_port, "no Internet address");
}

static bool link_local(const struct gn_addr *a)
{
	return gn_addr_is_v4(a) ? a->ip[12] == 169 && a->ip[13] == 254 : a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

void gn_os_local_addrs(struct gn_addr *out, size_t cap, size_t *count)
{
	struct ifaddrs *list = NULL;
	*count = 0;
	if (getifaddrs(&list))
		return;
	for (int loopback = 0; loopback < 2 && *count == 0; loopback++)
		for (struct ifaddrs *i = list; i && *count < cap; i = i->ifa_next) {
			struct gn_addr a;
			if (i->ifa_addr && (i->ifa_flags & IFF_UP) && addr_from(i->ifa_addr, &a) && !link_local(&a) && gn_addr_is_loopback(&a) == (loopback == 1)) {
				a.port = 0;
				out[(*count)++] = a;
			}
		}
	freeifaddrs(list);
}

uint64_t gn_os_rss(void)
{
	unsigned long long size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f) {
		if (fscanf(f, "%llu %llu", &size, &resident) != 2)
			resident = 0;
		fclose(f);
	}
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

gn_time gn_os_cpu(void)
{
	return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

bool gn_os_is_terminal(int fd)
{
	return isatty(fd);
}

unsigned gn_os_columns(int fd)
{
	struct winsize w;
	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : 80;
}
