/* What all circuits of one kind share: so many bytes a second, equal parts when they want more.
 *
 * As if each circuit had a queue and all queues were served in turns, RELAY_QUANTUM bytes each; but
 * a packet goes at once or not at all, and its bytes stand as a debt where they would wait. A
 * circuit may be in debt as far as the lane has room left (Choudhury and Hahne 1998, dynamic queue
 * length thresholds), and by a packet in any case: who wants little is hardly ever in debt and
 * always goes, the others come to owe the same, and what is paid of it is equal parts.
 *
 *   round:  every debtor pays a quantum; who has paid all leaves
 *
 * 1. debtors is how many circuits owe something, backlog what they owe together, in quanta.
 * 2. ends[k] is how many of them pay their last in round k; no debt is longer than the rounds.
 * 3. Who leaves with a debt takes it along: the next circuit of the same key begins with it, or who
 *    opens and closes circuits would have more than who does not. Until then it is an orphan, which
 *    is paid first, or the lane would send more than its rate. */
#ifndef GN_RELAY_LANE_INT_H
#define GN_RELAY_LANE_INT_H

#include "services/relay/limits.h"

struct relay_lane {
	gn_time quantum_time;            /* for one quantum at the lane's rate */
	uint64_t room;                   /* bytes that all may owe before they are made to share */
	gn_time paid;                    /* up to this time */
	uint64_t round, backlog, orphan; /* orphan: bytes */
	uint32_t debtors, draw;
	uint32_t ends[RELAY_ROUNDS];
	/* what was relayed */
	uint32_t circuits;
	uint64_t packets, bytes;
};
/* What one circuit owes: up to this byte, where the lane is at round * RELAY_QUANTUM. */
struct relay_debt {
	uint64_t until;
	uint32_t late; /* bytes: it may send again when it owes no more */
	uint64_t before,
		taken; /* what it began with, up to there; bytes of orphans that this was */
};

void relay_lane_rate(struct relay_lane *l, uint64_t rate, uint64_t room, gn_time now);
/* How many of count packets of len bytes the circuit may send now. */
uint32_t relay_lane_ask(struct relay_lane *l, const struct relay_debt *d, uint32_t len,
			uint32_t count, gn_time now);
/* They are sent. At the time of the ask, and no more than it said. */
void relay_lane_take(struct relay_lane *l, struct relay_debt *d, uint64_t bytes);
/* The circuit is over: what it owes, for the next of the same key. */
uint64_t relay_lane_leave(struct relay_lane *l, struct relay_debt *d);
/* A new one, with what that said; 0: nothing. */
void relay_lane_enter(struct relay_lane *l, struct relay_debt *d, uint64_t until);
void relay_lane_validate(const struct relay_lane *l);

#endif
