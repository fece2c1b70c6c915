/* Exact buckets of node keys and tokens, what was used once, and the heaviest subjects with
 * their counters.
 *
 * 1. A bucket is given up only when it is full, which is the same as having none. So to drive a
 *    key's bucket out, one must have others do so much work that the keys themselves are limited
 *    first.
 * 2. Places are found by a keyed hash of 64 bits, which also stands for the subject: nobody who
 *    lacks the key finds two that share it. */
#include "guard/guard_int.h"

/* The i-th place where print may lie: one after another from its home on. */
static struct gn_bucket *place_of(struct gn_bucket *table, size_t count, uint64_t print, size_t i)
{
	return table + (((print >> 16) + i) & (count - 1));
}

struct gn_bucket *gn_bucket_peek(struct gn_bucket *table, size_t count, uint64_t print)
{
	for (size_t i = 0; i < GN_GUARD_PLACES; i++) {
		struct gn_bucket *b = place_of(table, count, print, i);
		if (b->print == print)
			return b;
	}
	return NULL;
}

struct gn_bucket *gn_bucket_room(struct gn_bucket *table, size_t count, uint64_t print, gn_time now)
{
	for (size_t i = 0; i < GN_GUARD_PLACES; i++) {
		struct gn_bucket *b = place_of(table, count, print, i);
		if (b->print == 0 || b->full_at <= now)
			return b;
	}
	return NULL;
}

struct gn_bucket *gn_bucket_find(struct gn_bucket *table, size_t count, uint64_t print, gn_time now)
{
	struct gn_bucket *found = gn_bucket_peek(table, count, print);
	if (!found && (found = gn_bucket_room(table, count, print, now)))
		*found = (struct gn_bucket){.print = print, .full_at = now};
	return found;
}

/* ---- single use ---- */

#define ONCE_HASHES 5

static uint32_t bit(uint64_t print, unsigned i)
{
	return (uint32_t)((print & UINT32_MAX) + i * (print >> 32 | 1)) &
	       (GN_ONCE_BITS - 1); /* Kirsch, Mitzenmacher 2006 */
}

static bool holds(const uint64_t *bits, uint64_t print)
{
	for (unsigned i = 0; i < ONCE_HASHES; i++)
		if (!(bits[bit(print, i) / 64] >> bit(print, i) % 64 & 1))
			return false;
	return true;
}

bool gn_once_seen(const struct gn_once *o, uint64_t print)
{
	return holds(o->bits[0], print) || holds(o->bits[1], print);
}

void gn_once_mark(struct gn_once *o, uint64_t print)
{
	if (o->count == GN_ONCE_COUNT) {
		o->current = 1 - o->current;
		memset(o->bits[o->current], 0, sizeof o->bits[0]);
		o->count = 0;
	}
	for (unsigned i = 0; i < ONCE_HASHES; i++)
		o->bits[o->current][bit(print, i) / 64] |= UINT64_C(1) << bit(print, i) % 64;
	o->count++;
}

/* ---- the heaviest ---- */

static uint32_t index_of(const struct gn_top *t, uint64_t print)
{
	uint32_t i = 0;
	while (i < t->count && t->print[i] != print)
		i++;
	return i;
}

const struct gn_guard_account *gn_top_find(const struct gn_top *t, uint64_t print)
{
	uint32_t i = index_of(t, print);
	return i < t->count ? &t->account[i] : NULL;
}

static uint32_t lightest(const struct gn_top *t)
{
	uint32_t least = 0;
	for (uint32_t i = 1; i < t->count; i++)
		if (t->account[i].work < t->account[least].work)
			least = i;
	return least;
}

void gn_top_note(struct gn_top *t, uint64_t print, const struct gn_guard_subject *who,
		 uint64_t work, bool refused, gn_time now)
{
	uint32_t i = index_of(t, print);
	if (i == t->count) {
		uint64_t inherited = 0;
		if (t->count < GN_GUARD_TOP) {
			t->count++;
		} else {
			i = lightest(t);
			inherited = t->account[i].work;
		}
		t->print[i] = print;
		t->account[i] = (struct gn_guard_account){
			.who = *who, .work = inherited, .work_error = inherited, .since = now};
	}
	struct gn_guard_account *a = &t->account[i];
	a->work += work;
	a->admitted += !refused;
	a->refused += refused;
	a->last = now;
}
