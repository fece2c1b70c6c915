/* Under which addresses we may be reached, put together from what tells of it: our interfaces, the
 * owner, the router (map.c), and peers who say where our packets come from (SEEN). Pure. Rules
 * RE-15, RE-16, RE-18.
 *
 * A peer may lie, so an address that peers tell counts where two of different prefixes tell it. A
 * prefix has one voice, that of a session; a voice is good while its session lives, and 5 min more.
 *
 *   STILL -> TOLD  [something was told that may change the offer; more follows, as a rule]
 *   TOLD  -> STILL [GATHER_SETTLE later it is put together anew: gather_turn says whether it is
 *                   another one] */
#ifndef GN_NODE_GATHER_H
#define GN_NODE_GATHER_H

#include "jet/jet.h"
#include "node/limits.h"
#include "os/os.h"

struct gather_voice {
	bool taken, dialled; /* dialled: we chose whom to ask */
	uint64_t prefix;
	gn_jet_id session; /* 0: it has ended, at `ended` */
	gn_time ended;
	uint64_t order; /* newer ones are higher */
	struct gn_addr seen;
};

struct gather {
	struct gn_jet_offer offer; /* as of the last turn */
	struct {
#define X(name, text) uint64_t name;
#include "node/gather_counters.def"
#undef X
	} count;
	struct gn_os_net net;
	uint16_t port;             /* of our socket */
	struct gn_addr configured; /* port 0: none */
	struct gn_addr mapped;
	gn_time mapped_until; /* 0: nothing is mapped */
	struct gn_addr turn;  /* ours at a TURN server; port 0: none */
	struct gather_voice voices[GATHER_VOICES];
	uint64_t order;
	gn_time due;
};

void gather_init(struct gather *g);

/* ---- inputs ---- */

/* port: of our socket, on each of them. */
void gather_net(struct gather *g, const struct gn_os_net *net, uint16_t port, gn_time now);
/* What the owner says; NULL: nothing. */
void gather_configured(struct gather *g, const struct gn_addr *addr, gn_time now);
/* What a router passes on to us until then; 0: nothing any more. */
void gather_mapped(struct gather *g, const struct gn_addr *addr, gn_time until, gn_time now);

/* Ours at a TURN server; NULL: none any more. */
void gather_relayed(struct gather *g, const struct gn_addr *addr, gn_time now);

struct gather_seen {
	gn_jet_id session;
	bool dialled;        /* by us */
	struct gn_addr peer; /* where it is itself */
	struct gn_addr addr; /* where it says that we are */
};
/* GN_DENIED: it cannot know that; GN_EXISTS: its prefix has a voice; GN_LIMIT: as many others are
 * heard. Nothing changed then but a count. */
gn_err gather_seen(struct gather *g, const struct gather_seen *seen, gn_time now);
/* The session has ended. */
void gather_gone(struct gather *g, gn_jet_id session, gn_time now);

/* ---- outputs ---- */

/* At the deadline; true: the offer is another one. */
bool gather_turn(struct gather *g, gn_time now);
gn_time gather_deadline(const struct gather *g);

#endif
