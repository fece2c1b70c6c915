/* How large a packet a path carries (mtu.c). */
#ifndef GN_JET_MTU_INT_H
#define GN_JET_MTU_INT_H

#include "base/base.h"
#include "jet/limits.h"

struct jet_path;
struct jet_session;

struct jet_mtu {
	uint16_t size;    /* in use */
	uint16_t probing; /* size under test, 0 none */
	uint16_t limit;   /* sizes from here on failed; 0 unknown */
	uint16_t most;    /* what the link carries; 0: as far as it is known, all sizes */
	uint8_t tries;
	gn_time at;  /* next probe; GN_NEVER */
	uint64_t pn; /* of the probe in flight */
	bool in_flight;
	/* packets above the base: rounds in which some were lost and none passed; the next one is
	 * of what is sent from there on */
	uint8_t dark;
	uint64_t dark_pn;
};

void jet_mtu_init(struct jet_path *p);
void jet_mtu_start(struct jet_path *p, gn_time now);
bool jet_mtu_due(const struct jet_path *p, gn_time now);
void jet_mtu_sent(struct jet_path *p, uint64_t pn);
void jet_mtu_acked(struct jet_session *s, struct jet_path *p, uint64_t pn, gn_time now);
void jet_mtu_lost(struct jet_path *p, uint64_t pn, gn_time now);
/* A packet of that size, no probe, was acknowledged, or others later than it were. */
void jet_mtu_passed(struct jet_path *p, uint16_t size);
void jet_mtu_dark(struct jet_session *s, struct jet_path *p, uint16_t size, uint64_t pn,
		  gn_time now);
void jet_mtu_blackhole(struct jet_session *s, struct jet_path *p, gn_time now);

#endif
