/* Insides of a clearing job. Nodes are renumbered so that a strongly connected part is a range;
 * arcs come in pairs (debt and its reverse) sorted by node. */
#ifndef GN_LEDGER_CLEARING_INT_H
#define GN_LEDGER_CLEARING_INT_H

#include "ledger/clearing.h"

/* The method works on r = d - f, what must remain: debt arcs have cost 1 and capacity d - r,
 * their reverses cost -1 and capacity r. Beside the other end an arc tells whether it and its
 * twin have capacity, so that most searches read nothing else. */
#define ARC_DEBT 0x80000000u
#define ARC_OUT 0x40000000u /* cap > 0 */
#define ARC_IN 0x20000000u  /* the twin's cap > 0 */
#define ARC_NODE 0x1fffffffu
#define LG_NONE UINT32_MAX

enum lg_step {
	LG_RELABEL, /* potentials: everybody's distance to the nearest who lacks */
	LG_OPEN,    /* the graph of this flow: arcs of reduced cost 0, or any when rounding */
	LG_LEVELS,  /* distances in arcs there */
	LG_SEND,    /* along shortest paths */
	LG_DONE,
};

struct gn_clearing {
	struct gn_alloc *alloc;
	uint32_t nodes, edge_count, kept; /* kept: edges inside parts */
	struct gn_clearing_edge *edges;   /* owned, as given */
	/* owned: edge -> its debt arc, LG_NONE when it lies between parts */
	uint32_t *arc_of;
	uint32_t *rank; /* owned: caller's node -> ours */
	/* owned: part -> its first node; part_count + 1 entries, sinks first */
	uint32_t *part;
	uint32_t part_count;
	uint32_t *first;     /* owned: nodes + 1, arcs of a node are first[n]..first[n + 1] */
	uint32_t *to, *twin; /* owned, per arc: node | ARC_*; the reverse arc */
	gn_amount *cap;      /* owned, per arc */
	int32_t *p;          /* owned: labels per node of ours */
	int32_t *pi;         /* owned: potentials per caller's node when done */
	bool anytime, proven;
	enum lg_step step;
	uint64_t work;         /* arcs looked at, ever */
	gn_amount_sum total;   /* of f */
	gn_amount_sum *excess; /* owned: > 0 to send, < 0 to take */
	gn_amount_sum left;    /* sum of what is to be sent */
	/* owned: heads by distance, 2 * nodes + 2; the last one in use */
	uint32_t *bucket, bucket_top;
	/* The flow's graph. Its nodes are numbered along its chains: searches stay near. */
	uint32_t *id, *node_of; /* owned: node -> number here or LG_NONE; back */
	uint32_t flow_nodes;
	uint32_t *flow_first; /* owned */
	/* owned: number here | ARC_OUT | ARC_IN; the arc */
	uint32_t *flow_to, *flow_arc;
	uint32_t *flow_of; /* owned: arc -> its place in flow_to */
	/* owned: who has excess and reaches somebody; from the end, who lacked at the start */
	uint32_t *sources, source_count, at_source;
	uint32_t sink_count;
	uint64_t levels_until; /* work at which levels are taken anew */
	/* owned, per node; relabelling and flow take turns with them */
	uint32_t *level, *next, *queue, *stack;
	uint32_t *count; /* owned: nodes per level */
	uint32_t gap;    /* nobody above this level reaches who lacks */
	/* rounding (anytime jobs) */
	bool rounding;
	uint64_t round_began, round_ended;
	gn_amount *saved_cap;        /* owned, per edge: of the reverse arc */
	gn_amount_sum *saved_excess; /* owned */
	gn_amount_sum saved_left;
};

/* clearing_exact.c */
void lg_exact_run(struct gn_clearing *c, uint64_t stop);
/* clearing_round.c */
void lg_round_begin(struct gn_clearing *c);
void lg_round_end(struct gn_clearing *c);
/* Puts f of every edge from the arcs, when that clears more than what is there. */
void lg_publish(struct gn_clearing *c);
/* clearing_flow.c */
void lg_tight_open(struct gn_clearing *c);
/* False when nobody with excess reaches anybody who lacks. */
bool lg_tight_levels(struct gn_clearing *c);
void lg_tight_send(struct gn_clearing *c, uint64_t stop);

/* The cost of arc a of node n at the present labels; of its twin, the negative. */
static inline int32_t lg_reduced(const struct gn_clearing *c, uint32_t n, uint32_t a)
{
	return (c->to[a] & ARC_DEBT ? 1 : -1) + c->p[n] - c->p[c->to[a] & ARC_NODE];
}

#endif
