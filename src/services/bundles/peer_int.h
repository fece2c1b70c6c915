/* Peers: their places, and what they ask for. */
#ifndef GN_SERVICES_BUNDLES_PEER_INT_H
#define GN_SERVICES_BUNDLES_PEER_INT_H

#include "guard/share.h"
#include "services/bundles/timer_int.h"
#include "wire/generated/blocks_fb.h"

struct bundles_get { /* a chunk that a peer asked us for */
	uint64_t request;
	struct gn_hash block;
	uint32_t index;
};

struct bundles_peer {
	struct bundles_timer timer; /* waiting: when to look again */
	struct gn_contact contact;
	struct gn_holder payer; /* of its place among callers */
	bool caller;            /* it came to us; else we looked for it */
	struct gn_addr seen;    /* where its last message came from; zeros: none came */
	/* chunks asked and not answered; how many may be; answers since it grew */
	unsigned inflight, window, credit;
	gn_time srtt, rttvar; /* from asking to the whole chunk; 0: never timed */
	gn_time cut;          /* when the window was last made smaller */
	unsigned misses;      /* deadlines missed in a row */
	gn_time wait_until;   /* it said BUSY, or lied */
	bool bad;             /* it lied */
	gn_time used;
	struct gn_ring queue; /* of bundles_get */
	unsigned loading;     /* of them being read from disk */
	gn_time served;       /* when one last went, or it asked for the first */
	bool in_turn;
	bool waiting; /* out of the turns: it had no room */
	bool stalled; /* what it asked for was forgotten, and it has taken nothing since */
	struct bundles_peer *next_turn;
	unsigned incoming; /* blocks on their way from it */
};

struct bundles_serving { /* a chunk being read for a peer */
	struct gn_pk peer;
	uint64_t request;
};

/* ---- places ---- */

struct bundles_peer *bundles_peer_get(const struct gn_bundles *b, const struct gn_pk *pk);
/* For what we want of it, and for what it wants of us (BU-25); NULL: full or no memory. keep: a
 * peer that the caller still uses and that does not give way; NULL: none. */
struct bundles_peer *bundles_peer_need(struct gn_bundles *b, const struct gn_contact *contact,
				       const struct bundles_peer *keep);
struct bundles_peer *bundles_peer_called(struct gn_bundles *b, const struct gn_contact *contact);
void bundles_peers_init(struct gn_bundles *b);
void bundles_peers_fini(struct gn_bundles *b);
void bundles_peers_validate(const struct gn_bundles *b);
bool bundles_peer_can(const struct gn_bundles *b, const struct bundles_peer *p);

/* ---- serving ---- */

void bundles_on_chunk_get(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			  struct gn_fb_chunk_get m);
void bundles_serve_run(struct gn_bundles *b);
/* a waiting one has its turn again */
void bundles_serve_look(struct gn_bundles *b, struct bundles_peer *p);
void bundles_serve_forget(struct gn_bundles *b, struct bundles_peer *p);
void bundles_serve_loaded(struct gn_bundles *b, const struct gn_blocks_event *e);
void bundles_on_have(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		     struct gn_fb_block_have m);
void bundles_send_has(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		      const struct gn_hash *block);

#endif
