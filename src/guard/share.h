/* Shares: who holds how much of one bounded resource (sessions, bytes, places, records), by node
 * key and by address prefix, and whether they may have more. One rule for everything that a
 * stranger can use up:
 *
 *   take -> QUOTA     the key holds its share already: its own doing, nobody else gives way
 *        -> LIMIT     the resource is crowded and the prefix (/24, /48) holds its share
 *        -> NO_SPACE  the whole is full: its owner lets the one worth least give way, asks again
 *
 * The owner of the resource keeps the objects, their deadlines and their standing; here are
 * numbers only. Rule GU-1. */
#ifndef GN_GUARD_SHARE_H
#define GN_GUARD_SHARE_H

#include "base/base.h"
#include "crypto/crypto.h"

/* Has a prefix like this one no share? Loopback and private ones have none unless the owner says
 * that they count. */
bool gn_share_exempt(const struct gn_addr *addr, bool count_local);

/* Who holds. A key of zeros is one not proven yet: it counts for its prefix alone. An address of
 * zeros is unknown, as with what was restored from disk: it counts for its key alone. */
struct gn_holder {
	struct gn_pk key;
	struct gn_addr addr;
};

/* Amounts are in the resource's own unit. */
struct gn_share_config {
	uint64_t total;
	uint64_t per_key;
	uint64_t per_prefix;  /* applies only while more than `crowded` is taken */
	uint64_t crowded;     /* 0: always */
	uint32_t holders_max; /* keys, and prefixes, with a holding at one time */
	bool count_local;     /* loopback and private prefixes have a share like any other */
};

struct gn_share {
	struct gn_share_config config;
	struct gn_map keys, prefixes; /* -> uint64_t held, > 0 */
	uint64_t used;
};

void gn_share_init(struct gn_share *s, const struct gn_env *env,
		   const struct gn_share_config *config);
void gn_share_fini(struct gn_share *s);

/* Nothing changes unless it is GN_OK. GN_QUOTA, GN_LIMIT, GN_NO_SPACE as above; GN_NO_SPACE too
 * when there are holders_max holders and this is a new one; GN_NOMEM. */
GN_MUST gn_err gn_share_take(struct gn_share *s, const struct gn_holder *who, uint64_t amount);
/* The most that a take would give now, but for want of memory. */
uint64_t gn_share_room(const struct gn_share *s, const struct gn_holder *who);
/* Part or all of what the same holder took (same key, same address). */
void gn_share_give(struct gn_share *s, const struct gn_holder *who, uint64_t amount);
/* What is held becomes another's: a session whose key is proven now, a peer that moved. The
 * amount is counted for `to` whatever their share: GN_QUOTA and GN_LIMIT tell that they are over
 * it, and the caller decides who gives way. */
gn_err gn_share_move(struct gn_share *s, const struct gn_holder *from, const struct gn_holder *to,
		     uint64_t amount);

/* As a take, whatever the share of the holder: it is here already, or may be more. Without
 * memory for the holder it is counted for nobody, and *who says so. GN_NO_SPACE: the whole is
 * full, nothing changed. */
GN_MUST gn_err gn_share_take_anyway(struct gn_share *s, struct gn_holder *who, uint64_t amount);

struct gn_share_held {
	uint64_t key, prefix; /* of this holder; prefix 0 when exempt or unknown */
	uint64_t used;        /* of all */
};
struct gn_share_held gn_share_held(const struct gn_share *s, const struct gn_holder *who);
/* What taking `amount` more would say, but for GN_NOMEM and holders_max. */
GN_MUST gn_err gn_share_ask(const struct gn_share *s, const struct gn_holder *who, uint64_t amount);
/* The same as a sentence for people: "" for GN_OK; static. */
const char *gn_share_reason(gn_err err);
/* A resource as its owner shows it to people (GU-19); both borrowed. */
struct gn_share_view {
	const char *name; /* stable */
	const struct gn_share *share;
	uint64_t least; /* that one holding takes: who has no room for it is at the share */
};
bool gn_share_crowded(const struct gn_share *s);
/* All is taken: the prefix that holds most, if that is two more than this newcomer's. One of its
 * gives way, or who came first would have all for ever. False: no prefix holds so much. */
bool gn_share_most(const struct gn_share *s, const struct gn_holder *newcomer, uint64_t *prefix);
/* Are these two parties, as far as we can tell: other keys, and not of one prefix that has a
 * share? False when the address of one is unknown. */
bool gn_share_apart(const struct gn_share *s, const struct gn_holder *a, const struct gn_holder *b);
/* The sums agree. */
void gn_share_validate(const struct gn_share *s);

#endif
