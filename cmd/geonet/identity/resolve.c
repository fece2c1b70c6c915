/* From the words a user types to keys: people by key, PID or name, sites by what points to them,
 * records by their place. What the node answers is verified here before it is believed. */
#include "geonet/identity/resolve.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "records/head.h"
#include "records/name.h"
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

/* A PID is a hash: the key comes from what its owner has published. */
static int person_unknown(struct cli *cli, const char *pid)
{
	return cli_fail(cli, CLI_NOT_FOUND, "not-found",
			"nobody knows the key of %s: its owner has published neither an identity "
			"(geonet id publish) nor a site",
			pid);
}

int name_ask(struct cli *cli, const struct gn_name *name, bool fresh, struct reply *reply)
{
	char *what = cli_format("%s.geo", name->text);
	struct gn_fb_name_resolve_args args = {.name = gn_str(name->text), .fresh = fresh};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_NAME_RESOLVE},
			  .args = &args};
	int exit = client_ask(cli, &ask, reply);
	uint64_t ended = reply->err == GN_NOT_FOUND ? own_name_ended(cli, name->text) : 0;
	if (ended)
		cli_fail(cli, exit, gn_err_name(GN_EXPIRED),
			 "%s expired on %s; it is still yours to take back: geonet renew %s", what,
			 out_time(ended), name->text);
	else if (reply->err == GN_NOT_FOUND && name->form == GN_NAME_PID)
		person_unknown(cli, name->text); /* who typed a PID has asked for no name */
	else if (exit && reply->err)
		client_report(cli, reply, what);
	free(what);
	return exit;
}

void name_warn(struct cli *cli, const struct gn_name *name, const json_t *answer)
{
	const char *other = json_text(answer, "looks_like");
	if (json_is_true(json_object_get(answer, "owner_changed")))
		cli_warn(cli, "the owner of %s.geo changed; when this node first saw it it was %s",
			 name->text, json_text(answer, "owner_pinned"));
	if (*other)
		cli_warn(cli, "%s.geo looks like %s.geo, which this node saw first", name->text,
			 out_text(other));
}

/* GET names/TEXT, with the name checked here first, so that a slip is told without a node. What
 * is read or signed for somebody goes by what the network says now, and another owner than
 * before is told. */
static int resolve_name(struct cli *cli, const char *text, struct gn_name *name,
			struct reply *reply)
{
	const char *why = "";
	*reply = (struct reply){0};
	if (gn_name_parse(gn_str(text), name, &why) != GN_OK)
		return cli_fail(cli, CLI_USAGE, "text", "'%s' is not a key, a PID or a name: %s",
				text, why);
	int exit = name_ask(cli, name, true, reply);
	if (exit == CLI_OK)
		name_warn(cli, name, reply->json);
	return exit;
}

/* The owner's key in the node's answer; for a PID it must be the key that hashes to it. */
static bool owner_in(const struct gn_name *name, const json_t *json, struct gn_pk *out)
{
	char pid[GN_PID_MAX];
	if (gn_unhex(gn_str(json_text(json, "owner_key")), out->b, sizeof out->b) != GN_OK)
		return false;
	gn_pid(out, pid);
	return name->form != GN_NAME_PID || strcmp(pid, name->text) == 0;
}

/* The PID of whom the agent calls so; "": nobody, or no agent runs. The caller frees. */
static char *contact_pid(struct cli *cli, const char *text)
{
	struct reply r;
	struct gn_fb_contact_get_args args = {.who = gn_str(text)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACT_GET},
			  .args = &args,
			  .timeout = 5,
			  .agent = true,
			  .quiet = true};
	if (!client_agent_alive(cli))
		return cli_format("%s", "");
	bool is = client_ask(cli, &ask, &r) == CLI_OK;
	char *pid = cli_format("%s", is ? json_text(r.json, "pid") : "");
	reply_free(&r);
	return pid;
}

/* What the agent calls people means nothing to the network: who typed that is told what does. */
static void note_contact(struct cli *cli, const char *text)
{
	char *pid = contact_pid(cli, text);
	if (*pid)
		cli_note(cli,
			 "%s is what you call a contact, and no name of the network: say their "
			 "PID, %s",
			 out_text(text), pid);
	free(pid);
}

bool owner_of(struct cli *cli, const char *text, struct gn_pk *out, int *exit)
{
	struct gn_name name;
	struct reply reply;
	if (gn_unhex(gn_str(text), out->b, sizeof out->b) == GN_OK)
		return true;
	*exit = resolve_name(cli, text, &name, &reply);
	if (*exit == CLI_OK && !owner_in(&name, reply.json, out))
		*exit = person_unknown(cli, name.text);
	reply_free(&reply);
	if (*exit == CLI_NOT_FOUND || *exit == CLI_USAGE)
		note_contact(cli, text);
	return *exit == CLI_OK;
}

bool person_of(struct cli *cli, const char *text, struct gn_pk *out, int *exit)
{
	char owner[GN_PID_MAX];
	size_t len = strlen(text);
	*exit = CLI_OK; /* a key asks nobody */
	if (!owner_of(cli, text, out, exit))
		return false;
	gn_pid(out, owner);
	char *pid = contact_pid(cli, text);
	bool plain = len < 4 || strcmp(text + len - 4, ".geo") != 0;
	if (*pid && plain && strcmp(pid, owner) != 0)
		*exit = cli_fail(
			cli, CLI_USAGE, "ambiguous",
			"%s is what you call a contact, PID %s, and %s.geo is %s: say which "
			"of them, by PID, or with .geo",
			out_text(text), pid, out_text(text), owner);
	free(pid);
	return *exit == CLI_OK;
}

static bool set_label(struct cli *cli, const char *text, char label[256], int *exit)
{
	if (strlen(text) > 255) {
		*exit = cli_fail(cli, CLI_USAGE, "too-large", "a label has at most 255 bytes");
		return false;
	}
	strcpy(label, text);
	return true;
}

/* The SITE entry of a name, or the default site of a PID. */
static bool site_in(const struct gn_name *name, const json_t *json, struct gn_pk *owner,
		    char label[256])
{
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(json, "entries"), i, entry)
	{
		struct gn_slice l;
		if (strcmp(json_text(entry, "type"), "SITE") == 0 &&
		    gn_name_site_parse(gn_str(json_text(entry, "value")), owner, &l) == GN_OK &&
		    l.len < 256) {
			memcpy(label, l.p, l.len);
			label[l.len] = 0;
			return true;
		}
	}
	label[0] = 0;
	return name->form == GN_NAME_PID && owner_in(name, json, owner);
}

bool site_of(struct cli *cli, const char *text, struct gn_pk *owner, char label[256], int *exit)
{
	const char *slash = strchr(text, '/');
	struct gn_name name;
	struct reply reply;
	*exit = CLI_FAILED;
	if (text[0] == '@')
		return set_label(cli, text + 1, label, exit) && identity_public(cli, owner);
	if (slash || gn_unhex(gn_str(text), owner->b, sizeof owner->b) == GN_OK) {
		char *who =
			cli_format("%.*s", (int)(slash ? slash - text : (long)strlen(text)), text);
		bool ok = set_label(cli, slash ? slash + 1 : "", label, exit) &&
			  owner_of(cli, who, owner, exit);
		free(who);
		return ok;
	}
	*exit = resolve_name(cli, text, &name, &reply);
	if (*exit == CLI_OK && !site_in(&name, reply.json, owner, label))
		*exit = cli_fail(cli, CLI_NOT_FOUND, "not-found", "%s.geo does not point to a site",
				 name.text);
	reply_free(&reply);
	return *exit == CLI_OK;
}

/* The newest of the values that verify and belong to the key. Which of them are live is the
 * node's to say, who knows whether the clock is in doubt (OV-82). */
static bool take_newest(const json_t *json, const struct gn_hash *key, uint8_t **bytes, size_t *len,
			unsigned *holders)
{
	struct gn_record best, r;
	size_t i;
	json_t *value;
	*bytes = NULL;
	json_array_foreach(json_object_get(json, "values"), i, value)
	{
		size_t n;
		uint8_t *data = cli_unbase64(json_text(value, "record"), &n);
		if (data && gn_wire_record_open(gn_slice(data, n), &r) == GN_OK &&
		    gn_hash_eq(&r.key, key) && (!*bytes || gn_record_compare(&r, &best) > 0)) {
			free(*bytes);
			*bytes = data;
			*len = n;
			*holders = (unsigned)json_number(value, "holders");
			best = r;
		} else {
			free(data);
		}
	}
	return *bytes != NULL;
}

int record_fetch(struct cli *cli, const struct gn_hash *key, unsigned type, unsigned quorum,
		 uint8_t **bytes, size_t *len, unsigned *holders)
{
	struct reply reply;
	char hex[65];
	gn_hex(GN_SLICE(key->b), hex);
	struct gn_fb_hash place;
	memcpy(place.b, key->b, sizeof place.b);
	struct gn_fb_record_get_args args = {
		.key = &place, .type = (uint16_t)type, .quorum = (uint8_t)quorum, .local = true};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_RECORD_GET},
			  .args = &args};
	int exit = client_ask(cli, &ask, &reply);
	if (exit && exit != CLI_NOT_FOUND && reply.err)
		client_report(cli, &reply, "the record could not be read");
	if (exit == CLI_OK && !take_newest(reply.json, key, bytes, len, holders)) {
		bool any = json_array_size(json_object_get(reply.json, "values")) > 0;
		exit = any ? cli_fail(cli, CLI_FAILED, "signature",
				      "what the node gave for %s does not verify; it is not used",
				      hex)
			   : CLI_NOT_FOUND;
	}
	/* Too few holders agreed: the newest is known, but not that nothing newer exists. */
	if (exit == CLI_OK && quorum && strcmp(json_text(reply.json, "err"), "quorum") == 0) {
		free(*bytes);
		*bytes = NULL;
		exit = cli_fail(cli, CLI_QUORUM, "quorum",
				"fewer than %u nodes agreed on the newest version", quorum);
	}
	reply_free(&reply);
	return exit;
}

bool record_held(const struct reply *reply, int exit)
{
	return exit == CLI_OK || (reply->err == GN_QUORUM && json_number(reply->json, "w") > 0);
}

int record_few(struct cli *cli, const char *what, const char *where, unsigned long long least)
{
	return cli_fail(cli, CLI_QUORUM, "quorum",
			"%s is kept by %s, fewer than was asked: others see it, and it is lost "
			"when these are. If the network has no more that answer for keys, say --w "
			"%llu, or write \"w = %llu\" into DATA/geonet.conf",
			what, where, least, least);
}

int record_put(struct cli *cli, struct gn_slice record, uint64_t w, const char *what,
	       struct reply *out)
{
	struct reply reply;
	struct gn_fb_record_put_args args = {.record = record, .w = (uint8_t)w};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_RECORD_PUT},
			  .args = &args};
	int exit = client_ask(cli, &ask, &reply);
	unsigned long long signed_by = json_number(reply.json, "w");
	if (reply.err == GN_QUORUM && signed_by) {
		record_few(cli, what, out_count(signed_by, "node", "nodes"), signed_by);
	} else if (exit && reply.err && reply.err != GN_STALE) {
		char *failed = cli_format("%s was not stored%s", what,
					  reply.err == GN_QUOTA ? " (a node keeps 256 records and "
								  "1 MiB of one owner; there is "
								  "room when some have expired)"
								: "");
		client_report(cli, &reply, failed);
		free(failed);
	}
	if (out)
		*out = reply;
	else
		reply_free(&reply);
	return exit;
}
