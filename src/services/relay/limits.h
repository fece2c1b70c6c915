/* Every bound of the relay, with its unit and its reason. A refusal names its limit by the name
 * here, to the peer too; a drop has a counter. Rules: docs/spec/reach.md RE-30..RE-37, RE-64. */
#ifndef GN_RELAY_LIMITS_H
#define GN_RELAY_LIMITS_H

#include "base/base.h"

/* ---- what peers make necessary: circuits ---- */

#define RELAY_CIRCUITS 4096   /* 600 bytes each */
#define RELAY_CIRCUITS_KEY 64 /* that one key opened, */
#define RELAY_CIRCUITS_PART 8 /* one prefix: this part, 512, which have all of the small lane */
#define RELAY_IDLE (60 * GN_SEC)
/* without a packet a circuit gives way when all are taken: above the 20 s of jet's keep-alive */
#define RELAY_GIVES_WAY (25 * GN_SEC)
#define RELAY_VIA_KEY 8  /* circuits through a second relay that one key opened: we have 64 there */
#define RELAY_VIA_ALL 32 /* and all, through one relay: half of what we have there is our own */
#define RELAY_VIA_TIME (5 * GN_SEC) /* for the second relay to answer */
/* ends that were not told yet, as the owner takes no messages; the oldest are forgotten above */
#define RELAY_OVER 4096
#define RELAY_ENDS (900 * GN_MSEC)      /* from the NOTE that a circuit will end to its end */
#define RELAY_FULL_AGAIN GN_SEC         /* who is refused for want of a place comes back then */
#define RELAY_LIST_AGAIN GN_SEC         /* a list of revoked tokens is looked up meanwhile */
#define RELAY_QUOTA_AGAIN (60 * GN_SEC) /* to a limit that does not say when */
#define RELAY_QUOTA_SOON (5 * GN_SEC)   /* a limit that gives again before is a rate */
#define RELAY_OTHERS 3

/* ---- reservations ---- */

#define RELAY_RESERVED 1024
#define RELAY_RESERVED_PART 8 /* one prefix, while half of all are taken: this part */
#define RELAY_TTL 3600        /* seconds */

/* ---- lanes ---- */

#define RELAY_PACKET_MIN 38     /* bytes, with 9 before the least that jet seals: 13 and a tag */
#define RELAY_PACKET_MAX 1452   /* bytes, with 9 before a jet datagram of 1,443 */
#define RELAY_TRAIN 64          /* packets of one call: what a kernel puts together */
#define RELAY_SMALL_RATE 2048   /* bytes a second of a small circuit, */
#define RELAY_BURST (64u << 10) /* and of any circuit at once: a handshake or a page */
#define RELAY_BURST_RATE (16u << 10) /* bytes a second that a key's 64 bursts come back with */
#define RELAY_RATE (1u << 20) /* bytes a second of all small circuits, and of all bulk ones */
#define RELAY_COMMONS_RATE (64u << 10)          /* bytes a second of a bulk circuit without token */
#define RELAY_COMMONS_DAY (UINT64_C(256) << 20) /* bytes of them of one key and day */
#define RELAY_QUEUE (5 * GN_MSEC) /* what a queue may hold before packets are dropped */
/* What a lane is in debt at most before it is shared out: a second of all small circuits, since
 * handshakes come together; of bulk, which small packets wait behind, what the queue holds. */
#define RELAY_ROOM_S 1 /* seconds */
#define RELAY_ROOM_MAX (1u << 20)
#define RELAY_ROOM_MIN (16u << 10) /* or a sender's burst of ten packets is cut */
#define RELAY_QUANTUM 256          /* bytes of a circuit's turn */
#define RELAY_ROUNDS 8192          /* of them: 2 MiB, above the room and the packet after it */

/* ---- accounts ---- */

/* keys and tokens counted in this day; who relayed least is forgotten first */
#define RELAY_ACCOUNTS 8192
#define RELAY_MONTH (UINT64_C(50) << 30) /* bytes */
/* of the month one network may have so much in a day, but by tokens: this part, and no less than
 * one key of the commons. Without it one would use up the month in 14 hours at 1 MiB/s. */
#define RELAY_NET_PART 32
#define RELAY_NETS 8192 /* networks counted in this day: as for keys */
#define RELAY_DRAW                                                                                 \
	(512u << 10) /* bytes that are drawn of a token's limits at a time; half of the */
		     /* most that one draw may have */
#define RELAY_JUDGED (30 * GN_SEC) /* tokens are looked at again: taken back? */
#define RELAY_SWEEP GN_SEC         /* all circuits and reservations are looked at */
#define RELAY_CONTROL_BYTES                                                                        \
	(1u << 20) /* answers not taken yet; more are dropped, and asked again */

/* ---- of this node's own: what it has at other relays ---- */

#define RELAY_HELD 1024        /* circuits, those that came included */
#define RELAY_INBOUND_RELAY 64 /* that came by one relay: no more than it lets one key open */
#define RELAY_ASK_TIME (5 * GN_SEC)
#define RELAY_ASK_SOONEST (GN_SEC / 4) /* to another OPEN, whatever the relay says */
#define RELAY_PATIENCE (15 * GN_SEC)   /* in all, with asking again after a refusal */
#define RELAY_KEPT 16                  /* reservations: two homes, those before, and spare ones */
#define RELAY_RESERVE_AGAIN (10 * GN_SEC) /* after a failure, twice as long each time, up to: */
#define RELAY_RESERVE_AGAIN_MAX (600 * GN_SEC)

/* ---- choosing ---- */

#define RELAY_HOMES 2
#define RELAY_CANDIDATES 64
#define RELAY_BETTER_PERCENT 30
#define RELAY_BETTER_TIME (20 * GN_MSEC)
#define RELAY_BETTER_FOR (600 * GN_SEC)
#define RELAY_OLD_HOME (60 * GN_SEC)
#define RELAY_SPARE_AFTER (10 * GN_SEC) /* on one relay: then a circuit through another */
#define RELAY_BAD_REPLAYS 10            /* in a minute */
#define RELAY_BAD_LOSS 50               /* thousandths above another path's */
#define RELAY_BAD_SILENT (3 * GN_SEC)
#define RELAY_BAD_FOR (3600 * GN_SEC)
#define RELAY_BAD 64 /* relays remembered as bad; the one that is so for longest is forgotten */

#endif
