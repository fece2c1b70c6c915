/* The subscriptions of the owner, and what waits for them: messages in the order they came, gaps,
 * and how the lease stands. Who does not take what comes loses the newest, and is told how many.
 *
 *   local:  begun [bus_sub_start] -> following [a root gave a lease] -> ended [bus_locals_end]
 *
 * Rules BS-14, BS-16. */
#include "services/bus/engine_int.h"

/* ---- filters of all together ---- */

static gn_err merge_filters(struct gn_bus *b, struct bus_view *v)
{
	struct gn_slice all[BUS_FILTERS];
	struct bus_filters *f = NULL;
	size_t n = 0;
	bool every = false;
	for (const struct bus_local *l = v->locals; l && !every; l = l->next) {
		every = l->filter_count == 0 || n + l->filter_count > BUS_FILTERS;
		for (size_t i = 0; i < l->filter_count && !every; i++)
			all[n++] = l->filters[i];
	}
	if (!every)
		GN_TRY(bus_filters_new(b, all, n, &f));
	gn_mem_free(b->env.alloc, v->filters);
	v->filters = f;
	for (unsigned i = 0; i < v->root_count; i++)
		v->roots[i].renew = b->now; /* roots are told */
	return GN_OK;
}

static bool passes(const struct bus_local *l, struct gn_slice subject)
{
	for (size_t i = 0; i < l->filter_count; i++)
		if (gn_subject_matches(l->filters[i], subject))
			return true;
	return l->filter_count == 0;
}

/* ---- life ---- */

static struct bus_local *local_new(struct gn_bus *b, const struct gn_bus_subscribe *s)
{
	size_t bytes = 0;
	for (size_t i = 0; i < s->filter_count; i++)
		bytes += s->filters[i].len;
	size_t table = s->filter_count * sizeof(struct gn_slice);
	struct bus_local *l = gn_mem_new(b->env.alloc, sizeof *l + table + bytes + s->token.len);
	if (!l)
		return NULL;
	l->filters = (struct gn_slice *)(void *)(l + 1);
	l->filter_count = s->filter_count;
	uint8_t *p = (uint8_t *)(l + 1) + table;
	for (size_t i = 0; i < s->filter_count; i++) {
		if (s->filters[i].len)
			memcpy(p, s->filters[i].p, s->filters[i].len);
		l->filters[i] = gn_slice(p, s->filters[i].len);
		p += s->filters[i].len;
	}
	if (s->token.len)
		memcpy(p, s->token.p, s->token.len);
	l->given = gn_slice(p, s->token.len);
	l->key = s->key;
	l->began = b->now;
	return l;
}

gn_err bus_sub_start(struct gn_bus *b, const struct gn_bus_subscribe *s, gn_op *op)
{
	struct bus_view *v;
	if (s->token.len > BUS_TOKEN_MAX || s->filter_count > 8 * BUS_FILTERS)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < s->filter_count; i++)
		GN_TRY(gn_subject_ok(s->filters[i], true));
	if (b->frame.ops.count >= BUS_OPS)
		return GN_LIMIT;
	GN_TRY(bus_view_need(b, &s->topic, &v));
	struct bus_local *l = local_new(b, s);
	gn_err err = !l ? GN_NOMEM : v->locals ? GN_OK : bus_keys_take(b, v, l);
	if (err != GN_OK || gn_frame_op_add(&b->frame, &l->op, OP_SUB) != GN_OK) {
		gn_mem_free(b->env.alloc, l);
		return GN_NOMEM;
	}
	l->view = v;
	if (v->locals &&
	    bus_keys_hears(v, l)) { /* a lease is here: what is kept was given with it */
		l->fresh = b->now + BUS_FRESH;
		v->again = true;
	}
	l->next = v->locals;
	v->locals = l;
	err = merge_filters(b, v);
	if (err != GN_OK) {
		bus_local_free(b, l);
		return err;
	}
	*op = l->op.id;
	bus_view_look_soon(b, v, v->rec ? GN_NEVER : b->now);
	bus_view_wake(b, v, b->now);
	return GN_OK;
}

static void item_free(struct gn_bus *b, struct bus_local *l, struct bus_item *it)
{
	size_t cost = sizeof *it + (it->message ? it->message->len : 0);
	GN_ASSERT(l->count > 0 && b->queue_bytes >= cost);
	l->count--;
	b->queue_bytes -= cost;
	bus_blob_drop(b, it->message);
	gn_mem_free(b->env.alloc, it);
}

/* Nobody follows: who will is new to all of it. */
static void forget(struct gn_bus *b, struct bus_view *v)
{
	GN_ASSERT(!v->locals);
	bus_links_end(b, v);
	while (v->seen.count)
		bus_seen_free(b, v, GN_MAP_AT(&v->seen, struct bus_seen *, 0));
}

void bus_local_free(struct gn_bus *b, struct bus_local *l)
{
	GN_ASSERT(l->view && l->view->locals);
	struct bus_view *v = l->view;
	for (struct bus_item *it = l->first, *next; it; it = next) {
		next = it->next;
		item_free(b, l, it);
	}
	struct bus_local **at = &v->locals;
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	gn_frame_op_remove(&b->frame, &l->op);
	gn_mem_free(b->env.alloc, l->heard);
	bus_token_drop(b, &l->right);
	gn_mem_free(b->env.alloc, l);
	v->used = b->now;
	if (v->freeing)
		return;
	bus_keys_gone(b, v);
	if (v->locals)
		(void)!merge_filters(b, v); /* else the old ones are a few too many */
	else
		forget(b, v);
	bus_view_wake(b, v, b->now);
}

void bus_locals_end(struct gn_bus *b, struct bus_view *v, gn_err err, struct gn_slice limit)
{
	for (struct bus_local *l = v->locals; l; l = l->next)
		bus_local_end(b, l, err, limit);
}

/* ---- what comes ---- */

static unsigned leases(const struct bus_view *v)
{
	unsigned n = 0;
	for (unsigned i = 0; i < v->root_count; i++)
		n += v->roots[i].leased;
	return n;
}

void bus_locals_changed(struct gn_bus *b, struct bus_view *v)
{
	for (struct bus_local *l = v->locals; l; l = l->next)
		if (bus_keys_hears(v, l) &&
		    (l->told_roots != leases(v) || l->told_subscribers != v->subscribers)) {
			l->changed = true;
			gn_frame_tell(&b->frame, &l->op);
		}
}

static void queue(struct gn_bus *b, struct bus_local *l, const struct bus_item *what)
{
	GN_ASSERT((l->first == NULL) == (l->last == NULL));
	size_t cost = sizeof *what + (what->message ? what->message->len : 0);
	struct bus_item *it = NULL;
	if (l->op.ended)
		return;
	if (l->count < BUS_QUEUE && b->queue_bytes + cost <= BUS_QUEUE_BYTES)
		it = gn_mem_new(b->env.alloc, sizeof *it);
	gn_frame_tell(&b->frame, &l->op);
	if (!it) {
		b->count.queue_full++;
		l->dropped++;
		return;
	}
	*it = *what;
	if (it->message)
		it->message = bus_blob_ref(it->message);
	if (l->last)
		l->last->next = it;
	else
		l->first = it;
	l->last = it;
	l->count++;
	b->queue_bytes += cost;
}

/* What somebody hears who is given values anew: each of them once. */
static void note_heard(struct gn_bus *b, struct bus_local *l, const struct bus_blob *m)
{
	if (l->fresh <= b->now || !(m->said.flags & GN_FB_BUS_FLAG_RETAINED))
		return;
	if (!l->heard)
		l->heard = gn_mem_new(b->env.alloc, BUS_RETAINED * sizeof *l->heard);
	if (l->heard)
		l->heard[l->heard_count++ % BUS_RETAINED] = bus_blob_id(m);
}

static bool has_heard(const struct bus_local *l, const struct bus_blob *m)
{
	struct gn_fb_bus_id id = bus_blob_id(m);
	for (unsigned i = 0; l->heard && i < BUS_RETAINED && i < l->heard_count; i++)
		if (bus_id_eq(&l->heard[i], &id))
			return true;
	return false;
}

void bus_locals_say(struct gn_bus *b, struct bus_view *v, struct bus_blob *m)
{
	GN_ASSERT(m->refs > 0);
	struct bus_item it = {.message = m};
	for (struct bus_local *l = v->locals; l; l = l->next)
		if (bus_keys_hears(v, l) && passes(l, m->said.subject)) {
			note_heard(b, l, m);
			queue(b, l, &it);
		}
}

bool bus_locals_fresh(const struct gn_bus *b, const struct bus_view *v)
{
	for (const struct bus_local *l = v->locals; l; l = l->next)
		if (l->fresh > b->now)
			return true;
	return false;
}

void bus_locals_say_fresh(struct gn_bus *b, struct bus_view *v, struct bus_blob *m)
{
	GN_ASSERT(m->refs > 0);
	struct bus_item it = {.message = m};
	for (struct bus_local *l = v->locals; l; l = l->next)
		if (l->fresh > b->now && bus_keys_hears(v, l) && passes(l, m->said.subject) &&
		    !has_heard(l, m)) {
			note_heard(b, l, m);
			queue(b, l, &it);
		}
}

void bus_locals_gap(struct gn_bus *b, struct bus_view *v, const struct bus_item *gap)
{
	GN_ASSERT(!gap->message && gap->count > 0);
	for (struct bus_local *l = v->locals; l; l = l->next)
		if (bus_keys_hears(v, l))
			queue(b, l, gap);
}

/* ---- events ---- */

static void show_item(struct gn_bus *b, struct bus_local *l, struct gn_bus_event *out)
{
	GN_ASSERT(l->first && l->count > 0);
	struct bus_item *it = l->first;
	l->first = it->next;
	if (!l->first)
		l->last = NULL;
	out->kind = it->message ? GN_BUS_SAID : GN_BUS_GAP;
	if (it->message) {
		GN_ASSERT(!b->shown);
		b->shown = bus_blob_ref(it->message);
		out->said = b->shown->said;
		const struct bus_seen *s =
			bus_seen_get(l->view, gn_said_key8(&out->said.publisher));
		if (s)
			out->token = gn_slice(s->token.bytes, s->token.len);
	} else {
		out->publisher = it->publisher;
		out->epoch = it->epoch;
		out->seq = it->seq;
		out->count = it->count;
	}
	item_free(b, l, it);
}

bool bus_local_event(struct gn_bus *b, struct bus_local *l, struct gn_bus_event *out)
{
	*out = (struct gn_bus_event){.op = l->op.id, .limit = ""};
	if (l->changed) {
		l->changed = false;
		out->kind = GN_BUS_FOLLOWING;
		out->roots = l->told_roots = leases(l->view);
		out->subscribers = l->told_subscribers = l->view->subscribers;
	} else if (l->first) {
		show_item(b, l, out);
	} else if (l->dropped) {
		out->kind = GN_BUS_GAP;
		out->count = l->dropped;
		l->dropped = 0;
	} else if (l->op.ended) {
		out->kind = GN_BUS_ENDED;
		out->err = l->op.err;
		out->limit = l->limit;
		return true; /* freed by the next call */
	} else {
		return false;
	}
	gn_frame_tell(&b->frame, &l->op);
	return true;
}
