/* What is due: tasks, unanswered requests, links, operations, records; a bounded number in one
 * call. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/store_int.h"

static void op_due(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(!op->ended && op->timer.node.place);
	gn_time end = op->started + GN_OV_OP_LIFE;
	if (op->storing) /* as long as its copies are on their way */
		end += gn_ov_line_time(ov, ov->out_bytes);
	if (now >= end) {
		ov->count.ops_timeout++;
		gn_ov_op_end(ov, op, op->kind == GN_OV_PUT && op->storing ? GN_QUORUM : GN_TIMEOUT,
			     now);
		return;
	}
	gn_err err = gn_ov_timer_set(ov, &op->timer, end);
	GN_ASSERT(err == GN_OK);
}

static void lost_request(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->timer.node.place);
	struct gn_ov_contact *c = gn_ov_contact_get(ov, &r->to.pk);
	ov->count.requests_timeout++;
	if (c && gn_ov_of_lookup(r->kind) && !r->relayed)
		/* if the way has become longer, the next question waits long enough to learn it */
		c->srtt = 0;
	switch (r->kind) {
	case GN_FB_OVERLAY_BODY_HELLO: gn_ov_join_timeout(ov, r, now); break;
	case GN_FB_OVERLAY_BODY_PING:
	case GN_FB_OVERLAY_BODY_LINK: gn_ov_link_timeout(ov, r, now); break;
	case GN_FB_OVERLAY_BODY_FIND:
	case GN_FB_OVERLAY_BODY_GET:
		ov->recent_lost++;
		gn_ov_lookup_timeout(ov, r, now);
		break;
	case GN_FB_OVERLAY_BODY_PUT: gn_ov_put_timeout(ov, r, now); break;
	case GN_FB_OVERLAY_BODY_RELAY: gn_ov_relay_lost(ov, r, now); break;
	case GN_FB_OVERLAY_BODY_DIGEST:
	case GN_FB_OVERLAY_BODY_PUSH:
		ov->repair_left = true;
		gn_ov_repair_soon(ov, now + GN_OV_REPAIR_AGAIN);
		gn_ov_request_free(ov, r);
		break;
	default: gn_ov_request_free(ov, r);
	}
}

/* The hedge: a lookup stops counting on it; one of the nearest is asked again, in case a
 * datagram was lost. */
static void hedge_request(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(now < r->dead_at);
	gn_time next = r->dead_at;
	if (r->kind == GN_FB_OVERLAY_BODY_FIND || r->kind == GN_FB_OVERLAY_BODY_GET)
		next = gn_time_min(next, now + (now - r->sent) / (r->tries + 1));
	gn_err err = gn_ov_timer_set(ov, &r->timer, next);
	GN_ASSERT(err == GN_OK);
	if (gn_ov_of_lookup(r->kind))
		gn_ov_lookup_hedge(ov, r, now);
}

static void request_due(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->timer.node.place);
	gn_time end = gn_ov_request_end(ov, r);
	if (now < r->dead_at) { /* time for the hedge, or the end was put off */
		hedge_request(ov, r, now);
	} else if (now < end) {
		gn_err err = gn_ov_timer_set(ov, &r->timer, end);
		GN_ASSERT(err == GN_OK);
	} else {
		lost_request(ov, r, now);
	}
}

static void task_due(struct gn_overlay *ov, enum gn_ov_task task, gn_time now)
{
	switch (task) {
	case GN_OV_TASK_JOIN: gn_ov_join_due(ov, now); break;
	case GN_OV_TASK_HEAL: gn_ov_heal_due(ov, now); break;
	case GN_OV_TASK_FILL: gn_ov_fill_due(ov, now); break;
	case GN_OV_TASK_REPAIR: gn_ov_repair_due(ov, now); break;
	case GN_OV_TASK_DIGEST: gn_ov_digest_due(ov, now); break;
	case GN_OV_TASK_REACH: gn_ov_reach_due(ov, now); break;
	case GN_OV_TASK_COUNT: break;
	}
}

void gn_overlay_tick(struct gn_overlay *ov, gn_time now)
{
	gn_ov_begin(ov, now);
	gn_ov_settle(ov, now);
	for (unsigned i = 0; i < GN_OV_TICK_TIMERS && gn_heap_deadline(&ov->timers) <= now; i++) {
		struct gn_ov_timer *t =
			GN_CONTAINER(gn_heap_first(&ov->timers), struct gn_ov_timer, node);
		gn_err err = gn_ov_timer_set(ov, t, GN_NEVER);
		GN_ASSERT(err == GN_OK);
		switch (t->kind) {
		case GN_OV_TIMER_TASK: task_due(ov, t->task, now); break;
		case GN_OV_TIMER_REQUEST:
			request_due(ov, GN_CONTAINER(t, struct gn_ov_request, timer), now);
			break;
		case GN_OV_TIMER_LINK:
			gn_ov_link_due(ov, GN_CONTAINER(t, struct gn_ov_link, timer), now);
			break;
		case GN_OV_TIMER_OP:
			op_due(ov, GN_CONTAINER(t, struct gn_ov_op, timer), now);
			break;
		default: gn_ov_held_due(ov, GN_CONTAINER(t, struct gn_ov_held, timer), now);
		}
		gn_ov_settle(ov, now);
	}
}

gn_time gn_overlay_deadline(const struct gn_overlay *ov)
{
	return gn_heap_deadline(&ov->timers);
}
