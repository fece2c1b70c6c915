/* Sockets for guesses of ports (RE-23): opened when jet asks for them, each a link of ways.c, and
 * closed but for the one that was of use, which lives as long as the path by it. */
#ifndef GN_NODE_GUESS_H
#define GN_NODE_GUESS_H

#include "jet/jet.h"

struct gn_node;
struct gn_node_guess;

struct gn_node_guesses {
	struct gn_node_guess *first; /* owned */
	unsigned count;
};

/* Each event of jet. */
void gn_node_guess_event(struct gn_node *node, const struct gn_jet_event *e);
/* Closes all; what is of the loop goes with its next turns. */
void gn_node_guess_stop(struct gn_node *node);

#endif
