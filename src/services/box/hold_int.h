/* What peers have shown, what is on its way to them, what they ask of this holder. */
#ifndef GN_SERVICES_BOX_HOLD_INT_H
#define GN_SERVICES_BOX_HOLD_INT_H

#include "services/box/index_int.h"

struct box_show {        /* a right shown in a session */
	uint16_t number; /* 0: none */
	uint8_t role;    /* enum gn_boxrec_role */
	uint8_t reader;  /* READER, REMOVER: of the descriptor; BOX_READERS: by token */
	uint8_t way;     /* DEPOSITOR: CERTIFICATE or TOKEN */
	uint64_t until;  /* WORKER, READER: Unix seconds, of its token */
	struct gn_pk box, key;
	struct gn_boxcert certificate;
	uint8_t *token; /* owned */
	uint32_t token_len;
	struct gn_lists_chain *chain; /* of the token; owned */
	bool limited;                 /* it has limits (WR-37) */
};

struct box_peer {
	struct gn_pk pk;
	uint8_t exporter[32]; /* of the session that all of it was shown in */
	struct box_show shows[BOX_SHOWS];
	unsigned next; /* place that the next one takes when there is no free one */
	unsigned feeds;
	gn_time used;
};

enum box_feed_kind { FEED_FETCH, FEED_WATCH, FEED_COPY, FEED_LEASE, FEED_TURN };
struct box_feed { /* items on their way to a peer, one read at a time */
	struct box_feed *next, *prev, *next_watch; /* active ones; watches of its box */
	bool active;
	enum box_feed_kind kind;
	uint64_t number;  /* ours: of its load */
	uint64_t request; /* the peer's */
	struct gn_contact to;
	struct gn_pk box;
	uint8_t reader;
	bool all; /* of a queue: what is not over, too */
	bool loading;
	/* of an item that is over: the value that says how was read, or could not be; owned */
	bool read_turn;
	uint8_t *turn;
	uint32_t turn_len;
	gn_time until;  /* WATCH: unless renewed */
	uint64_t after; /* WATCH: positions sent */
	uint32_t count, at;
	struct gn_box_id ids[]; /* all but WATCH */
};

struct box_load {           /* an item being read */
	struct gn_hash key; /* in the index */
	bool turn;          /* how it ended */
};

struct box_waiter {
	struct gn_contact to;
	uint64_t request;
};
struct box_store {          /* an item on its way to the disk */
	struct gn_hash key; /* in the index */
	struct box_waiter waiters[BOX_WAITERS];
	unsigned waiter_count;
};

struct box_wanted { /* a copy that was asked for: when and of whom, the last first */
	gn_time at[BOX_WANTED_FROM];
	uint64_t from[BOX_WANTED_FROM]; /* first bytes of their keys */
};
struct box_from { /* who sent a request, and its number */
	struct gn_contact who;
	uint64_t request;
};

/* ---- peer.c ---- */

/* The peer with what it has shown in this session; NULL: nothing. */
struct box_peer *box_peer_get(struct gn_box *b, const struct gn_pk *pk);
struct box_peer *box_peer_need(struct gn_box *b, const struct gn_pk *pk);
void box_show_drop(struct gn_box *b, struct box_show *s);
void box_peer_drop(struct gn_box *b, const struct gn_pk *pk);
bool box_exporter(const struct gn_box *b, const struct gn_pk *peer, bool ours, uint8_t out[32]);
void box_feed_wake(struct gn_box *b, struct box_feed *f);
void box_feed_rest(struct gn_box *b, struct box_feed *f);
void box_feed_end(struct gn_box *b, struct box_feed *f);

/* ---- limited.c: what the limits of a token allow (WR-37) ---- */

struct box_limited_key {
	struct gn_pk box, worker;
};
struct box_limited {    /* a worker whose chain has limits */
	uint8_t *token; /* owned */
	uint32_t len;
	gn_time used;
	struct gn_holder by;
};
/* May this deposit be, by the chain in b->token? GN_QUOTA with why->limit, GN_NOMEM. */
GN_MUST gn_err box_limited_ask(struct gn_box *b, const struct box_held *h,
			       const struct box_from *from, const struct box_entry *e,
			       struct box_refusal *why);
/* After that: it is. */
void box_limited_draw(struct gn_box *b, const struct box_held *h, const struct box_from *from,
		      const struct box_entry *e);
/* Bytes of the largest item that this worker's chain allows at all. */
uint64_t box_limited_largest(struct gn_box *b, const struct box_show *s);
/* So many of the first of these items may be lent, one at least; then box_limited_lent. */
GN_MUST gn_err box_limited_lend(struct gn_box *b, const struct box_from *from,
				const struct box_show *s, struct box_item *const *items,
				uint32_t *count, struct box_refusal *why);
void box_limited_lent(struct gn_box *b, const struct box_from *from, struct box_item *const *items,
		      uint32_t count);
/* A worker has shown a chain; another holder lent it an item. */
void box_limited_know(struct gn_box *b, const struct box_from *from, struct box_held *h,
		      const struct box_show *s);
void box_limited_told(struct gn_box *b, const struct box_held *h, const struct gn_pk *worker,
		      struct box_item *it);
void box_limited_free(struct gn_box *b);

/* ---- shown.c ---- */

/* What it has shown under this number for this box and role, and is right still; NULL. */
const struct box_show *box_shown(struct gn_box *b, const struct gn_pk *pk, uint16_t number,
				 const struct box_held *h, uint8_t role);
/* Is the list known that a chain in this message may be on? As gn_lists_look. */
GN_MUST gn_err box_list_of(struct gn_box *b, struct box_held *h, const struct gn_contact *who,
			   struct gn_fb_box_message m);
void box_on_show(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_show m);

/* ---- copy.c ---- */

void box_send_copy(struct gn_box *b, const struct box_feed *f, const struct box_value *v,
		   const struct box_item *it);
/* How it stands with an item of a queue; v: of one that ended. */
void box_turn_send(struct gn_box *b, const struct gn_contact *to, const struct box_item *it,
		   const struct box_turn_value *v);
/* GN_DENIED: it comes with none. */
GN_MUST gn_err box_copy_proof(struct gn_fb_box_copy m, struct gn_box_proof *p);

/* ---- feed.c ---- */

GN_MUST gn_err box_feed_add(struct gn_box *b, const struct box_from *from, struct box_held *h,
			    enum box_feed_kind kind, struct gn_slice ids, struct box_feed **out);
void box_feeds_run(struct gn_box *b);
void box_feeds_new_item(struct gn_box *b, const struct box_held *h);
void box_feeds_look(struct gn_box *b); /* for watches that were not renewed */
void box_feed_loaded(struct gn_box *b, uint64_t number, const struct gn_kv_event *e);

/* ---- hold.c ---- */

void box_on_deposit(struct gn_box *b, const struct box_from *from, struct box_held *h,
		    struct gn_fb_box_deposit m);
/* Keeps what was admitted; with nobody to be told when `from` is NULL. */
GN_MUST gn_err box_keep(struct gn_box *b, const struct box_from *from, struct box_held *h,
			const struct box_value *v, const struct box_entry *e, uint32_t acked);
void box_stored(struct gn_box *b, uint64_t number, gn_err err);

/* ---- serve.c ---- */

void box_on_ask(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_ask m);
void box_on_list(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_list m);
void box_on_fetch(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_fetch m);
void box_on_watch(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_watch m);
void box_on_ack(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_ack m);

/* ---- sync.c ---- */

bool box_is_holder(struct gn_box *b, const struct box_held *h, const struct gn_pk *pk);
void box_on_sum(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_sum m);
void box_on_ids(struct gn_box *b, const struct box_from *from, struct box_held *h,
		struct gn_fb_box_ids m);
void box_on_want(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_want m);
void box_on_copy(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_copy m);
void box_sync_tick(struct gn_box *b);
void box_sync_members(struct gn_box *b);
/* What is over goes. */
void box_sweep(struct gn_box *b);

#endif
