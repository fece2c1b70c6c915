/* A topic that somebody here takes part in, and its roots. One that failed is left out for a while,
 * and they are looked up anew. Rule BS-15. */
#include "services/bus/engine_int.h"

struct bus_view *bus_view_get(const struct gn_bus *b, const struct gn_hash *topic)
{
	struct bus_view **at = gn_map_get(&b->views, topic);
	return at ? *at : NULL;
}

gn_err bus_view_need(struct gn_bus *b, const struct gn_bus_topic *t, struct bus_view **out)
{
	struct gn_hash topic;
	if (t->label.len > GN_SAID_SUBJECT)
		return GN_TOO_LARGE;
	GN_TRY(gn_subject_ok(t->label, false));
	gn_topicrec_key(&t->owner, t->label, &topic);
	struct bus_view *v = bus_view_get(b, &topic);
	if (v) {
		v->used = b->now;
		*out = v;
		return GN_OK;
	}
	if (b->views.count >= BUS_VIEWS)
		return GN_LIMIT;
	v = gn_mem_new(b->env.alloc, sizeof *v + t->label.len);
	struct bus_view **at = v ? gn_map_put(&b->views, &topic) : NULL;
	if (!at) {
		b->count.nomem++;
		gn_mem_free(b->env.alloc, v);
		return GN_NOMEM;
	}
	*at = *out = v;
	v->topic = topic;
	v->names.owner = t->owner;
	if (t->label.len)
		memcpy(v + 1, t->label.p, t->label.len);
	v->names.label = gn_slice(v + 1, t->label.len);
	v->used = b->now;
	gn_map_init(&v->seen, &b->env, sizeof(uint64_t), sizeof(void *), BUS_SEEN);
	bus_view_wake(b, v, b->now);
	return GN_OK;
}

void bus_view_wake(struct gn_bus *b, struct bus_view *v, gn_time at)
{
	if (v->timer.place && v->timer.at <= at)
		return;
	if (gn_heap_set(&b->view_timers, &v->timer, at) != GN_OK)
		b->count.nomem++;
}

void bus_view_look_soon(struct gn_bus *b, struct bus_view *v, gn_time at)
{
	v->look = gn_time_min(v->look, at);
	bus_view_wake(b, v, v->look);
}

struct bus_root *bus_view_root(struct bus_view *v, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < v->root_count; i++)
		if (gn_pk_eq(&v->roots[i].c.pk, pk))
			return &v->roots[i];
	return NULL;
}

void bus_view_root_failed(struct gn_bus *b, struct bus_view *v, struct bus_root *r)
{
	b->count.roots_failed++;
	r->bad_until = b->now + BUS_BAD;
	r->leased = r->asked = r->asked_before = r->signed_here = false;
	r->renew = 0;
	bus_view_look_soon(b, v, b->now + BUS_LOOK_SOON);
	bus_view_wake(b, v, b->now);
}

void bus_view_set(struct gn_bus *b, struct bus_view *v, uint64_t set)
{
	if (!set || set == v->set || set == v->set_tried)
		return;
	v->set_tried = set;
	bus_view_look_soon(b, v, b->now + BUS_LOOK_SOON);
}
