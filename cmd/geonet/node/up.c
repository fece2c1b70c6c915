/* The node as a program: start it, stop it. */
#include "geonet/frame/client.h"
#include "geonet/frame/detach.h"
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

static int print_running(struct cli *cli, bool started)
{
	struct reply r;
	int exit = client_status(cli, &r, "the node's status");
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
		out_pair(cli, "key", "%s", json_text(node, "key"));
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

static int start_detached(struct cli *cli, char *program)
{
	char **words = geonetd_words(cli, program, cli_format("3"));
	struct detach d = {.words = words,
			   .folder = cli->data,
			   .log = LOG_NAME,
			   .program = "geonetd",
			   .what = "node",
			   .progress =
				   "starting the node (the first time it searches for a proof of "
				   "work for its key)..."};
	int exit = detach_start(cli, &d);
	free_words(words);
	if (exit == CLI_OK)
		give_warn(cli);
	return exit ? exit : print_running(cli, true);
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
	int exit = client_status(cli, &r, "the node's status");
	pid_t pid = (pid_t)json_number(r.json, "pid");
	reply_free(&r);
	if (exit)
		return exit;
	static const struct gn_fb_node_shutdown_args now = {0};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_SHUTDOWN},
			  .args = &now};
	exit = client_ask_must(cli, &ask, &r, "the node did not agree to stop");
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
