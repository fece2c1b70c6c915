/* A few engines in one process for the unit tests: fixed delay, storage that answers at once or
 * when told, no loss unless asked. The big networks are in sim/. */
#ifndef GN_OVERLAY_TESTING_NET_H
#define GN_OVERLAY_TESTING_NET_H

#include "overlay/overlay_int.h"

#include <stdio.h>
#include <stdlib.h>

#define NET_MAX 32
#define NET_DELAY (5 * GN_MSEC)
#define NET_START (INT64_C(1800000000) * GN_SEC)
#define NET_POW 4

struct net_message {
	gn_time at;
	unsigned from, to;
	uint8_t *bytes;
	size_t len;
};

struct net_file {
	struct gn_hash key;
	uint8_t *bytes;
	size_t len;
};

struct net_node {
	struct gn_overlay *ov;
	struct gn_env env;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_overlay_config cfg;
	struct gn_node_id id;
	struct net_file files[256];
	unsigned file_count;
	/* storage requests held back while hold is set */
	bool hold, deaf; /* deaf: its messages and those to it vanish */
	uint64_t held[64];
	unsigned held_count;
	unsigned linked, unlinked, joined, servers, isolated;
};

/* What the last operation that ended gave. */
struct net_result {
	gn_op op;
	bool done;
	gn_err err;
	gn_time took;
	unsigned values, receipts, contacts, holders;
	struct gn_contact contact[GN_OV_FIND_CONTACTS];
	struct gn_overlay_receipt receipt[GN_OV_R_MAX];
	uint8_t value[4096];
	size_t value_len;
};

struct net {
	struct net_node node[NET_MAX];
	unsigned count;
	gn_time now;
	struct net_message queue[4096];
	unsigned queued;
	struct gn_prng prng;
	struct gn_rand rand;
	struct net_result result;
	uint64_t messages;
	unsigned dead_disk; /* node whose disk fails, + 1 */
	uint32_t ttl;       /* of records, seconds */
	uint64_t nowhere;   /* messages to keys that nobody has */
	/* May change a message on its way; NULL: nobody does. */
	void (*tamper)(struct net *n, struct net_message *m);
};

void net_init(struct net *n, uint64_t seed);
/* A node with the given defaults; change n->node[i].cfg before net_start. */
unsigned net_add(struct net *n);

/* What its disk has under the key; NULL. */
struct net_file *net_file(struct net_node *x, const struct gn_hash *key);
/* Its disk does, or holds back, what the engine asked. */
void net_store(struct net *n, unsigned i, const struct gn_overlay_store *s);
/* Keeps what an operation gave. */
void net_done(struct net *n, const struct gn_overlay_event *e);
/* Is this node at one of the addresses? */
bool net_at(const struct net_node *x, const struct gn_contact *c);
void net_send(struct net *n, unsigned i, const struct gn_overlay_message *m);
/* Takes all that the engine has to give. */
void net_pump(struct net *n, unsigned i);
/* It knows nobody yet. */
void net_start_alone(struct net *n, unsigned i);
/* It begins at node 0. */
void net_start(struct net *n, unsigned i);
void net_stop(struct net *n, unsigned i);
/* Runs for a while of virtual time. */
void net_run(struct net *n, gn_time span);
/* `count` nodes, joined. */
void net_build(struct net *n, uint64_t seed, unsigned count);
void net_free(struct net *n);
/* Waits for the operation; its outcome is in n->result. */
void net_wait(struct net *n, gn_op op, unsigned i);
/* Of node i, as info shows it. */
uint64_t net_counter(const struct net *n, unsigned i, const char *name);

/* ---- who is only known ---- */

/* A server that somebody could have told of; its id carries no work. */
struct gn_contact net_somebody(uint32_t i);
/* Node 0 knows it; as one that has answered; and has a link with it that is up. */
struct gn_ov_contact *net_hear(struct net *n, uint32_t i);
struct gn_ov_contact *net_prove(struct net *n, uint32_t i);
struct gn_ov_contact *net_link(struct net *n, uint32_t i);

/* ---- records ---- */

struct net_record {
	uint8_t bytes[8192];
	struct gn_record r; /* borrows bytes: do not copy */
};
void net_record(struct net *n, struct net_record *out, const struct gn_sk *owner, uint16_t type,
		const char *label, uint64_t seq, const char *body);
gn_err net_put(struct net *n, unsigned i, const struct net_record *r, unsigned w);
gn_err net_get(struct net *n, unsigned i, const struct gn_hash *key, unsigned quorum);

/* ---- set pieces ---- */

/* All are servers, linked with each other, and know how many they are. */
void net_expect_full_mesh(const struct net *n, unsigned count);
/* Held at once, without the way through the disk; false: there was no room. */
bool net_hold(struct net *n, enum gn_ov_how how, const struct gn_holder *by,
	      const struct gn_sk *owner, uint16_t type, const char *label, struct net_record *out);
/* The grace of its type 3: none for "-..", as for a name that nobody else could have. */
uint32_t net_thirty_days(const struct gn_record *r);
/* A network of one node with 64 places, of which a key has 4 and a prefix 8. */
struct gn_overlay *net_small_store(struct net *small, uint64_t seed);

#endif
