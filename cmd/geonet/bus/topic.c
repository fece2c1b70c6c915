/* A topic of one's own: its record, which says who may publish and follow. Said again it is the
 * next version, and lives as long again. */
#include "records/topic.h"
#include "geonet/bus/bus.h"
#include "geonet/bus/commands.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/own.h"
#include "geonet/identity/resolve.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

#define TTL (30u * 86400u)

bool topic_of(struct cli *cli, const char *text, struct topic *out, int *exit)
{
	const char *slash = strchr(text, '/');
	const char *label = slash ? slash + 1 : text;
	*exit = CLI_USAGE;
	if (!*label || strlen(label) >= sizeof out->label ||
	    gn_subject_ok(gn_str(label), false) != GN_OK) {
		cli_fail(cli, CLI_USAGE, "text",
			 "'%s' is no topic: words joined by dots are wanted, such as news.local, "
			 "after WHO/ for another's",
			 out_text(text));
		return false;
	}
	struct gn_hash person;
	if (!slash && gn_unbase58(gn_str(text), person.b, sizeof person.b) == GN_OK) {
		cli_fail(cli, CLI_USAGE, "text",
			 "'%s' is a person: say which topic of theirs, %s/LABEL", text, text);
		return false;
	}
	strcpy(out->label, label);
	out->own = !slash;
	*exit = CLI_FAILED;
	if (!slash && !identity_public(cli, &out->owner))
		return false;
	if (slash) {
		char *who = cli_format("%.*s", (int)(slash - text), text);
		bool ok = person_of(cli, who, &out->owner, exit);
		free(who);
		if (!ok)
			return false;
	}
	gn_topicrec_key(&out->owner, gn_str(out->label), &out->key);
	return true;
}

static int none(struct cli *cli, const struct topic *topic, int exit, const char *what)
{
	return cli_fail(cli, exit, gn_err_name(GN_NOT_FOUND),
			"%s: there is no record of such a topic, '%s'%s%s", what,
			out_text(topic->label),
			topic->own ? " of yours; make it: geonet bus topic "
				   : ": its owner makes one with geonet bus topic, and "
				     "renews it each 30 days",
			topic->own ? out_text(topic->label) : "");
}

int topic_ask(struct cli *cli, const struct topic *topic, const struct ask *ask,
	      struct reply *reply, const char *what)
{
	int exit = client_ask(cli, ask, reply);
	if (reply->err == GN_NOT_FOUND)
		return none(cli, topic, exit, what);
	if (reply->err == GN_DENIED && !topic->own && cli_option(cli, "token"))
		return cli_fail(cli, exit, gn_err_name(GN_DENIED),
				"%s: not allowed, also by this token: it gives no such right, is "
				"over, is another's, or was taken back (geonet token check TOKEN "
				"topic/%s ACTION)",
				what, out_text(topic->label));
	if (reply->err == GN_DENIED && !topic->own)
		return cli_fail(cli, exit, gn_err_name(GN_DENIED),
				"%s: not allowed; its owner lets you in with geonet bus topic "
				"LABEL --with PID, or by a token (--token)",
				what);
	return exit && reply->err ? client_report(cli, reply, what) : exit;
}

int topic_record(struct cli *cli, const struct topic *topic, struct gn_topicrec *out,
		 uint8_t **bytes, const char *what)
{
	unsigned holders;
	size_t len;
	*bytes = NULL;
	int exit =
		record_fetch(cli, &topic->key, GN_FB_RECORD_TYPE_TOPIC, 0, bytes, &len, &holders);
	if (exit == CLI_NOT_FOUND)
		return what ? none(cli, topic, exit, what) : exit;
	if (exit == CLI_OK && gn_topicrec_open(gn_slice(*bytes, len), out) != GN_OK)
		exit = cli_fail(cli, CLI_FAILED, "malformed",
				"the topic's record is none that this version reads");
	return exit;
}

/* ---- the record ---- */

static bool admission(struct cli *cli, const char *option, uint8_t *out)
{
	static const char *const words[] = {"open", "owner", "token"};
	const char *word = cli_option(cli, option);
	for (uint8_t i = 0; word && i < GN_COUNT(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*out = i;
			return true;
		}
	if (word)
		cli_fail(cli, CLI_USAGE, "usage", "--%s: '%s' is none of open, owner, token",
			 option, out_text(word));
	return !word;
}

static bool read_rules(struct cli *cli, struct gn_topicrec *t, int *exit)
{
	uint64_t rate = 0, rate_all = 0;
	t->publish = GN_FB_TOPIC_ADMISSION_OWNER;
	*exit = CLI_USAGE;
	if (!admission(cli, "publish", &t->publish) ||
	    !admission(cli, "subscribe", &t->subscribe) ||
	    !cli_number(cli, "rate", 1, 1000, &rate) ||
	    !cli_number(cli, "rate-all", 1, 1000, &rate_all))
		return false;
	t->rate = (uint32_t)rate;
	t->rate_all = (uint32_t)rate_all;
	t->mesh = cli_flag(cli, "mesh");
	for (int i = 0; cli_option_at(cli, "with", i); i++) {
		if (t->key_count == GN_TOPICREC_KEYS) {
			cli_fail(cli, CLI_USAGE, "too-large", "a topic names 256 keys at most");
			return false;
		}
		if (!person_of(cli, cli_option_at(cli, "with", i), &t->keys[t->key_count++], exit))
			return false;
	}
	return true;
}

/* What is ours is remembered with its record: when nobody shows it any more, it is said again from
 * here (services.md RN-2). False after printing. */
static bool remember(struct cli *cli, const struct gn_topicrec *t, const struct topic *at,
		     struct gn_slice record)
{
	char pid[GN_PID_MAX], *text = cli_base64(record);
	int lock = own_lock(cli);
	json_t *list = own_read(cli, OWN_TOPICS);
	list = list ? list : json_object();
	gn_pid(&at->owner, pid);
	json_object_set_new(list, at->label, own_entry(pid, t->seq, t->created, t->ttl, text));
	bool written = own_write(cli, OWN_TOPICS, list);
	own_unlock(lock);
	json_decref(list);
	free(text);
	return written;
}

/* The next version of the record, and before it the box that it names; w: how many nodes must sign
 * each, 0: as many as the node says. */
static int put(struct cli *cli, struct gn_topicrec *t, const struct topic *at,
	       const struct gn_sk *owner, bool box, uint64_t w)
{
	const struct own_term term = {.w = w, .force = true};
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct reply reply;
	struct gn_sk sk;
	t->box = (struct gn_pk){{0}};
	t->label = gn_str(at->label);
	t->created = cli_now();
	t->ttl = TTL;
	if (box) {
		topic_box_key(owner, at->label, &sk);
		t->box = sk.pk;
		gn_sk_wipe(&sk);
		int exit = topic_box_put(cli, at, t, owner, &term);
		if (exit != CLI_OK)
			return exit;
	}
	gn_err err = gn_topicrec_record(owner, t, &out);
	int exit = err ? cli_fail_err(cli, err, "the topic cannot be written down")
		       : record_put(cli, gn_buf_slice(&out), w, "the topic", &reply);
	if (!err && record_held(&reply, exit) && !remember(cli, t, at, gn_buf_slice(&out)))
		exit = CLI_FAILED;
	if (!err)
		reply_free(&reply);
	return exit;
}

static int make(struct cli *cli, struct gn_topicrec *t, const struct topic *at, uint64_t w)
{
	uint8_t *before = NULL;
	struct gn_topicrec old;
	struct identity id;
	unsigned holders;
	size_t len;
	int exit = record_fetch(cli, &at->key, GN_FB_RECORD_TYPE_TOPIC, 0, &before, &len, &holders);
	t->seq = 1;
	if (exit == CLI_OK && gn_topicrec_open(gn_slice(before, len), &old) == GN_OK) {
		t->seq = old.seq + 1;
		t->before = old.before;
	}
	if ((exit == CLI_OK || exit == CLI_NOT_FOUND) && identity_load(cli, &id)) {
		exit = put(cli, t, at, &id.keys.sk, cli_flag(cli, "box"), w);
		identity_wipe(&id);
	} else if (exit == CLI_OK || exit == CLI_NOT_FOUND) {
		exit = CLI_FAILED;
	}
	free(before);
	return exit;
}

uint64_t topic_now_ms(void)
{
	uint64_t wall = (uint64_t)(gn_os_wall() / GN_MSEC), node = cli_now() * 1000;
	bool same = node + 60000 > wall && wall + 60000 > node;
	return same ? wall : node;
}

int cmd_bus_topics(struct cli *cli)
{
	json_t *list = own_read(cli, OWN_TOPICS), *all = json_array(), *one;
	struct table t;
	const char *label;
	table_init(&t, 3, 0);
	table_add(&t, "TOPIC");
	table_add(&t, "UNTIL");
	table_add(&t, "FOLLOWED AS");
	json_object_foreach(list, label, one)
	{
		uint64_t expires = json_number(one, "expires");
		table_add(&t, "%s", out_text(label));
		table_add(&t, "%s%s", out_time(expires), expires <= cli_now() ? " (over)" : "");
		table_add(&t, "%s/%s", json_text(one, "owner"), out_text(label));
		json_array_append_new(all, json_pack("{ss sO sO sO}", "label", label, "owner",
						     json_object_get(one, "owner"), "seq",
						     json_object_get(one, "seq"), "expires",
						     json_object_get(one, "expires")));
	}
	int exit = CLI_OK;
	if (cli->json || !json_array_size(all))
		table_free(&t);
	else
		table_print(cli, &t);
	if (cli->json)
		exit = cli_json(cli, json_pack("{sO}", "topics", all));
	else if (!json_array_size(all))
		cli_note(cli, "You have made no topic here yet: geonet bus topic LABEL");
	json_decref(all);
	json_decref(list);
	return exit;
}

int cmd_bus_topic(struct cli *cli)
{
	struct gn_topicrec *t = cli_alloc(sizeof *t);
	struct topic at;
	uint64_t w = 0;
	int exit;
	memset(t, 0, sizeof *t);
	client_time(cli);
	if (!cli_number(cli, "w", 1, 8, &w))
		exit = CLI_USAGE;
	else if (topic_of(cli, cli->args[0], &at, &exit) && read_rules(cli, t, &exit))
		exit = make(cli, t, &at, w);
	if (exit == CLI_OK && cli->json) {
		char pid[GN_PID_MAX];
		gn_pid(&at.owner, pid);
		exit = cli_json(cli,
				json_pack("{ss ss sI sb}", "owner", pid, "label", at.label, "seq",
					  (json_int_t)t->seq, "box", cli_flag(cli, "box")));
	} else if (exit == CLI_OK) {
		cli_note(cli, "The topic %s stands for 30 days; say this again to renew it.",
			 at.label);
	}
	free(t);
	return exit;
}

/* ---- renewing ---- */

/* The newest that is known: the network's, or our own when nobody shows it any more. The caller
 * frees *bytes. */
static int newest(struct cli *cli, const struct topic *at, struct gn_topicrec *out, uint8_t **bytes)
{
	unsigned holders;
	size_t len;
	int exit = record_fetch(cli, &at->key, GN_FB_RECORD_TYPE_TOPIC, 0, bytes, &len, &holders);
	if (exit == CLI_NOT_FOUND) {
		json_t *list = own_read(cli, OWN_TOPICS);
		const json_t *entry = json_object_get(list, at->label);
		*bytes = cli_unbase64(json_text(entry, "record"), &len);
		json_decref(list);
		exit = *bytes && len ? CLI_OK : CLI_NOT_FOUND;
	}
	if (exit == CLI_NOT_FOUND)
		return cli_fail(cli, exit, gn_err_name(GN_NOT_FOUND),
				"nobody shows the topic %s any more: make it anew with geonet bus "
				"topic %s, and what you said then",
				out_text(at->label), out_text(at->label));
	if (exit == CLI_OK && gn_topicrec_open(gn_slice(*bytes, len), out) != GN_OK)
		exit = cli_fail(cli, CLI_FAILED, "malformed",
				"the topic %s is none that this version reads",
				out_text(at->label));
	return exit;
}

int topic_renew(struct cli *cli, const struct identity *id, const char *label, struct own_term term,
		uint64_t *expires, bool *done)
{
	struct gn_topicrec *t = cli_alloc(sizeof *t);
	uint8_t *bytes = NULL;
	struct topic at = {.owner = id->keys.sk.pk, .own = true};
	snprintf(at.label, sizeof at.label, "%s", label);
	gn_topicrec_key(&at.owner, gn_str(at.label), &at.key);
	int exit = newest(cli, &at, t, &bytes);
	if (exit == CLI_OK) {
		struct gn_sk box;
		topic_box_key(&id->keys.sk, label, &box);
		bool has_box = gn_pk_eq(&box.pk, &t->box);
		gn_sk_wipe(&box);
		*expires = t->created + t->ttl;
		if (term.force || cli_now() > t->created + t->ttl / 2) {
			t->seq++;
			exit = put(cli, t, &at, &id->keys.sk, has_box, term.w);
			*done = exit == CLI_OK;
			*expires = *done ? t->created + t->ttl : *expires;
		} else if (has_box) { /* which may be older than the record */
			exit = topic_box_put(cli, &at, t, &id->keys.sk, &term);
		}
	}
	free(bytes);
	free(t);
	return exit;
}
