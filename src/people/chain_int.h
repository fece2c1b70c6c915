/* How far each device of a chat has been heard, and what is missing (chain.c). */
#ifndef GN_PEOPLE_CHAIN_INT_H
#define GN_PEOPLE_CHAIN_INT_H

#include "people/content.h"
#include "people/limits.h"

struct people_gap {
	uint64_t device, from, to; /* numbers that have not come are among these, */
	uint64_t missing;          /* so many: all of them, unless gaps were made one */
	uint64_t order;            /* it stands before the message that showed it */
	uint32_t number;           /* its line's name within the chat */
};
struct people_chain {
	uint64_t device, top;      /* the greatest number heard of */
	uint64_t heard;            /* when, in the chat's own count */
	struct gn_content_id last; /* the id of the greatest number that came */
	bool mine;                 /* a device of ours */
};
struct people_chains {
	struct people_chain *at; /* owned, count; the first is our own device's */
	struct people_gap *gaps; /* owned, gap_count */
	uint32_t count, gap_count, next_gap;
	uint64_t clock;   /* counts what is heard */
	uint64_t missing; /* in all gaps */
};

/* What a step changed, in gaps: at most three of them, each once. */
struct people_gap_change {
	struct people_gap gap;
	bool mine, gone;
};
struct people_gap_changes {
	struct people_gap_change at[4];
	unsigned count;
};

struct people_chain *people_chain_get(const struct people_chains *c, uint64_t device);
/* The chain of the device; a new one begins after `base`. NULL: out of memory. */
struct people_chain *people_chain_put(struct people_chains *c, struct gn_alloc *alloc,
				      uint64_t device, bool mine, uint64_t base);
/* Content `seq` came. GN_NOMEM. */
GN_MUST gn_err people_chain_took(struct people_chains *c, struct gn_alloc *alloc,
				 struct people_chain *chain, uint64_t seq,
				 const struct gn_content_id *id, uint64_t order,
				 struct people_gap_changes *changes);
/* There are contents up to `seq`: somebody has seen them. */
GN_MUST gn_err people_chain_heard(struct people_chains *c, struct gn_alloc *alloc,
				  struct people_chain *chain, uint64_t seq, uint64_t order,
				  struct people_gap_changes *changes);
/* The others that were heard last, newest first. */
size_t people_chain_seen(const struct people_chains *c, uint64_t own,
			 struct gn_content_seen out[GN_CONTENT_SEEN_MAX]);
void people_chains_fini(struct people_chains *c, struct gn_alloc *alloc);
void people_chains_validate(const struct people_chains *c);

#endif
