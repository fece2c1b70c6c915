/* QUIC's socket (RE-46): net's engine gets its datagrams and time here. A connection is a carrier
 * as any (carriers.c). What the socket does not take is lost, as in a network. */
#include "node/carriers.h"
#include "node/node_int.h"

static void flush(struct gn_node *node, unsigned rounds)
{
	struct gn_node_carriers *k = &node->carriers;
	struct gn_addr to;
	struct gn_slice packet;
	size_t sent;
	for (unsigned i = 0; i < rounds && gn_quic_next(k->quic, node->now, &to, &packet); i++)
		(void)!gn_udp_send(k->quic_udp, &to, packet, (uint16_t)packet.len, &sent);
}

static void on_datagram(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	struct gn_node *node = user;
	gn_quic_recv(node->carriers.quic, from, datagram, node->now);
	if (gn_quic_answers(node->carriers.quic)) /* there is room for one answer to a stranger */
		flush(node, 1);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status, (void)events;
	gn_node_woken(node);
	for (unsigned i = 0; i < GN_NODE_UDP_ROUNDS; i++)
		if (gn_udp_recv(node->carriers.quic_udp, on_datagram, node))
			break;
	flush(node, GN_NODE_QUIC_ROUNDS);
}

gn_err gn_node_quic_open(struct gn_node *node, const struct gn_carrier_events *events,
			 char why[GN_HOST_WHY])
{
	struct gn_node_carriers *k = &node->carriers;
	const struct gn_quic_config config = {
		.now = gn_os_wall(), .listen = node->config.quic != 0, .events = *events};
	gn_err err = gn_udp_open(node->config.quic, &k->quic_udp);
	if (err)
		return gn_host_why(why, err,
				   "UDP port %u cannot be opened for QUIC (%s): give another with "
				   "--quic PORT",
				   node->config.quic, gn_os_why());
	GN_TRY(gn_quic_new(&node->env, &config, &k->quic));
	uv_poll_init(&node->host.loop, &k->quic_poll, gn_udp_fd(k->quic_udp));
	k->quic_poll.data = node;
	uv_poll_start(&k->quic_poll, UV_READABLE, on_ready);
	return GN_OK;
}

gn_err gn_node_quic_dial(struct gn_node *node, const char *url, struct gn_carrier **out)
{
	struct gn_addr to;
	if (!node->carriers.quic)
		return GN_UNSUPPORTED;
	GN_TRY(gn_addr_parse(gn_str(url + sizeof "quic://" - 1), &to));
	return gn_quic_dial(node->carriers.quic, &to, NULL, node->now, out);
}

gn_time gn_node_quic_tick(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	if (!k->quic)
		return GN_NEVER;
	gn_quic_tick(k->quic, node->now);
	flush(node, GN_NODE_QUIC_ROUNDS);
	return gn_quic_deadline(k->quic);
}

void gn_node_quic_close(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	if (k->quic_udp && k->quic)
		uv_close((uv_handle_t *)&k->quic_poll, NULL);
	gn_quic_free(k->quic);
	gn_udp_close(k->quic_udp);
	k->quic = NULL;
	k->quic_udp = NULL;
}
