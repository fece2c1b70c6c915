/* STUN and TURN for others, between turn.c and turn_tcp.c. */
#ifndef GN_NODE_TURN_INT_H
#define GN_NODE_TURN_INT_H

#include "nat/turn_server.h"
#include "node/node_int.h"
#include "node/turn.h"

struct turn_relay;
struct turn_tcp;

struct gn_node_turn {
	struct gn_turn_server *server;
	struct gn_turn_room room;
	bool stun, turn;
	uint16_t first, last;    /* ports of relays */
	struct gn_addr at4, at6; /* where peers see relays; ip of zeros: nowhere */
	gn_time looked;          /* at this machine's addresses */
	struct turn_relay *relays;
	struct turn_tcp *tcp; /* NULL: not listening */
	/* To a connection; false: it takes no more now, or is gone. */
	bool (*to_conn)(struct turn_tcp *tcp, uint32_t conn, struct gn_slice bytes);
	gn_time strangers, prefixes[GN_NODE_TURN_SLOTS]; /* buckets: when they are full */
	uint64_t salt;
	struct {
#define X(name, text) uint64_t name;
#include "node/turn_counters.def"
#undef X
	} count;
};

/* ---- turn_share.c: what strangers may take of our time ---- */
/* False: it is over, and counted. */
bool gn_node_turn_may(struct gn_node *node, const struct gn_addr *from);
void gn_node_turn_pays(struct gn_node *node, const struct gn_addr *from, gn_time took);
/* Has the prefix a share of what all may have? */
bool gn_node_turn_counted(const struct gn_node *node, const struct gn_addr *from);

/* ---- turn_relay.c ---- */
/* Where relays are told to be, and whom nothing is relayed to. */
void gn_node_turn_look(struct gn_node *node);
/* Opens and closes what the engine wants. */
void gn_node_turn_events(struct gn_node *node);
/* Has this way an allocation? */
bool gn_node_turn_is_client(const struct gn_node *node, const struct gn_turn_from *way);
/* A message of a client's or a stranger's. GN_LIMIT: over their share. GN_MALFORMED: of a
 * connection, its end. */
GN_MUST gn_err gn_node_turn_take(struct gn_node *node, const struct gn_turn_from *way,
				 struct gn_slice message);
/* The connection has ended. */
void gn_node_turn_gone(struct gn_node *node, const struct gn_turn_from *way);
void gn_node_turn_close(struct gn_node *node); /* all relays */

/* ---- turn_tcp.c ---- */
GN_MUST gn_err gn_node_turn_tcp_new(struct gn_node *node, char why[GN_HOST_WHY]);
void gn_node_turn_tcp_free(struct gn_node *node);
gn_time gn_node_turn_tcp_tick(struct gn_node *node);

#endif
