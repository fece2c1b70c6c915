/* The obvious ledger: debts in a square table per direction, hops applied one by one, no graph, no
 * packing. It is told the same records as the hub's history, judges each by the rules read
 * literally, and answers what the engine must answer. */
#ifndef GN_LEDGER_TESTING_ORACLE_H
#define GN_LEDGER_TESTING_ORACLE_H

#include "ledger/testing/hub.h"

#define OR_PEOPLE 12
#define OR_OPEN 16
#define OR_HOPS 64

struct or_line {
	bool open, closing, frozen, dispute, no_auto, no_middle, ask;
	gn_amount limit, daily, usage, used; /* daily, usage: -1 none */
	int64_t day;
	unsigned blocked; /* bit per person */
	uint32_t version, born;
};
struct or_hop {
	unsigned p, q;
	gn_amount a;
};
struct or_open {
	struct gn_tx_key key;
	bool offer;
	struct or_hop hop[OR_HOPS];
	unsigned hops, payer, asked, yes, no; /* asked, yes, no: bits per person */
	gn_time made;
};
struct oracle {
	struct hub *h;
	unsigned people, records;
	bool active; /* the one equivalent */
	bool standing[OR_PEOPLE], deleted[OR_PEOPLE];
	/* debtor, creditor; hop from, to */
	gn_amount debt[OR_PEOPLE][OR_PEOPLE], reserved[OR_PEOPLE][OR_PEOPLE];
	struct or_line line[OR_PEOPLE][OR_PEOPLE]; /* from, to */
	struct or_open open[OR_OPEN];
	unsigned opens;
	gn_amount_sum cleared;
	gn_time time;
};

/* Owes and is owed nothing, nothing is reserved, and no line of theirs is open. */
bool or_free(const struct oracle *o, unsigned who);
/* One record of the history, in order: the rules allow it, and it changes what it says. user: the
 * oracle. */
void or_record(void *user, const struct gn_record_view *r);

/* The engine's lines and waits are these. */
void or_compare(const struct oracle *o);
/* Max-flow by the textbook, for what must be refused and, in max-flow mode, what must go
 * through. ask: hops that ask too. */
gn_amount or_max_flow(const struct oracle *o, unsigned s, unsigned t, bool policies, gn_time now,
		      gn_amount enough);
/* Is there one path of at most `hops` that carries it, policies and all? By trying every one. */
bool or_one_path(const struct oracle *o, unsigned at, unsigned s, unsigned t, gn_amount a,
		 unsigned hops, unsigned met, unsigned blocked, gn_time now);

#endif
