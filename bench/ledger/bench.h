/* The ledger's benchmark: a hub in memory or on a real disk, filled through its public commands,
 * measured part by part. One thread; a seed makes every world and every sequence of requests the
 * same. */
#ifndef GN_BENCH_LEDGER_H
#define GN_BENCH_LEDGER_H

#include "ledger/ledger.h"

struct bench_disk {
	const char *folder; /* real files, or NULL: memory */
	struct bench_file {
		char name[GN_LEDGER_NAME_MAX];
		uint8_t *bytes;
		size_t len, cap;
		int fd;
	} *files;
	unsigned count;
	uint64_t syncs;
	bool forget; /* memory: writes are counted and dropped */
};

struct world {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct bench_disk disk;
	struct gn_ledger_config config;
	struct gn_ledger *l;
	struct gn_sk hub;
	uint32_t people, lines;
	struct gn_pk *pk; /* random bytes: nothing here checks their signatures */
	uint64_t *seq;
	char (*pid)[GN_PID_MAX];
	gn_time now;
	uint64_t tx, ticket, told, refused; /* told: results with an outcome */
	bool ready, flow_elsewhere;
	const struct gn_ledger_flow *flow;
	gn_amount median; /* of the limits */
};

double seconds(void);
double cpu_seconds(void);
uint64_t below(struct world *w, uint64_t n);
/* Log-normal-like, around 100.00: sums of small random exponents. */
gn_amount some_limit(struct world *w);

/* bench_disk.c */
gn_err disk_perform(struct bench_disk *d, const struct gn_ledger_io *q, struct gn_slice *answer);
void disk_fini(struct bench_disk *d);

/* world.c */
void world_open(struct world *w, uint64_t seed, const char *folder, bool forget);
/* Recovery from what is on the disk; returns its seconds. */
double world_reopen(struct world *w);
void world_close(struct world *w);
/* Clearing inline; what path search does not carry: by a second search (LG-62), by max-flow. */
void world_settings(struct world *w, bool clearing, bool second, bool maxflow);
void world_people(struct world *w, uint32_t people);
/* Pairs by preferential attachment: `per_person` each, lines both ways in two of three. */
void world_lines(struct world *w, unsigned per_person);
/* Ticks, performs requests, takes events until nothing is left to do. */
void world_run(struct world *w);
/* A payment's signed bytes, as a client would send them. */
#define REQUEST_MAX 700
struct made {
	uint32_t payer, payee;
	gn_amount amount;
	size_t len;
	uint8_t bytes[REQUEST_MAX];
};
void world_make_payment(struct world *w, uint32_t from, uint32_t to, gn_amount amount,
			struct made *out);
/* Submits without running; false when the ledger is busy. */
bool world_submit(struct world *w, const struct made *m);
bool world_pay(struct world *w, uint32_t from, uint32_t to, gn_amount amount);
void world_trust(struct world *w, uint32_t from, uint32_t to, gn_amount limit);

/* parts */
void bench_routes(uint64_t seed, bool large);
void bench_success(uint64_t seed);
void bench_failing(uint64_t seed);
void bench_memory(uint64_t seed, bool large);
void bench_payments(uint64_t seed);
void bench_durable(uint64_t seed, const char *folder);
void bench_replay(uint64_t seed);
void bench_signatures(uint64_t seed);
void bench_clearing(uint64_t seed, bool large);
void bench_topology(uint64_t seed);

void row(const char *what, const char *target, const char *fmt, ...) GN_PRINTF(3, 4);

#endif
