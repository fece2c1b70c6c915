/* Bounds of what every program has alike; what one of them needs more of stands in its own. */
#ifndef GN_HOST_LIMITS_H
#define GN_HOST_LIMITS_H

#define GN_HOST_WHY 640u /* bytes of a sentence that explains a failure */
#define GN_HOST_LOG 512u /* bytes of a line of the log */

/* ---- settings ---- */
#define GN_HOST_NAME 32u   /* bytes of a setting's name, with its zero */
#define GN_HOST_VALUE 520u /* bytes of its value, with its zero: a path, a connection string */

/* ---- requests ---- */
#define GN_HOST_ARGS 2u   /* segments of a path that a route takes */
#define GN_HOST_ARG 256u  /* bytes of each, with its zero: the label of a site */
#define GN_HOST_SAID 512u /* bytes of an error's sentence */

/* ---- the loop ---- */
#define GN_HOST_SLEEP (3600 * GN_SEC) /* the longest: libuv counts milliseconds */

#endif
