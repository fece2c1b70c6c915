/* Chunks against a slow reference in logarithms: every index, and any four rebuild. Rule EE-24. */
#include "crypto/testing/known.h"
#include "e2ee/chunk_int.h"

static uint8_t gf_exp[255], gf_log[256];

static void make_tables(void)
{
	unsigned x = 1;
	for (unsigned i = 0; i < 255; i++) {
		gf_exp[i] = (uint8_t)x;
		gf_log[x] = (uint8_t)i;
		x <<= 1;
		if (x & 0x100)
			x ^= 0x11d;
	}
}

static uint8_t times(uint8_t a, uint8_t b)
{
	return a && b ? gf_exp[(gf_log[a] + gf_log[b]) % 255] : 0;
}

static uint8_t over(uint8_t a, uint8_t b)
{
	return a ? gf_exp[(gf_log[a] + 255 - gf_log[b]) % 255] : 0;
}

/* The value at x of the polynomial through (i, y[i]), i = 0..3. */
static uint8_t value_at(const uint8_t y[4], uint8_t x)
{
	uint8_t sum = 0;
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t term = y[i];
		for (uint8_t k = 0; k < 4; k++)
			if (k != i)
				term = over(times(term, x ^ k), i ^ k);
		sum ^= term;
	}
	return sum;
}

static void fill(struct gn_prng *g, uint8_t object[E2EE_OBJECT])
{
	for (size_t i = 0; i < E2EE_OBJECT; i++)
		object[i] = (uint8_t)gn_prng_next(g);
}

static void each_index(void **state)
{
	(void)state;
	struct gn_prng g;
	uint8_t object[E2EE_OBJECT], chunk[E2EE_CHUNK];
	make_tables();
	gn_prng_init(&g, 1);
	fill(&g, object);
	for (unsigned index = 0; index < E2EE_CHUNK_INDICES; index++) {
		e2ee_chunk(object, (uint8_t)index, chunk);
		if (index < E2EE_QUARTERS)
			assert_memory_equal(chunk, object + index * E2EE_CHUNK, E2EE_CHUNK);
		for (size_t j = 0; j < E2EE_CHUNK; j++) {
			uint8_t y[4] = {object[j], object[E2EE_CHUNK + j],
					object[2 * E2EE_CHUNK + j], object[3 * E2EE_CHUNK + j]};
			assert_int_equal(chunk[j], value_at(y, (uint8_t)index));
		}
	}
}

static void any_four(void **state)
{
	(void)state;
	struct gn_prng g;
	struct gn_rand rand = gn_prng_rand(&g);
	uint8_t object[E2EE_OBJECT], got[E2EE_OBJECT], chunks[E2EE_QUARTERS * E2EE_CHUNK];
	gn_prng_init(&g, 2);
	for (int round = 0; round < 500; round++) {
		uint8_t index[E2EE_QUARTERS];
		fill(&g, object);
		for (unsigned i = 0; i < E2EE_QUARTERS; i++) {
			bool taken;
			do {
				index[i] = (uint8_t)gn_rand_below(&rand, E2EE_CHUNK_INDICES);
				taken = false;
				for (unsigned k = 0; k < i; k++)
					taken |= index[k] == index[i];
			} while (taken);
			e2ee_chunk(object, index[i], chunks + i * E2EE_CHUNK);
		}
		e2ee_unchunk(index, chunks, got);
		assert_memory_equal(got, object, sizeof got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_index),
					   cmocka_unit_test(any_four)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
