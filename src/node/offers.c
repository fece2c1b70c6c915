/* Offers to sessions: offers.h.
 *
 *   none -> DUE  [connected over somebody else, or moved there]
 *   DUE  -> TOLD [the offer is jet's now]    TOLD -> DUE [the offer is another one]
 *   any  -> none [the session has ended]
 *
 * A session that moved to a path of its own keeps its place, so that going to and fro brings no
 * offers; it is told again when it is over somebody else again. */
#include "node/node_int.h"

struct offered {
	bool due;
	bool held;           /* the peer is reached by others alone, and wants no address of ours */
	gn_time last, retry; /* it was told; to be tried again */
};

void gn_node_offers_init(struct gn_node *node)
{
	struct gn_node_offers *o = &node->offers;
	gather_init(&o->gather);
	gn_map_init(&o->sessions, &node->env, sizeof(gn_jet_id), sizeof(struct offered),
		    2 * GN_NODE_PEERS);
	o->at = GN_NEVER;
}

void gn_node_offers_fini(struct gn_node *node)
{
	gn_map_fini(&node->offers.sessions);
}

static bool is_relayed(enum gn_way_kind kind)
{
	return kind != GN_WAY_UDP && kind != GN_WAY_SPARE;
}

/* What is to be told, at once or when its time has come. */
static void look_at(struct gn_node *node, gn_jet_id id)
{
	struct gn_jet_info info;
	if (gn_jet_info(node->jet, id, &info) || !info.multipath || !is_relayed(info.kind))
		return;
	struct offered *s = gn_map_put(&node->offers.sessions, &id);
	if (!s) /* no memory: it stays where it is */
		return;
	s->due = true;
	node->offers.at = node->now;
}

void gn_node_offers_rule(struct gn_node *node, gn_jet_id id)
{
	look_at(node, id);
}

/* It may be told now what was held back. */
static void offered(struct gn_node *node, gn_jet_id id)
{
	struct offered *s = gn_map_get(&node->offers.sessions, &id);
	if (!s || !s->held)
		return;
	s->held = false;
	look_at(node, id);
}

static void heard(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_jet_info info;
	if (gn_jet_info(node->jet, e->id, &info) || e->way.link != 0 || info.way.link != 0)
		return; /* from where it looks is known of the path in use alone */
	const struct gather_seen seen = {.session = e->id,
					 .dialled = !e->incoming,
					 .peer = info.way.addr,
					 .addr = e->way.addr};
	(void)gather_seen(&node->offers.gather, &seen, node->now);
}

void gn_node_offers_event(struct gn_node *node, const struct gn_jet_event *e)
{
	if (e->kind == GN_JET_CONNECTED || (e->kind == GN_JET_MOVED && !e->err))
		look_at(node, e->id);
	else if (e->kind == GN_JET_OFFERED)
		offered(node, e->id);
	else if (e->kind == GN_JET_SEEN)
		heard(node, e);
	else if (e->kind == GN_JET_CLOSED) {
		gn_map_remove(&node->offers.sessions, &e->id);
		gather_gone(&node->offers.gather, e->id, node->now);
	}
}

/* Who is to learn no address of ours learns that (RE-11). */
static struct gn_jet_offer offer_to(const struct gn_node *node, const struct gn_pk *peer)
{
	struct gn_jet_offer offer = node->offers.gather.offer;
	if (gn_node_policy_hides(node, peer))
		return (struct gn_jet_offer){.relayed = true};
	offer.guess = !node->config.nat_guess_off;
	for (uint32_t i = 0; i < offer.count; i++)
		offer.list[i].metered |= node->give.g.wish.metered;
	return offer;
}

/* When to look at it again; GN_NEVER: not before something changes. */
static gn_time tell(struct gn_node *node, gn_jet_id id, struct offered *s)
{
	struct gn_jet_info info;
	struct gn_jet_offer peer;
	gn_time at = s->last ? s->last + OFFERS_EVERY : 0;
	at = at > s->retry ? at : s->retry;
	if (!s->due)
		return GN_NEVER;
	s->held = gn_jet_offered(node->jet, id, &peer) == GN_OK && peer.relayed;
	if (gn_jet_info(node->jet, id, &info) || !is_relayed(info.kind) || s->held) {
		s->due = false;
		return GN_NEVER;
	}
	if (at > node->now)
		return at;
	struct gn_jet_offer offer = offer_to(node, &info.peer);
	if (gn_jet_offer(node->jet, id, &offer, node->now)) {
		s->retry = node->now + OFFERS_RETRY; /* the handshake is not confirmed yet */
		return s->retry;
	}
	s->due = false;
	s->last = node->now;
	return GN_NEVER;
}

bool gn_node_offers_tick(struct gn_node *node)
{
	struct gn_node_offers *o = &node->offers;
	bool changed = gather_turn(&o->gather, node->now);
	if (!changed && o->at > node->now)
		return false;
	if (changed)
		gn_node_homes_guess(node);
	o->at = GN_NEVER;
	for (uint32_t i = 0; i < o->sessions.count; i++) {
		const gn_jet_id *id = gn_map_key_at(&o->sessions, i);
		struct offered *s = gn_map_value_at(&o->sessions, i);
		s->due |= changed;
		o->at = gn_time_min(o->at, tell(node, *id, s));
	}
	return changed;
}

gn_time gn_node_offers_deadline(const struct gn_node *node)
{
	return gn_time_min(node->offers.at, gather_deadline(&node->offers.gather));
}
