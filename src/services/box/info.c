/* What the engine tells of itself, and what must hold in it. */
#include "services/box/engine_int.h"

/* ---- queries ---- */

void gn_box_info(const struct gn_box *b, struct gn_box_info *out)
{
	*out = (struct gn_box_info){.ready = b->ready,
				    .watches = b->watches,
				    .items = b->untaken,
				    .taken = b->items.count - b->gone - b->untaken,
				    .bytes = b->bytes,
				    .bytes_max = b->cfg.bytes_max,
				    .deposits = b->puts,
				    .follows = b->reads,
				    .works = b->works};
	for (uint32_t i = 0; i < b->held.count; i++)
		out->boxes += GN_MAP_AT(&b->held, struct box_held *, i)->count > 0;
}

struct gn_pk gn_box_work_key(const struct gn_box *b, gn_op work)
{
	const struct box_work *w = gn_frame_op_get(&b->frame, work, OP_WORK);
	return w ? w->key : (struct gn_pk){{0}};
}

struct gn_pk gn_box_deposit_key(const struct gn_box *b, gn_op deposit)
{
	const struct box_put *p = gn_frame_op_get(&b->frame, deposit, OP_DEPOSIT);
	return p ? p->key : (struct gn_pk){{0}};
}

struct gn_pk gn_box_follow_key(const struct gn_box *b, gn_op follow)
{
	const struct box_read *r = gn_frame_op_get(&b->frame, follow, OP_FOLLOW);
	return r ? r->follow.read : (struct gn_pk){{0}};
}

bool gn_box_follow_place(const struct gn_box *b, gn_op follow, unsigned place, struct gn_hash *key,
			 struct gn_node_id *out, unsigned *count)
{
	const struct box_read *r = gn_frame_op_get(&b->frame, follow, OP_FOLLOW);
	if (!r || place >= (r->follow.place.front ? 2u : 1u))
		return false;
	const struct box_set *s = &r->sets[place];
	gn_boxrec_key(&r->follow.place.box, (uint8_t)place, key);
	*count = s->count < GN_BOX_SET ? s->count : GN_BOX_SET;
	for (unsigned i = 0; i < *count; i++)
		out[i] = s->nodes[i].id;
	return true;
}

bool gn_box_serves(const struct gn_box *b, const struct gn_pk *peer)
{
	struct box_peer **at = gn_map_get(&b->peers, peer);
	return at && (*at)->feeds > 0;
}

bool gn_box_counter_at(const struct gn_box *b, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/box/counters.def"
#undef X
	};
	return gn_counter_at(names, &b->count, GN_COUNT(names), i, out);
}

static void validate_held(const struct gn_box *b, const struct box_held *h)
{
	uint64_t bytes = 0, cost = 0;
	uint32_t storing = 0, untaken = 0;
	for (uint32_t i = 0; i < h->count; i++) {
		const struct box_item *it = h->items[i];
		GN_ASSERT(it->box == h && it->state != BOX_WENT && it->len > 0);
		GN_ASSERT(i == 0 || h->items[i - 1]->at < it->at);
		bytes += it->len;
		cost += box_item_cost(b, it->len);
		storing += it->state == BOX_STORING;
		untaken += !it->acked;
		GN_ASSERT(!it->turn || (it->turn->item == it && h->queue));
		GN_ASSERT(!box_item_ended(it) || it->acked);
	}
	GN_ASSERT(bytes == h->bytes && cost == h->cost && storing == h->storing &&
		  untaken == h->untaken);
	GN_ASSERT((h->count > 0) == (h->weight.place > 0) || b->count.nomem);
}

void gn_box_validate(const struct gn_box *b)
{
	const struct gn_map *maps[] = {&b->held,  &b->items,   &b->stores, &b->loads,
				       &b->peers, &b->feeds,   &b->wanted, &b->asks,
				       &b->doors, &b->endings, &b->nears,  &b->limited};
	uint64_t bytes = 0;
	uint32_t items = 0, gone = 0, watches = 0, rules = 0;
	for (size_t i = 0; i < GN_COUNT(maps); i++)
		gn_map_validate(maps[i]);
	gn_frame_validate(&b->frame);
	gn_heap_validate(&b->weights);
	gn_heap_validate(&b->sums);
	gn_heap_validate(&b->timers);
	gn_heap_validate(&b->turns);
	GN_ASSERT(!b->out.building && b->timers.count == b->asks.count);
	for (uint32_t i = 0; i < b->held.count; i++) {
		const struct box_held *h = GN_MAP_AT(&b->held, struct box_held *, i);
		validate_held(b, h);
		bytes += h->cost;
		items += h->count;
		gone += h->gone;
		watches += h->watches;
		rules += h->rules != NULL;
	}
	GN_ASSERT(bytes == b->bytes && items + gone == b->items.count && gone == b->gone &&
		  watches == b->watches && rules == b->rules_count && gone <= BOX_GONE);
	GN_ASSERT(b->pending <= BOX_PENDING && b->lookups <= BOX_LOOKUPS);
	/* no promise of ours takes more than it may */
	GN_ASSERT(!b->ready || b->bytes <= b->cfg.bytes_max / 2 || b->count.restored > 0);
	for (const struct box_read *r = b->read_first; r; r = r->next) {
		uint32_t unfetched = 0;
		for (uint32_t i = 0; i < r->seen.count; i++)
			unfetched += ((struct box_seen *)gn_map_value_at(&r->seen, i))->state ==
				     SEEN_NAMED;
		GN_ASSERT(unfetched == r->unfetched);
	}
}
