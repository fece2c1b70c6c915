/* Counters as every engine shows them: names that stay, values that only grow. An engine keeps them
 * as an array of uint64_t, or as a struct of nothing else, in the order of its counters.def. */
#ifndef GN_BASE_COUNTERS_H
#define GN_BASE_COUNTERS_H

#include "base/err.h"
#include <string.h>

struct gn_counter {
	const char *name; /* static */
	uint64_t value;
};

/* The i-th of count; false past the last. values: count uint64_t in a row. */
static inline bool gn_counter_at(const char *const *names, const void *values, size_t count,
				 size_t i, struct gn_counter *out)
{
	if (i >= count)
		return false;
	out->name = names[i];
	memcpy(&out->value, (const uint8_t *)values + i * sizeof out->value, sizeof out->value);
	return true;
}

#endif
