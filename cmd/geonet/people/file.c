/* Files for people: what those commands share; the list. */
#include "geonet/people/file.h"
#include "geonet/people/commands.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define AGENT_WAIT (60 * GN_SEC) /* for an agent that went away: it may be started again */

bool file_id(struct cli *cli, const char *text, struct gn_fb_message_id *out)
{
	if (gn_unhex(gn_str(text), out->b, sizeof out->b) == GN_OK)
		return true;
	cli_fail(cli, CLI_USAGE, "usage",
		 "'%s' is no file's id: those have 32 digits of 0-9a-f, see geonet file list",
		 text);
	return false;
}

bool file_wait(struct cli *cli)
{
	gn_time until = gn_os_steady() + AGENT_WAIT;
	cli_progress(cli, "the agent went away; waiting for it...");
	while (gn_os_steady() < until) {
		struct timespec pause = {.tv_nsec = 300000000};
		nanosleep(&pause, NULL);
		if (client_agent_alive(cli))
			return true;
		cli_progress(cli, "the agent went away; waiting for it...");
	}
	cli_progress_done(cli);
	return false;
}

int file_ask(struct cli *cli, struct ask *ask, struct reply *reply)
{
	ask->agent = ask->quiet = true;
	if (client_agent_alive(cli))
		return client_ask(cli, ask, reply);
	*reply = (struct reply){0};
	return client_no_agent(cli);
}

int file_report(struct cli *cli, int exit, const struct reply *reply, const char *what)
{
	cli_progress_done(cli);
	if (exit == CLI_FAILED && !reply->err)
		return cli_fail(cli, CLI_FAILED, "closed",
				"%s: the agent went away; ask again, and it goes on", what);
	if (exit && reply->err)
		client_report(cli, reply, what);
	return exit;
}

void file_progress(const struct cli *cli, const char *doing, uint64_t done, uint64_t size,
		   uint64_t begun_at, gn_time since)
{
	double seconds = (double)(gn_os_steady() - since) / (double)GN_SEC;
	double rate = seconds > 0.5 ? (double)(done - begun_at) / seconds : 0;
	cli_progress(cli, "%s: %s of %s, %s/s", doing, out_bytes(done), out_bytes(size),
		     out_bytes((uint64_t)rate));
}

/* ---- the list ---- */

static const char *state_of(const json_t *f)
{
	static char text[96];
	if (json_is(f, "state", "uploading"))
		snprintf(text, sizeof text, "stopped at %s; send it again to go on",
			 out_bytes(json_number(f, "done")));
	else if (json_is(f, "state", "spreading"))
		snprintf(text, sizeof text, "%llu of %llu copies made",
			 (unsigned long long)json_number(f, "copies"),
			 (unsigned long long)json_number(f, "wanted"));
	else
		return json_is(f, "state", "failed") ? "not sent" : "";
	return text;
}

static const char *time_of(uint64_t ms)
{
	static char text[32];
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	if (!localtime_r(&t, &tm) || !strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm))
		text[0] = 0;
	return text;
}

static void print_list(struct cli *cli, const json_t *files)
{
	struct table t;
	size_t i;
	json_t *f;
	table_init(&t, 6, 1u << 3);
	const char *const heading[] = {"ID", "WHEN", "WHO", "SIZE", "NAME", ""};
	for (size_t k = 0; k < GN_COUNT(heading); k++)
		table_add(&t, "%s", heading[k]);
	json_array_foreach(files, i, f)
	{
		bool mine = json_is_true(json_object_get(f, "mine"));
		const char *who =
			*json_text(f, "contact") ? json_text(f, "contact") : json_text(f, "pid");
		table_add(&t, "%s", json_text(f, "id"));
		table_add(&t, "%s", time_of(json_number(f, "sent")));
		table_add(&t, "%s %s", mine ? "to" : "from", out_text(who));
		table_add(&t, "%s", out_bytes(json_number(f, "size")));
		table_add(&t, "%s", out_text(json_text(f, "name")));
		table_add(&t, "%s", state_of(f));
	}
	table_print(cli, &t);
}

int cmd_file_list(struct cli *cli)
{
	struct reply r;
	uint64_t limit = 50;
	if (!cli_number(cli, "limit", 1, 100, &limit))
		return CLI_USAGE;
	struct gn_fb_chat_files_list_args args = {.who = cli->arg_count ? gn_str(cli->args[0])
									: gn_slice(NULL, 0),
						  .limit = (uint16_t)limit};
	struct ask ask = {.kind = CHAT_FILE(CHAT_FILES_LIST), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "the files could not be listed");
	const json_t *files = json_object_get(r.json, "files");
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit && json_array_size(files))
		print_list(cli, files);
	else if (!exit)
		cli_note(cli, "No files were sent or received yet.");
	reply_free(&r);
	return exit;
}

int cmd_file_drop(struct cli *cli)
{
	struct reply r;
	struct gn_fb_message_id id;
	if (!file_id(cli, cli->args[0], &id))
		return CLI_USAGE;
	struct gn_fb_chat_file_drop_args args = {.id = &id};
	struct ask ask = {.kind = CHAT_FILE(CHAT_FILE_DROP), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it cannot be given up");
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{ss}", "dropped", cli->args[0]));
	else if (!exit)
		cli_note(cli, "It is given up.");
	reply_free(&r);
	return exit;
}
