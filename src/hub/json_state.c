/* JSON of the live state: lines, payments, equivalents, with names and PIDs put in. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

const char *gn_hub_name(const struct gn_hub_view *v, uint32_t participant)
{
	return participant < v->name_count && v->names[participant] ? v->names[participant] : "";
}

void gn_hub_set_name(struct gn_hub_view *v, uint32_t participant, struct gn_slice name)
{
	if (participant >= v->name_cap) {
		uint32_t cap = participant * 2 + 64;
		char **grown = realloc(v->names, cap * sizeof *grown);
		if (!grown)
			return; /* a name is not shown; nothing hangs on it */
		memset(grown + v->name_cap, 0, (cap - v->name_cap) * sizeof *grown);
		v->names = grown;
		v->name_cap = cap;
	}
	char *text = malloc(name.len + 1);
	if (!text)
		return;
	if (name.len)
		memcpy(text, name.p, name.len);
	text[name.len] = 0;
	free(v->names[participant]);
	v->names[participant] = text;
	if (participant >= v->name_count)
		v->name_count = participant + 1;
}

void gn_hub_view_fini(struct gn_hub_view *v)
{
	for (uint32_t i = 0; i < v->name_count; i++)
		free(v->names[i]);
	free(v->names);
}

void gn_hub_note_name(struct gn_hub_view *v, const struct gn_record_view *r)
{
	struct gn_op *op = malloc(sizeof *op);
	uint8_t name[4 * OP_NAME_MAX + 4]; /* characters of up to four bytes */
	struct gn_buf text = {name, 0, sizeof name};
	enum gn_op_kind kind = r->type == GN_REC_PARTICIPANT ? GN_OP_REGISTER : GN_OP_PROFILE;
	if (op &&
	    gn_op_parse(r->sign.profile ? GN_PROFILE_V1 : GN_PROFILE_V0,
			r->sign.profile ? GN_OP_KINDS : kind, r->sign.bytes, op) == GN_OK &&
	    op->display_name.p && gn_json_unescape(op->display_name, &text) == GN_OK)
		gn_hub_set_name(v, r->sign.signer, gn_buf_slice(&text));
	free(op);
}

void gn_hub_pid(const struct gn_hub_view *v, uint32_t participant, char out[GN_PID_MAX])
{
	struct gn_ledger_participant p;
	out[0] = 0;
	if (gn_ledger_participant(v->ledger, participant, &p) == GN_OK)
		gn_pid(&p.pk, out);
}

bool gn_hub_pair(void *user, uint32_t eq, uint32_t pair, char lower[GN_PID_MAX],
		 char higher[GN_PID_MAX])
{
	const struct gn_hub_view *v = user;
	uint32_t a, b;
	gn_amount x;
	if (gn_ledger_pair(v->ledger, eq, pair, &a, &b, &x))
		return false;
	gn_hub_pid(v, a, lower);
	gn_hub_pid(v, b, higher);
	return true;
}

static json_t *policy_json(const struct gn_rec_policy *p, unsigned precision)
{
	json_t *j = json_pack("{sb sb sb}", "auto_clearing", p->auto_clearing,
			      "can_be_intermediate", p->can_be_intermediate, "ask", p->ask);
	json_t *blocked = json_array();
	json_object_set_new(j, "daily_limit", json_null());
	json_object_set_new(j, "max_hop_usage", json_null());
	if (p->daily_limit >= 0)
		gn_history_amount_json(j, "daily_limit", p->daily_limit, precision);
	if (p->max_hop_usage >= 0)
		gn_history_amount_json(j, "max_hop_usage", p->max_hop_usage, precision);
	for (uint32_t i = 0; i < p->blocked_count; i++) {
		char pid[64];
		if (gn_base58(gn_slice_sub(p->blocked, (size_t)i * 32, 32), pid, sizeof pid) ==
		    GN_OK)
			json_array_append_new(blocked, json_string(pid));
	}
	json_object_set_new(j, "blocked_participants", blocked);
	return j;
}

json_t *gn_hub_line_json(const struct gn_hub_view *v, const struct gn_ledger_equivalent *e,
			 const struct gn_ledger_line *line)
{
	static const char *const statuses[] = {"none", "active", "frozen", "closing", "closed"};
	char id[GN_LINE_ID_LEN + 1], from[GN_PID_MAX], to[GN_PID_MAX], key[64];
	gn_line_id_text(&line->id, id);
	gn_hub_pid(v, line->from, from);
	gn_hub_pid(v, line->to, to);
	snprintf(key, sizeof key, "%u/%u/%u", e->number, line->from, line->to);
	json_t *j =
		json_pack("{ss si ss ss ss ss ss so ss sb ss}", "id", id, "version",
			  (int)line->version, "from", from, "to", to, "from_display_name",
			  gn_hub_name(v, line->from), "to_display_name", gn_hub_name(v, line->to),
			  "equivalent", e->code, "policy", policy_json(&line->policy, e->precision),
			  "status", line->disputed ? "frozen" : statuses[line->status % 5],
			  "disputed", line->disputed, "_key", key);
	gn_history_amount_json(j, "limit", line->limit, e->precision);
	gn_history_amount_json(j, "used", line->used, e->precision);
	gn_history_amount_json(j, "available", line->available_credit, e->precision);
	gn_history_amount_json(j, "pay_capacity", line->pay_capacity, e->precision);
	gn_history_amount_json(j, "reserved", line->reserved, e->precision);
	return j;
}

void gn_hub_line_times(json_t *item, json_t *times)
{
	const char *key = json_string_value(json_object_get(item, "_key"));
	json_t *pair = key ? json_object_get(times, key) : NULL;
	json_object_set(item, "created_at", pair ? json_array_get(pair, 0) : json_null());
	json_object_set(item, "updated_at", pair ? json_array_get(pair, 1) : json_null());
	json_object_del(item, "_key");
}

static void lines_told(struct gn_hub_request *r, json_t *times)
{
	size_t i;
	json_t *item;
	if (!times)
		return;
	json_array_foreach(json_object_get(r->hold, "items"), i, item)
		gn_hub_line_times(item, times);
	gn_hub_json(r, 200, json_incref(r->hold));
}

void gn_hub_tell_lines(struct gn_hub_query *q)
{
	struct gn_hub_request *r = q->asked.request;
	r->hold = q->json;
	q->json = NULL;
	gn_hub_ask(r,
		   &(struct gn_history_query){.kind = GN_HQ_LINE_TIMES,
					      .lines = json_object_get(r->hold, "items")},
		   lines_told);
}

json_t *gn_hub_page_json_of(json_t *items, uint64_t limit, uint64_t offset, uint64_t total)
{
	uint64_t page = offset / limit + 1;
	return json_pack("{so sI sI sI}", "items", items, "page", (json_int_t)page, "per_page",
			 (json_int_t)limit, "total", (json_int_t)total);
}

json_t *gn_hub_page_json_counted(json_t *items, uint64_t limit, uint64_t offset, uint64_t total)
{
	bool more = total > HISTORY_COUNT_MAX;
	json_t *page = gn_hub_page_json_of(items, limit, offset, more ? HISTORY_COUNT_MAX : total);
	if (more)
		json_object_set_new(page, "total_more", json_true());
	return page;
}

json_t *gn_hub_page_json(json_t *list, uint64_t limit, uint64_t offset)
{
	size_t total = json_array_size(list);
	json_t *cut = json_array();
	for (uint64_t i = offset; i < total && i < offset + limit; i++)
		json_array_append(cut, json_array_get(list, i));
	json_decref(list);
	return gn_hub_page_json_of(cut, limit, offset, total);
}

json_t *gn_hub_raises_json(const struct gn_hub_view *v, uint32_t eq, unsigned precision,
			   struct gn_slice raises)
{
	json_t *list = json_array();
	struct gn_hop line;
	gn_amount raise;
	while (gn_rec_next_raise(&raises, &line, &raise)) {
		char end[2][GN_PID_MAX];
		uint32_t who[2];
		gn_amount x;
		if (gn_ledger_pair(v->ledger, eq, line.pair, &who[0], &who[1], &x))
			continue;
		gn_hub_pid(v, who[0], end[0]);
		gn_hub_pid(v, who[1], end[1]);
		json_t *item =
			json_pack("{ss ss ss ss}", "owner", end[line.dir], "debtor", end[!line.dir],
				  "owner_name", gn_hub_name(v, who[line.dir]), "debtor_name",
				  gn_hub_name(v, who[!line.dir]));
		gn_history_amount_json(item, "raise", raise, precision);
		json_array_append_new(list, item);
	}
	return list;
}

json_t *gn_hub_payment_json(const struct gn_hub_view *v, const struct gn_record_view *r)
{
	struct gn_ledger_equivalent e;
	char from[GN_PID_MAX], to[GN_PID_MAX];
	struct gn_op *op = malloc(sizeof *op);
	bool committed = r->type == GN_REC_PAYMENT;
	if (!op || gn_ledger_equivalent(v->ledger, r->eq, &e) ||
	    gn_op_parse(r->sign.profile ? GN_PROFILE_V1 : GN_PROFILE_V0,
			r->sign.profile ? GN_OP_KINDS : GN_OP_PAYMENT, r->sign.bytes, op)) {
		free(op);
		return NULL;
	}
	gn_hub_pid(v, r->u.payment.payer, from);
	gn_hub_pid(v, r->u.payment.payee, to);
	json_t *j = json_pack(
		"{so ss ss ss ss ss so so so so so sI}", "tx_id", gn_history_text_json(op->tx_id),
		"type", "PAYMENT", "status",
		gn_tx_state_name(committed ? GN_TX_COMMITTED : GN_TX_PREPARE), "from", from, "to",
		to, "equivalent", e.code, "routes",
		gn_history_routes_json(r->u.payment.routes, r->eq, e.precision, gn_hub_pair,
				       (void *)(uintptr_t)v),
		"error", json_null(), "description",
		op->description.p ? gn_history_raw_json(op->description) : json_null(),
		"created_at", gn_history_time_json(r->time), "committed_at",
		committed ? gn_history_time_json(r->time) : json_null(), "seq", (json_int_t)r->seq);
	gn_history_amount_json(j, "amount", r->u.payment.amount, e.precision);
	json_object_set_new(j, "expires_at",
			    committed ? json_null() : gn_history_time_json(r->u.payment.expiry));
	json_object_set_new(j, "search", json_string(gn_ledger_routed_name(r->u.payment.mode)));
	free(op);
	return j;
}

json_t *gn_hub_ties_json(const struct gn_ledger *l, uint32_t participant)
{
	struct gn_ledger_line mine, theirs;
	json_int_t debts = 0, claims = 0, lines = 0;
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(l); eq++)
		for (uint32_t at = 0;
		     gn_ledger_next_pair(l, eq, participant, &at, &mine, &theirs);) {
			debts += theirs.used > 0 || theirs.reserved > 0;
			claims += mine.used > 0 || mine.reserved > 0;
			lines += mine.status != GN_LINE_NONE && mine.status != GN_LINE_CLOSED;
		}
	return json_pack("{sI sI sI}", "debts", debts, "claims", claims, "trustlines", lines);
}

json_t *gn_hub_equivalent_json(const struct gn_ledger_equivalent *e)
{
	json_t *info = json_loadb((const char *)e->info.p, e->info.len, 0, NULL);
	json_t *symbol = json_object_get(info, "symbol"),
	       *description = json_object_get(info, "description"),
	       *metadata = json_object_get(info, "metadata");
	json_t *j =
		json_pack("{ss sO sO si sO sb}", "code", e->code, "symbol",
			  symbol ? symbol : json_null(), "description",
			  description ? description : json_null(), "precision", (int)e->precision,
			  "metadata", metadata ? metadata : json_null(), "is_active", e->active);
	json_decref(info);
	return j;
}

static void put_dates(json_t *item, json_t *times)
{
	json_t *pair = json_object_get(times, json_string_value(json_object_get(item, "code")));
	json_object_set(item, "created_at", pair ? json_array_get(pair, 0) : json_null());
	json_object_set(item, "updated_at", pair ? json_array_get(pair, 1) : json_null());
}

static void dates_told(struct gn_hub_request *r, json_t *times)
{
	json_t *items = json_object_get(r->hold, "items"), *item;
	size_t i;
	if (!times)
		return;
	if (!items)
		put_dates(r->hold, times);
	json_array_foreach(items, i, item) put_dates(item, times);
	gn_hub_json(r, 200, json_incref(r->hold));
}

void gn_hub_tell_equivalents(struct gn_hub_request *r, json_t *json)
{
	r->hold = json;
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_EQUIVALENT_TIMES}, dates_told);
}
