/* Calls of the agent that a person must allow. */
#ifndef GEONET_ALLOW_H
#define GEONET_ALLOW_H

#include "geonet/frame/client.h"
#include "geonet/people/commands.h"

/* As client_ask_must; asks for what the agent asks for and makes the call again. passphrase and
 * approval: those fields of ask->args. */
int allow_ask(struct cli *cli, const struct ask *ask, struct reply *r, const char *what,
	      struct gn_slice *passphrase, uint64_t *approval);

#endif
