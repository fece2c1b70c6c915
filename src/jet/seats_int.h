/* Places of sessions that others began (seats.c). */
#ifndef GN_JET_SEATS_INT_H
#define GN_JET_SEATS_INT_H

#include "guard/share.h"
#include "jet/jet.h"

struct jet_session;

/* The place of a session that the peer began; what the choice of who gives way looks at lies
 * densely. */
struct jet_seat {
	struct jet_session *session; /* borrowed */
	uint64_t prefix, key;        /* of session->holder; the key's first bytes */
	gn_time used_at;             /* when it came or was last of use */
	uint8_t standing;            /* enum gn_jet_standing */
};

struct jet_seats {
	struct gn_share share; /* in sessions */
	struct jet_seat *at;   /* owned */
	uint32_t count, capacity, max;
};

void jet_seats_init(struct jet_seats *seats, struct gn_jet *jet, uint32_t max, uint32_t per_key);
void jet_seats_fini(struct jet_seats *seats, struct gn_jet *jet);
/* Who has just lost its seat to another session, and why; session NULL: nobody. */
struct jet_leaver {
	struct jet_session *session;
	const char *reason;
};
/* A seat for s->holder; the one that another session loses for it must then be closed
 * (jet_close_leaver). GN_BUSY when all that could lose theirs are worth more; GN_NOMEM. */
GN_MUST gn_err jet_seat_take(struct jet_seats *seats, struct jet_session *s, gn_time now,
			     struct jet_leaver *leaver);
/* No-op when it has none. */
void jet_seat_give(struct jet_session *s);
void jet_seats_validate(const struct jet_seats *seats);

#endif
