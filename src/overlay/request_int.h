/* What waits: timers, and what was asked. */
#ifndef GN_OVERLAY_REQUEST_INT_H
#define GN_OVERLAY_REQUEST_INT_H

#include "overlay/overlay_int.h"

/* ---- timer.c ---- */

void gn_ov_timer_init(struct gn_ov_timer *t, uint8_t kind);
/* GN_NOMEM only when the timer is not in the heap yet. */
gn_err gn_ov_timer_set(struct gn_overlay *ov, struct gn_ov_timer *t, gn_time at);
/* Sets a task earlier, never later. */
void gn_ov_task_soon(struct gn_overlay *ov, enum gn_ov_task task, gn_time at);
void gn_ov_task_set(struct gn_overlay *ov, enum gn_ov_task task, gn_time at);
/* t, or up to so many percent more or less. */
gn_time gn_ov_spread(struct gn_overlay *ov, gn_time t, unsigned percent);
/* A pass over all records that are held, from its first round. */
void gn_ov_repair_soon(struct gn_overlay *ov, gn_time at);

/* ---- request.c ---- */

static inline bool gn_ov_of_lookup(uint8_t kind)
{
	return kind == GN_FB_OVERLAY_BODY_FIND || kind == GN_FB_OVERLAY_BODY_GET ||
	       kind == GN_FB_OVERLAY_BODY_PUT;
}
/* When it is lost: its peer's time is over, and the line's for what was on its way with it. */
gn_time gn_ov_request_end(const struct gn_overlay *ov, const struct gn_ov_request *r);
void gn_ov_requests_init(struct gn_overlay *ov);
void gn_ov_requests_fini(struct gn_overlay *ov);
/* NULL: full, the share of `to` is used up (OV-71), or out of memory. Timed for `to` as a
 * contact we know. */
struct gn_ov_request *gn_ov_request_new(struct gn_overlay *ov, uint8_t kind,
					const struct gn_contact *to, gn_time now);
/* A question that goes through `via`, who answers for `to`, after such a round trip. */
struct gn_ov_request *gn_ov_request_through(struct gn_overlay *ov, uint8_t kind,
					    const struct gn_contact *to, const struct gn_pk *via,
					    gn_time rtt, gn_time now);
/* RELAY: for who asked this through us; NULL besides when its share of them is used up. */
struct gn_ov_request *gn_ov_request_for(struct gn_overlay *ov, const struct gn_holder *asker,
					const struct gn_contact *to, gn_time now);
/* Is this the kind of message that answers such a question? prove: a GET that asks for proof. */
bool gn_ov_answers(uint8_t kind, uint8_t asked, bool prove);
/* It carries a record of so many bytes: due at dead_at, and when the line had time for all that
 * is on its way (OV-73). */
void gn_ov_request_load(struct gn_overlay *ov, struct gn_ov_request *r, size_t bytes,
			gn_time dead_at);
/* That our line takes for records of so many bytes. */
gn_time gn_ov_line_time(const struct gn_overlay *ov, uint64_t bytes);
void gn_ov_request_free(struct gn_overlay *ov, struct gn_ov_request *r);
struct gn_ov_request *gn_ov_request_get(struct gn_overlay *ov, uint64_t id);
/* The question that this answer is to, with its time measured, for the caller to free: it is
 * answered once. NULL, counted, when nothing was asked that is answered so (OV-10). */
struct gn_ov_request *gn_ov_request_answered(struct gn_overlay *ov, const struct gn_ov_from *from,
					     gn_time now);
void gn_ov_requests_warm(struct gn_overlay *ov, const struct gn_pk *pk, gn_time now);
/* The carrier says that pk cannot be had: its requests are unanswered now. */
void gn_ov_requests_fail(struct gn_overlay *ov, const struct gn_pk *pk, gn_time now);
gn_time gn_ov_dead_after(const struct gn_overlay *ov, const struct gn_ov_contact *c);

#endif
