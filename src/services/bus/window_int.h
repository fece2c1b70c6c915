/* What has come of one publisher: its newest epoch, and which of the last seqs. */
#ifndef GN_SERVICES_BUS_WINDOW_INT_H
#define GN_SERVICES_BUS_WINDOW_INT_H

#include "base/base.h"

#define BUS_WINDOW 256 /* seqs, as many as roots keep */

struct bus_window {
	uint64_t epoch, top;            /* epoch 0: nothing has come */
	uint64_t bits[BUS_WINDOW / 64]; /* bit i: top - i has come, or was before the first */
	uint64_t none[BUS_WINDOW / 64]; /* bit i: it is not awaited; it is taken if it comes */
};

enum bus_look { BUS_NEW, BUS_AGAIN, BUS_TOO_OLD };

enum bus_look bus_window_look(const struct bus_window *w, uint64_t epoch, uint64_t seq);
/* It has come. What lies between the top of before and seq has not, in a new epoch from 1 when
 * `follow`; what leaves the window unseen is counted in the answer. */
uint64_t bus_window_mark(struct bus_window *w, uint64_t epoch, uint64_t seq, bool follow);
/* Nothing above `from` is awaited but this one (0: none). */
void bus_window_fill(struct bus_window *w, uint64_t from, uint64_t but);
/* Seqs that are awaited, oldest first; how many. */
unsigned bus_window_missing(const struct bus_window *w, uint64_t *out, unsigned max);

#endif
