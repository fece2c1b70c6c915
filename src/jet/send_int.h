/* Packets to send (send.c). */
#ifndef GN_JET_SEND_INT_H
#define GN_JET_SEND_INT_H

#include "jet/jet.h"

struct jet_session;

/* Fills batch and out for one session. GN_AGAIN: nothing now. */
GN_MUST gn_err jet_session_send(struct jet_session *s, struct gn_buf *out,
				struct gn_jet_batch *batch, gn_time now);
/* When the pacer lets waiting data go; GN_NEVER when nothing waits or the window is closed. */
gn_time jet_send_deadline(const struct jet_session *s);

#endif
