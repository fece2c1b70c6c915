/* Contexts run: their engines' outputs go where they are for, days end, and who is idle goes. */
#include "node/fresh_int.h"
#include "node/packets.h"

#define ROUNDS 16 /* of one context in a turn, before others have theirs */

void gn_node_fresh_fini(struct gn_node *node)
{
	while (node->fresh.lasting)
		fresh_lasting_free(node, node->fresh.lasting);
	while (node->fresh.contexts.count)
		fresh_free(fresh_index(node, 0));
	gn_map_fini(&node->fresh.contexts);
	gn_map_fini(&node->fresh.names);
	gn_map_fini(&node->fresh.keys);
	gn_wipe(node->fresh.secret, sizeof node->fresh.secret);
}

void gn_node_fresh_circuit(struct gn_node *node, const struct gn_node_circuit *c, gn_err err)
{
	struct fresh *f = GN_CONTAINER(c->of, struct fresh, of);
	GN_ASSERT(f->node == node);
	fresh_peer_circuit(f, c->link, err);
	fresh_touch(f);
}

/* Nothing new begins in it. */
static void day_over(struct fresh *f)
{
	struct gn_node *node = f->node;
	f->over = true;
	f->ends = node->now + GN_NODE_FRESH_OLD;
	node->fresh.count.days++;
	fresh_lasting_move(node, f);
}

bool gn_node_fresh_overlay_event(struct gn_node *node, const struct gn_overlay_event *e)
{
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++) {
		struct fresh *f = fresh_index(node, i);
		bool done = gn_box_overlay_event(f->box, e, node->now) ||
			    (f->apart && gn_apart_overlay_event(f->apart, e, node->now));
		if (done || e->kind != GN_OVERLAY_DONE)
			fresh_touch(f);
		if (done)
			return true;
	}
	return false;
}

/* ---- running ---- */

static bool move_box(struct fresh *f)
{
	struct gn_overlay_message m;
	struct gn_box_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_box_next_message(f->box, &m);
	     i++, any = true)
		fresh_peer_send(f, &m);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_box_next_event(f->box, &e);
	     i++, any = true) {
		fresh_box_event(f, &e);
		if (f->node->outside.box)
			f->node->outside.box(f->node, &e);
	}
	return any;
}

static bool move_bus(struct fresh *f)
{
	struct gn_overlay_message m;
	struct gn_bus_event e;
	bool any = false;
	for (unsigned i = 0; f->bus && i < GN_NODE_PUMP_ROUNDS && gn_bus_next_message(f->bus, &m);
	     i++, any = true)
		fresh_peer_send(f, &m);
	for (unsigned i = 0; f->bus && i < GN_NODE_PUMP_ROUNDS && gn_bus_next_event(f->bus, &e);
	     i++, any = true)
		if (fresh_bus_event(f, &e) && f->node->outside.bus)
			f->node->outside.bus(f->node, &e);
	return any;
}

/* What ends is a topic's, or was asked for by itself. */
static bool move_apart(struct fresh *f)
{
	struct gn_node *node = f->node;
	struct gn_overlay_message m;
	struct gn_overlay_event e;
	bool any = false;
	if (!f->apart)
		return false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_apart_next_message(f->apart, &m);
	     i++, any = true)
		fresh_peer_send(f, &m);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_apart_next_event(f->apart, &e);
	     i++, any = true) {
		if (f->bus && gn_bus_overlay_event(f->bus, &e, node->now))
			continue;
		e.op = fresh_number(f, e.op);
		node->outside.overlay(node, &e);
	}
	return any;
}

static bool move(struct fresh *f)
{
	struct gn_jet_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_jet_next_event(f->of.jet, &e);
	     i++, any = true)
		fresh_peer_event(f, &e);
	any |= move_box(f);
	any |= move_apart(f);
	any |= move_bus(f);
	any |= gn_node_packets_send(f->node, f->of.jet);
	return any;
}

/* True: something moved that may be others' business, too. */
static bool turn(struct fresh *f)
{
	struct gn_node *node = f->node;
	bool any = false, more = true;
	f->of.touched = false;
	f->turning = true;
	gn_jet_tick(f->of.jet, node->now);
	gn_box_tick(f->box, node->now);
	if (f->bus)
		gn_bus_tick(f->bus, node->now);
	if (f->apart)
		gn_apart_tick(f->apart, node->now);
	for (unsigned i = 0; i < ROUNDS && more; i++, any |= more)
		more = move(f);
	f->at = fresh_peers_tick(f);
	more = move(f);
	f->at = gn_time_min(f->at, gn_jet_deadline(f->of.jet));
	f->at = gn_time_min(f->at, gn_box_deadline(f->box));
	f->at = gn_time_min(f->at, f->bus ? gn_bus_deadline(f->bus) : GN_NEVER);
	f->at = gn_time_min(f->at, f->apart ? gn_apart_deadline(f->apart) : GN_NEVER);
	f->of.touched |= more;
	f->turning = false;
	return any || more;
}

static void look_at(struct fresh *f)
{
	struct gn_node *node = f->node;
	bool idle = fresh_idle(f);
	if (!idle)
		f->idle = 0;
	else if (!f->idle)
		f->idle = node->now;
	if (!f->over && f->day != fresh_day(node, &f->name))
		day_over(f);
	gn_time end = f->over ? f->ends : GN_NEVER;
	if (f->idle)
		end = gn_time_min(end, f->idle + GN_NODE_FRESH_IDLE);
	if (node->now >= end) {
		fresh_lasting_lost(node, f);
		fresh_free(f);
	}
}

bool gn_node_fresh_pump(struct gn_node *node)
{
	bool any = false;
	if (node->fresh.contexts.count && node->now >= node->fresh.look) {
		node->fresh.look = node->now + GN_NODE_FRESH_LOOK;
		fresh_lasting_look(node);
		for (uint32_t i = node->fresh.contexts.count; i-- > 0;)
			if (i < node->fresh.contexts.count) /* one may end several */
				look_at(fresh_index(node, i));
	}
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++) {
		struct fresh *f = fresh_index(node, i);
		if (f->of.touched || node->now >= f->at)
			any |= turn(f);
	}
	return any;
}

gn_time gn_node_fresh_deadline(const struct gn_node *node)
{
	gn_time at = node->fresh.contexts.count ? node->fresh.look : GN_NEVER;
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++) {
		const struct fresh *f = fresh_index(node, i);
		at = gn_time_min(at, f->of.touched ? node->now : f->at);
	}
	return at;
}

/* ---- shown ---- */

void gn_node_fresh_info(const struct gn_node *node, struct gn_node_fresh_info *out)
{
	*out = (struct gn_node_fresh_info){.contexts = node->fresh.contexts.count,
					   .bytes = fresh_held(node)};
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++)
		for (const struct fresh_peer *p = fresh_index(node, i)->peers; p; p = p->next) {
			out->sessions += p->state == FRESH_UP;
			out->direct += p->state == FRESH_UP && p->direct;
		}
}

const char *gn_node_fresh_text(const struct gn_node *node)
{
	static const char *const words[] = {[GN_NODE_FRESH_YES] = "yes",
					    [GN_NODE_FRESH_STRICT] = "strict",
					    [GN_NODE_FRESH_NO] = "no"};
	return words[node->config.fresh];
}

bool gn_node_fresh_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "node/fresh_counters.def"
#undef X
	};
	return gn_counter_at(names, &node->fresh.count, GN_COUNT(names), i, out);
}
