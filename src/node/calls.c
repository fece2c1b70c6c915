/* The node's calls of app/1: which there are, and who may make them. What they do stands in
 * call_*.c. Rules: docs/spec/app.md. */
#include "node/calls.h"

#include "node/call.h"
#include "node/node_int.h"

struct node_call {
	struct gn_host_call_route route;
	gn_err (*run)(struct gn_node_request *r);
};

enum { STREAM = GN_HOST_CALL_STREAM, OP = GN_NODE_CALL_OP, OWNER = GN_NODE_CALL_OWNER };

#define CALL(area, member, flags)                                                                  \
	{{GN_FB_APP_BODY_APP_##area, GN_FB_APP_##area##_BODY_##member}, flags}

static const struct node_call routes[] = {
	{CALL(NODE, NODE_STATUS, 0), gn_node_call_node_status},
	{CALL(NODE, NODE_SHUTDOWN, OWNER), gn_node_call_node_shutdown},
	{CALL(NODE, NODE_PEERS, OWNER), gn_node_call_node_peers},
	{CALL(NODE, NODE_LOOKUPS, OWNER), gn_node_call_node_lookups},
	{CALL(NODE, NODE_COUNTERS, 0), gn_node_call_node_counters},
	{CALL(NODE, NODE_PING, OP | OWNER), gn_node_call_node_ping},
	{CALL(NODE, NODE_NETCHECK, OWNER), gn_node_call_node_netcheck},
	{CALL(NODE, NODE_GIVE, OWNER), gn_node_call_node_give},
	{CALL(NODE, NODE_REFUSE, OWNER), gn_node_call_node_refuse},
	{CALL(NODE, NODE_REFUSED, OWNER), gn_node_call_node_refused},
	{CALL(NODE, NODE_PATH, OWNER), gn_node_call_node_path},
	{CALL(NODE, NODE_DISK, OWNER), gn_node_call_node_disk},
	{CALL(NODE, NODE_BOXES, OWNER), gn_node_call_node_boxes},
	{CALL(RECORD, RECORD_PUT, OP), gn_node_call_record_put},
	{CALL(RECORD, RECORD_GET, OP), gn_node_call_record_get},
	{CALL(RECORD, NAME_RESOLVE, OP), gn_node_call_name_resolve},
	{CALL(BOX, BOX_SEND, 0), gn_node_call_box_send},
	{CALL(BOX, BOX_CHECK, 0), gn_node_call_box_check},
	{CALL(BOX, BOX_FOLLOW, 0), gn_node_call_box_follow},
	{CALL(BOX, BOX_TAKE, 0), gn_node_call_box_take},
	{CALL(BOX, BOX_SIGNED, 0), gn_node_call_box_signed},
	{CALL(BOX, BOX_DROP, 0), gn_node_call_box_drop},
	{CALL(BOX, QUEUE_WORK, 0), gn_node_call_queue_work},
	{CALL(BOX, QUEUE_MORE, 0), gn_node_call_queue_more},
	{CALL(BOX, QUEUE_END, 0), gn_node_call_queue_end},
	{CALL(TOPIC, TOPIC_PUBLISH, 0), gn_node_call_topic_publish},
	{CALL(TOPIC, TOPIC_TAKE_BACK, 0), gn_node_call_topic_take_back},
	{CALL(TOPIC, TOPIC_FOLLOW, 0), gn_node_call_topic_follow},
	{CALL(TOPIC, TOPIC_SIGNED, 0), gn_node_call_topic_signed},
	{CALL(RECORD, NAME_PUT, OP), gn_node_call_name_put},
	{CALL(RECORD, RECORD_FIND, OP), gn_node_call_record_find},
	{CALL(FILE, SITES_LIST, OWNER), gn_node_call_sites_list},
	{CALL(FILE, SITE_UNPUBLISH, OWNER), gn_node_call_site_unpublish},
	{CALL(FILE, FILE_ADD, STREAM | OWNER), gn_node_call_file_add},
	{CALL(FILE, FILE_GET, STREAM), gn_node_call_file_get},
	{CALL(FILE, BLOCKS_SPREAD, OWNER), gn_node_call_blocks_spread},
	{CALL(FILE, SITE_GET, STREAM), gn_node_call_site_get},
	{CALL(TUNNEL, TUNNEL_DIAL, STREAM), gn_node_call_tunnel_dial},
	{CALL(TUNNEL, TUNNEL_LISTEN, STREAM), gn_node_call_tunnel_listen},
	{{{0, 0}, 0}, NULL},
};

void gn_node_call_born(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	r->node = base->api->user;
	r->started = r->node->now;
}

static gn_err run_call(struct gn_host_request *base)
{
	const struct node_call *call = (const void *)base->asked; /* its first member */
	struct gn_node_request *r = gn_node_request_of(base);
	if ((base->asked->flags & OWNER) && base->stranger)
		return GN_DENIED;
	gn_err full = base->asked->flags & OP ? gn_overlay_room(r->node->overlay) : GN_OK;
	if (!full)
		return call->run(r);
	gn_host_error(base, full, "as many operations run as clients may have at once");
	return GN_OK;
}

/* AP-14: records, names, what is read of files and sites; nothing of the node's or of others'. What
 * they bring as files would lie with the owner's own, so there is none of that. */
#define RIGHT(text) {(const uint8_t *)(text), sizeof(text) - 1}
static const struct gn_slice stranger_rights[] = {RIGHT("record/*"), RIGHT("name/*"),
						  RIGHT("site/*"),   RIGHT("box/*"),
						  RIGHT("topic/*"),  RIGHT("tunnel/*")};

static uint64_t unix_ms(void *user)
{
	return gn_node_unix(user) * 1000;
}

const struct gn_host_calls gn_node_calls = {.routes = routes,
					    .route_size = sizeof routes[0],
					    .role = GN_FB_APP_ROLE_NODE,
					    .software = "geonetd " GEONET_VERSION,
					    .unix_ms = unix_ms,
					    .stranger_rights = stranger_rights,
					    .stranger_right_count = GN_COUNT(stranger_rights),
					    .stranger_kinds = 1u << GN_FB_NODE_EVENT_KIND_STATUS,
					    .run = run_call};

gn_err gn_node_api_twin(struct gn_node_request *r)
{
	gn_host_twin(&r->base);
	return GN_OK;
}
