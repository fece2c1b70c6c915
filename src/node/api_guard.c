/* Guard over the local API: how much is asked, who asks most, why somebody is refused, and what
 * the operator says. */
#include "node/api.h"
#include "node/charge.h"
#include "node/node_int.h"

#include <stdio.h>

#define ALLOW_MAX (366u * 86400u) /* seconds */

static const char *kind_text(enum gn_guard_kind kind)
{
	return kind == GN_GUARD_PREFIX ? "prefix" : kind == GN_GUARD_KEY ? "key" : "token";
}

static json_t *account_json(const struct gn_node *node, const struct gn_guard_account *a)
{
	return json_pack("{ss so so* sI sI sI sI sI sI}", "kind", kind_text(a->who.kind), "who",
			 gn_node_guard_who_json(&a->who), "id",
			 gn_node_guard_id_json(node, &a->who), "work", (json_int_t)a->work,
			 "work_error", (json_int_t)a->work_error, "admitted",
			 (json_int_t)a->admitted, "refused", (json_int_t)a->refused, "since",
			 (json_int_t)gn_unix(a->since), "last", (json_int_t)gn_unix(a->last));
}

/* How many times its price a unit costs. */
static double pressure(uint32_t eighths)
{
	return (double)eighths / GN_PRESSURE_ONE;
}

gn_err gn_node_api_guard(struct gn_node_request *r)
{
	static const char *const modes[] = {"on", "cookie", "off"};
	static struct gn_guard_account top[GN_GUARD_TOP];
	const struct gn_node *node = r->node;
	struct gn_guard_status s;
	struct gn_counter c;
	gn_guard_status(node->guard, node->now, &s);
	json_t *list = json_array(), *counters = json_object();
	size_t n = gn_guard_list(node->guard, top, GN_COUNT(top));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, account_json(node, &top[i]));
	for (size_t i = 0; gn_guard_counter_at(node->guard, i, &c); i++)
		json_object_set_new(counters, c.name, json_integer((json_int_t)c.value));
	gn_host_json(&r->base, 200,
		     json_pack("{ss ss sf sI sf sI sI sI sI so so so}", "mode",
			       modes[node->config.guard], "local",
			       node->config.guard_count_local ? "count" : "exempt", "load",
			       s.load / 1000.0, "effort", (json_int_t)s.effort, "pressure",
			       pressure(s.pressure), "waiting", (json_int_t)s.waiting, "cost",
			       (json_int_t)s.cost, "capacity", (json_int_t)s.capacity, "memory",
			       (json_int_t)s.memory, "heaviest", list, "allowed",
			       gn_node_guard_allowed_json(node), "counters", counters));
	return GN_OK;
}

/* True: who is there; else the request is answered. */
static bool who_of(struct gn_node_request *r, struct gn_guard_subject *who)
{
	uint8_t text[96];
	struct gn_buf buf = {text, 0, sizeof text - 1};
	gn_err err = gn_http_query_value(gn_http_query(r->base.http), "who", &buf);
	text[buf.len] = 0;
	if (!err)
		err = gn_node_guard_who(r->node, (const char *)text, who);
	if (!err)
		return true;
	gn_host_error(&r->base, err, "%s",
		      err == GN_EXISTS      ? "several nodes begin so: give more digits"
		      : err == GN_NOT_FOUND ? "no node that is known here begins so"
		      : err == GN_RANGE
			      ? "networks are counted as a /24 of IPv4 and a /48 of IPv6"
			      : "who: an address, a prefix, or the key or id of a node (8 hex "
				"digits or more)");
	return false;
}

/* ---- why ---- */

#define SHARES 16u

/* All that peers share here. */
static size_t shares_of(const struct gn_node *node, struct gn_share_view out[SHARES])
{
	size_t n = 0;
	for (size_t i = 0; n < SHARES && gn_jet_share_at(node->jet, i, &out[n]); i++)
		n++;
	for (size_t i = 0; n < SHARES && gn_overlay_share_at(node->overlay, i, &out[n]); i++)
		n++;
	for (size_t i = 0; n < SHARES && gn_bundles_share_at(node->bundles, i, &out[n]); i++)
		n++;
	const struct gn_share_view mine[] = {
		{"inbound", &node->peers.inbound_share, GN_NODE_INBOUND_EACH},
		{"queue", &node->peers.queue_share, GN_NODE_QUEUE_EACH}};
	for (size_t i = 0; n < SHARES && i < GN_COUNT(mine); i++)
		out[n++] = mine[i];
	return n;
}

/* Of what it holds something, or may hold no more. */
static json_t *shares_json(const struct gn_node *node, const struct gn_guard_subject *who)
{
	struct gn_share_view shares[SHARES];
	struct gn_holder holder = {.addr = who->addr};
	bool key = who->kind == GN_GUARD_KEY;
	json_t *list = json_array();
	if (key)
		memcpy(holder.key.b, who->id, sizeof holder.key.b);
	size_t n = shares_of(node, shares);
	for (size_t i = 0; i < n; i++) {
		const struct gn_share *s = shares[i].share;
		struct gn_share_held held = gn_share_held(s, &holder);
		uint64_t has = key ? held.key : held.prefix;
		gn_err err = gn_share_ask(s, &holder, shares[i].least);
		if (has || err)
			json_array_append_new(list,
					      json_pack("{ss sI sI ss}", "name", shares[i].name,
							"held", (json_int_t)has, "share",
							(json_int_t)(key ? s->config.per_key
									 : s->config.per_prefix),
							"reason", gn_share_reason(err)));
	}
	return list;
}

gn_err gn_node_api_guard_why(struct gn_node_request *r)
{
	struct gn_guard_subject who;
	struct gn_guard_why why;
	if (!who_of(r, &who))
		return GN_OK;
	struct gn_guard_subject payer = who;
	if (who.kind == GN_GUARD_KEY) {
		struct gn_pk pk;
		memcpy(pk.b, who.id, sizeof pk.b);
		payer = gn_node_peers_subject(r->node, &pk);
	}
	gn_guard_why(r->node->guard, &payer, r->node->now, &why);
	json_t *json =
		json_pack("{ss so so* ss sb sb sb ss sI sI sI sI sI sf so}", "kind",
			  kind_text(who.kind), "who", gn_node_guard_who_json(&who), "id",
			  gn_node_guard_id_json(r->node, &who), "reason", why.reason, "exempt",
			  why.exempt, "allowed", why.allowed, "limited", why.limited, "limit",
			  why.limit, "until", (json_int_t)(why.until ? gn_unix(why.until) : 0),
			  "rate", (json_int_t)why.rate, "burst", (json_int_t)why.burst, "left",
			  (json_int_t)why.left, "effort", (json_int_t)why.effort, "pressure",
			  pressure(why.pressure), "shares", shares_json(r->node, &who));
	if (why.counted)
		json_object_set_new(json, "account", account_json(r->node, &why.account));
	gn_host_json(&r->base, 200, json);
	return GN_OK;
}

/* ---- what the operator says ---- */

gn_err gn_node_api_guard_allow(struct gn_node_request *r)
{
	struct gn_guard_subject who;
	uint64_t seconds;
	GN_TRY(gn_host_number(&r->base, "seconds", 3600, ALLOW_MAX, &seconds));
	if (!who_of(r, &who))
		return GN_OK;
	gn_time until = seconds ? r->node->now + (gn_time)seconds * GN_SEC : 0;
	GN_TRY(gn_guard_allow(r->node->guard, &who, until));
	gn_node_guard_allowed_store(r->node);
	gn_host_json(&r->base, 200,
		     json_pack("{so sI}", "who", gn_node_guard_who_json(&who), "until",
			       (json_int_t)(until ? gn_unix(until) : 0)));
	return GN_OK;
}

gn_err gn_node_api_guard_forgive(struct gn_node_request *r)
{
	struct gn_guard_subject who;
	if (!who_of(r, &who))
		return GN_OK;
	gn_guard_forgive(r->node->guard, &who);
	gn_host_json(&r->base, 200, json_pack("{so}", "who", gn_node_guard_who_json(&who)));
	return GN_OK;
}
