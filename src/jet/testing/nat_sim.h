/* For tests and simulations only: boxes that translate addresses (docs/spec/reach.md RE-70), for
 * the simulated links of link_sim.h and the world of node/testing/whole.h alike. A box maps what
 * leaves it and filters what comes, as Linux's conntrack does where mapping and filtering are by
 * address and port, and as RFC 4787 describes the other kinds. Boxes stand behind boxes (a home's
 * behind a carrier's). Pure: packets are pairs of addresses, time is an input, random ports come
 * from the environment.
 *
 *   a packet leaves:   up    at the time of sending, box by box until it is where it belongs
 *   a packet comes:    down  at the time of arrival, box by box to the host
 *
 * IPv4 only: what is of IPv6 goes through no box. */
#ifndef GN_JET_TESTING_NAT_SIM_H
#define GN_JET_TESTING_NAT_SIM_H

#include "base/addr.h"
#include "base/heap.h"
#include "base/map.h"

/* What a mapping or a filter looks at, as in RE-4: nothing of the other side, its address, both. */
enum jet_sim_nat_rule { JET_SIM_NAT_NONE, JET_SIM_NAT_ANY, JET_SIM_NAT_ADDR, JET_SIM_NAT_PORT };
enum jet_sim_nat_ports { JET_SIM_PRESERVE, JET_SIM_DELTA, JET_SIM_RANDOM };
enum jet_sim_nat_udp { JET_SIM_UDP, JET_SIM_UDP_NONE, JET_SIM_UDP_443 };

struct jet_sim_nat {
	enum jet_sim_nat_rule mapping, filtering;
	/* Which outer port a new mapping gets: the inner one if it is free, else any (as in Linux,
	 * before both the one of the newest flow, where the mapping is by address and port); the
	 * last one and `delta`; any of lo..hi. */
	enum jet_sim_nat_ports ports;
	int delta;
	uint16_t lo, hi;            /* 0, 0: 1,024..65,535 */
	gn_time unreplied, replied; /* without a packet a flow ends after; 0: 30 s, 120 s */
	bool hairpin;               /* its own outer address is reached from inside */
	bool stray_keep;            /* what is filtered is kept as a flow (RE-21) */
	uint32_t table;             /* flows at most; 0: 4,096 */
	enum jet_sim_nat_udp udp;   /* all, none, only to port 443 */
	bool carrier;               /* inside is 100.64/10, not 192.168.1/24 */
};

struct jet_sim_box {
	struct jet_sim_nat nat;
	struct jet_sim_boxes *all;
	struct jet_sim_box *up; /* the box it stands behind; NULL: the Internet */
	struct gn_addr outer;   /* without a port */
	unsigned site;          /* the owner's number of who it stands at, for delays */
	struct gn_map by_inner, by_outer, mappings, owners, sent_to;
	struct gn_heap young, lasting; /* flows by their ends */
	uint16_t last_port;            /* DELTA */
	uint64_t flows_begun;
	/* Packets that did not get through, and why; flows that made room. */
	uint64_t filtered, blocked, full, no_port, no_hairpin, evicted;
};

/* All boxes of a world, in the order of their making. */
struct jet_sim_boxes {
	struct gn_env env;
	struct jet_sim_box **box;
	unsigned count;
};

/* A packet on its way. realm: the box inside of which it is; NULL: the Internet. */
struct jet_sim_flight {
	struct gn_addr from, to;
	struct jet_sim_box *realm;
};

void jet_sim_boxes_init(struct jet_sim_boxes *all, const struct gn_env *env);
void jet_sim_boxes_fini(struct jet_sim_boxes *all);
/* A box with that address outside, where its port does not count. */
struct jet_sim_box *jet_sim_box_add(struct jet_sim_boxes *all, const struct jet_sim_nat *nat,
				    struct jet_sim_box *up, const struct gn_addr *outer,
				    unsigned site);
/* The n-th address inside (0..199). */
struct gn_addr jet_sim_box_inside(const struct jet_sim_box *box, unsigned n, uint16_t port);
/* It forgets all: rebooted, or bound anew. */
void jet_sim_box_flush(struct jet_sim_box *box);
uint32_t jet_sim_box_flows(const struct jet_sim_box *box);
void jet_sim_box_validate(const struct jet_sim_box *box);

/* false: a box on the way dropped it. */
bool jet_sim_up(struct jet_sim_flight *f, gn_time now);
bool jet_sim_down(const struct jet_sim_boxes *all, struct jet_sim_flight *f, gn_time now);
/* The box that it comes to next on its way down; NULL: it is where it goes to. */
struct jet_sim_box *jet_sim_next_box(const struct jet_sim_boxes *all,
				     const struct jet_sim_flight *f);

/* The kinds of RE-71 by name: full, addr, port, sym, small, blocked, 443, and cg, which is a
 * carrier's before a home's "port"; false: there is no such. */
bool jet_sim_nat_named(struct gn_slice name, struct jet_sim_nat *nat);

#endif
