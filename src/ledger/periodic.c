/* Clearing that no payment set off, as records: periodic sweeps, exact results and offers
 * (LG-41..LG-47). */
#include "ledger/engine_int.h"

#define SWEEP_WORK 200000u /* half-edges one tick's sweep looks at */

/* ---- periodic ---- */

static void start_sweep(struct gn_ledger *l, gn_time now)
{
	GN_ASSERT(!l->sweep.active);
	const struct gn_ledger_settings *s = &l->book.settings;
	if (now >= l->next6) {
		l->sweep = (struct lg_sweep){.active = true, .max_len = 6};
		l->next6 = now + s->cycle6_s * GN_SEC;
	} else if (now >= l->next5) {
		l->sweep = (struct lg_sweep){.active = true, .max_len = 5};
	}
	if (now >= l->next5)
		l->next5 = now + s->cycle5_s * GN_SEC;
}

static bool sweep_some(struct gn_ledger *l, uint64_t work)
{
	GN_ASSERT(l->sweep.active && l->sweep.eq < l->book.eq_count);
	struct lg_sweep *w = &l->sweep;
	struct lg_eq *q = l->book.eqs[w->eq];
	uint64_t stop = l->router.work + work;
	for (;
	     w->pair < q->pair_count && l->router.work < stop && l->cycles.count < CLEAR_CYCLES_MAX;
	     w->pair++)
		if (lg_cycles_through(&l->cycles, &l->router, &l->book, q, w->pair, w->max_len,
				      stop - l->router.work))
			break;
	return w->pair == q->pair_count;
}

void lg_periodic(struct gn_ledger *l, gn_time now)
{
	struct lg_sweep *w = &l->sweep;
	if (!w->active)
		start_sweep(l, now);
	if (!w->active)
		return;
	if (w->eq >= l->book.eq_count) {
		w->active = false;
		return;
	}
	uint32_t eq = w->eq;
	if (sweep_some(l, SWEEP_WORK)) {
		w->eq++;
		w->pair = 0;
	}
	if (lg_commit_cycles(l, eq, GN_CLEARING_PERIODIC, 0, 0, now))
		w->active = false; /* no room: the next round finds them again */
}

gn_err lg_clear_cycles(struct gn_ledger *l, uint32_t eq, unsigned max_len, uint64_t ticket,
		       gn_time now)
{
	GN_ASSERT(eq < l->book.eq_count && max_len >= 3 && max_len <= 6);
	struct lg_eq *q = l->book.eqs[eq];
	gn_err err = GN_OK;
	for (uint32_t i = 0; i < q->pair_count && !err && l->cycles.count < CLEAR_CYCLES_MAX; i++)
		err = lg_cycles_through(&l->cycles, &l->router, &l->book, q, i, max_len,
					UINT32_MAX);
	return lg_commit_cycles(l, eq, GN_CLEARING_PERIODIC, 0, ticket, now);
}

gn_err gn_ledger_clear_pairs(struct gn_ledger *l, uint32_t eq, unsigned max_len,
			     const uint32_t *pairs, uint32_t count, uint64_t ticket, gn_time now)
{
	gn_err err = GN_OK;
	if (l->state != LG_RUNNING || l->config.verify)
		return GN_STATE;
	if (eq >= l->book.eq_count || max_len < 3 || max_len > 6)
		return GN_RANGE;
	struct lg_eq *q = l->book.eqs[eq];
	for (uint32_t i = 0; i < count && !err && l->cycles.count < CLEAR_CYCLES_MAX; i++)
		if (pairs[i] < q->pair_count)
			err = lg_cycles_through(&l->cycles, &l->router, &l->book, q, pairs[i],
						max_len, CLEAR_WORK_INLINE);
	return lg_commit_cycles(l, eq, GN_CLEARING_PERIODIC, 0, ticket, now);
}

gn_err gn_ledger_find_cycles(struct gn_ledger *f, uint32_t eq, unsigned max_len,
			     uint32_t pairs[CLEAR_CYCLES_MAX], uint32_t *count)
{
	gn_err err = GN_OK;
	GN_ASSERT(f->config.verify);
	if (eq >= f->book.eq_count || max_len < 3 || max_len > 6)
		return GN_RANGE;
	struct lg_eq *q = f->book.eqs[eq];
	*count = 0;
	for (uint32_t i = 0; i < q->pair_count && !err && f->cycles.count < CLEAR_CYCLES_MAX; i++) {
		uint32_t before = f->cycles.count;
		err = lg_cycles_through(&f->cycles, &f->router, &f->book, q, i, max_len,
					UINT32_MAX);
		if (f->cycles.count > before)
			pairs[(*count)++] = i;
	}
	lg_cycles_undo(&f->cycles, q);
	lg_cycles_reset(&f->cycles);
	return err;
}

/* ---- exact ---- */

gn_err gn_ledger_clearing_new(const struct gn_ledger *l, const struct gn_env *env,
			      struct gn_slice code, bool with_asking, struct gn_clearing **out)
{
	uint32_t eq;
	size_t n = 0;
	GN_TRY(lg_find_eq(&l->book, code, &eq));
	const struct lg_eq *q = l->book.eqs[eq];
	struct gn_clearing_edge *edges =
		GN_NEW_ARRAY(env->alloc, struct gn_clearing_edge, (size_t)q->pair_count + 1);
	if (!edges)
		return GN_NOMEM;
	for (uint32_t i = 0; i < q->pair_count; i++) {
		const struct lg_pair *p = &q->pairs[i];
		unsigned d = p->x < 0;
		gn_amount a = lg_clearable(q, p, d, with_asking);
		if (a > 0)
			edges[n++] = (struct gn_clearing_edge){
				.u = p->node[d], .v = p->node[1 - d], .tag = i, .d = a};
	}
	gn_err err = gn_clearing_new(env, q->node_count, edges, n, out);
	gn_mem_free(env->alloc, edges);
	return err;
}

/* The largest circulation within `bound` and what is clearable now (LG-45), as CLEARING edges in
 * scratch. GN_AGAIN: nothing. */
static gn_err bounded_edges(struct gn_ledger *l, const struct lg_eq *q, bool asking,
			    const struct gn_clearing_edge *bound, size_t count,
			    struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_CLEARING || r->type == GN_REC_PROPOSE);
	size_t n = 0;
	struct gn_clearing *job = NULL;
	struct gn_clearing_edge *edges =
		GN_NEW_ARRAY(l->env.alloc, struct gn_clearing_edge, count + 1);
	if (!edges)
		return GN_NOMEM;
	bool whole = true;
	for (size_t i = 0; i < count; i++) {
		if (bound[i].f == 0)
			continue;
		unsigned d = bound[i].u > bound[i].v;
		bool same = bound[i].tag < q->pair_count &&
			    q->pairs[bound[i].tag].node[d] == bound[i].u &&
			    q->pairs[bound[i].tag].node[1 - d] == bound[i].v;
		gn_amount now =
			same ? gn_amount_min(bound[i].f,
					     lg_clearable(q, &q->pairs[bound[i].tag], d, asking))
			     : 0;
		whole &= now == bound[i].f;
		if (now > 0) {
			edges[n] = bound[i];
			edges[n].d = edges[n].f = now;
			n++;
		}
	}
	gn_err err = GN_OK;
	const struct gn_clearing_edge *result = edges;
	if (!whole) {
		err = gn_clearing_new(&l->env, q->node_count, edges, n, &job);
		if (!err)
			err = gn_clearing_run(job, UINT64_MAX);
		if (!err)
			result = gn_clearing_edges(job, &n);
	}
	if (!err)
		err = lg_scratch(l, 16 * (uint64_t)n + 1);
	if (!err) {
		struct gn_writer w = gn_writer(l->scratch, l->scratch_cap);
		for (size_t i = 0; i < n; i++) {
			if (result[i].f == 0)
				continue;
			lg_put_number(&w, hop_of(result[i].tag, result[i].u > result[i].v));
			lg_put_number(&w, (uint64_t)result[i].f);
			r->u.clearing.total += result[i].f;
			r->u.clearing.edge_count++;
		}
		r->u.clearing.edges = gn_slice(l->scratch, gn_writer_len(&w));
		err = r->u.clearing.edge_count ? GN_OK : GN_AGAIN;
	}
	gn_clearing_free(job);
	gn_mem_free(l->env.alloc, edges);
	return err;
}

gn_err gn_ledger_clear(struct gn_ledger *l, struct gn_slice code, const struct gn_clearing *job,
		       uint64_t ticket, gn_time now)
{
	struct gn_record_view r = {.type = GN_REC_CLEARING};
	size_t count;
	GN_TRY(lg_find_eq(&l->book, code, &r.eq));
	const struct gn_clearing_edge *edges = gn_clearing_edges(job, &count);
	r.u.clearing.mode = GN_CLEARING_EXACT;
	GN_TRY(bounded_edges(l, l->book.eqs[r.eq], false, edges, count, &r));
	if (gn_clearing_potentials(job))
		gn_clearing_certificate_hash(job, code, &r.u.clearing.certificate);
	GN_TRY(lg_commit(l, &r, ticket, GN_TX_COMMITTED, now));
	l->info.clearings++;
	return GN_OK;
}

/* ---- offers ---- */

gn_err gn_ledger_offer(struct gn_ledger *l, struct gn_slice code, const struct gn_clearing *job,
		       gn_amount_sum without, uint64_t ticket, gn_time now)
{
	struct gn_record_view r = {.type = GN_REC_PROPOSE};
	uint32_t asked[CLEAR_ASKED_MAX], n;
	uint8_t numbers[8 * CLEAR_ASKED_MAX], seq[8];
	size_t count;
	GN_TRY(lg_find_eq(&l->book, code, &r.eq));
	const struct gn_clearing_edge *edges = gn_clearing_edges(job, &count);
	r.u.clearing.mode = GN_CLEARING_CONSENT;
	r.u.clearing.without = without;
	r.u.clearing.expiry = (now > l->book.time ? now : l->book.time) + OFFER_EXPIRY;
	GN_TRY(bounded_edges(l, l->book.eqs[r.eq], true, edges, count, &r));
	if (r.u.clearing.total <= without)
		return GN_AGAIN;
	GN_TRY(lg_clearing_asked(&l->book, l->book.eqs[r.eq], &r, asked, &n));
	if (n == 0)
		return GN_AGAIN;
	struct gn_writer w = gn_writer(numbers, sizeof numbers);
	for (uint32_t i = 0; i < n; i++)
		lg_put_number(&w, asked[i]);
	r.u.clearing.asked = (struct gn_hops){gn_slice(numbers, gn_writer_len(&w)), n};
	gn_put_be64(seq, l->book.seq + 1);
	gn_tx_key(&l->book.hub, GN_SLICE(seq), &r.key);
	return lg_commit(l, &r, ticket, GN_TX_WAITING, now);
}

gn_err lg_commit_offer(struct gn_ledger *l, struct lg_open *o, uint64_t ticket, gn_time now)
{
	GN_ASSERT(o->offer && !o->refused && o->answered == o->asked_count);
	struct gn_record_view r = {.type = GN_REC_CLEARING, .eq = o->eq, .key = o->key};
	const struct lg_eq *q = l->book.eqs[o->eq];
	struct gn_clearing_edge *edges =
		GN_NEW_ARRAY(l->env.alloc, struct gn_clearing_edge, o->flow_count);
	if (!edges)
		return GN_NOMEM;
	for (uint32_t i = 0; i < o->flow_count; i++) {
		const struct lg_pair *p = &q->pairs[hop_pair(o->flow[i].hop)];
		unsigned d = hop_dir(o->flow[i].hop);
		edges[i] = (struct gn_clearing_edge){.u = p->node[d],
						     .v = p->node[1 - d],
						     .tag = hop_pair(o->flow[i].hop),
						     .d = o->flow[i].a,
						     .f = o->flow[i].a};
	}
	r.u.clearing.mode = GN_CLEARING_CONSENT;
	r.u.clearing.cause = o->seq;
	gn_err err = bounded_edges(l, q, true, edges, o->flow_count, &r);
	gn_mem_free(l->env.alloc, edges);
	if (!err)
		err = lg_commit(l, &r, ticket, GN_TX_COMMITTED, now);
	/* nothing of it is left, or a line has begun to ask */
	if (err == GN_AGAIN || err == GN_DENIED)
		return lg_end(l, o, err == GN_AGAIN ? GN_FAILURE_NO_CAPACITY : GN_FAILURE_STOPPED,
			      NULL, ticket, now);
	l->info.clearings += !err;
	return err;
}
