/* The invariants of docs/spec/ledger.md that can be read off the state: I1-I4, I9, and that
 * everything derived says what the facts say. Asserts, so a broken book stops here and not three
 * records later. */
#include "ledger/book_int.h"

static void validate_adjacency(const struct lg_book *b, const struct lg_eq *q, uint32_t node)
{
	const struct lg_node *n = &q->nodes[node];
	uint32_t found;
	GN_ASSERT(n->participant < b->participant_count);
	GN_ASSERT(lg_find_node(q, n->participant, &found) == GN_OK && found == node);
	GN_ASSERT(n->degree == 0 ||
		  (n->degree <= UINT32_C(1) << n->room && n->off + n->degree <= q->half_count));
	for (uint32_t i = 0; i < n->degree; i++) {
		const struct lg_half *h = &q->half[n->off + i];
		uint32_t pair = q->half_pair[n->off + i];
		GN_ASSERT(pair < q->pair_count && (i == 0 || q->half_pair[n->off + i - 1] < pair));
		const struct lg_pair *p = &q->pairs[pair];
		unsigned d = p->node[1] == node; /* hops from this node */
		GN_ASSERT(p->node[d] == node && p->slot[d] >> 8 == i &&
			  p->node[1 - d] == (h->to & HALF_NODE));
		GN_ASSERT(h->out == lg_quantise(lg_cap(q, p, d)) &&
			  h->in == lg_quantise(lg_cap(q, p, 1 - d)));
		GN_ASSERT(!(h->to & HALF_OWES) == !(lg_clearable(q, p, d, false) > 0));
		GN_ASSERT(!(h->to & HALF_OWED) == !(lg_clearable(q, p, 1 - d, false) > 0));
		GN_ASSERT(!(h->to & HALF_SPECIAL) == !((p->version[0] | p->version[1]) &
						       (LINE_NO_MIDDLE | LINE_ASK | LINE_EXTRA)));
	}
}

static void validate_pair(const struct lg_book *b, const struct lg_eq *q, uint32_t i)
{
	const struct lg_pair *p = &q->pairs[i];
	uint32_t found;
	GN_ASSERT(p->node[0] < p->node[1] && p->node[1] < q->node_count);
	GN_ASSERT(lg_find_pair(q, p->node[1], p->node[0], &found) == GN_OK && found == i);
	bool inactive = false;
	for (unsigned d = 0; d < 2; d++) {
		unsigned s = 1 - d, f = lg_line_flags(p, s);
		GN_ASSERT(p->limit[s] >= 0 && p->limit[s] <= GN_AMOUNT_MAX && p->reserved[d] >= 0);
		/* I2, I4; limit >= 0 so LG-6's max is not needed */
		GN_ASSERT(lg_debt(p, d) + p->reserved[d] <= p->limit[s]);
		GN_ASSERT(!(f & LINE_OPEN) || !(f & LINE_CLOSING));
		GN_ASSERT((f & (LINE_OPEN | LINE_CLOSING)) || (p->limit[s] == 0 && f == 0));
		GN_ASSERT(!(f & LINE_CLOSING) || lg_debt(p, d) > 0 || p->reserved[d] > 0);
		GN_ASSERT(!(f & LINE_EXTRA) || lg_find_extra(q, hop_of(i, s)));
		GN_ASSERT(p->version[s] == 0 ||
			  lg_line_born(q, hop_of(i, s)) <= p->version[s] >> 8);
		inactive |= b->participants[q->nodes[p->node[d]].participant].status !=
			    GN_PARTICIPANT_ACTIVE;
	}
	GN_ASSERT(inactive == ((p->slot[0] & PAIR_END_INACTIVE) != 0));
}

/* By all open payments. */
static gn_amount_sum held_on(const struct lg_book *b, uint32_t eq, uint32_t hop)
{
	gn_amount_sum held = 0;
	for (uint32_t i = 0; i < b->open_count; i++)
		for (uint32_t k = 0;
		     b->open[i]->eq == eq && !b->open[i]->offer && k < b->open[i]->flow_count; k++)
			held += b->open[i]->flow[k].hop == hop ? b->open[i]->flow[k].a : 0;
	return held;
}

/* I9: what is reserved on a hop is what open payments hold there. */
static void validate_reserved(const struct lg_book *b, uint32_t eq)
{
	const struct lg_eq *q = b->eqs[eq];
	gn_amount_sum held = 0, reserved = 0;
	for (uint32_t i = 0; i < q->pair_count; i++)
		reserved += (gn_amount_sum)q->pairs[i].reserved[0] + q->pairs[i].reserved[1];
	for (uint32_t i = 0; i < b->open_count; i++) {
		const struct lg_open *o = b->open[i];
		for (uint32_t k = 0; o->eq == eq && !o->offer && k < o->flow_count; k++) {
			GN_ASSERT(o->flow[k].a > 0 &&
				  held_on(b, eq, o->flow[k].hop) ==
					  q->pairs[hop_pair(o->flow[k].hop)]
						  .reserved[hop_dir(o->flow[k].hop)]);
			held += o->flow[k].a;
		}
	}
	GN_ASSERT(held == reserved);
}

static void validate_eq(const struct lg_book *b, uint32_t eq)
{
	const struct lg_eq *q = b->eqs[eq];
	uint64_t degrees = 0;
	uint32_t open = 0;
	gn_amount_sum net = 0;
	for (uint32_t i = 0; i < q->node_count; i++) {
		validate_adjacency(b, q, i);
		degrees += q->nodes[i].degree;
		for (uint32_t k = 0; k < q->nodes[i].degree; k++) {
			/* I1, from each end's own view */
			const struct lg_pair *p = &q->pairs[q->half_pair[q->nodes[i].off + k]];
			net += lg_debt(p, p->node[1] == i);
		}
	}
	GN_ASSERT(net == 0 && degrees == 2 * (uint64_t)q->pair_count);
	GN_ASSERT(q->by_ends.count == q->pair_count && q->by_participant.count == q->node_count &&
		  q->by_line.count == q->extra_count);
	for (uint32_t i = 0; i < q->pair_count; i++) {
		validate_pair(b, q, i);
		for (unsigned s = 0; s < 2; s++)
			open += (lg_line_flags(&q->pairs[i], s) & (LINE_OPEN | LINE_CLOSING)) != 0;
	}
	GN_ASSERT(open == q->open_lines);
	for (uint32_t i = 0; i < q->extra_count; i++)
		GN_ASSERT(hop_pair(q->extras[i].line) < q->pair_count && q->extras[i].used >= 0 &&
			  q->extras[i].blocked_count <= OP_BLOCKED_MAX);
	validate_reserved(b, eq);
}

static void validate_keys(const struct lg_keys *k)
{
	GN_ASSERT(k->index.count == lg_keys_count(k) && lg_keys_count(k) <= k->capacity);
	GN_ASSERT(!k->for_ever || k->day_count == 0);
	for (uint32_t i = 1; i < k->day_count; i++)
		GN_ASSERT(k->days[i - 1].day < k->days[i].day);
}

/* Every open transaction is in the list of each one it asks, in order, and counted for its
 * payer. */
static void validate_waits(const struct lg_book *b)
{
	uint64_t paying = 0, asked = 0;
	for (uint32_t i = 0; i < b->open_count; i++) {
		paying += !b->open[i]->offer;
		GN_ASSERT(!b->open[i]->offer || b->eqs[b->open[i]->eq]->offer == b->open[i]);
		asked += b->open[i]->asked_count;
	}
	for (uint32_t i = 0; i < b->waits.count; i++) {
		const struct lg_waits *w = gn_map_value_at(&b->waits, i);
		uint32_t who = *(const uint32_t *)gn_map_key_at(&b->waits, i), n = 0;
		for (const struct lg_asked *a = w->first, *before = NULL; a;
		     before = a, a = a->next, n++)
			GN_ASSERT(a->participant == who && a->before == before &&
				  (!before || before->open->seq <= a->open->seq));
		GN_ASSERT(n == w->asked && (n || w->paying));
		paying -= w->paying;
		asked -= n;
	}
	GN_ASSERT(paying == 0 && asked == 0);
}

void lg_book_validate(const struct lg_book *b)
{
	for (uint32_t i = 0; i < b->eq_count; i++)
		validate_eq(b, i);
	for (uint32_t i = 0; i < b->participant_count; i++) {
		struct gn_hash pid;
		uint32_t found;
		lg_pid(&b->participants[i].pk, &pid);
		GN_ASSERT(lg_find_participant(b, &pid, &found) == GN_OK && found == i);
	}
	GN_ASSERT(b->by_pid.count == b->participant_count && b->open_by_key.count == b->open_count);
	for (uint32_t i = 0; i < b->open_count; i++) {
		const struct lg_open *o = b->open[i];
		uint32_t answered = 0;
		GN_ASSERT(i == 0 || b->open[i - 1]->seq < o->seq);
		GN_ASSERT(lg_find_open(b, &o->key) == o && o->timer.place != 0);
		for (uint32_t k = 0; k < o->asked_count; k++)
			answered += o->asked[k].answered;
		GN_ASSERT(answered == o->answered && o->asked_count > 0);
	}
	validate_waits(b);
	validate_keys(&b->keys);
	validate_keys(&b->keys_v0);
	gn_heap_validate(&b->expiry);
}
