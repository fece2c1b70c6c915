/* How a failure explains itself in what returns a gn_err and has a `why`. */
#ifndef GN_HUB_WHY_H
#define GN_HUB_WHY_H

#include <stdio.h>

#define FAIL(err, ...)                                                                             \
	do {                                                                                       \
		snprintf(why, GN_HUB_WHY, __VA_ARGS__);                                            \
		return (err);                                                                      \
	} while (0)

#endif
