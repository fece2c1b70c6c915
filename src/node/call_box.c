/* Boxes over app/1: a deposit, a check, a follow and work at a queue are operations of the engine,
 * answered as its events come. No private key is here: what is to be signed goes to whoever uses
 * that key, and the engine looks at a signature before it takes it, so nobody can spoil another's
 * session. */
#include "node/call.h"

#include "node/node_int.h"
#include "wire/token.h"

#include <stdlib.h>

#define BOX_KIND(name) {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_##name}

static const struct gn_app_kind sent_kind = BOX_KIND(BOX_SENT), check_is = BOX_KIND(BOX_CHECK_IS),
				got_kind = BOX_KIND(BOX_GOT), following = BOX_KIND(BOX_FOLLOWING),
				sign_kind = BOX_KIND(BOX_SIGN), follow_kind = BOX_KIND(BOX_FOLLOW),
				work_kind = BOX_KIND(QUEUE_WORK), task_kind = BOX_KIND(QUEUE_TASK),
				over_kind = BOX_KIND(QUEUE_OVER);

/* What lets an item in. GN_USAGE with why. */
static gn_err proof_of(struct gn_fb_box_proof t, struct gn_box_proof *out, const char **why)
{
	struct gn_slice certificate = gn_fb_box_proof_certificate(t);
	uint8_t way = gn_fb_box_proof_way(t);
	*out = (struct gn_box_proof){.way = (enum gn_box_way)way};
	*why = "`sig` is missing";
	if (way != GN_FB_BOX_WAY_WORK) {
		if (!gn_fb_box_proof_has_sig(t))
			return GN_USAGE;
		out->sig = gn_wire_sig_get(gn_fb_box_proof_sig(t));
	}
	switch (way) {
	case GN_FB_BOX_WAY_WORK: {
		struct gn_writer w = gn_writer(out->work.nonce, sizeof out->work.nonce);
		gn_write_be64(&w, gn_fb_box_proof_nonce(t));
		out->work.day = gn_fb_box_proof_day(t);
		return GN_OK;
	}
	case GN_FB_BOX_WAY_INVITE:
		*why = "`invite` is missing";
		if (!gn_fb_box_proof_has_invite(t))
			return GN_USAGE;
		out->invite = gn_wire_key_get(gn_fb_box_proof_invite(t));
		return GN_OK;
	case GN_FB_BOX_WAY_CERTIFICATE:
		*why = "`certificate` has 112 bytes";
		if (certificate.len != GN_BOXCERT_LEN)
			return GN_USAGE;
		gn_boxcert_get(certificate.p, &out->certificate);
		return GN_OK;
	case GN_FB_BOX_WAY_TOKEN: out->token = gn_fb_box_proof_token(t); return GN_OK;
	default: *why = "`way` is none of Work, Invite, Certificate, Token"; return GN_USAGE;
	}
}

/* ---- signatures ---- */

static bool uses_key(const struct gn_node_request *r, const struct gn_pk *key)
{
	const struct gn_pk *keys = r->box_keys;
	return r->base.waits == GN_OP_BOX && (gn_pk_eq(&keys[0], key) || gn_pk_eq(&keys[1], key));
}

/* By the engine that asked. */
static gn_err take_sign(struct gn_node *node, uint64_t sign, const struct gn_sig *sig)
{
	struct gn_box *box = gn_node_fresh_box(node, &sign);
	return box ? gn_box_signed(box, sign, sig, node->now) : GN_OK;
}

/* Everyone who uses the key may answer, the first right answer counts. */
static void ask_sign(struct gn_node *node, const struct gn_box_event *e)
{
	unsigned asked = 0;
	struct gn_fb_key box = gn_wire_key(&e->box), key = gn_wire_key(&e->key),
			 holder = gn_wire_key(&e->holder);
	struct gn_fb_hash exporter = gn_wire_hash(e->exporter);
	for (struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r)) {
		if (!uses_key(r, &e->key) || !r->base.via)
			continue;
		struct gn_fbb *b = gn_host_answer_begin(&r->base);
		struct gn_fb_box_sign_args args = {.sign = e->sign,
						   .box = &box,
						   .role = e->role,
						   .key = &key,
						   .holder = &holder,
						   .exporter = &exporter};
		gn_host_answer_more(&r->base, sign_kind, gn_fb_box_sign_make(b, &args));
		asked++;
	}
	if (!asked)
		(void)take_sign(node, e->sign, NULL);
}

gn_err gn_node_call_box_signed(struct gn_node_request *r)
{
	struct gn_fb_box_signed t = {r->base.table};
	struct gn_sig sig = gn_wire_sig_get(gn_fb_box_signed_sig(t));
	uint64_t sign = gn_fb_box_signed_sign(t);
	gn_err err = gn_node_proven(r, sign, &sig);
	if (err == GN_NOT_FOUND)
		err = take_sign(r->node, sign, &sig);
	if (err)
		gn_host_error(&r->base, err, "`sig` is not by the key that was asked for");
	else /* also when another was quicker, or its session is gone */
		gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* Whose key signs for the operation. */
static struct gn_pk key_for(struct gn_node *node, gn_op op,
			    struct gn_pk (*key)(const struct gn_box *b, gn_op op))
{
	struct gn_box *box = gn_node_fresh_box(node, &op);
	return box ? key(box, op) : (struct gn_pk){{0}};
}

/* ---- deposits ---- */

static void tell_sent(struct gn_node_request *r, const struct gn_box_event *e, bool last)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref custody =
		e->kind == GN_BOX_CUSTODY ? gn_custody_put(b, &e->custody) : (gn_fbref){0};
	struct gn_fb_box_sent_args args = {.code = last ? (uint16_t)e->err : 0,
					   .held = (uint8_t)e->held,
					   .of = (uint8_t)e->asked,
					   .custody = custody,
					   .limit = gn_str(e->limit ? e->limit : ""),
					   .bits = e->bits};
	gn_fbref table = gn_fb_box_sent_make(b, &args);
	if (last)
		gn_host_answer(&r->base, sent_kind, table);
	else
		gn_host_answer_more(&r->base, sent_kind, table);
}

gn_err gn_node_call_box_send(struct gn_node_request *r)
{
	struct gn_fb_box_send t = {r->base.table};
	struct gn_box_deposit d = {
		.place = {gn_wire_key_get(gn_fb_box_send_box(t)), gn_fb_box_send_front(t)},
		.item = gn_fb_box_send_item(t),
		.ttl = gn_fb_box_send_ttl(t),
		.need = gn_fb_box_send_w(t),
		.cls = gn_fb_box_send_class(t),
		.wide = gn_fb_box_send_wide(t)};
	const char *why;
	gn_op op;
	if (proof_of(gn_fb_box_send_proof(t), &d.proof, &why) != GN_OK) {
		gn_host_error(&r->base, GN_USAGE, "%s", why);
		return GN_OK;
	}
	struct gn_node_fresh_for who;
	if (gn_node_is_fresh(r, gn_fb_box_send_session(t), gn_fb_box_send_share(t), &who))
		GN_TRY(gn_node_fresh_deposit(r->node, &who, &d, &op));
	else
		GN_TRY(gn_box_deposit(r->node->box, &d, r->node->now, &op));
	r->box_keys[0] = key_for(r->node, op, gn_box_deposit_key);
	gn_node_wait_box(r, op, tell_sent);
	return GN_OK;
}

/* ---- checks ---- */

static void tell_check(struct gn_node_request *r, const struct gn_box_event *e, bool last)
{
	(void)last;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_box_check_is_args args = {.held = (uint8_t)e->held,
					       .taken = (uint8_t)e->taken,
					       .of = (uint8_t)e->asked,
					       .code = (uint16_t)e->err};
	gn_host_answer(&r->base, check_is, gn_fb_box_check_is_make(b, &args));
}

gn_err gn_node_call_box_check(struct gn_node_request *r)
{
	struct gn_fb_box_check t = {r->base.table};
	struct gn_box_place place = {gn_wire_key_get(gn_fb_box_check_box(t)),
				     gn_fb_box_check_front(t)};
	struct gn_fb_hash asked = gn_fb_box_check_item(t);
	struct gn_hash item;
	struct gn_box_proof proof;
	const char *why;
	bool shown = gn_fb_box_check_has_proof(t);
	gn_op op;
	memcpy(item.b, asked.b, sizeof item.b);
	if (shown && proof_of(gn_fb_box_check_proof(t), &proof, &why) != GN_OK) {
		gn_host_error(&r->base, GN_USAGE, "%s", why);
		return GN_OK;
	}
	struct gn_node_fresh_for who;
	const struct gn_box_proof *by = shown ? &proof : NULL;
	if (gn_node_is_fresh(r, gn_fb_box_check_session(t), gn_fb_box_check_share(t), &who))
		GN_TRY(gn_node_fresh_check(r->node, &who, &place, &item, by, &op));
	else
		GN_TRY(gn_box_check(r->node->box, &place, &item, by, r->node->now, &op));
	if (shown && proof.way == GN_BOX_CERTIFICATE)
		r->box_keys[0] = proof.certificate.key;
	gn_node_wait_box(r, op, tell_check);
	return GN_OK;
}

/* Of the boxes that a node follows, or works at, a user who does not own it has a quarter at most
 * (AP-14). False: it was answered. */
static bool within_share(struct gn_node_request *r, unsigned most, const char *what)
{
	unsigned has = 0;
	for (const struct gn_node_request *o = gn_node_request_first(r->node); o;
	     o = gn_node_request_next(o))
		has += o != r && o->base.asked == r->base.asked && !o->base.answered &&
		       gn_host_user(&o->base) == gn_host_user(&r->base);
	if (!r->base.stranger || has < most / GN_NODE_USER_PART)
		return true;
	gn_host_error(&r->base, GN_QUOTA, "this user %s %u boxes here, as many as one user may",
		      what, has);
	return false;
}

/* ---- reading ---- */

static void tell_follow(struct gn_node_request *r, const struct gn_box_event *e, bool last)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	if (last) {
		gn_host_error(&r->base, e->err ? e->err : GN_CLOSED, "%s",
			      gn_err_text(e->err ? e->err : GN_CLOSED));
	} else if (e->kind == GN_BOX_FOLLOWING) {
		struct gn_fb_box_following_args args = {.holders = (uint8_t)e->asked};
		gn_host_answer_more(&r->base, following, gn_fb_box_following_make(b, &args));
	} else if (e->kind == GN_BOX_ITEM) {
		struct gn_fb_key by = gn_wire_key(&e->by), worker = gn_wire_key(&e->worker);
		bool none = e->delivery == 0;
		bool signs = e->outcome.len || !gn_is_zero(e->sig.b, sizeof e->sig.b);
		struct gn_fb_sig sig;
		memcpy(sig.b, e->sig.b, sizeof sig.b);
		struct gn_fb_box_got_args args = {.id = GN_SLICE(e->id.b),
						  .item = e->item,
						  .by = gn_is_zero(e->by.b, sizeof e->by.b) ? NULL
											    : &by,
						  .deposited = e->deposited,
						  .until = e->until,
						  .class = e->cls,
						  .state = e->state,
						  .end = e->end,
						  .delivery = e->delivery,
						  .lease = e->lease,
						  .worker = none ? NULL : &worker,
						  .outcome = e->outcome,
						  .sig = signs ? &sig : NULL,
						  .token = e->token};
		gn_host_answer_more(&r->base, got_kind, gn_fb_box_got_make(b, &args));
	}
}

/* Whose key it is: by a chain, its bearer's. */
static gn_err key_of(struct gn_pk named, struct gn_slice token, struct gn_pk *out)
{
	*out = named;
	if (!token.len)
		return GN_OK;
	struct gn_token *chain = malloc(sizeof *chain);
	gn_err err = chain ? gn_token_open(token, chain, NULL) : GN_NOMEM;
	if (!err)
		*out = *gn_token_bearer(chain);
	free(chain);
	return err;
}

static gn_err begin_follow(struct gn_node_request *r)
{
	struct gn_fb_box_follow t = {r->base.table};
	struct gn_box_follow f = {
		.place = {gn_wire_key_get(gn_fb_box_follow_box(t)), gn_fb_box_follow_front(t)},
		.read = gn_wire_key_get(gn_fb_box_follow_read(t)),
		.ack = gn_fb_box_follow_has_ack(t) ? gn_wire_key_get(gn_fb_box_follow_ack(t))
						   : (struct gn_pk){{0}},
		.poll = gn_fb_box_follow_poll(t),
		.all = gn_fb_box_follow_all(t),
		.token = gn_fb_box_follow_token(t)};
	gn_op op;
	struct gn_node_fresh_for who;
	if (gn_node_is_fresh(r, gn_fb_box_follow_session(t), gn_fb_box_follow_share(t), &who))
		GN_TRY(gn_node_fresh_follow(r->node, &who, &f, &op));
	else
		GN_TRY(gn_box_follow(r->node->box, &f, r->node->now, &op));
	r->box_keys[0] = key_for(r->node, op, gn_box_follow_key);
	r->box_keys[1] = f.ack;
	gn_node_wait_box(r, op, tell_follow);
	return GN_OK;
}

gn_err gn_node_call_box_follow(struct gn_node_request *r)
{
	struct gn_fb_box_follow t = {r->base.table};
	struct gn_node_prove p = {.box = gn_wire_key_get(gn_fb_box_follow_box(t)),
				  .roles = {GN_BOXREC_READER, GN_BOXREC_REMOVER},
				  .count = 1,
				  .then = begin_follow};
	if (!r->base.via) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "items come one after another: only a "
			      "connection of app/1 can follow a box");
		return GN_OK;
	}
	if (!within_share(r, GN_BOX_FOLLOWS, "follows"))
		return GN_OK;
	GN_TRY(key_of(gn_wire_key_get(gn_fb_box_follow_read(t)), gn_fb_box_follow_token(t),
		      &p.keys[0]));
	if (gn_fb_box_follow_has_ack(t))
		p.keys[p.count++] = gn_wire_key_get(gn_fb_box_follow_ack(t));
	gn_host_lasts(&r->base);
	return gn_node_prove(r, &p);
}

/* The oldest lasting call of this connection, of this kind, for this box, that is not `before`
 * another; NULL: it has none. */
static struct gn_node_request *lasting(const struct gn_node_request *r, struct gn_app_kind kind,
				       const struct gn_pk *box,
				       const struct gn_node_request *before)
{
	struct gn_node_request *oldest = NULL;
	for (struct gn_node_request *f = gn_node_request_first(r->node); f && f != before;
	     f = gn_node_request_next(f)) {
		if (f->base.via != r->base.via || f->base.waits != GN_OP_BOX || !f->base.asked ||
		    f->base.asked->kind.member != kind.member ||
		    f->base.asked->kind.area != kind.area)
			continue;
		struct gn_fb_key of =
			kind.member == follow_kind.member
				? gn_fb_box_follow_box((struct gn_fb_box_follow){f->base.table})
				: gn_fb_queue_work_box((struct gn_fb_queue_work){f->base.table});
		if (memcmp(of.b, box->b, sizeof box->b) == 0)
			oldest = f;
	}
	return oldest;
}

/* The call and the item that a request is about. False: it was answered. */
static bool about(struct gn_node_request *r, struct gn_app_kind kind, struct gn_fb_key fb_box,
		  struct gn_slice id, struct gn_box_id *item, struct gn_node_request **f)
{
	struct gn_pk box = gn_wire_key_get(fb_box);
	if (id.len != sizeof item->b) {
		gn_host_error(&r->base, GN_USAGE, "`id` has 16 bytes");
		return false;
	}
	memcpy(item->b, id.p, sizeof item->b);
	*f = lasting(r, kind, &box, NULL);
	if (!*f)
		gn_host_error(&r->base, GN_NOT_FOUND, "this connection does not %s that box",
			      kind.member == follow_kind.member ? "follow" : "work at");
	return *f != NULL;
}

gn_err gn_node_call_box_take(struct gn_node_request *r)
{
	struct gn_fb_box_take t = {r->base.table};
	struct gn_node_request *f;
	struct gn_box_id item;
	if (!about(r, follow_kind, gn_fb_box_take_box(t), gn_fb_box_take_id(t), &item, &f))
		return GN_OK;
	GN_TRY(gn_node_fresh_ack(r->node, f->base.ticket, &item));
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err gn_node_call_box_drop(struct gn_node_request *r)
{
	struct gn_fb_box_drop t = {r->base.table};
	struct gn_node_request *f;
	struct gn_box_id item;
	if (!about(r, follow_kind, gn_fb_box_drop_box(t), gn_fb_box_drop_id(t), &item, &f))
		return GN_OK;
	gn_op op = f->base.ticket;
	struct gn_box *box = gn_node_fresh_box(r->node, &op);
	GN_TRY(box ? gn_box_drop(box, op, &item, r->node->now) : GN_NOT_FOUND);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- working ---- */

static void tell_work(struct gn_node_request *r, const struct gn_box_event *e, bool last)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	(void)last;
	if (e->kind != GN_BOX_LENT) {
		struct gn_fb_queue_over_args args = {.id = GN_SLICE(e->id.b),
						     .code = (uint16_t)e->err,
						     .reported = e->kind == GN_BOX_REPORTED};
		gn_host_answer_more(&r->base, over_kind, gn_fb_queue_over_make(b, &args));
		return;
	}
	struct gn_fb_key by = gn_wire_key(&e->by), holder = gn_wire_key(&e->holder);
	struct gn_fb_queue_task_args args = {.id = GN_SLICE(e->id.b),
					     .item = e->item,
					     .delivery = e->delivery,
					     .lease = e->lease,
					     .class = e->cls,
					     .by = gn_pk_is_zero(&e->by) ? NULL : &by,
					     .deposited = e->deposited,
					     .until = e->until,
					     .holder = &holder};
	gn_host_answer_more(&r->base, task_kind, gn_fb_queue_task_make(b, &args));
}

static gn_err begin_work(struct gn_node_request *r)
{
	struct gn_fb_queue_work t = {r->base.table};
	struct gn_box_work w = {.place.box = gn_wire_key_get(gn_fb_queue_work_box(t)),
				.token = gn_fb_queue_work_token(t),
				.seconds = gn_fb_queue_work_seconds(t),
				.slots = gn_fb_queue_work_slots(t),
				.once = gn_fb_queue_work_once(t)};
	gn_op op;
	if (gn_fb_queue_work_has_key(t))
		w.key = gn_wire_key_get(gn_fb_queue_work_key(t));
	GN_TRY(gn_box_work(r->node->box, &w, r->node->now, &op));
	r->box_keys[0] = gn_box_work_key(r->node->box, op);
	gn_node_wait_box(r, op, tell_work);
	return GN_OK;
}

gn_err gn_node_call_queue_work(struct gn_node_request *r)
{
	struct gn_fb_queue_work t = {r->base.table};
	struct gn_node_prove p = {.box = gn_wire_key_get(gn_fb_queue_work_box(t)),
				  .roles = {GN_BOXREC_WORKER},
				  .count = 1,
				  .then = begin_work};
	if (!r->base.via) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "items come one after another: only a "
			      "connection of app/1 can work at a queue");
		return GN_OK;
	}
	if (!within_share(r, GN_BOX_WORKS, "works at"))
		return GN_OK;
	GN_TRY(key_of(gn_wire_key_get(gn_fb_queue_work_key(t)), gn_fb_queue_work_token(t),
		      &p.keys[0]));
	gn_host_lasts(&r->base);
	return gn_node_prove(r, &p);
}

gn_err gn_node_call_queue_more(struct gn_node_request *r)
{
	struct gn_fb_queue_more t = {r->base.table};
	struct gn_node_request *f;
	struct gn_box_id item;
	if (!about(r, work_kind, gn_fb_queue_more_box(t), gn_fb_queue_more_id(t), &item, &f))
		return GN_OK;
	struct gn_pk box = gn_wire_key_get(gn_fb_queue_more_box(t));
	gn_err err = GN_NOT_FOUND;
	for (; f && err == GN_NOT_FOUND; f = lasting(r, work_kind, &box, f))
		err = gn_box_extend(r->node->box, f->base.ticket, &item,
				    gn_fb_queue_more_seconds(t), r->node->now);
	GN_TRY(err);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err gn_node_call_queue_end(struct gn_node_request *r)
{
	struct gn_fb_queue_end t = {r->base.table};
	struct gn_node_request *f;
	struct gn_box_report report = {.end = gn_fb_queue_end_end(t),
				       .outcome = gn_fb_queue_end_outcome(t),
				       .after = gn_fb_queue_end_after(t),
				       .sig = gn_wire_sig_get(gn_fb_queue_end_sig(t))};
	if (!about(r, work_kind, gn_fb_queue_end_box(t), gn_fb_queue_end_id(t), &report.id, &f))
		return GN_OK;
	struct gn_pk box = gn_wire_key_get(gn_fb_queue_end_box(t));
	gn_err err = GN_NOT_FOUND;
	for (; f && err == GN_NOT_FOUND; f = lasting(r, work_kind, &box, f))
		err = gn_box_report(r->node->box, f->base.ticket, &report, r->node->now);
	GN_TRY(err);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- events ---- */

void gn_node_told_box(struct gn_node *node, const struct gn_box_event *e)
{
	if (e->kind == GN_BOX_SIGN) {
		ask_sign(node, e);
		return;
	}
	struct gn_node_request *r =
		gn_node_request_of(gn_host_waiting(&node->api, GN_OP_BOX, e->op));
	bool last = e->kind == GN_BOX_DEPOSITED || e->kind == GN_BOX_CHECKED;
	if (r)
		r->done.box(r, e, last);
}
