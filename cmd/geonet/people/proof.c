/* What became of one message, and the proof of it: promises that nodes signed to keep it. A proof
 * is a file that anybody can check without a network: every byte of it is either signed, or
 * written in one way alone, so that a changed one is found. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"
#include "records/box_proof.h"
#include "wire/app.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHAT(member) {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_##member}
#define PROOF_FORMAT "geonet proof of custody 1"
#define PROOF_MAX 65536u /* bytes of a file */
#define PROOF_COUNT 100u /* promises in one */

struct proof {
	struct gn_custody list[PROOF_COUNT];
	size_t count;
};

/* ---- as a file ---- */

static char *proof_text(const struct proof *p)
{
	char *text = cli_format("{\"format\": \"" PROOF_FORMAT "\", \"custodies\": [");
	for (size_t i = 0; i < p->count; i++) {
		const struct gn_custody *c = &p->list[i];
		char *more = cli_format(
			"%s%s\n {\"box\": \"%s\", \"item\": \"%s\",\n  \"until\": %llu, "
			"\"node\": \"%s\",\n  \"key\": \"%s\",\n  \"signature\": \"%s\"}",
			text, i ? "," : "", out_hex(c->box.b, sizeof c->box.b),
			out_hex(c->item.b, sizeof c->item.b), (unsigned long long)c->held_until,
			out_hex(c->holder.b, sizeof c->holder.b),
			out_hex(c->holder_key.b, sizeof c->holder_key.b),
			out_hex(c->sig.b, sizeof c->sig.b));
		free(text);
		text = more;
	}
	char *whole = cli_format("%s\n]}\n", text);
	free(text);
	return whole;
}

static bool take_hex(const json_t *o, const char *name, uint8_t *out, size_t len)
{
	return gn_unhex(gn_str(json_text(o, name)), out, len) == GN_OK;
}

/* sig: how the signature is called. until: when the promise ends, in seconds, as it is signed. */
static bool take_custody(const json_t *o, const char *const names[3], uint64_t until,
			 struct gn_custody *c)
{
	c->held_until = until;
	return take_hex(o, "box", c->box.b, sizeof c->box.b) &&
	       take_hex(o, "item", c->item.b, sizeof c->item.b) &&
	       take_hex(o, names[0], c->holder.b, sizeof c->holder.b) &&
	       take_hex(o, names[1], c->holder_key.b, sizeof c->holder_key.b) &&
	       take_hex(o, names[2], c->sig.b, sizeof c->sig.b);
}

/* What a file says; false after printing. */
static bool proof_open(struct cli *cli, struct gn_slice bytes, struct proof *out)
{
	static const char *const names[3] = {"node", "key", "signature"};
	json_t *o = json_loadb((const char *)bytes.p, bytes.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *list = json_object_get(o, "custodies");
	size_t i;
	json_t *one;
	bool is = o && strcmp(json_text(o, "format"), PROOF_FORMAT) == 0 &&
		  json_array_size(list) > 0 && json_array_size(list) <= PROOF_COUNT;
	out->count = 0;
	json_array_foreach(list, i, one) is =
		is && take_custody(one, names, json_number(one, "until"), &out->list[out->count++]);
	json_decref(o);
	if (!is) {
		cli_fail(cli, CLI_FAILED, "malformed",
			 "this is no proof that nodes keep a message, or it was changed");
		return false;
	}
	char *text = proof_text(out);
	is = gn_slice_eq(gn_str(text), bytes);
	free(text);
	if (!is)
		cli_fail(cli, CLI_FAILED, "changed",
			 "the proof was changed after it was written: it is not in the form in "
			 "which geonet writes it");
	return is;
}

/* ---- verify ---- */

int cmd_msg_verify(struct cli *cli)
{
	uint8_t *bytes;
	size_t len;
	struct proof *p = cli_alloc(sizeof *p);
	int exit = CLI_FAILED;
	if (!read_input(cli, cli->args[0], PROOF_MAX, &bytes, &len)) {
		free(p);
		return CLI_FAILED;
	}
	json_t *told = json_array();
	bool right = proof_open(cli, gn_slice(bytes, len), p);
	uint64_t now = (uint64_t)time(NULL);
	for (size_t i = 0; right && i < p->count; i++) {
		const struct gn_custody *c = &p->list[i];
		right = gn_custody_check(c) == GN_OK;
		if (!right)
			cli_fail(cli, CLI_FAILED, "signature",
				 "promise %zu of %zu is not signed by the key that it names: what "
				 "it says, or the signature, was changed",
				 i + 1, p->count);
		json_array_append_new(told,
				      json_pack("{so so so so sI sb}", "node",
						json_hex(c->holder.b, sizeof c->holder.b), "key",
						json_hex(c->holder_key.b, sizeof c->holder_key.b),
						"item", json_hex(c->item.b, sizeof c->item.b),
						"box", json_hex(c->box.b, sizeof c->box.b), "until",
						(json_int_t)c->held_until * 1000, "over",
						c->held_until <= now));
	}
	if (right && cli->json) {
		exit = cli_json(cli, json_pack("{sO}", "promises", told));
	} else if (right) {
		exit = CLI_OK;
		for (size_t i = 0; i < p->count; i++) {
			const struct gn_custody *c = &p->list[i];
			printf("node %.16s promised to keep item %.16s in box %.16s until "
			       "%s%s\n",
			       out_hex(c->holder.b, 32), out_hex(c->item.b, 32),
			       out_hex(c->box.b, 32), out_time(c->held_until),
			       c->held_until <= now ? " (over)" : "");
		}
		cli_note(cli, "%s, each signed by the node that made it.",
			 out_count(p->count, "promise", "promises"));
	}
	json_decref(told);
	free(bytes);
	free(p);
	return exit;
}

/* ---- show ---- */

static void gather(const json_t *shown, struct proof *out)
{
	static const char *const names[3] = {"holder", "holder_key", "sig"};
	size_t i, k;
	json_t *item, *one;
	out->count = 0;
	json_array_foreach(json_object_get(shown, "items"), i, item)
		json_array_foreach(json_object_get(item, "custodies"), k, one)
	{
		if (out->count < PROOF_COUNT &&
		    take_custody(one, names, json_seconds(one, "held_until"),
				 &out->list[out->count]))
			out->count++;
	}
}

static void print_item(const struct cli *cli, const json_t *item)
{
	size_t i;
	json_t *c;
	const json_t *list = json_object_get(item, "custodies");
	out_pair(cli, json_is_true(json_object_get(item, "front")) ? "front box" : "box",
		 "%.16s, sealed %s%s", json_text(item, "box"), out_time(json_seconds(item, "made")),
		 json_is_true(json_object_get(item, "looked_after")) ? ", looked after" : "");
	json_array_foreach(list, i, c)
		out_pair(cli, "promised", "by node %.16s until %s", json_text(c, "holder"),
			 out_time(json_seconds(c, "held_until")));
}

static void print_shown(const struct cli *cli, const json_t *shown, const char *state)
{
	const json_t *m = json_object_get(shown, "message"),
		     *who = json_object_get(shown, "contact");
	bool mine = json_is_true(json_object_get(m, "mine"));
	size_t i;
	json_t *one;
	out_pair(cli, "id", "%s", json_text(m, "id"));
	out_pair(cli, mine ? "to" : "from", "%s %s",
		 out_text(*json_text(who, "petname") ? json_text(who, "petname")
						     : json_text(who, "name")),
		 json_text(who, "pid"));
	out_pair(cli, "sent", "%s", out_time(json_seconds(m, "sent")));
	out_pair(cli, "text", "%s", out_text(json_text(m, "text")));
	if (!mine)
		return;
	out_pair(cli, "state", "%s", state);
	if (*json_text(m, "reason"))
		out_pair(cli, "why", "%s; %s", json_text(m, "reason"), json_text(m, "next"));
	json_array_foreach(json_object_get(m, "receipts"), i, one)
		out_pair(cli, json_is_true(json_object_get(one, "read")) ? "read" : "delivered",
			 "%s, device %016llx", out_time(json_seconds(one, "time")),
			 (unsigned long long)json_number(one, "device"));
	json_array_foreach(json_object_get(shown, "items"), i, one) print_item(cli, one);
}

static int get_message(struct cli *cli, struct reply *r)
{
	struct gn_fb_message_id id;
	struct gn_fb_message_get_args args = {.id = &id};
	struct ask ask = {
		.kind = (struct gn_app_kind)CHAT(MESSAGE_GET), .args = &args, .agent = true};
	if (gn_unhex(gn_str(cli->args[0]), id.b, sizeof id.b) != GN_OK) {
		*r = (struct reply){0};
		return cli_fail(cli, CLI_USAGE, gn_err_name(GN_USAGE),
				"'%s' is no id of a message: those have 32 digits of 0-9a-f, and "
				"geonet msg history WHO --json names them",
				out_text(cli->args[0]));
	}
	return client_ask_must(cli, &ask, r, "it cannot be shown");
}

int cmd_msg_show(struct cli *cli)
{
	struct reply r;
	const char *file = cli_option(cli, "proof");
	int exit = get_message(cli, &r);
	if (exit) {
		reply_free(&r);
		return exit;
	}
	struct proof *p = cli_alloc(sizeof *p);
	gather(r.json, p);
	if (file && !output_is_stdout(file) && access(file, F_OK) == 0) {
		exit = cli_fail(cli, CLI_FAILED, gn_err_name(GN_EXISTS),
				"%s is there already, and nothing is overwritten: say another name",
				out_text(file));
	} else if (file && !p->count) {
		exit = cli_fail(cli, CLI_FAILED, "not-found",
				"no node has promised to keep it, or their promises are over");
	} else if (file) {
		char *text = proof_text(p);
		exit = output_is_stdout(file) ? output_bytes(cli, file, gn_str(text))
		       : write_file(cli, file, gn_str(text), 0644, false) ? CLI_OK
									  : CLI_FAILED;
		free(text);
		if (!exit && !output_is_stdout(file))
			cli_note(cli, "%s in %s; geonet msg verify %s checks them.",
				 out_count(p->count, "promise", "promises"), file, file);
	} else if (cli->json) {
		exit = cli_json(cli, json_incref(r.json));
	} else {
		print_shown(cli, r.json, msg_state(json_object_get(r.json, "message")));
	}
	free(p);
	reply_free(&r);
	return exit;
}

int cmd_msg_retry(struct cli *cli)
{
	struct reply r, done = {0};
	struct gn_fb_message_id id;
	int exit = get_message(cli, &r);
	if (exit) {
		reply_free(&r);
		return exit;
	}
	gn_err err = gn_unhex(gn_str(cli->args[0]), id.b, sizeof id.b);
	(void)err; /* get_message has looked */
	struct gn_fb_message_retry_args args = {
		.who = gn_str(json_text(json_object_get(r.json, "contact"), "pid")), .id = &id};
	struct ask ask = {
		.kind = (struct gn_app_kind)CHAT(MESSAGE_RETRY), .args = &args, .agent = true};
	exit = client_ask_must(cli, &ask, &done, "it was not sent again");
	const json_t *m = json_object_get(done.json, "message");
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(json_object_get(done.json, "message")));
	else if (!exit)
		cli_note(cli, "Looked after at once (%s).", msg_state(m));
	reply_free(&done);
	reply_free(&r);
	return exit;
}
