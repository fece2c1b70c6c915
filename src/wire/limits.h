/* Limits of wire (docs/spec/wire.md). Those of the FlatBuffers runtime itself are in fb.h. */
#ifndef GN_WIRE_LIMITS_H
#define GN_WIRE_LIMITS_H

#define GN_RECORD_MAX (64u << 10)       /* bytes of a Record; what is larger goes into blocks */
#define GN_RECORD_LABEL_MAX 255         /* bytes */
#define GN_RECORD_TOKEN_MAX 4096        /* bytes of a capability token chain */
#define GN_RECORD_TTL_MIN 60            /* seconds: below, refreshing costs more than keeping */
#define GN_RECORD_TTL_MAX (30u * 86400) /* seconds */
/* seconds that `created` may lie in the future: clocks differ */
#define GN_RECORD_AHEAD_MAX 300
/* bytes of one message between nodes: a 64 KiB chunk or record and what is around it */
#define GN_MESSAGE_MAX (72u << 10)

#endif
