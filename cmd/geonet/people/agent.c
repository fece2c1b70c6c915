/* The agent as a program: started, stopped, locked, unlocked. */
#include "geonet/frame/client.h"
#include "geonet/frame/detach.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/people/commands.h"
#include "wire/app.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOG_NAME "geonet-agent.log"
#define DOWN_WAIT_S 10

#define AGENT(member) {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_##member}

static int print_status(struct cli *cli, struct reply *r)
{
	const json_t *j = r->json;
	bool open = json_is(j, "state", "open");
	bool online = json_is_true(json_object_get(j, "online"));
	if (cli->json)
		return cli_json(cli, json_incref(r->json));
	out_pair(cli, "agent", "%s",
		 open ? "open"
		 : json_is(j, "state", "locked")
			 ? "locked; open it: geonet agent unlock"
			 : "new: it has no keys yet; first: geonet agent start");
	if (*json_text(j, "pid"))
		out_pair(cli, "you", "%s", json_text(j, "pid"));
	out_pair(cli, "network", "%s",
		 online                 ? "through the node"
		 : *json_text(j, "why") ? out_text(json_text(j, "why"))
					: "the node has not answered yet");
	if (open)
		out_pair(cli, "reachable", "%s",
			 json_is_true(json_object_get(j, "published"))
				 ? "others find your keys and boxes"
			 : json_is_true(json_object_get(j, "identity_wanted"))
				 ? "your identity record must be signed anew: geonet agent unlock"
			 : online && *json_text(j, "why") ? out_text(json_text(j, "why"))
			 : online ? "your keys and boxes are being published"
				  : "your keys and boxes are published once there is a network");
	if (json_is_true(json_object_get(j, "revoked")))
		out_pair(cli, "device",
			 "taken out of your identity by another one of yours, where "
			 "a backup was put back: it sends nothing");
	if (json_number(j, "waiting"))
		out_pair(cli, "new", "%s",
			 out_count(json_number(j, "waiting"), "sealed item came while it is locked",
				   "sealed items came while it is locked"));
	if (open)
		out_pair(cli, "messages", "%llu unread, %llu on their way",
			 (unsigned long long)json_number(j, "unread"),
			 (unsigned long long)json_number(j, "sending"));
	if (json_number(j, "requests"))
		out_pair(cli, "requests", "%llu: geonet contacts",
			 (unsigned long long)json_number(j, "requests"));
	return CLI_OK;
}

static int ask_simple(struct cli *cli, struct gn_app_kind kind, const void *args, const char *what)
{
	struct reply r;
	struct ask ask = {.kind = kind, .args = args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, what);
	if (!exit)
		exit = print_status(cli, &r);
	reply_free(&r);
	return exit;
}

int cmd_agent_status(struct cli *cli)
{
	static const struct gn_fb_agent_status_args none;
	return ask_simple(cli, (struct gn_app_kind)AGENT(AGENT_STATUS), &none,
			  "the agent's status");
}

/* options: of the command line that are the agent's too; NULL: none. wait: makes no keys yet. */
static int launch(struct cli *cli, const struct cli_option *options, bool wait)
{
	if (!make_folders(cli, cli->data, 0700))
		return CLI_FAILED;
	bool known = identity_exists(cli);
	char *words[20] = {cli_beside("geonet-agent"), "--data", cli->data, "--ready-fd", "3"};
	int n = 5;
	if (wait) {
		words[n++] = cli_format("--start");
		words[n++] = cli_format("wait");
	}
	for (const struct cli_option *o = options; o && o->name; o++)
		if (o->value && cli_option(cli, o->name)) {
			words[n++] = cli_format("--%s", o->name);
			words[n++] = cli_format("%s", cli_option(cli, o->name));
		}
	struct detach d = {.words = words,
			   .folder = cli->data,
			   .log = LOG_NAME,
			   .program = "geonet-agent",
			   .what = "agent",
			   .progress = "starting the agent..."};
	int exit = detach_start(cli, &d);
	free(words[0]);
	for (int i = 5; i < n; i++)
		free(words[i]);
	if (!exit && !known && identity_exists(cli))
		cli_note(cli,
			 "You have an identity now. Write down its 24 words, the only way back "
			 "after a loss: geonet id export");
	return exit;
}

int agent_launch(struct cli *cli)
{
	return launch(cli, NULL, true);
}

int cmd_agent_up(struct cli *cli)
{
	if (client_agent_alive(cli)) {
		cli_note(cli, "An agent is running already.");
		return cmd_agent_status(cli);
	}
	int exit = launch(cli, cli->command->options, false);
	return exit ? exit : cmd_agent_status(cli);
}

int cmd_agent_down(struct cli *cli)
{
	static const struct gn_fb_agent_stop_args none;
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(AGENT_STOP), .args = &none, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "the agent did not agree to stop");
	reply_free(&r);
	for (int i = 0; !exit && i < DOWN_WAIT_S * 20; i++) {
		struct timespec moment = {0, 50000000};
		if (!client_agent_alive(cli)) {
			if (cli->json)
				return cli_json(cli, json_pack("{sb}", "stopped", 1));
			cli_note(cli, "The agent is down.");
			return CLI_OK;
		}
		nanosleep(&moment, NULL);
	}
	return exit ? exit
		    : cli_fail(cli, CLI_FAILED, "timeout",
			       "the agent was asked to stop and still runs after %d s",
			       DOWN_WAIT_S);
}

/* Is there nothing to be opened? Then that is said, with how it stands. */
static bool open_already(struct cli *cli, int *exit)
{
	static const struct gn_fb_agent_status_args none;
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(AGENT_STATUS), .args = &none, .agent = true};
	*exit = client_ask_must(cli, &ask, &r, "the agent's status");
	bool open = !*exit && json_is(r.json, "state", "open") &&
		    !json_is_true(json_object_get(r.json, "identity_wanted"));
	if (open) {
		cli_note(cli, "It is open already.");
		*exit = print_status(cli, &r);
	}
	reply_free(&r);
	return open || *exit;
}

int cmd_agent_start(struct cli *cli)
{
	int done;
	char passphrase[PASSPHRASE_MAX] = "";
	const char *name = cli_option(cli, "name"), *file = cli_option(cli, "passphrase-file");
	if (open_already(cli, &done))
		return done;
	bool none = cli_flag(cli, "no-passphrase"),
	     ok = identity_exists(cli) ? none || passphrase_old(cli, file, passphrase)
				       : passphrase_new(cli, none, file, passphrase);
	if (!ok)
		return CLI_FAILED;
	struct gn_fb_agent_start_args args = {.passphrase = gn_str(passphrase),
					      .name = gn_str(name ? name : "")};
	int exit = ask_simple(cli, (struct gn_app_kind)AGENT(AGENT_START), &args,
			      "the agent got no keys");
	gn_wipe(passphrase, sizeof passphrase);
	return exit;
}

int cmd_agent_unlock(struct cli *cli)
{
	char passphrase[PASSPHRASE_MAX] = "";
	int done;
	if (open_already(cli, &done))
		return done;
	if (!passphrase_old(cli, cli_option(cli, "passphrase-file"), passphrase))
		return CLI_FAILED;
	struct gn_fb_unlock_args args = {.passphrase = gn_str(passphrase)};
	int exit = ask_simple(cli, (struct gn_app_kind)AGENT(UNLOCK), &args, "it stays locked");
	gn_wipe(passphrase, sizeof passphrase);
	return exit;
}

int cmd_agent_lock(struct cli *cli)
{
	static const struct gn_fb_lock_args none;
	return ask_simple(cli, (struct gn_app_kind)AGENT(LOCK), &none, "it was not locked");
}

int cmd_agent_passphrase(struct cli *cli)
{
	char before[PASSPHRASE_MAX] = "", after[PASSPHRASE_MAX] = "";
	bool sealed = identity_sealed(cli);
	int exit = CLI_FAILED;
	bool told = !sealed || passphrase_old(cli, cli_option(cli, "passphrase-file"), before);
	unsetenv("GEONET_PASSPHRASE_FILE"); /* of the old one */
	if (told && passphrase_new(cli, cli_flag(cli, "no-passphrase"),
				   cli_option(cli, "new-passphrase-file"), after)) {
		struct gn_fb_agent_passphrase_args args = {.before = gn_str(before),
							   .after = gn_str(after)};
		struct reply r;
		struct ask ask = {.kind = (struct gn_app_kind)AGENT(AGENT_PASSPHRASE),
				  .args = &args,
				  .agent = true};
		exit = client_ask_must(cli, &ask, &r, "the passphrase stays as it was");
		if (!exit && cli->json)
			exit = cli_json(cli, json_pack("{sb}", "passphrase", *after != 0));
		else if (!exit)
			cli_note(cli,
				 *after ? "The passphrase is set: keys and identity open with "
					  "it alone from now on. Backups made before still open "
					  "with the one of their time."
					: "There is no passphrase any more: whoever reads the "
					  "files can use the keys.");
		reply_free(&r);
	}
	gn_wipe(before, sizeof before);
	gn_wipe(after, sizeof after);
	return exit;
}

int cmd_agent_renew(struct cli *cli)
{
	static const struct gn_fb_agent_renew_args none;
	return ask_simple(cli, (struct gn_app_kind)AGENT(AGENT_RENEW), &none,
			  "nothing was renewed");
}
