/* What strangers of STUN and TURN may take of our time: all of them, and each prefix an eighth of
 * that, as measured. Who forges addresses can use up the whole and so keep others from being told
 * theirs; those who have an allocation, peers and hellos do not notice (turn.c). Rule RE-52. */
#include "node/turn_int.h"

bool gn_node_turn_counted(const struct gn_node *node, const struct gn_addr *from)
{
	return node->config.guard_count_local || !gn_addr_is_private(from);
}

static gn_time *prefix_bucket(struct gn_node *node, const struct gn_addr *from)
{
	struct gn_node_turn *t = node->turn;
	if (!gn_node_turn_counted(node, from))
		return NULL;
	_Static_assert(GN_NODE_TURN_SLOTS == 256, "eight bits");
	return &t->prefixes[(gn_addr_prefix(from) + 1) * (t->salt | 1) >> 56];
}

bool gn_node_turn_may(struct gn_node *node, const struct gn_addr *from)
{
	struct gn_node_turn *t = node->turn;
	const gn_time *own = prefix_bucket(node, from);
	if (!gn_guard_on(node->guard))
		return true;
	if (own && !gn_gcra_ready(*own, GN_NODE_TURN_BURST, node->now)) {
		t->count.prefix++;
		return false;
	}
	bool may = gn_gcra_ready(t->strangers, GN_NODE_TURN_BURST, node->now);
	t->count.strangers += !may;
	return may;
}

void gn_node_turn_pays(struct gn_node *node, const struct gn_addr *from, gn_time took)
{
	struct gn_node_turn *t = node->turn;
	gn_time *own = prefix_bucket(node, from);
	uint64_t us = (uint64_t)((took + GN_USEC - 1) / GN_USEC);
	t->strangers = gn_gcra_take(t->strangers,
				    (struct gn_rate){GN_NODE_TURN_STRANGERS, GN_NODE_TURN_BURST},
				    us, node->now);
	if (own)
		*own = gn_gcra_take(*own, (struct gn_rate){GN_NODE_TURN_PREFIX, GN_NODE_TURN_BURST},
				    us, node->now);
}
