/* A node that serves STUN and TURN on loopback, a client of it and a peer; nothing else of the node
 * runs. The one there is: a test's fixture. */
#ifndef GN_NODE_TESTING_TURNED_H
#define GN_NODE_TESTING_TURNED_H

#include "nat/turn_client.h"
#include "nat/turn_server.h"
#include "node/charge.h"
#include "node/node_int.h"
#include "node/turn.h"

struct turned {
	struct gn_node node;
	struct gn_udp *client, *peer; /* of 127.0.0.1 and 127.0.0.3 */
	gn_time cpu_each, cpu_used;   /* what a call of the engine takes, as the node sees it */
	struct {
		struct gn_addr from;
		uint8_t b[2048];
		size_t len, count;
	} got; /* the last datagram that came */
	struct gn_turn_client turn;
};
extern struct turned turned;

/* Fixtures: ann, whose password is secret, may relay, also to private addresses. */
int turned_set_up(void **state);
int turned_tear_down(void **state);

void turned_write_users(const char *text);
uint64_t turned_counter(const char *name);
/* The next datagram at a socket, while the node's relays are served; false: none comes. */
bool turned_next(struct gn_udp *at);
struct gn_addr turned_addr_of(const struct gn_udp *udp, uint8_t last);
/* A request of 20 bytes; method 1 is Binding. */
struct gn_slice turned_ask(uint8_t method);
/* From the client's address. */
void turned_to_node(struct gn_slice bytes);
/* One answer of the node's at the client; what it brought of a peer's is in data. */
bool turned_hear(struct gn_slice *data);
/* What the client has to say, and the answers. */
void turned_converse(void);
/* The client's next event is this one, and good. */
bool turned_event(enum gn_turn_client_tell tell);
/* An allocation, and a channel to the peer. */
void turned_relay_to_peer(void);
void turned_send_to_peer(struct gn_slice data);

#endif
