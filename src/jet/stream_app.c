/* What the application does with streams: opens, writes, reads, resets, stops; and how much it
 * could write.
 *
 * 1. A write takes what credit, send buffer and memory allow; one that takes less than all is
 *    told when it can go on (jet_streams_wake_writers). */
#include "jet/flow_int.h"
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/sched_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

static gn_err find_open(const struct gn_jet *jet, gn_jet_id id, struct jet_session **s)
{
	struct jet_session *found = jet_find(jet, id);
	if (!found)
		return GN_NOT_FOUND;
	if (found->state != JET_S_OPEN)
		return found->state == JET_S_HANDSHAKE ? GN_STATE : GN_CLOSED;
	*s = found;
	return GN_OK;
}

static gn_err find_stream(const struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
			  struct jet_session **s, struct jet_stream **st)
{
	GN_TRY(find_open(jet, id, s));
	*st = jet_stream_find(*s, stream);
	return *st ? GN_OK : GN_NOT_FOUND;
}

gn_err gn_jet_stream_open(struct gn_jet *jet, gn_jet_id id, bool one_way, enum gn_jet_class class,
			  gn_jet_stream *out)
{
	struct jet_session *s;
	if (class < GN_JET_CRITICAL || class > GN_JET_BACKGROUND)
		return GN_USAGE;
	GN_TRY(find_open(jet, id, &s));
	if (s->next_local[one_way] >= s->limit_local[one_way]) {
		s->streams_blocked = true;
		return GN_LIMIT;
	}
	struct jet_stream *st =
		jet_stream_new(s, jet_stream_id(s, true, one_way, s->next_local[one_way]), class);
	if (!st)
		return GN_NOMEM;
	s->next_local[one_way]++;
	if (class != GN_JET_INTERACTIVE) {
		st->due |= JET_DUE_CLASS;
		jet_list_append(&s->control, &st->control);
	}
	*out = st->id;
	return GN_OK;
}

gn_err gn_jet_stream_write(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
			   struct gn_slice data, bool fin, size_t *taken)
{
	struct jet_session *s;
	struct jet_stream *st;
	GN_TRY(find_stream(jet, id, stream, &s, &st));
	if (st->tx_state == JET_TX_RESET || st->tx_state == JET_TX_DONE)
		return GN_CLOSED;
	if (st->tx_state != JET_TX_OPEN)
		return GN_STATE;
	uint64_t room = jet_send_buffer_room(s, st->class), credit = st->tx_credit - st->tx.end;
	GN_ASSERT(st->tx.end <= st->tx_credit);
	room = room < credit ? room : credit;
	size_t n = data.len < room ? data.len : (size_t)room;
	if (n) {
		GN_TRY(jet_memory_write(s, n));
		gn_err err = jet_sendbuf_write(&st->tx, jet->env.alloc, gn_slice_sub(data, 0, n));
		if (err != GN_OK) {
			jet_memory_settle(s);
			return err;
		}
	}
	s->tx_buffered += n;
	s->tx_unsent += n;
	if (n < data.len) {
		st->write_blocked = true;
		jet_list_append(&s->writers, &st->writer);
	} else if (fin) {
		st->tx_state = JET_TX_FIN;
	}
	*taken = n;
	jet_sched_stream(s, st);
	jet_wake(s);
	return GN_OK;
}

/* Of `own` bytes of a stream's credit, what the session's credit and the send buffer have left
 * besides all that waits. */
static size_t room_within(const struct jet_session *s, unsigned class, uint64_t own)
{
	GN_ASSERT(s->tx_credit >= s->tx_total);
	uint64_t buffer = jet_send_buffer_room(s, class), credit = s->tx_credit - s->tx_total;
	credit = credit > s->tx_unsent ? credit - s->tx_unsent : 0;
	own = own < credit ? own : credit;
	return (size_t)(own < buffer ? own : buffer);
}

size_t gn_jet_stream_room(const struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream)
{
	struct jet_session *s;
	struct jet_stream *st;
	if (find_stream(jet, id, stream, &s, &st) != GN_OK || st->tx_state != JET_TX_OPEN)
		return 0;
	return room_within(s, st->class, st->tx_credit - st->tx.end);
}

size_t gn_jet_room(const struct gn_jet *jet, gn_jet_id id, bool one_way, enum gn_jet_class class)
{
	struct jet_session *s;
	if (find_open(jet, id, &s) != GN_OK || s->next_local[one_way] >= s->limit_local[one_way])
		return 0;
	return room_within(s, class, s->peer_stream_window);
}

gn_err gn_jet_stream_read(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream, uint8_t *out,
			  size_t cap, size_t *len, bool *fin)
{
	struct jet_session *s;
	struct jet_stream *st;
	GN_TRY(find_stream(jet, id, stream, &s, &st));
	if (st->rx_state == JET_RX_RESET) {
		st->rx_state = JET_RX_DONE;
		st->events &= (uint8_t)~JET_EV_READABLE;
		jet_stream_settle(s, st);
		return GN_CLOSED;
	}
	if (st->rx_state != JET_RX_OPEN || st->stopped)
		return st->rx_state == JET_RX_NONE ? GN_USAGE : GN_STATE;
	size_t n = jet_recvbuf_read(&st->rx, out, cap);
	bool end = st->final_known && st->rx.base == st->final_size;
	if (n == 0 && !end)
		return GN_AGAIN;
	jet_flow_consumed(s, st, n, jet->now);
	*len = n;
	*fin = end;
	if (end) {
		st->rx_state = JET_RX_DONE;
		st->events &= (uint8_t)~JET_EV_READABLE;
		jet_stream_drop_received(s, st);
		jet_stream_settle(s, st);
	}
	return GN_OK;
}

gn_err gn_jet_stream_reset(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream, uint32_t code)
{
	struct jet_session *s;
	struct jet_stream *st;
	GN_TRY(find_stream(jet, id, stream, &s, &st));
	if (st->tx_state == JET_TX_NONE)
		return GN_USAGE;
	if (st->tx_state == JET_TX_OPEN || st->tx_state == JET_TX_FIN)
		jet_stream_reset(s, st, code);
	return GN_OK;
}

gn_err gn_jet_stream_stop(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream, uint32_t code)
{
	struct jet_session *s;
	struct jet_stream *st;
	GN_TRY(find_stream(jet, id, stream, &s, &st));
	if (st->rx_state == JET_RX_NONE)
		return GN_USAGE;
	if (st->rx_state == JET_RX_RESET ||
	    (st->rx_state == JET_RX_OPEN && st->final_known && !st->stopped)) {
		jet_stream_discard(s, st, jet->now); /* the end is known: nothing to stop */
		st->rx_state = JET_RX_DONE;
		st->events &= (uint8_t)~JET_EV_READABLE;
		jet_stream_settle(s, st);
	} else if (st->rx_state == JET_RX_OPEN && !st->stopped) {
		jet_stream_discard(s, st, jet->now);
		st->stopped = true;
		st->stop_code = code;
		st->events &= (uint8_t)~JET_EV_READABLE;
		st->due = (uint8_t)((st->due & ~JET_DUE_MAX) | JET_DUE_STOP);
		jet_list_append(&s->control, &st->control);
		jet_wake(s);
	}
	return GN_OK;
}

bool gn_jet_stream_given_up(const struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream,
			    uint32_t *code)
{
	struct jet_session *s;
	struct jet_stream *st;
	if (find_stream(jet, id, stream, &s, &st) != GN_OK || !st->given_up)
		return false;
	*code = st->peer_code;
	return true;
}
