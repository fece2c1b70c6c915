/* What another holder gets: a copy of an item with what once let it in, so that it is admitted
 * there as it was here; and how it stands with one of a queue. Rules BX-22, BX-43. */
#include "services/box/engine_int.h"

void box_send_copy(struct gn_box *b, const struct box_feed *f, const struct box_value *v,
		   const struct box_item *it)
{
	GN_ASSERT(f->kind == FEED_COPY && it->state == BOX_STANDS && v->item.len == it->len);
	struct gn_fb_key box = gn_wire_key(&f->box);
	struct gn_fb_box_work work = {.day = v->proof.work.day};
	struct gn_fb_box_invite invite;
	struct gn_fb_box_certificate cert = {.until = v->proof.certificate.until,
					     .items = v->proof.certificate.items,
					     .kib = v->proof.certificate.kib};
	struct gn_fb_sig sig;
	struct gn_fbb *fbb = box_message_begin(b, v->item.len + v->proof.token.len);
	if (!fbb)
		return;
	memcpy(work.nonce, v->proof.work.nonce, sizeof work.nonce);
	memcpy(invite.key, v->proof.invite.b, 32);
	memcpy(invite.sig, v->proof.sig.b, 64);
	memcpy(cert.key, v->proof.certificate.key.b, 32);
	memcpy(cert.sig, v->proof.certificate.sig.b, 64);
	memcpy(sig.b, v->proof.sig.b, 64);
	struct gn_fb_box_copy_args args = {.box = &box,
					   .item = v->item,
					   .until = v->until,
					   .deposited = v->deposited,
					   .acked = (it->acked | it->acked >> BOX_HEARD) & BOX_TOLD,
					   .class = it->cls};
	switch (v->proof.way) {
	case GN_BOX_WORK: args.work = &work; break;
	case GN_BOX_INVITE: args.invite = &invite; break;
	case GN_BOX_CERTIFICATE:
		args.certificate = &cert;
		args.sig = &sig;
		break;
	case GN_BOX_TOKEN:
		args.token = v->proof.token;
		args.sig = &sig;
		break;
	}
	b->count.copies_out++;
	box_message_end(b, &f->to, f->request, GN_FB_BOX_MESSAGE_BODY_BOX_COPY,
			gn_fb_box_copy_make(fbb, &args));
}

gn_err box_copy_proof(struct gn_fb_box_copy m, struct gn_box_proof *p)
{
	*p = (struct gn_box_proof){.way = GN_BOX_WORK};
	struct gn_fb_sig sig = gn_fb_box_copy_sig(m);
	memcpy(p->sig.b, sig.b, 64);
	if (gn_fb_box_copy_has_work(m)) {
		struct gn_fb_box_work w = gn_fb_box_copy_work(m);
		p->work.day = w.day;
		memcpy(p->work.nonce, w.nonce, sizeof p->work.nonce);
		return GN_OK;
	}
	if (gn_fb_box_copy_has_invite(m)) {
		struct gn_fb_box_invite i = gn_fb_box_copy_invite(m);
		p->way = GN_BOX_INVITE;
		memcpy(p->invite.b, i.key, 32);
		memcpy(p->sig.b, i.sig, 64);
		return GN_OK;
	}
	if (gn_fb_box_copy_has_certificate(m)) {
		struct gn_fb_box_certificate c = gn_fb_box_copy_certificate(m);
		p->way = GN_BOX_CERTIFICATE;
		p->certificate =
			(struct gn_boxcert){.until = c.until, .items = c.items, .kib = c.kib};
		memcpy(p->certificate.key.b, c.key, 32);
		memcpy(p->certificate.sig.b, c.sig, 64);
		return GN_OK;
	}
	p->way = GN_BOX_TOKEN;
	p->token = gn_fb_box_copy_token(m);
	return p->token.len ? GN_OK : GN_DENIED;
}

void box_turn_send(struct gn_box *b, const struct gn_contact *to, const struct box_item *it,
		   const struct box_turn_value *v)
{
	const struct box_turn *t = it->turn;
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_fb_key box = gn_wire_key(&it->box->key), worker;
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	struct gn_fb_sig sig;
	GN_ASSERT(t || v);
	struct gn_fbb *fbb = box_message_begin(b, v ? v->outcome.len + v->token.len : 0);
	if (!fbb)
		return;
	struct gn_fb_box_turn_args args = {.box = &box, .id = &fb_id, .worker = &worker};
	if (v) {
		memcpy(sig.b, v->sig.b, sizeof sig.b);
		worker = gn_wire_key(&v->worker);
		args.state = v->state;
		args.end = v->end;
		args.delivery = v->delivery;
		args.outcome = v->outcome;
		args.token = v->token;
		args.sig = &sig;
	} else {
		worker = gn_wire_key(&t->worker);
		args.state = t->state;
		args.delivery = t->delivery;
		args.left = box_turn_left(b, it);
	}
	b->count.turns_out++;
	box_message_end(b, to, 0, GN_FB_BOX_MESSAGE_BODY_BOX_TURN, gn_fb_box_turn_make(fbb, &args));
}
