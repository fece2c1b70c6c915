/* The engine: every input comes in here, is parsed once, and goes to the part that it is for;
 * afterwards all parts run until nothing moves. Messages to ourselves come in again at the end.
 *
 * 1. A request is answered once, by what it asked for or by a refusal.
 * 2. What an answer is not for is dropped: the number and the sender must both be right. */
#include "services/box/engine_int.h"

#define LOCAL_ROUNDS 64 /* messages to ourselves in one turn */

/* ---- requests of peers ---- */

/* The box that a request names; false: it is an answer. */
static bool box_of(struct gn_fb_box_message m, struct gn_pk *box)
{
	struct gn_fb_key key;
	switch (gn_fb_box_message_body_type(m)) {
#define BOX_OF(TYPE, type)                                                                         \
	case GN_FB_BOX_MESSAGE_BODY_BOX_##TYPE:                                                    \
		key = gn_fb_box_##type##_box(gn_fb_box_message_body_as_box_##type(m));             \
		break
		BOX_OF(SHOW, show);
		BOX_OF(DEPOSIT, deposit);
		BOX_OF(ASK, ask);
		BOX_OF(LIST, list);
		BOX_OF(FETCH, fetch);
		BOX_OF(WATCH, watch);
		BOX_OF(ACK, ack);
		BOX_OF(SUM, sum);
		BOX_OF(WANT, want);
		BOX_OF(COPY, copy);
		BOX_OF(LEASE, lease);
		BOX_OF(EXTEND, extend);
		BOX_OF(REPORT, report);
		BOX_OF(TURN, turn);
#undef BOX_OF
	case GN_FB_BOX_MESSAGE_BODY_BOX_IDS: /* asked for or not, it is of a holder to a holder */
		key = gn_fb_box_ids_box(gn_fb_box_message_body_as_box_ids(m));
		break;
	default: return false;
	}
	*box = gn_wire_key_get(key);
	return true;
}

static void serve(struct gn_box *b, const struct box_from *from, struct box_held *h,
		  struct gn_fb_box_message m)
{
	GN_ASSERT(h->rules);
	switch (gn_fb_box_message_body_type(m)) {
#define SERVE(TYPE, type)                                                                          \
	case GN_FB_BOX_MESSAGE_BODY_BOX_##TYPE:                                                    \
		box_on_##type(b, from, h, gn_fb_box_message_body_as_box_##type(m));                \
		break
		SERVE(SHOW, show);
		SERVE(DEPOSIT, deposit);
		SERVE(ASK, ask);
		SERVE(LIST, list);
		SERVE(FETCH, fetch);
		SERVE(WATCH, watch);
		SERVE(ACK, ack);
		SERVE(SUM, sum);
		SERVE(IDS, ids);
		SERVE(WANT, want);
		SERVE(COPY, copy);
		SERVE(LEASE, lease);
		SERVE(EXTEND, extend);
		SERVE(REPORT, report);
		SERVE(TURN, turn);
#undef SERVE
	default: break;
	}
}

/* GN_PENDING: it waits for a list of revoked tokens. */
static gn_err for_list(struct gn_box *b, const struct gn_contact *who, struct box_held *h,
		       struct gn_slice message, struct gn_fb_box_message m, enum box_waited waited)
{
	gn_err err = box_list_of(b, h, who, m);
	if (err != GN_PENDING)
		return err;
	return waited < WAITED_LIST && box_rules_wait_list(b, h, who, message) == GN_OK ? err
											: GN_BUSY;
}

static void take_request(struct gn_box *b, const struct gn_contact *who, struct gn_slice message,
			 struct gn_fb_box_message m, enum box_waited waited)
{
	struct box_from from = {*who, gn_fb_box_message_request(m)};
	struct box_refusal why = {.err = GN_BUSY, .retry_ms = 1000};
	struct box_held *h = NULL;
	struct gn_pk box;
	bool request = box_of(m, &box);
	GN_ASSERT(request);
	if (b->ready && b->cfg.bytes_max > 0)
		why.err = box_rules_get(b, &box, &h);
	else if (b->ready)
		why.err = GN_NOT_FOUND;
	if (why.err == GN_PENDING)
		why.err = waited == WAITED_NOT && box_rules_wait(b, h, who, message) == GN_OK
				  ? GN_PENDING
				  : GN_BUSY;
	else if (why.err == GN_OK)
		why.err = for_list(b, who, h, message, m, waited);
	if (why.err == GN_PENDING)
		return;
	if (why.err == GN_OK) {
		box_near_heard(b, &box, &who->pk);
		serve(b, &from, h, m);
		return;
	}
	b->count.not_here += why.err == GN_NOT_FOUND;
	b->count.refused_busy += why.err == GN_BUSY;
	box_send_done(b, who, from.request, &why, &box);
}

/* ---- answers ---- */

static void to_operation(struct gn_box *b, struct box_ask *a, struct gn_fb_box_message m)
{
	GN_ASSERT(a->op != 0);
	struct box_read *r = gn_frame_op_get(&b->frame, a->op, OP_FOLLOW);
	struct box_work *w = gn_frame_op_get(&b->frame, a->op, OP_WORK);
	struct box_put *p = gn_frame_op_get(&b->frame, a->op, OP_DEPOSIT);
	if (!p)
		p = gn_frame_op_get(&b->frame, a->op, OP_CHECK);
	if (r) {
		box_read_answer(b, r, a, m);
		return;
	}
	if (w) {
		box_work_answer(b, w, a, m);
		return;
	}
	GN_ASSERT(p); /* an operation that ends takes its requests along */
	unsigned target = a->target;
	box_ask_free(b, a);
	box_put_answer(b, p, target, m);
}

static void take_answer(struct gn_box *b, const struct gn_pk *from, struct gn_fb_box_message m)
{
	struct box_ask *a = box_ask_get(b, gn_fb_box_message_request(m), from);
	uint8_t type = gn_fb_box_message_body_type(m);
	if (!a) {
		if (type == GN_FB_BOX_MESSAGE_BODY_BOX_ITEM)
			box_read_watched(b, from, gn_fb_box_message_body_as_box_item(m));
		else /* late, or a flood of what costs nothing else */
			b->caused.hashed += BOX_UNASKED_COST;
		return;
	}
	if (a->kind == ASK_PROBE) {
		if (type == GN_FB_BOX_MESSAGE_BODY_BOX_STATES)
			box_near_heard(b, &a->door.box, from);
		else
			box_near_gone(b, &a->door.box, from);
		box_ask_free(b, a);
		return;
	}
	if (a->kind != ASK_KNOCK && a->kind != ASK_SHOW) {
		to_operation(b, a, m);
		return;
	}
	gn_err err = GN_OK;
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DONE)
		err = gn_wire_err(gn_fb_box_done_code(gn_fb_box_message_body_as_box_done(m)));
	else if (a->kind == ASK_SHOW || type != GN_FB_BOX_MESSAGE_BODY_BOX_STATES)
		err = GN_PROTOCOL;
	box_door_answer(b, a, err);
	box_ask_free(b, a);
}

static void tell_lost(struct gn_box *b)
{
	GN_ASSERT(!b->out.building);
	for (struct box_ask *a; (a = box_ask_lost(b)); gn_mem_free(b->env.alloc, a)) {
		struct box_read *r = gn_frame_op_get(&b->frame, a->op, OP_FOLLOW);
		struct box_put *p = gn_frame_op_get(&b->frame, a->op, OP_DEPOSIT);
		if (!p)
			p = gn_frame_op_get(&b->frame, a->op, OP_CHECK);
		struct box_work *w = gn_frame_op_get(&b->frame, a->op, OP_WORK);
		if (a->kind == ASK_PROBE)
			box_near_gone(b, &a->door.box, &a->peer);
		else if (a->op == 0)
			box_door_lost(b, a);
		else if (w)
			box_work_lost(b, w, a, a->err);
		else if (r)
			box_read_lost(b, r, a, a->err);
		else if (p)
			box_put_lost(b, p, a->target, a->err);
	}
}

/* ---- running ---- */

static gn_err take_message(struct gn_box *b, const struct gn_contact *who, struct gn_slice message,
			   enum box_waited waited)
{
	struct gn_fb_box_message m;
	struct gn_pk box;
	gn_err err =
		message.len > GN_MESSAGE_MAX ? GN_TOO_LARGE : gn_fb_box_message_verify(message, &m);
	if (err == GN_OK && gn_fb_box_message_body_type(m) > GN_FB_BOX_MESSAGE_BODY_BOX_TURN)
		err = GN_UNSUPPORTED; /* of a later version */
	if (err != GN_OK)
		return err;
	if (box_of(m, &box))
		take_request(b, who, message, m, waited);
	else
		take_answer(b, &who->pk, m);
	return GN_OK;
}

static void take_local(struct gn_box *b)
{
	GN_ASSERT(!b->out.building);
	struct gn_frame_message *out;
	for (unsigned i = 0; i < LOCAL_ROUNDS && (out = gn_frame_out_local(&b->out)); i++) {
		struct gn_contact self = {.pk = b->cfg.node_key.pk};
		gn_err err = take_message(b, &self, gn_frame_message_bytes(out), WAITED_NOT);
		GN_ASSERT(err == GN_OK);
		gn_mem_free(b->env.alloc, out);
	}
	if (b->out.local.first)
		box_wake(b);
}

static void take_ready(struct gn_box *b)
{
	for (struct box_pending *p; (p = box_rules_ready(b)); gn_mem_free(b->env.alloc, p)) {
		gn_err err = take_message(b, &p->from, gn_slice(p->bytes, p->len), p->waited);
		GN_ASSERT(err == GN_OK); /* it was parsed when it came */
	}
}

/* A step looks at every active feed. Peers that ask for much and take nothing keep theirs active:
 * then each message of anybody would cost as much as all of them. */
static void run_feeds(struct gn_box *b)
{
	if (b->feeds.count > BOX_FEEDS_QUICK && b->now < b->feeds_next) {
		b->wake = gn_time_min(b->wake, b->feeds_next);
		return;
	}
	b->feeds_next = b->now + (gn_time)b->feeds.count * BOX_FEEDS_PACE;
	box_feeds_run(b);
}

static void run_all(struct gn_box *b)
{
	GN_ASSERT(!b->out.building);
	if (b->wake <= b->now)
		b->wake = GN_NEVER;
	tell_lost(b);
	box_rules_listed(b);
	box_puts_run(b);
	box_reads_run(b);
	box_works_run(b);
	take_local(b);
	take_ready(b);
	run_feeds(b);
}

gn_err gn_box_recv(struct gn_box *b, const struct gn_pk *from, const struct gn_addr *addr,
		   struct gn_slice message, gn_time now)
{
	GN_ASSERT(from && (message.p || !message.len));
	struct gn_contact who = {.pk = *from, .addr_count = addr != NULL};
	b->now = now;
	b->caused = (struct gn_box_caused){.checks = 0};
	b->count.messages_in++;
	if (addr)
		who.addrs[0] = *addr;
	gn_err err = take_message(b, &who, message, WAITED_NOT);
	b->count.messages_bad += err != GN_OK;
	run_all(b);
	return err;
}

void gn_box_peer_up(struct gn_box *b, const struct gn_pk *pk, gn_time now)
{
	b->now = now;
	box_doors_of_peer_knocked(b, pk);
	run_all(b);
}

void gn_box_peer_down(struct gn_box *b, const struct gn_pk *pk, gn_err why, gn_time now)
{
	b->now = now;
	box_peer_drop(b, pk);
	box_doors_of_peer_close(b, pk);
	box_asks_of_peer_lost(b, pk, why == GN_OK || why == GN_TIMEOUT ? GN_UNREACHABLE : why);
	box_reads_peer_down(b, pk);
	run_all(b);
}

void gn_box_room(struct gn_box *b, const struct gn_pk *pk, gn_time now)
{
	(void)pk;
	b->now = now;
	box_wake(b);
}

bool gn_box_overlay_event(struct gn_box *b, const struct gn_overlay_event *e, gn_time now)
{
	struct gn_frame_find f;
	b->now = now;
	if (e->kind == GN_OVERLAY_MEMBERS) {
		box_sync_members(b);
		box_reads_members(b);
		box_puts_members(b);
		return false; /* others may want it, too */
	}
	if (e->kind == GN_OVERLAY_JOINED) {
		box_puts_joined(b);
		run_all(b);
		return false;
	}
	if (e->kind == GN_OVERLAY_NEAR) {
		run_all(b); /* deposits go to them already */
		return false;
	}
	if (!gn_frame_find_take(&b->frame, e, &f))
		return false;
	switch ((enum box_find_kind)f.kind) {
	case FIND_RULES: box_rules_got(b, f.object, e); break;
	case FIND_PUT:
	case FIND_READ:
	case FIND_WORK: box_set_found(b, f.object, e); break;
	}
	run_all(b);
	return true;
}

void gn_box_kv_event(struct gn_box *b, const struct gn_kv_event *e, gn_time now)
{
	b->now = now;
	switch (e->kind) {
	case GN_KV_ENTRY: box_restore(b, e->value); return;
	case GN_KV_READY:
		if (e->err == GN_OK)
			box_restored(b);
		break;
	case GN_KV_STORED:
		if (gn_frame_ticket_kind(e->ticket) == TICKET_STORE)
			box_stored(b, gn_frame_ticket_number(e->ticket), e->err);
		else if (gn_frame_ticket_kind(e->ticket) == TICKET_TURN)
			box_turn_ended(b, gn_frame_ticket_number(e->ticket), e->err);
		break;
	case GN_KV_LOADED:
		if (gn_frame_ticket_kind(e->ticket) == TICKET_LOAD)
			box_feed_loaded(b, gn_frame_ticket_number(e->ticket), e);
		break;
	}
	run_all(b);
}

void gn_box_tick(struct gn_box *b, gn_time now)
{
	GN_ASSERT(!b->out.building);
	bool due = b->wake <= now || gn_lists_round(b->cfg.lists) != b->round;
	b->now = now;
	for (struct gn_heap_node *n; (n = gn_heap_first(&b->timers)) && n->at <= now; due = true)
		box_ask_due(b, GN_CONTAINER(n, struct box_ask, timer));
	if (b->doors_look <= now) {
		box_doors_look(b);
		due = true;
	}
	if (b->watches && b->feeds_look <= now) {
		box_feeds_look(b);
		b->feeds_look = now + BOX_WATCH_LOOK;
	}
	box_sync_tick(b);
	if (b->ready)
		box_turns_due(b);
	if (b->ready && b->sweep <= now)
		box_sweep(b);
	if (due)
		run_all(b);
}

gn_time gn_box_deadline(const struct gn_box *b)
{
	gn_time at = gn_time_min(b->wake, gn_heap_deadline(&b->timers));
	at = gn_time_min(at, b->doors_look);
	if (gn_lists_round(b->cfg.lists) != b->round)
		at = b->now;
	if (b->watches)
		at = gn_time_min(at, b->feeds_look);
	if (!b->ready)
		return at;
	at = gn_time_min(at, gn_heap_deadline(&b->sums));
	at = gn_time_min(at, gn_heap_deadline(&b->turns));
	return gn_time_min(gn_time_min(at, b->members_look), b->sweep);
}

/* ---- operations ---- */

gn_err gn_box_deposit(struct gn_box *b, const struct gn_box_deposit *d, gn_time now, gn_op *op)
{
	b->now = now;
	GN_TRY(box_put_start(b, d, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_box_check(struct gn_box *b, const struct gn_box_place *place, const struct gn_hash *item,
		    const struct gn_box_proof *by, gn_time now, gn_op *op)
{
	b->now = now;
	GN_TRY(box_check_start(b, place, item, by, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_box_follow(struct gn_box *b, const struct gn_box_follow *f, gn_time now, gn_op *op)
{
	b->now = now;
	GN_TRY(box_read_start(b, f, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_box_ack(struct gn_box *b, gn_op follow, const struct gn_box_id *id, gn_time now)
{
	struct box_read *r = gn_frame_op_get(&b->frame, follow, OP_FOLLOW);
	b->now = now;
	return r ? box_read_ack(b, r, id, true) : GN_NOT_FOUND;
}

gn_err gn_box_drop(struct gn_box *b, gn_op follow, const struct gn_box_id *id, gn_time now)
{
	struct box_read *r = gn_frame_op_get(&b->frame, follow, OP_FOLLOW);
	b->now = now;
	return r ? box_read_ack(b, r, id, false) : GN_NOT_FOUND;
}

gn_err gn_box_work(struct gn_box *b, const struct gn_box_work *w, gn_time now, gn_op *op)
{
	b->now = now;
	GN_TRY(box_work_start(b, w, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_box_extend(struct gn_box *b, gn_op work, const struct gn_box_id *id, uint32_t seconds,
		     gn_time now)
{
	struct box_work *w = gn_frame_op_get(&b->frame, work, OP_WORK);
	b->now = now;
	return w ? box_work_extend(b, w, id, seconds) : GN_NOT_FOUND;
}

gn_err gn_box_report(struct gn_box *b, gn_op work, const struct gn_box_report *r, gn_time now)
{
	struct box_work *w = gn_frame_op_get(&b->frame, work, OP_WORK);
	b->now = now;
	return w ? box_work_report(b, w, r) : GN_NOT_FOUND;
}

void gn_box_cancel(struct gn_box *b, gn_op id, gn_time now)
{
	struct gn_frame_op **at = gn_map_get(&b->frame.ops, &id);
	b->now = now;
	if (at)
		box_op_free(b, *at);
}

/* ---- outputs ---- */

bool gn_box_next_message(struct gn_box *b, struct gn_overlay_message *m)
{
	GN_ASSERT(!b->out.building);
	bool bulk = b->out.sent && b->out.sent->bulk, any = gn_frame_out_next(&b->out, m);
	if (bulk)
		box_wake(b); /* there is room again */
	b->count.messages_out += any;
	return any;
}

static void release_shown(struct gn_box *b)
{
	struct gn_frame_op *op = b->frame.shown;
	if (!op)
		return;
	if (op->kind == OP_FOLLOW) {
		struct box_read *r = GN_CONTAINER(op, struct box_read, op);
		gn_mem_free(b->env.alloc, r->shown);
		r->shown = NULL;
	} else if (op->kind == OP_WORK) {
		struct box_work *w = GN_CONTAINER(op, struct box_work, op);
		gn_mem_free(b->env.alloc, w->shown);
		w->shown = NULL;
	} else if (op->ended && !op->told) {
		box_put_free(b, GN_CONTAINER(op, struct box_put, op));
	}
}

bool gn_box_next_event(struct gn_box *b, struct gn_box_event *out)
{
	release_shown(b);
	if (box_sign_next(b, out))
		return true;
	for (struct gn_frame_op *op; (op = gn_frame_show(&b->frame));) {
		bool any = op->kind == OP_FOLLOW
				   ? box_read_event(b, GN_CONTAINER(op, struct box_read, op), out)
			   : op->kind == OP_WORK
				   ? box_work_event(b, GN_CONTAINER(op, struct box_work, op), out)
				   : box_put_event(b, GN_CONTAINER(op, struct box_put, op), out);
		if (any)
			return true;
	}
	return false;
}

struct gn_box_caused gn_box_caused(struct gn_box *b)
{
	struct gn_box_caused out = b->caused;
	b->caused = (struct gn_box_caused){.checks = 0};
	return out;
}
