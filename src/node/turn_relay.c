/* TURN's relays: from a client's or a stranger's message to a peer's datagram and back. The engine
 * (nat/turn_server) decides, here are its sockets: one for each relay, from the engine's OPEN to
 * its CLOSE. Rule RE-51; invariants in turn.c. */
#include "node/turn_int.h"

#include <stdlib.h>

#define OWN_MAX 32 /* addresses of this machine: as many as the engine keeps */

struct turn_relay {
	struct gn_node *node;
	struct turn_relay *next;
	uint32_t id;
	struct gn_turn_from client; /* whose it is */
	struct gn_udp *udp;
	uv_poll_t poll;
	gn_time full_at; /* the bucket of its bytes */
};

/* ---- where we are ---- */

/* Where others reach the node, there peers reach relays. How many are our own, those first. */
static size_t find_own(struct gn_node *node, struct gn_addr own[OWN_MAX])
{
	struct gn_node_turn *t = node->turn;
	struct gn_overlay_info o;
	size_t told, count;
	t->looked = node->now;
	t->at4 = t->at6 = (struct gn_addr){.port = 0};
	gn_overlay_info(node->overlay, &o);
	for (told = 0; told < o.self.addr_count; told++)
		own[told] = o.self.addrs[told];
	gn_os_local_addrs(own + told, OWN_MAX - told, &count);
	for (size_t i = 0; i < told + count; i++) {
		struct gn_addr *at = gn_addr_is_v4(&own[i]) ? &t->at4 : &t->at6;
		if (gn_is_zero(at->ip, sizeof at->ip))
			*at = own[i];
	}
	return told + count;
}

/* This machine's own addresses are no peers. */
void gn_node_turn_look(struct gn_node *node)
{
	static const struct gn_stun_server nowhere; /* one place alone: it need not be known */
	struct gn_addr own[OWN_MAX];
	size_t count = find_own(node, own);
	if (node->turn->server)
		gn_turn_server_moved(node->turn->server, &nowhere, own, count);
}

/* ---- relays ---- */

static bool relay_pays(struct gn_node *node, struct turn_relay *r, size_t len)
{
	const struct gn_rate rate = {GN_NODE_TURN_RATE, GN_SEC};
	if (!gn_gcra_ready(r->full_at, rate.burst, node->now)) {
		node->turn->count.rate++;
		return false;
	}
	if (!gn_node_give_turn(node, len)) {
		node->turn->count.off++;
		return false;
	}
	r->full_at = gn_gcra_take(r->full_at, rate, len + GN_NODE_TURN_EACH, node->now);
	return true;
}

static struct turn_relay *relay_of(const struct gn_node_turn *t, uint32_t id)
{
	struct turn_relay *r = t->relays;
	while (r && r->id != id)
		r = r->next;
	return r;
}

static bool is_of(const struct turn_relay *r, const struct gn_turn_from *way)
{
	return r->client.conn == way->conn &&
	       (way->conn || gn_addr_eq(&r->client.addr, &way->addr));
}

static struct turn_relay *relay_from(const struct gn_node_turn *t, const struct gn_turn_from *way)
{
	struct turn_relay *r = t->relays;
	while (r && !is_of(r, way))
		r = r->next;
	return r;
}

static bool send_by(struct gn_udp *udp, const struct gn_addr *to, struct gn_slice bytes)
{
	size_t sent;
	return gn_udp_send(udp, to, bytes, (uint16_t)bytes.len, &sent) == GN_OK;
}

static void give(struct gn_node *node, const struct gn_turn_out *out)
{
	struct gn_node_turn *t = node->turn;
	const struct turn_relay *r = out->to == GN_TURN_PEER ? relay_of(t, out->relay) : NULL;
	bool sent = true;
	if (!out->bytes.len) /* an empty datagram tells a peer nothing */
		return;
	if (r)
		sent = send_by(r->udp, &out->peer, out->bytes);
	else if (out->to == GN_TURN_CLIENT && out->client.conn)
		sent = t->tcp && t->to_conn(t->tcp, out->client.conn, out->bytes);
	else if (out->to == GN_TURN_CLIENT)
		sent = send_by(node->udp, &out->client.addr, out->bytes);
	t->count.unsent += !sent;
}

static void from_peer(void *user, const struct gn_addr *peer, struct gn_slice data)
{
	struct turn_relay *r = user;
	struct gn_turn_out out;
	struct gn_node_turn *t = r->node->turn;
	if (relay_pays(r->node, r, data.len) &&
	    gn_turn_server_relayed(t->server, r->id, peer, data, r->node->now, &t->room, &out) ==
		    GN_OK)
		give(r->node, &out);
}

static void relay_ready(uv_poll_t *poll, int status, int events)
{
	struct turn_relay *r = poll->data;
	struct gn_node *node = r->node;
	gn_err err = GN_OK;
	(void)status;
	(void)events;
	gn_node_woken(node);
	for (unsigned i = 0; i < GN_NODE_TURN_ROUNDS && err == GN_OK; i++)
		err = gn_udp_recv(r->udp, from_peer, r);
	if (err != GN_OK && err != GN_AGAIN)
		gn_turn_server_lost(node->turn->server, r->id);
	gn_node_turn_events(node);
}

static void relay_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void relay_close(struct turn_relay *r)
{
	struct turn_relay **at = &r->node->turn->relays;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	uv_close((uv_handle_t *)&r->poll, relay_closed);
	gn_udp_close(r->udp);
}

/* At this address of ours; where that is a router's, which sends on to us, at all of them. */
static gn_err bind_at(struct gn_addr at, struct gn_udp **out)
{
	struct gn_addr any = {.port = at.port};
	gn_err err = gn_udp_open_at(&at, out);
	if (gn_addr_is_v4(&at))
		any = gn_addr_v4(0, 0, 0, 0, at.port);
	return err == GN_OK || err == GN_PORT_TAKEN ? err : gn_udp_open_at(&any, out);
}

/* At a port that nobody can guess: which it is, is part of what keeps strangers out. */
static struct gn_udp *open_port(const struct gn_node *node, const struct gn_turn_server_event *e,
				struct gn_addr *at)
{
	const struct gn_node_turn *t = node->turn;
	uint32_t count = (uint32_t)t->last - t->first + 1;
	uint32_t from = (uint32_t)gn_rand_below(node->env.rand, count);
	struct gn_udp *udp;
	*at = e->v6 ? t->at6 : t->at4;
	for (uint32_t i = 0; i < GN_NODE_TURN_PORTS; i++) {
		at->port = (uint16_t)(t->first + (from + i) % count);
		if (e->even && at->port % 2)
			continue;
		gn_err err = bind_at(*at, &udp);
		if (err != GN_PORT_TAKEN)
			return err == GN_OK ? udp : NULL;
	}
	return NULL;
}

static struct turn_relay *relay_new(struct gn_node *node, const struct gn_turn_server_event *e,
				    struct gn_addr *at)
{
	struct turn_relay *r = calloc(1, sizeof *r);
	gn_node_turn_look(node);
	const struct gn_addr *told = e->v6 ? &node->turn->at6 : &node->turn->at4;
	bool here = !gn_is_zero(told->ip, sizeof told->ip);
	struct gn_udp *udp = r && here ? open_port(node, e, at) : NULL;
	if (!udp || uv_poll_init(&node->host.loop, &r->poll, gn_udp_fd(udp))) {
		gn_udp_close(udp);
		free(r);
		return NULL;
	}
	r->node = node;
	r->id = e->relay;
	r->udp = udp;
	r->poll.data = r;
	r->next = node->turn->relays;
	node->turn->relays = r;
	uv_poll_start(&r->poll, UV_READABLE, relay_ready);
	return r;
}

static void open_relay(struct gn_node *node, const struct gn_turn_server_event *e)
{
	struct gn_node_turn *t = node->turn;
	struct gn_turn_out out;
	struct gn_addr at;
	struct turn_relay *r = relay_new(node, e, &at);
	gn_err err = gn_turn_server_opened(t->server, e->relay, r ? &at : NULL, node->now, &t->room,
					   &out);
	if (r && err == GN_OK)
		r->client = out.client;
	else if (r)
		relay_close(r);
	give(node, &out);
}

void gn_node_turn_events(struct gn_node *node)
{
	struct gn_turn_server_event e;
	struct turn_relay *r;
	while (gn_turn_server_event(node->turn->server, &e))
		if (e.tell == GN_TURN_OPEN)
			open_relay(node, &e);
		else if ((r = relay_of(node->turn, e.relay)))
			relay_close(r);
}

/* ---- what comes ---- */

static bool is_served(const struct gn_node_turn *t, bool gives, struct gn_slice datagram)
{
	bool binding = datagram.len >= 2 && datagram.p[0] == 0 && datagram.p[1] == 1;
	return binding ? t->stun : t->turn && gives;
}

bool gn_node_turn_is_client(const struct gn_node *node, const struct gn_turn_from *way)
{
	return relay_from(node->turn, way) != NULL;
}

gn_err gn_node_turn_take(struct gn_node *node, const struct gn_turn_from *way,
			 struct gn_slice message)
{
	struct gn_node_turn *t = node->turn;
	struct turn_relay *client = relay_from(t, way);
	struct gn_turn_out out;
	if (!is_served(t, gn_node_give_turn(node, 0), message)) {
		t->count.off++;
		return GN_DENIED;
	}
	if (!(client ? relay_pays(node, client, message.len) : gn_node_turn_may(node, &way->addr)))
		return GN_LIMIT;
	gn_time began = node->outside.cpu();
	gn_err err = gn_turn_server_recv(t->server, way, message, node->now, &t->room, &out);
	give(node, &out);
	gn_node_turn_events(node);
	if (!client && !way->conn) /* of a connection it is charged with what else it takes */
		gn_node_turn_pays(node, &way->addr, node->outside.cpu() - began);
	return err;
}

void gn_node_turn_gone(struct gn_node *node, const struct gn_turn_from *way)
{
	gn_turn_server_gone(node->turn->server, way);
	gn_node_turn_events(node);
}

void gn_node_turn_close(struct gn_node *node)
{
	while (node->turn->relays)
		relay_close(node->turn->relays);
}
