/* How far a search for a proof of work goes in one call: the caller goes on after the last. */
#ifndef GN_RECORDS_WORK_H
#define GN_RECORDS_WORK_H

#include "base/base.h"

struct gn_work_tries {
	uint64_t start; /* the first nonce */
	uint64_t count;
};

#endif
