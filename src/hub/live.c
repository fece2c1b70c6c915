/* WebSocket and what it tells: payment.received to the payee, trustline.updated to both ends,
 * clearing.completed to whom it touched. Made from durable records alone; at most once: a client
 * that does not take its events is dropped and asks the API again. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	enum gn_hub_event event;
} events[] = {{"payment.received", GN_EVENT_PAYMENT},
	      {"trustline.updated", GN_EVENT_LINE},
	      {"clearing.completed", GN_EVENT_CLEARING}};

static void send_json(struct gn_hub_request *r, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (text && !gn_ws_send(r->base.ws, gn_str(text)) && !gn_ws_closing(r->base.ws)) {
		r->hub->count.events_dropped++;
		gn_ws_close(r->base.ws, 1013, "too slow");
	}
	free(text);
}

static void send_error(struct gn_hub_request *r, const char *error)
{
	send_json(r, json_pack("{ss ss}", "type", "error", "error", error));
}

static void subscribe(struct gn_hub_request *r, json_t *message)
{
	json_t *list = json_object_get(message, "events"), *item, *told = json_array();
	unsigned bits = 0;
	size_t i;
	bool ok = json_is_array(list);
	json_array_foreach(list, i, item)
	{
		const char *name = json_string_value(item);
		size_t k = 0;
		while (name && k < GN_COUNT(events) && strcmp(name, events[k].name) != 0)
			k++;
		ok = ok && name && k < GN_COUNT(events);
		if (ok && !(bits & events[k].event))
			json_array_append(told, item);
		bits |= ok ? (unsigned)events[k].event : 0u;
	}
	if (!ok) {
		json_decref(told);
		send_error(r, "invalid_events");
		return;
	}
	r->events = bits;
	send_json(r, json_pack("{ss so}", "type", "subscribed", "events", told));
}

/* What its participant says here counts as their requests do (HB-32). */
static bool may_speak(struct gn_hub_request *r, struct gn_ws *ws)
{
	uint32_t wait;
	if (gn_hub_rate_take(&r->hub->rate_key, r->pid.b, r->hub->now, &wait))
		return true;
	r->hub->count.refused_rate++;
	gn_ws_close(ws, 1008, "too many messages");
	return false;
}

static void on_ping(void *user, struct gn_ws *ws)
{
	struct gn_hub_request *r = user;
	gn_hub_look_at_clocks(r->hub);
	(void)may_speak(r, ws);
}

static void on_text(void *user, struct gn_ws *ws, struct gn_slice text)
{
	struct gn_hub_request *r = user;
	json_t *message;
	gn_hub_look_at_clocks(r->hub);
	r->heard = r->hub->now;
	if (!may_speak(r, ws))
		return;
	if (gn_slice_eq(text, GN_LIT("ping"))) {
		gn_ws_send(r->base.ws, GN_LIT("pong"));
		return;
	}
	message = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(message, "type"));
	if (!json_is_object(message))
		send_error(r, "invalid_json");
	else if (type && strcmp(type, "subscribe") == 0)
		subscribe(r, message);
	else if (type && strcmp(type, "ping") == 0)
		send_json(r, json_pack("{ss}", "type", "pong"));
	else
		send_error(r, "unknown_message");
	json_decref(message);
}

void gn_hub_live_init(struct gn_hub *hub)
{
	gn_share_init(&hub->ws_places, &hub->env,
		      &(struct gn_share_config){.total = HUB_SESSIONS_WS,
						.per_key = HUB_WS_EACH,
						.per_prefix = HUB_WS_PREFIX,
						.crowded = HUB_SESSIONS_WS / 2,
						.holders_max = HUB_SESSIONS_WS});
}

static void leave_place(struct gn_hub_request *r)
{
	if (r->has_place)
		gn_share_give(&r->hub->ws_places, &r->holder, 1);
	r->has_place = false;
}

/* GU-3: when all places are taken, a WebSocket of who has most gives way to who would have less;
 * the one that was silent longest. */
static bool make_room(struct gn_hub *hub, const struct gn_holder *who)
{
	struct gn_hub_request *worst = NULL;
	uint64_t most = gn_share_held(&hub->ws_places, who).key + 1;
	for (struct gn_hub_request *r = gn_hub_request_first(hub); r; r = gn_hub_request_next(r)) {
		uint64_t held = r->has_place ? gn_share_held(&hub->ws_places, &r->holder).key : 0;
		if (held < most || (held == most && (!worst || r->heard >= worst->heard)))
			continue;
		worst = r;
		most = held;
	}
	if (!worst)
		return false;
	gn_ws_close(worst->base.ws, 1013, "others wait");
	leave_place(worst);
	return true;
}

/* HB-49. False after answering. */
static bool take_place(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	r->holder.key = r->me.pk;
	gn_hub_address(r, &r->holder.addr);
	gn_err err = gn_share_take(&hub->ws_places, &r->holder, 1);
	if (err == GN_NO_SPACE && make_room(hub, &r->holder))
		err = gn_share_take(&hub->ws_places, &r->holder, 1);
	r->has_place = !err;
	if (err == GN_QUOTA)
		gn_hub_fail_as(r, 429, "E009", NULL,
			       "you have %u WebSockets open, which is all that one may have",
			       HUB_WS_EACH);
	else if (err == GN_LIMIT)
		gn_hub_fail_as(r, 429, "E009", NULL,
			       "your network has its share of the WebSockets open");
	else if (err)
		gn_hub_fail_as(r, 503, "E010", NULL, "too many WebSockets are open");
	return !err;
}

void gn_hub_ws_end(struct gn_hub_request *r)
{
	gn_ws_free(r->base.ws);
	r->base.ws = NULL;
	r->hub->ws_count--;
	leave_place(r);
}

void gn_hub_ws(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_ws_handler handler = {.on_text = on_text, .user = r, .on_ping = on_ping};
	struct gn_slice token = {0};
	struct gn_hub_jwt jwt;
	char pid[64];
	if (!gn_ws_wanted(r->base.http)) {
		gn_hub_fail_as(r, 400, "E009", NULL,
			       "this path is a WebSocket: subprotocols \"bearer\" and the access "
			       "token");
		return;
	}
	bool offered = gn_ws_bearer(r->base.http, &token);
	gn_err refused = offered && hub->ready ? gn_hub_jwt_open(hub->jwt_key, token, false,
								 gn_unix(hub->time), &jwt)
					       : GN_AUTH;
	if (!refused && gn_ledger_find_participant(hub->ledger, &jwt.sub, &r->me))
		refused = GN_AUTH;
	if (!refused && !take_place(r))
		return;
	if (gn_ws_open(r->base.http, offered ? "bearer" : NULL, HUB_WS_MESSAGE, &handler,
		       &r->base.ws)) {
		r->base.ws = NULL;
		leave_place(r);
		gn_hub_fail_as(r, 400, "E009", NULL,
			       "the WebSocket handshake is not that of RFC 6455");
		return;
	}
	hub->ws_count++;
	r->base.answered = true;
	r->heard = hub->now;
	if (refused) {
		gn_ws_close(r->base.ws, 1008, "the access token is missing, wrong or over");
		return;
	}
	r->is_participant = true;
	r->pid = jwt.sub;
	r->until = (gn_time)jwt.exp * GN_SEC;
	gn_err err = gn_base58(GN_SLICE(jwt.sub.b), pid, sizeof pid);
	GN_ASSERT(!err);
	send_json(r, json_pack("{ss ss so}", "type", "hello", "pid", pid, "ts",
			       gn_history_time_json(hub->time)));
}

/* ---- events ---- */

static void tell_participant(struct gn_hub *hub, uint32_t participant, enum gn_hub_event event,
			     const char *name, json_t *payload)
{
	for (struct gn_hub_request *r = gn_hub_request_first(hub), *next; r; r = next) {
		next = gn_hub_request_next(r);
		if (!r->base.ws || !(r->events & event) || r->me.number != participant ||
		    gn_ws_closing(r->base.ws))
			continue;
		hub->count.events_sent++;
		send_json(r, json_pack("{ss sO}", "event", name, "payload", payload));
	}
}

static void tell_payment(struct gn_hub *hub, const struct gn_record_view *v)
{
	json_t *full = gn_hub_payment_json(&hub->view, v);
	if (!full)
		return;
	json_object_del(full, "routes");
	json_object_del(full, "error");
	tell_participant(hub, v->u.payment.payee, GN_EVENT_PAYMENT, "payment.received", full);
	json_decref(full);
}

/* A payment that waits: what will be told if it commits. */
static void prepare_payment(struct gn_hub *hub, const struct gn_record_view *v)
{
	json_t **slot = gn_map_put(&hub->prepared, &v->key),
	       *full = slot ? gn_hub_payment_json(&hub->view, v) : NULL;
	if (!slot)
		return;
	json_decref(*slot);
	*slot = full;
}

static void end_payment(struct gn_hub *hub, const struct gn_record_view *v)
{
	json_t **slot = gn_map_get(&hub->prepared, &v->key), *full = slot ? *slot : NULL;
	struct gn_ledger_participant to;
	struct gn_hash pid;
	if (!slot)
		return;
	gn_map_remove(&hub->prepared, &v->key);
	const char *text = json_string_value(json_object_get(full, "to"));
	if (v->type == GN_REC_COMMIT && text && gn_pid_parse(gn_str(text), &pid) == GN_OK &&
	    gn_ledger_find_participant(hub->ledger, &pid, &to) == GN_OK) {
		json_object_set_new(full, "status", json_string(gn_tx_state_name(GN_TX_COMMITTED)));
		json_object_set_new(full, "committed_at", gn_history_time_json(v->time));
		json_object_del(full, "routes");
		json_object_del(full, "error");
		tell_participant(hub, to.number, GN_EVENT_PAYMENT, "payment.received", full);
	}
	json_decref(full);
}

void gn_hub_live_fini(struct gn_hub *hub)
{
	for (uint32_t i = 0; i < hub->prepared.count; i++)
		json_decref(*(json_t **)gn_map_value_at(&hub->prepared, i));
	gn_map_fini(&hub->prepared);
	gn_share_fini(&hub->ws_places);
}

static void tell_line(struct gn_hub *hub, const struct gn_record_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_line line;
	if (gn_ledger_equivalent(hub->ledger, v->eq, &e) ||
	    gn_ledger_line(hub->ledger, v->eq, v->u.line.from, v->u.line.to, &line))
		return;
	json_t *j = gn_hub_line_json(&hub->view, &e, &line);
	json_object_del(j, "_key");
	tell_participant(hub, v->u.line.from, GN_EVENT_LINE, "trustline.updated", j);
	tell_participant(hub, v->u.line.to, GN_EVENT_LINE, "trustline.updated", j);
	json_decref(j);
}

/* Each one touched learns its own edges. */
static void tell_edge(struct gn_hub *hub, const struct gn_record_view *v,
		      const struct gn_ledger_equivalent *e, struct gn_hop debt, gn_amount amount)
{
	uint32_t ends[2];
	gn_amount x;
	char debtor[GN_PID_MAX], creditor[GN_PID_MAX];
	if (gn_ledger_pair(hub->ledger, v->eq, debt.pair, &ends[0], &ends[1], &x))
		return;
	gn_hub_pid(&hub->view, ends[debt.dir], debtor);
	gn_hub_pid(&hub->view, ends[!debt.dir], creditor);
	json_t *j = json_pack("{ss ss ss sI}", "equivalent", e->code, "debtor", debtor, "creditor",
			      creditor, "seq", (json_int_t)v->seq);
	gn_history_amount_json(j, "amount", amount, e->precision);
	tell_participant(hub, ends[0], GN_EVENT_CLEARING, "clearing.completed", j);
	tell_participant(hub, ends[1], GN_EVENT_CLEARING, "clearing.completed", j);
	json_decref(j);
}

static void tell_clearing(struct gn_hub *hub, const struct gn_record_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_slice cycles = v->u.clearing.cycles, edges = v->u.clearing.edges;
	struct gn_hops hops;
	struct gn_hop hop;
	gn_amount amount;
	if (gn_ledger_equivalent(hub->ledger, v->eq, &e))
		return;
	while (gn_rec_next_route(&cycles, &amount, &hops))
		while (gn_rec_next_hop(&hops, &hop))
			tell_edge(hub, v, &e, hop, amount);
	while (gn_rec_next_edge(&edges, &hop, &amount))
		tell_edge(hub, v, &e, hop, amount);
}

void gn_hub_live_records(struct gn_hub *hub, struct gn_slice payload, uint64_t first_seq,
			 uint32_t count)
{
	size_t off = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_record_view v;
		if (gn_rec_next(payload, &off, first_seq + i, &v))
			return;
		if (v.type == GN_REC_PARTICIPANT || v.type == GN_REC_PROFILE)
			gn_hub_note_name(&hub->view, &v);
		else if (v.type == GN_REC_PREPARE)
			prepare_payment(hub, &v);
		else if (v.type == GN_REC_COMMIT || v.type == GN_REC_ABORT)
			end_payment(hub, &v);
		if (hub->ws_count == 0)
			continue;
		if (v.type == GN_REC_PAYMENT)
			tell_payment(hub, &v);
		else if (v.type == GN_REC_LINE)
			tell_line(hub, &v);
		else if (v.type == GN_REC_CLEARING)
			tell_clearing(hub, &v);
	}
}

/* ---- keeping alive ---- */

void gn_hub_live_tick(struct gn_hub *hub)
{
	if (hub->ws_count == 0)
		return;
	for (struct gn_hub_request *r = gn_hub_request_first(hub), *next; r; r = next) {
		next = gn_hub_request_next(r);
		if (!r->base.ws || gn_ws_closing(r->base.ws))
			continue;
		if (gn_ws_heard(r->base.ws))
			r->heard = hub->now;
		gn_time silent = hub->now - r->heard;
		if (hub->time >= r->until)
			gn_ws_close(r->base.ws, 1008,
				    "the access token is over: come again with a new "
				    "one");
		else if (silent > 2 * HUB_WS_PING)
			gn_ws_close(r->base.ws, 1001, "no sign of life");
		else if (silent > HUB_WS_PING)
			gn_ws_ping(r->base.ws);
	}
}

void gn_hub_live_close(struct gn_hub *hub)
{
	for (struct gn_hub_request *r = gn_hub_request_first(hub), *next; r; r = next) {
		next = gn_hub_request_next(r);
		if (r->base.ws)
			gn_ws_close(r->base.ws, 1001, "the hub is going down");
	}
}
