/* The generic cell rate algorithm (ITU-T I.371): a bucket is the time at which it will be full
 * again if nothing more is taken. Full: that time is past. Empty: it is a burst away.
 *
 * 1. Only a bucket that is not empty gives; the one that asks last may overdraw it, so a request
 *    dearer than a whole burst is served once a while instead of never.
 * 2. Time only moves a bucket towards full. */
#include "guard/guard_int.h"

bool gn_gcra_ready(gn_time full_at, gn_time burst, gn_time now)
{
	return full_at - burst < now;
}

gn_time gn_gcra_until(gn_time full_at, gn_time burst)
{
	return full_at - burst + 1;
}

/* How long the bucket takes to make up for `work`. */
static gn_time span(uint64_t work, uint32_t rate)
{
	GN_ASSERT(rate > 0);
	work = work < GN_WORK_MAX ? work : GN_WORK_MAX;
	return (gn_time)(work * (uint64_t)GN_SEC / rate);
}

gn_time gn_gcra_take(gn_time full_at, struct gn_rate r, uint64_t work, gn_time now)
{
	gn_time at = (full_at > now ? full_at : now) +
		     gn_time_min(span(work, r.rate), r.burst + GN_DEBT_MAX);
	return gn_time_min(at, now + r.burst + GN_DEBT_MAX);
}

uint64_t gn_gcra_left(gn_time full_at, struct gn_rate r, gn_time now)
{
	gn_time used = full_at > now ? full_at - now : 0,
		left = r.burst - gn_time_min(used, r.burst);
	uint64_t whole = (uint64_t)(left / GN_SEC), rest = (uint64_t)(left % GN_SEC);
	return whole * r.rate + rest * r.rate / (uint64_t)GN_SEC;
}
