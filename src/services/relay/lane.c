/* Equal parts of a lane: lane_int.h. Rule RE-33. */
#include "services/relay/lane_int.h"

static uint64_t here(const struct relay_lane *l)
{
	return l->round * RELAY_QUANTUM;
}

/* The round in which a debt up to there is paid. */
static uint64_t last_round(uint64_t until)
{
	return (until + RELAY_QUANTUM - 1) / RELAY_QUANTUM;
}

static bool owes(const struct relay_lane *l, const struct relay_debt *d)
{
	return d->until > here(l);
}

void relay_lane_rate(struct relay_lane *l, uint64_t rate, uint64_t room, gn_time now)
{
	GN_ASSERT(rate > 0 && room >= RELAY_ROOM_MIN && room <= RELAY_ROOM_MAX);
	gn_time span = (gn_time)(RELAY_QUANTUM * (uint64_t)GN_SEC / rate);
	l->quantum_time = span > 0 ? span : 1;
	l->room = room;
	l->paid = l->debtors ? l->paid : now;
}

/* As many rounds as there was time for. */
static void pay(struct relay_lane *l, gn_time now)
{
	GN_ASSERT(l->quantum_time > 0);
	if (now < l->paid)
		return;
	if (l->orphan) {
		uint64_t most = (uint64_t)((now - l->paid) / l->quantum_time),
			 owed = last_round(l->orphan), paid = owed < most ? owed : most;
		l->paid += (gn_time)paid * l->quantum_time;
		l->orphan = paid < owed ? l->orphan - paid * RELAY_QUANTUM : 0;
		if (l->orphan)
			return;
	}
	while (l->debtors) {
		gn_time span = l->quantum_time * l->debtors;
		if (now - l->paid < span)
			return;
		l->paid += span;
		l->backlog -= l->debtors;
		l->round++;
		uint32_t *done = &l->ends[l->round % RELAY_ROUNDS];
		l->debtors -= *done;
		*done = 0;
	}
	l->paid = now;
}

uint32_t relay_lane_ask(struct relay_lane *l, const struct relay_debt *d, uint32_t len,
			uint32_t count, gn_time now)
{
	GN_ASSERT(len > 0 && len <= RELAY_PACKET_MAX && count > 0);
	pay(l, now);
	uint64_t owed = owes(l, d) ? d->until - here(l) : 0,
		 all = l->backlog * RELAY_QUANTUM + l->orphan,
		 left = l->room > all ? l->room - all : 0;
	/* a packet always, or who sends seldom would owe nothing in between, and have less; but not
	 * all who began together at the same time again */
	if (owed > left && owed > d->late)
		return 0;
	/* each is judged by what the one before left: its debt is longer, the room less */
	uint64_t most = 1 + (left > owed ? (left - owed) / (2 * (uint64_t)len) : 0);
	return most < count ? (uint32_t)most : count;
}

/* It owes up to there, and is counted. */
static void owe(struct relay_lane *l, struct relay_debt *d, uint64_t until)
{
	d->until = until;
	if (!owes(l, d))
		return;
	uint64_t to = last_round(until);
	GN_ASSERT(to - l->round < RELAY_ROUNDS);
	l->debtors++;
	l->ends[to % RELAY_ROUNDS]++;
	l->backlog += to - l->round;
}

/* It is not counted any more. */
static void disown(struct relay_lane *l, const struct relay_debt *d)
{
	uint64_t to = last_round(d->until);
	GN_ASSERT(owes(l, d) && l->debtors > 0 && l->backlog >= to - l->round);
	l->debtors--;
	l->ends[to % RELAY_ROUNDS]--;
	l->backlog -= to - l->round;
}

void relay_lane_take(struct relay_lane *l, struct relay_debt *d, uint64_t bytes)
{
	GN_ASSERT(bytes > 0);
	if (owes(l, d))
		disown(l, d);
	else /* what it paid too much of its last quantum is its */
		d->until = here(l) - (last_round(d->until) * RELAY_QUANTUM - d->until);
	l->draw = l->draw * 1103515245u + 12345u;
	d->late = RELAY_PACKET_MAX - (l->draw >> 16) % (RELAY_PACKET_MAX * 3 / 4);
	owe(l, d, d->until + bytes);
}

uint64_t relay_lane_leave(struct relay_lane *l, struct relay_debt *d)
{
	uint64_t until = d->until, at = here(l);
	if (!owes(l, d))
		return 0;
	disown(l, d);
	/* what it began with was another's, but for the orphans among it */
	uint64_t before = d->before > at ? d->before - at : 0;
	l->orphan += until - at - before + (d->taken < before ? d->taken : before);
	*d = (struct relay_debt){.until = 0};
	return until;
}

void relay_lane_enter(struct relay_lane *l, struct relay_debt *d, uint64_t until)
{
	GN_ASSERT(d->until == 0);
	owe(l, d, until);
	if (!owes(l, d))
		return;
	uint64_t owed = until - here(l);
	d->before = until;
	d->taken = owed < l->orphan ? owed : l->orphan;
	l->orphan -= d->taken;
}

void relay_lane_validate(const struct relay_lane *l)
{
	uint64_t debtors = 0, backlog = 0;
	GN_ASSERT(l->ends[l->round % RELAY_ROUNDS] == 0);
	for (uint32_t k = 1; k < RELAY_ROUNDS && debtors < l->debtors; k++) {
		uint32_t n = l->ends[(l->round + k) % RELAY_ROUNDS];
		debtors += n;
		backlog += (uint64_t)n * k;
	}
	GN_ASSERT(debtors == l->debtors && backlog == l->backlog);
}
