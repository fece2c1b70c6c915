/* Every bound of boxes, with its unit and its reason. A refusal names its limit by the name here,
 * to the peer too; a drop has a counter. What a descriptor may grant is in records/box.h. */
#ifndef GN_BOX_LIMITS_H
#define GN_BOX_LIMITS_H

#include "base/base.h"

/* ---- of one box ---- */

#define BOX_ITEM_MAX 61440 /* bytes: the largest envelope; with what is around it one message */
/* places of a front box that has all 500: for invites and introductions, and the rest for work;
 * with fewer items they are as two to three */
#define BOX_INVITE_PLACES 200
#define BOX_WORK_PLACES 300
#define BOX_INVITE_ONE 16 /* places for one invite or one introduced key */
/* a certificate may use a quarter of the places that are free with its own */
#define BOX_CERTIFICATE_SHARE 4
#define BOX_TTL_MIN 60  /* seconds an item stays at least: less is for a direct send */
#define BOX_READERS 8   /* as in a descriptor */
#define BOX_DELIVERED 2 /* a box has at most twice its items and bytes, with those taken */

/* ---- of a node ---- */

/* items of all boxes: half a kilobyte of memory each. Each counts for so many bytes that room is
 * short before this is */
#define BOX_INDEX 150000
#define BOX_OVERHEAD 512 /* bytes an item takes besides itself */
/* bytes that no box falls below for one with less work behind it */
#define BOX_LEAST (256u << 10)
#define BOX_EFFORT 20   /* bits that a descriptor has at least */
#define BOX_GONE 50000  /* ids remembered of items that went: those that all have taken, or room */
#define BOX_HELD 65536  /* boxes */
#define BOX_RULES 2048  /* descriptors kept parsed, 7 KB each */
#define BOX_LOOKUPS 64  /* descriptors being read */
#define BOX_PENDING 256 /* requests that wait for one; */
#define BOX_PENDING_PEER 32 /* of one peer, that wait for a list */
#define BOX_PENDING_BYTES (4u << 20)
#define BOX_STORES 256 /* items on their way to the disk; those who wait for one: */
#define BOX_WAITERS 4
#define BOX_PEERS 4096    /* with something shown or watched */
#define BOX_SHOWS 32      /* of one peer: boxes and roles of a session */
#define BOX_FEEDS 8192    /* fetches, watches and copies under way */
#define BOX_FEEDS_PEER 64 /* of one peer */
#define BOX_FEEDS_PART 8  /* of one prefix, when more than half are: a part of all */
/* so many are looked at with each message, also those whose peers take nothing; more of them only
 * so often, which is a tenth of a core at most */
#define BOX_FEEDS_QUICK 256
#define BOX_FEEDS_PACE 2000 /* ns for each */
/* watches of one box: those of a popular one leave three quarters of BOX_PEERS to others */
#define BOX_WATCHES_BOX 1024
#define BOX_WATCH_TIME 90            /* seconds after the last request */
#define BOX_WATCH_LOOK (10 * GN_SEC) /* between looks for watches that were not renewed */
#define BOX_LOADS 64                 /* items read from the disk at once */
/* bytes of answers not taken yet above which no more is read; small ones above their own bound
 * are dropped, and asked again by timeout */
#define BOX_OUT_BYTES (4u << 20)
#define BOX_CONTROL_BYTES (1u << 20)
#define BOX_STORE_WAIT (5 * GN_MSEC) /* until a log that was busy is asked again */
#define BOX_SWEEP (600 * GN_SEC)     /* what is over goes */
#define BOX_RULES_AGAIN (2 * GN_SEC) /* after a descriptor could not be read */

/* ---- queues ---- */

#define BOX_CLASSES 4        /* lent in this order; the third when nothing is said */
#define BOX_LEASES 16        /* items of one request */
#define BOX_WORKER_LEASES 64 /* of one box to one worker's key */
#define BOX_OUTCOME_MAX 6144 /* bytes: with a large item and a chain it is one message */
/* so often at most is the set told that an item has more time, whatever its worker asks; and bytes
 * hashed that cost as much as to tell one of it something */
#define BOX_TELL_EVERY (1 * GN_SEC)
#define BOX_TELL_COST 1024
#define BOX_REST_MAX 3600            /* seconds after a failure that an item may rest */
#define BOX_LATE (10 * GN_SEC)       /* after its last lease an item may still be done */
#define BOX_SILENT (5 * GN_SEC)      /* a holder asked and silent so long lends nothing: */
#define BOX_NEARS 4096               /* others, with each box; who is gone is forgotten last */
#define BOX_LIMITED 1024             /* workers with limits in their chains; the oldest goes */
#define BOX_LATE_LEND (600 * GN_SEC) /* an item nobody lent is the next one's, too */

/* ---- amplification: what a peer's hundred bytes can cause here ---- */

#define BOX_IDS 64          /* of one request: states, fetches, wants, acks */
#define BOX_LISTED_MAX 1024 /* entries of one answer, 32 KiB */
#define BOX_SUM_IDS 2048    /* ids of one answer to a sum, 32 KiB; above, a box is compared in: */
#define BOX_SUM_PARTS 16
#define BOX_TOKEN_MAX 4096 /* bytes of a chain */
/* bytes hashed that cost as much: a descriptor read, an answer that nobody waits for */
#define BOX_RULES_COST 8192
#define BOX_UNASKED_COST 1024

/* ---- between holders ---- */

#define BOX_SUM_EVERY (600 * GN_SEC) /* and on every change of the set, after: */
#define BOX_SUM_SOON (2 * GN_SEC)
#define BOX_SUM_ROUNDS 3            /* with everyone, after a change; */
#define BOX_SUM_AGAIN (60 * GN_SEC) /* who did not know the box, or was not done, is asked again */
#define BOX_SUM_PACE (10 * GN_MSEC) /* for each box, so that a change floods nobody */
#define BOX_SET_WIDE 12 /* nearest nodes that count as holders: sets differ for a while */
#define BOX_SUMS 64     /* boxes whose sums go out in one tick */
#define BOX_WANTED 4096 /* copies asked for and not here; of one holder: */
/* with its own this part of what is free: who names what there is not keeps no others away */
#define BOX_WANTED_SHARE 4
#define BOX_WANTED_TIME (20 * GN_SEC)
/* Who was asked for one is not asked again so long; another who names it is, so soon after. */
#define BOX_WANTED_NEXT (2 * GN_SEC)
#define BOX_WANTED_FROM 4 /* of so many is known that they were asked for it */

/* ---- depositor, reader, worker ---- */

#define BOX_DEPOSITS 256
#define BOX_DEPOSIT_BYTES (16u << 20) /* items of them */
#define BOX_FOLLOWS 64
#define BOX_NEED 3 /* custodies that mean stored */
/* bytes: what is longer goes to so many first as are needed and BOX_SPARE, since of a thin line
 * eight copies are ready later than four */
#define BOX_AT_ONCE 16384
#define BOX_SPARE 1
/* Who is silent so long, and a second for each so many bytes, is replaced, though not given up. */
#define BOX_HEDGE (1 * GN_SEC)
#define BOX_HEDGE_BYTES 8192
#define BOX_READ_EXTRA 2 /* a reader lists so many beyond the set */
#define BOX_WATCHED 3    /* nodes that a reader watches at each place */
#define BOX_TARGETS 24   /* nodes of one operation */
#define BOX_ASKS 4096    /* requests not answered */
#define BOX_ASK_TIME (10 * GN_SEC)
#define BOX_ASK_TRIES 2
#define BOX_LOOKS 8    /* for the set of one deposit, of which all but one while we join */
#define BOX_DOORS 4096 /* rights shown at holders, or being shown */
#define BOX_SIGN_TIME (30 * GN_SEC) /* for the owner of a key to sign */
#define BOX_LIST_EVERY (1800 * GN_SEC)
#define BOX_LIST_PAGES 40 /* of one listing: twice what a full box has, with what was taken */
#define BOX_MOVED (300 * GN_SEC) /* a set is looked up so soon after links of ours changed */
#define BOX_WATCH_EVERY (60 * GN_SEC)
#define BOX_FETCHES 16      /* items asked of one holder at once */
#define BOX_SEEN 32768      /* ids of one followed box, from honest holders and from others; */
#define BOX_SEEN_NODE 20480 /* from one node: a full group box, with what was taken */
/* bytes of items that one node brings from one listing to the next: a full box, with what was
 * taken. Who has more makes it up, and nothing of it is false by its id */
#define BOX_READ_NODE (128u << 20)
#define BOX_LIES 3 /* items that are not what their id says, and a holder is not asked again */
#define BOX_READ_BYTES (4u << 20) /* items not shown to the owner yet */
#define BOX_WORKS 64              /* operations of workers */
#define BOX_SLOTS 64              /* items lent to one at once */
#define BOX_POLL (500 * GN_MSEC)  /* between rounds that brought nothing, at first; */
#define BOX_POLL_MAX (8 * GN_SEC) /* then twice as long each time */
/* A holder that failed is asked again: at first after, doubled each time up to. */
#define BOX_RETRY_FIRST (1 * GN_SEC)
#define BOX_RETRY (30 * GN_SEC) /* and so soon is a set looked up that was not found whole */

#endif
