/* Bounds of the history: unit and reason. */
#ifndef GN_HISTORY_LIMITS_H
#define GN_HISTORY_LIMITS_H

#define HISTORY_WHY 640u         /* bytes of a sentence that explains a failure */
#define HISTORY_COUNT_MAX 10000u /* rows that a list's total counts: milliseconds */

#endif
