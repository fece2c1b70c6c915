/* Payments: making them, why one fails, and those made before. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- paying ---- */

/* The request that explains a failure, as things stand when it is asked. */
static void name_explainer(json_t *details, const char *to, const char *code, const char *amount)
{
	char request[256];
	snprintf(request, sizeof request, "/api/v1/payments/capacity?to=%s&equivalent=%s&amount=%s",
		 to, code, amount);
	json_object_set_new(details, "explained_by", json_string(request));
}

static void stored_told(struct gn_hub_request *r, json_t *answer)
{
	const json_t *error;
	if (!answer)
		return;
	error = json_object_get(answer, "error");
	if (json_is_null(answer))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else if (json_is_object(error)) {
		const char *code = json_string_value(json_object_get(error, "code"));
		json_t *details = json_deep_copy(json_object_get(error, "details"));
		if (!json_is_object(details)) {
			json_decref(details);
			details = json_object();
		}
		if (code[3] == '1' || code[3] == '2')
			name_explainer(details, json_string_value(json_object_get(answer, "to")),
				       json_string_value(json_object_get(answer, "equivalent")),
				       json_string_value(json_object_get(answer, "amount")));
		json_object_set(details, "tx_id", json_object_get(answer, "tx_id"));
		json_object_set(details, "status", json_object_get(answer, "status"));
		gn_hub_fail_as(r, code[3] == '7' ? 504 : 400, code, details, "%s",
			       json_string_value(json_object_get(error, "message")));
	} else
		gn_hub_json(r, 200, json_incref(answer));
}

/* The outcome of long ago is in the history. */
static void tell_stored(struct gn_hub_request *r, const struct gn_tx_key *key)
{
	struct gn_history_query q = {.kind = GN_HQ_PAYMENT, .who = r->me.number};
	gn_hex(GN_SLICE(key->b), q.text);
	gn_hub_ask(r, &q, stored_told);
}

/* Why a payment failed is worked out on the replica (HB-30), while few others wait there. */
#define EXPLAIN_LONGS_MAX 4u

static bool has_cause(const json_t *list, const char *cause)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i,
			   item) if (strcmp(json_string_value(json_object_get(item, "cause")),
					    cause) == 0) return true;
	return false;
}

/* Causes in words without names, each once. */
static void say_causes(const json_t *details, char out[256])
{
	size_t n = 0;
	out[0] = 0;
	for (unsigned k = 0; k < GN_CAUSES; k++) {
		const char *cause = gn_ledger_cause_name((enum gn_ledger_cause)k);
		if (!has_cause(json_object_get(details, "cut"), cause) &&
		    !has_cause(json_object_get(details, "elsewhere"), cause))
			continue;
		int len = snprintf(out + n, 256 - n, "%s%s", n ? ", " : ": ",
				   gn_ledger_cause_words((enum gn_ledger_cause)k));
		if (len > 0 && (size_t)len < 256 - n)
			n += (size_t)len;
		else
			out[n] = 0;
	}
}

/* r->hold: the details; r->wait.failure: the error. */
static void tell_failure(struct gn_hub_request *r)
{
	const json_t *d = r->hold;
	const char *requested = json_string_value(json_object_get(d, "requested")),
		   *available = json_string_value(json_object_get(d, "available"));
	bool raises = json_array_size(json_object_get(d, "raises")) > 0,
	     explained = json_object_get(d, "cut");
	char causes[256];
	gn_err err = r->wait.failure.err;
	say_causes(d, causes);
	if (err == GN_NO_CAPACITY)
		gn_hub_fail(r, err, json_incref(r->hold), "the trust lines can carry %s of %s%s%s",
			    available, requested, causes,
			    raises      ? "; \"raises\" lists lines to raise"
			    : *causes   ? ""
			    : explained ? "; policies, or bounds on paths and hops, are in the way"
					: "; the request in \"explained_by\" says why");
	else
		gn_hub_fail(r, err, json_incref(r->hold), "%s%s", gn_err_text(err),
			    json_is_true(json_object_get(d, "reversed"))
				    ? "; the lines run the other way: the payee must let the payer "
				      "owe"
				    : "");
}

static void run_explain(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_why why;
	if (gn_ledger_equivalent(v->ledger, q->eq, &e) ||
	    gn_hub_explain(q, v, &e, &why, &q->json)) {
		q->json = NULL; /* the payment has failed all the same */
		return;
	}
	gn_history_amount_json(q->json, "max_amount", why.max_flow, e.precision);
	if (why.max_flow >= q->amount) {
		/* the lines would carry it: their cut lies beyond this amount */
		json_array_clear(json_object_get(q->json, "cut"));
		json_array_clear(json_object_get(q->json, "elsewhere"));
		json_object_set_new(q->json, "cut_total", json_integer(0));
	}
}

static void explained(struct gn_hub_query *q)
{
	struct gn_hub_request *r = q->asked.request;
	/* what the record says stays; it was written when the payment failed */
	if (json_array_size(json_object_get(r->hold, "raises")) > 0 ||
	    json_integer_value(json_object_get(r->hold, "raises_elsewhere")) > 0) {
		json_object_del(q->json, "raises");
		json_object_del(q->json, "raises_elsewhere");
	}
	json_object_update(r->hold, q->json);
	tell_failure(r);
}

static json_t *failure_details(struct gn_hub_request *r, const struct gn_record_view *v,
			       const struct gn_ledger_equivalent *e)
{
	char to[GN_PID_MAX], from[GN_PID_MAX], text[GN_AMOUNT_TEXT_MAX];
	json_t *d = json_pack(
		"{so ss}", "raises",
		gn_hub_raises_json(&r->hub->view, v->eq, e->precision, v->u.failed.raises),
		"status", "ABORTED");
	gn_hub_pid(&r->hub->view, v->u.failed.payer, from);
	gn_history_own_raises(d, from);
	gn_history_amount_json(d, "requested", v->u.failed.amount, e->precision);
	gn_history_amount_json(d, "available", v->u.failed.available, e->precision);
	gn_hub_pid(&r->hub->view, v->u.failed.payee, to);
	gn_amount_text(v->u.failed.amount, e->precision, text);
	name_explainer(d, to, e->code, text);
	return d;
}

/* LG-66: nothing was recorded; once some are answered or over, it may come again. */
static void tell_share(struct gn_hub_request *r)
{
	uint32_t paying, asked;
	gn_ledger_waits(r->hub->ledger, r->me.number, &paying, &asked);
	if (paying >= BOOK_OPEN_PAYER_MAX)
		gn_hub_fail(r, GN_BUSY, NULL,
			    "%u of your payments wait for answers already, and no more may: try "
			    "again when some are answered or over",
			    paying);
	else
		gn_hub_fail(r, GN_BUSY, NULL,
			    "too many payments wait already for the answer of somebody who would "
			    "be asked, or too many that come to them as this one does: try again "
			    "when some are answered or over");
}

static void fail_payment(struct gn_hub_request *r, const struct gn_ledger_event *e,
			 const struct gn_record_view *v)
{
	struct gn_ledger_equivalent eq;
	struct gn_hub_tail_info replica;
	struct gn_hub *hub = r->hub;
	if (e->err == GN_QUOTA) {
		tell_share(r);
		return;
	}
	if (!v || v->type != GN_REC_FAILED || gn_ledger_equivalent(hub->ledger, v->eq, &eq)) {
		if (!gn_hub_name_fault(r, e->err))
			gn_hub_fail(r, e->err, NULL, "%s", "");
		return;
	}
	r->hold = failure_details(r, v, &eq);
	r->wait.failure.err = e->err;
	gn_hub_replica_info(hub->replica, &replica);
	if (gn_hub_is_ending(hub) || hub->longs.count >= EXPLAIN_LONGS_MAX ||
	    !gn_hub_has_share(&hub->longs, r) || replica.failures)
		tell_failure(r);
	else
		gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_explain,
							  .then = explained,
							  .eq = v->eq,
							  .who = v->u.failed.payer,
							  .to = v->u.failed.payee,
							  .amount = v->u.failed.amount});
}

static void paid(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_record_view v;
	bool have = e->record.p && gn_ledger_record(e->record, e->seq, &v) == GN_OK;
	if (e->err == GN_AGAIN) {
		gn_hub_find_flow(r);
	} else if (e->err && (!e->repeated || have)) {
		fail_payment(r, e, have ? &v : NULL);
	} else if (have && (v.type == GN_REC_PAYMENT || v.type == GN_REC_PREPARE) && !e->repeated) {
		gn_hub_json(r, 200, gn_hub_payment_json(&r->hub->view, &v));
	} else {
		tell_stored(r, &e->key);
	}
}

void gn_hub_api_payment_create(struct gn_hub_request *r)
{
	static const char *const fields[] = {"tx_id",       "to",          "equivalent", "amount",
					     "description", "constraints", NULL};
	gn_hub_submit(r, GN_OP_PAYMENT, fields, paid);
}

/* ---- those made before ---- */

static void list_told(struct gn_hub_request *r, json_t *answer)
{
	if (answer)
		gn_hub_items(r, json_incref(answer));
}

static bool payments_query(struct gn_hub_request *r, struct gn_history_query *q)
{
	static const char *const directions[] = {"sent", "received", "all", NULL},
				 *const states[] = {"NEW",       "ROUTED",  "PREPARE_IN_PROGRESS",
						    "COMMITTED", "ABORTED", NULL},
				 *const types[] = {"PAYMENT", "TRUST_LINE_CREATE",
						   "TRUST_LINE_UPDATE", "TRUST_LINE_CLOSE", NULL};
	char code[32];
	int direction, state, type;
	struct gn_ledger_equivalent e;
	uint64_t limit, offset;
	if (!gn_hub_choice(r, "direction", directions, &direction) ||
	    !gn_hub_value(r, "equivalent", code, sizeof code) ||
	    !gn_hub_choice(r, "status", states, &state) ||
	    !gn_hub_choice(r, "type", types, &type) ||
	    !gn_hub_date(r, "from_date", false, &q->from) ||
	    !gn_hub_date(r, "to_date", true, &q->to) ||
	    !gn_hub_page(r, 50, HUB_PAGE_MAX, &limit, &offset))
		return false;
	q->eq = -1;
	if (*code) {
		if (!gn_hub_equivalent_at(r, "query", "equivalent", code, &e))
			return false;
		q->eq = e.number;
	}
	q->direction = direction == 0 ? 1 : direction == 1 ? 2 : 0;
	snprintf(q->status, sizeof q->status, "%s", state < 0 ? "" : states[state]);
	snprintf(q->type, sizeof q->type, "%s", type < 0 ? "" : types[type]);
	q->limit = (int64_t)limit;
	q->offset = (int64_t)offset;
	return true;
}

void gn_hub_api_payments(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_PAYMENTS, .who = r->me.number};
	if (payments_query(r, &q))
		gn_hub_ask(r, &q, list_told);
}

void gn_hub_api_admin_payments(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_PAYMENTS, .who = -1};
	if (payments_query(r, &q))
		gn_hub_ask(r, &q, list_told);
}

static void payment_told(struct gn_hub_request *r, json_t *answer)
{
	if (!answer)
		return;
	if (json_is_null(answer))
		gn_hub_fail(r, GN_NOT_FOUND, NULL,
			    "you neither made nor received a payment with this tx_id");
	else
		gn_hub_json(r, 200, json_incref(answer));
}

static void ask_for_payment(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_PAYMENT,
				     .who = r->is_participant ? (int64_t)r->me.number : -1};
	struct gn_ledger_tx tx;
	struct gn_tx_key key;
	if (r->is_participant) {
		gn_tx_key(&r->me.pk, gn_str(r->base.args[0]), &key);
		gn_ledger_tx(r->hub->ledger, &key, &tx);
		if (tx.state == GN_TX_NEW || tx.state == GN_TX_ROUTED) {
			/* not durable yet: no row */
			gn_hub_json(r, 200,
				    json_pack("{ss ss}", "tx_id", r->base.args[0], "status",
					      gn_tx_state_name(tx.state)));
			return;
		}
	}
	snprintf(q.text, sizeof q.text, "%s", r->base.args[0]);
	gn_hub_ask(r, &q, payment_told);
}

/* HB-16: one that is on its way to the disk is not in the history yet, which is no reason to say
 * that there is none. */
void gn_hub_api_payment_get(struct gn_hub_request *r)
{
	gn_hub_when_durable(r, ask_for_payment);
}
