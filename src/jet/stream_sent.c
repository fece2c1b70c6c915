/* What streams have to say besides their bytes (control frames), and what became of what they
 * sent.
 *
 * 1. A stream is in session.control while it has something due; what was lost is due again as
 *    long as the peer still needs it. */
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/out_int.h"
#include "jet/sched_int.h"
#include "jet/stream_int.h"

static void all_acked(struct jet_session *s, struct jet_stream *st)
{
	GN_ASSERT(st->tx_state == JET_TX_FIN && st->tx.base == st->tx.end);
	st->tx_state = JET_TX_DONE;
	jet_sendbuf_fini(&st->tx, s->jet->env.alloc);
	jet_list_remove(&st->sched);
	jet_stream_event(s, st, JET_EV_ACKED);
}

gn_err jet_stream_frame_acked(struct jet_session *s, const struct jet_sent_frame *f)
{
	GN_ASSERT(f->type == JET_F_STREAM || f->type == JET_F_RESET_STREAM);
	struct jet_stream *st = jet_stream_find(s, f->id);
	if (!st)
		return GN_OK;
	if (f->type == JET_F_RESET_STREAM) {
		if (st->tx_state == JET_TX_RESET)
			st->tx_state = JET_TX_DONE;
		jet_stream_settle(s, st);
		return GN_OK;
	}
	if (st->tx_state != JET_TX_OPEN && st->tx_state != JET_TX_FIN)
		return GN_OK;
	uint64_t base = st->tx.base;
	if (f->len)
		GN_TRY(jet_sendbuf_acked(&st->tx, s->jet->env.alloc, f->offset, f->len));
	s->tx_buffered -= st->tx.base - base;
	jet_memory_settle(s);
	st->fin_acked |= f->fin;
	if (st->fin_acked && st->tx.base == st->tx.end)
		all_acked(s, st);
	return GN_OK;
}

gn_err jet_stream_frame_lost(struct jet_session *s, const struct jet_sent_frame *f)
{
	struct jet_stream *st = jet_stream_find(s, f->id);
	if (!st)
		return GN_OK;
	if (f->type == JET_F_STREAM) {
		if (st->tx_state != JET_TX_OPEN && st->tx_state != JET_TX_FIN)
			return GN_OK;
		if (f->len)
			GN_TRY(jet_sendbuf_lost(&st->tx, s->jet->env.alloc, f->offset, f->len));
		st->fin_lost |= f->fin && !st->fin_acked;
		jet_sched_stream(s, st);
		return GN_OK;
	}
	uint8_t again = 0;
	if (f->type == JET_F_RESET_STREAM && st->tx_state == JET_TX_RESET)
		again = JET_DUE_RESET;
	else if (f->type == JET_F_STOP_SENDING && st->rx_state == JET_RX_OPEN)
		again = JET_DUE_STOP;
	else if (f->type == JET_F_MAX_STREAM_DATA && st->rx_state == JET_RX_OPEN &&
		 !st->final_known && !st->stopped)
		again = JET_DUE_MAX;
	else if (f->type == JET_F_STREAM_CLASS)
		again = JET_DUE_CLASS;
	if (again) {
		st->due |= again;
		jet_list_append(&s->control, &st->control);
	}
	return GN_OK;
}

static void write_due(struct jet_out *o, struct jet_stream *st)
{
	GN_ASSERT(st->due != 0);
	struct gn_writer *w = jet_out_writer(o);
	if ((st->due & JET_DUE_CLASS) && !jet_out_full(o)) {
		jet_write_numbers(w, JET_F_STREAM_CLASS, (uint64_t[]){st->id, st->class}, 2);
		jet_out_frame(o, JET_F_STREAM_CLASS, st->id, 0, 0, false);
		st->due &= (uint8_t)~JET_DUE_CLASS;
	}
	if ((st->due & JET_DUE_RESET) && !jet_out_full(o)) {
		jet_write_numbers(w, JET_F_RESET_STREAM,
				  (uint64_t[]){st->id, st->tx_code, st->tx.end}, 3);
		jet_out_frame(o, JET_F_RESET_STREAM, st->id, 0, 0, false);
		st->due &= (uint8_t)~JET_DUE_RESET;
	}
	if ((st->due & JET_DUE_STOP) && !jet_out_full(o)) {
		jet_write_numbers(w, JET_F_STOP_SENDING, (uint64_t[]){st->id, st->stop_code}, 2);
		jet_out_frame(o, JET_F_STOP_SENDING, st->id, 0, 0, false);
		st->due &= (uint8_t)~JET_DUE_STOP;
	}
	if ((st->due & JET_DUE_MAX) && !jet_out_full(o)) {
		jet_write_numbers(w, JET_F_MAX_STREAM_DATA, (uint64_t[]){st->id, st->window.max},
				  2);
		jet_out_frame(o, JET_F_MAX_STREAM_DATA, st->id, 0, 0, false);
		st->due &= (uint8_t)~JET_DUE_MAX;
	}
}

void jet_streams_write_control(struct jet_session *s, struct jet_out *o)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	for (struct jet_link *l; (l = jet_list_first(&s->control));) {
		struct jet_stream *st = GN_CONTAINER(l, struct jet_stream, control);
		write_due(o, st);
		if (st->due)
			return; /* the packet is full */
		jet_list_remove(l);
	}
}
