/* What officers do to a running hub, one command for each act of its API (HB-36). Every change
 * is one officer's command (LG-57), signed here unless the bootstrap token still counts; the hub
 * has it in its journal before it is done. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/hub/commands.h"

#include <stdio.h>
#include <stdlib.h>

/* What members of answers are called in text. */
static const struct {
	const char *name, *words;
} words[] = {
	{"pid", "participant"},
	{"verification_level", "level"},
	{"tx_id", "transaction"},
	{"cleared_cycles", "cycles cleared"},
	{"cleared_amount", "debts cleared"},
	{"inline", "cleared after payments"},
	{"periodic", "cleared by the schedule"},
	{"exact", "cleared by officers"},
	{"consent", "cleared with consent"},
};

static const char *words_of(const char *name)
{
	for (size_t i = 0; i < GN_COUNT(words); i++)
		if (strcmp(words[i].name, name) == 0)
			return words[i].words;
	return out_text(name);
}

/* A member as a person reads it, or NULL: lists are counted, objects left out. */
static const char *value_text(const json_t *value)
{
	static char text[32];
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (json_is_string(value))
		return out_text(json_string_value(value));
	if (!json_is_integer(value) && !json_is_array(value))
		return NULL;
	snprintf(text, sizeof text, "%lld",
		 json_is_array(value) ? (long long)json_array_size(value)
				      : (long long)json_integer_value(value));
	return text;
}

static void print_aligned(const struct cli *cli, const char *name, int width, const json_t *value)
{
	const char *text = value_text(value);
	if (text)
		printf("%s%-*s%s  %s\n", out_bold(cli), width, words_of(name), out_plain(cli),
		       text);
}

static void print_members(const struct cli *cli, json_t *answer)
{
	const char *name;
	json_t *value;
	size_t width = 0;
	json_object_foreach(answer, name, value) if (strlen(words_of(name)) > width) width =
		strlen(words_of(name));
	json_object_foreach(answer, name, value) print_aligned(cli, name, (int)width, value);
}

/* Sends a command, closes the hub and prints the answer, or `done` instead of it. Takes body and
 * path. */
static int act_on(struct cli *cli, struct hub *hub, const char *method, char *path, json_t *body,
		  const char *what, const char *done)
{
	const char *reason = cli_option(cli, "reason");
	json_t *answer = NULL;
	if (reason)
		json_object_set_new(body, "reason", json_string(reason));
	int exit = hub_command(cli, hub, method, path, body, &answer, what);
	free(path);
	hub_close(hub);
	if (exit)
		return exit;
	if (cli->json)
		return cli_json(cli, answer);
	if (done)
		cli_note(cli, "%s", done);
	else
		print_members(cli, answer);
	json_decref(answer);
	return CLI_OK;
}

/* "/admin/A/B/C", B made fit for a URL; the caller frees. */
static char *path_of(const char *group, const char *item, const char *verb)
{
	char *part = url_part(item),
	     *path = cli_format("/admin/%s/%s%s%s", group, part, *verb ? "/" : "", verb);
	free(part);
	return path;
}

/* ---- participants ---- */

static int set_person(struct cli *cli, const char *method, const char *verb, json_t *change)
{
	struct hub hub;
	char pid[GN_PID_MAX];
	int exit = hub_open_officer(cli, &hub);
	if (!exit)
		exit = hub_person(cli, &hub, cli->args[0], pid);
	if (exit) {
		json_decref(change);
		hub_close(&hub);
		return exit;
	}
	json_object_set_new(change, "command", json_string("participant"));
	json_object_set_new(change, "pid", json_string(pid));
	return act_on(cli, &hub, method, path_of("participants", pid, verb), change,
		      "the participant", NULL);
}

int cmd_hub_suspend(struct cli *cli)
{
	bool end = cli_flag(cli, "end");
	return set_person(cli, "POST", end ? "unfreeze" : "freeze",
			  json_pack("{ss}", "status", end ? "active" : "suspended"));
}

int cmd_hub_delete(struct cli *cli)
{
	return set_person(cli, "DELETE", "", json_pack("{ss}", "status", "deleted"));
}

int cmd_hub_level(struct cli *cli)
{
	char *end;
	long level = strtol(cli->args[1], &end, 10);
	if (*end || end == cli->args[1] || level < 0 || level > 255)
		return cli_fail(cli, CLI_USAGE, "usage",
				"a verification level is a number from 0 to 255");
	return set_person(cli, "POST", "level", json_pack("{si}", "level", (int)level));
}

/* ---- lines and transactions ---- */

int cmd_hub_dispute(struct cli *cli)
{
	struct hub hub;
	json_t *line = NULL, *body = NULL;
	bool end = cli_flag(cli, "end");
	int exit = hub_open_officer(cli, &hub);
	char *part = url_part(cli->args[0]), *path = cli_format("/trustlines/%s", part);
	if (!exit)
		exit = hub_call(cli, &hub, "GET", path, NULL, &line, "the trust line");
	if (!exit)
		body = json_pack("{ss ss ss ss sb}", "command", "line", "equivalent",
				 json_text(line, "equivalent"), "from", json_text(line, "from"),
				 "to", json_text(line, "to"), "frozen", (int)!end);
	json_decref(line);
	free(part);
	free(path);
	if (body) /* a line's id tells nobody but the hub whose it is (HB-55) */
		cli_note(cli, "%s says that this is the line of %s to %s in %s", hub.url,
			 out_text(json_text(body, "from")), out_text(json_text(body, "to")),
			 out_text(json_text(body, "equivalent")));
	if (body)
		return act_on(
			cli, &hub, "POST",
			path_of("trustlines", cli->args[0], end ? "unfreeze" : "freeze"), body,
			"the dispute",
			end ? "the dispute is over; the line is as its owner set it"
			    : "the line is in dispute: nothing new passes over it until --end");
	hub_close(&hub);
	return exit ? exit : cli_fail(cli, CLI_FAILED, "io", "the hub's answer cannot be read");
}

/* The key of what is named by tx_id and initiator. CLI_OK or a printed failure. */
static int key_of_id(struct cli *cli, struct hub *hub, const char *initiator, char hex[33])
{
	struct gn_tx_key key;
	struct gn_pk pk;
	int exit = hub_key_of(cli, hub, initiator, "who signed it", &pk);
	if (exit)
		return exit;
	gn_tx_key(&pk, gn_str(cli->args[0]), &key);
	gn_hex(GN_SLICE(key.b), hex);
	return CLI_OK;
}

int cmd_hub_abort(struct cli *cli)
{
	struct hub hub;
	struct gn_tx_key key;
	char hex[33];
	const char *initiator = cli_option(cli, "initiator");
	if (!initiator && gn_unhex(gn_str(cli->args[0]), key.b, sizeof key.b))
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is not a key of 32 hex digits; a tx_id needs --initiator PID",
				cli->args[0]);
	snprintf(hex, sizeof hex, "%s", initiator ? "" : cli->args[0]);
	int exit = hub_open_officer(cli, &hub);
	if (!exit && initiator)
		exit = key_of_id(cli, &hub, initiator, hex);
	if (!exit)
		return act_on(cli, &hub, "POST", path_of("transactions", hex, "abort"),
			      json_pack("{ss ss}", "command", "abort", "key", hex),
			      "the transaction", NULL);
	hub_close(&hub);
	return exit;
}

/* ---- the hub as a whole ---- */

/* budget: in milliseconds, UINT64_MAX none. */
static int clear_debts(struct cli *cli, const char *mode, uint64_t budget)
{
	struct hub hub;
	int exit = hub_open_officer(cli, &hub);
	if (exit) {
		hub_close(&hub);
		return exit;
	}
	json_t *body = json_pack("{ss ss ss}", "command", "clear", "equivalent", cli->args[0],
				 "mode", mode);
	if (budget != UINT64_MAX)
		json_object_set_new(body, "budget_ms", json_integer((json_int_t)budget));
	return act_on(cli, &hub, "POST", cli_format("/admin/clearing/exact"), body, "the clearing",
		      NULL);
}

int cmd_hub_clear(struct cli *cli)
{
	uint64_t budget = UINT64_MAX;
	if (!cli_number(cli, "budget-ms", 0, 600000, &budget))
		return CLI_USAGE;
	return clear_debts(cli, cli_flag(cli, "cycles") ? "cycles" : "exact", budget);
}

int cmd_hub_offer(struct cli *cli)
{
	return clear_debts(cli, "offer", UINT64_MAX);
}

int cmd_hub_snapshot(struct cli *cli)
{
	struct hub hub;
	int exit = hub_open_officer(cli, &hub);
	if (!exit)
		return act_on(cli, &hub, "POST", cli_format("/admin/snapshot"),
			      json_pack("{ss}", "command", "snapshot"), "the snapshot",
			      "the hub writes a snapshot; the next start reads from there");
	hub_close(&hub);
	return exit;
}

/* NAME=VALUE, where VALUE is yes, no or a number; false after printing. */
static bool read_setting(struct cli *cli, const char *word, json_t *into)
{
	const char *value = strchr(word, '=');
	char name[64], *end = NULL;
	if (!value || value == word || !value[1] || (size_t)(value - word) >= sizeof name) {
		cli_fail(cli, CLI_USAGE, "usage", "'%s' is not NAME=VALUE", word);
		return false;
	}
	snprintf(name, sizeof name, "%.*s", (int)(value - word), word);
	value++;
	long long number = strtoll(value, &end, 10);
	bool yes = strcmp(value, "yes") == 0 || strcmp(value, "true") == 0,
	     no = strcmp(value, "no") == 0 || strcmp(value, "false") == 0;
	if (!yes && !no && *end) {
		cli_fail(cli, CLI_USAGE, "usage", "%s: '%s' is neither a number nor yes or no",
			 name, value);
		return false;
	}
	json_object_set_new(into, name,
			    yes || no ? json_boolean(yes) : json_integer((json_int_t)number));
	return true;
}

/* A question for officers; the answer as members, or by `print`. */
static int look_at(struct cli *cli, const char *path, const char *what,
		   void (*print)(const struct cli *, json_t *))
{
	struct hub hub;
	json_t *answer = NULL;
	int exit = hub_open_officer(cli, &hub);
	if (!exit)
		exit = hub_call(cli, &hub, "GET", path, NULL, &answer, what);
	hub_close(&hub);
	if (exit)
		return exit;
	if (cli->json)
		return cli_json(cli, answer);
	print(cli, answer);
	json_decref(answer);
	return CLI_OK;
}

static void print_settings(const struct cli *cli, json_t *answer)
{
	json_t *items = json_object_get(answer, "items"), *item;
	size_t i, width = 0;
	if (!json_is_array(items)) {
		print_members(cli, answer);
		return;
	}
	json_array_foreach(items, i, item) if (strlen(json_text(item, "key")) > width) width =
		strlen(json_text(item, "key"));
	json_array_foreach(items, i, item) print_aligned(cli, json_text(item, "key"), (int)width,
							 json_object_get(item, "value"));
}

int cmd_hub_settings(struct cli *cli)
{
	struct hub hub;
	json_t *set;
	if (cli->arg_count == 0)
		return look_at(cli, "/admin/config", "the settings", print_settings);
	set = json_object();
	for (int i = 0; i < cli->arg_count; i++)
		if (!read_setting(cli, cli->args[i], set)) {
			json_decref(set);
			return CLI_USAGE;
		}
	int exit = hub_open_officer(cli, &hub);
	if (!exit)
		return act_on(cli, &hub, "PATCH", cli_format("/admin/config"),
			      json_pack("{ss so}", "command", "settings", "settings", set),
			      "the settings", "set; the hub goes by it from now on");
	json_decref(set);
	hub_close(&hub);
	return exit;
}

/* ---- looking ---- */

static void print_log(const struct cli *cli, json_t *answer)
{
	json_t *item;
	size_t i;
	(void)cli;
	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		const char *actor = json_text(item, "actor");
		printf("%s  %s", out_text(json_text(item, "timestamp")),
		       out_text(json_text(item, "action")));
		printf(" %s", out_text(json_text(item, "target")));
		printf("  by %s", *actor ? out_text(actor) : "the bootstrap token");
		printf("%s%s\n", *json_text(item, "reason") ? ": " : "",
		       out_text(json_text(item, "reason")));
	}
}

int cmd_hub_log(struct cli *cli)
{
	uint64_t count = 50;
	if (!cli_number(cli, "count", 1, 200, &count))
		return CLI_USAGE;
	char *path = cli_format("/admin/audit-log?per_page=%llu", (unsigned long long)count);
	int exit = look_at(cli, path, "the audit log", print_log);
	free(path);
	return exit;
}

/* A question for everybody whom the hub knows; takes path. *out is NULL when it is printed
 * (--json), or failed. */
static int read_as_anybody(struct cli *cli, char *path, const char *what, json_t **out)
{
	struct hub hub;
	*out = NULL;
	int exit = hub_open(cli, &hub);
	if (!exit)
		exit = hub_login_reader(cli, &hub);
	if (!exit)
		exit = hub_call(cli, &hub, "GET", path, NULL, out, what);
	free(path);
	hub_close(&hub);
	if (exit || !cli->json)
		return exit;
	exit = cli_json(cli, *out);
	*out = NULL;
	return exit;
}

static void print_transaction(const struct cli *cli, const json_t *item)
{
	const json_t *payload = json_object_get(item, "payload");
	const char *amount = json_text(payload, "amount"), *limit = json_text(payload, "limit"),
		   *total = json_text(payload, "total");
	printf("%s%s%s  %s %s", out_bold(cli), out_text(json_text(item, "created_at")),
	       out_plain(cli), out_text(json_text(item, "type")),
	       out_text(json_text(item, "state")));
	printf("  %s%s%s",
	       out_text(*amount  ? amount
			: *limit ? limit
				 : total),
	       *amount || *limit || *total ? " " : "", out_text(json_text(payload, "equivalent")));
	printf("  by %s", out_text(json_text(item, "initiator")));
	printf("%s%s", *json_text(payload, "to") ? " to " : "", out_text(json_text(payload, "to")));
	printf("  %s\n", out_text(json_text(item, "tx_id")));
}

int cmd_hub_tx(struct cli *cli)
{
	static const char *const filters[] = {"type",  "state", "equivalent", "initiator",
					      "tx-id", "from",  "to"},
				 *const names[] = {"type",  "state",     "equivalent", "initiator",
						   "tx_id", "from_date", "to_date"};
	uint64_t count = 50, page = 1;
	json_t *answer, *item;
	size_t i;
	if (!cli_number(cli, "count", 1, 200, &count) ||
	    !cli_number(cli, "page", 1, 1u << 30, &page))
		return CLI_USAGE;
	char *path = cli_format("/transactions?per_page=%llu&page=%llu", (unsigned long long)count,
				(unsigned long long)page);
	for (i = 0; i < GN_COUNT(filters); i++) {
		const char *value = cli_option(cli, filters[i]);
		if (!value)
			continue;
		char *upper = cli_format("%s", value);
		/* types and states are written in capitals */
		for (char *p = upper; i < 2 && *p; p++)
			*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
		char *part = url_part(upper),
		     *longer = cli_format("%s&%s=%s", path, names[i], part);
		free(upper);
		free(part);
		free(path);
		path = longer;
	}
	int exit = read_as_anybody(cli, path, "the transactions", &answer);
	if (!answer)
		return exit;
	json_array_foreach(json_object_get(answer, "items"), i, item) print_transaction(cli, item);
	cli_note(cli, "%zu of %llu", json_array_size(json_object_get(answer, "items")),
		 (unsigned long long)json_number(answer, "total"));
	json_decref(answer);
	return CLI_OK;
}

int cmd_hub_gap(struct cli *cli)
{
	json_t *answer;
	char *part = url_part(cli->args[0]),
	     *path = cli_format("/clearing/gap?equivalent=%s", part);
	free(part);
	int exit = read_as_anybody(cli, path, "the gap", &answer);
	if (!answer)
		return exit;
	out_pair(cli, "debts", "%s may be cleared without asking",
		 out_text(json_text(answer, "clearable_debt")));
	out_pair(cli, "now", "%s of these go round and would clear now",
		 out_text(json_text(answer, "optimum")));
	out_pair(cli, "so far", "%.2f %% of all that could have been cleared",
		 json_double(answer, "cleared_percent_of_optimum"));
	print_members(cli, json_object_get(answer, "cleared"));
	json_decref(answer);
	return CLI_OK;
}

int cmd_hub_people(struct cli *cli)
{
	json_t *answer, *item;
	size_t i;
	char *part = url_part(cli->arg_count ? cli->args[0] : ""),
	     *path = cli_format("/participants?q=%s&limit=200", part);
	free(part);
	int exit = read_as_anybody(cli, path, "the participants", &answer);
	if (!answer)
		return exit;
	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		printf("%s", out_text(json_text(item, "pid")));
		printf("  %s", out_text(json_text(item, "display_name")));
		const char *status = json_text(item, "status");
		printf(*status && strcmp(status, "active") != 0 ? "  (%s)\n" : "\n",
		       out_text(status));
	}
	if (json_array_size(json_object_get(answer, "items")) == 0)
		cli_note(cli, "Nobody on this hub has such a name.");
	json_decref(answer);
	return CLI_OK;
}
