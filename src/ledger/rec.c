/* Which records are signed, and walking through the lists in one. Bytes of a decoded record were
 * checked when it was read, so walking cannot fail. */
#include "ledger/book_int.h"

bool lg_rec_signed(enum gn_record_type type)
{
	switch (type) {
	case GN_REC_PARTICIPANT:
	case GN_REC_PROFILE:
	case GN_REC_LINE:
	case GN_REC_LEAVE:
	case GN_REC_PAYMENT:
	case GN_REC_FAILED:
	case GN_REC_PREPARE:
	case GN_REC_VOTE:
	case GN_REC_ANSWER: return true;
	case GN_REC_GENESIS:
	case GN_REC_SETTINGS:
	case GN_REC_EQUIVALENT:
	case GN_REC_STATUS:
	case GN_REC_DISPUTE:
	case GN_REC_COMMIT:
	case GN_REC_ABORT:
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE:
	case GN_REC_REJECT:
	case GN_REC_CHECKPOINT:
	case GN_REC_NOTE:
	case GN_REC_ROLE:
	case GN_REC_VERIFY: break;
	}
	return false;
}

bool lg_rec_admin(const struct gn_record_view *r)
{
	switch (r->type) {
	case GN_REC_SETTINGS:
	case GN_REC_EQUIVALENT:
	case GN_REC_STATUS:
	case GN_REC_DISPUTE:
	case GN_REC_ROLE:
	case GN_REC_NOTE: return true;
	case GN_REC_ABORT:
	case GN_REC_REJECT: return r->u.end.by_admin;
	case GN_REC_GENESIS:
	case GN_REC_PARTICIPANT:
	case GN_REC_PROFILE:
	case GN_REC_LINE:
	case GN_REC_LEAVE:
	case GN_REC_PAYMENT:
	case GN_REC_FAILED:
	case GN_REC_PREPARE:
	case GN_REC_VOTE:
	case GN_REC_COMMIT:
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE:
	case GN_REC_ANSWER:
	case GN_REC_CHECKPOINT:
	case GN_REC_VERIFY: break;
	}
	return false;
}

/* ---- walking ---- */

static void move_past(struct gn_slice *s, const struct gn_reader *r)
{
	GN_ASSERT(!r->bad);
	*s = gn_slice(r->p, gn_reader_left(r));
}

bool gn_rec_next_route(struct gn_slice *routes, gn_amount *amount, struct gn_hops *hops)
{
	struct gn_reader r = gn_reader(*routes);
	if (routes->len == 0)
		return false;
	*amount = (gn_amount)gn_read_varint(&r);
	hops->count = (uint32_t)gn_read_varint(&r);
	const uint8_t *start = r.p;
	for (uint32_t i = 0; i < hops->count; i++)
		gn_read_varint(&r);
	hops->bytes = gn_slice(start, (size_t)(r.p - start));
	move_past(routes, &r);
	return true;
}

bool gn_rec_next_number(struct gn_hops *numbers, uint32_t *out)
{
	struct gn_reader r = gn_reader(numbers->bytes);
	if (numbers->count == 0)
		return false;
	*out = (uint32_t)gn_read_varint(&r);
	move_past(&numbers->bytes, &r);
	numbers->count--;
	return true;
}

bool gn_rec_next_hop(struct gn_hops *hops, struct gn_hop *out)
{
	uint32_t v;
	if (!gn_rec_next_number(hops, &v))
		return false;
	*out = (struct gn_hop){.pair = v >> 1, .dir = v & 1};
	return true;
}

bool gn_rec_next_edge(struct gn_slice *edges, struct gn_hop *debt, gn_amount *amount)
{
	struct gn_reader r = gn_reader(*edges);
	if (edges->len == 0)
		return false;
	uint64_t v = gn_read_varint(&r);
	*debt = (struct gn_hop){.pair = (uint32_t)(v >> 1), .dir = v & 1};
	*amount = (gn_amount)gn_read_varint(&r);
	move_past(edges, &r);
	return true;
}

bool gn_rec_next_raise(struct gn_slice *raises, struct gn_hop *line, gn_amount *raise)
{
	return gn_rec_next_edge(raises, line, raise);
}
