/* Getting a session: the addresses of a peer one after the other, a quarter of a second apart, and
 * circuits of relays that may have it; the first that is connected stays, the others are closed
 * (RE-13).
 *
 *   start: the first address; a relay at once, if nothing else is known; without UDP its urls
 *     -> each DIAL_NEXT the next address
 *     -> after DIAL_RELAY the relays: circuits -> [OPENED] -> dialled like an address
 *     -> where those that have it are not reached, after DIAL_CHAIN: through others (RE-36)
 *   won [a session is up] | failed [nothing runs, and nothing is left to be tried]
 *
 * 1. Where somebody else says that a node is, the overlay is asked before every packet (OV-36).
 * 2. A circuit costs its relay a place: the peers for which one is asked are counted.
 * 3. What a rule about paths does not allow is not tried (policy.h). */
#include "node/peers_int.h"

#include <stdlib.h>

static bool is_blocked(const struct gn_node *node)
{
	return node->homes.reached == GN_OVERLAY_REACH_NO_UDP;
}

bool dial_is_known(const struct gn_node *node, const struct peer *peer)
{
	return is_blocked(node) ? peer->url_count : peer->addr_count;
}

/* Connections to the peer itself are tried, too. */
static bool takes_urls(const struct gn_node *node, const struct dial *d)
{
	return is_blocked(node) || d->urgent;
}

static bool is_over(const struct gn_node *node, const struct peer *peer)
{
	const struct dial *d = peer->dial;
	return d->try_count == 0 && d->addr_next == peer->addr_count && d->relays_asked &&
	       (d->chains_asked || d->no_relays) && !d->finding &&
	       (d->url_next >= peer->url_count || !takes_urls(node, d));
}

void dial_end(struct gn_node *node, struct peer *peer)
{
	struct peer **at = &node->peers.dialled;
	if (!peer->dial)
		return;
	while (*at != peer)
		at = &(*at)->dial->next;
	*at = peer->dial->next;
	free(peer->dial);
	peer->dial = NULL;
}

static void drop_try(struct dial *d, unsigned i)
{
	GN_ASSERT(i < d->try_count);
	d->tries[i] = d->tries[--d->try_count];
}

/* ---- addresses ---- */

static gn_err call_addr(struct gn_node *node, const struct peer *peer, const struct gn_addr *addr,
			gn_jet_id *id)
{
	struct gn_way to = {*addr, gn_node_turn_way_dials(node)};
	if (!peer->named) /* the owner's word: where to begin */
		return gn_jet_connect(node->jet, &to, NULL, node->now, id);
	switch (gn_overlay_may_dial(node->overlay, &peer->pk, addr, node->now)) {
	case GN_OVERLAY_CONNECT: return gn_jet_connect(node->jet, &to, &peer->pk, node->now, id);
	case GN_OVERLAY_KNOCK: return gn_jet_knock(node->jet, &to, &peer->pk, node->now, id);
	case GN_OVERLAY_NO_DIAL: break;
	}
	return GN_DENIED;
}

static bool add_session(struct gn_node *node, struct peer *peer, gn_jet_id id,
			const struct gn_way *way)
{
	struct session *s = gn_map_put(&node->peers.by_session, &id);
	if (!s) {
		(void)!gn_jet_close(node->jet, id, 0, "", node->now);
		return false;
	}
	peer->sessions++;
	*s = (struct session){.peer = peer,
			      .used = node->now,
			      .addr = way->addr,
			      .link = way->link,
			      .payer = {peer->pk, way->addr}};
	return true;
}

/* Tries the next address that may be tried. */
static void try_addr(struct gn_node *node, struct peer *peer)
{
	struct dial *d = peer->dial;
	d->next_addr = GN_NEVER;
	while (d->addr_next < peer->addr_count && d->try_count < GN_COUNT(d->tries)) {
		struct gn_way to = {peer->addrs[d->addr_next++], gn_node_turn_way_dials(node)};
		gn_jet_id id;
		if (peer->named && !gn_node_policy_lets(node, &peer->pk, &to))
			continue;
		if (call_addr(node, peer, &to.addr, &id) || !add_session(node, peer, id, &to))
			continue;
		d->tries[d->try_count].id = id;
		d->tries[d->try_count++].link = 0;
		if (d->addr_next < peer->addr_count)
			d->next_addr = node->now + GN_NODE_DIAL_NEXT;
		return;
	}
}

/* Without UDP, or when it is urgent: by a connection to the peer itself. */
static void try_url(struct gn_node *node, struct peer *peer)
{
	struct dial *d = peer->dial;
	uint32_t link;
	if (!gn_node_policy_lets_kind(node, &peer->pk, GN_JET_ALLOW_TLS))
		d->url_next = peer->url_count;
	while (d->url_next < peer->url_count && d->try_count < GN_COUNT(d->tries)) {
		if (gn_node_connect(node, &peer->pk, peer->urls[d->url_next++].text, &link))
			continue;
		d->tries[d->try_count].id = 0;
		d->tries[d->try_count++].link = link;
		return;
	}
}

/* ---- relays ---- */

static void ask_circuit(struct gn_node *node, struct peer *peer, const struct gn_pk *relay,
			const struct gn_pk *via)
{
	struct dial *d = peer->dial;
	uint32_t link;
	if (d->try_count == GN_COUNT(d->tries) || gn_pk_eq(relay, &peer->pk) ||
	    gn_pk_eq(relay, &node->key.pk) || (via && gn_pk_eq(relay, via)) ||
	    gn_node_ways_open(node, NULL, relay, &peer->pk, via, &link))
		return;
	d->tries[d->try_count].id = 0;
	d->tries[d->try_count++].link = link;
}

static bool is_behind_two(const struct gn_node *node, const struct peer *peer)
{
	return gn_node_policy(node, &peer->pk).relays == 2;
}

/* May circuits be asked for there: it is a relay, and reached at its own address? */
static bool is_relay(const struct gn_node *node, const struct gn_contact *c)
{
	return (!c->can || (c->can & GN_OVERLAY_CAN_SMALL)) &&
	       c->reach <= GN_OVERLAY_REACH_DIRECT && gn_node_peers_own(node, &c->pk) &&
	       !gn_node_peers_before(node, &c->pk) &&
	       !gn_relay_is_bad(node->relay, &c->pk, node->now);
}

/* Whom that relay may be reached through: those that are linked with it, as far as is known, else
 * where this node has a place. */
static void ask_chain(struct gn_node *node, struct peer *peer, const struct gn_pk *via)
{
	struct gn_contact may[GN_NODE_RELAYS];
	unsigned count = gn_overlay_relays_for(node->overlay, via, may, GN_COUNT(may)), asked = 0;
	const struct gn_pk *own = gn_node_homes_place(node);
	for (unsigned i = 0; i < count; i++)
		if (is_relay(node, &may[i])) {
			ask_circuit(node, peer, &may[i].pk, via);
			asked++;
		}
	if (!asked && own)
		ask_circuit(node, peer, own, via);
}

static void ask_relay(struct gn_node *node, struct peer *peer, const struct gn_pk *relay)
{
	/* without UDP a relay is reached through the one that this node is connected to */
	const struct gn_pk *own = is_blocked(node) && !gn_node_peers_session(node, relay)
					  ? gn_node_homes_place(node)
					  : NULL;
	if (is_behind_two(node, peer))
		return; /* it would learn who calls */
	if (!own && gn_node_peers_session(node, relay) && !gn_node_peers_own(node, relay))
		return; /* it is reached by a relay itself: nothing is relayed twice (RE-30) */
	ask_circuit(node, peer, own ? own : relay, own ? relay : NULL);
}

static void ask_relays(struct gn_node *node, struct peer *peer)
{
	struct dial *d = peer->dial;
	GN_ASSERT(!d->relays_asked);
	d->relays_asked = true;
	d->next_relay = GN_NEVER;
	d->next_chain = is_behind_two(node, peer) ? node->now : node->now + GN_NODE_DIAL_CHAIN;
	if (!gn_node_policy_lets_kind(node, &peer->pk, GN_JET_ALLOW_RELAY))
		return;
	const struct gn_pk *own = gn_node_homes_place(node); /* it may be linked with it */
	if (own && is_blocked(node))
		ask_relay(node, peer, own);
	for (unsigned i = 0; i < peer->home_count; i++)
		ask_relay(node, peer, &peer->homes[i].pk);
	if (peer->home_count)
		return;
	struct gn_contact may[GN_NODE_RELAYS]; /* who told of it, and who is linked with it */
	unsigned count = gn_overlay_relays_for(node->overlay, &peer->pk, may, GN_COUNT(may));
	for (unsigned i = 0; i < count; i++)
		ask_relay(node, peer, &may[i].pk);
}

/* The relays where the peer has a place and that are not reached themselves, through others; with
 * a rule that wants two behind each other all of them. */
static void ask_chains(struct gn_node *node, struct peer *peer)
{
	struct dial *d = peer->dial;
	GN_ASSERT(!d->chains_asked);
	d->chains_asked = true;
	d->next_chain = GN_NEVER;
	if (gn_node_policy(node, &peer->pk).relays == 1)
		return;
	for (unsigned i = 0; i < peer->home_count; i++)
		if (is_behind_two(node, peer) || !gn_node_peers_own(node, &peer->homes[i].pk))
			ask_chain(node, peer, &peer->homes[i].pk);
}

void dial_drop_link(struct gn_node *node, uint32_t link)
{
	gn_node_ways_close(node, link);
	gn_node_ways_carrier_end(node, link);
	gn_node_connect_cancel(node, link);
}

void dial_circuit(struct gn_node *node, struct peer *peer, uint32_t link)
{
	struct dial *d = peer->dial;
	const struct gn_node_circuit *c = gn_node_ways_circuit(node, link);
	const struct gn_carrier *k = gn_node_ways_carrier_of(node, link);
	for (unsigned i = 0; d && (c || k) && i < d->try_count; i++) {
		if (d->tries[i].link != link || d->tries[i].id)
			continue;
		struct gn_way to = c ? gn_node_ways_way(c) : (struct gn_way){k->peer, link};
		gn_jet_id id;
		if (gn_jet_connect(node->jet, &to, &peer->pk, node->now, &id) ||
		    !add_session(node, peer, id, &to))
			break;
		d->tries[i].id = id;
		return;
	}
	dial_drop_link(node, link); /* nobody waits for it any more */
	if (d)
		dial_lost(peer, 0, link);
}

/* ---- going on ---- */

gn_err dial_go_on(struct gn_node *node, struct peer *peer)
{
	struct dial *d = peer->dial;
	if (d->url_next < peer->url_count && takes_urls(node, d))
		try_url(node, peer);
	if (node->now >= d->next_addr || d->try_count == 0)
		try_addr(node, peer);
	bool idle = d->try_count == 0 && !d->finding;
	if (!d->relays_asked && (node->now >= d->next_relay || idle))
		ask_relays(node, peer);
	if (d->relays_asked && !d->no_relays && !d->chains_asked &&
	    (node->now >= d->next_chain || (d->try_count == 0 && !d->finding)))
		ask_chains(node, peer);
	return is_over(node, peer) ? GN_UNREACHABLE : GN_OK;
}

void dial_found(struct peer *peer)
{
	struct dial *d = peer->dial;
	if (!d || !d->finding)
		return;
	d->finding = false;
	d->next_addr = 0; /* now */
	if (d->relays_asked && !d->no_relays) {
		d->relays_asked = d->chains_asked = false; /* others than before */
		d->next_relay = 0;
	}
}

void dial_find(struct gn_node *node, struct peer *peer)
{
	struct dial *d = peer->dial;
	if (peer->named && !d->finding)
		d->finding = gn_node_homes_find(node, &peer->pk) == GN_OK;
}

static struct dial *dial_new(struct gn_node *node, struct peer *peer)
{
	struct dial *d = calloc(1, sizeof *d);
	GN_ASSERT(!peer->dial);
	if (!d)
		return NULL;
	peer->dial = d;
	d->next = node->peers.dialled;
	node->peers.dialled = peer;
	d->next_addr = d->next_relay = d->next_chain = GN_NEVER;
	return d;
}

gn_time dial_next(const struct peer *peer)
{
	const struct dial *d = peer->dial;
	return gn_time_min(gn_time_min(d->next_addr, d->next_relay), d->next_chain);
}

gn_err dial_start(struct gn_node *node, struct peer *peer, bool find, bool relays)
{
	struct dial *d = dial_new(node, peer);
	if (!d)
		return GN_NOMEM;
	bool blocked = is_blocked(node);
	d->next_addr = node->now;
	d->no_relays = !relays || !peer->named; /* who relays is asked for a key */
	d->relays_asked = d->no_relays;
	peer->given |= !relays; /* who relays */
	if (!d->no_relays)
		d->next_relay = node->now +
				(dial_is_known(node, peer) || !blocked ? GN_NODE_DIAL_RELAY : 0);
	if (find)
		dial_find(node, peer);
	return dial_go_on(node, peer);
}

gn_err dial_urgent(struct gn_node *node, struct peer *peer, bool relays)
{
	struct dial *d = peer->dial ? peer->dial : dial_new(node, peer);
	if (!d)
		return GN_NOMEM;
	d->urgent = true;
	if (!relays)
		d->no_relays = d->relays_asked = true;
	d->next_addr = node->now;
	d->next_relay = d->relays_asked ? GN_NEVER : node->now;
	return dial_go_on(node, peer);
}

gn_err dial_way(struct gn_node *node, struct peer *peer, const struct gn_way *way)
{
	struct dial *d = dial_new(node, peer);
	gn_jet_id id;
	if (!d)
		return GN_NOMEM;
	d->addr_next = peer->addr_count;
	d->url_next = peer->url_count;
	d->relays_asked = d->chains_asked = true;
	if (gn_jet_connect(node->jet, way, NULL, node->now, &id) ||
	    !add_session(node, peer, id, way))
		return GN_UNREACHABLE;
	d->tries[d->try_count++].id = id;
	return GN_OK;
}

void dial_lost(struct peer *peer, gn_jet_id id, uint32_t link)
{
	struct dial *d = peer->dial;
	for (unsigned i = 0; d && i < d->try_count; i++) {
		if ((id && d->tries[i].id == id) || (link && d->tries[i].link == link)) {
			drop_try(d, i);
			return;
		}
	}
}

void dial_won(struct gn_node *node, struct peer *peer, gn_jet_id won, bool others)
{
	struct dial *d = peer->dial;
	if (!d)
		return;
	for (unsigned i = d->try_count; i-- > 0;) {
		if (d->tries[i].id == won)
			continue;
		if (!d->tries[i].id)
			dial_drop_link(node, d->tries[i].link);
		else if (others)
			(void)!gn_jet_close(node->jet, d->tries[i].id, 0, "another way was first",
					    node->now);
	}
	dial_end(node, peer);
}

/* ---- other ways of a session ---- */

/* Nothing comes from the peer's address: the others that it is known by are tried, those alone
 * that were not told by somebody else (OV-36). Each has up to four datagrams sent there. */
void dial_others(struct gn_node *node, gn_jet_id id, const struct peer *peer)
{
	for (unsigned i = 0; i < peer->addr_count; i++) {
		struct gn_way to = {.addr = peer->addrs[i]};
		if (gn_overlay_may_dial(node->overlay, &peer->pk, &to.addr, node->now) ==
		    GN_OVERLAY_CONNECT)
			(void)!gn_jet_path_open(node->jet, id, &to, node->now);
	}
}

void gn_node_peers_try_udp(struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_session;
	unsigned tried = 0;
	for (uint32_t i = 0; i < all->count && tried < GN_NODE_UDP_TRIES; i++) {
		const struct session *s = gn_map_value_at(all, i);
		const struct gn_carrier *c = gn_node_ways_carrier_of(node, s->link);
		bool turned = gn_node_turn_way_is(node, s->link),
		     connected = c && !c->incoming && c->info->kind != GN_WAY_SPARE;
		if (!s->up || !(turned || connected))
			continue;
		dial_others(node, *(const gn_jet_id *)gn_map_key_at(all, i), s->peer);
		tried++;
	}
}
