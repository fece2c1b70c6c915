/* The record and the roots of a topic: looked up when somebody begins, every five minutes, and soon
 * after a root failed or says that it knows others.
 *
 *   new -> looking [bus_view_run_look] -> known [bus_view_looked]  -> looking [..]
 *                                      -> none  [there is no such record: who waits is told]
 *
 * Invariant: a record of another owner or label than was asked for is never taken. Rule BS-15. */
#include "services/bus/engine_int.h"

void bus_view_free(struct gn_bus *b, struct bus_view *v)
{
	GN_ASSERT(!v->freeing);
	v->freeing = true;
	bus_links_end(b, v);
	while (v->locals)
		bus_local_free(b, v->locals);
	while (v->posts)
		bus_post_free(b, v->posts, false);
	while (v->wills)
		bus_post_free(b, v->wills, false);
	while (v->seen.count)
		bus_seen_free(b, v, GN_MAP_AT(&v->seen, struct bus_seen *, 0));
	for (unsigned i = 0; i < v->own_count; i++) {
		bus_blob_drop(b, v->own[i].message);
		bus_token_drop(b, &v->own[i].token);
	}
	gn_frame_find_drop(&b->frame, &v->find);
	gn_frame_find_drop(&b->frame, &v->get);
	gn_heap_remove(&b->view_timers, &v->timer);
	bus_token_drop(b, &v->token);
	gn_map_fini(&v->seen);
	gn_mem_free(b->env.alloc, v->filters);
	gn_mem_free(b->env.alloc, v->rec);
	(void)gn_map_remove(&b->views, &v->topic);
	gn_mem_free(b->env.alloc, v);
}

/* ---- looking it up ---- */

/* Whoever holds the record is a root. */
static gn_err start_apart(struct gn_bus *b, struct bus_view *v,
			  const struct gn_get_options *options)
{
	GN_TRY(gn_apart_get(b->cfg.apart, &v->topic, options, b->now, &v->get));
	gn_err err = gn_frame_find_add(&b->frame, v->get, FIND_APART, v);
	if (err != GN_OK)
		v->get = 0;
	return err;
}

static gn_err start(struct gn_bus *b, struct bus_view *v)
{
	GN_ASSERT(!v->find && !v->get);
	struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_TOPIC};
	if (b->cfg.apart)
		return start_apart(b, v, &options);
	gn_err err = gn_overlay_find(b->cfg.overlay, &v->topic, BUS_ROOTS, b->now, &v->find);
	if (err == GN_OK)
		err = gn_frame_find_add(&b->frame, v->find, FIND_ROOTS, v);
	if (err != GN_OK) {
		v->find = 0;
		return err;
	}
	err = gn_overlay_get(b->cfg.overlay, &v->topic, &options, b->now, &v->get);
	if (err == GN_OK)
		err = gn_frame_find_add(&b->frame, v->get, FIND_RECORD, v);
	if (err != GN_OK) {
		v->get = 0;
		gn_frame_find_drop(&b->frame, &v->find);
	}
	return err;
}

gn_time bus_view_run_look(struct gn_bus *b, struct bus_view *v)
{
	if (v->find || v->get)
		return GN_NEVER;
	if (v->look > b->now)
		return v->look;
	b->count.looks++;
	if (start(b, v) == GN_OK) {
		v->look = b->now + (b->cfg.apart ? BUS_LOOK_APART : BUS_LOOK_EVERY);
		return GN_NEVER;
	}
	v->look = b->now + BUS_LOOK_AGAIN;
	return v->look;
}

/* Where we belong among them, when the answer left us out. */
static unsigned with_self(struct gn_bus *b, const struct bus_view *v,
			  const struct gn_overlay_event *e, struct gn_contact out[BUS_ROOTS + 1])
{
	struct gn_overlay_info info;
	uint64_t key = gn_ov_theta(v->topic.b);
	unsigned n = e->contact_count < BUS_ROOTS ? e->contact_count : BUS_ROOTS, at = 0;
	gn_overlay_info(b->cfg.overlay, &info);
	uint64_t own = gn_ov_sep(gn_ov_theta(info.self.id.b), key);
	bool there = !info.server || b->cfg.no_root;
	for (unsigned i = 0; i < n; i++) {
		out[i] = e->contacts[i];
		there = there || gn_pk_eq(&out[i].pk, &info.self.pk);
		at += gn_ov_sep(gn_ov_theta(out[i].id.b), key) < own;
	}
	if (there || at >= BUS_ROOTS)
		return n;
	memmove(&out[at + 1], &out[at], (n - at) * sizeof out[0]);
	out[at] = info.self;
	return n < BUS_ROOTS ? n + 1 : n;
}

static void end_lease(struct gn_bus *b, const struct bus_view *v, const struct bus_root *r)
{
	GN_ASSERT(v->root_count <= BUS_ROOTS);
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	struct gn_fbb *fbb = r->leased ? bus_message_begin(b, 0) : NULL;
	if (fbb)
		bus_message_end(b, &r->c, 0, GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE,
				gn_fb_bus_subscribe_make(
					fbb, &(struct gn_fb_bus_subscribe_args){.topic = &topic}));
}

static void take_roots(struct gn_bus *b, struct bus_view *v, const struct gn_overlay_event *e)
{
	struct gn_contact nodes[BUS_ROOTS + 1];
	struct bus_root roots[BUS_ROOTS];
	unsigned n = with_self(b, v, e, nodes);
	if (n == 0)
		return;
	memset(roots, 0, sizeof roots);
	for (unsigned i = 0; i < n; i++) {
		const struct bus_root *old = bus_view_root(v, &nodes[i].pk);
		if (old)
			roots[i] = *old;
		else if (v->root_count)
			bus_own_give(b, v, &nodes[i]);
		roots[i].c = nodes[i];
	}
	for (unsigned i = 0; i < v->root_count; i++) {
		bool stays = false;
		for (unsigned k = 0; k < n && !stays; k++)
			stays = gn_pk_eq(&roots[k].c.pk, &v->roots[i].c.pk);
		if (!stays)
			end_lease(b, v, &v->roots[i]);
	}
	memcpy(v->roots, roots, sizeof roots);
	v->root_count = n;
	v->set = bus_set_sum(nodes, n);
}

static gn_err take_record(struct gn_bus *b, struct bus_view *v, struct gn_slice record)
{
	struct gn_topicrec t;
	GN_TRY(gn_topicrec_open(record, &t));
	if (!gn_pk_eq(&t.owner, &v->names.owner) || !gn_slice_eq(t.label, v->names.label))
		return GN_MALFORMED;
	if (v->rec && v->rec->seq > t.seq)
		return GN_OK;
	if (!v->rec)
		v->rec = GN_NEW(b->env.alloc, struct gn_topicrec);
	if (!v->rec)
		return GN_NOMEM;
	*v->rec = t;
	v->rec->label = v->names.label;
	v->rec->before = (struct gn_before){.beyond = false}; /* it borrows */
	return GN_OK;
}

void bus_view_looked(struct gn_bus *b, struct bus_view *v, const struct gn_overlay_event *e,
		     bool roots)
{
	GN_ASSERT(v->root_count <= BUS_ROOTS);
	if (roots) {
		v->find = 0;
		take_roots(b, v, e);
	} else {
		v->get = 0;
		gn_err err = e->value_count    ? take_record(b, v, e->values[0].record)
			     : e->err != GN_OK ? e->err
					       : GN_NOT_FOUND;
		v->err = v->rec ? GN_OK : err;
	}
	if (v->find || v->get)
		return;
	v->looked = true;
	v->rec_at = b->now;
	for (struct bus_local *l = v->locals; l; l = l->next)
		l->look = b->now;
	if (!v->rec || !v->root_count) {
		gn_err err = v->err != GN_OK ? v->err : GN_UNREACHABLE;
		v->look = b->now + BUS_LOOK_AGAIN;
		bus_posts_failed(b, v, err);
		if (err != GN_UNREACHABLE)
			bus_locals_end(b, v, err, gn_slice(NULL, 0));
	}
	bus_view_wake(b, v, b->now);
}
