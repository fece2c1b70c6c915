/* Packets of sessions that came (recv.c). */
#ifndef GN_JET_RECV_INT_H
#define GN_JET_RECV_INT_H

#include "jet/packet_int.h"

struct jet_session;

/* What the frames of a packet mean for its acknowledgement. */
struct jet_effect {
	bool urgent;  /* at once */
	bool refused; /* something in it was not kept: as if it had been lost */
};

gn_err jet_recv_packet(struct jet_session *s, uint32_t path, const struct gn_addr *from,
		       const struct jet_header *h, uint8_t *packet, size_t datagram_len,
		       gn_time now);

#endif
