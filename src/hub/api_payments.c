/* Payments: making them, asking what could be paid and why not, those made before, and the
 * answers of people who are asked. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what could be paid ---- */

static const char *name_for_text(void *user, uint32_t participant)
{
	const char *name = gn_hub_name(user, participant);
	static char pid[4][GN_PID_MAX];
	static unsigned at;
	if (*name)
		return name;
	char *out = pid[at++ % 4];
	gn_hub_pid(user, participant, out);
	return out;
}

/* A limit of the day stops what is larger, so what is left of it is told. */
static void add_left_today(const struct gn_hub_view *v, uint32_t eq, const struct gn_ledger_cut *c,
			   unsigned precision, json_t *item)
{
	struct gn_ledger_line line;
	if (c->cause == GN_CAUSE_DAILY &&
	    gn_ledger_line(v->ledger, eq, c->owner, c->debtor, &line) == GN_OK &&
	    line.policy.daily_limit >= 0)
		gn_history_amount_json(item, "left_today",
				       line.policy.daily_limit > line.used_today
					       ? line.policy.daily_limit - line.used_today
					       : 0,
				       precision);
}

static json_t *cut_json(const struct gn_hub_view *v, uint32_t eq, const struct gn_ledger_why *why,
			unsigned precision)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < why->cut_count; i++) {
		char owner[GN_PID_MAX], debtor[GN_PID_MAX], by[GN_PID_MAX];
		gn_hub_pid(v, why->cut[i].owner, owner);
		gn_hub_pid(v, why->cut[i].debtor, debtor);
		gn_hub_pid(v, why->cut[i].by, by);
		json_t *item = json_pack("{ss ss ss ss ss ss ss ss ss}", "owner", owner, "debtor",
					 debtor, "from", owner, "to", debtor, "owner_name",
					 gn_hub_name(v, why->cut[i].owner), "debtor_name",
					 gn_hub_name(v, why->cut[i].debtor), "cause",
					 gn_ledger_cause_name(why->cut[i].cause), "by", by,
					 "by_name", gn_hub_name(v, why->cut[i].by));
		gn_history_amount_json(item, "limit", why->cut[i].limit, precision);
		gn_history_amount_json(item, "used", why->cut[i].used, precision);
		gn_history_amount_json(item, "available", why->cut[i].limit - why->cut[i].used,
				       precision);
		add_left_today(v, eq, &why->cut[i], precision, item);
		json_array_append_new(list, item);
	}
	return list;
}

/* What is in the way between others: its class and on how many lines (HB-37). */
static json_t *elsewhere_json(const struct gn_ledger_why *why)
{
	json_t *list = json_array();
	for (unsigned k = 0; k < GN_CAUSES; k++)
		if (why->elsewhere[k])
			json_array_append_new(
				list, json_pack("{ss si}", "cause",
						gn_ledger_cause_name((enum gn_ledger_cause)k),
						"lines", (int)why->elsewhere[k]));
	return list;
}

static json_t *why_raises_json(const struct gn_hub_view *v, const struct gn_ledger_why *why,
			       unsigned precision)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < why->raise_count; i++) {
		char owner[GN_PID_MAX], debtor[GN_PID_MAX];
		gn_hub_pid(v, why->raises[i].owner, owner);
		gn_hub_pid(v, why->raises[i].debtor, debtor);
		json_t *item = json_pack("{ss ss ss ss}", "owner", owner, "debtor", debtor,
					 "owner_name", gn_hub_name(v, why->raises[i].owner),
					 "debtor_name", gn_hub_name(v, why->raises[i].debtor));
		gn_history_amount_json(item, "limit", why->raises[i].limit, precision);
		gn_history_amount_json(item, "raise", why->raises[i].raise, precision);
		json_array_append_new(list, item);
	}
	return list;
}

static bool to_and_equivalent(struct gn_hub_request *r, struct gn_ledger_participant *to,
			      struct gn_ledger_equivalent *e)
{
	char pid[64];
	if (!gn_hub_value(r, "to", pid, sizeof pid) ||
	    !gn_hub_participant_at(r, "query", "to", pid, to) || !gn_hub_query_equivalent(r, e))
		return false;
	return to->number != r->me.number ||
	       gn_hub_refuse_value(r, "query", "to", "value_error", "nobody can pay himself");
}

static bool sees_everything(const struct gn_hub_request *r)
{
	return r->role >= GN_ROLE_AUDITOR;
}

/* What stands in the way, with its sentence, as q->who may know it (HB-37; flag: everything);
 * *why zeros where one of the two has no line in this equivalent. */
static gn_err explain(const struct gn_hub_query *q, struct gn_hub_view *v,
		      const struct gn_ledger_equivalent *e, struct gn_ledger_why *why, json_t **out)
{
	uint8_t sentence[4096];
	struct gn_buf text = {sentence, 0, sizeof sentence};
	gn_err err = gn_ledger_why(v->ledger, q->eq, q->who, q->to, q->amount, why);
	if (err == GN_NOT_FOUND)
		memset(why, 0, sizeof *why);
	else if (err)
		return err;
	if (!q->flag)
		gn_ledger_why_for(why, q->who);
	if (err || gn_ledger_why_text(v->ledger, q->eq, q->who, q->to, q->amount, why,
				      name_for_text, v, &text))
		text.len = 0;
	*out = json_pack("{sb sb so so so si si sb so}", "connected", why->connected, "reversed",
			 why->reversed, "cut", cut_json(v, q->eq, why, e->precision), "elsewhere",
			 elsewhere_json(why), "raises", why_raises_json(v, why, e->precision),
			 "raises_elsewhere", (int)why->raises_elsewhere, "cut_total",
			 (int)why->cut_total, "raises_suffice",
			 why->raises_suffice && !why->raises_elsewhere, "explanation",
			 gn_history_text_json(gn_buf_slice(&text)));
	return GN_OK;
}

static void run_capacity(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_why why;
	q->err = gn_ledger_equivalent(v->ledger, q->eq, &e);
	if (!q->err)
		q->err = explain(q, v, &e, &why, &q->json);
	if (q->err)
		return;
	json_object_set_new(
		q->json, "can_pay",
		json_boolean(q->amount > 0 ? why.can_pay == q->amount : why.max_flow > 0));
	json_object_set_new(q->json, "search", json_string(gn_ledger_routed_name(why.search)));
	json_object_set_new(q->json, "routes_count", json_integer(why.routes));
	json_object_set_new(q->json, "estimated_hops", json_integer(why.hops));
	gn_history_amount_json(q->json, "max_amount", why.max_flow, e.precision);
	gn_history_amount_json(q->json, "routable", why.can_pay, e.precision);
}

void gn_hub_api_capacity(struct gn_hub_request *r)
{
	struct gn_ledger_participant to;
	struct gn_ledger_equivalent e;
	char text[64];
	gn_amount amount = 0;
	if (!to_and_equivalent(r, &to, &e) || !gn_hub_value(r, "amount", text, sizeof text))
		return;
	if (*text && gn_amount_parse(gn_str(text), e.precision, &amount)) {
		gn_hub_fail(r, GN_AMOUNT,
			    json_pack("{s[{s[ss] ss+ss}]}", "validation", "loc", "query", "amount",
				      "msg", "must be an amount of ", e.code, "type",
				      "value_error"),
			    "\"%s\" is not an amount of %s: digits, and at most %u after the point",
			    text, e.code, e.precision);
		return;
	}
	gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_capacity,
						  .eq = e.number,
						  .who = r->me.number,
						  .to = to.number,
						  .amount = amount,
						  .flag = sees_everything(r)});
}

/* Paths of a max-flow. To a participant one for each of his own lines that carries some, with
 * all that goes over it and "" for whoever stands between (HB-37); to officers all of them. */
struct path_list {
	const struct gn_hub_view *view;
	json_t *list;
	unsigned precision;
	bool all;
	json_t *first; /* PID of the neighbour -> item */
	gn_err err;
};

static void add_path(void *user, gn_amount amount, const uint32_t *participants, uint32_t count)
{
	struct path_list *l = user;
	char next[GN_PID_MAX];
	gn_hub_pid(l->view, participants[1], next);
	json_t *known = l->all ? NULL : json_object_get(l->first, next);
	if (known) {
		gn_amount before;
		l->err = gn_amount_parse(
			gn_str(json_string_value(json_object_get(known, "capacity"))), l->precision,
			&before);
		gn_history_amount_json(known, "capacity", l->err ? 0 : before + amount,
				       l->precision);
		return;
	}
	json_t *path = json_array(), *item = json_object();
	for (uint32_t i = 0; i < count; i++) {
		char pid[GN_PID_MAX];
		bool shown = l->all || i < 2 || i + 1 == count;
		gn_hub_pid(l->view, participants[i], pid);
		if (shown || i == 2)
			json_array_append_new(path, json_string(shown ? pid : ""));
	}
	json_object_set(l->first, next, item);
	json_object_set_new(item, "path", path);
	gn_history_amount_json(item, "capacity", amount, l->precision);
	json_array_append_new(l->list, item);
}

static void run_max_flow(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_why why = {0};
	gn_amount max = 0;
	struct path_list paths = {
		.view = v, .list = json_array(), .all = q->flag, .first = json_object()};
	gn_err err = gn_ledger_equivalent(v->ledger, q->eq, &e);
	paths.precision = err ? 0 : e.precision;
	if (!err)
		err = gn_ledger_max_flow(v->ledger, q->eq, q->who, q->to, &max, add_path, &paths);
	if (!err)
		err = gn_ledger_why(v->ledger, q->eq, q->who, q->to, 0, &why);
	json_decref(paths.first);
	if (!q->flag)
		gn_ledger_why_for(&why, q->who);
	if (err && err != GN_NOT_FOUND) {
		json_decref(paths.list);
		q->err = err;
		return;
	}
	q->json =
		json_pack("{so so so ss so}", "paths", paths.list, "bottlenecks",
			  cut_json(v, q->eq, &why, e.precision), "elsewhere", elsewhere_json(&why),
			  "algorithm", "dinic", "computed_at", gn_history_time_json(q->time));
	gn_history_amount_json(q->json, "max_amount", max, e.precision);
}

void gn_hub_api_max_flow(struct gn_hub_request *r)
{
	struct gn_ledger_participant to;
	struct gn_ledger_equivalent e;
	if (to_and_equivalent(r, &to, &e))
		gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_max_flow,
							  .eq = e.number,
							  .who = r->me.number,
							  .to = to.number,
							  .flag = sees_everything(r)});
}

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
	if (gn_ledger_equivalent(v->ledger, q->eq, &e) || explain(q, v, &e, &why, &q->json)) {
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
			    "again when some are "
			    "answered or over",
			    paying);
	else
		gn_hub_fail(r, GN_BUSY, NULL,
			    "too many payments wait already for the answer of somebody who would "
			    "be asked, or too many "
			    "that come to him as this one does: try again when some are answered "
			    "or over");
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
	if (hub->stopping || hub->longs.count >= EXPLAIN_LONGS_MAX ||
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
			    "you neither made nor received a payment with "
			    "this tx_id");
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
		gn_tx_key(&r->me.pk, gn_str(r->args[0]), &key);
		gn_ledger_tx(r->hub->ledger, &key, &tx);
		if (tx.state == GN_TX_NEW || tx.state == GN_TX_ROUTED) {
			/* not durable yet: no row */
			gn_hub_json(r, 200,
				    json_pack("{ss ss}", "tx_id", r->args[0], "status",
					      gn_tx_state_name(tx.state)));
			return;
		}
	}
	snprintf(q.text, sizeof q.text, "%s", r->args[0]);
	gn_hub_ask(r, &q, payment_told);
}

/* HB-16: one that is on its way to the disk is not in the history yet, which is no reason to say
 * that there is none. */
void gn_hub_api_payment_get(struct gn_hub_request *r)
{
	gn_hub_when_durable(r, ask_for_payment);
}

/* ---- being asked (LG-18, LG-28, LG-47) ---- */

/* Names beside the PIDs of a payment that is asked about. */
static void add_name(const struct gn_hub *hub, json_t *payment, const char *end, const char *name)
{
	struct gn_ledger_participant p;
	struct gn_hash pid;
	const char *text = json_string_value(json_object_get(payment, end));
	if (text && gn_pid_parse(gn_str(text), &pid) == GN_OK &&
	    gn_ledger_find_participant(hub->ledger, &pid, &p) == GN_OK)
		json_object_set_new(payment, name, json_string(gn_hub_name(&hub->view, p.number)));
}

static void offers_told(struct gn_hub_request *r, json_t *offers)
{
	size_t i;
	json_t *item;
	if (!offers)
		return;
	json_array_foreach(json_object_get(r->hold, "items"), i, item) json_object_update(
		item, json_object_get(offers, json_string_value(json_object_get(item, "key"))));
	gn_hub_json(r, 200, json_incref(r->hold));
}

static void asked_told(struct gn_hub_request *r, json_t *open)
{
	size_t i;
	json_t *item;
	if (!open)
		return;
	json_array_foreach(json_object_get(r->hold, "items"), i, item)
	{
		json_t *payment =
			json_object_get(open, json_string_value(json_object_get(item, "key")));
		if (payment) {
			add_name(r->hub, payment, "from", "from_name");
			add_name(r->hub, payment, "to", "to_name");
		}
		/* null: a clearing offer */
		json_object_set(item, "payment", payment ? payment : json_null());
	}
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_OFFERS, .who = r->me.number},
		   offers_told);
}

void gn_hub_api_asked(struct gn_hub_request *r)
{
	struct gn_ledger_ask list[HUB_PAGE_MAX];
	uint64_t limit, offset;
	uint32_t paying, asked;
	if (!gn_hub_page(r, HUB_PAGE_MAX, HUB_PAGE_MAX, &limit, &offset))
		return;
	gn_ledger_waits(r->hub->ledger, r->me.number, &paying, &asked);
	uint32_t n = gn_ledger_asks(r->hub->ledger, r->me.number, offset, list, (uint32_t)limit);
	json_t *items = json_array();
	for (uint32_t i = 0; i < n; i++) {
		char hex[33];
		gn_hex(GN_SLICE(list[i].key.b), hex);
		json_array_append_new(items,
				      json_pack("{ss ss sb sI sI so}", "key", hex, "status",
						gn_tx_state_name(list[i].tx.state), "answered",
						list[i].answered, "asked_count",
						(json_int_t)list[i].tx.asked, "answered_count",
						(json_int_t)list[i].tx.answered, "expires_at",
						gn_history_time_json(list[i].tx.expiry)));
	}
	r->hold = gn_hub_page_json_of(items, limit, offset, asked);
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_OPEN, .keys = items}, asked_told);
}

/* HB-9: an outcome is for payer, payee and those who were asked; to others there is no such
 * payment. */
static void may_know_told(struct gn_hub_request *r, json_t *yes)
{
	if (!yes)
		return;
	if (!json_is_true(yes))
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "nothing that asks you has this tx_id");
	else if (r->wait.vote.err)
		gn_hub_fail(r, r->wait.vote.err, NULL, "nobody asked you about it");
	else
		gn_hub_json(r, 200,
			    json_pack("{ss}", "status", gn_tx_state_name(r->wait.vote.state)));
}

/* The key, in hex, of what a vote or consent answers; "" when there can be none. */
static void answered_key(const struct gn_hub_request *r, char out[33])
{
	struct gn_op *op = malloc(sizeof *op);
	struct gn_ledger_participant payer;
	struct gn_tx_key key;
	out[0] = 0;
	if (op &&
	    gn_op_parse(GN_PROFILE_V1, r->kind, gn_slice(r->bytes, r->bytes_len), op) == GN_OK) {
		if (r->kind == GN_OP_CONSENT) {
			if (gn_unhex(op->tx_id, key.b, sizeof key.b) == GN_OK)
				gn_hex(GN_SLICE(key.b), out);
		} else if (gn_ledger_find_participant(r->hub->ledger, &op->initiator, &payer) ==
			   GN_OK) {
			gn_tx_key(&payer.pk, op->tx_id, &key);
			gn_hex(GN_SLICE(key.b), out);
		}
	}
	free(op);
}

static void answered(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_history_query q = {.kind = GN_HQ_MAY_KNOW, .who = r->me.number};
	if (e->err && e->err != GN_DENIED) {
		if (!gn_hub_name_fault(r, e->err))
			gn_hub_fail(r, e->err, NULL, "%s", "");
	} else if (!e->err && !e->repeated) {
		gn_hub_json(r, 200, json_pack("{ss}", "status", gn_tx_state_name(e->state)));
	} else {
		r->wait.vote.state = e->state;
		r->wait.vote.err = e->err;
		answered_key(r, q.text);
		gn_hub_ask(r, &q, may_know_told);
	}
}

void gn_hub_api_vote(struct gn_hub_request *r)
{
	static const char *const fields[] = {"tx_id", "initiator", "answer", NULL};
	gn_hub_submit(r, GN_OP_VOTE, fields, answered);
}

void gn_hub_api_consent(struct gn_hub_request *r)
{
	static const char *const fields[] = {"tx_id", "answer", NULL};
	gn_hub_submit(r, GN_OP_CONSENT, fields, answered);
}
