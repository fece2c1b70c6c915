/* Timers of all kinds in one heap. */
#ifndef GN_SERVICES_BUNDLES_TIMER_INT_H
#define GN_SERVICES_BUNDLES_TIMER_INT_H

#include "services/bundles/bundles.h"
#include "services/bundles/limits.h"
#include "services/frame/frame.h"

enum bundles_timer_kind {
	TIMER_REQUEST,
	TIMER_TARGET,
	TIMER_INCOMING,
	TIMER_SPREAD,
	TIMER_SOURCE,
	TIMER_ROOM
};
struct bundles_timer {
	struct gn_heap_node node;
	enum bundles_timer_kind kind;
};

#endif
