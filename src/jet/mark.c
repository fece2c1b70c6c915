/* Finding a session, and marking that there is something to do for it: to send, or to tell.
 *
 * 1. Marks are flags and membership of a list; the work is done by jet.c and event.c when the
 *    caller asks for output. So whoever marks calls nobody above. */
#include "jet/mark_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

struct jet_session *jet_find(const struct gn_jet *jet, gn_jet_id id)
{
	struct jet_session *const *at = gn_map_get(&jet->ids, &id);
	return at ? *at : NULL;
}

gn_err jet_find_multi(const struct gn_jet *jet, gn_jet_id id, struct jet_session **out)
{
	struct jet_session *s = jet_find(jet, id);
	if (!s)
		return GN_NOT_FOUND;
	if (!jet_alive(s))
		return GN_CLOSED;
	if (s->state != JET_S_OPEN || !s->confirmed || !s->multi)
		return GN_STATE;
	*out = s;
	return GN_OK;
}

void jet_wake(struct jet_session *s)
{
	GN_ASSERT(s->timer.place != 0);
	jet_list_append(&s->jet->ready, &s->ready);
}

void jet_session_event(struct jet_session *s, uint16_t event)
{
	GN_ASSERT(event != 0);
	s->events |= event;
	jet_list_append(&s->jet->events, &s->event);
}

void jet_stream_event(struct jet_session *s, struct jet_stream *st, uint8_t event)
{
	GN_ASSERT(event != 0 && st->class != 0);
	st->events |= event;
	jet_list_append(&s->stream_events, &st->event);
	jet_list_append(&s->jet->events, &s->event);
}
