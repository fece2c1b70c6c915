/* Messages, as services/frame/out.h makes them: small ones before copies for subscribers. Those to
 * ourselves come in again as a peer's, so that a node that is one of the roots has no second way.
 * Small ones are dropped above BUS_CONTROL_BYTES. Rule BS-16. */
#include "services/bus/engine_int.h"

#define SMALL 1792 /* bytes of any message without payload or token; of what is around them */

void bus_message_init(struct gn_bus *b)
{
	b->out = (struct gn_frame_out){.alloc = b->env.alloc,
				       .self = b->cfg.node,
				       .small = SMALL,
				       .control_max = BUS_CONTROL_BYTES,
				       .dropped = &b->count.control_dropped,
				       .nomem = &b->count.nomem};
}

struct gn_fbb *bus_message_begin(struct gn_bus *b, size_t extra)
{
	return gn_frame_out_begin(&b->out, extra);
}

void bus_message_end(struct gn_bus *b, const struct gn_contact *to, uint64_t request,
		     uint8_t body_type, gn_fbref body)
{
	gn_fbref root = gn_fb_bus_frame_make(
		&b->out.fbb, &(struct gn_fb_bus_frame_args){
				     .request = request, .body_type = body_type, .body = body});
	gn_frame_out_end(&b->out, to, root, GN_FB_BUS_FRAME_IDENTIFIER);
}

/* ---- roots ---- */

unsigned bus_roots_of(struct gn_bus *b, const struct gn_hash *topic,
		      struct gn_contact out[BUS_ROOTS])
{
	uint32_t n = gn_overlay_set(b->cfg.overlay, topic, BUS_ROOTS, out);
	GN_ASSERT(n <= BUS_ROOTS);
	return n;
}

bool bus_is_root_of(struct gn_bus *b, const struct gn_hash *topic, const struct gn_pk *pk)
{
	struct gn_contact set[BUS_ROOTS];
	unsigned n = bus_roots_of(b, topic, set);
	for (unsigned i = 0; i < n; i++)
		if (gn_pk_eq(&set[i].pk, pk))
			return true;
	return false;
}

uint64_t bus_set_sum(const struct gn_contact *nodes, unsigned count)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < count; i++)
		sum ^= gn_be64(nodes[i].id.b);
	return sum;
}

gn_fbref bus_peer_put(struct gn_fbb *fbb, const struct gn_contact *c)
{
	struct gn_fb_key pk = gn_wire_key(&c->pk);
	struct gn_fb_addr addrs[GN_CONTACT_ADDRS];
	unsigned told = gn_contact_told(c, addrs);
	return gn_fb_bus_peer_make(
		fbb, &(struct gn_fb_bus_peer_args){.pk = &pk, .addrs = {addrs, told}});
}

void bus_peer_get(struct gn_fb_bus_peer p, struct gn_contact *out)
{
	uint32_t n = gn_fb_bus_peer_addrs_len(p);
	*out = (struct gn_contact){.pk = gn_wire_key_get(gn_fb_bus_peer_pk(p))};
	for (uint32_t i = 0; i < n && out->addr_count < GN_CONTACT_ADDRS; i++) {
		struct gn_fb_addr a = gn_fb_bus_peer_addrs_at(p, i);
		if (a.carrier == GN_FB_CARRIER_UDP)
			out->addrs[out->addr_count++] = gn_wire_addr_get(a);
	}
}

void bus_send_done(struct gn_bus *b, const struct bus_from *to, const struct bus_refusal *why,
		   const struct gn_hash *topic)
{
	struct gn_contact set[BUS_ROOTS];
	gn_fbref roots[BUS_ROOTS];
	unsigned count = why->err == GN_NOT_FOUND && topic ? bus_roots_of(b, topic, set) : 0;
	struct gn_fbb *fbb = to->request ? bus_message_begin(b, 0) : NULL;
	if (!fbb)
		return;
	for (unsigned i = 0; i < count; i++)
		roots[i] = bus_peer_put(fbb, &set[i]);
	struct gn_fb_bus_done_args args = {.code = bus_wire_code(why->err),
					   .limit = why->limit ? gn_str(why->limit)
							       : gn_slice(NULL, 0),
					   .retry_ms = why->retry_ms,
					   .roots = {roots, count}};
	bus_message_end(b, &to->who, to->request, GN_FB_BUS_FRAME_BODY_BUS_DONE,
			gn_fb_bus_done_make(fbb, &args));
}
