/* An address at a TURN server that the owner named, as a way (RE-47): a link of kind TURN, on which
 * peers are at their own addresses. It is offered to peers beside our own addresses, and is what
 * this node dials by where UDP does not pass itself.
 *
 *   WAIT -> OPEN  [its time has come: a line to the server is made]
 *        -> ASK   [the line stands: nat's client asks for an address]
 *        -> LIVE  [it has one: a link]
 *   any  -> WAIT  [the line broke, the server refused or fell silent: later, and later]
 *
 * The server is believed in nothing but where it relays; what goes by it is jet's, and sealed. */
#ifndef GN_NODE_TURN_WAY_H
#define GN_NODE_TURN_WAY_H

#include "host/host.h"
#include "nat/turn_client.h"
#include "node/limits.h"

struct gn_node;

/* ---- the server, as the settings name it ---- */

enum gn_node_turn_transport { GN_NODE_TURN_UDP, GN_NODE_TURN_TCP, GN_NODE_TURN_TLS };
struct gn_node_turn_server {
	enum gn_node_turn_transport transport;
	char host[128]; /* a name, or an address without brackets */
	uint16_t port;
};
/* "turn:HOST[:PORT][?transport=udp|tcp]", "turns:HOST[:PORT][?transport=tcp]". */
bool gn_node_turn_server(const char *text, struct gn_node_turn_server *out);
bool gn_node_turn_server_take(const char *text, char *out, size_t cap);

/* ---- a line to it (turn_line.c) ---- */

struct gn_node_turn_line {
	/* A whole message, or nothing: false. */
	bool (*send)(struct gn_node_turn_line *line, struct gn_slice message);
	void (*close)(struct gn_node_turn_line *line); /* nothing is told afterwards */
};
struct gn_node_turn_told {
	void (*open)(void *user, const struct gn_addr *server);
	void (*got)(void *user, struct gn_slice message); /* one whole message */
	void (*lost)(void *user, gn_err why);             /* close it */
	void *user;
};
/* Resolves the name, too; at: NULL, or the server's address, as another server told it. */
GN_MUST gn_err gn_node_turn_line(struct uv_loop_s *loop, const struct gn_node_turn_server *server,
				 const struct gn_addr *at, const struct gn_node_turn_told *told,
				 struct gn_node_turn_line **out);

/* ---- the way ---- */

enum gn_node_turn_state {
	GN_NODE_TURN_NONE, /* no server is named */
	GN_NODE_TURN_WAIT,
	GN_NODE_TURN_OPENING,
	GN_NODE_TURN_ASK,
	GN_NODE_TURN_LIVE,
};
struct gn_node_turn_peer {   /* one that has a channel, or is to have one */
	struct gn_addr addr; /* port 0: free */
	gn_time used;
	bool told;  /* by a peer's offer: that one's, */
	bool heard; /* and something came from there, */
	bool over;  /* or nothing did: kept until the server's channel has ended */
	struct gn_pk owner;
	uint64_t prefix; /* where the owner is; 0: not known */
};
struct gn_node_turn_way {
	enum gn_node_turn_state state;
	struct gn_node_turn_server server;
	struct gn_turn_text user, password;
	/* makes lines; another one's in tests */
	gn_err (*dial)(struct gn_node *node, const struct gn_addr *at,
		       struct gn_node_turn_line **out);
	struct gn_node_turn_line *line;
	struct gn_turn_client client; /* ASK, LIVE */
	bool begun;                   /* the client has what it is to wipe */
	uint32_t link;                /* LIVE */
	bool instead;                 /* UDP passes nobody: this is what is dialled by */
	gn_time at;                   /* WAIT: its end; OPENING: its deadline */
	unsigned failures;
	gn_err why; /* of the last end */
	struct gn_node_turn_peer peers[GN_NODE_TURN_PEERS];
	gn_time swept;
	struct {
#define X(name, text) uint64_t name;
#include "node/turn_way_counters.def"
#undef X
	} count;
};

/* turn_way.c */
/* The link that peers are dialled by, 0: the shared socket. */
uint32_t gn_node_turn_way_dials(const struct gn_node *node);
bool gn_node_turn_way_is(const struct gn_node *node, uint32_t link);
/* As gn_udp_send. What has no channel yet is lost; it gets one. */
GN_MUST gn_err gn_node_turn_way_send(struct gn_node *node, const struct gn_addr *to,
				     struct gn_slice packets, uint16_t segment, size_t *sent);
/* The peer of that session, which is in this network (0: not known), says where it may be: it is
 * let in. */
void gn_node_turn_way_offered(struct gn_node *node, uint64_t session, uint64_t prefix);
void gn_node_turn_way_told(struct gn_node *node, const struct gn_pk *owner, uint64_t prefix,
			   const struct gn_addr *addr);
/* Something comes from there. */
void gn_node_turn_way_heard(struct gn_node *node, const struct gn_addr *from);
/* Peers by which nothing goes are let go. */
void gn_node_turn_way_sweep(struct gn_node *node);
/* What the client has to say goes out. */
void gn_node_turn_way_say(struct gn_node *node);
/* false past the last */
bool gn_node_turn_way_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out);

/* turn_keep.c */
/* Reads what the settings name, and the password's file. */
GN_MUST gn_err gn_node_turn_way_new(struct gn_node *node, char why[GN_HOST_WHY]);
void gn_node_turn_way_begin(struct gn_node *node, struct gn_slice user, struct gn_slice password);
gn_time gn_node_turn_way_tick(struct gn_node *node);
/* Gives the address back, and wipes. */
void gn_node_turn_way_free(struct gn_node *node);
/* What a line tells. */
void gn_node_turn_way_open(struct gn_node *node, const struct gn_addr *server);
void gn_node_turn_way_got(struct gn_node *node, struct gn_slice message);
void gn_node_turn_way_lost(struct gn_node *node, gn_err why);
/* "wait", "open", "ask", "live"; "": no server is named */
const char *gn_node_turn_way_text(const struct gn_node *node);
/* Empty: there is none; and why not. */
void gn_node_turn_way_addr(const struct gn_node *node, char out[GN_ADDR_TEXT_MAX]);
const char *gn_node_turn_way_why(const struct gn_node *node);

#endif
