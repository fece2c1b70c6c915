/* What came of work at a hub, as answers and events; quotes are made here.
 *
 * 1. A quote has the very text that will be signed; nothing is signed that has none.
 * 2. Who has a quarter of the places for quotes loses their own oldest, never others'.
 *
 * Rules: AG-142, AG-143, AG-146, AG-147. */
#include "agent/events_int.h"
#include "agent/wallet_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { AGENT_TOLD_WALLET = 6 }; /* bit of events, after files' */

void agent_wallet_refuse(struct agent_request *r, gn_err err, const char *kind, const char *fmt,
			 ...)
{
	char text[AGENT_ASK_WHY + 160];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	r->base.kind = kind;
	gn_host_error(&r->base, err, "%s", text);
}

void agent_wallet_reply(struct agent_request *r, uint8_t member, json_t *json)
{
	struct gn_app_kind kind = {GN_FB_APP_BODY_APP_WALLET, member};
	char why[GN_HOST_TABLE_WHY];
	gn_fbref ref = 0;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_err err = json ? gn_host_table_parse(gn_app_type(kind), json, b, &ref, why) : GN_NOMEM;
	json_decref(json);
	if (err == GN_USAGE)
		agent_wallet_refuse(r, GN_PROTOCOL, "protocol", "the hub's words fit no answer: %s",
				    why);
	else if (err)
		gn_host_error(&r->base, err, "%s", "");
	else
		gn_host_answer(&r->base, kind, ref);
}

void agent_wallet_paid(struct agent_request *r, const char *id, const json_t *act)
{
	agent_wallet_reply(r, GN_FB_APP_WALLET_BODY_WALLET_PAID,
			   json_pack("{so}", "done", agent_wallet_show_act(id, act)));
}

void agent_wallet_tell(struct gn_agent *a, const char *hub, const char *id, const json_t *act)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_TOLD,
						GN_FB_APP_TOLD_BODY_TOLD_WALLET};
	char why[GN_HOST_TABLE_WHY];
	gn_fbref ref = 0;
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	json_t *json = json_pack("{ss sb}", "hub", hub, "moved", act == NULL);
	uint64_t object = 0;
	if (act)
		json_object_set_new(json, "done", agent_wallet_show_act(id, act));
	for (const char *p = act ? id : hub; *p; p++)
		object = object * 31 + (uint8_t)*p;
	if (gn_host_table_parse(gn_app_type(kind), json, b, &ref, why) == GN_OK)
		agent_told_add(a, kind, ref, AGENT_TOLD_WALLET, object | 1);
	json_decref(json);
}

/* ---- quotes ---- */

void agent_wallet_quote_free(struct agent_quote *q)
{
	json_decref(q->act);
	free(q->text);
	free(q->says);
	*q = (struct agent_quote){0};
}

static struct agent_quote *quote_place(struct gn_agent *a, const uint8_t program[32])
{
	struct agent_quote *free_one = NULL, *own = NULL, *oldest = NULL;
	unsigned has = 0;
	for (size_t i = 0; i < AGENT_WALLET_QUOTES; i++) {
		struct agent_quote *q = &a->wallet->quotes[i];
		if (!q->until) {
			free_one = q;
			continue;
		}
		if (memcmp(q->program, program, 32) == 0) {
			has++;
			own = !own || q->until < own->until ? q : own;
		}
		oldest = !oldest || q->until < oldest->until ? q : oldest;
	}
	struct agent_quote *place = has >= AGENT_WALLET_QUOTES / AGENT_PROGRAM_PART ? own
				    : free_one                                      ? free_one
				    : own                                           ? own
										    : oldest;
	agent_wallet_quote_free(place);
	return place;
}

/* May this client pay that without asking? */
static bool is_free(struct gn_agent *a, const struct agent_request *r, const json_t *act)
{
	return strcmp(gn_wallet_text(act, "what"), "pay") == 0 &&
	       agent_wallet_within(a, gn_host_client(&r->base), act);
}

static json_t *show_quote(struct gn_agent *a, const struct agent_request *r,
			  const struct agent_quote *q, const struct agent_ask *ask)
{
	static const char *const names[] = {"what",   "hub",        "peer", "name",
					    "amount", "equivalent", "note"};
	const json_t *capacity = json_object_get(ask->out, "capacity");
	char id[65];
	gn_hex(GN_SLICE(q->id), id);
	json_t *out = json_pack("{ss ss ss sI sb sb}", "id", id, "signs", q->text, "says", q->says,
				"until", (json_int_t)gn_unix(q->until) * 1000, "free",
				is_free(a, r, q->act), "can", true);
	for (size_t i = 0; i < GN_COUNT(names); i++)
		if (json_object_get(q->act, names[i]))
			json_object_set(out, names[i], json_object_get(q->act, names[i]));
	if (!capacity)
		return out;
	bool can = json_is_true(json_object_get(capacity, "can_pay"));
	const char *most = gn_wallet_text(capacity, "max_amount");
	unsigned precision = (unsigned)gn_wallet_number(ask->out, "precision");
	gn_amount wanted, there;
	char text[GN_AMOUNT_TEXT_MAX];
	json_object_set_new(out, "can", json_boolean(can));
	json_object_set_new(out, "most", json_string(most));
	if (can)
		return out;
	if (gn_amount_parse(gn_str(gn_wallet_text(q->act, "amount")), precision, &wanted) ==
		    GN_OK &&
	    gn_amount_parse(gn_str(most), precision, &there) == GN_OK && there < wanted) {
		gn_amount_text(wanted - there, precision, text);
		json_object_set_new(out, "missing", json_string(text));
	}
	json_object_set_new(
		out, "elsewhere",
		json_integer((json_int_t)gn_wallet_number(capacity, "raises_elsewhere")));
	agent_wallet_explain(a, out, capacity, gn_wallet_text(q->act, "peer"));
	return out;
}

static const char *const whats[] = {[AGENT_ASK_QUOTE] = "pay",
				    [AGENT_ASK_LINE] = "line",
				    [AGENT_ASK_ANSWER] = "answer",
				    [AGENT_ASK_LEAVE] = "leave",
				    [AGENT_ASK_JOIN] = "join"};

/* The act as it will be stored, the body of what is signed, how. NULL: no memory. */
static json_t *make_act(struct gn_agent *a, const struct agent_ask *q, json_t **body,
			enum gn_op_kind *kind)
{
	static const char *const kept[] = {"peer", "name", "amount", "equivalent", "note",
					   "tx",   "id",   "limit",  "close"};
	json_t *act = json_pack("{ss ss sI}", "what", whats[q->what], "hub", q->hub.pid, "at",
				(json_int_t)agent_unix(a));
	for (size_t i = 0; act && i < GN_COUNT(kept); i++)
		if (json_object_get(q->in, kept[i]))
			json_object_set(act, kept[i], json_object_get(q->in, kept[i]));
	if (q->what == AGENT_ASK_QUOTE) {
		struct gn_wallet_request request;
		agent_wallet_request_of(q->in, &request);
		struct gn_wallet_payment p = {.tx_id = gn_wallet_text(q->in, "tx"), .q = &request};
		*body = gn_wallet_pay_body(&p, 0);
		*kind = GN_OP_PAYMENT;
		return act;
	}
	*kind = (enum gn_op_kind)json_integer_value(json_object_get(q->out, "op"));
	*body = json_incref(json_object_get(q->out, "body"));
	static const char *const how[] = {"method", "path", "tx"};
	if (q->what == AGENT_ASK_JOIN) {
		char key[65];
		gn_hex(GN_SLICE(q->hub.pk.b), key);
		json_object_set_new(act, "key", json_string(key));
		json_object_set_new(act, "url", json_string(q->url));
	}
	for (size_t i = 0; act && i < GN_COUNT(how); i++)
		if (json_object_get(q->out, how[i]))
			json_object_set(act, how[i], json_object_get(q->out, how[i]));
	return act;
}

static void make_quote(struct gn_agent *a, uint64_t known, struct agent_ask *q)
{
	struct agent_request *r = q->r;
	static uint8_t wrapped[JSON_TEXT_MAX];
	struct gn_buf text = {wrapped, 0, sizeof wrapped - 1};
	enum gn_op_kind kind;
	json_t *body = NULL, *act = make_act(a, q, &body, &kind);
	const char *tx = gn_wallet_text(act, "tx");
	uint64_t seq = gn_wallet_next_seq(known, q->seq);
	struct gn_wallet_op op = {kind, &q->hub, *tx ? tx : NULL, seq, agent_unix(a)};
	gn_err err = act && body ? GN_OK : GN_NOMEM;
	if (!err && !*tx && !seq) {
		agent_wallet_refuse(r, GN_RANGE, "seq",
				    "the hub says that your last signed number is %llu, and from "
				    "here it was %llu: it, or somebody between, lies. Nothing was "
				    "signed",
				    (unsigned long long)q->seq, (unsigned long long)known);
		goto out;
	}
	err = err ? err : gn_wallet_op_text(&op, &a->owner, body, &text);
	if (err) {
		agent_wallet_refuse(r, err, "text", "this cannot be signed: %s", gn_err_text(err));
		goto out;
	}
	wrapped[text.len] = 0;
	char *says = agent_wallet_says((const char *)wrapped, gn_wallet_text(act, "name"),
				       json_object_get(q->out, "item"));
	if (!says) {
		agent_wallet_refuse(r, GN_USAGE, "text",
				    "this cannot be signed: the text says "
				    "nothing that is known");
		goto out;
	}
	if (!*tx)
		json_object_set_new(act, "seq", json_integer((json_int_t)seq));
	struct agent_quote *place = quote_place(a, r->program);
	gn_rand_fill(&a->host.rand, place->id, sizeof place->id);
	memcpy(place->program, r->program, sizeof place->program);
	place->until = a->now + AGENT_WALLET_QUOTE_KEEP;
	place->act = json_incref(act);
	place->text = strdup((const char *)wrapped);
	place->says = says;
	agent_wallet_reply(r, GN_FB_APP_WALLET_BODY_WALLET_QUOTE_IS, show_quote(a, r, place, q));
out:
	json_decref(act);
	json_decref(body);
}

/* ---- joining ---- */

/* Did the tool meet another hub at this address? It owns that list; it is only read here. */
static bool tool_knows_another(struct gn_agent *a, const struct agent_ask *q)
{
	static uint8_t bytes[65536];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	if (gn_os_file_read(gn_agent_vault_dir(a->vault), "hubs.json", &b))
		return false;
	json_t *pins = json_loadb((const char *)bytes, b.len, 0, NULL);
	const char *pid = gn_wallet_text(pins, q->url);
	bool other = *pid && strcmp(pid, q->hub.pid) != 0;
	json_decref(pins);
	return other;
}

static void joined(struct gn_agent *a, struct agent_ask *q)
{
	struct agent_wallet_hub *h = agent_wallet_add_hub(a, &q->hub, q->url);
	if (!h) {
		agent_wallet_refuse(q->r, GN_LIMIT, "limit", "there are %u hubs already",
				    AGENT_WALLET_HUBS);
		return;
	}
	memcpy(h->token, q->token, sizeof h->token);
	memcpy(h->refresh, q->refresh, sizeof h->refresh);
	h->token_at = a->now;
	h->seq = q->seq > h->seq ? q->seq : h->seq;
	gn_err err = agent_wallet_keep_hub(a, h);
	if (err) {
		agent_fail(a, err);
		return;
	}
	agent_wallet_reply(q->r, GN_FB_APP_WALLET_BODY_WALLET_HUBS_IS,
			   json_pack("{s[o]}", "hubs", agent_wallet_show_hub(h)));
	agent_wallet_tell(a, h->its.pid, NULL, NULL);
}

static void answer_join(struct gn_agent *a, struct agent_ask *q)
{
	const char *name = gn_wallet_text(q->in, "name");
	char key[GN_BASE64_MAX(32)];
	if (tool_knows_another(a, q)) {
		agent_wallet_refuse(q->r, GN_KEY, "key",
				    "the hub at %.200s has another key than the tool met there; if "
				    "that is right, remove its line from hubs.json",
				    q->url);
	} else if (json_is_object(json_object_get(q->out, "me"))) {
		joined(a, q);
	} else if (!gn_op_name_ok(gn_str(name)) || !gn_plain_ok(gn_str(name))) {
		agent_wallet_refuse(q->r, GN_TEXT, "name",
				    "to join, say a name that others see: not empty, without "
				    "blanks at its ends, plain text");
	} else if (gn_base64(GN_SLICE(a->owner.b), false, key, sizeof key) == GN_OK) {
		json_object_set_new(q->out, "body",
				    json_pack("{ss ss ss}", "display_name", name, "public_key", key,
					      "type", "person"));
		json_object_set_new(q->out, "op", json_integer(GN_OP_REGISTER));
		json_object_set_new(q->out, "method", json_string("POST"));
		json_object_set_new(q->out, "path", json_string("/participants"));
		make_quote(a, 0, q);
	}
}

/* ---- by what was asked ---- */

void agent_wallet_show(struct agent_request *r, struct agent_wallet_hub *h, const json_t *in)
{
	struct gn_agent *a = r->agent;
	uint8_t member = (uint8_t)gn_wallet_number(in, "member");
	json_t *hub = agent_wallet_show_hub(h);
	bool more = json_is_true(json_object_get(h->seen, "more"));
	uint64_t most = gn_wallet_number(in, "limit");
	json_t *open, *act;
	const char *id;
	switch (member) {
	case GN_FB_APP_WALLET_BODY_WALLET_LINES_IS:
		agent_wallet_reply(
			r, member,
			json_pack("{so so sb}", "of", hub, "lines",
				  agent_wallet_show_lines(a, h, gn_wallet_text(in, "equivalent")),
				  "more", more));
		return;
	case GN_FB_APP_WALLET_BODY_WALLET_OFFERS_IS:
		agent_wallet_reply(
			r, member,
			json_pack("{so so}", "of", hub, "offers", agent_wallet_show_offers(h)));
		return;
	case GN_FB_APP_WALLET_BODY_WALLET_HISTORY_IS:
		open = json_array();
		json_object_foreach(a->wallet->acts, id, act)
		{
			if (json_object_get(act, "request") &&
			    strcmp(gn_wallet_text(act, "hub"), h->its.pid) == 0)
				json_array_append_new(open, agent_wallet_show_act(id, act));
		}
		agent_wallet_reply(r, member,
				   json_pack("{so so so sb}", "of", hub, "open", open, "payments",
					     agent_wallet_show_payments(a, h, most ? most : 50),
					     "more", more));
		return;
	default:
		agent_wallet_reply(
			r, GN_FB_APP_WALLET_BODY_WALLET_BALANCE_IS,
			json_pack("{s[o] so}", "hubs", hub, "sums", agent_wallet_show_sums(h)));
	}
}

void agent_wallet_answer(struct gn_agent *a, struct agent_wallet_hub *h, struct agent_ask *q)
{
	if (q->what == AGENT_ASK_READ && h)
		agent_wallet_show(q->r, h, q->in);
	else if (q->kind)
		agent_wallet_refuse(q->r, q->err, q->kind, "%s", q->why);
	else if (q->what == AGENT_ASK_JOIN)
		answer_join(a, q);
	else
		make_quote(a, h ? h->seq : 0, q);
}
