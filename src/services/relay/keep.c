/* Places that this node keeps at relays, where others may open circuits to it: asked for, asked
 * anew at half their time, and after a failure 10 s later, then twice as long each time. Rules
 * RE-31, RE-35. */
#include "services/relay/engine_int.h"

static void send_reserve(struct gn_relay *r, struct relay_keep *k, uint32_t ttl)
{
	struct gn_contact to = relay_contact(&k->relay, NULL);
	struct gn_fb_relay_reserve_args args = {.ttl = ttl, .show = k->show};
	struct gn_fbb *fbb = relay_message_begin(r, 0);
	if (fbb)
		relay_message_end(r, &to, ttl ? k->op.id : 0, GN_FB_RELAY_FRAME_BODY_RELAY_RESERVE,
				  gn_fb_relay_reserve_make(fbb, &args));
}

static void ask(struct gn_relay *r, struct relay_keep *k)
{
	GN_ASSERT(!k->op.ended);
	k->asked = true;
	k->at = r->now + RELAY_ASK_TIME;
	relay_own_at(r, k->at);
	r->n.reserve_asked++;
	send_reserve(r, k, RELAY_TTL);
}

gn_err gn_relay_reserve(struct gn_relay *r, const struct gn_pk *relay, bool show, gn_time now,
			gn_op *op)
{
	GN_ASSERT(!r->out.building);
	r->now = now;
	if (gn_pk_eq(relay, &r->cfg.node))
		return GN_USAGE;
	if (gn_relay_is_bad(r, relay, now))
		return GN_DENIED;
	for (uint32_t i = 0; i < r->keep_count; i++)
		if (gn_pk_eq(&r->keeps[i]->relay, relay))
			return GN_EXISTS;
	if (r->keep_count == RELAY_KEPT)
		return GN_LIMIT;
	struct relay_keep *k = GN_NEW(r->env.alloc, struct relay_keep);
	if (!k || gn_frame_op_add(&r->frame, &k->op, OP_KEEP)) {
		gn_mem_free(r->env.alloc, k);
		r->n.nomem++;
		return GN_NOMEM;
	}
	k->relay = *relay;
	k->show = show;
	k->e.op = k->op.id;
	r->keeps[r->keep_count++] = k;
	*op = k->op.id;
	ask(r, k);
	return GN_OK;
}

/* It has no place any more, there or here. */
static void give_up(struct gn_relay *r, struct relay_keep *k)
{
	GN_ASSERT(r->keep_count <= RELAY_KEPT);
	for (uint32_t i = 0; i < r->keep_count; i++)
		if (r->keeps[i] == k)
			r->keeps[i] = r->keeps[--r->keep_count];
	if (k->session)
		send_reserve(r, k, 0);
}

void relay_keep_close(struct gn_relay *r, struct relay_keep *k)
{
	give_up(r, k);
	gn_frame_op_remove(&r->frame, &k->op);
	gn_mem_free(r->env.alloc, k);
}

static void tell_lost(struct gn_relay *r, struct relay_keep *k, gn_err err)
{
	GN_ASSERT(err);
	k->session = 0;
	k->e.kind = GN_RELAY_UNRESERVED;
	k->e.err = err;
	gn_frame_tell(&r->frame, &k->op);
}

/* lost: what was reserved is not any more. */
static void fail(struct gn_relay *r, struct relay_keep *k, gn_err err, uint32_t retry_ms, bool lost)
{
	GN_ASSERT(!k->op.ended && err);
	gn_time wait = RELAY_RESERVE_AGAIN;
	for (unsigned i = 0; i < k->failures && wait < RELAY_RESERVE_AGAIN_MAX; i++)
		wait *= 2;
	wait = gn_time_min(wait, RELAY_RESERVE_AGAIN_MAX);
	gn_time asked = gn_time_min((gn_time)retry_ms * GN_MSEC, RELAY_RESERVE_AGAIN_MAX);
	k->failures++;
	k->asked = false;
	k->at = r->now + (wait > asked ? wait : asked);
	relay_own_at(r, k->at);
	r->n.reserve_lost++;
	if (lost || k->until <= r->now)
		tell_lost(r, k, err);
}

void relay_keep_answer(struct gn_relay *r, struct relay_keep *k, const struct relay_from *from,
		       struct gn_fb_relay_frame m)
{
	GN_ASSERT(!r->out.building);
	uint8_t type = gn_fb_relay_frame_body_type(m);
	/* what was reserved may be taken back */
	bool taken_back = type == GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED && k->session &&
			  k->session == from->session;
	if (!(k->asked || taken_back) || k->op.ended || !gn_pk_eq(&k->relay, &from->who.pk) ||
	    (type != GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED &&
	     type != GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED)) {
		r->n.unasked++;
		return;
	}
	k->e.other_count = 0;
	if (type == GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED) {
		struct gn_fb_relay_refused no = gn_fb_relay_frame_body_as_relay_refused(m);
		gn_err err = gn_wire_err(gn_fb_relay_refused_code(no));
		relay_others_get(no, &k->e);
		fail(r, k, err ? err : GN_PROTOCOL, gn_fb_relay_refused_retry_ms(no), true);
		return;
	}
	struct gn_fb_relay_reserved yes = gn_fb_relay_frame_body_as_relay_reserved(m);
	uint32_t ttl = gn_fb_relay_reserved_ttl(yes);
	gn_time span = (gn_time)(ttl < RELAY_TTL ? ttl : RELAY_TTL) * GN_SEC;
	k->asked = false;
	k->failures = 0;
	k->session = from->session;
	k->until = r->now + span;
	k->at = r->now + (span / 2 > RELAY_RESERVE_AGAIN ? span / 2 : RELAY_RESERVE_AGAIN);
	relay_own_at(r, k->at);
	k->e.kind = GN_RELAY_RESERVED;
	k->e.err = GN_OK;
	k->e.session = from->session;
	k->e.reserved_until = k->until;
	if (gn_fb_relay_reserved_has_you(yes))
		k->e.you = gn_wire_addr_get(gn_fb_relay_reserved_you(yes));
	gn_frame_tell(&r->frame, &k->op);
}

void relay_keep_down(struct gn_relay *r, struct relay_keep *k, uint64_t session)
{
	if (k->op.ended)
		return;
	if (!session) {
		if (k->asked)
			fail(r, k, GN_UNREACHABLE, 0, true);
	} else if (k->session == session) { /* by another, at once */
		tell_lost(r, k, GN_CLOSED);
		ask(r, k);
	}
}

void relay_keep_leave(struct gn_relay *r, struct relay_keep *k)
{
	if (k->op.ended)
		return;
	give_up(r, k);
	k->op.ended = true;
	k->asked = false;
	k->at = GN_NEVER;
	tell_lost(r, k, GN_DENIED);
}

void relay_keep_run(struct gn_relay *r, struct relay_keep *k)
{
	if (k->op.ended)
		return;
	if (k->session && k->until <= r->now)
		tell_lost(r, k, GN_TIMEOUT);
	if (k->at <= r->now) {
		if (k->asked)
			fail(r, k, GN_TIMEOUT, 0, false);
		else
			ask(r, k);
	}
	relay_own_at(r, k->session ? gn_time_min(k->at, k->until) : k->at);
}

bool relay_expects(const struct gn_relay *r, const struct gn_pk *relay, uint64_t session)
{
	uint64_t by = 0;
	struct gn_addr addr;
	if (session == 0)
		return false;
	for (uint32_t i = 0; i < r->keep_count; i++)
		if (r->keeps[i]->session == session && r->keeps[i]->until > r->now)
			return true;
	return r->cfg.linked && r->cfg.linked(r->cfg.user, relay, &by, &addr) && by == session;
}
