/* Carriers as links of ways.c: lent by carriers.c and guess.c, each under a number that is never
 * used again. */
#include "node/node_int.h"
#include "node/ways.h"

uint32_t gn_node_ways_link(const struct gn_carrier *c)
{
	return (uint32_t)(uintptr_t)c->user;
}

struct gn_carrier *gn_node_ways_carrier_of(const struct gn_node *node, uint32_t link)
{
	const struct gn_node_lent *at = gn_map_get(&node->ways.carriers, &link);
	return at ? at->carrier : NULL;
}

uint32_t gn_node_ways_number(struct gn_node *node)
{
	return ++node->ways.last_link;
}

gn_err gn_node_ways_carrier(struct gn_node *node, struct gn_carrier *c)
{
	return gn_node_ways_carrier_as(node, c, gn_node_ways_number(node));
}

gn_err gn_node_ways_carrier_as(struct gn_node *node, struct gn_carrier *c, uint32_t link)
{
	struct gn_node_ways *w = &node->ways;
	GN_ASSERT(link && link <= w->last_link);
	if (w->carriers.count == GN_NODE_CARRIERS)
		return GN_LIMIT;
	struct gn_node_lent *at = gn_map_put(&w->carriers, &link);
	if (!at)
		return GN_NOMEM;
	struct gn_way_info info = *c->info;
	info.via = c->peer;
	gn_err err = gn_jet_way(node->jet, link, &info);
	if (err) {
		gn_map_remove(&w->carriers, &link);
		return err;
	}
	*at = (struct gn_node_lent){c, node->now};
	c->user = (void *)(uintptr_t)link; /* a number, never a place */
	gn_node_ways_room(node, c);
	return GN_OK;
}

void gn_node_ways_carrier_drop(struct gn_node *node, struct gn_carrier *c)
{
	uint32_t link = gn_node_ways_link(c);
	c->user = NULL;
	if (gn_map_remove(&node->ways.carriers, &link))
		gn_jet_way_gone(node->jet, link, node->now);
}

void gn_node_ways_carrier_end(struct gn_node *node, uint32_t link)
{
	struct gn_carrier *c = gn_node_ways_carrier_of(node, link);
	if (!c)
		return;
	gn_node_ways_carrier_drop(node, c);
	c->close(c);
}

/* Its own frames and TLS's records are counted there and not in jet: for the smallest packets they
 * are as long as those. */
void gn_node_ways_room(struct gn_node *node, const struct gn_carrier *c)
{
	size_t room = c->room(c) / 2;
	gn_jet_way_room(node->jet, gn_node_ways_link(c), room > c->info->mtu ? room : 0, node->now);
}
