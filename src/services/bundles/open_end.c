/* How an open ends: all that it holds is let go, but the head that its event shows. */
#include "services/bundles/engine_int.h"

/* All that it holds but its head. */
static void let_go(struct gn_bundles *b, struct bundles_open *o)
{
	GN_ASSERT(o->op.ended || b->opens > 0);
	gn_frame_find_drop(&b->frame, &o->get);
	if (o->reader)
		bundles_reader_free(b, o->reader);
	o->reader = NULL;
	gn_mem_free(&b->open_alloc, o->bytes);
	o->bytes = NULL;
	o->cap = 0;
	if (o->work)
		bundles_work_drop(b, o->work);
	o->work = NULL;
	b->opens -= !o->op.ended;
}

void bundles_open_end(struct gn_bundles *b, struct bundles_open *o, gn_err err)
{
	GN_ASSERT(!o->op.ended);
	let_go(b, o);
	o->op.err = err;
	o->op.ended = true;
	gn_frame_tell(&b->frame, &o->op);
}

void bundles_open_free(struct gn_bundles *b, struct bundles_open *o)
{
	GN_ASSERT(b->open_first != NULL);
	struct bundles_open **at = &b->open_first;
	while (*at != o)
		at = &(*at)->next;
	*at = o->next;
	let_go(b, o);
	gn_frame_op_remove(&b->frame, &o->op);
	gn_mem_free(b->env.alloc, o->head);
	gn_mem_free(b->env.alloc, o);
}
