/* Events are flags on what they are about, handed out one by one: nothing is queued, so nothing
 * can overflow.
 *
 * 1. A session is in jet->events while it may have something to tell; order within a session:
 *    CONNECTED, MOVED, SUSPECT, PATHS, CROWDED, GUESS, GUESSED, OFFERED, SEEN, STREAMS, streams in
 *    the order they woke, datagrams, CLOSED last. Sessions take turns.
 * 2. A stream's OPENED comes before its other events. */
#include "jet/datagram_int.h"
#include "jet/guess_int.h"
#include "jet/mark_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

static bool take_event(struct jet_session *s, uint16_t event)
{
	bool was = s->events & event;
	s->events &= (uint16_t)~event;
	return was;
}

static bool stream_event(struct jet_session *s, struct gn_jet_event *out)
{
	static const struct {
		uint8_t bit, kind;
	} order[] = {{JET_EV_OPENED, GN_JET_OPENED},
		     {JET_EV_READABLE, GN_JET_READABLE},
		     {JET_EV_WRITABLE, GN_JET_WRITABLE},
		     {JET_EV_ACKED, GN_JET_ACKED}};
	for (struct jet_link *l; (l = jet_list_first(&s->stream_events));) {
		struct jet_stream *st = GN_CONTAINER(l, struct jet_stream, event);
		for (size_t i = 0; i < GN_COUNT(order); i++) {
			if (!(st->events & order[i].bit))
				continue;
			st->events &= (uint8_t)~order[i].bit;
			out->kind = (enum gn_jet_event_kind)order[i].kind;
			out->stream = st->id;
			if (st->events == 0) {
				jet_list_remove(l);
				jet_stream_settle(s, st);
			}
			return true;
		}
		jet_list_remove(l);
	}
	return false;
}

static bool datagram_event(struct jet_session *s, struct gn_jet_event *out)
{
	struct jet_link *l = jet_list_first(&s->dgrams_in);
	if (!l)
		return false;
	struct jet_dgram *d = GN_CONTAINER(l, struct jet_dgram, link);
	jet_list_remove(l);
	s->dgrams_in_count--;
	s->dgrams_in_bytes -= d->len;
	s->jet->told = d;
	out->kind = GN_JET_DATAGRAM;
	out->data = gn_slice(d->data, d->len);
	return true;
}

/* The id dies with this event; the session itself when it has drained. */
static void closed_event(struct jet_session *s, struct gn_jet_event *out)
{
	GN_ASSERT(!jet_alive(s) && s->id != 0);
	struct gn_jet *jet = s->jet;
	out->kind = GN_JET_CLOSED;
	out->err = s->close_err;
	out->code = s->close_code;
	memcpy(jet->reason, s->reason, s->reason_len);
	out->data = gn_slice(jet->reason, s->reason_len);
	gn_map_remove(&jet->ids, &s->id);
	s->id = 0;
	jet_wake(s);
}

static bool seen_event(struct jet_session *s, struct gn_jet_event *out)
{
	if (!(s->events & JET_EV_SEEN))
		return false;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p || !p->seen_new)
			continue;
		p->seen_new = false;
		out->kind = GN_JET_SEEN;
		out->path = p->id;
		out->way = (struct gn_way){.addr = p->seen, .link = p->way.link};
		return true;
	}
	s->events &= (uint16_t)~JET_EV_SEEN;
	return false;
}

/* What was asked for may not be wanted any more. */
static bool guess_event(struct jet_session *s, struct gn_jet_event *out)
{
	const struct jet_punch *u = s->punch;
	if (take_event(s, JET_EV_GUESS) && u && u->state == JET_PUNCH_ASKED) {
		out->kind = GN_JET_GUESS;
		out->way = (struct gn_way){.addr = u->guess->to};
		out->count = jet_guess_sockets(s);
		return true;
	}
	if (!take_event(s, JET_EV_GUESSED) || !u)
		return false;
	out->kind = GN_JET_GUESSED;
	out->way = (struct gn_way){.link = u->guess_link};
	return true;
}

static bool session_event(struct jet_session *s, struct gn_jet_event *out)
{
	*out = (struct gn_jet_event){.id = s->id,
				     .peer = s->peer,
				     .way = s->path->way,
				     .why = s->why,
				     .incoming = s->incoming};
	if (take_event(s, JET_EV_CONNECTED)) {
		out->kind = GN_JET_CONNECTED;
	} else if (take_event(s, JET_EV_MOVED)) {
		out->kind = GN_JET_MOVED;
	} else if (take_event(s, JET_EV_MOVE_FAILED)) {
		out->kind = GN_JET_MOVED;
		out->err = GN_UNREACHABLE;
		out->way = s->failed_way;
	} else if (take_event(s, JET_EV_SUSPECT)) {
		out->kind = GN_JET_SUSPECT;
	} else if (take_event(s, JET_EV_PATHS)) {
		out->kind = GN_JET_PATHS;
	} else if (take_event(s, JET_EV_CROWDED)) {
		out->kind = GN_JET_CROWDED;
	} else if (guess_event(s, out)) {
		return true;
	} else if (take_event(s, JET_EV_OFFERED)) {
		out->kind = GN_JET_OFFERED;
	} else if (seen_event(s, out)) {
		return true;
	} else if (take_event(s, JET_EV_STREAMS)) {
		out->kind = GN_JET_STREAMS;
	} else if (stream_event(s, out) || datagram_event(s, out)) {
		return true;
	} else if (take_event(s, JET_EV_CLOSED)) {
		closed_event(s, out);
	} else {
		return false;
	}
	return true;
}

bool gn_jet_next_event(struct gn_jet *jet, struct gn_jet_event *out)
{
	gn_mem_free(jet->env.alloc, jet->told);
	jet->told = NULL;
	for (struct jet_link *l; (l = jet_list_first(&jet->events));) {
		struct jet_session *s = GN_CONTAINER(l, struct jet_session, event);
		jet_list_remove(l);
		if (session_event(s, out)) {
			if (out->kind != GN_JET_CLOSED)
				/* at the end: sessions take turns */
				jet_list_append(&jet->events, l);
			return true;
		}
	}
	return false;
}
