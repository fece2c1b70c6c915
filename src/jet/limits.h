/* Every bound of jet, with unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_JET_LIMITS_H
#define GN_JET_LIMITS_H

#include "base/base.h"

/* ---- datagrams and packets, bytes ---- */
#define JET_MTU_BASE 1200        /* every path is assumed to carry it (RFC 9000 section 14) */
#define JET_MTU_MAX 1452         /* Ethernet less IPv6 and UDP headers */
#define JET_DATAGRAM_IN_MAX 2048 /* larger ones are not ours; the receive scratch is that big */
#define JET_CID_LEN 8
#define JET_TOKEN_MAX 128        /* retry cookie as a client keeps it */
#define JET_PARAMS_MAX 256       /* transport parameters, as the TLS wrapper takes them */
#define JET_REASON_MAX 128       /* text of a CLOSE */
#define JET_PACKET_FRAMES_MAX 64 /* frames we put into one packet */
/* ACK frames accepted in one packet: bounds work per peer byte */
#define JET_ACK_FRAMES_MAX 8
#define JET_PACKETS_PER_DATAGRAM 4 /* coalesced packets read from one datagram */

/* ---- endpoint ---- */
#define JET_SESSIONS 4096 /* default: incoming ones, and as many own dials */
/* default: half-open incoming handshakes before a cookie is demanded */
#define JET_STRANGERS 64
/* default: one in use, some that a restart or a change of network left behind */
#define JET_SESSIONS_PER_KEY 8
/* above three quarters full no prefix has more than one in so many places, */
#define JET_SEAT_SHARE 64
#define JET_SEAT_SHARE_MIN 8 /* or so many */
/* places looked up to find the one worth least: bounds the work per newcomer */
#define JET_SEATS_WEIGHED 64
#define JET_HALF_OPEN_PART 8 /* half-open sessions: an eighth of sessions_max besides it, */
#define JET_HALF_OPEN_MIN 16 /* or so many */
/* of sessions_max: closed sessions that still answer; more go at once, */
#define JET_LINGER_PART 4
#define JET_LINGER_MIN 16       /* or so many */
#define JET_STATELESS_QUEUE 64  /* Retry and Version answers waiting to be sent; more are dropped */
#define JET_EFFORT 1000u        /* default: what we solve to get in, about a second */
#define JET_SOLVE_EVERY GN_MSEC /* one nonce, which takes about as long */
#define JET_PASSES 1024         /* of servers, kept */
#define JET_ADMIT_PER_TICK 4    /* waiting hellos: about a millisecond */
#define JET_WAITING_DATAGRAMS 2 /* of one waiting hello: what a hello with a hybrid key takes */
/* Retry packets a client follows in one handshake: a cookie may expire on the way */
#define JET_RETRIES 4
#define JET_HANDSHAKE_TIMEOUT (10 * GN_SEC)
/* when half-open sessions crowd: a lost packet on a slow path */
#define JET_HANDSHAKE_TIMEOUT_MIN (2 * GN_SEC)
#define JET_IDLE_TIMEOUT (60 * GN_SEC)
#define JET_LINGER (1800 * GN_SEC) /* default: the same while a stream is open (RE-10) */
/* so long after something that nothing answers, a session with an open stream is parked; a
 * challenge goes after so long, doubling up to */
#define JET_PARK_AFTER (30 * GN_SEC)
#define JET_PARK_PROBE (15 * GN_SEC)
#define JET_PARK_PROBE_MAX (60 * GN_SEC)
/* parked ones in all, of a key, and of a prefix above three quarters: as for seats */
#define JET_PARKED 256
#define JET_PARKED_PER_KEY 8
#define JET_PARKED_PER_PREFIX 8
#define JET_PARKED_BYTES (64u << 20) /* in the buffers of their streams */
/* quiet time after which buffers of an idle session are given back */
#define JET_SWEEP_AFTER GN_SEC

/* ---- streams ---- */
#define JET_STREAMS 128                /* open at once per direction and opener */
#define JET_STREAM_WINDOW (256u << 10) /* bytes, default; grows while the reader keeps up */
#define JET_STREAM_WINDOW_MAX (8u << 20)
#define JET_SESSION_WINDOW (1u << 20)
#define JET_SESSION_WINDOW_MAX (16u << 20)
#define JET_SEND_BUFFER (1u << 20) /* bytes, default; grows with the congestion window */
#define JET_SEND_BUFFER_MAX (16u << 20)
/* What streams hold, bytes. A session's own: what keeps it going when it gets no more. */
#define JET_RECV_RESERVE (64u << 10) /* a bandwidth-delay product of 10 Mbit/s and 50 ms */
/* a chunk of a file and its neighbours: three quarters are of its class */
#define JET_SEND_RESERVE (128u << 10)
/* default, each way, of all beyond that: a quarter of a node's part for jet */
#define JET_STREAM_MEMORY (64u << 20)
/* a key has so much of what is received: 300 Mbit/s with losses and 100 ms */
#define JET_RECV_KEY_PART 16
#define JET_SEND_KEY_PART 8      /* and of what is written: 1 Gbit/s and 50 ms */
#define JET_MEMORY_PREFIX_PART 8 /* a prefix in a crowd so much, each way, */
/* which begins here: little is held while no one means harm */
#define JET_MEMORY_CROWD_PART 4
#define JET_MEMORY_STEP (4u << 10) /* counted by so many: a look-up per some packets */
/* bytes of rings for each that came: half of a ring is used, half of that lost */
#define JET_RECV_SPREAD 4
#define JET_CRYPTO_BUFFER (16u << 10) /* handshake bytes kept per level and direction */
/* resumption ticket, bytes: goes into one packet beside a full ACK, or is left out */
#define JET_TICKET_MAX 900
#define JET_TICKET_PADDED 512 /* shorter ones are padded to this: their length says nothing */
#define JET_HELLO_MAX 8192    /* client hello */
#define JET_OFFSET_MAX ((UINT64_C(1) << 62) - 1)
/* Ranges of out-of-order data: 64 and one per 256 bytes of the buffer, so that bookkeeping stays
 * below 1/16 of it. */
#define JET_RECV_RANGES(capacity) (64u + (uint32_t)((capacity) >> 8))

/* ---- datagrams, each way ---- */
#define JET_DATAGRAMS 256               /* queued */
#define JET_DATAGRAM_BYTES (256u << 10) /* queued */

/* ---- acknowledgement and recovery ---- */
#define JET_ACK_RANGES 64      /* ranges remembered per packet space */
#define JET_ACK_RANGES_SENT 32 /* ranges in one ACK frame */
#define JET_ACK_DELAY (25 * GN_MSEC)
#define JET_ACK_EVERY_MIN 2 /* packets */
#define JET_ACK_EVERY_MAX 128
/* packets behind the largest that can still be told from replays: 50 ms at 1 Gbit/s */
#define JET_REPLAY_BITS 4096
#define JET_SENT_MAX 65536  /* packets remembered per space; data waits beyond */
#define JET_SENT_QUIET 4096 /* and so many more for packets that only acknowledge */
#define JET_SENT_FRAMES_MAX (4 * JET_SENT_MAX) /* frames in them */
#define JET_REORDER_PACKETS 3                  /* RFC 9002 6.1.1; adapts upwards */
#define JET_REORDER_PACKETS_MAX 512
/* Before the first sample. RFC 9002 6.2.2 suggests 333 ms; a handshake that lost a packet should
 * not wait a second for it, and what is sent too early on a slow path is one packet. For the
 * same reason the timer doubles once only until then. */
#define JET_RTT_INITIAL (200 * GN_MSEC)
#define JET_PTO_BACKOFF_UNSAMPLED 1
#define JET_GRANULARITY GN_MSEC
#define JET_PTO_BACKOFF_MAX 6 /* doublings */
/* and no longer while a path is suspect and a stream is open: a network that is back after a tunnel
 * is noticed within it; until the session is parked 20 probes */
#define JET_PTO_SUSPECT (1500 * GN_MSEC)
#define JET_CWND_MIN_PACKETS 2
#define JET_CWND_INITIAL_PACKETS 10
#define JET_CWND_MAX (64u << 20) /* bytes */
#define JET_QUANTUM_MAX 65536    /* bytes per paced burst: one GSO send */
#define JET_AMPLIFICATION 3      /* bytes sent per byte received before an address is proven */

/* ---- reliable ways (RE-8) ---- */
/* bytes of a session in flight there: all of it goes again when the way breaks */
#define JET_RELIABLE_FLIGHT (4u << 20)
/* packets, or JET_ACK_DELAY, until an acknowledgement: it only lets go of what streams keep */
#define JET_RELIABLE_ACK_EVERY 64
/* Without a word for so long, with something in flight, something to be answered goes; and so long
 * its answer is waited for. Twice this is when TCP gives up, too. */
#define JET_RELIABLE_SILENCE (5 * GN_SEC)

/* Class 1 or 2 waits so long behind others: another connection is wanted, and again not before */
#define JET_CROWDED (50 * GN_MSEC)
#define JET_CROWDED_AGAIN (60 * GN_SEC)

/* ---- keys ---- */
#define JET_KEY_UPDATE_PACKETS (UINT64_C(1) << 23)
#define JET_KEY_UPDATE_AGE (3600 * GN_SEC)
/* packets per key: RFC 9001 B.1.1, packets up to 2 KiB */
#define JET_SEAL_MAX (UINT64_C(1) << 28)
/* forgeries per session: RFC 9001 6.6, the smaller of the suites */
#define JET_OPEN_FAILED_MAX (UINT64_C(1) << 36)

/* ---- paths ---- */
#define JET_PATHS 4      /* path ids alive at once; connection ids issued ahead (JT-85) */
#define JET_PATHS_MAX 8  /* the same, where both ends gave the parameter `paths` */
#define JET_PATHS_KEPT 4 /* of them that are proven; the costliest goes */
#define JET_SPARES 2     /* proven ones kept beside the main one; others go after */
#define JET_SPARE_KEPT (30 * GN_SEC)
/* a spare path is checked so often, +-20 %; while it looks better than the main one, */
#define JET_CHECK_SPARE (20 * GN_SEC)
#define JET_CHECK_RIVAL GN_SEC
/* and the main one of a session with an open stream, unless something comes anyway */
#define JET_CHECK_MAIN (5 * GN_SEC)
/* and once where so many packets came one after the other and for so long, or a probe timeout, none
 * follows: who only receives has sent nothing that would be missed */
#define JET_FLOW_RUN 32
#define JET_FLOW_GAP (250 * GN_MSEC)
/* without a packet for so long, a path gets one datagram at a time (RE-7), and data that was in
 * flight on another does not come here */
#define JET_CONSENT (30 * GN_SEC)
#define JET_SUSPECT_PTOS 2 /* in a row, and nothing came since the first */
#define JET_DARK_PTOS 4    /* in a row, whatever came: it may go one way only */
/* A path is taken by choice that costs less by so much, and a fifth, for so long, not sooner than
 * so long after the last choice (RE-5). */
#define JET_BETTER_BY (15 * GN_MSEC)
#define JET_BETTER_PART 5
#define JET_BETTER_FOR (3 * GN_SEC)
#define JET_CHOICE_HOLD (10 * GN_SEC)
/* but at once and whenever a packet takes so much less at the rate that ways are said to have:
 * nothing of that is measured */
#define JET_SLOW_BY (100 * GN_MSEC)
#define JET_LOSS_WINDOW 512 /* packets of a path that its loss is counted over */
/* Punching (RE-20): addresses that are tried at once, of them told by the peer, */
#define JET_PUNCH_WAYS 20
#define JET_PUNCH_TOLD 16
#define JET_PUNCH_COST 92 /* bytes of a challenge, with IPv4 and UDP */
#define JET_PUNCH_SAME 4  /* of them, of one prefix: a home's, its router's, that others see */
/* the first volley of seven that goes to TURN servers' addresses: what is direct has had 0.8 s */
#define JET_PUNCH_TURN 5
/* after the last volley an answer is waited for, after the first a better one, */
#define JET_PUNCH_WAIT GN_SEC
#define JET_PUNCH_BETTER (200 * GN_MSEC)
/* a try that failed is made again after so long, doubling up to, at most one in */
#define JET_PUNCH_AGAIN (35 * GN_SEC)
#define JET_PUNCH_AGAIN_MAX (600 * GN_SEC)
#define JET_PUNCH_EVERY (5 * GN_SEC)
#define JET_PUNCH_HURRIES 3 /* at once, for the peer's newer offers; then one in JET_PUNCH_AGAIN */
/* begun on others' word in half of that: in all, by a key's sessions, by a prefix's */
#define JET_PUNCH_ALL 256
#define JET_PUNCH_KEY 2
#define JET_PUNCH_PREFIX 8
/* Guessing of ports (RE-23): sockets of the hard end, fewer where its ports lie so near; */
#define JET_GUESS_SOCKETS 256
#define JET_GUESS_SOCKETS_FEW 64
#define JET_GUESS_SPAN_FEW 4096
/* ports that the other tries, one in so long (400/s), of late ones so many at once; */
#define JET_GUESS_PORTS 1024
#define JET_GUESS_EVERY (2500 * GN_USEC)
#define JET_GUESS_BURST 8
/* first those that follow, then those so far around the ones that are known, no well-known ones */
#define JET_GUESS_STEPS 32
#define JET_GUESS_AROUND 256
#define JET_GUESS_LEAST 1024
#define JET_GUESS_OPEN GN_SEC /* for the owner to open sockets */
/* with one key, and to one address, once in; to addresses of one prefix so often, as many as may be
 * in one house; so many are remembered, then none is made */
#define JET_GUESS_AGAIN (600 * GN_SEC)
#define JET_GUESS_PREFIX 4
#define JET_GUESS_PEERS 64
#define JET_COPIES 8     /* frames of class 1 that wait to go on a second path, too */
#define JET_WAYS 4096    /* links that net made */
#define JET_CHECK_LEN 64 /* bytes of a PATH_CHALLENGE to an address that is proven */
/* answers to challenges under way on a path: a volley is fewer, and an honest peer acknowledges */
#define JET_ANSWERS 64
#define JET_PROBE_TRIES 4 /* PATH_CHALLENGE, doubling from one PTO */
/* in a row without an answer, after which an end goes to where it hears the other */
#define JET_LOST_PTOS 3
#define JET_MTU_TRIES 3              /* probes per size before it is given up */
#define JET_MTU_RETRY (600 * GN_SEC) /* RFC 8899 PMTU_RAISE_TIMER */
/* consecutive PTOs at a raised MTU after which it falls to the base */
#define JET_BLACKHOLE_PTOS 3
/* or rounds: where one packet of three is lost, of 27 single ones one looks so, too */
#define JET_BLACKHOLE_ROUNDS 3

#endif
