/* Windows over sequence numbers. Invariant: bit 0 is set once anything has come. Rules BS-2, BS-12.
 * */
#include "services/bus/window_int.h"

#include <string.h>

static bool bit(const uint64_t *bits, uint64_t at)
{
	return bits[at / 64] >> at % 64 & 1;
}

static void set_bit(uint64_t *bits, uint64_t at, bool on)
{
	uint64_t mask = UINT64_C(1) << at % 64;
	GN_ASSERT(at < BUS_WINDOW);
	bits[at / 64] = on ? bits[at / 64] | mask : bits[at / 64] & ~mask;
}

static bool awaited(const struct bus_window *w, uint64_t at)
{
	return !bit(w->bits, at) && !bit(w->none, at);
}

enum bus_look bus_window_look(const struct bus_window *w, uint64_t epoch, uint64_t seq)
{
	GN_ASSERT(seq > 0);
	if (epoch != w->epoch)
		return epoch > w->epoch ? BUS_NEW : BUS_TOO_OLD;
	if (seq > w->top)
		return BUS_NEW;
	if (w->top - seq >= BUS_WINDOW)
		return BUS_TOO_OLD;
	return bit(w->bits, w->top - seq) ? BUS_AGAIN : BUS_NEW;
}

/* The window moves up; seqs that leave it unseen. */
static uint64_t shift(struct bus_window *w, uint64_t by)
{
	uint64_t lost = 0;
	for (uint64_t i = 0; i < BUS_WINDOW; i++)
		lost += i + by >= BUS_WINDOW && i < w->top && awaited(w, i);
	if (by > BUS_WINDOW) { /* never in it */
		lost += by - BUS_WINDOW;
		by = BUS_WINDOW;
	}
	for (uint64_t i = BUS_WINDOW; i-- > 0;) {
		set_bit(w->bits, i, i >= by && bit(w->bits, i - by));
		set_bit(w->none, i, i >= by && bit(w->none, i - by));
	}
	return lost;
}

uint64_t bus_window_mark(struct bus_window *w, uint64_t epoch, uint64_t seq, bool follow)
{
	uint64_t lost = 0;
	GN_ASSERT(bus_window_look(w, epoch, seq) == BUS_NEW);
	if (epoch != w->epoch) {
		bool first = w->epoch == 0 || !follow;
		*w = (struct bus_window){.epoch = epoch, .top = first ? seq : 0};
		if (first)
			memset(w->bits, 0xff, sizeof w->bits);
	}
	if (seq > w->top) {
		lost = shift(w, seq - w->top);
		w->top = seq;
	}
	set_bit(w->bits, w->top - seq, true);
	return lost;
}

void bus_window_fill(struct bus_window *w, uint64_t from, uint64_t but)
{
	for (uint64_t i = 0; i < BUS_WINDOW && from + i < w->top; i++)
		set_bit(w->none, i, w->top - i != but);
}

unsigned bus_window_missing(const struct bus_window *w, uint64_t *out, unsigned max)
{
	unsigned n = 0;
	uint64_t reach = w->top < BUS_WINDOW ? w->top : BUS_WINDOW;
	for (uint64_t i = reach; i-- > 0 && n < max;)
		if (awaited(w, i))
			out[n++] = w->top - i;
	return n;
}
