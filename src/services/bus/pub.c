/* Messages of publishers here, and their wills: sent to every root as they are, signed elsewhere.
 *
 *   post:  begun [bus_post_start] -> sent [the roots are known] -> over [`need` roots have it; all
 *          have answered; BUS_POST_TIME]
 *   will:  begun -> brought to each root -> stands [two have it] -> renewed within its lease
 *          -> told [two roots say so: it is over]
 *
 * A value is remembered while somebody here takes part in the topic, for roots to come. Rules BS-6,
 * BS-9, BS-11, BS-18. */
#include "services/bus/engine_int.h"

#include <stdio.h>

/* ---- life ---- */

static struct bus_post **list_of(struct bus_view *v, bool will)
{
	return will ? &v->wills : &v->posts;
}

static gn_err copy_token(struct gn_bus *b, struct gn_slice token, struct bus_token *out)
{
	GN_ASSERT(!out->bytes);
	if (!token.len)
		return GN_OK;
	out->bytes = gn_mem_new(b->env.alloc, token.len);
	if (!out->bytes)
		return GN_NOMEM;
	memcpy(out->bytes, token.p, token.len);
	out->len = (uint32_t)token.len;
	return GN_OK;
}

static void free_parts(struct gn_bus *b, struct bus_post *p)
{
	bus_blob_drop(b, p->message);
	bus_token_drop(b, &p->token);
	gn_mem_free(b->env.alloc, p);
}

static gn_err check(const struct gn_bus *b, const struct gn_bus_publish *p, bool will,
		    const struct gn_hash *topic, struct gn_said *said)
{
	said->sig = p->sig;
	GN_TRY(gn_said_parse(p->said, said));
	struct gn_hash by;
	gn_said_by(&b->cfg.node, &p->salt, &by);
	if (!(said->flags & GN_FB_BUS_FLAG_WILL) == will || p->need > BUS_ROOTS ||
	    (will && !bus_hash_eq(&by, &said->by)))
		return GN_USAGE;
	if (p->token.len > BUS_TOKEN_MAX)
		return GN_TOO_LARGE;
	if (b->frame.ops.count >= BUS_OPS)
		return GN_LIMIT;
	return gn_said_verify(topic, said);
}

/* The newest of a subject, or none. */
static void remember(struct gn_bus *b, struct bus_view *v, const struct bus_post *p)
{
	GN_ASSERT(v->own_count <= BUS_OWN_RETAINED);
	const struct gn_said *said = &p->message->said;
	unsigned at = 0;
	if (!(said->flags & GN_FB_BUS_FLAG_RETAINED) || said->flags & GN_FB_BUS_FLAG_WILL)
		return;
	while (at < v->own_count &&
	       (!gn_pk_eq(&v->own[at].message->said.publisher, &said->publisher) ||
		!gn_slice_eq(v->own[at].message->said.subject, said->subject)))
		at++;
	if (at < v->own_count) {
		bus_blob_drop(b, v->own[at].message);
		bus_token_drop(b, &v->own[at].token);
		v->own[at] = v->own[--v->own_count];
	}
	if (said->payload.len == 0 || v->own_count == BUS_OWN_RETAINED)
		return;
	struct bus_own *own = &v->own[v->own_count];
	*own = (struct bus_own){.message = p->message};
	if (copy_token(b, gn_slice(p->token.bytes, p->token.len), &own->token) != GN_OK)
		return;
	(void)bus_blob_ref(p->message);
	v->own_count++;
}

gn_err bus_post_start(struct gn_bus *b, const struct gn_bus_publish *in, bool will, gn_op *op)
{
	struct gn_said said;
	struct gn_hash topic;
	struct bus_view *v;
	gn_topicrec_key(&in->topic.owner, in->topic.label, &topic);
	GN_TRY(check(b, in, will, &topic, &said));
	GN_TRY(bus_view_need(b, &in->topic, &v));
	struct bus_post *p = GN_NEW(b->env.alloc, struct bus_post);
	if (!p)
		return GN_NOMEM;
	p->view = v;
	p->need = in->need ? in->need : 1;
	p->salt = in->salt;
	p->until = b->now + BUS_POST_TIME;
	p->message = bus_blob_new(b, &said);
	if (!p->message || copy_token(b, in->token, &p->token) != GN_OK ||
	    gn_frame_op_add(&b->frame, &p->op, will ? OP_WILL : OP_POST) != GN_OK) {
		free_parts(b, p);
		return GN_NOMEM;
	}
	struct bus_post **at = list_of(v, will);
	while (*at)
		at = &(*at)->next;
	*at = p;
	remember(b, v, p);
	*op = p->op.id;
	if (!v->rec)
		bus_view_look_soon(b, v, b->now);
	bus_view_wake(b, v, b->now);
	return GN_OK;
}

static void send_will(struct gn_bus *b, const struct bus_view *v, const struct bus_post *p,
		      const struct gn_contact *to, uint64_t request, bool whole, uint16_t lease)
{
	GN_ASSERT(p->op.kind == OP_WILL);
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	struct gn_fb_key key = gn_wire_key(&p->message->said.publisher);
	struct gn_fb_hash salt = gn_wire_hash(p->salt.b);
	size_t extra = whole ? p->message->len + p->token.len : 0;
	struct gn_fbb *fbb = bus_message_begin(b, extra);
	if (!fbb)
		return;
	struct gn_slice token = gn_slice(p->token.bytes, p->token.len);
	struct gn_fb_bus_will_args args = {
		.topic = &topic,
		.publisher = &key,
		.epoch = p->message->said.epoch,
		.message = whole ? bus_said_put(fbb, &p->message->said, token) : 0,
		.lease = lease,
		.salt = whole ? &salt : NULL};
	bus_message_end(b, to, request, GN_FB_BUS_FRAME_BODY_BUS_WILL,
			gn_fb_bus_will_make(fbb, &args));
}

void bus_post_free(struct gn_bus *b, struct bus_post *p, bool take_back)
{
	GN_ASSERT(p->view);
	struct bus_view *v = p->view;
	bool will = p->op.kind == OP_WILL;
	struct bus_post **at = list_of(v, will);
	for (unsigned i = 0; will && take_back && i < v->root_count; i++)
		send_will(b, v, p, &v->roots[i].c, 0, false, 0);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	v->used = b->now;
	gn_frame_op_remove(&b->frame, &p->op);
	free_parts(b, p);
}

static void end(struct gn_bus *b, struct bus_post *p, gn_err err)
{
	if (p->op.ended)
		return;
	p->op.ended = p->changed = true;
	p->op.err = err;
	gn_frame_tell(&b->frame, &p->op);
}

void bus_posts_failed(struct gn_bus *b, struct bus_view *v, gn_err err)
{
	for (struct bus_post *p = v->posts; p; p = p->next)
		if (!p->sent)
			end(b, p, err);
	for (struct bus_post *p = v->wills; p; p = p->next)
		end(b, p, err);
}

/* ---- sending ---- */

static void send_message(struct gn_bus *b, const struct bus_view *v, struct bus_blob *m,
			 const struct bus_token *t, const struct gn_contact *to, uint64_t request)
{
	GN_ASSERT(m->refs > 0);
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	struct gn_fbb *fbb = bus_message_begin(b, m->len + t->len);
	if (!fbb)
		return;
	struct gn_fb_bus_publish_args args = {
		.topic = &topic,
		.message = bus_said_put(fbb, &m->said, gn_slice(t->bytes, t->len))};
	bus_message_end(b, to, request, GN_FB_BUS_FRAME_BODY_BUS_PUBLISH,
			gn_fb_bus_publish_make(fbb, &args));
}

void bus_own_give(struct gn_bus *b, struct bus_view *v, const struct gn_contact *root)
{
	GN_ASSERT(v->own_count <= BUS_OWN_RETAINED);
	for (unsigned i = 0; i < v->own_count; i++)
		send_message(b, v, v->own[i].message, &v->own[i].token, root, 0);
}

static void send_post(struct gn_bus *b, struct bus_view *v, struct bus_post *p)
{
	GN_ASSERT(!p->sent && p->asked == 0);
	struct bus_ask ask = {.kind = ASK_POST, .topic = v->topic, .op = p->op.id};
	p->sent = true;
	for (unsigned i = 0; i < v->root_count; i++) {
		ask.peer = v->roots[i].c.pk;
		uint64_t request = bus_ask_add(b, &ask);
		p->asked += request != 0;
		if (request)
			send_message(b, v, p->message, &p->token, &v->roots[i].c, request);
	}
	if (p->asked == 0)
		end(b, p, GN_LIMIT);
}

/* How it stands with each of the present roots. */
static struct bus_at_root *at_root(struct bus_post *p, const struct bus_view *v, unsigned i)
{
	GN_ASSERT(i < v->root_count && v->root_count <= BUS_ROOTS);
	const struct gn_pk *pk = &v->roots[i].c.pk;
	struct bus_at_root *free = NULL;
	for (unsigned k = 0; k < BUS_ROOTS; k++) {
		struct bus_at_root *at = &p->at[k];
		if (gn_pk_eq(&at->pk, pk))
			return at;
		bool stays = false;
		for (unsigned r = 0; r < v->root_count && !stays; r++)
			stays = gn_pk_eq(&v->roots[r].c.pk, &at->pk);
		free = stays ? free : at;
	}
	GN_ASSERT(free); /* there are no more roots than places */
	*free = (struct bus_at_root){.pk = *pk};
	return free;
}

/* Within a lease twice, so that one may be lost. */
static gn_time renewal(const struct bus_post *p)
{
	gn_time third = p->message->said.lease * GN_SEC / 3;
	return third < BUS_WILL_RENEW ? third : BUS_WILL_RENEW;
}

static gn_time run_will(struct gn_bus *b, struct bus_view *v, struct bus_post *p)
{
	GN_ASSERT(p->op.kind == OP_WILL);
	gn_time next = GN_NEVER;
	for (unsigned i = 0; i < v->root_count && !p->op.ended; i++) {
		struct bus_at_root *at = at_root(p, v, i);
		struct bus_ask ask = {
			.kind = ASK_WILL, .topic = v->topic, .op = p->op.id, .peer = at->pk};
		if (!at->asked && at->renew <= b->now) {
			uint64_t request = bus_ask_add(b, &ask);
			at->asked = request != 0;
			at->renew = b->now + (request ? renewal(p) : BUS_LOOK_AGAIN);
			if (request)
				send_will(b, v, p, &v->roots[i].c, request, !at->taken,
					  p->message->said.lease);
		}
		if (!at->asked)
			next = gn_time_min(next, at->renew);
	}
	return next;
}

gn_time bus_view_run_posts(struct gn_bus *b, struct bus_view *v)
{
	bool known = v->rec && v->root_count;
	gn_time next = GN_NEVER;
	for (struct bus_post *p = v->posts; p; p = p->next) {
		if (p->op.ended)
			continue;
		if (!p->sent && known)
			send_post(b, v, p);
		if (p->until <= b->now)
			end(b, p, p->taken ? GN_QUORUM : p->err ? p->err : GN_TIMEOUT);
		else
			next = gn_time_min(next, p->until);
	}
	for (struct bus_post *p = v->wills; p && known; p = p->next)
		next = gn_time_min(next, run_will(b, v, p));
	return next;
}

/* ---- answers ---- */

static void note_refusal(struct bus_post *p, gn_err err, struct gn_slice limit, uint32_t retry_ms)
{
	if (p->err == GN_OK || (p->err == GN_UNREACHABLE && err != GN_UNREACHABLE)) {
		p->err = err;
		p->retry_ms = retry_ms;
		snprintf(p->limit, sizeof p->limit, "%.*s", (int)limit.len,
			 limit.len ? (const char *)limit.p : "");
	}
}

static void post_answered(struct gn_bus *b, struct bus_view *v, struct bus_post *p,
			  const struct gn_fb_bus_frame *m, gn_err err)
{
	GN_ASSERT(p->answered < p->asked);
	struct gn_slice limit = {NULL, 0};
	uint32_t retry_ms = 0;
	if (m && gn_fb_bus_frame_body_type(*m) == GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED) {
		struct gn_fb_bus_published t = gn_fb_bus_frame_body_as_bus_published(*m);
		err = gn_wire_err(gn_fb_bus_published_code(t));
		limit = gn_fb_bus_published_limit(t);
		retry_ms = gn_fb_bus_published_retry_ms(t);
		if (gn_fb_bus_published_subscribers(t) > p->subscribers)
			p->subscribers = gn_fb_bus_published_subscribers(t);
		bus_view_set(b, v, gn_fb_bus_published_set(t));
	} else if (m) {
		struct gn_fb_bus_done t = gn_fb_bus_frame_body_as_bus_done(*m);
		err = gn_wire_err(gn_fb_bus_done_code(t));
		limit = gn_fb_bus_done_limit(t);
		err = err == GN_OK ? GN_PROTOCOL : err;
	}
	p->answered++;
	if (err == GN_OK || err == GN_EXISTS)
		p->taken++;
	else
		note_refusal(p, err, limit, retry_ms);
	if (p->taken >= p->need)
		end(b, p, GN_OK);
	else if (p->answered >= p->asked)
		end(b, p, p->taken ? GN_QUORUM : p->err);
}

static void will_answered(struct gn_bus *b, struct bus_view *v, struct bus_post *p,
			  const struct gn_pk *peer, const struct gn_fb_bus_frame *m, gn_err err)
{
	GN_ASSERT(p->op.kind == OP_WILL);
	struct gn_slice limit = {NULL, 0};
	unsigned taken = 0, stale = 0;
	if (m) {
		struct gn_fb_bus_done t = gn_fb_bus_frame_body_as_bus_done(*m);
		err = gn_wire_err(gn_fb_bus_done_code(t));
		limit = gn_fb_bus_done_limit(t);
	}
	for (unsigned i = 0; i < BUS_ROOTS; i++) {
		struct bus_at_root *at = &p->at[i];
		if (gn_pk_eq(&at->pk, peer)) {
			at->renew = b->now + (err == GN_OK                       ? renewal(p)
					      : err == GN_NOT_FOUND && at->taken ? 0
										 : BUS_BAD);
			at->asked = false;
			at->answered = true;
			at->taken = err == GN_OK;
			at->stale = err == GN_STALE;
		}
		taken += at->taken;
		stale += at->stale;
	}
	if (err != GN_OK)
		note_refusal(p, err, limit, 0);
	p->changed = p->changed || taken != p->taken;
	p->taken = taken;
	p->stands = taken >= 2 || taken == v->root_count;
	bus_view_wake(b, v, b->now);
	/* two say that it has been told: nothing of this epoch counts any more. One alone could
	 * make us leave the others' leases to lapse */
	if (stale >= 2 || (stale && v->root_count == 1))
		end(b, p, GN_STALE);
	else if (p->changed)
		gn_frame_tell(&b->frame, &p->op);
}

void bus_post_answer(struct gn_bus *b, const struct bus_ask *a, const struct gn_fb_bus_frame *m,
		     gn_err err)
{
	bool will = a->kind == ASK_WILL;
	struct bus_post *p = gn_frame_op_get(&b->frame, a->op, will ? OP_WILL : OP_POST);
	struct bus_root *r = p ? bus_view_root(p->view, &a->peer) : NULL;
	if (!p || p->op.ended)
		return;
	if (!m && r) /* silent, or gone */
		bus_view_look_soon(b, p->view, b->now + BUS_LOOK_SOON);
	if (will)
		will_answered(b, p->view, p, &a->peer, m, err);
	else
		post_answered(b, p->view, p, m, err);
}

bool bus_post_event(struct gn_bus *b, struct bus_post *p, struct gn_bus_event *out)
{
	(void)b;
	if (!p->changed)
		return false;
	p->changed = false;
	*out = (struct gn_bus_event){.kind = p->op.kind == OP_WILL ? GN_BUS_WILL : GN_BUS_PUBLISHED,
				     .op = p->op.id,
				     .err = p->op.ended ? p->op.err
					    : p->stands ? GN_OK
							: p->err,
				     .roots = p->taken,
				     .asked = p->asked,
				     .subscribers = p->subscribers,
				     .retry_ms = p->retry_ms,
				     .limit = p->limit};
	return true;
}
