/* What moves between the engines: each one's outputs go to whoever they are for, until nothing
 * moves. Engines never meet anywhere else. */
#include "node/call.h"
#include "node/charge.h"
#include "node/node_int.h"
#include "node/packets.h"
#include "node/reach.h"

#include <stdio.h>

bool gn_node_pump_jet(struct gn_node *node)
{
	struct gn_jet_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_jet_next_event(node->jet, &e);
	     i++, any = true) {
		gn_node_offers_event(node, &e);
		gn_node_guess_event(node, &e);
		gn_node_lifetime_event(node, &e);
		gn_node_carriers_event(node, &e);
		if (e.kind == GN_JET_OFFERED)
			gn_node_turn_way_offered(node, e.id, gn_node_ways_prefix(node, e.id));
		if (!gn_node_tunnels_jet(node, &e))
			gn_node_peers_event(node, &e);
		if (e.kind == GN_JET_SUSPECT)
			gn_node_spare_lost(node, e.id);
		if (e.kind == GN_JET_MOVED && !e.err)
			gn_node_call_tell_path(node, &e.peer);
	}
	return any;
}

static bool homes_event(struct gn_node *node, const struct gn_overlay_event *e)
{
	struct gn_node_found found;
	if (!gn_node_homes_overlay_event(node, e, &found))
		return false;
	if (!gn_pk_is_zero(&found.pk))
		gn_node_peers_found(node, &found);
	for (unsigned i = 0; i < found.url_count; i++)
		gn_node_urls_learn(node, &found.pk, found.urls[i].text);
	return true;
}

static void overlay_event(struct gn_node *node, const struct gn_overlay_event *e)
{
	node->status_moved |= e->kind != GN_OVERLAY_DONE;
	switch (e->kind) {
	case GN_OVERLAY_DONE:
		gn_node_lookup_add(node, e);
		gn_node_call_tell_lookup(node);
		if (!gn_lists_overlay_event(node->lists, e, node->now) &&
		    !gn_names_overlay_event(node->names, e, node->now) &&
		    !gn_bundles_overlay_event(node->bundles, e, node->now) &&
		    !gn_box_overlay_event(node->box, e, node->now) &&
		    !gn_bus_overlay_event(node->bus, e, node->now) &&
		    !gn_node_fresh_overlay_event(node, e) && !homes_event(node, e))
			node->outside.overlay(node, e);
		break;
	case GN_OVERLAY_LINKED:
	case GN_OVERLAY_UNLINKED:
		gn_node_peers_link(node, &e->peer.pk, e->kind == GN_OVERLAY_LINKED);
		if (node->told_alone && e->kind == GN_OVERLAY_LINKED) {
			gn_host_log(&node->host, GN_LOG_INFO, "found",
				    "a node answers: no longer alone");
			node->told_alone = false;
		}
		gn_node_call_tell_link(node, &e->peer, e->kind == GN_OVERLAY_LINKED);
		gn_node_publish(node, e->kind == GN_OVERLAY_LINKED ? "link" : "unlink",
				json_pack("{so}", "id", gn_host_json_hex(e->peer.id.b, 32)));
		break;
	case GN_OVERLAY_NEAR:
	case GN_OVERLAY_MEMBERS:
		(void)gn_box_overlay_event(node->box, e, node->now);
		(void)gn_node_fresh_overlay_event(node, e);
		break;
	case GN_OVERLAY_SERVER:
		gn_host_log(&node->host, GN_LOG_INFO, "server",
			    "this node answers for keys from now on");
		gn_node_publish(node, "server", json_object());
		break;
	case GN_OVERLAY_JOINED:
		(void)gn_box_overlay_event(node->box, e, node->now);
		(void)gn_node_fresh_overlay_event(node, e);
		node->told_alone = gn_node_reach(node) == GN_REACH_ALONE;
		if (node->told_alone)
			gn_host_log(&node->host, GN_LOG_WARN, "alone",
				    "no node answers; still trying");
		else
			gn_host_log(&node->host, GN_LOG_INFO, "joined",
				    "the network around this node is known");
		break;
	case GN_OVERLAY_ISOLATED:
		gn_host_log(&node->host, GN_LOG_WARN, "isolated",
			    "no node can be reached; still trying");
		node->told_alone = true;
		gn_node_reach_isolated(node);
		gn_node_publish(node, "isolated", json_object());
		break;
	}
}

static void store_request(struct gn_node *node, const struct gn_overlay_store *s)
{
	gn_err err;
	switch (s->kind) {
	case GN_STORE_PUT:
		err = gn_kv_put(node->kv, &s->key, s->value, s->token, node->now);
		if (err)
			gn_overlay_stored(node->overlay, s->token, err, node->now);
		break;
	case GN_STORE_LOAD:
		err = gn_kv_load(node->kv, &s->key, s->token, node->now);
		if (err)
			gn_overlay_loaded(node->overlay, s->token, err, gn_slice(NULL, 0),
					  node->now);
		break;
	case GN_STORE_DROP: (void)!gn_kv_drop(node->kv, &s->key, 0, node->now); break;
	}
}

static bool pump_overlay(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_overlay_store s;
	struct gn_overlay_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_overlay_next_message(node->overlay, &m);
	     i++, any = true) {
		if (gn_node_fresh_local(node, &m))
			continue;
		gn_node_answered(node, &m.to.pk, m.bytes);
		gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	}
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_overlay_next_store(node->overlay, &s);
	     i++, any = true)
		store_request(node, &s);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_overlay_next_event(node->overlay, &e);
	     i++, any = true)
		overlay_event(node, &e);
	return any;
}

/* A node that does not know what it holds answers wrongly and keeps nothing: it ends (NO-11). */
static void cannot_read(struct gn_node *node, const char *folder, gn_err err)
{
	char why[GN_HOST_WHY];
	if (!err)
		return;
	snprintf(why, sizeof why,
		 "cannot read what is in %.200s/%s: %s. Nothing was changed; see "
		 "to it and start again",
		 node->config.data, folder, gn_err_text(err));
	gn_host_fail(&node->host, err, why);
}

static void kv_event(struct gn_node *node, const struct gn_kv_event *e)
{
	gn_err err;
	switch (e->kind) {
	case GN_KV_ENTRY:
		if ((err = gn_overlay_restore(node->overlay, e->value, node->now)))
			gn_host_log(&node->host, GN_LOG_WARN, "record.dropped",
				    "a stored record is not used: %s", gn_err_text(err));
		break;
	case GN_KV_READY:
		cannot_read(node, "records", e->err);
		node->kv_ready = !e->err;
		break;
	case GN_KV_STORED: gn_overlay_stored(node->overlay, e->ticket, e->err, node->now); break;
	case GN_KV_LOADED:
		gn_overlay_loaded(node->overlay, e->ticket, e->err, e->value, node->now);
		break;
	}
}

static bool pump_boxes_log(struct gn_node *node)
{
	struct gn_kv_event k;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_kv_next_event(node->box_log, &k);
	     i++, any = true) {
		if (k.kind == GN_KV_READY) {
			cannot_read(node, "boxes", k.err);
			node->box_ready = !k.err;
		}
		gn_box_kv_event(node->box, &k, node->now);
	}
	return any;
}

static bool pump_store(struct gn_node *node)
{
	struct gn_kv_event k;
	struct gn_blocks_event b;
	bool any = node->outside.disk(node);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_kv_next_event(node->kv, &k);
	     i++, any = true)
		kv_event(node, &k);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_blocks_next_event(node->blocks, &b);
	     i++, any = true) {
		if (b.kind == GN_BLOCKS_READY) {
			cannot_read(node, "blocks", b.err);
			node->blocks_ready = !b.err;
		}
		(void)gn_bundles_blocks_event(node->bundles, &b, node->now);
	}
	return pump_boxes_log(node) || any;
}

static bool pump_box(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_box_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_box_next_message(node->box, &m);
	     i++, any = true) {
		if (gn_node_fresh_local(node, &m))
			continue;
		gn_node_answered(node, &m.to.pk, m.bytes);
		gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	}
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_box_next_event(node->box, &e);
	     i++, any = true)
		if (node->outside.box)
			node->outside.box(node, &e);
	return any;
}

static bool pump_bus(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_bus_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_bus_next_message(node->bus, &m);
	     i++, any = true) {
		if (gn_node_fresh_local(node, &m))
			continue;
		gn_node_answered(node, &m.to.pk, m.bytes);
		gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	}
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_bus_next_event(node->bus, &e);
	     i++, any = true)
		if (node->outside.bus)
			node->outside.bus(node, &e);
	return any;
}

static bool pump_relay(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_relay_event e;
	struct gn_node_circuit c;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_relay_next_message(node->relay, &m);
	     i++, any = true)
		gn_node_peers_ask_relay(node, &m);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_relay_next_event(node->relay, &e);
	     i++, any = true) {
		enum gn_node_ways_news news = gn_node_ways_event(node, &e, &c);
		if (news != GN_NODE_WAYS_NOTHING && c.of)
			gn_node_fresh_circuit(node, &c,
					      news == GN_NODE_WAYS_OPEN ? GN_OK
					      : e.err                   ? e.err
									: GN_UNREACHABLE);
		else if (news != GN_NODE_WAYS_NOTHING && c.spare)
			gn_node_spare_circuit(node, &c, news == GN_NODE_WAYS_OPEN);
		else if (news != GN_NODE_WAYS_NOTHING)
			gn_node_peers_circuit(node, &c.target, c.link, news == GN_NODE_WAYS_OPEN);
		gn_node_homes_event(node, &e);
	}
	return any;
}

static bool pump_tunnels(struct gn_node *node)
{
	struct gn_tunnel_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_node_tunnels_next(node, &e);
	     i++, any = true)
		if (node->outside.tunnel)
			node->outside.tunnel(node, &e);
	return any;
}

static bool pump_services(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_names_event n;
	struct gn_bundles_event b;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_bundles_next_message(node->bundles, &m);
	     i++, any = true) {
		gn_node_answered(node, &m.to.pk, m.bytes);
		gn_node_peers_send(node, &m, GN_JET_FILES);
	}
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_names_next_event(node->names, &n);
	     i++, any = true)
		node->outside.names(node, &n);
	node->outside.work(node);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_bundles_next_event(node->bundles, &b);
	     i++, any = true)
		node->outside.bundles(node, &b);
	return any;
}

/* What two others agree on (gather.h): one alone may say what they like. */
static void outer_changed(struct gn_node *node)
{
	const struct gn_jet_offer *o = &node->offers.gather.offer;
	for (uint32_t i = 0; i < o->count; i++)
		if (o->list[i].origin == GN_JET_REFLEXIVE)
			gn_node_dialback_seen(node, &o->list[i].addr);
}

void gn_node_pump(struct gn_node *node)
{
	gn_node_tick_jet(node);
	gn_node_peers_tick(node);
	gn_node_tunnels_tick(node);
	if (gn_node_offers_tick(node))
		outer_changed(node);
	if (node->running) /* before that it does not know what it holds */
		gn_overlay_tick(node->overlay, node->now);
	gn_kv_tick(node->kv, node->now);
	gn_blocks_tick(node->blocks, node->now);
	gn_names_tick(node->names, node->now);
	gn_bundles_tick(node->bundles, node->now);
	gn_kv_tick(node->box_log, node->now);
	gn_box_tick(node->box, node->now);
	gn_node_give_tick(node);
	gn_relay_tick(node->relay, node->now);
	gn_node_ways_sweep(node);
	gn_node_ways_judge(node);
	gn_node_spare_tick(node);
	if (node->running)
		gn_bus_tick(node->bus, node->now);
	if (node->running)
		gn_node_homes_tick(node);
	if (node->running)
		gn_dialback_tick(node->dialback, node->now);
	for (unsigned i = 0, moved = 1; i < GN_NODE_PUMP_ROUNDS && moved; i++) {
		moved = 0;
		moved |= (unsigned)gn_node_pump_jet(node);
		moved |= (unsigned)pump_store(node);
		moved |= (unsigned)pump_overlay(node);
		moved |= (unsigned)pump_services(node);
		moved |= (unsigned)pump_box(node);
		moved |= (unsigned)pump_bus(node);
		moved |= (unsigned)pump_relay(node);
		moved |= (unsigned)gn_node_dialback_pump(node);
		moved |= (unsigned)pump_tunnels(node);
		moved |= (unsigned)gn_node_fresh_pump(node);
		moved |= (unsigned)gn_node_packets_send(node, node->jet);
	}
}

gn_time gn_node_deadline(const struct gn_node *node)
{
	gn_time at = gn_jet_deadline(node->jet);
	at = gn_time_min(at, node->running ? gn_overlay_deadline(node->overlay) : GN_NEVER);
	at = gn_time_min(at, gn_node_offers_deadline(node));
	at = gn_time_min(at, gn_node_tunnels_deadline(node));
	at = gn_time_min(at, gn_kv_deadline(node->kv));
	at = gn_time_min(at, gn_blocks_deadline(node->blocks));
	at = gn_time_min(at, gn_names_deadline(node->names));
	at = gn_time_min(at, gn_kv_deadline(node->box_log));
	at = gn_time_min(at, gn_box_deadline(node->box));
	at = gn_time_min(at, gn_relay_deadline(node->relay));
	at = gn_time_min(at, gn_node_give_deadline(node));
	at = gn_time_min(at, gn_node_fresh_deadline(node));
	if (node->ways.circuits.count)
		at = gn_time_min(at, gn_time_min(node->ways.judge_at, node->ways.spare_at));
	if (node->ways.circuits.count || node->ways.carriers.count)
		at = gn_time_min(at, node->ways.swept + GN_NODE_SWEEP_IDLE);
	at = gn_time_min(at, node->running ? gn_node_homes_deadline(node) : GN_NEVER);
	at = gn_time_min(at, node->running ? gn_dialback_deadline(node->dialback) : GN_NEVER);
	at = gn_time_min(at, node->running ? gn_node_lifetime_deadline(node) : GN_NEVER);
	at = gn_time_min(at, node->running ? gn_bus_deadline(node->bus) : GN_NEVER);
	return gn_time_min(at, gn_bundles_deadline(node->bundles));
}
