/* The agent's door: a port on loopback where browsers get the app's files and speak app/1 on a
 * WebSocket. Nothing else is served there: calls by HTTP are the Unix socket's alone.
 *
 * Rules: docs/spec/agent.md AG-120..AG-123. */
#ifndef GN_AGENT_DOOR_H
#define GN_AGENT_DOOR_H

#include "agent/clients_int.h"

/* The server, with the Unix socket and, unless app is off, a port: the one that was asked for,
 * else the next that is free, which is logged. */
GN_MUST gn_err agent_door_open(struct gn_agent *a, const struct gn_http_handler *handler,
			       struct gn_http **out);
/* May this request of the port be run? False after answering. */
bool agent_door_admit(struct gn_host_request *r, bool other_method);
/* Its routes: a file of the app; the WebSocket. */
gn_err agent_door_file(struct agent_request *r);
gn_err agent_door_upgrade(struct agent_request *r);
/* "http://localhost:7781"; "": there is no port. Of gn_host_calls. */
const char *agent_door_origin(void *user);

/* ---- pair.c: codes that become clients ---- */

/* The secret that is shown for an id: of a code that waits. False: it is none. */
bool agent_pair_secret(struct gn_agent *a, const uint8_t id[32], uint8_t out[32]);
/* Is this a connection that proved a code, used or not? */
bool agent_pair_is(const uint8_t id[32]);
/* Is this a client that was made of a code? Known without the store, locked too. */
bool agent_pair_made(const struct gn_agent *a, const uint8_t id[32]);
/* Its secret, which follows from its id. */
bool agent_pair_made_secret(const struct gn_agent *a, const uint8_t id[32], uint8_t out[32]);
/* A new id of such a client. False: there is no device yet. */
bool agent_pair_make(struct gn_agent *a, uint8_t id[32]);
/* A code that waits from now on; where AGENT_PAIRS do, the one that ends first gives way. */
struct agent_pair *agent_pair_new(struct gn_agent *a);
/* NULL: there is none, or its time is over. */
struct agent_pair *agent_pair_find(struct gn_agent *a, const uint8_t id[32]);

/* ---- serve_pair.c ---- */

gn_err agent_call_client_pair(struct agent_request *r);
gn_err agent_call_client_claim(struct agent_request *r);

#endif
