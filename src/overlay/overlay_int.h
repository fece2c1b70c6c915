/* What the files of the overlay share: the structs. What a file offers the others stands in the
 * header of its aspect. From the bottom up (tools/layers.txt has the order file by file):
 *
 *   ring_int.h     geometry vivaldi prefix    pure functions, whose work it is
 *                  ring annulus reach         members, sets of keys, how far they reach
 *                  leaf fill                  whom we link: leaf set, long links
 *   request_int.h  timer request              what is due; what we asked and is unanswered
 *   message_int.h  output message             queues to the owner; contacts and envelopes as bytes
 *   contact_int.h  known told contact         who we know, and how far another's word carries
 *                  bootstrap                  places to begin at
 *   store_int.h    clock clock_vote           the time of records
 *                  origin receipt account     what stands behind a record; who pays for it
 *                  records store admit        index; who gives way; who may come in
 *   job_int.h      job storing disk           storage in flight
 *   link_int.h     link peer delta join       links, their messages, becoming part of the ring
 *   repair_int.h   push digest handover       copies: sent, compared, let go
 *                  repair                     the passes that see to them
 *   op_int.h       op lookup get put          operations
 *                  relay                      questions through linked peers
 *                  settle                     the end of every input
 *   overlay.h      start tick info overlay    the owner's side
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
	GN_OV_TASK_REACH,
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
	/* questions passed on for it, and to it, and PUTs to it, are paid for until then (RE-48) */
	gn_time relay_asked, relay_given, relay_put;
	uint8_t relay_fails;     /* questions to it through others in a row that were in vain */
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
	/* as who passes on what we ask: it has answered so; questions that it did not, in a row;
	 * not asked before; what we asked it is paid for until then */
	bool relays;
	uint8_t relay_misses;
	gn_time relay_after, relay_sent;
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
	/* it goes through another, who answers for it */
	bool relayed;
	struct gn_pk via;
	/* RELAY: what another asked through us: who, its number, the kind of question; to the next
	 * that passes it on, not to the target */
	struct gn_holder asker;
	uint64_t asker_request;
	uint8_t asks;
	bool on_and_on, placed; /* placed: it has a place in relay_places */
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
	struct gn_pk via;     /* through whom it was asked; zeros: nobody */
	struct gn_node_id by; /* who named it; zeros: we knew it */
	bool itself;          /* it is not asked through others any more */
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
	bool relays;    /* its questions may go through others */
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
	struct gn_contact contacts[GN_OV_FIND_CONTACTS];
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
	enum gn_ov_job_kind kind;
	uint8_t state;
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

/* ---- messages ---- */

/* Who a message came from. */
struct gn_ov_from {
	struct gn_contact c;           /* pk and the address; the rest when known */
	struct gn_ov_contact *contact; /* NULL: never introduced */
	uint64_t request;
	uint8_t kind; /* enum gn_fb_overlay_body */
	/* who passed it on; NULL: it came from c itself. relay_said: it is that one's own word */
	struct gn_ov_contact *via;
	bool relay_said;
};

/* A contact as another described it. */
struct gn_ov_told {
	struct gn_contact c;
	struct gn_ov_coord coord;
	gn_time age;
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

/* A band of equal hyperbolic width, on one side. */
struct gn_ov_place {
	unsigned annulus;
	bool ccw;
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
	/* how we are reached, as the owner says; what we say of it is in self, since then */
	uint8_t reach_found, can_found;
	bool holds_nothing; /* gn_overlay_hold */
	gn_time reach_told; /* 0 = never */

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
	bool members_changed; /* and the owner has not been told */
	bool near_asked;      /* a FIND of the owner's asks somebody near its key, the same */
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
	struct gn_share relay_places; /* of those that go through us, by who asked */
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
	uint64_t hop_counts[GN_OVERLAY_HOPS], hop_total, hop_sum;

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

#endif
