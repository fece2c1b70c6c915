/* Programs with a secret of their own (clients.c). */
#ifndef GN_AGENT_CLIENTS_INT_H
#define GN_AGENT_CLIENTS_INT_H

#include "agent/rights.h"
#include "agent/serve_int.h"

/* Kinds of events that every client is told of: how the agent stands (told.c). */
#define AGENT_KINDS_OF_ALL 1u
/* And those of all hubs: what becomes of payments (wallet_tell.c). */
#define AGENT_KINDS_OF_WALLET (UINT64_C(1) << 6)

/* Of gn_host_calls; user is the agent. */
const char *agent_client_origin(void *user);
void agent_client_random(void *user, void *out, size_t len);
bool agent_client_secret(void *user, const uint8_t id[32], uint8_t out[32]);
size_t agent_client_rights(void *user, const uint8_t id[32], struct gn_slice *out, size_t cap);
uint64_t agent_client_kinds(void *user, const uint8_t id[32]);

/* Its words of rights, into AGENT_RIGHTS_MAX bytes; 0: it is none. */
size_t agent_client_words(struct gn_agent *a, const uint8_t id[32], uint8_t *out);

/* A place for a question: the oldest gives way. */
struct agent_approval *agent_approval_place(struct gn_agent *a, const uint8_t *asker);
/* Forgets those whose time is over. */
void agent_approvals_tick(struct gn_agent *a);

gn_err agent_call_clients_list(struct agent_request *r);
gn_err agent_call_client_add(struct agent_request *r);
gn_err agent_call_client_remove(struct agent_request *r);
gn_err agent_call_approval_give(struct agent_request *r);

/* Stores one; an error was answered. */
GN_MUST gn_err agent_client_keep(struct agent_request *r, const struct gn_agent_client *c);
void agent_client_answer_made(struct agent_request *r, const struct gn_agent_client *c);

#endif
