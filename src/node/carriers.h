/* Connections where UDP does not pass (RE-45): WebSocket over TLS, taken in and dialled. To ways.c
 * each is a link. */
#ifndef GN_NODE_CARRIERS_H
#define GN_NODE_CARRIERS_H

#include "host/host.h"
#include "net/net.h"
#include "node/limits.h"

struct gn_node;

struct gn_node_begin {              /* a wss:// that the node begins at */
	const char *url;            /* of the settings */
	struct gn_carrier *carrier; /* NULL: none is there */
	bool open;
	uint32_t link; /* while it is open */
	/* another connection to there, for what must not wait (RE-8); NULL: none */
	struct gn_carrier *second;
	uint32_t second_link; /* 0: it is being dialled */
	gn_jet_id crowded;    /* the session that it is for */
	gn_time at;           /* to be dialled then */
	unsigned failures;
};
struct gn_node_carriers {
	/* gn_wss_dial, unless a test has another */
	gn_err (*dial)(struct gn_wss *wss, const char *url, const char *proxy,
		       struct gn_carrier **out);
	struct gn_wss *wss; /* NULL: neither taken in nor dialled */
	struct gn_node_begin begins[GN_NODE_BEGINS];
	unsigned begin_count;
	gn_time alone_since; /* no session over UDP is up; 0: one is */
};

/* Is this a place to begin at by such a connection? */
static inline bool gn_node_carriers_url(const char *text)
{
	return strncmp(text, "wss://", 6) == 0;
}
/* Each event of jet: a session wants another connection, or has no use of it any more. */
void gn_node_carriers_event(struct gn_node *node, const struct gn_jet_event *e);
/* What net tells, at the time that is now. */
void gn_node_carriers_opened(struct gn_node *node, struct gn_carrier *c);
void gn_node_carriers_closed(struct gn_node *node, struct gn_carrier *c, gn_err why);
GN_MUST gn_err gn_node_carriers_open(struct gn_node *node, char why[GN_HOST_WHY]);
/* Dials what is due; when to be called again. */
gn_time gn_node_carriers_tick(struct gn_node *node);
void gn_node_carriers_close(struct gn_node *node);

#endif
