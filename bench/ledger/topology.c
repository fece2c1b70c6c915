/* A topology like Ripple's: gateways that most people trust and that owe them, market makers
 * between gateways, few lines from person to person. What of the payments that could be carried
 * path search carries, with the source's bounds and with a second search (LG-62); and what
 * clearing inline and exact clearing by a schedule clear of the same payments, at which cost. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#define PEOPLE 4000u
#define GATEWAYS 30u
#define MAKERS 40u /* after the gateways */
#define EACH 2000u /* payments between two exact clearings */
#define ROUNDS 10u

static void maybe_trust(struct world *w, uint32_t from, uint32_t to, gn_amount limit)
{
	struct gn_ledger_line line;
	if (from != to && (gn_ledger_line(w->l, 0, from, to, &line) || line.limit == 0))
		world_trust(w, from, to, limit);
	world_run(w);
}

static uint32_t some_gateway(struct world *w) /* the first are the largest */
{
	return (uint32_t)(below(w, GATEWAYS) * below(w, GATEWAYS) / GATEWAYS);
}

static void build(struct world *w, uint64_t seed)
{
	world_open(w, seed, NULL, true);
	world_settings(w, false, false, false);
	world_people(w, PEOPLE);
	for (uint32_t i = GATEWAYS; i < PEOPLE; i++) {
		bool maker = i < GATEWAYS + MAKERS;
		for (unsigned k = maker ? 2 + (unsigned)below(w, 3) : 1 + (unsigned)below(w, 2);
		     k > 0; k--) {
			uint32_t g = some_gateway(w);
			maybe_trust(w, i, g, (maker ? 4 : 1) * some_limit(w));
			if (maker || below(w, 20) == 0)
				maybe_trust(w, g, i, some_limit(w));
		}
		if (below(w, 5) == 0)
			maybe_trust(w, i, GATEWAYS + (uint32_t)below(w, i - GATEWAYS + 1),
				    some_limit(w));
	}
}

/* A payment like people's: mostly small, some large. */
static bool pay_some(struct world *w, bool deposit)
{
	uint32_t from =
		deposit ? some_gateway(w) : GATEWAYS + (uint32_t)below(w, PEOPLE - GATEWAYS);
	uint32_t to = GATEWAYS + (uint32_t)below(w, PEOPLE - GATEWAYS);
	if (from != to)
		while (!world_pay(w, from, to, 1 + some_limit(w) / 4))
			world_run(w);
	world_run(w);
	return from != to;
}

static void success(struct world *w)
{
	enum { ASKED = 4000 };
	static struct {
		uint32_t from, to;
		gn_amount amount;
	} asked[ASKED];
	unsigned feasible = 0;
	for (unsigned i = 0; i < ASKED; i++) {
		uint32_t a = GATEWAYS + (uint32_t)below(w, PEOPLE - GATEWAYS),
			 b = GATEWAYS + (uint32_t)below(w, PEOPLE - GATEWAYS);
		gn_amount amount = 1 + some_limit(w) / 4, flow = 0;
		if (a == b || gn_ledger_max_flow(w->l, 0, a, b, &flow, NULL, NULL) || flow < amount)
			continue;
		asked[feasible].from = a;
		asked[feasible].to = b;
		asked[feasible++].amount = amount;
	}
	for (int second = 0; second < 2; second++) {
		unsigned found = 0;
		world_settings(w, false, second, false);
		double start = cpu_seconds();
		for (unsigned i = 0; i < feasible; i++)
			found += gn_ledger_can_pay(w->l, 0, asked[i].from, asked[i].to,
						   asked[i].amount, NULL, NULL) == GN_OK;
		double took = (cpu_seconds() - start) / feasible * 1e6;
		row(second ? "  and 10 hops, 10 paths when that fails"
			   : "Ripple-like, 6 hops, 3 "
			     "paths, of what max-flow "
			     "carries",
		    "-", "%.2f %% of %u, %.1f us each", 100.0 * found / feasible, feasible, took);
	}
}

/* What exact clearing finds now, and clears if told to; adds its seconds. */
static gn_amount_sum clear_exactly(struct world *w, bool commit, double *took)
{
	struct gn_clearing *c;
	gn_amount_sum found = 0;
	double start = cpu_seconds();
	if (gn_ledger_clearing_new(w->l, &w->env, GN_LIT("UAH"), false, &c))
		return 0;
	while (gn_clearing_run(c, UINT32_MAX) == GN_AGAIN)
		;
	found = gn_clearing_total(c);
	gn_err err = commit ? gn_ledger_clear(w->l, GN_LIT("UAH"), c, ++w->ticket, w->now) : GN_OK;
	GN_ASSERT(err == GN_OK || err == GN_AGAIN);
	world_run(w);
	gn_clearing_free(c);
	*took += cpu_seconds() - start;
	return found;
}

static void clearing(uint64_t seed, bool by_schedule)
{
	struct world w;
	struct gn_ledger_equivalent e;
	struct gn_ledger_info before, after;
	double paying = 0, exact = 0, rest = 0;
	gn_amount_sum cleared = 0;
	build(&w, seed);
	for (unsigned i = 0; i < 4 * PEOPLE; i++)
		pay_some(&w, true);
	world_settings(&w, !by_schedule, true, false);
	gn_ledger_info(w.l, &before);
	for (unsigned round = 0; round < ROUNDS; round++) {
		double start = cpu_seconds();
		for (unsigned i = 0; i < EACH; i++)
			pay_some(&w, false);
		paying += cpu_seconds() - start;
		if (by_schedule)
			(void)clear_exactly(&w, true, &exact);
	}
	gn_ledger_info(w.l, &after);
	GN_ASSERT(gn_ledger_equivalent(w.l, 0, &e) == GN_OK);
	for (unsigned m = 0; m < GN_CLEARING_MODES; m++)
		cleared += e.cleared[m];
	row(by_schedule ? "  exact every 2,000 payments"
			: "20,000 payments, cleared inline (3 and "
			  "4)",
	    "-", "cleared %.0f k, %.0f k left, %llu paid, %.1f us a payment, exact %.3f s in all",
	    (double)cleared / 1e5, (double)clear_exactly(&w, false, &rest) / 1e5,
	    (unsigned long long)(after.committed - before.committed),
	    paying / (EACH * ROUNDS) * 1e6, exact);
	world_close(&w);
}

void bench_topology(uint64_t seed)
{
	struct world w;
	build(&w, seed);
	for (unsigned i = 0; i < 4 * PEOPLE; i++)
		pay_some(&w, true);
	for (unsigned i = 0; i < 5 * PEOPLE; i++)
		pay_some(&w, false);
	success(&w);
	world_close(&w);
	clearing(seed, false);
	clearing(seed, true);
}
