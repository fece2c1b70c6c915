/* Every bound of bundles, with its unit and its reason. A drop at a bound has a counter. */
#ifndef GN_BUNDLES_LIMITS_H
#define GN_BUNDLES_LIMITS_H

#include "base/base.h"

#define BUNDLES_READS 64      /* readers, default */
#define BUNDLES_AHEAD 24      /* chunks per reader, default: 1.5 MiB */
#define BUNDLES_AHEAD_MAX 256 /* chunks per reader */
/* blocks whose holders are looked for before they are needed */
#define BUNDLES_LOOK_AHEAD 4
#define BUNDLES_FINDS 32     /* lookups of holders at once */
#define BUNDLES_SOURCES 4096 /* blocks whose holders are remembered */
#define BUNDLES_HOLDERS 8    /* nodes nearest to a block, where it should be */
/* the same on the second try: the set may have moved */
#define BUNDLES_HOLDERS_WIDE 24
#define BUNDLES_PROBE 3                      /* nearest holders asked before farther ones */
#define BUNDLES_SOURCE_TTL (10 * GN_MINUTE)  /* holders are looked for again after that */
#define BUNDLES_SOURCE_RETRY (500 * GN_MSEC) /* before the second try */
#define BUNDLES_PEERS 1024                   /* nodes with state here */
/* of them that came to us: the others are for our own readers */
#define BUNDLES_CALLERS 768
/* of these from one prefix, while more than the next are there */
#define BUNDLES_CALLERS_PREFIX 64
#define BUNDLES_CALLERS_CROWDED 512
#define BUNDLES_WINDOW 4                   /* chunks asked of a peer at once, at first */
#define BUNDLES_WINDOW_MAX 32              /* the same at most: 2 MiB under way */
#define BUNDLES_TIMEOUT_FIRST (3 * GN_SEC) /* for a chunk of a peer that was never timed */
#define BUNDLES_UNTIMED (50 * GN_MSEC)     /* what such a peer is thought to take, to choose by */
#define BUNDLES_TIMEOUT_MIN (500 * GN_MSEC)
#define BUNDLES_TIMEOUT_MAX (15 * GN_SEC)
/* the same with what was asked before it: 24 chunks at 256 kbit/s */
#define BUNDLES_TIMEOUT_LINE (60 * GN_SEC)
/* that a line takes for a chunk at most, and until it is known: 175 kbit/s */
#define BUNDLES_LINE_SLOW (3 * GN_SEC)
/* a chunk answered so soon widens a window: satellites do */
#define BUNDLES_QUICK (1 * GN_SEC)
#define BUNDLES_SLOW (3 * GN_SEC) /* one that takes longer narrows it */
/* an answer after its deadline is still taken that long */
#define BUNDLES_LATE (30 * GN_SEC)
#define BUNDLES_BUSY_WAIT (200 * GN_MSEC) /* a peer that said BUSY is left alone */
/* holders that give nothing for so long are given up one by one */
#define BUNDLES_REFUSED (60 * GN_SEC)
#define BUNDLES_BAD_WAIT (10 * GN_MINUTE) /* a peer that sent a false chunk is not asked */
/* chunks read from the own disk for readers at once; with the two below under the store's 128 */
#define BUNDLES_LOCAL_LOADS 48
/* chunks of an ingest on their way to the disk: two blocks, so that one is synced while the next
 * comes */
#define BUNDLES_INGEST_PUTS 32
/* blocks are kept as cache only while fewer chunks than this wait for the disk */
#define BUNDLES_CACHE_PUTS 16
#define BUNDLES_CACHE_PAUSE (5 * GN_SEC) /* no caching after the store was full */
/* blocks of a reader of which it is known whether they are kept as cache: a window spans fewer */
#define BUNDLES_CACHING 32
#define BUNDLES_STORE_WAIT (5 * GN_MSEC) /* until a store that was busy is asked again */
#define BUNDLES_INGESTS 16               /* files taken in at once, 1 MiB each */
#define BUNDLES_SPREADS 256              /* publications */
#define BUNDLES_SPREAD_BLOCKS 262144     /* blocks of all publications: 256 GiB, 8 MiB of hashes */
/* blocks being spread at once: holders' disks are the limit, not this */
#define BUNDLES_JOBS 4
#define BUNDLES_TARGET_WINDOW 4 /* chunks on their way to one holder */
/* without an answer of any target one counts as dead */
#define BUNDLES_TARGET_TIMEOUT (10 * GN_SEC)
#define BUNDLES_TARGET_SILENT (60 * GN_SEC) /* without an answer of itself, whatever others say */
/* chunks on their way to all holders, at first: 5 s at 400 kbit/s */
#define BUNDLES_SPREAD_WINDOW 4
#define BUNDLES_SPREAD_WINDOW_MAX 64 /* the same at most: 4 MiB */
/* for each so many there is one more block being spread */
#define BUNDLES_SPREAD_JOB_WINDOW 16
/* times a target may be sent a whole block, without a receipt */
#define BUNDLES_TARGET_ROUNDS 3
#define BUNDLES_TARGET_BUSY 20 /* times a target may say BUSY */
#define BUNDLES_RESPREAD (3600 * GN_SEC)
#define BUNDLES_HEAD_TTL (30 * GN_SEC)     /* a head is not asked for again */
#define BUNDLES_HEAD_STALE (3600 * GN_SEC) /* a head is still used when no node can be asked */
#define BUNDLES_HEADS 256
#define BUNDLES_MANIFESTS 32               /* open manifests kept */
#define BUNDLES_MANIFEST_BYTES (96u << 20) /* of kept manifests */
#define BUNDLES_WORKS 2                    /* manifests being checked at once, a thread each */
/* bytes for checking one: its copy, and sorting 100,000 paths */
#define BUNDLES_WORK_MEMORY (512u << 20)
#define BUNDLES_OPENS 64 /* sites being opened at once */
/* of their manifests: two of the largest being checked, and 32 MiB */
#define BUNDLES_OPEN_BYTES (160u << 20)
/* one that got nothing for so long gives way: a chunk at 100 kbit/s */
#define BUNDLES_OPEN_GRACE (5 * GN_SEC)

/* amplification: what a peer's 100 bytes can cause here */
#define BUNDLES_SERVE_QUEUE 64 /* chunks one peer may wait for; above: BUSY */
/* a peer that takes no chunk for so long loses its queue */
#define BUNDLES_SERVE_WAIT (20 * GN_SEC)
#define BUNDLES_SERVE_LOOK (10 * GN_MSEC) /* between looks whether a peer takes more, at least */
/* and at most: a quarter of the time that it has taken nothing */
#define BUNDLES_SERVE_LOOK_MAX (1 * GN_SEC)
/* one that takes nothing for so long gives its place to others */
#define BUNDLES_SERVE_GRACE (2 * GN_SEC)
/* and is told BUSY for more: a chunk takes so long at 100 kbit/s */
#define BUNDLES_SERVE_SLOW (5 * GN_SEC)
#define BUNDLES_SERVE_LOADS 32       /* chunks read from disk for peers at once */
#define BUNDLES_OUT_BYTES (4u << 20) /* answers not taken yet above which no more is read */
/* small messages not taken yet; above they are dropped and counted */
#define BUNDLES_CONTROL_BYTES (1u << 20)
#define BUNDLES_KEEP_TTL_MAX (30u * 86400) /* seconds a block is promised at a time */
#define BUNDLES_INCOMING 128               /* blocks on their way here */
#define BUNDLES_INCOMING_PEER 16           /* of them from one key */
/* of them from one prefix, while more than half are taken */
#define BUNDLES_INCOMING_PREFIX 32
#define BUNDLES_INCOMING_PUTS 32            /* chunks of them on their way to the disk */
#define BUNDLES_INCOMING_TIME (30 * GN_SEC) /* without a chunk the place is free again */
/* bytes a second over the whole block, below which it is given up */
#define BUNDLES_INCOMING_RATE_MIN 8192
#define BUNDLES_INCOMING_GRACE (2 * GN_SEC) /* a place that young does not give way */
/* bytes a second; one that brings as much does not either */
#define BUNDLES_INCOMING_RATE 65536
/* one key may use a quarter of what is kept for others */
#define BUNDLES_PEER_SHARE 4
/* a prefix a sixteenth, while more than a quarter is used */
#define BUNDLES_PREFIX_SHARE 16
#define BUNDLES_STRANGER_SHARE 64  /* and a stranger's key a 64th then */
#define BUNDLES_ACQUAINTED_SHARE 8 /* the last eighth is for acquaintances */
/* something kept for so long, and asked for, makes one */
#define BUNDLES_ACQUAINTED (86400 * GN_SEC)
/* seconds a stranger's block is promised while more than half is used */
#define BUNDLES_STRANGER_TTL 86400
/* bytes that a block counts for at least: a file, half a kB of memory */
#define BUNDLES_KEPT_COST GN_CHUNK
#define BUNDLES_KEPT 1048576 /* blocks kept for others */
/* peers for whom something is kept: no prefix can use them up by its keys */
#define BUNDLES_SHARES BUNDLES_KEPT
/* seconds that a publication has from its first block to its spread */
#define BUNDLES_FRESH 86400
/* blocks of the store looked at in one tick for own ones that nobody needs */
#define BUNDLES_SWEEP_BLOCKS 512
#define BUNDLES_SWEEP_PAUSE (10 * GN_MSEC) /* until the next ones */
/* own blocks that are needed, or fresh: as many as the store knows */
#define BUNDLES_NEEDED 4194304
#define BUNDLES_SWEEP (10 * GN_MINUTE) /* expired promises are taken out of the accounts */

#define GN_MINUTE (60 * GN_SEC)

#endif
