/* The node's calls of app/1. */
#ifndef GN_NODE_CALLS_H
#define GN_NODE_CALLS_H

#include "host/call.h"
#include "node/request.h"

extern const struct gn_host_calls gn_node_calls;
/* host's hook: a call was made. */
void gn_node_call_born(struct gn_host_request *r);
/* POST /api/v1/<area>/<call> */
gn_err gn_node_api_twin(struct gn_node_request *r);

#endif
