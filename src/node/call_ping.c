/* A call that wants to know whether a node is there: a session with it, by whatever way there is,
 * and one round trip on it.
 *
 *   called -> (dialled: dial.c) -> asked [gn_jet_ping] -> answered | over [patience]
 *
 * Whatever moves turns the loop, and each turn looks (gn_node_call_ping_tick). Rule RE-42. */
#include "node/call.h"

#include "node/node_int.h"

#define PATIENCE 15000u /* ms */
#define PATIENCE_MAX 60000u
#define LOOK (100 * GN_MSEC) /* at whether it is over */

struct pinging { /* of a request */
	struct gn_pk pk;
	bool had;                /* a session, when it was called */
	gn_time over, connected; /* connected: 0: it had */
	gn_time asked;           /* 0: not yet */
	gn_jet_id session;       /* on which */
	gn_time again;           /* what was tried failed: another try is made then */
};

/* An ask on the session that there is now, when that is another one than before. */
static void ask(const struct gn_node_request *r, struct pinging *p)
{
	struct gn_node *node = r->node;
	gn_jet_id session = gn_node_peers_session(node, &p->pk);
	if (!session || session == p->session || gn_jet_ping(node->jet, session, node->now))
		return;
	if (!p->had && !p->connected)
		p->connected = node->now - r->started;
	p->session = session;
	p->asked = node->now;
}

static void answer(struct gn_node_request *r, const struct pinging *p,
		   const struct gn_jet_info *info)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_NODE,
						GN_FB_APP_NODE_BODY_NODE_PING_IS};
	const struct gn_node_circuit *c = gn_node_ways_circuit(r->node, info->way.link);
	struct gn_fb_key key = gn_wire_key(&p->pk), relay;
	struct gn_fb_addr addr = gn_wire_addr(&info->way.addr, GN_FB_CARRIER_UDP);
	if (c)
		relay = gn_wire_key(&c->relay);
	char rule[GN_NODE_POLICY_TEXT];
	struct gn_policy_now now = gn_node_policy(r->node, &p->pk);
	gn_node_policy_text(&now.rule, rule);
	struct gn_fb_node_ping_is_args args = {.key = &key,
					       .addr = &addr,
					       .rtt_us = (uint64_t)(info->rtt_last / GN_USEC),
					       .connect_us = (uint64_t)(p->connected / GN_USEC),
					       .carrier = gn_str(gn_way_kind_text(info->kind)),
					       .why = gn_str(gn_node_why_text(r->node, info)),
					       .paths = info->paths,
					       .relay = c ? &relay : NULL,
					       .indirect =
						       gn_str(gn_jet_indirect_text(info->indirect)),
					       .rule = gn_str(now.narrows ? rule : "")};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_wait_end(&r->base);
	gn_node_let_policy(r);
	gn_host_answer(&r->base, kind, gn_fb_node_ping_is_make(b, &args));
}

/* When to look again. */
static gn_time look(struct gn_node_request *r)
{
	struct pinging *p = gn_host_state(&r->base, sizeof *p);
	const struct gn_node *node = r->node;
	struct gn_jet_info info;
	ask(r, p);
	/* none yet, or the one on which it was asked has ended */
	if (!gn_node_peers_session(node, &p->pk) && node->now >= p->again) {
		p->again = node->now + GN_SEC;
		(void)!gn_node_peers_reach(r->node, &p->pk);
	}
	if (p->asked && gn_jet_info(node->jet, p->session, &info) == GN_OK &&
	    info.rtt_at > p->asked) {
		answer(r, p, &info);
		return GN_NEVER;
	}
	if (node->now < p->over)
		return gn_time_min(p->over, node->now + LOOK);
	gn_host_wait_end(&r->base);
	if (!p->asked && gn_node_policy(r->node, &p->pk).narrows)
		gn_node_refuse_policy(r);
	else
		gn_host_error(&r->base, GN_TIMEOUT,
			      p->asked ? "it is connected and does not answer"
				       : "no way to that node was found: neither it nor a relay "
					 "that it named answers");
	gn_node_let_policy(r);
	return GN_NEVER;
}

gn_time gn_node_call_ping_tick(struct gn_node *node)
{
	gn_time at = GN_NEVER;
	for (struct gn_node_request *r = gn_node_request_first(node), *next; r; r = next) {
		next = gn_node_request_next(r);
		if (r->base.waits == GN_OP_PING)
			at = gn_time_min(at, look(r));
	}
	return at;
}

gn_err gn_node_call_node_ping(struct gn_node_request *r)
{
	struct gn_fb_node_ping t = {r->base.table};
	uint32_t patience = gn_fb_node_ping_patience_ms(t);
	struct pinging *p = gn_host_state(&r->base, sizeof *p);
	if (!p)
		return GN_NOMEM;
	patience = !patience ? PATIENCE : patience < PATIENCE_MAX ? patience : PATIENCE_MAX;
	p->pk = gn_wire_key_get(gn_fb_node_ping_key(t));
	p->over = r->node->now + patience * GN_MSEC;
	p->had = gn_node_peers_session(r->node, &p->pk) != 0;
	if (gn_pk_eq(&p->pk, &r->node->key.pk)) {
		gn_host_error(&r->base, GN_USAGE, "this is the node's own key");
		return GN_OK;
	}
	if (gn_node_hold_policy(r, &p->pk, gn_fb_node_ping_rule(t)))
		gn_host_wait(&r->base, GN_OP_PING, ++r->node->pings);
	return GN_OK;
}
