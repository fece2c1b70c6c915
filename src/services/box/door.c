/* Rights at holders: for each holder, box, key and role one door. Its key is elsewhere, so its
 * owner is asked to sign for this session, once; then requests name the number it was shown under.
 *
 *   CLOSED -> KNOCKING [no session yet: a small question makes one] -> CLOSED [gn_box_peer_up, or
 *             the answer] | REFUSED
 *          -> SIGNING  [the owner is asked, GN_BOX_SIGN] -> SHOWING [gn_box_signed] | REFUSED
 *   SHOWING -> OPEN [Done] | REFUSED [what the holder says, or lost]
 *   OPEN   -> CLOSED [the session is another, or the holder has forgotten]
 *   REFUSED -> CLOSED [BOX_RETRY_FIRST later, doubled each time up to BOX_RETRY]
 *
 * A signature counts for one exporter: a door whose session changed while it was being signed
 * begins anew. Rules BX-10, BX-31. */
#include "services/box/engine_int.h"

static struct box_door *door_get(const struct gn_box *b, const struct box_door_key *key)
{
	struct box_door **at = gn_map_get(&b->doors, key);
	return at ? *at : NULL;
}

static struct box_door_key key_of(const struct gn_pk *peer, const struct box_right *right)
{
	struct box_door_key key;
	memset(&key, 0, sizeof key);
	key.peer = *peer;
	key.box = right->box;
	key.key = right->key;
	key.role = right->role;
	return key;
}

void box_door_free(struct gn_box *b, struct box_door *d)
{
	(void)gn_map_remove(&b->doors, &d->key);
	gn_mem_free(b->env.alloc, d->token);
	gn_wipe(d->exporter, sizeof d->exporter);
	gn_mem_free(b->env.alloc, d);
}

static void forget_oldest(struct gn_box *b)
{
	GN_ASSERT(b->doors.count > 0);
	struct box_door *oldest = NULL;
	for (uint32_t i = 0; i < b->doors.count; i++) {
		struct box_door *d = GN_MAP_AT(&b->doors, struct box_door *, i);
		bool idle = d->state == DOOR_CLOSED || d->state == DOOR_OPEN ||
			    d->state == DOOR_REFUSED;
		if (idle && (!oldest || d->until < oldest->until))
			oldest = d;
	}
	if (oldest)
		box_door_free(b, oldest);
}

static struct box_door *door_new(struct gn_box *b, const struct box_door_key *key,
				 const struct gn_contact *to, const struct gn_box_proof *proof)
{
	GN_ASSERT(!door_get(b, key));
	if (b->doors.count >= BOX_DOORS)
		forget_oldest(b);
	struct box_door *d = GN_NEW(b->env.alloc, struct box_door);
	struct box_door **at = d ? gn_map_put(&b->doors, key) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, d);
		b->count.nomem++;
		return NULL;
	}
	*at = d;
	d->key = *key;
	d->to = *to;
	if (!proof)
		return d;
	d->way = (uint8_t)proof->way;
	d->certificate = proof->certificate;
	if (proof->way != GN_BOX_TOKEN)
		return d;
	d->token = gn_mem_new(b->env.alloc, proof->token.len);
	if (!d->token) {
		box_door_free(b, d);
		b->count.nomem++;
		return NULL;
	}
	memcpy(d->token, proof->token.p, proof->token.len);
	d->token_len = (uint32_t)proof->token.len;
	return d;
}

gn_time box_retry(uint8_t *failed)
{
	gn_time wait = BOX_RETRY_FIRST << *failed;
	*failed = *failed < 5 ? *failed + 1 : 5;
	return wait < BOX_RETRY ? wait : BOX_RETRY;
}

static gn_err refuse(struct gn_box *b, struct box_door *d, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	d->state = DOOR_REFUSED;
	d->err = err;
	d->until = b->now + box_retry(&d->failed);
	box_wake(b);
	return err;
}

/* A question without ids: its answer means a session. */
static gn_err knock(struct gn_box *b, struct box_door *d)
{
	GN_ASSERT(d->state == DOOR_CLOSED);
	struct box_ask like = {.kind = ASK_KNOCK, .peer = d->to.pk, .door = d->key};
	uint64_t number = box_ask_new(b, &like, NULL);
	struct gn_fbb *fbb = number ? box_message_begin(b, 0) : NULL;
	if (!number)
		return refuse(b, d, GN_BUSY);
	d->state = DOOR_KNOCKING;
	if (!fbb) /* it is lost in time */
		return GN_PENDING;
	struct gn_fb_key box = gn_wire_key(&d->key.box);
	box_message_end(b, &d->to, number, GN_FB_BOX_MESSAGE_BODY_BOX_ASK,
			gn_fb_box_ask_make(fbb, &(struct gn_fb_box_ask_args){.box = &box}));
	return GN_PENDING;
}

static gn_err ask_owner(struct gn_box *b, struct box_door *d)
{
	GN_ASSERT(d->state == DOOR_CLOSED);
	if (gn_ring_push(&b->signs, &d->key) != GN_OK)
		return refuse(b, d, GN_BUSY);
	b->count.signs++;
	d->state = DOOR_SIGNING;
	d->sign = gn_frame_number(&b->frame);
	d->until = b->now + BOX_SIGN_TIME;
	b->doors_look = gn_time_min(b->doors_look, d->until);
	return GN_PENDING;
}

/* A chain that is another than the one that was shown, or refused, is shown anew. */
static gn_err renew_token(struct gn_box *b, struct box_door *d, const struct gn_box_proof *proof)
{
	bool idle = d->state == DOOR_CLOSED || d->state == DOOR_OPEN || d->state == DOOR_REFUSED;
	if (!proof || proof->way != GN_BOX_TOKEN || !idle ||
	    (proof->token.len == d->token_len &&
	     memcmp(proof->token.p, d->token, d->token_len) == 0))
		return GN_OK;
	uint8_t *token = gn_mem_new(b->env.alloc, proof->token.len);
	if (!token)
		return GN_NOMEM;
	memcpy(token, proof->token.p, proof->token.len);
	gn_mem_free(b->env.alloc, d->token);
	d->token = token;
	d->token_len = (uint32_t)proof->token.len;
	d->way = GN_BOX_TOKEN;
	d->state = DOOR_CLOSED;
	return GN_OK;
}

gn_err box_door_open(struct gn_box *b, const struct gn_contact *to, const struct box_right *right,
		     uint16_t *number)
{
	GN_ASSERT(right->role == GN_BOXREC_WORKER || right->role == GN_BOXREC_READER ||
		  (right->role == GN_BOXREC_DEPOSITOR) == (right->proof != NULL));
	struct box_door_key key = key_of(&to->pk, right);
	struct box_door *d = door_get(b, &key);
	uint8_t exporter[32];
	if (!d && !(d = door_new(b, &key, to, right->proof)))
		return GN_NOMEM;
	GN_TRY(renew_token(b, d, right->proof));
	if (d->state == DOOR_REFUSED && d->until <= b->now)
		d->state = DOOR_CLOSED;
	if (d->state == DOOR_REFUSED)
		return d->err;
	/* a depositor does not wait for the answer: a refusal is one of the deposit, too */
	bool on_its_way = d->state == DOOR_SHOWING && right->role == GN_BOXREC_DEPOSITOR;
	if (d->state == DOOR_KNOCKING || d->state == DOOR_SIGNING ||
	    (d->state == DOOR_SHOWING && !on_its_way))
		return GN_PENDING;
	bool session = box_exporter(b, &to->pk, true, exporter);
	if ((d->state == DOOR_OPEN || on_its_way) && session &&
	    memcmp(exporter, d->exporter, sizeof exporter) == 0) {
		gn_wipe(exporter, sizeof exporter);
		*number = d->number;
		d->until = b->now;
		return GN_OK;
	}
	if (on_its_way) { /* that was in another session, which has ended */
		gn_wipe(exporter, sizeof exporter);
		return GN_PENDING;
	}
	d->state = DOOR_CLOSED;
	d->to = *to;
	if (right->proof && d->way == GN_BOX_CERTIFICATE) /* it may have been renewed */
		d->certificate = right->proof->certificate;
	if (!session)
		return knock(b, d);
	memcpy(d->exporter, exporter, sizeof exporter);
	gn_wipe(exporter, sizeof exporter);
	return ask_owner(b, d);
}

bool box_sign_next(struct gn_box *b, struct gn_box_event *out)
{
	struct box_door_key key;
	while (gn_ring_pop(&b->signs, &key)) {
		const struct box_door *d = door_get(b, &key);
		if (!d || d->state != DOOR_SIGNING)
			continue;
		*out = (struct gn_box_event){.kind = GN_BOX_SIGN,
					     .sign = d->sign,
					     .role = d->key.role,
					     .box = d->key.box,
					     .key = d->key.key,
					     .holder = d->key.peer,
					     .limit = ""};
		memcpy(out->exporter, d->exporter, sizeof out->exporter);
		return true;
	}
	return false;
}

static void send_show(struct gn_box *b, struct box_door *d, const struct gn_sig *sig)
{
	GN_ASSERT(d->state == DOOR_SIGNING);
	struct box_ask like = {.kind = ASK_SHOW, .peer = d->to.pk, .door = d->key};
	struct gn_fb_key box = gn_wire_key(&d->key.box), key = gn_wire_key(&d->key.key);
	struct gn_fb_sig fb_sig;
	struct gn_fb_box_certificate cert = {.until = d->certificate.until,
					     .items = d->certificate.items,
					     .kib = d->certificate.kib};
	uint64_t number = box_ask_new(b, &like, NULL);
	struct gn_fbb *fbb = number ? box_message_begin(b, d->token_len + 1) : NULL;
	if (!fbb) {
		(void)refuse(b, d, GN_BUSY);
		return;
	}
	memcpy(fb_sig.b, sig->b, sizeof fb_sig.b);
	memcpy(cert.key, d->certificate.key.b, 32);
	memcpy(cert.sig, d->certificate.sig.b, 64);
	b->show_last = b->show_last == UINT16_MAX ? 1 : (uint16_t)(b->show_last + 1);
	d->number = b->show_last;
	struct gn_fb_box_show_args args = {
		.box = &box, .shown = d->number, .role = d->key.role, .sig = &fb_sig};
	if (d->key.role != GN_BOXREC_DEPOSITOR && !d->token_len)
		args.key = &key;
	else if (d->way == GN_BOX_CERTIFICATE)
		args.certificate = &cert;
	else
		args.token = gn_slice(d->token, d->token_len);
	d->state = DOOR_SHOWING;
	box_message_end(b, &d->to, number, GN_FB_BOX_MESSAGE_BODY_BOX_SHOW,
			gn_fb_box_show_make(fbb, &args));
}

/* Is it by the key that was asked? Others of this machine may use the box, too. */
static bool is_signed(const struct box_door *d, const struct gn_sig *sig)
{
	struct gn_boxrec_show show = {
		.box = d->key.box, .holder = d->key.peer, .role = d->key.role};
	memcpy(show.exporter, d->exporter, sizeof show.exporter);
	bool right = gn_boxrec_show_check(&d->key.key, &show, sig) == GN_OK;
	gn_wipe(show.exporter, sizeof show.exporter);
	return right;
}

gn_err gn_box_signed(struct gn_box *b, uint64_t sign, const struct gn_sig *sig, gn_time now)
{
	uint8_t exporter[32];
	b->now = now;
	for (uint32_t i = 0; i < b->doors.count; i++) {
		struct box_door *d = GN_MAP_AT(&b->doors, struct box_door *, i);
		if (d->state != DOOR_SIGNING || d->sign != sign)
			continue;
		if (sig && !is_signed(d, sig))
			return GN_SIGNATURE; /* it waits on */
		box_wake(b);
		if (!sig)
			return refuse(b, d, GN_DENIED), GN_OK;
		bool same = box_exporter(b, &d->key.peer, true, exporter) &&
			    memcmp(exporter, d->exporter, sizeof exporter) == 0;
		gn_wipe(exporter, sizeof exporter);
		if (same)
			send_show(b, d, sig);
		else
			d->state = DOOR_CLOSED;
		return GN_OK;
	}
	return GN_OK;
}

void box_door_answer(struct gn_box *b, const struct box_ask *a, gn_err err)
{
	GN_ASSERT(a->kind == ASK_KNOCK || a->kind == ASK_SHOW);
	struct box_door *d = door_get(b, &a->door);
	box_wake(b);
	if (!d)
		return;
	if (a->kind == ASK_KNOCK && d->state == DOOR_KNOCKING) {
		d->state = DOOR_CLOSED;
		if (err != GN_OK)
			(void)refuse(b, d, err);
		else if (!box_exporter(b, &d->key.peer, true, d->exporter))
			(void)refuse(b, d, GN_UNREACHABLE);
	} else if (a->kind == ASK_SHOW && d->state == DOOR_SHOWING) {
		d->state = DOOR_OPEN;
		d->until = b->now;
		if (err != GN_OK)
			(void)refuse(b, d, err);
		else
			d->failed = 0;
	}
}

void box_door_lost(struct gn_box *b, const struct box_ask *a)
{
	GN_ASSERT(a->err != GN_OK && a->op == 0);
	struct box_door *d = door_get(b, &a->door);
	if (d && (d->state == DOOR_KNOCKING || d->state == DOOR_SHOWING))
		(void)refuse(b, d, a->err);
}

void box_doors_of_peer_knocked(struct gn_box *b, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < b->doors.count; i++) {
		struct box_door *d = GN_MAP_AT(&b->doors, struct box_door *, i);
		if (d->state != DOOR_KNOCKING || !gn_pk_eq(&d->key.peer, pk))
			continue;
		d->state = DOOR_CLOSED;
		box_wake(b);
	}
}

void box_doors_of_peer_close(struct gn_box *b, const struct gn_pk *pk)
{
	for (uint32_t i = b->doors.count; i-- > 0;) {
		struct box_door *d = GN_MAP_AT(&b->doors, struct box_door *, i);
		if (!gn_pk_eq(&d->key.peer, pk))
			continue;
		if (d->state == DOOR_OPEN || d->state == DOOR_SIGNING)
			d->state = DOOR_CLOSED;
	}
}

void box_door_denied(struct gn_box *b, const struct gn_pk *peer, const struct box_right *right)
{
	struct box_door_key key = key_of(peer, right);
	struct box_door *d = door_get(b, &key);
	if (d && d->state == DOOR_OPEN)
		d->state = DOOR_CLOSED;
}

/* Owners that did not sign in time. */
void box_doors_look(struct gn_box *b)
{
	b->doors_look = GN_NEVER;
	for (uint32_t i = 0; i < b->doors.count; i++) {
		struct box_door *d = GN_MAP_AT(&b->doors, struct box_door *, i);
		if (d->state != DOOR_SIGNING)
			continue;
		if (d->until > b->now) {
			b->doors_look = gn_time_min(b->doors_look, d->until);
			continue;
		}
		b->count.signs_lost++;
		(void)refuse(b, d, GN_TIMEOUT);
	}
}
