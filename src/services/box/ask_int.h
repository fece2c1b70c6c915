/* What a depositor and a reader need of holders: requests with their answers, rights that are shown
 * once per session and signed by who has the key, the sets of boxes; and the two operations. */
#ifndef GN_SERVICES_BOX_ASK_INT_H
#define GN_SERVICES_BOX_ASK_INT_H

#include "services/box/hold_int.h"

/* ---- remote.c: requests ---- */

enum box_ask_kind {
	ASK_KNOCK,
	ASK_SHOW,
	ASK_DEPOSIT,
	ASK_STATE,
	ASK_LIST,
	ASK_FETCH,
	ASK_WATCH,
	ASK_ACK,
	ASK_PROBE,
	ASK_LEASE,
	ASK_EXTEND,
	ASK_REPORT
};

struct box_door_key {
	struct gn_pk peer, box, key;
	uint8_t role;
};

struct box_ask { /* a request not answered */
	struct gn_heap_node timer;
	uint64_t number;
	enum box_ask_kind kind;
	struct gn_pk peer;
	gn_op op;                 /* of the operation; 0 with KNOCK, SHOW, PROBE */
	unsigned target;          /* of it */
	struct box_door_key door; /* KNOCK, SHOW; PROBE: its box */
	struct box_ask *next_lost;
	gn_err err;              /* of a lost one */
	uint32_t count, answers; /* answers: of a FETCH, no more than ids */
	struct gn_box_id ids[];  /* FETCH, ACK; EXTEND, REPORT: one */
};

/* The number for a message to be sent now; 0: too many, or no memory. */
uint64_t box_ask_new(struct gn_box *b, const struct box_ask *like, const struct gn_box_id *ids);
struct box_ask *box_ask_get(const struct gn_box *b, uint64_t number, const struct gn_pk *from);
/* More time for an answer that comes in parts. */
void box_ask_renew(struct gn_box *b, struct box_ask *a);
void box_ask_free(struct gn_box *b, struct box_ask *a);
void box_ask_due(struct gn_box *b, struct box_ask *a);
void box_asks_of_peer_lost(struct gn_box *b, const struct gn_pk *pk, gn_err why);
/* One that will not be answered, for its operation; the caller frees it. */
struct box_ask *box_ask_lost(struct gn_box *b);
void box_asks_forget(struct gn_box *b, gn_op op);

/* ---- door.c: rights at holders ---- */

enum box_door_state {
	DOOR_CLOSED,
	DOOR_KNOCKING,
	DOOR_SIGNING,
	DOOR_SHOWING,
	DOOR_OPEN,
	DOOR_REFUSED
};
struct box_door {
	struct box_door_key key;
	struct gn_contact to;
	enum box_door_state state;
	gn_err err;    /* REFUSED */
	gn_time until; /* REFUSED: not tried again before; SIGNING: given up; else used last */
	uint64_t sign;
	uint16_t number;
	uint8_t failed; /* since it was open: how long it is REFUSED */
	uint8_t exporter[32];
	uint8_t way; /* DEPOSITOR, WORKER */
	struct gn_boxcert certificate;
	uint8_t *token; /* owned */
	uint32_t token_len;
};
struct box_right { /* by which an operation asks */
	struct gn_pk box, key;
	uint8_t role;
	const struct gn_box_proof *proof; /* DEPOSITOR; WORKER, READER by token */
};
/* GN_OK: *number goes into requests. GN_PENDING: its operation is run again when it is known. */
/* How long a holder that has just failed is left alone: 1 s, and each time twice as long, up to
 * BOX_RETRY. failed: how often it did; counted here. */
gn_time box_retry(uint8_t *failed);
GN_MUST gn_err box_door_open(struct gn_box *b, const struct gn_contact *to,
			     const struct box_right *right, uint16_t *number);
void box_door_answer(struct gn_box *b, const struct box_ask *a, gn_err err);
void box_door_lost(struct gn_box *b, const struct box_ask *a);
/* There is a session: it was all that those wait for who knock. */
void box_doors_of_peer_knocked(struct gn_box *b, const struct gn_pk *pk);
void box_doors_of_peer_close(struct gn_box *b, const struct gn_pk *pk);
/* A holder says that nothing was shown: it forgot. */
void box_door_denied(struct gn_box *b, const struct gn_pk *peer, const struct box_right *right);
void box_doors_look(struct gn_box *b);
bool box_sign_next(struct gn_box *b, struct gn_box_event *out);
void box_door_free(struct gn_box *b, struct box_door *d);

/* ---- set.c: who holds a box ---- */

struct box_set { /* of one salt */
	gn_op find;
	unsigned kind; /* enum box_find_kind */
	struct gn_hash key;
	void *owner;
	bool known;
	gn_err err;
	uint32_t count;
	struct gn_contact nodes[BOX_SET_WIDE]; /* nearest first */
};
GN_MUST gn_err box_set_find(struct gn_box *b, struct box_set *s, unsigned kind, void *owner,
			    const struct gn_pk *box, uint8_t salt);
void box_set_found(struct gn_box *b, struct box_set *s, const struct gn_overlay_event *e);
void box_set_drop(struct gn_box *b, struct box_set *s);

/* ---- operations ---- */

enum box_op_kind { OP_DEPOSIT, OP_CHECK, OP_FOLLOW, OP_WORK };

/* ---- deposit.c ---- */

enum box_put_state { PUT_UNSENT, PUT_OPENING, PUT_SENT, PUT_DONE, PUT_FAILED };
struct box_put_target {
	struct gn_contact to;
	enum box_put_state state;
	uint8_t place, tries;
	gn_time since; /* it is asked; 0: it is not yet */
	bool beside;   /* asked while its set was looked up, and not of the set */
	gn_err err;    /* DONE: GN_OK, or GN_EXISTS: it has been taken there */
	uint8_t said;  /* DONE of a check: enum gn_fb_box_state */
};
struct box_put { /* a deposit, or the question what has become of one */
	struct gn_frame_op op;
	struct box_put *next;
	struct gn_box_place place;
	struct gn_hash hash;
	struct gn_box_proof proof; /* token owned */
	bool by_right;             /* the proof is shown first, under key */
	struct gn_pk key;
	uint8_t *item; /* owned; NULL: a check */
	uint32_t item_len, ttl;
	uint8_t cls;
	unsigned need;
	bool wide; /* to BOX_READ_EXTRA beyond the set */
	bool stored, stored_shown;
	bool young;    /* its sets were looked up before this node had joined */
	bool again;    /* they were looked up anew since it has */
	uint8_t looks; /* times that they were looked up anew */
	gn_time retry; /* when that is due; GN_NEVER: it is not */
	struct box_set sets[2];
	struct box_put_target targets[4 * BOX_SET_WIDE]; /* of each place with those beside */
	uint32_t target_count;
	struct gn_ring custodies; /* not shown */
	gn_err refusal;           /* what a holder said, if any; with: */
	char limit[32];
	uint8_t bits;
};
bool box_has_joined(const struct gn_box *b);
GN_MUST gn_err box_put_start(struct gn_box *b, const struct gn_box_deposit *d, gn_op *op);
GN_MUST gn_err box_check_start(struct gn_box *b, const struct gn_box_place *place,
			       const struct gn_hash *item, const struct gn_box_proof *by,
			       gn_op *op);
void box_put_free(struct gn_box *b, struct box_put *p);
void box_puts_run(struct gn_box *b);
/* Who is linked has changed: deposits that found nobody look again. */
void box_puts_members(struct gn_box *b);
void box_put_answer(struct gn_box *b, struct box_put *p, unsigned target,
		    struct gn_fb_box_message m);
void box_put_lost(struct gn_box *b, struct box_put *p, unsigned target, gn_err err);
bool box_put_event(struct gn_box *b, struct box_put *p, struct gn_box_event *out);

struct box_read_target {
	struct gn_contact to;
	bool here; /* of the present set; else the place is free */
	uint8_t place, rank;
	bool listing, fetching, acking, watching, watch_asked;
	bool listed;    /* all it has, once */
	uint64_t after; /* of the listing under way; its pages */
	unsigned pages;
	gn_time list_at, watch_at, ack_at; /* due; ack_at: not before */
	uint8_t failed;                    /* requests since one was answered */
	unsigned lies;
	uint32_t ids;   /* that it was the first to name */
	uint64_t bytes; /* of items, since it was listed last */
	bool look;      /* there may be one that it named and nobody was asked for */
};
enum box_seen_state { SEEN_NAMED, SEEN_ASKED, SEEN_SHOWN };
struct box_seen { /* an id of a followed box */
	enum box_seen_state state;
	uint32_t named; /* bit i: target i has it */
	uint32_t told;  /* bit i: target i knows that it was taken */
	bool acked;
	uint8_t first; /* the target that named it first; 255: it is free */
	gn_time fresh; /* when it was last named, or acknowledged */
};
struct box_got { /* an item that was not shown yet */
	struct box_got *next;
	struct gn_box_id id;
	struct gn_pk by;
	uint64_t deposited, until;
	/* of a queue */
	uint8_t cls, state, end;
	uint16_t delivery;
	uint32_t lease;
	struct gn_pk worker;
	struct gn_sig sig;
	uint32_t len, outcome_len, token_len;
	uint8_t bytes[]; /* item, outcome, chain */
};
struct box_read {
	struct gn_frame_op op;
	struct box_read *next;
	struct gn_box_follow follow;
	struct gn_box_proof proof; /* token owned; empty: by the key in the descriptor */
	struct box_set sets[2];
	gn_time find_at;
	struct box_read_target targets[BOX_TARGETS];
	uint32_t target_count;
	struct gn_map seen; /* id -> box_seen */
	uint32_t seen_look; /* where one was last looked for that gives way */
	uint32_t unfetched; /* of them NAMED */
	bool acks_left;     /* perhaps */
	bool news;          /* one more node has listed all */
	struct box_got *got_first, *got_last, *shown;
	size_t got_bytes;
};
/* ---- seen.c ---- */

/* The target has this one. NULL: too many. */
struct box_seen *box_seen_name(struct gn_box *b, struct box_read *r, unsigned target,
			       const struct gn_box_id *id);
/* It does not have it after all. */
void box_seen_unname(struct box_read *r, unsigned target, const struct gn_box_id *id);
void box_seen_forget(struct gn_box *b, struct box_read *r);
/* The set of a place is known. */
void box_read_set(struct gn_box *b, struct box_read *r, unsigned place);

/* ---- got.c ---- */

/* It came from this target. */
void box_read_item(struct gn_box *b, struct box_read *r, unsigned target, struct gn_fb_box_item m);
void box_got_show(struct box_read *r, struct box_got *got, struct gn_box_event *out);

/* ---- read.c ---- */

GN_MUST gn_err box_read_start(struct gn_box *b, const struct gn_box_follow *f, gn_op *op);
void box_read_free(struct gn_box *b, struct box_read *r);
void box_reads_run(struct gn_box *b);
void box_reads_members(struct gn_box *b);
void box_reads_peer_down(struct gn_box *b, const struct gn_pk *pk);
/* An item that a watch brings. */
void box_read_watched(struct gn_box *b, const struct gn_pk *from, struct gn_fb_box_item m);
void box_read_answer(struct gn_box *b, struct box_read *r, struct box_ask *a,
		     struct gn_fb_box_message m);
void box_read_lost(struct gn_box *b, struct box_read *r, const struct box_ask *a, gn_err err);
bool box_read_event(struct gn_box *b, struct box_read *r, struct gn_box_event *out);
/* shown: only what was. GN_NOT_FOUND, GN_LIMIT. */
GN_MUST gn_err box_read_ack(struct gn_box *b, struct box_read *r, const struct gn_box_id *id,
			    bool shown);

/* ---- work.c ---- */

struct box_job { /* an item lent to us */
	struct gn_contact holder;
	uint16_t delivery;
	bool reporting, asking; /* what became of it is being told; a request is under way */
	unsigned tried;         /* holders told */
	uint8_t end;
	uint32_t after;
	struct gn_sig sig;
	uint8_t *outcome; /* owned */
	uint32_t outcome_len;
	gn_time retry;
};
struct box_lent { /* an event that was not shown */
	struct box_lent *next;
	struct gn_box_event e; /* item: bytes */
	uint8_t bytes[];
};
struct box_work {
	struct gn_frame_op op;
	struct box_work *next;
	struct gn_box_place place;
	struct gn_box_proof proof; /* token owned; empty: by the key in the descriptor */
	struct gn_pk key;
	uint32_t seconds;
	unsigned slots;
	bool once;
	struct box_set set;
	gn_time find_at, ask_at, poll;
	uint8_t order[BOX_SET_WIDE]; /* of this round */
	unsigned at;                 /* in it */
	bool asking, some;           /* a lease is asked for; this round brought one */
	unsigned refused;            /* in this round */
	bool limited,
		limited_told; /* a limit of its token, said in this round; shown since a lease */
	struct gn_map jobs;   /* id -> box_job */
	struct box_lent *first, *last, *shown;
};
GN_MUST gn_err box_work_start(struct gn_box *b, const struct gn_box_work *w, gn_op *op);
void box_work_free(struct gn_box *b, struct box_work *w);
void box_works_run(struct gn_box *b);
void box_work_answer(struct gn_box *b, struct box_work *w, struct box_ask *a,
		     struct gn_fb_box_message m);
void box_work_lost(struct gn_box *b, struct box_work *w, const struct box_ask *a, gn_err err);
bool box_work_event(struct gn_box *b, struct box_work *w, struct gn_box_event *out);
GN_MUST gn_err box_work_extend(struct gn_box *b, struct box_work *w, const struct gn_box_id *id,
			       uint32_t seconds);
GN_MUST gn_err box_work_report(struct gn_box *b, struct box_work *w, const struct gn_box_report *r);

/* ---- life.c ---- */

void box_op_free(struct gn_box *b, struct gn_frame_op *op); /* whichever it is */

#endif
