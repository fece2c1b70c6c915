/* What ways.c and arrive.c share. */
#ifndef GN_NODE_WAYS_INT_H
#define GN_NODE_WAYS_INT_H

#include "node/node_int.h"
#include "node/ways.h"

struct gn_node_era {
	struct gn_pk pk;
	gn_jet_id session; /* by which packets go to it; 0: none */
	gn_time relayed;   /* when a packet was, last; 0: never */
	uint32_t calls;    /* that came by it */
};

/* The way as a key of a map, which compares all bytes. */
struct gn_way ways_key(const struct gn_way *way);
/* A circuit that is being opened, or has come; NULL: no room, and the relay is told. */
struct gn_node_circuit *ways_circuit_new(struct gn_node *node, gn_op op);
/* jet may use the circuit from now on. */
gn_err ways_circuit_ready(struct gn_node *node, struct gn_node_circuit *c, uint64_t era,
			  uint64_t circuit, const struct gn_relay_rate *rate);
/* Packets, 9 bytes of which are the relay's, by the session with that peer. */
gn_err ways_send_to(struct gn_node *node, uint64_t era, struct gn_slice packets, uint16_t segment,
		    size_t *sent);

#endif
