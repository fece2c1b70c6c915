/* Shared by peers.c (sessions), peers_in.c (messages that come) and peers_out.c (messages that
 * wait). */
#ifndef GN_NODE_PEERS_INT_H
#define GN_NODE_PEERS_INT_H

#include "node/charge.h"
#include "node/node_int.h"
#include "node/ways.h"

/* How long something has brought less than a rate. Being early is not saved up: who brings much
 * at once and then nothing is behind from then on. */
struct pace {
	uint64_t seen; /* bytes */
	gn_time behind;
};
static inline void pace_look(struct pace *p, uint64_t bytes, uint64_t rate, gn_time passed)
{
	uint64_t more = bytes > p->seen ? bytes - p->seen : 0;
	gn_time worth = more < rate * (uint64_t)(passed / GN_SEC + 1)
				? (gn_time)(more * 1000 / rate) * GN_MSEC
				: passed;
	p->behind += passed > worth ? passed - worth : 0;
	p->seen = bytes;
}

struct outgoing {
	struct outgoing *next;
	gn_jet_stream stream;
	bool opened;
	enum gn_jet_class class;
	size_t off, len;
	uint8_t bytes[];
};

struct queue {
	struct outgoing *head, **tail;
};

/* An attempt to get a session (dial.c). */
struct dial {
	struct {
		gn_jet_id id; /* 0: a circuit that is not open yet, */
		uint32_t link;
	} tries[GN_NODE_TRIES];
	unsigned try_count;
	unsigned addr_next; /* of the peer's */
	unsigned url_next;  /* the same */
	/* finding: its record is looked up; no_relays: it is one itself, to be asked */
	bool relays_asked, finding, no_relays;
	bool urgent;       /* all ways at once: somebody waits for what was said already */
	bool chains_asked; /* relays behind another one, where the peer has a place (RE-36) */
	gn_time next_addr, next_relay, next_chain;
	struct peer *next; /* that is being dialled */
};

struct peer {
	struct peer *next; /* nameless list */
	struct gn_pk pk;
	bool named, linked;
	bool known;        /* it has sent a message that was of use */
	bool home;         /* a relay at which this node has a place */
	bool given;        /* the owner's word to begin at, or a relay (policy.h) */
	uint32_t sessions; /* entries of by_session that point here */
	unsigned tunnels;  /* on them */
	gn_jet_id session; /* 0: none */
	gn_jet_id heard;   /* by which its last message about boxes came */
	uint64_t era;      /* as the relay knows it (ways.h), while it is up */
	struct dial *dial; /* NULL: none is under way */
	bool up;
	struct gn_addr addrs[GN_CONTACT_ADDRS + 1];
	unsigned addr_count;
	/* where it takes connections, as its node record says */
	struct gn_noderec_url urls[GN_NODEREC_URLS];
	unsigned url_count;
	/* relays where it has a place, as its node record says */
	struct gn_contact homes[GN_NODE_HOMES];
	unsigned home_count;
	gn_time hurried; /* as a relay that a tunnel waits for, last; 0: never */
	struct queue urgent, bulk;
	uint32_t queued;
	size_t queued_bytes;
	struct gn_holder payer; /* of what is queued, while anything is */
	/* of what leaves, since a whole message last left, or there was none before */
	struct pace pace;
};

struct inbound_key {
	gn_jet_id session;
	gn_jet_stream stream;
};

struct inbound {
	struct inbound_key key;
	struct inbound *prev, *next; /* of its session */
	uint8_t *bytes;
	size_t len, cap;
	gn_time began;
	uint64_t base;  /* the session's `received` then */
	gn_time behind; /* and how far it was behind */
	struct pace pace;
};

struct session {
	struct peer *peer; /* NULL: incoming, key not proven yet */
	bool up;
	gn_time used;
	struct gn_addr addr;  /* the relay's, where it is by one */
	uint32_t link;        /* of its way; 0: UDP */
	bool direct;          /* over UDP, by nobody else */
	bool own;             /* to its own address: direct, or by a connection */
	unsigned tunnels;     /* it is held for */
	gn_time way_given;    /* of another session, last, since it is silent; 0: it was not */
	gn_time spare_at;     /* when another relay is due, 0: it is on none (spare.c) */
	unsigned spare_tries; /* that were asked and have not answered */
	bool spare_sought;    /* where the peer has places, since it stands alone */
	/* bulk.c: since when much waits on a small circuit, 0: it does not; when one may be asked
	 * for */
	gn_time bulk_since, bulk_at;
	unsigned bulk_tries, bulk_rounds;
	bool bulk_sought;
	gn_time silent, redial;  /* since when nothing comes, 0: it does; another is begun then */
	struct inbound *inbound; /* unfinished messages, newest first */
	struct gn_holder payer;  /* of them */
	size_t inbound_held;     /* of the share */
	uint64_t received;       /* bytes of messages, finished or not */
	struct pace pace;
};

/* Who gives way when all is full: the one worth least; among equals whose prefix, then whose key
 * holds most. */
struct worth {
	unsigned standing;
	struct gn_share_held held;
};
static inline bool worth_less(const struct worth *a, const struct worth *b)
{
	if (a->standing != b->standing)
		return a->standing < b->standing;
	if (a->held.prefix != b->held.prefix)
		return a->held.prefix > b->held.prefix;
	return a->held.key > b->held.key;
}

/* peers_find.c */
struct peer *peers_of(const struct gn_node *node, const struct gn_pk *pk); /* or NULL */
bool peers_heard_in(const struct gn_node *node, gn_jet_id session, gn_time since);
/* Relays by which a circuit to the peer may be asked for, each once: where it has a place, then who
 * is linked with it; neither it, nor this node, nor one that was left. */
#define PEERS_RELAYS (GN_NODE_HOMES + GN_NODE_RELAYS)
unsigned peers_relays_to(const struct gn_node *node, const struct peer *peer,
			 struct gn_contact out[PEERS_RELAYS]);
unsigned peers_standing(const struct peer *peer); /* as gn_jet_used takes it */

void peers_learn(struct peer *peer, const struct gn_addr *addr); /* where it may be */
void peers_learn_url(struct peer *peer, const char *url);        /* empty: nothing */

/* dial.c */
/* Begins, or goes on with what is due. GN_UNREACHABLE: there is nothing left to try. */
GN_MUST gn_err dial_start(struct gn_node *node, struct peer *peer, bool find, bool relays);
/* All ways that are known, at once; also where a dial is under way. relays: circuits, too. */
GN_MUST gn_err dial_urgent(struct gn_node *node, struct peer *peer, bool relays);
/* By that way alone, to whoever is there. */
GN_MUST gn_err dial_way(struct gn_node *node, struct peer *peer, const struct gn_way *way);
GN_MUST gn_err dial_go_on(struct gn_node *node, struct peer *peer);
/* What else was tried ends: `won` is the session that is up. others: sessions too, which is for who
 * has dialled it. */
void dial_won(struct gn_node *node, struct peer *peer, gn_jet_id won, bool others);
void dial_find(struct gn_node *node, struct peer *peer); /* its record, meanwhile */
gn_time dial_next(const struct peer *peer); /* when it goes on, if nothing comes before */
/* Its record was looked up: what that brought is tried. */
void dial_found(struct peer *peer);
/* A session that was tried has ended, or a circuit. */
void dial_lost(struct peer *peer, gn_jet_id id, uint32_t link);
/* A circuit is open, or a connection: dialled. */
void dial_circuit(struct gn_node *node, struct peer *peer, uint32_t link);
/* Nobody waits for that circuit or connection. */
void dial_drop_link(struct gn_node *node, uint32_t link);
/* The session's way is silent: the peer's other addresses are tried. */
void dial_others(struct gn_node *node, gn_jet_id id, const struct peer *peer);
/* Where it may be dialled is known, as this node dials now. */
bool dial_is_known(const struct gn_node *node, const struct peer *peer);
void dial_end(struct gn_node *node, struct peer *peer);

/* peers_message.c */
void peers_dispatch(struct gn_node *node, gn_jet_id id, struct session *s, struct gn_slice message);

/* peers_in.c */
void peers_in_init(struct gn_node *node);
void peers_in_fini(struct gn_node *node);
void peers_in_read(struct gn_node *node, struct session *s, const struct gn_jet_event *e);
void peers_in_drop_all(struct gn_node *node, struct session *s);
void peers_in_moved(struct gn_node *node, struct session *s, const struct gn_addr *addr);
void peers_in_sweep(struct gn_node *node, gn_time passed);

/* peers_out.c */
void peers_out_init(struct gn_node *node);
void peers_out_fini(struct gn_node *node);
/* GN_LIMIT: dropped and counted. */
GN_MUST gn_err peers_out_add(struct gn_node *node, struct peer *peer, struct gn_slice bytes,
			     enum gn_jet_class class);
void peers_out_flush(struct gn_node *node, struct peer *peer);
/* Its link is gone, whatever it was, and jet has found no other way. */
bool peers_lost(const struct gn_node *node, const struct session *s);
void peers_out_clear(struct gn_node *node, struct peer *peer);
/* The session changes: what had begun to leave begins again. */
void peers_out_restart(struct gn_node *node, struct peer *peer);
/* What waited for an address goes on under its key. */
void peers_out_adopt(struct gn_node *node, struct peer *to, struct peer *from);
/* The queue has taken too little for too long; passed: since it was last asked. */
bool peers_out_stalled(struct peer *peer, gn_time passed);

/* peers_silent.c */
/* It has a session whether or not there is anything to say. */
bool peers_kept(const struct gn_node *node, const struct peer *peer);
/* Where relays at which a tunnel's peer has a place take connections is looked up, too, since our
 * network may let no UDP pass when that is needed. */
void peers_prepare_relays(struct gn_node *node, const struct peer *peer);
void peers_silent_begin(struct gn_node *node, gn_jet_id id, struct session *s);
/* It may go by a circuit now, which may lead to where a router had us before. */
void peers_silent_moved(struct gn_node *node, gn_jet_id id, const struct session *s);
void peers_silent_look(struct gn_node *node, gn_jet_id id, struct session *s);
/* A session is up: silent ones with tunnels get its way. */
void peers_silent_give(struct gn_node *node, const struct peer *peer);
void peers_silent_tick(struct gn_node *node);

#endif
