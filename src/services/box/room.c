/* Room on this node. Half of its bytes are given as they are asked for; above that whoever has
 * most, counted by the work behind it, gives up what is oldest, so that a newcomer always gets in
 * and a flood of boxes pays for each with work.
 *
 * The weight of a box is cost / 2^(bits of its descriptor - 20). Rule BX-15. */
#include "services/box/engine_int.h"

/* The oldest of which readers said that they took it, else the oldest; NULL: all are being
 * stored. */
static struct box_item *oldest_of(const struct box_held *h)
{
	GN_ASSERT(h->storing <= h->count);
	struct box_item *first = NULL;
	for (uint32_t i = 0; i < h->count; i++) {
		struct box_item *it = h->items[i];
		if (it->state != BOX_STANDS)
			continue;
		if (it->acked & BOX_TOLD)
			return it;
		if (!first)
			first = it;
	}
	return first;
}

/* May this box give up something for one with so much work behind it? */
static bool gives(const struct box_held *h, const struct box_held *for_whom)
{
	GN_ASSERT(h->storing <= h->count);
	return h->count > h->storing &&
	       (h == for_whom || h->cost > BOX_LEAST || h->effort <= for_whom->effort);
}

static struct box_held *heaviest(const struct gn_box *b, const struct box_held *for_whom)
{
	struct gn_heap_node *n = gn_heap_first(&b->weights);
	struct box_held *best = n ? GN_CONTAINER(n, struct box_held, weight) : NULL;
	if (!best || gives(best, for_whom))
		return best;
	best = NULL; /* seldom: the heaviest is small, and has more work behind it */
	for (uint32_t i = 0; i < b->held.count; i++) {
		struct box_held *h = GN_MAP_AT(&b->held, struct box_held *, i);
		if (gives(h, for_whom) && (!best || box_weight(h) > box_weight(best)))
			best = h;
	}
	return best;
}

gn_err box_room_make(struct gn_box *b, struct box_held *h, uint32_t len)
{
	GN_ASSERT(len > 0);
	uint64_t cost = box_item_cost(b, len), half = b->cfg.bytes_max / 2;
	if (cost > half)
		return GN_NO_SPACE;
	while (b->bytes + cost > half) {
		struct box_held *from = heaviest(b, h);
		struct box_item *it = from ? oldest_of(from) : NULL;
		if (!it)
			return GN_NO_SPACE;
		b->count.room_gave_way++;
		box_item_went(b, it);
	}
	return GN_OK;
}
