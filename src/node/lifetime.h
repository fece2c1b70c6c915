/* How long a quiet flow lives in the box before this node, and what keeps flows alive (RE-22): 20 s
 * at first; where the node is behind a box the lifetime is measured (services/dialback) from a
 * socket of its own, kept for each network, and 0.7 of it is used. */
#ifndef GN_NODE_LIFETIME_H
#define GN_NODE_LIFETIME_H

#include "host/host.h"
#include "jet/jet.h"
#include "services/dialback/dialback.h"

struct gn_node;
struct lifetime_spare;

struct gn_node_lifetime_of { /* a network */
	uint32_t seconds;
	uint64_t at; /* Unix seconds */
};

struct gn_node_lifetimes {
	struct gn_map nets; /* prefix of where others see us -> struct gn_node_lifetime_of */
	uint64_t net;       /* now; 0: not known */
	gn_time keep;       /* what is used */
	gn_time due;        /* to be measured then */
	struct lifetime_spare *spare; /* owned; NULL: none */
};

void gn_node_lifetime_init(struct gn_node *node);
GN_MUST gn_err gn_node_lifetime_read(struct gn_node *node, char why[GN_HOST_WHY]);
void gn_node_lifetime_fini(struct gn_node *node);
/* Others see us there: another prefix is another network. */
void gn_node_lifetime_network(struct gn_node *node, const struct gn_addr *seen);
/* Each event of jet: a path that died in silence halves what is used. */
void gn_node_lifetime_event(struct gn_node *node, const struct gn_jet_event *e);
/* A run of the engine is over. */
void gn_node_lifetime_found(struct gn_node *node, const struct gn_dialback_life *l);
/* What the engine found, and measuring that is due; when to be called again. */
void gn_node_lifetime_tick(struct gn_node *node);
gn_time gn_node_lifetime_deadline(const struct gn_node *node);
/* A packet 5, by a socket of its own: node.c's for outside.send_spare. */
void gn_node_lifetime_send(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet);
void gn_node_lifetime_stop(struct gn_node *node);
/* It is measured now, unless that was done within an hour, or the node is not behind a box; true:
 * it is being measured. */
bool gn_node_lifetime_measure(struct gn_node *node);
/* Why it is not known: "no-router", or as gn_dialback_life_text. */
const char *gn_node_lifetime_why(const struct gn_node *node);
/* Of the present network; NULL: not known. */
const struct gn_node_lifetime_of *gn_node_lifetime_now(const struct gn_node *node);

#endif
