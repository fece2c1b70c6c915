/* Names: claim, point somewhere, renew, hand over, resolve. Records are made and signed here;
 * the node only carries them. */
#include "geonet/name/name.h"
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "geonet/identity/resolve.h"
#include "geonet/name/commands.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define TRANSFER_MAX (1u << 20) /* bytes of a transfer file */

static int tell_put(struct cli *cli, const struct identity *id, const struct name_state *s,
		    json_t *receipts)
{
	uint64_t expires = s->claim.created + s->claim.ttl;
	if (cli->json)
		return cli_json(cli, json_pack("{ss ss sI sI so*}", "name", s->name.text, "owner",
					       id->pid, "seq", (json_int_t)s->claim.seq, "expires",
					       (json_int_t)expires, "receipts", receipts));
	cli_note(cli, "%s.geo is yours until %s, kept by %s", s->name.text, out_time(expires),
		 name_places(receipts));
	json_decref(receipts);
	return CLI_OK;
}

static bool common_numbers(struct cli *cli, uint64_t *w, uint64_t *ttl, uint64_t *entry_ttl)
{
	*w = 0;
	*ttl = GN_NAME_TTL;
	*entry_ttl = ENTRY_TTL;
	return cli_number(cli, "w", 1, 8, w) &&
	       cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, ttl) &&
	       (!entry_ttl || cli_number(cli, "entry-ttl", 0, GN_RECORD_TTL_MAX, entry_ttl));
}

/* Applies "TYPE=VALUE" words: what they name replaces all entries of that type, an empty value
 * removes them. */
static bool edit_entries(struct cli *cli, struct name_state *s, const struct identity *id, int from,
			 uint64_t ttl)
{
	uint16_t seen[CLI_ARGS_MAX];
	int seen_count = 0;
	for (int i = from; i < cli->arg_count; i++) {
		const char *word = cli->args[i], *equals = strchr(word, '=');
		char upper[24] = "";
		uint16_t type;
		for (size_t k = 0; equals && word + k < equals && k < sizeof upper - 1; k++)
			upper[k] = (char)toupper((unsigned char)word[k]);
		if (!equals || gn_name_type_parse(gn_str(upper), &type) != GN_OK) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "'%s' is not TYPE=VALUE with a type of A, AAAA, CNAME, TXT, MX, "
				 "SRV, HTTPS, CAA, PID, SITE, CHAT, MAIL, MAILBOX, WALLET",
				 word);
			return false;
		}
		bool known = false;
		for (int k = 0; k < seen_count; k++)
			known |= seen[k] == type;
		if (!known) {
			name_drop_type(s, type);
			seen[seen_count++] = type;
		}
		if (!equals[1] && type != GN_NAME_SITE)
			continue;
		char *value = type == GN_NAME_SITE ? name_site_value(cli, id, equals + 1)
						   : cli_format("%s", equals + 1);
		bool ok = value && name_add_entry(cli, s, type, value, ttl);
		free(value);
		if (!ok)
			return false;
	}
	return true;
}

static bool edit_options(struct cli *cli, struct name_state *s, const struct identity *id,
			 uint64_t entry_ttl)
{
	const char *site = cli_option(cli, "site"), *txt;
	if (site) {
		char *value = name_site_value(cli, id, site);
		name_drop_type(s, GN_NAME_SITE);
		bool ok = value && name_add_entry(cli, s, GN_NAME_SITE, value, entry_ttl);
		free(value);
		if (!ok)
			return false;
	}
	if (cli_option(cli, "txt"))
		name_drop_type(s, GN_NAME_TXT);
	for (int i = 0; (txt = cli_option_at(cli, "txt", i)); i++)
		if (!name_add_entry(cli, s, GN_NAME_TXT, txt, entry_ttl))
			return false;
	return edit_entries(cli, s, id, 1, entry_ttl);
}

/* claim and set: the present record or a new one, edited, signed, put. */
static int change_name(struct cli *cli, bool claim)
{
	struct identity id;
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	uint64_t w, ttl, entry_ttl;
	if (!common_numbers(cli, &w, &ttl, &entry_ttl) || !name_parse(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	bool may_make =
		/* one's own PID and names below one's own need no claim */
		claim || name.form != GN_NAME_GLOBAL;
	int exit = may_make ? name_load(cli, &name, &id.keys.sk.pk, &s)
			    : name_load_own(cli, &name, &id, &s);
	if (exit == CLI_OK) {
		if (s->exists && !gn_pk_eq(&s->owner, &id.keys.sk.pk))
			exit = name_not_yours(cli, s);
		else if (!edit_options(cli, s, &id, entry_ttl))
			exit = CLI_USAGE;
		name_next_version(s, ttl, !s->exists);
		if (exit == CLI_OK)
			exit = name_put(cli, &id, s, w, &receipts);
		if (exit == CLI_OK)
			exit = tell_put(cli, &id, s, receipts);
		name_free(s);
	}
	identity_wipe(&id);
	return exit;
}

int cmd_name_claim(struct cli *cli)
{
	return change_name(cli, true);
}

int cmd_name_set(struct cli *cli)
{
	return change_name(cli, false);
}

int cmd_name_renew(struct cli *cli)
{
	struct identity id;
	struct gn_name name;
	struct name_state *s;
	json_t *receipts = NULL;
	uint64_t w = 0, ttl = GN_NAME_TTL; /* whether or not it is due */
	if (!cli_number(cli, "w", 1, 8, &w) ||
	    !cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &ttl) ||
	    !name_parse(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	int exit = name_load_own(cli, &name, &id, &s);
	if (exit == CLI_OK) {
		name_next_version(s, ttl, false);
		exit = name_put(cli, &id, s, w, &receipts);
		if (exit == CLI_OK)
			exit = tell_put(cli, &id, s, receipts);
		name_free(s);
	}
	identity_wipe(&id);
	return exit;
}

/* ---- handing over ---- */

int cmd_name_transfer(struct cli *cli)
{
	struct identity id;
	struct gn_name name;
	struct name_state *s;
	struct gn_pk to;
	struct gn_sig sig;
	const char *path = cli_option(cli, "output");
	int exit;
	if (!name_parse(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (name.form != GN_NAME_GLOBAL)
		return cli_fail(cli, CLI_USAGE, "usage",
				"only claimed names change hands; %s.geo belongs to a key by its "
				"form",
				name.text);
	if (!person_of(cli, cli->args[1], &to, &exit))
		return exit;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	exit = name_load_own(cli, &name, &id, &s);
	if (exit == CLI_OK) {
		name_next_version(s, GN_NAME_TTL, false);
		gn_name_transfer(&id.keys.sk, &name, &to, s->claim.seq, &sig);
		json_t *json =
			json_pack("{ss si ss so so sI so}", "type", "geonet-name-transfer",
				  "version", 1, "name", name.text, "from",
				  json_hex(id.keys.sk.pk.b, 32), "to", json_hex(to.b, 32), "seq",
				  (json_int_t)s->claim.seq, "sig", json_hex(sig.b, 64));
		char *text = json_dumps(json, JSON_INDENT(2)), *out = cli_format("%s\n", text);
		free(text);
		exit = output_bytes(cli, path, gn_str(out));
		free(out);
		json_decref(json);
		if (exit == CLI_OK)
			cli_note(cli,
				 "The new owner takes %s.geo with: geonet name accept FILE. Until "
				 "then it is yours; a change or renewal of yours voids this. What "
				 "it points to goes with it as it is.",
				 name.text);
		name_free(s);
	}
	identity_wipe(&id);
	return exit;
}

/* The transfer's fields into the claim; false after printing. */
static bool read_transfer(struct cli *cli, const char *path, const struct gn_pk *self,
			  struct gn_name *name, struct gn_name_claim *claim)
{
	uint8_t *data;
	size_t len;
	struct gn_pk to;
	if (!read_input(cli, path, TRANSFER_MAX, &data, &len))
		return false;
	json_t *json = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
	free(data);
	bool ok = strcmp(json_text(json, "type"), "geonet-name-transfer") == 0 &&
		  json_number(json, "version") == 1 &&
		  gn_unhex(gn_str(json_text(json, "from")), claim->previous_owner.b, 32) == GN_OK &&
		  gn_unhex(gn_str(json_text(json, "to")), to.b, 32) == GN_OK &&
		  gn_unhex(gn_str(json_text(json, "sig")), claim->previous_sig.b, 64) == GN_OK &&
		  json_number(json, "seq") > 0;
	claim->transfer_seq = json_number(json, "seq");
	claim->transferred = true;
	if (!ok)
		cli_fail(cli, CLI_FAILED, "malformed",
			 "%s is not a transfer made by geonet name transfer", path);
	else if (!name_parse(cli, json_text(json, "name"), name))
		ok = false;
	else if (!gn_pk_eq(&to, self)) {
		char pid[GN_PID_MAX];
		gn_pid(&to, pid);
		cli_fail(cli, CLI_FAILED, "key", "%s.geo is handed to %s, who is not you",
			 name->text, pid);
		ok = false;
	}
	json_decref(json);
	return ok;
}

/* A transfer moves a name, not what it points to (NA-14). */
static void tell_entries(struct cli *cli, const struct name_state *s)
{
	for (size_t i = 0; i < s->claim.entry_count; i++)
		cli_note(cli, "It still has what the owner before gave it: %s %s",
			 gn_name_type_text(s->entries[i].type),
			 out_text_slice(s->entries[i].value));
	if (s->claim.entry_count)
		cli_note(cli, "To change that: geonet name set %s TYPE=VALUE...", s->name.text);
}

int cmd_name_accept(struct cli *cli)
{
	struct identity id;
	struct gn_name name;
	struct gn_name_claim taken = {0};
	struct name_state *s;
	json_t *receipts = NULL;
	uint64_t w = 0;
	if (!cli_number(cli, "w", 1, 8, &w))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	int exit = read_transfer(cli, cli->args[0], &id.keys.sk.pk, &name, &taken)
			   ? name_load(cli, &name, &id.keys.sk.pk, &s)
			   : CLI_FAILED;
	if (exit == CLI_OK) {
		if (s->exists && !gn_pk_eq(&s->owner, &taken.previous_owner))
			exit = name_not_yours(cli, s);
		else if (s->exists && s->claim.seq >= taken.transfer_seq)
			exit = cli_fail(cli, CLI_FAILED, "stale",
					"%s.geo was changed or renewed by its owner after the "
					"transfer was signed; ask for a new one",
					name.text);
		s->claim.transferred = true;
		s->claim.previous_owner = taken.previous_owner;
		s->claim.previous_sig = taken.previous_sig;
		s->claim.transfer_seq = taken.transfer_seq;
		name_next_version(s, GN_NAME_TTL, true);
		if (s->claim.seq < taken.transfer_seq)
			s->claim.seq = taken.transfer_seq;
		if (exit == CLI_OK)
			exit = name_put(cli, &id, s, w, &receipts);
		if (exit == CLI_OK)
			exit = tell_put(cli, &id, s, receipts);
		if (exit == CLI_OK)
			tell_entries(cli, s);
		name_free(s);
	}
	identity_wipe(&id);
	return exit;
}

int cmd_name_forget(struct cli *cli)
{
	struct gn_name name;
	uint64_t expires;
	if (!name_parse(cli, cli->args[0], &name))
		return CLI_USAGE;
	if (!name_forget(cli, &name, &expires))
		return cli_fail(cli, CLI_NOT_FOUND, "not-found",
				"%s.geo is not among the names claimed from here", name.text);
	if (cli->json)
		return cli_json(cli, json_pack("{ss sI}", "name", name.text, "expires",
					       (json_int_t)expires));
	if (expires > cli_now())
		cli_note(cli,
			 "%s.geo is renewed from here no more. It was claimed until %s, and "
			 "whoever has its key may renew it until then and for 30 days after.",
			 name.text, out_time(expires));
	else
		cli_note(cli, "%s.geo is no longer among the names claimed from here", name.text);
	return CLI_OK;
}

/* ---- looking ---- */

static int print_values(struct cli *cli, const json_t *j, const char *type)
{
	size_t i, found = 0;
	json_t *e;
	json_array_foreach(json_object_get(j, "entries"), i,
			   e) if (strcasecmp(json_text(e, "type"), type) == 0)
	{
		printf("%s\n", out_text(json_text(e, "value")));
		found++;
	}
	return found ? CLI_OK
		     : cli_fail(cli, CLI_NOT_FOUND, "not-found", "%s.geo has no entry of type %s",
				json_text(j, "name"), type);
}

static void print_name(struct cli *cli, const json_t *j)
{
	struct table t;
	size_t i;
	json_t *e;
	out_pair(cli, "name", "%s.geo (%s)", json_text(j, "name"), json_text(j, "form"));
	out_pair(cli, "owner", "%s",
		 *json_text(j, "owner") ? json_text(j, "owner") : "not known yet");
	if (json_is_true(json_object_get(j, "owner_changed")))
		out_pair(cli, "WARNING",
			 "the owner changed; when this node first saw the name it was %s",
			 json_text(j, "owner_pinned"));
	if (*json_text(j, "looks_like"))
		out_pair(cli, "WARNING", "it looks like %s.geo, which this node saw first",
			 json_text(j, "looks_like"));
	out_pair(cli, "version", "%llu, until %s, kept by %s",
		 (unsigned long long)json_number(j, "seq"), out_time(json_number(j, "expires")),
		 name_places(json_object_get(j, "holders")));
	if (json_number(j, "age_s"))
		out_pair(cli, "as of", "%s ago, as this node remembers; --fresh asks the network",
			 out_duration(json_number(j, "age_s")));
	table_init(&t, 3, 1 << 1);
	table_add(&t, "TYPE");
	table_add(&t, "TTL");
	table_add(&t, "VALUE");
	json_array_foreach(json_object_get(j, "entries"), i, e)
	{
		table_add(&t, "%s", json_text(e, "type"));
		table_add(&t, "%llu", (unsigned long long)json_number(e, "ttl"));
		table_add(&t, "%s", out_text(json_text(e, "value")));
	}
	if (i)
		table_print(cli, &t);
	else
		table_free(&t);
}

int cmd_name_resolve(struct cli *cli)
{
	struct gn_name name;
	struct reply r;
	const char *type = cli->arg_count > 1 ? cli->args[1] : NULL;
	uint16_t number;
	char upper[24];
	if (!name_parse(cli, cli->args[0], &name))
		return CLI_USAGE;
	snprintf(upper, sizeof upper, "%s", type ? type : "");
	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	if (type && gn_name_type_parse(gn_str(upper), &number) != GN_OK)
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not a type of entry", type);
	int exit = name_ask(cli, &name, cli_flag(cli, "fresh"), &r);
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (exit == CLI_OK && !type)
		print_name(cli, r.json);
	else if (exit == CLI_OK)
		exit = print_values(cli, r.json, type);
	if (exit == CLI_OK && !cli->json && type)
		name_warn(cli, &name, r.json);
	if (type && json_number(r.json, "age_s"))
		cli_note(cli, "So it was %s ago; --fresh asks the network.",
			 out_duration(json_number(r.json, "age_s")));
	reply_free(&r);
	return exit;
}

/* What helps when one of them ends soon. */
static void tell_soon(struct cli *cli, const json_t *list)
{
	size_t i, soon = 0;
	json_t *v;
	json_array_foreach(list, i, v) soon += json_number(v, "expires") < cli_now() + OWN_WARN;
	if (soon)
		cli_note(cli, "%zu of them end within a week or have ended: geonet renew --all",
			 soon);
}

int cmd_name_list(struct cli *cli)
{
	json_t *names = own_names(cli), *list = json_array(), *v;
	const char *name;
	struct table t;
	table_init(&t, 3, 0);
	table_add(&t, "NAME");
	table_add(&t, "UNTIL");
	table_add(&t, "OWNER");
	json_object_foreach(names, name, v)
	{
		table_add(&t, "%s.geo", out_text(name));
		table_add(&t, "%s", own_until(json_number(v, "expires")));
		table_add(&t, "%s", out_text(json_text(v, "owner")));
		json_t *item = json_copy(v);
		json_object_set_new(item, "name", json_string(name));
		json_object_del(item, "record");
		json_array_append_new(list, item);
	}
	json_decref(names);
	if (cli->json) {
		table_free(&t);
		return cli_json(cli, json_pack("{so}", "names", list));
	}
	if (json_array_size(list)) {
		table_print(cli, &t);
		tell_soon(cli, list);
	} else {
		table_free(&t);
		cli_note(cli,
			 "no name was claimed from here; the first one: geonet name claim NAME");
	}
	json_decref(list);
	return CLI_OK;
}
