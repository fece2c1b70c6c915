/* Exact clearing as a job of its own (LG-42..LG-47): copied out of the ledger, solved with a
 * work budget (on any thread, the job touches nothing else), verified by certificate, committed
 * as one record. */
#ifndef GN_LEDGER_CLEARING_H
#define GN_LEDGER_CLEARING_H

#include "crypto/crypto.h"
#include "ledger/amount.h"

/* A debt u->v of d; f of it is cleared. Nodes are the caller's numbers 0..n-1. */
struct gn_clearing_edge {
	uint32_t u, v;
	uint32_t tag; /* the caller's, e.g. a pair number */
	gn_amount d, f;
};

struct gn_clearing;

/* Copies edges (d > 0, u != v, at most one per unordered pair). env's allocator must be the
 * job's own if it runs on another thread. */
GN_MUST gn_err gn_clearing_new(const struct gn_env *env, uint32_t nodes,
			       const struct gn_clearing_edge *edges, size_t count,
			       struct gn_clearing **out);
void gn_clearing_free(struct gn_clearing *c);

/* exact: the fastest way to the optimum; nothing is cleared before it is found. anytime: the
 * same with intermediate results, for up to twice the work; stop when you like. Before the first
 * run. */
void gn_clearing_set_anytime(struct gn_clearing *c, bool anytime);
/* Looks at about `work` edges. GN_OK: optimal. GN_AGAIN: call again or take what is there.
 * GN_NOMEM. */
GN_MUST gn_err gn_clearing_run(struct gn_clearing *c, uint64_t work);
/* Sum of f now: always a valid clearing. */
gn_amount_sum gn_clearing_total(const struct gn_clearing *c);
/* The edges as given, with f. Borrowed. */
const struct gn_clearing_edge *gn_clearing_edges(const struct gn_clearing *c, size_t *count);
/* Potentials of a finished job, one per node (LG-43); NULL before. */
const int32_t *gn_clearing_potentials(const struct gn_clearing *c);
/* The certificate as text (docs/spec/ledger.md LG-43): lines "geonet clearing 1", "<note>",
 * "<nodes> <edges> <total>", then "<u> <v> <d> <f>" per edge and "<pi>" per node. Appends in
 * pieces: call with *at = 0 until GN_OK; GN_AGAIN: out is full, take it and go on. */
GN_MUST gn_err gn_clearing_certificate(const struct gn_clearing *c, struct gn_slice note,
				       uint64_t *at, struct gn_buf *out);
/* What the CLEARING record holds of that text: h = SHA-256(h || piece) over its pieces of 4096
 * bytes (the last may be shorter), from 32 zero bytes. */
void gn_clearing_certificate_hash(const struct gn_clearing *c, struct gn_slice note,
				  struct gn_hash *out);
/* Asserts: f is a circulation within 0..d, totals agree, a finished job's potentials prove it. */
void gn_clearing_validate(const struct gn_clearing *c);

#endif
