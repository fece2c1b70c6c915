/* Clearing (LG-38..LG-47): debts fall along a circulation, net positions stay (I6).
 *
 * An offer: PROPOSED [propose] -> WAITING_CONFIRMATIONS [durable]
 *                              -> COMMITTED [clearing of mode consent] | REJECTED [reject] */
#include "ledger/book_int.h"

/* Scratch flow := the debts that fall, as hops debtor -> creditor; each pair once. */
static gn_err gather_net(struct lg_book *b, const struct lg_eq *q, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_CLEARING || r->type == GN_REC_PROPOSE);
	struct gn_slice cycles = r->u.clearing.cycles, edges = r->u.clearing.edges;
	struct gn_hops hops;
	struct gn_hop h;
	gn_amount a;
	b->flow_count = 0;
	while (gn_rec_next_route(&cycles, &a, &hops))
		while (gn_rec_next_hop(&hops, &h))
			GN_TRY(lg_flow_add(b, hop_of(h.pair, h.dir), a));
	while (gn_rec_next_edge(&edges, &h, &a))
		GN_TRY(lg_flow_add(b, hop_of(h.pair, h.dir), a));
	if (b->flow_count == 0)
		return GN_CORRUPT;
	GN_TRY(lg_flow_net(b));
	for (uint32_t i = 0; i < b->flow_count; i++)
		if (hop_pair(b->flow[i].hop) >= q->pair_count)
			return GN_CORRUPT;
	return GN_OK;
}

static gn_err check_amounts(const struct lg_book *b, const struct lg_eq *q, bool asking,
			    gn_amount_sum expected)
{
	gn_amount_sum total = 0;
	for (uint32_t i = 0; i < b->flow_count; i++) {
		if (b->flow[i].a > lg_clearable(q, &q->pairs[hop_pair(b->flow[i].hop)],
						hop_dir(b->flow[i].hop), asking))
			return GN_NO_CAPACITY;
		total += b->flow[i].a;
	}
	return total == expected ? GN_OK : GN_CORRUPT;
}

/* Everyone's incoming decrease equals his outgoing one. */
static gn_err check_circulation(struct lg_book *b, const struct lg_eq *q)
{
	GN_ASSERT(b->flow_count == 0 || hop_pair(b->flow[b->flow_count - 1].hop) < q->pair_count);
	bool even = true;
	GN_TRY(lg_grow(b->env.alloc, &b->balance, &b->balance_cap, q->node_count, UINT32_MAX,
		       sizeof *b->balance));
	for (int pass = 0; pass < 3; pass++) /* zero what is touched, add, look */
		for (uint32_t i = 0; i < b->flow_count; i++) {
			const struct lg_pair *p = &q->pairs[hop_pair(b->flow[i].hop)];
			unsigned d = hop_dir(b->flow[i].hop);
			gn_amount_sum *from = &b->balance[p->node[d]],
				      *to = &b->balance[p->node[1 - d]];
			if (pass == 0) {
				*from = *to = 0;
			} else if (pass == 1) {
				*from -= b->flow[i].a;
				*to += b->flow[i].a;
			} else {
				even &= *from == 0 && *to == 0;
			}
		}
	return even ? GN_OK : GN_CORRUPT;
}

/* Cycles are told one by one, so each must close. */
static gn_err check_cycles(const struct lg_eq *q, struct gn_slice cycles)
{
	struct gn_hops hops;
	gn_amount a;
	while (gn_rec_next_route(&cycles, &a, &hops)) {
		struct gn_hop h;
		uint32_t start = 0, at = 0, n = 0;
		if (hops.count < 3 || hops.count > 6)
			return GN_CORRUPT;
		for (; gn_rec_next_hop(&hops, &h); n++) {
			if (h.pair >= q->pair_count)
				return GN_CORRUPT;
			const struct lg_pair *p = &q->pairs[h.pair];
			if (n == 0)
				start = p->node[h.dir];
			else if (p->node[h.dir] != at)
				return GN_CORRUPT;
			at = p->node[1 - h.dir];
		}
		if (at != start)
			return GN_CORRUPT;
	}
	return GN_OK;
}

static gn_amount is_offered(const struct lg_open *o, uint32_t hop)
{
	GN_ASSERT(o->offer);
	uint32_t low = 0, high = o->flow_count; /* sorted by hop */
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (o->flow[mid].hop < hop)
			low = mid + 1;
		else
			high = mid;
	}
	return low < o->flow_count && o->flow[low].hop == hop ? o->flow[low].a : 0;
}

/* Whose lines ask, in order of the flow; GN_LIMIT when they are too many. */
static gn_err owners_asked(const struct lg_book *b, const struct lg_eq *q, uint32_t *out,
			   uint32_t *count)
{
	*count = 0;
	for (uint32_t i = 0; i < b->flow_count; i++) {
		const struct lg_pair *p = &q->pairs[hop_pair(b->flow[i].hop)];
		unsigned side = 1 - hop_dir(b->flow[i].hop);
		uint32_t k = 0, owner = q->nodes[p->node[side]].participant;
		if (!(lg_line_flags(p, side) & LINE_NO_AUTO))
			continue;
		while (k < *count && out[k] != owner)
			k++;
		if (k < *count)
			continue;
		if (*count == CLEAR_ASKED_MAX)
			return GN_LIMIT;
		out[(*count)++] = owner;
	}
	return GN_OK;
}

/* Everybody said yes, to at least this much, and nobody's line has begun to ask since. */
static gn_err check_consent(const struct lg_book *b, const struct lg_eq *q, const struct lg_open *o,
			    uint32_t eq)
{
	uint32_t owners[CLEAR_ASKED_MAX], count;
	if (!o || !o->offer || o->eq != eq || o->refused || o->answered != o->asked_count)
		return GN_CORRUPT;
	for (uint32_t i = 0; i < b->flow_count; i++)
		if (b->flow[i].a > is_offered(o, b->flow[i].hop))
			return GN_CORRUPT;
	GN_TRY(owners_asked(b, q, owners, &count));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t k = 0;
		while (k < o->asked_count && o->asked[k].participant != owners[i])
			k++;
		if (k == o->asked_count)
			return GN_DENIED;
	}
	return GN_OK;
}

gn_err lg_clearing_asked(struct lg_book *b, const struct lg_eq *q, const struct gn_record_view *r,
			 uint32_t *out, uint32_t *count)
{
	GN_ASSERT(r->type == GN_REC_PROPOSE);
	GN_TRY(gather_net(b, q, r));
	return owners_asked(b, q, out, count);
}

gn_err lg_apply_clearing(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_CLEARING && r->u.clearing.mode < GN_CLEARING_MODES);
	if (r->eq >= b->eq_count)
		return GN_CORRUPT;
	struct lg_eq *q = b->eqs[r->eq];
	bool consent = r->u.clearing.mode == GN_CLEARING_CONSENT;
	struct lg_open *o = consent ? lg_find_open(b, &r->key) : NULL;
	GN_TRY(check_cycles(q, r->u.clearing.cycles));
	GN_TRY(gather_net(b, q, r));
	GN_TRY(check_amounts(b, q, consent, r->u.clearing.total));
	GN_TRY(check_circulation(b, q));
	if (consent)
		GN_TRY(check_consent(b, q, o, r->eq));
	for (uint32_t i = 0; i < b->flow_count; i++) {
		struct lg_pair *p = &q->pairs[hop_pair(b->flow[i].hop)];
		p->x -= hop_dir(b->flow[i].hop) ? -b->flow[i].a : b->flow[i].a;
		lg_pair_settle(q, hop_pair(b->flow[i].hop));
	}
	q->cleared[r->u.clearing.mode] += r->u.clearing.total;
	if (consent) {
		struct lg_key *k = lg_find_key(b, &r->key);
		if (k)
			lg_key_set(k, r->seq, 0, GN_TX_COMMITTED);
		lg_open_remove(b, o);
	}
	return GN_OK;
}

static gn_err make_offer(struct lg_book *b, const struct gn_record_view *r, const uint32_t *asked,
			 uint32_t count, struct lg_open **out)
{
	GN_ASSERT(count > 0 && count <= CLEAR_ASKED_MAX);
	struct lg_open *o = GN_NEW(b->env.alloc, struct lg_open);
	if (!o)
		return GN_NOMEM;
	*o = (struct lg_open){.key = r->key,
			      .offer = true,
			      .seq = r->seq,
			      .made = r->time,
			      .eq = r->eq,
			      .flow_count = b->flow_count,
			      .asked_count = count};
	o->timer.at = r->u.clearing.expiry;
	o->flow = GN_NEW_ARRAY(b->env.alloc, struct lg_delta, b->flow_count);
	o->asked = GN_NEW_ARRAY(b->env.alloc, struct lg_asked, count);
	for (uint32_t i = 0; o->asked && i < count; i++)
		o->asked[i].participant = asked[i];
	if (!o->flow || !o->asked || lg_open_add(b, o)) {
		lg_open_free(b, o);
		return GN_NOMEM;
	}
	memcpy(o->flow, b->flow, b->flow_count * sizeof *o->flow);
	*out = o;
	return GN_OK;
}

gn_err lg_apply_propose(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_PROPOSE);
	uint32_t asked[CLEAR_ASKED_MAX] = {0}, count, who;
	struct gn_hops named = r->u.clearing.asked;
	struct lg_open *o;
	if (r->eq >= b->eq_count || r->u.clearing.expiry <= r->time ||
	    r->u.clearing.cycle_count > 0)
		return GN_CORRUPT;
	const struct lg_eq *q = b->eqs[r->eq];
	if (q->offer)
		return GN_EXISTS;
	GN_TRY(lg_clearing_asked(b, q, r, asked, &count));
	GN_TRY(check_amounts(b, q, true, r->u.clearing.total));
	GN_TRY(check_circulation(b, q));
	if (count == 0 || count != named.count)
		return GN_CORRUPT;
	for (uint32_t i = 0; gn_rec_next_number(&named, &who); i++)
		if (who != asked[i])
			return GN_CORRUPT;
	if (lg_find_key(b, &r->key) || lg_find_open(b, &r->key))
		return GN_CONFLICT;
	GN_TRY(lg_keys_reserve(&b->keys, b->env.alloc, r->time));
	GN_TRY(make_offer(b, r, asked, count, &o));
	struct lg_key k = {.key = r->key};
	lg_key_set(&k, r->seq, 0, GN_TX_WAITING);
	lg_keys_add(&b->keys, &k, r->time);
	return GN_OK;
}
