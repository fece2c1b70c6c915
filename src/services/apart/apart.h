/* Records, put and read by somebody who is no part of the network: by a key that has no place in
 * it, no links and no greeting, which nobody shall tie to the node that it works for (reach.md
 * RE-55).
 *
 *   GET, PUT -> lookup of a point near the key, by the node's overlay
 *            -> the nodes nearest to the key, of those found, are asked by this key's own sessions
 *            -> one event, as of the overlay's operation
 *
 * Who is asked where the key lies learns a region (gn_frame_blur); who holds it learns the key, and
 * nothing of the node. Requests have random numbers, so that they say nothing of what else is
 * asked. The owner pumps it as the other services: messages of proven peers, events of the overlay
 * and the time in; messages, events, one deadline out. Rules: docs/spec/reach.md RE-55. */
#ifndef GN_SERVICES_APART_H
#define GN_SERVICES_APART_H

#include "overlay/overlay.h"

struct gn_apart;

struct gn_apart_counts {
#define X(name) uint64_t name;
#include "services/apart/counters.def"
#undef X
};

struct gn_apart_config {
	struct gn_overlay *overlay;    /* borrowed */
	struct gn_apart_counts *count; /* borrowed; of several engines, if you like */
};

GN_MUST gn_err gn_apart_new(const struct gn_env *env, const struct gn_apart_config *config,
			    struct gn_apart **out);
void gn_apart_free(struct gn_apart *a);

/* ---- operations: as those of the overlay, whose events they end in ---- */

/* Without `no_local`, `visitor`: nothing is read here. And GN_LIMIT. */
GN_MUST gn_err gn_apart_get(struct gn_apart *a, const struct gn_hash *key,
			    const struct gn_get_options *options, gn_time now, gn_op *op);
GN_MUST gn_err gn_apart_put(struct gn_apart *a, struct gn_slice record, unsigned w, gn_time now,
			    gn_op *op);
/* No event comes of it. */
void gn_apart_cancel(struct gn_apart *a, gn_op op);

/* ---- inputs ---- */

/* A message with the magic GNOV, of a proven peer. GN_MALFORMED; GN_UNSUPPORTED: it is no answer,
 * and others have no place here. */
gn_err gn_apart_recv(struct gn_apart *a, const struct gn_pk *from, struct gn_slice message,
		     gn_time now);
/* A session cannot be had, or ended. */
void gn_apart_peer_down(struct gn_apart *a, const struct gn_pk *pk, gn_time now);
/* False: it is none of its lookups. */
bool gn_apart_overlay_event(struct gn_apart *a, const struct gn_overlay_event *e, gn_time now);
void gn_apart_tick(struct gn_apart *a, gn_time now);
gn_time gn_apart_deadline(const struct gn_apart *a);

/* ---- outputs ---- */

bool gn_apart_next_message(struct gn_apart *a, struct gn_overlay_message *out);
/* GN_OVERLAY_DONE each time; what it points to is good until the next call. */
bool gn_apart_next_event(struct gn_apart *a, struct gn_overlay_event *out);

/* ---- queries ---- */

uint32_t gn_apart_ops(const struct gn_apart *a);
/* false past the last */
bool gn_apart_counter_at(const struct gn_apart_counts *count, size_t i, struct gn_counter *out);
void gn_apart_validate(const struct gn_apart *a);

#endif
