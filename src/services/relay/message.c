/* Messages, as services/frame/out.h makes them. Answers are dropped above RELAY_CONTROL_BYTES: who
 * asked asks again. */
#include "services/relay/engine_int.h"

#define SMALL 1024 /* bytes of any message, but for a token */

void relay_message_init(struct gn_relay *r)
{
	r->out = (struct gn_frame_out){.alloc = r->env.alloc,
				       .self = r->cfg.node,
				       .small = SMALL,
				       .control_max = RELAY_CONTROL_BYTES,
				       .dropped = &r->n.control_dropped,
				       .nomem = &r->n.nomem};
}

struct gn_fbb *relay_message_begin(struct gn_relay *r, size_t extra)
{
	return gn_frame_out_begin(&r->out, extra);
}

void relay_message_end(struct gn_relay *r, const struct gn_contact *to, uint64_t request,
		       uint8_t body_type, gn_fbref body)
{
	GN_ASSERT(!gn_pk_eq(&to->pk, &r->cfg.node));
	struct gn_fb_relay_frame_args frame = {
		.request = request, .body_type = body_type, .body = body};
	gn_frame_out_end(&r->out, to, gn_fb_relay_frame_make(&r->out.fbb, &frame),
			 GN_FB_RELAY_FRAME_IDENTIFIER);
}

static gn_fbref other_put(struct gn_fbb *fbb, const struct gn_contact *c)
{
	struct gn_fb_key pk = gn_wire_key(&c->pk);
	struct gn_fb_addr addrs[GN_CONTACT_ADDRS];
	unsigned told = gn_contact_told(c, addrs);
	return gn_fb_relay_other_make(
		fbb, &(struct gn_fb_relay_other_args){.pk = &pk, .addrs = {addrs, told}});
}

void relay_send_refused(struct gn_relay *r, const struct relay_from *to,
			const struct relay_refusal *why, const struct gn_pk *target)
{
	struct gn_contact others[RELAY_OTHERS];
	gn_fbref refs[RELAY_OTHERS];
	unsigned count = 0;
	struct gn_fbb *fbb = to->request ? relay_message_begin(r, 0) : NULL;
	if (!fbb)
		return;
	if (target && r->cfg.others)
		count = r->cfg.others(r->cfg.user, target, others);
	GN_ASSERT(count <= RELAY_OTHERS);
	for (unsigned i = 0; i < count; i++)
		refs[i] = other_put(fbb, &others[i]);
	struct gn_fb_relay_refused_args args = {
		/* GN_LIMIT has no code of its own: it is Busy, with the name */
		.code = gn_wire_code(why->err == GN_LIMIT ? GN_BUSY : why->err),
		.limit = why->limit ? gn_str(why->limit) : gn_slice(NULL, 0),
		.retry_ms = why->retry_ms,
		.others = {refs, count}};
	relay_message_end(r, &to->who, to->request, GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED,
			  gn_fb_relay_refused_make(fbb, &args));
}

void relay_send_close(struct gn_relay *r, const struct gn_pk *to, uint64_t circuit, uint8_t why)
{
	struct gn_contact who = relay_contact(to, NULL);
	GN_ASSERT(!gn_pk_eq(to, &r->cfg.node));
	struct gn_fb_relay_close_args args = {.circuit = circuit, .why = why};
	struct gn_fbb *fbb = relay_message_begin(r, 0);
	if (fbb)
		relay_message_end(r, &who, 0, GN_FB_RELAY_FRAME_BODY_RELAY_CLOSE,
				  gn_fb_relay_close_make(fbb, &args));
}

void relay_others_get(struct gn_fb_relay_refused m, struct gn_relay_event *out)
{
	uint32_t n = gn_fb_relay_refused_others_len(m);
	out->other_count = 0;
	for (uint32_t i = 0; i < n && out->other_count < RELAY_OTHERS; i++) {
		struct gn_fb_relay_other o = gn_fb_relay_refused_others_at(m, i);
		struct gn_contact *c = &out->others[out->other_count++];
		*c = (struct gn_contact){.pk = gn_wire_key_get(gn_fb_relay_other_pk(o))};
		uint32_t count = gn_fb_relay_other_addrs_len(o);
		for (uint32_t k = 0; k < count && c->addr_count < GN_CONTACT_ADDRS; k++) {
			struct gn_fb_addr a = gn_fb_relay_other_addrs_at(o, k);
			if (a.carrier == GN_FB_CARRIER_UDP && a.port)
				c->addrs[c->addr_count++] = gn_wire_addr_get(a);
		}
	}
}
