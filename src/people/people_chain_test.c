/* Numbers and gaps of devices against a set of all numbers, and the limits. Rules PE-11, PE-12. */
#include "crypto/testing/known.h"
#include "people/chain_int.h"

#include <stdlib.h>

static struct gn_alloc alloc;
static struct people_chains c;
static struct people_gap_changes changes;
static const struct gn_content_id id = {{1}};

static int begin(void **state)
{
	(void)state;
	gn_alloc_heap(&alloc, 1u << 20);
	assert_non_null(people_chain_put(&c, &alloc, 1, true, 0)); /* our own */
	return 0;
}

static int end(void **state)
{
	(void)state;
	people_chains_fini(&c, &alloc);
	assert_int_equal(alloc.count, 0);
	return 0;
}

static void took(uint64_t device, uint64_t seq)
{
	struct people_chain *k = people_chain_put(&c, &alloc, device, false, 0);
	changes.count = 0;
	assert_int_equal(people_chain_took(&c, &alloc, k, seq, &id, 100 + seq, &changes), GN_OK);
	people_chains_validate(&c);
}

static void heard(uint64_t device, uint64_t seq)
{
	struct people_chain *k = people_chain_put(&c, &alloc, device, false, 0);
	changes.count = 0;
	assert_int_equal(people_chain_heard(&c, &alloc, k, seq, 7, &changes), GN_OK);
	people_chains_validate(&c);
}

static void gap_is(unsigned i, uint64_t from, uint64_t to, uint64_t missing, bool gone)
{
	assert_true(i < changes.count);
	assert_int_equal(changes.at[i].gap.from, from);
	assert_int_equal(changes.at[i].gap.to, to);
	assert_int_equal(changes.at[i].gap.missing, missing);
	assert_int_equal(changes.at[i].gone, gone);
}

static void opens_and_closes(void **state)
{
	(void)state;
	took(5, 1);
	assert_int_equal(changes.count, 0);
	took(5, 6);
	gap_is(0, 2, 5, 4, false);
	assert_int_equal(changes.at[0].gap.order, 106); /* before the one that showed it */
	took(5, 2);
	gap_is(0, 3, 5, 3, false);
	took(5, 4);
	gap_is(0, 3, 3, 1, false);
	gap_is(1, 5, 5, 1, false);
	took(5, 3);
	gap_is(0, 3, 3, 1, true);
	took(5, 3); /* again, under another name: nothing is missing by it */
	assert_int_equal(changes.count, 0);
	took(5, 5);
	gap_is(0, 5, 5, 1, true);
	assert_int_equal(c.missing, 0);
	heard(5, 9);
	gap_is(0, 7, 9, 3, false);
	heard(5, 9);
	assert_int_equal(changes.count, 0);
	took(5, 12); /* what is missing grows at the same line */
	gap_is(0, 7, 11, 5, false);
	assert_int_equal(c.gap_count, 1);
	took(5, UINT64_C(1) << 53);
	assert_int_equal(c.gap_count, 2);
}

/* PEOPLE_GAPS_MAX are kept apart; one more and two are one, which counts down and closes. */
static void gaps_full(void **state)
{
	(void)state;
	uint64_t seq = 0;
	for (unsigned i = 0; i < PEOPLE_GAPS_MAX; i++)
		took(5, seq += 2);
	assert_int_equal(c.gap_count, PEOPLE_GAPS_MAX);
	assert_int_equal(c.missing, PEOPLE_GAPS_MAX);
	took(5, seq += 2);
	assert_int_equal(c.gap_count, PEOPLE_GAPS_MAX);
	assert_int_equal(c.missing, PEOPLE_GAPS_MAX + 1);
	gap_is(0, 3, 3, 1, true);
	gap_is(1, 1, 3, 2, false);
	took(5, seq += 10); /* nor does a wide one part while there is no room */
	for (uint64_t i = 1; i < seq; i++)
		if (i % 2 || i > 2 * (PEOPLE_GAPS_MAX + 1))
			took(5, i);
	assert_int_equal(c.missing, 0);
	assert_int_equal(c.gap_count, 0);
}

/* PEOPLE_CHAINS_MAX devices are followed; the one heard longest ago gives way, never the first. */
static void chains_full(void **state)
{
	(void)state;
	for (unsigned i = 1; i < PEOPLE_CHAINS_MAX; i++)
		took(100 + i, 3);
	assert_int_equal(c.count, PEOPLE_CHAINS_MAX);
	took(101, 4);
	took(200, 1);
	assert_int_equal(c.count, PEOPLE_CHAINS_MAX);
	assert_non_null(people_chain_get(&c, 1));
	assert_non_null(people_chain_get(&c, 101));
	assert_null(people_chain_get(&c, 102));
	assert_int_equal(c.missing, 2u * (PEOPLE_CHAINS_MAX - 2));
	struct gn_content_seen seen[GN_CONTENT_SEEN_MAX];
	assert_int_equal(people_chain_seen(&c, 1, seen), GN_CONTENT_SEEN_MAX);
	assert_int_equal(seen[0].device, 200);
	assert_int_equal(seen[1].device, 101);
	assert_int_equal(seen[1].seq, 4);
}

/* Any numbers in any order: what is missing is what has not come, while gaps are not full. */
static void against_a_set(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct gn_prng g;
		struct gn_rand rand = gn_prng_rand(&g);
		bool have[2][64] = {{false}};
		uint64_t top[2] = {0};
		gn_prng_init(&g, seed);
		people_chains_fini(&c, &alloc);
		begin(NULL);
		for (int i = 0; i < 80; i++) {
			unsigned k = (unsigned)gn_rand_below(&rand, 2);
			uint64_t seq = 1 + gn_rand_below(&rand, seed % 2 ? 20 : 63);
			if (gn_rand_below(&rand, 8) == 0) {
				heard(10 + k, seq);
			} else if (!have[k][seq]) { /* the engine knows names: none twice */
				took(10 + k, seq);
				have[k][seq] = true;
			}
			top[k] = seq > top[k] ? seq : top[k];
			uint64_t missing = 0;
			for (unsigned n = 0; n < 2; n++)
				for (uint64_t s = 1; s <= top[n]; s++)
					missing += !have[n][s];
			assert_int_equal(c.missing, missing);
		}
	}
}

static void no_memory(void **state)
{
	(void)state;
	struct people_chain *k = people_chain_put(&c, &alloc, 5, false, 0);
	alloc.fail_at = 1;
	assert_null(people_chain_put(&c, &alloc, 6, false, 0));
	alloc.fail_at = 1;
	changes.count = 0;
	k = people_chain_get(&c, 5);
	assert_int_equal(people_chain_took(&c, &alloc, k, 9, &id, 1, &changes), GN_NOMEM);
	alloc.fail_at = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(opens_and_closes, begin, end),
		cmocka_unit_test_setup_teardown(gaps_full, begin, end),
		cmocka_unit_test_setup_teardown(chains_full, begin, end),
		cmocka_unit_test_setup_teardown(against_a_set, begin, end),
		cmocka_unit_test_setup_teardown(no_memory, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
