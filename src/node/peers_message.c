/* A whole message goes to the engine that it is for, once its sender may ask so much. */
#include "node/peers_int.h"

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
		err = gn_relay_recv(node->relay, s->peer->era, from, &s->addr, message, node->now);
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
