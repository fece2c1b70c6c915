/* What is done when nothing comes from a peer any more (RE-6, RE-10): its other addresses get a
 * path each; those by whom circuits go hear from us, since they take nothing from where our router
 * has moved us to until our session with them has said so; another session is begun, at once and by
 * all ways where a tunnel waits; the silent one gets that one's way, and is closed when it is clear
 * that the peer knows nothing of it.
 *
 *   heard -> silent [jet's owner is told: nothing comes, and there is no other path]
 *   silent -> heard [something was acknowledged since]
 *          -> closed [another session is up, and no tunnel hopes for this one] */
#include "node/peers_int.h"

bool peers_kept(const struct gn_node *node, const struct peer *peer)
{
	return peer->linked || peer->home || peer->queued || gn_node_ways_busy(node, peer->era);
}

void peers_prepare_relays(struct gn_node *node, const struct peer *peer)
{
	for (unsigned i = 0; i < peer->home_count; i++) {
		const struct peer *relay = peers_of(node, &peer->homes[i].pk);
		if (relay && !relay->url_count)
			(void)!gn_node_homes_find(node, &relay->pk);
	}
}

void gn_node_peers_prepare(struct gn_node *node, gn_jet_id session)
{
	const struct session *s = gn_map_get(&node->peers.by_session, &session);
	if (!s || !s->peer)
		return;
	if (!s->peer->url_count && !s->peer->home_count)
		(void)!gn_node_homes_find(node, &s->peer->pk);
	peers_prepare_relays(node, s->peer);
}

static void greet(struct gn_node *node, const struct gn_pk *pk)
{
	gn_jet_id session = gn_node_peers_session(node, pk);
	if (session)
		(void)!gn_jet_ping(node->jet, session, node->now);
}

/* Those who relay for us, and to us. */
static void greet_relays(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	if (p->greeted && node->now - p->greeted < GN_NODE_GREET)
		return;
	p->greeted = node->now;
	gn_node_ways_greet(node);
	for (uint32_t i = 0; i < p->by_session.count; i++) {
		const struct session *s = gn_map_value_at(&p->by_session, i);
		if (s->up && s->peer && s->peer->home)
			(void)!gn_jet_ping(node->jet,
					   *(const gn_jet_id *)gn_map_key_at(&p->by_session, i),
					   node->now);
	}
}

/* It goes on by the way of the peer's newest session, if something comes there; that may be another
 * one soon, or lead here only when the peer has given it, too. */
static void give_way(struct gn_node *node, gn_jet_id id, struct session *s)
{
	struct gn_jet_info other;
	const struct session *newest = gn_map_get(&node->peers.by_session, &s->peer->session);
	if (s->peer->session == id || !newest || newest->silent ||
	    (s->way_given && node->now - s->way_given < GN_NODE_GIVE_AGAIN) ||
	    gn_jet_info(node->jet, s->peer->session, &other))
		return;
	s->way_given = node->now;
	(void)!gn_jet_path_open(node->jet, id, &other.way, node->now);
}

void peers_silent_give(struct gn_node *node, const struct peer *peer)
{
	const struct gn_map *all = &node->peers.by_session;
	for (uint32_t i = 0; i < all->count && peer->tunnels; i++) {
		struct session *s = gn_map_value_at(all, i);
		if (s->peer != peer || !s->up || !s->silent || !s->tunnels)
			continue;
		s->way_given = 0; /* that was another one */
		give_way(node, *(const gn_jet_id *)gn_map_key_at(all, i), s);
	}
}

void peers_silent_moved(struct gn_node *node, gn_jet_id id, const struct session *s)
{
	if (s->link && gn_node_ways_circuit(node, s->link)) {
		greet_relays(node);
		node->ways.spare_at = node->now; /* it may be a small one */
	}
	if (s->peer && s->peer->session == id)
		peers_silent_give(node, s->peer);
}

/* By whom the tunnel goes, or could: who does not answer our greeting is dialled by all ways, since
 * it may be our own network that lets nothing through. *next: when to look again. */
static void hurry(struct gn_node *node, const struct gn_pk *pk, gn_time since, gn_time *next)
{
	struct peer *relay = peers_of(node, pk);
	struct gn_jet_info info;
	if (!relay || (relay->dial && relay->dial->urgent) ||
	    gn_node_peers_heard_since(node, pk, since))
		return;
	gn_time due = since + GN_NODE_SILENT_TUNNEL;
	if (relay->up && gn_jet_info(node->jet, relay->session, &info) == GN_OK)
		due += 2 * gn_time_min(info.srtt, GN_SEC);
	if (relay->hurried) {
		bool soon = node->now - since < GN_NODE_SILENT_AGAIN;
		gn_time again = relay->hurried + (soon ? GN_NODE_SILENT : GN_NODE_SILENT_AGAIN);
		due = again > due ? again : due;
	}
	if (node->now < due) {
		*next = gn_time_min(*next, due);
		return;
	}
	relay->hurried = node->now;
	if (dial_urgent(node, relay, false))
		dial_end(node, relay);
}

/* Relays that lead to the peer: where it has a place, else who is linked with it. */
static unsigned leading_to(const struct gn_node *node, const struct peer *peer,
			   struct gn_contact out[GN_NODE_RELAYS])
{
	_Static_assert(GN_NODE_HOMES <= GN_NODE_RELAYS, "homes fit");
	memcpy(out, peer->homes, peer->home_count * sizeof *out);
	return peer->home_count
		       ? peer->home_count
		       : gn_overlay_relays_for(node->overlay, &peer->pk, out, GN_NODE_RELAYS);
}

/* Of a silent session; its entry may move. */
static gn_time hurry_relays(struct gn_node *node, gn_jet_id id)
{
	const struct session *s = gn_map_get(&node->peers.by_session, &id);
	const struct peer *peer = s->peer;
	gn_time since = s->silent, next = GN_NEVER;
	struct gn_jet_path_info p;
	for (unsigned i = 0; gn_jet_path_at(node->jet, id, i, &p); i++) {
		const struct gn_node_circuit *c =
			p.way.link ? gn_node_ways_circuit(node, p.way.link) : NULL;
		if (c && !c->of)
			hurry(node, &c->relay, since, &next);
	}
	struct gn_contact may[GN_NODE_RELAYS];
	for (unsigned i = leading_to(node, peer, may); i-- > 0;)
		hurry(node, &may[i].pk, since, &next);
	return next;
}

void peers_silent_begin(struct gn_node *node, gn_jet_id id, struct session *s)
{
	gn_time wait = s->peer->tunnels ? GN_NODE_SILENT_TUNNEL : GN_NODE_SILENT;
	s->silent = node->now;
	s->redial = node->now + (peers_lost(node, s) ? 0 : wait);
	s->way_given = 0;
	dial_others(node, id, s->peer);
	greet_relays(node);
	if (!s->peer->tunnels)
		return;
	struct gn_contact may[GN_NODE_RELAYS];
	for (unsigned i = leading_to(node, s->peer, may); i-- > 0;)
		greet(node, &may[i].pk);
	node->peers.silent_at = gn_time_min(node->peers.silent_at, s->redial);
	if (s->tunnels)
		give_way(node, id, s);
}

/* Another session is up, and tunnels are on this one: it is given the other's way, and time, until
 * it is clear that the peer knows nothing of it. */
static bool is_hoped_for(struct gn_node *node, gn_jet_id id, struct session *s)
{
	if (!s->tunnels || node->now >= s->silent + GN_NODE_TUNNEL_SILENT)
		return false;
	give_way(node, id, s);
	return true;
}

/* A peer that was started anew knows nothing of the session, which would wait for it: another is
 * begun meanwhile, and when that is up the silent one is closed. */
void peers_silent_look(struct gn_node *node, gn_jet_id id, struct session *s)
{
	struct gn_jet_info info;
	struct peer *peer = s->peer;
	if (!peer || !s->up || !s->silent || gn_jet_info(node->jet, id, &info))
		return;
	if (info.rtt_at > s->silent)
		s->silent = 0;
	else if (peer->session != id && !is_hoped_for(node, id, s))
		(void)!gn_jet_close(node->jet, id, 0, "another session is up", node->now);
	if (!s->silent || peer->session != id || node->now < s->redial || peer->dial ||
	    !(peers_kept(node, peer) || peer->tunnels))
		return;
	/* where somebody waits, the first minute is not one of waiting */
	bool soon = peer->tunnels && node->now - s->silent < GN_NODE_SILENT_AGAIN;
	s->redial = node->now + (soon ? GN_NODE_SILENT : GN_NODE_SILENT_AGAIN);
	if (peer->tunnels ? dial_urgent(node, peer, true) : dial_start(node, peer, false, true))
		dial_end(node, peer);
}

void peers_silent_tick(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	if (node->now < p->silent_at)
		return;
	p->silent_at = GN_NEVER;
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		struct session *s = gn_map_value_at(&p->by_session, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(&p->by_session, i);
		if (!s->peer || !s->silent || !s->peer->tunnels)
			continue;
		if (s->tunnels)
			p->silent_at = gn_time_min(p->silent_at, hurry_relays(node, id));
		s = gn_map_get(&p->by_session, &id);
		if (node->now < s->redial)
			p->silent_at = gn_time_min(p->silent_at, s->redial);
		else
			peers_silent_look(node, id, s);
	}
}
