/* Keeps what a job's program starts together, and ends it with the program: also what left its
 * process group or began a session of its own (setsid, daemons).
 *
 *   START -> KEEPS [fork] -> ENDS [the program ended | SIGTERM | our parent is gone] -> over
 *
 * 1. It has no children but the program, and is the subreaper of all that come of it: whoever loses
 *    their parent becomes its child. So all its children are the job's, and nobody else's process
 *    is ever touched: a child that was not waited for keeps its number.
 * 2. It kills its children until there are none: each that ends hands its own on. A chain of a
 *    thousand is a thousand rounds, so a round asks for its children and nothing else.
 * 3. A program that stops us is left nothing by that: our parent lets us go on (program.c).
 * 4. A program that may signal us could end us first: it is its owner's, who has no worse of it. */
#include "geonet/job/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 5000 /* nothing more ended: what is left is another user's */
#define ALL_MS 60000  /* for what goes on forking */

/* The parent of a process, by /proc/PID/stat: "PID (name) S PPID ...". 0: it is gone. */
static pid_t parent_of(const char *pid)
{
	char path[64], text[512];
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	const char *at = strrchr(text, ')'); /* a name may have any characters */
	return at && strlen(at) > 4 ? (pid_t)strtol(at + 4, NULL, 10) : 0;
}

/* Of a system that does not say which children a process has. */
static void kill_found(void)
{
	DIR *all = opendir("/proc");
	pid_t self = getpid();
	const struct dirent *e;
	while (all && (e = readdir(all)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && parent_of(e->d_name) == self)
			kill((pid_t)strtol(e->d_name, NULL, 10), SIGKILL);
	if (all)
		closedir(all);
}

static void kill_children(void)
{
	FILE *all = fopen("/proc/thread-self/children", "re");
	char pid[16];
	if (!all) {
		kill_found();
		return;
	}
	while (fscanf(all, "%15s", pid) == 1)
		kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
	fclose(all);
}

/* Takes those that ended, and says how many; *over: the program is among them. */
static unsigned reap(pid_t program, int *status, bool *over, bool *none)
{
	unsigned count = 0;
	int its;
	pid_t pid;
	for (; (pid = waitpid(-1, &its, WNOHANG)) > 0; count++)
		if (pid == program) {
			*status = its;
			*over = true;
		}
	*none = pid < 0 && errno == ECHILD;
	return count;
}

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void end_all(pid_t program, bool over, int *status)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	uint64_t begun = now_ms(), ended = begun, now = begun;
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (bool none = false; !none && now - ended < QUIET_MS && now - begun < ALL_MS;) {
		if (!over)
			kill(-program, SIGKILL); /* also where there is no /proc */
		kill_children();
		unsigned count = reap(program, status, &over, &none);
		now = now_ms();
		if (count)
			ended = now;
		else if (!none)
			(void)sigtimedwait(&child, NULL, &pause);
	}
}

static void close_all_but(int keep)
{
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = 0; fd < (most < 4096 ? most : 4096); fd++)
		if (fd != keep)
			close(fd);
}

void job_keep(pid_t parent, int fd, void (*run)(void *user), void *user)
{
	sigset_t ours;
	int status = 0;
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGCHLD);
	sigprocmask(SIG_SETMASK, &ours, NULL);
	signal(SIGCHLD, SIG_DFL); /* ignored by our parent, it would not come */
	setpgid(0, 0);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ||
	    getppid() != parent)
		_exit(126);
	pid_t program = fork();
	if (program == 0)
		run(user);
	if (program <= 0)
		_exit(126);
	setpgid(program, program); /* whoever of the two comes first */
	close_all_but(fd);
	for (bool none = false, over = false; !none;) {
		if (sigwaitinfo(&ours, NULL) == SIGTERM) {
			end_all(program, false, &status);
			break;
		}
		(void)reap(program, &status, &over, &none);
		if (over) {
			end_all(program, true, &status);
			break;
		}
	}
	ssize_t written = write(fd, &status, sizeof status);
	_exit(written == (ssize_t)sizeof status ? 0 : 126);
}
