/* Routing: queries per second by size, success of path search against exact flow, memory. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void queries(struct world *w, const char *target, const char *p99)
{
	unsigned count = w->people >= 100000 ? 100000 : 300000, found = 0;
	uint32_t *who = malloc(2 * sizeof *who * count), paths;
	double *took = malloc(sizeof *took * count), start, total;
	char name[64];
	GN_ASSERT(who && took);
	for (unsigned i = 0; i < 2 * count; i++)
		who[i] = (uint32_t)below(w, w->people);
	start = cpu_seconds();
	for (unsigned i = 0; i < count; i++)
		if (who[2 * i] != who[2 * i + 1])
			found += gn_ledger_can_pay(w->l, 0, who[2 * i], who[2 * i + 1], w->median,
						   &paths, NULL) == GN_OK;
	total = cpu_seconds() - start;
	unsigned timed = count / 4;
	for (unsigned i = 0; i < timed; i++) {
		double at = seconds();
		if (who[2 * i] != who[2 * i + 1])
			found += gn_ledger_can_pay(w->l, 0, who[2 * i], who[2 * i + 1], w->median,
						   &paths, NULL) == GN_OK;
		took[i] = seconds() - at;
	}
	qsort(took, timed, sizeof *took, compare);
	snprintf(name, sizeof name, "route queries, %u participants", w->people);
	row(name, target, "%.0f k/s", count / total / 1e3);
	snprintf(name, sizeof name, "  p50 / p99, found");
	row(name, p99, "%.1f / %.1f us, %.1f %%", took[timed / 2] * 1e6,
	    took[timed * 99 / 100] * 1e6, 100.0 * found / (count + timed));
	free(who);
	free(took);
}

static void build(struct world *w, uint64_t seed, uint32_t people)
{
	world_open(w, seed, NULL, true);
	world_settings(w, true, false, false);
	world_people(w, people);
	world_lines(w, 7);
}

void bench_routes(uint64_t seed, bool large)
{
	static const struct {
		uint32_t people;
		const char *target, *p99;
	} sizes[] = {{1000, ">= 2000 k/s", "-"},
		     {10000, ">= 500 k/s", "-"},
		     {100000, ">= 100 k/s", "p99 < 100 us"},
		     {1000000, ">= 10 k/s", "-"}};
	for (size_t i = 0; i < (large ? 4 : 3); i++) {
		struct world w;
		build(&w, seed, sizes[i].people);
		queries(&w, sizes[i].target, sizes[i].p99);
		world_close(&w);
	}
}

void bench_success(uint64_t seed)
{
	struct world w;
	unsigned feasible = 0, found = 0, exact = 0, asked = 3000;
	build(&w, seed, 10000);
	for (unsigned i = 0; i < asked; i++) {
		uint32_t a = (uint32_t)below(&w, w.people), b = (uint32_t)below(&w, w.people);
		gn_amount flow = 0;
		if (a == b || gn_ledger_max_flow(w.l, 0, a, b, &flow, NULL, NULL) ||
		    flow < w.median)
			continue;
		feasible++;
		found += gn_ledger_can_pay(w.l, 0, a, b, w.median, NULL, NULL) == GN_OK;
	}
	world_settings(&w, true, false, true);
	uint64_t before = w.refused;
	for (unsigned i = 0; i < 200; i++) { /* in max-flow mode what is feasible goes through */
		uint32_t a = (uint32_t)below(&w, w.people), b = (uint32_t)below(&w, w.people);
		gn_amount flow = 0;
		if (a == b || gn_ledger_max_flow(w.l, 0, a, b, &flow, NULL, NULL) ||
		    flow < w.median)
			continue;
		exact++;
		GN_ASSERT(world_pay(&w, a, b, w.median));
		world_run(&w);
	}
	row("success at the median line, 10k, 6 hops, 3 paths", ">= 97 % of max-flow",
	    "%.2f %% of %u feasible", 100.0 * found / feasible, feasible);
	row("success in max-flow mode", "100 %", "%.2f %% of %u",
	    100.0 * (exact - (double)(w.refused - before)) / exact, exact);
	world_close(&w);
}

/* How long one payment that fails holds the thread: half as much again as could be carried at
 * all. */
static void failing(struct world *w, const char *what)
{
	enum { COUNT = 60 };
	static const struct gn_ledger_flow none;
	double took[COUNT], all = 0;
	char name[80];
	for (unsigned i = 0; i < COUNT;) {
		uint32_t a = (uint32_t)below(w, w->people), b = (uint32_t)below(w, w->people);
		gn_amount flow = 0;
		if (a == b || gn_ledger_max_flow(w->l, 0, a, b, &flow, NULL, NULL) || flow == 0)
			continue;
		double at = seconds();
		for (int round = 0; round < (w->flow_elsewhere ? 2 : 1); round++) {
			/* and again with what was found elsewhere: nothing */
			w->flow = round ? &none : NULL;
			GN_ASSERT(world_pay(w, a, b, flow + flow / 2));
			world_run(w);
		}
		took[i] = seconds() - at;
		all += took[i++];
	}
	qsort(took, COUNT, sizeof *took, compare);
	snprintf(name, sizeof name, "a payment that fails, %u participants, %s", w->people, what);
	row(name, "-", "%.2f ms, at most %.2f", all / COUNT * 1e3, took[COUNT - 1] * 1e3);
}

void bench_failing(uint64_t seed)
{
	static const uint32_t sizes[] = {2000, 10000, 100000};
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		struct world w;
		build(&w, seed, sizes[i]);
		failing(&w, "paths");
		world_settings(&w, true, false, true);
		failing(&w, "max-flow at its turn");
		w.flow_elsewhere = true;
		failing(&w, "max-flow elsewhere");
		world_close(&w);
	}
}

void bench_memory(uint64_t seed, bool large)
{
	struct world w;
	uint32_t people = large ? 1000000 : 100000;
	struct gn_ledger_equivalent e;
	world_open(&w, seed, NULL, true);
	size_t start = w.alloc.used;
	world_people(&w, people);
	size_t joined = w.alloc.used;
	world_lines(&w, 7);
	GN_ASSERT(gn_ledger_equivalent(w.l, 0, &e) == GN_OK);
	char name[64];
	snprintf(name, sizeof name, "memory, %u participants, %u pairs", people, e.pairs);
	row(name, "<= 64 B + 112 B", "%.0f B per participant, %.0f B per pair, %.0f MB in all",
	    (double)(joined - start) / people, (double)(w.alloc.used - joined) / e.pairs,
	    (double)w.alloc.used / 1e6);
	world_close(&w);
}
