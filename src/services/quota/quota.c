/* Buckets of tokens' limits: quota.h. A bucket is the time at which it is full again (GCRA, ITU-T
 * I.371); a use moves that time by what it takes to make up for it, and is allowed while the time
 * stays within the limit's seconds from now. Unlike guard's (GU-10) it is never overdrawn: a limit
 * is a promise to the one who gave the token.
 *
 * 1. A use is judged whole before any bucket moves, and has all its places then.
 * 2. A use above a limit's amount is never allowed: waiting does not help.
 * 3. A bucket gives its place up when it is full. When all are taken, those of the network with the
 *    most do too, to one with fewer, that which would stay longest first: limits of years that
 *    somebody gives themselves keep nobody else's from being counted. */
#include "services/quota/quota.h"

#include "services/quota/limits.h"

struct quota_counts {
#define X(name) uint64_t name;
#include "services/quota/counters.def"
#undef X
};

struct quota_bucket {
	gn_time full_at;
	struct gn_holder by; /* whose the place is */
};

struct gn_quota {
	struct gn_env env;
	struct gn_map buckets; /* gn_hash -> quota_bucket */
	struct gn_share places;
	uint32_t look; /* the next one that is looked at, whether it is full */
	gn_time swept; /* all were looked at */
	struct quota_counts count;
};

/* One bucket that a use draws from. */
struct draw {
	struct gn_hash id;
	struct gn_token_limit limit;
	uint64_t uses;
};
struct draws {
	size_t count;
	struct draw at[QUOTA_DRAWS];
};

/* ---- life ---- */

gn_err gn_quota_new(const struct gn_env *env, bool count_local, struct gn_quota **out)
{
	struct gn_quota *q = GN_NEW(env->alloc, struct gn_quota);
	struct gn_share_config places = {.total = QUOTA_BUCKETS,
					 .per_key = QUOTA_BUCKETS_PEER,
					 .per_prefix = QUOTA_BUCKETS / QUOTA_PREFIX_PART,
					 .crowded = QUOTA_BUCKETS / 2,
					 .holders_max = QUOTA_BUCKETS,
					 .count_local = count_local};
	if (!q)
		return GN_NOMEM;
	q->env = *env;
	gn_map_init(&q->buckets, env, sizeof(struct gn_hash), sizeof(struct quota_bucket),
		    QUOTA_BUCKETS);
	gn_share_init(&q->places, env, &places);
	*out = q;
	return GN_OK;
}

void gn_quota_free(struct gn_quota *q)
{
	if (!q)
		return;
	gn_map_fini(&q->buckets);
	gn_share_fini(&q->places);
	gn_mem_free(q->env.alloc, q);
}

/* ---- what a use draws from ---- */

static uint64_t uses_of(const struct gn_quota_use *use, uint16_t of)
{
	switch (of) {
	case GN_FB_LIMIT_OF_BYTES: return use->bytes;
	case GN_FB_LIMIT_OF_OPS: return use->ops;
	case GN_FB_LIMIT_OF_JOBS: return use->jobs;
	case GN_FB_LIMIT_OF_MESSAGES: return use->messages;
	default: return 0;
	}
}

static struct gn_hash bucket_id(const struct gn_token_block *b, const struct gn_token_limit *l)
{
	uint8_t tail[6];
	struct gn_slice parts[] = {GN_SLICE(b->id.b), GN_SLICE(tail)};
	struct gn_hash id;
	GN_ASSERT(l->per > 0);
	struct gn_writer w = gn_writer(tail, sizeof tail);
	gn_write_be16(&w, l->of);
	gn_write_be32(&w, l->per);
	gn_sha256(parts, GN_COUNT(parts), &id);
	return id;
}

/* All limits of all blocks that this use concerns. GN_QUOTA: one of them is not counted. */
static gn_err collect(const struct gn_token *t, const struct gn_quota_use *use, struct draws *out,
		      struct gn_quota_no *why)
{
	GN_ASSERT(use->bytes < QUOTA_USES);
	out->count = 0;
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; k < t->blocks[i].limit_count; k++) {
			const struct gn_token_limit *l = &t->blocks[i].limits[k];
			uint64_t uses = uses_of(use, l->of);
			if (!uses)
				continue;
			*why = (struct gn_quota_no){.limit = l->per ? GN_TOKEN_LIMIT_MANY
								    : GN_TOKEN_LIMIT_TOTAL};
			if (!l->per || out->count == QUOTA_DRAWS)
				return GN_QUOTA;
			out->at[out->count++] =
				(struct draw){bucket_id(&t->blocks[i], l), *l, uses};
		}
	return GN_OK;
}

bool gn_quota_limited(const struct gn_token *t)
{
	return gn_token_limits(t) != NULL;
}

/* ---- judging ---- */

/* How long the bucket takes to make up for the use, rounded down: then as many fit at once as the
 * limit says. Not more than the limit's seconds. */
static gn_time span_of(const struct draw *d)
{
	uint64_t all = (uint64_t)d->limit.per * (uint64_t)GN_SEC, amount = d->limit.amount;
	GN_ASSERT(d->uses <= amount && d->uses < QUOTA_USES);
	uint64_t each = all / amount, rest = all % amount;
	for (; amount >> 43; amount >>= 1) /* below, so that the product fits */
		rest >>= 1;
	return (gn_time)(d->uses * each + rest * d->uses / amount);
}

static gn_time full_at(const struct gn_quota *q, const struct draw *d, gn_time now)
{
	const struct quota_bucket *b = gn_map_get(&q->buckets, &d->id);
	return b && b->full_at > now ? b->full_at : now;
}

static gn_err judge(const struct gn_quota *q, const struct draws *draws, gn_time now,
		    struct gn_quota_no *why)
{
	GN_ASSERT(draws->count <= QUOTA_DRAWS);
	for (size_t i = 0; i < draws->count; i++) {
		const struct draw *d = &draws->at[i];
		*why = (struct gn_quota_no){.limit = gn_token_limit_name(d->limit.of)};
		if (d->uses > d->limit.amount)
			return GN_QUOTA;
		gn_time over =
			full_at(q, d, now) - now + span_of(d) - (gn_time)d->limit.per * GN_SEC;
		if (over <= 0)
			continue;
		uint64_t ms = (uint64_t)over / GN_MSEC + 1;
		why->retry_ms = ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
		return GN_QUOTA;
	}
	return GN_OK;
}

/* ---- places ---- */

static void remove_at(struct gn_quota *q, uint32_t i)
{
	GN_ASSERT(i < q->buckets.count && q->places.used == q->buckets.count);
	const struct quota_bucket *b = gn_map_value_at(&q->buckets, i);
	struct gn_hash id = *(const struct gn_hash *)gn_map_key_at(&q->buckets, i);
	gn_share_give(&q->places, &b->by, 1);
	(void)gn_map_remove(&q->buckets, &id); /* the last one lies here then */
}

static void look_at(struct gn_quota *q, uint32_t i, gn_time now)
{
	GN_ASSERT(i < q->buckets.count);
	if (GN_MAP_AT(&q->buckets, struct quota_bucket, i).full_at > now)
		return;
	remove_at(q, i);
	q->count.went++;
}

static void sweep(struct gn_quota *q, uint32_t most, gn_time now)
{
	for (uint32_t i = 0; i < most && q->buckets.count; i++) {
		q->look = q->look ? q->look - 1 : q->buckets.count - 1;
		if (q->look < q->buckets.count)
			look_at(q, q->look, now);
	}
}

/* What a network has, or who is of none that counts. */
static uint64_t places_of(const struct gn_quota *q, const struct gn_holder *by)
{
	GN_ASSERT(q->places.used == q->buckets.count);
	struct gn_share_held held = gn_share_held(&q->places, by);
	return held.prefix ? held.prefix : held.key;
}

/* All are taken: QUOTA_YIELD at most of who has the most, for one who has fewer. */
static void make_room(struct gn_quota *q, const struct gn_holder *by)
{
	uint64_t most = 0, count = 0;
	GN_ASSERT(q->buckets.count + QUOTA_DRAWS > QUOTA_BUCKETS);
	for (uint32_t i = 0; i < q->buckets.count; i++) {
		uint64_t has = places_of(q, &GN_MAP_AT(&q->buckets, struct quota_bucket, i).by);
		most = has > most ? has : most;
	}
	if (places_of(q, by) + QUOTA_YIELD >= most)
		return; /* nobody has so much more */
	gn_time mean = 0;
	for (uint32_t i = 0; i < q->buckets.count; i++) {
		const struct quota_bucket *b = &GN_MAP_AT(&q->buckets, struct quota_bucket, i);
		if (places_of(q, &b->by) == most)
			mean += (b->full_at - mean) / (gn_time)++count;
	}
	for (uint32_t i = q->buckets.count, gone = 0; i-- > 0 && gone < QUOTA_YIELD;) {
		const struct quota_bucket *b = &GN_MAP_AT(&q->buckets, struct quota_bucket, i);
		if (b->full_at < mean || places_of(q, &b->by) + gone < most)
			continue;
		remove_at(q, i);
		gone++;
		q->count.gave_way++;
	}
}

/* The bucket, a full one if there was none. GN_NO_SPACE: it finds no place; GN_NOMEM. */
static gn_err need(struct gn_quota *q, const struct gn_hash *id, const struct gn_holder *by,
		   gn_time now)
{
	GN_ASSERT(q->places.used == q->buckets.count);
	if (gn_map_get(&q->buckets, id))
		return GN_OK;
	gn_err err = gn_share_take(&q->places, by, 1);
	struct quota_bucket *b = err == GN_OK ? gn_map_put(&q->buckets, id) : NULL;
	if (b) {
		*b = (struct quota_bucket){.full_at = now, .by = *by};
		return GN_OK;
	}
	if (err == GN_OK)
		gn_share_give(&q->places, by, 1);
	q->count.nomem += err == GN_OK || err == GN_NOMEM;
	return err == GN_OK || err == GN_NOMEM ? GN_NOMEM : GN_NO_SPACE;
}

static gn_err need_all(struct gn_quota *q, const struct draws *draws, const struct gn_holder *by,
		       gn_time now)
{
	gn_err err = GN_OK;
	GN_ASSERT(draws->count <= QUOTA_DRAWS);
	for (size_t i = 0; i < draws->count && err == GN_OK; i++)
		err = need(q, &draws->at[i].id, by, now); /* a full one changes nothing */
	return err;
}

static gn_err prepare(struct gn_quota *q, const struct draws *draws, const struct gn_holder *by,
		      gn_time now, struct gn_quota_no *why)
{
	GN_ASSERT(draws->count <= QUOTA_DRAWS && q->env.alloc);
	gn_err err = judge(q, draws, now, why);
	q->count.refused += err == GN_QUOTA;
	GN_TRY(err);
	*why = (struct gn_quota_no){.limit = GN_TOKEN_LIMIT_PLACES, .retry_ms = 1000};
	err = need_all(q, draws, by, now);
	if (err == GN_NO_SPACE && q->swept + GN_SEC <= now) {
		q->swept = now;
		q->look = 0;
		sweep(q, q->buckets.count, now); /* what this use has begun goes, too */
		if (gn_share_ask(&q->places, by, draws->count) == GN_NO_SPACE)
			make_room(q, by); /* it is not its own share that is used up */
		err = need_all(q, draws, by, now);
	}
	q->count.refused_places += err == GN_NO_SPACE;
	return err == GN_NO_SPACE ? GN_QUOTA : err;
}

static gn_err ask(struct gn_quota *q, const struct gn_token *t, const struct gn_quota_use *use,
		  const struct gn_holder *by, gn_time now, struct draws *draws,
		  struct gn_quota_no *why)
{
	gn_err err = collect(t, use, draws, why);
	q->count.refused_total += err != GN_OK && strcmp(why->limit, GN_TOKEN_LIMIT_TOTAL) == 0;
	q->count.refused_draws += err != GN_OK && strcmp(why->limit, GN_TOKEN_LIMIT_MANY) == 0;
	if (err == GN_OK)
		err = prepare(q, draws, by, now, why);
	return err;
}

gn_err gn_quota_ask(struct gn_quota *q, const struct gn_token *t, const struct gn_quota_use *use,
		    const struct gn_holder *by, gn_time now, struct gn_quota_no *why)
{
	struct draws draws;
	return q ? ask(q, t, use, by, now, &draws, why) : GN_OK;
}

gn_err gn_quota_draw(struct gn_quota *q, const struct gn_token *t, const struct gn_quota_use *use,
		     const struct gn_holder *by, gn_time now, struct gn_quota_no *why)
{
	struct draws draws;
	if (!q)
		return GN_OK;
	GN_TRY(ask(q, t, use, by, now, &draws, why));
	for (size_t i = 0; i < draws.count; i++) {
		struct quota_bucket *b = gn_map_get(&q->buckets, &draws.at[i].id);
		GN_ASSERT(b);
		b->full_at = full_at(q, &draws.at[i], now) + span_of(&draws.at[i]);
	}
	q->count.draws += draws.count > 0;
	sweep(q, QUOTA_SWEEP, now); /* not before: what was asked for keeps its place */
	return GN_OK;
}

/* ---- queries ---- */

uint32_t gn_quota_buckets(const struct gn_quota *q)
{
	return q->buckets.count;
}

bool gn_quota_counter_at(const struct gn_quota *q, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/quota/counters.def"
#undef X
	};
	return gn_counter_at(names, &q->count, GN_COUNT(names), i, out);
}

void gn_quota_validate(const struct gn_quota *q)
{
	gn_map_validate(&q->buckets);
	gn_share_validate(&q->places);
	GN_ASSERT(q->places.used == q->buckets.count);
}
