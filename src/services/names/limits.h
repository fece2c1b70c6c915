/* Every bound of names, with its unit and its reason. */
#ifndef GN_NAMES_LIMITS_H
#define GN_NAMES_LIMITS_H

#include "base/base.h"

/* names */
/* bytes of a normalised name: with ".geo" what DNS allows, 253 */
#define NAMES_TEXT_MAX 249
/* characters of a claimed label: shorter ones would be gone in an hour */
#define NAMES_TOP_MIN 3
/* names of one owner at a holder: from here on each doubling costs a bit */
#define NAMES_FEW 8
/* of a puzzle: 8 min of one core; more names are the quota's business */
#define NAMES_BITS_MAX 32
/* a version's work may be so old: solved yesterday, clocks, midnight */
#define NAMES_WORK_DAYS 2
/* 2026-11-28: records made from this Unix day on do the work of NA-4 */
#define NAMES_RULE_DAY 20785
/* days in which what was claimed before is renewed once without */
#define NAMES_RULE_TERM 60
#define NAMES_VALUE_MAX 1024              /* bytes of an entry's value */
#define NAMES_ENTRY_TTL_MAX (30u * 86400) /* seconds */
#define NAMES_JOBS_MAX 256                /* resolutions and puts at once */
#define NAMES_CACHE_MAX 1024              /* resolved names */
#define NAMES_CACHE_NEW GN_SEC            /* nothing is called missing because of what is older */
#define NAMES_CACHE_TTL 300               /* seconds at most: a change of owner is seen soon */
#define NAMES_PINS_MAX 65536              /* names whose first owner is remembered */
/* places looked up for one name: 8 labels, each may hand over to a PID, and an alias */
#define NAMES_STEPS_MAX 20
#define NAMES_CANDIDATES 16 /* owners told apart for one name: all that two lookups can show */
#define NAMES_CACHE_BYTES (4u << 20) /* of cached records */

#endif
