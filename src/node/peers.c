/* Peers: messages of the overlay and of bundles over jet sessions. A message is one datagram, or
 * one one-way stream that holds it whole and ends; the receiver tells kinds apart by the
 * FlatBuffers identifier in it.
 *
 * Invariants
 *  1. a peer has at most one session that it sends on (the newest); older ones are read until
 *     they fall idle;
 *  2. what is not whole yet is peers_in.c's, what waits to leave peers_out.c's; both are bounded
 *     for each key and prefix;
 *  3. the overlay hears peer_up for every session and peer_down when a peer's last one is gone.
 *
 *   IDLE -> DIALLED [gn_node_peers_send; dial.c] -> UP [GN_JET_CONNECTED] -> IDLE [GN_JET_CLOSED]
 *
 * Ownership: by_key and the nameless list own peers; peers own what waits for them, sessions
 * what is unfinished. */
#include "node/peers_int.h"

#include <stdlib.h>

/* A link that is given up then: what its last session has to say at its end goes first. */
struct leaving {
	uint32_t link;
	gn_time at;
};

void gn_node_peers_init(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	gn_map_init(&p->by_key, &node->env, sizeof(struct gn_pk), sizeof(struct peer *),
		    GN_NODE_PEERS);
	gn_map_init(&p->by_session, &node->env, sizeof(gn_jet_id), sizeof(struct session),
		    2 * GN_NODE_PEERS);
	gn_ring_init(&p->leaving, node->env.alloc, sizeof(struct leaving), GN_NODE_LINKS);
	p->silent_at = GN_NEVER;
	gn_node_ways_init(node);
	gn_node_homes_init(node);
	peers_in_init(node);
	peers_out_init(node);
}

static void peer_free(struct gn_node *node, struct peer *peer)
{
	dial_end(node, peer);
	peers_out_clear(node, peer);
	/* tries whose dial is over: they end by themselves */
	for (uint32_t i = 0; peer->sessions && i < node->peers.by_session.count; i++) {
		struct session *s = gn_map_value_at(&node->peers.by_session, i);
		if (s->peer == peer) {
			s->peer = NULL;
			peer->sessions--;
		}
	}
	GN_ASSERT(peer->sessions == 0);
	free(peer);
}

void gn_node_peers_fini(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	peers_in_fini(node);
	for (uint32_t i = 0; i < p->by_key.count; i++)
		peer_free(node, *(struct peer **)gn_map_value_at(&p->by_key, i));
	for (struct peer *peer = p->nameless, *next; peer; peer = next) {
		next = peer->next;
		peer_free(node, peer);
	}
	peers_out_fini(node);
	gn_node_homes_fini(node);
	gn_node_ways_fini(node);
	gn_map_fini(&p->by_session);
	gn_map_fini(&p->by_key);
	gn_ring_fini(&p->leaving);
}

static struct peer *peer_new(void)
{
	struct peer *peer = calloc(1, sizeof *peer);
	if (peer) {
		peer->urgent.tail = &peer->urgent.head;
		peer->bulk.tail = &peer->bulk.head;
	}
	return peer;
}

static struct peer *peer_make(struct gn_node *node, const struct gn_pk *pk)
{
	struct peer *peer = peers_of(node, pk);
	if (peer)
		return peer;
	struct peer **at = gn_map_put(&node->peers.by_key, pk);
	if (!at)
		return NULL;
	if (!(*at = peer_new())) {
		gn_map_remove(&node->peers.by_key, pk);
		return NULL;
	}
	(*at)->pk = *pk;
	(*at)->named = true;
	return *at;
}

static struct peer *nameless_at(const struct gn_node *node, const struct gn_addr *addr)
{
	struct peer *peer = node->peers.nameless;
	while (peer && !gn_addr_eq(&peer->addrs[0], addr))
		peer = peer->next;
	return peer;
}

static struct peer *nameless_make(struct gn_node *node, const struct gn_addr *addr)
{
	struct peer *peer = nameless_at(node, addr);
	if (!peer && (peer = peer_new())) {
		peer->addrs[0] = *addr;
		peer->addr_count = 1;
		peer->next = node->peers.nameless;
		node->peers.nameless = peer;
	}
	return peer;
}

static void nameless_remove(struct gn_node *node, struct peer *peer)
{
	struct peer **at = &node->peers.nameless;
	while (*at != peer)
		at = &(*at)->next;
	*at = peer->next;
}

/* ---- connecting ---- */

/* The overlay is told; what was queued is lost, as with any message to a dead peer. */
static void peer_failed(struct gn_node *node, struct peer *peer, gn_err why)
{
	GN_ASSERT(!peer->up);
	dial_end(node, peer);
	peers_out_clear(node, peer);
	if (peer->named) {
		gn_overlay_peer_down(node->overlay, &peer->pk, why, node->now);
		gn_bundles_peer_down(node->bundles, &peer->pk, why, node->now);
		gn_box_peer_down(node->box, &peer->pk, why, node->now);
		gn_bus_peer_down(node->bus, &peer->pk, why, node->now);
		gn_relay_down(node->relay, &peer->pk, 0, node->now);
		return;
	}
	struct gn_addr addr = peer->addrs[0];
	nameless_remove(node, peer);
	peer_free(node, peer);
	gn_overlay_addr_down(node->overlay, &addr, why, node->now);
}

/* Nothing is left to be tried. Who is up and silent may come back. */
static void dial_failed(struct gn_node *node, struct peer *peer, gn_err why)
{
	if (peer->up)
		dial_end(node, peer);
	else
		peer_failed(node, peer, why);
}

/* ---- sending ---- */

static bool is_zero(const struct gn_pk *pk)
{
	static const struct gn_pk zero;
	return memcmp(pk, &zero, sizeof zero) == 0;
}

/* to_relay: a relay is asked for a circuit: it may be looked up, and is not asked for by relays, or
 * what a record says would lead on for ever. */
static void send_message(struct gn_node *node, const struct gn_overlay_message *m,
			 enum gn_jet_class class, bool to_relay)
{
	bool nameless = is_zero(&m->to.pk);
	struct peer *peer =
		nameless ? nameless_make(node, &m->to.addrs[0]) : peer_make(node, &m->to.pk);
	if (!peer || m->bytes.len > GN_NODE_MESSAGE) {
		node->peers.count.dropped_large++;
		return;
	}
	for (unsigned i = 0; i < m->to.addr_count && !nameless; i++)
		peers_learn(peer, &m->to.addrs[i]);
	if (peer->up) {
		struct session *s = gn_map_get(&node->peers.by_session, &peer->session);
		s->used = node->now;
		if (!m->reliable && m->bytes.len <= gn_jet_datagram_max(node->jet, peer->session)) {
			if (gn_jet_datagram(node->jet, peer->session, class, m->bytes,
					    node->now + GN_NODE_DATAGRAM_LIFE))
				node->peers.count.dropped_queue++;
			return;
		}
	}
	if (peers_out_add(node, peer, m->bytes, class))
		return;
	if (peer->up)
		peers_out_flush(node, peer);
	else if (!peer->dial &&
		 dial_start(node, peer, to_relay && !dial_is_known(node, peer), !to_relay))
		peer_failed(node, peer, GN_UNREACHABLE);
}

void gn_node_peers_send(struct gn_node *node, const struct gn_overlay_message *m,
			enum gn_jet_class class)
{
	send_message(node, m, class, false);
}

void gn_node_peers_ask_relay(struct gn_node *node, const struct gn_overlay_message *m)
{
	send_message(node, m, GN_JET_INTERACTIVE, true);
}

void gn_node_peers_begin(struct gn_node *node, const struct gn_way *way)
{
	struct peer *peer = nameless_make(node, &way->addr);
	if (peer && !peer->dial && dial_way(node, peer, way))
		peer_failed(node, peer, GN_UNREACHABLE);
}

gn_err gn_node_peers_reach(struct gn_node *node, const struct gn_pk *pk)
{
	struct peer *peer = peer_make(node, pk);
	if (!peer)
		return GN_LIMIT;
	GN_TRY(gn_node_policy_any(node, pk));
	if (peer->dial)
		dial_find(node, peer);
	if (peer->up || peer->dial || dial_start(node, peer, true, true) == GN_OK)
		return GN_OK;
	peer_failed(node, peer, GN_UNREACHABLE);
	return GN_UNREACHABLE;
}

/* ---- session events ---- */

/* Messages to the peer go by it from now on. */
static void take_session(struct gn_node *node, struct peer *peer, gn_jet_id id)
{
	if (!peer->up)
		peer->era = gn_node_ways_up(node, &peer->pk);
	peer->up = true;
	peer->session = id;
	gn_node_ways_use(node, peer->era, id);
	gn_node_ways_moved(node, peer->era, id);
	gn_node_ways_back(node, peer->era);
}

/* The session goes this way now. */
static void take_way(struct gn_node *node, struct session *s, const struct gn_way *way)
{
	struct gn_carrier *c = gn_node_ways_carrier_of(node, way->link);
	node->peers.direct -= s->direct;
	s->addr = way->addr;
	s->link = way->link;
	s->direct = way->link == 0;
	s->own = s->direct || c || gn_node_turn_way_is(node, way->link);
	s->silent = 0;
	node->peers.direct += s->direct;
	if (c && c->incoming)
		c->proven(c);
	gn_node_ways_proven(node, way->link);
}

static void on_connected(struct gn_node *node, const struct gn_jet_event *e)
{
	struct session *s = gn_map_put(&node->peers.by_session, &e->id);
	struct peer *peer = s ? peer_make(node, &e->peer) : NULL;
	if (!peer || memcmp(&e->peer, &node->key.pk, sizeof e->peer) == 0) {
		(void)!gn_jet_close(node->jet, e->id, 0, peer ? "this is myself" : "too many peers",
				    node->now);
		return;
	}
	struct peer *nameless = s->peer && !s->peer->named ? s->peer : NULL;
	peer->given |= nameless != NULL;
	if (gn_node_policy_session(node, e->id, &peer->pk) == GN_POLICY)
		return; /* it is being closed */
	if (s->peer)
		s->peer->sessions--;
	peer->sessions++;
	*s = (struct session){
		.peer = peer, .up = true, .used = node->now, .payer = {e->peer, e->way.addr}};
	take_way(node, s, &e->way);
	if (nameless) { /* the address has a key now: its messages go on under the key */
		peers_out_adopt(node, peer, nameless);
		nameless_remove(node, nameless);
		peer_free(node, nameless);
	}
	bool found = s->direct || gn_node_turn_way_is(node, s->link); /* by UDP, where it is */
	if (found)
		peers_learn(peer, &e->way.addr);
	const char *url = gn_node_connect_at(node, e->way.link);
	if (url)
		peers_learn_url(peer, url);
	peers_out_restart(node, peer);
	dial_won(node, peer, e->id, !e->incoming);
	take_session(node, peer, e->id);
	peers_silent_give(node, peer);
	peer->pace = (struct pace){0};
	gn_overlay_peer_up(node->overlay, &peer->pk, found ? &e->way.addr : NULL, node->now);
	gn_box_peer_up(node->box, &peer->pk, node->now);
	if (s->own && !found && !e->incoming) /* it was the place to begin at */
		(void)!gn_overlay_bootstrap(node->overlay, &e->way.addr, &e->peer, node->now);
	struct gn_jet_info info;
	if (gn_jet_info(node->jet, e->id, &info) == GN_OK && info.srtt > 0)
		gn_overlay_rtt(node->overlay, &peer->pk, info.srtt, node->now);
	peers_out_flush(node, peer);
}

/* The peer's session has ended: another that is up takes over. */
static bool take_another(struct gn_node *node, struct peer *peer)
{
	struct gn_node_peers *p = &node->peers;
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		const struct session *s = gn_map_value_at(&p->by_session, i);
		if (s->peer == peer && s->up) {
			take_session(node, peer,
				     *(const gn_jet_id *)gn_map_key_at(&p->by_session, i));
			return true;
		}
	}
	peer->session = 0;
	peer->up = false;
	gn_node_ways_down(node, peer->era);
	return false;
}

/* In the newest session nothing comes: messages, pings and circuits go by another one in which
 * something has come since, if there is one. */
static void take_heard(struct gn_node *node, struct peer *peer)
{
	const struct gn_map *all = &node->peers.by_session;
	const struct session *newest = gn_map_get(all, &peer->session);
	if (!newest || !newest->silent)
		return;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct session *s = gn_map_value_at(all, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(all, i);
		if (s->peer != peer || !s->up || s->silent || id == peer->session ||
		    !peers_heard_in(node, id, newest->silent))
			continue;
		peers_out_restart(node, peer);
		take_session(node, peer, id);
		peers_out_flush(node, peer);
		return;
	}
}

/* A circuit or connection that no session uses is given up. */
static void link_over(struct gn_node *node, uint32_t link)
{
	const struct gn_map *all = &node->peers.by_session;
	for (uint32_t i = 0; i < all->count; i++)
		if (((const struct session *)gn_map_value_at(all, i))->link == link)
			return;
	gn_node_ways_close(node, link);
	gn_node_ways_carrier_end(node, link);
}

/* A session by it has ended. */
static void link_leave(struct gn_node *node, uint32_t link)
{
	const struct leaving l = {link, node->now + GN_NODE_LINK_LEAVES};
	if (gn_ring_push(&node->peers.leaving, &l))
		link_over(node, link);
}

static void leave_links(struct gn_node *node)
{
	const struct leaving *first;
	struct leaving l;
	while ((first = gn_ring_at(&node->peers.leaving, 0)) && first->at <= node->now &&
	       gn_ring_pop(&node->peers.leaving, &l))
		link_over(node, l.link);
}

/* An attempt goes on with what else there is to try; a peer without a session is down. */
static void on_closed(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_peers *p = &node->peers;
	struct session *s = gn_map_get(&p->by_session, &e->id);
	if (!s)
		return;
	peers_in_drop_all(node, s);
	struct peer *peer = s->peer;
	bool was_up = s->up;
	node->peers.direct -= s->up && s->direct;
	char addr[GN_ADDR_TEXT_MAX];
	gn_addr_text(&s->addr, addr);
	gn_host_log(&node->host, GN_LOG_DEBUG, "session.closed", "%s: %s, code %u %.*s", addr,
		    gn_err_name(e->err), e->code, (int)e->data.len,
		    e->data.len ? (const char *)e->data.p : "");
	uint32_t link = s->link;
	gn_map_remove(&p->by_session, &e->id);
	gn_node_ways_closed(node, e->id);
	if (link)
		link_leave(node, link);
	if (!peer)
		return;
	peer->sessions--;
	gn_err why = e->err ? e->err : GN_CLOSED;
	if (peer->session == e->id) {
		peers_out_restart(node, peer);
		if (!take_another(node, peer))
			peer_failed(node, peer, why);
	} else if (!was_up && peer->dial) {
		dial_lost(peer, e->id, 0);
		if (dial_go_on(node, peer))
			dial_failed(node, peer, why);
	} else if (peer->up) { /* both had the same ways */
		gn_node_ways_moved(node, peer->era, peer->session);
	}
}

void gn_node_peers_event(struct gn_node *node, const struct gn_jet_event *e)
{
	if (e->kind == GN_JET_CONNECTED) {
		on_connected(node, e);
		return;
	}
	if (e->kind == GN_JET_CLOSED) {
		on_closed(node, e);
		return;
	}
	struct session *s = gn_map_get(&node->peers.by_session, &e->id);
	if (!s || !s->up)
		return;
	switch (e->kind) {
	case GN_JET_DATAGRAM: peers_dispatch(node, e->id, s, e->data); break;
	case GN_JET_OPENED:
	case GN_JET_READABLE: peers_in_read(node, s, e); break;
	case GN_JET_WRITABLE:
	case GN_JET_STREAMS:
		peers_out_flush(node, s->peer);
		gn_bundles_room(node->bundles, &s->peer->pk, node->now);
		gn_box_room(node->box, &s->peer->pk, node->now);
		break;
	case GN_JET_MOVED:
		if (!e->err) {
			peers_in_moved(node, s, &e->way.addr);
			take_way(node, s, &e->way);
			gn_node_ways_moved(node, s->peer->era, e->id);
			gn_node_ways_back(node, s->peer->era);
			peers_silent_moved(node, e->id, s);
			take_heard(node, s->peer);
		}
		break;
	case GN_JET_CONNECTED:
	case GN_JET_CLOSED:
	case GN_JET_SUSPECT: peers_silent_begin(node, e->id, s); break;
	case GN_JET_PATHS: gn_node_ways_moved(node, s->peer->era, e->id); break;
	case GN_JET_CROWDED: /* carriers.c */
	case GN_JET_GUESS:   /* guess.c */
	case GN_JET_GUESSED:
	case GN_JET_OFFERED:
	case GN_JET_SEEN:
	case GN_JET_ACKED: break;
	}
}

void gn_node_peers_circuit(struct gn_node *node, const struct gn_pk *target, uint32_t link,
			   bool open)
{
	struct peer *peer = peers_of(node, target);
	if (open && (!peer || !peer->dial)) {
		dial_drop_link(node, link);
		return;
	}
	if (!peer || !peer->dial)
		return;
	if (open)
		dial_circuit(node, peer, link);
	else
		dial_lost(peer, 0, link);
	if (dial_go_on(node, peer))
		dial_failed(node, peer, GN_UNREACHABLE);
}

void gn_node_peers_found(struct gn_node *node, const struct gn_node_found *found)
{
	struct peer *peer = peers_of(node, &found->pk);
	if (!peer)
		return;
	for (unsigned i = 0; i < found->addr_count; i++)
		peers_learn(peer, &found->addrs[i]);
	for (unsigned i = 0; i < found->url_count; i++)
		peers_learn_url(peer, found->urls[i].text);
	if (found->home_count) /* what was found before may do, too */
		peer->home_count = found->home_count;
	for (unsigned i = 0; i < found->home_count; i++) {
		struct peer *relay = peer_make(node, &found->homes[i].pk);
		peer->homes[i] = found->homes[i];
		for (unsigned k = 0; relay && k < found->homes[i].addr_count; k++)
			peers_learn(relay, &found->homes[i].addrs[k]);
		if (relay)
			peers_learn_url(relay, found->home_urls[i].text);
	}
	if (peer->tunnels && found->home_count)
		peers_prepare_relays(node, peer);
	dial_found(peer);
	if (peer->dial && dial_go_on(node, peer))
		dial_failed(node, peer, GN_UNREACHABLE);
}

void gn_node_peers_tick(struct gn_node *node)
{
	for (struct peer *peer = node->peers.dialled, *next; peer; peer = next) {
		next = peer->dial->next;
		if (node->now >= dial_next(peer) && dial_go_on(node, peer))
			dial_failed(node, peer, GN_UNREACHABLE);
	}
	peers_silent_tick(node);
}

void gn_node_peers_link(struct gn_node *node, const struct gn_pk *pk, bool linked)
{
	struct peer *peer = peers_of(node, pk);
	if (peer)
		peer->linked = linked;
}

/* A peer that takes nothing of what waits for it: its session ends, and what waited with it. */
static void end_stalled(struct gn_node *node, struct peer *peer)
{
	node->peers.count.stalled_queue++;
	gn_node_charge(node, &peer->pk,
		       GN_NODE_COST_REFUSED +
			       (peer->queued_bytes >> 10) * (GN_NODE_QUEUE_STALL / GN_SEC));
	peers_out_clear(node, peer);
	(void)!gn_jet_close(node->jet, peer->session, 0, "it takes nothing of what it is sent",
			    node->now);
}

void gn_node_peers_sweep(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	gn_time passed = node->now - p->swept;
	if (passed < GN_NODE_SWEEP)
		return;
	p->swept = node->now;
	leave_links(node);
	peers_in_sweep(node, passed);
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		struct session *s = gn_map_value_at(&p->by_session, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(&p->by_session, i);
		bool needed = s->peer && (s->peer->queued || s->inbound || s->tunnels ||
					  gn_box_serves(node->box, &s->peer->pk) ||
					  (s->peer->session == id && peers_kept(node, s->peer)));
		if (s->up && !needed && node->now > s->used + GN_NODE_SESSION_IDLE)
			(void)!gn_jet_close(node->jet, id, 0, "idle", node->now);
		else
			peers_silent_look(node, id, s);
	}
	for (uint32_t i = p->by_key.count; i-- > 0;) {
		struct peer *peer = *(struct peer **)gn_map_value_at(&p->by_key, i);
		take_heard(node, peer);
		peers_out_flush(node, peer);
		if (peers_out_stalled(peer, passed))
			end_stalled(node, peer);
		if (!peer->session && !peer->dial && !peer->linked && !peer->queued) {
			struct gn_pk pk = peer->pk;
			gn_map_remove(&p->by_key, &pk);
			peer_free(node, peer);
		}
	}
}

/* What is not whole yet, or waits to leave, may be late. */
gn_time gn_node_peers_deadline(const struct gn_node *node)
{
	const struct gn_node_peers *p = &node->peers;
	bool watched = p->inbound.count || p->queue_share.used || p->leaving.count;
	gn_time at = node->now + (watched ? GN_NODE_SWEEP : GN_NODE_SWEEP_IDLE);
	at = gn_time_min(at, p->silent_at);
	for (const struct peer *peer = p->dialled; peer; peer = peer->dial->next)
		at = gn_time_min(at, dial_next(peer));
	return at;
}

void gn_node_peers_close(struct gn_node *node)
{
	const struct gn_map *sessions = &node->peers.by_session;
	for (uint32_t i = 0; i < sessions->count; i++)
		(void)!gn_jet_close(node->jet, *(const gn_jet_id *)gn_map_key_at(sessions, i), 0,
				    "going away", node->now);
}
