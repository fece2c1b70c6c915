/* Whole nodes in one world and in virtual time: each is a struct gn_node as geonetd's, with its
 * jet, guard, peers, overlay, stores, names, bundles and boxes, moved by the same pump.c; what lies
 * outside of it (struct gn_node_outside) is this world's. Packets take the way that the owner's
 * function says, through the boxes that their ends stand behind (jet/testing/nat_sim.h); disks are
 * store/testing/disk_sim.h, everything random follows from one seed.
 *
 * 1. Events of equal time go in the order in which they were made; nothing reads a clock.
 * 2. What a killed node had begun is void: each life has a number.
 * 3. A write is done when its time has come and not before: a node killed in the meantime has not
 *    written it, and what it did not sync its disk may lose.
 *
 *   ADDED [whole_add] -> RESTORING [whole_start] -> RUNNING [both stores are read: it bootstraps]
 *         -> DEAD [whole_kill] -> RESTORING [whole_start]
 *
 * No loop, no API: lists that a node keeps in files of its own (contacts, pins, sites) are not
 * read or written, but for what it gives others. Who uses an engine of a node calls whole_moved
 * afterwards. */
#ifndef GN_NODE_TESTING_WHOLE_H
#define GN_NODE_TESTING_WHOLE_H

#include "jet/testing/nat_sim.h"
#include "node/node_int.h"
#include "store/testing/disk_sim.h"

#define WHOLE_EPOCH ((gn_time)1767225600 * GN_SEC) /* 2026-01-01: the clock of records, too */

#define WHOLE_KEPT 6

struct whole;

/* What nodes have to say to whoever uses them. node: its index. Each may be NULL. */
struct whole_hooks {
	void (*overlay)(void *user, unsigned node, const struct gn_overlay_event *e);
	void (*names)(void *user, unsigned node, const struct gn_names_event *e);
	void (*bundles)(void *user, unsigned node, const struct gn_bundles_event *e);
	void (*box)(void *user, unsigned node, const struct gn_box_event *e);
	void (*bus)(void *user, unsigned node, const struct gn_bus_event *e);
	void (*tunnel)(void *user, unsigned node, const struct gn_tunnel_event *e);
	/* Both stores are read: the engines may be used, and the overlay be told where to begin. */
	void (*running)(void *user, unsigned node);
	/* After every turn of a node: what the services of later days have to say is taken here. */
	void (*turned)(void *user, unsigned node);
	/* A packet leaves it, for that address. */
	void (*sent)(void *user, unsigned node, const struct gn_addr *to, struct gn_slice packet);
	void *user;
};

struct whole_options {
	uint64_t seed;
	unsigned nodes; /* at most */
	uint8_t pow_bits;
	double loss;  /* share of packets */
	gn_time sync; /* of a disk, at most; 0: 8 ms. May be changed at any time */
	/* One way from a to b; NULL: 10 ms. */
	gn_time (*way)(void *user, unsigned a, unsigned b);
	void *way_user;
	/* Whether the node stands behind a box of its own, and which; NULL: none does. A kind "cg"
	 * has a carrier's before it. */
	bool (*nat)(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier);
	void *nat_user;
	const struct gn_log *log; /* of all nodes; NULL: nobody reads it */
	struct whole_hooks hooks;
};

struct whole_node {
	struct gn_node node; /* first: what the engines give back is found by it */
	struct whole *world;
	unsigned index, life; /* lives begun */
	bool alive;
	struct gn_addr addr;     /* its own */
	struct gn_addr told;     /* what others are told: the outer one, if it is behind a box */
	struct jet_sim_box *box; /* NULL: it has a public address */
	struct gn_prng prng;
	struct disk_sim disk;
	struct gn_buf kept[WHOLE_KEPT]; /* small files, durable at once: whole.c */
	bool keep_fails;
	unsigned kept_reads;     /* of them */
	unsigned disk_out;       /* requests that are not done */
	gn_time tick_at;         /* of the tick that counts */
	uint64_t packets, bytes; /* sent, IP and UDP headers included, in all lives */
};

struct whole {
	struct whole_options opt;
	struct gn_prng prng;
	struct gn_rand rand;
	gn_time now;
	struct whole_node **nodes;
	unsigned count;
	struct whole_event **heap;
	size_t heap_count, heap_cap;
	uint64_t order, events, lost;
	struct gn_alloc alloc; /* of the boxes, which draw from a seed of their own */
	struct jet_sim_boxes boxes;
	struct gn_prng box_prng;
	struct gn_rand box_rand;
};

void whole_init(struct whole *w, const struct whole_options *opt);
void whole_free(struct whole *w);

/* A new node with a key, an address and an empty disk, not running; its index. */
unsigned whole_add(struct whole *w);
void whole_start(struct whole *w, unsigned i);
/* At once and without a word; its disk keeps what it has synced, and of the rest what a crash
 * leaves. */
void whole_kill(struct whole *w, unsigned i);
void whole_bootstrap(struct whole *w, unsigned i, unsigned at);
/* At the first `count` that there are, but for itself: for hooks.running. */
void whole_bootstrap_first(struct whole *w, unsigned i, unsigned count);
/* After every use of an engine of a node: what it put out goes where it belongs. */
void whole_moved(struct whole *w, unsigned i);

/* One event; false when there is none up to and including `until`, which it is then. */
bool whole_step(struct whole *w, gn_time until);
void whole_run_for(struct whole *w, gn_time span);

/* A stranger's first packet reaches it, by the address that others are told. */
bool whole_takes_calls(const struct whole *w, unsigned i);
bool whole_alive(const struct whole *w, unsigned i);
struct gn_node *whole_node(const struct whole *w, unsigned i);
/* Bytes that all engines of a node hold now. */
size_t whole_memory(const struct whole *w, unsigned i);

#endif
