/* STUN and TURN for others, on the node's UDP socket (RE-50, RE-51): the node's side of
 * nat/turn_server. */
#ifndef GN_NODE_TURN_H
#define GN_NODE_TURN_H

#include "base/base.h"
#include "host/host.h"

struct gn_node;
struct gn_turn_server;

/* As the settings say, once socket and engines are there; nothing where neither is wanted. */
GN_MUST gn_err gn_node_turn_new(struct gn_node *node, char why[GN_HOST_WHY]);
/* Twice is fine. Its handles close when the loop has turned once more. */
void gn_node_turn_free(struct gn_node *node);

/* A datagram that may be STUN's (first byte 0x00 to 0x0f) or a client's ChannelData (0x40 to 0x7f).
 * False: it is not ours. */
bool gn_node_stun_recv(struct gn_node *node, const struct gn_addr *from, struct gn_slice datagram);
gn_time gn_node_turn_tick(struct gn_node *node); /* when to be called again */

/* The engine's counters, then the node's of turn_counters.def; false past the last. */
bool gn_node_turn_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out);

/* turn_users.c: lets in whom a file of "NAME:PASSWORD" lines names, '#' begins a comment. GN_USAGE
 * with why, which names the line; then some may be in. */
GN_MUST gn_err gn_node_turn_users(struct gn_turn_server *server, struct gn_slice text,
				  unsigned *count, char why[GN_HOST_WHY]);
/* turn_users.c: "FIRST-LAST", for the settings' table and for who uses it. */
bool gn_node_turn_ports(const char *text, uint16_t *first, uint16_t *last);

#endif
