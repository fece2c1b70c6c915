/* What a test does to the system calls of a hub or node (LD_PRELOAD): files in $SHIM say what.
 * `hold`: syncs of journal files wait while it is there, `bad`: they fail, `stall`: once one
 * failed, the loop waits with what became ready, `unread`: reads of journal files wait, `clock`:
 * seconds that the wall clock is ahead now, `slept`: seconds that the machine has slept,
 * `address`: the IPv4 address that an UDP socket gets instead of any, `used`: how full disks are,
 * in percent. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static int is_there(const char *name)
{
	char path[600];
	snprintf(path, sizeof path, "%s/%s", getenv("SHIM"), name);
	return access(path, F_OK) == 0;
}

static int is_journal(int fd)
{
	char link[64], path[600] = "";
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return readlink(link, path, sizeof path - 1) > 0 && strstr(path, "/journal/") &&
	       strstr(path, ".log");
}

static void wait_for(const char *name)
{
	while (is_there(name))
		usleep(1000);
}

static volatile int failed;

int fdatasync(int fd)
{
	static int (*real)(int);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
	if (!is_journal(fd))
		return real(fd);
	wait_for("hold");
	if (!is_there("bad"))
		return real(fd);
	failed = 1;
	errno = EIO;
	return -1;
}

/* The loop's sleep. What became ready while it is held here is handled in one turn, in the order
 * in which it became ready. */
int epoll_pwait(int fd, struct epoll_event *out, int most, int timeout, const sigset_t *mask)
{
	static int (*real)(int, struct epoll_event *, int, int, const sigset_t *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "epoll_pwait");
	int n = real(fd, out, most, timeout, mask), code = errno;
	if (failed)
		wait_for("stall");
	errno = code;
	return n;
}

int epoll_wait(int fd, struct epoll_event *out, int most, int timeout)
{
	return epoll_pwait(fd, out, most, timeout, NULL);
}

int bind(int fd, const struct sockaddr *to, socklen_t len)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "bind");
	char path[600], text[64] = "", mapped[80];
	int type = 0;
	socklen_t type_len = sizeof type;
	struct sockaddr_in6 in;
	snprintf(path, sizeof path, "%s/address", getenv("SHIM"));
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len);
	FILE *f = type == SOCK_DGRAM && to->sa_family == AF_INET6 && len == sizeof in
			  ? fopen(path, "r")
			  : NULL;
	if (!f)
		return real(fd, to, len);
	memcpy(&in, to, sizeof in);
	if (fscanf(f, "%63s", text) == 1 &&
	    memcmp(&in.sin6_addr, &in6addr_any, sizeof in6addr_any) == 0) {
		snprintf(mapped, sizeof mapped, "::ffff:%s", text);
		inet_pton(AF_INET6, mapped, &in.sin6_addr);
	}
	fclose(f);
	return real(fd, (struct sockaddr *)&in, sizeof in);
}

ssize_t pread(int fd, void *out, size_t len, off_t offset)
{
	static ssize_t (*real)(int, void *, size_t, off_t);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pread");
	/* its header alone is read before the listener is there */
	if (is_journal(fd) && len > 65536)
		wait_for("unread");
	return real(fd, out, len, offset);
}

int fstatvfs(int fd, struct statvfs *out)
{
	static int (*real)(int, struct statvfs *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "fstatvfs");
	int result = real(fd, out);
	char path[600];
	unsigned used;
	snprintf(path, sizeof path, "%s/used", getenv("SHIM"));
	FILE *f = fopen(path, "r");
	if (f && fscanf(f, "%u", &used) == 1) {
		out->f_frsize = 1 << 20;
		out->f_blocks = 1010; /* ten are root's */
		out->f_bavail = 10 * (100 - used);
		out->f_bfree = out->f_bavail + 10;
	}
	if (f)
		fclose(f);
	return result;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(id, t);
	const char *file = id == CLOCK_REALTIME ? "clock" : "slept";
	if (id != CLOCK_REALTIME && id != CLOCK_BOOTTIME)
		return result;
	char path[600];
	long ahead = 0;
	snprintf(path, sizeof path, "%s/%s", getenv("SHIM"), file);
	FILE *f = fopen(path, "r");
	if (f && fscanf(f, "%ld", &ahead) == 1)
		t->tv_sec += ahead;
	if (f)
		fclose(f);
	return result;
}

time_t time(time_t *out)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}
