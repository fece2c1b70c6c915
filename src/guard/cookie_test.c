/* The retry cookie accepts what it made, where and while it is good, and nothing else. */
#include "guard/guard.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LIFE (15 * GN_SEC)
#define NOW (1000 * GN_SEC)

struct fixture {
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_cookie_jar jar;
	struct gn_addr addr;
	uint8_t cookie[GN_COOKIE_MAX];
	size_t len;
};

static const uint8_t bound[8] = {1, 2, 3, 4, 5, 6, 7, 8}, payload[8] = {8, 7, 6, 5, 4, 3, 2, 1};

static void setup(struct fixture *f)
{
	gn_prng_init(&f->prng, 7);
	f->rand = gn_prng_rand(&f->prng);
	gn_cookie_jar_init(&f->jar, &f->rand, LIFE);
	f->addr = gn_addr_v4(192, 0, 2, 1, 4433);
	f->len = gn_cookie_make(&f->jar, &f->addr, GN_SLICE(bound), GN_SLICE(payload), NOW, f->cookie);
}

static gn_err check(const struct fixture *f, gn_time now)
{
	uint8_t out[8];
	gn_err err = gn_cookie_check(&f->jar, &f->addr, GN_SLICE(bound), gn_slice(f->cookie, f->len), now, out, 8);
	if (err == GN_OK)
		assert_memory_equal(out, payload, 8);
	return err;
}

static void test_good_until_its_life_ends(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	assert_int_equal(f.len, 8 + GN_COOKIE_OVERHEAD);
	assert_int_equal(check(&f, NOW), GN_OK);
	assert_int_equal(check(&f, NOW + LIFE), GN_OK);
	assert_int_equal(check(&f, NOW + LIFE + 1), GN_EXPIRED);
	assert_int_equal(check(&f, NOW - 1), GN_EXPIRED);
}

static void test_every_flipped_bit_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	for (size_t bit = 0; bit < f.len * 8; bit++) {
		f.cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check(&f, NOW), GN_AUTH);
		f.cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(check(&f, NOW), GN_OK);
}

static void test_bound_to_address_and_context(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	uint8_t out[8];
	struct gn_slice cookie = gn_slice(f.cookie, f.len);
	struct gn_addr other = gn_addr_v4(192, 0, 2, 1, 4434);
	assert_int_equal(gn_cookie_check(&f.jar, &other, GN_SLICE(bound), cookie, NOW, out, 8), GN_AUTH);
	assert_int_equal(gn_cookie_check(&f.jar, &f.addr, GN_SLICE(payload), cookie, NOW, out, 8), GN_AUTH);
	assert_int_equal(gn_cookie_check(&f.jar, &f.addr, gn_slice(bound, 7), cookie, NOW, out, 8), GN_AUTH);
	f.jar.secret[31] ^= 1;
	assert_int_equal(check(&f, NOW), GN_AUTH);
}

static void test_wrong_length_is_malformed(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	uint8_t out[8];
	for (size_t len = 0; len < f.len; len++)
		assert_int_equal(
			gn_cookie_check(&f.jar, &f.addr, GN_SLICE(bound), gn_slice(f.cookie, len), NOW, out, 8),
			GN_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_until_its_life_ends),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_bound_to_address_and_context),
		cmocka_unit_test(test_wrong_length_is_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
