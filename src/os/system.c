/* Clock, resolver, interfaces, and what the process knows of itself. */
#include "os/os_int.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static gn_time clock_of(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (gn_time)t.tv_sec * GN_SEC + t.tv_nsec;
}

#ifdef CLOCK_BOOTTIME /* goes on while a laptop sleeps, so that its records do not fall behind */
#define STEADY CLOCK_BOOTTIME
#else
#define STEADY CLOCK_MONOTONIC
#endif

/* A wall clock that was set may be wrong, and what ends by it is gone: it has to stay so for a
 * while before it is believed. A machine that has just started often has a wrong clock and
 * learns the time from the network; it is believed at once. Forwards that is a step, as after a
 * suspension; back is no step, since time never falls: the clock runs at half its speed until
 * the wall has caught up. */
#define CLOCK_LOOK (10 * GN_SEC) /* between looks at the wall clock */
#define CLOCK_STEP (60 * GN_SEC)
#define CLOCK_HOLD (600 * GN_SEC)  /* how long it stays set before it is believed */
#define CLOCK_YOUNG (600 * GN_SEC) /* the machine has just started */

static bool is_step(gn_time t)
{
	return t > CLOCK_STEP || t < -CLOCK_STEP;
}

gn_time gn_os_clock_off_of(const struct gn_os_clock *c)
{
	gn_time off = c->wall - c->time;
	return is_step(off) ? off : 0;
}

static void look(struct gn_os_clock *c, gn_time now, gn_time steady, gn_time wall)
{
	bool first = c->time == 0, moved = is_step(wall - c->wall - (steady - c->steady));
	gn_time since = first || !is_step(wall - now) ? 0
			: c->since == 0 || moved      ? steady
						      : c->since;
	bool believed = since == 0 || steady - since >= CLOCK_HOLD || steady < CLOCK_YOUNG;
	if (first || (believed && wall - now > CLOCK_STEP))
		now = wall;
	*c = (struct gn_os_clock){steady, now, wall, believed ? wall - now : 0, since};
}

gn_time gn_os_clock_read(struct gn_os_clock *c, gn_time steady, gn_time wall)
{
	gn_time passed = steady - c->steady,
		most = c->error < -CLOCK_STEP ? passed / 2 : passed / 16;
	gn_time now = c->time + passed +
		      (c->error < -most  ? -most
		       : c->error > most ? most
					 : c->error);
	if (c->time == 0 || passed >= CLOCK_LOOK) {
		look(c, now, steady, wall);
		now = c->time;
	}
	return now;
}

static struct gn_os_clock record_clock;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;

gn_time gn_os_now(void)
{
	pthread_mutex_lock(&record_lock);
	gn_time now = gn_os_clock_read(&record_clock, clock_of(STEADY), clock_of(CLOCK_REALTIME));
	pthread_mutex_unlock(&record_lock);
	return now;
}

gn_time gn_os_clock_off(void)
{
	pthread_mutex_lock(&record_lock);
	gn_time off = gn_os_clock_off_of(&record_clock);
	pthread_mutex_unlock(&record_lock);
	return off;
}

void gn_os_harden(void)
{
	/* a core handler that is a pipe does not look at the limit, but at this */
	(void)!prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)!setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", O_RDWR); /* the lowest that is free: this one */
}

gn_time gn_os_wall(void)
{
	return clock_of(CLOCK_REALTIME);
}

static gn_time anchor;

static void set_anchor(void)
{
	anchor = clock_of(CLOCK_REALTIME) - clock_of(STEADY);
}

gn_time gn_os_steady(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, set_anchor);
	return clock_of(STEADY) + anchor;
}

gn_time gn_os_slept(void)
{
	gn_time boot = clock_of(STEADY);
	return boot - clock_of(CLOCK_MONOTONIC); /* read later: at most too little */
}

void gn_os_process(void)
{
	/* the last three until the loop takes them (net/signals.h): while a key is searched they
	 * must not kill either */
	static const int ignored[] = {SIGPIPE, SIGXFSZ, SIGHUP, SIGUSR1, SIGUSR2};
	struct rlimit files;
	gn_os_harden();
	for (size_t i = 0; i < GN_COUNT(ignored); i++)
		signal(ignored[i], SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &files))
			return; /* it stays as it was; gn_os_files tells */
	}
}

unsigned gn_os_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return 256;
	return files.rlim_cur > 1u << 20 ? 1u << 20 : (unsigned)files.rlim_cur;
}

void gn_os_time_text(gn_time t, char *out, size_t cap)
{
	time_t seconds = (time_t)gn_unix(t);
	struct tm tm;
	GN_ASSERT(cap >= 21);
	gmtime_r(&seconds, &tm);
	strftime(out, cap, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

bool gn_os_addr(const struct sockaddr *sa, struct gn_addr *out)
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

/* "host:port" or "[v6]:port" taken apart; a bare IPv6 address is refused, since its last group
 * would pass for a port. */
static bool split(const char *text, char host[256], const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool v6 = text[0] == '[';
	if (!colon ||
	    (v6 ? len < 4 || text[len - 1] != ']' : len == 0 || memchr(text, ':', len) != NULL) ||
	    len >= 256)
		return false;
	memcpy(host, text + v6, len - 2 * (size_t)v6);
	host[len - 2 * (size_t)v6] = 0;
	size_t digits = strspn(colon + 1, "0123456789");
	unsigned long value = digits > 0 && digits <= 5 ? strtoul(colon + 1, NULL, 10) : 0;
	*port = colon + 1;
	return colon[1 + digits] == 0 && value > 0 && value <= 65535;
}

gn_err gn_os_resolve(const char *host_port, struct gn_addr *out, size_t cap, size_t *count)
{
	char host[256];
	const char *port;
	if (!split(host_port, host, &port))
		return gn_os_refuse(
			GN_TEXT, host_port,
			"expected HOST:PORT or [IPv6]:PORT with a port from 1 to 65535");
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV},
			*list = NULL;
	int rc = getaddrinfo(host, port, &hints, &list);
	if (rc == EAI_AGAIN)
		return gn_os_refuse(GN_TIMEOUT, host_port, "no name server answered");
	if (rc)
		return gn_os_refuse(rc == EAI_MEMORY ? GN_NOMEM : GN_NOT_FOUND, host_port,
				    "the name is not known");
	size_t n = 0;
	for (struct addrinfo *a = list; a && n < cap; a = a->ai_next)
		n += gn_os_addr(a->ai_addr, &out[n]);
	freeaddrinfo(list);
	if (n == 0)
		return gn_os_refuse(GN_NOT_FOUND, host_port, "the name has no Internet address");
	*count = n;
	return GN_OK;
}

enum scope { GLOBAL, PRIVATE, LOOPBACK, UNUSABLE };

static enum scope scope_of(const struct gn_addr *a)
{
	const uint8_t *b = a->ip + 12;
	if (gn_addr_is_loopback(a))
		return LOOPBACK;
	if (!gn_addr_is_v4(a)) {
		if (a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80)
			return UNUSABLE; /* link-local: means nothing without its interface */
		return (a->ip[0] & 0xfe) == 0xfc ? PRIVATE : GLOBAL;
	}
	if (b[0] == 169 && b[1] == 254)
		return UNUSABLE;
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
			       (b[0] == 100 && (b[1] & 0xc0) == 64)
		       ? PRIVATE
		       : GLOBAL;
}

void gn_os_local_addrs(struct gn_addr *out, size_t cap, size_t *count)
{
	struct ifaddrs *list = NULL;
	*count = 0;
	if (getifaddrs(&list))
		return;
	for (enum scope scope = GLOBAL; scope <= LOOPBACK; scope++)
		for (struct ifaddrs *i = list;
		     i && *count < cap &&
		     (scope < LOOPBACK || *count == 0 || gn_addr_is_loopback(out));
		     i = i->ifa_next) {
			struct gn_addr a;
			if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) ||
			    !gn_os_addr(i->ifa_addr, &a) || scope_of(&a) != scope)
				continue;
			a.port = 0;
			out[(*count)++] = a;
		}
	freeifaddrs(list);
}

uint64_t gn_os_rss(void)
{
	char line[128] = "", *resident = line; /* the second number, in pages */
	FILE *f = fopen("/proc/self/statm", "r");
	if (f) {
		if (fgets(line, sizeof line, f))
			(void)strtoull(line, &resident, 10);
		fclose(f);
	}
	return strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

gn_time gn_os_thread_cpu(void)
{
	return clock_of(CLOCK_THREAD_CPUTIME_ID);
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

const char *gn_os_home(void)
{
	const char *home = getenv("HOME");
	if (home && *home)
		return home;
	const struct passwd *own = getpwuid(getuid());
	return own && *own->pw_dir ? own->pw_dir : ".";
}
