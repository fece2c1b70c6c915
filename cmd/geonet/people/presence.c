/* Who is there now: the own state, those of contacts, and their changes. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"
#include "wire/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTACT(member) {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_##member}

/* by number: PresenceState */
static const char *const states[] = {"offline", "online", "away", "busy", "invisible"};

static const char *name_of(const json_t *of)
{
	return contact_name(json_object_get(of, "contact"));
}

/* What is seen, and where that is nothing, why. */
static const char *seen(const json_t *of)
{
	if (!json_is_true(json_object_get(of, "told")))
		return "offline (they have not told)";
	if (!json_is_true(json_object_get(of, "followed")))
		return "offline (not followed)";
	return json_text(of, "state");
}

/* As scripts read it: words instead of numbers. */
static json_t *json_of(const json_t *of)
{
	const json_t *p = json_object_get(of, "contact");
	return json_pack("{ss ss ss sI sb sb}", "name", name_of(of), "pid", json_text(p, "pid"),
			 "state", json_text(of, "state"), "until",
			 (json_int_t)json_number(of, "until"), "told",
			 json_is_true(json_object_get(of, "told")), "followed",
			 json_is_true(json_object_get(of, "followed")));
}

static int print(struct cli *cli, const json_t *json, bool all)
{
	const json_t *list = json_object_get(json, "people");
	struct table t;
	json_t *of;
	size_t i;
	if (cli->json) {
		json_t *people = json_array();
		json_array_foreach(list, i, of) json_array_append_new(people, json_of(of));
		return cli_json(
			cli, json_pack("{ss so}", "own", json_text(json, "own"), "people", people));
	}
	table_init(&t, 2, 0);
	if (all) {
		table_add(&t, "you");
		table_add(&t, "%s", json_text(json, "own"));
	}
	json_array_foreach(list, i, of)
	{
		table_add(&t, "%s", out_text(name_of(of)));
		table_add(&t, "%s", seen(of));
	}
	table_print(cli, &t);
	if (all && json_is(json, "own", "offline"))
		cli_note(cli, "While you are offline you see nobody, and nobody sees you: "
			      "geonet presence set online");
	return CLI_OK;
}

int cmd_presence_show(struct cli *cli)
{
	struct reply r;
	bool one = cli->arg_count > 0;
	struct gn_fb_presence_get_args args = {.who = gn_str(one ? cli->args[0] : "")};
	struct ask ask = {
		.kind = (struct gn_app_kind)CONTACT(PRESENCE_GET), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it could not be seen");
	if (!exit)
		exit = print(cli, r.json, !one);
	reply_free(&r);
	return exit;
}

int cmd_presence_set(struct cli *cli)
{
	struct reply r;
	struct gn_fb_presence_set_args args = {.state = 0};
	while (args.state < GN_COUNT(states) && strcmp(states[args.state], cli->args[0]) != 0)
		args.state++;
	if (args.state == GN_COUNT(states))
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is none of online, away, busy, invisible, offline",
				out_text(cli->args[0]));
	struct ask ask = {
		.kind = (struct gn_app_kind)CONTACT(PRESENCE_SET), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "nobody was told");
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{ss}", "own", json_text(r.json, "own")));
	else if (!exit)
		cli_note(cli, "You are %s.", json_text(r.json, "own"));
	reply_free(&r);
	return exit;
}

/* ---- following ---- */

struct watching {
	struct cli *cli;
	uint64_t left; /* changes until it ends; 0: never */
	bool began;    /* the first answer says how all stand */
};

static bool on_change(void *user, struct gn_app_kind kind, const json_t *json)
{
	struct watching *w = user;
	const json_t *list = json_object_get(json, "people");
	json_t *of;
	size_t i;
	bool first = !w->began;
	if (kind.area != GN_FB_APP_BODY_APP_CONTACT ||
	    kind.member != GN_FB_APP_CONTACT_BODY_PRESENCE_IS)
		return true;
	w->began = true;
	json_array_foreach(list, i, of)
	{
		json_t *line = w->cli->json ? json_of(of) : NULL;
		char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
		if (text)
			printf("%s\n", text);
		else if (!w->cli->json)
			printf("%s is %s\n", out_text(name_of(of)), seen(of));
		free(text);
		json_decref(line);
	}
	fflush(stdout);
	return first || w->left == 0 || --w->left > 0;
}

int cmd_presence_follow(struct cli *cli)
{
	struct reply r;
	struct watching w = {.cli = cli};
	static const struct gn_fb_presence_follow_args all;
	struct ask ask = {.kind = (struct gn_app_kind)CONTACT(PRESENCE_FOLLOW),
			  .args = &all,
			  .agent = true,
			  .lasts = true,
			  .event = on_change,
			  .user = &w};
	if (!cli_number(cli, "count", 1, UINT32_MAX, &w.left))
		return CLI_USAGE;
	int exit = client_ask_must(cli, &ask, &r, "it is not followed");
	reply_free(&r);
	return exit;
}
