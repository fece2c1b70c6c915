/* Cycles there are: depth-first from the smallest node, or from the one who asks, bounded work. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

struct debt {
	uint32_t debtor, creditor, pair;
	gn_amount amount;
};

struct cycles {
	const struct gn_hub_view *view;
	const struct gn_ledger_equivalent *e;
	struct debt *debts; /* by debtor */
	size_t count;
	unsigned depth;
	uint64_t work;
	json_t *list;
	size_t path[16];
	uint32_t who; /* whose cycles; EVERYBODYS: all */
	/* for an officer; else in his cycles he sees his own debts and claims alone (HB-9) */
	bool whole;
};

#define EVERYBODYS UINT32_MAX

static int by_debtor(const void *a, const void *b)
{
	const struct debt *x = a, *y = b;
	return x->debtor != y->debtor ? (x->debtor > y->debtor) - (x->debtor < y->debtor)
				      : (x->creditor > y->creditor) - (x->creditor < y->creditor);
}

static size_t first_of(const struct cycles *c, uint32_t debtor)
{
	size_t low = 0, high = c->count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (c->debts[mid].debtor < debtor)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void add_cycle(struct cycles *c, unsigned len)
{
	json_t *cycle = json_array();
	for (unsigned i = 0; i < len; i++) {
		const struct debt *d = &c->debts[c->path[i]];
		char debtor[GN_PID_MAX], creditor[GN_PID_MAX], id[48];
		if (!c->whole && d->debtor != c->who && d->creditor != c->who)
			continue;
		gn_hub_pid(c->view, d->debtor, debtor);
		gn_hub_pid(c->view, d->creditor, creditor);
		snprintf(id, sizeof id, "%s-%u", c->e->code, d->pair);
		json_t *item = json_pack("{ss ss ss}", "debt_id", id, "debtor", debtor, "creditor",
					 creditor);
		gn_history_amount_json(item, "amount", d->amount, c->e->precision);
		json_array_append_new(cycle, item);
	}
	json_array_append_new(c->list, cycle);
}

static bool on_path(const struct cycles *c, unsigned len, uint32_t node)
{
	for (unsigned i = 0; i < len; i++)
		if (c->debts[c->path[i]].debtor == node)
			return true;
	return false;
}

/* An explicit stack: path[i] is the debt taken at depth i. */
static void walk_from(struct cycles *c, uint32_t start)
{
	unsigned len = 0;
	size_t next = first_of(c, start);
	for (;;) {
		uint32_t node = len ? c->debts[c->path[len - 1]].creditor : start;
		if (c->work == 0 || json_array_size(c->list) == HUB_CYCLES_MAX)
			return;
		if (next >= c->count || c->debts[next].debtor != node || len == c->depth) {
			if (len == 0)
				return;
			next = c->path[--len] + 1;
			continue;
		}
		c->work--;
		uint32_t to = c->debts[next].creditor;
		c->path[len] = next;
		if (to == start && len + 1 >= 3) {
			add_cycle(c, len + 1);
			next++;
		} else if ((to > start || start == c->who) && !on_path(c, len, to)) {
			len++;
			next = first_of(c, to);
		} else {
			next++;
		}
	}
}

/* The clearable debts of now, as participants. */
static gn_err load_debts(const struct gn_hub_view *v, const struct gn_ledger_equivalent *e,
			 struct debt **out, size_t *count)
{
	struct gn_alloc alloc;
	struct gn_rand rand = gn_rand_system();
	struct gn_env env = {&alloc, &rand, NULL};
	struct gn_clearing *job;
	gn_alloc_heap(&alloc, HUB_CLEARING_MEMORY);
	gn_err err = gn_ledger_clearing_new(v->ledger, &env, gn_str(e->code), false, &job);
	if (err)
		return err;
	const struct gn_clearing_edge *edges = gn_clearing_edges(job, count);
	struct debt *debts = malloc((*count + 1) * sizeof *debts);
	size_t n = 0;
	for (size_t i = 0; debts && i < *count; i++) {
		uint32_t low, high;
		gn_amount x;
		if (gn_ledger_pair(v->ledger, e->number, edges[i].tag, &low, &high, &x) || x == 0)
			continue;
		debts[n++] = (struct debt){x > 0 ? low : high, x > 0 ? high : low, edges[i].tag,
					   edges[i].d};
	}
	gn_clearing_free(job);
	if (!debts)
		return GN_NOMEM;
	*out = debts;
	*count = n;
	return GN_OK;
}

/* {cycles, complete}; NULL: q->err. */
static json_t *cycles_of(struct gn_hub_query *q, struct gn_hub_view *v, uint32_t eq)
{
	struct gn_ledger_equivalent e;
	q->err = gn_ledger_equivalent(v->ledger, eq, &e);
	if (q->err)
		return NULL;
	struct cycles c = {
		v,   &e,     NULL,   0, (unsigned)q->depth, HUB_CYCLES_WORK, json_array(),
		{0}, q->who, q->flag};
	gn_err err = load_debts(v, &e, &c.debts, &c.count);
	if (err && err != GN_NOT_FOUND) {
		json_decref(c.list);
		q->err = err;
		return NULL;
	}
	if (c.count)
		qsort(c.debts, c.count, sizeof *c.debts, by_debtor);
	if (c.who != EVERYBODYS)
		walk_from(&c, c.who);
	for (size_t i = 0; i < c.count && c.who == EVERYBODYS; i++)
		if (i == 0 || c.debts[i].debtor != c.debts[i - 1].debtor)
			walk_from(&c, c.debts[i].debtor);
	free(c.debts);
	return json_pack("{so sb}", "cycles", c.list, "complete",
			 c.work > 0 && json_array_size(c.list) < HUB_CYCLES_MAX);
}

static void run_cycles(struct gn_hub_query *q, struct gn_hub_view *v)
{
	q->json = cycles_of(q, v, q->eq);
}

/* {code: {cycles, complete}}, of all equivalents or of one. */
static void run_all_cycles(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	json_t *all = json_object();
	for (uint32_t eq = 0; !q->err && gn_ledger_equivalent(v->ledger, eq, &e) == GN_OK; eq++)
		if (q->eq == UINT32_MAX || q->eq == eq)
			json_object_set_new(all, e.code, cycles_of(q, v, eq));
	q->json = json_pack("{so}", "equivalents", all);
}

void gn_hub_api_cycles(struct gn_hub_request *r)
{
	bool officer = r->role >= GN_ROLE_AUDITOR;
	struct gn_hub_query q = {
		.run = run_cycles, .who = officer ? EVERYBODYS : r->me.number, .flag = officer};
	struct gn_ledger_equivalent e;
	if (!gn_hub_number(r, "max_depth", 6, 3, 10, &q.depth) || !gn_hub_query_equivalent(r, &e))
		return;
	q.eq = e.number;
	gn_hub_ask_copy(r, &q);
}

void gn_hub_api_admin_cycles(struct gn_hub_request *r)
{
	struct gn_hub_query q = {.run = run_all_cycles, .who = EVERYBODYS, .flag = true};
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	struct gn_ledger_participant p = {.number = EVERYBODYS};
	char code[32], pid[64];
	if (!gn_hub_number(r, "max_depth", 6, 3, 10, &q.depth) ||
	    !gn_hub_value(r, "equivalent", code, sizeof code) ||
	    !gn_hub_value(r, "participant_pid", pid, sizeof pid) ||
	    (*code && !gn_hub_equivalent_at(r, "query", "equivalent", code, &e)) ||
	    (*pid && !gn_hub_participant_at(r, "query", "participant_pid", pid, &p)))
		return;
	q.eq = e.number;
	q.who = p.number;
	gn_hub_ask_copy(r, &q);
}
