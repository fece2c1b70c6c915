/* What every operation of the engine has: a number, a place in the list of those with an event to
 * show, timers in the one heap, and what its lookups in the overlay are for. */
#include "services/bundles/engine_int.h"

gn_err bundles_op_add(struct gn_bundles *b, struct bundles_op *op, enum bundles_kind kind)
{
	gn_op id = b->next_id + 1;
	struct bundles_op **at = gn_map_put(&b->ops, &id);
	if (!at)
		return GN_NOMEM;
	b->next_id = id;
	op->id = id;
	op->kind = kind;
	*at = op;
	return GN_OK;
}

void *bundles_op_get(const struct gn_bundles *b, gn_op id, enum bundles_kind kind)
{
	struct bundles_op **at = gn_map_get(&b->ops, &id);
	return at && (*at)->kind == kind ? *at : NULL;
}

void bundles_tell(struct gn_bundles *b, struct bundles_op *op)
{
	if (op->told)
		return;
	op->told = true;
	op->next = NULL;
	if (b->told_last)
		b->told_last->next = op;
	else
		b->told_first = op;
	b->told_last = op;
}

void bundles_op_remove(struct gn_bundles *b, struct bundles_op *op)
{
	struct bundles_op *before = NULL;
	for (struct bundles_op *o = b->told_first; op->told && o; before = o, o = o->next) {
		if (o != op)
			continue;
		if (before)
			before->next = op->next;
		else
			b->told_first = op->next;
		if (b->told_last == op)
			b->told_last = before;
		break;
	}
	if (b->shown == op)
		b->shown = NULL;
	(void)gn_map_remove(&b->ops, &op->id);
}

/* ---- timers, lookups ---- */

gn_err bundles_timer_set(struct gn_bundles *b, struct bundles_timer *t, gn_time at)
{
	return gn_heap_set(&b->timers, &t->node, at);
}

gn_err bundles_find_add(struct gn_bundles *b, gn_op op, enum bundles_find_kind kind, void *object)
{
	struct bundles_find *f = gn_map_put(&b->finds, &op);
	if (!f) {
		gn_overlay_cancel(b->cfg.overlay, op);
		b->count.nomem++;
		return GN_NOMEM;
	}
	*f = (struct bundles_find){kind, object};
	return GN_OK;
}

void bundles_find_drop(struct gn_bundles *b, gn_op *op)
{
	if (*op && gn_map_remove(&b->finds, op))
		gn_overlay_cancel(b->cfg.overlay, *op);
	*op = 0;
}
