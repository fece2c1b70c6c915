/* Every bound of names, with its unit and its reason. */
#ifndef GN_NAMES_LIMITS_H
#define GN_NAMES_LIMITS_H

#include "base/base.h"

/* names */
#define NAMES_JOBS_MAX 256     /* resolutions and puts at once */
#define NAMES_CACHE_MAX 1024   /* resolved names */
#define NAMES_CACHE_NEW GN_SEC /* nothing is called missing because of what is older */
#define NAMES_CACHE_TTL 300    /* seconds at most: a change of owner is seen soon */
#define NAMES_PINS_MAX 65536   /* names whose first owner is remembered */
/* places looked up for one name: 8 labels, each may hand over to a PID, and an alias */
#define NAMES_STEPS_MAX 20
#define NAMES_CANDIDATES 16 /* owners told apart for one name: all that two lookups can show */
#define NAMES_CACHE_BYTES (4u << 20) /* of cached records */

#endif
