/* A backup put back where no agent has been yet (docs/spec/agent.md AG-94). */
#ifndef GN_AGENT_RESTORE_H
#define GN_AGENT_RESTORE_H

#include "agent/vault.h"

struct gn_agent_restore {
	const char *data; /* made if it is not there */
	int fd;           /* the backup */
	const char *name; /* the backup's, for sentences */
	/* Of the identity: of DATA's, where there is one, else of the backup's. */
	struct gn_slice passphrase;
	struct gn_rand *rand;
	void (*progress)(void *user, uint64_t done, uint64_t size); /* bytes */
	void *user;
};
/* *owner: whose it is. GN_EXISTS: an agent has been there; GN_BUSY; GN_NOT_FOUND: neither has DATA
 * an identity nor the backup one under a passphrase; GN_PASSPHRASE; GN_KEY: another person's;
 * GN_CORRUPT, GN_TRUNCATED, GN_VERSION, GN_PROTOCOL. */
GN_MUST gn_err gn_agent_restore(const struct gn_agent_restore *r, struct gn_pk *owner,
				char why[GN_AGENT_WHY]);

#endif
