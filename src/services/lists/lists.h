/* Lists of revoked capability tokens, as the network has them: who takes a chain asks here whether
 * its first issuer has taken one of its blocks back. A list is a record (type 7) of that issuer, so
 * there is one lookup for all chains of theirs, in five minutes.
 *
 *   none -> looking [gn_lists_look] -> known  [found, or nobody holds one] -> looking [in use, and
 *                                      4 min old: answers stand until the 5th] ..
 *                                   -> failed [what was known counts for an hour, then nothing]
 *
 * 1. A list that was seen counts until its record ends or a newer one is seen: who hides it from
 *    one lookup brings nothing back.
 * 2. What is not known lets nobody in: GN_PENDING while it is looked up, GN_BUSY when it cannot be.
 * 3. Places are counted for who made them necessary, key and prefix; the one unused for longest
 *    gives way.
 *
 * The owner hands over events of the overlay; who waits looks at gn_lists_round. Rules:
 * docs/spec/services.md RV-1..RV-4. */
#ifndef GN_SERVICES_LISTS_H
#define GN_SERVICES_LISTS_H

#include "overlay/overlay.h"
#include "records/revocation.h"

struct gn_lists;

struct gn_lists_config {
	struct gn_overlay *overlay; /* borrowed */
	bool count_local;           /* loopback and private prefixes have a share like any other */
};
GN_MUST gn_err gn_lists_new(const struct gn_env *env, const struct gn_lists_config *config,
			    struct gn_lists **out);
void gn_lists_free(struct gn_lists *l);

/* What of a chain can be on a list: kept by who checked the chain, for as long as it is used. */
struct gn_lists_chain {
	struct gn_pk owner;
	uint32_t count; /* of its blocks; 0: it lives for a day at most, no list is asked for */
	struct gn_hash ids[GN_TOKEN_BLOCKS_MAX];
};
void gn_lists_chain_of(const struct gn_token *t, struct gn_lists_chain *out);

/* Is the list of this issuer known? GN_OK; GN_PENDING: it is being looked up, and the round will
 * change; GN_BUSY: not now. by: the peer that makes it necessary, NULL: this node itself. l may be
 * NULL, here and below: then no list is asked for. */
GN_MUST gn_err gn_lists_look(struct gn_lists *l, const struct gn_pk *issuer,
			     const struct gn_contact *by, gn_time now);
/* By what is known. GN_DENIED: a block was taken back; GN_BUSY: the list was never had, or too
 * long ago. Never starts the first lookup. */
GN_MUST gn_err gn_lists_judge(struct gn_lists *l, const struct gn_lists_chain *chain, gn_time now);

/* False: it is none of its operations. */
bool gn_lists_overlay_event(struct gn_lists *l, const struct gn_overlay_event *e, gn_time now);
/* Another number whenever a lookup has ended. */
uint64_t gn_lists_round(const struct gn_lists *l);
/* Lookups begun since the last call, for who caused them to be charged. */
uint32_t gn_lists_caused(struct gn_lists *l);
bool gn_lists_counter_at(const struct gn_lists *l, size_t i, struct gn_counter *out);
void gn_lists_validate(const struct gn_lists *l);

#endif
