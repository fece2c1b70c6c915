/* Unreliable datagrams: bounded queues both ways; the scheduler sends them, nothing repeats
 * them.
 *
 * 1. A queued datagram is in exactly one class list (out) or in dgrams_in, and counted there.
 * 2. One that expired or no longer fits any packet is dropped when its turn comes, with a
 *    counter. */
#include "jet/session_int.h"

#define FRAME_HEAD 3u /* type and length of a DATAGRAM frame */

size_t gn_jet_datagram_max(const struct gn_jet *jet, gn_jet_id id)
{
	const struct jet_session *s = jet_find(jet, id);
	return s && s->state == JET_S_OPEN
		       ? s->path->mtu.size - (JET_SHORT_HEADER + 4u + FRAME_HEAD + GN_AEAD_TAG)
		       : 0;
}

gn_err gn_jet_datagram(struct gn_jet *jet, gn_jet_id id, enum gn_jet_class class,
		       struct gn_slice data, gn_time expires)
{
	struct jet_session *s = jet_find(jet, id);
	if (class < GN_JET_CRITICAL || class > GN_JET_BACKGROUND)
		return GN_USAGE;
	if (!s)
		return GN_NOT_FOUND;
	if (s->state != JET_S_OPEN)
		return s->state == JET_S_HANDSHAKE ? GN_STATE : GN_CLOSED;
	if (data.len > gn_jet_datagram_max(jet, id))
		return GN_TOO_LARGE;
	if (s->dgrams_out_count == JET_DATAGRAMS ||
	    s->dgrams_out_bytes + data.len > JET_DATAGRAM_BYTES) {
		jet_count(jet, JET_C_DATAGRAM_OUT_LIMIT);
		return GN_LIMIT;
	}
	struct jet_dgram *d = gn_mem_new(jet->env.alloc, sizeof *d + data.len);
	if (!d)
		return GN_NOMEM;
	d->expires = expires;
	d->len = (uint16_t)data.len;
	if (data.len)
		memcpy(d->data, data.p, data.len);
	s->dgrams_out_count++;
	s->dgrams_out_bytes += d->len;
	jet_sched_datagram(s, class, d);
	jet_wake(s);
	return GN_OK;
}

static void drop_out(struct jet_session *s, struct jet_dgram *d)
{
	GN_ASSERT(s->dgrams_out_count > 0 && s->dgrams_out_bytes >= d->len);
	s->dgrams_out_count--;
	s->dgrams_out_bytes -= d->len;
	jet_list_remove(&d->link);
	gn_mem_free(s->jet->env.alloc, d);
}

bool jet_dgram_write(struct jet_session *s, struct jet_out *o, struct jet_dgram *d)
{
	struct gn_writer *w = jet_out_writer(o);
	if (d->expires < jet_out_now(o)) {
		jet_count(s->jet, JET_C_DATAGRAM_EXPIRED);
		drop_out(s, d);
		return true;
	}
	if (d->len > gn_jet_datagram_max(s->jet, s->id)) { /* the path's MTU fell */
		jet_count(s->jet, JET_C_DATAGRAM_SHRUNK);
		drop_out(s, d);
		return true;
	}
	if (FRAME_HEAD + d->len > gn_writer_left(w))
		return false;
	gn_write_varint(w, JET_F_DATAGRAM | 1);
	gn_write_varint(w, d->len);
	gn_write_bytes(w, gn_slice(d->data, d->len));
	jet_out_frame(o, JET_F_DATAGRAM, 0, 0, 0, false);
	drop_out(s, d);
	return true;
}

gn_err jet_dgram_on_frame(struct jet_session *s, const struct jet_frame *f)
{
	if (s->dgrams_in_count == JET_DATAGRAMS ||
	    s->dgrams_in_bytes + f->data.len > JET_DATAGRAM_BYTES) {
		jet_count(s->jet, JET_C_DATAGRAM_IN_LIMIT);
		return GN_OK;
	}
	struct jet_dgram *d = gn_mem_new(s->jet->env.alloc, sizeof *d + f->data.len);
	if (!d) { /* unreliable: a drop is allowed */
		jet_count(s->jet, JET_C_NOMEM);
		return GN_OK;
	}
	d->len = (uint16_t)f->data.len;
	if (d->len)
		memcpy(d->data, f->data.p, d->len);
	jet_list_append(&s->dgrams_in, &d->link);
	s->dgrams_in_count++;
	s->dgrams_in_bytes += d->len;
	jet_list_append(&s->jet->events, &s->event);
	return GN_OK;
}

void jet_dgrams_fini(struct jet_session *s)
{
	for (int i = 0; i < 4; i++)
		for (struct jet_link *l; (l = jet_list_first(&s->classes[i].dgrams));)
			drop_out(s, GN_CONTAINER(l, struct jet_dgram, link));
	for (struct jet_link *l; (l = jet_list_first(&s->dgrams_in));) {
		jet_list_remove(l);
		gn_mem_free(s->jet->env.alloc, GN_CONTAINER(l, struct jet_dgram, link));
	}
	s->dgrams_in_count = s->dgrams_in_bytes = 0;
}
