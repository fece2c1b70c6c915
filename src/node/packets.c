/* What a jet of this node has to send leaves, by whatever way: until it has nothing, or the socket
 * is full. A batch that the socket refused is kept and goes first next time, whosever it was. */
#include "node/packets.h"
#include "node/node_int.h"

bool gn_node_packets_send(struct gn_node *node, struct gn_jet *jet)
{
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && !node->udp_blocked; i++) {
		if (!node->packet_waiting) {
			node->packet_buf = (struct gn_buf){node->packet, 0, GN_NODE_BATCH};
			if (gn_jet_send(jet, &node->packet_buf, &node->packet_batch, node->now))
				break;
			node->packet_waiting = true;
		}
		any = true;
		size_t sent = 0;
		gn_err err = gn_node_ways_send(node, &node->packet_batch,
					       gn_buf_slice(&node->packet_buf), &sent);
		GN_ASSERT(sent <= node->packet_buf.len);
		node->packet_buf.p += sent;
		node->packet_buf.len -= sent;
		node->packet_buf.cap -= sent;
		node->udp_blocked = err == GN_AGAIN;
		/* other errors lose the packets, as a network may */
		node->packet_waiting = err == GN_AGAIN;
	}
	return any;
}
