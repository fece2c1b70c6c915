/* bench/flood: one endpoint on one core, honest clients and an attacker on the other; all on
 * loopback, each client from addresses of its own in 127.0.0.0/8, which guard counts here as if
 * they were the world's.
 *
 *   main.c forks and prints -> server.c  the endpoint
 *                            | honest.c  20 handshakes a second, one session that asks
 *                            | attack.c
 *
 * What happened is counted in memory that all of them share. */
#ifndef GN_FLOOD_H
#define GN_FLOOD_H

#include "guard/guard.h"
#include "jet/jet.h"
#include <stdatomic.h>

enum mode { MODE_OFF, MODE_COOKIE, MODE_ON, MODES };
enum attack {
	ATTACK_NONE,
	ATTACK_SPOOFED,
	ATTACK_HELLOS,
	ATTACK_FINISHED,
	ATTACK_HELD,
	ATTACK_COSTLY,
	ATTACKS
};

#define LATENCIES 8192

struct shared {
	/* hellos, handshakes or requests that the attacker began */
	atomic_ullong attacks;
	/* honest handshakes inside the measured time; done within a second */
	atomic_ullong began, served;
	/* requests of the honest session; within a quarter of a second */
	atomic_ullong asked, answered;
	atomic_uint latency_us[LATENCIES];    /* of served handshakes, in order of their end */
	atomic_ullong cpu_ns;                 /* of the server */
	atomic_uint effort, effort_max, cost; /* of guard */
	atomic_uint sessions;                 /* most at one time at the server */
	atomic_ullong memory;                 /* peak, bytes of the endpoint's budget */
	_Atomic int64_t from, until;          /* the measured time */
};

struct flood {
	struct shared *shared;
	uint16_t port; /* of the server */
	uint64_t seed;
	enum mode mode;
	enum attack attack;
};

/* The three processes; none returns before it is killed. */
void server_run(const struct flood *f, int ready_fd);
void honest_run(const struct flood *f);
void attack_run(const struct flood *f);

/* cost.c: prints what single decisions cost. */
void cost_run(uint64_t seed);

int64_t now_ns(void); /* wall time; one clock for all processes */

/* ---- crowd.c: many clients on one socket, each with its own key, each session from its own
 * address ---- */

#define CROWD_KEYS 64

struct crowd {
	int fd;
	uint16_t server;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_jet *jets[CROWD_KEYS];
	uint32_t keys;
	bool retry_only; /* deaf to all but Retry: hellos that are never finished */
	void (*on_event)(struct crowd *c, uint32_t key, const struct gn_jet_event *e);
	void *user;
};

struct msghdr;
/* The datagram is sent from that address (IPv4, network order), whose room it has as its control
 * message: CMSG_SPACE(sizeof(struct in_pktinfo)) bytes, aligned. */
void crowd_send_from(struct msghdr *msg, uint32_t address);
void crowd_init(struct crowd *c, const struct flood *f, uint32_t keys, uint64_t seed,
		const struct gn_jet_config *config);
/* A session from the local address `from` (its port is 1); its key is number (last byte) % keys. */
gn_err crowd_connect(struct crowd *c, const struct gn_addr *from, gn_jet_id *out);
/* Everything that is to be done now, then up to `wait_ns` for more. */
void crowd_turn(struct crowd *c, int64_t wait_ns);

#endif
