/* Every bound of guard, with unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_GUARD_LIMITS_H
#define GN_GUARD_LIMITS_H

#include "base/base.h"

/* ---- what travels in the token field, bytes; all three together stay below its 128 ---- */
#define GN_COOKIE_LEN 56 /* time 8, payload 8, effort 4, zeros 20, tag 16 */
#define GN_ANSWER_LEN 28 /* effort 4, nonce 8, eight indices of 2 */
#define GN_PASS_LEN 32   /* until 8, number 8, tag 16 */

/* a round trip and a half on any path, and a slow solver */
#define GN_COOKIE_LIFE (15 * GN_SEC)
#define GN_PASS_LIFE (INT64_C(30) * 24 * 3600 * GN_SEC) /* who was here within a month is known */

/* ---- buckets: rate in units a second (1 us of CPU or 1 KiB s of memory), and what may be taken
 * at once ---- */
#define GN_PREFIX_RATE 50000u /* 5 % of a core, for a host and for its net */
#define GN_PREFIX_BURST (2 * GN_SEC)
#define GN_KEY_RATE 100000u /* 10 % of a core */
#define GN_KEY_BURST (5 * GN_SEC)
/* below empty: what was done at once is forgiven after ten minutes */
#define GN_DEBT_MAX (600 * GN_SEC)
/* of a token: a longer one counts as a year */
#define GN_BURST_MAX (INT64_C(366) * 24 * 3600 * GN_SEC)
/* units in one charge; more count as these (an hour of a core) */
#define GN_WORK_MAX (UINT64_C(1) << 32)

/* ---- tables ---- */
#define GN_GUARD_KEYS 16384   /* node keys with a bucket that is not full */
#define GN_GUARD_TOKENS 65536 /* tokens likewise */
#define GN_GUARD_PLACES 64    /* where one key or token may lie: a table is full at two thirds */
#define GN_SKETCH_ROWS 4
/* 100 heavy prefixes hit a bystander with p = (100 / 4096)^4 = 4e-7 */
#define GN_SKETCH_CELLS 4096
/* then another hash key: nobody stays beside the same neighbours */
#define GN_SKETCH_LIFE (600 * GN_SEC)
#define GN_ONCE_BITS 262144u /* of each of two filters: 64 KiB in all */
/* marked in one before the other is cleared: 8 s of handshakes at the most; wrong once in 700
 * then */
#define GN_ONCE_COUNT 16384u
#define GN_GUARD_TOP 64     /* subjects with counters of their own */
#define GN_GUARD_ALLOWED 64 /* said by the operator */

/* ---- hellos ---- */
#define GN_GUARD_WAITING 256           /* that wait for capacity */
#define GN_GUARD_WAIT_MAX (5 * GN_SEC) /* then the client has given up or asks again */
/* units a second for handshakes: half a core is left to who is in */
#define GN_GUARD_CAPACITY 500000u
#define GN_GUARD_COST 250u          /* units of one handshake until it was measured (Zen 4) */
#define GN_LANE_BURST (GN_SEC / 10) /* of capacity that was not used */
#define GN_EFFORT_MAX 1024u         /* about a second of the client */
#define GN_EFFORT_EVERY (GN_SEC / 10)
#define GN_PRESSURE_ONE 8u /* eighths: no pressure */
/* 64 times the price: a key's tenth of a core is 1.6 ms a second, so 640 busy keys fit in one */
#define GN_PRESSURE_MAX 512u

#endif
