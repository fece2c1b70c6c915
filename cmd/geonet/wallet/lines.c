/* Trust lines: giving and changing them, and the list of one's own. A change is signed against
 * the version that was read, and a policy replaces the whole policy before it (LG-11, LG-23), so
 * what no option names is sent as it was. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"
#include "geonet/wallet/wallet.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what the options say ---- */

static bool changes_policy(const struct cli *cli)
{
	static const char *const flags[] = {"clearing",   "no-clearing", "routing",
					    "no-routing", "ask",         "no-ask"};
	static const char *const values[] = {"daily-limit", "max-hop", "block", "unblock"};
	for (size_t i = 0; i < GN_COUNT(flags); i++)
		if (cli_flag(cli, flags[i]))
			return true;
	for (size_t i = 0; i < GN_COUNT(values); i++)
		if (cli_option(cli, values[i]))
			return true;
	return false;
}

static bool given_as(const struct cli *cli, const char *option, const char *value)
{
	const char *text;
	for (int i = 0; (text = cli_option_at(cli, option, i)); i++)
		if (strcmp(text, value) == 0)
			return true;
	return false;
}

static int check_blocks(struct cli *cli)
{
	static const char *const options[] = {"block", "unblock"};
	const char *text;
	struct gn_hash hash;
	for (size_t k = 0; k < GN_COUNT(options); k++)
		for (int i = 0; (text = cli_option_at(cli, options[k], i)); i++)
			if (gn_pid_parse(gn_str(text), &hash) &&
			    !(k == 1 && strcmp(text, "all") == 0))
				return cli_fail(cli, CLI_USAGE, "usage",
						"--%s: '%s' is not a PID%s", options[k], text,
						k == 1 ? ", nor \"all\"" : "");
	for (int i = 0; (text = cli_option_at(cli, "block", i)); i++)
		if (given_as(cli, "unblock", text))
			return cli_fail(cli, CLI_USAGE, "usage",
					"--block and --unblock of %s contradict each other", text);
	return CLI_OK;
}

static int check_switches(struct cli *cli, bool limit)
{
	static const char *const pairs[][2] = {{"clearing", "no-clearing"},
					       {"routing", "no-routing"},
					       {"ask", "no-ask"},
					       {"freeze", "unfreeze"}};
	bool close = cli_flag(cli, "close"),
	     freezes = cli_flag(cli, "freeze") || cli_flag(cli, "unfreeze");
	for (size_t i = 0; i < GN_COUNT(pairs); i++)
		if (cli_flag(cli, pairs[i][0]) && cli_flag(cli, pairs[i][1]))
			return cli_fail(cli, CLI_USAGE, "usage",
					"--%s and --%s contradict each other", pairs[i][0],
					pairs[i][1]);
	if (close && (limit || freezes || changes_policy(cli)))
		return cli_fail(cli, CLI_USAGE, "usage",
				"--close stands alone: geonet wallet trust WHO EQUIVALENT --close; "
				"a line that closes has no other settings");
	if (!close && !limit && !freezes && !changes_policy(cli))
		return cli_fail(cli, CLI_USAGE, "usage",
				"how much? geonet wallet trust WHO LIMIT EQUIVALENT");
	return check_blocks(cli);
}

/* "none", or an amount of this precision. */
static int check_bound(struct cli *cli, const char *option, const char *equivalent,
		       unsigned precision)
{
	const char *text = cli_option(cli, option);
	gn_amount amount;
	if (!text || strcmp(text, "none") == 0 ||
	    gn_amount_parse(gn_str(text), precision, &amount) == GN_OK)
		return CLI_OK;
	return cli_fail(
		cli, CLI_USAGE, "E009",
		"--%s: '%s' is neither \"none\" nor an amount of %s with at most %u decimals. "
		"Nothing was signed",
		option, text, equivalent, precision);
}

/* ---- the policy ---- */

static void set_flag(const struct cli *cli, json_t *policy, const char *name, const char *on,
		     const char *off)
{
	if (cli_flag(cli, on) || cli_flag(cli, off))
		json_object_set_new(policy, name, json_boolean(cli_flag(cli, on)));
}

static void set_bound(const struct cli *cli, json_t *policy, const char *name, const char *option)
{
	const char *text = cli_option(cli, option);
	if (text && strcmp(text, "none") == 0)
		json_object_del(policy, name);
	else if (text)
		json_object_set_new(policy, name, json_string(text));
}

static bool list_holds(const json_t *list, const char *text)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
	{
		const char *s = json_string_value(item);
		if (s && strcmp(s, text) == 0)
			return true;
	}
	return false;
}

/* Those blocked before, without the unblocked and with the newly blocked ones; each once. NULL
 * after printing. */
static json_t *blocked_of(struct cli *cli, const json_t *before)
{
	json_t *out = json_array(), *item;
	const char *text;
	size_t i;
	for (int k = 0; (text = cli_option_at(cli, "unblock", k)); k++)
		if (strcmp(text, "all") != 0 && !list_holds(before, text)) {
			cli_fail(cli, CLI_FAILED, "E001",
				 "%s is not blocked on this line. Nothing was signed", text);
			goto fail;
		}
	json_array_foreach(before, i, item)
	{
		text = json_string_value(item);
		if (text && !given_as(cli, "unblock", "all") && !given_as(cli, "unblock", text) &&
		    !list_holds(out, text))
			json_array_append(out, item);
	}
	for (int k = 0; (text = cli_option_at(cli, "block", k)); k++)
		if (!list_holds(out, text))
			json_array_append_new(out, json_string(text));
	if (json_array_size(out) <= OP_BLOCKED_MAX)
		return out;
	cli_fail(cli, CLI_FAILED, "E009",
		 "a line blocks at most %u participants. Nothing was signed", OP_BLOCKED_MAX);
fail:
	json_decref(out);
	return NULL;
}

/* The whole policy as it is to be; NULL after printing. */
static json_t *policy_of(struct cli *cli, const json_t *before)
{
	static const char *const kept[] = {"auto_clearing", "can_be_intermediate", "ask",
					   "daily_limit", "max_hop_usage"};
	json_t *blocked = blocked_of(cli, json_object_get(before, "blocked_participants")),
	       *p = json_object();
	if (!blocked) {
		json_decref(p);
		return NULL;
	}
	for (size_t i = 0; i < GN_COUNT(kept); i++) {
		json_t *v = json_object_get(before, kept[i]);
		if (v && !json_is_null(v))
			json_object_set(p, kept[i], v);
	}
	set_flag(cli, p, "auto_clearing", "clearing", "no-clearing");
	set_flag(cli, p, "can_be_intermediate", "routing", "no-routing");
	set_flag(cli, p, "ask", "ask", "no-ask");
	set_bound(cli, p, "daily_limit", "daily-limit");
	set_bound(cli, p, "max_hop_usage", "max-hop");
	if (json_array_size(blocked))
		json_object_set(p, "blocked_participants", blocked);
	json_decref(blocked);
	return p;
}

static const char *policy_text(const json_t *policy)
{
	static char out[512];
	size_t n = 0, blocked = json_array_size(json_object_get(policy, "blocked_participants"));
	const char *daily = wallet_text(policy, "daily_limit"),
		   *hop = wallet_text(policy, "max_hop_usage");
	out[0] = 0;
	if (json_is_true(json_object_get(policy, "ask")))
		n += (size_t)snprintf(out + n, sizeof out - n, ", asks");
	if (json_is_false(json_object_get(policy, "auto_clearing")))
		n += (size_t)snprintf(out + n, sizeof out - n, ", clearing asks");
	if (json_is_false(json_object_get(policy, "can_be_intermediate")))
		n += (size_t)snprintf(out + n, sizeof out - n, ", no routing");
	if (*daily)
		n += (size_t)snprintf(out + n, sizeof out - n, ", %.50s a day", daily);
	if (*hop)
		n += (size_t)snprintf(out + n, sizeof out - n, ", %.50s a payment of others", hop);
	if (blocked)
		n += (size_t)snprintf(out + n, sizeof out - n, ", %zu blocked", blocked);
	return n ? out + 2 : "-";
}

static const char *status_text(const json_t *line)
{
	return json_is_true(json_object_get(line, "disputed")) ? "frozen, in dispute"
							       : wallet_text(line, "status");
}

/* ---- lines as the hub has them ---- */

/* Appends all pages of "/trustlines?WHAT" to list. */
static int read_lines(struct cli *cli, struct hub *hub, const char *what, json_t *list)
{
	char *path = cli_format("/trustlines?%s", what);
	int exit = hub_list(cli, hub, path, list, "your trust lines");
	free(path);
	return exit;
}

/* The open line to pid, or NULL; borrowed from list. */
static int find_line(struct cli *cli, struct hub *hub, const char *pid, const char *equivalent,
		     json_t *list, const json_t **out)
{
	char *what = cli_format("direction=outgoing&equivalent=%s", equivalent);
	int exit = read_lines(cli, hub, what, list);
	free(what);
	*out = gn_wallet_line_to(list, pid);
	return exit;
}

/* ---- trust ---- */

static int tell_line(struct cli *cli, json_t *line)
{
	if (cli->json)
		return cli_json(cli, line);
	const char *who = wallet_who(line, "to_display_name", "to"),
		   *status = json_text(line, "status"), *unit = wallet_text(line, "equivalent"),
		   *limit = wallet_text(line, "limit"), *used = wallet_text(line, "used");
	const char *policy = policy_text(json_object_get(line, "policy"));
	if (*json_text(line, "message"))
		cli_note(cli, "%s", wallet_text(line, "message"));
	else if (json_is_true(json_object_get(line, "disputed")))
		cli_note(cli,
			 "an officer froze the line to %s in a dispute: no new debt; %s of its %s "
			 "%s is used",
			 who, used, limit, unit);
	else if (strcmp(status, "frozen") == 0)
		cli_note(cli,
			 "the line to %s is frozen: no new debt until --unfreeze; %s of its %s %s "
			 "is used",
			 who, used, limit, unit);
	else if (strcmp(status, "closing") == 0)
		cli_note(cli,
			 "the line to %s takes no new debt and closes once the %s %s on it are "
			 "repaid",
			 who, used, unit);
	else if (strcmp(status, "closed") == 0)
		cli_note(cli, "the line to %s is closed", who);
	else
		cli_note(cli, "%s may owe you up to %s %s; %s of it is used", who, limit, unit,
			 used);
	if (strcmp(policy, "-") != 0)
		cli_note(cli, "on this line: %s", policy);
	json_decref(line);
	return CLI_OK;
}

/* What is to be signed; NULL after printing. */
static json_t *line_body(struct cli *cli, const json_t *line, const char *pid, const char *limit,
			 const char *equivalent)
{
	struct gn_wallet_line change = {.limit = limit,
					.close = cli_flag(cli, "close"),
					.freeze = cli_flag(cli, "freeze"),
					.unfreeze = cli_flag(cli, "unfreeze")};
	if (changes_policy(cli)) {
		json_t *policy = policy_of(cli, json_object_get(line, "policy"));
		if (!policy)
			return NULL;
		if (line) /* a policy is signed whole, and what no switch names is the hub's word */
			cli_note(cli, "signed for the line to %s in %s: %s", pid, equivalent,
				 strcmp(policy_text(policy), "-") == 0 ? "no policy"
								       : policy_text(policy));
		change.policy = policy;
	}
	return gn_wallet_line_body(line, pid, equivalent, &change);
}

static int change_line(struct cli *cli, struct hub *hub, const char *pid, const char *limit,
		       const char *equivalent)
{
	json_t *lines = json_array(), *answer;
	const json_t *line;
	enum gn_op_kind kind;
	int exit = find_line(cli, hub, pid, equivalent, lines, &line);
	if (!exit && !line && (!limit || cli_flag(cli, "freeze") || cli_flag(cli, "unfreeze")))
		exit = cli_fail(cli, CLI_NOT_FOUND, "E001",
				"you have no open trust line to %s in %s. Nothing was signed", pid,
				equivalent);
	if (!exit) {
		json_t *body = line_body(cli, line, pid, limit, equivalent), *request = NULL;
		char *path = line ? cli_format("/trustlines/%s", json_text(line, "id"))
				  : cli_format("/trustlines");
		kind = gn_wallet_line_kind(line, cli_flag(cli, "close"));
		if (body)
			request = hub_signed(cli, hub, kind, body, NULL);
		exit = request ? hub_call(cli, hub, gn_wallet_line_method(kind), path, request,
					  &answer, "the trust line")
			       : CLI_FAILED;
		free(path);
	}
	json_decref(lines);
	return exit ? exit : tell_line(cli, answer);
}

int cmd_wallet_trust(struct cli *cli)
{
	struct hub hub;
	char pid[GN_PID_MAX];
	gn_amount amount;
	unsigned precision = 0;
	bool bare = cli->arg_count == 2; /* WHO EQUIVALENT: the limit stays */
	const char *limit = bare ? NULL : cli->args[1], *equivalent = cli->args[bare ? 1 : 2];
	int exit = check_switches(cli, limit != NULL);
	if (exit)
		return exit;
	exit = wallet_open(cli, &hub);
	if (!exit)
		exit = hub_amount(cli, &hub, equivalent, limit, &amount, &precision);
	if (!exit)
		exit = check_bound(cli, "daily-limit", equivalent, precision);
	if (!exit)
		exit = check_bound(cli, "max-hop", equivalent, precision);
	if (!exit)
		exit = hub_person(cli, &hub, cli->args[0], pid);
	if (!exit && strcmp(pid, hub.id.pid) == 0)
		exit = cli_fail(cli, CLI_USAGE, "usage",
				"this PID is your own: a line leads to somebody else. Nothing was "
				"signed");
	if (!exit)
		exit = change_line(cli, &hub, pid, limit, equivalent);
	hub_close(&hub);
	return exit;
}

/* ---- leaving ---- */

/* CLI_OK when nobody owes anybody; else what is open, printed. */
static int check_debts(struct cli *cli, struct hub *hub)
{
	static const struct {
		const char *list, *name, *pid, *words;
	} ways[] = {{"outgoing", "creditor_name", "creditor", "you owe"},
		    {"incoming", "debtor_name", "debtor", "you are owed by"}};
	json_t *answer = NULL, *item;
	size_t open = 0, i;
	int exit = hub_call(cli, hub, "GET", "/balance/debts", NULL, &answer, "your debts");
	for (size_t k = 0; k < GN_COUNT(ways); k++)
		json_array_foreach(json_object_get(answer, ways[k].list), i, item)
		{
			cli_note(cli, "%s %s: %s %s", ways[k].words,
				 wallet_who(item, ways[k].name, ways[k].pid),
				 wallet_text(item, "amount"), wallet_text(item, "equivalent"));
			open++;
		}
	json_decref(answer);
	return exit   ? exit
	       : open ? cli_fail(cli, CLI_FAILED, "E009",
				 "who leaves owes and is owed nothing; %zu %s open. Nothing was "
				 "signed",
				 open, open == 1 ? "debt is" : "debts are")
		      : CLI_OK;
}

static int close_lines(struct cli *cli, struct hub *hub)
{
	json_t *lines = json_array(), *line, *answer = NULL;
	size_t i;
	int exit = read_lines(cli, hub, "direction=outgoing", lines);
	json_array_foreach(lines, i, line)
	{
		if (exit || strcmp(json_text(line, "status"), "closed") == 0)
			continue;
		json_t *request = hub_signed(cli, hub, GN_OP_LINE_CLOSE,
					     gn_wallet_line_own(line, json_text(line, "to"),
								json_text(line, "equivalent")),
					     NULL);
		char *path = cli_format("/trustlines/%s", json_text(line, "id"));
		exit = request ? hub_call(cli, hub, "DELETE", path, request, &answer,
					  "the trust line")
			       : CLI_FAILED;
		free(path);
		if (exit)
			continue;
		cli_note(cli, "the line to %s is closed",
			 wallet_who(line, "to_display_name", "to"));
		json_decref(answer);
	}
	json_decref(lines);
	return exit;
}

int cmd_wallet_leave(struct cli *cli)
{
	struct hub hub;
	json_t *answer = NULL, *request;
	int exit = wallet_open(cli, &hub);
	if (!exit)
		exit = check_debts(cli, &hub);
	if (!exit)
		exit = close_lines(cli, &hub);
	if (!exit) {
		request = hub_signed(cli, &hub, GN_OP_LEAVE, json_object(), NULL);
		exit = request ? hub_call(cli, &hub, "POST", "/participants/me/leave", request,
					  &answer, "leaving")
			       : CLI_FAILED;
	}
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(answer));
	else if (!exit)
		cli_note(cli, "You have left this hub. What you did stays in its journal; its "
			      "officers may let you in again.");
	json_decref(answer);
	hub_close(&hub);
	return exit;
}

/* ---- the list ---- */

static void print_lines(const struct cli *cli, const json_t *lines, const char *title,
			const char *name, const char *pid)
{
	static const char *const heading[] = {"WITH",      "",       "LIMIT",    "USED",
					      "AVAILABLE", "STATUS", "POLICIES", "LINE"};
	struct table t;
	json_t *item;
	size_t i;
	if (!json_array_size(lines))
		return;
	printf("%s\n", title);
	table_init(&t, GN_COUNT(heading), 0x1c);
	for (i = 0; i < GN_COUNT(heading); i++)
		table_add(&t, "%s", heading[i]);
	json_array_foreach(lines, i, item)
	{
		table_add(&t, "%s", wallet_who(item, name, pid));
		table_add(&t, "%s", wallet_text(item, "equivalent"));
		table_add(&t, "%s", wallet_text(item, "limit"));
		table_add(&t, "%s", wallet_text(item, "used"));
		table_add(&t, "%s", wallet_text(item, "available"));
		table_add(&t, "%s", status_text(item));
		table_add(&t, "%s", policy_text(json_object_get(item, "policy")));
		table_add(&t, "%s", wallet_text(item, "id"));
	}
	table_print(cli, &t);
}

int cmd_wallet_lines(struct cli *cli)
{
	struct hub hub;
	json_t *all = json_array(), *given = json_array(), *received = json_array(), *item;
	size_t i;
	const char *equivalent = cli_option(cli, "equivalent");
	char *part = url_part(equivalent ? equivalent : ""),
	     *what = cli_format("equivalent=%s", part);
	unsigned precision;
	int exit = wallet_open(cli, &hub);
	if (!exit && equivalent)
		/* a misspelt one is no empty list */
		exit = hub_amount(cli, &hub, equivalent, NULL, NULL, &precision);
	if (!exit)
		exit = read_lines(cli, &hub, what, all);
	json_array_foreach(all, i, item) json_array_append(
		strcmp(json_text(item, "from"), hub.id.pid) == 0 ? given : received, item);
	if (!exit && cli->json) {
		exit = cli_json(cli, json_pack("{sO sO}", "given", given, "received", received));
	} else if (!exit) {
		print_lines(cli, given, "You let them owe you:", "to_display_name", "to");
		print_lines(cli, received,
			    json_array_size(given) ? "\nThey let you owe them:"
						   : "They let you owe them:",
			    "from_display_name", "from");
		if (!json_array_size(all))
			cli_note(cli, "You have no trust lines; geonet wallet trust gives one.");
	}
	json_decref(all);
	json_decref(given);
	json_decref(received);
	free(part);
	free(what);
	hub_close(&hub);
	return exit;
}
