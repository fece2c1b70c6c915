/* For tests, loaded before a program: a machine's sleep as the program sees it. The monotonic clock
 * stands still for as many nanoseconds as the file $MOVING_SLEPT says (8 bytes, of this machine);
 * the boot clock goes on. Who stops the program adds to it how long it was stopped. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *slept;
static int (*next)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("MOVING_SLEPT");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = fd >= 0 ? mmap(NULL, sizeof *slept, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (at != MAP_FAILED)
		slept = at;
	if (fd >= 0)
		close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	if (!next)
		next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int err = next(clock, out);
	if (err || !slept || (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE))
		return err;
	int64_t ns = (int64_t)out->tv_sec * 1000000000 + out->tv_nsec - *slept;
	out->tv_sec = ns / 1000000000;
	out->tv_nsec = ns % 1000000000;
	return 0;
}
