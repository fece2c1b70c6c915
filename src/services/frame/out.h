/* Messages of a service: built in place, small ones before large ones, taken one at a time. Those
 * to ourselves wait in a queue of their own and come in again as a peer's, so that a node that is
 * one of those whom it asks has no second way.
 *
 *   begin -> (the service builds its table) -> end -> queued -> next -> gone [the next next]
 *                                                            -> local -> freed by who took it
 *
 * 1. One is built at a time.
 * 2. A small one is dropped, counted, while more than control_max bytes of small ones wait: they
 *    are asked again by timeout. What is large waits as far as its service lets it be made. */
#ifndef GN_SERVICES_FRAME_OUT_H
#define GN_SERVICES_FRAME_OUT_H

#include "overlay/overlay.h"

struct gn_frame_message {
	struct gn_frame_message *next;
	struct gn_contact to;
	uint32_t off, len, cap; /* bytes; the message is at storage + off */
	bool bulk;
	uint8_t storage[];
};
struct gn_frame_queue {
	struct gn_frame_message *first, *last;
	size_t bytes; /* of storage */
};

struct gn_frame_out {
	/* given by the service, all borrowed */
	struct gn_alloc *alloc;
	struct gn_pk self;  /* messages to it are local; zeros: there are none */
	size_t small;       /* bytes of any small message, and of what is around a large one */
	size_t control_max; /* bytes of small ones that wait */
	uint64_t *dropped, *nomem; /* counters */
	/* its own */
	struct gn_frame_queue control, bulk, local;
	struct gn_frame_message *building;
	struct gn_frame_message *sent; /* shown by the last next */
	struct gn_fbb fbb;
};

void gn_frame_out_free(struct gn_frame_out *o);
/* A builder with room for a small message and `extra` bytes, which make it large; NULL: it is
 * dropped, or there is no memory. */
struct gn_fbb *gn_frame_out_begin(struct gn_frame_out *o, size_t extra);
/* What was built since begin is queued; its root table. */
void gn_frame_out_end(struct gn_frame_out *o, const struct gn_contact *to, gn_fbref root,
		      const char *identifier);
/* The next for a peer; false: none. Its bytes are good until the next call. */
bool gn_frame_out_next(struct gn_frame_out *o, struct gn_overlay_message *m);
/* The next for ourselves, the caller's (gn_mem_free); NULL: none. */
struct gn_frame_message *gn_frame_out_local(struct gn_frame_out *o);
static inline struct gn_slice gn_frame_message_bytes(const struct gn_frame_message *m)
{
	return gn_slice(m->storage + m->off, m->len);
}

#endif
