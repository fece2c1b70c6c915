/* What others need to write to this device, in three parts: own_boxes.c, own_prekeys.c, own.c. */
#ifndef GN_AGENT_OWN_INT_H
#define GN_AGENT_OWN_INT_H

#include "agent/outbox_int.h"
#include "records/prekeys.h"

/* Places of publish. */
enum {
	PLACE_IDENTITY = 0,
	PLACE_PREKEYS = 2,
	PLACE_FRONT = 4,
	PLACE_PRIVATE = 6,
	PLACE_PID = 7,     /* and the one after it, as for all at two places */
	PLACE_BEFORE = 16, /* and on, two for each box of before */
};
_Static_assert(PLACE_BEFORE + 2 * AGENT_BOXES_BEFORE <= AGENT_PUBLISH_PLACES, "places");

#define DAY 86400u

/* ---- own_boxes.c ---- */

GN_MUST gn_err agent_own_boxes_open(struct gn_agent *a);
/* Its descriptor is made anew; of `which` it is in use. */
void agent_own_box_publish(struct gn_agent *a, unsigned which);
gn_time agent_own_boxes_pump(struct gn_agent *a);

/* ---- own_record.c ---- */

/* A verified one of ours, kept when it is newer. */
void agent_own_record_keep(struct gn_agent *a, struct gn_slice record);
/* The network has none, or an older one. */
void agent_own_record_publish(struct gn_agent *a);
GN_MUST gn_err agent_own_record_open(struct gn_agent *a);

/* ---- own_prekeys.c ---- */

GN_MUST gn_err agent_own_prekeys_open(struct gn_agent *a);
/* All of them anew: a week is over. */
GN_MUST gn_err agent_own_prekeys_renew(struct gn_agent *a);
/* A record of this device's in the network. Newer than any that the store knows: an old copy of it
 * was put back, so all begins anew. */
void agent_own_prekeys_seen(struct gn_agent *a, const struct gn_prekeys *p);
/* One of the two records was signed by enough nodes. */
void agent_own_prekeys_signed(struct gn_agent *a, unsigned place);
gn_time agent_own_prekeys_pump(struct gn_agent *a);

#endif
