/* Which relays: pure functions on numbers that the owner has. Homes are two, apart from each other
 * by prefix and operator, so that not both go at once; one is left for a better one when that has
 * been better for so long that it is no chance, or when it fails. Rules RE-35, RE-37. */
#include "services/relay/limits.h"
#include "services/relay/relay.h"

static bool is_none(const struct gn_relay_candidate *c)
{
	return gn_pk_is_zero(&c->key);
}

static bool apart(const struct gn_relay_candidate *a, const struct gn_relay_candidate *b)
{
	return is_none(a) || is_none(b) ||
	       (!gn_pk_eq(&a->key, &b->key) && a->prefix != b->prefix &&
		(a->operator_id == 0 || a->operator_id != b->operator_id));
}

int gn_relay_choose(const struct gn_relay_candidate *c, size_t count,
		    const struct gn_relay_candidate *but, size_t but_count)
{
	int best = -1;
	GN_ASSERT(count <= RELAY_CANDIDATES);
	for (size_t i = 0; i < count; i++) {
		bool fits = !is_none(&c[i]);
		for (size_t k = 0; k < but_count; k++)
			fits = fits && apart(&c[i], &but[k]);
		if (fits && (best < 0 || c[i].rtt < c[best].rtt))
			best = (int)i;
	}
	return best;
}

static const struct gn_relay_candidate *find(const struct gn_relay_candidate *c, size_t count,
					     const struct gn_pk *key)
{
	for (size_t i = 0; i < count && !gn_pk_is_zero(key); i++)
		if (gn_pk_eq(&c[i].key, key))
			return &c[i];
	return NULL;
}

static bool better(const struct gn_relay_candidate *c, const struct gn_relay_candidate *home)
{
	return c->rtt + RELAY_BETTER_TIME <= home->rtt &&
	       c->rtt / 100 <= home->rtt / 100 * (100 - RELAY_BETTER_PERCENT) / 100;
}

/* One that has been better than this home for long enough; what is watched stays so while it is
 * better, though a third is the best for a moment. */
static const struct gn_relay_candidate *watch(struct gn_relay_homes *h, unsigned slot,
					      const struct gn_relay_candidate *c, size_t count,
					      gn_time now)
{
	GN_ASSERT(slot < RELAY_HOMES && !is_none(&h->home[slot]));
	const struct gn_relay_candidate *home = &h->home[slot], *other = &h->home[!slot],
					*seen = find(c, count, &h->better[slot].key);
	if (!seen || !better(seen, home) || !apart(seen, other)) {
		int i = gn_relay_choose(c, count, other, 1);
		seen = i >= 0 && better(&c[i], home) ? &c[i] : NULL;
		h->better[slot] = seen ? *seen : (struct gn_relay_candidate){.prefix = 0};
		h->better_since[slot] = now;
	}
	return seen && now - h->better_since[slot] >= RELAY_BETTER_FOR ? seen : NULL;
}

static bool update(struct gn_relay_homes *h, unsigned slot, const struct gn_relay_candidate *c,
		   size_t count, gn_time now)
{
	struct gn_relay_candidate *home = &h->home[slot];
	const struct gn_relay_candidate *there = find(c, count, &home->key), *next = NULL;
	if (there) {
		*home = *there; /* as it is now */
		next = watch(h, slot, c, count, now);
		if (!next)
			return false;
		h->old[slot] = *home;
		h->old_until[slot] = now + RELAY_OLD_HOME;
	} else {
		int i = gn_relay_choose(c, count, &h->home[!slot], 1);
		next = i >= 0 ? &c[i] : NULL;
	}
	bool was = !is_none(home);
	*home = next ? *next : (struct gn_relay_candidate){.prefix = 0};
	h->better[slot] = (struct gn_relay_candidate){.prefix = 0};
	return was || next;
}

bool gn_relay_homes_update(struct gn_relay_homes *h, const struct gn_relay_candidate *c,
			   size_t count, gn_time now)
{
	bool changed = false;
	GN_ASSERT(count <= RELAY_CANDIDATES);
	for (unsigned slot = 0; slot < RELAY_HOMES; slot++) {
		changed |= update(h, slot, c, count, now);
		if (!is_none(&h->old[slot]) && h->old_until[slot] <= now)
			h->old[slot] = (struct gn_relay_candidate){.prefix = 0};
	}
	return changed;
}

gn_time gn_relay_homes_deadline(const struct gn_relay_homes *h)
{
	gn_time at = GN_NEVER;
	GN_ASSERT(is_none(&h->home[0]) || !gn_pk_eq(&h->home[0].key, &h->home[1].key));
	for (unsigned slot = 0; slot < RELAY_HOMES; slot++) {
		if (!is_none(&h->better[slot]))
			at = gn_time_min(at, h->better_since[slot] + RELAY_BETTER_FOR);
		if (!is_none(&h->old[slot]))
			at = gn_time_min(at, h->old_until[slot]);
	}
	return at;
}

gn_time gn_relay_spare_at(gn_time since)
{
	return since + RELAY_SPARE_AFTER;
}

enum gn_relay_fault gn_relay_judge(const struct gn_relay_quality *q, gn_time now)
{
	if (q->replays > RELAY_BAD_REPLAYS)
		return GN_RELAY_REPLAYS;
	if (q->other != UINT32_MAX && q->loss > q->other && q->loss - q->other > RELAY_BAD_LOSS)
		return GN_RELAY_LOSS;
	if (q->sent_since != GN_NEVER && now - q->sent_since >= RELAY_BAD_SILENT)
		return GN_RELAY_SILENT;
	return GN_RELAY_GOOD;
}
