/* Both ends of app/1 in lock-step from a seed, joined by two pipes that pass on any pieces: every
 * call ends once, streams arrive whole and in order, and each end keeps to its bounds. */
#ifndef GN_HOST_TESTING_APP_PAIR_H
#define GN_HOST_TESTING_APP_PAIR_H

#include "host/app.h"
#include "host/client.h"

struct app_pair_seen {
	unsigned made, answered, failed, cancelled, streams; /* calls; streams that came whole */
	uint64_t bytes;
	bool over;
};

/* So many turns; then no calls are made, and it goes on until none lives. */
struct app_pair_seen app_pair_run(uint64_t seed, unsigned turns, const char *origin);

#endif
