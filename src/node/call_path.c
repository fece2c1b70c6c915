/* Calls about which ways sessions may take: rules said and shown, and what other calls bring of
 * their own (RE-11). */
#include "node/call.h"

#include "node/node_int.h"

static gn_fbref rule_put(struct gn_fbb *b, const struct gn_pk *pk, const struct gn_pk *contact,
			 const struct gn_policy *p)
{
	struct gn_fb_key key = gn_wire_key(pk), of = {{0}};
	char text[GN_NODE_POLICY_TEXT];
	if (contact)
		of = gn_wire_key(contact);
	gn_node_policy_text(p, text);
	struct gn_fb_node_path_rule_args args = {
		.key = &key, .rule = gn_str(text), .contact = contact ? &of : NULL};
	return gn_fb_node_path_rule_make(b, &args);
}

/* All rules; those about one node, or of one contact. */
static void answer(struct gn_node_request *r, const struct gn_pk *one, const struct gn_pk *contact)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_NODE,
						GN_FB_APP_NODE_BODY_NODE_PATH_IS};
	const struct gn_node_policies *s = &r->node->policies;
	gn_fbref rules[2 * GN_NODE_POLICIES];
	char own[GN_NODE_POLICY_TEXT];
	unsigned count = 0;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_node_policy_text(&s->own, own);
	for (uint32_t i = 0; i < s->by_key.count && !contact; i++) {
		const struct gn_pk *pk = gn_map_key_at(&s->by_key, i);
		if (!one || gn_pk_eq(one, pk))
			rules[count++] = rule_put(b, pk, NULL, gn_map_value_at(&s->by_key, i));
	}
	for (uint32_t i = 0; i < s->by_contact.count; i++) {
		const struct gn_node_policy_contact *c = gn_map_key_at(&s->by_contact, i);
		if ((!one || gn_pk_eq(one, &c->node)) &&
		    (!contact || gn_pk_eq(contact, &c->person)))
			rules[count++] = rule_put(b, &c->node, &c->person,
						  gn_map_value_at(&s->by_contact, i));
	}
	struct gn_fb_node_path_is_args args = {.own = gn_str(own), .rules = {rules, count}};
	gn_host_answer(&r->base, kind, gn_fb_node_path_is_make(b, &args));
}

/* A rule of a person, and which nodes are theirs. */
static gn_err set_of_contact(struct gn_node *node, struct gn_fb_node_path t,
			     const struct gn_policy *p)
{
	struct gn_pk nodes[GN_NODE_POLICY_NODES],
		person = gn_wire_key_get(gn_fb_node_path_contact(t));
	uint32_t count = gn_fb_node_path_nodes_len(t);
	if (count > GN_NODE_POLICY_NODES)
		return GN_USAGE;
	for (uint32_t i = 0; i < count; i++)
		nodes[i] = gn_wire_key_get(gn_fb_node_path_nodes_at(t, i));
	return gn_node_policy_of_contact(node, &person, gn_fb_node_path_listed(t) ? nodes : NULL,
					 count, p);
}

static const char *why_not(gn_err err)
{
	return err == GN_LIMIT   ? "there are as many rules as may be (256)"
	       : err == GN_USAGE ? "more nodes than one person's may be (4)"
				 : "the file of rules cannot be written";
}

gn_err gn_node_call_node_path(struct gn_node_request *r)
{
	struct gn_fb_node_path t = {r->base.table};
	struct gn_slice rule = gn_fb_node_path_rule(t);
	bool one = gn_fb_node_path_has_key(t), contact = gn_fb_node_path_has_contact(t);
	struct gn_pk pk = {{0}};
	struct gn_policy p;
	char why[GN_HOST_WHY];
	if ((rule.len && one == contact) || (one && contact))
		return GN_USAGE;
	if (one || contact)
		pk = gn_wire_key_get(one ? gn_fb_node_path_key(t) : gn_fb_node_path_contact(t));
	gn_err err = rule.len ? gn_node_policy_parse(rule, &p, why) : GN_OK;
	if (rule.len && !err) {
		err = one ? gn_node_policy_set(r->node, &pk, &p) : set_of_contact(r->node, t, &p);
		if (err)
			(void)!gn_host_why(why, err, "%s", why_not(err));
	}
	if (err)
		gn_host_error(&r->base, err == GN_TEXT ? GN_USAGE : err, "%s", why);
	else
		answer(r, one ? &pk : NULL, contact ? &pk : NULL);
	return GN_OK;
}

void gn_node_refuse_policy(struct gn_node_request *r)
{
	char rule[GN_HOST_WHY / 2];
	gn_node_policy_say(r->node, &r->peer, rule, sizeof rule);
	gn_host_error(&r->base, GN_POLICY, "there is no way to that node that %s allows", rule);
}

bool gn_node_hold_policy(struct gn_node_request *r, const struct gn_pk *pk, struct gn_slice rule)
{
	struct gn_policy p;
	char why[GN_HOST_WHY];
	static const struct gn_policy nothing;
	r->peer = *pk;
	if (rule.len && r->base.stranger) { /* it would hold for the owner's sessions, too */
		gn_host_error(&r->base, GN_DENIED, "rules about paths are the owner's to say");
		return false;
	}
	if (gn_node_policy_parse(rule, &p, why)) {
		gn_host_error(&r->base, GN_USAGE, "%s", why);
		return false;
	}
	r->hold = gn_node_policy_hold(r->node, pk, &p);
	if (!r->hold && memcmp(&p, &nothing, sizeof p) != 0) {
		gn_host_error(&r->base, GN_LIMIT, "as many calls have rules as may");
		return false;
	}
	if (gn_node_policy_any(r->node, pk) == GN_OK)
		return true;
	gn_node_refuse_policy(r);
	gn_node_let_policy(r);
	return false;
}
