/* People: who they are, requests, invites. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"
#include "geonet/people/pages.h"
#include "wire/app.h"
#include "wire/generated/app_node_fb.h"

#include <stdlib.h>
#include <string.h>

#define CONTACT(member) {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_##member}

/* Empty for who is simply a contact: the rule, of which the column tells the exceptions. */
static const char *state_of(const json_t *p)
{
	return json_is_true(json_object_get(p, "blocked")) ? "blocked"
	       : json_is(p, "state", "accepted")           ? ""
							   : json_text(p, "state");
}

static const char *trust_of(const json_t *p)
{
	return json_is_true(json_object_get(p, "unseen"))    ? "not looked at"
	       : json_is_true(json_object_get(p, "changed")) ? "CHANGED"
	       : json_number(p, "verified")                  ? "verified"
	       : json_is(p, "trust", "by-name")              ? "by name"
							     : json_text(p, "trust");
}

const char *contact_name(const json_t *p)
{
	return *json_text(p, "petname") ? json_text(p, "petname")
	       : *json_text(p, "name")  ? json_text(p, "name")
					: json_text(p, "pid");
}

/* In a list with PIDs: an empty one of who has none. */
static const char *name_of(const json_t *p)
{
	return *json_text(p, "petname") ? json_text(p, "petname") : json_text(p, "name");
}

void contact_alarm(struct cli *cli, const json_t *p)
{
	if (*json_text(p, "alarm"))
		cli_warn(cli, "%s: %s; nothing is sent until you have looked at it",
			 out_text(contact_name(p)), json_text(p, "alarm"));
	if (json_is_true(json_object_get(p, "changed")))
		cli_warn(cli,
			 "%s: their safety number is another one than you compared: ask them why, "
			 "and compare it again: geonet contacts verify %s",
			 out_text(contact_name(p)), json_text(p, "pid"));
}

int cmd_contacts_list(struct cli *cli)
{
	json_t *all;
	int exit = people_contacts(cli, "the contacts could not be read", &all);
	if (!exit && cli->json) {
		exit = cli_json(cli, json_incref(all));
	} else if (!exit) {
		struct table t;
		size_t i;
		json_t *p;
		const json_t *list = json_object_get(all, "contacts");
		table_init(&t, 4, 0);
		table_add(&t, "NAME");
		table_add(&t, "STATE");
		table_add(&t, "KNOWN");
		table_add(&t, "PID");
		json_array_foreach(list, i, p)
		{
			table_add(&t, "%s", out_text(name_of(p)));
			table_add(&t, "%s", state_of(p));
			table_add(&t, "%s", trust_of(p));
			table_add(&t, "%s", json_text(p, "pid"));
		}
		if (json_array_size(list)) {
			table_print(cli, &t);
		} else {
			table_free(&t);
			cli_note(cli, "Nobody yet: geonet contacts add PID, or invite somebody: "
				      "geonet contacts invite");
		}
		json_array_foreach(list, i, p) contact_alarm(cli, p);
	}
	json_decref(all);
	return exit;
}

/* One call about one person, said in a line: done is "Added", with what became of them. */
static int one(struct cli *cli, struct gn_app_kind kind, const void *args, const char *failed,
	       const char *done)
{
	struct reply r;
	struct ask ask = {.kind = kind, .args = args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, failed);
	if (!exit && cli->json && *json_text(r.json, "pid"))
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit && cli->json) /* nobody is left to be shown */
		exit = cli_json(cli, json_pack("{ss ss}", "who", cli->args[0], "done", done));
	else if (!exit)
		cli_note(cli, "%s %s.", done, cli->args[0]);
	reply_free(&r);
	return exit;
}

/* ---- adding, naming ---- */

/* Who is known, before that changes: NULL when it cannot be read. */
static json_t *known(struct cli *cli)
{
	json_t *all, *list = NULL;
	if (people_contacts(cli, NULL, &all) == CLI_OK)
		list = json_incref(json_object_get(all, "contacts"));
	json_decref(all);
	return list;
}

static const json_t *with_pid(const json_t *list, const char *pid)
{
	size_t i;
	json_t *p;
	json_array_foreach(list, i, p)
	{
		if (json_is(p, "pid", pid))
			return p;
	}
	return NULL;
}

/* Somebody else of the same name is no longer meant by it. */
static void warn_same_name(struct cli *cli, const json_t *list, const json_t *person)
{
	size_t i;
	json_t *p;
	json_array_foreach(list, i, p)
	{
		if (!json_is(p, "pid", json_text(person, "pid")) &&
		    strcmp(contact_name(p), contact_name(person)) == 0) {
			cli_warn(cli,
				 "%s is called that, too: say whom by PID, or give one of them "
				 "another name: geonet contacts name PID NAME",
				 json_text(p, "pid"));
			return;
		}
	}
}

int cmd_contacts_add(struct cli *cli)
{
	struct reply r;
	struct gn_fb_contact_add_args args = {
		.who = gn_str(cli->args[0]),
		.petname = gn_str(cli->arg_count > 1 ? cli->args[1] : "")};
	struct ask ask = {
		.kind = (struct gn_app_kind)CONTACT(CONTACT_ADD), .args = &args, .agent = true};
	json_t *list = known(cli);
	int exit = client_ask_must(cli, &ask, &r, "they were not added");
	const json_t *before = with_pid(list, json_text(r.json, "pid"));
	bool was = json_is(before, "state", "asked") || json_is(before, "state", "accepted");
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit && was)
		cli_note(cli,
			 "They are a contact already, called %s; geonet contacts name "
			 "changes that.",
			 out_text(contact_name(r.json)));
	else if (!exit)
		cli_note(cli, "Added %s.", out_text(contact_name(r.json)));
	if (!exit && !was)
		warn_same_name(cli, list, r.json);
	json_decref(list);
	reply_free(&r);
	return exit;
}

static int answer(struct cli *cli, bool accept)
{
	struct gn_fb_contact_answer_args args = {.who = gn_str(cli->args[0]), .accept = accept};
	return one(cli, (struct gn_app_kind)CONTACT(CONTACT_ANSWER), &args, "that was not possible",
		   accept ? "Accepted" : "Refused");
}

int cmd_contacts_accept(struct cli *cli)
{
	return answer(cli, true);
}

int cmd_contacts_refuse(struct cli *cli)
{
	return answer(cli, false);
}

int cmd_contacts_name(struct cli *cli)
{
	struct gn_fb_contact_set_args args = {.who = gn_str(cli->args[0]),
					      .petname = gn_str(cli->args[1])};
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)CONTACT(CONTACT_SET), .args = &args, .agent = true};
	json_t *list = known(cli);
	int exit = client_ask_must(cli, &ask, &r, "the name was not set");
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit && *cli->args[1])
		cli_note(cli, "Named %s.", out_text(contact_name(r.json)));
	else if (!exit)
		cli_note(cli, "The name that you gave them is gone; they are shown as %s.",
			 out_text(contact_name(r.json)));
	if (!exit)
		warn_same_name(cli, list, r.json);
	json_decref(list);
	reply_free(&r);
	return exit;
}

/* For which of their nodes it holds, as the node has it. */
static int print_path(struct cli *cli, const json_t *person)
{
	struct reply r;
	struct gn_fb_key key;
	const json_t *rule;
	size_t i;
	if (gn_unhex(gn_str(json_text(person, "key")), key.b, sizeof key.b))
		return cli_fail(cli, CLI_FAILED, "io", "the agent does not say their key");
	struct gn_fb_node_path_args args = {.contact = &key};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_PATH},
			  .args = &args};
	int exit = client_ask_must(cli, &ask, &r, "the node's rules");
	const json_t *rules = json_object_get(r.json, "rules");
	const char *path = json_text(person, "path");
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{ss ss sO}", "pid", json_text(person, "pid"),
					       "path", *path ? path : "any", "rules", rules));
	else if (!exit) {
		out_pair(cli, "path", "%s", *path ? out_text(path) : "any");
		json_array_foreach(rules, i, rule)
			out_pair(cli, i ? "" : "nodes", "%.16s", json_text(rule, "key"));
		if (*path && !json_array_size(rules))
			cli_note(cli, "No node is known to be theirs: they say so by geonet id "
				      "publish --vouch-node.");
	}
	reply_free(&r);
	return exit;
}

int cmd_contacts_path(struct cli *cli)
{
	struct reply r;
	bool set = cli->arg_count > 1;
	struct gn_fb_contact_get_args get = {.who = gn_str(cli->args[0])};
	struct gn_fb_contact_set_args args = {.who = gn_str(cli->args[0]),
					      .path = set ? gn_str(cli->args[1])
							  : gn_slice(NULL, 0)};
	struct ask ask = {
		.kind = {GN_FB_APP_BODY_APP_CONTACT, set ? GN_FB_APP_CONTACT_BODY_CONTACT_SET
							 : GN_FB_APP_CONTACT_BODY_CONTACT_GET},
		.args = set ? (const void *)&args : &get,
		.agent = true};
	int exit = client_ask_must(cli, &ask, &r, "the rule was not taken");
	exit = exit ? exit : print_path(cli, r.json);
	reply_free(&r);
	return exit;
}

static int block(struct cli *cli, bool on)
{
	struct gn_fb_contact_set_args args = {.who = gn_str(cli->args[0]),
					      .block = on ? GN_FB_SWITCH_ON : GN_FB_SWITCH_OFF};
	return one(cli, (struct gn_app_kind)CONTACT(CONTACT_SET), &args, "that was not possible",
		   on ? "Blocked" : "Unblocked");
}

int cmd_contacts_block(struct cli *cli)
{
	return block(cli, true);
}

int cmd_contacts_unblock(struct cli *cli)
{
	return block(cli, false);
}

int cmd_contacts_remove(struct cli *cli)
{
	struct gn_fb_contact_remove_args args = {.who = gn_str(cli->args[0])};
	return one(cli, (struct gn_app_kind)CONTACT(CONTACT_REMOVE), &args, "they were not removed",
		   "Removed");
}

/* ---- safety numbers ---- */

static void print_number(const char *number)
{
	for (size_t i = 0; i + 5 <= strlen(number); i += 5)
		printf("%.5s%s", number + i, i % 20 == 15 ? "\n" : " ");
}

int cmd_contacts_verify(struct cli *cli)
{
	struct reply r;
	char *said = cli_format("%s", "");
	for (int i = 1; i < cli->arg_count; i++) {
		char *more = cli_format("%s%s", said, cli->args[i]);
		free(said);
		said = more;
	}
	bool asked = cli->arg_count > 1;
	struct gn_fb_contact_verify_args args = {
		.who = gn_str(cli->args[0]), .number = asked ? gn_str(said) : gn_slice(NULL, 0)};
	struct ask ask = {
		.kind = (struct gn_app_kind)CONTACT(CONTACT_VERIFY), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it could not be compared");
	const json_t *p = json_object_get(r.json, "contact");
	bool equal = json_is_true(json_object_get(r.json, "equal"));
	if (!exit && asked && !equal)
		exit = cli_fail(
			cli, CLI_FAILED, "other",
			"that is NOT the safety number of you and %s: one of you has "
			"mistyped it, or somebody is between you. Compare it once more, and "
			"say nothing until it is equal",
			out_text(name_of(p)));
	else if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit && equal)
		cli_note(cli, "Equal: %s is who they say, and nobody is between you.",
			 out_text(name_of(p)));
	else if (!exit) {
		print_number(json_text(r.json, "number"));
		cli_note(cli,
			 "They see the same digits, or somebody is between you. When they read "
			 "theirs to you: geonet contacts verify %s DIGITS",
			 cli->args[0]);
		contact_alarm(cli, p);
	}
	reply_free(&r);
	free(said);
	return exit;
}

int cmd_contacts_invite(struct cli *cli)
{
	struct reply r;
	uint64_t uses = 1, days = 7;
	const char *name = cli_option(cli, "name");
	if (!cli_number(cli, "uses", 1, 10000, &uses) || !cli_number(cli, "days", 1, 400, &days))
		return CLI_USAGE;
	struct gn_fb_invite_new_args args = {.uses = (uint32_t)uses,
					     .ttl = (uint32_t)(days * 86400),
					     .name = gn_str(name ? name : "")};
	struct ask ask = {
		.kind = (struct gn_app_kind)CONTACT(INVITE_NEW), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "no invite was made");
	if (!exit && cli->json) {
		exit = cli_json(cli, json_incref(r.json));
	} else if (!exit) {
		printf("%s\n", json_text(r.json, "link"));
		cli_note(cli, "Whoever has this link can write to you: geonet contacts add LINK");
	}
	reply_free(&r);
	return exit;
}
