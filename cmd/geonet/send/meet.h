/* Two that meet over a tunnel: they pair, then a transfer's bytes go over it. */
#ifndef GEONET_SEND_MEET_H
#define GEONET_SEND_MEET_H

#include "geonet/send/link.h"
#include "services/transfer/transfer.h"

#define MEET_LINGER (5 * GN_SEC) /* for the other end to take what was said last */

/* NONE -> WAITS [a tunnel is asked for] -> PAIRS [it is open] -> CARRIES [paired] -> PARTS -> NONE
 *      any -> PARTS [the pairing failed, or all is over: the last words are on their way]
 *      any -> NONE  [the tunnel is gone] */
enum meet_state { MEET_NONE, MEET_WAITS, MEET_PAIRS, MEET_CARRIES, MEET_PARTS };
struct meet {
	enum meet_state state;
	struct tunnel tunnel;
	struct gn_pairing pairing; /* PAIRS, and its end */
	bool transfers;            /* PARTS: what is said last is the transfer's */
	gn_time until;             /* PARTS */
};

/* What happened since the last look. */
enum meet_news { MEET_QUIET, MEET_OPENED, MEET_PAIRED, MEET_REFUSED, MEET_GONE };

/* The tunnel's own part in it; pairing then begins with meet_pair. */
enum meet_news meet_look(struct meet *m, struct link *l, struct gn_transfer *t, gn_time now);
/* A tunnel is OPENED: config's keys and exporter are filled from it. */
void meet_pair(struct meet *m, struct gn_rand *rand, struct gn_pairing_config config, bool dialled,
	       gn_time now);
/* CARRIES, and the transfer is over: what it has to say still goes. */
void meet_part(struct meet *m, gn_time now);
/* Given up: NONE. */
void meet_drop(struct meet *m, struct link *l);
gn_time meet_deadline(const struct meet *m);

#endif
