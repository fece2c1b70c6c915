/* The one deadline of a session (timers.c). */
#ifndef GN_JET_TIMERS_INT_H
#define GN_JET_TIMERS_INT_H

#include "base/base.h"

struct jet_session;

gn_time jet_session_deadline(const struct jet_session *s);
void jet_session_tick(struct jet_session *s, gn_time now);

#endif
