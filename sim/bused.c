/* The bus engine beside each overlay, in runs that have one (with_bus), wired as a node wires
 * it. */
#include "sim.h"

#include <string.h>

static gn_time bus_rtt(void *user, const struct gn_pk *peer)
{
	const struct sim_who *w = user;
	const unsigned *to = gn_map_get(&w->s->by_pk, peer->b);
	return to ? sim_rtt(w->s, w->node, *to) : 0;
}

void sim_bused_start(struct sim *s, unsigned i)
{
	struct sim_node *n = &s->nodes[i];
	if (!s->with_bus)
		return;
	struct gn_bus_config cfg = {
		.overlay = n->ov, .node = n->sk.pk, .rtt = bus_rtt, .user = &n->who};
	n->who = (struct sim_who){s, i};
	gn_err err = gn_bus_new(&n->env, &cfg, s->now, &n->bus);
	GN_ASSERT(err == GN_OK);
}

void sim_bused_stop(struct sim *s, unsigned i)
{
	gn_bus_free(s->nodes[i].bus);
	s->nodes[i].bus = NULL;
}

static bool is_bus(struct gn_slice m)
{
	return m.len >= 8 && memcmp(m.p + 4, "GNBS", 4) == 0;
}

bool sim_bused_pump(struct sim *s, unsigned i)
{
	struct sim_node *n = &s->nodes[i];
	struct gn_overlay_message m;
	struct gn_bus_event e;
	struct gn_fb_bus_frame f;
	bool moved = false;
	while (gn_bus_next_message(n->bus, &m)) {
		gn_err err = gn_fb_bus_frame_verify(m.bytes, &f);
		GN_ASSERT(err == GN_OK);
		s->bus_copies += gn_fb_bus_frame_body_type(f) == GN_FB_BUS_FRAME_BODY_BUS_DELIVER;
		s->bus_messages++;
		sim_message(s, i, &m);
		moved = true;
	}
	while (gn_bus_next_event(n->bus, &e))
		if (s->on_bus)
			s->on_bus(s, i, &e);
	if (s->opt.validate)
		gn_bus_validate(n->bus);
	return moved;
}

bool sim_bused_recv(struct sim *s, unsigned i, unsigned from, struct gn_slice bytes)
{
	struct sim_node *n = &s->nodes[i], *peer = &s->nodes[from];
	if (!n->bus || !is_bus(bytes))
		return false;
	(void)gn_bus_recv(n->bus, &peer->sk.pk, &peer->addr, bytes, s->now);
	return true;
}
