/* What peers have shown in their sessions: by which key they read, remove or deposit. Everything
 * is bound to the session's exporter, so what one holder was shown is worth nothing at another,
 * and to its end.
 *
 *   show:  free -> shown [box_on_show: the signature is right] -> free [the session is another, or
 *          BOX_SHOWS newer ones]
 *
 * A right is looked up in the descriptor of now whenever it is used: a key that was taken out of
 * it, or refused, is worth nothing from then on. Nor is a token that was taken back, as far as its
 * issuer's list is known. Rules BX-10, BX-44, BX-46. */
#include "services/box/engine_int.h"

/* By the list as it was known in the last hour: one that is older is looked up meanwhile. */
static bool not_revoked(struct gn_box *b, const struct box_show *s)
{
	return gn_lists_judge(b->cfg.lists, s->chain, b->now) == GN_OK;
}

const struct box_show *box_shown(struct gn_box *b, const struct gn_pk *pk, uint16_t number,
				 const struct box_held *h, uint8_t role)
{
	struct box_peer *p = number ? box_peer_get(b, pk) : NULL;
	GN_ASSERT(h->rules);
	for (unsigned i = 0; p && i < BOX_SHOWS; i++) {
		const struct box_show *s = &p->shows[i];
		if (s->number != number || s->role != role || !gn_pk_eq(&s->box, &h->key))
			continue;
		bool right = role == GN_BOXREC_READER && !s->token
				     ? gn_boxrec_reader(h->rules, &s->key) == s->reader
			     : role == GN_BOXREC_REMOVER
				     ? gn_boxrec_remover(h->rules, &s->key) == s->reader
			     : role == GN_BOXREC_WORKER && !s->token
				     ? gn_boxrec_works(h->rules, &s->key)
			     : role != GN_BOXREC_DEPOSITOR && s->until <= box_unix(b)
				     ? false
				     : !gn_boxrec_refuses(h->rules, &s->key);
		return right && not_revoked(b, s) ? s : NULL;
	}
	return NULL;
}

/* Whose key must have signed, by the descriptor. */
static gn_err find_right(struct gn_box *b, const struct box_held *h, struct gn_fb_box_show m,
			 struct box_show *s)
{
	GN_ASSERT(h->rules);
	int reader = -1;
	if (s->role == GN_BOXREC_READER && gn_fb_box_show_token(m).len) {
		/* who may put work into a queue sees what becomes of it, who may follow a topic
		 * what was said in it */
		s->way = GN_BOX_TOKEN;
		s->reader = BOX_READERS;
		if (!h->queue && !h->rules->topic[0])
			return GN_DENIED;
		GN_TRY(box_token_check(b, h, gn_fb_box_show_token(m),
				       h->queue ? GN_FB_ACTION_DEPOSIT : GN_FB_ACTION_SUBSCRIBE,
				       &s->key, &s->until));
		return gn_boxrec_refuses(h->rules, &s->key) ? GN_DENIED : GN_OK;
	}
	if (s->role == GN_BOXREC_READER || s->role == GN_BOXREC_REMOVER) {
		if (!gn_fb_box_show_has_key(m))
			return GN_MALFORMED;
		s->key = gn_wire_key_get(gn_fb_box_show_key(m));
		reader = s->role == GN_BOXREC_READER ? gn_boxrec_reader(h->rules, &s->key)
						     : gn_boxrec_remover(h->rules, &s->key);
		s->reader = (uint8_t)reader;
		return reader >= 0 ? GN_OK : GN_DENIED;
	}
	struct gn_slice token = gn_fb_box_show_token(m);
	s->way = GN_BOX_TOKEN;
	if (s->role == GN_BOXREC_WORKER && !token.len) {
		if (!gn_fb_box_show_has_key(m))
			return GN_MALFORMED;
		s->key = gn_wire_key_get(gn_fb_box_show_key(m));
		return gn_boxrec_works(h->rules, &s->key) ? GN_OK : GN_DENIED;
	}
	if (s->role == GN_BOXREC_WORKER) {
		GN_TRY(box_token_check(b, h, token, GN_FB_ACTION_LEASE, &s->key, &s->until));
		return gn_boxrec_refuses(h->rules, &s->key) ? GN_DENIED : GN_OK;
	}
	if (s->role != GN_BOXREC_DEPOSITOR)
		return GN_UNSUPPORTED;
	if (gn_fb_box_show_has_certificate(m)) {
		struct gn_fb_box_certificate c = gn_fb_box_show_certificate(m);
		s->way = GN_BOX_CERTIFICATE;
		s->certificate =
			(struct gn_boxcert){.until = c.until, .items = c.items, .kib = c.kib};
		memcpy(s->certificate.key.b, c.key, 32);
		memcpy(s->certificate.sig.b, c.sig, 64);
		s->key = s->certificate.key;
		if (gn_boxrec_refuses(h->rules, &s->key))
			return GN_DENIED;
		b->caused.checks++;
		return gn_boxcert_check(&h->key, &s->certificate, box_unix(b));
	}
	uint64_t end = 0;
	return token.len ? box_token_check(b, h, token, GN_FB_ACTION_DEPOSIT, &s->key, &end)
			 : GN_MALFORMED;
}

static struct box_show *show_place(struct gn_box *b, struct box_peer *p, uint16_t number)
{
	GN_ASSERT(number != 0);
	struct box_show *s = NULL;
	for (unsigned i = 0; i < BOX_SHOWS && (!s || s->number != number); i++)
		if (p->shows[i].number == number || (!s && p->shows[i].number == 0))
			s = &p->shows[i];
	if (!s) {
		s = &p->shows[p->next];
		p->next = (p->next + 1) % BOX_SHOWS;
	}
	box_show_drop(b, s);
	return s;
}

/* Keeps the chain that was checked last, unless it was taken back. */
static gn_err keep_chain(struct gn_box *b, struct gn_slice token, struct box_show *s)
{
	struct gn_lists_chain chain;
	gn_lists_chain_of(&b->token, &chain);
	GN_TRY(gn_lists_judge(b->cfg.lists, &chain, b->now));
	s->token = gn_mem_new(b->env.alloc, token.len);
	s->chain = GN_NEW(b->env.alloc, struct gn_lists_chain);
	if (!s->token || !s->chain) {
		box_show_drop(b, s);
		return GN_NOMEM;
	}
	memcpy(s->token, token.p, token.len);
	s->token_len = (uint32_t)token.len;
	*s->chain = chain;
	s->limited = gn_quota_limited(&b->token);
	return GN_OK;
}

gn_err box_list_of(struct gn_box *b, struct box_held *h, const struct gn_contact *who,
		   struct gn_fb_box_message m)
{
	GN_ASSERT(h->rules);
	if (gn_fb_box_message_body_type(m) != GN_FB_BOX_MESSAGE_BODY_BOX_SHOW)
		return GN_OK;
	struct gn_slice token = gn_fb_box_show_token(gn_fb_box_message_body_as_box_show(m));
	struct gn_lists_chain chain;
	if (!token.len || gn_token_read(token, &b->token) != GN_OK ||
	    !gn_pk_eq(gn_token_owner(&b->token), box_issuer(h)))
		return GN_OK; /* it is refused for that */
	gn_lists_chain_of(&b->token, &chain);
	return chain.count ? gn_lists_look(b->cfg.lists, &chain.owner, who, b->now) : GN_OK;
}

static gn_err take_show(struct gn_box *b, const struct box_from *from, struct box_held *h,
			struct gn_fb_box_show m)
{
	GN_ASSERT(h->rules);
	struct gn_boxrec_show show = {
		.box = h->key, .holder = b->cfg.node_key.pk, .role = gn_fb_box_show_role(m)};
	struct box_show s = {
		.number = gn_fb_box_show_shown(m), .role = gn_fb_box_show_role(m), .box = h->key};
	struct gn_sig sig;
	struct gn_fb_sig fb_sig = gn_fb_box_show_sig(m);
	memcpy(sig.b, fb_sig.b, sizeof sig.b);
	if (s.number == 0)
		return GN_MALFORMED;
	GN_TRY(find_right(b, h, m, &s));
	struct box_peer *p = box_peer_need(b, &from->who.pk);
	if (!p)
		return GN_BUSY;
	memcpy(show.exporter, p->exporter, sizeof show.exporter);
	b->caused.checks++;
	GN_TRY(gn_boxrec_show_check(&s.key, &show, &sig));
	struct gn_slice token = gn_fb_box_show_token(m);
	if (s.way == GN_BOX_TOKEN && token.len)
		GN_TRY(keep_chain(b, token, &s));
	*show_place(b, p, s.number) = s;
	box_limited_know(b, from, h, &s);
	return GN_OK;
}

void box_on_show(struct gn_box *b, const struct box_from *from, struct box_held *h,
		 struct gn_fb_box_show m)
{
	struct box_refusal why = {.err = take_show(b, from, h, m)};
	b->count.shows++;
	b->count.shows_refused += why.err != GN_OK;
	box_send_done(b, &from->who, from->request, &why, &h->key);
}
