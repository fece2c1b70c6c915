/* Boxes: what waits for somebody at strangers' nodes. A box is an Ed25519 key; its descriptor
 * (record type 5) and its items lie at the R nodes nearest to the descriptor's key, so who holds
 * the record knows the rules. This engine is all who take part: a holder for others; a depositor,
 * a reader and a worker for the owners of keys, who are elsewhere: no private key of a person or of
 * a box is ever here, signatures are asked from them by events.
 *
 *   holder     admits, keeps, serves, compares with the other holders
 *   depositor  gn_box_deposit -> GN_BOX_CUSTODY.. -> GN_BOX_STORED at 3 -> GN_BOX_DEPOSITED: over
 *   reader     gn_box_follow  -> GN_BOX_ITEM each once, until it is cancelled; gn_box_ack
 *   worker     gn_box_work    -> GN_BOX_LENT.. -> gn_box_extend, gn_box_report -> GN_BOX_REPORTED
 *
 * The owner pumps it as the other services: messages of proven peers, events of the overlay and of
 * a record log of its own, and the time in; messages, events, one deadline out. It counts no rates:
 * gn_box_caused tells what a message cost, for the owner to charge (BX-32). Rules: docs/spec/box.md
 * BX-1, BX-5. */
#ifndef GN_SERVICES_BOX_H
#define GN_SERVICES_BOX_H

#include "guard/share.h"
#include "overlay/overlay.h"
#include "records/box.h"
#include "records/box_proof.h"
#include "services/lists/lists.h"
#include "services/quota/quota.h"
#include "store/store.h"

#define GN_BOX_ITEM_MAX 61440 /* bytes */
#define GN_BOX_SET 8          /* nodes that hold a box at one place */
#define GN_BOX_FOLLOWS 64     /* operations of readers, and of workers, at once */
#define GN_BOX_WORKS 64

struct gn_box_id { /* first 16 bytes of SHA-256(item) */
	uint8_t b[16];
};

struct gn_box;

struct gn_box_config {
	struct gn_overlay *overlay; /* borrowed */
	/* Borrowed: a log that nobody else writes, for values of gn_box_value_max bytes. */
	struct gn_kv *kv;
	struct gn_sk node_key; /* signs custodies; copied, wiped by free */
	uint64_t bytes_max;    /* of others' items; above half of it room is made. 0: holds none */
	/* The exporter (RFC 8446 7.5, label EXPORTER-geonet-session) of the session that our
	 * messages to this peer take, or that its last message came by: two nodes that dialled each
	 * other have two. false: there is none. What was shown in a session ends with it. */
	bool (*exporter)(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32]);
	/* Bytes that a message for this peer may have now; NULL: any. */
	size_t (*room)(void *user, const struct gn_pk *peer);
	/* May a deposit under the key of a certificate or token cost something now? many: the box
	 * is a group's or a queue. GN_LIMIT, GN_QUOTA. NULL: it may. */
	gn_err (*pays)(void *user, const struct gn_pk *by, bool many);
	/* Whom it asks where a box lies learns a region of the ring, not the box (BX-48). */
	bool blind;
	void *user;
	/* Borrowed, as the overlay: lists of revoked tokens; NULL: none is asked for. */
	struct gn_lists *lists;
	/* Borrowed: what the limits of tokens allow (WR-37); NULL: none is counted. */
	struct gn_quota *quota;
};

/* Of a value in the log, at most. */
uint32_t gn_box_value_max(void);
GN_MUST gn_err gn_box_new(const struct gn_env *env, const struct gn_box_config *config, gn_time now,
			  struct gn_box **out);
void gn_box_free(struct gn_box *b);

/* ---- inputs ---- */

/* A message with the magic GNBX, of a proven peer. Bad ones only move a counter; refused requests
 * are answered, and are no error here. */
gn_err gn_box_recv(struct gn_box *b, const struct gn_pk *from, const struct gn_addr *addr,
		   struct gn_slice message, gn_time now);
/* There is a session with this peer, by which our messages go. */
void gn_box_peer_up(struct gn_box *b, const struct gn_pk *pk, gn_time now);
/* A session cannot be had, or ended. */
void gn_box_peer_down(struct gn_box *b, const struct gn_pk *pk, gn_err why, gn_time now);
/* There is room for this peer again. */
void gn_box_room(struct gn_box *b, const struct gn_pk *pk, gn_time now);
/* False: it is none of its operations. GN_OVERLAY_MEMBERS is for everyone. */
bool gn_box_overlay_event(struct gn_box *b, const struct gn_overlay_event *e, gn_time now);
/* Every event of its log; until GN_KV_READY it answers Busy. */
void gn_box_kv_event(struct gn_box *b, const struct gn_kv_event *e, gn_time now);
void gn_box_tick(struct gn_box *b, gn_time now);
gn_time gn_box_deadline(const struct gn_box *b);

/* What the last message made this node do at once; what it is sent for it costs by its length. */
struct gn_box_caused {
	uint32_t checks;    /* signatures checked, 60 us each */
	uint64_t hashed;    /* bytes */
	uint64_t byte_days; /* bytes x days of what was taken in, rounded up */
	/* The certificate's or token's key that the last deposit came with: it pays, too. All
	 * zero: none did. */
	struct gn_pk by;
	bool many; /* as in gn_box_config.pays */
};
struct gn_box_caused gn_box_caused(struct gn_box *b);

/* ---- operations of a depositor and a reader ---- */

struct gn_box_place {
	struct gn_pk box;
	bool front; /* lies at salts 0 and 1 */
};

/* What lets an item in: one of these. Slices are borrowed for the call. */
enum gn_box_way { GN_BOX_WORK, GN_BOX_INVITE, GN_BOX_CERTIFICATE, GN_BOX_TOKEN };
struct gn_box_proof {
	enum gn_box_way way;
	struct gn_boxrec_work work;    /* WORK */
	struct gn_pk invite;           /* INVITE: its key */
	struct gn_boxcert certificate; /* CERTIFICATE */
	struct gn_slice token;         /* TOKEN */
	struct gn_sig sig;             /* over the item, by the invite's, the certificate's or the
					  * token's key; not of WORK */
};

/* Deposits with everyone of the set, or of both. need: custodies of one set that mean stored; 0
 * is 3. GN_USAGE, GN_TOO_LARGE, GN_LIMIT, GN_NOMEM. */
struct gn_box_deposit {
	struct gn_box_place place;
	struct gn_slice item;
	uint32_t ttl; /* seconds */
	struct gn_box_proof proof;
	unsigned need;
	uint8_t cls; /* of a queue: 1, lent first, to 4; 0 is 3 */
	bool wide;   /* on to two more than the set, when some of it may lie */
};
GN_MUST gn_err gn_box_deposit(struct gn_box *b, const struct gn_box_deposit *d, gn_time now,
			      gn_op *op);

/* Asks the set what has become of an item; ends in GN_BOX_CHECKED. by: the deposit's certificate
 * or token, without which holders say no more than held or unknown; NULL. */
GN_MUST gn_err gn_box_check(struct gn_box *b, const struct gn_box_place *place,
			    const struct gn_hash *item, const struct gn_box_proof *by, gn_time now,
			    gn_op *op);

/* Reads a box until it is cancelled. The keys are those of this device in the descriptor. */
struct gn_box_follow {
	struct gn_box_place place;
	struct gn_pk read, ack;
	bool poll; /* an old box: listed every 30 min and never watched */
	bool all;  /* of a queue: also what is not over, once, as it stands then */
	/* instead of a reader's key, copied: of a queue a chain with Deposit, listed is what its
	 * bearer put in, and no more; of a topic's box one with Subscribe */
	struct gn_slice token;
};
GN_MUST gn_err gn_box_follow(struct gn_box *b, const struct gn_box_follow *f, gn_time now,
			     gn_op *op);
/* This device has the item safe: every holder of the present set, and of sets to come, is told.
 * GN_NOT_FOUND: no such operation, or it has not shown this item. */
GN_MUST gn_err gn_box_ack(struct gn_box *b, gn_op follow, const struct gn_box_id *id, gn_time now);
/* The same for one that it has not shown; of a queue, that nobody shall work on it. GN_LIMIT. */
GN_MUST gn_err gn_box_drop(struct gn_box *b, gn_op follow, const struct gn_box_id *id, gn_time now);
/* Answers GN_BOX_SIGN; NULL: it is not signed. Unknown numbers are passed over. GN_SIGNATURE: it is
 * not by the key that was asked, and another answer is waited for. */
gn_err gn_box_signed(struct gn_box *b, uint64_t sign, const struct gn_sig *sig, gn_time now);

/* Works at a queue until it is cancelled: asks its holders, one at a time and in random order, for
 * items, as many as are free of `slots`. */
struct gn_box_work {
	struct gn_box_place place;
	struct gn_pk key;      /* of a worker in the descriptor; a token's bearer is in the token */
	struct gn_slice token; /* copied; empty: by the key */
	uint32_t seconds;      /* of a lease; 0: as the descriptor says */
	unsigned slots;        /* 1..BOX_SLOTS */
	bool once;             /* one item, and no other after it */
};
/* GN_USAGE, GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err gn_box_work(struct gn_box *b, const struct gn_box_work *w, gn_time now, gn_op *op);
/* Whose key signs for it: a depositor's (zero: none does), a worker's, a reader's. */
struct gn_pk gn_box_deposit_key(const struct gn_box *b, gn_op deposit);
struct gn_pk gn_box_work_key(const struct gn_box *b, gn_op work);
struct gn_pk gn_box_follow_key(const struct gn_box *b, gn_op follow);
/* One of the places of what it reads, from 0: its key, and who holds it there as was found last,
 * nearest first, into out[GN_BOX_SET]; none: it was not found yet. False: no such operation or
 * place. */
bool gn_box_follow_place(const struct gn_box *b, gn_op follow, unsigned place, struct gn_hash *key,
			 struct gn_node_id *out, unsigned *count);
/* Refused, it is lost: GN_BOX_LOST. GN_NOT_FOUND: it has no such item; GN_BUSY: it is told of. */
GN_MUST gn_err gn_box_extend(struct gn_box *b, gn_op work, const struct gn_box_id *id,
			     uint32_t seconds, gn_time now);
struct gn_box_report {
	struct gn_box_id id;
	uint8_t end; /* enum gn_boxrec_end */
	struct gn_slice outcome;
	uint32_t after;    /* FAILED: seconds before it is lent again */
	struct gn_sig sig; /* gn_boxrec_outcome_sign, for the delivery that was lent */
};
/* Ends in GN_BOX_REPORTED; its slot is free then. GN_NOT_FOUND, GN_BUSY, GN_TOO_LARGE,
 * GN_SIGNATURE, GN_NOMEM. */
GN_MUST gn_err gn_box_report(struct gn_box *b, gn_op work, const struct gn_box_report *r,
			     gn_time now);
/* No event comes of it any more. */
void gn_box_cancel(struct gn_box *b, gn_op op, gn_time now);

/* ---- outputs ---- */

bool gn_box_next_message(struct gn_box *b, struct gn_overlay_message *out);

enum gn_box_event_kind {
	GN_BOX_SIGN,    /* sign, role, box, key, holder, exporter: see gn_boxrec_show_sign */
	GN_BOX_CUSTODY, /* op, custody, held, asked */
	GN_BOX_STORED,  /* op, held: `need` custodies of one set */
	/* op, err, held, asked: over. GN_OK, GN_EXISTS (taken by its readers), GN_QUORUM with what
	 * was reached, or what the holders said: limit, bits */
	GN_BOX_DEPOSITED,
	GN_BOX_CHECKED,   /* op, err, held, taken, asked: over */
	GN_BOX_FOLLOWING, /* op, asked: so many nodes have listed what they have, all of it */
	GN_BOX_ITEM,      /* op, id, item, by, deposited, until; of a queue: cls to token */
	GN_BOX_LENT,      /* op, id, item, by, deposited, until, cls, delivery, lease, holder */
	/* op, id, err: GN_STALE it is lent to another, GN_EXISTS it is over; id zeros, GN_DENIED:
	 * no holder lets this worker in, now; zeros, GN_QUOTA: a limit of its token is used up, as
	 * some holder says, and it goes on asking */
	GN_BOX_LOST,
	GN_BOX_REPORTED, /* op, id, err: GN_OK it counts; GN_STALE, GN_EXISTS it does not */
};
struct gn_box_event {
	enum gn_box_event_kind kind;
	gn_op op;
	gn_err err;
	unsigned held, taken, asked; /* nodes; of the better set */
	const char *limit;           /* in its name of limits.h, as the holder said; "" */
	uint8_t bits;                /* of work that would do; 0: not said */
	struct gn_custody custody;
	struct gn_box_id id;
	struct gn_slice item; /* until the next call */
	struct gn_pk by;      /* deposit key; an invite's, with its `sig`, unchecked; zero: work */
	uint64_t deposited, until;
	/* of a queue: class, enum gn_fb_box_turn_state, enum gn_fb_box_end */
	uint8_t cls, state, end;
	uint16_t delivery;
	uint32_t lease;      /* seconds */
	struct gn_pk worker; /* of the last delivery */
	struct gn_sig sig;   /* its word for the outcome, checked; else zeros, or the invite's */
	struct gn_slice outcome,
		token; /* until the next call; token: by which it works, or empty */
	/* SIGN: */
	uint64_t sign;
	uint8_t role; /* enum gn_boxrec_role */
	struct gn_pk box, key, holder;
	uint8_t exporter[32];
};
bool gn_box_next_event(struct gn_box *b, struct gn_box_event *out);

/* ---- queries ---- */

struct gn_box_info {
	bool ready;
	uint32_t boxes, items, taken, watches; /* held for others; items: nobody has taken */
	uint64_t bytes, bytes_max;
	uint32_t deposits, follows, works; /* operations */
};
void gn_box_info(const struct gn_box *b, struct gn_box_info *out);
/* It watches a box here, or something is on its way to it: its session is in use. */
bool gn_box_serves(const struct gn_box *b, const struct gn_pk *peer);
bool gn_box_counter_at(const struct gn_box *b, size_t i, struct gn_counter *out);
void gn_box_validate(const struct gn_box *b);

#endif
