/* The depositor: an item goes to as many of the set at once as mean stored and one more, whoever
 * fails is replaced, and once it is stored the rest get it. The question what has become of an item
 * goes to everyone of the set.
 *
 *   target:  UNSENT -> OPENING [its right is being shown] -> SENT -> DONE   [custody, or taken]
 *            UNSENT -> SENT                               SENT    -> FAILED [refused, lost twice]
 *   deposit: FINDING -> SENDING -> stored [need custodies of one place] -> ended [nobody is left]
 *            SENDING -> FINDING once more [too few, and some were not the holders, or silent]
 *            SENDING -> FINDING [too few, and this node had not joined], BOX_LOOKS at most
 *
 * 1. A custody counts when it is signed, for this item, by the key of the node that was asked.
 * 2. An operation ends exactly once, with the custodies there were. Rules BX-25..BX-27. */
#include "services/box/engine_int.h"

struct tally { /* of one place */
	unsigned held, taken, going, failed;
	unsigned late; /* of those going */
};

static bool is_check(const struct box_put *p)
{
	return p->op.kind == OP_CHECK;
}

/* When another is asked beside this one. A question moves nothing: it waits for its answer. */
static gn_time late_at(const struct box_put *p, const struct box_put_target *t)
{
	bool going = t->state == PUT_SENT || t->state == PUT_OPENING;
	if (!going || is_check(p) || p->stored)
		return GN_NEVER;
	return t->since + BOX_HEDGE + p->item_len / BOX_HEDGE_BYTES * GN_SEC;
}

/* beside: with those who are not of the set. */
static struct tally tally_of(const struct gn_box *b, const struct box_put *p, unsigned place,
			     bool beside)
{
	GN_ASSERT(place < 2);
	struct tally t = {.held = 0};
	for (uint32_t i = 0; i < p->target_count; i++) {
		const struct box_put_target *x = &p->targets[i];
		if (x->place != place || (x->beside && !beside))
			continue;
		bool taken = is_check(p) ? x->said == GN_FB_BOX_STATE_TAKEN : x->err == GN_EXISTS,
		     held = is_check(p) ? x->said == GN_FB_BOX_STATE_HELD : x->err == GN_OK;
		t.taken += x->state == PUT_DONE && taken;
		t.held += x->state == PUT_DONE && held;
		t.going += x->state == PUT_SENT || x->state == PUT_OPENING;
		t.failed += x->state == PUT_FAILED;
		t.late += late_at(p, x) <= b->now;
	}
	return t;
}

static struct tally best_of(const struct gn_box *b, const struct box_put *p)
{
	struct tally first = tally_of(b, p, 0, true), second = tally_of(b, p, 1, true);
	return second.held + second.taken > first.held + first.taken ? second : first;
}

/* ---- messages ---- */

static void send_deposit(struct gn_box *b, const struct box_put *p, const struct gn_contact *to,
			 uint64_t request, uint16_t shown)
{
	GN_ASSERT(p->item && p->item_len > 0);
	struct gn_fb_key box = gn_wire_key(&p->place.box);
	struct gn_fb_box_work work = {.day = p->proof.work.day};
	struct gn_fb_box_invite invite;
	struct gn_fb_sig sig;
	struct gn_fbb *fbb = box_message_begin(b, p->item_len);
	if (!fbb)
		return;
	memcpy(work.nonce, p->proof.work.nonce, sizeof work.nonce);
	memcpy(invite.key, p->proof.invite.b, 32);
	memcpy(invite.sig, p->proof.sig.b, 64);
	memcpy(sig.b, p->proof.sig.b, 64);
	struct gn_fb_box_deposit_args args = {.box = &box,
					      .item = gn_slice(p->item, p->item_len),
					      .ttl = p->ttl,
					      .shown = shown,
					      .class = p->cls};
	if (p->proof.way == GN_BOX_WORK)
		args.work = &work;
	else if (p->proof.way == GN_BOX_INVITE)
		args.invite = &invite;
	else
		args.sig = &sig;
	box_message_end(b, to, request, GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT,
			gn_fb_box_deposit_make(fbb, &args));
}

static void send_question(struct gn_box *b, const struct box_put *p, const struct gn_contact *to,
			  uint64_t request, uint16_t shown)
{
	GN_ASSERT(is_check(p) && request != 0);
	struct gn_fb_key box = gn_wire_key(&p->place.box);
	struct gn_box_id id = box_id_of(&p->hash);
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	struct gn_fbb *fbb = box_message_begin(b, 0);
	if (fbb)
		box_message_end(
			b, to, request, GN_FB_BOX_MESSAGE_BODY_BOX_ASK,
			gn_fb_box_ask_make(fbb, &(struct gn_fb_box_ask_args){.box = &box,
									     .ids = {&fb_id, 1},
									     .shown = shown}));
}

/* ---- targets ---- */

static void fail_target(struct box_put_target *t, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	t->state = PUT_FAILED;
	t->err = err;
}

static bool is_silence(gn_err err)
{
	return err == GN_UNREACHABLE || err == GN_TIMEOUT || err == GN_CLOSED;
}

/* What a holder says is kept for the end: how much work would do before anything else. */
static void note_refusal(struct box_put *p, gn_err err, struct gn_slice limit)
{
	GN_ASSERT(err != GN_OK);
	bool more = err == GN_PROOF_OF_WORK && p->refusal != err;
	if (is_silence(err) || (p->refusal != GN_OK && !more))
		return;
	p->refusal = err;
	gn_plain(limit, p->limit, sizeof p->limit);
}

static void target_step(struct gn_box *b, struct box_put *p, unsigned i)
{
	struct box_put_target *t = &p->targets[i];
	struct box_right right = {.box = p->place.box,
				  .key = p->key,
				  .role = GN_BOXREC_DEPOSITOR,
				  .proof = &p->proof};
	struct box_ask like = {.kind = is_check(p) ? ASK_STATE : ASK_DEPOSIT,
			       .peer = t->to.pk,
			       .op = p->op.id,
			       .target = i};
	uint16_t shown = 0;
	GN_ASSERT(t->state == PUT_UNSENT || t->state == PUT_OPENING);
	t->since = t->since ? t->since : b->now;
	gn_err err = p->by_right ? box_door_open(b, &t->to, &right, &shown) : GN_OK;
	t->state = PUT_OPENING;
	if (err == GN_PENDING)
		return;
	uint64_t number = err == GN_OK ? box_ask_new(b, &like, NULL) : 0;
	if (!number) {
		fail_target(t, err != GN_OK ? err : GN_BUSY);
		note_refusal(p, t->err, GN_LIT(""));
		return;
	}
	t->state = PUT_SENT;
	t->tries++;
	if (is_check(p))
		send_question(b, p, &t->to, number, shown);
	else
		send_deposit(b, p, &t->to, number, shown);
}

static struct box_put_target *target_of(struct box_put *p, unsigned place, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < p->target_count; i++)
		if (p->targets[i].place == place && gn_pk_eq(&p->targets[i].to.pk, pk))
			return &p->targets[i];
	return NULL;
}

static void add_target(struct box_put *p, unsigned place, const struct gn_contact *to, bool beside)
{
	GN_ASSERT(place < 2);
	struct box_put_target *t = target_of(p, place, &to->pk);
	if (t)
		t->beside = t->beside && beside;
	else if (p->target_count < GN_COUNT(p->targets))
		p->targets[p->target_count++] = (struct box_put_target){
			.to = *to, .place = (uint8_t)place, .beside = beside};
}

static void add_targets(struct box_put *p, unsigned place)
{
	GN_ASSERT(place < 2 && p->sets[place].known);
	const struct box_set *s = &p->sets[place];
	for (uint32_t i = 0; i < s->count; i++)
		add_target(p, place, &s->nodes[i], false);
}

/* Whom the lookup asks already: a set ends with its slowest member, three are there long before. */
static void add_early(struct gn_box *b, struct box_put *p, unsigned place)
{
	GN_ASSERT(place < 2 && !p->sets[place].known);
	struct gn_contact near[BOX_SET_WIDE];
	uint32_t n = b->cfg.blind ? 0 /* they are near another point */
				  : gn_overlay_find_near(b->cfg.overlay, p->sets[place].find,
							 BOX_SET_WIDE, near);
	unsigned early = 0;
	for (uint32_t i = 0; i < p->target_count; i++)
		early += p->targets[i].place == place && p->targets[i].state != PUT_FAILED &&
			 late_at(p, &p->targets[i]) > b->now;
	for (uint32_t i = 0; i < n && early < GN_BOX_SET; i++) {
		if (target_of(p, place, &near[i].pk))
			continue;
		add_target(p, place, &near[i], true);
		early++;
	}
}

/* Sends to as many as are wanted now; nearest first, and one farther for each that failed or is
 * late. */
static void place_step(struct gn_box *b, struct box_put *p, unsigned place)
{
	GN_ASSERT(place < 2 && p->need > 0);
	const struct box_set *s = &p->sets[place];
	struct tally t = tally_of(b, p, place, !s->known);
	unsigned all = GN_BOX_SET + (p->wide ? BOX_READ_EXTRA : 0);
	bool large = p->item_len > BOX_AT_ONCE && !p->stored;
	unsigned want = large ? p->need + BOX_SPARE : all;
	unsigned rank = t.held + t.taken + t.going;
	unsigned reach = all + t.late + (is_check(p) ? 0 : t.failed);
	for (uint32_t i = 0; i < p->target_count; i++)
		if (p->targets[i].place == place && p->targets[i].state == PUT_OPENING)
			target_step(b, p, i);
	for (uint32_t i = 0; i < (s->known ? s->count : p->target_count); i++) {
		struct box_put_target *x = &p->targets[i];
		if (s->known)
			x = target_of(p, place, &s->nodes[i].pk);
		if (!x || x->place != place || x->state != PUT_UNSENT || rank++ >= reach ||
		    t.held + t.going - t.late + (t.held ? 0 : t.taken) >= want)
			continue; /* taken is their word, of no weight where some hold it */
		target_step(b, p, (unsigned)(x - p->targets));
		t.going += x->state != PUT_FAILED;
	}
}

/* ---- its end ---- */

static gn_err outcome(const struct gn_box *b, const struct box_put *p)
{
	GN_ASSERT(!p->op.ended);
	struct tally t = best_of(b, p);
	if (is_check(p))
		return t.held + t.taken ? GN_OK : p->refusal != GN_OK ? p->refusal : GN_NOT_FOUND;
	if (t.held >= p->need)
		return GN_OK;
	if (t.held + t.taken >= p->need)
		return GN_EXISTS;
	if (t.held + t.taken > 0)
		return GN_QUORUM;
	if (p->refusal != GN_OK)
		return p->refusal;
	return p->target_count ? GN_UNREACHABLE : p->sets[0].err ? p->sets[0].err : GN_UNREACHABLE;
}

static bool not_holder(const struct box_put_target *t)
{
	return t->state == PUT_FAILED && (t->err == GN_NOT_FOUND || t->err == GN_BUSY);
}

/* Some said that they are not the holders, are busy or silent: the set may have moved. Who has not
 * joined yet finds little, and looks until they have. */
static bool may_look_again(const struct box_put *p)
{
	GN_ASSERT(!p->op.ended);
	bool worth = p->target_count == 0 || (p->young && p->refusal == GN_OK);
	for (uint32_t i = 0; i < p->target_count && !worth; i++)
		worth = not_holder(&p->targets[i]) || is_silence(p->targets[i].err);
	return worth && !p->again && !is_check(p) && p->looks < BOX_LOOKS;
}

static void look_again(struct gn_box *b, struct box_put *p)
{
	GN_ASSERT(!p->again && !is_check(p));
	p->retry = GN_NEVER;
	p->young = !box_has_joined(b);
	p->again = !p->young;
	p->looks++;
	for (uint32_t i = 0; i < p->target_count; i++)
		if (not_holder(&p->targets[i]))
			p->targets[i].state = PUT_UNSENT;
	for (unsigned place = 0; place < 1u + p->place.front; place++) {
		p->sets[place].known = false;
		if (box_set_find(b, &p->sets[place], FIND_PUT, p, &p->place.box, (uint8_t)place))
			p->sets[place].known = true; /* those of before */
	}
}

/* What it has found was found before this node had joined, which it has since: nobody waits for
 * those. */
static bool is_grown(const struct gn_box *b, const struct box_put *p)
{
	bool known = p->sets[0].known && (p->sets[1].known || !p->place.front);
	return p->young && known && !p->stored && may_look_again(p) && box_has_joined(b);
}

static void put_step(struct gn_box *b, struct box_put *p)
{
	bool finding = false, going = false;
	if (p->op.ended)
		return;
	if (p->retry <= b->now || is_grown(b, p))
		look_again(b, p);
	for (unsigned place = 0; place < 1u + p->place.front; place++) {
		finding = finding || !p->sets[place].known;
		if (p->sets[place].known)
			add_targets(p, place);
		else if (!is_check(p))
			add_early(b, p, place);
		place_step(b, p, place);
	}
	for (unsigned place = 0; place < 1u + p->place.front; place++) {
		struct tally t = tally_of(b, p, place, true);
		going = going || t.going;
		if (!is_check(p) && !p->stored && t.held >= p->need) {
			p->stored = true;
			gn_frame_tell(&b->frame, &p->op);
			box_wake(b); /* on to the rest */
			going = true;
		}
	}
	if (finding || going || p->retry != GN_NEVER)
		return;
	if (best_of(b, p).held + best_of(b, p).taken < p->need && may_look_again(p)) {
		p->retry = b->now + BOX_SUM_SOON;
		return;
	}
	p->op.err = outcome(b, p);
	p->op.ended = true;
	gn_frame_tell(&b->frame, &p->op);
}

void box_puts_run(struct gn_box *b)
{
	for (struct box_put *p = b->put_first; p; p = p->next) {
		put_step(b, p);
		if (p->op.ended)
			continue;
		b->wake = gn_time_min(b->wake, p->retry);
		for (uint32_t i = 0; i < p->target_count; i++)
			if (late_at(p, &p->targets[i]) > b->now)
				b->wake = gn_time_min(b->wake, late_at(p, &p->targets[i]));
	}
}

void box_puts_members(struct gn_box *b)
{
	for (struct box_put *p = b->put_first; p; p = p->next)
		if (p->retry != GN_NEVER && p->target_count == 0) {
			p->retry = b->now;
			box_wake(b);
		}
}

/* ---- answers ---- */

static void take_custody(struct gn_box *b, struct box_put *p, struct box_put_target *t,
			 struct gn_fb_custody m)
{
	GN_ASSERT(!is_check(p) && t->state == PUT_SENT);
	struct gn_custody c;
	gn_custody_get(m, &c);
	bool right = gn_pk_eq(&c.box, &p->place.box) && gn_hash_eq(&c.item, &p->hash) &&
		     gn_pk_eq(&c.holder_key, &t->to.pk) &&
		     (gn_is_zero(t->to.id.b, sizeof t->to.id.b) ||
		      memcmp(c.holder.b, t->to.id.b, sizeof c.holder.b) == 0) &&
		     c.held_until > box_unix(b) && gn_custody_check(&c) == GN_OK;
	if (!right || gn_ring_push(&p->custodies, &c) != GN_OK) {
		b->count.custodies_bad += !right;
		fail_target(t, right ? GN_NOMEM : GN_SIGNATURE);
		return;
	}
	t->state = PUT_DONE;
	t->err = GN_OK;
	gn_frame_tell(&b->frame, &p->op);
}

static void take_refusal(struct gn_box *b, struct box_put *p, struct box_put_target *t,
			 struct gn_fb_box_done m)
{
	GN_ASSERT(t->state == PUT_SENT);
	struct box_right right = {.box = p->place.box, .key = p->key, .role = GN_BOXREC_DEPOSITOR};
	gn_err err = gn_wire_err(gn_fb_box_done_code(m));
	struct gn_slice limit = gn_fb_box_done_limit(m);
	if (err == GN_EXISTS) {
		t->state = PUT_DONE;
		t->err = GN_EXISTS;
		return;
	}
	if (err == GN_DENIED && p->by_right && t->tries < BOX_ASK_TRIES) {
		box_door_denied(b, &t->to.pk, &right); /* it may have forgotten */
		t->state = PUT_UNSENT;
		return;
	}
	fail_target(t, err != GN_OK ? err : GN_REMOTE);
	uint8_t bits = gn_fb_box_done_bits(m);
	p->bits = bits > p->bits ? bits : p->bits;
	note_refusal(p, t->err, limit);
}

void box_put_answer(struct gn_box *b, struct box_put *p, unsigned target,
		    struct gn_fb_box_message m)
{
	GN_ASSERT(target < p->target_count);
	struct box_put_target *t = &p->targets[target];
	uint8_t type = gn_fb_box_message_body_type(m);
	box_wake(b);
	if (t->state != PUT_SENT)
		return;
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_HELD && !is_check(p)) {
		take_custody(b, p, t,
			     gn_fb_box_held_custody(gn_fb_box_message_body_as_box_held(m)));
	} else if (type == GN_FB_BOX_MESSAGE_BODY_BOX_STATES && is_check(p)) {
		struct gn_slice s =
			gn_fb_box_states_states(gn_fb_box_message_body_as_box_states(m));
		t->state = s.len == 1 ? PUT_DONE : PUT_FAILED;
		t->said = s.len == 1 ? s.p[0] : 0;
	} else if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DONE) {
		take_refusal(b, p, t, gn_fb_box_message_body_as_box_done(m));
	} else {
		fail_target(t, GN_PROTOCOL);
	}
}

void box_put_lost(struct gn_box *b, struct box_put *p, unsigned target, gn_err err)
{
	GN_ASSERT(target < p->target_count);
	struct box_put_target *t = &p->targets[target];
	box_wake(b);
	if (t->state != PUT_SENT)
		return;
	if (t->tries < BOX_ASK_TRIES && err != GN_TIMEOUT)
		t->state = PUT_UNSENT;
	else
		fail_target(t, err);
}

/* ---- its owner ---- */

bool box_put_event(struct gn_box *b, struct box_put *p, struct gn_box_event *out)
{
	struct tally t = best_of(b, p);
	*out = (struct gn_box_event){.op = p->op.id,
				     .err = GN_OK,
				     .held = t.held,
				     .taken = t.taken,
				     .asked = t.held + t.taken + t.going + t.failed,
				     .limit = ""};
	if (gn_ring_pop(&p->custodies, &out->custody)) {
		out->kind = GN_BOX_CUSTODY;
		gn_frame_tell(&b->frame, &p->op);
		return true;
	}
	if (p->stored && !p->stored_shown) {
		p->stored_shown = true;
		out->kind = GN_BOX_STORED;
		if (p->op.ended)
			gn_frame_tell(&b->frame, &p->op);
		return true;
	}
	if (!p->op.ended)
		return false;
	out->kind = is_check(p) ? GN_BOX_CHECKED : GN_BOX_DEPOSITED;
	out->err = p->op.err;
	out->limit = p->limit;
	out->bits = p->bits;
	return true;
}
