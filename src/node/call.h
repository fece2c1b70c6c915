/* The node's calls of app/1, by file: calls.c has the table. The same functions serve a connection
 * and the twin in JSON (host/call.h). */
#ifndef GN_NODE_CALL_H
#define GN_NODE_CALL_H

#include "host/call.h"
#include "node/limits.h"
#include "node/request.h"

/* ---- call_table.c: what several of them answer with ---- */

/* How many of a list a call is given that asks for `limit`. */
unsigned gn_node_call_page(uint16_t limit);
/* The steps of a lookup, at most GN_NODE_STEPS, into out; how many. */
size_t gn_node_call_steps(struct gn_fbb *b, const struct gn_overlay_step *steps, uint32_t count,
			  gn_time start, gn_fbref out[GN_OVERLAY_TRACE]);
struct gn_node_lookup;
gn_fbref gn_node_call_lookup(struct gn_fbb *b, const struct gn_node_lookup *l);
/* of what the owner may know: its folder, its process */
gn_fbref gn_node_call_status(struct gn_fbb *b, struct gn_node *node, bool owner);
gn_fbref gn_node_call_peer(struct gn_fbb *b, struct gn_node *node, const struct gn_overlay_peer *p);

/* ---- call_node.c ---- */

gn_err gn_node_call_node_status(struct gn_node_request *r);
gn_err gn_node_call_node_shutdown(struct gn_node_request *r);
gn_err gn_node_call_node_peers(struct gn_node_request *r);
gn_err gn_node_call_node_lookups(struct gn_node_request *r);
gn_err gn_node_call_node_counters(struct gn_node_request *r);

/* ---- call_disk.c: what a picture of the disk needs besides ---- */

/* Where nodes stand: `known` of them, the first GN_NODE_DISK_NODES in `angles`. */
struct gn_node_places {
	uint32_t known;
	uint64_t angles[GN_NODE_DISK_NODES];
	uint32_t ticks[GN_NODE_DISK_TICKS];
};
void gn_node_places_add(struct gn_node_places *p, uint64_t angle);
gn_err gn_node_call_node_disk(struct gn_node_request *r);
gn_err gn_node_call_node_boxes(struct gn_node_request *r);

/* ---- call_ping.c ---- */

gn_err gn_node_call_node_ping(struct gn_node_request *r);
/* Answers what can be; when to be called again. */
gn_time gn_node_call_ping_tick(struct gn_node *node);

/* ---- call_tunnel.c ---- */

gn_err gn_node_call_tunnel_dial(struct gn_node_request *r);
gn_err gn_node_call_tunnel_listen(struct gn_node_request *r);

/* ---- call_path.c: rules about paths ---- */

gn_err gn_node_call_node_path(struct gn_node_request *r);
/* The call's rule for that peer holds until it is over. False: it was answered, since the rule is
 * none, or leaves no way. */
bool gn_node_hold_policy(struct gn_node_request *r, const struct gn_pk *pk, struct gn_slice rule);
/* Answered by POLICY, naming the rule. */
void gn_node_refuse_policy(struct gn_node_request *r);

/* ---- call_netcheck.c ---- */

gn_err gn_node_call_node_netcheck(struct gn_node_request *r);
gn_time gn_node_call_netcheck_tick(struct gn_node *node); /* as that of pings */

/* ---- call_give.c ---- */

gn_err gn_node_call_node_give(struct gn_node_request *r);
gn_err gn_node_call_node_refuse(struct gn_node_request *r);
gn_err gn_node_call_node_refused(struct gn_node_request *r);

/* ---- call_prove.c: is that key theirs? ---- */

#define GN_NODE_PROVEN 2
struct gn_node_prove {
	struct gn_pk box;     /* of roles of a box */
	struct gn_hash topic; /* of role 0 */
	struct gn_pk keys[GN_NODE_PROVEN];
	uint8_t roles[GN_NODE_PROVEN]; /* GN_BOXREC_READER and so on; 0: a follower of the topic */
	unsigned count;                /* 1 at least */
	gn_err (*then)(struct gn_node_request *r);
};
/* The call's connection is asked to sign; `then` goes on with the call. */
GN_MUST gn_err gn_node_prove(struct gn_node_request *r, const struct gn_node_prove *what);
/* r answers. GN_NOT_FOUND: this connection was not asked that; GN_SIGNATURE: it is asked still. */
GN_MUST gn_err gn_node_proven(const struct gn_node_request *r, uint64_t sign,
			      const struct gn_sig *sig);

/* ---- call_box.c ---- */

gn_err gn_node_call_box_send(struct gn_node_request *r);
gn_err gn_node_call_box_check(struct gn_node_request *r);
gn_err gn_node_call_box_follow(struct gn_node_request *r);
gn_err gn_node_call_box_take(struct gn_node_request *r);
gn_err gn_node_call_box_signed(struct gn_node_request *r);
gn_err gn_node_call_box_drop(struct gn_node_request *r);
gn_err gn_node_call_queue_work(struct gn_node_request *r);
gn_err gn_node_call_queue_more(struct gn_node_request *r);
gn_err gn_node_call_queue_end(struct gn_node_request *r);

/* ---- call_topic.c ---- */

gn_err gn_node_call_topic_publish(struct gn_node_request *r);
gn_err gn_node_call_topic_take_back(struct gn_node_request *r);
gn_err gn_node_call_topic_follow(struct gn_node_request *r);
gn_err gn_node_call_topic_signed(struct gn_node_request *r);

/* ---- call_record.c ---- */

gn_err gn_node_call_record_put(struct gn_node_request *r);
gn_err gn_node_call_record_get(struct gn_node_request *r);
gn_err gn_node_call_name_resolve(struct gn_node_request *r);
gn_err gn_node_call_name_put(struct gn_node_request *r);
gn_err gn_node_call_record_find(struct gn_node_request *r);

/* ---- call_site.c ---- */

gn_err gn_node_call_sites_list(struct gn_node_request *r);
gn_err gn_node_call_site_unpublish(struct gn_node_request *r);

/* ---- call_event.c ---- */

/* The log of events, and another epoch than in any life before; false: no memory. */
bool gn_node_call_tell_start(struct gn_node *node);
/* A session with that peer goes another way. */
void gn_node_call_tell_path(struct gn_node *node, const struct gn_pk *pk);
void gn_node_call_tell_link(struct gn_node *node, const struct gn_contact *peer, bool linked);
void gn_node_call_tell_lookup(struct gn_node *node); /* the last one */
/* How the node stands, when that moved (node->status_moved); when to be called again. */
gn_time gn_node_call_tell_tick(struct gn_node *node);

/* ---- call_file.c ---- */

gn_err gn_node_call_file_add(struct gn_node_request *r);
gn_err gn_node_call_file_get(struct gn_node_request *r);
gn_err gn_node_call_blocks_spread(struct gn_node_request *r);
gn_err gn_node_call_site_get(struct gn_node_request *r);
/* Its slot is free again; nothing when it had none. */
void gn_node_call_reading_end(struct gn_node_request *r);

#endif
