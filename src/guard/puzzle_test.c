/* The puzzle: SipHash and the written example; solver and checker agree; nothing else is an
 * answer; the order of the indices is unique. GN_SEEDS=10000 for the long run. */
#include "guard/guard_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	uint8_t cookie[GN_COOKIE_LEN], cid[8], answer[GN_ANSWER_LEN];
};

static void fixture_open(struct fixture *f, uint64_t seed)
{
	*f = (struct fixture){0};
	gn_alloc_heap(&f->alloc, 64u << 20);
	gn_prng_init(&f->prng, seed);
	f->rand = gn_prng_rand(&f->prng);
	f->env = (struct gn_env){&f->alloc, &f->rand, NULL};
	gn_rand_fill(&f->rand, f->cookie, sizeof f->cookie);
	gn_rand_fill(&f->rand, f->cid, sizeof f->cid);
}

static void solve(struct fixture *f, uint32_t effort)
{
	struct gn_solver *s;
	assert_int_equal(gn_solver_new(&f->env, f->cookie, f->cid, effort, &s), GN_OK);
	while (!gn_solver_step(s, f->answer))
		;
	gn_solver_free(s);
	assert_int_equal(f->alloc.used, 0);
}

static gn_err check(const struct fixture *f, uint32_t *effort)
{
	uint64_t print;
	return gn_puzzle_check(f->cookie, f->cid, f->answer, effort, &print);
}

/* Appendix A of the SipHash paper: key 00 .. 0f, input 00 .. 0e is not a whole number of words,
 * so 8 bytes of it. */
static void test_siphash(void **state)
{
	(void)state;
	struct gn_sip_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
	uint64_t word = UINT64_C(0x0706050403020100);
	/* the reference's vector for 8 bytes */
	assert_true(gn_sip(&key, &word, 1) == UINT64_C(0x93f5f5799a932462));
	assert_true(gn_sip(&key, NULL, 0) == UINT64_C(0x726fdb47dd0e0e31)); /* for none */
}

/* GU-15. */
static void test_vector(void **state)
{
	(void)state;
	static const uint16_t picks[PUZZLE_PICKS] = {2070,  4477,  34030, 40241,
						     15398, 50671, 29087, 37732};
	uint8_t cookie[GN_COOKIE_LEN] = {1, 2, 3}, cid[8] = {9, 8, 7},
		answer[GN_ANSWER_LEN] = {0, 0, 0, 1};
	struct gn_puzzle p;
	struct gn_hash weight;
	uint32_t effort;
	uint64_t print;
	gn_puzzle_init(&p, cookie, cid, 0);
	gn_puzzle_weigh(&p, picks, &weight);
	assert_int_equal(gn_be64(weight.b) >> 32, 1044668023);
	for (int i = 0; i < PUZZLE_PICKS; i++) {
		answer[12 + 2 * i] = (uint8_t)(picks[i] >> 8);
		answer[13 + 2 * i] = (uint8_t)picks[i];
	}
	assert_int_equal(gn_puzzle_check(cookie, cid, answer, &effort, &print), GN_OK);
	assert_int_equal(effort, 1);
	answer[3] = 4; /* 1044668023 * 4 < 2^32 <= 1044668023 * 5 */
	assert_int_equal(gn_puzzle_check(cookie, cid, answer, &effort, &print), GN_OK);
	answer[3] = 5;
	assert_int_equal(gn_puzzle_check(cookie, cid, answer, &effort, &print), GN_PROOF_OF_WORK);
	answer[3] = 0;
	assert_int_equal(gn_puzzle_check(cookie, cid, answer, &effort, &print), GN_PROOF_OF_WORK);
}

static void test_solver_and_checker_agree(void **state)
{
	(void)state;
	const char *more = getenv("GN_SEEDS");
	uint64_t seeds = more ? strtoull(more, NULL, 10) : 40;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct fixture f;
		uint32_t effort = 0, want = 1 + (uint32_t)(seed % 4);
		fixture_open(&f, seed);
		solve(&f, want);
		if (check(&f, &effort) != GN_OK || effort != want)
			fail_msg("GN_SEED=%llu", (unsigned long long)seed);
	}
}

static void test_an_answer_is_bound_to_all_it_was_made_for(void **state)
{
	(void)state;
	struct fixture f;
	uint32_t effort;
	fixture_open(&f, 7);
	solve(&f, 1);
	for (size_t bit = 0; bit < sizeof f.cookie * 8; bit += 5) {
		f.cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check(&f, &effort), GN_PROOF_OF_WORK);
		f.cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof f.cid * 8; bit++) {
		f.cid[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check(&f, &effort), GN_PROOF_OF_WORK);
		f.cid[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 32; bit < sizeof f.answer * 8; bit++) { /* nonce and indices */
		f.answer[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(check(&f, &effort), GN_PROOF_OF_WORK);
		f.answer[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(check(&f, &effort), GN_OK);
}

static void exchange(uint8_t *answer, int a, int b, int size)
{
	uint8_t kept[GN_ANSWER_LEN];
	memcpy(kept, answer, sizeof kept);
	memcpy(answer + 12 + 2 * a, kept + 12 + 2 * b, (size_t)size * 2);
	memcpy(answer + 12 + 2 * b, kept + 12 + 2 * a, (size_t)size * 2);
}

static void test_one_order_only(void **state)
{
	(void)state;
	struct fixture f;
	uint32_t effort;
	fixture_open(&f, 8);
	solve(&f, 1);
	for (int size = 1; size < PUZZLE_PICKS; size *= 2)
		for (int at = 0; at < PUZZLE_PICKS; at += 2 * size) {
			exchange(f.answer, at, at + size, size);
			assert_int_equal(check(&f, &effort), GN_PROOF_OF_WORK);
			exchange(f.answer, at, at + size, size);
		}
	assert_int_equal(check(&f, &effort), GN_OK);
}

/* Eight times the same, or two times the same four, sum to zero as well. */
static void test_indices_are_distinct(void **state)
{
	(void)state;
	struct fixture f;
	uint32_t effort;
	fixture_open(&f, 9);
	memset(f.answer, 0, sizeof f.answer);
	f.answer[3] = 1;
	assert_int_equal(check(&f, &effort), GN_PROOF_OF_WORK);
	solve(&f, 1);
	memcpy(f.answer + 20, f.answer + 12, 8);
	assert_int_equal(check(&f, &effort), GN_PROOF_OF_WORK);
}

static void test_effort_is_worth_its_number(void **state)
{
	(void)state;
	unsigned steps = 0, answers = 24;
	for (uint64_t seed = 0; seed < answers; seed++) {
		struct fixture f;
		struct gn_solver *s;
		fixture_open(&f, 1000 + seed);
		assert_int_equal(gn_solver_new(&f.env, f.cookie, f.cid, 16, &s), GN_OK);
		do
			steps++;
		while (!gn_solver_step(s, f.answer));
		gn_solver_free(s);
	}
	print_message("  %u nonces for %u answers of effort 16\n", steps, answers);
	assert_true(steps > answers * 4 && steps < answers * 16); /* 8 each on average */
}

static void test_solver_without_memory(void **state)
{
	(void)state;
	for (uint64_t nth = 1; nth <= 6; nth++) {
		struct fixture f;
		struct gn_solver *s;
		fixture_open(&f, 1);
		f.alloc.fail_at = nth;
		assert_int_equal(gn_solver_new(&f.env, f.cookie, f.cid, 1, &s), GN_NOMEM);
		assert_int_equal(f.alloc.used, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash),
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_solver_and_checker_agree),
		cmocka_unit_test(test_an_answer_is_bound_to_all_it_was_made_for),
		cmocka_unit_test(test_one_order_only),
		cmocka_unit_test(test_indices_are_distinct),
		cmocka_unit_test(test_effort_is_worth_its_number),
		cmocka_unit_test(test_solver_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
