/* Cycles of debt (LG-40, LG-41): u owes v, and a chain of debts leads from v back to u. Found by
 * the router's search over debts, shortest first, lowered on trial so that the next search sees
 * what is left, put back before the record is applied. */
#include "ledger/route_int.h"

void lg_cycles_init(struct lg_cycles *c, struct gn_alloc *alloc)
{
	*c = (struct lg_cycles){.alloc = alloc};
}

void lg_cycles_fini(struct lg_cycles *c)
{
	gn_mem_free(c->alloc, c->bytes);
	gn_mem_free(c->alloc, c->undo);
	*c = (struct lg_cycles){0};
}

void lg_cycles_reset(struct lg_cycles *c)
{
	GN_ASSERT(c->undo_count == 0);
	c->len = c->count = 0;
	c->total = 0;
}

static void lower_debt(struct lg_eq *q, uint32_t hop, gn_amount a)
{
	GN_ASSERT(hop_pair(hop) < q->pair_count);
	q->pairs[hop_pair(hop)].x -= hop_dir(hop) ? -a : a;
	lg_pair_show(q, hop_pair(hop));
}

void lg_cycles_undo(struct lg_cycles *c, struct lg_eq *q)
{
	while (c->undo_count > 0) {
		c->undo_count--;
		lower_debt(q, c->undo[c->undo_count].hop, -c->undo[c->undo_count].a);
	}
}

static gn_err note_cycle(struct lg_cycles *c, struct lg_eq *q, const uint32_t *hops, uint32_t count,
			 gn_amount a)
{
	GN_TRY(lg_grow(c->alloc, &c->bytes, &c->cap, (uint64_t)c->len + 16 + 8 * count,
		       JOURNAL_RECORD_MAX, 1));
	GN_TRY(lg_grow(c->alloc, &c->undo, &c->undo_cap, (uint64_t)c->undo_count + count,
		       UINT32_MAX, sizeof *c->undo));
	struct gn_writer w = gn_writer(c->bytes + c->len, c->cap - c->len);
	lg_put_route_head(&w, a, count);
	for (uint32_t i = 0; i < count; i++) {
		lg_put_number(&w, hops[i]);
		lower_debt(q, hops[i], a);
		c->undo[c->undo_count++] = (struct lg_delta){hops[i], a};
	}
	GN_ASSERT(!w.bad);
	c->len += (uint32_t)gn_writer_len(&w);
	c->count++;
	c->total += (gn_amount_sum)a * count;
	return GN_OK;
}

gn_err lg_cycles_through(struct lg_cycles *c, struct lg_router *r, struct lg_book *b,
			 struct lg_eq *q, uint32_t pair, unsigned max_len, uint64_t work)
{
	const struct lg_pair *p = &q->pairs[pair];
	uint64_t stop = r->work + work;
	while (c->count < CLEAR_CYCLES_MAX && r->work < stop) {
		unsigned d = p->x < 0;
		gn_amount a = lg_clearable(q, p, d, false);
		struct lg_query s = {.book = b,
				     .q = q,
				     .mode = LG_BY_DEBT,
				     .source = p->node[1 - d],
				     .target = p->node[d],
				     .max_hops = max_len - 1};
		uint32_t hops[ROUTE_HOPS_MAX + 1] = {hop_of(pair, d)};
		struct lg_path path;
		bool found;
		if (a == 0)
			return GN_OK;
		GN_TRY(lg_search(r, &s, &path, &found));
		if (!found)
			return GN_OK;
		for (uint32_t i = 0; i < path.count; i++) {
			hops[i + 1] = path.hops[i];
			a = gn_amount_min(a, lg_clearable(q, &q->pairs[hop_pair(path.hops[i])],
							  hop_dir(path.hops[i]), false));
		}
		GN_ASSERT(a > 0 && path.count >= 2);
		GN_TRY(note_cycle(c, q, hops, path.count + 1, a));
	}
	return GN_OK;
}
