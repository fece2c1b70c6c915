/* The consequences of an input, drawn at its end: operations go on, the ring is brought in
 * order. */
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"

static void find_end(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->kind == GN_OV_FIND && !op->ended);
	gn_err err = gn_ov_op_reached(ov, op);
	for (uint32_t i = 0; i < op->cand_count; i++)
		if (op->cands[i].state == GN_OV_ANSWERED) {
			op->hops = op->cands[i].depth;
			break;
		}
	gn_ov_op_end(ov, op, err, now);
}

static void op_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(!op->ended && !op->woken);
	if (op->local.came && op->kind == GN_OV_GET)
		gn_ov_get_local_done(ov, op, now);
	else if (op->local.came)
		gn_ov_put_local(ov, op, now);
	if (op->storing) {
		gn_ov_put_step(ov, op, now);
		return;
	}
	if (op->kind == GN_OV_GET && gn_ov_get_done(ov, op, false, now))
		return;
	if (op->probes)
		return; /* they wake it */
	bool answered = gn_ov_lookup_step(ov, op, now);
	if (!answered)
		return;
	switch (op->kind) {
	case GN_OV_FIND: find_end(ov, op, now); break;
	case GN_OV_GET:
		/* widened: ask on */
		if (!gn_ov_get_done(ov, op, true, now) && gn_ov_lookup_step(ov, op, now))
			(void)gn_ov_get_done(ov, op, true, now);
		break;
	default:
		if (gn_ov_lookup_probe(ov, op, op->count + op->count / 4, now))
			break;
		op->storing = true;
		gn_ov_put_step(ov, op, now);
	}
}

static void links_changed(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(!ov->woken_first);
	for (unsigned i = 0; i < 4 && ov->leaf_dirty; i++)
		gn_ov_leaf_update(ov, now);
	if (!ov->ring_changed)
		return;
	ov->ring_changed = false;
	ov->members_changed = true;
	gn_ov_repair_soon(ov, now + GN_OV_REPAIR_DELAY);
	gn_ov_join_check(ov, now);
	bool was_attached = ov->attached;
	ov->attached = gn_ov_server_links(ov) > 0;
	if (was_attached && !ov->attached) {
		gn_ov_out_event(ov, GN_OVERLAY_ISOLATED, &ov->self);
		ov->boot_backoff = GN_OV_BOOT_FIRST;
		gn_ov_task_soon(ov, GN_OV_TASK_JOIN, now);
	}
}

static void step_woken(struct gn_overlay *ov, gn_time now)
{
	while (ov->woken_first) {
		struct gn_ov_op *op = ov->woken_first;
		ov->woken_first = op->next_woken;
		if (!ov->woken_first)
			ov->woken_last = NULL;
		op->woken = false;
		if (!op->ended)
			op_step(ov, op, now);
	}
}

/* Those we began ourselves: to join, and beside another lookup, which may go on then. */
static void draw_ended(struct gn_overlay *ov, gn_time now)
{
	while (ov->ours_ended) {
		struct gn_ov_op *op = ov->ours_ended;
		ov->ours_ended = op->next_done;
		gn_ov_join_found(ov, op, now);
		if (op->parent)
			gn_ov_lookup_probed(ov, op);
		op->next_done = ov->trash;
		ov->trash = op;
	}
}

void gn_ov_settle(struct gn_overlay *ov, gn_time now)
{
	do {
		step_woken(ov, now);
		draw_ended(ov, now);
	} while (ov->woken_first);
	links_changed(ov, now);
	GN_ASSERT(!ov->woken_first && !ov->ours_ended); /* changes of links begin no lookup */
}
