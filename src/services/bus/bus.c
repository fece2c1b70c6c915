/* The engine: every input comes in here, is parsed once, and goes to the part that it is for;
 * afterwards all parts run until nothing moves. Messages to ourselves come in again at the end.
 *
 * 1. A request is answered once, by what it asked for or by a refusal.
 * 2. What an answer is not for is dropped: the number and the sender must both be right. */
#include "services/bus/engine_int.h"

#define LOCAL_ROUNDS 64 /* messages to ourselves in one turn */

/* ---- requests of peers to a root ---- */

/* The topic that a request to a root names; false: it is none. */
static bool topic_of(struct gn_fb_bus_frame m, struct gn_hash *topic)
{
	struct gn_fb_hash h;
	switch (gn_fb_bus_frame_body_type(m)) {
#define TOPIC_OF(TYPE, type)                                                                       \
	case GN_FB_BUS_FRAME_BODY_BUS_##TYPE:                                                      \
		h = gn_fb_bus_##type##_topic(gn_fb_bus_frame_body_as_bus_##type(m));               \
		break
		TOPIC_OF(SUBSCRIBE, subscribe);
		TOPIC_OF(PUBLISH, publish);
		TOPIC_OF(SERVED, served);
		TOPIC_OF(PULL, pull);
		TOPIC_OF(WILL, will);
		TOPIC_OF(LAPSED, lapsed);
		TOPIC_OF(SYNC, sync);
#undef TOPIC_OF
	default: return false;
	}
	*topic = gn_wire_hash_get(h);
	return true;
}

static void serve(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		  struct gn_fb_bus_frame m)
{
	GN_ASSERT(h->rules);
	switch (gn_fb_bus_frame_body_type(m)) {
#define SERVE(TYPE, type)                                                                          \
	case GN_FB_BUS_FRAME_BODY_BUS_##TYPE:                                                      \
		bus_on_##type(b, from, h, gn_fb_bus_frame_body_as_bus_##type(m));                  \
		break
		SERVE(SUBSCRIBE, subscribe);
		SERVE(PUBLISH, publish);
		SERVE(SERVED, served);
		SERVE(PULL, pull);
		SERVE(WILL, will);
		SERVE(LAPSED, lapsed);
#undef SERVE
	case GN_FB_BUS_FRAME_BODY_BUS_SYNC: bus_on_sync(b, from, h); break;
	default: break;
	}
}

/* GN_PENDING: it waits for a list of revoked tokens. */
static gn_err for_list(struct gn_bus *b, const struct gn_contact *who, struct bus_held *h,
		       struct gn_slice message, struct gn_fb_bus_frame m, enum bus_waited waited)
{
	gn_err err = bus_list_of(b, h, who, m);
	if (err != GN_PENDING)
		return err;
	return waited < WAITED_LIST && bus_rules_wait_list(b, h, who, message) == GN_OK ? err
											: GN_BUSY;
}

static void take_request(struct gn_bus *b, const struct gn_contact *who, struct gn_slice message,
			 struct gn_fb_bus_frame m, enum bus_waited waited)
{
	struct bus_from from = {*who, gn_fb_bus_frame_request(m)};
	struct bus_refusal why = {.err = GN_NOT_FOUND};
	struct bus_held *h = NULL;
	struct gn_hash topic;
	bool request = topic_of(m, &topic);
	GN_ASSERT(request);
	if (gn_fb_bus_frame_body_type(m) == GN_FB_BUS_FRAME_BODY_BUS_PULL &&
	    bus_link_pulled(b, &from, gn_fb_bus_frame_body_as_bus_pull(m)))
		return;
	if (!b->cfg.no_root)
		why.err = bus_rules_get(b, &topic, who, &h);
	if (why.err == GN_PENDING)
		why.err = waited == WAITED_NOT && bus_rules_wait(b, h, who, message) == GN_OK
				  ? GN_PENDING
				  : GN_BUSY;
	else if (why.err == GN_OK)
		why.err = for_list(b, who, h, message, m, waited);
	if (why.err == GN_PENDING)
		return;
	if (why.err == GN_OK) {
		serve(b, &from, h, m);
		return;
	}
	why.retry_ms = why.err == GN_BUSY ? 1000 : 0;
	b->count.not_here += why.err == GN_NOT_FOUND;
	bus_send_done(b, &from, &why, &topic);
}

/* ---- answers ---- */

static void answered(struct gn_bus *b, const struct bus_ask *a, const struct gn_contact *from,
		     struct gn_fb_bus_frame m)
{
	GN_ASSERT(!b->out.building);
	uint8_t type = gn_fb_bus_frame_body_type(m);
	struct bus_view *v = bus_view_get(b, &a->topic);
	switch (a->kind) {
	case ASK_LEASE:
		if (v)
			bus_lease_answer(b, v, &from->pk, m);
		break;
	case ASK_POST:
	case ASK_WILL: bus_post_answer(b, a, &m, GN_OK); break;
	case ASK_LINK:
		if (v && type == GN_FB_BUS_FRAME_BODY_BUS_DONE)
			bus_link_answer(b, v, &from->pk,
					gn_wire_err(gn_fb_bus_done_code(
						gn_fb_bus_frame_body_as_bus_done(m))));
		break;
	case ASK_SYNC: break;
	}
}

/* What a kind of request can be answered with. */
static bool fits(enum bus_ask_kind kind, uint8_t type)
{
	if (type == GN_FB_BUS_FRAME_BODY_BUS_DONE)
		return true;
	switch (kind) {
	case ASK_LEASE: return type == GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED;
	case ASK_POST: return type == GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED;
	case ASK_SYNC: return type == GN_FB_BUS_FRAME_BODY_BUS_KEPT;
	case ASK_WILL:
	case ASK_LINK: return false;
	}
	return false;
}

static void take_answer(struct gn_bus *b, const struct gn_contact *from, struct gn_fb_bus_frame m)
{
	GN_ASSERT(!b->out.building);
	uint64_t number = gn_fb_bus_frame_request(m);
	uint8_t type = gn_fb_bus_frame_body_type(m);
	struct bus_ask *at = bus_ask_get(b, number, &from->pk);
	if (!at || !fits(at->kind, type)) {
		b->count.unasked++;
		return;
	}
	struct bus_ask a = *at;
	if (type == GN_FB_BUS_FRAME_BODY_BUS_KEPT) { /* and more may follow */
		bus_on_kept(b, from, gn_fb_bus_frame_body_as_bus_kept(m));
		return;
	}
	if (a.kind == ASK_SYNC) /* small messages leave first: values may follow its end */
		return;
	bus_ask_done(b, number);
	answered(b, &a, from, m);
}

static void deliver(struct gn_bus *b, const struct gn_contact *from, struct gn_fb_bus_deliver m)
{
	GN_ASSERT(!b->out.building);
	struct gn_hash topic = gn_wire_hash_get(gn_fb_bus_deliver_topic(m));
	struct bus_view *v = bus_view_get(b, &topic);
	struct bus_held *h = bus_held_get(b, &topic);
	bool pulled = h && h->rules && bus_on_pulled(b, from, h, gn_fb_bus_deliver_message(m));
	if (v)
		bus_view_deliver(b, v, from, gn_fb_bus_deliver_message(m),
				 gn_fb_bus_deliver_before(m));
	b->count.unasked += !v && !pulled;
}

static void tell_lost(struct gn_bus *b, const struct gn_pk *peer)
{
	GN_ASSERT(!b->out.building);
	for (struct bus_ask a; bus_ask_lost(b, peer, &a);) {
		struct bus_view *v = bus_view_get(b, &a.topic);
		switch (a.kind) {
		case ASK_LEASE:
			if (v)
				bus_lease_lost(b, v, &a.peer);
			break;
		case ASK_POST:
		case ASK_WILL: bus_post_answer(b, &a, NULL, GN_UNREACHABLE); break;
		case ASK_LINK:
			if (v)
				bus_link_answer(b, v, &a.peer, GN_UNREACHABLE);
			break;
		case ASK_SYNC: break;
		}
	}
}

/* ---- running ---- */

static void take_other(struct gn_bus *b, const struct gn_contact *who, struct gn_fb_bus_frame m)
{
	GN_ASSERT(!b->out.building);
	struct bus_from from = {*who, gn_fb_bus_frame_request(m)};
	struct gn_fb_bus_lost lost;
	struct gn_hash topic;
	struct bus_view *v;
	switch (gn_fb_bus_frame_body_type(m)) {
	case GN_FB_BUS_FRAME_BODY_BUS_DELIVER:
		deliver(b, who, gn_fb_bus_frame_body_as_bus_deliver(m));
		break;
	case GN_FB_BUS_FRAME_BODY_BUS_LOST:
		lost = gn_fb_bus_frame_body_as_bus_lost(m);
		topic = gn_wire_hash_get(gn_fb_bus_lost_topic(lost));
		v = bus_view_get(b, &topic);
		if (v)
			bus_view_lost(b, v, &who->pk, lost);
		break;
	case GN_FB_BUS_FRAME_BODY_BUS_LINK:
		bus_on_link(b, &from, gn_fb_bus_frame_body_as_bus_link(m));
		break;
	case GN_FB_BUS_FRAME_BODY_BUS_HAVE:
		bus_on_have(b, who, gn_fb_bus_frame_body_as_bus_have(m));
		break;
	default: take_answer(b, who, m); break;
	}
}

static gn_err take_message(struct gn_bus *b, const struct gn_contact *who, struct gn_slice message,
			   enum bus_waited waited)
{
	struct gn_fb_bus_frame m;
	struct gn_hash topic;
	gn_err err =
		message.len > GN_MESSAGE_MAX ? GN_TOO_LARGE : gn_fb_bus_frame_verify(message, &m);
	if (err == GN_OK && gn_fb_bus_frame_body_type(m) > GN_FB_BUS_FRAME_BODY_BUS_DONE)
		err = GN_UNSUPPORTED; /* of a later version */
	if (err != GN_OK)
		return err;
	if (topic_of(m, &topic))
		take_request(b, who, message, m, waited);
	else
		take_other(b, who, m);
	return GN_OK;
}

static void take_local(struct gn_bus *b)
{
	GN_ASSERT(!b->out.building);
	struct gn_frame_message *out;
	for (unsigned i = 0; i < LOCAL_ROUNDS && (out = gn_frame_out_local(&b->out)); i++) {
		struct gn_contact self = {.pk = b->cfg.node};
		gn_err err = take_message(b, &self, gn_frame_message_bytes(out), WAITED_NOT);
		GN_ASSERT(err == GN_OK);
		gn_mem_free(b->env.alloc, out);
	}
}

static void take_ready(struct gn_bus *b)
{
	GN_ASSERT(!b->out.building);
	for (struct bus_pending *p; (p = bus_rules_ready(b)); gn_mem_free(b->env.alloc, p)) {
		gn_err err = take_message(b, &p->from, gn_slice(p->bytes, p->len), p->waited);
		GN_ASSERT(err == GN_OK); /* it was parsed when it came */
	}
}

/* Lookups of lists have ended: of those who wait, some need not any more. */
static void look_at_lists(struct gn_bus *b)
{
	uint64_t round = gn_lists_round(b->cfg.lists);
	if (round == b->round)
		return;
	b->round = round;
	bus_rules_listed(b);
	for (uint32_t i = 0; i < b->views.count; i++) {
		struct bus_view *v = GN_MAP_AT(&b->views, struct bus_view *, i);
		if (v->listing)
			bus_view_wake(b, v, b->now);
	}
}

static void run_view(struct gn_bus *b, struct bus_view *v)
{
	gn_heap_remove(&b->view_timers, &v->timer);
	if (!v->locals && !v->posts && !v->wills) {
		gn_time over = v->used + BUS_VIEW_KEPT;
		bool values =
			v->own_count && v->own[v->own_count - 1].message->said.until > bus_unix(b);
		if (over <= b->now && !values) {
			bus_view_free(b, v);
			return;
		}
		gn_time next = bus_view_run_leases(b, v); /* which are over */
		bus_view_wake(b, v, gn_time_min(next, values ? b->now + BUS_LOOK_EVERY : over));
		if (!values)
			return;
	}
	gn_time next = bus_view_run_look(b, v);
	next = gn_time_min(next, bus_view_run_leases(b, v));
	next = gn_time_min(next, bus_view_run_posts(b, v));
	next = gn_time_min(next, bus_view_run_gaps(b, v));
	next = gn_time_min(next, bus_view_run_wants(b, v));
	if (next != GN_NEVER)
		bus_view_wake(b, v, next);
}

static void run_due(struct gn_bus *b)
{
	GN_ASSERT(!b->out.building);
	for (struct gn_heap_node *n; (n = gn_heap_first(&b->held_timers)) && n->at <= b->now;)
		bus_held_due(b, GN_CONTAINER(n, struct bus_held, timer));
	/* each once in a turn: what it does may wake it again */
	uint32_t count = b->view_timers.count;
	for (struct gn_heap_node *n;
	     count-- > 0 && (n = gn_heap_first(&b->view_timers)) && n->at <= b->now;)
		run_view(b, GN_CONTAINER(n, struct bus_view, timer));
}

static void run_all(struct gn_bus *b)
{
	GN_ASSERT(!b->out.building);
	if (b->wake <= b->now)
		b->wake = GN_NEVER;
	tell_lost(b, NULL);
	look_at_lists(b);
	take_ready(b);
	run_due(b);
	bus_serve_run(b);
	take_local(b);
	bus_serve_run(b);
}

gn_err gn_bus_recv(struct gn_bus *b, const struct gn_pk *from, const struct gn_addr *addr,
		   struct gn_slice message, gn_time now)
{
	GN_ASSERT(from && (message.p || !message.len));
	struct gn_contact who = bus_contact(from, addr);
	b->now = now;
	b->caused = (struct gn_bus_caused){.checks = 0};
	b->count.messages_in++;
	gn_err err = take_message(b, &who, message, WAITED_NOT);
	b->count.messages_bad += err != GN_OK;
	run_all(b);
	return err;
}

void gn_bus_peer_down(struct gn_bus *b, const struct gn_pk *pk, gn_err why, gn_time now)
{
	GN_ASSERT(!b->out.building);
	(void)why;
	b->now = now;
	tell_lost(b, pk);
	bus_roots_peer_down(b, pk);
	for (uint32_t i = 0; i < b->views.count; i++) {
		struct bus_view *v = GN_MAP_AT(&b->views, struct bus_view *, i);
		struct bus_root *r = bus_view_root(v, pk);
		bus_link_drop(v, pk);
		if (!r || !(r->leased || r->role))
			continue;
		bus_view_root_failed(b, v, r);
		bus_locals_changed(b, v);
	}
	run_all(b);
}

bool gn_bus_overlay_event(struct gn_bus *b, const struct gn_overlay_event *e, gn_time now)
{
	GN_ASSERT(!b->out.building);
	struct gn_frame_find f;
	b->now = now;
	if (e->kind != GN_OVERLAY_DONE || !gn_frame_find_take(&b->frame, e, &f))
		return false;
	switch ((enum bus_find_kind)f.kind) {
	case FIND_RULES: bus_rules_got(b, f.object, e); break;
	case FIND_ROOTS: bus_view_looked(b, f.object, e, true); break;
	case FIND_APART: bus_view_looked(b, f.object, e, true); /* fall through */
	case FIND_RECORD: bus_view_looked(b, f.object, e, false); break;
	}
	run_all(b);
	return true;
}

void gn_bus_tick(struct gn_bus *b, gn_time now)
{
	GN_ASSERT(!b->out.building);
	bool due = gn_bus_deadline(b) <= now;
	b->now = now;
	if (b->sweep <= now) {
		bus_roots_sweep(b);
		b->sweep = now + BUS_SWEEP;
	}
	if (due)
		run_all(b);
}

gn_time gn_bus_deadline(const struct gn_bus *b)
{
	gn_time at = gn_time_min(b->wake, gn_heap_deadline(&b->held_timers));
	at = gn_time_min(at, gn_heap_deadline(&b->view_timers));
	at = gn_time_min(at, bus_asks_deadline(b));
	if (gn_lists_round(b->cfg.lists) != b->round || b->out.local.first)
		at = b->now; /* what it tells itself does not wait for the next packet */
	return b->held.count ? gn_time_min(at, b->sweep) : at;
}

/* ---- operations ---- */

gn_err gn_bus_subscribe(struct gn_bus *b, const struct gn_bus_subscribe *s, gn_time now, gn_op *op)
{
	GN_ASSERT(!b->out.building);
	b->now = now;
	GN_TRY(bus_sub_start(b, s, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_bus_publish(struct gn_bus *b, const struct gn_bus_publish *p, gn_time now, gn_op *op)
{
	GN_ASSERT(!b->out.building);
	b->now = now;
	GN_TRY(bus_post_start(b, p, false, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_bus_will(struct gn_bus *b, const struct gn_bus_publish *p, gn_time now, gn_op *op)
{
	GN_ASSERT(!b->out.building);
	b->now = now;
	GN_TRY(bus_post_start(b, p, true, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_bus_signed(struct gn_bus *b, uint64_t sign, const struct gn_sig *sig, gn_time now)
{
	GN_ASSERT(!b->out.building);
	b->now = now;
	GN_TRY(bus_lease_signed(b, sign, sig));
	run_all(b);
	return GN_OK;
}

static void op_free(struct gn_bus *b, struct gn_frame_op *op, bool take_back)
{
	switch ((enum bus_op_kind)op->kind) {
	case OP_SUB: bus_local_free(b, GN_CONTAINER(op, struct bus_local, op)); break;
	case OP_POST:
	case OP_WILL: bus_post_free(b, GN_CONTAINER(op, struct bus_post, op), take_back); break;
	}
}

void gn_bus_cancel(struct gn_bus *b, gn_op id, gn_time now)
{
	GN_ASSERT(!b->out.building);
	struct gn_frame_op **at = gn_map_get(&b->frame.ops, &id);
	b->now = now;
	if (at)
		op_free(b, *at, true);
	run_all(b);
}

void gn_bus_gone(struct gn_bus *b, gn_op id, gn_time now)
{
	GN_ASSERT(!b->out.building);
	struct gn_frame_op **at = gn_map_get(&b->frame.ops, &id);
	b->now = now;
	if (at)
		op_free(b, *at, false);
	run_all(b);
}

/* ---- outputs ---- */

bool gn_bus_next_message(struct gn_bus *b, struct gn_overlay_message *m)
{
	GN_ASSERT(!b->out.building);
	bool any = gn_frame_out_next(&b->out, m);
	if (b->serving_first && b->out.bulk.bytes <= BUS_OUT_BYTES / 2) {
		bus_serve_run(b); /* there is room again */
		any = any || gn_frame_out_next(&b->out, m);
	}
	b->count.messages_out += any;
	return any;
}

bool gn_bus_next_event(struct gn_bus *b, struct gn_bus_event *out)
{
	GN_ASSERT(!b->out.building);
	struct gn_frame_op *shown = b->frame.shown;
	bus_blob_drop(b, b->shown);
	b->shown = NULL;
	if (shown && shown->ended && !shown->told)
		op_free(b, shown, false);
	if (bus_sign_next(b, out))
		return true;
	for (struct gn_frame_op *op; (op = gn_frame_show(&b->frame));) {
		bool any = op->kind == OP_SUB
				   ? bus_local_event(b, GN_CONTAINER(op, struct bus_local, op), out)
				   : bus_post_event(b, GN_CONTAINER(op, struct bus_post, op), out);
		if (any)
			return true;
	}
	return false;
}

struct gn_bus_caused gn_bus_caused(struct gn_bus *b)
{
	struct gn_bus_caused out = b->caused;
	b->caused = (struct gn_bus_caused){.checks = 0};
	return out;
}
