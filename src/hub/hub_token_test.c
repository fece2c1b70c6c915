/* Tokens and rates. */
#include "hub/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const uint8_t key[32] = {1, 2, 3};

static void a_token_comes_back_and_any_other_bit_does_not(void **state)
{
	(void)state;
	struct gn_hub_jwt in = {.exp = 2000, .refresh = false}, out;
	char text[GN_JWT_MAX];
	memset(in.sub.b, 7, 32);
	memset(in.jti, 9, 16);
	gn_hub_jwt_make(key, &in, text);
	assert_int_equal(gn_hub_jwt_open(key, gn_str(text), false, 1999, &out), GN_OK);
	assert_memory_equal(out.sub.b, in.sub.b, 32);
	assert_memory_equal(out.jti, in.jti, 16);
	assert_int_equal(gn_hub_jwt_open(key, gn_str(text), false, 2000, &out), GN_EXPIRED);
	assert_int_equal(gn_hub_jwt_open(key, gn_str(text), true, 1999, &out), GN_KEY);
	for (size_t i = 0; i < strlen(text); i++) {
		char bad[GN_JWT_MAX];
		strcpy(bad, text);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		assert_int_equal(gn_hub_jwt_open(key, gn_str(bad), false, 1999, &out), GN_AUTH);
		assert_int_equal(gn_hub_jwt_open(key, gn_slice(text, i), false, 1999, &out),
				 GN_AUTH);
	}
	/* {"alg":"none"} */
	assert_int_equal(gn_hub_jwt_open(key, GN_LIT("eyJhbGciOiJub25lIn0.eyJleHAiOjk5OTl9."),
					 false, 1, &out),
			 GN_AUTH);
}

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand source;
static const struct gn_env env = {&alloc, &source, NULL};

static void begin(void)
{
	gn_alloc_heap(&alloc, 64 << 20);
	gn_prng_init(&prng, 1);
	source = gn_prng_rand(&prng);
}

static void a_rate_lets_through_what_it_says(void **state)
{
	(void)state;
	begin();
	struct gn_hub_rate r;
	uint8_t a[16] = {1}, b[16] = {2};
	uint32_t wait;
	gn_time now = 1000 * GN_SEC;
	gn_hub_rate_init(&r, &env, GN_RATE_MINUTE, 60);
	for (int i = 0; i < 60; i++)
		assert_true(gn_hub_rate_take(&r, a, now, &wait));
	assert_false(gn_hub_rate_take(&r, a, now, &wait));
	assert_in_range(wait, 1, 2);
	assert_true(gn_hub_rate_take(&r, b, now, &wait));
	assert_true(gn_hub_rate_take(&r, a, now + GN_SEC, &wait));
	assert_false(gn_hub_rate_take(&r, a, now + GN_SEC, &wait));
	/* a flood of strangers is bounded, and passes */
	for (uint32_t i = 0; i < HUB_BUCKETS_MAX + 10; i++) {
		uint8_t k[16] = {3};
		memcpy(k + 4, &i, 4);
		gn_hub_rate_take(&r, k, now + GN_SEC, &wait);
	}
	assert_int_equal(r.buckets.count, HUB_BUCKETS_MAX);
	uint8_t late[16] = {4};
	assert_true(gn_hub_rate_take(&r, late, now + 200 * GN_SEC, &wait));
	assert_int_equal(r.buckets.count, 1);
	gn_hub_rate_fini(&r);
	/* a tenth of a great rate at once (HB-8), and no more after a rest */
	gn_hub_rate_init(&r, &env, GN_RATE_MINUTE, 6000);
	for (int rest = 0; rest < 2; rest++, now += 3600 * GN_SEC) {
		for (int i = 0; i < 600; i++)
			assert_true(gn_hub_rate_take(&r, a, now, &wait));
		assert_false(gn_hub_rate_take(&r, a, now, &wait));
		for (int i = 0; i < 100; i++)
			assert_true(gn_hub_rate_take(&r, a, now + GN_SEC, &wait));
		assert_false(gn_hub_rate_take(&r, a, now + GN_SEC, &wait));
	}
	gn_hub_rate_fini(&r);
	assert_int_equal(alloc.count, 0);
}

static void what_is_counted_afterwards_makes_debts(void **state)
{
	(void)state;
	begin();
	struct gn_hub_rate r;
	uint8_t a[16] = {1}, b[16] = {2};
	uint32_t wait;
	gn_time now = 1000 * GN_SEC;
	gn_hub_rate_init(&r, &env, GN_RATE_MINUTE, 60);
	for (int i = 0; i < 59; i++)
		gn_hub_rate_owe(&r, a, now);
	assert_true(gn_hub_rate_look(&r, a, now, &wait));
	assert_true(gn_hub_rate_look(&r, a, now, &wait)); /* looking takes nothing */
	for (int i = 0; i < 61; i++)                      /* more at once than there was */
		gn_hub_rate_owe(&r, a, now);
	assert_false(gn_hub_rate_look(&r, a, now, &wait));
	assert_in_range(wait, 61, 62);
	assert_false(gn_hub_rate_look(&r, a, now + 60 * GN_SEC, &wait));
	assert_true(gn_hub_rate_look(&r, a, now + 61 * GN_SEC, &wait));
	assert_true(gn_hub_rate_look(&r, b, now, &wait));
	gn_hub_rate_fini(&r);
	gn_hub_rate_init(&r, &env, GN_RATE_MINUTE, 0);
	gn_hub_rate_owe(&r, a, now);
	assert_true(gn_hub_rate_look(&r, a, now, &wait));
	gn_hub_rate_fini(&r);
	assert_int_equal(alloc.count, 0);
}

/* HB-50. */
static void a_day_has_its_busy_hour(void **state)
{
	(void)state;
	begin();
	struct gn_hub_rate r;
	uint8_t a[16] = {1};
	uint32_t wait;
	gn_time now = 1000 * GN_SEC;
	gn_hub_rate_init(&r, &env, GN_RATE_DAY, 20000);
	for (int i = 0; i < 20000; i++) {
		assert_true(gn_hub_rate_look(&r, a, now, &wait));
		gn_hub_rate_owe(&r, a, now);
	}
	assert_false(gn_hub_rate_look(&r, a, now, &wait));
	assert_int_equal(wait, 5); /* one each 4.32 s */
	assert_true(gn_hub_rate_look(&r, a, now + 5 * GN_SEC, &wait));
	gn_hub_rate_owe(&r, a, now + 5 * GN_SEC);
	assert_false(gn_hub_rate_look(&r, a, now + 5 * GN_SEC, &wait));
	uint32_t let = 0; /* in the day that follows no more than a day has */
	for (gn_time t = now + 5 * GN_SEC; t < now + 86400 * GN_SEC; t += 2 * GN_SEC)
		if (gn_hub_rate_look(&r, a, t, &wait)) {
			gn_hub_rate_owe(&r, a, t);
			let++;
		}
	assert_in_range(let, 19000, 20000);
	gn_hub_rate_fini(&r);
	assert_int_equal(alloc.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_has_its_busy_hour),
		cmocka_unit_test(what_is_counted_afterwards_makes_debts),
		cmocka_unit_test(a_token_comes_back_and_any_other_bit_does_not),
		cmocka_unit_test(a_rate_lets_through_what_it_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
