/* The own records that others must find: put into the network once they are set, and again while
 * they hold, so that they are there after a node that was restarted, a network that was split, a
 * put that reached too few.
 *
 *   set -> DUE [the link is up] -> PUTTING -> HELD [enough signed] -> DUE [AGENT_PUBLISH_AGAIN]
 *                                          -> DUE [too few, an error: after a wait that grows]
 *   HELD, DUE -> asked to be made anew [AGENT_PUBLISH_RENEW of its ttl is over]
 *
 * 1. A place has one record; setting it again replaces what is there, also while that is being put.
 * 2. Records are signed elsewhere: none is changed here.
 *
 * Rules: docs/spec/agent.md AG-52. */
#ifndef GN_AGENT_PUBLISH_H
#define GN_AGENT_PUBLISH_H

#include "agent/link.h"

struct gn_agent_publish;

struct gn_agent_publish_config {
	struct gn_agent_link *link;       /* borrowed */
	uint8_t session;                  /* SessionAs: how holders see who puts (AG-115) */
	uint64_t (*unix_now)(void *user); /* seconds */
	/* It is to be signed anew, and set; asked again after AGENT_PUBLISH_AGAIN. */
	void (*renew)(void *user, unsigned place);
	/* What a put reached: how many nodes signed; err GN_STALE: the network has a newer one. */
	void (*put)(void *user, unsigned place, gn_err err, unsigned receipts);
	void *user;
};

GN_MUST gn_err gn_agent_publish_new(const struct gn_agent_publish_config *config,
				    struct gn_agent_publish **out);
/* Before the link. */
void gn_agent_publish_free(struct gn_agent_publish *p);
/* Copies the record. GN_RANGE: place is below AGENT_PUBLISH_PLACES; GN_MALFORMED: it is none;
 * GN_NOMEM. */
GN_MUST gn_err gn_agent_publish_set(struct gn_agent_publish *p, unsigned place,
				    struct gn_slice record, gn_time now);
void gn_agent_publish_drop(struct gn_agent_publish *p, unsigned place);
/* The link is up again, or enough went wrong: what waits is put at once. */
void gn_agent_publish_hurry(struct gn_agent_publish *p, gn_time now);
/* Is what is to be there held by enough nodes? */
bool gn_agent_publish_held(const struct gn_agent_publish *p, unsigned place);
/* Are all of them? */
bool gn_agent_publish_done(const struct gn_agent_publish *p);
/* Of those that were signed by too few at last: by how many, the fewest. 0: there is none such. */
unsigned gn_agent_publish_few(const struct gn_agent_publish *p);
/* When it is to be called again. */
gn_time gn_agent_publish_pump(struct gn_agent_publish *p, gn_time now);

#endif
