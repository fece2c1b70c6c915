/* What a token says, whether it allows something, and taking one back: the list of revoked blocks
 * is a record of the first issuer's (WR-36), read before it is written anew. What was taken back
 * from here is also kept here: a network that lost the list, or whose holders hide it, would make
 * the next one begin from nothing, and what was taken back count again. */
#include "geonet/frame/client.h"
#include "geonet/frame/clock.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/resolve.h"
#include "geonet/token/commands.h"
#include "geonet/token/token.h"
#include "records/revocation.h"

#include <stdio.h>
#include <stdlib.h>

int cmd_token_show(struct cli *cli)
{
	struct token_text *t = cli_alloc(sizeof *t);
	int exit = CLI_FAILED;
	if (token_read(cli, cli->args[0], t)) {
		exit = CLI_OK;
		if (cli->json)
			exit = cli_json(cli, token_json(&t->token));
		else
			token_show(cli, &t->token);
	}
	free(t);
	return exit;
}

/* The owner's list as the network has it; an empty one when there is none. CLI_OK, or printed. */
static int fetch_list(struct cli *cli, const struct gn_pk *owner, struct gn_revocation *out)
{
	struct gn_hash key;
	uint8_t *bytes = NULL;
	size_t len = 0;
	unsigned holders;
	gn_revocation_key(owner, &key);
	int exit = record_fetch(cli, &key, GN_FB_RECORD_TYPE_REVOCATION, 4, &bytes, &len, &holders);
	*out = (struct gn_revocation){.owner = *owner};
	if (exit == CLI_OK && (gn_revocation_open(gn_slice(bytes, len), out) != GN_OK ||
			       !gn_pk_eq(&out->owner, owner)))
		exit = cli_fail(cli, CLI_FAILED, "malformed",
				"the list of revoked tokens is not one that this version reads");
	free(bytes);
	return exit == CLI_NOT_FOUND ? CLI_OK : exit;
}

/* GN_OK, or why not; *block: which was revoked, from 0. */
static int judge(struct cli *cli, const struct gn_token *t, uint64_t actions, bool *yes,
		 const char **why)
{
	struct gn_pk owner = *gn_token_owner(t);
	const char *whose = cli_option(cli, "owner");
	int exit;
	if (whose && !person_of(cli, whose, &owner, &exit))
		return exit;
	gn_err err = gn_token_grants(t, &owner, gn_str(cli->args[1]), actions, cli_now());
	*yes = err == GN_OK;
	*why = err == GN_EXPIRED                      ? "it has expired"
	       : err == GN_RANGE                      ? "its time has not begun"
	       : !gn_pk_eq(&owner, gn_token_owner(t)) ? "the resource is not its first issuer's"
	       : err                                  ? "it does not grant this"
						      : "";
	if (err || cli_flag(cli, "offline"))
		return CLI_OK;
	struct gn_revocation *list = cli_alloc(sizeof *list);
	exit = fetch_list(cli, gn_token_owner(t), list);
	if (exit == CLI_OK && gn_revocation_finds(list, t) >= 0) {
		*yes = false;
		*why = "it was revoked";
	}
	free(list);
	return exit;
}

int cmd_token_check(struct cli *cli)
{
	struct token_text *t = cli_alloc(sizeof *t);
	uint64_t actions;
	const char *why = "";
	bool yes = false;
	int exit = CLI_FAILED;
	if (!cli_flag(cli, "offline"))
		client_time(cli); /* a clock that stands still would let it live for ever */
	if (!token_actions(cli, cli->args[2], &actions))
		exit = CLI_USAGE;
	else if (token_read(cli, cli->args[0], t))
		exit = judge(cli, &t->token, actions, &yes, &why);
	free(t);
	if (exit != CLI_OK)
		return exit;
	if (cli->json)
		(void)cli_json(cli, json_pack("{sb ss}", "allowed", yes, "why", why));
	else
		printf("%s%s%s\n", yes ? "yes" : "no", *why ? ": " : "", why);
	return yes ? CLI_OK : CLI_FAILED;
}

/* Adds what was taken back from here; GN_LIMIT. */
static gn_err recall_list(struct cli *cli, struct gn_revocation *list)
{
	char pid[GN_PID_MAX];
	const char *hex;
	json_t *all = own_read(cli, OWN_REVOKED), *v;
	gn_err err = GN_OK;
	gn_pid(&list->owner, pid);
	const json_t *mine = json_object_get(all, pid);
	if (json_number(mine, "seq") > list->seq)
		list->seq = json_number(mine, "seq");
	json_object_foreach(json_object_get(mine, "list"), hex, v)
	{
		struct gn_revoked entry = {.expires = (uint64_t)json_integer_value(v)};
		if (!err && gn_unhex(gn_str(hex), entry.id.b, sizeof entry.id.b) == GN_OK)
			err = gn_revocation_add(list, &entry, cli_now());
	}
	json_decref(all);
	return err;
}

static void remember_list(struct cli *cli, const struct gn_revocation *list)
{
	char pid[GN_PID_MAX], hex[2 * sizeof(struct gn_hash) + 1];
	uint64_t expires = list->created + list->ttl;
	int lock = own_lock(cli);
	json_t *all = own_read(cli, OWN_REVOKED), *entries = json_object();
	if (!all)
		all = json_object();
	for (size_t i = 0; i < list->count; i++) {
		gn_hex(GN_SLICE(list->list[i].id.b), hex);
		json_object_set_new(entries, hex, json_integer((json_int_t)list->list[i].expires));
	}
	gn_pid(&list->owner, pid);
	json_object_set_new(all, pid,
			    json_pack("{sI sI so}", "seq", (json_int_t)list->seq, "expires",
				      (json_int_t)expires, "list", entries));
	own_write(cli, OWN_REVOKED, all);
	json_decref(all);
	own_unlock(lock);
}

/* The next version of the list; changed: what to say when it was changed meanwhile. */
static int put_list(struct cli *cli, const struct gn_sk *sk, struct gn_revocation *list, uint64_t w,
		    const char *changed)
{
	uint8_t *bytes = cli_alloc(GN_RECORD_MAX);
	struct gn_buf out = {bytes, 0, GN_RECORD_MAX};
	struct reply r = {0};
	list->seq++;
	list->created = cli_now();
	list->ttl = GN_REVOCATION_TTL;
	gn_err err = gn_revocation_record(sk, list, &out);
	int exit = err ? cli_fail_err(cli, err, "the list of revoked tokens")
		       : record_put(cli, gn_buf_slice(&out), w, "the list of revoked tokens", &r);
	if (r.err == GN_STALE)
		client_report(cli, &r, changed);
	if (record_held(&r, exit))
		remember_list(cli, list);
	reply_free(&r);
	free(bytes);
	return exit;
}

static int revoke(struct cli *cli, const struct gn_sk *sk, struct gn_revocation *list)
{
	uint64_t w = 0;
	if (!cli_number(cli, "w", 1, 8, &w))
		return CLI_USAGE;
	int exit = put_list(cli, sk, list, w,
			    "nothing was revoked: your list was changed at the same moment; "
			    "revoke it again");
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_pack("{sI sI}", "revoked", (json_int_t)list->count, "seq",
					       (json_int_t)list->seq));
	else if (exit == CLI_OK)
		printf("revoked; %s on your list\n", out_count(list->count, "token", "tokens"));
	return exit;
}

int token_renew(struct cli *cli, const struct identity *id, struct own_term term, uint64_t *expires,
		bool *done)
{
	struct gn_revocation *list = cli_alloc(sizeof *list);
	int exit = fetch_list(cli, &id->keys.sk.pk, list);
	size_t shown = list->count;
	uint64_t ends = list->created + list->ttl;
	/* what nobody shows any more is put again; a full list is as full as it was */
	if (exit == CLI_OK)
		(void)!recall_list(cli, list);
	bool gone = list->count != shown;
	if (exit == CLI_OK && list->count) {
		*expires = ends;
		if (term.force || gone || cli_now() > list->created + list->ttl / 2) {
			exit = put_list(
				cli, &id->keys.sk, list, term.w,
				"the list of revoked tokens was changed at the same moment");
			*done = exit == CLI_OK;
			*expires = *done ? list->created + list->ttl : ends;
		}
	}
	free(list);
	return exit;
}

int cmd_token_revoke(struct cli *cli)
{
	struct token_text *t = cli_alloc(sizeof *t);
	struct gn_revocation *list = cli_alloc(sizeof *list);
	struct identity id;
	uint64_t block = 1;
	int exit = CLI_USAGE;
	client_time(cli);
	if (!cli_number(cli, "block", 1, GN_TOKEN_BLOCKS_MAX, &block))
		goto out;
	exit = CLI_FAILED;
	if (!token_read(cli, cli->args[0], t) || !identity_load(cli, &id))
		goto out;
	if (block > t->token.count)
		exit = cli_fail(cli, CLI_USAGE, "range", "the token has %zu blocks",
				t->token.count);
	else if (!gn_pk_eq(&id.keys.sk.pk, gn_token_owner(&t->token)))
		exit = cli_fail(cli, CLI_FAILED, "denied",
				"another gave this token first, and only they can take it back");
	else
		exit = fetch_list(cli, &id.keys.sk.pk, list);
	if (exit == CLI_OK) {
		const struct gn_token_block *b = &t->token.blocks[block - 1];
		struct gn_revoked entry = {b->id, b->expires};
		gn_err err = recall_list(cli, list);
		err = err ? err : gn_revocation_add(list, &entry, cli_now());
		exit = err ? cli_fail(cli, CLI_FAILED, gn_err_name(err),
				      "your list has %d tokens, which is all it can hold; one goes "
				      "when it would have ended",
				      GN_REVOKED_MAX)
			   : revoke(cli, &id.keys.sk, list);
	}
	identity_wipe(&id);
out:
	free(t);
	free(list);
	return exit;
}
