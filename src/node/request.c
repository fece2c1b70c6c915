/* Requests of the API and the gateway: what they wait for, and what every answer has. */
#include "node/request.h"

#include "node/node_int.h"
#include "node/reach.h"
#include <stdio.h>

struct gn_node_request *gn_node_request_first(const struct gn_node *node)
{
	return gn_node_request_of(node->api.requests);
}

struct gn_node_request *gn_node_request_next(const struct gn_node_request *r)
{
	return gn_node_request_of(r->base.next);
}

/* ---- waiting ---- */

void gn_node_wait_overlay(struct gn_node_request *r, gn_op op, gn_node_overlay_done *done)
{
	GN_ASSERT(op && done);
	gn_host_wait(&r->base, GN_OP_OVERLAY, op);
	r->done.overlay = done;
}

void gn_node_wait_names(struct gn_node_request *r, gn_op op, gn_node_names_done *done)
{
	GN_ASSERT(op && done);
	gn_host_wait(&r->base, GN_OP_NAMES, op);
	r->done.names = done;
}

void gn_node_wait_box(struct gn_node_request *r, gn_op op, gn_node_box_done *done)
{
	gn_host_wait(&r->base, GN_OP_BOX, op);
	r->done.box = done;
}

void gn_node_wait_bus(struct gn_node_request *r, gn_op op, gn_node_bus_done *done)
{
	gn_host_wait(&r->base, GN_OP_BUS, op);
	r->done.bus = done;
}

void gn_node_wait_bundles(struct gn_node_request *r, gn_op op, gn_node_bundles_done *done)
{
	GN_ASSERT(op && done);
	gn_host_wait(&r->base, GN_OP_BUNDLES, op);
	r->done.bundles = done;
}

static struct gn_node_request *waiting(const struct gn_node *node, enum gn_node_engine engine,
				       gn_op op)
{
	return gn_node_request_of(gn_host_waiting(&node->api, engine, op));
}

void gn_node_told_overlay(struct gn_node *node, const struct gn_overlay_event *e)
{
	struct gn_node_request *r = waiting(node, GN_OP_OVERLAY, e->op);
	if (r)
		r->done.overlay(r, e);
}

void gn_node_told_names(struct gn_node *node, const struct gn_names_event *e)
{
	struct gn_node_request *r = waiting(node, GN_OP_NAMES, e->op);
	if (r)
		r->done.names(r, e);
}

void gn_node_told_bundles(struct gn_node *node, const struct gn_bundles_event *e)
{
	struct gn_node_request *r = waiting(node, GN_OP_BUNDLES, e->op);
	if (r)
		r->done.bundles(r, e);
}

void gn_node_let_policy(struct gn_node_request *r)
{
	gn_node_policy_let_go(r->node, r->hold);
	r->hold = 0;
}

void gn_node_request_closed(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	if (base->waits == GN_OP_OVERLAY)
		gn_node_fresh_record_cancel(r->node, base->ticket);
	else if (base->waits == GN_OP_BUNDLES)
		gn_bundles_cancel(r->node->bundles, base->ticket, r->node->now);
	else if (base->waits == GN_OP_BOX)
		gn_node_fresh_cancel(r->node, base->ticket);
	else if (base->waits == GN_OP_BUS) /* a will of who is gone is left to lapse */
		gn_node_fresh_gone(r->node, base->ticket);
	else if (base->waits == GN_OP_TUNNEL)
		gn_node_tunnel_reset(r->node, base->ticket,
				     base->gave_up ? base->gave_up : GN_CLOSED);
	gn_host_wait_end(base);
	gn_node_let_policy(r);
}

bool gn_node_is_fresh(const struct gn_node_request *r, uint8_t session, uint64_t share,
		      struct gn_node_fresh_for *who)
{
	const struct gn_host_who *user = gn_host_user(&r->base); /* NULL: somebody by HTTP */
	*who = (struct gn_node_fresh_for){.user = user ? user->uid : UINT32_MAX,
					  .stranger = !user || r->base.stranger,
					  .share = share};
	return session == GN_FB_SESSION_AS_FRESH && r->node->config.fresh != GN_NODE_FRESH_NO;
}

/* ---- answers ---- */

void gn_node_answer(struct gn_host_request *base, int status, const char *type,
		    struct gn_slice body)
{
	const struct gn_node_request *r = gn_node_request_of(base);
	char at[24], retry[12];
	snprintf(at, sizeof at, "%llu", (unsigned long long)gn_node_unix(r->node));
	snprintf(retry, sizeof retry, "%u", (unsigned)base->retry_s);
	struct gn_http_field fields[] = {{"content-type", gn_str(type)},
					 {"cache-control", GN_LIT("no-store")},
					 {"geonet-time", gn_str(at)},
					 {"retry-after", gn_str(retry)}};
	gn_host_respond(base, status, fields, GN_COUNT(fields) - !base->retry_s, body);
}

void gn_node_explain(struct gn_host_request *base, gn_err err, const char *said, char *out,
		     size_t cap)
{
	const struct gn_node_request *r = gn_node_request_of(base);
	char clock[GN_NODE_CLOCK_TEXT];
	bool by_time = err == GN_NOT_FOUND || err == GN_EXPIRED || err == GN_RANGE;
	bool add = by_time && *said && gn_node_clock_text(r->node, clock); /* it may be why */
	snprintf(out, cap, "%s%s%s", *said ? said : gn_node_reach_text(r->node, err),
		 add ? "; " : "", add ? clock : "");
	if (err == GN_LIMIT || gn_err_class(err) == GN_CLASS_AGAIN)
		base->retry_s = GN_NODE_RETRY_S;
}

void gn_node_refuse(struct gn_host_request *base, gn_err err, const char *said)
{
	char text[GN_HOST_SAID + GN_NODE_CLOCK_TEXT];
	if (base->http && base->streaming) {
		gn_http_abort(base->http);
		return;
	}
	gn_node_explain(base, err, said, text, sizeof text);
	gn_host_json(base, gn_err_http(err),
		     json_pack("{s{ss ss}}", "error", "code", gn_err_name(err), "message", text));
}
