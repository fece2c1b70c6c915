/* The owner's side of operations: FIND, GET and PUT begin here, and are given up here. */
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/store_int.h"

static void start_op(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now, gn_op *id)
{
	GN_ASSERT(op->purpose == GN_OV_USER && !op->ended);
	*id = op->id;
	gn_ov_lookup_start(ov, op, NULL, now);
	if (op->kind == GN_OV_GET)
		gn_ov_get_local(ov, op, now);
	gn_ov_op_wake(ov, op);
	gn_ov_settle(ov, now);
}

gn_err gn_overlay_room(struct gn_overlay *ov)
{
	if (ov->user_ops < GN_OV_OPS_CLIENTS)
		return GN_OK;
	ov->count.ops_full++;
	return GN_LIMIT;
}

gn_err gn_overlay_find(struct gn_overlay *ov, const struct gn_hash *key, unsigned count,
		       gn_time now, gn_op *id)
{
	struct gn_ov_op *op;
	gn_ov_begin(ov, now);
	if (count == 0 || count > GN_OV_FIND_CONTACTS)
		return GN_RANGE;
	GN_TRY(gn_ov_op_new(ov, GN_OV_FIND, GN_OV_USER, key, now, &op));
	op->count = count;
	start_op(ov, op, now, id);
	return GN_OK;
}

gn_err gn_overlay_get(struct gn_overlay *ov, const struct gn_hash *key,
		      const struct gn_get_options *options, gn_time now, gn_op *id)
{
	static const struct gn_get_options none;
	struct gn_ov_op *op;
	gn_ov_begin(ov, now);
	if (options && options->quorum > ov->cfg.r)
		return GN_RANGE;
	if (options && options->visitor && ov->visitor_ops >= GN_OV_OPS_VISITORS) {
		ov->count.ops_full++;
		return GN_LIMIT;
	}
	GN_TRY(gn_ov_op_new(ov, GN_OV_GET, GN_OV_USER, key, now, &op));
	op->get = options ? *options : none;
	ov->visitor_ops += op->get.visitor;
	if (op->get.quorum == 0)
		op->get.quorum = ov->cfg.rq;
	start_op(ov, op, now, id);
	return GN_OK;
}

gn_err gn_overlay_put(struct gn_overlay *ov, struct gn_slice record, unsigned w, gn_time now,
		      gn_op *id)
{
	struct gn_record r;
	struct gn_ov_op *op;
	gn_ov_begin(ov, now);
	if (w > ov->cfg.r)
		return GN_RANGE;
	GN_TRY(gn_wire_record_open(record, &r));
	GN_TRY(gn_record_fresh(&r, gn_unix(gn_ov_live(ov, &r, now))));
	GN_TRY(gn_ov_op_new(ov, GN_OV_PUT, GN_OV_USER, &r.key, now, &op));
	op->w = w ? w : ov->cfg.w;
	op->bytes = gn_mem_new(ov->env.alloc, record.len);
	if (!op->bytes) {
		(void)gn_map_remove(&ov->ops, &op->id);
		gn_ov_op_free(ov, op);
		ov->count.nomem++;
		return GN_NOMEM;
	}
	memcpy(op->bytes, record.p, record.len);
	gn_err err = gn_wire_record_parse(gn_slice(op->bytes, record.len), &op->record);
	GN_ASSERT(err == GN_OK); /* it parsed a moment ago */
	start_op(ov, op, now, id);
	return GN_OK;
}

void gn_overlay_cancel(struct gn_overlay *ov, gn_op id)
{
	gn_ov_begin(ov, ov->now_seen);
	struct gn_ov_op *op = gn_ov_op_get(ov, id);
	if (op && op->purpose == GN_OV_USER)
		gn_ov_op_end(ov, op, GN_CLOSED, ov->now_seen);
	gn_ov_settle(ov, ov->now_seen);
}
