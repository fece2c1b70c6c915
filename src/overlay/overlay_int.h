/* What the files of the overlay share. One engine, these aspects:
 *
 *   overlay.c life, dispatch of messages, tick output.c queues to the owner geometry.c
 *   identity.c vivaldi.c pure functions contact.c who we know, in ring order told.c how far
 *   another's word carries
 *                                                       message.c contacts and envelopes to and
 *                                                       from bytes
 *   request.c what we asked and when it counts as unanswered peer.c links: HELLO, LINK, UNLINK,
 *   PING delta.c link lists of neighbours leaf.c leaf set, member view, set of a key annulus.c
 *   long links, caps bootstrap.c places to begin at join.c greeting, joined, server, periodic
 *   checks, healing op.c operations and their end lookup.c candidates, choice, hedging get.c
 *   put.c the two phases after / during a lookup records.c index, admission, quotas, expiry
 *   job.c storage requests in flight clock.c the time of records store.c shares of the record
 *   store, who gives way origin.c what the disk keeps beside a record digest.c offers and wants
 *   repair.c who must have what; pushes reach.c how far the set of a key reaches handover.c
 *   letting go of what others answer for info.c queries, validate
 *
 * Invariants that gn_overlay_validate checks: contacts sorted by id and in the map by key; a
 * link has a contact and the contact the link; every timer is in the heap for as long as its
 * object lives; quota sums equal the held records. */
#ifndef GN_OVERLAY_INT_H
#define GN_OVERLAY_INT_H

#include "guard/share.h"
#include "overlay/limits.h"
#include "overlay/overlay.h"
#include "wire/generated/overlay_fb.h"

/* ---- timers: always in the heap, at GN_NEVER when idle, so arming one cannot fail ---- */

enum gn_ov_timer_kind {
	GN_OV_TIMER_TASK,
	GN_OV_TIMER_REQUEST,
	GN_OV_TIMER_LINK,
	GN_OV_TIMER_OP,
	GN_OV_TIMER_HELD
};
enum gn_ov_task {
	GN_OV_TASK_JOIN,
	GN_OV_TASK_HEAL,
	GN_OV_TASK_FILL,
	GN_OV_TASK_REPAIR,
	GN_OV_TASK_DIGEST,
	GN_OV_TASK_COUNT
};

struct gn_ov_timer {
	struct gn_heap_node node;
	uint8_t kind, task;
};

/* ---- who we know ---- */

/* Network coordinate: a plane and a height, milliseconds; err is relative. */
struct gn_ov_coord {
	double x, y, h, err;
};

struct gn_ov_contact {
	struct gn_contact c;
	uint64_t theta;
	struct gn_ov_coord coord; /* err >= 1: not known */
	gn_time heard;            /* last evidence that it lives, its own or another's word */
	gn_time direct;           /* last message of its own; 0 = never */
	/* its first own word since it was away for long; 0 = none yet */
	gn_time since;
	gn_time tomb_until;         /* dead or lying: not tried before */
	gn_time refused_until;      /* wants no long link with us before */
	gn_time leaf_refused_until; /* not even as a leaf */
	gn_time waited;             /* when its word how long to wait was last taken; 0 = never */
	gn_time srtt, rttvar;       /* 0 = never measured */
	uint8_t fails;              /* lookups it did not answer, since it last did */
	struct gn_pk teller;        /* whose word we go by; all zero: nobody's, or its own */
	/* when it was first asked without ever having answered; 0 = not yet */
	gn_time dialled;
	uint8_t price;   /* of that dial, to its teller: addresses */
	gn_time knocked; /* where no session has been: since when .. */
	uint8_t knocks;  /* .. so many knocks were made there */
	/* as a teller: addresses dialled, where nobody answered or not yet; those where one did */
	uint8_t debt, good;
	/* unproven contacts that we have by its word, as last counted */
	uint16_t told;
	gn_time client_since; /* when it first had a link here as a client; 0 = never */
	gn_time client_left;  /* when the last such ended */
	/* links it began and its changes of mode are paid for until then */
	gn_time flips_at;
	gn_time placed; /* when it said last that it is at another place; 0 = never */
	/* work it made us do: not too often, whatever becomes of the link */
	gn_time forgot_at, digest_at;
	bool moved;              /* told at another address since it was dialled */
	bool up;                 /* a session is there */
	bool introduced;         /* mode and nonce are its own word */
	struct gn_ov_link *link; /* owned; NULL */
};

enum gn_ov_link_state { GN_OV_LINK_ASKED, GN_OV_LINK_UP };

struct gn_ov_link {
	struct gn_ov_timer timer; /* next PING */
	struct gn_ov_contact *contact;
	enum gn_ov_link_state state;
	bool leaf;         /* in our leaf set */
	bool their_leaf;   /* it said that we are in its own */
	bool told;         /* LINKED was announced */
	uint8_t told_mode; /* ours, as its last LINK or HELLO from us said */
	uint8_t miss;      /* PINGs unanswered in a row */
	uint64_t ping;     /* the request, 0 = none out */
	gn_time since, leaf_since;
	/* its list as we have it, and ours as it has it: first 8 bytes of ids */
	uint32_t their_version, our_version;
	uint32_t their_count, our_count;
	uint64_t theirs[GN_OV_DELTA_MAX], ours[GN_OV_DELTA_MAX];
	uint64_t pending[GN_OV_DELTA_MAX]; /* ours as last sent, until it says that it has it */
	uint32_t pending_version, pending_count;
	uint64_t their_digest;
	/* its wall clock less our `now`, and when it said so; clock_at 0: never */
	gn_time clock, clock_at;
};

/* ---- what we asked ---- */

struct gn_ov_request {
	struct gn_ov_timer timer;
	uint64_t id;
	uint8_t kind; /* enum gn_fb_overlay_body of the question */
	uint8_t tries;
	bool cold;   /* no session was up: the time tells nothing */
	bool any;    /* the key was not known: a bootstrap address */
	bool shared; /* it has a place in request_places */
	struct gn_contact to;
	gn_time sent, dead_at;
	uint32_t bytes; /* PUT, PUSH: of its record, */
	/* and of all records that were on their way with it when it was sent */
	uint64_t ahead;
	uint64_t carried;    /* what the overlay's was then */
	gn_op op;            /* lookups */
	struct gn_hash key;  /* PUSH, proof: the record */
	struct gn_hash hash; /* PUSH, proof: its version */
	bool prove;          /* GET: asks for a receipt and this proof, not for the record */
	struct gn_hash proof;
	uint64_t *offered; /* DIGEST: key8 of the entries; owned */
	uint32_t offered_count;
	uint8_t slot; /* HELLO: bootstrap index + 1 */
};

/* ---- operations ---- */

enum gn_ov_op_kind { GN_OV_FIND, GN_OV_GET, GN_OV_PUT };
enum gn_ov_purpose { GN_OV_USER, GN_OV_FOR_JOIN, GN_OV_FOR_HEAL, GN_OV_FOR_FILL, GN_OV_FOR_REGION };
enum gn_ov_cand_state { GN_OV_NEW, GN_OV_ASKED, GN_OV_SUSPECT, GN_OV_ANSWERED, GN_OV_DEAD };
enum gn_ov_put_state { GN_OV_UNSENT, GN_OV_SENT, GN_OV_STORED, GN_OV_DECLINED, GN_OV_FAILED };

struct gn_ov_cand {
	struct gn_contact c;
	struct gn_ov_coord coord;
	uint64_t sep;
	uint8_t state, put, depth, put_tries;
	bool self, mine; /* this node; it says that it answers for the key */
	bool not_mine;   /* it says that it does not */
	gn_time sent;
	uint64_t request;
	struct gn_hash version; /* of the value it gave */
	bool has_value;
};

struct gn_ov_value {
	uint8_t *bytes;          /* owned */
	struct gn_record record; /* borrows bytes */
	uint32_t holders;
};

/* What our own store says to an operation, taken up by its next step. */
struct gn_ov_local {
	bool came;
	bool stored; /* PUT: with this receipt */
	struct gn_receipt receipt;
	gn_err err;
	/* GET: what was read; PUT: what stands in the way; absent; borrowed until the input ends */
	struct gn_slice record;
};

struct gn_ov_op {
	struct gn_ov_timer timer; /* end of life */
	gn_op id;
	uint8_t kind, purpose;
	bool ended, storing; /* PUT: past its lookup */
	bool woken;          /* in the list of those to be stepped when the input ends */
	bool widened, probed;
	uint8_t probes; /* FINDs beside the key that are not over */
	/* such a FIND: for whom; whoever is so near to that one's key is no candidate */
	gn_op parent;
	uint64_t hole_theta, hole;
	gn_err err;
	struct gn_hash key;
	uint64_t theta;
	unsigned count; /* nearest that must answer */
	gn_time started, took;
	struct gn_ov_cand cands[GN_OV_CANDS_MAX]; /* by (sep, id) */
	uint32_t cand_count, inflight, rpcs, timeouts;
	unsigned hops;
	/* GET */
	struct gn_get_options get;
	bool local_pending;
	struct gn_ov_value values[GN_OVERLAY_VALUES]; /* newest first */
	uint32_t value_count;
	/* PUT */
	uint8_t *bytes;          /* owned */
	struct gn_record record; /* borrows bytes */
	unsigned w;
	bool saw_stale, saw_exists;
	gn_err refusal; /* the first one */
	struct gn_overlay_receipt receipts[GN_OV_SET_MAX];
	struct gn_addr receipt_addrs[GN_OV_SET_MAX];
	uint32_t receipt_count;
	/* result */
	struct gn_contact contacts[GN_OV_REPLY_CONTACTS];
	uint32_t contact_count;
	struct gn_overlay_value results[GN_OVERLAY_VALUES];
	struct gn_overlay_step steps[GN_OVERLAY_TRACE];
	uint32_t step_count;
	struct gn_ov_local local;
	struct gn_ov_op *next_done, *next_woken;
};

/* ---- held records ---- */

/* How a record came here; kept with it on the disk. */
enum gn_ov_how {
	GN_OV_BY_PUT,      /* a receipt of ours stands for it */
	GN_OV_BY_PUSH,     /* none does */
	GN_OV_BY_PROOF,    /* pushed, and the receipt came with a proof of storage (OV-68) */
	GN_OV_BY_HANDOVER, /* pushed by a linked server of standing; no receipt */
	GN_OV_HOWS
};
struct gn_ov_origin {
	/* who brought it, or asked for the receipt; zeros: ourselves, or not known */
	struct gn_holder by;
	enum gn_ov_how how;
};

struct gn_ov_held {
	struct gn_ov_timer timer; /* expiry */
	struct gn_hash key, hash;
	struct gn_pk owner;
	uint64_t seq, created;
	/* grace: seconds after its end in which its place is its owner's */
	uint32_t ttl, grace, len;
	uint16_t type;
	bool dirty; /* its set must be looked at */
	/* expired: hidden, kept for a while and for its type's rule */
	bool graced;
	uint8_t salt;
	gn_time hidden; /* since when, while graced: then in a list of hidden[] */
	struct gn_ov_held *before, *after;
	struct gn_ov_origin from; /* how it came here */
	uint64_t taken;           /* what its putter holds of the store for it */
	gn_time left;             /* since when we are not in its set; 0 = we are */
	/* not ours: the takers for proof; compared with the nearest */
	gn_time asked, offered;
	uint32_t synced[GN_OV_SET_MAX]; /* tags of members known to hold this version; 0 = free */
};

/* A record that is not ours any more, while its takers are asked for proof. */
struct gn_ov_leaving {
	struct gn_hash key, hash;
	gn_time until; /* past: the place is free */
	uint32_t count;
	struct gn_node_id holders[GN_OV_R_MAX]; /* who have shown that they have it */
	struct gn_addr addrs[GN_OV_R_MAX];
};

/* Shown records and their bytes; names among them, by salt; hidden ones. */
struct gn_ov_owner {
	uint32_t records, names[2], hidden; /* names: by salt, shown or not */
	uint64_t bytes;
};

/* ---- the time of records: all less `now`, as said or found last ---- */

struct gn_ov_clock {
	bool told;    /* the owner says what the wall clock shows */
	gn_time wall; /* the machine's clock */
	gn_time own;  /* the same, held for a while where it was before it was set */
	/* the peers' clock while they are in doubt of ours, else ours: live is what is by either */
	gn_time also;
	gn_time peers;         /* the median of the peers' clocks; with votes > 0 */
	uint32_t votes, agree; /* who said something lately; of them within a step of the median */
	/* since when wall and own differ by a step, 0: they do not; next look */
	gn_time apart, look_at;
};

/* ---- storage in flight ---- */

enum gn_ov_job_kind { GN_OV_JOB_PUT, GN_OV_JOB_GET, GN_OV_JOB_PUSH, GN_OV_JOB_PROVE };
enum gn_ov_job_state { GN_OV_JOB_WAITING, GN_OV_JOB_QUEUED, GN_OV_JOB_LOADING, GN_OV_JOB_STORING };

struct gn_ov_job {
	uint64_t token;
	uint8_t kind, state;
	bool pushed; /* PUT: came by PUSH: the answer has no receipt */
	struct gn_hash key;
	struct gn_contact to;    /* who asked; or whom to push to */
	uint64_t request;        /* of the peer; 0 with op: ours */
	uint64_t nonce;          /* a receipt and the proof over this are wanted, not the record */
	gn_op op;                /* local operation that waits, 0 = none */
	uint8_t *bytes;          /* PUT: owned, with room for its origin behind */
	struct gn_record record; /* PUT: borrows bytes */
	uint64_t counted;        /* PUT: of job_bytes */
	bool reads;              /* LOADING: it has a place in job_reads */
	gn_err refused;          /* PUT: LOADING only to show what stands against it */
	/* PUT, STORING: what is stored with it: who it is counted for .. */
	struct gn_ov_origin from;
	uint64_t taken; /* .. and how much; given back unless it is stored */
	/* what the store will grow by in its space, kept free until then */
	uint64_t coming;
	unsigned space; /* which one (gn_ov_space) */
	bool comes_new; /* and a place */
};

struct gn_ov_push {
	struct gn_hash key;
	struct gn_holder to; /* who has a place in request_places for it */
};

/* ---- outputs ---- */

struct gn_ov_out {
	struct gn_contact to;
	uint8_t *bytes; /* owned */
	size_t len;
	bool reliable;
};
struct gn_ov_store_out {
	struct gn_overlay_store store;
};

/* An address that only others have told, once it was dialled. */
struct gn_ov_dial {
	struct gn_addr addr;
	struct gn_pk pk, teller;
	gn_time until;
};

struct gn_ov_bootstrap {
	struct gn_addr addr;
	struct gn_pk pk;
	bool has_pk, learnt; /* learnt: by a session, not by configuration */
	uint64_t request;    /* HELLO out, 0 = none */
	gn_time answered;    /* 0 = never */
};

struct gn_ov_counters {
#define X(name) uint64_t name;
#include "overlay/counters.def"
#undef X
};

/* A node of the circle that counts: a link that is up to a server, or ourselves (contact NULL).
 * Sorted by id. */
struct gn_ov_member {
	struct gn_node_id id;
	uint64_t theta;
	struct gn_ov_contact *contact;
};

struct gn_overlay {
	struct gn_env env;
	struct gn_overlay_config cfg; /* defaults filled in */
	struct gn_contact self;
	uint64_t theta;
	struct gn_ov_coord coord;
	gn_time start, now_seen;
	struct gn_ov_clock clock;
	bool server, joined, attached; /* attached: a server is linked, as last seen */

	struct gn_heap timers;
	struct gn_ov_timer tasks[GN_OV_TASK_COUNT];

	struct gn_ov_contact **contacts; /* sorted by id; owned */
	uint32_t contact_count, contact_cap;
	struct gn_map by_pk;                      /* pk -> struct gn_ov_contact * */
	struct gn_ov_dial dials[GN_OV_DIALS_MAX]; /* a ring */
	uint32_t dial_next;
	gn_time forgive_at; /* tellers' debts are halved */

	uint32_t link_count, links_up, client_links;
	gn_time sum_at;        /* when we last walked all records for a peer's DIGEST; 0 = never */
	uint32_t list_version; /* of our own link list */
	struct gn_ov_member members[GN_OV_LINKS_MAX_2 + 1];
	uint32_t member_count;
	/* table of members; choice of leaves; consequences to be drawn */
	bool members_dirty, leaf_dirty, ring_changed;
	uint32_t leaf_cw, leaf_ccw;
	/* angle to the farthest leaf; all of the circle while a side is not full */
	uint64_t leaf_reach;
	double n_est;
	uint64_t reach; /* see reach.c; as of then */
	gn_time reach_at;
	double reach_n;

	struct gn_map requests; /* id -> struct gn_ov_request * */
	/* of those that peers bring about, and pushes to come, by whom they are to */
	struct gn_share request_places;
	uint64_t next_request;
	/* who was greeted asks for more work than ours, or has less than we ask for */
	bool other_work;
	struct gn_overlay_caused caused; /* not told yet */
	uint64_t out_bytes;              /* of records in PUTs and PUSHes without an answer */
	uint64_t carried;                /* of those that had one, ever */
	gn_time line; /* that our line takes for a KiB of them, of late (OV-73) */
	/* of lookups, halved now and then: the lossy test of alpha */
	uint32_t recent_asked, recent_lost;

	struct gn_map ops; /* id -> struct gn_ov_op * */
	gn_op next_op;
	struct gn_ov_op *done_first, *done_last, *shown, *trash;
	struct gn_ov_op *woken_first, *woken_last; /* to be stepped when the input ends */
	struct gn_ov_op *ours_ended;               /* by next_done: what follows is not drawn yet */
	uint32_t user_ops, visitor_ops;            /* the owner's; of them for visitors */
	uint64_t hop_counts[32], hop_total, hop_sum;

	struct gn_map held;         /* K -> struct gn_ov_held * */
	struct gn_ov_held **sorted; /* by K; valid while !sort_dirty */
	uint32_t sorted_cap, sorted_count;
	bool sort_dirty;
	bool restored;         /* we began with records */
	struct gn_map owners;  /* pk -> struct gn_ov_owner */
	uint64_t held_bytes;   /* of shown records */
	uint32_t hidden_count; /* expired ones, in held and sorted too */
	struct gn_ov_hidden {
		struct gn_ov_held *first, *last;      /* hidden longest, .. */
		uint64_t bytes, spaces[GN_OV_SPACES]; /* their lengths, and what each kind takes */
	} hidden[2];                                  /* second: those that have a grace */
	uint32_t way_cursor;                          /* where the next look for a surplus begins */
	uint64_t spaces[GN_OV_SPACES];                /* what each kind of record takes */
	uint64_t coming[GN_OV_SPACES];                /* and what is on its way to the disk */
	uint32_t coming_count;
	struct gn_share brought[GN_OV_HOWS]; /* the same by who brought it */
	uint32_t repair_cursor;
	bool repair_running, repair_left;
	uint8_t repair_round;
	gn_time repair_backoff;

	struct gn_map jobs;                    /* token -> struct gn_ov_job * */
	struct gn_share job_places, job_bytes; /* of the jobs, by who asked */
	/* of those that read from the disk for others, the same */
	struct gn_share job_reads;
	uint64_t next_token;
	struct gn_ring pushes;
	uint32_t push_loads;
	struct gn_ov_leaving leaving[GN_OV_LEAVING_MAX];

	struct gn_ov_bootstrap boots[GN_OV_BOOTSTRAPS_MAX];
	uint32_t boot_count;
	gn_time boot_backoff, heal_backoff;
	bool own_find; /* a FIND(own theta) runs */

	uint32_t load_served; /* requests since load_at */
	gn_time load_at;
	uint8_t load;

	struct gn_ring out, stores, events;
	uint8_t *shown_message, *shown_store; /* freed by the next call */
	struct gn_ov_counters count;
	uint8_t scratch[GN_OV_MESSAGE_MAX];
};

/* ---- geometry.c ---- */
/* Annulus of an angle difference > 0: 0 only for antipodes, 63 the innermost. */
unsigned gn_ov_annulus(uint64_t sep);

/* ---- vivaldi.c ---- */
void gn_ov_coord_init(struct gn_ov_coord *c);
double gn_ov_coord_ms(const struct gn_ov_coord *a, const struct gn_ov_coord *b);
void gn_ov_coord_update(struct gn_ov_coord *own, const struct gn_ov_coord *peer, double rtt_ms);
struct gn_fb_vivaldi gn_ov_coord_put(const struct gn_ov_coord *c);
struct gn_ov_coord gn_ov_coord_get(struct gn_fb_vivaldi v);

/* ---- contact.c ---- */
struct gn_ov_contact *gn_ov_contact_get(const struct gn_overlay *ov, const struct gn_pk *pk);
/* Index of the first contact whose id is >= id. */
uint32_t gn_ov_contact_place(const struct gn_overlay *ov, const struct gn_node_id *id);
/* True when the id follows from key and nonce and carries the work (OV-2). */
bool gn_ov_contact_valid(const struct gn_overlay *ov, const struct gn_contact *c);
/* The word of `teller` (NULL: our own memory), `age` old. Returns the contact, or NULL
 * (ourselves, full, out of memory, its share is used up). c is valid. */
struct gn_ov_contact *gn_ov_contact_hear(struct gn_overlay *ov, const struct gn_contact *c,
					 const struct gn_ov_coord *coord, gn_time age,
					 const struct gn_pk *teller, gn_time now);
/* Its own word that it is at another place than we have it: may it move there? Counted when not. */
bool gn_ov_contact_may_move(struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* Its own word; the first address is where it spoke from. Who moves has no link any more. */
struct gn_ov_contact *gn_ov_contact_meet(struct gn_overlay *ov, const struct gn_contact *c,
					 gn_time now);
void gn_ov_contact_alive(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
/* A session with it is up there: that address comes first. */
void gn_ov_contact_at(struct gn_ov_contact *c, const struct gn_addr *addr);
void gn_ov_contact_bury(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
/* ---- told.c ---- */
/* It has answered us, or has a session: more than another's word. */
bool gn_ov_proven(const struct gn_ov_contact *c);
/* We have it by another's word alone. */
bool gn_ov_hearsay(const struct gn_ov_contact *c);
/* Proven, being dialled, or not dialled yet and told by somebody whose word is still good. */
bool gn_ov_dialable(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* A request goes to it: an unproven one is charged to its teller. False: it must not be sent. */
bool gn_ov_dial(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
/* Its first own word: the teller was right. */
void gn_ov_told_right(struct gn_overlay *ov, struct gn_ov_contact *c);
/* May this teller add one more contact? */
bool gn_ov_told_room(struct gn_overlay *ov, const struct gn_pk *teller);
/* Whose word to go by from now on, of the one we have and a new one, `heard` then; what was
 * buried is raised when that calls for one more dial. False: the addresses we have stay. */
bool gn_ov_told_by(struct gn_overlay *ov, struct gn_ov_contact *c, const struct gn_contact *told,
		   const struct gn_pk *teller, gn_time heard, gn_time now);
/* Counts anew; old debts are forgiven. */
void gn_ov_told_sweep(struct gn_overlay *ov, gn_time now);

/* How long a contact is a candidate after somebody heard it. */
gn_time gn_ov_fresh(const struct gn_overlay *ov);
/* A candidate for links and lookups: a server, not buried, confirmed not too long ago. */
bool gn_ov_contact_usable(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* Up to max usable contacts nearest to (theta), nearest first; proven: only those, to be told to
 * others. */
uint32_t gn_ov_contact_nearest(const struct gn_overlay *ov, uint64_t theta, bool proven,
			       gn_time now, struct gn_ov_contact **out, uint32_t max);
void gn_ov_contact_rtt(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time rtt);
gn_time gn_ov_rtt_hat(const struct gn_overlay *ov, const struct gn_ov_contact *c,
		      const struct gn_ov_coord *coord);
void gn_ov_contact_sweep(struct gn_overlay *ov, gn_time now);
void gn_ov_contacts_free(struct gn_overlay *ov);
/* Compares (sep to theta, id). */
int gn_ov_nearer(uint64_t theta, const struct gn_node_id *a, const struct gn_node_id *b);

/* ---- bootstrap.c ---- */
/* Is that node begun at there? */
bool gn_ov_bootstrap_at(struct gn_overlay *ov, const struct gn_pk *pk, const struct gn_addr *addr);

/* ---- message.c ---- */
/* Who a message came from. */
struct gn_ov_from {
	struct gn_contact c;           /* pk and the address; the rest when known */
	struct gn_ov_contact *contact; /* NULL: never introduced */
	uint64_t request;
	uint8_t kind; /* enum gn_fb_overlay_body */
};
struct gn_ov_told {
	struct gn_contact c;
	struct gn_ov_coord coord;
	gn_time age;
};
struct gn_fbb gn_ov_builder(struct gn_overlay *ov);
gn_fbref gn_ov_put_contact(struct gn_overlay *ov, struct gn_fbb *b, const struct gn_ov_contact *c,
			   gn_time now);
/* As many of the contacts as fit into `room` bytes; refs and the number made. */
uint32_t gn_ov_put_contacts(struct gn_overlay *ov, struct gn_fbb *b,
			    struct gn_ov_contact *const *list, uint32_t count, size_t room,
			    gn_fbref *refs, gn_time now);
gn_fbref gn_ov_put_hello(struct gn_overlay *ov, struct gn_fbb *b, bool reply);
/* False, counted, when it is no valid contact. teller: who says so; its addresses judge private
 * ones. */
bool gn_ov_get_contact(struct gn_overlay *ov, struct gn_fb_contact t, const struct gn_addr *teller,
		       struct gn_ov_told *out);
bool gn_ov_get_hello(struct gn_overlay *ov, struct gn_fb_hello t, const struct gn_ov_from *from,
		     struct gn_contact *out);
/* Finishes and queues. */
gn_err gn_ov_send(struct gn_overlay *ov, struct gn_fbb *b, const struct gn_contact *to,
		  uint64_t request, uint8_t type, gn_fbref body);
void gn_ov_refuse(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_err err);

/* ---- output.c ---- */
void gn_ov_outputs_init(struct gn_overlay *ov);
void gn_ov_outputs_fini(struct gn_overlay *ov);
gn_err gn_ov_out_message(struct gn_overlay *ov, const struct gn_contact *to, struct gn_slice bytes);
/* Whether a record of so many bytes is worth reading for this peer; counted when not (OV-96). */
bool gn_ov_room(struct gn_overlay *ov, const struct gn_contact *to, size_t bytes);
gn_err gn_ov_out_store(struct gn_overlay *ov, enum gn_overlay_store_kind kind, uint64_t token,
		       const struct gn_hash *key, struct gn_slice value);
void gn_ov_out_event(struct gn_overlay *ov, enum gn_overlay_event_kind kind,
		     const struct gn_contact *peer);
/* What the last call showed may go now; every input calls it first. */
void gn_ov_begin(struct gn_overlay *ov, gn_time now);

/* ---- request.c ---- */
static inline bool gn_ov_of_lookup(uint8_t kind)
{
	return kind == GN_FB_OVERLAY_BODY_FIND || kind == GN_FB_OVERLAY_BODY_GET ||
	       kind == GN_FB_OVERLAY_BODY_PUT;
}
/* When it is lost: its peer's time is over, and the line's for what was on its way with it. */
gn_time gn_ov_request_end(const struct gn_overlay *ov, const struct gn_ov_request *r);
void gn_ov_timer_init(struct gn_ov_timer *t, uint8_t kind);
/* GN_NOMEM only when the timer is not in the heap yet. */
gn_err gn_ov_timer_set(struct gn_overlay *ov, struct gn_ov_timer *t, gn_time at);
/* Sets a task earlier, never later. */
void gn_ov_task_soon(struct gn_overlay *ov, enum gn_ov_task task, gn_time at);
void gn_ov_task_set(struct gn_overlay *ov, enum gn_ov_task task, gn_time at);
void gn_ov_requests_init(struct gn_overlay *ov);
void gn_ov_requests_fini(struct gn_overlay *ov);
/* NULL: full, the share of `to` is used up (OV-71), or out of memory. Timed for `to` as a
 * contact we know. */
/* For whom counts what is done for c. */
struct gn_holder gn_ov_holder_of(const struct gn_contact *c);
struct gn_ov_request *gn_ov_request_new(struct gn_overlay *ov, uint8_t kind,
					const struct gn_contact *to, gn_time now);
/* It carries a record of so many bytes: due at dead_at, and when the line had time for all that
 * is on its way (OV-73). */
void gn_ov_request_load(struct gn_overlay *ov, struct gn_ov_request *r, size_t bytes,
			gn_time dead_at);
/* That our line takes for records of so many bytes. */
gn_time gn_ov_line_time(const struct gn_overlay *ov, uint64_t bytes);
void gn_ov_request_free(struct gn_overlay *ov, struct gn_ov_request *r);
struct gn_ov_request *gn_ov_request_get(struct gn_overlay *ov, uint64_t id);
/* The question that this answer is to, with its time measured, for the caller to free: it is
 * answered once. NULL, counted, when nothing was asked that is answered so (OV-10). */
struct gn_ov_request *gn_ov_request_answered(struct gn_overlay *ov, const struct gn_ov_from *from,
					     gn_time now);
void gn_ov_requests_warm(struct gn_overlay *ov, const struct gn_pk *pk, gn_time now);
/* The carrier says that pk cannot be had: its requests are unanswered now. */
void gn_ov_requests_fail(struct gn_overlay *ov, const struct gn_pk *pk, gn_time now);
gn_time gn_ov_dead_after(const struct gn_overlay *ov, const struct gn_ov_contact *c);
gn_time gn_ov_spread(struct gn_overlay *ov, gn_time t, unsigned percent);

/* ---- peer.c ---- */
static inline bool gn_ov_is_server(const struct gn_ov_contact *c)
{
	return c->c.mode == GN_FB_NODE_MODE_SERVER;
}
void gn_ov_count_load(struct gn_overlay *ov, gn_time now);
/* Its next PING is a period away. */
void gn_ov_link_rest(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
/* leaf: a true one, for which another gives way when there is no room. */
struct gn_ov_link *gn_ov_link_new(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf,
				  gn_time now);
void gn_ov_link_up(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
/* A link with a peer that comes up, and its changes of mode, make us count members and records
 * anew each time: it has so many at once, and then one every now and then (OV-70). When it may
 * again. */
gn_time gn_ov_next_flip(const struct gn_ov_contact *c);
void gn_ov_flip(struct gn_ov_contact *c, gn_time now);
/* What a node says of itself; who is at another place than before loses its link. NULL: it may
 * not move again yet, or there is no room. */
struct gn_ov_contact *gn_ov_link_meet(struct gn_overlay *ov, const struct gn_contact *c,
				      gn_time now);
/* The peer's own word about itself. */
struct gn_ov_contact *gn_ov_meet(struct gn_overlay *ov, struct gn_ov_from *from,
				 struct gn_fb_hello m, gn_time now);
void gn_ov_link_ask(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf, gn_time now);
void gn_ov_link_drop(struct gn_overlay *ov, struct gn_ov_contact *c, bool tell, gn_time now);
void gn_ov_link_probe(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
void gn_ov_link_due(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);
void gn_ov_link_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
void gn_ov_link_dead(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
void gn_ov_hello_send(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request,
		      bool reply);
void gn_ov_hello_all(struct gn_overlay *ov, gn_time now);
void gn_ov_on_hello(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_hello m,
		    gn_time now);
void gn_ov_on_link(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link m,
		   gn_time now);
void gn_ov_on_link_ok(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_ok m,
		      gn_time now);
void gn_ov_on_link_no(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_no m,
		      gn_time now);
void gn_ov_on_unlink(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_unlink m,
		     gn_time now);
void gn_ov_on_ping(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ping m,
		   gn_time now);
void gn_ov_on_pong(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_pong m,
		   gn_time now);

/* ---- delta.c ---- */
/* What changed in our list since version `seen` as the peer has it; 0 when nothing or when the
 * list is empty. */
gn_fbref gn_ov_put_delta(struct gn_overlay *ov, struct gn_fbb *b, struct gn_ov_link *l,
			 uint32_t seen, gn_time now);
void gn_ov_get_delta(struct gn_overlay *ov, struct gn_ov_link *l, struct gn_fb_delta d,
		     gn_time now);
void gn_ov_on_delta(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_delta m,
		    gn_time now);
void gn_ov_list_alive(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);

/* ---- leaf.c ---- */
/* A link came, went or changed its mode: everything that follows is recomputed, the consequences
 * at the end of the input. */
void gn_ov_ring_touch(struct gn_overlay *ov);
/* Sorted members; rebuilt when links changed. */
void gn_ov_members_update(struct gn_overlay *ov);
/* Links that are up to servers. */
uint32_t gn_ov_server_links(struct gn_overlay *ov);
/* Up to max members nearest to the key, nearest first; ourselves (contact NULL) when we are a
 * server. */
uint32_t gn_ov_set_of(struct gn_overlay *ov, uint64_t theta, struct gn_ov_member *out,
		      uint32_t max);
/* Place of this node among the members nearest to theta, counted from 0; member_count when we
 * are none. */
uint32_t gn_ov_rank_of(struct gn_overlay *ov, uint64_t theta, const struct gn_node_id *id);
/* Chooses the leaf set from whom we know and asks for missing links. */
void gn_ov_leaf_update(struct gn_overlay *ov, gn_time now);
/* Whether who asks for a leaf link is one: on its way to us fewer than L linked servers lie
 * nearer (OV-20). */
bool gn_ov_leaf_claim(const struct gn_overlay *ov, const struct gn_ov_contact *c);
uint64_t gn_ov_leaf_digest(const struct gn_overlay *ov);
double gn_ov_gap(const struct gn_overlay *ov);

/* ---- reach.c ---- */
/* How long we have known it by its own word; and is that an hour, or half of our own uptime? */
gn_time gn_ov_seen(const struct gn_ov_contact *c, gn_time now);
bool gn_ov_standing(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* The same where it is about our store: an hour, since after a restart everybody is as old. Half
 * of our uptime is for a node that began with nothing, while less than a quarter of its store is
 * used. */
bool gn_ov_trusted(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* The angle within which a node answers for a key whatever its rank. */
uint64_t gn_ov_reach(struct gn_overlay *ov);
/* The set of a key: the R nearest members and all within the reach, nearest first. */
uint32_t gn_ov_holders_of(struct gn_overlay *ov, uint64_t theta,
			  struct gn_ov_member out[GN_OV_SET_MAX]);
/* Are we one of them? */
bool gn_ov_answers_for(struct gn_overlay *ov, uint64_t theta);
/* How many of the nearest candidates make up the set of a GET or PUT, or its region once it is
 * widened. */
unsigned gn_ov_op_width(struct gn_overlay *ov, const struct gn_ov_op *op);

/* ---- annulus.c ---- */
/* May one more of this public prefix count beside the `count` that do? Port 0 always counts. */
bool gn_ov_counts_beside(const struct gn_overlay *ov, const struct gn_addr *a,
			 const struct gn_addr *addrs, uint32_t count);
/* OV-56: how many of the addresses count when of one public prefix only so many do; port 0
 * always counts. */
unsigned gn_ov_distinct(const struct gn_overlay *ov, const struct gn_addr *addrs, uint32_t count);
struct gn_ov_place {
	unsigned annulus;
	bool ccw;
};
struct gn_ov_place gn_ov_place_of(const struct gn_overlay *ov, uint64_t theta);
/* OV-25: a prefix that is not counted; two contacts of one, whether it is or not. */
bool gn_ov_prefix_exempt(const struct gn_overlay *ov, const struct gn_contact *c);
bool gn_ov_same_prefix(const struct gn_contact *a, const struct gn_contact *b);
/* sharing: links there of its prefix. */
bool gn_ov_prefix_ok(const struct gn_overlay *ov, const struct gn_contact *c, unsigned sharing);
bool gn_ov_place_eq(struct gn_ov_place a, struct gn_ov_place b);
/* Links to servers there; *prefix: how many of them share an address prefix with c. */
unsigned gn_ov_links_there(const struct gn_overlay *ov, struct gn_ov_place at,
			   const struct gn_contact *c, unsigned *prefix);
/* So many, by our capacity class. */
unsigned gn_ov_scaled(const struct gn_overlay *ov, unsigned n);
/* May this node take one more long link there? Counts the reason when not. */
bool gn_ov_annulus_room(struct gn_overlay *ov, const struct gn_ov_contact *c);
void gn_ov_annulus_fill(struct gn_overlay *ov, gn_time now);
void gn_ov_annulus_trim(struct gn_overlay *ov, gn_time now);
uint32_t gn_ov_links_max(const struct gn_overlay *ov);

/* ---- join.c ---- */
void gn_ov_join_due(struct gn_overlay *ov, gn_time now);
void gn_ov_join_check(struct gn_overlay *ov, gn_time now);
void gn_ov_join_hello(struct gn_overlay *ov, struct gn_ov_request *r, struct gn_ov_contact *c,
		      gn_time now);
void gn_ov_join_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
void gn_ov_join_found(struct gn_overlay *ov, const struct gn_ov_op *op, gn_time now);
void gn_ov_fill_due(struct gn_overlay *ov, gn_time now);
void gn_ov_heal_due(struct gn_overlay *ov, gn_time now);

/* ---- op.c, lookup.c, get.c, put.c ---- */
gn_err gn_ov_op_new(struct gn_overlay *ov, enum gn_ov_op_kind kind, enum gn_ov_purpose purpose,
		    const struct gn_hash *key, gn_time now, struct gn_ov_op **out);
void gn_ov_op_end(struct gn_overlay *ov, struct gn_ov_op *op, gn_err err, gn_time now);
void gn_ov_op_free(struct gn_overlay *ov, struct gn_ov_op *op);
struct gn_ov_op *gn_ov_op_get(const struct gn_overlay *ov, gn_op id);
/* It is stepped when this input ends. */
void gn_ov_op_wake(struct gn_overlay *ov, struct gn_ov_op *op);
/* Our own store's word to it; it is woken. */
void gn_ov_op_local(struct gn_overlay *ov, gn_op id, const struct gn_ov_local *local);
/* Internal FIND of an angle, from `only` or from all we know. */
void gn_ov_find_theta(struct gn_overlay *ov, uint64_t theta, enum gn_ov_purpose purpose,
		      const struct gn_ov_contact *only, gn_time now);
/* The same for a lookup that waits for it; false: not started. */
bool gn_ov_find_for(struct gn_overlay *ov, uint64_t theta, struct gn_ov_op *parent, gn_time now);

void gn_ov_lookup_start(struct gn_overlay *ov, struct gn_ov_op *op,
			const struct gn_ov_contact *only, gn_time now);
/* Did anybody answer? */
gn_err gn_ov_op_reached(const struct gn_overlay *ov, const struct gn_ov_op *op);
void gn_ov_cand_insert(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_ov_cand *n);
void gn_ov_lookup_add(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_contact *c,
		      const struct gn_ov_coord *coord, uint8_t depth);
/* Sends what may be sent; true when the nearest `count` have answered. */
bool gn_ov_lookup_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
struct gn_ov_cand *gn_ov_cand_of(struct gn_ov_op *op, const struct gn_pk *pk);
void gn_ov_lookup_hedge(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
void gn_ov_lookup_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
/* The answer of r came: its candidate, or NULL when the operation has ended. Frees nothing. */
struct gn_ov_cand *gn_ov_lookup_answer(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now,
				       struct gn_ov_op **op);
void gn_ov_lookup_learn(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *by,
			const struct gn_ov_told *told, const struct gn_pk *teller);
void gn_ov_step_record(struct gn_ov_op *op, const struct gn_ov_cand *c, gn_err outcome,
		       gn_time now);
/* Rank of the candidate among those not dead; not_mine ones are left out. */
uint32_t gn_ov_cand_rank(const struct gn_ov_op *op, const struct gn_ov_cand *c);

/* Too many candidates within the reach to have come by chance: who stands behind them is asked
 * for by two FINDs, one on each side of the key, that leave the crowd out. False when there is
 * no crowd, or it was done before. */
bool gn_ov_lookup_probe(struct gn_overlay *ov, struct gn_ov_op *op, unsigned most, gn_time now);
void gn_ov_lookup_probed(struct gn_overlay *ov, const struct gn_ov_op *probe);

bool gn_ov_get_done(struct gn_overlay *ov, struct gn_ov_op *op, bool exhausted, gn_time now);
void gn_ov_get_local(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
/* Bytes of a record that answer the GET; bad ones are counted. cand: who gave them. */
void gn_ov_get_value(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *cand,
		     struct gn_slice bytes, bool check, gn_time now);
void gn_ov_get_local_done(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
void gn_ov_values_free(struct gn_overlay *ov, struct gn_ov_op *op);
bool gn_ov_values_add(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_record *r);

void gn_ov_put_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
void gn_ov_put_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
/* Does it name this version, come from this holder, and verify? */
bool gn_ov_receipt_ok(const struct gn_receipt *r, const struct gn_hash *key, uint64_t seq,
		      const struct gn_hash *hash, const struct gn_contact *holder);
void gn_ov_put_receipt(struct gn_ov_op *op, struct gn_ov_cand *c, const struct gn_receipt *r);
void gn_ov_put_local(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);

void gn_ov_on_find(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_find m,
		   gn_time now);
void gn_ov_on_nodes(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_nodes m,
		    gn_time now);
void gn_ov_on_get(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_get m, gn_time now);
void gn_ov_on_value(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_value m,
		    gn_time now);
void gn_ov_on_put(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_put m, gn_time now);
void gn_ov_on_ack(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ack m, gn_time now);
void gn_ov_on_stale(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_stale m,
		    gn_time now);
void gn_ov_on_not_mine(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_not_mine m,
		       gn_time now);
void gn_ov_on_refused(struct gn_overlay *ov, struct gn_ov_from *from, gn_err why, gn_time now);
/* NODES, or NOT_MINE, about theta to who asked. */
void gn_ov_send_nodes(struct gn_overlay *ov, const struct gn_ov_from *from, uint8_t type,
		      uint64_t theta, unsigned limit, bool mine, gn_time now);

/* ---- settle.c ---- */
/* The end of an input: woken operations go on, what follows from those that ended is drawn, and
 * when links changed: members, leaf set, estimate, repair. */
void gn_ov_settle(struct gn_overlay *ov, gn_time now);

/* ---- clock.c ---- */
/* By more than a step. */
bool gn_ov_clock_differ(gn_time a, gn_time b);
gn_time gn_ov_clock_earlier(const struct gn_ov_clock *c);
/* Do enough peers agree? */
bool gn_ov_clock_vote(const struct gn_ov_clock *c);
/* Unix seconds by the clock of records; and `now` at a Unix second. */
uint64_t gn_ov_unix(const struct gn_overlay *ov, gn_time now);
gn_time gn_ov_at_unix(const struct gn_overlay *ov, uint64_t seconds);
/* The time by which a record is live, the earlier one if it is by both or by neither. */
gn_time gn_ov_live(const struct gn_overlay *ov, const struct gn_record *r, gn_time now);
/* What our own PING or PONG says; 0: nothing. */
uint64_t gn_ov_clock_said(const struct gn_overlay *ov, gn_time now);
void gn_ov_clock_hear(struct gn_ov_link *l, uint64_t seconds, gn_time now);
/* May the time end a right that somebody holds (a name's grace)? Own clock and peers agree, or
 * nobody contradicted for long. */
bool gn_ov_clock_sure(const struct gn_overlay *ov, gn_time now);
void gn_ov_clock_info(const struct gn_overlay *ov, struct gn_overlay_info *out);

/* ---- records.c ---- */
/* The clock of records was set: what is expired, and when, is seen anew. */
void gn_ov_held_rearm(struct gn_overlay *ov, gn_time now);
struct gn_ov_held *gn_ov_held_get(const struct gn_overlay *ov, const struct gn_hash *key);
/* The first held record with this key8 in order, or NULL. */
struct gn_ov_held *gn_ov_held_by8(struct gn_overlay *ov, uint64_t key8);
void gn_ov_held_sort(struct gn_overlay *ov);
/* How long the record's place stays its owner's after its end, in seconds. */
uint32_t gn_ov_grace_of(const struct gn_overlay *ov, const struct gn_record *r);
/* The index takes a durable record. */
gn_err gn_ov_held_set(struct gn_overlay *ov, const struct gn_record *r,
		      const struct gn_ov_origin *from, uint64_t taken, gn_time now);
void gn_ov_held_drop(struct gn_overlay *ov, struct gn_ov_held *h, bool disk);
void gn_ov_held_due(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now);
void gn_ov_held_free(struct gn_overlay *ov);
/* Time, quota and the index alone; GN_PENDING when the type's rule needs the held bytes. handed:
 * see gn_ov_handed_over. */
gn_err gn_ov_admit(struct gn_overlay *ov, const struct gn_record *r, bool handed, gn_time now);
gn_err gn_ov_admit_rule(struct gn_overlay *ov, const struct gn_record *held,
			const struct gn_record *in, bool handed, gn_time now);
bool gn_ov_synced(const struct gn_ov_held *h, const struct gn_node_id *id);
void gn_ov_synced_add(struct gn_ov_held *h, const struct gn_node_id *id);
/* A member left: whoever comes back under this id has to show what it holds. */
void gn_ov_synced_forget(struct gn_overlay *ov, const struct gn_node_id *id);

/* ---- origin.c ---- */
/* What stands behind a record on the disk. */
void gn_ov_origin_put(const struct gn_overlay *ov, const struct gn_record *r,
		      const struct gn_ov_origin *from, uint8_t tail[GN_OV_ORIGIN_LEN]);
/* A stored value, of this release or an earlier one; r borrows it. Errors of
 * gn_wire_record_parse. */
gn_err gn_ov_origin_get(const struct gn_overlay *ov, struct gn_slice value, struct gn_record *r,
			struct gn_ov_origin *from);

/* ---- store.c ---- */
enum { GN_OV_SPACE_NAMES, GN_OV_SPACE_IDS, GN_OV_SPACE_LOW, GN_OV_SPACE_REST };
uint64_t gn_ov_place_bytes(const struct gn_overlay *ov);
/* A copy: no receipt of ours stands for it. */
static inline bool gn_ov_copy(const struct gn_ov_held *h)
{
	return h->from.how == GN_OV_BY_PUSH || h->from.how == GN_OV_BY_HANDOVER;
}
static inline uint64_t gn_ov_hidden_bytes(const struct gn_overlay *ov)
{
	return ov->hidden[0].bytes + ov->hidden[1].bytes;
}
gn_err gn_ov_store_init(struct gn_overlay *ov);
/* Which of the parts kept for kinds of records (OV-91), and the bytes that a record of len
 * takes: its place at least. */
unsigned gn_ov_space(uint16_t type, uint32_t grace);
uint64_t gn_ov_cost(const struct gn_overlay *ov, uint64_t len);
/* A record comes into the accounts as shown, or leaves them. */
void gn_ov_store_count(struct gn_overlay *ov, struct gn_ov_held *h);
void gn_ov_store_uncount(struct gn_overlay *ov, struct gn_ov_held *h);
/* Its putter holds nothing for it any more. */
void gn_ov_store_release(struct gn_overlay *ov, struct gn_ov_held *h);
/* The record that j stored again has a receipt from now on: whose, and from whose share, as
 * gn_ov_store_take said. */
void gn_ov_store_promise(struct gn_overlay *ov, struct gn_ov_held *h, struct gn_ov_job *j);
bool gn_ov_origin_eq(const struct gn_ov_origin *a, const struct gn_ov_origin *b);
/* What came or will not come is not on its way any more. */
void gn_ov_store_came(struct gn_overlay *ov, struct gn_ov_job *j);
/* A linked server of standing pushed what it holds, and waits for the answer. Read repair and
 * STALE, which wait for none, pass on what anybody may have said (OV-58). */
bool gn_ov_handed_over(const struct gn_overlay *ov, const struct gn_ov_job *j);
/* Names that r's owner has here under its salt, besides h: hidden ones too, which keep others
 * away (NA-6), and those on their way to the disk. */
uint32_t gn_ov_store_names(const struct gn_overlay *ov, const struct gn_ov_held *h,
			   const struct gn_record *r);
/* Room for r in place of h (or NULL): what gives way is dropped. GN_QUOTA, GN_NO_SPACE. */
gn_err gn_ov_store_room(struct gn_overlay *ov, const struct gn_ov_held *h,
			const struct gn_record *r);
/* The putter's share for a record about to be stored. GN_QUOTA, GN_NO_SPACE, GN_NOMEM. */
gn_err gn_ov_store_take(struct gn_overlay *ov, struct gn_ov_job *j);

/* ---- job.c ---- */
void gn_ov_jobs_init(struct gn_overlay *ov);
void gn_ov_jobs_free(struct gn_overlay *ov);
/* Who makes the work: the peer that asked; nobody for our own operations and pushes. */
struct gn_holder gn_ov_job_asker(const struct gn_contact *to, gn_op op, enum gn_ov_job_kind kind);
struct gn_ov_job *gn_ov_job_new(struct gn_overlay *ov, enum gn_ov_job_kind kind,
				const struct gn_contact *to, uint64_t request, gn_op op,
				const struct gn_hash *key);
void gn_ov_job_free(struct gn_overlay *ov, struct gn_ov_job *j);
struct gn_ov_job *gn_ov_job_get(const struct gn_overlay *ov, uint64_t token);
/* From the disk, at once or when who asked has fewer reads under way; our own work is not
 * counted. */
gn_err gn_ov_job_read(struct gn_overlay *ov, struct gn_ov_job *j);
void gn_ov_job_read_over(struct gn_overlay *ov, struct gn_ov_job *j);
/* The oldest that may be read now. */
struct gn_ov_job *gn_ov_job_queued(const struct gn_overlay *ov);
/* The version of this key that is on its way to the disk; NULL. */
const struct gn_ov_job *gn_ov_job_storing(const struct gn_overlay *ov, const struct gn_hash *key);
bool gn_ov_is_version(const struct gn_ov_held *h, const struct gn_record *r);
void gn_ov_job_refuse(struct gn_overlay *ov, struct gn_ov_job *j, gn_err err,
		      struct gn_slice against, gn_time now);
void gn_ov_job_accept(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now);
void gn_ov_job_begin(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now);
void gn_ov_job_store(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now);
/* nonce: of the proof that is asked for besides a receipt; 0 = none. */
void gn_ov_job_take(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_op op,
		    bool pushed, uint64_t nonce, const struct gn_record *r, gn_time now);
struct gn_receipt gn_ov_receipt_of(struct gn_overlay *ov, const struct gn_record *r);
/* A record to be stored for a peer (PUT, PUSH) or for our own operation; r's bytes are copied.
 * Answers in any case. */
void gn_ov_job_put(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_op op,
		   bool pushed, const struct gn_record *r, gn_time now);
/* Reads a held record for a peer's GET, our own (op), or a PUSH to `to`, or for the takers'
 * proof. */
gn_err gn_ov_job_load(struct gn_overlay *ov, enum gn_ov_job_kind kind, const struct gn_contact *to,
		      uint64_t request, gn_op op, const struct gn_hash *key, uint64_t nonce,
		      gn_time now);

/* Is a version of this key on its way to the disk? */
bool gn_ov_job_stores(const struct gn_overlay *ov, const struct gn_hash *key);

/* ---- handover.c ---- */
void gn_ov_stored_proof(uint64_t nonce, const struct gn_node_id *holder, struct gn_slice record,
			struct gn_hash *out);
/* A record whose set does not include us: its takers are asked for proof when it may go. */
void gn_ov_hand_over(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now);
void gn_ov_hand_over_loaded(struct gn_overlay *ov, const struct gn_record *record, gn_time now);
/* r: the question that m answers. */
void gn_ov_hand_over_proof(struct gn_overlay *ov, const struct gn_ov_request *r, struct gn_fb_ack m,
			   gn_time now);

/* ---- repair.c, digest.c ---- */
void gn_ov_repair_soon(struct gn_overlay *ov, gn_time at);
void gn_ov_repair_due(struct gn_overlay *ov, gn_time now);
/* False when there is no place for it. */
bool gn_ov_push(struct gn_overlay *ov, const struct gn_hash *key, const struct gn_pk *to,
		gn_time now);
void gn_ov_push_next(struct gn_overlay *ov, gn_time now);
void gn_ov_push_loaded(struct gn_overlay *ov, const struct gn_contact *to,
		       const struct gn_record *r, gn_time now);
/* A record someone pushed; request 0: nobody waits; only: of this key, NULL: any. */
void gn_ov_take_pushed(struct gn_overlay *ov, const struct gn_contact *from, uint64_t request,
		       const struct gn_hash *only, struct gn_slice bytes, gn_time now);
void gn_ov_on_push(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_push m,
		   gn_time now);
void gn_ov_offer(struct gn_overlay *ov, const struct gn_contact *to, struct gn_ov_held *const *list,
		 uint32_t count, gn_time now);
void gn_ov_digest_due(struct gn_overlay *ov, gn_time now);
void gn_ov_on_digest(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_digest m,
		     gn_time now);
void gn_ov_on_want(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_want m,
		   gn_time now);

#endif
