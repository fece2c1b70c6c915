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

struct others {        /* paths to the same peer */
	uint32_t loss; /* UINT32_MAX: not known */
	gn_time heard;
};

static void look_at(const struct gn_node *node, gn_jet_id id, uint32_t link, struct others *o)
{
	struct gn_jet_path_info p;
	for (unsigned i = 0; gn_jet_path_at(node->jet, id, i, &p); i++) {
		if (p.way.link == link)
			continue;
		o->loss = p.loss < o->loss ? p.loss : o->loss;
		o->heard = p.heard > o->heard ? p.heard : o->heard;
	}
}

/* Who sends as much as there is room for loses some: that is how it is seen how much that is. */
static uint32_t lost_by(const struct gn_jet_path_info *p)
{
	return p->full || p->loss == UINT32_MAX ? 0 : p->loss;
}

/* What is not known and would say whose fault it is: of a silent circuit, whether the relay itself
 * answers; of one that loses much, how another path does that stands by: by going there. */
static void find_out(struct gn_node *node, const struct gn_node_circuit *c, gn_jet_id id,
		     const struct gn_jet_path_info *p, const struct others *o)
{
	struct gn_way main;
	gn_jet_id relay = gn_node_peers_session(node, &c->relay);
	if (p->silent != GN_NEVER && o->heard > p->silent) {
		node->ways.judge_at = node->now + GN_NODE_JUDGE_SILENT;
		if (relay && !gn_node_peers_heard_since(node, &c->relay, p->silent))
			(void)!gn_jet_ping(node->jet, relay, node->now);
	}
	const struct gn_relay_quality beside_none = {.loss = lost_by(p), .sent_since = GN_NEVER};
	if (o->loss == UINT32_MAX && gn_jet_ways(node->jet, id, &main, 1) && main.link == c->link &&
	    gn_relay_judge(&beside_none, node->now) == GN_RELAY_LOSS)
		(void)!gn_jet_path_leave(node->jet, id, node->now);
}

/* c carries this path of a session with that peer. */
static enum gn_relay_fault judge(struct gn_node *node, struct gn_node_circuit *c, gn_jet_id id,
				 gn_jet_id newest, const struct gn_jet_path_info *p)
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
				     .loss = lost_by(p),
				     .other = o.loss,
				     .sent_since = GN_NEVER};
	if (p->silent != GN_NEVER && o.heard > p->silent &&
	    gn_node_peers_heard_since(node, &c->relay, p->silent))
		q.sent_since = p->silent;
	enum gn_relay_fault fault = gn_relay_judge(&q, node->now);
	if (fault == GN_RELAY_GOOD)
		find_out(node, c, id, p, &o);
	return fault;
}

/* Is that left already, for all or for this peer? */
static bool is_left(const struct gn_node *node, const struct gn_node_circuit *c,
		    const struct session *s)
{
	return gn_relay_is_bad(node->relay, &c->relay, node->now) ||
	       gn_node_ways_blamed(node, &c->relay, &s->peer->pk);
}

/* A circuit of the session that is bad; NULL: none. A path that is silent may be given up before
 * its time has come: the circuit knows what became of it. */
static struct gn_node_circuit *bad_one(struct gn_node *node, gn_jet_id id, const struct session *s)
{
	struct gn_map *all = &node->ways.circuits;
	struct gn_jet_path_info p;
	for (unsigned i = 0; gn_jet_path_at(node->jet, id, i, &p); i++) {
		struct gn_node_circuit *c = p.way.link ? gn_map_get(all, &p.way.link) : NULL;
		if (!c || !c->proven || c->chained /* whose fault is it? */ || is_left(node, c, s))
			continue;
		c->silent_in = p.silent == GN_NEVER ? 0 : id;
		c->silent = p.silent;
		if (judge(node, c, id, s->peer->session, &p) != GN_RELAY_GOOD)
			return c;
	}
	for (uint32_t i = 0; i < all->count; i++) {
		struct gn_node_circuit *c = gn_map_value_at(all, i);
		p = (struct gn_jet_path_info){
			.way.link = c->link, .loss = UINT32_MAX, .silent = c->silent};
		if (c->silent_in == id && node->now - c->silent > GN_NODE_SILENT)
			c->silent_in = 0; /* the relay itself may have been away, and be back */
		if (c->silent_in == id && !is_left(node, c, s) &&
		    judge(node, c, id, s->peer->session, &p) != GN_RELAY_GOOD)
			return c;
	}
	return NULL;
}

/* The circuits of a session; true: one was given up, or its relay left. */
static bool judge_session(struct gn_node *node, gn_jet_id id, const struct session *s)
{
	const struct gn_node_circuit *c = bad_one(node, id, s);
	if (!c)
		return false;
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

void gn_node_ways_judge(struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_session;
	if (!node->ways.circuits.count || node->now < node->ways.judge_at)
		return;
	node->ways.judge_at = node->now + GN_NODE_JUDGE;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct session *s = gn_map_value_at(all, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(all, i);
		if (s->peer && judge_session(node, id, s))
			return; /* the others in the next look */
	}
}
