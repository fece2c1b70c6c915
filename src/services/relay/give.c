/* What the owner gives others: which lanes, how fast, how much in a month. Bulk ends at 90 % of the
 * month, small at all of it, within a second; what is asked then is refused until the next month.
 * Rule RE-64. */
#include "services/relay/engine_int.h"

void relay_give_set(struct gn_relay *r, const struct gn_relay_give *give)
{
	struct gn_relay_give *g = &r->cfg.give;
	GN_ASSERT(give->level <= GN_RELAY_COMMONS);
	*g = *give;
	g->small_rate = g->small_rate ? g->small_rate : RELAY_RATE;
	g->bulk_rate = g->bulk_rate ? g->bulk_rate : RELAY_RATE;
	g->month = g->month ? g->month : RELAY_MONTH;
	r->month_used = g->month_used;
	r->net_day = g->month / RELAY_NET_PART;
	r->net_day = r->net_day > RELAY_COMMONS_DAY ? r->net_day : RELAY_COMMONS_DAY;
	r->month_ends[0] = g->month;
	r->month_ends[1] =
		g->month / 100 * GN_RELAY_MONTH_BULK + g->month % 100 * GN_RELAY_MONTH_BULK / 100;
	uint64_t queue = (uint64_t)g->bulk_rate * (uint64_t)RELAY_QUEUE / (uint64_t)GN_SEC,
		 room = (uint64_t)g->small_rate * RELAY_ROOM_S;
	queue = queue < RELAY_ROOM_MIN ? RELAY_ROOM_MIN : queue;
	room = room < RELAY_BURST ? RELAY_BURST : room;
	relay_lane_rate(&r->small, g->small_rate, room < RELAY_ROOM_MAX ? room : RELAY_ROOM_MAX,
			r->now);
	relay_lane_rate(&r->bulk, g->bulk_rate, queue < RELAY_ROOM_MAX ? queue : RELAY_ROOM_MAX,
			r->now);
}

uint64_t relay_month_left(const struct gn_relay *r, bool bulk)
{
	uint64_t end = r->month_ends[bulk];
	GN_ASSERT(r->month_ends[1] <= r->month_ends[0]);
	return r->month_used < end ? end - r->month_used : 0;
}

/* The next month has begun. The owner says how the one after ends. */
static void turn(struct gn_relay *r)
{
	struct gn_relay_give *g = &r->cfg.give;
	if (!g->month_end || relay_unix(r) < g->month_end)
		return;
	g->month_end = 0;
	g->month_used = r->month_used = 0;
}

/* Milliseconds to the next month, as far as 32 bits go. */
static uint32_t month_ms(const struct gn_relay *r)
{
	uint64_t now = relay_unix(r), end = r->cfg.give.month_end;
	uint64_t ms = end > now ? (end - now) * 1000 : 0;
	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

gn_err relay_gives(struct gn_relay *r, bool bulk, bool token, struct relay_refusal *why)
{
	enum gn_relay_give_level level = r->cfg.give.level, need = !bulk   ? GN_RELAY_SMALL
								   : token ? GN_RELAY_TOKENS
									   : GN_RELAY_COMMONS;
	GN_ASSERT(bulk || !token);
	turn(r);
	if (level < need)
		return GN_DENIED;
	if (relay_month_left(r, bulk))
		return GN_OK;
	*why = (struct relay_refusal){GN_QUOTA, RELAY_LIMIT(RELAY_MONTH), month_ms(r)};
	return GN_QUOTA;
}
