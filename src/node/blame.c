/* With whom it went badly over which relay (judge.c), for an hour each. A peer can make alone what
 * a bad relay makes, so it takes two of different prefixes for the relay itself to be left (RE-37).
 */
#include "node/node_int.h"
#include "node/ways.h"

static bool is_held(const struct gn_node *node, const struct gn_node_blame *b)
{
	return b->since && node->now - b->since < GN_NODE_BLAMED_FOR;
}

bool gn_node_ways_blamed(const struct gn_node *node, const struct gn_pk *relay,
			 const struct gn_pk *peer)
{
	for (unsigned i = 0; i < GN_NODE_BLAMES; i++) {
		const struct gn_node_blame *b = &node->ways.blames[i];
		if (is_held(node, b) && gn_pk_eq(&b->relay, relay) && gn_pk_eq(&b->peer, peer))
			return true;
	}
	return false;
}

/* 0: it is not known. */
static uint64_t prefix_of(const struct gn_addr *at)
{
	return at->port && !gn_addr_is_private(at) ? gn_addr_prefix(at) : 0;
}

/* Are those two machines? One may be of both families, and who does not let the relay say where
 * they are may be any of the others. */
static bool is_apart(uint64_t a, uint64_t b)
{
	return a && b && a != b && a >> 56 == b >> 56;
}

bool gn_node_ways_blame(struct gn_node *node, const struct gn_pk *relay, const struct gn_pk *peer,
			const struct gn_addr *at)
{
	const struct gn_node_blame mine = {*relay, *peer, prefix_of(at), node->now};
	struct gn_node_blame *oldest = &node->ways.blames[0];
	bool another = false;
	for (unsigned i = 0; i < GN_NODE_BLAMES; i++) {
		struct gn_node_blame *b = &node->ways.blames[i];
		another |= is_held(node, b) && gn_pk_eq(&b->relay, relay) &&
			   !gn_pk_eq(&b->peer, peer) && is_apart(b->prefix, mine.prefix);
		oldest = b->since < oldest->since ? b : oldest;
	}
	*oldest = mine;
	return another;
}
