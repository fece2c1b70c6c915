/* The bus on the nodes of the world: the engine, and what liars make of its messages. */
#include "services/testing/world_int.h"

struct svc_bused { /* who asks for an exporter or a round trip */
	struct svc *s;
	unsigned node;
};
static struct svc_bused users[SVC_NODES];

static bool svc_bus_exporter(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	const struct svc_bused *u = user;
	struct gn_contact c = {.pk = *peer};
	(void)ours;
	return svc_session(u->s, u->node, svc_index(u->s, &c), out);
}

static gn_time svc_bus_rtt(void *user, const struct gn_pk *peer)
{
	const struct svc_bused *u = user;
	(void)peer;
	return 2 * u->s->opt.delay;
}

void svc_bused_start(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	if (!s->opt.bus)
		return;
	for (unsigned k = 0; k < s->count; k++)
		n->session[k] = s->nodes[k].session[i] = false;
	users[i] = (struct svc_bused){s, i};
	struct gn_bus_config bc = {.overlay = n->ov,
				   .node = n->sk.pk,
				   .exporter = svc_bus_exporter,
				   .rtt = svc_bus_rtt,
				   .user = &users[i],
				   .count_local = s->opt.bus_count_local,
				   .lists = n->lists,
				   .quota = n->quota};
	gn_err err = gn_bus_new(&n->env, &bc, s->now, &n->bus);
	GN_ASSERT(err == GN_OK);
}

void svc_bused_stop(struct svc *s, unsigned i)
{
	gn_bus_free(s->nodes[i].bus);
	s->nodes[i].bus = NULL;
}

bool svc_bused_pump(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	struct gn_overlay_message m;
	struct gn_bus_event e;
	bool any = false;
	if (!n->bus)
		return false;
	for (; gn_bus_next_message(n->bus, &m); any = true)
		svc_send(s, i, &m);
	for (; gn_bus_next_event(n->bus, &e); any = true)
		if (s->bus_event)
			s->bus_event(s->bus_user, i, &e);
	return any;
}
