/* Sessions that outlast their peer's silence (park.c). */
#ifndef GN_JET_PARK_INT_H
#define GN_JET_PARK_INT_H

#include "base/base.h"

struct jet_session;

/* How long it lives without a word. */
gn_time jet_park_patience(const struct jet_session *s);
/* The peer was heard, or may be soon: everything goes on. */
GN_MUST gn_err jet_park_wake(struct jet_session *s, gn_time now);
gn_time jet_park_deadline(const struct jet_session *s);
GN_MUST gn_err jet_park_tick(struct jet_session *s, gn_time now);

#endif
