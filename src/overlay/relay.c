/* Questions through linked peers (RE-48): FIND, GET and PUT to somebody without a session go in a
 * RELAY through a linked peer that lists it, so that no handshake comes first; or, when none does,
 * through the linked one that told of it, who asks through another in the same way. Each passes on
 * to its own linked peers alone, one message for one, as a question of its own, and puts the answer
 * back into a RELAY. So whoever is asked needs to know nothing of it.
 *
 *   we ask     RELAY(hops 1 or 2, FIND)     ->  its peer: FIND of its own, or RELAY(hops 1)
 *   and get    RELAY(hops 0, NODES, origin) <-  NODES
 *              REFUSED                      <-  not passed on, or in vain
 *
 *   1. What comes so is the word of who passed it on: contacts are its hearsay, and in a lookup it
 *      has one voice, however many it answers for. Only signatures stand for themselves.
 *   2. Whatever fails costs one question, at most two in a row to the same node; then it is asked
 *      itself, as if there were no RELAY. Who does not know it is not asked again on that link.
 *   3. What is passed on is paid for by who asked, within a rate of each and of each target. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"

static const struct gn_pk nobody;

static bool is_linked(const struct gn_ov_contact *c)
{
	return c && c->up && c->link && c->link->state == GN_OV_LINK_UP;
}

static bool is_alive(const struct gn_ov_contact *c)
{
	return is_linked(c) && c->link->miss == 0 && gn_ov_is_server(c);
}

static bool lists(const struct gn_ov_link *l, uint64_t theta)
{
	GN_ASSERT(l->their_count <= GN_OV_DELTA_MAX);
	for (uint32_t i = 0; i < l->their_count; i++)
		if (l->theirs[i] == theta)
			return true;
	return false;
}

bool gn_overlay_linked(const struct gn_overlay *ov, const struct gn_pk *pk, struct gn_contact *out)
{
	const struct gn_ov_contact *c = gn_ov_contact_get(ov, pk);
	if (!is_linked(c))
		return false;
	if (out)
		*out = c->c;
	return true;
}

unsigned gn_overlay_relays_for(const struct gn_overlay *ov, const struct gn_pk *target,
			       struct gn_contact *out, unsigned max)
{
	const struct gn_ov_contact *k = gn_ov_contact_get(ov, target),
				   *teller = k ? gn_ov_contact_get(ov, &k->teller) : NULL;
	unsigned n = 0, seen = 0;
	for (uint32_t i = 0; k && max > 0 && i < ov->contact_count; i++) {
		const struct gn_ov_contact *c = ov->contacts[i];
		if (c == k || !is_alive(c) || !(c == teller || lists(c->link, k->theta)))
			continue;
		/* each place is as likely: who told of it may lead to its own */
		uint32_t at = (uint32_t)gn_rand_below(ov->env.rand, ++seen);
		if (n < max) {
			out[n] = out[at];
			n++;
		}
		if (at < n)
			out[at] = c->c;
	}
	return n;
}

/* ---- rates: what is paid for until when, `burst` of them ahead ---- */

static bool may_pay(gn_time until, gn_time each, unsigned burst, gn_time now)
{
	GN_ASSERT(each > 0 && burst > 0);
	return until <= now || until - now <= (burst - 1) * each;
}

static void pay(gn_time *until, gn_time each, gn_time now)
{
	*until = (*until > now ? *until : now) + each;
}

#define EACH (GN_SEC / GN_OV_RELAY_RATE)

/* ---- asking through others ---- */

static bool takes(const struct gn_ov_contact *c, gn_time now)
{
	return is_alive(c) && c->link->relay_after <= now &&
	       may_pay(c->link->relay_sent, EACH, GN_OV_RELAY_RATE, now);
}

/* Has it a voice in this operation already? */
static bool speaks(const struct gn_ov_op *op, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < op->cand_count; i++) {
		const struct gn_ov_cand *c = &op->cands[i];
		bool counts = op->storing ? c->put == GN_OV_SENT || c->put == GN_OV_STORED
					  : c->state != GN_OV_NEW && c->state != GN_OV_DEAD;
		if (counts && (gn_pk_eq(&c->via, pk) || gn_pk_eq(&c->c.pk, pk)))
			return true;
	}
	return false;
}

static gn_time way_time(const struct gn_overlay *ov, const struct gn_ov_contact *by,
			const struct gn_ov_contact *k)
{
	gn_time on = GN_OV_RTT_GUESS;
	if (by->coord.err < 0.9 && k->coord.err < 0.9) {
		double ms = gn_ov_coord_ms(&by->coord, &k->coord);
		on = (gn_time)((ms < 1 ? 1 : ms > 1000 ? 1000 : ms) * 1e6);
	}
	return gn_ov_rtt_hat(ov, by, NULL) + on;
}

/* Who told us of it, if that one can be asked. */
static struct gn_ov_contact *teller_of(const struct gn_overlay *ov, const struct gn_ov_op *op,
				       const struct gn_ov_contact *k, bool again, gn_time now)
{
	struct gn_ov_contact *t = gn_ov_contact_get(ov, &k->teller);
	return takes(t, now) && (again || !speaks(op, &t->c.pk)) ? t : NULL;
}

/* The fastest that lists it; else the one that told of it, or else stands nearest to it, who may
 * know somebody that lists it. */
bool gn_ov_relay_way(struct gn_overlay *ov, const struct gn_ov_op *op,
		     const struct gn_ov_contact *k, gn_time now, struct gn_ov_way *out)
{
	GN_ASSERT(!op->ended);
	if (!op->relays || !k || k->up || k->link || k->relay_fails >= GN_OV_RELAY_TRIES)
		return false;
	/* the first record ends it, so that a second question through the same costs nothing but
	 * the chance that both are lost */
	bool one = op->kind == GN_OV_GET && op->get.quorum == 1 && !op->widened;
	struct gn_ov_contact *best = NULL, *near = NULL;
	gn_time best_rtt = 0;
	gn_ov_members_update(ov);
	for (uint32_t i = 0; i < ov->member_count; i++) {
		struct gn_ov_contact *c = ov->members[i].contact;
		bool again = takes(c, now) && speaks(op, &c->c.pk);
		if (!takes(c, now) || (again && !one))
			continue;
		if (!near || gn_ov_nearer(k->theta, &c->c.id, &near->c.id) < 0)
			near = c;
		gn_time rtt = way_time(ov, c, k) + (again ? GN_OV_RTT_GUESS : 0);
		if (lists(c->link, k->theta) && (!best || rtt < best_rtt)) {
			best = c;
			best_rtt = rtt;
		}
	}
	struct gn_ov_contact *by = best ? best : teller_of(ov, op, k, one, now);
	by = by ? by : near;
	if (!by)
		return false;
	*out = (struct gn_ov_way){by, best ? 1 : GN_OV_RELAY_HOPS, way_time(ov, by, k)};
	/* where many are asked and the slowest is waited for, not what takes longer than a
	 * handshake; of a PUT that serves twice */
	gn_time itself = gn_ov_rtt_hat(ov, k, NULL) * (op->kind == GN_OV_PUT ? 2 : 3);
	return op->kind == GN_OV_GET || out->rtt <= itself;
}

static void send_on(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request,
		    const uint8_t target[32], struct gn_slice inner, uint8_t hops)
{
	GN_ASSERT(hops > 0 && hops <= GN_OV_RELAY_HOPS);
	struct gn_fb_hash h;
	memcpy(h.b, target, 32);
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_fb_relay_make(
		&b, &(struct gn_fb_relay_args){.target = &h, .inner = inner, .hops = hops});
	(void)gn_ov_send(ov, &b, to, request, GN_FB_OVERLAY_BODY_RELAY, body);
}

void gn_ov_relay_ask(struct gn_overlay *ov, const struct gn_ov_way *way,
		     const struct gn_ov_request *r, struct gn_slice inner, gn_time now)
{
	GN_ASSERT(r->relayed && gn_pk_eq(&r->via, &way->by->c.pk));
	GN_ASSERT(inner.len <= GN_OV_RELAY_INNER);
	pay(&way->by->link->relay_sent, EACH, now);
	ov->count.relayed++;
	send_on(ov, &way->by->c, r->id, r->to.id.b, inner, way->hops);
}

bool gn_ov_relay_echo(const struct gn_ov_op *op, const struct gn_ov_cand *c, uint32_t width,
		      bool valued)
{
	GN_ASSERT(c >= op->cands && c < op->cands + op->cand_count);
	uint32_t rank = 0;
	if (gn_pk_eq(&c->via, &nobody))
		return false;
	for (uint32_t i = 0; i < op->cand_count && rank < width; i++) {
		const struct gn_ov_cand *k = &op->cands[i];
		rank += k->state != GN_OV_DEAD;
		if (k == c || k->state != GN_OV_ANSWERED || (valued && !k->has_value))
			continue;
		if (gn_pk_eq(&k->c.pk, &c->via) || (k < c && gn_pk_eq(&k->via, &c->via)))
			return true;
	}
	return false;
}

/* In vain: the next question to it goes through another, or to itself. */
static void in_vain(struct gn_overlay *ov, struct gn_ov_contact *k)
{
	ov->count.relayed_in_vain++;
	if (k && k->relay_fails < GN_OV_RELAY_TRIES)
		k->relay_fails++;
}

void gn_ov_relay_missed(struct gn_overlay *ov, const struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->relayed);
	struct gn_ov_contact *by = gn_ov_contact_get(ov, &r->via);
	struct gn_ov_link *l = by ? by->link : NULL;
	in_vain(ov, gn_ov_contact_get(ov, &r->to.pk));
	if (!l)
		return;
	if (!l->relays) { /* it does not know what that is */
		l->relay_after = GN_NEVER;
	} else if (++l->relay_misses >= GN_OV_RELAY_TRIES) {
		l->relay_misses = 0;
		l->relay_after = now + GN_OV_TOMB;
	}
	gn_ov_link_probe(ov, l, now);
}

/* ---- passing on ---- */

static void refuse(struct gn_overlay *ov, const struct gn_ov_from *from, gn_err err)
{
	ov->count.relays_refused++;
	gn_ov_refuse(ov, &from->c, from->request, err);
}

/* The same question under our own number; 0: it is none that is passed on. */
static gn_fbref copy_question(struct gn_fbb *b, struct gn_fb_overlay_message m)
{
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_FIND: {
		struct gn_fb_find f = gn_fb_overlay_message_body_as_find(m);
		struct gn_fb_hash target = gn_fb_find_target(f);
		return gn_fb_find_make(b, &(struct gn_fb_find_args){.theta = gn_fb_find_theta(f),
								    .target = &target,
								    .limit = gn_fb_find_limit(f)});
	}
	case GN_FB_OVERLAY_BODY_GET: {
		struct gn_fb_get g = gn_fb_overlay_message_body_as_get(m);
		struct gn_fb_hash key = gn_fb_get_key(g);
		if (gn_fb_get_nonce(g)) /* a proof is for who has the link (OV-68) */
			return 0;
		return gn_fb_get_make(
			b, &(struct gn_fb_get_args){.key = &key, .min_seq = gn_fb_get_min_seq(g)});
	}
	case GN_FB_OVERLAY_BODY_PUT: {
		struct gn_fb_put p = gn_fb_overlay_message_body_as_put(m);
		return gn_fb_put_make(
			b, &(struct gn_fb_put_args){.record = gn_fb_put_record(p),
						    .token = gn_fb_put_token(p),
						    .compare = gn_fb_put_compare(p),
						    .compare_seq = gn_fb_put_compare_seq(p)});
	}
	default: return 0;
	}
}

/* Its own linked peer that is meant, or, with a hop to spare, the nearest that lists it; never who
 * asks. */
static struct gn_ov_contact *next_for(struct gn_overlay *ov, const struct gn_fb_hash *target,
				      const struct gn_ov_contact *asker, uint8_t hops, gn_time now)
{
	GN_ASSERT(hops > 0 && hops <= GN_OV_RELAY_HOPS);
	struct gn_node_id id;
	memcpy(id.b, target->b, 32);
	uint32_t at = gn_ov_contact_place(ov, &id);
	struct gn_ov_contact *to = at < ov->contact_count ? ov->contacts[at] : NULL, *best = NULL;
	if (to && memcmp(to->c.id.b, id.b, 32) == 0 && is_alive(to))
		return to == asker ? NULL : to;
	if (hops == 1 || memcmp(id.b, ov->self.id.b, 32) == 0)
		return NULL;
	gn_ov_members_update(ov);
	for (uint32_t i = 0; i < ov->member_count; i++) {
		struct gn_ov_contact *c = ov->members[i].contact;
		if (c && c != asker && takes(c, now) && lists(c->link, gn_ov_theta(id.b)) &&
		    (!best || gn_ov_rtt_hat(ov, c, NULL) < gn_ov_rtt_hat(ov, best, NULL)))
			best = c;
	}
	return best;
}

static void pass_on(struct gn_overlay *ov, const struct gn_ov_from *from, struct gn_ov_contact *to,
		    struct gn_fb_relay x, struct gn_fb_overlay_message question, gn_time now)
{
	GN_ASSERT(to != from->contact && is_alive(to));
	struct gn_fb_hash target = gn_fb_relay_target(x);
	const struct gn_holder asker = gn_ov_holder_of(&from->c);
	bool put = gn_fb_overlay_message_body_type(question) == GN_FB_OVERLAY_BODY_PUT;
	struct gn_ov_request *r = NULL;
	if (may_pay(to->relay_given, EACH, GN_OV_RELAY_RATE, now) &&
	    (!put || may_pay(to->relay_put, GN_OV_RELAY_PUT_EVERY, GN_OV_RELAY_PUTS, now)))
		r = gn_ov_request_for(ov, &asker, &to->c, now);
	if (!r) {
		refuse(ov, from, GN_BUSY);
		return;
	}
	r->asker_request = from->request;
	r->asks = gn_fb_overlay_message_body_type(question);
	r->on_and_on = memcmp(to->c.id.b, target.b, 32) != 0;
	memcpy(r->key.b, target.b, 32);
	pay(&to->relay_given, EACH, now);
	if (put) {
		pay(&to->relay_put, GN_OV_RELAY_PUT_EVERY, now);
		r->dead_at += r->dead_at - now + GN_OV_STORE_TIME;
	}
	ov->count.relays++;
	if (r->on_and_on) {
		r->dead_at += GN_OV_DEAD_MIN; /* it waits for the next itself */
		pay(&to->link->relay_sent, EACH, now);
		send_on(ov, &to->c, r->id, target.b, gn_fb_relay_inner(x), 1);
		return;
	}
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = copy_question(&b, question);
	(void)gn_ov_send(ov, &b, &to->c, r->id, r->asks, body);
}

static void on_question(struct gn_overlay *ov, const struct gn_ov_from *from, struct gn_fb_relay x,
			gn_time now)
{
	GN_ASSERT(gn_fb_relay_hops(x) > 0);
	struct gn_ov_contact *asker = from->contact;
	struct gn_fb_overlay_message question;
	struct gn_slice inner = gn_fb_relay_inner(x);
	struct gn_fb_hash target = gn_fb_relay_target(x);
	struct gn_fbb b = gn_ov_builder(ov);
	if (!from->request || !ov->server || !is_linked(asker) ||
	    gn_fb_relay_hops(x) > GN_OV_RELAY_HOPS || inner.len > GN_OV_RELAY_INNER ||
	    gn_fb_overlay_message_verify(inner, &question) != GN_OK ||
	    !copy_question(&b, question)) {
		refuse(ov, from, GN_DENIED);
		return;
	}
	if (!may_pay(asker->relay_asked, EACH, GN_OV_RELAY_RATE, now)) {
		refuse(ov, from, GN_BUSY);
		return;
	}
	pay(&asker->relay_asked, EACH, now);
	struct gn_ov_contact *to = next_for(ov, &target, asker, gn_fb_relay_hops(x), now);
	if (to)
		pass_on(ov, from, to, x, question, now);
	else
		refuse(ov, from, GN_NOT_FOUND);
}

/* ---- and back ---- */

/* Who asked through us, while it is linked. */
static const struct gn_ov_contact *asker_of(const struct gn_overlay *ov,
					    const struct gn_ov_request *r)
{
	const struct gn_ov_contact *c = gn_ov_contact_get(ov, &r->asker.key);
	return is_linked(c) ? c : NULL;
}

void gn_ov_relay_lost(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_RELAY && r->placed);
	const struct gn_ov_contact *asker = asker_of(ov, r), *to = gn_ov_contact_get(ov, &r->to.pk);
	uint64_t number = r->asker_request;
	ov->count.relays_lost++;
	gn_ov_request_free(ov, r);
	if (to && to->link)
		gn_ov_link_probe(ov, to->link, now);
	if (asker)
		gn_ov_refuse(ov, &asker->c, number, GN_TIMEOUT);
}

/* Key and nonce: addresses would be our word alone. */
static gn_fbref put_origin(struct gn_fbb *b, const uint8_t *pk, const uint8_t *nonce)
{
	struct gn_fb_key k;
	struct gn_fb_nonce n;
	memcpy(k.b, pk, 32);
	memcpy(n.b, nonce, 8);
	return gn_fb_contact_make(b, &(struct gn_fb_contact_args){.pk = &k, .nonce = &n});
}

/* The answer to what another asked through us: of the target, or already passed on once. */
static void give_back(struct gn_overlay *ov, struct gn_ov_request *r, const struct gn_ov_from *from,
		      struct gn_fb_relay passed, struct gn_slice message)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_RELAY && r->placed);
	const struct gn_ov_contact *asker = asker_of(ov, r);
	bool on = r->on_and_on, refused = on && from->kind != GN_FB_OVERLAY_BODY_RELAY;
	struct gn_slice inner = on && !refused ? gn_fb_relay_inner(passed) : message;
	uint64_t number = r->asker_request;
	struct gn_fb_hash target;
	memcpy(target.b, r->key.b, 32);
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref origin = 0;
	if (on && !refused && gn_fb_relay_has_origin(passed)) {
		struct gn_fb_contact o = gn_fb_relay_origin(passed);
		origin = put_origin(&b, gn_fb_contact_pk(o).b, gn_fb_contact_nonce(o).b);
	} else if (!on) {
		origin = put_origin(&b, r->to.pk.b, r->to.nonce);
	}
	gn_ov_request_free(ov, r);
	if (!asker)
		return;
	if (refused || inner.len > GN_OV_RELAY_ANSWER) {
		gn_ov_refuse(ov, &asker->c, number, refused ? GN_NOT_FOUND : GN_TOO_LARGE);
		return;
	}
	gn_fbref body = gn_fb_relay_make(
		&b,
		&(struct gn_fb_relay_args){.target = &target, .inner = inner, .origin = origin});
	(void)gn_ov_send(ov, &b, &asker->c, number, GN_FB_OVERLAY_BODY_RELAY, body);
}

static bool is_refusal(uint8_t kind)
{
	return kind == GN_FB_OVERLAY_BODY_REFUSED || kind == GN_FB_OVERLAY_BODY_BUSY;
}

/* What we asked through another: opened, if it is an answer of whom we asked. */
static bool open_answer(const struct gn_ov_request *r, struct gn_fb_relay x,
			struct gn_fb_overlay_message *out)
{
	GN_ASSERT(r->relayed);
	struct gn_fb_overlay_message m;
	if (!gn_fb_relay_has_origin(x) ||
	    memcmp(gn_fb_contact_pk(gn_fb_relay_origin(x)).b, r->to.pk.b, 32) != 0 ||
	    gn_fb_overlay_message_verify(gn_fb_relay_inner(x), &m) != GN_OK ||
	    !gn_ov_answers(gn_fb_overlay_message_body_type(m), r->kind, false))
		return false;
	*out = m;
	return true;
}

/* By whom our question was to be passed on. */
static void answered(struct gn_overlay *ov, const struct gn_ov_request *r, struct gn_ov_from *from,
		     struct gn_fb_overlay_message m, struct gn_fb_overlay_message *inner)
{
	GN_ASSERT(r->relayed && from->contact);
	struct gn_ov_contact *by = from->contact, *k = gn_ov_contact_get(ov, &r->to.pk);
	struct gn_ov_link *l = by->link;
	bool unknown = is_refusal(from->kind) &&
		       gn_fb_overlay_message_body_type(m) == GN_FB_OVERLAY_BODY_REFUSED &&
		       gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(m)) ==
			       GN_FB_CODE_UNSUPPORTED;
	if (l && unknown) {
		l->relay_after = GN_NEVER;
	} else if (l) {
		l->relays = true;
		l->relay_misses = 0;
	}
	from->relay_said = is_refusal(from->kind);
	if (from->relay_said)
		in_vain(ov, k);
	else if (k)
		k->relay_fails = 0;
	from->via = by;
	from->contact = k;
	from->c = r->to;
	from->kind = gn_fb_overlay_message_body_type(*inner);
}

bool gn_ov_relay_take(struct gn_overlay *ov, struct gn_ov_from *from,
		      struct gn_fb_overlay_message *m, struct gn_slice message, gn_time now)
{
	GN_ASSERT(!from->via);
	bool relay = from->kind == GN_FB_OVERLAY_BODY_RELAY && !ov->cfg.relay_off;
	struct gn_fb_relay x = gn_fb_overlay_message_body_as_relay(*m);
	if (relay && gn_fb_relay_hops(x) > 0) {
		on_question(ov, from, x, now);
		return true;
	}
	struct gn_ov_request *r = from->request ? gn_ov_request_get(ov, from->request) : NULL;
	bool ours = r && r->kind == GN_FB_OVERLAY_BODY_RELAY && gn_pk_eq(&r->to.pk, &from->c.pk);
	if (ours && (r->on_and_on ? relay || is_refusal(from->kind)
				  : gn_ov_answers(from->kind, r->asks, false))) {
		give_back(ov, r, from, x, message);
		return true;
	}
	struct gn_fb_overlay_message inner = *m;
	if (r && r->relayed && from->contact && gn_pk_eq(&r->via, &from->c.pk) &&
	    (relay ? open_answer(r, x, &inner) : is_refusal(from->kind))) {
		answered(ov, r, from, *m, &inner);
		*m = inner;
		return false;
	}
	if (!relay)
		return false;
	ov->count.answers_unasked++;
	ov->caused.unasked++;
	return true;
}
