/* Every bound of the lists of revoked tokens, with its unit and its reason. What a peer can cause
 * is counted for it and its prefix: the places; a lookup is charged by guard. */
#ifndef GN_LISTS_LIMITS_H
#define GN_LISTS_LIMITS_H

#include "base/base.h"

/* seconds: the list of a chain that lives no longer is not looked up (WR-36) */
#define LISTS_LIFE 86400u
#define LISTS_FRESH (300 * GN_SEC) /* a list is believed so long */
#define LISTS_AHEAD (240 * GN_SEC) /* one in use is looked up again: nobody waits then */
#define LISTS_KEPT (3600 * GN_SEC) /* when it cannot be had again: so long after it was */
#define LISTS_AGAIN (30 * GN_SEC)  /* after a lookup that failed */
#define LISTS_LOOKUPS 64           /* at once: 512 requests on their way; of strangers: */
#define LISTS_LOOKUPS_THEIRS 48
/* of one peer, and above half of one prefix: keys can be chosen whose lookups take long */
#define LISTS_LOOKUPS_PEER 16

/* KiB, of ids: a list of 1,024 takes 33, one of none 1 */
#define LISTS_KIB 4096
#define LISTS_KIB_PEER 256  /* of one peer: it has that many lists here, or seven full ones */
#define LISTS_PREFIX_PART 4 /* of one prefix, above half: a part of all */
#define LISTS_OWN 4096      /* lists that this node's own topics ask for, as many as those */

#endif
