/* The identity record: told to the world at two places under the key; who knows the PID alone
 * finds the key in the record set of the name <pid>.geo, which is published with it. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/commands.h"
#include "geonet/identity/identity.h"
#include "geonet/identity/own.h"
#include "geonet/identity/resolve.h"
#include "geonet/name/name.h"
#include "records/identity.h"
#include "wire/wire.h"

#include <stdlib.h>

/* The record that is out there, so that what it says is kept; CLI_NOT_FOUND when there is none. */
int identity_present(struct cli *cli, const struct gn_pk *owner, uint8_t **bytes,
		     struct gn_identity *out)
{
	struct gn_hash key;
	size_t len;
	unsigned holders;
	gn_identity_key_of(owner, 0, &key);
	int exit = record_fetch(cli, &key, 1, 0, bytes, &len, &holders);
	if (exit == CLI_NOT_FOUND) {
		gn_identity_key_of(owner, 1, &key);
		exit = record_fetch(cli, &key, 1, 0, bytes, &len, &holders);
	}
	if (exit == CLI_OK && gn_identity_open(gn_slice(*bytes, len), out) != GN_OK) {
		free(*bytes);
		*bytes = NULL;
		exit = cli_fail(cli, CLI_FAILED, "malformed",
				"the identity record does not verify; it is not used");
	}
	return exit;
}

/* The other place may hold another version: the newer one is the present one, and each is what a
 * new record at its place replaces. */
static void other_place(struct cli *cli, const struct gn_pk *owner, uint8_t **bytes,
			struct gn_identity *in)
{
	struct gn_identity *other = cli_alloc(sizeof *other);
	uint8_t salt = gn_hash_is_zero(&in->before.hash[0]) ? 0 : 1, *found = NULL;
	struct gn_hash key, hash;
	size_t len;
	unsigned holders;
	gn_identity_key_of(owner, salt, &key);
	if (record_fetch(cli, &key, 1, 0, &found, &len, &holders) == CLI_OK &&
	    gn_identity_open(gn_slice(found, len), other) == GN_OK) {
		hash = other->before.hash[salt];
		if (other->seq > in->seq) {
			uint8_t *older = *bytes;
			other->before.hash[!salt] = in->before.hash[!salt];
			*in = *other;
			*bytes = found;
			found = older;
		}
		in->before.hash[salt] = hash;
	}
	free(found);
	free(other);
}

/* Adds the running node's key to those the identity vouches for. */
static int vouch_for_node(struct cli *cli, struct gn_identity *in)
{
	struct reply r;
	struct gn_identity_key *k = &in->keys[in->key_count];
	int exit = client_status(cli, &r, "the node's status");
	if (exit == CLI_OK && (in->key_count == GN_IDENTITY_KEYS ||
			       gn_unhex(gn_str(json_text(json_object_get(r.json, "node"), "key")),
					k->pk.b, sizeof k->pk.b) != GN_OK))
		exit = cli_fail(cli, CLI_FAILED, "limit", "an identity vouches for at most %d keys",
				GN_IDENTITY_KEYS);
	reply_free(&r);
	if (exit)
		return exit;
	k->kind = GN_FB_MEMBER_KIND_NODE;
	k->name = GN_LIT("node");
	k->rights = 0;
	k->since = cli_now();
	k->expires = cli_now() + 365 * 86400u;
	for (size_t i = 0; i < in->key_count; i++)
		if (gn_pk_eq(&in->keys[i].pk, &k->pk)) {
			in->keys[i].expires = k->expires;
			return CLI_OK;
		}
	in->key_count++;
	return CLI_OK;
}

/* What was published last is kept, so that it can be renewed with all that it said when nobody
 * shows it any more. */
static void remember_id(struct cli *cli, const char *pid, const struct gn_identity *in,
			const char *record)
{
	int lock = own_lock(cli);
	json_t *entry = own_entry(pid, in->seq, in->created, in->ttl, record);
	own_write(cli, OWN_ID, entry);
	json_decref(entry);
	own_unlock(lock);
}

static bool recall_id(struct cli *cli, const struct gn_pk *owner, uint8_t **bytes,
		      struct gn_identity *out)
{
	size_t len = 0;
	json_t *entry = own_read(cli, OWN_ID);
	*bytes = cli_unbase64(json_text(entry, "record"), &len);
	json_decref(entry);
	bool ok = *bytes && len && gn_identity_open(gn_slice(*bytes, len), out) == GN_OK &&
		  gn_pk_eq(&out->owner, owner);
	if (!ok) {
		free(*bytes);
		*bytes = NULL;
	}
	return ok;
}

/* Signs and puts the record at both salts. *w: as many as signed, should they be fewer, which
 * was said then; *all: somebody keeps it at each. */
static int put_both(struct cli *cli, const struct identity *id, const struct gn_identity *in,
		    uint64_t *w, bool *all)
{
	uint8_t *storage = cli_alloc(GN_RECORD_MAX);
	char *kept = NULL;
	int exit = CLI_OK;
	bool held = true;
	for (uint8_t salt = 0; salt < 2 && held; salt++) {
		struct gn_buf record = {storage, 0, GN_RECORD_MAX};
		struct reply r = {0};
		cli_progress(cli, "publishing the identity record (%d of 2)...", salt + 1);
		gn_err err = gn_identity_record(id->entropy, in, salt, &record);
		if (err) {
			held = false;
			exit = err == GN_VERSION ? cli_fail(cli, CLI_FAILED, gn_err_name(err),
							    "a newer program published the "
							    "identity record, and what it said "
							    "would be lost; update geonet, or lose "
							    "it with: geonet id publish --force")
						 : cli_fail_err(cli, err,
								"the identity record cannot be "
								"made");
			break;
		}
		int put = record_put(cli, gn_buf_slice(&record), *w, "the identity record", &r);
		held = record_held(&r, put);
		exit = exit ? exit : put;
		if (put && held) /* it was said; the other place needs no more than this one */
			*w = json_number(r.json, "w");
		if (r.err == GN_STALE)
			client_report(cli, &r, "the identity record was not stored");
		if (held && salt == 0)
			kept = cli_base64(gn_buf_slice(&record));
		reply_free(&r);
	}
	if (held)
		remember_id(cli, id->pid, in, kept);
	*all = held;
	free(kept);
	free(storage);
	return exit;
}

int identity_publish(struct cli *cli, const struct identity *id, const struct id_change *change,
		     struct own_term term, uint64_t *seq)
{
	struct gn_identity *in = cli_alloc(sizeof *in);
	uint8_t *bytes = NULL;
	bool held = false;
	int exit =
		change->first ? CLI_NOT_FOUND : identity_present(cli, &id->keys.sk.pk, &bytes, in);
	if (exit == CLI_OK)
		other_place(cli, &id->keys.sk.pk, &bytes, in);
	if (exit == CLI_NOT_FOUND) {
		if (change->first || !recall_id(cli, &id->keys.sk.pk, &bytes, in))
			memset(in, 0, sizeof *in);
		exit = CLI_OK;
	}
	if (in->before.beyond && change->lose)
		in->before.beyond = false;
	if (exit == CLI_OK) {
		in->owner = id->keys.sk.pk;
		in->seq++;
		in->created = cli_now();
		in->ttl = (uint32_t)term.ttl;
		if (change->name)
			in->display_name = gn_str(change->name);
		if (change->vouch)
			exit = vouch_for_node(cli, in);
	}
	if (exit == CLI_OK)
		exit = put_both(cli, id, in, &term.w, &held);
	if (held) { /* the PID leads to what few hold too */
		int pid = name_publish_pid(cli, id, change->first, term.w);
		exit = exit ? exit : pid;
	}
	*seq = held ? in->seq : 0;
	free(bytes);
	free(in);
	return exit;
}

int cmd_id_publish(struct cli *cli)
{
	struct own_term term = {.ttl = GN_RECORD_TTL_MAX};
	struct id_change change = {.name = cli_option(cli, "name"),
				   .vouch = cli_flag(cli, "vouch-node"),
				   .lose = cli_flag(cli, "force")};
	uint64_t seq = 0;
	struct identity id;
	if (!cli_number(cli, "w", 1, 8, &term.w) ||
	    !cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &term.ttl))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	int exit = identity_publish(cli, &id, &change, term, &seq);
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_pack("{ss sI}", "pid", id.pid, "seq", (json_int_t)seq));
	else if (exit == CLI_OK)
		cli_note(cli, "published %s, version %llu", id.pid, (unsigned long long)seq);
	identity_wipe(&id);
	return exit;
}

/* ---- renewing ---- */

int id_renew(struct cli *cli, const struct identity *id, struct own_term term, bool must,
	     uint64_t *expires, bool *done)
{
	const struct id_change none = {0};
	struct gn_identity *in = cli_alloc(sizeof *in);
	uint8_t *bytes = NULL;
	uint64_t seq;
	int exit = identity_present(cli, &id->keys.sk.pk, &bytes, in);
	bool gone = exit == CLI_NOT_FOUND,
	     known = !gone || recall_id(cli, &id->keys.sk.pk, &bytes, in);
	bool due = term.force || gone || cli_now() > in->created + in->ttl / 2;
	*expires = in->created + in->ttl;
	if (gone)
		exit = CLI_OK;
	if (exit == CLI_OK && (known || must) && due) {
		exit = identity_publish(cli, id, &none, term, &seq);
		*done = exit == CLI_OK;
		*expires = *done ? cli_now() + term.ttl : *expires;
	}
	free(bytes);
	free(in);
	return exit;
}
