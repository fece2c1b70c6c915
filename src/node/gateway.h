/* Sites over HTTP: gateway.c (what a site answers), gateway_page.c (what people read when it does
 * not), readers.c (whose turn it is). */
#ifndef GN_NODE_GATEWAY_INT_H
#define GN_NODE_GATEWAY_INT_H

#include "node/origin.h"
#include "node/request.h"

struct gn_node_gateway {
	struct gn_node_origin at; /* what the Host names */
	enum gn_node_visitor visitor;
	uint16_t port;
	char host[GN_ORIGIN_MAX]; /* as asked, without its port; empty: longer than any origin */
	uint64_t first, last, left;
	bool head_only, range;
	gn_op read;
	void (*go_on)(struct gn_node_request *r); /* once it has a slot */
	bool slot;                                /* it reads, or is about to */
	bool waiting;                             /* for a slot */
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

/* readers.c: true when it may read now; else it waits, and go_on is called. */
bool readers_enter(struct gn_node_request *r);
void readers_leave(struct gn_node_request *r);
void readers_wait(struct gn_node_request *r);

/* gateway.c: true when Host names a site (the request is the gateway's then). */
bool gn_node_gateway_take(struct gn_node_request *r);
void gn_node_gateway_free(struct gn_node_request *r);

/* gateway_page.c */
void gateway_page(struct gn_node_request *r, int status, const char *title, const char *text);
void gateway_busy(struct gn_node_request *r); /* 503 */

#endif
