/* Bounds of the node's own tables (the engines have theirs). */
#ifndef GN_NODE_LIMITS_H
#define GN_NODE_LIMITS_H

#define GN_NODE_MESSAGE (72u * 1024)      /* bytes of one message between nodes: a chunk, its proof, framing */
#define GN_NODE_QUEUE_BYTES (8u << 20)    /* unsent bytes for one peer: 64 chunks in flight and room */
#define GN_NODE_QUEUE_COUNT 1024u         /* unsent messages for one peer */
#define GN_NODE_INBOUND_BYTES (48u << 20) /* unfinished messages of all peers */
#define GN_NODE_INBOUND_COUNT 8192u
#define GN_NODE_PEERS 8192u
#define GN_NODE_SESSION_IDLE (30 * GN_SEC) /* an unneeded session is closed after so long without a message */
#define GN_NODE_BODY (16u << 20)           /* bytes of a JSON or record body */
#define GN_NODE_ARG 256u                   /* bytes of a path argument */
#define GN_NODE_LOOKUPS 32u                /* shown on the status page */
#define GN_NODE_STEPS 24u
#define GN_NODE_JOBS 32u        /* disk requests on workers at once: their buffers are memory */
#define GN_NODE_BATCH 64000u    /* bytes of one GSO send */
#define GN_NODE_PUMP_ROUNDS 64u /* work per turn of the loop before others get theirs */

#endif
