/* The routes that change something by an officer's command: for each, what the reference's
 * clients send as a bare command, whether a command is what the path says, and the answer once
 * its record is durable. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_pid(const char *text, const struct gn_hash *hash)
{
	struct gn_hash other;
	return gn_pid_parse(gn_str(text), &other) == GN_OK &&
	       memcmp(&other, hash, sizeof other) == 0;
}

/* ---- participants ---- */

static const char *const statuses[] = {"active", "suspended", "left", "deleted"};

static json_t *plain_status(struct gn_hub_request *r, const char *status)
{
	return json_pack("{ss ss ss}", "command", "participant", "pid", r->base.args[0], "status",
			 status);
}

static json_t *plain_freeze(struct gn_hub_request *r, json_t *in)
{
	(void)in;
	return plain_status(r, "suspended");
}

static json_t *plain_unfreeze(struct gn_hub_request *r, json_t *in)
{
	(void)in;
	return plain_status(r, "active");
}

static json_t *plain_delete(struct gn_hub_request *r, json_t *in)
{
	(void)in;
	return plain_status(r, "deleted");
}

static json_t *plain_level(struct gn_hub_request *r, json_t *in)
{
	json_t *level = json_object_get(in, "level");
	if (json_is_integer(level) && json_integer_value(level) >= 0 &&
	    json_integer_value(level) <= 255)
		return json_pack("{ss ss sO}", "command", "participant", "pid", r->base.args[0],
				 "level", level);
	(void)gn_hub_refuse_value(r, "body", "level", "int_type",
				  "must be an integer from 0 to 255");
	return NULL;
}

static bool fits_person(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_participant p;
	if (!gn_hub_participant_at(r, "path", "pid", r->base.args[0], &p))
		return false;
	return is_pid(r->base.args[0], &c->pid) || gn_hub_command_unfit(r);
}

static bool fits_freeze(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	return c->has_status && c->status == GN_PARTICIPANT_SUSPENDED ? fits_person(r, c)
								      : gn_hub_command_unfit(r);
}

static bool fits_unfreeze(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	return c->has_status && c->status == GN_PARTICIPANT_ACTIVE ? fits_person(r, c)
								   : gn_hub_command_unfit(r);
}

static bool fits_delete(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	return c->has_status && c->status == GN_PARTICIPANT_DELETED ? fits_person(r, c)
								    : gn_hub_command_unfit(r);
}

static bool fits_level(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	return c->has_level && !c->has_status ? fits_person(r, c) : gn_hub_command_unfit(r);
}

/* LG-68: true after answering. */
static bool rank_refused(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	const struct gn_op_admin *c = &r->order->cmd;
	struct gn_ledger_officer o;
	if (!gn_hub_officer_find(r->hub, &c->pid, &o))
		return false;
	if (e->err == GN_DENIED && o.role > r->role)
		gn_hub_fail(r, e->err, NULL, "this participant's key has a role above yours");
	else if (e->err == GN_CONFLICT && c->status == GN_PARTICIPANT_DELETED &&
		 gn_hub_is_last_admin(r->hub, &o.pk))
		gn_hub_fail_last_admin(r);
	else
		return false;
	return true;
}

static void status_set(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_ledger_participant p;
	if (gn_ledger_find_participant(r->hub->ledger, &r->order->cmd.pid, &p))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else if (e->err == GN_STATE) /* HB-43 */
		gn_hub_fail(
			r, e->err, gn_hub_ties_json(r->hub->ledger, p.number), "%s",
			p.status == GN_PARTICIPANT_DELETED
				? "this participant is deleted, which is for good"
				: "nobody can be deleted while they owe or are owed something or "
				  "have an open trust line of their own");
	else if (!rank_refused(r, e) && !gn_hub_command_failed(r, e))
		gn_hub_json(r, 200,
			    json_pack("{ss ss}", "pid", r->base.args[0], "status",
				      statuses[p.status & 3]));
}

static void level_set(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!rank_refused(r, e) && !gn_hub_command_failed(r, e))
		gn_hub_json(r, 200,
			    json_pack("{ss si}", "pid", r->base.args[0], "verification_level",
				      (int)r->order->cmd.level));
}

void gn_hub_api_admin_freeze(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_PARTICIPANT, plain_freeze, fits_freeze,
						status_set};
	gn_hub_command(r, &c);
}

void gn_hub_api_admin_unfreeze(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_PARTICIPANT, plain_unfreeze,
						fits_unfreeze, status_set};
	gn_hub_command(r, &c);
}

void gn_hub_api_admin_delete(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_PARTICIPANT, plain_delete, fits_delete,
						status_set};
	gn_hub_command(r, &c);
}

void gn_hub_api_admin_level(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_PARTICIPANT, plain_level, fits_level,
						level_set};
	gn_hub_command(r, &c);
}

/* ---- equivalents ---- */

static const char *named_code(const struct gn_hub_request *r, json_t *in)
{
	const char *code = json_string_value(json_object_get(in, "code"));
	return *r->base.args[0] ? r->base.args[0] : code ? code : "";
}

/* {description, symbol, metadata, precision, is_active} of the body over what is there. */
static json_t *plain_equivalent(struct gn_hub_request *r, json_t *in)
{
	static const char *const names[] = {"description", "symbol", "metadata"};
	struct gn_ledger_equivalent old;
	bool known =
		gn_ledger_find_equivalent(r->hub->ledger, gn_str(named_code(r, in)), &old) == GN_OK;
	json_t *info = known ? json_loadb((const char *)old.info.p, old.info.len, 0, NULL) : NULL,
	       *precision = json_object_get(in, "precision"),
	       *active = json_object_get(in, "is_active");
	if (!json_is_object(info)) {
		json_decref(info);
		info = json_object();
	}
	for (unsigned i = 0; i < GN_COUNT(names); i++) {
		json_t *v = json_object_get(in, names[i]);
		if (v && !json_is_null(v))
			json_object_set(info, names[i], v);
	}
	json_t *out = json_pack("{ss ss so}", "command", "equivalent", "code", named_code(r, in),
				"info", info);
	if (precision && !json_is_null(precision))
		json_object_set(out, "precision", precision);
	else
		json_object_set_new(out, "precision", json_integer(known ? old.precision : 2));
	json_object_set_new(out, "active",
			    json_boolean(json_is_boolean(active) ? json_is_true(active)
								 : !known || old.active));
	return out;
}

static json_t *plain_end(struct gn_hub_request *r, json_t *in)
{
	json_t *out = plain_equivalent(r, in);
	json_object_set_new(out, "active", json_false());
	return out;
}

/* As the ledger takes them; two codes that differ by case alone are one too many
 * (docs/decisions/101). */
static bool code_ok(struct gn_slice code)
{
	bool ok = code.len >= 1 && code.len <= 16;
	for (size_t i = 0; ok && i < code.len; i++)
		ok = (code.p[i] >= '0' && code.p[i] <= '9') || code.p[i] == '_' ||
		     ((code.p[i] | 0x20) >= 'a' && (code.p[i] | 0x20) <= 'z');
	return ok;
}

static bool same_letters(struct gn_slice a, struct gn_slice b)
{
	bool same = a.len == b.len;
	for (size_t i = 0; same && i < a.len; i++) /* of codes: letters, digits, _ */
		same = a.p[i] == b.p[i] || (a.p[i] >= 'A' && (a.p[i] ^ b.p[i]) == 0x20);
	return same;
}

static bool fits_create(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_equivalent old;
	if (!code_ok(c->code))
		return gn_hub_refuse_value(r, "body", "code", "string_pattern_mismatch",
					   "must be 1 to 16 of A-Z, a-z, 0-9 and _");
	for (uint32_t eq = 0; gn_ledger_equivalent(r->hub->ledger, eq, &old) == GN_OK; eq++) {
		if (!same_letters(c->code, gn_str(old.code)))
			continue;
		gn_hub_fail_as(r, 409, "E008", json_pack("{ss}", "code", old.code),
			       "there is an equivalent %s already", old.code);
		return false;
	}
	return true;
}

static bool fits_patch(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_equivalent old;
	if (!gn_hub_equivalent_at(r, "path", "code", r->base.args[0], &old))
		return false;
	return gn_slice_eq(c->code, gn_str(r->base.args[0])) || gn_hub_command_unfit(r);
}

/* Nothing is ever deleted from a journal: an unused equivalent becomes inactive. */
static bool fits_end(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_equivalent old;
	if (!gn_hub_equivalent_at(r, "path", "code", r->base.args[0], &old))
		return false;
	if (old.pairs) {
		gn_hub_fail_as(r, 409, "E008", json_pack("{sI}", "pairs", (json_int_t)old.pairs),
			       "%s is in use; set \"is_active\": false to end it", old.code);
		return false;
	}
	return (gn_slice_eq(c->code, gn_str(r->base.args[0])) && !c->active) ||
	       gn_hub_command_unfit(r);
}

static void equivalent_set(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_ledger_equivalent eq;
	if (e->err == GN_STATE)
		gn_hub_fail_as(r, 409, "E008", NULL,
			       "its precision cannot change while there are lines in it");
	else if (gn_hub_command_failed(r, e))
		return;
	else if (gn_ledger_find_equivalent(r->hub->ledger, r->order->cmd.code, &eq))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else
		gn_hub_tell_equivalents(r, gn_hub_equivalent_json(&eq));
}

void gn_hub_api_admin_equivalent_create(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_EQUIVALENT, plain_equivalent,
						fits_create, equivalent_set};
	gn_hub_command(r, &c);
}

void gn_hub_api_admin_equivalent_patch(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_EQUIVALENT, plain_equivalent, fits_patch,
						equivalent_set};
	gn_hub_command(r, &c);
}

static void equivalent_ended(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!gn_hub_command_failed(r, e))
		gn_hub_json(r, 200, json_pack("{ss}", "deleted", r->base.args[0]));
}

void gn_hub_api_admin_equivalent_delete(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_EQUIVALENT, plain_end, fits_end,
						equivalent_ended};
	gn_hub_command(r, &c);
}

/* ---- transactions ---- */

/* The path names a transaction by its key in hex, or its tx_id together with the body's
 * "initiator". */
static json_t *plain_abort(struct gn_hub_request *r, json_t *in)
{
	const char *initiator = json_string_value(json_object_get(in, "initiator"));
	struct gn_ledger_participant p;
	struct gn_tx_key key;
	char hex[33];
	if (initiator) {
		if (!gn_hub_participant_at(r, "body", "initiator", initiator, &p))
			return NULL;
		gn_tx_key(&p.pk, gn_str(r->base.args[0]), &key);
		gn_hex(GN_SLICE(key.b), hex);
		return json_pack("{ss ss}", "command", "abort", "key", hex);
	}
	if (gn_unhex(gn_str(r->base.args[0]), key.b, sizeof key.b)) {
		(void)gn_hub_refuse_value(
			r, "body", "initiator", "missing",
			"name the transaction by its key, or by tx_id with \"initiator\" in the "
			"body");
		return NULL;
	}
	return json_pack("{ss ss}", "command", "abort", "key", r->base.args[0]);
}

static bool fits_abort(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_tx tx;
	struct gn_tx_key key;
	bool is_key = gn_unhex(gn_str(r->base.args[0]), key.b, sizeof key.b) == GN_OK;
	if (is_key && memcmp(key.b, c->key.b, sizeof key.b) != 0)
		return gn_hub_command_unfit(r);
	if (!is_key && json_object_get(r->in, "signed"))
		return gn_hub_command_unfit(r);
	gn_ledger_tx(r->hub->ledger, &c->key, &tx);
	if (tx.state == GN_TX_NONE)
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "there is no such transaction");
	else if (tx.state == GN_TX_COMMITTED)
		gn_hub_fail_as(r, 409, "E008", NULL, "it is committed: nothing takes that back");
	return tx.state != GN_TX_NONE && tx.state != GN_TX_COMMITTED;
}

static void aborted(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!gn_hub_command_failed(r, e))
		gn_hub_json(r, 200,
			    json_pack("{ss ss}", "tx_id", r->base.args[0], "status", "aborted"));
}

void gn_hub_api_admin_abort(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_ABORT, plain_abort, fits_abort, aborted};
	gn_hub_command(r, &c);
}

/* ---- disputes ---- */

static bool find_line(struct gn_hub_request *r, struct gn_ledger_line *line,
		      struct gn_ledger_equivalent *e)
{
	struct gn_line_id id;
	gn_err err = gn_line_id_parse(gn_str(r->base.args[0]), &id);
	if (!err)
		err = gn_ledger_line_by_id(r->hub->ledger, &id, line);
	if (!err)
		err = gn_ledger_equivalent(r->hub->ledger, id.eq, e);
	bool verb =
		strcmp(r->base.args[1], "freeze") == 0 || strcmp(r->base.args[1], "unfreeze") == 0;
	if (err || !verb)
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "%s",
			    err ? "there is no trust line with this id" : "");
	return !err && verb;
}

static json_t *plain_dispute(struct gn_hub_request *r, json_t *in)
{
	struct gn_ledger_line line;
	struct gn_ledger_equivalent e;
	char from[GN_PID_MAX], to[GN_PID_MAX];
	(void)in;
	if (!find_line(r, &line, &e))
		return NULL;
	gn_hub_pid(&r->hub->view, line.from, from);
	gn_hub_pid(&r->hub->view, line.to, to);
	return json_pack("{ss ss ss ss sb}", "command", "line", "equivalent", e.code, "from", from,
			 "to", to, "frozen", strcmp(r->base.args[1], "freeze") == 0);
}

static bool fits_dispute(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_line line;
	struct gn_ledger_equivalent e;
	char from[GN_PID_MAX], to[GN_PID_MAX];
	if (!find_line(r, &line, &e))
		return false;
	gn_hub_pid(&r->hub->view, line.from, from);
	gn_hub_pid(&r->hub->view, line.to, to);
	return (is_pid(from, &c->pid) && is_pid(to, &c->pid2) &&
		gn_slice_eq(c->code, gn_str(e.code)) &&
		c->frozen == (strcmp(r->base.args[1], "freeze") == 0)) ||
	       gn_hub_command_unfit(r);
}

static void disputed(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!gn_hub_command_failed(r, e))
		gn_hub_json(r, 200,
			    json_pack("{sb sb}", "ok", 1, "frozen", (int)r->order->cmd.frozen));
}

void gn_hub_api_admin_dispute(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_LINE, plain_dispute, fits_dispute,
						disputed};
	gn_hub_command(r, &c);
}

/* ---- what stands in a NOTE and is done when that is durable ---- */

static json_t *plain_clear(struct gn_hub_request *r, json_t *in)
{
	char code[32];
	const char *named = json_string_value(json_object_get(in, "equivalent"));
	json_t *budget = json_object_get(in, "budget_ms");
	if (!gn_hub_value(r, "equivalent", code, sizeof code))
		return NULL;
	json_t *out =
		json_pack("{ss ss ss}", "command", "clear", "equivalent", named ? named : code,
			  "mode", json_is_true(json_object_get(in, "offer")) ? "offer" : "exact");
	if (budget && !json_is_null(budget))
		json_object_set(out, "budget_ms", budget);
	return out;
}

static bool fits_clear(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	char code[32];
	struct gn_ledger_equivalent e;
	snprintf(code, sizeof code, "%.*s", (int)c->code.len, (const char *)c->code.p);
	return gn_hub_equivalent_at(r, "body", "equivalent", code, &e);
}

static void clear_noted(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!gn_hub_command_failed(r, e))
		gn_hub_clear(r, &r->order->cmd);
}

void gn_hub_api_admin_clear_exact(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_CLEAR, plain_clear, fits_clear,
						clear_noted};
	gn_hub_command(r, &c);
}

static json_t *plain_snapshot(struct gn_hub_request *r, json_t *in)
{
	(void)r;
	(void)in;
	return json_pack("{ss}", "command", "snapshot");
}

static void snapshot_noted(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (gn_hub_command_failed(r, e))
		return;
	gn_ledger_snapshot(r->hub->ledger);
	gn_hub_json(r, 202, json_pack("{sb}", "ok", 1));
}

void gn_hub_api_admin_snapshot(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_SNAPSHOT, plain_snapshot,
						gn_hub_command_fits_any, snapshot_noted};
	gn_hub_command(r, &c);
}
