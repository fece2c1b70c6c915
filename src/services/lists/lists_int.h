/* The engine's state. */
#ifndef GN_SERVICES_LISTS_INT_H
#define GN_SERVICES_LISTS_INT_H

#include "guard/share.h"
#include "services/frame/frame.h"
#include "services/lists/limits.h"
#include "services/lists/lists.h"

enum lists_find { FIND_LIST };

struct lists_counts {
#define X(name) uint64_t name;
#include "services/lists/counters.def"
#undef X
};

struct lists_list {
	struct gn_pk issuer;
	struct gn_holder by; /* whose the place is; */
	bool own;            /* this node's: nobody's */
	bool known;
	bool poor; /* the share of `by` had no room for what was found */
	gn_op get;
	gn_time checked, again, used; /* looked up; not to be before; asked for */
	uint64_t seq, ends;           /* of its record, Unix seconds */
	struct gn_hash *ids;          /* ascending; owned */
	uint32_t count;
	uint64_t kib; /* of the shares */
};

struct gn_lists {
	struct gn_env env;
	struct gn_overlay *overlay;
	struct gn_frame frame;
	struct gn_map lists; /* issuer -> lists_list * */
	struct gn_share places;
	uint32_t own, lookups, caused;
	uint64_t round;
	struct gn_revocation open; /* the record being read */
	struct lists_counts count;
};

#endif
