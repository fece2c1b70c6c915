/* Operations, what is told of them, and what the overlay's are for: see frame.h. */
#include "services/frame/frame.h"

void gn_frame_init(struct gn_frame *f, const struct gn_env *env, struct gn_overlay *overlay,
		   uint32_t ops_max, uint32_t finds_max)
{
	GN_ASSERT(ops_max > 0 && finds_max > 0);
	*f = (struct gn_frame){.overlay = overlay};
	gn_map_init(&f->ops, env, sizeof(gn_op), sizeof(struct gn_frame_op *), ops_max);
	gn_map_init(&f->finds, env, sizeof(gn_op), sizeof(struct gn_frame_find), finds_max);
}

void gn_frame_fini(struct gn_frame *f)
{
	GN_ASSERT(f->ops.count == 0 && !f->told_first && !f->shown);
	gn_map_fini(&f->ops);
	gn_map_fini(&f->finds);
}

void gn_frame_validate(const struct gn_frame *f)
{
	uint32_t told = 0;
	gn_map_validate(&f->ops);
	gn_map_validate(&f->finds);
	for (uint32_t i = 0; i < f->ops.count; i++) {
		const struct gn_frame_op *op = GN_MAP_AT(&f->ops, struct gn_frame_op *, i);
		GN_ASSERT(op->id != 0 && op->id <= f->last);
		told += op->told;
	}
	for (const struct gn_frame_op *op = f->told_first; op; op = op->next, told--)
		GN_ASSERT(op->told && told > 0 && (op->next || op == f->told_last));
	GN_ASSERT(told == 0 && !f->told_first == !f->told_last);
}

/* ---- operations ---- */

gn_err gn_frame_op_add(struct gn_frame *f, struct gn_frame_op *op, unsigned kind)
{
	gn_op id = f->last + 1;
	GN_ASSERT(!op->told && op != f->shown);
	struct gn_frame_op **at = gn_map_put(&f->ops, &id);
	if (!at)
		return GN_NOMEM;
	f->last = id;
	op->id = id;
	op->kind = kind;
	*at = op;
	return GN_OK;
}

void *gn_frame_op_get(const struct gn_frame *f, gn_op id, unsigned kind)
{
	struct gn_frame_op **at = gn_map_get(&f->ops, &id);
	return at && (*at)->kind == kind ? *at : NULL;
}

static void untell_op(struct gn_frame *f, struct gn_frame_op *op)
{
	struct gn_frame_op *before = NULL;
	for (struct gn_frame_op *o = f->told_first; o != op; o = o->next)
		before = o;
	GN_ASSERT(before ? before->next == op : f->told_first == op);
	if (before)
		before->next = op->next;
	else
		f->told_first = op->next;
	if (f->told_last == op)
		f->told_last = before;
	op->told = false;
}

void gn_frame_op_remove(struct gn_frame *f, struct gn_frame_op *op)
{
	if (op->told)
		untell_op(f, op);
	if (f->shown == op)
		f->shown = NULL;
	bool was = gn_map_remove(&f->ops, &op->id);
	GN_ASSERT(was);
}

void gn_frame_tell(struct gn_frame *f, struct gn_frame_op *op)
{
	GN_ASSERT(op->id != 0);
	if (op->told)
		return;
	op->told = true;
	op->next = NULL;
	if (f->told_last)
		f->told_last->next = op;
	else
		f->told_first = op;
	f->told_last = op;
}

struct gn_frame_op *gn_frame_show(struct gn_frame *f)
{
	struct gn_frame_op *op = f->shown = f->told_first;
	if (!op)
		return NULL;
	GN_ASSERT(op->told);
	f->told_first = op->next;
	if (!f->told_first)
		f->told_last = NULL;
	op->told = false;
	return op;
}

/* ---- operations of the overlay ---- */

gn_err gn_frame_find_add(struct gn_frame *f, gn_op op, unsigned kind, void *object)
{
	GN_ASSERT(op != 0 && object);
	struct gn_frame_find *at = gn_map_put(&f->finds, &op);
	if (!at) {
		if (f->overlay)
			gn_overlay_cancel(f->overlay, op);
		return GN_NOMEM;
	}
	*at = (struct gn_frame_find){kind, object};
	return GN_OK;
}

void gn_frame_find_drop(struct gn_frame *f, gn_op *op)
{
	if (*op && gn_map_remove(&f->finds, op) && f->overlay)
		gn_overlay_cancel(f->overlay, *op);
	*op = 0;
}

bool gn_frame_find_take(struct gn_frame *f, const struct gn_overlay_event *e,
			struct gn_frame_find *out)
{
	const struct gn_frame_find *at =
		e->kind == GN_OVERLAY_DONE ? gn_map_get(&f->finds, &e->op) : NULL;
	if (!at)
		return false;
	GN_ASSERT(at->object);
	*out = *at;
	(void)gn_map_remove(&f->finds, &e->op);
	return true;
}
