/* Packets of strangers (admit.c). */
#ifndef GN_JET_ADMIT_INT_H
#define GN_JET_ADMIT_INT_H

#include "jet/in_int.h"
#include "jet/jet.h"
#include "jet/packet_int.h"

struct jet_stateless {
	struct gn_way to;
	uint16_t len;
	uint8_t data[JET_LONG_HEADER + JET_TOKEN_MAX + JET_RETRY_TAG];
};

/* A hello that waits for capacity, in a place that guard gave it. */
struct jet_waiting {
	struct gn_way from;
	uint8_t dcid[JET_CID_LEN], original[JET_CID_LEN];
	uint8_t *datagram[JET_WAITING_DATAGRAMS]; /* owned; NULL: none */
	uint16_t len[JET_WAITING_DATAGRAMS];
};

/* Lets in some of who waits, as capacity allows. */
void jet_admit_tick(struct gn_jet *jet, gn_time now);
gn_time jet_admit_deadline(const struct gn_jet *jet);
void jet_admit_fini(struct gn_jet *jet);
/* The first packet of a stranger, alone in its datagram or with others behind it. */
gn_err jet_admit(struct gn_jet *jet, struct jet_in *in);
void jet_send_version(struct gn_jet *jet, const struct gn_way *to, const struct jet_header *h,
		      size_t datagram_len);

#endif
