/* A ledger on a disk in memory that can crash, people with keys, and one-line commands. Time stands
 * still unless a test moves it. */
#ifndef GN_LEDGER_TESTING_HUB_H
#define GN_LEDGER_TESTING_HUB_H

#include "ledger/testing/disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HUB_PEOPLE 40
#define HUB_RESULTS 256

struct hub_result {
	uint64_t ticket, seq;
	gn_err err;
	bool repeated;
	enum gn_tx_state state;
	struct gn_tx_key key;
};

struct hub {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct sim_disk disk;
	struct gn_ledger_config config;
	struct gn_ledger *l;
	struct gn_sk hub_key, key[HUB_PEOPLE];
	uint64_t seq[HUB_PEOPLE];
	char pid[HUB_PEOPLE][GN_PID_MAX];
	unsigned people;
	gn_time now;
	uint64_t ticket, tx;
	struct hub_result results[HUB_RESULTS]; /* by ticket modulo */
	/* hold: requests to the disk are not performed */
	bool ready, stopped, real_signatures, hold;
	bool flow_elsewhere; /* of requests */
	const struct gn_ledger_flow *flow;
	gn_err ready_err;
	uint64_t durable;            /* last seq that was told */
	struct gn_slice last_record; /* of the last RESULT; borrowed from the ledger */
	/* told of every durable record, in order */
	void (*record)(void *user, const struct gn_record_view *r);
	void *user;
};

#define HUB_START (INT64_C(1700000000) * GN_SEC)

/* Takes all events: outcomes by ticket, records to `record`. */
void hub_drain(struct hub *h);
/* One request to the disk, if there is one. */
bool hub_step(struct hub *h);
/* Until nothing moves any more. */
void hub_run(struct hub *h);
/* Up to READY and no further. */
void hub_recover(struct hub *h);
void hub_open(struct hub *h);
void hub_close(struct hub *h);
void hub_init(struct hub *h, uint64_t seed);
void hub_fini(struct hub *h);

/* ---- commands; each returns its outcome when the ledger has run ---- */

struct hub_result *hub_outcome(struct hub *h, uint64_t ticket);
gn_err hub_send(struct hub *h, unsigned who, enum gn_op_kind kind, const char *body,
		const char *tx_id, uint64_t *ticket);
gn_err hub_do(struct hub *h, unsigned who, enum gn_op_kind kind, const char *body,
	      const char *tx_id);
void base64_key(const struct gn_pk *pk, char out[45]);
/* The next person; numbers are those of the ledger when everybody joins through here. */
unsigned hub_join(struct hub *h);
gn_err hub_equivalent(struct hub *h, const char *code, unsigned precision, bool active);
/* Opens it with one unit, UAH with two decimals, and so many people. */
void hub_open_with(struct hub *h, unsigned people);
/* Bounds of the search of a payment; everything else as it is by default. */
void hub_routing(struct hub *h, unsigned hops, unsigned paths, bool maxflow, bool clearing);
gn_err hub_status(struct hub *h, unsigned who, unsigned status);
/* policy: JSON object or NULL. */
gn_err hub_trust(struct hub *h, unsigned from, unsigned to, const char *code, const char *limit,
		 const char *policy);
void hub_line_id(struct hub *h, uint32_t eq, unsigned from, unsigned to,
		 char out[GN_LINE_ID_LEN + 1]);
/* rest: further members of the body, each with a leading comma, in key order after "id". */
gn_err hub_change(struct hub *h, uint32_t eq, unsigned from, unsigned to, const char *rest);
gn_err hub_shut(struct hub *h, uint32_t eq, unsigned from, unsigned to, bool when_repaid);
void hub_payment_body(struct hub *h, unsigned to, const char *code, const char *amount,
		      const char *constraints, const char *tx_id, char out[1024]);
gn_err hub_pay_with(struct hub *h, unsigned from, unsigned to, const char *code, const char *amount,
		    const char *constraints, char tx_id[32]);
gn_err hub_pay(struct hub *h, unsigned from, unsigned to, const char *code, const char *amount);
gn_err hub_vote(struct hub *h, unsigned who, unsigned initiator, const char *tx_id, bool yes);
enum gn_tx_state hub_tx(struct hub *h, unsigned initiator, const char *tx_id);
gn_amount hub_debt(struct hub *h, uint32_t eq, unsigned debtor, unsigned creditor);
struct gn_hash hub_hash(struct hub *h);
/* Of two decimals. */
void hub_money(gn_amount a, char out[24]);

#endif
