/* Unreliable datagrams in their queues (datagram.c). */
#ifndef GN_JET_DATAGRAM_INT_H
#define GN_JET_DATAGRAM_INT_H

#include "jet/frame_int.h"
#include "jet/list_int.h"

struct jet_session;

/* A datagram in a send or receive queue. */
struct jet_dgram {
	struct jet_link link;
	gn_time expires;
	uint16_t len;
	uint8_t data[];
};

gn_err jet_dgram_on_frame(struct jet_session *s, const struct jet_frame *f);
void jet_dgrams_fini(struct jet_session *s);

#endif
