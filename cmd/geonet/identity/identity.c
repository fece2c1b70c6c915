/* The identity: made from a 24-word phrase, kept in one file, told to the world by its record at
 * two places. That record lies under the key; who knows the PID alone finds the key in the
 * record set of the name <pid>.geo, which is published with it. */
#include "records/identity.h"
#include "geonet/frame/cli.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "wire/wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PHRASE_INPUT_MAX 4096

static void print_phrase(const struct cli *cli, const char *phrase)
{
	char copy[GN_PHRASE_MAX];
	unsigned n = 0;
	snprintf(copy, sizeof copy, "%s", phrase);
	printf("%sThese 24 words are your identity. Write them on paper; whoever has them is you, "
	       "and nobody can give "
	       "them back.%s\n\n",
	       out_bold(cli), out_plain(cli));
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
		n++;
		printf("%2u. %-10s%s", n, word, n % 6 ? "" : "\n");
	}
	putchar('\n');
	gn_wipe(copy, sizeof copy);
}

/* The record that is out there, so that what it says is kept; CLI_NOT_FOUND when there is none. */
static int present(struct cli *cli, const struct gn_pk *owner, uint8_t **bytes,
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
				"the identity record does not "
				"verify; it is not used");
	}
	return exit;
}

/* The other place may hold another version: the newer one is the present one, and each is what a
 * new record at its place replaces. */
static void other_place(struct cli *cli, const struct gn_pk *owner, uint8_t **bytes,
			struct gn_identity *in)
{
	static const struct gn_hash none;
	struct gn_identity *other = cli_alloc(sizeof *other);
	uint8_t salt = memcmp(&in->before.hash[0], &none, sizeof none) == 0 ? 0 : 1, *found = NULL;
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
	int exit = client_must(cli, (struct call){.path = cli_format("/api/v1/status")}, &r,
			       "the node's status");
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
		if (memcmp(&in->keys[i].pk, &k->pk, sizeof k->pk) == 0) {
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
	*bytes = base64_bytes(json_text(entry, "record"), &len);
	json_decref(entry);
	bool ok = *bytes && len && gn_identity_open(gn_slice(*bytes, len), out) == GN_OK &&
		  memcmp(&out->owner, owner, sizeof out->owner) == 0;
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
							    "identity record, and what "
							    "it said would be lost; "
							    "update geonet, or lose it with: "
							    "geonet id publish --force")
						 : cli_fail_err(cli, err,
								"the identity record "
								"cannot be made");
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
			kept = base64_text(gn_buf_slice(&record));
		reply_free(&r);
	}
	if (held)
		remember_id(cli, id->pid, in, kept);
	*all = held;
	free(kept);
	free(storage);
	return exit;
}

/* lose: what a newer program said outside the body too. *seq: of what is held now, by few
 * perhaps (CLI_QUORUM), else 0. */
static int publish(struct cli *cli, const struct identity *id, bool first, const char *name,
		   bool vouch, bool lose, uint64_t ttl, uint64_t w, uint64_t *seq)
{
	struct gn_identity *in = cli_alloc(sizeof *in);
	uint8_t *bytes = NULL;
	bool held = false;
	int exit = first ? CLI_NOT_FOUND : present(cli, &id->keys.sk.pk, &bytes, in);
	if (exit == CLI_OK)
		other_place(cli, &id->keys.sk.pk, &bytes, in);
	if (exit == CLI_NOT_FOUND) {
		if (first || !recall_id(cli, &id->keys.sk.pk, &bytes, in))
			memset(in, 0, sizeof *in);
		exit = CLI_OK;
	}
	if (in->before.beyond && lose)
		in->before.beyond = false;
	if (exit == CLI_OK) {
		in->owner = id->keys.sk.pk;
		in->seq++;
		in->created = cli_now();
		in->ttl = (uint32_t)ttl;
		if (name)
			in->display_name = gn_str(name);
		if (vouch)
			exit = vouch_for_node(cli, in);
	}
	if (exit == CLI_OK)
		exit = put_both(cli, id, in, &w, &held);
	if (held) { /* the PID leads to what few hold too */
		int pid = name_publish_pid(cli, id, first, w);
		exit = exit ? exit : pid;
	}
	*seq = held ? in->seq : 0;
	free(bytes);
	free(in);
	return exit;
}

/* After new and import: told, not failed, when it does not work; `id publish` can be said again. */
static bool try_publish(struct cli *cli, const struct identity *id, bool first)
{
	uint64_t seq;
	struct cli quiet = *cli;
	if (cli_flag(cli, "no-publish"))
		return false;
	if (!client_alive(cli)) {
		cli_note(cli, "No node is running; once one is, tell the network of you with: "
			      "geonet id publish");
		return false;
	}
	quiet.json = false; /* its troubles go to stderr: the answer is the identity */
	int exit = publish(&quiet, id, first, NULL, false, false, GN_RECORD_TTL_MAX, 0, &seq);
	if (exit == CLI_OK || (exit == CLI_QUORUM && seq)) /* by few, as was said */
		return true;
	cli_note(cli, "The identity is made, but was not published; try later: geonet id publish");
	return false;
}

static int tell_new(struct cli *cli, const struct identity *id, bool first, const char *phrase)
{
	bool published = try_publish(cli, id, first);
	if (!cli->json) {
		printf("%s\n", id->pid);
		cli_note(cli,
			 published ? "This is your PID; it is published." : "This is your PID.");
		return CLI_OK;
	}
	json_t *json = json_pack("{ss so sb}", "pid", id->pid, "key",
				 json_hex(id->keys.sk.pk.b, 32), "published", published);
	if (phrase)
		json_object_set_new(json, "phrase", json_string(phrase));
	return cli_json(cli, json);
}

static bool refuse_second(struct cli *cli)
{
	if (identity_exists(cli))
		cli_fail(cli, CLI_FAILED, "exists",
			 "there is an identity in %s already; it is never overwritten (another one "
			 "needs another "
			 "--data)",
			 cli->data);
	else
		return false;
	return true;
}

int cmd_id_new(struct cli *cli)
{
	struct identity id = {0};
	char passphrase[PASSPHRASE_MAX], phrase[GN_PHRASE_MAX] = "";
	struct gn_rand rand = gn_rand_system();
	bool show = cli_flag(cli, "show-phrase") || (isatty(1) && !cli->json);
	if (refuse_second(cli) || !passphrase_new(cli, cli_flag(cli, "no-passphrase"),
						  cli_option(cli, "passphrase-file"), passphrase))
		return CLI_FAILED;
	gn_rand_fill(&rand, id.entropy, sizeof id.entropy);
	int exit = identity_derive(cli, &id) && identity_store(cli, &id, passphrase, false)
			   ? CLI_OK
			   : CLI_FAILED;
	gn_wipe(passphrase, sizeof passphrase);
	if (exit == CLI_OK) {
		if (show)
			gn_phrase(id.entropy, phrase);
		if (show && !cli->json)
			print_phrase(cli, phrase);
		exit = tell_new(cli, &id, true, show ? phrase : NULL);
		if (!show)
			cli_note(cli, "Write down its 24 words, the only way back after a loss: "
				      "geonet id export");
	}
	gn_wipe(phrase, sizeof phrase);
	identity_wipe(&id);
	return exit;
}

int cmd_id_export(struct cli *cli)
{
	struct identity id;
	char phrase[GN_PHRASE_MAX];
	int exit = CLI_OK;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	gn_phrase(id.entropy, phrase);
	if (cli->json)
		exit = cli_json(cli, json_pack("{ss ss}", "pid", id.pid, "phrase", phrase));
	else
		printf("%s\n", phrase);
	gn_wipe(phrase, sizeof phrase);
	identity_wipe(&id);
	return exit;
}

/* ---- import ---- */

/* The word with this number (from 1), for the sentence; a wrong word is no secret any more than
 * that it is wrong. */
static const char *word_at(const char *text, unsigned number)
{
	size_t len = 0;
	const char *p = text;
	for (unsigned i = 0; i < number; i++) {
		p += len;
		while (*p && isspace((unsigned char)*p))
			p++;
		for (len = 0; p[len] && !isspace((unsigned char)p[len]);)
			len++;
	}
	return out_text_slice(gn_slice(p, len));
}

static unsigned count_words(const char *text)
{
	unsigned n = 0;
	for (bool in = false; *text; text++) {
		bool space = isspace((unsigned char)*text);
		n += !space && !in;
		in = !space;
	}
	return n;
}

/* "7. word" as `id new` prints it, in any order, with anything around: the words by their
 * numbers, in one line. False, and text as it was, when a number is missing or comes twice. */
static bool take_numbered(char text[PHRASE_INPUT_MAX])
{
	char words[GN_PHRASE_WORDS][16] = {""}, line[sizeof words + 1] = "";
	size_t len = 0, count = 0;
	bool ok = true;
	for (char *p = text, *end; ok && (p = strpbrk(p, "0123456789")); p = end) {
		unsigned long n = strtoul(p, &end, 10);
		if ((p > text && isalnum((unsigned char)p[-1])) || !*end || !strchr(".):", *end))
			continue;
		for (end++; isspace((unsigned char)*end);)
			end++;
		size_t letters = 0;
		while (isalpha((unsigned char)end[letters]))
			letters++;
		ok = n >= 1 && n <= GN_PHRASE_WORDS && letters && letters < sizeof words[0] &&
		     !*words[n - 1];
		if (ok)
			memcpy(words[n - 1], end, letters);
		count += ok;
	}
	ok = ok && count == GN_PHRASE_WORDS;
	for (size_t i = 0; ok && i < GN_PHRASE_WORDS; i++)
		len += (size_t)snprintf(line + len, sizeof line - len, "%s ", words[i]);
	if (ok)
		memcpy(text, line, len + 1);
	gn_wipe(words, sizeof words);
	gn_wipe(line, sizeof line);
	return ok;
}

/* Numbers, dots and the like between the words are no words; one space is left of them. */
static void clean_phrase(char text[PHRASE_INPUT_MAX])
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a text file of some editors begins so */
		memset(text, ' ', 3);
	if (take_numbered(text))
		return;
	char *to = text;
	for (const char *p = text; *p; p++) {
		bool gap = isspace((unsigned char)*p) || strchr("0123456789.,;:()[]", *p);
		if (!gap || (to > text && to[-1] != ' '))
			*to++ = gap ? ' ' : *p;
	}
	*to = 0;
}

/* Lines from the terminal, until there are 24 words or an empty one. */
static bool ask_phrase(struct cli *cli, char text[PHRASE_INPUT_MAX])
{
	static char line[PHRASE_INPUT_MAX], sum[PHRASE_INPUT_MAX];
	size_t len = 0;
	text[0] = 0;
	do {
		if (!terminal_ask(len ? "" : "The 24 words, in one line or many: ", false, line,
				  sizeof line) ||
		    len + strlen(line) + 2 > PHRASE_INPUT_MAX)
			break;
		len += (size_t)snprintf(text + len, PHRASE_INPUT_MAX - len, "%s\n", line);
		snprintf(sum, sizeof sum, "%s", text);
		clean_phrase(sum);
	} while (*line && count_words(sum) < GN_PHRASE_WORDS);
	gn_wipe(line, sizeof line);
	gn_wipe(sum, sizeof sum);
	if (len == 0)
		cli_fail(cli, CLI_FAILED, "usage", "nothing was read");
	return len > 0;
}

static bool read_phrase(struct cli *cli, char text[PHRASE_INPUT_MAX])
{
	const char *path = cli->arg_count ? cli->args[0] : "-";
	uint8_t *data;
	size_t len;
	if (!cli->arg_count && isatty(0))
		return ask_phrase(cli, text);
	if (!read_input(cli, path, PHRASE_INPUT_MAX - 1, &data, &len))
		return false;
	bool ok = !memchr(data, 0, len);
	if (ok) {
		memcpy(text, data, len);
		text[len] = 0;
	} else {
		cli_fail(cli, CLI_FAILED, "text", "the input is not text");
	}
	gn_wipe(data, len);
	free(data);
	return ok;
}

static bool parse_phrase(struct cli *cli, char *text, uint8_t entropy[32])
{
	clean_phrase(text);
	unsigned bad = 0, words = count_words(text);
	if (words != GN_PHRASE_WORDS) {
		cli_fail(cli, CLI_FAILED, "text", "a phrase has %d words, this has %u",
			 GN_PHRASE_WORDS, words);
		return false;
	}
	if (gn_phrase_parse(gn_str(text), entropy, &bad) == GN_OK)
		return true;
	if (bad < GN_PHRASE_WORDS)
		cli_fail(cli, CLI_FAILED, "text",
			 "word %u, '%s', is not in the list; check its "
			 "spelling",
			 bad + 1, word_at(text, bad + 1));
	else
		cli_fail(cli, CLI_FAILED, "text",
			 "every word is in the list, but together they are no phrase: one is wrong "
			 "or two are swapped");
	return false;
}

int cmd_id_import(struct cli *cli)
{
	struct identity id = {0};
	char text[PHRASE_INPUT_MAX], passphrase[PASSPHRASE_MAX] = "";
	int exit = CLI_FAILED;
	if (refuse_second(cli))
		return CLI_FAILED;
	if (read_phrase(cli, text) && parse_phrase(cli, text, id.entropy) &&
	    identity_derive(cli, &id) &&
	    passphrase_new(cli, cli_flag(cli, "no-passphrase"), cli_option(cli, "passphrase-file"),
			   passphrase) &&
	    identity_store(cli, &id, passphrase, false))
		exit = tell_new(cli, &id, false, NULL);
	gn_wipe(text, sizeof text);
	gn_wipe(passphrase, sizeof passphrase);
	identity_wipe(&id);
	return exit;
}

int cmd_id_publish(struct cli *cli)
{
	uint64_t w = 0, ttl = GN_RECORD_TTL_MAX, seq = 0;
	struct identity id;
	if (!cli_number(cli, "w", 1, 8, &w) ||
	    !cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &ttl))
		return CLI_USAGE;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	int exit = publish(cli, &id, false, cli_option(cli, "name"), cli_flag(cli, "vouch-node"),
			   cli_flag(cli, "force"), ttl, w, &seq);
	if (exit == CLI_OK && cli->json)
		exit = cli_json(cli, json_pack("{ss sI}", "pid", id.pid, "seq", (json_int_t)seq));
	else if (exit == CLI_OK)
		cli_note(cli, "published %s, version %llu", id.pid, (unsigned long long)seq);
	identity_wipe(&id);
	return exit;
}

/* ---- show ---- */

static int show_own(struct cli *cli)
{
	struct gn_pk pk;
	char pid[GN_PID_MAX];
	if (!identity_public(cli, &pk))
		return CLI_FAILED;
	gn_pid(&pk, pid);
	if (cli->json)
		return cli_json(cli, json_pack("{ss so}", "pid", pid, "key", json_hex(pk.b, 32)));
	out_pair(cli, "pid", "%s", pid);
	out_pair(cli, "key", "%s", out_hex(pk.b, sizeof pk.b));
	return CLI_OK;
}

static json_t *identity_json(const struct gn_identity *in, const char *pid,
			     const struct gn_hash *pq)
{
	json_t *keys = json_array();
	for (size_t i = 0; i < in->key_count; i++)
		json_array_append_new(
			keys,
			json_pack("{so ss so sI}", "key", json_hex(in->keys[i].pk.b, 32), "kind",
				  in->keys[i].kind == GN_FB_MEMBER_KIND_NODE ? "node" : "device",
				  "name", json_slice(in->keys[i].name), "expires",
				  (json_int_t)in->keys[i].expires));
	return json_pack("{ss so so sI sI sI so so so}", "pid", pid, "key",
			 json_hex(in->owner.b, 32), "name", json_slice(in->display_name), "seq",
			 (json_int_t)in->seq, "created", (json_int_t)in->created, "expires",
			 (json_int_t)(in->created + in->ttl), "pq_hash", json_hex(pq->b, 32),
			 "next", json_hex(in->next.b, 32), "keys", keys);
}

int cmd_id_show(struct cli *cli)
{
	struct gn_identity *in;
	struct gn_pk owner;
	struct gn_hash pq;
	uint8_t *bytes = NULL;
	char pid[GN_PID_MAX];
	int exit;
	if (cli->arg_count == 0)
		return show_own(cli);
	if (!owner_of(cli, cli->args[0], &owner, &exit))
		return exit;
	in = cli_alloc(sizeof *in);
	gn_pid(&owner, pid);
	exit = present(cli, &owner, &bytes, in);
	if (exit == CLI_NOT_FOUND)
		cli_fail(cli, exit, "not-found",
			 "%s has published no identity record (its key is "
			 "%s)",
			 pid, out_hex(owner.b, sizeof owner.b));
	if (exit == CLI_OK) {
		gn_sha256(&in->pq_pk, 1, &pq);
		if (cli->json) {
			exit = cli_json(cli, identity_json(in, pid, &pq));
		} else {
			out_pair(cli, "pid", "%s", pid);
			out_pair(cli, "key", "%s", out_hex(owner.b, sizeof owner.b));
			if (in->display_name.len)
				out_pair(cli, "name", "%s (chosen by its owner)",
					 out_text_slice(in->display_name));
			out_pair(cli, "ML-DSA-65", "%s", out_hex(pq.b, sizeof pq.b));
			out_pair(cli, "next key", "%s", out_hex(in->next.b, sizeof in->next.b));
			for (size_t i = 0; i < in->key_count; i++)
				out_pair(cli,
					 in->keys[i].kind == GN_FB_MEMBER_KIND_NODE ? "its node"
										    : "its device",
					 "%s %s, until %s", out_hex(in->keys[i].pk.b, 32),
					 out_text_slice(in->keys[i].name),
					 out_time(in->keys[i].expires));
			out_pair(cli, "version", "%llu of %s, until %s",
				 (unsigned long long)in->seq, out_time(in->created),
				 out_time(in->created + in->ttl));
		}
	}
	free(bytes);
	free(in);
	return exit;
}

/* ---- renewing ---- */

int id_renew(struct cli *cli, const struct identity *id, bool force, bool must, uint64_t ttl,
	     uint64_t w, uint64_t *expires, bool *done)
{
	struct gn_identity *in = cli_alloc(sizeof *in);
	uint8_t *bytes = NULL;
	uint64_t seq;
	int exit = present(cli, &id->keys.sk.pk, &bytes, in);
	bool gone = exit == CLI_NOT_FOUND,
	     known = !gone || recall_id(cli, &id->keys.sk.pk, &bytes, in);
	bool due = force || gone || cli_now() > in->created + in->ttl / 2;
	*expires = in->created + in->ttl;
	if (gone)
		exit = CLI_OK;
	if (exit == CLI_OK && (known || must) && due) {
		exit = publish(cli, id, false, NULL, false, false, ttl, w, &seq);
		*done = exit == CLI_OK;
		*expires = *done ? cli_now() + ttl : *expires;
	}
	free(bytes);
	free(in);
	return exit;
}
