/* Who sends next: four classes; class 1 first, classes 2 to 4 by weight 11 : 4 : 1 (JT-64),
 * streams of a class in turn, its datagrams alternating with its streams. Chosen per frame at
 * the moment of writing.
 *
 * 1. A stream is in its class's list, or in flow_blocked, exactly while it is sendable.
 * 2. Class 1 pays for being first: it may be ahead of waiting others by CRITICAL_CREDIT bytes
 *    plus 15 bytes for each byte they sent, so they keep 1/16 whatever class 1 does.
 * 3. `served` grows by bytes / weight; a class that wakes starts at the floor, so rest earns no
 *    credit. */
#include "jet/datagram_int.h"
#include "jet/out_int.h"
#include "jet/sched_int.h"
#include "jet/stream_int.h"

#define CRITICAL_CREDIT (64 << 10) /* bytes */
#define WEIGHTS 16u
#define FRAME_HEAD 3u /* type and length of a DATAGRAM frame */

static const uint8_t weight[4] = {0, 11, 4, 1};

void jet_sched_init(struct jet_session *s)
{
	for (int i = 0; i < 4; i++) {
		jet_list_init(&s->classes[i].streams);
		jet_list_init(&s->classes[i].dgrams);
	}
	jet_list_init(&s->flow_blocked);
	s->critical_credit = CRITICAL_CREDIT;
}

bool jet_stream_sendable(const struct jet_stream *st)
{
	if (st->tx_state != JET_TX_OPEN && st->tx_state != JET_TX_FIN)
		return false;
	uint64_t end = st->tx.end < st->tx_credit ? st->tx.end : st->tx_credit;
	bool fin = st->tx_state == JET_TX_FIN && (!st->fin_sent || st->fin_lost) &&
		   st->tx.next == st->tx.end;
	return st->tx.lost.count || st->tx.next < end || fin;
}

static bool class_waits(const struct jet_class *c)
{
	return !jet_list_empty(&c->streams) || !jet_list_empty(&c->dgrams);
}

static void class_wakes(struct jet_session *s, struct jet_class *c)
{
	if (!class_waits(c) && c->served < s->served_floor)
		c->served = s->served_floor;
}

void jet_sched_stream(struct jet_session *s, struct jet_stream *st)
{
	GN_ASSERT(st->class >= GN_JET_CRITICAL && st->class <= GN_JET_BACKGROUND);
	struct jet_class *c = &s->classes[st->class - 1];
	if (st->flow_blocked && (st->tx.lost.count || st->fin_lost)) {
		jet_list_remove(&st->sched); /* what was sent before needs no new credit */
		st->flow_blocked = false;
	}
	if (jet_linked(&st->sched) || !jet_stream_sendable(st))
		return;
	st->flow_blocked = false;
	class_wakes(s, c);
	jet_list_append(&c->streams, &st->sched);
}

void jet_sched_datagram(struct jet_session *s, unsigned class, struct jet_dgram *d)
{
	GN_ASSERT(class >= GN_JET_CRITICAL && class <= GN_JET_BACKGROUND && !jet_linked(&d->link));
	struct jet_class *c = &s->classes[class - 1];
	class_wakes(s, c);
	jet_list_append(&c->dgrams, &d->link);
}

bool jet_sched_waits(const struct jet_session *s, unsigned classes)
{
	for (int i = 0; i < 4; i++)
		if (classes >> i & 1 && class_waits(&s->classes[i]))
			return true;
	return false;
}

bool jet_sched_pending(const struct jet_session *s)
{
	return jet_sched_waits(s, JET_CLASSES_ALL);
}

static bool others_wait(const struct jet_session *s, unsigned classes)
{
	return jet_sched_waits(s, classes & ~1u);
}

/* Index of the class whose turn it is, or -1. */
static int pick_class(const struct jet_session *s, unsigned classes)
{
	int best = -1;
	if (jet_sched_waits(s, classes & 1) && (s->critical_credit > 0 || !others_wait(s, classes)))
		return 0;
	for (int i = 1; i < 4; i++)
		if (jet_sched_waits(s, classes & 1u << i) &&
		    (best < 0 || s->classes[i].served < s->classes[best].served))
			best = i;
	return best;
}

static void charge_class(struct jet_session *s, int class, uint64_t bytes, unsigned classes)
{
	GN_ASSERT(class >= 0 && class < 4);
	if (class == 0) {
		if (others_wait(s, classes))
			s->critical_credit -= (int64_t)bytes;
		return;
	}
	struct jet_class *c = &s->classes[class];
	s->served_floor = c->served > s->served_floor ? c->served : s->served_floor;
	c->served += bytes * WEIGHTS / weight[class];
	s->critical_credit += 15 * (int64_t)bytes;
	s->critical_credit =
		s->critical_credit > CRITICAL_CREDIT ? CRITICAL_CREDIT : s->critical_credit;
}

/* Takes the stream out of its list; it comes back at the end if it has more. */
static void rotate_stream(struct jet_session *s, struct jet_stream *st)
{
	GN_ASSERT(jet_linked(&st->sched));
	jet_list_remove(&st->sched);
	jet_sched_stream(s, st);
}

/* One STREAM frame. False: no room in this packet. */
static bool write_stream(struct jet_session *s, struct jet_out *o, struct jet_stream *st)
{
	GN_ASSERT(jet_linked(&st->sched));
	struct gn_writer *w = jet_out_writer(o);
	uint64_t offset = st->tx.end, len = 0, credit = st->tx.next + (s->tx_credit - s->tx_total);
	credit = credit < st->tx_credit ? credit : st->tx_credit;
	bool data = jet_sendbuf_peek(&st->tx, credit, &offset, &len);
	bool fin_due = st->tx_state == JET_TX_FIN && (!st->fin_sent || st->fin_lost) &&
		       st->tx.next == st->tx.end;
	if (!data && !fin_due) {
		jet_list_remove(&st->sched);
		if (jet_stream_sendable(st)) {
			st->flow_blocked = true;
			jet_list_append(&s->flow_blocked, &st->sched);
		}
		return true;
	}
	size_t left = gn_writer_left(w),
	       head = 1 + gn_varint_len(st->id) + (offset ? gn_varint_len(offset) : 0);
	bool has_len = head + len < left;
	head += has_len ? gn_varint_len(len) : 0;
	if (left < head + (len ? 1 : 0))
		return false;
	len = len < left - head ? len : left - head;
	bool fin = st->tx_state == JET_TX_FIN && offset + len == st->tx.end;
	jet_write_stream(w, st->id, offset, len, has_len, fin);
	jet_sendbuf_copy(&st->tx, offset, w->p, (size_t)len);
	w->p += len;
	if (offset == st->tx.next) {
		s->tx_total += len;
		s->tx_unsent -= len;
	}
	jet_sendbuf_sent(&st->tx, offset, (size_t)len);
	st->fin_sent |= fin;
	st->fin_lost &= !fin;
	jet_out_frame(o, JET_F_STREAM, st->id, offset, (uint32_t)len, fin);
	rotate_stream(s, st);
	return true;
}

size_t jet_dgram_max(const struct jet_session *s)
{
	GN_ASSERT(s->path->mtu.size >= JET_MTU_BASE);
	return s->path->mtu.size - (JET_SHORT_HEADER + 4u + FRAME_HEAD + GN_AEAD_TAG);
}

void jet_dgram_drop(struct jet_session *s, struct jet_dgram *d)
{
	GN_ASSERT(s->dgrams_out_count > 0 && s->dgrams_out_bytes >= d->len);
	s->dgrams_out_count--;
	s->dgrams_out_bytes -= d->len;
	jet_list_remove(&d->link);
	gn_mem_free(s->jet->env.alloc, d);
}

/* Writes d if it fits and is in time; true when it is done with (sent or dropped). */
static bool write_dgram(struct jet_session *s, struct jet_out *o, struct jet_dgram *d)
{
	GN_ASSERT(jet_linked(&d->link));
	struct gn_writer *w = jet_out_writer(o);
	if (d->expires < jet_out_now(o)) {
		jet_count(s->jet, JET_C_DATAGRAM_EXPIRED);
		jet_dgram_drop(s, d);
		return true;
	}
	if (d->len > jet_dgram_max(s)) { /* the path's MTU fell */
		jet_count(s->jet, JET_C_DATAGRAM_SHRUNK);
		jet_dgram_drop(s, d);
		return true;
	}
	if (FRAME_HEAD + d->len > gn_writer_left(w))
		return false;
	gn_write_varint(w, JET_F_DATAGRAM | 1);
	gn_write_varint(w, d->len);
	gn_write_bytes(w, gn_slice(d->data, d->len));
	jet_out_frame(o, JET_F_DATAGRAM, 0, 0, 0, false);
	jet_dgram_drop(s, d);
	return true;
}

static bool write_datagram(struct jet_session *s, struct jet_out *o, struct jet_class *c)
{
	struct jet_dgram *d = GN_CONTAINER(jet_list_first(&c->dgrams), struct jet_dgram, link);
	if (!write_dgram(s, o, d))
		return false;
	c->dgram_last = true;
	return true;
}

static bool serve_class(struct jet_session *s, struct jet_out *o, struct jet_class *c)
{
	struct jet_link *stream = jet_list_first(&c->streams);
	bool dgram = !jet_list_empty(&c->dgrams);
	if (dgram && (!stream || !c->dgram_last) && write_datagram(s, o, c))
		return true;
	if (!stream)
		return false;
	c->dgram_last = false;
	return write_stream(s, o, GN_CONTAINER(stream, struct jet_stream, sched));
}

void jet_sched_fill(struct jet_session *s, struct jet_out *o, unsigned classes)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	for (int class; !jet_out_full(o) && (class = pick_class(s, classes)) >= 0;) {
		size_t before = gn_writer_left(jet_out_writer(o));
		if (!serve_class(s, o, &s->classes[class]))
			return;
		charge_class(s, class, before - gn_writer_left(jet_out_writer(o)), classes);
	}
}
