/* Messages as bytes: the envelope, and contacts inside it. A contact is checked (id, work,
 * addresses) before anyone sees it; replies carry as many contacts as one datagram holds
 * (OV-10..OV-13). */
#include "overlay/contact_int.h"
#include "overlay/message_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

/* a Contact table without addresses, its offset included; ADDR_BYTES more per address */
#define CONTACT_BYTES 76
#define ADDR_BYTES 20

_Static_assert(GN_OV_REPLY_CONTACTS ==
		       (GN_OV_DATAGRAM_MAX - GN_OV_NODES_BYTES) / (CONTACT_BYTES + ADDR_BYTES),
	       "contacts of one address that fit");

struct gn_fbb gn_ov_builder(struct gn_overlay *ov)
{
	return gn_fbb(ov->scratch, sizeof ov->scratch);
}

/* own: how it is reached is its own word; another's is not passed on. */
static gn_fbref put_contact(struct gn_fbb *b, const struct gn_contact *c,
			    const struct gn_ov_coord *coord, gn_time age, bool own)
{
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addrs[GN_CONTACT_ADDRS];
	struct gn_fb_vivaldi v = gn_ov_coord_put(coord);
	memcpy(pk.b, c->pk.b, 32);
	memcpy(nonce.b, c->nonce, 8);
	unsigned told = gn_contact_told(c, addrs);
	gn_time seconds = (age + GN_SEC - 1) / GN_SEC;
	return gn_fb_contact_make(
		b, &(struct gn_fb_contact_args){
			   .pk = &pk,
			   .nonce = &nonce,
			   .addrs = {addrs, told},
			   .vivaldi = coord->err < 1 ? &v : NULL,
			   .load = c->load,
			   .class = c->class,
			   .age = (uint16_t)(seconds > UINT16_MAX ? UINT16_MAX : seconds),
			   .mode = c->mode,
			   .reach = own ? c->reach : 0,
			   .can = own ? c->can : 0,
		   });
}

gn_fbref gn_ov_put_contact(struct gn_overlay *ov, struct gn_fbb *b, const struct gn_ov_contact *c,
			   gn_time now)
{
	if (!c)
		return put_contact(b, &ov->self, &ov->coord, 0, true);
	return put_contact(b, &c->c, &c->coord, now - c->heard, c->introduced);
}

uint32_t gn_ov_put_contacts(struct gn_overlay *ov, struct gn_fbb *b, struct gn_ov_choice choice,
			    gn_fbref *refs, gn_time now)
{
	uint32_t n = 0;
	for (; n < choice.count; n++) {
		const struct gn_ov_contact *c = choice.list[n];
		size_t need = CONTACT_BYTES + (size_t)c->c.addr_count * ADDR_BYTES;
		if (need > choice.room)
			break;
		choice.room -= need;
		refs[n] = gn_ov_put_contact(ov, b, c, now);
	}
	return n;
}

gn_fbref gn_ov_put_hello(struct gn_overlay *ov, struct gn_fbb *b, bool reply)
{
	GN_ASSERT(ov->self.addr_count <= GN_CONTACT_ADDRS);
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addrs[GN_CONTACT_ADDRS];
	memcpy(pk.b, ov->self.pk.b, 32);
	memcpy(nonce.b, ov->self.nonce, 8);
	for (unsigned i = 0; i < ov->self.addr_count; i++)
		addrs[i] = gn_wire_addr(&ov->self.addrs[i], GN_FB_CARRIER_UDP);
	return gn_fb_hello_make(b, &(struct gn_fb_hello_args){
					   .pk = &pk,
					   .nonce = &nonce,
					   .class = ov->self.class,
					   .mode = ov->self.mode,
					   .addrs = {addrs, ov->self.addr_count},
					   .version = GN_OV_VERSION,
					   .since = gn_unix(ov->start),
					   .reply = reply,
					   .time = gn_ov_clock_said(ov, ov->now_seen),
					   .reach = ov->self.reach,
					   .can = ov->self.can,
				   });
}

/* An address is worth keeping when it can be dialled from here: a port, and loopback only as
 * told on loopback (OV-12). */
static bool addr_ok(const struct gn_addr *a, const struct gn_addr *teller)
{
	static const uint8_t any4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0},
			     any6[16] = {0};
	if (a->port == 0 || memcmp(a->ip, any4, 16) == 0 || memcmp(a->ip, any6, 16) == 0)
		return false;
	return !gn_addr_is_loopback(a) || gn_addr_is_loopback(teller);
}

static void add_addr(struct gn_overlay *ov, struct gn_contact *c, const struct gn_addr *a,
		     const struct gn_addr *teller)
{
	GN_ASSERT(c->addr_count <= GN_CONTACT_ADDRS);
	if (!addr_ok(a, teller)) {
		ov->count.address_refused++;
		return;
	}
	for (unsigned i = 0; i < c->addr_count; i++)
		if (gn_addr_eq(&c->addrs[i], a))
			return;
	if (c->addr_count < GN_CONTACT_ADDRS)
		c->addrs[c->addr_count++] = *a;
}

/* What later versions may say besides is not known to us. */
static uint8_t get_reach(uint8_t said)
{
	return said <= GN_OVERLAY_REACH_NO_UDP ? said : GN_OVERLAY_REACH_UNKNOWN;
}

bool gn_ov_get_contact(struct gn_overlay *ov, struct gn_fb_contact t, const struct gn_addr *teller,
		       struct gn_ov_told *out)
{
	struct gn_ov_told told = {.age = gn_fb_contact_age(t) * GN_SEC};
	memcpy(told.c.pk.b, gn_fb_contact_pk(t).b, 32);
	memcpy(told.c.nonce, gn_fb_contact_nonce(t).b, 8);
	gn_ov_coord_init(&told.coord);
	if (gn_fb_contact_has_vivaldi(t))
		told.coord = gn_ov_coord_get(gn_fb_contact_vivaldi(t));
	told.c.load = gn_fb_contact_load(t);
	told.c.class = gn_fb_contact_class(t);
	told.c.mode = gn_fb_contact_mode(t);
	told.c.reach = get_reach(gn_fb_contact_reach(t));
	told.c.can = gn_fb_contact_can(t);
	uint32_t addrs = gn_fb_contact_addrs_len(t);
	for (uint32_t i = 0; i < addrs && i < GN_CONTACT_ADDRS; i++) {
		struct gn_fb_addr raw = gn_fb_contact_addrs_at(t, i);
		struct gn_addr a = gn_wire_addr_get(raw);
		if (raw.carrier == GN_FB_CARRIER_UDP)
			add_addr(ov, &told.c, &a, teller);
	}
	const struct gn_ov_contact *known = gn_ov_contact_get(ov, &told.c.pk);
	if (known && memcmp(known->c.nonce, told.c.nonce, 8) == 0) {
		/* its work was checked before */
		told.c.id = known->c.id;
	} else {
		gn_overlay_id_make(&told.c.pk, told.c.nonce, &told.c.id);
		if (gn_overlay_id_work(&told.c.id) < ov->cfg.pow_bits) {
			ov->count.pow_refused++;
			return false;
		}
	}
	/* one that hides is asked for at relays */
	if (told.c.addr_count == 0 && !(told.c.can & GN_OVERLAY_CAN_HIDE) &&
	    !gn_pk_eq(&told.c.pk, &ov->self.pk))
		return false;
	*out = told;
	return true;
}

bool gn_ov_get_hello(struct gn_overlay *ov, struct gn_fb_hello t, const struct gn_ov_from *from,
		     struct gn_contact *out)
{
	GN_ASSERT(from->c.addr_count > 0);
	struct gn_contact c = {.class = gn_fb_hello_class(t),
			       .mode = gn_fb_hello_mode(t),
			       .reach = get_reach(gn_fb_hello_reach(t)),
			       .can = gn_fb_hello_can(t)};
	memcpy(c.pk.b, gn_fb_hello_pk(t).b, 32);
	memcpy(c.nonce, gn_fb_hello_nonce(t).b, 8);
	if (!gn_pk_eq(&c.pk, &from->c.pk) || gn_fb_hello_pow_version(t) != 0) {
		ov->count.messages_refused++;
		return false;
	}
	if (gn_fb_hello_version(t) != GN_OV_VERSION) {
		ov->count.version_refused++;
		return false;
	}
	gn_overlay_id_make(&c.pk, c.nonce, &c.id);
	if (gn_overlay_id_work(&c.id) < ov->cfg.pow_bits) {
		ov->count.pow_refused++;
		return false;
	}
	/* Where its messages come from is where it is; what it says besides comes after. */
	if (from->c.addr_count && from->c.addrs[0].port)
		c.addrs[c.addr_count++] = from->c.addrs[0];
	uint32_t addrs = gn_fb_hello_addrs_len(t);
	for (uint32_t i = 0; i < addrs && i < GN_CONTACT_ADDRS; i++) {
		struct gn_fb_addr raw = gn_fb_hello_addrs_at(t, i);
		struct gn_addr a = gn_wire_addr_get(raw);
		if (raw.carrier == GN_FB_CARRIER_UDP)
			add_addr(ov, &c, &a, &from->c.addrs[0]);
	}
	*out = c;
	return true;
}

bool gn_ov_finish(struct gn_fbb *b, uint64_t request, uint8_t type, gn_fbref body,
		  struct gn_slice *out)
{
	GN_ASSERT(type != 0);
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = request, .body_type = type, .body = body});
	return gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, out) == GN_OK;
}

gn_err gn_ov_send(struct gn_overlay *ov, struct gn_fbb *b, const struct gn_contact *to,
		  uint64_t request, uint8_t type, gn_fbref body)
{
	GN_ASSERT(type != 0 && body != 0);
	struct gn_slice bytes;
	bool fits = gn_ov_finish(b, request, type, body, &bytes);
	GN_ASSERT(fits); /* scratch holds the greatest message we build */
	return gn_ov_out_message(ov, to, bytes);
}

void gn_ov_refuse(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	if (request == 0)
		return;
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body =
		gn_fb_refused_make(&b, &(struct gn_fb_refused_args){.code = gn_wire_code(err)});
	(void)gn_ov_send(ov, &b, to, request, GN_FB_OVERLAY_BODY_REFUSED, body);
}
