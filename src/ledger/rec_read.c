/* Records from bytes (docs/spec/ledger.md, "Records"). Reading checks form and ranges of every
 * field and that nothing is left over; whether it is true is lg_apply's question. Every getter
 * marks the reader bad when its value is out of range. */
#include "ledger/rec_int.h"

static uint64_t get_number(struct gn_reader *r, uint64_t max)
{
	uint64_t v = gn_read_varint(r);
	if (v > max)
		r->bad = true;
	return r->bad ? 0 : v;
}

static uint32_t get_u32(struct gn_reader *r)
{
	return (uint32_t)get_number(r, UINT32_MAX);
}

static uint8_t get_u8(struct gn_reader *r, uint8_t max)
{
	uint8_t v = gn_read_u8(r);
	if (v > max)
		r->bad = true;
	return r->bad ? 0 : v;
}

static gn_amount get_amount(struct gn_reader *r)
{
	return (gn_amount)get_number(r, (uint64_t)GN_AMOUNT_MAX);
}

static gn_amount_sum get_sum(struct gn_reader *r)
{
	gn_amount_sum high = (int64_t)gn_read_be64(r);
	return high * ((gn_amount_sum)1 << 64) + gn_read_be64(r);
}

static gn_time get_time(struct gn_reader *r)
{
	uint64_t v = gn_read_be64(r);
	if (v > INT64_MAX)
		r->bad = true;
	return r->bad ? 0 : (gn_time)v;
}

static struct gn_slice get_bytes(struct gn_reader *r)
{
	uint64_t len = get_number(r, gn_reader_left(r));
	return gn_read_bytes(r, len);
}

static void get_fixed(struct gn_reader *r, void *out, size_t len)
{
	struct gn_slice s = gn_read_bytes(r, len);
	if (s.p && !r->bad)
		memcpy(out, s.p, len);
}

static struct gn_slice bytes_since(const struct gn_reader *r, const uint8_t *start)
{
	return r->bad ? (struct gn_slice){NULL, 0} : gn_slice(start, (size_t)(r->p - start));
}

#define HOP_MAX ((uint64_t)BOOK_PAIRS_MAX * 2 - 1)

static struct gn_slice get_routes(struct gn_reader *r, uint32_t count)
{
	const uint8_t *start = r->p;
	for (uint32_t i = 0; i < count && !r->bad; i++) {
		if (get_amount(r) == 0)
			r->bad = true;
		uint64_t hops = get_number(r, gn_reader_left(r));
		if (hops == 0)
			r->bad = true;
		for (; hops > 0 && !r->bad; hops--)
			get_number(r, HOP_MAX);
	}
	return bytes_since(r, start);
}

/* Pairs of a hop or line and an amount above zero. */
static struct gn_slice get_edges(struct gn_reader *r, uint32_t count)
{
	const uint8_t *start = r->p;
	for (uint32_t i = 0; i < count && !r->bad; i++) {
		get_number(r, HOP_MAX);
		if (get_amount(r) == 0)
			r->bad = true;
	}
	return bytes_since(r, start);
}

static struct gn_hops get_numbers(struct gn_reader *r)
{
	struct gn_hops h = {.count = (uint32_t)get_number(r, gn_reader_left(r))};
	const uint8_t *start = r->p;
	for (uint32_t i = 0; i < h.count && !r->bad; i++)
		get_u32(r);
	h.bytes = bytes_since(r, start);
	return h;
}

static void get_settings(struct gn_reader *r, struct gn_ledger_settings *s)
{
	s->max_hops = get_u8(r, ROUTE_HOPS_MAX);
	s->max_paths = get_u8(r, ROUTE_PATHS_MAX);
	uint8_t further = get_u8(r, 3);
	s->maxflow = further & 1;
	s->second_search = further >> 1;
	uint8_t clearing = get_u8(r, 3);
	s->inline_clearing = clearing & 1;
	s->accept_v0 = get_u8(r, 1);
	s->cycle5_s = gn_read_be32(r);
	s->cycle6_s = gn_read_be32(r);
	s->expiry_s = gn_read_be32(r);
	s->expiry_s_max = gn_read_be32(r);
	s->exact_s = clearing & 2 ? gn_read_be32(r) : 0;
	r->bad |= clearing & 2 && s->exact_s == 0;
}

static void get_line(struct gn_reader *r, struct gn_record_view *v)
{
	struct gn_rec_policy *p = &v->u.line.policy;
	v->u.line.from = get_u32(r);
	v->u.line.to = get_u32(r);
	uint64_t line = get_number(r, HOP_MAX);
	v->u.line.pair = (uint32_t)(line >> 1);
	v->u.line.side = line & 1;
	v->u.line.action = get_u8(r, GN_LINE_DO_CLOSING);
	v->u.line.version = (uint32_t)get_number(r, BOOK_VERSION_MAX);
	v->u.line.limit = get_amount(r);
	v->u.line.status = get_u8(r, GN_LINE_CLOSED);
	uint8_t flags = get_u8(r, 15);
	v->u.line.first = flags >> 3 & 1;
	p->auto_clearing = flags & 1;
	p->can_be_intermediate = flags >> 1 & 1;
	p->ask = flags >> 2 & 1;
	p->daily_limit = (gn_amount)get_number(r, (uint64_t)GN_AMOUNT_MAX + 1) - 1;
	p->max_hop_usage = (gn_amount)get_number(r, (uint64_t)GN_AMOUNT_MAX + 1) - 1;
	p->blocked_count = (uint32_t)get_number(r, OP_BLOCKED_MAX);
	p->blocked = gn_read_bytes(r, p->blocked_count * sizeof(struct gn_hash));
}

static void get_clearing(struct gn_reader *r, struct gn_record_view *v)
{
	v->u.clearing.mode = get_u8(r, GN_CLEARING_MODES - 1);
	v->u.clearing.cause = get_number(r, UINT64_MAX);
	v->u.clearing.total = get_sum(r);
	v->u.clearing.cycle_count = get_u32(r);
	v->u.clearing.cycles = get_routes(r, v->u.clearing.cycle_count);
	v->u.clearing.edge_count = get_u32(r);
	v->u.clearing.edges = get_edges(r, v->u.clearing.edge_count);
	get_fixed(r, v->u.clearing.certificate.b, 32);
	if (v->type != GN_REC_PROPOSE)
		return;
	v->u.clearing.without = get_sum(r);
	v->u.clearing.expiry = get_time(r);
	v->u.clearing.asked = get_numbers(r);
}

static void get_payment(struct gn_reader *r, struct gn_record_view *v)
{
	v->eq = get_u32(r);
	v->u.payment.payer = get_u32(r);
	v->u.payment.payee = get_u32(r);
	v->u.payment.amount = get_amount(r);
	v->u.payment.mode = get_u8(r, GN_ROUTED_SECOND);
	v->u.payment.route_count = get_u32(r);
	v->u.payment.routes = get_routes(r, v->u.payment.route_count);
	if (v->type == GN_REC_PREPARE) {
		v->u.payment.expiry = get_time(r);
		v->u.payment.asked = get_numbers(r);
	}
}

static void get_body(struct gn_reader *r, struct gn_record_view *v)
{
	switch (v->type) {
	case GN_REC_GENESIS:
		v->u.genesis.version = gn_read_be16(r);
		get_fixed(r, v->u.genesis.hub.b, 32);
		get_settings(r, &v->u.genesis.settings);
		break;
	case GN_REC_SETTINGS: get_settings(r, &v->u.genesis.settings); break;
	case GN_REC_EQUIVALENT:
		v->eq = get_u32(r);
		v->u.equivalent.code = get_bytes(r);
		v->u.equivalent.precision = get_u8(r, GN_PRECISION_MAX);
		v->u.equivalent.active = get_u8(r, 1);
		v->u.equivalent.info = get_bytes(r);
		break;
	case GN_REC_PARTICIPANT:
		get_fixed(r, v->u.participant.pk.b, 32);
		v->u.participant.kind = get_u8(r, GN_PARTICIPANT_HUB);
		break;
	case GN_REC_PROFILE:
	case GN_REC_LEAVE: break;
	case GN_REC_STATUS:
		v->u.status.participant = get_u32(r);
		v->u.status.status = get_u8(r, GN_PARTICIPANT_DELETED);
		v->u.status.level = get_u8(r, UINT8_MAX);
		v->u.status.status_before = get_u8(r, GN_PARTICIPANT_DELETED);
		v->u.status.level_before = get_u8(r, UINT8_MAX);
		break;
	case GN_REC_LINE:
		v->eq = get_u32(r);
		get_line(r, v);
		break;
	case GN_REC_DISPUTE: {
		v->eq = get_u32(r);
		uint64_t line = get_number(r, HOP_MAX);
		v->u.dispute.pair = (uint32_t)(line >> 1);
		v->u.dispute.side = line & 1;
		v->u.dispute.on = get_u8(r, 1);
		break;
	}
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE:
		get_fixed(r, v->key.b, sizeof v->key.b);
		get_payment(r, v);
		break;
	case GN_REC_FAILED:
		get_fixed(r, v->key.b, sizeof v->key.b);
		v->eq = get_u32(r);
		v->u.failed.payer = get_u32(r);
		v->u.failed.payee = get_u32(r);
		v->u.failed.amount = get_amount(r);
		v->u.failed.code = get_u8(r, GN_FAILURE_MAX);
		v->u.failed.available = get_amount(r);
		v->u.failed.raise_count = (uint32_t)get_number(r, ROUTE_RAISES_MAX);
		v->u.failed.raises = get_edges(r, v->u.failed.raise_count);
		break;
	case GN_REC_VOTE:
	case GN_REC_ANSWER:
		get_fixed(r, v->key.b, sizeof v->key.b);
		v->u.answer.yes = get_u8(r, 1);
		break;
	case GN_REC_COMMIT:
		get_fixed(r, v->key.b, sizeof v->key.b);
		v->u.end.certificate = get_bytes(r);
		break;
	case GN_REC_ABORT:
	case GN_REC_REJECT:
		get_fixed(r, v->key.b, sizeof v->key.b);
		v->u.end.code = get_u8(r, GN_FAILURE_MAX);
		break;
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE:
		get_fixed(r, v->key.b, sizeof v->key.b);
		v->eq = get_u32(r);
		get_clearing(r, v);
		break;
	case GN_REC_CHECKPOINT: get_fixed(r, v->u.state.b, 32); break;
	case GN_REC_NOTE: v->u.note = get_bytes(r); break;
	case GN_REC_VERIFY:
		get_fixed(r, v->u.verify.who.b, 32);
		v->eq = (uint32_t)(get_number(r, BOOK_EQUIVALENTS_MAX) - 1);
		break;
	case GN_REC_ROLE:
		get_fixed(r, v->u.role.pk.b, 32);
		v->u.role.role = get_u8(r, GN_ROLE_ADMIN);
		v->u.role.before = get_u8(r, GN_ROLE_ADMIN);
		v->u.role.name = get_bytes(r);
		break;
	default: r->bad = true;
	}
}

gn_err lg_rec_read(struct gn_slice record, uint64_t seq, struct gn_record_view *out)
{
	struct gn_reader r = gn_reader(record);
	uint32_t len = gn_read_be32(&r);
	*out = (struct gn_record_view){.type = (enum gn_record_type)gn_read_u8(&r), .seq = seq};
	uint8_t flags = gn_read_u8(&r);
	if (gn_read_be16(&r) != 0 || len != record.len)
		r.bad = true;
	out->time = get_time(&r);
	bool is_signed = lg_rec_signed(out->type);
	bool may_admin = out->type == GN_REC_ABORT || out->type == GN_REC_REJECT;
	out->u.end.by_admin = may_admin && (flags & REC_FLAG_ADMIN);
	if (flags != ((is_signed ? REC_FLAG_SIGNED : 0) | (lg_rec_admin(out) ? REC_FLAG_ADMIN : 0)))
		return GN_CORRUPT;
	if (is_signed) {
		out->sign.present = true;
		out->sign.profile = get_u8(&r, GN_PROFILE_V1);
		out->sign.signer = get_u32(&r);
		out->sign.seq = get_number(&r, INT64_MAX);
		out->sign.bytes = get_bytes(&r);
		get_fixed(&r, out->sign.sig.b, 64);
	}
	if (lg_rec_admin(out)) {
		get_fixed(&r, out->admin.actor.b, 32);
		out->admin.role = get_u8(&r, GN_ROLE_ADMIN);
		out->admin.reason = get_bytes(&r);
		out->admin.bytes = get_bytes(&r);
		if (out->admin.bytes.len) {
			out->admin.seq = get_number(&r, INT64_MAX);
			get_fixed(&r, out->admin.sig.b, 64);
		}
	}
	get_body(&r, out);
	return r.bad || gn_reader_left(&r) != 0 ? GN_CORRUPT : GN_OK;
}

gn_err gn_rec_next(struct gn_slice payload, size_t *off, uint64_t seq, struct gn_record_view *out)
{
	struct gn_slice rest = gn_slice_sub(payload, *off, payload.len);
	if (rest.len == 0)
		return GN_NOT_FOUND;
	struct gn_reader r = gn_reader(rest);
	uint32_t len = gn_read_be32(&r);
	if (r.bad || len < REC_HEAD || len > rest.len)
		return GN_CORRUPT;
	GN_TRY(lg_rec_read(gn_slice(rest.p, len), seq, out));
	*off += len;
	return GN_OK;
}
