/* Every bound of dial-back, with its unit and its reason; a drop has a counter. Rules:
 * docs/spec/reach.md RE-40, RE-41. */
#ifndef GN_DIALBACK_LIMITS_H
#define GN_DIALBACK_LIMITS_H

#include "base/base.h"

/* ---- one measurement ---- */

#define DIALBACK_ASKED 3             /* nodes that are asked at a time, */
#define DIALBACK_TRIES 6             /* and in all: some are too busy, or do not answer */
#define DIALBACK_AGREE 2             /* of them must have got through, or not */
#define DIALBACK_ANSWER (2 * GN_SEC) /* for S to answer: it may have to try two T */
/* for packets after that: three, 200 ms apart, and a round trip */
#define DIALBACK_WAIT (1200 * GN_MSEC)
#define DIALBACK_SEEN (700 * GN_MSEC) /* for the word about packets 4 */
/* of all: `netcheck` answers in 5 s, and what is not there then is not waited for */
#define DIALBACK_RUN (4 * GN_SEC)
#define DIALBACK_EVERY (1800 * GN_SEC)
/* after a measurement that brought nothing; twice as long each time, up to the above */
#define DIALBACK_AGAIN (60 * GN_SEC)
#define DIALBACK_SOON (5 * GN_SEC)  /* after the start, or a change: more may follow */
#define DIALBACK_LOOK (10 * GN_SEC) /* for peers to ask, while there are too few */
#define DIALBACK_CALLERS 4 /* prefixes that called by themselves; the oldest is forgotten */
#define DIALBACK_CALLED (1800 * GN_SEC) /* ago: that it says something of now */
#define DIALBACK_KNOWN 32               /* peers whom an asker names, so that others are chosen */

/* ---- packets ---- */

#define DIALBACK_PORTS 4
#define DIALBACK_TIMES 3 /* each: one may be lost */
#define DIALBACK_APART (200 * GN_MSEC)
#define DIALBACK_JOBS 64 /* that are being sent; 0.4 s each, and fewer than 8 begin in a second */
/* A packet in IP and UDP. A request has as many bytes as what T sends for it. */
#define DIALBACK_WIRE 38

/* ---- amplification: what a node sends for others, S ---- */

#define DIALBACK_S_APART GN_SEC /* between requests, */
#define DIALBACK_S_BURST 4      /* but so many at once; */
#define DIALBACK_S_KEY_APART (60 * GN_SEC)
#define DIALBACK_S_NET_APART (10 * GN_SEC) /* of one prefix, */
#define DIALBACK_S_NET_BURST 3
#define DIALBACK_SERVED 24                /* under way; 10 s each at one a second, and the burst */
#define DIALBACK_SERVED_FOR (10 * GN_SEC) /* packets 4 are answered so long */
#define DIALBACK_T_TRIES 2                /* T that are asked for one request */
#define DIALBACK_T_ANSWER (900 * GN_MSEC)

/* ---- the same, T: for each S, and to each prefix ---- */

#define DIALBACK_T_APART (250 * GN_MSEC)
#define DIALBACK_T_BURST 8
#define DIALBACK_T_KEY_APART GN_SEC
#define DIALBACK_T_KEY_BURST 4
#define DIALBACK_T_NET_APART (20 * GN_SEC) /* to one prefix, */
#define DIALBACK_T_NET_BURST 3             /* as many as one who measures has sent to him */
#define DIALBACK_GATE 128 /* keys or prefixes that are counted: as many begin in a minute */

/* ---- how long a quiet flow lives in the box before this node (RE-22) ---- */

/* Quiet times that are tried first, the next one where the last was lived through: boxes keep flows
 * for 30 s at least (RFC 4787 asks for 120), and past 240 s a keep-alive costs nothing */
#define DIALBACK_LIFE_STEPS 4
#define DIALBACK_LIFE_MOST (240 * GN_SEC)
#define DIALBACK_LIFE_EXACT (10 * GN_SEC) /* then the times between are tried, to so much */
#define DIALBACK_LIFE_REPLY GN_SEC        /* for an answer to packet 5, */
#define DIALBACK_LIFE_SENDS 3             /* which is sent so often */
/* after the first answer a second packet: Linux keeps flows longer that last for 2 s */
#define DIALBACK_LIFE_OPEN (3 * GN_SEC)
#define DIALBACK_LIFE_LATE (2 * GN_SEC) /* after the quiet time: three packets, and a round trip */
#define DIALBACK_LIFE_ASKS 4            /* nodes in a run: some are too busy, or do not answer */
#define DIALBACK_LIFE_RUNS 6            /* in DIALBACK_LIFE_DAY: each takes up to 20 min */
#define DIALBACK_LIFE_DAY (86400 * GN_SEC)

/* ---- the same, for others ---- */

#define DIALBACK_HOLDS 64     /* places; one of a key, */
#define DIALBACK_HOLDS_NET 16 /* so many of a prefix */
#define DIALBACK_HOLD_KEY_APART (15 * GN_SEC)
#define DIALBACK_HOLD_KEY_BURST 3
#define DIALBACK_HOLD_OPEN (10 * GN_SEC) /* for packets 5 to come */
#define DIALBACK_HOLD_PACKETS 8          /* 5 that are answered: two, each sent three times */

/* ---- whom this node has sent to ---- */

#define DIALBACK_MET_BITS 65536         /* 8 KiB, twice; 2,000 addresses: 0.4 % taken wrongly */
#define DIALBACK_MET_FOR (300 * GN_SEC) /* a box lets in for 2 min at least, some for 5 */

#define DIALBACK_MESSAGE 1024              /* bytes of any */
#define DIALBACK_CONTROL_BYTES (64u << 10) /* that wait; more are dropped, and asked again */

#endif
