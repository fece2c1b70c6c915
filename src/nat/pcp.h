/* A port of ours, mapped by the home router: PCP (RFC 6887), and NAT-PMP (RFC 6886) where the
 * router answers that it knows no more, or not at all. One UDP port, one router.
 *
 *   ASK   -> HELD   [it says which address and port are ours, and for how long]
 *         -> NONE   [it refuses, or says nothing to either protocol]
 *   HELD  -> ASK    [half of the time is over; the router has begun anew (its epoch)]
 *   NONE  -> ASK    [later; the router says when, or PCP_AGAIN]
 *   any   -> GONE   [gn_pcp_stop] a mapping is given back, once, and nothing is waited for
 *
 * Bytes and time in, bytes and a deadline out; the caller owns the socket, and sends to the
 * router's port GN_PCP_PORT. What comes from another address is not given to it. Rule RE-16. */
#ifndef GN_NAT_PCP_H
#define GN_NAT_PCP_H

#include "base/base.h"

#define GN_PCP_MAX 1100 /* bytes of a datagram (RFC 6887 section 7) */
#define GN_PCP_PORT 5351

enum gn_pcp_state { GN_PCP_ASK, GN_PCP_HELD, GN_PCP_NONE, GN_PCP_GONE };
enum gn_pcp_protocol { GN_PCP_PCP, GN_PCP_NAT_PMP };

struct gn_pcp {
	/* Shown; the address is where others find our port, a private one when there is a second
	 * router behind this one. Zeros: none. */
	enum gn_pcp_state state;
	enum gn_pcp_protocol protocol; /* that was used last */
	struct gn_addr external;
	gn_time until;   /* HELD: its end; NONE: when it is tried again */
	uint16_t result; /* NONE: what the router said, 0: nothing */

	struct gn_rand *rand;
	uint8_t nonce[12];    /* whose the mapping is */
	struct gn_addr local; /* our address towards the router, with the port that is mapped */
	gn_time due;          /* something is to be sent */
	unsigned tries;
	bool address; /* NAT-PMP: the router's outer address is known */
	bool giving_back;
	bool heard; /* an epoch: */
	uint32_t epoch;
	gn_time epoch_at;
};

/* local: our own address on the interface that leads to the router, and the port. rand is borrowed
 * for good. */
void gn_pcp_init(struct gn_pcp *p, struct gn_rand *rand, const struct gn_addr *local, gn_time now);
/* What is to be sent now; false: nothing. GN_PCP_MAX bytes of room are enough. */
bool gn_pcp_next(struct gn_pcp *p, void *room, size_t cap, gn_time now, struct gn_slice *out);
/* A datagram of the router's. GN_MALFORMED, GN_STALE: it is no answer, or none to what was asked;
 * nothing changed. */
GN_MUST gn_err gn_pcp_recv(struct gn_pcp *p, struct gn_slice datagram, gn_time now);
gn_time gn_pcp_deadline(const struct gn_pcp *p);
/* Another network, or another address: asked anew at once. */
void gn_pcp_moved(struct gn_pcp *p, const struct gn_addr *local, gn_time now);
/* Gives the mapping back: one more datagram is to be sent. */
void gn_pcp_stop(struct gn_pcp *p, gn_time now);

#endif
