/* give: what the node does for others, and how much it gave; said anew while it runs (RE-64). */
#include "geonet/frame/client.h"
#include "geonet/frame/clock.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"

#include "wire/generated/app_node_fb.h"

#include <stdio.h>
#include <string.h>

#define PAGE 500

static const struct gn_app_kind give_kind = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_GIVE};

/* ---- shown ---- */

static const char *relays(const char *level)
{
	static const char *const words[][2] = {
		{"off", "off: nothing is passed on"},
		{"small", "small: a little for everybody"},
		{"tokens", "tokens: a little for everybody, much for who has a token of yours"},
		{"commons", "commons: much for everybody"}};
	for (size_t i = 0; i < GN_COUNT(words); i++)
		if (strcmp(words[i][0], level) == 0)
			return words[i][1];
	return out_text(level);
}

static uint64_t sum_of(const json_t *month)
{
	return json_number(month, "small") + json_number(month, "bulk") +
	       json_number(month, "turn");
}

/* Behind what `geonet give` said, which goes before the settings. */
static const char *by_give(const json_t *j, const char *name)
{
	size_t i;
	json_t *said;
	json_array_foreach(json_object_get(j, "said"), i,
			   said) if (strcmp(json_string_value(said), name) ==
				     0) return " (by geonet give)";
	return "";
}

static void print_wish(const struct cli *cli, const json_t *j)
{
	bool metered = json_is_true(json_object_get(j, "metered"));
	out_pair(cli, "relay", "%s%s", relays(json_text(j, "relay")), by_give(j, "relay"));
	out_pair(cli, "rate", "%s a second for each lane%s", out_bytes(json_number(j, "rate")),
		 by_give(j, "rate"));
	out_pair(cli, "month", "%s%s", out_bytes(json_number(j, "month")), by_give(j, "month"));
	if (json_is_true(json_object_get(j, "hold_nothing")))
		out_pair(cli, "hold", "nothing of others%s", by_give(j, "hold"));
	else
		out_pair(cli, "hold", "up to %s of others' blocks, and their records%s",
			 out_bytes(json_number(j, "hold")), by_give(j, "hold"));
	out_pair(cli, "turn", "%s%s", json_is_true(json_object_get(j, "turn")) ? "on" : "off",
		 by_give(j, "turn"));
	out_pair(cli, "metered", "%s%s",
		 metered ? "yes: nothing of this is given now, but small control traffic" : "no",
		 by_give(j, "metered"));
}

static void print_given(const struct cli *cli, const json_t *j)
{
	uint64_t now = cli_now(), ends = json_seconds(j, "month_ends");
	const json_t *months = json_object_get(j, "months");
	size_t i;
	json_t *m;
	out_pair(cli, "now", "%llu small and %llu bulk circuits, %llu places",
		 (unsigned long long)json_number(j, "small"),
		 (unsigned long long)json_number(j, "bulk"),
		 (unsigned long long)json_number(j, "places"));
	out_pair(cli, "held", "%s of blocks, %s of records",
		 out_bytes(json_number(j, "held_blocks")),
		 out_bytes(json_number(j, "held_records")));
	out_pair(cli, "refused", "%llu hashes", (unsigned long long)json_number(j, "refused"));
	json_array_foreach(months, i, m)
	{
		out_pair(cli, i ? "" : "given", "%s  %s: small %s, bulk %s, TURN %s",
			 json_text(m, "month"), out_bytes(sum_of(m)),
			 out_bytes(json_number(m, "small")), out_bytes(json_number(m, "bulk")),
			 out_bytes(json_number(m, "turn")));
	}
	if (ends > now)
		out_pair(cli, "", "the next month begins in %s", out_duration(ends - now));
	json_array_foreach(json_object_get(j, "by"), i, m)
		out_pair(cli, i ? "" : "to", "%.16s%s  small %s, bulk %s", json_text(m, "key"),
			 json_is_true(json_object_get(m, "token")) ? " (token)" : "",
			 out_bytes(json_number(m, "small")), out_bytes(json_number(m, "bulk")));
}

/* ---- for others ---- */

static bool ask_quietly(struct cli *cli, struct reply *r)
{
	static const struct gn_fb_node_give_args none = {0};
	struct ask ask = {.kind = give_kind, .args = &none, .quiet = true};
	return client_ask(cli, &ask, r) == CLI_OK;
}

bool give_nothing(struct cli *cli)
{
	struct reply r;
	bool nothing =
		ask_quietly(cli, &r) && (json_is_true(json_object_get(r.json, "hold_nothing")) ||
					 json_is_true(json_object_get(r.json, "metered")));
	reply_free(&r);
	return nothing;
}

void give_warn(struct cli *cli)
{
	static const char *const names[][2] = {{"relay", "relay"},       {"relay-rate", "rate"},
					       {"relay-month", "month"}, {"store-limit", "hold"},
					       {"hold-nothing", "hold"}, {"turn", "turn"},
					       {"metered", "metered"}};
	struct reply r;
	if (!ask_quietly(cli, &r)) {
		reply_free(&r);
		return;
	}
	for (size_t i = 0; i < GN_COUNT(names); i++)
		if (cli_flag(cli, names[i][0]) && *by_give(r.json, names[i][1]))
			cli_warn(cli,
				 "--%s does not count: what geonet give %s said goes before it; "
				 "geonet give shows it, and changes it",
				 names[i][0], names[i][1]);
	reply_free(&r);
}

/* ---- what is refused ---- */

static int print_hashes(struct cli *cli, json_t *all)
{
	size_t i;
	json_t *hash;
	if (cli->json)
		return cli_json(cli, json_pack("{so}", "hashes", all));
	json_array_foreach(all, i, hash) printf("%s\n", json_string_value(hash));
	json_decref(all);
	return CLI_OK;
}

static int list_refused(struct cli *cli)
{
	struct gn_fb_node_refused_args args = {.limit = PAGE};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_REFUSED},
			  .args = &args};
	json_t *all = json_array();
	for (bool more = true; more;) {
		struct reply r;
		int exit = client_ask_must(cli, &ask, &r, "the node did not answer");
		const json_t *page = json_object_get(r.json, "hashes");
		if (exit == CLI_OK)
			json_array_extend(all, (json_t *)json_object_get(r.json, "hashes"));
		more = exit == CLI_OK && json_is_true(json_object_get(r.json, "more")) &&
		       json_array_size(page);
		args.from += (uint32_t)json_array_size(page);
		reply_free(&r);
		if (exit) {
			json_decref(all);
			return exit;
		}
	}
	return print_hashes(cli, all);
}

static int refuse(struct cli *cli)
{
	const char *what = cli->arg_count > 1 ? cli->args[1] : "";
	struct gn_fb_hash hash;
	bool end = strcmp(what, "remove") == 0;
	if (cli->arg_count == 2 && strcmp(what, "list") == 0)
		return list_refused(cli);
	if (cli->arg_count != 3 || (!end && strcmp(what, "add") != 0))
		return cli_fail(
			cli, CLI_USAGE, "usage",
			"say geonet give refuse add HASH, refuse remove HASH, or refuse list");
	if (gn_unhex(gn_str(cli->args[2]), hash.b, sizeof hash.b))
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is no hash, which has 64 hex digits",
				out_text(cli->args[2]));
	struct gn_fb_node_refuse_args args = {.hash = &hash, .end = end};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_REFUSE},
			  .args = &args};
	struct reply r;
	int exit = client_ask_must(cli, &ask, &r, cli->args[2]);
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_pack("{ss sb}", "hash", cli->args[2], "refused", !end));
	else if (exit == CLI_OK)
		printf("%s\n", end ? "no longer refused" : "neither held nor given from now on");
	reply_free(&r);
	return exit;
}

/* ---- the command ---- */

int cmd_give(struct cli *cli)
{
	struct gn_fb_node_give_args args = {0};
	if (cli->arg_count && strcmp(cli->args[0], "refuse") == 0)
		return refuse(cli);
	if (cli->arg_count == 1 || cli->arg_count > 2)
		return cli_fail(cli, CLI_USAGE, "usage",
				"%s takes one value, as in geonet give relay small; geonet give "
				"--help has the names and their values",
				out_text(cli->args[0]));
	if (cli->arg_count) {
		args.name = gn_str(cli->args[0]);
		args.value = gn_str(cli->args[1]);
	}
	struct ask ask = {.kind = give_kind, .args = &args};
	struct reply r;
	int exit = client_ask_must(cli, &ask, &r,
				   cli->arg_count ? "this cannot be given"
						  : "the node did not "
						    "answer");
	if (exit && r.err == GN_USAGE)
		exit = CLI_USAGE;
	if (exit == CLI_OK && cli->json) {
		exit = cli_json(cli, json_incref(r.json));
	} else if (exit == CLI_OK) {
		print_wish(cli, r.json);
		print_given(cli, r.json);
	}
	reply_free(&r);
	return exit;
}
