/* Nodes of the same network on the same link: multicast DNS-SD (RFC 6762, 6763) of
 * `_geonet._udp.local`. What a node says of itself is a random name, its port, its private
 * addresses and four bytes of its network: no key. What it finds are addresses to try, no more.
 *
 * An engine: messages and time in; messages, found addresses and a deadline out. The sockets are in
 * mdns_socket.h. Each interface by itself:
 *
 *   NEW -> ASKING [queries at 0, 1, 3 s; two announcements] -> QUIET [a query each 5 min]
 *   any -> NEW    [gn_mdns_interfaces: its addresses changed]
 *   any -> GONE   [gn_mdns_stop: a goodbye; or it is not in the list any more]
 *
 * Rule RE-44. */
#ifndef GN_NET_MDNS_H
#define GN_NET_MDNS_H

#include "net/limits.h"

#define GN_MDNS_PORT 5353
#define GN_MDNS_ID 16 /* letters of a random name */

/* Where it is spoken; addresses are private ones (others are not told). */
struct gn_mdns_interface {
	uint32_t index; /* the system's, not 0 */
	bool v4, v6;    /* which groups are spoken to */
	uint8_t count;
	struct gn_addr addrs[MDNS_ADDRESSES_MAX];
};

struct gn_mdns_found {
	struct gn_addr addr; /* private, with the port of the node */
	uint32_t interface;
};

/* Messages, but for `found` and `full`. */
struct gn_mdns_count {
	uint64_t heard, said;
	uint64_t found;     /* addresses, each time they are new */
	uint64_t far;       /* from another port, or through a router */
	uint64_t malformed; /* does not parse */
	uint64_t foreign;   /* of another network, or version */
	uint64_t useless;   /* an instance without port, address or text in the same message */
	uint64_t full;      /* an address that had no room, or whose sender or link had its share */
	uint64_t known;     /* questions not answered, since we are known */
};

struct gn_mdns_peer {
	struct gn_mdns_found found;
	struct gn_addr sender;
	gn_time until; /* 0: a free place */
	bool told;
	uint8_t label_len;
	uint8_t label[MDNS_LABEL_MAX];
};

struct gn_mdns_link {
	struct gn_mdns_interface on; /* index 0: a free place */
	/* The node's name here; another one on another network, so that it does not say where we
	 * were before. */
	char id[GN_MDNS_ID + 1];
	gn_time query_at, answer_at; /* GN_NEVER: none */
	gn_time answered_at;         /* the last one */
	unsigned queries, announced;
	uint8_t query, answer, goodbye; /* waiting for gn_mdns_send: 1 IPv4, 2 IPv6 */
};

struct gn_mdns {
	struct gn_mdns_count count;
	struct gn_rand *rand; /* borrowed for good */
	uint8_t network[4];
	uint16_t port;
	bool stopped;
	struct gn_mdns_link links[MDNS_INTERFACES_MAX];
	gn_time paced; /* until then places were given away, one in MDNS_PACE */
	struct gn_mdns_peer peers[MDNS_FOUND_MAX];
};

/* port: of the node, which is told. Says nothing before it has an interface. */
void gn_mdns_init(struct gn_mdns *m, struct gn_rand *rand, const uint8_t network[4], uint16_t port);
/* All of them, now; MDNS_INTERFACES_MAX are used. What is new or changed begins anew. */
void gn_mdns_interfaces(struct gn_mdns *m, const struct gn_mdns_interface *list, size_t count,
			gn_time now);

struct gn_mdns_from {
	uint32_t interface;
	struct gn_addr addr;
	int hops; /* as it arrived; -1: the system did not say */
};
/* GN_MALFORMED, GN_DENIED (from elsewhere than this link), GN_STATE (stopped, or an interface that
 * is not ours): nothing changed but a count. GN_STALE: nothing for us in it. */
GN_MUST gn_err gn_mdns_recv(struct gn_mdns *m, const struct gn_mdns_from *from,
			    struct gn_slice message, gn_time now);

struct gn_mdns_out {
	uint32_t interface;
	bool v6; /* to which group */
	struct gn_slice message;
};
/* What goes out now, one message a call; false: nothing is left. room: MDNS_SAID_MAX bytes. */
bool gn_mdns_send(struct gn_mdns *m, uint8_t room[MDNS_SAID_MAX], gn_time now,
		  struct gn_mdns_out *out);
gn_time gn_mdns_deadline(const struct gn_mdns *m);
/* The next address that is new, once; what was silent for its time is new again. */
bool gn_mdns_next(struct gn_mdns *m, struct gn_mdns_found *out);
/* A goodbye on each interface is to be sent; nothing is heard after it. */
void gn_mdns_stop(struct gn_mdns *m);

#endif
