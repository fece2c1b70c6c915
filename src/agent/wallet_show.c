/* What the wallet tells, made of what hubs said: objects in the form of the tables of
 * app_wallet.fbs. And what a text that is to be signed says, read from the text itself.
 *
 * Rules: AG-142, AG-143, AG-147. */
#include "agent/wallet_int.h"

#include <stdio.h>
#include <stdlib.h>

/* Copies texts under other names; those that are none are left out. */
static void copy(json_t *to, const json_t *from, const char *const names[][2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *v = json_object_get(from, names[i][1]);
		if (json_is_string(v))
			json_object_set(to, names[i][0], v);
	}
}

#define COPY(to, from, ...)                                                                        \
	do {                                                                                       \
		static const char *const names_[][2] = {__VA_ARGS__};                              \
		copy(to, from, names_, GN_COUNT(names_));                                          \
	} while (0)

static void flag(json_t *to, const char *name, const json_t *from, const char *its)
{
	json_object_set_new(to, name, json_boolean(json_is_true(json_object_get(from, its))));
}

json_t *agent_wallet_show_hub(const struct agent_wallet_hub *h)
{
	const json_t *me = json_object_get(h->seen, "me");
	json_t *out = json_pack("{ss ss sI sb}", "hub", h->its.pid, "url", h->url, "at",
				(json_int_t)gn_wallet_number(h->seen, "at") * 1000, "old",
				h->kind != NULL || !h->seen);
	COPY(out, me, {"name", "display_name"}, {"status", "status"});
	if (h->kind) {
		json_object_set_new(out, "kind", json_string(h->kind));
		json_object_set_new(out, "why", json_string(h->why));
	}
	return out;
}

json_t *agent_wallet_show_sums(const struct agent_wallet_hub *h)
{
	json_t *out = json_array(), *item;
	size_t i;
	json_array_foreach(json_object_get(json_object_get(h->seen, "balance"), "equivalents"), i,
			   item)
	{
		uint64_t precision = gn_wallet_number(item, "precision");
		json_t *sum = json_pack("{ss sI}", "hub", h->its.pid, "precision",
					(json_int_t)(precision > 8 ? 8 : precision));
		COPY(sum, item, {"equivalent", "code"}, {"owed", "total_credit"},
		     {"owing", "total_debt"}, {"net", "net_balance"},
		     {"can_pay", "available_to_spend"}, {"can_receive", "available_to_receive"});
		json_array_append_new(out, sum);
	}
	return out;
}

static void own_pid(const struct gn_agent *a, char pid[GN_PID_MAX])
{
	gn_pid(&a->owner, pid);
}

json_t *agent_wallet_show_lines(const struct gn_agent *a, const struct agent_wallet_hub *h,
				const char *unit)
{
	json_t *out = json_array(), *item;
	char me[GN_PID_MAX];
	size_t i;
	own_pid(a, me);
	json_array_foreach(json_object_get(h->seen, "lines"), i, item)
	{
		if (*unit && strcmp(gn_wallet_text(item, "equivalent"), unit) != 0)
			continue;
		bool given = strcmp(gn_wallet_text(item, "from"), me) == 0;
		json_t *line = json_pack("{sb}", "given", given);
		COPY(line, item, {"id", "id"}, {"equivalent", "equivalent"}, {"limit", "limit"},
		     {"used", "used"}, {"available", "available"}, {"status", "status"});
		if (given)
			COPY(line, item, {"peer", "to"}, {"name", "to_display_name"});
		else
			COPY(line, item, {"peer", "from"}, {"name", "from_display_name"});
		flag(line, "disputed", item, "disputed");
		flag(line, "asks", json_object_get(item, "policy"), "ask");
		json_array_append_new(out, line);
	}
	return out;
}

json_t *agent_wallet_show_payments(const struct gn_agent *a, const struct agent_wallet_hub *h,
				   size_t most)
{
	json_t *out = json_array(), *item;
	char me[GN_PID_MAX];
	size_t i;
	own_pid(a, me);
	json_array_foreach(json_object_get(json_object_get(h->seen, "payments"), "items"), i, item)
	{
		bool sent = strcmp(gn_wallet_text(item, "from"), me) == 0;
		if (i == most)
			break;
		json_t *p = json_pack("{sb}", "out", sent);
		COPY(p, item, {"tx", "tx_id"}, {"amount", "amount"}, {"equivalent", "equivalent"},
		     {"note", "description"}, {"status", "status"}, {"created", "created_at"});
		COPY(p, json_object_get(item, "error"), {"code", "code"}, {"reason", "message"});
		if (sent)
			COPY(p, item, {"peer", "to"});
		else
			COPY(p, item, {"peer", "from"});
		json_array_append_new(out, p);
	}
	return out;
}

json_t *agent_wallet_show_offers(const struct agent_wallet_hub *h)
{
	json_t *out = json_array(), *item;
	size_t i;
	json_array_foreach(json_object_get(h->seen, "asked"), i, item)
	{
		const json_t *p = json_object_get(item, "payment");
		json_t *offer = json_pack("{sb sI}", "clearing", !json_is_object(p), "asked",
					  (json_int_t)gn_wallet_number(item, "asked_count"));
		COPY(offer, item, {"key", "key"}, {"until", "expires_at"}, {"amount", "amount"},
		     {"equivalent", "equivalent"}, {"gain", "gain"});
		COPY(offer, p, {"from", "from"}, {"from_name", "from_name"}, {"to", "to"},
		     {"to_name", "to_name"}, {"amount", "amount"}, {"equivalent", "equivalent"},
		     {"note", "description"});
		flag(offer, "answered", item, "answered");
		json_array_append_new(out, offer);
	}
	return out;
}

/* ---- why not ---- */

static void add_cut(void *user, const json_t *item)
{
	json_t *list = user, *known;
	size_t i;
	json_array_foreach(list, i, known)
	{
		if (strcmp(gn_wallet_text(known, "owner"), gn_wallet_text(item, "owner")) == 0 &&
		    strcmp(gn_wallet_text(known, "debtor"), gn_wallet_text(item, "debtor")) == 0)
			return;
	}
	if (i == AGENT_WALLET_CUT || !*gn_wallet_text(item, "owner"))
		return;
	json_t *cut = json_object();
	COPY(cut, item, {"owner", "owner"}, {"owner_name", "owner_name"}, {"debtor", "debtor"},
	     {"debtor_name", "debtor_name"}, {"by", "by"}, {"by_name", "by_name"},
	     {"cause", "cause"}, {"available", "available"}, {"left_today", "left_today"});
	json_array_append_new(list, cut);
}

void agent_wallet_explain(const struct gn_agent *a, json_t *to, const json_t *details,
			  const char *payee)
{
	static const char *const kinds[] = {"less", "ask-raise", "raise", "line", "wait"};
	struct gn_wallet_way ways[GN_WALLET_WAYS];
	json_t *cut = json_array(), *list = json_array();
	char me[GN_PID_MAX];
	own_pid(a, me);
	gn_wallet_causes(details, add_cut, cut);
	size_t count = gn_wallet_ways(details, me, payee, ways);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
				      json_pack("{ss ss ss ss ss ss}", "kind", kinds[ways[i].kind],
						"who", ways[i].pid, "name", ways[i].name, "other",
						ways[i].other, "other_name", ways[i].other_name,
						"amount", ways[i].amount));
	json_object_set_new(to, "cut", cut);
	json_object_set_new(to, "ways", list);
}

json_t *agent_wallet_show_act(const char *id, const json_t *act)
{
	json_t *out = json_pack("{ss sI}", "act", id, "at",
				(json_int_t)gn_wallet_number(act, "at") * 1000);
	COPY(out, act, {"state", "state"}, {"what", "what"}, {"hub", "hub"}, {"peer", "peer"},
	     {"name", "name"}, {"amount", "amount"}, {"equivalent", "equivalent"}, {"note", "note"},
	     {"tx", "tx"}, {"kind", "kind"}, {"code", "code"}, {"reason", "reason"});
	flag(out, "before", act, "before");
	static const char *const lists[] = {"cut", "ways"};
	for (size_t i = 0; i < GN_COUNT(lists); i++)
		if (json_object_get(act, lists[i]))
			json_object_set(out, lists[i], json_object_get(act, lists[i]));
	return out;
}

/* ---- what a text says ---- */

static const char *words_of(enum gn_op_kind kind, const struct gn_op *op)
{
	switch ((int)kind) {
	case GN_OP_LINE_CREATE: return "let owe you";
	case GN_OP_LINE_UPDATE:
		return op->has_status ? op->frozen ? "freeze" : "unfreeze" : "let owe you";
	case GN_OP_LINE_CLOSE: return "close the line to";
	default: return "";
	}
}

char *agent_wallet_says(const char *text, const char *name, const json_t *item)
{
	struct gn_op op;
	char to[GN_PID_MAX + 280], plain[260], note[1100] = "", hub[16], *out = malloc(2048);
	if (!out || gn_op_parse(GN_PROFILE_V1, GN_OP_KINDS, gn_str(text), &op)) {
		free(out);
		return NULL;
	}
	gn_plain(gn_str(name), plain, sizeof plain);
	snprintf(to, sizeof to, "%.*s%s%s%s", (int)(op.to_text.len < 60 ? op.to_text.len : 60),
		 op.to_text.p ? (const char *)op.to_text.p : "", *plain ? " (" : "", plain,
		 *plain ? ")" : "");
	if (op.description.len)
		snprintf(note, sizeof note, ", note: %.*s",
			 (int)(op.description.len < 1024 ? op.description.len : 1024),
			 (const char *)op.description.p);
	char pid[GN_PID_MAX + 8];
	(void)!gn_base58(GN_SLICE(op.hub.b), pid, sizeof pid);
	snprintf(hub, sizeof hub, "%.12s", pid);
	int unit = (int)op.equivalent.len, amount = (int)op.amount.len, limit = (int)op.limit.len;
	const char *u = unit ? (const char *)op.equivalent.p : "";
	switch (op.kind) {
	case GN_OP_PAYMENT:
		snprintf(out, 2048, "pay %.*s %.*s to %s at hub %s%s, under the number %.*s",
			 amount, (const char *)op.amount.p, unit, u, to, hub, note,
			 (int)op.tx_id.len, (const char *)op.tx_id.p);
		break;
	case GN_OP_LINE_CREATE:
	case GN_OP_LINE_UPDATE:
	case GN_OP_LINE_CLOSE:
		snprintf(out, 2048, "%s %s%s%.*s in %.*s at hub %s", words_of(op.kind, &op), to,
			 limit ? ": up to " : "", limit, limit ? (const char *)op.limit.p : "",
			 unit, u, hub);
		break;
	case GN_OP_VOTE:
		snprintf(out, 2048,
			 "answer %s to the payment %.*s of %.*s at hub %s, said to be %.48s %.20s",
			 op.yes ? "yes" : "no", (int)op.tx_id.len, (const char *)op.tx_id.p,
			 (int)op.initiator_text.len, (const char *)op.initiator_text.p, hub,
			 gn_wallet_text(json_object_get(item, "payment"), "amount"),
			 gn_wallet_text(json_object_get(item, "payment"), "equivalent"));
		break;
	case GN_OP_CONSENT:
		snprintf(out, 2048, "answer %s to the clearing offer %.*s at hub %s",
			 op.yes ? "yes" : "no", (int)op.tx_id.len, (const char *)op.tx_id.p, hub);
		break;
	case GN_OP_REGISTER:
		snprintf(out, 2048, "join hub %s under the name %.*s", hub,
			 (int)op.display_name.len, (const char *)op.display_name.p);
		break;
	case GN_OP_LEAVE: snprintf(out, 2048, "leave hub %s", hub); break;
	case GN_OP_PROFILE:
	case GN_OP_ADMIN:
	case GN_OP_KINDS:
	default: free(out); return NULL;
	}
	return out;
}
