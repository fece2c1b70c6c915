/* Shared by gateway.c (what a site answers) and readers.c (whose turn it is). */
#ifndef GN_NODE_GATEWAY_INT_H
#define GN_NODE_GATEWAY_INT_H

#include "node/node_int.h"
#include "node/origin.h"

struct gn_node_gateway {
	struct gn_node_origin at; /* what the Host names */
	enum gn_node_visitor visitor;
	uint16_t port;
	char host[GN_ORIGIN_MAX]; /* as asked, without its port; empty: longer than any origin */
	uint64_t first, last, left;
	bool head_only, range;
	gn_op read;
	bool slot;          /* it reads, or is about to */
	bool waiting;       /* for a slot */
	bool small;         /* whose slot it is: of what fits into an answer's queue */
	gn_time since;      /* it first began to wait; 0: it has not */
	gn_time moved;      /* bytes of it last came, or it began to read */
	struct gn_pk owner; /* of the site, once the name is resolved */
	bool resolved;      /* owner and label are known */
	char label[256];
	uint64_t version;   /* 0: the one that is out */
	bool fresh, reload; /* the network is asked anew; whoever asks wants that */
	gn_time age;        /* of the oldest that came from a cache */
};

/* readers.c: true when it may read now; else it waits and gateway_open comes again. */
bool readers_enter(struct gn_node_request *r);
void readers_leave(struct gn_node_request *r);
void readers_wait(struct gn_node_request *r);

/* gateway.c: opens the site; with a slot it is served. */
void gateway_open(struct gn_node_request *r);

/* gateway_page.c */
void gateway_page(struct gn_node_request *r, int status, const char *title, const char *text);
void gateway_busy(struct gn_node_request *r); /* 503 */

#endif
