/* The units of account of a hub: looked at by everybody, made, changed and ended by officers. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/hub/commands.h"

#include <stdio.h>
#include <stdlib.h>

static int print_equivalents(struct cli *cli, json_t *answer)
{
	json_t *item;
	size_t i;
	if (cli->json)
		return cli_json(cli, answer);
	json_array_foreach(json_object_get(answer, "items"), i, item)
		printf("%-16s %llu decimals%s  %s\n", out_text(json_text(item, "code")),
		       (unsigned long long)json_number(item, "precision"),
		       json_is_true(json_object_get(item, "is_active")) ? "" : ", inactive",
		       out_text(json_text(item, "description")));
	json_decref(answer);
	return CLI_OK;
}

/* What --metadata says, a JSON object; NULL after printing, or when it says nothing. */
static json_t *read_metadata(struct cli *cli, int *exit)
{
	const char *text = cli_option(cli, "metadata");
	json_t *out = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (!text || json_is_object(out))
		return out;
	json_decref(out);
	*exit = cli_fail(cli, CLI_USAGE, "usage", "--metadata: '%s' is not a JSON object", text);
	return NULL;
}

enum equivalent_verb { EQ_ADD, EQ_SET, EQ_END };

/* The whole of what the equivalent will be: what no option names stays. NULL after printing. */
static json_t *equivalent_command(struct cli *cli, struct hub *hub, const char *code,
				  enum equivalent_verb verb, uint64_t precision, json_t *metadata)
{
	static const char *const names[] = {"description", "symbol", "metadata"};
	json_t *answer, *item, *old = NULL, *info = json_object();
	const char *reason = cli_option(cli, "reason");
	size_t i;
	if (hub_call(cli, hub, "GET", "/admin/equivalents", NULL, &answer, "the equivalents")) {
		json_decref(info);
		return NULL;
	}
	json_array_foreach(json_object_get(answer, "items"), i,
			   item) if (strcmp(json_text(item, "code"), code) == 0) old = item;
	for (i = 0; i < GN_COUNT(names); i++) {
		json_t *was = json_object_get(old, names[i]);
		const char *text = i < 2 ? cli_option(cli, names[i]) : NULL;
		if (text)
			json_object_set_new(info, names[i], json_string(text));
		else if (i == 2 && metadata)
			json_object_set(info, names[i], metadata);
		else if (was && !json_is_null(was))
			json_object_set(info, names[i], was);
	}
	if (verb == EQ_END || (verb == EQ_SET && !cli_option(cli, "precision")))
		precision = json_number(old, "precision");
	json_t *body = json_pack(
		"{ss ss sb so sI ss}", "command", "equivalent", "code", code, "active",
		verb == EQ_ADD ||
			(verb == EQ_SET && json_is_true(json_object_get(old, "is_active"))),
		"info", info, "precision", (json_int_t)precision, "reason", reason ? reason : "");
	json_decref(answer);
	return body;
}

static int change_equivalent(struct cli *cli, struct hub *hub, const char *code,
			     enum equivalent_verb verb, uint64_t precision)
{
	static const char *const done[] = {"can be used now", "is changed",
					   "takes nothing new any more"};
	json_t *answer, *metadata, *body;
	int exit = CLI_OK;
	metadata = read_metadata(cli, &exit);
	if (exit)
		return exit;
	body = equivalent_command(cli, hub, code, verb, precision, metadata);
	json_decref(metadata);
	char *part = url_part(code), *path = verb == EQ_ADD
						     ? cli_format("/admin/equivalents")
						     : cli_format("/admin/equivalents/%s", part);
	exit = body ? hub_command(cli, hub, verb == EQ_ADD ? "POST" : "PATCH", path, body, &answer,
				  "the equivalent")
		    : CLI_FAILED;
	free(part);
	free(path);
	if (exit)
		return exit;
	if (cli->json)
		return cli_json(cli, answer);
	cli_note(cli, "%s %s", code, done[verb]);
	json_decref(answer);
	return CLI_OK;
}

int cmd_hub_equivalent(struct cli *cli)
{
	static const char *const verbs[] = {"add", "set", "end"};
	struct hub hub;
	json_t *answer;
	uint64_t precision = 2;
	const char *verb = cli->args[0], *code = cli->arg_count > 1 ? cli->args[1] : "";
	bool list = strcmp(verb, "list") == 0;
	size_t k = 0;
	while (k < GN_COUNT(verbs) && strcmp(verb, verbs[k]) != 0)
		k++;
	if (!list && (k == GN_COUNT(verbs) || !*code))
		return cli_fail(cli, CLI_USAGE, "usage",
				"geonet hub equivalent list | add CODE | set CODE | end CODE");
	if (!cli_number(cli, "precision", 0, 8, &precision))
		return CLI_USAGE;
	int exit = hub_open(cli, &hub);
	if (!exit)
		exit = list ? hub_login_reader(cli, &hub) : hub_login_officer(cli, &hub);
	if (!exit && list)
		exit = hub_call(cli, &hub, "GET", "/equivalents", NULL, &answer, "the equivalents");
	if (!exit)
		exit = list ? print_equivalents(cli, answer)
			    : change_equivalent(cli, &hub, code, (enum equivalent_verb)k,
						precision);
	hub_close(&hub);
	return exit;
}
