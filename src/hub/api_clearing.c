/* Clearing: clearing cycles, the exact optimum on a worker, offers to those
 * whose lines ask (LG-38..LG-47). */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- clearing them ---- */

static void cleared(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_record_view v;
	struct gn_ledger_equivalent eq;
	json_int_t cycles = 0;
	gn_amount_sum total = 0;
	unsigned precision = 0;
	char offer[33] = "";
	if (e->err && e->err != GN_AGAIN) {
		gn_hub_fail(r, e->err, NULL, "%s", "");
		return;
	}
	if (e->record.p && gn_ledger_record(e->record, e->seq, &v) == GN_OK &&
	    (v.type == GN_REC_CLEARING || v.type == GN_REC_PROPOSE)) {
		if (v.type == GN_REC_PROPOSE)
			gn_hex(GN_SLICE(v.key.b), offer);
		cycles = v.u.clearing.cycle_count;
		total = v.type == GN_REC_CLEARING ? v.u.clearing.total : 0;
		if (gn_ledger_equivalent(r->hub->ledger, v.eq, &eq) == GN_OK)
			precision = eq.precision;
	}
	json_t *j = json_pack("{sO sI}", "equivalent", r->hold, "cleared_cycles", cycles);
	gn_history_amount_json(j, "cleared_amount", total, precision);
	if (r->wait.clearing
		    .is_exact) /* of an exact clearing: nothing clears more, or the time was over first */
		json_object_set_new(j, "optimal", json_boolean(r->wait.clearing.is_optimal));
	if (*offer) /* made to those whose lines ask; nothing is cleared yet */
		json_object_set_new(j, "offer", json_string(offer));
	gn_hub_json(r, 200, j);
}

/* equivalent and max_depth from the query or the body. */
static bool clear_arguments(struct gn_hub_request *r, char code[32], uint64_t *depth)
{
	json_t *in = gn_hub_body(r);
	if (!in || !gn_hub_value(r, "equivalent", code, 32) ||
	    !gn_hub_number(r, "max_depth", 6, 3, 10, depth))
		return false;
	const char *named = json_string_value(json_object_get(in, "equivalent"));
	json_t *given = json_object_get(in, "max_depth");
	if (named && !*code)
		snprintf(code, 32, "%s", named);
	if (!given || json_is_null(given))
		return true;
	if (!json_is_integer(given) || json_integer_value(given) < 3 ||
	    json_integer_value(given) > 10)
		return gn_hub_refuse_value(r, "body", "max_depth", "int_type",
					   "must be an integer from 3 to 10");
	*depth = (uint64_t)json_integer_value(given);
	return true;
}

/* ---- the exact optimum, on a worker ---- */

enum job_use { JOB_GAP, JOB_CLEAR, JOB_OFFER };

struct job {
	uv_work_t work;
	struct gn_hub_request *r;
	struct gn_alloc alloc;
	struct gn_rand rand;
	struct gn_env env;
	/* asking: with lines that want to be asked (offers) */
	struct gn_clearing *clearing, *asking;
	enum job_use use;
	bool has_budget, optimal;
	uint32_t budget_ms;
	gn_err err;
	char code[17];
};

static void job_free(struct job *job)
{
	job->r->hub->jobs--;
	gn_clearing_free(job->clearing);
	gn_clearing_free(job->asking);
	free(job);
}

/* Arcs between two looks at the time: well under a millisecond. */
#define SOLVE_SLICE 4096u

static gn_err solve_exact(struct gn_clearing *c)
{
	gn_err err = GN_AGAIN;
	while (c && err == GN_AGAIN)
		err = gn_clearing_run(c, 1u << 20);
	return c ? err : GN_OK;
}

/* Until the optimum is proven or the time is over (LG-44): what is there then is a valid
 * clearing. */
static gn_err solve_within(struct gn_clearing *c, uint64_t budget_ms, bool *optimal)
{
	uint64_t until = uv_hrtime() + budget_ms * 1000000;
	gn_err err;
	*optimal = true;
	if (!c)
		return GN_OK;
	gn_clearing_set_anytime(c, true);
	while ((err = gn_clearing_run(c, SOLVE_SLICE)) == GN_AGAIN && uv_hrtime() < until)
		;
	*optimal = err == GN_OK;
	return err == GN_AGAIN ? GN_OK : err;
}

static void job_work(uv_work_t *w)
{
	struct job *job = GN_CONTAINER(w, struct job, work);
	job->optimal = true;
	job->err = job->has_budget ? solve_within(job->clearing, job->budget_ms, &job->optimal)
				   : solve_exact(job->clearing);
	if (!job->err)
		job->err = solve_exact(job->asking);
}

static double percent(gn_amount_sum part, gn_amount_sum whole)
{
	gn_amount_sum hundredths = whole > 0 ? part * 10000 / whole : 10000; /* never rounded up */
	return (double)hundredths / 100;
}

static void tell_gap(struct gn_hub_request *r, struct job *job)
{
	struct gn_ledger_equivalent e;
	gn_amount_sum debts = 0, done = 0,
		      optimum = job->clearing ? gn_clearing_total(job->clearing) : 0;
	size_t count = 0;
	if (gn_ledger_find_equivalent(r->hub->ledger, gn_str(job->code), &e)) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "%s", "");
		return;
	}
	const struct gn_clearing_edge *edges =
		job->clearing ? gn_clearing_edges(job->clearing, &count) : NULL;
	for (size_t i = 0; i < count; i++)
		debts += edges[i].d;
	json_t *modes = json_object(),
	       *j = json_pack("{ss so}", "equivalent", e.code, "cleared", modes);
	static const char *const names[] = {"inline", "periodic", "exact", "consent"};
	for (int i = 0; i < GN_CLEARING_MODES; i++) {
		done += e.cleared[i];
		gn_history_amount_json(modes, names[i], e.cleared[i], e.precision);
	}
	gn_history_amount_json(j, "clearable_debt", debts, e.precision);
	gn_history_amount_json(j, "optimum", optimum, e.precision);
	json_object_set_new(j, "optimum_percent_of_debt",
			    json_real(debts > 0 ? percent(optimum, debts) : 0));
	/* what was cleared so far, of what would have been had the optimum of now been taken too */
	json_object_set_new(j, "cleared_percent_of_optimum",
			    json_real(percent(done, done + optimum)));
	json_object_set_new(j, "computed_at", gn_history_time_json(r->hub->time));
	gn_hub_json(r, 200, j);
}

static void commit_job(struct gn_hub_request *r, struct job *job)
{
	struct gn_hub *hub = r->hub;
	r->hold = json_string(job->code);
	r->wait.clearing.is_exact = job->use == JOB_CLEAR;
	r->wait.clearing.is_optimal = job->optimal;
	uint64_t ticket = gn_hub_ticket(r, cleared);
	gn_err err = !ticket          ? GN_BUSY
		     : !job->clearing ? GN_AGAIN
		     : job->use == JOB_CLEAR
			     ? gn_ledger_clear(hub->ledger, gn_str(job->code), job->clearing,
					       ticket, hub->time)
			     : gn_ledger_offer(hub->ledger, gn_str(job->code), job->asking,
					       gn_clearing_total(job->clearing), ticket, hub->time);
	if (!err)
		return;
	if (ticket)
		gn_hub_drop_ticket(r);
	if (err == GN_AGAIN)
		cleared(r, &(struct gn_ledger_event){.kind = GN_LEDGER_RESULT, .err = err});
	else
		gn_hub_fail(r, err, NULL, "%s", "");
}

static void job_done(uv_work_t *w, int status)
{
	struct job *job = GN_CONTAINER(w, struct job, work);
	struct gn_hub_request *r = job->r;
	gn_hub_look_at_clocks(r->hub);
	if (status || job->err)
		gn_hub_fail(r, status ? GN_BUSY : job->err, NULL, "%s", "");
	else if (job->use == JOB_GAP)
		tell_gap(r, job);
	else
		commit_job(r, job);
	job_free(job);
	gn_host_release(&r->base);
}

/* On the replica's thread: the debts of one state, copied out. */
static void run_copy(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct job *job = q->job;
	job->err = gn_ledger_clearing_new(v->ledger, &job->env, gn_str(job->code), false,
					  &job->clearing);
	if (job->err == GN_NOT_FOUND) /* no debt that may be cleared */
		job->err = GN_OK;
	if (!job->err && job->use == JOB_OFFER)
		job->err = gn_ledger_clearing_new(v->ledger, &job->env, gn_str(job->code), true,
						  &job->asking);
}

static void copied(struct gn_hub_query *q)
{
	struct job *job = q->job;
	gn_host_hold(&job->r->base);
	if (job->err)
		job_done(&job->work, 0);
	else if (uv_queue_work(&job->r->hub->host.loop, &job->work, job_work, job_done))
		job_done(&job->work, -1);
}

static void drop_job(struct gn_hub_query *q)
{
	job_free(q->job);
}

static void start_job(struct gn_hub_request *r, const char *code, enum job_use use,
		      const struct gn_op_admin *c)
{
	struct gn_hub *hub = r->hub;
	if (hub->jobs >= HUB_CLEARING_JOBS) {
		gn_hub_fail(r, GN_BUSY, NULL, "%u clearings are being computed already", hub->jobs);
		return;
	}
	struct job *job = calloc(1, sizeof *job);
	if (!job) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	job->r = r;
	job->use = use;
	job->has_budget = c && c->has_budget;
	job->budget_ms = c ? c->budget_ms : 0;
	snprintf(job->code, sizeof job->code, "%s", code);
	gn_alloc_heap(&job->alloc, HUB_CLEARING_MEMORY);
	job->rand = gn_rand_system();
	job->env = (struct gn_env){&job->alloc, &job->rand, NULL};
	hub->jobs++;
	gn_hub_ask_copy(r, &(struct gn_hub_query){
				   .run = run_copy, .then = copied, .drop = drop_job, .job = job});
}

/* LG-63: one equivalent after the other, when nothing else is being computed. */
void gn_hub_clear_tick(struct gn_hub *hub)
{
	struct gn_ledger_settings s;
	struct gn_ledger_equivalent e;
	struct gn_hub_request *r;
	if (!hub->ready || gn_hub_is_ending(hub) || hub->jobs || gn_ledger_failed(hub->ledger))
		return;
	gn_ledger_settings(hub->ledger, &s);
	if (s.exact_s != hub->exact.every_s) { /* at the start, and when the setting changes */
		hub->exact.every_s = s.exact_s;
		hub->exact.next = hub->now + s.exact_s * GN_SEC;
		hub->exact.eq = UINT32_MAX;
	}
	if (s.exact_s && hub->now >= hub->exact.next) {
		hub->exact.next = hub->now + s.exact_s * GN_SEC;
		hub->exact.eq = 0;
	}
	if (!s.exact_s || gn_ledger_equivalent(hub->ledger, hub->exact.eq, &e) ||
	    !(r = gn_hub_own_request(hub)))
		return; /* not yet, or the round is over */
	hub->exact.eq++;
	start_job(r, e.code, JOB_CLEAR, NULL);
	gn_host_release(&r->base);
}

void gn_hub_api_gap(struct gn_hub_request *r)
{
	struct gn_ledger_equivalent e;
	if (gn_hub_query_equivalent(r, &e))
		start_job(r, e.code, JOB_GAP, NULL);
}

/* Cycles are looked for on the replica; the loop clears those that are still there. */
struct found {
	uint32_t pairs[CLEAR_CYCLES_MAX], count;
};

static void run_find(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct found *f = q->job;
	q->err = gn_ledger_find_cycles(v->ledger, q->eq, (unsigned)q->depth, f->pairs, &f->count);
}

static void drop_found(struct gn_hub_query *q)
{
	free(q->job);
}

static void clear_found(struct gn_hub_query *q)
{
	struct gn_hub_request *r = q->asked.request;
	struct found *f = q->job;
	uint64_t ticket = gn_hub_ticket(r, cleared);
	gn_err err = ticket ? gn_ledger_clear_pairs(r->hub->ledger, q->eq, (unsigned)q->depth,
						    f->pairs, f->count, ticket, r->hub->time)
			    : GN_BUSY;
	free(f);
	if (!err)
		return;
	if (ticket)
		gn_hub_drop_ticket(r);
	cleared(r, &(struct gn_ledger_event){.kind = GN_LEDGER_RESULT, .err = err});
}

static void clear_cycles(struct gn_hub_request *r, const struct gn_ledger_equivalent *e,
			 uint64_t max_len)
{
	struct found *f = calloc(1, sizeof *f);
	if (!f) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	r->hold = json_string(e->code);
	gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_find,
						  .then = clear_found,
						  .drop = drop_found,
						  .eq = e->number,
						  .depth = max_len,
						  .job = f});
}

void gn_hub_clear(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_equivalent e;
	if (gn_ledger_find_equivalent(r->hub->ledger, c->code, &e))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else if (c->mode == GN_CLEAR_CYCLES)
		clear_cycles(r, &e, c->max_len);
	else
		start_job(r, e.code, c->mode == GN_CLEAR_OFFER ? JOB_OFFER : JOB_CLEAR, c);
}

void gn_hub_api_clear_auto(struct gn_hub_request *r)
{
	char code[32];
	uint64_t depth;
	struct gn_ledger_equivalent e;
	if (clear_arguments(r, code, &depth) &&
	    gn_hub_equivalent_at(r, "query", "equivalent", code, &e))
		clear_cycles(r, &e, depth < 6 ? depth : 6);
}

/* ---- those made ---- */

static void list_told(struct gn_hub_request *r, json_t *answer)
{
	if (answer)
		gn_hub_items(r, json_incref(answer));
}

void gn_hub_api_clearings(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_CLEARINGS,
				     .who = r->is_participant ? (int64_t)r->me.number : -1,
				     .eq = -1};
	char code[32];
	struct gn_ledger_equivalent e;
	uint64_t limit, offset;
	if (!gn_hub_value(r, "equivalent", code, sizeof code) ||
	    !gn_hub_page(r, 50, HUB_PAGE_MAX, &limit, &offset) ||
	    (*code && !gn_hub_equivalent_at(r, "query", "equivalent", code, &e)))
		return;
	if (*code)
		q.eq = e.number;
	q.limit = (int64_t)limit;
	q.offset = (int64_t)offset;
	gn_hub_ask(r, &q, list_told);
}

static void offers_told(struct gn_hub_request *r, json_t *offers)
{
	size_t i;
	json_t *item, *list = json_array();
	if (!offers) {
		json_decref(list);
		return;
	}
	json_array_foreach(r->hold, i, item)
	{
		json_t *offer =
			json_object_get(offers, json_string_value(json_object_get(item, "offer")));
		if (!offer) /* not durable yet, or gone meanwhile */
			continue;
		json_object_update(item, offer);
		json_array_append(list, item);
	}
	gn_hub_items(r, list);
}

void gn_hub_api_offers(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_OFFERS,
				     .who = r->is_participant ? (int64_t)r->me.number : -1};
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	r->hold = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(r->hub->ledger); eq++) {
		char hex[33];
		if (!gn_ledger_offered(r->hub->ledger, eq, &key, &tx))
			continue;
		gn_hex(GN_SLICE(key.b), hex);
		json_array_append_new(r->hold, json_pack("{ss ss sI sI so}", "offer", hex, "status",
							 gn_tx_state_name(tx.state), "asked_count",
							 (json_int_t)tx.asked, "answered_count",
							 (json_int_t)tx.answered, "expires_at",
							 gn_history_time_json(tx.expiry)));
	}
	gn_hub_ask(r, &q, offers_told);
}
