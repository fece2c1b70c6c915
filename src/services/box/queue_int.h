/* Queues at a holder: how it stands with each item, who of the set lends it, what workers ask. */
#ifndef GN_SERVICES_BOX_QUEUE_INT_H
#define GN_SERVICES_BOX_QUEUE_INT_H

#include "services/box/hold_int.h"

/* ---- turn.c ---- */

struct box_ending {         /* how an item ended, on its way to the disk */
	struct gn_hash key; /* in the index */
	struct box_waiter waiter;
	uint8_t state, end;
	uint16_t delivery;
	struct gn_pk worker;
};

/* State and delivery in one, as BoxIds has it; and which of two is later. */
uint16_t box_turn_mark(const struct box_item *it);
bool box_turn_later(uint16_t mark, uint16_t than);
/* May it be lent now? One that was lent too often dies here. */
bool box_turn_is_free(struct gn_box *b, struct box_item *it);
/* A new delivery. GN_NOMEM. */
GN_MUST gn_err box_turn_lend(struct gn_box *b, struct box_item *it, const struct gn_pk *worker,
			     uint32_t seconds);
void box_turn_extend(struct gn_box *b, struct box_item *it, uint32_t seconds);
void box_turn_rest(struct gn_box *b, struct box_item *it, uint32_t seconds);
/* As another holder says it. GN_NOMEM. */
GN_MUST gn_err box_turn_told(struct gn_box *b, struct box_item *it, uint8_t state,
			     uint16_t delivery, const struct gn_pk *worker, uint32_t left);
/* It is over once that is durable; `to` is answered then. v: state, end, delivery, worker, sig,
 * token, outcome. GN_BUSY, GN_NOMEM, and others of the log. */
GN_MUST gn_err box_turn_end(struct gn_box *b, struct box_item *it, struct box_turn_value *v,
			    const struct box_waiter *to);
void box_turn_ended(struct gn_box *b, uint64_t number, gn_err err);
/* To everyone of the set; v: of one that ended. */
void box_turn_tell(struct gn_box *b, const struct box_item *it, const struct box_turn_value *v);
void box_turns_due(struct gn_box *b);
/* At the start, after items and acks. */
void box_turn_restored(struct gn_box *b, const struct box_turn_value *v);

/* ---- near.c ---- */

struct box_near_key {
	struct gn_pk box, peer;
};
enum box_near_state { NEAR_HERE, NEAR_ASKED, NEAR_GONE };
struct box_near { /* another that may lend what is in a box */
	enum box_near_state state;
	gn_time at; /* heard; asked; gone since */
};
struct box_lenders { /* of a box, now */
	uint32_t count;
	uint64_t theta[GN_BOX_SET];
	bool self[GN_BOX_SET], gone[GN_BOX_SET];
};
/* It said something of this box. */
void box_near_heard(struct gn_box *b, const struct gn_pk *box, const struct gn_pk *peer);
void box_near_gone(struct gn_box *b, const struct gn_pk *box, const struct gn_pk *peer);
/* Asks those that were silent for a while, too. */
void box_lenders_look(struct gn_box *b, const struct box_held *h, struct box_lenders *out);
/* How many are nearer to this item than we are; UINT32_MAX: we are none of the set. */
uint32_t box_lenders_before(const struct box_lenders *l, const struct box_item *it);

/* ---- lend.c ---- */

void box_on_lease(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_lease m);
void box_on_extend(struct gn_box *b, const struct box_from *from, struct box_held *h,
		   struct gn_fb_box_extend m);
void box_on_report(struct gn_box *b, const struct box_from *from, struct box_held *h,
		   struct gn_fb_box_report m);
void box_on_turn(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_turn m);

#endif
