/* Tables that several calls of app/1 answer with, and events tell: status, peers, lookups. */
#include "node/call.h"

#include "node/node_int.h"
#include "node/reach.h"

unsigned gn_node_call_page(uint16_t limit)
{
	return limit == 0 ? GN_NODE_PAGE : limit < GN_NODE_PAGE_MAX ? limit : GN_NODE_PAGE_MAX;
}

/* ---- lookups ---- */

size_t gn_node_call_steps(struct gn_fbb *b, const struct gn_overlay_step *steps, uint32_t count,
			  gn_time start, gn_fbref out[GN_OVERLAY_TRACE])
{
	count = count < GN_OVERLAY_TRACE ? count : GN_OVERLAY_TRACE;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_hash node = gn_wire_hash(steps[i].id.b);
		struct gn_fb_addr addr = gn_wire_addr(&steps[i].addr, GN_FB_CARRIER_UDP);
		struct gn_fb_hash by = gn_wire_hash(steps[i].by.b);
		static const struct gn_node_id nobody;
		bool named = memcmp(steps[i].by.b, nobody.b, sizeof nobody.b) != 0;
		struct gn_fb_lookup_step_args args = {
			.node = &node,
			.addr = &addr,
			.depth = steps[i].depth,
			.code = (uint16_t)steps[i].outcome,
			.at_us = (uint64_t)((steps[i].sent - start) / GN_USEC),
			.rtt_us = (uint64_t)(steps[i].rtt / GN_USEC),
			.named_by = named ? &by : NULL};
		out[i] = gn_fb_lookup_step_make(b, &args);
	}
	return count;
}

gn_fbref gn_node_call_lookup(struct gn_fbb *b, const struct gn_node_lookup *l)
{
	gn_fbref steps[GN_OVERLAY_TRACE];
	struct gn_fb_hash key = gn_wire_hash(l->key.b), holders[GN_NODE_LOOKUP_SET];
	for (uint32_t i = 0; i < l->holder_count; i++)
		holders[i] = gn_wire_hash(l->holders[i].b);
	size_t count = gn_node_call_steps(b, l->steps, l->step_count, l->started, steps);
	struct gn_fb_lookup_args args = {.op = l->op,
					 .kind = gn_str(l->kind),
					 .key = &key,
					 .code = (uint16_t)l->err,
					 .hops = l->hops,
					 .took_us = (uint64_t)(l->took / GN_USEC),
					 .at = l->at,
					 .steps = {steps, count},
					 .holders = {holders, l->holder_count}};
	return gn_fb_lookup_make(b, &args);
}

/* ---- status ---- */

/* 0: no server is named. */
static gn_fbref put_turn(struct gn_fbb *b, const struct gn_node *node)
{
	char relayed[GN_ADDR_TEXT_MAX];
	if (node->turn_way.state == GN_NODE_TURN_NONE)
		return 0;
	gn_node_turn_way_addr(node, relayed);
	return gn_fb_node_turn_make(
		b, &(struct gn_fb_node_turn_args){.server = gn_str(node->config.turn_server),
						  .state = gn_str(gn_node_turn_way_text(node)),
						  .address = gn_str(relayed),
						  .why = gn_str(gn_node_turn_way_why(node))});
}

static gn_fbref put_clock(struct gn_fbb *b, const struct gn_node *node,
			  const struct gn_overlay_info *o)
{
	char text[GN_NODE_CLOCK_TEXT];
	if (!gn_node_clock_text(node, text))
		return 0;
	struct gn_fb_node_clock_args args = {.ahead_s = o->clock_ahead / GN_SEC,
					     .peers = o->clock_peers,
					     .used = !o->clock_not_used,
					     .text = gn_str(text)};
	return gn_fb_node_clock_make(b, &args);
}

/* Where the node begins, from the list that the page shows. */
static size_t put_begins(struct gn_fbb *b, const struct gn_node *node,
			 gn_fbref out[GN_NODE_BOOTSTRAP])
{
	json_t *list = gn_node_reach_bootstrap(node), *entry;
	size_t i, count = 0;
	json_array_foreach(list, i, entry)
	{
		const char *host = json_string_value(json_object_get(entry, "host"));
		const json_t *addrs = json_object_get(entry, "addrs");
		struct gn_slice texts[16];
		size_t n = json_array_size(addrs);
		n = n < GN_COUNT(texts) ? n : GN_COUNT(texts);
		for (size_t k = 0; k < n; k++) {
			const char *text = json_string_value(json_array_get(addrs, k));
			texts[k] = gn_str(text ? text : "");
		}
		if (!host || count == GN_NODE_BOOTSTRAP)
			continue;
		struct gn_fb_node_begin_args args = {
			.host = gn_str(host),
			.answered = json_is_true(json_object_get(entry, "answered")),
			.addrs = {texts, n}};
		out[count++] = gn_fb_node_begin_make(b, &args);
	}
	json_decref(list);
	return count;
}

gn_fbref gn_node_call_status(struct gn_fbb *b, struct gn_node *node, bool owner)
{
	struct gn_overlay_info o;
	struct gn_blocks_info blocks;
	struct gn_udp_info udp;
	struct gn_node_fresh_info fresh;
	struct gn_fb_addr addrs[GN_CONTACT_ADDRS];
	gn_fbref begins[GN_NODE_BOOTSTRAP];
	gn_overlay_info(node->overlay, &o);
	gn_node_fresh_info(node, &fresh);
	gn_blocks_info(node->blocks, &blocks);
	gn_udp_info(node->udp, &udp);
	struct gn_fb_hash id = gn_wire_hash(o.self.id.b);
	struct gn_fb_key key = gn_wire_key(&o.self.pk);
	for (unsigned i = 0; i < o.self.addr_count; i++)
		addrs[i] = gn_wire_addr(&o.self.addrs[i], GN_FB_CARRIER_UDP);
	size_t begin_count = owner ? put_begins(b, node, begins) : 0;
	struct gn_fb_node_status_is_args args = {
		.version = gn_str(GEONET_VERSION),
		.id = &id,
		.key = &key,
		.addrs = {addrs, o.self.addr_count},
		.uptime_s = (uint64_t)((node->now - node->started) / GN_SEC),
		.joined = o.joined,
		.sessions = (uint32_t)gn_jet_session_count(node->jet),
		.links = o.links,
		.estimate = (uint32_t)o.n_estimate,
		.time = gn_node_unix(node) * 1000,
		.rss = gn_os_rss(),
		.records = o.records,
		.block_bytes = blocks.bytes,
		.block_max = node->config.store_limit,
		.hops_predicted = (float)o.hops_predicted,
		.hops_observed = (float)o.hops_observed_mean,
		.port = gn_udp_port(node->udp),
		.http = node->http ? gn_http_port(node->http) : 0,
		.data = owner ? gn_str(node->config.data) : gn_slice(NULL, 0),
		.pid = owner ? (uint32_t)uv_os_getpid() : 0,
		.server = o.server,
		.size = o.n_estimate,
		.hops_max = (uint8_t)o.hops_max,
		.hops_p99 = (uint8_t)o.hops_observed_p99,
		.reach = gn_str(gn_node_reach_name(gn_node_reach(node))),
		.bootstrap = {begins, begin_count},
		.pow_bits = (uint8_t)node->config.pow_bits,
		.other_work = o.other_work,
		.w = (uint8_t)node->config.w,
		.leaf_cw = (uint16_t)o.leaf_cw,
		.leaf_ccw = (uint16_t)o.leaf_ccw,
		.known = o.known,
		.record_bytes = o.record_bytes,
		.expired = o.expired,
		.clock = put_clock(b, node, &o),
		.blocks = blocks.blocks,
		.blocks_own = blocks.own,
		.blocks_held = blocks.held,
		.block_cached = blocks.cached,
		.sent = udp.bytes_sent,
		.received = udp.bytes_received,
		.lookups = o.lookups,
		.lookups_failed = o.lookups_failed,
		.reached = gn_str(gn_node_reached_text(node)),
		.reached_s = node->reached_since
				     ? (uint64_t)((node->now - node->reached_since) / GN_SEC)
				     : 0,
		.fresh = gn_str(gn_node_fresh_text(node)),
		.fresh_contexts = fresh.contexts,
		.fresh_sessions = fresh.sessions,
		.fresh_direct = fresh.direct,
		.turn = put_turn(b, node)};
	return gn_fb_node_status_is_make(b, &args);
}

/* ---- peers ---- */

gn_fbref gn_node_call_peer(struct gn_fbb *b, struct gn_node *node, const struct gn_overlay_peer *p)
{
	struct gn_jet_info info = {0};
	gn_jet_id session = gn_node_peers_session(node, &p->contact.pk);
	bool up = session && gn_jet_info(node->jet, session, &info) == GN_OK;
	struct gn_addr at = up ? info.way.addr : p->contact.addrs[0];
	struct gn_fb_hash id = gn_wire_hash(p->contact.id.b);
	struct gn_fb_key key = gn_wire_key(&p->contact.pk);
	struct gn_fb_addr addr = gn_wire_addr(&at, GN_FB_CARRIER_UDP);
	struct gn_policy_now now = gn_node_policy(node, &p->contact.pk);
	char rule[GN_NODE_POLICY_TEXT];
	gn_node_policy_text(&now.rule, rule);
	struct gn_fb_node_peer_args args = {
		.indirect = gn_str(gn_jet_indirect_text(info.indirect)),
		.rule = gn_str(now.narrows ? rule : ""),
		.id = &id,
		.key = &key,
		.addr = up || p->contact.addr_count ? &addr : NULL,
		.linked = p->linked,
		.leaf = p->leaf,
		.up = session != 0,
		.annulus = (uint8_t)p->annulus,
		.rtt_us = (uint64_t)(p->rtt / GN_USEC),
		.seen_ms = (uint64_t)((node->now - p->seen) / GN_MSEC),
		.sent = info.bytes_sent,
		.received = info.bytes_received,
		.suite = info.suite ? gn_str(info.suite) : gn_slice(NULL, 0),
		.group = info.group ? gn_str(info.group) : gn_slice(NULL, 0),
		.carrier = up ? gn_str(gn_way_kind_text(info.kind)) : gn_slice(NULL, 0),
		.why = up ? gn_str(gn_node_why_text(node, &info)) : gn_slice(NULL, 0),
		.paths = info.paths};
	return gn_fb_node_peer_make(b, &args);
}
