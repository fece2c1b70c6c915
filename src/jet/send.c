/* Packets to send: what goes into each, and the batches of them.
 *
 *   jet_session_send -> path probes | closing packets
 *                     | one handshake datagram (levels coalesced)
 *                     | a batch of application packets
 *
 * 1. Packets of a batch have one size, the last may be shorter: a packet below the path's MTU
 *    ends its batch.
 * 2. Only acknowledgements, probes and closing packets go out when the window is full or the
 *    pacer holds; nothing goes past the amplification limit, or to a link that takes nothing. */
#include "jet/ack_int.h"
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/express_int.h"
#include "jet/flow_int.h"
#include "jet/grade_int.h"
#include "jet/handshake_int.h"
#include "jet/out_int.h"
#include "jet/paths_int.h"
#include "jet/punch_int.h"
#include "jet/sched_int.h"
#include "jet/send_int.h"
#include "jet/stream_int.h"
#include "jet/token_int.h"
#include "jet/way_int.h"

/* ranges from which an ACK-only packet asks to be acknowledged itself, so ranges can be dropped */
#define QUIET_ACK_RANGES 8u

static void write_ping(struct jet_out *o)
{
	gn_write_varint(&o->w, JET_F_PING);
	jet_out_frame(o, JET_F_PING, 0, 0, 0, false);
}

/* ---- handshake ---- */

/* Nothing came on the path for long: the peer may be there no more, and somebody else may. One
 * datagram at a time goes there until something comes (RE-7). */
static bool consented(const struct jet_session *s, const struct jet_path *p)
{
	return !s->multi || s->jet->now - p->heard_at <= JET_CONSENT || p->space.out == 0;
}

static bool window_open(const struct jet_session *s, const struct jet_path *p)
{
	return p->cc.in_flight + p->mtu.size <= p->cc.cwnd && !jet_space_full(&p->space) &&
	       consented(s, p) && jet_path_ready(s, p);
}

static void write_crypto(struct jet_out *o, struct jet_sendbuf *b)
{
	uint64_t offset, len;
	while (!jet_out_full(o) && jet_sendbuf_peek(b, UINT64_MAX, &offset, &len)) {
		size_t room = gn_writer_left(&o->w) - 1 - gn_varint_len(offset) - 2;
		len = len < room ? len : room;
		jet_write_crypto(&o->w, offset, len);
		jet_sendbuf_copy(b, offset, o->w.p, (size_t)len);
		o->w.p += len;
		jet_sendbuf_sent(b, offset, (size_t)len);
		jet_out_frame(o, JET_F_CRYPTO, 0, offset, (uint32_t)len, false);
	}
}

/* One Initial or Handshake packet; 0 when that level has nothing to say. */
static size_t build_handshake(struct jet_session *s, enum jet_level level, uint8_t *at, size_t cap,
			      bool *eliciting, gn_time now)
{
	GN_ASSERT(level < JET_APP && s->hs);
	struct jet_space *sp = &s->hs->space[level];
	struct jet_out o;
	uint64_t offset, len;
	/* A few packets that timers and the peer's packets space out: the window, perhaps filled
	 * by packets that the peer has no key for yet, must not hold them. */
	bool data = jet_sendbuf_peek(&s->hs->out[level], UINT64_MAX, &offset, &len);
	if (!data && !sp->probes && !jet_ack_due(sp, now))
		return 0;
	if (!jet_out_begin(&o, s, s->path, level, gn_writer(at, cap), now))
		return 0;
	if (sp->unacked)
		jet_ack_write(s, &o, sp, 0);
	if (data)
		write_crypto(&o, &s->hs->out[level]);
	if (sp->probes && !o.eliciting)
		write_ping(&o);
	if (jet_out_empty(&o))
		return 0;
	*eliciting |= o.eliciting;
	return jet_out_finish(&o);
}

/* ---- application ---- */

/* Anything besides acknowledgements that wants to go out on the current path. */
static bool app_pending(const struct jet_session *s)
{
	return s->due || s->new_cid_due || s->retire_due || !jet_list_empty(&s->control) ||
	       jet_grade_pending(s) || jet_offer_pending(s) || jet_sched_pending(s);
}

static void write_acks(struct jet_session *s, struct jet_out *o, bool data)
{
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (p && !jet_ack_itself(s, p) &&
		    (jet_ack_due(&p->space, o->now) || (data && p->space.unacked)))
			jet_ack_write(s, o, &p->space, p->id);
	}
}

static void write_confirm(struct jet_session *s, struct jet_out *o)
{
	GN_ASSERT(!(s->due & JET_DUE_CONFIRM) || s->incoming);
	uint8_t *end = o->w.p + JET_TICKET_PADDED;
	if (!(s->due & JET_DUE_CONFIRM) || jet_out_full(o) ||
	    gn_writer_left(&o->w) < JET_TICKET_MAX + 4u)
		return; /* the next packet begins with it */
	gn_write_varint(&o->w, JET_F_CONFIRM);
	gn_write_varint(&o->w, s->ticket_len);
	gn_write_bytes(&o->w, gn_slice(s->ticket, s->ticket_len));
	jet_out_frame(o, JET_F_CONFIRM, 0, 0, 0, false);
	for (; o->w.p < end; o->w.p++)
		*o->w.p = JET_F_PAD;
	s->due &= (uint8_t)~JET_DUE_CONFIRM;
}

/* A new one each time: what was lost is as good as not made. */
static void write_pass(struct jet_session *s, struct jet_out *o)
{
	GN_ASSERT(!(s->due & JET_DUE_PASS) || s->incoming);
	uint8_t pass[GN_PASS_LEN];
	if (!(s->due & JET_DUE_PASS) || jet_out_full(o) || gn_writer_left(&o->w) < GN_PASS_LEN + 4u)
		return;
	gn_guard_pass(s->jet->guard, &s->path->way.addr, o->now, pass);
	gn_write_varint(&o->w, JET_F_PASS);
	gn_write_varint(&o->w, sizeof pass);
	gn_write_bytes(&o->w, GN_SLICE(pass));
	jet_out_frame(o, JET_F_PASS, 0, 0, 0, false);
	s->due &= (uint8_t)~JET_DUE_PASS;
}

static void write_session_frames(struct jet_session *s, struct jet_out *o)
{
	write_confirm(s, o);
	write_pass(s, o);
	if ((s->due & JET_DUE_PING) && !jet_out_full(o)) {
		write_ping(o);
		s->due &= (uint8_t)~JET_DUE_PING;
	}
	jet_out_grease(o);
	jet_cid_write(s, o);
	jet_grade_write(s, o);
	jet_offer_write(s, o);
	jet_flow_write(s, o);
	jet_streams_write_control(s, o);
}

/* No packet could be made: what is due must not keep the deadline in the past. */
static void put_off(struct jet_session *s, gn_time now)
{
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->space.ack_at <= now)
			s->paths[i]->space.ack_at = now + JET_ACK_DELAY;
	s->path->space.probes = 0;
}

/* Class 1 goes on a second path as well, when there is one over another link or to another host
 * that costs nothing (RE-9). */
static struct jet_path *second_path(const struct jet_session *s, gn_time now)
{
	struct jet_path *p = s->multi ? jet_grade_spare(s, now) : NULL;
	bool apart = p && (p->way.link != s->path->way.link ||
			   memcmp(p->way.addr.ip, s->path->way.addr.ip, 16) != 0);
	return apart && p->rtt.sampled && !jet_way_info(s->jet, p->way.link)->metered &&
			       window_open(s, p)
		       ? p
		       : NULL;
}

static void note_copies(struct jet_session *s, const struct jet_out *o)
{
	for (uint8_t i = 0; i < o->count && s->copy_count < JET_COPIES; i++) {
		const struct jet_sent_frame *f = &o->frames[i];
		const struct jet_stream *st =
			f->type == JET_F_STREAM ? jet_stream_find(s, f->id) : NULL;
		if (st && st->class == GN_JET_CRITICAL)
			s->copies[s->copy_count++] = *f;
	}
}

/* False: no room for it in this packet. */
static bool write_copy(struct jet_session *s, struct jet_out *o, const struct jet_sent_frame *f)
{
	const struct jet_stream *st = jet_stream_find(s, f->id);
	if (!st || (st->tx_state != JET_TX_OPEN && st->tx_state != JET_TX_FIN) ||
	    f->offset < st->tx.base)
		return true; /* it has arrived, or nobody wants it */
	size_t head = 1 + gn_varint_len(f->id) + gn_varint_len(f->offset) + gn_varint_len(f->len);
	if (jet_out_full(o) || gn_writer_left(&o->w) < head + f->len)
		return false;
	jet_write_stream(&o->w, f->id, f->offset, f->len, true, f->fin);
	jet_sendbuf_copy(&st->tx, f->offset, o->w.p, f->len);
	o->w.p += f->len;
	jet_out_frame(o, JET_F_STREAM_COPY, f->id, f->offset, f->len, f->fin);
	return true;
}

/* One packet on the current path; 0 when there is nothing to send or it may not be sent now. */
static size_t build_app(struct jet_session *s, uint8_t *at, size_t cap, gn_time now)
{
	struct jet_path *p = s->path;
	struct jet_space *sp = &p->space;
	struct jet_out o;
	bool data =
		sp->probes || (window_open(s, p) && jet_path_paced(s, p, now) && app_pending(s));
	if (!data && !jet_ack_any_due(s, now))
		return 0;
	if (!jet_out_begin(&o, s, p, JET_APP, gn_writer(at, cap), now)) {
		put_off(s, now);
		return 0;
	}
	write_acks(s, &o, data);
	if (data) {
		write_session_frames(s, &o);
		jet_sched_fill(s, &o, jet_express_path(s) ? JET_CLASSES_BULK : JET_CLASSES_ALL);
		if (sp->probes && !o.eliciting && !jet_out_full(&o))
			write_ping(&o);
	} else if (sp->received.count > QUIET_ACK_RANGES && sp->out == 0 && window_open(s, p)) {
		write_ping(&o);
	}
	if (jet_out_empty(&o))
		return 0;
	size_t len = jet_out_finish(&o);
	if (o.eliciting && !p->reliable)
		jet_pacer_sent(&p->pacer, len);
	if (len && s->multi)
		note_copies(s, &o);
	return len;
}

static void check_keys(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	struct jet_app_keys *k = &s->keys;
	if (s->confirmed &&
	    (k->sealed >= s->jet->key_update_packets || now - k->since >= JET_KEY_UPDATE_AGE) &&
	    jet_app_keys_update(k, now))
		jet_count(s->jet, JET_C_KEY_UPDATES);
	if (k->sealed >= s->jet->seal_max || k->failed >= s->jet->open_failed_max)
		jet_close_local(s, GN_CRYPTO, false, JET_E_AEAD_LIMIT, "a key was used up", now);
}

static size_t prefix_of(const struct jet_session *s, const struct gn_way *way)
{
	return way->link ? jet_way_info(s->jet, way->link)->prefix : 0;
}

/* segment: of the first packet, with what lies free before it. */
static gn_err batch_of(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
		       const struct gn_way *to, size_t segment, gn_time now)
{
	GN_ASSERT(out->len > 0 && out->len <= out->cap && segment > 0);
	jet_way_took(s->jet, to->link, out->len, now);
	*batch = (struct gn_jet_batch){
		.to = *to, .segment = (uint16_t)segment, .prefix = (uint8_t)prefix_of(s, to)};
	s->jet->counters[JET_C_BYTES_OUT] += out->len;
	s->jet->counters[JET_C_DATAGRAMS_OUT] += (out->len + segment - 1) / segment;
	return GN_OK;
}

/* The one packet of a batch. */
static gn_err one_of(struct jet_session *s, struct jet_out *o, struct jet_path *p,
		     struct gn_buf *out, struct gn_jet_batch *batch, gn_time now)
{
	out->len = jet_out_finish(o);
	if (out->len == 0)
		return GN_AGAIN;
	p->tx += out->len;
	out->len += prefix_of(s, &p->way);
	return batch_of(s, out, batch, &p->way, out->len, now);
}

static gn_err send_app(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
		       gn_time now)
{
	struct jet_path *p = s->path;
	size_t segment = p->mtu.size, first = 0, prefix = prefix_of(s, &p->way);
	uint64_t room = jet_way_room(s->jet, p->way.link);
	room = !jet_path_ready(s, p) ? 0 : room < out->cap ? room : out->cap;
	uint64_t left = jet_way_rate_left(s->jet, p->way.link, now);
	left = left > prefix + segment ? left : prefix + segment; /* what is urgent goes, too */
	room = room < left ? room : left;
	check_keys(s, now);
	while (s->state == JET_S_OPEN && room - out->len >= prefix + segment) {
		size_t n = build_app(s, out->p + out->len + prefix, segment, now);
		if (n == 0)
			break;
		first = first ? first : prefix + n;
		out->len += prefix + n;
		p->tx += n;
		if (n < segment)
			break;
	}
	if (s->state != JET_S_OPEN)
		/* the last packet was not made: what stands before it is not worth the case */
		out->len = 0;
	p->limited = app_pending(s);
	return out->len ? batch_of(s, out, batch, &p->way, first, now) : GN_AGAIN;
}

static gn_err send_mtu_probe(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			     gn_time now)
{
	struct jet_path *p = s->path;
	struct jet_out o;
	size_t prefix = prefix_of(s, &p->way);
	if (!jet_mtu_due(p, now) || out->cap < prefix + p->mtu.probing || !window_open(s, p) ||
	    !jet_out_begin(&o, s, p, JET_APP, gn_writer(out->p + prefix, p->mtu.probing), now))
		return GN_AGAIN;
	o.probe = true;
	write_ping(&o);
	jet_out_pad(&o, p->mtu.probing);
	gn_err err = one_of(s, &o, p, out, batch, now);
	if (!err)
		jet_mtu_sent(p, o.pn);
	return err;
}

/* Initial, Handshake and application packets coalesced into one datagram. */
static gn_err send_handshake(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			     gn_time now)
{
	GN_ASSERT(s->hs != NULL);
	struct jet_path *p = s->path;
	if (!jet_path_ready(s, p))
		return GN_AGAIN;
	uint64_t allowed = jet_path_allowance(p);
	size_t cap = allowed < JET_MTU_BASE ? (size_t)allowed : JET_MTU_BASE;
	bool eliciting_initial = false, eliciting_other = false;
	size_t prefix = prefix_of(s, &p->way);
	uint8_t *at = out->p + prefix;
	cap = cap < out->cap - prefix ? cap : out->cap - prefix;
	if (allowed < JET_MTU_BASE)
		jet_count(s->jet, JET_C_AMPLIFICATION);
	out->len = build_handshake(s, JET_INITIAL, at, cap, &eliciting_initial, now);
	size_t initial = out->len;
	if (s->hs)
		out->len += build_handshake(s, JET_HANDSHAKE, at + out->len, cap - out->len,
					    &eliciting_other, now);
	if (s->hs && !s->incoming && out->len > initial)
		/* RFC 9001 4.9.1: the client's first Handshake packet */
		jet_hs_discard(s, JET_INITIAL);
	if (s->state == JET_S_OPEN && out->len && cap - out->len >= JET_PACKET_ROOM)
		out->len += build_app(s, at + out->len, cap - out->len, now);
	if (s->state == JET_S_CLOSING || out->len == 0) {
		out->len = 0;
		return GN_AGAIN;
	}
	if (eliciting_initial && out->len < cap) {
		/* padding outside the packets: bytes that begin no packet are ignored */
		memset(at + out->len, 0, cap - out->len);
		out->len = cap;
	}
	p->tx += out->len;
	out->len += prefix;
	return batch_of(s, out, batch, &p->way, out->len, now);
}

/* ---- probes of addresses, closing ---- */

static gn_err send_path_probe(struct jet_session *s, struct jet_path *p, struct gn_buf *out,
			      struct gn_jet_batch *batch, gn_time now)
{
	GN_ASSERT(p == s->paths[jet_slot(s, p->id)]);
	struct jet_probe *probe = &p->probe;
	struct jet_out o;
	/* after the last try the timer says that nobody is there: path.c */
	bool challenge = probe->at <= now && probe->tries < probe->most;
	bool respond = p->responding;
	struct gn_way to = challenge ? probe->way : p->response_to;
	size_t cap = JET_MTU_BASE, prefix = prefix_of(s, &to), len = JET_MTU_BASE;
	if (respond && challenge && !gn_way_eq(&p->response_to, &to))
		respond = false; /* the next datagram */
	if (!jet_path_ready_to(s, p, &to))
		return GN_AGAIN;
	if (!gn_way_eq(&to, &p->way) || !p->validated) {
		bool counted = gn_way_eq(&to, &probe->way) && !probe->ours;
		uint64_t allowed = counted ? JET_AMPLIFICATION * probe->rx - probe->tx : cap;
		cap = allowed < cap ? (size_t)allowed : cap;
	}
	if ((!challenge && !respond) ||
	    !jet_out_begin(&o, s, p, JET_APP, gn_writer(out->p + prefix, cap), now)) {
		if (challenge) /* one that cannot go is one that brought nothing */
			probe->at = now + (jet_pto(p, JET_APP) << probe->tries++);
		return GN_AGAIN;
	}
	if (s->multi && p->space.unacked && jet_ack_itself(s, p) && gn_way_eq(&to, &p->way))
		jet_ack_write(s, &o, &p->space, p->id);
	len = challenge ? probe->len : p->response_len;
	if (respond) {
		jet_write_path(&o.w, JET_F_PATH_RESPONSE, p->response);
		jet_out_frame(&o, JET_F_PATH_RESPONSE, 0, 0, 0, false);
		o.answer = true;
		p->responding = false;
	}
	if (challenge) {
		uint8_t data[8];
		memcpy(data, probe->data, sizeof data);
		data[7] ^= probe->tries;
		jet_write_path(&o.w, JET_F_PATH_CHALLENGE, data);
		jet_out_frame(&o, JET_F_PATH_CHALLENGE, 0, 0, 0, false);
		probe->at = now + (probe->most == 1 ? JET_RELIABLE_SILENCE
						    : jet_pto(p, JET_APP) << probe->tries);
		probe->sent_at[probe->tries++] = now;
	}
	jet_out_pad(&o, len < cap ? len : cap);
	out->len = jet_out_finish(&o);
	if (out->len == 0)
		return GN_AGAIN;
	if (gn_way_eq(&to, &probe->way))
		probe->tx += out->len;
	out->len += prefix;
	return batch_of(s, out, batch, &to, out->len, now);
}

/* A challenge to one of the addresses that are tried. */
static gn_err send_punch(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			 gn_time now)
{
	struct jet_path *p;
	struct jet_out o;
	struct gn_way to;
	uint8_t data[8];
	if (!jet_punch_next(s, now, &p, &to, data) ||
	    !jet_out_begin(&o, s, p, JET_APP, gn_writer(out->p, JET_MTU_BASE), now))
		return GN_AGAIN;
	jet_write_path(&o.w, JET_F_PATH_CHALLENGE, data);
	jet_out_frame(&o, JET_F_PATH_CHALLENGE, 0, 0, 0, false);
	jet_out_pad(&o, JET_CHECK_LEN);
	o.eliciting &= s->punch->state != JET_PUNCH_GUESS; /* not remembered: guess.c */
	out->len = jet_out_finish(&o);
	return out->len ? batch_of(s, out, batch, &to, out->len, now) : GN_AGAIN;
}

static gn_err send_copies(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			  gn_time now)
{
	struct jet_out o;
	struct jet_path *p = s->copy_count ? second_path(s, now) : NULL;
	size_t prefix = p ? prefix_of(s, &p->way) : 0;
	uint8_t done = 0, count = s->copy_count;
	if (!p || !jet_out_begin(&o, s, p, JET_APP, gn_writer(out->p + prefix, p->mtu.size), now)) {
		s->copy_count = 0;
		return GN_AGAIN;
	}
	while (done < count && write_copy(s, &o, &s->copies[done]))
		done++;
	s->copy_count = 0; /* what did not fit goes once, as everything else does */
	if (jet_out_empty(&o))
		return GN_AGAIN;
	gn_err err = one_of(s, &o, p, out, batch, now);
	if (!err)
		jet_count(s->jet, JET_C_COPIES);
	return err;
}

/* Classes 1 and 2, and what streams need, by a connection of their own (RE-8). */
static gn_err send_express(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			   gn_time now)
{
	struct jet_out o;
	struct jet_path *p = jet_express_path(s);
	size_t prefix = p ? prefix_of(s, &p->way) : 0;
	bool due = s->due & (JET_DUE_MAX_DATA | JET_DUE_STREAMS_BIDI | JET_DUE_STREAMS_UNI) ||
		   !jet_list_empty(&s->control) || jet_sched_waits(s, JET_CLASSES_URGENT);
	if (!p || !due || !window_open(s, p) ||
	    !jet_out_begin(&o, s, p, JET_APP, gn_writer(out->p + prefix, p->mtu.size), now))
		return GN_AGAIN;
	jet_flow_write(s, &o);
	jet_streams_write_control(s, &o);
	jet_sched_fill(s, &o, JET_CLASSES_URGENT);
	if (!o.eliciting)
		return GN_AGAIN;
	return one_of(s, &o, p, out, batch, now);
}

/* What came on a spare path and is to be acknowledged. */
static gn_err send_own_ack(struct jet_session *s, struct jet_path *p, struct gn_buf *out,
			   struct gn_jet_batch *batch, gn_time now)
{
	GN_ASSERT(p != s->path);
	struct jet_out o;
	size_t prefix = prefix_of(s, &p->way);
	if (!jet_path_ready(s, p))
		return GN_AGAIN;
	if (!jet_out_begin(&o, s, p, JET_APP, gn_writer(out->p + prefix, JET_MTU_BASE), now)) {
		p->space.ack_at = now + JET_ACK_DELAY;
		return GN_AGAIN;
	}
	jet_ack_write(s, &o, &p->space, p->id);
	if (p->space.received.count > QUIET_ACK_RANGES && p->space.out == 0 && window_open(s, p))
		write_ping(&o);
	return one_of(s, &o, p, out, batch, now);
}

static gn_err send_close(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			 gn_time now)
{
	GN_ASSERT(s->state == JET_S_CLOSING);
	if (!jet_path_ready(s, s->path))
		return GN_AGAIN;
	uint64_t allowed = jet_path_allowance(s->path);
	size_t cap = allowed < JET_MTU_BASE ? (size_t)allowed : JET_MTU_BASE;
	size_t prefix = prefix_of(s, &s->path->way);
	uint8_t *at = out->p + prefix;
	cap = cap < out->cap - prefix ? cap : out->cap - prefix;
	s->close_due = false;
	for (int level = s->hs ? JET_INITIAL : JET_APP; level <= JET_APP; level++) {
		struct jet_out o;
		bool app = s->close_app && level == JET_APP;
		if (level == JET_APP && !s->confirmed && s->incoming)
			break; /* the client may not have these keys yet */
		if (!jet_out_begin(&o, s, s->path, (enum jet_level)level,
				   gn_writer(at + out->len, cap - out->len), now))
			continue;
		struct gn_slice reason =
			gn_slice(s->reason, app || !s->close_app ? s->reason_len : 0);
		jet_write_close(&o.w, app, app || !s->close_app ? s->close_code : JET_E_NONE,
				reason);
		if (o.w.bad)
			continue;
		out->len += jet_out_finish(&o);
	}
	if (out->len == 0)
		return GN_AGAIN;
	s->path->tx += out->len;
	out->len += prefix;
	return batch_of(s, out, batch, &s->path->way, out->len, now);
}

gn_time jet_send_deadline(const struct jet_session *s)
{
	const struct jet_path *p = s->path;
	if (s->state != JET_S_OPEN || !window_open(s, p))
		return GN_NEVER;
	gn_time probe = s->confirmed && p->mtu.probing && !p->mtu.in_flight ? p->mtu.at : GN_NEVER;
	return app_pending(s) && !p->reliable ? gn_time_min(probe, jet_path_paced_at(s, p)) : probe;
}

/* Some link has no room: when it has, there may be something to send. */
static void note_starved(struct jet_session *s)
{
	GN_ASSERT(s->path);
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->reliable && !jet_path_ready(s, s->paths[i]))
			jet_list_append(&s->jet->starved, &s->starved);
}

gn_err jet_session_send(struct jet_session *s, struct gn_buf *out, struct gn_jet_batch *batch,
			gn_time now)
{
	GN_ASSERT(s->path && out->cap >= JET_MTU_BASE);
	out->len = 0;
	note_starved(s);
	if (s->state == JET_S_CLOSING && s->close_due)
		return send_close(s, out, batch, now);
	if (s->state == JET_S_CLOSING || s->state == JET_S_DRAINING || jet_token_owed(s) ||
	    jet_knocked(s))
		return GN_AGAIN;
	if (s->state == JET_S_OPEN && s->punch && !jet_is_parked(s) &&
	    send_punch(s, out, batch, now) == GN_OK)
		return GN_OK;
	for (int i = 0; i < JET_PATHS_MAX && s->state == JET_S_OPEN; i++) {
		struct jet_path *p = s->paths[i];
		if (p && (p->responding || p->probe.at <= now) &&
		    send_path_probe(s, p, out, batch, now) == GN_OK)
			return GN_OK;
		if (p && jet_ack_itself(s, p) && jet_ack_due(&p->space, now) &&
		    send_own_ack(s, p, out, batch, now) == GN_OK)
			return GN_OK;
	}
	if (jet_is_parked(s))
		return GN_AGAIN;
	if (s->hs && send_handshake(s, out, batch, now) == GN_OK)
		return GN_OK;
	if (s->state != JET_S_OPEN)
		return GN_AGAIN;
	if (send_copies(s, out, batch, now) == GN_OK)
		return GN_OK;
	if (s->state == JET_S_OPEN && send_express(s, out, batch, now) == GN_OK)
		return GN_OK;
	if (s->state == JET_S_OPEN && send_app(s, out, batch, now) == GN_OK)
		return GN_OK;
	return s->state == JET_S_OPEN && s->confirmed ? send_mtu_probe(s, out, batch, now)
						      : GN_AGAIN;
}
