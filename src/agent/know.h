/* What the network says of a person: their identity record, and the prekeys record of each of their
 * devices, looked up at both salts, verified and judged.
 *
 *   asked -> WAITS [a place is free, the link is up] -> IDENTITY [both places answered]
 *         -> PREKEYS [all answered] -> told
 *         -> told, with an error [no record, the link went]
 *
 * 1. A person is looked up once at a time, however often they are asked for.
 * 2. What is told was signed by who it is of: records that do not verify are nothing.
 * 3. What a lookup told of somebody, all of it, is kept for AGENT_KNOW_KEPT and told once more to
 *    who wants it then: a stranger's records open their first item, and only that makes them
 *    somebody whose records are kept.
 * 4. AGENT_KNOW_LOOKUPS run at once; AGENT_KNOW_WAITING more wait, in turn.
 *
 * Rules: docs/spec/agent.md AG-51. */
#ifndef GN_AGENT_KNOW_H
#define GN_AGENT_KNOW_H

#include "agent/link.h"
#include "records/prekeys.h"

struct gn_agent_know;

struct gn_agent_known { /* lent for the call */
	struct gn_pk owner;
	/* GN_OK; GN_NOT_FOUND: nobody holds an identity record of theirs; GN_CLOSED, GN_TIMEOUT and
	 * others: ask again later */
	gn_err err;
	/* Every version that was found, the newest last: more than one of a number is a fork. */
	const struct gn_identity *const *identities;
	const struct gn_slice *records; /* each as it came */
	size_t identity_count;
	/* Of the devices that the newest vouches for, each once at most. */
	const struct gn_prekeys *const *prekeys;
	size_t prekeys_count;
};

struct gn_agent_know_config {
	struct gn_agent_link *link;       /* borrowed */
	uint8_t session;                  /* SessionAs: how holders see who asks (AG-115) */
	uint64_t (*unix_now)(void *user); /* seconds */
	void (*known)(void *user, const struct gn_agent_known *k);
	void *user;
};

GN_MUST gn_err gn_agent_know_new(const struct gn_agent_know_config *config,
				 struct gn_agent_know **out);
/* Nothing more is told. Before the link. */
void gn_agent_know_free(struct gn_agent_know *k);
/* GN_LIMIT: too many wait. GN_OK: it is told once, from gn_agent_know_pump or the link's. */
GN_MUST gn_err gn_agent_know_ask(struct gn_agent_know *k, const struct gn_pk *owner);
/* As gn_agent_know_ask, but what was told a moment ago will do. */
GN_MUST gn_err gn_agent_know_want(struct gn_agent_know *k, const struct gn_pk *owner);
void gn_agent_know_pump(struct gn_agent_know *k);

#endif
