/* Net hops of one transaction, and what policies say about them. One set of rules for the router
 * that proposes and for the record that is applied (LG-32).
 *
 * 1. After lg_flow_net every pair occurs at most once, in ascending order, with a > 0.
 * 2. Nothing here changes a pair; lg_flow_count_day changes only the day's counters. */
#include "ledger/book_int.h"

gn_err lg_flow_add(struct lg_book *b, uint32_t hop, gn_amount a)
{
	GN_ASSERT(b->flow_count <= b->flow_cap);
	GN_TRY(lg_grow(b->env.alloc, &b->flow, &b->flow_cap, (uint64_t)b->flow_count + 1,
		       UINT32_MAX, sizeof *b->flow));
	b->flow[b->flow_count++] = (struct lg_delta){hop, a};
	return GN_OK;
}

/* Heap sort: bounded, in place, no recursion. */
static void sift_down(struct lg_delta *f, uint32_t root, uint32_t count)
{
	struct lg_delta v = f[root];
	for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
		if (child + 1 < count && f[child + 1].hop > f[child].hop)
			child++;
		if (f[child].hop <= v.hop)
			break;
		f[root] = f[child];
	}
	f[root] = v;
}

static void sort_by_hop(struct lg_delta *f, uint32_t count)
{
	if (count <= 24) {
		for (uint32_t i = 1; i < count; i++) {
			struct lg_delta v = f[i];
			uint32_t k = i;
			for (; k > 0 && f[k - 1].hop > v.hop; k--)
				f[k] = f[k - 1];
			f[k] = v;
		}
		return;
	}
	for (uint32_t i = count / 2; i-- > 0;)
		sift_down(f, i, count);
	for (uint32_t n = count; n-- > 1;) {
		struct lg_delta v = f[n];
		f[n] = f[0];
		f[0] = v;
		sift_down(f, 0, n);
	}
}

gn_err lg_flow_net(struct lg_book *b)
{
	uint32_t out = 0;
	sort_by_hop(b->flow, b->flow_count);
	for (uint32_t i = 0; i < b->flow_count;) {
		uint32_t pair = hop_pair(b->flow[i].hop);
		gn_amount_sum net = 0;
		for (; i < b->flow_count && hop_pair(b->flow[i].hop) == pair; i++)
			net += hop_dir(b->flow[i].hop) ? -(gn_amount_sum)b->flow[i].a
						       : b->flow[i].a;
		if (net > GN_AMOUNT_MAX || net < -GN_AMOUNT_MAX)
			return GN_CORRUPT;
		if (net != 0)
			b->flow[out++] = (struct lg_delta){hop_of(pair, net < 0),
							   (gn_amount)(net < 0 ? -net : net)};
	}
	b->flow_count = out;
	return GN_OK;
}

bool lg_middle_allowed(const struct lg_pair *p, unsigned d, uint32_t payer, uint32_t payee)
{
	GN_ASSERT(d < 2);
	if (p->node[d] != payer && (lg_line_flags(p, d) & LINE_NO_MIDDLE))
		return false;
	return p->node[1 - d] == payee || !(lg_line_flags(p, 1 - d) & LINE_NO_MIDDLE);
}

gn_amount lg_policy_cap(const struct lg_eq *q, uint32_t pair, unsigned d, uint32_t payee,
			gn_time now)
{
	GN_ASSERT(pair < q->pair_count && d < 2);
	const struct lg_pair *p = &q->pairs[pair];
	gn_amount cap = INT64_MAX;
	if (!(lg_line_flags(p, 1 - d) & LINE_EXTRA))
		return cap;
	const struct lg_extra *e = lg_find_extra(q, hop_of(pair, 1 - d));
	GN_ASSERT(e);
	if (e->max_hop_usage >= 0 && p->node[1 - d] != payee)
		cap = e->max_hop_usage;
	if (e->daily_limit >= 0) {
		gn_amount used = e->day == lg_day(now) ? e->used : 0;
		cap = gn_amount_min(cap, gn_amount_max(0, e->daily_limit - used));
	}
	return cap;
}

gn_err lg_flow_check(const struct lg_book *b, const struct lg_eq *q, uint32_t payee, gn_time now)
{
	GN_ASSERT(payee < q->node_count);
	for (uint32_t i = 0; i < b->flow_count; i++) {
		uint32_t pair = hop_pair(b->flow[i].hop);
		unsigned d = hop_dir(b->flow[i].hop);
		if (b->flow[i].a > lg_cap(q, &q->pairs[pair], d))
			return GN_NO_CAPACITY;
		if (b->flow[i].a > lg_policy_cap(q, pair, d, payee, now))
			return GN_DENIED;
	}
	return GN_OK;
}

void lg_flow_count_day(struct lg_eq *q, const struct lg_delta *flow, uint32_t count, gn_time made,
		       int sign)
{
	GN_ASSERT(sign == 1 || sign == -1);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t line = hop_line(flow[i].hop); /* hop d is on the line of side 1 - d */
		struct lg_extra *e = lg_line_flags(&q->pairs[line >> 1], line & 1) & LINE_EXTRA
					     ? lg_find_extra(q, line)
					     : NULL;
		if (!e)
			continue;
		if (e->day != lg_day(made)) {
			if (sign < 0)
				continue;
			e->day = lg_day(made);
			e->used = 0;
		}
		e->used = sign > 0 ? gn_amount_min(GN_AMOUNT_MAX, e->used + flow[i].a)
				   : gn_amount_max(0, e->used - flow[i].a);
	}
}

static bool is_listed(const struct lg_book *b, const struct lg_extra *e, uint32_t participant)
{
	GN_ASSERT(e->blocked_count <= OP_BLOCKED_MAX);
	for (uint32_t i = 0; i < e->blocked_count; i++) {
		uint32_t who;
		if (gn_be64(e->blocked[i].b) == b->participants[participant].tag &&
		    lg_find_participant(b, &e->blocked[i], &who) == GN_OK && who == participant)
			return true;
	}
	return false;
}

bool lg_path_blocked(const struct lg_book *b, const struct lg_eq *q, const uint32_t *hops,
		     uint32_t count, uint32_t *line, uint32_t *node)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t l = hop_line(hops[i]);
		if (!(lg_line_flags(&q->pairs[l >> 1], l & 1) & LINE_EXTRA))
			continue;
		const struct lg_extra *e = lg_find_extra(q, l);
		for (uint32_t k = 0; e->blocked_count > 0 && k + 1 < count; k++) {
			uint32_t middle = q->pairs[hop_pair(hops[k])].node[1 - hop_dir(hops[k])];
			if (is_listed(b, e, q->nodes[middle].participant)) {
				*line = l;
				*node = middle;
				return true;
			}
		}
	}
	return false;
}

uint32_t lg_flow_asked(const struct lg_book *b, const struct lg_eq *q, uint32_t *out, uint32_t max)
{
	GN_ASSERT(max > 0);
	uint32_t n = 0;
	for (uint32_t i = 0; i < b->flow_count; i++) {
		const struct lg_pair *p = &q->pairs[hop_pair(b->flow[i].hop)];
		unsigned side = 1 - hop_dir(b->flow[i].hop);
		if (!(lg_line_flags(p, side) & LINE_ASK))
			continue;
		uint32_t owner = q->nodes[p->node[side]].participant, k = 0;
		while (k < n && k < max && out[k] != owner)
			k++;
		if (k == n || k == max) {
			if (n < max)
				out[n] = owner;
			n++;
		}
	}
	return n;
}
