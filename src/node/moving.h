/* The network under the node: which addresses the machine has, when they change, and when it slept.
 * Who is told then: jet (every path is suspect), the overlay (unless the owner says where we are),
 * gather.c, lan.c and map.c. Rules RE-10, RE-15. */
#ifndef GN_NODE_MOVING_H
#define GN_NODE_MOVING_H

#include "os/os.h"
#include <uv.h>

struct gn_node;

struct gn_node_moving {
	struct gn_os_net_watch *watch; /* NULL: the kernel does not tell */
	uv_poll_t poll;
	bool told;     /* something is to be read */
	gn_time slept; /* as it was when it was last looked at */
};

/* The addresses that others are told where the owner says nothing: at most GN_CONTACT_ADDRS. */
uint8_t gn_node_moving_own(const struct gn_node *node, struct gn_addr *out);
/* With the loop, once the engines are there. */
void gn_node_moving_start(struct gn_node *node);
/* At the begin of a turn, before the engines look at the time that has passed; when to be called
 * again. */
gn_time gn_node_moving_tick(struct gn_node *node);
void gn_node_moving_stop(struct gn_node *node);

#endif
