/* Participants and trust lines. Names and dates come from the history, what stands now from the
 * ledger. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- participants ---- */

static void person_told(struct gn_hub_request *r, json_t *answer)
{
	if (!answer)
		return;
	if (json_is_null(answer)) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "%s", "");
		return;
	}
	bool own = r->is_participant && r->wait.person.number == r->me.number;
	gn_hub_stats_json(&r->hub->view, r->wait.person.number, own, answer);
	if (own)
		json_object_set_new(answer, "seq", json_integer((json_int_t)r->me.seq));
	gn_hub_json(r, r->wait.person.status, json_incref(answer));
}

static void tell_person(struct gn_hub_request *r, int status, uint32_t number)
{
	r->wait.person.status = status;
	r->wait.person.number = number;
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_PARTICIPANT, .who = number},
		   person_told);
}

static void created(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_slice part = GN_SLICE(r->signer.b);
	struct gn_ledger_participant p;
	struct gn_hash pid;
	if (e->err) {
		if (!gn_hub_name_fault(r, e->err))
			gn_hub_fail(r, e->err, NULL, "%s",
				    e->err == GN_EXISTS ? "this key is registered here already"
							: "");
		return;
	}
	gn_sha256(&part, 1, &pid);
	if (gn_ledger_find_participant(r->hub->ledger, &pid, &p))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else
		tell_person(r, 201, p.number);
}

void gn_hub_api_participant_create(struct gn_hub_request *r)
{
	static const char *const fields[] = {"display_name", "public_key", "type", "profile", NULL};
	gn_hub_submit(r, GN_OP_REGISTER, fields, created);
}

/* ---- lists of participants: rows of the history, trust from the replica ---- */

static void run_trust(struct gn_hub_query *q, struct gn_hub_view *v)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(q->job, "items"), i, item)
	{
		struct gn_ledger_participant p;
		struct gn_hash pid;
		if (gn_pid_parse(gn_str(json_string_value(json_object_get(item, "pid"))), &pid) ||
		    gn_ledger_find_participant(v->ledger, &pid, &p))
			continue;
		gn_hub_stats_json(v, p.number, false, item);
		json_object_del(item, "public_stats_by_equivalent");
	}
}

static void tell_people(struct gn_hub_query *q)
{
	gn_hub_json(q->asked.request, 200, json_incref(q->asked.request->hold));
}

static void people_told(struct gn_hub_request *r, json_t *answer)
{
	if (!answer)
		return;
	if (r->wait.page.is_shown) /* an officer's list */
		r->hold = gn_hub_page_json_of(
			json_incref(json_object_get(answer, "items")), r->wait.page.limit,
			r->wait.page.offset,
			(uint64_t)json_integer_value(json_object_get(answer, "total")));
	else
		r->hold = json_pack("{sO}", "items", json_object_get(answer, "items"));
	gn_hub_ask_copy(
		r, &(struct gn_hub_query){.run = run_trust, .then = tell_people, .job = r->hold});
}

void gn_hub_list_people(struct gn_hub_request *r, bool officer)
{
	static const char *const kinds[] = {"person", "business", "hub", NULL},
				 *const statuses[] = {"active", "suspended", "left", "deleted",
						      NULL};
	struct gn_history_query q = {.kind = GN_HQ_PARTICIPANTS, .who = -1, .person_status = -1};
	uint64_t limit, offset;
	if (!gn_hub_value(r, "q", q.text, sizeof q.text) ||
	    !gn_hub_choice(r, "type", kinds, &q.person_kind) ||
	    (officer && !gn_hub_choice(r, "status", statuses, &q.person_status)) ||
	    !gn_hub_page(r, 50, HUB_PAGE_MAX, &limit, &offset))
		return;
	q.limit = (int64_t)limit;
	q.offset = (int64_t)offset;
	r->wait.page.is_shown = officer;
	r->wait.page.limit = limit;
	r->wait.page.offset = offset;
	gn_hub_ask(r, &q, people_told);
}

void gn_hub_api_participants(struct gn_hub_request *r)
{
	gn_hub_list_people(r, false);
}

void gn_hub_api_participant_get(struct gn_hub_request *r)
{
	struct gn_ledger_participant p;
	if (gn_hub_participant_at(r, "path", "pid", r->base.args[0], &p))
		tell_person(r, 200, p.number);
}

void gn_hub_api_me_get(struct gn_hub_request *r)
{
	tell_person(r, 200, r->me.number);
}

static void profile_changed(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!e->err)
		tell_person(r, 200, r->me.number);
	else if (!gn_hub_name_fault(r, e->err))
		gn_hub_fail(r, e->err, NULL, "%s", "");
}

void gn_hub_api_me_patch(struct gn_hub_request *r)
{
	static const char *const fields[] = {"display_name", "profile", NULL};
	gn_hub_submit(r, GN_OP_PROFILE, fields, profile_changed);
}

static void has_left(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (!e->err)
		tell_person(r, 200, r->me.number);
	else if (e->err == GN_STATE)
		gn_hub_fail(r, e->err, gn_hub_ties_json(r->hub->ledger, r->me.number),
			    "nobody can leave while they owe or are owed something or have an "
			    "open trust line of their own");
	else if (!gn_hub_name_fault(r, e->err))
		gn_hub_fail(r, e->err, NULL, "%s", "");
}

/* LG-64 */
void gn_hub_api_leave(struct gn_hub_request *r)
{
	static const char *const fields[] = {NULL}; /* geo-v1 alone */
	gn_hub_submit(r, GN_OP_LEAVE, fields, has_left);
}

/* ---- trust lines ---- */

static void line_told(struct gn_hub_request *r, json_t *times)
{
	if (!times)
		return;
	json_t *line = json_array_get(r->hold, 0);
	gn_hub_line_times(line, times);
	gn_hub_json(r, r->wait.line.status, json_incref(line));
}

static void tell_line(struct gn_hub_request *r, int status, const struct gn_ledger_equivalent *e,
		      const struct gn_ledger_line *line)
{
	r->hold = json_pack("[o]", gn_hub_line_json(&r->hub->view, e, line));
	r->wait.line.status = status;
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_LINE_TIMES, .lines = r->hold},
		   line_told);
}

/* A change of the line of the path that it does not allow: what is on it, and how it stands.
 * False: that is no reason. */
static bool refuse_change(struct gn_hub_request *r, gn_err err)
{
	static const char *const standing[] = {
		[GN_LINE_CLOSING] = "closes once it is repaid: it cannot be changed",
		[GN_LINE_CLOSED] = "is closed"};
	char used[GN_AMOUNT_TEXT_MAX], reserved[GN_AMOUNT_TEXT_MAX];
	struct gn_line_id id;
	struct gn_ledger_line line;
	struct gn_ledger_equivalent e;
	if (gn_line_id_parse(gn_str(r->base.args[0]), &id) ||
	    gn_ledger_line_by_id(r->hub->ledger, &id, &line) ||
	    gn_ledger_equivalent(r->hub->ledger, id.eq, &e))
		return false;
	if (err == GN_INACTIVE && line.status < GN_COUNT(standing) && standing[line.status]) {
		gn_hub_fail_as(r, gn_hub_status_of(err), gn_hub_error_code(err), NULL,
			       "the trust line %s", standing[line.status]);
		return true;
	}
	if (err != GN_LINE_LIMIT)
		return false;
	json_t *details = json_object();
	gn_history_amount_json(details, "limit", line.limit, e.precision);
	gn_history_amount_json(details, "used", line.used, e.precision);
	gn_history_amount_json(details, "reserved", line.reserved, e.precision);
	gn_amount_text(line.used, e.precision, used);
	gn_amount_text(line.reserved, e.precision, reserved);
	gn_hub_fail(r, err, details, "a limit cannot be less than the %s %s that are used%s%s%s",
		    used, e.code, line.reserved ? " and the " : "", line.reserved ? reserved : "",
		    line.reserved ? " that wait for answers" : "");
	return true;
}

static void line_changed(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_record_view v;
	struct gn_ledger_equivalent eq;
	struct gn_ledger_line line;
	if (e->err && gn_hub_name_fault(r, e->err))
		return;
	if (e->err && refuse_change(r, e->err))
		return;
	if (e->err) {
		gn_hub_fail(
			r, e->err, NULL, "%s",
			e->err == GN_EXISTS ? "there is an open trust line to this participant "
					      "already"
			: e->err == GN_CONFLICT && r->profile == GN_PROFILE_V0
				? "these very words were signed and used before, or the line of "
				  "this id was closed; "
				  "write the limit in another way (\"100.0\" for \"100.00\")"
				: "");
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
				      v.u.line.action == GN_LINE_DO_CLOSING ? "the trust line "
									      "closes when it is "
									      "repaid"
									    : "the trust line is "
									      "closed"));
	else
		tell_line(r, r->kind == GN_OP_LINE_CREATE ? 201 : 200, &eq, &line);
}

void gn_hub_api_line_create(struct gn_hub_request *r)
{
	static const char *const fields[] = {"to", "equivalent", "limit", "policy", NULL};
	gn_hub_submit(r, GN_OP_LINE_CREATE, fields, line_changed);
}

void gn_hub_api_line_patch(struct gn_hub_request *r)
{
	static const char *const fields[] = {"id", "limit", "policy", NULL};
	gn_hub_submit(r, GN_OP_LINE_UPDATE, fields, line_changed);
}

/* geo-v0, whose API table has it so (HB-31): a debt in the other direction keeps the line too. */
static bool owes_other_way(const struct gn_hub_request *r)
{
	struct gn_line_id id;
	struct gn_ledger_line line, back;
	if (gn_line_id_parse(gn_str(r->base.args[0]), &id) ||
	    gn_ledger_line_by_id(r->hub->ledger, &id, &line) || line.from != r->me.number ||
	    gn_ledger_line(r->hub->ledger, id.eq, line.to, line.from, &back))
		return false;
	return back.used > 0;
}

void gn_hub_api_line_delete(struct gn_hub_request *r)
{
	static const char *const fields[] = {"id", NULL};
	json_t *in = gn_hub_body(r);
	if (in && !json_object_get(in, "signed") && owes_other_way(r)) {
		gn_hub_fail_as(r, 400, "E009", NULL,
			       "you owe over this pair; repay it before the line is closed");
		return;
	}
	gn_hub_submit(r, GN_OP_LINE_CLOSE, fields, line_changed);
}

void gn_hub_api_line_get(struct gn_hub_request *r)
{
	struct gn_line_id id;
	struct gn_ledger_line line;
	struct gn_ledger_equivalent e;
	gn_err err = gn_line_id_parse(gn_str(r->base.args[0]), &id);
	if (!err)
		err = gn_ledger_line_by_id(r->hub->ledger, &id, &line);
	if (!err)
		err = gn_ledger_equivalent(r->hub->ledger, id.eq, &e);
	bool mine = !err &&
		    (r->role >= GN_ROLE_AUDITOR ||
		     (r->is_participant && (line.from == r->me.number || line.to == r->me.number)));
	if (!mine)
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "there is no trust line of yours with this id");
	else
		tell_line(r, 200, &e, &line);
}

static bool status_fits(const json_t *item, const char *wanted)
{
	return !*wanted || strcmp(json_string_value(json_object_get(item, "status")), wanted) == 0;
}

static void add_line(const struct gn_hub_view *v, json_t *list,
		     const struct gn_ledger_equivalent *e, const struct gn_ledger_line *line,
		     const char *status)
{
	if (line->status == GN_LINE_NONE || (line->status == GN_LINE_CLOSED && !*status))
		return;
	json_t *item = gn_hub_line_json(v, e, line);
	if (status_fits(item, status))
		json_array_append(list, item);
	json_decref(item);
}

static void run_lines(struct gn_hub_query *q, struct gn_hub_view *v)
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
	q->json = gn_hub_page_json(all, q->limit, q->offset);
}

static const char *const directions[] = {"outgoing", "incoming", "all", NULL};
const char *const gn_hub_line_statuses[] = {"active", "frozen", "closing", "closed", NULL};

void gn_hub_api_lines(struct gn_hub_request *r)
{
	char code[32];
	int direction, status;
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	struct gn_hub_query q = {.run = run_lines, .then = gn_hub_tell_lines, .who = r->me.number};
	if (!gn_hub_choice(r, "direction", directions, &direction) ||
	    !gn_hub_value(r, "equivalent", code, sizeof code) ||
	    !gn_hub_choice(r, "status", gn_hub_line_statuses, &status) ||
	    !gn_hub_page(r, 50, HUB_PAGE_MAX, &q.limit, &q.offset))
		return;
	if (*code && gn_ledger_find_equivalent(r->hub->ledger, gn_str(code), &e))
		e.number = UINT32_MAX - 1; /* there are no lines in it */
	if (status >= 0)
		snprintf(q.status, sizeof q.status, "%s", gn_hub_line_statuses[status]);
	q.eq = e.number;
	q.out = direction != 1;
	q.in = direction != 0;
	gn_hub_ask_copy(r, &q);
}

/* ---- what stands between people ---- */

void gn_hub_api_balance(struct gn_hub_request *r)
{
	json_t *list = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(r->hub->ledger); eq++) {
		struct gn_ledger_equivalent e;
		struct gn_ledger_balance b;
		if (gn_ledger_equivalent(r->hub->ledger, eq, &e) ||
		    gn_ledger_balance(r->hub->ledger, eq, r->me.number, &b))
			continue;
		json_t *item = json_pack("{ss si}", "code", e.code, "precision", (int)e.precision);
		gn_history_amount_json(item, "total_debt", b.debt, e.precision);
		gn_history_amount_json(item, "total_credit", b.credit, e.precision);
		gn_history_amount_json(item, "net_balance", b.credit - b.debt, e.precision);
		gn_history_amount_json(item, "available_to_spend", b.can_spend, e.precision);
		gn_history_amount_json(item, "available_to_receive", b.can_receive, e.precision);
		json_array_append_new(list, item);
	}
	gn_hub_json(r, 200, json_pack("{so}", "equivalents", list));
}

static void add_debt(const struct gn_hub_view *v, json_t *list,
		     const struct gn_ledger_equivalent *e, const struct gn_ledger_line *line,
		     bool i_owe)
{
	char pid[GN_PID_MAX];
	uint32_t other = i_owe ? line->from : line->to;
	if (line->used <= 0)
		return;
	gn_hub_pid(v, other, pid);
	json_t *item = json_pack("{ss ss ss}", i_owe ? "creditor" : "debtor", pid,
				 i_owe ? "creditor_name" : "debtor_name", gn_hub_name(v, other),
				 "equivalent", e->code);
	gn_history_amount_json(item, "amount", line->used, e->precision);
	json_array_append_new(list, item);
}

static void run_debts(struct gn_hub_query *q, struct gn_hub_view *v)
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

void gn_hub_api_debts(struct gn_hub_request *r)
{
	char code[32];
	int direction;
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	if (!gn_hub_value(r, "equivalent", code, sizeof code) ||
	    !gn_hub_choice(r, "direction", directions, &direction))
		return;
	if (*code && !gn_hub_equivalent_at(r, "query", "equivalent", code, &e))
		return;
	gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_debts,
						  .eq = e.number,
						  .who = r->me.number,
						  .out = direction != 1,
						  .in = direction != 0});
}

static json_t *equivalents_json(const struct gn_hub_request *r)
{
	json_t *list = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(r->hub->ledger); eq++) {
		struct gn_ledger_equivalent e;
		if (gn_ledger_equivalent(r->hub->ledger, eq, &e) == GN_OK)
			json_array_append_new(list, gn_hub_equivalent_json(&e));
	}
	return list;
}

void gn_hub_api_equivalents(struct gn_hub_request *r)
{
	gn_hub_tell_equivalents(r, json_pack("{so}", "items", equivalents_json(r)));
}

void gn_hub_api_admin_equivalents(struct gn_hub_request *r)
{
	uint64_t limit, offset;
	if (gn_hub_page(r, 50, HUB_PAGE_MAX, &limit, &offset))
		gn_hub_tell_equivalents(r, gn_hub_page_json(equivalents_json(r), limit, offset));
}
