/* Topics over app/1: a publication, a will and a subscription are operations of the bus engine,
 * answered as its events come. No private key is here: messages come signed, and a right that a
 * root asks for is signed by whoever follows with that key; the engine looks at a signature before
 * it takes it. */
#include "node/call.h"

#include "node/node_int.h"
#include "wire/token.h"

#define TOPIC_KIND(name) {GN_FB_APP_BODY_APP_TOPIC, GN_FB_APP_TOPIC_BODY_##name}

static const struct gn_app_kind published_kind = TOPIC_KIND(TOPIC_PUBLISHED),
				publish_kind = TOPIC_KIND(TOPIC_PUBLISH),
				following_kind = TOPIC_KIND(TOPIC_FOLLOWING),
				said_kind = TOPIC_KIND(TOPIC_SAID),
				gap_kind = TOPIC_KIND(TOPIC_GAP),
				sign_kind = TOPIC_KIND(TOPIC_SIGN);

/* ---- publishing ---- */

static void refused(struct gn_node_request *r, const struct gn_bus_event *e)
{
	const char *limit = e->limit ? e->limit : "",
		   *of_token = gn_token_limit_text(gn_str(limit));
	if (of_token && e->retry_ms)
		gn_host_error(&r->base, e->err, "%s; there is room for one more in %u s", of_token,
			      (e->retry_ms + 999) / 1000);
	else if (of_token)
		gn_host_error(&r->base, e->err, "%s", of_token);
	else
		gn_host_error(&r->base, e->err, "%s%s%s", gn_err_text(e->err),
			      *limit ? "; a root names its limit: " : "", limit);
}

static void tell_published(struct gn_node_request *r, const struct gn_bus_event *e)
{
	bool last = e->kind == GN_BUS_PUBLISHED || e->err != GN_OK;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_topic_published_args args = {.code = (uint16_t)e->err,
						  .roots = (uint8_t)e->roots,
						  .of = (uint8_t)e->asked,
						  .subscribers = e->subscribers,
						  .limit = gn_str(e->limit ? e->limit : ""),
						  .retry_ms = e->retry_ms};
	gn_fbref table = gn_fb_topic_published_make(b, &args);
	if (last && e->err != GN_OK && e->roots == 0)
		refused(r, e);
	else if (last)
		gn_host_answer(&r->base, published_kind, table);
	else
		gn_host_answer_more(&r->base, published_kind, table);
}

static gn_err publish(struct gn_node_request *r, const struct gn_bus_publish *p, gn_op *op)
{
	struct gn_fb_topic_publish t = {r->base.table};
	struct gn_node_fresh_for who;
	if (gn_node_is_fresh(r, gn_fb_topic_publish_session(t), gn_fb_topic_publish_share(t), &who))
		return gn_node_fresh_publish(r->node, &who, p, op);
	return gn_bus_publish(r->node->bus, p, r->node->now, op);
}

gn_err gn_node_call_topic_publish(struct gn_node_request *r)
{
	struct gn_fb_topic_publish t = {r->base.table};
	struct gn_bus_publish p = {.topic = {gn_wire_key_get(gn_fb_topic_publish_owner(t)),
					     gn_fb_topic_publish_label(t)},
				   .said = gn_fb_topic_publish_said(t),
				   .sig = gn_wire_sig_get(gn_fb_topic_publish_sig(t)),
				   .token = gn_fb_topic_publish_token(t),
				   .need = gn_fb_topic_publish_need(t)};
	struct gn_fb_hash salt = gn_fb_topic_publish_salt(t);
	struct gn_said said = {.sig = p.sig};
	gn_op op;
	memcpy(p.salt.b, salt.b, sizeof p.salt.b);
	GN_TRY(gn_said_parse(p.said, &said));
	if (!(said.flags & GN_FB_BUS_FLAG_WILL)) {
		GN_TRY(publish(r, &p, &op));
	} else if (gn_fb_topic_publish_session(t) == GN_FB_SESSION_AS_FRESH) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "a will names the node that brings it, and so its publisher's");
		return GN_OK;
	} else if (!r->base.via) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "a will stands as long as a connection: only one of app/1 can leave "
			      "it");
		return GN_OK;
	} else {
		GN_TRY(gn_bus_will(r->node->bus, &p, r->node->now, &op));
		gn_host_lasts(&r->base);
	}
	gn_node_wait_bus(r, op, tell_published);
	return GN_OK;
}

/* The will of a publisher that this connection left. */
static struct gn_node_request *will_of(const struct gn_node_request *r,
				       struct gn_fb_topic_take_back t)
{
	struct gn_pk owner = gn_wire_key_get(gn_fb_topic_take_back_owner(t)),
		     publisher = gn_wire_key_get(gn_fb_topic_take_back_publisher(t));
	for (struct gn_node_request *w = gn_node_request_first(r->node); w;
	     w = gn_node_request_next(w)) {
		struct gn_said said;
		if (w->base.via != r->base.via || w->base.waits != GN_OP_BUS || !w->base.asked ||
		    w->base.asked->kind.area != publish_kind.area ||
		    w->base.asked->kind.member != publish_kind.member)
			continue;
		struct gn_fb_topic_publish p = {w->base.table};
		struct gn_pk its = gn_wire_key_get(gn_fb_topic_publish_owner(p));
		said.sig = gn_wire_sig_get(gn_fb_topic_publish_sig(p));
		if (gn_said_parse(gn_fb_topic_publish_said(p), &said) == GN_OK &&
		    said.flags & GN_FB_BUS_FLAG_WILL && gn_pk_eq(&its, &owner) &&
		    gn_pk_eq(&said.publisher, &publisher) &&
		    gn_slice_eq(gn_fb_topic_publish_label(p), gn_fb_topic_take_back_label(t)))
			return w;
	}
	return NULL;
}

gn_err gn_node_call_topic_take_back(struct gn_node_request *r)
{
	struct gn_fb_topic_take_back t = {r->base.table};
	struct gn_node_request *w = will_of(r, t);
	if (!w) {
		gn_host_error(&r->base, GN_NOT_FOUND, "this connection left no such will");
		return GN_OK;
	}
	gn_op op = w->base.ticket;
	gn_host_wait_end(&w->base);
	gn_bus_cancel(r->node->bus, op, r->node->now);
	struct gn_fbb *b = gn_host_answer_begin(&w->base);
	static const struct gn_fb_topic_published_args over;
	gn_host_answer(&w->base, published_kind, gn_fb_topic_published_make(b, &over));
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- following ---- */

static gn_fbref said_table(struct gn_fbb *b, const struct gn_bus_event *e)
{
	struct gn_fb_sig sig;
	memcpy(sig.b, e->said.sig.b, sizeof sig.b);
	return gn_fb_topic_said_make(b,
				     &(struct gn_fb_topic_said_args){
					     .said = e->said.bytes,
					     .sig = &sig,
					     .token = e->token.len ? e->token : gn_slice(NULL, 0)});
}

static gn_fbref gap_table(struct gn_fbb *b, const struct gn_bus_event *e)
{
	struct gn_fb_key key = gn_wire_key(&e->publisher);
	bool known = !gn_is_zero(e->publisher.b, sizeof e->publisher.b);
	return gn_fb_topic_gap_make(b,
				    &(struct gn_fb_topic_gap_args){.publisher = known ? &key : NULL,
								   .epoch = e->epoch,
								   .seq = e->seq,
								   .count = e->count});
}

static void tell_follow(struct gn_node_request *r, const struct gn_bus_event *e)
{
	if (e->kind == GN_BUS_ENDED) {
		gn_host_error(&r->base, e->err ? e->err : GN_CLOSED, "%s%s%s",
			      e->err == GN_NOT_FOUND ? "there is no record of such a topic"
						     : gn_err_text(e->err ? e->err : GN_CLOSED),
			      *e->limit ? "; a root names its limit: " : "", e->limit);
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	if (e->kind == GN_BUS_SAID) {
		gn_host_answer_more(&r->base, said_kind, said_table(b, e));
	} else if (e->kind == GN_BUS_GAP) {
		gn_host_answer_more(&r->base, gap_kind, gap_table(b, e));
	} else {
		struct gn_fb_topic_following_args args = {.roots = (uint8_t)e->roots,
							  .subscribers = e->subscribers};
		gn_host_answer_more(&r->base, following_kind, gn_fb_topic_following_make(b, &args));
	}
}

static gn_err begin_follow(struct gn_node_request *r)
{
	struct gn_fb_topic_follow t = {r->base.table};
	struct gn_slice filters[GN_NODE_TOPIC_FILTERS];
	uint32_t n = gn_fb_topic_follow_filters_len(t);
	struct gn_node_fresh_for who;
	gn_op op;
	if (n > GN_COUNT(filters))
		return GN_TOO_LARGE;
	for (uint32_t i = 0; i < n; i++)
		filters[i] = gn_fb_topic_follow_filters_at(t, i);
	struct gn_bus_subscribe s = {.topic = {gn_wire_key_get(gn_fb_topic_follow_owner(t)),
					       gn_fb_topic_follow_label(t)},
				     .filters = filters,
				     .filter_count = n,
				     .key = gn_wire_key_get(gn_fb_topic_follow_key(t)),
				     .token = gn_fb_topic_follow_token(t)};
	if (gn_node_is_fresh(r, gn_fb_topic_follow_session(t), gn_fb_topic_follow_share(t), &who))
		GN_TRY(gn_node_fresh_subscribe(r->node, &who, &s, &op));
	else
		GN_TRY(gn_bus_subscribe(r->node->bus, &s, r->node->now, &op));
	r->box_keys[0] = s.key;
	gn_node_wait_bus(r, op, tell_follow);
	return GN_OK;
}

gn_err gn_node_call_topic_follow(struct gn_node_request *r)
{
	struct gn_fb_topic_follow t = {r->base.table};
	struct gn_pk owner = gn_wire_key_get(gn_fb_topic_follow_owner(t));
	struct gn_slice label = gn_fb_topic_follow_label(t);
	struct gn_node_prove p = {.keys = {gn_wire_key_get(gn_fb_topic_follow_key(t))},
				  .count = 1,
				  .then = begin_follow};
	if (!r->base.via) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "messages come one after another: only a connection of app/1 can "
			      "follow a topic");
		return GN_OK;
	}
	gn_host_lasts(&r->base);
	if (gn_pk_is_zero(&p.keys[0]))
		return begin_follow(r);
	if (label.len > GN_RECORD_LABEL_MAX)
		return GN_TOO_LARGE;
	gn_topicrec_key(&owner, label, &p.topic);
	return gn_node_prove(r, &p);
}

/* ---- signatures ---- */

/* By the engine that asked. */
static gn_err take_sign(struct gn_node *node, uint64_t sign, const struct gn_sig *sig)
{
	struct gn_bus *bus = gn_node_fresh_bus(node, &sign);
	return bus ? gn_bus_signed(bus, sign, sig, node->now) : GN_OK;
}

/* Everyone who follows with the key may answer, the first right answer counts. */
static void ask_sign(struct gn_node *node, const struct gn_bus_event *e)
{
	unsigned asked = 0;
	struct gn_fb_hash topic = gn_wire_hash(e->topic.b), exporter = gn_wire_hash(e->exporter);
	struct gn_fb_key key = gn_wire_key(&e->key), root = gn_wire_key(&e->root);
	for (struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r)) {
		if (r->base.waits != GN_OP_BUS || !r->base.via ||
		    !gn_pk_eq(&r->box_keys[0], &e->key))
			continue;
		struct gn_fbb *b = gn_host_answer_begin(&r->base);
		struct gn_fb_topic_sign_args args = {.sign = e->sign,
						     .topic = &topic,
						     .key = &key,
						     .root = &root,
						     .exporter = &exporter};
		gn_host_answer_more(&r->base, sign_kind, gn_fb_topic_sign_make(b, &args));
		asked++;
	}
	if (!asked)
		(void)take_sign(node, e->sign, NULL);
}

gn_err gn_node_call_topic_signed(struct gn_node_request *r)
{
	struct gn_fb_topic_signed t = {r->base.table};
	struct gn_sig sig = gn_wire_sig_get(gn_fb_topic_signed_sig(t));
	uint64_t sign = gn_fb_topic_signed_sign(t);
	gn_err err = gn_node_proven(r, sign, &sig);
	if (err == GN_NOT_FOUND)
		err = take_sign(r->node, sign, &sig);
	if (err)
		gn_host_error(&r->base, err, "`sig` is not by the key that was asked for");
	else /* also when another was quicker, or its session is gone */
		gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- events ---- */

void gn_node_told_bus(struct gn_node *node, const struct gn_bus_event *e)
{
	if (e->kind == GN_BUS_SIGN) {
		ask_sign(node, e);
		return;
	}
	struct gn_node_request *r =
		gn_node_request_of(gn_host_waiting(&node->api, GN_OP_BUS, e->op));
	if (r)
		r->done.bus(r, e);
}
