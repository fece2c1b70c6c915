/* How much was relayed for each network in this day, but by tokens: a part of the month at most, or
 * one of them would use it up for all others. A network is known while it has circuits, and as long
 * after as there is something to remember; when all places are taken, of some of those without
 * circuits the one with the least of this day is forgotten. Rules RE-33, RE-64. */
#include "services/relay/engine_int.h"

#define LOOKS 64 /* networks, for one to forget */

/* False: its prefix is not known, or local and not counted. */
static bool prefix_of(const struct gn_relay *r, const struct gn_contact *who, uint64_t *prefix)
{
	if (!who->addr_count || gn_share_exempt(&who->addrs[0], r->cfg.count_local))
		return false;
	*prefix = gn_addr_prefix(&who->addrs[0]);
	return true;
}

static void today(const struct gn_relay *r, struct relay_net *n)
{
	uint64_t day = relay_unix(r) / 86400;
	if (n->day != day)
		n->bytes = 0;
	n->day = day;
}

static struct relay_net *at(const struct gn_relay *r, uint32_t i)
{
	GN_ASSERT(i < r->nets.count);
	return GN_MAP_AT(&r->nets, struct relay_net *, i);
}

static void forget(struct gn_relay *r, struct relay_net *n)
{
	GN_ASSERT(n->circuits == 0);
	bool was = gn_map_remove(&r->nets, &n->prefix);
	GN_ASSERT(was);
	gn_mem_free(r->env.alloc, n);
}

static void make_place(struct gn_relay *r)
{
	struct relay_net *least = NULL;
	GN_ASSERT(r->nets.count == RELAY_NETS);
	for (uint32_t i = 0; i < r->nets.count; i++) {
		struct relay_net *n = at(r, r->net_look++ % r->nets.count);
		if (n->circuits == 0 && (!least || n->bytes < least->bytes))
			least = n;
		if (least && i >= LOOKS)
			break;
	}
	if (least)
		forget(r, least);
}

gn_err relay_net_get(struct gn_relay *r, const struct gn_contact *who, struct relay_net **out)
{
	uint64_t prefix;
	*out = NULL;
	if (!prefix_of(r, who, &prefix))
		return GN_OK;
	struct relay_net **there = gn_map_get(&r->nets, &prefix);
	if (!there) {
		if (r->nets.count == RELAY_NETS)
			make_place(r);
		struct relay_net *n = GN_NEW(r->env.alloc, struct relay_net);
		there = n ? gn_map_put(&r->nets, &prefix) : NULL;
		if (!there) {
			gn_mem_free(r->env.alloc, n);
			r->n.nomem++;
			return GN_NOMEM;
		}
		n->prefix = prefix;
		*there = n;
	}
	today(r, *there);
	(*there)->circuits++;
	*out = *there;
	return GN_OK;
}

void relay_net_put(struct gn_relay *r, struct relay_net *n)
{
	if (!n)
		return;
	GN_ASSERT(n->circuits > 0);
	if (--n->circuits == 0 && n->bytes == 0)
		forget(r, n);
}

uint64_t relay_net_left(const struct gn_relay *r, const struct relay_net *n)
{
	return !n ? UINT64_MAX : n->bytes < r->net_day ? r->net_day - n->bytes : 0;
}

bool relay_net_may(const struct gn_relay *r, const struct gn_contact *who)
{
	uint64_t prefix;
	struct relay_net **there =
		prefix_of(r, who, &prefix) ? gn_map_get(&r->nets, &prefix) : NULL;
	if (there)
		today(r, *there);
	return relay_net_left(r, there ? *there : NULL) >= RELAY_PACKET_MAX;
}

void relay_nets_sweep(struct gn_relay *r)
{
	/* from the end: what is forgotten is replaced by the last */
	for (uint32_t i = r->nets.count; i-- > 0;) {
		struct relay_net *n = at(r, i);
		today(r, n);
		if (n->circuits == 0 && n->bytes == 0)
			forget(r, n);
	}
}

void relay_nets_free(struct gn_relay *r)
{
	for (uint32_t i = 0; i < r->nets.count; i++)
		gn_mem_free(r->env.alloc, at(r, i));
	gn_map_fini(&r->nets);
}
