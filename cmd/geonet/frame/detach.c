/* Starting a program in the background: its own session, its log, and a pipe on which it says that
 * it is ready. */
#include "geonet/frame/detach.h"
#include "geonet/frame/frame.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* a first start searches for the node's proof of work, minutes on a small board */
#define DETACH_WAIT_S 300

/* In the child: its own session, nothing of ours open but the log and the pipe. Only exec and
 * _exit follow. */
static void become_daemon(char **words, int log, int ready)
{
	int null = open("/dev/null", O_RDONLY);
	if (setsid() < 0 || null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 ||
	    dup2(ready, 3) < 0 || chdir("/") != 0)
		_exit(1);
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = 4; fd < (most < 4096 ? most : 4096); fd++)
		close(fd);
	execvp(words[0], words);
	dprintf(2, "%s: cannot be started: %s\n", words[0], strerror(errno));
	_exit(127);
}

void last_line(const char *path, long from, char *out, size_t cap)
{
	char line[1024];
	FILE *f = fopen(path, "r");
	out[0] = 0;
	if (!f)
		return;
	fseek(f, from, SEEK_SET);
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		if (*line)
			snprintf(out, cap, "%s", line);
	}
	fclose(f);
}

/* ---- who interrupts the wait wants no program: a node would search on for its proof of work, and
 * no command could reach it before it has one ---- */

static volatile sig_atomic_t interrupted; /* the signal, 0: none */

static void on_interrupt(int signal)
{
	interrupted = signal;
}

static const int interrupts[] = {SIGINT, SIGTERM, SIGHUP};

static void heed_interrupts(struct sigaction before[GN_COUNT(interrupts)])
{
	struct sigaction heed = {.sa_handler = on_interrupt};
	sigemptyset(&heed.sa_mask);
	for (size_t i = 0; i < GN_COUNT(interrupts); i++) {
		sigaction(interrupts[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN) /* nohup, or a shell's background */
			sigaction(interrupts[i], &heed, NULL);
	}
}

/* As they were; and what interrupted us ends us, so that the caller sees by what. */
static void end_interrupts(const struct sigaction before[GN_COUNT(interrupts)])
{
	for (size_t i = 0; i < GN_COUNT(interrupts); i++)
		sigaction(interrupts[i], &before[i], NULL);
	if (interrupted)
		raise(interrupted);
}

/* Until it says "ready", dies (the pipe ends), or patience does. */
static bool wait_ready(struct cli *cli, const struct detach *d, int fd)
{
	char text[128];
	size_t n = 0;
	for (time_t end = time(NULL) + DETACH_WAIT_S; time(NULL) < end && !interrupted;) {
		struct pollfd p = {fd, POLLIN, 0};
		cli_progress(cli, "%s", d->progress);
		if (poll(&p, 1, 200) <= 0)
			continue;
		ssize_t got = read(fd, text + n, sizeof text - 1 - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
		text[n] = 0;
		if (strchr(text, '\n') || n == sizeof text - 1)
			return strncmp(text, "ready", 5) == 0;
	}
	return false;
}

/* Our log, in a directory that is checked as the program checks it before anything is written
 * there; -1 was told. */
static int open_log(struct cli *cli, const struct detach *d, const char *path)
{
	int log = -1, folder = open(d->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0 && gn_os_dir_close_to_others(folder, d->folder)) {
		cli_fail(cli, CLI_FAILED, "denied", "the %s did not start: %s", d->what,
			 gn_os_why());
	} else {
		if (folder >= 0)
			log = openat(folder, d->log,
				     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (log < 0)
			cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(errno));
	}
	if (folder >= 0)
		close(folder);
	return log;
}

/* It is not there: by its exit status and what it said last. */
static int tell_failure(struct cli *cli, const struct detach *d, pid_t pid, const char *path,
			long from)
{
	char why[1024];
	int status = 0;
	if (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		struct timespec moment = {
			/* it closed the pipe; what it prints last may need a moment */
			0, 200000000};
		nanosleep(&moment, NULL);
		if (waitpid(pid, &status, WNOHANG) == 0 && kill(pid, SIGTERM) == 0)
			waitpid(pid, &status, 0);
	}
	last_line(path, from, why, sizeof why);
	char *name = cli_format("%s: ", d->program);
	const char *said = strncmp(why, name, strlen(name)) == 0 ? why + strlen(name) : why;
	free(name);
	/* its command line or its configuration */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return cli_fail(cli, CLI_USAGE, "usage", "the %s did not start: %s", d->what, said);
	if (*said)
		return cli_fail(cli, CLI_FAILED, "io", "the %s did not start: %s; its log is %s",
				d->what, said, path);
	struct statvfs fs;
	if (statvfs(path, &fs) == 0 && fs.f_bavail == 0)
		return cli_fail(cli, CLI_FAILED, "io",
				"the %s did not start: there is no room on the disk of %s", d->what,
				path);
	return cli_fail(cli, CLI_FAILED, "io", "the %s did not start; its log is %s", d->what,
			path);
}

int detach_start(struct cli *cli, const struct detach *d)
{
	int ready[2], exit = CLI_FAILED;
	struct sigaction before[GN_COUNT(interrupts)];
	char *path = cli_format("%s/%s", d->folder, d->log);
	int log = open_log(cli, d, path);
	if (log < 0)
		goto out;
	long from = (long)lseek(log, 0, SEEK_END);
	if (pipe(ready) != 0) {
		cli_fail(cli, CLI_FAILED, "io", "a pipe: %s", strerror(errno));
		goto out;
	}
	heed_interrupts(before); /* before there is a program that could be left alone */
	pid_t pid = fork();
	if (pid == 0)
		become_daemon(d->words, log, ready[1]);
	close(ready[1]);
	bool ok = pid > 0 && wait_ready(cli, d, ready[0]);
	close(ready[0]);
	cli_progress_done(cli);
	if (ok) {
		exit = CLI_OK;
	} else if (interrupted) {
		if (pid > 0 && kill(pid, SIGTERM) == 0)
			waitpid(pid, NULL, 0);
		exit = cli_fail(cli, CLI_FAILED, "cancelled", "interrupted: the %s was not started",
				d->what);
	} else {
		exit = tell_failure(cli, d, pid, path, from);
	}
	end_interrupts(before);
out:
	if (log >= 0)
		close(log);
	free(path);
	return exit;
}
