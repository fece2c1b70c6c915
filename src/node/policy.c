/* What holds for a peer: policy.h.
 *
 * 1. It is looked up when it is needed, of all rules that there are; nothing of it is kept.
 * 2. Where the node's own rule has no direct ways, who it begins at (the owner's word) and relays
 *    are reached directly all the same: it would reach nobody otherwise. Another's rule has no such
 *    exception. */
#include "node/policy.h"
#include "node/node_int.h"

#include <stdio.h>

/* ---- what holds ---- */

static unsigned ways_of(const struct gn_policy *p)
{
	return p->ways ? p->ways : (unsigned)GN_NODE_WAYS;
}

static void narrow(struct gn_policy_now *now, const struct gn_policy *p, unsigned allowed,
		   enum gn_node_rule rule)
{
	if (p->metered == GN_POLICY_NO || (p->metered == GN_POLICY_ASK && !now->confirmed))
		allowed &= ~(unsigned)GN_JET_ALLOW_METERED;
	if (now->allowed & ~allowed) {
		now->narrows = rule;
		now->rule = *p;
	}
	now->allowed &= allowed;
	now->relays = p->relays > now->relays ? p->relays : now->relays;
}

/* Who asks says that it may cost money. */
static bool is_confirmed(const struct gn_node_policies *s, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < s->by_user.count; i++) {
		const struct gn_node_policy_user *u = gn_map_value_at(&s->by_user, i);
		if (gn_pk_eq(&u->pk, pk) && u->policy.metered == GN_POLICY_YES)
			return true;
	}
	return false;
}

struct gn_policy_now gn_node_policy(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct gn_node_policies *s = &node->policies;
	const unsigned metered = GN_JET_ALLOW_METERED;
	struct gn_policy_now now = {.allowed = GN_JET_ALLOW_ALL, .confirmed = is_confirmed(s, pk)};
	unsigned given = gn_node_peers_given(node, pk) ? GN_NODE_NEAR | GN_JET_ALLOW_TLS : 0;
	narrow(&now, &s->own, ways_of(&s->own) | given | metered, GN_NODE_RULE_NODE);
	const struct gn_policy *peer = gn_map_get(&s->by_key, pk);
	if (peer)
		narrow(&now, peer, ways_of(peer) | metered, GN_NODE_RULE_PEER);
	for (uint32_t i = 0; i < s->by_contact.count; i++) {
		const struct gn_node_policy_contact *c = gn_map_key_at(&s->by_contact, i);
		const struct gn_policy *of = gn_map_value_at(&s->by_contact, i);
		if (gn_pk_eq(&c->node, pk))
			narrow(&now, of, ways_of(of) | metered, GN_NODE_RULE_CONTACT);
	}
	for (uint32_t i = 0; i < s->by_user.count; i++) {
		const struct gn_node_policy_user *u = gn_map_value_at(&s->by_user, i);
		if (gn_pk_eq(&u->pk, pk))
			narrow(&now, &u->policy, ways_of(&u->policy) | metered, GN_NODE_RULE_APP);
	}
	if (node->give.g.wish.metered && !(now.allowed & GN_JET_ALLOW_METERED))
		now.allowed = 0;
	return now;
}

static bool hides(const struct gn_policy *p)
{
	return p->ways && !(p->ways & GN_NODE_NEAR);
}

bool gn_node_policy_hides(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct gn_node_policies *s = &node->policies;
	if (pk)
		return !(gn_node_policy(node, pk).allowed & GN_NODE_NEAR);
	for (uint32_t i = 0; i < s->by_key.count; i++)
		if (hides(gn_map_value_at(&s->by_key, i)))
			return true;
	for (uint32_t i = 0; i < s->by_contact.count; i++)
		if (hides(gn_map_value_at(&s->by_contact, i)))
			return true;
	return hides(&s->own);
}

bool gn_node_policy_lets_kind(const struct gn_node *node, const struct gn_pk *pk, unsigned ways)
{
	return (gn_node_policy(node, pk).allowed & ways) != 0;
}

bool gn_node_policy_lets(const struct gn_node *node, const struct gn_pk *pk,
			 const struct gn_way *way)
{
	return !(gn_jet_needs(node->jet, way) & ~gn_node_policy(node, pk).allowed);
}

bool gn_node_policy_takes(const struct gn_node *node, const struct gn_way *from,
			  struct gn_slice datagram)
{
	unsigned ways = ways_of(&node->policies.own);
	return ways == GN_NODE_WAYS || !gn_jet_is_hello(datagram) ||
	       (gn_jet_needs(node->jet, from) & ways) || gn_jet_leads(node->jet, datagram);
}

gn_err gn_node_policy_any(const struct gn_node *node, const struct gn_pk *pk)
{
	return gn_node_policy_lets_kind(node, pk, GN_NODE_WAYS) ? GN_OK : GN_POLICY;
}

void gn_node_policy_say(const struct gn_node *node, const struct gn_pk *pk, char *out, size_t cap)
{
	static const char *const whose[] = {
		"no rule", "the rule of this node", "the rule of this node for that peer",
		"the rule for the contact whose node that is", "the rule of this call"};
	struct gn_policy_now now = gn_node_policy(node, pk);
	char text[GN_NODE_POLICY_TEXT];
	gn_node_policy_text(&now.rule, text);
	snprintf(out, cap, "%s (%s)%s", whose[now.narrows], text,
		 now.allowed                 ? ""
		 : node->give.g.wish.metered ? ", and bytes cost money here"
					     : "");
}

/* ---- sessions ---- */

gn_err gn_node_policy_session(struct gn_node *node, gn_jet_id id, const struct gn_pk *pk)
{
	struct gn_policy_now now = gn_node_policy(node, pk);
	gn_err err = gn_jet_allow(node->jet, id, now.allowed, node->now);
	if (err != GN_POLICY)
		return err;
	node->policies.refused++;
	(void)!gn_jet_close(node->jet, id, 0, "a rule about paths does not allow this one",
			    node->now);
	return GN_POLICY;
}

const char *gn_node_why_text(const struct gn_node *node, const struct gn_jet_info *info)
{
	bool by_need =
		info->kind == GN_WAY_WSS || info->kind == GN_WAY_QUIC || info->kind == GN_WAY_TURN;
	bool blocked = node->homes.reached == GN_OVERLAY_REACH_NO_UDP;
	return gn_jet_why_text(info->why == GN_JET_WHY_FIRST && by_need && blocked
				       ? GN_JET_WHY_UDP_BLOCKED
				       : info->why);
}
