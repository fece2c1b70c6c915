/* What every service has: operations with numbers, whose events are made from their state when
 * they are polled; what its operations of the overlay are for; and tickets of the block store that
 * say whose they are. A service embeds one struct gn_frame, and a struct gn_frame_op at the
 * beginning of each of its operations.
 *
 *   op:  quiet -> told [tell] -> shown [show] -> quiet [the next show]
 *
 * 1. Nothing is allocated for an event: an operation that is told again before it is shown has one.
 * 2. Whoever frees an operation removes it first.
 * 3. finds maps each overlay operation under way to what it is for, and nothing else. */
#ifndef GN_SERVICES_FRAME_H
#define GN_SERVICES_FRAME_H

#include "services/frame/out.h"

#include "overlay/overlay.h"

struct gn_frame_op {
	gn_op id;
	unsigned kind;            /* the service's own */
	bool ended;               /* its last event is told or shown; the service sets it */
	bool told;                /* in the list of those to be shown */
	struct gn_frame_op *next; /* in that list */
	gn_err err;
};

struct gn_frame_find { /* what an operation of the overlay is for */
	unsigned kind;
	void *object; /* borrowed */
};

struct gn_frame {
	struct gn_overlay *overlay; /* borrowed; NULL: its operations are another's, and go on */
	struct gn_map ops;          /* id -> gn_frame_op * */
	struct gn_map finds;        /* overlay op -> gn_frame_find */
	struct gn_frame_op *told_first, *told_last;
	struct gn_frame_op *shown; /* of the last event */
	uint64_t last;             /* number given */
};

void gn_frame_init(struct gn_frame *f, const struct gn_env *env, struct gn_overlay *overlay,
		   uint32_t ops_max, uint32_t finds_max);
/* All operations have been removed; those of the overlay go on, and nobody waits for them. */
void gn_frame_fini(struct gn_frame *f);
void gn_frame_validate(const struct gn_frame *f);

/* ---- operations ---- */

/* A number that was not given before, for whatever the service counts; operations have theirs from
 * the same row. */
static inline uint64_t gn_frame_number(struct gn_frame *f)
{
	return ++f->last;
}
/* Gives op its number. GN_NOMEM. */
GN_MUST gn_err gn_frame_op_add(struct gn_frame *f, struct gn_frame_op *op, unsigned kind);
/* What begins with the operation of this number; NULL: none of this kind. */
void *gn_frame_op_get(const struct gn_frame *f, gn_op id, unsigned kind);
/* Out of everything here; the memory is the caller's. */
void gn_frame_op_remove(struct gn_frame *f, struct gn_frame_op *op);
/* It has an event to show. */
void gn_frame_tell(struct gn_frame *f, struct gn_frame_op *op);
/* The next that has; NULL: none. */
struct gn_frame_op *gn_frame_show(struct gn_frame *f);

/* ---- operations of the overlay ---- */

/* GN_NOMEM: the operation was cancelled. */
GN_MUST gn_err gn_frame_find_add(struct gn_frame *f, gn_op op, unsigned kind, void *object);
/* Cancels it unless it is over, or none; sets 0. */
void gn_frame_find_drop(struct gn_frame *f, gn_op *op);
/* The event ends an operation of this service: what it was for, and no longer is. */
bool gn_frame_find_take(struct gn_frame *f, const struct gn_overlay_event *e,
			struct gn_frame_find *out);

/* ---- who holds a key, without saying which ---- */

#define GN_FRAME_BLIND 24 /* nodes that are asked for in the place of those nearest to the key */
#define GN_FRAME_BLUR 4 /* so many nodes' part of the ring away at most: less than (24 - 12) / 2 */

/* A point near enough that the nodes nearest to it have those nearest to the key among them, by how
 * dense the ring is; anywhere in a ring that is found whole. Drawn anew each time. */
void gn_frame_blur(const struct gn_overlay *ov, struct gn_rand *rand, const struct gn_hash *key,
		   struct gn_hash *out);
/* Of the nodes that were found, and ourselves when we are a server, up to `max` that are nearest to
 * the key, nearest first. */
uint32_t gn_frame_nearest(const struct gn_overlay *ov, const struct gn_hash *key,
			  const struct gn_overlay_event *found, uint32_t max,
			  struct gn_contact *out);

/* ---- tickets of the block store ---- */

/*   bits 63..60  59..16  15..0
 *        kind    number  part   */
static inline uint64_t gn_frame_ticket(unsigned kind, uint64_t number, uint32_t part)
{
	GN_ASSERT(kind < 16 && number < UINT64_C(1) << 44 && part < 1u << 16);
	return (uint64_t)kind << 60 | number << 16 | part;
}
static inline unsigned gn_frame_ticket_kind(uint64_t ticket)
{
	return (unsigned)(ticket >> 60);
}
static inline uint64_t gn_frame_ticket_number(uint64_t ticket)
{
	return ticket >> 16 & ((UINT64_C(1) << 44) - 1);
}
static inline uint32_t gn_frame_ticket_part(uint64_t ticket)
{
	return (uint32_t)(ticket & 0xffff);
}

#endif
