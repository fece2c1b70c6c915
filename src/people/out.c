/* What a call gives: rows, sends, events; and what it asks the store. What breaks on the way
 * (memory, a row that is damaged) is kept and is the call's result: then nothing of the call is
 * stored, and the engine is opened again from its rows.
 *
 * 1. What was found counts this call's own rows first: the store has them only later.
 * 2. What is told lies in one piece of memory and is freed at the next call; a send may hold
 *    secrets and is wiped.
 *
 * Spec: PE-50, PE-51. */
#include "people/people_int.h"

uint64_t people_ms(gn_time now)
{
	return now < 0 ? 0 : (uint64_t)(now / GN_MSEC);
}

void people_break(struct gn_people *p, gn_err err)
{
	if (p->broken == GN_OK)
		p->broken = err;
}

void people_out_free_told(struct gn_people *p)
{
	while (p->told) {
		struct people_node *n = p->told;
		p->told = n->next;
		gn_wipe(n, n->len);
		gn_mem_free(p->env.alloc, n);
	}
}

void people_out_init(struct gn_people *p)
{
	gn_ring_init(&p->rows, p->env.alloc, sizeof(struct people_node *), PEOPLE_ROWS_MAX);
	gn_ring_init(&p->sends, p->env.alloc, sizeof(struct people_node *), PEOPLE_SENDS_MAX);
	gn_ring_init(&p->events, p->env.alloc, sizeof(struct gn_people_event), PEOPLE_EVENTS_MAX);
}

static void drain(struct gn_people *p, struct gn_ring *ring)
{
	struct people_node *n;
	while (gn_ring_pop(ring, &n)) {
		n->next = p->told;
		p->told = n;
	}
	gn_ring_fini(ring);
}

void people_out_fini(struct gn_people *p)
{
	drain(p, &p->rows);
	drain(p, &p->sends);
	gn_ring_fini(&p->events);
	people_out_free_told(p);
}

/* ---- giving ---- */

void people_event(struct gn_people *p, const struct gn_people_event *e)
{
	gn_err err = gn_ring_push(&p->events, e);
	if (err)
		people_break(p, err);
}

static uint8_t *copy_in(uint8_t *at, struct gn_slice *s)
{
	if (s->len)
		memcpy(at, s->p, s->len);
	*s = gn_slice(s->p ? at : NULL, s->len);
	return at + s->len;
}

static struct people_node *new_node(struct gn_people *p, size_t len)
{
	struct people_node *n = gn_mem_new(p->env.alloc, sizeof *n + len);
	if (n)
		n->len = sizeof *n + len;
	else
		people_break(p, GN_NOMEM);
	return n;
}

static void push(struct gn_people *p, struct gn_ring *ring, struct people_node *n)
{
	gn_err err = gn_ring_push(ring, &n);
	if (!err)
		return;
	people_break(p, err);
	gn_mem_free_secret(p->env.alloc, n);
}

void people_put(struct gn_people *p, const struct gn_people_row *row)
{
	size_t message = row->message ? sizeof *row->message : 0;
	struct people_node *n =
		new_node(p, message + row->bytes.len + row->content.len + row->key.len);
	if (!n)
		return;
	uint8_t *at = (uint8_t *)(n + 1);
	n->row = *row;
	if (message) {
		memcpy(at, row->message, message);
		n->row.message = (const struct gn_people_message *)(const void *)at;
		at += message;
	}
	at = copy_in(at, &n->row.bytes);
	at = copy_in(at, &n->row.content);
	copy_in(at, &n->row.key);
	if (message) { /* its text is the row's, not whatever it was borrowed from */
		gn_err err = gn_people_message_open(n->row.bytes,
						    (struct gn_people_message *)(void *)(n + 1));
		GN_ASSERT(err == GN_OK);
	}
	push(p, &p->rows, n);
}

void people_put_message(struct gn_people *p, const struct gn_people_message *m,
			enum gn_people_keep keep, struct gn_slice content)
{
	uint8_t *bytes = gn_mem_new(p->env.alloc, PEOPLE_MESSAGE_ROW_MAX);
	if (!bytes) {
		people_break(p, GN_NOMEM);
		return;
	}
	struct gn_writer w = gn_writer(bytes, PEOPLE_MESSAGE_ROW_MAX);
	people_message_row(m, &w);
	GN_ASSERT(!w.bad);
	people_put(p, &(struct gn_people_row){.kind = GN_PEOPLE_ROW_MESSAGE,
					      .chat = m->chat,
					      .bytes = gn_slice(bytes, gn_writer_len(&w)),
					      .message = m,
					      .keep = keep,
					      .content = content});
	gn_mem_free(p->env.alloc, bytes);
	uint64_t due = gn_people_due(m);
	if (due && p->due_known && due < p->due)
		p->due = due;
}

void people_send(struct gn_people *p, const struct gn_people_send *s)
{
	struct people_node *n = new_node(p, s->content.len);
	if (!n)
		return;
	n->send = *s;
	copy_in((uint8_t *)(n + 1), &n->send.content);
	push(p, &p->sends, n);
}

static struct people_node *pop(struct gn_people *p, struct gn_ring *ring)
{
	struct people_node *n;
	if (p->broken || !gn_ring_pop(ring, &n))
		return NULL;
	n->next = p->told;
	p->told = n;
	return n;
}

bool gn_people_next_row(struct gn_people *p, struct gn_people_row *out)
{
	struct people_node *n = pop(p, &p->rows);
	if (n)
		*out = n->row;
	return n != NULL;
}

bool gn_people_next_send(struct gn_people *p, struct gn_people_send *out)
{
	struct people_node *n = pop(p, &p->sends);
	if (n)
		*out = n->send;
	return n != NULL;
}

bool gn_people_next_event(struct gn_people *p, struct gn_people_event *out)
{
	return !p->broken && gn_ring_pop(&p->events, out);
}

/* ---- asking ---- */

static const struct gn_people_row *own_row(const struct gn_people *p,
					   const struct gn_people_find *f)
{
	for (uint32_t i = p->rows.count; i-- > 0;) {
		struct people_node *const *n = gn_ring_at(&p->rows, i);
		const struct gn_people_row *r = &(*n)->row;
		if (f->kind == GN_PEOPLE_FIND_REGISTER && r->kind == GN_PEOPLE_ROW_REGISTER &&
		    gn_slice_eq(r->key, f->key))
			return r;
		if (f->kind == GN_PEOPLE_FIND_MESSAGE && r->kind == GN_PEOPLE_ROW_MESSAGE &&
		    r->message->mine == f->mine && gn_content_id_eq(&r->message->id, &f->id) &&
		    gn_hash_eq(&r->chat, &f->chat))
			return r;
	}
	return NULL;
}

/* A row of this call may have left its content to the store's older one. */
static bool find_bytes(struct gn_people *p, const struct gn_people_find *f,
		       struct gn_people_found *out)
{
	const struct gn_people_row *own = own_row(p, f);
	*out = (struct gn_people_found){0};
	if (!own)
		return p->config.find(p->config.user, f, out);
	if (own->gone)
		return false;
	if (own->keep == GN_PEOPLE_KEEP && f->whole)
		p->config.find(p->config.user, f, out);
	if (own->keep == GN_PEOPLE_PUT)
		out->content = own->content;
	if (own->keep == GN_PEOPLE_DROP)
		out->content = gn_slice(NULL, 0);
	out->bytes = own->bytes;
	return true;
}

bool people_find(struct gn_people *p, const struct gn_people_find *find,
		 struct gn_people_message *out, struct gn_slice *content)
{
	struct gn_people_found found;
	struct gn_people_find f = *find;
	f.whole = content != NULL;
	if (p->broken || !find_bytes(p, &f, &found))
		return false;
	gn_err err = gn_people_message_open(found.bytes, out);
	if (err) {
		people_break(p, err);
		return false;
	}
	if (content)
		*content = found.content;
	return true;
}

bool people_find_message(struct gn_people *p, const struct gn_hash *chat, bool mine,
			 const struct gn_content_id *id, struct gn_people_message *out,
			 struct gn_slice *content)
{
	return people_find(
		p,
		&(struct gn_people_find){
			.kind = GN_PEOPLE_FIND_MESSAGE, .chat = *chat, .mine = mine, .id = *id},
		out, content);
}

bool people_find_register(struct gn_people *p, struct gn_slice key, struct gn_content_register *out)
{
	struct gn_people_found found;
	struct gn_people_find f = {.kind = GN_PEOPLE_FIND_REGISTER, .key = key};
	if (p->broken || !find_bytes(p, &f, &found))
		return false;
	gn_err err = gn_people_register_open(found.bytes, out);
	if (err)
		people_break(p, err);
	return err == GN_OK;
}
