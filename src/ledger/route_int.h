/* Searches over one equivalent's graph: shortest paths that carry an amount, cycles of debt,
 * routes of a payment, exact max-flow and its explanation. They read the book; what they try on
 * it they put back before they return. */
#ifndef GN_LEDGER_ROUTE_INT_H
#define GN_LEDGER_ROUTE_INT_H

#include "ledger/book_int.h"

/* ---- search.c ---- */

struct lg_visit {                      /* 16 bytes: one record per node serves both directions */
	uint32_t forward, forward_hop; /* epoch in which it was reached, and by which hop */
	uint32_t backward, backward_hop;
};

struct lg_router {
	struct gn_alloc *alloc;
	struct lg_visit *visits;
	uint32_t *queue[2]; /* nodes reached from the source, to the target */
	uint32_t visit_cap, queue_cap[2];
	uint32_t epoch;
	uint64_t work; /* half-edges looked at, ever */
};

enum lg_search_mode {
	LG_BY_CAPACITY, /* hops that carry `amount` and that policies allow */
	/* hops that a line, closing ones too, or a debt could carry, whatever its limit */
	LG_BY_LINES,
	LG_BY_DEBT, /* from debtor to creditor, debts that clear without asking */
};

struct lg_query {
	const struct lg_book *book;
	const struct lg_eq *q;
	enum lg_search_mode mode;
	uint32_t source, target; /* nodes */
	gn_amount amount;
	unsigned max_hops;              /* <= ROUTE_HOPS_MAX; without out any number */
	bool ask;                       /* lines that ask may be used */
	gn_time now;                    /* for daily limits */
	const uint32_t *avoid, *banned; /* nodes; hops (of lines with extras) */
	uint32_t avoid_count, banned_count;
	const struct lg_delta *used; /* what this payment moves already, for policies */
	uint32_t used_count;
};

struct lg_path {
	uint32_t hops[ROUTE_HOPS_MAX]; /* hop_of, from the source on */
	uint32_t count;
};

void lg_router_init(struct lg_router *r, struct gn_alloc *alloc);
void lg_router_fini(struct lg_router *r);
/* A shortest path, the first in order of adjacency; false: none within max_hops. out may be
 * NULL. GN_NOMEM. */
GN_MUST gn_err lg_search(struct lg_router *r, const struct lg_query *s, struct lg_path *out,
			 bool *found);

/* ---- route.c ---- */

struct lg_route {
	struct lg_path path;
	gn_amount amount;
};
struct lg_request {
	uint32_t payer, payee; /* nodes */
	gn_amount amount;
	unsigned max_hops, max_paths;
	const uint32_t *avoid;
	uint32_t avoid_count;
	gn_time now;
};
struct lg_routes {
	struct lg_route route[ROUTE_PATHS_MAX];
	uint32_t count;
	gn_amount total;
};
/* LG-34: routes that carry the whole amount, without asking anybody if that is possible.
 * GN_NO_CAPACITY, GN_NOMEM. */
GN_MUST gn_err lg_find_routes(struct lg_router *r, struct lg_book *b, struct lg_eq *q,
			      const struct lg_request *want, struct lg_routes *out);
/* LG-62: the same, and when `again` what is not carried with want's bounds with the largest
 * ones, which *want then keeps; *second: it was those. */
GN_MUST gn_err lg_find_routes_again(struct lg_router *r, struct lg_book *b, struct lg_eq *q,
				    struct lg_request *want, bool again, struct lg_routes *out,
				    bool *second);
/* The most that max_paths widest paths carry, at most want->amount; out holds them. */
GN_MUST gn_err lg_most(struct lg_router *r, struct lg_book *b, struct lg_eq *q,
		       const struct lg_request *want, struct lg_routes *out);
/* Is there any chain of lines from node to node (LG-31), of any length and whatever the payer
 * avoids? */
GN_MUST gn_err lg_connected(struct lg_router *r, struct lg_book *b, struct lg_eq *q, uint32_t payer,
			    uint32_t payee, bool *out);

/* ---- maxflow.c ---- */

struct lg_flow_net {
	struct gn_alloc *alloc;
	const struct lg_book *b;
	const struct lg_eq *q;
	gn_amount *residual; /* per half-edge: what may still leave its node there */
	gn_amount *initial;
	uint32_t *level, *next, *queue; /* per node */
	gn_amount flow;
	uint64_t work; /* half-edges it may still look at: lg_flow_open gives no bound */
	uint32_t source, target;
	gn_time now;
};
/* Capacities of now, policies included; ask: lines that ask too. */
GN_MUST gn_err lg_flow_open(struct lg_flow_net *f, struct gn_alloc *alloc, const struct lg_book *b,
			    const struct lg_eq *q, const struct lg_request *want, bool ask);
void lg_flow_close(struct lg_flow_net *f);
/* Dinic: raises flow to the maximum, or to `enough`, or until the work is done. */
void lg_flow_run(struct lg_flow_net *f, gn_amount enough);
/* Takes the flow apart into simple paths; visit returns false to stop. hops of any number. */
GN_MUST gn_err lg_flow_paths(struct lg_flow_net *f,
			     bool (*visit)(void *user, gn_amount amount, const uint32_t *hops,
					   uint32_t count),
			     void *user);
/* A hop of no further use (LG-17). */
void lg_flow_ban(struct lg_flow_net *f, uint32_t hop);
/* After a maximum run: the lines of the minimum cut, and raises that would carry `missing` more
 * (LG-36). */
void lg_flow_cut(struct lg_flow_net *f, struct gn_ledger_why *why);
GN_MUST gn_err lg_flow_raises(struct lg_flow_net *f, gn_amount missing, struct gn_ledger_why *why);

/* ---- cycles.c ---- */

/* Cycles of at most max_len debts through the given pairs, shortest first, written as CLEARING
 * cycles: amount, hops of the debts. Stops at max cycles or when `work` half-edges were looked
 * at. out grows in alloc; *count and *total grow. */
struct lg_cycles {
	struct gn_alloc *alloc;
	uint8_t *bytes; /* owned */
	uint32_t len, cap, count;
	gn_amount_sum total;
	struct lg_delta *undo; /* owned: debts lowered so far */
	uint32_t undo_count, undo_cap;
};
void lg_cycles_init(struct lg_cycles *c, struct gn_alloc *alloc);
void lg_cycles_fini(struct lg_cycles *c);
/* Clears what it finds through this pair on trial. */
GN_MUST gn_err lg_cycles_through(struct lg_cycles *c, struct lg_router *r, struct lg_book *b,
				 struct lg_eq *q, uint32_t pair, unsigned max_len, uint64_t work);
/* Puts every trial back; what was found stays in bytes. */
void lg_cycles_undo(struct lg_cycles *c, struct lg_eq *q);
void lg_cycles_reset(struct lg_cycles *c);

#endif
