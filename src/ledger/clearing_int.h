/* Insides of a clearing job. Nodes are renumbered so that a strongly connected part is a range; arcs come in pairs (debt and its
 * reverse) sorted by node. */
#ifndef GN_LEDGER_CLEARING_INT_H
#define GN_LEDGER_CLEARING_INT_H

#include "ledger/clearing.h"

/* Primal-dual works on r = d - f, what must remain: debt arcs have cost 1 and capacity d - r, their reverses cost -1 and capacity r.
 * Improvement works on f: debt arcs have cost -1 and capacity d - f, reverses cost 1 and capacity f. */
#define ARC_DEBT 0x80000000u
#define ARC_NODE 0x7fffffffu
struct lg_arc {
	uint32_t to;   /* node | ARC_DEBT */
	uint32_t twin; /* index of the reverse arc */
	gn_amount cap;
};

struct gn_clearing {
	struct gn_alloc *alloc;
	uint32_t nodes, edge_count, kept; /* kept: edges inside parts */
	struct gn_clearing_edge *edges;   /* owned, as given */
	uint32_t *arc_of;                 /* owned: edge -> its debt arc, UINT32_MAX when it lies between parts */
	uint32_t *rank;                   /* owned: caller's node -> ours */
	uint32_t *first;                  /* owned: nodes + 1, arcs of a node are arcs[first[n]..first[n+1]) */
	struct lg_arc *arcs;              /* owned: 2 * kept */
	uint32_t *part;                   /* owned: part -> its first node; part_count + 1 entries, sinks first */
	uint32_t part_count;
	int32_t *p;                       /* owned: labels per node of ours */
	int32_t *pi;                      /* owned: potentials per caller's node when done */
	bool anytime, proven;
	enum gn_clearing_stage stage;
	uint64_t work;                    /* arcs looked at, ever */
	gn_amount_sum total;              /* of f, kept by whoever changes it */
	/* primal-dual, one part at a time */
	uint32_t at_part;
	bool part_open, relabel;
	gn_amount_sum *excess; /* owned: > 0 to send, < 0 to take */
	gn_amount_sum left;
	uint32_t *level, *next, *queue, *stack; /* owned, per node */
	uint32_t *bucket, *bucket_next, *bucket_prev; /* owned: buckets of the relabelling, 2 * nodes + 2 heads */
	int32_t *dist;
	/* greedy */
	uint32_t at_node;
	uint32_t *mark; /* owned: node -> arc into the node at work + 1 */
	/* improvement */
	uint32_t *parent; /* owned: arc by which a label was lowered + 1 */
};

/* clearing_exact.c */
void lg_exact_run(struct gn_clearing *c, uint64_t stop);
/* clearing_any.c */
void lg_greedy_run(struct gn_clearing *c, uint64_t stop);
void lg_improve_run(struct gn_clearing *c, uint64_t stop);
/* Puts f of every edge from the arcs of either method. */
void lg_clearing_read_f(struct gn_clearing *c, bool remaining);

#endif
