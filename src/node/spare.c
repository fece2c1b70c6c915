/* Spare circuits: who has been on one relay for 10 s opens a circuit through another, and has a
 * path there when the first fails; at once when nothing comes on it, and there is none (RE-35,
 * RE-37).
 *
 *   on a relay -> due [10 s later, for who opened the circuit | silent] -> asked [OPEN]
 *     asked -> a path of the session [OPENED, and the peer answers on it]
 *           -> due [the relay refuses: the next one; all did: in 30 s, and the first time as soon
 *                   as it is looked up where else the peer has a place]
 *
 * 1. One relay has one path of a session.
 * 2. A spare circuit is the session's it was opened for, and ends with it, unless another session
 *    is on it by then. */
#include "node/node_int.h"
#include "node/peers_int.h"

static const struct gn_node_circuit *circuit_of(const struct gn_node *node, uint32_t link)
{
	const struct gn_node_circuit *c = link ? gn_map_get(&node->ways.circuits, &link) : NULL;
	return c && !c->of ? c : NULL;
}

/* A path by something else than that relay, on which something comes. */
static bool has_spare(const struct gn_node *node, gn_jet_id id, const struct gn_node_circuit *main)
{
	struct gn_jet_path_info p;
	for (unsigned i = 0; gn_jet_path_at(node->jet, id, i, &p); i++) {
		const struct gn_node_circuit *c = circuit_of(node, p.way.link);
		if (p.silent == GN_NEVER && !(c && gn_pk_eq(&c->relay, &main->relay)))
			return true;
	}
	return false;
}

/* It has a path there, or one is being opened. */
static bool is_by(const struct gn_node *node, gn_jet_id id, const struct gn_pk *relay)
{
	const struct gn_map *all = &node->ways.circuits;
	struct gn_jet_path_info p;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		if (c->spare == id && !c->circuit && gn_pk_eq(&c->relay, relay))
			return true;
	}
	for (unsigned i = 0; gn_jet_path_at(node->jet, id, i, &p); i++) {
		const struct gn_node_circuit *c = circuit_of(node, p.way.link);
		if (c && gn_pk_eq(&c->relay, relay))
			return true;
	}
	return false;
}

static bool is_apart(const struct gn_node *node, const struct gn_node_circuit *main,
		     const struct gn_contact *relay)
{
	struct gn_addr at = gn_node_peers_addr(node, &relay->pk);
	if (!at.port && relay->addr_count)
		at = relay->addrs[0];
	return at.port && gn_addr_prefix(&at) != gn_addr_prefix(&main->at);
}

/* Those of another network first. */
static unsigned relays(const struct gn_node *node, gn_jet_id id, const struct session *s,
		       const struct gn_node_circuit *main, struct gn_pk out[PEERS_RELAYS])
{
	struct gn_contact may[PEERS_RELAYS];
	unsigned count = peers_relays_to(node, s->peer, may), n = 0;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < count; i++)
			if (is_apart(node, main, &may[i]) == (pass == 0) &&
			    !is_by(node, id, &may[i].pk))
				out[n++] = may[i].pk;
	return n;
}

/* The next relay that was not asked yet. */
static void ask(struct gn_node *node, gn_jet_id id, struct session *s,
		const struct gn_node_circuit *main)
{
	struct gn_pk may[PEERS_RELAYS];
	unsigned count = relays(node, id, s, main, may);
	uint32_t link = 0;
	s->spare_at = node->now + GN_NODE_SPARE_AGAIN;
	while (!link && s->spare_tries < count && node->ways.spares < GN_NODE_SPARES)
		if (gn_node_ways_open(node, NULL, &may[s->spare_tries++], &s->peer->pk, NULL,
				      &link))
			link = 0;
	struct gn_node_circuit *c = link ? gn_map_get(&node->ways.circuits, &link) : NULL;
	if (!c) {
		s->spare_tries = 0;
		if (!s->spare_sought && s->peer->named &&
		    gn_node_homes_find(node, &s->peer->pk) == GN_OK)
			s->spare_at = node->now + GN_NODE_FIND_TIME;
		s->spare_sought = true;
		return;
	}
	c->spare = id;
	node->ways.spares++;
}

/* Another relay of the peer's would learn who calls (RE-11). */
static bool wants_two(const struct gn_node *node, const struct gn_pk *peer)
{
	return gn_node_policy(node, peer).relays == 2;
}

static void look(struct gn_node *node, gn_jet_id id, struct session *s)
{
	struct gn_jet_info info;
	const struct gn_node_circuit *main = circuit_of(node, s->link);
	if (!s->up || !s->peer || !main || wants_two(node, &s->peer->pk)) {
		s->spare_at = 0;
		return;
	}
	bool lost = s->spare_at && s->silent; /* none of its paths is of use */
	if (!lost && has_spare(node, id, main)) {
		s->spare_at = main->called ? 0 : gn_relay_spare_at(node->now);
		s->spare_tries = 0;
		s->spare_sought = false;
		return;
	}
	if (!s->spare_at && !main->called)
		s->spare_at = gn_relay_spare_at(node->now);
	if (s->spare_at && s->spare_at <= node->now && gn_jet_info(node->jet, id, &info) == GN_OK &&
	    info.multipath)
		ask(node, id, s, main);
}

/* Those whose session has ended, or is another now. */
static void end_unused(struct gn_node *node)
{
	const struct gn_map *all = &node->ways.circuits, *up = &node->peers.by_session;
	for (uint32_t i = all->count; i-- > 0;) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		bool used = !c->spare || gn_map_get(up, &c->spare);
		for (uint32_t k = 0; !used && k < up->count; k++)
			used = ((const struct session *)gn_map_value_at(up, k))->link == c->link;
		if (!used)
			gn_node_ways_close(node, c->link);
	}
}

void gn_node_spare_tick(struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_session;
	if (!node->ways.circuits.count || node->now < node->ways.spare_at)
		return;
	node->ways.spare_at = node->now + GN_NODE_SPARE_LOOK;
	if (node->ways.spares)
		end_unused(node);
	for (uint32_t i = 0; i < all->count; i++) {
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(all, i);
		look(node, id, gn_map_value_at(all, i));
		gn_node_bulk_look(node, id, gn_map_value_at(all, i));
	}
}

void gn_node_spare_lost(struct gn_node *node, gn_jet_id session)
{
	struct session *s = gn_map_get(&node->peers.by_session, &session);
	if (!s || !circuit_of(node, s->link))
		return;
	s->spare_at = node->now;
	s->spare_tries = 0;
	s->spare_sought = false;
	node->ways.spare_at = node->now;
}

void gn_node_spare_circuit(struct gn_node *node, const struct gn_node_circuit *c, bool open)
{
	struct session *s = gn_map_get(&node->peers.by_session, &c->spare);
	const struct gn_node_circuit *now = gn_node_ways_circuit(node, c->link);
	if (!s)
		return; /* it ends with the next look */
	if (c->bulk) {
		gn_node_bulk_circuit(node, now, s, open);
		return;
	}
	if (!open) {
		s->spare_at = s->spare_tries ? node->now : s->spare_at;
		node->ways.spare_at = s->spare_at;
		return;
	}
	struct gn_way to = gn_node_ways_way(now);
	node->ways.count.spare++;
	if (gn_jet_path_open(node->jet, c->spare, &to, node->now))
		gn_node_ways_close(node, c->link);
}
