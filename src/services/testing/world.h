/* A small network with services in one process, for the services' tests: each node has its
 * overlay, block store, bundles and names, wired as a node wires them, over a message fabric and
 * a disk in memory. Virtual time, one seed, events of equal time in the order they were made.
 * Nodes can be killed, can lie about chunks, and can be without room. */
#ifndef GN_SERVICES_TESTING_WORLD_H
#define GN_SERVICES_TESTING_WORLD_H

#include "records/identity.h"
#include "services/box/box.h"
#include "services/bundles/bundles.h"
#include "services/bus/bus.h"
#include "services/lists/lists.h"
#include "services/names/names.h"
#include "store/testing/disk_sim.h"

#define SVC_NODES 24
#define SVC_EPOCH ((gn_time)1767225600 * GN_SEC) /* 2026-01-01 */
#define SVC_GIVE_UP (2 * GN_SEC)                 /* a carrier notices that the other side is gone */

enum svc_lie {
	SVC_FLIP_CHUNK = 1,
	SVC_FLIP_PROOF = 2,
	SVC_WRONG_BLOCK = 4,
	SVC_SILENT = 8,
	SVC_FORGED_RECEIPT = 16,
	SVC_BUSY = 32,
	SVC_THIRSTY = 64,
	/* about boxes: sends nothing; other bytes than were deposited; ids that nobody deposited;
	 * everything is held; custodies that nobody signed; each message twice and at any time */
	SVC_BOX_MUTE = 128,
	SVC_BOX_FALSE_ITEMS = 256,
	SVC_BOX_FALSE_IDS = 512,
	SVC_BOX_ALL_HELD = 1024,
	SVC_BOX_FORGED = 2048,
	SVC_BOX_MIXED = 4096
};

struct svc_node {
	struct gn_env env;
	struct gn_alloc alloc, bundles_alloc; /* the second for bundles alone */
	struct gn_env bundles_env;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_sk sk;
	uint8_t nonce[8];
	struct gn_addr addr;
	struct gn_overlay *ov; /* NULL: dead */
	struct gn_blocks *blocks;
	struct gn_bundles *bundles;
	struct gn_names *names;
	struct gn_lists *lists;
	struct gn_quota *quota;
	struct gn_kv *kv;                   /* of boxes */
	struct gn_box *box;                 /* NULL: the network has none */
	struct gn_bus *bus;                 /* as well */
	bool box_ready, session[SVC_NODES]; /* with whom there is one */
	unsigned sessions[SVC_NODES];       /* how many there were */
	bool joined, ready;
	unsigned lies, generation;
	/* the next tick event that counts; when its line is free, up and down */
	gn_time tick_at, link_free, down_free;
	struct gn_map records; /* key -> struct gn_buf */
	struct disk_sim disk;
	uint64_t sent;
};

enum svc_kind { SVC_MESSAGE, SVC_TICK, SVC_STORED, SVC_LOADED, SVC_DISK, SVC_BOX_DISK, SVC_DOWN };
struct svc_event {
	gn_time at;
	uint64_t order;
	enum svc_kind kind;
	unsigned node, generation, peer;
	uint64_t token;
	gn_err err;
	uint8_t *p; /* owned */
	size_t len;
};

/* What a test waits for: the last event of an operation, copied. */
struct svc_wait {
	unsigned node;
	gn_op op;
	unsigned events;
	bool over; /* its last event came */
	gn_err err;
	struct gn_hash root;
	uint64_t size, done, total;
	uint8_t *blocks, *head, *manifest; /* owned */
	size_t blocks_len, head_len, manifest_len;
	gn_time age; /* of the head */
	struct gn_names_event name;
	char values[GN_NAME_ENTRIES][128], looks_like[GN_NAME_MAX];
	unsigned receipts;
};

struct svc_options {
	uint64_t seed, bytes_max, peer_bytes_max; /* per node, of the block store and for others */
	uint64_t box_bytes;                       /* of others' items; 0: no node has boxes */
	unsigned nodes;
	gn_time delay;      /* one way */
	double bytes_per_s; /* of a node's line */
	gn_time patience;   /* of who waits for an operation */
	bool no_cache;
	bool bus, bus_count_local;
};

/* What becomes of a message of the bus. */
struct svc_bent {
	bool drop, twice;
	gn_time late;
};

struct svc {
	struct svc_options opt;
	struct svc_node nodes[SVC_NODES];
	unsigned count;
	gn_time now;
	struct svc_event **heap;
	size_t heap_count, heap_cap;
	uint64_t order;
	struct gn_prng prng;
	struct gn_rand rand;
	struct svc_wait *waits[64];
	unsigned wait_count;
	bool validate, idle_workers; /* idle_workers: the test runs the engines' works */
	gn_time slow;                /* a node's index + 1 in slow_node answers this much later */
	unsigned slow_node;
	double box_loss; /* share of the messages about boxes */
	void (*box_event)(void *user, unsigned node, const struct gn_box_event *e);
	void *box_user;
	/* Every message about boxes that leaves a node; may be NULL. */
	void (*box_message)(void *user, unsigned from, unsigned to, struct gn_slice bytes);
	void (*bus_event)(void *user, unsigned node, const struct gn_bus_event *e);
	/* Every message of the bus that leaves a node, which may be changed; may be NULL. */
	struct svc_bent (*bus_bend)(void *user, unsigned from, unsigned to, uint8_t *p, size_t len);
	void *bus_user;
	double down_rate; /* bytes a second to the node with index + 1 in down_node */
	unsigned down_node;
};

static inline void *svc_need(void *p)
{
	GN_ASSERT(p != NULL);
	return p;
}

/* ---- life ---- */

void svc_init(struct svc *s, const struct svc_options *opt);
void svc_free(struct svc *s);
void svc_start(struct svc *s, unsigned i);
void svc_stop(struct svc *s, unsigned i);
/* Time passes while every node is off: they come back from their disks. */
void svc_skip(struct svc *s, gn_time span);

/* ---- running ---- */

/* One event; false when none is left before `until`. */
bool svc_step(struct svc *s, gn_time until);
void svc_run_for(struct svc *s, gn_time span);
/* What the node's engines have to say goes where it belongs. */
void svc_pump(struct svc *s, unsigned i);

/* ---- what tests do ---- */

void svc_wait_add(struct svc *s, struct svc_wait *w);
void svc_wait_drop(struct svc *s, struct svc_wait *w);
void svc_wait_free(struct svc_wait *w);
/* Runs until the operation's event came; GN_TIMEOUT after two virtual minutes, or the patience
 * set, without. */
gn_err svc_wait(struct svc *s, struct svc_wait *w);
/* Puts a record from a node; receipts are in *receipts when not NULL. */
gn_err svc_put(struct svc *s, unsigned node, struct gn_slice record, unsigned w,
	       unsigned *receipts);
/* Takes a file in; w gets root, size, blocks. */
gn_err svc_ingest(struct svc *s, unsigned node, struct gn_slice data, struct svc_wait *w);
struct gn_bundle_file svc_as_file(const struct svc_wait *w);
gn_err svc_spread(struct svc *s, unsigned node, struct gn_slice blocks, unsigned copies,
		  struct svc_wait *w);
/* Reads a range to the end and compares; `between` is called after each piece. *got: bytes that
 * came. */
gn_err svc_read(struct svc *s, unsigned node, const struct gn_bundle_file *f, uint64_t off,
		uint64_t len, const uint8_t *expected, uint64_t *got,
		void (*between)(struct svc *s, uint64_t got));
uint64_t svc_bundles_count(const struct svc *s, unsigned node, const char *name);
/* Nodes that hold the block whole. */
unsigned svc_holders(const struct svc *s, const uint8_t *block, bool *holds);

/* ---- for tests of bundles; they fail the test ---- */

uint8_t *svc_random_bytes(size_t len, uint64_t seed);
void svc_network(struct svc *s, unsigned nodes, uint64_t peer_bytes);
/* Publishes data from node 0 with `copies`; the file. */
struct gn_bundle_file svc_publish(struct svc *s, const uint8_t *data, size_t len, unsigned copies,
				  struct svc_wait *ingest);
/* A node that holds no block of the file. */
unsigned svc_without(const struct svc *s, const struct svc_wait *ingest);

#endif
