/* Map, heap and ring against slow obvious models from a seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/base.h"

struct world {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
};

static void world_init(struct world *w, uint64_t seed)
{
	gn_alloc_heap(&w->alloc, 1 << 22);
	gn_prng_init(&w->prng, seed);
	w->rand = gn_prng_rand(&w->prng);
	w->env = (struct gn_env){&w->alloc, &w->rand, NULL};
}

#define KEYS 200

/* A key of 13 bytes, so that neither words nor padding fit evenly. */
static void key_of(unsigned k, uint8_t key[13])
{
	memset(key, 0, 13);
	key[0] = (uint8_t)k;
	key[12] = (uint8_t)(k * 7);
}

static void map_like_a_table(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct world w;
		struct gn_map m;
		uint32_t model[KEYS] = {0}, count = 0; /* 0 = absent */
		uint8_t key[13];
		world_init(&w, seed);
		gn_map_init(&m, &w.env, 13, sizeof(uint32_t), 150);
		for (unsigned step = 0; step < 3000; step++) {
			unsigned k = (unsigned)gn_rand_below(&w.rand, KEYS);
			bool there = model[k] != 0;
			key_of(k, key);
			if (gn_rand_below(&w.rand, 100) < (step / 500 % 2 ? 30u : 70u)) {
				uint32_t *v = gn_map_put(&m, key);
				assert_int_equal(v != NULL, there || count < 150);
				if (v) {
					assert_int_equal(*v, model[k]); /* zeroed when new */
					*v = model[k] = step + 1;
					count += !there;
				}
			} else {
				assert_int_equal(gn_map_remove(&m, key), there);
				model[k] = 0;
				count -= there;
			}
			assert_int_equal(m.count, count);
			gn_map_validate(&m);
		}
		for (unsigned k = 0; k < KEYS; k++) {
			key_of(k, key);
			uint32_t *v = gn_map_get(&m, key);
			assert_int_equal(v ? *v : 0, model[k]);
		}
		for (uint32_t i = 0; i < m.count; i++)
			assert_ptr_equal(gn_map_get(&m, gn_map_key_at(&m, i)),
					 gn_map_value_at(&m, i));
		gn_map_fini(&m);
		assert_true(w.alloc.used == 0);
	}
}

static void map_survives_lack_of_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 17; n++) {
		struct world w;
		struct gn_map m;
		unsigned failed = 0;
		world_init(&w, n);
		gn_map_init(&m, &w.env, 4, 4, 1000);
		w.alloc.fail_at = n;
		for (uint32_t k = 0; k < 300; k++) {
			uint32_t *v = gn_map_put(&m, &k);
			if (!v) {
				failed++;
				v = gn_map_put(&m, &k); /* again, now with memory */
			}
			assert_non_null(v);
			*v = k;
			gn_map_validate(&m);
		}
		assert_int_equal(failed, n <= 14); /* seven growths of two blocks each */
		for (uint32_t k = 0; k < 300; k++)
			assert_int_equal(*(uint32_t *)gn_map_get(&m, &k), k);
		gn_map_fini(&m);
		assert_true(w.alloc.used == 0);
	}
}

static void map_walk_does_not_depend_on_the_seed(void **state)
{
	(void)state;
	struct world a, b;
	struct gn_map m, n;
	world_init(&a, 1);
	world_init(&b, 2);
	gn_map_init(&m, &a.env, 4, 0, 100);
	gn_map_init(&n, &b.env, 4, 0, 100);
	assert_true(m.seed != n.seed);
	for (uint32_t k = 0; k < 60; k++) {
		assert_true(gn_map_put(&m, &k) && gn_map_put(&n, &k));
		uint32_t gone = k / 2;
		if (k % 3 == 0)
			assert_true(gn_map_remove(&m, &gone) == gn_map_remove(&n, &gone));
	}
	assert_int_equal(m.count, n.count);
	for (uint32_t i = 0; i < m.count; i++)
		assert_memory_equal(gn_map_key_at(&m, i), gn_map_key_at(&n, i), 4);
	gn_map_fini(&m);
	gn_map_fini(&n);
}

static void heap_like_a_sorted_list(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct world w;
		struct gn_heap h;
		struct gn_heap_node nodes[100] = {{0}};
		world_init(&w, seed);
		gn_heap_init(&h, &w.alloc);
		assert_true(gn_heap_first(&h) == NULL && gn_heap_deadline(&h) == GN_NEVER);
		for (unsigned step = 0; step < 3000; step++) {
			struct gn_heap_node *n = &nodes[gn_rand_below(&w.rand, 100)];
			switch (gn_rand_below(&w.rand, 5)) {
			case 0: gn_heap_remove(&h, n); break;
			case 1:
				n = gn_heap_first(&h);
				if (n)
					gn_heap_remove(&h, n);
				break;
			default:
				assert_int_equal(
					gn_heap_set(&h, n,
						    (gn_time)gn_rand_below(&w.rand, 500) - 100),
					GN_OK);
				break;
			}
			gn_time least = GN_NEVER;
			uint32_t count = 0;
			for (unsigned i = 0; i < 100; i++) {
				count += nodes[i].place != 0;
				if (nodes[i].place && nodes[i].at < least)
					least = nodes[i].at;
			}
			assert_int_equal(h.count, count);
			assert_true(gn_heap_deadline(&h) == least);
			gn_heap_validate(&h);
		}
		gn_time last = INT64_MIN;
		for (struct gn_heap_node *n; (n = gn_heap_first(&h)); gn_heap_remove(&h, n)) {
			assert_true(n->at >= last);
			last = n->at;
		}
		assert_int_equal(gn_heap_set(&h, &nodes[0], 1), GN_OK);
		gn_heap_fini(&h);
		assert_true(nodes[0].place == 0 && w.alloc.used == 0);
	}
}

static void heap_without_memory_stays_as_it_was(void **state)
{
	(void)state;
	struct world w;
	struct gn_heap h;
	struct gn_heap_node nodes[17] = {{0}};
	world_init(&w, 1);
	gn_heap_init(&h, &w.alloc);
	for (int i = 0; i < 16; i++)
		assert_int_equal(gn_heap_set(&h, &nodes[i], 100 - i), GN_OK);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_heap_set(&h, &nodes[16], 1), GN_NOMEM);
	assert_true(nodes[16].place == 0 && h.count == 16 && gn_heap_deadline(&h) == 85);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_heap_set(&h, &nodes[3], 2), GN_OK); /* moving needs none */
	gn_heap_validate(&h);
	gn_heap_fini(&h);
}

static void ring_like_a_list(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct world w;
		struct gn_ring r;
		uint32_t next_in = 0, next_out = 0;
		world_init(&w, seed);
		gn_ring_init(&r, &w.alloc, sizeof(uint32_t), 100);
		for (unsigned step = 0; step < 5000; step++) {
			if (gn_rand_below(&w.rand, 100) < (step / 600 % 2 ? 35u : 65u)) {
				gn_err want = next_in - next_out == 100 ? GN_LIMIT : GN_OK;
				assert_int_equal(gn_ring_push(&r, &next_in), want);
				next_in += want == GN_OK;
			} else {
				uint32_t v = UINT32_MAX;
				assert_int_equal(gn_ring_pop(&r, &v), next_in != next_out);
				if (next_in != next_out)
					assert_int_equal(v, next_out++);
				else
					assert_true(v == UINT32_MAX);
			}
			uint32_t count = next_in - next_out;
			assert_int_equal(r.count, count);
			assert_null(gn_ring_at(&r, count));
			if (count) {
				assert_int_equal(*(uint32_t *)gn_ring_at(&r, 0), next_out);
				assert_int_equal(*(uint32_t *)gn_ring_at(&r, count - 1),
						 next_in - 1);
			}
		}
		gn_ring_fini(&r);
		assert_true(w.alloc.used == 0);
	}
}

static void ring_without_memory_stays_as_it_was(void **state)
{
	(void)state;
	struct world w;
	struct gn_ring r;
	uint8_t v = 0;
	world_init(&w, 1);
	gn_ring_init(&r, &w.alloc, 1, 1000);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_ring_push(&r, &v), GN_NOMEM);
	for (v = 0; v < 8; v++)
		assert_int_equal(gn_ring_push(&r, &v), GN_OK);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_ring_push(&r, &v), GN_NOMEM);
	assert_int_equal(r.count, 8);
	for (uint8_t i = 0; i < 8; i++)
		assert_true(gn_ring_pop(&r, &v) && v == i);
	gn_ring_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_like_a_table),
		cmocka_unit_test(map_survives_lack_of_memory),
		cmocka_unit_test(map_walk_does_not_depend_on_the_seed),
		cmocka_unit_test(heap_like_a_sorted_list),
		cmocka_unit_test(heap_without_memory_stays_as_it_was),
		cmocka_unit_test(ring_like_a_list),
		cmocka_unit_test(ring_without_memory_stays_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
