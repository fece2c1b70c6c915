/* Tunnels over app/1: the call's stream and the tunnel's are one, so what either end does not take
 * is held back all the way (docs/spec/app.md AP-18).
 *
 *   dial:   called -> [GN_TUNNEL_OPEN] TunnelIs, bytes -> [GN_TUNNEL_OVER] AppOk | error
 *   listen: called, TunnelListening -> as dial
 *
 * The call waits for its tunnel from its beginning to its end; whichever ends first ends the other
 * (gn_node_request_closed, GN_TUNNEL_OVER). */
#include "node/call.h"

#include "node/forward.h"
#include "node/node_int.h"

#define TUNNEL_KIND(name) {GN_FB_APP_BODY_APP_TUNNEL, GN_FB_APP_TUNNEL_BODY_##name}
#define PIECE 65536u /* bytes read from jet at once */

static const struct gn_app_kind is_kind = TUNNEL_KIND(TUNNEL_IS),
				listening_kind = TUNNEL_KIND(TUNNEL_LISTENING);

/* ---- bytes ---- */

/* To the program, as much as it takes. */
static void move_in(struct gn_host_request *base)
{
	static uint8_t piece[PIECE]; /* the loop's thread only */
	struct gn_node_request *r = gn_node_request_of(base);
	size_t room, len;
	bool end = false;
	while (!end && base->waits == GN_OP_TUNNEL && (room = gn_host_room(base)) > 0) {
		room = room < PIECE ? room : PIECE;
		if (gn_node_tunnel_read(r->node, base->ticket, piece, room, &len, &end))
			return;
		if (len)
			gn_host_send(base, gn_slice(piece, len));
		if (end)
			gn_host_send_end(base);
	}
}

/* From the program, as much as the other end takes. */
static gn_err move_out(struct gn_host_request *base, struct gn_slice in, size_t *taken)
{
	struct gn_node_request *r = gn_node_request_of(base);
	/* GN_CLOSED: what follows says why */
	(void)!gn_node_tunnel_write(r->node, base->ticket, in, taken);
	return GN_OK;
}

static void end_out(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	r->ended = !gn_node_tunnel_end(r->node, base->ticket);
}

/* ---- what happens to it ---- */

static void tell_open(struct gn_node_request *r, const struct gn_tunnel_event *e)
{
	struct gn_fb_key key = gn_wire_key(&e->pk), own = gn_wire_key(&r->node->key.pk);
	struct gn_fb_hash exporter = gn_wire_hash(e->exporter);
	struct gn_fb_tunnel_is_args args = {.key = &key,
					    .own = &own,
					    .exporter = &exporter,
					    .opened = e->opened,
					    .service = e->service};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer_more(&r->base, is_kind, gn_fb_tunnel_is_make(b, &args));
	r->base.data = move_out;
	r->base.data_end = end_out;
	r->base.drain = move_in;
	gn_host_resume(&r->base); /* what came behind the call */
}

static void tell_over(struct gn_node_request *r, gn_err err)
{
	bool silent = err == GN_UNREACHABLE || err == GN_TIMEOUT;
	gn_host_wait_end(&r->base);
	if (silent && !gn_pk_is_zero(&r->peer) && gn_node_policy(r->node, &r->peer).narrows)
		gn_node_refuse_policy(r);
	else if (err)
		gn_host_error(&r->base, err, "%s",
			      err == GN_NOT_FOUND ? "nobody listens for this at that node"
			      : err == GN_BUSY    ? "who serves this at that node takes no more now"
			      : err == GN_UNREACHABLE ? "no way to that node was found: neither it "
							"nor a relay that it named answers"
						      : gn_err_text(err));
	else
		gn_host_answer_ok(&r->base);
	gn_node_let_policy(r);
}

void gn_node_told_tunnel(struct gn_node *node, const struct gn_tunnel_event *e)
{
	struct gn_node_request *r =
		gn_node_request_of(gn_host_waiting(&node->api, GN_OP_TUNNEL, e->id));
	if (e->own)
		gn_node_forward_event(node, e);
	if (!r)
		return;
	switch (e->what) {
	case GN_TUNNEL_OPEN: tell_open(r, e); break;
	case GN_TUNNEL_READABLE: move_in(&r->base); break;
	case GN_TUNNEL_ROOM:
		if (r->ended)
			end_out(&r->base);
		else
			gn_host_resume(&r->base);
		break;
	case GN_TUNNEL_OVER: tell_over(r, e->err); break;
	case GN_TUNNEL_OFFERED: break;
	}
}

/* ---- calls ---- */

/* A user who does not own the node has a quarter of the tunnels (AP-14). */
static bool within_share(struct gn_node_request *r)
{
	unsigned has = 0;
	for (const struct gn_node_request *o = gn_node_request_first(r->node); o;
	     o = gn_node_request_next(o))
		has += o != r && o->base.waits == GN_OP_TUNNEL &&
		       gn_host_user(&o->base) == gn_host_user(&r->base);
	if (!r->base.stranger || has < GN_NODE_TUNNELS / GN_NODE_USER_PART)
		return true;
	gn_host_error(&r->base, GN_QUOTA, "this user has %u tunnels here, as many as one user may",
		      has);
	return false;
}

/* What people call a pipe with this node is one with its owner: others have those alone whose name
 * begins with "~", so that nobody takes one for another's. */
static bool is_owners(struct gn_slice service)
{
	const struct gn_slice pipe = GN_LIT("pipe"), others = GN_LIT("pipe/~");
	return service.len >= pipe.len && memcmp(service.p, pipe.p, pipe.len) == 0 &&
	       !(service.len >= others.len && memcmp(service.p, others.p, others.len) == 0);
}

static bool may_have(struct gn_node_request *r, struct gn_slice service)
{
	if (!r->base.stranger || !is_owners(service))
		return true;
	gn_host_error(&r->base, GN_DENIED,
		      "a pipe of this node is its owner's: others of this machine say a name that "
		      "begins with ~, at both ends");
	return false;
}

static void wait_for(struct gn_node_request *r, uint64_t id)
{
	gn_host_wait(&r->base, GN_OP_TUNNEL, id);
	gn_host_lasts(&r->base);
}

gn_err gn_node_call_tunnel_dial(struct gn_node_request *r)
{
	struct gn_fb_tunnel_dial t = {r->base.table};
	uint32_t patience = gn_fb_tunnel_dial_patience_ms(t);
	uint8_t class = gn_fb_tunnel_dial_class(t);
	struct gn_tunnel_dial dial = {.pk = gn_wire_key_get(gn_fb_tunnel_dial_key(t)),
				      .service = gn_fb_tunnel_dial_service(t),
				      .token = gn_fb_tunnel_dial_token(t),
				      .class = class ? class : GN_JET_FILES};
	uint64_t id;
	patience = !patience ? GN_NODE_TUNNEL_PATIENCE : patience;
	patience = patience < GN_NODE_TUNNEL_PATIENCE_MAX ? patience : GN_NODE_TUNNEL_PATIENCE_MAX;
	dial.patience = patience * GN_MSEC;
	if (gn_pk_eq(&dial.pk, &r->node->key.pk)) {
		gn_host_error(&r->base, GN_USAGE, "this is the node's own key");
		return GN_OK;
	}
	/* the node's rights elsewhere are its owner's */
	if (r->base.stranger && gn_node_tunnel_is_own(dial.service))
		return GN_DENIED;
	if (!may_have(r, dial.service) || !within_share(r))
		return GN_OK;
	if (!gn_node_hold_policy(r, &dial.pk, gn_fb_tunnel_dial_rule(t)))
		return GN_OK;
	gn_err err = gn_node_tunnel_dial(r->node, &dial, &id);
	if (err)
		gn_node_let_policy(r);
	else
		wait_for(r, id);
	return err;
}

gn_err gn_node_call_tunnel_listen(struct gn_node_request *r)
{
	struct gn_fb_tunnel_listen t = {r->base.table};
	struct gn_pk from = {{0}};
	bool one = gn_fb_tunnel_listen_has_key(t);
	static const struct gn_fb_tunnel_listening_args none;
	uint64_t id;
	if (one)
		from = gn_wire_key_get(gn_fb_tunnel_listen_key(t));
	if (!may_have(r, gn_fb_tunnel_listen_service(t)) || !within_share(r))
		return GN_OK;
	struct gn_slice rule = gn_fb_tunnel_listen_rule(t);
	if ((one || rule.len) &&
	    !gn_node_hold_policy(r, &from, rule)) /* of nobody until one comes */
		return GN_OK;
	gn_err err = gn_node_tunnel_listen(r->node, gn_fb_tunnel_listen_service(t),
					   one ? &from : NULL, gn_host_user(&r->base), &id);
	if (err) {
		gn_node_let_policy(r);
		return err;
	}
	if (!one)
		gn_node_tunnel_rule(r->node, id, r->hold);
	wait_for(r, id);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer_more(&r->base, listening_kind, gn_fb_tunnel_listening_make(b, &none));
	return GN_OK;
}
