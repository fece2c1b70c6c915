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

/* bytes of a frame between programs: a file's 256 KiB pieces, or a page of history */
#define GN_APP_FRAME_MAX (1u << 20)

#define GN_TOKEN_MAX GN_RECORD_TOKEN_MAX /* bytes of a chain: it rides in records and requests */
#define GN_TOKEN_BLOCKS_MAX 8            /* each costs the verifier an Ed25519 check, 60 us */
/* of one block; a chain of eight has room for about one right each */
#define GN_TOKEN_RIGHTS_MAX 32
#define GN_TOKEN_LIMITS_MAX 16
#define GN_TOKEN_RESOURCE_MAX 512 /* bytes: a name of 255 with every byte coded would not fit */
#define GN_TOKEN_LIFE_MAX (400u * 86400) /* seconds: as long as a device is vouched for */
#define GN_TOKEN_SHOW_S 300              /* seconds that clocks of bearer and verifier may differ */

#endif
