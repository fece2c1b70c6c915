/* Tunnels: a stream both ways of jet's between two nodes, which a program at each end holds
 * (RE-63). Programs hold theirs by app/1 (call_tunnel.c), the node its own ends of "forward/..."
 * itself. A tunnel is named by a number that is never reused; a number of one that is gone gives
 * GN_NOT_FOUND. What happens to it is polled. */
#ifndef GN_NODE_TUNNELS_H
#define GN_NODE_TUNNELS_H

#include "guard/share.h"
#include "jet/jet.h"

struct gn_node;
struct tunnel;

struct gn_node_tunnels {
	struct gn_map by_id;             /* number -> struct tunnel * */
	struct gn_map by_stream;         /* {session, stream} -> struct tunnel * */
	struct tunnel *told, **told_end; /* those with something to tell */
	struct gn_share share;           /* of what others open */
	uint64_t last;
	uint32_t waiting; /* that are dialled, or whose head is not whole */
	uint32_t heads;   /* of these: the latter */
	uint32_t mine;    /* that programs dial, or listen with, or have of both */
	gn_time stuck;    /* then those that had no memory try again; 0: none had none */
	struct {
#define X(name, text) uint64_t name;
#include "node/tunnels_counters.def"
#undef X
	} count;
};

void gn_node_tunnels_init(struct gn_node *node);
void gn_node_tunnels_fini(struct gn_node *node);

/* ---- who begins one ---- */

struct gn_tunnel_dial {
	struct gn_pk pk;
	struct gn_slice service, token;
	enum gn_jet_class class;
	gn_time patience;
};
/* GN_LIMIT, GN_NOMEM, and what tunnel_head_put says. */
GN_MUST gn_err gn_node_tunnel_dial(struct gn_node *node, const struct gn_tunnel_dial *dial,
				   uint64_t *id);
/* Takes one that others dial. from: NULL: anybody. user: who listens, to be compared.
 * GN_DENIED: the node's own service; GN_EXISTS: another user listens for it. */
GN_MUST gn_err gn_node_tunnel_listen(struct gn_node *node, struct gn_slice service,
				     const struct gn_pk *from, const void *user, uint64_t *id);

/* Who comes is taken by ways alone that this rule lets (gn_node_policy_hold, of nobody yet). */
void gn_node_tunnel_rule(struct gn_node *node, uint64_t id, uint64_t hold);

/* A service of nodes themselves, for which no program listens. */
bool gn_node_tunnel_is_own(struct gn_slice service);

/* ---- one that is OPEN ---- */

/* *taken of data; less than all: GN_TUNNEL_ROOM follows. GN_CLOSED: GN_TUNNEL_OVER follows. */
GN_MUST gn_err gn_node_tunnel_write(struct gn_node *node, uint64_t id, struct gn_slice data,
				    size_t *taken);
/* Nothing more is written; false: not now, GN_TUNNEL_ROOM follows. */
bool gn_node_tunnel_end(struct gn_node *node, uint64_t id);
/* GN_AGAIN: GN_TUNNEL_READABLE follows. *end: all was read. Who reads slowly holds the other end
 * back. */
GN_MUST gn_err gn_node_tunnel_read(struct gn_node *node, uint64_t id, uint8_t *out, size_t cap,
				   size_t *len, bool *end);
/* In whatever state: it is given up and gone, the other end hears the code. */
void gn_node_tunnel_reset(struct gn_node *node, uint64_t id, gn_err code);

/* ---- the node's own end: GN_TUNNEL_OFFERED is answered by one of both ---- */

void gn_node_tunnel_accept(struct gn_node *node, uint64_t id);
void gn_node_tunnel_refuse(struct gn_node *node, uint64_t id, gn_err code);

/* ---- what happens ---- */

enum gn_tunnel_said {
	GN_TUNNEL_OFFERED, /* of the node's own services: service, token */
	GN_TUNNEL_OPEN,    /* pk, exporter, opened, service; before any byte */
	GN_TUNNEL_READABLE,
	GN_TUNNEL_ROOM,
	/* It is gone. GN_OK: both ways have ended, and what was written is acknowledged. */
	GN_TUNNEL_OVER,
};
struct gn_tunnel_event {
	enum gn_tunnel_said what;
	uint64_t id;
	bool own; /* it is the node's own end */
	bool opened;
	struct gn_pk pk;
	uint8_t exporter[32];
	struct gn_slice service, token; /* lent, until the next call */
	gn_err err;
};
bool gn_node_tunnels_next(struct gn_node *node, struct gn_tunnel_event *out);

/* Dials go on, what is late ends. */
void gn_node_tunnels_tick(struct gn_node *node);
gn_time gn_node_tunnels_deadline(const struct gn_node *node);
/* True: the event was of a tunnel's stream. */
bool gn_node_tunnels_jet(struct gn_node *node, const struct gn_jet_event *e);
/* false past the last */
bool gn_node_tunnels_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out);

#endif
