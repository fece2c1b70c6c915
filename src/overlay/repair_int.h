/* Keeping copies: pushes, offers, the passes over all records, letting go. */
#ifndef GN_OVERLAY_REPAIR_INT_H
#define GN_OVERLAY_REPAIR_INT_H

#include "overlay/overlay_int.h"

/* ---- push.c ---- */

/* False when there is no place for it. */
bool gn_ov_push(struct gn_overlay *ov, const struct gn_hash *key, const struct gn_pk *to,
		gn_time now);
void gn_ov_push_next(struct gn_overlay *ov, gn_time now);
void gn_ov_push_loaded(struct gn_overlay *ov, const struct gn_contact *to,
		       const struct gn_record *r, gn_time now);
/* A record someone pushed; request 0: nobody waits; only: of this key, NULL: any. */
void gn_ov_take_pushed(struct gn_overlay *ov, const struct gn_contact *from, uint64_t request,
		       const struct gn_hash *only, struct gn_slice bytes, gn_time now);
void gn_ov_on_push(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_push m,
		   gn_time now);

/* ---- digest.c ---- */

void gn_ov_offer(struct gn_overlay *ov, const struct gn_contact *to, struct gn_ov_held *const *list,
		 uint32_t count, gn_time now);
void gn_ov_digest_due(struct gn_overlay *ov, gn_time now);
void gn_ov_on_digest(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_digest m,
		     gn_time now);
void gn_ov_on_want(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_want m,
		   gn_time now);

/* ---- handover.c ---- */

/* A record whose set does not include us: its takers are asked for proof when it may go. */
void gn_ov_hand_over(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now);
void gn_ov_hand_over_loaded(struct gn_overlay *ov, const struct gn_record *record, gn_time now);
/* r: the question that m answers. */
void gn_ov_hand_over_proof(struct gn_overlay *ov, const struct gn_ov_request *r, struct gn_fb_ack m,
			   gn_time now);

/* ---- repair.c ---- */

void gn_ov_repair_due(struct gn_overlay *ov, gn_time now);

#endif
