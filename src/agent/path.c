/* A rule about paths for a contact: said to the node, which keeps it for the nodes that the
 * person's identity record says are theirs, and keeps to it whether this agent runs or not
 * (RE-11, AG-72).
 *
 *   said -> the node has taken it, for those nodes that it knows -> kept with the contact
 *        -> their record is looked up, now and whenever they are -> the node hears which nodes
 *
 * 1. What the node did not take is not kept.
 * 2. Nodes that a newer record does not name are no longer meant. */
#include "agent/agent_int.h"

#include <string.h>

static const struct gn_app_kind node_path = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_PATH};

static void name_of(const struct gn_hash *chat, char out[80])
{
	memcpy(out, "path.", 5);
	gn_hex(GN_SLICE(chat->b), out + 5);
}

void agent_path_keep(struct gn_agent *a, const struct gn_people_contact *c, struct gn_slice rule)
{
	bool any = gn_slice_eq(rule, GN_LIT("any"));
	struct gn_agent_tx tx;
	char name[80];
	name_of(c->chat, name);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_meta_put(&tx, name, any ? gn_slice(NULL, 0) : rule);
	(void)agent_tx_end(a, &tx, err);
}

struct gn_slice agent_path_of(struct gn_agent *a, const struct gn_people_contact *c,
			      uint8_t out[AGENT_PATH_MAX])
{
	struct gn_buf b = {out, 0, AGENT_PATH_MAX};
	char name[80];
	name_of(c->chat, name);
	if (!a->db || gn_agent_meta_get(a->db, name, &b) != GN_OK)
		b.len = 0;
	return gn_buf_slice(&b);
}

/* ---- to the node ---- */

static void on_heard(void *user, const struct gn_host_client_event *e)
{
	struct gn_agent *a = user;
	if (e->what ==
	    GN_HOST_CLIENT_FAILED) /* it has what it had; the next lookup says it again */
		gn_host_log(&a->host, GN_LOG_WARN, "path", "a contact's rule: %s",
			    gn_err_text(e->fault.err));
}

static gn_err tell(struct gn_agent *a, const struct gn_fb_node_path_args *args,
		   gn_agent_link_fn *fn, void *user, uint64_t *call)
{
	if (!gn_agent_link_is_up(a->link))
		return GN_CLOSED;
	gn_fbref table = gn_fb_node_path_make(gn_agent_link_builder(a->link), args);
	return gn_agent_link_call(a->link, node_path, table, 0, fn, user, call);
}

gn_err agent_path_say(struct gn_agent *a, const struct gn_pk *owner, struct gn_slice rule,
		      gn_agent_link_fn *fn, void *user, uint64_t *call)
{
	struct gn_fb_key person;
	memcpy(person.b, owner->b, sizeof person.b);
	struct gn_fb_node_path_args args = {.rule = rule, .contact = &person};
	return tell(a, &args, fn, user, call);
}

void agent_path_known(struct gn_agent *a, const struct gn_identity *id)
{
	struct gn_people_contact c;
	struct gn_fb_key nodes[AGENT_PATH_NODES], person;
	uint8_t room[AGENT_PATH_MAX];
	uint32_t count = 0;
	uint64_t call;
	if (gn_people_get(a->people, &id->owner, &c) != GN_OK)
		return;
	struct gn_slice rule = agent_path_of(a, &c, room);
	if (!rule.len)
		return;
	for (size_t i = 0; i < id->key_count && count < AGENT_PATH_NODES; i++)
		if (id->keys[i].kind == GN_FB_MEMBER_KIND_NODE &&
		    id->keys[i].expires > agent_unix(a))
			memcpy(nodes[count++].b, id->keys[i].pk.b, sizeof nodes[0].b);
	memcpy(person.b, id->owner.b, sizeof person.b);
	struct gn_fb_node_path_args args = {
		.rule = rule, .contact = &person, .nodes = {nodes, count}, .listed = true};
	(void)!tell(a, &args, on_heard, a, &call);
}

void agent_path_gone(struct gn_agent *a, const struct gn_people_contact *c)
{
	uint8_t room[AGENT_PATH_MAX];
	uint64_t call;
	if (!agent_path_of(a, c, room).len)
		return;
	(void)!agent_path_say(a, c->owner, GN_LIT("any"), on_heard, a, &call);
	agent_path_keep(a, c, GN_LIT("any"));
}
