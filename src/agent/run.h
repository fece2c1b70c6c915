/* geonet-agent: one person's agent. Keeps their keys, sessions and history, reaches the network
 * through a node, and serves their programs over app/1 (docs/spec/agent.md). */
#ifndef GN_AGENT_RUN_H
#define GN_AGENT_RUN_H

#include "host/host.h"

struct gn_agent_config {
	char data[512];    /* where the identity's key is; the agent's own lies in agent/ */
	char node[512];    /* the node's socket; "": DATA/app.sock, else the machine's */
	char socket[512];  /* its own; "": RUNTIME/geonet/agent.sock, else DATA/agent/agent.sock */
	char runtime[512]; /* $XDG_RUNTIME_DIR; "": none, or DATA is not the user's own place */
	char name[129];    /* of a person who is new here */
	char device_name[65];
	char log_file[512];
	uint16_t app;    /* loopback port of the app; 0: a free one */
	bool app_off;    /* none */
	bool start_wait; /* where there are no keys yet none are made before AgentStart */
	bool fresh_off;  /* boxes, presence and records are asked for as the node itself */
	enum gn_log_level log;
};
extern const struct gn_host_setting gn_agent_settings[];

/* Until it is stopped. why: a sentence that says what to do. */
GN_MUST gn_err gn_agent_run(const struct gn_agent_config *config, int ready_fd,
			    char why[GN_HOST_WHY]);

#endif
