/* Finding out how this node is reached (RE-40): the engine of services/dialback among this node's
 * peers, and the second socket. What is found decides over homes (homes.h). */
#ifndef GN_NODE_DIALBACK_H
#define GN_NODE_DIALBACK_H

#include "services/dialback/dialback.h"

struct gn_node;

GN_MUST gn_err gn_node_dialback_new(struct gn_node *node, const struct gn_env *env);
/* Our sockets' ports; second 0: there is no other. */
void gn_node_dialback_ports(struct gn_node *node, uint16_t port, uint16_t second);
/* A peer says where our packets come from: another address is another network. */
void gn_node_dialback_seen(struct gn_node *node, const struct gn_addr *addr);
/* What was measured does not hold any more: until it is again, nothing is known. */
void gn_node_dialback_anew(struct gn_node *node);
/* What the engine has to say and to send; true: anything. */
bool gn_node_dialback_pump(struct gn_node *node);
/* "direct" */
const char *gn_node_reached_text(const struct gn_node *node);
const char *gn_node_rule_text(enum gn_dialback_rule rule);
/* With how many of the `*of` kinds of network a node reached like this one has direct paths; 0 of
 * 0: not known (RE-71). */
unsigned gn_node_reached_kinds(const struct gn_node *node, unsigned *of);

#endif
