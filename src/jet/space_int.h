/* A packet number space: what was sent in it and what came in; the replay window (space.c). */
#ifndef GN_JET_SPACE_INT_H
#define GN_JET_SPACE_INT_H

#include "jet/jet.h"
#include "jet/limits.h"
#include "jet/ranges_int.h"

enum jet_sent_state {
	JET_SENT_OUT,
	JET_SENT_ACKED,
	JET_SENT_LOST,
	JET_SENT_SKIPPED,
	JET_SENT_SILENT
};

/* A packet we sent. Its frames are `frames` entries of the space's frame ring. */
struct jet_sent {
	gn_time at;
	uint32_t frame_first; /* counted since the space began, modulo 2^32 */
	uint16_t size;
	uint8_t frames;
	uint8_t state : 4; /* SILENT: not ack-eliciting, not in flight */
	bool probe : 1;    /* MTU probe: its loss says nothing about congestion */
	bool again : 1;    /* a probe timeout has put its frames up again */
	bool answer : 1;   /* to a challenge */
};

/* What a sent packet held that matters when it is acknowledged or lost. */
struct jet_sent_frame {
	uint64_t id, offset; /* stream or path; ACK: one past the largest it reported */
	uint32_t len;
	uint8_t type; /* enum jet_frame_type */
	bool fin;
};

struct jet_replay {
	uint64_t next; /* one past the largest seen */
	uint64_t bits[JET_REPLAY_BITS / 64];
};

struct jet_space {
	/* sending */
	uint64_t pn_next;
	uint64_t pn_skip;      /* this number is never sent: who acknowledges it lies */
	uint64_t acked_next;   /* one past the largest acknowledged */
	uint64_t sent_first;   /* number of the oldest remembered packet */
	struct gn_ring sent;   /* jet_sent, numbers sent_first on without gaps */
	struct gn_ring frames; /* jet_sent_frame; the oldest is number frames_popped */
	uint32_t frames_popped;
	uint64_t low;     /* nothing below it is OUT */
	uint32_t out;     /* packets OUT */
	uint32_t answers; /* of them those that answer a challenge */
	uint8_t probes;   /* packets to send whatever the window says */
	/* when the oldest one behind an acknowledged one counts as lost; GN_NEVER */
	gn_time loss_at;
	gn_time sent_at; /* last ack-eliciting packet */
	/* while any is OUT: since when an acknowledgement, or the probe timer, is waited for */
	gn_time wait_at;
	uint32_t phase;    /* of the key of the last packet, counted, and */
	uint64_t phase_pn; /* the first packet with that key */
	/* receiving */
	struct jet_replay replay;
	struct jet_ranges received;
	gn_time largest_at; /* arrival of the largest received */
	uint32_t unacked;   /* ack-eliciting packets since our last ACK */
	gn_time ack_at;     /* when an ACK is due: 0 at once, GN_NEVER none */
};

void jet_space_init(struct jet_space *sp, struct gn_jet *jet);
void jet_space_fini(struct jet_space *sp, struct gn_jet *jet);
/* The number of the next packet; skips one now and then. GN_NOMEM, GN_LIMIT when too many
 * packets are remembered. */
GN_MUST gn_err jet_space_next(struct jet_space *sp, struct gn_jet *jet, uint64_t *pn);
/* Too many packets are remembered for another one that carries more than acknowledgements. */
bool jet_space_full(const struct jet_space *sp);
/* Remembers the packet with number pn_next and its frames. GN_NOMEM is fatal to the session. */
GN_MUST gn_err jet_space_push(struct jet_space *sp, struct jet_sent sent,
			      const struct jet_sent_frame *frames);
bool jet_replay_seen(const struct jet_replay *r, uint64_t pn, bool *too_old);
void jet_replay_mark(struct jet_replay *r, uint64_t pn);
/* NULL when it is forgotten or was never sent. */
struct jet_sent *jet_space_sent(const struct jet_space *sp, uint64_t pn);
const struct jet_sent_frame *jet_space_frame(const struct jet_space *sp,
					     const struct jet_sent *sent, uint8_t i);
/* Forget remembered packets at the front that are settled. */
void jet_space_pop(struct jet_space *sp, gn_time lost_before);
void jet_space_validate(const struct jet_space *sp);

#endif
