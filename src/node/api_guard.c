/* Guard over the local API: how much is asked, who asks most, why somebody is refused, and what
 * the operator says. */
#include "node/node_int.h"

#include <stdio.h>

#define ALLOW_MAX (366u * 86400u) /* seconds */

/* An address without its port. */
static json_t *ip_json(const struct gn_addr *addr)
{
	char text[GN_ADDR_TEXT_MAX];
	gn_addr_text(addr, text);
	char *colon = strrchr(text, ':'), *at = text;
	if (colon)
		*colon = 0;
	if (*at == '[' && colon) {
		at++;
		colon[-1] = 0;
	}
	return json_string(at);
}

/* The /24 or /48 of an address. */
static json_t *net_json(struct gn_addr addr)
{
	bool v4 = gn_addr_is_v4(&addr);
	memset(addr.ip + (v4 ? 15 : 6), 0, v4 ? 1 : 10);
	json_t *ip = ip_json(&addr),
	       *net = json_sprintf("%s/%d", json_string_value(ip), v4 ? 24 : 48);
	json_decref(ip);
	return net;
}

json_t *gn_node_guard_who_json(const struct gn_guard_subject *who)
{
	return who->kind == GN_GUARD_PREFIX ? net_json(who->addr)
					    : gn_node_json_hex(who->id, sizeof who->id);
}

json_t *gn_node_guard_id_json(const struct gn_node *node, const struct gn_guard_subject *who)
{
	struct gn_overlay_peer p;
	struct gn_overlay_info info;
	if (who->kind != GN_GUARD_KEY)
		return NULL;
	gn_overlay_info(node->overlay, &info);
	if (memcmp(info.self.pk.b, who->id, sizeof who->id) == 0)
		return gn_node_json_hex(info.self.id.b, sizeof info.self.id.b);
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++)
		if (memcmp(p.contact.pk.b, who->id, sizeof who->id) == 0)
			return gn_node_json_hex(p.contact.id.b, sizeof p.contact.id.b);
	return NULL;
}

static bool starts(const uint8_t *bytes, const char *hex)
{
	char text[65];
	gn_hex(gn_slice(bytes, 32), text);
	return strncmp(text, hex, strlen(hex)) == 0;
}

/* The key of a known node whose key or id begins so; GN_EXISTS when there are several. */
static gn_err known_key(const struct gn_node *node, const char *hex, struct gn_pk *out)
{
	struct gn_overlay_peer p;
	struct gn_overlay_info info;
	unsigned found = 0;
	gn_overlay_info(node->overlay, &info);
	if (starts(info.self.id.b, hex) || starts(info.self.pk.b, hex)) {
		*out = info.self.pk;
		found++;
	}
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++)
		if (starts(p.contact.id.b, hex) || starts(p.contact.pk.b, hex)) {
			*out = p.contact.pk;
			found++;
		}
	return found == 1 ? GN_OK : found ? GN_EXISTS : GN_NOT_FOUND;
}

gn_err gn_node_guard_who(const struct gn_node *node, const char *text, struct gn_guard_subject *out)
{
	char lower[80], with_port[96];
	struct gn_addr addr;
	struct gn_pk pk;
	size_t len = strlen(text), net = strcspn(text, "/");
	if (len == 0 || len >= sizeof lower)
		return GN_USAGE;
	bool ported = gn_addr_parse(gn_str(text), &addr) == GN_OK; /* as lists show it */
	snprintf(with_port, sizeof with_port, memchr(text, ':', net) ? "[%.*s]:1" : "%.*s:1",
		 (int)net, text);
	if (ported || gn_addr_parse(gn_str(with_port), &addr) == GN_OK) {
		const char *bits = text + net; /* others are not counted */
		bool v4 = gn_addr_is_v4(&addr);
		if (*bits && strcmp(bits, v4 ? "/24" : "/48") != 0 &&
		    strcmp(bits, v4 ? "/32" : "/128") != 0)
			return GN_RANGE;
		addr.port = 0;
		*out = gn_guard_of_addr(&addr);
		return GN_OK;
	}
	for (size_t i = 0; i <= len; i++)
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]);
	if (len < 8 || strspn(lower, "0123456789abcdef") != len)
		return GN_USAGE;
	gn_err err = known_key(node, lower, &pk);
	if (err == GN_NOT_FOUND && len == 64)
		err = gn_unhex(gn_str(lower), pk.b, sizeof pk.b); /* a key that we have not met */
	if (!err)
		*out = gn_guard_of_key(&pk);
	return err;
}

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
	struct gn_guard_counter c;
	gn_guard_status(node->guard, node->now, &s);
	json_t *list = json_array(), *counters = json_object();
	size_t n = gn_guard_list(node->guard, top, GN_COUNT(top));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, account_json(node, &top[i]));
	for (size_t i = 0; gn_guard_counter_at(node->guard, i, &c); i++)
		json_object_set_new(counters, c.name, json_integer((json_int_t)c.value));
	gn_node_request_json(r, 200,
			     json_pack("{ss ss sf sI sf sI sI sI sI so so so}", "mode",
				       modes[node->config.guard], "local",
				       node->config.guard_count_local ? "count" : "exempt", "load",
				       s.load / 1000.0, "effort", (json_int_t)s.effort, "pressure",
				       pressure(s.pressure), "waiting", (json_int_t)s.waiting,
				       "cost", (json_int_t)s.cost, "capacity",
				       (json_int_t)s.capacity, "memory", (json_int_t)s.memory,
				       "heaviest", list, "allowed",
				       gn_node_guard_allowed_json(node), "counters", counters));
	return GN_OK;
}

/* True: who is there; else the request is answered. */
static bool who_of(struct gn_node_request *r, struct gn_guard_subject *who)
{
	uint8_t text[96];
	struct gn_buf buf = {text, 0, sizeof text - 1};
	gn_err err = gn_http_query_value(gn_http_query(r->http), "who", &buf);
	text[buf.len] = 0;
	if (!err)
		err = gn_node_guard_who(r->node, (const char *)text, who);
	if (!err)
		return true;
	gn_node_request_error(
		r, err, "%s",
		err == GN_EXISTS      ? "several nodes begin so: give more digits"
		: err == GN_NOT_FOUND ? "no node that is known here begins so"
		: err == GN_RANGE     ? "networks are counted as a /24 of IPv4 and a /48 of IPv6"
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
	gn_node_request_json(r, 200, json);
	return GN_OK;
}

/* ---- what the operator says ---- */

gn_err gn_node_api_guard_allow(struct gn_node_request *r)
{
	struct gn_guard_subject who;
	uint64_t seconds;
	GN_TRY(gn_node_request_number(r, "seconds", 3600, ALLOW_MAX, &seconds));
	if (!who_of(r, &who))
		return GN_OK;
	gn_time until = seconds ? r->node->now + (gn_time)seconds * GN_SEC : 0;
	GN_TRY(gn_guard_allow(r->node->guard, &who, until));
	gn_node_guard_allowed_store(r->node);
	gn_node_request_json(r, 200,
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
	gn_node_request_json(r, 200, json_pack("{so}", "who", gn_node_guard_who_json(&who)));
	return GN_OK;
}
