/* A port of the home router for our socket: PCP and NAT-PMP (nat/pcp.h) with the router of the
 * default route, UPnP-IGD by a process of its own where that knows neither. What is mapped goes to
 * gather.c. IPv4. Rule RE-16.
 *
 *   OFF   -> ASK   [a default route, and our address there is a private one]
 *   ASK   -> HELD  [by PCP, NAT-PMP]
 *         -> CHILD [neither: the process is asked, once for each time that these have failed]
 *   CHILD -> HELD  [it has a mapping]   -> ASK [it has none; nat/pcp says when]
 *   any   -> OFF   [another network, or the end] */
#ifndef GN_NODE_MAP_H
#define GN_NODE_MAP_H

#include "nat/nat.h"
#include "os/os.h"
#include <uv.h>

struct gn_node;

/* The process: geonetd itself with other words (cmd/geonetd/upnp.c). */
struct gn_node_upnp {
	uv_process_t process;
	uv_pipe_t pipe;
	unsigned handles; /* of these, open: while there are any it cannot be asked */
	char line[128];   /* what it says */
	size_t len;
	gn_time end_at;  /* it is killed; GN_NEVER: it does not run */
	gn_time next_at; /* not asked before, where nat/pcp has found nothing */
	bool held;       /* `mapped`, until then */
	struct gn_addr mapped;
	gn_time renew_at, until;
};

struct gn_node_map {
	bool open, on; /* the socket is there; it is connected to the router, not OFF */
	int fd;
	uv_poll_t poll;
	bool told;                    /* something is to be read */
	struct gn_addr router, local; /* local: our address there, with the port that is mapped */
	struct gn_pcp pcp;
	struct gn_node_upnp upnp;
	struct gn_addr mapped; /* as it was told gather.c; port 0: nothing */
	gn_time until;
};

/* With the loop, once the engines are there. */
void gn_node_map_start(struct gn_node *node);
/* The machine's addresses and routes, at the start and when they changed. */
void gn_node_map_network(struct gn_node *node, const struct gn_os_net *net);
/* When to be called again. */
gn_time gn_node_map_tick(struct gn_node *node);
/* Gives the mapping back. */
void gn_node_map_end(struct gn_node *node);
/* After the loop. */
void gn_node_map_stop(struct gn_node *node);

/* ---- upnp.c ---- */

/* pcp has failed, or works again: asks the process where it is time to, and ends one that is late.
 * When to be called again. */
gn_time gn_node_upnp_tick(struct gn_node *node);
/* What it has mapped is given back by another process, for which nobody waits. */
void gn_node_upnp_end(struct gn_node *node);
/* What it says, "198.51.100.7:7777 7200" and the end of the line, which is written over; false: it
 * is something else. */
bool gn_node_upnp_read(char *line, struct gn_addr *addr, uint64_t *seconds);

#endif
