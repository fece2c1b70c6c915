/* Exact clearing of networks of firms with heavy-tailed amounts: CPU time, share cleared,
 * memory, and how the anytime mode climbs. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>

enum shape {
	SHAPE_ATTACHED, /* preferential attachment, direction by chance */
	SHAPE_CORE,     /* two of three ends among a fifth of the firms */
	SHAPE_UNIFORM,
	SHAPE_RING, /* everybody trades with the thirty next */
};
static const char *const shape_names[] = {"", ", strong core", ", uniform", ", ring"};

static size_t network(struct world *w, enum shape shape, uint32_t firms, size_t wanted,
		      struct gn_clearing_edge *out)
{
	uint32_t *ends = malloc(2 * sizeof *ends * (wanted + 1)), count = 0;
	size_t n = 0;
	uint64_t *seen = calloc(4 * wanted + 16, sizeof *seen), mask = 1;
	GN_ASSERT(ends && seen);
	while (mask * 2 <= 4 * wanted)
		mask *= 2;
	mask--;
	while (n < wanted) {
		uint32_t u = (uint32_t)below(w, firms);
		uint32_t v = shape == SHAPE_ATTACHED && count && below(w, 2)
				     ? ends[below(w, count)]
				     : (uint32_t)below(w, firms);
		if (shape == SHAPE_CORE) {
			u = below(w, 3) ? u % (firms / 5) : u;
			v = below(w, 3) ? v % (firms / 5) : v;
		} else if (shape == SHAPE_RING) {
			v = (u + 1 + v % 30) % firms;
		}
		uint64_t key = (uint64_t)(u < v ? u : v) << 32 | (u < v ? v : u),
			 at = (key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
		while (seen[at] && seen[at] != key + 1)
			at = (at + 1) & mask;
		if (u == v || seen[at])
			continue;
		seen[at] = key + 1;
		bool turn = below(w, 2);
		out[n++] = (struct gn_clearing_edge){
			.u = turn ? u : v, .v = turn ? v : u, .d = some_limit(w)};
		ends[count++] = u;
		ends[count++] = v;
	}
	free(ends);
	free(seen);
	return n;
}

/* Shares of the optimum when 10, 25, 50, 100 and 200 % of the exact time are gone, and the time
 * to the proof. */
static void anytime(struct world *w, uint32_t firms, const struct gn_clearing_edge *edges, size_t n,
		    double exact, gn_amount_sum best)
{
	static const int percent[] = {10, 25, 50, 100, 200};
	double share[GN_COUNT(percent)], gone = 0;
	struct gn_clearing *c;
	size_t k = 0;
	double start = cpu_seconds();
	GN_ASSERT(gn_clearing_new(&w->env, firms, edges, n, &c) == GN_OK);
	gn_clearing_set_anytime(c, true);
	for (gn_err err = GN_AGAIN; err;) {
		double before = 100.0 * (double)gn_clearing_total(c) / (double)best;
		err = gn_clearing_run(c, 10 * n / 100 + 1000);
		gone = cpu_seconds() - start;
		for (; k < GN_COUNT(percent) && gone * 100 > exact * percent[k]; k++)
			share[k] = before;
	}
	while (k < GN_COUNT(percent))
		share[k++] = 100;
	gn_clearing_validate(c);
	GN_ASSERT(gn_clearing_total(c) == best);
	row("  anytime: after 10, 25, 50, 100, 200 % of that time", "90 % after 100 %",
	    "%.1f, %.1f, %.1f, %.1f, %.1f %% of the optimum; proven after %.3f s", share[0],
	    share[1], share[2], share[3], share[4], gone);
	gn_clearing_free(c);
}

static void one(uint64_t seed, enum shape shape, uint32_t firms, size_t debts, const char *target)
{
	struct world w = {.people = firms};
	struct gn_clearing *c;
	char name[80];
	gn_alloc_heap(&w.alloc, SIZE_MAX / 2);
	gn_prng_init(&w.prng, seed);
	w.rand = gn_prng_rand(&w.prng);
	w.env = (struct gn_env){&w.alloc, &w.rand, NULL};
	struct gn_clearing_edge *edges = malloc(debts * sizeof *edges);
	GN_ASSERT(edges);
	size_t n = network(&w, shape, firms, debts, edges);
	gn_amount_sum all = 0;
	for (size_t i = 0; i < n; i++)
		all += edges[i].d;
	double start = cpu_seconds();
	GN_ASSERT(gn_clearing_new(&w.env, firms, edges, n, &c) == GN_OK &&
		  gn_clearing_run(c, UINT64_MAX) == GN_OK);
	double took = cpu_seconds() - start;
	gn_clearing_validate(c);
	gn_amount_sum best = gn_clearing_total(c);
	snprintf(name, sizeof name, "exact, %u firms, %zu debts%s", firms, n, shape_names[shape]);
	row(name, target, "%.3f s, %.2f %% of all debt, proven, %.0f MB", took,
	    100.0 * (double)best / (double)all, (double)w.alloc.peak / 1e6);
	gn_clearing_free(c);
	anytime(&w, firms, edges, n, took, best);
	free(edges);
}

void bench_clearing(uint64_t seed, bool large)
{
	one(seed, SHAPE_ATTACHED, 10000, 37000, "<= 0.1 s");
	one(seed, SHAPE_CORE, 10000, 37000, "-");
	one(seed, SHAPE_UNIFORM, 10000, 200000, "-");
	one(seed, SHAPE_RING, 10000, 37000, "-");
	one(seed, SHAPE_ATTACHED, 100000, 363000, "<= 2.5 s");
	if (large)
		one(seed, SHAPE_ATTACHED, 1000000, 3700000, "<= 130 s, goal 30 s");
}
