/* Programs that may speak to the agent with a secret of their own. */
#include "geonet/frame/clock.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/people/allow.h"
#include "os/os.h"
#include "wire/app.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RIGHTS 64
#define DAYS_MAX 400

#define AGENT(member) {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_##member}

static char *rights_of(const json_t *client)
{
	char *text = cli_format("%s", "");
	size_t i;
	json_t *word;
	json_array_foreach(json_object_get(client, "rights"), i, word)
	{
		char *more = cli_format("%s%s%s", text, i ? " " : "", json_string_value(word));
		free(text);
		text = more;
	}
	return text;
}

static void add_time(struct table *t, const json_t *client, const char *name, const char *none)
{
	char text[32];
	uint64_t at = json_number(client, name);
	if (at)
		gn_os_time_text((gn_time)at * GN_MSEC, text, sizeof text);
	table_add(t, "%s", at ? text : none);
}

static int list(struct cli *cli)
{
	static const struct gn_fb_clients_list_args none;
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(CLIENTS_LIST), .args = &none, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "the clients could not be read");
	if (!exit && cli->json) {
		exit = cli_json(cli, json_incref(r.json));
	} else if (!exit) {
		const json_t *all = json_object_get(r.json, "clients");
		struct table t;
		size_t i;
		json_t *client;
		table_init(&t, 5, 0);
		table_add(&t, "ID");
		table_add(&t, "NAME");
		table_add(&t, "SEEN");
		table_add(&t, "UNTIL");
		table_add(&t, "RIGHTS");
		json_array_foreach(all, i, client)
		{
			char *rights = rights_of(client);
			table_add(&t, "%s", json_text(client, "id"));
			table_add(&t, "%s", out_text(json_text(client, "name")));
			add_time(&t, client, "seen", "never");
			add_time(&t, client, "until", "-");
			table_add(&t, "%s", rights);
			free(rights);
		}
		if (json_array_size(all)) {
			table_print(cli, &t);
		} else {
			table_free(&t);
			cli_note(cli, "No program has a secret of its own: geonet agent clients "
				      "add NAME --right chat");
		}
	}
	reply_free(&r);
	return exit;
}

static int add(struct cli *cli, const char *name)
{
	struct gn_slice rights[RIGHTS];
	size_t count = 0;
	uint64_t days = 0;
	const char *word, *out = cli_option(cli, "out");
	while ((word = cli_option_at(cli, "right", (int)count)) && count < RIGHTS)
		rights[count++] = gn_str(word);
	if (!count || word)
		return cli_fail(cli, CLI_USAGE, "usage",
				"--right says what it may do, 1 to 64 times: chat, contacts, "
				"jobs, send/PID, send/*, network, agent or *");
	if (out && access(out, F_OK) == 0)
		return cli_fail(
			cli, CLI_FAILED, "exists",
			"%s is there already, and never overwritten; the client was not added",
			out_text(out));
	if (!cli_number(cli, "days", 1, DAYS_MAX, &days))
		return CLI_USAGE;
	struct gn_fb_client_add_args args = {.name = gn_str(name),
					     .rights = {rights, count},
					     .until = days ? cli_now() + days * 86400 : 0};
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(CLIENT_ADD), .args = &args, .agent = true};
	int exit = allow_ask(cli, &ask, &r, "the client was not added", &args.passphrase,
			     &args.approval);
	if (!exit) {
		char *line =
			cli_format("%s:%s\n", json_text(r.json, "id"), json_text(r.json, "secret"));
		if (out && !write_file(cli, out, gn_str(line), 0600, false)) {
			cli_warn(cli,
				 "the client was added, and its secret is lost: geonet agent "
				 "clients remove %s",
				 json_text(r.json, "id"));
			exit = CLI_FAILED;
		} else if (out && cli->json) {
			exit = cli_json(cli, json_pack("{ss ss}", "id", json_text(r.json, "id"),
						       "file", out));
		} else if (out) {
			cli_note(cli, "Its secret is in %s: GEONET_CLIENT=%s geonet ...", out, out);
		} else if (cli->json) {
			exit = cli_json(cli, json_incref(r.json));
		} else {
			exit = output_bytes(cli, NULL, gn_str(line));
			cli_note(cli, "This is shown once; a program keeps it in a file and names "
				      "that in GEONET_CLIENT.");
		}
		gn_wipe(line, strlen(line));
		free(line);
	}
	reply_free(&r);
	return exit;
}

static int drop(struct cli *cli, const char *word)
{
	struct gn_fb_client_id id;
	if (gn_unhex(gn_str(word), id.b, sizeof id.b) != GN_OK)
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is no client's id; see geonet agent clients list",
				out_text(word));
	struct gn_fb_client_remove_args args = {.id = &id};
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(CLIENT_REMOVE), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it was not removed");
	reply_free(&r);
	if (!exit && cli->json)
		return cli_json(cli, json_pack("{ss}", "removed", word));
	if (!exit)
		cli_note(cli, "Removed: from now on the agent takes nothing from it.");
	return exit;
}

int cmd_agent_clients(struct cli *cli)
{
	const char *what = cli->arg_count ? cli->args[0] : "list";
	bool named = cli->arg_count == 2;
	if (strcmp(what, "list") == 0 && !named)
		return list(cli);
	if (strcmp(what, "add") == 0 && named)
		return add(cli, cli->args[1]);
	if (strcmp(what, "remove") == 0 && named)
		return drop(cli, cli->args[1]);
	return cli_fail(cli, CLI_USAGE, "usage", "list, add NAME or remove ID is wanted");
}
