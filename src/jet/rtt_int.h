/* The round-trip time of a path (rtt.c). */
#ifndef GN_JET_RTT_INT_H
#define GN_JET_RTT_INT_H

#include "base/base.h"
#include "jet/packet_int.h"

struct jet_path;

struct jet_rtt {
	/* smoothed is JET_RTT_INITIAL before the first sample */
	gn_time latest, smoothed, var, min;
	gn_time at;       /* when that was measured, by an acknowledgement; 0: never */
	gn_time adjusted; /* latest, without the time that the peer held its acknowledgement */
	bool sampled;
	uint8_t samples; /* as many, up to 255 */
};

void jet_rtt_init(struct jet_rtt *r);
void jet_rtt_sample(struct jet_rtt *r, gn_time latest, gn_time ack_delay);
/* How long to wait for an answer before probing (RFC 9002 6.2.1). */
gn_time jet_pto(const struct jet_path *p, enum jet_level level);

#endif
