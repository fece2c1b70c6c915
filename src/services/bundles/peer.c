/* Places for peers: few, of those that came to us most, within shares, and of those our own
 * readers need the rest. What is asked of them is in fetch.c, what they ask for in serve.c.
 *
 * Rule: docs/spec/services.md BU-25. */
#include "services/bundles/engine_int.h"

/* ---- peers ---- */

struct bundles_peer *bundles_peer_get(const struct gn_bundles *b, const struct gn_pk *pk)
{
	struct bundles_peer **at = gn_map_get(&b->peers, pk);
	return at ? *at : NULL;
}

void bundles_peers_init(struct gn_bundles *b)
{
	const struct gn_share_config callers = {.total = BUNDLES_CALLERS,
						.per_key = 1,
						.per_prefix = BUNDLES_CALLERS_PREFIX,
						.crowded = BUNDLES_CALLERS_CROWDED,
						.holders_max = BUNDLES_CALLERS,
						.count_local = b->cfg.count_local};
	gn_map_init(&b->peers, &b->env, sizeof(struct gn_pk), sizeof(void *), BUNDLES_PEERS);
	gn_share_init(&b->callers, &b->env, &callers);
}

static bool is_busy(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return p->inflight || p->loading || p->in_turn || p->incoming ||
	       (p->bad && b->now < p->wait_until);
}

/* May it go? Idle, or it has taken nothing for a while of what it asked for. */
static bool may_go(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return !is_busy(b, p) &&
	       (!p->queue.count || (p->waiting && b->now - p->served >= BUNDLES_SERVE_GRACE));
}

/* Is the place of a worth less than that of o? Idle ones first, unused longest; then of the
 * heaviest prefix. */
static bool worth_less(const struct gn_bundles *b, const struct bundles_peer *a,
		       const struct bundles_peer *o)
{
	GN_ASSERT(a != o);
	if (!a->queue.count || !o->queue.count)
		return !a->queue.count && (o->queue.count || a->used < o->used);
	uint64_t mine = gn_share_held(&b->callers, &a->payer).prefix,
		 its = gn_share_held(&b->callers, &o->payer).prefix;
	return mine != its ? mine > its : a->served < o->served;
}

static void peer_free(struct gn_bundles *b, struct bundles_peer *p)
{
	GN_ASSERT(p->inflight == 0);
	struct gn_pk pk = p->contact.pk;
	if (p->caller)
		gn_share_give(&b->callers, &p->payer, 1);
	gn_heap_remove(&b->timers, &p->timer.node);
	(void)gn_map_remove(&b->peers, &pk);
	gn_ring_fini(&p->queue);
	gn_mem_free(b->env.alloc, p);
}

/* Makes room by forgetting one peer, or one caller, or one of a prefix that has its share; never
 * the one to keep. */
static bool peer_evict(struct gn_bundles *b, bool callers, const uint64_t *prefix,
		       const struct bundles_peer *keep)
{
	struct bundles_peer *least = NULL;
	for (uint32_t i = 0; i < b->peers.count; i++) {
		struct bundles_peer *p = GN_MAP_AT(&b->peers, struct bundles_peer *, i);
		if (p == keep || (callers && !p->caller) ||
		    (prefix && gn_addr_prefix(&p->payer.addr) != *prefix) || !may_go(b, p))
			continue;
		if (!least || worth_less(b, p, least))
			least = p;
	}
	if (!least)
		return false;
	b->count.peers_gave_way += least->queue.count > 0;
	peer_free(b, least);
	return true;
}

void bundles_peers_fini(struct gn_bundles *b)
{
	while (b->peers.count)
		peer_free(b, GN_MAP_AT(&b->peers, struct bundles_peer *, 0));
	gn_map_fini(&b->peers);
	gn_share_fini(&b->callers);
}

static struct bundles_peer *peer_add(struct gn_bundles *b, const struct gn_contact *contact,
				     const struct bundles_peer *keep)
{
	GN_ASSERT(b->peers.count <= BUNDLES_PEERS);
	if (b->peers.count == BUNDLES_PEERS && !peer_evict(b, false, NULL, keep)) {
		b->count.peers_full++;
		return NULL;
	}
	struct bundles_peer *p = GN_NEW(b->env.alloc, struct bundles_peer);
	struct bundles_peer **at = p ? gn_map_put(&b->peers, &contact->pk) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, p);
		b->count.nomem++;
		return NULL;
	}
	*at = p;
	p->timer.kind = TIMER_ROOM;
	p->contact = *contact;
	p->window = BUNDLES_WINDOW;
	p->used = b->now;
	gn_ring_init(&p->queue, b->env.alloc, sizeof(struct bundles_get), BUNDLES_SERVE_QUEUE);
	return p;
}

struct bundles_peer *bundles_peer_need(struct gn_bundles *b, const struct gn_contact *contact,
				       const struct bundles_peer *keep)
{
	struct bundles_peer *p = bundles_peer_get(b, &contact->pk);
	if (!p && !(p = peer_add(b, contact, keep)))
		return NULL;
	if (contact->addr_count)
		p->contact = *contact;
	p->used = b->now;
	return p;
}

/* BU-25 */
struct bundles_peer *bundles_peer_called(struct gn_bundles *b, const struct gn_contact *contact)
{
	struct bundles_peer *p = bundles_peer_get(b, &contact->pk);
	if (p)
		return p;
	struct gn_holder who = {.key = contact->pk};
	if (contact->addr_count)
		who.addr = contact->addrs[0];
	uint64_t prefix = gn_addr_prefix(&who.addr);
	gn_err err = gn_share_take(&b->callers, &who, 1);
	while ((err == GN_NO_SPACE || err == GN_LIMIT) &&
	       peer_evict(b, true, err == GN_LIMIT ? &prefix : NULL, NULL))
		/* a prefix that took more before shrinks to its share */
		err = gn_share_take(&b->callers, &who, 1);
	if (err != GN_OK) {
		b->count.peers_full++;
		return NULL;
	}
	p = peer_add(b, contact, NULL);
	if (!p) {
		gn_share_give(&b->callers, &who, 1);
		return NULL;
	}
	p->caller = true;
	p->payer = who;
	return p;
}

void bundles_peers_validate(const struct gn_bundles *b)
{
	uint32_t inflight = 0, callers = 0;
	for (uint32_t i = 0; i < b->peers.count; i++) {
		const struct bundles_peer *p = GN_MAP_AT(&b->peers, struct bundles_peer *, i);
		GN_ASSERT(p->window >= 1 && p->window <= BUNDLES_WINDOW_MAX &&
			  p->queue.count <= BUNDLES_SERVE_QUEUE);
		GN_ASSERT(!(p->in_turn && p->waiting));
		inflight += p->inflight;
		callers += p->caller;
	}
	GN_ASSERT(inflight == b->asked && callers == b->callers.used);
	gn_share_validate(&b->callers);
}

static bool left_alone(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return b->now < p->wait_until;
}

bool bundles_peer_can(const struct gn_bundles *b, const struct bundles_peer *p)
{
	GN_ASSERT(p->window > 0);
	return !left_alone(b, p) && p->inflight < p->window;
}
