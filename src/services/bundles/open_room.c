/* Room for opens: the memory of manifests on their way and the places of opens. Whoever makes a
 * head can let an open wait as long as BU-12 allows, and can send as much as they like, so when
 * room is short somebody gives way:
 *
 *   first those that got nothing for BUNDLES_OPEN_GRACE, the longest of them
 *   else one of the owner that holds most
 *
 * 1. The budget is an allocator of its own: what opens hold is never missing elsewhere.
 * 2. An open that asks for memory is a candidate like the others.
 * 3. What a worker has in its hands stays.
 * Rule: docs/spec/services.md BU-27. */
#include "services/bundles/engine_int.h"

static uint64_t bytes_of(const struct gn_bundles *b, const struct bundles_open *o)
{
	GN_ASSERT(o->len <= o->size);
	uint64_t n = o->cap + (o->work ? o->work->len : 0);
	for (uint32_t i = 0; o->reader && i < b->cfg.ahead; i++)
		n += o->reader->slots[i].data ? o->reader->slots[i].len : 0;
	return n;
}

/* Bytes, or places, of all opens of its owner. */
static uint64_t owner_has(const struct gn_bundles *b, const struct bundles_open *of, bool bytes)
{
	uint64_t n = 0;
	for (const struct bundles_open *o = b->open_first; o; o = o->next)
		if (!o->op.ended && gn_pk_eq(&o->owner, &of->owner))
			n += bytes ? bytes_of(b, o) : 1;
	return n;
}

/* How long it has got nothing from others, when that is too long; what is checked here waits for
 * nobody. */
static gn_time idle_time(const struct gn_bundles *b, const struct bundles_open *o)
{
	GN_ASSERT(o->moved <= b->now);
	gn_time t = o->get || o->reader ? b->now - o->moved : 0;
	return t >= BUNDLES_OPEN_GRACE ? t : 0;
}

static bool worth_less(const struct gn_bundles *b, const struct bundles_open *a,
		       const struct bundles_open *o, bool bytes)
{
	if (idle_time(b, a) != idle_time(b, o))
		return idle_time(b, a) > idle_time(b, o);
	return owner_has(b, a, bytes) > owner_has(b, o, bytes);
}

static void give_way(struct gn_bundles *b, struct bundles_open *o)
{
	GN_ASSERT(!o->op.ended);
	b->count.opens_gave_way++;
	bundles_open_end(b, o, idle_time(b, o) ? GN_TIMEOUT : GN_BUSY);
}

void *bundles_open_memory(struct gn_bundles *b, struct bundles_open *o, void *p, size_t size)
{
	GN_ASSERT(size > 0 && !o->op.ended);
	void *got;
	while (!(got = gn_mem_resize(&b->open_alloc, p, size))) {
		struct bundles_open *least = o;
		for (struct bundles_open *a = b->open_first; a; a = a->next)
			if (!a->op.ended && bytes_of(b, a) && worth_less(b, a, least, true))
				least = a;
		if (least == o) {
			b->count.opens_gave_way++;
			return NULL;
		}
		give_way(b, least);
	}
	return got;
}

/* An owner with more than half of the places has no claim to more, and makes room for others. */
static bool too_many(const struct gn_bundles *b, const struct bundles_open *o,
		     const struct gn_pk *asker)
{
	return !gn_pk_eq(&o->owner, asker) && owner_has(b, o, false) > BUNDLES_OPENS / 2;
}

gn_err bundles_open_place(struct gn_bundles *b, const struct gn_pk *owner)
{
	GN_ASSERT(b->opens <= BUNDLES_OPENS);
	struct bundles_open *least = NULL;
	if (b->opens < BUNDLES_OPENS)
		return GN_OK;
	for (struct bundles_open *a = b->open_first; a; a = a->next)
		if (!a->op.ended && (idle_time(b, a) || too_many(b, a, owner)) &&
		    (!least || worth_less(b, a, least, false)))
			least = a;
	if (!least)
		return GN_LIMIT;
	give_way(b, least);
	return GN_OK;
}
