/* Requests of ours that wait for an answer: all wait equally long, so the oldest is first. A number
 * is given once, and counts for the peer that was asked alone. */
#include "services/bus/engine_int.h"

uint64_t bus_ask_add(struct gn_bus *b, const struct bus_ask *ask)
{
	GN_ASSERT(b->asks.count <= BUS_ASKS);
	uint64_t number = gn_frame_number(&b->frame);
	struct bus_ask *a = gn_map_put(&b->asks, &number);
	if (!a || gn_ring_push(&b->askers, &number) != GN_OK) {
		if (a)
			(void)gn_map_remove(&b->asks, &number);
		b->count.asks_full++;
		return 0;
	}
	*a = *ask;
	a->due = b->now + BUS_ASK_TIME;
	return number;
}

struct bus_ask *bus_ask_get(const struct gn_bus *b, uint64_t number, const struct gn_pk *peer)
{
	struct bus_ask *a = number ? gn_map_get(&b->asks, &number) : NULL;
	return a && gn_pk_eq(&a->peer, peer) ? a : NULL;
}

void bus_ask_done(struct gn_bus *b, uint64_t number)
{
	(void)gn_map_remove(&b->asks, &number);
}

/* What was answered leaves the row when it is its turn. */
static void skip_answered(struct gn_bus *b)
{
	GN_ASSERT(b->askers.count >= b->asks.count);
	const uint64_t *number;
	uint64_t gone;
	while ((number = gn_ring_at(&b->askers, 0)) && !gn_map_get(&b->asks, number))
		(void)gn_ring_pop(&b->askers, &gone);
}

bool bus_ask_lost(struct gn_bus *b, const struct gn_pk *peer, struct bus_ask *out)
{
	GN_ASSERT(!b->out.building);
	skip_answered(b);
	const uint64_t *first = gn_ring_at(&b->askers, 0);
	uint64_t number = first ? *first : 0;
	bool found = false;
	if (peer) {
		for (uint32_t i = 0; i < b->asks.count && !found; i++) {
			const struct bus_ask *a = gn_map_value_at(&b->asks, i);
			number = *(const uint64_t *)gn_map_key_at(&b->asks, i);
			found = gn_pk_eq(&a->peer, peer);
		}
	} else if (number) {
		const struct bus_ask *a = gn_map_get(&b->asks, &number);
		found = a && a->due <= b->now;
	}
	if (!found)
		return false;
	*out = *(const struct bus_ask *)gn_map_get(&b->asks, &number);
	bus_ask_done(b, number);
	b->count.asks_lost++;
	return true;
}

gn_time bus_asks_deadline(const struct gn_bus *b)
{
	const uint64_t *number = gn_ring_at(&b->askers, 0);
	const struct bus_ask *a = number ? gn_map_get(&b->asks, number) : NULL;
	/* an answered one at the head is dropped by the next call */
	return a ? a->due : b->asks.count ? b->now : GN_NEVER;
}
