/* Guessing of ports (guess.c, guess_ports.c). */
#ifndef GN_JET_GUESS_INT_H
#define GN_JET_GUESS_INT_H

#include "jet/frame_int.h"
#include "jet/in_int.h"
#include "jet/jet.h"
#include "jet/limits.h"
#include "jet/paths_int.h"

/* ---- guess_ports.c: which ports to try, each once ---- */

struct jet_ports {
	uint64_t seen[1024]; /* a bit for each port */
	uint16_t last, lo, hi;
	int16_t delta;
	uint32_t steps, near;
};
/* last: the newest port that is known; delta: what each further one is more by, 0: nothing is
 * known of that; span: how far those known lie apart, 0: likewise. */
void jet_ports_init(struct jet_ports *p, uint16_t last, int16_t delta, uint16_t span);
/* At most JET_GUESS_PORTS times. */
uint16_t jet_ports_next(struct jet_ports *p, struct gn_rand *rand);

/* ---- guess.c ---- */

struct jet_guess {
	bool hard;             /* our ports are guessed; else the peer's */
	struct gn_addr to;     /* the peer, as it says and the relay confirms */
	uint32_t first, count; /* hard: links of the sockets; count 0: asked for */
	uint32_t sent;         /* packets to addresses where nobody was heard */
	gn_time next, again;   /* of the next one; of the next to those that were heard */
	gn_time until;
	struct jet_ports ports; /* of the peer */
};

/* A guess that was made, or that somebody was the target of. */
struct jet_guessed {
	struct gn_pk peer;
	uint8_t ip[16];
	uint64_t prefix; /* of that address */
	gn_time at;
};

/* It gives each address another port. */
bool jet_guess_is_hard(enum gn_jet_nat mapping);
/* The volley has failed at the client: a guess follows, if one may. */
gn_err jet_guess_begin(struct jet_session *s, gn_time now);
/* The client begins one on `path`. */
gn_err jet_guess_go(struct jet_session *s, uint32_t path, gn_time now);
/* Is a packet from there one of the guess? */
bool jet_guess_expects(const struct jet_session *s, const struct gn_way *from);
/* How many sockets are asked for. */
uint32_t jet_guess_sockets(const struct jet_session *s);
/* As jet_punch_next, in the state JET_PUNCH_GUESS. */
bool jet_guess_next(struct jet_session *s, gn_time now, struct jet_path **p, struct gn_way *to,
		    uint8_t data[8]);
/* It is over; link: by which the peer was reached, 0: by none, or by the shared socket. */
void jet_guess_end(struct jet_session *s, uint32_t link);
/* What of it is next. */
gn_time jet_guess_deadline(const struct jet_session *s);

#endif
