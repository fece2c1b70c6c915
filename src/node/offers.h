/* Which sessions are told under which addresses we may be reached (gather.h): those that run over
 * somebody else, when they begin to, and when the addresses change; each at most once in
 * OFFERS_EVERY. Rules RE-15, RE-20. */
#ifndef GN_NODE_OFFERS_H
#define GN_NODE_OFFERS_H

#include "node/gather.h"

struct gn_node;

struct gn_node_offers {
	struct gather gather;
	struct gn_map sessions; /* gn_jet_id -> struct offered: those over somebody else */
	gn_time at;             /* the next one is due */
};

void gn_node_offers_init(struct gn_node *node);
void gn_node_offers_fini(struct gn_node *node);
/* Each event of jet. */
void gn_node_offers_event(struct gn_node *node, const struct gn_jet_event *e);
/* Another rule holds for the session (policy.h): it is told anew. */
void gn_node_offers_rule(struct gn_node *node, gn_jet_id id);
/* True: we are known to be elsewhere than before. */
bool gn_node_offers_tick(struct gn_node *node);
gn_time gn_node_offers_deadline(const struct gn_node *node);

#endif
