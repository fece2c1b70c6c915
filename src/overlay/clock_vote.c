/* What the clock of records is set to: the machine's wall clock, and what linked peers say of
 * theirs (OV-80..OV-85; states and invariants in clock.c). */
#include "overlay/message_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

#include <stdlib.h>

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

static uint64_t who_speaks(const struct gn_overlay *ov, const struct gn_contact *c)
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
	GN_ASSERT(!c->link || c->link->contact == c);
	const struct gn_ov_link *l = c->link;
	return l && l->state == GN_OV_LINK_UP && c->up && l->miss == 0 &&
	       c->c.mode == GN_FB_NODE_MODE_SERVER && l->clock_at &&
	       now - l->clock_at <= 3 * ov->cfg.ping_long && gn_ov_standing(ov, c, now);
}

/* One voice a prefix: the middle one of those that it has. */
static uint32_t one_each(struct voice *v, uint32_t n)
{
	GN_ASSERT(n <= GN_OV_LINKS_MAX_2);
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
			v[n++] = (struct voice){who_speaks(ov, &k->c), k->link->clock};
	}
	qsort(v, n, sizeof *v, by_who);
	n = one_each(v, n);
	qsort(v, n, sizeof *v, by_clock);
	c->votes = n;
	c->agree = 0;
	c->peers = n ? v[(n - 1) / 2].clock : 0;
	for (uint32_t i = 0; i < n; i++)
		c->agree += !gn_ov_clock_differ(v[i].clock, c->peers);
}

/* ---- the decision ---- */

static void set_clock(struct gn_overlay *ov, gn_time own, gn_time also, gn_time now)
{
	GN_ASSERT(ov->clock.told);
	gn_time before = gn_ov_clock_earlier(&ov->clock);
	ov->clock.own = own;
	ov->clock.also = also;
	if (!gn_ov_clock_differ(before, gn_ov_clock_earlier(&ov->clock)))
		return;
	ov->count.clock_steps++;
	gn_ov_held_rearm(ov, now);
}

static void judge_clock(struct gn_overlay *ov, bool jumped, gn_time now)
{
	GN_ASSERT(ov->clock.told);
	struct gn_ov_clock *c = &ov->clock;
	c->look_at = now + GN_OV_CLOCK_LOOK;
	count_voices(ov, now);
	bool held = c->apart && !jumped && now - c->apart >= GN_OV_CLOCK_HOLD;
	bool follow = !gn_ov_clock_differ(c->wall, c->own) ||
		      (gn_ov_clock_vote(c) && !gn_ov_clock_differ(c->wall, c->peers)) || held;
	gn_time own = follow ? c->wall : c->own;
	set_clock(ov, own,
		  gn_ov_clock_vote(c) && gn_ov_clock_differ(own, c->peers) ? c->peers : own, now);
	if (!gn_ov_clock_differ(c->wall, c->own))
		c->apart = 0;
	else if (c->apart == 0 || jumped)
		c->apart = now;
}

void gn_overlay_clock(struct gn_overlay *ov, gn_time wall, gn_time now)
{
	struct gn_ov_clock *c = &ov->clock;
	gn_ov_begin(ov, now);
	bool first = !c->told, jumped = !first && gn_ov_clock_differ(wall - now, c->wall);
	c->told = true;
	c->wall = wall - now;
	if (first)
		set_clock(ov, c->wall, c->wall, now);
	if (first || jumped || now >= c->look_at)
		judge_clock(ov, jumped, now);
}
