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

#endif
