/* What a holder has: boxes, their rules, their items; and what may come in. */
#ifndef GN_SERVICES_BOX_INDEX_INT_H
#define GN_SERVICES_BOX_INDEX_INT_H

#include "services/box/message_int.h"

/* What readers told this holder themselves is in the low bits of acked, what a copy from another
 * holder said in those above: it counts as taken, and hides nothing from anybody. */
#define BOX_HEARD 16u
#define BOX_TOLD ((1u << BOX_HEARD) - 1)

enum box_state { BOX_STORING, BOX_STANDS, BOX_WENT };

/* In `acked`, beside the readers: it is over, and so it counts as taken. */
#define BOX_ACK_OVER (1u << 31)

struct box_turn {                  /* of an item of a queue that was lent once, or is over */
	struct gn_heap_node timer; /* in b->turns: lent for the last time */
	struct box_item *item;
	uint8_t state, end; /* enum gn_fb_box_turn_state, gn_fb_box_end */
	bool ending;        /* how it ended is on its way to the disk */
	uint16_t delivery;  /* the last; 0: none */
	struct gn_pk worker;
	gn_time until; /* lent, or at rest */
	gn_time told;  /* the others of the set: that there is more time */
};

struct box_item {
	struct box_held *box;
	struct gn_hash hash; /* SHA-256 of it; its first 16 bytes are the id */
	enum box_state state;
	uint8_t way, bits;         /* enum gn_box_way; bits of its work */
	uint32_t len;              /* bytes; 0: it went */
	uint32_t acked;            /* bit i: the descriptor's reader i; from BOX_HEARD: hearsay */
	uint64_t at;               /* position, of this holder alone */
	uint64_t until, deposited; /* Unix seconds */
	struct gn_pk by;           /* invite's or deposit key; zero: work */
	uint8_t cls;               /* of a queue: 1..BOX_CLASSES */
	uint64_t theta;            /* where on the disk it has who lends it */
	gn_time stood;             /* since when it is here */
	struct box_turn *turn;     /* owned; NULL: it waits for its first delivery */
	struct box_item *next_gone, *prev_gone;
};

struct box_held {
	struct gn_pk key;
	struct gn_hash place[2]; /* K of salts 0 and 1 */
	struct box_item **items; /* stored or being stored, by position */
	uint32_t count, cap, gone;
	uint32_t storing, untaken; /* of count */
	uint64_t bytes, untaken_bytes, cost;
	struct gn_heap_node weight; /* in b->weights while it has items */
	uint8_t effort;             /* bits of its descriptor, as last seen */
	bool queue;
	/* rules: NULL, or those of (rules_place, rules_seq) */
	struct gn_boxrec *rules;
	uint64_t rules_seq;
	gn_time rules_used, rules_failed; /* failed: not asked again before */
	gn_op get;
	bool listing; /* of those who wait some do for the list of revoked tokens */
	struct box_pending *pending_first, *pending_last;
	/* sync */
	struct gn_heap_node sum;          /* in b->sums while it has items: when to compare them */
	unsigned again;                   /* rounds with everyone that are left */
	uint64_t members[2 * GN_BOX_SET]; /* first bytes of the ids of the set it was last told */
	uint32_t member_count;
	unsigned watches;
	struct box_feed *watch_first;
};

/* What a request has waited for: the descriptor, then a list; each once. */
enum box_waited { WAITED_NOT, WAITED_RULES, WAITED_LIST };

struct box_pending { /* a request that waits for the descriptor, or for a list */
	struct box_pending *next;
	struct gn_contact from;
	enum box_waited waited;
	uint32_t len;
	uint8_t bytes[];
};

/* ---- rules.c ---- */

/* The box, and its rules as of now. GN_PENDING: being read, box_rules_wait may be called;
 * GN_NOT_FOUND: it does not lie here; GN_BUSY, GN_NOMEM. */
GN_MUST gn_err box_rules_get(struct gn_box *b, const struct gn_pk *box, struct box_held **out);
/* The request comes again when the rules, or the list of its issuer, are there. GN_BUSY. */
GN_MUST gn_err box_rules_wait(struct gn_box *b, struct box_held *h, const struct gn_contact *from,
			      struct gn_slice message);
GN_MUST gn_err box_rules_wait_list(struct gn_box *b, struct box_held *h,
				   const struct gn_contact *from, struct gn_slice message);
void box_rules_listed(struct gn_box *b); /* after lookups of lists have ended */
void box_rules_got(struct gn_box *b, struct box_held *h, const struct gn_overlay_event *e);
/* The next request that waits no more; the caller frees it. */
struct box_pending *box_rules_ready(struct gn_box *b);

/* ---- index.c ---- */

struct box_held *box_held_get(const struct gn_box *b, const struct gn_pk *box);
struct box_held *box_held_need(struct gn_box *b, const struct gn_pk *box);
/* Freed when it has nothing left. */
void box_held_look(struct gn_box *b, struct box_held *h);
void box_held_free(struct gn_box *b, struct box_held *h);
void box_rules_drop(struct gn_box *b, struct box_held *h);
/* What it has, by the work behind it; the heaviest gives way first. */
uint64_t box_weight(const struct box_held *h);
void box_weight_set(struct gn_box *b, struct box_held *h);
struct box_item *box_item_get(const struct gn_box *b, const struct gn_pk *box,
			      const struct gn_box_id *id);
/* What it counts for against the node's bytes. */
uint64_t box_item_cost(const struct gn_box *b, uint32_t len);
/* A new one, being stored, last in its box. NULL: no memory. */
struct box_item *box_item_add(struct gn_box *b, struct box_held *h, const struct box_item *in);
/* It is durable. */
void box_item_stands(struct gn_box *b, struct box_item *it);
/* Out of the index, and of the log unless it never got there. */
void box_item_remove(struct gn_box *b, struct box_item *it, bool stored);
/* The same, but remembered until its end, so that no holder brings it again. */
void box_item_went(struct gn_box *b, struct box_item *it);
void box_item_ack(struct gn_box *b, struct box_item *it, uint32_t readers);
/* It gets a new position, as if it had just come. */
void box_item_last(struct gn_box *b, struct box_item *it);
/* Seconds that are left of its lease or rest. */
uint32_t box_turn_left(const struct gn_box *b, const struct box_item *it);
/* NULL: no memory. */
struct box_turn *box_turn_need(struct gn_box *b, struct box_item *it);
static inline bool box_item_ended(const struct box_item *it)
{
	return it->turn && it->turn->state >= GN_FB_BOX_TURN_STATE_DONE;
}
/* First item after this position; count when there is none. */
uint32_t box_items_after(const struct box_held *h, uint64_t at);
static inline uint8_t box_class(uint8_t said)
{
	return said >= 1 && said <= BOX_CLASSES ? said : 3;
}
/* A reader of a queue sees what is over, unless it asks for all. */
static inline bool box_item_hidden(const struct box_item *it, bool all)
{
	return it->box->queue && !all && !box_item_ended(it);
}
static inline bool box_item_over(const struct box_item *it, uint64_t unix_now)
{
	return it->until <= unix_now;
}

/* ---- store.c: values in the log ---- */

void box_index_key(const struct gn_pk *box, const struct gn_box_id *id, struct gn_hash *key);

struct box_value { /* an item with what let it in; slices borrowed */
	struct gn_pk box;
	uint64_t until, deposited;
	uint8_t effort, cls;
	struct gn_box_proof proof;
	struct gn_slice item;
};
/* Appends; GN_TOO_LARGE. */
GN_MUST gn_err box_value_put(const struct box_value *v, struct gn_buf *out);
/* GN_CORRUPT. */
GN_MUST gn_err box_value_get(struct gn_slice in, struct box_value *out);
/* Is this another kind of value? r is then behind its magic. */
bool box_value_is_ack(struct gn_reader *r);
bool box_value_is_turn(struct gn_reader *r);
struct box_turn_value { /* how it stands with an item of a queue; slices borrowed */
	struct gn_pk box, worker;
	struct gn_hash hash;
	uint64_t until, lent; /* Unix seconds: the item's end, the lease's */
	uint8_t state, end;
	uint16_t delivery;
	struct gn_sig sig;
	struct gn_slice token, outcome; /* of what ended */
};
#define BOX_TURN_MAX (186 + BOX_TOKEN_MAX + BOX_OUTCOME_MAX)
/* GN_BUSY and others of the log. */
GN_MUST gn_err box_store_turn(struct gn_box *b, const struct box_turn_value *v, uint64_t ticket);
/* r is behind the magic. GN_CORRUPT. */
GN_MUST gn_err box_turn_value_get(struct gn_reader *r, struct box_turn_value *out);
void box_turn_key(const struct gn_pk *box, const struct gn_hash *item, struct gn_hash *key);
/* Remembers that an item was acknowledged, or is taken by all. */
void box_store_ack(struct gn_box *b, const struct box_item *it);
void box_store_drop(struct gn_box *b, const struct box_item *it, bool item, bool ack);
void box_store_drop_turn(struct gn_box *b, const struct box_item *it);

/* ---- room.c ---- */

/* The node has room for one more item of this box. GN_NO_SPACE. */
GN_MUST gn_err box_room_make(struct gn_box *b, struct box_held *h, uint32_t len);

/* ---- restore.c ---- */

void box_restore(struct gn_box *b, struct gn_slice value);
void box_restored(struct gn_box *b);

/* ---- admit.c ---- */

struct box_entry {           /* what wants in */
	struct gn_hash hash; /* SHA-256(item) */
	uint32_t len;
	struct gn_pk by;
	uint8_t way, bits;
	uint32_t items, kib; /* that its certificate grants */
	uint64_t last;       /* Unix seconds that it may be held until, by its proof */
};
/* Does the proof let the item in? copy: it came another day. */
GN_MUST gn_err box_admit_proof(struct gn_box *b, const struct box_held *h,
			       const struct gn_box_proof *proof, bool copy, struct box_entry *e,
			       struct box_refusal *why);
/* Is there a place for it in its box; and what gives way for it there? */
GN_MUST gn_err box_admit_place(struct gn_box *b, struct box_held *h, const struct box_entry *e,
			       struct box_refusal *why);
/* Who may give tokens for it first. */
static inline const struct gn_pk *box_issuer(const struct box_held *h)
{
	return gn_pk_is_zero(&h->rules->issuer) ? &h->key : &h->rules->issuer;
}
/* The token, its bearer, and whether it grants this here. *until: of a copy not 0, then an end in
 * the past is none; out: its end. */
GN_MUST gn_err box_token_check(struct gn_box *b, const struct box_held *h, struct gn_slice token,
			       uint64_t action, struct gn_pk *bearer, uint64_t *until);

#endif
