/* What the limits of capability tokens allow: so many bytes, uses, jobs or messages in so many
 * seconds. A limit is a bucket that holds its amount and fills in its time, named by the block that
 * says it; a use of a chain draws from the buckets of all its blocks, or from none, so that who
 * gives on what they have gives no more than they have.
 *
 *   bucket: none -> drawn from [gn_quota_draw] -> none [it is full again]
 *
 * 1. What is not counted is refused: a limit in all (0 seconds), a bucket that finds no place.
 * 2. Only a full bucket gives up its place, which is the same as having none. Places are counted
 *    for the peer that made them necessary, and its prefix: who fills theirs takes none of others.
 * 3. Time only fills; it is the owner's steady one, so that no step of a clock fills a bucket.
 * 4. Nothing outlives the engine: after a restart every bucket is full.
 *
 * Rule WR-37. */
#ifndef GN_SERVICES_QUOTA_H
#define GN_SERVICES_QUOTA_H

#include "guard/share.h"
#include "wire/token.h"

struct gn_quota;

GN_MUST gn_err gn_quota_new(const struct gn_env *env, bool count_local, struct gn_quota **out);
void gn_quota_free(struct gn_quota *q); /* NULL is fine */

/* What is counted: kinds of limits. */
struct gn_quota_use {
	uint64_t bytes, ops, jobs, messages; /* 0: does not concern limits of that kind */
};

struct gn_quota_no {
	const char *limit; /* its name as wire/token.h has it; static */
	uint32_t retry_ms; /* 0: not by waiting */
};

/* Has the chain any limit? Then its uses are asked for and drawn. */
bool gn_quota_limited(const struct gn_token *t);
/* Is the use allowed now? by: the peer that it comes from. GN_QUOTA, with why; GN_NOMEM. q NULL,
 * here and below: nothing is counted, for tests of other things alone. */
GN_MUST gn_err gn_quota_ask(struct gn_quota *q, const struct gn_token *t,
			    const struct gn_quota_use *use, const struct gn_holder *by, gn_time now,
			    struct gn_quota_no *why);
/* The same, and it is used. After gn_quota_ask at the same time it is not refused. */
GN_MUST gn_err gn_quota_draw(struct gn_quota *q, const struct gn_token *t,
			     const struct gn_quota_use *use, const struct gn_holder *by,
			     gn_time now, struct gn_quota_no *why);
uint32_t gn_quota_buckets(const struct gn_quota *q);
bool gn_quota_counter_at(const struct gn_quota *q, size_t i, struct gn_counter *out);
void gn_quota_validate(const struct gn_quota *q);

#endif
