/* Which relay: drawn of those that lead to the node that is meant, the best kind of them first.
 * Invariant 3 of fresh.h. */
#include "node/fresh_int.h"

#define MAY 64 /* relays that are looked at */
/* What speaks against one, worst first. */
#define SHOWS 16u /* this node is hidden, and it would learn where it is */
#define OF_SET 8u /* it holds the box itself, and would learn for what is asked */
#define OTHERS 4u /* another context goes through it */
#define BEFORE 2u /* this one did yesterday */
#define PREFIX 1u /* of the holder's network */

static bool is_in(const struct gn_pk *list, unsigned count, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < count; i++)
		if (gn_pk_eq(&list[i], pk))
			return true;
	return false;
}

static bool has_left(const struct fresh *f, const struct gn_pk *relay)
{
	for (unsigned i = 0; i < GN_NODE_FRESH_LEFT; i++)
		if (f->left[i].until > f->node->now && gn_pk_eq(&f->left[i].relay, relay))
			return true;
	return false;
}

void fresh_relay_left(struct fresh *f, const struct gn_pk *relay)
{
	f->node->fresh.count.failed++;
	f->left[f->left_next++ % GN_NODE_FRESH_LEFT] =
		(struct fresh_left){*relay, f->node->now + GN_NODE_FRESH_LEFT_FOR};
	for (unsigned i = 0; i < f->relay_count; i++)
		if (gn_pk_eq(&f->relays[i], relay))
			f->relays[i--] = f->relays[--f->relay_count];
}

/* Never that one. */
static bool is_out(const struct fresh *f, const struct fresh_peer *p, const struct gn_contact *c)
{
	const struct gn_node *node = f->node;
	bool cannot = c->can && !(c->can & GN_OVERLAY_CAN_SMALL);
	return cannot || c->reach > GN_OVERLAY_REACH_DIRECT || gn_node_peers_before(node, &c->pk) ||
	       gn_pk_eq(&c->pk, &p->pk) || gn_pk_eq(&c->pk, &node->key.pk) ||
	       gn_node_homes_is(node, &c->pk);
}

/* Not now: it was left. It is a relay all the same, so that whoever makes relays look bad does not
 * have this node show itself. */
static bool is_bad(const struct fresh *f, const struct gn_contact *c)
{
	return gn_relay_is_bad(f->node->relay, &c->pk, f->node->now);
}

static bool is_of_others(const struct fresh *f, const struct gn_pk *relay)
{
	const struct gn_map *all = &f->node->fresh.contexts;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct fresh *o = *(struct fresh *const *)gn_map_value_at(all, i);
		if (o != f && is_in(o->relays, o->relay_count, relay))
			return true;
	}
	return false;
}

static unsigned against(const struct fresh *f, const struct fresh_peer *p,
			const struct gn_contact *c)
{
	const struct fresh_named *named = gn_map_get(&f->node->fresh.names, &f->name);
	unsigned out = fresh_peer_of(f, &c->pk) ? OF_SET : 0;
	out |= gn_node_ways_asks(f->node, &c->pk) ? 0 : SHOWS;
	out |= is_of_others(f, &c->pk) ? OTHERS : 0;
	out |= named && is_in(named->before, GN_NODE_FRESH_RELAYS, &c->pk) ? BEFORE : 0;
	if (c->addr_count && p->addr.port && !gn_addr_is_private(&p->addr) &&
	    gn_addr_prefix(&c->addrs[0]) == gn_addr_prefix(&p->addr))
		out |= PREFIX;
	return out;
}

/* Kept for the others of this context, and for tomorrow. */
static void keep(struct fresh *f, const struct gn_pk *relay)
{
	struct fresh_named *named = gn_map_get(&f->node->fresh.names, &f->name);
	if (is_in(f->relays, f->relay_count, relay))
		return;
	if (f->relay_count < GN_NODE_FRESH_RELAYS)
		f->relays[f->relay_count++] = *relay;
	if (named && named->serial == f->serial)
		memcpy(named->relays, f->relays, sizeof named->relays);
}

static bool is_named(const struct gn_contact *may, unsigned count, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < count; i++)
		if (gn_pk_eq(&may[i].pk, pk))
			return true;
	return false;
}

/* Those that say that they lead there; when these are few, which may all be a liar's own, others
 * that are linked with us as well, drawn: they say if they do not. */
static unsigned who_may(const struct fresh *f, const struct fresh_peer *p, struct gn_contact *may)
{
	struct gn_overlay_peer o;
	unsigned count = gn_overlay_relays_for(f->node->overlay, &p->pk, may, MAY), good = 0;
	for (unsigned i = 0; i < count; i++)
		good += !is_out(f, p, &may[i]) && !is_bad(f, &may[i]);
	if (good >= GN_NODE_FRESH_ENOUGH)
		return count;
	/* when none is good all there are, else as many as make it enough */
	unsigned room = good ? GN_NODE_FRESH_ENOUGH - good : MAY - count, seen = 0, said = count;
	room = room < MAY - said ? room : MAY - said;
	for (uint32_t i = 0; room && gn_overlay_peer_at(f->node->overlay, i, &o); i++) {
		if (!o.linked || is_named(may, said, &o.contact.pk) || is_out(f, p, &o.contact) ||
		    is_bad(f, &o.contact))
			continue;
		uint32_t at = (uint32_t)gn_rand_below(f->env.rand, ++seen);
		if (count - said < room)
			may[count++] = o.contact;
		else if (at < room)
			may[said + at] = o.contact;
	}
	return count;
}

gn_err fresh_relay_choose(struct fresh *f, const struct fresh_peer *p, struct gn_pk *relay,
			  bool *none)
{
	struct gn_contact may[MAY];
	unsigned count = who_may(f, p, may);
	unsigned known = 0, alike = 0, best = UINT32_MAX;
	for (unsigned i = 0; i < count; i++) {
		if (is_out(f, p, &may[i]))
			continue;
		known++;
		if (is_in(p->tried, p->tried_count, &may[i].pk) || has_left(f, &may[i].pk) ||
		    is_bad(f, &may[i]))
			continue;
		unsigned bad = against(f, p, &may[i]);
		/* the same relay for all of a context, where it leads to all */
		bool ours = is_in(f->relays, f->relay_count, &may[i].pk);
		bad = 2 * bad + !ours;
		alike = bad < best ? 1 : alike + (bad == best);
		if (bad < best || (bad == best && gn_rand_below(f->env.rand, alike) == 0))
			*relay = may[i].pk;
		best = bad < best ? bad : best;
	}
	*none = known == 0;
	if (!alike)
		return GN_NOT_FOUND;
	f->node->fresh.count.few += known < GN_NODE_FRESH_ENOUGH;
	f->node->fresh.count.near += (best & 2 * (OF_SET | OTHERS)) != 0;
	keep(f, relay);
	return GN_OK;
}
