/* Every bound of the bus, with its unit and its reason. A refusal names its limit by the name here,
 * to the peer too; a drop has a counter. What a topic may say is in records/topic.h. */
#ifndef GN_BUS_LIMITS_H
#define GN_BUS_LIMITS_H

#include "base/base.h"

/* ---- of a message ---- */

#define BUS_OLD 300 /* seconds: what is live is refused when it is older, or so far ahead */
#define BUS_UNTIL (7 * 86400) /* seconds that a value or a will may count at most */
#define BUS_IDS 64            /* of one pull */
#define BUS_TOKEN_MAX 4096    /* bytes of a chain */

/* ---- of one topic at a root ---- */

#define BUS_ROOTS 8           /* nodes nearest to the topic's record */
#define BUS_SUBSCRIBERS 8192  /* 400 bytes each */
#define BUS_PUBLISHERS 256    /* known at once; the one silent for longest gives way */
#define BUS_FILTERS 16        /* of one subscriber; it follows all when it wants more */
#define BUS_LOOKED (4u << 20) /* bytes of them gone through until it renews and pays: 4 ms */
#define BUS_KEPT 256          /* messages for who has a gap, */
#define BUS_KEPT_BYTES (1u << 20)
#define BUS_KEPT_TIME (300 * GN_SEC)
#define BUS_RETAINED 256    /* values, */
#define BUS_RETAINED_ONE 16 /* of one publisher */
#define BUS_RETAINED_BYTES (1u << 20)
#define BUS_RETAINED_PART 4 /* of an open topic's values and wills a prefix has this part */
#define BUS_PREFIXES 64     /* counted at once: of an open topic's rate a prefix has: */
#define BUS_PREFIX_SHARE 4
#define BUS_WAITS 64      /* messages whose other root has not said yet that it served, */
#define BUS_WAITS_ROOT 16 /* and that one root has said it served, and that have not come here */
#define BUS_BEFORE 32     /* messages of a publisher looked at for the one before, by filters */

/* ---- of a node ---- */

#define BUS_HELD 4096              /* topics, */
#define BUS_HELD_PEER 1024         /* that one peer asked for first, */
#define BUS_HELD_PART 4            /* or one prefix, while half of all are taken: this part */
#define BUS_STORED (24u << 20)     /* bytes of values and wills of all topics, */
#define BUS_STORED_PEER (4u << 20) /* that one peer brought, */
#define BUS_STORED_PART 4          /* or one prefix, while half of all is taken: this part */
#define BUS_BYTES (48u << 20)      /* messages of all topics; the longest history gives way */
#define BUS_SUBSCRIBED 65536       /* leases of all topics, */
#define BUS_SUBSCRIBED_PEER 256    /* of one peer, */
#define BUS_SUBSCRIBED_PART 16 /* of one prefix, while half of all, or of a topic's, are taken */
#define BUS_LOOKUPS 64         /* topic records being read */
#define BUS_PENDING 256        /* requests that wait for one, */
#define BUS_PENDING_PEER 32    /* of one peer, while half of all are taken, or for a list */
#define BUS_PENDING_BYTES (4u << 20)
#define BUS_RULES_AGAIN (2 * GN_SEC) /* after a record could not be read */
#define BUS_SERVINGS 1024            /* messages on their way to their shares */
#define BUS_OUT_BYTES (1u << 20) /* not taken yet, above which no copy is made; small ones above */
#define BUS_CONTROL_BYTES (1u << 20) /* are dropped, and asked again by timeout */
#define BUS_SWEEP (5 * GN_SEC)       /* leases, histories, values that are over go */

/* ---- leases and shares ---- */

#define BUS_LEASE 60            /* seconds */
#define BUS_RENEW (20 * GN_SEC) /* so that two renewals may be lost */
#define BUS_WILL_RENEW (30 * GN_SEC)
#define BUS_RTT (100 * GN_MSEC)       /* of who was never measured */
#define BUS_SILENT (30 * GN_MSEC)     /* and 1.6 round trips: then the other root serves */
#define BUS_PULL_ROOT (300 * GN_MSEC) /* a root was told of a message that it does not have */
#define BUS_SYNCS 3                   /* roots that a new one asks for values */

/* ---- subscribers and publishers ---- */

#define BUS_VIEWS 1024 /* topics */
#define BUS_OPS 4096   /* subscriptions, messages and wills under way */
#define BUS_ASKS 8192  /* requests not answered, */
#define BUS_ASK_TIME (5 * GN_SEC)
#define BUS_ASK_TRIES 3             /* for a right to be shown */
#define BUS_POST_TIME (10 * GN_SEC) /* a message that no root has taken */
#define BUS_LOOK_EVERY (300 * GN_SEC)
#define BUS_LOOK_APART (1800 * GN_SEC) /* where each costs four sessions of their own */
#define BUS_LOOK_SOON (2 * GN_SEC)     /* a root knows others */
#define BUS_LOOK_AGAIN (5 * GN_SEC)    /* after a failure */
#define BUS_VIEW_KEPT (120 * GN_SEC)   /* without an operation: the next message needs no lookup */
#define BUS_BAD (15 * GN_SEC)          /* a root that failed is left out */
#define BUS_OWN_RETAINED 32            /* of one topic, for roots to come */
#define BUS_SEEN 256                   /* publishers of one topic */
#define BUS_GAP (250 * GN_MSEC)        /* until a gap is asked for, then: */
#define BUS_GAP_AGAIN GN_SEC
#define BUS_GAP_TRIES 3
#define BUS_HAVES 64               /* told to a new root */
#define BUS_QUEUE 1024             /* messages of one subscription not taken by its owner, */
#define BUS_QUEUE_BYTES (4u << 20) /* of all; then gaps are told */
#define BUS_SIGN_TIME (30 * GN_SEC)
#define BUS_FRESH (30 * GN_SEC) /* a second subscription is told values again */

/* ---- lazy links ---- */

#define BUS_LINKS 6              /* asked for */
#define BUS_LINKS_MAX 12         /* with those that others asked for: the rest is theirs, */
#define BUS_LINKS_PREFIX 2       /* so many of one prefix */
#define BUS_LAZY (150 * GN_MSEC) /* 80: 0.1 copies more each, and nobody sooner */
#define BUS_RECENT 64            /* messages kept for links, of a topic with them, */
#define BUS_RECENT_TIME (60 * GN_SEC)
#define BUS_WANTS 256     /* messages that others have and we not, */
#define BUS_WANTS_LINK 64 /* that one link told first */
#define BUS_WANT_FROM 4   /* of so many */

#endif
