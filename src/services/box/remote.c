/* Requests to holders: each has a number, a time by which it is answered, and the operation and
 * target it was made for. What is not answered is told to the operation as lost.
 *
 *   asked [box_ask_new] -> answered [its owner frees it]
 *                       -> lost     [too late, or the session ended; box_ask_lost hands it out]
 *
 * Rule BX-30. */
#include "services/box/engine_int.h"

uint64_t box_ask_new(struct gn_box *b, const struct box_ask *like, const struct gn_box_id *ids)
{
	uint64_t number = gn_frame_number(&b->frame);
	size_t ids_len = like->count * sizeof(struct gn_box_id);
	GN_ASSERT(like->count <= BOX_IDS);
	struct box_ask *a = NULL, **at = NULL;
	if (b->asks.count < BOX_ASKS)
		a = gn_mem_resize(b->env.alloc, NULL, sizeof *a + ids_len);
	if (a)
		at = gn_map_put(&b->asks, &number);
	if (!at) {
		gn_mem_free(b->env.alloc, a);
		b->count.asks_full++;
		return 0;
	}
	*at = a;
	memcpy(a, like, sizeof *a);
	a->number = number;
	a->timer = (struct gn_heap_node){0};
	if (ids_len)
		memcpy(a->ids, ids, ids_len);
	if (gn_heap_set(&b->timers, &a->timer, b->now + BOX_ASK_TIME) != GN_OK) {
		box_ask_free(b, a);
		return 0;
	}
	b->count.asks++;
	return number;
}

struct box_ask *box_ask_get(const struct gn_box *b, uint64_t number, const struct gn_pk *from)
{
	struct box_ask **at = gn_map_get(&b->asks, &number);
	return at && gn_pk_eq(&(*at)->peer, from) ? *at : NULL;
}

void box_ask_renew(struct gn_box *b, struct box_ask *a)
{
	/* moving what is in needs no memory */
	(void)!gn_heap_set(&b->timers, &a->timer, b->now + BOX_ASK_TIME);
}

static void take_out(struct gn_box *b, struct box_ask *a)
{
	gn_heap_remove(&b->timers, &a->timer);
	bool was = gn_map_remove(&b->asks, &a->number);
	GN_ASSERT(was);
}

void box_ask_free(struct gn_box *b, struct box_ask *a)
{
	take_out(b, a);
	gn_mem_free(b->env.alloc, a);
}

static void lose(struct gn_box *b, struct box_ask *a, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	take_out(b, a);
	a->err = err;
	a->next_lost = b->lost_first;
	b->lost_first = a;
	b->count.asks_lost++;
	box_wake(b);
}

void box_ask_due(struct gn_box *b, struct box_ask *a)
{
	GN_ASSERT(a->timer.at <= b->now);
	lose(b, a, GN_TIMEOUT);
}

void box_asks_of_peer_lost(struct gn_box *b, const struct gn_pk *pk, gn_err why)
{
	for (uint32_t i = b->asks.count; i-- > 0;) {
		struct box_ask *a = GN_MAP_AT(&b->asks, struct box_ask *, i);
		if (gn_pk_eq(&a->peer, pk))
			lose(b, a, why);
	}
}

struct box_ask *box_ask_lost(struct gn_box *b)
{
	struct box_ask *a = b->lost_first;
	if (a)
		b->lost_first = a->next_lost;
	return a;
}

void box_asks_forget(struct gn_box *b, gn_op op)
{
	GN_ASSERT(op != 0);
	for (uint32_t i = b->asks.count; i-- > 0;) {
		struct box_ask *a = GN_MAP_AT(&b->asks, struct box_ask *, i);
		if (a->op == op)
			box_ask_free(b, a);
	}
	for (struct box_ask **at = &b->lost_first; *at;) {
		struct box_ask *a = *at;
		if (a->op != op) {
			at = &a->next_lost;
			continue;
		}
		*at = a->next_lost;
		gn_mem_free(b->env.alloc, a);
	}
}
