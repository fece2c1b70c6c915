/* Rows of the outbox: a head, custodies that holders signed, and what is behind them: of a SEND the
 * content, of an ITEM and of what is HELD the envelope, of a PROOF nothing. */
#ifndef GN_AGENT_OUTBOX_INT_H
#define GN_AGENT_OUTBOX_INT_H

#include "agent/agent_int.h"

enum {
	AGENT_OUT_SEND = 1, /* to be sealed */
	AGENT_OUT_ITEM,     /* to be deposited */
	AGENT_OUT_HELD,     /* stored, looked after until a device has it */
	AGENT_OUT_PROOF,    /* done: who had promised what */
};
enum {
	AGENT_OUT_STAYS = 1,
	AGENT_OUT_AGAIN = 2,
	AGENT_OUT_REQUEST = 4,
	AGENT_OUT_KEPT = 8,     /* does not stay, and is not to be lost: a resend */
	AGENT_OUT_FRONT = 16,   /* through the front box */
	AGENT_OUT_WIDE = 32,    /* to two nodes more */
	AGENT_OUT_PRESSED = 64, /* what can be done against holders that lie was done */
	AGENT_OUT_SETS_UP = 128,
};

struct agent_out_head { /* in the store, read by this machine alone */
	struct gn_pk owner, device;
	struct gn_hash chat;
	struct gn_content_id id;
	uint8_t flags;
	uint8_t custodies; /* that follow */
	/* of an ITEM */
	uint8_t way, front; /* enum gn_fb_box_way */
	struct gn_pk box;
	struct gn_hash item; /* SHA-256 of it */
	uint8_t certificate[GN_BOXCERT_LEN];
	uint8_t seed[32]; /* secret: of the certificate's key; of an invite its secret */
	uint32_t ttl, bits;
	uint64_t keys_at;  /* Unix seconds: of the newest prekeys known then */
	uint64_t made_ms;  /* when it was sealed, */
	uint64_t held_ms;  /* first stored; 0: not yet, */
	uint64_t heard_ms; /* and when its receiver was first heard of afterwards */
	uint64_t end;      /* Unix seconds: when nobody keeps it any more */
};

struct agent_out_parts { /* slices are borrowed */
	struct agent_out_head head;
	struct gn_slice custodies, rest;
};

/* Makes a row, or replaces that of id; head.custodies is set here. */
GN_MUST gn_err agent_out_row(struct gn_agent_tx *tx, uint64_t id, uint8_t kind, uint64_t due_ms,
			     const struct agent_out_parts *parts);
/* A row's bytes as parts, which borrow. False: they are none. The head is secret: wipe it. */
bool agent_out_open(struct gn_slice bytes, struct agent_out_parts *out);
/* Of parts, the i-th custody. False: there is none. */
bool agent_out_custody(const struct agent_out_parts *parts, size_t i, struct gn_custody *out);

/* ---- due.c ---- */

/* The row is gone; later again, a little later each time; or after so long, as it is. In a
 * transaction each, with what people and sessions changed. */
void agent_out_done(struct gn_agent *a, uint64_t id);
void agent_out_later(struct gn_agent *a, uint64_t id, uint32_t tries);
void agent_out_wait(struct gn_agent *a, uint64_t id, uint64_t wait_ms);
/* What the row is now: another may have taken its place while somebody was asked. 0: it is gone. */
uint8_t agent_out_kind(struct gn_agent *a, uint64_t id, const struct gn_content_id *ref);

/* ---- held.c ---- */

/* Its deposit is over, and enough hold it: it is looked after, or done with. */
void agent_held_begin(struct gn_agent *a, uint64_t id, struct agent_out_parts *parts);
/* A HELD or PROOF that is due. */
void agent_held_step(struct gn_agent *a, const struct gn_agent_out *o,
		     struct agent_out_parts *parts);
/* Its box refuses it for good: it goes through their front box. False: it cannot, or did. */
bool agent_held_refused(struct gn_agent *a, uint64_t id, const struct agent_out_parts *parts);
/* The item and its secrets go, who had promised what stays for a while. */
GN_MUST gn_err agent_held_put_proof(struct gn_agent_tx *tx, uint64_t id,
				    const struct agent_out_parts *parts);
void agent_held_close(struct gn_agent *a);

/* ---- again.c ---- */

/* When the newest prekeys of theirs that we know were made, Unix seconds; none known: now. */
uint64_t agent_held_newest(struct gn_agent *a, const struct gn_pk *owner);
/* A day, and no receipt: is it to be sealed anew? */
enum agent_again { AGENT_AGAIN_NEVER, AGENT_AGAIN_LATER, AGENT_AGAIN_NOW };
enum agent_again agent_held_again(struct gn_agent *a, const struct gn_agent_out *o,
				  const struct agent_out_head *head);
/* It was sealed anew: what is in the network of it is no longer looked after. */
GN_MUST gn_err agent_held_replaced(struct gn_agent *a, struct gn_agent_tx *tx, uint64_t id,
				   const struct agent_out_head *head);
#endif
