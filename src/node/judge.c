/* Relays that are bad are left for an hour (RE-37). What is known of one is what jet counts of the
 * paths that go by its circuits: packets that came twice, loss beside that of another path to the
 * same peer, and silence while another path to the peer, and the session to the relay itself, are
 * heard: then it is neither the peer that is gone nor our way to the relay.
 *
 * 1. A relay is judged by circuits on which a key was proven alone: who calls and proves none may
 *    send what they like.
 * 2. All of that the peer can make as well as the relay: it sends twice, acknowledges less, keeps
 *    silent there. So what is seen with one peer costs that peer alone: its circuits by this relay
 *    end, once, and none is asked for there. Two peers of different prefixes, and the relay itself
 *    is left.
 * 3. Nobody is told. The engine gives its circuits and places up, homes.c finds others. */
#include "node/node_int.h"
#include "node/peers_int.h"

#define JUDGE_PATHS 8 /* of a session: as many as jet has */

struct others {        /* paths to the same peer */
	uint32_t loss; /* UINT32_MAX: not known */
	gn_time heard;
};

static void look_at(const struct gn_node *node, gn_jet_id id, uint32_t link, struct others *o)
{
	struct gn_jet_path_info p;
	for (unsigned i = 0; i < JUDGE_PATHS && gn_jet_path_at(node->jet, id, i, &p); i++) {
		if (p.way.link == link)
			continue;
		o->loss = p.loss < o->loss ? p.loss : o->loss;
		o->heard = p.heard > o->heard ? p.heard : o->heard;
	}
}

/* Our way to the relay works: something came by it since. */
static bool is_heard(const struct gn_node *node, const struct gn_pk *relay, gn_time since)
{
	struct gn_jet_path_info p;
	gn_jet_id id = gn_node_peers_session(node, relay);
	bool heard = false;
	for (unsigned i = 0; id && i < JUDGE_PATHS && gn_jet_path_at(node->jet, id, i, &p); i++)
		heard |= p.heard > since;
	return heard;
}

/* c carries this path of a session with that peer. */
static enum gn_relay_fault judge(const struct gn_node *node, struct gn_node_circuit *c,
				 gn_jet_id id, gn_jet_id newest, const struct gn_jet_path_info *p)
{
	struct others o = {.loss = UINT32_MAX};
	look_at(node, id, c->link, &o);
	if (newest && newest != id)
		look_at(node, newest, c->link, &o);
	if (!c->minute || node->now - c->minute >= 60 * GN_SEC) {
		c->minute = node->now;
		c->replays = p->replays;
	}
	struct gn_relay_quality q = {.replays = p->replays - c->replays,
				     .loss = p->loss == UINT32_MAX ? 0 : p->loss,
				     .other = o.loss,
				     .sent_since = GN_NEVER};
	if (p->silent != GN_NEVER && o.heard > p->silent && is_heard(node, &c->relay, p->silent))
		q.sent_since = p->silent;
	return gn_relay_judge(&q, node->now);
}

/* The circuits of a session; true: one was given up, or its relay left. */
static bool judge_session(struct gn_node *node, gn_jet_id id, const struct session *s)
{
	struct gn_jet_path_info p;
	for (unsigned i = 0; i < JUDGE_PATHS && gn_jet_path_at(node->jet, id, i, &p); i++) {
		struct gn_node_circuit *c =
			p.way.link ? gn_map_get(&node->ways.circuits, &p.way.link) : NULL;
		if (!c || !c->proven || gn_relay_is_bad(node->relay, &c->relay, node->now) ||
		    gn_node_ways_blamed(node, &c->relay, &s->peer->pk) ||
		    judge(node, c, id, s->peer->session, &p) == GN_RELAY_GOOD)
			continue;
		struct gn_pk relay = c->relay;
		if (!gn_node_ways_blame(node, &relay, &s->peer->pk, &c->peer)) {
			node->ways.count.relay_blamed++;
			gn_node_ways_close(node, c->link);
			return true;
		}
		node->ways.count.relay_bad++;
		gn_relay_leave(node->relay, &relay, node->now); /* its events end the circuits */
		return true;
	}
	return false;
}

void gn_node_ways_judge(struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_session;
	if (!node->ways.circuits.count || node->now - node->ways.judged < GN_NODE_JUDGE)
		return;
	node->ways.judged = node->now;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct session *s = gn_map_value_at(all, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(all, i);
		if (s->peer && judge_session(node, id, s))
			return; /* the others in the next look */
	}
}
