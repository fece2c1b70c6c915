/* Bounds of net's discovery (mdns.h) and of its TLS carrier (wss.h, RE-45), with unit and reason;
 * http's are in http.h and http_int.h. Tests take each one at the limit and one past it. */
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
#define MDNS_PACE (5 * GN_SEC)    /* a place for one more, after all: each is dialled and logged */
#define MDNS_PER_INTERFACE 16     /* of these, so that one network leaves room to another */
#define MDNS_PER_PREFIX 8         /* (/24, /48), so that IPv4 leaves room to IPv6 */
#define MDNS_PER_SENDER 2         /* a machine runs one node, somebody at work a second one */
#define MDNS_EVERY (300 * GN_SEC) /* between queries, after those at 0, 1 and 3 s */
#define MDNS_DELAY (20 * GN_MSEC) /* before an answer, at least (RFC 6762 section 6) */
#define MDNS_DELAY_MOST (120 * GN_MSEC)
#define MDNS_AGAIN GN_SEC /* between two answers on an interface (RFC 6762 section 6) */
#define MDNS_ANNOUNCED 2  /* answers unasked, at the start (RFC 6762 section 8.3) */
#define MDNS_BATCH 32     /* datagrams read at a time, so that a flood leaves the loop to others */

/* ---- wss: one connection, bytes ---- */
#define WSS_MESSAGE_MAX 1500 /* a datagram of RE-2: jet's are 1,452 at most, a relay's 1,461 */
/* Head of a request or an answer: ours have 300, a web server before us adds its own fields. */
#define WSS_HEAD_MAX 4096
/* Sealed bytes that the kernel has not taken. Two records of TLS: at 10 Mbit/s 26 ms, which is what
 * small packets wait behind large ones here, besides 16 KiB in the kernel. */
#define WSS_QUEUE_MAX 32768
#define WSS_SLACK 4096    /* beside it, for pongs, a close and its alert */
#define WSS_RECORD 32     /* what TLS adds to a packet at most: 22, rounded up */
#define WSS_LOWAT 16384   /* unsent bytes in the kernel, above which it takes no more (RE-8) */
#define WSS_HOST_MAX 253  /* characters of a name (RFC 1035) */
#define WSS_BASIC_MAX 512 /* characters of a proxy's "user:password" in base64 */
#define WSS_ADDRESSES 4   /* of a name, that are tried */

/* ---- wss: all that come in ---- */
#define WSS_CONNECTIONS 1024 /* default, at once; each holds about 100 KiB */
#define WSS_PER_PREFIX 32    /* default: of one /24 or /48; a provider's NAT has many people */
/* default: those on which nobody has proven a key yet; the oldest of the prefix that has most of
 * them gives way to a newcomer */
#define WSS_STRANGERS 128
/* TLS handshakes begun in a second: of one prefix, and of all; 0.3 ms each, so 5 % of a core. Above
 * it a prefix that began none in this second still may. */
#define WSS_HELLOS_PREFIX 8
#define WSS_HELLOS 128
#define WSS_HELLO_SLOTS 64  /* prefixes are counted in so many slots */
#define WSS_CAME_SLOTS 1024 /* likewise those that come, of whom it is not known what they want */
#define WSS_ACCEPTS 16      /* in one turn of the loop */

/* ---- wss: times, ms ---- */
#define WSS_CONNECT_MS 3000 /* one address */
#define WSS_DIAL_MS 10000   /* until a dialled one carries: jet's handshake timeout */
#define WSS_TLS_MS 5000     /* a newcomer's handshake: the slowest line has 2 KiB in it */
#define WSS_UPGRADE_MS 5000 /* and its request */
#define WSS_PROOF_MS 15000  /* and until its key is proven: jet's handshake timeout and a half */
#define WSS_PING_MS 30000   /* nothing heard for so long: a ping */
#define WSS_IDLE_MS 60000   /* and for so long: gone */
#define WSS_STALL_MS 10000  /* the kernel takes nothing of what waits; TCP's user timeout, too */
#define WSS_LINGER_MS 2000  /* for the other side to close, so that last words arrive */
#define WSS_SWEEP_MS 250    /* how often these are looked at */

/* ---- sockets besides: as many as a guess of ports asks for (jet, JET_GUESS_SOCKETS) ---- */
#define GN_SPARES_MAX 256u

/* ---- QUIC (RE-46) ---- */

#define QUIC_CID 8            /* bytes of our connections' ids */
#define QUIC_CIDS 6           /* of one: two that live, those being retired, the Retry's */
#define QUIC_PACKET 1452      /* bytes: Ethernet less IPv6 and UDP */
#define QUIC_MTU 1400         /* of what one carries: less header, frame and tag, 32 */
#define QUIC_CONNECTIONS 256u /* each some 40 KiB */
#define QUIC_PER_PREFIX 16u
#define QUIC_HELLOS_PREFIX 4u /* of them whose handshake, 1 ms of ours, is not done */
#define QUIC_INCOMING 224u    /* of all that come in: the others are for those that we dial */
#define QUIC_STRANGERS 64u    /* of these on which no key is proven yet */
/* Retries, each 20 us, in a window: 10 % of a core; of a prefix; told apart by eight bits */
#define QUIC_RETRY_WINDOW (100 * GN_MSEC)
#define QUIC_RETRIES 500u
#define QUIC_RETRIES_PREFIX 8u
#define QUIC_RETRY_SLOTS 256u
#define QUIC_QUEUE_MAX (256u << 10) /* bytes that wait in one: what is over is lost */
#define QUIC_HANDSHAKE (5 * GN_SEC)
#define QUIC_TOKEN (10 * GN_SEC)      /* from a Retry to the proof of the address */
#define QUIC_PROOF (15 * GN_SEC)      /* until a key is proven: jet's handshake and a half */
#define QUIC_IDLE (60 * GN_SEC)       /* nothing came: it is over */
#define QUIC_KEEP_ALIVE (25 * GN_SEC) /* of who dialled */

#endif
