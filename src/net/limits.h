/* Bounds of net's discovery (mdns.h), with unit and reason; http's are in http.h and http_int.h.
 * Tests take each one at the limit and one past it. */
#ifndef GN_NET_LIMITS_H
#define GN_NET_LIMITS_H

#include "base/base.h"

#define MDNS_HEARD_MAX 9000  /* bytes of a message (RFC 6762 section 17) */
#define MDNS_SAID_MAX 1200   /* bytes of ours: below every MTU that IPv6 allows */
#define MDNS_NAME_MAX 255    /* bytes of a name, lengths and the root included (RFC 1035) */
#define MDNS_LABEL_MAX 63    /* of one of its parts */
#define MDNS_RECORDS_MAX 128 /* questions and records of a message: what it costs us to read */

#define MDNS_TTL 120              /* seconds that what we say is good for; more is not believed */
#define MDNS_HOPS 255             /* of what comes from this link: routers take one off */
#define MDNS_INTERFACES_MAX 8     /* a laptop has two, a router four */
#define MDNS_ADDRESSES_MAX 4      /* that are told of one interface */
#define MDNS_FOUND_MAX 32         /* addresses at one time: what a bootstrap asks */
#define MDNS_PER_INTERFACE 16     /* of these, so that one network leaves room to another */
#define MDNS_PER_PREFIX 8         /* (/24, /48), so that IPv4 leaves room to IPv6 */
#define MDNS_PER_SENDER 2         /* a machine runs one node, somebody at work a second one */
#define MDNS_EVERY (300 * GN_SEC) /* between queries, after those at 0, 1 and 3 s */
#define MDNS_DELAY (20 * GN_MSEC) /* before an answer, at least (RFC 6762 section 6) */
#define MDNS_DELAY_MOST (120 * GN_MSEC)
#define MDNS_AGAIN GN_SEC /* between two answers on an interface (RFC 6762 section 6) */
#define MDNS_ANNOUNCED 2  /* answers unasked, at the start (RFC 6762 section 8.3) */
#define MDNS_BATCH 32     /* datagrams read at a time, so that a flood leaves the loop to others */

#endif
