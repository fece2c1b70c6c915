/* GET /transactions (HB-44): what the history has, and before it what has no row yet, since it
 * waits its turn or its record is on its way to the disk. A participant sees what he signed, is
 * paid or trusted by, and his own edges of clearings; officers see everything. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const types[] = {"PAYMENT",          "TRUST_LINE_CREATE", "TRUST_LINE_UPDATE",
				    "TRUST_LINE_CLOSE", "CLEARING",          NULL};
static const char *const states[] = {"NEW",
				     "ROUTED",
				     "PREPARE_IN_PROGRESS",
				     "PROPOSED",
				     "WAITING_CONFIRMATIONS",
				     "COMMITTED",
				     "ABORTED",
				     "REJECTED",
				     NULL};

/* -1: none of the five. */
static int type_of(const struct gn_hub_request *w)
{
	switch (w->kind) {
	case GN_OP_PAYMENT: return 0;
	case GN_OP_LINE_CREATE: return 1;
	case GN_OP_LINE_UPDATE: return 2;
	case GN_OP_LINE_CLOSE: return 3;
	case GN_OP_ADMIN: return w->order && w->order->cmd.command == GN_COMMAND_CLEAR ? 4 : -1;
	case GN_OP_REGISTER:
	case GN_OP_PROFILE:
	case GN_OP_VOTE:
	case GN_OP_CONSENT:
	case GN_OP_LEAVE:
	case GN_OP_KINDS:
	default: return -1;
	}
}

/* The request of somebody that was taken and has no durable record. NULL: it is none. */
static json_t *waiting_json(const struct gn_hub_request *w)
{
	int type = type_of(w);
	char pid[GN_PID_MAX], sig[96], hex[33] = "";
	struct gn_tx_key key;
	struct gn_ledger_tx tx = {.state = GN_TX_NEW};
	if (type < 0 || !w->taken || w->base.answered || !w->bytes)
		return NULL;
	json_t *whole = json_loadb((const char *)w->bytes, w->bytes_len, 0, NULL),
	       *body = json_object_get(whole, "body");
	if (!body)
		body = whole;
	const char *tx_id = json_string_value(json_object_get(body, "tx_id"));
	json_t *signatures = json_array();
	static const struct gn_pk nobody;
	bool named = memcmp(&w->signer, &nobody, sizeof nobody) != 0;
	gn_pid(named ? &w->signer : &w->hub->sk.pk, pid);
	if (named && gn_base64(GN_SLICE(w->sig.b), false, sig, sizeof sig) == GN_OK)
		json_array_append_new(signatures,
				      json_pack("{ss ss# ss}", "signer", pid, "signed", w->bytes,
						(int)w->bytes_len, "signature", sig));
	if (type == 0 && tx_id) {
		gn_tx_key(&w->signer, gn_str(tx_id), &key);
		gn_ledger_tx(w->hub->ledger, &key, &tx);
		gn_hex(GN_SLICE(key.b), hex);
		if (tx.state == GN_TX_NONE) /* a flow is looked for on the copy */
			tx.state = GN_TX_NEW;
	}
	json_t *item = json_pack("{ss ss ss sO so ss so sn ss}", "tx_id",
				 tx_id       ? tx_id
				 : type == 4 ? w->id
					     : w->base.args[0],
				 "type", types[type], "initiator", pid, "payload",
				 body ? body : json_null(), "signatures", signatures, "state",
				 gn_tx_state_name(tx.state), "created_at",
				 gn_history_time_json(w->hub->time), "seq", "_key", hex);
	json_decref(whole);
	return item;
}

/* An offer whose record is on its way: what is in it is told with its row. */
static json_t *proposed_json(const struct gn_hub *hub, const struct gn_tx_key *key,
			     const struct gn_ledger_tx *tx)
{
	char hex[33];
	gn_hex(GN_SLICE(key->b), hex);
	return json_pack("{ss ss ss s{so} s[] ss so sn ss}", "tx_id", hex, "type", "CLEARING",
			 "initiator", hub->pid, "payload", "expires_at",
			 gn_history_time_json(tx->expiry), "signatures", "state",
			 gn_tx_state_name(tx->state), "created_at", gn_history_time_json(hub->time),
			 "seq", "_key", hex);
}

static bool has_word(const json_t *item, const char *name, const char *want)
{
	const char *s = json_string_value(json_object_get(item, name));
	return !*want || (s && strcmp(s, want) == 0);
}

/* Takes item, which may be NULL. */
static void add_waiting(const struct gn_history_query *q, const char *code, const char *initiator,
			json_t *list, json_t *item)
{
	if (item && has_word(item, "type", q->type) && has_word(item, "state", q->status) &&
	    has_word(item, "initiator", initiator) &&
	    (has_word(item, "tx_id", q->text) || has_word(item, "_key", q->text)) &&
	    has_word(json_object_get(item, "payload"), "equivalent", code))
		json_array_append(list, item);
	json_decref(item);
}

static json_t *waiting_list(struct gn_hub_request *r, const struct gn_history_query *q,
			    const char *code, const char *initiator)
{
	struct gn_hub *hub = r->hub;
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	json_t *list = json_array();
	for (struct gn_hub_request *w = gn_hub_request_first(hub); w; w = gn_hub_request_next(w))
		if (q->who < 0 || (w->is_participant && w->me.number == r->me.number))
			add_waiting(q, code, initiator, list, waiting_json(w));
	for (uint32_t i = 0; q->who < 0 && gn_ledger_open_tx(hub->ledger, i, &key, &tx); i++)
		if (tx.state == GN_TX_PROPOSED)
			add_waiting(q, code, initiator, list, proposed_json(hub, &key, &tx));
	return list;
}

/* Has the history a row of it meanwhile? */
static bool has_row(const json_t *rows, const json_t *item)
{
	const char *key = json_string_value(json_object_get(item, "_key"));
	json_t *row;
	size_t i;
	json_array_foreach(rows, i, row) if (*key && has_word(row, "_key", key)) return true;
	return false;
}

static void list_told(struct gn_hub_request *r, json_t *answer)
{
	json_t *items = json_array(), *rows, *item;
	uint64_t limit = r->wait.page.limit, offset = r->wait.page.offset;
	size_t i;
	if (!answer) {
		json_decref(items);
		return;
	}
	rows = json_object_get(answer, "items");
	json_int_t total = json_integer_value(json_object_get(answer, "total"));
	json_array_foreach(r->hold, i, item) if (!has_row(rows, item))
	{
		total++;
		if (offset == 0)
			json_array_append(items, item);
	}
	json_array_extend(items, rows);
	json_array_foreach(items, i, item) json_object_del(item, "_key");
	gn_hub_json(r, 200, gn_hub_page_json_counted(items, limit, offset, (uint64_t)total));
}

void gn_hub_api_transactions(struct gn_hub_request *r)
{
	struct gn_history_query q = {
		.kind = GN_HQ_TRANSACTIONS, .who = -1, .eq = -1, .initiator = -1};
	struct gn_ledger_equivalent e;
	struct gn_ledger_participant p;
	char code[32], initiator[64];
	int type, state;
	uint64_t limit, offset;
	if (!gn_hub_choice(r, "type", types, &type) || !gn_hub_choice(r, "state", states, &state) ||
	    !gn_hub_value(r, "equivalent", code, sizeof code) ||
	    !gn_hub_value(r, "initiator", initiator, sizeof initiator) ||
	    !gn_hub_value(r, "tx_id", q.text, sizeof q.text) ||
	    !gn_hub_date(r, "from_date", false, &q.from) ||
	    !gn_hub_date(r, "to_date", true, &q.to) ||
	    !gn_hub_page(r, 50, HUB_PAGE_MAX, &limit, &offset) ||
	    (*code && !gn_hub_equivalent_at(r, "query", "equivalent", code, &e)) ||
	    (*initiator && !gn_hub_participant_at(r, "query", "initiator", initiator, &p)))
		return;
	if (r->role < GN_ROLE_AUDITOR)
		q.who = r->me.number;
	if (*code)
		q.eq = e.number;
	if (*initiator)
		q.initiator = p.number;
	snprintf(q.type, sizeof q.type, "%s", type < 0 ? "" : types[type]);
	snprintf(q.status, sizeof q.status, "%s", state < 0 ? "" : states[state]);
	r->wait.page.limit = limit;
	r->wait.page.offset = offset;
	q.limit = (int64_t)limit;
	q.offset = (int64_t)offset;
	r->hold = waiting_list(r, &q, code, initiator);
	gn_hub_ask(r, &q, list_told);
}
