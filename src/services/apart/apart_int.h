/* The engine's state, shared by apart.c (the outside), apart_op.c (whom an operation asks, and when
 * it is over) and apart_message.c (questions as bytes). */
#ifndef GN_SERVICES_APART_INT_H
#define GN_SERVICES_APART_INT_H

#include "services/apart/apart.h"
#include "services/apart/limits.h"
#include "services/frame/frame.h"
#include "wire/generated/overlay_fb.h"

/* A node that may be asked. Its state:
 *
 *   NEW -> ASKED -> GOOD [a receipt; a record]
 *                -> SAID [which version it has] -> GOOD [another showed that one] | ASKED [for it]
 *                -> NONE [it has not got it; it does not take it]
 *                -> DOWN [silent, not reached, or what it said is not good] */
enum apart_state { APART_NEW, APART_ASKED, APART_SAID, APART_GOOD, APART_NONE, APART_DOWN };
struct apart_node {
	enum apart_state state;
	bool whole; /* asked for the record, not for its version */
	struct gn_hash version;
	uint64_t request;
	gn_time due;
};

struct apart_op {
	struct gn_frame_op op; /* first */
	bool put, running;     /* running: the nodes are known */
	struct gn_hash key;
	gn_op find;
	gn_time started, took;
	unsigned need; /* receipts; answers with a record */
	uint64_t min_seq;
	uint16_t type;
	struct gn_contact set[APART_NODES]; /* nearest first, */
	struct apart_node at[APART_NODES];  /* and how they stand */
	unsigned count;
	uint8_t *bytes; /* put: owned; record borrows of them */
	struct gn_record record;
	struct gn_overlay_receipt receipts[APART_NODES];
	struct gn_addr receipt_addrs[APART_NODES];
	unsigned receipt_count;
	/* what was shown, or stands in the way, newest first */
	struct apart_found {
		uint8_t *bytes; /* owned; record borrows of them */
		struct gn_record record;
		uint32_t holders;
	} found[GN_OVERLAY_VALUES];
	unsigned found_count;
	struct gn_overlay_value values[GN_OVERLAY_VALUES]; /* as they are told */
	bool exists, stale;
	gn_err refusal; /* the first */
};

struct gn_apart {
	struct gn_env env;
	struct gn_overlay *overlay;
	struct gn_apart_counts *count;
	struct gn_frame frame;
	struct gn_frame_out out;
	gn_time now; /* of the last call */
};

enum apart_find { APART_FIND_SET = 1 };

static inline struct apart_op *apart_at(const struct gn_apart *a, uint32_t i)
{
	return GN_CONTAINER(GN_MAP_AT(&a->frame.ops, struct gn_frame_op *, i), struct apart_op, op);
}

/* ---- apart_message.c ---- */

void apart_out_init(struct gn_apart *a);
/* whole: the record itself is wanted. False: it could not be made. */
bool apart_ask(struct gn_apart *a, const struct apart_op *o, const struct gn_contact *to,
	       uint64_t request, bool whole);

/* ---- apart_op.c ---- */

/* Asks who is next, ends it when it is over. */
void apart_run(struct gn_apart *a, struct apart_op *o);
void apart_answer(struct gn_apart *a, struct apart_op *o, unsigned i,
		  struct gn_fb_overlay_message m);
void apart_end(struct gn_apart *a, struct apart_op *o, gn_err err);
/* Of what has not ended; GN_NEVER. */
gn_time apart_due(const struct apart_op *o);

#endif
