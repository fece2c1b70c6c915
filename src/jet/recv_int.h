/* Packets of sessions that came (recv.c). */
#ifndef GN_JET_RECV_INT_H
#define GN_JET_RECV_INT_H

#include "jet/in_int.h"

/* It came to a connection id of s that names the path. */
gn_err jet_recv_packet(struct jet_in *in, struct jet_session *s, uint32_t path_id);

#endif
