/* The engine: every input comes in here, is parsed once and goes to the part that it is for. What
 * is asked is answered at once, what takes time is looked at each second.
 *
 * 1. A request is answered once, by what it asked for or by a refusal; what has no number, never.
 * 2. An answer counts for this number from this relay alone, a word about a circuit by its
 *    session. */
#include "services/relay/engine_int.h"

static const char *const counter_names[] = {
#define X(name) #name,
#include "services/relay/counters.def"
#undef X
};
_Static_assert(sizeof(struct relay_counts) == GN_COUNT(counter_names) * sizeof(uint64_t),
	       "counters are uint64_t in a row");

/* ---- life ---- */

gn_err gn_relay_new(const struct gn_env *env, const struct gn_relay_config *config, gn_time now,
		    struct gn_relay **out)
{
	struct gn_share_config seats = {.total = RELAY_CIRCUITS,
					.per_key = RELAY_CIRCUITS_KEY,
					.per_prefix = RELAY_CIRCUITS / RELAY_CIRCUITS_PART,
					/* always: it fills the small lane, whatever is free */
					.holders_max = RELAY_CIRCUITS,
					.count_local = config->count_local},
			       places = {.total = RELAY_RESERVED,
					 .per_key = 1,
					 .per_prefix = RELAY_RESERVED / RELAY_RESERVED_PART,
					 .crowded = RELAY_RESERVED / 2,
					 .holders_max = RELAY_RESERVED,
					 .count_local = config->count_local};
	struct gn_relay *r = GN_NEW(env->alloc, struct gn_relay);
	if (!r)
		return GN_NOMEM;
	r->env = *env;
	r->cfg = *config;
	r->now = now;
	r->wake = r->own_at = GN_NEVER;
	r->sweep = now + RELAY_SWEEP;
	if (gn_pk_is_zero(&r->cfg.issuer))
		r->cfg.issuer = r->cfg.node;
	r->day = relay_unix(r) / 86400;
	relay_give_set(r, &config->give);
	gn_map_init(&r->legs, env, sizeof(uint64_t), sizeof(struct relay_ref), 2 * RELAY_CIRCUITS);
	gn_map_init(&r->accounts, env, 32, sizeof(struct relay_account *), RELAY_ACCOUNTS);
	gn_map_init(&r->nets, env, sizeof(uint64_t), sizeof(struct relay_net *), RELAY_NETS);
	gn_map_init(&r->reserved, env, sizeof(struct gn_pk), sizeof(struct relay_reserved),
		    RELAY_RESERVED);
	gn_map_init(&r->held, env, sizeof(struct relay_held_key), sizeof(struct relay_held *),
		    RELAY_HELD);
	gn_share_init(&r->seats, env, &seats);
	gn_share_init(&r->places, env, &places);
	/* a chain's circuits have no operation of the owner, but a number like these */
	gn_frame_init(&r->frame, env, config->overlay, RELAY_HELD + 2 * RELAY_KEPT, 1);
	relay_message_init(r);
	*out = r;
	return GN_OK;
}

static struct gn_frame_op *op_at(const struct gn_relay *r, uint32_t i)
{
	return GN_MAP_AT(&r->frame.ops, struct gn_frame_op *, i);
}

static void op_close(struct gn_relay *r, struct gn_frame_op *op)
{
	switch ((enum relay_op_kind)op->kind) {
	case OP_HELD: relay_held_close(r, GN_CONTAINER(op, struct relay_held, op)); break;
	case OP_KEEP: relay_keep_close(r, GN_CONTAINER(op, struct relay_keep, op)); break;
	}
}

void gn_relay_free(struct gn_relay *r)
{
	if (!r)
		return;
	while (r->frame.ops.count) {
		struct gn_frame_op *op = op_at(r, r->frame.ops.count - 1);
		if (op->kind == OP_HELD)
			GN_CONTAINER(op, struct relay_held, op)->circuit = NULL;
		op_close(r, op);
	}
	relay_circuits_free(r);
	for (uint32_t i = 0; i < r->accounts.count; i++)
		gn_mem_free(r->env.alloc, GN_MAP_AT(&r->accounts, struct relay_account *, i));
	gn_frame_fini(&r->frame);
	gn_frame_out_free(&r->out);
	gn_share_fini(&r->seats);
	gn_share_fini(&r->places);
	gn_map_fini(&r->legs);
	gn_map_fini(&r->accounts);
	relay_nets_free(r);
	gn_map_fini(&r->reserved);
	gn_map_fini(&r->held);
	gn_mem_free(r->env.alloc, r);
}

/* ---- messages ---- */

static void on_close(struct gn_relay *r, const struct relay_from *from, struct gn_fb_relay_close m)
{
	unsigned side;
	struct relay_circuit *c = relay_circuit_get(r, gn_fb_relay_close_circuit(m), &side);
	if (!c || c->leg_session[side] != from->session) {
		r->n.close_unknown++;
		return;
	}
	relay_circuit_end(r, c, GN_FB_RELAY_WHY_CLOSED, side ? 1 : 2);
}

static void on_answer(struct gn_relay *r, const struct relay_from *from, struct gn_fb_relay_frame m)
{
	struct relay_keep *k = gn_frame_op_get(&r->frame, from->request, OP_KEEP);
	struct relay_held *h = gn_frame_op_get(&r->frame, from->request, OP_HELD);
	if (k) {
		relay_keep_answer(r, k, from, m);
	} else {
		relay_held_answer(r, h, from, m);
		relay_chain_look(r, h);
	}
}

static gn_err take(struct gn_relay *r, struct relay_from *from, struct gn_slice message)
{
	struct gn_fb_relay_frame m;
	if (message.len > GN_MESSAGE_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_relay_frame_verify(message, &m));
	from->request = gn_fb_relay_frame_request(m);
	switch (gn_fb_relay_frame_body_type(m)) {
	case GN_FB_RELAY_FRAME_BODY_RELAY_OPEN:
		relay_on_open(r, from, gn_fb_relay_frame_body_as_relay_open(m));
		return GN_OK;
	case GN_FB_RELAY_FRAME_BODY_RELAY_RESERVE:
		relay_on_reserve(r, from, gn_fb_relay_frame_body_as_relay_reserve(m));
		return GN_OK;
	case GN_FB_RELAY_FRAME_BODY_RELAY_CLOSE:
		on_close(r, from, gn_fb_relay_frame_body_as_relay_close(m));
		return GN_OK;
	case GN_FB_RELAY_FRAME_BODY_RELAY_NOTE:
		relay_chain_look(r,
				 relay_held_note(r, from, gn_fb_relay_frame_body_as_relay_note(m)));
		return GN_OK;
	case GN_FB_RELAY_FRAME_BODY_RELAY_CALLED:
		relay_held_called(r, from, gn_fb_relay_frame_body_as_relay_called(m));
		return GN_OK;
	case GN_FB_RELAY_FRAME_BODY_RELAY_OPENED:
	case GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED:
	case GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED: on_answer(r, from, m); return GN_OK;
	default: return GN_UNSUPPORTED; /* of a later version */
	}
}

gn_err gn_relay_recv(struct gn_relay *r, uint64_t session, const struct gn_pk *from,
		     const struct gn_addr *addr, struct gn_slice message, gn_time now)
{
	GN_ASSERT(session && from);
	struct relay_from who = {.who = relay_contact(from, addr), .session = session};
	r->now = now;
	r->caused = 0;
	r->n.messages_in++;
	/* a session with ourselves leads nowhere */
	gn_err err = gn_pk_eq(from, &r->cfg.node) ? GN_DENIED : take(r, &who, message);
	r->n.messages_bad += err != GN_OK;
	return err;
}

uint32_t gn_relay_caused(struct gn_relay *r)
{
	uint32_t caused = r->caused;
	r->caused = 0;
	return caused;
}

bool gn_relay_next_message(struct gn_relay *r, struct gn_overlay_message *m)
{
	while (!gn_frame_out_next(&r->out, m))
		if (!relay_circuits_tell(r))
			return false;
	r->n.messages_out++;
	return true;
}

/* ---- time, sessions ---- */

void gn_relay_down(struct gn_relay *r, const struct gn_pk *peer, uint64_t session, gn_time now)
{
	GN_ASSERT(!r->out.building);
	r->now = now;
	/* from the end: one that is over may go */
	for (uint32_t i = r->frame.ops.count; i-- > 0;) {
		struct gn_frame_op *op = op_at(r, i);
		struct relay_held *h = GN_CONTAINER(op, struct relay_held, op);
		struct relay_keep *k = GN_CONTAINER(op, struct relay_keep, op);
		if (op->kind == OP_HELD && gn_pk_eq(&h->ask.relay, peer)) {
			relay_held_down(r, h, session);
			relay_chain_look(r, h);
		} else if (op->kind == OP_KEEP && gn_pk_eq(&k->relay, peer)) {
			relay_keep_down(r, k, session);
		}
	}
	if (session) {
		relay_circuits_down(r, session);
		relay_reserved_down(r, session);
	}
}

static void run_own(struct gn_relay *r)
{
	r->own_at = GN_NEVER;
	for (uint32_t i = r->frame.ops.count; i-- > 0;) {
		struct gn_frame_op *op = op_at(r, i);
		if (op->kind == OP_HELD) {
			relay_held_run(r, GN_CONTAINER(op, struct relay_held, op));
			relay_chain_look(r, GN_CONTAINER(op, struct relay_held, op));
		} else {
			relay_keep_run(r, GN_CONTAINER(op, struct relay_keep, op));
		}
	}
}

static void sweep(struct gn_relay *r)
{
	r->sweep = r->now + RELAY_SWEEP;
	uint64_t day = relay_unix(r) / 86400;
	relay_circuits_sweep(r);
	relay_reserved_sweep(r);
	if (day != r->day) {
		relay_accounts_sweep(r);
		relay_nets_sweep(r);
	}
	r->day = day;
}

void gn_relay_give(struct gn_relay *r, const struct gn_relay_give *give, gn_time now)
{
	GN_ASSERT(!r->out.building);
	r->now = now;
	relay_give_set(r, give);
	relay_circuits_sweep(r);
}

void gn_relay_tick(struct gn_relay *r, gn_time now)
{
	GN_ASSERT(!r->out.building);
	r->now = now;
	if (r->wake <= now)
		r->wake = GN_NEVER;
	if (r->hungry)
		relay_circuits_draw(r);
	if (r->sweep <= now)
		sweep(r);
	if (r->own_at <= now)
		run_own(r);
}

gn_time gn_relay_deadline(const struct gn_relay *r)
{
	gn_time at = gn_time_min(r->wake, r->own_at);
	return r->count || r->reserved.count ? gn_time_min(at, r->sweep) : at;
}

/* ---- own operations ---- */

gn_err gn_relay_open(struct gn_relay *r, const struct gn_relay_open *o, gn_time now, gn_op *op)
{
	struct relay_held *h;
	GN_ASSERT(!r->out.building);
	r->now = now;
	if (gn_pk_eq(&o->relay, &r->cfg.node) || gn_pk_eq(&o->relay, &o->target) ||
	    !(o->lanes & (GN_FB_RELAY_LANE_SMALL | GN_FB_RELAY_LANE_BULK)))
		return GN_USAGE;
	if (o->token.len > GN_TOKEN_MAX || o->via_token.len > GN_TOKEN_MAX)
		return GN_TOO_LARGE;
	if (gn_relay_is_bad(r, &o->relay, now))
		return GN_DENIED;
	GN_TRY(relay_held_new(r, o, NULL, &h));
	*op = h->op.id;
	return GN_OK;
}

void gn_relay_cancel(struct gn_relay *r, gn_op id, gn_time now)
{
	struct gn_frame_op **at = gn_map_get(&r->frame.ops, &id);
	GN_ASSERT(!r->out.building);
	r->now = now;
	/* what leads through a second relay is another's */
	if (at && !((*at)->kind == OP_HELD && GN_CONTAINER(*at, struct relay_held, op)->circuit))
		op_close(r, *at);
}

void gn_relay_leave(struct gn_relay *r, const struct gn_pk *relay, gn_time now)
{
	GN_ASSERT(!r->out.building);
	r->now = now;
	relay_bad_put(r, relay);
	r->n.left_bad++;
	for (uint32_t i = r->frame.ops.count; i-- > 0;) {
		struct gn_frame_op *op = op_at(r, i);
		struct relay_held *h = GN_CONTAINER(op, struct relay_held, op);
		struct relay_keep *k = GN_CONTAINER(op, struct relay_keep, op);
		if (op->kind == OP_HELD && gn_pk_eq(&h->ask.relay, relay)) {
			relay_held_leave(r, h);
			relay_chain_look(r, h);
		} else if (op->kind == OP_KEEP && gn_pk_eq(&k->relay, relay)) {
			relay_keep_leave(r, k);
		}
	}
}

bool gn_relay_next_event(struct gn_relay *r, struct gn_relay_event *out)
{
	GN_ASSERT(!r->out.building);
	struct gn_frame_op *shown = r->frame.shown;
	if (shown && shown->ended && !shown->told)
		op_close(r, shown);
	struct gn_frame_op *op = gn_frame_show(&r->frame);
	if (!op)
		return false;
	if (op->kind == OP_HELD)
		return relay_held_show(r, GN_CONTAINER(op, struct relay_held, op), out);
	*out = GN_CONTAINER(op, struct relay_keep, op)->e;
	return true;
}

/* ---- queries ---- */

static struct gn_relay_lane_info lane_info(const struct relay_lane *l)
{
	return (struct gn_relay_lane_info){l->circuits, l->packets, l->bytes};
}

void gn_relay_info(const struct gn_relay *r, struct gn_relay_info *out)
{
	*out = (struct gn_relay_info){.small = lane_info(&r->small),
				      .bulk = lane_info(&r->bulk),
				      .reservations = r->reserved.count,
				      .held = r->held_count,
				      .keeps = r->keep_count,
				      .month_used = r->month_used,
				      .month = r->cfg.give.month};
}

bool gn_relay_counter_at(const struct gn_relay *r, size_t i, struct gn_counter *out)
{
	return gn_counter_at(counter_names, &r->n, GN_COUNT(counter_names), i, out);
}

static void validate_circuit(const struct gn_relay *r, uint32_t i)
{
	const struct relay_circuit *c = r->circuits[i];
	GN_ASSERT(c->index == i && c->state != CIRCUIT_OVER && c->account->circuits > 0);
	GN_ASSERT(!c->via || (c->chained && c->via->circuit == c));
	for (unsigned side = 0; side < 2; side++) {
		const struct relay_ref *ref = gn_map_get(&r->legs, &c->leg_id[side]);
		GN_ASSERT(c->state == CIRCUIT_WAITING
				  ? c->leg_id[side] == 0
				  : ref && ref->circuit == c && ref->side == side);
	}
}

void gn_relay_validate(const struct gn_relay *r)
{
	uint32_t live = 0, over = 0, held = 0;
	gn_map_validate(&r->legs);
	gn_frame_validate(&r->frame);
	gn_share_validate(&r->seats);
	gn_share_validate(&r->places);
	relay_lane_validate(&r->small);
	relay_lane_validate(&r->bulk);
	for (uint32_t i = 0; i < r->count; i++) {
		validate_circuit(r, i);
		live += r->circuits[i]->state != CIRCUIT_WAITING;
	}
	for (const struct relay_circuit *c = r->tell_first; c; c = c->next) {
		GN_ASSERT(c->telling && (c->tell || c->state == CIRCUIT_OVER));
		over += c->state == CIRCUIT_OVER;
	}
	for (uint32_t i = 0; i < r->frame.ops.count; i++)
		held += op_at(r, i)->kind == OP_HELD;
	GN_ASSERT(r->legs.count == 2 * live && r->over == over && r->held_count == held);
	GN_ASSERT(r->seats.used == r->count && r->places.used == r->reserved.count);
	GN_ASSERT(r->small.circuits + r->bulk.circuits == r->count);
}
