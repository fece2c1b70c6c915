/* Cookie and pass accept what they made, where and while it is good, and nothing else. */
#include "guard/guard_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW (1000 * GN_SEC)

static const uint8_t secret[32] = {5, 6, 7}, other_secret[32] = {5, 6, 8},
		     last_differs[32] = {5, 6, 7, [31] = 1};
static const uint8_t bound[8] = {1, 2, 3, 4, 5, 6, 7, 8}, payload[8] = {8, 7, 6, 5, 4, 3, 2, 1};

struct fixture {
	struct gn_addr addr;
	uint8_t cookie[GN_COOKIE_LEN], pass[GN_PASS_LEN];
};

static void fixture_open(struct fixture *f)
{
	f->addr = gn_addr_v4(192, 0, 2, 1, 4433);
	gn_cookie_make(secret, &f->addr, bound, payload, 77, NOW, f->cookie);
	gn_pass_make(secret, &f->addr, 3, NOW, f->pass);
}

static gn_err check(const struct fixture *f, gn_time now)
{
	uint8_t out[8];
	uint32_t effort = 0;
	gn_err err = gn_cookie_check(secret, &f->addr, bound, f->cookie, now, out, &effort);
	if (err == GN_OK) {
		assert_memory_equal(out, payload, 8);
		assert_int_equal(effort, 77);
	}
	return err;
}

static void test_good_until_its_life_ends(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f);
	assert_int_equal(check(&f, NOW), GN_OK);
	assert_int_equal(check(&f, NOW + GN_COOKIE_LIFE), GN_OK);
	assert_int_equal(check(&f, NOW + GN_COOKIE_LIFE + 1), GN_EXPIRED);
	assert_int_equal(check(&f, NOW - 1), GN_EXPIRED);
}

static void test_every_flipped_bit_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f);
	for (size_t bit = 0; bit < sizeof f.cookie * 8; bit++) {
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
	uint8_t out[8];
	uint32_t effort;
	fixture_open(&f);
	struct gn_addr port = gn_addr_v4(192, 0, 2, 1, 4434), ip = gn_addr_v4(192, 0, 2, 2, 4433);
	assert_int_equal(gn_cookie_check(secret, &port, bound, f.cookie, NOW, out, &effort),
			 GN_AUTH);
	assert_int_equal(gn_cookie_check(secret, &ip, bound, f.cookie, NOW, out, &effort), GN_AUTH);
	assert_int_equal(gn_cookie_check(secret, &f.addr, payload, f.cookie, NOW, out, &effort),
			 GN_AUTH);
	assert_int_equal(gn_cookie_check(other_secret, &f.addr, bound, f.cookie, NOW, out, &effort),
			 GN_AUTH);
	assert_int_equal(gn_cookie_check(last_differs, &f.addr, bound, f.cookie, NOW, out, &effort),
			 GN_AUTH);
}

static void test_client_reads_the_effort(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f);
	assert_int_equal(gn_cookie_effort(GN_SLICE(f.cookie)), 77);
	/* another form owes nothing */
	assert_int_equal(gn_cookie_effort(gn_slice(f.cookie, GN_COOKIE_LEN - 1)), 0);
	assert_int_equal(gn_cookie_effort(gn_slice(f.cookie, 32)), 0);
}

static void test_pass(void **state)
{
	(void)state;
	struct fixture f;
	uint64_t print, again;
	fixture_open(&f);
	assert_int_equal(gn_pass_check(secret, &f.addr, f.pass, NOW, &print), GN_OK);
	assert_int_equal(gn_pass_check(secret, &f.addr, f.pass, NOW + GN_PASS_LIFE, &again), GN_OK);
	assert_true(print == again);
	assert_int_equal(gn_pass_check(secret, &f.addr, f.pass, NOW + GN_PASS_LIFE + 1, &again),
			 GN_EXPIRED);
	assert_int_equal(gn_pass_check(secret, &f.addr, f.pass, NOW - 1, &again), GN_EXPIRED);
	struct gn_addr near = gn_addr_v4(192, 0, 2, 200, 1), far = gn_addr_v4(192, 0, 3, 1, 4433);
	/* the same /24 */
	assert_int_equal(gn_pass_check(secret, &near, f.pass, NOW, &again), GN_OK);
	assert_int_equal(gn_pass_check(secret, &far, f.pass, NOW, &again), GN_AUTH);
	assert_int_equal(gn_pass_check(other_secret, &f.addr, f.pass, NOW, &again), GN_AUTH);
	for (size_t bit = 0; bit < sizeof f.pass * 8; bit++) {
		f.pass[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(gn_pass_check(secret, &f.addr, f.pass, NOW, &again), GN_AUTH);
		f.pass[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	uint8_t next[GN_PASS_LEN];
	gn_pass_make(secret, &f.addr, 4, NOW, next);
	assert_int_equal(gn_pass_check(secret, &f.addr, next, NOW, &again), GN_OK);
	assert_true(print != again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_until_its_life_ends),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_bound_to_address_and_context),
		cmocka_unit_test(test_client_reads_the_effort),
		cmocka_unit_test(test_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
