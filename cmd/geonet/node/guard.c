/* What the node's guard counts, and what its operator says to it. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"

#include <stdio.h>
#include <stdlib.h>

static int ask_status(struct cli *cli, struct reply *r)
{
	return client_must(cli, (struct call){.path = cli_format("/api/v1/guard")}, r,
			   "the node's guard");
}

int cmd_guard_status(struct cli *cli)
{
	struct reply r;
	const char *name;
	json_t *value;
	int exit = ask_status(cli, &r);
	if (exit || cli->json) {
		exit = exit ? exit : cli_json(cli, json_incref(r.json));
		reply_free(&r);
		return exit;
	}
	const json_t *j = r.json;
	unsigned long long effort = json_number(j, "effort");
	out_pair(cli, "guard", "%s; local networks: %s", json_text(j, "mode"),
		 json_text(j, "local"));
	out_pair(cli, "load", "%.0f %% of what is for strangers", 100 * json_double(j, "load"));
	if (effort)
		out_pair(cli, "puzzle", "effort %llu", effort);
	else
		out_pair(cli, "puzzle", "none is asked");
	out_pair(cli, "waiting",
		 "%llu handshakes; one takes %llu us, %llu us a second are for them",
		 (unsigned long long)json_number(j, "waiting"),
		 (unsigned long long)json_number(j, "cost"),
		 (unsigned long long)json_number(j, "capacity"));
	out_pair(cli, "memory", "%s", out_bytes(json_number(j, "memory")));
	json_object_foreach(json_object_get(j, "counters"), name,
			    value) if (json_integer_value(value))
		out_pair(cli, out_text(name), "%llu",
			 (unsigned long long)json_integer_value(value));
	reply_free(&r);
	return CLI_OK;
}

/* As in the list of peers: the id of a node that is known, else its key; or a network. */
static const char *who_text(const json_t *j)
{
	static char text[65];
	const char *id = json_text(j, "id");
	snprintf(text, sizeof text, *id ? "%.16s" : "%.64s",
		 *id ? id : out_text(json_text(j, "who")));
	return text;
}

/* The node's word that ARGUMENT is no such thing is about the command line. */
static int must_answer(struct cli *cli, struct call call, struct reply *r)
{
	int exit = client_must(cli, call, r, cli->args[0]);
	return exit && (r->err == GN_USAGE || r->err == GN_RANGE) ? CLI_USAGE : exit;
}

int cmd_guard_list(struct cli *cli)
{
	static const char *const heading[] = {"WHO", "WORK", "LET IN", "REFUSED", "LAST"};
	struct reply r;
	struct table t;
	size_t i;
	json_t *a;
	int exit = ask_status(cli, &r);
	if (exit || cli->json) {
		exit = exit ? exit
			    : cli_json(cli,
				       json_pack("{sO sO}", "heaviest",
						 json_object_get(r.json, "heaviest"), "allowed",
						 json_object_get(r.json, "allowed")));
		reply_free(&r);
		return exit;
	}
	table_init(&t, GN_COUNT(heading), 1 << 1 | 1 << 2 | 1 << 3);
	for (size_t k = 0; k < GN_COUNT(heading); k++)
		table_add(&t, "%s", heading[k]);
	json_array_foreach(json_object_get(r.json, "heaviest"), i, a)
	{
		table_add(&t, "%s", who_text(a));
		table_add(&t, "%llu", (unsigned long long)json_number(a, "work"));
		table_add(&t, "%llu", (unsigned long long)json_number(a, "admitted"));
		table_add(&t, "%llu", (unsigned long long)json_number(a, "refused"));
		table_add(&t, "%s", out_time(json_number(a, "last")));
	}
	table_print(cli, &t);
	json_array_foreach(json_object_get(r.json, "allowed"), i, a)
		printf("allowed until %s: %s\n", out_time(json_number(a, "until")), who_text(a));
	reply_free(&r);
	return CLI_OK;
}

static char *path_of(struct cli *cli, const char *action, const char *rest)
{
	char *who = url_part(cli->args[0]),
	     *path = cli_format("/api/v1/guard/%s?who=%s%s", action, who, rest);
	free(who);
	return path;
}

static void print_why(struct cli *cli, const json_t *j)
{
	const json_t *account = json_object_get(j, "account");
	size_t i;
	json_t *s;
	out_pair(cli, json_text(j, "kind"), "%s", out_text(json_text(j, "who")));
	if (*json_text(j, "id"))
		out_pair(cli, "node", "%s", out_text(json_text(j, "id")));
	out_pair(cli, "now", "%s", json_text(j, "reason"));
	if (json_is_true(json_object_get(j, "limited")))
		out_pair(cli, "limit", "%s, until %s", json_text(j, "limit"),
			 out_time(json_number(j, "until")));
	if (json_number(j, "rate"))
		out_pair(cli, "share", "%llu units a second, %llu at once, %llu left",
			 (unsigned long long)json_number(j, "rate"),
			 (unsigned long long)json_number(j, "burst"),
			 (unsigned long long)json_number(j, "left"));
	if (json_double(j, "pressure") > 1)
		out_pair(cli, "pressure", "all ask for much: a unit counts %.1f times",
			 json_double(j, "pressure"));
	if (json_number(j, "effort"))
		out_pair(cli, "puzzle", "effort %llu is asked of strangers",
			 (unsigned long long)json_number(j, "effort"));
	json_array_foreach(json_object_get(j, "shares"), i, s)
		out_pair(cli, json_text(s, "name"),
			 *json_text(s, "reason") ? "%llu of %llu held: %s" : "%llu of %llu held",
			 (unsigned long long)json_number(s, "held"),
			 (unsigned long long)json_number(s, "share"), json_text(s, "reason"));
	if (account)
		out_pair(cli, "asked", "%llu units since %s, %llu refusals",
			 (unsigned long long)json_number(account, "work"),
			 out_time(json_number(account, "since")),
			 (unsigned long long)json_number(account, "refused"));
}

int cmd_guard_why(struct cli *cli)
{
	struct reply r;
	int exit = must_answer(cli, (struct call){.path = path_of(cli, "why", "")}, &r);
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit)
		print_why(cli, r.json);
	reply_free(&r);
	return exit;
}

static int say_done(struct cli *cli, char *path, const char *done)
{
	struct reply r;
	int exit = must_answer(cli, (struct call){.method = "POST", .path = path}, &r);
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit)
		cli_note(cli, "%s: %s", out_text(json_text(r.json, "who")), done);
	reply_free(&r);
	return exit;
}

int cmd_guard_allow(struct cli *cli)
{
	char rest[64];
	uint64_t hours = 1;
	if (!cli_number(cli, "hours", 0, 8784, &hours))
		return CLI_USAGE;
	snprintf(rest, sizeof rest, "&seconds=%llu", (unsigned long long)hours * 3600);
	return say_done(cli, path_of(cli, "allow", rest), hours ? "no limit" : "has limits again");
}

int cmd_guard_forgive(struct cli *cli)
{
	return say_done(cli, path_of(cli, "forgive", ""), "forgiven");
}
