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
 *   IDLE -> CONNECTING [gn_node_peers_send] -> UP [GN_JET_CONNECTED] -> IDLE [GN_JET_CLOSED]
 *
 * Ownership: by_key and the nameless list own peers; peers own what waits for them, sessions
 * what is unfinished. */
#include "node/peers_int.h"

#include <stdlib.h>

void gn_node_peers_init(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	gn_map_init(&p->by_key, &node->env, sizeof(struct gn_pk), sizeof(struct peer *),
		    GN_NODE_PEERS);
	gn_map_init(&p->by_session, &node->env, sizeof(gn_jet_id), sizeof(struct session),
		    2 * GN_NODE_PEERS);
	peers_in_init(node);
	peers_out_init(node);
}

static void peer_free(struct gn_node *node, struct peer *peer)
{
	peers_out_clear(node, peer);
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
	gn_map_fini(&p->by_session);
	gn_map_fini(&p->by_key);
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

static void learn_addr(struct peer *peer, const struct gn_addr *addr)
{
	if (addr->port == 0)
		return;
	for (unsigned i = 0; i < peer->addr_count; i++)
		if (gn_addr_eq(&peer->addrs[i], addr))
			return;
	if (peer->addr_count < GN_COUNT(peer->addrs))
		peer->addrs[peer->addr_count++] = *addr;
	else
		peer->addrs[GN_COUNT(peer->addrs) - 1] = *addr;
}

/* The overlay is told; what was queued is lost, as with any message to a dead peer. */
static void peer_failed(struct gn_node *node, struct peer *peer, gn_err why)
{
	peer->up = false;
	peer->session = 0;
	peer->addr_next = 0;
	peers_out_clear(node, peer);
	if (peer->named) {
		gn_overlay_peer_down(node->overlay, &peer->pk, why, node->now);
		gn_bundles_peer_down(node->bundles, &peer->pk, why, node->now);
		gn_box_peer_down(node->box, &peer->pk, why, node->now);
		gn_bus_peer_down(node->bus, &peer->pk, why, node->now);
		return;
	}
	struct gn_addr addr = peer->addrs[0];
	nameless_remove(node, peer);
	peer_free(node, peer);
	gn_overlay_addr_down(node->overlay, &addr, why, node->now);
}

static gn_err dial_addr(struct gn_node *node, const struct peer *peer, const struct gn_addr *addr,
			gn_jet_id *id)
{
	struct gn_way to = {.addr = *addr};
	if (!peer->named) /* the owner's word: where to begin */
		return gn_jet_connect(node->jet, &to, NULL, node->now, id);
	switch (gn_overlay_may_dial(node->overlay, &peer->pk, addr, node->now)) {
	case GN_OVERLAY_CONNECT: return gn_jet_connect(node->jet, &to, &peer->pk, node->now, id);
	case GN_OVERLAY_KNOCK: return gn_jet_knock(node->jet, &to, &peer->pk, node->now, id);
	case GN_OVERLAY_NO_DIAL: break;
	}
	return GN_DENIED;
}

/* Tries the next address not tried in this attempt; GN_UNREACHABLE when there is none left. */
static gn_err connect_next(struct gn_node *node, struct peer *peer)
{
	while (peer->addr_next < peer->addr_count) {
		const struct gn_addr *to = &peer->addrs[peer->addr_next++];
		gn_jet_id id;
		if (dial_addr(node, peer, to, &id))
			continue;
		struct session *s = gn_map_put(&node->peers.by_session, &id);
		if (!s) {
			(void)!gn_jet_close(node->jet, id, 0, "", node->now);
			return GN_LIMIT;
		}
		*s = (struct session){
			.peer = peer, .used = node->now, .addr = *to, .payer = {peer->pk, *to}};
		peer->session = id;
		return GN_OK;
	}
	return GN_UNREACHABLE;
}

/* ---- sending ---- */

static bool is_zero(const struct gn_pk *pk)
{
	static const struct gn_pk zero;
	return memcmp(pk, &zero, sizeof zero) == 0;
}

void gn_node_peers_send(struct gn_node *node, const struct gn_overlay_message *m,
			enum gn_jet_class class)
{
	bool nameless = is_zero(&m->to.pk);
	struct peer *peer =
		nameless ? nameless_make(node, &m->to.addrs[0]) : peer_make(node, &m->to.pk);
	if (!peer || m->bytes.len > GN_NODE_MESSAGE) {
		node->peers.count.dropped_large++;
		return;
	}
	for (unsigned i = 0; i < m->to.addr_count && !nameless; i++)
		learn_addr(peer, &m->to.addrs[i]);
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
	else if (!peer->session && connect_next(node, peer))
		peer_failed(node, peer, GN_UNREACHABLE);
}

/* ---- receiving ---- */

/* ---- session events ---- */

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
	*s = (struct session){.peer = peer,
			      .up = true,
			      .used = node->now,
			      .addr = e->way.addr,
			      .payer = {e->peer, e->way.addr}};
	if (nameless) { /* the address has a key now: its messages go on under the key */
		peers_out_adopt(node, peer, nameless);
		nameless_remove(node, nameless);
		peer_free(node, nameless);
	}
	learn_addr(peer, &e->way.addr);
	peers_out_restart(node, peer);
	peer->session = e->id;
	peer->up = true;
	peer->addr_next = 0;
	peer->pace = (struct pace){0};
	gn_overlay_peer_up(node->overlay, &peer->pk, &e->way.addr, node->now);
	gn_box_peer_up(node->box, &peer->pk, node->now);
	struct gn_jet_info info;
	if (gn_jet_info(node->jet, e->id, &info) == GN_OK && info.srtt > 0)
		gn_overlay_rtt(node->overlay, &peer->pk, info.srtt, node->now);
	peers_out_flush(node, peer);
}

/* Another session that is up takes over; else an attempt goes on with the next address; else the
 * peer is down. */
static void on_closed(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_peers *p = &node->peers;
	struct session *s = gn_map_get(&p->by_session, &e->id);
	if (!s)
		return;
	peers_in_drop_all(node, s);
	struct peer *peer = s->peer;
	bool was_up = s->up;
	char addr[GN_ADDR_TEXT_MAX];
	gn_addr_text(&s->addr, addr);
	gn_host_log(&node->host, GN_LOG_DEBUG, "session.closed", "%s: %s, code %u %.*s", addr,
		    gn_err_name(e->err), e->code, (int)e->data.len,
		    e->data.len ? (const char *)e->data.p : "");
	gn_map_remove(&p->by_session, &e->id);
	if (!peer || peer->session != e->id)
		return;
	peers_out_restart(node, peer);
	peer->session = 0;
	peer->up = false;
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		s = gn_map_value_at(&p->by_session, i);
		if (s->peer == peer && s->up) {
			peer->session = *(const gn_jet_id *)gn_map_key_at(&p->by_session, i);
			peer->up = true;
			return;
		}
	}
	if (was_up || connect_next(node, peer))
		peer_failed(node, peer, e->err ? e->err : GN_CLOSED);
}

/* Nothing comes from the peer's address: the others that it is known by are tried, those alone
 * that were not told by somebody else (OV-36). Each has up to four datagrams sent there. */
static void try_others(struct gn_node *node, gn_jet_id id, const struct peer *peer)
{
	for (unsigned i = 0; i < peer->addr_count; i++) {
		struct gn_way to = {.addr = peer->addrs[i]};
		if (gn_overlay_may_dial(node->overlay, &peer->pk, &to.addr, node->now) ==
		    GN_OVERLAY_CONNECT)
			(void)!gn_jet_path_open(node->jet, id, &to, node->now);
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
			s->addr = e->way.addr;
		}
		break;
	case GN_JET_CONNECTED:
	case GN_JET_CLOSED:
	case GN_JET_SUSPECT: try_others(node, e->id, s->peer); break;
	case GN_JET_PATHS:
	case GN_JET_SEEN:
	case GN_JET_ACKED: break;
	}
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
	peers_in_sweep(node, passed);
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		const struct session *s = gn_map_value_at(&p->by_session, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(&p->by_session, i);
		bool needed = s->peer && ((s->peer->linked && s->peer->session == id) ||
					  s->peer->queued || s->inbound);
		if (s->up && !needed && node->now > s->used + GN_NODE_SESSION_IDLE)
			(void)!gn_jet_close(node->jet, id, 0, "idle", node->now);
	}
	for (uint32_t i = p->by_key.count; i-- > 0;) {
		struct peer *peer = *(struct peer **)gn_map_value_at(&p->by_key, i);
		peers_out_flush(node, peer);
		if (peers_out_stalled(peer, passed))
			end_stalled(node, peer);
		if (!peer->session && !peer->linked && !peer->queued) {
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
	bool watched = p->inbound.count || p->queue_share.used;
	return node->now + (watched ? GN_NODE_SWEEP : GN_NODE_SWEEP_IDLE);
}

void gn_node_peers_close(struct gn_node *node)
{
	const struct gn_map *sessions = &node->peers.by_session;
	for (uint32_t i = 0; i < sessions->count; i++)
		(void)!gn_jet_close(node->jet, *(const gn_jet_id *)gn_map_key_at(sessions, i), 0,
				    "going away", node->now);
}
