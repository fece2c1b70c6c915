/* Flow control (RFC 9000 section 4): how much the peer may send us, per stream and per session,
 * and how much we may buffer.
 *
 * 1. max never shrinks; it moves when half the window was read, so updates cost two frames per
 *    window.
 * 2. A window doubles when the reader empties half of it within four round trips (the window,
 *    not the path, was the brake), up to its maximum. */
#include "jet/flow_int.h"
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/out_int.h"
#include "jet/sched_int.h"
#include "jet/stream_int.h"

void jet_window_init(struct jet_window *w, uint32_t size, uint32_t size_max)
{
	GN_ASSERT(size > 0);
	*w = (struct jet_window){
		.max = size, .size = size, .size_max = size_max > size ? size_max : size};
}

bool jet_window_consumed(struct jet_window *w, uint64_t bytes, gn_time srtt, gn_time now)
{
	w->consumed += bytes;
	GN_ASSERT(w->consumed <= w->max);
	if (w->max - w->consumed > w->size / 2)
		return false;
	if (w->at && now - w->at < 4 * srtt && w->size < w->size_max)
		w->size = w->size > w->size_max / 2 ? w->size_max : w->size * 2;
	w->at = now;
	w->max = w->consumed + w->size;
	return true;
}

void jet_flow_consumed(struct jet_session *s, struct jet_stream *st, uint64_t bytes, gn_time now)
{
	GN_ASSERT(s->window.consumed <= s->window.max);
	gn_time srtt = s->path->rtt.smoothed;
	if (bytes == 0)
		return;
	if (st && jet_window_consumed(&st->window, bytes, srtt, now) && !st->final_known &&
	    !st->stopped) {
		st->due |= JET_DUE_MAX;
		jet_list_append(&s->control, &st->control);
		jet_wake(s);
	}
	if (st &&
	    /* one stream must be able to fill the session */
	    s->window.size < st->window.size + st->window.size / 2)
		s->window.size = st->window.size + st->window.size / 2 < s->window.size_max
					 ? st->window.size + st->window.size / 2
					 : s->window.size_max;
	if (jet_window_consumed(&s->window, bytes, srtt, now)) {
		s->due |= JET_DUE_MAX_DATA;
		jet_wake(s);
	}
}

gn_err jet_flow_on_max_data(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_MAX_DATA);
	if (f->value <= s->tx_credit)
		return GN_OK;
	s->tx_credit = f->value;
	for (struct jet_link *l; (l = jet_list_first(&s->flow_blocked));) {
		jet_list_remove(l);
		jet_sched_stream(s, GN_CONTAINER(l, struct jet_stream, sched));
	}
	return GN_OK;
}

/* Each class leaves an eighth to those above it, so that a bulk writer's backlog cannot shut out
 * a critical message. */
static uint64_t send_buffer(const struct jet_session *s, unsigned class)
{
	GN_ASSERT(class >= GN_JET_CRITICAL && class <= GN_JET_BACKGROUND);
	const struct jet_path *p = s->path;
	/* a carrier's window is seen by what it holds only */
	uint64_t most = 2 * (p->reliable ? p->cc.in_flight : p->cc.cwnd),
		 fixed = s->jet->config.send_buffer;
	most = most < fixed ? fixed : most > JET_SEND_BUFFER_MAX ? JET_SEND_BUFFER_MAX : most;
	most = jet_memory_writable(s, most);
	return most - most / 8 * (class - GN_JET_CRITICAL);
}

uint64_t jet_send_buffer_room(const struct jet_session *s, unsigned class)
{
	uint64_t most = jet_is_parked(s) ? 0 : send_buffer(s, class);
	return s->tx_buffered < most ? most - s->tx_buffered : 0;
}

bool jet_send_buffer_worth_an_event(const struct jet_session *s, unsigned class)
{
	uint64_t most = send_buffer(s, class), least = s->jet->config.send_buffer / 16;
	least = least < most / 2 ? least : most / 2; /* of a small one half */
	return !jet_is_parked(s) && s->tx_buffered + least <= most;
}

void jet_flow_write(struct jet_session *s, struct jet_out *o)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	static const struct {
		uint8_t due, type;
		bool one_way;
	} limits[] = {{JET_DUE_STREAMS_BIDI, JET_F_MAX_STREAMS_BIDI, false},
		      {JET_DUE_STREAMS_UNI, JET_F_MAX_STREAMS_UNI, true}};
	if ((s->due & JET_DUE_MAX_DATA) && !jet_out_full(o)) {
		jet_write_numbers(jet_out_writer(o), JET_F_MAX_DATA, &s->window.max, 1);
		jet_out_frame(o, JET_F_MAX_DATA, 0, 0, 0, false);
		s->due &= (uint8_t)~JET_DUE_MAX_DATA;
	}
	for (size_t i = 0; i < GN_COUNT(limits); i++) {
		if (!(s->due & limits[i].due) || jet_out_full(o))
			continue;
		jet_write_numbers(jet_out_writer(o), limits[i].type,
				  &s->limit_peer[limits[i].one_way], 1);
		jet_out_frame(o, limits[i].type, 0, 0, 0, false);
		s->told_peer[limits[i].one_way] = s->limit_peer[limits[i].one_way];
		s->due &= (uint8_t)~limits[i].due;
	}
}
