/* The steps of state.h from random bytes: what the fuzz target looks for all night, for
 * some seconds. A failing seed is repeated with GN_SEED=n; GN_SEEDS=n tries more. */
#include "jet/testing/state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void run_seed(uint64_t seed, enum state_ways ways)
{
	uint8_t bytes[1200];
	struct gn_prng g;
	gn_prng_init(&g, seed);
	size_t len = 2 * (50 + gn_prng_next(&g) % 550);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)gn_prng_next(&g);
	state_run(bytes, len, ways);
}

static void test_random_steps_of_two_honest_ends(void **state)
{
	(void)state;
	const char *one = getenv("GN_SEED"), *many = getenv("GN_SEEDS");
	uint64_t first = one ? strtoull(one, NULL, 0) : 1, count = one    ? 1
								   : many ? strtoull(many, NULL, 0)
									  : 200;
	for (uint64_t seed = first; seed < first + count; seed++) {
		if (getenv("GN_VERBOSE"))
			print_message("GN_SEED=%llu\n", (unsigned long long)seed);
		for (enum state_ways ways = STATE_ONE; ways <= STATE_CARRIED_FIRST; ways++)
			run_seed(seed, ways);
	}
}

/* Both ends move, packets come late, and an end finds itself on a path that the other has left,
 * or with a key that the other has not: 1191. */
static void test_seeds_that_once_parted_the_ends(void **state)
{
	(void)state;
	static const uint64_t seeds[] = {91, 111, 143, 395, 1191};
	for (size_t i = 0; i < GN_COUNT(seeds); i++)
		run_seed(seeds[i], STATE_ONE);
	run_seed(1886, STATE_SEVERAL); /* each closed the path that the other had moved to */
	run_seed(1080,
		 STATE_SEVERAL); /* a challenge that had no bytes to go with was due for ever */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_steps_of_two_honest_ends),
		cmocka_unit_test(test_seeds_that_once_parted_the_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
