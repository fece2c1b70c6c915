/* Finding a session, and marking that there is something to do for it (mark.c). */
#ifndef GN_JET_MARK_INT_H
#define GN_JET_MARK_INT_H

#include "jet/jet.h"

struct jet_session;
struct jet_stream;

struct jet_session *jet_find(const struct gn_jet *jet, gn_jet_id id);
/* One that keeps several paths, once its handshake is confirmed. GN_NOT_FOUND, GN_CLOSED; GN_STATE
 * before, and when the peer knows one path only. */
GN_MUST gn_err jet_find_multi(const struct gn_jet *jet, gn_jet_id id, struct jet_session **out);
/* Something may be there to send; the timer is set when that has been tried. */
void jet_wake(struct jet_session *s);
/* enum jet_session_event: to be told. */
void jet_session_event(struct jet_session *s, uint16_t event);
/* enum jet_stream_event. */
void jet_stream_event(struct jet_session *s, struct jet_stream *st, uint8_t event);

#endif
