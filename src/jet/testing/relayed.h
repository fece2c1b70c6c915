/* For tests: two ends behind boxes that translate addresses, with a relay between them and a server
 * that tells each where it is seen (RE-20, RE-23, RE-70). */
#ifndef GN_JET_TESTING_RELAYED_H
#define GN_JET_TESTING_RELAYED_H

#include "jet/testing/forge.h"
#include "jet/testing/pair.h"

#define RELAY 1
#define SERVER 2

struct world {
	struct jet_sim sim;
	struct app app[3];
	struct jet_sim_wire *relay;
};

static inline struct gn_jet *jet(struct world *w, int i)
{
	return w->sim.nodes[i].jet;
}
/* a and b, behind a box of that kind each ("open": none; keep: it keeps strays), have a session
 * over the relay, and each one with the server. */
struct world *relayed_start(uint64_t seed, const char *a, const char *b, bool keep);
void relayed_end(struct world *w);
/* The session over the relay, at end i. */
struct jet_session *relayed(struct world *w, int i);
/* Where end i may be reached: its own address, and what the server sees; with what else the offer
 * says; all are a TURN server's when its first one is. */
void relayed_tell(struct world *w, int i, struct gn_jet_offer offer);
/* Both have a path to each other. */
bool relayed_direct(struct jet_sim *sim);

#endif
