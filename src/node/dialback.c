/* How this node is reached, as dialback.h says.
 *
 * 1. Those asked are peers whose session goes to their own address, the linked ones first.
 * 2. What could not be found out changes nothing: what was found before stands. */
#include "node/peers_int.h"

/* Is it an address of this machine? */
static bool is_own(const struct gn_os_net *net, const struct gn_addr *addr)
{
	for (size_t i = 0; net && i < net->count; i++)
		if (memcmp(net->addrs[i].addr.ip, addr->ip, sizeof addr->ip) == 0)
			return true;
	return false;
}

static size_t list_peers(void *user, struct gn_dialback_peer *out)
{
	const struct gn_node *node = user;
	const struct gn_node_peers *p = &node->peers;
	const struct gn_os_net *net =
		node->moving.watch ? gn_os_net_watch_now(node->moving.watch) : NULL;
	size_t n = 0;
	for (unsigned linked = 2; linked-- > 0;) {
		for (uint32_t i = 0; i < p->by_key.count && n < GN_DIALBACK_PEERS; i++) {
			const struct peer *peer = GN_MAP_AT(&p->by_key, struct peer *, i);
			const struct session *s = gn_map_get(&p->by_session, &peer->session);
			if (peer->linked == linked && peer->up && s && s->direct)
				out[n++] = (struct gn_dialback_peer){.key = peer->pk,
								     .addr = s->addr,
								     .dials = true,
								     .here = is_own(net, &s->addr)};
		}
	}
	return n;
}

gn_err gn_node_dialback_new(struct gn_node *node, const struct gn_env *env)
{
	const struct gn_dialback_config config = {.node = node->key.pk,
						  .peers = list_peers,
						  .user = node,
						  .off = gn_node_policy_hides(node, NULL),
						  .hidden = gn_node_policy_hidden(node),
						  .count_local = node->config.guard_count_local};
	return gn_dialback_new(env, &config, node->now, &node->dialback);
}

void gn_node_dialback_ports(struct gn_node *node, uint16_t port, uint16_t second)
{
	struct gn_addr given;
	bool is_given = *node->config.advertise &&
			gn_addr_parse(gn_str(node->config.advertise), &given) == GN_OK;
	gn_dialback_ports(node->dialback, (const uint16_t[2]){port, 0}, is_given ? &given : NULL);
	gn_dialback_second(node->dialback, second);
}

void gn_node_dialback_seen(struct gn_node *node, const struct gn_addr *addr)
{
	struct gn_dialback_result last;
	gn_node_lifetime_network(node, addr);
	gn_dialback_last(node->dialback, &last);
	if (last.seen.port && gn_addr_is_v4(&last.seen) == gn_addr_is_v4(addr) &&
	    memcmp(last.seen.ip, addr->ip, sizeof addr->ip) != 0)
		gn_dialback_changed(node->dialback, node->now);
}

void gn_node_dialback_anew(struct gn_node *node)
{
	node->reached_since = 0;
	gn_node_homes_sure(node, GN_OVERLAY_REACH_UNKNOWN);
	gn_node_homes_guess(node);
	gn_dialback_changed(node->dialback, node->now);
}

static enum gn_overlay_reached reached_of(enum gn_dialback_reach reach)
{
	switch (reach) {
	case GN_DIALBACK_REACH_DIRECT: return GN_OVERLAY_REACH_DIRECT;
	case GN_DIALBACK_REACH_EASY: return GN_OVERLAY_REACH_EASY;
	case GN_DIALBACK_REACH_HARD: return GN_OVERLAY_REACH_HARD;
	case GN_DIALBACK_REACH_UNKNOWN: break;
	}
	return GN_OVERLAY_REACH_UNKNOWN;
}

static void measured(struct gn_node *node, const struct gn_dialback_result *r)
{
	enum gn_overlay_reached reached = reached_of(r->reach);
	if (reached == GN_OVERLAY_REACH_UNKNOWN)
		return;
	if (node->homes.reached != reached || !node->reached_since) {
		node->reached_since = node->now;
		node->status_moved = true;
	}
	gn_node_homes_sure(node, reached);
	if (r->told)
		gn_host_log(&node->host, GN_LOG_INFO, "reached",
			    "%s: strangers' packets came from %u of %u nodes",
			    gn_node_reached_text(node), r->came, r->told);
	else /* all are on this machine */
		gn_host_log(&node->host, GN_LOG_INFO, "reached", "%s", gn_node_reached_text(node));
}

static void send_packet(struct gn_node *node, const struct gn_dialback_out *out)
{
	size_t sent;
	const struct gn_slice bytes = GN_SLICE(out->bytes);
	if (out->spare) {
		if (node->outside.send_spare)
			node->outside.send_spare(node, &out->to, bytes);
	} else if (out->second && node->outside.send_second)
		node->outside.send_second(node, &out->to, bytes);
	else
		(void)!node->outside.send(node, &out->to, bytes, GN_DIALBACK_BYTES, &sent);
}

bool gn_node_dialback_pump(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_dialback_out out;
	struct gn_dialback_result result;
	bool any = false;
	for (unsigned i = 0;
	     i < GN_NODE_PUMP_ROUNDS && gn_dialback_next_message(node->dialback, &m);
	     i++, any = true)
		gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	for (unsigned i = 0;
	     i < GN_NODE_PUMP_ROUNDS && gn_dialback_next_packet(node->dialback, &out, node->now);
	     i++, any = true)
		send_packet(node, &out);
	if (gn_dialback_next_event(node->dialback, &result))
		measured(node, &result);
	gn_node_lifetime_tick(node);
	return any;
}

/* ---- in words ---- */

const char *gn_node_reached_text(const struct gn_node *node)
{
	switch (node->homes.reached) {
	case GN_OVERLAY_REACH_DIRECT: return "direct";
	case GN_OVERLAY_REACH_EASY: return "easy";
	case GN_OVERLAY_REACH_HARD: return "hard";
	case GN_OVERLAY_REACH_NO_UDP: return "no-udp";
	case GN_OVERLAY_REACH_UNKNOWN: break;
	}
	return "unknown";
}

const char *gn_node_rule_text(enum gn_dialback_rule rule)
{
	switch (rule) {
	case GN_DIALBACK_NONE: return "none";
	case GN_DIALBACK_ADDR: return "addr";
	case GN_DIALBACK_PORT: return "port";
	case GN_DIALBACK_UNKNOWN: break;
	}
	return "unknown";
}

/* open, full, addr | port, cg | sym, small | blocked, 443: the table of RE-71, without what is
 * guessed. */
unsigned gn_node_reached_kinds(const struct gn_node *node, unsigned *of)
{
	struct gn_dialback_result last;
	gn_dialback_last(node->dialback, &last);
	*of = 9;
	switch (node->homes.reached) {
	case GN_OVERLAY_REACH_DIRECT: return 7;
	case GN_OVERLAY_REACH_EASY: return last.filtering == GN_DIALBACK_ADDR ? 7 : 5;
	case GN_OVERLAY_REACH_HARD: return 3;
	case GN_OVERLAY_REACH_NO_UDP: return 0;
	case GN_OVERLAY_REACH_UNKNOWN: break;
	}
	*of = 0;
	return 0;
}
