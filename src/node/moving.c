/* What changed under the node, told to whom it concerns: moving.h.
 *
 * 1. jet hears of it before its timers do: after a sleep no session ends for a silence that was
 *    ours.
 * 2. What is told to others is looked up anew, never put together from events. */
#include "node/node_int.h"

uint8_t gn_node_moving_own(const struct gn_node *node, struct gn_addr *out)
{
	struct gn_addr found[16];
	size_t count = 0;
	uint8_t n = 0;
	gn_os_local_addrs(found, GN_COUNT(found), &count);
	for (size_t i = 0; i < count && n < GN_CONTACT_ADDRS; i++) {
		found[i].port = gn_udp_port(node->udp);
		out[n++] = found[i];
	}
	return n;
}

static void on_told(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status;
	(void)events;
	gn_node_woken(node);
	node->moving.told = true;
}

/* Of the machine's addresses, as they are now. */
static void tell_addrs(struct gn_node *node)
{
	gather_net(&node->offers.gather, gn_os_net_watch_now(node->moving.watch),
		   gn_udp_port(node->udp), node->now);
	gn_node_lan_network(node, gn_os_net_watch_now(node->moving.watch));
	gn_node_map_network(node, gn_os_net_watch_now(node->moving.watch));
}

void gn_node_moving_start(struct gn_node *node)
{
	struct gn_node_moving *m = &node->moving;
	m->slept = gn_os_slept();
	if (gn_os_net_watch_open(&m->watch)) {
		gn_host_log(&node->host, GN_LOG_WARN, "network.unwatched",
			    "this machine does not tell when its addresses change (%s)",
			    gn_os_why());
		return;
	}
	uv_poll_init(&node->host.loop, &m->poll, gn_os_net_watch_fd(m->watch));
	m->poll.data = node;
	uv_poll_start(&m->poll, UV_READABLE, on_told);
	tell_addrs(node);
}

static bool look_at_sleep(struct gn_node_moving *m)
{
	gn_time slept = gn_os_slept(), before = m->slept;
	m->slept = slept;
	return slept - before >= GN_NODE_SLEPT;
}

static bool look_at_addrs(struct gn_node *node)
{
	struct gn_node_moving *m = &node->moving;
	if (!m->watch || (!m->told && gn_os_net_watch_deadline(m->watch) > node->now))
		return false;
	m->told = false;
	return gn_os_net_watch_turn(m->watch, node->now);
}

gn_time gn_node_moving_tick(struct gn_node *node)
{
	struct gn_node_moving *m = &node->moving;
	struct gn_addr own[GN_CONTACT_ADDRS];
	bool slept = look_at_sleep(m), moved = look_at_addrs(node);
	if (moved) {
		tell_addrs(node);
		if (!*node->config.advertise && !gn_node_policy_hidden(node))
			/* does nothing where they are the same */
			gn_overlay_addrs(node->overlay, own, gn_node_moving_own(node, own),
					 node->now);
	}
	if (slept || moved) {
		gn_host_log(&node->host, GN_LOG_INFO, "network.changed", "%s",
			    moved ? "this machine's addresses or routes are others now"
				  : "this machine has slept");
		gn_jet_network(node->jet, node->now);
		node->carriers.udp_at = node->now; /* UDP may pass here */
	}
	return m->watch ? gn_os_net_watch_deadline(m->watch) : GN_NEVER;
}

void gn_node_moving_stop(struct gn_node *node)
{
	gn_os_net_watch_close(node->moving.watch);
}
