/* Messages of a context: one datagram, or one one-way stream each, as peers.c has them; but nobody
 * pays for them, since they are asked for here: what waits and what is not whole is bounded for
 * each node, and by the context's memory. */
#include "node/fresh_int.h"

static void out_pop(struct fresh *f, struct fresh_peer *p)
{
	struct fresh_out *o = p->first;
	GN_ASSERT(o && p->queued > 0 && p->queued_bytes >= o->len);
	p->first = o->next;
	if (!p->first)
		p->last = &p->first;
	p->queued--;
	p->queued_bytes -= o->len;
	gn_mem_free(&f->alloc, o);
}

static void in_drop(struct fresh *f, struct fresh_peer *p, struct fresh_in *in)
{
	struct fresh_in **at = &p->inbound;
	while (*at != in)
		at = &(*at)->next;
	*at = in->next;
	p->inbound_count--;
	gn_mem_free(&f->alloc, in->bytes);
	gn_mem_free(&f->alloc, in);
}

void fresh_out_drop(struct fresh *f, struct fresh_peer *p)
{
	while (p->first)
		out_pop(f, p);
	while (p->inbound)
		in_drop(f, p, p->inbound);
}

/* ---- out ---- */

/* A small one needs no stream, while nothing that was said before it waits. */
static bool by_datagram(struct fresh *f, struct fresh_peer *p, const struct gn_overlay_message *m)
{
	return p->state == FRESH_UP && !p->first && !m->reliable &&
	       m->bytes.len <= gn_jet_datagram_max(f->of.jet, p->id) &&
	       gn_jet_datagram(f->of.jet, p->id, GN_JET_INTERACTIVE, m->bytes,
			       f->node->now + GN_NODE_DATAGRAM_LIFE) == GN_OK;
}

void fresh_out_add(struct fresh *f, struct fresh_peer *p, const struct gn_overlay_message *m)
{
	bool room = p->queued < GN_NODE_FRESH_QUEUE && m->bytes.len <= GN_NODE_MESSAGE &&
		    p->queued_bytes + m->bytes.len <= GN_NODE_FRESH_QUEUED;
	if (by_datagram(f, p, m))
		return;
	struct fresh_out *o = room ? gn_mem_new(&f->alloc, sizeof *o + m->bytes.len) : NULL;
	if (!o) {
		f->node->fresh.count.dropped_queue++; /* it is asked again by time */
		return;
	}
	o->len = m->bytes.len;
	memcpy(o->bytes, m->bytes.p, m->bytes.len);
	*p->last = o;
	p->last = &o->next;
	p->queued++;
	p->queued_bytes += o->len;
}

void fresh_out_flush(struct fresh *f, struct fresh_peer *p)
{
	while (p->state == FRESH_UP && p->first) {
		struct fresh_out *o = p->first;
		size_t taken = 0;
		if (!o->opened &&
		    gn_jet_stream_open(f->of.jet, p->id, true, GN_JET_INTERACTIVE, &o->stream))
			return;
		o->opened = true;
		gn_err err = gn_jet_stream_write(f->of.jet, p->id, o->stream,
						 gn_slice(o->bytes + o->off, o->len - o->off), true,
						 &taken);
		if (err == GN_NOMEM)
			return;
		o->off += taken;
		if (!err && o->off < o->len)
			return;
		out_pop(f, p); /* it is on its way, or the other end does not want it */
	}
}

/* ---- in ---- */

gn_err fresh_take(struct fresh *f, const struct gn_pk *from, struct gn_slice message)
{
	gn_time now = f->node->now;
	if (message.len < 8)
		return GN_UNSUPPORTED;
	if (memcmp(message.p + 4, "GNBX", 4) == 0)
		return gn_box_recv(f->box, from, NULL, message, now);
	if (f->bus && memcmp(message.p + 4, "GNBS", 4) == 0)
		return gn_bus_recv(f->bus, from, NULL, message, now);
	if (f->apart && memcmp(message.p + 4, "GNOV", 4) == 0)
		return gn_apart_recv(f->apart, from, message, now);
	return GN_UNSUPPORTED;
}

void fresh_in_take(struct fresh *f, struct fresh_peer *p, struct gn_slice message)
{
	gn_err err = fresh_take(f, &p->pk, message);
	f->node->fresh.count.dropped_kind += err == GN_UNSUPPORTED;
	if (!err)
		p->due = f->node->now;
}

static struct fresh_in *in_get(struct fresh *f, struct fresh_peer *p, gn_jet_stream stream)
{
	struct fresh_in *in = p->inbound;
	while (in && in->stream != stream)
		in = in->next;
	if (in || p->inbound_count >= GN_NODE_FRESH_INBOUND)
		return in;
	in = GN_NEW(&f->alloc, struct fresh_in);
	if (!in)
		return NULL;
	in->stream = stream;
	in->next = p->inbound;
	p->inbound = in;
	p->inbound_count++;
	return in;
}

/* Room for one byte more than a message may have. */
static bool in_grow(struct fresh *f, struct fresh_in *in)
{
	size_t most = GN_NODE_MESSAGE + 1, cap = in->cap ? 2 * in->cap : 2048;
	if (in->len < in->cap)
		return true;
	cap = cap < most ? cap : most;
	uint8_t *grown = in->cap < most ? gn_mem_resize(&f->alloc, in->bytes, cap) : NULL;
	if (!grown)
		return false;
	in->bytes = grown;
	in->cap = cap;
	return true;
}

void fresh_in_read(struct fresh *f, struct fresh_peer *p, gn_jet_stream stream)
{
	struct fresh_in *in = in_get(f, p, stream);
	gn_err err = in ? GN_OK : GN_LIMIT;
	bool fin = false;
	while (!err && !fin) {
		size_t n = 0;
		err = in_grow(f, in)
			      ? gn_jet_stream_read(f->of.jet, p->id, stream, in->bytes + in->len,
						   in->cap - in->len, &n, &fin)
			      : GN_LIMIT;
		in->len += n;
	}
	if (fin && in->len <= GN_NODE_MESSAGE) {
		uint8_t *bytes = in->bytes;
		struct gn_slice message = gn_slice(bytes, in->len);
		in->bytes = NULL;
		in_drop(f, p, in);
		fresh_in_take(f, p, message);
		gn_mem_free(&f->alloc, bytes);
		return;
	}
	if (err == GN_AGAIN)
		return;
	if (in)
		in_drop(f, p, in);
	f->node->fresh.count.dropped_inbound++;
	(void)!gn_jet_stream_stop(f->of.jet, p->id, stream, GN_LIMIT);
}
