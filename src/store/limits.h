/* Bounds of the storage engines. */
#ifndef GN_STORE_LIMITS_H
#define GN_STORE_LIMITS_H

/* record log */
/* bytes, default: one file is read in well under a second */
#define KV_SEGMENT_BYTES_DEFAULT (UINT64_C(16) << 20)
/* bytes: offsets are 32 bits, a group may overshoot */
#define KV_SEGMENT_BYTES_MAX (UINT64_C(1) << 30)
/* bytes, default: a record of 64 KiB and its receipts */
#define KV_VALUE_DEFAULT (72u << 10)
#define KV_VALUE_MAX (192u << 10)            /* bytes: an entry fits into one piece */
#define KV_ENTRIES_DEFAULT 200000u           /* default */
#define KV_BYTES_DEFAULT (UINT64_C(2) << 30) /* live bytes, default */
/* bytes read at once in recovery and compaction */
#define KV_PIECE (256u << 10)
/* of puts that wait for the group in flight: one disk's work of some 10 ms */
#define KV_QUEUE_BYTES (4u << 20)
#define KV_QUEUE_TICKETS 16384u /* puts waiting, in flight, or done and not yet polled */
#define KV_LOADS 64u            /* reads under way */
#define KV_SEGMENTS 4096u       /* files of one log */
/* files more than full ones would be, before small ones are merged */
#define KV_SEGMENTS_SLACK 16u
#define KV_RETRY (10 * GN_SEC) /* after a failed compaction */

/* blocks */
#define BLOCKS_MAX (UINT32_C(1) << 22) /* blocks known: 4 TiB in full ones */
#define BLOCKS_OPS 128u                /* puts and loads under way, 64 KiB each: 8 MiB */
/* of running time past the end of a promise: clocks can be wrong */
#define BLOCKS_KEEP_OVER (7 * 86400 * GN_SEC)
#define BLOCKS_RETRY (10 * GN_SEC) /* after a rename the disk refused */
/* bytes of the folder's name: names fit into GN_DISK_NAME_MAX */
#define BLOCKS_DIR_MAX 24

#endif
