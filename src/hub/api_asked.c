/* Payments and clearings that ask people, and their answers (LG-18, LG-28, LG-47). */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

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
