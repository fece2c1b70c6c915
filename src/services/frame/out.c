#include "services/frame/out.h"

static void push(struct gn_frame_queue *q, struct gn_frame_message *m)
{
	if (q->last)
		q->last->next = m;
	else
		q->first = m;
	q->last = m;
	q->bytes += m->cap;
}

static struct gn_frame_message *pop(struct gn_frame_queue *q)
{
	GN_ASSERT((q->first == NULL) == (q->last == NULL));
	struct gn_frame_message *m = q->first;
	if (!m)
		return NULL;
	q->first = m->next;
	if (!q->first)
		q->last = NULL;
	GN_ASSERT(q->bytes >= m->cap);
	q->bytes -= m->cap;
	return m;
}

static void free_all(struct gn_frame_out *o, struct gn_frame_queue *q)
{
	for (struct gn_frame_message *m; (m = pop(q));)
		gn_mem_free(o->alloc, m);
}

void gn_frame_out_free(struct gn_frame_out *o)
{
	free_all(o, &o->control);
	free_all(o, &o->bulk);
	free_all(o, &o->local);
	gn_mem_free(o->alloc, o->sent);
}

struct gn_fbb *gn_frame_out_begin(struct gn_frame_out *o, size_t extra)
{
	GN_ASSERT(!o->building);
	if (!extra && o->control.bytes > o->control_max) {
		++*o->dropped;
		return NULL;
	}
	size_t cap = o->small + extra;
	struct gn_frame_message *m = gn_mem_resize(o->alloc, NULL, sizeof *m + cap);
	if (!m) {
		++*o->nomem;
		return NULL;
	}
	*m = (struct gn_frame_message){.cap = (uint32_t)cap, .bulk = extra > 0};
	o->building = m;
	o->fbb = gn_fbb(m->storage, m->cap);
	return &o->fbb;
}

void gn_frame_out_end(struct gn_frame_out *o, const struct gn_contact *to, gn_fbref root,
		      const char *identifier)
{
	struct gn_frame_message *m = o->building;
	struct gn_slice bytes;
	GN_ASSERT(m);
	o->building = NULL;
	gn_err err = gn_fbb_finish(&o->fbb, root, identifier, &bytes);
	GN_ASSERT(err == GN_OK && bytes.len <= GN_MESSAGE_MAX);
	m->to = *to;
	m->off = (uint32_t)(bytes.p - m->storage);
	m->len = (uint32_t)bytes.len;
	push(gn_pk_eq(&to->pk, &o->self) ? &o->local : m->bulk ? &o->bulk : &o->control, m);
}

bool gn_frame_out_next(struct gn_frame_out *o, struct gn_overlay_message *m)
{
	GN_ASSERT(!o->building);
	gn_mem_free(o->alloc, o->sent);
	o->sent = pop(&o->control);
	if (!o->sent)
		o->sent = pop(&o->bulk);
	if (!o->sent)
		return false;
	*m = (struct gn_overlay_message){
		.to = o->sent->to, .bytes = gn_frame_message_bytes(o->sent), .reliable = true};
	return true;
}

struct gn_frame_message *gn_frame_out_local(struct gn_frame_out *o)
{
	GN_ASSERT(!o->building);
	return pop(&o->local);
}
