/* The node as a program: start it, stop it. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* a first start searches for the node's proof of work, minutes on a small board */
#define UP_WAIT_S 300
#define DOWN_WAIT_S 30
#define LOG_NAME "geonetd.log"

/* Every option of `up` that has a value is geonetd's. */
static char **geonetd_words(const struct cli *cli, char *program, char *ready)
{
	char **words = cli_alloc(sizeof *words * (2 * CLI_GIVEN_MAX + 10));
	int n = 0;
	words[n++] = program;
	words[n++] = cli_format("--data");
	words[n++] = cli_format("%s", cli->data);
	for (const struct cli_option *o = cli->command->options; o->name; o++)
		for (int k = 0; o->value && cli_option_at(cli, o->name, k); k++) {
			words[n++] = cli_format("--%s", o->name);
			words[n++] = cli_format("%s", cli_option_at(cli, o->name, k));
		}
	if (ready) {
		words[n++] = cli_format("--ready-fd");
		words[n++] = ready;
		if (!cli_option(cli, "log-file")) {
			/* its stderr goes there too, but only this can be opened anew */
			words[n++] = cli_format("--log-file");
			words[n++] = cli_format("%s/" LOG_NAME, cli->data);
		}
	}
	return words;
}

static void free_words(char **words)
{
	for (int i = 0; words[i]; i++)
		free(words[i]);
	free(words);
}

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
	dprintf(2, "geonetd: cannot be started: %s\n", strerror(errno));
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

static int print_running(struct cli *cli, bool started)
{
	struct reply r;
	int exit = client_must(cli, (struct call){.path = cli_format("/api/v1/status")}, &r,
			       "the node's status");
	if (exit) {
		reply_free(&r);
		return exit;
	}
	if (cli->json) {
		json_object_set_new(r.json, "started", json_boolean(started));
		cli_json(cli, json_incref(r.json));
	} else {
		const json_t *node = json_object_get(r.json, "node");
		unsigned long long http = json_number(r.json, "http"),
				   port = json_number(node, "port");
		size_t i;
		json_t *addr;
		printf(started ? "The node runs.\n" : "A node is running already.\n");
		out_pair(cli, "node", "%s", json_text(node, "id"));
		json_array_foreach(json_object_get(node, "addrs"), i, addr)
			out_pair(cli, i ? "" : "address", "%s", out_text(json_string_value(addr)));
		if (!json_array_size(json_object_get(node, "addrs")))
			out_pair(cli, "address", "UDP port %llu", port);
		if (http) {
			out_pair(cli, "page", "http://localhost:%llu/", http);
			out_pair(cli, "sites", "http://NAME.geo.localhost:%llu/", http);
		}
		out_pair(cli, "data", "%s", cli->data);
	}
	reply_free(&r);
	return CLI_OK;
}

/* ---- who interrupts the wait wants no node: it would search on for its proof of work, and no
 * command could reach it before it has one ---- */

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

/* Until the node says "ready", dies (the pipe ends), or patience does. */
static bool wait_ready(struct cli *cli, int fd)
{
	char text[128];
	size_t n = 0;
	for (time_t end = time(NULL) + UP_WAIT_S; time(NULL) < end && !interrupted;) {
		struct pollfd p = {fd, POLLIN, 0};
		cli_progress(cli, "starting the node (the first time it searches for a proof of "
				  "work for its key)...");
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

/* Our log, in a directory that is checked as geonetd checks it before anything is written there;
 * -1 was told. */
static int open_log(struct cli *cli, const char *path)
{
	int log = -1, folder = open(cli->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0 && gn_os_dir_close_to_others(folder, cli->data)) {
		cli_fail(cli, CLI_FAILED, "denied", "the node did not start: %s", gn_os_why());
	} else {
		if (folder >= 0)
			log = openat(folder, LOG_NAME,
				     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (log < 0)
			cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(errno));
	}
	if (folder >= 0)
		close(folder);
	return log;
}

/* The node is not there: by its exit status and what it said last. */
static int tell_failure(struct cli *cli, pid_t pid, const char *path, long from)
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
	const char *said = strncmp(why, "geonetd: ", 9) == 0 ? why + 9 : why;
	/* its command line or its configuration */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return cli_fail(cli, CLI_USAGE, "usage", "the node did not start: %s", said);
	if (*said)
		return cli_fail(cli, CLI_FAILED, "io", "the node did not start: %s; its log is %s",
				said, path);
	return cli_fail(cli, CLI_FAILED, "io", "the node did not start; its log is %s", path);
}

static int start_detached(struct cli *cli, char *program)
{
	int ready[2], exit = CLI_FAILED;
	struct sigaction before[GN_COUNT(interrupts)];
	char *path = cli_format("%s/" LOG_NAME, cli->data),
	     **words = geonetd_words(cli, program, cli_format("3"));
	int log = open_log(cli, path);
	if (log < 0)
		goto out;
	long from = (long)lseek(log, 0, SEEK_END);
	if (pipe(ready) != 0) {
		cli_fail(cli, CLI_FAILED, "io", "a pipe: %s", strerror(errno));
		goto out;
	}
	heed_interrupts(before); /* before there is a node that could be left alone */
	pid_t pid = fork();
	if (pid == 0)
		become_daemon(words, log, ready[1]);
	close(ready[1]);
	bool ok = pid > 0 && wait_ready(cli, ready[0]);
	close(ready[0]);
	cli_progress_done(cli);
	if (ok) {
		exit = print_running(cli, true);
	} else if (interrupted) {
		if (pid > 0 && kill(pid, SIGTERM) == 0)
			waitpid(pid, NULL, 0);
		exit = cli_fail(cli, CLI_FAILED, "cancelled",
				"interrupted: the node was not started");
	} else {
		exit = tell_failure(cli, pid, path, from);
	}
	end_interrupts(before);
out:
	if (log >= 0)
		close(log);
	free(path);
	free_words(words);
	return exit;
}

int cmd_up(struct cli *cli)
{
	if (client_alive(cli)) {
		for (const struct cli_option *o = cli->command->options; o->name; o++)
			if (cli_flag(cli, o->name)) {
				cli_warn(cli,
					 "--%s changes nothing while the node runs: geonet down "
					 "first",
					 o->name);
				break;
			}
		return print_running(cli, false);
	}
	if (!make_folders(cli, cli->data, 0700))
		return CLI_FAILED;
	char *program = cli_beside("geonetd");
	if (!cli_flag(cli, "foreground"))
		return start_detached(cli, program);
	char **words = geonetd_words(cli, program, NULL);
	execvp(words[0], words);
	cli_fail(cli, CLI_FAILED, "io", "%s cannot be started: %s", words[0], strerror(errno));
	free_words(words);
	return CLI_FAILED;
}

int cmd_down(struct cli *cli)
{
	struct reply r;
	int exit = client_must(cli, (struct call){.path = cli_format("/api/v1/status")}, &r,
			       "the node's status");
	pid_t pid = (pid_t)json_number(r.json, "pid");
	reply_free(&r);
	if (exit)
		return exit;
	exit = client_must(cli,
			   (struct call){.method = "POST", .path = cli_format("/api/v1/shutdown")},
			   &r, "the node did not agree to stop");
	reply_free(&r);
	if (exit)
		return exit;
	for (int i = 0; i < DOWN_WAIT_S * 20; i++) {
		struct timespec moment = {0, 50000000};
		cli_progress(cli, "waiting for the node to finish writing...");
		if ((pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH)) && !client_alive(cli)) {
			if (cli->json)
				return cli_json(cli, json_pack("{sb}", "stopped", 1));
			cli_note(cli, "The node is down.");
			return CLI_OK;
		}
		nanosleep(&moment, NULL);
	}
	return cli_fail(cli, CLI_FAILED, "timeout",
			"the node (process %ld) was asked to stop and still runs after %d s",
			(long)pid, DOWN_WAIT_S);
}
