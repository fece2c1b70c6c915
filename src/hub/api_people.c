/* Participants and trust lines. Names and dates come from the history, what stands now from the ledger. */
#include "hub/hub_int.h"

#include <stdlib.h>

/* ---- participants ---- */

static void stats_json(const struct gn_hub *hub, uint32_t who, json_t *out, bool own)
{
	json_t *list = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(hub->ledger); eq++) {
		struct gn_ledger_equivalent e;
		struct gn_ledger_balance b;
		if (gn_ledger_equivalent(hub->ledger, eq, &e) || gn_ledger_balance(hub->ledger, eq, who, &b))
			continue;
		json_t *item = json_pack("{ss}", "equivalent", e.code);
		gn_amount_json(item, "total_incoming_trust", b.trust_received, e.precision);
		if (own) {
			gn_amount_json(item, "total_outgoing_trust", b.trust_given, e.precision);
			gn_amount_json(item, "total_debt", b.debt, e.precision);
			gn_amount_json(item, "total_credit", b.credit, e.precision);
			gn_amount_json(item, "net_balance", b.credit - b.debt, e.precision);
		}
		json_array_append_new(list, item);
	}
	json_object_set_new(out, own ? "stats" : "public_stats_by_equivalent", list);
}

static void person_told(struct gn_hub_request *r, json_t *answer)
{
	if (!answer)
		return;
	if (json_is_null(answer)) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "%s", "");
		return;
	}
	stats_json(r->hub, (uint32_t)r->note[1], answer, r->is_participant && (uint32_t)r->note[1] == r->me.number);
	if (r->is_participant && (uint32_t)r->note[1] == r->me.number)
		json_object_set_new(answer, "seq", json_integer((json_int_t)r->me.seq));
	gn_hub_json(r, (int)r->note[0], json_incref(answer));
}

static void tell_person(struct gn_hub_request *r, int status, uint32_t number)
{
	r->note[0] = status;
	r->note[1] = number;
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_PARTICIPANT, .who = number}, person_told);
}

static void created(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_slice part = GN_SLICE(r->signer.b);
	struct gn_ledger_participant p;
	struct gn_hash pid;
	if (e->err) {
		gn_hub_fail(r, e->err, NULL, "%s", e->err == GN_EXISTS ? "this key is registered here already" : "");
		return;
	}
	gn_sha256(&part, 1, &pid);
	if (gn_ledger_find_participant(r->hub->ledger, &pid, &p))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else
		tell_person(r, 201, p.number);
}

void gn_api_participant_create(struct gn_hub_request *r)
{
	static const char *const fields[] = {"display_name", "public_key", "type", "profile", NULL};
	gn_hub_submit(r, GN_OP_REGISTER, fields, created);
}

static void list_told(struct gn_hub_request *r, json_t *answer)
{
	if (answer)
		gn_hub_items(r, json_incref(answer));
}

void gn_api_participants(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_PARTICIPANTS, .who = -1};
	uint64_t limit, offset;
	if (!gn_hub_query(r, "q", q.text, sizeof q.text) || !gn_hub_query(r, "type", q.type, sizeof q.type) ||
	    !gn_hub_query_page(r, &limit, &offset))
		return;
	q.limit = (int64_t)limit;
	q.offset = (int64_t)offset;
	gn_hub_ask(r, &q, list_told);
}

void gn_api_participant_get(struct gn_hub_request *r)
{
	struct gn_ledger_participant p;
	if (gn_hub_participant(r, r->args[0], &p))
		tell_person(r, 200, p.number);
}

void gn_api_me_get(struct gn_hub_request *r)
{
	tell_person(r, 200, r->me.number);
}

static void profile_changed(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (e->err)
		gn_hub_fail(r, e->err, NULL, "%s", "");
	else
		tell_person(r, 200, r->me.number);
}

void gn_api_me_patch(struct gn_hub_request *r)
{
	static const char *const fields[] = {"display_name", "profile", NULL};
	gn_hub_submit(r, GN_OP_PROFILE, fields, profile_changed);
}

/* ---- trust lines ---- */

static void line_told(struct gn_hub_request *r, json_t *times)
{
	if (!times)
		return;
	gn_hub_line_times(r->hold, times);
	gn_hub_json(r, (int)r->note[0], json_incref(r->hold));
}

static void tell_line(struct gn_hub_request *r, int status, const struct gn_ledger_equivalent *e,
		      const struct gn_ledger_line *line)
{
	r->hold = gn_hub_line_json(&r->hub->view, e, line);
	r->note[0] = status;
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_LINE_TIMES, .who = line->from}, line_told);
}

static void line_changed(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_record_view v;
	struct gn_ledger_equivalent eq;
	struct gn_ledger_line line;
	if (e->err == GN_AMOUNT) { /* the words of the body, found only where the equivalent is known */
		gn_hub_fail_as(
			r, 422, "E009", NULL,
			"a limit is digits, a point if need be, and at most as many decimals as the equivalent has");
		return;
	}
	if (e->err) {
		gn_hub_fail(r, e->err, NULL, "%s",
			    e->err == GN_EXISTS ? "there is an open trust line to this participant already" : "");
		return;
	}
	gn_err err = e->record.p ? gn_ledger_record(e->record, e->seq, &v) : GN_INTERNAL;
	if (!err)
		err = gn_ledger_equivalent(r->hub->ledger, v.eq, &eq);
	if (!err)
		err = gn_ledger_line(r->hub->ledger, v.eq, v.u.line.from, v.u.line.to, &line);
	if (err)
		gn_hub_fail(r, err, NULL, "%s", "");
	else if (r->kind == GN_OP_LINE_CLOSE)
		gn_hub_json(r, 200,
			    json_pack("{ss ss}", "status", "success", "message",
				      v.u.line.action == GN_LINE_DO_CLOSING ? "the trust line closes when it is repaid"
									    : "the trust line is closed"));
	else
		tell_line(r, r->kind == GN_OP_LINE_CREATE ? 201 : 200, &eq, &line);
}

void gn_api_line_create(struct gn_hub_request *r)
{
	static const char *const fields[] = {"to", "equivalent", "limit", "policy", NULL};
	gn_hub_submit(r, GN_OP_LINE_CREATE, fields, line_changed);
}

void gn_api_line_patch(struct gn_hub_request *r)
{
	static const char *const fields[] = {"id", "limit", "policy", NULL};
	gn_hub_submit(r, GN_OP_LINE_UPDATE, fields, line_changed);
}

void gn_api_line_delete(struct gn_hub_request *r)
{
	static const char *const fields[] = {"id", NULL};
	gn_hub_submit(r, GN_OP_LINE_CLOSE, fields, line_changed);
}

void gn_api_line_get(struct gn_hub_request *r)
{
	struct gn_line_id id;
	struct gn_ledger_line line;
	struct gn_ledger_equivalent e;
	gn_err err = gn_line_id_parse(gn_str(r->args[0]), &id);
	if (!err)
		err = gn_ledger_line_by_id(r->hub->ledger, &id, &line);
	if (!err)
		err = gn_ledger_equivalent(r->hub->ledger, id.eq, &e);
	bool mine = !err && (r->role >= GN_ROLE_AUDITOR ||
			     (r->is_participant && (line.from == r->me.number || line.to == r->me.number)));
	if (!mine)
		gn_hub_fail(
			r, GN_NOT_FOUND, NULL,
			"there is no trust line of yours with this id (an id changes with every change of its line)");
	else
		tell_line(r, 200, &e, &line);
}

static bool status_fits(const json_t *item, const char *wanted)
{
	return !*wanted || strcmp(json_string_value(json_object_get(item, "status")), wanted) == 0;
}

static void add_line(const struct gn_hub_view *v, json_t *list, const struct gn_ledger_equivalent *e,
		     const struct gn_ledger_line *line, const char *status)
{
	if (line->status == GN_LINE_NONE || (line->status == GN_LINE_CLOSED && !*status))
		return;
	json_t *item = gn_hub_line_json(v, e, line);
	if (status_fits(item, status))
		json_array_append(list, item);
	json_decref(item);
}

static void run_lines(struct gn_long *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_line mine, theirs;
	json_t *all = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(v->ledger); eq++) {
		uint32_t at = 0;
		if (gn_ledger_equivalent(v->ledger, eq, &e) || (q->eq != UINT32_MAX && q->eq != eq))
			continue;
		while (gn_ledger_next_pair(v->ledger, eq, q->who, &at, &mine, &theirs)) {
			if (q->out)
				add_line(v, all, &e, &mine, q->status);
			if (q->in)
				add_line(v, all, &e, &theirs, q->status);
		}
	}
	q->json = gn_json_page(all, q->limit, q->offset);
}

void gn_api_lines(struct gn_hub_request *r)
{
	char direction[16], code[32];
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	struct gn_long q = {.run = run_lines, .then = gn_hub_tell_lines, .who = r->me.number};
	if (!gn_hub_query(r, "direction", direction, sizeof direction) ||
	    !gn_hub_query(r, "equivalent", code, sizeof code) ||
	    !gn_hub_query(r, "status", q.status, sizeof q.status) || !gn_hub_query_page(r, &q.limit, &q.offset))
		return;
	if (*code && gn_ledger_find_equivalent(r->hub->ledger, gn_str(code), &e))
		e.number = UINT32_MAX - 1; /* there are no lines in it */
	q.eq = e.number;
	q.out = strcmp(direction, "incoming") != 0;
	q.in = strcmp(direction, "outgoing") != 0;
	gn_hub_long(r, &q);
}

/* ---- what stands between people ---- */

void gn_api_balance(struct gn_hub_request *r)
{
	json_t *list = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(r->hub->ledger); eq++) {
		struct gn_ledger_equivalent e;
		struct gn_ledger_balance b;
		if (gn_ledger_equivalent(r->hub->ledger, eq, &e) ||
		    gn_ledger_balance(r->hub->ledger, eq, r->me.number, &b))
			continue;
		json_t *item = json_pack("{ss si}", "code", e.code, "precision", (int)e.precision);
		gn_amount_json(item, "total_debt", b.debt, e.precision);
		gn_amount_json(item, "total_credit", b.credit, e.precision);
		gn_amount_json(item, "net_balance", b.credit - b.debt, e.precision);
		gn_amount_json(item, "available_to_spend", b.can_spend, e.precision);
		gn_amount_json(item, "available_to_receive", b.can_receive, e.precision);
		json_array_append_new(list, item);
	}
	gn_hub_json(r, 200, json_pack("{so}", "equivalents", list));
}

static void add_debt(const struct gn_hub_view *v, json_t *list, const struct gn_ledger_equivalent *e,
		     const struct gn_ledger_line *line, bool i_owe)
{
	char pid[GN_PID_MAX];
	uint32_t other = i_owe ? line->from : line->to;
	if (line->used <= 0)
		return;
	gn_hub_pid(v, other, pid);
	json_t *item = json_pack("{ss ss ss}", i_owe ? "creditor" : "debtor", pid,
				 i_owe ? "creditor_name" : "debtor_name", gn_hub_name(v, other), "equivalent", e->code);
	gn_amount_json(item, "amount", line->used, e->precision);
	json_array_append_new(list, item);
}

static void run_debts(struct gn_long *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_line mine, theirs;
	json_t *outgoing = json_array(), *incoming = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(v->ledger); eq++) {
		uint32_t at = 0;
		if (gn_ledger_equivalent(v->ledger, eq, &e) || (q->eq != UINT32_MAX && q->eq != eq))
			continue;
		while (gn_ledger_next_pair(v->ledger, eq, q->who, &at, &mine, &theirs)) {
			if (q->out)
				add_debt(v, outgoing, &e, &theirs, true);
			if (q->in)
				add_debt(v, incoming, &e, &mine, false);
		}
	}
	q->json = json_pack("{so so}", "outgoing", outgoing, "incoming", incoming);
}

void gn_api_debts(struct gn_hub_request *r)
{
	char code[32], direction[16];
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	if (!gn_hub_query(r, "equivalent", code, sizeof code) ||
	    !gn_hub_query(r, "direction", direction, sizeof direction))
		return;
	if (*code && !gn_hub_equivalent(r, code, &e))
		return;
	gn_hub_long(r, &(struct gn_long){.run = run_debts,
					 .eq = e.number,
					 .who = r->me.number,
					 .out = strcmp(direction, "incoming") != 0,
					 .in = strcmp(direction, "outgoing") != 0});
}

void gn_api_equivalents(struct gn_hub_request *r)
{
	json_t *list = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(r->hub->ledger); eq++) {
		struct gn_ledger_equivalent e;
		if (gn_ledger_equivalent(r->hub->ledger, eq, &e) == GN_OK)
			json_array_append_new(list, gn_hub_equivalent_json(&e));
	}
	gn_hub_items(r, list);
}
