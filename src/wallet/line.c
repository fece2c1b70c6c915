/* Bodies of line operations, and the ways out of a payment that does not go: line.h.
 *
 * Rules: HB-25, HB-37. */
#include "wallet/line.h"

/* ---- lines ---- */

const json_t *gn_wallet_line_to(const json_t *items, const char *pid)
{
	const json_t *found = NULL;
	json_t *item;
	size_t i;
	json_array_foreach(items, i, item)
	{
		if (strcmp(gn_wallet_text(item, "to"), pid) == 0 &&
		    strcmp(gn_wallet_text(item, "status"), "closed") != 0)
			found = item;
	}
	return found;
}

json_t *gn_wallet_line_own(const json_t *line, const char *to, const char *equivalent)
{
	return json_pack("{ss sI ss ss}", "id", gn_wallet_text(line, "id"), "version",
			 (json_int_t)gn_wallet_number(line, "version"), "to", to, "equivalent",
			 equivalent);
}

json_t *gn_wallet_line_body(const json_t *line, const char *pid, const char *equivalent,
			    const struct gn_wallet_line *change)
{
	json_t *body = line ? gn_wallet_line_own(line, pid, equivalent)
			    : json_pack("{ss ss ss}", "to", pid, "equivalent", equivalent, "limit",
					change->limit);
	if (line && change->limit)
		json_object_set_new(body, "limit", json_string(change->limit));
	if (change->close)
		json_object_set_new(body, "when_repaid", json_true());
	if (change->freeze || change->unfreeze)
		json_object_set_new(body, "status",
				    json_string(change->freeze ? "frozen" : "active"));
	if (change->policy)
		json_object_set_new(body, "policy", change->policy);
	return body;
}

enum gn_op_kind gn_wallet_line_kind(const json_t *line, bool close)
{
	return !line ? GN_OP_LINE_CREATE : close ? GN_OP_LINE_CLOSE : GN_OP_LINE_UPDATE;
}

const char *gn_wallet_line_method(enum gn_op_kind kind)
{
	return kind == GN_OP_LINE_CREATE ? "POST" : kind == GN_OP_LINE_CLOSE ? "DELETE" : "PATCH";
}

/* ---- why not ---- */

void gn_wallet_causes(const json_t *details, void (*tell)(void *user, const json_t *item),
		      void *user)
{
	void *it = json_object_iter((json_t *)(uintptr_t)details);
	for (; it; it = json_object_iter_next((json_t *)(uintptr_t)details, it)) {
		json_t *item;
		size_t i;
		json_array_foreach(json_object_iter_value(it), i, item)
		{
			if (*gn_wallet_text(item, "cause"))
				tell(user, item);
		}
	}
}

struct finding {
	struct gn_wallet_way *out;
	size_t count;
	bool wait;
};

static void add(struct finding *f, const struct gn_wallet_way *way)
{
	if (f->count < GN_WALLET_WAYS)
		f->out[f->count++] = *way;
}

static void look_at(void *user, const json_t *item)
{
	struct finding *f = user;
	if (strcmp(gn_wallet_text(item, "cause"), "daily") == 0)
		f->wait = true;
}

static bool is_more_than_nothing(const char *amount)
{
	return amount[strspn(amount, "0.")] != 0;
}

size_t gn_wallet_ways(const json_t *details, const char *me, const char *payee,
		      struct gn_wallet_way out[GN_WALLET_WAYS])
{
	struct finding f = {.out = out};
	const char *most = gn_wallet_text(details, "max_amount");
	json_t *item;
	size_t i;
	if (!*most)
		most = gn_wallet_text(details, "available");
	if (is_more_than_nothing(most))
		add(&f, &(struct gn_wallet_way){GN_WALLET_WAY_LESS, "", "", "", "", most});
	json_array_foreach(json_object_get(details, "raises"), i, item)
	{
		struct gn_wallet_way way = {.pid = gn_wallet_text(item, "owner"),
					    .name = gn_wallet_text(item, "owner_name"),
					    .other = gn_wallet_text(item, "debtor"),
					    .other_name = gn_wallet_text(item, "debtor_name"),
					    .amount = gn_wallet_text(item, "raise")};
		way.kind = strcmp(way.pid, me) == 0 ? GN_WALLET_WAY_RAISE : GN_WALLET_WAY_ASK_RAISE;
		add(&f, &way);
	}
	gn_wallet_causes(details, look_at, &f);
	if (f.wait)
		add(&f, &(struct gn_wallet_way){GN_WALLET_WAY_WAIT, "", "", "", "", ""});
	if (!f.count)
		add(&f, &(struct gn_wallet_way){GN_WALLET_WAY_LINE, payee, "", me, "", ""});
	return f.count;
}
