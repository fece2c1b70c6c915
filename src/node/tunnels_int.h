/* Tunnels, private: tunnel.c (one of them), tunnels_in.c (what others open), tunnels.c. */
#ifndef GN_NODE_TUNNELS_INT_H
#define GN_NODE_TUNNELS_INT_H

#include "node/charge.h"
#include "node/peers_int.h"
#include "node/tunnel_head.h"

enum tunnel_state {
	TUNNEL_LISTENING,
	TUNNEL_DIALLING,
	TUNNEL_ASKED,
	TUNNEL_HEAD_COMES,
	TUNNEL_OFFERED,
	TUNNEL_OPEN,
	TUNNEL_OVER
};

struct tunnel {
	uint64_t id;
	enum tunnel_state state;
	bool opened; /* by this end */
	bool mine;   /* a program dialled it, or listens */
	bool own;    /* the node's own service */
	bool shared; /* counted in the share, for payer */
	gn_jet_id session;
	gn_jet_stream stream;
	struct gn_pk pk; /* LISTENING: from whom, zeros: from anybody */
	struct gn_holder payer;
	const void *user;
	uint64_t hold; /* LISTENING: the rule of who listens, for whoever comes; 0: none */
	enum gn_jet_class class;
	gn_time until; /* of a dial's patience, of a head */
	gn_time asked, again;
	uint8_t service[TUNNEL_SERVICE];
	uint8_t service_len;
	uint8_t *head; /* owned: comes, or goes from head_at on */
	size_t head_len, head_at, head_cap;
	uint8_t answer[TUNNEL_ANSWER];
	unsigned answer_len; /* bytes that came of it; or that are still to go */
	bool tell_offered, tell_open, tell_readable, tell_room;
	bool read_all, acked;
	bool ended_early; /* the end came with the answer */
	bool stuck;       /* there was no memory for what it writes */
	gn_err err;
	bool listed;
	struct tunnel *next; /* of those with something to tell */
};

/* ---- tunnel.c ---- */

struct tunnel *tunnel_of(const struct gn_node *node, uint64_t id); /* or NULL */
struct tunnel *tunnel_new(struct gn_node *node, enum tunnel_state state);
void tunnel_set(struct gn_node *node, struct tunnel *t, enum tunnel_state state);
/* It is dialled, or its head is not whole: it is looked at again. */
bool tunnel_is_waiting(const struct tunnel *t);
/* It has something to tell. */
void tunnel_list(struct gn_node *node, struct tunnel *t);
void tunnel_unlist(struct gn_node *node, struct tunnel *t);
/* No memory for what it writes: it is told of room a little later, as nobody else would. */
void tunnel_stuck(struct gn_node *node, struct tunnel *t);
struct inbound_key tunnel_key(const struct tunnel *t);
bool tunnel_join(struct gn_node *node, struct tunnel *t, gn_jet_id session, gn_jet_stream stream);
void tunnel_give_up(struct gn_node *node, gn_jet_id session, gn_jet_stream stream, gn_err code);
/* It has no stream any more; code GN_OK: that ended by itself. */
void tunnel_part(struct gn_node *node, struct tunnel *t, gn_err code);
/* Nobody is told. */
void tunnel_forget(struct gn_node *node, struct tunnel *t);
/* It parts with its stream by `code`; its owner, if it has one, is told `err`. */
void tunnel_end(struct gn_node *node, struct tunnel *t, gn_err code, gn_err err);
void tunnel_keep_service(struct tunnel *t, struct gn_slice service);
struct gn_slice tunnel_service(const struct tunnel *t);
/* What is left of the head, or of the answer, goes. */
void tunnel_write_rest(struct gn_node *node, struct tunnel *t);

/* ---- tunnels_in.c ---- */

/* The peer opened a stream. */
void tunnel_in_take(struct gn_node *node, const struct gn_jet_event *e);
/* More of its head is there. */
void tunnel_in_read(struct gn_node *node, struct tunnel *t);

#endif
