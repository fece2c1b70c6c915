/* Circuits that this node has at other relays: those it asked for, until they are over, and those
 * that came by where it has a place. What was refused for now is asked again while the owner has
 * patience; what was not answered, too. Rules RE-31, RE-36. */
#include "services/relay/engine_int.h"

#define TOLD(kind) ((uint8_t)(1u << (kind)))

struct relay_held *relay_held_get(const struct gn_relay *r, uint64_t session, uint64_t id)
{
	struct relay_held_key key = {session, id};
	struct relay_held **at = gn_map_get(&r->held, &key);
	return at ? *at : NULL;
}

static void tell(struct gn_relay *r, struct relay_held *h, enum gn_relay_event_kind kind)
{
	if (h->circuit)
		return;
	h->told |= TOLD(kind);
	gn_frame_tell(&r->frame, &h->op);
}

/* ---- life ---- */

static void send_open(struct gn_relay *r, struct relay_held *h)
{
	GN_ASSERT(h->state == HELD_ASKED || h->state == HELD_WAITS);
	struct gn_contact to = relay_contact(&h->ask.relay, NULL);
	struct gn_fb_key target = gn_wire_key(&h->ask.target), via = gn_wire_key(&h->ask.via);
	struct gn_fb_relay_open_args args = {.target = &target,
					     .lanes = h->ask.lanes,
					     .via = gn_pk_is_zero(&h->ask.via) ? NULL : &via,
					     .token = h->ask.token,
					     .show = h->ask.show,
					     .via_token = h->ask.via_token};
	struct gn_fbb *fbb = relay_message_begin(r, h->ask.token.len + h->ask.via_token.len);
	if (fbb)
		relay_message_end(r, &to, h->op.id, GN_FB_RELAY_FRAME_BODY_RELAY_OPEN,
				  gn_fb_relay_open_make(fbb, &args));
	h->state = HELD_ASKED;
	h->at = r->now + RELAY_ASK_TIME;
	relay_own_at(r, h->at);
	r->n.asked++;
}

static gn_err held_make(struct gn_relay *r, const struct gn_relay_open *o, struct relay_held **out)
{
	uint8_t *tokens = NULL; /* both, one behind the other */
	size_t len = o->token.len + o->via_token.len;
	GN_ASSERT(r->held_count <= RELAY_HELD);
	if (r->held_count == RELAY_HELD) {
		r->n.held_full++;
		return GN_LIMIT;
	}
	struct relay_held *h = GN_NEW(r->env.alloc, struct relay_held);
	if (len)
		tokens = gn_mem_new(r->env.alloc, len);
	if (!h || (len && !tokens) || gn_frame_op_add(&r->frame, &h->op, OP_HELD)) {
		gn_mem_free(r->env.alloc, tokens);
		gn_mem_free(r->env.alloc, h);
		r->n.nomem++;
		return GN_NOMEM;
	}
	h->ask = *o;
	h->ask.token = gn_slice(tokens, o->token.len);
	h->ask.via_token = gn_slice(tokens ? tokens + o->token.len : NULL, o->via_token.len);
	if (o->token.len)
		memcpy(tokens, o->token.p, o->token.len);
	if (o->via_token.len)
		memcpy(tokens + o->token.len, o->via_token.p, o->via_token.len);
	h->patience = r->now + (o->patience ? o->patience : RELAY_PATIENCE);
	h->e = (struct gn_relay_event){.op = h->op.id};
	r->held_count++;
	*out = h;
	return GN_OK;
}

gn_err relay_held_new(struct gn_relay *r, const struct gn_relay_open *o, struct relay_circuit *for_,
		      struct relay_held **out)
{
	GN_ASSERT(!for_ || (for_->chained && for_->state == CIRCUIT_WAITING));
	GN_TRY(held_make(r, o, out));
	(*out)->circuit = for_;
	send_open(r, *out);
	return GN_OK;
}

/* No packet is its any more. */
static void forget(struct gn_relay *r, struct relay_held *h)
{
	struct relay_held_key key = {h->e.session, h->e.circuit};
	if (h->state == HELD_OPEN)
		(void)gn_map_remove(&r->held, &key);
	h->state = HELD_OVER;
}

void relay_held_close(struct gn_relay *r, struct relay_held *h)
{
	GN_ASSERT(!h->circuit);
	if (h->state == HELD_OPEN)
		relay_send_close(r, &h->ask.relay, h->e.circuit, GN_FB_RELAY_WHY_CLOSED);
	forget(r, h);
	gn_frame_op_remove(&r->frame, &h->op);
	gn_mem_free(r->env.alloc, (void *)(uintptr_t)h->ask.token.p);
	gn_mem_free(r->env.alloc, h);
	r->held_count--;
}

/* It is over there. Who has the circuit that leads through it looks at it next (open.c). */
static void over(struct gn_relay *r, struct relay_held *h, gn_err err, uint8_t why)
{
	GN_ASSERT(h->state != HELD_OVER && err);
	forget(r, h);
	r->n.held_over++;
	h->e.err = err;
	h->e.why = why;
	h->op.ended = true;
	tell(r, h, GN_RELAY_ENDED);
}

/* ---- answers ---- */

static void opened(struct gn_relay *r, struct relay_held *h, const struct relay_from *from,
		   struct gn_fb_relay_opened m)
{
	GN_ASSERT(h->state == HELD_ASKED || h->state == HELD_WAITS);
	struct relay_held_key key = {from->session, gn_fb_relay_opened_circuit(m)};
	uint8_t lane = gn_fb_relay_opened_lane(m);
	bool right = key.id && (lane == GN_FB_RELAY_LANE_SMALL || lane == GN_FB_RELAY_LANE_BULK) &&
		     (lane & h->ask.lanes) && !gn_map_get(&r->held, &key);
	struct relay_held **at = right ? gn_map_put(&r->held, &key) : NULL;
	if (!at) {
		relay_send_close(r, &from->who.pk, key.id, GN_FB_RELAY_WHY_CLOSED);
		over(r, h, right ? GN_NOMEM : GN_PROTOCOL, GN_FB_RELAY_WHY_NONE);
		return;
	}
	*at = h;
	h->state = HELD_OPEN;
	h->at = GN_NEVER;
	h->e.session = key.session;
	h->e.circuit = key.id;
	h->e.lane = lane;
	h->e.until = gn_fb_relay_opened_until(m);
	h->e.left = gn_fb_relay_opened_left(m);
	if (gn_fb_relay_opened_has_you(m))
		h->e.you = gn_wire_addr_get(gn_fb_relay_opened_you(m));
	if (gn_fb_relay_opened_has_target(m))
		h->e.target = gn_wire_addr_get(gn_fb_relay_opened_target(m));
	h->e.rate = (struct gn_relay_rate){gn_fb_relay_opened_rate(m), gn_fb_relay_opened_burst(m)};
	tell(r, h, GN_RELAY_OPENED);
}

void relay_held_called(struct gn_relay *r, const struct relay_from *from,
		       struct gn_fb_relay_called m)
{
	struct relay_held *h = relay_held_get(r, from->session, gn_fb_relay_called_circuit(m));
	if (!h || !h->came || h->told_rate) {
		r->n.unasked++;
		return;
	}
	h->told_rate = true;
	h->e.rate = (struct gn_relay_rate){gn_fb_relay_called_rate(m), gn_fb_relay_called_burst(m)};
	if (gn_fb_relay_called_has_caller(m))
		h->e.target = gn_wire_addr_get(gn_fb_relay_called_caller(m));
	tell(r, h, GN_RELAY_CALLED);
}

static void refused(struct gn_relay *r, struct relay_held *h, struct gn_fb_relay_refused m)
{
	GN_ASSERT(h->state == HELD_ASKED || h->state == HELD_WAITS);
	gn_err err = gn_wire_err(gn_fb_relay_refused_code(m));
	uint32_t retry = gn_fb_relay_refused_retry_ms(m);
	gn_time again = (gn_time)retry * GN_MSEC;
	again = r->now + (again > RELAY_ASK_SOONEST ? again : RELAY_ASK_SOONEST);
	h->e.retry_ms = retry;
	relay_others_get(m, &h->e);
	if (retry && again < h->patience && err != GN_OK) {
		h->state = HELD_WAITS;
		h->at = again;
		relay_own_at(r, again);
		return;
	}
	over(r, h, err ? err : GN_PROTOCOL, GN_FB_RELAY_WHY_NONE);
}

void relay_held_answer(struct gn_relay *r, struct relay_held *h, const struct relay_from *from,
		       struct gn_fb_relay_frame m)
{
	uint8_t type = gn_fb_relay_frame_body_type(m);
	bool waits = h && (h->state == HELD_ASKED || h->state == HELD_WAITS) &&
		     gn_pk_eq(&h->ask.relay, &from->who.pk);
	if (waits && type == GN_FB_RELAY_FRAME_BODY_RELAY_OPENED) {
		opened(r, h, from, gn_fb_relay_frame_body_as_relay_opened(m));
	} else if (waits && type == GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED) {
		refused(r, h, gn_fb_relay_frame_body_as_relay_refused(m));
	} else {
		r->n.unasked++;
		if (type == GN_FB_RELAY_FRAME_BODY_RELAY_OPENED) { /* nobody will use it */
			struct gn_fb_relay_opened o = gn_fb_relay_frame_body_as_relay_opened(m);
			relay_send_close(r, &from->who.pk, gn_fb_relay_opened_circuit(o),
					 GN_FB_RELAY_WHY_CLOSED);
		}
	}
}

struct relay_held *relay_held_note(struct gn_relay *r, const struct relay_from *from,
				   struct gn_fb_relay_note m)
{
	struct relay_held *h = relay_held_get(r, from->session, gn_fb_relay_note_circuit(m));
	uint8_t why = gn_fb_relay_note_why(m);
	if (!h) {
		r->n.unasked++;
		return NULL;
	}
	h->e.left = gn_fb_relay_note_left(m);
	h->e.ends_ms = gn_fb_relay_note_ends_ms(m);
	h->e.why = why;
	if (!h->e.ends_ms)
		over(r, h, GN_CLOSED, why);
	else
		tell(r, h, GN_RELAY_NOTE);
	return h;
}

/* ---- time, sessions ---- */

void relay_held_run(struct gn_relay *r, struct relay_held *h)
{
	if (h->state == HELD_OPEN || h->state == HELD_OVER)
		return;
	if (h->at > r->now) {
		relay_own_at(r, h->at);
		return;
	}
	if (r->now >= h->patience) {
		r->n.asked_lost++;
		over(r, h, GN_TIMEOUT, GN_FB_RELAY_WHY_NONE);
		return;
	}
	r->n.asked_again++;
	send_open(r, h);
}

void relay_held_down(struct gn_relay *r, struct relay_held *h, uint64_t session)
{
	GN_ASSERT(!h->circuit || h->circuit->via == h);
	if (h->state == HELD_OPEN && session && h->e.session == session) {
		over(r, h, GN_CLOSED, GN_FB_RELAY_WHY_GONE);
	} else if (h->state == HELD_ASKED && session) { /* by another session */
		h->at = r->now;
		relay_own_at(r, h->at);
	} else if ((h->state == HELD_ASKED || h->state == HELD_WAITS) && !session) {
		over(r, h, GN_UNREACHABLE, GN_FB_RELAY_WHY_NONE);
	}
}

void relay_held_leave(struct gn_relay *r, struct relay_held *h)
{
	if (h->state == HELD_OPEN)
		relay_send_close(r, &h->ask.relay, h->e.circuit, GN_FB_RELAY_WHY_CLOSED);
	if (h->state != HELD_OVER)
		over(r, h, GN_DENIED, GN_FB_RELAY_WHY_CLOSED);
}

bool relay_held_show(struct gn_relay *r, struct relay_held *h, struct gn_relay_event *out)
{
	GN_ASSERT(h->told && !h->circuit);
	*out = h->e;
	for (unsigned kind = GN_RELAY_OPENED; kind <= GN_RELAY_ENDED; kind++)
		if (h->told & TOLD(kind)) {
			h->told &= (uint8_t)~TOLD(kind);
			out->kind = (enum gn_relay_event_kind)kind;
			if (h->told)
				gn_frame_tell(&r->frame, &h->op);
			return true;
		}
	return false;
}

gn_err gn_relay_accept(struct gn_relay *r, const struct gn_pk *relay, uint64_t session,
		       uint64_t circuit, gn_time now, gn_op *op)
{
	struct relay_held_key key = {session, circuit};
	struct gn_relay_open o = {.relay = *relay};
	struct relay_held *h;
	uint32_t same = 0;
	GN_ASSERT(session && !r->out.building);
	r->now = now;
	if (gn_map_get(&r->held, &key) || gn_map_get(&r->legs, &circuit))
		return GN_EXISTS;
	for (uint32_t i = 0; i < r->held.count; i++) {
		const struct relay_held *x = GN_MAP_AT(&r->held, struct relay_held *, i);
		same += x->came && gn_pk_eq(&x->ask.relay, relay);
	}
	if (same >= RELAY_INBOUND_RELAY) {
		r->n.inbound_full++;
		return GN_LIMIT;
	}
	GN_TRY(held_make(r, &o, &h));
	struct relay_held **at = gn_map_put(&r->held, &key);
	if (!at) {
		relay_held_close(r, h);
		return GN_NOMEM;
	}
	*at = h;
	h->came = true;
	h->state = HELD_OPEN;
	h->at = GN_NEVER;
	h->e.session = session;
	h->e.circuit = circuit;
	*op = h->op.id;
	return GN_OK;
}
