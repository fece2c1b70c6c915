/* What the node shows of itself: status, peers, lookups, counters, metrics. Reads only. */
#include "node/api.h"
#include "node/node_int.h"

#include "base/reason.h"
#include "node/reach.h"
#include "node/turn.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void traffic(const struct gn_node *node, uint64_t *sent, uint64_t *received)
{
	struct gn_udp_info info;
	gn_udp_info(node->udp, &info);
	*sent = info.bytes_sent;
	*received = info.bytes_received;
}

static json_t *addr_list(const struct gn_contact *c)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < c->addr_count; i++) {
		char text[GN_ADDR_TEXT_MAX];
		gn_addr_text(&c->addrs[i], text);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

/* 16 hex digits: JSON numbers lose bits above 2^53. */
static json_t *angle(const struct gn_node_id *id)
{
	return gn_host_json_hex(id->b, 8);
}

/* The address at a TURN server, or why there is none. */
static json_t *turn_json(const struct gn_node *node)
{
	char relayed[GN_ADDR_TEXT_MAX];
	gn_node_turn_way_addr(node, relayed);
	return json_pack("{ss ss ss ss}", "server", node->config.turn_server, "state",
			 gn_node_turn_way_text(node), "address", relayed, "why",
			 gn_node_turn_way_why(node));
}

static json_t *status_json(const struct gn_node *node)
{
	struct gn_overlay_info o;
	struct gn_blocks_info b;
	uint64_t sent, received;
	gn_overlay_info(node->overlay, &o);
	gn_blocks_info(node->blocks, &b);
	traffic(node, &sent, &received);
	json_t *json = json_pack(
		"{ss s{so so so so si} ss si sI sb sb sf}", "version", GEONET_VERSION, "node", "id",
		gn_host_json_hex(o.self.id.b, 32), "key", gn_host_json_hex(o.self.pk.b, 32),
		"angle", angle(&o.self.id), "addrs", addr_list(&o.self), "port",
		(int)gn_udp_port(node->udp), "data", node->config.data, "pid", (int)uv_os_getpid(),
		"uptime_s", (json_int_t)((node->now - node->started) / GN_SEC), "server", o.server,
		"joined", o.joined, "n_estimate", o.n_estimate);
	json_object_set_new(json, "http", json_integer(node->http ? gn_http_port(node->http) : 0));
	json_object_set_new(json, "hops",
			    json_pack("{sf sf si si}", "predicted", o.hops_predicted, "observed",
				      o.hops_observed_mean, "max", (int)o.hops_max, "p99",
				      (int)o.hops_observed_p99));
	if (node->turn_way.state != GN_NODE_TURN_NONE)
		json_object_set_new(json, "turn", turn_json(node));
	json_object_set_new(json, "reach", json_string(gn_node_reach_name(gn_node_reach(node))));
	json_object_set_new(json, "reached", json_string(gn_node_reached_text(node)));
	json_object_set_new(
		json, "reached_s",
		json_integer(node->reached_since ? (node->now - node->reached_since) / GN_SEC : 0));
	json_object_set_new(json, "bootstrap", gn_node_reach_bootstrap(node));
	json_object_set_new(json, "pow_bits", json_integer(node->config.pow_bits));
	json_object_set_new(json, "other_work", json_boolean(o.other_work));
	json_object_set_new(json, "w", json_integer(node->config.w));
	json_object_set_new(json, "links", json_integer(o.links));
	json_object_set_new(json, "leaf", json_pack("[ii]", (int)o.leaf_cw, (int)o.leaf_ccw));
	json_object_set_new(json, "known", json_integer(o.known));
	json_object_set_new(json, "records",
			    json_pack("{si sI si}", "count", (int)o.records, "bytes",
				      (json_int_t)o.record_bytes, "expired", (int)o.expired));
	char clock[GN_NODE_CLOCK_TEXT];
	if (gn_node_clock_text(node, clock))
		json_object_set_new(json, "clock",
				    json_pack("{sI si sb ss}", "ahead_s",
					      (json_int_t)(o.clock_ahead / GN_SEC), "peers",
					      (int)o.clock_peers, "used", !o.clock_not_used, "text",
					      clock));
	json_object_set_new(json, "blocks",
			    json_pack("{si si si sI sI sI}", "count", (int)b.blocks, "own",
				      (int)b.own, "held", (int)b.held, "bytes", (json_int_t)b.bytes,
				      "cached", (json_int_t)b.cached, "max",
				      (json_int_t)node->config.store_limit));
	struct gn_box_info x;
	struct gn_bus_info bus;
	gn_box_info(node->box, &x);
	gn_bus_info(node->bus, &bus);
	json_object_set_new(json, "bus",
			    json_pack("{si si si sI}", "topics", (int)bus.topics, "subscribers",
				      (int)bus.subscribers, "followed", (int)bus.followed, "bytes",
				      (json_int_t)bus.bytes));
	json_object_set_new(json, "boxes",
			    json_pack("{si si si sI sI si}", "count", (int)x.boxes, "items",
				      (int)x.items, "taken", (int)x.taken, "bytes",
				      (json_int_t)x.bytes, "max", (json_int_t)x.bytes_max,
				      "watches", (int)x.watches));
	struct gn_node_fresh_info f;
	gn_node_fresh_info(node, &f);
	json_object_set_new(json, "fresh",
			    json_pack("{ss si si si}", "setting", gn_node_fresh_text(node),
				      "contexts", (int)f.contexts, "sessions", (int)f.sessions,
				      "direct", (int)f.direct));
	json_object_set_new(json, "sessions", json_integer(gn_jet_session_count(node->jet)));
	json_object_set_new(
		json, "traffic",
		json_pack("{sI sI}", "sent", (json_int_t)sent, "received", (json_int_t)received));
	json_object_set_new(json, "rss", json_integer((json_int_t)gn_os_rss()));
	json_object_set_new(json, "lookups",
			    json_pack("{sI sI}", "total", (json_int_t)o.lookups, "failed",
				      (json_int_t)o.lookups_failed));
	return json;
}

gn_err gn_node_api_status(struct gn_node_request *r)
{
	gn_host_json(&r->base, 200, status_json(r->node));
	return GN_OK;
}

static void put_text(json_t *json, const char *name, const char *text)
{
	json_object_set_new(json, name, json_string(text ? text : ""));
}

/* How it goes, and why so, in words and for people (RE-12). */
static void put_session(json_t *json, const struct gn_node *node, const struct gn_jet_info *info)
{
	char addr[GN_ADDR_TEXT_MAX];
	const char *why = gn_node_why_text(node, info),
		   *indirect = gn_jet_indirect_text(info->indirect);
	bool not = *indirect != 0;
	gn_addr_text(&info->way.addr, addr);
	put_text(json, "addr", addr);
	json_object_set_new(json, "sent", json_integer((json_int_t)info->bytes_sent));
	json_object_set_new(json, "received", json_integer((json_int_t)info->bytes_received));
	put_text(json, "suite", info->suite);
	put_text(json, "group", info->group);
	put_text(json, "carrier", gn_way_kind_text(info->kind));
	put_text(json, "why", why);
	put_text(json, "indirect", indirect);
	put_text(json, "says_en", gn_reason_text(not, not? indirect : why, false));
	put_text(json, "says_ru", gn_reason_text(not, not? indirect : why, true));
	json_object_set_new(json, "paths", json_integer(info->paths));
}

static void put_rule(json_t *json, const struct gn_node *node, const struct gn_pk *pk)
{
	struct gn_policy_now now = gn_node_policy(node, pk);
	char rule[GN_NODE_POLICY_TEXT];
	gn_node_policy_text(&now.rule, rule);
	put_text(json, "rule", now.narrows ? rule : "");
}

gn_err gn_node_api_peers(struct gn_node_request *r)
{
	json_t *peers = json_array();
	struct gn_overlay_peer p;
	for (uint32_t i = 0; gn_overlay_peer_at(r->node->overlay, i, &p); i++) {
		struct gn_jet_info info;
		gn_jet_id session = gn_node_peers_session(r->node, &p.contact.pk);
		char addr[GN_ADDR_TEXT_MAX] = "";
		if (p.contact.addr_count)
			gn_addr_text(&p.contact.addrs[0], addr);
		json_t *json = json_pack(
			"{so so so ss sb sb sb si sf}", "id", gn_host_json_hex(p.contact.id.b, 32),
			"key", gn_host_json_hex(p.contact.pk.b, 32), "angle", angle(&p.contact.id),
			"addr", addr, "leaf", p.leaf, "linked", p.linked, "up", session != 0,
			"annulus", (int)p.annulus, "rtt_ms", gn_host_ms(p.rtt));
		if (p.seen) /* else it is known from others, or from before the start */
			json_object_set_new(
				json, "seen_s",
				json_real((double)(r->node->now - p.seen) / (double)GN_SEC));
		put_rule(json, r->node, &p.contact.pk);
		if (session && gn_jet_info(r->node->jet, session, &info) == GN_OK)
			put_session(json, r->node, &info);
		json_array_append_new(peers, json);
	}
	gn_host_json(&r->base, 200, json_pack("{so}", "peers", peers));
	return GN_OK;
}

gn_err gn_node_api_held(struct gn_node_request *r)
{
	json_t *list = json_array();
	struct gn_overlay_held h;
	for (uint32_t i = 0; gn_overlay_held_at(r->node->overlay, i, &h); i++) {
		char pid[GN_PID_MAX];
		if (!h.shown)
			continue;
		gn_pid(&h.owner, pid);
		json_array_append_new(
			list, json_pack("{so ss si sI si sI}", "key", gn_host_json_hex(h.key.b, 32),
					"owner", pid, "type", (int)h.type, "seq", (json_int_t)h.seq,
					"size", (int)h.len, "expires", (json_int_t)h.expires));
	}
	gn_host_json(&r->base, 200, json_pack("{so}", "records", list));
	return GN_OK;
}

/* ---- counters ---- */

static void put_number(json_t *to, const char *name, uint64_t n)
{
	json_object_set_new(to, name, json_integer((json_int_t)n));
}

/* A new group of counters. */
static json_t *group(json_t *all, const char *name)
{
	json_t *to = json_object();
	json_object_set_new(all, name, to);
	return to;
}

static void put_engines(json_t *all, const struct gn_node *node)
{
	struct gn_counter c;
	json_t *to;
/* by the function of each that says them */
#define ENGINE(title, at, of)                                                                      \
	to = group(all, title);                                                                    \
	for (size_t i = 0; at(of, i, &c); i++)                                                     \
		put_number(to, c.name, c.value);
	ENGINE("jet", gn_jet_counter_at, node->jet)
	ENGINE("overlay", gn_overlay_counter_at, node->overlay)
	ENGINE("bundles", gn_bundles_counter_at, node->bundles)
	ENGINE("box", gn_box_counter_at, node->box)
	ENGINE("bus", gn_bus_counter_at, node->bus)
	ENGINE("fresh", gn_node_fresh_counter_at, node)
	ENGINE("apart", gn_apart_counter_at, &node->fresh.apart)
	ENGINE("lists", gn_lists_counter_at, node->lists)
	ENGINE("quota", gn_quota_counter_at, node->quota)
	ENGINE("http", gn_http_counter_at, node->http)
	ENGINE("relay", gn_relay_counter_at, node->relay)
	ENGINE("ways", gn_node_ways_counter_at, node)
	ENGINE("tunnels", gn_node_tunnels_counter_at, node)
	ENGINE("dialback", gn_dialback_counter_at, node->dialback)
	ENGINE("turn", gn_node_turn_counter_at, node)
	if (node->turn_way.state != GN_NODE_TURN_NONE) {
		ENGINE("turn-way", gn_node_turn_way_counter_at, node)
	}
	if (node->carriers.quic) {
		ENGINE("quic", gn_quic_counter_at, node->carriers.quic)
	}
	if (node->carriers.wss) {
		ENGINE("wss", gn_wss_counter_at, node->carriers.wss)
	}
#undef ENGINE
}

/* Since the node is there, by lane; the month's is what `geonet give` says. */
static void put_give(json_t *all, const struct gn_node *node)
{
	json_t *give = group(all, "give");
	struct gn_relay_info info;
	gn_relay_info(node->relay, &info);
	put_number(give, "small-bytes", info.small.bytes);
	put_number(give, "small-packets", info.small.packets);
	put_number(give, "bulk-bytes", info.bulk.bytes);
	put_number(give, "bulk-packets", info.bulk.packets);
	put_number(give, "turn-bytes", node->give.turn_all);
#define X(name, text) put_number(give, text, node->give.count.name);
#include "node/give_counters.def"
#undef X
}

json_t *gn_node_counters_json(const struct gn_node *node)
{
	json_t *all = json_object(), *store = group(all, "store"), *peers = group(all, "peers"),
	       *gather = group(all, "gather"), *gateway = group(all, "gateway");
	struct gn_kv_info kv;
	struct gn_blocks_info blocks;
	put_engines(all, node);
	gn_kv_info(node->kv, &kv);
	gn_blocks_info(node->blocks, &blocks);
	put_number(store, "log-torn", kv.torn);
	put_number(store, "log-corrupt", kv.corrupt);
	put_number(store, "blocks-corrupt", blocks.corrupt);
	put_number(store, "disk-failed", node->disk.pool.failed);
#define X(name, text) put_number(peers, text, node->peers.count.name);
#include "node/peers_counters.def"
#undef X
	put_number(peers, "inbound-bytes", node->peers.inbound_share.used);
	put_number(peers, "queue-bytes", node->peers.queue_share.used);
#define X(name, text) put_number(gather, text, node->offers.gather.count.name);
#include "node/gather_counters.def"
#undef X
	put_number(gather, "lan-full", node->lan.full);
	put_give(all, node);
	put_number(gateway, "reads-waited", node->reads_waited);
	put_number(gateway, "reads-cut", node->reads_cut);
	put_number(gateway, "reads-refused", node->reads_refused);
	put_number(gateway, "headers-dropped", node->headers_dropped);
	return all;
}

gn_err gn_node_api_counters(struct gn_node_request *r)
{
	gn_host_json(&r->base, 200, gn_node_counters_json(r->node));
	return GN_OK;
}

struct text {
	char *p;
	size_t len, cap;
};

GN_PRINTF(2, 3) static void print(struct text *t, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char line[256];
	int n = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (n > 0 && t->len + (size_t)n <= t->cap) {
		memcpy(t->p + t->len, line, (size_t)n);
		t->len += (size_t)n;
	}
}

static void print_name(struct text *t, const char *module, const char *name)
{
	char flat[96];
	snprintf(flat, sizeof flat, "geonet_%s_%s_total", module, name);
	for (char *c = flat; *c; c++)
		*c = *c == '-' || *c == '.' ? '_' : *c;
	print(t, "%s", flat);
}

/* What others are given, as far as it goes up and down. */
static void print_give(struct text *t, const struct gn_node *node)
{
	const struct gn_node_give *v = &node->give;
	struct gn_relay_info info;
	gn_relay_info(node->relay, &info);
	print(t,
	      "geonet_give_circuits{lane=\"small\"} %u\ngeonet_give_circuits{lane=\"bulk\"} %u\n",
	      info.small.circuits, info.bulk.circuits);
	print(t, "geonet_give_places %u\n", info.reservations);
	print(t, "geonet_give_month_bytes %llu\ngeonet_give_month_bytes_max %llu\n",
	      (unsigned long long)info.month_used, (unsigned long long)info.month);
	print(t, "geonet_give_refused %u\n", v->refused.count);
}

/* Prometheus text format 0.0.4. */
gn_err gn_node_api_metrics(struct gn_node_request *r)
{
	static char storage[65536];
	struct text t = {storage, 0, sizeof storage};
	struct gn_overlay_info o;
	uint64_t sent, received;
	gn_overlay_info(r->node->overlay, &o);
	traffic(r->node, &sent, &received);
	print(&t, "geonet_uptime_seconds %lld\n",
	      (long long)((r->node->now - r->node->started) / GN_SEC));
	print(&t, "geonet_links %u\ngeonet_records %u\ngeonet_nodes_estimate %.1f\n", o.links,
	      o.records, o.n_estimate);
	print(&t, "geonet_reached{how=\"%s\"} 1\n", gn_node_reached_text(r->node));
	print(&t, "geonet_sessions %u\n", gn_jet_session_count(r->node->jet));
	print(&t, "geonet_udp_sent_bytes_total %llu\ngeonet_udp_received_bytes_total %llu\n",
	      (unsigned long long)sent, (unsigned long long)received);
	print_give(&t, r->node);
	print(&t, "geonet_hops_predicted %.3f\ngeonet_hops_observed %.3f\n", o.hops_predicted,
	      o.hops_observed_mean);
	json_t *all = gn_node_counters_json(r->node), *group, *value;
	const char *module, *name;
	json_object_foreach(all, module, group) json_object_foreach(group, name, value)
	{
		print_name(&t, module, name);
		print(&t, " %lld\n", (long long)json_integer_value(value));
	}
	json_decref(all);
	struct gn_http_field field = {"content-type", GN_LIT("text/plain; version=0.0.4")};
	gn_host_respond(&r->base, 200, &field, 1, gn_slice(t.p, t.len));
	return GN_OK;
}
