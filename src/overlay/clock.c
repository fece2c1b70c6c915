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
#include "overlay/overlay_int.h"

#include <stdlib.h>

#define SECONDS_MAX (GN_NEVER / GN_SEC - 1)

static gn_time apart(gn_time a, gn_time b)
{
	return a < b ? b - a : a - b;
}

static bool differ(gn_time a, gn_time b)
{
	return apart(a, b) > GN_OV_CLOCK_STEP;
}

static gn_time earlier(const struct gn_ov_clock *c)
{
	return gn_time_min(c->own, c->also);
}

static gn_time later(const struct gn_ov_clock *c)
{
	return c->own > c->also ? c->own : c->also;
}

gn_time gn_overlay_time(const struct gn_overlay *ov, gn_time now)
{
	return now + earlier(&ov->clock);
}

gn_time gn_overlay_time_own(const struct gn_overlay *ov, gn_time now)
{
	return now + ov->clock.own;
}

gn_time gn_overlay_time_latest(const struct gn_overlay *ov, gn_time now)
{
	return now + later(&ov->clock);
}

uint64_t gn_ov_unix(const struct gn_overlay *ov, gn_time now)
{
	return gn_unix(gn_overlay_time(ov, now));
}

gn_time gn_ov_at_unix(const struct gn_overlay *ov, uint64_t seconds)
{
	return seconds > (uint64_t)SECONDS_MAX / 2
		       ? GN_NEVER
		       : (gn_time)seconds * GN_SEC - earlier(&ov->clock);
}

gn_time gn_ov_live(const struct gn_overlay *ov, const struct gn_record *r, gn_time now)
{
	gn_time early = now + earlier(&ov->clock), late = now + later(&ov->clock);
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
	if (seconds == 0 || seconds > (uint64_t)SECONDS_MAX / 2)
		return;
	l->clock = (gn_time)seconds * GN_SEC - now;
	l->clock_at = now;
}

/* ---- what peers say ---- */

struct voice {
	uint64_t who; /* prefix, or address where prefixes are exempt */
	gn_time clock;
};

static int by_who(const void *a, const void *b)
{
	const struct voice *x = a, *y = b;
	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static int by_clock(const void *a, const void *b)
{
	const struct voice *x = a, *y = b;
	return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static uint64_t who(const struct gn_overlay *ov, const struct gn_contact *c)
{
	const struct gn_addr *a = &c->addrs[0];
	if (ov->cfg.prefix_cap == 255 || c->addr_count == 0)
		return gn_be64(c->id.b);
	return gn_share_exempt(a, ov->cfg.count_local) ? gn_be64(a->ip + 8) : gn_addr_prefix(a);
}

/* A server that we have known for long, whose link lives as far as we can tell, and that has
 * said something lately. */
static bool has_voice(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	const struct gn_ov_link *l = c->link;
	return l && l->state == GN_OV_LINK_UP && c->up && l->miss == 0 &&
	       c->c.mode == GN_FB_NODE_MODE_SERVER && l->clock_at &&
	       now - l->clock_at <= 3 * ov->cfg.ping_long && gn_ov_standing(ov, c, now);
}

/* One voice a prefix: the middle one of those that it has. */
static uint32_t one_each(struct voice *v, uint32_t n)
{
	uint32_t out = 0;
	for (uint32_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && v[end].who == v[i].who;)
			end++;
		v[out++] = v[i + (end - i) / 2];
	}
	return out;
}

static void count_voices(struct gn_overlay *ov, gn_time now)
{
	struct voice v[GN_OV_LINKS_MAX_2];
	struct gn_ov_clock *c = &ov->clock;
	uint32_t n = 0;
	for (uint32_t i = 0; i < ov->contact_count && n < GN_COUNT(v); i++) {
		const struct gn_ov_contact *k = ov->contacts[i];
		if (has_voice(ov, k, now))
			v[n++] = (struct voice){who(ov, &k->c), k->link->clock};
	}
	qsort(v, n, sizeof *v, by_who);
	n = one_each(v, n);
	qsort(v, n, sizeof *v, by_clock);
	c->votes = n;
	c->agree = 0;
	c->peers = n ? v[(n - 1) / 2].clock : 0;
	for (uint32_t i = 0; i < n; i++)
		c->agree += !differ(v[i].clock, c->peers);
}

static bool vote(const struct gn_ov_clock *c)
{
	return c->votes >= GN_OV_CLOCK_VOTES && 3 * c->agree >= 2 * c->votes;
}

/* ---- the decision ---- */

static void set(struct gn_overlay *ov, gn_time own, gn_time also, gn_time now)
{
	gn_time before = earlier(&ov->clock);
	ov->clock.own = own;
	ov->clock.also = also;
	if (!differ(before, earlier(&ov->clock)))
		return;
	ov->count.clock_steps++;
	gn_ov_held_rearm(ov, now);
}

static void judge(struct gn_overlay *ov, bool jumped, gn_time now)
{
	struct gn_ov_clock *c = &ov->clock;
	c->look_at = now + GN_OV_CLOCK_LOOK;
	count_voices(ov, now);
	bool held = c->apart && !jumped && now - c->apart >= GN_OV_CLOCK_HOLD;
	bool follow = !differ(c->wall, c->own) || (vote(c) && !differ(c->wall, c->peers)) || held;
	gn_time own = follow ? c->wall : c->own;
	set(ov, own, vote(c) && differ(own, c->peers) ? c->peers : own, now);
	if (!differ(c->wall, c->own))
		c->apart = 0;
	else if (c->apart == 0 || jumped)
		c->apart = now;
}

void gn_overlay_clock(struct gn_overlay *ov, gn_time wall, gn_time now)
{
	struct gn_ov_clock *c = &ov->clock;
	gn_ov_begin(ov, now);
	bool first = !c->told, jumped = !first && differ(wall - now, c->wall);
	c->told = true;
	c->wall = wall - now;
	if (first)
		set(ov, c->wall, c->wall, now);
	if (first || jumped || now >= c->look_at)
		judge(ov, jumped, now);
}

bool gn_ov_clock_sure(const struct gn_overlay *ov, gn_time now)
{
	const struct gn_ov_clock *c = &ov->clock;
	if (differ(c->wall, c->own))
		return false;
	if (vote(c))
		return !differ(c->own, c->peers);
	return now - ov->start >= GN_OV_CLOCK_SURE;
}

bool gn_overlay_time_sure(const struct gn_overlay *ov, gn_time now)
{
	return gn_ov_clock_sure(ov, now);
}

void gn_ov_clock_info(const struct gn_overlay *ov, struct gn_overlay_info *out)
{
	const struct gn_ov_clock *c = &ov->clock;
	bool wrong = c->votes && differ(c->wall, c->peers);
	out->clock_not_used = differ(c->wall, c->own);
	if (wrong)
		out->clock_ahead = c->wall - c->peers;
	else if (out->clock_not_used)
		out->clock_ahead = c->wall - c->own;
	out->clock_peers = wrong ? c->agree : 0;
}
