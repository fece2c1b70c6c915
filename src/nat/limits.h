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

#endif
