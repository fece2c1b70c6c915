/* Payments and answers: find a way, write one record or a PREPARE, or say durably why not
 * (LG-27..LG-31). */
#include "ledger/engine_int.h"

/* Explanations look at the whole graph; past this many pairs the record names no raises and
 * gn_ledger_why has to be asked. */
#define EXPLAIN_PAIRS_MAX 1000u /* about a millisecond */

struct payment {
	const struct lg_item *item;
	struct gn_record_view r;
	struct lg_eq *q;
	struct lg_request want;
	uint32_t payer, payee;
	uint32_t avoid[OP_AVOID_MAX];
	gn_amount amount;
};

static gn_err err_of(enum gn_failure why)
{
	switch (why) {
	case GN_FAILURE_NONE:
	case GN_FAILURE_MAX:
	case GN_FAILURE_STOPPED: break;
	case GN_FAILURE_NO_ROUTE: return GN_NO_ROUTE;
	case GN_FAILURE_NO_CAPACITY: return GN_NO_CAPACITY;
	case GN_FAILURE_REFUSED: return GN_DENIED;
	case GN_FAILURE_EXPIRED: return GN_TIMEOUT;
	}
	return GN_CONFLICT;
}

/* The stored outcome of the same request (LG-26). */
static gn_err repeat_outcome(struct gn_ledger *l, const struct lg_item *item,
			     const struct lg_key *k)
{
	if (k->body != lg_body_hash(item->op.body))
		return GN_CONFLICT;
	uint64_t seq = k->state >> 8;
	enum gn_tx_state state = lg_key_state(k);
	gn_err err = state == GN_TX_ABORTED ? err_of((enum gn_failure)lg_key_code(k)) : GN_OK;
	lg_answer(l, &(struct lg_result){.ticket = item->ticket,
					 .seq = seq,
					 .after = seq,
					 .key = item->key,
					 .err = err,
					 .state = (uint8_t)state,
					 .repeated = true});
	return GN_OK;
}

/* The names in it as numbers of the book. */
static gn_err resolve_names(struct gn_ledger *l, const struct gn_op *op, uint32_t payer,
			    gn_time now, struct payment *p)
{
	GN_ASSERT(payer < l->book.participant_count);
	*p = (struct payment){.payer = payer};
	GN_TRY(lg_find_eq(&l->book, op->equivalent, &p->r.eq));
	p->q = l->book.eqs[p->r.eq];
	if (!gn_slice_eq(op->equivalent, gn_str(p->q->code)))
		return GN_NOT_FOUND;
	GN_TRY(gn_amount_parse(op->amount, p->q->precision, &p->amount));
	if (p->amount == 0)
		return GN_AMOUNT;
	GN_TRY(lg_find_participant(&l->book, &op->to, &p->payee));
	if (p->payee == payer)
		return GN_USAGE;
	if (l->book.participants[payer].status != GN_PARTICIPANT_ACTIVE ||
	    l->book.participants[p->payee].status != GN_PARTICIPANT_ACTIVE)
		return GN_INACTIVE;
	const struct gn_ledger_settings *s = &l->book.settings;
	p->want = (struct lg_request){.amount = p->amount,
				      .max_hops = s->max_hops,
				      .max_paths = s->max_paths,
				      .avoid = p->avoid,
				      .now = now};
	if (op->max_hops && op->max_hops < s->max_hops)
		p->want.max_hops = op->max_hops;
	if (op->max_paths && op->max_paths < s->max_paths)
		p->want.max_paths = op->max_paths;
	for (uint32_t i = 0; i < op->avoid_count; i++) {
		uint32_t who;
		if (lg_find_participant(&l->book, &op->avoid[i], &who) == GN_OK &&
		    lg_find_node(p->q, who, &p->avoid[p->want.avoid_count]) == GN_OK)
			p->want.avoid_count++;
	}
	return GN_OK;
}

static gn_err read_payment(struct gn_ledger *l, const struct lg_item *item, uint32_t payer,
			   gn_time now, struct payment *p)
{
	GN_ASSERT(item->op.kind == GN_OP_PAYMENT && item->has_key);
	GN_TRY(lg_check_age(&item->op, l->clock));
	GN_TRY(lg_check_envelope(&l->book, &item->op, gn_unix(now)));
	GN_TRY(resolve_names(l, &item->op, payer, now, p));
	p->item = item;
	lg_fill_signed(item, payer, &p->r.sign);
	p->r.key = item->key;
	return GN_OK;
}

static bool find_nodes(struct payment *p)
{
	GN_ASSERT(p->q && p->payer != p->payee);
	return lg_find_node(p->q, p->payer, &p->want.payer) == GN_OK &&
	       lg_find_node(p->q, p->payee, &p->want.payee) == GN_OK;
}

/* ---- routes into scratch ---- */

static gn_err write_routes(struct gn_ledger *l, const struct lg_routes *routes,
			   struct gn_record_view *r)
{
	GN_ASSERT(routes->count > 0 && routes->count <= ROUTE_PATHS_MAX);
	GN_TRY(lg_scratch(l, ROUTE_PATHS_MAX * (16 + 8 * ROUTE_HOPS_MAX)));
	struct gn_writer w = gn_writer(l->scratch, l->scratch_cap);
	for (uint32_t i = 0; i < routes->count; i++) {
		const struct lg_route *x = &routes->route[i];
		lg_put_route_head(&w, x->amount, x->path.count);
		for (uint32_t k = 0; k < x->path.count; k++)
			lg_put_number(&w, x->path.hops[k]);
	}
	GN_ASSERT(!w.bad);
	r->u.payment.route_count = routes->count;
	r->u.payment.routes = gn_slice(l->scratch, gn_writer_len(&w));
	return GN_OK;
}

struct flow_writer {
	struct gn_ledger *l;
	const struct lg_eq *q;
	size_t len;
	uint32_t count, blocked_line;
	bool blocked, failed;
};

static bool write_flow_path(void *user, gn_amount amount, const uint32_t *hops, uint32_t count)
{
	GN_ASSERT(amount > 0 && count > 0);
	struct flow_writer *w = user;
	uint32_t node;
	if (lg_path_blocked(&w->l->book, w->q, hops, count, &w->blocked_line, &node)) {
		w->blocked = true;
		return false;
	}
	if (w->count == ROUTE_FLOW_PATHS_MAX ||
	    lg_scratch(w->l, w->len + 16 + 8 * (uint64_t)count)) {
		w->failed = true;
		return false;
	}
	struct gn_writer out = gn_writer(w->l->scratch + w->len, w->l->scratch_cap - w->len);
	lg_put_route_head(&out, amount, count);
	for (uint32_t i = 0; i < count; i++)
		lg_put_number(&out, hops[i]);
	GN_ASSERT(!out.bad);
	w->len += gn_writer_len(&out);
	w->count++;
	return true;
}

/* LG-35: exact flow, without lines that ask if that suffices. */
static gn_err find_flow(struct gn_ledger *l, struct payment *p)
{
	GN_ASSERT(p->amount > 0);
	struct flow_writer w = {.l = l, .q = p->q};
	uint64_t work = ROUTE_FLOW_WORK;
	for (int ask = 0; ask < 2; ask++) {
		struct lg_flow_net f;
		GN_TRY(lg_flow_open(&f, l->env.alloc, &l->book, p->q, &p->want, ask));
		gn_err err = GN_OK;
		f.work = work;
		for (unsigned tries = 0; tries < ROUTE_TRIES_MAX; tries++) {
			w = (struct flow_writer){.l = l, .q = p->q};
			lg_flow_run(&f, p->amount);
			if (f.flow < p->amount)
				break;
			err = lg_flow_paths(&f, write_flow_path, &w);
			if (err || !w.blocked)
				break;
			lg_flow_ban(&f, hop_line(w.blocked_line));
		}
		bool enough = f.flow == p->amount && !w.blocked && !w.failed;
		work = f.work;
		lg_flow_close(&f);
		if (err)
			return err;
		if (enough) {
			p->r.u.payment.mode = GN_ROUTED_FLOW;
			p->r.u.payment.route_count = w.count;
			p->r.u.payment.routes = gn_slice(l->scratch, w.len);
			return GN_OK;
		}
	}
	return GN_NO_CAPACITY;
}

gn_err gn_ledger_find_flow(struct gn_ledger *f, const struct gn_ledger_request *r, gn_time now,
			   struct gn_ledger_flow *out)
{
	struct gn_op *op = GN_NEW(f->env.alloc, struct gn_op);
	struct payment p;
	uint32_t payer = 0;
	gn_time at = now > f->book.time ? now : f->book.time;
	if (!op)
		return GN_NOMEM;
	*out = (struct gn_ledger_flow){.count = 0};
	gn_err err = gn_op_parse(r->profile, r->kind, r->bytes, op);
	struct gn_hash pid = op->signer;
	if (r->profile == GN_PROFILE_V0)
		lg_pid(&r->signer, &pid);
	if (!err)
		err = lg_find_participant(&f->book, &pid, &payer);
	if (!err)
		err = resolve_names(f, op, payer, at, &p);
	if (!err && find_nodes(&p)) {
		err = find_flow(f, &p);
		if (!err)
			*out = (struct gn_ledger_flow){p.r.u.payment.routes,
						       p.r.u.payment.route_count};
		else if (err == GN_NO_CAPACITY)
			err = GN_OK;
	}
	gn_mem_free(f->env.alloc, op);
	return err;
}

/* ---- failure ---- */

/* Raises that would have carried it, behind each other in scratch. */
static gn_err explain_failure(struct gn_ledger *l, struct payment *p)
{
	GN_ASSERT(p->amount > 0);
	struct lg_flow_net f;
	struct gn_ledger_why why = {0};
	if (p->q->pair_count > EXPLAIN_PAIRS_MAX)
		return GN_OK;
	GN_TRY(lg_flow_open(&f, l->env.alloc, &l->book, p->q, &p->want, true));
	lg_flow_run(&f, p->amount);
	gn_amount missing = p->amount - f.flow;
	gn_err err = missing > 0 ? lg_flow_raises(&f, missing, &why) : GN_OK;
	lg_flow_close(&f);
	GN_TRY(err);
	GN_TRY(lg_scratch(l, 16 * ROUTE_RAISES_MAX));
	struct gn_writer w = gn_writer(l->scratch, l->scratch_cap);
	for (uint32_t i = 0; i < why.raise_count; i++) {
		uint32_t pair;
		unsigned side;
		GN_TRY(lg_find_line(p->q, why.raises[i].owner, why.raises[i].debtor, &pair, &side));
		lg_put_number(&w, hop_of(pair, side));
		lg_put_number(&w, (uint64_t)why.raises[i].raise);
	}
	p->r.u.failed.raise_count = why.raise_count;
	p->r.u.failed.raises = gn_slice(l->scratch, gn_writer_len(&w));
	return GN_OK;
}

static gn_err record_failure(struct gn_ledger *l, struct payment *p, bool has_nodes, gn_time now)
{
	GN_ASSERT(p->item);
	struct lg_routes most = {.count = 0};
	bool connected = false;
	struct gn_record_view *r = &p->r;
	if (has_nodes)
		GN_TRY(lg_connected(&l->router, &l->book, p->q, p->want.payer, p->want.payee,
				    &connected));
	r->type = GN_REC_FAILED;
	memset(&r->u, 0, sizeof r->u);
	r->u.failed.payer = p->payer;
	r->u.failed.payee = p->payee;
	r->u.failed.amount = p->amount;
	r->u.failed.code = connected ? GN_FAILURE_NO_CAPACITY : GN_FAILURE_NO_ROUTE;
	if (connected) {
		GN_TRY(lg_most(&l->router, &l->book, p->q, &p->want, &most));
		r->u.failed.available = most.total;
		GN_TRY(explain_failure(l, p));
	}
	GN_TRY(lg_commit(l, r, p->item->ticket, GN_TX_ABORTED, now));
	struct lg_result *kept =
		p->item->ticket ? gn_ring_at(&l->results, l->results.count - 1) : NULL;
	if (kept)
		kept->err = connected ? GN_NO_CAPACITY : GN_NO_ROUTE;
	l->info.failed++;
	return GN_OK;
}

/* ---- success ---- */

/* Net hops of the record's routes in the book's scratch flow. */
static gn_err flow_of(struct gn_ledger *l, const struct gn_record_view *r)
{
	struct gn_slice routes = r->u.payment.routes;
	struct gn_hops hops;
	uint32_t hop;
	gn_amount a;
	l->book.flow_count = 0;
	while (gn_rec_next_route(&routes, &a, &hops))
		while (gn_rec_next_number(&hops, &hop))
			GN_TRY(lg_flow_add(&l->book, hop, a));
	return lg_flow_net(&l->book);
}

/* Pairs whose debt the net flow made larger. */
static gn_err note_touched(struct gn_ledger *l, const struct lg_eq *q, const struct lg_delta *flow,
			   uint32_t count)
{
	GN_TRY(lg_grow(l->env.alloc, &l->touched, &l->touched_cap, count, UINT32_MAX,
		       sizeof *l->touched));
	l->touched_count = 0;
	for (uint32_t i = 0; i < count; i++)
		/* the payer of the hop will owe */
		if (lg_debt(&q->pairs[hop_pair(flow[i].hop)], hop_dir(flow[i].hop)) + flow[i].a > 0)
			l->touched[l->touched_count++] = hop_pair(flow[i].hop);
	return GN_OK;
}

static gn_time expiry_of(const struct gn_ledger *l, const struct lg_item *item, gn_time now)
{
	const struct gn_ledger_settings *s = &l->book.settings;
	gn_time wanted = item->op.timeout_ms ? item->op.timeout_ms * GN_MSEC : s->expiry_s * GN_SEC;
	return now + gn_time_min(wanted, s->expiry_s_max * GN_SEC);
}

/* LG-66: nobody's place is taken before all have room. */
static gn_err make_room(struct gn_ledger *l, const struct payment *p, const uint32_t *asked,
			uint32_t count, gn_time now)
{
	GN_ASSERT(count > 0 && count <= TX_ASKED_MAX);
	const struct lg_waits *w = lg_find_waits(&l->book, p->payer);
	struct lg_open *o;
	if (w && w->paying >= BOOK_OPEN_PAYER_MAX)
		return GN_QUOTA;
	for (uint32_t i = 0; i < count; i++)
		GN_TRY(lg_open_room(&l->book, p->q, p->payer, asked[i], &o));
	for (uint32_t i = 0; i < count; i++) {
		GN_TRY(lg_open_room(&l->book, p->q, p->payer, asked[i], &o));
		if (!o)
			continue;
		GN_TRY(lg_end(l, o, GN_FAILURE_EXPIRED, NULL, 0, now));
		l->info.gave_way++;
	}
	return GN_OK;
}

static gn_err record_payment(struct gn_ledger *l, struct payment *p, gn_time now)
{
	struct gn_record_view *r = &p->r;
	uint32_t asked[TX_ASKED_MAX], n;
	uint8_t numbers[8 * TX_ASKED_MAX];
	GN_TRY(flow_of(l, r));
	GN_TRY(note_touched(l, p->q, l->book.flow, l->book.flow_count));
	n = lg_flow_asked(&l->book, p->q, asked, TX_ASKED_MAX);
	if (n > TX_ASKED_MAX)
		return GN_LIMIT;
	if (n)
		GN_TRY(make_room(l, p, asked, n, now));
	struct gn_writer w = gn_writer(numbers, sizeof numbers);
	for (uint32_t i = 0; i < n; i++)
		lg_put_number(&w, asked[i]);
	r->type = n ? GN_REC_PREPARE : GN_REC_PAYMENT;
	r->u.payment.payer = p->payer;
	r->u.payment.payee = p->payee;
	r->u.payment.amount = p->amount;
	r->u.payment.asked = (struct gn_hops){gn_slice(numbers, gn_writer_len(&w)), n};
	r->u.payment.expiry = n ? expiry_of(l, p->item, now) : 0;
	GN_TRY(lg_commit(l, r, p->item->ticket, n ? GN_TX_PREPARE : GN_TX_COMMITTED, now));
	if (n)
		return GN_OK;
	l->info.committed++;
	lg_clear_inline(l, r->eq, now);
	return GN_OK;
}

/* LG-34, then LG-62, then LG-35. */
static gn_err find_way(struct gn_ledger *l, const struct lg_item *item, struct payment *p)
{
	struct lg_routes routes;
	bool free_hand = !item->op.max_hops && !item->op.max_paths;
	bool second;
	gn_err err =
		lg_find_routes_again(&l->router, &l->book, p->q, &p->want,
				     l->book.settings.second_search && free_hand, &routes, &second);
	p->r.u.payment.mode = second ? GN_ROUTED_SECOND : GN_ROUTED_PATHS;
	if (!err)
		return write_routes(l, &routes, &p->r);
	if (err != GN_NO_CAPACITY || !l->book.settings.maxflow || !free_hand)
		return err;
	if (!item->flow_given)
		return item->flow_elsewhere ? GN_AGAIN : find_flow(l, p);
	if (item->flow.count == 0)
		return GN_NO_CAPACITY;
	p->r.u.payment.mode = GN_ROUTED_FLOW;
	p->r.u.payment.routes = item->flow.routes;
	p->r.u.payment.route_count = item->flow.count;
	return GN_OK;
}

gn_err lg_decide_payment(struct gn_ledger *l, const struct lg_item *item, uint32_t payer,
			 gn_time now)
{
	GN_ASSERT(item->op.kind == GN_OP_PAYMENT && payer < l->book.participant_count);
	struct payment p;
	const struct lg_key *k = lg_find_key(&l->book, &item->key);
	if (k)
		return repeat_outcome(l, item, k);
	GN_TRY(read_payment(l, item, payer, now, &p));
	bool has_nodes = find_nodes(&p);
	gn_err err = has_nodes ? find_way(l, item, &p) : GN_NO_CAPACITY;
	if (!err)
		err = record_payment(l, &p, now);
	/* what was found elsewhere fits no more */
	if (has_nodes && item->flow_given && (err == GN_NO_CAPACITY || err == GN_DENIED))
		err = item->flow_elsewhere && item->flow.count ? GN_AGAIN : GN_NO_CAPACITY;
	return err == GN_NO_CAPACITY ? record_failure(l, &p, has_nodes, now) : err;
}

/* ---- answers and ends ---- */

static gn_err answer_key(const struct gn_ledger *l, const struct gn_op *op, struct gn_tx_key *out)
{
	uint32_t initiator;
	if (op->kind == GN_OP_CONSENT)
		return gn_unhex(op->tx_id, out->b, sizeof out->b) ? GN_NOT_FOUND : GN_OK;
	GN_TRY(lg_find_participant(&l->book, &op->initiator, &initiator));
	gn_tx_key(&l->book.participants[initiator].pk, op->tx_id, out);
	return GN_OK;
}

static gn_err commit_payment(struct gn_ledger *l, struct lg_open *o, gn_time now)
{
	GN_ASSERT(!o->offer && !o->refused && o->answered == o->asked_count);
	struct gn_record_view r = {.type = GN_REC_COMMIT, .key = o->key};
	uint32_t eq = o->eq;
	GN_TRY(note_touched(l, l->book.eqs[eq], o->flow, o->flow_count));
	GN_TRY(lg_commit(l, &r, 0, GN_TX_COMMITTED, now));
	l->info.committed++;
	lg_clear_inline(l, eq, now);
	return GN_OK;
}

/* Everybody has spoken, or somebody said no. What cannot be written now is tried again by
 * lg_expire. */
static void settle_open(struct gn_ledger *l, struct lg_open *o, gn_time now)
{
	GN_ASSERT(o->asked_count > 0);
	if (o->refused)
		l->unsettled |= lg_end(l, o, GN_FAILURE_REFUSED, NULL, 0, now) != GN_OK;
	else if (o->answered == o->asked_count)
		l->unsettled |= (o->offer ? lg_commit_offer(l, o, 0, now)
					  : commit_payment(l, o, now)) != GN_OK;
}

gn_err lg_decide_answer(struct gn_ledger *l, const struct lg_item *item, uint32_t signer,
			gn_time now)
{
	GN_ASSERT(item->op.kind == GN_OP_VOTE || item->op.kind == GN_OP_CONSENT);
	struct gn_record_view r = {.type = item->op.kind == GN_OP_VOTE ? GN_REC_VOTE
								       : GN_REC_ANSWER};
	GN_TRY(answer_key(l, &item->op, &r.key));
	lg_fill_signed(item, signer, &r.sign);
	r.u.answer.yes = item->op.yes;
	struct lg_open *o = lg_find_open(&l->book, &r.key);
	if (!o) { /* an answer that comes too late is told the outcome (LG-30) */
		const struct lg_key *k = lg_find_key(&l->book, &r.key);
		if (!k || lg_key_state(k) == GN_TX_NONE)
			return GN_NOT_FOUND;
		lg_answer(l, &(struct lg_result){.ticket = item->ticket,
						 .seq = k->state >> 8,
						 .after = k->state >> 8,
						 .key = r.key,
						 .state = (uint8_t)lg_key_state(k),
						 .repeated = true});
		return GN_OK;
	}
	for (uint32_t i = 0; i < o->asked_count; i++)
		if (o->asked[i].participant == signer && o->asked[i].answered) {
			lg_answer(l, &(struct lg_result){.ticket = item->ticket,
							 .seq = o->seq,
							 .after = l->book.seq,
							 .key = r.key,
							 .state = o->offer ? GN_TX_WAITING
									   : GN_TX_PREPARE,
							 .repeated = true});
			return GN_OK;
		}
	GN_TRY(lg_commit(l, &r, item->ticket, o->offer ? GN_TX_WAITING : GN_TX_PREPARE, now));
	settle_open(l, o, now);
	const struct lg_key *k = lg_find_key(&l->book, &r.key);
	struct lg_result *kept =
		item->ticket ? gn_ring_at(&l->results, l->results.count - 1) : NULL;
	if (kept && k && kept->seq < l->book.seq && !lg_find_open(&l->book, &r.key)) {
		/* his answer decided it: tell that */
		kept->state = (uint8_t)lg_key_state(k);
		kept->after = k->state >> 8;
	}
	return GN_OK;
}

void lg_expire(struct gn_ledger *l, gn_time now)
{
	gn_time at = now > l->book.time ? now : l->book.time;
	for (unsigned n = 0; n < TICK_WORK; n++) {
		struct gn_heap_node *first = gn_heap_first(&l->book.expiry);
		if (!first || first->at > at)
			break;
		struct lg_open *o = GN_CONTAINER(first, struct lg_open, timer);
		if (lg_end(l, o, GN_FAILURE_EXPIRED, NULL, 0, now))
			break; /* no room now: the deadline stays */
		l->info.expired++;
	}
	if (!l->unsettled) /* decided, but there was no room to write it? */
		return;
	l->unsettled = false;
	for (uint32_t i = 0; i < l->book.open_count && !l->unsettled;) {
		struct lg_open *o = l->book.open[i];
		if (o->refused || o->answered == o->asked_count)
			settle_open(l, o, at); /* and it is gone, or there is still no room */
		else
			i++;
	}
}
