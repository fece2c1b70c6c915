/* Messages, as services/frame/out.h makes them. Those that cause packets are made long enough to
 * be worth them (DIALBACK_WIRE). */
#include "services/dialback/engine_int.h"

static const uint8_t zeros[DIALBACK_WIRE * DIALBACK_TIMES * DIALBACK_PORTS];

static struct gn_slice pad_for(const struct dialback_ports *p)
{
	GN_ASSERT(p->count <= DIALBACK_PORTS);
	return gn_slice(zeros, (size_t)DIALBACK_WIRE * DIALBACK_TIMES * p->count);
}

static struct gn_fbb *begin(struct gn_dialback *d)
{
	return gn_frame_out_begin(&d->out, 0);
}

static void end(struct gn_dialback *d, const struct gn_pk *to, uint64_t request, uint8_t type,
		gn_fbref body)
{
	struct gn_contact who = {.pk = *to};
	GN_ASSERT(request && !gn_pk_eq(to, &d->cfg.node));
	struct gn_fb_dial_frame_args frame = {.request = request, .body_type = type, .body = body};
	gn_frame_out_end(&d->out, &who, gn_fb_dial_frame_make(&d->out.fbb, &frame),
			 GN_FB_DIAL_FRAME_IDENTIFIER);
}

void dialback_send_ask(struct gn_dialback *d, const struct dialback_ask *a, const uint64_t *known,
		       unsigned known_count)
{
	struct gn_fbb *b = begin(d);
	struct gn_fb_dial_ask_args args = {.nonce = a->nonce,
					   .ports = {a->ports.port, a->ports.count},
					   .known = {known, known_count},
					   .pad = pad_for(&a->ports)};
	GN_ASSERT(a->state == ASK_WAITS && known_count <= DIALBACK_KNOWN);
	if (b)
		end(d, &a->key, a->request, GN_FB_DIAL_FRAME_BODY_DIAL_ASK,
		    gn_fb_dial_ask_make(b, &args));
}

void dialback_send_told(struct gn_dialback *d, const struct dialback_served *s, bool third)
{
	struct gn_fbb *b = begin(d);
	struct gn_fb_addr you = gn_wire_addr(&s->addr, GN_FB_CARRIER_UDP),
			  by = gn_wire_addr(&s->third_addr, GN_FB_CARRIER_UDP);
	struct gn_fb_dial_told_args args = {.sent = (uint8_t)(4u | (d->second ? 2u : 0u) | third),
					    .you = &you,
					    .by = third ? &by : NULL,
					    .second = d->second};
	GN_ASSERT(s->taken && s->told);
	if (b)
		end(d, &s->key, s->request, GN_FB_DIAL_FRAME_BODY_DIAL_TOLD,
		    gn_fb_dial_told_make(b, &args));
}

void dialback_send_refused(struct gn_dialback *d, const struct dialback_from *to, gn_err err,
			   gn_time retry)
{
	struct gn_fbb *b = to->request ? begin(d) : NULL;
	struct gn_fb_dial_refused_args args = {.code = gn_wire_code(err),
					       .retry_ms = (uint32_t)(retry / GN_MSEC)};
	if (b)
		end(d, &to->who.pk, to->request, GN_FB_DIAL_FRAME_BODY_DIAL_REFUSED,
		    gn_fb_dial_refused_make(b, &args));
}

void dialback_send_for(struct gn_dialback *d, const struct dialback_served *s)
{
	struct gn_fbb *b = begin(d);
	struct gn_fb_addr to = gn_wire_addr(&s->addr, GN_FB_CARRIER_UDP);
	struct gn_fb_dial_for_args args = {.nonce = s->nonce,
					   .to = &to,
					   .ports = {s->ports.port, s->ports.count},
					   .pad = pad_for(&s->ports)};
	GN_ASSERT(s->third_count > 0);
	GN_ASSERT(s->third_request && !s->told);
	if (b)
		end(d, &s->third[s->third_count - 1], s->third_request,
		    GN_FB_DIAL_FRAME_BODY_DIAL_FOR, gn_fb_dial_for_make(b, &args));
}

void dialback_send_done(struct gn_dialback *d, const struct dialback_from *to)
{
	struct gn_fb_dial_done_args none = {0};
	struct gn_fbb *b = to->request ? begin(d) : NULL;
	if (b)
		end(d, &to->who.pk, to->request, GN_FB_DIAL_FRAME_BODY_DIAL_DONE,
		    gn_fb_dial_done_make(b, &none));
}

void dialback_send_hold(struct gn_dialback *d)
{
	const struct dialback_life *l = &d->life;
	struct gn_fbb *b = begin(d);
	struct gn_fb_dial_hold_args args = {
		.nonce = l->nonce,
		.after_ms = (uint32_t)(l->after / GN_MSEC),
		.pad = gn_slice(zeros, (size_t)DIALBACK_WIRE * DIALBACK_TIMES)};
	GN_ASSERT(l->state == LIFE_ASKED && l->asked_count > 0);
	if (b)
		end(d, &l->asked[l->asked_count - 1], l->request, GN_FB_DIAL_FRAME_BODY_DIAL_HOLD,
		    gn_fb_dial_hold_make(b, &args));
}

void dialback_send_held(struct gn_dialback *d, const struct dialback_from *to)
{
	struct gn_fb_dial_held_args none = {0};
	struct gn_fbb *b = to->request ? begin(d) : NULL;
	if (b)
		end(d, &to->who.pk, to->request, GN_FB_DIAL_FRAME_BODY_DIAL_HELD,
		    gn_fb_dial_held_make(b, &none));
}

void dialback_send_seen(struct gn_dialback *d, const struct dialback_served *s,
			const struct gn_addr *you)
{
	struct gn_fbb *b = begin(d);
	struct gn_fb_addr at = gn_wire_addr(you, GN_FB_CARRIER_UDP);
	GN_ASSERT(s->taken && s->told);
	struct gn_fb_dial_seen_args args = {.nonce = s->nonce, .you = &at};
	if (b)
		end(d, &s->key, s->request, GN_FB_DIAL_FRAME_BODY_DIAL_SEEN,
		    gn_fb_dial_seen_make(b, &args));
}
