/* Rules about paths, said and kept: policy.h.
 *
 *   said -> kept in the file `paths` -> what holds for a peer (policy.c) -> dial.c (what is tried),
 *           offers.c (what is told), jet (what is taken and sent)
 *
 * 1. A change is given to the sessions of that peer at once. One that has no path that is allowed
 *    ends, with a word.
 * 2. The file is written before an answer says that a rule holds; one that is wrong is set aside
 *    (NO-11). */
#include "node/peers_int.h"
#include "node/policy.h"

#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>

#define FILE_NAME "paths"
#define OF_CONTACT GN_NODE_POLICY_OF

/* ---- who has sessions ---- */

/* What is tried by a way that is not allowed any more ends; the attempt goes on. */
static void end_tries(struct gn_node *node, const struct peer *peer)
{
	for (unsigned i = 0; peer->dial && i < peer->dial->try_count; i++) {
		gn_jet_id id = peer->dial->tries[i].id;
		const struct session *s = id ? gn_map_get(&node->peers.by_session, &id) : NULL;
		if (!s || s->up)
			continue;
		const struct gn_way way = {s->addr, s->link};
		if (!gn_node_policy_lets(node, &peer->pk, &way))
			(void)!gn_jet_close(node->jet, id, 0, "", node->now);
	}
}

/* Who is dialled back for others is not known: it may be who must not see us. */
static void tell_dialback(struct gn_node *node)
{
	gn_dialback_off(node->dialback, gn_node_policy_hides(node, NULL),
			gn_node_policy_hidden(node));
}

static void tell_peer(struct gn_node *node, const struct gn_pk *pk)
{
	tell_dialback(node);
	const struct gn_map *all = &node->peers.by_session;
	const struct peer *peer = peers_of(node, pk);
	if (!peer)
		return;
	end_tries(node, peer);
	for (uint32_t i = 0; i < all->count; i++) {
		const struct session *s = gn_map_value_at(all, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(all, i);
		if (s->peer == peer && s->up && gn_node_policy_session(node, id, pk) == GN_OK)
			gn_node_offers_rule(node, id);
	}
}

void gn_node_policy_anew(struct gn_node *node)
{
	tell_dialback(node);
	const struct gn_map *all = &node->peers.by_session;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct session *s = gn_map_value_at(all, i);
		if (s->peer && s->peer->named && s->up)
			(void)gn_node_policy_session(
				node, *(const gn_jet_id *)gn_map_key_at(all, i), &s->peer->pk);
	}
}

/* ---- the file ---- */

static unsigned nodes_of(const struct gn_node_policies *s, const struct gn_pk *person)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < s->by_contact.count; i++) {
		const struct gn_node_policy_contact *c = gn_map_key_at(&s->by_contact, i);
		count += gn_pk_eq(&c->person, person);
	}
	return count;
}

static gn_err set_line(void *user, struct gn_slice name, struct gn_slice value, char *why,
		       size_t cap)
{
	struct gn_node_policies *s = user;
	struct gn_node_policy_contact of;
	struct gn_policy p;
	char inner[GN_HOST_WHY] = "a line is no node's key and a rule";
	bool person = name.len == 64 + OF_CONTACT && name.p[64] == '/';
	gn_err err = gn_unhex(person ? gn_slice(name.p, 64) : name, of.node.b, sizeof of.node.b);
	if (!err && person)
		err = gn_unhex(gn_slice(name.p + OF_CONTACT, 64), of.person.b, sizeof of.person.b);
	err = err ? err : gn_node_policy_parse(value, &p, inner);
	if (err) {
		snprintf(why, cap, "%.280s", inner);
		return GN_TEXT;
	}
	bool full = person && !gn_map_get(&s->by_contact, &of) &&
		    nodes_of(s, &of.person) == GN_NODE_POLICY_NODES;
	struct gn_policy *at = full     ? NULL
			       : person ? gn_map_put(&s->by_contact, &of)
					: gn_map_put(&s->by_key, &of.node);
	if (!at) {
		snprintf(why, cap, "it has more rules than may be");
		return GN_LIMIT;
	}
	*at = p;
	return GN_OK;
}

gn_err gn_node_policies_read(struct gn_node_policies *s, struct gn_slice text,
			     char why[GN_HOST_WHY])
{
	return gn_os_settings(text, set_line, s, why, GN_HOST_WHY);
}

gn_err gn_node_policy_read(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_buf text = {malloc(GN_NODE_POLICIES_TEXT), 0, GN_NODE_POLICIES_TEXT};
	char wrong[GN_HOST_WHY];
	gn_err err = text.p ? node->outside.kept(node, FILE_NAME, &text) : GN_NOMEM;
	if (err == GN_OK && gn_node_policies_read(&node->policies, gn_buf_slice(&text), wrong)) {
		gn_map_fini(&node->policies.by_key);
		gn_map_fini(&node->policies.by_contact);
		gn_node_policy_init(node);
		err = gn_node_list_set_aside(node, FILE_NAME, wrong, why);
	} else if (err == GN_NOT_FOUND) {
		err = GN_OK;
	} else if (err) {
		(void)!gn_host_why(why, err, "the file %s cannot be read", FILE_NAME);
	}
	free(text.p);
	return err;
}

static void put_line(struct gn_buf *out, const struct gn_pk *pk, const struct gn_pk *person,
		     const struct gn_policy *p)
{
	char hex[65], of[65] = "", rule[GN_NODE_POLICY_TEXT],
		      line[GN_NODE_POLICY_LINE + OF_CONTACT];
	gn_hex(GN_SLICE(pk->b), hex);
	if (person)
		gn_hex(GN_SLICE(person->b), of);
	gn_node_policy_text(p, rule);
	(void)snprintf(line, sizeof line, "%s%s%s = %s\n", hex, person ? "/" : "", of, rule);
	gn_err err = gn_buf_put(out, gn_str(line));
	GN_ASSERT(err == GN_OK);
}

void gn_node_policies_write(const struct gn_node_policies *s, struct gn_buf *out)
{
	const struct gn_map *all = &s->by_key, *of = &s->by_contact;
	gn_err err = gn_buf_put(out, gn_str("# What geonet path and geonet contacts path said.\n"));
	GN_ASSERT(err == GN_OK);
	for (uint32_t i = 0; i < all->count; i++)
		put_line(out, gn_map_key_at(all, i), NULL, gn_map_value_at(all, i));
	for (uint32_t i = 0; i < of->count; i++) {
		const struct gn_node_policy_contact *c = gn_map_key_at(of, i);
		put_line(out, &c->node, &c->person, gn_map_value_at(of, i));
	}
}

static gn_err keep(struct gn_node *node)
{
	struct gn_buf text = {malloc(GN_NODE_POLICIES_TEXT), 0, GN_NODE_POLICIES_TEXT};
	if (!text.p)
		return GN_NOMEM;
	gn_node_policies_write(&node->policies, &text);
	gn_err err = node->outside.keep(node, FILE_NAME, gn_buf_slice(&text));
	free(text.p);
	return err;
}

/* ---- what is said ---- */

gn_err gn_node_policy_set(struct gn_node *node, const struct gn_pk *pk, const struct gn_policy *p)
{
	struct gn_map *all = &node->policies.by_key;
	static const struct gn_policy nothing;
	const struct gn_policy *had = gn_map_get(all, pk);
	struct gn_policy before = had ? *had : nothing;
	if (memcmp(&before, p, sizeof before) == 0)
		return GN_OK;
	struct gn_policy *at = gn_map_put(all, pk);
	if (!at)
		return GN_LIMIT;
	*at = *p;
	if (memcmp(p, &nothing, sizeof *p) == 0)
		gn_map_remove(all, pk);
	gn_err err = keep(node);
	if (err && had && (at = gn_map_put(all, pk)))
		*at = before;
	else if (err)
		gn_map_remove(all, pk);
	else
		tell_peer(node, pk);
	return err;
}

/* Those of a person: taken out into nodes and rules (of GN_NODE_POLICY_NODES), or put. */
static unsigned take_contact(struct gn_map *all, const struct gn_pk *person, struct gn_pk *nodes,
			     struct gn_policy *rules)
{
	unsigned count = 0;
	for (uint32_t i = all->count; i-- > 0;) {
		struct gn_node_policy_contact key =
			*(const struct gn_node_policy_contact *)gn_map_key_at(all, i);
		if (!gn_pk_eq(&key.person, person))
			continue;
		GN_ASSERT(count < GN_NODE_POLICY_NODES);
		nodes[count] = key.node;
		rules[count++] = *(const struct gn_policy *)gn_map_value_at(all, i);
		gn_map_remove(all, &key);
	}
	return count;
}

static gn_err put_contact(struct gn_map *all, const struct gn_pk *person, const struct gn_pk *node,
			  const struct gn_policy *p)
{
	struct gn_node_policy_contact key = {*node, *person};
	struct gn_policy *at = gn_map_put(all, &key);
	if (at)
		*at = *p;
	return at ? GN_OK : GN_LIMIT;
}

gn_err gn_node_policy_of_contact(struct gn_node *node, const struct gn_pk *person,
				 const struct gn_pk *nodes, unsigned count,
				 const struct gn_policy *p)
{
	struct gn_map *all = &node->policies.by_contact;
	struct gn_pk was[GN_NODE_POLICY_NODES], none[GN_NODE_POLICY_NODES];
	struct gn_policy rules[GN_NODE_POLICY_NODES], lost[GN_NODE_POLICY_NODES];
	static const struct gn_policy nothing;
	gn_err err = GN_OK;
	if (nodes && count > GN_NODE_POLICY_NODES)
		return GN_USAGE;
	unsigned had = take_contact(all, person, was, rules);
	count = nodes ? count : had;
	nodes = nodes ? nodes : was;
	if (memcmp(p, &nothing, sizeof nothing) == 0)
		count = 0;
	for (unsigned i = 0; i < count && !err; i++)
		err = put_contact(all, person, &nodes[i], p);
	err = err ? err : keep(node);
	if (err) {
		(void)take_contact(all, person, none, lost);
		for (unsigned i = 0; i < had; i++)
			(void)!put_contact(all, person, &was[i], &rules[i]); /* they had room */
		return err;
	}
	for (unsigned i = 0; i < had; i++)
		tell_peer(node, &was[i]);
	for (unsigned i = 0; i < count; i++)
		tell_peer(node, &nodes[i]);
	return GN_OK;
}

uint64_t gn_node_policy_hold(struct gn_node *node, const struct gn_pk *pk,
			     const struct gn_policy *p)
{
	struct gn_node_policies *s = &node->policies;
	static const struct gn_policy nothing;
	uint64_t id = s->last + 1;
	struct gn_node_policy_user *u =
		memcmp(p, &nothing, sizeof *p) == 0 ? NULL : gn_map_put(&s->by_user, &id);
	if (!u)
		return 0;
	*u = (struct gn_node_policy_user){*pk, *p};
	s->last = id;
	tell_peer(node, pk);
	return id;
}

void gn_node_policy_turn(struct gn_node *node, uint64_t hold, const struct gn_pk *pk)
{
	struct gn_node_policy_user *u = gn_map_get(&node->policies.by_user, &hold);
	if (!u || gn_pk_eq(&u->pk, pk))
		return;
	struct gn_pk before = u->pk;
	u->pk = *pk;
	tell_peer(node, &before);
	tell_peer(node, pk);
}

void gn_node_policy_let_go(struct gn_node *node, uint64_t hold)
{
	const struct gn_node_policy_user *u =
		hold ? gn_map_get(&node->policies.by_user, &hold) : NULL;
	if (!u)
		return;
	struct gn_pk pk = u->pk;
	gn_map_remove(&node->policies.by_user, &hold);
	tell_peer(node, &pk);
}

/* ---- life ---- */

void gn_node_policy_init(struct gn_node *node)
{
	struct gn_node_policies *s = &node->policies;
	char why[GN_HOST_WHY];
	gn_map_init(&s->by_key, &node->env, sizeof(struct gn_pk), sizeof(struct gn_policy),
		    GN_NODE_POLICIES);
	gn_map_init(&s->by_contact, &node->env, sizeof(struct gn_node_policy_contact),
		    sizeof(struct gn_policy), GN_NODE_POLICIES);
	gn_map_init(&s->by_user, &node->env, sizeof(uint64_t), sizeof(struct gn_node_policy_user),
		    GN_NODE_TUNNELS + GN_NODE_POLICIES);
	(void)!gn_node_policy_parse(gn_str(node->config.path), &s->own,
				    why); /* config.c has read it */
}

void gn_node_policy_fini(struct gn_node *node)
{
	gn_map_fini(&node->policies.by_key);
	gn_map_fini(&node->policies.by_contact);
	gn_map_fini(&node->policies.by_user);
}
