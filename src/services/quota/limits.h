/* Every bound of what tokens' limits are counted with, with its unit and its reason. */
#ifndef GN_QUOTA_LIMITS_H
#define GN_QUOTA_LIMITS_H

#include "base/base.h"

/* buckets that are not full, 128 bytes of memory each; a use that needs one more is refused */
#define QUOTA_BUCKETS 16384
/* of those that one peer made necessary: a node that speaks for a thousand people has room */
#define QUOTA_BUCKETS_PEER 2048
#define QUOTA_PREFIX_PART 8 /* of one prefix, above half: a part of all */
/* buckets that one use draws from: limits of blocks that count here. A chain of 4,096 bytes with
 * limits in every block has about as many; one with more is refused */
#define QUOTA_DRAWS 32
#define QUOTA_SWEEP 8 /* buckets looked at for each draw: full ones go */
/* that the network with the most gives up in a second, when all are taken; two uses' at least */
#define QUOTA_YIELD 64
/* bytes that one use has at most, above a message between nodes */
#define QUOTA_USES (1u << 20)

#endif
