/* The time of records. `now` runs the timers and never steps; what a record's created and ttl
 * are compared with is `now` and an offset, found from the machine's wall clock, from how it
 * moved against `now`, and from what linked peers say of theirs (OV-80..OV-85).
 *
 *   FOLLOW: small differences of the wall clock are taken at once
 *   FOLLOW -> HOLD [the wall was set by more than a step]
 *   HOLD -> FOLLOW [peers agree with it, or it stays so for ten minutes]
 *
 * Beside either, peers may be in doubt of it: then a record is live when it is by our own clock
 * or by theirs, and the time that is gone by is the earlier one, by which nothing ends too soon.
 *
 * 1. Peers' words are about their wall clocks, never about the time they go by: else a wrong
 *    time could keep itself alive.
 * 2. One prefix has one voice (one address where prefixes are exempt) of those we have known for
 *    long, three make a vote, and of it two thirds must agree.
 * 3. Peers' words make more records live, never fewer. Nothing is made or signed by their time.
 * 4. No word of a peer, and no setting of the wall clock, drops anything: expired records are
 *    hidden, and dropped by running time. */
#include "overlay/store_int.h"

#define SECONDS_MAX (GN_NEVER / GN_SEC - 1)

static gn_time time_apart(gn_time a, gn_time b)
{
	return a < b ? b - a : a - b;
}

bool gn_ov_clock_differ(gn_time a, gn_time b)
{
	return time_apart(a, b) > GN_OV_CLOCK_STEP;
}

gn_time gn_ov_clock_earlier(const struct gn_ov_clock *c)
{
	return gn_time_min(c->own, c->also);
}

static gn_time later_of(const struct gn_ov_clock *c)
{
	return c->own > c->also ? c->own : c->also;
}

gn_time gn_overlay_time(const struct gn_overlay *ov, gn_time now)
{
	return now + gn_ov_clock_earlier(&ov->clock);
}

gn_time gn_overlay_time_own(const struct gn_overlay *ov, gn_time now)
{
	return now + ov->clock.own;
}

gn_time gn_overlay_time_latest(const struct gn_overlay *ov, gn_time now)
{
	return now + later_of(&ov->clock);
}

uint64_t gn_ov_unix(const struct gn_overlay *ov, gn_time now)
{
	return gn_unix(gn_overlay_time(ov, now));
}

gn_time gn_ov_at_unix(const struct gn_overlay *ov, uint64_t seconds)
{
	return seconds > (uint64_t)SECONDS_MAX / 2
		       ? GN_NEVER
		       : (gn_time)seconds * GN_SEC - gn_ov_clock_earlier(&ov->clock);
}

gn_time gn_ov_live(const struct gn_overlay *ov, const struct gn_record *r, gn_time now)
{
	gn_time early = now + gn_ov_clock_earlier(&ov->clock), late = now + later_of(&ov->clock);
	bool by_late = gn_record_fresh(r, gn_unix(early)) != GN_OK &&
		       gn_record_fresh(r, gn_unix(late)) == GN_OK;
	return by_late ? late : early;
}

uint64_t gn_ov_clock_said(const struct gn_overlay *ov, gn_time now)
{
	return ov->clock.told ? gn_unix(now + ov->clock.wall) : 0;
}

void gn_ov_clock_hear(struct gn_ov_link *l, uint64_t seconds, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	if (seconds == 0 || seconds > (uint64_t)SECONDS_MAX / 2)
		return;
	l->clock = (gn_time)seconds * GN_SEC - now;
	l->clock_at = now;
}

bool gn_ov_clock_vote(const struct gn_ov_clock *c)
{
	GN_ASSERT(c->agree <= c->votes);
	return c->votes >= GN_OV_CLOCK_VOTES && 3 * c->agree >= 2 * c->votes;
}

bool gn_ov_clock_sure(const struct gn_overlay *ov, gn_time now)
{
	const struct gn_ov_clock *c = &ov->clock;
	if (gn_ov_clock_differ(c->wall, c->own))
		return false;
	if (gn_ov_clock_vote(c))
		return !gn_ov_clock_differ(c->own, c->peers);
	return now - ov->start >= GN_OV_CLOCK_SURE;
}

bool gn_overlay_time_sure(const struct gn_overlay *ov, gn_time now)
{
	return gn_ov_clock_sure(ov, now);
}

void gn_ov_clock_info(const struct gn_overlay *ov, struct gn_overlay_info *out)
{
	const struct gn_ov_clock *c = &ov->clock;
	bool wrong = c->votes && gn_ov_clock_differ(c->wall, c->peers);
	out->clock_not_used = gn_ov_clock_differ(c->wall, c->own);
	if (wrong)
		out->clock_ahead = c->wall - c->peers;
	else if (out->clock_not_used)
		out->clock_ahead = c->wall - c->own;
	out->clock_peers = wrong ? c->agree : 0;
}
