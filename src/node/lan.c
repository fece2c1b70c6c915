/* What discovery finds, told to the overlay: lan.h.
 *
 * 1. What is found is hearsay of whoever is on the link: an address to greet, by which its key is
 *    learnt; LAN_BOOTSTRAPS places of the overlay's at most, and none of the owner's addresses.
 * 2. Of those that have not answered the oldest gives way to who is new. */
#include "node/lan.h"
#include "node/node_int.h"
#include "node/reach.h"

/* Those of other proofs of work are another network (OV-2). */
static void network_of(const struct gn_node *node, uint8_t out[4])
{
	struct gn_hash hash;
	gn_sha256_tagged("geonet/network/1",
			 gn_slice(&node->config.pow_bits, sizeof node->config.pow_bits), &hash);
	memcpy(out, hash.b, 4);
}

static void on_told(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status;
	(void)events;
	gn_node_woken(node);
	node->lan.told = true;
}

static void say_why(struct gn_node *node, gn_err err)
{
	if (err)
		gn_host_log(&node->host, GN_LOG_WARN, "lan.off",
			    "nodes on this network are not found by themselves everywhere: %s",
			    gn_os_why());
}

void gn_node_lan_start(struct gn_node *node)
{
	struct gn_node_lan *l = &node->lan;
	uint8_t network[4];
	if (node->config.lan_off || gn_node_policy_hidden(node))
		return;
	gn_err err = gn_mdns_socket_open(&l->socket);
	say_why(node, err);
	if (err)
		return;
	network_of(node, network);
	gn_mdns_init(&l->mdns, &node->host.rand, network, gn_udp_port(node->udp));
	uv_poll_init(&node->host.loop, &l->poll, gn_mdns_socket_fd(l->socket));
	l->poll.data = node;
	uv_poll_start(&l->poll, UV_READABLE, on_told);
	if (node->moving.watch)
		gn_node_lan_network(node, gn_os_net_watch_now(node->moving.watch));
}

/* ---- where it is spoken ---- */

static struct gn_mdns_interface *interface_of(struct gn_mdns_interface *list, size_t *count,
					      uint32_t index)
{
	for (size_t i = 0; i < *count; i++)
		if (list[i].index == index)
			return &list[i];
	if (*count == MDNS_INTERFACES_MAX)
		return NULL;
	list[*count] = (struct gn_mdns_interface){.index = index};
	return &list[(*count)++];
}

static void drop(struct gn_node *node, unsigned i)
{
	struct gn_node_lan *l = &node->lan;
	if (!gn_node_reach_named(&l->found[i].addr))
		gn_overlay_bootstrap_drop(node->overlay, &l->found[i].addr);
	l->count--;
	memmove(&l->found[i], &l->found[i + 1], (l->count - i) * sizeof l->found[0]);
}

void gn_node_lan_network(struct gn_node *node, const struct gn_os_net *net)
{
	struct gn_node_lan *l = &node->lan;
	struct gn_mdns_interface list[MDNS_INTERFACES_MAX];
	size_t count = 0;
	for (size_t i = 0; i < net->count; i++) {
		const struct gn_os_net_addr *a = &net->addrs[i];
		struct gn_mdns_interface *on =
			a->lan ? interface_of(list, &count, a->interface) : NULL;
		if (!on || on->count == MDNS_ADDRESSES_MAX)
			continue;
		*(gn_addr_is_v4(&a->addr) ? &on->v4 : &on->v6) = true;
		on->addrs[on->count++] = a->addr;
	}
	for (unsigned i = l->count; i-- > 0;) {
		bool there = false;
		for (size_t k = 0; k < count; k++)
			there |= list[k].index == l->found[i].interface;
		if (!there)
			drop(node, i);
	}
	if (!l->socket)
		return;
	say_why(node, gn_mdns_socket_interfaces(l->socket, list, count));
	gn_mdns_interfaces(&l->mdns, list, count, node->now);
}

/* ---- what is found ---- */

static bool make_room(struct gn_node *node)
{
	struct gn_node_lan *l = &node->lan;
	gn_time when = 0;
	for (unsigned i = 0; l->count == LAN_BOOTSTRAPS && i < l->count; i++)
		if (!gn_overlay_bootstrap_answered(node->overlay, &l->found[i].addr, &when) ||
		    when == 0)
			drop(node, i);
	return l->count < LAN_BOOTSTRAPS;
}

void gn_node_lan_found(struct gn_node *node, const struct gn_mdns_found *found)
{
	struct gn_node_lan *l = &node->lan;
	char text[GN_ADDR_TEXT_MAX];
	gn_time when;
	for (unsigned i = 0; i < l->count; i++)
		if (gn_addr_eq(&l->found[i].addr, &found->addr))
			return;
	/* the owner's: it stays his */
	if (gn_overlay_bootstrap_answered(node->overlay, &found->addr, &when))
		return;
	if (!make_room(node) ||
	    gn_overlay_bootstrap(node->overlay, &found->addr, NULL, node->now)) {
		l->full++;
		return;
	}
	l->found[l->count++] = *found;
	gn_addr_text(&found->addr, text);
	gn_host_log(&node->host, GN_LOG_INFO, "lan.found", "a node on this network, at %s", text);
}

gn_time gn_node_lan_tick(struct gn_node *node)
{
	struct gn_node_lan *l = &node->lan;
	struct gn_mdns_found found;
	if (!l->socket)
		return GN_NEVER;
	if (l->told || gn_mdns_deadline(&l->mdns) <= node->now)
		gn_mdns_socket_turn(l->socket, &l->mdns, node->now);
	l->told = false;
	while (gn_mdns_next(&l->mdns, &found))
		gn_node_lan_found(node, &found);
	return gn_mdns_deadline(&l->mdns);
}

/* ---- the end ---- */

void gn_node_lan_end(struct gn_node *node)
{
	struct gn_node_lan *l = &node->lan;
	if (!l->socket)
		return;
	gn_mdns_stop(&l->mdns);
	gn_mdns_socket_turn(l->socket, &l->mdns, node->now);
}

void gn_node_lan_stop(struct gn_node *node)
{
	gn_mdns_socket_close(node->lan.socket);
}
