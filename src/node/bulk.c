/* Much that is to be sent over a small circuit: a circuit of bulk is asked for, and the session has
 * a path there, which it takes as the better one; the small one stays until then (RE-33).
 *
 *   small -> waits [files or blocks wait at each look]
 *         -> due [BULK_AFTER; at once by a right that the end which opened it has not; FIND_TIME
 *                 later where it must first be looked up where the peer has a place]
 *         -> asked [OPEN of bulk alone: at the relay that it is on, at the peer's homes, at who is
 *                   linked with it]
 *       asked -> a path of the session [OPENED]
 *             -> due [refused: the next relay; all did: in BULK_AGAIN, then twice as late each
 *                     time, BULK_ROUNDS times]
 *
 * 1. A session asks one relay at a time and has one such circuit: who is refused stays where it is.
 * 2. How often it asks depends on nothing that the peer or a relay does: what ends at once is not
 *    asked for again before its time.
 * 3. Whoever has much to send asks, the end that was called, too: a relay counts it for who opens
 *    the circuit. */
#include "node/node_int.h"
#include "node/peers_int.h"
#include "wire/token.h"

#define MAY (1 + PEERS_RELAYS)

/* Not asked before: whatever comes of it. */
static void put_off(const struct gn_node *node, struct session *s)
{
	GN_ASSERT(s->bulk_rounds <= GN_NODE_BULK_ROUNDS);
	s->bulk_tries = 0;
	s->bulk_at = node->now + (GN_NODE_BULK_AGAIN << s->bulk_rounds);
	if (s->bulk_rounds < GN_NODE_BULK_ROUNDS)
		s->bulk_rounds++;
}

/* One is asked for, or there. A path to it may have to wait for a number, which a try to go
 * directly has (RE-20). */
static bool has_one(struct gn_node *node, gn_jet_id id)
{
	const struct gn_map *all = &node->ways.circuits;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		struct gn_way to = gn_node_ways_way(c);
		if (!c->bulk || c->spare != id)
			continue;
		if (c->circuit && !c->proven)
			(void)!gn_jet_path_open(node->jet, id, &to, node->now);
		return true;
	}
	return false;
}

static unsigned relays(const struct gn_node *node, const struct session *s,
		       const struct gn_node_circuit *main, struct gn_pk out[MAY])
{
	struct gn_contact may[PEERS_RELAYS];
	unsigned count = peers_relays_to(node, s->peer, may), n = 0;
	/* in a chain another would learn who calls, or is not reached */
	bool same = !main->chained && !gn_relay_is_bad(node->relay, &main->relay, node->now);
	if (same)
		out[n++] = main->relay;
	for (unsigned i = 0; i < count; i++)
		if (!same || !gn_pk_eq(&may[i].pk, &main->relay))
			out[n++] = may[i].pk;
	return n;
}

static void ask(struct gn_node *node, gn_jet_id id, struct session *s,
		const struct gn_node_circuit *main)
{
	struct gn_pk may[MAY];
	unsigned count = relays(node, s, main, may);
	uint32_t link = 0;
	while (!link && s->bulk_tries < count && node->ways.spares < GN_NODE_SPARES)
		if (gn_node_ways_open_bulk(node, &may[s->bulk_tries++], &s->peer->pk, id, &link))
			link = 0;
	if (link)
		return;
	s->bulk_sought = false;
	put_off(node, s);
}

/* The end that opened it may have no right there, and what is sent, by either, waits for what this
 * end may. Looked for once: it is in a file. */
static bool has_right(struct gn_node *node, const struct session *s, struct gn_node_circuit *main)
{
	uint8_t bytes[GN_TOKEN_MAX];
	struct gn_buf token = {bytes, 0, sizeof bytes};
	if (!s->tunnels || !main->called || main->right_sought)
		return false;
	main->right_sought = true;
	return gn_node_right_for(node, &main->relay, &token);
}

/* On a small circuit, and what is said of the session. */
static bool is_small(const struct gn_node *node, gn_jet_id id, const struct session *s,
		     const struct gn_node_circuit *main, struct gn_jet_info *info)
{
	return s->up && s->peer && main && !main->of && main->small &&
	       gn_node_policy(node, &s->peer->pk).relays != 2 &&
	       gn_jet_info(node->jet, id, info) == GN_OK && info->multipath;
}

void gn_node_bulk_look(struct gn_node *node, gn_jet_id id, struct session *s)
{
	struct gn_node_circuit *main = s->link ? gn_map_get(&node->ways.circuits, &s->link) : NULL;
	bool asked = s->bulk_tries || s->bulk_rounds;
	struct gn_jet_info info;
	if (!is_small(node, id, s, main, &info)) {
		s->bulk_since = 0;
		return;
	}
	s->bulk_since = !info.much_waits ? 0 : s->bulk_since ? s->bulk_since : node->now;
	if ((asked && has_one(node, id)) || node->now < s->bulk_at)
		return;
	bool right = has_right(node, s, main);
	bool waited = s->bulk_since && node->now - s->bulk_since >= GN_NODE_BULK_AFTER;
	if (!right && !waited)
		return;
	if (!right && !s->bulk_sought && !s->peer->home_count && s->peer->named) {
		s->bulk_sought = true;
		s->bulk_at = node->now + GN_NODE_FIND_TIME;
		if (gn_node_homes_find(node, &s->peer->pk) == GN_OK)
			return;
	}
	ask(node, id, s, main);
}

void gn_node_bulk_circuit(struct gn_node *node, const struct gn_node_circuit *c, struct session *s,
			  bool open)
{
	if (!open) /* refused: the next one with the next look; over: not before its time */
		return;
	put_off(node, s);
	node->ways.count.bulk++;
	(void)has_one(node, c->spare);
}
