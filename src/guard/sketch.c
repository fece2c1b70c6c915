/* Buckets of all prefixes in a count-min sketch with conservative update (Estan and Varghese
 * 2002), whose cells are buckets instead of counts.
 *
 * 1. A prefix's bucket is never fuller than it is: each of its cells was at least moved to what
 *    it has taken.
 * 2. A cell is only moved as far as the estimate needs, so light ones in it harm nobody.
 * 3. The hash key is new every ten minutes: who shares four cells with a heavy one does not for
 *    long, and nobody can learn who shares with whom. */
#include "guard/guard_int.h"

static void place(const struct gn_sip_key *key, const uint64_t id[2], uint32_t at[GN_SKETCH_ROWS])
{
	uint64_t h = gn_sip(key, id, 2);
	for (unsigned row = 0; row < GN_SKETCH_ROWS; row++, h >>= 16)
		at[row] = (uint32_t)(h & (GN_SKETCH_CELLS - 1));
}

void gn_sketch_turn(struct gn_sketch *s, const struct gn_sip_key *root, gn_time now)
{
	if (now < s->turn_at)
		return;
	s->current = 1 - s->current;
	s->turns++;
	for (uint64_t i = 0; i < 2; i++)
		s->key[s->current].k[i] = gn_sip(root, (uint64_t[]){s->turns, i, (uint64_t)now}, 3);
	memset(s->cells[s->current], 0, sizeof s->cells[0]);
	s->turn_at = now + GN_SKETCH_LIFE;
}

static gn_time estimate(const struct gn_sketch *s, unsigned generation, const uint64_t id[2],
			gn_time now)
{
	uint32_t at[GN_SKETCH_ROWS];
	gn_time least = GN_NEVER;
	place(&s->key[generation], id, at);
	for (unsigned row = 0; row < GN_SKETCH_ROWS && least > now; row++)
		least = gn_time_min(least, s->cells[generation][row][at[row]]);
	return least;
}

gn_time gn_sketch_get(const struct gn_sketch *s, const uint64_t id[2], gn_time now)
{
	gn_time a = estimate(s, s->current, id, now), b = estimate(s, 1 - s->current, id, now);
	return a > b ? a : b;
}

void gn_sketch_set(struct gn_sketch *s, const uint64_t id[2], gn_time full_at)
{
	uint32_t at[GN_SKETCH_ROWS];
	place(&s->key[s->current], id, at);
	for (unsigned row = 0; row < GN_SKETCH_ROWS; row++) {
		gn_time *cell = &s->cells[s->current][row][at[row]];
		*cell = *cell > full_at ? *cell : full_at;
	}
}

void gn_sketch_clear(struct gn_sketch *s, const uint64_t id[2])
{
	uint32_t at[GN_SKETCH_ROWS];
	for (unsigned generation = 0; generation < 2; generation++) {
		place(&s->key[generation], id, at);
		for (unsigned row = 0; row < GN_SKETCH_ROWS; row++)
			s->cells[generation][row][at[row]] = 0;
	}
}
