/* Exact clearing of networks of firms by preferential attachment with heavy-tailed amounts: time, share cleared, and what cycles of three and
 * four would have cleared. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>

static size_t network(struct world *w, uint32_t firms, size_t wanted, struct gn_clearing_edge *out)
{
	uint32_t *ends = malloc(2 * sizeof *ends * (wanted + 1)), count = 0;
	size_t n = 0;
	uint64_t *seen = calloc(4 * wanted + 16, sizeof *seen), mask = 1;
	GN_ASSERT(ends && seen);
	while (mask * 2 <= 4 * wanted)
		mask *= 2;
	mask--;
	while (n < wanted) {
		uint32_t u = (uint32_t)below(w, firms), v = count && below(w, 2) ? ends[below(w, count)] : (uint32_t)below(w, firms);
		uint64_t key = (uint64_t)(u < v ? u : v) << 32 | (u < v ? v : u), at = (key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
		while (seen[at] && seen[at] != key + 1)
			at = (at + 1) & mask;
		if (u == v || seen[at])
			continue;
		seen[at] = key + 1;
		bool turn = below(w, 2);
		out[n++] = (struct gn_clearing_edge){.u = turn ? u : v, .v = turn ? v : u, .d = some_limit(w)};
		ends[count++] = u;
		ends[count++] = v;
	}
	free(ends);
	free(seen);
	return n;
}

static void one(uint64_t seed, uint32_t firms, size_t debts, const char *target)
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
	size_t n = network(&w, firms, debts, edges);
	gn_amount_sum all = 0;
	for (size_t i = 0; i < n; i++)
		all += edges[i].d;
	double start = cpu_seconds();
	GN_ASSERT(gn_clearing_new(&w.env, firms, edges, n, &c) == GN_OK && gn_clearing_run(c, UINT64_MAX) == GN_OK);
	double took = cpu_seconds() - start;
	gn_clearing_validate(c);
	snprintf(name, sizeof name, "exact clearing, %u firms, %zu debts", firms, n);
	row(name, target, "%.3f s, %.2f %% of all debt, proven, %.0f MB", took, 100.0 * (double)gn_clearing_total(c) / (double)all, (double)w.alloc.peak / 1e6);
	gn_amount_sum best = gn_clearing_total(c);
	gn_clearing_free(c);
	GN_ASSERT(gn_clearing_new(&w.env, firms, edges, n, &c) == GN_OK);
	gn_clearing_set_anytime(c, true);
	start = cpu_seconds();
	gn_amount_sum greedy = -1;
	double at_greedy = 0;
	while (cpu_seconds() - start < 2 * took + 0.05 && gn_clearing_run(c, 100000))
		if (greedy < 0 && gn_clearing_stage(c) == GN_CLEARING_IMPROVE) {
			greedy = gn_clearing_total(c);
			at_greedy = cpu_seconds() - start;
		}
	row("  greedy 3/4 alone; anytime after twice the exact time", "-", "%.1f %% of the optimum after %.3f s; %.1f %%", greedy < 0 ? 0.0 : 100.0 * (double)greedy / (double)best,
	    at_greedy, 100.0 * (double)gn_clearing_total(c) / (double)best);
	gn_clearing_free(c);
	free(edges);
}

void bench_clearing(uint64_t seed, bool large)
{
	one(seed, 10000, 37000, "<= 0.1 s");
	one(seed, 100000, 363000, "<= 2.5 s");
	if (large)
		one(seed, 1000000, 3700000, "<= 130 s");
}
