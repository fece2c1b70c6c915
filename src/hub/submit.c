/* Signed operations on their way from a body to the ledger:
 *
 *     body -> bytes as signed -> signer known -> signature checked on a worker ->
 *     gn_ledger_submit -> RESULT
 *
 * 1. HB-4: in geo-v1 the client sends the very text it signed; it is never written anew. In
 *    geo-v0 the bytes are the canonical form of the fields that profile signs; other fields are
 *    ignored.
 * 2. The signer is who the access token says; a text signed by someone else is refused before
 *    the ledger sees it.
 * 3. A ticket is answered exactly once, even when the client is gone. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t gn_hub_ticket(struct gn_hub_request *r,
		       void (*result)(struct gn_hub_request *, const struct gn_ledger_event *))
{
	struct gn_hub *hub = r->hub;
	uint64_t ticket = ++hub->last_ticket;
	struct gn_hub_request **slot = gn_map_put(&hub->tickets, &ticket);
	if (!slot)
		return 0;
	*slot = r;
	r->ticket = ticket;
	r->result = result;
	gn_host_hold(&r->base);
	return ticket;
}

/* The ledger refused at once: no RESULT follows. */
void gn_hub_drop_ticket(struct gn_hub_request *r)
{
	gn_map_remove(&r->hub->tickets, &r->ticket);
	gn_host_release(&r->base);
}

void gn_hub_tickets_end(struct gn_hub *hub)
{
	while (hub->tickets.count) {
		struct gn_hub_request *r = *(struct gn_hub_request **)gn_map_value_at(
			&hub->tickets, hub->tickets.count - 1);
		gn_map_remove(&hub->tickets, &r->ticket);
		gn_hub_stopped(r);
		gn_host_release(&r->base);
	}
}

/* What it left, and the answers that it asks for: whoever causes records pays for them (HB-50). */
static void owe_day(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_ledger_tx tx = {0};
	if (r->kind == GN_OP_PAYMENT)
		gn_ledger_tx(r->hub->ledger, &e->key, &tx);
	for (uint32_t n = 0; n <= tx.asked; n++)
		gn_hub_rate_owe(&r->hub->rate_day, r->asker, r->hub->now);
}

void gn_hub_result(struct gn_hub *hub, const struct gn_ledger_event *e)
{
	struct gn_hub_request **slot = gn_map_get(&hub->tickets, &e->ticket);
	if (!slot)
		return;
	struct gn_hub_request *r = *slot;
	gn_map_remove(&hub->tickets, &e->ticket);
	/* HB-8: it failed, and is kept for ever */
	if (r->kind == GN_OP_PAYMENT && e->err && e->seq && !e->repeated)
		gn_hub_rate_owe(&hub->rate_failed, r->pid.b, hub->now);
	if (r->leaves && e->seq && !e->repeated)
		owe_day(r, e);
	if (r->kind != GN_OP_ADMIN) /* its record is durable; a clearing comes after its NOTE */
		r->taken = e->err == GN_AGAIN;
	r->result(r, e);
	gn_host_release(&r->base);
}

/* Wrong words in a payment are 400, elsewhere 422, as clients of the reference expect. */
static void refuse_words(struct gn_hub_request *r, gn_err err, const char *what)
{
	bool words = strcmp(gn_hub_error_code(err), "E009") == 0 && err != GN_BUSY &&
		     err != GN_TOO_LARGE;
	if (words && r->kind != GN_OP_PAYMENT)
		gn_hub_fail_as(
			r, 422, "E009",
			json_pack("{s[{ss ss}]}", "errors", "type", gn_err_name(err), "msg", what),
			"%s", what);
	else if (words)
		gn_hub_fail_as(r, 400, "E009",
			       json_pack("{s[{ss ss}]}", "validation", "type", gn_err_name(err),
					 "msg", what),
			       "%s", what);
	else
		gn_hub_fail(r, err, NULL, "%s", what);
}

/* ---- bytes ---- */

static bool keep_bytes(struct gn_hub_request *r, const void *p, size_t len)
{
	r->bytes = malloc(len ? len : 1);
	if (!r->bytes) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return false;
	}
	memcpy(r->bytes, p, len);
	r->bytes_len = len;
	return true;
}

static bool take_v1(struct gn_hub_request *r, json_t *in)
{
	const char *text = json_string_value(json_object_get(in, "signed"));
	size_t len = json_string_length(json_object_get(in, "signed"));
	const char *name;
	json_t *value;
	json_object_foreach(in, name, value) if (strcmp(name, "signed") != 0 &&
						 strcmp(name, "signature") != 0)
	{
		refuse_words(r, GN_UNSUPPORTED,
			     "a body with \"signed\" has nothing else but \"signature\"");
		return false;
	}
	if (!text) {
		gn_hub_refuse_signed(r, "value_error",
				     "must be a string: the text that was signed");
		return false;
	}
	r->profile = GN_PROFILE_V1;
	return keep_bytes(r, text, len);
}

/* The fields that geo-v0 signs, of the body; NULL: no memory. */
static char *pick_fields(struct gn_hub_request *r, json_t *in, const char *const *fields)
{
	json_t *picked = json_object();
	for (const char *const *f = fields; *f; f++) {
		json_t *value = json_object_get(in, *f);
		if (value && !json_is_null(value))
			json_object_set(picked, *f, value);
	}
	if (r->kind == GN_OP_REGISTER && !json_object_get(picked, "type"))
		json_object_set_new(picked, "type", json_string("person"));
	if (fields[0] && strcmp(fields[0], "id") == 0)
		json_object_set_new(picked, "id", json_string(r->base.args[0]));
	char *text = json_dumps(picked, JSON_COMPACT);
	json_decref(picked);
	return text;
}

static bool take_v0(struct gn_hub_request *r, json_t *in, const char *const *fields)
{
	struct gn_ledger_settings s;
	gn_ledger_settings(r->hub->ledger, &s);
	if (!s.accept_v0 || r->kind >= GN_OP_VOTE) {
		gn_hub_refuse_signed(r, "missing",
				     "is required: this is taken in geo-v1 only, {\"signed\": "
				     "TEXT, \"signature\": BASE64}");
		return false;
	}
	char *text = pick_fields(r, in, fields);
	struct gn_json *parsed = malloc(sizeof *parsed);
	struct gn_op_faults faults = {.count = 0};
	uint8_t canonical[JSON_TEXT_MAX];
	struct gn_buf out = {canonical, 0, sizeof canonical};
	gn_err err = text && parsed ? gn_json_parse(gn_str(text), parsed) : GN_NOMEM;
	if (!err)
		err = gn_json_write(parsed, &out);
	else if (err != GN_NOMEM)
		gn_op_json_fault(GN_PROFILE_V0, parsed, err, &faults);
	if (faults.count)
		gn_hub_send_faults(r, &faults);
	else if (err)
		refuse_words(r, err == GN_NOMEM ? err : GN_USAGE, gn_err_text(err));
	free(parsed);
	free(text);
	r->profile = GN_PROFILE_V0;
	return !err && keep_bytes(r, canonical, out.len);
}

static bool take_signature(struct gn_hub_request *r, json_t *in)
{
	const char *text = json_string_value(json_object_get(in, "signature"));
	if (text && gn_unbase64_exact(gn_str(text), false, r->sig.b, sizeof r->sig.b) == GN_OK)
		return true;
	gn_hub_fail(r, GN_SIGNATURE, NULL, "\"signature\" must be 64 bytes in base64");
	return false;
}

/* ---- signer ---- */

static bool name_ok(struct gn_slice raw)
{
	uint8_t text[8 * OP_NAME_MAX];
	struct gn_buf out = {text, 0, sizeof text};
	return !gn_json_unescape(raw, &out) && gn_op_name_ok(gn_buf_slice(&out));
}

/* What the words say that the ledger cannot know: the path, the session. */
static bool fits_session(struct gn_hub_request *r, const struct gn_op *op)
{
	if (r->kind == GN_OP_REGISTER) {
		r->signer = op->public_key;
	} else {
		r->signer = r->me.pk;
		if (r->profile == GN_PROFILE_V1 &&
		    memcmp(&op->signer, &r->pid, sizeof r->pid) != 0) {
			gn_hub_fail_as(
				r, 403, "E006", NULL,
				"the signed text names another signer than the access token");
			return false;
		}
	}
	if (op->display_name.p && !name_ok(op->display_name)) {
		gn_hub_fail_as(
			r, 422, "E009",
			json_pack("{s[{s[ss] ss}]}", "errors", "loc", "body", "display_name", "msg",
				  "a character that is not seen, or a blank at an end"),
			"\"display_name\" has a control character, one that turns or hides text, "
			"or a blank at an end");
		return false;
	}
	bool line = r->kind == GN_OP_LINE_UPDATE || r->kind == GN_OP_LINE_CLOSE;
	if (line && !gn_slice_eq(op->line_id, gn_str(r->base.args[0]))) {
		refuse_words(r, GN_USAGE,
			     "the signed text is about another trust line than the path");
		return false;
	}
	return true;
}

static struct gn_ledger_request ledger_request(const struct gn_hub_request *r)
{
	return (struct gn_ledger_request){.profile = r->profile,
					  .kind = r->kind,
					  .signer = r->signer,
					  .bytes = gn_slice(r->bytes, r->bytes_len),
					  .sig = r->sig,
					  .checked = true,
					  .flow_elsewhere = r->flows < HUB_FLOW_ROUNDS};
}

/* To the ledger, with the flow that was found for it or NULL. */
static void submit_bytes(struct gn_hub_request *r, const struct gn_ledger_flow *flow)
{
	struct gn_ledger_request q = ledger_request(r);
	q.flow = flow;
	uint64_t ticket = gn_hub_ticket(r, r->result);
	gn_err err = ticket ? gn_ledger_submit(r->hub->ledger, &q, ticket, r->hub->time) : GN_BUSY;
	if (!err)
		return;
	if (ticket)
		gn_hub_drop_ticket(r);
	refuse_words(r, err,
		     err == GN_BUSY
			     ? "the hub has more to do than it can hold; try again in a moment"
			     : gn_err_text(err));
}

/* ---- max-flow on the copy (HB-38) ---- */

struct flow_job {
	/* its bytes are the hub's request's, which lives as long */
	struct gn_ledger_request request;
	struct gn_ledger_flow found; /* routes owned */
};

static void drop_flow(struct gn_hub_query *q)
{
	struct flow_job *job = q->job;
	free((void *)(uintptr_t)job->found.routes.p);
	free(job);
}

static void run_flow(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct flow_job *job = q->job;
	struct gn_ledger_flow found;
	if (gn_ledger_find_flow(v->ledger, &job->request, q->time, &found))
		return; /* none: the ledger says why when it comes again */
	uint8_t *copy = malloc(found.routes.len + 1);
	if (!copy)
		return;
	if (found.routes.len)
		memcpy(copy, found.routes.p, found.routes.len);
	job->found = (struct gn_ledger_flow){gn_slice(copy, found.routes.len), found.count};
}

static void flow_found(struct gn_hub_query *q)
{
	struct flow_job *job = q->job;
	submit_bytes(q->asked.request, &job->found);
	drop_flow(q);
}

void gn_hub_find_flow(struct gn_hub_request *r)
{
	struct flow_job *job = calloc(1, sizeof *job);
	struct gn_hub_tail_info replica;
	if (!job) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	job->request = ledger_request(r);
	r->flows++;
	r->hub->count.flows++;
	gn_hub_replica_info(r->hub->replica, &replica);
	if (replica.failures) { /* there is no copy to look on: as if none was found */
		submit_bytes(r, &job->found);
		free(job);
		return;
	}
	gn_hub_ask_copy(
		r, &(struct gn_hub_query){
			   .run = run_flow, .then = flow_found, .job = job, .drop = drop_flow});
}

static void operation_verified(struct gn_hub_request *r)
{
	if (r->verdict) {
		gn_hub_fail(r, r->verdict, NULL, "%s",
			    r->verdict == GN_SIGNATURE ? "the signature does not verify over the "
							 "signed bytes"
						       : "");
		return;
	}
	r->taken = true;
	submit_bytes(r, NULL);
}

bool gn_hub_may_leave(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	char what[200];
	uint32_t wait;
	/* whoever is asked leaves what others ask for, and these wait */
	if (r->role > GN_ROLE_NONE || r->kind == GN_OP_VOTE || r->kind == GN_OP_CONSENT)
		return true;
	r->leaves = true;
	if (gn_hub_rate_look(&hub->rate_day, r->asker, hub->now, &wait))
		return true;
	snprintf(what, sizeof what,
		 "you have made %u payments and other signed operations within a day, which is "
		 "what this hub takes of one key (its setting rate.key_per_day)",
		 hub->rate_day.most);
	gn_hub_too_fast(r, wait, what);
	return false;
}

void gn_hub_submit(struct gn_hub_request *r, enum gn_op_kind kind, const char *const *fields,
		   void (*result)(struct gn_hub_request *, const struct gn_ledger_event *))
{
	json_t *in = gn_hub_body(r);
	struct gn_op *op;
	uint32_t wait;
	r->kind = kind;
	r->result = result;
	if (!in || !(json_object_get(in, "signed") ? take_v1(r, in) : take_v0(r, in, fields)))
		return;
	op = calloc(1, sizeof *op);
	if (!op) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	if (!gn_hub_read_signed(r, op))
		goto out;
	if (kind == GN_OP_PAYMENT &&
	    !gn_hub_rate_look(&r->hub->rate_failed, r->pid.b, r->hub->now, &wait))
		gn_hub_too_fast(r, wait, "too many payments that failed");
	else if (gn_hub_may_leave(r) && take_signature(r, in) && fits_session(r, op))
		gn_hub_verify_later(r, operation_verified);
out:
	free(op);
}

bool gn_hub_take_signed(struct gn_hub_request *r, json_t *in)
{
	return take_v1(r, in) && take_signature(r, in);
}
