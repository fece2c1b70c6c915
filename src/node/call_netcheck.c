/* A call that wants to know how this node is reached: measured, unless it was a minute ago, and
 * told with what its sessions show (RE-42).
 *
 *   called -> (measured: services/dialback) -> answered [it is over: 5 s at most] */
#include "node/call.h"
#include "node/peers_int.h"

#define RELAYS 8
#define LOOK (50 * GN_MSEC)

struct sessions {
	unsigned udp_4, udp_6, relayed, relay_count;
	struct relay_row {
		struct gn_pk key;
		struct gn_addr addr;
		gn_time rtt;
		bool home;
	} relays[RELAYS];
};

static bool is_before(const struct relay_row *a, const struct relay_row *b)
{
	return a->home != b->home ? a->home : a->rtt < b->rtt;
}

/* The nearest, homes first. */
static void add_relay(struct sessions *s, const struct relay_row *row)
{
	unsigned at = s->relay_count;
	while (at > 0 && is_before(row, &s->relays[at - 1]))
		at--;
	if (at == RELAYS)
		return;
	s->relay_count += s->relay_count < RELAYS;
	memmove(&s->relays[at + 1], &s->relays[at],
		(s->relay_count - 1 - at) * sizeof s->relays[0]);
	s->relays[at] = *row;
}

static void count_peer(const struct gn_node *node, const struct peer *peer, struct sessions *s)
{
	struct gn_jet_info info;
	if (!peer->up || gn_jet_info(node->jet, peer->session, &info))
		return;
	if (info.way.link) {
		s->relayed++;
		return;
	}
	if (gn_addr_is_v4(&info.way.addr))
		s->udp_4++;
	else
		s->udp_6++;
	if (peer->linked || peer->home)
		add_relay(s, &(struct relay_row){peer->pk, info.way.addr, info.srtt, peer->home});
}

static struct sessions look_at_sessions(const struct gn_node *node)
{
	struct sessions s = {0};
	for (uint32_t i = 0; i < node->peers.by_key.count; i++)
		count_peer(node, GN_MAP_AT(&node->peers.by_key, struct peer *, i), &s);
	return s;
}

static gn_fbref relay_put(struct gn_fbb *b, const struct relay_row *row)
{
	struct gn_fb_key key = gn_wire_key(&row->key);
	struct gn_fb_addr addr = gn_wire_addr(&row->addr, GN_FB_CARRIER_UDP);
	return gn_fb_node_netcheck_relay_make(b, &(struct gn_fb_node_netcheck_relay_args){
							 .key = &key,
							 .addr = &addr,
							 .rtt_us = (uint64_t)(row->rtt / GN_USEC),
							 .home = row->home});
}

static gn_fbref result_put(struct gn_fbb *b, const struct gn_node *node)
{
	struct sessions s = look_at_sessions(node);
	struct gn_dialback_result r;
	gn_fbref relays[RELAYS];
	unsigned of, kinds = gn_node_reached_kinds(node, &of);
	const struct gn_node_lifetime_of *known = gn_node_lifetime_now(node);
	gn_dialback_last(node->dialback, &r);
	struct gn_fb_addr seen = gn_wire_addr(&r.seen, GN_FB_CARRIER_UDP),
			  proven = gn_wire_addr(&r.proven, GN_FB_CARRIER_UDP);
	for (unsigned i = 0; i < s.relay_count; i++)
		relays[i] = relay_put(b, &s.relays[i]);
	struct gn_fb_node_netcheck_is_args args = {
		.reached = gn_str(gn_node_reached_text(node)),
		.why = gn_str(gn_dialback_why_text(r.why)),
		.mapping = gn_str(gn_node_rule_text(r.mapping)),
		.filtering = gn_str(gn_node_rule_text(r.filtering)),
		.asked = (uint8_t)r.asked,
		.told = (uint8_t)r.told,
		.came = (uint8_t)r.came,
		.seen = r.seen.port ? &seen : NULL,
		.proven = r.proven.port ? &proven : NULL,
		.age_s = r.at ? (uint64_t)((node->now - r.at) / GN_SEC) : 0,
		.udp_4 = s.udp_4,
		.udp_6 = s.udp_6,
		.relayed = s.relayed,
		.relays = {relays, s.relay_count},
		.kinds = (uint8_t)kinds,
		.kinds_of = (uint8_t)of,
		.port = node->udp ? gn_udp_port(node->udp) : 0,
		.lifetime_s = known ? known->seconds : 0,
		.lifetime_at = known ? known->at : 0,
		.keep_alive_s = (uint32_t)(node->lifetimes.keep / GN_SEC),
		.lifetime_why = gn_str(known ? "" : gn_node_lifetime_why(node))};
	return gn_fb_node_netcheck_is_make(b, &args);
}

static void answer(struct gn_node_request *r)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_NODE,
						GN_FB_APP_NODE_BODY_NODE_NETCHECK_IS};
	(void)gn_node_dialback_pump(r->node); /* what is over already is known to the node first */
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, kind, result_put(b, r->node));
}

gn_time gn_node_call_netcheck_tick(struct gn_node *node)
{
	bool running = gn_dialback_is_running(node->dialback), waits = false;
	struct gn_dialback_life life;
	gn_dialback_life(node->dialback, &life);
	for (struct gn_node_request *r = gn_node_request_first(node), *next; r; r = next) {
		next = gn_node_request_next(r);
		if (r->base.waits != GN_OP_NETCHECK)
			continue;
		waits = true;
		if (running || (r->lasts && life.why == GN_DIALBACK_LIFE_RUNNING))
			continue;
		gn_host_wait_end(&r->base);
		answer(r);
	}
	return running && waits ? node->now + LOOK : GN_NEVER;
}

gn_err gn_node_call_node_netcheck(struct gn_node_request *r)
{
	struct gn_fb_node_netcheck t = {r->base.table};
	bool measured = gn_dialback_now(r->node->dialback, r->node->now);
	r->lasts = gn_fb_node_netcheck_long(t) && gn_node_lifetime_measure(r->node);
	if (r->lasts)
		gn_host_lasts(&r->base);
	if (measured || r->lasts)
		gn_host_wait(&r->base, GN_OP_NETCHECK, ++r->node->pings);
	else
		answer(r);
	return GN_OK;
}
