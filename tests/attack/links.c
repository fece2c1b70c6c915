/* Identities that hold links with many nodes: what clients and turn share (attack.h). */
#include "attack.h"

#include <stdlib.h>

#define NODES 16

static struct {
	unsigned ports, linked, refused, unlinked;
	bool turn;
} links;

static enum gn_fb_node_mode mode_now(void)
{
	return links.turn ? GN_FB_NODE_MODE_SERVER : GN_FB_NODE_MODE_CLIENT;
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	(void)from;
	if (gn_fb_overlay_message_verify(bytes, &m))
		return;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	links.linked += type == GN_FB_OVERLAY_BODY_LINK_OK;
	links.refused += type == GN_FB_OVERLAY_BODY_LINK_NO;
	links.unlinked += type == GN_FB_OVERLAY_BODY_UNLINK;
	if (type == GN_FB_OVERLAY_BODY_LINK_OK && links.turn)
		send_ping(e, id, GN_FB_NODE_MODE_SERVER);
	if (type == GN_FB_OVERLAY_BODY_UNLINK)
		send_link(e, id, GN_FB_NODE_MODE_CLIENT);
	if (type == GN_FB_OVERLAY_BODY_PING)
		send_pong(e, id, gn_fb_overlay_message_request(m), mode_now());
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind == GN_JET_CONNECTED)
		send_link(e, event->id, GN_FB_NODE_MODE_CLIENT);
}

static bool all_answered(struct attack *a)
{
	return links.linked + links.refused >= a->count * links.ports;
}

int hold_links(struct attack *a, bool turn)
{
	uint16_t ports[NODES];
	const char *at = a->arg ? a->arg : "";
	links.turn = turn;
	for (char *end; links.ports < NODES; at = end) {
		unsigned long port = strtoul(at, &end, 10);
		if (end == at)
			break;
		ports[links.ports++] = (uint16_t)port;
	}
	for (unsigned i = 0; i < a->count; i++) {
		struct endpoint *e = endpoint_new(a, 5000 + i, NULL);
		e->on_message = on_message;
		e->on_event = on_event;
		for (unsigned k = 0; k < links.ports; k++) {
			struct gn_addr to = gn_addr_v4(127, 0, 0, 1, ports[k]);
			(void)endpoint_dial(e, &to);
		}
		(void)run(a, 2 * GN_MSEC, NULL);
	}
	(void)run(a, 15 * GN_SEC, all_answered);
	result("\"linked\": %u, \"refused\": %u, \"unlinked\": %u", links.linked, links.refused,
	       links.unlinked);
	return 0;
}
