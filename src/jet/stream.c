/* Streams (RFC 9000 sections 2 to 4): opening, writing, reading, resetting, and what the peer's
 * frames do to them.
 *
 * 1. A stream is in the map from its opening until both directions are over and the application
 *    has been told.
 * 2. Ids below next_local or next_peer that are not in the map are over; frames for them are
 *    ignored.
 * 3. rx_total is the sum of rx_high of all streams there ever were; it never passes window.max.
 * 4. Bytes nobody will read (reset, stopped) count as consumed at once, so they cannot clog the
 *    session. */
#include "jet/out_int.h"

#define ID_SERVER 1u
#define ID_ONE_WAY 2u

static bool is_ours(const struct jet_session *s, gn_jet_stream id)
{
	return ((id & ID_SERVER) != 0) == s->incoming;
}

static gn_jet_stream make_id(const struct jet_session *s, bool ours, bool one_way, uint64_t n)
{
	return n << 2 | (one_way ? ID_ONE_WAY : 0) | (s->incoming == ours ? ID_SERVER : 0);
}

struct jet_stream *jet_stream_find(const struct jet_session *s, gn_jet_stream id)
{
	struct jet_stream *const *at = gn_map_get(&s->streams, &id);
	return at ? *at : NULL;
}

static struct jet_stream *stream_new(struct jet_session *s, gn_jet_stream id, unsigned class)
{
	struct jet_stream *st = GN_NEW(s->jet->env.alloc, struct jet_stream),
			  **at = st ? gn_map_put(&s->streams, &id) : NULL;
	if (!at) {
		gn_mem_free(s->jet->env.alloc, st);
		return NULL;
	}
	*at = st;
	st->id = id;
	st->class = (uint8_t)class;
	bool one_way = id & ID_ONE_WAY, ours = is_ours(s, id);
	st->tx_state = !one_way || ours ? JET_TX_OPEN : JET_TX_NONE;
	st->rx_state = !one_way || !ours ? JET_RX_OPEN : JET_RX_NONE;
	st->tx_credit = s->peer_stream_window;
	jet_window_init(&st->window, s->jet->config.stream_window, JET_STREAM_WINDOW_MAX);
	return st;
}

/* What was received is read, or nobody will. */
static void drop_received(struct jet_session *s, struct jet_stream *st)
{
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
			drop_received(s, st);
	}
}

void jet_stream_free(struct jet_session *s, struct jet_stream *st)
{
	struct gn_alloc *alloc = s->jet->env.alloc;
	s->tx_buffered -= st->tx.end - st->tx.base;
	s->tx_unsent -= st->tx.end - st->tx.next;
	s->rx_over += st->rx_high;
	s->tx_over += st->tx.next;
	jet_sendbuf_fini(&st->tx, alloc);
	drop_received(s, st);
	jet_list_remove(&st->sched);
	jet_list_remove(&st->control);
	jet_list_remove(&st->event);
	jet_list_remove(&st->writer);
	gn_map_remove(&s->streams, &st->id);
	gn_mem_free(alloc, st);
}

void jet_stream_settle(struct jet_session *s, struct jet_stream *st)
{
	bool tx_over = st->tx_state == JET_TX_NONE || st->tx_state == JET_TX_DONE;
	bool rx_over = st->rx_state == JET_RX_NONE || st->rx_state == JET_RX_DONE;
	if (!tx_over || !rx_over || st->events)
		return;
	bool one_way = st->id & ID_ONE_WAY;
	if (!is_ours(s, st->id)) {
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

/* ---- what the application does ---- */

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
		stream_new(s, make_id(s, true, one_way, s->next_local[one_way]), class);
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
static size_t room(const struct jet_session *s, unsigned class, uint64_t own)
{
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
	return room(s, st->class, st->tx_credit - st->tx.end);
}

size_t gn_jet_room(const struct gn_jet *jet, gn_jet_id id, bool one_way, enum gn_jet_class class)
{
	struct jet_session *s;
	if (find_open(jet, id, &s) != GN_OK || s->next_local[one_way] >= s->limit_local[one_way])
		return 0;
	return room(s, class, s->peer_stream_window);
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
		drop_received(s, st);
		jet_stream_settle(s, st);
	}
	return GN_OK;
}

static void reset(struct jet_session *s, struct jet_stream *st, uint32_t code)
{
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

gn_err gn_jet_stream_reset(struct gn_jet *jet, gn_jet_id id, gn_jet_stream stream, uint32_t code)
{
	struct jet_session *s;
	struct jet_stream *st;
	GN_TRY(find_stream(jet, id, stream, &s, &st));
	if (st->tx_state == JET_TX_NONE)
		return GN_USAGE;
	if (st->tx_state == JET_TX_OPEN || st->tx_state == JET_TX_FIN)
		reset(s, st, code);
	return GN_OK;
}

/* Nobody will read what is here and what may still come. */
static void discard_rx(struct jet_session *s, struct jet_stream *st, gn_time now)
{
	uint64_t unread = st->rx_high - st->rx.base;
	drop_received(s, st);
	st->rx.base = st->rx_high;
	jet_flow_consumed(s, NULL, unread, now);
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
		discard_rx(s, st, jet->now); /* the end is known: nothing to stop */
		st->rx_state = JET_RX_DONE;
		st->events &= (uint8_t)~JET_EV_READABLE;
		jet_stream_settle(s, st);
	} else if (st->rx_state == JET_RX_OPEN && !st->stopped) {
		discard_rx(s, st, jet->now);
		st->stopped = true;
		st->stop_code = code;
		st->events &= (uint8_t)~JET_EV_READABLE;
		st->due = (uint8_t)((st->due & ~JET_DUE_MAX) | JET_DUE_STOP);
		jet_list_append(&s->control, &st->control);
		jet_wake(s);
	}
	return GN_OK;
}

/* ---- what the peer does ---- */

/* The stream a frame is about; *st NULL: it is over. Opens the peer's streams up to it.
 * receiving: the frame is about data the peer sends. */
static gn_err find_for_frame(struct jet_session *s, gn_jet_stream id, bool receiving,
			     struct jet_stream **st)
{
	bool ours = is_ours(s, id), one_way = id & ID_ONE_WAY;
	if (one_way && receiving == ours)
		return jet_fault(s, JET_E_STREAM_STATE,
				 "a frame against the direction of its "
				 "stream");
	*st = jet_stream_find(s, id);
	uint64_t n = id >> 2;
	if (*st || n < (ours ? s->next_local[one_way] : s->next_peer[one_way]))
		return GN_OK;
	if (ours)
		return jet_fault(s, JET_E_STREAM_STATE, "a frame for a stream that was not opened");
	if (n >= s->limit_peer[one_way])
		return jet_fault(s, JET_E_STREAM_LIMIT, "more streams than allowed");
	while (s->next_peer[one_way] <= n) {
		*st = stream_new(s, make_id(s, false, one_way, s->next_peer[one_way]),
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
static gn_err put(struct jet_session *s, struct jet_stream *st, const struct jet_frame *f,
		  const struct jet_effect *e)
{
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
		discard_rx(s, st, now);
		if (st->final_known) {
			st->rx_state = JET_RX_DONE;
			jet_stream_settle(s, st);
		}
		return GN_OK;
	}
	size_t before = jet_recvbuf_readable(&st->rx);
	gn_err err = put(s, st, f, e);
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

gn_err jet_stream_on_reset(struct jet_session *s, const struct jet_frame *f, gn_time now)
{
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, true, &st));
	if (!st || st->rx_state != JET_RX_OPEN)
		return GN_OK;
	GN_TRY(set_final(s, st, f->offset));
	GN_TRY(raise_high(s, st, f->offset));
	discard_rx(s, st, now);
	st->rx_state = st->stopped ? JET_RX_DONE : JET_RX_RESET;
	if (st->stopped)
		jet_stream_settle(s, st);
	else
		jet_stream_event(s, st, JET_EV_READABLE);
	return GN_OK;
}

gn_err jet_stream_on_stop(struct jet_session *s, const struct jet_frame *f)
{
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, false, &st));
	if (!st || (st->tx_state != JET_TX_OPEN && st->tx_state != JET_TX_FIN))
		return GN_OK;
	reset(s, st, (uint32_t)f->value);
	jet_stream_event(s, st, JET_EV_WRITABLE); /* the next write says GN_CLOSED */
	return GN_OK;
}

gn_err jet_stream_on_max(struct jet_session *s, const struct jet_frame *f)
{
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
	struct jet_stream *st = NULL;
	GN_TRY(find_for_frame(s, f->id, true, &st));
	if (!st || is_ours(s, f->id))
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

/* ---- acknowledgement, loss, control frames ---- */

static void all_acked(struct jet_session *s, struct jet_stream *st)
{
	st->tx_state = JET_TX_DONE;
	jet_sendbuf_fini(&st->tx, s->jet->env.alloc);
	jet_list_remove(&st->sched);
	jet_stream_event(s, st, JET_EV_ACKED);
}

gn_err jet_stream_frame_acked(struct jet_session *s, const struct jet_sent_frame *f)
{
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

static void write_due(struct jet_out *o, struct jet_stream *st)
{
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
	for (struct jet_link *l; (l = jet_list_first(&s->control));) {
		struct jet_stream *st = GN_CONTAINER(l, struct jet_stream, control);
		write_due(o, st);
		if (st->due)
			return; /* the packet is full */
		jet_list_remove(l);
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
