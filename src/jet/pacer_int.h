/* Pacing of one path: a token bucket in bytes that fills at the pacing rate. Bursts are one
 * quantum (one GSO send); a late wake-up finds the tokens it missed, up to two quanta. */
#ifndef GN_JET_PACER_INT_H
#define GN_JET_PACER_INT_H

#include "base/base.h"

struct jet_pacer {
	uint64_t rate;  /* bytes per second */
	int64_t tokens; /* bytes; below zero after the last packet of a burst */
	gn_time at;     /* of tokens */
	uint32_t mtu;
};

/* A full initial burst is allowed (RFC 9002 7.7). */
void jet_pacer_init(struct jet_pacer *p, uint32_t mtu, gn_time now);
/* Rate from window and round trip: twice the window per round trip in slow start, 1.25 times
 * after. */
void jet_pacer_set(struct jet_pacer *p, uint64_t cwnd, gn_time srtt, bool slow_start, gn_time now);
/* clamp(rate x 1 ms, 2 packets, 64 KB). */
uint64_t jet_pacer_quantum(const struct jet_pacer *p);
/* Brings tokens up to date and says whether a packet may go. */
bool jet_pacer_ready(struct jet_pacer *p, gn_time now);
void jet_pacer_sent(struct jet_pacer *p, uint64_t bytes);
/* When a quantum will have gathered. */
gn_time jet_pacer_deadline(const struct jet_pacer *p);

#endif
