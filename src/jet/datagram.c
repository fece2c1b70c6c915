/* Unreliable datagrams: bounded queues both ways; the scheduler sends them, nothing repeats
 * them.
 *
 * 1. A queued datagram is in exactly one class list (out) or in dgrams_in, and counted there.
 * 2. One that expired or no longer fits any packet is dropped when its turn comes, with a
 *    counter. */
#include "jet/datagram_int.h"
#include "jet/mark_int.h"
#include "jet/sched_int.h"
#include "jet/session_int.h"

size_t gn_jet_datagram_max(const struct gn_jet *jet, gn_jet_id id)
{
	const struct jet_session *s = jet_find(jet, id);
	return s && s->state == JET_S_OPEN ? jet_dgram_max(s) : 0;
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

gn_err jet_dgram_on_frame(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(s->dgrams_in_count <= JET_DATAGRAMS && s->dgrams_in_bytes <= JET_DATAGRAM_BYTES);
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
			jet_dgram_drop(s, GN_CONTAINER(l, struct jet_dgram, link));
	for (struct jet_link *l; (l = jet_list_first(&s->dgrams_in));) {
		jet_list_remove(l);
		gn_mem_free(s->jet->env.alloc, GN_CONTAINER(l, struct jet_dgram, link));
	}
	s->dgrams_in_count = s->dgrams_in_bytes = 0;
}
