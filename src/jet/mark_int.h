/* Finding a session, and marking that there is something to do for it (mark.c). */
#ifndef GN_JET_MARK_INT_H
#define GN_JET_MARK_INT_H

#include "jet/jet.h"

struct jet_session;
struct jet_stream;

struct jet_session *jet_find(const struct gn_jet *jet, gn_jet_id id);
/* Something may be there to send; the timer is set when that has been tried. */
void jet_wake(struct jet_session *s);
/* enum jet_session_event: to be told. */
void jet_session_event(struct jet_session *s, uint8_t event);
/* enum jet_stream_event. */
void jet_stream_event(struct jet_session *s, struct jet_stream *st, uint8_t event);

#endif
