/* Nodes of our network on the same link (net/mdns.h), as places to begin at. Rule RE-44. */
#ifndef GN_NODE_LAN_H
#define GN_NODE_LAN_H

#include "net/net.h"
#include "node/limits.h"
#include "os/os.h"
#include <uv.h>

struct gn_node;

struct gn_node_lan {
	struct gn_mdns mdns;
	struct gn_mdns_socket *socket; /* NULL: it is not spoken */
	uv_poll_t poll;
	bool told; /* something is to be read */
	/* what the overlay was given, oldest first */
	struct gn_mdns_found found[LAN_BOOTSTRAPS];
	unsigned count;
	uint64_t full; /* were not, since those that are have answered: "lan-full" */
};

/* With the loop, once the overlay may be told where to begin. */
void gn_node_lan_start(struct gn_node *node);
/* The machine's addresses, at the start and when they changed. */
void gn_node_lan_network(struct gn_node *node, const struct gn_os_net *net);
/* An address that discovery found. */
void gn_node_lan_found(struct gn_node *node, const struct gn_mdns_found *found);
/* When to be called again. */
gn_time gn_node_lan_tick(struct gn_node *node);
/* Says goodbye; nothing is found after it. */
void gn_node_lan_end(struct gn_node *node);
void gn_node_lan_stop(struct gn_node *node);

#endif
