/* For tests and fuzz targets: two endpoints with a session between them whose every step is
 * chosen by bytes. Streams are opened, written in small pieces, read, reset and stopped;
 * datagrams wait in flight until they are delivered (in any order, twice) or lost; time passes;
 * frames that a peer may well send are sealed with the session's keys. After each step every
 * invariant holds, the session lives, and each byte sent and neither acknowledged nor put up
 * again is in flight. When the bytes end the network heals: then every finished stream must end
 * at both ends with equal bytes.
 *
 * Nothing here breaks a rule, so a session that closes is a fault of ours. */
#ifndef GN_JET_TESTING_STATE_H
#define GN_JET_TESTING_STATE_H

#include "base/base.h"

enum state_ways {
	STATE_ONE,           /* a path at a time, as with an old peer */
	STATE_SEVERAL,       /* paths, each on a link of its own, one of them reliable */
	STATE_CARRIED_FIRST, /* the same, and the first one is on that */
};

/* Asserts; of the bytes every two are a step. */
void state_run(const uint8_t *data, size_t len, enum state_ways ways);

#endif
