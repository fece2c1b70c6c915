/* Whom this node can reach (reach.c), and what it says of this machine's clock (clock.c). */
#ifndef GN_NODE_REACH_H
#define GN_NODE_REACH_H

#include "base/base.h"
#include "node/limits.h"
#include <jansson.h>

struct gn_node;

enum gn_node_reach {
	GN_REACH_ALONE,   /* nobody answers */
	GN_REACH_JOINED,  /* it has links */
	GN_REACH_FOUNDER, /* it was given nobody to begin with, and nobody came yet */
};
enum gn_node_reach gn_node_reach(const struct gn_node *node);
/* The owner named it, as a place to begin at. */
bool gn_node_reach_named(const struct gn_addr *addr);
const char *gn_node_reach_name(enum gn_node_reach reach);
/* Who is alone cannot say that there is no such thing: GN_NOT_FOUND becomes GN_UNREACHABLE then. */
gn_err gn_node_reach_err(const struct gn_node *node, gn_err err);
/* gn_err_text, but that nobody can be reached is this node's own trouble while it is alone. */
const char *gn_node_reach_text(const struct gn_node *node, gn_err err);
json_t *gn_node_reach_bootstrap(const struct gn_node *node);
/* Once the overlay is there. */
void gn_node_reach_start(struct gn_node *node);
void gn_node_reach_isolated(struct gn_node *node);
gn_time gn_node_reach_tick(struct gn_node *node); /* when to be called again */

void gn_node_clock_look(struct gn_node *node);
/* A sentence when this machine's clock may be wrong, else false. */
bool gn_node_clock_text(const struct gn_node *node, char out[GN_NODE_CLOCK_TEXT]);

#endif
