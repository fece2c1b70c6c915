/* What tokens' limits allow: each at its amount and one past it, alone and along a chain, over
 * time, with more buckets than there is room for. Rule WR-37. */
#include "services/quota/quota.h"

#include "services/quota/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1000 * GN_SEC)

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rand_of;
static struct gn_quota *q;
static uint8_t bytes[GN_TOKEN_MAX], more[GN_TOKEN_MAX];
static struct gn_token chain;
static struct gn_quota_no why;
static const struct gn_quota_use message = {.bytes = 100, .ops = 1, .messages = 1};

static struct gn_sk key(uint32_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'q'};
	gn_put_be32(seed + 4, number);
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static struct gn_holder peer(uint32_t number, uint8_t net)
{
	struct gn_holder h = {.key = {{7}}, .addr = gn_addr_v4(20, net, 0, 1, 1)};
	gn_put_be32(h.key.b + 4, number);
	return h;
}

static int start(void **state)
{
	(void)state;
	gn_alloc_heap(&alloc, 64u << 20);
	gn_prng_init(&prng, 5);
	rand_of = gn_prng_rand(&prng);
	struct gn_env env = {.alloc = &alloc, .rand = &rand_of};
	assert_int_equal(gn_quota_new(&env, false, &q), GN_OK);
	return 0;
}

static int end(void **state)
{
	(void)state;
	gn_quota_validate(q);
	gn_quota_free(q);
	assert_int_equal(alloc.used, 0);
	return 0;
}

static struct gn_token_fields fields(const struct gn_pk *to, const struct gn_token_limit *limits,
				     size_t count, uint32_t nonce)
{
	static struct gn_token_right right;
	right = (struct gn_token_right){GN_LIT("topic/news"), GN_FB_ACTION_PUBLISH};
	struct gn_token_fields f = {.audience = *to,
				    .rights = &right,
				    .right_count = 1,
				    .limits = limits,
				    .limit_count = count,
				    .not_before = 1000,
				    .expires = 9000,
				    .depth = 7};
	gn_put_be32(f.nonce, nonce);
	return f;
}

/* From key 0 to key 1. */
static void issue(const struct gn_token_limit *limits, size_t count, uint32_t nonce)
{
	struct gn_sk from = key(0), to = key(1);
	struct gn_token_fields f = fields(&to.pk, limits, count, nonce);
	struct gn_buf out = {bytes, 0, sizeof bytes};
	assert_int_equal(gn_token_issue(&from, &f, &out, NULL), GN_OK);
	assert_int_equal(gn_token_open(gn_buf_slice(&out), &chain, NULL), GN_OK);
}

/* On to `to`, from whoever has it; chain is the longer one. */
static void narrow(uint32_t from, uint32_t to, const struct gn_token_limit *limits, size_t count,
		   uint32_t nonce)
{
	struct gn_sk bearer = key(from), next = key(to);
	struct gn_token_fields f = fields(&next.pk, limits, count, nonce);
	struct gn_buf out = {more, 0, sizeof more};
	f.depth = (uint8_t)(chain.blocks[chain.count - 1].depth - 1);
	assert_int_equal(gn_token_narrow(&chain, &bearer, &f, &out, NULL), GN_OK);
	memcpy(bytes, more, out.len);
	assert_int_equal(gn_token_open(gn_slice(bytes, out.len), &chain, NULL), GN_OK);
}

static void limit(uint16_t of, uint64_t amount, uint32_t per)
{
	struct gn_token_limit l = {.of = of, .per = per, .amount = amount};
	issue(&l, 1, 0);
}

static gn_err draw_by(const struct gn_quota_use *use, const struct gn_holder *by, gn_time now)
{
	gn_err err = gn_quota_draw(q, &chain, use, by, now, &why);
	gn_quota_validate(q);
	return err;
}

static gn_err draw(const struct gn_quota_use *use, gn_time now)
{
	struct gn_holder by = peer(1, 1);
	return draw_by(use, &by, now);
}

static uint64_t count_of(const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_quota_counter_at(q, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

/* 3 in 10 seconds do not divide: 3 at once, then one each third of them. */
static void so_many_at_once_and_one_more_later(void **state)
{
	static const struct gn_quota_use none;
	(void)state;
	limit(GN_FB_LIMIT_OF_MESSAGES, 3, 10);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(draw(&message, T0), GN_OK);
	assert_int_equal(draw(&message, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-messages");
	assert_in_range(why.retry_ms, 3333, 3335);
	assert_int_equal(draw(&message, T0 + 3333 * GN_MSEC), GN_QUOTA);
	assert_int_equal(draw(&message, T0 + 3334 * GN_MSEC), GN_OK);
	assert_int_equal(draw(&message, T0 + 3334 * GN_MSEC), GN_QUOTA);
	/* full again it has no place, and is as it was */
	assert_int_equal(gn_quota_buckets(q), 1);
	assert_int_equal(draw(&none, T0 + 100 * GN_SEC), GN_OK);
	assert_int_equal(gn_quota_buckets(q), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(draw(&message, T0 + 100 * GN_SEC), GN_OK);
	assert_int_equal(draw(&message, T0 + 100 * GN_SEC), GN_QUOTA);
	assert_true(count_of("draws") == 7 && count_of("refused") == 4 && count_of("went") == 1);
}

static void each_kind_counts_its_own(void **state)
{
	static const struct {
		uint16_t of;
		const char *name;
		struct gn_quota_use use, other;
	} cases[] = {
		{GN_FB_LIMIT_OF_BYTES, "token-bytes", {.bytes = 50}, {.ops = 1, .messages = 1}},
		{GN_FB_LIMIT_OF_OPS, "token-ops", {.ops = 50}, {.bytes = 9, .jobs = 1}},
		{GN_FB_LIMIT_OF_JOBS, "token-jobs", {.jobs = 50}, {.ops = 1, .messages = 1}},
		{GN_FB_LIMIT_OF_MESSAGES, "token-messages", {.messages = 50}, {.jobs = 1}},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		limit(cases[i].of, 100, 60);
		assert_true(gn_quota_limited(&chain));
		assert_int_equal(draw(&cases[i].use, T0), GN_OK);
		assert_int_equal(draw(&cases[i].other, T0), GN_OK); /* draws nothing */
		assert_int_equal(draw(&cases[i].use, T0), GN_OK);
		assert_int_equal(draw(&cases[i].use, T0), GN_QUOTA);
		assert_string_equal(why.limit, cases[i].name);
		assert_non_null(gn_token_limit_text(gn_str(why.limit)));
		assert_int_equal(draw(&cases[i].other, T0), GN_OK);
	}
	assert_null(gn_token_limit_name(GN_FB_LIMIT_OF_MONEY));
	assert_null(gn_token_limit_text(GN_LIT("rate")));
	issue(NULL, 0, 0);
	assert_false(gn_quota_limited(&chain));
	assert_int_equal(draw(&message, T0), GN_OK);
}

/* What a bucket can never hold is refused, and never let in by being patient. */
static void what_is_above_the_amount_is_never_allowed(void **state)
{
	struct gn_quota_use use = {.bytes = 1000};
	(void)state;
	limit(GN_FB_LIMIT_OF_BYTES, 1000, 60);
	assert_int_equal(draw(&use, T0), GN_OK);
	use.bytes++;
	assert_int_equal(draw(&use, T0 + 3600 * GN_SEC), GN_QUOTA);
	assert_int_equal(why.retry_ms, 0);
	limit(GN_FB_LIMIT_OF_MESSAGES, 0, 60);
	assert_int_equal(draw(&message, T0), GN_QUOTA); /* none at all */
}

static void the_largest_limits_are_counted(void **state)
{
	struct gn_quota_use use = {.bytes = QUOTA_USES - 1};
	(void)state;
	limit(GN_FB_LIMIT_OF_BYTES, UINT64_MAX, 1);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(draw(&use, T0), GN_OK);
	limit(GN_FB_LIMIT_OF_BYTES, QUOTA_USES, UINT32_MAX); /* 136 years */
	assert_int_equal(draw(&use, T0), GN_OK);
	assert_int_equal(draw(&use, T0 + INT64_C(1000000000) * GN_SEC), GN_QUOTA);
	assert_int_equal(why.retry_ms, UINT32_MAX);
	use.bytes = 1;
	assert_int_equal(draw(&use, T0), GN_OK);
	assert_int_equal(draw(&use, T0), GN_QUOTA);
}

/* A limit in all is refused, wherever it stands in the chain; of kinds that the use has not it is
 * no matter. */
static void a_limit_in_all_is_not_passed_over(void **state)
{
	struct gn_token_limit two[] = {{.of = GN_FB_LIMIT_OF_MESSAGES, .amount = 5},
				       {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 60, .amount = 5}};
	struct gn_quota_use job = {.jobs = 1};
	(void)state;
	limit(GN_FB_LIMIT_OF_MESSAGES, 100, 0);
	assert_int_equal(draw(&message, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-total");
	assert_int_equal(why.retry_ms, 0);
	assert_int_equal(draw(&job, T0), GN_OK);
	narrow(1, 2, two, 2, 0);
	assert_int_equal(draw(&message, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-total");
	assert_int_equal(gn_quota_buckets(q), 0);
	assert_int_equal(count_of("refused_total"), 2);
}

/* Two to whom one gave on: each has their own, and both together no more than that one. */
static void a_child_draws_from_its_ancestors(void **state)
{
	struct gn_token_limit four = {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 60, .amount = 4},
			      three = {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 60, .amount = 3};
	static struct gn_token one, other;
	static uint8_t kept[2][GN_TOKEN_MAX];
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		issue(&four, 1, 0);
		narrow(1, 2 + i, &three, 1, i);
		memcpy(kept[i], bytes, chain.bytes.len);
		assert_int_equal(
			gn_token_open(gn_slice(kept[i], chain.bytes.len), i ? &other : &one, NULL),
			GN_OK);
	}
	chain = one;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(draw(&message, T0), GN_OK);
	assert_int_equal(draw(&message, T0), GN_QUOTA); /* its own */
	chain = other;
	assert_int_equal(draw(&message, T0), GN_OK);
	assert_int_equal(draw(&message, T0), GN_QUOTA); /* that of the one who gave both */
	assert_string_equal(why.limit, "token-messages");
	/* all or nothing: the refused use took nothing of its own bucket, so that two are left when
	 * the other bucket has room */
	assert_int_equal(draw(&message, T0 + 15 * GN_SEC), GN_OK);
	assert_int_equal(draw(&message, T0 + 30 * GN_SEC), GN_OK);
	assert_int_equal(draw(&message, T0 + 45 * GN_SEC), GN_OK);
	/* a block without limits has those of the block before, in the same bucket */
	chain = one;
	issue(&four, 1, 9);
	narrow(1, 2, NULL, 0, 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(draw(&message, T0), GN_OK);
	narrow(2, 3, NULL, 0, 1);
	assert_int_equal(draw(&message, T0), GN_QUOTA);
}

static void a_clock_that_steps_fills_nothing(void **state)
{
	(void)state;
	limit(GN_FB_LIMIT_OF_MESSAGES, 1, 60);
	assert_int_equal(draw(&message, T0), GN_OK);
	assert_int_equal(draw(&message, T0 - 500 * GN_SEC), GN_QUOTA);
	assert_int_equal(draw(&message, T0), GN_QUOTA);
	assert_int_equal(draw(&message, T0 + 59 * GN_SEC), GN_QUOTA);
	assert_int_equal(draw(&message, T0 + 60 * GN_SEC), GN_OK);
}

static void a_use_draws_from_so_many(void **state)
{
	struct gn_token_limit many[GN_TOKEN_LIMITS_MAX];
	struct gn_quota_use use = {.ops = 1};
	(void)state;
	for (uint32_t i = 0; i < GN_COUNT(many); i++)
		many[i] = (struct gn_token_limit){GN_FB_LIMIT_OF_OPS, 60 + i, 5};
	issue(many, GN_COUNT(many), 0);
	narrow(1, 2, many, GN_COUNT(many), 0);
	assert_int_equal(draw(&use, T0), GN_OK);
	assert_int_equal(gn_quota_buckets(q), QUOTA_DRAWS);
	narrow(2, 3, many, GN_COUNT(many), 0);
	assert_int_equal(draw(&use, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-limits");
	assert_int_equal(count_of("refused_draws"), 1);
}

/* Who makes many tokens fills their own places, drives nobody's bucket out, and is refused then;
 * with many keys of one network, its part. */
static void places_are_whose_they_are(void **state)
{
	struct gn_token_limit l = {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 6000, .amount = 1};
	struct gn_holder good = peer(1, 1);
	static struct gn_token own;
	static uint8_t kept[GN_TOKEN_MAX];
	(void)state;
	issue(&l, 1, 0);
	memcpy(kept, bytes, chain.bytes.len);
	assert_int_equal(gn_token_open(gn_slice(kept, chain.bytes.len), &own, NULL), GN_OK);
	assert_int_equal(draw_by(&message, &good, T0), GN_OK);
	issue(&l, 1, 1);
	for (uint32_t i = 0; i < QUOTA_BUCKETS_PEER; i++) { /* another block each */
		struct gn_holder bad = peer(2, 2);
		chain.blocks[0].id.b[0] ^= 1;
		gn_put_be32(chain.blocks[0].id.b + 4, i);
		assert_int_equal(gn_quota_draw(q, &chain, &message, &bad, T0, &why), GN_OK);
	}
	struct gn_holder bad = peer(2, 2);
	gn_put_be32(chain.blocks[0].id.b + 4, UINT32_MAX);
	assert_int_equal(draw_by(&message, &bad, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-places");
	assert_int_equal(count_of("refused_places"), 1);
	for (uint32_t i = 0; i < QUOTA_BUCKETS; i++) {
		bad = peer(10 + i / 100, 2);
		gn_put_be32(chain.blocks[0].id.b + 8, i);
		gn_err err = gn_quota_draw(q, &chain, &message, &bad, T0, &why);
		assert_true(err == GN_OK || err == GN_QUOTA);
	}
	/* one network has no more than half before it is crowded */
	assert_int_equal(gn_quota_buckets(q), QUOTA_BUCKETS / 2);
	chain.blocks[0].id.b[1] ^= 1;
	assert_int_equal(draw_by(&message, &good, T0), GN_OK); /* others have places */
	chain = own;
	assert_int_equal(draw_by(&message, &good, T0), GN_QUOTA); /* its bucket is as it was */
	assert_string_equal(why.limit, "token-messages");
	/* when they are full they go, some with each draw */
	uint32_t before = gn_quota_buckets(q);
	chain.blocks[0].id.b[2] ^= 1;
	assert_int_equal(draw_by(&message, &good, T0 + 6000 * GN_SEC), GN_OK);
	assert_int_equal(gn_quota_buckets(q), before - QUOTA_SWEEP + 1);
	chain.blocks[0].id.b[2] ^= 2;
	bad = peer(2, 2);
	assert_int_equal(draw_by(&message, &bad, T0 + 6000 * GN_SEC), GN_OK);
	assert_int_equal(gn_quota_buckets(q), before - 2 * QUOTA_SWEEP + 2);
}

/* Of a use with two limits each bucket needs a place, when only the peer's last one is free and a
 * full bucket could give its up: not the one that the use itself has just begun. */
static void a_use_keeps_the_places_that_it_needs(void **state)
{
	struct gn_token_limit one = {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 6000, .amount = 1},
			      two[] = {one, {.of = GN_FB_LIMIT_OF_OPS, .per = 6000, .amount = 1}};
	struct gn_holder by = peer(2, 2), other = peer(3, 3);
	(void)state;
	issue(&one, 1, 0);
	for (uint32_t i = 0; i + 1 < QUOTA_BUCKETS_PEER; i++) {
		gn_put_be32(chain.blocks[0].id.b + 4, i);
		assert_int_equal(gn_quota_draw(q, &chain, &message, &by, T0, &why), GN_OK);
	}
	issue(two, 2, 1);
	assert_int_equal(draw_by(&message, &by, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-places");
	/* the same when a full one is another's, whose place it was */
	assert_int_equal(gn_quota_ask(q, &chain, &message, &other, T0, &why), GN_OK);
	assert_int_equal(gn_quota_ask(q, &chain, &message, &by, T0, &why), GN_OK);
	assert_int_equal(draw_by(&message, &by, T0), GN_OK);
	assert_int_equal(draw_by(&message, &other, T0), GN_QUOTA);
	assert_string_equal(why.limit, "token-messages");
}

/* More than all: one network has half, others fill the rest, all with limits of years. Who comes
 * then, of another network, gets a place of the one with the most, and those who have as much as
 * their share get none. */
static void all_places_are_bounded(void **state)
{
	struct gn_token_limit l = {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 6000, .amount = 1},
			      years = {.of = GN_FB_LIMIT_OF_OPS, .per = UINT32_MAX, .amount = 1};
	struct gn_quota_use both = {.messages = 1, .ops = 1};
	struct gn_holder by;
	static struct gn_token own;
	static uint8_t kept[GN_TOKEN_MAX];
	(void)state;
	issue(&l, 1, 0);
	memcpy(kept, bytes, chain.bytes.len);
	assert_int_equal(gn_token_open(gn_slice(kept, chain.bytes.len), &own, NULL), GN_OK);
	issue(&years, 1, 1);
	assert_int_equal(QUOTA_BUCKETS / QUOTA_PREFIX_PART, QUOTA_BUCKETS_PEER);
	for (uint32_t i = 1; i < QUOTA_BUCKETS; i++) {
		if (i == QUOTA_BUCKETS / 2 - 1) { /* one of theirs waits for less, the last */
			by = peer(0, 0);
			assert_int_equal(gn_quota_draw(q, &own, &message, &by, T0, &why), GN_OK);
		}
		unsigned key = i / QUOTA_BUCKETS_PEER;
		by = peer(key, (uint8_t)(key < QUOTA_PREFIX_PART / 2 ? 0 : key));
		gn_put_be32(chain.blocks[0].id.b + 4, i);
		assert_int_equal(gn_quota_draw(q, &chain, &both, &by, T0, &why), GN_OK);
	}
	assert_int_equal(gn_quota_buckets(q), QUOTA_BUCKETS);
	by = peer(1000, 7); /* a new key of a network with its share */
	gn_put_be32(chain.blocks[0].id.b + 4, QUOTA_BUCKETS);
	assert_int_equal(gn_quota_draw(q, &chain, &both, &by, T0, &why), GN_QUOTA);
	assert_string_equal(why.limit, "token-places");
	assert_int_equal(count_of("gave_way"), 0);
	by = peer(1001, 100); /* not twice in a second */
	assert_int_equal(gn_quota_draw(q, &chain, &both, &by, T0, &why), GN_QUOTA);
	assert_int_equal(gn_quota_draw(q, &chain, &both, &by, T0 + GN_SEC, &why), GN_OK);
	assert_int_equal(count_of("gave_way"), QUOTA_YIELD);
	assert_int_equal(gn_quota_buckets(q), QUOTA_BUCKETS - QUOTA_YIELD + 1);
	assert_int_equal(gn_quota_draw(q, &chain, &both, &by, T0 + GN_SEC, &why), GN_QUOTA);
	assert_string_equal(why.limit, "token-ops");
	chain = own; /* those of years went */
	by = peer(0, 0);
	assert_int_equal(draw_by(&message, &by, T0 + GN_SEC), GN_QUOTA);
	assert_string_equal(why.limit, "token-messages");
}

/* All are taken and nobody has more than others: none gives way. */
static void equals_give_each_other_nothing(void **state)
{
	struct gn_token_limit l = {.of = GN_FB_LIMIT_OF_MESSAGES, .per = 6000, .amount = 1};
	struct gn_holder by;
	(void)state;
	issue(&l, 1, 0);
	for (uint32_t i = 0; i < QUOTA_BUCKETS; i++) {
		by = peer(i / QUOTA_YIELD, (uint8_t)(i / QUOTA_YIELD));
		gn_put_be32(chain.blocks[0].id.b + 4, i);
		assert_int_equal(gn_quota_draw(q, &chain, &message, &by, T0, &why), GN_OK);
	}
	by = peer(1, 1);
	gn_put_be32(chain.blocks[0].id.b + 4, QUOTA_BUCKETS);
	assert_int_equal(draw_by(&message, &by, T0 + GN_SEC), GN_QUOTA);
	assert_string_equal(why.limit, "token-places");
	assert_int_equal(gn_quota_buckets(q), QUOTA_BUCKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, start, end)
		T(so_many_at_once_and_one_more_later),
		T(each_kind_counts_its_own),
		T(what_is_above_the_amount_is_never_allowed),
		T(the_largest_limits_are_counted),
		T(a_limit_in_all_is_not_passed_over),
		T(a_child_draws_from_its_ancestors),
		T(a_clock_that_steps_fills_nothing),
		T(a_use_draws_from_so_many),
		T(places_are_whose_they_are),
		T(a_use_keeps_the_places_that_it_needs),
		T(all_places_are_bounded),
		T(equals_give_each_other_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
