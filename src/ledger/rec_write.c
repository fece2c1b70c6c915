/* Records to bytes (docs/spec/ledger.md, "Records"). Writing trusts its view: what stands in it was
 * applied. */
#include "ledger/rec_int.h"

void lg_put_number(struct gn_writer *w, uint64_t number)
{
	gn_write_varint(w, number);
}

void lg_put_route_head(struct gn_writer *w, gn_amount amount, uint32_t hops)
{
	gn_write_varint(w, (uint64_t)amount);
	gn_write_varint(w, hops);
}

static void put_bytes(struct gn_writer *w, struct gn_slice s)
{
	gn_write_varint(w, s.len);
	gn_write_bytes(w, s);
}

static void put_sum(struct gn_writer *w, gn_amount_sum v)
{
	gn_write_be64(w, (uint64_t)(v >> 64));
	gn_write_be64(w, (uint64_t)v);
}

static void put_settings(struct gn_writer *w, const struct gn_ledger_settings *s)
{
	GN_ASSERT(s->max_hops <= ROUTE_HOPS_MAX && s->max_paths <= ROUTE_PATHS_MAX);
	gn_write_u8(w, s->max_hops);
	gn_write_u8(w, s->max_paths);
	gn_write_u8(w, (uint8_t)(s->maxflow | s->second_search << 1));
	gn_write_u8(w, (uint8_t)(s->inline_clearing | (s->exact_s > 0) << 1));
	gn_write_u8(w, s->accept_v0);
	gn_write_be32(w, s->cycle5_s);
	gn_write_be32(w, s->cycle6_s);
	gn_write_be32(w, s->expiry_s);
	gn_write_be32(w, s->expiry_s_max);
	if (s->exact_s)
		gn_write_be32(w, s->exact_s);
}

static void put_line(struct gn_writer *w, const struct gn_record_view *r)
{
	GN_ASSERT(r->u.line.side < 2);
	const struct gn_rec_policy *p = &r->u.line.policy;
	gn_write_varint(w, r->u.line.from);
	gn_write_varint(w, r->u.line.to);
	gn_write_varint(w, (uint64_t)r->u.line.pair << 1 | r->u.line.side);
	gn_write_u8(w, r->u.line.action);
	gn_write_varint(w, r->u.line.version);
	gn_write_varint(w, (uint64_t)r->u.line.limit);
	gn_write_u8(w, r->u.line.status);
	gn_write_u8(w, (uint8_t)(p->auto_clearing | p->can_be_intermediate << 1 | p->ask << 2 |
				 r->u.line.first << 3));
	gn_write_varint(w, (uint64_t)(p->daily_limit + 1));
	gn_write_varint(w, (uint64_t)(p->max_hop_usage + 1));
	gn_write_varint(w, p->blocked_count);
	gn_write_bytes(w, p->blocked);
}

static void put_clearing(struct gn_writer *w, const struct gn_record_view *r)
{
	GN_ASSERT(r->u.clearing.mode < GN_CLEARING_MODES);
	bool offer = r->type == GN_REC_PROPOSE;
	gn_write_u8(w, r->u.clearing.mode);
	gn_write_varint(w, r->u.clearing.cause);
	put_sum(w, r->u.clearing.total);
	gn_write_varint(w, r->u.clearing.cycle_count);
	gn_write_bytes(w, r->u.clearing.cycles);
	gn_write_varint(w, r->u.clearing.edge_count);
	gn_write_bytes(w, r->u.clearing.edges);
	gn_write_bytes(w, GN_SLICE(r->u.clearing.certificate.b));
	if (!offer)
		return;
	put_sum(w, r->u.clearing.without);
	gn_write_be64(w, (uint64_t)r->u.clearing.expiry);
	gn_write_varint(w, r->u.clearing.asked.count);
	gn_write_bytes(w, r->u.clearing.asked.bytes);
}

static void put_body(struct gn_writer *w, const struct gn_record_view *r)
{
	GN_ASSERT(r->type >= GN_REC_GENESIS && r->type <= GN_REC_VERIFY);
	switch (r->type) {
	case GN_REC_GENESIS:
		gn_write_be16(w, r->u.genesis.version);
		gn_write_bytes(w, GN_SLICE(r->u.genesis.hub.b));
		put_settings(w, &r->u.genesis.settings);
		break;
	case GN_REC_SETTINGS: put_settings(w, &r->u.genesis.settings); break;
	case GN_REC_EQUIVALENT:
		gn_write_varint(w, r->eq);
		put_bytes(w, r->u.equivalent.code);
		gn_write_u8(w, r->u.equivalent.precision);
		gn_write_u8(w, r->u.equivalent.active);
		put_bytes(w, r->u.equivalent.info);
		break;
	case GN_REC_PARTICIPANT:
		gn_write_bytes(w, GN_SLICE(r->u.participant.pk.b));
		gn_write_u8(w, r->u.participant.kind);
		break;
	case GN_REC_PROFILE:
	case GN_REC_LEAVE: break;
	case GN_REC_STATUS:
		gn_write_varint(w, r->u.status.participant);
		gn_write_u8(w, r->u.status.status);
		gn_write_u8(w, r->u.status.level);
		gn_write_u8(w, r->u.status.status_before);
		gn_write_u8(w, r->u.status.level_before);
		break;
	case GN_REC_LINE:
		gn_write_varint(w, r->eq);
		put_line(w, r);
		break;
	case GN_REC_DISPUTE:
		gn_write_varint(w, r->eq);
		gn_write_varint(w, (uint64_t)r->u.dispute.pair << 1 | r->u.dispute.side);
		gn_write_u8(w, r->u.dispute.on);
		break;
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE:
		gn_write_bytes(w, GN_SLICE(r->key.b));
		gn_write_varint(w, r->eq);
		gn_write_varint(w, r->u.payment.payer);
		gn_write_varint(w, r->u.payment.payee);
		gn_write_varint(w, (uint64_t)r->u.payment.amount);
		gn_write_u8(w, r->u.payment.mode);
		gn_write_varint(w, r->u.payment.route_count);
		gn_write_bytes(w, r->u.payment.routes);
		if (r->type == GN_REC_PREPARE) {
			gn_write_be64(w, (uint64_t)r->u.payment.expiry);
			gn_write_varint(w, r->u.payment.asked.count);
			gn_write_bytes(w, r->u.payment.asked.bytes);
		}
		break;
	case GN_REC_FAILED:
		gn_write_bytes(w, GN_SLICE(r->key.b));
		gn_write_varint(w, r->eq);
		gn_write_varint(w, r->u.failed.payer);
		gn_write_varint(w, r->u.failed.payee);
		gn_write_varint(w, (uint64_t)r->u.failed.amount);
		gn_write_u8(w, r->u.failed.code);
		gn_write_varint(w, (uint64_t)r->u.failed.available);
		gn_write_varint(w, r->u.failed.raise_count);
		gn_write_bytes(w, r->u.failed.raises);
		break;
	case GN_REC_VOTE:
	case GN_REC_ANSWER:
		gn_write_bytes(w, GN_SLICE(r->key.b));
		gn_write_u8(w, r->u.answer.yes);
		break;
	case GN_REC_COMMIT:
		gn_write_bytes(w, GN_SLICE(r->key.b));
		put_bytes(w, r->u.end.certificate);
		break;
	case GN_REC_ABORT:
	case GN_REC_REJECT:
		gn_write_bytes(w, GN_SLICE(r->key.b));
		gn_write_u8(w, r->u.end.code);
		break;
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE:
		gn_write_bytes(w, GN_SLICE(r->key.b));
		gn_write_varint(w, r->eq);
		put_clearing(w, r);
		break;
	case GN_REC_CHECKPOINT: gn_write_bytes(w, GN_SLICE(r->u.state.b)); break;
	case GN_REC_NOTE: put_bytes(w, r->u.note); break;
	case GN_REC_VERIFY:
		gn_write_bytes(w, GN_SLICE(r->u.verify.who.b));
		gn_write_varint(w, r->eq == UINT32_MAX ? 0 : (uint64_t)r->eq + 1);
		break;
	case GN_REC_ROLE:
		gn_write_bytes(w, GN_SLICE(r->u.role.pk.b));
		gn_write_u8(w, r->u.role.role);
		gn_write_u8(w, r->u.role.before);
		put_bytes(w, r->u.role.name);
		break;
	}
}

size_t lg_rec_bound(const struct gn_record_view *r)
{
	size_t n = 512 + r->sign.bytes.len + r->admin.reason.len + r->admin.bytes.len;
	switch (r->type) {
	case GN_REC_EQUIVALENT: return n + r->u.equivalent.info.len;
	case GN_REC_LINE: return n + r->u.line.policy.blocked.len;
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE: return n + r->u.payment.routes.len + r->u.payment.asked.bytes.len;
	case GN_REC_FAILED: return n + r->u.failed.raises.len;
	case GN_REC_CLEARING: return n + r->u.clearing.cycles.len + r->u.clearing.edges.len;
	case GN_REC_PROPOSE:
		return n + r->u.clearing.cycles.len + r->u.clearing.edges.len +
		       r->u.clearing.asked.bytes.len;
	case GN_REC_COMMIT: return n + r->u.end.certificate.len;
	case GN_REC_NOTE: return n + r->u.note.len;
	case GN_REC_ROLE: return n + r->u.role.name.len;
	case GN_REC_GENESIS:
	case GN_REC_SETTINGS:
	case GN_REC_PARTICIPANT:
	case GN_REC_PROFILE:
	case GN_REC_STATUS:
	case GN_REC_DISPUTE:
	case GN_REC_LEAVE:
	case GN_REC_VOTE:
	case GN_REC_ABORT:
	case GN_REC_ANSWER:
	case GN_REC_REJECT:
	case GN_REC_CHECKPOINT:
	case GN_REC_VERIFY:
	default: return n;
	}
}

void lg_rec_write(const struct gn_record_view *r, struct gn_writer *w)
{
	GN_ASSERT(!w->bad);
	uint8_t *start = w->p;
	bool admin = lg_rec_admin(r);
	gn_write_be32(w, 0);
	gn_write_u8(w, (uint8_t)r->type);
	gn_write_u8(w, (uint8_t)((lg_rec_signed(r->type) ? REC_FLAG_SIGNED : 0) |
				 (admin ? REC_FLAG_ADMIN : 0)));
	gn_write_be16(w, 0);
	gn_write_be64(w, (uint64_t)r->time);
	if (lg_rec_signed(r->type)) {
		gn_write_u8(w, r->sign.profile);
		gn_write_varint(w, r->sign.signer);
		gn_write_varint(w, r->sign.seq);
		put_bytes(w, r->sign.bytes);
		gn_write_bytes(w, GN_SLICE(r->sign.sig.b));
	}
	if (admin) {
		gn_write_bytes(w, GN_SLICE(r->admin.actor.b));
		gn_write_u8(w, r->admin.role);
		put_bytes(w, r->admin.reason);
		put_bytes(w, r->admin.bytes);
		if (r->admin.bytes.len) {
			gn_write_varint(w, r->admin.seq);
			gn_write_bytes(w, GN_SLICE(r->admin.sig.b));
		}
	}
	put_body(w, r);
	GN_ASSERT(!w->bad);
	struct gn_writer len = gn_writer(start, 4);
	gn_write_be32(&len, (uint32_t)(w->p - start));
}
