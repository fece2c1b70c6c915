/* The round-trip time of a path (RFC 9002 section 5) and what follows from it at once: how long
 * to wait for an answer before probing. */
#include "jet/packet_int.h"
#include "jet/paths_int.h"
#include "jet/rtt_int.h"

void jet_rtt_init(struct jet_rtt *r)
{
	*r = (struct jet_rtt){
		.smoothed = JET_RTT_INITIAL, .var = JET_RTT_INITIAL / 2, .min = GN_NEVER};
}

void jet_rtt_sample(struct jet_rtt *r, gn_time latest, gn_time ack_delay)
{
	GN_ASSERT(ack_delay >= 0);
	latest = latest < GN_USEC ? GN_USEC : latest;
	r->latest = latest;
	if (r->samples < UINT8_MAX)
		r->samples++;
	r->min = gn_time_min(r->min, latest);
	gn_time adjusted = latest >= r->min + ack_delay ? latest - ack_delay : latest;
	r->adjusted = adjusted;
	if (!r->sampled) {
		r->smoothed = latest;
		r->var = latest / 2;
		r->sampled = true;
		return;
	}
	gn_time diff = r->smoothed > adjusted ? r->smoothed - adjusted : adjusted - r->smoothed;
	r->var = (3 * r->var + diff) / 4;
	r->smoothed = (7 * r->smoothed + adjusted) / 8;
}

gn_time jet_pto(const struct jet_path *p, enum jet_level level)
{
	GN_ASSERT(p->rtt.smoothed > 0 && p->rtt.var >= 0);
	gn_time var = 4 * p->rtt.var;
	return p->rtt.smoothed + (var > JET_GRANULARITY ? var : JET_GRANULARITY) +
	       (level == JET_APP ? JET_ACK_DELAY : 0);
}
