/* For tests and simulations only: jet endpoints joined by simulated links, in virtual time, from
 * one seed. A link has delay, jitter, rate, a drop-tail queue, loss, duplication, reordering,
 * corruption and an MTU; every random choice comes from the seed, so a run can be repeated
 * exactly. Nodes may stand behind boxes that translate their addresses (nat_sim.h).
 *
 *   init -> add nodes, links, routes -> gn_jet_connect and friends on node(i)->jet
 *        -> run -> fini */
#ifndef GN_JET_TESTING_LINK_SIM_H
#define GN_JET_TESTING_LINK_SIM_H

#include "jet/jet.h"
#include "jet/testing/nat_sim.h"

#define JET_SIM_NODES 16
#define JET_SIM_LINKS 32
#define JET_SIM_ALIASES 8
#define JET_SIM_WIRES 8

struct jet_sim_link_config {
	/* one way; jitter: uniform extra delay, keeps order */
	gn_time delay, jitter;
	uint64_t rate;                              /* bits per second; 0 = unlimited */
	uint32_t queue;                             /* bytes waiting for the rate; 0 = unlimited */
	uint32_t loss, duplicate, reorder, corrupt; /* parts per million */
	gn_time reorder_delay;                      /* a reordered packet is late by up to this */
	uint32_t mtu;                               /* larger datagrams vanish; 0 = unlimited */
	/* of wires: as TCP. A rate and a queue are there, and the queue is what jet is told that it
	 * takes; what is lost comes later by a retransmission, and so does all behind it. */
	bool reliable;
};

struct jet_sim_link {
	struct jet_sim_link_config config;
	gn_time free_at, last_at; /* when the sender is idle again; last in-order arrival */
	uint64_t packets, bytes, lost, overflowed;
	bool down;
	gn_time room_at; /* reliable: when its owner is told next that there is room; GN_NEVER */
};

struct jet_sim;

struct jet_sim_node {
	struct gn_jet *jet;
	struct gn_way way;                      /* what its packets come from */
	struct gn_way aliases[JET_SIM_ALIASES]; /* where it can be reached besides */
	int alias_count;
	bool asleep; /* it hears nothing, and no timer of it runs */
	/* sockets besides, on other ports of its address: links of jet from spare_first on */
	uint32_t spare_first, spare_count;
	struct jet_sim_box *box; /* that it stands behind; NULL: it has a public address */
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_pk pk;
	void (*on_event)(struct jet_sim *sim, int node, const struct gn_jet_event *event);
	void *user;
};

/* Another way between two nodes, with addresses and links of its own and no box on it: on both ends
 * it is the link `link` of jet. */
struct jet_sim_wire {
	int node[2], links[2]; /* links[k] carries what node[k] sends */
	struct gn_addr addr[2];
	uint32_t link;
};

struct jet_sim {
	gn_time now;
	uint64_t seed, trace; /* trace: hash of (time, from, to, size) of every datagram sent */
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_heap packets;
	struct jet_sim_boxes boxes; /* which draw from a seed of their own */
	struct gn_prng box_prng;
	struct gn_rand box_rand;
	struct jet_sim_node nodes[JET_SIM_NODES];
	int node_count;
	struct jet_sim_link links[JET_SIM_LINKS];
	int link_count;
	int route[JET_SIM_NODES][JET_SIM_NODES]; /* link + 1; 0 = none */
	struct jet_sim_wire wires[JET_SIM_WIRES];
	int wire_count;
	bool validate; /* gn_jet_validate after every step */
	/* Sees every datagram before its link; may change bytes; false drops it. */
	bool (*tap)(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len);
	void *tap_user;
	uint64_t unroutable;
	uint32_t stuck; /* steps without time moving */
	uint8_t batch[65536];
};

void jet_sim_init(struct jet_sim *sim, uint64_t seed);
void jet_sim_fini(struct jet_sim *sim);
/* A node with the address 10.0.0.(index + 1):4433 and a key from the seed; config may be NULL,
 * its key is replaced. */
int jet_sim_node(struct jet_sim *sim, const struct gn_jet_config *config);
/* A link that routes may share (a common bottleneck). */
int jet_sim_link(struct jet_sim *sim, const struct jet_sim_link_config *config);
void jet_sim_route(struct jet_sim *sim, int from, int to, int link);
/* Own links both ways. */
void jet_sim_join(struct jet_sim *sim, int a, int b, const struct jet_sim_link_config *config);
/* Valid until sim ends. The caller tells jet of the link where that matters (gn_jet_way). */
struct jet_sim_wire *jet_sim_wire(struct jet_sim *sim, int a, int b, uint32_t link,
				  const struct jet_sim_link_config *config);
struct gn_way jet_sim_wire_to(const struct jet_sim_wire *w, int end);
/* A box, behind another or (NULL) in the Internet; who sends to it uses the route to `site`. */
struct jet_sim_box *jet_sim_nat(struct jet_sim *sim, const struct jet_sim_nat *nat,
				struct jet_sim_box *up, int site);
/* A node moves behind a box: it has an address there, and no other. */
void jet_sim_behind(struct jet_sim *sim, int node, struct jet_sim_box *box);
/* A node opens sockets besides, told to jet as links from `first` on; and closes all but one. */
void jet_sim_spares(struct jet_sim *sim, int node, uint32_t first, uint32_t count);
void jet_sim_spares_close(struct jet_sim *sim, int node, uint32_t but);
/* A datagram from anywhere to a node's address, at once over the link of a route, or directly
 * when from_node < 0. */
void jet_sim_inject(struct jet_sim *sim, int from_node, const struct gn_way *from,
		    const struct gn_way *to, struct gn_slice data);
/* Until the given time. */
void jet_sim_run(struct jet_sim *sim, gn_time until);
/* Until done() or the given time; the result of done(). */
bool jet_sim_run_until(struct jet_sim *sim, bool (*done)(struct jet_sim *sim), gn_time until);
/* Sends what a node has to send now; call after commands given from outside of run. */
void jet_sim_flush(struct jet_sim *sim, int node);
uint64_t jet_sim_counter(const struct jet_sim *sim, int node, const char *name);

#endif
