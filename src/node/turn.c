/* STUN and TURN for others on the node's UDP socket: the engine (nat/turn_server) gets its
 * datagrams, time and sockets here. Whoever asks is told their address; whom the operator named
 * (turn-users in the data directory) has relays, each a socket of its own at a port of turn-ports.
 *
 * 1. A datagram is a client's when it comes from the address of an allocation; all others are
 *    strangers'. A client's bytes are counted for the allocation, both ways; for strangers our CPU
 *    time is, as measured, for all of them and for each prefix: who forges addresses can keep
 *    others from being told theirs, and nothing else.
 * 2. Strangers' load is nobody's who says hello (guard): a forged flood of STUN would make
 *    newcomers solve puzzles.
 * 3. A relay's socket lives from the engine's OPEN to its CLOSE, or until the node ends.
 * 4. Nothing is queued: what a socket does not take is lost, and counted.
 *
 * Rules RE-50, RE-51, RE-52. */
#include "node/turn_int.h"

#include <stdlib.h>

bool gn_node_stun_recv(struct gn_node *node, const struct gn_addr *from, struct gn_slice datagram)
{
	struct gn_turn_from way = {.addr = *from};
	if (!node->turn || !datagram.len)
		return false;
	bool stun = datagram.p[0] >> 4 == 0;
	if (!stun && !(gn_turn_is_channel(datagram) && gn_node_turn_is_client(node, &way)))
		return false;
	(void)!gn_node_turn_take(node, &way, datagram);
	return true;
}

gn_time gn_node_turn_tick(struct gn_node *node)
{
	struct gn_node_turn *t = node->turn;
	if (!t || !t->turn)
		return GN_NEVER;
	gn_turn_server_tick(t->server, node->now);
	gn_node_turn_events(node);
	if (node->now - t->looked >= GN_NODE_TURN_LOOK)
		gn_node_turn_look(node);
	gn_time at = gn_time_min(gn_node_turn_tcp_tick(node), t->looked + GN_NODE_TURN_LOOK);
	return gn_time_min(gn_turn_server_deadline(t->server), at);
}

/* ---- life ---- */

static gn_err read_users(struct gn_node *node, unsigned *count, char why[GN_HOST_WHY])
{
	static const char name[] = "turn-users";
	struct gn_buf text = {malloc(GN_NODE_TURN_FILE), 0, GN_NODE_TURN_FILE};
	char inner[GN_HOST_WHY];
	gn_err err = text.p ? gn_os_file_read(node->host.dir, name, &text) : GN_NOMEM;
	if (err == GN_NOT_FOUND)
		err = gn_host_why(why, GN_USAGE,
				  "turn = on needs %.200s/%s, with one NAME:PASSWORD a line, "
				  "which nobody but its owner may read (chmod 600)",
				  node->config.data, name);
	else if (err)
		err = gn_host_why(why, err, "cannot read %.200s/%.200s", node->config.data,
				  text.p ? gn_os_why() : name);
	else if ((err = gn_node_turn_users(node->turn->server, gn_buf_slice(&text), count, inner)))
		err = gn_host_why(why, err, "%.200s/%s: %.200s", node->config.data, name, inner);
	if (text.p)
		gn_wipe(text.p, text.len);
	free(text.p);
	return err;
}

static gn_err begin(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_node_turn *t = node->turn;
	struct gn_turn_server_config config = {.private_peers = node->config.turn_private};
	unsigned users = 0;
	t->stun = node->config.stun;
	t->turn = node->config.turn;
	t->salt = gn_rand_u64(node->env.rand);
	bool good = gn_node_turn_ports(node->config.turn_ports, &t->first, &t->last);
	GN_ASSERT(good); /* the table took it */
	gn_node_turn_look(node);
	config.v6 = !gn_is_zero(t->at6.ip, sizeof t->at6.ip);
	config.v4 = !gn_is_zero(t->at4.ip, sizeof t->at4.ip) || !config.v6;
	GN_TRY(gn_turn_server_new(&node->env, &config, &t->server));
	gn_node_turn_look(node);
	if (t->turn)
		GN_TRY(read_users(node, &users, why));
	if (node->config.turn_tcp && !t->turn)
		return gn_host_why(why, GN_USAGE,
				   "turn-tcp is a port of TURN, which turn = on has");
	if (node->config.turn_tcp)
		GN_TRY(gn_node_turn_tcp_new(node, why));
	if (t->turn)
		gn_host_log(&node->host, GN_LOG_INFO, "turn",
			    "%u may relay by this node, from UDP ports %u to %u%s", users, t->first,
			    t->last, config.private_peers ? ", also to private addresses" : "");
	return GN_OK;
}

gn_err gn_node_turn_new(struct gn_node *node, char why[GN_HOST_WHY])
{
	if (!node->config.stun && !node->config.turn)
		return GN_OK;
	node->turn = calloc(1, sizeof *node->turn);
	gn_err err = node->turn ? begin(node, why) : GN_NOMEM;
	if (err == GN_NOMEM)
		return gn_host_why(why, err, "not enough memory to start");
	return err;
}

void gn_node_turn_free(struct gn_node *node)
{
	struct gn_node_turn *t = node->turn;
	if (!t)
		return;
	gn_node_turn_tcp_free(node);
	gn_node_turn_close(node);
	gn_turn_server_free(t->server);
	free(t);
	node->turn = NULL;
}

bool gn_node_turn_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "node/turn_counters.def"
#undef X
	};
	const struct gn_node_turn *t = node->turn;
	if (!t)
		return false;
	if (i < GN_COUNT(names))
		return gn_counter_at(names, &t->count, GN_COUNT(names), i, out);
	return gn_turn_server_counter_at(t->server, i - GN_COUNT(names), out);
}
