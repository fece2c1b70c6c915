/* A backup of what the agent keeps, and one put back. Putting back is the agent's program's, run
 * once: while an agent runs on DATA there is nothing to put back. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/people/allow.h"
#include "geonet/people/file.h"
#include "geonet/people/whole.h"
#include "os/os.h"
#include "wire/app.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- made ---- */

struct backing {
	struct cli *cli;
	struct whole whole;
	uint64_t at, size;
	gn_time since;
	bool copied, told;
};

static bool on_more(void *user, const json_t *j)
{
	struct backing *b = user;
	if (!b->copied)
		file_progress(b->cli, "copying", json_number(j, "done"), json_number(j, "size"), 0,
			      b->since);
	if (json_is_true(json_object_get(j, "copied"))) {
		b->copied = true;
		b->size = json_number(j, "size");
		b->since = gn_os_steady();
	}
	return true;
}

static bool on_write(void *user, struct gn_slice data)
{
	struct backing *b = user;
	b->told = !whole_write(&b->whole, data);
	b->at += data.len;
	if (!b->told)
		file_progress(b->cli, "writing", b->at, b->size, 0, b->since);
	return !b->told;
}

static int say_made(struct cli *cli, const struct backing *b, const json_t *j)
{
	bool passphrase = json_is_true(json_object_get(j, "passphrase"));
	if (cli->json)
		return cli_json(cli, json_pack("{ss sI sb}", "path", b->whole.path, "size",
					       (json_int_t)b->at, "passphrase", passphrase));
	cli_note(cli, "%s is made: %s, sealed. %s open it: geonet agent restore %s",
		 out_text(b->whole.path), out_bytes(b->at),
		 passphrase ? "Your current passphrase, or your 24 words," : "Your 24 words",
		 out_text(b->whole.path));
	return CLI_OK;
}

int cmd_agent_backup(struct cli *cli)
{
	struct gn_fb_agent_backup_args args = {0};
	struct backing b = {.cli = cli, .since = gn_os_steady()};
	struct reply r = {0};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_AGENT_BACKUP},
			  .args = &args,
			  .agent = true,
			  .more = on_more,
			  .write = on_write,
			  .user = &b};
	int exit = CLI_FAILED;
	if (whole_open(cli, cli->args[0], &b.whole)) {
		exit = allow_ask(cli, &ask, &r, "no backup was made", &args.passphrase,
				 &args.approval);
		if (b.told)
			exit = CLI_FAILED;
		else if (!exit && b.at != b.size)
			exit = cli_fail(cli, CLI_FAILED, "io", "the agent ended too early");
		if (!exit && !whole_finish(&b.whole))
			exit = CLI_FAILED;
		if (!exit)
			exit = say_made(cli, &b, r.json);
	}
	reply_free(&r);
	whole_close(&b.whole);
	return exit;
}

/* ---- put back ---- */

#define WANTS_PASSPHRASE 3 /* geonet-agent's exit status */

/* In the child: the passphrase on 0, how far it is on 1, why not on 2. */
static void run_agent(char **words, const int in[2], const int out[2], const int err[2])
{
	if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0)
		_exit(1);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
		close(err[i]);
	}
	execvp(words[0], words);
	dprintf(2, "%s cannot be started: %s\n", words[0], strerror(errno));
	_exit(127);
}

static void follow(struct cli *cli, int fd, char pid[GN_PID_MAX])
{
	char line[128];
	gn_time since = gn_os_steady();
	FILE *f = fdopen(fd, "r");
	while (f && fgets(line, sizeof line, f)) {
		char *end;
		uint64_t done = strtoull(line, &end, 10);
		if (end != line && *end == ' ')
			file_progress(cli, "putting back", done, strtoull(end, NULL, 10), 0, since);
		else if (strncmp(line, "of ", 3) == 0)
			snprintf(pid, GN_PID_MAX, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
	}
	if (f)
		fclose(f);
}

/* Its exit status; why: its last line. */
static int once(struct cli *cli, const char *file, const char *passphrase, char pid[GN_PID_MAX],
		char why[1024])
{
	char *program = cli_beside("geonet-agent");
	char *words[] = {program, "--data", cli->data, "--restore", (char *)(uintptr_t)file, NULL};
	int in[2], out[2], err[2], status = 0;
	why[0] = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, in) != 0 || pipe(out) != 0 || pipe(err) != 0) {
		free(program);
		return 1;
	}
	pid_t child = fork();
	if (child == 0)
		run_agent(words, in, out, err);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	/* a passphrase is less than a socket holds; whoever ended before reading it says why */
	(void)send(in[1], passphrase, strlen(passphrase), MSG_NOSIGNAL);
	(void)send(in[1], "\n", 1, MSG_NOSIGNAL);
	close(in[1]);
	follow(cli, out[0], pid);
	size_t got = 0;
	ssize_t n;
	while (got + 1 < 1024 && (n = read(err[0], why + got, 1023 - got)) > 0)
		got += (size_t)n;
	why[got] = 0;
	why[strcspn(why, "\n")] = 0;
	close(err[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	free(program);
	return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int cmd_agent_restore(struct cli *cli)
{
	char word[PASSPHRASE_MAX] = "", pid[GN_PID_MAX] = "", why[1024] = "";
	const char *file = cli_option(cli, "passphrase-file");
	const char *given = file ? file : getenv("GEONET_PASSPHRASE_FILE");
	if (client_agent_alive(cli))
		return cli_fail(cli, CLI_FAILED, "exists",
				"an agent runs on %s: what it keeps is never overwritten; put the "
				"backup back elsewhere (geonet --data DIR)",
				cli->data);
	if (!make_folders(cli, cli->data, 0700) ||
	    (given && *given && !passphrase_old(cli, file, word)))
		return CLI_FAILED;
	int exit = once(cli, cli->args[0], word, pid, why);
	if (exit == WANTS_PASSPHRASE && !*word) {
		if (!passphrase_old(cli, file, word))
			return CLI_FAILED;
		exit = once(cli, cli->args[0], word, pid, why);
	}
	gn_wipe(word, sizeof word);
	if (exit) {
		const char *text = strncmp(why, "geonet-agent: ", 14) == 0 ? why + 14 : why;
		return cli_fail(cli, CLI_FAILED, "failed", "it was not put back: %s",
				out_text(*text ? text : "geonet-agent ended"));
	}
	if (cli->json)
		return cli_json(cli, json_pack("{ss ss}", "pid", pid, "data", cli->data));
	cli_note(cli,
		 "It is put back: you are %s. This is a new device of yours; the one before, if it "
		 "still runs, is taken out of your identity and sends nothing more. Go on: geonet "
		 "agent up",
		 pid);
	return CLI_OK;
}
