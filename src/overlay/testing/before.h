/* A node of a release before: it tells nobody how it is reached, or what it can (RE-17). */
#ifndef GN_OVERLAY_TESTING_BEFORE_H
#define GN_OVERLAY_TESTING_BEFORE_H

#include "overlay/overlay_int.h"

/* From its beginning on. */
static inline void overlay_says_nothing(struct gn_overlay *ov)
{
	ov->reach_told = GN_NEVER - GN_OV_REACH_TELL; /* the next time is never */
}

#endif
