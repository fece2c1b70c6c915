/* Ways: what lies behind the numbers of links, and which session's packets come from where. Link 0
 * is the shared UDP socket; every other is a circuit of a relay, or a carrier of net.
 *
 * The relay knows peers by a number that a peer has from its first session to the end of its last
 * (its `era`): a circuit outlives a session that another one replaces. */
#ifndef GN_NODE_WAYS_H
#define GN_NODE_WAYS_H

#include "net/net.h"
#include "services/relay/relay.h"

struct gn_node;

/* Whose circuits and packets they are besides the node's own (fresh.h). */
struct gn_node_ways_of {
	struct gn_jet *jet;
	bool touched; /* something came, or its circuit did */
	bool direct;  /* it has sessions by the shared socket */
	struct gn_node_ways_of *next;
};

/* A circuit of our own; `circuit` 0: it is being opened. */
struct gn_node_circuit {
	uint32_t link;
	gn_op op;
	struct gn_node_ways_of *of; /* NULL: the node's */
	uint64_t era, circuit;
	struct gn_pk relay, target; /* target: zeros when somebody called */
	bool chained;               /* through a second relay */
	struct gn_addr at;          /* the relay's: what stands for an address on the link */
	struct gn_addr peer; /* where the relay sees the other end; port 0: it does not say */
	bool called;         /* somebody called; else we opened it */
	bool proven;         /* a session was up on it */
	bool right_sought;   /* whether this node has a right there was looked up (bulk.c) */
	bool small;          /* of little (RE-33) */
	bool bulk;       /* opened since much waits on a small one (bulk.c); `spare` says whose */
	gn_jet_id spare; /* opened for this session, to stand by; 0: for none (spare.c) */
	gn_time used;    /* something went or came by it */
	/* judge.c: the session in which it is silent, and since when; of its path, replays until
	 * this minute began, and when it did */
	gn_jet_id silent_in; /* 0: in none */
	gn_time silent;
	uint32_t replays;
	gn_time minute;
};

/* A carrier, lent by carriers.c. */
struct gn_node_lent {
	struct gn_carrier *carrier;
	gn_time used; /* a session went by it */
};

/* A relay went badly with this peer, which the peer may have made itself (judge.c). */
struct gn_node_blame {
	struct gn_pk relay, peer;
	uint64_t prefix; /* the peer's, as the relay sees it; 0: not known */
	gn_time since;   /* 0: none */
};

struct gn_node_ways {
	struct gn_map circuits; /* link -> struct gn_node_circuit */
	struct gn_map links;    /* op -> link */
	struct gn_map carriers; /* link -> struct gn_node_lent */
	struct gn_map eras;     /* era -> struct gn_node_era */
	struct gn_map sessions; /* gn_jet_id -> struct gn_node_from */
	struct gn_map from;     /* gn_way -> era */
	uint32_t last_link;
	uint32_t calls;             /* circuits that others opened */
	uint32_t asked;             /* of our own, that are not open yet */
	uint32_t asked_of;          /* of these not the node's */
	struct gn_node_ways_of *of; /* all there are */
	uint32_t spares;            /* circuits that stand by */
	gn_time swept, judge_at, spare_at;
	struct gn_node_blame blames[GN_NODE_BLAMES];
	uint64_t last_era;
	struct {
#define X(name, text) uint64_t name;
#include "node/ways_counters.def"
#undef X
	} count;
};

void gn_node_ways_init(struct gn_node *node);
void gn_node_ways_fini(struct gn_node *node);

/* ---- whose packets come from where ---- */

/* 0: no memory. */
uint64_t gn_node_ways_up(struct gn_node *node, const struct gn_pk *pk);
/* What is for that peer goes by this session from now on. */
void gn_node_ways_use(struct gn_node *node, uint64_t era, gn_jet_id session);
/* The session's proven ways are others than before. */
void gn_node_ways_moved(struct gn_node *node, uint64_t era, gn_jet_id session);
void gn_node_ways_closed(struct gn_node *node, gn_jet_id session);
void gn_node_ways_down(struct gn_node *node, uint64_t era);
/* A packet was relayed for it lately: its session is in use. */
bool gn_node_ways_busy(const struct gn_node *node, uint64_t era);

/* ---- links ---- */

/* A link by a circuit that the relay is asked for; it may be dialled when gn_node_ways_ready says
 * so. of: whose, NULL: the node's. GN_LIMIT, GN_NOMEM and what gn_relay_open says. */
GN_MUST gn_err gn_node_ways_open(struct gn_node *node, struct gn_node_ways_of *of,
				 const struct gn_pk *relay, const struct gn_pk *target,
				 const struct gn_pk *via, uint32_t *link);
/* May that relay see from where this node asks it? A hidden one shows itself to none that it is not
 * with already: whoever is called says which relays lead to them (RE-11). */
bool gn_node_ways_asks(const struct gn_node *node, const struct gn_pk *relay);
/* The same for bulk alone, and for that session: a path of its own as soon as it is open. */
GN_MUST gn_err gn_node_ways_open_bulk(struct gn_node *node, const struct gn_pk *relay,
				      const struct gn_pk *target, gn_jet_id session,
				      uint32_t *link);
/* From now on packets of the shared socket may be for it, too, if its `direct` says so; until it is
 * forgotten, when it has no circuit any more. */
void gn_node_ways_know(struct gn_node *node, struct gn_node_ways_of *of);
void gn_node_ways_forget(struct gn_node *node, struct gn_node_ways_of *of);
/* NULL: there is none. Good until the next call that makes or ends one. */
const struct gn_node_circuit *gn_node_ways_circuit(const struct gn_node *node, uint32_t link);
struct gn_way gn_node_ways_way(const struct gn_node_circuit *c);
/* Where a session's peer is, as gn_addr_prefix; 0: it goes by a relay that does not say. */
uint64_t gn_node_ways_prefix(const struct gn_node *node, gn_jet_id session);
/* A carrier of one peer is a link, until it is dropped; c->user is its number then. GN_LIMIT,
 * GN_NOMEM. */
GN_MUST gn_err gn_node_ways_carrier(struct gn_node *node, struct gn_carrier *c);
/* The same, under a number that was taken before. */
uint32_t gn_node_ways_number(struct gn_node *node);
GN_MUST gn_err gn_node_ways_carrier_as(struct gn_node *node, struct gn_carrier *c, uint32_t link);
void gn_node_ways_carrier_drop(struct gn_node *node, struct gn_carrier *c);
/* Closed here, and dropped: no event follows. Nothing when the link has no carrier. */
void gn_node_ways_carrier_end(struct gn_node *node, uint32_t link);
uint32_t gn_node_ways_link(const struct gn_carrier *c); /* 0: it is none */
/* The carrier of the link; NULL: it has none. */
struct gn_carrier *gn_node_ways_carrier_of(const struct gn_node *node, uint32_t link);
/* It takes more now. */
void gn_node_ways_room(struct gn_node *node, const struct gn_carrier *c);
/* A session is up on this link. */
void gn_node_ways_proven(struct gn_node *node, uint32_t link);
/* Circuits that nobody uses are given back, connections by which no session goes closed. */
void gn_node_ways_sweep(struct gn_node *node);
/* judge.c: relays that drop, hold up or repeat what goes by them are left (RE-37). */
void gn_node_ways_judge(struct gn_node *node);
/* spare.c: sessions that are on one relay have a circuit through another (RE-35). */
void gn_node_spare_tick(struct gn_node *node);
/* Nothing comes on that session's way: at once, if that is a relay's. */
void gn_node_spare_lost(struct gn_node *node, gn_jet_id session);
/* bulk.c: is much to be sent over a small circuit? */
struct session;
void gn_node_bulk_look(struct gn_node *node, gn_jet_id id, struct session *s);
void gn_node_bulk_circuit(struct gn_node *node, const struct gn_node_circuit *c, struct session *s,
			  bool open);
/* A circuit that is a spare one is open, or over. */
void gn_node_spare_circuit(struct gn_node *node, const struct gn_node_circuit *c, bool open);
/* It went badly there with this peer, which that relay sees `at` (port 0: not said). True: with
 * another of another prefix, too, so it is the relay. */
bool gn_node_ways_blame(struct gn_node *node, const struct gn_pk *relay, const struct gn_pk *peer,
			const struct gn_addr *at);
/* Was that so within the hour? Then no circuit to this peer is asked for there. */
bool gn_node_ways_blamed(const struct gn_node *node, const struct gn_pk *relay,
			 const struct gn_pk *peer);
/* The relay's session is another one, or goes another way: circuits by it may carry again. */
void gn_node_ways_back(struct gn_node *node, uint64_t era);
/* The sessions by which circuits go are asked for a sign of life. */
void gn_node_ways_greet(struct gn_node *node);
/* The circuit is given back; its paths are gone. */
void gn_node_ways_close(struct gn_node *node, uint32_t link);
/* What jet has sent to a way: as gn_udp_send, and the free bytes before each packet are filled.
 * Over a relay nothing waits: what does not leave at once is lost, as in a network. */
GN_MUST gn_err gn_node_ways_send(struct gn_node *node, const struct gn_jet_batch *batch,
				 struct gn_slice packets, size_t *sent);

/* ---- what comes ---- */

/* A datagram of RE-2, from the socket or from a carrier. */
void gn_node_recv(struct gn_node *node, const struct gn_way *from, struct gn_slice datagram);
/* What an event of the relay means for a circuit of ours: it may be dialled, or is over and gone;
 * *c: what it is, or was. */
enum gn_node_ways_news { GN_NODE_WAYS_NOTHING, GN_NODE_WAYS_OPEN, GN_NODE_WAYS_OVER };
enum gn_node_ways_news gn_node_ways_event(struct gn_node *node, const struct gn_relay_event *e,
					  struct gn_node_circuit *c);

/* false past the last */
bool gn_node_ways_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out);

#endif
