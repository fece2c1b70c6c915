/* Packets of the node's jet, and of those of its contexts (fresh.h), on their way out. */
#ifndef GN_NODE_PACKETS_H
#define GN_NODE_PACKETS_H

#include "jet/jet.h"

struct gn_node;

/* False: there was nothing, or nothing may leave now. */
bool gn_node_packets_send(struct gn_node *node, struct gn_jet *jet);

#endif
