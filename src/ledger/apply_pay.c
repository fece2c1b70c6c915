/* Payments (LG-27..LG-32): one record that moves, or PREPARE that reserves, answers, and COMMIT
 * or ABORT.
 *
 * 1. A record's routes run from payer to payee without a gap, so everyone in between is left as
 *    they were (I5).
 * 2. What is checked, reserved and moved are the net hops of all routes together (LG-7).
 * 3. reserved[d] of a pair is the sum of what open payments hold there (I9). */
#include "ledger/book_int.h"

struct ends {
	struct lg_eq *q;
	uint32_t payer, payee; /* nodes */
};

static gn_err find_ends(const struct lg_book *b, uint32_t eq, uint32_t payer, uint32_t payee,
			gn_amount amount, struct ends *out)
{
	if (eq >= b->eq_count || payer >= b->participant_count || payee >= b->participant_count ||
	    payer == payee || amount <= 0)
		return GN_CORRUPT;
	out->q = b->eqs[eq];
	if (lg_find_node(out->q, payer, &out->payer) || lg_find_node(out->q, payee, &out->payee))
		return GN_CORRUPT;
	return GN_OK;
}

/* One route into the scratch flow; every hop continues the one before and may stand where it
 * stands. */
static gn_err add_route(struct lg_book *b, const struct ends *e, struct gn_hops hops,
			gn_amount amount, bool simple)
{
	GN_ASSERT(e->payer != e->payee);
	uint32_t at = e->payer, path[ROUTE_HOPS_MAX], n = 0, line, node;
	struct gn_hop h;
	while (gn_rec_next_hop(&hops, &h)) {
		if (h.pair >= e->q->pair_count)
			return GN_CORRUPT;
		const struct lg_pair *p = &e->q->pairs[h.pair];
		if (p->node[h.dir] != at || at == e->payee)
			return GN_CORRUPT;
		if (!lg_middle_allowed(p, h.dir, e->payer, e->payee))
			return GN_DENIED;
		at = p->node[1 - h.dir];
		GN_TRY(lg_flow_add(b, hop_of(h.pair, h.dir), amount));
		for (uint32_t i = 0; simple && i < n; i++)
			if (at == e->payer ||
			    e->q->pairs[hop_pair(path[i])].node[1 - hop_dir(path[i])] == at)
				return GN_CORRUPT;
		if (simple)
			path[n++] = hop_of(h.pair, h.dir);
	}
	if (at != e->payee)
		return GN_CORRUPT;
	return simple && lg_path_blocked(b, e->q, path, n, &line, &node) ? GN_DENIED : GN_OK;
}

/* Paths beyond ROUTE_HOPS_MAX occur in max-flow mode only; their lines' block lists are looked
 * at hop by hop. */
static gn_err check_long_route(struct lg_book *b, const struct ends *e, struct gn_hops hops)
{
	GN_ASSERT(hops.count > ROUTE_HOPS_MAX);
	uint32_t line, node, count = hops.count,
			     *path = GN_NEW_ARRAY(b->env.alloc, uint32_t, count);
	if (!path)
		return GN_NOMEM;
	for (uint32_t i = 0; i < count; i++) {
		bool there = gn_rec_next_number(&hops, &path[i]);
		GN_ASSERT(there);
	}
	bool blocked = lg_path_blocked(b, e->q, path, count, &line, &node);
	gn_mem_free(b->env.alloc, path);
	return blocked ? GN_DENIED : GN_OK;
}

static gn_err add_routes(struct lg_book *b, const struct gn_record_view *r, const struct ends *e)
{
	GN_ASSERT(r->type == GN_REC_PAYMENT || r->type == GN_REC_PREPARE);
	struct gn_slice routes = r->u.payment.routes;
	struct gn_hops hops;
	gn_amount amount;
	gn_amount_sum total = 0;
	bool bounded = r->u.payment.mode != GN_ROUTED_FLOW,
	     second = r->u.payment.mode == GN_ROUTED_SECOND;
	uint32_t max_hops = second ? ROUTE_HOPS_MAX : b->settings.max_hops,
		 max_paths = second ? ROUTE_PATHS_MAX : b->settings.max_paths;
	if (second && !b->settings.second_search)
		return GN_CORRUPT;
	if (r->u.payment.route_count == 0 ||
	    r->u.payment.route_count > (bounded ? max_paths : ROUTE_FLOW_PATHS_MAX))
		return GN_CORRUPT;
	b->flow_count = 0;
	while (gn_rec_next_route(&routes, &amount, &hops)) {
		if (bounded && hops.count > max_hops)
			return GN_CORRUPT;
		GN_TRY(add_route(b, e, hops, amount, bounded || hops.count <= ROUTE_HOPS_MAX));
		if (hops.count > ROUTE_HOPS_MAX)
			GN_TRY(check_long_route(b, e, hops));
		total += amount;
	}
	return total == r->u.payment.amount ? lg_flow_net(b) : GN_CORRUPT;
}

/* ---- keys ---- */

static struct lg_keys *keys_of(struct lg_book *b, uint8_t profile)
{
	GN_ASSERT(profile <= GN_PROFILE_V1);
	return profile == GN_PROFILE_V0 ? &b->keys_v0 : &b->keys;
}

/* What is open has its key for itself, also when that is older than what is remembered: a hub ends
 * it in time, a journal of somebody else's may not. */
static gn_err check_key(struct lg_book *b, const struct gn_record_view *r)
{
	if (lg_find_key(b, &r->key) || lg_find_open(b, &r->key))
		return GN_CONFLICT;
	return lg_keys_reserve(keys_of(b, r->sign.profile), b->env.alloc, r->time);
}

static void note_key(struct lg_book *b, const struct gn_record_view *r, enum gn_tx_state state,
		     uint8_t code)
{
	GN_ASSERT(code <= GN_FAILURE_MAX);
	struct lg_key k = {.key = r->key,
			   .body = lg_body_hash(lg_signed_body(r->sign.profile, r->sign.bytes))};
	lg_key_set(&k, r->seq, code, state);
	lg_keys_add(keys_of(b, r->sign.profile), &k, r->time);
}

static void end_key(struct lg_book *b, const struct gn_record_view *r, enum gn_tx_state state,
		    uint8_t code)
{
	GN_ASSERT(code <= GN_FAILURE_MAX);
	struct lg_key *k = lg_find_key(b, &r->key);
	if (k)
		lg_key_set(k, r->seq, code, state);
}

/* ---- payment and prepare ---- */

static void move_hop(struct lg_eq *q, const struct lg_delta *f)
{
	GN_ASSERT(hop_pair(f->hop) < q->pair_count && f->a > 0);
	struct lg_pair *p = &q->pairs[hop_pair(f->hop)];
	p->x += hop_dir(f->hop) ? -f->a : f->a;
	lg_pair_settle(q, hop_pair(f->hop));
}

static void reserve_hop(struct lg_eq *q, const struct lg_delta *f, gn_amount a)
{
	GN_ASSERT(hop_pair(f->hop) < q->pair_count);
	struct lg_pair *p = &q->pairs[hop_pair(f->hop)];
	p->reserved[hop_dir(f->hop)] += a;
	GN_ASSERT(p->reserved[hop_dir(f->hop)] >= 0);
	lg_pair_settle(q, hop_pair(f->hop));
}

static gn_err check_asked(const struct lg_book *b, const struct lg_eq *q,
			  const struct gn_record_view *r)
{
	uint32_t asked[TX_ASKED_MAX], n = lg_flow_asked(b, q, asked, TX_ASKED_MAX), who;
	struct gn_hops named = r->u.payment.asked;
	if (n > TX_ASKED_MAX)
		return GN_LIMIT;
	if (n != named.count)
		return GN_CORRUPT;
	for (uint32_t i = 0; gn_rec_next_number(&named, &who); i++)
		if (who != asked[i])
			return GN_CORRUPT;
	return GN_OK;
}

static gn_err make_open(struct lg_book *b, const struct gn_record_view *r, struct lg_open **out)
{
	GN_ASSERT(r->type == GN_REC_PREPARE && r->u.payment.asked.count > 0);
	struct gn_hops named = r->u.payment.asked;
	struct lg_open *o = GN_NEW(b->env.alloc, struct lg_open);
	if (!o)
		return GN_NOMEM;
	*o = (struct lg_open){.key = r->key,
			      .seq = r->seq,
			      .made = r->time,
			      .eq = r->eq,
			      .payer = r->u.payment.payer,
			      .payee = r->u.payment.payee,
			      .amount = r->u.payment.amount,
			      .flow_count = b->flow_count,
			      .asked_count = named.count};
	o->timer.at = r->u.payment.expiry;
	o->flow = GN_NEW_ARRAY(b->env.alloc, struct lg_delta, b->flow_count);
	o->asked = GN_NEW_ARRAY(b->env.alloc, struct lg_asked, named.count);
	for (uint32_t i = 0;
	     o->asked && i < o->asked_count && gn_rec_next_number(&named, &o->asked[i].participant);
	     i++)
		;
	if (o->flow)
		memcpy(o->flow, b->flow, b->flow_count * sizeof *o->flow);
	if (!o->flow || !o->asked || lg_open_add(b, o)) {
		lg_open_free(b, o);
		return GN_NOMEM;
	}
	*out = o;
	return GN_OK;
}

gn_err lg_apply_payment(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_PAYMENT || r->type == GN_REC_PREPARE);
	struct ends e;
	struct lg_open *open = NULL;
	bool prepare = r->type == GN_REC_PREPARE;
	if (r->sign.signer != r->u.payment.payer)
		return GN_CORRUPT;
	GN_TRY(lg_signed_check(b, r));
	GN_TRY(find_ends(b, r->eq, r->u.payment.payer, r->u.payment.payee, r->u.payment.amount,
			 &e));
	GN_TRY(add_routes(b, r, &e));
	GN_TRY(lg_flow_check(b, e.q, e.payee, r->time));
	GN_TRY(check_asked(b, e.q, r));
	if (prepare != (r->u.payment.asked.count > 0) ||
	    (prepare && (r->u.payment.expiry <= r->time ||
			 r->u.payment.expiry > r->time + b->settings.expiry_s_max * GN_SEC)))
		return GN_CORRUPT;
	GN_TRY(check_key(b, r));
	if (prepare)
		GN_TRY(make_open(b, r, &open));
	for (uint32_t i = 0; i < b->flow_count; i++) {
		if (prepare)
			reserve_hop(e.q, &b->flow[i], b->flow[i].a);
		else
			move_hop(e.q, &b->flow[i]);
	}
	lg_flow_count_day(e.q, b->flow, b->flow_count, r->time, 1);
	note_key(b, r, prepare ? GN_TX_PREPARE : GN_TX_COMMITTED, 0);
	return GN_OK;
}

gn_err lg_apply_failed(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_FAILED);
	if (r->eq >= b->eq_count || r->u.failed.payee >= b->participant_count ||
	    r->sign.signer != r->u.failed.payer || r->u.failed.code == GN_FAILURE_NONE)
		return GN_CORRUPT;
	GN_TRY(lg_signed_check(b, r));
	GN_TRY(check_key(b, r));
	note_key(b, r, GN_TX_ABORTED, r->u.failed.code);
	return GN_OK;
}

/* ---- answers and ends, of payments and of clearing offers ---- */

gn_err lg_apply_answer(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_VOTE || r->type == GN_REC_ANSWER);
	struct lg_open *o = lg_find_open(b, &r->key);
	if (!o || o->offer != (r->type == GN_REC_ANSWER))
		return GN_NOT_FOUND;
	GN_TRY(lg_signed_check(b, r));
	for (uint32_t i = 0; i < o->asked_count; i++) {
		if (o->asked[i].participant != r->sign.signer)
			continue;
		if (o->asked[i].answered)
			return GN_CONFLICT;
		if (r->sign.profile != GN_PROFILE_V1)
			return GN_CORRUPT;
		o->asked[i].answered = true;
		o->answered++;
		o->refused |= !r->u.answer.yes;
		return GN_OK;
	}
	return GN_DENIED;
}

static void end_payment(struct lg_book *b, struct lg_open *o, bool commit)
{
	GN_ASSERT(!o->offer && o->eq < b->eq_count);
	struct lg_eq *q = b->eqs[o->eq];
	for (uint32_t i = 0; i < o->flow_count; i++) {
		q->pairs[hop_pair(o->flow[i].hop)].x += !commit                   ? 0
							: hop_dir(o->flow[i].hop) ? -o->flow[i].a
										  : o->flow[i].a;
		reserve_hop(q, &o->flow[i], -o->flow[i].a);
	}
	if (!commit)
		lg_flow_count_day(q, o->flow, o->flow_count, o->made, -1);
}

gn_err lg_apply_end(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_COMMIT || r->type == GN_REC_ABORT || r->type == GN_REC_REJECT);
	struct lg_open *o = lg_find_open(b, &r->key);
	bool commit = r->type == GN_REC_COMMIT;
	if (!o || o->offer != (r->type == GN_REC_REJECT))
		return GN_NOT_FOUND;
	if (commit && (o->refused || o->answered != o->asked_count))
		return GN_CORRUPT;
	if (!commit && r->u.end.code == GN_FAILURE_NONE)
		return GN_CORRUPT;
	if (!o->offer)
		end_payment(b, o, commit);
	/* 1: it was prepared */
	end_key(b, r,
		commit     ? GN_TX_COMMITTED
		: o->offer ? GN_TX_REJECTED
			   : GN_TX_ABORTED,
		commit ? 1 : r->u.end.code);
	lg_open_remove(b, o);
	return GN_OK;
}
