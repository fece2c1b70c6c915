/* A whole message goes to the engine that it is for, once its sender may ask so much. */
#include "node/peers_int.h"
#include "wire/generated/box_fb.h"
#include "wire/generated/bus_fb.h"
#include "wire/generated/overlay_fb.h"

/* What is asked for a box, and not said by holders to each other. */
static bool asks_for_box(struct gn_slice message)
{
	struct gn_fb_box_message m;
	if (gn_fb_box_message_verify(message, &m))
		return false;
	switch (gn_fb_box_message_body_type(m)) {
	case GN_FB_BOX_MESSAGE_BODY_BOX_SHOW:
	case GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT:
	case GN_FB_BOX_MESSAGE_BODY_BOX_ASK:
	case GN_FB_BOX_MESSAGE_BODY_BOX_LIST:
	case GN_FB_BOX_MESSAGE_BODY_BOX_FETCH:
	case GN_FB_BOX_MESSAGE_BODY_BOX_WATCH:
	case GN_FB_BOX_MESSAGE_BODY_BOX_ACK: return true;
	default: return false;
	}
}

static bool asks_for_topic(struct gn_slice message)
{
	struct gn_fb_bus_frame m;
	if (gn_fb_bus_frame_verify(message, &m))
		return false;
	uint8_t type = gn_fb_bus_frame_body_type(m);
	return type == GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE ||
	       type == GN_FB_BUS_FRAME_BODY_BUS_PUBLISH;
}

/* A person's: what nodes put of themselves is theirs. */
static bool puts_record(struct gn_slice message)
{
	struct gn_fb_overlay_message m;
	struct gn_record r;
	if (gn_fb_overlay_message_verify(message, &m) ||
	    gn_fb_overlay_message_body_type(m) != GN_FB_OVERLAY_BODY_PUT ||
	    gn_wire_record_parse(gn_fb_put_record(gn_fb_overlay_message_body_as_put(m)), &r))
		return false;
	return r.type == GN_FB_RECORD_TYPE_IDENTITY || r.type == GN_FB_RECORD_TYPE_PREKEYS ||
	       r.type == GN_FB_RECORD_TYPE_BOX || r.type == GN_FB_RECORD_TYPE_TOPIC;
}

/* A holder that logs all it can (RE-55 is tried with it): who asks, and from where. */
static void log_asked(struct gn_node *node, const struct session *s, struct gn_slice message)
{
	char key[65], addr[GN_ADDR_TEXT_MAX];
	if (node->config.log != GN_LOG_DEBUG || message.len < 8)
		return;
	const char *what = asks_for_box(message)     ? "box.asked"
			   : asks_for_topic(message) ? "topic.asked"
			   : puts_record(message)    ? "record.put"
						     : NULL;
	if (!what)
		return;
	gn_hex(GN_SLICE(s->peer->pk.b), key);
	gn_addr_text(&s->addr, addr);
	gn_host_log(&node->host, GN_LOG_DEBUG, what, "by %s at %s", key, addr);
}

void peers_dispatch(struct gn_node *node, gn_jet_id id, struct session *s, struct gn_slice message)
{
	const struct gn_pk *from = &s->peer->pk;
	static const struct gn_addr relayed;
	gn_err err = GN_UNSUPPORTED;
	GN_ASSERT(s->up && s->peer->named);
	if (gn_node_admit(node, from, message)) {
		node->peers.count.over_share++;
		return;
	}
	(void)gn_lists_caused(node->lists); /* what was begun for ourselves */
	log_asked(node, s, message);
	if (message.len >= 8 && memcmp(message.p + 4, "GNOV", 4) == 0) {
		err = gn_overlay_recv(node->overlay, from, s->direct ? &s->addr : &relayed, message,
				      node->now);
		gn_node_caused(node, from);
	} else if (message.len >= 8 && memcmp(message.p + 4, "GNBK", 4) == 0) {
		err = gn_bundles_recv(node->bundles, from, &s->addr, message, node->now);
	} else if (message.len >= 8 && memcmp(message.p + 4, "GNBX", 4) == 0) {
		s->peer->heard = id;
		err = gn_box_recv(node->box, from, &s->addr, message, node->now);
		gn_node_caused_by_box(node, from);
	} else if (message.len >= 8 && memcmp(message.p + 4, "GNBS", 4) == 0) {
		s->peer->heard = id;
		err = gn_bus_recv(node->bus, from, &s->addr, message, node->now);
		gn_node_caused_by_bus(node, from);
	} else if (message.len >= 8 && memcmp(message.p + 4, "GNRL", 4) == 0) {
		err = !s->peer->era
			      ? GN_NOMEM /* it is none of the relay's */
			      : gn_relay_recv(node->relay, s->peer->era, from,
					      s->own ? &s->addr : &relayed, message, node->now);
		gn_node_caused_by_relay(node, from);
	} else if (message.len >= 8 && memcmp(message.p + 4, "GNDB", 4) == 0) {
		err = gn_dialback_recv(node->dialback, from, s->direct ? &s->addr : &relayed,
				       message, node->now);
	} else {
		node->peers.count.dropped_kind++;
	}
	if (err)
		return;
	gn_node_peers_used(node, id);
}
