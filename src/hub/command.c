/* Officers' commands on their way from a body to the ledger (LG-57):
 *
 *     {"signed", "signature"} -> command -> fits the path -> signature checked on a worker ->
 *     gn_ledger_admin -> RESULT
 *
 * 1. HB-6: who came with a token of an officer's key signs every command; the bootstrap token
 *    comes without signature, its body is the bare command or what the reference's clients send,
 *    and its records name nobody.
 * 2. What is done is read from the command alone; the path only has to agree with it. */
#include "hub/hub_int.h"

#include <stdlib.h>

/* A command that does not parse: its word that is missing or wrong, and what it must be. */
static void refuse_command(struct gn_hub_request *r, gn_err err, struct gn_slice wrong)
{
	char word[80], form[GN_OP_FORM_MAX];
	snprintf(word, sizeof word, "%.*s", wrong.len < 65 ? (int)wrong.len : 64,
		 (const char *)wrong.p);
	bool plain = wrong.len && wrong.len < 65 && gn_plain_ok(wrong);
	if (!plain)
		(void)gn_hub_refuse_value(r, "body", "command", gn_err_name(err),
					  "must be the canonical text of a command, with all its "
					  "words");
	else if (err == GN_UNSUPPORTED)
		(void)gn_hub_refuse_value(r, "body", word, gn_err_name(err),
					  "nobody knows this word");
	else {
		gn_op_admin_form(wrong, form);
		(void)gn_hub_refuse_value(r, "body", word, gn_err_name(err), "must be %s", form);
	}
}

static void refuse_words(struct gn_hub_request *r, const char *type, const char *what)
{
	gn_hub_fail_as(r, 422, "E009",
		       json_pack("{s[{ss ss}]}", "errors", "type", type, "msg", what), "%s", what);
}

static void execute_order(struct gn_hub_request *r)
{
	struct gn_hub_order *o = r->order;
	r->taken = true;
	struct gn_buf reason = {o->reason, 0, sizeof o->reason};
	struct gn_ledger_admin a = {.checked = true};
	gn_err err = o->cmd.reason.p ? gn_json_unescape(o->cmd.reason, &reason) : GN_OK;
	a.who = (struct gn_rec_admin){
		.actor = r->actor, .role = (uint8_t)r->role, .reason = gn_buf_slice(&reason)};
	if (o->is_signed) {
		a.who.bytes = gn_slice(r->bytes, r->bytes_len);
		a.who.sig = r->sig;
	}
	if (!err)
		err = gn_ledger_command(r->hub->ledger, &o->cmd, &a);
	uint64_t ticket = err ? 0 : gn_hub_ticket(r, o->kind->done);
	if (!err)
		err = ticket ? gn_ledger_admin(r->hub->ledger, &a, ticket, r->hub->time) : GN_BUSY;
	if (!err)
		return;
	if (ticket)
		gn_hub_drop_ticket(r);
	/* no record */
	o->kind->done(r, &(struct gn_ledger_event){.kind = GN_LEDGER_RESULT, .err = err});
}

static void command_verified(struct gn_hub_request *r)
{
	if (r->verdict)
		gn_hub_fail(r, r->verdict, NULL, "%s",
			    r->verdict == GN_SIGNATURE ? "the signature does not verify over the "
							 "signed bytes"
						       : "");
	else
		execute_order(r);
}

/* The command of a body; false after answering. */
static bool read_command(struct gn_hub_request *r, struct gn_slice body)
{
	struct gn_hub_order *o = r->order;
	gn_err err = gn_op_admin_parse(body, &o->cmd);
	if (err) {
		refuse_command(r, err, o->cmd.wrong);
		return false;
	}
	if (o->cmd.command != o->kind->command) {
		refuse_words(r, "usage", "the command is another one than this path takes");
		return false;
	}
	return o->kind->fits(r, &o->cmd);
}

static void take_signed(struct gn_hub_request *r, json_t *in)
{
	struct gn_op *op;
	struct gn_op_faults faults = {.count = 0};
	struct gn_slice bytes;
	if (!gn_hub_take_signed(r, in))
		return;
	bytes = gn_slice(r->bytes, r->bytes_len);
	op = malloc(sizeof *op);
	gn_err err = op ? gn_op_check(GN_PROFILE_V1, GN_OP_KINDS, bytes, op, &faults) : GN_NOMEM;
	if (err == GN_NOMEM)
		gn_hub_fail(r, err, NULL, "%s", "");
	else if (err == GN_EXISTS && faults.count) /* a key twice */
		gn_hub_send_faults(r, &faults);
	else if (err || op->kind != GN_OP_ADMIN)
		refuse_words(
			r, gn_err_name(err ? err : GN_USAGE),
			err == GN_RANGE
				? "the signed text has a number that is out of range; \"seq\" is at "
				  "most 2^62 - 1"
				: "the signed text is not the canonical text of an officer's "
				  "command");
	else if (memcmp(&op->signer, &r->pid, sizeof r->pid) != 0)
		gn_hub_fail_as(r, 403, "E006", NULL,
			       "the signed text names another signer than the access token");
	else if (read_command(r, op->body)) {
		r->signer = r->actor;
		r->order->is_signed = true;
		gn_hub_verify_later(r, command_verified);
	}
	free(op);
}

/* Takes body: the bare command. */
static void take_plain(struct gn_hub_request *r, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);
	struct gn_json *parsed = malloc(sizeof *parsed);
	r->bytes = malloc(JSON_TEXT_MAX);
	struct gn_buf out = {r->bytes, 0, JSON_TEXT_MAX};
	gn_err err = text && parsed && r->bytes ? gn_json_parse(gn_str(text), parsed) : GN_NOMEM;
	if (!err)
		err = gn_json_write(parsed, &out);
	free(parsed);
	free(text);
	json_decref(body);
	if (err == GN_NOMEM)
		gn_hub_fail(r, err, NULL, "%s", "");
	else if (err)
		refuse_words(r, gn_err_name(err), "texts must be UTF-8 and numbers integers");
	else if (read_command(r, gn_buf_slice(&out)))
		execute_order(r);
}

void gn_hub_command(struct gn_hub_request *r, const struct gn_hub_command *kind)
{
	static const struct gn_pk nobody;
	json_t *in = gn_hub_body(r);
	r->kind = GN_OP_ADMIN;
	if (!in)
		return;
	r->order = calloc(1, sizeof *r->order);
	if (!r->order) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	r->order->kind = kind;
	if (json_object_get(in, "signed")) {
		take_signed(r, in);
	} else if (memcmp(&r->actor, &nobody, sizeof nobody) != 0) {
		gn_hub_fail_as(r, 403, "E006", NULL,
			       "an officer signs every command: {\"signed\": TEXT, \"signature\": "
			       "BASE64}, operation \"admin\"; a token alone only reads");
	} else {
		json_t *body =
			json_object_get(in, "command") ? json_incref(in) : kind->plain(r, in);
		json_t *reason = json_object_get(in, "reason");
		if (body && body != in && json_is_string(reason))
			json_object_set(body, "reason", reason);
		if (body)
			take_plain(r, body);
		else if (!r->base.answered)
			gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
	}
}

/* ---- what routes have in common ---- */

bool gn_hub_command_unfit(struct gn_hub_request *r)
{
	return gn_hub_refuse_value(r, "body", "command", "value_error",
				   "is about something else than the path, or another command");
}

bool gn_hub_command_fits_any(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	(void)r;
	(void)c;
	return true;
}

bool gn_hub_command_failed(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!e->err)
		return false;
	gn_hub_fail(r, e->err, NULL, "%s",
		    e->err == GN_DENIED     ? "this key has no role that may do this"
		    : e->err == GN_RANGE    ? "a number is out of range; \"seq\" lies at most 2^32 "
					      "above your last one"
		    : e->err == GN_CONFLICT ? "it was given before, or something else changed "
					      "meanwhile"
					    : "");
	return true;
}

void gn_hub_fail_last_admin(struct gn_hub_request *r)
{
	gn_hub_fail_as(
		r, 409, "E008", NULL,
		"this is the hub's last admin, and a hub without one cannot be governed; make "
		"somebody else admin first");
}
