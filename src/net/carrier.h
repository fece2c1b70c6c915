/* A carrier moves sealed packets (RE-1): to whoever has an address on it, or to the one peer at its
 * other end. jet knows a carrier as data (a link's number and its gn_way_info), net as these
 * functions; who owns both, the node, gives it a number and passes packets between them.
 *
 * A carrier of one peer (a TLS connection, a circuit of a relay) has that peer's address in `peer`;
 * the shared UDP socket, a TURN allocation have as many as send is told. */
#ifndef GN_NET_CARRIER_H
#define GN_NET_CARRIER_H

#include "jet/jet.h"

struct gn_carrier {
	const struct gn_way_info *info; /* borrowed from the carrier; unchanging once opened */
	struct gn_addr peer;            /* port 0: many, or not known before `opened` */
	bool incoming;                  /* the other side began */
	void *user;                     /* the owner's */

	/* data is packets of `segment` bytes, info->prefix free ones before each, the last may be
	 * shorter; the carrier fills the prefixes and may change packets that it takes. *sent is
	 * the bytes taken, whole packets always. GN_AGAIN: the rest is still the caller's, as it
	 * was, and events.room comes. GN_TOO_LARGE: no packet of that size goes. GN_UNREACHABLE:
	 * not to that address now. Calls no event. */
	gn_err (*send)(struct gn_carrier *c, const struct gn_addr *to, const struct gn_buf *data,
		       uint16_t segment, size_t *sent);
	/* Bytes that send takes now, give or take a packet; what the kernel has not taken is not
	 * counted as gone. 0 before `opened`. Who was told little hears of more by events.room. */
	size_t (*room)(const struct gn_carrier *c);
	/* What was taken still goes out where it can. No event follows; c is no longer the
	 * caller's. Allowed in every event. */
	void (*close)(struct gn_carrier *c);
	/* Somebody proved a key on what came in: it no longer gives way to newcomers, and does not
	 * end for want of a proof. */
	void (*proven)(struct gn_carrier *c);
};

/* What a carrier tells its owner, on the loop. */
struct gn_carrier_events {
	/* It carries from now on; what came in by itself (c->incoming) is seen here first. */
	void (*opened)(void *user, struct gn_carrier *c);
	/* A datagram of RE-2, good for the call. */
	void (*received)(void *user, struct gn_carrier *c, const struct gn_addr *from,
			 struct gn_slice datagram);
	/* After a send that took less than all, or left less than half of the room. */
	void (*room)(void *user, struct gn_carrier *c);
	/* The last of it: c is gone after the call. */
	void (*closed)(void *user, struct gn_carrier *c, gn_err why);
	void *user;
};

#endif
