/* The log of a program that serves: lines on stderr, or at the end of a file that can be opened
 * anew while it is written.
 *
 * 1. The file's descriptor keeps its number for ever, so a thread that writes never meets a
 *    closed one.
 * 2. A line is one write, so lines of several threads and of what rotates the file do not mix.
 * 3. A line that cannot be written is lost: a full disk or a terminal that is gone stops nobody. */
#define _GNU_SOURCE /* dup3 */
#include "os/os.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_int file = STDERR_FILENO;

gn_err gn_os_log_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return gn_os_fail(path);
	if (file == STDERR_FILENO) {
		file = fd;
		return GN_OK;
	}
	gn_err err = dup3(fd, file, O_CLOEXEC) < 0 ? gn_os_fail(path) : GN_OK;
	close(fd);
	return err;
}

void gn_os_log_write(void *user, enum gn_log_level level, const char *module, const char *event,
		     const char *text)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	char line[1024], stamp[32];
	(void)user;
	gn_os_time_text(gn_os_wall(), stamp, sizeof stamp);
	int n = snprintf(line, sizeof line, "%s %-5s %-8s %s: %s\n", stamp, names[level], module,
			 event, text);
	size_t len = n < 0 ? 0 : (size_t)n;
	if (len >= sizeof line) {
		len = sizeof line - 1;
		line[len - 1] = '\n';
	}
	(void)!write(file, line, len);
}
