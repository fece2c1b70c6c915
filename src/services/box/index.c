/* The index of what this holder has, in memory: boxes, and items by SHA-256(box || id). Every item
 * is in its box's list by position, or remembered as gone.
 *
 *   item:  STORING [box_item_add] -> STANDS [its value is durable] -> WENT [all have taken it, or
 *          room was made] -> forgotten [its end, or too many]
 *          STORING -> forgotten [the disk failed]       STANDS -> forgotten [its end]
 *
 * 1. The counts of a box are those of its list; b->bytes is the sum of the costs of all.
 * 2. Positions grow over restarts as well: they begin with the clock.
 * Rules BX-11, BX-12. */
#include "services/box/engine_int.h"

struct box_held *box_held_get(const struct gn_box *b, const struct gn_pk *box)
{
	struct box_held **at = gn_map_get(&b->held, box);
	return at ? *at : NULL;
}

struct box_held *box_held_need(struct gn_box *b, const struct gn_pk *box)
{
	struct box_held *h = box_held_get(b, box);
	if (h)
		return h;
	h = GN_NEW(b->env.alloc, struct box_held);
	struct box_held **at = h ? gn_map_put(&b->held, box) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, h);
		b->count.nomem++;
		return NULL;
	}
	*at = h;
	h->key = *box;
	h->effort = BOX_EFFORT;
	gn_boxrec_key(box, 0, &h->place[0]);
	gn_boxrec_key(box, 1, &h->place[1]);
	return h;
}

uint64_t box_weight(const struct box_held *h)
{
	unsigned more = h->effort > BOX_EFFORT ? h->effort - BOX_EFFORT : 0;
	return more < 64 ? h->cost >> more : 0;
}

void box_weight_set(struct gn_box *b, struct box_held *h)
{
	if (h->count == 0)
		gn_heap_remove(&b->weights, &h->weight);
	else if (gn_heap_set(&b->weights, &h->weight, -(gn_time)box_weight(h)) != GN_OK)
		b->count.nomem++; /* it cannot be found to give way; others can */
}

void box_rules_drop(struct gn_box *b, struct box_held *h)
{
	if (!h->rules)
		return;
	gn_mem_free(b->env.alloc, h->rules);
	h->rules = NULL;
	GN_ASSERT(b->rules_count > 0);
	b->rules_count--;
}

void box_held_free(struct gn_box *b, struct box_held *h)
{
	GN_ASSERT(!h->count && !h->gone && !h->watches);
	while (h->pending_first) {
		struct box_pending *p = h->pending_first;
		h->pending_first = p->next;
		b->pending--;
		b->pending_bytes -= p->len;
		gn_mem_free(b->env.alloc, p);
	}
	if (h->get)
		b->lookups--;
	gn_frame_find_drop(&b->frame, &h->get);
	box_rules_drop(b, h);
	gn_heap_remove(&b->weights, &h->weight);
	gn_heap_remove(&b->sums, &h->sum);
	gn_mem_free(b->env.alloc, h->items);
	(void)gn_map_remove(&b->held, &h->key);
	gn_mem_free(b->env.alloc, h);
}

void box_held_look(struct gn_box *b, struct box_held *h)
{
	if (!h->count && !h->gone && !h->watches && !h->get && !h->pending_first &&
	    b->now - h->rules_used >= BOX_SWEEP)
		box_held_free(b, h);
}

struct box_item *box_item_get(const struct gn_box *b, const struct gn_pk *box,
			      const struct gn_box_id *id)
{
	struct gn_hash key;
	box_index_key(box, id, &key);
	struct box_item **at = gn_map_get(&b->items, &key);
	return at ? *at : NULL;
}

uint64_t box_item_cost(const struct gn_box *b, uint32_t len)
{
	/* tiny ones must not fill the index before the room */
	uint64_t least = b->cfg.bytes_max / 2 / BOX_INDEX, cost = (uint64_t)len + BOX_OVERHEAD;
	return cost > least ? cost : least;
}

static void count_in(struct gn_box *b, struct box_item *it, bool in)
{
	struct box_held *h = it->box;
	uint64_t cost = box_item_cost(b, it->len);
	if (in) {
		h->bytes += it->len;
		h->cost += cost;
		b->bytes += cost;
		h->storing += it->state == BOX_STORING;
		h->untaken += !it->acked;
		h->untaken_bytes += it->acked ? 0 : it->len;
		b->untaken += !it->acked;
		return;
	}
	GN_ASSERT(h->bytes >= it->len && h->cost >= cost && b->bytes >= cost);
	h->bytes -= it->len;
	h->cost -= cost;
	b->bytes -= cost;
	h->storing -= it->state == BOX_STORING;
	h->untaken -= !it->acked;
	h->untaken_bytes -= it->acked ? 0 : it->len;
	b->untaken -= !it->acked;
}

uint32_t box_items_after(const struct box_held *h, uint64_t at)
{
	uint32_t low = 0, high = h->count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (h->items[mid]->at <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool list_grow(struct gn_box *b, struct box_held *h)
{
	GN_ASSERT(h->count <= h->cap);
	if (h->count < h->cap)
		return true;
	uint32_t cap = h->cap ? 2 * h->cap : 8;
	struct box_item **items =
		gn_mem_resize(b->env.alloc, h->items, cap * sizeof(struct box_item *));
	if (!items)
		return false;
	h->items = items;
	h->cap = cap;
	return true;
}

/* Out of its box's list; it keeps its place in the map. */
static void list_out(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->state != BOX_WENT);
	struct box_held *h = it->box;
	uint32_t i = box_items_after(h, it->at - 1);
	GN_ASSERT(i < h->count && h->items[i] == it);
	count_in(b, it, false);
	memmove(&h->items[i], &h->items[i + 1], (h->count - i - 1) * sizeof(struct box_item *));
	h->count--;
	box_weight_set(b, h);
}

static void gone_out(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->state == BOX_WENT && it->box->gone > 0 && b->gone > 0);
	it->box->gone--;
	b->gone--;
	if (it->prev_gone)
		it->prev_gone->next_gone = it->next_gone;
	else
		b->gone_first = it->next_gone;
	if (it->next_gone)
		it->next_gone->prev_gone = it->prev_gone;
	else
		b->gone_last = it->prev_gone;
	it->next_gone = it->prev_gone = NULL;
}

static void gone_in(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->state == BOX_WENT && it->len == 0);
	it->prev_gone = b->gone_last;
	if (b->gone_last)
		b->gone_last->next_gone = it;
	else
		b->gone_first = it;
	b->gone_last = it;
	b->gone++;
	it->box->gone++;
}

struct box_turn *box_turn_need(struct gn_box *b, struct box_item *it)
{
	if (it->turn)
		return it->turn;
	it->turn = GN_NEW(b->env.alloc, struct box_turn);
	if (it->turn)
		it->turn->item = it;
	else
		b->count.nomem++;
	return it->turn;
}

static void turn_out(struct gn_box *b, struct box_item *it)
{
	if (!it->turn)
		return;
	gn_heap_remove(&b->turns, &it->turn->timer);
	gn_mem_free(b->env.alloc, it->turn);
	it->turn = NULL;
}

static void forget(struct gn_box *b, struct box_item *it)
{
	turn_out(b, it);
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_hash key;
	if (it->state == BOX_WENT)
		gone_out(b, it);
	else
		list_out(b, it);
	box_index_key(&it->box->key, &id, &key);
	bool was = gn_map_remove(&b->items, &key);
	GN_ASSERT(was);
	gn_mem_free(b->env.alloc, it);
}

struct box_item *box_item_add(struct gn_box *b, struct box_held *h, const struct box_item *in)
{
	GN_ASSERT(in->state == BOX_STORING);
	struct gn_box_id id = box_id_of(&in->hash);
	struct gn_hash key;
	struct box_item *it = box_item_get(b, &h->key, &id);
	if (it) { /* it went to make room */
		GN_ASSERT(it->state == BOX_WENT);
		forget(b, it);
	}
	box_index_key(&h->key, &id, &key);
	it = list_grow(b, h) ? GN_NEW(b->env.alloc, struct box_item) : NULL;
	struct box_item **at = it ? gn_map_put(&b->items, &key) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, it);
		b->count.nomem++;
		return NULL;
	}
	*at = it;
	*it = *in;
	it->box = h;
	it->at = ++b->position;
	it->theta = gn_ov_theta(key.b);
	it->stood = b->now;
	h->items[h->count++] = it;
	count_in(b, it, true);
	if (!h->sum.place && gn_heap_set(&b->sums, &h->sum, b->now + BOX_SUM_EVERY) != GN_OK)
		b->count.nomem++; /* the next item sets it */
	box_weight_set(b, h);
	return it;
}

void box_item_stands(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->state == BOX_STORING && it->box->storing > 0);
	(void)b;
	it->box->storing--;
	it->state = BOX_STANDS;
}

void box_item_remove(struct gn_box *b, struct box_item *it, bool stored)
{
	if (stored)
		box_store_drop(b, it, it->state != BOX_WENT, it->acked != 0);
	if (stored && it->turn)
		box_store_drop_turn(b, it);
	forget(b, it);
}

void box_item_went(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->state == BOX_STANDS);
	box_store_drop(b, it, true, false);
	if (it->turn)
		box_store_drop_turn(b, it);
	turn_out(b, it);
	list_out(b, it);
	it->state = BOX_WENT;
	it->len = 0;
	gone_in(b, it);
	while (b->gone > BOX_GONE)
		box_item_remove(b, b->gone_first, true);
}

void box_item_ack(struct gn_box *b, struct box_item *it, uint32_t readers)
{
	GN_ASSERT(it->state == BOX_STANDS);
	count_in(b, it, false);
	it->acked |= readers;
	count_in(b, it, true);
	box_store_ack(b, it);
}

void box_item_last(struct gn_box *b, struct box_item *it)
{
	GN_ASSERT(it->state == BOX_STANDS);
	struct box_held *h = it->box;
	uint32_t i = box_items_after(h, it->at - 1);
	GN_ASSERT(i < h->count && h->items[i] == it);
	memmove(&h->items[i], &h->items[i + 1], (h->count - i - 1) * sizeof(struct box_item *));
	h->items[h->count - 1] = it;
	it->at = ++b->position;
}

uint32_t box_turn_left(const struct gn_box *b, const struct box_item *it)
{
	const struct box_turn *t = it->turn;
	return t && t->until > b->now ? (uint32_t)((t->until - b->now + GN_SEC - 1) / GN_SEC) : 0;
}
