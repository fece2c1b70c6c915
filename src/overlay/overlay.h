/* The overlay: a hyperbolic DHT. It says "message m to node p" and never touches a session;
 * storage is an output too.
 *
 * The owner (node or simulator) pumps it: messages of peers and the time in; messages to peers,
 * storage requests, events and one deadline out. Peers are named by their node key; whoever
 * carries the messages has proven that key. Operations (find, get, put) get a number that is
 * never reused and end in exactly one GN_OVERLAY_DONE event. */
#ifndef GN_OVERLAY_OVERLAY_H
#define GN_OVERLAY_OVERLAY_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "guard/share.h"
#include "wire/wire.h"

struct gn_node_id {
	/* SHA-256("geonet/node/1" || pk || nonce); its first 8 bytes are the angle on the disk */
	uint8_t b[32];
};

#define GN_CONTACT_ADDRS 4

/* How a node is reached, and what it does for others, by its own word (RE-17); before that word
 * it is hearsay. Zeros: not known. */
enum gn_overlay_reached {
	GN_OVERLAY_REACH_UNKNOWN,
	GN_OVERLAY_REACH_DIRECT,
	GN_OVERLAY_REACH_EASY, /* behind a router that is opened easily, or hardly */
	GN_OVERLAY_REACH_HARD,
	GN_OVERLAY_REACH_NO_UDP,
};
enum gn_overlay_can {
	GN_OVERLAY_CAN_SMALL = 1, /* relays small circuits, bulk */
	GN_OVERLAY_CAN_BULK = 2,
	GN_OVERLAY_CAN_WSS = 4,
	GN_OVERLAY_CAN_TURN = 8,
	GN_OVERLAY_CAN_DIALS = 16, /* dials others back when asked */
	/* hides (RE-11): where it is, is told to nobody; who has a session with it sees that */
	GN_OVERLAY_CAN_HIDE = 32,
};

/* How to reach a node. A contact is plain data; valid means: the id follows from pk and nonce
 * and carries the proof of work. */
struct gn_contact {
	struct gn_node_id id;
	struct gn_pk pk;
	uint8_t nonce[8];
	uint8_t class, load, mode, addr_count;
	uint8_t reach, can; /* enum gn_overlay_reached; bits of enum gn_overlay_can */
	struct gn_addr addrs[GN_CONTACT_ADDRS];
};

/* Those of its addresses that others may be told, as messages have them; returns how many. */
static inline unsigned gn_contact_told(const struct gn_contact *c,
				       struct gn_fb_addr out[GN_CONTACT_ADDRS])
{
	unsigned count = c->can & GN_OVERLAY_CAN_HIDE ? 0 : c->addr_count;
	GN_ASSERT(count <= GN_CONTACT_ADDRS);
	for (unsigned i = 0; i < count; i++)
		out[i] = gn_wire_addr(&c->addrs[i], GN_FB_CARRIER_UDP);
	return count;
}

void gn_overlay_id_make(const struct gn_pk *pk, const uint8_t nonce[8], struct gn_node_id *out);
/* Leading zero bits of SHA-256("geonet/pow/1" || id). */
unsigned gn_overlay_id_work(const struct gn_node_id *id);
/* Tries nonces start, start + 1, .. for at most `tries`; GN_AGAIN when none fits: go on from
 * start + tries. For worker threads. */
GN_MUST gn_err gn_overlay_id_search(const struct gn_pk *pk, unsigned bits, uint64_t start,
				    uint64_t tries, uint8_t nonce[8]);

/* Geometry (exact integers where two nodes must agree; doubles for preference and drawing). */
uint64_t gn_ov_theta(const uint8_t id[32]);
uint64_t gn_ov_sep(uint64_t a, uint64_t b); /* 0..2^63 */
double gn_ov_dist(double r1, uint64_t t1, double r2, uint64_t t2);
double gn_ov_busemann(double r, uint64_t t, uint64_t key);
/* Closed-form bound on hops for a network of n nodes (OV rules). */
unsigned gn_ov_hops_max(double n);
double gn_ov_hops_mean(double n);

/* Decides whether a holder takes `in` while it holds `held` (NULL: nothing) under one key; a
 * pure function given by the service that owns the record type. names: how many other names
 * (type 3) of in's owner and salt it holds, or GN_OVERLAY_PUSHED when a linked server handed
 * `in` over, by whom it was judged. now: by the clock of records. GN_OK takes it; GN_STALE,
 * GN_EXISTS, GN_DENIED, GN_PROOF_OF_WORK ... refuse it. Without one the rule is: same owner,
 * higher (seq, hash). */
#define GN_OVERLAY_PUSHED UINT32_MAX
typedef gn_err (*gn_overlay_admit)(const struct gn_record *held, const struct gn_record *in,
				   uint32_t names, gn_time now);

/* Seconds that an expired record is still kept, neither shown nor passed on, for its rule to see
 * (the grace of names). */
typedef uint32_t (*gn_overlay_grace)(const struct gn_record *r);

/* Zero fields take the default (overlay.md table); lets a simulation scale times. */
struct gn_overlay_config {
	struct gn_sk node_key; /* signs receipts; copied, wiped by free */
	uint8_t nonce[8];
	uint8_t pow_bits; /* network constant, 22; simulations use less */
	bool pow_off;     /* simulations only: pow_bits 0 */
	uint8_t class;    /* capacity class */
	uint8_t addr_count;
	struct gn_addr addrs[GN_CONTACT_ADDRS]; /* own, as known at the start */
	gn_time probation;                      /* client mode after the start; default 10 min */
	/* addresses to begin at will come, though none may be known yet */
	bool awaits_bootstrap;
	bool probation_off; /* founders and test networks: a server at once */
	/* replicas 8, leaf set per side 8, acks 5, read quorum 4 */
	uint8_t r, l, w, rq;
	uint8_t clients_max; /* links of clients that hold no keys; default 64 */
	/* links per public /24 or /48 in an annulus, and receipts of one that count; default 2,
	 * 255 = off; loopback and private ranges are exempt unless count_local */
	uint8_t prefix_cap;
	uint8_t can; /* as gn_overlay_reach says it, from the first word on */
	gn_time ping_leaf, ping_long, heal, digest; /* 60 s, 180 s, 10 min, 10 min */
	uint32_t records_max;                       /* held records; default 100,000 */
	uint64_t bytes_max;                         /* held bytes; default 1 GiB */
	uint32_t owner_records_max;                 /* per owner, default 256 */
	uint64_t owner_bytes_max;                   /* per owner, default 1 MiB */
	/* loopback and private prefixes have shares of all that has one: tests */
	bool count_local;
	gn_overlay_admit admit[32]; /* by record type */
	gn_overlay_grace grace[32]; /* by record type */
	/* time that an expired record is kept unshown at least; default 7 days */
	gn_time keep_expired;
	/* Would a message of so many bytes for this peer be sent, or thrown away? Asked before a
	 * record is read for it (OV-96). NULL: there is always room. */
	bool (*room)(void *user, const struct gn_pk *peer, size_t bytes);
	/* Is what stands under this key neither taken, `in`, nor given, NULL (OV-98)? NULL: nothing
	 * is refused. */
	bool (*refuses)(void *user, const struct gn_hash *key, const struct gn_record *in);
	void *user;
	/* simulations and tests only: as nodes were before RELAY, which neither ask through others
	 * nor pass questions on */
	bool relay_off;
};

struct gn_overlay;
GN_MUST gn_err gn_overlay_new(const struct gn_env *env, const struct gn_overlay_config *config,
			      gn_time now, struct gn_overlay **out);
void gn_overlay_free(struct gn_overlay *ov);

/* ---- inputs ---- */

/* A value read back from the disk at the start, before anything else; the record's signature was
 * checked when it came. GN_CORRUPT, GN_NO_SPACE, GN_NOMEM; an expired one is dropped by a
 * storage request. */
GN_MUST gn_err gn_overlay_restore(struct gn_overlay *ov, struct gn_slice value, gn_time now);
/* A place to begin; the key is learnt from the session when pk is NULL. */
GN_MUST gn_err gn_overlay_bootstrap(struct gn_overlay *ov, const struct gn_addr *addr,
				    const struct gn_pk *pk, gn_time now);
/* It is no place to begin any more; what it led to stays. */
void gn_overlay_bootstrap_drop(struct gn_overlay *ov, const struct gn_addr *addr);
/* False when it is none, or our own address. *when: it last answered a greeting; 0 never. */
bool gn_overlay_bootstrap_answered(const struct gn_overlay *ov, const struct gn_addr *addr,
				   gn_time *when);
/* Our own addresses changed: all links are told. */
void gn_overlay_addrs(struct gn_overlay *ov, const struct gn_addr *addrs, unsigned count,
		      gn_time now);
/* How we are reached, as found out, and what we do for others: all links are told, of one change
 * a minute at most. Who is known not to be reached directly is a client, whatever it was;
 * GN_OVERLAY_SERVER comes again when it is direct again. */
void gn_overlay_reach(struct gn_overlay *ov, uint8_t reach, uint8_t can, gn_time now);
/* False: this node is a client, whatever else would make it a server, and hands over what it holds
 * (OV-98). True at the start. */
void gn_overlay_hold(struct gn_overlay *ov, bool hold, gn_time now);
/* What is held under this key goes at once, and nobody is given it. */
void gn_overlay_forget(struct gn_overlay *ov, const struct gn_hash *key, gn_time now);
/* A cached contact of an earlier run, as a hint. */
GN_MUST gn_err gn_overlay_hint(struct gn_overlay *ov, const struct gn_contact *contact,
			       gn_time now);
/* One message of a proven peer that came from addr (port 0: by a relay). Bad ones only move a
 * counter. */
gn_err gn_overlay_recv(struct gn_overlay *ov, const struct gn_pk *from, const struct gn_addr *addr,
		       struct gn_slice message, gn_time now);
/* The carrier's news: a session with pk is up (addr: where; a bootstrap address becomes a key
 * this way) or cannot be had / went down. */
void gn_overlay_peer_up(struct gn_overlay *ov, const struct gn_pk *pk, const struct gn_addr *addr,
			gn_time now);
void gn_overlay_peer_down(struct gn_overlay *ov, const struct gn_pk *pk, gn_err why, gn_time now);
void gn_overlay_addr_down(struct gn_overlay *ov, const struct gn_addr *addr, gn_err why,
			  gn_time now); /* bootstrap address failed */
/* Round trip as the session measures it. */
void gn_overlay_rtt(struct gn_overlay *ov, const struct gn_pk *pk, gn_time rtt, gn_time now);
void gn_overlay_tick(struct gn_overlay *ov, gn_time now);
/* What the machine's wall clock says; as often as you like. Without it `now` itself is the time
 * of records. */
void gn_overlay_clock(struct gn_overlay *ov, gn_time wall, gn_time now);
/* The time of records (created, ttl): `now` runs the timers and never steps, this may be
 * corrected (OV-80). While our clock and that of our peers differ it is the earlier one, by
 * which nothing ends too soon; the latest is for promises to keep something until a moment, and
 * our own, of which no peer has a say, for what is made (OV-82). */
gn_time gn_overlay_time(const struct gn_overlay *ov, gn_time now);
gn_time gn_overlay_time_own(const struct gn_overlay *ov, gn_time now);
gn_time gn_overlay_time_latest(const struct gn_overlay *ov, gn_time now);
/* Whether that clock is one to give things up by: peers agree with it, or this node ran for long
 * without contradiction (OV-84). */
bool gn_overlay_time_sure(const struct gn_overlay *ov, gn_time now);

/* Completions of storage requests. */
void gn_overlay_stored(struct gn_overlay *ov, uint64_t token, gn_err err, gn_time now);
void gn_overlay_loaded(struct gn_overlay *ov, uint64_t token, gn_err err, struct gn_slice value,
		       gn_time now);

/* ---- operations ---- */

typedef uint64_t gn_op;

/* For who starts operations on behalf of others: GN_LIMIT while those that are left are the
 * owner's own (OV-72). */
GN_MUST gn_err gn_overlay_room(struct gn_overlay *ov);

/* The `count` (<= 24) live nodes nearest to the key, true nearest first. */
GN_MUST gn_err gn_overlay_find(struct gn_overlay *ov, const struct gn_hash *key, unsigned count,
			       gn_time now, gn_op *op);

/* Of a FIND that has not ended: up to `max` that it has asked and that have not failed, and that
 * are as near as those it looks for are by our density (OV-32), nearest first. Who is in a hurry
 * may begin with them; the true nearest are known when it ends. */
uint32_t gn_overlay_find_near(const struct gn_overlay *ov, gn_op op, uint32_t max,
			      struct gn_contact *out);

/* A GET ends GN_OK with values, GN_NOT_FOUND when the whole set has nothing, GN_UNREACHABLE when
 * nobody answered. */
struct gn_get_options {
	/* distinct set members that must answer; 0 = config rq, 1 = first valid record ends it */
	unsigned quorum;
	uint64_t min_seq;
	uint16_t type; /* expected record type */
	bool no_local; /* do not answer from what this node holds */
	/* for a stranger's page, of which only so many run at once (OV-72): GN_LIMIT */
	bool visitor;
};
GN_MUST gn_err gn_overlay_get(struct gn_overlay *ov, const struct gn_hash *key,
			      const struct gn_get_options *options, gn_time now, gn_op *op);

/* record: a whole signed Record (checked here first: errors of gn_wire_record_open and
 * gn_record_fresh). w: receipts wanted, 0 = config w, GN_RANGE above r. Ends GN_OK with >= w
 * receipts, else GN_EXISTS or GN_STALE (another record keeps the place, or a newer one exists:
 * it is among the values), else what the first holder said when none stored (GN_QUOTA, GN_DENIED
 * ..), else GN_QUORUM with the receipts there were. */
GN_MUST gn_err gn_overlay_put(struct gn_overlay *ov, struct gn_slice record, unsigned w,
			      gn_time now, gn_op *op);
/* Ends the operation with GN_CLOSED at the next event. */
void gn_overlay_cancel(struct gn_overlay *ov, gn_op op);

/* ---- outputs ---- */

struct gn_overlay_message {
	struct gn_contact to;  /* pk all zero: a bootstrap address whose key is not known yet */
	struct gn_slice bytes; /* valid until the next call on ov */
	bool reliable;         /* above what a datagram carries, or must arrive */
};
bool gn_overlay_next_message(struct gn_overlay *ov, struct gn_overlay_message *out);
/* How this node may be dialled at this address, for a message to it without a session: what is
 * another's word, or its own about a place where no session has been, is knocked at, with
 * something small until it answers (OV-36). To be asked before every dial, since it is counted;
 * what was shown last stays valid. */
enum gn_overlay_dial { GN_OVERLAY_NO_DIAL, GN_OVERLAY_KNOCK, GN_OVERLAY_CONNECT };
enum gn_overlay_dial gn_overlay_may_dial(struct gn_overlay *ov, const struct gn_pk *pk,
					 const struct gn_addr *addr, gn_time now);

enum gn_overlay_store_kind { GN_STORE_PUT, GN_STORE_LOAD, GN_STORE_DROP };
struct gn_overlay_store {
	enum gn_overlay_store_kind kind;
	/* answer PUT by gn_overlay_stored when durable, LOAD by gn_overlay_loaded; DROP needs
	 * none */
	uint64_t token;
	struct gn_hash key;
	/* PUT: the record, and what is to be known of it after a restart; valid until the next
	 * call on ov */
	struct gn_slice value;
};
bool gn_overlay_next_store(struct gn_overlay *ov, struct gn_overlay_store *out);

#define GN_OVERLAY_VALUES 8
#define GN_OVERLAY_TRACE 64

struct gn_overlay_value {
	struct gn_slice record; /* valid until the next call on ov */
	uint32_t holders;       /* distinct set members that answered with it */
};
struct gn_overlay_receipt {
	struct gn_node_id holder;
	struct gn_pk pk;
	struct gn_sig sig;
	uint64_t held_until; /* Unix seconds */
};
struct gn_overlay_step { /* one request of a lookup, for trace and status pages */
	struct gn_node_id id;
	struct gn_addr addr;
	uint8_t depth; /* hops from here: 1 = own link or contact */
	gn_err outcome;
	gn_time sent, rtt;
	struct gn_node_id by; /* who named it; zeros: this node knew it */
};

enum gn_overlay_event_kind {
	GN_OVERLAY_DONE,     /* an operation ended */
	GN_OVERLAY_LINKED,   /* keep a session with this peer */
	GN_OVERLAY_UNLINKED, /* no longer needed */
	GN_OVERLAY_SERVER,   /* probation is over: this node answers for keys now */
	GN_OVERLAY_JOINED,   /* the ring around us is known for the first time */
	GN_OVERLAY_ISOLATED, /* no link is left */
	/* who is linked has changed, so that sets of keys around us may have (gn_overlay_set);
	 * changes that nobody asked about between two events are one */
	GN_OVERLAY_MEMBERS,
	/* a FIND asks somebody near its key (gn_overlay_find_near); many between two events are
	 * one */
	GN_OVERLAY_NEAR,
};
struct gn_overlay_event {
	enum gn_overlay_event_kind kind;
	struct gn_contact peer;
	/* DONE: */
	gn_op op;
	const char *op_kind; /* "find", "get" or "put"; static */
	struct gn_hash key;
	gn_err err;
	unsigned hops;
	gn_time started, took; /* how long ago that was is not told: an event may wait */
	/* find: nearest first; get, put: the set that was asked */
	const struct gn_contact *contacts;
	/* get: newest first; put: a newer one after GN_STALE or GN_EXISTS */
	const struct gn_overlay_value *values;
	const struct gn_overlay_receipt *receipts;
	const struct gn_overlay_step *steps;
	uint32_t contact_count, value_count, receipt_count, step_count;
};
/* What the messages received since the last call make this node do, for its owner to charge:
 * records that are read to be sent (who offers an old version gets the newer one) or to be
 * proven, their bytes, and answers to nothing that was asked. */
struct gn_overlay_caused {
	uint64_t records, bytes, unasked;
};
struct gn_overlay_caused gn_overlay_caused(struct gn_overlay *ov);
/* Arrays are valid until the next call on ov. */
bool gn_overlay_next_event(struct gn_overlay *ov, struct gn_overlay_event *out);
gn_time gn_overlay_deadline(const struct gn_overlay *ov);

/* ---- queries ---- */

struct gn_overlay_info {
	struct gn_contact self;
	bool server, joined;
	double n_estimate, hops_predicted, hops_observed_mean;
	unsigned hops_max, hops_observed_p99;
	uint32_t links, leaf_cw, leaf_ccw, known, records;
	uint64_t record_bytes;
	uint32_t expired; /* kept unshown, not in `records` */
	/* the machine's clock, of the time that this node or its peers go by; 0: no fault seen */
	gn_time clock_ahead;
	uint32_t clock_peers; /* peers that say so; 0: it was set while the node ran */
	bool clock_not_used;  /* our own is not the machine's: that was set while we ran */
	uint64_t lookups, lookups_failed;
	uint8_t acks, quorum; /* w and rq of the configuration */
	/* no link, and who was greeted is of a network with other proofs of work */
	bool other_work;
};
void gn_overlay_info(const struct gn_overlay *ov, struct gn_overlay_info *out);
/* How many of the own operations took that many hops; the last has those with more, too. */
#define GN_OVERLAY_HOPS 32
void gn_overlay_hops(const struct gn_overlay *ov, uint64_t out[GN_OVERLAY_HOPS]);

struct gn_overlay_peer {
	struct gn_contact contact;
	bool leaf, linked, up;
	bool hearsay; /* by another's word alone */
	uint8_t annulus;
	gn_time rtt, seen;
};
/* Of receipts whose holders are at these addresses (port 0: not known) so many count (OV-56). */
unsigned gn_overlay_distinct(const struct gn_overlay *ov, const struct gn_addr *addrs,
			     uint32_t count);

/* i-th known peer or link, in ring order from our own angle; false past the last. */
bool gn_overlay_peer_at(const struct gn_overlay *ov, uint32_t i, struct gn_overlay_peer *out);

/* Is there a mutual link with it, and a session? out: where; may be NULL. */
bool gn_overlay_linked(const struct gn_overlay *ov, const struct gn_pk *pk, struct gn_contact *out);
/* Up to `max` linked servers that are alive, through which a circuit to target may be tried, drawn
 * of who told us of it and those that list it as linked with them. */
unsigned gn_overlay_relays_for(const struct gn_overlay *ov, const struct gn_pk *target,
			       struct gn_contact *out, unsigned max);

struct gn_overlay_held {
	struct gn_hash key;
	struct gn_pk owner;
	uint16_t type;
	uint32_t len;
	uint64_t seq, expires;
	bool shown; /* false: expired, kept for a while */
};
bool gn_overlay_held_at(const struct gn_overlay *ov, uint32_t i, struct gn_overlay_held *out);
/* What is held under this key, shown or not; false: nothing. */
bool gn_overlay_held_of(const struct gn_overlay *ov, const struct gn_hash *key,
			struct gn_overlay_held *out);

/* The set of a key as this node knows it from its links, ourselves included: up to `max` servers,
 * nearest first. What it says is exact for keys that we hold or are about to hold; for others
 * there is gn_overlay_find. */
#define GN_OVERLAY_SET_MAX 24
uint32_t gn_overlay_set(struct gn_overlay *ov, const struct gn_hash *key, uint32_t max,
			struct gn_contact *out);

bool gn_overlay_counter_at(const struct gn_overlay *ov, size_t i, struct gn_counter *out);
/* What peers share here, to be shown; false past the last. */
bool gn_overlay_share_at(const struct gn_overlay *ov, size_t i, struct gn_share_view *out);
void gn_overlay_validate(const struct gn_overlay *ov);

#endif
