/* Connections where UDP does not pass (RE-45): WebSocket over TLS, taken in and dialled. To ways.c
 * each is a link. */
#ifndef GN_NODE_CARRIERS_H
#define GN_NODE_CARRIERS_H

#include "host/host.h"
#include "net/net.h"
#include "node/limits.h"
#include "records/noderec.h"

struct gn_node;

struct gn_node_begin { /* a url that the node begins at */
	struct gn_noderec_url url;
	struct gn_pk pk; /* whose it is, as that node's record says; zeros: of the settings */
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
struct gn_node_call { /* a connection to a peer that is being dialled (dial.c) */
	struct gn_pk pk;
	struct gn_carrier *carrier; /* NULL: none is */
	uint32_t link;
};
struct gn_node_carriers {
	struct gn_wss *wss;   /* NULL: neither taken in nor dialled */
	struct gn_quic *quic; /* the same */
	struct gn_udp *quic_udp;
	uv_poll_t quic_poll;
	/* those of the settings first, then others' */
	struct gn_node_begin begins[GN_NODE_BEGINS + GN_NODE_URLS];
	unsigned begin_count, given;
	struct gn_node_call calls[GN_NODE_URL_CALLS];
	gn_time alone_since; /* no session over UDP is up; 0: one is */
	gn_time udp_at;      /* UDP is tried again then */
	/* others' urls (urls.c): when a record is looked up next, how long after the one before,
	 * and whose */
	gn_time ask_at, ask_every;
	uint32_t asked;
};

/* Is this a place to begin at by such a connection? */
static inline bool gn_node_carriers_url(const char *text)
{
	return strncmp(text, "wss://", 6) == 0 || strncmp(text, "quic://", 7) == 0;
}
/* Each event of jet: a session wants another connection, or has no use of it any more. */
void gn_node_carriers_event(struct gn_node *node, const struct gn_jet_event *e);
/* What net tells, at the time that is now. */
void gn_node_carriers_opened(struct gn_node *node, struct gn_carrier *c);
void gn_node_carriers_closed(struct gn_node *node, struct gn_carrier *c, gn_err why);
GN_MUST gn_err gn_node_carriers_open(struct gn_node *node, char why[GN_HOST_WHY]);
/* What the settings say: to begin at these. */
void gn_node_carriers_begin(struct gn_node *node);
/* Dials what is due; when to be called again. */
gn_time gn_node_carriers_tick(struct gn_node *node);
void gn_node_carriers_close(struct gn_node *node);

/* ---- quic_io.c ---- */

GN_MUST gn_err gn_node_quic_open(struct gn_node *node, const struct gn_carrier_events *events,
				 char why[GN_HOST_WHY]);
/* "quic://ADDRESS:PORT". GN_UNSUPPORTED: there is no socket for it; GN_TEXT, and what gn_quic_dial
 * says. */
GN_MUST gn_err gn_node_quic_dial(struct gn_node *node, const char *url, struct gn_carrier **out);
gn_time gn_node_quic_tick(struct gn_node *node);
void gn_node_quic_close(struct gn_node *node);

/* ---- connect.c ---- */

/* A connection to that node, at its url: gn_node_peers_circuit says that link is open, or is not
 * to be had. GN_LIMIT, and what gn_wss_dial says. */
GN_MUST gn_err gn_node_connect(struct gn_node *node, const struct gn_pk *pk, const char *url,
			       uint32_t *link);
/* Nobody waits for it any more. Nothing when no such connection is being dialled. */
void gn_node_connect_cancel(struct gn_node *node, uint32_t link);
/* What was dialled is open, or closed; link 0: nothing. */
struct gn_node_call gn_node_connect_over(struct gn_node *node, const struct gn_carrier *c);
/* At which url that link was dialled to begin there; NULL: it was not. */
const char *gn_node_connect_at(const struct gn_node *node, uint32_t link);

/* What net tells, on the loop; the time is known (carrier.h). */
void gn_node_carriers_opened(struct gn_node *node, struct gn_carrier *c);
void gn_node_carriers_closed(struct gn_node *node, struct gn_carrier *c, gn_err why);

/* ---- urls.c: of others ---- */

/* What a node's record says; kept as a place to begin at where there is room. */
void gn_node_urls_learn(struct gn_node *node, const struct gn_pk *pk, const char *url);
const char *gn_node_urls_of(const struct gn_node *node, const struct gn_pk *pk); /* or NULL */
/* Looks up what is due of linked nodes that take connections. */
gn_time gn_node_urls_tick(struct gn_node *node);

#endif
