/* What could be paid, before it is. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

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
gn_err gn_hub_explain(const struct gn_hub_query *q, struct gn_hub_view *v,
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
		q->err = gn_hub_explain(q, v, &e, &why, &q->json);
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
