/* The home router's part: map.h.
 *
 * 1. One socket, connected to the router: what comes from elsewhere the kernel drops.
 * 2. What is held lives until its lease ends, also while it is asked anew; another network ends it
 *    at once.
 * 3. A machine with a public address of IPv4 asks for nothing. */
#include "node/map.h"
#include "node/node_int.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH                                                                                      \
	8 /* datagrams of the router read at a time, so that a flood leaves the loop to others */

static void on_told(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status;
	(void)events;
	gn_node_woken(node);
	node->map.told = true;
}

void gn_node_map_start(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	m->upnp.end_at = GN_NEVER;
	if (node->config.nat_map_off)
		return;
	m->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (m->fd < 0)
		return; /* no IPv4: nothing to map */
	m->open = true;
	uv_poll_init(&node->host.loop, &m->poll, m->fd);
	m->poll.data = node;
	uv_poll_start(&m->poll, UV_READABLE, on_told);
}

/* ---- what is held ---- */

static void tell(struct gn_node *node, const struct gn_addr *addr, gn_time until, const char *by)
{
	struct gn_node_map *m = &node->map;
	char text[GN_ADDR_TEXT_MAX];
	bool same = gn_addr_eq(&m->mapped, addr);
	if (same && m->until == until)
		return;
	m->mapped = *addr;
	m->until = until;
	gather_mapped(&node->offers.gather, addr, until, node->now);
	if (same)
		return;
	gn_addr_text(addr, text);
	if (until)
		gn_host_log(&node->host, GN_LOG_INFO, "map.held",
			    "the router passes on what comes to %s, by %s", text, by);
	else
		gn_host_log(&node->host, GN_LOG_INFO, "map.gone",
			    "the router passes nothing on any more");
}

/* While nat/pcp asks anew, what it held is held. */
static void look_at_both(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	static const struct gn_addr none;
	if (m->pcp.state == GN_PCP_HELD)
		tell(node, &m->pcp.external, m->pcp.until,
		     m->pcp.protocol == GN_PCP_PCP ? "PCP" : "NAT-PMP");
	else if (m->upnp.held)
		tell(node, &m->upnp.mapped, m->upnp.until, "UPnP");
	else if (m->pcp.state == GN_PCP_NONE)
		tell(node, &none, 0, "");
}

/* ---- which router ---- */

/* Connects the socket; *local: our address on the way there. False: there is no way. */
static bool reach(const struct gn_node_map *m, const struct gn_addr *router, struct gn_addr *local)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(GN_PCP_PORT)}, own;
	socklen_t len = sizeof own;
	memcpy(&to.sin_addr, router->ip + 12, 4);
	(void)!connect(m->fd, &none, sizeof none); /* or it keeps the source address of before */
	return connect(m->fd, (const struct sockaddr *)&to, sizeof to) == 0 &&
	       getsockname(m->fd, (struct sockaddr *)&own, &len) == 0 &&
	       gn_os_addr((const struct sockaddr *)&own, local);
}

void gn_node_map_network(struct gn_node *node, const struct gn_os_net *net)
{
	struct gn_node_map *m = &node->map;
	const struct gn_os_net_router *r = &net->routers[0];
	struct gn_addr local = {.port = 0};
	static const struct gn_addr none;
	if (!m->open)
		return;
	bool before = m->on;
	m->on = r->interface && gn_addr_is_v4(&r->gateway) && reach(m, &r->gateway, &local) &&
		gn_addr_is_private(&local);
	local.port = gn_udp_port(node->udp);
	if (before && m->on && gn_addr_eq(&m->router, &r->gateway) && gn_addr_eq(&m->local, &local))
		return;
	m->router = r->gateway;
	m->local = local;
	m->upnp.held = false;
	m->upnp.next_at = 0;
	tell(node, &none, 0, "");
	if (m->on)
		gn_pcp_init(&m->pcp, &node->host.rand, &local, node->now);
}

/* ---- both ways ---- */

static void receive(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	uint8_t room[GN_PCP_MAX + 1];
	for (int i = 0; i < BATCH; i++) {
		ssize_t n = recv(m->fd, room, sizeof room, 0); /* an error is silence */
		if (n < 0)
			return;
		if (m->on)
			(void)!gn_pcp_recv(&m->pcp, gn_slice(room, (size_t)n), node->now);
	}
}

static void send_all(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	uint8_t room[GN_PCP_MAX];
	struct gn_slice out;
	while (gn_pcp_next(&m->pcp, room, sizeof room, node->now, &out))
		(void)!send(m->fd, out.p, out.len, 0); /* lost, as a network may */
}

gn_time gn_node_map_tick(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	if (!m->open)
		return GN_NEVER;
	if (m->told)
		receive(node);
	m->told = false;
	gn_time at = gn_node_upnp_tick(node);
	if (!m->on)
		return at;
	send_all(node);
	look_at_both(node);
	return gn_time_min(at, gn_pcp_deadline(&m->pcp));
}

/* ---- the end ---- */

void gn_node_map_end(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	if (!m->open || !m->on)
		return;
	gn_pcp_stop(&m->pcp, node->now);
	send_all(node);
	gn_node_upnp_end(node);
	m->on = false;
}

void gn_node_map_stop(struct gn_node *node)
{
	if (node->map.open)
		close(node->map.fd);
}
