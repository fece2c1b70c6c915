/* Every bound of nat, with unit and reason. Tests take each one at the limit and one past it. */
#ifndef GN_NAT_LIMITS_H
#define GN_NAT_LIMITS_H

#include "base/base.h"

#define STUN_HEAD 20 /* bytes before the attributes (RFC 8489 section 5) */
/* What we say fits into one datagram of the least IPv4 path (RFC 8489 section 6.1, RE-50). */
#define STUN_SAID_MAX 548
/* Of one message: the RFCs know some thirty, and nobody sends one twice. */
#define STUN_ATTRIBUTES_MAX 48
#define STUN_TEXT_MAX 763    /* bytes of a user name, realm, nonce or reason at most (RFC 8489) */
#define STUN_SHA256_LEAST 16 /* bytes that a MESSAGE-INTEGRITY-SHA256 is cut to at most */
#define STUN_UNKNOWN_MAX 8   /* types that a refusal of unknown attributes names */

/* ---- port mapping (RE-16) ---- */

#define PCP_LEASE 7200 /* seconds asked for; what a router gives is believed up to a day: */
#define PCP_LEASE_MAX 86400
#define PCP_FIRST (250 * GN_MSEC) /* between two tries, doubled each time (RFC 6886 section 3.1) */
#define PCP_TRIES 5               /* of one protocol: 8 s */
/* Seconds until it is asked anew: after a refusal at least, at most, and when nothing was said. */
#define PCP_AGAIN_LEAST 60
#define PCP_AGAIN_MOST 3600
#define PCP_AGAIN 1800

/* ---- STUN's and TURN's server, TURN's client (RE-50, RE-51, RE-52, RE-47) ---- */

/* Bytes answered to one byte of whoever has proven nothing: what others do with a source that is
 * not theirs is not worth it. */
#define TURN_UNPROVEN_PART 3
/* Bytes of one datagram that is relayed: what fits into GN_TURN_FRAME_MAX as a Data indication of
 * an IPv6 peer. Paths of the Internet carry 1,500. */
#define TURN_DATA_MAX 2000
#define TURN_NAME_MAX 64    /* bytes of a user's name, as this server has them */
#define TURN_USERS_MAX 256  /* names that its owner may let in */
#define TURN_ALLOCATIONS 64 /* at one time: each is a socket and 2 KiB */
#define TURN_ALLOCATIONS_USER 8
/* Of one network (/24, /48), once half of all are taken; private ones have no share. */
#define TURN_ALLOCATIONS_PREFIX 16
#define TURN_CHANNELS 32        /* of one allocation; permissions, too */
#define TURN_LIFETIME_LEAST 600 /* seconds of an allocation; given when none are asked for */
#define TURN_LIFETIME_MOST 3600
#define TURN_PERMISSION 300          /* seconds (RFC 8656 section 9) */
#define TURN_CHANNEL 600             /* seconds (section 12) */
#define TURN_OPEN_TIME (10 * GN_SEC) /* for the owner to open a socket */
/* Seconds of one window of nonces: one is good until the end of the next, so half an hour to an
 * hour. */
#define TURN_NONCE_WINDOW 1800
#define TURN_NONCE 24   /* characters of one */
#define TURN_OWN_MAX 32 /* addresses of this machine that it is told */

/* Bytes of the list of password algorithms that a server knows: it knows two. */
#define TURN_ALGORITHMS_MAX 32
/* A request over UDP goes again after half a second and then after twice as long each time; over a
 * stream it is only waited for. RFC 8489 section 6.2.1 tries for 39.5 s: whoever has other paths
 * wants to know sooner. */
#define TURN_FIRST (500 * GN_MSEC)
#define TURN_TRIES 5             /* 15.5 s */
#define TURN_QUIET (25 * GN_SEC) /* without a word of the server: it is asked whether it lives */
/* The last channel that we take (RFC 8656 section 12). */
#define TURN_CHANNEL_OURS_LAST 0x4fff
/* From a peer's ChannelBind to the next: permissions end at 300 s. */
#define TURN_AGAIN (240 * GN_SEC)
#define TURN_LIFETIME_SANE 10 /* seconds of an allocation that are too few to be one */
/* Times in a row that a server may have forgotten us, and that one request may be told another
 * nonce: then it is at fault. */
#define TURN_LOST_MAX 3
#define TURN_NONCES_MAX 3

#endif
