/* Connections between whole nodes (whole.h), as net's are to a node: each is two carriers, what is
 * sent by one comes out of the other, and a url "wss://nK..." leads to node K. Time does not pass
 * on the way. Who runs the world moves them, too: wired_run. */
#ifndef GN_NODE_TESTING_WIRED_H
#define GN_NODE_TESTING_WIRED_H

#include "node/testing/whole.h"

#define WIRED_ENDS 64u
#define WIRED_ROOM 30000u
#define WIRED_FLIGHTS 4096u

struct wired;

struct wired_end {
	struct gn_carrier carrier;
	struct gn_way_info info;
	struct wired *all;
	unsigned node;
	struct wired_end *other;
	bool open, closed, proven;
	bool refuses; /* it has said that it takes some, and does not */
};
struct wired_flight {
	struct wired_end *to;
	size_t len;
	uint8_t bytes[1600];
};
struct wired {
	struct whole *w;
	struct wired_end ends[WIRED_ENDS];
	unsigned count; /* ends, always in pairs: who dialled first */
	struct wired_flight line[WIRED_FLIGHTS];
	unsigned first, last;
	bool down; /* nobody answers any more */
};

void wired_init(struct wired *all, struct whole *w);
/* Nodes dial urls by it from now on; one of a life that begins later is told again. */
void wired_dials(struct wired *all, unsigned node);
/* A connection, open at once; the dialling end. Nobody has begun a session by it. */
struct wired_end *wired_connect(struct wired *all, unsigned from, unsigned to);
/* As whole_run_for, with connections, and what the nodes dial by themselves. */
void wired_run(struct wired *all, gn_time span);
/* What was sent arrives. */
void wired_move(struct wired *all);

#endif
