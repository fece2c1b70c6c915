/* Trust lines: create, update, close, close when repaid (LG-8..LG-11), and disputes.
 *
 *   NONE, CLOSED -> ACTIVE [create]
 *   ACTIVE <-> FROZEN [update, dispute]
 *   ACTIVE, FROZEN -> CLOSED [close]
 *   ACTIVE, FROZEN -> CLOSING [close when_repaid] -> CLOSED [lg_pair_settle: nothing is left] */
#include "ledger/book_int.h"

struct change {
	struct lg_eq *q;
	uint32_t pair; /* pair_count: to be added */
	unsigned side;
	uint32_t version; /* as stored: count << 8 | flags */
};

static bool is_new(const struct change *c)
{
	GN_ASSERT(c->pair <= c->q->pair_count && c->side < 2);
	return c->pair == c->q->pair_count;
}

static uint32_t policy_flags(const struct gn_rec_policy *p)
{
	bool extra = p->daily_limit >= 0 || p->max_hop_usage >= 0 || p->blocked_count > 0;
	return (p->auto_clearing ? 0 : LINE_NO_AUTO) |
	       (p->can_be_intermediate ? 0 : LINE_NO_MIDDLE) | (p->ask ? LINE_ASK : 0) |
	       (extra ? LINE_EXTRA : 0);
}

/* What hangs on the line: its debt and what may still become debt. */
static gn_amount line_load(const struct lg_pair *p, unsigned side)
{
	GN_ASSERT(side < 2);
	return gn_amount_max(0, lg_debt(p, 1 - side)) + p->reserved[1 - side];
}

static gn_err check_create(const struct lg_book *b, const struct gn_record_view *r,
			   const struct change *c)
{
	GN_ASSERT(r->u.line.to < b->participant_count);
	if (!c->q->active || b->participants[r->u.line.to].status != GN_PARTICIPANT_ACTIVE)
		return GN_INACTIVE;
	if (r->u.line.first && r->u.line.version == 1)
		return GN_CORRUPT;
	if (is_new(c))
		return GN_OK;
	return lg_line_flags(&c->q->pairs[c->pair], c->side) & (LINE_OPEN | LINE_CLOSING)
		       ? GN_EXISTS
		       : GN_OK;
}

static gn_err check_update(const struct gn_record_view *r, const struct change *c)
{
	GN_ASSERT(!is_new(c) && c->version > 0);
	const struct lg_pair *p = &c->q->pairs[c->pair];
	if (!(lg_line_flags(p, c->side) & LINE_OPEN))
		return GN_INACTIVE;
	if (r->u.line.limit < lg_debt(p, 1 - c->side) + p->reserved[1 - c->side])
		return GN_LINE_LIMIT;
	return r->u.line.limit > p->limit[c->side] && !c->q->active ? GN_INACTIVE : GN_OK;
}

static gn_err check_close(const struct gn_record_view *r, const struct change *c)
{
	GN_ASSERT(!is_new(c) && c->version > 0);
	const struct lg_pair *p = &c->q->pairs[c->pair];
	unsigned f = lg_line_flags(p, c->side);
	bool closing = r->u.line.action == GN_LINE_DO_CLOSING;
	if (!(f & LINE_OPEN) && !(f & LINE_CLOSING && !closing))
		return GN_INACTIVE;
	return closing || line_load(p, c->side) == 0 ? GN_OK : GN_STATE;
}

static gn_err find_change(struct lg_book *b, const struct gn_record_view *r, struct change *c)
{
	if (r->eq >= b->eq_count || r->u.line.to >= b->participant_count ||
	    r->u.line.from >= b->participant_count || r->u.line.from != r->sign.signer ||
	    r->u.line.limit > GN_AMOUNT_MAX)
		return GN_CORRUPT;
	if (r->u.line.from == r->u.line.to)
		return GN_USAGE;
	c->q = b->eqs[r->eq];
	c->version = 0;
	if (lg_place_line(c->q, r->u.line.from, r->u.line.to, &c->pair, &c->side))
		c->version = c->q->pairs[c->pair].version[c->side];
	if (r->u.line.pair != c->pair || r->u.line.side != c->side)
		return GN_CORRUPT;
	if (r->u.line.version != (c->version >> 8) + 1)
		return GN_CONFLICT;
	return r->u.line.version > BOOK_VERSION_MAX ? GN_LIMIT : GN_OK;
}

static gn_err check_change(const struct lg_book *b, const struct gn_record_view *r,
			   const struct change *c)
{
	if (r->u.line.action == GN_LINE_DO_CREATE)
		return check_create(b, r, c);
	if (c->version == 0)
		return GN_NOT_FOUND;
	if (r->u.line.first)
		return GN_CORRUPT;
	return r->u.line.action == GN_LINE_DO_UPDATE ? check_update(r, c) : check_close(r, c);
}

static void set_extra(struct lg_book *b, struct lg_eq *q, uint32_t line,
		      const struct gn_rec_policy *p, struct gn_hash *blocked)
{
	GN_ASSERT(hop_pair(line) < q->pair_count);
	struct lg_extra *e = lg_find_extra(q, line);
	if (!e)
		e = lg_extra_add(q, line);
	gn_mem_free(b->env.alloc, e->blocked);
	e->blocked = blocked;
	e->blocked_count = p->blocked_count;
	e->daily_limit = p->daily_limit;
	e->max_hop_usage = p->max_hop_usage;
}

static gn_err copy_blocked(struct lg_book *b, const struct gn_rec_policy *p, struct gn_hash **out)
{
	GN_ASSERT(p->blocked.len == p->blocked_count * sizeof **out);
	*out = NULL;
	if (p->blocked_count == 0)
		return GN_OK;
	*out = GN_NEW_ARRAY(b->env.alloc, struct gn_hash, p->blocked_count);
	if (!*out)
		return GN_NOMEM;
	memcpy(*out, p->blocked.p, p->blocked_count * sizeof **out);
	return GN_OK;
}

static gn_err reserve_change(struct lg_book *b, const struct gn_record_view *r,
			     const struct change *c, struct gn_hash **blocked)
{
	GN_ASSERT(r->u.line.action <= GN_LINE_DO_UPDATE);
	if (is_new(c))
		GN_TRY(lg_pair_reserve(b, c->q, r->u.line.from, r->u.line.to));
	if ((policy_flags(&r->u.line.policy) & LINE_EXTRA) || r->u.line.first)
		GN_TRY(lg_extra_reserve(b, c->q));
	return copy_blocked(b, &r->u.line.policy, blocked);
}

gn_err lg_apply_line(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_LINE);
	struct change c;
	struct gn_hash *blocked = NULL;
	GN_TRY(lg_signed_check(b, r));
	GN_TRY(find_change(b, r, &c));
	GN_TRY(check_change(b, r, &c));
	bool opens = r->u.line.action <= GN_LINE_DO_UPDATE;
	if (opens)
		GN_TRY(reserve_change(b, r, &c, &blocked));
	if (is_new(&c))
		lg_pair_add(b, c.q, r->u.line.from, r->u.line.to);
	struct lg_pair *p = &c.q->pairs[c.pair];
	unsigned flags = c.version & 255u;
	if (opens) {
		unsigned policy = policy_flags(&r->u.line.policy);
		c.q->open_lines += r->u.line.action == GN_LINE_DO_CREATE;
		flags = LINE_OPEN | policy |
			(r->u.line.status == GN_LINE_FROZEN ? LINE_FROZEN : 0) |
			(r->u.line.action == GN_LINE_DO_UPDATE ? flags & LINE_DISPUTE : 0);
		p->limit[c.side] = r->u.line.limit;
		if ((policy & LINE_EXTRA) || r->u.line.first ||
		    lg_find_extra(c.q, hop_of(c.pair, c.side)))
			set_extra(b, c.q, hop_of(c.pair, c.side), &r->u.line.policy, blocked);
		if (r->u.line.first)
			lg_find_extra(c.q, hop_of(c.pair, c.side))->born = r->u.line.version;
	} else {
		flags = (flags & ~LINE_OPEN) | LINE_CLOSING;
	}
	p->version[c.side] = r->u.line.version << 8 | flags;
	lg_pair_settle(c.q, c.pair);
	lg_signed_note(b, r);
	return GN_OK;
}

gn_err lg_apply_dispute(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(r->type == GN_REC_DISPUTE);
	if (r->eq >= b->eq_count || r->u.dispute.pair >= b->eqs[r->eq]->pair_count)
		return GN_NOT_FOUND;
	struct lg_pair *p = &b->eqs[r->eq]->pairs[r->u.dispute.pair];
	uint32_t *version = &p->version[r->u.dispute.side];
	if (!(*version & (LINE_OPEN | LINE_CLOSING)))
		return GN_INACTIVE;
	*version = r->u.dispute.on ? *version | LINE_DISPUTE : *version & ~(uint32_t)LINE_DISPUTE;
	lg_pair_settle(b->eqs[r->eq], r->u.dispute.pair);
	return GN_OK;
}
