/* What the peer's frames do to streams.
 *
 * 1. A frame that breaks a rule ends the session; one about a stream that is over does nothing.
 * 2. A piece that cannot be kept is refused with its packet, which then counts as lost: that is
 *    no fault, and it comes again. */
#include "jet/close_int.h"
#include "jet/in_int.h"
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/sched_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

/* The stream a frame is about; *st NULL: it is over. Opens the peer's streams up to it.
 * receiving: the frame is about data the peer sends. */
static gn_err find_for_frame(struct jet_session *s, gn_jet_stream id, bool receiving,
			     struct jet_stream **st)
{
	GN_ASSERT(jet_alive(s));
	bool ours = jet_stream_ours(s, id), one_way = id & JET_ID_ONE_WAY;
	if (one_way && receiving == ours)
		return jet_fault(s, JET_E_STREAM_STATE,
				 "a frame against the direction of its stream");
	*st = jet_stream_find(s, id);
	uint64_t n = id >> 2;
	if (*st || n < (ours ? s->next_local[one_way] : s->next_peer[one_way]))
		return GN_OK;
	if (ours)
		return jet_fault(s, JET_E_STREAM_STATE, "a frame for a stream that was not opened");
	if (n >= s->limit_peer[one_way])
		return jet_fault(s, JET_E_STREAM_LIMIT, "more streams than allowed");
	while (s->next_peer[one_way] <= n) {
		*st = jet_stream_new(s, jet_stream_id(s, false, one_way, s->next_peer[one_way]),
				     GN_JET_INTERACTIVE);
		if (!*st)
			return jet_fail(s, GN_NOMEM);
		s->next_peer[one_way]++;
		jet_stream_event(s, *st, JET_EV_OPENED);
	}
	return GN_OK;
}

/* The peer has used the stream up to `high`. */
static gn_err raise_high(struct jet_session *s, struct jet_stream *st, uint64_t high)
{
	GN_ASSERT(s->rx_total <= s->window.max);
	if (high <= st->rx_high)
		return GN_OK;
	if (high > st->window.max)
		return jet_fault(s, JET_E_FLOW, "past the stream's flow control limit");
	if (high - st->rx_high > s->window.max - s->rx_total)
		return jet_fault(s, JET_E_FLOW, "past the session's flow control limit");
	s->rx_total += high - st->rx_high;
	st->rx_high = high;
	return GN_OK;
}

static gn_err set_final(struct jet_session *s, struct jet_stream *st, uint64_t size)
{
	GN_ASSERT(st->rx_state == JET_RX_OPEN);
	if ((st->final_known && st->final_size != size) || size < st->rx_high)
		return jet_fault(s, JET_E_FINAL_SIZE, "the final size changed");
	st->final_known = true;
	st->final_size = size;
	return GN_OK;
}

static gn_err make_room(struct jet_session *s, const struct jet_stream *st,
			const struct jet_frame *f)
{
	uint32_t growth = jet_recvbuf_growth(&st->rx, f->offset, f->data.len);
	return growth ? jet_memory_receive(s, growth, f->data.len) : GN_OK;
}

/* Stores a piece. GN_LIMIT: it would take one hole, or more memory, than there may be. */
static gn_err put_piece(struct jet_session *s, struct jet_stream *st, const struct jet_frame *f,
			const struct jet_effect *e)
{
	GN_ASSERT(st->rx_state == JET_RX_OPEN && !st->stopped);
	gn_err err = make_room(s, st, f);
	if (err != GN_OK && !e->refused) { /* once a packet, as it looks at all streams */
		jet_streams_trim(s);       /* rings of what was read to the end of what came */
		err = make_room(s, st, f);
	}
	if (err != GN_OK) {
		jet_count(s->jet, err == GN_TOO_LARGE ? JET_C_STREAM_SPARSE : JET_C_STREAM_MEMORY);
		return GN_LIMIT;
	}
	uint32_t capacity = st->rx.capacity;
	err = jet_recvbuf_put(&st->rx, s->jet->env.alloc, f->offset, f->data);
	s->rx_held += st->rx.capacity - capacity;
	if (err == GN_LIMIT)
		jet_count(s->jet, JET_C_STREAM_HOLES);
	if (err != GN_OK)
		return err;
	st->rx_came += f->data.len;
	s->rx_came += f->data.len;
	return GN_OK;
}

gn_err jet_stream_on_data(struct jet_session *s, const struct jet_frame *f, struct jet_effect *e,
			  gn_time now)
{
	GN_ASSERT(f->type == JET_F_STREAM);
	struct jet_stream *st = NULL;
	uint64_t end = f->offset + f->data.len;
	GN_TRY(find_for_frame(s, f->id, true, &st));
	if (!st || st->rx_state != JET_RX_OPEN) {
		jet_count(s->jet, JET_C_STREAM_DATA_LATE);
		return GN_OK;
	}
	e->urgent |= st->class == GN_JET_CRITICAL;
	if (st->final_known && end > st->final_size)
		return jet_fault(s, JET_E_FINAL_SIZE, "data past the final size");
	GN_TRY(raise_high(s, st, end));
	if (f->fin)
		GN_TRY(set_final(s, st, end));
	if (st->stopped) {
		jet_stream_discard(s, st, now);
		if (st->final_known) {
			st->rx_state = JET_RX_DONE;
			jet_stream_settle(s, st);
		}
		return GN_OK;
	}
	size_t before = jet_recvbuf_readable(&st->rx);
	gn_err err = put_piece(s, st, f, e);
	if (err == GN_LIMIT) {
		e->refused = true;
		return GN_OK;
	}
	if (err != GN_OK)
		return jet_fail(s, err);
	if (jet_recvbuf_readable(&st->rx) > before ||
	    (st->final_known && st->rx.base == st->final_size))
		jet_stream_event(s, st, JET_EV_READABLE);
	return GN_OK;
}

/* The first word of it counts. */
static void note_given_up(struct jet_stream *st, const struct jet_frame *f)
{
	if (!st->given_up)
		st->peer_code = (uint32_t)f->value;
	st->given_up = true;
}

gn_err jet_stream_on_reset(struct jet_session *s, const struct jet_frame *f, gn_time now)
{
	GN_ASSERT(f->type == JET_F_RESET_STREAM);
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, true, &st));
	if (!st || st->rx_state != JET_RX_OPEN)
		return GN_OK;
	GN_TRY(set_final(s, st, f->offset));
	GN_TRY(raise_high(s, st, f->offset));
	jet_stream_discard(s, st, now);
	note_given_up(st, f);
	st->rx_state = st->stopped ? JET_RX_DONE : JET_RX_RESET;
	if (st->stopped)
		jet_stream_settle(s, st);
	else
		jet_stream_event(s, st, JET_EV_READABLE);
	return GN_OK;
}

gn_err jet_stream_on_stop(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_STOP_SENDING);
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, false, &st));
	if (!st || (st->tx_state != JET_TX_OPEN && st->tx_state != JET_TX_FIN))
		return GN_OK;
	note_given_up(st, f);
	jet_stream_reset(s, st, (uint32_t)f->value);
	jet_stream_event(s, st, JET_EV_WRITABLE); /* the next write says GN_CLOSED */
	return GN_OK;
}

gn_err jet_stream_on_max(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_MAX_STREAM_DATA);
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, false, &st));
	if (!st || f->value <= st->tx_credit)
		return GN_OK;
	st->tx_credit = f->value;
	jet_sched_stream(s, st);
	jet_streams_wake_writers(s);
	return GN_OK;
}

gn_err jet_stream_on_class(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->value >= GN_JET_CRITICAL && f->value <= GN_JET_BACKGROUND);
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, true, &st));
	if (!st || jet_stream_ours(s, f->id))
		return GN_OK;
	st->class = (uint8_t)f->value;
	if (jet_linked(&st->sched)) {
		jet_list_remove(&st->sched);
		jet_sched_stream(s, st);
	}
	return GN_OK;
}

gn_err jet_stream_on_limit(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_MAX_STREAMS_BIDI || f->type == JET_F_MAX_STREAMS_UNI);
	bool one_way = f->type == JET_F_MAX_STREAMS_UNI;
	if (f->value <= s->limit_local[one_way])
		return GN_OK;
	s->limit_local[one_way] = f->value;
	if (s->streams_blocked) {
		s->streams_blocked = false;
		jet_session_event(s, JET_EV_STREAMS);
	}
	return GN_OK;
}
