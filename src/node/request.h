/* A request of the API or the gateway: host's, and what it waits for of the engines.
 *
 * 1. It waits for at most one operation, whose event goes to `done` of that engine.
 * 2. A request whose client went cancels what it waits for. */
#ifndef GN_NODE_REQUEST_H
#define GN_NODE_REQUEST_H

#include "host/call.h"
#include "overlay/overlay.h"
#include "services/box/box.h"
#include "services/bundles/bundles.h"
#include "services/bus/bus.h"
#include "services/names/names.h"

struct gn_node;
struct gn_node_gateway;
struct gn_node_request;

enum gn_node_engine {
	GN_OP_NONE,
	GN_OP_OVERLAY,
	GN_OP_NAMES,
	GN_OP_BUNDLES,
	GN_OP_BOX,
	GN_OP_BUS,
	GN_OP_PROOF,   /* of no engine: call_prove.c, */
	GN_OP_PING,    /* call_ping.c, */
	GN_OP_TUNNEL,  /* call_tunnel.c, */
	GN_OP_NETCHECK /* call_netcheck.c */
};

enum { /* begins an operation of the overlay, of which clients have a part (OV-72) */
       GN_NODE_ROUTE_OP = GN_HOST_ROUTE_OWN
};
enum {                                           /* of a call of app/1 */
       GN_NODE_CALL_OP = GN_HOST_CALL_OWN,       /* as GN_NODE_ROUTE_OP */
       GN_NODE_CALL_OWNER = 2 * GN_HOST_CALL_OWN /* for the node's owner alone */
};
struct gn_node_route {
	struct gn_host_route route;
	/* An error is answered with its own sentence. */
	gn_err (*run)(struct gn_node_request *r);
};

typedef void gn_node_overlay_done(struct gn_node_request *r, const struct gn_overlay_event *e);
typedef void gn_node_names_done(struct gn_node_request *r, const struct gn_names_event *e);
typedef void gn_node_bundles_done(struct gn_node_request *r, const struct gn_bundles_event *e);
/* last: nothing more comes of it */
typedef void gn_node_box_done(struct gn_node_request *r, const struct gn_box_event *e, bool last);
typedef void gn_node_bus_done(struct gn_node_request *r, const struct gn_bus_event *e);

struct gn_node_request {
	struct gn_host_request base;
	struct gn_node *node;
	gn_time started;
	union { /* by base.waits, an enum gn_node_engine */
		gn_node_overlay_done *overlay;
		gn_node_names_done *names;
		gn_node_bundles_done *bundles;
		gn_node_box_done *box;
		gn_node_bus_done *bus;
	} done;
	struct gn_node_gateway *gateway;
	struct gn_pk box_keys[2]; /* whose signatures it can give; zeros: none */
	struct gn_pk peer;        /* whom it is about, */
	uint64_t hold;            /* and its rule about paths (policy.h) */
	bool lasts;               /* call_netcheck.c: for the lifetime of flows, too */
	bool events;              /* events.c: it listens */
	bool reading;             /* call_file.c: it has one of node->readers */
	bool ended;               /* call_tunnel.c: it has written all; its tunnel is to hear it */
};

static inline struct gn_node_request *gn_node_request_of(struct gn_host_request *r)
{
	return r ? GN_CONTAINER(r, struct gn_node_request, base) : NULL;
}
/* All of them, the newest first. */
struct gn_node_request *gn_node_request_first(const struct gn_node *node);
struct gn_node_request *gn_node_request_next(const struct gn_node_request *r);

void gn_node_wait_overlay(struct gn_node_request *r, gn_op op, gn_node_overlay_done *done);
void gn_node_wait_names(struct gn_node_request *r, gn_op op, gn_node_names_done *done);
void gn_node_wait_box(struct gn_node_request *r, gn_op op, gn_node_box_done *done);
void gn_node_wait_bus(struct gn_node_request *r, gn_op op, gn_node_bus_done *done);
void gn_node_wait_bundles(struct gn_node_request *r, gn_op op, gn_node_bundles_done *done);
/* It is over: its rule about paths with it. */
void gn_node_let_policy(struct gn_node_request *r);
/* An engine's event goes to the request that waits for it, if one does. */
void gn_node_told_overlay(struct gn_node *node, const struct gn_overlay_event *e);
void gn_node_told_names(struct gn_node *node, const struct gn_names_event *e);
void gn_node_told_box(struct gn_node *node, const struct gn_box_event *e);
void gn_node_told_bus(struct gn_node *node, const struct gn_bus_event *e);
void gn_node_told_bundles(struct gn_node *node, const struct gn_bundles_event *e);
struct gn_tunnel_event;
void gn_node_told_tunnel(struct gn_node *node, const struct gn_tunnel_event *e);

/* Is it asked for under a throwaway key, and may it be? For whom (AP-18). session: SessionAs. */
struct gn_node_fresh_for;
bool gn_node_is_fresh(const struct gn_node_request *r, uint8_t session, uint64_t share,
		      struct gn_node_fresh_for *who);

/* A file that comes, into the blocks: r's data and data_end (api_sites.c). */
gn_err gn_node_ingest_data(struct gn_host_request *r, struct gn_slice data, size_t *taken);
void gn_node_ingest_end(struct gn_host_request *r);

/* host's hooks (api.c): what every answer and every refusal of the node has besides */
void gn_node_answer(struct gn_host_request *r, int status, const char *type, struct gn_slice body);
void gn_node_refuse(struct gn_host_request *r, gn_err err, const char *text);
void gn_node_explain(struct gn_host_request *r, gn_err err, const char *said, char *out,
		     size_t cap);
void gn_node_request_closed(struct gn_host_request *r);

#endif
