/* Forwards: other nodes have this one connect to what it reaches, where its owner lets them
 * (RE-63). The service of such a tunnel is "forward/HOST/PORT". */
#ifndef GN_NODE_FORWARD_H
#define GN_NODE_FORWARD_H

#include "node/tunnels.h"

#define FORWARD_HOST 256u /* bytes of a host's name or address, with its zero */

struct forward_to {
	char host[FORWARD_HOST];
	char port[6];
};

/* ---- forward.c: who may ---- */

/* GN_DENIED: nothing gives the right. GN_BUSY: what was taken back of the token's issuer is being
 * looked up. */
GN_MUST gn_err forward_right(struct gn_node *node, const struct gn_tunnel_event *offered,
			     struct forward_to *out);

/* ---- forward_tcp.c ---- */

/* Has it to go by rule 3? quiet: since the last byte. */
bool forward_is_idle(bool talked, bool half, gn_time quiet);
/* Of the node's own end of a tunnel. */
void gn_node_forward_event(struct gn_node *node, const struct gn_tunnel_event *e);
/* The node ends: all connections do. */
void gn_node_forward_close(struct gn_node *node);

#endif
