/* Shared by fresh.c (contexts), fresh_call.c (operations), fresh_run.c (turns, days), fresh_peer.c
 * (sessions), fresh_out.c (messages), fresh_relay.c (which relay) and fresh_find.c. */
#ifndef GN_NODE_FRESH_INT_H
#define GN_NODE_FRESH_INT_H

#include "node/node_int.h"

struct fresh_name {
	uint64_t user, share;
	uint8_t what[32]; /* box, or key of the topic; zeros: shared */
};
struct fresh_named {
	uint32_t serial; /* of today's; 0: there is none */
	uint64_t day;    /* of: */
	struct gn_pk relays[GN_NODE_FRESH_RELAYS];
	/* of the day before that */
	struct gn_pk before[GN_NODE_FRESH_RELAYS];
};

struct fresh_out { /* a message that waits */
	struct fresh_out *next;
	gn_jet_stream stream;
	bool opened;
	size_t off, len;
	uint8_t bytes[];
};
struct fresh_in { /* one that is not whole */
	struct fresh_in *next;
	gn_jet_stream stream;
	uint8_t *bytes;
	size_t len, cap;
};

enum fresh_state { FRESH_WANTED, FRESH_ASKED, FRESH_DIALLED, FRESH_UP };
struct fresh_peer {
	struct fresh_peer *next;
	struct gn_pk pk;
	struct gn_addr addr; /* where it is, as who asks for it knows; port 0: not known */
	enum fresh_state state;
	gn_time due; /* WANTED: not before; ASKED, DIALLED: given up; UP: used last */
	struct gn_pk relay, tried[GN_NODE_FRESH_TRIES];
	unsigned tried_count, unknown; /* by so many of them it is not known */
	bool told_new;                 /* who asks for it knows that it is of no release before */
	uint32_t link;
	gn_jet_id id;
	bool direct;
	struct fresh_out *first, **last;
	uint32_t queued;
	size_t queued_bytes;
	struct fresh_in *inbound;
	uint32_t inbound_count;
};

struct fresh_left { /* a relay that failed */
	struct gn_pk relay;
	gn_time until;
};

struct fresh {                     /* a context */
	struct gn_node_ways_of of; /* first */
	struct gn_node *node;
	struct gn_alloc alloc;
	struct gn_env env;
	struct fresh_name name;
	bool stranger;
	uint32_t serial;
	uint64_t day;
	bool over;          /* its day is */
	bool turning;       /* it runs just now */
	gn_time ends, idle; /* over: at the latest; since when nothing runs, 0: something does */
	gn_time at;         /* when it is due */
	struct gn_pk pk;
	struct gn_box *box;
	struct gn_apart *apart; /* made when it is needed, as is: */
	struct gn_bus *bus;
	struct fresh_peer *peers;
	uint32_t peer_count;
	struct gn_pk relays[GN_NODE_FRESH_RELAYS];
	unsigned relay_count;
	struct fresh_left left[GN_NODE_FRESH_LEFT];
	unsigned left_next;
};

struct fresh_lasting { /* what goes on from day to day: a box that is read, a topic that is heard */
	struct fresh_lasting *next;
	bool topic;
	struct gn_node_fresh_for who;
	gn_op op;            /* as it was told */
	uint32_t serial;     /* where it runs, */
	gn_op in;            /* and its number there */
	uint32_t old_serial; /* of the day before, until this one knows all; 0: none */
	gn_op old_in;
	gn_time old_ends; /* of a topic: what was on its way to it has come */
	struct gn_box_follow follow;
	struct gn_bus_subscribe sub;
	uint8_t *owned; /* what these borrow of */
	/* Of a topic: what was told last, so that two days' contexts tell it once. */
	struct gn_fb_bus_id told[GN_NODE_FRESH_TOLD];
	unsigned told_count;
};

/* ---- fresh_find.c ---- */

struct fresh *fresh_at(const struct gn_node *node, uint32_t serial); /* or NULL */
struct fresh *fresh_index(const struct gn_node *node, uint32_t i);
struct fresh_peer *fresh_peer_of(const struct fresh *f, const struct gn_pk *pk);
void fresh_touch(struct fresh *f);

/* ---- fresh.c ---- */

/* Which day it is for that name. */
uint64_t fresh_day(const struct gn_node *node, const struct fresh_name *name);
void fresh_free(struct fresh *f);
bool fresh_idle(const struct fresh *f); /* nothing runs in it */
/* The engines that not every context has. */
GN_MUST gn_err fresh_need_apart(struct fresh *f);
GN_MUST gn_err fresh_need_bus(struct fresh *f);
size_t fresh_held(const struct gn_node *node); /* bytes, of all */
/* Today's context. GN_STATE, GN_LIMIT, GN_QUOTA, GN_NOMEM. */
GN_MUST gn_err fresh_need(struct gn_node *node, const struct gn_node_fresh_for *who,
			  const uint8_t what[32], struct fresh **out);
/* Numbers of a context's engines as the node tells them; JSON has numbers below 2^53, and
 * call_prove.c begins at 2^52. */
#define FRESH_NUMBER (UINT64_C(1) << 51)
#define FRESH_SERIALS (1u << 19)
static inline uint64_t fresh_number(const struct fresh *f, uint64_t in)
{
	GN_ASSERT(in <= UINT32_MAX);
	return FRESH_NUMBER | (uint64_t)f->serial << 32 | in;
}

/* ---- fresh_call.c ---- */

/* The context ends: what lasts in it is no more there, or over. */
void fresh_lasting_lost(struct gn_node *node, const struct fresh *f);
/* Where both days' contexts hear a topic, the old one's time may be over. */
void fresh_lasting_look(struct gn_node *node);
/* Its day is over: what lasts in it begins in the next one. */
void fresh_lasting_move(struct gn_node *node, const struct fresh *f);
void fresh_lasting_free(struct gn_node *node, struct fresh_lasting *l);
/* As the node tells it. */
void fresh_box_event(struct fresh *f, struct gn_box_event *e);
/* The same; false: nobody hears it. */
bool fresh_bus_event(struct fresh *f, struct gn_bus_event *e);

/* ---- fresh_relay.c ---- */

/* Another relay than those tried. GN_NOT_FOUND: none is left; *none: and there never was one. */
GN_MUST gn_err fresh_relay_choose(struct fresh *f, const struct fresh_peer *p, struct gn_pk *relay,
				  bool *none);
/* It was of no use. */
void fresh_relay_left(struct fresh *f, const struct gn_pk *relay);

/* ---- fresh_peer.c ---- */

void fresh_peer_send(struct fresh *f, const struct gn_overlay_message *m);
void fresh_peer_event(struct fresh *f, const struct gn_jet_event *e);
/* Begins what is wanted, gives up what is late, ends what is quiet; when to be called again. */
gn_time fresh_peers_tick(struct fresh *f);
void fresh_peers_free(struct fresh *f);
/* err: why it is not open, or over. */
void fresh_peer_circuit(struct fresh *f, uint32_t link, gn_err err);

/* ---- fresh_out.c ---- */

/* A message for one of its engines; GN_UNSUPPORTED: it is for none. */
GN_MUST gn_err fresh_take(struct fresh *f, const struct gn_pk *from, struct gn_slice message);

void fresh_out_add(struct fresh *f, struct fresh_peer *p, const struct gn_overlay_message *m);
void fresh_out_flush(struct fresh *f, struct fresh_peer *p);
void fresh_in_read(struct fresh *f, struct fresh_peer *p, gn_jet_stream stream);
void fresh_in_take(struct fresh *f, struct fresh_peer *p, struct gn_slice message);
/* What waits, and what is not whole. */
void fresh_out_drop(struct fresh *f, struct fresh_peer *p);

#endif
