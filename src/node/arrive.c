/* What comes, from the shared socket and from carriers: whose it is by the first byte (RE-2), and
 * of relayed packets whether they go on, are for a circuit of ours, or begin one.
 *
 * 1. A relayed packet is taken from the shared socket or a connection, never out of a circuit: what
 *    is in it is jet's, and nothing is relayed twice (RE-30).
 * 2. Nothing here answers: what is not understood moves a counter. */
#include "node/charge.h"
#include "node/turn.h"
#include "node/ways_int.h"

static void forward(struct gn_node *node, struct gn_slice packet, const struct gn_relay_to *to)
{
	uint8_t copy[GN_RELAY_PREFIX + GN_NODE_RELAYED_MTU];
	size_t sent;
	GN_ASSERT(packet.len <= sizeof copy);
	memcpy(copy, packet.p, packet.len);
	gn_relay_write(copy, packet.len, 1, to->circuit);
	gn_err err = ways_send_to(node, to->session, gn_slice(copy, packet.len),
				  (uint16_t)packet.len, &sent);
	node->ways.count.relay_lost += err == GN_AGAIN;
}

static uint32_t calls_of(const struct gn_node *node, uint64_t era)
{
	const struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	return e ? e->calls : 0;
}

/* Is a better than b to be given up: of a relay that has more, without a proof, older? */
static bool is_worse(const struct gn_node *node, const struct gn_node_circuit *a,
		     const struct gn_node_circuit *b)
{
	uint32_t of_a = calls_of(node, a->era), of_b = calls_of(node, b->era);
	if (of_a != of_b)
		return of_a > of_b;
	return a->proven != b->proven ? !a->proven : a->link < b->link;
}

/* The oldest call by that relay on which nobody has proven a key: whoever sends from the relay's
 * address can have made it. Where all are taken, one of a relay that has two more goes first: some
 * relays together would have them all for ever. False: there is none. */
static bool give_way(struct gn_node *node, uint64_t era)
{
	const struct gn_map *all = &node->ways.circuits;
	const struct gn_node_circuit *worst = NULL;
	bool full = node->ways.calls >= GN_NODE_CALLS;
	uint32_t own = calls_of(node, era);
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		bool may = c->era == era ? !c->proven : full && calls_of(node, c->era) >= own + 2;
		if (c->called && may && (!worst || is_worse(node, c, worst)))
			worst = c;
	}
	if (worst)
		gn_node_ways_close(node, worst->link);
	return worst != NULL;
}

/* A circuit that we did not ask for: who calls proves inside who they are (RE-31). */
static struct gn_node_circuit *take_call(struct gn_node *node, uint64_t era, uint64_t circuit,
					 struct gn_slice datagram)
{
	struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	gn_op op;
	gn_err err = GN_LIMIT;
	bool begins = gn_jet_is_hello(datagram) || gn_jet_leads(node->jet, datagram);
	if (!begins || datagram.len < GN_NODE_CALL_MIN)
		return NULL;
	for (unsigned tries = 0; err == GN_LIMIT && tries < 2; tries++) {
		if (node->ways.calls < GN_NODE_CALLS)
			err = gn_relay_accept(node->relay, &e->pk, era, circuit, node->now, &op);
		if (err == GN_LIMIT && (tries || !give_way(node, era)))
			return NULL;
	}
	if (err)
		return NULL;
	struct gn_node_circuit *c = ways_circuit_new(node, op);
	if (!c)
		return NULL;
	const struct gn_relay_rate unknown = {0, 0}; /* the relay says it soon */
	c->relay = e->pk;
	c->called = true;
	c->era = era;
	node->ways.calls++;
	e->calls++;
	if (ways_circuit_ready(node, c, era, circuit, &unknown) == GN_OK)
		return c;
	gn_node_ways_close(node, c->link);
	return NULL;
}

static void relayed(struct gn_node *node, uint64_t era, struct gn_slice packet)
{
	struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	if (!e) {
		node->ways.count.relay_stranger++;
		return;
	}
	struct gn_relay_packet in = {
		.session = era, .peer = &e->pk, .len = (uint32_t)packet.len, .count = 1};
	struct gn_relay_to to;
	in.circuit = packet.len >= GN_RELAY_PREFIX ? gn_be64(packet.p + 1) : 0;
	enum gn_relay_verdict verdict = gn_relay_packet(node->relay, &in, node->now, &to);
	if (verdict == GN_RELAY_DROP)
		return;
	e->relayed = node->now;
	if (verdict == GN_RELAY_FORWARD) {
		forward(node, packet, &to);
		return;
	}
	struct gn_slice datagram =
		gn_slice(packet.p + GN_RELAY_PREFIX, packet.len - GN_RELAY_PREFIX);
	const uint32_t *link = gn_map_get(&node->ways.links, &to.op);
	struct gn_node_circuit *c = verdict == GN_RELAY_CALL
					    ? take_call(node, era, in.circuit, datagram)
				    : link ? gn_map_get(&node->ways.circuits, link)
					   : NULL;
	if (!c) {
		node->ways.count.call_refused++;
		return;
	}
	if (c->proven)
		c->used = node->now;
	struct gn_way from = gn_node_ways_way(c);
	if (!c->of) {
		gn_node_jet_recv(node, &from, datagram);
		return;
	}
	c->of->touched = true;
	(void)gn_jet_recv(c->of->jet, &from, datagram, node->now);
}

/* Of the shared socket: a session of somebody else's than the node. */
static bool is_of_others(struct gn_node *node, const struct gn_way *from, struct gn_slice datagram)
{
	for (struct gn_node_ways_of *of = node->ways.of; of; of = of->next) {
		if (!of->direct || !gn_jet_leads(of->jet, datagram))
			continue;
		of->touched = true;
		(void)gn_jet_recv(of->jet, from, datagram, node->now);
		return true;
	}
	return false;
}

void gn_node_recv(struct gn_node *node, const struct gn_way *from, struct gn_slice datagram)
{
	unsigned kind = datagram.len ? datagram.p[0] >> 4 : 0;
	if (!from->link && gn_node_stun_recv(node, &from->addr, datagram))
		return;
	if (kind != 1) {
		if (from->link == 0 && is_of_others(node, from, datagram))
			return;
		if (from->link == 0 && gn_jet_is_hello(datagram))
			gn_dialback_called(node->dialback, &from->addr, node->now);
		gn_node_jet_recv(node, from, datagram); /* who counts what is not theirs */
		return;
	}
	struct gn_way key = ways_key(from);
	const uint64_t *era = gn_map_get(&node->ways.from, &key);
	if (datagram.p[0] == GN_DIALBACK_BYTE && from->link == 0)
		gn_dialback_packet(node->dialback, &from->addr, false, datagram, node->now);
	else if (datagram.p[0] != GN_RELAY_BYTE)
		node->ways.count.unknown_first++;
	else if (!era)
		node->ways.count.relay_stranger++;
	else
		relayed(node, *era, datagram);
}
