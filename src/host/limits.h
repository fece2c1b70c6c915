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

/* ---- app/1 (docs/spec/app.md AP-8) ---- */
#define GN_HOST_APP_CALLS 64u             /* of one connection that are not answered yet */
#define GN_HOST_APP_CALL_BYTES (4u << 20) /* of their frames */
#define GN_HOST_APP_CALL_MS 10000u        /* how long one may take when it says nothing */
#define GN_HOST_APP_CALL_MS_MAX 3600000u  /* whatever it says */
#define GN_HOST_APP_UNREAD (4u << 20)     /* bytes that the other end has not taken */
#define GN_HOST_APP_STALL (30 * GN_SEC)   /* without taking any of them */
#define GN_HOST_APP_GREET (10 * GN_SEC)   /* until its AppHello */
#define GN_HOST_APP_SMALL 8192u           /* bytes of a frame of our own: three texts, rights */
#define GN_HOST_APP_LARGE ((1u << 20) + 4096u) /* bytes to build an answer in */
/* bytes of a buffer that is kept when it is empty, and that are written at once */
#define GN_HOST_APP_KEEP 65536u

#define GN_HOST_APP_FRAME_MIN 8192u     /* bytes that whoever connected must take in a frame */
#define GN_HOST_APP_WINDOW (256u << 10) /* bytes of a stream that may come before any is granted */
#define GN_HOST_APP_STREAMS 15u  /* whose windows fit into GN_HOST_APP_CALL_BYTES with the calls */
#define GN_HOST_APP_PIECE 65536u /* bytes of one StreamData */
#define GN_HOST_APP_PIPE (256u << 10) /* bytes unread, above which streams and events wait */
#define GN_HOST_APP_ORIGIN 256u       /* bytes of an origin that a secret is shown for */

#define GN_HOST_TOLD_EVENT (64u << 10) /* bytes of an event: a lookup with its steps has 4 KiB */

/* ---- app/1, all connections of a program (AP-14); of each a user of this machine that does not
 * own it has a quarter at most ---- */
#define GN_HOST_WORK 192u /* calls in work: as many operations as the overlay begins for clients */
#define GN_HOST_SUBS 128u /* that are told of events */
#define GN_HOST_QUARTER 4u
#define GN_HOST_WEB_LINKS 32u /* on WebSocket: tabs of one person's browsers */

/* ---- app/1, whoever connected (AP-13) ---- */
#define GN_HOST_CLIENT_GRACE (5 * GN_SEC) /* for the server's word that a call is late */
#define GN_HOST_CLIENT_UNSENT (4u << 20)  /* bytes that the server has not taken */
#define GN_HOST_CLIENT_CALLS 1024u        /* at once, whatever AppReady allows */
#define GN_HOST_CLIENT_READ 65536u        /* bytes kept beyond a whole frame */
#define GN_HOST_CLIENT_DEAD (15 * GN_SEC) /* without a word after pings, where pings are sent */
#define GN_HOST_CLIENT_GRANT                                                                       \
	(128u << 10) /* bytes taken of a stream, after which more are granted */

#define GN_HOST_STRUCT 256u /* bytes of a struct of the schemas: the largest has 112 */

/* ---- the loop ---- */
#define GN_HOST_SLEEP (3600 * GN_SEC) /* the longest: libuv counts milliseconds */

#endif
