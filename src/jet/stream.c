/* Streams (RFC 9000 sections 2 to 4): what one is, from its opening until it is over. What the
 * application does with it is stream_app.c, what the peer's frames do to it stream_peer.c, what
 * became of what it sent stream_sent.c.
 *
 * 1. A stream is in the map from its opening until both directions are over and the application
 *    has been told.
 * 2. Ids below next_local or next_peer that are not in the map are over; frames for them are
 *    ignored.
 * 3. rx_total is the sum of rx_high of all streams there ever were; it never passes window.max.
 * 4. Bytes nobody will read (reset, stopped) count as consumed at once, so they cannot clog the
 *    session. */
#include "jet/flow_int.h"
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/sched_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

bool jet_stream_ours(const struct jet_session *s, gn_jet_stream id)
{
	return ((id & JET_ID_SERVER) != 0) == s->incoming;
}

gn_jet_stream jet_stream_id(const struct jet_session *s, bool ours, bool one_way, uint64_t n)
{
	return n << 2 | (one_way ? JET_ID_ONE_WAY : 0) | (s->incoming == ours ? JET_ID_SERVER : 0);
}

struct jet_stream *jet_stream_find(const struct jet_session *s, gn_jet_stream id)
{
	struct jet_stream *const *at = gn_map_get(&s->streams, &id);
	return at ? *at : NULL;
}

struct jet_stream *jet_stream_new(struct jet_session *s, gn_jet_stream id, unsigned class)
{
	GN_ASSERT(class >= GN_JET_CRITICAL && class <= GN_JET_BACKGROUND);
	struct jet_stream *st = GN_NEW(s->jet->env.alloc, struct jet_stream),
			  **at = st ? gn_map_put(&s->streams, &id) : NULL;
	if (!at) {
		gn_mem_free(s->jet->env.alloc, st);
		return NULL;
	}
	*at = st;
	st->id = id;
	st->class = (uint8_t)class;
	bool one_way = id & JET_ID_ONE_WAY, ours = jet_stream_ours(s, id);
	st->tx_state = !one_way || ours ? JET_TX_OPEN : JET_TX_NONE;
	st->rx_state = !one_way || !ours ? JET_RX_OPEN : JET_RX_NONE;
	st->tx_credit = s->peer_stream_window;
	jet_window_init(&st->window, s->jet->config.stream_window, JET_STREAM_WINDOW_MAX);
	return st;
}

void jet_stream_drop_received(struct jet_session *s, struct jet_stream *st)
{
	GN_ASSERT(s->rx_held >= st->rx.capacity && s->rx_came >= st->rx_came);
	s->rx_held -= st->rx.capacity;
	s->rx_came -= st->rx_came;
	st->rx_came = 0;
	jet_recvbuf_fini(&st->rx, s->jet->env.alloc);
	jet_memory_settle(s);
}

void jet_streams_trim(struct jet_session *s)
{
	for (uint32_t i = 0; i < s->streams.count; i++) {
		struct jet_stream *st = *(struct jet_stream **)gn_map_value_at(&s->streams, i);
		jet_sendbuf_trim(&st->tx, s->jet->env.alloc);
		if (st->rx.have.count == 0)
			jet_stream_drop_received(s, st);
	}
}

void jet_stream_free(struct jet_session *s, struct jet_stream *st)
{
	GN_ASSERT(s->tx_buffered >= st->tx.end - st->tx.base);
	struct gn_alloc *alloc = s->jet->env.alloc;
	s->tx_buffered -= st->tx.end - st->tx.base;
	s->tx_unsent -= st->tx.end - st->tx.next;
	s->rx_over += st->rx_high;
	s->tx_over += st->tx.next;
	jet_sendbuf_fini(&st->tx, alloc);
	jet_stream_drop_received(s, st);
	jet_list_remove(&st->sched);
	jet_list_remove(&st->control);
	jet_list_remove(&st->event);
	jet_list_remove(&st->writer);
	gn_map_remove(&s->streams, &st->id);
	gn_mem_free(alloc, st);
}

void jet_stream_settle(struct jet_session *s, struct jet_stream *st)
{
	GN_ASSERT(st->class != 0 && s->streams.count > 0);
	bool tx_over = st->tx_state == JET_TX_NONE || st->tx_state == JET_TX_DONE;
	bool rx_over = st->rx_state == JET_RX_NONE || st->rx_state == JET_RX_DONE;
	if (!tx_over || !rx_over || st->events)
		return;
	bool one_way = st->id & JET_ID_ONE_WAY;
	if (!jet_stream_ours(s, st->id)) {
		s->limit_peer[one_way]++;
		if (s->told_peer[one_way] - s->next_peer[one_way] < JET_STREAMS / 2) {
			s->due |= one_way ? JET_DUE_STREAMS_UNI : JET_DUE_STREAMS_BIDI;
			jet_wake(s);
		}
	}
	jet_stream_free(s, st);
	if (s->streams.count == 0)
		gn_map_fini(&s->streams);
}

void jet_stream_reset(struct jet_session *s, struct jet_stream *st, uint32_t code)
{
	GN_ASSERT(st->tx_state == JET_TX_OPEN || st->tx_state == JET_TX_FIN);
	st->tx_state = JET_TX_RESET;
	st->tx_code = code;
	st->due |= JET_DUE_RESET;
	s->tx_buffered -= st->tx.end - st->tx.base;
	s->tx_unsent -= st->tx.end - st->tx.next;
	uint64_t sent = st->tx.next; /* the final size the peer must count */
	jet_sendbuf_fini(&st->tx, s->jet->env.alloc);
	jet_memory_settle(s);
	st->tx.base = st->tx.next = st->tx.end = sent;
	jet_list_remove(&st->sched);
	jet_list_remove(&st->writer);
	jet_list_append(&s->control, &st->control);
	jet_wake(s);
}

void jet_stream_discard(struct jet_session *s, struct jet_stream *st, gn_time now)
{
	GN_ASSERT(st->rx_high >= st->rx.base);
	uint64_t unread = st->rx_high - st->rx.base;
	jet_stream_drop_received(s, st);
	st->rx.base = st->rx_high;
	jet_flow_consumed(s, NULL, unread, now);
}

void jet_streams_wake_writers(struct jet_session *s)
{
	for (struct jet_link *l = s->writers.next, *next; l != &s->writers; l = next) {
		struct jet_stream *st = GN_CONTAINER(l, struct jet_stream, writer);
		next = l->next;
		if (st->tx_credit <= st->tx.end || !jet_send_buffer_worth_an_event(s, st->class))
			continue; /* a sliver is not worth an event */
		jet_list_remove(l);
		st->write_blocked = false;
		jet_stream_event(s, st, JET_EV_WRITABLE);
	}
}

static void stream_validate(const struct jet_session *s, const struct jet_stream *st)
{
	jet_sendbuf_validate(&st->tx);
	jet_recvbuf_validate(&st->rx);
	GN_ASSERT(st->class >= 1 && st->class <= 4);
	GN_ASSERT(st->rx_high <= st->window.max && st->tx.next <= st->tx_credit &&
		  st->tx.end <= st->tx_credit);
	GN_ASSERT(st->rx.base + jet_recvbuf_span(&st->rx) <= st->rx_high &&
		  st->window.consumed <= st->rx_high);
	GN_ASSERT(!st->final_known || st->rx_high <= st->final_size);
	GN_ASSERT(!st->fin_acked || st->fin_sent);
	/* else it is DONE */
	GN_ASSERT(st->tx_state != JET_TX_FIN || !st->fin_acked || st->tx.base < st->tx.end);
	GN_ASSERT(!st->due || jet_linked(&st->control));
	GN_ASSERT(!st->events || jet_linked(&st->event));
	GN_ASSERT(!jet_stream_sendable(st) || jet_linked(&st->sched) || s->state != JET_S_OPEN);
}

void jet_streams_validate(const struct jet_session *s)
{
	uint64_t buffered = 0, held = 0, came = 0, unsent = 0;
	uint64_t received = s->rx_over, consumed = s->rx_over, sent = s->tx_over;
	for (uint32_t i = 0; i < s->streams.count; i++) {
		struct jet_stream *const *st = gn_map_value_at(&s->streams, i);
		stream_validate(s, *st);
		buffered += (*st)->tx.end - (*st)->tx.base;
		held += (*st)->rx.capacity;
		came += (*st)->rx_came;
		unsent += (*st)->tx.end - (*st)->tx.next;
		sent += (*st)->tx.next;
		received += (*st)->rx_high;
		consumed += (*st)->rx.base;
	}
	GN_ASSERT(buffered == s->tx_buffered && held == s->rx_held && came == s->rx_came &&
		  unsent == s->tx_unsent);
	if (s->state == JET_S_OPEN)
		GN_ASSERT(received == s->rx_total && consumed == s->window.consumed &&
			  sent == s->tx_total);
	GN_ASSERT(s->rx_total <= s->window.max && s->tx_total <= s->tx_credit);
}
