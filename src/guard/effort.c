/* Our own load by hellos and the effort it makes strangers owe; by charged work and the pressure
 * that raises its price.
 *
 *   each tenth of a second:  load > 0.7 -> effort = max(1, 2 * effort), at most 1,024
 *                            load < 0.3 -> effort -= max(1, effort / 8)
 *
 * 1. The load is what strangers took of what was theirs to take: the capacity for handshakes
 *    less what passes and tokens took of it, at least the half that is kept for strangers.
 * 2. It is work done here. What efforts clients show has no say: an attacker who shows much
 *    would raise it for all.
 * 3. Pressure multiplies what keys and prefixes are charged: doubled while their work takes more
 *    than half a core, less an eighth (at least one) while it does not. So shares that are
 *    lawful one by one do not add up to more than there is, and who asks for little notices
 *    nothing. While there is any, prefixes pay for what their keys take (guard.c), so many keys
 *    of one network do not raise the price for all. Tokens are paid for; their price stays.
 * 4. The cost of a handshake is a model until the owner of the loop tells the time they took. */
#include "guard/guard_int.h"

#define HIGH 700 /* thousandths */
#define LOW 300
#define WINDOW_UNITS (GN_EFFORT_EVERY / GN_USEC) /* a core's work in a window */
/* of charged work: what handshakes leave to who is in */
#define BUSY (WINDOW_UNITS / 2)
/* after so many without a hello nothing is owed: 1,024 is gone after 44 */
#define QUIET_WINDOWS 64
#define SAMPLE_HANDSHAKES 16 /* averaged for one sample of the cost */
#define COST_MIN 10u         /* units; a clock that jumped tells nonsense */
#define COST_MAX 100000u

void gn_load_init(struct gn_load *l)
{
	*l = (struct gn_load){.cost = GN_GUARD_COST, .pressure = GN_PRESSURE_ONE};
}

static void control(struct gn_load *l)
{
	uint32_t e = l->effort;
	if (l->permille > HIGH)
		l->effort = e == 0 ? 1 : e * 2 < GN_EFFORT_MAX ? e * 2 : GN_EFFORT_MAX;
	else if (l->permille < LOW && e > 0)
		l->effort = e - (e / 8 > 1 ? e / 8 : 1);
}

static void press(struct gn_load *l)
{
	uint32_t p = l->pressure;
	if (l->charged > BUSY)
		p *= 2;
	else
		p -= p / 8;
	p = p < GN_PRESSURE_MAX ? p : GN_PRESSURE_MAX;
	l->pressure = p > GN_PRESSURE_ONE ? p : GN_PRESSURE_ONE;
	l->charged = 0;
}

static void end_window(struct gn_load *l, uint32_t capacity)
{
	uint64_t whole = capacity / (uint64_t)(GN_SEC / GN_EFFORT_EVERY), half = whole / 2;
	uint64_t theirs = l->other < whole - half ? whole - l->other : half;
	uint64_t permille = l->stranger * 1000 / (theirs ? theirs : 1);
	l->permille = permille < 1000 ? (uint32_t)permille : 1000;
	l->stranger = l->other = 0;
	control(l);
	press(l);
}

void gn_load_tick(struct gn_load *l, uint32_t capacity, gn_time now)
{
	if (now - l->window_at > QUIET_WINDOWS * GN_EFFORT_EVERY) {
		l->stranger = l->other = l->charged = 0;
		l->permille = l->effort = 0;
		l->pressure = GN_PRESSURE_ONE;
		l->window_at = now;
	}
	for (; now - l->window_at >= GN_EFFORT_EVERY; l->window_at += GN_EFFORT_EVERY)
		end_window(l, capacity);
}

void gn_load_note(struct gn_load *l, bool stranger)
{
	*(stranger ? &l->stranger : &l->other) += l->cost;
	l->handshakes++;
}

uint64_t gn_load_price(const struct gn_load *l, uint64_t work)
{
	work = work < GN_WORK_MAX ? work : GN_WORK_MAX;
	return work * l->pressure / GN_PRESSURE_ONE;
}

void gn_load_measured(struct gn_load *l, uint64_t busy_ns)
{
	l->busy_ns += busy_ns;
	if (l->handshakes < SAMPLE_HANDSHAKES)
		return;
	uint64_t sample = l->busy_ns / 1000 / l->handshakes;
	sample = sample < COST_MIN ? COST_MIN : sample > COST_MAX ? COST_MAX : sample;
	l->cost = (uint32_t)((7 * (uint64_t)l->cost + sample + 4) / 8);
	l->busy_ns = 0;
	l->handshakes = 0;
}
