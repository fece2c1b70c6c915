/* Renewing what ends: the identity record, the list of revoked tokens, names, topics with their
 * boxes, sites. A renewal says
 * what was said before, with a new time; what is not past half of its term is left alone, so a
 * timer may run this as often as it likes.
 *
 *   item:  KEPT (not due) | RENEWED | GIVEN (to another) | UNFINISHED (a site that never came out)
 *          | FAILED (the reason is told on stderr; the others go on)
 *
 * What is given or unfinished fails only when it was asked for by itself. Rules:
 * docs/spec/services.md RN-1..RN-4. */
#include "geonet/bus/bus.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/identity.h"
#include "geonet/identity/own.h"
#include "geonet/name/name.h"
#include "geonet/node/commands.h"
#include "geonet/site/site.h"
#include "geonet/token/token.h"

#include <stdlib.h>

struct renewal {
	struct cli *cli, each; /* each: for the items, whose troubles go to stderr */
	struct identity id;
	struct own_term term;
	bool all;
	json_t *items;
	size_t renewed, failed;
};

static void note_item(struct renewal *r, const char *kind, const char *name, int exit,
		      const char *state, uint64_t expires)
{
	state = exit ? "failed" : state;
	r->renewed += strcmp(state, "renewed") == 0;
	r->failed += exit != CLI_OK;
	json_array_append_new(r->items, json_pack("{ss ss ss sI}", "kind", kind, "name", name,
						  "state", state, "expires", (json_int_t)expires));
}

static void renew_id(struct renewal *r, bool must)
{
	uint64_t expires = 0;
	bool done = false;
	int exit = id_renew(&r->each, &r->id, r->term, must, &expires, &done);
	if (exit || expires)
		note_item(r, "identity", r->id.pid, exit, done ? "renewed" : "kept", expires);
}

static void renew_list(struct renewal *r)
{
	uint64_t expires = 0;
	bool done = false;
	int exit = token_renew(&r->each, &r->id, r->term, &expires, &done);
	if (exit || expires)
		note_item(r, "list", OWN_LIST_NAME, exit, done ? "renewed" : "kept", expires);
}

static void renew_topic(struct renewal *r, const char *label)
{
	uint64_t expires = 0;
	bool done = false;
	int exit = topic_renew(&r->each, &r->id, label, r->term, &expires, &done);
	note_item(r, "topic", label, exit, done ? "renewed" : "kept", expires);
}

static void renew_name(struct renewal *r, const char *text)
{
	static const char *const states[] = {"kept", "renewed", "given"};
	uint64_t expires = 0;
	enum name_renewal what = NAME_KEPT;
	int exit = name_renew(&r->each, &r->id, text, r->term, &expires, &what);
	if (what == NAME_GIVEN && !r->all)
		exit = CLI_FAILED;
	note_item(r, "name", text, exit, states[what], expires);
}

static void renew_site(struct renewal *r, const char *label, uint64_t copies)
{
	uint64_t expires = 0;
	bool done = false;
	int exit = site_renew(&r->each, &r->id, label, copies, r->term, &expires, &done);
	char *name = cli_format("@%s", label);
	note_item(r, "site", name, exit, done ? "renewed" : "kept", expires);
	free(name);
}

/* Its blocks were spread, but no head came after them. */
static void skip_site(struct renewal *r, const char *label)
{
	char *name = cli_format("@%s", label);
	cli_note(&r->each,
		 "the site %s never came out whole: publish it again, or: geonet site remove %s",
		 name, *label ? label : "-");
	note_item(r, "site", name, r->all ? CLI_OK : CLI_FAILED, "unfinished", 0);
	free(name);
}

/* Sites of ours that the node keeps published; label: this one alone, also when the node does
 * not keep it. */
static int renew_sites(struct renewal *r, const char *label)
{
	struct reply reply;
	size_t i;
	json_t *site;
	char hex[65];
	bool found = false;
	gn_hex(GN_SLICE(r->id.keys.sk.pk.b), hex);
	int exit = client_sites(&r->each, &reply, "the sites of this node", false);
	json_array_foreach(json_object_get(reply.json, "sites"), i, site)
	{
		if (strcmp(json_text(site, "owner"), hex) != 0 ||
		    (label && strcmp(json_text(site, "label"), label) != 0))
			continue;
		found = true;
		if (json_is_false(json_object_get(site, "published")))
			skip_site(r, json_text(site, "label"));
		else
			renew_site(r, json_text(site, "label"), json_number(site, "copies"));
	}
	if (exit == CLI_OK && label && !found)
		renew_site(r, label, GN_BUNDLE_COPIES);
	reply_free(&reply);
	return exit;
}

static int renew_all(struct renewal *r)
{
	json_t *names = own_names(r->cli), *topics = own_read(r->cli, OWN_TOPICS), *v;
	const char *name;
	renew_id(r, false);
	renew_list(r);
	json_object_foreach(names, name, v) if (strcmp(json_text(v, "owner"), r->id.pid) == 0)
		renew_name(r, name);
	json_decref(names);
	json_object_foreach(topics, name, v) if (strcmp(json_text(v, "owner"), r->id.pid) == 0)
		renew_topic(r, name);
	json_decref(topics);
	return renew_sites(r, NULL);
}

/* "id", @LABEL, or NAME. */
static int renew_one(struct renewal *r, const char *text)
{
	struct gn_name name;
	if (strcmp(text, "id") == 0) {
		renew_id(r, true);
	} else if (text[0] == '@') {
		if (!site_label_ok(&r->each, text + 1))
			return CLI_USAGE;
		return renew_sites(r, text + 1);
	} else {
		if (!name_parse(&r->each, text, &name))
			return CLI_USAGE;
		renew_name(r, name.text);
	}
	return CLI_OK;
}

static int tell_all(struct renewal *r)
{
	size_t i;
	json_t *v;
	struct table t;
	bool quiet = cli_flag(r->cli, "quiet") && !r->renewed && !r->failed;
	if (quiet)
		return CLI_OK;
	if (r->cli->json)
		return cli_json(r->cli,
				json_pack("{sO sI sI}", "items", r->items, "renewed",
					  (json_int_t)r->renewed, "failed", (json_int_t)r->failed));
	if (json_array_size(r->items) == 0) {
		cli_note(r->cli, "There is nothing to renew.");
		return CLI_OK;
	}
	table_init(&t, 4, 0);
	table_add(&t, "WHAT");
	table_add(&t, "NAME");
	table_add(&t, "STATE");
	table_add(&t, "UNTIL");
	json_array_foreach(r->items, i, v)
	{
		table_add(&t, "%s", json_text(v, "kind"));
		table_add(&t, "%s", out_text(json_text(v, "name")));
		table_add(&t, "%s", json_text(v, "state"));
		table_add(&t, "%s",
			  json_number(v, "expires") ? own_until(json_number(v, "expires")) : "-");
	}
	table_print(r->cli, &t);
	return CLI_OK;
}

int cmd_renew(struct cli *cli)
{
	struct renewal r = {.cli = cli,
			    .each = *cli,
			    .term = {.ttl = GN_NAME_TTL, .force = cli_flag(cli, "force")},
			    .all = cli_flag(cli, "all")};
	int exit = CLI_OK;
	if (r.all == (cli->arg_count > 0))
		return cli_fail(cli, CLI_USAGE, "usage",
				"say what: geonet renew --all, or NAME, @LABEL, id");
	if (!cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &r.term.ttl) ||
	    !cli_number(cli, "w", 1, 8, &r.term.w))
		return CLI_USAGE;
	if (!client_alive(cli))
		return client_none(cli);
	if (!identity_load(cli, &r.id))
		return CLI_FAILED;
	r.each.json = false;
	r.items = json_array();
	if (r.all)
		exit = renew_all(&r);
	for (int i = 0; i < cli->arg_count && exit == CLI_OK; i++)
		exit = renew_one(&r, cli->args[i]);
	int told = tell_all(&r);
	json_decref(r.items);
	identity_wipe(&r.id);
	return exit ? exit : told ? told : r.failed ? CLI_FAILED : CLI_OK;
}
