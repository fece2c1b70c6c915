/* Geometry: exact angles, distances against values computed with __float128 (113-bit mantissa)
 * and against a long double reference over random points, the hop formula, and how often a
 * distance in doubles would pick the wrong neighbour. */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define R0 44.3614195558364998

static void angles_are_exact(void **state)
{
	(void)state;
	assert_true(gn_ov_sep(0, 0) == 0);
	assert_true(gn_ov_sep(0, 1) == 1);
	assert_true(gn_ov_sep(1, 0) == 1);
	assert_true(gn_ov_sep(UINT64_MAX, 0) == 1);
	assert_true(gn_ov_sep(0, UINT64_C(1) << 63) == UINT64_C(1) << 63);
	assert_true(gn_ov_sep(UINT64_C(1) << 63, 0) == UINT64_C(1) << 63);
	assert_true(gn_ov_sep(5, (UINT64_C(1) << 63) + 6) == (UINT64_C(1) << 63) - 1);
	uint8_t id[32] = {0x80, 1, 2, 3, 4, 5, 6, 7, 8};
	assert_true(gn_ov_theta(id) == UINT64_C(0x8001020304050607));
}

static void annuli_halve(void **state)
{
	(void)state;
	assert_int_equal(gn_ov_annulus(UINT64_C(1) << 63), 0);
	assert_int_equal(gn_ov_annulus((UINT64_C(1) << 63) - 1), 1);
	assert_int_equal(gn_ov_annulus(UINT64_C(1) << 62), 1);
	assert_int_equal(gn_ov_annulus(1), 63);
}

static const struct {
	double r1;
	uint64_t t1;
	double r2;
	uint64_t t2;
	double dist, busemann; /* the latter of (r1, t1) to the ideal point t2 */
} vectors[] = {
	{44.361419555836498, UINT64_C(0x0), 44.361419555836498, UINT64_C(0x1),
	 2.46680623502243161013e+00, -4.19754492490096809156e+01},
	{44.361419555836498, UINT64_C(0x0), 44.361419555836498, UINT64_C(0x8000000000000000),
	 8.87228391116729966370e+01, 4.43614195558364983185e+01},
	{44.361419555836498, UINT64_C(0x75bcd15), 44.361419555836498, UINT64_C(0x76bcd15),
	 3.00153469940967940588e+01, -1.43460725617397964108e+01},
	{44.361419555836498, UINT64_C(0xffffffffffffff00), 44.361419555836498, UINT64_C(0x100),
	 1.47661097947966491613e+01, -2.95953101475491178736e+01},
	{42.975125194716611, UINT64_C(0x5), 45.747713916956386, UINT64_C(0x5),
	 2.77258872223977448357e+00, -4.29751251947166110767e+01},
	{44.361419555836498, UINT64_C(0x4000000000000000), 45.747713555836498,
	 UINT64_C(0x4000000100000000), 4.80371733275352966536e+01, 2.28945977169879886392e+00},
	{1, UINT64_C(0x0), 2, UINT64_C(0x4000000000000000), 2.44442894986105382190e+00,
	 4.33780830483027187026e-01},
	{0.001, UINT64_C(0x0), 0.001, UINT64_C(0x2000000000000000), 7.65366973610424901118e-04,
	 -7.06856663314595802856e-04},
	{400, UINT64_C(0x7), 400, UINT64_C(0x10000000007), 7.69018395104821413808e+02,
	 3.69018395104821413808e+02},
	{300, UINT64_C(0x0), 310, UINT64_C(0x0), 1.00000000000000000000e+01,
	 -3.00000000000000000000e+02},
	{350, UINT64_C(0x4000000000000000), 280, UINT64_C(0xc000000000000000),
	 6.30000000000000000000e+02, 3.50000000000000000000e+02},
	{20, UINT64_C(0x0), 20, UINT64_C(0x3), 2.47879746298829531443e-10,
	 -1.99999999999999999999e+01},
};

static void distances_match_quad_precision(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(vectors); i++) {
		double d = gn_ov_dist(vectors[i].r1, vectors[i].t1, vectors[i].r2, vectors[i].t2);
		double b = gn_ov_busemann(vectors[i].r1, vectors[i].t1, vectors[i].t2);
		/* above 256 a double has no more digits to give */
		double bound = 3e-13 + 1e-15 * vectors[i].dist;
		assert_true(fabs(d - vectors[i].dist) < bound);
		assert_true(fabs(b - vectors[i].busemann) < bound);
	}
}

/* Half-angle form of the cosine law with positive terms only, in long double: independent of the
 * code's rearrangement. */
static long double reference(long double r1, uint64_t t1, long double r2, uint64_t t2)
{
	long double h = sinl((long double)gn_ov_sep(t1, t2) *
			     (3.14159265358979323846264338327950288L / 0x1p64L));
	long double a = sinhl((r1 - r2) / 2), x = 2 * a * a + 2 * sinhl(r1) * sinhl(r2) * h * h;
	return log1pl(x + sqrtl(x * (x + 2)));
}

static void distances_match_a_reference_at_random(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 7);
	for (int i = 0; i < 20000; i++) {
		uint64_t a = gn_prng_next(&g),
			 b = a + (gn_prng_next(&g) >> (gn_prng_next(&g) % 64));
		double r = i % 2 ? R0 : R0 - 1.4 + (double)(gn_prng_next(&g) % 1000) / 357;
		double d = gn_ov_dist(R0, a, r, b);
		assert_true(fabsl(d - reference(R0, a, r, b)) < 3e-13L);
	}
}

/* On the circle the order of distances is the order of angles; where doubles cannot tell,
 * integers still do. */
static void nearer_is_decided_by_integers(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 8);
	for (int i = 0; i < 20000; i++) {
		uint64_t key = gn_prng_next(&g), a = gn_prng_next(&g),
			 b = a + 1 + gn_prng_next(&g) % 1000;
		struct gn_node_id x = {{0}}, y = {{0}};
		gn_put_be64(x.b, a);
		gn_put_be64(y.b, b);
		int nearer = gn_ov_nearer(key, &x, &y);
		assert_true(nearer == (gn_ov_sep(a, key) < gn_ov_sep(b, key) ? -1 : 1));
		long double da = reference(R0, a, R0, key), db = reference(R0, b, R0, key);
		assert_true(fabsl(da - db) < 1e-17L || (da < db) == (nearer < 0));
	}
	struct gn_node_id x = {{1, 0, 0, 0, 0, 0, 0, 0, 5}}, y = {{1, 0, 0, 0, 0, 0, 0, 0, 6}};
	assert_true(gn_ov_nearer(99, &x, &y) < 0); /* one angle: the whole id decides */
}

static void hops_follow_the_formula(void **state)
{
	(void)state;
	assert_int_equal(gn_ov_hops_max(1), 1);
	assert_int_equal(gn_ov_hops_max(30), 1);
	assert_int_equal(gn_ov_hops_max(267), 2);
	assert_int_equal(gn_ov_hops_max(10000), 3);
	assert_int_equal(gn_ov_hops_max(100000), 3);
	assert_true(fabs(gn_ov_hops_mean(267) - 0.98) < 0.22);
	assert_true(fabs(gn_ov_hops_mean(1000) - 1.11) < 0.22);
	assert_true(fabs(gn_ov_hops_mean(10000) - 1.59) < 0.22);
	assert_true(fabs(gn_ov_hops_mean(100000) - 1.94) < 0.22);
	assert_true(gn_ov_hops_mean(1) == 0);
}

static void coordinates_learn_the_way(void **state)
{
	(void)state;
	/* Five places with flat distances: after some rounds every pair is predicted within a
	 * fifth. */
	static const double at[5][2] = {{0, 0}, {30, 0}, {0, 80}, {100, 100}, {-50, 20}};
	struct gn_ov_coord c[5];
	struct gn_prng g;
	gn_prng_init(&g, 3);
	for (int i = 0; i < 5; i++)
		gn_ov_coord_init(&c[i]);
	c[0].x = 1; /* strangers part along a fixed line; a plane needs one that is off it */
	c[1].y = 2;
	for (int i = 0; i < 4000; i++) {
		int a = (int)(gn_prng_next(&g) % 5), b = (int)(gn_prng_next(&g) % 5);
		if (a != b)
			gn_ov_coord_update(&c[a], &c[b],
					   5 + hypot(at[a][0] - at[b][0], at[a][1] - at[b][1]));
	}
	for (int a = 0; a < 5; a++)
		for (int b = 0; b < a; b++) {
			double real = 5 + hypot(at[a][0] - at[b][0], at[a][1] - at[b][1]);
			assert_true(fabs(gn_ov_coord_ms(&c[a], &c[b]) - real) < 0.2 * real);
		}
	struct gn_ov_coord back = gn_ov_coord_get(gn_ov_coord_put(&c[3]));
	assert_true(fabs(back.x - c[3].x) <= 0.5 && fabs(back.y - c[3].y) <= 0.5);
	struct gn_ov_coord before = c[0];
	gn_ov_coord_update(&c[0], &c[1], NAN); /* nonsense moves nothing */
	gn_ov_coord_update(&c[0], &c[1], -5);
	gn_ov_coord_update(&c[0], &c[1], 1e9);
	assert_memory_equal(&before, &c[0], sizeof before);
}

static void identities_carry_work(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 1);
	struct gn_rand r = gn_prng_rand(&g);
	struct gn_sk sk;
	struct gn_node_id id, other;
	uint8_t nonce[8] = {0};
	gn_sk_new(&r, &sk);
	assert_int_equal(gn_overlay_id_search(&sk.pk, 10, 0, 1, nonce), GN_AGAIN);
	assert_int_equal(gn_overlay_id_search(&sk.pk, 10, 0, 1000000, nonce), GN_OK);
	gn_overlay_id_make(&sk.pk, nonce, &id);
	assert_true(gn_overlay_id_work(&id) >= 10);
	nonce[7] ^= 1;
	gn_overlay_id_make(&sk.pk, nonce, &other);
	assert_memory_not_equal(id.b, other.b, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(angles_are_exact),
		cmocka_unit_test(annuli_halve),
		cmocka_unit_test(distances_match_quad_precision),
		cmocka_unit_test(distances_match_a_reference_at_random),
		cmocka_unit_test(nearer_is_decided_by_integers),
		cmocka_unit_test(hops_follow_the_formula),
		cmocka_unit_test(coordinates_learn_the_way),
		cmocka_unit_test(identities_carry_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
